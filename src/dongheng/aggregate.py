"""From scores to tasks, areas and the composite, and from a published change back to what is known of its parts."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from dongheng.errors import DataError
from dongheng.framework import Framework, row_name

REST = "rest"
METHODS = ("arithmetic", "geometric", "harmonic")


def aggregate(scores: pd.DataFrame, framework: Framework, how: str | dict[int, str] = "arithmetic") -> pd.DataFrame:
    """Roll scores up the tree.

    Parameters
    ----------
    scores : DataFrame
        Rows = units or years (any index), columns = the framework's leaves in any order, in index points.
    framework : Framework
        Tree and weights; the local weights of siblings sum to 1.
    how : {"arithmetic", "geometric", "harmonic"} or dict
        The mean taken, or one per parent's level, as in ``{0: "geometric", 1: "arithmetic"}``; level 0 is the
        composite. Levels that the dict does not name are arithmetic.

    Returns
    -------
    DataFrame
        The scores as given plus one column per inner node, in the table's order, same rows.

    Raises
    ------
    DataError
        A leaf without a column or with two, a column that is no leaf, a missing score (the weights of a gap
        belong to nobody, so a gap is never skipped in silence), an infinite one, a score of 0 or less under a
        geometric or harmonic mean (unless its weight is 0).

    Notes
    -----
    OECD/JRC (2008), doi:10.1787/9789264043466-en, step 6. Sums are taken child by child in the table's order, so
    that adding a row (a year, a district) moves no digit of the others; a matrix product does not promise that.
    """
    method = _methods(how, framework)
    _check_scores(scores, framework)
    weights = framework.local_weights()
    # Contiguous, as some processors take another path (and get another last digit) for columns of a wider block.
    columns = {leaf: np.ascontiguousarray(scores[leaf], dtype=float) for leaf in framework.leaves}
    for node in framework.inner:
        parts = {child: columns[child] for child in framework.children(node) if weights[child] > 0}
        columns[node] = _mean(parts, weights, method[framework.level(node)], scores.index)
    inner = [i for i in framework.ids if framework.children(i)]
    return pd.concat([scores, pd.DataFrame({i: columns[i] for i in inner}, index=scores.index)], axis=1)


def known_and_rest(
    before: pd.Series,
    after: pd.Series,
    change: float,
    framework: Framework,
    node: Hashable,
    after_range: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Split a node's published change into the indicators whose scores are known and one line for all others.

    Under the arithmetic mean an indicator's share of the change is its weight within the node times the change
    of its score, so the known shares can be computed while other scores are missing; what is left over belongs
    to the others together, and rounding of the published change lies in it too.

    Parameters
    ----------
    before, after : Series
        Scores by indicator id at the two dates, in index points. NaN or absent = not obtained.
    change : float
        The node's published change in index points. NaN = not obtained: then no rest can be given.
    framework : Framework
        Tree and weights.
    node : hashable
        The node whose change is split: an area, a task or the composite.
    after_range : DataFrame, optional
        Columns lower, upper by indicator id: scores at the second date where a source gives only a range.

    Returns
    -------
    DataFrame
        Columns ``item`` (indicator id, last row ``"rest"``), ``weight`` (within the node; of the rest, what is
        left of 1), ``change`` (of the score; NaN for the rest), ``contribution`` (points of the node),
        ``lower``, ``upper`` (of the contribution; NaN without a range; the rest mirrors the ranges of the known).
        Where every indicator is known and they add up to `change`, there is no rest; where they do not, the rest
        has the weight 0 and holds what these weights do not explain: rounding, or other weights than assumed.
        Known indicators stand by size of contribution, largest first. The contributions sum to `change`.
    """
    within = _weights_within(framework, node)
    moved = after.reindex(within.index).astype(float) - before.reindex(within.index).astype(float)
    known = moved.dropna()
    shares = (within[known.index] * known).sort_values(ascending=False, kind="stable")
    rest = float(change) - float(shares.sum())
    ranges = after_range if after_range is not None else pd.DataFrame(columns=["lower", "upper"], dtype=float)
    ends = ranges.reindex(shares.index).sub(before[shares.index], axis=0).mul(within[shares.index], axis=0)
    columns = {"weight": within, "change": known, "contribution": shares} | dict(ends[["lower", "upper"]])
    table = pd.DataFrame({name: column[shares.index].to_numpy(float) for name, column in columns.items()})
    table.insert(0, "item", shares.index.astype(object))
    slack = {b: float((table[b] - table["contribution"]).sum(skipna=True)) for b in ("lower", "upper")}
    least, most = rest - slack["upper"], rest - slack["lower"]
    if len(known) == len(within) and abs(rest) < 1e-9:
        return table  # everything is known and adds up: there is no rest
    rest_range = [least, most] if table["lower"].notna().any() else [np.nan, np.nan]
    table.loc[len(table)] = [REST, float(within.drop(known.index).sum()), np.nan, rest, *rest_range]
    return table


