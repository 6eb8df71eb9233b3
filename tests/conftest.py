"""Shared by all tests: where the project is, a copy of it to break, and one built copy to look at."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
INPUTS = ("config.yaml", "Snakefile", "requirements.lock", "data/raw", "notebooks", "src")


def copy_project(target: Path, source: Path = ROOT, outputs: bool = False) -> Path:
    """Copy what a run rests on; with `outputs`, also what an earlier run made in `source`, times included."""
    made = ("data/processed", "reports", ".dongheng", ".snakemake") if outputs else ()
    for name in INPUTS + made:
        of, to = source / name, target / name
        to.parent.mkdir(parents=True, exist_ok=True)
        if of.is_dir():
            shutil.copytree(of, to, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy2(of, to)
    return target


def environment(project: Path) -> dict:
    """The environment in which the copy's own code runs, not the checkout's."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DONGHENG", "PYTEST"))}
    return kept | {"PYTHONPATH": str(project / "src"), "PYTHONUTF8": "1"}


def dongheng(project: Path, *arguments: str, **options) -> subprocess.CompletedProcess:
    """Run the command line in a copy of the project, as a person would."""
    return subprocess.run(
        [sys.executable, "-m", "dongheng", *arguments],
        cwd=project,
        env=environment(project) | options.pop("env", {}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=900,
        **options,
    )


@pytest.fixture
def project(tmp_path) -> Path:
    """A fresh copy without anything built."""
    return copy_project(tmp_path / "project")


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """A copy in which both years of seoul and the example city were built: real notebooks, real papermill, real PDF; made once, never changed.

    The folder's name has spaces and Korean letters, as on many an office desktop. Under xdist the workers share it.
    """
    import fcntl

    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    project = base / "약자 동행 지수"
    with open(base / "built.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (base / "built.done").exists():
            copy_project(project)
            result = dongheng(project, "run")
            assert result.returncode == 0, result.stdout + result.stderr
            (base / "built.done").write_text("")
    return project


@pytest.fixture
def rebuilt(built, tmp_path) -> Path:
    """A copy of the built project that a test may change; of seoul alone, as most tests need no second city."""
    project = copy_project(tmp_path / "project", built, outputs=True)
    without_example(project)
    return project


def without_example(project: Path) -> None:
    """Take the example city out of a copy: its settings, its data, its reports."""
    path = project / "config.yaml"
    text, cut, _ = path.read_text(encoding="utf-8").partition("\n  # 지어낸 도시")
    assert cut and "example" not in text
    path.write_text(text + "\n", encoding="utf-8")
    for folder in ("data/raw", "data/processed", "reports", ".dongheng/receipts"):
        shutil.rmtree(project / folder / "example", ignore_errors=True)
    for left in (project / "data/raw/framework").glob("example-*"):
        left.unlink()


def snapshot(project: Path, *folders: str) -> dict[str, tuple[int, bytes]]:
    """Time and bytes of every file below some folders: equal before and after = nothing was touched."""
    return {
        str(path.relative_to(project)): (path.stat().st_mtime_ns, path.read_bytes())
        for folder in folders or ("reports", "data/processed")
        for path in sorted((project / folder).rglob("*"))
        if path.is_file()
    }


def write_row(path: Path, old: str, new: str) -> None:
    """Replace one text in a file exactly once; fails where it does not stand there once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")
