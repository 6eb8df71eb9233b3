"""Two records: study.json, what decides the numbers; certificate.json, that plus how this run went."""

import hashlib
import json
import platform
import re
import subprocess
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.markers import Marker

from dongheng import panel, rawdata
from dongheng.config import Settings

FORMAT = 1
SOURCE = "src/dongheng"
CALCULATION = "framework delphi weighting normalise aggregate uncertainty benchmarks linkage"
# Rooms that change together for whoever rests on them. A stamp file per group lets Snakemake see a code change.
ROOMS = {
    "calculation": tuple(f"{room}.py" for room in CALCULATION.split()),
    "data": ("rawdata.*", "panel.py", "config.*", "codebook.*", "errors.py", "sentences/*"),
    "shown": ("charts/*", "fonts.py", "publish/*"),
    "run": ("pipeline/*", "proof.py"),
    "office": ("office/*", "cli.*", "__main__.py"),
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
    matching = [path for pattern in ROOMS[group] for path in (root / SOURCE).glob(pattern)]
    found = {p.relative_to(root) for path in matching for p in (path, *path.rglob("*")) if p.is_file()}
    # __pycache__ whole: Python writes its files there under temporary names first.
    return [p for p in found if "__pycache__" not in p.parts and not any(part.startswith(".") for part in p.parts)]


def notebooks(root: Path) -> list[Path]:
    """The study's notebooks in the order of their numbers, relative to the root."""
    found = [*(root / "notebooks").glob("[0-9]*.ipynb"), *(root / "notebooks/validation").glob("v[0-9]*.ipynb")]
    return sorted((p.relative_to(root) for p in found), key=lambda p: p.name)


def raw_files(root: Path, settings: Settings) -> list[Path]:
    """Raw tables of one report and the provenance records beside them, as far as they exist."""
    tables = rawdata.files_of(settings) + rawdata.optional_files(root, settings) + panel.files_of(root, settings)
    return [f for t in tables for f in (t, rawdata.record_of(t)) if (root / f).is_file()]


def benchmark_files(root: Path) -> list[Path]:
    """Other systems' figures, every edition, with the records beside them, relative to the root: one set for all reports."""
    found = [*(root / rawdata.BENCHMARKS).glob("*.*"), *(root / rawdata.BENCHMARKS).glob("[0-9]*/*")]
    return sorted(p.relative_to(root) for p in found if p.is_file())


def study_record(root: Path, settings: Settings) -> str:
    """study.json: everything that decides the numbers and nothing else, as JSON text with sorted keys.

    No clock, machine, Python or commit is in it, so the same inputs give the same text anywhere; it is printed in
    and attached to the PDF.
    """
    files = {"raw": raw_files(root, settings), "benchmarks": benchmark_files(root), "notebooks": notebooks(root)}
    sums = {kind: {p.as_posix(): rawdata.sha256(root / p) for p in paths} for kind, paths in files.items()}
    sums |= {"config": settings.sha256(), "lock": rawdata.sha256(root / LOCK)}
    sums["src"] = sha256_of_files(root, code_files(root, "all"))
    parameters = {"study": settings.study, "year": settings.year}
    record = parameters | {"parameters": parameters, "config": asdict(settings), "sha256": sums}
    record |= {"format": FORMAT, "seed": settings.seed}
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
    machine = {"python": platform.python_version(), "platform": platform.platform(), "commit": _commit(root)}
    hashes = {p.as_posix(): rawdata.sha256(root / p) for p in sorted(outputs)}
    content = {"study": json.loads(record), "run": machine | {"steps": steps}, "outputs": hashes}
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
    command = ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=+"]
    try:
        return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=10).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""
