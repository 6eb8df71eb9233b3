"""A new year from the office: forms out, filled forms in, and the README's page of commands run as it stands there."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml

from dongheng import config, rawdata
from dongheng.errors import DonghengError
from dongheng.office import sheets
from dongheng.office.new_year import new_year
from tests.conftest import ROOT, dongheng

PAGE = "## Bring your own year", "## 새해를 넣기"


@pytest.fixture
def study(tmp_path) -> Path:
    """Raw data and settings only, in a folder that may be written to."""
    shutil.copytree(ROOT / "data/raw", tmp_path / "data/raw")
    shutil.copy(ROOT / "config.yaml", tmp_path)
    return tmp_path


def commands(readme: str, heading: str) -> list[str]:
    """The commands of a README's section: the lines of its first code block."""
    section = (ROOT / readme).read_text(encoding="utf-8").split(f"{heading}\n")[1].split("\n## ")[0]
    block = re.search(r"```\n(.*?)```", section, re.S)[1]
    return [line.split("#")[0].strip() for line in block.splitlines() if line.strip()]


def fill(folder: Path, year: int = 2024) -> None:
    """Type last year's figures of seoul into the forms, as somebody in an office would."""
    with open(ROOT / f"data/raw/seoul/{year}/values.csv", encoding="utf-8") as file:
        told = {row["indicator_id"]: row for row in csv.DictReader(file) if row["basis"] == "level"}
    book = openpyxl.load_workbook(folder / "values.xlsx")
    sheet = book.worksheets[0]
    at = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        value = told.get(sheet.cell(row, at["지표 번호"]).value)
        if value:
            sheet.cell(row, at["값"]).value = float(value["value"])
            sheet.cell(row, at["단위"]).value = value["unit"]
            sheet.cell(row, at["출처"]).value = "부서 제출 자료"
    book.save(folder / "values.xlsx")
    book = openpyxl.load_workbook(folder / "published_indices.xlsx")
    sheet = book.worksheets[0]
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, 3).value = 131.5 + row
        sheet.cell(row, 4).value = "https://www.seoul.go.kr"
    book.save(folder / "published_indices.xlsx")


def test_both_readmes_have_the_same_page():
    """Whoever reads the one or the other types the same commands."""
    ours, theirs = commands("README.md", PAGE[0]), commands("README.ko.md", PAGE[1])
    assert ours == theirs and len(ours) == 4 and all(c.startswith("dongheng ") for c in ours)


@pytest.mark.long
def test_the_page_of_the_readme_works_as_it_stands(rebuilt):
    """The commands are read from the README and run; only the typing into Excel is done by the test."""
    forms, take, check, run = (shlex.split(c)[1:] for c in commands("README.md", PAGE[0]))
    assert forms == take, "the same command twice: first the forms, then what was filled in"
    first = dongheng(rebuilt, *forms)
    assert first.returncode == 0, first.stdout + first.stderr
    fill(rebuilt / forms[-1])
    second = dongheng(rebuilt, *take)
    assert second.returncode == 0, second.stdout + second.stderr
    assert "values.xlsx 7줄, published_indices.xlsx 7줄" in second.stdout
    checked = dongheng(rebuilt, *check)
    assert checked.returncode == 0, checked.stdout
    made = dongheng(rebuilt, *run)
    assert made.returncode == 0 and "seoul 2025  만듦" in made.stdout, made.stdout + made.stderr
    with open(rebuilt / "data/processed/seoul/2025/indicators.csv", encoding="utf-8-sig", newline="") as file:
        now = {r["indicator_id"]: r for r in csv.DictReader(file) if r["year"] == "2025"}
    assert now["4-3"]["printed"] == "20.65%" and now["1-1"]["state"] == "missing"
    assert "seoul 2024  그대로" in dongheng(rebuilt, "run", "2024").stdout


def filled(study: Path, **options) -> Path:
    folder = study / "새해"
    new_year(study, "seoul", 2025, folder, say=lambda line: None)
    fill(folder, **options)
    return folder


def test_what_is_written_is_evidence(study):
    """UTF-8 CSV, a provenance record with the file's sha256, config.yaml with its comments, and no file of the forms lost."""
    before = (study / "config.yaml").read_text(encoding="utf-8")
    folder = filled(study)
    said: list[str] = []
    new_year(study, "seoul", 2025, folder, say=said.append)
    after = (study / "config.yaml").read_text(encoding="utf-8")
    assert after == before.replace("years: [2023, 2024] ", "years: [2023, 2024, 2025] ")
    target = study / "data/raw/seoul/2025"
    assert sorted(p.name for p in target.iterdir() if p.suffix == ".csv") == [
        "improved_counts.csv",
        "published_indices.csv",
        "values.csv",
    ]
    raw = rawdata.load(study, config.load(study).settings("seoul", 2025))
    assert raw.anomalies == []
    now = raw.values[raw.values["year"] == 2025].set_index("indicator_id")
    assert now.at["4-3", "value"] == 20.65 and now.at["5-2", "value"] == 22721 and len(now) == 7
    record = yaml.safe_load((target / "values.csv.provenance.yaml").read_text(encoding="utf-8"))
    assert tuple(record) == rawdata.PROVENANCE_KEYS and "values.xlsx에서 옮김" in record["note"]
    assert "dongheng run 2025" in said[-1]


