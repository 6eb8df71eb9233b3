"""Up the tree and back: means that a hand can check, and contributions that sum to what was published."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dongheng import config, rawdata
from dongheng.aggregate import (
    METHODS,
    REST,
    aggregate,
    computed_indices,
    index_table,
    known_and_rest,
    restatements,
    split_published_changes,
)
from dongheng.errors import DataError
from dongheng.framework import Framework
from dongheng.normalise import known_scores
from tests.conftest import ROOT
from tests.test_framework import trees

NAN = float("nan")


def flat(*weights, ids="abcdefgh") -> Framework:
    """A composite over as many leaves as weights are given."""
    leaves = list(ids[: len(weights)])
    return Framework.from_table(
        pd.DataFrame(
            {
                "id": ["all", *leaves],
                "parent": ["", *["all"] * len(leaves)],
                "direction": [1] * (len(leaves) + 1),
                "weight": ["", *weights],
            }
        )
    )


def row(*scores, ids="abcdefgh") -> pd.DataFrame:
    return pd.DataFrame([scores], columns=list(ids[: len(scores)]))


def the_dumb_way(scores: dict, table: pd.DataFrame, node, how, level=0) -> float:
    """The same mean by recursion over plain Python numbers, for one row."""
    below = table[table["parent"] == node]
    if below.empty:
        return scores[node]
    means = [the_dumb_way(scores, table, child, how, level + 1) for child in below["id"]]
    shares = [w / math.fsum(below["weight"]) for w in below["weight"]]
    method = how.get(level, "arithmetic") if isinstance(how, dict) else how
    if method == "arithmetic":
        return math.fsum(w * x for w, x in zip(shares, means, strict=True))
    if method == "geometric":
        return math.prod(x**w for w, x in zip(shares, means, strict=True))
    return 1 / math.fsum(w / x for w, x in zip(shares, means, strict=True))


@st.composite
def scored_trees(draw, least=1.0):
    """A random tree and scores for its leaves, one row a year."""
    table = draw(trees(largest=12))
    framework = Framework.from_table(table)
    years = draw(st.integers(1, 4))
    leaves = framework.leaves
    cells = draw(st.lists(st.floats(least, 500), min_size=years * len(leaves), max_size=years * len(leaves)))
    scores = pd.DataFrame(np.reshape(cells, (years, len(leaves))), columns=leaves, index=range(2022, 2022 + years))
    return table, framework, scores


HOWS = st.one_of(
    st.sampled_from(METHODS), st.dictionaries(st.integers(0, 3), st.sampled_from(METHODS)).filter(lambda d: len(d) < 4)
)

# --- means ------------------------------------------------------------------------------------------------------------


def test_compensation_as_in_the_oecd_handbook():
    """OECD/JRC 2008, step 6: 21, 1, 1, 1 equals 6, 6, 6, 6 when added up, but scores 2.14 against 6.00 geometrically."""
    framework, countries = flat(1, 1, 1, 1), pd.concat([row(21, 1, 1, 1), row(6, 6, 6, 6)])
    assert aggregate(countries, framework)["all"].tolist() == [6, 6]
    assert aggregate(countries, framework, "geometric")["all"].round(2).tolist() == [2.14, 6.00]


def test_the_three_means_by_hand():
    """Of 2 and 8: 5, 4 and 3.2; with weights 3 to 1: 3.5, the fourth root of 64, 32/13."""
    for weights, expected in (((1, 1), (5, 4, 3.2)), ((3, 1), (3.5, 64**0.25, 32 / 13))):
        got = [aggregate(row(2, 8), flat(*weights), how)["all"].item() for how in METHODS]
        assert got == pytest.approx(expected, rel=1e-14)


def test_a_dict_names_the_means_by_the_parents_level():
    """Level 0 is the composite: tasks added up, then a geometric mean of them; what it does not name is arithmetic."""
    framework = Framework.from_table(
        pd.DataFrame(
            {
                "id": ["all", "A", "B", "a1", "a2", "b1"],
                "parent": ["", "all", "all", "A", "A", "B"],
                "direction": [1] * 6,
                "weight": [""] * 6,
            }
        )
    )
    scores = pd.DataFrame({"a1": [2.0], "a2": [6.0], "b1": [9.0]})
    assert aggregate(scores, framework, {0: "geometric"})["all"].item() == pytest.approx(6)
    assert aggregate(scores, framework, {1: "harmonic"})["all"].item() == pytest.approx((3 + 9) / 2)
    assert aggregate(scores, framework, {})["all"].item() == pytest.approx((4 + 9) / 2)


def published(year: int) -> pd.DataFrame:
    table = pd.read_csv(ROOT / f"data/raw/seoul/{year}/published_indices.csv")
    table = table[(table["adopted"] == "yes") & (table["node_id"] != "composite")]
    return table.set_index("node_id")["value"].to_frame().T


def six_areas(weights=None) -> Framework:
    """The shipped framework cut off below the areas."""
    table = pd.read_csv(ROOT / "data/raw/framework/2023-11.csv", dtype=str, keep_default_na=False).head(7)
    table["direction"] = "1"
    return Framework.from_table(table if weights is None else table.assign(weight=["", *weights]))


@pytest.mark.parametrize(
    "year, weights, how, composite",
    [
        (2024, None, "arithmetic", 130.58),  # fits the 130.6 that the city published on 2025-08-04
        (2023, None, "arithmetic", 111.24),  # fits 111 as first printed in June 2024, not the later 111.0
        (2024, (2, 1, 2, 2, 2, 1), "arithmetic", 130.49),  # number of tasks: narrowly misses
        (2024, (1, 1, 1, 1, 1, 1), "arithmetic", 126.73),  # equal areas: rejected
        (2024, None, "geometric", 129.04),  # rejected
    ],
)
def test_what_the_published_areas_imply_for_the_composite(year, weights, how, composite):
    """The published six areas, added up by several rules, against the published composite."""
    assert round(aggregate(published(year), six_areas(weights), how)["composite"].item(), 2) == composite


@settings(deadline=None, max_examples=40)
@given(scored_trees(), HOWS)
def test_a_second_dumber_route_gives_the_same(tree, how):
    """Plain recursion over Python numbers agrees, for trees of any depth and any mix of means."""
    table, framework, scores = tree
    result = aggregate(scores, framework, how)
    for node in framework.inner:
        expected = [the_dumb_way(r, table, node, how, framework.level(node)) for r in scores.to_dict("records")]
        assert result[node].to_numpy() == pytest.approx(expected, rel=1e-10)


@settings(deadline=None, max_examples=20)
@given(scored_trees())
def test_arithmetic_over_geometric_over_harmonic(tree):
    """The order of the three means, at the composite and for every row."""
    _, framework, scores = tree
    one, two, three = (aggregate(scores, framework, how)[framework.root] for how in METHODS)
    assert (one >= two * (1 - 1e-12)).all() and (two >= three * (1 - 1e-12)).all()


@settings(deadline=None, max_examples=20)
@given(scored_trees(), HOWS)
def test_equal_scores_stay_what_they_are(tree, how):
    """A base year of 100 everywhere is 100 at every node, whatever the weights and means."""
    _, framework, scores = tree
    assert aggregate(scores * 0 + 100, framework, how).to_numpy() == pytest.approx(100, rel=1e-12)


@settings(deadline=None, max_examples=20)
@given(trees(largest=12), st.data())
def test_counts_as_weights_give_the_plain_mean_of_all_leaves(table, data):
    """What "equal weights" means here: every node weighs as many leaves as it has."""
    framework = Framework.from_table(table)
    counts = table["id"].map(lambda i: len(framework.leaves_below(i)))
    framework = Framework.from_table(table.assign(weight=counts))
    size = len(framework.leaves)
    scores = data.draw(st.lists(st.floats(0, 500), min_size=size, max_size=size))
    result = aggregate(pd.DataFrame([scores], columns=framework.leaves), framework)
    assert result[framework.root].item() == pytest.approx(math.fsum(scores) / size, rel=1e-12, abs=1e-12)
    assert framework.global_weights()[framework.leaves].to_numpy() == pytest.approx(1 / size, rel=1e-12)


@settings(deadline=None, max_examples=20)
@given(scored_trees(), HOWS, st.randoms())
def test_the_order_of_columns_and_rows_changes_no_bit(tree, how, random):
    """The table's order decides the sums, not the order in which somebody typed the scores."""
    _, framework, scores = tree
    columns, rows = list(scores.columns), list(scores.index)
    random.shuffle(columns)
    random.shuffle(rows)
    one, other = aggregate(scores, framework, how), aggregate(scores.loc[rows, columns], framework, how)
    pd.testing.assert_frame_equal(other.loc[one.index, one.columns], one, check_exact=True)


