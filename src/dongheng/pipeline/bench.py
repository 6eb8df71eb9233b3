"""`dongheng bench`: how long the work takes and how much memory its largest process needs, measured in a copy."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path

import psutil

from dongheng import config
from dongheng.pipeline.files import ORDER, notebooks_of

COPIED = ("config.yaml", "Snakefile", "requirements.lock", "data/raw", "notebooks", "src")


def bench(root: Path, say=print) -> None:
    """Measure a first run, a run with nothing to do and a batch of notebooks, two at a time; print a table.

    Times are wall-clock seconds of whole commands, once each; memory is the peak of the sum over all processes
    started (resident, read ten times a second). The copy keeps reports and data of the checkout as they are.
    """
    told = config.load(root)
    reports = [(study, year) for study in told.studies for year in told.years(study)]
    with tempfile.TemporaryDirectory(prefix="dongheng-bench-") as folder:
        copy = Path(folder) / "study"
        for name in COPIED:
            source, target = root / name, copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)
        rows = [
            (f"처음 실행(보고서 {len(reports)}개)", *_measure(copy, [["run"]])),
            ("바뀐 것이 없는 실행", *_measure(copy, [["run"]])),
        ]
        made_up = {study: told.settings(study, year).illustrative for study, year in reports}
        batch = []
        for name in ORDER:  # one notebook of two reports at a time: those of one report wait for each other
            wanted = [(study, str(year)) for study, year in reports if name in notebooks_of(made_up[study])]
            steps = [["step", "notebook", name, *report] for report in wanted]
            batch += [steps[n : n + 2] for n in range(0, len(steps), 2)]
        measured = [_measure(copy, together) for together in batch]
        runs = sum(len(together) for together in batch)
        rows.append((f"노트북 {runs}번(둘씩)", sum(m[0] for m in measured), max(m[1] for m in measured)))
    say(f"{'무엇':<20} {'초':>8} {'메모리(MB)':>10}")
    for what, seconds, memory in rows:
        say(f"{what:<20} {seconds:8.1f} {memory / 2**20:10.0f}")
    packages = ("papermill", "ipykernel", "snakemake", "pandas", "matplotlib", "typst")
    say(
        f"Python {platform.python_version()}, 코어 {os.cpu_count()}개, "
        + ", ".join(f"{p} {version(p)}" for p in packages)
    )


def _measure(folder: Path, commands: list[list[str]]) -> tuple[float, int]:
    """Run commands at the same time; seconds until the last is done, and the peak memory of all together."""
    environment = os.environ | {"PYTHONPATH": str(folder / "src")}
    begun = time.perf_counter()
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "dongheng", *command],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for command in commands
    ]
    peak, done = 0, threading.Event()

    def watch():
        nonlocal peak
        while not done.wait(0.1):
            peak = max(peak, sum(map(_memory, children)))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    for child in children:
        _, told = child.communicate()
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, child.args, stderr=told)
    done.set()
    watcher.join()
    return time.perf_counter() - begun, peak


def _memory(child: subprocess.Popen) -> int:
    """Resident bytes of a process and all below it; what ends meanwhile counts as nothing."""
    try:
        top = psutil.Process(child.pid)
        family = [top, *top.children(recursive=True)]
    except psutil.Error:
        return 0
    whole = 0
    for process in family:
        try:
            whole += process.memory_info().rss
        except psutil.Error:
            continue
    return whole