def test_the_forms_have_every_indicator_and_last_known_units(study):
    """Fifty rows with names; ids that Excel cannot take for dates; the unit that the value had last."""
    new_year(study, "seoul", 2025, study / "새해", say=lambda line: None)
    sheet = openpyxl.load_workbook(study / "새해/values.xlsx").worksheets[0]
    assert sheet.max_row == 51 and sheet["A2"].value == "1-1" and sheet["A2"].number_format == "@"
    units = {row[0].value: row[6].value for row in sheet.iter_rows(min_row=2)}
    assert units["4-3"] == "%" and units["5-2"] == "명"
    assert [v.formula1 for v in sheet.data_validations.dataValidation] == [
        '"수준,배수,증감률(%),증감(%p),배수의 하한"',
        '"공표,제출,잠정,연도 추정"',
    ]


def test_a_csv_of_an_office_is_taken_too(study):
    """CP949 with Korean headings, as Korean Excel saves a CSV by default; and UTF-8 with BOM and the code's own names."""
    folder = filled(study)
    for stem, encoding, korean in (("values", "cp949", True), ("published_indices", "utf-8-sig", False)):
        table = sheets.read(folder / f"{stem}.xlsx")
        if not korean:
            table.columns = ["node_id", "name_ko", "value", "source_url", "note"]
        table.to_csv(folder / f"{stem}.csv", index=False, encoding=encoding)
        (folder / f"{stem}.xlsx").unlink()
    new_year(study, "seoul", 2025, folder, say=lambda line: None)
    raw = rawdata.load(study, config.load(study).settings("seoul", 2025))
    assert raw.values.query("year == 2025 and indicator_id == '4-3'")["value"].item() == 20.65


def put(cell: str, value, form: str = "values", style: str = ""):
    """Type something into one cell of a form."""

    def spoil(folder: Path) -> None:
        book = openpyxl.load_workbook(folder / f"{form}.xlsx")
        book.worksheets[0][cell].value = value
        if style:
            book.worksheets[0][cell].number_format = style
        book.save(folder / f"{form}.xlsx")

    return spoil


def merge(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "values.xlsx")
    book.worksheets[0].merge_cells("D2:E3")
    book.save(folder / "values.xlsx")


def blank(folder: Path) -> None:
    for stem, column in (("values", 4), ("published_indices", 3)):
        book = openpyxl.load_workbook(folder / f"{stem}.xlsx")
        for row in range(2, book.worksheets[0].max_row + 1):
            book.worksheets[0].cell(row, column).value = None
        book.save(folder / f"{stem}.xlsx")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            put("D22", "20.65%"),
            "values.xlsx 22행 value 칸: '20.65%'이(가) 있는데, 쉼표와 단위가 없는 숫자여야 하므로, "
            "20.65처럼 숫자만 적고, 단위 '%'은(는) unit 칸에 적어 주십시오.",
        ),
        (
            put("D22", "=1+1"),
            "values.xlsx D22: 수식 '=1+1'이(가) 있는데, 원자료는 값이어야 하므로, 그 칸을 복사해 '값'으로 붙여 넣어 주십시오.",
        ),
        (
            merge,
            "values.xlsx D2:E3: 칸이 병합되어 있는데, 한 칸에 값 하나여야 하므로, 병합을 풀고 칸마다 적어 주십시오.",
        ),
        (
            put("A22", pd.Timestamp("2025-04-03")),
            "values.xlsx 22행 indicator_id 칸: '2025-04-03'이(가) 있는데, 지표체계 표에 있는 지표여야 하므로, "
            "엑셀이 3-3 같은 번호를 날짜로 바꾼 것이니, 그 칸을 '텍스트' 서식으로 두고 번호를 다시 적어 주십시오.",
        ),
        (
            put("D1", "수치"),
            "values.xlsx 1행: 모르는 칸 '수치'이(가) 있는데, 서식에 있는 칸만 읽으므로, 지우거나 서식의 이름으로 고쳐 주십시오.",
        ),
        (
            put("J22", None),
            "values.xlsx 22행 source_url 칸: 비어 있는데, 값마다 출처가 있어야 하므로, 값을 얻은 주소나 문서를 적어 주십시오.",
        ),
        (
            put("C2", "백삼십", "published_indices"),
            "published_indices.xlsx 2행 value 칸: '백삼십'이(가) 있는데, 쉼표와 단위가 없는 숫자여야 하므로, "
            "숫자만 적고, 얻지 못한 값이면 비워 주십시오.",
        ),
        (
            blank,
            "values.xlsx, published_indices.xlsx: 채운 값이 하나도 없는데, 지표 값이나 공표 지수가 있어야 그해를 넣을 수 있으므로, "
            "Excel에서 열어 값과 출처를 적고 저장한 뒤 같은 명령을 다시 실행하십시오.",
        ),
        (
            lambda folder: (folder / "values.xlsx").write_bytes(b"PK\x03\x04 broken"),
            "values.xlsx: 엑셀 통합 문서로 열 수 없는데(BadZipFile), 암호가 없는 .xlsx여야 하므로, "
            "Excel에서 열어 'Excel 통합 문서(.xlsx)'로 다시 저장해 주십시오.",
        ),
        (
            lambda folder: (folder / "values.csv").write_text("a"),
            "새해: values.xlsx과(와) values.csv이(가) 함께 있는데, 어느 쪽을 읽을지 정해져야 하므로, 쓰지 않을 것을 다른 곳으로 옮겨 주십시오.",
        ),
    ],
)
def test_a_form_filled_wrongly_changes_nothing_and_is_told_by_its_own_rows(study, spoil, sentence):
    """Whoever filled the form reads its file and its rows, not those of a table he never saw; data/raw stays as it was."""
    folder = filled(study)
    spoil(folder)
    config_before = (study / "config.yaml").read_bytes()
    with pytest.raises(DonghengError) as told:
        new_year(study, "seoul", 2025, folder, say=lambda line: None)
    found = [s.replace(f"{folder.parent.as_posix()}/", "") for s in str(told.value).splitlines()]
    assert found == [sentence, *([MISSING_HEAD] if "수치" in sentence else [])]
    assert not (study / "data/raw/seoul/2025").exists() and (study / "config.yaml").read_bytes() == config_before