@pytest.mark.parametrize("how", METHODS)
@pytest.mark.parametrize("children", [2, 7, 8, 9, 17, 50])
def test_a_year_appended_moves_no_bit_of_the_years_before(how, children):
    """Old years never move, not in the last digit; a matrix product or numpy's pairwise sum does not promise that."""
    rng = np.random.default_rng(children)
    ids = [f"i{k}" for k in range(children)]
    framework = flat(*rng.random(children), ids=ids)
    scores = pd.DataFrame(rng.random((40, children)) * 300 + 1, columns=ids)
    full = aggregate(scores, framework, how)["all"].to_numpy()
    for start in range(0, 30, 3):
        for rows in (1, 2, 3, 5, 8):
            part = aggregate(scores[start : start + rows], framework, how)["all"].to_numpy()
            assert (part == full[start : start + rows]).all()


@settings(deadline=None, max_examples=20)
@given(scored_trees(), HOWS)
def test_a_year_appended_moves_no_bit_in_any_tree(tree, how):
    """The same for trees of any depth and mixes of means."""
    _, framework, scores = tree
    full = aggregate(scores, framework, how)
    for rows in range(1, len(scores)):
        pd.testing.assert_frame_equal(aggregate(scores[:rows], framework, how), full[:rows], check_exact=True)


