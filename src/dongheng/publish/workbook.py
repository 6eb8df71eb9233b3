"""The study's tables as one Excel workbook: what the CSV files hold, under Korean headings, for an office that sorts and filters."""

from __future__ import annotations

import io
import math
import zipfile
from datetime import datetime

import pandas as pd
import xlsxwriter

from dongheng import codebook
from dongheng.codebook import MARK, NUMBER, TABLES, TEXT, WHOLE
from dongheng.errors import DataError, PublishError
from dongheng.publish.document import refuse_unprintable

GUIDE, CODES = "읽는 법", "코드북"
# Format 49 is Excel's own for text: an id stays text even when somebody types it again. The triangle is print only.
KINDS = {TEXT: ("글", 49), WHOLE: ("정수", "0"), NUMBER: ("수", '#,##0.0##;"△"#,##0.0##;0.0')}
FONT = {"font_name": "맑은 고딕", "font_size": 10, "font_scheme": "none"}
CELL = {"border": 1, "text_wrap": True, "valign": "top"}
HEAD = CELL | {"bold": True, "bg_color": "#E7E6E6", "bottom": 2, "valign": "vcenter"}
GUIDE_HEADS = [("시트 또는 표시", TEXT), ("한 줄이 뜻하는 것 또는 읽는 법", TEXT), ("줄 수", WHOLE)]
CODE_HEADS = [(head, TEXT) for head in ("시트", "CSV 파일의 이름", "CSV 파일의 칸", "시트의 칸", "종류", "단위")]
SIGNS = (
    ("예시값", "이 파일의 모든 수는 지어낸 예시값이며 실제 값이 아닙니다.", None),
    ("△", "0보다 작은 수입니다. 셀에는 음수가 들어 있어 그대로 계산할 수 있습니다. △0.0은 반올림하면 0이 되는 음수입니다.", None),
    ("빈칸", "수의 칸이 비어 있으면 미확보(얻지 못한 값)이거나 그 줄에 없는 값입니다. 칸의 제목을 보십시오. 0이 아닙니다.", None),
    ("소수", "셋째 자리까지만 보입니다. 셀에는 CSV 파일과 같은 값이 유효숫자 12자리까지 들어 있습니다.", None),
)  # fmt: skip


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
    guide += [(_sheet_name(CODES, tail), "다른 시트의 칸 하나", len(codes)), *(SIGNS if mark else SIGNS[1:])]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "default_format_properties": FONT}) as book:
        book.set_properties({"title": f"{title} {tail}".strip(), "created": datetime(1980, 1, 1)})
        for page in [(GUIDE, title, GUIDE_HEADS, guide), *pages, (CODES, CODES, CODE_HEADS, codes)]:
            _sheet(book, tail, *page)
    return _steady(content.getvalue())


def _heading(column: codebook.Column) -> str:
    return f"{column.meaning} (단위: {column.unit})" if column.unit else column.meaning


def _sheet_name(title: str, tail: str) -> str:
    return title[: 31 - len(tail)] + tail


def _sheet(book, tail: str, name: str, title: str, heads: list[tuple[str, str]], rows: list[tuple]) -> None:
    sheet = book.add_worksheet(_sheet_name(name, tail))
    top, last = 2 if tail else 1, len(heads) - 1
    _put(sheet, 0, 0, f"{title} {tail}".strip(), book.add_format({"bold": True, "font_size": 14}), "제목")
    for c in range(last + 1) if tail else ():
        box = {"bold": True, "top": 2, "bottom": 2, "left": 2 * (c == 0), "right": 2 * (c == last)}
        _put(sheet, 1, c, "" if c else f"{tail} {SIGNS[0][1]}", book.add_format(box), "예시값 표시")
    body = rows or [("해당하는 줄이 없습니다.", *[None] * last)]
    for c, (head, kind) in enumerate(heads):
        _put(sheet, top, c, head, book.add_format(HEAD), f"'{name}' 시트의 제목 줄")
        style = book.add_format(CELL | {"num_format": KINDS[kind][1]})
        for r, row in enumerate(body, start=1):
            _put(sheet, top + r, c, row[c], style, f"'{name}' 시트 '{head}' 칸 {r}째 줄")
        sheet.set_column(c, c, min(2 + max([12, *(_width(row[c]) for row in body)]), 50))
    sheet.autofilter(top, 0, top + len(rows), last), sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(0, top)  # from the title on, so that the mark stands on every printed page
    sheet.set_landscape(), sheet.set_paper(9), sheet.fit_to_pages(1, 0), sheet.set_footer("&L&A&R&P / &N")
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # no offer to make numbers of ids


def _put(sheet, r: int, c: int, value, style, where: str) -> None:
    """One cell. XlsxWriter only warns of what Excel cannot hold, and would read ``<r>…</r>`` as its own markup."""
    refuse_unprintable(str(value), where)
    if value is None or value == "" or value != value:
        trouble = sheet.write_blank(r, c, None, style)
    elif not isinstance(value, str):
        if math.isinf(value):
            raise DataError.of("publish.cell_infinite", where)
        trouble = sheet.write_number(r, c, value, style)
    elif value.startswith("<r>") and value.endswith("</r>"):
        trouble = sheet.write_rich_string(r, c, "<r>", style, value[3:], style)
    else:
        trouble = sheet.write_string(r, c, value, style)
    if trouble:
        raise PublishError.of("publish.cell_too_long", where)


def _width(value) -> int:
    """Width as printed, in Latin letters: Korean ones count double, as they do in CP949."""
    text = f"{value:,.3f}" if isinstance(value, float) else str(value)
    return max(len(line.encode("cp949", "replace")) for line in text.split("\n"))


def _steady(content: bytes) -> bytes:
    """Stored, not deflated: each zlib packs its own way, and a zip names the system it was made on. Adds the language."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w") as kept:
        for name in made.namelist():
            part = zipfile.ZipInfo(name)
            part.create_system = 0
            end = b"</cp:coreProperties>"  # stands in docProps/core.xml only
            kept.writestr(part, made.read(name).replace(end, b"<dc:language>ko</dc:language>" + end))
    return out.getvalue()
