"""What a notebook holds in its hand: its checked parameters, its study's data, and the one way to save a table."""

from __future__ import annotations

import ast
import difflib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dongheng import codebook, config, rawdata
from dongheng.errors import ParameterError, PipelineError, ProblemList
from dongheng.pipeline import files

_INJECTED = "# Parameters"  # how papermill heads the cell that it injects
RUN = "DONGHENG_RUN"  # set by `dongheng run` for all that it starts
SOCKETS = "DONGHENG_SOCKETS"  # the run's own folder of kernel sockets, so that a killed run's can be found and removed
_at_first_call: set[str] | None = None


@dataclass(frozen=True)
class Book:
    """An opened notebook.

    Attributes
    ----------
    settings : Settings
        What config.yaml says for this study and year.
    root : Path
        The study's folder.
    """

    settings: config.Settings
    root: Path

    @property
    def study(self) -> str:
        return self.settings.study

    @property
    def year(self) -> int:
        return self.settings.year

    @property
    def title(self) -> str:
        """The report's name, as in ``2024년 서울시 약자동행지수``."""
        return f"{self.year}년 {self.settings.title}"

    def raw(self) -> rawdata.Raw:
        """The study's raw data, read and checked."""
        return rawdata.load(self.root, self.settings)

    @staticmethod
    def columns(table: str) -> list[str]:
        """The columns that a table has in the codebook, in order."""
        return list(codebook.TABLES[table].columns)

    def read(self, table: str) -> pd.DataFrame:
        """A table that an earlier notebook of this study and year saved."""
        path = files.processed(self.root, self.study, self.year) / f"{table}.csv"
        if not path.is_file():
            raise PipelineError(
                path.relative_to(self.root).as_posix(),
                "표가 없는데",
                "앞선 노트북이 만들어 두어야 하므로",
                f"`dongheng run {self.year}`을 먼저 실행하십시오",
            )
        return codebook.from_csv(table, path)

    def record(self) -> str:
        """Text of study.json, the record of what decided the numbers."""
        path = files.processed(self.root, self.study, self.year) / "study.json"
        if not path.is_file():
            raise PipelineError(
                path.relative_to(self.root).as_posix(),
                "연구 기록이 없는데",
                "보고서에는 연구 기록이 실려야 하므로",
                f"`dongheng run {self.year}`을 먼저 실행하십시오",
            )
        return path.read_text(encoding="utf-8")

    def save(self, table: str, frame: pd.DataFrame) -> None:
        """Save a table for the notebooks after this one, for Excel and for readers.

        Where the table changes, the year's report goes first: no report stands beside data that it was not made
        from, also when somebody works in JupyterLab.
        """
        content = codebook.as_csv(table, frame, self.settings.mark)
        path = files.processed(self.root, self.study, self.year) / f"{table}.csv"
        if path.is_file() and path.read_bytes() != content:
            files.retract(self.root, self.study, self.year)
        files.write(path, content)


def open_notebook(namespace: dict) -> Book:
    """Check a notebook's parameters and open its study. Call it in the cell right after `parameters`.

    It makes plain papermill and JupyterLab as strict as the runner: papermill itself ignores a misspelt parameter
    (and writes last year's report), and where a tool has dropped the ``parameters`` tag it injects the parameters
    above the defaults, which then win.

    Parameters
    ----------
    namespace : dict
        ``globals()`` of the notebook. Declared are the names that the parameters cell annotates
        (``year: int = 2024``); ``study`` and ``year`` must be among them.

    Returns
    -------
    Book

    Raises
    ------
    ParameterError, ProblemList
        A name that is not declared, a value of another type, a missing name, a lost ``parameters`` tag.
    ConfigError
        A study or year that config.yaml does not have.
    """
    global _at_first_call
    declared = dict(namespace.get("__annotations__", {}))
    problems = _injection_problems(declared)
    names = _names(namespace)
    if _at_first_call is None and not problems:
        problems += [unknown(name, declared) for name in sorted(names - set(declared))]
    for name in ("study", "year"):
        if name not in declared:
            problems.append(missing(name))
    problems += wrong_types({n: namespace[n] for n in declared if n in namespace}, declared)
    if problems:
        raise problems[0] if len(problems) == 1 else ProblemList(problems)
    _at_first_call = names
    _end_with_parent()
    root = config.find_root()
    return Book(config.load(root).settings(namespace["study"], namespace["year"]), root)


