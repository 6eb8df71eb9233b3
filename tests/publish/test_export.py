"""What must come out of a notebook, and what must never come out silently."""

from __future__ import annotations

import datetime
import html
import io
import re
from collections import Counter
from types import SimpleNamespace

import nbformat
import nbformat.v4 as v4
import pandas as pd
import pikepdf
import pytest
from report_notebook import ALT, CHART, SVG, Notebook, bare

from dongheng import fonts
from dongheng.errors import PublishError
from dongheng.publish import export_pdf
from dongheng.publish.document import DRAFT
from dongheng.publish.tagging import elements
from tests import inspection

HOSTILE = [
    "$x$ 값",
    '#import "x"',
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "`백틱` | 파이프",
    "*별* _밑줄_",
    "@ref [대괄호] {중괄호}",
    "= 제목 아님",
    "- 목록 아님",
    "+ 항목 아님",
    "1. 번호 아님",
    "/ 용어: 아님",
    "... 그대로 -- --- -? ~",
    "// 주석 /* 아님 */ http://x.y/z",
    "\\ \" ' &amp; &lt;b",
    "~~줄~~ ^위^ <!-- 주석 -->",
]


def text_of(pdf: bytes) -> str:
    return "\n".join(inspection.page_texts(pdf)).replace("\r", "")


def full() -> Notebook:
    """One of everything."""
    n = Notebook().show(
        "cover",
        "가상시 지수 보고서",
        "부제",
        ["가상연구원", "2025. 8. 4."],
        notice="예시값",
        publication_number="51-000",
    )
    n.show("attach", "study.json", '{"seed": 7, "이름": "값"}', "application/json", "이 보고서의 수를 정한 입력의 기록")
    n.markdown(
        "# 요약\n\n문장 **굵게** *기울임* `code` $x^2$[^1].\n\n[^1]: 각주.\n\n$$\\sum_i w_i$$\n\n- 하나\n  - 둘\n"
    )
    n.show("heading", "장", "chapter").show("heading", "절", "section", 2)
    n.show("say", ("첫째", ["둘째", ("셋째", ["넷째"])]), "다섯째", tables=3, charts=1).show("box", "목적", "상자")
    n.show("paragraph", "문단").show("paragraph", "In English.", lang="en")
    n.show("paragraph", n.doc.refs("section", "chapter"))
    long = pd.DataFrame({"지표": [f"지표 {i}" for i in range(50)], "값": [f"{i}.5" for i in range(50)]})
    n.show("table", long, "긴 표", unit="%", source="가상시", notes=["하나", "둘"])
    n.show("table", pd.DataFrame({"글": HOSTILE, "수": ["1"] * len(HOSTILE)}), "특수한 글자")
    n.show("table", long.iloc[:0], "빈 표", empty="값을 받지 못했습니다.").show("chart", CHART)
    n.markdown("## 손으로 적은 표\n\n| 가 | 나 |\n|---|--:|\n| 하나 | 1 |\n| 둘 | 2 |\n", "pagebreak")
    index = pd.MultiIndex.from_tuples([("A", "x"), ("A", "y"), ("B", "x")], names=["영역", "지표"])
    return n.outputs(
        bare(pd.DataFrame({"2024": [1.5, 2.5], "비고": ["<i>", "$y$"]}, index=["생계", "주거"])),
        bare(pd.DataFrame({"값": [1, 2, 3]}, index=index)),
        v4.new_output("stream", name="stdout", text="찍힌 글 = 1\n- 그대로\n"),
        v4.new_output("execute_result", data={"text/plain": "'글만 있는 출력'"}),
    )


@pytest.fixture(scope="module")
def report() -> SimpleNamespace:
    n = full()
    pdf = n.pdf()
    return SimpleNamespace(node=n.node(), pdf=pdf, text=text_of(pdf))


