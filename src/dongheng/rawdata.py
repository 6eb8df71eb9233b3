"""data/raw in: read as text, checked against a schema, every problem told at once with file, line and column."""

import contextlib
import csv
import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from dongheng import config
from dongheng.config import Settings
from dongheng.errors import DataError, DonghengError, FrameworkError, each, raise_all, require
from dongheng.framework import LOWER_IS_BETTER, TABLE, Framework

PROVENANCE = ".provenance.yaml"
BENCHMARKS = Path("data/raw/benchmarks")
PROVENANCE_KEYS = ("producer", "title", "url", "date_published", "date_accessed", "licence", "note", "sha256")
_SCHEMA = yaml.safe_load(Path(__file__).with_suffix(".schema.yaml").read_text(encoding="utf-8"))
COLUMNS = {kind: list(table["columns"]) for kind, table in _SCHEMA["tables"].items()}
LINES = {kind: table.get("lines", []) for kind, table in _SCHEMA["tables"].items()}
# By kind and column, those that a file may leave out among them: names of rules, or the list of what may stand there.
_RULES = {kind: table["columns"] | table.get("optional", {}) for kind, table in _SCHEMA["tables"].items()}
LEVEL, RATIO, CHANGE_PERCENT, CHANGE_POINTS, AT_LEAST = _RULES["values"]["basis"]
CONTROL = re.compile(_SCHEMA["invisible"])


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
        rules for a base year or a year without value, its renaming and redefinition, the best value it can take, what
        its direction rests on, whether it is a flow, a stock or a survey, its reference period, whom it is for. No rows
        or empty cells = not obtained.
    revisions : DataFrame
        Values replaced later: indicator_id, year, revised_in, first (as first published), value, source_url, note.
        `values` holds them as they are now, `first_values` as they were first.
    denominators : DataFrame
        Size of each target group by year. No rows = not obtained.
    project_costs : DataFrame
        Money spent on what an indicator counts, in million won of the year, with the price index. No rows = not obtained.
    audit : DataFrame
        The council's findings about the index and their state. No rows = not obtained, or none.
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
    denominators: pd.DataFrame
    project_costs: pd.DataFrame
    audit: pd.DataFrame
    files: list[Path]
    anomalies: list[SourceAnomaly]


def files_of(settings: Settings) -> list[Path]:
    """The raw tables that one report rests on, relative to the root, whether or not they exist."""
    study = Path("data/raw") / settings.study
    tables = [Path("data/raw/framework") / f"{settings.framework}.csv"]
    for year in settings.years:
        names = ["values", "published_indices"] + (["improved_counts"] if year > settings.base_year else [])
        tables += [study / str(year) / f"{name}.csv" for name in names]
    return tables


def optional_files(root: Path, settings: Settings) -> list[Path]:
    """The raw tables that a report uses where they exist: registers of a study, each year's revisions."""
    study = Path("data/raw") / settings.study
    wanted = [study / f"{name}.csv" for name in ("indicators", "denominators", "project_costs", "audit_findings")]
    wanted += [study / str(year) / "revisions.csv" for year in settings.years[1:]]
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
            problems += _duplicates(path, table)
        if not wrong:
            typed[path.stem].append(_typed(path, table, framework, settings, problems))
    raise_all(problems)
    register = _one_table("indicators", typed).set_index("indicator_id")
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
    raise_all(problems)
    improved = pd.concat(typed["improved_counts"], ignore_index=True)
    groups, costs, audit = (_one_table(name, typed) for name in ("denominators", "project_costs", "audit_findings"))
    read = [f for path in tables for f in (path, record_of(path)) if (root / f).is_file()]
    odd = provenance_anomalies(root, list(tables)) + _repeated_values_disagree(values, settings)
    return Raw(framework, values, published, improved, register, revisions, first, groups, costs, audit, read, odd)


def _one_table(name: str, typed: dict[str, list[pd.DataFrame]]) -> pd.DataFrame:
    """A study's table with every column it may have: text is "" and a number NaN where it says nothing."""
    empty = pd.DataFrame(columns=list(_RULES[name]), dtype=str)
    return pd.concat([*typed[name], empty]).astype(dict.fromkeys(_numeric(name), float))