def _weights_within(framework: Framework, node: Hashable) -> pd.Series:
    """Weight of each leaf below a node in that node, also where the node itself weighs nothing."""
    local, share, queue = framework.local_weights(), {node: 1.0}, [node]
    for here in queue:
        share |= {child: share[here] * local[child] for child in framework.children(here)}
        queue += framework.children(here)
    return pd.Series(share).loc[framework.leaves_below(node)]


def split_published_changes(
    scores: pd.DataFrame, published: pd.DataFrame, framework: Framework, pairs: list[tuple[int, int]], level: int = 1
) -> pd.DataFrame:
    """:func:`known_and_rest` for every node of one level and every pair of years.

    Parameters
    ----------
    scores : DataFrame
        Long, as :func:`dongheng.normalise.known_scores` returns it.
    published : DataFrame
        Columns year, node_id, value: the published indices.
    framework : Framework
    pairs : list of (int, int)
        (from, to) years.
    level : int
        The nodes' level; 1 = areas.

    Returns
    -------
    DataFrame
        Columns from_year, to_year, node_id, then those of :func:`known_and_rest`. Within a pair and node the
        contributions sum to the published change. Where one of the two indices was not obtained there is one row
        per known indicator and a rest of NaN.
    """
    index = published.set_index(["year", "node_id"])["value"]
    wide = scores.pivot(index="indicator_id", columns="year", values=["score", "score_lower", "score_upper"])
    parts = {}
    for then, now in pairs:
        ranges = pd.DataFrame({"lower": wide["score_lower"][now], "upper": wide["score_upper"][now]})
        for node in framework.at_level(level):
            change = index.get((now, node), np.nan) - index.get((then, node), np.nan)
            part = known_and_rest(wide["score"][then], wide["score"][now], change, framework, node, ranges)
            parts[then, now, node] = part
    table = pd.concat(parts, names=["from_year", "to_year", "node_id"])
    return table.reset_index(level=[0, 1, 2]).reset_index(drop=True)


def _methods(how: str | dict[int, str], framework: Framework) -> dict[int, str]:
    levels = {framework.level(i) for i in framework.inner}
    given = how if isinstance(how, dict) else dict.fromkeys(levels, how)
    for level, told in given.items():
        if not isinstance(level, int | np.integer) or isinstance(level, bool):
            raise DataError.of("aggregate.level_no_integer", "집계 방법", level=level)
        if told not in METHODS:
            raise DataError.of("aggregate.unknown_method", "집계 방법", told=told)
    return dict.fromkeys(levels, "arithmetic") | given


def _check_scores(scores: pd.DataFrame, framework: Framework) -> None:
    leaves = framework.leaves
    for leaf in leaves:
        if leaf not in scores.columns:
            raise DataError.of("aggregate.no_column", f"지표 {leaf}")
    twice, unknown = scores.columns.duplicated(), ~scores.columns.isin(leaves)
    for column in np.flatnonzero(twice | unknown):
        key = "aggregate.column_twice" if twice[column] else "aggregate.column_unknown"
        raise DataError.of(key, f"점수 표의 '{scores.columns[column]}' 칸")
    _refuse(scores[leaves].isna(), "aggregate.no_score")
    _refuse(np.isinf(scores[leaves].astype(float)), "aggregate.infinite")


def _refuse(wrong: pd.DataFrame, key: str) -> None:
    cells = np.argwhere(wrong.to_numpy())
    for row, column in cells:
        where = f"지표 {wrong.columns[column]}, {row_name(wrong.index[row])}"
        raise DataError.of(key, where, count=len(cells))


def _mean(parts: dict[Hashable, np.ndarray], weights: pd.Series, how: str, rows: pd.Index) -> np.ndarray:
    """Weighted mean of children of positive weight. Added up child by child: no row depends on the other rows."""
    if how == "arithmetic":
        return sum(weights[child] * score for child, score in parts.items())
    for child, score in parts.items():
        if (score <= 0).any():
            row = int(np.argmax(score <= 0))
            where = f"지표체계 id '{child}', {row_name(rows[row])}"
            raise DataError.of("aggregate.not_above_zero", where, score=score[row], how=how)
    if how == "geometric":
        return np.exp(sum(weights[child] * np.log(score) for child, score in parts.items()))
    return 1 / sum(weights[child] / score for child, score in parts.items())


def bounds_within_rest(
    scores: pd.DataFrame, framework: Framework, pairs: list[tuple[int, int]], level: int = 1
) -> pd.DataFrame:
    """Contributions of which only a lower bound is known: they lie within the rest and must not be forgotten there.

    Parameters
    ----------
    scores : DataFrame
        Long, as :func:`dongheng.normalise.known_scores` returns it; score NaN and score_lower given = a bound.
    framework : Framework
    pairs : list of (int, int)
        (from, to) years.
    level : int
        The nodes' level; 1 = areas.

    Returns
    -------
    DataFrame
        from_year, to_year, node_id, item, weight (within the node), at_least (points of the node). No rows where
        no bound is known, or where the score of the earlier year is not.
    """
    wide = {c: scores.pivot(index="indicator_id", columns="year", values=c) for c in ("score", "score_lower")}
    weights = framework.global_weights()
    rows = []
    for then, now in pairs:
        bounded = wide["score"][now].isna() & wide["score_lower"][now].notna() & wide["score"][then].notna()
        for item in [i for i in framework.leaves if bounded.get(i, False)]:
            node = framework.ancestor(item, level)
            weight = float(weights[item] / weights[framework.leaves_below(node)].sum())
            least = weight * float(wide["score_lower"].at[item, now] - wide["score"].at[item, then])
            rows.append((then, now, node, item, weight, least))
    return pd.DataFrame(rows, columns=["from_year", "to_year", "node_id", "item", "weight", "at_least"]).astype(
        {"from_year": int, "to_year": int, "node_id": "str", "item": "str", "weight": float, "at_least": float}
    )


