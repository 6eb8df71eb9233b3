"""What each table in data/processed holds: codebook.toml has one entry per column, from which the codebook is written.

A notebook may save only what stands here, column by column, so table and codebook cannot drift apart.
"""

import tomllib
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from dongheng.errors import require

TEXT, WHOLE, NUMBER = "text", "whole", "number"


class Column(NamedTuple):
    """One column: how it is stored, its unit, and what it means to a Korean reader."""

    kind: str
    meaning: str
    unit: str = ""


class Table(NamedTuple):
    """One table: the notebook that writes it, its Korean title, what one row is, its columns in order."""

    notebook: str
    title: str
    row: str
    columns: dict[str, Column]


MARK = "mark"  # the column that every table of an illustrative study has at its end
_TOLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
TABLES = {
    name: Table(**told | {"columns": {column: Column(*entry) for column, entry in told["columns"].items()}})
    for name, told in _TOLD.items()
}


def tables_of(notebook: str) -> list[str]:
    """Names of the tables that a notebook writes."""
    return [name for name, table in TABLES.items() if table.notebook == notebook]


def as_csv(name: str, frame: pd.DataFrame, mark: str = "") -> bytes:
    """A table as its file holds it: UTF-8 with BOM (Korean Excel), 12 significant digits, NaN as an empty cell.

    With a mark (예시값) every row carries it in one more column, so that no row can be copied out without it.

    Raises
    ------
    DataError
        The table or its columns are not those of the codebook, or a column is not of its kind.
    """
    _check_columns(name, frame)
    for column, entry in _entry(name).columns.items() if len(frame) else ():
        numeric = pd.api.types.is_numeric_dtype(frame[column])  # an object column would be written with 17 digits
        require(entry.kind != NUMBER or numeric, "codebook.no_number", f"표 {name} {column} 칸")
        whole = entry.kind != WHOLE or numeric and (frame[column] % 1 == 0).all()
        require(whole, "codebook.no_integer", f"표 {name} {column} 칸")
    frame = frame.assign(**{MARK: mark}) if mark else frame
    return frame.to_csv(index=False, float_format="%.12g", lineterminator="\n").encode("utf-8-sig")


def from_csv(name: str, path) -> pd.DataFrame:
    """Read a table back with the codebook's kinds: text stays text (ids such as ``1``), an empty text is ``""``.

    The mark of an illustrative study is left out.

    Raises
    ------
    DataError
        The table or its columns are not those of the codebook: the file comes from other code.
    """
    kinds = {c: {TEXT: "str", WHOLE: "int64", NUMBER: "float64"}[k.kind] for c, k in _entry(name).columns.items()}
    blanks = {c: [""] for c, kind in kinds.items() if kind != "str"}
    frame = pd.read_csv(path, encoding="utf-8-sig", dtype=kinds, keep_default_na=False, na_values=blanks)
    frame = frame.drop(columns=MARK, errors="ignore")
    _check_columns(name, frame)
    return frame


def _check_columns(name: str, frame: pd.DataFrame) -> None:
    there, wanted = ", ".join(map(str, frame.columns)), ", ".join(_entry(name).columns)
    require(there == wanted, "codebook.other_columns", f"표 {name}", columns=there, wanted=wanted)


def describe(mark: str = "") -> pd.DataFrame:
    """The codebook itself: one row per table and column, the column of the mark included where there is one."""
    added = {MARK: Column(TEXT, f"모든 줄이 {mark}임")} if mark else {}
    columns = ((name, t.row, column, c) for name, t in TABLES.items() for column, c in (t.columns | added).items())
    rows = [(name, row, column, c.kind, c.unit, c.meaning) for name, row, column, c in columns]
    return pd.DataFrame(rows, columns=["table", "row", "column", "kind", "unit", "meaning"])


def _entry(name: str) -> Table:
    require(name in TABLES, "codebook.unknown_table", f"표 {name}")
    return TABLES[name]
