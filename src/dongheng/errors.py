"""One family of errors: every message is one Korean sentence that says where, what, what was expected, what now."""

from __future__ import annotations


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

    def __reduce__(self):
        return type(self), (self.where, self.found, self.expected, self.todo)

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class ConfigError(DonghengError):
    """config.yaml says something that the study cannot run on."""


class DataError(DonghengError):
    """A raw file, or a table made from one, does not hold what it must."""


class FrameworkError(DonghengError):
    """The table of areas, tasks and indicators is not a tree that can be added up."""


class ParameterError(DonghengError):
    """A notebook was given a parameter that it does not have, lacks one, or got one of another kind."""


class PipelineError(DonghengError):
    """A step of a run could not begin or did not end as it must."""


class PublishError(DonghengError):
    """A report would have come out unreadable for somebody."""


class ProblemList(DonghengError):
    """Several problems found in one look, so that all of them can be mended at once."""

    def __init__(self, problems: list[DonghengError]):
        self.problems = list(problems)
        Exception.__init__(self, "\n".join(str(p) for p in self.problems))

    def __reduce__(self):
        return type(self), (self.problems,)
