"""From an indicator's value to its score: for one city the ratio to the base year, for many units the cross-section rules.

In every function NaN is a gap and stays one, `values` has rows = units or years (any index, a MultiIndex of unit and
period included) and columns = indicator ids, and `directions` holds +1 (higher is better) or -1 by indicator id. A high
score is always good. Nothing here returns an infinite score.
"""

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from dongheng.errors import refuse, refuse_cells, require, row_name
from dongheng.framework import LOWER_IS_BETTER

REVERSALS = ("reciprocal", "reflection")
TREATMENT = ["indicator_id", "year", "rule", "from_years", "value"]
TRANSFORMS = {"none": np.positive, "log": np.log, "sqrt": np.sqrt, "cbrt": np.cbrt, "square": np.square}
TRANSFORMS |= {"cube": lambda v: v**3, "reciprocal": np.reciprocal}
CARRY_LIMIT = 2  # years: a survey every other year needs one, a survey missed once more needs two


def ratio_to_base(values: DataFrame, base: Series, directions: Series, reverse: str = "reciprocal") -> DataFrame:
    """Scores with the base at 100; over 100 is better than the base, whichever way the indicator points.

    Parameters
    ----------
    values : DataFrame
        Rows = units or years (any index), columns = indicator ids, in the indicators' own units. NaN = no value.
    base : Series
        Base value by indicator id, same units. NaN = no base value.
    directions : Series
        +1 (higher is better) or -1 (lower is better) by indicator id.
    reverse : {"reciprocal", "reflection"}
        What a lower-is-better indicator becomes: ``100 b/v`` or ``200 - 100 v/b``. They differ: a value that
        halves scores 200 or 150. The city has not said which one it uses; the study's choice stands in config.yaml.

    Returns
    -------
    DataFrame
        Shape and labels of `values`, in index points. NaN where the value or the base is NaN: a gap stays a gap.

    Raises
    ------
    DataError
        A base of 0; a value whose sign differs from its base; 0 for a lower-is-better indicator under
        "reciprocal"; a value over twice the base for one under "reflection" (the score would turn negative); a
        column without base or direction; a score too large for a number.

    Notes
    -----
    Ratio to a base as in OECD/JRC (2008), Handbook on Constructing Composite Indicators,
    doi:10.1787/9789264043466-en, step 5 ("distance to a reference"), with the base year as reference.
    A ratio says better or worse only of quantities above zero. Of two negative figures the larger in size scores
    higher whatever its direction, so an indicator that can be negative needs a transformation first.
    """
    require(reverse in REVERSALS, "normalise.unknown_reverse", "역방향 규칙", reverse=reverse)
    v, d = _oriented(values, directions)
    b = _by_indicator(values, base, "기준값")
    refuse(v.columns[(b == 0).to_numpy()], "normalise.zero_base")
    ratio = v / b
    lower = (d == LOWER_IS_BETTER).to_numpy()
    refuse_cells(ratio < 0, "normalise.other_sign", value=v, base=b)
    if reverse == "reciprocal":
        refuse_cells((ratio == 0) & lower, "normalise.zero_divisor", value=v, base=b)
        turned = 100 / ratio.where(ratio != 0)
    else:
        refuse_cells((ratio > 2) & lower, "normalise.over_twice", value=v, base=b)
        turned = 200 - 100 * ratio
    return _finite(np.where(lower, turned, 100 * ratio), v.notna() & b.notna())


def _finite(scores: np.ndarray, known: DataFrame) -> DataFrame:
    """The scores as a table, once it is sure that all that must be known are: too far from its base a value has none."""
    refuse_cells(known & ~np.isfinite(scores), "normalise.infinite", "지표 {1}, {0}의 점수")
    return DataFrame(scores, index=known.index, columns=known.columns)