def _numeric(kind: str) -> list[str]:
    """The columns of a kind of table that hold numbers."""
    kept = {column: rule.split() for column, rule in _RULES[kind].items() if isinstance(rule, str)}
    return [column for column, names in kept.items() if not set(names).isdisjoint(_SCHEMA["numeric"])]


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
    text = _decode(_content(root, path, "rawdata.no_file"), name, encodings)
    rows = csv.reader(io.StringIO(re.sub("\r\n?", "\n", text), newline=""), strict=True)
    lines, cells, start = [], [], 1  # start: where the row begins; an open quote may swallow the whole file below it
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                lines.append(start)
                cells.append([cell.strip() for cell in row])
            start = rows.line_num + 1
    except csv.Error:
        raise DataError.of("rawdata.open_quote", f"{name} {start}행") from None
    require(cells, "rawdata.empty", name)
    while len(cells[0]) > 1 and not any(row[-1] for row in cells) and len({len(row) for row in cells}) == 1:
        cells = [row[:-1] for row in cells]  # Excel ends every line with the commas of columns once used
    header, body, lines = cells[0], cells[1:], lines[1:]
    for mark, key in ((";", "rawdata.semicolons"), ("\t", "rawdata.tabs")):
        require(len(header) > 1 or header[0].count(mark) < 2, key, name)
    twice = [column for column in dict.fromkeys(header) if header.count(column) > 1]
    problems = [DataError.of("rawdata.column_twice", f"{name} 1행", column=column) for column in twice]
    for line, row in zip([1, *lines], cells, strict=True):
        if len(row) != (wanted := len(header)):
            problems.append(DataError.of("rawdata.wrong_width", f"{name} {line}행", width=len(row), wanted=wanted))
        for column, cell in zip(header, row, strict=False):
            if bad := CONTROL.search(cell):
                where = f"{name} {line}행 {CONTROL.sub('', column)} 칸"
                problems.append(DataError.of("rawdata.invisible", where, code=ord(bad.group())))
    raise_all(problems)
    return pd.DataFrame(body, columns=header, index=pd.Index(lines, name="line"), dtype=str)


def benchmark(root: Path, name: str) -> pd.DataFrame:
    """A table of other systems' figures in its newest edition, as text; ``attrs`` say whose it is (source) and its path.

    Editions that a refresh wrote lie in folders named by their day; without one the table of the first edition counts.
    """
    editions = sorted(path.relative_to(root) for path in (root / BENCHMARKS).glob(f"[0-9]*/{name}.csv"))
    path = editions[-1] if editions else BENCHMARKS / f"{name}.csv"
    table, told = read_table(root, path), provenance(root, path)
    table.attrs |= {"source": f"{told['producer']}, {told['title']}", "path": path}
    return table


def record_of(path: Path) -> Path:
    """The provenance record beside a raw file."""
    return path.with_name(path.name + PROVENANCE)


