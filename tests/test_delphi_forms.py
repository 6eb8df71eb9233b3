"""The Delphi survey's paper work: what goes out, what comes back however it was handled, and whose name stands nowhere."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dongheng import cli, config, panel, rawdata
from dongheng.delphi import compare_rounds
from dongheng.errors import DonghengError
from dongheng.office import delphi, questionnaire
from dongheng.office.questionnaire import Cell
from tests.conftest import ROOT

# Put together at run time, so that no name or address stands in this file.
NAMES = {"E01": "홍" + "길동", "E02": "Kim " + "Gasang", "E03": "가" + "나다"}
CONTACTS = {"E01": "hong" + "@" + "example.kr", "E02": "", "E03": "02-" + "123-" + "4567"}
ROSTER = "code,name,contact,group,area\n" + "".join(
    f"{code},{NAMES[code]},{CONTACTS[code]},{group},{area}\n"
    for code, group, area in (("E01", "학계", "housing"), ("E02", "현장", ""), ("E03", "당사자", "safety"))
)
FILLED: dict[tuple, bytes] = {}  # forms filled in without further change, since openpyxl takes its time
RATINGS, POINTS = "과제와 지표", "영역 점수"
AREAS = ["livelihood_care", "housing", "health", "education_culture", "safety", "social_integration"]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A study with its roster and the forms of round 1; copied, never changed."""
    root = tmp_path_factory.mktemp("study")
    shutil.copytree(ROOT / "data/raw/framework", root / "data/raw/framework")
    shutil.copy(ROOT / "config.yaml", root)
    (root / "private").mkdir()
    (root / delphi.EXPERTS).write_text(ROSTER, encoding="utf-8")
    delphi.forms(root, "seoul", 1, say=lambda line: None)
    return root


@pytest.fixture
def study(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "study"))


@pytest.fixture
def back(study) -> Path:
    """Where the institute gathers what was returned."""
    (study / "회신").mkdir()
    return study / "회신"


def form_of(study: Path, code: str = "E01", number: int = 1) -> Path:
    return study / f"private/delphi/seoul/round{number}/{code}.xlsx"


def fill(path: Path, to: Path, change=None, rating: object = 4, points=(25, 15, 20, 15, 15, 10)) -> Path:
    """A form filled in with one rating and some points, and then changed."""
    known = (path.read_bytes(), rating, points)
    if change is None and known in FILLED:
        to.write_bytes(FILLED[known])
        return to
    book = openpyxl.load_workbook(path)
    sheet = book[RATINGS]
    for row in range(3, 63):
        sheet[f"D{row}"], sheet[f"E{row}"] = rating, rating
    for row, value in enumerate(points, start=3):
        book[POINTS][f"D{row}"] = value
    if change:
        change(book)
    book.save(to)
    if change is None:
        FILLED[known] = to.read_bytes()
    return to


def collect(study: Path, source: Path, number: int = 1) -> tuple[int, list[str]]:
    """Number of problems, and the lines said."""
    said: list[str] = []
    told = delphi.collect(study, "seoul", number, source, said.append)
    return told, [line.replace(f"{study.as_posix()}/", "") for line in said]


def answers(study: Path, number: int = 1, study_name: str = "seoul") -> pd.DataFrame:
    path = Path(f"data/raw/{study_name}/delphi/round{number}.csv")
    return rawdata.read_table(study, path).set_index(["expert", "item_id", "question"])


def bytes_below(*folders: Path) -> bytes:
    """Every byte of every file, workbooks unpacked."""
    found = b""
    for path in sorted(p for folder in folders for p in folder.rglob("*") if p.is_file()):
        found += path.name.encode() + b"\n"
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                found += b"\n".join(archive.read(name) for name in archive.namelist())
        else:
            found += path.read_bytes()
    return found


# --- forms out ------------------------------------------------------------------------------------------------------


def test_the_form_asks_every_item_in_the_frameworks_order_and_locks_all_but_the_answers(study):
    """Whoever opens it can only type answers, sees the header while scrolling, and may type nothing that is no answer."""
    book = openpyxl.load_workbook(form_of(study))
    assert book.sheetnames == ["읽는 법", RATINGS, POINTS]
    sheet, points = book[RATINGS], book[POINTS]
    assert [c.value for c in sheet[2]] == ["번호", "속한 곳", "과제·지표", "타당도", "중요도", "의견"]
    assert [c.value for c in points[2]] == ["번호", "속한 곳", "100점을 6개 영역에 나누기", "점수", "의견"]
    ids = [sheet[f"A{row}"].value for row in range(3, sheet.max_row + 1)]
    assert ids[:11] == [*map(str, range(1, 11)), "1-1"] and ids[-1] == "10-5" and len(ids) == 60
    assert [sheet[f"{c}13"].value for c in "ABC"] == [
        "1-1",
        "취약계층의 자립지원으로 생계 사다리 복원",
        "위기가구 지원율",
    ]
    assert [points[f"A{row}"].value for row in range(3, 10)] == [*AREAS, "합계"]
    for page in book.worksheets:
        assert page.protection.sheet and not page.protection.password
        assert page["A1"].value == "서식 seoul 2023-11 1차 E01"
    unlocked = {(p.title, c.column_letter) for p in book for r in p.iter_rows() for c in r if not c.protection.locked}
    assert unlocked == {(RATINGS, "D"), (RATINGS, "E"), (RATINGS, "F"), (POINTS, "D"), (POINTS, "E")}
    assert sheet.freeze_panes == "D3" and points.freeze_panes == "D3"
    rules = {
        str(v.sqref): (v.type, v.formula1, v.formula2)
        for p in (sheet, points)
        for v in p.data_validations.dataValidation
    }
    assert rules == {
        "D3:D62": ("list", '"1,2,3,4,5,모름"', None),
        "E3:E62": ("list", '"1,2,3,4,5,모름"', None),
        "D3:D8": ("decimal", "0", "100"),
    }
    formulas = [c.value for p in book for r in p.iter_rows() for c in r if c.data_type == "f"]
    assert formulas == ["=SUM(D3:D8)"]
    style = sheet["D3"]
    assert style.fill.fgColor.rgb == "FFFFF7D6" and style.border.left.style == "dotted", "colour never alone"