def test_every_table_row_and_cell_of_the_notebook_is_tagged_in_the_pdf(report):
    """Protects against tables that vanish with exit code 0, the worst way this pipeline ever failed."""
    shown, printed = inspection.notebook_counts(report.node), inspection.structure_counts(report.pdf)
    assert {k: printed[k] for k in ("tables", "rows", "cells", "figures", "lists", "items")} == {
        k: shown[k] for k in ("tables", "rows", "cells", "figures", "lists", "items")
    }
    assert shown["tables"] == 6 and shown["rows"] == 51 + 17 + 1 + 3 + 3 + 5
    assert shown["headings"] == 4 and printed["headings"] == 4 + 3  # 차례, 표 차례, 그림 차례
    assert printed["formulas"] == 2


def test_cells_that_look_like_markup_come_out_literally(report):
    """Protects readers from formulas, headings or lists that Typst, pandoc or Markdown would make out of a value."""
    squeezed = re.sub(r"\s", "", report.text)
    for said in [*HOSTILE, "<i>", "$y$"]:
        assert re.sub(r"\s", "", said) in squeezed, said


def test_the_text_can_be_searched_and_read_aloud(report):
    """Protects search, copying and screen readers: text of every kind of content, pictures included, is text."""
    for said in ["가상시 지수 보고서", "(목적) 상자", "<표 1> 긴 표", "(단위: %)", "자료: 가상시", "주: 1) 하나 2) 둘",
                 "값을 받지 못했습니다.", "[그림 1] 안전 영역", "축 이름표", "찍힌 글 = 1", "글만 있는 출력", "각주.", "- 2 -"]:  # fmt: skip
        assert said in report.text, said
    assert all(marker in report.text for marker in "□○")


def test_what_the_file_says_of_itself(report):
    """Protects the standards, the attachment and the embedded fonts against the pass over the tag tree."""
    assert inspection.standards(report.pdf) == {
        "title": "가상시 지수 보고서", "language": "ko-KR", "pdfa": "3a", "pdfua": "1"
    }  # fmt: skip
    found = inspection.fonts_embedded(report.pdf)
    assert found and all(found.values())
    attached = inspection.attachments(report.pdf)["study.json"]
    assert attached["content"].decode() == '{"seed": 7, "이름": "값"}' and attached["mime"] == "application/json"
    assert inspection.figure_alts(report.pdf) == [ALT]


def test_first_cells_head_their_rows(report, tmp_path):
    """Protects those who hear a table cell by cell: each cell names its column and its row header."""
    (tmp_path / "r.pdf").write_bytes(report.pdf)
    with pikepdf.open(tmp_path / "r.pdf") as doc:
        from dongheng.publish.tagging import attributes, elements

        tables = [e for e in elements(doc.Root.StructTreeRoot) if e.S == "/Table"]
        rows = [[e for e in elements(row) if e.S in ("/TH", "/TD")] for row in elements(tables[0]) if row.S == "/TR"]
        for row in rows[1:]:
            head, value = row
            assert head.S == "/TH" and attributes(head).Scope == "/Row"
            assert bytes(head.ID) in [bytes(h) for h in attributes(value).Headers]
            assert len(attributes(value).Headers) == 2
        ids = pikepdf.NameTree(doc.Root.StructTreeRoot.IDTree)
        assert ids[str(rows[1][0].ID)].S == "/TH"
    # 50 rows, those of the hostile texts, two rows of a bare frame, three rows under two index columns of which the first spans two rows
    assert inspection.structure_counts(report.pdf)["row_headers"] == 50 + len(HOSTILE) + 2 + 5


