"""What Document refuses, and what it leaves in the notebook."""

from __future__ import annotations

import copy
from types import SimpleNamespace

import pandas as pd
import pytest
from report_notebook import ALT, CHART, Notebook

from dongheng.errors import PublishError
from dongheng.publish import alt_problem
from dongheng.publish.document import ATTACHMENT, COVER, Refs

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


def test_a_line_break_on_the_cover_is_a_space(notebook):
    """Protects search and reading aloud: Typst would end the line there and join the words."""
    data = notebook.show("cover", "한 줄\n둘째 줄", "가\r나", ["다\t라"]).cells[0].outputs[0].data[COVER]
    assert (data["title"], data["subtitle"], data["lines"]) == ("한 줄 둘째 줄", "가 나", ["다 라"])


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


HEADINGS = [("요약", "summary", 1, "front"), ("읽는 법", "reading", 2), ("지수", "index"), ("몫", "shares", 2),
            ("작은 제목", "small", 3), ("노력", "effort", 2), ("영역", "areas"), ("생계", "living", 2),
            ("정의", "definitions", 1, "appendix"), ("낱말", "words", 2), ("기록", "record", 1, "appendix")]  # fmt: skip


def test_headings_are_numbered_by_kind_and_level(notebook):
    """Protects the numbers that a council member quotes: none is typed, each is given where the heading stands."""
    assert [html_of(notebook, "heading", *heading) for heading in HEADINGS] == [
        '<h1 id="summary">요약</h1>',
        '<h2 id="reading">읽는 법</h2>',
        '<h1 id="index">1. 지수</h1>',
        '<h2 id="shares">1-1. 몫</h2>',
        '<h3 id="small">작은 제목</h3>',
        '<h2 id="effort">1-2. 노력</h2>',
        '<h1 id="areas">2. 영역</h1>',
        '<h2 id="living">2-1. 생계</h2>',
        '<h1 id="definitions">부록 1. 정의</h1>',
        '<h2 id="words">낱말</h2>',
        '<h1 id="record">부록 2. 기록</h1>',
    ]
    notebook.doc.mark = "예시값"
    assert html_of(notebook, "heading", "a < b", "b", findings=True) == '<h1 id="b">3. a &lt; b (예시)</h1>'


def test_references_follow_a_section_that_moves():
    """Protects every "see 1-2": with another order of the sections the same tag has another number."""
    told = {}
    for first, second in (("shares", "effort"), ("effort", "shares")):
        n = (
            Notebook()
            .show("heading", "지수", "index")
            .show("heading", first, first, 2)
            .show("heading", second, second, 2)
        )
        told[first] = n.doc.refs("index", "shares")
    assert told == {"shares": "1장, 1-1절", "effort": "1장, 1-2절"}
    n = Notebook()
    for heading in HEADINGS:
        n.show("heading", *heading)
    tags = ("definitions", "summary", "small")
    assert n.doc.refs(*tags) == "부록 1, '요약', '작은 제목'"


def test_only_references_become_links(notebook):
    """Protects texts of data: what merely looks like a reference leads nowhere; a real one survives pandas and a copy."""
    notebook.show("heading", "지수", "index").show("heading", "몫", "shares", 2)
    refs = copy.deepcopy(notebook.doc.refs("shares", "index"))
    frame = pd.DataFrame({"질문": ["가", "나"], "답": pd.Series([refs, "1-1절"], dtype=object)})
    links = '<a href="#shares" class="section">1-1절</a>, <a href="#index" class="section">1장</a>'
    shown = html_of(notebook, "table", frame.copy().assign(쪽="1")[["질문", "답"]], "표")
    assert links in shown and shown.count("<a ") == 2 and ">1-1절</td>" in shown
    assert f"<li>{links}</li>" in html_of(notebook, "say", refs, "1-1절")
    assert html_of(notebook, "paragraph", refs) == f"<p>{links}</p>"
    assert isinstance(refs, Refs) and html_of(notebook, "paragraph", f"{refs}") == "<p>1-1절, 1장</p>"


@pytest.mark.parametrize(
    "tag", ["", "Index", "1-index", "a b", "index", "table-1", "figure-2", "toc-index", "fn1", "지수", 'a"b']
)
def test_a_tag_that_leads_to_two_places_or_none_is_refused(notebook, tag):
    """Protects links: a tag stands for one heading and for nothing else of the PDF or the page."""
    notebook.show("heading", "지수", "index")
    with pytest.raises(PublishError, match=f"제목 '새'.*태그가 '{tag}'인데"):
        notebook.doc.heading("새", tag)


@pytest.mark.parametrize(("levels", "kind"), [((2,), "chapter"), ((1, 3), "chapter"), ((0,), "chapter"), ((1, 2, 3, 4), "chapter"), ((1,), "annex")])  # fmt: skip
def test_a_level_that_is_skipped_and_a_kind_that_is_unknown_are_refused(notebook, levels, kind):
    """Protects those who go from heading to heading, in the notebook already."""
    *fine, wrong = levels
    for level in fine:
        notebook.show("heading", "제목", f"tag{level}", level)
    with pytest.raises(PublishError, match=f"이 제목은 {wrong}수준이고 갈래는 {kind}인데"):
        notebook.doc.heading("제목", "new", wrong, kind)
    assert "new" not in notebook.doc.names


def test_a_reference_to_a_section_that_does_not_stand_before_is_refused(notebook):
    """Protects the numbers: that of a later section is not known yet, and a misspelt tag has none."""
    notebook.show("heading", "지수", "index")
    with pytest.raises(PublishError, match="태그 'indx': 그런 태그의 제목이 아직 없는데\\(있는 태그: index\\)"):
        notebook.doc.refs("index", "indx")


def link(kind: str, n: int) -> str:
    said = {"table": f"&lt;표 {n}&gt;", "figure": f"[그림 {n}]"}[kind]
    return f'<a href="#{kind}-{n}" class="shown">{said}</a>'


def test_a_text_names_the_tables_and_charts_that_follow(notebook):
    """Protects the rule that every table and chart is named in the text, by the number that it then gets."""
    notebook.show("table", FRAME, "앞의 표").show("chart", CHART)
    two = f"({link('table', 2)}, {link('table', 3)}, {link('figure', 2)})"
    said = html_of(notebook, "say", ("높습니다.", ["아래."]), "또.", tables=2, charts=1)
    assert f"<li>높습니다{two}.\n" in said and "<li>아래.</li>" in said and "<li>또.</li>" in said
    assert html_of(notebook, "paragraph", "종합지수", tables=1) == f"<p>종합지수 ({link('table', 2)})</p>"
    many = f"({link('table', 2)}, {link('figure', 2)}~{link('figure', 8)})"
    assert html_of(notebook, "paragraph", "글입니다.", tables=1, charts=7) == f"<p>글입니다{many}.</p>"
    notebook.doc.mark = "예시값"
    assert (
        html_of(notebook, "paragraph", "글입니다.", True, charts=1) == f"<p>글입니다({link('figure', 2)}). (예시)</p>"
    )
    assert '<table id="table-2">' in html_of(notebook, "table", FRAME, "표")
    assert '<figure id="figure-2"' in html_of(notebook, "chart", MADE_UP)
    assert notebook.cells[-1].outputs[0].metadata["image/svg+xml"]["number"] == 2


def test_a_paragraph_says_its_language(notebook):
    """Protects those who listen: English read with a Korean voice is noise."""
    assert html_of(notebook, "paragraph", "One < two.", lang="en") == '<div lang="en"><p>One &lt; two.</p></div>'
