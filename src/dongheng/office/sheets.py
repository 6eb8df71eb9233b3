"""Workbooks and office CSVs in, every cell as text under its number in the sheet; raw tables with their record out."""

import tomllib
import warnings
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import yaml

from dongheng import rawdata
from dongheng.errors import DataError, raise_all, require
from dongheng.pipeline import files

ENCODINGS = ("utf-8-sig", "cp949")
FAULTS = {"formula": "office.formula", "merged": "office.merged", "date": "office.date"}
WORDS = tomllib.loads(Path(__file__).with_name("forms.toml").read_text(encoding="utf-8"))


class Cell(NamedTuple):
    """A cell as read: where it stands, what it says, and formula, date or merged where it is no plain one."""

    where: str
    text: str
    fault: str = ""


def find(folder: Path, stem: str) -> Path | None:
    """The office's file of that name in a folder: ``stem.xlsx`` or ``stem.csv``; ``DataError`` if there are both."""
    there = [folder / f"{stem}{suffix}" for suffix in (".xlsx", ".csv") if (folder / f"{stem}{suffix}").is_file()]
    if len(there) > 1:
        raise DataError.of("office.two_files", folder.as_posix(), one=there[0].name, other=there[1].name)
    return there[0] if there else None


def grids(path: Path) -> dict[str, list[list[Cell]]]:
    """Every sheet of a workbook by its title, as rows of cells from row 1 on; merged cells all stand at their area.

    A cell that Excel shows as a percentage is its percentage (``20.65``, not ``0.2065``); a date stands as
    ``2026-03-03``, so that an id which Excel took for a date is seen. ``DataError`` where it cannot be opened.
    """
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl drops on saving; it saves nothing here
            book = openpyxl.load_workbook(path)
    except Exception as error:  # openpyxl raises whatever its zip and XML readers do
        raise DataError.of("office.unreadable", path.name, kind=type(error).__name__) from None
    found = {}
    for sheet in book.worksheets:
        merged = {at: str(area) for area in sheet.merged_cells.ranges for at in area.cells}
        found[sheet.title] = [[_cell(cell, merged) for cell in row] for row in sheet.iter_rows()]
    return found


def read(path: Path) -> pd.DataFrame:
    """A table of text from the first sheet of a workbook or from a CSV in UTF-8 or CP949.

    Returns
    -------
    DataFrame
        Text as in :func:`grids`, blank = empty text; the index is the row of the sheet, or the line of the file.

    Raises
    ------
    DataError, ProblemList
        As :func:`dongheng.rawdata.read_table`; for a workbook also one that cannot be opened, a formula, merged cells.
    """
    if path.suffix.lower() != ".xlsx":
        return rawdata.read_table(path.parent, Path(path.name), ENCODINGS)
    grid = next(iter(grids(path).values()))
    faulty = [cell for row in grid for cell in row if cell.fault in ("formula", "merged")]
    problems = [DataError.of(FAULTS[cell.fault], f"{path.name} {cell.where}", told=cell.text) for cell in faulty]
    raise_all(list({str(problem): problem for problem in problems}.values()))
    table = pd.DataFrame([[cell.text for cell in row] for row in grid], index=range(1, len(grid) + 1), dtype=str)
    used = table.ne("")
    require(used.to_numpy().any(), "office.empty", path.name)
    table = table.loc[used.any(axis=1), : used.any()[::-1].idxmax()]
    return table.iloc[1:].set_axis(table.iloc[0].tolist(), axis=1)


def write_raw(path: Path, table: pd.DataFrame, **told: str) -> None:
    """A raw table as UTF-8 CSV with its provenance record, in which blank stays what is not `told`."""
    files.write(path, as_csv(table))
    record = dict.fromkeys(rawdata.PROVENANCE_KEYS, "") | told | {"sha256": rawdata.sha256(path)}
    text = yaml.safe_dump(record, allow_unicode=True, sort_keys=False, width=10_000, default_style='"')
    files.write(rawdata.record_of(path), text.encode())


def as_csv(table: pd.DataFrame) -> bytes:
    """A table as UTF-8 without BOM, lines ended by LF."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def _cell(cell, merged: dict) -> Cell:
    value, area = cell.value, merged.get((cell.row, cell.column))
    date = value is not None and cell.is_date
    if isinstance(value, int | float) and not isinstance(value, bool):
        exact = Decimal(repr(value)) * (100 if "%" in cell.number_format else 1)
        value = f"{exact.normalize():f}"
    elif date and hasattr(value, "date"):
        value = value.date()
    text = str(getattr(value, "text", "" if value is None else value)).strip()  # an array formula holds its text
    fault = "merged" if area else "formula" if cell.data_type == "f" else "date" if date else ""
    return Cell(area or cell.coordinate, text, fault)
