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
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from dongheng import framework as framework_room
from dongheng.config import Settings
from dongheng.errors import DataError, DonghengError, FrameworkError, ProblemList
from dongheng.framework import Framework

PROVENANCE = ".provenance.yaml"
PROVENANCE_KEYS = ("producer", "title", "url", "date_published", "date_accessed", "licence", "note", "sha256")
LEVEL, RATIO, CHANGE_PERCENT, CHANGE_POINTS, AT_LEAST = (
    "level",
    "ratio",
    "change_percent",
    "change_points",
    "ratio_at_least",
)

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
        duplicate, unknown id, wrong year, zero base, wrong unit, ...
    """
    problems: list[DonghengError] = []
    tables = {}
    for path in files_of(settings) + optional_files(root, settings):
        try:
            tables[path] = read_table(root, path)
        except ProblemList as several:
            problems += several.problems
        except DonghengError as one:
            problems.append(one)
    frame_path = files_of(settings)[0]
    framework = _framework(frame_path, tables[frame_path], problems) if frame_path in tables else None
    typed: dict[str, list[pd.DataFrame]] = {name: [] for name in COLUMNS}
    for path, table in list(tables.items())[1:] if frame_path in tables else tables.items():
        year = int(path.parent.name) if path.parent.name.isdigit() else settings.year
        wrong = _schema_problems(path, table, path.stem, year, framework)
        problems += wrong
        if set(COLUMNS[path.stem]) <= set(table.columns):
            _no_duplicates(table, path.stem, functools.partial(_tell, path.as_posix(), problems))
        if not wrong:
            typed[path.stem].append(_typed(path, table, path.stem, framework, settings, problems))
    if problems:
        raise ProblemList(problems)
    first = pd.concat(typed["values"], ignore_index=True)
    _check_across_years(first, settings, problems)
    values, revisions = _revised(first, typed["revisions"], problems)
    published = pd.concat(typed["published_indices"], ignore_index=True)
    for year in settings.years:
        known = values.loc[(values["year"] == year) & (values["basis"] == LEVEL), ["indicator_id", "value"]].dropna()
        needed = not set(framework.leaves) <= set(known["indicator_id"])
        if needed and not ((published["year"] == year) & (published["adopted"] == "yes")).any():
            path = Path("data/raw") / settings.study / str(year) / "published_indices.csv"
            problems.append(
                DataError(
                    path.as_posix(),
                    f"{year}년의 채택된 지수가 한 줄도 없는데",
                    "지표 값이 모두 있거나 공표 지수가 있어야 그해를 보고할 수 있으므로",
                    f"{year}년 지수를 적거나 config.yaml의 years에서 {year}년을 빼 주십시오",
                )
            )
    if problems:
        raise ProblemList(problems)
    anomalies = provenance_anomalies(root, list(tables)) + _repeated_values_disagree(values, settings)
    return Raw(
        framework=framework,
        values=values,
        published=published[published["adopted"] == "yes"].drop(columns="adopted").reset_index(drop=True),
        improved=pd.concat(typed["improved_counts"], ignore_index=True),
        register=pd.concat([*typed["indicators"], pd.DataFrame(columns=COLUMNS["indicators"], dtype=str)]).set_index(
            "indicator_id"
        ),
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
        No file, one that cannot be opened, another encoding, no header, a column name twice, a line with too many
        or too few cells, an open quote, control, private-use or invisible characters.
    """
    name = path.as_posix()
    try:
        content = (root / path).read_bytes()
    except FileNotFoundError:
        raise DataError(
            name,
            "파일이 없는데",
            "이 연도의 보고서에 필요한 파일이므로",
            "파일을 넣거나, 얻은 것이 없으면 머리줄만 있는 파일을 넣어 주십시오",
        ) from None
    except OSError:
        raise DataError(
            name,
            "열 수 없는데",
            "다른 프로그램이 쓰고 있지 않은 파일이어야 하므로",
            "그 파일을 연 프로그램을 닫고 다시 실행해 주십시오",
        ) from None
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
        raise DataError(
            f"{name} {start}행",
            "따옴표가 닫히지 않았거나 닫힌 뒤에 글이 있는데",
            "CSV의 따옴표는 짝이 맞아야 하므로",
            "그 줄의 따옴표를 고쳐 주십시오",
        ) from None
    if not cells:
        raise DataError(
            name, "비어 있는데", "첫 줄에 칸 이름이 있어야 하므로", "저장소의 파일을 보고 머리줄을 되살려 주십시오"
        )
    while len(cells[0]) > 1 and not any(row[-1] for row in cells) and len({len(row) for row in cells}) == 1:
        cells = [row[:-1] for row in cells]  # Excel ends every line with the commas of columns once used
    header, body, lines = cells[0], cells[1:], lines[1:]
    if len(header) == 1 and header[0].count(";") > 1:
        raise DataError(
            name,
            "쉼표가 아니라 쌍반점(;)으로 나뉘어 있는데",
            "칸은 쉼표로 나뉘어야 하므로",
            "'CSV UTF-8(쉼표로 분리)'로 다시 저장해 주십시오",
        )
    problems: list[DonghengError] = []
    for column in dict.fromkeys(c for c in header if header.count(c) > 1):
        problems.append(
            DataError(
                f"{name} 1행",
                f"칸 이름 '{column}'이(가) 두 번 있는데",
                "이름은 한 번만 나와야 하므로",
                "하나를 지워 주십시오",
            )
        )
    for line, row in zip([1, *lines], cells, strict=True):
        if len(row) != len(header):
            problems.append(
                DataError(
                    f"{name} {line}행",
                    f"칸이 {len(row)}개인데",
                    f"머리줄처럼 {len(header)}개여야 하므로",
                    "쉼표가 든 글은 큰따옴표로 묶고, 빠진 칸은 쉼표로 채워 주십시오",
                )
            )
        for column, cell in zip(header, row, strict=False):
            if bad := _CONTROL.search(cell):
                problems.append(
                    DataError(
                        f"{name} {line}행 {_CONTROL.sub('', column)} 칸",
                        f"보이지 않는 글자 U+{ord(bad.group()):04X} 하나가 있는데",
                        "제어 문자, 사용자 정의 문자, 폭이 없는 문자는 인쇄할 수 없으므로",
                        "그 글자를 지워 주십시오",
                    )
                )
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
    b"PK": "엑셀 통합 문서(xlsx)인데",
    b"\xd0\xcf": "옛 엑셀 통합 문서(xls)인데",
    b"\xff\xfe": "유니코드 텍스트(UTF-16)로 저장되어 있는데",
    b"<": "웹 문서인데",
}