@pytest.mark.parametrize("index", [[2022, 2022], [0, 0], ["가상 1구", NAN], [NAN, NAN]])
def test_rows_may_bear_any_labels(index):
    """Two districts of one name are two rows, not four."""
    result = aggregate(pd.DataFrame({"a": [1.0, 3.0], "b": [3.0, 5.0]}, index=index), flat(1, 1))
    assert result["all"].tolist() == [2, 4] and result.index.equals(pd.Index(index))


def test_rows_may_be_years_by_district():
    """A MultiIndex comes back as it was, and nothing mixes across rows."""
    index = pd.MultiIndex.from_product([[2022, 2023], ["가상 1구", "가상 2구"]], names=["year", "district"])
    scores = pd.DataFrame({"b": [1.0, 2, 3, 4], "a": [3.0, 4, 5, 6]}, index=index)
    result = aggregate(scores, flat(1, 1))
    assert result["all"].tolist() == [2, 3, 4, 5] and result.index.equals(index)
    assert list(result.columns) == ["b", "a", "all"]
    pd.testing.assert_frame_equal(result[["b", "a"]], scores)


def test_inner_nodes_come_in_the_tables_order():
    """Composite, areas, tasks: as the framework lists them."""
    framework = Framework.from_table(
        pd.read_csv(ROOT / "data/raw/framework/2023-11.csv", dtype=str, keep_default_na=False)
    )
    result = aggregate(pd.DataFrame(100.0, index=[2022], columns=framework.leaves), framework)
    assert list(result.columns) == framework.leaves + [i for i in framework.ids if framework.level(i) < 3]


def test_a_leaf_without_weight_may_score_anything():
    """Weight 0 takes no part in any mean, so a 0 under it is no obstacle to a geometric one."""
    scores = row(4, 9, 0)
    assert aggregate(scores, flat(1, 1, 0), "geometric")["all"].item() == pytest.approx(6)
    assert aggregate(scores, flat(1, 1, 0), "harmonic")["all"].item() == pytest.approx(72 / 13)


