"""What the report says of each area: its index, what moved it, its indicators; and how much of a year is known at all."""

import pandas as pd

from dongheng.aggregate import REST
from dongheng.publish.chapter import Report, about, catalogue, cells_of, chart_of
from dongheng.publish.wording import number, plain

SAID = catalogue(__file__)
STATES = ["scored", "value_only", "missing"]


# --- how much is known ----------------------------------------------------------------------------------------------


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
    counts, indicators = coverage(report).sum(), report.read("indicators")
    some = indicators.loc[indicators["printed"].ne(""), "indicator_id"].nunique()
    return about(SAID, report.settings)("coverage.lead", n=counts["indicators"], some=some, **counts[STATES])


def strip_of(report: Report) -> dict:
    """Arguments of ``charts.coverage_strip`` from :func:`coverage`."""
    counts = coverage(report)
    return {"counts": counts, **chart_of(report.say(SAID).given(obtained=counts["obtained"].sum()), "coverage_chart")}


# --- one area -------------------------------------------------------------------------------------------------------


def of_area(report: Report, node: str) -> Report:
    """The report with the indicators of one area alone."""
    rows = report.read("indicators").query("area_id == @node")
    return Report(report.settings, lambda table: rows if table == "indicators" else report.read(table))


def heading(report: Report, node: str) -> str:
    """The area's name, index and change, as the heading of its section."""
    return SAID("area.heading", **_area(report, node))


def _area(report: Report, node: str) -> dict:
    return report.now("indices", 1).set_index("node_id").loc[node, ["name", "index", "change"]].to_dict()


def reading(report: Report, node: str) -> list:
    """What an area's index says: its change with a verdict or why there is none, what moved it, what is not known."""
    verdict = report.pair("verdicts").query("node_id == @node").iloc[0]
    area, now = _area(report, node), of_area(report, node).now("indicators")
    say = report.say(SAID).given(verdict["verdict"] or "lacking", n=len(now), size=abs(area["change"]), **area)
    items = [say("area.index", "unknown" if pd.isna(area["change"]) else "known", **verdict[["lower", "upper"]])]
    shares = report.pair("contributions").query("node_id == @node").set_index("item").loc[lambda t: t.index != REST]
    order = shares["contribution"].dropna().sort_values()
    for way, ids in (("up", order[order > 0].index[-1:]), ("down", order[order < 0].index[:1])):
        items += [say(f"area.{way}", item=item, **shares.loc[item, ["name", "contribution"]]) for item in ids]
    kinds = now["effort_or_outcome"].value_counts().reindex(["effort", "outcome"], fill_value=0)
    groups = {"depressed": now["base_quality"] == "depressed", "absent": now["state"] == "missing"}
    named = {key: (now["indicator_id"] + " " + now["name"])[rows] for key, rows in groups.items() if rows.any()}
    said = [say(f"area.{key}", count=len(told), names=", ".join(told)) for key, told in named.items()]
    return [*items, say("area.kinds", **kinds), *said]


def area_cells(report: Report, node: str) -> pd.DataFrame:
    """An area's indicators as texts: direction, values of the base year, last year and this year, score, share.

    Where not all scores are known: the indicators of which anything was obtained, as it was published.
    """
    part = of_area(report, node)
    return value_cells(part, node) if report.computed else obtained_cells(part)


def value_cells(report: Report, node: str) -> pd.DataFrame:
    """Every indicator with its unit, direction, values, this year's score and share of the area's change, as texts."""
    told, settings = report.read("indicators"), report.settings
    ids, value = told["indicator_id"], told["value"]
    decimals = value.map(lambda v: len(plain(v).partition(".")[2]), na_action="ignore").groupby(ids).transform("max")
    texts = [number(v, int(d)) for v, d in zip(value, decimals, strict=True)]
    unit = told["unit"].mask(told["unit"].eq("")).groupby(ids).transform("first")
    told = told.assign(unit=unit, text=texts)
    shares = report.pair("contributions").query("node_id == @node").set_index("item")["contribution"]
    wide = told.pivot(index="indicator_id", columns="year", values="text")
    now = told[told["year"] == settings.year].set_index("indicator_id", drop=False).assign(contribution=shares)
    now = now.assign(base_text=wide[settings.base_year], last_text=wide[settings.year - 1])
    say = about(SAID, settings)
    return cells_of(
        say.given("after_base") if settings.year - 1 > settings.base_year else say, "values", now, ("direction",)
    )


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


def panels_of(report: Report, node: str) -> dict | None:
    """Arguments of ``charts.small_multiples``: an area's scores by year; None where fewer than four indicators have a course."""
    told, area = of_area(report, node).read("indicators"), _area(report, node)
    scores = told.assign(label=told["indicator_id"] + " " + told["name"])
    order = scores["label"].unique()
    scores = scores.pivot(index="label", columns="year", values="score").reindex(order).rename_axis(None)
    if (scores.notna().sum(axis=1) > 2).sum() < 4:
        return None
    low, high = min(80.0, scores.min().min() // 10 * 10), min(250.0, scores.max().max() // 10 * 10 + 10)
    return {
        "table": scores,
        "low": low,
        "high": high,
        **chart_of(report.say(SAID).given(name=area["name"]), "panels_chart"),
    }


def value_notes(indicators: pd.DataFrame) -> list[str]:
    """Cautions of the sources on single values: an inferred year, a bound, a rounded multiple, a contradiction."""
    told = indicators[indicators["note"].ne("") & indicators["printed"].ne("")]
    unsure = told["status"].str.contains("inferred_year|provisional")
    weighty = told[unsure | told["note"].str.contains("하한|반올림|약 |수도 있음")]
    return [SAID("obtained.note", **row) for row in weighty.to_dict("records")]


# --- a value as its source gave it ----------------------------------------------------------------------------------


def as_published(values: pd.DataFrame) -> pd.Series:
    """What was published of each indicator and year, in words: ``2,694호; 39.1% 증가(2022년 대비)``."""
    texts: dict = {}
    for row in sorted(values.dropna(subset="value").to_dict("records"), key=lambda row: row["basis"] != "level"):
        texts.setdefault((row["indicator_id"], row["year"]), []).append(_printed(row))
    return pd.Series({key: "; ".join(parts) for key, parts in texts.items()}, dtype=str)


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
