"""What a notebook of the report calls to show things: each shows itself in JupyterLab and tells the exporter what it is."""

import html
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pandas as pd
from IPython.display import display
from jinja2 import Template

from dongheng.errors import PublishError

COVER = "application/vnd.dongheng.cover+json"
ATTACHMENT = "application/vnd.dongheng.attachment+json"
DRAFT = "초안: 승인한 문서번호가 기록될 때까지 이 보고서의 모든 쪽에 초안이라고 적습니다."
ALT_LENGTH = (60, 250)
MARKERS = ("□", "○", "-")
TAG = re.compile(r"(?!table-|figure-|toc-|fn|footnotes)[a-z][a-z0-9-]*")  # the others are names of other things
NUMBER = r"△?-?[\d,]+(\.\d+)?(%p|%|p|r|회|개|명)?"
NUMERIC = re.compile(f"{NUMBER}(~{NUMBER})?( 미만)?")
NO_NUMBER = {"-", "…", "미확보"}
TABLE = Template((Path(__file__).parent / "templates/table.html.j2").read_text(encoding="utf-8"))


def refuse_unprintable(text: str, where: str) -> None:
    """Refuse control and private-use characters: no font shows them and no screen reader says them."""
    for c in dict.fromkeys(text):
        if c not in "\n\t\r" and unicodedata.category(c) in ("Cc", "Co", "Cs"):
            raise PublishError.of("publish.unprintable", where, code=ord(c))


def alt_problem(alt: str, caption: str, file_name: str = "") -> str:
    """What is wrong with an alternative text; empty if nothing is.

    Parameters
    ----------
    alt, caption : str
        The alternative text and the caption of the same picture.
    file_name : str, optional
        Where the picture comes from, if that is known.

    Returns
    -------
    str
        A clause that ends in -는데 or -인데, or an empty string.
    """
    said = " ".join(alt.split())
    if not said:
        return "비어 있는데"
    if re.fullmatch(r"[\w.+-]+/[\w.+-]+", said):
        return f"파일 형식('{said}')인데"
    if said == file_name or re.fullmatch(r"\S+\.(svg|png|jpe?g|gif|pdf|webp)", said, re.IGNORECASE):
        return f"파일 이름('{said}')인데"
    if said in (bare := " ".join(caption.split()), re.sub(r"^\[그림 \d+\] ", "", bare)):
        return "그림 제목과 같은데"
    return "" if ALT_LENGTH[0] <= len(said) <= ALT_LENGTH[1] else f"{len(said)}자인데"


def refuse_alt(where: str, alt: str, caption: str, file_name: str = "") -> None:
    """Refuse a picture at `where` for what :func:`alt_problem` finds."""
    found = alt_problem(alt, caption, file_name)
    PublishError.unless(not found, "publish.alt", where, found=found)


class Refs(str):
    """Names of sections, as in ``1-3절, 2-1절``; in a cell, list or paragraph of its own each leads to its section."""

    links: tuple[tuple[str, str], ...] = ()  # tag and name


def _link(tag: str, name: str, kind: str) -> str:
    return f'<a href="#{tag}" class="{kind}">{html.escape(name)}</a>'


def _escape(text: str, where: str) -> str:
    PublishError.unless(isinstance(text, str) and text.strip(), "publish.no_text", where, text=text)
    refuse_unprintable(text, where)
    if isinstance(text, Refs):
        return ", ".join(_link(tag, name, "section") for tag, name in text.links)
    return html.escape(text)


