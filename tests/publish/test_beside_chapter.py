"""What is said beside other systems: every text is said, and said whole; a rank never without its range, a gap by its group."""

from __future__ import annotations

import re

import pandas as pd

from dongheng import charts
from dongheng.benchmarks import ALL
from dongheng.config import Settings
from dongheng.publish import beside_chapter as chapter
from tests.publish.catalogues import assert_every_text_is_said, assert_whole, listening

NAN = float("nan")
SEOUL = Settings("seoul", 2024, "서울시", "1판", 2022, "reciprocal", 0)
TOWN = Settings("example", 2024, "가상시", "1판", 2022, "reciprocal", 0, illustrative=True)

COVERAGE = pd.DataFrame(
    [
        ("city", "gla", "주거", 6, 2, 1),
        ("city", "gla", "안전", 9, 0, 3),
        ("city", "nyc", "주거", 6, 0, 0),
        ("city", "nyc", "안전", 9, 1, 0),
        ("system", "gla", "평등", 4, 2, 1),
        ("system", "gla", "관계", 3, 0, 1),
        ("system", "gla", "참여", 5, 0, 0),
    ],
    columns=["side", "system", "domain", "items", "close", "loose"],
)
REACH = pd.DataFrame(
    {
        "field": "생계",
        "criterion": ["경제", "제도·변화"],
        "who": ["소득", "채무부담"],
        "n": [2, 0],
        "indicators": ["1-2; 1-3", ""],
    }
)
ROW = {
    "name": "이름",
    "definition": "정의",
    "caution": "주의",
    "source": "출처",
    "city_definition": "청년",
    "place": "런던",
}
CLOSENESS = pd.DataFrame(
    [
        ROW | {"closeness": "A", "indicator_id": "3-6", "city_value": 12.34, "city_year": 2023.0, "value": 18.6},
        ROW | {"closeness": "A", "indicator_id": "10-1", "value": 81.0, "benchmark": "소속감(동네)"},
        ROW | {"closeness": "A", "indicator_id": "10-1", "value": 74.0, "benchmark": "동네"},
        ROW | {"closeness": "B", "indicator_id": "8-3", "value": 19.9, "rank": 46.0, "of": 47.0, "median": 8.8},
        ROW
        | {
            "closeness": "B",
            "indicator_id": "8-3",
            "benchmark_id": "b",
            "value": 4.9,
            "rank": 1.0,
            "of": 3.0,
            "median": 8.8,
        },
        ROW | {"closeness": "B", "indicator_id": "8-4", "value": 19.9, "rank": 46.0, "of": 47.0, "median": 8.8},
        ROW | {"closeness": "B", "indicator_id": "6-4"},
    ]
)
CLOSENESS = CLOSENESS.fillna({"benchmark_id": "a", "benchmark": "결과(전체)"}).assign(
    system="gla", unit="%", period="2024년", city_moved=NAN, moved=NAN
)
MOVED = CLOSENESS.assign(city_moved=[NAN] * 3 + [1, 1, 0, NAN], moved=[NAN] * 3 + [-1, 0, 1, NAN])
RANKS = pd.DataFrame(
    [("legacy", "주거", 6, NAN, NAN, 41), ("legacy", ALL, 32, 19, 35, 41)]
    + [("renewed", "주거", 1, NAN, NAN, 38), ("renewed", "건강", 21, NAN, NAN, 38), ("renewed", ALL, 20, 3, 34, 38)]
    + [("renewed_eu", ALL, 13, 2, 22, 23)],
    columns=["edition", "topic", "rank", "lower", "upper", "of"],
).assign(source="OECD")
GAPS = pd.DataFrame(
    [
        ("a", "건강", "sex", "F", 49.7, "M", 56.5),
        ("b", "수명", "sex", "M", 80.6, "F", 86.4),
        ("c", "슬픔", "sex", "F", 21.0, "M", 14.5),
        ("a", "건강", "age", "OLD", 29.7, "YOUNG", 78.3),
        ("b", "수명", "age", "MID", 0.01, "YOUNG", 0.02),
        ("d", "만족", "age", "", 6.5, "", 6.5),
        ("e", "일", "education", "ISCED11_1", 1.0, "ISCED11_5T8", 2.0),
        ("f", "말", "education", "ISCED11_2_3", 1.0, "ISCED11_1", 2.0),
    ],
    columns=["indicator_id", "name", "by", "worst", "worst_value", "best", "best_value"],
)  # fmt: skip
GAPS = GAPS.assign(gap=(GAPS["best_value"] - GAPS["worst_value"]).abs(), unit="%", year=2024, source="OECD")
RULES = pd.DataFrame(
    {"name": ["EU", "뉴욕"], "size": "7개 영역", "normalise": "없음", "weight": "없음", "aggregate": "없음"}
).assign(defined=[0, 1], result="한 도시에는 정의되지 않음", compared=[NAN, 7], improving=[NAN, 4])
FIGURES = pd.DataFrame(
    {"system": "gla", "name": "소속감", "place": "런던", "period": "2018-19", "unit": "%", "value": [81.0, NAN]}
).assign(lowest=[NAN, 3.0], highest=[NAN, 4.0], caution="주의", source="출처")


