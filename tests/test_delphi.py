"""Panel statistics: published numbers to the last printed digit, dumber second routes, and sentences for bad input."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, friedmanchisquare, wilcoxon
from statsmodels.stats.inter_rater import cohens_kappa

from dongheng.delphi import (
    LEVELS,
    coefficient_of_variation,
    compare_rounds,
    consensus,
    content_validity_ratio,
    convergence,
    critical_count,
    icc,
    kendall_w,
    krippendorff_alpha,
    quartiles,
    rand_ucla,
    summarise_items,
)
from dongheng.errors import DataError

NAN = float("nan")


def panel(*answers) -> pd.DataFrame:
    """Ratings of experts e1, e2, ... from one list of answers per item h1, h2, ...; short lists end in gaps."""
    columns = {f"h{n}": pd.Series(list(a), dtype=float) for n, a in enumerate(answers, 1)}
    table = pd.DataFrame(columns)
    return table.set_axis([f"e{n}" for n in range(1, len(table) + 1)])


@st.composite
def panels(draw, least=1, gaps=True, lowest=1):
    """Experts and items of a five-point scale (or one that starts at `lowest`), with gaps or without."""
    experts, items = draw(st.integers(least, 8)), draw(st.integers(least, 5))
    answer = st.integers(lowest, 5).map(float)
    cell = st.one_of(answer, answer, st.just(NAN)) if gaps else answer
    cells = draw(st.lists(cell, min_size=experts * items, max_size=experts * items))
    return panel(*np.reshape(cells, (items, experts)))


# --- published numbers ----------------------------------------------------------------------------------------------


def test_the_exact_critical_counts_as_published():
    """Ayre & Scally 2014, doi:10.1177/0748175613513808: experts needed at one-sided 0.05, panels of 5 to 40."""
    published = (
        """5 6 7 7 8 9 9 10 10 11 12 12 13 13 14 15 15 16 16 17 18 18 19 19 20 20 21 22 22 23 23 24 24 25 26 26"""
    )
    assert [critical_count(n) for n in range(5, 41)] == [int(k) for k in published.split()]


def test_a_panel_of_thirty_needs_twenty_and_so_does_one_of_twenty_nine():
    """The counts decide: 20 of 29 pass with a ratio of .379, 19 of 29 fail with .310 although the table says .33."""
    full, one_gap, short = [5] * 20 + [3] * 10, [5] * 20 + [3] * 9, [5] * 19 + [3] * 10
    table = summarise_items(panel(full, one_gap, short), essential_from=4)
    assert table["critical_count"].tolist() == [20, 20, 20]
    assert table["cvr"].round(3).tolist() == [0.333, 0.379, 0.310]
    assert table["cvr_passes"].tolist() == [True, True, False]


def test_quartiles_as_the_makers_of_excel_print_them():
    """Microsoft's help pages: QUARTILE.EXC of eleven numbers is 15 and 43, QUARTILE.INC of eight begins with 3.5."""
    ratings = panel([6, 7, 15, 36, 39, 40, 41, 42, 43, 47, 49], [1, 2, 4, 7, 8, 9, 10, 12])
    assert quartiles(ratings).loc["h1"].tolist() == [15, 40, 43]
    assert quartiles(ratings, "excel").loc["h2", "q1"] == 3.5


def test_quartiles_as_r_prints_them():
    """R: quantile(1:10, c(.25, .5, .75), type = 6) is 2.75 5.5 8.25; type = 7, the default, is 3.25 5.5 7.75."""
    ratings = panel(range(1, 11))
    assert quartiles(ratings, "spss").loc["h1"].tolist() == [2.75, 5.5, 8.25]
    assert quartiles(ratings, "excel").loc["h1"].tolist() == [3.25, 5.5, 7.75]


def test_lynn_s_item_index_is_the_share():
    """I-CVI of a published table (PMC7253559, table 4: six experts, scale 1-4, relevant = 3 or 4) and its mean .97."""
    full, five = [4, 4, 4, 3, 4, 4], [2, 4, 3, 4, 3, 4]
    table = summarise_items(panel(*[full] * 5, five, *[full] * 2, [3, 3, 4, 2, 3, 4], *[full] * 3), essential_from=3)
    assert table["share_essential"].round(2).tolist() == [1.0] * 5 + [0.83] + [1.0] * 2 + [0.83] + [1.0] * 3
    assert round(table["share_essential"].mean(), 2) == 0.97


def test_wilson_intervals_as_published():
    """Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I, method 3."""
    of = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718)}
    table = summarise_items(panel(*([5] * k + [1] * (n - k) for k, n in of)), essential_from=4)
    assert table["n"].tolist() == [n for _, n in of]
    assert table[["share_lower", "share_upper"]].round(4).apply(tuple, axis=1).tolist() == list(of.values())


