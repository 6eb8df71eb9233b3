"""The workbook for the office: what the CSV files hold, as text and numbers that Excel leaves alone."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import subprocess
import sys
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dongheng.codebook import NUMBER, TABLES, TEXT, WHOLE, Column, Table
from dongheng.errors import DataError, PublishError
from dongheng.publish.workbook import workbook

TITLE, MARK = "2024년 서울시 약자동행지수", "예시값"
HOSTILE = ["1", "01", "3-3", "1/2", "2024-01-01", "1e3", "TRUE", "NA", "=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "'1",
           '=HYPERLINK("http://x.kr","x")', "http://x.kr", "mailto:a" "@x.kr", "internal:Sheet1!A1", "#DIV/0!", "<b>&amp;</b>",
           "<r>x</r>", "<r></r>", "<r><t>a</t></r>", "<r>&<x</r>", " 앞뒤 ", "두\n줄", "\U0001f642", "\ufffe"]  # fmt: skip
DTYPES = {TEXT: "str", WHOLE: "int64", NUMBER: "float64"}
CELLS = {
    TEXT: st.text(st.characters(exclude_categories=["Cc", "Co", "Cs", "Cn"], include_characters="\n"), max_size=12),
    WHOLE: st.integers(-(2**53), 2**53),
    NUMBER: st.one_of(st.just(float("nan")), st.floats(-1e300, 1e300).filter(lambda x: x == 0 or abs(x) > 1e-300)),
}


def frame(name: str, rows: int = 1, **changed) -> pd.DataFrame:
    """A table of `rows` equal rows that fits the codebook."""
    kinds = {TEXT: "1", WHOLE: 2024, NUMBER: 1.5}
    row = {column: kinds[c.kind] for column, c in TABLES[name].columns.items()}
    return pd.DataFrame([row] * rows, columns=list(row)).assign(**changed)


def read(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


def sheet_of(name: str, table: pd.DataFrame, mark: str = ""):
    """The table's own sheet in a workbook of that table alone."""
    return read(workbook({name: table}, TITLE, mark)).worksheets[1]


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def values(sheet) -> list[list]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_the_bytes_say_nothing_of_machine_or_time(tmp_path):
    """Same tables, same bytes: again, and in another process of another time zone, language and hash seed."""
    tables = {"contributions": frame("contributions", 3, item=HOSTILE[:3]), "anomalies": frame("anomalies", 0)}
    content = workbook(tables, TITLE, MARK)
    assert workbook({name: table.copy() for name, table in tables.items()}, TITLE, MARK) == content
    (tmp_path / "tables.pickle").write_bytes(pickle.dumps(tables))
    code = (
        "import hashlib, pickle, sys; from dongheng.publish.workbook import workbook; "
        "tables = pickle.load(open(sys.argv[1], 'rb')); "
        f"print(hashlib.sha256(workbook(tables, {TITLE!r}, {MARK!r})).hexdigest())"
    )
    elsewhere = os.environ | {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7", "PYTHONUTF8": "1"}
    told = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "tables.pickle"], env=elsewhere, capture_output=True, text=True
    )
    assert told.stdout.strip() == hashlib.sha256(content).hexdigest(), told.stderr


