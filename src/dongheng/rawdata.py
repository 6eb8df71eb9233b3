"""data/raw in: read as text, checked against a schema, every problem told at once with file, line and column."""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import math
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from dongheng import config
from dongheng import framework as framework_room
from dongheng.config import Settings
from dongheng.errors import DataError, DonghengError, FrameworkError, ProblemList, each
from dongheng.framework import LOWER_IS_BETTER, Framework

PROVENANCE = ".provenance.yaml"
PROVENANCE_KEYS = ("producer", "title", "url", "date_published", "date_accessed", "licence", "note", "sha256")
BASES = ("level", "ratio", "change_percent", "change_points", "ratio_at_least")
LEVEL, RATIO, CHANGE_PERCENT, CHANGE_POINTS, AT_LEAST = BASES

COLUMNS = {
    "framework": ("id parent name_ko name_en weight direction kind measures effort_or_outcome bounded note").split(),
    "values": "indicator_id year basis value lower upper unit versus_year status source_url note".split(),
    "published_indices": "year node_id value adopted source_url note".split(),
    "improved_counts": "year node_id improved of versus_year source_url note".split(),
    "revisions": "indicator_id year value status source_url note".split(),
    "indicators": (
        "indicator_id bureau source_type base_rule missing_rule base_quality redefined_in former_name renamed_in note"
    ).split(),
}
OPTIONAL = {"values": ["definition"]}  # columns that a file may leave out
ILLUSTRATIVE = ("illustrative", "illustrative_provisional")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
# Control and private-use characters, and the invisible ones that web pages and office programs slip in.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ue000-\uf8ff\ufeff\U000f0000-\U0010ffff]"
)


class SourceAnomaly(DataError):
    """Something odd about a source: printed, recorded, answered for in the report, but no reason to stop the run."""


@dataclass(frozen=True)
class Raw:
    """What a study has for one report: the checked tables and the files they came from.

    Attributes
    ----------
    framework : Framework
    values : DataFrame
        One row per indicator, year and basis; numbers are float64, NaN = not given.
    published : DataFrame
        Adopted index values: year, node_id, value, source_url, note.
    improved : DataFrame
        Counts of improved indicators per area, as published.
    register : DataFrame
        What is known of each indicator beside the framework, by indicator id: who delivers it, from what source, the
        rules for a base year or a year without value, its renaming and redefinition. No rows = not obtained.
    revisions : DataFrame
        Values replaced later: indicator_id, year, revised_in, first (as first published), value, source_url, note.
        `values` holds them as they are now, `first_values` as they were first.
    files : list of Path
        Every raw file and provenance record read, relative to the root.
    anomalies : list of SourceAnomaly
    """

    framework: Framework
    values: pd.DataFrame
    published: pd.DataFrame
    improved: pd.DataFrame
    register: pd.DataFrame
    revisions: pd.DataFrame
    first_values: pd.DataFrame
    files: list[Path]
    anomalies: list[SourceAnomaly] = field(default_factory=list)


def files_of(settings: Settings) -> list[Path]:
    """The raw tables that one report rests on, relative to the root, whether or not they exist."""
    study = Path("data/raw") / settings.study
    tables = [Path("data/raw/framework") / f"{settings.framework}.csv"]
    for year in settings.years:
        names = ["values", "published_indices"] + (["improved_counts"] if year > settings.base_year else [])
        tables += [study / str(year) / f"{name}.csv" for name in names]
    return tables


def optional_files(root: Path, settings: Settings) -> list[Path]:
    """The raw tables that a report uses where they exist: the register of the indicators, each year's revisions."""
    study = Path("data/raw") / settings.study
    wanted = [study / "indicators.csv"] + [study / str(year) / "revisions.csv" for year in settings.years[1:]]
    return [path for path in wanted if (root / path).is_file()]