def sha256(path: Path) -> str:
    """sha256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _content(root: Path, path: Path, if_missing: str) -> bytes:
    try:
        return (root / path).read_bytes()
    except FileNotFoundError:
        raise DataError.of(if_missing, path.as_posix()) from None
    except OSError:
        raise DataError.of("rawdata.locked", path.as_posix()) from None


def _decode(content: bytes, name: str, encodings: tuple[str, ...]) -> str:
    for mark, key in _SCHEMA["disguises"].items():
        require(not content.startswith(mark.encode("latin-1")), key, name)
    for encoding in (*encodings, "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        require(encoding in encodings, "rawdata.cp949", name)
        return text
    raise DataError.of("rawdata.no_encoding", name)


# --- schemas: rules find, our sentences tell -------------------------------------------------------------------


def _fault(rule: str, told: str, kind: str, column: str) -> tuple[str, dict]:
    """The sentence for a cell that breaks a rule, and facts of its own."""
    if rule == "number":
        return _no_number(told, "unit" in COLUMNS[kind])
    if rule == "known_leaf" and re.search(r"월|일|/|\d{4}-|[A-Z][a-z]{2}", told):
        return "rawdata.id_as_date", {}
    says, allowed = _SCHEMA["rules"][rule], [value or "빈칸" for value in _RULES[kind][column]]
    return says["sentence"] if told else says.get("blank", says["sentence"]), {"allowed": ", ".join(allowed)}


def _no_number(told: str, has_unit_column: bool) -> tuple[str, dict]:
    """What to type instead, where one number and its unit leave no doubt; `\\d` takes full-width digits too."""
    found = re.fullmatch(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*([^\d~+-]*)", told)
    if not found or len(told) >= 40:
        return "rawdata.no_number", {}
    facts = {"plain": unicodedata.normalize("NFKC", found[1]).replace(",", ""), "unit": found[2]}
    return "rawdata.number_and_unit" if found[2] and has_unit_column else "rawdata.number_not_plain", facts


def _breaks(rule: str, told: str, known: dict[str, list]) -> bool:
    """Whether a cell breaks a rule: its pattern, or the list of what is known; where nothing is, that is told on its own."""
    if pattern := _SCHEMA["rules"][rule].get("pattern"):
        return not re.fullmatch(pattern, told)
    return bool(known[rule]) and told not in known[rule]


def _schema_problems(path: Path, table: pd.DataFrame, kind: str, framework: Framework | None) -> list:
    name, columns = path.as_posix(), ", ".join(COLUMNS[kind])
    missing = [c for c in COLUMNS[kind] if c not in table.columns]
    unknown = [c for c in table.columns if c not in _RULES[kind]]
    found = [DataError.of("rawdata.column_missing", f"{name} 1행", column=c, columns=columns) for c in missing]
    found += [DataError.of("rawdata.column_unknown", f"{name} 1행", column=c, columns=columns) for c in unknown]
    if found or table.empty:
        return found
    leaves = framework.leaves if framework else []
    inner = [i for i in framework.ids if framework.level(i) <= 1] if framework else []
    facts = {"year": path.parent.name, "inner": ", ".join(inner)}
    known = {"this_year": [path.parent.name], "known_leaf": leaves, "known_inner": inner}
    for line, row in table.iterrows():
        for column, told in row.items():
            rule = _RULES[kind][column] or []  # a list: one of its values
            names = rule.split() if isinstance(rule, str) else ["listed"]
            known["listed"] = rule
            if broken := [name for name in names if _breaks(name, told, known)]:
                key, more = _fault(broken[0], told, kind, column)
                found.append(DataError.of(key, f"{name} {line}행 {column} 칸", told=told, **facts, **more))
    return found


def _framework(path: Path, table: pd.DataFrame, problems: list) -> Framework | None:
    if wrong := _schema_problems(path, table, "framework", None):
        problems += wrong
        return None
    try:
        return Framework.from_table(table)
    except FrameworkError as error:
        problems += [one.at(one.where.replace(TABLE, path.as_posix(), 1)) for one in each(error)]
        return None


def _typed(path: Path, table: pd.DataFrame, tree: Framework | None, settings: Settings, problems: list) -> pd.DataFrame:
    """Numbers as numbers, then what one cell cannot show: contradictions within a line."""
    frame, name = table.reindex(columns=list(_RULES[path.stem]), fill_value=""), path.as_posix()
    for column in _numeric(path.stem):
        frame[column] = pd.to_numeric(frame[column].replace("", np.nan)).astype(float)
    if "year" in frame:
        frame["year"] = frame["year"].astype(int)
    if "definition" in frame:
        frame["definition"] = frame["definition"].replace("", "1").astype(int)
    if path.stem == "revisions":
        frame["file"], frame["revised_in"] = name, int(path.parent.name)
    problems += _contradictions(path.stem, name, frame, tree, settings)
    return frame


def line_problems(name: str, table: pd.DataFrame, rules: list[list[str]], **facts) -> list[DonghengError]:
    """A problem for every line at fault, in the order of the lines.

    Parameters
    ----------
    name : str
        The file.
    table : DataFrame
        Its lines, by their numbers; their cells are facts for the sentences, the one at fault as ``told``.
    rules : list of (key, column, rule)
        A sentence of the catalogue, the column that it is about ("" = the line), the lines that it holds of in pandas'
        own words: an expression of columns.
    **facts
        What else the sentences name.
    """
    found = []
    for key, column, rule in rules:
        for line, row in table[table.eval(rule, engine="python")].iterrows():
            where = f"{name} {line}행 {column} 칸" if column else f"{name} {line}행"
            found.append((line, DataError.of(key, where, **facts | {"told": row.get(column)} | row.to_dict())))
    return [problem for _, problem in sorted(found, key=lambda pair: pair[0])]


def _duplicates(path: Path, table: pd.DataFrame) -> list[DonghengError]:
    kind = _SCHEMA["tables"][path.stem]
    columns = [column for column in kind["once"] if column in table]
    counted = table[table["adopted"] == "yes"] if "adopted" in table else table
    counted = counted[columns].replace({"definition": ""}, "1")  # blank means the first
    told = pd.Series([" ".join(row).strip() for row in counted.to_numpy()], counted.index, dtype=str)
    first = told.map({text: line for line, text in told[::-1].items()})
    found = pd.DataFrame({"told": told, "first": first, "again": told.duplicated()})
    rules = [(kind.get("twice", "rawdata.line_twice"), columns[0], "again")]
    return line_problems(path.as_posix(), found, rules, columns=", ".join(columns))


def _contradictions(kind: str, name: str, frame: pd.DataFrame, tree: Framework | None, settings: Settings) -> list:
    """What the schema's rules for lines find in a table, or in the line that a revision makes of one."""
    told = frame.assign(base=settings.base_year, reverse=settings.reverse, all_made_up=settings.illustrative)
    if kind == "values":
        known = tree.table if tree else {"direction": {}, "bounded": {}}
        direction, bounded = (frame["indicator_id"].map(known[column]) for column in ("direction", "bounded"))
        told["falling"], told["bounded"] = direction == LOWER_IS_BETTER, bounded == "yes"
        told["level"], told["last"] = frame["basis"] == LEVEL, frame["year"] - 1
        told["least"] = frame["basis"].map({CHANGE_PERCENT: -100, RATIO: 0, AT_LEAST: 0}).astype(float)
    elif kind == "improved_counts":
        count = frame["node_id"].map(lambda node: len(tree.leaves_below(node))) if tree else frame["of"]
        told["last"], told["count"] = frame["year"] - 1, count
    return line_problems(name, told, LINES[kind])