def test_kendall_s_w_with_ties_as_published():
    """R's DescTools prints for irr's `anxiety` (3 raters, 20 subjects): W .5396569, chi2 30.76, df 19, p .04288."""
    a = [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3]
    b = [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4]
    c = [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2]
    found = kendall_w(pd.DataFrame([a, b, c]))
    assert (round(found.w, 7), round(found.chi2, 2), found.df, round(found.p_value, 5)) == (
        0.5396569,
        30.76,
        19,
        0.04288,
    )
    assert (found.n_experts, found.n_dropped) == (3, 0)


def test_kendall_s_w_without_ties_as_published():
    """Siegel & Castellan 1988, conference choice (3 judges rank 8 factors): W .656, chi2 13.778, df 7 (p .05528)."""
    judges = [[5, 6, 7, 1, 2, 4, 3, 8], [1, 7, 6, 2, 3, 5, 4, 8], [4, 5, 1, 3, 2, 7, 6, 8]]
    found = kendall_w(pd.DataFrame(judges))
    assert (round(found.w, 3), round(found.chi2, 3), found.df, round(found.p_value, 5)) == (0.656, 13.778, 7, 0.05528)


def test_the_six_intraclass_correlations_of_shrout_and_fleiss():
    """Shrout & Fleiss 1979, doi:10.1037/0033-2909.86.2.420, table 2 (six targets, four judges) and table 4."""
    targets = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = icc(panel(*targets))
    assert found.index.tolist() == ["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"]
    assert found.round(2).tolist() == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]


def test_krippendorff_s_own_example():
    """Krippendorff, Computing Krippendorff's Alpha-Reliability: 4 observers, 12 units, gaps; doi of the method:
    10.1080/19312450709336664. Nominal .743, ordinal .815, interval .849, ratio .797."""
    x = NAN
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, x, x, x],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, x, 3],
        [x, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, x],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, x],
    ]
    found = [round(krippendorff_alpha(pd.DataFrame(observers), level), 3) for level in LEVELS]
    assert found == [0.743, 0.815, 0.849, 0.797]


@pytest.mark.parametrize("definition", ["spss", "excel"])
def test_rand_ucla_as_published(definition):
    """BMJ Open 2012;2:e001431, table 1: 15 panellists, median 7, 30th 7, 70th 8, IPR 1, IPRCP 7.5, AI 2.5, IPRAS 6.1.

    Counts 1 1 1 5 5 2: as text the table does not show which three points below 7 were chosen once; none matters.
    """
    found = rand_ucla(panel([3, 4, 6] + [7] * 5 + [8] * 5 + [9] * 2), definition).loc["h1"]
    assert found.drop(["di", "disagreement", "class"]).round(10).tolist() == [15, 7, 7, 8, 1, 7.5, 2.5, 6.1]
    assert (round(found["di"], 3), found["disagreement"], found["class"]) == (0.164, False, "appropriate")


