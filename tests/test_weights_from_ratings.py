"""From ratings to weights: every rule against a source or a slower way, what the panel leaves open, bad input."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gmean, trim_mean
from statsmodels.regression.mixed_linear_model import MixedLM

from dongheng.errors import DataError
from dongheng.weighting import (
    BY_RANK,
    METHODS,
    SMOOTH,
    ahead_of_next,
    ahp_weights,
    bootstrap_weights,
    fill_unrated,
    largest_remainder,
    leave_one_expert_out,
    rank_probabilities,
    severity_check,
    weight_intervals,
    weights_by_group,
    weights_from_ratings,
)

NAN = float("nan")


def panel(*rows, items: str = "abcdefgh", experts=None) -> pd.DataFrame:
    """One row per expert; E1, E2, ... unless told."""
    names = experts or [f"E{e}" for e in range(1, len(rows) + 1)]
    return pd.DataFrame(rows, index=names, columns=list(items[: len(rows[0])]), dtype=float)


def synthetic(experts: int, items: int, seed: int, gaps: float = 0.0) -> pd.DataFrame:
    """A panel on 1-5 with experts who differ in severity and items that differ in weight."""
    random = np.random.default_rng(seed)
    raw = random.normal(3.9, 0.7, (experts, items)) + random.normal(0, 0.4, (experts, 1)) + random.normal(0, 0.4, items)
    x = np.clip(raw.round(), 1, 5)
    x[random.random(x.shape) < gaps] = NAN
    return pd.DataFrame(x, index=[f"E{e}" for e in range(experts)], columns=[f"i{i}" for i in range(items)])


@st.composite
def panels(draw, gaps: bool = True):
    """2-6 experts x 2-6 items on 1-5, all items rated by the first two experts."""
    n, k = draw(st.integers(2, 6)), draw(st.integers(2, 6))
    x = np.array(draw(st.lists(st.integers(1, 5), min_size=n * k, max_size=n * k)), dtype=float).reshape(n, k)
    if gaps:
        x[2:][np.array(draw(st.lists(st.booleans(), min_size=n * k, max_size=n * k))).reshape(n, k)[2:]] = NAN
    return panel(*x.tolist())


# --- published numbers ----------------------------------------------------------------------------------------------


def test_rank_weights_of_five_items():
    """Centroid weights as printed for k = 5 (Barron and Barrett 1996; .4567 .2567 .1567 .0900 .0400); rank sum
    2 (k + 1 - r) / (k (k + 1)) and reciprocal 1/r over 137/60 (Stillwell, Seaver and Edwards 1981)."""
    ratings = panel([3, 5, 1, 4, 2], [3, 5, 2, 4, 2.5])
    order = list("bdaec")
    assert weights_from_ratings(ratings, "roc")[order].round(4).tolist() == [0.4567, 0.2567, 0.1567, 0.09, 0.04]
    assert weights_from_ratings(ratings, "rank_sum")[order].tolist() == pytest.approx(
        [5 / 15, 4 / 15, 0.2, 2 / 15, 1 / 15]
    )
    reciprocal = weights_from_ratings(ratings, "rank_reciprocal")[order]
    assert reciprocal.tolist() == pytest.approx([60 / 137 / r for r in range(1, 6)], abs=1e-15)


def test_shrinkage_is_icc_3k_of_shrout_and_fleiss():
    """Shrout and Fleiss (1979), tables 2 and 4: four judges, six targets, MS 11.24 between targets and 1.02 residual,
    ICC(3,4) = .91. Items are the targets; shrunk weights keep that share of each weight's distance from equality."""
    targets = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    ratings = panel(*np.transpose(targets).tolist())
    kept = (weights_from_ratings(ratings, "shrunk") - 1 / 6) / (weights_from_ratings(ratings, "mean") - 1 / 6)
    assert kept.round(2).unique().tolist() == [0.91]
    assert kept.tolist() == pytest.approx([1 - 1.0194 / 11.2417] * 6, abs=2e-5)  # from the printed mean squares


def comparisons(text: str) -> pd.DataFrame:
    rows = [[float(Fraction(cell)) for cell in row.split()] for row in text.split(";")]
    return pd.DataFrame(rows)


HOUSE = comparisons(
    "1 5 3 7 6 6 1/3 1/4; 1/5 1 1/3 5 3 3 1/5 1/7; 1/3 3 1 6 3 4 6 1/5; 1/7 1/5 1/6 1 1/3 1/4 1/7 1/8;"
    "1/6 1/3 1/3 3 1 1/2 1/5 1/6; 1/6 1/3 1/4 4 2 1 1/5 1/6; 3 5 1/6 7 5 5 1 1/2; 4 7 5 8 6 6 2 1"
)
DRINKS = comparisons(
    "1 9 5 2 1 1 1/2; 1/9 1 1/3 1/9 1/9 1/9 1/9; 1/5 3 1 1/3 1/4 1/3 1/9; 1/2 9 3 1 1/2 1 1/3;"
    "1 9 4 2 1 2 1/2; 1 9 3 1 1/2 1 1/3; 2 9 9 3 2 3 1"
)