def test_links_lead_to_the_section_table_or_figure_that_they_name(report):
    """Protects those who go through the report by its links: tagged as links, each to the page where its target stands."""
    squeezed = re.sub(r"\s", "", report.text)
    assert "1-1절(3쪽),1장(3쪽)" in squeezed and "첫째(<표1>,<표2>,<표3>,[그림1])" in squeezed
    with pikepdf.open(io.BytesIO(report.pdf)) as doc:
        tags = list(elements(doc.Root.StructTreeRoot))
        listed = {e.objgen for toc in tags if toc.S == "/TOC" for e in elements(toc)}
        kids = [kid for e in tags if e.S == "/Link" and e.objgen not in listed for kid in e.K]
        links = [kid.Obj for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/Obj" in kid]
        named, pages = pikepdf.NameTree(doc.Root.Names.Dests), [page.obj.objgen for page in doc.pages]
        ends = [named[str(link.Dest)] if isinstance(link.Dest, pikepdf.String) else link.Dest for link in links]
        led = [pages.index(end[0].objgen) for end in ends]
    texts = inspection.page_texts(report.pdf)
    said = [
        "각주.",
        "문장 굵게",
        "<표 1> 긴 표",
        "<표 2> 특수한 글자",
        "<표 3> 빈 표",
        "[그림 1] 안전",
        "1-1. 절",
        "1. 장",
    ]
    assert [text in texts[page] for text, page in zip(said, led, strict=True)] == [True] * len(said)


def test_same_notebook_same_bytes_in_any_folder(report, tmp_path):
    """Protects the record of the report: its hash must not hang on folder, name, clock, cell ids or counts."""
    made = []
    for number, name in enumerate(["one", "둘 셋"]):
        node = nbformat.from_dict(report.node)
        node.metadata["papermill"] = {"start_time": datetime.datetime.now().isoformat(), "duration": number}
        for i, cell in enumerate(node.cells):
            cell["id"] = f"{name.encode().hex()[:8]}-{i}"
            cell.metadata["papermill"] = {"duration": number, "start_time": datetime.datetime.now().isoformat()}
            if cell.cell_type == "code":
                cell["execution_count"] = 100 + number
        (tmp_path / name).mkdir()
        nbformat.write(node, tmp_path / name / f"{name}.ipynb")
        made.append(export_pdf(tmp_path / name / f"{name}.ipynb"))
    assert made[0] == made[1] == report.pdf


def test_a_draft_says_so_on_every_page(report):
    """Protects against a draft that is quoted as a report; in words on the cover, as headers are not read aloud."""
    pages = inspection.page_texts(report.pdf)
    assert len(pages) > 3 and all("초안" in page for page in pages)
    assert DRAFT in re.sub(r"\s+", " ", pages[0])


def test_an_approved_report_never_says_draft(notebook):
    """Protects the approved report, and lets nobody drop the mark without an approval."""
    said = "승인: 가상부서-123(2025. 8. 1.)"
    pdf = notebook.show("cover", "보고서", draft=False, approval=said).markdown("# 장\n\n글").pdf()
    assert "초안" not in text_of(pdf) and said in text_of(pdf)
    for wrong in ({"draft": False}, {"approval": said}):
        with pytest.raises(PublishError, match="표지"):
            Notebook().show("cover", "보고서", **wrong)


def test_a_character_without_glyph_is_written_out(notebook):
    """Protects the whole report from one emoji, typed or as an HTML entity, in text, table, picture, title and link."""
    chart = SimpleNamespace(svg=SVG.replace("축", "축😀"), alt=ALT, title="그림 ☃", subtitle="축")
    notebook.show("cover", "제목 😀").markdown("# 장 😀\n\n문장 \u2212 &minus; `😀`").show("chart", chart)
    text = text_of(notebook.outputs(bare(pd.DataFrame({"값": ["😀"]}))).pdf())
    assert text.count("〔U+1F600〕") >= 6 and "〔U+2212〕 〔U+2212〕" in text and "〔U+2603〕" in text
    assert fonts.printable("😀") == "〔U+1F600〕"


def test_a_long_hash_stays_in_its_cell_and_copies_whole(notebook):
    """Protects the printed hashes: no overflow into the margin, no invisible character in what a reader copies."""
    value = "0123456789abcdef" * 4
    frame = pd.DataFrame({"파일": ["아주 긴 이름을 가진 파일의 설명이 여기에 온다"], "sha256": [value]})
    text = text_of(notebook.markdown("# 장").show("table", frame, "파일").pdf())
    assert value in text.replace("\n", "")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (v4.new_output("error", ename="ValueError", evalue="나쁨", traceback=["x"]), "1번째 셀.*ValueError"),
        (v4.new_output("stream", name="stderr", text="경고: 낡은 함수\n"), "1번째 셀.*낡은 함수"),
        (v4.new_output("display_data", data={"text/markdown": "# x", "text/plain": "x"}), "text/markdown"),
        (v4.new_output("display_data", data={"application/javascript": "x"}), "application/javascript"),
        (v4.new_output("display_data", data={"image/svg+xml": SVG, "text/plain": "f"}), "대체텍스트가 비어"),
        (v4.new_output("display_data", data={"image/png": "AAAA", "text/plain": "f"}), "대체텍스트가 비어"),
        (v4.new_output("display_data", data={"text/html": "<b>a</b><img src='x.png'>"}), "<img>"),
        (v4.new_output("stream", name="stdout", text="\x1b[31m빨강"), "U\\+001B"),
        (v4.new_output("stream", name="stdout", text="\ue000"), "U\\+E000"),
    ],
)
def test_outputs_that_would_be_lost_are_refused_by_cell(notebook, cell, message):
    """Protects a batch that nobody watches: an output is printed or the build fails, naming the cell."""
    with pytest.raises(PublishError, match=message):
        notebook.outputs(cell, source="계산()").markdown("# 장").pdf()


