"""Weights: what published, rounded indices imply about those in force, and what a panel's ratings make of new ones.

An index printed with one decimal is known to half a unit of that decimal, so weights follow from it only as a set.
The first half describes the set; it never picks one member and calls it the weights.

A panel's ratings give weights under a named rule (:func:`weights_from_ratings`), shown with what the panel leaves open:
intervals, ranks, single experts, groups. A panel is chosen, not sampled, so an interval says what similar experts might
have answered, and nothing about the public.
"""

import warnings
from collections.abc import Collection, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy  # its parts load when they are used: every notebook imports this room, few need them
from pandas import DataFrame, Series

from dongheng.errors import DataError, numbers, refuse, refuse_cells, require
from dongheng.framework import Framework

PRINTED, WHOLE = 0.05, 0.5  # half a unit of the last digit: of an index printed with one decimal, of an integer
EDGE = 1e-9  # an index that lies on the edge of its interval lies in it, whatever the last bit says
RULES = {rule: (rule, "arithmetic") for rule in ("indicator_counts", "task_counts", "equal_areas")}
RULES["indicator_counts_geometric"] = ("indicator_counts", "geometric")
# From the ranks 1..k to weights in any scale.
BY_RANK = {"rank_sum": np.flip, "rank_reciprocal": np.reciprocal, "roc": lambda rank: (1 / rank)[::-1].cumsum()[::-1]}
SCORED = {  # what is averaged over experts, from ratings and the scale's lowest point; a gap stays a gap
    "equal": lambda x, lower: x * 0 + 1,
    "mean": lambda x, lower: x,
    "rescaled": lambda x, lower: x - lower,
    "geometric": lambda x, lower: np.log(x),
    "ipsative": lambda x, lower: x / np.nanmean(x, axis=1, keepdims=True),
}
SMOOTH = tuple(SCORED)  # the delta method holds for these
METHODS = (*SMOOTH, "median", "trimmed", *BY_RANK, "shrunk")
AREAS = ("in_force", "equal", "tasks", "children")  # what areas weigh that no expert was asked about
RANDOM_INDEX = {  # mean consistency index of random matrices, n = 3..10
    "saaty1980": (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49),
    "saaty2005": (0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49),
    "alonso_lamata2006": (0.5245, 0.8815, 1.1086, 1.2479, 1.3417, 1.4056, 1.4499, 1.4854),
}
FEWEST = 5  # experts with an answer that a group needs to be shown
ANSWERS, CELLS = "전문가 {}, 항목 '{}'", "행 {}, 열 '{}'"  # what rows and columns are called in messages
RECIPROCAL = 0.05  # how far a cell times its mirror may lie from 1: two printed decimals make 0.13 of 1/8


# --- the published figures ------------------------------------------------------------------------------------------


def published_by_area(published: DataFrame, framework: Framework, years: list[int]) -> tuple[DataFrame, Series]:
    """The published areas as a table and the composite beside it, for the years in which all of them are known.

    Parameters
    ----------
    published : DataFrame
        Columns year, node_id, value: the published indices. NaN = not obtained.
    framework : Framework
        Its level 1 are the areas, its root is the composite.
    years : list of int
        The years wanted. Leave the base year out: there every index is 100 by definition and says nothing.

    Returns
    -------
    areas : DataFrame
        Rows = years, ascending, columns = area ids in the table's order. A year in which an area or the composite
        was not obtained has no row; no NaN is left.
    composites : Series
        The composite by year, same rows.

    Raises
    ------
    DataError
        An index that stands twice, or no year with all areas and the composite.
    """
    told = published[published["year"].isin(years)]
    twice = told[told.duplicated(["year", "node_id"])]
    refuse(twice["year"].astype(str) + "년 " + twice["node_id"], "weighting.index_twice", "공표 지수 {}")
    nodes = framework.at_level(1) + [framework.root]
    wide = told.pivot(index="year", columns="node_id", values="value").reindex(columns=nodes).astype(float)
    wide = wide.dropna().sort_index().rename_axis(columns=None)
    require(not wide.empty, "weighting.no_whole_year", f"공표 지수 {', '.join(map(str, years))}년")
    return wide[framework.at_level(1)], wide[framework.root].rename("composite")


def readings(composites: Series) -> DataFrame:
    """How far a published composite may lie from the unrounded one, under each way to read it.

    A composite such as 130.6 was printed with one decimal. One such as 111.0 may be that too, or an integer that was
    later reprinted with a zero; then all it says is 110.5 to 111.5.

    Parameters
    ----------
    composites : Series
        The published composite by year.

    Returns
    -------
    DataFrame
        Half-widths, columns = years. Row ``"printed"`` reads every year with one decimal; row ``"whole"``, there only
        if a composite is a whole number, reads those years as integers and the others with one decimal.
    """
    whole = composites.astype(float).mod(1).eq(0)
    halves = DataFrame({"printed": PRINTED, "whole": np.where(whole, WHOLE, PRINTED)}, index=composites.index).T
    return halves if whole.any() else halves.loc[["printed"]]


# --- simple rules ---------------------------------------------------------------------------------------------------


def simple_rules(framework: Framework) -> DataFrame:
    """Weights of the areas under the rules that need no survey.

    Returns
    -------
    DataFrame
        Rows = area ids, columns ``indicator_counts`` (all indicators weigh the same), ``task_counts`` (all tasks do;
        a task is a node right below an area) and ``equal_areas``. Each column sums to 1.
    """
    areas = pd.Index(framework.at_level(1), name="area_id")
    counts = DataFrame({"indicator_counts": [len(framework.leaves_below(area)) for area in areas]}, areas)
    counts["task_counts"] = [len(framework.children(area)) or 1 for area in areas]
    return counts.assign(equal_areas=1) / [*counts.sum(), len(areas)]


def rule_interval(areas: DataFrame, weights: Series, how: str = "arithmetic", half_width: float = PRINTED) -> DataFrame:
    """The composite that a rule gives, with the interval that the rounding of the areas leaves open.

    Parameters
    ----------
    areas : DataFrame
        Rows = years, columns = area ids, as printed.
    weights : Series
        Weight by area id, in any order and scale.
    how : {"arithmetic", "geometric"}
        The mean taken over the areas.
    half_width : float
        How far an area may lie from its printed value.

    Returns
    -------
    DataFrame
        Rows as in `areas`: ``recomputed`` from the printed areas, ``lower`` and ``upper`` over all areas within
        `half_width` of them. No NaN.

    Raises
    ------
    DataError
        An area without weight, a weight without area, a missing index, a negative weight or weights of 0 in sum, a
        negative half-width, a mean of another name, an area of `half_width` or less under the geometric mean.

    Notes
    -----
    Both means rise with every area, so the ends are reached where all areas stand at their own lower or upper end.
    Under the arithmetic mean that is `half_width` to either side, as the weights sum to 1.
    OECD/JRC (2008), doi:10.1787/9789264043466-en, step 6.
    """
    _refuse_gaps(areas)
    w = _shares(weights, areas.columns)
    require(how in ("arithmetic", "geometric"), "weighting.unknown_mean", "집계 방법", how=how)
    require(half_width >= 0, "weighting.half_width", "반올림 폭")
    above = how == "arithmetic" or (areas > half_width).all(axis=None)
    require(above, "weighting.not_above_zero", "영역지수", least=areas.min().min())
    ends = {"recomputed": 0.0, "lower": -half_width, "upper": half_width}
    bend, back = (np.log, np.exp) if how == "geometric" else (np.positive, np.positive)
    return DataFrame({end: back((bend(areas + shift) * w).sum(axis=1)) for end, shift in ends.items()})


