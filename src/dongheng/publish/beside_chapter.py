"""What the chapter beside other systems says, and notebook 04: tables of texts, sentences, and what its charts draw."""

import numpy as np
import pandas as pd

from dongheng.benchmarks import ALL
from dongheng.config import Settings
from dongheng.publish.chapter import about, catalogue, cells_of, chart_of

SAID = catalogue(__file__)


def reason(settings: Settings) -> str:
    """Why the tables hold no row; empty where they do."""
    return SAID("lead.reason") if settings.illustrative else ""


def lead(settings: Settings, rules: pd.DataFrame | None = None) -> list:
    """What may be set beside what and, from the systems' rules, which of them fits one city, as items of ``Document.say``."""
    fitting = [] if rules is None else rules[rules["defined"] == 1].to_dict("records")
    return about(SAID, settings)("lead.items") + [SAID("lead.rule", n=len(rules), **rule) for rule in fitting]


def context(settings: Settings) -> str:
    """The city's own argument why macro rates are context and not effect."""
    return about(SAID, settings)("context.why")


def sources(table: pd.DataFrame) -> str:
    """Whose figures a table holds, each once."""
    return "; ".join(dict.fromkeys(told for told in table["source"] if told))


def system_cells(rules: pd.DataFrame) -> pd.DataFrame:
    """Each system's rule and what it would do to one city's figures, as texts."""
    return _said("systems", rules, rules["defined"] == 1, "defined", "undefined")


