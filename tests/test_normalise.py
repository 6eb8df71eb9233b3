"""From value to score: the base is 100, better is more, and what was not obtained stays not obtained."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dongheng import config, rawdata
from dongheng.errors import DataError
from dongheng.framework import Framework
from dongheng.normalise import complete_levels, indicator_table, known_scores, ratio_to_base
from tests.conftest import ROOT

NAN = float("nan")
UP, DOWN = pd.Series({"a": 1}), pd.Series({"a": -1})
BASE = pd.Series({"a": 50.0})
POSITIVE = st.floats(1e-3, 1e6)


def column(*values, index=None) -> pd.DataFrame:
    return pd.DataFrame({"a": values}, index=index)


@st.composite
def tables(draw, most=1e6):
    """Values by year and indicator, a base and directions; every value between base / 100 and base * most."""
    n, years = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    ids = [f"i{k}" for k in range(n)]
    base = pd.Series(draw(st.lists(st.floats(0.1, 1e5), min_size=n, max_size=n)), index=ids)
    times = draw(st.lists(st.floats(0.01, most), min_size=n * years, max_size=n * years))
    values = pd.DataFrame(np.reshape(times, (years, n)), columns=ids, index=range(2023, 2023 + years)) * base
    directions = pd.Series(draw(st.lists(st.sampled_from([1, -1]), min_size=n, max_size=n)), index=ids)
    return values, base, directions


# --- ratio_to_base ----------------------------------------------------------------------------------------------------


def test_the_three_formulas_by_hand():
    """100 v/b; reversed 100 b/v or 200 - 100 v/b: a value that halves scores 50, 200 or 150."""
    assert ratio_to_base(column(25.0), BASE, UP).iat[0, 0] == 50
    assert ratio_to_base(column(25.0), BASE, DOWN, "reciprocal").iat[0, 0] == 200
    assert ratio_to_base(column(25.0), BASE, DOWN, "reflection").iat[0, 0] == 150


def test_reciprocal_is_the_rule_unless_told():
    """The default is the one that config.yaml ships with."""
    assert ratio_to_base(column(40.0), BASE, DOWN).iat[0, 0] == 125


@settings(deadline=None, max_examples=8)
@given(tables(), st.sampled_from(["reciprocal", "reflection"]))
def test_the_base_scores_100_whichever_way_an_indicator_points(given_, reverse):
    """2022 = 100 for all 50, by definition and to the last digit."""
    _, base, directions = given_
    scores = ratio_to_base(base.to_frame().T, base, directions, reverse)
    assert (scores.to_numpy() == 100).all()


@settings(deadline=None, max_examples=8)
@given(tables())
def test_reversing_by_reciprocal_mirrors_on_10000(given_):
    """Score times score of the reversed indicator is 100 x 100: a doubling and a halving weigh the same."""
    values, base, directions = given_
    product = ratio_to_base(values, base, directions) * ratio_to_base(values, base, -directions)
    assert product.to_numpy() == pytest.approx(10000, rel=1e-12)


@settings(deadline=None, max_examples=8)
@given(tables(most=2.0))
def test_reversing_by_reflection_mirrors_on_200(given_):
    """Score plus score of the reversed indicator is 100 + 100: a point up is a point down."""
    values, base, directions = given_
    values = values.clip(upper=2 * base, axis=1)
    total = ratio_to_base(values, base, directions, "reflection") + ratio_to_base(
        values, base, -directions, "reflection"
    )
    assert total.to_numpy() == pytest.approx(200, rel=1e-12)


@settings(deadline=None, max_examples=8)
@given(tables(most=2.0), st.sampled_from(["reciprocal", "reflection"]))
def test_better_is_more_whichever_way_an_indicator_points(given_, reverse):
    """Over 100 exactly where the value lies on the better side of its base."""
    values, base, directions = given_
    values = values.clip(upper=2 * base, axis=1)
    scores = ratio_to_base(values, base, directions, reverse)
    ratio = (values / base).to_numpy()
    assert (np.sign(scores.to_numpy() - 100) == np.sign(ratio - 1) * directions.to_numpy())[
        abs(ratio - 1) > 1e-12
    ].all()


@settings(deadline=None, max_examples=8)
@given(tables(), st.randoms())
def test_the_order_of_rows_and_columns_changes_nothing(given_, random):
    """Sorting changes no bit, whatever the order of base and directions."""
    values, base, directions = given_
    rows, ids, others = list(values.index), list(values.columns), list(values.columns)
    for order in (rows, ids, others):
        random.shuffle(order)
    one = ratio_to_base(values, base, directions)
    other = ratio_to_base(values.loc[rows, ids], base[others], directions[others[::-1]])
    pd.testing.assert_frame_equal(other.loc[one.index, one.columns], one, check_exact=True)


@settings(deadline=None, max_examples=8)
@given(tables(), st.integers(1, 3))
def test_a_year_appended_moves_no_bit_of_the_years_before(given_, kept):
    """Old years never move silently."""
    values, base, directions = given_
    full = ratio_to_base(values, base, directions)
    pd.testing.assert_frame_equal(ratio_to_base(values[:kept], base, directions), full[:kept], check_exact=True)


def test_rows_may_be_years_by_district():
    """Any index comes back as it was, a MultiIndex and repeated labels included."""
    index = pd.MultiIndex.from_product([[2022, 2023], ["가상 1구", "가상 2구"]], names=["year", "district"])
    values = column(50, 100, 150, 200, index=index)
    scores = ratio_to_base(values, BASE, UP)
    assert scores["a"].tolist() == [100, 200, 300, 400] and scores.index.equals(index)
    assert ratio_to_base(values.set_axis([0, 0, 0, 0]), BASE, UP)["a"].tolist() == [100, 200, 300, 400]


def test_a_gap_stays_a_gap():
    """No value, no score; no base value, no score; and nothing else is lost."""
    values = pd.DataFrame({"a": [10.0, NAN], "b": [10.0, 20.0]})
    scores = ratio_to_base(values, pd.Series({"a": 10.0, "b": NAN}), pd.Series({"a": 1, "b": -1}))
    assert scores["a"].tolist()[0] == 100 and scores.isna().to_numpy().tolist() == [[False, True], [True, True]]


def test_zero_is_a_score_where_more_is_better():
    """A service that reached nobody scores 0; nothing is divided by it."""
    assert ratio_to_base(column(0.0), BASE, UP).iat[0, 0] == 0


REFUSED = {
    "zero base": (
        {"base": pd.Series({"a": 0.0})},
        "지표 a: 기준연도 값이 0인데, 0으로는 나눌 수 없으므로, 기준연도 값을 확인하고, 정말 0이면 비워 두고 까닭을 적어 주십시오.",
    ),
    "sign change": (
        {"values": column(50.0, -4.5, index=[2022, 2023])},
        "지표 a, 2023: 값이 -4.5이고 기준연도 값이 50인데, 기준연도 값과 부호가 같아야 하므로, 값과 단위를 확인해 주십시오.",
    ),
    "zero under reciprocal": (
        {"values": column(0.0, index=[2024]), "directions": DOWN},
        "지표 a, 2024: 값이 0이고 기준연도 값이 50인데, reciprocal에서는 낮을수록 좋은 지표의 값으로 나누므로, "
        "값을 확인하거나 config.yaml의 reverse를 reflection으로 바꿔 주십시오.",
    ),
    "over twice the base under reflection": (
        {"values": column(100.5, index=[2024]), "directions": DOWN, "reverse": "reflection"},
        "지표 a, 2024: 값이 100.5이고 기준연도 값이 50인데, reflection에서는 기준연도 값의 두 배를 넘으면 점수가 음수가 되므로, "
        "값을 확인하거나 config.yaml의 reverse를 reciprocal로 바꿔 주십시오.",
    ),
    "unknown reverse": (
        {"reverse": "mirror"},
        "역방향 규칙: 'mirror'인데, reciprocal 또는 reflection이어야 하므로, config.yaml의 reverse를 고쳐 주십시오.",
    ),
    "no base": (
        {"base": pd.Series({"b": 1.0})},
        "지표 a: 기준값이 없는데, 모든 지표에 기준값이 있어야 하므로, 기준값을 넣어 주십시오.",
    ),
    "no direction": (
        {"directions": pd.Series({"b": 1})},
        "지표 a: 방향이 없는데, 모든 지표에 방향이 있어야 하므로, 방향을 넣어 주십시오.",
    ),
    "odd direction": (
        {"directions": pd.Series({"a": 0})},
        "지표 a: 방향이 0인데, 1이나 -1이어야 하므로, 지표체계 표를 고쳐 주십시오.",
    ),
    "row of a MultiIndex": (
        {"values": column(-1.0, index=pd.MultiIndex.from_tuples([(2024, "가상 1구")]))},
        "지표 a, 2024, 가상 1구: 값이 -1이고 기준연도 값이 50인데, 기준연도 값과 부호가 같아야 하므로, 값과 단위를 확인해 주십시오.",
    ),
}


@pytest.mark.parametrize("changed, sentence", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_a_ratio_is_refused_by_name(changed, sentence):
    """A score that would mean nothing is an error that names the indicator, the row and both values."""
    words = {"values": column(25.0), "base": BASE, "directions": UP} | changed
    with pytest.raises(DataError) as told:
        ratio_to_base(**words)
    assert str(told.value) == sentence


def test_twice_the_base_is_just_allowed_under_reflection():
    """The bound itself scores 0."""
    assert ratio_to_base(column(100.0), BASE, DOWN, "reflection").iat[0, 0] == 0


# --- known_scores -----------------------------------------------------------------------------------------------------

YEARS = [2022, 2023, 2024, 2025]


def told(*rows) -> pd.DataFrame:
    """Rows of (indicator, year, basis, value[, versus_year[, lower, upper]])."""
    rows = [(*row, *[NAN] * (7 - len(row))) for row in rows]
    names = ["indicator_id", "year", "basis", "value", "versus_year", "lower", "upper"]
    return pd.DataFrame(rows, columns=names).astype({"value": float, "versus_year": float})


def scored(values, direction=1, years=YEARS, reverse="reciprocal") -> pd.DataFrame:
    return known_scores(values, pd.Series({"a": direction}), 2022, years, reverse).set_index("year")


@pytest.mark.parametrize(
    "rows, score, way",
    [
        ([("a", 2022, "level", 40), ("a", 2023, "level", 50)], 125, "level"),
        ([("a", 2023, "change_percent", 135, 2022)], 235, "change_percent"),
        ([("a", 2023, "ratio", 1.5, 2022)], 150, "ratio"),
        ([("a", 2022, "level", 40), ("a", 2023, "level", 50), ("a", 2023, "change_percent", 24.9, 2022)], 125, "level"),
        ([("a", 2023, "change_percent", 31, 2022), ("a", 2023, "ratio", 1.3, 2022)], 131, "change_percent"),
        ([("a", 2023, "level", 50)], NAN, ""),
        ([("a", 2023, "ratio_at_least", 2, 2022)], NAN, ""),
        ([("a", 2023, "change_points", 1.54, 2022)], NAN, ""),
        ([("a", 2022, "level", 40)], NAN, ""),
    ],
)
def test_a_score_comes_by_the_first_way_that_the_source_allows(rows, score, way):
    """Levels before rounded changes before rounded multiples; a lower bound or %p gives no score."""
    row = scored(told(*rows)).loc[2023]
    assert row["score"] == pytest.approx(score, nan_ok=True) and row["source"] == way


def test_a_change_against_last_year_is_chained_to_the_base():
    """+135 % and then +60 % on the year before is 376 of the base, not 160 or 295."""
    table = scored(told(("a", 2023, "change_percent", 135, 2022), ("a", 2024, "change_percent", 60, 2023, 55, 65)))
    assert table.loc[2024, ["score", "score_lower", "score_upper"]].tolist() == pytest.approx([376, 364.25, 387.75])
    assert table.loc[2024, "source"] == "chained" and np.isnan(table.loc[2023, "score_lower"])


def test_a_range_is_not_lost_in_the_next_link_of_the_chain():
    """A year chained to one that is known only within a range is itself known only within a range."""
    rows = [("a", 2023, "change_percent", 60, 2022, 55, 65), ("a", 2024, "change_percent", 10, 2023)]
    table = scored(told(*rows, ("a", 2025, "change_percent", 0, 2024, -10, 10)))
    assert table.loc[2024, ["score", "score_lower", "score_upper"]].tolist() == pytest.approx([176, 170.5, 181.5])
    assert table.loc[2025, ["score", "score_lower", "score_upper"]].tolist() == pytest.approx([176, 153.45, 199.65])


@pytest.mark.parametrize(
    "given_", [("level", 50, NAN, 45, 60), ("ratio", 1.25, 2022, 1.125, 1.5), ("change_percent", 25, 2022, 12.5, 50)]
)
def test_a_range_of_any_kind_becomes_a_range_of_scores(given_):
    """Whatever the source gives as a range, the score has it too."""
    table = scored(told(("a", 2022, "level", 40), ("a", 2023, *given_)))
    assert table.loc[2023, ["score", "score_lower", "score_upper"]].tolist() == pytest.approx([125, 112.5, 150])


def test_a_broken_chain_gives_no_score():
    """+60 % on a year that nobody knows is no score."""
    table = scored(told(("a", 2024, "change_percent", 60, 2023)))
    assert np.isnan(table.loc[2024, "score"]) and table.loc[2024, "source"] == ""


@pytest.mark.parametrize("reverse, low, high", [("reciprocal", 100 / 1.3, 100 / 1.1), ("reflection", 70, 90)])
def test_the_range_of_a_reversed_indicator_is_turned_round(reverse, low, high):
    """lower <= score <= upper also where less is better."""
    table = scored(told(("a", 2023, "change_percent", 20, 2022, 10, 30)), -1, reverse=reverse)
    assert table.loc[2023, ["score_lower", "score_upper"]].tolist() == pytest.approx([low, high])
    assert low < table.loc[2023, "score"] < high


def test_nothing_obtained_is_a_table_of_gaps():
    """Header-only files make a report of 미확보, not an exception."""
    table = scored(told().head(0))
    assert table.loc[2022, "score"] == 100 and table.loc[2023:, "score"].isna().all()


@settings(deadline=None, max_examples=6)
@given(st.lists(POSITIVE, min_size=4, max_size=4), st.sampled_from([1, -1]))
def test_known_levels_score_as_the_ratio_to_base_does(values, direction):
    """The long way and the wide way are one rule."""
    long = scored(told(*[("a", year, "level", v) for year, v in zip(YEARS, values, strict=True)]), direction)
    wide = column(*values, index=YEARS)
    straight = ratio_to_base(wide, wide.loc[2022], pd.Series({"a": direction}))
    assert long["score"].to_numpy() == pytest.approx(straight["a"].to_numpy(), rel=1e-12)


def test_later_years_move_no_bit_of_earlier_scores():
    """Asking for 2025 too leaves 2023 and 2024 as they were."""
    rows = told(("a", 2023, "change_percent", 13.7, 2022), ("a", 2024, "change_percent", 6.1, 2023))
    pd.testing.assert_frame_equal(scored(rows, years=YEARS[:3]), scored(rows).loc[:2024], check_exact=True)


# --- the real data ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seoul() -> tuple[pd.DataFrame, Framework, pd.DataFrame]:
    settings = config.load(ROOT).settings("seoul", 2024)
    raw = rawdata.load(ROOT, settings)
    scores = known_scores(raw.values, raw.framework.directions, 2022, settings.years, settings.reverse)
    areas = pd.Series({leaf: raw.framework.ancestor(leaf, 1) for leaf in raw.framework.leaves})
    return scores, raw.framework, indicator_table(raw.values, scores, raw.framework.table, areas)


def test_published_scores_of_seoul(seoul):
    """segye.com 2024-06-19: 2,694/1,937 and 4,969/3,001 dwellings, 67,771/59,640 households, +42.9 %, +135 %; 1.3 times."""
    scores = seoul[0].set_index(["year", "indicator_id"])["score"]
    expected = {"3-3": 139.08, "3-4": 165.58, "4-5": 130, "8-3": 113.63, "8-4": 235, "9-2": 142.90}
    assert scores[2023].dropna().round(2).to_dict() == expected
    # kmib.co.kr: 2,157 dwellings in 2024; tf.co.kr: about 60 % more on the year before.
    assert scores[2024].dropna().round(2).to_dict() == {"3-3": 111.36, "8-4": 376}
    assert (scores[2022] == 100).all()


def test_the_indicator_table_says_what_is_missing(seoul):
    """13 of 50 indicators obtained, 6 of them with a score for 2023, 2 for 2024; the others are missing, none invented."""
    table = seoul[2]
    assert len(table) == 150
    states = table.groupby("year")["state"].value_counts().unstack(fill_value=0)
    assert states.loc[2022].to_dict() == {"missing": 46, "scored": 4, "value_only": 0}
    assert states.loc[2023].to_dict() == {"missing": 37, "scored": 6, "value_only": 7}
    assert states.loc[2024].to_dict() == {"missing": 42, "scored": 2, "value_only": 6}
    missing = table[table["state"] == "missing"]
    assert missing["value"].isna().all() and (missing["source_url"] == "").all()
    assert table.loc[table["state"] != "missing", "source_url"].ne("").all()


def test_every_note_of_an_indicators_rows_is_kept(seoul):
    """5-2 in 2023 has a level and a lower bound, each with its caution."""
    row = seoul[2].set_index(["indicator_id", "year"]).loc[("5-2", 2023)]
    assert "다른 신문에도 같은 값" in row["note"] and "하한만 알려짐" in row["note"] and row["value"] == 17331


# --- complete_levels: gaps and redefinitions, by rule only --------------------------------------------------------------

FIVE_YEARS = [2020, 2021, 2022, 2023, 2024]


def levels_of(indicator: str, by_year: dict, definition: int = 1) -> pd.DataFrame:
    rows = [
        {"indicator_id": indicator, "year": y, "basis": "level", "value": v, "definition": definition, "unit": "명"}
        | {"status": "published", "note": ""}
        for y, v in by_year.items()
    ]
    return pd.DataFrame(rows)


def rules(**told) -> pd.DataFrame:
    row = {"base_rule": "observed", "missing_rule": "error", "redefined_in": NAN} | told
    return pd.DataFrame([row], index=["a"])


def completed(values: pd.DataFrame, register: pd.DataFrame) -> tuple[dict, list]:
    levels, treatments = complete_levels(values, register, 2020, FIVE_YEARS)
    series = levels.set_index("year")["value"]
    assert series.index.is_unique
    return series.dropna().sort_index().to_dict(), list(treatments[["year", "rule"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("by_year", "told", "expected", "uses"),
    [
        # a survey of 2021 and 2023 with a base of 2020
        (
            {2021: 40.0, 2023: 50.0},
            {"base_rule": "first_after", "missing_rule": "carry_forward"},
            {2020: 40, 2021: 40, 2022: 40, 2023: 50, 2024: 50},
            [(2020, "first_after"), (2022, "carry_forward"), (2024, "carry_forward")],
        ),
        (
            {2018: 30.0, 2021: 42.0, 2023: 50.0},
            {"base_rule": "interpolated", "missing_rule": "interpolate"},
            {2018: 30, 2020: 38, 2021: 42, 2022: 46, 2023: 50},  # 2024 has no year after it: it stays a gap
            [(2020, "interpolated"), (2022, "interpolate")],
        ),
        (
            {2019: 30.0, 2021: 42.0},
            {"base_rule": "last_before"},
            {2019: 30, 2020: 30, 2021: 42},
            [(2020, "last_before")],
        ),
        # carried two years and no further
        (
            {2020: 10.0, 2021: 11.0},
            {"missing_rule": "carry_forward"},
            {2020: 10, 2021: 11, 2022: 11, 2023: 11},
            [(2022, "carry_forward"), (2023, "carry_forward")],
        ),
        # no rule, no value
        ({2020: 10.0, 2024: 12.0}, {}, {2020: 10, 2024: 12}, []),
        ({2021: 10.0}, {"missing_rule": "interpolate"}, {2021: 10}, []),
    ],
)
def test_a_gap_is_filled_by_its_own_rule_and_every_use_is_listed(by_year, told, expected, uses):
    """Nothing is filled in silence, and nothing further than the rule reaches."""
    found, listed = completed(levels_of("a", by_year), rules(**told))
    assert found == pytest.approx(expected) and listed == uses


def test_a_redefined_indicator_is_linked_where_both_definitions_stand():
    """2023 counts 60 the old way and 90 the new: later years come down by 60/90, the years before do not move."""
    values = pd.concat(
        [levels_of("a", {2020: 40.0, 2021: 44.0, 2022: 50.0, 2023: 60.0}), levels_of("a", {2023: 90.0, 2024: 99.0}, 2)]
    )
    found, uses = completed(values, rules(redefined_in=2023))
    assert found == pytest.approx({2020: 40, 2021: 44, 2022: 50, 2023: 60, 2024: 66}, abs=1e-12)
    assert uses == [(2024, "linked")]
    # Before the new definition came there is nothing to link, and nothing has moved since.
    early = values[(values["year"] <= 2022)]
    levels, treatments = complete_levels(early, rules(redefined_in=2023), 2020, [2020, 2021, 2022])
    assert levels["value"].tolist() == [40, 44, 50] and treatments.empty


def test_a_redefinition_without_a_common_year_is_refused():
    """A break that nothing bridges must not pass for growth."""
    values = pd.concat([levels_of("a", {2020: 40.0, 2022: 50.0}), levels_of("a", {2023: 90.0, 2024: 99.0}, 2)])
    with pytest.raises(DataError) as told:
        complete_levels(values, rules(redefined_in=2023), 2020, FIVE_YEARS)
    assert str(told.value) == (
        "지표 a, 2023: 정의가 바뀐 해에 두 정의의 값이 함께 있지 않은데, 두 값의 비율로 앞뒤를 이으므로, "
        "그해의 값을 옛 정의(definition 1)와 새 정의(definition 2)로 모두 적어 주십시오."
    )


@settings(deadline=None, max_examples=8)
@given(st.dictionaries(st.sampled_from(FIVE_YEARS), POSITIVE, min_size=1), st.sampled_from(["carry_forward", "error"]))
def test_a_later_year_moves_no_earlier_one(by_year, rule):
    """Carrying forward never revises a year that was published: the levels up to a year need no later file."""
    register = rules(missing_rule=rule)
    whole, _ = completed(levels_of("a", by_year), register)
    for last in FIVE_YEARS[1:]:
        known = {y: v for y, v in by_year.items() if y <= last}
        if known:
            levels, _ = complete_levels(levels_of("a", known), register, 2020, [y for y in FIVE_YEARS if y <= last])
            assert levels.set_index("year")["value"].to_dict() == {y: v for y, v in whole.items() if y <= last}


def test_what_has_no_rule_is_left_as_it_is():
    """The real study has no register: its values pass through untouched, other bases included."""
    values = pd.concat([levels_of("a", {2020: 10.0, 2022: 12.0}), levels_of("b", {2021: 5.0}).assign(basis="ratio")])
    levels, treatments = complete_levels(values, rules().iloc[:0], 2020, FIVE_YEARS)
    pd.testing.assert_frame_equal(levels, values.reset_index(drop=True))
    assert treatments.empty and list(treatments) == ["indicator_id", "year", "rule", "from_years", "value"]
