"""A new year from the office's hands: two Excel forms out, two filled files in, checked as strictly as data/raw."""

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
from dongheng.errors import DataError, DonghengError, each, raise_all, require
from dongheng.framework import Framework
from dongheng.office import sheets
from dongheng.pipeline import files
from dongheng.pipeline.run import problems_before

WORDS = sheets.WORDS["new_year"]
HEADINGS = WORDS["headings"]  # heading in the form: column of the raw table; the name is there for people only


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
    require(not now.illustrative, "office.made_up", f"{config.FILE} studies.{study}")
    fresh = year not in told.years(study) and year > now.base_year
    require(fresh, "office.year_known", f"{config.FILE} studies.{study}.years", year=year)
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
    headings, names = HEADINGS[stem], framework.table["name_ko"]
    if stem == "values":
        levels = values[values["basis"] == rawdata.LEVEL].drop_duplicates("indicator_id", keep="last")
        levels = levels.set_index("indicator_id").reindex(framework.leaves)
        units, definition = levels["unit"].fillna(""), levels["definition"].map({2: "2"}).fillna("")
        told = {"지표 이름": names[framework.leaves], "값의 종류": "수준", "단위": units, "상태": "공표"}
        table = pd.DataFrame(told | {"정의": definition}).rename_axis("지표 번호")
    else:
        table = names[framework.at_level(0) + framework.at_level(1)].rename("이름").rename_axis("id").to_frame()
    table, content = table.reset_index().reindex(columns=list(headings), fill_value=""), io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet, guide = book.add_worksheet(stem), book.add_worksheet("쓰는 법")
        head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True})
        fixed, to_fill = book.add_format({"num_format": "@"}), book.add_format({"bg_color": "#FFF7D6", "border": 4})
        for c, (heading, column) in enumerate(headings.items()):
            sheet.write_string(0, c, heading, head)
            sheet.write_column(1, c, table[heading], to_fill if c else fixed)
            sheet.set_column(c, c, WORDS["widths"].get(heading, 12), None if c else fixed)  # an id below is text too
            if column in WORDS["choices"]:
                choices = {"validate": "list", "source": list(WORDS["choices"][column])}
                sheet.data_validation(1, c, len(table), c, choices)
        sheet.freeze_panes(1, 2)
        guide.write_column(0, 0, [title, *WORDS["guide"]])
        guide.set_column(0, 0, 90)
    return content.getvalue()


def _take_in(root: Path, settings: config.Settings, there: dict[str, Path], say) -> None:
    """Check the filled forms against everything that data/raw is checked against, then write all of it or nothing."""
    study, year = settings.study, settings.year
    target = Path("data/raw") / study / str(year)
    require(not (root / target).exists(), "office.year_there", target.as_posix())
    tables, problems = {}, []
    for stem, path in there.items():
        try:
            tables[stem] = _columns(sheets.read(path), stem, path.name, year)
        except DonghengError as error:
            problems += each(error)
    raise_all(problems)
    filled = any(len(table) for table in tables.values())
    require(filled, "office.nothing_filled", ", ".join(path.name for path in there.values()))
    tables["improved_counts"] = pd.DataFrame(columns=rawdata.COLUMNS["improved_counts"], dtype=str)
    for left in root.glob(".trial-*"):  # by one that was killed
        shutil.rmtree(left, ignore_errors=True)
    settings_text = _with_year((root / config.FILE).read_text(encoding="utf-8-sig"), study, year)
    with tempfile.TemporaryDirectory(prefix=".trial-", dir=root) as trial:  # beside its target, so that it can be moved
        other = Path(trial)
        shutil.copytree(root / "data/raw/framework", other / "data/raw/framework")
        shutil.copytree(root / "data/raw" / study, other / "data/raw" / study)
        (other / config.FILE).write_text(settings_text, encoding="utf-8")
        for stem, table in tables.items():
            told = {"note": "아직 얻은 것이 없음"}
            if stem in there:
                note = f"{there[stem].name}에서 옮김. 줄마다 다른 출처는 source_url 칸에 있음"
                told = {"date_accessed": date.today().isoformat(), "note": note}
            told |= {"producer": settings.publisher, "title": f"{year}년 {settings.title}: {stem}"}
            sheets.write_raw(other / target / f"{stem}.csv", table, **told)
        problems, odd = problems_before(other, config.load(other).settings(study, year))
        raise_all([_as_in_the_form(p, target, tables, there) for p in problems])
        os.replace(other / target, root / target)
    files.write(root / config.FILE, settings_text.encode())
    for anomaly in odd:
        say(f"알림 {anomaly}")
    counts = ", ".join(f"{there[stem].name} {len(tables[stem])}줄" for stem in there)
    say(f"{target.as_posix()}에 옮겼습니다: {counts}. config.yaml의 years에 {year}을(를) 더했습니다.")
    say(f"이제 `dongheng check`로 확인하고 `dongheng run {year}`으로 보고서를 만드십시오.")


def _columns(table: pd.DataFrame, stem: str, name: str, year: int) -> pd.DataFrame:
    """The form's rows with a value, under the raw table's columns and words."""
    headings, where = {column: heading for heading, column in HEADINGS[stem].items() if column}, f"{name} 1행"
    frame = table.rename(columns=HEADINGS[stem])
    odd = [c for c in table.columns if c not in (*HEADINGS[stem], *headings, "name_ko", "")]
    problems = [DataError.of("office.column_unknown", where, column=c) for c in odd]
    lost = [heading for column, heading in headings.items() if column not in (*frame, *WORDS["optional"])]
    raise_all(problems + [DataError.of("office.column_missing", where, column=heading) for heading in lost])
    filled = frame.columns.intersection(["value", "lower", "upper"])
    frame = frame[frame[filled].ne("").any(axis=1)].replace(WORDS["choices"])
    told = [column for column in WORDS["optional"] if column in frame and frame[column].ne("").any()]
    return frame.assign(year=str(year), adopted="yes")[[*rawdata.COLUMNS[stem], *told]]


def _as_in_the_form(problem: DonghengError, target: Path, tables: dict, there: dict) -> DonghengError:
    """The same problem, told of the office's file, row and heading rather than of the table made from it."""
    for stem, path in there.items():
        name = (target / f"{stem}.csv").as_posix()
        if problem.where.startswith(name):
            where = problem.where.replace(name, path.name, 1)
            if line := re.search(r" (\d+)행", where):
                row = tables[stem].index[int(line[1]) - 2] if int(line[1]) > 1 else 1
                where = where.replace(line[0], f" {row}행", 1)
            return problem.at(where)
    return problem


def _with_year(text: str, study: str, year: int) -> str:
    """config.yaml with one more year in a study's list; comments and layout stay."""
    pattern = rf"(^  {study}:[^\n]*\n(?:(?:    [^\n]*|[ ]*)\n)*?    years: \[)([^\]\n]*)(\])"
    changed = re.sub(pattern, lambda m: f"{m[1]}{m[2].rstrip()}, {year}{m[3]}", text, count=1, flags=re.M)
    before, after = yaml.safe_load(text), yaml.safe_load(changed)
    before["studies"][study]["years"] = [*before["studies"][study]["years"], year]
    require(before == after, "office.years_elsewhere", f"{config.FILE} studies.{study}", year=year)
    return changed