@pytest.mark.parametrize(
    ("matrix", "table", "weights", "lambda_max", "ci", "cr"),
    [
        # Saaty (1990), doi:10.1016/0377-2217(90)90057-I, table 2: criteria for buying a house.
        (HOUSE, "saaty1980", [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333], 9.669, 0.238, 0.169),
        # The same, table 3: transportation and financing of the three houses.
        (comparisons("1 7 1/5; 1/7 1 1/8; 5 8 1"), "saaty1980", [0.233, 0.054, 0.713], 3.247, 0.124, 0.213),
        (comparisons("1 1/7 1/5; 7 1 3; 5 1/3 1"), "saaty1980", [0.072, 0.650, 0.278], 3.065, 0.032, 0.056),
        # Saaty (2008), doi:10.1504/IJSSCI.2008.017590: relative consumption of drinks; only the ratio is printed.
        (DRINKS, "saaty2005", [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327], None, None, 0.022),
    ],
)
def test_saatys_examples(matrix, table, weights, lambda_max, ci, cr):
    """To the third decimal as printed; 0.0015 for weights, as 0.7127 and 0.1775 were printed 0.713 and 0.177."""
    found = ahp_weights(matrix, random_index=table)
    assert found.weights.tolist() == pytest.approx(weights, abs=0.0015)
    if lambda_max:
        assert (found.lambda_max, found.ci) == (pytest.approx(lambda_max, abs=5e-4), pytest.approx(ci, abs=6e-4))
    assert found.cr == pytest.approx(cr, abs=1e-3) and found.random_index == table


def test_the_eigenvector_is_one():
    """Against many steps of the power method, which knows nothing of eigenvalue routines."""
    a, w = HOUSE.to_numpy(), np.ones(8)
    for _ in range(200):
        w = a @ w / (a @ w).sum()
    found = ahp_weights(HOUSE)
    assert found.weights.tolist() == pytest.approx(w.tolist(), abs=1e-12)
    assert found.lambda_max == pytest.approx((a @ w / w).mean(), abs=1e-10)


def test_random_index_tables_decide_near_the_threshold():
    """Three items, in closed form: lambda_max = 1 + q + 1/q with q^3 = 3 * 4.5 / 5, so ci = 0.0553. The customary 0.10
    is met by the table of 1980 (0.58) and missed by those of 2005 (0.52) and 2006 (0.5245)."""
    matrix, q = comparisons("1 3 5; 1/3 1 9/2; 1/5 2/9 1"), 2.7 ** (1 / 3)
    for table, by in (("saaty1980", 0.58), ("saaty2005", 0.52), ("alonso_lamata2006", 0.5245)):
        found = ahp_weights(matrix, random_index=table)
        assert found.ci == pytest.approx((q + 1 / q - 2) / 2, abs=1e-12)
        assert found.cr == pytest.approx(found.ci / by) and (found.cr < 0.1) == (table == "saaty1980")


# --- every rule against a slower way --------------------------------------------------------------------------------


def slowly(ratings: pd.DataFrame, method: str, lower: float, trim: float) -> np.ndarray:
    """Item by item from the answers at hand, by other people's functions; for panels without gaps also "ipsative"."""
    centre = {
        "equal": lambda x: 1.0,
        "mean": np.mean,
        "rescaled": lambda x: np.mean(x) - lower,
        "median": np.median,
        "trimmed": lambda x: trim_mean(x, trim),
        "geometric": gmean,
    }[method]
    raw = np.array([centre(ratings[item].dropna().to_numpy()) for item in ratings])
    return raw / raw.sum()


@pytest.mark.parametrize("method", ["equal", "mean", "rescaled", "median", "trimmed", "geometric"])
@pytest.mark.parametrize("trim", [0.0, 0.1, 0.2, 0.45])
def test_centres_of_the_answers_at_hand(method, trim):
    ratings = synthetic(21, 12, seed=3, gaps=0.2)
    found = weights_from_ratings(ratings, method, lower=0.5, trim=trim)
    assert found.tolist() == pytest.approx(slowly(ratings, method, 0.5, trim).tolist(), abs=1e-14)


def test_ipsative_is_the_mean_of_shares_and_carries_on_with_gaps():
    """With a gap an expert's ratings are set against his or her own mean, so that an expert who rated half the items
    gives no double shares: E2 rates b at his own mean, as E1 does."""
    ratings = synthetic(9, 7, seed=4)
    shares = ratings.div(ratings.sum(axis=1), axis=0).mean()
    assert weights_from_ratings(ratings, "ipsative").tolist() == pytest.approx(shares.tolist(), abs=1e-15)
    gapped = weights_from_ratings(panel([2, 3, 4], [NAN, 5, NAN]), "ipsative")
    assert gapped.tolist() == pytest.approx([2 / 9, 3 / 9, 4 / 9])


def test_tied_items_share_the_weights_of_their_ranks():
    """Means 4, 3, 3, 1: ranks 1, 2-3, 4; sums in tenths 4, (3 + 2) / 2 twice, 1."""
    ratings = panel([4, 3, 3, 1], [4, 2, 4, 1], [4, 4, 2, 1])
    assert weights_from_ratings(ratings, "rank_sum").tolist() == pytest.approx([0.4, 0.25, 0.25, 0.1])
    roc = [25 / 48, (13 / 48 + 7 / 48) / 2, (13 / 48 + 7 / 48) / 2, 3 / 48]
    assert weights_from_ratings(ratings, "roc").tolist() == pytest.approx(roc)


