"""What the report says on its first pages and in its chapter on the index: texts and tables, worded in council.toml."""

import pandas as pd

from dongheng.aggregate import REST
from dongheng.publish import effort_chapter
from dongheng.publish.chapter import Report, catalogue, cells_of, chart_of
from dongheng.publish.wording import Phrases, number

SAID = catalogue(__file__)


# --- the cover and the first pages ----------------------------------------------------------------------------------


def cover(report: Report) -> dict:
    """Arguments of ``Document.cover``: 초안 until an approval with a document number is recorded."""
    settings, states = report.settings, report.now("indicators")["state"]
    say, approval = report.say(SAID).given(n=len(states), **states.value_counts()), settings.approval
    say = say.given(**dict.fromkeys({"scored", "value_only", "missing"} - {*states}, 0))
    return {
        **{part: say(f"cover.{part}") for part in ("title", "subtitle", "notice")},
        "lines": [line for line in (settings.publisher, say("cover.years")) if line],
        "draft": not approval,
        "approval": say("cover.approval", **approval) if approval else "",
        "publication_number": settings.publication_number,
    }


def headings(report: Report) -> dict[str, str]:
    """The headings that say what was found, by the tag of their section."""
    rises, moved = effort_chapter.rises(report), _moved(report)
    say = report.say(SAID).given(rises["carried"], **rises)
    say = say.given(known=len(_known(report)), ups=(moved["better"] > 0).sum(), downs=(moved["better"] < 0).sum())
    if report.computed:
        parts = area_shares(report)
        say = say.given(largest=parts.abs().idxmax(), largest_share=parts[parts.abs().idxmax()])
    return say.all("headings")


def messages(report: Report) -> list:
    """The three findings of the one-page summary, as items of ``Document.say``: the index, what moved it, effort or outcome.

    Differences are those of the figures in use, published or computed. A verdict (상승, 하락, 뚜렷한 변화 없음) stands in
    the chapter on how sure the index is.
    """
    say, areas = report.say(SAID), report.now("indices", 1)
    composite = say("findings.composite", "gaps" if areas["change"].isna().any() else "whole")
    if not report.computed:
        known = _known(report).sort_values("contribution", key=abs, ascending=False).head(3).to_dict("records")
        told = [say("findings.known_share", share=_share(row), **row) for row in known]
        moved = (say("findings.known", n=len(_known(report))), told) if told else say("findings.none_known")
        return [composite, moved, say("findings.effort_or_outcome", **effort_chapter.rises(report))]
    shares, settings = report.shares, report.settings
    top = shares.loc[shares["contribution"].abs().idxmax()]
    left_out = report.read("leave_one_out")
    without = left_out[left_out["item"] == top["item"]].set_index("year")["index"]
    parts, rises = area_shares(report), effort_chapter.rises(report)
    facts = {"without": without[settings.year], "without_change": without[settings.year] - without[settings.year - 1]}
    facts |= {"largest": parts.abs().idxmax(), "largest_share": parts[parts.abs().idxmax()]}
    return [composite, say("findings.largest", **facts, **top), say("findings.rises", rises["carried"], **rises)]


def plain_words(report: Report) -> list:
    """The summary in short sentences, one fact each, and what is not known; as items of ``Document.say``."""
    areas, say = report.now("indices", 1).dropna(subset="change"), report.say(SAID)
    last = report.read("indices").query(f"level == 0 and year == {report.settings.year - 1}")["index"].iloc[0]
    facts = effort_chapter.rises(report) | {"last": last, "scored": report.now("indicators")["score"].notna().sum()}
    if len(areas) > 1:
        most, least = (areas.loc[areas["change"].agg(pick)] for pick in ("idxmax", "idxmin"))
        say = say.given(
            "known", most=most["name"], least=least["name"], most_change=most["change"], least_change=least["change"]
        )
    return say("plain.items", **facts)


