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
    REFORM,
    REST,
    across_editions,
    aggregate,
    chain_link,
    computed_indices,
    contributions,
    enter_neutrally,
    index_table,
    known_and_rest,
    restatements,
    split_published_changes,
    weights_within,
    with_weights,
)
from dongheng.errors import DataError, FrameworkError
from dongheng.framework import Framework
from dongheng.normalise import known_scores
from tests.conftest import ROOT
from tests.test_framework import trees

NAN = float("nan")
POINTS = pd.DataFrame(columns=["lower", "upper"], dtype=float)  # no score is known within a range only


SMALL = pd.DataFrame(
    {
        "id": ["all", "A", "B", "a1", "a2", "b1"],
        "name_ko": ["종합", "가", "나", "가1", "가2", "나1"],
        "parent": ["", "all", "all", "A", "A", "B"],
        "direction": [""] * 3 + [1] * 3,
        "weight": ["", 2, 1, 1, 1, 1],
    }
)


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


@settings(deadline=None, max_examples=7)
@given(scored_trees(), HOWS)
def test_a_second_dumber_route_gives_the_same(tree, how):
    """Plain recursion over Python numbers agrees, for trees of any depth and any mix of means."""
    table, framework, scores = tree
    result = aggregate(scores, framework, how)
    for node in framework.inner:
        expected = [the_dumb_way(r, table, node, how, framework.level(node)) for r in scores.to_dict("records")]
        assert result[node].to_numpy() == pytest.approx(expected, rel=1e-10)


@settings(deadline=None, max_examples=7)
@given(scored_trees())
def test_arithmetic_over_geometric_over_harmonic(tree):
    """The order of the three means, at the composite and for every row."""
    _, framework, scores = tree
    one, two, three = (aggregate(scores, framework, how)[framework.root] for how in METHODS)
    assert (one >= two * (1 - 1e-12)).all() and (two >= three * (1 - 1e-12)).all()


@settings(deadline=None, max_examples=7)
@given(scored_trees(), HOWS)
def test_equal_scores_stay_what_they_are(tree, how):
    """A base year of 100 everywhere is 100 at every node, whatever the weights and means."""
    _, framework, scores = tree
    assert aggregate(scores * 0 + 100, framework, how).to_numpy() == pytest.approx(100, rel=1e-12)


@settings(deadline=None, max_examples=7)
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


@settings(deadline=None, max_examples=7)
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
    for start in range(0, 30, 10):
        for rows in (1, 2, 3, 5, 8):
            part = aggregate(scores[start : start + rows], framework, how)["all"].to_numpy()
            assert (part == full[start : start + rows]).all()


@settings(deadline=None, max_examples=7)
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


@settings(deadline=None, max_examples=5)
@given(scored_trees(), HOWS, st.data())
def test_a_vertex_of_the_weights_is_the_indicator(tree, how, data):
    """All weight on one indicator: the composite is its score, whatever the mean and the depth."""
    _, framework, scores = tree
    leaf = data.draw(st.sampled_from(framework.leaves))
    alone = with_weights(framework, pd.Series({leaf: 7.0}))
    assert aggregate(scores[[leaf]], alone, how)[framework.root].to_numpy() == pytest.approx(scores[leaf].to_numpy())


@settings(deadline=None, max_examples=5)
@given(scored_trees(), HOWS)
def test_weights_of_leaves_make_the_same_tree(tree, how):
    """A framework rebuilt from its own global weights, on another scale, gives the same indices."""
    _, framework, scores = tree
    rebuilt = with_weights(framework, framework.global_weights()[framework.leaves] * 1e3)
    one, other = (aggregate(scores, f, how) for f in (framework, rebuilt))
    assert other[one.columns].to_numpy() == pytest.approx(one.to_numpy(), rel=1e-9)


# --- gaps that pass their weight on -----------------------------------------------------------------------------------


