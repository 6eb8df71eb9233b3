"""Other systems' figures by their own rules: OECD Better Life Index, EU Social Scoreboard, New York's target record.

The first two place a country among countries and the third needs targets, so none of them takes Seoul's index.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

import numpy as np
import pandas as pd

from dongheng.errors import DataError

WORDS = {"positive": 1, "negative": -1}
TOP = 10.0  # of a score, and of a reader's weight
UNTOUCHED = 5.0  # the weight of a topic before the reader moves it
PERCENT = r"%|percent|share"  # how the unit of a percentage begins
LEAP = 40  # times: from the highest value up to 1 to the next above, a share stands out; true percentages lie closer
QUANTILES = {"lower": 0.025, "median": 0.5, "upper": 0.975}  # of the ranks
PLACES = 9  # decimals that decide over a tie or a band; a processor's last digit shall not

# Categories by the score of the change (below -1, -1 to 1, from 1) and of the level (rows, with their upper end).
CHANGE_CUTS = (-1.0, 1.0)
BANDS = (
    (-1.0, "Critical situation", "Critical situation", "Weak but improving"),
    (-0.5, "To watch", "To watch", "Weak but improving"),
    (0.5, "To watch", "On average", "Better than average"),
    (1.0, "Good but to monitor", "Better than average", "Better than average"),
    (np.inf, "Good but to monitor", "Best performer", "Best performer"),
)
POOR, MIDDLE = 0, 1  # columns of the change


def better_life_scores(
    values: pd.DataFrame, indicators: pd.DataFrame, countries: Iterable | None = None, decimals: int | None = None
) -> pd.DataFrame:
    """Topic scores of OECD's Better Life Index, from 0 (worst of the countries given) to 10 (best).

    An indicator's score is ``10 (x - min) / (max - min)``, or ``10 (max - x) / (max - min)`` where less is better; a
    topic is the plain mean of its indicators' scores.

    Parameters
    ----------
    values : DataFrame
        Rows = countries, columns = indicator ids, in the indicators' own units. NaN = no value.
    indicators : DataFrame
        One row per indicator: ``id``, ``topic`` (or ``dimension``), ``direction`` (positive or negative) and, where
        there is one, ``unit``: a unit that begins with %, Percent or Share is what tells a percentage.
    countries : iterable, optional
        The countries of the edition. Minimum and maximum are those of the countries given, so that one country
        more or less may move everybody's score: with this list it is refused. Without it the table is taken as an
        edition of its own, and :func:`extremes` says on whom it rests.
    decimals : int, optional
        Round each indicator's score before the topic's mean. OECD's own topic scores look as if rounded to 1.

    Returns
    -------
    DataFrame
        Countries x topics, in the order of `values` and of `indicators`. NaN where the country lacks one of the
        topic's indicators.

    Raises
    ------
    DataError
        A column that is no indicator (a renamed code), an indicator without column or without any value, one that
        is the same everywhere, a percentage given as a share, an unknown direction, a country lost or added, a cell
        that is no finite number, a country or an id twice.

    Notes
    -----
    Rule: OECD, https://www.oecd.org/en/data/tools/oecd-better-life-index.html. What OECD puts into a gap is not among
    the published values (in the 2025 edition it is: imputed), and the mean of what is left does not replace it: in
    the 41-country edition that lies up to 4 points from OECD's own topic score. So a gap stays a gap.

    A share is told by the leap from the values up to 1 to the next one above, or by all values being up to 1. One
    share in a column that holds true values near it (0.4 for 40 beside 0.1 and 12) cannot be told.
    """
    _once(indicators["id"], "지표 표의 id")
    table = indicators.set_index("id")
    v = _numbers(values, "값 표")
    _alike(v.columns, table.index, "지표", "값 표", "지표 표")
    v = v[table.index]
    if countries is not None:
        _alike(v.index, pd.Index(countries), "나라", "값 표", "이 판의 나라 목록")
    _refuse_flat(v, "값이")
    if "unit" in table:
        _refuse_shares(v.loc[:, table["unit"].astype(str).str.match(PERCENT, case=False).to_numpy()])
    x, signs = v.to_numpy(), _signs(table["direction"], v.columns).to_numpy()
    low, high = np.nanmin(x, axis=0), np.nanmax(x, axis=0)
    scores = TOP * np.abs(x - np.where(signs > 0, low, high)) / (high - low)
    scores = scores if decimals is None else scores.round(decimals)
    topic = table["topic" if "topic" in table else "dimension"]
    return pd.DataFrame({t: scores[:, topic == t].mean(axis=1) for t in topic.unique()}, index=v.index)


def extremes(values: pd.DataFrame) -> pd.DataFrame:
    """On whom an edition's scores rest: each indicator's lowest and highest value, and whose they are.

    Parameters
    ----------
    values : DataFrame
        As for :func:`better_life_scores`.

    Returns
    -------
    DataFrame
        By indicator id: ``countries`` (with a value), ``lowest``, ``highest``, ``lowest_at``, ``highest_at``
        (countries, joined by a comma where several share it).
    """
    ends = {"lowest": values.min(), "highest": values.max()}
    table = pd.DataFrame({"countries": values.count(), **ends})
    for end, v in ends.items():
        table[f"{end}_at"] = [", ".join(map(str, values.index[values[i] == v[i]])) for i in v.index]
    return table


def total_scores(topics: pd.DataFrame, weights: Mapping[str, float] | pd.Series | None = None) -> pd.Series:
    """One score per country: the mean of its topic scores under a reader's weights.

    Parameters
    ----------
    topics : DataFrame
        Countries x topics, 0 to 10, as :func:`better_life_scores` gives them.
    weights : mapping or Series, optional
        Weight by topic, 0 to 10. A topic that is not named keeps 5, as on OECD's page; 0 leaves the topic out.

    Returns
    -------
    Series
        By country, 0 to 10. NaN where a topic of positive weight is NaN.

    Raises
    ------
    DataError
        A weight for a topic that is not there, one outside 0 to 10, all of them 0.
    """
    given = pd.Series(UNTOUCHED, index=topics.columns)
    for topic, weight in dict({} if weights is None else weights).items():
        if topic not in given.index:
            raise DataError.of("benchmarks.unknown_topic", f"주제 '{topic}'", topics=", ".join(map(str, given.index)))
        if not 0 <= weight <= TOP:
            raise DataError.of("benchmarks.weight_outside", f"주제 '{topic}'", weight=weight)
        given[topic] = weight
    used = given[given > 0]
    if used.empty:
        raise DataError.of("benchmarks.weights_zero", "주제 가중치")
    return (topics[used.index] * used).sum(axis=1, skipna=False) / used.sum()


def rank_range(topics: pd.DataFrame, draws: int = 10_000, seed: int = 0) -> pd.DataFrame:
    """Where a country ranks on equal weights, and between which ranks it moves under random topic weights.

    Parameters
    ----------
    topics : DataFrame
        Countries x topics, 0 to 10.
    draws : int
        Number of random weightings. Each is a draw from the flat Dirichlet distribution: every way of dividing
        the whole weight among the topics is equally likely. Sliders drawn uniformly from 0 to 10 lie closer to
        equal weights and give a narrower range.
    seed : int
        Of numpy's default generator; 0 is a seed.

    Returns
    -------
    DataFrame
        By country: ``rank`` (equal weights), ``lower``, ``median``, ``upper`` (95 % of the ranks under random weights
        lie from lower to upper; ranks that occurred, never halves), ``of`` (countries ranked). 1 = best; equal
        totals share the better rank. A country with a gap is not ranked (NaN), and ``of`` counts without it.

    Raises
    ------
    DataError
        No weighting asked for, or no country with all topics.
    """
    complete = topics.dropna()
    if draws < 1 or complete.empty:
        raise DataError.of("benchmarks.nothing_ranked", "순위의 범위", draws=draws, countries=len(complete))
    weights = np.random.default_rng(seed).dirichlet(np.ones(topics.shape[1]), draws)
    ranks = _ranks(np.einsum("ct,dt->cd", complete.to_numpy(float), weights))
    ordered = np.sort(ranks, axis=1)  # and not np.percentile, which takes a hundred times as long
    table = pd.DataFrame({q: ordered[:, int(np.ceil(p * draws)) - 1] for q, p in QUANTILES.items()}, complete.index)
    table.insert(0, "rank", _ranks(total_scores(complete).to_numpy()[:, None])[:, 0])
    return table.assign(of=len(complete)).reindex(topics.index).astype(float)


def scoreboard_categories(
    levels: pd.DataFrame, changes: pd.DataFrame, directions: pd.Series, ddof: int = 0
) -> pd.DataFrame:
    """The seven categories of the EU's Social Scoreboard.

    Levels and changes are scored indicator by indicator as ``(x - mean) / SD``, turned so that high is good, and
    the two scores are looked up in :data:`BANDS`.

    Parameters
    ----------
    levels, changes : DataFrame
        Member states x indicator ids; the change against the year (or survey) before. NaN = no value.
    directions : Series
        +1 or -1 (or positive, negative) by indicator id.
    ddof : int
        What is taken off the number of states in the deviation: 0 is the Commission's way, 1 shows what the
        sample's deviation would do.

    Returns
    -------
    DataFrame
        Shape of `levels`; the Commission's labels. NaN where level or change is missing.

    Raises
    ------
    DataError
        States or indicators that only one of the two tables has, an indicator without any value or the same
        everywhere, an unknown direction, a cell that is no finite number, a state or an id twice.

    Notes
    -----
    European Commission, Joint Employment Report 2025. Mean and standard deviation are plain, over the states that
    have a value (27 or 26), and the deviation is the population's: with n - 1 nine of the 457 cells come out
    otherwise. A score on a cut belongs to the better side. The exception: a state whose change is poor beside the
    others' although it did not get worse itself counts as if its change were in the middle. The published cells
    cannot show either (no score on a cut, no such state in 2025); both follow a public program that computes these
    tables (github.com/alekrutkowski/Platform-2018, tools/scoreboard/colours.py).
    """
    level, change = _numbers(levels, "수준 표"), _numbers(changes, "변화 표")
    _alike(change.columns, level.columns, "지표", "변화 표", "수준 표")
    _alike(change.index, level.index, "나라", "변화 표", "수준 표")
    signs = _signs(directions, level.columns)
    level, change = level * signs, change.loc[level.index, level.columns] * signs
    row = np.searchsorted([band[0] for band in BANDS[:-1]], _z(level, ddof, "수준이"), side="right")
    column = np.searchsorted(CHANGE_CUTS, _z(change, ddof, "변화가"), side="right")
    column[(column == POOR) & (change >= 0).to_numpy()] = MIDDLE
    labels = np.array([band[1:] for band in BANDS], dtype=object)[row, column]
    return pd.DataFrame(labels, index=level.index, columns=level.columns).where(level.notna() & change.notna())


def target_record(values: pd.DataFrame, targets: pd.Series, directions: pd.Series, versus: int = 1) -> pd.Series:
    """New York's way to sum up: of the measures that have a target, how many met it; of all, how many improve.

    Parameters
    ----------
    values : DataFrame
        Rows = consecutive years, the last one is judged; columns = measure ids. NaN = no value.
    targets : Series
        Target for the last year by measure id; NaN or absent = none.
    directions : Series
        +1 or -1 (or positive, negative) by measure id.
    versus : int
        Improvement against the mean of so many years before: 1 (last year), 3 or 5.

    Returns
    -------
    Series
        measures, with_target (and a value), met, share_met, compared (with all the years before), improving,
        share_improving. On the target is met; no change is no improvement. A share of nothing is NaN.

    Raises
    ------
    DataError
        A target for an unknown measure, years out of order or with one left out, an unknown direction, a cell that
        is no finite number, a year or an id twice.

    Notes
    -----
    New York City, Mayor's Management Report. Every column counts once: what the report repeats by district has to
    be set aside before (its file has three sanitation measures 59 times).
    """
    v = _numbers(values, "값 표")
    _once(targets.index, "목표 표의 id")
    _within(targets.index, v.columns, "지표", "목표 표", "값 표")
    steps = np.diff(v.index) if v.index.dtype.kind == "i" else np.ones(1)
    if not v.index.is_monotonic_increasing or (steps != 1).any():
        raise DataError.of("benchmarks.years_apart", "값 표", years=", ".join(map(str, v.index)))
    signs, aim = _signs(directions, v.columns), _numbers(targets.to_frame().T, "목표 표").iloc[0].reindex(v.columns)
    now, before = v.tail(1).sum(min_count=1), v.iloc[:-1].tail(versus)
    earlier = before.mean(skipna=False) if len(before) == versus else aim * np.nan
    over, up = (((now - yardstick) * signs).round(PLACES).dropna() for yardstick in (aim, earlier))
    met, better = over >= 0, up > 0
    record = [len(signs), len(met), met.sum(), met.mean(), len(better), better.sum(), better.mean()]
    names = ["measures", "with_target", "met", "share_met", "compared", "improving", "share_improving"]
    return pd.Series(record, index=names, dtype=float)


def _ranks(totals: np.ndarray) -> np.ndarray:
    """Ranks down each column, 1 = highest: one more than there are higher ones."""
    totals, ranks = totals.round(PLACES), np.ones(totals.shape, dtype=np.int16)
    for other in totals:
        ranks += other > totals
    return ranks


def _z(signed: pd.DataFrame, ddof: int, what: str) -> pd.DataFrame:
    _refuse_flat(signed, what)
    return ((signed - signed.mean()) / signed.std(ddof=ddof)).round(PLACES)


def _signs(directions: pd.Series, ids: pd.Index) -> pd.Series:
    _once(directions.index, "방향 표의 id")
    signs = directions.map(lambda told: WORDS.get(told, told)).reindex(ids)
    for i in ids[~signs.isin([1, -1]).to_numpy()]:
        key = "benchmarks.no_direction" if pd.isna(signs[i]) else "benchmarks.wrong_direction"
        raise DataError.of(key, f"지표 {i}", sign=signs[i])
    return signs.astype(float)


def _numbers(values: pd.DataFrame, table: str) -> pd.DataFrame:
    _once(values.columns, f"{table}의 칸")
    _once(values.index, f"{table}의 줄")
    cells = values.to_numpy(dtype=object)
    x = np.reshape(pd.to_numeric(cells.ravel(), errors="coerce"), cells.shape).astype(float)
    for row, column in np.argwhere(np.isinf(x) | (np.isnan(x) & ~pd.isna(cells))):
        where = f"{table}의 {values.index[row]} 줄 {values.columns[column]} 칸"
        raise DataError.of("benchmarks.no_number", where, cell=cells[row, column])
    return pd.DataFrame(x, index=values.index, columns=values.columns)


def _refuse_flat(values: pd.DataFrame, what: str) -> None:
    low = values.min()
    for i in values.columns[(low.isna() | (low == values.max())).to_numpy()]:
        key = "benchmarks.no_value" if pd.isna(low[i]) else "benchmarks.all_alike"
        raise DataError.of(key, f"지표 {i}", what=what, value=abs(low[i]))


def _refuse_shares(percentages: pd.DataFrame) -> None:
    x = percentages.to_numpy()
    small = (x > 0) & (x <= 1)
    top, above = np.where(small, x, 0).max(axis=0), np.where(x > 1, x, np.inf).min(axis=0)
    for j in np.flatnonzero((top > 0) & (above > LEAP * top)):
        which = [f"{country} {value:g}" for country, value in percentages.iloc[small[:, j], j].items()]
        facts = {"count": len(which), "which": ", ".join(which[:3])}
        raise DataError.of("benchmarks.shares", f"지표 {percentages.columns[j]}", **facts)


def _once(labels: Iterable[Hashable], what: str) -> None:
    index = pd.Index(labels)
    for label in index[index.duplicated()]:
        raise DataError.of("benchmarks.twice", f"{what} '{label}'")


def _alike(one: pd.Index, other: pd.Index, kind: str, here: str, there: str) -> None:
    _within(one, other, kind, here, there)
    _within(other, one, kind, there, here)


def _within(labels: pd.Index, known: pd.Index, kind: str, here: str, there: str) -> None:
    for label in labels[~labels.isin(known)]:
        raise DataError.of("benchmarks.in_one_only", f"{kind} {label}", here=here, there=there)
