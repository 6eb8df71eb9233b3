"""What the council report says: tables of texts and sentences, from the year's tables and the wording in council.toml."""

import json

import pandas as pd

from dongheng.aggregate import REST
from dongheng.config import Settings
from dongheng.publish.chapter import Report, about, catalogue, cells_of, chart_of
from dongheng.publish.wording import number, plain

SAID = catalogue(__file__)
STATES = ["scored", "value_only", "missing"]


# --- the cover and the first pages ----------------------------------------------------------------------------------


def cover(report: Report) -> dict:
    """Arguments of ``Document.cover``: 초안 until an approval with a document number is recorded."""
    settings, states = report.settings, report.now("indicators")["state"]
    say, approval = report.say(SAID).given(n=len(states), **_counts(states, STATES)), settings.approval
    return {
        **{part: say(f"cover.{part}") for part in ("title", "subtitle", "notice")},
        "lines": [line for line in (settings.publisher, say("cover.years")) if line],
        "draft": not approval,
        "approval": say("cover.approval", **approval) if approval else "",
        "publication_number": settings.publication_number,
    }


def messages(report: Report) -> list:
    """The findings of the one-page summary, as items of ``Document.say``.

    Differences are those of the published figures. No verdict (상승, 하락, 뚜렷한 변화 없음) is given: it may rest on
    survey and revision error alone, and neither was obtained.
    """
    say, areas = report.say(SAID), report.now("indices", 1).set_index("node_id")
    composite = say("findings.composite", "gaps" if areas["change"].isna().any() else "whole")
    if report.computed:
        return [composite, *_whole_messages(report)]
    kinds = report.now("indicators").set_index("indicator_id")["effort_or_outcome"]
    known = report.pair("contributions")
    known = known[(known["item"] != REST) & known["node_id"].isin(areas.index[areas["change"].notna()])]
    moved = say("findings.none_known")
    if len(known):
        known = known.assign(area=known["node_id"].map(areas["name"]), total=known["node_id"].map(areas["change"]))
        largest = known.sort_values("contribution", key=abs, ascending=False).head(3).to_dict("records")
        told = [say("findings.known_share", share=_share(row), **row) for row in largest]
        told.append(say("findings.known_effort", n=len(known), effort=(kinds[known["item"]] == "effort").sum()))
        moved = (say("findings.known", n=len(known)), told)
    listed = [say("findings.area", **row) for row in areas.to_dict("records")]
    counts = {"n": kinds.notna().sum(), **_counts(kinds, ["effort", "outcome"])}
    return [composite, (say("findings.areas"), listed), moved, say("findings.effort_or_outcome", **counts)]


def _whole_messages(report: Report) -> list:
    """What can be said once every indicator is known: who moved the composite, one indicator, effort against outcome."""
    say, pair, indicator = report.say(SAID), report.shares, report.indicator
    by_area = pair.groupby(pair["item"].map(indicator["area"]), sort=False)["contribution"].sum()
    shares = [say("findings.share_of_area", name=name, share=share) for name, share in by_area.items()]
    top = pair.loc[pair["contribution"].abs().idxmax()]
    left_out = report.read("leave_one_out")
    without = left_out[left_out["item"] == top["item"]].set_index("year")["index"]
    now, last = without[report.settings.year], without[report.settings.year - 1]
    rises = pair[pair["contribution"] > 0]
    is_effort = rises["item"].map(indicator["effort_or_outcome"]) == "effort"
    whole, effort = rises["contribution"].sum(), rises.loc[is_effort, "contribution"].sum()
    facts = {"n": len(rises), "whole": whole, "n_effort": is_effort.sum(), "effort": effort, "outcome": whole - effort}
    facts |= {"all": len(indicator), "all_effort": (indicator["effort_or_outcome"] == "effort").sum()}
    return [
        (say("findings.shares_of_areas"), shares),
        say("findings.without_largest", without=now, without_change=now - last, **top),
        say("findings.rises", percent=number(100 * effort / whole, missing="-"), **facts),
    ]


def index_cells(report: Report) -> pd.DataFrame:
    """The composite and the areas: indices by year, change, improved counts, as texts."""
    say, settings, now = report.say(SAID), report.settings, report.now("indices", 0, 1)
    if settings.base_year < settings.year - 1 and len(settings.years) <= 3:  # of more years, each is in its column
        say = say.given("from_base")
    whole = (now["level"] == 0) & (not report.computed)
    cells = cells_of(say, "indices", now.assign(kind=whole.map({True: "uncounted", False: "counted"})), ("kind",))
    texts = report.read("indices").assign(text=lambda table: table["index"].map(number))
    return report.with_years(cells, 2, texts[texts["level"] <= 1], "node_id")