@settings(deadline=None, max_examples=5)
@given(scored_trees(), HOWS, st.data())
def test_a_gap_that_passes_its_weight_on_was_never_there(tree, how, data):
    """In its own row: the index of the framework without it; in all other rows nothing moves, not by a digit."""
    _, framework, scores = tree
    if len(framework.leaves) < 2:
        return
    leaf = data.draw(st.sampled_from(framework.leaves))
    gap = scores.copy()
    gap.loc[2022, leaf] = NAN
    found, whole = aggregate(gap, framework, how, [leaf], available=0), aggregate(scores, framework, how)
    pd.testing.assert_frame_equal(found[1:], whole[1:], check_exact=True)
    gone = {leaf}
    for node in framework.inner:  # deepest first: a node that lost its last child goes with it
        gone |= {node} if gone.issuperset(framework.children(node)) else set()
    less = Framework.from_table(framework.table[~framework.table["id"].isin(gone)])
    expected = aggregate(scores.drop(columns=leaf), less, how).loc[2022]
    for node in less.inner:
        assert found.loc[2022, node] == pytest.approx(expected[node], rel=1e-9)
    assert all(np.isnan(found.loc[2022, node]) for node in set(framework.inner) - set(less.inner))


def test_a_node_of_which_too_little_is_there_is_a_gap():
    """A stands on one of four and is left out; the composite then rests on B's half; a leaf that A does not use is no use."""
    framework = Framework.from_table(
        pd.DataFrame(
            {
                "id": ["all", "A", "B", *"abcd", "e"],
                "parent": ["", "all", "all", *["A"] * 4, "B"],
                "direction": [1] * 8,
                "weight": ["", 1, 1, 1, 1, 1, 1, 1],
            }
        )
    )
    scores = pd.DataFrame([[80.0, NAN, NAN, NAN, 120.0], [80.0, 90.0, NAN, NAN, 120.0]], columns=list("abcde"))
    found = aggregate(scores, framework, reweight="abcd")
    assert np.isnan(found.at[0, "A"]) and found["all"].tolist() == [120, 102.5] and found.at[1, "A"] == 85
    assert aggregate(scores, framework, reweight="abcd", available=0.6).isna()["all"].tolist() == [True, True]
    assert aggregate(scores, framework, reweight="abcd", available=0)["all"].tolist() == [100, 102.5]
    whole = aggregate(scores.fillna(100), framework, available=1)
    pd.testing.assert_frame_equal(whole, aggregate(scores.fillna(100), framework), check_exact=True)


# --- contributions ------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=8)
@given(scored_trees(), HOWS, st.booleans())
def test_contributions_add_up_at_every_node(tree, how, still):
    """Residual under 1e-9 for every mean and mix, also where a leaf, or the whole of it, stands still; turned round they turn sign."""
    _, framework, scores = tree
    before, after = scores.iloc[0], scores.iloc[-1].copy()
    if still:
        after.iloc[0] = before.iloc[0]
    parts, index = (
        contributions(before, after, framework, how),
        aggregate(pd.DataFrame([before, after]), framework, how),
    )
    for node in framework.inner:
        assert abs(parts[node].sum() - (index[node].iloc[1] - index[node].iloc[0])) < 1e-9
        assert (parts.loc[~parts.index.isin(framework.leaves_below(node)), node] == 0).all()
    back = contributions(after, before, framework, how)
    assert back.to_numpy() == pytest.approx(-parts.to_numpy(), abs=1e-9)


def test_contributions_under_each_mean_by_hand():
    """Arithmetic: weight times change. Geometric (LMDI): weight times L of the index times the logarithm of the ratio, so
    that of an index that stands still at 100 a rise by e gives 50 and a fall by e takes 50. Harmonic: weight times the
    product of both indices over the product of both scores, times the change."""
    framework = flat(1, 1)
    cases = {
        "arithmetic": ((100, 100), (130, 90), (15, -5)),
        "geometric": ((100, 100), (100 * math.e, 100 / math.e), (50, -50)),
        "harmonic": ((2, 8), (4, 8), (0.5 * 3.2 * (16 / 3) / 8 * 2, 0)),
    }
    for how, (before, after, expected) in cases.items():
        parts = contributions(*(pd.Series(s, list("ab"), dtype=float) for s in (before, after)), framework, how)
        assert parts["all"].tolist() == pytest.approx(expected, rel=1e-12)