def test_the_guide_has_both_scales_dont_know_the_round_and_confidentiality(study):
    """Anchors as agreed; 모름 is apart from a low score; a first form has nothing about a last round."""
    text = "\n".join(str(row[0].value) for row in openpyxl.load_workbook(form_of(study))["읽는 법"])
    for told in ("1 전혀 타당하지 않다", "5 매우 타당하다", "1 전혀 중요하지 않다", "5 매우 중요하다", "평가 불가", "1차",
                 "코드 E01", "낮은 점수와 따로", "100점을 6개 영역에 나누기", "돌려주실 날", "이름이 없고 코드만"):  # fmt: skip
        assert told in text, told
    assert "지난" not in text and "SPSS" not in text


def test_same_input_same_bytes_and_nothing_about_the_maker(study, tmp_path):
    """A form made again is the same file; its properties hold no author, title, company or path."""
    delphi.forms(study, "seoul", 1, tmp_path / "again", say=lambda line: None)
    assert form_of(study).read_bytes() == (tmp_path / "again/E01.xlsx").read_bytes()
    with zipfile.ZipFile(form_of(study)) as archive:
        core, app = (archive.read(f"docProps/{n}.xml").decode() for n in ("core", "app"))
        everything = b"".join(archive.read(name) for name in archive.namelist())
    for tag in ("dc:creator", "cp:lastModifiedBy", "dc:title", "dc:subject", "Company", "Manager"):
        assert re.findall(rf"<{tag}>(.+?)</{tag}>", core + app) == [], tag
    assert "1980-01-01" in core and str(study).encode() not in everything and str(ROOT).encode() not in everything


def test_a_form_that_somebody_has_filled_in_is_not_overwritten(study):
    """Returned files often land on the forms that were sent; a second `forms` keeps every one of them as it is."""
    fill(form_of(study, "E02"), form_of(study, "E02"))
    before = {code: form_of(study, code).read_bytes() for code in NAMES}
    form_of(study, "E01").unlink()
    with pytest.raises(DonghengError, match=re.escape(
        "내용이 다른 파일(E02.xlsx)이 이미 있는데, 전문가가 적은 답을 덮어쓰면 안 되므로, 그 파일들을 다른 곳으로 옮기거나 --folder로 새 폴더를 고르십시오."
    )):  # fmt: skip
        delphi.forms(study, "seoul", 1, say=lambda line: None)
    assert form_of(study, "E02").read_bytes() == before["E02"] and not form_of(study, "E01").exists()


@pytest.mark.parametrize(
    ("roster", "sentences"),
    [
        (None, ["private/experts.csv: 전문가 명단이 없거나 비어 있는데, 이름은 이 파일에만 두고 다른 곳에서는 코드로 부르므로, "
                "첫 줄에 code,name,contact,group,area를 적고 한 줄에 한 사람씩, code에는 E01 같은 코드를, area에는 영역의 id나 빈칸을 적어 주십시오."]),
        ("code,name,group,area\nE01,x,학계,\n",
         ["private/experts.csv 1행: 'contact' 칸이 없는데, code, name, contact, group, area 칸이 모두 있어야 하므로, 첫 줄에 칸 이름을 적어 주십시오."]),
        (ROSTER + f"{NAMES['E01']},,,교수,주거\nE02,,,학계,\n",
         ["private/experts.csv 5행 code 칸: 값이 비었거나 다르거나 두 번 있는데, E01, E02, … 꼴이어야 하므로, 고쳐 주십시오.",
          "private/experts.csv 6행 code 칸: 값이 비었거나 다르거나 두 번 있는데, E01, E02, … 꼴이어야 하므로, 고쳐 주십시오.",
          "private/experts.csv 5행 group 칸: 값이 비었거나 다르거나 두 번 있는데, 학계, 현장, 당사자, 공무원 꼴이어야 하므로, 고쳐 주십시오.",
          "private/experts.csv 5행 area 칸: 값이 비었거나 다르거나 두 번 있는데, livelihood_care, housing, health, education_culture, safety, "
          "social_integration 등 7개 꼴이어야 하므로, 고쳐 주십시오."]),
    ],
)  # fmt: skip
def test_a_roster_that_is_missing_or_wrong_is_told_by_its_lines_and_never_by_name(study, roster, sentences):
    """The one file with names: how to write it is said, what is wrong is told by line and column."""
    (study / delphi.EXPERTS).unlink()
    if roster:
        (study / delphi.EXPERTS).write_text(roster, encoding="utf-8")
    with pytest.raises(DonghengError) as told:
        delphi.forms(study, "seoul", 2, say=lambda line: None)
    assert str(told.value).splitlines() == sentences
    assert not form_of(study, number=2).exists()


# --- answers in -----------------------------------------------------------------------------------------------------


def test_workbooks_that_libreoffice_saved_are_read_whatever_was_done_to_them(study, back):
    """A row inserted, a column pasted in, a sheet moved: found by header and id. The rule is in tests/office/README.md."""
    for path in (ROOT / "tests/office").glob("*.xlsx"):
        shutil.copy(path, back)
    told, said = collect(study, back)
    assert told == 0, said
    table = answers(study)
    ids = list(dict.fromkeys(table.index.get_level_values("item_id")))[:60]
    assert len(table) == 3 * 126 and ids[0] == "1" and ids[59] == "10-5"
    for s, code in enumerate(("E01", "E02", "E03")):
        for r, item in enumerate(ids, start=2):
            expected = {"validity": 1 + (r + s) % 5, "importance": 1 + (2 * r + s) % 5}
            for question, value in expected.items():
                row = tuple(table.loc[(code, item, question), ["answer", "state"]])
                odd = {("4", "validity"): ("", "unknown"), ("5", "importance"): ("", "blank")}
                assert row == odd.get((item, question), (str(value), "answered")), (code, item, question)
        points = [table.at[(code, area, "points"), "answer"] for area in AREAS]
        assert points == ["25", "15", "20", "15", "15", "10"]
    comments = rawdata.read_table(study, Path("private/delphi/seoul/round1/comments.csv"))
    assert list(comments["item_id"]) == ["6"] * 3 and list(comments.columns) == ["item_id", "comment"]


