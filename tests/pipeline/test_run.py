"""The run as a whole: what is made, what is left alone, what fails loudly."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest

from dongheng import rawdata
from dongheng.publish import export_html, export_pdf
from tests import inspection
from tests.conftest import copy_project, dongheng, snapshot, without_example, write_row

PDF = "reports/seoul/{}/council_report.pdf"


def table(project: Path, year: int, name: str) -> list[dict]:
    with open(project / f"data/processed/seoul/{year}/{name}.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def text_of(project: Path, year: int) -> str:
    return " ".join(" ".join(inspection.page_texts((project / PDF.format(year)).read_bytes())).split())


def notebook_text(project: Path, year: int, name: str) -> str:
    nb = nbformat.read(project / f"reports/seoul/{year}/notebooks/{name}.ipynb", as_version=4)
    return json.dumps([c.get("outputs", []) for c in nb.cells], ensure_ascii=False)


def test_both_years_are_complete(built):
    """One command gives, for each year, the report, the executed notebooks, the records, the tables and a log."""
    for year in (2023, 2024):
        report = built / f"reports/seoul/{year}"
        assert sorted(p.name for p in report.iterdir()) == [
            "certificate.json",
            "council_report.pdf",
            "index.html",
            "notebooks",
            "results.xlsx",
            "run.log",
        ]
        assert sorted(p.name for p in (report / "notebooks").iterdir()) == [
            "01_delphi_weighting.ipynb",
            "02_index_computation.ipynb",
            "03_robustness.ipynb",
            "04_benchmark_comparison.ipynb",
            "06_council_report.ipynb",
            "v1_published_results.ipynb",
            "v2_oecd_bli.ipynb",
            "v3_eu_scoreboard.ipynb",
        ]
        assert sorted(p.name for p in (built / f"data/processed/seoul/{year}").iterdir()) == [
            "anomalies.csv",
            "audit.csv",
            "benchmark_figures.csv",
            "bounds.csv",
            "closeness.csv",
            "codebook.csv",
            "contributions.csv",
            "coverage.csv",
            "gaps_by_group.csv",
            "index_by_weights.csv",
            "index_without.csv",
            "indicators.csv",
            "indices.csv",
            "item_statistics.csv",
            "kind_indices.csv",
            "korea_ranks.csv",
            "leave_one_out.csv",
            "other_rules.csv",
            "panel_measures.csv",
            "ranges.csv",
            "restatements.csv",
            "revisions.csv",
            "round_changes.csv",
            "rule_fits.csv",
            "rules_for_one_city.csv",
            "shares_of_change.csv",
            "sources.csv",
            "study.json",
            "target_groups.csv",
            "treatments.csv",
            "unit_costs.csv",
            "verdicts.csv",
            "vulnerability_reach.csv",
            "weight_ranges.csv",
            "weights.csv",
            "what_if.csv",
        ]


def test_contributions_are_the_published_ones(built):
    """안전 2023 +24.9 = 8-4 15.0 + 9-2 4.8 + 8-3 1.5 + 나머지 3.6; 주거 +25.1 = 10.9 + 6.5 + 7.7: in the table and in the PDF.

    Origin: the city's releases of June 2024 (values of 8-4, 9-2, 8-3, 3-4, 3-3 and the two area indices), equal weights.
    """
    expected = {
        "safety": {"8-4": 15.0, "9-2": 4.8, "8-3": 1.5, "rest": 3.6},
        "housing": {"3-4": 10.9, "3-3": 6.5, "rest": 7.7},
    }
    rows = [r for r in table(built, 2023, "contributions") if r["to_year"] == "2023"]
    text = text_of(built, 2023)
    for area, parts in expected.items():
        found = {r["item"]: float(r["contribution"]) for r in rows if r["node_id"] == area}
        assert {item: round(points, 1) for item, points in found.items()} == parts
    assert sum(float(r["contribution"]) for r in rows if r["node_id"] == "safety") == pytest.approx(24.9, abs=1e-9)
    assert sum(float(r["contribution"]) for r in rows if r["node_id"] == "housing") == pytest.approx(25.1, abs=1e-9)
    assert "8-4 고립은둔청년 발굴·지원 규모: 15.0p 높임" in text
    assert "나머지 지표 전체: 3.6p 높임" in text


def test_tables_rows_and_cells_are_equal_in_notebook_and_pdf(built):
    """No table is lost on the way: every DataFrame once vanished with exit code 0."""
    for year in (2023, 2024):
        nb = nbformat.read(built / f"reports/seoul/{year}/notebooks/06_council_report.ipynb", as_version=4)
        counts = inspection.structure_counts((built / PDF.format(year)).read_bytes())
        told = inspection.notebook_counts(nb)
        assert told["tables"] >= 6
        for kind in ("tables", "rows", "cells"):
            assert counts[kind] == told[kind], kind


def test_the_pdf_can_be_read_by_everybody(built):
    """Fonts embedded, Korean comes out of text extraction, figures speak and differ, the study record is attached."""
    for year in (2023, 2024):
        pdf = (built / PDF.format(year)).read_bytes()
        assert all(inspection.fonts_embedded(pdf).values())
        text = text_of(built, year)
        for sentinel in (
            f"{year}년 서울시 약자동행지수",
            "한 장 요약",
            "무엇이 움직였나",
            "의료·건강",
            "미확보",
            "나머지",
        ):
            assert sentinel in text
        alts = inspection.figure_alts(pdf)
        assert len(alts) >= 4 and len(set(alts)) == len(alts)
        assert all(60 <= len(alt) <= 250 and re.search(r"\d{4}년", alt) for alt in alts)
        attached = inspection.attachments(pdf)
        assert attached["study.json"]["content"] == (built / f"data/processed/seoul/{year}/study.json").read_bytes()


def test_the_report_leaves_as_a_page_too(built):
    """The page that a browser shows: no fault, and as many tables, rows, cells and headings as in the notebook."""
    path = built / "reports/seoul/2024/notebooks/06_council_report.ipynb"
    page = export_html(path)
    assert (built / "reports/seoul/2024/index.html").read_bytes() == page
    told = inspection.notebook_counts(nbformat.read(path, as_version=4))
    assert inspection.page_faults(page) == []
    main = page.decode().partition("<main")[2].partition('<section aria-labelledby="_files"')[0]
    for kind, tag in (("tables", "table"), ("rows", "tr"), ("figures", "figure"), ("headings", "h[2-6]")):
        assert len(re.findall(f"<{tag}[ >]", main)) == told[kind], kind
    assert main.count("<td") + len(re.findall("<th[ >]", main)) == told["cells"]


@pytest.mark.long
def test_every_notebook_leaves_as_pdf_and_page_with_its_code(built):
    """Who checks the sums prints any notebook, code and all: nothing that our notebooks hold is refused or lost."""
    for path in sorted(built.glob("reports/*/2024/notebooks/*.ipynb")):
        told = inspection.notebook_counts(nbformat.read(path, as_version=4))
        counts = inspection.structure_counts(export_pdf(path, exclude_input=False))
        assert {k: counts[k] for k in ("tables", "rows", "cells")} == {
            k: told[k] for k in ("tables", "rows", "cells")
        }, path
        page = export_html(path, exclude_input=False)
        assert inspection.page_faults(page) == [] and page.count(b"<pre>") > 2, path


def test_every_page_says_draft(built):
    """Nobody takes a page out of an unapproved report for an approved one."""
    pages = inspection.page_texts((built / PDF.format(2024)).read_bytes())
    assert len(pages) >= 8
    assert all("초안" in page for page in pages)


def test_nothing_changed_nothing_done(rebuilt):
    """A second run makes nothing, not even a log."""
    before = snapshot(rebuilt)
    result = dongheng(rebuilt, "run")
    assert result.returncode == 0
    assert result.stdout.count("그대로") == 2 and "만듦" not in result.stdout
    assert snapshot(rebuilt) == before


@pytest.mark.long
def test_one_cell_of_2024_changes_2024_everywhere_and_2023_nowhere(rebuilt):
    """Table, notebook and PDF follow the raw value: nothing is typed in. The changed file is told, not hidden.

    In the same run an approval with a document number is recorded for 2024: 초안 goes from every page, 2023 stays.
    """
    write_row(
        rebuilt / "config.yaml",
        "approvals: {}",
        'approvals: {2024: {document_number: "시험-0001", date: "2026-08-04"}}',
    )
    path = rebuilt / "data/raw/seoul/2024/values.csv"
    old = path.stat()
    write_row(path, "change_percent,60,55,65", "change_percent,61,55,65")
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))  # put back with its old date, as from an archive
    before = snapshot(rebuilt, "reports/seoul/2023", "data/processed/seoul/2023")
    result = dongheng(rebuilt, "run")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "seoul 2023  그대로" in result.stdout and "seoul 2024  만듦" in result.stdout
    assert snapshot(rebuilt, "reports/seoul/2023", "data/processed/seoul/2023") == before
    part = next(r for r in table(rebuilt, 2024, "contributions") if r["from_year"] == "2023" and r["item"] == "8-4")
    assert float(part["contribution"]) == pytest.approx(235 * 0.61 / 9, abs=1e-9)  # was 235 * 0.60 / 9 = 15.67
    assert "15.9p 높임" in text_of(rebuilt, 2024) and "15.7p" not in text_of(rebuilt, 2024)
    for notebook in ("02_index_computation", "06_council_report"):
        assert ">15.9<" in notebook_text(rebuilt, 2024, notebook)
    pages = inspection.page_texts((rebuilt / PDF.format(2024)).read_bytes())
    assert not any("초안" in page for page in pages)
    assert any("시험-0001, 2026. 8. 4." in page for page in pages)
    assert "출처 기록의" in result.stdout, "a raw file that is not the recorded one is told"
    told = re.sub(r"\s", "", text_of(rebuilt, 2024))  # a line may end within a word
    assert "sha256이출처기록의" in told, "and answered for in the report"


@pytest.mark.long
def test_two_builds_are_equal_byte_for_byte(built, tmp_path):
    """Another folder, another time, no example city: the same PDF, workbook, tables and study record.

    The path of the first has Korean and spaces. What stands beside seoul in the same project must not show in it.
    """
    other = copy_project(tmp_path / "elsewhere", built)
    without_example(other)
    result = dongheng(other, "run", "2024", "--cores", "1")
    assert result.returncode == 0, result.stdout + result.stderr
    names = [PDF.format(2024), "reports/seoul/2024/results.xlsx"] + [
        str(p.relative_to(built)) for p in sorted((built / "data/processed/seoul/2024").iterdir())
    ]
    for name in names:
        assert (other / name).read_bytes() == (built / name).read_bytes(), name


def test_certificate_names_every_output_by_its_hash(built):
    """The certificate beside the PDF: study.json, Python, platform, steps with times, and a hash for each file."""
    told = json.loads((built / "reports/seoul/2024/certificate.json").read_text(encoding="utf-8"))
    assert told["study"] == json.loads((built / "data/processed/seoul/2024/study.json").read_text(encoding="utf-8"))
    assert told["run"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert [s["step"] for s in told["run"]["steps"]] == [
        "01_delphi_weighting",
        "02_index_computation",
        "03_robustness",
        "04_benchmark_comparison",
        "05_record",
        "06_council_report",
        "99_publish",
        "v1_published_results",
        "v2_oecd_bli",
        "v3_eu_scoreboard",
    ]
    assert PDF.format(2024) in told["outputs"] and len(told["outputs"]) == 47
    assert all(rawdata.sha256(built / name) == digest for name, digest in told["outputs"].items())


def test_no_output_names_machine_clock_or_python(built):
    """What is handed out holds no trace of where and when it was made."""
    traces = (str(built), "papermill", f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}")
    for path in [built / PDF.format(2024), *(built / "data/processed/seoul/2024").iterdir()]:
        content = path.read_bytes()
        for trace in traces:
            assert trace.encode() not in content, (path.name, trace)


def test_packages_other_than_the_lock_stop_the_run(rebuilt):
    """The record names the lock: a run on other versions would put its name to numbers it did not make."""
    path = rebuilt / "requirements.lock"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"^pandas==\S+", "pandas==9.9.9", text, flags=re.M), encoding="utf-8")
    before = snapshot(rebuilt)
    result = dongheng(rebuilt, "run", "2023")
    assert result.returncode == 1
    assert re.search(
        r"^설치된 라이브러리: pandas \S+\(9\.9\.9\) 1개가 잠금 파일과 다른데, 연구 기록에는 잠금 파일이 실리므로, "
        r"make report로 실행하거나 README\.ko\.md의 설치 두 단계를 다시 하십시오\.$",
        result.stdout,
        re.M,
    )
    assert snapshot(rebuilt) == before


@pytest.mark.long
def test_a_cell_that_fails_and_one_that_ends_early(rebuilt):
    """Neither an error nor sys.exit(0) (papermill: exit code 0) passes for a report; the copy's name says failed."""
    path = rebuilt / "notebooks/06_council_report.ipynb"
    nb = nbformat.read(path, as_version=4)
    cell = next(c for c in nb.cells if c.id == "summary")
    cell.source = "import sys\n\nassert year != 2024, '시험'\nsys.exit(0)"
    nbformat.write(nb, path)
    result = dongheng(rebuilt, "run")
    assert result.returncode == 1
    assert "notebooks/06_council_report.ipynb 7번째 칸: AssertionError: 시험 오류가 났는데" in result.stdout
    assert result.stdout.count("  실패    ") == 2
    for year in (2023, 2024):
        notebooks = rebuilt / f"reports/seoul/{year}/notebooks"
        assert (notebooks / "06_council_report.failed.ipynb").is_file()
        assert not (notebooks / "06_council_report.ipynb").exists()
        assert not (rebuilt / PDF.format(year)).exists()


