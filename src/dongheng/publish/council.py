"""What the council report says: tables of texts and sentences, from the year's tables and the wording in council.toml."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pandas as pd

from dongheng.aggregate import REST
from dongheng.config import Settings
from dongheng.publish.phrases import Phrases
from dongheng.publish.wording import number, plain
from dongheng.weighting import largest_remainder

SAID = Phrases(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")))
STATES = ["scored", "value_only", "missing"]


# --- the cover and the first pages ----------------------------------------------------------------------------------


def cover(settings: Settings, indicators: pd.DataFrame, indices: pd.DataFrame) -> dict:
    """Arguments of ``Document.cover``: 초안 until an approval with a document number is recorded."""
    now = indicators.loc[indicators["year"] == settings.year, "state"]
    say, approval = _of(settings, indices).given(n=len(now), **_counts(now, STATES)), settings.approval
    return {
        "title": say("cover.title"),
        "subtitle": say("cover.subtitle"),
        "lines": [line for line in (settings.publisher, say("cover.years")) if line],
        "draft": not approval,
        "approval": say("cover.approval", **approval) if approval else "",
        "running": say("cover.title"),
        "publication_number": settings.publication_number,
        "notice": say("cover.notice"),
    }


def reading_guide(settings: Settings, indices: pd.DataFrame) -> list:
    """일러두기: how to read the figures, as items of ``Document.say``."""
    return _of(settings, indices)("guide.items")


def messages(indices: pd.DataFrame, contributions: pd.DataFrame, indicators: pd.DataFrame, settings: Settings) -> list:
    """The findings of the one-page summary, as items of ``Document.say``.

    Differences are those of the published figures. No verdict (상승, 하락, 뚜렷한 변화 없음) is given: it may rest on
    survey and revision error alone, and neither was obtained.
    """
    say, year = _of(settings, indices), settings.year
    areas = indices[(indices["level"] == 1) & (indices["year"] == year)].set_index("node_id")
    composite = say("findings.composite", "gaps" if areas["change"].isna().any() else "whole")
    if _computed(indices):
        return [composite, *_whole_messages(indices, contributions, indicators, settings)]
    kinds = indicators[indicators["year"] == year].set_index("indicator_id")["effort_or_outcome"]
    known = _pair(contributions, settings)
    known = known[(known["item"] != REST) & known["node_id"].isin(areas.index[areas["change"].notna()])]
    moved = say("findings.none_known")
    if len(known):
        effort = (kinds[known["item"]] == "effort").sum()
        known = known.assign(area=known["node_id"].map(areas["name"]), total=known["node_id"].map(areas["change"]))
        largest = known.sort_values("contribution", key=abs, ascending=False).head(3).to_dict("records")
        told = [say("findings.known_share", share=_share(row), **row) for row in largest]
        told.append(say("findings.known_effort", n=len(known), effort=effort))
        moved = (say("findings.known", n=len(known)), told)
    return [
        composite,
        (say("findings.areas"), [say("findings.area", **row) for row in areas.to_dict("records")]),
        moved,
        say("findings.effort_or_outcome", n=kinds.notna().sum(), **_counts(kinds, ["effort", "outcome"])),
    ]


def _whole_messages(
    indices: pd.DataFrame, contributions: pd.DataFrame, indicators: pd.DataFrame, settings: Settings
) -> list:
    """What can be said once every indicator is known: who moved the composite, one indicator, effort against outcome."""
    say, pair = _of(settings, indices), _composite_pair(contributions, indices, settings)
    indicator = indicators.drop_duplicates("indicator_id").set_index("indicator_id")
    by_area = pair.groupby(pair["item"].map(indicator["area"]), sort=False)["contribution"].sum()
    top = pair.loc[pair["contribution"].abs().idxmax()]
    composite = indices[indices["level"] == 0].set_index("year")["index"]
    score = indicators[indicators["indicator_id"] == top["item"]].set_index("year")["score"]
    without = (composite - top["weight"] * score) / (1 - top["weight"])
    rises = pair[pair["contribution"] > 0]
    is_effort = rises["item"].map(indicator["effort_or_outcome"]) == "effort"
    whole, effort = rises["contribution"].sum(), rises.loc[is_effort, "contribution"].sum()
    return [
        (
            say("findings.shares_of_areas"),
            [say("findings.share_of_area", name=name, share=share) for name, share in by_area.items()],
        ),
        say(
            "findings.without_largest",
            without=without[settings.year],
            without_change=without[settings.year] - without[settings.year - 1],
            **top,
        ),
        say(
            "findings.rises",
            n=len(rises),
            whole=whole,
            n_effort=is_effort.sum(),
            effort=effort,
            percent=number(100 * effort / whole, missing="-"),
            outcome=whole - effort,
            all=len(indicator),
            all_effort=(indicator["effort_or_outcome"] == "effort").sum(),
        ),
    ]


def index_cells(indices: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The composite and the areas: indices by year, change, improved counts, as texts."""
    say = _of(settings, indices)
    if settings.base_year < settings.year - 1 and len(settings.years) <= 3:  # of more years, each is in its column
        say = say.given("from_base")
    shown = indices[indices["level"] <= 1]
    now = shown[shown["year"] == settings.year]
    whole = (now["node_id"] == indices["node_id"].iloc[0]) & (not _computed(indices))
    cells = _cells(say, "indices", now.assign(kind=whole.map({True: "uncounted", False: "counted"})), ("kind",))
    return _with_years(cells, 2, shown.assign(text=shown["index"].map(number)), "node_id", settings)


