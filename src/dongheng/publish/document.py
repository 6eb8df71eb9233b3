"""What a notebook of the report calls to show things: each shows itself in JupyterLab and tells the exporter what it is."""

import html
import re
import unicodedata

import pandas as pd
from IPython.display import display

from dongheng.errors import PublishError

COVER = "application/vnd.dongheng.cover+json"
ATTACHMENT = "application/vnd.dongheng.attachment+json"
DRAFT = "초안: 승인한 문서번호가 기록될 때까지 이 보고서의 모든 쪽에 초안이라고 적습니다."
ALT_LENGTH = (60, 250)
MARKERS = ("□", "○", "-")
NUMBER = r"△?-?[\d,]+(\.\d+)?(%p|%|p|r|회|개|명)?"
NUMERIC = re.compile(f"{NUMBER}(~{NUMBER})?( 미만)?")
NO_NUMBER = {"-", "…", "미확보"}


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


def _escape(text: str, where: str) -> str:
    PublishError.unless(isinstance(text, str) and text.strip(), "publish.no_text", where, text=text)
    refuse_unprintable(text, where)
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

    def _marked(self, text: str) -> str:
        return f"{text} ({self.mark})" if self.mark else text

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
        data = {"title": title, "subtitle": subtitle, "lines": list(lines), "draft": draft, "approval": approval}
        data |= {"publication_number": publication_number, "notice": notice}
        said = [subtitle, notice, DRAFT if draft else approval, *lines, publication_number]
        shown = [f"<h1>{_escape(title, where)}</h1>", *(f"<p>{_escape(s, where)}</p>" for s in said if s)]
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

    def section(self) -> None:
        """Begin a section: with a mark, a box says that its figures are made up; without one nothing is shown."""
        if self.mark:
            self.box(self.mark, "가상시의 수로, 계산 절차를 보이려고 만든 값이며 실제 도시의 실적이 아닙니다.")

    def say(self, *items, findings: bool = False) -> None:
        """Show texts as a nested list with the marks □ ○ -.

        Parameters
        ----------
        *items : str or (str, list)
            A text, or a text with the list of what stands below it; at most three levels.
        findings : bool
            True where the texts rest on the study's figures: with a mark each then ends in (예시).
        """
        display({"text/html": self._list(items, 0, " (예시)" if findings and self.mark else "")}, raw=True)

    def _list(self, items, level: int, end: str = "") -> str:
        PublishError.unless(level < len(MARKERS), "publish.list_too_deep", "목록")
        parts = [f"<ul style=\"list-style-type:'{MARKERS[level]} '\">"]
        for item in items:
            text, below = (item, []) if isinstance(item, str) else item
            PublishError.unless(not re.match(r"\s*[□○ㅇ•◦·▪-]\s", text), "publish.list_mark", f"목록의 '{text}'")
            inner = "\n" + self._list(below, level + 1, end) if below else ""
            parts.append(f"<li>{_escape(text + end, '목록')}{inner}</li>")
        return "\n".join([*parts, "</ul>"])

    def paragraph(self, text: str, findings: bool = False) -> None:
        """Show one paragraph; every character stands for itself. For `findings` see :meth:`say`."""
        end = " (예시)" if findings and self.mark else ""
        display({"text/html": f"<p>{_escape(text + end, '문단')}</p>"}, raw=True)

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
        head = f"&lt;표 {self.tables}&gt; {_escape(title, where)}"
        head += f' <span class="unit" style="float:right">(단위: {_escape(unit, where)})</span>' if unit else ""
        parts = [f'<table><caption style="text-align:left">{head}</caption>']
        shares = "".join(f'<col style="width:{100 * w / sum(widths):.4f}%">' for w in widths)
        parts += [f"<colgroup>{shares}</colgroup>"] * bool(shares)
        # A column that holds numbers and nothing else but signs for a missing one stands right.
        said = [{row[c] for row in rows} - NO_NUMBER for c in range(1, len(columns))]
        sides = ["left", *("right" if cells and all(map(NUMERIC.fullmatch, cells)) else "left" for cells in said)]
        styles = [f' style="text-align:{side}"' for side in sides]
        heads = "".join(f'<th scope="col"{s}>{c}</th>' for c, s in zip(columns, styles, strict=True))
        parts.append(f"<thead><tr>{heads}</tr></thead><tbody>")
        for first, *others in rows:
            cells = "".join(f"<td{s}>{c}</td>" for c, s in zip(others, styles[1:], strict=True))
            parts.append(f'<tr><th scope="row"{styles[0]}>{first}</th>{cells}</tr>')
        parts.append("</tbody></table>")
        if empty:
            parts.append(f"<p>{_escape(empty, where)}</p>")
        numbered = " ".join(f"{n}) {_escape(note, where)}" for n, note in enumerate(notes, 1))
        below = {"자료": source and _escape(source, where), "주": numbered}
        parts += [f'<div class="note">{head}: {text}</div>' for head, text in below.items() if text]
        parts = ['<div class="keep">', *parts, "</div>"] if len(rows) <= 25 else parts
        display({"text/html": "\n".join(parts)}, raw=True)
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
        shown = f'<figure role="img" aria-label="{label}">{chart.svg}<figcaption>{under}</figcaption></figure>'
        about = {"image/svg+xml": {"alt": chart.alt, "caption": caption}}
        display({"text/html": shown, "image/svg+xml": chart.svg, "text/plain": caption}, raw=True, metadata=about)
        return self.figures