def _by_indicator(values: DataFrame, given: Series, name: str) -> Series:
    """What was given for each column of `values`, finite where it is not a gap."""
    refuse(values.columns.difference(given.index, sort=False), "normalise.not_given", name=name)
    found = floats(given.reindex(values.columns))
    refuse(values.columns[np.isinf(found)], "normalise.infinite", f"지표 {{}}의 {name}")
    return found


def floats(told: DataFrame | Series) -> DataFrame | Series:
    """float64, with NaN for every kind of gap that pandas knows."""
    return told.where(told.notna(), np.nan).astype(float)


def _oriented(values: DataFrame, directions: Series) -> tuple[DataFrame, Series]:
    """The values as float64, none infinite, and the direction of each column."""
    d, v = _by_indicator(values, directions, "방향"), floats(values)
    refuse(values.columns[(~d.isin([1, -1])).to_numpy()], "normalise.wrong_direction", direction=directions)
    refuse_cells(np.isinf(v), "normalise.infinite")
    return v, d


# --- for cross-sections of many units -------------------------------------------------------------------------------


def transform(values: DataFrame, rules: Mapping[Hashable, str] | Series) -> DataFrame:
    """Bend skewed indicators before they are normalised.

    Parameters
    ----------
    values : DataFrame
    rules : mapping or Series
        By indicator id one of ``none``, ``log`` (natural), ``sqrt``, ``cbrt``, ``square``, ``cube``, ``reciprocal``. An
        indicator that it does not name stays as it is. ``reciprocal`` turns the order of the units round: the
        indicator's direction must be turned with it.

    Returns
    -------
    DataFrame
        Shape and labels of `values`.

    Raises
    ------
    DataError
        An unknown rule, a rule for an indicator that is not there, a value for which the rule has no finite result.
    """
    result = floats(values)
    for indicator, rule in dict(rules).items():
        where = f"지표 {indicator}"
        require(rule in TRANSFORMS, "normalise.unknown_transform", where, rule=rule, known=", ".join(TRANSFORMS))
        require(indicator in result, "normalise.no_such_column", where)
        column = result[indicator]
        with np.errstate(all="ignore"):
            bent = TRANSFORMS[rule](column)
        wrong = (column.notna() & ~np.isfinite(bent)).to_frame()
        refuse_cells(wrong, "normalise.outside_domain", value=result[[indicator]], rule=rule)
        result[indicator] = bent
    return result


def min_max(
    values: DataFrame, directions: Series, lower: float = 0.0, upper: float = 1.0, goalposts: DataFrame | None = None
) -> DataFrame:
    """Scores between `lower` (the worst unit) and `upper` (the best one).

    Parameters
    ----------
    values, directions
        See the module.
    lower, upper : float
        Ends of the scale, lower < upper.
    goalposts : DataFrame, optional
        By indicator id, columns lower and upper in the indicator's unit: fixed ends instead of those observed, as the
        Human Development Index has them. A value beyond them scores beyond the scale; :func:`cap` cuts it.

    Raises
    ------
    DataError
        An indicator whose ends are the same (the rule has no answer for a constant one) or the wrong way round; an
        indicator without goalposts or direction; a scale without width.

    Notes
    -----
    OECD/JRC (2008), doi:10.1787/9789264043466-en, step 5, "Min-Max". The ends move when a unit joins or leaves, so
    scores of two sets of units do not compare unless goalposts are given.
    """
    v, d = _oriented(values, directions)
    require(-np.inf < lower < upper < np.inf, "normalise.scale", "점수의 양 끝", lower=lower, upper=upper)
    ends = DataFrame({"lower": v.min(), "upper": v.max()}) if goalposts is None else goalposts
    low, high = (_by_indicator(v, ends[end], end) for end in ("lower", "upper"))
    _require_width(v, high - low, low, high)
    with np.errstate(over="ignore"):
        share = np.where(d == LOWER_IS_BETTER, high - v, v - low) / (high - low).to_numpy()
        return _finite(lower + (upper - lower) * share, v.notna())