def test_shrinkage_uses_complete_experts_and_stays_within_0_and_1():
    """The reliability of complete rows, the means of all; none between items or worse than none: equal weights."""
    ratings = synthetic(12, 6, seed=5)
    ratings.iloc[8:, 0] = NAN

    def kept(r):
        return (weights_from_ratings(r, "shrunk") - 1 / 6) / (weights_from_ratings(r, "mean") - 1 / 6)

    assert kept(ratings).tolist() == pytest.approx([kept(ratings.iloc[:8]).iloc[1]] * 6, abs=1e-10)
    assert weights_from_ratings(panel([1, 2], [2, 1], [3, 3]), "shrunk").tolist() == [0.5, 0.5]
    assert weights_from_ratings(panel([1, 3], [3, 2]), "shrunk").tolist() == [0.5, 0.5]  # ICC below 0
    assert weights_from_ratings(panel([1, 2], [2, 1], [NAN, 5]), "shrunk").tolist() == [
        0.5,
        0.5,
    ]  # no complete row differs
    assert weights_from_ratings(panel([1, 2, 3], [2, 3, 4]), "shrunk").tolist() == pytest.approx(
        [3 / 15, 5 / 15, 7 / 15]
    )


@pytest.mark.parametrize("method", METHODS)
def test_draws_are_panels_of_whole_experts(method):
    """Each draw equals the weights of the panel written out, expert by expert as often as drawn, gaps and all."""
    ratings, options = synthetic(10, 5, seed=6, gaps=0.08), {"lower": 0.5, "trim": 0.2}
    drawn = bootstrap_weights(ratings, method, 10, 0, **options)
    counts = np.random.default_rng(0).multinomial(10, np.full(10, 0.1), size=10)
    for found, count in zip(drawn.to_numpy(), counts, strict=True):
        rows = ratings.iloc[np.repeat(np.arange(10), count)].reset_index(drop=True)
        assert found == pytest.approx(weights_from_ratings(rows, method, **options).to_numpy(), abs=1e-13)


@pytest.mark.parametrize("method", METHODS)
def test_leaving_out_is_dropping_the_row(method):
    ratings, options = synthetic(8, 5, seed=8, gaps=0.05), {"lower": 0.5, "trim": 0.2}
    full = weights_from_ratings(ratings, method, **options)
    moved = leave_one_expert_out(ratings, method, **options)
    for expert in ratings.index:
        rest = weights_from_ratings(ratings.drop(expert), method, **options)
        assert moved[expert] == pytest.approx((rest - full).abs().sum() / 2, abs=1e-14)
    assert (moved.sum() > 0) == (method != "equal")


# --- what the panel leaves open -------------------------------------------------------------------------------------


def test_delta_agrees_with_20000_bootstraps():
    """30 experts x 50 items: standard errors and both ends within 0.0002 (they are about 0.0007 and 0.02 in size)."""
    ratings = synthetic(30, 50, seed=1)
    for method in ("mean", "ipsative"):
        delta = weight_intervals(ratings, method)
        drawn = weight_intervals(ratings, method, how="bootstrap", draws=20_000, seed=0)
        assert (delta - drawn).abs().max().max() < 0.0002
        assert (delta["se"] - drawn["se"]).abs().max() < 0.00005
        assert delta["weight"].equals(drawn["weight"]) and delta["se"].min() > 0.0003


def test_delta_by_the_formula():
    """(x_ei - w_i sum_j x_ej) / M, sd with n - 1 over sqrt(n), 1.96 of it to each side, cut at 0."""
    ratings = synthetic(12, 6, seed=8)
    found, x, w = weight_intervals(ratings), ratings.to_numpy(), weights_from_ratings(ratings, "mean").to_numpy()
    influence = (x - w * x.sum(axis=1, keepdims=True)) / x.mean(axis=0).sum()
    se = influence.std(axis=0, ddof=1) / np.sqrt(12)
    assert found["se"].to_numpy() == pytest.approx(se, rel=1e-12)
    assert found["upper"].to_numpy() == pytest.approx(w + 1.959964 * se, abs=1e-8)
    wide = weight_intervals(panel([0, 1, 9], [0.4, 1, 9], [0, 2, 8]), level=0.999)
    assert wide.at["a", "lower"] == 0 and wide["upper"].max() <= 1


@pytest.mark.parametrize("method", SMOOTH)
def test_delta_is_the_derivative(method):
    """An expert who weighs a little more moves the weights by the influence: checked by copying the panel 400 times
    with that expert once more, gaps included."""
    ratings = synthetic(6, 4, seed=9, gaps=0.1)
    copies = pd.concat([ratings] * 400, ignore_index=True)
    base = weights_from_ratings(copies, method, lower=0.5)
    more = [
        weights_from_ratings(pd.concat([copies, ratings.iloc[[e]]], ignore_index=True), method, lower=0.5) - base
        for e in range(6)
    ]
    influence = np.array(more) * (6 * 400)
    found = weight_intervals(ratings, method, lower=0.5)["se"].to_numpy()
    assert found == pytest.approx(influence.std(axis=0, ddof=1) / np.sqrt(6), rel=5e-3, abs=1e-9)