POSITIVE = "점수가 {}인데, {} 평균은 0보다 큰 수에만 쓸 수 있으므로, 점수를 확인하거나 arithmetic을 쓰십시오."
HOW = "집계 방법: '{}'인데, arithmetic, geometric, harmonic 가운데 하나여야 하므로, 방법의 이름을 고쳐 주십시오."
REFUSED = {
    "missing leaf": (
        row(1),
        "arithmetic",
        "지표 b: 점수 칸이 없는데, 지표마다 점수가 있어야 하므로, 점수를 넣어 주십시오.",
    ),
    "extra column": (
        row(1, 2, 3),
        "arithmetic",
        "점수 표의 'c' 칸: 지표체계의 지표가 아닌데, 지표의 점수만 더할 수 있으므로, 칸을 빼거나 지표체계에 넣어 주십시오.",
    ),
    "inner node": (
        row(1, 2).assign(all=3),
        "arithmetic",
        "점수 표의 'all' 칸: 지표체계의 지표가 아닌데, 지표의 점수만 더할 수 있으므로, 칸을 빼거나 지표체계에 넣어 주십시오.",
    ),
    "column twice": (
        pd.DataFrame([[1, 2, 3]], columns=["a", "b", "b"]),
        "arithmetic",
        "점수 표의 'b' 칸: 두 번 있는데, 지표마다 점수 칸은 하나여야 하므로, 하나를 지워 주십시오.",
    ),
    "gap": (
        pd.concat([row(1, 2), row(NAN, NAN)]).set_axis([2023, 2024]),
        "arithmetic",
        "지표 a, 2024: 점수가 없는데(모두 2곳), 빈 점수를 건너뛰면 다른 지표의 가중치가 말없이 커지므로, 값을 구해 채워 주십시오.",
    ),
    "infinite": (
        row(1, np.inf),
        "arithmetic",
        "지표 b, 0: 점수가 무한대인데, 점수는 유한한 수여야 하므로, 값과 기준연도 값을 확인해 주십시오.",
    ),
    "zero under a geometric mean": (
        row(1, 0),
        "geometric",
        f"지표체계 id 'b', 0: {POSITIVE.format('0', 'geometric')}",
    ),
    "negative under a harmonic mean": (
        row(-2.5, 1),
        {0: "harmonic"},
        f"지표체계 id 'a', 0: {POSITIVE.format('-2.5', 'harmonic')}",
    ),
    "unknown how": (row(1, 2), "mean", HOW.format("mean")),
    "no how": (row(1, 2), None, HOW.format("None")),
    "unknown how in a dict": (row(1, 2), {0: "arithmetic", 5: "median"}, HOW.format("median")),
    "level as text": (
        row(1, 2),
        {"0": "geometric"},
        "집계 방법: 단계가 '0'인데, 단계는 0(종합)부터 세는 정수여야 하므로, 따옴표 없는 수로 고쳐 주십시오.",
    ),
}


