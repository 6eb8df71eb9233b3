"""What rounded indices allow: published figures, ranges that a dumb search agrees with, sentences for bad input."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from dongheng import config, rawdata
from dongheng.aggregate import aggregate, split_published_changes
from dongheng.errors import DataError
from dongheng.framework import Framework
from dongheng.normalise import known_scores
from dongheng.weighting import (
    PRINTED,
    WHOLE,
    attainable_weights,
    fit_equal_weights,
    fit_rules,
    index_without,
    indicator_weight_ranges,
    published_by_area,
    readings,
    rule_interval,
    rules_that_fit,
    simple_rules,
    weight_ranges,
)
from tests.conftest import ROOT

NAN = float("nan")
COUNTS = {
    "livelihood_care": 12,
    "housing": 6,
    "health": 10,
    "education_culture": 8,
    "safety": 9,
    "social_integration": 5,
}


@pytest.fixture(scope="module")
def seoul():
    """Settings, raw data, and the published areas and composites of 2023 and 2024."""
    told = config.load(ROOT).settings("seoul", 2024)
    raw = rawdata.load(ROOT, told)
    return told, raw, *published_by_area(raw.published, raw.framework, [2023, 2024])


def tree(*sizes: int) -> Framework:
    """A composite over areas a, b, c, ... of one task each, with so many indicators."""
    rows = [("all", "", "")]
    for area, size in zip("abcdef", sizes, strict=False):
        rows += [(area, "all", ""), (f"{area}t", area, "")]
        rows += [(f"{area}{n}", f"{area}t", 1) for n in range(1, size + 1)]
    return Framework.from_table(pd.DataFrame(rows, columns=["id", "parent", "direction"]).assign(weight=""))


def wide(rows: list, years=(2023, 2024), ids="abcdef") -> pd.DataFrame:
    return pd.DataFrame(rows, index=list(years)[: len(rows)], columns=list(ids)[: len(rows[0])], dtype=float)


def long(**nodes) -> pd.DataFrame:
    """Published indices: one keyword per node with its values from 2023 on."""
    rows = [(2023 + n, node, value) for node, values in nodes.items() for n, value in enumerate(values)]
    return pd.DataFrame(rows, columns=["year", "node_id", "value"])


def fitting(weights: np.ndarray, parts: pd.DataFrame, whole: pd.Series, slack: float) -> np.ndarray:
    """Which rows of `weights` give every year's mean within `slack`."""
    return (np.abs(weights @ parts.to_numpy().T - whole.to_numpy()) <= slack).all(axis=1)


@st.composite
def rounded_means(draw, largest=6):
    """Areas and composites of one to three years made with known weights, all printed with one decimal."""
    k, years = draw(st.integers(2, largest)), draw(st.integers(1, 3))
    true = np.array(draw(st.lists(st.integers(0, 20), min_size=k, max_size=k).filter(any)), dtype=float)
    cells = draw(st.lists(st.floats(60, 260), min_size=k * years, max_size=k * years))
    exact = np.reshape(cells, (years, k))
    index = range(2023, 2023 + years)
    parts = pd.DataFrame(exact.round(1), index=index, columns=list("abcdef")[:k])
    true = pd.Series(true / true.sum(), index=parts.columns)
    return true, parts, pd.Series((exact @ true.to_numpy()).round(1), index=index)


# --- the published figures ------------------------------------------------------------------------------------------


def test_the_six_areas_and_the_composite_are_read_as_published(seoul):
    """City of Seoul, releases of 2024-06-19 and 2025-08-04, as typed in data/raw/seoul (adopted rows)."""
    _, _, areas, composites = seoul
    assert areas.columns.tolist() == list(COUNTS)
    assert areas.loc[2023].tolist() == [100.8, 125.1, 120.1, 98.4, 124.9, 97.9]
    assert areas.loc[2024].tolist() == [127.8, 120.3, 156.5, 111.3, 148.9, 95.6]
    assert composites.to_dict() == {2023: 111.0, 2024: 130.6}


