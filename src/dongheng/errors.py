"""One family of errors: every message is one Korean sentence that says where, what, what was expected, what now."""

from __future__ import annotations

import errno
import functools
import tomllib
from pathlib import Path


@functools.cache
def _sentences(room: str) -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / f"sentences/{room}.toml").read_text(encoding="utf-8"))


def sentence(key: str, **facts) -> tuple[str, str, str]:
    """What was found, what belongs there, what to do: an entry of ``sentences/<room>.toml`` with its facts filled in.

    Parameters
    ----------
    key : str
        ``room.fault``, as in ``rawdata.no_file``.
    **facts
        Whatever the entry's braces name, formatted as they say.
    """
    room, fault = key.split(".")
    found, expected, todo = (part.format(**facts) for part in _sentences(room)[fault])
    return found, expected, todo


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
        """The problem `key` of the catalogue (see :func:`sentence`), found at `where`."""
        return cls(where, *sentence(key, **facts))

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


def file_trouble(error: OSError) -> PipelineError:
    """The sentence for a file or folder that the system does not let us use."""
    expected = "결과와 기록을 쓸 수 있어야 하므로"
    match error:
        case PermissionError():
            found, todo = "쓸 권한이 없는데", "열어 둔 프로그램을 닫고, 폴더가 읽기 전용인지 확인해 주십시오"
        case NotADirectoryError() | FileExistsError() | IsADirectoryError():
            found, todo = "폴더와 파일이 뒤바뀌어 있는데", "그 이름의 파일이나 폴더를 옮겨 주십시오"
        case FileNotFoundError():
            found, todo = "파일이 없는데", "저장소의 파일이 모두 있는지 확인해 주십시오"
        case _ if error.errno == errno.ENOSPC:
            found, todo = "디스크에 빈 자리가 없는데", "자리를 비우고 다시 실행하십시오"
        case _:
            found, todo = f"쓰거나 읽을 수 없는데({type(error).__name__})", "디스크와 폴더의 상태를 확인해 주십시오"
    return PipelineError(str(error.filename or "파일"), found, expected, todo)


class ProblemList(DonghengError):
    """Several problems found in one look, so that all of them can be mended at once."""

    def __init__(self, problems: list[DonghengError]):
        self.problems = list(problems)
        Exception.__init__(self, "\n".join(str(p) for p in self.problems))

    def __reduce__(self):
        return type(self), (self.problems,)


def each(error: DonghengError) -> list[DonghengError]:
    """The problems that an error tells of: those of a list, else itself."""
    return error.problems if isinstance(error, ProblemList) else [error]
