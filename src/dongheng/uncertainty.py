"""How sure the index is.

For one city three ranges, never one interval: (i) other experts, same rule: :func:`simulate` with weights; (ii) survey
error and provisional values: :func:`simulate` with errors; (iii) other defensible rules: :func:`enumerate_rules`, a table
without probability. A verdict rests on (ii) only. None of them knows of wrong definitions or of values not obtained.

For cross-sections of many units: :func:`method_draws`, :func:`sobol`, :func:`effective_influence`.

Draws are DataFrames with a row per draw and columns (node_id, unit). Every source of chance has a stream of its own, so
that leaving one out moves no digit of another.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from dongheng import aggregate, normalise
from dongheng.errors import DataError, refuse, refuse_cells, require
from dongheng.framework import LOWER_IS_BETTER, Framework

_ERRORS, _WEIGHTS, _METHODS, _SETS = range(1, 5)  # streams below one seed
RISE, FALL, NO_CLEAR_CHANGE = "rise", "fall", "no_clear_change"


def simulate(
    scores: DataFrame,
    framework: Framework,
    *,
    weights: DataFrame | None = None,
    errors: DataFrame | None = None,
    directions: Series | None = None,
    base: Hashable = None,
    observed_in: DataFrame | None = None,
    how: str | dict[int, str] = "arithmetic",
    reweight: Collection[Hashable] = (),
    draws: int = 10_000,
    seed: int,
) -> DataFrame:
    """The indices of every node under many sets of weights, or under many sets of values that the surveys allow.

    Parameters
    ----------
    scores : DataFrame
        Rows = units or years, columns = leaves, in index points.
    framework : Framework
    weights : DataFrame, optional
        Rows = draws, columns = leaves: global weights, as :func:`random_weights` or a bootstrap of whole experts gives
        them. Exclusive of `errors`: the two ranges are never merged.
    errors : DataFrame, optional
        Labelled as `scores`: relative standard error of each value; NaN or 0 = none. Draws are lognormal, so
        that none turns a value negative.
    directions : Series
        With `errors`: +1 or -1 by leaf.
    base : hashable
        With `errors`: the row whose scores are 100 by definition. The error of its values moves all other rows alike.
    observed_in : DataFrame, optional
        With `errors`: labelled as `scores`, the row whose observation stands behind each score; a value carried forward
        has the error of the year that it was carried from. Default, also for a row that `scores` does not have: its own.
    how, reweight
        See :func:`dongheng.aggregate.aggregate`.
    draws : int
        With `errors`; with `weights` it is their number of rows.
    seed : int
        Must be given; 0 is a seed. Used with `errors`.

    Returns
    -------
    DataFrame
        Rows = draws, columns = (node_id, unit), inner nodes only. NaN only where `reweight` lets one be (there is no threshold as
        in :func:`dongheng.aggregate.aggregate`) and at a node whose leaves weigh nothing in a draw.

    Raises
    ------
    DataError
        Both or neither of weights and errors; weights or errors that do not match the leaves, are negative or
        infinite; no seed; and as :func:`dongheng.aggregate.aggregate`.
    """
    require((weights is None) != (errors is None), "uncertainty.one_source", "simulate")
    _require_count("난수 씨앗(seed)", seed, 0)
    leaves = framework.leaves
    x = aggregate.leaf_scores(scores, framework, reweight)
    if weights is not None:
        w = _leaf_weights(weights, framework)
    else:
        _require_count("표집 횟수(draws)", draws, 2)
        w = framework.global_weights()[leaves].to_numpy(float)[None]
        factors = _error_factors(scores, errors, directions, base, observed_in, leaves, draws, seed)
        x = {leaf: score * factors.get(leaf, 1.0) for leaf, score in x.items()}
    rolled = aggregate.roll_up(x, w, framework, how, scores.index)
    columns = pd.MultiIndex.from_product([list(rolled), scores.index], names=["node_id", "unit"])
    result = np.concatenate(list(rolled.values()), axis=1)
    require(not np.isinf(result).any(), "aggregate.infinite", "simulate")
    return DataFrame(result, columns=columns)


def _error_factors(scores, errors, directions, base, observed_in, leaves, draws: int, seed: int) -> dict:
    """What the scores of each leaf that has an error are multiplied by, shape (draws, rows)."""
    require(directions is not None and base in scores.index, "uncertainty.no_base", "simulate", base=base)
    strange = [*errors.index.difference(scores.index), *pd.Index(leaves).difference(errors.columns)]
    refuse(strange, "uncertainty.errors_unmatched", "오차 표 {}")
    told = errors.reindex(scores.index)[leaves].fillna(0).astype(float)
    refuse_cells(~((told >= 0) & (told < 0.5)), "uncertainty.error_size", size=told)
    size = told.to_numpy()
    at = np.tile(np.arange(len(scores))[:, None], len(leaves))
    if observed_in is not None:
        told = observed_in.reindex(index=scores.index, columns=leaves).to_numpy()
        found = scores.index.get_indexer(told.ravel()).reshape(told.shape)
        at = np.where(found < 0, at, found)
    factors, start, spread = {}, scores.index.get_loc(base), np.sqrt(np.log1p(size**2))  # of the logarithm
    for k, leaf in enumerate(leaves):
        if size[:, k].any():
            # A stream per value: a year that is appended leaves the draws of those before it as they were.
            streams = {row: np.random.default_rng([seed, _ERRORS, row, k]) for row in at[:, k]}
            drawn = {row: spread[row, k] * stream.standard_normal(draws) for row, stream in streams.items()}
            moved = np.stack([drawn[row] - drawn[at[start, k]] for row in at[:, k]], axis=1)
            factors[leaf] = np.exp(-moved if directions[leaf] == LOWER_IS_BETTER else moved)
    return factors


def _leaf_weights(weights: DataFrame, framework: Framework) -> np.ndarray:
    refuse(set(framework.leaves) ^ set(weights.columns), "uncertainty.weights_unmatched")
    w = normalise.floats(weights[framework.leaves]).to_numpy()
    wrong = ~(np.isfinite(w) & (w >= 0)).all(axis=1) | (w.sum(axis=1) <= 0)
    refuse(weights.index[wrong], "uncertainty.weights_wrong", "가중치 {}번째 줄")
    return np.ldexp(w, -np.frexp(w.max(axis=1, keepdims=True))[1])  # exact, and no scale is too large to be summed


def _require_count(name: str, given: object, least: int) -> None:
    if not isinstance(given, int | np.integer) or isinstance(given, bool) or given < least:
        raise DataError.of("uncertainty.no_count", name, given=given, least=least)


def random_weights(framework: Framework, draws: int, *, seed: int, concentration: float | None = None) -> DataFrame:
    """Sets of weights around those of the framework: Dirichlet(concentration * weight).

    Parameters
    ----------
    framework : Framework
    draws : int
    seed : int
        Must be given; 0 is a seed.
    concentration : float, optional
        How close they stay, 1 or more; default the number of leaves, which for equal weights means all sets alike.

    Returns
    -------
    DataFrame
        Rows = draws, columns = leaves; each row sums to 1. A leaf of weight 0 keeps it.
    """
    _require_count("표집 횟수(draws)", draws, 1)
    _require_count("난수 씨앗(seed)", seed, 0)
    fine = concentration is None or 1 <= concentration < np.inf
    require(fine, "uncertainty.concentration", "concentration", told=concentration)
    weights = framework.global_weights()[framework.leaves].to_numpy(float)
    rng = np.random.default_rng([seed, _WEIGHTS])
    drawn = rng.standard_gamma((concentration or len(weights)) * weights, size=(draws, len(weights)))
    return DataFrame(drawn / drawn.sum(axis=1, keepdims=True), columns=framework.leaves)


def intervals(simulated: DataFrame, level: float = 0.95) -> DataFrame:
    """Middle part of the draws: by (node_id, unit) columns lower, upper."""
    ends = np.quantile(simulated.to_numpy(), [(1 - level) / 2, (1 + level) / 2], axis=0)
    return DataFrame(ends.T, index=simulated.columns, columns=["lower", "upper"])


def change_intervals(simulated: DataFrame, before: Hashable, after: Hashable, level: float = 0.95) -> DataFrame:
    """Middle part of the drawn changes between two units (years): by node_id columns lower, upper.

    Taken draw by draw: what both years share, as the base year's error, cancels as far as it does.
    """
    first, last = (simulated.xs(unit, axis=1, level="unit") for unit in (before, after))
    return intervals(last - first, level)


def verdicts(changes: Series, interval: DataFrame, lacking: Mapping[Hashable, Sequence]) -> DataFrame:
    """Rise, fall or no clear change of each node, from survey and revision error alone.

    Parameters
    ----------
    changes : Series
        By node_id, in points.
    interval : DataFrame
        By node_id, columns lower, upper: :func:`change_intervals` of a simulation with errors.
    lacking : mapping
        By node_id the indicators below it whose error was not obtained: such a node has no verdict.

    Returns
    -------
    DataFrame
        By node_id: change, lower, upper, verdict ("rise": the whole interval lies above 0; "fall"; "no_clear_change";
        "" without verdict: then lower and upper are NaN, as where the interval is), lacking (ids as text).
    """
    table = DataFrame({"change": changes}).join(interval)
    table["lacking"] = [", ".join(map(str, lacking.get(node, ()))) for node in table.index]
    known = table["lacking"].eq("") & table[["lower", "upper"]].notna().all(axis=1)
    table[["lower", "upper"]] = table[["lower", "upper"]].where(known)
    found = np.select([table["lower"] > 0, table["upper"] < 0], [RISE, FALL], NO_CLEAR_CHANGE)
    table["verdict"] = np.where(known, found, "")
    return table[["change", "lower", "upper", "verdict", "lacking"]]


class ValueErrors(NamedTuple):
    """What is known of the errors of a city's values, as :func:`simulate` takes it.

    ``size`` (rows = years, columns = leaves): relative standard error, NaN = none. ``observed_in``: the year whose
    observation stands behind each score. ``lacking``: by leaf why its error was not obtained, "survey" (no standard
    error of it, or of the two years that it lies between), "provisional" (no earlier revision tells how far such a value may move) or "unknown" (not even whether it
    comes from a survey).
    """

    size: DataFrame
    observed_in: DataFrame
    lacking: dict[Hashable, str]


def value_errors(
    values: DataFrame, revisions: DataFrame, treated: DataFrame, register: DataFrame, framework: Framework, years: list
) -> ValueErrors:
    """Gather survey errors and the size of past revisions.

    Parameters
    ----------
    values : DataFrame
        Rows = indicator, year, basis: indicator_id, year, basis, value, standard_error (in the value's unit), status.
    revisions : DataFrame
        indicator_id, first, value: values replaced later. An indicator's mean absolute relative revision is the standard
        error of a value of its that is still provisional.
    treated : DataFrame
        As :func:`dongheng.normalise.complete_levels` returns it: a value carried from another year has that one's error.
    register : DataFrame
        By indicator id: source_type ("survey", "administrative", "" = not obtained).
    framework : Framework
    years : list of int
    """
    leaves = framework.leaves
    levels = values[(values["basis"] == "level") & values["value"].notna()]
    levels = levels.drop_duplicates(["indicator_id", "year"], keep="last").set_index(["year", "indicator_id"])
    levels["relative"] = levels["standard_error"] / levels["value"].abs()
    levels["provisional"] = levels["status"].str.endswith("provisional").astype(float)
    wide = {c: levels[c].unstack().reindex(index=years, columns=leaves) for c in ("value", "relative", "provisional")}
    survey, provisional = wide["relative"], wide["provisional"].eq(1)
    moved = (revisions["first"].astype(float) / revisions["value"].astype(float) - 1).abs()
    moved = moved.groupby(revisions["indicator_id"]).mean().reindex(leaves)
    observed_in = DataFrame({leaf: list(years) for leaf in leaves}, index=list(years))
    filled = treated[~treated["rule"].isin(["linked", "neutral", "reweight"])]
    whole = filled["from_years"].isin([str(year) for year in years])
    mixed = pd.Index(leaves).isin(filled.loc[~whole, "indicator_id"])  # of two years, or of one that is not here
    for use in filled[whole].itertuples():
        observed_in.loc[use.year, use.indicator_id] = int(use.from_years)
    kind = register["source_type"].reindex(leaves).fillna("")
    unsure = kind.eq("survey") & ((wide["value"].notna() & survey.isna()).any() | mixed)
    faults = {"provisional": provisional.any() & moved.isna(), "survey": unsure, "unknown": kind.eq("")}
    told = Series(np.select(list(faults.values()), list(faults), ""), leaves)
    lacking = told[told != ""].to_dict()
    size = np.sqrt(survey.fillna(0) ** 2 + (provisional * moved).fillna(0) ** 2)
    return ValueErrors(size.where(size > 0), observed_in, lacking)


def score_rules(
    levels: DataFrame, treatments: DataFrame, framework: Framework, years: list[int], reverse: str, cap: float
) -> dict[str, DataFrame | str]:
    """Scores under the rules that somebody could defend, for :func:`enumerate_rules`.

    Parameters
    ----------
    levels, treatments : DataFrame
        As :func:`dongheng.normalise.complete_levels` returns them.
    framework : Framework
    years : list of int
        Ascending from the base year.
    reverse : str
        The rule in force for lower-is-better indicators.
    cap : float
        Highest score of the rule "capped", index points.

    Returns
    -------
    dict
        as_ruled, other_reverse, mean_base (mean of the base year and the next instead of the base year alone), capped:
        scores of the years in which all indicators have one; or the sentence that says why the rule refuses the values.
    """

    def scored(rule: str, base: list[int]) -> DataFrame | str:
        try:
            known = normalise.known_scores(levels, framework.directions, years[0], years, rule)
            known = aggregate.neutral_scores(known, treatments, framework, rule)
            wide = known.pivot(index="year", columns="indicator_id", values="score")[framework.leaves]
            # A score is a ratio or its reciprocal, so the mean of the values is the mean of the ratios.
            ratio = known.pivot(index="year", columns="indicator_id", values="ratio")[framework.leaves]
            if len(base) > 1:
                wide = normalise.ratio_to_base(ratio, ratio.loc[base].mean(skipna=False), framework.directions, rule)
        except DataError as refusal:
            return str(refusal)
        return wide.dropna()

    other = next(rule for rule in normalise.REVERSALS if rule != reverse)
    now, turned, mean = scored(reverse, years[:1]), scored(other, years[:1]), scored(reverse, years[:2])
    cut = now if isinstance(now, str) else normalise.cap(now, upper=cap)[0]
    return {"as_ruled": now, "other_reverse": turned, "mean_base": mean, "capped": cut}


def enumerate_rules(
    scores: Mapping[str, DataFrame | str],
    frameworks: Mapping[str, Framework],
    hows: Sequence[str] = ("arithmetic", "geometric"),
) -> DataFrame:
    """The index under every combination of rules that somebody could defend: a table, without probability.

    Parameters
    ----------
    scores : mapping
        By name of the rule (reversal, cap, base year, ...): scores, rows = years, columns = leaves; or a text, the
        reason why the rule cannot be used on these values.
    frameworks : mapping
        By name of the weighting rule: a framework with the same leaves.
    hows : sequence of str
        Means, see :func:`dongheng.aggregate.aggregate`.

    Returns
    -------
    DataFrame
        One row per combination, inner node and year, in the order given: scores, weights, mean, node_id, year, index,
        refused. A rule that cannot be used has one row per combination: node_id "", year and index NaN, and the reason.
    """
    parts = []
    for (name, told), (weighting, framework), how in product(scores.items(), frameworks.items(), hows):
        refused = told if isinstance(told, str) else ""
        if refused:
            part = DataFrame({"node_id": [""], "year": [np.nan], "index": [np.nan]})
        else:
            wide = aggregate.aggregate(told, framework, how)[framework.nodes].rename_axis("year")
            part = wide.melt(var_name="node_id", value_name="index", ignore_index=False).reset_index()
        parts.append(part.assign(scores=name, weights=weighting, mean=how, refused=refused))
    columns = ["scores", "weights", "mean", "node_id", "year", "index", "refused"]
    return pd.concat(parts, ignore_index=True)[columns]


def leave_one_out(scores: DataFrame, framework: Framework, how: str | dict[int, str] = "arithmetic") -> DataFrame:
    """The composite without each indicator in turn; the weights of the others keep their proportions.

    Returns
    -------
    DataFrame
        Rows = leaves, columns = units: the composite without that leaf. ``result - composite`` is what it takes away.

    Raises
    ------
    DataError
        As :func:`dongheng.aggregate.aggregate`; a framework of one indicator, or of one that weighs anything.
    """
    x, leaves = aggregate.leaf_scores(scores, framework, ()), framework.leaves
    weights = framework.global_weights()[leaves].to_numpy(float)
    require((weights > 0).sum() > 1, "uncertainty.one_leaf", "지표체계")
    w = weights * (1 - np.eye(len(leaves)))
    # A node that lost all its weight is NaN and weighs nothing: its parent passes over it.
    told = aggregate.roll_up(x, w, framework, how, scores.index)
    return DataFrame(told[framework.root], index=leaves, columns=scores.index)


def dominance(contributions: Series, weights: Series, limit: float) -> DataFrame:
    """Each indicator's share of what a node's index rose or fell by, beside the weight that was declared for it.

    Parameters
    ----------
    contributions : Series
        By leaf, in points of the node.
    weights : Series
        By leaf, any scale.
    limit : float
        Share of the change from which one indicator dominates, as 0.2.

    Returns
    -------
    DataFrame
        By leaf, largest share first: weight (sums to 1), contribution, share (of the node's change; NaN where the node
        moved by less than 0.05 points: nothing is a share of nothing), dominant.
    """
    change = contributions.sum()
    table = DataFrame({"weight": weights.reindex(contributions.index), "contribution": contributions})
    table["weight"] /= table["weight"].sum()
    table["share"] = table["contribution"] / change if abs(change) >= 0.05 else np.nan
    table["dominant"] = table["share"] > limit
    return table.sort_values("contribution", key=abs, ascending=False, kind="stable")


def what_if(index: float, now: DataFrame, framework: Framework, node: Hashable, target: float = 100) -> DataFrame:
    """How far each indicator alone would have to move for a node's arithmetic index to reach a target.

    Parameters
    ----------
    index : float
        The node's index now, in points.
    now : DataFrame
        By leaf, of the same year: ``score`` in index points, ``value`` in the indicator's unit (NaN or absent = not
        obtained), ``ceiling`` (highest attainable score, NaN = no limit: :func:`dongheng.normalise.ceilings`).
    framework : Framework
        Its directions say which way a value moves; scores are taken as reciprocal for lower-is-better indicators.
    node : hashable
    target : float
        Index points.

    Returns
    -------
    DataFrame
        By leaf below the node whose score is known: score, needed (score; NaN where it would have to be 0 or less or
        weighs nothing), value, needed_value (NaN for a score of 0, too), reachable (needed lies above 0 and at or below
        the ceiling).
    """
    within = aggregate.weights_within(framework, node)
    table = now.reindex(within.index)[["score", "value"]].dropna(subset="score")
    needed = table["score"] + (target - index) / within[table.index].where(within > 0)
    table.insert(1, "needed", needed.where(needed > 0))
    ratio = table["needed"] / table["score"].where(table["score"] > 0)
    ratio = ratio.where(framework.directions[table.index] != LOWER_IS_BETTER, 1 / ratio)
    limit = now["ceiling"].astype(float).reindex(table.index).fillna(np.inf)
    return table.assign(needed_value=table["value"] * ratio, reachable=table["needed"].le(limit + 1e-9))


# --- cross-sections of many units -----------------------------------------------------------------------------------

NORMALISATIONS = {  # all positive, so that every mean can be taken
    "min_max": lambda v, d: normalise.min_max(v, d, 1, 100),
    "z_score": lambda v, d: normalise.z_score(v, d, 100, 10),
    "percentile_rank": lambda v, d: 1 + 99 * normalise.percentile_rank(v, d),
}


class Choices(NamedTuple):
    """What a cross-section's index is computed from, and by which methods and weights it might have been.

    ``normalisations`` and ``hows`` are drawn with equal chance: names of `NORMALISATIONS` and means. ``concentration``:
    see :func:`random_weights`.
    """

    values: DataFrame
    framework: Framework
    normalisations: Sequence[str] = tuple(NORMALISATIONS)
    hows: Sequence[str] = ("arithmetic", "geometric")
    concentration: float | None = None


def method_draws(
    values: DataFrame, framework: Framework, *, draws: int = 1000, seed: int, **choices
) -> tuple[DataFrame, DataFrame]:
    """Ranks of the units when normalisation, mean and weights are drawn together.

    Parameters
    ----------
    values : DataFrame
        Rows = units, columns = leaves, in the indicators' units.
    framework : Framework
        Tree, weights and directions.
    draws, seed : int
        0 is a seed.
    **choices
        normalisations, hows, concentration: see :class:`Choices`.

    Returns
    -------
    ranks : DataFrame
        Rows = draws, columns = units; 1 = best; ties share the best rank.
    choices : DataFrame
        Rows = draws: normalisation, mean.
    """
    among = Choices(values, framework, **choices)
    weights = random_weights(framework, draws, seed=seed, concentration=among.concentration)
    rng, kinds = np.random.default_rng([seed, _METHODS]), (among.normalisations, among.hows)
    chosen = rng.integers(list(map(len, kinds)), size=(draws, 2)).T
    names = {kind: np.take(told, at) for kind, told, at in zip(("normalisation", "mean"), kinds, chosen, strict=True)}
    return ranks(DataFrame(_composites(among, *chosen, weights), columns=values.index)), DataFrame(names)


def _composites(among: Choices, at_rule: np.ndarray, at_mean: np.ndarray, weights: DataFrame) -> np.ndarray:
    """The composite of each unit for each choice of normalisation, mean and weights, shape (choices, units)."""
    framework, known = among.framework, ", ".join(NORMALISATIONS)
    w, result = _leaf_weights(weights, framework), np.empty((len(weights), len(among.values)))
    for n, rule in enumerate(among.normalisations):
        require(rule in NORMALISATIONS, "uncertainty.unknown_rule", "normalisations", rule=rule, known=known)
        scores = NORMALISATIONS[rule](among.values[framework.leaves], framework.directions)
        for m, how in enumerate(among.hows):
            rows, x = (at_rule == n) & (at_mean == m), aggregate.leaf_scores(scores, framework, ())
            result[rows] = aggregate.roll_up(x, w[rows], framework, how, scores.index)[framework.root]
    return result


def ranks(simulated: DataFrame) -> DataFrame:
    """Rank of each unit in each draw, 1 = best; ties share the best rank, NaN has none.

    Parameters
    ----------
    simulated : DataFrame
        Rows = draws, columns = units, or (node_id, unit): then ranks are taken within each node.
    """
    if simulated.columns.nlevels > 1:
        parts = {node: ranks(simulated[node]) for node in simulated.columns.unique(0)}
        return pd.concat(parts, axis=1, names=simulated.columns.names)
    return simulated.rank(axis=1, ascending=False, method="min")


def sobol(values: DataFrame, framework: Framework, *, n: int = 128, seed: int, **choices) -> DataFrame:
    """Which choice moves the ranks: Sobol' indices of the mean absolute shift of rank from the nominal index.

    The nominal index has the first normalisation, the first mean and the framework's weights.

    Parameters
    ----------
    values, framework, **choices
        See :func:`method_draws`.
    n : int
        Points per matrix, a power of 2; the index is computed n * 5 times.
    seed : int
        0 is a seed.

    Returns
    -------
    DataFrame
        By factor (normalisation, mean, weights): first, total (shares of the variance of the output), refused.
        An estimate that cannot be true, negative or a first order above its total, is no finding: first and total are
        NaN and `refused` says "negative" or "first_above_total". All are, where the output does not vary ("constant").

    Raises
    ------
    DataError
        As :func:`method_draws`; an `n` that is no power of 2.

    Notes
    -----
    Estimators of Saltelli et al. (2010), doi:10.1016/j.cpc.2009.09.018, as in :func:`scipy.stats.sobol_indices`, which
    draws scrambled Sobol' points.
    """
    from scipy.stats import sobol_indices, uniform  # here, as it takes half a second and few callers need it

    _require_count("난수 씨앗(seed)", seed, 0)
    fine = isinstance(n, int | np.integer) and n > 1 and not n & (n - 1)
    require(fine, "uncertainty.power_of_two", "Sobol' 점의 수", n=n)
    among, zero = Choices(values, framework, **choices), np.zeros(1, int)
    sets = random_weights(framework, 1000, seed=seed, concentration=among.concentration)
    sizes = np.array([[len(among.normalisations)], [len(among.hows)], [len(sets)]])
    equal = framework.global_weights()[framework.leaves].to_frame().T
    nominal = ranks(DataFrame(_composites(among, zero, zero, equal))).to_numpy()

    def shift(x: np.ndarray) -> np.ndarray:
        rule, mean, drawn = np.minimum((x * sizes).astype(int), sizes - 1)
        found = ranks(DataFrame(_composites(among, rule, mean, sets.iloc[drawn]))).to_numpy()
        return np.nanmean(np.abs(found - nominal), axis=1)[None]

    rng = np.random.default_rng([seed, _SETS])
    with np.errstate(divide="ignore", invalid="ignore"):  # a constant output has no shares
        told = sobol_indices(func=shift, n=n, dists=[uniform()] * 3, rng=rng)
    table = DataFrame({"first": told.first_order.ravel(), "total": told.total_order.ravel()})
    table.index = pd.Index(["normalisation", "mean", "weights"], name="factor")
    constant = table.isna().any(axis=1) | table.eq(0).all(axis=None)
    wrong = [constant, (table < 0).any(axis=1), table["first"] > table["total"]]
    table["refused"] = np.select(wrong, ["constant", "negative", "first_above_total"], "")
    table.loc[table["refused"] != "", ["first", "total"]] = np.nan
    return table


def effective_influence(scores: DataFrame, composite: Series, weights: Series | None = None) -> DataFrame:
    """How much of a composite's variance over the units goes with each indicator, beside its declared weight.

    Parameters
    ----------
    scores : DataFrame
        Rows = units, columns = indicators (or areas).
    composite : Series
        By unit.
    weights : Series, optional
        Declared weights by column, any scale.

    Returns
    -------
    DataFrame
        By column: weight (sums to 1; NaN if not given), linear (squared correlation), correlation_ratio (share of the
        composite's variance that a smooth curve over the indicator explains, 0 to 1), share (correlation ratio over
        the sum of all). NaN for a constant indicator or composite and below 20 units. Units with a gap are left out of
        their column.

    Raises
    ------
    DataError
        Fewer than 20 units: a curve through a handful of points explains anything; units that do not match.

    Notes
    -----
    Paruolo, Saisana and Saltelli (2013), doi:10.1111/j.1467-985X.2012.01059.x. The curve is a cubic smoothing spline
    over the order of the scores, so that no skewed indicator bends it, with the penalty chosen by generalised
    cross-validation (:func:`scipy.interpolate.make_smoothing_spline`); units with the same score count together. Below
    five different scores the curve is the mean at each.
    """
    from scipy.interpolate import make_smoothing_spline

    fine = len(scores) >= 20 and scores.index.equals(composite.index)
    require(fine, "uncertainty.few_units", "단위", n=len(scores))
    rows = dict.fromkeys(scores.columns, (np.nan, np.nan))
    for column in scores.columns:
        both = DataFrame({"x": scores[column], "y": composite}).dropna()
        groups = both.groupby("x")["y"].agg(["mean", "size"])
        if len(both) < 20 or len(groups) < 2 or both["y"].nunique() < 2:
            continue
        place, fit = np.linspace(0, 1, len(groups)), groups["mean"].to_numpy()  # any scale of x has the same ratio
        if len(groups) >= 5:
            fit = make_smoothing_spline(place, fit, w=groups["size"].to_numpy(float))(place)
        explained = np.average((fit - both["y"].mean()) ** 2, weights=groups["size"]) / both["y"].var(ddof=0)
        rows[column] = (both["x"].corr(both["y"]) ** 2, min(explained, 1.0))
    table = DataFrame.from_dict(rows, orient="index", columns=["linear", "correlation_ratio"])
    told = weights.reindex(scores.columns) if weights is not None else Series(np.nan, index=scores.columns)
    table.insert(0, "weight", told / told.sum())
    return table.assign(share=table["correlation_ratio"] / table["correlation_ratio"].sum())