def index_notes(indices: pd.DataFrame, settings: Settings) -> list[str]:
    """Cautions that belong right below the table of indices."""
    say = _of(settings, indices)
    now = indices[indices["year"].isin(settings.years) & indices["year"].ne(settings.base_year)]
    told = now[now["note"].str.contains("채택하지|반올림")].to_dict("records")
    return [say("indices.note"), *(say("indices.note_of_one", **row) for row in told)]


def index_widths(settings: Settings) -> list[float]:
    """Widths of the columns of :func:`index_cells`."""
    years = len(settings.years)
    if years > 3:
        return [14, 8, *[13] * years, 13, 12]
    return [14, 12, *[11] * years, *[15] * (1 + (settings.year - 1 > settings.base_year)), 15]


def published_cells(indices: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """This year's computed indices beside the published ones, as texts; no rows where nothing was computed."""
    now = indices[(indices["year"] == settings.year) & (indices["level"] <= 1) & indices["computed"].notna()]
    return _cells(SAID, "beside", now.assign(difference=now["computed"] - now["published"]))


def areas_lead(indices: pd.DataFrame, settings: Settings) -> str:
    """One paragraph before the chart of the areas."""
    return _of(settings, indices)("areas.lead")


def dumbbell_of(indices: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.dumbbell``: the areas, last year and this year."""
    areas = indices[indices["level"] == 1]
    values = areas.pivot(index="node_id", columns="year", values="index")
    return {
        "before": values[settings.year - 1],
        "after": values[settings.year],
        "labels": areas.drop_duplicates("node_id").set_index("node_id")["name"],
        **_chart(_of(settings, indices), "areas_chart"),
    }


def composite_of(indices: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.index_dots``: the composite over the years."""
    series = indices[indices["level"] == 0].set_index("year")["index"]
    return {"series": series, **_chart(_of(settings, indices), "composite_chart")}


# --- what moved -----------------------------------------------------------------------------------------------------


def contribution_cells(
    contributions: pd.DataFrame, indices: pd.DataFrame, from_year: int, to_year: int
) -> pd.DataFrame:
    """Every area's published change as the known indicators plus one line 나머지, with the sum below, as texts.

    The column of ranges is there only where a source gave one.
    """
    names = indices[indices["level"] == 1].drop_duplicates("node_id").set_index("node_id")["name"]
    pair = contributions[(contributions["from_year"] == from_year) & (contributions["to_year"] == to_year)]
    pair = pair[pair["node_id"].isin(names.index)]
    pair = pair.assign(
        area=pair["node_id"].map(names),
        percent=100 * pair["weight"],
        kind=pair["item"].map({REST: "rest"}).fillna("indicator"),
        range=pair["lower"].notna().map({True: "in_range", False: "single"}),
    )
    rows = []
    for node, part in pair.groupby("node_id", sort=False):
        whole = part[["percent", "contribution"]].sum().to_dict()
        rows += [*part.to_dict("records"), whole | {"area": names[node], "kind": "sum", "range": "single"}]
    say = SAID.given(_basis(indices), "ranges" if pair["lower"].notna().any() else "no_ranges")
    return _cells(say, "shares", pd.DataFrame(rows), ("kind", "range"))


def contribution_widths(cells: pd.DataFrame) -> list[float]:
    """Widths of the columns of :func:`contribution_cells`, with or without the column of ranges."""
    return [48, 15, 11, 13, 13][: cells.shape[1]]


def moved_lead(contributions: pd.DataFrame, bounds: pd.DataFrame, indices: pd.DataFrame, settings: Settings) -> list:
    """What is known of each area's change, as items of ``Document.say``, and how much is not."""
    if _computed(indices):
        return _whole_lead(contributions, indices, settings)
    items: list = []
    at_least = _pair(bounds, settings)
    split = _areas_with_known(contributions, indices, settings)
    for area, part in split:
        told = _shares(part[part["item"] != REST])
        told.append(SAID("moved.rest", share=_share(part[part["item"] == REST].iloc[0])))
        bounded = at_least[at_least["node_id"] == area["node_id"]].to_dict("records")
        told += [SAID("moved.at_least", **row) for row in bounded]
        items.append((SAID("moved.area", **area), told))
    areas = indices[(indices["level"] == 1) & (indices["year"] == settings.year)]
    silent = areas.loc[~areas["node_id"].isin([area["node_id"] for area, _ in split]), "name"]
    return items + [SAID("moved.silent", names=", ".join(silent))] * bool(len(silent))


def _whole_lead(contributions: pd.DataFrame, indices: pd.DataFrame, settings: Settings) -> list:
    """The five indicators that raised the composite most, and those that lowered it most."""
    pair = _composite_pair(contributions, indices, settings)
    pair = pair.sort_values("contribution", ascending=False, kind="stable")
    rises, falls = pair[pair["contribution"] > 0], pair[pair["contribution"] < 0][::-1]
    return [
        (SAID("moved.rises", n=len(rises)), _shares(rises.head(5))),
        (SAID("moved.falls", n=len(falls)), _shares(falls.head(5))) if len(falls) else SAID("moved.no_falls"),
    ]


def contribution_notes(indicators: pd.DataFrame, indices: pd.DataFrame, settings: Settings) -> list[str]:
    """Cautions that belong right below the table of contributions."""
    notes = _of(settings, indices)("shares.notes")
    if _computed(indices):
        return notes
    now = indicators[(indicators["year"] == settings.year) & indicators["score"].notna()]
    ids = {way: now.loc[now["source"] == way, "indicator_id"] for way in ("ratio", "change_percent", "chained")}
    return notes + [SAID("shares.way", way, ids=", ".join(of)) for way, of in ids.items() if len(of)]


def waterfalls_of(contributions: pd.DataFrame, indices: pd.DataFrame, settings: Settings) -> list[dict]:
    """Arguments of ``charts.waterfall``, one for each area with a known indicator, largest change first."""
    found = [_composite_waterfall(contributions, indices, settings)] if _computed(indices) else []
    for area, part in _areas_with_known(contributions, indices, settings):
        labels = [
            SAID("moved.bar", "rest" if row["item"] == REST else "indicator", **row) for row in part.to_dict("records")
        ]
        ranges = pd.DataFrame(part[["lower", "upper"]].to_numpy(), index=labels, columns=["lo", "hi"]).dropna()
        known = part[part["item"] != REST]
        most = known.loc[known["contribution"].abs().idxmax()]
        say = _of(settings, indices).given("ranges" if len(ranges) else "single", **area)
        say = say.given(n=len(known), known_share=known["contribution"].sum())
        say = say.given(largest=most["item"], largest_share=most["contribution"])
        found.append(
            {
                "parts": pd.Series(part["contribution"].to_numpy(), index=labels),
                "total": area["total"],
                "ranges": ranges if len(ranges) else None,
                **_chart(say, "waterfall_area"),
            }
        )
    return found


def _composite_waterfall(contributions: pd.DataFrame, indices: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.waterfall`` for the composite's change by area."""
    now = indices[(indices["level"] == 1) & (indices["year"] == settings.year)]
    pair = _pair(contributions, settings)
    area_of = pair[pair["node_id"].isin(now["node_id"])].set_index("item")["node_id"]
    whole = _composite_pair(contributions, indices, settings)
    parts = whole["contribution"].groupby(whole["item"].map(area_of).to_numpy()).sum().reindex(now["node_id"])
    parts = parts.set_axis(now["name"])
    say = _of(settings, indices).given(largest=parts.abs().idxmax(), largest_share=parts[parts.abs().idxmax()])
    return {"parts": parts, "total": float(say.facts["change"]), **_chart(say, "waterfall_composite")}


def _areas_with_known(
    contributions: pd.DataFrame, indices: pd.DataFrame, settings: Settings
) -> list[tuple[dict, pd.DataFrame]]:
    """Areas whose change is known with at least one indicator's share: id, name, change; and the shares."""
    now = indices[(indices["year"] == settings.year) & (indices["level"] == 1)].set_index("node_id")
    found = []
    for node, part in _pair(contributions, settings).groupby("node_id", sort=False):
        if node in now.index and len(part) > 1 and part["contribution"].notna().all():
            area = {"node_id": node, "name": now.at[node, "name"], "total": float(now.at[node, "change"])}
            found.append((area, part))
    return sorted(found, key=lambda pair: -abs(pair[0]["total"]))


# --- the indicators -------------------------------------------------------------------------------------------------


def as_published(values: pd.DataFrame) -> pd.Series:
    """What was published of each indicator and year, in words: ``2,694호; 39.1% 증가(2022년 대비)``."""
    texts: dict = {}
    for row in sorted(values.dropna(subset="value").to_dict("records"), key=lambda row: row["basis"] != "level"):
        texts.setdefault((row["indicator_id"], row["year"]), []).append(_printed(row))
    return pd.Series({key: "; ".join(parts) for key, parts in texts.items()}, dtype=str)


def coverage(indicators: pd.DataFrame, year: int) -> pd.DataFrame:
    """Counts by area: scored, value_only, missing, total; index = area name in the framework's order."""
    now = indicators[indicators["year"] == year]
    counts = now.groupby("area", sort=False)["state"].value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=STATES, fill_value=0)
    return counts.loc[now["area"].drop_duplicates()].rename_axis(columns=None)


def coverage_cells(counts: pd.DataFrame) -> pd.DataFrame:
    """:func:`coverage` as texts with a sum row."""
    whole = pd.concat([counts, counts.sum().to_frame(SAID("coverage.sum")).T])
    return _cells(SAID, "coverage", whole.assign(area=whole.index, indicators=whole.sum(axis=1)))


def coverage_lead(indicators: pd.DataFrame, settings: Settings) -> str:
    """One paragraph that says how much of the year is known."""
    now = indicators.loc[indicators["year"] == settings.year, "state"]
    some = indicators.loc[indicators["printed"].ne(""), "indicator_id"].nunique()
    return _of(settings)("coverage.lead", n=len(now), some=some, **_counts(now, STATES))


def strip_of(counts: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.coverage_strip`` from :func:`coverage`."""
    obtained = counts["scored"] + counts["value_only"]
    table = pd.DataFrame({"indicators": counts.sum(axis=1), "obtained": obtained, "scored": counts["scored"]})
    say = _of(settings).given(n_indicators=table["indicators"].sum(), obtained=obtained.sum())
    return {"counts": table, **_chart(say, "coverage_chart")}


def source(settings: Settings, what: str) -> str:
    """What stands after 자료: below a table of `what` (values, indices, shares); made-up figures have no other source."""
    return _of(settings)(f"source.{what}")


def names_note(settings: Settings) -> str:
    """Where the indicators' names and groups come from."""
    return _of(settings)("all.names")


def value_cells(indicators: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Every indicator with its unit, its level in each year and this year's score, as texts: for a study without gaps."""
    ids, value = indicators["indicator_id"], indicators["value"]
    decimals = value.map(lambda v: len(plain(v).partition(".")[2]), na_action="ignore").groupby(ids).transform("max")
    texts = [number(v, int(d)) for v, d in zip(value, decimals, strict=True)]
    unit = indicators["unit"].mask(indicators["unit"].eq("")).groupby(ids).transform("first")
    told = indicators.assign(unit=unit, text=texts)
    cells = _cells(_of(settings), "values", told[told["year"] == settings.year])
    return _with_years(cells, 1, told, "indicator_id", settings)


def value_widths(settings: Settings) -> list[float]:
    """Widths of the columns of :func:`value_cells`."""
    return [32, *[12] * len(settings.years), 10]


def obtained_cells(indicators: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The indicators of which anything was obtained: what was published by year, this year's score, as texts."""
    ids = indicators["indicator_id"]
    found = indicators[indicators["printed"].ne("").groupby(ids).transform("any")]
    now = found[found["year"] == settings.year]
    known, bounded = now["score"].notna(), now["score_lower"].notna()
    kinds = ["single" if not b else "in_range" if k else "over" for k, b in zip(known, bounded, strict=True)]
    cells = _cells(_of(settings), "obtained", now.assign(kind=kinds), ("direction", "kind"))
    texts = found.assign(text=found["printed"].replace("", SAID("words.missing")))
    return _with_years(cells, 2, texts, "indicator_id", settings)


def obtained_widths(settings: Settings) -> list[float]:
    """Widths of the columns of :func:`obtained_cells`."""
    years = len(settings.years)
    return [26, 11, *[48 / years] * years, 15]


def all_cells(indicators: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Every indicator with its area, direction, kind and what was obtained in the report year."""
    now = indicators[indicators["year"] == settings.year]
    return _cells(_of(settings), "all", now, ("direction", "effort_or_outcome", "state"))


def value_notes(indicators: pd.DataFrame) -> list[str]:
    """Cautions of the sources on single values: an inferred year, a bound, a rounded multiple, a contradiction."""
    told = indicators[indicators["note"].ne("") & indicators["printed"].ne("")]
    unsure = told["status"].str.contains("inferred_year|provisional")
    weighty = told[unsure | told["note"].str.contains("하한|반올림|약 |수도 있음")]
    return [SAID("obtained.note", **row) for row in weighty.to_dict("records")]


# --- what was mended, the method, the study record ------------------------------------------------------------------


def treatment_cells(treatments: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Every use of a rule for a gap or a new definition, as texts; `names` by indicator id."""
    years = treatments["from_years"].str.replace(", ", "년, ")
    told = treatments.assign(name=treatments["indicator_id"].map(names), from_years=years)
    return _cells(SAID, "treatments", told, ("rule",))


def revision_cells(revisions: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Values that were replaced after they had been published, as texts."""
    note = revisions["note"].replace("", "-")
    return _cells(SAID, "revisions", revisions.assign(name=revisions["indicator_id"].map(names), note=note))


def restatement_cells(restatements: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Indices that the replaced values moved, as texts."""
    return _cells(SAID, "restatements", restatements.assign(name=restatements["node_id"].map(names)))


# --- the panel and its weights --------------------------------------------------------------------------------------


def panel_cells(experts: pd.DataFrame, rounds: dict[int, pd.DataFrame]) -> pd.DataFrame:
    """How many experts of each group there are and answered each round, as texts, with a sum."""
    counts = pd.DataFrame({"experts": experts.groupby("group", sort=False).size()})
    for k, told in rounds.items():
        counts[k] = experts.loc[told.loc[told["state"] == "answered", "expert"].unique()].groupby("group").size()
    counts = pd.concat([counts.fillna(0), counts.sum().to_frame(SAID("experts.sum")).T]) if len(experts) else counts
    heads = [SAID("experts.group"), SAID("experts.experts"), *(SAID("experts.round", number=k) for k in rounds)]
    rows = [[name, *(number(n, 0) for n in row)] for name, row in zip(counts.index, counts.to_numpy(), strict=True)]
    return pd.DataFrame(rows, columns=heads)


def statistics_cells(statistics: pd.DataFrame) -> pd.DataFrame:
    """The usual columns of a Delphi table, as texts: the share of 4 and 5, and how far the answers are spread."""
    percent = {c: 100 * statistics[f"share_{c}"].astype(float) for c in ("essential", "lower", "upper")}
    return _cells(SAID, "statistics", statistics.assign(**percent))


def gate_reading(now: pd.DataFrame, failed: pd.DataFrame, reason: str) -> list[str]:
    """Which items did not pass the gate of validity, and how many verdicts hang on the rule for quartiles."""
    if reason:
        return [reason]
    facts = {"n": now["item_id"].nunique(), "failed": len(failed), "which": ", ".join(failed["item_id"])}
    decides = now.loc[now["quartile_rule_decides"].astype(bool), "item_id"].nunique()
    return SAID("statistics.reading", "some" if len(failed) else "none", **facts, decides=decides)


def change_cells(changes: pd.DataFrame) -> pd.DataFrame:
    """What changed between two rounds, as texts."""
    return _cells(SAID, "round_changes", changes.assign(share=100 * changes["share_changed"].astype(float)))


def dropped_reading(compared: dict, last: int) -> list[str]:
    """Who answered the round before and not the last, by code; nothing where there is one round."""
    gone = sorted({expert for told in compared.values() for expert in told.dropped})
    if not compared:
        return [SAID("round_changes.single", "one" if last else "none")]
    return [SAID("round_changes.dropped", "some" if gone else "none", gone=", ".join(gone), n=len(gone))]


def agreement_cells(agreement: dict[str, float]) -> pd.DataFrame:
    """Measures of agreement over the whole panel, as texts."""
    table = pd.DataFrame({"name": list(agreement), "value": list(agreement.values())})
    return _cells(SAID, "agreement", table)


def weight_cells(weights: pd.DataFrame) -> pd.DataFrame:
    """Weights in force beside the experts', in per cent that add up to 100.0, as texts; a dash where none were asked."""
    asked = weights["expert"].notna().all()
    told = {"in_force": largest_remainder(weights["in_force"]).to_numpy()}
    if asked:
        told["expert"] = largest_remainder(weights["expert"]).to_numpy()
    table = weights.assign(**told, lower=100 * weights["lower"], upper=100 * weights["upper"], asked=asked)
    return _cells(SAID, "weights", table.assign(kind="asked" if asked else "not_asked"), ("kind",))


def weights_reading(filled: list, last: int, reason: str) -> list[str]:
    """What stands behind the weights, and how many indicators took their task's mean."""
    kinds = ("none",) if reason else ("filled" if filled else "all",)
    return SAID("weights.reading", *kinds, reason=reason, n=len(filled), which=", ".join(map(str, filled)), last=last)


def weight_dots_of(weights: pd.DataFrame, indices: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.weight_dots``: the areas' weights."""
    areas = weights[weights["level"] == 1].set_index("name")
    table = areas[["in_force", "expert", "lower", "upper"]].set_axis(["equal", "weight", "lo", "hi"], axis=1)
    apart = (areas["expert"] - areas["in_force"]).abs()
    widest = apart.idxmax()
    say = _of(settings, indices).given(
        widest=widest, expert=100 * areas.at[widest, "expert"], in_force=100 * areas.at[widest, "in_force"]
    )
    percent = largest_remainder(areas["expert"])
    return {"weights": table.assign(percent=percent), "period": say("words.year"), **_chart(say, "weight_dots")}


def by_weights_cells(by_weights: pd.DataFrame, names: pd.Series, settings: Settings) -> pd.DataFrame:
    """This year's index under the weights in force and the experts', as texts; no rows where none was computed."""
    now = by_weights[by_weights["year"] == settings.year]
    wide = now.pivot(index="node_id", columns="weights", values="index").reindex(columns=["in_force", "expert"])
    wide = wide.loc[now["node_id"].drop_duplicates()].dropna().reset_index()
    return _cells(
        SAID, "by_weights", wide.assign(name=wide["node_id"].map(names), apart=wide["expert"] - wide["in_force"])
    )


def method_title(settings: Settings) -> str:
    """Title of the table of :func:`method_cells`."""
    return _of(settings)("method.title")


def method_cells(settings: Settings, indices: pd.DataFrame) -> pd.DataFrame:
    """The method in one page: step, what was done, what is known of the city's own rule, what else could be done."""
    say = _of(settings, indices).given(assumption=_assumption_against_published(indices, settings))
    cells = pd.DataFrame(say("method.rows"), columns=say("method.columns"))
    return cells.drop(columns=cells.columns[2]) if settings.illustrative else cells


def method_widths(settings: Settings) -> list[float]:
    """Widths of the columns of :func:`method_cells`."""
    return [14, 44, 42] if settings.illustrative else [14, 34, 30, 22]


def _assumption_against_published(indices: pd.DataFrame, settings: Settings) -> str:
    """What equal weights make of the published areas, beside the published composite: an assumption shows its fit."""
    told = []
    for year in settings.years[1:]:
        now = indices[indices["year"] == year]
        areas = now[now["level"] == 1]
        mean = (areas["published"] * areas["n_indicators"]).sum(skipna=False) / areas["n_indicators"].sum()
        published = now.loc[now["level"] == 0, "published"].iloc[0]
        told.append(SAID("method.assumption_year", year=year, mean=mean, published=published))
    return SAID("method.assumption", told=", ".join(told))


def approval_line(settings: Settings) -> str:
    """The last line of the study record: approved with which document number, or still a draft."""
    return SAID("record.approved", **settings.approval) if settings.approval else SAID("record.draft")


def anomaly_cells(anomalies: pd.DataFrame) -> pd.DataFrame:
    """What was odd about the sources, as texts."""
    return anomalies.rename(columns=SAID.all("anomalies"))


def record_cells(record: str) -> pd.DataFrame:
    """study.json as a table: what decided the numbers and the first 16 digits of each sha256."""
    told = json.loads(record)
    sums = told["sha256"]
    facts = told["config"] | {name: told[name] for name in ("study", "year", "seed")}
    rows = SAID("record.rows", **facts, **{f"sha256_{part}": sums[part][:16] for part in ("config", "src", "lock")})
    # The records of provenance are in the attached file; the table names what holds figures.
    files = sums["notebooks"] | {path: digest for path, digest in sums["raw"].items() if path.endswith(".csv")}
    rows += [[path, digest[:16]] for path, digest in files.items()]
    return pd.DataFrame(rows, columns=SAID("record.columns"))


# --- small parts ----------------------------------------------------------------------------------------------------


def _of(settings: Settings, indices: pd.DataFrame | None = None) -> Phrases:
    """The wording for this report with the facts that any sentence may need; those of the indices where given."""
    say = SAID.given("illustrative" if settings.illustrative else "real", settings.reverse)
    say = say.given(year=settings.year, before=settings.year - 1, base=settings.base_year, mark=settings.mark)
    say = say.given(title=settings.title, framework=settings.framework)
    if indices is None:
        return say
    now = indices[indices["year"] == settings.year]
    composite, areas = now[now["level"] == 0].iloc[0], now[now["level"] == 1]
    say = say.given(_basis(indices), index=composite["index"], change=composite["change"], areas=len(areas))
    say = say.given(up=(areas["change"] > 0).sum(), down=(areas["change"] < 0).sum(), gaps=areas["change"].isna().sum())
    say = say.given(over=(areas["index"] > 100).sum(), under=(areas["index"] < 100).sum(), basis=say("words.basis"))
    return say.given(n_indicators=indices["n_indicators"].max())


def _computed(indices: pd.DataFrame) -> bool:
    """Whether the indices were computed from all indicators; else they are the published ones."""
    return indices["basis"].eq("computed").all()


def _basis(indices: pd.DataFrame) -> str:
    return "computed" if _computed(indices) else "published"


def _counts(states: pd.Series, of: list[str]) -> dict:
    return {state: (states == state).sum() for state in of}


def _cells(say: Phrases, key: str, table: pd.DataFrame, kinds: tuple[str, ...] = ()) -> pd.DataFrame:
    """The catalogue's table `key`: its row said of each row of `table`, whose columns `kinds` hold kinds."""
    columns, rows = say(f"{key}.columns"), []
    for row in table.to_dict("records"):
        cells = say(f"{key}.row", *(str(row[column]) for column in kinds), "unknown", **row)
        rows.append(dict(zip(columns, cells, strict=True)))
    return pd.DataFrame(rows, columns=columns)


def _with_years(cells: pd.DataFrame, at: int, table: pd.DataFrame, by: str, settings: Settings) -> pd.DataFrame:
    """`cells`, made of this year's rows of `table`, with a column of its texts for each year from the place `at` on."""
    texts = table.pivot(index=by, columns="year", values="text").loc[table.loc[table["year"] == settings.year, by]]
    for place, year in enumerate(settings.years, at):
        cells.insert(place, SAID("words.year", year=year), texts[year].to_numpy())
    return cells


def _chart(say: Phrases, key: str) -> dict:
    """The texts of a chart, the last of them how many of its data are made up."""
    return say.all(key) | {"illustrative": say("words.made_up")}


def _pair(table: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows that compare the report year with the year before."""
    return table[(table["from_year"] == settings.year - 1) & (table["to_year"] == settings.year)]


def _composite_pair(contributions: pd.DataFrame, indices: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The shares of the composite's change since last year."""
    pair = _pair(contributions, settings)
    return pair[pair["node_id"].isin(indices.loc[indices["level"] == 0, "node_id"])]


def _shares(rows: pd.DataFrame) -> list[str]:
    return [SAID("moved.indicator", share=_share(row), **row) for row in rows.to_dict("records")]


def _share(row) -> str:
    """A contribution in words, with the range that its source gave; both ends say which way they go."""
    low, high = sorted((abs(row["lower"]), abs(row["upper"])))
    ways = "both_ways" if row["lower"] * row["upper"] < 0 else "one_way"
    if pd.isna(row["contribution"]) or pd.isna(row["lower"]):
        ways = "single"
    return SAID("shares.told", ways, low=low, high=high, **row)


def _printed(row: dict) -> str:
    """A value as its source gave it, with the year it is compared with, its range and how sure it is."""
    compared = pd.notna(row["versus_year"])
    kinds = {
        "versus": compared,
        "range": pd.notna(row["lower"]),
        "inferred_year": row["status"] == "inferred_year",
        "provisional": "provisional" in row["status"],
        "new_definition": row.get("definition", 1) > 1,
    }
    say = SAID.given(compared_year=int(row["versus_year"]) if compared else "", **row)
    remarks = ", ".join(say("printed.remarks", *(kind for kind, holds in kinds.items() if holds)))
    way = "increase" if row["value"] >= 0 else "decrease"
    said = say("printed.value", row["basis"], way, size=abs(row["value"]))
    return f"{said}({remarks})" if remarks else said