def load(root: Path, settings: Settings) -> Raw:
    """Read and check everything a report rests on.

    Raises
    ------
    ProblemList
        All structural problems: missing file, wrong encoding, unreadable table, wrong column, text in a number,
        duplicate, unknown id, wrong year, zero base, wrong unit, an index that is not above 0, a revised value that a
        value could not be, a second definition that the register does not announce, ...
    """
    problems: list[DonghengError] = []
    tables = {}
    for path in files_of(settings) + optional_files(root, settings):
        try:
            tables[path] = read_table(root, path)
        except DonghengError as error:
            problems += each(error)
    frame_path = files_of(settings)[0]
    framework = _framework(frame_path, tables[frame_path], problems) if frame_path in tables else None
    typed: dict[str, list[pd.DataFrame]] = {name: [] for name in COLUMNS}
    for path in [path for path in tables if path != frame_path]:
        table = tables[path]
        wrong = _schema_problems(path, table, path.stem, framework)
        problems += wrong
        if set(COLUMNS[path.stem]) <= set(table.columns):
            _no_duplicates(table, path.stem, functools.partial(_tell, path.as_posix(), problems))
        if not wrong:
            typed[path.stem].append(_typed(path, table, framework, settings, problems))
    if problems:
        raise ProblemList(problems)
    register = pd.concat([*typed["indicators"], pd.DataFrame(columns=COLUMNS["indicators"], dtype=str)])
    register = register.set_index("indicator_id")
    first = pd.concat(typed["values"], ignore_index=True)
    _check_units(first, settings, problems)
    _check_definitions(typed["values"], register, settings, problems)
    values, revisions = _revised(first, typed["revisions"], framework, settings, problems)
    published = pd.concat(typed["published_indices"], ignore_index=True)
    published = published[published["adopted"] == "yes"].drop(columns="adopted").reset_index(drop=True)
    for year in settings.years:
        known = values.loc[(values["year"] == year) & (values["basis"] == LEVEL), ["indicator_id", "value"]].dropna()
        if not set(framework.leaves) <= set(known["indicator_id"]) and not (published["year"] == year).any():
            where = f"data/raw/{settings.study}/{year}/published_indices.csv"
            problems.append(DataError.of("rawdata.no_adopted_index", where, year=year))
    if problems:
        raise ProblemList(problems)
    anomalies = provenance_anomalies(root, list(tables)) + _repeated_values_disagree(values, settings)
    return Raw(
        framework=framework,
        values=values,
        published=published,
        improved=pd.concat(typed["improved_counts"], ignore_index=True),
        register=register,
        revisions=revisions,
        first_values=first,
        files=[f for path in tables for f in (path, record_of(path)) if (root / f).is_file()],
        anomalies=anomalies,
    )


def read_table(root: Path, path: Path, encodings: tuple[str, ...] = ("utf-8-sig",)) -> pd.DataFrame:
    """A CSV file as a DataFrame of text; blank cells are empty text, the index is the line in the file.

    Parameters
    ----------
    root, path : Path
        The study's root and the file relative to it (the name that messages use).
    encodings : tuple of str
        Tried in turn. data/raw is evidence and holds UTF-8 only (a BOM is fine); a file that comes from an
        office may be read with ``("utf-8-sig", "cp949")``.

    Raises
    ------
    DataError
        No file, one that cannot be opened, another encoding, semicolons or tabs for commas, no header, a column name
        twice, a line with too many or too few cells, an open quote, control, private-use or invisible characters.
    """
    name = path.as_posix()
    try:
        content = (root / path).read_bytes()
    except FileNotFoundError:
        raise DataError.of("rawdata.no_file", name) from None
    except OSError:
        raise DataError.of("rawdata.locked", name) from None
    text = _decode(content, name, encodings)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines, cells, start = [], [], 1  # start: where the row begins; an open quote may swallow the whole file below it
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                lines.append(start)
                cells.append([cell.strip() for cell in row])
            start = rows.line_num + 1
    except csv.Error:
        raise DataError.of("rawdata.open_quote", f"{name} {start}행") from None
    if not cells:
        raise DataError.of("rawdata.empty", name)
    while len(cells[0]) > 1 and not any(row[-1] for row in cells) and len({len(row) for row in cells}) == 1:
        cells = [row[:-1] for row in cells]  # Excel ends every line with the commas of columns once used
    header, body, lines = cells[0], cells[1:], lines[1:]
    if len(header) == 1 and header[0].count(";") > 1:
        raise DataError.of("rawdata.semicolons", name)
    if len(header) == 1 and header[0].count("\t") > 1:
        raise DataError.of("rawdata.tabs", name)
    problems: list[DonghengError] = []
    for column in dict.fromkeys(c for c in header if header.count(c) > 1):
        problems.append(DataError.of("rawdata.column_twice", f"{name} 1행", column=column))
    for line, row in zip([1, *lines], cells, strict=True):
        if len(row) != len(header):
            facts = {"width": len(row), "wanted": len(header)}
            problems.append(DataError.of("rawdata.wrong_width", f"{name} {line}행", **facts))
        for column, cell in zip(header, row, strict=False):
            if bad := _CONTROL.search(cell):
                where = f"{name} {line}행 {_CONTROL.sub('', column)} 칸"
                problems.append(DataError.of("rawdata.invisible", where, code=ord(bad.group())))
    if problems:
        raise ProblemList(problems)
    return pd.DataFrame(body, columns=header, index=pd.Index(lines, name="line"), dtype=str)


