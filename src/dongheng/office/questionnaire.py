"""One expert's questionnaire: a protected workbook out, and whatever comes back in, cell by cell with its place."""

import io
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import xlsxwriter

from dongheng.errors import DataError, DonghengError, each
from dongheng.framework import Framework
from dongheng.office import sheets
from dongheng.office.sheets import FAULTS, WORDS, Cell
from dongheng.panel import QUESTIONS as SCALE
from dongheng.publish import workbook

TEXTS = WORDS["questionnaire"]
QUESTIONS, VALID = TEXTS["questions"], TEXTS["valid"]
OWN, MIDDLE, SPREAD = BACK = [TEXTS[name] for name in ("own", "middle", "spread")]
NUMBER, PLACE, COMMENT, SUM, UNKNOWN = "번호", "속한 곳", "의견", "합계", "모름"
STAMP = re.compile(r"서식 (\S+) (\S+) (\d+)차 (\S+)")
WIDE = re.compile(r"([A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*)(?![A-Za-z0-9-]).*?(타당도|중요도|점수|의견)\W*")


class Returned(NamedTuple):
    """What one expert sent: file and line, code, stamp if it is a form, and per cell its item's cell and its heading."""

    where: str
    code: str
    stamp: tuple[str, ...]
    entries: list[tuple[Cell, str, Cell]]


def rated(framework: Framework) -> list:
    """Ids that are rated: tasks, then indicators, as the framework's table has them. Areas are given points instead."""
    return [i for i in framework.ids if framework.level(i) >= 2]


def form(framework: Framework, title: str, stamp: tuple, last: dict | None = None, comments: tuple = ()) -> bytes:
    """A questionnaire as bytes: the same ones for the same input, and no author, name or path among them.

    Parameters
    ----------
    framework : Framework
        Level 1 = areas, below it tasks and indicators; ``name_ko`` holds the wording.
    title : str
        The study's name as experts know it.
    stamp : tuple
        Study, edition, round and expert code; it stands in the first cell of every sheet, so that the file may be
        renamed and a sheet be lost.
    last : dict, optional
        By (id, question), for every one of them: the expert's own last answer, the group's median with quartiles and
        its distribution, all as text. None = a form without looking back.
    comments : tuple
        Rows of id, wording, comment: what was said in the last round, for a sheet of its own.
    """
    told, names, areas = "서식 {} {} {}차 {}".format(*stamp), framework.table["name_ko"], framework.at_level(1)
    items, share = rated(framework), f"100점을 {len(areas)}개 영역에 나누기"
    back, pages = [] if last is None else BACK, []
    asks = ("과제와 지표", "과제·지표", items, ["타당도", "중요도"]), ("영역 점수", share, areas, ["점수"])
    for name, what, ids, asked in asks:
        heads = [NUMBER, PLACE, what, *(f"{q} {b}".strip() for q in asked for b in ("", *back)), COMMENT]
        above = [names[framework.ancestor(i, framework.level(i) - 1)] for i in ids]
        beside = [[t for q in asked for t in ("", *(last[i, QUESTIONS[q]] if back else ()))] for i in ids]
        pages.append((name, heads, [(i, a, names[i], *b, "") for i, a, b in zip(ids, above, beside, strict=True)]))
    if back:
        pages.append(("지난 의견", [NUMBER, "과제·지표", "지난 의견"], comments or [("", "", "모은 의견이 없습니다.")]))
    head = f"{title} 전문가 조사 {stamp[2]}차 (지표체계 {stamp[1]}, 코드 {stamp[3]})"
    guide = TEXTS["guide"] + (TEXTS["guide_back"] if back else "")
    lines = guide.format(share=share, own=OWN, middle=MIDDLE, spread=SPREAD).splitlines()
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "default_format_properties": workbook.FONT}) as book:
        book.set_properties({"created": datetime(1980, 1, 1)})
        for name, heads, rows in (("읽는 법", [head], [(line,) for line in lines]), *pages):
            _sheet(book, told, name, heads, rows)
    return workbook.steady(content.getvalue())


def _sheet(book, told: str, name: str, heads: list[str], rows: list[tuple]) -> None:
    """Locked without a password but for the answers, which have a colour and a dashed border."""
    sheet, last = book.add_worksheet(name), len(rows) + 1
    head, fixed = book.add_format(workbook.HEAD), book.add_format(workbook.CELL | {"num_format": 49})
    answer = book.add_format(workbook.CELL | {"bg_color": "#FFF7D6", "border": 4, "locked": False})
    workbook.put(sheet, 0, 0, told, book.add_format({"font_size": 8}), name)
    for c, heading in enumerate(heads):
        workbook.put(sheet, 1, c, heading, head, name)
        for r, row in enumerate(rows, start=2):
            to_fill = heading in (*QUESTIONS, COMMENT)
            workbook.put(sheet, r, c, row[c], answer if to_fill else fixed, f"'{name}' 시트 {r + 1}행")
        widths = [len(heading) * 1.6, 40 * (heading == COMMENT), *(workbook.width(row[c]) for row in rows)]
        sheet.set_column(c, c, min(max(widths) + 1, 44 if len(heads) > 1 else 120))
        if heading in QUESTIONS:
            sheet.data_validation(2, c, last, c, VALID[QUESTIONS[heading]])
        if heading == "점수":
            for at, text in ((0, SUM), (2, "100이 되어야 합니다")):
                workbook.put(sheet, last + 1, at, text, head, name)
            cells = [xlsxwriter.utility.xl_rowcol_to_cell(r, c) for r in (2, last)]
            sheet.write_formula(last + 1, c, f"=SUM({':'.join(cells)})", head, 0)
    sheet.freeze_panes(2, 3 if len(heads) > 3 else 0), sheet.repeat_rows(0, 1)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.set_landscape(), sheet.set_paper(9), sheet.fit_to_pages(1, 0), sheet.set_footer("&L&A&R&P / &N")
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


