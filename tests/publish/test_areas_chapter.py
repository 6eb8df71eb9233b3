"""What is said of each area and of how much is known: every text is said, and said whole; what it says is so."""

from __future__ import annotations

import pandas as pd
import pytest

from dongheng import charts
from dongheng.publish import areas_chapter
from tests.publish.catalogues import assert_every_text_is_said, assert_whole, listening, printed
from tests.publish.studies import AREAS, report, settings

NAN = float("nan")


# --- a value as its source gave it ----------------------------------------------------------------------------------

PUBLISHED = [
    ({"basis": "level", "value": 2694.0, "unit": "호"}, "2,694호"),
    ({"basis": "level", "value": 20.65, "unit": "%", "status": "provisional"}, "20.65%(잠정)"),
    ({"basis": "level", "value": 122.0, "unit": "명", "status": "inferred_year"}, "122명(연도 추정)"),
    ({"basis": "level", "value": 122.0, "unit": "명", "definition": 2}, "122명(새 정의)"),
    ({"basis": "level", "value": 0.00001, "unit": "%"}, "0.00001%"),
    ({"basis": "ratio", "value": 1.3, "versus_year": 2022.0}, "1.3배(2022년 대비)"),
    ({"basis": "ratio_at_least", "value": 2.0, "versus_year": 2022.0}, "2배 넘음(2022년 대비)"),
    (
        {"basis": "change_percent", "value": 60.0, "unit": "%", "versus_year": 2023.0, "lower": 55, "upper": 65},
        "60% 증가(2023년 대비, 범위 55~65%)",
    ),
    ({"basis": "change_points", "value": -1.54, "unit": "%p", "versus_year": 2022.0}, "1.54%p 감소(2022년 대비)"),
]
EMPTY = {"definition": 1, "indicator_id": "1-1", "year": 2024, "unit": "배", "status": "published"} | dict.fromkeys(
    ("versus_year", "lower", "upper"), NAN
)


@pytest.mark.parametrize(("told", "words"), PUBLISHED)
def test_a_published_value_in_words(told, words):
    """Unit, year compared with, range, and whether it is provisional or its year inferred: nothing is dropped."""
    values = pd.DataFrame([EMPTY | told])
    assert areas_chapter.as_published(values).to_dict() == {("1-1", 2024): words}


# --- the catalogue --------------------------------------------------------------------------------------------------

KINDS = [
    {},
    {"way": -1, "years": 5, "ranges": False, "registered": False},
    {"years": 2},
    {"computed": False},
    {"computed": False, "way": -1, "ranges": False},
    {"computed": False, "way": NAN},
]


def say_everything(told) -> list:
    """All that notebook 06 asks of this catalogue."""
    areas = list(AREAS)
    return [
        areas_chapter.coverage_cells(areas_chapter.coverage(told)),
        areas_chapter.coverage_lead(told),
        areas_chapter.strip_of(told),
        *(areas_chapter.heading(told, node) for node in areas),
        *(areas_chapter.reading(told, node) for node in areas),
        *(areas_chapter.area_cells(told, node) for node in areas),
        *filter(None, (areas_chapter.panels_of(told, node) for node in areas)),
        areas_chapter.value_notes(told.read("indicators")),
    ]


def test_every_text_is_said_whole():
    """A text that nothing says misleads whoever edits it; a misspelt key or a NaN would show only in that report."""
    told = []
    with listening() as used:
        for i, kind in enumerate(KINDS):
            told += say_everything(report(settings(kind.get("years", 3), illustrative=i % 2 == 0), **kind))
        told += areas_chapter.as_published(pd.DataFrame([EMPTY | row for row, _ in PUBLISHED])).tolist()
    assert_every_text_is_said(areas_chapter, used)
    assert_whole(told, least=500)


# --- how much is known ----------------------------------------------------------------------------------------------


