"""One country among the others, its groups among each other, and a city's framework beside other systems'."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dongheng import rawdata
from dongheng.benchmarks import ALL, coverage, gaps_by_group, place_by_topic, reader_weights, standing, total_scores
from dongheng.errors import DataError
from tests.conftest import ROOT

NAN = float("nan")


def raw(name: str) -> pd.DataFrame:
    return rawdata.benchmark(ROOT, name)


@pytest.mark.parametrize(
    ("told", "weights"),
    [("", {}), ("주거=8, 안전=5", {"주거": 8, "안전": 5}), (" 안전 = 0 ,", {"안전": 0}), ("주거=2.5", {"주거": 2.5})],
)
def test_a_readers_weights_are_read_from_one_line(told, weights):
    """As it stands in a notebook's parameter; blanks and a last comma do no harm."""
    assert reader_weights(told, ["주거", "안전"]) == weights


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("주거", "주제 가중치: '주거'인데, 주제마다 한 번씩 '주거=8, 안전=5' 꼴이어야 하므로, 이름과 수를 고쳐 주십시오."),
        ("주거=8=9", "주제 가중치: '주거=8=9'인데, 주제마다 한 번씩 '주거=8, 안전=5' 꼴이어야 하므로, 이름과 수를 고쳐 주십시오."),
        ("주거=-1", "주제 가중치: '주거=-1'인데, 주제마다 한 번씩 '주거=8, 안전=5' 꼴이어야 하므로, 이름과 수를 고쳐 주십시오."),
        ("주거=1,주거=2", "주제 가중치: '주거=2'인데, 주제마다 한 번씩 '주거=8, 안전=5' 꼴이어야 하므로, 이름과 수를 고쳐 주십시오."),
        ("주택=8", "주제 '주택': 주거, 안전 가운데 없는데, 있는 주제에만 가중치를 줄 수 있으므로, 이름을 고쳐 주십시오."),
    ],
)  # fmt: skip
def test_weights_that_cannot_be_read_are_refused(told, sentence):
    """A misspelt topic would otherwise be an unmoved one, silently."""
    with pytest.raises(DataError) as error:
        reader_weights(told, ["주거", "안전"])
    assert str(error.value) == sentence


def test_a_weight_over_10_is_refused_where_it_is_used():
    """The scale is OECD's: 0 to 10."""
    topics = pd.DataFrame({"주거": [1.0, 2.0], "안전": [3.0, 1.0]}, index=["KOR", "AUT"])
    with pytest.raises(DataError, match="주제 '주거': 가중치가 11인데"):
        place_by_topic(topics, "KOR", reader_weights("주거=11", topics), draws=10)


def test_korea_by_topic_with_the_seed_of_the_study():
    """The legacy edition by OECD's own topic scores: 2nd in civic engagement, 38th in community, 32nd (19 to 35) of 41."""
    topics = (
        raw("oecd_bli_legacy_topic_scores").astype({"score": float}).pivot(index="geo", columns="topic", values="score")
    )
    table = place_by_topic(topics, "KOR", draws=10_000, seed=2022)
    assert table.loc["Civic engagement", ["rank", "of"]].tolist() == [2, 41]
    assert table.loc["Community", "rank"] == 38
    assert table.loc[ALL, ["rank", "lower", "upper", "of", "reader_rank"]].tolist() == [32, 19, 35, 41, 32]
    assert table.loc[table.index != ALL, ["lower", "upper", "reader_rank"]].isna().all(axis=None)
    alone = place_by_topic(topics, "KOR", {t: 0 for t in topics if t != "Housing"}, draws=10)
    assert alone.at[ALL, "reader_rank"] == alone.at["Housing", "rank"] == 6


