"""What the section on effort and outcome says: who was reached, for how many that is, at what price, and what came of it."""

import pandas as pd

from dongheng.config import Settings
from dongheng.publish.chapter import Report, about, catalogue, cells_of, chart_of
from dongheng.publish.wording import number

SAID = catalogue(__file__)


def kind_cells(report: Report) -> pd.DataFrame:
    """The index of the effort indicators alone and of the outcome indicators alone beside the index, as texts."""
    wide = report.now("kind_indices").pivot(index="node_id", columns="kind", values=["index", "n_indicators"])
    wide.columns = [f"{kind}_{what}" for what, kind in wide.columns]
    return cells_of(SAID, "kinds", report.now("indices", 0, 1).merge(wide, left_on="node_id", right_index=True))


def rises(report: Report) -> dict:
    """How much of what raised the composite lies with effort and with outcome indicators, and how many of each there are."""
    kinds, up = report.indicator["effort_or_outcome"], report.shares.query("contribution > 0")
    sums, n = _by_kind(report, up), kinds.value_counts().reindex(["effort", "outcome"], fill_value=0)
    percent = number(100 * sums["effort"] / sums.sum() if sums.sum() else float("nan"), missing="-")
    carried = "none" if not len(up) else "mostly" if sums["effort"] >= sums["outcome"] else "less"
    facts = {"all": len(kinds), "all_effort": n["effort"], "all_outcome": n["outcome"], "percent": percent}
    return facts | {"carried": carried, **sums}


def lead(report: Report) -> list:
    """How much of the composite's change, and of what raised it, lies with effort indicators; and what is not known."""
    sums, facts = _by_kind(report, report.shares), rises(report)
    say = about(SAID, report.settings).given(facts["carried"])
    say = say.given(percent=facts["percent"], all_effort=facts["all_effort"], all_outcome=facts["all_outcome"])
    rise = say("rise.items", **sums, change=sums.sum()) if len(report.shares) else []
    absent = {"kinds": kind_cells(report), "groups": report.read("target_groups"), "costs": report.read("unit_costs")}
    return [say("rise.counts"), *rise, *(say(f"absent.{name}") for name, table in absent.items() if table.empty)]


def pairs_of(report: Report) -> dict:
    """Arguments of ``charts.pairs``: per area the index of its effort and of its outcome indicators alone."""
    wide = report.now("kind_indices").pivot(index="node_id", columns="kind", values="index")
    areas = report.now("indices", 1)
    wide = wide.rename(columns={"effort": "first", "outcome": "second"}).reindex(areas["node_id"])
    wide = wide.set_axis(areas["name"])[["first", "second"]].dropna()
    apart = (wide["first"] - wide["second"]).abs()
    say = report.say(SAID).given(widest=apart.idxmax(), **wide.loc[apart.idxmax()])
    return {"table": wide, "line": 100, **chart_of(say, "pairs")}


def _by_kind(report: Report, shares: pd.DataFrame) -> pd.Series:
    sums = shares["contribution"].groupby(shares["item"].map(report.indicator["effort_or_outcome"])).sum()
    return sums.reindex(["effort", "outcome"], fill_value=0.0)


def waterfall_of(report: Report) -> dict:
    """Arguments of ``charts.waterfall``: the composite's change split into effort and outcome indicators."""
    sums = _by_kind(report, report.shares)
    texts = chart_of(report.say(SAID).given(**sums), "waterfall")
    return {"parts": sums.rename(SAID.all("names")), "total": float(sums.sum()), **texts}


def group_cells(groups: pd.DataFrame, names: pd.Series, settings: Settings) -> pd.DataFrame:
    """This year's volumes beside the size of whom they are for, as texts."""
    now = groups[groups["year"] == settings.year]
    return cells_of(SAID, "groups", now.assign(name=now["indicator_id"].map(names)), ("shrunk",))


def unit_cost_cells(costs: pd.DataFrame, names: pd.Series, settings: Settings) -> pd.DataFrame:
    """What one unit cost in the base year, last year and this year, in won of the base year, as texts."""
    wide = costs.pivot(index="indicator_id", columns="year", values="constant_per_unit").reindex(columns=settings.years)
    told = {"base_cost": settings.base_year, "last_cost": settings.year - 1, "now_cost": settings.year}
    wide = pd.DataFrame({column: wide[year] for column, year in told.items()})
    say = about(SAID, settings)
    return cells_of(say, "unit_costs", wide.reset_index().assign(name=lambda t: t["indicator_id"].map(names)))