def _require_width(v: DataFrame, width: Series, low: Series, high: Series) -> None:
    """Refuse an indicator whose scores would be divided by nothing, or by more than a number can hold."""
    flat = v.notna().any() & ~((width > 0) & np.isfinite(width))
    refuse(v.columns[flat.to_numpy()], "normalise.no_width", lower=low, upper=high)


def z_score(values: DataFrame, directions: Series, mean: float = 0.0, sd: float = 1.0) -> DataFrame:
    """Distance from the mean of the units in standard deviations (n - 1), put on the scale of `mean` and `sd`.

    Raises
    ------
    DataError
        A constant indicator, or one with a single value: its deviation is 0 or undefined.

    Notes
    -----
    OECD/JRC (2008), step 5, "Standardization". The EU Social Scoreboard divides by n instead
    (:mod:`dongheng.benchmarks`).
    """
    v, d = _oriented(values, directions)
    with np.errstate(over="ignore"):
        spread = v.std(ddof=1).where(v.max() > v.min())  # of three times 0.1 it is not quite 0
    _require_width(v, spread, v.min(), v.max())
    return mean + sd * d * (v - v.mean()) / spread


def rank_scores(values: DataFrame, directions: Series) -> DataFrame:
    """Rank of each unit, 1 = worst, so that a high score is good; units that tie share the lowest of their ranks.

    Notes
    -----
    OECD/JRC (2008), step 5, "Ranking". Ranks are taken of unrounded values.
    """
    v, d = _oriented(values, directions)
    return (v * d).rank(method="min")


def percentile_rank(values: DataFrame, directions: Series) -> DataFrame:
    """Share of the other units that a unit is better than: (lowest rank - 1) / (n - 1), 0 to 1; n counts the values.

    Raises
    ------
    DataError
        An indicator with a single value: there is no other unit.
    """
    ranks = rank_scores(values, directions)
    n = ranks.count()
    refuse(ranks.columns[(n == 1).to_numpy()], "normalise.single")
    return (ranks - 1) / (n - 1)


def distance_to_target(values: DataFrame, targets: Series, directions: Series) -> DataFrame:
    """How much of the way from the worst unit to the target each unit has gone: 0 = worst unit, 1 = at the target.

    Parameters
    ----------
    values, directions
        See the module.
    targets : Series
        Target by indicator id, same units. A unit beyond it scores over 1; :func:`cap` cuts it.

    Raises
    ------
    DataError
        A target that is no better than the worst unit, or none given.

    Notes
    -----
    The handbook's "distance to a reference" divides by the reference; that has no meaning for indicators that may be 0
    or negative, so the way is measured from the worst unit instead (Becker et al. 2022, doi:10.21105/joss.04567).
    """
    v, d = _oriented(values, directions)
    good, target = v * d, _by_indicator(v, targets, "목표") * d
    worst = good.min()
    way = target - worst
    closed = v.notna().any() & ~((way > 0) & np.isfinite(way))
    refuse(v.columns[closed.to_numpy()], "normalise.no_way", target=targets, worst=worst * d)
    return _finite(((good - worst) / way).to_numpy(), v.notna())


def cap(scores: DataFrame, lower: float = -np.inf, upper: float = np.inf) -> tuple[DataFrame, DataFrame]:
    """Scores cut at two bounds, and every score that was cut.

    Returns
    -------
    scores : DataFrame
        As given, none below `lower` or above `upper`; NaN stays NaN.
    cut : DataFrame
        unit (row label), indicator_id, score (as it was), capped; in the order of the table.

    Raises
    ------
    DataError
        `lower` not below `upper`.
    """
    require(lower < upper, "normalise.scale", "점수의 양 끝", lower=lower, upper=upper)
    capped = scores.clip(lower, upper)
    cells = np.argwhere((scores != capped).to_numpy() & scores.notna().to_numpy())
    told = [(scores.index[r], scores.columns[c], scores.iat[r, c], capped.iat[r, c]) for r, c in cells]
    return capped, DataFrame(told, columns=["unit", "indicator_id", "score", "capped"])


