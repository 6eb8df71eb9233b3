"""One family of errors: every message is one Korean sentence that says where, what, what was expected, what now."""

import errno
import functools
import tomllib
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line can do without pandas
    from pandas import DataFrame


@functools.cache
def _sentences(room: str) -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / f"sentences/{room}.toml").read_text(encoding="utf-8"))


class DonghengError(Exception):
    """A problem that a reader of the message can solve.

    Parameters
    ----------
    where : str
        File, row, column or id: as near as it is known.
    found : str
        A clause that says what stands there, ending in ``-는데`` or ``-인데``.
    expected : str
        A clause that says what belongs there, ending in ``-므로``.
    todo : str
        What to do now, ending in ``-십시오``.

    Notes
    -----
    The four parts read as one sentence: ``where: found, expected, todo.``
    Jupyter prints that sentence instead of a traceback (``_render_traceback_``).
    """

    def __init__(self, where: str, found: str, expected: str, todo: str):
        self.where, self.found, self.expected, self.todo = where, found, expected, todo
        super().__init__(f"{where}: {found}, {expected}, {todo}.")

    @classmethod
    def of(cls, key: str, where: str, **facts):
        """The problem `key` (``room.fault``) of ``sentences/<room>.toml`` at `where`, its braces filled in with facts."""
        room, fault = key.split(".")
        return cls(where, *(part.format(**facts) for part in _sentences(room)[fault]))

    @classmethod
    def unless(cls, fine: object, key: str, where: str, **facts) -> None:
        """Raise the problem `key` at `where` unless all is fine."""
        if not fine:
            raise cls.of(key, where, **facts)

    def at(self, where: str):
        """The same problem, told of another place."""
        return type(self)(where, self.found, self.expected, self.todo)

    def __reduce__(self):
        return type(self), (self.where, self.found, self.expected, self.todo)

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class ConfigError(DonghengError):
    """config.yaml says something that the study cannot run on."""


class DataError(DonghengError):
    """A raw file, or a table made from one, does not hold what it must."""


require = DataError.unless


def row_name(label: Hashable) -> str:
    """How messages name a row or column of a table: a label of several levels by all of them."""
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def refuse(labels: Iterable[Hashable], key: str, where: str = "지표 {}", **facts) -> None:
    """Raise the :class:`DataError` `key` about the first of `labels`, if there is any.

    The braces of `where` take the label. Of a fact that is a Series the message tells what stands at the label.
    """
    for label in labels:
        told = {name: fact[label] if hasattr(fact, "iat") else fact for name, fact in facts.items()}
        raise DataError.of(key, where.format(row_name(label)), **told)


def refuse_cells(wrong: "DataFrame", key: str, where: str = "지표 {1}, {0}", **facts) -> None:
    """Raise the :class:`DataError` `key` about the first true cell of `wrong`, if there is any.

    The braces of `where` take row and column. Of a fact that is a DataFrame of the same shape the message tells that
    cell, of a Series what stands at the column. ``count`` is how many cells are wrong.
    """
    cells = list(zip(*wrong.to_numpy().nonzero(), strict=True))
    for row, column in cells:
        place = where.format(row_name(wrong.index[row]), row_name(wrong.columns[column]))
        at = {name: fact.iat[(row, column)[-fact.ndim :]] for name, fact in facts.items() if hasattr(fact, "iat")}
        raise DataError.of(key, place, **{"count": len(cells)} | facts | at)


def numbers(table: "DataFrame", key: str, where: str) -> "DataFrame":
    """The table as float64, gaps as NaN; for the first other cell that is no finite number, see :func:`refuse_cells`."""
    import pandas as pd

    x = table.apply(pd.to_numeric, errors="coerce").astype(float)
    refuse_cells((x.isna() & table.notna()) | x.isin([float("inf"), -float("inf")]), key, where, value=table)
    return x


class FrameworkError(DonghengError):
    """The table of areas, tasks and indicators is not a tree that can be added up."""


class ParameterError(DonghengError):
    """A notebook was given a parameter that it does not have, lacks one, or got one of another kind."""


class PipelineError(DonghengError):
    """A step of a run could not begin or did not end as it must."""


class PublishError(DonghengError):
    """A report would have come out unreadable for somebody."""


TROUBLES = {PermissionError: "pipeline.file_no_right", FileNotFoundError: "pipeline.file_gone"}
TROUBLES |= dict.fromkeys((NotADirectoryError, FileExistsError, IsADirectoryError), "pipeline.file_or_folder")


def file_trouble(error: OSError) -> PipelineError:
    """The sentence for a file or folder that the system does not let us use."""
    other = "pipeline.disk_full" if error.errno == errno.ENOSPC else "pipeline.file_unusable"
    key = TROUBLES.get(type(error), other)
    return PipelineError.of(key, str(error.filename or "파일"), kind=type(error).__name__)


class ProblemList(DonghengError):
    """Several problems found in one look, so that all of them can be mended at once."""

    def __init__(self, problems: list[DonghengError]):
        self.problems = list(problems)
        Exception.__init__(self, "\n".join(str(p) for p in self.problems))

    def __reduce__(self):
        return type(self), (self.problems,)


def raise_all(problems: list[DonghengError]) -> None:
    """Raise a :class:`ProblemList` if there is any problem."""
    if problems:
        raise ProblemList(problems)


def each(error: DonghengError) -> list[DonghengError]:
    """The problems that an error tells of: those of a list, else itself."""
    return error.problems if isinstance(error, ProblemList) else [error]
