"""Beside other systems, as the reports were built: real figures by their own rules, and no made-up one among them."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import nbformat
import pytest

from dongheng import codebook
from dongheng.pipeline import files

TABLES = codebook.tables_of("04_benchmark_comparison")


def shown(built: Path, study: str, notebook: str) -> str:
    """What a reader of an executed notebook sees."""
    cells = nbformat.read(files.executed(built, study, 2024, notebook), as_version=4).cells
    return "".join(o.get("data", {}).get("text/html", "") for c in cells for o in c.get("outputs", []))


def table(built: Path, study: str, name: str) -> list[dict]:
    with open(files.processed(built, study, 2024) / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("v2_oecd_bli", "41개국 가운데 32위이고, 가중치를 바꾸면 순위의 95%가 19위와 35위 사이입니다"),
        ("v3_eu_scoreboard", "범주를 매긴 457칸 가운데 457칸이 같습니다"),
        ("v3_eu_scoreboard", "n-1로 나누면 9칸이 집행위원회와 달라집니다"),
    ],
)
def test_the_validations_run_with_a_real_citys_report(built, name, said):
    """Each asks one question of published figures; its answer is in the executed copy, and in no made-up city's folder."""
    assert said in shown(built, "seoul", name)
    assert not files.executed(built, "example", 2024, name).exists()


def test_no_made_up_value_stands_beside_a_real_one(built):
    """The example's tables of comparison have their columns and no row; its notebook shows the foreign side and says why."""
    assert len(TABLES) == 7
    for name in TABLES:
        assert table(built, "example", name) == []
        assert table(built, "seoul", name), name
    text = shown(built, "example", "04_benchmark_comparison")
    assert (
        "지어낸 도시의 수는 실제 나라나 도시의 값 옆에 놓지 않습니다" in text and "이 도시의 칸은 모두 비웁니다" in text
    )
    assert "32위(41개국)" in text and "<svg" not in text
    same = re.search(r"같은 것을 재는 지표</caption>.*?</table>", text, re.S)[0]
    assert same.count("미확보(") == 5
    for row in re.findall(r"<tr>.*?</tr>", re.search(r"실적이 이루려는 결과와.*?</table>", text, re.S)[0], re.S)[1:]:
        assert "예시" not in row


def test_seouls_columns_hold_obtained_values_only(built):
    """None of the three comparable indicators was obtained: their cells are empty, and every row says how it differs."""
    rows = table(built, "seoul", "closeness")
    same = [r for r in rows if r["closeness"] == "A"]
    assert {r["indicator_id"] for r in same} == {"3-6", "4-6", "10-1"} and len(same) == 5
    assert {r["city_value"] for r in rows} == {""}
    assert all(r["definition"] and r["city_definition"] and r["caution"] and r["period"] and r["source"] for r in same)
    served = [r for r in rows if r["closeness"] == "B"]
    assert len({r["indicator_id"] for r in served}) == 18
    assert len({r["indicator_id"] for r in served if r["value"]}) == 13
    assert all(r["unit"] and r["period"] and r["source"] for r in served if r["value"])
    assert {r["moved"] for r in served} == {""}, "one value per country is no direction"


def test_no_poverty_line_stands_beside_another(built):
    """14.9 % (half the median) and the EU's rate (60 %) are in tables of their own, each with its line in the row."""
    lines = {r["benchmark_id"]: r for r in table(built, "seoul", "benchmark_figures") if r["system"] == "eu_poverty"}
    assert set(lines) == {"arope", "arop60", "gini"} and "60%" in lines["arop60"]["caution"]
    (korea,) = [r for r in table(built, "seoul", "closeness") if r["benchmark_id"] == "1_4"]
    assert korea["value"].startswith("14.87") and "50%" in korea["caution"]


def test_the_rules_of_other_systems_on_one_city(built):
    """New York's count is the one that is defined; without targets it is half of one."""
    rows = {r["system"]: r for r in table(built, "seoul", "rules_for_one_city")}
    assert [s for s, r in rows.items() if r["defined"] == "1"] == ["nyc"]
    assert [rows["nyc"][c] for c in ("compared", "improving", "with_target", "met")] == ["7", "4", "0", "0"]
    assert "0이나 10이 아닌 것은 0개입니다" in shown(built, "seoul", "04_benchmark_comparison")
    assert "목표가 있는 지표 16개 가운데 7개가 목표를 이루었고" in shown(built, "seoul", "04_benchmark_comparison")


def test_the_chapter_of_the_report_says_ranges_with_ranks(built):
    """In the executed report: 32nd of 41 goes with 19 to 35, and the chapter fits between two page breaks."""
    text = shown(built, "seoul", "06_council_report")
    assert re.search("41개국 가운데 32위이고, [^<]*19위와 35위 사이", text)
    assert "서울시는 빈곤율이나 고용률 같은 거시 지표를 도시 혼자서는 움직일 수 없다고" in text
    assert text.index("도시 혼자서는") < text.index("실적이 이루려는 결과와 한국의 수준")
