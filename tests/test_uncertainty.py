"""How sure the index is: draws that a formula can check, three ranges that never touch, and ranks as scipy counts them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, rankdata

from dongheng.aggregate import aggregate, contributions, split_published_changes, with_weights
from dongheng.errors import DataError
from dongheng.framework import Framework
from dongheng.uncertainty import (
    change_intervals,
    dominance,
    effective_influence,
    enumerate_rules,
    intervals,
    leave_one_out,
    method_draws,
    random_weights,
    ranks,
    simulate,
    sobol,
    value_errors,
    verdicts,
    what_if,
)
from dongheng.weighting import index_without
from tests.test_aggregate import HOWS, flat, row, scored_trees

NAN = float("nan")
YEARS = [2022, 2023, 2024]
TREE = Framework.from_table(
    pd.DataFrame(
        {
            "id": ["all", "A", "B", "a1", "a2", "b1"],
            "parent": ["", "all", "all", "A", "A", "B"],
            "direction": [1, 1, 1, 1, -1, 1],
            "weight": ["", 2, 1, 1, 1, 1],
        }
    )
)
SCORES = pd.DataFrame({"a1": [100.0, 120, 130], "a2": [100.0, 110, 90], "b1": [100.0, 90, 140]}, index=YEARS)


def errors_of(**sizes) -> pd.DataFrame:
    return pd.DataFrame({leaf: sizes.get(leaf, NAN) for leaf in TREE.leaves}, index=YEARS)


def with_errors(errors, scores=SCORES, **words) -> pd.DataFrame:
    words = {"directions": TREE.directions, "base": 2022, "draws": 500, "seed": 0} | words
    return simulate(scores, TREE, errors=errors, **words)


# --- (i) other weights ------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=6)
@given(scored_trees(), HOWS, st.floats(1e-300, 1e300))
def test_the_frameworks_own_weights_give_the_index_itself(tree, how, scale):
    """A set of weights like the framework's, on any scale, gives what aggregate gives at every node and year."""
    _, framework, scores = tree
    own = framework.global_weights()[framework.leaves].to_frame().T * scale
    drawn = simulate(scores, framework, weights=own, how=how, seed=0).iloc[0]
    expected = aggregate(scores, framework, how)
    for node in framework.inner:
        assert drawn[node].to_numpy() == pytest.approx(expected[node].to_numpy(), rel=1e-10)


@settings(deadline=None, max_examples=5)
@given(scored_trees(), HOWS)
def test_all_weight_on_one_indicator_is_that_indicator(tree, how):
    """A vertex of the weights: the composite is the indicator's score; nodes without any weight have no index."""
    _, framework, scores = tree
    vertices = pd.DataFrame(np.eye(len(framework.leaves)), columns=framework.leaves)
    drawn = simulate(scores, framework, weights=vertices, how=how, seed=0)
    assert drawn[framework.root].to_numpy() == pytest.approx(scores[framework.leaves].to_numpy().T, rel=1e-12)


def test_a_leaf_without_weight_may_score_anything():
    """As in aggregate: a 0 that nobody weighs is no obstacle to a geometric mean, one that somebody weighs is."""
    framework, scores = flat(1, 1, 0), row(4, 9, 0)
    assert leave_one_out(scores, framework, "geometric")[0].tolist()[:2] == pytest.approx([9, 4])
    none = pd.DataFrame([[1, 1, 0]], columns=list("abc"))
    assert simulate(scores, framework, weights=none, how="geometric", seed=0)["all"].iat[0, 0] == pytest.approx(6)
    with pytest.raises(DataError, match="^지표체계 id 'c', 0: 점수가 0인데, geometric 평균은 0보다 큰 수에만"):
        simulate(scores, framework, weights=none + 1, how="geometric", seed=0)


def test_random_weights_lie_around_the_frameworks():
    """Dirichlet: mean = the weight, variance w (1 - w) / (concentration + 1); 0 stays 0; 0 is a seed like any other."""
    framework = flat(5, 3, 2, 0)
    drawn = random_weights(framework, 20_000, seed=0, concentration=19)
    w = np.array([0.5, 0.3, 0.2, 0])
    assert drawn.mean().to_numpy() == pytest.approx(w, abs=0.004)
    assert drawn.var().to_numpy() == pytest.approx(w * (1 - w) / 20, rel=0.05)
    assert drawn.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-12) and (drawn["d"] == 0).all()
    pd.testing.assert_frame_equal(random_weights(framework, 5, seed=0), random_weights(framework, 5, seed=0))
    assert not random_weights(framework, 5, seed=1).equals(random_weights(framework, 5, seed=0))