@pytest.mark.parametrize(
    ("markdown", "message"),
    [
        ("# 장\n\n### 뛰어넘은 제목", "뛰어넘은 제목.*3수준"),
        ("## 작은 제목", "작은 제목.*첫 제목은 1수준"),
        ("제목이 없는 글", "1수준 제목도 없는데"),
        ("# 장\n\n![그림](x.png)", "2자인데"),
        (f"# 장\n\n![{ALT}](x.png)", "x.png.*찾지 못했는데"),
        ("# 장\n\n$\\없는명령{x}$", "수식"),
        ("# 장\n\n□ 글자로 적은 글머리표", "글머리표 □"),
        ("# 장\n\n<div>사라질 글</div>", "HTML 태그"),
    ],
)
def test_markdown_that_would_mislead_a_reader_is_refused(notebook, markdown, message):
    """Protects navigation by headings, pictures in Markdown cells, formulas and lists."""
    with pytest.raises(PublishError, match=message):
        notebook.markdown(markdown).pdf()


def test_a_picture_of_a_markdown_cell_is_printed(tmp_path):
    """Protects pictures that lie beside the notebook."""
    (tmp_path / "그림 1.svg").write_text(SVG, encoding="utf-8")
    node = Notebook().markdown(f"# 장\n\n![{ALT}](<그림 1.svg>)").node()
    nbformat.write(node, tmp_path / "n.ipynb")
    pdf = export_pdf(tmp_path / "n.ipynb")
    assert inspection.figure_alts(pdf) == [ALT] and "축 이름표" in text_of(pdf)


def test_remove_cell_and_large_print(notebook):
    """Protects the two switches that the exporter documents."""
    notebook.markdown("# 장\n\n보일 글").markdown("화면에만", "remove_cell")
    nbformat.validate(notebook.node())
    assert "화면에만" not in text_of(notebook.pdf())
    from dongheng.publish.exporter import DonghengPDF

    assert "보일 글" in text_of(DonghengPDF(text_size=16).from_notebook_node(notebook.node())[0])


@pytest.mark.parametrize(("wrong", "said"), [({"tables": 2}, "<표 2>"), ({"charts": 1}, r"\[그림 1\]")])
def test_a_text_that_names_what_is_not_shown_is_refused(notebook, wrong, said):
    """Protects the reader from a link to nowhere, in both editions: the cell is named, and the text that says it."""
    notebook.markdown("# 장").show("say", "높습니다.", **wrong).show("table", pd.DataFrame({"값": ["1"]}), "표")
    with pytest.raises(PublishError, match=f"2번째 셀.*보고서에 없는 곳을 가리키는 '{said}'"):
        notebook.pdf()
    with pytest.raises(PublishError, match=f"2번째 셀.*보고서에 없는 곳을 가리키는 '{said}'"):
        notebook.page()