def test_rules_that_count_indicators_tasks_and_areas(seoul):
    """50 indicators and 10 tasks in six areas: list of 2023-11."""
    rules = simple_rules(seoul[1].framework)
    assert (50 * rules["indicator_counts"]).round(9).to_dict() == COUNTS
    assert (10 * rules["task_counts"]).round(9).tolist() == [2, 1, 2, 2, 2, 1]
    assert rules["equal_areas"].tolist() == [1 / 6] * 6


@pytest.mark.parametrize(
    ("rule", "year", "reading", "low", "recomputed", "high", "fits"),
    [  # by hand: (12 x 127.8 + 6 x 120.3 + 10 x 156.5 + 8 x 111.3 + 9 x 148.9 + 5 x 95.6) / 50 = 130.578
        ("indicator_counts", 2024, "printed", 130.53, 130.58, 130.63, True),
        ("indicator_counts", 2023, "printed", 111.19, 111.24, 111.29, False),
        ("indicator_counts", 2023, "whole", 111.19, 111.24, 111.29, True),
        ("task_counts", 2024, "printed", 130.44, 130.49, 130.54, False),
        ("task_counts", 2023, "printed", 111.09, 111.14, 111.19, False),
        ("equal_areas", 2024, "printed", 126.68, 126.73, 126.78, False),
        ("indicator_counts_geometric", 2024, "printed", 128.98, 129.04, 129.09, False),
        ("indicator_counts_geometric", 2023, "printed", 110.55, 110.60, 110.65, False),
    ],
)
def test_what_simple_rules_give(seoul, rule, year, reading, low, recomputed, high, fits):
    """Worked by hand from the twelve published areas; "111" as first printed (2024), "111.0" a year later."""
    _, raw, areas, composites = seoul
    table = fit_rules(areas, composites, raw.framework).set_index(["rule", "year", "reading"])
    row = table.loc[(rule, year, reading)]
    assert [round(row[c], 2) for c in ("lower", "recomputed", "upper")] == [low, recomputed, high]
    assert row["fits"] == fits
    assert row["difference"] == pytest.approx(composites[year] - row["recomputed"])


def test_no_rule_fits_both_years_with_one_decimal_and_only_indicator_counts_with_the_integer(seoul):
    _, raw, areas, composites = seoul
    joint = rules_that_fit(fit_rules(areas, composites, raw.framework))
    assert joint.loc[joint["fits"], ["rule", "reading"]].to_numpy().tolist() == [["indicator_counts", "whole"]]
    assert joint["years"].tolist() == [2] * 8


def test_only_a_whole_number_may_also_have_been_an_integer(seoul):
    both = readings(seoul[3])
    assert both.loc["printed"].tolist() == [PRINTED, PRINTED]
    assert both.loc["whole"].tolist() == [WHOLE, PRINTED]
    assert readings(pd.Series([130.6], index=[2024])).index.tolist() == ["printed"]


def test_two_composites_leave_every_area_between_nothing_and_much(seoul):
    """Two equations for six weights: no area's weight can be told from 0, none from its count of indicators."""
    _, raw, areas, composites = seoul
    target = simple_rules(raw.framework)["indicator_counts"]
    ranges = weight_ranges(areas, composites, target).set_index(["reading", "area_id"])
    assert (ranges["lower"] == 0).all() and ranges["inside"].all()
    assert ranges.loc["printed", "upper"].round(3).tolist() == [0.583, 0.289, 0.572, 0.510, 0.471, 0.422]
    assert ranges.loc["whole", "upper"].round(3).tolist() == [0.601, 0.304, 0.576, 0.519, 0.492, 0.427]
    assert ranges.loc["whole", "nearest"].to_numpy() == pytest.approx(target.to_numpy(), abs=1e-12)
    nearest = ranges.loc["printed", "nearest"]
    assert (50 * nearest).round(2).tolist() == [12.12, 5.82, 9.99, 8.10, 8.91, 5.05]
    assert areas.loc[2023] @ nearest == pytest.approx(111.0 + 0.1, abs=1e-6)  # pulled to the edge, no further


