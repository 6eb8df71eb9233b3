"""A new year from the office's hands: two Excel forms out, two filled files in, checked as strictly as data/raw."""

from __future__ import annotations

import io
import os
import re
import shutil
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import xlsxwriter
import yaml

from dongheng import config, rawdata
from dongheng.errors import ConfigError, DataError, DonghengError, ProblemList
from dongheng.framework import Framework
from dongheng.office import sheets
from dongheng.pipeline import files
from dongheng.pipeline.run import problems_before

# Heading in the form: column of the raw table. The name is there for people only.
HEADINGS = {
    "values": {
        "지표 번호": "indicator_id",
        "지표 이름": "",
        "값의 종류": "basis",
        "값": "value",
        "범위 아래": "lower",
        "범위 위": "upper",
        "단위": "unit",
        "견준 연도": "versus_year",
        "상태": "status",
        "출처": "source_url",
        "비고": "note",
    },
    "published_indices": {"id": "node_id", "이름": "", "지수": "value", "출처": "source_url", "비고": "note"},
}
CHOICES = {
    "basis": {
        "수준": rawdata.LEVEL,
        "배수": rawdata.RATIO,
        "증감률(%)": rawdata.CHANGE_PERCENT,
        "증감(%p)": rawdata.CHANGE_POINTS,
        "배수의 하한": rawdata.AT_LEAST,
    },
    "status": {"공표": "published", "제출": "obtained", "잠정": "provisional", "연도 추정": "inferred_year"},
}
GUIDE = (
    "노란 칸만 채웁니다. 얻지 못한 값은 비워 둡니다(미확보). 짐작한 값은 적지 않습니다.",
    "값에는 숫자만 적습니다. 단위는 단위 칸에 있습니다. 값마다 출처(주소나 문서 이름)를 적습니다.",
    "수준이 아니라 증감률이나 배수만 알면 값의 종류를 고르고 견준 연도를 적습니다.",
    "칸을 더하거나 합치지 않습니다. 수식은 값으로 바꿉니다. 다 채우면 저장하고 같은 명령을 다시 실행합니다.",
)
WIDTHS = {"지표 이름": 44, "이름": 24, "출처": 40, "비고": 30}


def new_year(root: Path, study: str, year: int, folder: Path, say=print) -> None:
    """Write the two forms into a folder; called again, take them in once they are filled.

    Parameters
    ----------
    root : Path
    study : str
        A study of real values.
    year : int
        A year that config.yaml does not have yet.
    folder : Path
        Where the forms are, or will be: ``values.xlsx`` and ``published_indices.xlsx``. A CSV of the same name, in
        UTF-8 or CP949, is read instead of the workbook.
    say : callable
        Receives each line for the reader.

    Raises
    ------
    DonghengError, ProblemList
        The year is there already, or the filled forms hold something that data/raw must not; then nothing is written.
    """
    told = config.load(root)
    now = told.settings(study, told.years(study)[-1])
    if now.illustrative:
        raise ConfigError.of("office.made_up", f"{config.FILE} studies.{study}")
    if year in told.years(study) or year <= now.base_year:
        raise ConfigError.of("office.year_known", f"{config.FILE} studies.{study}.years", year=year)
    there = {stem: sheets.find(folder, stem) for stem in HEADINGS}
    if not all(there.values()):
        raw = rawdata.load(root, now)
        for stem in [s for s, path in there.items() if path is None]:
            files.write(folder / f"{stem}.xlsx", form(stem, raw.framework, raw.values, f"{year}년 {now.title}"))
            say(f"서식을 만들었습니다: {(folder / stem).as_posix()}.xlsx")
        say("Excel에서 채워 저장한 뒤 같은 명령을 다시 실행하십시오.")
        return
    _take_in(root, replace(now, year=year), there, say)


def form(stem: str, framework: Framework, values: pd.DataFrame, title: str) -> bytes:
    """A form as bytes: ids and names filled in, units as they were last, lists to choose from, ids kept as text."""
    headings = HEADINGS[stem]
    if stem == "values":
        levels = values[values["basis"] == rawdata.LEVEL].drop_duplicates("indicator_id", keep="last")
        units = levels.set_index("indicator_id")["unit"]
        rows = [
            {"지표 번호": i, "지표 이름": framework.table.at[i, "name_ko"], "값의 종류": "수준"}
            | {"단위": units.get(i, ""), "상태": "공표"}
            for i in framework.leaves
        ]
    else:
        nodes = framework.at_level(0) + framework.at_level(1)
        rows = [{"id": i, "이름": framework.table.at[i, "name_ko"]} for i in nodes]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet, guide = book.add_worksheet(stem), book.add_worksheet("쓰는 법")
        head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True})
        fixed, to_fill = book.add_format({"num_format": "@"}), book.add_format({"bg_color": "#FFF7D6", "border": 4})
        for c, heading in enumerate(headings):
            sheet.write_string(0, c, heading, head)
            sheet.set_column(c, c, WIDTHS.get(heading, 12))
            for r, row in enumerate(rows, start=1):
                sheet.write(r, c, row.get(heading, ""), fixed if heading in ("지표 번호", "id") else to_fill)
            if choices := CHOICES.get(headings[heading]):
                sheet.data_validation(1, c, len(rows), c, {"validate": "list", "source": list(choices)})
        sheet.freeze_panes(1, 2)
        for r, line in enumerate((title, *GUIDE)):
            guide.write_string(r, 0, line)
        guide.set_column(0, 0, 90)
    return content.getvalue()