def test_what_is_written_is_tidy_coded_and_has_provenance(study, back):
    """UTF-8 without BOM, LF, sha256 beside it; the register counts a round only where somebody answered."""
    fill(form_of(study), back / "E01.xlsx", lambda book: [book[RATINGS].__setitem__(f"{c}62", "모름") for c in "DE"])
    assert collect(study, back)[0] == 0
    folder = study / "data/raw/seoul/delphi"
    assert sorted(p.name for p in folder.glob("*.csv")) == ["items.csv", "panel.csv", "round1.csv"]
    for path in folder.glob("*.csv"):
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf") and b"\r" not in content
        record = yaml.safe_load(rawdata.record_of(path).read_text(encoding="utf-8"))
        assert tuple(record) == rawdata.PROVENANCE_KEYS and record["sha256"] == rawdata.sha256(path)
    assert (folder / "panel.csv").read_text() == "expert,group,area\nE01,학계,housing\nE02,현장,\nE03,당사자,safety\n"
    items = rawdata.read_table(study, Path("data/raw/seoul/delphi/items.csv")).set_index("item_id")
    assert len(items) == 60 and set(items["edition"]) == {"2023-11"}
    assert items.at["1-1", "wording"] == "위기가구 지원율" and items.at["1-1", "rounds"] == "1"
    assert items.at["10-5", "rounds"] == "", "one 모름 is no rating"


def test_the_register_keeps_other_editions_and_forgets_ratings_of_other_words(study, back):
    """A second round is added, a repeated collect adds nothing, and ratings of an old wording are not those of the new."""
    path = study / "data/raw/seoul/delphi/items.csv"
    path.parent.mkdir(parents=True)
    old = "item_id,wording,edition,rounds\n1-1,위기가구 지원율,2022-01,1\n1-1,위기가구 지원율,2023-11,1;2\n1-2,옛 이름,2023-11,1\n"
    path.write_text(old, encoding="utf-8")
    fill(form_of(study), back / "E01.xlsx")
    for _ in range(2):
        collect(study, back)
        table = rawdata.read_table(study, path.relative_to(study))
        rows = [tuple(row) for row in table.to_numpy() if row[0] in ("1-1", "1-2")]
        assert rows[:2] == [("1-1", "위기가구 지원율", "2022-01", "1"), ("1-1", "위기가구 지원율", "2023-11", "1;2")]
        assert rows[2][3] == "1" and rows[2][1] != "옛 이름" and len(table) == 61


def test_collecting_again_takes_back_what_is_no_longer_said_and_keeps_who_was_asked(study):
    """An item that nobody rates any more loses the round; an expert struck off the roster stays in the panel's table."""
    path = study / "설문.xlsx"
    survey(**{"1 의견": ["보이지\u200b 않는 글자", ""]}).to_excel(path, index=False)
    collect(study, path)
    comments = rawdata.read_table(study, Path("private/delphi/seoul/round1/comments.csv"))
    assert list(comments["comment"]) == ["보이지 않는 글자"], (
        "what could not be printed is gone, and the file can be read"
    )
    roster = (study / delphi.EXPERTS).read_text(encoding="utf-8").splitlines()
    (study / delphi.EXPERTS).write_text("\n".join(roster[:3]) + "\n", encoding="utf-8")
    survey(**{"10-5 타당도": ["모름", "5"], "10-5 중요도": ["", "5"]}).iloc[:1].to_excel(path, index=False)
    told, said = collect(study, path)
    assert told == 1 and "전에 모은 E03의 답이" in said[0]
    items = rawdata.read_table(study, Path("data/raw/seoul/delphi/items.csv")).set_index("item_id")["rounds"]
    assert items["10-5"] == "" and items["10-4"] == "1"
    panel = rawdata.read_table(study, Path("data/raw/seoul/delphi/panel.csv"))
    assert list(panel["expert"]) == ["E01", "E02", "E03"]


def ratings(**cells):
    """Type something into cells of the rating sheet."""

    def change(book):
        for at, value in cells.items():
            book[RATINGS][at] = value

    return change


def of_another_kind(book):
    """A formula, a date, merged cells."""
    ratings(D5="=2+2", D6=pd.Timestamp("2026-04-03"))(book)
    book[RATINGS].merge_cells("D7:E7")


def points(*values):
    def change(book):
        for row, value in enumerate(values, start=3):
            book[POINTS][f"D{row}"] = value

    return change


def copied_column(book):
    """The column of validity, pasted with its header beside the table."""
    for row in range(2, 63):
        book[RATINGS][f"H{row}"] = book[RATINGS][f"D{row}"].value


def lost(book):
    book[RATINGS]["E2"] = "중요함"
    book[RATINGS].delete_rows(62)


ASK = "1에서 5까지의 정수나 '모름'이어야 하므로, 전문가에게 물어 고쳐 주십시오."
VALUE = "원자료는 값이어야 하므로, 그 칸을 복사해 '값'으로 붙여 넣어 주십시오."