def fit_rules(areas: DataFrame, composites: Series, framework: Framework, half_width: float = PRINTED) -> DataFrame:
    """Which simple rules give the published composites, as far as rounding lets one tell.

    Parameters
    ----------
    areas, composites
        As :func:`published_by_area` returns them.
    framework : Framework
        Says how many indicators and tasks an area has.
    half_width : float
        How far an area may lie from its printed value.

    Returns
    -------
    DataFrame
        One row per rule of `RULES`, year and reading of :func:`readings` (a year that both readings read alike stands
        once): rule, year, reading, recomputed, lower, upper (:func:`rule_interval`), published, half_width (of the
        published composite), difference (published less recomputed) and ``fits``: the two intervals touch. Under the
        arithmetic mean that is ``abs(difference) <= 0.05 + 0.05``. No NaN.

    Raises
    ------
    DataError
        As :func:`rule_interval`, and a year without composite.

    Notes
    -----
    A rule that fits is not thereby the rule: many weights fit a handful of years (:func:`weight_ranges`). A rule
    that does not fit is rejected, together with what it presupposes: the means named and no step in between.
    """
    _refuse_gaps(areas, composites)
    weights = simple_rules(framework)
    ends = {rule: rule_interval(areas, weights[column], how, half_width) for rule, (column, how) in RULES.items()}
    return pd.concat([_compare(interval, composites, rule=rule) for rule, interval in ends.items()], ignore_index=True)


def rules_that_fit(fits: DataFrame) -> DataFrame:
    """Whether each rule fits all years together.

    Parameters
    ----------
    fits : DataFrame
        As :func:`fit_rules` returns it.

    Returns
    -------
    DataFrame
        One row per rule and reading, in the order of `fits`: rule, reading, years (how many were compared), fitting
        (how many of them fit) and ``fits``: all do. No NaN.
    """
    rows = {}
    for reading in fits["reading"].unique():
        # A year that this reading reads like any other stands under "printed".
        read = pd.concat([fits[fits["reading"] == told] for told in (reading, "printed")])
        by_rule = read.drop_duplicates(["rule", "year"]).groupby("rule", sort=False)["fits"]
        rows[reading] = by_rule.agg(years="size", fitting="sum", fits="all")
    return pd.concat(rows, names=["reading"]).reset_index()[["rule", "reading", "years", "fitting", "fits"]]


# --- all weights that fit -------------------------------------------------------------------------------------------


def attainable_weights(
    parts: DataFrame, whole: Series, half_width: float | Series = 2 * PRINTED, target: Series | None = None
) -> DataFrame:
    """Least and greatest weight that each part can have in a published arithmetic mean, and the fitting ones nearest to a rule.

    Parameters
    ----------
    parts : DataFrame
        Rows = years, columns = part ids: the areas of the composite, or the indicators of an area.
    whole : Series
        The published mean by year; years without a row in `parts` are not used.
    half_width : float or Series by year
        How far the mean may lie from its printed value, and how far each part from its own (0 for parts that were not
        rounded): both together, as only their sum counts (see Notes).
    target : Series, optional
        The rule: weight by part id, in any order and scale. Without it all parts weigh the same.

    Returns
    -------
    DataFrame
        Rows = part ids. ``target``, 1 in sum; ``lower`` and ``upper``, to 12 decimals; ``inside``: the target lies
        between them; ``nearest``: among the weights that fit the nearest to the target by least squares, 1 in sum, the
        target itself where it fits. Each range holds for its part alone: weights taken from two ranges at will need not
        fit together. lower, upper and nearest are NaN, and inside is False, where no weights at all give the means: a
        finding about the figures, so the table says it and nothing stops.

    Raises
    ------
    DataError
        A missing index, a year without mean, no year, an impossible half-width, a part without target or a target
        without part.

    Notes
    -----
    Sought are weights ``w >= 0``, ``sum(w) = 1``, the same in every year t, and errors ``e`` of the parts with
    ``abs(e[t, k]) <= h`` and ``abs(sum_k w[k] * (a[t, k] + e[t, k]) - c[t]) <= H[t]``. Weights and errors are
    multiplied, but the errors drop out without approximation: for such weights ``sum_k w[k] * e[t, k]`` takes every
    value from -h to h and no other (the ends where all errors are -h or h), and each year has errors of its own, so
    that no year's choice binds another's. What is left is linear, ``abs(sum_k w[k] * a[t, k] - c[t]) <= h + H[t]``,
    and each end of each range is one linear program. Such bounds are those of a partially identified parameter.
    Solved by HiGHS: Huangfu and Hall (2018), doi:10.1007/s12532-017-0130-5.

    The set of weights that fit is convex, so the nearest point is one and only one. With ``w = target + H'y``, H the
    Helmert matrix (orthonormal rows that sum to 0), it is a least distance problem, ``min |y|`` under ``G y >= g``,
    which Lawson and Hanson (1995), Solving Least Squares Problems, doi:10.1137/1.9781611971217, chapter 23, turn into
    one non-negative least squares problem: no starting point, no step size.
    """
    goal = _shares(Series(1.0, parts.columns) if target is None else target, parts.columns)
    _refuse_gaps(parts, whole)
    require(not parts.empty, "weighting.no_year", "지수 표")
    half = Series(half_width, index=parts.index, dtype=float)
    require(np.isfinite(half).all() and (half >= 0).all(), "weighting.half_width", "반올림 폭")
    distance = parts.to_numpy(dtype=float) - whole.reindex(parts.index).to_numpy(dtype=float)[:, None]
    slack = half.to_numpy() + EDGE
    lower, upper = _ranges(distance, slack)
    inside = (lower - EDGE <= goal) & (goal <= upper + EDGE)
    nearest = _project(goal, distance, slack) if np.isfinite(lower).all() else np.nan
    columns = {"target": goal, "lower": lower, "upper": upper, "inside": inside, "nearest": nearest}
    return DataFrame(columns, index=parts.columns)