def record_of(path: Path) -> Path:
    """The provenance record beside a raw file."""
    return path.with_name(path.name + PROVENANCE)


def sha256(path: Path) -> str:
    """sha256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_DISGUISES = {
    b"PK": "rawdata.xlsx",
    b"\xd0\xcf": "rawdata.xls",
    b"\xff\xfe": "rawdata.utf16",
    b"\xfe\xff": "rawdata.utf16",
    b"<": "rawdata.web_page",
}


def _decode(content: bytes, name: str, encodings: tuple[str, ...]) -> str:
    for mark, key in _DISGUISES.items():
        if content.startswith(mark):
            raise DataError.of(key, name)
    for encoding in (*encodings, "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding not in encodings:
            raise DataError.of("rawdata.cp949", name)
        return text
    raise DataError.of("rawdata.no_encoding", name)


# --- schemas: pandera finds, our sentences tell -------------------------------------------------------------------


def _fault(rule: str, told: str, kind: str) -> tuple[str, dict]:
    """The sentence for a cell that breaks a rule, and facts of its own."""
    match rule:
        case "number":
            return _no_number(told, "unit" in COLUMNS[kind])
        case "known_leaf":
            dated = re.search(r"월|일|/|\d{4}-|[A-Z][a-z]{2}", told)
            return "rawdata.id_as_date" if dated else "rawdata.unknown_leaf", {}
        case "this_year":
            return "rawdata.other_year" if told else "rawdata.year_blank", {}
    if rule.startswith("rawdata."):
        return rule, {}
    return "rawdata.not_listed" if told else "rawdata.blank_not_listed", {"allowed": rule}


def _no_number(told: str, has_unit_column: bool) -> tuple[str, dict]:
    """What to type instead, where one number and its unit leave no doubt; `\\d` takes full-width digits too."""
    found = re.fullmatch(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*([^\d~+-]*)", told)
    if not found or len(told) >= 40:
        return "rawdata.no_number", {}
    facts = {"plain": unicodedata.normalize("NFKC", found[1]).replace(",", ""), "unit": found[2]}
    return "rawdata.number_and_unit" if found[2] and has_unit_column else "rawdata.number_not_plain", facts


@functools.cache
def _schema(kind: str, folder: str, leaves: tuple, inner: tuple):
    """The pandera schema of one kind of raw table; a check's name is its sentence, or a rule of :func:`_fault`."""
    import pandera.pandas as pa

    def check(name, test):
        return pa.Check(lambda s: s.map(test), name=name)

    number = check("number", lambda v: v == "" or (_NUMBER.fullmatch(v) is not None and math.isfinite(float(v))))
    filled = check("rawdata.blank", lambda v: v != "")
    whole = check("rawdata.not_whole", lambda v: v == "" or v.isascii() and v.isdigit())
    short = check("rawdata.too_long", lambda v: len(v) < 10)
    a_year = check("rawdata.no_year", lambda v: re.fullmatch("([12][0-9]{3})?", v) is not None)
    this_year = check("this_year", lambda v: v == folder)

    def one_of(*allowed):
        return check(", ".join(a or "빈칸" for a in allowed), lambda v: v in allowed)

    # Without a readable framework there is nothing to compare ids with; that problem is told on its own.
    known_leaf = check("known_leaf", lambda v: not leaves or v in leaves)
    known_inner = check("rawdata.unknown_inner", lambda v: not inner or v in inner)
    columns = {
        "values": {
            "indicator_id": [filled, known_leaf],
            "year": [this_year],
            "basis": [one_of(*BASES)],
            "value": [number],
            "lower": [number],
            "upper": [number],
            "unit": [filled],
            "versus_year": [a_year],
            "status": [one_of("published", "inferred_year", "obtained", "provisional", *ILLUSTRATIVE)],
            "definition": [one_of("1", "2", "")],
        },
        "revisions": {
            "indicator_id": [filled, known_leaf],
            "year": [filled, a_year],
            "value": [filled, number],
            "status": [one_of("published", "obtained", "provisional", *ILLUSTRATIVE)],
            "source_url": [filled],
        },
        "indicators": {
            "indicator_id": [filled, known_leaf],
            "source_type": [one_of("administrative", "survey", "")],
            "base_rule": [one_of("observed", "last_before", "interpolated", "first_after", "")],
            "missing_rule": [one_of("error", "carry_forward", "interpolate", "")],
            "base_quality": [one_of("normal", "start_up", "depressed", "survey_noise", "no_observation", "")],
            "redefined_in": [a_year],
            "renamed_in": [a_year],
        },
        "published_indices": {
            "year": [this_year],
            "node_id": [filled, known_inner],
            "value": [filled, number],
            "adopted": [one_of("yes", "no")],
        },
        "improved_counts": {
            "year": [this_year],
            "node_id": [filled, known_inner],
            "improved": [filled, whole, short],
            "of": [filled, whole, short],
            "versus_year": [filled, a_year],
        },
        "framework": {
            "id": [filled],
            "name_ko": [filled],
            "weight": [number],
            "direction": [one_of("1", "-1", "")],
            "kind": [one_of("rate", "volume", "satisfaction", "level", "")],
            "measures": [one_of("reach", "supply", "coverage", "use", "result", "perception", "state", "")],
            "effort_or_outcome": [one_of("effort", "outcome", "")],
            "bounded": [one_of("yes", "no", "")],
        },
    }[kind]
    optional = OPTIONAL.get(kind, [])
    return pa.DataFrameSchema(
        {name: pa.Column(checks=checks, required=name not in optional) for name, checks in columns.items()}
    )


