"""What a Delphi panel's ratings say: validity, consensus, agreement and, from two rounds, stability.

A table of ratings has one row per expert and one column per item; NaN = no answer (left blank, or "don't know").
Every function refuses a table in which an expert or an item stands twice, or a cell holds text or infinity.

Two facts stand behind the five columns of a usual report: the share who rate high (CVR = 2 share - 1, the agreement
rate) and the middle half's spread (convergence and consensus; the coefficient of variation is a cousin). Consensus
and stability are two questions: the first asks whether experts are close to each other, the second whether they still
answer as they did. One round says nothing about stability, however small its coefficient of variation.
"""

from numbers import Real
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy  # its parts load when they are used
from pandas import DataFrame, Series

from dongheng.errors import refuse, refuse_cells, require, row_name

DEFINITIONS = {"spss": "weibull", "excel": "linear"}  # and what scipy calls them
LEVELS = ("nominal", "ordinal", "interval", "ratio")
CONVERGED, AGREED = 0.5, 0.75  # the limits of Korean practice: convergence at most, consensus at least
EDGE = 1e-9  # a value that lies on a limit meets it, whatever the last bit says


class Concordance(NamedTuple):
    """Kendall's W with its test, and whom it rests on; see :func:`kendall_w`."""

    w: float
    chi2: float
    df: int
    p_value: float
    n_experts: int
    n_dropped: int


class RoundComparison(NamedTuple):
    """Two rounds side by side; see :func:`compare_rounds`."""

    items: DataFrame
    dropped: list
    joined: list
    items_removed: list
    items_added: list


# --- one item -------------------------------------------------------------------------------------------------------


def quartiles(ratings: DataFrame, definition: str = "spss") -> DataFrame:
    """Quartiles of each item's answers under a named definition.

    Parameters
    ----------
    ratings : DataFrame
        Rows = experts, columns = items, in points of the scale. NaN = no answer: left out, n differs by item.
    definition : {"spss", "excel"}
        Where a quartile lies among the n sorted answers: at ``(n + 1) p`` ("spss": HAVERAGE, the default of SPSS
        FREQUENCIES; Excel QUARTILE.EXC, R type 6, numpy "weibull") or at ``(n - 1) p + 1`` ("excel": QUARTILE and
        QUARTILE.INC, R type 7, the default of numpy and pandas). Between two answers it is interpolated; a position
        before the first or after the last answer takes that answer, where QUARTILE.EXC gives #NUM!. The median is
        the same under both.

    Returns
    -------
    DataFrame
        Rows = items, columns q1, median, q3. NaN where nobody rated the item; one answer is all three.

    Raises
    ------
    DataError
        A definition of another name; see the module for cells and labels.

    Notes
    -----
    Reports seldom say which definition they used, and verdicts depend on it: :func:`summarise_items` says where.
    Hyndman & Fan (1996), Sample quantiles in statistical packages, doi:10.1080/00031305.1996.10473566.
    """
    found = _percentiles(_answers(ratings), (0.25, 0.5, 0.75), definition)
    return DataFrame(found.T, index=ratings.columns, columns=["q1", "median", "q3"])


def convergence(ratings: DataFrame, definition: str = "spss") -> Series:
    """Convergence (수렴도) of each item: half the interquartile range, ``(q3 - q1) / 2``.

    Parameters
    ----------
    ratings, definition
        As :func:`quartiles`.

    Returns
    -------
    Series
        By item, in points of the scale; 0 = the middle half agrees. 0.5 or less counts as converged in Korean
        practice. NaN where nobody rated the item; 0 for a single answer, which is no agreement.

    Raises
    ------
    DataError
        As :func:`quartiles`.
    """
    q = quartiles(ratings, definition)
    return ((q["q3"] - q["q1"]) / 2).rename("convergence")


def consensus(ratings: DataFrame, definition: str = "spss") -> Series:
    """Consensus (합의도) of each item: ``1 - (q3 - q1) / median``.

    Parameters
    ----------
    ratings, definition
        As :func:`quartiles`.

    Returns
    -------
    Series
        By item; 1 = the middle half agrees, may be negative. 0.75 or more counts as consensus in Korean practice.
        NaN where nobody rated the item or the median is 0 or less, for which the formula has no meaning.

    Raises
    ------
    DataError
        As :func:`quartiles`.

    Notes
    -----
    The same fact as :func:`convergence`, seen against the median: 0.75 asks for a range of a quarter of the median,
    so with a median of 4 the two verdicts are one. It moves with the scale's origin: 0-4 and 1-5 give two values.
    """
    q = quartiles(ratings, definition)
    return Series(1 - _over(q["q3"] - q["q1"], q["median"]), ratings.columns, name="consensus")