def weight_ranges(areas: DataFrame, composites: Series, target: Series, half_width: float = PRINTED) -> DataFrame:
    """Each area's attainable weight and the fitting weights nearest to a rule, under every reading of the composites.

    Parameters
    ----------
    areas, composites
        As :func:`published_by_area` returns them.
    target : Series
        Weight by area id, in any scale, such as a column of :func:`simple_rules`.
    half_width : float
        How far an area may lie from its printed value.

    Returns
    -------
    DataFrame
        One row per reading of :func:`readings` and area: reading, area_id, and what :func:`attainable_weights` says.

    Raises
    ------
    DataError
        A missing index, a year without composite, an area without target or a target without area.
    """
    rows = readings(composites.reindex(areas.index))
    parts = [attainable_weights(areas, composites, half + half_width, target) for _, half in rows.iterrows()]
    return pd.concat(parts, keys=rows.index, names=["reading", "area_id"]).reset_index()


# --- what one indicator did -----------------------------------------------------------------------------------------


def index_without(splits: DataFrame, published: DataFrame, scores: DataFrame) -> DataFrame:
    """What each known indicator alone did to its indices, and what they would be without it.

    Parameters
    ----------
    splits : DataFrame
        As :func:`dongheng.aggregate.split_published_changes` returns it, for any levels and pairs of years.
    published : DataFrame
        Columns year, node_id, value: the published indices.
    scores : DataFrame
        Long, columns indicator_id, year, score, score_lower, score_upper (:func:`dongheng.normalise.known_scores`).

    Returns
    -------
    DataFrame
        One row per row of `splits` that is an indicator, in that order (none where nothing is known): from_year,
        to_year, node_id, item, weight (within the node), contribution, lower, upper (as in `splits`), index
        (published, of to_year), change (of the index), share, share_lower, share_upper (of the change), without,
        without_lower, without_upper (the index of to_year with the indicator left out and the others' weights scaled
        up). The bounds are NaN unless a source gave a range; a share is NaN where the index did not change, and both
        share and ``without`` where it was not obtained; ``without`` is NaN where the indicator is the node's only
        one. The rounding of the published index is in none of the bounds.

    Notes
    -----
    Under the arithmetic mean ``c = w s + (1 - w) r``, so the others' mean is ``r = (c - w s) / (1 - w)``: an index
    with one indicator left out although the others were never obtained.
    """
    told = ["from_year", "to_year", "node_id", "item", "weight", "contribution", "lower", "upper"]
    table = splits.loc[splits["item"].isin(scores["indicator_id"]), told].reset_index(drop=True)
    index = published.set_index(["year", "node_id"])["value"]
    score = scores.set_index(["indicator_id", "year"])
    then, now = (_looked_up(index, table[year], table["node_id"]) for year in ("from_year", "to_year"))
    table["index"], table["change"] = now, now - then
    change = table["change"].where(table["change"].abs() > EDGE)
    table["share"] = table["contribution"] / change
    ends = table[["lower", "upper"]].div(change, axis=0)
    table["share_lower"], table["share_upper"] = ends.min(axis=1), ends.max(axis=1)
    left = (1 - table["weight"]).where(table["weight"] < 1 - EDGE)
    for name, bound in (("without", "score"), ("without_lower", "score_upper"), ("without_upper", "score_lower")):
        table[name] = (now - table["weight"] * _looked_up(score[bound], table["item"], table["to_year"])) / left
    return table


# --- when every value is there --------------------------------------------------------------------------------------


def fit_equal_weights(scores: DataFrame, published: DataFrame, framework: Framework) -> DataFrame:
    """Whether equal weights for all indicators give the published areas and composite, once every score is known.

    Parameters
    ----------
    scores : DataFrame
        Rows = years, columns = the framework's leaves, unrounded. Only complete years; there may be none.
    published : DataFrame
        Columns year, node_id, value: the published indices. NaN or no row = not obtained.
    framework : Framework
        Only its tree is used, not its weights.

    Returns
    -------
    DataFrame
        One row per node of level 0 and 1, year and reading whose index was obtained: node_id, year, reading,
        recomputed (mean of the scores below the node), lower, upper (the same: scores are taken as exact), published,
        half_width, difference, fits. No rows where `scores` has none. Only a composite is also read as an integer.

    Raises
    ------
    DataError
        A leaf without column, or a missing score.
    """
    columns, rows = "node_id year reading recomputed lower upper published half_width difference fits", []
    for node, below, index in _nodes_with_index(scores, published, framework):
        interval = rule_interval(below, Series(1.0, below.columns), half_width=0.0)
        rows.append(_compare(interval, index, both=node == framework.root, node_id=node))
    return pd.concat(rows, ignore_index=True) if rows else DataFrame(columns=columns.split())


def indicator_weight_ranges(scores: DataFrame, published: DataFrame, framework: Framework) -> DataFrame:
    """The weights of indicators that give the published areas and composite, once every score is known.

    Parameters
    ----------
    scores, published, framework
        As in :func:`fit_equal_weights`.

    Returns
    -------
    DataFrame
        One row per node of level 0 and 1, reading and indicator below the node: node_id, reading, item, equal (its
        weight if all below the node weigh the same), lower, upper, inside, nearest (to equal), all within the node.
        lower, upper and nearest are NaN, and inside is False, where no weights give the published index: then the
        index is no arithmetic mean of these scores with the same weights every year. No rows where `scores` has none.

    Raises
    ------
    DataError
        As :func:`fit_equal_weights`.

    Notes
    -----
    An area of n indicators needs about n - 1 complete years before its weights are pinned down; with fewer the
    ranges are wide and say so.
    """
    parts, names = {}, ["node_id", "reading", "item"]
    for node, below, index in _nodes_with_index(scores, published, framework):
        for reading, half in readings(index).iterrows():
            if reading == "printed" or node == framework.root:
                parts[node, reading] = attainable_weights(below, index, half)
    if not parts:
        return DataFrame(columns=[*names, "equal", "lower", "upper", "inside", "nearest"])
    return pd.concat(parts, names=names).rename(columns={"target": "equal"}).reset_index()


# --- inside ---------------------------------------------------------------------------------------------------------


def _compare(interval: DataFrame, published: Series, both: bool = True, **labels) -> DataFrame:
    """A recomputed interval against the published index, year by year and reading by reading."""
    told = published.reindex(interval.index).astype(float)
    half = readings(told) if both else readings(told).iloc[:1]
    rows = pd.MultiIndex.from_product([interval.index, half.index], names=["year", "reading"]).to_frame(index=False)
    rows["half_width"] = half.T.to_numpy().ravel()
    again = rows.duplicated(["year", "half_width"])  # a year that both readings read alike
    rows = rows[~again].join(interval.assign(published=told), on="year").assign(**labels)
    rows["difference"] = rows["published"] - rows["recomputed"]
    above = rows["published"] + rows["half_width"] >= rows["lower"] - EDGE
    rows["fits"] = above & (rows["published"] - rows["half_width"] <= rows["upper"] + EDGE)
    return rows[[*labels, "year", "reading", *interval, "published", "half_width", "difference", "fits"]]