def test_what_one_indicator_did_in_two_years(seoul):
    """8-4: +135 % (released 2024-06-19), then 55 to 65 % (2025): score 376, 364 to 388."""
    told, raw, _, _ = seoul
    scores = known_scores(raw.values, raw.framework.directions, told.base_year, told.years, told.reverse)
    splits = pd.concat(
        [split_published_changes(scores, raw.published, raw.framework, [(2022, 2024)], level) for level in (0, 1)]
    )
    table = index_without(splits, raw.published, scores).set_index(["node_id", "item"])
    safety, composite = table.loc[("safety", "8-4")], table.loc[("composite", "8-4")]
    assert safety[["contribution", "change"]].round(1).tolist() == [30.7, 48.9]
    assert composite[["contribution", "change"]].round(1).tolist() == [5.5, 30.6]
    assert round(safety["share"], 2) == 0.63
    assert composite[["without_lower", "without", "without_upper"]].round(1).tolist() == [125.4, 125.6, 125.8]
    assert (safety["share_lower"], safety["share_upper"]) == pytest.approx((0.600432, 0.653829), abs=1e-6)


# --- rules ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["arithmetic", "geometric"])
def test_no_areas_within_rounding_leave_the_interval(how):
    random = np.random.default_rng(0)
    areas, weights = wide([[95.6, 120.3, 156.5]]), pd.Series([5.0, 6, 10], index=list("abc"))
    interval = rule_interval(areas, weights, how).iloc[0]
    moved = areas.to_numpy() + random.choice([-PRINTED, 0, PRINTED], size=(500, 3))
    w = weights.to_numpy() / 21
    means = np.exp(np.log(moved) @ w) if how == "geometric" else moved @ w
    assert means.min() == pytest.approx(interval["lower"]) and means.max() == pytest.approx(interval["upper"])
    assert interval["lower"] < interval["recomputed"] < interval["upper"]


def test_a_composite_on_the_edge_of_rounding_fits():
    """Areas 100.0 give 99.95 to 100.05; 100.1 reaches down to 100.05."""
    areas = wide([[100.0, 100.0]])
    for composite, fits in ((100.1, True), (99.9, True), (100.2, False), (99.8, False)):
        table = fit_rules(areas, pd.Series([composite], index=[2023]), tree(1, 1))
        assert set(table["fits"]) == {fits}, composite


def test_a_year_without_all_areas_is_left_out():
    published = long(a=[101.0, 102.0], b=[103.0, NAN], all=[102.0, 102.5])
    areas, composites = published_by_area(published, tree(1, 1), [2023, 2024])
    assert areas.index.tolist() == composites.index.tolist() == [2023]
    assert areas.columns.tolist() == ["a", "b"]


# --- all weights that fit -------------------------------------------------------------------------------------------


def test_ranges_by_hand():
    """Two parts, 100 and 120, mean 110: w_b = 0.5, and 0.1 of rounding over a distance of 20 is 0.005 to each side."""
    ranges = attainable_weights(wide([[100, 120]]), pd.Series([110.0], index=[2023]))
    assert ranges[["lower", "upper"]].to_numpy() == pytest.approx(np.array([[0.495, 0.505], [0.495, 0.505]]), abs=1e-8)


def test_ranges_agree_with_a_search_that_knows_nothing_of_linear_programs():
    """Weights and errors drawn at random and multiplied as they stand: none outside the ranges, the ends come near."""
    random = np.random.default_rng(1)
    parts, whole = wide([[90, 100, 130], [95, 118, 101]]), pd.Series([105.0, 104.0], index=[2023, 2024])
    half = 2.0  # wide rounding, so that a search finds something
    ranges = attainable_weights(parts, whole, 2 * half)
    weights = random.dirichlet(np.ones(3), 40_000)
    errors = random.uniform(-half, half, size=(40_000, 2, 3))
    errors[:20_000] = random.choice([-half, half], size=(20_000, 2, 1))  # the corners, which chance alone seldom finds
    means = np.einsum("nk,ntk->nt", weights, parts.to_numpy() + errors)
    found = weights[(np.abs(means - whole.to_numpy()) <= half).all(axis=1)]
    assert len(found) > 500
    assert (found >= ranges["lower"].to_numpy() - 1e-9).all() and (found <= ranges["upper"].to_numpy() + 1e-9).all()
    assert found.min(axis=0) == pytest.approx(ranges["lower"].to_numpy(), abs=0.03)
    assert found.max(axis=0) == pytest.approx(ranges["upper"].to_numpy(), abs=0.03)


