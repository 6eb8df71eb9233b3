"""Other systems' figures by their own rules: OECD Better Life Index, EU Social Scoreboard, New York's target record.

The first two place a country among countries and the third needs targets, so none of them takes Seoul's index.
"""

import re
from collections.abc import Hashable, Iterable, Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from dongheng.errors import numbers, refuse, require

WORDS = {"positive": 1, "negative": -1}
TOP = 10.0  # of a score, and of a reader's weight
UNTOUCHED = 5.0  # the weight of a topic before the reader moves it
PERCENT = r"%|percent|share"  # how the unit of a percentage begins
LEAP = 40  # times: from the highest value up to 1 to the next above, a share stands out; true percentages lie closer
QUANTILES = {"lower": 0.025, "median": 0.5, "upper": 0.975}  # of the ranks
ALL = "전체"  # what stands for all topics together
TOTAL, KINDS = "_T", ("sex", "age", "education")  # everybody, and the kinds of group that a measure may be split by
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
    values: DataFrame, indicators: DataFrame, countries: Iterable | None = None, decimals: int | None = None
) -> DataFrame:
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
    return DataFrame({t: scores[:, topic == t].mean(axis=1) for t in topic.unique()}, index=v.index)


def extremes(values: DataFrame) -> DataFrame:
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
    table = DataFrame({"countries": values.count(), **ends})
    for end, v in ends.items():
        table[f"{end}_at"] = [", ".join(map(str, values.index[values[i] == v[i]])) for i in v.index]
    return table


def total_scores(topics: DataFrame, weights: Mapping[str, float] | Series | None = None) -> Series:
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
    told, known = Series(weights, dtype=float), topics.columns
    unknown, listed = told.index[~told.index.isin(known)], ", ".join(known.map(str))
    refuse(unknown, "benchmarks.unknown_topic", "주제 '{}'", topics=listed)
    refuse(told.index[~told.between(0, TOP)], "benchmarks.weight_outside", "주제 '{}'", weight=told)
    given = told.reindex(known).fillna(UNTOUCHED)
    used = given[given > 0]
    require(len(used), "benchmarks.weights_zero", "주제 가중치")
    return (topics[used.index] * used).sum(axis=1, skipna=False) / used.sum()


def rank_range(topics: DataFrame, draws: int = 10_000, seed: int = 0) -> DataFrame:
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
    fine = draws > 0 and len(complete)
    require(fine, "benchmarks.nothing_ranked", "순위의 범위", draws=draws, countries=len(complete))
    weights = np.random.default_rng(seed).dirichlet(np.ones(topics.shape[1]), draws)
    ranks = _best_first(DataFrame(np.einsum("ct,dt->cd", complete.to_numpy(float), weights)))
    ordered = np.sort(ranks.to_numpy(np.int16), axis=1)  # and not np.percentile, which takes a hundred times as long
    table = DataFrame({q: ordered[:, int(np.ceil(p * draws)) - 1] for q, p in QUANTILES.items()}, complete.index)
    table.insert(0, "rank", _best_first(total_scores(complete)))
    return table.assign(of=len(complete)).reindex(topics.index).astype(float)


def scoreboard_categories(levels: DataFrame, changes: DataFrame, directions: Series, ddof: int = 0) -> DataFrame:
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
    return DataFrame(labels, index=level.index, columns=level.columns).where(level.notna() & change.notna())


def target_record(values: DataFrame, targets: Series, directions: Series, versus: int = 1) -> Series:
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
    fine = v.index.is_monotonic_increasing and (steps == 1).all()
    require(fine, "benchmarks.years_apart", "값 표", years=", ".join(map(str, v.index)))
    signs, aim = _signs(directions, v.columns), _numbers(targets.to_frame().T, "목표 표").iloc[0].reindex(v.columns)
    now, before = v.tail(1).sum(min_count=1), v.iloc[:-1].tail(versus)
    earlier = before.mean(skipna=False) if len(before) == versus else aim * np.nan
    over, up = (((now - yardstick) * signs).round(PLACES).dropna() for yardstick in (aim, earlier))
    met, better = over >= 0, up > 0
    record = [len(signs), len(met), met.sum(), met.mean(), len(better), better.sum(), better.mean()]
    names = ["measures", "with_target", "met", "share_met", "compared", "improving", "share_improving"]
    return Series(record, index=names, dtype=float)


def reader_weights(told: str, topics: Iterable[str]) -> dict[str, float]:
    """A reader's topic weights from one line of text, for :func:`total_scores`.

    Parameters
    ----------
    told : str
        ``"주거=8, 안전=5"``. Empty = no topic moved.
    topics : iterable of str
        The topics there are, of all editions.

    Returns
    -------
    dict
        Weight by topic, in the order of the text.

    Raises
    ------
    DataError
        A part that is not ``topic=number``, a topic twice, or one that is not there.
    """
    weights: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in told.split(","))):
        topic, _, weight = (piece.strip() for piece in part.partition("="))
        fine = re.fullmatch(r"\d+(\.\d+)?", weight) and topic not in weights
        require(fine, "benchmarks.weights_unread", "주제 가중치", part=part)
        require(topic in topics, "benchmarks.unknown_topic", f"주제 '{topic}'", topics=", ".join(topics))
        weights[topic] = float(weight)
    return weights