def _nodes_with_index(scores: DataFrame, published: DataFrame, framework: Framework) -> Iterator[tuple]:
    """Composite and areas with the scores below them, in the years of which the index was obtained."""
    refuse([leaf for leaf in framework.leaves if leaf not in scores], "weighting.no_score")
    _refuse_gaps(scores[framework.leaves], what="지표 ")
    index = published.pivot(index="year", columns="node_id", values="value").reindex(scores.index).astype(float)
    for node in [framework.root, *framework.at_level(1)]:
        told = index[node].dropna() if node in index else []
        if len(told):
            yield node, scores.loc[told.index, framework.leaves_below(node)], told


def _looked_up(series: Series, *keys: Series) -> np.ndarray:
    return series.reindex(pd.MultiIndex.from_arrays(keys)).to_numpy(dtype=float)


def _shares(weights: Series, ids: pd.Index) -> np.ndarray:
    """Weights in the order of the ids, 1 in sum; each id has one and nobody else has."""
    refuse(ids.difference(weights.dropna().index, sort=False), "weighting.no_weight", "'{}'")
    refuse(weights.index.difference(ids, sort=False), "weighting.no_index", "'{}'")
    given = weights.reindex(ids).to_numpy(dtype=float)
    fine = np.isfinite(given).all() and (given >= 0).all() and given.sum() > 0
    require(fine, "weighting.no_weights", "가중치")
    return given / given.sum()


def _refuse_gaps(parts: DataFrame, whole: Series | None = None, what: str = "") -> None:
    refuse_cells(~np.isfinite(parts.astype(float)), "weighting.gap", f"{{}}년 {what}'{{}}'")
    if whole is not None:
        told = whole.reindex(parts.index).astype(float)
        refuse(told.index[~np.isfinite(told)], "weighting.no_composite", "{}년")


def _ranges(distance: np.ndarray, slack: np.ndarray) -> np.ndarray:
    """Least and greatest of each weight, shape (2, weights); NaN where no weights fit."""
    k = distance.shape[1]
    given = {"A_ub": np.vstack([distance, -distance]), "b_ub": np.concatenate([slack, slack])}
    given |= {"A_eq": np.ones((1, k)), "b_eq": [1.0], "bounds": (0, 1), "method": "highs"}
    given["options"] = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
    ends = np.full((2, k), np.nan)
    for part, end in np.ndindex(k, 2):
        result = scipy.optimize.linprog(np.eye(k)[part] * (1, -1)[end], **given)
        if result.status == 2:
            break
        require(not result.status, "weighting.unsolved", "가중치의 범위", message=result.message)
        ends[end, part] = result.x[part]
    return np.clip(ends, 0.0, 1.0).round(12)  # solver noise around 0 would not be the same everywhere


def _project(goal: np.ndarray, distance: np.ndarray, slack: np.ndarray) -> np.ndarray | None:
    """Nearest point to `goal` in the simplex under ``abs(distance @ w) <= slack``; None where there is none."""
    k = len(goal)
    if k == 1:
        return goal if (np.abs(distance @ goal) <= slack).all() else None
    basis = scipy.linalg.helmert(k).T
    at = distance @ goal
    sides = np.vstack([np.eye(k), distance, -distance]) @ basis
    needs = np.concatenate([-goal, -slack - at, at - slack])
    lengths = np.linalg.norm(sides, axis=1)
    flat = lengths < 1e-12  # all parts equal that year: the mean is what it is, whatever the weights
    if (needs[flat] > 0).any():
        return None
    sides, needs = sides[~flat] / lengths[~flat, None], needs[~flat] / lengths[~flat]
    system = np.vstack([sides.T, needs])
    wanted = np.eye(k)[-1]
    multipliers, _ = scipy.optimize.nnls(system, wanted)
    rest = wanted - system @ multipliers
    if rest[-1] < 1e-12:  # no point on the right side of every line
        return None
    found = np.clip(goal - basis @ (rest[:-1] / rest[-1]), 0.0, None)
    return (found / found.sum()).round(12)


# --- weights from ratings -------------------------------------------------------------------------------------------


def weights_from_ratings(ratings: DataFrame, method: str, *, lower: float | None = None, trim: float = 0.1) -> Series:
    """Weights of the items that a panel rated.

    Parameters
    ----------
    ratings : DataFrame
        Rows = experts, columns = items, on the form's scale. NaN = no answer ("don't know" included): it is never a
        low score. Experts without any answer are left out.
    method : str
        What becomes a weight once divided by its sum. ``x`` is a rating, ``m`` an item's mean, k the number of items:

        ================ ==============================================================================================
        equal            1: the benchmark for all others; no answer is read, though every item must have one
        mean             m, as practised; depends on where the scale starts, and keeps weights near equal
        rescaled         m - lower: the same with the scale's lowest point at zero
        median           the median
        trimmed          mean without the ``trim`` lowest and ``trim`` highest share of the answers, each rounded down
        geometric        geometric mean
        ipsative         mean over experts of x divided by that expert's mean: each expert gives out the same total
        rank_sum         k + 1 - r, where r is the rank of m, largest first
        rank_reciprocal  1 / r
        roc              rank order centroid, sum of 1 / j over j = r..k
        shrunk           mean of all m + lambda (m - mean of all m), lambda = ICC(3,k): the panel's own reliability
                         says how far weights may leave equality
        ================ ==============================================================================================
    lower : float
        Lowest point of the scale, such as 1. Needed by "rescaled", read by no other method.
    trim : float
        Share cut off at each end by "trimmed": at least 0 and less than 0.5.

    Returns
    -------
    Series
        Weight by item in the order of the columns, 1 in sum. No NaN. One item weighs 1.

    Raises
    ------
    DataError
        An item that nobody rated (:func:`fill_unrated` gives it its task's mean), an expert or item that stands twice,
        an entry that is no finite number, a rating below 0 (below `lower` under "rescaled", 0 or less under
        "geometric"; ranks and "equal" take any number), weights of 0 in sum, an expert who rated everything 0 under
        "ipsative", fewer than two experts who rated every item under "shrunk" (all other methods take one), an unknown
        method, a missing `lower`, an impossible `trim`.

    Notes
    -----
    Missing answers: available cases, item by item; an item's centre is that of the experts who rated it. Lenient
    experts who skip an item thus lower it; :func:`severity_check` shows by how much. "ipsative" divides by the expert's
    mean over the items that he or she did rate, and is the mean of shares where there is no gap.

    Ranks are those of the group, taken from the means; tied items share the mean of the weights of their ranks.
    Rank sum and reciprocal: Stillwell, Seaver and Edwards (1981), doi:10.1016/0030-5073(81)90015-5; centroid: Barron
    and Barrett (1996), doi:10.1287/mnsc.42.11.1515.

    ``lambda = 1 - MS_error / MS_items`` of the two-way table of the experts who rated every item, which is ICC(3,k) of
    Shrout and Fleiss (1979), doi:10.1037/0033-2909.86.2.420, with items as targets, held within 0 and 1 (0 where all
    items have the same mean); m is taken from all answers. It is the best linear prediction in the additive model of
    random items and experts: Robinson (1991), doi:10.1214/ss/1177011926.
    """
    panel, weigh = _panel(ratings, method, lower=lower, trim=trim)
    return Series(weigh(np.ones((1, len(panel))))[0], index=panel.columns, name="weight")


