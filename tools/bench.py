"""How long the work takes and how much memory it needs: `make bench`, or `make bench ARGS="델파이"` for what is so named.

Calculations are timed in this process (best of five, their inputs made within the time), whole runs in a copy, so that
reports and data of the checkout stay as they are. A target is a wish for two cores, not a test: a busy machine misses it.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

from dongheng import benchmarks, config, delphi, normalise, publish, uncertainty, weighting
from dongheng.framework import Framework
from dongheng.pipeline import files

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("config.yaml", "Snakefile", "requirements.lock", "data/raw", "notebooks", "src")
PACKAGES = ("papermill", "ipykernel", "snakemake", "numpy", "pandas", "matplotlib", "typst")


def drawn(rows: int, columns: int, low: float, high: float) -> pd.DataFrame:
    """A table of random numbers from `low` on and below `high`, the same every time."""
    return pd.DataFrame(np.random.default_rng(0).uniform(low, high, (rows, columns))).add_prefix("c", axis=1)


def answers(experts: int, items: int) -> pd.DataFrame:
    """Ratings of a panel on a scale of 1 to 5."""
    return drawn(experts, items, 1, 6) // 1


def topic_scores() -> pd.DataFrame:
    """Scores of 41 countries in 11 topics, from 24 indicators."""
    topics = [f"t{n % 11}" for n in range(24)]
    ids = [f"c{n}" for n in range(24)]
    indicators = pd.DataFrame({"id": ids, "topic": topics, "direction": ["positive", "negative"] * 12})
    return benchmarks.better_life_scores(drawn(41, 24, 0, 100), indicators)


def tree(leaves: int, tasks: int, areas: int) -> Framework:
    """A framework of three levels with equal weights; every third indicator is better low."""
    rows = [("index", "", 1), *((f"a{n}", "index", 1) for n in range(areas))]
    rows += [(f"t{n}", f"a{n % areas}", 1) for n in range(tasks)]
    rows += [(f"c{n}", f"t{n % tasks}", -1 if n % 3 == 0 else 1) for n in range(leaves)]
    return Framework.from_table(pd.DataFrame(rows, columns=["id", "parent", "direction"]).assign(weight=""))


def weighted_ranks() -> pd.DataFrame:
    """Ranks of 51 units at every node under 1,000 sets of weights."""
    framework, values = tree(49, 8, 2), drawn(51, 49, 0, 100)
    scores = normalise.min_max(values, framework.directions, 0, 100)
    weights = uncertainty.random_weights(framework, 1000, seed=0)
    return uncertainty.ranks(uncertainty.simulate(scores, framework, weights=weights, seed=0))


def city_years() -> pd.DataFrame:
    """The indices of five years under 10,000 draws of survey errors: every fourth indicator has one of 2 %."""
    framework, scores = tree(50, 10, 6), drawn(5, 50, 80, 160)
    errors = scores.mul(0).add([0.02 * (n % 4 == 0) for n in range(50)])
    return uncertainty.simulate(scores, framework, errors=errors, directions=framework.directions, base=0, seed=0)


def report() -> bytes:
    """The PDF of an executed council report, that of the example city where it stands."""
    made = sorted(ROOT.glob("reports/*/*/notebooks/06_council_report.ipynb"))
    if not made:
        sys.exit("실행한 노트북이 reports 아래에 없으므로, 먼저 make report를 실행하십시오.")
    return publish.export_pdf(made[0])


# What, target, and a function that makes its own inputs and returns a table or bytes. One more is one line more.
CALCULATIONS: list[tuple[str, str, Callable[[], pd.DataFrame | bytes]]] = [
    (
        "델파이 문항 통계(30명, 문항 120개)",
        "0.04초",
        lambda: delphi.summarise_items(answers(30, 120), essential_from=4),
    ),
    (
        "다시 뽑은 전문가 가중치 1만 벌(문항 50개)",
        "0.5초",
        lambda: weighting.bootstrap_weights(answers(30, 50), "rescaled", 10_000, seed=0, lower=1),
    ),
    ("더 나은 삶 점수(41개국)", "0.02초", topic_scores),
    ("주제 가중치 1만 벌의 순위(41개국)", "0.1초", lambda: benchmarks.rank_range(drawn(41, 11, 0, 10), 10_000, seed=0)),
    ("가중치 1,000벌의 순위(51개국, 지표 49개, 모든 단계)", "0.1초", weighted_ranks),
    (
        "방법을 바꾼 순위 1,000벌(51개국, 지표 49개)",
        "1초",
        lambda: uncertainty.method_draws(drawn(51, 49, 0, 100), tree(49, 8, 2), seed=0)[0],
    ),
    (
        "방법의 Sobol' 지수(점 128개)",
        "0.6초",
        lambda: uncertainty.sobol(drawn(51, 49, 0, 100), tree(49, 8, 2), n=128, seed=0).stack().dropna(),
    ),
    ("조사 오차 1만 벌(다섯 해, 지표 50개)", "0.15초", city_years),
    ("노트북에서 보고서 PDF까지", "3초, 1.5 MB", report),
]


def time_calculation(name: str, target: str, work: Callable[[], pd.DataFrame | bytes]) -> None:
    """One line: seconds, target, peak memory of Python and numpy (not of pandoc and Typst), size and sha256 of the result."""
    seconds = []
    for _ in range(5):
        begun = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - begun)
    tracemalloc.start()  # in a run of its own, which it slows down
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    content = result if isinstance(result, bytes) else result.to_csv(float_format="%.12g").encode()
    sizes = f"메모리 {peak / 2**20:.1f} MB, 결과 {len(content) / 1e6:.2f} MB"
    print(
        f"{name}: {min(seconds):.4f}초 (목표 {target}), {sizes}, sha256 {hashlib.sha256(content).hexdigest()}",
        flush=True,
    )


def time_runs() -> None:
    """A first run, a run with nothing to do, and a batch of notebooks two at a time, in a copy.

    Times are wall-clock seconds of whole commands, once each; memory is the peak of the sum over all processes
    started (resident, read ten times a second).
    """
    told = config.load(ROOT)
    reports = [(study, year) for study in told.studies for year in told.years(study)]
    with tempfile.TemporaryDirectory(prefix="dongheng-bench-") as folder:
        study_copy = Path(folder) / "study"
        for name in COPIED:
            source, target = ROOT / name, study_copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)
        tell_run(f"처음 실행(보고서 {len(reports)}개)", measure(study_copy, [["run"]]))
        tell_run("바뀐 것이 없는 실행", measure(study_copy, [["run"]]))
        made_up = {study: told.settings(study, year).illustrative for study, year in reports}
        batch = []
        for name in files.ORDER:  # one notebook of two reports at a time: those of one report wait for each other
            wanted = [(study, str(year)) for study, year in reports if name in files.notebooks_of(made_up[study])]
            steps = [["step", "notebook", name, *report] for report in wanted]
            batch += [steps[n : n + 2] for n in range(0, len(steps), 2)]
        measured = [measure(study_copy, together) for together in batch]
        seconds, memory = zip(*measured, strict=True)
        tell_run(f"노트북 {sum(map(len, batch))}번(둘씩)", (sum(seconds), max(memory)))


def tell_run(name: str, measured: tuple[float, int]) -> None:
    print(f"{name}: {measured[0]:.1f}초, 메모리 {measured[1] / 2**20:.0f} MB", flush=True)


def measure(folder: Path, commands: list[list[str]]) -> tuple[float, int]:
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
            peak = max(peak, sum(map(resident, children)))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    for child in children:
        _, told = child.communicate()
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, child.args, stderr=told)
    done.set()
    watcher.join()
    return time.perf_counter() - begun, peak


def resident(child: subprocess.Popen) -> int:
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


def main(words: list[str]) -> None:
    """Time what has one of the words in its name, everything where there are none."""
    print(
        f"파이썬 {platform.python_version()}, 코어 {os.cpu_count()}개, "
        + ", ".join(f"{p} {version(p)}" for p in PACKAGES)
    )
    for entry in CALCULATIONS:
        if not words or any(word in entry[0] for word in words):
            time_calculation(*entry)
    if not words or "실행" in words:
        time_runs()


if __name__ == "__main__":
    main(sys.argv[1:])