def place_by_topic(
    topics: DataFrame, place: Hashable, weights: Mapping[str, float] | None = None, draws: int = 10_000, seed: int = 0
) -> DataFrame:
    """One country among the others: topic by topic, and over all topics with the range of its rank.

    Parameters
    ----------
    topics : DataFrame
        Countries x topics, 0 to 10.
    place : label
        The country.
    weights : mapping, optional
        As for :func:`total_scores`: what the last row's ``reader_rank`` rests on.
    draws, seed : int
        As for :func:`rank_range`.

    Returns
    -------
    DataFrame
        By topic, and a last row :data:`ALL`: ``score``, ``rank`` (1 = best, equal scores share it; over all topics on
        equal weights), ``of`` (countries with a score), and in the last row alone ``lower``, ``median``, ``upper`` and
        ``reader_rank``. A country with a gap is not ranked there.
    """
    table = DataFrame({"score": topics.loc[place], "rank": _best_first(topics).loc[place], "of": topics.count()})
    complete = topics.dropna()
    every = rank_range(topics, draws, seed).loc[place].to_dict()
    every["score"] = total_scores(topics).loc[place]
    every["reader_rank"] = _best_first(total_scores(complete, weights)).reindex([place]).iloc[0]
    return pd.concat([table, DataFrame(every, index=[ALL])]).astype(float)


def standing(values: DataFrame, place: Hashable, directions: Series) -> DataFrame:
    """The latest level of one country among the latest of the others, and how it moved where there is a series.

    Parameters
    ----------
    values : DataFrame
        One row per ``indicator_id``, ``geo`` and ``year`` with its ``value``; countries alone, without averages.
    place : label
        The country.
    directions : Series
        +1 or -1 (or positive, negative) by indicator id.

    Returns
    -------
    DataFrame
        By id of the indicators that the country has: ``year``, ``value``, ``median`` (of all countries, each in its own
        latest year), ``rank`` (1 = best), ``of``, and of the year before in the series ``before_year``, ``before``
        and ``moved`` (1 better, 0 the same, -1 worse; NaN = one value and no series).
    """
    signs, told = _signs(directions, pd.Index(values["indicator_id"].unique())), values.sort_values("year")
    latest = told.drop_duplicates(["indicator_id", "geo"], keep="last")
    wide = latest.pivot(index="geo", columns="indicator_id", values="value")
    ours = told[told["geo"] == place]
    table = ours.drop_duplicates("indicator_id", keep="last").set_index("indicator_id")[["year", "value"]].sort_index()
    ranks = _best_first(wide * signs[wide.columns])
    table = table.assign(median=wide.median(), rank=ranks.loc[place], of=wide.count())
    earlier = ours.groupby("indicator_id").nth(-2).set_index("indicator_id")
    table = table.assign(before_year=earlier["year"], before=earlier["value"])
    return table.assign(moved=np.sign(((table["value"] - table["before"]) * signs[table.index]).round(PLACES)))


def gaps_by_group(groups: DataFrame, directions: Series, since: int) -> DataFrame:
    """Inside one country: for each measure, which group of each kind is furthest behind and how far.

    Parameters
    ----------
    groups : DataFrame
        ``indicator_id``, ``year``, ``value`` and one column per kind of group (``sex``, ``age``, ``education``), in
        which ``_T`` is everybody. Rows that cross two kinds are left out.
    directions : Series
        +1 or -1 (or positive, negative) by indicator id.
    since : int
        Older values are left out.

    Returns
    -------
    DataFrame
        One row per ``indicator_id`` and kind (``by``) with two groups or more in its latest year: ``year``, ``worst``,
        ``worst_value``, ``best``, ``best_value``, ``gap`` (best minus worst in the measure's unit, never negative).
        Equal groups: gap 0, and neither is behind (``worst`` and ``best`` empty).
    """
    signs, kinds = _signs(directions, pd.Index(groups["indicator_id"].unique())), list(KINDS)
    single = groups[(groups["year"] >= since) & (groups[kinds] != TOTAL).sum(axis=1).eq(1)]
    told = single.melt(["indicator_id", "year", "value"], kinds, "by", "group").query("group != @TOTAL")
    keys = ["indicator_id", "by"]
    told = told[told["year"] == told.groupby(keys)["year"].transform("max")]
    told = told.assign(good=told["value"] * told["indicator_id"].map(signs)).sort_values("good", kind="stable")
    ends = {"worst": ("group", "first"), "worst_value": ("value", "first"), "best": ("group", "last")}
    ends |= {"best_value": ("value", "last"), "groups": ("group", "size"), "year": ("year", "first")}
    table = told.groupby(keys).agg(**ends).query("groups > 1").reset_index()
    table["gap"] = (table["best_value"] - table["worst_value"]).abs().round(PLACES)
    table.loc[table["gap"] == 0, ["worst", "best"]] = ""
    return table[[*keys, "year", "worst", "worst_value", "best", "best_value", "gap"]]


