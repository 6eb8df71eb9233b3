"""The page in a browser: the same report as the PDF, whole by itself, and nothing in it that acts."""

from __future__ import annotations

import base64
import html
import json
import re
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import nbformat.v4 as v4
import pandas as pd
import pytest
from report_notebook import ALT, SVG, Notebook, bare
from test_export import HOSTILE, full

from dongheng.errors import PublishError
from dongheng.publish import export_html, page
from dongheng.publish.document import DRAFT
from tests.inspection import page_faults

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\nnot looked at").decode()


@pytest.fixture(scope="module")
def report() -> SimpleNamespace:
    node = full().node()
    nb = Notebook(cells=node.cells)
    return SimpleNamespace(node=node, page=nb.page(), text=nb.page().decode())


@pytest.fixture(autouse=True)
def quick(request, monkeypatch):
    """Most tests look at no font, and cutting fonts takes most of the time."""
    if "report" not in request.fixturenames:
        monkeypatch.setattr(page, "_faces", lambda text: "")


def text_of(page: bytes) -> str:
    """What a page shows, without white space."""
    body = page.decode().partition("<body>")[2]
    return re.sub(r"\s", "", html.unescape(re.sub(r"<[^>]*>", "", body)))


def test_a_page_of_everything_has_no_fault(report):
    """Protects everyone who does not look at it with a mouse: language, levels, names, headers, links that land."""
    assert page_faults(report.page) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('lang="ko"', "", "no language"),
        ("<h3", "<h4", "ends elsewhere"),
        ('id="table-1"', "", "no such id: table-1"),
        ('id="table-2"', 'id="table-1"', "id twice: table-1"),
        ('scope="row"', "", "no scope"),
        ('<svg role="img" aria-label', "<svg data-label", "no alternative: svg"),
        ("<main", "<script>1</script><main", "acts: script"),
        ("<main", '<main onclick="1"', "acts: main"),
        ("<main", '<img src="https://x.y/z.png" alt="x"><main', "leads out: https://x.y/z.png"),
    ],
)
def test_faults_are_found(report, before, after, fault):
    """Protects the check above: it can fail."""
    assert before in report.text
    assert any(found.startswith(fault) for found in page_faults(report.text.replace(before, after, 1).encode()))


def test_the_page_tells_what_the_pdf_tells(report):
    """Protects readers of the page: cover, draft, contents, tables with unit and notes, lists, code, formulas, files."""
    said = text_of(report.page)
    for text in ["가상시 지수 보고서", "부제", "51-000", "예시값", DRAFT, "1. 장", "1-1. 절", "<표 1> 긴 표 (단위: %)", "지표 49",
                 "자료: 가상시", "주: 1) 하나 2) 둘", "값을 받지 못했습니다.", "[그림 1] 안전 영역", "축 이름표", "(목적) 상자", "찍힌 글 = 1",
                 "'글만 있는 출력'", "각주.", "첫째(<표 1>, <표 2>, <표 3>, [그림 1])", *HOSTILE, "<i>", "$y$"]:  # fmt: skip
        assert re.sub(r"\s", "", text) in said, text
    for piece in ['<nav aria-label="차례">', '<h2 id="chapter">1. 장</h2>', '<a href="#section" id="toc-section">1-1. 절</a>',
                  '<p><a href="#section">1-1절</a>, <a href="#chapter">1장</a></p>', '<div lang="en">', '<math display="block"',
                  '<td style="text-align: right;">49.5</td>', '<th rowspan="2" scope="row">A</th>', f'aria-label="{ALT.replace("<", "&lt;").replace(">", "&gt;")}"']:  # fmt: skip
        assert piece in report.text, piece
    assert "쪽)" not in said  # a page of a browser has no pages
    file = re.search(r'<a download="study.json" href="data:application/json;base64,([^"]+)">', report.text)
    assert json.loads(base64.b64decode(file[1])) == {"seed": 7, "이름": "값"}


