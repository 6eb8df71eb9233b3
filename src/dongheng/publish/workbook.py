"""The study's tables as one Excel workbook: what the CSV files hold, under Korean headings, for an office that sorts and filters."""

import io
import math
import tomllib
import zipfile
from datetime import datetime
from pathlib import Path

import pandas as pd
import xlsxwriter

from dongheng import codebook
from dongheng.codebook import MARK, NUMBER, TABLES, TEXT, WHOLE
from dongheng.errors import DataError, PublishError
from dongheng.publish.document import refuse_unprintable

# Format 49 is Excel's own for text: an id stays text even when somebody types it again. The triangle is print only.
KINDS = {TEXT: ("글", 49), WHOLE: ("정수", "0"), NUMBER: ("수", '#,##0.0##;"△"#,##0.0##;0.0')}
FONT = {"font_name": "맑은 고딕", "font_size": 10, "font_scheme": "none"}
CELL = {"border": 1, "text_wrap": True, "valign": "top"}
HEAD = CELL | {"bold": True, "bg_color": "#E7E6E6", "bottom": 2, "valign": "vcenter"}
TEXTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def workbook(tables: dict[str, pd.DataFrame], title: str, mark: str = "") -> bytes:
    """One sheet per table, before them how to read them, after them the codebook.

    Parameters
    ----------
    tables : dict of DataFrame
        By name, in the order of the sheets; names, columns and kinds are those of :data:`dongheng.codebook.TABLES`.
        NaN and an empty text become an empty cell. A table without rows becomes a heading and one row that says so.
    title : str
        Title of the workbook, as in ``2024년 서울시 약자동행지수``.
    mark : str
        The word for a study of made-up figures, 예시값: it ends every title and sheet name, stands in a box on top of
        every sheet and printed page, and in every row of a table, as in the CSV files. Empty = the figures are real.

    Returns
    -------
    bytes
        The .xlsx file: the same bytes for the same tables on any day, system and Python. Numbers are those of
        :func:`dongheng.codebook.as_csv` (12 significant digits), printed with up to three decimals. Text is never
        taken for a number, a date, a link or a formula.

    Raises
    ------
    DataError
        A table or column that is not the codebook's, or an infinite value.
    PublishError
        A control or private-use character, or a text of over 32,767 characters, which Excel would cut.

    Notes
    -----
    A sheet's name over Excel's 31 characters is cut before the mark; its row 1 has the whole.
    """
    tail, extra = (f"({mark})", {MARK: mark}) if mark else ("", {})
    guide, pages, codes = [], [], []
    for name, table in tables.items():
        kept = codebook.from_csv(name, io.BytesIO(codebook.as_csv(name, table))).assign(**extra)
        entry, sheet = TABLES[name], _sheet_name(TABLES[name].title, tail)
        columns = entry.columns | {c: codebook.Column(TEXT, f"모든 줄이 {mark}임") for c in extra}
        heads = [(_heading(c), c.kind) for c in columns.values()]
        guide.append((sheet, entry.row, len(kept)))
        pages.append((entry.title, entry.title, heads, list(kept.itertuples(index=False, name=None))))
        codes += [(sheet, name, column, _heading(c), KINDS[c.kind][0], c.unit) for column, c in columns.items()]
    guide += [(_sheet_name(TEXTS["codes"], tail), TEXTS["codes_row"], len(codes)), *TEXTS["signs"][not mark :]]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "default_format_properties": FONT}) as book:
        book.set_properties({"title": f"{title} {tail}".strip(), "created": datetime(1980, 1, 1)})
        _sheet(book, tail, TEXTS["guide"], title, list(TEXTS["guide_heads"].items()), guide)
        for page in [*pages, (TEXTS["codes"], TEXTS["codes"], list(TEXTS["code_heads"].items()), codes)]:
            _sheet(book, tail, *page)
    return steady(content.getvalue())


def _heading(column: codebook.Column) -> str:
    return f"{column.meaning} (단위: {column.unit})" if column.unit else column.meaning


def _sheet_name(title: str, tail: str) -> str:
    return title[: 31 - len(tail)] + tail


def _sheet(book, tail: str, name: str, title: str, heads: list[tuple[str, str]], rows: list[tuple]) -> None:
    sheet = book.add_worksheet(_sheet_name(name, tail))
    top, last = 2 if tail else 1, len(heads) - 1
    put(sheet, 0, 0, f"{title} {tail}".strip(), book.add_format({"bold": True, "font_size": 14}), "제목")
    for c in range(last + 1) if tail else ():
        box = {"bold": True, "top": 2, "bottom": 2, "left": 2 * (c == 0), "right": 2 * (c == last)}
        put(sheet, 1, c, "" if c else f"{tail} {TEXTS['signs'][0][1]}", book.add_format(box), "예시값 표시")
    body = rows or [("해당하는 줄이 없습니다.", *[None] * last)]
    for c, (head, kind) in enumerate(heads):
        put(sheet, top, c, head, book.add_format(HEAD), f"'{name}' 시트의 제목 줄")
        style = book.add_format(CELL | {"num_format": KINDS[kind][1]})
        for r, row in enumerate(body, start=1):
            put(sheet, top + r, c, row[c], style, f"'{name}' 시트 '{head}' 칸 {r}째 줄")
        sheet.set_column(c, c, min(2 + max([12, *(width(row[c]) for row in body)]), 50))
    sheet.autofilter(top, 0, top + len(rows), last), sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(0, top)  # from the title on, so that the mark stands on every printed page
    sheet.set_landscape(), sheet.set_paper(9), sheet.fit_to_pages(1, 0), sheet.set_footer("&L&A&R&P / &N")
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # no offer to make numbers of ids


def put(sheet, r: int, c: int, value, style, where: str) -> None:
    """One cell. XlsxWriter only warns of what Excel cannot hold, and would read ``<r>…</r>`` as its own markup."""
    refuse_unprintable(str(value), where)
    if value is None or value == "" or value != value:
        trouble = sheet.write_blank(r, c, None, style)
    elif not isinstance(value, str):
        DataError.unless(not math.isinf(value), "publish.cell_infinite", where)
        trouble = sheet.write_number(r, c, value, style)
    elif value.startswith("<r>") and value.endswith("</r>"):
        trouble = sheet.write_rich_string(r, c, "<r>", style, value[3:], style)
    else:
        trouble = sheet.write_string(r, c, value, style)
    PublishError.unless(not trouble, "publish.cell_too_long", where)


def width(value) -> int:
    """Width as printed, in Latin letters: Korean ones count double, as they do in CP949."""
    text = f"{value:,.3f}" if isinstance(value, float) else str(value)
    return max(len(line.encode("cp949", "replace")) for line in text.split("\n"))


def steady(content: bytes) -> bytes:
    """Stored, not deflated: each zlib packs its own way, and a zip names the system it was made on. Adds the language."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w") as kept:
        for name in made.namelist():
            part = zipfile.ZipInfo(name)
            part.create_system = 0
            end = b"</cp:coreProperties>"  # stands in docProps/core.xml only
            kept.writestr(part, made.read(name).replace(end, b"<dc:language>ko</dc:language>" + end))
    return out.getvalue()