# --- (ii) errors of the values ----------------------------------------------------------------------------------------


def test_one_survey_with_a_known_error():
    """A relative error s of one value: 95 % of its score lies within exp(+-1.96 s'), s' the logarithm's, by sqrt(2) for two years.

    The base has an error too and stays 100 in every draw, so a year's score has the error of both. 20,000 draws, 3 %.
    """
    drawn = with_errors(errors_of(b1=0.1), draws=20_000)
    assert drawn.xs(2022, axis=1, level="unit").to_numpy() == pytest.approx(100, abs=1e-12)
    ends = intervals(drawn).loc[("B", 2024)]
    half = 1.959964 * np.sqrt(2 * np.log1p(0.01))
    assert np.log(ends / 140).to_numpy() == pytest.approx([-half, half], rel=0.03)
    composite = intervals(drawn).loc[("all", 2024)] - 110 * 2 / 3
    assert composite.to_numpy() == pytest.approx(140 / 3 * np.exp([-half, half]), rel=0.01)
    assert drawn["A"].nunique().eq(1).all(), "no error, no range"


def test_the_error_of_a_lower_is_better_value_turns_round():
    """Its score is a reciprocal: what draws the value up draws the score down, by the same factor."""
    up = with_errors(errors_of(a2=0.2), directions=pd.Series({"a1": 1, "a2": 1, "b1": 1}))
    down = with_errors(errors_of(a2=0.2))
    product = (up["A"][2023] * 2 - 120) * (down["A"][2023] * 2 - 120)
    assert product.to_numpy() == pytest.approx(110**2, rel=1e-12)


def test_a_carried_value_has_the_error_of_its_own_year():
    """Carried from the base year: no change, no error. Carried from a year that the table does not hold: its own."""
    carried = pd.DataFrame({leaf: [2022, 2022, 2024] for leaf in TREE.leaves}, index=YEARS)
    drawn = with_errors(errors_of(b1=0.1), observed_in=carried)
    assert (drawn["B", 2023] == 90).all() and drawn["B", 2024].std() > 10
    outside = carried.replace(2022, 2019)
    pd.testing.assert_frame_equal(with_errors(errors_of(b1=0.1), observed_in=outside), with_errors(errors_of(b1=0.1)))


def test_what_two_years_share_cancels_in_their_difference():
    """The range of a change between two carried years is no range."""
    carried = pd.DataFrame({leaf: [2022, 2023, 2023] for leaf in TREE.leaves}, index=YEARS)
    same = SCORES.assign(b1=[100.0, 90, 90])
    change = change_intervals(with_errors(errors_of(b1=0.1), same, observed_in=carried), 2023, 2024)
    assert change.loc["B"].tolist() == [0, 0]
    assert change.loc["A"].tolist() == pytest.approx([-5, -5], abs=1e-12)


def test_no_draw_turns_a_value_negative():
    """Even an error of 49 % leaves every mean possible."""
    for how in ("geometric", "harmonic"):
        assert (with_errors(errors_of(a1=0.49, a2=0.49, b1=0.49), draws=5000, how=how) > 0).all(axis=None)


def test_verdicts_rest_on_the_whole_interval():
    """Above 0 a rise, below a fall, else no clear change; where an error was not obtained there is none, nor without a range."""
    changes = pd.Series({"up": 3.0, "down": -3.0, "flat": 1.0, "open": 9.0, "bare": 9.0})
    interval = pd.DataFrame({"lower": [1, -5, -1, 8, NAN], "upper": [5, -1, 3, 10, NAN]}, index=changes.index)
    table = verdicts(changes, interval, {"open": ["3-1", "3-2"]})
    assert table["verdict"].tolist() == ["rise", "fall", "no_clear_change", "", ""]
    assert table.loc["open", "lacking"] == "3-1, 3-2" and table.loc[["open", "bare"], "lower"].isna().all()


# --- appending a year, leaving a source out -----------------------------------------------------------------------------


