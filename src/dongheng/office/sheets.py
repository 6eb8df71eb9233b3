"""Workbooks and office CSVs in: every cell as text, each row under its number in the sheet."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd

from dongheng import rawdata
from dongheng.errors import DataError, DonghengError, ProblemList

ENCODINGS = ("utf-8-sig", "cp949")


def find(folder: Path, stem: str) -> Path | None:
    """The office's file of that name in a folder: ``stem.xlsx`` or ``stem.csv``; ``DataError`` if there are both."""
    there = [folder / f"{stem}{suffix}" for suffix in (".xlsx", ".csv") if (folder / f"{stem}{suffix}").is_file()]
    if len(there) > 1:
        raise DataError.of("office.two_files", folder.as_posix(), one=there[0].name, other=there[1].name)
    return there[0] if there else None


def read(path: Path) -> pd.DataFrame:
    """A table of text from the first sheet of a workbook or from a CSV in UTF-8 or CP949.

    Returns
    -------
    DataFrame
        Text, blank = empty text; the index is the row of the sheet, or the line of the file. A cell that Excel shows
        as a percentage is its percentage (``20.65``, not ``0.2065``); a date stands as ``2026-03-03``, so that an id
        which Excel took for a date is seen.

    Raises
    ------
    DataError, ProblemList
        As :func:`dongheng.rawdata.read_table`; for a workbook also one that cannot be opened, a formula, merged cells.
    """
    if path.suffix.lower() != ".xlsx":
        return rawdata.read_table(path.parent, Path(path.name), ENCODINGS)
    import openpyxl

    try:
        sheet = openpyxl.load_workbook(path).worksheets[0]
    except Exception as error:  # openpyxl raises whatever its zip and XML readers do
        raise DataError.of("office.unreadable", path.name, kind=type(error).__name__) from None
    problems: list[DonghengError] = [
        DataError.of("office.merged", f"{path.name} {r}") for r in sheet.merged_cells.ranges
    ]
    rows, lines = [], []
    for row in sheet.iter_rows():
        texts = []
        for cell in row:
            if cell.data_type == "f":
                problems.append(DataError.of("office.formula", f"{path.name} {cell.coordinate}", told=cell.value))
            texts.append(_text(cell))
        if any(texts):
            rows.append(texts)
            lines.append(row[0].row)
    if problems:
        raise ProblemList(problems)
    if not rows:
        raise DataError.of("office.empty", path.name)
    width = max(n + 1 for row in rows for n, text in enumerate(row) if text)
    return pd.DataFrame([row[:width] for row in rows[1:]], columns=rows[0][:width], index=lines[1:], dtype=str)


def _text(cell) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        exact = Decimal(repr(value)) * (100 if "%" in cell.number_format else 1)
        return f"{exact.normalize():f}"
    return str(value.date() if cell.is_date and hasattr(value, "date") else value).strip()
