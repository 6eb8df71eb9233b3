"""Notebooks run strictly: what papermill lets pass is refused before a kernel starts, and a copy is whole or absent."""

import ast
from pathlib import Path

import nbformat

from dongheng import errors
from dongheng.errors import DonghengError, ParameterError, PipelineError, ProblemList, raise_all
from dongheng.pipeline import files
from dongheng.pipeline.book import lost_tag, parameter_problems

_TYPES = {"str": str, "int": int, "float": float, "bool": bool}
_OPENING = "open_notebook(globals())"
_NOT_IN_NOTEBOOKS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Try
FAILED = ".failed"


def read(root: Path, path: Path) -> nbformat.NotebookNode:
    """A notebook file. ``PipelineError`` where it is absent, cannot be opened or is no notebook."""
    name = path.as_posix()
    try:
        nb = nbformat.convert(nbformat.reader.reads((root / path).read_text(encoding="utf-8")), 4)
        nbformat.validate(nb)
    except FileNotFoundError:
        raise PipelineError.of("pipeline.no_notebook", name) from None
    except OSError:
        raise PipelineError.of("pipeline.notebook_locked", name) from None
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
        match line:
            case ast.AnnAssign(
                ast.Name(given), ast.Name(kind), ast.Constant() | ast.UnaryOp(ast.USub(), ast.Constant())
            ) if kind in _TYPES:
                found[given] = _TYPES[kind]
            case _:
                raise ParameterError.of("pipeline.not_declared", f"{name} parameters 칸 {line.lineno}행")
    following = code[tagged[0] + 1].source if tagged[0] + 1 < len(code) else ""
    ParameterError.unless(_OPENING in following, "pipeline.not_opened", name, opening=_OPENING)
    return found


def check_parameters(nb: nbformat.NotebookNode, name: str, parameters: dict) -> None:
    """Refuse unknown, missing and ill-typed parameters, all at once."""
    known = declared(nb, name)
    undeclared = {"study", "year"} - known.keys()  # the notebook itself tells of these; all others have defaults
    raise_all(parameter_problems(parameters, known, parameters.keys() | undeclared))


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
    for position, cell in [(n, cell) for n, cell in enumerate(nb.cells, 1) if cell.cell_type == "code"]:
        where = f"{name} {position}번째 칸"
        if cell.outputs or cell.execution_count:
            found.append(PipelineError.of("pipeline.outputs_kept", where, name=name))
        try:
            if any(isinstance(part, _NOT_IN_NOTEBOOKS) for part in ast.walk(_tree(cell.source, where))):
                found.append(PipelineError.of("pipeline.function_defined", where))
        except PipelineError as error:
            found.append(error)
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
    kernel = {"kernel_name": "python3", "kernel_manager_class": OwnSocketKernelManager, "start_timeout": 120}
    quiet = {"progress_bar": False, "log_output": False, "autosave_cell_every": 0}
    try:
        papermill.execute_notebook(str(root / path), str(partial), parameters, cwd=str(root), **kernel, **quiet)
        done = nbformat.read(partial, as_version=4)
        for position, cell in enumerate(done.cells, 1):  # sys.exit(0) and some magics end a notebook early with code 0
            if cell.cell_type == "code" and cell.source.strip() and not cell.execution_count:
                raise PipelineError.of("pipeline.cell_not_run", f"{path.as_posix()} {position}번째 칸")
    except (papermill.PapermillExecutionError, DeadKernelError, PipelineError) as error:
        if partial.exists():
            files.settle(partial, failed)
        raise _told(path.as_posix(), failed, error) from None
    files.settle(partial, output)
    return [o.text.strip() for cell in done.cells for o in cell.get("outputs", []) if o.get("name") == "stderr"]


def _told(name: str, failed: Path, error: Exception) -> DonghengError:
    """The sentence for a notebook that did not come to its end."""
    if isinstance(error, PipelineError):
        return error
    if not hasattr(error, "ename"):
        return PipelineError.of("pipeline.kernel_died", name)
    ours = getattr(errors, error.ename, None)
    if isinstance(ours, type) and issubclass(ours, DonghengError) or error.ename == "FrameworkProblems":
        return ProblemList([error.evalue])  # sentences that the kernel has already put together
    where = f"{name} {error.cell_index}번째 칸"  # counted from 0 with the injected cell, so from 1 without it
    return PipelineError.of("pipeline.cell_failed", where, kind=error.ename, told=error.evalue, failed=failed.name)