@settings(deadline=None, max_examples=3)
@given(st.integers(1, 2), st.integers(0, 3), st.booleans())
def test_a_year_appended_moves_no_digit_of_any_range(kept, seed, gap):
    """Errors, weights and rules of the years before stay as they were; so do draws of one indicator when another loses its error."""
    errors = errors_of(a1=0.05, b1=0.1)
    words = {"reweight": ["a2"], "seed": seed}
    scores = SCORES.mask(pd.DataFrame(gap, YEARS, ["a2"]).reindex(columns=SCORES.columns, fill_value=False))
    full, part = with_errors(errors, scores, **words), with_errors(errors[:kept], scores[:kept], **words)
    pd.testing.assert_frame_equal(full[part.columns], part, check_exact=True)
    w = random_weights(TREE, 50, seed=seed)
    full, part = (simulate(s, TREE, weights=w, **words) for s in (scores, scores[:kept]))
    pd.testing.assert_frame_equal(full[part.columns], part, check_exact=True)
    full, part = (enumerate_rules({"as": s}, {"own": TREE}) for s in (SCORES, SCORES[:kept]))
    pd.testing.assert_frame_equal(full[full["year"].isin(YEARS[:kept])].reset_index(drop=True), part, check_exact=True)
    alone = with_errors(errors_of(b1=0.1), scores, **words)
    pd.testing.assert_frame_equal(alone["B"], with_errors(errors, scores, **words)["B"], check_exact=True)


def test_leaving_the_experts_out_moves_no_digit_of_the_other_ranges():
    """Each source of chance has its own stream: with or without (i) before it, (ii) and (iii) are the same, and round."""

    def two() -> list[pd.DataFrame]:
        return [with_errors(errors_of(b1=0.1)), enumerate_rules({"as": SCORES}, {"own": TREE})]

    without = two()
    first = random_weights(TREE, 100, seed=0)
    for one, other in zip(without, two(), strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    pd.testing.assert_frame_equal(random_weights(TREE, 100, seed=0), first, check_exact=True)
    drawn = np.log(with_errors(errors_of(b1=0.1), draws=100)["B", 2024])
    assert abs(drawn.corr(first["b1"])) < 0.3, "the streams are not one"


# --- (iii) other rules --------------------------------------------------------------------------------------------------


def test_every_combination_of_rules_stands_in_the_table():
    """2 scores x 2 weights x 2 means; a rule that cannot be used keeps its lines and says why."""
    rules = {"as_ruled": SCORES, "reflection": "지표 a2: 두 배를 넘습니다."}
    frameworks = {"own": TREE, "leaves": with_weights(TREE, pd.Series(1, TREE.leaves))}
    table = enumerate_rules(rules, frameworks)
    assert len(table) == 4 * 3 * 3 + 4
    refused = table[table["scores"] == "reflection"]
    assert (refused["refused"] == rules["reflection"]).all() and refused["index"].isna().all()
    found = table.set_index(["scores", "weights", "mean", "node_id", "year"])["index"]
    assert found["as_ruled", "own", "arithmetic", "all", 2024] == pytest.approx((130 + 90) / 3 + 140 / 3)
    assert found["as_ruled", "leaves", "geometric", "all", 2024] == pytest.approx((130 * 90 * 140) ** (1 / 3))


@settings(deadline=None, max_examples=5)
@given(scored_trees(), HOWS)
def test_leaving_one_out_is_the_index_of_the_framework_without_it(tree, how):
    """Two routes: a weight of 0 in the roll-up, and a framework that never had the indicator."""
    _, framework, scores = tree
    if len(framework.leaves) < 2:
        return
    result = leave_one_out(scores, framework, how)
    for leaf in framework.leaves:
        less = with_weights(framework, framework.global_weights()[framework.leaves].drop(leaf))
        expected = aggregate(scores.drop(columns=leaf), less, how)[framework.root]
        assert result.loc[leaf].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)


def test_leaving_out_what_is_known_of_a_published_index_is_the_same():
    """Two ways to one number: all scores known and rolled up again, or one score and the published composite alone."""
    long = SCORES.rename_axis(index="year", columns="indicator_id").unstack().rename("score").reset_index()
    long = long.assign(score_lower=np.nan, score_upper=np.nan)
    indices = aggregate(SCORES, TREE)["all"].rename_axis("year").rename("value").reset_index().assign(node_id="all")
    known = long[long["indicator_id"] == "b1"]
    splits = split_published_changes(known, indices, TREE, [(2022, 2024)], level=0)
    found = index_without(splits, indices, known).set_index("item")["without"]
    assert found.to_dict() == {"b1": pytest.approx(leave_one_out(SCORES, TREE).at["b1", 2024])}