def test_the_package_names_nobody():
    """No author, company or system, no packing that depends on the zlib at hand; dates are 1980 throughout."""
    content = workbook({"anomalies": frame("anomalies")}, TITLE)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        told = {(i.create_system, i.date_time, i.compress_type) for i in archive.infolist()}
    assert told == {(0, (1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED)}
    core, app = parts(content)["docProps/core.xml"], parts(content)["docProps/app.xml"]
    assert "<dc:creator></dc:creator><cp:lastModifiedBy></cp:lastModifiedBy>" in core and "<Company></Company>" in app
    assert core.count("1980-01-01T00:00:00Z") == 2
    properties = read(content).properties
    assert (properties.title, properties.language) == (TITLE, "ko")


def test_text_stays_text():
    """Ids are no numbers or dates, and nothing that a source says becomes a formula, a link or markup."""
    content = workbook({"anomalies": frame("anomalies", len(HOSTILE), message=HOSTILE)}, TITLE)
    cells = [row[1] for row in read(content).worksheets[1].iter_rows(min_row=3)]
    assert [cell.value.replace("_xFFFE_", "\ufffe") for cell in cells] == HOSTILE  # openpyxl leaves that escape
    assert {(cell.data_type, cell.number_format, cell.hyperlink) for cell in cells} == {("s", "@", None)}
    assert not any("<f>" in part or "<hyperlink" in part for part in parts(content).values())


def test_text_that_looks_like_an_escape_is_escaped():
    """Excel reads _x0041_ as A unless its underscore is written out."""
    content = workbook({"anomalies": frame("anomalies", message="_x0041_")}, TITLE)
    assert "<t>_x005F_x0041_</t>" in parts(content)["xl/sharedStrings.xml"]


@st.composite
def filled(draw):
    """A name and a table of any content that fits the codebook."""
    name = draw(st.sampled_from(sorted(TABLES)))
    rows = draw(st.integers(1, 4))
    columns = {
        column: pd.Series(draw(st.lists(CELLS[c.kind], min_size=rows, max_size=rows)), dtype=DTYPES[c.kind])
        for column, c in TABLES[name].columns.items()
    }
    return name, pd.DataFrame(columns)


@settings(deadline=None, max_examples=20)
@given(filled())
def test_what_is_written_is_what_is_read(drawn):
    """Every cell of every table: text to the character, integers exactly, numbers to 12 digits, gaps as empty cells."""
    name, table = drawn
    body = pd.DataFrame(values(sheet_of(name, table))[2:], columns=table.columns, dtype=object)
    assert len(body) == len(table)
    for column, entry in TABLES[name].columns.items():
        if entry.kind == NUMBER:
            np.testing.assert_allclose(body[column].astype(float), table[column], rtol=6e-12, atol=0)
            assert body[column].isna().tolist() == table[column].isna().tolist()
        else:
            assert [v or "" if entry.kind == TEXT else v for v in body[column]] == table[column].tolist()


def test_numbers_print_as_in_korean_tables_and_keep_their_value():
    """A fall shows a triangle and stays a negative number; decimals hidden in print are not lost; a year has no comma."""
    table = frame("contributions", 2, contribution=[-1234.56789, float("nan")], to_year=2024, item="1")
    sheet = sheet_of("contributions", table)
    at = {column: sheet.cell(3, c) for c, column in enumerate(table.columns, start=1)}
    assert at["contribution"].value == -1234.56789 and at["contribution"].data_type == "n"
    assert at["contribution"].number_format == '#,##0.0##;"△"#,##0.0##;0.0'
    assert (at["to_year"].value, at["to_year"].number_format) == (2024, "0")
    assert (at["item"].value, at["item"].data_type) == ("1", "s")
    assert sheet.cell(4, at["contribution"].column).value is None


def test_the_numbers_are_those_of_the_csv():
    """Workbook and CSV never differ: both hold 12 digits, which all processors agree on."""
    table = frame("contributions", contribution=2 / 3)
    row = values(sheet_of("contributions", table))[2]
    assert row[list(table.columns).index("contribution")] == 0.666666666667


def test_a_sheet_is_one_table_that_can_be_sorted_filtered_and_printed():
    """Title, one row of Korean headings, rows: no merged cell, the heading frozen, filtered and printed on each page."""
    sheet = sheet_of("contributions", frame("contributions", 3))
    entry = TABLES["contributions"]
    title, heads, *body = values(sheet)
    assert title == [entry.title] + [None] * (len(heads) - 1) and len(body) == 3
    assert heads == [f"{c.meaning} (단위: {c.unit})" if c.unit else c.meaning for c in entry.columns.values()]
    last = sheet.cell(2, len(heads)).coordinate[:-1]
    assert (sheet.auto_filter.ref, sheet.freeze_panes, sheet.print_title_rows) == (f"A2:{last}5", "A3", "$1:$2")
    assert not sheet.merged_cells.ranges and sheet["A2"].font.b and sheet["A2"].alignment.wrap_text
    setup = sheet.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToHeight) == ("landscape", 9, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_columns_are_as_wide_as_what_they_hold():
    """Korean letters count double; short columns keep room for the heading, long texts wrap."""
    widths = []
    for text in ("가" * 10, "a" * 20, "a", "가\n" * 20, "가" * 200):
        widths.append(round(sheet_of("anomalies", frame("anomalies", where=text)).column_dimensions["A"].width))
    assert widths == [23, 23, 15, 15, 51]  # Excel adds 0.7 to what is asked for


def test_the_first_sheet_tells_how_to_read_the_others():
    """One line per sheet with what a row is and how many there are; then the signs."""
    book = read(workbook({"contributions": frame("contributions", 3), "anomalies": frame("anomalies", 0)}, TITLE))
    entries = [TABLES["contributions"], TABLES["anomalies"]]
    assert book.sheetnames == ["읽는 법", *(entry.title for entry in entries), "코드북"]
    title, heads, *lines = values(book["읽는 법"])
    assert title[0] == TITLE and len(heads) == 3
    columns = sum(len(entry.columns) for entry in entries)
    assert lines[:3] == [
        [entries[0].title, entries[0].row, 3],
        [entries[1].title, entries[1].row, 0],
        ["코드북", "다른 시트의 칸 하나", columns],
    ]
    assert [line[0] for line in lines[3:]] == ["△", "빈칸", "소수"] and "미확보" in lines[4][1]


def test_the_last_sheet_names_the_columns_of_the_csv():
    """Whoever goes from a heading to the CSV file finds table and column beside it."""
    codes = values(read(workbook({"contributions": frame("contributions")}, TITLE))["코드북"])
    entry = TABLES["contributions"]
    assert [line[1:3] for line in codes[2:]] == [["contributions", column] for column in entry.columns]
    years = next(line for line in codes if line[2] == "to_year")
    shares = next(line for line in codes if line[2] == "contribution")
    assert years == [entry.title, "contributions", "to_year", entry.columns["to_year"].meaning, "정수", None]
    assert shares[3] == f"{entry.columns['contribution'].meaning} (단위: p)" and shares[4:] == ["수", "p"]


def test_made_up_figures_say_so_everywhere():
    """Every sheet name, title, box, printed page and row, and the file's title: no part travels without the mark."""
    content = workbook({"contributions": frame("contributions", 2), "anomalies": frame("anomalies", 0)}, TITLE, MARK)
    book = read(content)
    assert book.properties.title == f"{TITLE} (예시값)"
    for sheet in book.worksheets:
        title, box, *_ = values(sheet)
        assert sheet.title.endswith("(예시값)") and title[0].endswith(" (예시값)") and sheet.print_title_rows == "$1:$3"
        assert box == ["(예시값) 이 파일의 모든 수는 지어낸 예시값이며 실제 값이 아닙니다."] + [None] * (len(box) - 1)
        edges = [cell.border for cell in sheet[2]]
        assert edges[0].left.style == edges[-1].right.style == "medium" and sheet["A2"].font.b
        assert all(edge.top.style == edge.bottom.style == "medium" for edge in edges)
    heads, *rows = values(book.worksheets[1])[2:]
    assert heads[-1] == "모든 줄이 예시값임" and [row[-1] for row in rows] == [MARK, MARK]
    assert any(line[0] == "예시값" for line in values(book.worksheets[0]))


def test_real_figures_are_never_called_made_up():
    """Without a mark the word is nowhere in the file."""
    content = workbook({"contributions": frame("contributions"), "anomalies": frame("anomalies", 0)}, TITLE)
    assert not [name for name, part in parts(content).items() if "예시" in part]


@pytest.mark.parametrize("mark", ["", MARK])
def test_every_table_of_the_codebook_gets_its_own_sheet(mark):
    """Titles in the codebook are names that Excel takes, short enough and different, with and without the mark."""
    book = read(workbook({name: frame(name, 0) for name in TABLES}, TITLE, mark))
    tail = "(예시값)" if mark else ""
    assert book.sheetnames == [f"{t}{tail}" for t in ("읽는 법", *(entry.title for entry in TABLES.values()), "코드북")]


@pytest.mark.parametrize("mark, sheet", [("", "가" * 31), (MARK, "가" * 26 + "(예시값)")])
def test_a_long_title_is_cut_in_the_name_only(monkeypatch, mark, sheet):
    """Excel takes 31 characters and the mark must be among them; row 1 has the whole title."""
    monkeypatch.setitem(TABLES, "anomalies", TABLES["anomalies"]._replace(title="가" * 40))
    found = sheet_of("anomalies", frame("anomalies"), mark)
    assert found.title == sheet and found["A1"].value.startswith("가" * 40)


def test_a_table_without_rows_says_so():
    """An empty sheet would look like a mistake; the first column may be one of numbers."""
    title, heads, *rows = values(sheet_of("contributions", frame("contributions", 0)))
    assert len(heads) == len(TABLES["contributions"].columns)
    assert rows == [["해당하는 줄이 없습니다."] + [None] * (len(heads) - 1)]


def test_no_tables_at_all():
    """A study without results still gives a file that opens."""
    book = read(workbook({}, TITLE))
    assert book.sheetnames == ["읽는 법", "코드북"] and book["코드북"]["A3"].value == "해당하는 줄이 없습니다."


@pytest.mark.parametrize(
    "changed, sentence",
    [
        (
            {"value": [1.0, float("-inf")]},
            "'표' 시트 '값' 칸 2째 줄: 값이 무한대인데, 유한한 수만 담을 수 있으므로, 계산 과정을 살펴보십시오.",
        ),
        (
            {"text": ["", "가" * 32_768]},
            "'표' 시트 '글' 칸 2째 줄: 글이 너무 긴데, 엑셀의 한 칸은 32,767자까지이므로, 글을 줄여 주십시오.",
        ),
        (
            {"text": ["a\x07", ""]},
            "'표' 시트 '글' 칸 1째 줄: 제어 문자나 사용자 정의 문자 U+0007가 들어 있는데, 어떤 글꼴로도 보이지 않고 "
            "읽히지 않으므로, 그 글자를 지우십시오.",
        ),
        (
            {"other": 1},
            "표 t: 칸이 text, value, other인데, 코드북의 칸은 text, value이므로, 노트북이나 dongheng.codebook을 고쳐 주십시오.",
        ),
        ({"value": "많음"}, "표 t value 칸: 숫자가 아닌 것이 있는데, 수의 칸이므로, 노트북이나 dongheng.codebook을 고쳐 주십시오."),
    ],
)  # fmt: skip
def test_what_excel_cannot_hold_is_refused(monkeypatch, changed, sentence):
    """XlsxWriter would cut, drop or only warn; the sentence names sheet, column and row."""
    entry = Table(
        notebook="n", title="표", row="줄", columns={"text": Column(TEXT, "글"), "value": Column(NUMBER, "값")}
    )
    monkeypatch.setitem(TABLES, "t", entry)
    with pytest.raises((DataError, PublishError)) as told:
        workbook({"t": pd.DataFrame({"text": ["", ""], "value": [1.0, 2.0]}).assign(**changed)}, TITLE)
    assert str(told.value) == sentence


def test_the_longest_text_that_excel_takes():
    """The limit itself is allowed."""
    text = "가" * 32_767
    assert sheet_of("anomalies", frame("anomalies", message=text))["B3"].value == text