def computed_indices(scores: pd.DataFrame, framework: Framework, how: str | dict[int, str] = "arithmetic") -> pd.Series:
    """Indices of every inner node from the scores of all its indicators, for the years in which none is missing.

    Parameters
    ----------
    scores : DataFrame
        Long, as :func:`dongheng.normalise.known_scores` returns it.
    framework : Framework
    how : str or dict
        See :func:`aggregate`.

    Returns
    -------
    Series
        By (node_id, year). Empty where no year is complete: an index is not computed from a part of its indicators.
    """
    wide = scores.pivot(index="year", columns="indicator_id", values="score")[framework.leaves]
    whole = wide.dropna()
    if whole.empty:
        return pd.Series(dtype=float, index=pd.MultiIndex.from_arrays([[], []], names=["node_id", "year"]))
    nodes = [i for i in framework.ids if framework.children(i)]
    return aggregate(whole, framework, how)[nodes].rename_axis(columns="node_id").unstack()


def restatements(first: pd.Series, now: pd.Series) -> pd.DataFrame:
    """Indices that differ between the values as first published and the values as they are now.

    Parameters
    ----------
    first, now : Series
        By (node_id, year), as :func:`computed_indices` returns them.

    Returns
    -------
    DataFrame
        node_id, year, first, now, effect (points); one row per node and year known both ways that moved at all.
    """
    both = pd.DataFrame({"first": first.reindex(now.index), "now": now}, index=now.index).dropna()
    both["effect"] = both["now"] - both["first"]
    moved = both[both["effect"] != 0].rename_axis(["node_id", "year"]).reset_index()
    return moved.astype({"node_id": "str", "year": int})


def index_table(
    published: pd.DataFrame,
    improved: pd.DataFrame,
    computed: pd.Series,
    framework: Framework,
    years: list[int],
    base_year: int,
) -> pd.DataFrame:
    """Indices of the composite and the areas, with what they moved by: computed if every year is, else published.

    Parameters
    ----------
    published : DataFrame
        Columns year, node_id, value, source_url, note.
    improved : DataFrame
        Columns year, node_id, improved: counts of improved indicators as published.
    computed : Series
        By (node_id, year), as :func:`computed_indices` returns it.
    framework : Framework
    years : list of int
        Ascending.
    base_year : int

    Returns
    -------
    DataFrame
        One row per node of level 0 and 1 (where computed, of every inner level) and year: node_id, name, level,
        n_indicators, year, published, computed, index, basis ("computed" or "published", one for the whole table, so
        that no difference mixes the two), change (of the index against the year before among `years`),
        change_from_base, improved, source_url, note. NaN = not obtained. Differences of published figures are
        differences of rounded ones.
    """
    basis = "computed" if set(years) <= set(computed.index.get_level_values("year")) else "published"
    depth = max(map(framework.level, framework.inner)) if basis == "computed" else 1
    if basis == "published":  # the base year's 100 is a definition, not a computation
        computed = computed[computed.index.get_level_values("year") != base_year]
    nodes = [node for level in range(depth + 1) for node in framework.at_level(level) if framework.children(node)]
    key = pd.MultiIndex.from_product([nodes, years], names=["node_id", "year"])
    given = published.set_index(["node_id", "year"])
    frame = given.reindex(key)[["value", "source_url", "note"]].rename(columns={"value": "published"})
    frame["computed"] = computed.reindex(key)
    frame = frame.assign(index=frame[basis], basis=basis).reset_index()
    frame["name"] = frame["node_id"].map(framework.table["name_ko"])
    frame["level"] = frame["node_id"].map(framework.level)
    frame["n_indicators"] = frame["node_id"].map(lambda node: len(framework.leaves_below(node)))
    frame["change"] = frame.groupby("node_id", sort=False)["index"].diff()
    base = frame[frame["year"] == base_year].set_index("node_id")["index"]
    frame["change_from_base"] = frame["index"] - frame["node_id"].map(base)
    counts = improved.set_index(["node_id", "year"])["improved"]
    frame["improved"] = counts.reindex(key).to_numpy(dtype=float)
    frame[["source_url", "note"]] = frame[["source_url", "note"]].fillna("")
    columns = "node_id name level n_indicators year published computed index basis change change_from_base improved"
    return frame[[*columns.split(), "source_url", "note"]]
