"""What Document refuses, and what it leaves in the notebook."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from report_notebook import ALT, CHART

from dongheng.errors import PublishError
from dongheng.publish import alt_problem
from dongheng.publish.document import ATTACHMENT, COVER

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
    [{"frame": FRAME.iloc[:0]}, {"empty": "까닭"}, {"widths": [1]}, {"frame": pd.DataFrame()}],
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
            notebook.doc.chart(SimpleNamespace(svg="<svg/>", alt=alt, title=caption, subtitle="영역 지수"))


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


MADE_UP = SimpleNamespace(
    **(vars(CHART) | {"alt": f"{ALT} 예시값 포함.", "subtitle": "영역 지수 (지표 50개 중 예시값 50개)"})
)


def html_of(notebook, method: str, *args, **kwargs) -> str:
    notebook.show(method, *args, **kwargs)
    return "".join(o.data.get("text/html", "") for o in notebook.cells[-1].outputs)


def test_made_up_figures_are_marked_wherever_they_are_shown(notebook):
    """Title, caption, column of a table, box of a section, end of a finding, attached file: none leaves without the word."""
    notebook.doc.mark = "예시값"
    assert "2024년 가상시 (예시값)" in html_of(notebook, "cover", "2024년 가상시")
    assert notebook.cells[-1].outputs[0].data[COVER]["title"] == "2024년 가상시 (예시값)"
    table = html_of(notebook, "table", FRAME, "제목", widths=[1, 1])
    assert "제목 (예시값)" in table and table.count(">예시</td>") == 2 and ">자료</th>" in table
    assert "예시" not in html_of(notebook, "table", FRAME, "규칙", figures=False)
    assert "(예시값)</strong> 가상시의 수로" in html_of(notebook, "section")
    said = html_of(notebook, "say", "높습니다.", ("영역", ["낮습니다."]), findings=True)
    assert said.count("(예시)") == 3 and "낮습니다. (예시)" in said
    assert "(예시)" not in html_of(notebook, "say", "읽는 법입니다.")
    assert "높습니다. (예시)" in html_of(notebook, "paragraph", "높습니다.", findings=True)
    notebook.show("attach", "study.json", "{}", "application/json", "기록")
    assert notebook.cells[-1].outputs[0].data[ATTACHMENT]["name"] == "study_예시값.json"
    assert f"[그림 1] {CHART.title} (예시값)" in html_of(notebook, "chart", MADE_UP)


def test_without_a_mark_nothing_says_so(notebook):
    """With m = 0 every mark goes: a real study's report knows no such word."""
    shown = [
        html_of(notebook, "cover", "2024년 서울시"),
        html_of(notebook, "table", FRAME, "제목"),
        html_of(notebook, "say", "높습니다.", findings=True),
        html_of(notebook, "paragraph", "높습니다.", findings=True),
        html_of(notebook, "chart", CHART),
    ]
    assert not any("예시" in text or ">자료<" in text for text in shown)
    assert html_of(notebook, "section") == ""


@pytest.mark.parametrize(("mark", "chart", "clause"), [("예시값", CHART, "없는데"), ("", MADE_UP, "있는데")])
def test_a_chart_that_disagrees_with_its_study_is_refused(notebook, mark, chart, clause):
    """A chart of made-up figures without the word, and a real study's chart with it, both end the build."""
    notebook.doc.mark = mark
    with pytest.raises(PublishError, match=f"예시값이라는 말이 {clause}"):
        notebook.doc.chart(chart)