def test_contributions_keep_every_digit_where_almost_nothing_moved():
    """A change in the twelfth digit is still split without a residual that outweighs it."""
    before = pd.Series({"a": 100.0, "b": 120.0})
    parts = contributions(before, before * (1 + 1e-12), flat(1, 2), "geometric")["all"]
    assert parts.tolist() == pytest.approx(
        [x * 1e-12 * 100 ** (1 / 3) * 120 ** (2 / 3) for x in (1 / 3, 2 / 3)], rel=1e-3
    )


def test_contributions_of_many_units():
    """Districts at once: each as alone."""
    before = pd.DataFrame({"a": [100.0, 90], "b": [100.0, 80]}, index=pd.Index(["가", "나"], name="district"))
    parts = contributions(before, before * np.array([[1.1, 0.9], [1.2, 1]]), flat(1, 3), "geometric")
    alone = contributions(before.loc["나"], before.loc["나"] * [1.2, 1], flat(1, 3), "geometric")
    pd.testing.assert_frame_equal(parts.loc["나"], alone, check_names=False)


@settings(deadline=None, max_examples=5)
@given(scored_trees(), st.sampled_from(METHODS), st.data())
def test_a_reform_is_one_line_and_all_adds_up(tree, how, data):
    """An indicator that comes and weights that change: indicators and 체계 개편 효과 sum to what the composite moved by."""
    _, new, scores = tree
    if len(new.leaves) < 2:
        return
    came = data.draw(st.sampled_from(new.leaves))
    old = with_weights(new, pd.Series(2.0, [leaf for leaf in new.leaves if leaf != came]))
    before, after = scores.iloc[0].drop(came), scores.iloc[-1]
    told = across_editions(before, after, old, new, how)
    first, last = (aggregate(s.to_frame().T, f, how)[f.root].item() for s, f in ((before, old), (after, new)))
    assert told.sum() == pytest.approx(last - first, abs=1e-9) and told[came] == 0 and REFORM in told
    same = across_editions(scores.iloc[0], after, new, new, how)
    assert same[REFORM] == 0


# --- redefined and new indicators ---------------------------------------------------------------------------------------


def test_a_splice_keeps_the_old_and_grows_like_the_new():
    """Linked at 2023: the years up to it digit for digit, the later ones at the old level with the new growth."""
    old = pd.Series({2021: 100.0, 2022: 104.7, 2023: 1 / 3 * 300})
    new = pd.Series({2023: 50, 2024: 60, 2025: 45})
    linked = chain_link(old, new, 2023)
    assert linked.loc[:2023].tolist() == old.tolist() and linked.to_dict() == {**old.to_dict(), 2024: 120.0, 2025: 90.0}
    frames = chain_link(old.to_frame("a").assign(b=old * 2), new.to_frame("a").assign(b=new), 2023)
    assert frames["a"].tolist() == linked.tolist() and frames["b"].tolist() == (linked * 2).tolist()
    assert chain_link(old, new.head(1), 2023).equals(old), "a bridge value alone adds nothing"


def test_a_new_indicator_says_nothing_in_its_first_year():
    """It enters at the weighted mean of its task, so task and composite stand where the siblings alone put them; then it
    grows as its own scores do. Years before it, and its siblings, do not move."""
    framework = Framework.from_table(SMALL.assign(weight=["", 2, 1, 3, 1, 1]))
    scores = pd.DataFrame({"a1": [100, 120, 150], "a2": [NAN, 100, 110], "b1": [100, 90, 80]}, index=[2022, 2023, 2024])
    entered = enter_neutrally(scores, framework, {"a2": 2023})
    assert entered["a2"].tolist() == pytest.approx([NAN, 120, 132], nan_ok=True)
    assert entered[["a1", "b1"]].to_numpy().tolist() == scores[["a1", "b1"]].to_numpy().tolist()
    whole = aggregate(entered.loc[[2023]], framework)
    alone = aggregate(scores.loc[[2023]].assign(a2=NAN), framework, reweight=["a2"])
    assert whole["all"].item() == pytest.approx(alone["all"].item(), rel=1e-14)