def test_a_value_between_two_years_has_no_error_that_anybody_knows():
    """Interpolated or carried from a year that is not there: a survey's value lacks its error, it is not exact."""
    values = pd.DataFrame(
        [("a1", year, "level", 50.0, 1.0, "obtained") for year in (2022, 2024)],
        columns=["indicator_id", "year", "basis", "value", "standard_error", "status"],
    )
    revisions = pd.DataFrame(columns=["indicator_id", "first", "value"])
    register = pd.DataFrame({"source_type": "administrative"}, index=TREE.leaves)
    register.loc["a1"] = "survey"
    lacking = {}
    for told in ("2022, 2024", "2019", "2022"):
        uses = pd.DataFrame([("a1", 2023, "interpolate", told)], columns=["indicator_id", "year", "rule", "from_years"])
        lacking[told] = value_errors(values, revisions, uses, register, TREE, [2022, 2023, 2024]).lacking
    assert lacking == {"2022, 2024": {"a1": "survey"}, "2019": {"a1": "survey"}, "2022": {}}


def test_what_one_indicator_needs_to_bring_its_area_to_the_target():
    """Putting the needed score in gives the target; a ceiling, a score of 0 and a leaf without weight are no way there."""
    now, values = SCORES.loc[2024], pd.Series({"a1": 65.0, "a2": 50.0})
    index = aggregate(SCORES, TREE).loc[2024, "A"]
    told = pd.DataFrame({"score": now, "value": values, "ceiling": pd.Series({"a1": 125.0})})
    table = what_if(index, told, TREE, "A", 120)
    for leaf in ("a1", "a2"):
        moved = now.copy()
        moved[leaf] = table.loc[leaf, "needed"]
        assert aggregate(moved.to_frame().T, TREE)["A"].item() == pytest.approx(120)
    assert table["reachable"].to_dict() == {"a1": False, "a2": True}
    assert table["needed_value"].to_dict() == pytest.approx({"a1": 65 * 150 / 130, "a2": 50 * 90 / 110})
    told = pd.DataFrame({"score": {"a": 0.0, "b": 100.0}, "value": {"a": 0.0, "b": 1.0}, "ceiling": NAN})
    nothing = what_if(50.0, told, flat(1, 0), "all")
    assert nothing["needed"].tolist() == pytest.approx([50, NAN], nan_ok=True)
    assert nothing["needed_value"].isna().all() and nothing["reachable"].tolist() == [True, False]


def test_one_indicator_that_carries_the_rise_is_flagged():
    """Share of the change beside the declared weight; of a change of nothing there is no share."""
    parts = contributions(SCORES.loc[2022], SCORES.loc[2024], TREE)["all"]
    table = dominance(parts, TREE.global_weights()[TREE.leaves], 0.6)
    assert list(table.index) == ["b1", "a1", "a2"] and table["share"].sum() == pytest.approx(1)
    assert table["share"].tolist() == pytest.approx([40 / 60, 30 / 60, -10 / 60])
    assert table["dominant"].tolist() == [True, False, False]
    assert dominance(pd.Series({"a": 0.02, "b": 0.01}), pd.Series({"a": 1, "b": 1}), 0.2)["share"].isna().all()


# --- many units ---------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=6)
@given(st.lists(st.lists(st.sampled_from([1.0, 2.0, 2.5, -3.0, NAN]), min_size=5, max_size=5), min_size=1, max_size=4))
def test_ranks_are_scipys(rows):
    """rankdata(method="min") of the negatives, row by row, within each node; what has no index has no rank."""
    table = pd.DataFrame(rows)
    expected = np.array([rankdata([-x for x in r], method="min", nan_policy="omit") for r in rows])
    assert ranks(table).to_numpy() == pytest.approx(expected, nan_ok=True)
    both = ranks(pd.concat([table, -table], axis=1, keys=["A", "B"]))
    assert both["A"].equals(ranks(table)) and both["B"].equals(ranks(-table))


RNG = np.random.default_rng(7)
UNITS = pd.DataFrame(RNG.lognormal(size=(30, 4)), columns=list("abcd"), index=[f"u{k}" for k in range(30)])
FLAT = flat(4, 3, 2, 1)


def test_without_any_choice_the_ranks_are_the_nominal_ones():
    """One rule, one mean, weights that hardly move: every draw ranks as the index itself does."""
    words = {"normalisations": ["z_score"], "hows": ["arithmetic"], "concentration": 1e12, "draws": 20}
    drawn, choices = method_draws(UNITS, FLAT, seed=0, **words)
    z = (UNITS - UNITS.mean()) / UNITS.std()
    nominal = aggregate(z, FLAT)["all"].rank(ascending=False)
    assert (drawn == nominal).all(axis=None) and set(choices["normalisation"]) == {"z_score"}
    varied, choices = method_draws(UNITS, FLAT, draws=20, seed=0)
    assert choices.nunique().tolist() == [3, 2] and varied.nunique().max() > 1


