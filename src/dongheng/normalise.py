"""From an indicator's value to its score: the ratio to the base year, whose score is 100."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from dongheng.errors import DataError
from dongheng.framework import LOWER_IS_BETTER, row_name

REVERSALS = ("reciprocal", "reflection")
TREATMENT = ["indicator_id", "year", "rule", "from_years", "value"]
CARRY_LIMIT = 2  # years: a survey every other year needs one, a survey missed once more needs two


def ratio_to_base(
    values: pd.DataFrame, base: pd.Series, directions: pd.Series, reverse: str = "reciprocal"
) -> pd.DataFrame:
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
        column without base or direction.

    Notes
    -----
    Ratio to a base as in OECD/JRC (2008), Handbook on Constructing Composite Indicators,
    doi:10.1787/9789264043466-en, step 5 ("distance to a reference"), with the base year as reference.
    A ratio says better or worse only of quantities above zero. Of two negative figures the larger in size scores
    higher whatever its direction, so an indicator that can be negative needs a transformation first.
    """
    if reverse not in REVERSALS:
        raise DataError.of("normalise.unknown_reverse", "역방향 규칙", reverse=reverse)
    for name, given in (("기준값", base), ("방향", directions)):
        for indicator in values.columns.difference(given.index, sort=False):
            raise DataError.of("normalise.not_given", f"지표 {indicator}", name=name)
    b = base.reindex(values.columns).astype(float)
    d = directions.reindex(values.columns)
    for indicator in values.columns[(b == 0).to_numpy()]:
        raise DataError.of("normalise.zero_base", f"지표 {indicator}")
    for indicator in values.columns[(~d.isin([1, -1])).to_numpy()]:
        raise DataError.of("normalise.wrong_direction", f"지표 {indicator}", direction=d[indicator])
    v = values.astype(float)
    ratio = v / b
    lower = (d == LOWER_IS_BETTER).to_numpy()
    _refuse(ratio < 0, v, b, "normalise.other_sign")
    if reverse == "reciprocal":
        _refuse((ratio == 0) & lower, v, b, "normalise.zero_divisor")
        turned = 100 / ratio.where(ratio != 0)
    else:
        _refuse((ratio > 2) & lower, v, b, "normalise.over_twice")
        turned = 200 - 100 * ratio
    return pd.DataFrame(np.where(lower, turned, 100 * ratio), index=v.index, columns=v.columns)


def _refuse(wrong: pd.DataFrame, values: pd.DataFrame, base: pd.Series, key: str) -> None:
    for row, column in np.argwhere(wrong.to_numpy()):
        indicator = values.columns[column]
        facts = {"value": values.iloc[row, column], "base": base[indicator]}
        raise DataError.of(key, f"지표 {indicator}, {row_name(values.index[row])}", **facts)


def complete_levels(
    values: pd.DataFrame, register: pd.DataFrame, base_year: int, years: list[int]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make each indicator's levels comparable over the years and fill its gaps, by the rule it was given beforehand.

    Three steps for each indicator of the register, in this order. A redefined indicator is linked: its levels after
    the year of the redefinition are multiplied by the ratio of the two definitions in that year, so that the years
    before never move. A base year without a level takes one by `base_rule`. Another year without a level takes one by
    `missing_rule`. Without a rule a gap stays a gap.

    Parameters
    ----------
    values : DataFrame
        One row per indicator, year, basis and definition: indicator_id, year, basis, definition (1 = the first),
        value, and further columns.
    register : DataFrame
        By indicator id: base_rule ("observed", "last_before", "interpolated", "first_after"), missing_rule ("error",
        "carry_forward": the year before, or the one before that, no further; "interpolate": on the line between the
        nearest years on both sides), redefined_in (NaN = never). An empty register changes nothing.
    base_year : int
    years : list of int
        The years that need a level, the base year among them.

    Returns
    -------
    values : DataFrame
        As given, with one level per indicator and year: linked, and with the filled levels as new rows.
    treatments : DataFrame
        Every use of a rule: indicator_id, year, rule ("linked", or the name of the base or missing rule), from_years
        (text), value (the level that the score is computed from). Ordered by indicator as in the register, then year.

    Raises
    ------
    DataError
        A redefinition without a level under both definitions in its year, or with a level of 0 there.

    Notes
    -----
    Interpolating revises a year once the next one is known; carrying forward never does. Both are steps 3 of the
    OECD/JRC handbook (2008), doi:10.1787/9789264043466-en.
    """
    others = values[values["basis"] != "level"]
    levels = values[values["basis"] == "level"]
    told: list[tuple] = []
    parts = []
    for indicator, rows in levels.groupby("indicator_id", sort=False):
        if indicator not in register.index:
            parts.append(rows)
            continue
        rule = register.loc[indicator]
        rows = _linked(rows, indicator, rule["redefined_in"], told)
        known = rows.dropna(subset="value").set_index("year")["value"].sort_index()
        for year in sorted(set(years) - set(known.index), key=lambda y: (y != base_year, y)):
            name = rule["base_rule"] if year == base_year else rule["missing_rule"]
            value, sources = _filled(known, year, name)
            if not sources:
                continue
            new = rows.iloc[0].to_dict() | {"year": year, "value": value, "status": name, "note": ""}
            rows = pd.concat([rows[rows["year"] != year], pd.DataFrame([new])])
            told.append((indicator, year, name, sources, value))
            if year == base_year:
                known = pd.concat([known, pd.Series({year: value})]).sort_index()
        parts.append(rows)
    told.sort(key=lambda use: (register.index.get_loc(use[0]), use[1]))
    return pd.concat([*parts, others], ignore_index=True), pd.DataFrame(told, columns=TREATMENT)


def _linked(rows: pd.DataFrame, indicator: Hashable, at: float, told: list[tuple]) -> pd.DataFrame:
    """One level per year on the first definition's scale."""
    if np.isnan(at) or rows["definition"].nunique() < 2:
        return rows
    level = rows.set_index(["definition", "year"])["value"]
    old, new = (level.get((definition, int(at)), np.nan) for definition in sorted(rows["definition"].unique())[:2])
    if not (old > 0 and new > 0):
        raise DataError.of("normalise.no_overlap", f"지표 {indicator}, {at:.0f}")
    kept = rows[rows["definition"].eq(rows["definition"].max()) == (rows["year"] > at)]
    kept = kept.assign(value=kept["value"].where(kept["year"] <= at, kept["value"] * (old / new)))
    later = kept[kept["year"] > at].itertuples()
    told += [(indicator, row.year, "linked", f"{at:.0f}", row.value) for row in later]
    return kept


def _filled(known: pd.Series, year: int, rule: str) -> tuple[float, str]:
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
    values: pd.DataFrame, directions: pd.Series, base_year: int, years: list[int], reverse: str = "reciprocal"
) -> pd.DataFrame:
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
    table = pd.DataFrame([(*key, *ratio) for key, ratio in found.items()], columns=columns)
    # With the ratio as value the base is 1 for every indicator.
    one = pd.Series(1.0, index=directions.index)
    for bound in ("", "_lower", "_upper"):
        wide = table.pivot(index="year", columns="indicator_id", values=f"ratio{bound}")[list(directions.index)]
        scores = ratio_to_base(wide, one, directions, reverse)
        table[f"score{bound}"] = [scores.at[y, i] for i, y in zip(table["indicator_id"], table["year"], strict=True)]
    turned = table["indicator_id"].map(directions).eq(LOWER_IS_BETTER)
    table.loc[turned, ["score_lower", "score_upper"]] = table.loc[turned, ["score_upper", "score_lower"]].to_numpy()
    return table[[*columns[:-1], "score", "score_lower", "score_upper", "source"]]


