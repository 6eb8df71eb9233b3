"""What Snakemake compares: a small file per input, holding its hash and rewritten only when the hash changes.

Snakemake sees times, not contents: a file put back with its old date, or a changed function, would go unseen.
A receipt per step holds the hashes of what it made, so that a table edited by hand is made anew.
"""

import json
from pathlib import Path

from dongheng import codebook, proof, rawdata
from dongheng.config import Settings
from dongheng.pipeline import files
from dongheng.pipeline.files import ORDER

HOME = Path(".dongheng")
STAMPS = HOME / "stamps"
RECEIPTS = HOME / "receipts"
WHOLE = "whole"  # the receipt of a finished report: its certificate, and the stamps that it rests on


def digests(root: Path, reports: list[Settings]) -> dict[str, str]:
    """The hash of everything that the reports rest on, by stamp."""
    notebooks = proof.notebooks(root)
    parts = {f"code/{group}": proof.code_files(root, group) for group in proof.ROOMS}
    parts |= {"order": [Path("Snakefile")], "lock": [Path(proof.LOCK)], "benchmarks": proof.benchmark_files(root)}
    parts |= {f"notebooks/{path.stem}": [path] for path in notebooks} | {"notebooks/all": notebooks}
    parts |= {f"raw/{report.study}/{report.year}": proof.raw_files(root, report) for report in reports}
    there = {stamp: [path for path in paths if (root / path).is_file()] for stamp, paths in parts.items()}
    now = {stamp: proof.sha256_of_files(root, paths) for stamp, paths in there.items()}
    return now | {f"settings/{report.study}/{report.year}": report.sha256() for report in reports}


def refresh(root: Path, now: dict[str, str]) -> None:
    """Bring the stamps up to date, touching only those whose hash changed."""
    for name, digest in now.items():
        path = root / STAMPS / name
        if not path.is_file() or path.read_text(encoding="ascii") != digest:
            files.write(path, digest.encode("ascii"))


def basis(study: str, year: int, now: dict[str, str]) -> dict[str, str]:
    """The stamps that one report rests on: those of no report and its own."""
    own = (f"settings/{study}/{year}", f"raw/{study}/{year}")
    return {name: d for name, d in now.items() if name in own or not name.startswith(("settings/", "raw/"))}


def read(root: Path) -> dict[str, str]:
    """The stamps as they are on the disk: what the run that is going on began with."""
    folder = root / STAMPS
    return {p.relative_to(folder).as_posix(): p.read_text(encoding="ascii") for p in folder.rglob("*") if p.is_file()}


def is_current(root: Path, study: str, year: int, now: dict[str, str]) -> bool:
    """True where a report and all on its way stand untouched and nothing that they rest on has changed.

    Then neither the raw data need be read nor Snakemake asked: it would come to the same answer, later.
    """
    made = receipts(root, study, year)
    same = WHOLE in made and made[WHOLE]["basis"] == basis(study, year, now)
    return same and not any(_changed(root, receipt) for receipt in made.values())


def _changed(root: Path, receipt: dict) -> list[Path]:
    """What a step made that is gone or no longer what it made."""
    made = {root / name: digest for name, digest in receipt["outputs"].items()}
    return [path for path, digest in made.items() if not path.is_file() or rawdata.sha256(path) != digest]


def give_receipt(root: Path, study: str, year: int, step: str, outputs: list[Path], told: dict) -> None:
    """Note what a step made (paths relative to the root) and what it told of itself (times, warnings)."""
    content = {"outputs": {p.as_posix(): rawdata.sha256(root / p) for p in outputs}, **told}
    path = root / RECEIPTS / study / str(year) / f"{step}.json"
    files.write(path, json.dumps(content, ensure_ascii=False, indent=1).encode())


def receipts(root: Path, study: str, year: int) -> dict[str, dict]:
    """The receipts of a year by step, in the steps' order."""
    folder = root / RECEIPTS / study / str(year)
    return {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.json"))}


def distrust_changed(root: Path, study: str, year: int) -> None:
    """Remove outputs that are not what their step made, and all that was made from them.

    An output without a receipt is nobody's word. Snakemake does not ask for a table that is gone while what was
    made from it stands; so what follows goes too.
    """
    made = receipts(root, study, year)
    known = {name for receipt in made.values() for name in receipt["outputs"]}
    tables = [f"{name}.csv" for name in (*codebook.TABLES, "codebook")]
    ours = [files.processed(root, study, year) / name for name in (*tables, "study.json")]
    ours += [files.executed(root, study, year, name) for name in ORDER]
    ours += [files.reports(root, study, year) / name for name in files.REPORT]
    stray = [path for path in ours if path.is_file() and path.relative_to(root).as_posix() not in known]
    changed = []
    for step, receipt in made.items():
        if found := _changed(root, receipt):
            changed += found
            files.retract(root, study, year, step)
    if stray:
        files.retract(root, study, year, "0")
    for path in changed + stray:
        path.unlink(missing_ok=True)
