"""What Document refuses, and what it leaves in the notebook."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from report_notebook import ALT, CHART

from dongheng.errors import PublishError
from dongheng.publish import alt_problem

FRAME = pd.DataFrame({"영역": ["생계", "주거"], "값": ["1.0", "△2.0"]})


def test_tables_and_charts_are_numbered_through(notebook):
    """Protects references such as <표 2>: a number is given once, in order, and returned."""
    assert [notebook.doc.table(FRAME, "가"), notebook.doc.table(FRAME, "나")] == [1, 2]
    assert [notebook.doc.chart(CHART), notebook.doc.chart(CHART)] == [1, 2]


def test_table_markup(notebook):
    """Protects JupyterLab and every later reader of the HTML: caption, header scope, alignment, widths, escaping."""
    frame = FRAME.assign(글=["<b>", "a&b"])
    notebook.show("table", frame, "제목", unit="p", source="자료원", notes=["주석"], widths=[1, 1, 2])
    html = notebook.cells[0].outputs[0].data["text/html"]
    for piece in ["&lt;표 1&gt; 제목", "(단위: p)", '<th scope="row" style="text-align:left">생계</th>', '<th scope="col"',
                  '<td style="text-align:right">△2.0</td>', "&lt;b&gt;", "a&amp;b", "width:50.0000%", "자료: 자료원", "주: 1) 주석"]:  # fmt: skip
        assert piece in html, piece


@pytest.mark.parametrize("wrong", ["", "  ", 1.5, None, "\x07", "\ue000"])
def test_a_cell_that_says_nothing_is_refused(notebook, wrong):
    """Protects those who hear the table: an empty cell is silence; and numbers are formatted before, not by accident."""
    with pytest.raises(PublishError, match="1행 '값' 열"):
        notebook.doc.table(pd.DataFrame({"영역": ["생계"], "값": [wrong]}), "제목")


@pytest.mark.parametrize(
    "wrong",
    [{"frame": FRAME.iloc[:0]}, {"empty": "까닭"}, {"align": ["left"]}, {"widths": [1]}, {"frame": pd.DataFrame()}],
)
def test_tables_that_do_not_fit_together_are_refused(notebook, wrong):
    """Protects against an empty table without its reason, a reason without an empty table, and misplaced columns."""
    with pytest.raises(PublishError, match="표 '제목'"):
        notebook.doc.table(**({"frame": FRAME, "title": "제목"} | wrong))
    assert notebook.doc.tables == 0


@pytest.mark.parametrize(
    ("alt", "clause"),
    [
        ("", "비어"),
        ("image/svg+xml", "파일 형식"),
        ("figure_1.svg", "파일 이름"),
        ("x.png", "파일 이름"),
        ("제목 " * 30, "제목과 같은데"),
        ("짧은 글", "4자인데"),
        ("가" * 251, "251자인데"),
        (ALT, ""),
    ],
)
def test_alternative_texts_that_replace_nothing_are_found(notebook, alt, clause):
    """Protects blind readers: PDF/UA is content with the word svg, they are not."""
    caption = ("제목 " * 30).strip()
    found = alt_problem(alt, f"[그림 1] {caption}", "x.png")
    assert clause in found and bool(found) == bool(clause)
    if clause:
        with pytest.raises(PublishError, match="대체텍스트"):
            notebook.doc.chart(SimpleNamespace(svg="<svg/>", alt=alt, title=caption))


def test_lists_bring_their_own_marks(notebook):
    """Protects the tags L, LI, Lbl: a typed mark is text, and a fourth level is a table that is missing."""
    for wrong in ["□ 글", "- 글", ("가", [("나", [("다", ["라"])])])]:
        with pytest.raises(PublishError, match="목록"):
            notebook.doc.say(wrong)
    notebook.doc.say("※ 조건이 붙은 줄", ("가", [("나", ["다"])]))


def test_only_one_cover(notebook):
    """Protects the title of the file."""
    with pytest.raises(PublishError, match="표지가 또"):
        notebook.show("cover", "하나").show("cover", "둘").markdown("# 장").pdf()