def test_a_seed_is_a_panel_of_panels():
    """Same seed, same draws; 0 is a seed like any other; another seed draws others."""
    ratings = synthetic(8, 4, seed=10)
    one, same, other = (bootstrap_weights(ratings, "mean", 50, seed) for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(one, same, check_exact=True)
    assert not one.equals(other)


def test_ranks_by_hand():
    """Three draws: a before b before c; b and c tie; all tie. A tie shares its ranks."""
    draws = pd.DataFrame([[0.5, 0.3, 0.2], [0.4, 0.3, 0.3], [1 / 3, 1 / 3, 1 / 3 + 1e-16]], columns=list("abc"))
    found = rank_probabilities(draws)
    third = 1 / 3
    expected = [[2 + third, third, third], [third, 1 + 0.5 + third, 0.5 + third], [third, 0.5 + third, 1 + 0.5 + third]]
    assert found.to_numpy() == pytest.approx(np.array(expected) / 3)
    assert found.columns.tolist() == [1, 2, 3] and found.index.tolist() == list("abc")
    ahead = ahead_of_next(draws)
    assert ahead.index.tolist() == ["a", "b"] and ahead["next"].tolist() == ["b", "c"]
    assert ahead["probability"].tolist() == pytest.approx([2.5 / 3, 2 / 3])


def test_groups_under_five_get_no_column():
    """Five may be shown, four may not, whoever answered nothing does not count."""
    ratings = synthetic(16, 4, seed=11)
    groups = pd.Series(["현장"] * 5 + ["학계"] * 6 + ["당사자"] * 5, index=ratings.index)
    ratings.iloc[-1] = NAN
    weights, left_out = weights_by_group(ratings, groups, "mean")
    assert weights.columns.tolist() == ["현장", "학계"] and left_out.to_dict() == {"당사자": 4}
    assert weights["학계"].tolist() == weights_from_ratings(ratings.iloc[5:11], "mean").tolist()
    none, all_ = weights_by_group(ratings[::2], groups, "mean")
    assert none.shape == (4, 0) and all_.sum() == 8


def test_severity_drops_out_of_complete_panels_and_is_found_in_others():
    """Experts differ by whole points. All answered: nothing to adjust. The lenient ones skip item a: the mean drops it,
    the mixed model does not."""
    random = np.random.default_rng(12)
    truth, shift = np.array([4.0, 3.0, 3.5, 2.5]), np.repeat([-1.0, 1.0], 10)
    ratings = pd.DataFrame(truth + shift[:, None] + random.normal(0, 0.05, (20, 4)), columns=list("abcd"))
    weights, severity = severity_check(ratings)
    assert weights["adjusted"].tolist() == pytest.approx(weights["mean"].tolist(), abs=1e-6)
    assert severity.tolist() == pytest.approx(shift.tolist(), abs=0.1)
    ratings.loc[10:, "a"] = NAN
    weights, _ = severity_check(ratings)
    assert weights["adjusted"].tolist() == pytest.approx((truth / 13).tolist(), abs=0.003)
    assert weights.at["a", "mean"] < 0.26 < 0.30 < weights.at["a", "adjusted"]


def test_a_fit_that_did_not_converge_is_told(monkeypatch):
    """Not handed on as weights, whatever numbers the optimiser stopped at."""
    fit = MixedLM.fit

    def stopped(model, **options):
        result = fit(model, **options)
        result.converged = False
        return result

    monkeypatch.setattr(MixedLM, "fit", stopped)
    with pytest.raises(DataError, match="^관대·엄격 보정: 추정이 수렴하지 않았는데, "):
        severity_check(synthetic(7, 3, seed=13))


# --- items never rated ----------------------------------------------------------------------------------------------


def test_an_item_never_rated_takes_its_siblings_mean_or_its_tasks():
    ratings = panel([1, 3, NAN, NAN, NAN], [2, NAN, NAN, NAN, NAN], [3, 4, NAN, 5, NAN], [NAN] * 5)
    groups = pd.Series({"a": "t", "b": "t", "c": "t", "d": "u", "e": "v"})
    filled, items = fill_unrated(ratings, groups, pd.DataFrame({"v": [2.0, 4.0]}, index=["E1", "E3"]))
    assert items == ["c", "e"]
    assert filled["c"].tolist()[:3] == [2.0, (2 + 3.5) / 2, 3.5] and filled["e"].tolist()[:3] == [2.0, 3.0, 4.0]
    assert filled.loc["E4"].isna().all() and filled[["a", "b", "d"]].equals(ratings[["a", "b", "d"]])
    weights = weights_from_ratings(filled, "mean")
    assert weights["c"] == pytest.approx((weights["a"] + weights["b"]) / 2)
    same, none = fill_unrated(ratings[["a", "b"]], groups)
    assert none == [] and same.equals(ratings[["a", "b"]])


@settings(deadline=None, max_examples=10)
@given(panels())
def test_a_filled_item_has_exactly_the_mean_of_its_siblings(ratings):
    """Whoever skipped which sibling."""
    filled, items = fill_unrated(ratings.assign(z=NAN), pd.Series("t", index=[*ratings.columns, "z"]))
    assert items == ["z"] and filled["z"].mean() == pytest.approx(ratings.mean().mean(), rel=1e-12)


# --- weights asked for directly -------------------------------------------------------------------------------------


def test_one_and_two_items_are_always_consistent():
    one, two = ahp_weights([[1.0]]), ahp_weights(comparisons("1 3; 1/3 1"))
    assert (one.weights.tolist(), one.ci, one.cr) == ([1.0], 0, 0)
    assert (two.weights.tolist(), two.ci, two.cr) == (pytest.approx([0.75, 0.25]), 0, 0)


@settings(deadline=None, max_examples=10)
@given(st.lists(st.floats(0.05, 5), min_size=1, max_size=10), st.sampled_from(["eigenvector", "geometric"]))
def test_consistent_comparisons_give_their_weights_back(true, method):
    w = np.array(true) / sum(true)
    found = ahp_weights(np.divide.outer(w, w), method)
    assert found.weights.tolist() == pytest.approx(w.tolist(), rel=1e-9)
    assert found.lambda_max == pytest.approx(len(w)) and found.cr == pytest.approx(0, abs=1e-9)


def test_methods_differ_where_comparisons_do_not_agree_and_judge_alike():
    """Up to three items both methods agree whatever the answers; the ratio is the matrix's, not the method's."""
    three, eight = comparisons("1 7 1/5; 1/7 1 1/8; 5 8 1"), HOUSE
    found = [[ahp_weights(m, how) for how in ("eigenvector", "geometric")] for m in (three, eight)]
    assert found[0][0].weights.tolist() == pytest.approx(found[0][1].weights.tolist(), abs=1e-12)
    assert (found[1][0].weights - found[1][1].weights).abs().max() > 0.03
    assert all(one.cr == other.cr for one, other in found)


def test_two_printed_decimals_are_reciprocal_enough():
    """0.13 for 1/8 is 4 % off."""
    assert ahp_weights([[1, 8], [0.13, 1]]).weights[0] == pytest.approx(8 / 9, abs=0.005)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.floats(0, 1e3), min_size=1, max_size=60).filter(lambda w: sum(w) > 1), st.integers(0, 3))
