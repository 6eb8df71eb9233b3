"""However a run ends: no child left, nothing half-written under a final name, and the next plain run completes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from tests.conftest import dongheng, environment

pytestmark = [pytest.mark.long, pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")]


class Running:
    """`dongheng run` in a fresh copy, caught in the middle of a notebook."""

    def __init__(self, project: Path, make_like: bool = False):
        self.project = project
        env = environment(project)
        command = [sys.executable, "-m", "dongheng", "run", "2023"]
        if make_like:  # as the Makefile does: a parent whose end ends the run
            command = ["bash", "-c", f'DONGHENG_PARENT_PID=$$ "{sys.executable}" -m dongheng run 2023; true']
        self.process = subprocess.Popen(
            command, cwd=project, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )

    def wait_for_kernel(self) -> list[psutil.Process]:
        """Return the whole family a moment after a kernel began to work."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if any(is_kernel(p) for p in psutil.Process(self.process.pid).children(recursive=True)):
                time.sleep(0.8)
                return psutil.Process(self.process.pid).children(recursive=True)
            time.sleep(0.05)
        raise AssertionError("no kernel started within a minute")


def is_kernel(process: psutil.Process) -> bool:
    try:
        return "ipykernel_launcher" in " ".join(process.cmdline())
    except psutil.Error:  # it ended meanwhile
        return False


def survivors(family: list[psutil.Process], seconds: float = 6) -> list[psutil.Process]:
    _, alive = psutil.wait_procs(family, timeout=seconds)
    return [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def check_after_the_kill(project: Path) -> None:
    """No partial file under a final name, no report beside other data; then a plain run completes."""
    for path in [p for f in ("reports", "data/processed") for p in (project / f).rglob("*") if p.is_file()]:
        if path.name.startswith("."):
            continue
        if path.suffix == ".ipynb":
            assert all(c.execution_count for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code")
        elif path.suffix == ".csv":
            assert path.read_bytes().endswith(b"\n")
    assert not (project / "reports/seoul/2023/council_report.pdf").exists()
    result = dongheng(project, "run", "2023")
    assert result.returncode == 0, result.stdout + result.stderr
    assert (project / "reports/seoul/2023/council_report.pdf").is_file()
    assert not [p for f in ("reports", "data/processed") for p in (project / f).rglob(".*")]


def out_of_date(rebuilt: Path) -> None:
    """Change the raw data in a way that does not matter to the figures, so that everything is made anew."""
    path = rebuilt / "data/raw/seoul/2022/values.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def test_kill_9_leaves_no_child_and_the_next_run_completes(rebuilt):
    """The worst end: the runner is gone at once; its steps and kernels notice, and nothing lies to the next run."""
    out_of_date(rebuilt)
    running = Running(rebuilt)
    family = running.wait_for_kernel()
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    assert not survivors(family)
    check_after_the_kill(rebuilt)


def test_ctrl_c_exits_130_with_no_child_left(rebuilt):
    """Ctrl-C: exit code 130, all children gone by the time the command returns, no socket folder left."""
    out_of_date(rebuilt)
    running = Running(rebuilt)
    family = running.wait_for_kernel()
    os.kill(running.process.pid, signal.SIGINT)
    assert running.process.wait(timeout=20) == 130
    assert not survivors(family, seconds=0.5)
    check_after_the_kill(rebuilt)


def test_the_run_ends_with_the_make_that_called_it(rebuilt):
    """kill -9 on make: the run below it does not go on unseen."""
    out_of_date(rebuilt)
    running = Running(rebuilt, make_like=True)
    family = running.wait_for_kernel()
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    assert not survivors(family)


def test_two_runs_in_one_folder_do_not_mix(rebuilt):
    """The second is told that the first is running; it breaks nothing."""
    out_of_date(rebuilt)
    running = Running(rebuilt)
    running.wait_for_kernel()
    second = dongheng(rebuilt, "run", "2023")
    assert second.returncode == 1
    assert re.fullmatch(
        r"dongheng run: 이미 실행되고 있는데\(프로세스 \d+\), 한 폴더에서는 한 번에 하나만 돌 수 있으므로, "
        r"끝나기를 기다리거나 그 프로세스를 끝내십시오\.",
        second.stderr.strip(),
    )
    assert running.process.poll() is None, "the first goes on"
    os.kill(running.process.pid, signal.SIGTERM)
    assert running.process.wait(timeout=20) == 143
