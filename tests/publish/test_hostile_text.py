"""Texts that somebody typed, pasted or meant ill: in the report and the workbook they are that text, on the page, and nothing else."""

from __future__ import annotations

import io
import re
import unicodedata
from html.parser import HTMLParser
from types import SimpleNamespace

import nbformat.v4 as v4
import pandas as pd
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from report_notebook import SVG, Notebook
from test_workbook import frame, sheet_of

from dongheng.publish.page import DonghengHTML
from tests import inspection

# What stands in the data, and what is to be heard: a line break is a space, a character that the font lacks is named.
TEXTS = {
    "code": ("<script>alert(1)</script> =cmd|' /C calc'!A0 #import \"x\" $x$ \\u{1F600} {{x}} <%x%>", None),
    "quotes": ('"\'`´‘’“” &amp;lt; ]]> --> */ \\" \\', None),
    "line break": ("위\n아래", "위 아래"),
    "Windows line break": ("위\r\n아래", "위 아래"),
    "old line break": ("위\r아래", "위 아래"),
    "tab": ("앞\t뒤", "앞 뒤"),
    "formula after a line break": ("위\n=1+1", "위 =1+1"),
    "emoji": ("웃음 😀", "웃음 〔U+1F600〕"),
    "family": ("👨‍👩‍👧", "〔U+1F468〕〔U+200D〕〔U+1F469〕〔U+200D〕〔U+1F467〕"),
    "flag": ("🇰🇷", "〔U+1F1F0〕〔U+1F1F7〕"),
    "old Hangul": ("ᄒᆞᆫ글 〮 ㆍ", "ᄒ〔U+119E〕ᆫ글 〔U+302E〕 ㆍ"),
    "conjoining jamo": (unicodedata.normalize("NFD", "각막"), None),
    "right to left": ("א ع", "〔U+05D0〕 〔U+0639〕"),
    "turned around": ("가\u202e나\u202c\u2066다\u2069", "가〔U+202E〕나〔U+202C〕〔U+2066〕다〔U+2069〕"),
    "without width": ("가\u200b나\u200d다\ufeff라\u2060", "가〔U+200B〕나〔U+200D〕다〔U+FEFF〕라〔U+2060〕"),
    "soft hyphen": ("가\u00ad나", None),
    "line separator": ("가\u2028나", "가〔U+2028〕나"),
    "combining": ("e\u0301 가\u0335", "e〔U+0301〕 가〔U+0335〕"),
    "spaces": ("가\u00a0나\u3000다", None),
    "compatible": ("ﬁ ＡＢＣ ㎡ ½", "〔U+FB01〕 ＡＢＣ ㎡ ½"),
    "beyond 16 bits": ("𠮷", "〔U+20BB7〕"),
    "500 Hangul": ("가나다라마바사아자차" * 50, None),
    "500 letters": ("abcdefghij" * 50, None),
    "500 digits": ("1234567890" * 50, None),
    "500 signs": ("/." * 250, None),
    "500 mixed": ("가a나1" * 125, None),
    "an address": ("http://example.kr/" + "a/b-c_" * 80, None),
    "500 with spaces": (("가나다 라마 바사" * 56)[:500].strip(), None),
}
HEARD = {name: heard or text for name, (text, heard) in TEXTS.items()}
PLACES = 12  # how often every text stands in the report, whole


@pytest.fixture(scope="module")
def report() -> SimpleNamespace:
    """Every text as indicator name, column, panel answer, unit, source, note, caption, comment, box and chart."""
    n = Notebook().show("cover", "가상시\n보고서", "위\r\n아래", ["기관\t이름"], notice="위\r아래")
    n.cells.insert(1, v4.new_markdown_cell("# 장"))
    for text, _ in TEXTS.values():
        rows = pd.DataFrame({"지표": ["1-1 " + text, "1-2"], text[:60]: ["1", "2"], "답": ["3", text]})
        n.show("table", rows, text, unit=text, source=text, notes=[text, "둘"])
        n.show("say", (text, [text]), text).show("box", "라벨", text).show("paragraph", text)
        about = f"점 도표. 2024년 종합지수 1.0으로 전년보다 2.0p 높고 여섯 영역 가운데 넷이 올랐습니다. 값은 <표 1>. {text[:180]}"
        n.show("chart", SimpleNamespace(svg=SVG, alt=about, title=text, subtitle="지수"))
    pdf = n.pdf()
    return SimpleNamespace(node=n.node(), pdf=pdf, heard=inspection.read_aloud(pdf))