def _schema_problems(path: Path, table: pd.DataFrame, kind: str, framework: Framework | None) -> list:
    name, columns = path.as_posix(), ", ".join(COLUMNS[kind])
    missing = [c for c in COLUMNS[kind] if c not in table.columns]
    unknown = [c for c in table.columns if c not in COLUMNS[kind] + OPTIONAL.get(kind, [])]
    found = [DataError.of("rawdata.column_missing", f"{name} 1행", column=c, columns=columns) for c in missing]
    found += [DataError.of("rawdata.column_unknown", f"{name} 1행", column=c, columns=columns) for c in unknown]
    if found or table.empty:
        return found
    import pandera.pandas as pa

    leaves = tuple(framework.leaves) if framework else ()
    inner = tuple(i for i in framework.ids if framework.level(i) <= 1) if framework else ()
    facts = {"year": path.parent.name, "inner": ", ".join(inner)}
    try:
        _schema(kind, path.parent.name, leaves, inner).validate(table, lazy=True)
    except pa.errors.SchemaErrors as failures:
        cases = failures.failure_cases.dropna(subset="index").sort_values(["index"], kind="stable")
        for case in cases.drop_duplicates(["index", "column"]).itertuples():
            line, told = int(case.index), table.at[int(case.index), case.column]
            key, more = _fault(case.check, told, kind)
            found.append(DataError.of(key, f"{name} {line}행 {case.column} 칸", told=told, **facts, **more))
        if not found:
            raise
    return found