def _ratio(indicator, year: int, base_year: int, rows: dict, found: dict) -> tuple[float, float, float, str]:
    """Ratio to the base year with the source's own bounds, by the first of the four ways that works."""
    nan, told = float("nan"), ("value", "lower", "upper")
    if year == base_year:
        return 1.0, nan, nan, "base"
    level, base = rows.get((indicator, year, "level")), rows.get((indicator, base_year, "level"))
    if level is not None and base is not None:
        return *(level[c] / base["value"] for c in told), "level"
    change, ratio = rows.get((indicator, year, "change_percent")), rows.get((indicator, year, "ratio"))
    if change is not None and change["versus_year"] == base_year:
        return *(1 + change[c] / 100 for c in told), "change_percent"
    if ratio is not None and ratio["versus_year"] == base_year:
        return *ratio[[*told]], "ratio"
    if change is not None:
        then = found.get((indicator, int(change["versus_year"])), (nan, nan, nan, ""))
        growth = [1 + change[c] / 100 for c in told]
        if not np.isnan(then[0]):
            ranged = not all(np.isnan(bound) for bound in (*then[1:3], *growth[1:]))
            bounds = [_or(then[i], then[0]) * _or(growth[i], growth[0]) if ranged else nan for i in (1, 2)]
            return then[0] * growth[0], *bounds, "chained"
    least = rows.get((indicator, year, "ratio_at_least"))
    if least is not None and least["versus_year"] == base_year:
        return nan, least["value"], nan, ""
    return nan, nan, nan, ""


def _or(bound: float, point: float) -> float:
    return point if np.isnan(bound) else bound


def indicator_table(values: pd.DataFrame, scores: pd.DataFrame, table: pd.DataFrame, areas: pd.Series) -> pd.DataFrame:
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
    told = values.dropna(subset="value")
    told = told[~told.duplicated(["indicator_id", "year", "basis"], keep="last")]  # of two definitions the newer
    levels = told[told["basis"] == "level"].set_index(["indicator_id", "year"])
    # Of several rows the level's gives status and source; notes are cautions, so none of them is dropped.
    told = told.sort_values("basis", key=lambda b: b.ne("level"), kind="stable")
    first = told.drop_duplicates(["indicator_id", "year"]).set_index(["indicator_id", "year"])
    notes = told[told["note"].ne("")].groupby(["indicator_id", "year"])["note"]
    first["note"] = notes.agg(lambda n: ". ".join(dict.fromkeys(n))).reindex(first.index).fillna("")
    frame = scores.drop(columns=["ratio", "ratio_lower", "ratio_upper"]).copy()
    key = pd.MultiIndex.from_frame(frame[["indicator_id", "year"]])
    frame["area_id"] = frame["indicator_id"].map(areas)
    frame["area"] = frame["area_id"].map(table["name_ko"])
    for column, source in (("name", "name_ko"), ("direction", "direction"), ("effort_or_outcome",) * 2):
        frame[column] = frame["indicator_id"].map(table[source])
    frame["direction"] = frame["direction"].astype(int)
    frame["value"] = levels["value"].reindex(key).to_numpy()
    for column in ("unit", "status", "source_url", "note"):
        frame[column] = (levels if column == "unit" else first)[column].reindex(key).fillna("").to_numpy()
    obtained = key.isin(first.index)
    scored = np.where(frame["source"] == "base", frame["value"].notna(), frame["score"].notna())
    frame["state"] = np.select([scored, obtained], ["scored", "value_only"], "missing")
    return frame
