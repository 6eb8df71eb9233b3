"""The steps that Snakemake calls, each in a process of its own that ends with the run that started it."""

import functools
import json
import os
import socket
import threading
import time
from datetime import datetime
from pathlib import Path

from dongheng import codebook, config, proof
from dongheng.errors import DonghengError, PipelineError, file_trouble
from dongheng.pipeline import files, stamps
from dongheng.pipeline.book import RUN
from dongheng.pipeline.processes import alive, kill_family

RECORD, PUBLISH = "05_record", "99_publish"


def notebook(root: Path, name: str, study: str, year: int) -> None:
    """Run one notebook for one report."""
    from dongheng.pipeline import notebook as strict

    def work():
        files.retract(root, study, year, name)
        copy = files.executed(root, study, year, name)
        warnings = strict.run(root, files.notebook(name), {"study": study, "year": year}, copy)
        tables = [files.processed(root, study, year) / f"{table}.csv" for table in codebook.tables_of(name)]
        for table in tables:
            PipelineError.unless(
                table.is_file(), "pipeline.not_made", table.relative_to(root).as_posix(), notebook=name
            )
        return [copy, *tables], warnings

    _step(root, study, year, name, work)


def record(root: Path, study: str, year: int) -> None:
    """Write study.json and the codebook of one report."""

    def work():
        settings = config.load(root).settings(study, year)
        folder = files.processed(root, study, year)
        described = codebook.describe(settings.mark).to_csv(index=False, lineterminator="\n")
        outputs = {folder / "study.json": proof.study_record(root, settings).encode()}
        outputs[folder / "codebook.csv"] = described.encode("utf-8-sig")
        files.retract(root, study, year)
        for path, content in outputs.items():
            files.write(path, content)
        return list(outputs), []

    _step(root, study, year, RECORD, work)


def publish(root: Path, study: str, year: int) -> None:
    """Make the council report and its page from the executed notebook 06 and the workbook from the tables, then certify the year."""
    from dongheng.publish import export_html, export_pdf
    from dongheng.publish.workbook import workbook

    folder = files.reports(root, study, year)

    def work():
        settings = config.load(root).settings(study, year)
        files.retract(root, study, year)
        processed = files.processed(root, study, year)
        made = [name for notebook in files.notebooks_of(settings.illustrative) for name in codebook.tables_of(notebook)]
        tables = {name: codebook.from_csv(name, processed / f"{name}.csv") for name in codebook.TABLES if name in made}
        report = files.executed(root, study, year, "06_council_report")
        contents = {files.PDF: export_pdf(report), files.PAGE: export_html(report)}
        contents[files.WORKBOOK] = workbook(tables, f"{year}년 {settings.title}", settings.mark)
        contents |= {files.marked(name, settings.mark): content for name, content in contents.items()}
        for name, content in contents.items():
            files.write(folder / name, content)
        return [folder / name for name in contents], []

    _step(root, study, year, PUBLISH, work)
    made = {step: r for step, r in stamps.receipts(root, study, year).items() if step != stamps.WHOLE}
    steps = [{"step": step, **{k: v for k, v in r.items() if k != "outputs"}} for step, r in made.items()]
    outputs = [Path(p) for r in made.values() for p in r["outputs"]]
    study_record = (files.processed(root, study, year) / "study.json").read_text(encoding="utf-8")
    certificate = folder / files.CERTIFICATE
    files.write(certificate, proof.certificate(root, study_record, outputs, steps).encode())
    rests_on = stamps.basis(study, year, stamps.read(root))
    stamps.give_receipt(root, study, year, stamps.WHOLE, [certificate.relative_to(root)], {"basis": rests_on})


def _step(root: Path, study: str, year: int, name: str, work) -> None:
    """Do the work between a watchful start and a receipt, telling the run how it goes."""
    _end_with_run()
    tell = functools.partial(_tell, root, study, year, name)
    started, clock = datetime.now().astimezone(), time.monotonic()
    tell("started")
    try:
        outputs, warnings = work()
    except Exception as error:
        told = error
        if isinstance(error, OSError):
            told = file_trouble(error)
        elif not isinstance(error, DonghengError):
            told = PipelineError.of("pipeline.step_failed", f"단계 {name}", kind=type(error).__name__, told=error)
        tell("failed", message=str(told), seconds=time.monotonic() - clock)
        raise told from (None if told is error else error)
    seconds = round(time.monotonic() - clock, 1)
    told = {"started": started.isoformat(timespec="seconds"), "seconds": seconds, "warnings": warnings}
    stamps.give_receipt(root, study, year, name, [p.relative_to(root) for p in outputs], told)
    tell("done", seconds=seconds, warnings=warnings)


def _tell(root: Path, study: str, year: int, step: str, what: str, **more) -> None:
    """Append an event to a file of the run's own folder; the run reads it, on this machine or from a cluster's node."""
    if run := os.environ.get(RUN, "").split("@")[0]:
        path = root / stamps.HOME / "runs" / run / f"{study}-{year}-{step}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        event = {"event": what, "time": time.time(), "study": study, "year": year, "step": step, **more}
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(event, ensure_ascii=False) + "\n")


def _end_with_run() -> None:
    """Watch the process that began the run; when it is gone, however it went, end this step and its kernel at once."""
    _, host, pid, born = os.environ.get(RUN, "@@@").split("@")
    if host != socket.gethostname():
        return  # there is no run, or this is a cluster's node: its scheduler ends the job

    def watch():
        while alive([int(pid), float(born), host]):
            time.sleep(0.2)
        kill_family(os.getpid(), top=False)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