def test_sobol_where_only_one_choice_matters():
    """Shares of one: all of the variance goes with the only thing that varies, nothing with the others."""
    only = {"concentration": 1e12, "hows": ["arithmetic"], "n": 64, "seed": 2}
    table = sobol(UNITS, FLAT, normalisations=["min_max", "percentile_rank"], **only)
    assert table.loc["normalisation", ["first", "total"]].astype(float).tolist() == pytest.approx([1, 1], abs=1e-9)
    assert table.loc[["mean", "weights"], "total"].tolist() == pytest.approx([0, 0], abs=1e-12)
    constant = sobol(UNITS, FLAT, normalisations=["min_max"], **only | {"n": 4})
    assert (constant["refused"] == "constant").all() and constant[["first", "total"]].isna().all(axis=None)


def test_sobol_presents_no_estimate_that_cannot_be_true():
    """With a handful of points estimates come out negative or above the total: they are refused, not shown."""
    told = [sobol(UNITS, FLAT, n=4, seed=seed) for seed in range(3)]
    shown = pd.concat(told)
    assert shown["refused"].isin(["negative", "first_above_total"]).any()
    kept = shown[shown["refused"] == ""]
    assert ((kept["first"] >= 0) & (kept["first"] <= kept["total"])).all()
    assert shown.loc[shown["refused"] != "", ["first", "total"]].isna().all(axis=None)


def test_influence_of_independent_indicators():
    """y = x1 + 2 x2, normal and independent: 1/5 and 4/5 of the variance, by the squared correlation and by the curve."""
    one, two = (a.ravel() for a in np.meshgrid(*[norm.ppf(np.linspace(0.02, 0.98, 13))] * 2))
    x = pd.DataFrame({"x1": one, "x2": two})
    table = effective_influence(x, x["x1"] + 2 * x["x2"], pd.Series({"x1": 1, "x2": 2}))
    assert table["linear"].tolist() == pytest.approx([0.2, 0.8], abs=1e-9)
    assert table["correlation_ratio"].tolist() == pytest.approx([0.2, 0.8], abs=0.01)
    assert table["weight"].tolist() == pytest.approx([1 / 3, 2 / 3]) and table["share"].sum() == pytest.approx(1)


def test_influence_that_no_correlation_sees():
    """Paruolo, Saisana and Saltelli (2013): y = x squared has correlation 0 and correlation ratio 1."""
    x = pd.Series(np.linspace(-1, 1, 101))
    told = effective_influence(x.to_frame("x"), x**2).loc["x"]
    assert told["linear"] < 1e-20 and told["correlation_ratio"] > 0.999


def test_influence_of_few_scores_and_of_few_units():
    """Two scores: the classical ratio, here the squared correlation. A constant, or 19 values, tells nothing."""
    y = pd.Series(np.arange(40.0))
    x = pd.DataFrame({"binary": y > 12, "constant": 0.1, "gaps": y.where(y < 19)}).astype(float)
    table = effective_influence(x, y)
    assert table.loc["binary", "correlation_ratio"] == pytest.approx(table.loc["binary", "linear"])
    assert table.loc[["constant", "gaps"], ["linear", "correlation_ratio"]].isna().all(axis=None)


# --- bad input ----------------------------------------------------------------------------------------------------------