def test_two_that_enter_together_do_not_prop_each_other_up():
    """Both take the mean of the third; one that came a year earlier counts for the later one."""
    scores = pd.DataFrame({"a": [100.0, 120, 90], "b": [NAN, 100, 110], "c": [NAN, 100, 50]}, index=[2022, 2023, 2024])
    together = enter_neutrally(scores, flat(1, 1, 1), {"b": 2023, "c": 2023})
    assert together.loc[2023].tolist() == [120, 120, 120]
    scores.loc[2023, "c"] = NAN
    later = enter_neutrally(scores, flat(1, 1, 1), {"b": 2023, "c": 2024})
    assert later.loc[2024].tolist() == pytest.approx([90, 132, 111])


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


ENTERS = "처음 들어온 해의 점수나 같은 과제의 다른 지표의 점수가 없는데, 같은 과제의 평균으로 들어와야 하므로, 그해의 점수를 채우거나 겹치는 해의 값을 구해 주십시오."
OVERLAP = "두 계열이 함께 있는 때에서 이어야 하므로, 그때의 값이나 새 정의로 다시 센 값을 넣어 주십시오."
RATIO = "두 값의 비율로 이으므로 둘 다 0이 아니고 부호가 같아야 하므로, 두 값을 확인해 주십시오."
WEIGHT = "을(를) 줄 수 없는데, 지표체계의 지표마다 0 이상이어야 하므로, 번호와 가중치를 확인해 주십시오."
LINE = pd.Series({2022: 100.0, 2023: 110.0})
REFUSED_CHANGES = {
    "no share": (
        lambda: aggregate(row(1, 2), flat(1, 1), available=50),
        "집계의 available: 50인데, 0에서 1까지의 비율이어야 하므로, 비율을 고쳐 주십시오.",
    ),
    "other districts": (
        lambda: contributions(row(1, 2), row(1, 2).set_axis(["나"]), flat(1, 1)),
        "두 시점의 점수 표: 단위가 서로 다른데, 같은 단위끼리 견주어야 하므로, 두 표의 줄을 같은 순서로 맞추어 주십시오.",
    ),
    "zero under a geometric contribution": (
        lambda: contributions(pd.Series({"a": 1, "b": 0}), pd.Series({"a": 1, "b": 2}), flat(1, 1), "geometric"),
        f"지표체계 id 'b', 0: {POSITIVE.format('0', 'geometric')}",
    ),
    "a weight of nobody": (lambda: with_weights(flat(1, 1), pd.Series({"a": 1, "z": 2})), f"지표 z: 가중치 2{WEIGHT}"),
    "a weight below zero": (
        lambda: with_weights(flat(1, 1), pd.Series({"a": 3, "b": -1})),
        f"지표 b: 가중치 -1{WEIGHT}",
    ),
    "no overlap": (lambda: chain_link(LINE, LINE[:1], 2023), f"새 계열: 2023이(가) 없는데, {OVERLAP}"),
    "no old value": (lambda: chain_link(LINE[:1], LINE, 2023), f"옛 계열: 2023이(가) 없는데, {OVERLAP}"),
    "years out of order": (
        lambda: chain_link(LINE[::-1], LINE, 2023),
        "옛 계열: 때가 오름차순이 아니거나 두 번 있는데, 앞뒤를 알아야 이을 수 있으므로, 줄의 순서를 고쳐 주십시오.",
    ),
    "zero at the link": (lambda: chain_link(LINE, LINE * 0, 2023), f"2023: 이을 때의 값이 110와(과) 0인데, {RATIO}"),
    "gap in one of two columns": (
        lambda: chain_link(LINE.to_frame("a").assign(b=1), LINE.to_frame("a").assign(b=NAN), 2023),
        f"2023, b: 이을 때의 값이 1와(과) nan인데, {RATIO}",
    ),
    "column of one series only": (
        lambda: chain_link(LINE.to_frame("a"), LINE.to_frame("a").assign(b=5), 2023),
        f"2023, b: 이을 때의 값이 nan와(과) 5인데, {RATIO}",
    ),
    "no sibling": (lambda: enter_neutrally(row(1).set_axis([2024]), flat(1), {"a": 2024}), f"지표 a, 2024: {ENTERS}"),
    "no score in its first year": (
        lambda: enter_neutrally(row(1, NAN).set_axis([2024]), flat(1, 1), {"b": 2024}),
        f"지표 b, 2024: {ENTERS}",
    ),
    "enters in a year that is not there": (
        lambda: enter_neutrally(row(1, 2).set_axis([2024]), flat(1, 1), {"b": 2025}),
        f"지표 b, 2025: {ENTERS}",
    ),
    "enters at zero": (
        lambda: enter_neutrally(row(1, 0).set_axis([2024]), flat(1, 1), {"b": 2024}),
        f"지표 b, 2024: {ENTERS}",
    ),
}


