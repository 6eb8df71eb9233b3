"""What the chapter on how sure the index is says, and notebook 03: three ranges kept apart, verdicts, single indicators."""

import pandas as pd

from dongheng.aggregate import REST
from dongheng.config import Settings
from dongheng.publish.chapter import Report, about, catalogue, cells_of, chart_of

SAID = catalogue(__file__)
NOW = {"scores": ("as_ruled", "published"), "weights": ("in_force", "indicator_counts"), "mean": ("arithmetic",)}


def headings(apart: pd.DataFrame, report: Report) -> dict[str, str]:
    """The headings of this chapter that say what was found, by the tag of their section."""
    told, left_out = _composite_ranges(report).query("range == 'survey'"), report.now("leave_one_out")
    say = report.say(SAID).given("ranged" if len(told) else "no_range", "known" if len(apart) > 1 else "missing")
    ends = told[["lower", "upper"]].iloc[0] if len(told) else {}
    return say.given(effect=left_out["effect"].abs().max(), **apart.iloc[-1][["lo", "hi"]], **ends).all("headings")


def ranges_cells(ranges: pd.DataFrame, names: pd.Series, settings: Settings) -> pd.DataFrame:
    """This year's index with the range of surveys and, apart from it, the experts' index with theirs, as texts."""
    now = ranges[ranges["year"] == settings.year]
    told = [SAID(f"ranges.{'narrow' if row.upper - row.lower < 0.1 else 'wide'}", lower=row.lower, upper=row.upper)
            for row in now.itertuples()]  # fmt: skip
    wide = now.assign(told=told).pivot(index="node_id", columns="range", values=["index", "told"])
    wide = wide.reindex(now["node_id"].unique()).set_axis([f"{kind}_{what}" for what, kind in wide.columns], axis=1)
    wide = wide.reindex(columns=[f"{kind}_{what}" for kind in ("survey", "expert") for what in ("index", "told")])
    told = {column: wide[column].astype(object).where(wide[column].notna(), "-") for column in wide if "told" in column}
    wide = wide.assign(**told).astype({"survey_index": float, "expert_index": float})
    return cells_of(SAID, "ranges", wide.reset_index().assign(name=lambda t: t["node_id"].map(names)))


def missing_errors(leaves: list, lacking: dict) -> str:
    """Which errors of these indicators were not obtained, and of how many; `lacking` as in uncertainty.ValueErrors."""
    counts = pd.Series([lacking[leaf] for leaf in leaves if leaf in lacking], dtype=str).value_counts(sort=False)
    return ", ".join(SAID(f"missing_errors.{why}", n=n) for why, n in counts.items())


def verdict_cells(report: Report) -> pd.DataFrame:
    """Last year's and this year's index, the difference, its range and the verdict, or what is lacking, as texts."""
    now = report.pair("verdicts")
    now = now.assign(kind=now["verdict"].replace("", "lacking").mask(now["change"].isna(), "unknown_change"))
    return cells_of(about(SAID, report.settings), "verdicts", now, ("kind",))


def verdict_reading(report: Report) -> list:
    """How many areas rose, fell or moved without clear change since last year; or why nobody can tell."""
    now = report.pair("verdicts")
    counts = now.iloc[1:]["verdict"].value_counts()
    facts = {name: counts.get(name, 0) for name in ("rise", "fall", "no_clear_change", "")}
    composite = now.iloc[0]
    say = about(SAID, report.settings).given(composite["verdict"] or "lacking", "some" if facts[""] else "all")
    facts |= {"unknown": facts[""], "of": len(now) - 1, "size": abs(composite["change"])}
    return say("verdicts.items", **facts, **composite)


def one_rule_apart(rules: pd.DataFrame, node: str, settings: Settings) -> pd.DataFrame:
    """The index under the rules in force, then with one rule changed at a time: name, index; then all combinations.

    Rows: name, index (NaN in the last), lo, hi (of all combinations; NaN before). Only the last, with NaN, where an area
    of that year was not obtained: then there is nothing to add up.
    """
    known = rules[(rules["node_id"] == node) & (rules["year"] == settings.year)]
    apart = sum((~known[column].isin(told)).astype(int) for column, told in NOW.items())
    rows = [(SAID("rules.now"), value) for value in known.loc[apart == 0, "index"]]
    for column, told in NOW.items():
        single = known[(apart == 1) & ~known[column].isin(told)]
        told = single[[column, "index"]].itertuples(index=False)
        rows += [(SAID(f"rules.{name}", **settings.robustness), value) for name, value in told]
    table = pd.DataFrame(rows, columns=["name", "index"]).assign(lo=float("nan"), hi=float("nan"))
    whole = {"name": SAID("rules.all", n=len(known)), "lo": known["index"].min(), "hi": known["index"].max()}
    return pd.concat([table, pd.DataFrame([whole])], ignore_index=True)