def test_a_bound_is_not_forgotten_in_the_rest(built):
    """5-2 more than doubled (2023, lower bound): under equal weights over 10.0 of 의료·건강's 20.1 lie in 나머지."""
    bound = table(built, 2023, "bounds")
    assert [(r["item"], float(r["at_least"])) for r in bound] == [("5-2", pytest.approx(10.0))]
    assert (
        "5-2 아동청소년·청년의 마음건강 지원 규모: 하한만 알려진 지표이며, 10.0p 넘게 높인 몫이 나머지에 들어 있음"
        in text_of(built, 2023)
    )


@pytest.mark.long
def test_a_changed_function_and_a_missing_area(rebuilt):
    """Editing `aggregate` rebuilds the reports (Snakemake alone sees no code change); a missing area stays 미확보."""
    source = rebuilt / "src/dongheng/aggregate.py"
    write_row(source, '"contribution": within * moved}', '"contribution": within * moved * 2}')
    path = rebuilt / "data/raw/seoul/2024/published_indices.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if ",housing," not in line), encoding="utf-8")
    result = dongheng(rebuilt, "run")
    assert result.returncode == 0, result.stdout + result.stderr
    rest = next(r for r in table(rebuilt, 2023, "contributions") if r["node_id"] == "safety" and r["item"] == "rest")
    assert float(rest["contribution"]) == pytest.approx(24.9 - 2 * (24.9 - 3.618929), abs=1e-5)
    assert "나머지 지표 전체: 17.7p 낮춤" in text_of(rebuilt, 2023)
    text = text_of(rebuilt, 2024)
    assert "주거: 미확보, 전년보다 얼마나 다른지 미확보" in text
    told = re.sub(r"\s", "", text)  # a line may end within a word
    assert "높은영역은6개가운데4개,낮은영역은1개입니다(1개는미확보)" in told
    assert "nan" not in text.lower()


