"""`dongheng run`: only what is out of date, every year on its own, and nothing left behind however it ends."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import psutil

from dongheng import config, normalise, panel, proof, rawdata
from dongheng.errors import DonghengError, PipelineError, each
from dongheng.pipeline import files, stamps
from dongheng.pipeline.book import RUN, SOCKETS
from dongheng.pipeline.processes import alive, die_with_parent, identity, kill_family

PARENT = "DONGHENG_PARENT_PID"  # whoever sets it wants the run to end with that process
KEPT_RUNS = 20


@dataclass
class Report:
    """One report of a run and how it went."""

    settings: config.Settings
    problems: list[str] = field(default_factory=list)
    events: list[dict] = field(default_factory=list)

    @property
    def at(self) -> tuple[str, int]:
        """Study and year, as most functions of files take them."""
        return self.settings.study, self.settings.year

    @property
    def name(self) -> str:
        return f"{self.settings.study} {self.settings.year}"


class Stopped(SystemExit):
    """Somebody asked the run to end; `code` says how."""


def run(
    root: Path, study: str | None = None, years: tuple = (), cores: int | None = None, extra: tuple = (), say=print
) -> int:
    """Make every report asked for, as far as it is out of date.

    Parameters
    ----------
    root : Path
        The study's folder.
    study, years
        Which; None and () mean all of config.yaml.
    cores : int, optional
        How many steps at a time; default all cores, 1 where kernels talk over TCP (Windows).
    extra : tuple of str
        Handed on to Snakemake, as in ``("--profile", "slurm")``.
    say : callable
        Receives each line for the reader.

    Returns
    -------
    int
        Exit code: 0 all reports stand, 1 some do not, 130 Ctrl-C, 143 ended from outside.
    """
    told = config.load(root)
    names = [study] if study else told.studies
    unknown = sorted(set(years) - {year for name in names for year in told.years(name)})
    chosen = [
        Report(told.settings(name, year))
        for name in names
        for year in [*unknown, *told.years(name)]  # a year that no study has is told of the first
        if not years or year in years
    ]
    try:
        with _Lock(root) as lock, _stoppable():
            return _run(root, chosen, cores, extra, say, lock)
    except Stopped as stopped:
        say("멈췄습니다. 다시 실행하면 이어서 끝냅니다.")
        return stopped.code


def problems_before(root: Path, settings: config.Settings) -> tuple[list[DonghengError], list[DonghengError]]:
    """What keeps one report from being made, and what is odd about its sources but does not keep it."""
    try:
        raw = rawdata.load(root, settings)
        # What only the scores show (a sign change, a reversal that fails) is told now, while the old report stands.
        levels, _ = normalise.complete_levels(raw.values, raw.register, settings.base_year, settings.years)
        normalise.known_scores(levels, raw.framework.directions, settings.base_year, settings.years, settings.reverse)
        panel.load(root, settings)
        return [], [*raw.anomalies, *rawdata.provenance_anomalies(root, panel.files_of(root, settings))]
    except DonghengError as error:
        there = [path for path in rawdata.files_of(settings) if (root / path).is_file()]
        return each(error), rawdata.provenance_anomalies(root, there + rawdata.optional_files(root, settings))


def shared_problems(root: Path) -> list[DonghengError]:
    """What keeps any report from being made: the notebooks and the files of the order."""
    from dongheng.pipeline.notebook import lint

    absent = [name for name in ("Snakefile", proof.LOCK) if not (root / name).is_file()]
    found: list[DonghengError] = [PipelineError.of("pipeline.no_file", name) for name in absent]
    try:
        if different := not found and proof.not_as_locked(root):
            told = {"named": ", ".join(different[:5]) + (" 등" if len(different) > 5 else ""), "count": len(different)}
            found.append(PipelineError.of("pipeline.not_as_locked", "설치된 라이브러리", **told))
    except UnicodeDecodeError:
        found.append(PipelineError.of("pipeline.lock_unreadable", proof.LOCK))
    paths = dict.fromkeys([*map(files.notebook, files.ORDER), *proof.notebooks(root)])
    return found + [problem for path in paths for problem in lint(root, path)]


def _run(root: Path, chosen: list[Report], cores: int | None, extra: tuple, say, lock: "_Lock") -> int:
    begun = time.monotonic()
    now = stamps.digests(root, [r.settings for r in chosen])
    stale = [r for r in chosen if not stamps.is_current(root, *r.at, now)]
    shared = [str(p) for p in shared_problems(root)] if stale else []
    for report in stale:
        problems, anomalies = problems_before(root, report.settings)
        report.problems = shared + [str(p) for p in problems]
        for anomaly in anomalies:
            say(f"알림 [{report.name}] {anomaly}")
    for sentence in dict.fromkeys(p for r in stale for p in r.problems):
        say(sentence)
    ready = [r for r in stale if not r.problems]
    for report in ready:
        files.sweep(root, *report.at)
        stamps.distrust_changed(root, *report.at)
    if ready:
        say(f"보고서 {len(ready)}개를 살펴 바뀐 것만 다시 만듭니다: {', '.join(r.name for r in ready)}")
        stamps.refresh(root, now)
        try:
            _snakemake(root, ready, cores, extra, say, lock)
        finally:
            for report in ready:
                files.sweep(root, *report.at)
    say("")
    for report in chosen:
        pdf = (files.reports(root, *report.at) / files.PDF).relative_to(root).as_posix()
        failed = report.problems and f"실패    문제 {len(report.problems)}건(위의 문장을 보십시오)"
        say(f"{report.name}  {failed or ('만듦  ' if report.events else '그대로') + '  ' + pdf}")
    say(f"걸린 시간 {time.monotonic() - begun:.1f}초")
    return 1 if any(r.problems for r in chosen) else 0


def _snakemake(root: Path, ready: list[Report], cores: int | None, extra: tuple, say, lock: "_Lock") -> None:
    run_id = datetime.now().strftime("%Y%m%d-%H%M%S") + f"-{os.getpid()}"
    folder = root / stamps.HOME / "runs" / run_id
    folder.mkdir(parents=True)
    pid, born, host = identity(os.getpid())
    sockets = tempfile.mkdtemp(prefix="dh-")
    # The kernel of this environment, without anybody's start-up files: the same notebook for everybody.
    environment = os.environ | {"JUPYTER_PREFER_ENV_PATH": "1", "IPYTHONDIR": sockets}
    environment |= {SOCKETS: sockets, RUN: f"{run_id}@{host}@{pid}@{born}"}
    cores = cores or (1 if os.name == "nt" else os.cpu_count() or 1)
    targets = [f"reports/{r.settings.study}/{r.settings.year}/certificate.json" for r in ready]
    command = [sys.executable, "-m", "snakemake", "--snakefile", "Snakefile", "--keep-going", "--rerun-incomplete"]
    command += ["--nolock", "--nocolor", "--cores", str(cores), *extra, "--", *targets]
    log = folder / "snakemake.log"
    alone = {"start_new_session": True, "preexec_fn": die_with_parent if sys.platform == "linux" else None}
    with open(log, "wb") as out:
        streams = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": subprocess.STDOUT}
        child = subprocess.Popen(command, cwd=root, env=environment, **streams, **alone)
    lock.note(child.pid, sockets)
    parent = os.environ.get(PARENT, "")
    try:
        while child.poll() is None:
            _tell(ready, log, say)
            if parent.isdigit() and not psutil.pid_exists(int(parent)):
                raise Stopped(143)
            time.sleep(0.1)
    finally:
        if child.poll() is None:  # Snakemake, the steps and their kernels
            kill_family(child.pid)
            child.wait()
        shutil.rmtree(sockets, ignore_errors=True)
    _tell(ready, log, say)
    for report in ready:
        target, told = files.reports(root, *report.at) / files.CERTIFICATE, [e["event"] for e in report.events]
        halfway = child.returncode and told.count("started") != told.count("done")
        if not report.problems and (halfway or not target.is_file()):
            where, facts = f"{report.name} 실행", {"log": log.relative_to(root).as_posix()}
            report.problems.append(str(PipelineError.of("pipeline.not_finished", where, **facts)))
            say(report.problems[-1])
    _keep_logs(root, ready, log)


def _tell(ready: list[Report], log: Path, say) -> None:
    """Say what the steps wrote beside the log since the last look."""
    # What follows the last end of a line is still being written.
    lines = [line for path in log.parent.glob("*.jsonl") for line in path.read_bytes().split(b"\n")[:-1]]
    for event in sorted(map(json.loads, lines), key=lambda e: e["time"]):
        report = next(report for report in ready if report.at == (event["study"], event["year"]))
        if event in report.events:
            continue
        report.events.append(event)
        if event["event"] == "failed":
            report.problems.append(event["message"])
            say(f"  실패  {report.name}  {event['step']}: {event['message']}")
        elif event["event"] == "done":
            done = sum(e["event"] == "done" for r in ready for e in r.events)
            total = re.search(r"^total\s+(\d+)", log.read_text(encoding="utf-8", errors="replace"), re.M)
            of = f"{done}/{total.group(1)}" if total else str(done)
            say(f"  [{of}] {report.name}  {event['step']}  {event['seconds']:.1f}초")
            for warning in event.get("warnings", []):
                say(f"  경고 [{report.name} {event['step']}] {warning.splitlines()[-1]}")


def _keep_logs(root: Path, ready: list[Report], log: Path) -> None:
    """Each report that was worked on gets its part of the log beside it; old runs' folders go."""
    for report in ready:
        if report.events or report.problems:
            lines = []
            for e in report.events:
                clock = datetime.fromtimestamp(e["time"]).isoformat(timespec="seconds")
                lines.append(f"{clock} {e['step']} {e['event']}" + (f" {e['seconds']:.1f}s" if "seconds" in e else ""))
                lines += [f"    {told}" for told in (*e.get("warnings", ()), e.get("message")) if told is not None]
            lines += [p for p in report.problems if not any(p == e.get("message") for e in report.events)]
            lines.append(f"snakemake: {log.relative_to(root).as_posix()}")
            files.write(files.reports(root, *report.at) / "run.log", ("\n".join(lines) + "\n").encode())
    for old in sorted((root / stamps.HOME / "runs").iterdir())[:-KEPT_RUNS]:
        shutil.rmtree(old, ignore_errors=True)