def _framework(path: Path, table: pd.DataFrame, problems: list) -> Framework | None:
    wrong = _schema_problems(path, table, "framework", None)
    problems += wrong
    if wrong:
        return None
    try:
        return Framework.from_table(table)
    except FrameworkError as error:
        for one in each(error):
            where = one.where.replace(framework_room.TABLE, path.as_posix(), 1)
            problems.append(FrameworkError(where, one.found, one.expected, one.todo))
        return None


_NUMERIC = ("year", "value", "lower", "upper", "versus_year", "improved", "of", "redefined_in", "renamed_in")


def _typed(
    path: Path, table: pd.DataFrame, framework: Framework | None, settings: Settings, problems: list
) -> pd.DataFrame:
    """Numbers as numbers, then what one cell cannot show: contradictions within a line."""
    frame = table.copy()
    for column in frame.columns.intersection(_NUMERIC):
        frame[column] = pd.to_numeric(frame[column].replace("", np.nan)).astype(float)
    tell = functools.partial(_tell, path.as_posix(), problems)
    if "year" in frame:
        frame["year"] = frame["year"].astype(int)
    match path.stem:
        case "revisions":
            frame["file"], frame["revised_in"] = path.as_posix(), int(path.parent.name)
        case "values":
            told = frame.get("definition", pd.Series("1", frame.index))
            frame["definition"] = pd.to_numeric(told.replace("", "1")).astype(int)
            for line, row in frame.iterrows():
                _check_value(row, framework, settings, functools.partial(tell, line))
        case "published_indices":
            for line, row in frame[frame["adopted"] == "yes"].iterrows():
                if row["value"] <= 0:
                    tell(line, "value", "rawdata.index_not_positive", value=row["value"])
                elif row["year"] == settings.base_year and row["value"] != 100:
                    tell(line, "value", "rawdata.base_index", year=row["year"], value=row["value"])
        case "improved_counts":
            for line, row in frame.iterrows():
                _check_count(row, framework, functools.partial(tell, line))
    return frame


def _tell(name: str, problems: list, line: int, column: str, key: str, **facts) -> None:
    problems.append(DataError.of(key, f"{name} {line}행 {column} 칸", **facts))


def _no_duplicates(frame: pd.DataFrame, kind: str, tell) -> None:
    columns = {
        "values": [c for c in ("indicator_id", "basis", "definition") if c in frame],
        "revisions": ["indicator_id", "year"],
        "indicators": ["indicator_id"],
    }.get(kind, ["node_id"])
    counted = frame[frame["adopted"] == "yes"] if kind == "published_indices" else frame
    counted = counted[columns].replace({"definition": ""}, "1")  # blank means the first
    key = "rawdata.adopted_twice" if kind == "published_indices" else "rawdata.line_twice"
    first: dict = {}
    for line, row in counted.iterrows():
        told = " ".join(row).strip()
        if told in first:
            tell(line, columns[0], key, told=told, first=first[told], columns=", ".join(columns))
        first.setdefault(told, line)


def _check_value(row: pd.Series, framework: Framework | None, settings: Settings, tell) -> None:
    """What contradicts itself in a line of values, or in the line that a revision makes of it."""
    leaf = {} if framework is None else framework.table.loc[row["indicator_id"]]
    year, basis, value, versus = row["year"], row["basis"], row["value"], row["versus_year"]
    level, in_base = basis == LEVEL, row["year"] == settings.base_year
    if row["status"] in ILLUSTRATIVE and not settings.illustrative:
        tell("status", "rawdata.made_up", told=row["status"])
    if row["status"] not in ILLUSTRATIVE and settings.illustrative:
        tell("status", "rawdata.not_made_up", told=row["status"])
    if level and pd.notna(versus):
        tell("versus_year", "rawdata.level_compared", versus=versus)
    if not level and in_base:
        tell("basis", "rawdata.change_in_base_year", basis=basis, year=year)
    elif not level and not settings.base_year <= versus < year:
        key = "rawdata.not_compared" if pd.isna(versus) else "rawdata.compared_outside"
        tell("versus_year", key, basis=basis, versus=versus, first=settings.base_year, last=year - 1)
    if pd.isna(row["lower"]) != pd.isna(row["upper"]):
        tell("lower" if pd.isna(row["lower"]) else "upper", "rawdata.half_a_range")
    if pd.notna(value) and not row["source_url"]:
        tell("source_url", "rawdata.no_source")
    for low, high in (("lower", "value"), ("value", "upper"), ("lower", "upper")):
        if row[low] > row[high]:
            tell(low, "rawdata.range_upside_down", low=low, lower=row[low], high=high, upper=row[high])
            break
    if value < {CHANGE_PERCENT: -100, RATIO: 0, AT_LEAST: 0}.get(basis, -np.inf):
        tell("value", "rawdata.impossible_change", basis=basis, value=value)
    if level and in_base and value == 0:
        tell("value", "rawdata.zero_base", indicator=row["indicator_id"])
    if level and value < 0:
        tell("value", "rawdata.negative", value=value)
    divides = settings.reverse == "reciprocal" and leaf.get("direction") == LOWER_IS_BETTER
    if level and value == 0 and not in_base and divides:
        tell("value", "rawdata.zero_divisor", indicator=row["indicator_id"])
    if level and row["unit"] == "%" and leaf.get("bounded") == "yes" and not (pd.isna(value) or 0 <= value <= 100):
        tell("value", "rawdata.share_over_100", value=value)