@pytest.mark.parametrize(
    ("change", "sentences", "blank"),
    [
        (ratings(D5=6, E6=0, D7=3.5, D8="매우 높음"),
         [f"E01 '과제와 지표' {cell}: 답이 '{told}'인데, {ASK}" for cell, told in (("D5", "6"), ("D7", "3.5"), ("D8", "매우 높음"), ("E6", "0"))], 4),
        (of_another_kind, [f"E01 '과제와 지표' D5: 수식 '=2+2'이(가) 있는데, {VALUE}",
                           "E01 '과제와 지표' D6: 날짜 '2026-04-03'이(가) 있는데, 답은 날짜 서식이 아닌 수여야 하므로, "
                           "그 칸의 서식을 '일반'으로 바꾸고 답을 다시 적어 주십시오.",
                           "E01 '과제와 지표' D7:E7: 칸이 병합되어 있는데, 한 칸에 값 하나여야 하므로, 병합을 풀고 칸마다 적어 주십시오."], 4),
        (ratings(A5="4-99"), ["E01 '과제와 지표' A5: 번호 '4-99'을(를) 알 수 없는데, 지표체계에 있는 과제, 지표, 영역의 번호여야 하므로, 보낸 서식의 번호로 고쳐 주십시오.",
                              "E01: '타당도'을(를) 적을 곳이 없는 번호가 있는데(3), 칸 이름과 번호로 답을 찾으므로, 지운 칸이나 줄이면 보낸 서식에서 되살려 주십시오.",
                              "E01: '중요도'을(를) 적을 곳이 없는 번호가 있는데(3), 칸 이름과 번호로 답을 찾으므로, 지운 칸이나 줄이면 보낸 서식에서 되살려 주십시오."], 2),
        (lost, ["E01: '타당도'을(를) 적을 곳이 없는 번호가 있는데(10-5), 칸 이름과 번호로 답을 찾으므로, 지운 칸이나 줄이면 보낸 서식에서 되살려 주십시오.",
                "E01: '중요도'을(를) 적을 곳이 없는 번호가 있는데(1, 2, 3, 4, 5, 6 등 60개), 칸 이름과 번호로 답을 찾으므로, 지운 칸이나 줄이면 보낸 서식에서 되살려 주십시오."], 61),
        (copied_column, ["E01 '과제와 지표' D3, E01 '과제와 지표' H3: '타당도' 답이 두 곳 이상에 있는 번호가 있는데(1, 2, 3, 4, 5, 6 등 60개), "
                         "번호마다 답은 하나여야 하므로, 하나만 남기고 지워 주십시오."], 60),
        (points(25, 15, 20, 15, 15, 9), ["E01 영역 점수: 점수의 합이 99이고 수가 아닌 답이 0개인데, 모두 수이고 합이 100이어야 셀 수 있으므로, 전문가에게 물어 고쳐 주십시오."], 6),
        (points(50, 50, "모름", None, None, None), ["E01 영역 점수: 점수의 합이 100이고 수가 아닌 답이 1개인데, 모두 수이고 합이 100이어야 셀 수 있으므로, 전문가에게 물어 고쳐 주십시오."], 6),
        (points(130, -30, 0, 0, 0, 0), ["E01 '영역 점수' D3: 점수가 '130'인데, 0에서 100까지의 수나 '모름'이어야 하므로, 전문가에게 물어 고쳐 주십시오.",
                                        "E01 '영역 점수' D4: 점수가 '-30'인데, 0에서 100까지의 수나 '모름'이어야 하므로, 전문가에게 물어 고쳐 주십시오.",
                                        "E01 영역 점수: 점수의 합이 0이고 수가 아닌 답이 2개인데, 모두 수이고 합이 100이어야 셀 수 있으므로, 전문가에게 물어 고쳐 주십시오."], 6),
    ],
)  # fmt: skip
def test_a_bad_answer_is_told_by_code_sheet_and_cell_and_the_good_ones_are_kept(study, back, change, sentences, blank):
    """One clear sentence each; exactly the answers concerned are blank, all others written."""
    fill(form_of(study), back / "회신 1.xlsx", change)
    told, said = collect(study, back)
    assert said[: len(sentences)] == sentences and told == len(sentences)
    table = answers(study)
    assert (table["state"] == "blank").sum() == blank and (table["state"] == "answered").sum() == 126 - blank
    assert f"위의 {told}건은 빼고 옮겼습니다" in said[-1] and "답하지 않음(2명): E02, E03" in said


def test_numbers_as_text_dont_know_in_words_and_percentages_are_understood(study, back):
    """What people type for the same thing: '4' as text, wide digits, 평가 불가, 20 % of the points; a blank area got none."""
    change = ratings(D3="4", E3=" ４ ", D4="평가 불가", E4="모름 / 평가불가", D5=None)

    def also(book):
        change(book)
        points(0.6, 0.4, None, None, None, None)(book)
        for row in (3, 4):
            book[POINTS][f"D{row}"].number_format = "0%"

    fill(form_of(study), back / "E01.xlsx", also)
    told, said = collect(study, back)
    assert told == 0, said
    table = answers(study)
    got = [tuple(table.loc[("E01", i, q), ["answer", "state"]]) for i in "12" for q in ("validity", "importance")]
    assert got == [("4", "answered"), ("4", "answered"), ("", "unknown"), ("", "unknown")]
    assert tuple(table.loc[("E01", "3", "validity"), ["answer", "state"]]) == ("", "blank")
    assert [table.at[("E01", a, "points"), "answer"] for a in AREAS] == ["60", "40", "0", "0", "0", "0"]


def test_a_second_file_from_the_same_expert_is_refused_and_neither_counts(study, back):
    """Which one is the last nobody can tell; a blank form lying beside a filled one is no second answer."""
    fill(form_of(study), back / "a.xlsx", rating=3)
    fill(form_of(study), back / "b.xlsx", rating=5)
    fill(form_of(study, "E02"), back / "c.xlsx")
    shutil.copy(form_of(study, "E02"), back / "E02 blank.xlsx")
    told, said = collect(study, back)
    assert told == 1 and said[0] == (
        "E01: 같은 전문가의 답이 두 곳 이상(a.xlsx, b.xlsx)에 있는데, 어느 것이 마지막 답인지 알 수 없어 모두 뺐으므로, "
        "남길 것만 두고 나머지를 옮긴 뒤 다시 실행하십시오."
    )
    assert set(answers(study).index.get_level_values("expert")) == {"E02"}
    assert "답하지 않음(1명): E03" in said


def mixed(book):
    book[POINTS]["A1"] = "서식 seoul 2023-11 1차 E03"


