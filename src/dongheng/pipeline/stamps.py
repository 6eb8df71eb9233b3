"""What Snakemake compares: a small file per input, holding its hash and rewritten only when the hash changes.

Snakemake sees times, not contents: a file put back with its old date, or a changed function, would go unseen.
A receipt per step holds the hashes of what it made, so that a table edited by hand is made anew.
"""

from __future__ import annotations

import json
from pathlib import Path

from dongheng import proof, rawdata
from dongheng.config import Settings
from dongheng.pipeline import files

HOME = Path(".dongheng")
STAMPS = HOME / "stamps"
RECEIPTS = HOME / "receipts"


def refresh(root: Path, reports: list[Settings]) -> None:
    """Bring the stamps up to date for the reports that are about to be made."""
    now = {f"code/{group}": proof.sha256_of_files(root, proof.code_files(root, group)) for group in proof.ROOMS}
    now["lock"] = rawdata.sha256(root / proof.LOCK)
    notebooks = proof.notebooks(root)
    now |= {f"notebooks/{path.stem}": rawdata.sha256(root / path) for path in notebooks}
    now["notebooks/all"] = proof.sha256_of_files(root, notebooks)
    for settings in reports:
        report = f"{settings.study}/{settings.year}"
        now[f"settings/{report}"] = settings.sha256()
        now[f"raw/{report}"] = proof.sha256_of_files(root, proof.raw_files(root, settings))
    for name, digest in now.items():
        path = root / STAMPS / name
        if not path.is_file() or path.read_text(encoding="ascii") != digest:
            files.write(path, digest.encode("ascii"))


def give_receipt(root: Path, study: str, year: int, step: str, outputs: list[Path], told: dict) -> None:
    """Note what a step made (paths relative to the root) and what it told of itself (times, warnings)."""
    content = {"outputs": {p.as_posix(): rawdata.sha256(root / p) for p in outputs}, **told}
    files.write(
        root / RECEIPTS / study / str(year) / f"{step}.json", json.dumps(content, ensure_ascii=False, indent=1).encode()
    )


def receipts(root: Path, study: str, year: int) -> dict[str, dict]:
    """The receipts of a year by step, in the steps' order."""
    folder = root / RECEIPTS / study / str(year)
    return {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.json"))}


def distrust_changed(root: Path, study: str, year: int) -> list[Path]:
    """Remove outputs that are not what their step made, and all that was made from them.

    Snakemake does not ask for a table that is gone while what was made from it stands; so what follows goes too.
    """
    changed = []
    for step, receipt in receipts(root, study, year).items():
        found = [
            root / name
            for name, digest in receipt["outputs"].items()
            if not (root / name).is_file() or rawdata.sha256(root / name) != digest
        ]
        if found:
            for path in found:
                path.unlink(missing_ok=True)
            files.retract(root, study, year, step)
            changed += found
    return changed