MISSING_HEAD = (
    "values.xlsx 1행: '값' 칸이 없는데, 서식의 칸을 그대로 두어야 하므로, 서식을 다시 받아 값을 옮겨 주십시오."
)


@pytest.mark.parametrize(
    ("name", "year", "clause"),
    [
        ("seoul", 2024, "2024년이 이미 있는데"),
        ("example", 2025, "지어낸 값의 연구인데"),
        ("busan", 2025, "'busan' 연구가 없는데"),
    ],
)
def test_a_year_or_study_that_does_not_fit_is_refused(study, name, year, clause):
    """An old year is not overwritten, and an office's figures do not enter the fictional city."""
    with pytest.raises(DonghengError, match=re.escape(clause)):
        new_year(study, name, year, study / "새해", say=lambda line: None)
    assert not (study / "새해").exists()


def test_a_survey_and_a_redefined_indicator_fill_their_year_in_the_form(study):
    """A standard error; 정의 already 2 where the last value had it; an old and a new value in the year of the change."""
    last = study / "data/raw/seoul/2024/values.csv"
    table = pd.read_csv(last, dtype=str, keep_default_na=False)
    level = table["indicator_id"].eq("4-3") & table["basis"].eq("level")
    table["definition"] = level.map({True: "2", False: ""})
    table.to_csv(last, index=False)
    register = pd.DataFrame(columns=[*rawdata.COLUMNS["indicators"], "entry"], dtype=str)
    register["indicator_id"], register["redefined_in"] = ["4-3", "5-2"], ["2024", "2025"]
    register["entry"] = "neutral"  # the new definition enters where the old one stood, without an old value beside it
    register.to_csv(study / "data/raw/seoul/indicators.csv", index=False)
    folder = filled(study)
    book = openpyxl.load_workbook(folder / "values.xlsx")
    sheet = book.worksheets[0]
    at = {cell.value: cell.column for cell in sheet[1]}
    rows = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=2)}
    assert sheet.cell(rows["4-3"], at["정의"]).value == "2" and not sheet.cell(rows["5-2"], at["정의"]).value
    sheet.cell(rows["4-3"], at["표준오차"]).value = 0.4
    below = sheet.max_row + 1
    for heading, column in at.items():
        sheet.cell(below, column).value = {"값": 21000, "정의": 2}.get(heading, sheet.cell(rows["5-2"], column).value)
    book.save(folder / "values.xlsx")
    (study / ".trial-left").mkdir()
    new_year(study, "seoul", 2025, folder, say=lambda line: None)
    now = rawdata.load(study, config.load(study).settings("seoul", 2025)).values.query("year == 2025")
    both = now[now["indicator_id"] == "5-2"].set_index("definition")["value"]
    assert both.to_dict() == {1: 22721, 2: 21000}
    assert now.set_index("indicator_id").at["4-3", "standard_error"] == 0.4
    assert not list(study.glob(".trial-*")), "what a killed run left goes with the next"


def test_a_percentage_of_excel_is_a_percentage(study):
    """A cell formatted as 20.65 % holds 0.2065; what people see is what is read, without binary dust."""
    folder = filled(study)
    put("D22", 0.2065, style="0.00%")(folder)
    assert sheets.read(folder / "values.xlsx").at[22, "값"] == "20.65"