def _check_count(row: pd.Series, framework: Framework | None, tell) -> None:
    if row["improved"] > row["of"]:
        tell("improved", "rawdata.more_than_all", improved=row["improved"], of=row["of"])
    if row["versus_year"] != row["year"] - 1:
        tell("versus_year", "rawdata.not_against_last_year", versus=row["versus_year"], last=row["year"] - 1)
    count = len(framework.leaves_below(row["node_id"])) if framework else row["of"]
    if row["of"] != count:
        tell("of", "rawdata.other_number", of=row["of"], node=row["node_id"], count=count)


def _check_units(values: pd.DataFrame, settings: Settings, problems: list) -> None:
    units = values[values["basis"] == LEVEL].drop_duplicates(["indicator_id", "unit"])
    for indicator, rows in units[units.duplicated("indicator_id", keep=False)].groupby("indicator_id", sort=False):
        one, other = rows.iloc[0], rows.iloc[1]
        where = f"data/raw/{settings.study}/{other['year']}/values.csv unit 칸"
        facts = {"indicator": indicator, "unit": other["unit"], "year": one["year"], "before": one["unit"]}
        problems.append(DataError.of("rawdata.unit_changed", where, **facts))


def _check_definitions(frames: list[pd.DataFrame], register: pd.DataFrame, settings: Settings, problems: list) -> None:
    """Levels of a new definition stand beside the old one's in the year of the redefinition, alone after it."""
    for frame in frames:
        since = frame["indicator_id"].map(register["redefined_in"]).astype(float)
        level, new = frame["basis"] == LEVEL, frame["definition"] == 2
        both = frame["indicator_id"].isin(frame.loc[level & ~new & frame["value"].notna(), "indicator_id"])
        faults = {
            "rawdata.definition_unannounced": new & ~(level & (frame["year"] >= since)),
            "rawdata.definition_alone": new & level & (frame["year"] == since) & ~both,
            "rawdata.definition_outdated": ~new & level & (frame["year"] > since),
        }
        for key, wrong in faults.items():
            for line, row in frame[wrong].iterrows():
                name = f"data/raw/{settings.study}/{row['year']}/values.csv"
                facts = {"indicator": row["indicator_id"], "year": row["year"], "since": since[line]}
                _tell(name, problems, line, "definition", key, **facts)