def test_coverage_counts_every_indicator_once():
    """By hand: 5 scored, 1 with a bound, 10 missing; an area without anything has its row; the sum row adds up."""
    told = report(computed=False)
    cells = areas_chapter.coverage_cells(areas_chapter.coverage(told))
    assert cells.to_numpy().tolist() == [
        ["돌봄", "8", "2", "1", "5"],
        ["주거", "4", "2", "0", "2"],
        ["안전", "3", "0", "0", "3"],
        ["건강", "1", "1", "0", "0"],
        ["합계", "16", "5", "1", "10"],
    ]
    lead = areas_chapter.coverage_lead(told)
    assert "지표 16개 가운데 값이나 증감을 하나라도 얻은 것은 6개" in lead
    assert "5개의 점수를 계산할 수 있고, 1개는" in lead and "10개는 미확보" in lead
    assert areas_chapter.strip_of(told)["title"].endswith("확보한 것은 6개")
    assert charts.coverage_strip(**areas_chapter.strip_of(told)).svg


# --- one area -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [1, -1])
def test_a_verdict_is_said_only_where_there_is_one(way):
    """상승 and 하락 stand only where the verdict does; an area whose range crosses 0 has no clear difference."""
    told = report(way=way)
    first = {node: areas_chapter.reading(told, node)[0] for node in AREAS}
    words = {"a": ("상승", "하락"), "b": ("하락", "상승")}
    for node, pair in words.items():
        said, other = pair[::way]
        assert said in first[node] and other not in first[node]
    assert "뚜렷한 차이가 없습니다" in first["c"]
    assert first["d"] == "2024년 건강 영역지수는 100.0이며 전년 계산값보다 높지도 낮지도 않습니다."
    published = [areas_chapter.reading(report(computed=False, way=way), node)[0] for node in AREAS]
    assert not any(word in text for text in published for word in ("상승", "하락", "뚜렷한", "구간"))


def test_a_fall_and_its_range_are_told_in_words():
    """By hand: 주거 fell by 3.75, its errors are a half point to each side; the range of 안전 crosses 0."""
    told = report()
    assert areas_chapter.heading(told, "b") == "주거: 92.5, 전년보다 3.8p 낮음"
    assert areas_chapter.reading(told, "b")[0].endswith(
        "전년보다 3.8p 하락했으며, 조사 구간 95%는 4.3p 낮은 쪽에서 3.3p 낮은 쪽 사이입니다."
    )
    assert areas_chapter.reading(told, "c")[0].endswith("조사 구간 95%는 0.2p 낮은 쪽에서 0.8p 높은 쪽 사이입니다.")
    assert areas_chapter.reading(told, "a")[0].endswith(
        "4.3p 상승했으며, 조사 구간 95%는 3.8p 높은 쪽에서 4.8p 높은 쪽 사이입니다."
    )


def test_an_area_names_what_moved_it_most_each_way():
    """The largest share up and the largest down; neither where nothing moved; kinds counted by hand."""
    told = areas_chapter.reading(report(), "a")
    assert told[1:4] == [
        "영역지수를 가장 높인 지표는 1-1 지원율입니다. 2.5p 높였습니다.",
        "영역지수를 가장 낮춘 지표는 1-6 상담입니다. 0.8p 낮췄습니다.",
        "지표 8개 가운데 지원 노력을 재는 것은 6개, 결과를 재는 것은 2개입니다.",
    ]
    assert [text for text in areas_chapter.reading(report(way=0), "a") if "가장" in text] == []


def test_what_was_not_obtained_is_named_and_counted():
    """Of 주거 two indicators are absent, of 돌봄 five and not the one with a bound; a start in the epidemic is named where the register says so, else not."""
    told = areas_chapter.reading(report(computed=False), "b")
    assert told[-1] == "2024년에 아무것도 얻지 못한 지표 2개: 2-3 집수리, 2-4 면적."
    assert "지표 1개: 2-1 임대 공급. 오른 폭에" in told[-2]
    assert areas_chapter.reading(report(computed=False), "a")[-1].startswith(
        "2024년에 아무것도 얻지 못한 지표 5개: 1-3"
    )
    plain = areas_chapter.reading(report(computed=False, registered=False), "b")
    assert [text for text in plain if "감염병" in text] == [] and plain[-1] == told[-1]
    assert [text for text in areas_chapter.reading(report(), "b") if "얻지 못한" in text] == []