def content_validity_ratio(ratings: DataFrame, essential_from: float) -> Series:
    """Lawshe's content validity ratio of each item: ``2 n_e / n - 1``.

    Parameters
    ----------
    ratings : DataFrame
        As :func:`quartiles`.
    essential_from : float
        The least answer that counts as "essential": 4 on a scale of 1 to 5 in Korean practice.

    Returns
    -------
    Series
        By item, -1 to 1; 0 = half of those who answered this item. NaN where nobody did.

    Raises
    ------
    DataError
        `essential_from` that is no finite number; see the module for cells and labels.

    Notes
    -----
    Whether it is high enough is a question about counts, :func:`critical_count`, not about the rounded ratio.
    Lawshe (1975), doi:10.1111/j.1744-6570.1975.tb01393.x.
    """
    n, essential = _essential(_answers(ratings), essential_from)
    return Series(2 * _over(essential, n) - 1, ratings.columns, name="cvr")


def critical_count(n: int, alpha: float = 0.05) -> int:
    """How many of n experts must say "essential" before chance is no good explanation.

    Parameters
    ----------
    n : int
        Experts who answered the item, 0 or more.
    alpha : float
        Level of the one-sided test, between 0 and 1.

    Returns
    -------
    int
        The least k with ``P(Binomial(n, 1/2) >= k) <= alpha``, exact: 20 of 30, and 20 of 29. ``n + 1`` where not
        even all n are enough (n below 5 at 0.05): such an item cannot pass.

    Raises
    ------
    DataError
        n that is no whole number or negative; alpha not between 0 and 1.

    Notes
    -----
    Exact, as Ayre & Scally (2014), doi:10.1177/0748175613513808. The normal approximation of Wilson, Pan & Schumsky
    (2012), doi:10.1177/0748175612440286, is laxer in places: 14 of 20 instead of 15. Of many items some pass by chance
    alone: up to one in twenty if all experts tossed coins.
    """
    require(isinstance(n, Real) and n >= 0 and float(n).is_integer(), "delphi.no_count", "응답자 수", n=n)
    require(isinstance(alpha, Real) and 0 < alpha < 1, "delphi.no_alpha", "유의수준", alpha=alpha)
    counts = np.arange(int(n) + 2)
    return int(np.argmax(scipy.stats.binom.sf(counts - 1, int(n), 0.5) <= alpha * (1 + EDGE)))


def coefficient_of_variation(ratings: DataFrame) -> Series:
    """Coefficient of variation of each item: standard deviation (n - 1) over mean.

    Parameters
    ----------
    ratings : DataFrame
        As :func:`quartiles`.

    Returns
    -------
    Series
        By item. NaN for fewer than two answers, and where the mean is 0 or less, for which it has no meaning.

    Raises
    ------
    DataError
        See the module.

    Notes
    -----
    Korean reports call it stability (안정도: 0.5 or less = no further round). It is dispersion within one round. On a
    scale of 1 to 5 no panel of 30 with a mean above 3.7 can exceed 0.5, and another scale origin gives another value.
    """
    _, mean, sd = _moments(_answers(ratings))
    return Series(_over(sd, mean), ratings.columns, name="cv")