class Document:
    """A report as it is written, one call after the other, with running numbers for tables and figures.

    Parameters
    ----------
    mark : str
        예시값 for a study of made-up figures, else empty. With it the title, every caption, every table of figures,
        every chart and every finding says so, and a chart that does not is refused; without it a chart that does is.
    """

    def __init__(self, mark: str = ""):
        self.mark, self.tables, self.figures = mark, 0, 0
        self.chapters, self.kind, self.level, self.below = Counter(), "", 0, 0  # where the last heading stands
        self.names: dict[str, str] = {}  # tag of a heading: what a text calls it

    def _marked(self, text: str) -> str:
        return f"{text} ({self.mark})" if self.mark else text

    def _said(self, text: str, where: str, findings: bool = False, shown: str = "") -> str:
        """A text with the tables and charts that bear it out, inside its last sentence, and the mark of a finding."""
        said = _escape(text, where)
        if shown:
            said = f"{said[:-1]}{shown}." if said.endswith(".") else f"{said} {shown}"
        return f"{said} (예시)" if findings and self.mark else said

    def _shown(self, tables: int, charts: int) -> str:
        """Links to the next so many tables and charts, in brackets."""
        numbers = range(self.tables + 1, self.tables + tables + 1), range(self.figures + 1, self.figures + charts + 1)
        links = [_link(f"table-{n}", f"<표 {n}>", "shown") for n in numbers[0]]
        drawn = [_link(f"figure-{n}", f"[그림 {n}]", "shown") for n in numbers[1]]
        parts = [part if len(part) <= 3 else [f"{part[0]}~{part[-1]}"] for part in (links, drawn)]
        return f"({', '.join(sum(parts, []))})" if tables or charts else ""

    def cover(self, title: str, subtitle: str = "", lines=(), draft: bool = True, approval: str = "",
              publication_number: str = "", notice: str = "") -> None:  # fmt: skip
        """Say what stands on the cover and, the title, at the head of each page.

        Parameters
        ----------
        title, subtitle : str
            Title of the report; also the title that a reader program shows.
        lines : sequence of str
            Institute, date, year of the data: at the foot of the cover.
        draft : bool
            True prints 초안 on every page and says why on the cover.
        approval : str
            Who approved with which document number; needed once `draft` is False, refused before.
        publication_number : str
            발간등록번호, top left; empty prints nothing.
        notice : str
            What a reader must know before the first number, in a box on the cover.
        """
        where = "표지"
        PublishError.unless(draft != bool(approval.strip()), "publish.approval", where, draft=draft, approval=approval)
        title = self._marked(title)
        texts = {"title": title, "subtitle": subtitle, "approval": approval, "notice": notice}
        texts["publication_number"] = publication_number
        said = [subtitle, notice, DRAFT if draft else approval, *lines, publication_number]
        shown = [f"<h1>{_escape(title, where)}</h1>", *(f"<p>{_escape(s, where)}</p>" for s in said if s)]
        data = {key: " ".join(text.split()) for key, text in texts.items()}
        data |= {"lines": [" ".join(line.split()) for line in lines], "draft": draft}
        display({"text/html": "\n".join(shown), COVER: data}, raw=True)

    def attach(self, name: str, text: str, mime: str, description: str) -> None:
        """Attach a text file to the PDF.

        Parameters
        ----------
        name, text, mime, description : str
            File name, content, mimetype, and what it is, in a sentence.
        """
        name = re.sub(r"(?=\.[^.]*$)", f"_{self.mark}", name) if self.mark else name
        _escape(name, "첨부 파일"), _escape(description, f"첨부 파일 {name}의 설명")
        data = {"name": name, "text": text, "mime": mime, "description": description}
        display({"text/plain": f"PDF에 첨부: {name} ({description})", ATTACHMENT: data}, raw=True)

    def heading(self, text: str, tag: str, level: int = 1, kind: str = "chapter", findings: bool = False) -> None:
        """Show a heading with its number.

        Parameters
        ----------
        text, tag : str
            What it says, without a number, and how :meth:`refs` finds it: small letters, digits, hyphens, once in a
            report.
        level : int
            1 for a chapter, 2 and 3 below it.
        kind : str
            Of a chapter: ``chapter`` (numbers ``1.``, below it ``1-1.``), ``appendix`` (``부록 1.``) or ``front`` (no
            number). What stands below it follows it; level 3 has no number.
        findings : bool
            See :meth:`say`.
        """
        where = f"제목 '{text}'"
        PublishError.unless(TAG.fullmatch(tag) and tag not in self.names, "publish.heading_tag", where, tag=tag)
        fine = 1 <= level <= min(3, self.level + 1) and kind in ("chapter", "appendix", "front")
        PublishError.unless(fine, "publish.heading_level", where, level=level, before=self.level, kind=kind)
        self.level = level
        if level == 1:
            self.kind, self.below = kind, 0
            self.chapters[kind] += 1
        self.below += level == 2
        n, m = self.chapters[self.kind], self.below
        named = {("chapter", 1): (f"{n}. ", f"{n}장"), ("chapter", 2): (f"{n}-{m}. ", f"{n}-{m}절")}
        named["appendix", 1] = (f"부록 {n}. ", f"부록 {n}")
        number, self.names[tag] = named.get((self.kind, level), ("", f"'{text}'"))
        shown = number + self._said(text, where, findings)
        display({"text/html": f'<h{level} id="{tag}">{shown}</h{level}>'}, raw=True)

    def refs(self, *tags: str) -> Refs:
        """What a text calls the sections of these tags, as in ``1-3절, 2-1절``; each name leads to its section.

        It does so in a cell of a table, in an item of a list and as a paragraph, as long as nothing is added to it.
        """
        for tag in tags:
            PublishError.unless(tag in self.names, "publish.no_section", f"태그 '{tag}'", known=", ".join(self.names))
        refs = Refs(", ".join(self.names[tag] for tag in tags))
        refs.links = tuple((tag, self.names[tag]) for tag in tags)
        return refs

    def section(self) -> None:
        """Begin a section: with a mark, a box says that its figures are made up; without one nothing is shown."""
        if self.mark:
            self.box(self.mark, "가상시의 수로, 계산 절차를 보이려고 만든 값이며 실제 도시의 실적이 아닙니다.")

    def say(self, *items, findings: bool = False, tables: int = 0, charts: int = 0) -> None:
        """Show texts as a nested list with the marks □ ○ -.

        Parameters
        ----------
        *items : str or (str, list)
            A text, or a text with the list of what stands below it; at most three levels.
        findings : bool
            True where the texts rest on the study's figures: with a mark each then ends in (예시).
        tables, charts : int
            How many of the tables and charts that follow bear the first item out: it then ends in links to them, as in
            ``(<표 3>, <표 4>, [그림 2])``.
        """
        display({"text/html": self._list(items, 0, findings, self._shown(tables, charts))}, raw=True)

    def _list(self, items, level: int, findings: bool, shown: str = "") -> str:
        PublishError.unless(level < len(MARKERS), "publish.list_too_deep", "목록")
        parts = [f"<ul style=\"list-style-type:'{MARKERS[level]} '\">"]
        for item in items:
            text, below = (item, []) if isinstance(item, str) else item
            PublishError.unless(not re.match(r"\s*[□○ㅇ•◦·▪-]\s", text), "publish.list_mark", f"목록의 '{text}'")
            inner = "\n" + self._list(below, level + 1, findings) if below else ""
            parts.append(f"<li>{self._said(text, '목록', findings, shown)}{inner}</li>")
            shown = ""
        return "\n".join([*parts, "</ul>"])

    def paragraph(self, text: str, findings: bool = False, tables: int = 0, charts: int = 0, lang: str = "") -> None:
        """Show one paragraph; every character stands for itself. For what is not told here see :meth:`say`.

        Parameters
        ----------
        lang : str
            Code of its language if that is not Korean, as ``en``: a screen reader changes its voice.
        """
        shown = f"<p>{self._said(text, '문단', findings, self._shown(tables, charts))}</p>"
        display({"text/html": f'<div lang="{html.escape(lang)}">{shown}</div>' if lang else shown}, raw=True)

    def box(self, label: str, text: str) -> None:
        """Show a boxed notice, as in ``(목적) ...``."""
        inner = f"<p><strong>({_escape(label, '상자')})</strong> {_escape(text, '상자')}</p>"
        shown = f'<div class="notice" style="border:1px solid #B8BFC7;padding:0 1em">{inner}</div>'
        display({"text/html": shown}, raw=True)

    def table(self, frame: pd.DataFrame, title: str, *, unit: str = "", source: str = "", notes=(),
              widths=(), empty: str = "", figures: bool = True) -> int:  # fmt: skip
        """Show a table of ready-made texts; its first column heads the rows, columns of numbers stand right.

        Parameters
        ----------
        frame : pandas.DataFrame
            Cells and column names are non-empty strings; the index is not shown.
        title : str
            Shown above as ``<표 1> title``.
        unit, source : str
            ``(단위: unit)`` above on the right, ``자료: source`` below.
        notes : sequence of str
            Below, as ``주: 1) ... 2) ...``.
        widths : sequence of float, optional
            Relative widths; by default they follow from the texts.
        empty : str
            Why there is no row; needed if there is none.
        figures : bool
            False for a table without figures of the study: it carries no mark.

        Returns
        -------
        int
            Number of the table.
        """
        if self.mark and figures:
            title, frame = self._marked(title), frame.assign(자료="예시")
            widths = widths and [*widths, 0.08 * sum(widths)]
        where = f"표 '{title}'"
        columns = [_escape(c, f"{where}의 열 이름") for c in frame.columns]
        rows = [[_escape(v, f"{where} {r}행 '{c}' 열") for c, v in zip(columns, row, strict=True)]
                for r, row in enumerate(frame.itertuples(index=False, name=None), 1)]  # fmt: skip
        facts = {"columns": len(columns), "rows": len(rows), "empty": empty, "widths": widths}
        PublishError.unless(columns and bool(rows) != bool(empty), "publish.table_empty", where, **facts)
        PublishError.unless(len(widths or columns) == len(columns), "publish.table_layout", where, **facts)
        self.tables += 1
        # A column that holds numbers and nothing else but signs for a missing one stands right.
        said = [{row[c] for row in rows} - NO_NUMBER for c in range(1, len(columns))]
        sides = ["left", *("right" if cells and all(map(NUMERIC.fullmatch, cells)) else "left" for cells in said)]
        told = {"title": title, "unit": unit, "source": source, "empty": empty}
        told = {name: text and _escape(text, where) for name, text in told.items()}
        told |= {"notes": [_escape(note, where) for note in notes], "heads": [*zip(columns, sides, strict=True)]}
        shown = TABLE.render(number=self.tables, rows=rows, widths=widths, **told)
        display({"text/html": shown}, raw=True)
        return self.tables

    def chart(self, chart) -> int:
        """Show a chart with its caption ``[그림 1] title`` below.

        Parameters
        ----------
        chart : dongheng.charts.Chart
            Anything with ``svg``, ``alt``, ``title``, ``subtitle``.

        Returns
        -------
        int
            Number of the figure.
        """
        where = f"그림 '{chart.title}'"
        caption = f"[그림 {self.figures + 1}] {self._marked(chart.title)}"
        if {"예시값" in text for text in (chart.alt, chart.subtitle)} != {bool(self.mark)}:
            raise PublishError.of("publish.chart_unmarked" if self.mark else "publish.chart_marked", where)
        refuse_alt(where, chart.alt, caption)
        _escape(chart.title, where), refuse_unprintable(chart.svg, where)
        self.figures += 1
        label, under = html.escape(chart.alt), html.escape(caption)
        said = f'id="figure-{self.figures}" role="img" aria-label="{label}"'
        shown = f"<figure {said}>{chart.svg}<figcaption>{under}</figcaption></figure>"
        about = {"image/svg+xml": {"alt": chart.alt, "caption": caption, "number": self.figures}}
        display({"text/html": shown, "image/svg+xml": chart.svg, "text/plain": caption}, raw=True, metadata=about)
        return self.figures
