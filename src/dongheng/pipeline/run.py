"""`dongheng run`: only what is out of date, every year on its own, and nothing left behind however it ends."""

from __future__ import annotations

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
from dongheng.pipeline.book import RUN, SOCKETS, die_with_parent

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

    @property
    def failed(self) -> bool:
        return bool(self.problems)

    @property
    def seconds(self) -> float:
        return sum(e.get("seconds", 0) for e in self.events)


class Stopped(BaseException):
    """Somebody asked the run to end."""

    def __init__(self, code: int):
        self.code = code


def run(
    root: Path,
    study: str | None = None,
    years: tuple[int, ...] = (),
    cores: int | None = None,
    extra: tuple[str, ...] = (),
    say=print,
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
    lock = _Lock(root)
    lock.take()
    try:
        with _signals():
            return _run(root, chosen, cores, extra, say, lock)
    except Stopped as stopped:
        say("멈췄습니다. 다시 실행하면 이어서 끝냅니다.")
        return stopped.code
    finally:
        lock.release()


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
        there += rawdata.optional_files(root, settings)
        return each(error), rawdata.provenance_anomalies(root, there)


def shared_problems(root: Path) -> list[DonghengError]:
    """What keeps any report from being made: the notebooks and the files of the order."""
    from dongheng.pipeline.notebook import lint

    found: list[DonghengError] = []
    for name in ("Snakefile", proof.LOCK):
        if not (root / name).is_file():
            found.append(PipelineError.of("pipeline.no_file", name))
    try:
        different = [] if found else proof.not_as_locked(root)
    except UnicodeDecodeError:
        different = []
        found.append(PipelineError.of("pipeline.lock_unreadable", proof.LOCK))
    if different:
        named = ", ".join(different[:5]) + (" 등" if len(different) > 5 else "")
        found.append(PipelineError.of("pipeline.not_as_locked", "설치된 라이브러리", named=named, count=len(different)))
    for path in dict.fromkeys([files.notebook(name) for name in files.ORDER] + proof.notebooks(root)):
        found += lint(root, path)
    return found


def _run(root: Path, chosen: list[Report], cores: int | None, extra: tuple[str, ...], say, lock: _Lock) -> int:
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
    ready = [r for r in stale if not r.failed]
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
    _close(root, chosen, time.monotonic() - begun, say)
    return 1 if any(r.failed for r in chosen) else 0


def _snakemake(root: Path, ready: list[Report], cores: int | None, extra: tuple[str, ...], say, lock: _Lock) -> None:
    run_id = datetime.now().strftime("%Y%m%d-%H%M%S") + f"-{os.getpid()}"
    folder = root / stamps.HOME / "runs" / run_id
    folder.mkdir(parents=True)
    me = psutil.Process()
    sockets = tempfile.mkdtemp(prefix="dh-")
    environment = os.environ | {
        # The kernel of this environment, without anybody's start-up files: the same notebook for everybody.
        "JUPYTER_PREFER_ENV_PATH": "1",
        "IPYTHONDIR": sockets,
        SOCKETS: sockets,
        RUN: f"{run_id}@{socket.gethostname()}@{me.pid}@{me.create_time():.2f}",
    }
    cores = cores or (1 if os.name == "nt" else os.cpu_count() or 1)
    targets = [f"reports/{r.settings.study}/{r.settings.year}/certificate.json" for r in ready]
    command = [sys.executable, "-m", "snakemake", "--snakefile", "Snakefile", "--keep-going", "--rerun-incomplete"]
    command += ["--nolock", "--nocolor", "--cores", str(cores), *extra, "--", *targets]
    log = folder / "snakemake.log"
    with open(log, "wb") as out:
        child = subprocess.Popen(
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,
        )
    lock.note(child.pid, sockets)
    by_name = {r.at: r for r in ready}
    events = _Events(folder)
    try:
        while child.poll() is None:
            _tell(events.new(), by_name, log, say)
            _check_parent()
            time.sleep(0.1)
    finally:
        _end(child)
        shutil.rmtree(sockets, ignore_errors=True)
    _tell(events.new(), by_name, log, say)
    for report in ready:
        target = files.reports(root, *report.at) / "certificate.json"
        if not report.failed and (not target.is_file() or (child.returncode and not _complete(report))):
            facts = {"log": log.relative_to(root).as_posix()}
            problem = PipelineError.of("pipeline.not_finished", f"{report.name} 실행", **facts)
            report.problems.append(str(problem))
            say(str(problem))
    _keep_logs(root, ready, log)


def _complete(report: Report) -> bool:
    """True where no step of this report began without ending."""
    begun = {e["step"] for e in report.events if e["event"] == "started"}
    return begun == {e["step"] for e in report.events if e["event"] == "done"}


def _tell(events: list[dict], by_name: dict, log: Path, say) -> None:
    for event in events:
        report = by_name.get((event["study"], event["year"]))
        if report is None:
            continue
        report.events.append(event)
        if event["event"] == "failed":
            report.problems.append(event["message"])
            say(f"  실패  {report.name}  {event['step']}: {event['message']}")
        elif event["event"] == "done":
            done = sum(e["event"] == "done" for r in by_name.values() for e in r.events)
            total = re.search(r"^total\s+(\d+)", log.read_text(encoding="utf-8", errors="replace"), re.M)
            of = f"{done}/{total.group(1)}" if total else str(done)
            say(f"  [{of}] {report.name}  {event['step']}  {event['seconds']:.1f}초")
            for warning in event.get("warnings", []):
                say(f"  경고 [{report.name} {event['step']}] {warning.splitlines()[-1]}")


def _close(root: Path, chosen: list[Report], seconds: float, say) -> None:
    say("")
    for report in chosen:
        pdf = files.reports(root, *report.at) / "council_report.pdf"
        if report.failed:
            say(f"{report.name}  실패    문제 {len(report.problems)}건(위의 문장을 보십시오)")
        elif report.events:
            say(f"{report.name}  만듦    {pdf.relative_to(root).as_posix()}")
        else:
            say(f"{report.name}  그대로  {pdf.relative_to(root).as_posix()}")
    say(f"걸린 시간 {seconds:.1f}초")


def _keep_logs(root: Path, ready: list[Report], log: Path) -> None:
    """Each report that was worked on gets its part of the log beside it; old runs' folders go."""
    for report in ready:
        if report.events or report.failed:
            lines = [
                f"{datetime.fromtimestamp(e['time']).isoformat(timespec='seconds')} {e['step']} {e['event']}"
                + (f" {e['seconds']:.1f}s" if "seconds" in e else "")
                + "".join(f"\n    {w}" for w in e.get("warnings", []))
                + (f"\n    {e['message']}" if "message" in e else "")
                for e in report.events
            ]
            lines += [p for p in report.problems if not any(p == e.get("message") for e in report.events)]
            lines.append(f"snakemake: {log.relative_to(root).as_posix()}")
            folder = files.reports(root, *report.at)
            files.write(folder / "run.log", ("\n".join(lines) + "\n").encode())
    runs = sorted((root / stamps.HOME / "runs").iterdir())
    for old in runs[:-KEPT_RUNS]:
        for path in old.iterdir():
            path.unlink(missing_ok=True)
        old.rmdir()


class _Events:
    """New lines of a run's event files, each whole line once."""

    def __init__(self, folder: Path):
        self.folder, self.read = folder, {}

    def new(self) -> list[dict]:
        found = []
        for path in self.folder.glob("*.jsonl"):
            with open(path, "rb") as file:
                file.seek(self.read.get(path, 0))
                content = file.read()
            whole = content[: content.rfind(b"\n") + 1]
            self.read[path] = self.read.get(path, 0) + len(whole)
            found += [json.loads(line) for line in whole.splitlines()]
        return sorted(found, key=lambda e: e["time"])


class _Lock:
    """One run at a time in a folder. The lock of a dead run does not hold, and what it left running is ended."""

    def __init__(self, root: Path):
        self.path = root / stamps.HOME / "run.lock"

    def take(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(2):
            try:
                with open(self.path, "x", encoding="ascii") as file:
                    file.write(json.dumps({"run": _identity(os.getpid())}))
                return
            except FileExistsError:
                self._clear_if_stale()
        raise PipelineError.of("pipeline.run_in_the_way", self.path.name)

    def note(self, child: int, sockets: str) -> None:
        """Remember the child process and its sockets, for whoever finds this lock after a kill."""
        content = {"run": _identity(os.getpid()), "child": _identity(child), "sockets": sockets}
        files.write(self.path, json.dumps(content).encode())

    def release(self) -> None:
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
            where = f"{stamps.HOME.as_posix()}/{self.path.name}"
            raise PipelineError.of("pipeline.run_elsewhere", where, host=content["run"][2])
        if content and _alive(content["run"]):
            raise PipelineError.of("pipeline.run_here", "dongheng run", process=content["run"][0])
        if "child" in content and _alive(content["child"]):
            _kill_tree(content["child"][0])
        if content.get("sockets"):
            shutil.rmtree(content["sockets"], ignore_errors=True)
        self.path.unlink(missing_ok=True)


def _identity(pid: int) -> list:
    """A process id with its time of birth, since ids are used again, and its machine, since folders are shared."""
    try:
        return [pid, round(psutil.Process(pid).create_time(), 2), socket.gethostname()]
    except psutil.Error:
        return [pid, 0, socket.gethostname()]


def _alive(identity: list) -> bool:
    try:
        process = psutil.Process(identity[0])
        return round(process.create_time(), 2) == identity[1] and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _end(child: subprocess.Popen) -> None:
    """End Snakemake, the steps and their kernels; returns when none is left."""
    if child.poll() is None:
        _kill_tree(child.pid)
        child.wait()


def _kill_tree(pid: int) -> None:
    try:
        top = psutil.Process(pid)
        family = [top, *top.children(recursive=True)]
    except psutil.Error:
        return
    # The top first and for good, so that it cannot start another; nothing of a step survives a kill half-written.
    for process in family:
        try:
            process.kill()
        except psutil.Error:
            continue
    psutil.wait_procs(family, timeout=5)


def _check_parent() -> None:
    parent = os.environ.get(PARENT, "")
    if parent.isdigit() and not psutil.pid_exists(int(parent)):
        raise Stopped(143)


class _signals:
    """Ctrl-C and a polite end become :class:`Stopped` while the run lasts."""

    def __enter__(self):
        def stop(number, _frame):
            raise Stopped(128 + number)

        self.before = {n: signal.signal(n, stop) for n in self._numbers()}

    def __exit__(self, *_):
        for number, handler in self.before.items():
            signal.signal(number, handler)

    @staticmethod
    def _numbers():
        return [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n)]