@pytest.mark.parametrize("call, sentence", REFUSED_CHANGES.values(), ids=REFUSED_CHANGES)
def test_what_cannot_be_compared_or_linked_is_refused_by_name(call, sentence):
    """Whole sentences that name the id, the year and both values."""
    with pytest.raises(DataError) as told:
        call()
    assert str(told.value) == sentence


def test_a_framework_without_any_weight_is_none():
    """Leaving everything out leaves no tree."""
    with pytest.raises(FrameworkError):
        with_weights(flat(1, 1), pd.Series({"a": 0.0}))


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
    table = known_and_rest(wide[2022], wide[2024], 30.6, weights_within(raw.framework, "composite"), POINTS).set_index(
        "item"
    )
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


@settings(deadline=None, max_examples=12)
@given(scored_trees(), st.floats(-500, 500), st.data())
def test_known_and_rest_sum_to_the_change(tree, change, data):
    """Whatever is known, in any tree and below any node."""
    _, framework, scores = tree
    node = data.draw(st.sampled_from(framework.ids))
    leaves = framework.leaves_below(node)
    known = data.draw(st.lists(st.sampled_from(leaves), unique=True, max_size=len(leaves) - 1))
    table = known_and_rest(
        scores.iloc[0][known], scores.iloc[-1][known], change, weights_within(framework, node), POINTS
    )
    assert set(table["item"]) == {*known, REST}
    assert table["contribution"].sum() == pytest.approx(change, abs=1e-9)
    assert table["weight"].sum() == pytest.approx(1, abs=1e-12)


@settings(deadline=None, max_examples=7)
@given(scored_trees())
def test_where_all_is_known_nothing_is_left(tree):
    """With every score at hand the shares are the aggregate's own change, and no line of a rest is printed."""
    _, framework, scores = tree
    total = aggregate(scores, framework)[framework.root]
    change = total.iloc[-1] - total.iloc[0]
    table = known_and_rest(scores.iloc[0], scores.iloc[-1], change, weights_within(framework, framework.root), POINTS)
    assert set(table["item"]) == set(framework.leaves)
    assert table["contribution"].sum() == pytest.approx(change, abs=1e-9)


def test_all_known_but_not_the_published_change():
    """Other weights than assumed must not keep a year from being reported: what they leave open is a rest of weight 0."""
    before, after = pd.Series({"a": 100.0, "b": 100.0}), pd.Series({"a": 110.0, "b": 120.0})
    table = known_and_rest(before, after, 18.0, weights_within(flat(1, 1), "all"), POINTS).set_index("item")
    assert table["contribution"].to_dict() == pytest.approx({"a": 5, "b": 10, REST: 3})
    assert table.at[REST, "weight"] == 0
    assert REST not in set(known_and_rest(before, after, 15.0, weights_within(flat(1, 1), "all"), POINTS)["item"])


def test_a_range_of_a_source_is_mirrored_in_the_rest():
    """Where a score is known only within a range, the published change may lie anywhere in it."""
    before, after = pd.Series({"a": 100.0, "b": 100.0}), pd.Series({"a": 110.0, "b": 120.0})
    ranges = pd.DataFrame({"lower": {"b": 116.0}, "upper": {"b": 124.0}})
    table = known_and_rest(before, after, 16.5, weights_within(flat(1, 1), "all"), ranges).set_index("item")
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
    table = known_and_rest(
        pd.Series({"a": 100.0}), pd.Series({"a": 120.0}), 15.0, weights_within(framework, "A"), POINTS
    )
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