def ceilings(base: Series, best: Series, directions: Series, reverse: str = "reciprocal") -> Series:
    """Highest score that each indicator can ever reach against its base: 125 for a rate that stood at 80 %.

    Parameters
    ----------
    base : Series
        Base value by indicator id. NaN = no base value.
    best : Series
        Best value that the indicator can take, same units, as 100 for a rate; NaN = it has no limit.
    directions, reverse
        See :func:`ratio_to_base`.

    Returns
    -------
    Series
        By indicator id; NaN where base or best value is missing, or where the score has no limit (a reciprocal at 0).
    """
    reached = best.where(~((best == 0) & (directions == LOWER_IS_BETTER) & (reverse == "reciprocal")))
    return ratio_to_base(reached.to_frame().T, base, directions, reverse).iloc[0].rename("ceiling")


def ratio_within_units(
    values: DataFrame, directions: Series, base_year: int, reverse: str = "reciprocal", flows: Series | None = None
) -> DataFrame:
    """Each unit against itself in the base year: districts, and half-years against the same half.

    Parameters
    ----------
    values : DataFrame
        Rows = MultiIndex with a level ``year`` and further levels that name the unit (``district``); a level ``half``
        holds ``H1`` or ``H2``. Columns = indicator ids.
    directions, reverse
        See :func:`ratio_to_base`.
    base_year : int
    flows : Series of bool, optional
        By indicator id; needed with halves: True where the indicator counts what happened in a period. A stock or a
        survey has no half-year.

    Returns
    -------
    DataFrame
        Shape and labels of `values`: every row against the row of the base year with the same unit and half.

    Raises
    ------
    DataError
        As :func:`ratio_to_base`; no level ``year``; a unit without base year; with halves: a row that is not a half
        (a whole year stands against a whole year), an indicator with values that is no flow.
    """
    names = list(values.index.names)
    require("year" in names, "normalise.no_year_level", "값의 표", names=", ".join(map(str, names)))
    if "half" in names:
        for half in sorted(set(values.index.get_level_values("half")) - {"H1", "H2"}, key=str):
            told = values.xs(half, level="half", drop_level=False).notna().any()
            refuse([", ".join(map(str, told.index[told]))], "normalise.no_half", half=half)
        known = values.columns[values.notna().any()]
        counted = Series(dtype=bool) if flows is None else flows
        refuse(known[~counted.reindex(known).eq(True)], "normalise.no_flow")
    units = values.index.droplevel("year") if len(names) > 1 else pd.Index([""] * len(values))
    scores, (number, found) = floats(values), units.factorize(use_na_sentinel=False)
    for n, unit in enumerate(found):
        rows = np.flatnonzero(number == n)
        part = scores.iloc[rows]
        base = part[part.index.get_level_values("year") == base_year]
        require(len(base) == 1, "normalise.no_base_row", row_name(unit), year=base_year, count=len(base))
        scores.iloc[rows] = ratio_to_base(part, base.iloc[0], directions, reverse).to_numpy()
    return scores


# --- one city, few years --------------------------------------------------------------------------------------------