def test_a_printed_column_adds_to_100(raw, decimals):
    """By integers of the printed unit, each less than one unit from the exact share, larger never below smaller."""
    found = largest_remainder(pd.Series(raw), decimals)
    printed = [Fraction(f"{value:.{decimals}f}") for value in found]
    assert sum(printed) == 100
    exact = np.array(raw) / sum(raw) * 100
    assert np.abs(found.to_numpy() - exact).max() < 10**-decimals + 1e-6
    assert (np.diff(found.to_numpy()[np.argsort(raw, kind="stable")]) >= -(10**-decimals) - 1e-9).all()


def test_left_over_units_go_to_the_largest_remainders_then_to_the_first():
    assert largest_remainder(pd.Series([1, 1, 1])).tolist() == [33.4, 33.3, 33.3]
    assert largest_remainder(pd.Series([0.1249, 0.4376, 0.4375])).tolist() == [12.5, 43.8, 43.7]
    assert largest_remainder(pd.Series([0.0295, 0.2825, 0.688])).tolist() == [
        3.0,
        28.2,
        68.8,
    ]  # a tie but for last bits
    assert largest_remainder(pd.Series(1.0, index=range(7)), 0).tolist() == [15, 15, 14, 14, 14, 14, 14]
    assert largest_remainder(pd.Series([0.29, 0.57, 0.14]), 0).tolist() == [29, 57, 14]  # 0.29 * 100 < 29 in binary


# --- invariants -----------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=10)
@given(panels(), st.sampled_from(METHODS))
def test_weights_are_shares(ratings, method):
    weights = weights_from_ratings(ratings, method, lower=0)
    assert weights.sum() == pytest.approx(1, abs=1e-12) and (weights >= 0).all()
    assert weights.index.equals(ratings.columns)


