"""Two records: study.json, what decides the numbers; certificate.json, that plus how this run went."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.markers import Marker

from dongheng import panel, rawdata
from dongheng.config import Settings

FORMAT = 1
SOURCE = "src/dongheng"
# Rooms that change together for whoever rests on them. A stamp file per group lets Snakemake see a code change.
ROOMS = {
    "calculation": (
        "framework.py",
        "delphi.py",
        "weighting.py",
        "normalise.py",
        "aggregate.py",
        "benchmarks.py",
    ),
    "data": ("rawdata.py", "panel.py", "config.py", "codebook.*", "errors.py", "sentences/*"),
    "shown": ("charts.py", "fonts.py", "publish/*"),
    "run": ("pipeline/*", "proof.py"),
    "office": ("office/*", "cli.py", "__main__.py"),
    "all": ("*",),
}
LOCK = "requirements.lock"
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?: ; ([^\\]+?))? *\\?$", re.M)


def sha256_of_files(root: Path, paths: list[Path]) -> str:
    """One hash for several files: of their names (relative to `root`) and bytes, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda p: p.as_posix()):
        digest.update(f"{path.as_posix()}\0{rawdata.sha256(root / path)}\n".encode())
    return digest.hexdigest()


def code_files(root: Path, group: str) -> list[Path]:
    """Files of a group of rooms, relative to the root; by-products of Python and hidden files left out."""
    found = set()
    for pattern in ROOMS[group]:
        for path in (root / SOURCE).glob(pattern):
            found.update(path.rglob("*") if path.is_dir() else [path])
    relative = [p.relative_to(root) for p in found if p.is_file()]
    # __pycache__ whole: Python writes its files there under temporary names first.
    return [p for p in relative if "__pycache__" not in p.parts and not any(part.startswith(".") for part in p.parts)]


def notebooks(root: Path) -> list[Path]:
    """The study's notebooks in the order of their numbers, relative to the root."""
    found = [*(root / "notebooks").glob("[0-9]*.ipynb"), *(root / "notebooks/validation").glob("v[0-9]*.ipynb")]
    return sorted((p.relative_to(root) for p in found), key=lambda p: p.name)


def raw_files(root: Path, settings: Settings) -> list[Path]:
    """Raw tables of one report and the provenance records beside them, as far as they exist."""
    tables = rawdata.files_of(settings) + rawdata.optional_files(root, settings) + panel.files_of(root, settings)
    return [f for t in tables for f in (t, rawdata.record_of(t)) if (root / f).is_file()]


def study_record(root: Path, settings: Settings) -> str:
    """study.json: everything that decides the numbers and nothing else, as JSON text with sorted keys.

    No clock, machine, Python or commit is in it, so the same inputs give the same text anywhere; it is printed in
    and attached to the PDF.
    """
    record = {
        "format": FORMAT,
        "study": settings.study,
        "year": settings.year,
        "parameters": {"study": settings.study, "year": settings.year},
        "seed": settings.seed,
        "config": settings.as_dict(),
        "sha256": {
            "config": settings.sha256(),
            "raw": {p.as_posix(): rawdata.sha256(root / p) for p in raw_files(root, settings)},
            "notebooks": {p.as_posix(): rawdata.sha256(root / p) for p in notebooks(root)},
            "src": sha256_of_files(root, code_files(root, "all")),
            "lock": rawdata.sha256(root / LOCK),
        },
    }
    return json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def certificate(root: Path, record: str, outputs: list[Path], steps: list[dict]) -> str:
    """certificate.json: study.json plus Python, platform, commit, times, warnings and sha256 of every output.

    Parameters
    ----------
    record : str
        Text of study.json.
    outputs : list of Path
        Files of this year, relative to the root.
    steps : list of dict
        What each step told of itself: name, started, seconds, warnings.
    """
    content = {
        "study": json.loads(record),
        "run": {
            "python": platform.python_version(),
            "platform": platform.platform(),
            "commit": _commit(root),
            "steps": steps,
        },
        "outputs": {p.as_posix(): rawdata.sha256(root / p) for p in sorted(outputs)},
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def not_as_locked(root: Path) -> list[str]:
    """Packages whose installed version is not the lock's, as ``name installed (lock)``; empty if all agree.

    The record names the lock, so what runs must be what the lock says.
    """
    found = []
    for name, locked, marker in _LOCKED.findall((root / LOCK).read_text(encoding="utf-8")):
        if marker and not Marker(marker).evaluate():
            continue
        try:
            installed = version(name)
        except PackageNotFoundError:
            installed = "없음"
        if installed != locked:
            found.append(f"{name} {installed}({locked})")
    return found


def _commit(root: Path) -> str:
    """The commit checked out, with `+` where tracked files differ from it; empty outside a git checkout."""
    try:
        commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, timeout=10)
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no"],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (commit.stdout.strip() + ("+" if changed.stdout.strip() else "")) if commit.returncode == 0 else ""