def _revised(
    first: pd.DataFrame, told: list[pd.DataFrame], framework: Framework, settings: Settings, problems: list
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The values as they are now, and the list of what was replaced: the latest revision counts."""
    now, listed = first.copy(), []
    for line, row in pd.concat(told).iterrows() if told else ():
        same = (now["indicator_id"] == row["indicator_id"]) & (now["year"] == row["year"]) & (now["basis"] == LEVEL)
        at = now.index[same & now["value"].notna()]
        if not len(at) or row["year"] >= row["revised_in"]:
            facts = {"indicator": row["indicator_id"], "year": row["year"], "revised_in": row["revised_in"]}
            problems.append(DataError.of("rawdata.nothing_to_revise", f"{row['file']} {line}행", **facts))
            continue
        listed.append({**row[["indicator_id", "year", "revised_in"]], "first": first.at[at[-1], "value"]})
        listed[-1] |= row[["value", "source_url", "note"]].to_dict()
        now.loc[at[-1], ["value", "status", "source_url"]] = row[["value", "status", "source_url"]].to_list()
        now.loc[at[-1], ["lower", "upper"]] = np.nan  # the range was that of the first figure
        _check_value(now.loc[at[-1]], framework, settings, functools.partial(_tell, row["file"], problems, line))
    columns = ["indicator_id", "year", "revised_in", "first", "value", "source_url", "note"]
    return now, pd.DataFrame(listed, columns=columns)


# --- source anomalies: told and recorded, the run goes on ----------------------------------------------------------


def provenance(root: Path, path: Path) -> dict:
    """The provenance record beside a raw file; unknown fields are empty text.

    Raises
    ------
    DataError
        No record, one that cannot be opened, no YAML, a key that is missing, unknown or there twice, a day that no
        calendar has.
    """
    record = record_of(path)
    name = record.as_posix()
    try:
        content = config.parse((root / record).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise DataError.of("rawdata.no_record", name) from None
    except OSError:
        raise DataError.of("rawdata.locked", name) from None
    except config.RepeatedKey as repeated:
        raise DataError.of("rawdata.record_key_twice", f"{name} {repeated.line}행", told=repeated.problem) from None
    except (yaml.YAMLError, ValueError):  # ValueError: another encoding, a tag that its text does not fit
        raise DataError.of("rawdata.record_no_yaml", name) from None
    keys = set(content) if isinstance(content, dict) else set()
    if wrong := keys ^ set(PROVENANCE_KEYS):
        facts = {"wrong": ", ".join(sorted(map(str, wrong))), "keys": ", ".join(PROVENANCE_KEYS)}
        raise DataError.of("rawdata.record_keys", name, **facts)
    told = {key: "" if content[key] is None else str(content[key]) for key in PROVENANCE_KEYS}
    for key in ("date_published", "date_accessed"):
        try:
            date.fromisoformat((told[key] + "-01-01")[:10] if told[key] else "2000-01-01")  # a year or month will do
        except ValueError:
            raise DataError.of("rawdata.record_date", f"{name} {key} 칸", told=told[key]) from None
    return told


def provenance_anomalies(root: Path, tables: list[Path]) -> list[SourceAnomaly]:
    """Raw files whose record is missing or unreadable, or whose bytes are not those that the record describes."""
    found = []
    for path in tables:
        try:
            told = provenance(root, path)["sha256"]
        except DataError as error:
            found.append(SourceAnomaly(error.where, error.found, error.expected, error.todo))
            continue
        now = sha256(root / path)
        if told != now:
            found.append(SourceAnomaly.of("rawdata.changed", path.as_posix(), told=told, now=now))
    return found


def _repeated_values_disagree(values: pd.DataFrame, settings: Settings) -> list[SourceAnomaly]:
    """A change printed beside two levels must agree with them: within its range, or to its last digit but zeros."""
    levels = values[values["basis"] == LEVEL].set_index(["indicator_id", "year"])["value"].dropna()
    found = []
    for row in values[values["basis"] == CHANGE_PERCENT].itertuples():
        now, then = (row.indicator_id, row.year), (row.indicator_id, int(row.versus_year))
        if now in levels.index and then in levels.index and levels[then] != 0:
            computed = 100 * (levels[now] / levels[then] - 1)
            half = 0.5 * 10.0 ** min(0, Decimal(str(row.value)).normalize().as_tuple().exponent)
            low = row.value - half if np.isnan(row.lower) else row.lower
            high = row.value + half if np.isnan(row.upper) else row.upper
            if not low - 1e-9 <= computed <= high + 1e-9:
                where = f"data/raw/{settings.study}/{row.year}/values.csv 지표 {row.indicator_id}"
                found.append(SourceAnomaly.of("rawdata.other_change", where, value=row.value, computed=computed))
    return found