def test_signed_ranks_of_two_measurements_as_published():
    """Hollander & Wolfe's nine patients before and after, the example of R's wilcox.test: one-sided p .01953."""
    before = panel([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
    after = panel([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])
    assert round(compare_rounds(before, after).items.at["h1", "p_value"] / 2, 5) == 0.01953


def test_the_interval_of_a_mean_change_as_published():
    """Student's sleep data (1908), R's t.test(..., paired = TRUE): mean 1.58, 95 % interval .7001142 to 2.4598858."""
    first = panel([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    second = panel([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    found = compare_rounds(first, second).items.loc["h1", ["mean_change", "change_lower", "change_upper"]]
    assert found.round(7).tolist() == [1.58, 0.7001142, 2.4598858]


def test_weighted_kappa_as_published():
    """R's vcd prints .2374 (equal spacing, which is linear) for its 91 couples of `SexualFun`."""
    couples = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]
    pairs = [(i, j) for i, j in itertools.product(range(4), repeat=2) for _ in range(couples[i][j])]
    first, second = (panel(answers) for answers in zip(*pairs, strict=True))
    found = compare_rounds(first, second).items.loc["h1"]
    assert (found["n"], round(found["weighted_kappa"], 4)) == (91, 0.2374)


ROUNDS = {  # ten experts rate six statements from 1 to 4; in the third round E10 has left and S1 was set aside
    1: {"S1": "4434342434", "S2": "3432434324", "S3": "2122132122", "S4": "4231423142", "S5": "2323243232", "S6": "3241324132"},
    2: {"S1": "4444343434", "S2": "4444444344", "S3": "2122122122", "S4": "4231413242", "S5": "3323343233", "S6": "2314231423"},
    3: {"S2": "444444444", "S3": "212212212", "S4": "413141324", "S5": "333334333", "S6": "324132413"},
}  # fmt: skip


def test_a_table_of_several_rounds_as_published():
    """R's contentvalidR (github.com/JUhalt/contentvalidR, article "Delphi Rounds"), answers and printout: experts in both rounds, share
    who kept their rating, share of 3 and 4 in the last round, all to its two decimals; and kappa where its quadratic
    weights and linear ones cannot differ: 0 where a round is unanimous, 1 where nobody changed.
    """
    rounds = {
        k: pd.DataFrame({item: [float(a) for a in told] for item, told in items.items()}).rename(lambda n: f"E{n + 1}")
        for k, items in ROUNDS.items()
    }
    first, second = (compare_rounds(rounds[k], rounds[k + 1]) for k in (1, 2))
    assert first.items["n"].tolist() == [10] * 6 and second.items["n"].tolist() == [9] * 5
    assert (1 - first.items["share_changed"]).round(2).tolist() == [0.8, 0.5, 0.9, 0.8, 0.7, 0.0]
    assert (1 - second.items["share_changed"]).round(2).tolist() == [0.89, 1.0, 0.89, 0.78, 0.0]
    assert second.dropped == ["E10"] and second.items_removed == ["S1"] and first.dropped == []
    assert second.items["weighted_kappa"][["S2", "S3"]].tolist() == pytest.approx([0.0, 1.0], abs=1e-12)
    agree = summarise_items(rounds[3], essential_from=3)["share_essential"]
    assert agree.round(2).tolist() == [1.0, 0.0, 0.56, 1.0, 0.56]


@pytest.mark.parametrize(
    ("table", "kept"),
    [([[26, 0, 0], [7, 62, 2], [0, 0, 25]], 113), ([[8, 13, 5], [20, 38, 13], [5, 11, 9]], 55)],
    ids=["2a", "3a"],
)
def test_two_published_rounds_that_look_alike_as_a_group(table, kept):
    """Chaffin & Talley 1980, doi:10.1016/0040-1625(80)90074-8, tables 2a and 3a: 122 people, the same answers in sum in
    either table (26, 71, 25 and then 33, 62, 27), 113 kept theirs in one and 55 in the other. The mean moves by the same
    5 / 122 in both, so that only the people tell stable from unstable.
    """
    pairs = [(i + 1.0, j + 1.0) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    one, two = (pd.DataFrame({"item": answers}) for answers in zip(*pairs, strict=True))
    item = compare_rounds(one, two).items.loc["item"]
    assert (item["n"], item["n_changed"]) == (122, 122 - kept)
    assert item["mean_change"] == pytest.approx(-5 / 122, abs=1e-12)


# --- second routes and invariants -----------------------------------------------------------------------------------


@settings(deadline=None, max_examples=20)
@given(panels(lowest=-1))
def test_quartiles_and_what_follows_agree_with_numpy(ratings):
    """numpy's weibull and linear quantiles, item by item; convergence and consensus by their formulas."""
    for definition, method in (("spss", "weibull"), ("excel", "linear")):
        found = quartiles(ratings, definition)
        for item, answers in ratings.items():
            given_ = answers.dropna().to_numpy()
            if len(given_):
                expected = np.quantile(given_, [0.25, 0.5, 0.75], method=method)
                assert found.loc[item].tolist() == pytest.approx(expected.tolist(), abs=1e-12)
        spread = found["q3"] - found["q1"]
        pd.testing.assert_series_equal(convergence(ratings, definition), spread / 2, check_names=False)
        expected = (1 - spread / found["median"].where(found["median"] > 0)).rename("consensus")
        pd.testing.assert_series_equal(consensus(ratings, definition), expected)


@settings(deadline=None, max_examples=20)
@given(panels(), st.sampled_from([3, 4]))
def test_the_summary_is_what_its_parts_say(ratings, cut):
    """Every column equals the function of its name, pandas, or the exact test; no item depends on another."""
    table = summarise_items(ratings, cut, "excel")
    other = summarise_items(ratings, cut)
    for name, expected in {
        "n": ratings.notna().sum(),
        "mean": ratings.mean(),
        "sd": ratings.std(),
        "convergence": convergence(ratings, "excel"),
        "consensus": consensus(ratings, "excel"),
        "cv": coefficient_of_variation(ratings),
        "cvr": content_validity_ratio(ratings, cut),
    }.items():
        pd.testing.assert_series_equal(table[name], expected, check_names=False, check_dtype=False, atol=1e-12)
    pd.testing.assert_frame_equal(table[["q1", "median", "q3"]], quartiles(ratings, "excel"))
    verdicts = [(t["convergence"] <= 0.5, t["consensus"] >= 0.75) for t in (table, other)]
    differ = (verdicts[0][0] != verdicts[1][0]) | (verdicts[0][1] != verdicts[1][1])
    assert table["quartile_rule_decides"].tolist() == differ.tolist()
    for n, k, passes in table[["n", "n_essential", "cvr_passes"]].itertuples(index=False):
        assert passes == (n > 0 and binomtest(k, n, 0.5, alternative="greater").pvalue <= 0.05)
    silent = pd.concat([ratings, pd.DataFrame(NAN, index=["late"], columns=ratings.columns)])
    pd.testing.assert_frame_equal(summarise_items(silent, cut, "excel"), table)
    last = ratings.columns[-1:]
    pd.testing.assert_frame_equal(summarise_items(ratings[last], cut, "excel"), table.loc[last])


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 60), st.floats(0.001, 0.3))
def test_one_expert_fewer_than_critical_is_never_enough(n, alpha):
    """The count is the least one: it reaches the level unless it is n + 1, and one fewer does not."""
    k = critical_count(n, alpha)
    assert 0 < k <= n + 1
    assert k > n or binomtest(k, n, 0.5, alternative="greater").pvalue <= alpha
    assert k == 1 or binomtest(k - 1, n, 0.5, alternative="greater").pvalue > alpha


@pytest.mark.filterwarnings("ignore:invalid value")  # scipy divides 0 by 0 for a panel that ranks nothing
@settings(deadline=None, max_examples=20)
@given(panels(least=3, gaps=False), st.randoms())
def test_w_is_friedman_s_statistic_and_sees_ranks_only(ratings, random):
    """W = chi2 / (m (k - 1)); the order of experts and items and each expert's own use of the scale do not matter."""
    found, (m, k) = kendall_w(ratings), ratings.shape
    expected = friedmanchisquare(*(ratings[item] for item in ratings))
    assert found[:2] == pytest.approx((expected.statistic / (m * (k - 1)), expected.statistic), abs=1e-9, nan_ok=True)
    assert found.p_value == pytest.approx(expected.pvalue, abs=1e-9, nan_ok=True)
    assert np.isnan(found.w) or 0 <= found.w <= 1 + 1e-12
    stretched = ratings.mul([random.choice([0.5, 1, 3]) for _ in range(m)], axis=0) ** 3
    assert kendall_w(stretched.iloc[::-1, ::-1]) == pytest.approx(found, nan_ok=True)


@settings(deadline=None, max_examples=20)
@given(panels(least=2, gaps=False), st.lists(st.integers(-3, 3), min_size=8, max_size=8))
def test_intraclass_correlations_by_other_routes(ratings, shifts):
    """ICC3k is Cronbach's alpha over the experts; single and mean obey Spearman-Brown; ICC3 ignores severity."""
    found, k = icc(ratings), len(ratings)
    covariances = np.cov(ratings.to_numpy())
    if covariances.sum() > 1e-9:
        alpha = k / (k - 1) * (1 - np.trace(covariances) / covariances.sum())
        assert found["ICC3k"] == pytest.approx(alpha, abs=1e-9)
    else:
        assert np.isnan(found["ICC3k"])
    for kind in ("ICC1", "ICC2", "ICC3"):
        if not np.isnan(found[f"{kind}k"]) and 1 + (k - 1) * found[kind] > 1e-6:
            assert found[f"{kind}k"] == pytest.approx(k * found[kind] / (1 + (k - 1) * found[kind]), rel=1e-6)
    severe = icc(ratings.add(shifts[:k], axis=0))
    assert severe[["ICC3", "ICC3k"]].tolist() == pytest.approx(found[["ICC3", "ICC3k"]].tolist(), nan_ok=True)


def distance(a: float, b: float, level: str, values: list) -> float:
    """Krippendorff's squared difference functions, as defined: no cumulated counts."""
    if level == "ordinal":
        low, high = sorted((a, b))
        between = sum(low <= v <= high for v in values) - (values.count(a) + values.count(b)) / 2
        return between**2 if a != b else 0
    return {"nominal": a != b, "interval": (a - b) ** 2, "ratio": ((a - b) / (a + b or 1)) ** 2}[level]


@settings(deadline=None, max_examples=20)
@given(panels(lowest=0), st.sampled_from(LEVELS))
def test_alpha_by_counting_pairs(ratings, level):
    """Observed over expected disagreement, every pair of answers looked at one by one."""
    units = [answers.dropna().tolist() for _, answers in ratings.items()]
    units = [unit for unit in units if len(unit) > 1]
    values = [answer for unit in units for answer in unit]
    pairs = itertools.permutations(values, 2)
    expected = sum(distance(a, b, level, values) for a, b in pairs)
    observed = sum(
        sum(distance(a, b, level, values) for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1)
        for unit in units
    )
    alpha = 1 - (len(values) - 1) * observed / expected if expected else NAN
    assert krippendorff_alpha(ratings, level) == pytest.approx(alpha, abs=1e-9, nan_ok=True)


def every_sign(change: list) -> float:
    """Two-sided p of the signed-rank test by writing out all signs of the ranks."""
    ranks = pd.Series(change).abs().rank().to_numpy()
    sums = np.array([ranks[np.array(signs)].sum() for signs in itertools.product([True, False], repeat=len(ranks))])
    seen = ranks[np.array(change) > 0].sum()
    return min(1, 2 * min((sums <= seen).mean(), (sums >= seen).mean()))


@settings(deadline=None, max_examples=20)
@given(panels(), st.data())
def test_two_rounds_by_other_routes(first, data):
    """p by writing out all signs, kappa by statsmodels on the table of pairs; turned round, only the sign changes."""
    cells = data.draw(st.lists(st.sampled_from([-2, -1, 0, 1]), min_size=first.size, max_size=first.size))
    second = (first + np.reshape(cells, first.shape)).iloc[::-1, ::-1]
    found, back = compare_rounds(first, second).items, compare_rounds(second, first).items
    for item, row in found.iterrows():
        pairs = pd.DataFrame({"a": first[item], "b": second[item]}).dropna()
        change = (pairs["b"] - pairs["a"]).loc[lambda d: d != 0].tolist()
        assert (row["n"], row["n_changed"]) == (len(pairs), len(change))
        assert row["p_value"] == pytest.approx(every_sign(change) if change else NAN, abs=1e-9, nan_ok=True)
        points = sorted(set(pairs["a"]) | set(pairs["b"]))
        if len(points) > 1:
            table = pd.crosstab(pairs["a"], pairs["b"]).reindex(index=points, columns=points, fill_value=0)
            kappa = cohens_kappa(table.to_numpy(), weights=np.array(points), wt="linear", return_results=False)
            assert row["weighted_kappa"] == pytest.approx(kappa, abs=1e-9)
        else:
            assert np.isnan(row["weighted_kappa"])
    same = ["n", "n_changed", "share_changed", "p_value", "weighted_kappa"]
    pd.testing.assert_frame_equal(back.loc[found.index, same], found[same])
    turned = back.loc[found.index, ["mean_change", "change_upper", "change_lower"]].to_numpy()
    np.testing.assert_allclose(found[["mean_change", "change_lower", "change_upper"]], -turned, atol=1e-12)


@settings(deadline=None, max_examples=20)
@given(st.permutations(range(1, 26)), st.integers(0, 25))
def test_the_exact_p_is_scipy_s_where_nothing_is_tied(sizes, positive):
    """25 different changes: more than can be written out, but scipy tabulates them."""
    change = np.array([size if n < positive else -size for n, size in enumerate(sizes)], dtype=float)
    found = compare_rounds(panel(np.zeros(25)), panel(change)).items.at["h1", "p_value"]
    assert found == pytest.approx(wilcoxon(change, method="exact").pvalue, abs=1e-12)


# --- what a reader must not be misled about -------------------------------------------------------------------------


def test_the_definition_of_a_quartile_decides_and_the_table_says_so():
    """30 answers: positions 7.75 and 23.25 or 8.25 and 22.75 turn both verdicts; the unanimous item is safe."""
    ratings = panel([3] * 7 + [4] * 15 + [5] * 8, [4] * 30)
    columns = ["q1", "q3", "convergence", "consensus"]
    for name, expected in (("spss", [3.75, 5, 0.625, 0.6875]), ("excel", [4, 4.75, 0.375, 0.8125])):
        table = summarise_items(ratings, 4, name)
        assert table.loc["h1", columns].tolist() == expected
        assert table["quartile_rule_decides"].tolist() == [True, False]


def test_a_verdict_on_the_limit_is_a_verdict():
    """Convergence .5 and consensus .75 pass, also where .5 comes out as .5000000000000004: "excel" says 0 and 1."""
    table = summarise_items(panel([3, 4, 4, 4, 5], [6.8, 7.8, 7.8, 7.8, 8.8]), 4)
    assert table["convergence"].tolist() == pytest.approx([0.5, 0.5])
    assert table.at["h1", "consensus"] == 0.75
    assert not table["quartile_rule_decides"].any()


def test_consensus_and_stability_are_two_answers():
    """A split panel that repeats itself is stable without consensus; one that moves together agrees without it."""
    split, low, high = [1, 5] * 10, [2] * 10 + [3] * 10, [4] * 10 + [5] * 10
    compared = compare_rounds(panel(split, low), panel(split, high)).items
    assert compared["share_changed"].tolist() == [0, 1]
    assert compared["weighted_kappa"].iloc[0] == 1
    assert consensus(panel(split, high)).ge(0.75).tolist() == [False, True]
    assert not [name for name in compared if "consensus" in name]


def test_who_left_and_what_was_rated_once_is_told():
    """An expert whose form came back empty left as well; items of one round only are named, not compared."""
    first = pd.DataFrame({"h1": [4, 5, 3, 2], "h2": [4, 4, 4, NAN]}, index=["a", "b", "c", "d"])
    second = pd.DataFrame({"h3": [1, 1, NAN, 1], "h1": [5, 5, NAN, 4]}, index=["b", "a", "c", "z"])
    found = compare_rounds(first, second)
    assert (found.dropped, found.joined) == (["c", "d"], ["z"])
    assert (found.items_removed, found.items_added) == (["h2"], ["h3"])
    assert found.items.index.tolist() == ["h1"]
    assert found.items.loc["h1", ["n", "n_changed", "mean_change"]].tolist() == [2, 1, 0.5]


# --- edge cases -----------------------------------------------------------------------------------------------------


def test_an_item_nobody_rated_has_a_row_without_figures():
    """n = 0 and no verdict in its favour; the items beside it are as they would be alone."""
    ratings = panel([4, 5, 3], [NAN] * 3)
    row = summarise_items(ratings, 4).loc["h2"]
    assert (row["n"], row["n_essential"], row["critical_count"], row["cvr_passes"]) == (0, 0, 1, False)
    figures = ["mean", "sd", "median", "q1", "q3", "convergence", "consensus", "cv", "share_essential", "cvr"]
    assert row[[*figures, "share_lower", "share_upper"]].isna().all()
    assert not row["quartile_rule_decides"]
    rand = rand_ucla(ratings).loc["h2"]
    assert (rand["n"], rand["disagreement"], rand["class"]) == (0, False, "")
    assert compare_rounds(ratings, ratings).items.loc["h2"].tolist() == pytest.approx([0, 0] + [NAN] * 6, nan_ok=True)


def test_a_panel_of_nobody_is_a_table_of_gaps():
    """A study whose answers were not obtained still has its table: columns, a row an item, no figures."""
    nobody = panel([4], [5]).iloc[:0]
    assert summarise_items(nobody, 4)["n"].tolist() == [0, 0]
    assert quartiles(nobody).isna().all(axis=None)
    assert np.isnan(krippendorff_alpha(nobody, "interval"))
    assert summarise_items(nobody[[]], 4).shape == (0, 17)


def test_one_expert_is_no_spread():
    """sd and cv are not defined; the middle half of one answer is that answer, and one expert can never pass."""
    row = summarise_items(panel([4]), 4).loc["h1"]
    assert row[["sd", "cv"]].isna().all()
    assert row[["q1", "median", "q3", "convergence", "consensus", "cvr"]].tolist() == [4, 4, 4, 0, 1, 1]
    assert (row["critical_count"], row["cvr_passes"]) == (2, False)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_fewer_than_five_experts_cannot_pass(n):
    """Not even all of them reach 0.05: the count needed is one more than there are."""
    assert critical_count(n) == n + 1
    assert critical_count(n, 0.5**n) == n  # P = alpha exactly


def test_all_answers_equal_is_undefined_agreement_not_perfect_agreement():
    """Spread 0 and consensus 1, but W, ICC and alpha have nothing to rank: NaN, neither 0 nor 1."""
    ratings = panel(*[[4.1] * 3] * 4)
    assert coefficient_of_variation(ratings).tolist() == pytest.approx([0] * 4, abs=1e-12)
    assert (convergence(ratings).tolist(), consensus(ratings).tolist()) == ([0] * 4, [1] * 4)
    found = kendall_w(ratings)
    assert np.isnan([found.w, found.chi2, found.p_value]).all() and found.df == 3
    assert icc(ratings).isna().all()
    assert all(np.isnan(krippendorff_alpha(ratings, level)) for level in LEVELS)


def test_experts_who_differ_only_in_severity_do_not_make_a_variance_out_of_rounding():
    """Items rated alike by each expert: between items there is nothing, whatever the last bits of the means say."""
    found = icc(panel(*[[1.1, 2.3, 4.7]] * 7))
    assert found[["ICC1k", "ICC3", "ICC3k"]].isna().all()
    assert found["ICC2"] == 0


def test_a_median_of_zero_has_no_consensus():
    """Scales that begin at 0 or below: the formula would divide by 0 or turn its meaning round."""
    ratings = panel([0, 0, 0, 1], [-2, -2, -1, -1])
    assert consensus(ratings).isna().all()
    assert convergence(ratings).tolist() == [0.375, 0.5]
    assert coefficient_of_variation(ratings).isna().tolist() == [False, True]
    assert not summarise_items(ratings, 1)["quartile_rule_decides"].any()


def test_w_and_icc_leave_out_experts_with_gaps_and_say_how_many():
    """The same as without those rows, with the number beside it; alpha uses every answer."""
    whole = panel([1, 2, 1], [4, 5, 3], [2, 4, 4])
    gappy = pd.concat([whole, pd.DataFrame({"h1": [5], "h2": [NAN], "h3": [1]}, index=["e9"])])
    assert kendall_w(gappy) == kendall_w(whole)._replace(n_dropped=1)
    assert icc(gappy).tolist() == icc(whole).tolist()
    assert icc(gappy).attrs == {"n_experts": 3, "n_dropped": 1}
    assert krippendorff_alpha(gappy, "interval") != krippendorff_alpha(whole, "interval")


@pytest.mark.parametrize(
    "answers, expected",
    [
        ([1, 1, 1, 9, 9, 9], "uncertain"),  # median 5 and disagreement
        ([4, 4, 4, 4, 7, 7, 8, 9, 9, 9, 9], "uncertain"),  # median 7, but an IPR of 5 where 4.6 is allowed
        ([5, 5, 5, 5, 7, 7, 8, 9, 9, 9, 9], "appropriate"),  # an IPR of 4 where 5.35 is allowed
        ([6, 6, 7, 7], "uncertain"),  # 6.5: no 7
        ([6, 7, 7, 9], "appropriate"),
        ([1, 3, 3, 4], "inappropriate"),
        ([3, 3, 4, 4], "uncertain"),  # 3.5: no 3
    ],
)
def test_rand_ucla_classes_at_their_borders(answers, expected):
    """Disagreement beats any median; medians between two classes are uncertain."""
    assert rand_ucla(panel(answers)).at["h1", "class"] == expected


def test_one_pair_has_a_change_but_no_interval():
    """And nobody who changed has no p-value, rather than one of 1."""
    items = compare_rounds(panel([4], [3]), panel([5], [3])).items
    assert items["mean_change"].tolist() == [1, 0]
    assert items[["change_lower", "change_upper"]].isna().all(axis=None)
    assert items["p_value"].tolist() == pytest.approx([1, NAN], nan_ok=True)


def test_tables_as_readers_of_files_leave_them():
    """Whole numbers with a missing mark, objects with None, half points: all are numbers and gaps."""
    plain = pd.DataFrame({"h1": [4, NAN, 4.5], "h2": [5.0, 3, NAN]})
    mixed = pd.DataFrame({"h1": pd.Series([4, None, 4.5], dtype=object), "h2": pd.Series([5, 3, pd.NA], dtype="Int64")})
    pd.testing.assert_frame_equal(summarise_items(mixed, 4), summarise_items(plain, 4))


def test_nothing_is_written_into_the_caller_s_table():
    """Every function leaves its input as it was."""
    ratings = panel([4, 5, 3, NAN], [1, 2, 3, 3])
    before = ratings.copy()
    summarise_items(ratings, 4), kendall_w(ratings), icc(ratings), krippendorff_alpha(ratings, "ratio")
    rand_ucla(ratings), compare_rounds(ratings, ratings)
    pd.testing.assert_frame_equal(ratings, before)


# --- bad input ------------------------------------------------------------------------------------------------------

GOOD = panel([4, 5, 3], [1, 2, 3])
CELL = "평정은 유한한 수이거나 빈칸이어야 하므로, 모른다는 답은 비워 두고, 나머지는 고쳐 주십시오."


def refused(function, *arguments) -> str:
    with pytest.raises(DataError) as caught:
        function(*arguments)
    return str(caught.value)


@pytest.mark.parametrize(
    "answers, sentence",
    [
        (["5", "X", "4"], f"전문가 e2, 문항 h2: 답이 글자 'X'인데, {CELL}"),  # not the digits beside it
        ([5, "4", None], f"전문가 e2, 문항 h2: 답이 글자 '4'인데, {CELL}"),
        ([5, 4, float("inf")], f"전문가 e3, 문항 h2: 답이 'inf'인데, {CELL}"),
        ([True, False, True], f"전문가 e1, 문항 h2: 답이 'True'인데, {CELL}"),
    ],
)
def test_a_cell_that_is_no_rating_is_named(answers, sentence):
    """By expert and item, in every function that takes ratings."""
    bad = GOOD.assign(h2=answers)
    for function, *arguments in (
        (quartiles,),
        (convergence,),
        (consensus,),
        (content_validity_ratio, 4),
        (coefficient_of_variation,),
        (kendall_w,),
        (icc,),
        (krippendorff_alpha, "ordinal"),
        (rand_ucla,),
        (summarise_items, 4, "spss"),
        (compare_rounds, GOOD),
    ):
        assert refused(function, bad, *arguments) == sentence
    assert refused(compare_rounds, GOOD, bad) == sentence


def test_a_second_row_of_one_expert_is_refused():
    """Counted twice he would weigh twice, and no pair of rounds would be his own."""
    twice = pd.concat([GOOD, GOOD.iloc[:1]])
    sentence = "전문가 e1: 두 번 있는데, 전문가마다 한 번만 셈해야 하므로, 하나만 남기거나 코드를 나누어 주십시오."
    assert refused(summarise_items, twice, 4) == sentence
    assert refused(compare_rounds, twice, GOOD) == refused(compare_rounds, GOOD, twice) == sentence
    sentence = "문항 h1: 두 번 있는데, 문항마다 한 번만 셈해야 하므로, 하나만 남기거나 코드를 나누어 주십시오."
    assert refused(quartiles, GOOD[["h1", "h1"]]) == sentence


def test_answers_off_the_scale_are_named():
    """A 10 on nine points, and a negative answer where differences are taken relative to the sum."""
    ten = GOOD.assign(h2=[9, 10, 1]).set_axis(pd.MultiIndex.from_tuples([("학계", 1), ("학계", 2), ("현장", 1)]))
    assert refused(rand_ucla, ten) == (
        "전문가 학계, 2, 문항 h2: 답이 '10'인데, 1에서 9까지여야 하므로, 답을 고치거나 9점 척도의 문항만 넣어 주십시오."
    )
    assert refused(krippendorff_alpha, GOOD.assign(h1=[0, 1, -1]), "ratio") == (
        "전문가 e3, 문항 h1: 답이 '-1'인데, ratio 수준에서는 음수가 있을 수 없으므로, 답을 고치거나 interval을 쓰십시오."
    )


def test_names_that_do_not_exist_are_refused():
    """Definitions and levels are named as in config.yaml and the docstrings, nothing else is guessed."""
    sentence = "사분위수 정의: 'weibull'인데, spss나 excel이어야 하므로, 이름을 고쳐 주십시오."
    for function in (quartiles, convergence, consensus, rand_ucla):
        assert refused(function, GOOD, "weibull") == sentence
    assert refused(summarise_items, GOOD, 4, "weibull") == sentence
    assert refused(krippendorff_alpha, GOOD, "likert") == (
        "측정 수준: 'likert'인데, nominal, ordinal, interval, ratio 가운데 하나여야 하므로, 이름을 고쳐 주십시오."
    )


def test_numbers_that_make_no_sense_are_refused():
    """A cut that is no number would call nobody essential, without a word."""
    for cut in ("4", NAN, None):
        sentence = refused(content_validity_ratio, GOOD, cut)
        assert sentence == (
            f"essential_from: '{cut}'인데, '필수'로 보는 가장 낮은 점수여야 하므로, 5점 척도라면 4처럼 적어 주십시오."
        )
        assert refused(summarise_items, GOOD, cut) == sentence
    for n in (-1, 2.5, NAN, float("inf"), "30"):
        assert refused(critical_count, n) == (
            f"응답자 수: '{n}'인데, 0 이상의 정수여야 하므로, 문항에 답한 사람 수를 넣어 주십시오."
        )
    for alpha in (0, 1, NAN, "0.05"):
        assert refused(critical_count, 30, alpha) == (
            f"유의수준: '{alpha}'인데, 0과 1 사이여야 하므로, 0.05처럼 적어 주십시오."
        )


@pytest.mark.parametrize("function", [kendall_w, icc])
def test_agreement_of_too_few_is_refused(function):
    """An item that nobody rated would silently drop the whole panel: it is named instead."""
    unrated = GOOD.assign(h3=NAN)
    assert refused(function, unrated) == (
        "패널: 모든 문항에 답한 전문가가 3명 가운데 0명인데, 두 명은 있어야 일치를 잴 수 있으므로, "
        "빈칸이 가장 많은 문항(h3)부터 빼거나 krippendorff_alpha를 쓰십시오."
    )
    assert refused(function, GOOD.iloc[:1]) == (
        "패널: 모든 문항에 답한 전문가가 1명 가운데 1명인데, 두 명은 있어야 일치를 잴 수 있으므로, "
        "전문가의 답을 더 모아 주십시오."
    )
    assert refused(function, GOOD[["h1"]]) == (
        "문항: 1개인데, 두 개는 있어야 일치를 잴 수 있으므로, 문항을 더 넣어 주십시오."
    )


def test_rounds_that_share_nobody_or_nothing_are_refused():
    """As a rule the codes were written differently: 1 and "1", E01 and e1."""
    for other, what in ((GOOD.set_axis([1, 2, 3]), "전문가"), (GOOD.set_axis(["x", "y"], axis=1), "문항")):
        assert refused(compare_rounds, GOOD, other) == (
            f"두 차수의 응답: 두 차수에 함께 있는 {what}이 없는데, 같은 {what}끼리 견주므로, "
            f"{what} 코드가 두 차수에서 같은지 확인해 주십시오."
        )