OWN = pd.DataFrame([[1.0, 1, 1]], columns=TREE.leaves)
COUNT = "{} 이상의 정수여야 하므로, 수를 고쳐 주십시오."
ONE = "가중치와 오차를 둘 다 주었거나 둘 다 주지 않았는데, 전문가의 범위와 조사의 범위는 따로 보아야 하므로, 둘 가운데 하나만 주십시오."
FIT = "가중치 표와 지표체계 가운데 한쪽에만 있는데, 지표마다 가중치가 하나 있어야 하므로, 가중치 표의 칸을 지표체계와 같게 해 주십시오."
ROW = "음수나 빈칸이 있거나 합이 0인데, 가중치는 0 이상이고 합이 0보다 커야 하므로, 그 줄의 가중치를 고쳐 주십시오."
SIZE = "0 이상 0.5 미만이어야 하므로, 오차의 단위를 확인해 주십시오(값에 대한 비율입니다)."
REFUSED = {
    "both sources": (lambda: with_errors(errors_of(), weights=OWN), f"simulate: {ONE}"),
    "no source": (lambda: simulate(SCORES, TREE, seed=0), f"simulate: {ONE}"),
    "no seed": (
        lambda: simulate(SCORES, TREE, weights=OWN, seed=None),
        f"난수 씨앗(seed): 'None'인데, {COUNT.format(0)}",
    ),
    "no seed for methods": (
        lambda: method_draws(UNITS, FLAT, seed=None),
        f"난수 씨앗(seed): 'None'인데, {COUNT.format(0)}",
    ),
    "one draw": (lambda: with_errors(errors_of(), draws=1), f"표집 횟수(draws): '1'인데, {COUNT.format(2)}"),
    "weights lack a leaf": (lambda: simulate(SCORES, TREE, weights=OWN.drop(columns="b1"), seed=0), f"지표 b1: {FIT}"),
    "weights of a stranger": (lambda: simulate(SCORES, TREE, weights=OWN.assign(c=1), seed=0), f"지표 c: {FIT}"),
    "negative weight": (lambda: simulate(SCORES, TREE, weights=OWN.assign(b1=-1), seed=0), f"가중치 0번째 줄: {ROW}"),
    "no weight at all": (lambda: simulate(SCORES, TREE, weights=OWN * 0, seed=0), f"가중치 0번째 줄: {ROW}"),
    "weight missing": (lambda: simulate(SCORES, TREE, weights=OWN * NAN, seed=0), f"가중치 0번째 줄: {ROW}"),
    "error in per cent": (
        lambda: with_errors(errors_of(b1=5.0)),
        f"지표 b1, 2022: 상대 표준오차가 5인데, {SIZE}",
    ),
    "negative error": (
        lambda: with_errors(errors_of(b1=-0.1)),
        f"지표 b1, 2022: 상대 표준오차가 -0.1인데, {SIZE}",
    ),
    "errors of another year": (
        lambda: with_errors(errors_of().set_axis([2022, 2023, 2025])),
        "오차 표 2025: 점수 표와 맞지 않는데, 점수마다 오차가 있거나 빈칸이어야 하므로, 오차 표의 줄과 칸을 점수 표와 같게 해 주십시오.",
    ),
    "no base": (
        lambda: with_errors(errors_of(), base=2021),
        "simulate: 방향이 없거나 기준 줄 '2021'이(가) 점수 표에 없는데, 기준연도 값의 오차가 모든 해를 함께 움직이므로, "
        "directions와 base를 주십시오.",
    ),
    "one indicator that weighs": (
        lambda: leave_one_out(row(1, 2), flat(1, 0)),
        "지표체계: 지표가 하나뿐인데, 하나를 빼면 남는 것이 없으므로, 지표가 둘 이상인 지표체계를 주십시오.",
    ),
    "unknown rule": (
        lambda: method_draws(UNITS, FLAT, normalisations=["rank"], draws=2, seed=0),
        "normalisations: 'rank'인데, min_max, z_score, percentile_rank 가운데 하나여야 하므로, 이름을 고쳐 주십시오.",
    ),
    "unknown mean": (
        lambda: method_draws(UNITS, FLAT, hows=["median"], draws=2, seed=0),
        "집계 방법: 'median'인데, arithmetic, geometric, harmonic 가운데 하나여야 하므로, 방법의 이름을 고쳐 주십시오.",
    ),
    "no concentration": (
        lambda: random_weights(FLAT, 2, seed=0, concentration=0),
        "concentration: 0인데, 1 이상의 유한한 수여야 하므로, 수를 고쳐 주십시오.",
    ),
    "points of sobol": (
        lambda: sobol(UNITS, FLAT, n=100, seed=0),
        "Sobol' 점의 수: 100인데, 2의 거듭제곱이어야 하므로, 64, 128, 256처럼 고쳐 주십시오.",
    ),
    "few units": (
        lambda: effective_influence(UNITS[:19], UNITS["a"][:19]),
        "단위: 19개이거나 종합지수와 이름이 다른데, 단위가 20개는 되어야 곡선이 뜻이 있으므로, 단위를 더 넣거나 이름을 맞추어 주십시오.",
    ),
}


@pytest.mark.parametrize("call, sentence", REFUSED.values(), ids=REFUSED)
def test_what_has_no_range_is_refused_by_name(call, sentence):
    """No source left open, no seed forgotten, no weight or error of somebody else's."""
    with pytest.raises(DataError) as told:
        call()
    assert str(told.value) == sentence
