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
    """A notebook file. ``PipelineError`` where it is absent, cannot be opened or is no notebook."""
    name = path.as_posix()
    try:
        text = (root / path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PipelineError.of("pipeline.no_notebook", name) from None
    except OSError:
        raise PipelineError.of("pipeline.notebook_locked", name) from None
    except UnicodeDecodeError:
        raise PipelineError.of("pipeline.not_a_notebook", name) from None
    try:
        nb = nbformat.convert(nbformat.reader.reads(text), 4)
        nbformat.validate(nb)
    except Exception:  # of JSON of another shape nbformat raises whatever it stumbles over
        raise PipelineError.of("pipeline.not_a_notebook", name) from None
    return nb


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
    for line in _tree(code[tagged[0]].source, f"{name} parameters 칸").body:
        simple = (
            isinstance(line, ast.AnnAssign)
            and isinstance(line.target, ast.Name)
            and isinstance(line.annotation, ast.Name)
            and line.annotation.id in _TYPES
            and isinstance(line.value, ast.Constant)
        )
        if not simple:
            raise ParameterError.of("pipeline.not_declared", f"{name} parameters 칸 {line.lineno}행")
        found[line.target.id] = _TYPES[line.annotation.id]
    following = code[tagged[0] + 1].source if tagged[0] + 1 < len(code) else ""
    if _OPENING not in following:
        raise ParameterError.of("pipeline.not_opened", name, opening=_OPENING)
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
        found.append(PipelineError.of("pipeline.other_kernel", name))
    for position, cell in enumerate(nb.cells, 1):
        if cell.cell_type != "code":
            continue
        where = f"{name} {position}번째 칸"
        if cell.outputs or cell.execution_count:
            found.append(PipelineError.of("pipeline.outputs_kept", where, name=name))
        try:
            tree = _tree(cell.source, where)
        except PipelineError as error:
            found.append(error)
            continue
        if any(isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Try) for n in ast.walk(tree)):
            found.append(PipelineError.of("pipeline.function_defined", where))
    return found


def _tree(source: str, where: str) -> ast.Module:
    """A cell's code, its magics and question marks turned into calls first, as IPython does."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError) as error:  # ValueError: a null character
        line = getattr(error, "lineno", None) or 1
        raise PipelineError.of("pipeline.not_python", f"{where} {line}행") from None


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
        raise PipelineError.of("pipeline.kernel_died", path.as_posix()) from None
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
            raise PipelineError.of("pipeline.cell_not_run", f"{name} {position}번째 칸")


def _told(name: str, failed: Path, error) -> DonghengError:
    from dongheng import errors

    ours = getattr(errors, error.ename, None)
    if isinstance(ours, type) and issubclass(ours, DonghengError) or error.ename == "FrameworkProblems":
        return Told(error.evalue)
    where = f"{name} {error.cell_index}번째 칸"  # counted from 0 with the injected cell, so from 1 without it
    facts = {"kind": error.ename, "told": error.evalue, "failed": failed.name}
    return PipelineError.of("pipeline.cell_failed", where, **facts)


class Told(DonghengError):
    """A sentence that a notebook's kernel has already put together."""

    def __init__(self, sentence: str):
        Exception.__init__(self, sentence)

    def __reduce__(self):
        return type(self), (str(self),)
