"""Charts beside other systems: bars as long as the counts, dots where the ranks are, readable without colour."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from dongheng import charts
from dongheng.charts.look import GAP, WIDTH
from dongheng.errors import PublishError
from tests.test_charts import assert_labels_apart, dots, words_of

NAN = float("nan")
WORDS = {
    "title": "서로 닿는 영역",
    "subtitle": "지표의 수",
    "subject": "서로 닿는 영역",
    "period": "2023년 11월 지표체계",
}
AREAS = ["생계·돌봄", "주거", "의료·건강", "교육·문화", "안전", "사회통합", "거꾸로: 그 체계의 영역"]
SYSTEMS = ["OECD 옛 판", "OECD 웰빙", "EU 점수판", "EU 라켄", "런던", "국내 연구", "뉴욕"]
INDEX = pd.MultiIndex.from_product([AREAS, SYSTEMS])
COUNTS = pd.DataFrame({"items": 12, "close": 3, "loose": 1}, index=INDEX).drop(("거꾸로: 그 체계의 영역", "뉴욕"))
RANKS = pd.DataFrame(
    {"rank": [32, 20, 13, 1], "of": [41, 38, 23, 38], "lo": [19, 3, 2, NAN], "hi": [35, 34, 22, NAN]},
    index=["전체: 옛 판", "전체: 2025년 판", "전체: 2025년 판, EU 사이", "주거"],
)
RANK_WORDS = WORDS | {"range_label": "가중치를 바꿀 때의 95%"}


def test_the_matrix_says_every_count_and_a_dash_for_none():
    """48 cells with their numbers, one without; labels apart, the alternative text from the data."""
    chart = charts.coverage_matrix(COUNTS, **WORDS)
    assert words_of(chart).count("4/12") == 48 and words_of(chart).count("-") == 1
    assert_labels_apart(chart)
    assert "2023년" in chart.alt and 60 <= len(chart.alt) <= 250 and "줄 7개, 체계 7개" in chart.alt


@pytest.mark.parametrize(("close", "loose"), [(0, 0), (12, 0), (0, 12), (5, 7)])
def test_bars_end_where_the_counts_end(close, loose):
    """Full, empty and mixed cells are drawn from edge to edge and never beyond."""
    one = pd.DataFrame({"items": [12], "close": [close], "loose": [loose]}, index=INDEX[:1])
    chart = charts.coverage_matrix(one, **WORDS)
    ends = [float(x) for x in re.findall(r"L (\d+\.?\d*) ", chart.svg)]
    assert f"{close + loose}/12" in words_of(chart) and max(ends) <= WIDTH
    assert max(x for x in ends if x < WIDTH) == pytest.approx(WIDTH - GAP / 2, abs=0.5)


@pytest.mark.parametrize("wrong", [{"close": 12, "loose": 1}, {"close": -1, "loose": 0}])
def test_more_matches_than_items_are_refused(wrong):
    """A count that cannot be is a mistake upstream, named by row and column."""
    with pytest.raises(PublishError, match="생계·돌봄 OECD 옛 판의 지표가 12개"):
        charts.coverage_matrix(COUNTS.assign(**wrong), **WORDS)
    with pytest.raises(PublishError, match="값이 한 줄도 없는데"):
        charts.coverage_matrix(COUNTS.iloc[:0], **WORDS)


def test_ranks_stand_in_their_order_with_their_ranges():
    """The first rank on the left; every rank printed with how many were ranked, a range only where there is one."""
    chart = charts.rank_dots(RANKS, **RANK_WORDS)
    told = words_of(chart)
    assert {"32위/41", "20위/38", "13위/23", "1위/38", "19~35위", "3~34위", "2~22위"} <= set(told) and told.count(
        "-"
    ) == 1
    xs = [x for x, _ in dots(chart)][-4:]
    assert xs == sorted(xs, reverse=True)
    assert_labels_apart(chart)
    assert "전체: 옛 판 32위/41(범위 19~35위)" in chart.alt


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rank": [42, 20, 13, 1]}, "전체: 옛 판의 rank 값이 42.0인데, 1에서 41까지"),
        ({"rank": [0, 20, 13, 1]}, "전체: 옛 판의 rank 값이 0.0인데, 1에서 41까지"),
    ],
)
def test_a_rank_that_cannot_be_is_refused(change, sentence):
    """Below the first or beyond the last country."""
    with pytest.raises(PublishError, match=sentence):
        charts.rank_dots(RANKS.assign(**change), **RANK_WORDS)