@settings(deadline=None, max_examples=10)
@given(panels(), st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_the_order_of_experts_and_items_changes_nothing(ratings, method, random):
    rows, columns = list(ratings.index), list(ratings.columns)
    random.shuffle(rows), random.shuffle(columns)
    one = weights_from_ratings(ratings, method, lower=0)
    other = weights_from_ratings(ratings.loc[rows, columns], method, lower=0)
    assert other[one.index].tolist() == pytest.approx(one.tolist(), abs=1e-12)


@settings(deadline=None, max_examples=10)
@given(panels(), st.sampled_from(METHODS), st.sampled_from([0.25, 0.5, 2.0, 8.0]))
def test_the_unit_of_the_scale_changes_nothing(ratings, method, by):
    """Half points or a scale to 40; "rescaled" with its lowest point moved along."""
    one = weights_from_ratings(ratings, method, lower=0.5)
    other = weights_from_ratings(ratings * by, method, lower=0.5 * by)
    assert other.tolist() == pytest.approx(one.tolist(), abs=1e-12)


@settings(deadline=None, max_examples=10)
@given(panels(gaps=False), st.floats(0.1, 10))
def test_ipsative_ignores_experts_who_use_a_larger_scale(ratings, times):
    """One expert's ratings all multiplied: the shares stay, while the mean follows the loudest."""
    louder = ratings.copy()
    louder.iloc[0] *= times
    one, other = (weights_from_ratings(r, "ipsative") for r in (ratings, louder))
    assert other.tolist() == pytest.approx(one.tolist(), abs=1e-12)


@settings(deadline=None, max_examples=10)
@given(panels(gaps=False), st.sampled_from(["rank_sum", "rank_reciprocal", "roc"]), st.integers(1, 5))
def test_ranks_ignore_a_lenient_expert(ratings, method, points):
    """One expert's ratings all raised by as many points: every mean moves alike."""
    lenient = ratings.copy()
    lenient.iloc[0] += points
    one, other = (weights_from_ratings(r, method) for r in (ratings, lenient))
    assert other.tolist() == pytest.approx(one.tolist(), abs=1e-12)


@settings(deadline=None, max_examples=10)
@given(panels())
def test_shrinking_moves_towards_equality_and_never_past_it(ratings):
    plain, shrunk, equal = (weights_from_ratings(ratings, m) for m in ("mean", "shrunk", "equal"))
    assert ((shrunk - equal).abs() <= (plain - equal).abs() + 1e-12).all()
    assert ((shrunk - equal) * (plain - equal) >= -1e-15).all()


@settings(deadline=None, max_examples=15)
@given(panels(gaps=False), st.sampled_from(METHODS))
def test_ranks_are_a_table_of_probabilities(ratings, method):
    draws = bootstrap_weights(ratings, method, 20, 0, lower=0)
    table = rank_probabilities(draws)
    assert table.sum(axis=0).tolist() == pytest.approx([1] * len(table))
    assert table.sum(axis=1).tolist() == pytest.approx([1] * len(table))


# --- edge cases -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_an_area_with_one_item_and_a_panel_all_alike(method):
    """One item weighs 1; equal answers give equal weights, to the last rule."""
    assert weights_from_ratings(panel([4], [5], [3]), method, lower=1).tolist() == [1.0]
    alike = weights_from_ratings(panel(*[[4] * 5] * 3), method, lower=1)
    assert alike.tolist() == pytest.approx([0.2] * 5, abs=1e-15)


@pytest.mark.parametrize("method", [m for m in METHODS if m != "shrunk"])
def test_one_expert_is_enough_for_weights(method):
    """But not for an interval, nor to know a reliability."""
    expected = {"equal": [1 / 3] * 3, "rank_sum": [1 / 6, 2 / 6, 3 / 6], "rank_reciprocal": [2 / 11, 3 / 11, 6 / 11]}
    found = weights_from_ratings(panel([1, 2, 4]), method, lower=0)
    assert found.tolist() == pytest.approx(
        expected.get(method, [2 / 18, 5 / 18, 11 / 18] if method == "roc" else [1 / 7, 2 / 7, 4 / 7])
    )


def test_experts_without_answers_and_nullable_numbers():
    """A drop-out changes nothing; Int64 with <NA> is read as well."""
    ratings = pd.DataFrame({"a": [1, 3, None], "b": [2, 2, None]}, dtype="Int64")
    assert weights_from_ratings(ratings, "mean").tolist() == [0.5, 0.5]
    assert leave_one_expert_out(ratings).index.tolist() == [0, 1]


def test_ranks_and_equal_take_scales_around_zero():
    """-2 to 2: a share of such a mean means nothing, a rank does."""
    ratings = panel([-2, 2, 0], [-1, 1, 0])
    assert weights_from_ratings(ratings, "rank_sum").tolist() == pytest.approx([1 / 6, 3 / 6, 2 / 6])
    assert weights_from_ratings(ratings, "rescaled", lower=-2).tolist() == pytest.approx([0.5 / 6, 3.5 / 6, 2 / 6])


# --- bad input ------------------------------------------------------------------------------------------------------

TWO, SEVEN = panel([1, 2], [2, 3]), synthetic(7, 3, seed=13)
GROUPS = pd.Series(["학계"] * 5 + ["현장"] * 2, index=SEVEN.index)
UNRATED = "평가가 하나도 없는데, 가중치는 평가에서 나오므로, fill_unrated로 과제의 평균을 주고 그 사실을 적어 주십시오."
FEW = "뿐인데, 전문가를 빼거나 다시 뽑아도 답이 남아야 하므로, 답을 더 모으거나 항목을 빼 주십시오."
FINITE = "유한한 수이거나 빈칸이어야 하므로, 고치거나 비워 주십시오."
OTHER = "척도를 확인하거나 다른 방법을 쓰십시오."
MIRROR = "마주 보는 칸의 역수여야 하므로, 비교를 확인하고, 여럿의 답은 기하평균으로 모으십시오."
REFUSED = {
    "method": (
        lambda: weights_from_ratings(TWO, "Mean"),
        f"가중 방법: 'Mean'인데, {', '.join(METHODS)} 가운데 하나여야 하므로, 고쳐 주십시오.",
    ),
    "unrated": (
        lambda: weights_from_ratings(panel([1, NAN, NAN], [2, NAN, NAN]), "equal"),
        f"항목 'b', 'c': {UNRATED}",
    ),
    "nobody": (lambda: weights_from_ratings(TWO.iloc[:0], "mean"), f"항목 'a', 'b': {UNRATED}"),
    "no items": (lambda: weights_from_ratings(TWO[[]], "mean"), f"항목 없음: {UNRATED}"),
    "text": (
        lambda: weights_from_ratings(TWO.astype(object).replace(3, "모름"), "mean"),
        f"전문가 E2, 항목 'b': 값이 모름인데, {FINITE}",
    ),
    "infinite": (
        lambda: weights_from_ratings(TWO.replace(3, np.inf), "roc"),
        f"전문가 E2, 항목 'b': 값이 inf인데, {FINITE}",
    ),
    "expert twice": (
        lambda: weights_from_ratings(panel([1, 2], [2, 3], experts=["E1", "E1"]), "mean"),
        "전문가 E1: 두 번 있는데, 한 번만 있어야 하므로, 하나만 남겨 주십시오.",
    ),
    "item twice": (
        lambda: weights_from_ratings(panel([1, 2], items="aa"), "mean"),
        "항목 a: 두 번 있는데, 한 번만 있어야 하므로, 하나만 남겨 주십시오.",
    ),
    "negative": (
        lambda: weights_from_ratings(panel([1, -2], [2, 3]), "mean"),
        f"전문가 E1, 항목 'b': 값이 -2.0인데, mean에서는 0보다 작지 않아야 하므로, {OTHER}",
    ),
    "below the scale": (
        lambda: weights_from_ratings(panel([1, 0.5], [2, 3]), "rescaled", lower=1),
        f"전문가 E1, 항목 'b': 값이 0.5인데, rescaled에서는 1보다 작지 않아야 하므로, {OTHER}",
    ),
    "geometric mean of 0": (
        lambda: weights_from_ratings(panel([1, 0], [2, 3]), "geometric"),
        f"전문가 E1, 항목 'b': 값이 0.0인데, geometric에서는 0보다 커야 하므로, {OTHER}",
    ),
    "lowest point": (
        lambda: weights_from_ratings(TWO, "rescaled"),
        "척도의 최저점(lower): None인데, rescaled는 그 점수를 빼므로, 1처럼 적어 주십시오.",
    ),
    "trim": (
        lambda: weights_from_ratings(TWO, "trimmed", trim=0.5),
        "절사 비율(trim): 0.5인데, 0 이상 0.5 미만이어야 하므로, 0.1처럼 적어 주십시오.",
    ),
    "all at the lowest point": (
        lambda: weights_from_ratings(panel([1, 1], [1, 1]), "rescaled", lower=1),
        "rescaled 가중치: 모두 0인데, 합으로 나누어야 하므로, 답을 확인해 주십시오.",
    ),
    "an expert of zeros": (
        lambda: weights_from_ratings(panel([1, 2], [0, 0]), "ipsative"),
        "전문가 E2: 답이 모두 0인데, 그 평균으로 나누어야 하므로, 답을 확인해 주십시오.",
    ),
    "one expert": (
        lambda: weights_from_ratings(panel([1, 2]), "shrunk"),
        "shrunk 가중치: 모든 항목에 답한 전문가가 1명뿐인데, 어느 패널에서든 2명은 있어야 하므로, "
        "다른 방법을 쓰거나 빈 답을 확인해 주십시오.",
    ),
    "interval of one": (
        lambda: weight_intervals(panel([1, 2])),
        "패널: 답한 전문가가 1명인데, 2명은 있어야 하므로, 답을 더 모아 주십시오.",
    ),
    "delta of a median": (
        lambda: weight_intervals(TWO, "median"),
        "median 가중치의 구간(how): 'delta'인데, bootstrap 가운데 하나여야 하므로, 고쳐 주십시오.",
    ),
    "level": (
        lambda: weight_intervals(TWO, level=95),
        "신뢰수준(level): 95인데, 0과 1 사이여야 하므로, 0.95처럼 적어 주십시오.",
    ),
    "seed": (
        lambda: weight_intervals(TWO, how="bootstrap"),
        "난수 씨앗(seed): None인데, 0 이상의 정수여야 다시 낼 수 있으므로, 정해 주십시오.",
    ),
    "draws": (
        lambda: bootstrap_weights(TWO, draws=1, seed=0),
        "표집 횟수(draws): 1인데, 2 이상의 정수여야 다시 낼 수 있으므로, 정해 주십시오.",
    ),
    "one answer": (lambda: weight_intervals(panel([1, 2], [2, NAN])), f"항목 'b': 답이 1개{FEW}"),
    "drawn without": (lambda: bootstrap_weights(panel([1, 2], [2, NAN]), seed=0), f"항목 'b': 답이 1개{FEW}"),
    "left without": (lambda: leave_one_expert_out(panel([1, 2], [2, NAN])), f"항목 'b': 답이 1개{FEW}"),
    "no group": (
        lambda: weights_by_group(SEVEN, GROUPS[:6], "mean"),
        "전문가 E6: 집단이 없는데, 집단마다 따로 내야 하므로, 집단을 적어 주십시오.",
    ),
    "unrated in a group": (
        lambda: weights_by_group(SEVEN.where(GROUPS.eq("현장"), SEVEN.assign(i1=NAN)), GROUPS, "mean"),
        f"집단 '학계', 항목 'i1': {UNRATED}",
    ),
    "nothing varies": (
        lambda: severity_check(SEVEN * 0 + 4),
        "관대·엄격 보정: 추정이 수렴하지 않았는데, 둘 이상의 항목에 서로 다른 답이 있어야 하므로, "
        "답을 확인하거나 ipsative와 견주어 보십시오.",
    ),
    "severity of one item": (
        lambda: severity_check(SEVEN[["i0"]]),
        "관대·엄격 보정: 추정이 수렴하지 않았는데, 둘 이상의 항목에 서로 다른 답이 있어야 하므로, "
        "답을 확인하거나 ipsative와 견주어 보십시오.",
    ),
    "no task": (
        lambda: fill_unrated(TWO, pd.Series({"a": "t"})),
        "항목 'b': 과제가 없는데, 어느 과제의 항목인지 알아야 하므로, 과제를 적어 주십시오.",
    ),
    "task unrated": (
        lambda: fill_unrated(TWO.assign(c=NAN), pd.Series({"a": "t", "b": "t", "c": "u"}), TWO),
        "항목 'c': 과제 'u'의 항목도 과제도 평가되지 않았는데, 둘 가운데 하나는 평가되어야 하므로, "
        "과제의 평가(group_ratings)를 넣거나 그 과제 안에서는 equal을 쓰십시오.",
    ),
    "not reciprocal": (
        lambda: ahp_weights(panel([1, 3], [0.5, 1], experts=["a", "b"])),
        f"행 a, 열 'b': 값이 3.0인데, {MIRROR}",
    ),
    "mean of judgments": (  # of 3 and 1/3
        lambda: ahp_weights([[1, 5 / 3], [5 / 3, 1]]),
        f"행 0, 열 '1': 값이 {5 / 3}인데, {MIRROR}",
    ),
    "not above 0": (
        lambda: ahp_weights([[1, -2], [-0.5, 1]]),
        "행 0, 열 '1': 값이 -2.0인데, 0보다 커야 하므로, 비교를 확인해 주십시오.",
    ),
    "blank comparison": (
        lambda: ahp_weights([[1, NAN], [0.5, 1]]),
        "행 0, 열 '1': 값이 nan인데, 0보다 커야 하므로, 비교를 확인해 주십시오.",
    ),
    "labels": (
        lambda: ahp_weights(panel([1, 2], [0.5, 1], experts=["b", "a"])),
        "쌍대비교 행렬: 행이 ['b', 'a']이고 열이 ['a', 'b']인데, 차례까지 같은 1개에서 10개까지여야 하므로, "
        "행렬을 고쳐 주십시오.",
    ),
    "not square": (
        lambda: ahp_weights(panel([1, 2, 3], experts=["a"])),
        "쌍대비교 행렬: 행이 ['a']이고 열이 ['a', 'b', 'c']인데, 차례까지 같은 1개에서 10개까지여야 하므로, "
        "행렬을 고쳐 주십시오.",
    ),
    "over the table": (
        lambda: ahp_weights(np.ones((11, 11))),
        f"쌍대비교 행렬: 행이 {[*range(11)]}이고 열이 {[*range(11)]}인데, 차례까지 같은 1개에서 10개까지여야 하므로, "
        "행렬을 고쳐 주십시오.",
    ),
    "AHP method": (
        lambda: ahp_weights(np.ones((3, 3)), "mean"),
        "AHP 방법: 'mean'인데, eigenvector, geometric 가운데 하나여야 하므로, 고쳐 주십시오.",
    ),
    "table": (
        lambda: ahp_weights(np.ones((3, 3)), random_index="saaty"),
        "무작위 지수의 표: 'saaty'인데, saaty1980, saaty2005, alonso_lamata2006 가운데 하나여야 하므로, 고쳐 주십시오.",
    ),
    "rounding a gap": (
        lambda: largest_remainder(pd.Series([0.5, NAN], index=list("ab"))),
        "'b': 가중치가 없는데, 항목마다 가중치가 있어야 하므로, 가중치를 넣어 주십시오.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_in_one_sentence(case):
    ask, sentence = REFUSED[case]
    with pytest.raises(DataError) as caught:
        ask()
    assert str(caught.value) == sentence


def test_drawing_too_few_complete_experts_is_told():
    """Two of six rated every item: some drawn panel has fewer than two of them."""
    ratings = synthetic(6, 3, seed=14)
    ratings.iloc[2:, 0] = NAN
    ratings.iloc[2:4, 0] = [3, 4]
    ratings.iloc[2:4, 1] = NAN
    ratings.iloc[4:, 0] = 2
    ratings.iloc[4:, 2] = NAN
    with pytest.raises(DataError, match="모든 항목에 답한 전문가가 2명뿐인데"):
        bootstrap_weights(ratings, "shrunk", 200, 0)


def test_all_rules_are_tried_here():
    """A rule added to the room without a case in this file would pass unseen."""
    assert set(METHODS) == {*SMOOTH, *BY_RANK, "median", "trimmed", "shrunk"} and len(METHODS) == 11
