"""What published, rounded indices imply about the weights behind them: rules that fit, weights that are attainable.

An index printed with one decimal is known to half a unit of that decimal, so weights follow from it only as a set.
This room describes the set; it never picks one member and calls it the weights.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import numpy as np
import pandas as pd
from scipy.linalg import helmert
from scipy.optimize import linprog, nnls

from dongheng.errors import DataError
from dongheng.framework import Framework

PRINTED, WHOLE = 0.05, 0.5  # half a unit of the last digit: of an index printed with one decimal, of an integer
EDGE = 1e-9  # an index that lies on the edge of its interval lies in it, whatever the last bit says
RULES = {
    "indicator_counts": ("indicator_counts", "arithmetic"),
    "task_counts": ("task_counts", "arithmetic"),
    "equal_areas": ("equal_areas", "arithmetic"),
    "indicator_counts_geometric": ("indicator_counts", "geometric"),
}


# --- the published figures ------------------------------------------------------------------------------------------


def published_by_area(
    published: pd.DataFrame, framework: Framework, years: list[int]
) -> tuple[pd.DataFrame, pd.Series]:
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
    for row in told[told.duplicated(["year", "node_id"])].itertuples():
        raise DataError(
            f"공표 지수 {row.year}년 {row.node_id}",
            "두 번 있는데",
            "연도와 영역마다 하나여야 하므로",
            "채택한 값 하나만 남겨 주십시오",
        )
    nodes = framework.at_level(1) + [framework.root]
    wide = told.pivot(index="year", columns="node_id", values="value").reindex(columns=nodes).astype(float)
    wide = wide.dropna().sort_index().rename_axis(columns=None)
    if wide.empty:
        raise DataError(
            f"공표 지수 {', '.join(map(str, years))}년",
            "종합지수와 모든 영역지수가 함께 있는 해가 없는데",
            "그런 해가 하나는 있어야 가중치를 견주어 볼 수 있으므로",
            "published_indices.csv에 빠진 지수를 적어 주십시오",
        )
    return wide[framework.at_level(1)], wide[framework.root].rename("composite")


def readings(composites: pd.Series) -> pd.DataFrame:
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
    rows = {"printed": np.full(len(composites), PRINTED)}
    if whole.any():
        rows["whole"] = np.where(whole, WHOLE, PRINTED)
    return pd.DataFrame.from_dict(rows, orient="index", columns=composites.index)


# --- simple rules ---------------------------------------------------------------------------------------------------


def simple_rules(framework: Framework) -> pd.DataFrame:
    """Weights of the areas under the rules that need no survey.

    Returns
    -------
    DataFrame
        Rows = area ids, columns ``indicator_counts`` (all indicators weigh the same), ``task_counts`` (all tasks do;
        a task is a node right below an area) and ``equal_areas``. Each column sums to 1.
    """
    areas = framework.at_level(1)
    counts = pd.DataFrame(
        {
            "indicator_counts": [len(framework.leaves_below(area)) for area in areas],
            "task_counts": [len(framework.children(area)) or 1 for area in areas],
            "equal_areas": 1,
        },
        index=pd.Index(areas, name="area_id"),
        dtype=float,
    )
    return counts / counts.sum()


def rule_interval(
    areas: pd.DataFrame, weights: pd.Series, how: str = "arithmetic", half_width: float = PRINTED
) -> pd.DataFrame:
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
    if how not in ("arithmetic", "geometric"):
        raise DataError("집계 방법", f"'{how}'인데", "arithmetic이나 geometric이어야 하므로", "이름을 고쳐 주십시오")
    if not half_width >= 0:
        _refuse_width()
    if how == "geometric" and (areas <= half_width).to_numpy().any():
        raise DataError(
            "영역지수",
            f"{areas.min().min():g}인 것이 있는데",
            "기하평균은 0보다 큰 수에만 쓸 수 있으므로",
            "지수를 확인하거나 arithmetic을 쓰십시오",
        )
    ends = {"recomputed": 0.0, "lower": -half_width, "upper": half_width}
    return pd.DataFrame({end: _mean(areas + shift, w, how) for end, shift in ends.items()}, index=areas.index)


def fit_rules(
    areas: pd.DataFrame, composites: pd.Series, framework: Framework, half_width: float = PRINTED
) -> pd.DataFrame:
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
    weights, parts = simple_rules(framework), []
    for rule, (column, how) in RULES.items():
        interval = rule_interval(areas, weights[column], how, half_width)
        parts += [_compare(interval, composites, rule=rule)]
    return pd.concat(parts, ignore_index=True)


def rules_that_fit(fits: pd.DataFrame) -> pd.DataFrame:
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
    rows = []
    for reading in fits["reading"].unique():
        # A year that this reading reads like any other stands under "printed".
        read = pd.concat([fits[fits["reading"] == reading], fits[fits["reading"] == "printed"]])
        read = read.drop_duplicates(["rule", "year"]).groupby("rule", sort=False)["fits"]
        counted = pd.DataFrame({"years": read.size(), "fitting": read.sum().astype(int)}).reindex(fits["rule"].unique())
        counted["fits"] = counted["fitting"] == counted["years"]
        rows.append(counted.rename_axis("rule").reset_index().assign(reading=reading))
    return pd.concat(rows, ignore_index=True)[["rule", "reading", "years", "fitting", "fits"]]


# --- all weights that fit -------------------------------------------------------------------------------------------


def attainable_weights(
    parts: pd.DataFrame,
    whole: pd.Series,
    whole_half_width: float | pd.Series = PRINTED,
    part_half_width: float = PRINTED,
) -> pd.DataFrame:
    """Least and greatest weight that each part can have in a published arithmetic mean.

    Parameters
    ----------
    parts : DataFrame
        Rows = years, columns = part ids: the areas of the composite, or the indicators of an area.
    whole : Series
        The published mean by year; years without a row in `parts` are not used.
    whole_half_width : float or Series by year
        How far the mean may lie from its printed value.
    part_half_width : float
        How far each part may lie from its printed value; 0 for parts that were not rounded.

    Returns
    -------
    DataFrame
        Rows = part ids, columns lower, upper, to 12 decimals. No NaN. Each range holds for its part alone: weights
        taken from two ranges at will need not fit together.

    Raises
    ------
    DataError
        A missing index, a year without mean, an impossible half-width; no weights at all that give the means.

    Notes
    -----
    Sought are weights ``w >= 0``, ``sum(w) = 1``, the same in every year t, and errors ``e`` of the parts with
    ``abs(e[t, k]) <= h`` and ``abs(sum_k w[k] * (a[t, k] + e[t, k]) - c[t]) <= H[t]``. Weights and errors are
    multiplied, but the errors drop out without approximation: for such weights ``sum_k w[k] * e[t, k]`` takes every
    value from -h to h and no other (the ends where all errors are -h or h), and each year has errors of its own, so
    that no year's choice binds another's. What is left is linear, ``abs(sum_k w[k] * a[t, k] - c[t]) <= h + H[t]``,
    and each end of each range is one linear program. Such bounds are those of a partially identified parameter.

    Solved by HiGHS: Huangfu and Hall (2018), doi:10.1007/s12532-017-0130-5.
    """
    distance, slack = _constraints(parts, whole, whole_half_width, part_half_width)
    found = _ranges(distance, slack)
    if found is None:
        _refuse_infeasible(whole)
    return pd.DataFrame(found, index=parts.columns, columns=["lower", "upper"])


def nearest_weights(
    target: pd.Series,
    parts: pd.DataFrame,
    whole: pd.Series,
    whole_half_width: float | pd.Series = PRINTED,
    part_half_width: float = PRINTED,
) -> pd.Series:
    """Among the weights that give the published means, the ones nearest to `target` by least squares.

    Parameters
    ----------
    target : Series
        Weight by part id, in any order and scale.
    parts, whole, whole_half_width, part_half_width
        As in :func:`attainable_weights`.

    Returns
    -------
    Series
        Weight by part id to 12 decimals, 1 in sum; the target itself where it fits. No NaN.

    Raises
    ------
    DataError
        As :func:`attainable_weights`, and a part without target or a target without part.

    Notes
    -----
    The set of weights that fit is convex (see :func:`attainable_weights`), so the nearest point is one and only one.
    With ``w = target + H'y``, H the Helmert matrix (orthonormal rows that sum to 0), it is a least distance problem,
    ``min |y|`` under ``G y >= g``, which Lawson and Hanson (1995), Solving Least Squares Problems,
    doi:10.1137/1.9781611971217, chapter 23, turn into one non-negative least squares problem: no starting point, no
    step size.
    """
    goal = _shares(target, parts.columns)
    distance, slack = _constraints(parts, whole, whole_half_width, part_half_width)
    found = _project(goal, distance, slack)
    if found is None:
        _refuse_infeasible(whole)
    return pd.Series(found, index=parts.columns, name="weight")


def weight_ranges(
    areas: pd.DataFrame, composites: pd.Series, target: pd.Series, half_width: float = PRINTED
) -> pd.DataFrame:
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
        One row per reading of :func:`readings` and area: reading, area_id, target, lower, upper
        (:func:`attainable_weights`), inside (the target lies in that range), nearest (:func:`nearest_weights`).
        lower, upper and nearest are NaN, and inside is False, where no weights at all give the composites: a finding
        about the figures, so the table says it and nothing stops.

    Raises
    ------
    DataError
        A missing index, a year without composite, an area without target or a target without area.
    """
    rows = readings(composites.reindex(areas.index))
    parts = [_ranges_and_nearest(areas, composites, half, target, half_width) for _, half in rows.iterrows()]
    return pd.concat(parts, keys=rows.index, names=["reading", "area_id"]).reset_index()