def complete_levels(values: DataFrame, register: DataFrame, base_year: int, years: list) -> tuple[DataFrame, DataFrame]:
    """Make each indicator's levels comparable over the years and fill its gaps, by the rule it was given beforehand.

    Three steps for each indicator of the register, in this order. A redefined indicator is linked: its levels after
    the year of the redefinition are multiplied by the ratio of the two definitions in that year, so that the years
    before never move; where its entry is "neutral" there is nothing to link, and its levels from that year on are left
    out for :func:`dongheng.aggregate.neutral_scores`. A base year without a level takes one by `base_rule`. Another year without a level takes one by
    `missing_rule`. Without a rule a gap stays a gap.

    Parameters
    ----------
    values : DataFrame
        One row per indicator, year, basis and definition: indicator_id, year, basis, definition (1 = the first),
        value, and further columns.
    register : DataFrame
        By indicator id: base_rule ("observed", "last_before", "interpolated", "first_after"), missing_rule ("error",
        "carry_forward": the year before, or the one before that, no further; "interpolate": on the line between the
        nearest years on both sides; "reweight": the gap stays and is told, :func:`dongheng.aggregate.aggregate` passes
        its weight on), redefined_in (NaN = never), entry ("neutral" or ""; the column may be absent). An empty register changes nothing.
    base_year : int
    years : list of int
        The years that need a level, the base year among them.

    Returns
    -------
    values : DataFrame
        As given, with one level per indicator and year: linked, and with the filled levels as new rows.
    treatments : DataFrame
        Every use of a rule: indicator_id, year, rule ("linked", "neutral", or the name of the base or missing rule),
        from_years (text), value (the level that the score is computed from; NaN under "reweight"). Ordered by indicator as in the register, then year.

    Raises
    ------
    DataError
        A redefinition without a level under both definitions in its year, or with a level of 0 there.

    Notes
    -----
    Interpolating revises a year once the next one is known; carrying forward never does. Both are steps 3 of the
    OECD/JRC handbook (2008), doi:10.1787/9789264043466-en.
    """
    levels = values["basis"].eq("level") & values["indicator_id"].isin(register.index)
    told, parts = [], []
    for indicator, rows in values[levels].groupby("indicator_id", sort=False):
        rule = register.loc[indicator]
        rows = _linked(rows, indicator, rule["redefined_in"], rule.get("entry") == "neutral", told)
        known = rows.dropna(subset="value").set_index("year")["value"].sort_index()
        entered = {use[1] for use in told if use[0] == indicator and use[2] == "neutral"}
        for year in sorted(set(years) - set(known.index) - entered, key=lambda y: (y != base_year, y)):
            name = rule["base_rule"] if year == base_year else rule["missing_rule"]
            value, sources = _filled(known, year, name)
            if not sources:
                told += [(indicator, year, name, "", value)] * (name == "reweight")
                continue
            new = rows.iloc[0].to_dict() | {"year": year, "value": value, "status": name, "note": ""}
            rows = pd.concat([rows[rows["year"] != year], DataFrame([new])])
            told.append((indicator, year, name, sources, value))
            if year == base_year:
                known = pd.concat([known, Series({year: value})]).sort_index()
        parts.append(rows)
    told.sort(key=lambda use: (register.index.get_loc(use[0]), use[1]))
    return pd.concat([*parts, values[~levels]], ignore_index=True), DataFrame(told, columns=TREATMENT)


def _linked(rows: DataFrame, indicator: Hashable, at: float, neutral: bool, told: list[tuple]) -> DataFrame:
    """One level per year on the first definition's scale."""
    if np.isnan(at) or (rows["definition"].nunique() < 2 and not neutral):
        return rows
    if neutral:
        later = rows[rows["year"] >= at].sort_values("year").itertuples()
        told += [(indicator, row.year, "neutral", f"{at:.0f}", row.value) for row in later if row.definition == 2]
        return rows[rows["year"] < at]
    level = rows.set_index(["definition", "year"])["value"]
    old, new = (level.get((definition, int(at)), np.nan) for definition in sorted(rows["definition"].unique())[:2])
    require(old > 0 and new > 0, "normalise.no_overlap", f"지표 {indicator}, {at:.0f}")
    kept = rows[rows["definition"].eq(rows["definition"].max()) == (rows["year"] > at)]
    kept = kept.assign(value=kept["value"].where(kept["year"] <= at, kept["value"] * (old / new)))
    later = kept[kept["year"] > at].itertuples()
    told += [(indicator, row.year, "linked", f"{at:.0f}", row.value) for row in later]
    return kept


