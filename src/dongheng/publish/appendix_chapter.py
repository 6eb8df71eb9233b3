"""What stands behind the figures: the method, definitions, what was mended, terms, sources, the audit, the study record."""

import json
from urllib.parse import unquote

import pandas as pd

from dongheng.config import Settings
from dongheng.publish.chapter import Report, about, catalogue, cells_of
from dongheng.publish.document import Document

SAID = catalogue(__file__)


def definition_cells(report: Report) -> pd.DataFrame:
    """Every indicator with what is known of its definition, as texts; of a study without register, what its name says."""
    now, say = report.now("indicators"), about(SAID, report.settings)
    groups = report.read("target_groups").drop_duplicates("indicator_id").set_index("indicator_id")["target_group"]
    unit = report.read("indicators").replace({"unit": ""}, None).groupby("indicator_id")["unit"].first()
    limit = now["ceiling"].notna().map({True: "limited", False: "unlimited"})
    group = now["indicator_id"].map(groups).astype(object).fillna("-")
    now = now.assign(limit=limit, unit=now["indicator_id"].map(unit), target_group=group)
    say = say.given("registered" if now["source_type"].ne("").any() else "not_registered")
    return cells_of(
        say, "definitions", now, ("direction", "effort_or_outcome", "state", "limit", "source_type", "base_quality")
    )


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


def source_cells(sources: pd.DataFrame) -> pd.DataFrame:
    """Where the raw files come from: what it is, who made it, when, where it can be read, as texts."""
    kind = sources["note"].str.contains("source_url").map({True: "by_line", False: "single"})
    return cells_of(SAID, "sources", sources.assign(kind=kind).replace({"": SAID("words.missing")}), ("kind",))


def address_cells(report: Report) -> pd.DataFrame:
    """What was read at each address, as texts: indices by year, indicators by year."""
    indices, values = (report.read(name).query("source_url != ''") for name in ("indices", "indicators"))
    indices = indices.assign(what=[SAID("addresses.index", year=year) for year in indices["year"]])
    told = [SAID("addresses.value", **row) for row in values[["indicator_id", "year"]].to_dict("records")]
    read = pd.concat([indices, values.assign(what=told)]).drop_duplicates(["source_url", "what"])
    read = read.groupby("source_url", sort=False)["what"].agg(", ".join).reset_index()
    return cells_of(SAID, "addresses", read.assign(source_url=read["source_url"].map(unquote)))


def term_cells() -> pd.DataFrame:
    """The words of the report, each in a sentence."""
    return pd.DataFrame(SAID("terms.rows"), columns=SAID("terms.columns"))


def audit_cells(audit: pd.DataFrame, doc: Document) -> pd.DataFrame:
    """The findings of an audit, their state, and where the report answers each: a reference to the section, by its tag."""
    answers = SAID.texts["audit"]["answers"]
    told = [doc.refs(*tags) if (tags := answers.get(str(n))) else SAID("audit.none") for n in audit["number"]]
    return cells_of(SAID, "audit", audit).assign(**{SAID("audit.where"): told})


def audit_reading(audit: pd.DataFrame) -> list:
    """How many findings there were, in which state, and how many this report answers."""
    answered = audit["number"].astype(str).isin(SAID.texts["audit"]["answers"])
    facts = {"n": len(audit), "done": audit["state"].eq("완료").sum(), "answered": answered.sum()}
    return SAID("audit.items", **facts)


def english(report: Report) -> list[str]:
    """The abstract in English, a paragraph each."""
    say, states = report.say(SAID), report.now("indicators")["state"].value_counts()
    facts = {"obtained": states.drop("missing", errors="ignore").sum(), "n": states.sum()}
    change = float(say.facts["change"])
    way = "unknown" if pd.isna(change) else "up" if change > 0 else "down"
    return say("english.paragraphs", way, size=abs(change), **facts)