def fill_unrated(ratings: DataFrame, groups: Series, group_ratings: DataFrame | None = None) -> tuple[DataFrame, list]:
    """Give items that nobody rated the mean of their siblings, and say which they are.

    Parameters
    ----------
    ratings : DataFrame
        Rows = experts, columns = items. NaN = no answer.
    groups : Series
        Task by item; siblings are items of one task.
    group_ratings : DataFrame, optional
        Rows = experts, columns = tasks: the panel's ratings of the tasks themselves, for tasks none of whose items
        was rated.

    Returns
    -------
    filled : DataFrame
        `ratings` with a column of answers where there was none, so that every method and interval of this room takes
        it: the expert's own mean over the siblings (or own rating of the task), where an answer that is missing there
        counts as the mean of those who gave it. The column's mean is the mean of the siblings' means exactly. Other
        gaps stay gaps; an expert without any answer stays without.
    items : list
        The items filled, in the order of the columns: to be flagged and counted wherever their weights are shown.

    Raises
    ------
    DataError
        An item without task, a task of which neither an item nor itself was rated, an entry that is no finite number.

    Notes
    -----
    An average of siblings varies less between experts than a rating, so the intervals of filled items come out narrow.
    """
    x = _numbers(ratings)
    tasks = _numbers(DataFrame(index=x.index) if group_ratings is None else group_ratings).reindex(x.index)
    of, unrated, filled = groups.reindex(x.columns), x.columns[x.isna().all()], x.copy()
    refuse(x.columns[of.isna()], "weighting.no_task", "항목 '{}'")
    for item in unrated:
        siblings = x.loc[:, (of == of[item]) & x.notna().any()]
        source = tasks.loc[:, tasks.columns == of[item]].dropna(axis=1, how="all") if siblings.empty else siblings
        require(not source.empty, "weighting.unrated_task", f"항목 '{item}'", task=of[item])
        filled[item] = source.fillna(source.mean()).mean(axis=1).where(x.notna().any(axis=1))
    return filled, list(unrated)


# --- what the panel leaves open -------------------------------------------------------------------------------------


def weight_intervals(
    ratings: DataFrame, method: str = "mean", level: float = 0.95, how: str = "delta", **options: float
) -> DataFrame:
    """Weights with the interval that similar experts, had they been asked instead, would have left them in.

    Parameters
    ----------
    ratings, method, **options
        As in :func:`weights_from_ratings` (`lower` and `trim`) and :func:`bootstrap_weights` (`draws` and `seed`, read
        by "bootstrap" alone).
    level : float
        Between 0 and 1.
    how : {"delta", "bootstrap"}
        "delta" is fast and needs no seed, but holds only for methods that are means over experts: those of `SMOOTH`.

    Returns
    -------
    DataFrame
        Rows = items, columns weight, se (standard error), lower, upper, all shares of 1. No NaN. Each interval holds
        for its item alone. Under "bootstrap" lower and upper are the percentiles of the draws.

    Raises
    ------
    DataError
        As the two functions named; fewer than two experts; under "delta" a method that is no mean and an item with one
        answer, whose spread cannot be known; a level outside 0 to 1.

    Notes
    -----
    For weights ``w_i = m_i / M``, M the sum of the means, expert e moves ``w_i`` by the influence
    ``(x_ei - w_i sum_j x_ej) / M``, and the standard error is ``sd / sqrt(n)`` of these over the n experts; a gap moves
    nothing, and an answer counts n / n_i where n_i experts rated the item. The sd divides by n - 1: the mean over
    experts has been taken from the same answers, and with 30 of them n would make the interval 1.7 % too short, as the
    bootstrap does. The interval is normal, cut at 0 and 1. Influence: Hampel (1974),
    doi:10.1080/01621459.1974.10482962.
    """
    known = ("delta", "bootstrap") if method in SMOOTH else ("bootstrap",)
    _require_one_of(known, how, f"{method} 가중치의 구간(how)")
    require(0 < level < 1, "weighting.level", "신뢰수준(level)", level=level)
    sampling = {name: options.pop(name) for name in ("draws", "seed") if name in options}
    weights, tails = weights_from_ratings(ratings, method, **options), [(1 - level) / 2, (1 + level) / 2]
    if how == "bootstrap":
        drawn = bootstrap_weights(ratings, method, **sampling, **options)
        error, ends = drawn.std(), drawn.quantile(tails).to_numpy()
    else:
        panel, weigh = _panel(ratings, method, experts=2, **options)
        refuse(panel.columns[panel.count() < 2], "weighting.few_answers", "항목 '{}'", count=panel.count())
        # What each expert moves, by a complex step: a derivative to the last digit (doi:10.1137/S003614459631241X).
        moved = weigh(1 + 1e-20j * np.eye(len(panel))).imag / 1e-20
        error = moved.std(axis=0, ddof=1) * np.sqrt(len(panel))
        ends = np.clip(weights.to_numpy() + np.outer(scipy.stats.norm.ppf(tails), error), 0, 1)
    return DataFrame({"weight": weights, "se": error, "lower": ends[0], "upper": ends[1]})


def bootstrap_weights(
    ratings: DataFrame, method: str = "mean", draws: int = 10_000, seed: int | None = None, **options: float
) -> DataFrame:
    """Weights of panels drawn from the panel: whole experts with replacement, each with all of his or her answers.

    Parameters
    ----------
    ratings, method, **options
        As in :func:`weights_from_ratings`; the options are `lower` and `trim`.
    draws : int
        How many panels, at least 2; each is as large as the panel.
    seed : int
        Must be given; 0 is a seed. The same seed draws the same panels for every method, so methods can be compared
        draw by draw.

    Returns
    -------
    DataFrame
        Rows = draws, columns = items; each row sums to 1. No NaN.

    Raises
    ------
    DataError
        As :func:`weights_from_ratings`; fewer than two experts, no seed, too few draws; an item that only one expert
        rated; a drawn panel in which too few rated all for "shrunk".

    Notes
    -----
    A panel in which nobody rated some item has no weights, and another is drawn in its place.
    Efron (1979), doi:10.1214/aos/1176344552; of a Delphi panel: Akins, Tolson and Cole (2005),
    doi:10.1186/1471-2288-5-37. Experts are exchangeable, so a draw is how often each was taken.
    """
    panel, weigh = _panel(ratings, method, experts=2, **options)
    for name, given, least in (("표집 횟수(draws)", draws, 2), ("난수 씨앗(seed)", seed, 0)):
        fine = isinstance(given, int | np.integer) and not isinstance(given, bool) and given >= least
        require(fine, "weighting.no_count", name, given=given, least=least)
    n, answered, random = len(panel), panel.notna().to_numpy(), np.random.default_rng(seed)
    counts = np.zeros((draws, n))
    refuse(panel.columns[answered.sum(axis=0) < 2], "weighting.few_answers", "항목 '{}'", count=panel.count())
    while (empty := (counts @ answered == 0).any(axis=1)).any():
        counts[empty] = random.multinomial(n, np.full(n, 1 / n), size=empty.sum())
    return DataFrame(weigh(counts), columns=panel.columns)