def _filled(known: Series, year: int, rule: str) -> tuple[float, str]:
    """A level for a year without one and the years it comes from; no years where the rule gives none."""
    before, after = known[known.index < year], known[known.index > year]
    if rule in ("interpolate", "interpolated") and len(before) and len(after):
        (x0, y0), (x1, y1) = (before.index[-1], before.iloc[-1]), (after.index[0], after.iloc[0])
        return float(y0 + (y1 - y0) * (year - x0) / (x1 - x0)), f"{x0}, {x1}"
    limit = {"carry_forward": CARRY_LIMIT, "last_before": np.inf}.get(rule, 0)
    if len(before) and year - before.index[-1] <= limit:
        return float(before.iloc[-1]), f"{before.index[-1]}"
    if rule == "first_after" and len(after):
        return float(after.iloc[0]), f"{after.index[0]}"
    return float("nan"), ""


def known_scores(
    values: DataFrame, directions: Series, base_year: int, years: list[int], reverse: str = "reciprocal"
) -> DataFrame:
    """Scores of every indicator and year as far as what was obtained allows.

    A score needs the value against the base year. Published figures give it in four ways, taken in this order:
    both levels; the change in per cent against the base year; the ratio to the base year; the change in per cent
    against another year whose ratio is known (``chained``). A change in percentage points gives no score; a ratio
    of which only a lower bound is known gives no score but a bound.

    Parameters
    ----------
    values : DataFrame
        One row per indicator, year and basis: columns indicator_id, year, basis, value, lower, upper, versus_year.
        lower and upper (same unit as value) are NaN unless the source itself gives a range.
    directions : Series
        +1 or -1 by indicator id; its index decides which indicators appear, and their order.
    base_year : int
        The year whose score is 100 for every indicator, by definition.
    years : list of int
        The years wanted.
    reverse : {"reciprocal", "reflection"}
        See :func:`ratio_to_base`.

    Returns
    -------
    DataFrame
        One row per indicator and year, in that order: indicator_id, year, ratio, ratio_lower, ratio_upper (to the
        base year), score, score_lower, score_upper (index points; lower <= upper also for reversed indicators),
        source ("base", "level", "change_percent", "ratio", "chained", or "" where no score can be given).
        NaN = not obtained; the bounds are NaN unless a source gave a range, for this year or for the year that
        this one is chained to. A score of NaN with one bound: a source gave no more than that bound.

    Raises
    ------
    DataError
        As :func:`ratio_to_base`.
    """
    levels = values[values["basis"] == "level"].pivot(index="year", columns="indicator_id", values="value")
    levels = levels.reindex(index=years, columns=directions.index).astype(float)
    if base_year in years:
        ratio_to_base(levels, levels.loc[base_year], directions, reverse)  # refuses a zero base by name
    found: dict[tuple, tuple[float, float, float, str]] = {}
    obtained = values.dropna(subset="value").groupby(["indicator_id", "year", "basis"])
    rows = {key: group.iloc[0] for key, group in obtained}
    for indicator in directions.index:
        for year in sorted(years):
            found[indicator, year] = _ratio(indicator, year, base_year, rows, found)
    columns = ["indicator_id", "year", "ratio", "ratio_lower", "ratio_upper", "source"]
    table = DataFrame([(*key, *ratio) for key, ratio in found.items()], columns=columns)
    # With the ratio as value the base is 1 for every indicator.
    one = Series(1.0, index=directions.index)
    for bound in ("", "_lower", "_upper"):
        wide = table.pivot(index="year", columns="indicator_id", values=f"ratio{bound}")[list(directions.index)]
        table[f"score{bound}"] = ratio_to_base(wide, one, directions, reverse).to_numpy().T.ravel()
    turned = table["indicator_id"].map(directions).eq(LOWER_IS_BETTER)
    table.loc[turned, ["score_lower", "score_upper"]] = table.loc[turned, ["score_upper", "score_lower"]].to_numpy()
    return table[[*columns[:-1], "score", "score_lower", "score_upper", "source"]]