def index_notes(report: Report) -> list[str]:
    """Cautions that belong right below the table of indices."""
    say, settings, indices = report.say(SAID), report.settings, report.read("indices")
    now = indices[indices["year"].isin(settings.years) & indices["year"].ne(settings.base_year)]
    told = now[now["note"].str.contains("채택하지|반올림")].to_dict("records")
    return [say("indices.note"), *(say("indices.note_of_one", **row) for row in told)]


def published_cells(report: Report) -> pd.DataFrame:
    """This year's computed indices beside the published ones, as texts; no rows where nothing was computed."""
    now = report.now("indices", 0, 1).dropna(subset="computed")
    return cells_of(SAID, "beside", now.assign(difference=now["computed"] - now["published"]))


def dumbbell_of(report: Report) -> dict:
    """Arguments of ``charts.dumbbell``: the areas, last year and this year."""
    areas, year = report.read("indices").query("level == 1"), report.settings.year
    values = areas.pivot(index="node_id", columns="year", values="index")
    labels = areas.drop_duplicates("node_id").set_index("node_id")["name"]
    years = {"before": values[year - 1], "after": values[year]}
    return {**years, "labels": labels, **chart_of(report.say(SAID), "areas_chart")}


def composite_of(report: Report) -> dict:
    """Arguments of ``charts.index_dots``: the composite over the years."""
    series = report.read("indices").query("level == 0").set_index("year")["index"]
    return {"series": series, **chart_of(report.say(SAID), "composite_chart")}


# --- what moved -----------------------------------------------------------------------------------------------------


def contribution_cells(report: Report, since: int | None = None) -> pd.DataFrame:
    """Every area's published change as the known indicators plus one line 나머지, with the sum below, as texts.

    Since last year, or since the year `since`. The column of ranges is there only where a source gave one.
    """
    names = report.now("indices", 1).set_index("node_id")["name"]
    pair = report.pair("contributions", since).assign(percent=lambda table: 100 * table["weight"])
    pair = pair[pair["node_id"].isin(names.index)]
    sums = pair.groupby("node_id", as_index=False, sort=False)[["percent", "contribution"]].sum().assign(item="sum")
    rows = pd.concat([pair, sums.astype({"item": object})], ignore_index=True)
    rows = rows.sort_values("node_id", key=lambda ids: pd.Series(pd.factorize(ids)[0]), kind="stable")
    rows["kind"] = rows["item"].map({REST: "rest", "sum": "sum"}).fillna("indicator")
    rows["range"] = rows["lower"].notna().map({True: "in_range", False: "single"})
    say = report.say(SAID).given("ranges" if pair["lower"].notna().any() else "no_ranges")
    return cells_of(say, "shares", rows.assign(area=rows["node_id"].map(names)), ("kind", "range"))


def moved_lead(report: Report) -> list:
    """What is known of each area's change, as items of ``Document.say``, and how much is not."""
    if report.computed:
        return _whole_lead(report.shares)
    items: list = []
    at_least, split = report.pair("bounds"), _areas_with_known(report)
    for area, part in split:
        rest = part["item"] == REST
        told = [*_shares(part[~rest]), SAID("moved.rest", share=_share(part[rest].iloc[0]))]
        bounded = at_least[at_least["node_id"] == area["node_id"]].to_dict("records")
        items.append((SAID("moved.area", **area), told + [SAID("moved.at_least", **row) for row in bounded]))
    areas = report.now("indices", 1)
    silent = areas.loc[~areas["node_id"].isin([area["node_id"] for area, _ in split]), "name"]
    return items + [SAID("moved.silent", names=", ".join(silent))] * bool(len(silent))


def _whole_lead(shares: pd.DataFrame) -> list:
    """The five indicators that raised the composite most, and those that lowered it most."""
    shares = shares.sort_values("contribution", ascending=False, kind="stable")
    rises, falls = shares[shares["contribution"] > 0], shares[shares["contribution"] < 0][::-1]
    fallen = (SAID("moved.falls", n=len(falls)), _shares(falls.head(5))) if len(falls) else SAID("moved.no_falls")
    return [(SAID("moved.rises", n=len(rises)), _shares(rises.head(5))), fallen]


def contribution_notes(report: Report) -> list[str]:
    """Cautions that belong right below the table of contributions."""
    now = report.now("indicators").dropna(subset="score")
    ids = {way: now.loc[now["source"] == way, "indicator_id"] for way in ("ratio", "change_percent", "chained")}
    ways = [SAID("shares.way", way, ids=", ".join(of)) for way, of in ids.items() if len(of) and not report.computed]
    return report.say(SAID)("shares.notes") + ways