def summarise_items(ratings: DataFrame, essential_from: float, definition: str = "spss") -> DataFrame:
    """The table of a Delphi report: every item with its statistics and what they rest on.

    Parameters
    ----------
    ratings, definition
        As :func:`quartiles`.
    essential_from : float
        As :func:`content_validity_ratio`.

    Returns
    -------
    DataFrame
        One row per item, in the order of the columns:

        - n : experts who answered it; mean, sd (n - 1), median, q1, q3 : points of the scale
        - convergence, consensus, cv : as the functions of these names
        - n_essential : answers of `essential_from` or more; share_essential : their share, with its 95 % Wilson
          score interval share_lower, share_upper. The agreement rate (긍정률) is this share. So is the I-CVI, with
          `essential_from` at 3 of 4: no second column says the same.
        - cvr; critical_count; cvr_passes : whether n_essential reaches critical_count, a comparison of counts
        - quartile_rule_decides : whether the verdict on convergence (at most 0.5) or on consensus (at least 0.75)
          would be another under the other definition of a quartile

        An item that nobody rated: n, n_essential 0, statistics NaN, cvr_passes False. One answer: sd, cv NaN.
        Median 0 or less: consensus NaN, which is no consensus under either definition.

    Raises
    ------
    DataError
        As the functions named.

    Notes
    -----
    The interval says what similar experts might have answered; a chosen panel is no random sample.
    Wilson (1927), doi:10.1080/01621459.1927.10502953. I-CVI: Polit, Beck & Owen (2007), doi:10.1002/nur.20199.
    """
    x = _answers(ratings)
    q = quartiles(ratings, definition)
    n, mean, sd = _moments(x)
    _, essential = _essential(x, essential_from)
    from statsmodels.stats.proportion import proportion_confint  # here, as it takes a second to load

    lower, upper = proportion_confint(essential, np.where(n > 0, n, np.nan), method="wilson")
    needed = {k: critical_count(k) for k in np.unique(n)}
    critical = np.array([needed[k] for k in n], dtype=int)
    met = [(convergence(ratings, d) <= CONVERGED + EDGE, consensus(ratings, d) >= AGREED - EDGE) for d in DEFINITIONS]
    decides = np.not_equal(*met).any(axis=0)
    share = _over(essential, n)
    columns = {"n": n, "mean": mean, "sd": sd, "median": q["median"], "q1": q["q1"], "q3": q["q3"]}
    columns |= {"convergence": convergence(ratings, definition), "consensus": consensus(ratings, definition)}
    columns["cv"] = _over(sd, mean)
    columns |= {"n_essential": essential, "share_essential": share, "share_lower": lower, "share_upper": upper}
    columns |= {"cvr": 2 * share - 1, "critical_count": critical, "cvr_passes": essential >= critical}
    return DataFrame(columns | {"quartile_rule_decides": decides}, index=ratings.columns)


def rand_ucla(ratings: DataFrame, definition: str = "spss") -> DataFrame:
    """The RAND/UCLA appropriateness method for answers on a scale of 1 to 9.

    Parameters
    ----------
    ratings : DataFrame
        As :func:`quartiles`, every answer between 1 and 9.
    definition : {"spss", "excel"}
        Where the 30th and 70th percentiles lie, as for :func:`quartiles`.

    Returns
    -------
    DataFrame
        One row per item: n, median, p30, p70, ipr (p70 - p30), iprcp (their middle), ai (its distance from 5), ipras
        (2.35 + 1.5 ai: how wide an ipr may be), di (ipr / ipras), disagreement (ipr above ipras) and class:
        "appropriate" (median 7 or more), "inappropriate" (3 or less), "uncertain" (between, or disagreement). An
        item that nobody rated: n 0, statistics NaN, disagreement False, class "".

    Raises
    ------
    DataError
        An answer below 1 or above 9 (expert and item are named); see also :func:`quartiles`.

    Notes
    -----
    Fitch et al. (2001), The RAND/UCLA Appropriateness Method User's Manual, RAND MR-1269. Its two constants were
    fitted to small panels on nine points, so other scales are refused rather than stretched. A median of 6.5 or 3.5
    is "uncertain" here, read strictly; some users of the method put it in the class above.
    """
    x = _answers(ratings)
    _refuse((x < 1) | (x > 9), ratings, "delphi.off_nine_points")
    p30, median, p70 = _percentiles(x, (0.3, 0.5, 0.7), definition)
    n, ipr, middle = (~np.isnan(x)).sum(axis=0), p70 - p30, (p30 + p70) / 2
    allowed = 2.35 + 1.5 * np.abs(5 - middle)
    disagreement = ipr > allowed + EDGE
    names = ["", "uncertain", "appropriate", "inappropriate"]
    classes = np.select([n == 0, disagreement, median >= 7, median <= 3], names, "uncertain")
    columns = {"n": n, "median": median, "p30": p30, "p70": p70, "ipr": ipr, "iprcp": middle, "ai": np.abs(5 - middle)}
    columns |= {"ipras": allowed, "di": ipr / allowed, "disagreement": disagreement, "class": classes}
    return DataFrame(columns, index=ratings.columns)


# --- the whole panel ------------------------------------------------------------------------------------------------