def _take_in(root: Path, settings: config.Settings, there: dict[str, Path], say) -> None:
    """Check the filled forms against everything that data/raw is checked against, then write all of it or nothing."""
    study, year = settings.study, settings.year
    target = Path("data/raw") / study / str(year)
    if (root / target).exists():
        raise DataError.of("office.year_there", target.as_posix())
    tables, problems = {}, []
    for stem, path in there.items():
        try:
            tables[stem] = _columns(sheets.read(path), stem, path.name, year)
        except DonghengError as error:
            problems += error.problems if isinstance(error, ProblemList) else [error]
    if problems:
        raise ProblemList(problems)
    if all(table.empty for table in tables.values()):
        raise DataError.of("office.nothing_filled", ", ".join(path.name for path in there.values()))
    tables["improved_counts"] = pd.DataFrame(columns=rawdata.COLUMNS["improved_counts"], dtype=str)
    settings_text = _with_year((root / config.FILE).read_text(encoding="utf-8-sig"), study, year)
    with tempfile.TemporaryDirectory() as trial:
        other = Path(trial)
        shutil.copytree(root / "data/raw/framework", other / "data/raw/framework")
        shutil.copytree(root / "data/raw" / study, other / "data/raw" / study)
        (other / config.FILE).write_text(settings_text, encoding="utf-8")
        for stem, table in tables.items():
            _write(other / target / f"{stem}.csv", table, settings, there.get(stem))
        problems, odd = problems_before(other, config.load(other).settings(study, year))
        if problems:
            raise ProblemList([_as_in_the_form(p, target, tables, there) for p in problems])
        partial = (root / target).with_name(f".{year}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(other / target, partial)
        os.replace(partial, root / target)
    files.write(root / config.FILE, settings_text.encode())
    for anomaly in odd:
        say(f"알림 {anomaly}")
    counts = ", ".join(f"{there[stem].name} {len(tables[stem])}줄" for stem in there)
    say(f"{target.as_posix()}에 옮겼습니다: {counts}. config.yaml의 years에 {year}을(를) 더했습니다.")
    say(f"이제 `dongheng check`로 확인하고 `dongheng run {year}`으로 보고서를 만드십시오.")


def _columns(table: pd.DataFrame, stem: str, name: str, year: int) -> pd.DataFrame:
    """The form's rows with a value, under the raw table's columns and words."""
    headings = HEADINGS[stem]
    codes = {code: code for code in headings.values() if code}
    told = headings | codes | ({"name_ko": ""} if "name_ko" in table else {})
    problems = [
        DataError.of("office.column_unknown", f"{name} 1행", column=c) for c in table.columns if c and c not in told
    ]
    frame = table.rename(columns=told)
    wanted = [c for c in rawdata.COLUMNS[stem] if c in codes]
    problems += [
        DataError.of("office.column_missing", f"{name} 1행", column=next(h for h, c in headings.items() if c == column))
        for column in wanted
        if column not in frame
    ]
    if problems:
        raise ProblemList(problems)
    filled = [c for c in ("value", "lower", "upper") if c in wanted]
    frame = frame[frame[filled].ne("").any(axis=1)][wanted]
    for column, words in CHOICES.items():
        if column in frame:
            frame[column] = frame[column].replace(words)
    frame = frame.assign(year=str(year), adopted="yes")
    return frame[rawdata.COLUMNS[stem]]


def _write(path: Path, table: pd.DataFrame, settings: config.Settings, source: Path | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(table.to_csv(index=False, lineterminator="\n").encode())
    told = {
        "producer": settings.publisher,
        "title": f"{settings.year}년 {settings.title}: {path.stem}",
        "url": "",
        "date_published": "",
        "date_accessed": date.today().isoformat() if source else "",
        "licence": "",
        "note": f"{source.name}에서 옮김. 줄마다 다른 출처는 source_url 칸에 있음" if source else "아직 얻은 것이 없음",
        "sha256": rawdata.sha256(path),
    }
    text = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=10_000, default_style='"')
    rawdata.record_of(path).write_text(text, encoding="utf-8", newline="")


def _as_in_the_form(problem: DonghengError, target: Path, tables: dict, there: dict) -> DonghengError:
    """The same problem, told of the office's file, row and heading rather than of the table made from it."""
    for stem, path in there.items():
        name = (target / f"{stem}.csv").as_posix()
        if problem.where.startswith(name):
            where = problem.where.replace(name, path.name, 1)
            if line := re.search(r" (\d+)행", where):
                row = tables[stem].index[int(line[1]) - 2] if int(line[1]) > 1 else 1
                where = where.replace(line[0], f" {row}행", 1)
            return type(problem)(where, problem.found, problem.expected, problem.todo)
    return problem


def _with_year(text: str, study: str, year: int) -> str:
    """config.yaml with one more year in a study's list; comments and layout stay."""
    pattern = rf"(^  {study}:[^\n]*\n(?:(?:    [^\n]*|[ ]*)\n)*?    years: \[)([^\]\n]*)(\])"
    changed = re.sub(pattern, lambda m: f"{m[1]}{m[2].rstrip()}, {year}{m[3]}", text, count=1, flags=re.M)
    before, after = yaml.safe_load(text), yaml.safe_load(changed)
    before["studies"][study]["years"] = [*before["studies"][study]["years"], year]
    if before != after:
        raise ConfigError.of("office.years_elsewhere", f"{config.FILE} studies.{study}", year=year)
    return changed