def restamped(stamp):
    def change(book):
        for sheet in book:
            sheet["A1"] = stamp

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (mixed, "x.xlsx: 서식이 여럿(E01, E03) 섞여 있는데, 파일 하나에 전문가 한 사람의 한 차수여야 하므로, 시트를 전문가마다 다른 파일로 나누어 주십시오."),
        (restamped("서식 seoul 2023-11 2차 E01"), "x.xlsx: 'seoul 2023-11 2' 서식인데, 'seoul 2023-11 1' 서식을 모으고 있으므로, "
         "--study와 --round, config.yaml의 지표체계 판을 확인하거나 그 파일을 옮겨 주십시오."),
        (restamped("서식 seoul 2023-11 1차 E77"), "x.xlsx: 전문가 코드가 'E77'인데, private/experts.csv에 있는 코드여야 하므로, 코드를 고치거나 명단에 그 전문가를 적어 주십시오."),
        (restamped(None), "x.xlsx: '서식' 칸도 'expert' 칸도 없는데, 어느 전문가의 답인지 알아야 하므로, 보낸 서식의 맨 윗줄을 되살리거나, 설문 파일이면 expert 칸에 코드를 적어 주십시오."),
        ("xls", "x.xls: 읽지 않는 종류의 파일인데, 회신은 .xlsx나 .csv여야 하므로, Excel에서 .xlsx로 다시 저장하거나 다른 곳으로 옮겨 주십시오."),
        ("broken", "x.xlsx: 엑셀 통합 문서로 열 수 없는데(BadZipFile), 암호가 없는 .xlsx여야 하므로, Excel에서 열어 'Excel 통합 문서(.xlsx)'로 다시 저장해 주십시오."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_placed_is_told_and_the_others_are_read(study, back, change, sentence):
    """Another round, an unknown code, two forms in one, no form at all, another format: never a silent loss."""
    fill(form_of(study, "E02"), back / "good.xlsx")
    (back / "~$good.xlsx").write_bytes(b"lock file of Excel")
    if change == "xls":
        (back / "x.xls").write_bytes(b"\xd0\xcf")
    elif change == "broken":
        (back / "x.xlsx").write_bytes(b"PK\x03\x04 broken")
    else:
        fill(form_of(study), back / "x.xlsx", change)
    told, said = collect(study, back)
    assert told == 1 and said[0] == sentence
    assert len(answers(study)) == 126


def test_nothing_to_read_writes_nothing(study, back):
    """An empty folder, or one of blank forms only, does not empty the table that is there."""
    fill(form_of(study), back / "E01.xlsx")
    collect(study, back)
    before = (study / "data/raw/seoul/delphi/round1.csv").read_bytes()
    shutil.copy(form_of(study), back / "E01.xlsx")
    with pytest.raises(DonghengError, match="읽을 수 있는 답이 하나도 없는데, 1차 회신이 하나는 있어야 하므로"):
        collect(study, back)
    assert (study / "data/raw/seoul/delphi/round1.csv").read_bytes() == before


def test_answers_collected_before_that_are_missing_now_are_told(study, back):
    """Somebody who collects only the late returns learns that the early ones are no longer in the table."""
    fill(form_of(study), back / "E01.xlsx")
    collect(study, back)
    (back / "E01.xlsx").unlink()
    fill(form_of(study, "E02"), back / "E02.xlsx")
    told, said = collect(study, back)
    assert told == 1 and said[0].startswith(
        "data/raw/seoul/delphi/round1.csv: 전에 모은 E01의 답이 이번 회신에는 없는데"
    )


# --- a survey service's table ---------------------------------------------------------------------------------------


def survey(**columns) -> pd.DataFrame:
    """A wide table of two experts: every item asked, points in whole numbers."""
    ids = rated_ids()
    table = {"제출 시각": ["2026-11-01 09:00"] * 2, "expert": ["E01", "E03"]}
    table |= {f"{i} {q}": ["4", "5"] for i in ids for q in ("타당도", "중요도")}
    table |= {f"{a} 점수": [p, p] for a, p in zip(AREAS, ("25", "15", "20", "15", "15", "10"), strict=True)}
    return pd.DataFrame(table | columns)


def rated_ids() -> list[str]:
    path = Path("data/raw/framework/2023-11.csv")
    table = rawdata.read_table(ROOT, path)
    return [i for i in table["id"] if i not in (*AREAS, "composite")]


@pytest.mark.parametrize("kind", ["utf-8-sig", "cp949", "xlsx"])
def test_a_survey_services_table_is_read_by_its_headings(study, kind):
    """One row per expert; CP949 as Korean Excel saves it; columns that are no question are left alone."""
    path = study / ("설문.xlsx" if kind == "xlsx" else "설문.csv")
    table = survey(**{"4-3 의견": ["자료가 늦게 나옵니다.", ""]})
    table.to_excel(path, index=False) if kind == "xlsx" else table.to_csv(path, index=False, encoding=kind)
    told, said = collect(study, path)
    assert told == 0, said
    table = answers(study)
    assert set(table.loc["E01"].query("question == 'validity'")["answer"]) == {"4"}
    assert set(table.loc["E03"].query("question == 'importance'")["answer"]) == {"5"} and len(table) == 2 * 126
    assert (study / "private/delphi/seoul/round1/comments.csv").read_text(encoding="utf-8") == (
        "item_id,comment\n4-3,자료가 늦게 나옵니다.\n"
    )


def test_what_is_wrong_in_a_survey_table_is_told_by_expert_line_and_column(study):
    """Out of scale, unknown item, unknown and doubled expert; a question that was not asked at all is nobody's fault."""
    table = survey(**{"9-9 타당도": ["1", "2"], "4-3 중요도": ["7", "3"]})
    table = table.drop(columns=[f"{a} 점수" for a in AREAS])
    table = pd.concat([table, table.iloc[[1]], table.iloc[[1]].assign(expert="E09")])
    table.to_csv(study / "설문.csv", index=False)
    told, said = collect(study, study / "설문.csv")
    assert said[:told] == [
        "설문.csv 1행: 번호 '9-9'을(를) 알 수 없는데, 지표체계에 있는 과제, 지표, 영역의 번호여야 하므로, 보낸 서식의 번호로 고쳐 주십시오.",
        f"E01 설문.csv 2행 '4-3 중요도' 칸: 답이 '7'인데, {ASK}",
        "설문.csv 5행 'expert' 칸: 전문가 코드가 'E09'인데, private/experts.csv에 있는 코드여야 하므로, 코드를 고치거나 명단에 그 전문가를 적어 주십시오.",
        "E03: 같은 전문가의 답이 두 곳 이상(설문.csv 3행 'expert' 칸, 설문.csv 4행 'expert' 칸)에 있는데, "
        "어느 것이 마지막 답인지 알 수 없어 모두 뺐으므로, 남길 것만 두고 나머지를 옮긴 뒤 다시 실행하십시오.",
    ]
    assert set(answers(study).index.get_level_values("expert")) == {"E01"}


@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_order_of_rows_and_columns_does_not_matter(made, tmp_path_factory, data):
    """Any answers within the scale come through as given, wherever their row and column stand."""
    root = tmp_path_factory.mktemp("order")
    for name in ("data", "config.yaml", "private/experts.csv"):
        (root / name).parent.mkdir(exist_ok=True)
        (shutil.copytree if (made / name).is_dir() else shutil.copy)(made / name, root / name)
    some = data.draw(st.lists(st.sampled_from(rated_ids()), min_size=1, max_size=8, unique=True))
    choice = st.sampled_from(["1", "2", "3", "4", "5", "모름", ""])
    given_ = {i: data.draw(st.lists(choice, min_size=2, max_size=2)) for i in some}
    table = survey(**{f"{i} 타당도": told for i, told in given_.items()})
    table = table[data.draw(st.permutations(list(table.columns)))].iloc[data.draw(st.permutations([0, 1]))]
    table.to_csv(root / "x.csv", index=False)
    assert delphi.collect(root, "seoul", 1, root / "x.csv", say=lambda line: None) == 0
    read = answers(root)
    for i, told in given_.items():
        for code, text in zip(("E01", "E03"), told, strict=True):
            expected = {"모름": ("", "unknown"), "": ("", "blank")}.get(text, (text, "answered"))
            assert tuple(read.loc[(code, i, "validity"), ["answer", "state"]]) == expected


@given(text=st.text(max_size=12), question=st.sampled_from(sorted(questionnaire.SCALE)))
def test_a_cell_is_an_answer_in_the_scale_or_unknown_or_blank_and_nothing_is_swallowed(text, question):
    """Whatever is typed: a number that is written is in the scale, and a text that is no answer is told."""
    answer, state, problem = questionnaire.grade(Cell("여기", text), question)
    lower, upper = questionnaire.SCALE[question]
    assert (state == "answered") == bool(answer) and (not answer or lower <= float(answer) <= upper)
    assert problem is None or state == "blank"
    if text.strip() and state == "blank":
        assert problem is not None


# --- feedback -------------------------------------------------------------------------------------------------------


def rounds(study: Path, rows: list[tuple], **wording) -> None:
    """A round's table, its panel and its register, as `collect` would have written them."""
    folder = study / "data/raw/seoul/delphi"
    folder.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows, columns=delphi.COLUMNS["round"]).to_csv(folder / "round1.csv", index=False)
    panel = [(code, "학계", "") for code in dict.fromkeys(row[0] for row in rows)]
    pd.DataFrame(panel, columns=delphi.COLUMNS["panel"]).to_csv(folder / "panel.csv", index=False)
    names = rawdata.read_table(study, Path("data/raw/framework/2023-11.csv")).set_index("id")["name_ko"]
    items = [(i, wording.get(i, names[i]), "2023-11", "1") for i in rated_ids()]
    pd.DataFrame(items, columns=delphi.COLUMNS["items"]).to_csv(folder / "items.csv", index=False)