def test_a_country_with_a_gap_has_no_rank_over_all_topics():
    """It is ranked where it has a score, and nowhere else; the others are counted without it."""
    topics = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [NAN, 2.0, 1.0]}, index=["KOR", "AUT", "BEL"])
    table = place_by_topic(topics, "KOR", draws=10)
    assert table.loc["a", ["rank", "of"]].tolist() == [3, 3] and np.isnan(table.at["b", "rank"])
    assert table.loc[ALL, ["score", "rank", "lower", "reader_rank"]].isna().all()
    assert place_by_topic(topics, "AUT", draws=10).at[ALL, "of"] == 2


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.integers(0, 10), min_size=3, max_size=3), min_size=2, max_size=8))
def test_ranks_agree_with_the_scores(rows):
    """For any scores: a rank is one more than there are better ones, and lies between the ends of its range."""
    topics = pd.DataFrame(rows, columns=list("abc"), dtype=float, index=[f"C{n}" for n in range(len(rows))])
    table = place_by_topic(topics, "C0", draws=50, seed=3)
    for topic in topics:
        assert table.at[topic, "rank"] == 1 + (topics[topic] > topics.at["C0", topic]).sum()
    assert 1 <= table.at[ALL, "lower"] <= table.at[ALL, "median"] <= table.at[ALL, "upper"] <= len(rows)
    assert table.at[ALL, "score"] == pytest.approx(total_scores(topics)["C0"])


VALUES = pd.DataFrame(
    [("x", "KOR", 2020, 5.0), ("x", "KOR", 2022, 4.0), ("x", "AUT", 2021, 3.0), ("x", "BEL", 2021, 4.0)]
    + [("y", "KOR", 2015, 1.0), ("y", "AUT", 2021, 2.0), ("z", "AUT", 2021, 2.0)],
    columns=["indicator_id", "geo", "year", "value"],
)
SIGNS = pd.Series({"x": "negative", "y": 1, "z": 1})


def test_the_latest_level_stands_among_the_latest_of_the_others():
    """Each country in its own latest year; a series gives a direction, one value gives none; no value, no row."""
    table = standing(VALUES, "KOR", SIGNS)
    assert list(table.index) == ["x", "y"]
    assert table.loc["x"].tolist() == [2022, 4.0, 4.0, 2, 3, 2020, 5.0, 1]  # less is better, and it fell
    assert table.loc["y", ["year", "value", "rank", "of"]].tolist() == [2015, 1.0, 2, 2]
    assert table.loc["y", ["before_year", "before", "moved"]].isna().all()
    assert standing(VALUES, "KOR", -SIGNS.map({"negative": -1}).fillna(1)).at["x", "moved"] == -1


def test_koreas_relative_poverty_is_oecds():
    """14.875 % in 2022 at half the median, 31st of 42: known from OECD's well-being database, vintage March 2026."""
    values = raw("oecd_wellbeing_values").astype({"year": int, "value": float}).query("geo != 'OECD'")
    row = standing(values, "KOR", raw("oecd_wellbeing_indicators").set_index("id")["direction"]).loc["1_4"]
    assert row["value"] == pytest.approx(14.875, abs=0.001) and row[["year", "rank", "of"]].tolist() == [2022, 31, 42]


GROUPS = pd.DataFrame(
    [("x", 2022, "F", "_T", "_T", 5.0), ("x", 2022, "M", "_T", "_T", 7.0), ("x", 2020, "M", "_T", "_T", 1.0)]
    + [("x", 2017, "_T", "OLD", "_T", 5.0), ("x", 2017, "_T", "YOUNG", "_T", 1.0), ("x", 2022, "F", "OLD", "_T", 0.0)]
    + [("y", 2022, "F", "_T", "_T", 5.0), ("y", 2022, "M", "_T", "_T", 5.0), ("y", 2023, "_T", "_T", "ISCED11_1", 1.0)],
    columns=["indicator_id", "year", "sex", "age", "education", "value"],
)