def guide_cells(report: Report) -> pd.DataFrame:
    """The area that moved most as an example of how a row of the summary's table is read: its cells, each explained."""
    cells, moved = summary_cells(report), report.now("indices", 0, 1)["change"].abs().fillna(0)
    told = {
        "cell": cells.columns,
        "told": cells.iloc[moved.argmax()].to_numpy(),
        "read": _summary(report)("guide.read"),
    }
    return pd.DataFrame(told).set_axis(SAID("guide.columns"), axis=1)


def summary_cells(report: Report) -> pd.DataFrame:
    """The composite and the areas: last year's and this year's index, its survey range, change, improved counts, as texts."""
    now, ranges = report.now("indices", 0, 1), report.now("ranges").query("range == 'survey'").set_index("node_id")
    last = report.read("indices").query(f"year == {report.settings.year - 1}").set_index("node_id")["index"]
    now = now.join(ranges[["lower", "upper"]], on="node_id").join(last.rename("last"), on="node_id")
    whole = (now["level"] == 0) & (not report.computed)
    now = now.assign(kind=whole.map({True: "uncounted", False: "counted"}))
    now["range"] = now["lower"].notna().map({True: "ranged", False: "no_range"})
    return cells_of(_summary(report), "summary", now, ("kind", "range"))


def _summary(report: Report) -> Phrases:
    """The texts of the summary's table, for the columns that this report has."""
    kinds = {"ranges": len(report.now("ranges")), "from_base": report.settings.base_year < report.settings.year - 1}
    return report.say(SAID).given(*(kind for kind, there in kinds.items() if there))


def index_notes(report: Report) -> list[str]:
    """Cautions of the sources on single indices that belong right below a table of them."""
    settings, indices = report.settings, report.read("indices")
    now = indices[indices["year"].isin(settings.years) & indices["year"].ne(settings.base_year)]
    told = now[now["note"].str.contains("채택하지|반올림")].to_dict("records")
    return [SAID("summary.note_of_one", **row) for row in told]


def dumbbell_of(report: Report) -> dict:
    """Arguments of ``charts.dumbbell``: the areas, last year and this year."""
    areas, year = report.read("indices").query("level == 1"), report.settings.year
    values = areas.pivot(index="node_id", columns="year", values="index")
    labels = areas.drop_duplicates("node_id").set_index("node_id")["name"]
    years = {"before": values[year - 1], "after": values[year]}
    return {**years, "labels": labels, **chart_of(report.say(SAID), "areas_chart")}


# --- 1. the composite -----------------------------------------------------------------------------------------------


def year_cells(report: Report) -> pd.DataFrame:
    """The composite and the areas in every year, as texts."""
    indices = report.read("indices").query("level <= 1")
    indices = indices.assign(text=indices["index"].map(number))
    return report.with_years(cells_of(SAID, "years", report.now("indices", 0, 1)), 2, indices, "node_id")


def composite_of(report: Report) -> dict:
    """Arguments of ``charts.index_dots``: the composite over the years, its survey range, the published values beside."""
    whole, say = report.read("indices").query("level == 0").set_index("year"), report.say(SAID)
    ranges = report.read("ranges").query("range == 'survey'")
    ranges = ranges[ranges["node_id"].isin(whole["node_id"]) & (ranges["upper"] > ranges["lower"])].set_index("year")
    ranges = ranges[["lower", "upper"]].set_axis(["lo", "hi"], axis=1)
    published = whole["published"] if report.computed and whole["published"].notna().any() else None
    told = {"series": whole["index"], "ranges": ranges if len(ranges) else None, "beside": published}
    return told | chart_of(say.given("ranges" if len(ranges) else "no_ranges"), "composite_chart")


def published_cells(report: Report) -> pd.DataFrame:
    """This year's computed indices beside the published ones, as texts; no rows where nothing was computed."""
    now = report.now("indices", 0, 1).dropna(subset="computed")
    return cells_of(SAID, "beside", now.assign(difference=now["computed"] - now["published"]))


# --- 1-1. what moved it ---------------------------------------------------------------------------------------------