def beside(study: Path, code: str, item: str, sheet: str = RATINGS) -> list:
    """The cells of an item's row in the second round's form, from the first question on."""
    page = openpyxl.load_workbook(form_of(study, code, 2))[sheet]
    row = next(r for r in page.iter_rows(values_only=True) if r[0] == item)
    return list(row[3:])


def test_the_next_form_has_ones_own_answer_and_the_groups_figures(study):
    """Worked by hand: 1, 2, 4, 4, 5 has median 4; at (n+1)p = 1.5 and 4.5 the quartiles are 1.5 and 4.5 (Excel: 2, 4)."""
    given_ = zip(("E01", "E02", "E11", "E12", "E13"), "12445", strict=True)
    rows = [(code, "1-1", "validity", answer, "answered") for code, answer in given_]
    rows += [("E01", "1-1", "importance", "", "unknown"), ("E02", "1-1", "importance", "3", "answered")]
    rows += [("E01", "1-2", "validity", "5", "answered")]
    rows += [(c, "housing", "points", p, "answered") for c, p in (("E01", "20"), ("E02", "12.5"), ("E11", "20"))]
    rounds(study, rows, **{"1-2": "옛 이름"})
    delphi.feedback(study, "seoul", 2, say=lambda line: None)
    book = openpyxl.load_workbook(form_of(study, "E01", 2))
    assert [c.value for c in book[RATINGS][2]][3:7] == [
        "타당도",
        "타당도 내 지난 답",
        "타당도 전체 중앙값(제1~제3사분위, SPSS 정의)",
        "타당도 전체 분포",
    ]
    figures = ["4 (1.5~4.5)", "1:1 2:1 3:0 4:2 5:1"]
    single = ["3 (3~3)", "1:0 2:0 3:1 4:0 5:0"]
    assert beside(study, "E01", "1-1") == [None, "1", *figures, None, "모름", *single, None]
    assert beside(study, "E02", "1-1") == [None, "2", *figures, None, "3", *single, None]
    assert beside(study, "E03", "1-1") == [None, "답 없음", *figures, None, "답 없음", *single, None]
    nothing = [None, None, "지난 차수의 답이 없음", None]
    assert beside(study, "E01", "1-2") == [*nothing, *nothing, None], "reworded since: not the same item"
    assert beside(study, "E01", "housing", POINTS) == [None, "20", "20 (12.5~20)", "12.5:1 20:2", None]
    guide = "\n".join(str(row[0].value) for row in book["읽는 법"])
    assert "HAVERAGE" in guide and "4를 고른 사람이 15명" in guide
    assert book[RATINGS]["A1"].value == "서식 seoul 2023-11 2차 E01" and book[RATINGS].max_row == 62