def everything() -> list:
    """All that the chapter and its notebook say of a real city and of a made-up one."""
    told: list = [chapter.reason(TOWN), chapter.context(TOWN), chapter.context(SEOUL), chapter.lead(TOWN)]
    told += [chapter.lead(SEOUL, RULES), chapter.system_cells(RULES), chapter.domain_cells(COVERAGE)]
    told += [chapter.matrix_of(COVERAGE, SEOUL), chapter.reach_reading(REACH, 5)]
    for closeness in (CLOSENESS, MOVED):
        told += [chapter.same_cells(closeness, short) for short in (False, True)]
        told += [chapter.outcome_cells(closeness, short) for short in (False, True)]
    told += [chapter.same_notes(CLOSENESS), chapter.outcome_notes(CLOSENESS), chapter.figure_cells(FIGURES, "gla")]
    told += [chapter.ranks_of(RANKS, SEOUL), chapter.ranks_reading(RANKS)]
    for name in [*chapter.SAID.texts["names"], *chapter.SAID.texts["groups"], *chapter.SAID.texts["kinds"]]:
        told += [
            chapter.SAID(f"{table}.{name}")
            for table in ("names", "groups", "kinds")
            if name in chapter.SAID.texts[table]
        ]
    told += [chapter.SAID(f"editions.{name}") for name in chapter.SAID.texts["editions"]]
    told += [chapter.SAID(f"moved.{name}") for name in chapter.SAID.texts["moved"]]
    return [*told, chapter.gap_cells(GAPS), chapter.gap_list(GAPS), chapter.gap_reading(GAPS)]


def test_every_text_is_said_and_whole():
    """No text of the catalogue is dead, none has a hole."""
    with listening() as used:
        told = everything()
    assert_every_text_is_said(chapter, used)
    assert_whole(told, least=150)


def test_koreas_rank_is_never_said_without_its_range():
    """32nd of 41 goes with 19 to 35; the newer editions' ranks with theirs."""
    for text in chapter.ranks_reading(RANKS):
        assert len(re.findall(r"가운데 \d+위", text)) == len(re.findall(r"\d+위와 \d+위 사이", text)) > 0
    first, second = chapter.ranks_reading(RANKS)
    assert "41개국 가운데 32위" in first and "19위와 35위 사이" in first and "3위와 34위 사이" in second


def test_the_definition_and_the_caution_stand_in_the_row():
    """What differs is read beside the figure; a value that was not obtained says so."""
    cells = chapter.same_cells(CLOSENESS)
    assert cells["이 도시"].tolist() == ["12.3 (2023년, 청년)", "미확보(청년)", "미확보(청년)"]
    assert (cells["그 정의와 주의"] == "정의. 주의").all()
    assert chapter.same_cells(CLOSENESS, short=True)["옆에 놓는 값(때)"].tolist()[1:] == [
        "소속감, 런던: 81.0% (2024년)"
    ]


def test_outcomes_are_short_in_the_report():
    """Indicators that share an outcome share a row; those without a Korean value are named below."""
    cells = chapter.outcome_cells(CLOSENESS, short=True)
    assert cells["지표"].str.strip().tolist() == ["8-3, 8-4"]
    assert chapter.outcome_notes(CLOSENESS) == ["실적 지표 3개 가운데 이루려는 결과의 한국 값을 찾지 못한 것: 6-4."]
    assert "방향: 도시, 한국" in chapter.outcome_cells(MOVED) and "방향: 도시, 한국" not in chapter.outcome_cells(
        CLOSENESS
    )
    assert chapter.outcome_cells(MOVED)["방향: 도시, 한국"].tolist() == [
        "나아짐, 나빠짐",
        "나아짐, 그대로",
        "그대로, 나아짐",
        "미확보, 미확보",
    ]


def test_both_ways_are_in_the_matrix():
    """The last row counts each system's own domains: one close, one loose, one out of reach."""
    counts = chapter.matrix_of(COVERAGE, SEOUL)["counts"]
    assert counts.loc[("거꾸로: 그 체계의 영역", "런던")].tolist() == [3, 1, 1]
    assert counts.loc[("주거", "런던")].tolist() == [6, 2, 1]
    assert charts.coverage_matrix(**chapter.matrix_of(COVERAGE, SEOUL)).alt


def test_who_is_behind_is_counted_by_kind():
    """Women in two of three, old people in one of two; equal groups count for neither side."""
    assert "여성(성별 지표 3개 중 2개)" in chapter.gap_reading(
        GAPS
    ) and "고령층 29.7, 젊은 층 78.3" in chapter.gap_reading(GAPS)
    assert chapter.gap_list(GAPS)["가장 뒤처진 집단"].tolist()[5] == "차이 없음(6.50)"


def test_the_cells_that_nothing_reaches_are_named():
    """The empty cell with whom it means, and how many indicators stand in none."""
    told = chapter.reach_reading(REACH, 5)
    assert "2칸 가운데 지표가 닿는 칸은 1개" in told and "생계의 제도·변화(채무부담)" in told and "지표 3개는" in told