def kendall_w(ratings: DataFrame) -> Concordance:
    """Kendall's coefficient of concordance: do the experts rank the items alike?

    Parameters
    ----------
    ratings : DataFrame
        Rows = experts (who rank), columns = items (which are ranked). An expert with a gap is left out and counted
        in ``n_dropped``; where that costs too many, :func:`krippendorff_alpha` uses every answer.

    Returns
    -------
    Concordance
        ``w`` (0 = no common ranking, 1 = the same ranking), corrected for ties; ``chi2`` = m (k - 1) w for m experts
        and k items (Friedman's statistic), ``df`` = k - 1, ``p_value`` of the chi-square approximation (for more
        than 7 items), ``n_experts``, ``n_dropped``. All NaN but df and counts where every expert rates all items
        alike: such a panel ranks nothing.

    Raises
    ------
    DataError
        Fewer than two items, or than two experts without gaps; see also the module.

    Notes
    -----
    W says "same ranking", not "same ratings", and with dozens of items any w above 0.1 is significant. Ties are
    heavy on a five-point scale; uncorrected, W comes out too low.
    Kendall & Babington Smith (1939), doi:10.1214/aoms/1177732186.
    """
    x, dropped = _complete(ratings)
    m, k = x.shape
    # Mid-ranks about their mean: the sum of their squares is m(k^3 - k)/12 less the ties' share, so that S over m
    # times it is the formula with its tie correction.
    ranks = scipy.stats.rankdata(x, axis=1) - (k + 1) / 2
    w = float(_over((ranks.sum(axis=0) ** 2).sum(), m * (ranks**2).sum()))
    chi2 = m * (k - 1) * w
    return Concordance(w, chi2, k - 1, float(scipy.stats.chi2.sf(chi2, k - 1)), m, dropped)


def icc(ratings: DataFrame) -> Series:
    """Intraclass correlations: how dependable one expert's ratings are, and how dependable the panel's mean.

    Parameters
    ----------
    ratings : DataFrame
        Rows = experts (judges), columns = items (targets). An expert with a gap is left out.

    Returns
    -------
    Series
        ICC1, ICC2, ICC3 (one expert) and ICC1k, ICC2k, ICC3k (the mean of all k experts left), in the notation of
        Shrout & Fleiss: 1 = other judges for each target, 2 = judges drawn at random, severity counts as
        disagreement, 3 = these judges, severity set aside. May be negative. NaN where the denominator is not
        positive: items that do not differ, or judges so far apart that the estimated variance turns negative.
        ``attrs`` holds n_experts and n_dropped.

    Raises
    ------
    DataError
        As :func:`kendall_w`.

    Notes
    -----
    A low ICC2 beside a high ICC2k is the usual and useful finding: experts differ, their mean is dependable.
    Shrout & Fleiss (1979), doi:10.1037/0033-2909.86.2.420.
    """
    x, dropped = _complete(ratings)
    k, n = x.shape
    by_item, by_expert = x.mean(axis=0) - x.mean(), x.mean(axis=1) - x.mean()
    rest = x - x.mean() - by_item - by_expert[:, None]
    sums = np.array([k * (by_item**2).sum(), n * (by_expert**2).sum(), (rest**2).sum()])
    sums[sums <= 1e-20 * (x**2).sum()] = 0  # what is left of nothing after rounding is no variance
    between, judges, error = sums / (n - 1, k - 1, (n - 1) * (k - 1))
    within = (sums[1] + sums[2]) / (n * (k - 1))
    severity = (judges - error) / n
    kinds = [("ICC1", within, 0.0), ("ICC2", error, severity), ("ICC3", error, 0.0)]
    found = {kind: _over(between - noise, between + (k - 1) * noise + k * bias) for kind, noise, bias in kinds}
    found |= {f"{kind}k": _over(between - noise, between + bias) for kind, noise, bias in kinds}
    series = Series(found, dtype=float, name="icc")
    series.attrs = {"n_experts": k, "n_dropped": dropped}
    return series