def waterfalls_of(report: Report) -> list[dict]:
    """Arguments of ``charts.waterfall``, one for each area with a known indicator, largest change first."""
    found = [_composite_waterfall(report)] if report.computed else []
    for area, part in _areas_with_known(report):
        kinds = part["item"].eq(REST).map({True: "rest", False: "indicator"})
        labels = [SAID("moved.bar", kind, **row) for kind, row in zip(kinds, part.to_dict("records"), strict=True)]
        part = part.set_axis(labels).rename(columns={"lower": "lo", "upper": "hi"})
        ranges, known = part[["lo", "hi"]].dropna(), part[part["item"] != REST]
        most = known.loc[known["contribution"].abs().idxmax()]
        say = report.say(SAID).given("ranges" if len(ranges) else "single", **area)
        say = say.given(n=len(known), known_share=known["contribution"].sum())
        say = say.given(largest=most["item"], largest_share=most["contribution"])
        chart = {"parts": part["contribution"].rename(None), "total": area["total"]}
        found.append({**chart, "ranges": ranges if len(ranges) else None, **chart_of(say, "waterfall_area")})
    return found


def _composite_waterfall(report: Report) -> dict:
    """Arguments of ``charts.waterfall`` for the composite's change by area."""
    areas, shares = report.now("indices", 1), report.shares
    pair = report.pair("contributions")
    area_of = pair[pair["node_id"].isin(areas["node_id"])].set_index("item")["node_id"]
    parts = shares["contribution"].groupby(shares["item"].map(area_of)).sum().reindex(areas["node_id"])
    parts = parts.set_axis(areas["name"])
    say = report.say(SAID).given(largest=parts.abs().idxmax(), largest_share=parts[parts.abs().idxmax()])
    return {"parts": parts, "total": float(say.facts["change"]), **chart_of(say, "waterfall_composite")}


def _areas_with_known(report: Report) -> list[tuple[dict, pd.DataFrame]]:
    """Areas whose change is known with at least one indicator's share: id, name, change; and the shares."""
    areas, found = report.now("indices", 1).set_index("node_id"), []
    for node, part in report.pair("contributions").groupby("node_id", sort=False):
        if node in areas.index and len(part) > 1 and part["contribution"].notna().all():
            name, total = areas.loc[node, ["name", "change"]]
            found.append(({"node_id": node, "name": name, "total": float(total)}, part))
    return sorted(found, key=lambda pair: -abs(pair[0]["total"]))


# --- the indicators -------------------------------------------------------------------------------------------------


def as_published(values: pd.DataFrame) -> pd.Series:
    """What was published of each indicator and year, in words: ``2,694호; 39.1% 증가(2022년 대비)``."""
    texts: dict = {}
    for row in sorted(values.dropna(subset="value").to_dict("records"), key=lambda row: row["basis"] != "level"):
        texts.setdefault((row["indicator_id"], row["year"]), []).append(_printed(row))
    return pd.Series({key: "; ".join(parts) for key, parts in texts.items()}, dtype=str)


def coverage(report: Report) -> pd.DataFrame:
    """Counts by area in the framework's order: scored, value_only, missing; obtained (a value at least), indicators."""
    now = report.now("indicators")
    counts = pd.crosstab(now["area"], now["state"]).reindex(now["area"].unique())
    counts = counts.reindex(columns=STATES, fill_value=0).rename_axis("area")
    return counts.assign(indicators=counts.sum(axis=1), obtained=counts["scored"] + counts["value_only"])


def coverage_cells(counts: pd.DataFrame) -> pd.DataFrame:
    """:func:`coverage` as texts with a sum row."""
    whole = pd.concat([counts, counts.sum().to_frame(SAID("coverage.sum")).T])
    return cells_of(SAID, "coverage", whole.rename_axis("area").reset_index())


def coverage_lead(report: Report) -> str:
    """One paragraph that says how much of the year is known."""
    states, indicators = report.now("indicators")["state"], report.read("indicators")
    some = indicators.loc[indicators["printed"].ne(""), "indicator_id"].nunique()
    return about(SAID, report.settings)("coverage.lead", n=len(states), some=some, **_counts(states, STATES))