def test_a_table_that_stays_out_is_no_target_and_no_two_have_one_name(notebook):
    """Protects links: what remove_cell takes out leads nowhere; two Documents in one notebook would both have a <표 1>."""
    notebook.markdown("# 장").show("say", "높습니다.", tables=1).show("table", pd.DataFrame({"값": ["1"]}), "표")
    notebook.cells[-1].metadata["tags"] = ["remove_cell"]
    with pytest.raises(PublishError, match="'<표 1>'"):
        notebook.pdf()
    notebook.cells[-1].metadata["tags"] = []
    notebook.doc.tables = 0
    with pytest.raises(PublishError, match="4번째 셀.*앞에서 쓴 태그 table-1"):
        notebook.show("table", pd.DataFrame({"값": ["1"]}), "표").pdf()


def test_messages_count_the_cells_as_the_notebook_does(notebook):
    """Protects the search for the cell: a cell that stays out still has its place."""
    notebook.markdown("화면에만", "remove_cell").markdown("# 장\n\n□ 글머리표")
    with pytest.raises(PublishError, match="^2번째 셀"):
        notebook.pdf()


SOURCE = f"""값 = '{"long_word " * 30}'  # '😀' $x$ #import "x" <b>
if 값:
\tprint("끝")  # \x1b[31m
``````
//dongheng {{}}"""


def test_code_is_shown_if_asked_for(notebook):
    """Protects who checks the sums: both editions can show the code, tagged as code, before the output; by default none."""
    shown = v4.new_output("stream", name="stdout", text="출력\n")
    notebook.markdown("# 장").outputs(shown, source=SOURCE).outputs(source="숨은 것")
    notebook.cells[-1].metadata["tags"] = ["remove_cell"]
    bare, pdf = notebook.pdf(), notebook.pdf(exclude_input=False)
    assert "long_word" not in text_of(bare) and tags_of(bare)["/Code"] == 1 and tags_of(pdf)["/Code"] == 2
    text = re.sub(r"\s+", " ", text_of(pdf))
    expected = SOURCE.replace("😀", "〔U+1F600〕").replace("\x1b", "〔U+001B〕")
    assert (
        re.sub(r"\s+", " ", expected) in text and text.index("dongheng {}") < text.index("출력") and "숨은" not in text
    )
    page = notebook.page(exclude_input=False).decode()
    told = html.unescape(re.search("<pre><code>(.*?)</code></pre>", page, re.DOTALL)[1])
    assert told == SOURCE.replace("\x1b", "〔U+001B〕").expandtabs(4)
    assert "long_word" not in notebook.page().decode()


def tags_of(pdf: bytes) -> Counter:
    with pikepdf.open(io.BytesIO(pdf)) as doc:
        return Counter(str(e.S) for e in elements(doc.Root.StructTreeRoot))


def test_english_is_tagged_as_english(report):
    """Protects those who listen: the paragraph changes the voice of the screen reader."""
    with pikepdf.open(io.BytesIO(report.pdf)) as doc:
        assert [str(e.Lang) for e in elements(doc.Root.StructTreeRoot) if "/Lang" in e] == ["en"]


def test_a_link_says_where_it_leads(report):
    """A screen reader tells links by what they say of themselves: a page or a name, without a comma before it."""
    with pikepdf.open(io.BytesIO(report.pdf)) as doc:
        told = [str(note.Contents) for page in doc.pages for note in page.get("/Annots", []) if "/Contents" in note]
    assert len(told) > 5 and all(re.match("[“\\w]", text) and not text.startswith("Section") for text in told), told