def krippendorff_alpha(ratings: DataFrame, level: str) -> float:
    """Krippendorff's alpha: agreement of single experts beyond chance, with gaps.

    Parameters
    ----------
    ratings : DataFrame
        Rows = experts (coders), columns = items (units). An item with fewer than two answers says nothing.
    level : {"nominal", "ordinal", "interval", "ratio"}
        What a difference between two answers is worth: all or nothing; by the answers lying between; squared;
        squared relative to the sum. For points of a scale ordinal or interval.

    Returns
    -------
    float
        1 = perfect, 0 = as by chance, may be negative. NaN where it is not defined, neither 0 nor 1: all answers
        equal, or no item with two answers.

    Raises
    ------
    DataError
        A level of another name; a negative answer at level "ratio"; see also the module.

    Notes
    -----
    It judges one expert, as ICC2 does, so that a low alpha beside a dependable panel mean (ICC2k) is normal.
    Hayes & Krippendorff (2007), doi:10.1080/19312450709336664.
    """
    require(level in LEVELS, "delphi.unknown_level", "측정 수준", level=level)
    x = _answers(ratings)
    _refuse((x < 0) & (level == "ratio"), ratings, "delphi.negative_ratio")
    values = np.unique(x[~np.isnan(x)])
    counts = (x.T[:, :, None] == values).sum(axis=1)  # of each answer to each item
    counts = counts[counts.sum(axis=1) > 1]
    paired = counts / (counts.sum(axis=1, keepdims=True) - 1)
    coincidences = paired.T @ counts - np.diag(paired.sum(axis=0))
    totals = counts.sum(axis=0)
    if level == "ordinal":
        values = totals.cumsum() - totals / 2  # differences of these mid-ranks are the ordinal metric
    gaps = np.abs(np.subtract.outer(values, values))
    if level == "ratio":
        sums = np.add.outer(values, values)
        gaps = np.divide(gaps, sums, out=np.zeros_like(gaps), where=sums > 0)
    worth = (gaps > 0).astype(float) if level == "nominal" else gaps**2
    expected = (np.outer(totals, totals) * worth).sum()
    return float(1 - (totals.sum() - 1) * _over((coincidences * worth).sum(), expected))


# --- two rounds -----------------------------------------------------------------------------------------------------


def compare_rounds(first: DataFrame, second: DataFrame) -> RoundComparison:
    """How far the same experts answered the same items differently in two rounds, and who left between them.

    Parameters
    ----------
    first, second : DataFrame
        Ratings of the earlier and the later round on the same scale; experts are matched by row label, items by
        column label, in any order. Only pairs count: an expert who answered the item in both rounds.

    Returns
    -------
    RoundComparison
        ``items`` : one row per item of both rounds: n (pairs), n_changed (pairs that differ: the non-zero pairs that
        the test rests on), share_changed, mean_change (second less first) with its 95 % t interval change_lower,
        change_upper, p_value (Wilcoxon's signed-rank test), weighted_kappa (linear). NaN: everything but n and
        n_changed without pairs; the interval for one pair; p_value where nobody changed; weighted_kappa where all
        answers of both rounds are one value.
        ``dropped`` : experts with answers in the first round and none in the second; ``joined`` : the reverse.
        ``items_removed``, ``items_added`` : items of the first or the second round only, which are not compared.

    Raises
    ------
    DataError
        No expert, or no item, in both rounds (labels written differently, as a rule); see also the module.

    Notes
    -----
    This is about stability. It never says "consensus": answers can stay as they were and far apart, so stability is
    asked first and consensus of the later round second. A p_value above 0.05 is no proof of stability with thirty
    experts; the interval shows what change remains possible. Dissenters who leave make a panel agree: see `dropped`.

    Zeros are left out (Wilcoxon 1945, doi:10.2307/3001968). The p-value is exact and two-sided over all signs of the
    observed mid-ranks, ties included, which rating scales always have and for which tables and normal approximation
    are not made. Weighted kappa: Cohen (1968), doi:10.1037/h0026256, weights by the distance in points, so that
    answers nobody gave do not matter. Stability before consensus: Dajani, Sincoff & Talley (1979),
    doi:10.1016/0040-1625(79)90007-6.
    """
    one, two = (DataFrame(_answers(r), index=r.index, columns=r.columns) for r in (first, second))
    experts, items = (a[a.isin(b)] for a, b in ((one.index, two.index), (one.columns, two.columns)))
    for found, what in ((experts, "전문가"), (items, "문항")):
        require(len(found), "delphi.nothing_in_both", "두 차수의 응답", what=what)
    x, y = (r.loc[experts, items].to_numpy() for r in (one, two))
    change = np.round(y - x, 9)
    n, mean, sd = _moments(change)
    changed = (~np.isnan(change) & (change != 0)).sum(axis=0)
    half = scipy.stats.t.ppf(0.975, np.where(n > 1, n - 1, np.nan)) * _over(sd, np.sqrt(n))
    columns = {"n": n, "n_changed": changed, "share_changed": _over(changed, n)}
    columns |= {"mean_change": mean, "change_lower": mean - half, "change_upper": mean + half}
    columns["p_value"] = [_signed_rank_p(column) for column in change.T]
    columns["weighted_kappa"] = [_weighted_kappa(a, b) for a, b in zip(x.T, y.T, strict=True)]
    there, then = (r.index[r.notna().any(axis=1)] for r in (one, two))
    pairs = ((there, then), (then, there), (one.columns, items), (two.columns, items))
    only = (a[~a.isin(b)].tolist() for a, b in pairs)
    return RoundComparison(DataFrame(columns, index=items), *only)