def rank_probabilities(draws: DataFrame) -> DataFrame:
    """How often each item came first, second, third, ... among the draws.

    Parameters
    ----------
    draws : DataFrame
        Rows = draws, columns = items, as :func:`bootstrap_weights` returns it.

    Returns
    -------
    DataFrame
        Rows = items, columns = ranks 1..k, 1 = heaviest. Rows and columns sum to 1: items that tie in a draw share
        their ranks evenly. Added up from the left it is the chance to be among the first so many.

    Notes
    -----
    Rank acceptability as in Lahdelma, Hokkanen and Salminen (1998), doi:10.1016/S0377-2217(97)00163-X. A row can be
    read aloud ("first in 40 of 100 panels"), which a table of all pairs cannot; the pairs that matter to a ranked list
    are in :func:`ahead_of_next`.
    """
    first, last = _ranks(draws.to_numpy(dtype=float))
    ranks = pd.RangeIndex(1, draws.shape[1] + 1, name="rank")
    share = 1 / (last - first + 1)
    shares = [np.where((first <= r) & (r <= last), share, 0.0).mean(axis=0) for r in ranks]
    return DataFrame(np.transpose(shares), index=draws.columns, columns=ranks)


def ahead_of_next(draws: DataFrame) -> DataFrame:
    """How sure the order of neighbours in the ranked list is.

    Parameters
    ----------
    draws : DataFrame
        As in :func:`rank_probabilities`.

    Returns
    -------
    DataFrame
        Rows = items by mean weight, largest first, without the last; columns ``next`` (the item below it) and
        ``probability`` (share of draws in which it outweighs that item; a tie counts half).
    """
    order = draws.mean().sort_values(ascending=False, kind="stable").index
    lead = np.sign(-np.diff(draws[order].to_numpy(dtype=float), axis=1).round(12))
    return DataFrame({"next": order[1:], "probability": (lead.mean(axis=0) + 1) / 2}, index=order[:-1])


def leave_one_expert_out(ratings: DataFrame, method: str = "mean", **options: float) -> Series:
    """How far the weights move when one expert's answers are left out.

    Parameters
    ----------
    ratings, method, **options
        As in :func:`weights_from_ratings`; the options are `lower` and `trim`.

    Returns
    -------
    Series
        Total variation distance by expert, half the sum of absolute differences: the share of weight that changes
        hands, 0 to 1. Experts without any answer have no row. It flags; it deletes nobody.

    Raises
    ------
    DataError
        As :func:`weights_from_ratings`; fewer than two experts, or an item that only one of them rated.
    """
    panel, weigh = _panel(ratings, method, experts=2, **options)
    moved = weigh(1 - np.eye(len(panel))) - weigh(np.ones((1, len(panel))))
    return Series(np.abs(moved).sum(axis=1) / 2, index=panel.index, name="distance")


def weights_by_group(ratings: DataFrame, groups: Series, method: str, **options) -> tuple[DataFrame, Series]:
    """Weights of each group of experts, none for one of fewer than `FEWEST`: its members could be read off.

    Parameters
    ----------
    ratings, method, **options
        As in :func:`weights_from_ratings`; the options are `lower` and `trim`.
    groups : Series
        Group by expert, such as 학계, 현장, 당사자, 공무원.

    Returns
    -------
    weights : DataFrame
        Rows = items, columns = groups in the order in which they first appear; each sums to 1. May have no column.
    left_out : Series
        Number of experts of each group left out. Where it is one group alone, whoever knows the weights of the whole
        panel can work its weights out: leave out the next smallest as well before printing both.

    Raises
    ------
    DataError
        As :func:`weights_from_ratings`, naming the group; an expert without group.
    """
    answers = _numbers(ratings).dropna(how="all")
    of = groups.reindex(answers.index)
    refuse(answers.index[of.isna()], "weighting.no_group", "전문가 {}")
    sizes, weights = of.value_counts(sort=False).rename("experts"), {}
    for group in sizes.index[sizes >= FEWEST]:
        try:
            weights[group] = weights_from_ratings(answers[of == group], method, **options)
        except DataError as told:
            raise told.at(f"집단 '{group}', {told.where}") from told
    return DataFrame(weights, index=answers.columns), sizes[sizes < FEWEST]


def severity_check(ratings: DataFrame) -> tuple[DataFrame, Series]:
    """Mean weights beside those of a mixed model that allows for severe and lenient experts.

    Parameters
    ----------
    ratings : DataFrame
        As in :func:`weights_from_ratings`.

    Returns
    -------
    weights : DataFrame
        Rows = items, columns ``mean`` (:func:`weights_from_ratings`) and ``adjusted``. They differ only where answers
        are missing: without a gap every expert is in every mean, and severity drops out.
    severity : Series
        By expert, in points of the scale: how far above (lenient) or below (severe) the panel. Predictions, so drawn
        towards 0; all 0 where experts do not differ.

    Raises
    ------
    DataError
        As :func:`weights_from_ratings`; fewer than two experts or items, or a fit that did not converge (such as one to
        answers that do not vary, or that experts and items explain to the last digit).

    Notes
    -----
    ``x_ei = t_i + b_e + error``, items fixed, experts random, by restricted maximum likelihood (statsmodels MixedLM).
    Laird and Ware (1982), doi:10.2307/2529876. The adjusted weights are the ``t_i`` divided by their sum. The fit is
    iterative: five digits are alike everywhere, not twelve, so it is a check to look at and not a weight to hand on.
    """
    from statsmodels.regression.mixed_linear_model import MixedLM  # here, as it takes seconds and few callers need it

    panel, _ = _panel(ratings, "mean", experts=2)
    expert, item = np.nonzero(panel.notna().to_numpy())
    model = MixedLM(panel.to_numpy()[expert, item], np.eye(panel.shape[1])[item], groups=expert)
    try:
        # Of retries and of a variance of 0: `converged` and the severities say both.
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            fit = model.fit(reml=True)
        fine = panel.shape[1] > 1 and fit.converged and fit.scale > EDGE and np.isfinite(fit.fe_params).all()
    except (np.linalg.LinAlgError, ValueError):
        fine = False
    require(fine, "weighting.not_converged", "관대·엄격 보정")
    adjusted = _shares(Series(fit.fe_params, index=panel.columns), panel.columns)
    severity = [float(fit.random_effects[e].iloc[0]) for e in range(len(panel))]
    table = DataFrame({"mean": weights_from_ratings(panel, "mean"), "adjusted": adjusted})
    return table, Series(severity, index=panel.index, name="severity")


