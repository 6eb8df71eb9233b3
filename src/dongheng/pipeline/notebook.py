"""Notebooks run strictly: what papermill lets pass is refused before a kernel starts, and a copy is whole or absent."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat

from dongheng.errors import DonghengError, ParameterError, PipelineError, ProblemList
from dongheng.pipeline import files
from dongheng.pipeline.book import lost_tag, missing, unknown, wrong_types

_TYPES = {"str": str, "int": int, "float": float, "bool": bool}
_OPENING = "open_notebook(globals())"
FAILED = ".failed"


def read(root: Path, path: Path) -> nbformat.NotebookNode:
    """A notebook file. ``PipelineError`` where it is absent or no notebook."""
    try:
        return nbformat.read(root / path, as_version=4)
    except FileNotFoundError:
        raise PipelineError(
            path.as_posix(), "노트북이 없는데", "실행 차례에 들어 있으므로", "저장소에서 되돌려 주십시오"
        ) from None
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError):
        raise PipelineError(
            path.as_posix(), "노트북 형식이 아닌데", "Jupyter 노트북이어야 하므로", "저장소에서 되돌려 주십시오"
        ) from None


def declared(nb: nbformat.NotebookNode, name: str) -> dict[str, type]:
    """Names and types that a notebook's one parameters cell declares.

    Raises
    ------
    ParameterError
        Not exactly one cell tagged `parameters`; a line in it that is not ``name: type = literal``; no opening call
        in the cell after it.
    """
    code = [c for c in nb.cells if c.cell_type == "code"]
    tagged = [i for i, c in enumerate(code) if "parameters" in c.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise lost_tag(name, len(tagged))
    found = {}
    for line in ast.parse(code[tagged[0]].source).body:
        simple = (
            isinstance(line, ast.AnnAssign)
            and isinstance(line.target, ast.Name)
            and isinstance(line.annotation, ast.Name)
            and line.annotation.id in _TYPES
            and isinstance(line.value, ast.Constant)
        )
        if not simple:
            raise ParameterError(
                f"{name} parameters 칸 {line.lineno}행",
                "'이름: 형 = 값'이 아닌 줄이 있는데",
                "주어진 값이 들어오기 전에 계산된 것은 기본값에 머물므로",
                "계산은 다음 칸으로 옮기고 year: int = 2024처럼 적어 주십시오",
            )
        found[line.target.id] = _TYPES[line.annotation.id]
    following = code[tagged[0] + 1].source if tagged[0] + 1 < len(code) else ""
    if _OPENING not in following:
        raise ParameterError(
            name,
            "parameters 다음 칸에서 노트북을 열지 않는데",
            "그 칸이 틀린 매개변수를 막으므로",
            f"다음 칸에 {_OPENING}을 되살려 주십시오",
        )
    return found


def check_parameters(nb: nbformat.NotebookNode, name: str, parameters: dict) -> None:
    """Refuse unknown, missing and ill-typed parameters, all at once."""
    known = declared(nb, name)
    problems = [unknown(p, known) for p in parameters if p not in known]
    problems += [missing(p) for p in known if p not in parameters]
    problems += wrong_types({p: v for p, v in parameters.items() if p in known}, known)
    if problems:
        raise ProblemList(problems) if len(problems) > 1 else problems[0]


def lint(root: Path, path: Path) -> list[DonghengError]:
    """What keeps a notebook in the repository from being run or read: for ``dongheng check`` and before a run."""
    name = path.as_posix()
    try:
        nb = read(root, path)
        declared(nb, name)
    except DonghengError as error:
        return [error]
    found: list[DonghengError] = []
    if nb.metadata.get("kernelspec", {}).get("name") != "python3":
        found.append(
            PipelineError(
                name,
                "커널이 python3이 아닌데",
                "어느 컴퓨터에나 있는 커널이어야 하므로",
                "커널을 Python 3(ipykernel)로 바꿔 저장해 주십시오",
            )
        )
    for position, cell in enumerate(nb.cells, 1):
        if cell.cell_type != "code":
            continue
        if cell.outputs or cell.execution_count:
            found.append(
                PipelineError(
                    f"{name} {position}번째 칸",
                    "실행 결과가 남아 있는데",
                    "저장소의 노트북은 비어 있어야 하므로",
                    f"`nbstripout {name}`을 실행하십시오",
                )
            )
        tree = ast.parse("\n".join(line for line in cell.source.splitlines() if not line.startswith(("%", "!"))))
        if any(isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Try) for n in ast.walk(tree)):
            found.append(
                PipelineError(
                    f"{name} {position}번째 칸",
                    "함수, 클래스, try가 있는데",
                    "노트북은 부르고 보이고 말할 뿐이므로",
                    "src/dongheng의 알맞은 방으로 옮겨 주십시오",
                )
            )
    return found


def run(root: Path, path: Path, parameters: dict, output: Path) -> list[str]:
    """Run one notebook with papermill and keep the executed copy only if it is complete.

    Parameters
    ----------
    root, path : Path
        The study's folder (also the working directory) and the notebook relative to it.
    parameters : dict
        Exactly the declared ones, of the declared types.
    output : Path
        Final path of the executed copy. A failed one is kept beside it with ``.failed`` in its name.

    Returns
    -------
    list of str
        What the cells wrote to stderr (warnings), for the certificate.

    Raises
    ------
    ParameterError, ProblemList
        Before a kernel starts.
    PipelineError
        A cell failed or some cells never ran; the sentence is the cell's own where it was one of ours.
    """
    import papermill
    from nbclient.exceptions import DeadKernelError

    from dongheng.pipeline.kernels import OwnSocketKernelManager

    nb = read(root, path)
    check_parameters(nb, path.as_posix(), parameters)
    output.parent.mkdir(parents=True, exist_ok=True)
    failed = output.with_name(f"{output.stem}{FAILED}{output.suffix}")
    failed.unlink(missing_ok=True)
    partial = files.partial_of(output)
    try:
        papermill.execute_notebook(
            str(root / path),
            str(partial),
            parameters=parameters,
            kernel_name="python3",
            cwd=str(root),
            progress_bar=False,
            log_output=False,
            autosave_cell_every=0,
            start_timeout=120,
            kernel_manager_class=OwnSocketKernelManager,
        )
        done = nbformat.read(partial, as_version=4)
        _check_complete(done, path.as_posix())
    except papermill.PapermillExecutionError as error:
        _keep(partial, failed)
        raise _told(path.as_posix(), failed, error) from None
    except DeadKernelError:
        _keep(partial, failed)
        raise PipelineError(
            path.as_posix(),
            "계산하던 프로세스(커널)가 도중에 꺼졌는데",
            "끝까지 살아 있어야 하므로",
            "메모리가 모자라지 않는지 보고 다시 실행하십시오",
        ) from None
    except PipelineError:
        _keep(partial, failed)
        raise
    files.settle(partial, output)
    return [
        o.text.strip()
        for c in done.cells
        if c.cell_type == "code"
        for o in c.outputs
        if o.output_type == "stream" and o.name == "stderr"
    ]


def _keep(partial: Path, failed: Path) -> None:
    if partial.exists():
        files.settle(partial, failed)


def _check_complete(nb: nbformat.NotebookNode, name: str) -> None:
    """`sys.exit(0)` and some magics end a notebook early with exit code 0."""
    for position, cell in enumerate(nb.cells, 1):
        if cell.cell_type == "code" and cell.source.strip() and not cell.execution_count:
            raise PipelineError(
                f"{name} {position}번째 칸",
                "실행되지 않은 채 끝났는데",
                "모든 칸이 실행되어야 하므로",
                "앞 칸에서 sys.exit를 부르지 않는지 확인해 주십시오",
            )


def _told(name: str, failed: Path, error) -> DonghengError:
    from dongheng import errors

    ours = getattr(errors, error.ename, None)
    if isinstance(ours, type) and issubclass(ours, DonghengError) or error.ename == "FrameworkProblems":
        return Told(error.evalue)
    return PipelineError(
        f"{name} {error.cell_index}번째 칸",  # counted from 0 with the injected cell, so from 1 without it
        f"{error.ename}: {error.evalue} 오류가 났는데",
        "칸은 오류 없이 끝나야 하므로",
        f"실행이 멈춘 모습을 담은 {failed.name}을 열어 확인해 주십시오",
    )


class Told(DonghengError):
    """A sentence that a notebook's kernel has already put together."""

    def __init__(self, sentence: str):
        Exception.__init__(self, sentence)

    def __reduce__(self):
        return type(self), (str(self),)