def _signed_rank_p(change: np.ndarray) -> float:
    change = change[~np.isnan(change) & (change != 0)]
    if not len(change):
        return float("nan")
    ranks = np.rint(2 * scipy.stats.rankdata(np.abs(change))).astype(int)  # doubled: mid-ranks become whole
    chances = np.ones(1)  # of each sum of positive ranks, expert by expert, both signs alike
    for rank in ranks:
        chances = (np.pad(chances, (0, rank)) + np.pad(chances, (rank, 0))) / 2
    positive = ranks[change > 0].sum()
    return float(min(1, 2 * min(chances[: positive + 1].sum(), chances[positive:].sum())))


def _weighted_kappa(x: np.ndarray, y: np.ndarray) -> float:
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    return float(1 - len(x) * _over(np.abs(x - y).sum(), np.abs(np.subtract.outer(x, y)).sum()))


# --- helpers --------------------------------------------------------------------------------------------------------


def _answers(ratings: DataFrame) -> np.ndarray:
    """The answers as numbers, or a sentence that names the first expert and item that cannot be read."""
    for labels, what in ((ratings.index, "전문가"), (ratings.columns, "문항")):
        refuse(labels[labels.duplicated()], "delphi.twice", f"{what} {{}}", what=what)
    for item, column in ratings.select_dtypes(exclude="number").items():
        texts = column[[isinstance(a, bool) or not (isinstance(a, Real) or pd.isna(a)) for a in column]]
        if len(texts):
            # One "X" makes a reader keep a whole column as text: name the X, not the digits beside it.
            expert = pd.to_numeric(texts, errors="coerce").isna().idxmax()
            key = "delphi.text_answer" if isinstance(texts[expert], str) else "delphi.no_answer"
            refuse([expert], key, f"전문가 {{}}, 문항 {row_name(item)}", answer=texts)
    x = ratings.to_numpy(dtype=float, na_value=np.nan)
    _refuse(np.isinf(x), ratings, "delphi.no_answer")
    return x


def _refuse(wrong: np.ndarray, ratings: DataFrame, key: str) -> None:
    refuse_cells(DataFrame(wrong, ratings.index, ratings.columns), key, "전문가 {}, 문항 {}", answer=ratings)


def _complete(ratings: DataFrame) -> tuple[np.ndarray, int]:
    """The answers of experts without gaps, and how many experts that leaves out."""
    x = _answers(ratings)
    require(x.shape[1] > 1, "delphi.few_items", "문항", items=x.shape[1])
    gaps = np.isnan(x)
    whole, key = ~gaps.any(axis=1), "delphi.few_without_gaps" if gaps.any() else "delphi.few_experts"
    worst = row_name(ratings.columns[gaps.sum(axis=0).argmax()])
    require(whole.sum() > 1, key, "패널", experts=len(x), whole=whole.sum(), worst=worst)
    return x[whole], int((~whole).sum())


def _over(part: np.ndarray | float, whole: np.ndarray | float) -> np.ndarray:
    """part / whole, NaN where whole is not above 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, dtype=float), np.asarray(whole, dtype=float))
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def _moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count, mean and standard deviation (n - 1) of each column's answers."""
    answers = DataFrame(x)
    return answers.count().to_numpy(), answers.mean().to_numpy(), answers.std().to_numpy()


def _essential(x: np.ndarray, essential_from: float) -> tuple[np.ndarray, np.ndarray]:
    fine = isinstance(essential_from, Real) and np.isfinite(essential_from)
    require(fine, "delphi.no_essential_from", "essential_from", essential_from=essential_from)
    return (~np.isnan(x)).sum(axis=0), (x >= essential_from).sum(axis=0)


def _percentiles(x: np.ndarray, shares: tuple[float, ...], definition: str) -> np.ndarray:
    """One row per share: where it lies among each column's own answers."""
    require(definition in DEFINITIONS, "delphi.unknown_definition", "사분위수 정의", definition=definition)
    method = DEFINITIONS[definition]
    return scipy.stats.quantile(x, np.array(shares)[:, None], method=method, axis=0, nan_policy="omit")