def test_an_area_without_its_index_says_so():
    """Last year's index of 안전 is not known: no number of change is made up."""
    told = report(computed=False)
    assert areas_chapter.reading(told, "c")[0] == "2024년 안전 영역지수나 그 변화는 미확보입니다."
    assert areas_chapter.heading(told, "c") == "안전: 100.7, 전년보다 얼마나 다른지 미확보"
    assert areas_chapter.area_cells(told, "c").empty


def test_a_computed_area_shows_every_indicator_with_its_share():
    """Base year, last year, this year, score, share: by hand; values of an indicator are all of one length."""
    cells = areas_chapter.area_cells(report(), "a")
    assert list(cells) == ["지표(단위)", "좋은 쪽", "2022년", "2023년", "2024년", "점수", "몫 (△ 감소)"]
    assert cells.iloc[0].tolist() == ["1-1 지원율(명)", "높을수록", "50", "60", "70", "140.0", "2.5"]
    assert cells.iloc[3].tolist() == ["1-4 사고율(명)", "낮을수록", "50.00", "48.08", "46.30", "108.0", "0.5"]
    assert len(cells) == 8
    assert list(areas_chapter.area_cells(report(years=5), "a"))[2:5] == ["2020년", "2023년", "2024년"]
    assert list(areas_chapter.area_cells(report(years=2), "a"))[2:4] == ["2023년", "2024년"]


def test_a_published_area_shows_only_what_was_obtained():
    """Five of eight were not obtained and have no row; a bound is no score; a range of a source stands with it."""
    cells = areas_chapter.area_cells(report(computed=False), "a")
    assert cells["지표"].tolist() == ["1-1 지원율", "1-2 만족도", "1-4 사고율"]
    assert cells.iloc[0, 2:].tolist() == ["50.00명", "60.00명", "70.00명", "140.0 (136.0~ 144.0)"]
    assert cells.iloc[2, 2:].tolist() == ["미확보", "미확보", "2배 넘음", "104.0 초과(하한만 알려짐)"]
    assert areas_chapter.value_notes(report(computed=False).read("indicators")) == [
        "1-2(2022년): 잠정치임.",
        "1-4(2024년): 하한만 알려짐.",
    ]


def test_panels_are_drawn_where_four_indicators_have_a_course():
    """Eight and four courses are drawn, three are not; two years are no course; the scale holds every score up to 250."""
    told = areas_chapter.panels_of(report(), "a")
    assert told["table"].shape == (8, 3) and told["table"].index[0] == "1-1 지원율"
    assert told["low"] <= 80 and 140 <= told["high"] <= 250 and charts.small_multiples(**told).svg
    assert areas_chapter.panels_of(report(), "b")["table"].shape == (4, 3)
    assert areas_chapter.panels_of(report(years=5), "b")["low"] <= 68  # 2-1 fell by 8 four times
    high = report(way=10)  # 1-1 stands at 500, which would flatten the other panels
    assert areas_chapter.panels_of(high, "a")["high"] == 250
    assert [areas_chapter.panels_of(report(), node) for node in ("c", "d")] == [None, None]
    assert areas_chapter.panels_of(report(years=2), "a") is None
    assert areas_chapter.panels_of(report(computed=False), "a") is None


def test_the_other_areas_are_left_out_of_an_areas_report():
    """What an area says rests on its own indicators: those of the others are not in its tables, its indices are whole."""
    part = areas_chapter.of_area(report(), "b")
    assert part.read("indicators")["indicator_id"].unique().tolist() == ["2-1", "2-2", "2-3", "2-4"]
    assert len(part.read("indices")["node_id"].unique()) == 5
    texts = [text for text in printed(areas_chapter.reading(report(), "b")) if "1-1" in text]
    assert texts == []