class _Lock:
    """One run at a time in a folder. The lock of a dead run does not hold, and what it left running is ended."""

    def __init__(self, root: Path):
        self.path = root / stamps.HOME / "run.lock"

    def __enter__(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(2):
            try:
                with open(self.path, "x", encoding="ascii") as file:
                    file.write(json.dumps({"run": identity(os.getpid())}))
                return self
            except FileExistsError:
                self._clear_if_stale()
        raise PipelineError.of("pipeline.run_in_the_way", self.path.name)

    def note(self, child: int, sockets: str) -> None:
        """Remember the child process and its sockets, for whoever finds this lock after a kill."""
        content = {"run": identity(os.getpid()), "child": identity(child), "sockets": sockets}
        files.write(self.path, json.dumps(content).encode())

    def __exit__(self, *_) -> None:
        self.path.unlink(missing_ok=True)

    def _clear_if_stale(self) -> None:
        try:
            content = json.loads(self.path.read_text(encoding="ascii"))
        except (json.JSONDecodeError, FileNotFoundError):
            content = {}
            time.sleep(0.5)  # another run may be writing it this moment
            if self.path.is_file() and self.path.stat().st_size:
                return
        if content and content["run"][2] != socket.gethostname():
            raise PipelineError.of("pipeline.run_elsewhere", f"{stamps.HOME}/{self.path.name}", host=content["run"][2])
        if content and alive(content["run"]):
            raise PipelineError.of("pipeline.run_here", "dongheng run", process=content["run"][0])
        if "child" in content and alive(content["child"]):
            kill_family(content["child"][0])
        if content.get("sockets"):
            shutil.rmtree(content["sockets"], ignore_errors=True)
        self.path.unlink(missing_ok=True)


@contextlib.contextmanager
def _stoppable():
    """Ctrl-C and a polite end become :class:`Stopped` while the run lasts."""

    def stop(number, _frame):
        raise Stopped(128 + number)

    with contextlib.ExitStack() as afterwards:
        for number in [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]:
            afterwards.callback(signal.signal, number, signal.signal(number, stop))
        yield
