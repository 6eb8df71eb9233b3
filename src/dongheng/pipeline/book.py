"""What a notebook holds in its hand: its checked parameters, its study's data, and the one way to save a table."""

import ast
import builtins
import difflib
import os
import sys
from collections.abc import Container
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from dongheng import codebook, config, panel, rawdata
from dongheng.errors import ParameterError, PipelineError, raise_all
from dongheng.pipeline import files
from dongheng.pipeline.processes import die_with_parent

_INJECTED = "# Parameters"  # how papermill heads the cell that it injects
RUN = "DONGHENG_RUN"  # set by `dongheng run` for all that it starts
SOCKETS = "DONGHENG_SOCKETS"  # the run's own folder of kernel sockets, so that a killed run's can be found and removed
OPEN = {"round_number": 0, "seed": -1}  # no round and no seed; of other choices the empty name
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
    trial : bool
        Whether other rules than config.yaml's are being tried; then nothing is saved.
    """

    settings: config.Settings
    root: Path
    trial: bool = False

    def raw(self) -> rawdata.Raw:
        """The study's raw data, read and checked."""
        return rawdata.load(self.root, self.settings)

    def panel(self) -> panel.Panel:
        """The study's Delphi panel, read and checked; empty where no survey was obtained."""
        return panel.load(self.root, self.settings)

    def trying(self, **told: str | int) -> "Book":
        """This book under rules that a reader of notebook 01 wants to try: what it shows changes, and it saves nothing.

        Parameters
        ----------
        **told
            edition (of the framework), round_number, definition (of a quartile), method (of weighting), seed. What cannot
            be chosen stands for "as config.yaml says": ``""``, round 0, and seed -1, as 0 is a seed.

        Raises
        ------
        ParameterError
            One that is not among what can be chosen.
        """
        chosen = {name: value for name, value in told.items() if value != OPEN.get(name, "")}
        editions = [path.stem for path in sorted((self.root / "data/raw/framework").glob("*.csv"))]
        rounds, seeds = sorted(self.panel().rounds), range(2**32)
        known = config.CHOICES | {"edition": editions, "round_number": rounds, "seed": seeds}
        for name, value in chosen.items():
            listed = "0 이상의 정수" if name == "seed" else ", ".join(map(str, known[name])) or "없음"
            facts = {"value": value, "known": listed}
            ParameterError.unless(value in known[name], "pipeline.parameter_unlisted", f"매개변수 '{name}'", **facts)
        delphi = self.settings.delphi | {name: chosen[name] for name in config.CHOICES.keys() & chosen}
        given = {key: chosen[name] for name, key in (("edition", "framework"), ("seed", "seed")) if name in chosen}
        return replace(self, settings=replace(self.settings, delphi=delphi, **given), trial=bool(chosen))

    def benchmark(self, name: str) -> pd.DataFrame:
        """A table of data/raw/benchmarks in its newest edition, as text."""
        return rawdata.benchmark(self.root, name)

    @staticmethod
    def columns(table: str) -> list[str]:
        """The columns that a table has in the codebook, in order."""
        return list(codebook.TABLES[table].columns)

    def read(self, table: str) -> pd.DataFrame:
        """A table that an earlier notebook of this study and year saved."""
        return codebook.from_csv(table, self._made(f"{table}.csv", "pipeline.no_table"))

    def record(self, name: str = "study.json") -> str:
        """Text of study.json, the record of what decided the numbers, or of another file of data/processed."""
        return self._made(name, "pipeline.no_record").read_text(encoding="utf-8")

    def _made(self, name: str, missing: str) -> Path:
        path = files.processed(self.root, self.settings.study, self.settings.year) / name
        PipelineError.unless(path.is_file(), missing, path.relative_to(self.root).as_posix(), year=self.settings.year)
        return path

    def save(self, table: str, frame: pd.DataFrame) -> None:
        """Save a table for the notebooks after this one, for Excel and for readers.

        Where the table changes, the year's report goes first: no report stands beside data that it was not made
        from, also when somebody works in JupyterLab. A trial saves nothing.
        """
        if self.trial:
            return
        content = codebook.as_csv(table, frame, self.settings.mark)
        path = files.processed(self.root, self.settings.study, self.settings.year) / f"{table}.csv"
        if path.is_file() and path.read_bytes() != content:
            files.retract(self.root, self.settings.study, self.settings.year)
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
    ProblemList
        A name that is not declared, a value of another type, a missing name, a lost ``parameters`` tag.
    ConfigError
        A study or year that config.yaml does not have.
    """
    global _at_first_call
    declared = dict(namespace.get("__annotations__", {}))
    shell = getattr(builtins, "get_ipython", lambda: None)()  # None outside of a notebook
    problems = _injection_problems(declared, shell.user_ns.get("In", []) if shell else [])
    names = {name for name, value in namespace.items() if value is not open_notebook and not name.startswith("_")}
    names -= set(shell.user_ns_hidden if shell else ())  # IPython's own
    looked_at = sorted(names) if _at_first_call is None and not problems else []
    given = {name: namespace[name] for name in [*looked_at, *declared] if name in namespace}
    raise_all(problems + parameter_problems(given, declared, declared))
    _at_first_call = names
    if sys.platform == "linux" and os.environ.get(RUN):
        die_with_parent()
    root = config.find_root()
    return Book(config.load(root).settings(namespace["study"], namespace["year"]), root)


def unknown(name: str, declared: dict) -> ParameterError:
    """The sentence for a parameter that a notebook does not have."""
    near = difflib.get_close_matches(name, declared, n=1, cutoff=0.5)
    key = "pipeline.parameter_misspelt" if near else "pipeline.parameter_unknown"
    return ParameterError.of(key, f"매개변수 '{name}'", declared=", ".join(declared), near="".join(near))


def parameter_problems(given: dict, declared: dict, there: Container[str]) -> list[ParameterError]:
    """One sentence for each name that is not declared, for study and year unless they are there, and for each value
    that is not of its declared type; True is no integer, an integer is a float."""
    names = {str: "글자", int: "정수", float: "수", bool: "True나 False"}
    found = [unknown(name, declared) for name in given if name not in declared]
    lost = [name for name in ("study", "year") if name not in there]
    found += [ParameterError.of("pipeline.parameter_missing", f"매개변수 '{name}'", name=name) for name in lost]
    for name, value in [(name, value) for name, value in given.items() if name in declared]:
        wanted = declared[name]
        fits = isinstance(value, (int, float) if wanted is float else wanted)
        if not fits or isinstance(value, bool) and wanted is not bool:
            facts = {"value": value, "kind": names.get(wanted, wanted)}
            found.append(ParameterError.of("pipeline.parameter_of_another_type", f"매개변수 '{name}'", **facts))
    return found


def _injection_problems(declared: dict, cells: list[str]) -> list:
    """What papermill injected must stand right above the call, below the declared defaults, and hold known names."""
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
    return ParameterError.of("pipeline.several_tags" if count else "pipeline.no_tag", name, count=count)