def _check_units(values: pd.DataFrame, settings: Settings, problems: list) -> None:
    units = values[values["basis"] == LEVEL].drop_duplicates(["indicator_id", "unit"])
    for indicator, rows in units[units.duplicated("indicator_id", keep=False)].groupby("indicator_id", sort=False):
        (year, before), (other, unit) = rows[["year", "unit"]].to_numpy()[:2]
        where, facts = f"data/raw/{settings.study}/{other}/values.csv unit 칸", {"year": year, "before": before}
        problems.append(DataError.of("rawdata.unit_changed", where, indicator=indicator, unit=unit, **facts))


def _check_definitions(frames: list[pd.DataFrame], register: pd.DataFrame, settings: Settings, problems: list) -> None:
    """Levels of a new definition stand beside the old one's in the year of the redefinition, alone after it."""
    for year, frame in zip(settings.years, frames, strict=True):
        told = frame.assign(since=frame["indicator_id"].map(register["redefined_in"]).astype(float))
        told["entry"] = frame["indicator_id"].map(register["entry"])
        old = frame[(frame["basis"] == LEVEL) & (frame["definition"] != 2)].dropna(subset="value")
        told["both"] = frame["indicator_id"].isin(old["indicator_id"])
        name = f"data/raw/{settings.study}/{year}/values.csv"
        problems += line_problems(name, told, _SCHEMA["tables"]["values"]["beside_register"])


