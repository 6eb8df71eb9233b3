"""The two cities side by side: neither shows in the other, and the fictional one says so everywhere."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from pathlib import Path

import nbformat
import pytest

from tests import inspection
from tests.conftest import copy_project, dongheng, write_row

REPORT = "reports/example/2024"
TABLES = "data/processed/example/2024"


def said_by(path: Path) -> str:
    """What a reader finds in an output, whatever its kind."""
    if path.suffix == ".pdf":
        pdf = path.read_bytes()
        return "\n".join([*inspection.page_texts(pdf), *inspection.figure_alts(pdf)])
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return "\n".join(book.read(name).decode() for name in book.namelist())
    return path.read_text(encoding="utf-8-sig")


def outputs(project: Path, study: str) -> list[Path]:
    folders = (project / f"reports/{study}", project / f"data/processed/{study}")
    return [p for folder in folders for p in sorted(folder.rglob("*")) if p.is_file()]


def table(project: Path, name: str) -> list[dict]:
    with open(project / TABLES / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_example_is_complete(built):
    """Fifty indicators, five years, a composite computed for each; the files of any report, and copies that say 예시값."""
    assert sorted(p.name for p in (built / REPORT).iterdir()) == [
        "certificate.json",
        "council_report.pdf",
        "council_report_예시값.pdf",
        "index.html",
        "index_예시값.html",
        "notebooks",
        "results.xlsx",
        "results_예시값.xlsx",
        "run.log",
    ]
    scored = {(r["indicator_id"], r["year"]) for r in table(built, "indicators") if r["score"]}
    assert len(scored) == 250 and {year for _, year in scored} == {"2020", "2021", "2022", "2023", "2024"}
    indices = [r for r in table(built, "indices") if r["computed"]]
    assert len(indices) == 17 * 5  # 1 composite, 6 areas, 10 tasks
    composite = {r["year"]: float(r["index"]) for r in indices if r["node_id"] == "composite"}
    assert composite["2020"] == 100 and composite["2024"] == pytest.approx(156.21, abs=0.005)
    parts = [r for r in table(built, "contributions") if r["node_id"] == "composite" and r["from_year"] == "2023"]
    assert len(parts) == 50
    assert sum(float(r["contribution"]) for r in parts) == pytest.approx(
        composite["2024"] - composite["2023"], abs=1e-9
    )
    made = json.loads((built / REPORT / "certificate.json").read_text(encoding="utf-8"))["outputs"]
    assert f"{REPORT}/council_report_예시값.pdf" in made and f"{REPORT}/results_예시값.xlsx" in made
    assert (built / REPORT / "council_report_예시값.pdf").read_bytes() == (
        built / REPORT / "council_report.pdf"
    ).read_bytes()


def test_weights_of_the_panel_stand_beside_those_in_force(built):
    """The panel's weights have intervals, five unrated indicators are flagged; seoul has the rule in force and no panel."""
    weights = {r["node_id"]: r for r in table(built, "weights")}
    assert len(weights) == 66
    leaves = [r for r in weights.values() if r["level"] == "3"]
    assert sum(float(r["expert"]) for r in leaves) == pytest.approx(1) == sum(float(r["in_force"]) for r in leaves)
    assert all(float(r["lower"]) <= float(r["expert"]) <= float(r["upper"]) for r in weights.values())
    assert [r["node_id"] for r in leaves if r["filled"] == "1"] == ["10-1", "10-2", "10-3", "10-4", "10-5"]
    points = {"livelihood_care": 0.342857, "housing": 0.158929}  # mean points of the 28 who answered round 2
    assert {area: round(float(weights[area]["expert"]), 6) for area in points} == points
    index = {r["weights"]: float(r["index"]) for r in table(built, "index_by_weights")
             if r["node_id"] == "composite" and r["year"] == "2024"}  # fmt: skip
    assert index["in_force"] == pytest.approx(156.21, abs=0.005) and index["expert"] - index["in_force"] > 10
    with open(built / "data/processed/seoul/2024/weights.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 66 and {r["expert"] for r in rows} == {""}
    assert "지금의 가중치 뒤에는 전문가 조사가 없습니다" in said_by(built / "reports/seoul/2024/council_report.pdf")


def test_every_page_section_table_chart_sheet_and_row_says_that_it_is_made_up(built):
    """Planted nowhere, found everywhere: the word that keeps a fictional figure from being quoted as a fact."""
    pdf = (built / REPORT / "council_report.pdf").read_bytes()
    assert "(예시값)" in inspection.standards(pdf)["title"]
    assert all(alt.endswith("예시값 포함.") for alt in inspection.figure_alts(pdf)) and inspection.figure_alts(pdf)
    assert all(re.search("예시값", page) for page in inspection.page_texts(pdf))
    attached = set(inspection.attachments(pdf))
    assert "study_예시값.json" in attached and "indices_예시값.csv" in attached
    assert all(re.search("_예시값[.]", name) for name in attached)
    nb = nbformat.read(built / REPORT / "notebooks/06_council_report.ipynb", as_version=4)
    shown = "".join(o.data.get("text/html", "") for c in nb.cells for o in c.get("outputs", []) if "data" in o)
    sections = re.split(r"<h[123] id=", shown)[1:]
    assert len(sections) >= 25
    for section in sections:
        without = section.startswith(
            ('"guide"', '"english"')
        )  # the one explains the word, the other says it in English
        assert without or "예시값" in section.split("</p>")[0], section[:80]
    assert "All its figures are made up" in sections[-1]
    for path in sorted((built / TABLES).glob("*.csv")):
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
        if path.stem != "codebook":
            assert rows[0][-1] == "mark" and {row[-1] for row in rows[1:]} <= {"예시값"}, path.name
    with zipfile.ZipFile(built / REPORT / "results.xlsx") as book:
        sheets = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        assert len(sheets) >= 12 and all(name.endswith("(예시값)") for name in sheets)


def test_the_example_names_no_real_city_and_seoul_no_example(built):
    """서울 stands in the fictional report only where it says that this is not Seoul; 예시값 and 가상 nowhere in Seoul's."""
    for path in outputs(built, "example"):
        text = said_by(path)
        for line in [piece for piece in re.split(r"[\n<>]", text) if "서울" in piece]:
            assert re.search("서울시의 실적이 아|서울시에 관한 것|서울시의 방법", line), (path.name, line[:200])
    for path in outputs(built, "seoul"):
        assert not re.search("예시값|가상", said_by(path)), path.name


@pytest.mark.long
def test_a_planted_number_never_crosses_over(built, tmp_path):
    """7.7777 in one raw value of the example shows in no output of seoul, 8.8889 in one of seoul's in none of the example's."""
    project = copy_project(tmp_path / "project", built, outputs=True)
    write_row(project / "data/raw/example/2024/values.csv", "7-2,2024,level,12.8,", "7-2,2024,level,7.7777,")
    write_row(project / "data/raw/seoul/2024/values.csv", "4-3,2024,level,20.65,", "4-3,2024,level,8.8889,")
    result = dongheng(project, "run", "2024")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "seoul 2024  만듦" in result.stdout and "example 2024  만듦" in result.stdout
    holds = {
        (study, number): [p.name for p in outputs(project, study) if number in said_by(p)]
        for study in ("seoul", "example")
        for number in ("7.7777", "8.8889")
    }
    assert {"council_report.pdf", "indicators.csv", "results.xlsx"} <= set(holds["example", "7.7777"])
    assert {"council_report.pdf", "indicators.csv", "results.xlsx"} <= set(holds["seoul", "8.8889"])
    assert holds["seoul", "7.7777"] == [] and holds["example", "8.8889"] == []