def test_a_second_round_goes_round(study, back):
    """The form with feedback is collected like the first: the group's figures are not taken for answers."""
    fill(form_of(study), back / "E01.xlsx")
    collect(study, back)
    delphi.feedback(study, "seoul", 2, say=lambda line: None)
    book = openpyxl.load_workbook(form_of(study, "E01", 2))
    for row in range(3, 63):
        book[RATINGS][f"D{row}"], book[RATINGS][f"H{row}"] = 2, 5
    book.save(study / "second.xlsx")
    told, said = collect(study, study / "second.xlsx", 2)
    assert told == 0, said
    table = answers(study, 2)
    assert set(table.query("question == 'validity'")["answer"]) == {"2"}
    assert set(table.query("question == 'importance'")["answer"]) == {"5"}
    assert set(table.query("question == 'points'")["state"]) == {"blank"}
    items = rawdata.read_table(study, Path("data/raw/seoul/delphi/items.csv"))
    assert set(items["rounds"]) == {"1;2"}


def test_an_expert_missing_in_the_second_round_is_told_and_the_others_count(study, back):
    """By code, among those who did not answer; the first round's answers stay, and the comparison names who left."""
    for code in ("E01", "E02"):
        fill(form_of(study, code), back / f"{code}.xlsx")
    collect(study, back)
    delphi.feedback(study, "seoul", 2, say=lambda line: None)
    fill(form_of(study, "E02", 2), study / "second.xlsx")
    told, said = collect(study, study / "second.xlsx", 2)
    assert told == 0 and "답하지 않음(2명): E01, E03" in said
    rounds = panel.load(study, config.load(study).settings("seoul", 2024))
    first, second = (rounds.ratings(number, "validity") for number in (1, 2))
    assert list(first.index) == ["E01", "E02"] and list(second.index) == ["E02"]
    assert compare_rounds(first, second).dropped == ["E01"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (None, "data/raw/seoul/delphi/round1.csv: 파일이 없는데, 그 차수의 답을 먼저 모아야 하므로, `dongheng delphi collect`로 회신을 모은 뒤 다시 실행하십시오."),
        (("E01", "1", "validity", "6", "answered"), "data/raw/seoul/delphi/round1.csv 3행: 답 '6'이(가) 있는데, 1에서 5 사이의 정수여야 하므로, 응답지를 확인해 고치거나 state를 blank로 두고 비워 주십시오."),
        (("E01", "2", "validity", "4", "answered"), "data/raw/seoul/delphi/round1.csv 3행: 전문가 E01의 문항 2 답이 다시 나오는데, 한 질문에 답은 하나여야 하므로, 한 줄을 지워 주십시오."),
    ],
)  # fmt: skip
def test_feedback_rests_on_a_sound_round(study, row, sentence):
    """No round, a figure out of scale, an answer twice: told, and no form is written."""
    if row:
        rounds(study, [("E01", "2", "validity", "4", "answered"), row])
    with pytest.raises(DonghengError) as told:
        delphi.feedback(study, "seoul", 2, say=lambda line: None)
    assert str(told.value) == sentence and not form_of(study, number=2).exists()


# --- whose name stands nowhere --------------------------------------------------------------------------------------


def test_no_name_and_no_contact_stands_anywhere_but_in_the_roster(study, back, capfd):
    """Names in file names, answers, sheet titles and comments: none in a form, a table, a record, a comment or a line said."""
    name, spaced = NAMES["E01"], " ".join(NAMES["E01"])

    def tell(book):
        ratings(D5=name, F6=f"{spaced} 교수의 말이 옳습니다.", F7="좋은 지표입니다.")(book)
        ratings(F8=f"연락: {CONTACTS['E03']}", F9="문의 " + "010-" + "9999-" + "0000")(book)
        book[RATINGS].title = f"{name} 답"

    fill(form_of(study), back / f"{name}_회신.xlsx", tell)
    fill(form_of(study), back / f"{spaced} (1).xlsx")
    fill(form_of(study, "E02"), back / "E02.xlsx", tell)
    (back / f"{NAMES['E02'].upper()}.hwp").write_bytes(b"")
    table = survey().iloc[[1]].assign(expert=NAMES["E03"])
    table.to_csv(back / "설문.csv", index=False)
    delphi.collect(study, "seoul", 1, back)
    delphi.feedback(study, "seoul", 2)
    out, err = capfd.readouterr()
    written = bytes_below(study / "data/raw/seoul", study / "private/delphi")
    for text in [*NAMES.values(), *filter(None, CONTACTS.values()), spaced]:
        assert text not in out + err and text.encode() not in written, text
    assert "좋은 지표입니다.".encode() in written, "the harmless comment is there"
    assert "E01_회신.xlsx, E01 (1).xlsx" in out or "E01 (1).xlsx, E01_회신.xlsx" in out, (
        "both files are still told apart"
    )
    assert "E02.hwp: 읽지 않는 종류의 파일인데" in out and "설문.csv 2행 'expert' 칸: 전문가 코드가 'E03'인데" in out
    for item in ("4", "6", "7"):
        sentence = (
            f"{item} 의견: 명단의 이름이나 연락처, 전화번호, 전자우편 주소가 든 의견이 1개인데, 이름 없이 모아 다른 전문가에게 보이므로, "
            "돌려받은 파일이나 모은 의견에서 지우고 다시 실행하십시오."
        )
        assert sentence in out