# --- what came back -------------------------------------------------------------------------------------------------


def read(path: Path, problems: list[DonghengError]) -> Iterator[Returned]:
    """The experts of a returned file: one of a form, one per row of a survey service's table.

    Parameters
    ----------
    path : Path
        A form under any name, with rows or columns added or moved; or a workbook or CSV (UTF-8, CP949) with a column
        ``expert`` and columns like ``4-3 타당도``, ``housing 점수``, ``4-3 의견``.
    problems : list
        Grows by what keeps the file from being read.
    """
    try:
        grids = _grids(path)
    except DonghengError as error:
        problems += each(error)
        return
    stamps = {found.groups() for grid in grids for row in grid for cell in row if (found := STAMP.fullmatch(cell.text))}
    wide = [(grid, row) for grid in grids for row in grid if any(cell.text == "expert" for cell in row)]
    if len(stamps) > 1:
        problems.append(DataError.of("office.stamps_differ", path.name, codes=", ".join(sorted(s[3] for s in stamps))))
    elif stamps:
        *stamp, code = stamps.pop()
        yield Returned(path.name, code, tuple(stamp), [entry for grid in grids for entry in _entries(grid, code)])
    elif not wide:
        problems.append(DataError.of("office.no_stamp", path.name))
    else:
        grid, head = wide[0]
        told = [(c, _of(cell, path.name), WIDE.fullmatch(cell.text)) for c, cell in enumerate(head)]
        heads = [(c, cell._replace(text=found[1]), found[2]) for c, cell, found in told if found]
        for row in grid[grid.index(head) + 1 :]:
            who = next(cell for cell, told in zip(row, head, strict=True) if told.text == "expert")
            entries = [(item, what, _of(row[c], f"{who.text} {path.name}")) for c, item, what in heads]
            if who.text or any(cell.text for _, _, cell in entries):
                yield Returned(f"{path.name} {who.where}", who.text, (), entries)


def _entries(grid: list[list[Cell]], code: str) -> Iterator[tuple[Cell, str, Cell]]:
    """The answers of one sheet of a form: columns by heading, rows by the id that stands in them."""
    texts = [[cell.text for cell in row] for row in grid]
    top = next((n for n, row in enumerate(texts) if NUMBER in row and QUESTIONS.keys() & row), len(grid))
    for row in grid[top + 1 :]:
        item = row[texts[top].index(NUMBER)]
        for heading, cell in zip(texts[top], row, strict=True):
            if heading in (*QUESTIONS, COMMENT) and item.text != SUM:
                yield _of(item, code), heading, _of(cell, code)


def _of(cell: Cell, whose: str) -> Cell:
    return cell._replace(where=f"{whose} {cell.where}")


def _grids(path: Path) -> list[list[list[Cell]]]:
    """Every sheet as rows of cells; a CSV is one sheet."""
    DataError.unless(path.suffix.lower() in (".xlsx", ".csv"), "office.kind_unknown", path.name)
    if path.suffix.lower() == ".csv":
        table = sheets.read(path)
        body = [[Cell(f"{n}행 '{h}' 칸", t) for h, t in row.items()] for n, row in table.iterrows()]
        return [[[Cell("1행", head) for head in table.columns], *body]]
    return [
        [[Cell(f"'{title}' {c.where}", " ".join(c.text.split()), c.fault) for c in row] for row in grid]
        for title, grid in sheets.grids(path).items()
    ]


def grade(cell: Cell, question: str) -> tuple[str, str, DataError | None]:
    """A cell as answer and state (answered, unknown, blank), and what is wrong with it; then it is blank."""
    text, (lower, upper), points = unicodedata.normalize("NFKC", cell.text), SCALE[question], question == "points"
    if not cell.fault:
        number = float(text) if re.fullmatch(r"[0-9]+(\.[0-9]*)?", text) else -1.0
        if lower <= number <= upper and (points or number.is_integer()):
            return f"{number:.12g}", "answered", None
        if not text or "".join(text.split()) in (UNKNOWN, "평가불가", f"{UNKNOWN}/평가불가"):
            return "", "unknown" if text else "blank", None
    key = FAULTS.get(cell.fault, "office.off_points" if points else "office.off_scale")
    return "", "blank", DataError.of(key, cell.where, told=text if len(text) <= 30 else text[:29] + "…")