def _revised(first: pd.DataFrame, told: list, tree: Framework, settings: Settings, problems: list) -> tuple:
    """The values as they are now, and the list of what was replaced: the latest revision counts."""
    now, listed = first.copy(), []
    for line, row in pd.concat(told).iterrows() if told else ():
        same = (now["indicator_id"] == row["indicator_id"]) & (now["year"] == row["year"]) & (now["basis"] == LEVEL)
        at = now.index[same & now["value"].notna()]
        if not len(at) or row["year"] >= row["revised_in"]:
            problems.append(DataError.of("rawdata.nothing_to_revise", f"{row['file']} {line}행", **row))
            continue
        listed.append({**row, "first": first.at[at[-1], "value"]})
        now.loc[at[-1], ["value", "status", "source_url"]] = row[["value", "status", "source_url"]].to_list()
        now.loc[at[-1], ["lower", "upper"]] = np.nan  # the range was that of the first figure
        problems += _contradictions("values", row["file"], now.loc[at[-1:]].set_axis([line]), tree, settings)
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
        content = config.parse(_content(root, record, "rawdata.no_record").decode("utf-8-sig"))
    except config.RepeatedKey as repeated:
        where = f"{name} {repeated.problem_mark.line + 1}행"
        raise DataError.of("rawdata.record_key_twice", where, told=repeated.problem) from None
    except (yaml.YAMLError, ValueError):  # ValueError: another encoding, a tag that its text does not fit
        raise DataError.of("rawdata.record_no_yaml", name) from None
    keys = set(content) if isinstance(content, dict) else set()
    wrong, wanted = ", ".join(sorted(map(str, keys ^ set(PROVENANCE_KEYS)))), ", ".join(PROVENANCE_KEYS)
    require(not wrong, "rawdata.record_keys", name, wrong=wrong, keys=wanted)
    told = {key: "" if content[key] is None else str(content[key]) for key in PROVENANCE_KEYS}
    for key in ("date_published", "date_accessed"):
        day = pd.to_datetime((told[key] + "-01-01")[:10], format="%Y-%m-%d", errors="coerce")  # a year or month will do
        require(not told[key] or not pd.isna(day), "rawdata.record_date", f"{name} {key} 칸", told=told[key])
    return told


def sources(root: Path, files: list[Path]) -> pd.DataFrame:
    """Where each raw file comes from: file and the fields of its record; without the files that `provenance_anomalies` tells."""
    rows = []
    for path in files:
        with contextlib.suppress(DataError):
            rows.append({"file": path.as_posix()} | provenance(root, path))
    return pd.DataFrame(rows, columns=["file", *PROVENANCE_KEYS])


def provenance_anomalies(root: Path, tables: list[Path]) -> list[SourceAnomaly]:
    """Raw files whose record is missing or unreadable, or whose bytes are not those that the record describes."""
    found = []
    for path in tables:
        try:
            told, now = provenance(root, path)["sha256"], sha256(root / path)
            found += [SourceAnomaly.of("rawdata.changed", path.as_posix(), told=told, now=now)] if told != now else []
        except DataError as error:
            found.append(SourceAnomaly(error.where, error.found, error.expected, error.todo))
    return found


def _repeated_values_disagree(values: pd.DataFrame, settings: Settings) -> list[SourceAnomaly]:
    """A change printed beside two levels must agree with them: within its range, or to its last digit but zeros."""
    levels = values[values["basis"] == LEVEL].dropna(subset="value").groupby(["indicator_id", "year"])["value"].last()
    found = []
    for row in values[values["basis"] == CHANGE_PERCENT].dropna(subset="value").itertuples():
        now, then = (levels.get((row.indicator_id, int(year)), np.nan) for year in (row.year, row.versus_year))
        computed = 100 * (now / (then or np.nan) - 1)
        half = 0.5 * 10.0 ** min(0, Decimal(str(row.value)).normalize().as_tuple().exponent)
        low = row.value - half if np.isnan(row.lower) else row.lower
        high = row.value + half if np.isnan(row.upper) else row.upper
        if computed < low - 1e-9 or computed > high + 1e-9:  # neither, where a level is not known
            where = f"data/raw/{settings.study}/{row.year}/values.csv 지표 {row.indicator_id}"
            found.append(SourceAnomaly.of("rawdata.other_change", where, value=row.value, computed=computed))
    return found