def rule_cells(apart: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The rows of :func:`one_rule_apart` as texts, with the difference from the rules in force."""
    kind = apart["index"].isna().map({True: "all", False: "one"})
    apart = apart.assign(kind=kind, difference=apart["index"] - apart["index"].iloc[0])
    return cells_of(SAID, "apart", apart, ("kind",))


def refused_reading(rules: pd.DataFrame, settings: Settings) -> list:
    """Which rules could not be used on these values, each with its reason; what the table of rules is not."""
    refused = rules[rules["refused"] != ""].drop_duplicates(["scores", "refused"])
    named = refused.assign(rule=[SAID(f"rules.{rule}", **settings.robustness) for rule in refused["scores"]])
    reasons = named.assign(reason=named["refused"].str.split(":").str[0])[["rule", "reason"]].to_dict("records")
    return [SAID("rules.reading"), *(SAID("rules.refused", **told) for told in reasons)]


def rule_dots_of(apart: pd.DataFrame, report: Report) -> dict:
    """Arguments of ``charts.rule_dots``: the composite under each rule, and its two ranges where they are known."""
    told = _composite_ranges(report).rename(columns={"lower": "lo", "upper": "hi"})
    table = pd.concat([apart, told.assign(name=[SAID(f"ranges.{kind}") for kind in told["range"]])]).set_index("name")
    low, high = apart.iloc[-1][["lo", "hi"]]
    say = report.say(SAID).given(low=low, high=high, index=apart["index"].iloc[0])
    return {"table": table[["index", "lo", "hi"]], **chart_of(say, "rule_dots")}


def _composite_ranges(report: Report) -> pd.DataFrame:
    ranges = report.now("ranges")
    return ranges[ranges["node_id"].isin(report.now("indices", 0)["node_id"])]


def without_cells(left_out: pd.DataFrame, settings: Settings, most: int = 5) -> pd.DataFrame:
    """The indicators whose leaving out moves this year's composite most, as texts."""
    now = left_out[(left_out["year"] == settings.year) & left_out["index"].notna()]
    return cells_of(about(SAID, settings), "without", now.sort_values("effect", key=abs, ascending=False).head(most))


def share_cells(shares: pd.DataFrame, settings: Settings, most: int = 5) -> pd.DataFrame:
    """The indicators whose share of the change since the base year lies farthest from their weight, as texts."""
    pair = _widest(shares, settings).head(most)
    return cells_of(about(SAID, settings).given(**settings.robustness), "shares", pair, ("dominant",))


def _widest(shares: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    pair = shares[(shares["from_year"] == settings.base_year) & (shares["to_year"] == settings.year)]
    pair = pair[pair["item"] != REST]
    pair = pair.assign(percent=100 * pair["weight"], share_percent=100 * pair["share"])
    return pair.loc[(pair["share"] - pair["weight"]).abs().sort_values(ascending=False).index]


def share_pairs_of(shares: pd.DataFrame, report: Report, most: int = 5) -> dict:
    """Arguments of ``charts.pairs``: weight and share of the change since the base year, where they lie farthest apart."""
    pair = _widest(shares, report.settings).head(most)
    table = pair.set_index(pair["item"] + " " + pair["name"])[["percent", "share_percent"]]
    table = table.set_axis(["first", "second"], axis=1)
    return {"table": table, **chart_of(report.say(SAID).given(widest=table.index[0], **table.iloc[0]), "share_pairs")}


def what_if_cells(what_if: pd.DataFrame, names: pd.Series, units: pd.Series) -> pd.DataFrame:
    """How far each known indicator alone would have to move for its area to reach 100, as texts."""
    told = what_if.assign(area=what_if["node_id"].map(names), unit=what_if["item"].map(units).fillna(""))
    kind = told["reachable"].where(told["needed"].notna(), -1).astype(str)
    value = told["needed_value"].notna().map({True: "valued", False: "no_value"})
    return cells_of(SAID, "what_if", told.assign(kind=kind, value_kind=value), ("kind", "value_kind"))


def what_if_reason(report: Report) -> str:
    """Why there is no indicator to move: no area stands below 100, or of those that do no score is known."""
    kind = "unknown" if (report.now("indices", 1)["index"] < 100).any() else "above"
    return "" if len(report.read("what_if")) else SAID("what_if.none", kind)


def summary_reading(apart: pd.DataFrame, report: Report) -> list:
    """One line for each of the three ranges of this year's composite, never merged."""
    told = _composite_ranges(report).set_index("range").to_dict("index")
    kinds = {kind: "known" if kind in told else "missing" for kind in ("expert", "survey")}
    lines = [SAID(f"summary.{kind}", known, **told.get(kind, {})) for kind, known in kinds.items()]
    facts = {"now": apart["index"].iloc[0], "n": len(apart) - 2} | apart.iloc[-1][["lo", "hi"]].to_dict()
    return [*lines, SAID("summary.rules", "known" if len(apart) > 1 else "missing", **facts)]
