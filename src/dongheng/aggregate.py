"""From scores to tasks, areas and the composite, and from a published change back to what is known of its parts."""

from collections.abc import Collection, Hashable

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from dongheng.errors import refuse, refuse_cells, require, row_name
from dongheng.framework import Framework
from dongheng.normalise import floats, ratio_to_base

REST, REFORM = "rest", "reform"
MEANS = {"arithmetic": (np.positive, np.positive), "geometric": (np.log, np.exp)}  # of bent scores, bent back
MEANS["harmonic"] = (np.reciprocal, np.reciprocal)
METHODS = tuple(MEANS)
How = str | dict[int, str]  # a mean, or one by the parent's level
Ids = Collection[Hashable]


def aggregate(
    scores: DataFrame, framework: Framework, how: How = "arithmetic", reweight: Ids = (), available: float = 0.5
) -> DataFrame:
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
    reweight : collection of ids
        Leaves whose own rule says that a gap passes their weight on to their siblings, in that row alone. Any other
        gap is an error. A node of which nothing is there passes its weight on in turn.
    available : float
        Least share of its weight, by leaves, that a node needs; below it the node is NaN, its leaves are of no use to the
        nodes above, and so is NaN all above it that this leaves below `available`. Without gaps it changes nothing.

    Returns
    -------
    DataFrame
        The scores as given plus one column per inner node, in the table's order, same rows. NaN only by `reweight`.

    Raises
    ------
    DataError
        A leaf without a column or with two, a column that is no leaf, a missing score that `reweight` does not name
        (the weights of a gap belong to nobody, so a gap is never skipped in silence), an infinite one, a score of 0 or
        less under a geometric or harmonic mean (unless its weight is 0), an `available` off 0 to 1.

    Notes
    -----
    OECD/JRC (2008), doi:10.1787/9789264043466-en, step 6. Sums are taken child by child in the table's order, so
    that adding a row (a year, a district) moves no digit of the others; a matrix product does not promise that.
    """
    require(0 <= available <= 1, "aggregate.no_share", "집계의 available", told=available)
    x = leaf_scores(scores, framework, reweight)
    rolled = roll_up(x, framework.local_weights(), framework, how, scores.index, available)
    return pd.concat([scores, DataFrame({i: found[0] for i, found in rolled.items()}, index=scores.index)], axis=1)


def roll_up(
    x: dict, weights: Series | np.ndarray, framework: Framework, how: How, units: pd.Index, available: float = 0.0
) -> dict:
    """The one way up the tree, for one set of scores and weights or for many draws of either.

    Parameters
    ----------
    x : dict
        By leaf, shape (draws or 1, units), as :func:`leaf_scores` gives it.
    weights : Series or array
        Local weight by node, or shape (draws or 1, leaves) in any scale: then a node weighs what its leaves do.
    framework, how, available
        See :func:`aggregate`. A node whose leaves weigh nothing in a draw is NaN there and weighs nothing.
    units : Index
        What messages call the units.

    Returns
    -------
    dict
        By inner node, in the table's order, shape (draws, units).
    """
    method, values = methods(how, framework), dict(x)
    drawn = isinstance(weights, np.ndarray)
    weight = {leaf: weights[:, [k]] for k, leaf in enumerate(framework.leaves)} if drawn else weights.to_dict()
    there = {leaf: ~np.isnan(score) for leaf, score in x.items()}  # share of the weight
    for node in framework.inner:
        mean = method[framework.level(node)]
        bend, back = MEANS[mean]
        total, known, weighed, used = (np.zeros((1, 1)) for _ in range(4))
        for child in [child for child in framework.children(node) if np.any(weight[child])]:
            if mean != "arithmetic":
                least = DataFrame({child: np.fmin.reduce(values[child], initial=np.inf)}, index=units)
                refuse_cells(least <= 0, "aggregate.not_above_zero", "지표체계 id '{1}', {0}", score=least, how=mean)
            told = ~np.isnan(values[child])
            here = weight[child] if told.all() else weight[child] * told
            total = total + here * np.where(told, bend(values[child]), 0.0)
            known, weighed, used = known + here, weighed + weight[child], used + weight[child] * there[child]
        with np.errstate(divide="ignore", invalid="ignore"):
            values[node], there[node] = back(total / known), used / weighed
        short = there[node] < available - 1e-12
        values[node], there[node] = np.where(short, np.nan, values[node]), np.where(short, 0.0, there[node])
        weight.setdefault(node, weighed)
    whole = dict(zip(values, np.broadcast_arrays(*values.values()), strict=True))
    return {node: whole[node] for node in framework.nodes}


def known_and_rest(before: Series, after: Series, change: float, within: Series, ranges: DataFrame) -> DataFrame:
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
    within : Series
        Weight of each indicator within the node: an area, a task or the composite (:func:`weights_within`).
    ranges : DataFrame
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
    moved = after.reindex(within.index).astype(float) - before.reindex(within.index).astype(float)
    known = DataFrame({"weight": within, "change": moved, "contribution": within * moved}).dropna(subset="change")
    known = known.sort_values("contribution", ascending=False, kind="stable")
    rest = float(change) - float(known["contribution"].sum())
    ends = ranges.reindex(known.index).sub(before[known.index], axis=0).mul(known["weight"], axis=0)
    table = known.join(ends[["lower", "upper"]]).rename_axis("item").reset_index().astype({"item": object})
    if len(known) == len(within) and abs(rest) < 1e-9:
        return table  # everything is known and adds up: there is no rest
    slack = table[["upper", "lower"]].sub(table["contribution"], axis=0).sum(min_count=1)
    table.loc[len(table)] = [REST, float(within.drop(known.index).sum()), np.nan, rest, *(rest - slack)]
    return table


def weights_within(framework: Framework, node: Hashable) -> Series:
    """Weight of each leaf below a node in that node, also where the node itself weighs nothing."""
    local, share, queue = framework.local_weights(), {node: 1.0}, [node]
    for here in queue:
        share |= {child: share[here] * local[child] for child in framework.children(here)}
        queue += framework.children(here)
    return Series(share).loc[framework.leaves_below(node)]


def split_published_changes(
    scores: DataFrame, published: DataFrame, framework: Framework, pairs: list[tuple[int, int]], level: int = 1
) -> DataFrame:
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
        ranges = DataFrame({"lower": wide["score_lower"][now], "upper": wide["score_upper"][now]})
        for node in framework.at_level(level):
            change = index.get((now, node), np.nan) - index.get((then, node), np.nan)
            within, score = weights_within(framework, node), wide["score"]
            parts[then, now, node] = known_and_rest(score[then], score[now], change, within, ranges)
    table = pd.concat(parts, names=["from_year", "to_year", "node_id"])
    return table.reset_index(level=[0, 1, 2]).reset_index(drop=True)


def methods(how: How, framework: Framework) -> dict[int, str]:
    """The mean of each inner level, `how` as in :func:`aggregate`. ``DataError`` for a level or mean of another name."""
    levels = {framework.level(i) for i in framework.inner}
    given = how if isinstance(how, dict) else dict.fromkeys(levels, how)
    for level, told in given.items():
        whole = isinstance(level, int | np.integer) and not isinstance(level, bool)
        require(whole, "aggregate.level_no_integer", "집계 방법", level=level)
        require(told in METHODS, "aggregate.unknown_method", "집계 방법", told=told)
    return dict.fromkeys(levels, "arithmetic") | given


def leaf_scores(scores: DataFrame, framework: Framework, reweight: Ids) -> dict:
    """The scores by leaf, each of shape (1, units), once it is sure that they can be rolled up."""
    leaves = framework.leaves
    refuse([leaf for leaf in leaves if leaf not in scores], "aggregate.no_column")
    refuse(scores.columns[scores.columns.duplicated()], "aggregate.column_twice", "점수 표의 '{}' 칸")
    refuse(scores.columns[~scores.columns.isin(leaves)], "aggregate.column_unknown", "점수 표의 '{}' 칸")
    refuse_cells(scores[leaves].isna() & ~pd.Index(leaves).isin(list(reweight)), "aggregate.no_score")
    refuse_cells(scores[leaves].isin([np.inf, -np.inf]), "aggregate.infinite")
    # Contiguous, as some processors take another path (and get another last digit) for columns of a wider block.
    return {leaf: np.ascontiguousarray(column)[None] for leaf, column in floats(scores[leaves]).items()}


def contributions(
    before: Series | DataFrame, after: Series | DataFrame, framework: Framework, how: How = "arithmetic"
) -> DataFrame:
    """What each indicator added to the change of the composite, of each area and of each task, adding up exactly.

    Parameters
    ----------
    before, after : Series or DataFrame
        Scores by indicator id at two dates, in index points; or rows = units (the same in both) by indicator id.
    framework : Framework
    how : str or dict
        See :func:`aggregate`.

    Returns
    -------
    DataFrame
        Rows = the framework's leaves (within each unit, where units were given), columns = its inner nodes in the
        table's order, in points of the node. 0 where the leaf is not below the node. Each column adds up to the change
        of its node.

    Raises
    ------
    DataError
        As :func:`aggregate`; two tables of different units.

    Notes
    -----
    A child's share of its parent's change is a factor times the child's own change, and the factors multiply along the
    way up. Arithmetic mean: the weight. Geometric: weight times L(I, I')/L(x, x') with L the logarithmic mean of the
    two dates (parent I, child x), which is 1/x of the child's level where it stands still, so that an area that stands
    still still hands on what its tasks did to each other (LMDI: Ang 2005, doi:10.1016/j.enpol.2003.10.010).
    Harmonic: weight times I I'/(x x'). All are exact and treat both dates alike.
    """
    single = isinstance(before, Series)
    first, last = (told.to_frame().T if single else told for told in (before, after))
    require(single or first.index.equals(last.index), "aggregate.other_units", "두 시점의 점수 표")
    last = last.set_axis(first.index)
    old, new = (aggregate(told, framework, how).astype(float) for told in (first, last))
    method, weights = methods(how, framework), framework.local_weights()
    result = {}
    for node in framework.nodes:
        parts, queue = {node: 1.0}, [node]
        for here in queue:
            below = [child for child in framework.children(here) if weights[child] > 0]
            for child in below:
                share = _share(method[framework.level(here)], old[here], new[here], old[child], new[child])
                parts[child] = parts[here] * weights[child] * share
            queue += below
        moved = {i: parts.get(i, 0.0) * (new[i] - old[i]) for i in framework.leaves}
        result[node] = DataFrame(moved, index=first.index).stack()
    table = DataFrame(result)
    refuse_cells(~np.isfinite(table), "aggregate.infinite")
    return table.droplevel(0).rename_axis(before.index.name) if single else table


def _share(how: str, old: Series, new: Series, x: Series, y: Series) -> Series | float:
    """A parent's change over its child's, but for the weight; parent from `old` to `new`, child from `x` to `y`."""
    if how == "arithmetic":
        return 1.0
    return _logarithmic_mean(old, new) / _logarithmic_mean(x, y) if how == "geometric" else (old / x) * (new / y)


def _logarithmic_mean(a: Series, b: Series) -> Series:
    """(b - a) / log(b / a), and a where both are the same; by way of sinh it keeps every digit where they nearly are."""
    half = (np.log(b) - np.log(a)) / 2
    return np.sqrt(a) * np.sqrt(b) * (np.sinh(half) / half).where(half != 0, 1.0)


def across_editions(before: Series, after: Series, old: Framework, new: Framework, how: How = "arithmetic") -> Series:
    """What moved the composite between two dates when the framework changed in between, adding up exactly.

    Parameters
    ----------
    before : Series
        Scores of the old edition's indicators at the first date.
    after : Series
        Scores of the new edition's indicators at the second date.
    old, new : Framework
    how : str or dict
        See :func:`aggregate`.

    Returns
    -------
    Series
        By indicator of the new edition, in points of the composite, and one entry ``reform`` (체계 개편 효과): what the
        first date's composite is under the new edition less what it was under the old one. An indicator that the old
        edition did not have stands at the first date where it stands at the second: it enters without moving anything
        but the reform.

    Notes
    -----
    The split of level and reform is a convention: with an overlap year, splice instead (:func:`chain_link`).
    """
    start = before.reindex(after.index).fillna(after)
    told = contributions(start, after, new, how)[new.root]
    was, starts = (aggregate(s.to_frame().T, f, how)[f.root].iloc[0] for s, f in ((before, old), (start, new)))
    return pd.concat([told, Series({REFORM: starts - was})])


def neutral_scores(scores: DataFrame, treatments: DataFrame, framework: Framework, reverse: str) -> DataFrame:
    """Scores of the indicators that entered neutrally, from what :func:`dongheng.normalise.complete_levels` told of them.

    Parameters
    ----------
    scores : DataFrame
        Long, as :func:`dongheng.normalise.known_scores` returns it.
    treatments : DataFrame
        indicator_id, year, rule, from_years, value; those of the rule "neutral" count.
    framework : Framework
    reverse : str
        See :func:`dongheng.normalise.ratio_to_base`.

    Returns
    -------
    DataFrame
        As `scores`, with the score of those years and ``source`` "neutral"; unchanged where nothing entered.
    """
    entered = treatments[treatments["rule"] == "neutral"]
    if entered.empty:
        return scores
    since = entered.drop_duplicates("indicator_id").set_index("indicator_id")["from_years"].astype(int).to_dict()
    levels = entered.pivot(index="year", columns="indicator_id", values="value").astype(float)
    base = Series({indicator: levels.at[year, indicator] for indicator, year in since.items()})
    wide = scores.pivot(index="year", columns="indicator_id", values="score")
    wide.update(ratio_to_base(levels, base, framework.directions, reverse))
    wide = enter_neutrally(wide, framework, since)
    result, key = scores.copy(), pd.MultiIndex.from_frame(scores[["indicator_id", "year"]])
    at = key.isin(pd.MultiIndex.from_frame(entered[["indicator_id", "year"]]))
    result.loc[at, "score"] = [wide.at[year, indicator] for indicator, year in key[at]]
    result.loc[at, "source"] = "neutral"
    return result


def with_weights(framework: Framework, weights: Series) -> Framework:
    """The framework with other global weights of its leaves: experts' ones, or 0 for all that are left out.

    Parameters
    ----------
    framework : Framework
    weights : Series
        By leaf, any scale; leaves of weight 0 or absent are left out, and so is a node of which none is left.

    Returns
    -------
    Framework
        Same ids and order; each node weighs as much as the leaves below it.

    Raises
    ------
    DataError
        A negative weight, or one of an id that is no leaf. ``FrameworkError`` where no weight is left.
    """
    wrong = (weights < 0) | ~weights.index.isin(framework.leaves)
    refuse(weights.index[wrong], "aggregate.weight_wrong", weight=weights)
    w = weights.reindex(framework.leaves).fillna(0)
    sums = Series({node: w[framework.leaves_below(node)].sum() for node in framework.ids})
    table = framework.table.assign(weight=sums)
    return Framework.from_table(table[sums > 0].reset_index(drop=True))


def chain_link(old: Series | DataFrame, new: Series | DataFrame, at: Hashable) -> Series | DataFrame:
    """Splice two series that overlap at one date: the old one up to it, the new one in the old one's scale after it.

    Parameters
    ----------
    old, new : Series or DataFrame
        Rows = dates, ascending; columns, if any, the same in both. `new` needs no more than a bridge value at `at`: the
        new definition reckoned back for that one date.
    at : hashable
        The date known in both.

    Returns
    -------
    Series or DataFrame
        `old` up to and with `at`, digit for digit, then ``new * old[at] / new[at]``: nothing published before moves,
        and the growth after `at` is the new series'.

    Raises
    ------
    DataError
        `at` not in both, a gap or 0 there in either, values of different sign there, dates that do not ascend.

    Notes
    -----
    ILO et al. (2004), Consumer Price Index Manual, doi:10.5089/9787509510148.069, chapter on linking. Without an
    overlap or a bridge value see :func:`enter_neutrally`.
    """
    old, new = floats(old), floats(new)
    for name, told in (("옛 계열", old), ("새 계열", new)):
        require(at in told.index, "aggregate.no_overlap", name, at=at)
        require(told.index.is_monotonic_increasing and told.index.is_unique, "aggregate.no_order", name)
    there, here = Series(old.loc[at]), Series(new.loc[at])
    single, ratio = isinstance(old, Series), there / here
    wrong, facts = ratio.index[~(np.isfinite(ratio) & (ratio > 0))], DataFrame({"old": there, "new": here})
    refuse(wrong, "aggregate.no_ratio", f"{at}" if single else f"{at}, {{}}", **facts)
    linked = pd.concat([old.loc[:at], new.loc[new.index > at] * (ratio.iloc[0] if single else ratio)])
    refuse_cells(DataFrame(linked).isin([np.inf, -np.inf]), "aggregate.infinite")
    return linked


def enter_neutrally(scores: DataFrame, framework: Framework, entered: dict[Hashable, Hashable]) -> DataFrame:
    """Let indicators in that have neither an overlap nor a bridge value: in their first year they say nothing.

    Parameters
    ----------
    scores : DataFrame
        Rows = years, ascending, columns = leaves. Of an indicator that enters, the years from its first one on hold its
        scores in any scale (as against its own first year); years before hold its old definition's, or NaN.
    framework : Framework
    entered : dict
        First year by indicator id.

    Returns
    -------
    DataFrame
        As `scores`; of those that entered, the years from the first one on are scaled so that the first score is the
        weighted mean of its siblings' that year. Only siblings that did not enter in that year themselves count.

    Raises
    ------
    DataError
        No score in the first year, or no sibling to take the mean of: then the first year cannot be neutral.
    """
    result, weights = floats(scores), framework.local_weights()
    for leaf, year in sorted(entered.items(), key=lambda entry: entry[1]):
        parent = framework.ancestor(leaf, framework.level(leaf) - 1)
        siblings = [i for i in framework.children(parent) if entered.get(i) != year and i in result]
        here = result.reindex(index=[year], columns=[leaf, *siblings]).iloc[0]
        known = here[siblings].dropna()
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = (weights[known.index] * known).sum() / weights[known.index].sum() / here[leaf]
        require(0 < factor < np.inf, "aggregate.not_neutral", f"지표 {leaf}, {row_name(year)}")
        result.loc[result.index >= year, leaf] *= factor
    refuse_cells(np.isinf(result), "aggregate.infinite")
    return result


def bounds_within_rest(scores: DataFrame, framework: Framework, pairs: list[tuple[int, int]]) -> DataFrame:
    """Contributions to the areas of which only a lower bound is known: they lie within the rest and must not be forgotten there.

    Parameters
    ----------
    scores : DataFrame
        Long, as :func:`dongheng.normalise.known_scores` returns it; score NaN and score_lower given = a bound.
    framework : Framework
    pairs : list of (int, int)
        (from, to) years.

    Returns
    -------
    DataFrame
        from_year, to_year, node_id, item, weight (within the area), at_least (points of the area). No rows where
        no bound is known, or where the score of the earlier year is not.
    """
    wide = {c: scores.pivot(index="indicator_id", columns="year", values=c) for c in ("score", "score_lower")}
    rows = []
    for then, now in pairs:
        least = (wide["score_lower"][now] - wide["score"][then])[wide["score"][now].isna()].dropna()
        for item in [i for i in framework.leaves if i in least]:
            node = framework.ancestor(item, 1)
            weight = float(weights_within(framework, node)[item])
            rows.append((then, now, node, item, weight, weight * float(least[item])))
    kinds = {"from_year": int, "to_year": int, "node_id": "str", "item": "str", "weight": float, "at_least": float}
    return DataFrame(rows, columns=list(kinds)).astype(kinds)


def computed_indices(scores: DataFrame, framework: Framework, how: How = "arithmetic", reweight: Ids = ()) -> Series:
    """Indices of every inner node from the scores of all its indicators, for the years in which none is missing.

    Parameters
    ----------
    scores : DataFrame
        Long, as :func:`dongheng.normalise.known_scores` returns it.
    framework : Framework
    how, reweight
        See :func:`aggregate`.

    Returns
    -------
    Series
        By (node_id, year). Empty where no year is complete: an index is not computed from a part of its indicators.
    """
    wide = scores.pivot(index="year", columns="indicator_id", values="score")[framework.leaves]
    whole = wide[wide.drop(columns=list(reweight)).notna().all(axis=1)]
    return aggregate(whole, framework, how, reweight)[framework.nodes].rename_axis(columns="node_id").unstack().dropna()


def restatements(first: Series, now: Series) -> DataFrame:
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
    both = DataFrame({"first": first.reindex(now.index), "now": now}, index=now.index).dropna()
    both["effect"] = both["now"] - both["first"]
    moved = both[both["effect"] != 0].rename_axis(["node_id", "year"]).reset_index()
    return moved.astype({"node_id": "str", "year": int})


def index_table(
    published: DataFrame, improved: DataFrame, computed: Series, framework: Framework, years: list[int], base_year: int
) -> DataFrame:
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
    if basis == "published":  # the base year's 100 is a definition, not a computation
        computed = computed[computed.index.get_level_values("year") != base_year]
    shown = [node for node in framework.nodes if basis == "computed" or framework.level(node) < 2]
    nodes = sorted(shown, key=framework.level)
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
    frame["improved"] = improved.set_index(["node_id", "year"])["improved"].reindex(key).to_numpy(dtype=float)
    frame[["source_url", "note"]] = frame[["source_url", "note"]].fillna("")
    columns = "node_id name level n_indicators year published computed index basis change change_from_base improved"
    return frame[[*columns.split(), "source_url", "note"]]