@settings(max_examples=15, deadline=None)
@given(rounded_means(), st.floats(0, 1))
def test_wider_rounding_widens_and_the_truth_stays_inside(case, more):
    true, parts, whole = case
    narrow, broad = attainable_weights(parts, whole), attainable_weights(parts, whole, 2 * PRINTED + more)
    assert (broad["lower"] <= narrow["lower"] + 1e-6).all() and (broad["upper"] >= narrow["upper"] - 1e-6).all()
    assert (narrow["lower"] - 1e-6 <= true).all() and (true <= narrow["upper"] + 1e-6).all()


@settings(max_examples=15, deadline=None)
@given(rounded_means(), st.randoms(use_true_random=False))
def test_the_order_of_areas_and_years_changes_nothing(case, random):
    _, parts, whole = case
    columns, years = list(parts.columns), list(parts.index)
    random.shuffle(columns), random.shuffle(years)
    shuffled = parts.loc[years, columns]
    found = attainable_weights(parts, whole)[["lower", "upper", "nearest"]]
    again = attainable_weights(shuffled, whole).loc[parts.columns, ["lower", "upper", "nearest"]]
    assert again.to_numpy() == pytest.approx(found.to_numpy(), abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(rounded_means(), st.lists(st.integers(1, 12), min_size=6, max_size=6))
def test_a_rule_fits_if_and_only_if_it_is_its_own_nearest(case, counts):
    """And whatever fits lies inside every range; inside every range alone says less."""
    _, parts, whole = case
    target = pd.Series(counts[: parts.shape[1]], index=parts.columns, dtype=float)
    target /= target.sum()
    interval = rule_interval(parts, target)
    misses = np.maximum(interval["lower"] - whole - PRINTED, whole - PRINTED - interval["upper"])
    table = weight_ranges(parts, whole, target)
    table = table[table["reading"] == "printed"].set_index("area_id")
    moved = (table["nearest"] - target).abs().max()
    assert (moved < 1e-10) == bool((misses <= 1e-9).all())
    if (misses <= 0).all():
        assert table["inside"].all()


@settings(max_examples=25, deadline=None)
@given(rounded_means(), st.lists(st.integers(1, 12), min_size=6, max_size=6))
def test_nearest_is_the_projection(case, counts):
    """w is the projection of p on a convex set exactly if no point v of it has (p - w).(v - w) > 0; one linear program
    finds the v that would come closest to it."""
    _, parts, whole = case
    target = pd.Series(counts[: parts.shape[1]], index=parts.columns, dtype=float)
    target /= target.sum()
    nearest = attainable_weights(parts, whole, target=target)["nearest"]
    assert (nearest >= 0).all() and nearest.sum() == pytest.approx(1, abs=1e-11)
    assert fitting(nearest.to_numpy()[None], parts, whole, 2 * PRINTED + 1e-7).all()
    away = (target - nearest).to_numpy()
    distance = parts.to_numpy() - whole.to_numpy()[:, None]
    best = linprog(
        -away,
        A_ub=np.vstack([distance, -distance]),
        b_ub=np.full(2 * len(parts), 2 * PRINTED),
        A_eq=np.ones((1, len(away))),
        b_eq=[1.0],
        bounds=(0, 1),
    )
    assert best.status == 0
    assert away @ (best.x - nearest.to_numpy()) <= 1e-6


def test_nearest_agrees_with_a_general_optimiser(seoul):
    _, raw, areas, composites = seoul
    target = simple_rules(raw.framework)["indicator_counts"]
    found = minimize(
        lambda w: ((w - target.to_numpy()) ** 2).sum() * 1e4,
        np.full(6, 1 / 6),
        method="SLSQP",
        bounds=[(0, 1)] * 6,
        constraints=[
            {"type": "eq", "fun": lambda w: w.sum() - 1},
            *[
                {"type": "ineq", "fun": lambda w, a=a, c=c, s=s: 0.1 - s * (w @ a - c)}
                for (a, c), s in itertools.product(zip(areas.to_numpy(), composites, strict=True), (1, -1))
            ],
        ],
        options={"ftol": 1e-14, "maxiter": 500},
    )
    nearest = attainable_weights(areas, composites, target=target)["nearest"]
    assert nearest.to_numpy() == pytest.approx(found.x, abs=1e-5)


def test_no_weights_at_all_is_a_finding_in_the_table():
    """Areas of 100 and 110 cannot average 120.3."""
    areas, composites = wide([[100, 110]]), pd.Series([120.3], index=[2023])
    table = weight_ranges(areas, composites, pd.Series([1.0, 1.0], index=list("ab")))
    assert table[["lower", "upper", "nearest"]].isna().all(axis=None) and not table["inside"].any()


def test_areas_that_all_stand_alike_say_nothing():
    areas, target = wide([[110, 110, 110]]), weights(1, 2, 3)
    for composite, fits in ((110.0, True), (110.1, True), (110.3, False)):
        table = weight_ranges(areas, pd.Series([composite], index=[2023]), target)
        table = table[table["reading"] == "printed"]
        assert table["lower"].notna().all() == fits
        if fits:
            assert table["nearest"].to_numpy() == pytest.approx(table["target"].to_numpy(), abs=1e-12)
            assert table[["lower", "upper"]].to_numpy().tolist() == [[0, 1]] * 3


def test_one_part_alone_weighs_everything():
    table = weight_ranges(wide([[110.0]]), pd.Series([110.1], index=[2023]), weights(7))
    assert table[["target", "lower", "upper", "nearest"]].to_numpy().tolist() == [[1, 1, 1, 1]]


# --- one indicator left out -----------------------------------------------------------------------------------------


def test_left_out_means_the_mean_of_the_others():
    framework = tree(3, 2)
    scores = pd.DataFrame(100.0, index=[2022, 2023], columns=framework.leaves)
    scores.loc[2023] = [120.0, 90.0, 101.0, 130.0, 99.0]
    nodes = aggregate(scores, framework)[["all", "a", "b"]]
    published = nodes.rename_axis("year").melt(ignore_index=False, var_name="node_id").reset_index()
    told = (
        scores.rename_axis("year").melt(ignore_index=False, var_name="indicator_id", value_name="score").reset_index()
    )
    told[["score_lower", "score_upper"]] = told["score"].where(told["indicator_id"] == "a1").to_numpy()[:, None] + [
        -4,
        4,
    ]
    splits = pd.concat([split_published_changes(told, published, framework, [(2022, 2023)], n) for n in (0, 1)])
    table = index_without(splits, published, told).set_index(["node_id", "item"])
    assert table.loc[("a", "a1"), "without"] == pytest.approx((90 + 101) / 2)
    assert table.loc[("b", "b1"), "without"] == pytest.approx(99)
    assert table.groupby("node_id")["share"].sum().to_dict() == pytest.approx({"all": 1, "a": 1, "b": 1})
    one = table.loc[("a", "a1")]
    assert (one["without_lower"], one["without_upper"]) == pytest.approx((95.5 - 2, 95.5 + 2))
    assert (one["share_lower"], one["share_upper"]) == pytest.approx((16 / 11, 24 / 11))
    assert table.loc[("a", "a2"), ["lower", "share_lower", "without_lower"]].isna().all()


def test_nothing_known_no_change_and_no_others():
    framework = tree(1, 2)
    told = pd.DataFrame({"indicator_id": ["a1"] * 2, "year": [2022, 2023], "score": [100.0, 100.0]})
    told[["score_lower", "score_upper"]] = NAN
    published = pd.DataFrame({"year": [2022, 2023], "node_id": "a", "value": [100.0, 100.0]})
    table = index_without(split_published_changes(told, published, framework, [(2022, 2023)]), published, told)
    assert table["item"].tolist() == ["a1"]
    assert table.loc[0, ["share", "without"]].isna().all()
    told["score"] = NAN
    none = index_without(split_published_changes(told, published, framework, [(2022, 2023)]), published, told)
    assert none.empty and list(none.columns) == list(table.columns)


# --- when every value is there --------------------------------------------------------------------------------------


def full_year(framework: Framework, years: int, seed: int = 3) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    cells = 100 * random.lognormal(0.1, 0.2, size=(years, len(framework.leaves)))
    return pd.DataFrame(cells, index=range(2023, 2023 + years), columns=framework.leaves)


def publish(nodes: pd.DataFrame, ids: list) -> pd.DataFrame:
    """The indices as a release prints them: one decimal."""
    table = nodes[ids].round(1).rename_axis("year").melt(ignore_index=False, var_name="node_id")
    return table.reset_index()


def equal_and_not(framework: Framework) -> tuple[Framework, Framework]:
    """The tree with all indicators equal, and with one indicator of area a that weighs four times as much."""
    table = framework.table.copy()
    table["weight"] = [float(len(framework.leaves_below(i))) for i in framework.ids]
    other = table.copy()
    other.loc["a1", "weight"] = 4.0
    return tuple(Framework.from_table(t.reset_index(drop=True)) for t in (table, other))


def test_equal_weights_are_recognised_and_others_are_not():
    even, uneven = equal_and_not(tree(4, 3, 5))
    scores, ids = full_year(even, 3), ["all", "a", "b", "c"]
    table = fit_equal_weights(scores, publish(aggregate(scores, even), ids), even)
    assert table["fits"].all() and set(table["node_id"]) == set(ids)
    assert (table["lower"] == table["recomputed"]).all()
    table = fit_equal_weights(scores, publish(aggregate(scores, uneven), ids), even)
    assert table.groupby("node_id")["fits"].all().to_dict() == {"all": False, "a": False, "b": True, "c": True}


def test_enough_complete_years_pin_the_weights_of_indicators_down():
    even, uneven = equal_and_not(tree(4, 3, 5))
    ids, true = ["all", "a", "b", "c"], uneven.local_weights()[["a1", "a2", "a3", "a4"]]
    widths = []
    for years in (1, 3, 8):
        scores = full_year(even, years)
        table = indicator_weight_ranges(scores, publish(aggregate(scores, uneven), ids), even)
        area = table[(table["node_id"] == "a") & (table["reading"] == "printed")].set_index("item")
        assert (area["lower"] - 1e-9 <= true).all() and (true <= area["upper"] + 1e-9).all()
        assert (area["equal"] == 0.25).all() and area["nearest"].sum() == pytest.approx(1)
        widths.append(float((area["upper"] - area["lower"]).max()))
    assert widths[0] > widths[1] > widths[2] and widths[2] < 0.02
    assert not area.loc["a1", "inside"]
    printed = table[table["reading"] == "printed"]
    assert printed.groupby("node_id").size().to_dict() == {"all": 12, "a": 4, "b": 3, "c": 5}


def test_an_index_that_no_weights_give_has_empty_ranges():
    framework = tree(2, 2)
    scores = full_year(framework, 1)
    too_high = long(all=[100.0], a=[900.0])
    table = indicator_weight_ranges(scores, too_high, framework).set_index(["node_id", "reading", "item"])
    assert table.loc["a", ["lower", "upper", "nearest"]].isna().all(axis=None)
    assert set(table.loc["all"].index.get_level_values("reading")) == {"printed", "whole"}  # a composite of 100.0


def test_without_a_complete_year_the_tables_have_columns_and_no_rows():
    framework = tree(2, 2)
    scores, published = full_year(framework, 1), long(all=[100.4], a=[100.2])
    for function in (fit_equal_weights, indicator_weight_ranges):
        full, empty = function(scores, published, framework), function(scores.iloc[:0], published, framework)
        assert list(empty.columns) == list(full.columns) and len(full) and empty.empty


# --- bad input ------------------------------------------------------------------------------------------------------


def weights(*given) -> pd.Series:
    return pd.Series(given, index=list("abcdef")[: len(given)], dtype=float)


AREAS, COMPOSITES = wide([[100, 110], [105, 120]]), pd.Series([105.0, 112.0], index=[2023, 2024])
SCORES = pd.DataFrame([[100.0, 110.0]], index=[2023], columns=["a1", "b1"])


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: fit_rules(AREAS[["a"]], COMPOSITES, tree(1, 1)),
            "'b': 가중치는 있고 지수가 없는데, 둘은 같은 항목의 것이어야 하므로, 지수를 넣거나 빼 주십시오.",
        ),
        (
            lambda: rule_interval(AREAS, weights(1)),
            "'b': 가중치가 없는데, 항목마다 가중치가 있어야 하므로, 가중치를 넣어 주십시오.",
        ),
        (
            lambda: fit_rules(AREAS.where(AREAS != 120), COMPOSITES, tree(1, 1)),
            "2024년 'b': 값이 없거나 무한대인데(모두 1곳), 모든 항목의 값이 있는 해만 쓸 수 있으므로, "
            "값을 넣거나 그 해를 빼 주십시오.",
        ),
        (
            lambda: fit_rules(AREAS, COMPOSITES.drop(2024), tree(1, 1)),
            "2024년: 영역지수는 있고 종합지수가 없는데, 견줄 지수가 있어야 하므로, 종합지수를 넣거나 그 해를 빼 주십시오.",
        ),
        (
            lambda: weight_ranges(AREAS, COMPOSITES.drop(2023), weights(1, 1)),
            "2023년: 영역지수는 있고 종합지수가 없는데, 견줄 지수가 있어야 하므로, 종합지수를 넣거나 그 해를 빼 주십시오.",
        ),
        (
            lambda: published_by_area(long(a=[101.0], all=[102.0]), tree(1, 1), [2023, 2024]),
            "공표 지수 2023, 2024년: 종합지수와 모든 영역지수가 함께 있는 해가 없는데, 그런 해가 하나는 있어야 가중치를 "
            "견주어 볼 수 있으므로, published_indices.csv에 빠진 지수를 적어 주십시오.",
        ),
        (
            lambda: published_by_area(pd.concat([long(a=[101.0])] * 2), tree(1), [2023]),
            "공표 지수 2023년 a: 두 번 있는데, 연도와 영역마다 하나여야 하므로, 채택한 값 하나만 남겨 주십시오.",
        ),
        (
            lambda: rule_interval(AREAS, weights(1, -1)),
            "가중치: 음수이거나 모두 0이거나 무한대인데, 0 이상이고 하나는 0보다 커야 하므로, 고쳐 주십시오.",
        ),
        (
            lambda: rule_interval(AREAS, weights(1, 1), "median"),
            "집계 방법: 'median'인데, arithmetic이나 geometric이어야 하므로, 이름을 고쳐 주십시오.",
        ),
        (
            lambda: rule_interval(AREAS - 100, weights(1, 1), "geometric"),
            "영역지수: 0인 것이 있는데, 기하평균은 0보다 큰 수에만 쓸 수 있으므로, 지수를 확인하거나 arithmetic을 쓰십시오.",
        ),
        (
            lambda: rule_interval(AREAS, weights(1, 1), half_width=-0.05),
            "반올림 폭: 빠졌거나 음수인데, 0 이상이어야 하므로, 폭을 고쳐 주십시오.",
        ),
        (
            lambda: attainable_weights(AREAS, COMPOSITES, pd.Series([0.05], index=[2023])),
            "반올림 폭: 빠졌거나 음수인데, 0 이상이어야 하므로, 폭을 고쳐 주십시오.",
        ),
        (
            lambda: attainable_weights(AREAS.iloc[:0], COMPOSITES),
            "지수 표: 한 해도 없는데, 한 해는 있어야 하므로, 지수를 넣어 주십시오.",
        ),
        (
            lambda: fit_equal_weights(SCORES[["a1"]], long(a=[100.0]), tree(1, 1)),
            "지표 b1: 점수 칸이 없는데, 지표마다 점수가 있어야 하므로, 점수를 넣어 주십시오.",
        ),
        (
            lambda: indicator_weight_ranges(SCORES.where(SCORES != 110), long(a=[100.0]), tree(1, 1)),
            "2023년 지표 'b1': 값이 없거나 무한대인데(모두 1곳), 모든 항목의 값이 있는 해만 쓸 수 있으므로, "
            "값을 넣거나 그 해를 빼 주십시오.",
        ),
    ],
)
def test_bad_input_is_answered_in_a_sentence(call, sentence):
    with pytest.raises(DataError) as caught:
        call()
    assert str(caught.value) == sentence