def test_same_notebook_same_page_in_any_folder(report, tmp_path):
    """Protects the record, and the command that the docs name: another folder, another process, the same bytes."""
    for name in ("one", "둘 셋"):
        (tmp_path / name).mkdir()
        nbformat.write(nbformat.from_dict(report.node), tmp_path / name / "n.ipynb")
    assert export_html(tmp_path / "one/n.ipynb") == report.page
    command = [sys.executable, "-m", "nbconvert", "--to", "dongheng_html", "n.ipynb"]
    subprocess.run(command, cwd=tmp_path / "둘 셋", check=True, capture_output=True)
    assert (tmp_path / "둘 셋/n.html").read_bytes() == report.page and b"\r" not in report.page


def test_the_fonts_hold_the_characters_of_the_page_and_no_others(report):
    """Protects the charts, whose texts were measured in this font, and the size of the page."""
    from io import BytesIO

    from fontTools.ttLib import TTFont

    faces = re.findall(r"font-weight: (\d+); src: url\(data:font/ttf;base64,([^)]+)\)", report.text)
    assert [weight for weight, _ in faces] == ["400", "700"]
    for _, face in faces:
        known = set(TTFont(BytesIO(base64.b64decode(face))).getBestCmap())
        assert {ord(c) for c in "가상시지수□○표"} <= known and ord("힣") not in known and ord("뷁") not in known


def html_output(text: str):
    return v4.new_output("display_data", data={"text/html": text})


ACTING = [
    html_output(
        '<p onclick="x()">글</p><div class="wide" role="region" onmouseover="x()">칸</div><span style="position:fixed" id="_main">a</span>'
    ),
    html_output('<h2 id="fn1" onclick="x()">제목</h2>'),
    html_output(
        '<a href="javascript:x()" onclick="x()">하나</a> <a href=" JavaScript:x()">둘</a> <a href="data:text/html,x">셋</a>'
    ),
    html_output(
        '<a href="#없는곳" class="other">넷</a><!-- onclick=x() --> <a href="https://x.y/z" onclick="x()">다섯</a>'
    ),
    v4.new_output("stream", name="stdout", text="</code></pre><script>x()</script>"),
    bare(pd.DataFrame({'<img src=x onerror="x()">': ["<script>x()</script>"]})),
]


def test_nothing_of_a_notebook_acts_in_the_page(notebook):
    """Protects who opens the page: data and outputs come out as text, links lead to the web or nowhere."""
    made = notebook.markdown("# 장").outputs(*ACTING).page()
    assert page_faults(made) == []
    for said in (
        "글칸a",
        "제목",
        "하나둘셋",
        "넷다섯",
        "</code></pre><script>x()",
        "<script>x()</script>",
        '<imgsrc=xonerror="x()">',
    ):
        assert said in text_of(made), said
    assert re.findall("<a [^>]*>(?:하나|둘|셋|넷|다섯)", made.decode()) == ['<a href="https://x.y/z">다섯']
    assert not re.search(r"<[^>]*(javascript:|position:fixed|data:text)", made.decode(), re.IGNORECASE)


def test_texts_of_cover_captions_and_files_are_texts(notebook):
    """Protects titles and file names, which stand in attributes too."""
    wrong = '"><script>x()</script> onclick="x()" $title$ /* fonts */'
    chart = SimpleNamespace(svg=SVG, alt=f"{wrong} {ALT}", title=wrong, subtitle="축")
    notebook.show("cover", wrong, wrong, [wrong], notice=wrong, publication_number=wrong)
    notebook.show("attach", wrong, "{}", wrong, wrong).show("heading", wrong, "tag").show("chart", chart)
    notebook.show("table", pd.DataFrame({wrong: [wrong]}), wrong, unit=wrong, source=wrong, notes=[wrong])
    made = notebook.show("say", (wrong, [wrong])).show("paragraph", notebook.doc.refs("tag")).page()
    assert page_faults(made) == [] and text_of(made).count(re.sub(r"\s", "", wrong)) >= 15