def area_shares(report: Report) -> pd.Series:
    """Each area's share of the composite's change since last year, by name in the framework's order."""
    areas = report.indicator["area"]
    return report.shares["contribution"].groupby(report.shares["item"].map(areas)).sum().reindex(areas.unique())


def area_share_cells(report: Report) -> pd.DataFrame:
    """Each area's change and its share of the composite's, with the sum below, as texts: for a composite that was computed."""
    areas, parts = report.now("indices", 1), area_shares(report)
    rows = areas.assign(share=parts[areas["name"]].to_numpy(), kind="area")
    whole = report.now("indices", 0).assign(share=parts.sum(), kind="sum")
    rows = pd.concat([rows, whole], ignore_index=True)
    percent = 100 * rows["n_indicators"] / whole["n_indicators"].iloc[0]
    return cells_of(SAID, "area_shares", rows.assign(percent=percent), ("kind",))


def contribution_cells(report: Report, since: int | None = None) -> pd.DataFrame:
    """Every area's published change as the known indicators plus one line 나머지, with the sum below, as texts.

    Since last year, or since the year `since`; of areas without a known indicator only if there is no other. The column
    of ranges is there only where a source gave one.
    """
    names = report.now("indices", 1).set_index("node_id")["name"]
    pair = report.pair("contributions", since).assign(percent=lambda table: 100 * table["weight"])
    pair = pair[pair["node_id"].isin(names.index)]
    split = pair.groupby("node_id")["item"].transform("size") > 1
    pair = pair[split | ~split.any()]
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
        return [SAID("moved.shares", total=report.shares["contribution"].sum()), SAID("moved.weights")]
    items, split, areas, bounds = [], _split(report), report.now("indices", 1), report.pair("bounds")
    for (node, name, total), part in split.groupby(["node_id", "area", "total"], sort=False):
        told = [SAID(f"moved.{row['kind']}", share=_share(row), **row) for row in part.to_dict("records")]
        told += [SAID("moved.at_least", **row) for row in bounds[bounds["node_id"] == node].to_dict("records")]
        items.append((SAID("moved.area", name=name, total=total), told))
    silent = areas.loc[~areas["node_id"].isin(split["node_id"]), "name"]
    return items + [SAID("moved.silent", names=", ".join(silent))] * bool(len(silent))


def contribution_notes(report: Report) -> list[str]:
    """Cautions that belong right below the table of contributions."""
    now = report.now("indicators").dropna(subset="score")
    ids = {way: now.loc[now["source"] == way, "indicator_id"] for way in ("ratio", "change_percent", "chained")}
    ways = [SAID("shares.way", way, ids=", ".join(of)) for way, of in ids.items() if len(of) and not report.computed]
    return report.say(SAID)("shares.notes") + ways


def waterfalls_of(report: Report) -> list[dict]:
    """Arguments of ``charts.waterfall``: the composite by area, or where it was published the areas with known indicators."""
    if report.computed:
        return [_composite_waterfall(report)]
    found = []
    for (_, name, total), part in _split(report).groupby(["node_id", "area", "total"], sort=False):
        labels = [SAID("moved.bar", row["kind"], **row) for row in part.to_dict("records")]
        part = part.set_axis(labels).rename(columns={"lower": "lo", "upper": "hi"})
        ranges, known = part[["lo", "hi"]].dropna(), part[part["item"] != REST]
        most = known.loc[known["contribution"].abs().idxmax()]
        say = report.say(SAID).given("ranges" if len(ranges) else "single", name=name, total=total)
        say = say.given(n=len(known), known_share=known["contribution"].sum())
        say = say.given(largest=most["item"], largest_share=most["contribution"])
        chart = {"parts": part["contribution"].rename(None), "total": float(total)}
        found.append({**chart, "ranges": ranges if len(ranges) else None, **chart_of(say, "waterfall_area")})
    return found


def _composite_waterfall(report: Report) -> dict:
    """Arguments of ``charts.waterfall`` for the composite's change by area."""
    parts = area_shares(report)
    say = report.say(SAID).given(largest=parts.abs().idxmax(), largest_share=parts[parts.abs().idxmax()])
    return {"parts": parts, "total": float(say.facts["change"]), **chart_of(say, "waterfall_composite")}