def matrix_of(coverage: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.coverage_matrix``: the city's areas, and as a last row each system's own domains."""
    told = coverage.assign(system=coverage["system"].map(SAID.texts["names"]))
    city, theirs = (told[told["side"] == side] for side in ("city", "system"))
    close = theirs["close"].clip(upper=1)
    theirs = theirs.assign(items=1, close=close, loose=theirs["loose"].clip(upper=1) * (1 - close))
    theirs = theirs.assign(domain=SAID("matrix.back"))
    counts = pd.concat([city, theirs]).groupby(["domain", "system"], sort=False)[["items", "close", "loose"]].sum()
    reached = city.assign(n=city["close"] + city["loose"]).groupby("system")[["items", "n"]].sum()
    most = reached["n"].idxmax()
    say = about(SAID, settings).given(most=most, n=reached.at[most, "n"], of=reached.at[most, "items"])
    return {"counts": counts, **chart_of(say, "matrix_chart")}


def domain_cells(coverage: pd.DataFrame) -> pd.DataFrame:
    """Each system's domains by whether the city's indicators reach them, as texts."""
    theirs = coverage[coverage["side"] == "system"]
    state = np.select([theirs["close"] > 0, theirs["loose"] > 0], ["close", "loose"], "none")
    named = theirs.assign(system=theirs["system"].map(SAID.texts["names"]))
    named = named.groupby(["system", state], sort=False)["domain"].agg(", ".join).unstack()
    return cells_of(SAID, "domains", named.reindex(columns=["close", "loose", "none"]).fillna("-").reset_index())


def reach_reading(reach: pd.DataFrame, n: int) -> str:
    """Which cells of the vulnerability matrix the `n` indicators reach, in a sentence."""
    empty, placed = reach[reach["n"] == 0], reach["indicators"].str.split("; ").explode()
    cells = ", ".join(f"{row.field}의 {row.criterion}({row.who})" for row in empty.itertuples())
    facts = {"n": len(reach), "reached": len(reach) - len(empty), "cells": cells}
    return SAID("reach.told", **facts, unplaced=n - placed[placed != ""].nunique())


def same_cells(closeness: pd.DataFrame, short: bool = False) -> pd.DataFrame:
    """Indicators of closeness A beside their counterparts, definition, year and unit in the row, as texts.

    With `short` one counterpart of each system.
    """
    same = closeness[closeness["closeness"] == "A"]
    same = _plain(same).drop_duplicates(["indicator_id", "system"]) if short else same
    same = same.assign(city_year=same["city_year"].map("{:.0f}".format))
    return _said("same", same, same["city_value"].notna(), "known", "unknown")


def same_notes(closeness: pd.DataFrame) -> list[str]:
    """What is not known of the city's own definitions."""
    return [SAID("same.note")] if len(closeness) else []


def outcome_cells(closeness: pd.DataFrame, short: bool = False) -> pd.DataFrame:
    """The outcomes that outputs serve with Korea's latest level, as texts.

    With `short` one outcome per indicator, those with a Korean value, indicators that share it in one row.
    """
    served = closeness[closeness["closeness"] == "B"]
    if short:
        served = _plain(served[served["value"].notna()]).drop_duplicates("indicator_id")
        sharing = served.groupby("benchmark_id")["indicator_id"].agg(", ".join)
        served = served.drop_duplicates("benchmark_id")
        served = served.assign(name="", indicator_id=served["benchmark_id"].map(sharing))
    for column, moved in {"city": "city_moved", "korea": "moved"}.items():
        ways = served[moved].map({1: "better", 0: "same", -1: "worse"}).fillna("none")
        served = served.assign(**{column: ways.map(SAID.texts["moved"])})
    kinds = ["series"] * bool(served["moved"].notna().any()) + ["full"] * (not short)
    return _said("outcomes", served, served["value"].notna(), "known", "unknown", *kinds)


def outcome_notes(closeness: pd.DataFrame) -> list[str]:
    """The outputs whose outcome has no Korean value."""
    found = closeness[closeness["closeness"] == "B"].groupby("indicator_id", sort=False)["value"].count()
    lacking = found.index[found == 0]
    return [SAID("outcomes.lacking", n=len(found), ids=", ".join(lacking))] if len(lacking) else []


def figure_cells(figures: pd.DataFrame, system: str) -> pd.DataFrame:
    """The figures of one system with place, year and caution, as texts."""
    told = figures[figures["system"] == system]
    return _said("figures", told, told["lowest"].notna(), "ranged", "single")


def ranks_of(ranks: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.rank_dots``: every edition's rank over all topics and the newest edition's topics."""
    whole = ranks[ranks["topic"] == ALL].assign(topic=lambda t: t["edition"].map(SAID.texts["editions"]))
    topics = ranks[(ranks["edition"] == "renewed") & (ranks["topic"] != ALL)].sort_values("rank", kind="stable")
    table = pd.concat([whole, topics]).set_index("topic").rename(columns={"lower": "lo", "upper": "hi"})
    (best, first), (last, worst) = topics.iloc[[0, -1]][["topic", "rank"]].to_numpy()
    say = about(SAID, settings).given(best=best, best_rank=first, last=last, last_rank=worst)
    return {"table": table[["rank", "of", "lo", "hi"]], **chart_of(say, "ranks_chart")}


def ranks_reading(ranks: pd.DataFrame) -> list[str]:
    """Korea's rank of each edition, never without its range."""
    whole = ranks[ranks["topic"] == ALL].to_dict("records")
    legacy, *newer = (SAID("ranks.told", row["edition"], **row) for row in whole)
    return [legacy, " ".join([*newer, SAID("ranks.notes")])]


def gap_cells(gaps: pd.DataFrame) -> pd.DataFrame:
    """Who is furthest behind inside Korea: by kind of group, how often each and the widest gap of each, as texts."""
    return cells_of(SAID, "gaps", _behind(gaps))


def gap_reading(gaps: pd.DataFrame) -> str:
    """The groups that are behind most often, one of each kind, and where they are furthest behind."""
    most = _behind(gaps).drop_duplicates("by")
    groups = ", ".join(SAID("gaps.group", **row) for row in most.to_dict("records"))
    return SAID("gaps.told", groups=groups, **most.loc[most["share"].idxmax()])


def gap_list(gaps: pd.DataFrame) -> pd.DataFrame:
    """Every measure and kind of group with its two ends, as texts."""
    return _said("gap_list", _in_words(gaps), gaps["worst"] != "", "apart", "alike")


def _said(key: str, table: pd.DataFrame, holds: pd.Series, kind: str, other: str, *more: str) -> pd.DataFrame:
    """The catalogue's table `key`, each row said as `kind` where something holds and as `other` where not."""
    return cells_of(SAID.given(*more), key, table.assign(kind=np.where(holds, kind, other)), ("kind",))


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Names without what stands in brackets behind them."""
    return rows.assign(benchmark=rows["benchmark"].str.replace(r"\(.*\)$", "", regex=True))


def _behind(gaps: pd.DataFrame) -> pd.DataFrame:
    """By kind and group, those that are behind most often first: how often, and the row of the widest gap."""
    rows = gaps[gaps["worst"] != ""]
    share = rows["gap"] / rows[["worst_value", "best_value"]].abs().max(axis=1)
    share = share.where(rows["gap"] >= 0.1, 0)  # below that both ends print alike
    sizes = {n: rows.groupby(keys)["by"].transform("size") for n, keys in {"n": ["by", "worst"], "of": ["by"]}.items()}
    rows = rows.assign(share=share, **sizes).sort_values(["by", "n", "share"], ascending=False, kind="stable")
    return _in_words(rows.drop_duplicates(["by", "worst"]))


def _in_words(gaps: pd.DataFrame) -> pd.DataFrame:
    groups = {end: gaps[end].map(SAID.texts["groups"]) for end in ("worst", "best")}
    return gaps.assign(**groups, by=gaps["by"].map(SAID.texts["kinds"]))