def test_a_name_that_was_added_to_the_gathered_comments_is_withheld_from_the_next_form(study):
    """The file of comments is the institute's to edit; what goes to thirty people is looked at once more."""
    rounds(study, [("E01", "1", "validity", "4", "answered")])
    path = study / "private/delphi/seoul/round1/comments.csv"
    path.write_text(f"item_id,comment\n1,{NAMES['E01']} 위원이 반대함\n2-1,=1+1이라는 말\n", encoding="utf-8")
    said: list[str] = []
    delphi.feedback(study, "seoul", 2, say=said.append)
    page = openpyxl.load_workbook(form_of(study, "E02", 2))["지난 의견"]
    assert [tuple(row)[::2] for row in page.iter_rows(min_row=3, values_only=True)] == [("2-1", "=1+1이라는 말")]
    assert page["C3"].data_type == "s" and said[0].startswith("1 의견: 명단의 이름이나")


def test_the_order_of_comments_depends_on_their_words_alone(study):
    """Who stands first or last in what was sent leaves no trace in the order."""
    table = survey(
        **{"8 의견": ["나중에 다시 물어 주십시오.", "다른 지표와 겹칩니다."], "1 의견": ["같은 말", "같은 말"]}
    )
    orders = []
    for rows in (table, table[::-1]):
        rows.to_csv(study / "설문.csv", index=False)
        collect(study, study / "설문.csv")
        orders.append((study / "private/delphi/seoul/round1/comments.csv").read_text(encoding="utf-8"))
    assert orders[0] == orders[1]
    assert [line[:1] for line in orders[0].splitlines()] == ["i", "1", "1", "8", "8"], "by item, then by words"


# --- the command line -----------------------------------------------------------------------------------------------


def test_answers_are_not_gathered_into_a_made_up_study(study, back):
    """Real answers over the fictional city's would be neither; told before the roster is asked for, and nothing is written."""
    fill(form_of(study), back / "E01.xlsx")
    (study / delphi.EXPERTS).unlink()
    with pytest.raises(DonghengError) as told:
        delphi.collect(study, "example", 1, back, say=lambda line: None)
    assert str(told.value) == (
        "'example' 연구: 지어낸 답의 연구인데, 전문가의 답은 지어낸 답과 섞지 않으므로, --study로 실제 연구를 고르십시오."
    )
    assert not (study / "data/raw/example").exists()


PAGES = {"README.md": "## Ask the experts", "README.ko.md": "## 전문가에게 묻기"}


def page(readme: str) -> list[str]:
    """The commands of the README's section on the survey, without what stands behind #."""
    section = (ROOT / readme).read_text(encoding="utf-8").split(f"{PAGES[readme]}\n")[1].split("\n## ")[0]
    block = re.search(r"```\n(.*?)```", section, re.S)[1]
    return [line.split("#")[0].strip() for line in block.splitlines()]


def test_the_survey_runs_as_the_readmes_say(made, study, monkeypatch, capsys):
    """The commands of both pages are the same, and are run as they stand but for the last, which builds reports."""
    assert page("README.md") == page("README.ko.md") and page("README.md")[-1] == "dongheng run"
    forms, first, feedback, second = (shlex.split(line)[2:] for line in page("README.md")[:-1])
    shutil.rmtree(study / "private/delphi")
    assert command(monkeypatch, capsys, study, *forms)[0] == 0
    for number, collect_ in ((1, first), (2, second)):
        (study / collect_[1]).mkdir()
        for code in ("E01", "E02", "E03"):
            fill(form_of(study, code, number), study / collect_[1] / f"{code}.xlsx")
        code, said = command(monkeypatch, capsys, study, *collect_)
        assert code == 0 and "답하지 않음(0명): 없음" in said, said
        if number == 1:
            assert command(monkeypatch, capsys, study, *feedback)[0] == 0
    rounds = panel.load(study, config.load(study).settings("seoul", 2024)).rounds
    assert sorted(rounds) == [1, 2] and rounds[1]["state"].eq("answered").all()


def command(monkeypatch, capsys, study: Path, *arguments: str) -> tuple[int, str]:
    monkeypatch.chdir(study)
    monkeypatch.setattr(sys, "argv", ["dongheng", "delphi", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
        raise SystemExit(0)
    return end.value.code or 0, "".join(capsys.readouterr())


def test_the_commands_end_with_0_or_1_as_the_scripts_around_them_need(study, back, monkeypatch, capsys):
    """0: nothing wrong; 1: some answers left out, the files written all the same; 2: a misuse."""
    assert command(monkeypatch, capsys, study, "forms", "--round", "2", "--folder", "새")[0] == 0
    assert command(monkeypatch, capsys, study, "forms", "--round", "1")[1].startswith(
        "1차 서식 3개를 만들었습니다: private/delphi/seoul/round1\n"
    )
    assert sorted(p.name for p in (study / "새").iterdir()) == ["E01.xlsx", "E02.xlsx", "E03.xlsx"]
    fill(form_of(study), back / "E01.xlsx")
    assert command(monkeypatch, capsys, study, "collect", "회신", "--round", "1")[0] == 0
    assert command(monkeypatch, capsys, study, "feedback", "--round", "2", "--study", "seoul")[0] == 0
    fill(form_of(study), back / "E01.xlsx", ratings(D5=6))
    code, said = command(monkeypatch, capsys, study, "collect", "회신", "--round", "1")
    assert code == 1 and "답이 '6'인데" in said and "빈칸 1개" in said
    assert answers(study).at[("E01", "3", "validity"), "state"] == "blank"
    code, said = command(monkeypatch, capsys, study, "feedback", "--round", "1")
    assert code == 2 and "차수 자리에 '1'을(를) 쓸 수 없으므로" in said
    code, said = command(monkeypatch, capsys, study, "forms", "--round", "1", "--study", "busan")
    assert code == 1 and "'busan' 연구가 없는데" in said