@pytest.mark.parametrize("scores, how, sentence", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_added_up_is_refused_by_name(scores, how, sentence):
    """No gap, stranger or misspelt method slips into an index in silence."""
    with pytest.raises(DataError) as told:
        aggregate(scores, flat(1, 1), how)
    assert str(told.value) == sentence


# --- known contributions and the rest ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seoul():
    """Real data/raw, read as the notebooks do: scores, raw tables, settings of 2024."""
    settings = config.load(ROOT).settings("seoul", 2024)
    raw = rawdata.load(ROOT, settings)
    scores = known_scores(raw.values, raw.framework.directions, 2022, settings.years, settings.reverse)
    return scores, raw, settings


def split(seoul, then, now, node) -> pd.DataFrame:
    scores, raw, _ = seoul
    table = split_published_changes(scores, raw.published, raw.framework, [(then, now)])
    return table[table["node_id"] == node].set_index("item")


# Published indices: the city's release of June 2024 (2023) and scpm.seoul.go.kr, 2025-08-04 (2024). Indicator values:
# segye.com 2024-06-19, kmib.co.kr, tf.co.kr. Equal weights of all 50 are the study's assumption.
@pytest.mark.parametrize(
    "then, now, area, change, shares",
    [
        (2022, 2023, "safety", 24.9, {"8-4": 15.0, "9-2": 4.8, "8-3": 1.5, REST: 3.6}),
        (2022, 2023, "housing", 25.1, {"3-4": 10.9, "3-3": 6.5, REST: 7.7}),
        (2023, 2024, "safety", 24.0, {"8-4": 15.7, REST: 8.3}),
        (2022, 2024, "safety", 48.9, {"8-4": 30.7, REST: 18.2}),
        (2023, 2024, "housing", -4.8, {"3-3": -4.6, REST: -0.2}),
        (2023, 2024, "social_integration", -2.3, {REST: -2.3}),
    ],
)
def test_known_plus_rest_of_seoul(seoul, then, now, area, change, shares):
    """The published change of an area, split into what is known and one line for the others, largest first."""
    table = split(seoul, then, now, area)
    assert table["contribution"].round(1).to_dict() == shares and list(table.index) == list(shares)
    assert table["contribution"].sum() == pytest.approx(change, abs=1e-9)


def test_one_indicator_carried_safety(seoul):
    """8-4 gave 30.7 of the 48.9 points that safety gained in two years (63 %), between 29.4 and 32.0 as its source rounds."""
    table = split(seoul, 2022, 2024, "safety")
    assert table.loc["8-4", "contribution"] / table["contribution"].sum() == pytest.approx(0.627, abs=5e-4)
    assert table.loc["8-4", ["lower", "upper"]].tolist() == pytest.approx([264.25 / 9, 287.75 / 9])
    # What the known may be more, the rest is less.
    assert table.loc[REST, ["lower", "upper"]].tolist() == pytest.approx([48.9 - 287.75 / 9, 48.9 - 264.25 / 9])


def test_the_same_indicator_in_the_composite(seoul):
    """8-4 alone: 5.5 of the composite's 30.6 points; without it the composite would stand at about 125.6."""
    scores, raw, _ = seoul
    wide = scores.pivot(index="indicator_id", columns="year", values="score")
    table = known_and_rest(wide[2022], wide[2024], 30.6, raw.framework, "composite").set_index("item")
    assert round(table.loc["8-4", "contribution"], 1) == 5.5
    assert round((130.6 - 0.02 * 376) / 0.98, 1) == 125.6


def test_every_area_and_pair_of_years_adds_up(seoul):
    """Known plus rest is the published change, for six areas and both reports; weights add to 1."""
    scores, raw, settings = seoul
    pairs = [(2022, 2023), (2023, 2024), (2022, 2024)]
    table = split_published_changes(scores, raw.published, raw.framework, pairs)
    index = raw.published.set_index(["year", "node_id"])["value"]
    for (then, now, node), part in table.groupby(["from_year", "to_year", "node_id"]):
        assert part["contribution"].sum() == pytest.approx(index[now, node] - index[then, node], abs=1e-9)
        assert part["weight"].sum() == pytest.approx(1, abs=1e-12)
        assert part["item"].iloc[-1] == REST
    assert len(table.groupby(["from_year", "to_year", "node_id"])) == 18


def test_no_rest_where_an_index_was_not_obtained(seoul):
    """The known shares stand, the rest is a gap."""
    scores, raw, _ = seoul
    less = raw.published[~((raw.published["year"] == 2024) & (raw.published["node_id"] == "safety"))]
    table = split_published_changes(scores, less, raw.framework, [(2023, 2024)])
    part = table[table["node_id"] == "safety"].set_index("item")["contribution"]
    assert part["8-4"] == pytest.approx(141 / 9) and np.isnan(part[REST])


@settings(deadline=None, max_examples=40)
@given(scored_trees(), st.floats(-500, 500), st.data())
def test_known_and_rest_sum_to_the_change(tree, change, data):
    """Whatever is known, in any tree and below any node."""
    _, framework, scores = tree
    node = data.draw(st.sampled_from(framework.ids))
    leaves = framework.leaves_below(node)
    known = data.draw(st.lists(st.sampled_from(leaves), unique=True, max_size=len(leaves) - 1))
    table = known_and_rest(scores.iloc[0][known], scores.iloc[-1][known], change, framework, node)
    assert set(table["item"]) == {*known, REST}
    assert table["contribution"].sum() == pytest.approx(change, abs=1e-9)
    assert table["weight"].sum() == pytest.approx(1, abs=1e-12)


@settings(deadline=None, max_examples=20)
@given(scored_trees())
def test_where_all_is_known_nothing_is_left(tree):
    """With every score at hand the shares are the aggregate's own change, and no line of a rest is printed."""
    _, framework, scores = tree
    total = aggregate(scores, framework)[framework.root]
    change = total.iloc[-1] - total.iloc[0]
    table = known_and_rest(scores.iloc[0], scores.iloc[-1], change, framework, framework.root)
    assert set(table["item"]) == set(framework.leaves)
    assert table["contribution"].sum() == pytest.approx(change, abs=1e-9)


def test_all_known_but_not_the_published_change():
    """Other weights than assumed must not keep a year from being reported: what they leave open is a rest of weight 0."""
    before, after = pd.Series({"a": 100.0, "b": 100.0}), pd.Series({"a": 110.0, "b": 120.0})
    table = known_and_rest(before, after, 18.0, flat(1, 1), "all").set_index("item")
    assert table["contribution"].to_dict() == pytest.approx({"a": 5, "b": 10, REST: 3})
    assert table.at[REST, "weight"] == 0
    assert REST not in set(known_and_rest(before, after, 15.0, flat(1, 1), "all")["item"])


def test_a_range_of_a_source_is_mirrored_in_the_rest():
    """Where a score is known only within a range, the published change may lie anywhere in it."""
    before, after = pd.Series({"a": 100.0, "b": 100.0}), pd.Series({"a": 110.0, "b": 120.0})
    ranges = pd.DataFrame({"lower": {"b": 116.0}, "upper": {"b": 124.0}})
    table = known_and_rest(before, after, 16.5, flat(1, 1), "all", ranges).set_index("item")
    assert table.loc[REST, ["contribution", "lower", "upper"]].tolist() == pytest.approx([1.5, -0.5, 3.5])


def test_below_a_node_that_weighs_nothing():
    """Weights within an area do not depend on what the area weighs in the composite: no 0/0, no lost shares."""
    framework = Framework.from_table(
        pd.DataFrame(
            {
                "id": ["all", "A", "B", "a", "b", "c"],
                "parent": ["", "all", "all", "A", "A", "B"],
                "direction": [1] * 6,
                "weight": ["", 0, 1, 1, 1, 1],
            }
        )
    )
    table = known_and_rest(pd.Series({"a": 100.0}), pd.Series({"a": 120.0}), 15.0, framework, "A")
    assert table["contribution"].tolist() == [10, 5] and table["weight"].tolist() == [0.5, 0.5]


# --- the published indices --------------------------------------------------------------------------------------------


def test_the_table_of_published_indices(seoul):
    """Seven nodes by three years; changes are differences in points of what was printed; counts only where reported."""
    scores, raw, settings = seoul
    computed = computed_indices(scores, raw.framework)
    table = index_table(raw.published, raw.improved, computed, raw.framework, settings.years, 2022).set_index(
        ["node_id", "year"]
    )
    assert len(table) == 21 and (table["basis"] == "published").all() and table["computed"].isna().all()
    assert table["n_indicators"].groupby("node_id", sort=False).first().tolist() == [50, 12, 6, 10, 8, 9, 5]
    safety = table.loc["safety"].round(6)
    assert safety["change"].tolist()[1:] == [24.9, 24.0] and np.isnan(safety.loc[2022, "change"])
    assert safety["change_from_base"].tolist() == [0, 24.9, 48.9]
    assert safety["improved"].tolist()[1:] == [7, 6] and np.isnan(table.loc[("livelihood_care", 2023), "improved"])
    # 97.9 stands in the city's own page; the 97.6 of some papers is recorded but not used.
    assert table.loc[("social_integration", 2023), "published"] == 97.9
    assert table.loc[("composite", 2024), "published"] == 130.6


# --- computed indices -------------------------------------------------------------------------------------------------


def long_scores(wide: pd.DataFrame) -> pd.DataFrame:
    """Scores as `known_scores` returns them, from a table of years by indicators."""
    return wide.rename_axis(index="year", columns="indicator_id").stack(future_stack=True).rename("score").reset_index()


SMALL = pd.DataFrame(
    {
        "id": ["all", "A", "B", "a1", "a2", "b1"],
        "name_ko": ["종합", "가", "나", "가1", "가2", "나1"],
        "parent": ["", "all", "all", "A", "A", "B"],
        "direction": [""] * 3 + [1] * 3,
        "weight": ["", 2, 1, 1, 1, 1],
    }
)


def test_an_index_is_computed_where_no_score_is_missing_and_nowhere_else():
    """2024 lacks one score of three: no index of that year, not even of the area that is whole."""
    wide = pd.DataFrame(
        {"a1": [100.0, 120, 130], "a2": [100.0, 140, 150], "b1": [100.0, 90, np.nan]}, index=[2022, 2023, 2024]
    )
    found = computed_indices(long_scores(wide), Framework.from_table(SMALL))
    assert found[("A", 2023)] == 130 and found[("B", 2023)] == 90
    assert found[("all", 2023)] == pytest.approx((2 * 130 + 90) / 3, abs=1e-12)
    assert set(found.index.get_level_values("year")) == {2022, 2023}
    assert computed_indices(long_scores(wide.loc[[2024]]), Framework.from_table(SMALL)).empty


def test_computed_indices_take_the_place_of_published_ones_only_all_together():
    """Differences never mix a computed figure with a rounded published one; tasks come in with the computed table."""
    framework = Framework.from_table(SMALL)
    wide = pd.DataFrame({"a1": [100.0, 121], "a2": [100.0, 140], "b1": [100.0, 90]}, index=[2022, 2023])
    published = pd.DataFrame(
        {"year": 2023, "node_id": ["all", "A", "B"], "value": [117.0, 130.5, 90.0], "source_url": "", "note": ""}
    )
    improved = pd.DataFrame({"year": [2023], "node_id": ["A"], "improved": [2.0]})
    computed = computed_indices(long_scores(wide), framework)
    whole = index_table(published, improved, computed, framework, [2022, 2023], 2022)
    assert (whole["basis"] == "computed").all() and whole["index"].equals(whole["computed"])
    row = whole.set_index(["node_id", "year"]).loc[("all", 2023)]
    assert row["change"] == pytest.approx((2 * 130.5 + 90) / 3 - 100, abs=1e-12) and row["published"] == 117
    part = index_table(published, improved, computed, framework, [2022, 2023, 2024], 2022)
    assert (part["basis"] == "published").all() and part["index"].equals(part["published"])
    assert part.loc[part["year"] == 2022, "computed"].isna().all(), "100 in the base year is no computation"
    assert part.set_index(["node_id", "year"]).at[("A", 2023), "computed"] == 130.5


def test_restatements_list_what_moved_and_only_that():
    """A revised value of 2023 moves its own area and the composite of 2023; 2022 and the other area are not listed."""
    framework = Framework.from_table(SMALL)
    first = pd.DataFrame({"a1": [100.0, 120], "a2": [100.0, 140], "b1": [100.0, 90]}, index=[2022, 2023])
    now = first.copy()
    now.loc[2023, "b1"] = 96
    table = restatements(*(computed_indices(long_scores(t), framework) for t in (first, now)))
    assert {(r.node_id, r.year): round(r.effect, 9) for r in table.itertuples()} == {("all", 2023): 2, ("B", 2023): 6}
    nothing = computed_indices(long_scores(first.assign(b1=np.nan)), framework)
    assert restatements(nothing, nothing).empty