def test_every_text_is_heard_as_it_was_typed(report):
    """Protects a reader from what a text could become on its way through HTML, pandoc and Typst: in order, in its place."""
    assert report.heard == inspection.as_written(report.node)


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_that_text_or_its_code_points(report, name):
    """The same against texts written out here, so that both sides above cannot be wrong in the same way."""
    said = " ".join(re.sub("[ \n]+", " ", text) for _, text in report.heard)
    assert said.count(HEARD[name]) >= PLACES


def test_nothing_leaves_the_text_area(report):
    """Protects what is too long for its line: no character of the text stands in the margin or off the page."""
    left, right, bottom, top = 20, 210 - 20, 21, 297 - 25  # mm, as report.typ has them
    slack = 1.5  # a bracket at the beginning of a line hangs
    outside, seen = [], 0
    with pypdfium2.PdfDocument(report.pdf) as doc:
        for number in range(len(doc)):
            page = doc[number]
            text = page.get_textpage()
            for i in range(text.count_chars()):
                piece = pdfium.FPDFText_GetTextObject(text.raw, i)
                if not piece or pdfium.FPDFPageObj_GetMarkedContentID(piece) < 0:
                    continue  # header, footer, a repeated table header
                x0, y0, x1, y1 = (v * 25.4 / 72 for v in text.get_charbox(i))
                seen += 1
                if min(x0 - left, right - x1, y0 - bottom, top - y1) < -slack:
                    outside.append((number + 1, text.get_text_range(i, 1), round(x0), round(x1), round(y0)))
    assert not outside
    assert seen > 500 * 7 * 10


def test_no_text_becomes_an_action_a_link_or_a_file(report):
    """Protects whoever opens the file: no script, no outside address, no attachment that the study did not make."""
    with pikepdf.open(io.BytesIO(report.pdf)) as doc:
        found = [obj.S for obj in doc.objects if isinstance(obj, pikepdf.Dictionary) and "/S" in obj]
        assert not {"/JavaScript", "/URI", "/Launch", "/GoToR", "/SubmitForm"} & {str(kind) for kind in found}
        assert not {"/OpenAction", "/AA", "/AcroForm"} & set(doc.Root.keys()) and not doc.attachments


def test_tables_and_lists_stay_what_they_were(report):
    """Protects the tables: no text opens or closes a cell, a row, a list or a heading."""
    shown, printed = inspection.notebook_counts(report.node), inspection.structure_counts(report.pdf)
    assert all(shown[kind] == printed[kind] for kind in ("tables", "rows", "cells", "figures", "lists", "items"))
    assert shown["tables"] == len(TEXTS) and shown["cells"] == 9 * len(TEXTS)


def test_the_page_holds_each_text_as_text(report):
    """Protects who opens the HTML page: no text becomes an element, a handler or an address; each stands there, in its place."""
    made = DonghengHTML().from_notebook_node(report.node)[0]
    assert inspection.page_aloud(made) == report.heard[report.heard.index(("h1", "장")) :]
    page = _Elements(made.decode())
    assert not {"script", "x", "b", "iframe", "object", "form", "input", "link", "base"} & {
        tag for tag, _ in page.found
    }
    named = [(name, value) for _, attributes in page.found for name, value in attributes]
    assert not [name for name, _ in named if name.startswith("on")]
    assert all(value.startswith("#") for name, value in named if name in ("href", "src", "action"))
    said = re.sub(r"\s+", " ", "".join(page.texts))
    assert all(said.count(re.sub(r"\s+", " ", text)) >= PLACES for text, _ in TEXTS.values())


class _Elements(HTMLParser):
    """Elements of a page with their attributes, and its texts."""

    def __init__(self, html: str):
        super().__init__()
        self.found, self.texts = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, attrs))

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("name", [name for name, (text, _) in TEXTS.items() if "\r" not in text])
def test_the_workbook_holds_the_text_itself(name):
    """Protects the office: the very characters, as text, whatever Excel would like to make of them."""
    text = TEXTS[name][0]
    sheet = sheet_of("anomalies", frame("anomalies", message=[text]))
    cell = sheet.cell(3, 2)
    assert (cell.value, cell.data_type, cell.hyperlink, sheet.max_row) == (text, "s", None, 3)
    assert sheet.column_dimensions["B"].width <= 51


def test_a_row_higher_than_a_page_is_cut_and_not_lost(notebook):
    """Protects long comments side by side: eight columns of 490 letters make a row of more than a page."""
    long = pd.DataFrame({f"칸{n}": ["가나다라마바사 " * 70 + str(n), "짧음"] for n in range(8)})
    text = "".join(inspection.page_texts(notebook.markdown("# 장").show("table", long, "긴 칸의 표").pdf()))
    assert re.sub(r"\s", "", text).count("가나다라마바사") == 8 * 70