def strip_of(counts: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.coverage_strip`` from :func:`coverage`."""
    say = about(SAID, settings).given(n_indicators=counts["indicators"].sum(), obtained=counts["obtained"].sum())
    return {"counts": counts, **chart_of(say, "coverage_chart")}


def value_cells(report: Report) -> pd.DataFrame:
    """Every indicator with its unit, its level in each year and this year's score, as texts: for a study without gaps."""
    told = report.read("indicators")
    ids, value = told["indicator_id"], told["value"]
    decimals = value.map(lambda v: len(plain(v).partition(".")[2]), na_action="ignore").groupby(ids).transform("max")
    texts = [number(v, int(d)) for v, d in zip(value, decimals, strict=True)]
    unit = told["unit"].mask(told["unit"].eq("")).groupby(ids).transform("first")
    told = told.assign(unit=unit, text=texts)
    cells = cells_of(about(SAID, report.settings), "values", told[told["year"] == report.settings.year])
    return report.with_years(cells, 1, told, "indicator_id")


def obtained_cells(report: Report) -> pd.DataFrame:
    """The indicators of which anything was obtained: what was published by year, this year's score, as texts."""
    told = report.read("indicators")
    told = told[told["printed"].ne("").groupby(told["indicator_id"]).transform("any")]
    over = told["score"].notna().map({True: "in_range", False: "over"})
    told = told.assign(kind=over.where(told["score_lower"].notna(), "single"))
    now = told[told["year"] == report.settings.year]
    cells = cells_of(about(SAID, report.settings), "obtained", now, ("direction", "kind"))
    texts = told.assign(text=told["printed"].replace("", SAID("words.missing")))
    return report.with_years(cells, 2, texts, "indicator_id")


def all_cells(report: Report) -> pd.DataFrame:
    """Every indicator with its area, direction, kind, highest attainable score and what was obtained in the report year."""
    now, say = report.now("indicators"), about(SAID, report.settings)
    limit = now["ceiling"].notna()
    say = say.given("registered") if limit.any() else say
    now = now.assign(limit=limit.map({True: "limited", False: "unlimited"}))
    return cells_of(say, "all", now, ("direction", "effort_or_outcome", "state", "limit"))


def value_notes(indicators: pd.DataFrame) -> list[str]:
    """Cautions of the sources on single values: an inferred year, a bound, a rounded multiple, a contradiction."""
    told = indicators[indicators["note"].ne("") & indicators["printed"].ne("")]
    unsure = told["status"].str.contains("inferred_year|provisional")
    weighty = told[unsure | told["note"].str.contains("하한|반올림|약 |수도 있음")]
    return [SAID("obtained.note", **row) for row in weighty.to_dict("records")]


# --- what was mended, the method, the study record ------------------------------------------------------------------


def mended_cells(key: str, table: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """What was mended, as texts; `names` by id of indicator or node.

    Parameters
    ----------
    key : str
        ``treatments``: every use of a rule for a gap or a new definition; ``revisions``: values that were replaced after
        they had been published; ``restatements``: indices that the replaced values moved.
    """
    told = table.assign(name=table.get("indicator_id", table.get("node_id")).map(names))
    if key == "treatments":
        told["from_years"] = told["from_years"].str.replace(", ", "년, ")
    return cells_of(SAID, key, told.replace({"note": ""}, "-"), ("rule",) if key == "treatments" else ())


def method_cells(report: Report) -> pd.DataFrame:
    """The method in one page (its title is ``method.title``): step, what was done, what is known of the city's own rule, what else could be done."""
    say = report.say(SAID).given(assumption=_assumption_against_published(report))
    cells = pd.DataFrame(say("method.rows"), columns=say("method.columns"))
    return cells.drop(columns=cells.columns[2]) if report.settings.illustrative else cells


def _assumption_against_published(report: Report) -> str:
    """What equal weights make of the published areas, beside the published composite: an assumption shows its fit."""
    indices, told = report.read("indices"), []
    for year in report.settings.years[1:]:
        whole, areas = (indices[(indices["year"] == year) & (indices["level"] == level)] for level in (0, 1))
        mean = (areas["published"] * areas["n_indicators"]).sum(skipna=False) / areas["n_indicators"].sum()
        told.append(SAID("method.assumption_year", year=year, mean=mean, published=whole["published"].iloc[0]))
    return SAID("method.assumption", told=", ".join(told))


def approval_line(settings: Settings) -> str:
    """The last line of the study record: approved with which document number, or still a draft."""
    return SAID("record.approved", **settings.approval) if settings.approval else SAID("record.draft")


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


def _counts(states: pd.Series, of: list[str]) -> dict:
    return {state: (states == state).sum() for state in of}


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
    compared, status = pd.notna(row["versus_year"]), row["status"]
    kinds = {"versus": compared, "range": pd.notna(row["lower"]), "inferred_year": status == "inferred_year"}
    kinds |= {"provisional": "provisional" in status, "new_definition": row.get("definition", 1) > 1}
    say = SAID.given(compared_year=int(row["versus_year"]) if compared else "", **row)
    remarks = ", ".join(say("printed.remarks", *(kind for kind, holds in kinds.items() if holds)))
    way = "increase" if row["value"] >= 0 else "decrease"
    said = say("printed.value", row["basis"], way, size=abs(row["value"]))
    return f"{said}({remarks})" if remarks else said