def test_who_is_furthest_behind():
    """The latest year alone; nothing before 2018; no crossed groups; one group is no comparison; equal is nobody behind."""
    table = gaps_by_group(GROUPS, pd.Series({"x": "positive", "y": "negative"}), since=2018)
    assert table.to_numpy().tolist() == [
        ["x", "sex", 2022, "F", 5.0, "M", 7.0, 2.0],
        ["y", "sex", 2022, "", 5.0, "", 5.0, 0.0],
    ]
    turned = gaps_by_group(GROUPS, pd.Series({"x": "negative", "y": "negative"}), since=2018)
    assert turned.loc[0, ["worst", "gap"]].tolist() == ["M", 2.0]


def test_nothing_older_than_2018_in_the_gaps_of_the_report():
    """The year is in each row of the real table, and no row compares a group with itself."""
    groups = raw("oecd_wellbeing_korea_groups").astype({"year": int, "value": float})
    table = gaps_by_group(groups, raw("oecd_wellbeing_indicators").set_index("id")["direction"], since=2018)
    assert table["year"].min() >= 2018 and (table["gap"] >= 0).all()
    assert (table.loc[table["gap"] > 0, "worst"] != table.loc[table["gap"] > 0, "best"]).all()
    safe = table.set_index(["indicator_id", "by"]).loc[("10_2", "sex")]
    assert safe[["worst", "worst_value", "best", "best_value"]].tolist() == ["F", 70.5, "M", 85.5]


MATCHES = pd.DataFrame(
    {"closeness": ["A", "C", "N"], "s": ["p;q", "q", ""], "t": ["", "u", ""]}, index=["1-1", "1-2", "2-1"]
)
CATALOGUE = pd.DataFrame(
    [("s", "p", "가"), ("s", "q", "가"), ("s", "r", "나"), ("t", "u", "")], columns=["system", "id", "domain"]
)
AREAS = pd.Series({"1-1": "생계", "1-2": "생계", "2-1": "주거"})


def test_coverage_is_counted_both_ways():
    """A city's indicators by area, a system's by domain; a loose match does not hide a close one; a blank domain has no row."""
    table = coverage(MATCHES, CATALOGUE, AREAS)
    rows = {tuple(r[:3]): r[3:] for r in table.to_numpy().tolist()}
    assert rows[("city", "s", "생계")] == [2, 1, 1] and rows[("city", "t", "생계")] == [2, 0, 1]
    assert rows[("city", "s", "주거")] == [1, 0, 0]
    assert rows[("system", "s", "가")] == [2, 2, 0] and rows[("system", "s", "나")] == [1, 0, 0]
    assert ("system", "t", "") not in rows and len(rows) == 6


def test_every_indicator_of_the_framework_is_counted_once_for_each_system():
    """The real tables: 50 of them, and never more matched than there are."""
    matches = raw("seoul50_to_benchmarks").set_index("seoul_id")
    catalogue = raw("eu_scoreboard_indicators").assign(system="eu_scoreboard", domain=lambda t: t["group_ko"])
    table = coverage(matches, catalogue, pd.Series("도시", index=matches.index))
    city = table[table["side"] == "city"]
    assert city["items"].tolist() == [50] and table[table["side"] == "system"]["items"].sum() == 35
    assert (table["close"] + table["loose"] <= table["items"]).all()


def test_the_judged_tables_know_their_indicators():
    """Cells of the vulnerability matrix and definitions beside each other name indicators that exist, none twice."""
    leaves = set(raw("seoul50_to_benchmarks")["seoul_id"])
    reached = raw("vulnerability_matrix")["indicators"].str.split(";").explode()
    reached = reached[reached != ""]
    assert set(reached) <= leaves and not reached.duplicated().any() and len(raw("vulnerability_matrix")) == 20
    matches = raw("seoul50_to_benchmarks").set_index("seoul_id")
    for row in raw("closeness_a").itertuples():
        assert row.id in matches.at[row.seoul_id, row.system].split(";") and row.caution and row.other_definition
    assert set(raw("closeness_a")["seoul_id"]) == set(matches.index[matches["closeness"] == "A"])