# --- weights asked for directly -------------------------------------------------------------------------------------


class AhpWeights(NamedTuple):
    """Weights from pairwise comparisons and how consistent these are; see :func:`ahp_weights`."""

    weights: Series
    lambda_max: float
    ci: float
    cr: float
    random_index: str


def ahp_weights(matrix: DataFrame, method: str = "eigenvector", random_index: str = "saaty1980") -> AhpWeights:
    """Weights from a matrix of pairwise comparisons (analytic hierarchy process).

    Parameters
    ----------
    matrix : DataFrame
        Rows and columns = items in the same order; a cell says how many times more important its row is than its
        column. A plain array gets the labels 0, 1, ...
    method : {"eigenvector", "geometric"}
        The principal eigenvector, or the geometric means of the rows, divided by their sum. The two agree where the
        matrix is consistent, and always up to three items.
    random_index : {"saaty1980", "saaty2005", "alonso_lamata2006"}
        Table that the consistency index is divided by. They differ by over 10 % at three items, so that a ratio near
        0.10 passes by one and fails by another: name the table beside the ratio.

    Returns
    -------
    AhpWeights
        ``weights`` (Series by item, 1 in sum), ``lambda_max`` (principal eigenvalue), ``ci`` =
        (lambda_max - n) / (n - 1), ``cr`` = ci / random index, ``random_index`` (its name). The last four judge the
        matrix, so they are the same for both methods. With one or two items ci and cr are 0 by definition.

    Raises
    ------
    DataError
        Labels of rows and columns that differ, a cell that is not above 0, a cell that is not one over its mirror
        within 5 % (such as an arithmetic mean of several people's judgments: take the geometric mean, which keeps
        this), more than ten items, an unknown method or table.

    Notes
    -----
    Saaty (1977), doi:10.1016/0022-2496(77)90033-5, and (1990), doi:10.1016/0377-2217(90)90057-I; geometric means:
    Crawford and Williams (1985), doi:10.1016/0022-2496(85)90002-1; third table: Alonso and Lamata (2006),
    doi:10.1142/S0218488506004114. A ratio of up to 0.10 is customarily accepted.
    """
    _require_one_of(("eigenvector", "geometric"), method, "AHP 방법")
    _require_one_of(RANDOM_INDEX, random_index, "무작위 지수의 표")
    x, index = _numbers(DataFrame(matrix), CELLS), RANDOM_INDEX[random_index]
    rows, columns, n, most = list(x.index), list(x.columns), len(x), len(index) + 2
    fine = rows == columns and 0 < n <= most
    require(fine, "weighting.no_square", "쌍대비교 행렬", rows=rows, columns=columns, most=most)
    refuse_cells(~(x > 0), "weighting.comparison_not_above_zero", CELLS, value=x)
    refuse_cells((x * x.T - 1).abs() > RECIPROCAL, "weighting.no_reciprocal", CELLS, value=x)
    values, vectors = np.linalg.eig(x.to_numpy())
    top = int(np.argmax(values.real))
    raw = np.abs(vectors[:, top].real) if method == "eigenvector" else np.exp(np.log(x.to_numpy()).mean(axis=1))
    weights, lambda_max = Series(raw / raw.sum(), index=x.index, name="weight"), float(values[top].real)
    ci, by = ((lambda_max - n) / (n - 1), index[n - 3]) if n > 2 else (0.0, 1.0)
    return AhpWeights(weights, lambda_max, ci, ci / by, random_index)


def down_the_tree(weights: DataFrame, framework: Framework) -> DataFrame:
    """Global weights from the weights of siblings, row by row.

    Parameters
    ----------
    weights : DataFrame
        Rows = draws (or one row), columns = every node but the root. Only the proportions among siblings count, so
        the areas may stand in points and the items in mean ratings.
    framework : Framework
        Its tree; its own weights are not used.

    Returns
    -------
    DataFrame
        Same rows and columns: each node's share among its siblings times its parent's. Leaves sum to 1.

    Raises
    ------
    DataError
        A node without a column, a weight that is missing, negative or infinite, siblings that sum to 0.
    """
    told = weights.reindex(columns=framework.ids).astype(float)
    told[framework.root] = 1.0
    refuse(told.columns[~(np.isfinite(told) & (told >= 0)).all()], "weighting.node_weight", "지표체계 id '{}'")
    for node in framework.inner[::-1]:
        block = told[framework.children(node)]
        sums = block.sum(axis=1)
        require((sums > 0).all(), "weighting.siblings_zero", f"지표체계 id '{node}'")
        told[block.columns] = block.div(sums, axis=0).mul(told[node], axis=0)
    return told[weights.columns]


def panel_weights(
    importance: DataFrame, points: DataFrame, framework: Framework, method: str, draws: int, seed: int, areas: str
) -> tuple[DataFrame, list, DataFrame]:
    """Global weights of every node below the root from a panel, with how far they hang on who was asked.

    Parameters
    ----------
    importance : DataFrame
        Rows = experts, columns = tasks and indicators (any of them), ratings of importance.
    points : DataFrame
        Rows = experts, columns = areas: 100 points divided. Empty = the areas were not asked: see `areas`.
    framework : Framework
        Tree, and the weights in force.
    method : {"mean", "median", "trimmed", "geometric"}
        The centre of an item's ratings; the rules that compare all items at once do not fit a tree.
    draws, seed
        Bootstrap of whole experts, the same experts for every node.
    areas : {"in_force", "equal", "tasks", "children"}
        What areas weigh that no expert divided points over: as `framework` says, all the same, or as the ratings of their
        tasks or of their indicators sum up. The last rewards areas with many indicators, the one before with many tasks.

    Returns
    -------
    weights : DataFrame
        By node id (areas, tasks, indicators in the framework's order): in_force, expert, lower, upper (global, the
        leaves sum to 1; the interval holds 95 % of the draws), filled (True: nobody rated it, or only one expert, see :func:`fill_unrated`).
    filled : list
        The indicators that were filled.
    spread : DataFrame
        Rows = draws, columns = nodes: the global weights that the intervals rest on, for :func:`ahead_of_next`.

    Notes
    -----
    The interval reads: if similar experts had been asked. A chosen panel is no sample of anything.
    """
    _require_one_of(("mean", "median", "trimmed", "geometric"), method, "가중치 방법")
    tasks, leaves = framework.at_level(2), framework.leaves
    groups = Series({leaf: framework.ancestor(leaf, framework.level(leaf) - 1) for leaf in leaves})
    importance = importance.loc[:, importance.count() > 1]  # one expert is no panel, and has no interval
    rated, filled = fill_unrated(importance.reindex(columns=leaves), groups, importance.reindex(columns=tasks))
    in_force, items = framework.global_weights(), pd.concat([importance.reindex(columns=tasks), rated], axis=1)
    if points.empty:
        _require_one_of(AREAS, areas, "영역 가중치의 규칙")
        level_1 = framework.at_level(1)
        same = {"equal": Series(1.0, level_1), "in_force": in_force[level_1]}.get(areas)
        below = items[tasks if areas == "tasks" else leaves]
        by_area = below.fillna(below.mean()).T.groupby([framework.ancestor(i, 1) for i in below], sort=False).sum().T
        points = by_area if same is None else DataFrame([same] * len(items), index=items.index)
    table = pd.concat([points, items], axis=1)
    told = down_the_tree(weights_from_ratings(table, method).to_frame().T, framework).iloc[0]
    spread = down_the_tree(bootstrap_weights(table, method, draws, seed), framework)
    low, high = (spread.quantile(q) for q in (0.025, 0.975))
    weights = DataFrame({"in_force": in_force, "expert": told, "lower": low, "upper": high}, framework.ids)
    weights = weights.drop(framework.root)
    return weights.assign(filled=weights.index.isin(filled)), filled, spread[weights.index]