MORE = [
    SVG.replace("<circle", '<circle onclick="x()"'),
    SVG.replace("<circle", '<circle a="b>c" onclick="x()"'),
    SVG.replace("<circle", '<circle a=""onclick=x()'),
    SVG.replace("<circle", "<script>x()</script><circle"),
    SVG.replace("<circle", '<image href="https://x.y/z.png"/><circle'),
    SVG.replace("<circle", '<use href="https://x.y/z.svg#a"/><circle'),
    SVG.replace("<circle", '<circle style="fill:URL( https://x.y/z)"'),
    SVG.replace("<circle", '<circle style="background:image-set(&quot;https://x.y/z&quot; 1x)"'),
    SVG.replace("<svg", '<svg style="position:fixed"'),
    SVG.replace("<circle", "<style>body{display:none}</style><circle"),
    SVG.replace("<circle", "<foreignObject><p>x</p></foreignObject><circle"),
    SVG.replace("<circle", "<![CDATA[<script>x()</script>]]><circle"),
    SVG + "<script src=x ",
    "<?xml version='1.0'?>" + SVG,
]


def test_a_picture_that_holds_more_than_shapes_and_texts_stays_outside(notebook):
    """Protects who opens the page from what a picture might do: as an image it can neither act nor fetch."""
    notebook.markdown("# 장")
    for svg in MORE:
        notebook.show("chart", SimpleNamespace(svg=svg, alt=ALT, title="제목", subtitle="축"))
    made = notebook.page()
    assert page_faults(made) == [] and b"<svg" not in made
    shown = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="점 도표', made.decode())
    assert [base64.b64decode(content).decode() for content in shown] == MORE


def test_two_charts_keep_their_ids_apart(notebook):
    """Protects clip paths and patterns: every chart names its own, and most have the same names."""
    inside = '<defs><clipPath id="p"><rect width="9" height="9"/></clipPath></defs><g clip-path="url(#p)"><use xlink:href="#p"/>'
    svg = SVG.replace("<circle", inside + "<circle").replace("</svg>", "</g></svg>").replace("축", ' id="p" ')
    chart = SimpleNamespace(svg=svg, alt=ALT, title="제목", subtitle="축")
    made = notebook.markdown("# 장").show("chart", chart).show("chart", chart).page()
    assert page_faults(made) == []
    for piece in (
        'id="picture_1_svg_p"',
        "url(#picture_2_svg_p)",
        'xlink:href="#picture_2_svg_p"',
        '> id="p"  이름표<',
    ):
        assert piece in made.decode(), piece


def test_pictures_that_are_no_drawings_are_data(notebook, tmp_path):
    """Protects PNG outputs and pictures of Markdown cells: inside the page, with their alternative text."""
    about = {"image/png": {"alt": ALT, "caption": "[그림 1] 사진"}}
    notebook.outputs(v4.new_output("display_data", data={"image/png": PNG}, metadata=about))
    (tmp_path / "그림.svg").write_text(SVG, encoding="utf-8")
    node = notebook.markdown(f"# 장\n\n![{ALT}](그림.svg)").node()
    nbformat.write(node, tmp_path / "n.ipynb")
    made = export_html(tmp_path / "n.ipynb")
    assert page_faults(made) == []
    shown = re.findall(r'<img src="data:image/([a-z+]+);base64,([^"]+)" alt="([^"]+)">', made.decode())
    assert shown == [
        ("png", PNG, html.escape(ALT)),
        ("svg+xml", base64.b64encode(SVG.encode()).decode(), html.escape(ALT)),
    ]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (v4.new_output("stream", name="stderr", text="경고\n"), "1번째 셀.*경고"),
        (v4.new_output("display_data", data={"image/svg+xml": SVG, "text/plain": "f"}), "1번째 셀.*대체텍스트"),
        (v4.new_output("display_data", data={"text/html": "<iframe src='x'></iframe>"}), "1번째 셀.*<iframe>"),
        (v4.new_output("stream", name="stdout", text="글"), "보고서: 표지도 1수준 제목도 없는데"),
    ],
)
def test_what_the_pdf_refuses_the_page_refuses(notebook, cell, message):
    """Protects against two editions of which one is complete."""
    with pytest.raises(PublishError, match=message):
        notebook.outputs(cell).page()


def test_a_long_word_gives_way_without_a_character_more(notebook):
    """Protects narrow screens: a hash or an address may end a line, and copies whole."""
    value = "0123456789abcdef" * 4
    made = notebook.markdown(f"# 장\n\n{value}가나다").show("table", pd.DataFrame({"값": [value]}), "표").page()
    assert made.decode().count("<wbr>".join(["01234567", "89abcdef"] * 4)) == 2 and text_of(made).count(value) == 2