def coverage(matches: DataFrame, catalogue: DataFrame, areas: Series) -> DataFrame:
    """Which domains of each system a city's indicators reach, and which of its areas each system reaches.

    Parameters
    ----------
    matches : DataFrame
        By the city's indicator ids: ``closeness`` (A same concept, B outcome served, C loose, N none) and one column
        per system with the ids of its indicators, joined by semicolons.
    catalogue : DataFrame
        ``system``, ``id``, ``domain``: every indicator of the systems that is known by name. A system whose
        indicators have no domain is seen from the city's side alone.
    areas : Series
        Area by the city's indicator id, in the framework's order.

    Returns
    -------
    DataFrame
        ``side`` (city or system), ``system``, ``domain`` (the city's area or the system's domain), ``items`` (indicators
        in it), ``close`` (matched by A or B), ``loose`` (by C alone) (by none: the rest).
    """
    systems = list(catalogue["system"].unique())
    links = matches.melt("closeness", systems, "system", "id", ignore_index=False).rename_axis("item").reset_index()
    links = links.assign(id=links["id"].str.split(";")).explode("id").query("id != ''")
    links = links.assign(close=links["closeness"].isin(["A", "B"]), area=links["item"].map(areas))
    links = links.merge(catalogue[["system", "id", "domain"]], validate="many_to_one")
    items = {"city": pd.MultiIndex.from_product([systems, areas])}
    items["system"] = pd.MultiIndex.from_frame(catalogue[["system", "domain"]])
    rows = []
    for side, (domain, item) in {"city": ("area", "item"), "system": ("domain", "id")}.items():
        best = links.groupby(["system", domain, item])["close"].max().groupby(level=[0, 1])
        counts = DataFrame({"items": items[side].value_counts(sort=False), "close": best.sum(), "any": best.size()})
        rows.append(counts.reindex(items[side].unique()).fillna(0).astype(int).assign(side=side))
    table = pd.concat(rows).rename_axis(["system", "domain"]).reset_index().query("domain != ''")
    table["loose"] = table["any"] - table["close"]
    return table[["side", "system", "domain", "items", "close", "loose"]]


def _best_first(scores):
    """Ranks down each column, 1 = highest, equal scores share the better one; NaN stays."""
    return scores.round(PLACES).rank(ascending=False, method="min")


def _z(signed: DataFrame, ddof: int, what: str) -> DataFrame:
    _refuse_flat(signed, what)
    return ((signed - signed.mean()) / signed.std(ddof=ddof)).round(PLACES)


def _signs(directions: Series, ids: pd.Index) -> Series:
    _once(directions.index, "방향 표의 id")
    signs = directions.map(lambda told: WORDS.get(told, told)).reindex(ids)
    refuse(ids[signs.isna().to_numpy()], "benchmarks.no_direction")
    refuse(ids[~signs.isin([1, -1]).to_numpy()], "benchmarks.wrong_direction", sign=signs)
    return signs.astype(float)


def _numbers(values: DataFrame, table: str) -> DataFrame:
    _once(values.columns, f"{table}의 칸")
    _once(values.index, f"{table}의 줄")
    return numbers(values, "benchmarks.no_number", f"{table}의 {{}} 줄 {{}} 칸")


def _refuse_flat(values: DataFrame, what: str) -> None:
    low = values.min()
    refuse(low.index[low.isna()], "benchmarks.no_value", what=what)
    refuse(low.index[low == values.max()], "benchmarks.all_alike", what=what, value=low.abs())


def _refuse_shares(percentages: DataFrame) -> None:
    x = percentages.to_numpy()
    small = (x > 0) & (x <= 1)
    top, above = np.where(small, x, 0).max(axis=0), np.where(x > 1, x, np.inf).min(axis=0)
    for j in np.flatnonzero((top > 0) & (above > LEAP * top)):
        which = [f"{country} {value:g}" for country, value in percentages.iloc[small[:, j], j].items()]
        refuse([percentages.columns[j]], "benchmarks.shares", count=len(which), which=", ".join(which[:3]))


def _once(labels: Iterable[Hashable], what: str) -> None:
    index = pd.Index(labels)
    refuse(index[index.duplicated()], "benchmarks.twice", f"{what} '{{}}'")


def _alike(one: pd.Index, other: pd.Index, kind: str, here: str, there: str) -> None:
    _within(one, other, kind, here, there)
    _within(other, one, kind, there, here)


def _within(labels: pd.Index, known: pd.Index, kind: str, here: str, there: str) -> None:
    refuse(labels[~labels.isin(known)], "benchmarks.in_one_only", f"{kind} {{}}", here=here, there=there)