def largest_remainder(weights: Series, decimals: int = 1) -> Series:
    """Weights in per cent, rounded so that the printed column adds up to 100.

    Parameters
    ----------
    weights : Series
        Weights by item in any scale.
    decimals : int
        Decimals printed.

    Returns
    -------
    Series
        Per cent by item. All are rounded down, and the units left over go to the largest remainders, ties by the order
        of the table. None is a whole unit away from the exact value; printed with `decimals` they add to exactly 100.

    Raises
    ------
    DataError
        A weight that is missing, negative or infinite, or weights of 0 in sum.
    """
    total = 100 * 10**decimals
    exact = _shares(weights, weights.index) * total
    units = np.floor(exact)
    up = np.argsort(-(exact - units).round(9), kind="stable")[: int(total - units.sum())]
    units[up] += 1
    return Series(units / 10**decimals, index=weights.index, name="percent")


# --- inside, ratings ------------------------------------------------------------------------------------------------


def _require_one_of(known: Collection[str], given: str, where: str) -> None:
    require(given in known, "weighting.unknown_name", where, given=given, known=", ".join(known))


def _numbers(table: DataFrame, where: str = ANSWERS) -> DataFrame:
    """The table as float64: labels unique, every entry a finite number or a blank."""
    for labels, axis in zip((table.index, table.columns), where.replace("'", "").split(", "), strict=True):
        refuse(labels[labels.duplicated()], "weighting.twice", axis)
    return numbers(table, "weighting.no_number", where)


def _panel(ratings: DataFrame, method: str, experts: int = 1, lower: float | None = None, trim: float = 0.1) -> tuple:
    """Experts with an answer by items with one, in numbers that the method can take, and :func:`_weigh` for them."""
    _require_one_of(METHODS, method, "가중 방법")
    known = method != "rescaled" or (lower is not None and np.isfinite(lower))
    require(known, "weighting.no_lower", "척도의 최저점(lower)", lower=lower)
    require(0 <= trim < 0.5, "weighting.trim", "절사 비율(trim)", trim=trim)
    x = _numbers(ratings).dropna(how="all")
    unrated = ", ".join(map(repr, x.columns[x.isna().all()])) if x.shape[1] else "없음"
    require(not unrated, "weighting.unrated", f"항목 {unrated}")
    require(len(x) >= experts, "weighting.few_experts", "패널", given=len(x), needed=experts)
    if method == "geometric":
        refuse_cells(x <= 0, "weighting.rating_not_above_zero", ANSWERS, value=x)
    elif method not in ("equal", *BY_RANK):
        least = lower if method == "rescaled" else 0
        refuse_cells(x < least, "weighting.rating_below", ANSWERS, value=x, method=method, least=least)
    refuse(x.index[(x.sum(axis=1) == 0) & (method == "ipsative")], "weighting.all_zero", "전문가 {}")
    return x, partial(_weigh, x, method, lower, trim)


def _weigh(panel: DataFrame, method: str, lower: float | None, trim: float, counts: np.ndarray) -> np.ndarray:
    """Weights, rows = panels, columns = items; a row of `counts` says how often each expert sits on that panel."""
    x = SCORED.get(method, SCORED["mean"])(panel.to_numpy(), lower)
    answered = ~np.isnan(x)
    n = counts @ answered
    refuse(panel.columns[(n == 0).any(axis=0)], "weighting.few_answers", "항목 '{}'", count=panel.count())
    if method in ("median", "trimmed"):
        share = trim if method == "trimmed" else 0.5
        centre = _middle_means(x, counts, n, np.minimum(np.floor(share * n + EDGE), (n - 1) // 2))
    else:
        centre = counts @ np.where(answered, x, 0.0) / n
    if method in BY_RANK:
        first, last = _ranks(centre)
        upto = np.append(0.0, BY_RANK[method](np.arange(1.0, x.shape[1] + 1)).cumsum())
        return (upto[last] - upto[first - 1]) / (last - first + 1) / upto[-1]
    if method == "geometric":
        centre = np.exp(centre)
    if method == "shrunk":
        middle = centre.mean(axis=1, keepdims=True)
        centre = middle + _reliability(x, counts)[:, None] * (centre - middle)
    total = centre.sum(axis=1, keepdims=True)
    require((total > 0).all(), "weighting.ratings_zero", f"{method} 가중치")
    return centre / total


def _middle_means(x: np.ndarray, counts: np.ndarray, n: np.ndarray, cut: np.ndarray) -> np.ndarray:
    """Means of the answers left after the `cut` lowest and highest of each panel and item."""
    means, seats = np.empty_like(n), np.ascontiguousarray(counts.T)
    for item, answers in enumerate(x.T):
        order = np.argsort(answers)[: np.count_nonzero(~np.isnan(answers))]  # gaps sort last
        upto = seats[order].cumsum(axis=0)
        kept = np.diff(np.clip(upto, cut[:, item], n[:, item] - cut[:, item]), axis=0, prepend=cut[:, item][None])
        means[:, item] = answers[order] @ kept / kept.sum(axis=0)
    return means


def _ranks(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last rank of each value in its row, largest first; values alike but for the last bits share both."""
    alike = -values.round(12)
    return tuple(scipy.stats.rankdata(alike, which, axis=1).astype(int) for which in ("min", "max"))


def _reliability(x: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """ICC(3,k) of each panel, from the experts who rated every item."""
    complete = ~np.isnan(x).any(axis=1)
    x, counts = x[complete], counts[:, complete]
    n = counts.sum(axis=1)
    require((n >= 2).all(), "weighting.few_complete", "shrunk 가중치", complete=len(x))
    x = x - x.mean(axis=1, keepdims=True)  # what is left varies between items and by error alone
    between = n * ((counts @ x / n[:, None]) ** 2).sum(axis=1)
    error = counts @ (x**2).sum(axis=1) - between
    ratio = np.divide(error, (n - 1) * between, out=np.ones_like(n), where=between > 0)
    return np.clip(1 - ratio, 0.0, 1.0)