@pytest.mark.long
def test_what_is_edited_deleted_or_without_receipt_is_made_anew(rebuilt):
    """data/processed is disposable: no figure typed into it reaches a report, whether or not a receipt tells of it."""
    before = {name: content for name, (_, content) in snapshot(rebuilt, "data/processed").items()}
    pdfs = [(rebuilt / PDF.format(year)).read_bytes() for year in (2023, 2024)]
    shutil.rmtree(rebuilt / ".dongheng/receipts/seoul/2023")
    for year, old, new in ((2023, b",15,", b",99,"), (2024, b"15.6666", b"99.6666")):
        path = rebuilt / f"data/processed/seoul/{year}/contributions.csv"
        good = path.read_bytes()
        path.write_bytes(good.replace(old, new))
        assert path.read_bytes() != good
    (rebuilt / "data/processed/seoul/2024/study.json").unlink()
    note = rebuilt / "reports/seoul/2023/memo.txt"
    note.write_text("a researcher's own file", encoding="utf-8")
    result = dongheng(rebuilt, "run")
    assert result.returncode == 0, result.stdout + result.stderr
    assert {name: content for name, (_, content) in snapshot(rebuilt, "data/processed").items()} == before
    assert [(rebuilt / PDF.format(year)).read_bytes() for year in (2023, 2024)] == pdfs
    assert note.exists(), "what is not ours is not removed"