def _decode(content: bytes, name: str, encodings: tuple[str, ...]) -> str:
    for mark, found in _DISGUISES.items():
        if content.startswith(mark):
            raise DataError(
                name,
                found,
                "원자료는 UTF-8 CSV여야 하므로",
                "Excel에서 'CSV UTF-8(쉼표로 분리)'로 저장해 넣어 주십시오",
            )
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    try:
        content.decode("cp949")
        found = "CP949(Excel의 'CSV (쉼표로 분리)')로 저장되어 있는데"
    except UnicodeDecodeError:
        found = "UTF-8도 CP949도 아닌 글자가 있는데"
    raise DataError(
        name, found, "원자료는 UTF-8이어야 하므로", "Excel에서 'CSV UTF-8(쉼표로 분리)'로 다시 저장해 주십시오"
    )


# --- schemas: pandera finds, our sentences tell -------------------------------------------------------------------


def _number_advice(found: str) -> str:
    """What to type instead, where one number and its unit leave no doubt; `\\d` takes full-width digits too."""
    told = re.fullmatch(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*([^\d~+-]*)", found)
    if told and len(found) < 40:
        plain = unicodedata.normalize("NFKC", told[1]).replace(",", "")
        return f"{plain}처럼 숫자만 적어 주십시오" + (f"(단위 '{told[2]}'은(는) unit 칸에)" if told[2] else "")
    return "숫자만 적고, 얻지 못한 값이면 비워 주십시오"


def _id_advice(found: str) -> str:
    if re.search(r"월|일|/|\d{4}-|[A-Z][a-z]{2}", found):
        return "엑셀이 3-3 같은 번호를 날짜로 바꾼 것이니, 그 칸을 '텍스트' 서식으로 두고 번호를 다시 적어 주십시오"
    return "지표 번호의 철자를 확인해 주십시오"


_RULES = {
    "number": ("쉼표와 단위가 없는 숫자여야 하므로", _number_advice),
    "filled": ("비어 있으면 안 되므로", lambda _: "값을 적거나 줄을 지워 주십시오"),
    "this_year": ("폴더의 연도인 {year}이어야 하므로", lambda _: "연도를 고치거나 그 연도의 폴더로 옮겨 주십시오"),
    "known_leaf": ("지표체계 표에 있는 지표여야 하므로", lambda found: _id_advice(found)),
    "known_inner": (
        "지표체계 표에 있는 종합이나 영역의 id여야 하므로",
        lambda _: "{inner} 가운데 하나로 고쳐 주십시오",
    ),
    "whole": ("0 이상의 정수여야 하므로", lambda _: "정수로 고쳐 주십시오"),
}


@functools.cache
def _schema(kind: str, year: int, leaves: tuple, inner: tuple):
    """The pandera schema of one kind of raw table; the check names point to the sentences above."""
    import pandera.pandas as pa

    def check(name, test):
        return pa.Check(lambda s: s.map(test), name=name)

    number = check("number", lambda v: v == "" or (_NUMBER.fullmatch(v) is not None and math.isfinite(float(v))))
    filled = check("filled", lambda v: v != "")
    whole = check("whole", lambda v: v == "" or v.isascii() and v.isdigit())
    this_year = check("this_year", lambda v: v == str(year))

    def one_of(*allowed):
        listed = ", ".join(a or "빈칸" for a in allowed)
        return check(f"{listed} 가운데 하나여야 하므로", lambda v: v in allowed)

    # Without a readable framework there is nothing to compare ids with; that problem is told on its own.
    known_leaf = check("known_leaf", lambda v: not leaves or v in leaves)
    known_inner = check("known_inner", lambda v: not inner or v in inner)
    columns = {
        "values": {
            "indicator_id": [filled, known_leaf],
            "year": [this_year],
            "basis": [one_of(LEVEL, RATIO, CHANGE_PERCENT, CHANGE_POINTS, AT_LEAST)],
            "value": [number],
            "lower": [number],
            "upper": [number],
            "unit": [filled],
            "versus_year": [whole],
            "status": [one_of("published", "inferred_year", "obtained", "provisional", *ILLUSTRATIVE)],
            "definition": [whole],
        },
        "revisions": {
            "indicator_id": [filled, known_leaf],
            "year": [filled, whole],
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
            "redefined_in": [whole],
            "renamed_in": [whole],
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
            "improved": [filled, whole],
            "of": [filled, whole],
            "versus_year": [filled, whole],
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


def _schema_problems(path: Path, table: pd.DataFrame, kind: str, year: int, framework: Framework | None) -> list:
    name = path.as_posix()
    wanted = COLUMNS[kind]
    found: list[DonghengError] = [
        DataError(f"{name} 1행", f"'{c}' 칸이 없는데", f"칸은 {', '.join(wanted)}이므로", f"{c} 칸을 넣어 주십시오")
        for c in wanted
        if c not in table.columns
    ] + [
        DataError(
            f"{name} 1행",
            f"모르는 칸 '{c}'이(가) 있는데",
            f"칸은 {', '.join(wanted)}이므로",
            "철자를 고치거나 지워 주십시오",
        )
        for c in table.columns
        if c not in wanted + OPTIONAL.get(kind, [])
    ]
    if found or table.empty:
        return found
    import pandera.pandas as pa

    leaves = tuple(framework.leaves) if framework else ()
    inner = tuple(i for i in framework.ids if framework.level(i) <= 1) if framework else ()
    try:
        _schema(kind, year, leaves, inner).validate(table, lazy=True)
    except pa.errors.SchemaErrors as failures:
        cases = failures.failure_cases.dropna(subset="index").sort_values(["index"], kind="stable")
        cells = set()
        for case in cases.itertuples():
            line, column = int(case.index), case.column
            if (line, column) in cells:
                continue
            cells.add((line, column))
            told = table.at[line, column]
            expected, advice = _RULES.get(case.check, (case.check, lambda _: "그 가운데 하나로 고쳐 주십시오"))
            found.append(
                DataError(
                    f"{name} {line}행 {column} 칸",
                    f"'{told}'이(가) 있는데" if told else "비어 있는데",
                    expected.replace("{year}", str(year)),
                    advice(told).replace("{inner}", ", ".join(inner)),
                )
            )
        if not cells:
            raise
    return found


def _framework(path: Path, table: pd.DataFrame, problems: list) -> Framework | None:
    wrong = _schema_problems(path, table, "framework", 0, None)
    problems += wrong
    if wrong:
        return None
    try:
        return Framework.from_table(table)
    except ProblemList as several:
        found = several.problems
    except FrameworkError as one:
        found = [one]
    for error in found:
        where = error.where.replace(framework_room.TABLE, path.as_posix(), 1)
        problems.append(FrameworkError(where, error.found, error.expected, error.todo))
    return None


_NUMERIC = {
    "values": ("year", "value", "lower", "upper", "versus_year"),
    "published_indices": ("year", "value"),
    "improved_counts": ("year", "improved", "of", "versus_year"),
    "revisions": ("year", "value"),
    "indicators": ("redefined_in", "renamed_in"),
}


def _typed(
    path: Path, table: pd.DataFrame, kind: str, framework: Framework | None, settings: Settings, problems: list
) -> pd.DataFrame:
    """Numbers as numbers, then what one cell cannot show: duplicates and contradictions within a file."""
    frame = table.copy()
    for column in _NUMERIC[kind]:
        frame[column] = pd.to_numeric(frame[column].replace("", np.nan)).astype(float)
    tell = functools.partial(_tell, path.as_posix(), problems)
    if "year" in frame:
        frame["year"] = frame["year"].astype(int)
    if kind == "revisions":
        frame["file"], frame["revised_in"] = path.as_posix(), int(path.parent.name)
    if kind == "values":
        frame["definition"] = pd.to_numeric(frame.get("definition", "").replace("", "1")).astype(int)
        _check_values(frame, framework, settings, tell)
    elif kind == "improved_counts":
        _check_counts(frame, framework, tell)
    return frame


def _tell(name: str, problems: list, line: int, column: str, found: str, expected: str, todo: str) -> None:
    problems.append(DataError(f"{name} {line}행 {column} 칸", found, expected, todo))


def _no_duplicates(frame: pd.DataFrame, kind: str, tell) -> None:
    key = {
        "values": [c for c in ("indicator_id", "basis", "definition") if c in frame],
        "revisions": ["indicator_id", "year"],
        "indicators": ["indicator_id"],
    }.get(kind, ["node_id"])
    counted = frame[frame["adopted"] == "yes"] if kind == "published_indices" else frame
    first: dict = {}
    for line, row in counted[key].iterrows():
        value = tuple(row)
        if value in first:
            tell(
                line,
                key[0],
                f"'{' '.join(value).strip()}'이(가) {first[value]}행에 이어 다시 나오는데",
                f"{'와 '.join(key)}가 같은 줄은 하나여야 하므로",
                "쓰지 않을 줄의 adopted를 no로 바꿔 주십시오"
                if kind == "published_indices"
                else "두 줄 가운데 하나를 지워 주십시오",
            )
        first.setdefault(value, line)


_ONLY_THERE = {
    True: ("예시 연구의 값은 모두 예시값이어야 하므로", "status를 illustrative로 고치고, 실제 값이면 지워 주십시오"),
    False: (
        "예시값은 config.yaml에 illustrative: true인 연구에만 있을 수 있으므로",
        "지어낸 값이면 지우고, 얻은 값이면 출처와 status를 고쳐 주십시오",
    ),
}


def _check_values(frame: pd.DataFrame, framework: Framework | None, settings: Settings, tell) -> None:
    for line, row in frame.iterrows():
        year, versus = int(row["year"]), row["versus_year"]
        if (row["status"] in ILLUSTRATIVE) != settings.illustrative:
            tell(line, "status", f"'{row['status']}'인데", *_ONLY_THERE[settings.illustrative])
        if row["basis"] == LEVEL and pd.notna(versus):
            tell(line, "versus_year", f"{versus:.0f}이(가) 있는데", "level은 견주는 해가 없으므로", "비워 주십시오")
        if row["basis"] != LEVEL and year == settings.base_year:
            tell(
                line,
                "basis",
                f"{row['basis']}인데",
                f"{year}년은 기준연도여서 견줄 앞 해가 없으므로",
                "level로 고치거나 줄을 지워 주십시오",
            )
        elif row["basis"] != LEVEL and not settings.base_year <= versus < year:
            told = "비어 있는데" if pd.isna(versus) else f"{versus:.0f}인데"
            tell(
                line,
                "versus_year",
                told,
                f"{row['basis']}은(는) {settings.base_year}년부터 {year - 1}년 사이의 해와 견준 것이어야 하므로",
                "견준 연도를 적어 주십시오",
            )
        if pd.isna(row["lower"]) != pd.isna(row["upper"]):
            blank = "lower" if pd.isna(row["lower"]) else "upper"
            tell(
                line,
                blank,
                "비어 있는데",
                "범위는 lower와 upper가 함께 있어야 하므로",
                "두 칸을 다 채우거나 다 비워 주십시오",
            )
        if pd.notna(row["value"]) and not row["source_url"]:
            tell(
                line,
                "source_url",
                "비어 있는데",
                "값마다 출처가 있어야 하므로",
                "값을 얻은 주소나 문서를 적어 주십시오",
            )
        for low, high in (("lower", "value"), ("value", "upper"), ("lower", "upper")):
            if row[low] > row[high]:
                tell(
                    line,
                    low,
                    f"{low} {row[low]:g}이(가) {high} {row[high]:g}보다 큰데",
                    "lower, value, upper의 차례로 커져야 하므로",
                    "세 칸을 확인해 주십시오",
                )
                break
        least = {CHANGE_PERCENT: -100, RATIO: 0, AT_LEAST: 0}.get(row["basis"], -np.inf)
        if row["value"] < least:
            tell(
                line,
                "value",
                f"{row['basis']} {row['value']:g}인데",
                "0보다 작은 값이 되는 변화는 있을 수 없으므로",
                "값과 basis를 확인해 주십시오",
            )
        if row["basis"] == LEVEL and year == settings.base_year and row["value"] == 0:
            tell(
                line,
                "value",
                f"지표 {row['indicator_id']}의 기준연도 값이 0인데",
                "점수는 기준연도 값으로 나눈 것이므로",
                "값을 확인하고, 정말 0이면 비워 두고 note에 적어 주십시오",
            )
        if row["basis"] == LEVEL and row["value"] < 0:
            tell(
                line,
                "value",
                f"{row['value']:g}인데",
                "사람 수, 건수, 비율은 0보다 작을 수 없으므로",
                "값을 확인해 주십시오",
            )
        if (
            row["basis"] == LEVEL
            and row["value"] == 0
            and year > settings.base_year
            and settings.reverse == "reciprocal"
            and framework is not None
            and framework.table.at[row["indicator_id"], "direction"] == -1
        ):
            tell(
                line,
                "value",
                f"낮을수록 좋은 지표 {row['indicator_id']}의 값이 0인데",
                "reciprocal 규칙은 0으로 나눌 수 없으므로",
                "값을 확인하고, 정말 0이면 config.yaml의 reverse를 reflection으로 바꿔 주십시오",
            )
        if (
            row["basis"] == LEVEL
            and row["unit"] == "%"
            and framework is not None
            and framework.table.at[row["indicator_id"], "bounded"] == "yes"
            and not (pd.isna(row["value"]) or 0 <= row["value"] <= 100)
        ):
            tell(
                line,
                "value",
                f"{row['value']:g}%인데",
                "이 지표는 0%에서 100% 사이여야 하므로",
                "값과 단위를 확인해 주십시오",
            )


def _check_counts(frame: pd.DataFrame, framework: Framework | None, tell) -> None:
    for line, row in frame.iterrows():
        if row["improved"] > row["of"]:
            tell(
                line,
                "improved",
                f"{row['improved']:.0f}개인데",
                f"전체 {row['of']:.0f}개를 넘을 수 없으므로",
                "두 칸을 확인해 주십시오",
            )
        if row["versus_year"] != row["year"] - 1:
            tell(
                line,
                "versus_year",
                f"{row['versus_year']:.0f}인데",
                f"보고서는 전년({row['year'] - 1}년)보다 나아진 지표 수로 적으므로",
                "전년과 견준 수로 고치거나 줄을 지워 주십시오",
            )
        if framework is not None and row["of"] != len(framework.leaves_below(row["node_id"])):
            tell(
                line,
                "of",
                f"{row['of']:.0f}개인데",
                f"지표체계에서 '{row['node_id']}' 아래의 지표는 {len(framework.leaves_below(row['node_id']))}개이므로",
                "지표체계의 판과 값을 확인해 주십시오",
            )


def _revised(
    first: pd.DataFrame, told: list[pd.DataFrame], problems: list[DonghengError]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The values as they are now, and the list of what was replaced: the latest revision counts."""
    now, listed = first.copy(), []
    for line, row in pd.concat(told).iterrows() if told else ():
        same = (now["indicator_id"] == row["indicator_id"]) & (now["year"] == row["year"]) & (now["basis"] == LEVEL)
        at = now.index[same & now["value"].notna()]
        if not len(at) or row["year"] >= row["revised_in"]:
            problems.append(
                DataError(
                    f"{row['file']} {line}행",
                    f"지표 {row['indicator_id']}의 {row['year']}년 값을 고치라는 줄인데",
                    f"그 값은 {row['revised_in']}년보다 앞선 해의 values.csv에 있어야 하므로",
                    "지표와 연도를 확인하거나 이 줄을 지워 주십시오",
                )
            )
            continue
        listed.append({**row[["indicator_id", "year", "revised_in"]], "first": first.at[at[-1], "value"]})
        listed[-1] |= row[["value", "source_url", "note"]].to_dict()
        now.loc[at[-1], ["value", "status", "source_url"]] = row[["value", "status", "source_url"]].to_list()
    columns = ["indicator_id", "year", "revised_in", "first", "value", "source_url", "note"]
    return now, pd.DataFrame(listed, columns=columns)


def _check_across_years(values: pd.DataFrame, settings: Settings, problems: list) -> None:
    levels = values[values["basis"] == LEVEL]
    for indicator, rows in levels.groupby("indicator_id", sort=False):
        units = rows.drop_duplicates("unit")
        if len(units) > 1:
            one, other = units.iloc[0], units.iloc[1]
            problems.append(
                DataError(
                    f"data/raw/{settings.study}/{other['year']}/values.csv unit 칸",
                    f"지표 {indicator}의 단위가 '{other['unit']}'인데",
                    f"{one['year']}년의 단위 '{one['unit']}'과(와) 같아야 하므로",
                    "같은 단위의 값으로 고쳐 주십시오",
                )
            )


# --- source anomalies: told and recorded, the run goes on ----------------------------------------------------------


def provenance(root: Path, path: Path) -> dict:
    """The provenance record beside a raw file; unknown fields are empty text.

    Raises
    ------
    DataError
        No record, no YAML, a key that is missing or unknown.
    """
    record = record_of(path)
    try:
        content = yaml.safe_load((root / record).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise DataError(
            record.as_posix(),
            "출처 기록이 없는데",
            "원자료마다 출처 기록이 하나씩 있어야 하므로",
            "옆 파일의 기록을 본떠 만들어 주십시오",
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise DataError(
            record.as_posix(), "YAML로 읽을 수 없는데", "UTF-8 YAML이어야 하므로", "따옴표와 들여쓰기를 확인해 주십시오"
        ) from None
    keys = set(content) if isinstance(content, dict) else set()
    if wrong := keys ^ set(PROVENANCE_KEYS):
        raise DataError(
            record.as_posix(),
            f"칸이 맞지 않는데({', '.join(sorted(map(str, wrong)))})",
            f"칸은 {', '.join(PROVENANCE_KEYS)}이므로",
            "모르는 것은 빈 따옴표로 두고 칸을 맞춰 주십시오",
        )
    return {key: "" if content[key] is None else str(content[key]) for key in PROVENANCE_KEYS}


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
            found.append(
                SourceAnomaly(
                    path.as_posix(),
                    f"파일의 sha256이 출처 기록의 '{told[:12]}…'와 다른데",
                    "원자료는 기록된 그대로여야 하므로",
                    f"되돌리거나, 고친 까닭을 note에 적고 sha256을 {now}로 바꿔 주십시오",
                )
            )
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
                found.append(
                    SourceAnomaly(
                        f"data/raw/{settings.study}/{row.year}/values.csv 지표 {row.indicator_id}",
                        f"공표된 증감률은 {row.value:g}%인데",
                        f"두 해의 값에서 계산하면 {computed:.2f}%이므로",
                        "어느 쪽이 맞는지 출처를 확인해 주십시오(계산에는 값을 씁니다)",
                    )
                )
    return found