def unknown(name: str, declared: dict) -> ParameterError:
    """The sentence for a parameter that a notebook does not have."""
    near = difflib.get_close_matches(name, declared, n=1, cutoff=0.5)
    return ParameterError(
        f"매개변수 '{name}'",
        "이 노트북에 없는 이름인데",
        f"쓸 수 있는 이름은 {', '.join(declared)}이므로",
        f"'{near[0]}'의 오기가 아닌지 확인해 주십시오" if near else "이름을 확인해 주십시오",
    )


def missing(name: str) -> ParameterError:
    """The sentence for a parameter that must be there and is not."""
    return ParameterError(
        f"매개변수 '{name}'", "주어지지 않았는데", "이 노트북에 꼭 있어야 하므로", f"{name}의 값을 적어 주십시오"
    )


def wrong_types(values: dict, declared: dict) -> list[ParameterError]:
    """One sentence for each value that is not of its declared type; True is no integer, an integer is a float."""
    names = {str: "글자", int: "정수", float: "수", bool: "참/거짓"}
    found = []
    for name, value in values.items():
        wanted = declared[name]
        fits = isinstance(value, (int, float) if wanted is float else wanted) and (
            wanted is bool or not isinstance(value, bool)
        )
        if not fits:
            found.append(
                ParameterError(
                    f"매개변수 '{name}'",
                    f"{value!r}인데",
                    f"{names.get(wanted, wanted)}여야 하므로" if wanted is not str else "글자여야 하므로",
                    "값의 따옴표와 철자를 확인해 주십시오",
                )
            )
    return found


def _names(namespace: dict) -> set[str]:
    """Names that somebody gave: not IPython's own, not this function."""
    try:
        hidden = set(get_ipython().user_ns_hidden)  # type: ignore[name-defined]
    except NameError:
        hidden = set()
    return {
        name
        for name, value in namespace.items()
        if not name.startswith("_") and name not in hidden and value is not open_notebook
    }


def _injection_problems(declared: dict) -> list:
    """What papermill injected must stand right above the call, below the declared defaults, and hold known names."""
    try:
        cells = get_ipython().user_ns["In"]  # type: ignore[name-defined]
    except (NameError, KeyError):
        return []
    found = []
    for position, source in enumerate(cells[:-1]):
        if not source.startswith(_INJECTED):
            continue
        if _at_first_call is None and position != len(cells) - 2:
            found.append(lost_tag("이 노트북"))
        assigned = [t.id for node in ast.parse(source).body if isinstance(node, ast.Assign) for t in node.targets]
        found += [unknown(name, declared) for name in assigned if name not in declared]
    return found


def lost_tag(name: str, count: int = 0) -> ParameterError:
    """The sentence for a notebook without exactly one cell tagged `parameters`."""
    return ParameterError(
        name,
        f"parameters 꼬리표가 붙은 칸이 {f'{count}개인데' if count else '없는데'}",
        "꼭 하나 있어야 준 값이 기본값을 이기므로",
        "매개변수 칸에 꼬리표 parameters를 하나만 붙이거나 저장소의 노트북으로 되돌려 주십시오",
    )


def _end_with_parent() -> None:
    """On Linux, have a kernel of a run killed when the process that started it dies: an orphan goes on writing."""
    if sys.platform == "linux" and os.environ.get(RUN):
        import ctypes
        import signal

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