# --- 1-2. indicators that rose and fell -----------------------------------------------------------------------------


def _moved(report: Report) -> pd.DataFrame:
    """The indicators whose value or score is known last year and this year: texts of both, whether for the better."""
    told = report.read("indicators").set_index("indicator_id")
    last, now = (told[told["year"] == year] for year in (report.settings.year - 1, report.settings.year))
    rows = now.join(last[["value", "score"]].add_suffix("_last")).join(report.shares.set_index("item")["contribution"])
    by_value = (rows["value"] - rows["value_last"]) * rows["direction"]
    by_score = rows["score"] - rows["score_last"]
    # Of a new definition the two values do not compare, and only the linked scores do.
    valued = by_value.notna() & (by_score.isna() | (by_value * by_score >= 0))
    rows["kind"], rows["better"] = valued.map({True: "valued", False: "scored"}), by_score.fillna(by_value)
    rows["share"] = rows["contribution"].notna().map({True: "shared", False: "no_share"})
    rows["way"] = rows["direction"].map({1: "higher", -1: "lower"})
    return rows[rows["better"].notna()].reset_index()


def movers_lead(report: Report) -> list:
    """Which indicators moved for the better and for the worse, with their values: the five of most weight each."""
    rows, items = _moved(report), []
    for way, part in (("up", rows[rows["better"] > 0]), ("down", rows[rows["better"] < 0])):
        most = part.sort_values("contribution", key=abs, ascending=False).head(5) if len(report.shares) else part
        told = [SAID("movers.row", row["kind"], row["share"], row["way"], **row) for row in most.to_dict("records")]
        items.append((SAID(f"movers.{way}", n=len(part)), told) if told else SAID(f"movers.no_{way}"))
    return items + [SAID("movers.only", n=len(rows))] * (not report.computed)


def movers_of(report: Report) -> dict:
    """Arguments of ``charts.movers``: the five largest shares of each direction and the rest as one row."""
    shares = report.shares.set_index(report.shares["item"] + " " + report.shares["name"])["contribution"]
    ups, downs = shares[shares > 0].nlargest(5), shares[shares < 0].nsmallest(5)[::-1]
    others = shares.drop([*ups.index, *downs.index])
    rest = pd.Series({SAID("movers.rest", n=len(others)): others.sum()}) if len(others) else others
    say = report.say(SAID).given(ups=(shares > 0).sum(), downs=(shares < 0).sum())
    return {"parts": pd.concat([ups, downs, rest]), "total": float(shares.sum()), **chart_of(say, "movers_chart")}


# --- small parts ----------------------------------------------------------------------------------------------------


def _split(report: Report) -> pd.DataFrame:
    """What is known of each area's change since last year, of areas with a known indicator: the one that moved most first."""
    areas, pair = report.now("indices", 1).set_index("node_id"), report.pair("contributions")
    pair = pair[pair["node_id"].isin(areas.index)]
    pair = pair.assign(area=pair["node_id"].map(areas["name"]), total=pair["node_id"].map(areas["change"]))
    pair["kind"] = pair["item"].eq(REST).map({True: "rest", False: "indicator"})
    several = pair.groupby("node_id")["item"].transform("size") > 1
    return pair[several & pair["total"].notna()].sort_values("total", key=lambda t: -t.abs(), kind="stable")


def _known(report: Report) -> pd.DataFrame:
    """The known indicators' shares of their area's change since last year, with the area's name and change."""
    return _split(report).query("kind == 'indicator'")


def _share(row) -> str:
    """A contribution in words, with the range that its source gave; both ends say which way they go."""
    low, high = sorted((abs(row["lower"]), abs(row["upper"])))
    ways = "both_ways" if row["lower"] * row["upper"] < 0 else "one_way"
    if pd.isna(row["contribution"]) or pd.isna(row["lower"]):
        ways = "single"
    return SAID("shares.told", ways, low=low, high=high, **row)