def _ratio(indicator, year: int, base_year: int, rows: dict, found: dict) -> tuple[float, float, float, str]:
    """Ratio to the base year with the source's own bounds, by the first of the four ways that works."""
    nan, told = float("nan"), ("value", "lower", "upper")
    if year == base_year:
        return 1.0, nan, nan, "base"
    bases = ("level", "change_percent", "ratio", "ratio_at_least")
    level, change, ratio, least = (rows.get((indicator, year, basis)) for basis in bases)
    base = rows.get((indicator, base_year, "level"))
    if level is not None and base is not None:
        return *(level[c] / base["value"] for c in told), "level"
    if change is not None and change["versus_year"] == base_year:
        return *(1 + change[c] / 100 for c in told), "change_percent"
    if ratio is not None and ratio["versus_year"] == base_year:
        return *ratio[[*told]], "ratio"
    if change is not None:
        then = found.get((indicator, int(change["versus_year"])), (nan, nan, nan, ""))
        if not np.isnan(then[0]):
            steps = np.array([then[:3], [1 + change[c] / 100 for c in told]])  # a bound that is not told is the value
            point, *bounds = np.where(np.isnan(steps), steps[:, :1], steps).prod(axis=0)
            return point, *((nan, nan) if np.isnan(steps[:, 1:]).all() else bounds), "chained"
    bounded = least is not None and least["versus_year"] == base_year
    return nan, least["value"] if bounded else nan, nan, ""


def indicator_table(values: DataFrame, scores: DataFrame, table: DataFrame, areas: Series) -> DataFrame:
    """Every indicator and year in one table: who it is, what was obtained, the score, and what is missing.

    Parameters
    ----------
    values : DataFrame
        One row per indicator, year and basis, as for :func:`known_scores`; also unit, status, source_url, note.
    scores : DataFrame
        Result of :func:`known_scores`.
    table : DataFrame
        The framework's table by id: name_ko, direction, effort_or_outcome.
    areas : Series
        Area id by indicator id.

    Returns
    -------
    DataFrame
        The rows of `scores` in their order, with area_id, area, name, direction, effort_or_outcome, value and unit
        (levels only, NaN and empty where none), state, status, source_url, note. ``state`` is "scored" (a score
        beside the base year's 100 can be given), "value_only" (something was obtained, no score follows from it)
        or "missing". In the base year an indicator counts as scored where its level was obtained.
    """
    # Of two definitions the newer counts.
    told = values.dropna(subset="value").drop_duplicates(["indicator_id", "year", "basis"], keep="last")
    levels = told[told["basis"] == "level"].set_index(["indicator_id", "year"])
    # Of several rows the level's gives status and source; notes are cautions, so none of them is dropped.
    told = told.sort_values("basis", key=lambda b: b.ne("level"), kind="stable")
    first = told.drop_duplicates(["indicator_id", "year"]).set_index(["indicator_id", "year"])
    notes = told[told["note"].ne("")].groupby(["indicator_id", "year"])["note"]
    first["note"] = notes.agg(lambda n: ". ".join(dict.fromkeys(n))).reindex(first.index).fillna("")
    own = table[["name_ko", "direction", "effort_or_outcome"]].rename(columns={"name_ko": "name"})
    own = own.assign(area_id=areas, area=areas.map(table["name_ko"]))
    frame = scores.drop(columns=["ratio", "ratio_lower", "ratio_upper"])
    frame = frame.join(own, on="indicator_id").astype({"direction": int})
    key = pd.MultiIndex.from_frame(frame[["indicator_id", "year"]])
    frame["value"] = levels["value"].reindex(key).to_numpy()
    for column in ("unit", "status", "source_url", "note"):
        frame[column] = (levels if column == "unit" else first)[column].reindex(key).fillna("").to_numpy()
    obtained = key.isin(first.index)
    scored = np.where(frame["source"] == "base", frame["value"].notna(), frame["score"].notna())
    frame["state"] = np.select([scored, obtained], ["scored", "value_only"], "missing")
    return frame