# --- what one indicator did -----------------------------------------------------------------------------------------


def index_without(splits: pd.DataFrame, published: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
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
        to_year, node_id, item, weight (within the node), index (published, of to_year), change (of the index),
        contribution, lower, upper (as in `splits`), share, share_lower, share_upper (of the change), without,
        without_lower, without_upper (the index of to_year with the indicator left out and the others' weights scaled
        up). The bounds are NaN unless a source gave a range; a share is NaN where the index did not change, and both
        share and ``without`` where it was not obtained; ``without`` is NaN where the indicator is the node's only
        one. The rounding of the published index is in none of the bounds.

    Notes
    -----
    Under the arithmetic mean ``c = w s + (1 - w) r``, so the others' mean is ``r = (c - w s) / (1 - w)``: an index
    with one indicator left out although the others were never obtained.
    """
    known = splits[splits["item"].isin(scores["indicator_id"])]
    table = known[["from_year", "to_year", "node_id", "item", "weight"]].reset_index(drop=True)
    index = published.set_index(["year", "node_id"])["value"]
    score = scores.set_index(["indicator_id", "year"])
    then, now = (_looked_up(index, table[year], table["node_id"]) for year in ("from_year", "to_year"))
    table["index"], table["change"] = now, now - then
    table[["contribution", "lower", "upper"]] = known[["contribution", "lower", "upper"]].to_numpy(dtype=float)
    change = table["change"].where(table["change"].abs() > EDGE)
    table["share"] = table["contribution"] / change
    ends = table[["lower", "upper"]].div(change, axis=0)
    table["share_lower"], table["share_upper"] = ends.min(axis=1), ends.max(axis=1)
    left = (1 - table["weight"]).where(table["weight"] < 1 - EDGE)
    for name, bound in (("without", "score"), ("without_lower", "score_upper"), ("without_upper", "score_lower")):
        table[name] = (now - table["weight"] * _looked_up(score[bound], table["item"], table["to_year"])) / left
    return table


# --- when every value is there --------------------------------------------------------------------------------------


def fit_equal_weights(scores: pd.DataFrame, published: pd.DataFrame, framework: Framework) -> pd.DataFrame:
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
    rows = [_no_comparison()]
    for node, below, index in _nodes_with_index(scores, published, framework):
        mean = _mean(below, _shares(pd.Series(1.0, below.columns), below.columns), "arithmetic")
        interval = pd.DataFrame({"recomputed": mean, "lower": mean, "upper": mean}, index=below.index)
        rows.append(_compare(interval, index, both=node == framework.root, node_id=node))
    return pd.concat(rows[1:] or rows, ignore_index=True)


def indicator_weight_ranges(scores: pd.DataFrame, published: pd.DataFrame, framework: Framework) -> pd.DataFrame:
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
    parts = []
    for node, below, index in _nodes_with_index(scores, published, framework):
        equal = pd.Series(1.0, below.columns)
        for reading, half in readings(index).iterrows():
            if reading == "printed" or node == framework.root:
                found = _ranges_and_nearest(below, index, half, equal, 0.0).rename(columns={"target": "equal"})
                found = found.rename_axis("item").reset_index()
                found.insert(0, "reading", reading)
                found.insert(0, "node_id", node)
                parts.append(found)
    columns = ["node_id", "reading", "item", "equal", "lower", "upper", "inside", "nearest"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


# --- inside ---------------------------------------------------------------------------------------------------------


def _mean(parts: pd.DataFrame, weights: np.ndarray, how: str) -> np.ndarray:
    """Weighted mean by row, added up part by part: no row depends on the other rows."""
    columns = [parts[part].to_numpy(dtype=float) for part in parts.columns]
    if how == "geometric":
        return np.exp(sum(w * np.log(column) for w, column in zip(weights, columns, strict=True)))
    return sum(w * column for w, column in zip(weights, columns, strict=True))


def _compare(interval: pd.DataFrame, published: pd.Series, both: bool = True, **labels) -> pd.DataFrame:
    """A recomputed interval against the published index, year by year and reading by reading."""
    told = published.reindex(interval.index).astype(float)
    half = readings(told)
    rows = []
    for year in interval.index:
        for reading in half.index if both else half.index[:1]:
            if reading == "printed" or half.at[reading, year] != half.at["printed", year]:
                low, high = interval.at[year, "lower"], interval.at[year, "upper"]
                value, width = told[year], half.at[reading, year]
                rows.append(
                    labels
                    | {"year": year, "reading": reading}
                    | interval.loc[year].to_dict()
                    | {"published": value, "half_width": width, "difference": value - interval.at[year, "recomputed"]}
                    | {"fits": bool(low - EDGE <= value + width and value - width <= high + EDGE)}
                )
    return pd.DataFrame(rows)


def _no_comparison() -> pd.DataFrame:
    columns = "node_id year reading recomputed lower upper published half_width difference fits"
    return pd.DataFrame(columns=columns.split())


def _nodes_with_index(
    scores: pd.DataFrame, published: pd.DataFrame, framework: Framework
) -> Iterator[tuple[Hashable, pd.DataFrame, pd.Series]]:
    """Composite and areas with the scores below them, in the years of which the index was obtained."""
    for leaf in framework.leaves:
        if leaf not in scores.columns:
            raise DataError(f"지표 {leaf}", "점수 칸이 없는데", "지표마다 점수가 있어야 하므로", "점수를 넣어 주십시오")
    _refuse_gaps(scores[framework.leaves], what="지표")
    index = published.dropna(subset="value").set_index(["node_id", "year"])["value"]
    for node in [framework.root, *framework.at_level(1)]:
        years = [year for year in scores.index if (node, year) in index.index]
        if years:
            yield (
                node,
                scores.loc[years, framework.leaves_below(node)],
                pd.Series([index[node, y] for y in years], index=years, dtype=float),
            )


def _looked_up(series: pd.Series, *keys: pd.Series) -> np.ndarray:
    return series.reindex(pd.MultiIndex.from_arrays(keys)).to_numpy(dtype=float)


def _shares(weights: pd.Series, ids: pd.Index) -> np.ndarray:
    """Weights in the order of the ids, 1 in sum; each id has one and nobody else has."""
    for part in ids.difference(weights.dropna().index, sort=False):
        raise DataError(f"'{part}'", "가중치가 없는데", "항목마다 가중치가 있어야 하므로", "가중치를 넣어 주십시오")
    for part in weights.index.difference(ids, sort=False):
        raise DataError(
            f"'{part}'", "가중치는 있고 지수가 없는데", "둘은 같은 항목의 것이어야 하므로", "지수를 넣거나 빼 주십시오"
        )
    given = weights.reindex(ids).to_numpy(dtype=float)
    if not np.isfinite(given).all() or (given < 0).any() or not given.sum() > 0:
        raise DataError(
            "가중치", "음수이거나 모두 0이거나 무한대인데", "0 이상이고 하나는 0보다 커야 하므로", "고쳐 주십시오"
        )
    return given / given.sum()


def _refuse_gaps(parts: pd.DataFrame, whole: pd.Series | None = None, what: str = "") -> None:
    rows, columns = np.nonzero(~np.isfinite(parts.to_numpy(dtype=float)))
    if len(rows):
        raise DataError(
            f"{parts.index[rows[0]]}년 {what}{' ' if what else ''}'{parts.columns[columns[0]]}'",
            f"값이 없거나 무한대인데(모두 {len(rows)}곳)",
            "모든 항목의 값이 있는 해만 쓸 수 있으므로",
            "값을 넣거나 그 해를 빼 주십시오",
        )
    told = None if whole is None else whole.reindex(parts.index).astype(float)
    for year in () if told is None else told.index[~np.isfinite(told)]:
        raise DataError(
            f"{year}년",
            "영역지수는 있고 종합지수가 없는데",
            "견줄 지수가 있어야 하므로",
            "종합지수를 넣거나 그 해를 빼 주십시오",
        )


def _constraints(
    parts: pd.DataFrame, whole: pd.Series, whole_half_width: float | pd.Series, part_half_width: float
) -> tuple[np.ndarray, np.ndarray]:
    """``abs(distance @ w) <= slack`` for each year: each part less the mean, and what rounding allows."""
    _refuse_gaps(parts, whole)
    if parts.empty:
        raise DataError("지수 표", "한 해도 없는데", "한 해는 있어야 하므로", "지수를 넣어 주십시오")
    if isinstance(whole_half_width, pd.Series):
        whole_half_width = whole_half_width.reindex(parts.index).to_numpy(dtype=float)
    slack = np.broadcast_to(np.asarray(whole_half_width + part_half_width, dtype=float), len(parts))
    if not (np.isfinite(slack).all() and part_half_width >= 0 and np.all(np.asarray(whole_half_width) >= 0)):
        _refuse_width()
    centre = whole.reindex(parts.index).to_numpy(dtype=float)
    return parts.to_numpy(dtype=float) - centre[:, None], slack + EDGE


def _ranges_and_nearest(
    parts: pd.DataFrame, whole: pd.Series, whole_half_width: pd.Series, target: pd.Series, part_half_width: float
) -> pd.DataFrame:
    """Rows = parts; NaN where no weights fit."""
    goal = _shares(target, parts.columns)
    distance, slack = _constraints(parts, whole, whole_half_width, part_half_width)
    found = pd.DataFrame({"target": goal}, index=parts.columns)
    ranges = _ranges(distance, slack)
    found[["lower", "upper"]] = np.nan if ranges is None else ranges
    found["inside"] = (found["lower"] - EDGE <= goal) & (goal <= found["upper"] + EDGE)
    found["nearest"] = np.nan if ranges is None else _project(goal, distance, slack)
    return found


def _ranges(distance: np.ndarray, slack: np.ndarray) -> np.ndarray | None:
    """Least and greatest of each weight; None where no weights fit."""
    k = distance.shape[1]
    given = {
        "A_ub": np.vstack([distance, -distance]),
        "b_ub": np.concatenate([slack, slack]),
        "A_eq": np.ones((1, k)),
        "b_eq": [1.0],
        "bounds": (0, 1),
        "method": "highs",
        "options": {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    }
    ends = np.empty((k, 2))
    for part in range(k):
        for end, sign in enumerate((1.0, -1.0)):
            objective = np.zeros(k)
            objective[part] = sign
            result = linprog(objective, **given)
            if result.status == 2:
                return None
            if result.status:
                raise DataError(
                    "가중치의 범위",
                    f"선형계획이 '{result.message}'로 끝났는데",
                    "크기가 비슷한 지수여야 풀 수 있으므로",
                    "지수의 단위와 자릿수를 확인해 주십시오",
                )
            ends[part, end] = result.x[part]
    return np.clip(ends, 0.0, 1.0).round(12)  # solver noise around 0 would not be the same everywhere


def _project(goal: np.ndarray, distance: np.ndarray, slack: np.ndarray) -> np.ndarray | None:
    """Nearest point to `goal` in the simplex under ``abs(distance @ w) <= slack``; None where there is none."""
    k = len(goal)
    if k == 1:
        return goal if (np.abs(distance @ goal) <= slack).all() else None
    basis = helmert(k).T
    at = distance @ goal
    sides = np.vstack([np.eye(k), distance, -distance]) @ basis
    needs = np.concatenate([-goal, -slack - at, at - slack])
    lengths = np.linalg.norm(sides, axis=1)
    flat = lengths < 1e-12  # all parts equal that year: the mean is what it is, whatever the weights
    if (needs[flat] > 0).any():
        return None
    sides, needs = sides[~flat] / lengths[~flat, None], needs[~flat] / lengths[~flat]
    system = np.vstack([sides.T, needs])
    wanted = np.zeros(k)
    wanted[-1] = 1.0
    multipliers, _ = nnls(system, wanted)
    rest = wanted - system @ multipliers
    if rest[-1] < 1e-12:  # no point on the right side of every line
        return None
    found = np.clip(goal - basis @ (rest[:-1] / rest[-1]), 0.0, None)
    return (found / found.sum()).round(12)


def _refuse_width() -> None:
    raise DataError("반올림 폭", "빠졌거나 음수인데", "0 이상이어야 하므로", "폭을 고쳐 주십시오")


def _refuse_infeasible(whole: pd.Series) -> None:
    raise DataError(
        f"공표 지수 {', '.join(map(str, whole.index))}년",
        "0 이상인 어떤 가중치로도 나오지 않는데",
        "해마다 가중치가 같은 산술평균이면 반올림 폭 안에서 나와야 하므로",
        "공표값과 반올림 폭을 확인하고, 맞으면 가중치나 방법이 해마다 다른 것으로 읽어 주십시오",
    )
