"""Charts of single indicators: signs where their numbers belong, no number lost, labels apart, refusals by name."""

from __future__ import annotations

import functools
import re

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dongheng import charts, fonts
from dongheng.charts.look import HOLLOW, WIDTH
from dongheng.errors import PublishError
from tests.test_charts import (
    assert_labels_apart,
    assert_same_bytes_elsewhere,
    contrast,
    dots,
    font_size,
    texts,
    words_of,
)
from tests.test_charts_delphi import place_of, strokes

NAN, INF = float("nan"), float("inf")
PARTS = pd.Series(
    {
        "2-4 가족을 돌보는 청년의 복지서비스 연계 규모": 3.833,
        "8-4 고립은둔청년 발굴·지원 규모": 1.284,
        "4-5 병원 함께가기 서비스 지원 규모": 0.283,
        "3-3 주거 취약가구의 주거환경 개선 규모": -0.716,
        "10-2 서울시민의 자원봉사 참여율": -0.21,
        "나머지 45개": 4.205,
    }
)
SHARES = pd.DataFrame(
    {"first": [2.0, 2.0, 2.0], "second": [59.2, -1.9, NAN]},
    index=["2-4 가족을 돌보는 청년의 복지서비스 연계 규모", "3-6 청년의 주거비 과부담 가구 비율", "10-3 기부 경험률"],
)
SCORES = pd.DataFrame(
    {
        2022: [100.0, 100.0, 100.0, 100.0, NAN],
        2023: [125.0, 270.0, NAN, 60.0, NAN],
        2024: [150.0, 376.2, NAN, 40.0, NAN],
    },
    index=[
        "5-1 자살 고위험군 관리율",
        "8-4 고립은둔청년 발굴·지원 규모",
        "9-1 교통수단 이용 만족도",
        "3-3 개선 규모",
        "10-3 기부",
    ],
)
WORDS = {"title": "지표 하나가 상승의 절반", "period": "2023년에서 2024년까지", "table_number": 7}
MOVERS = WORDS | {
    "subtitle": "종합지수의 증감에서 지표마다 차지하는 몫(p), 2023년에서 2024년까지",
    "subject": "종합지수의 증감과 지표의 몫",
    "total_label": "종합지수 증감",
}
PAIRS = WORDS | {
    "subtitle": "지표의 가중치와 상승분의 몫(%), 2023년에서 2024년까지",
    "subject": "지표의 가중치와 상승분의 몫",
    "first_label": "선언한 가중치",
    "second_label": "상승분의 몫",
    "unit": "%",
}
MULTIPLES = WORDS | {
    "subtitle": "안전 영역 지표의 점수, 2022~2024년, 2022년=100",
    "subject": "안전 영역 지표의 점수",
    "base_label": "2022년=100",
    "low": 50,
    "high": 250,
}


def movers(parts=PARTS, total=None, **words):
    return charts.movers(parts, float(parts.sum()) if total is None else total, **MOVERS | words)


def pairs(table=SHARES, **words):
    return charts.pairs(table, **PAIRS | words)


def multiples(table=SCORES, **words):
    return charts.small_multiples(table, **MULTIPLES | words)


EVERY = {"movers": movers, "pairs": pairs, "small_multiples": multiples}
every = pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)


@functools.cache
def drawn(draw):
    return draw()


def rings(chart):
    """Middles of the hollow rings, the key's first."""
    found = re.findall(r'd="M (\S+) (\S+) \nC (\S+) (\S+) [^"]*"[^>]*fill: #ffffff; stroke: #767676', chart.svg)
    ends = re.findall(r'd="(M [^"]*\nC[^"]*)"[^>]*fill: #ffffff; stroke: #767676', chart.svg)
    middles = []
    for path in ends:
        ys = [float(y) for y in re.findall(r"[MC ]\S+ (\S+) \n", path)]
        middles.append((float(path.split()[1]), (min(ys) + max(ys)) / 2))
    assert len(found) == len(middles)
    return middles


def falls(chart):
    """Middles of the filled triangles of a fall, the key's first."""
    found = re.findall(r'<path d="M (\S+) (\S+) \nL (\S+) [^"]*"[^>]*style="fill: #d36a00"', chart.svg)
    return [((float(x0) + float(x1)) / 2, float(y) + 3.4) for x0, y, x1 in found]


def row_of(chart, text):
    """What else stands in the line of a text, from left to right."""
    y = place_of(chart, text)[1]
    return [w for _, w in sorted((float(t["x"]), t["text"]) for t in texts(chart) if float(t["y"]) == y)]


# --- what all charts promise ------------------------------------------------------------------------------------------


def test_neither_hash_seed_nor_matplotlibrc_reaches_the_bytes(tmp_path):
    """Protects the recorded hashes of the report: every machine draws the same chart."""
    assert_same_bytes_elsewhere("tests.test_charts_indicators", tmp_path)


@every
def test_labels_are_apart_large_enough_and_printable(draw):
    """Protects readers of small print and the PDF, which stops at a character that the font lacks."""
    chart = drawn(draw)
    assert_labels_apart(chart)
    assert f'width="{WIDTH:.0f}pt"' in chart.svg and words_of(chart)[0] == chart.subtitle
    for t in texts(chart):
        assert font_size(t) >= 10 and not fonts.missing(t["text"]) and "nan" not in t["text"]


@every
@pytest.mark.parametrize(("table_number", "illustrative"), [(None, ""), (12, "지표 50개 중 예시값 50개")])
def test_alternative_text_says_kind_year_unit_number_and_where_the_values_stand(draw, table_number, illustrative):
    """Protects those who hear the chart."""
    chart = draw(table_number=table_number, illustrative=illustrative)
    assert 60 <= len(chart.alt) <= 250 and "2024년" in chart.alt
    assert chart.alt.split(".")[0] in {"증감 점그림", "두 수 비교 점그림", "작은 점그림 모음"}
    assert re.search(r"단위 (p|%|점\(2022년=100\))\.", chart.alt) and re.search(r"\d+\.\d", chart.alt)
    assert ("값은 <표 12>." in chart.alt) is (table_number is not None)
    assert chart.alt.endswith("예시값 포함.") is bool(illustrative)
    assert chart.subtitle.endswith(f"({illustrative})" if illustrative else "")
    assert "nan" not in chart.alt and "  " not in chart.alt and "△" not in chart.alt


def test_alternative_texts_say_what_the_data_say():
    """Protects against a text that fits every chart."""
    assert (
        "2-4 가족을 돌보는 청년의 복지서비스 연계 규모 3.8p 높임, 가장 작은 줄은 3-3 주거 취약가구의 주거환경 개선 규모 0.7p 낮춤"
        in drawn(movers).alt
    )
    assert "줄 6개, 나머지 45개 4.2p 높임, 종합지수 증감 8.7p 높임" in drawn(movers).alt
    assert f"두 수가 가장 먼 줄은 {SHARES.index[0]}(선언한 가중치 2.0, 상승분의 몫 59.2)" in drawn(pairs).alt
    assert "상승분의 몫 -1.9" in pairs(SHARES[1:]).alt, "a hyphen can be heard"
    assert (
        "가장 높은 지표는 8-4 고립은둔청년 발굴·지원 규모(376.2), 가장 낮은 지표는 3-3 개선 규모(40.0)"
        in drawn(multiples).alt
    )
    assert "지표 5개, 2024년 미확보 2개, 눈금 밖이라 끝에 그린 지표 2개" in drawn(multiples).alt


@pytest.mark.parametrize(
    ("draw", "found"),
    [
        (lambda: movers(PARTS[:0], 0.0), "값이 한 줄도 없는데"),
        (lambda: pairs(SHARES[:0]), "값이 한 줄도 없는데"),
        (lambda: pairs(SHARES * NAN), "값이 한 줄도 없는데"),
        (lambda: multiples(SCORES[:0]), "값이 한 줄도 없는데"),
        (lambda: multiples(SCORES[[]]), "값이 한 줄도 없는데"),
        (lambda: movers(PARTS * INF, INF), "무한대인 값이 있는데"),
        (lambda: pairs(SHARES.replace(59.2, -INF)), "무한대인 값이 있는데"),
        (lambda: multiples(SCORES.replace(376.2, INF)), "무한대인 값이 있는데"),
        (lambda: movers(PARTS, 8.6), "몫을 더하면 전체가 되어야"),
        (lambda: movers(PARTS.where(PARTS < 4), 8.679), "몫을 더하면 전체가 되어야"),
        (lambda: movers(PARTS * 1e5), "2-4 .* 값이 383300.0인데, -100000.0에서 100000.0까지여야"),
        (lambda: pairs(SHARES * 1e5), f"{SHARES.index[0]}의 first 값이 200000.0인데, -100000.0에서 100000.0까지여야"),
        (lambda: multiples(low=101), "2022년=100의 기준 값이 100.0인데, 101에서 250까지여야"),
        (lambda: multiples(high=99), "2022년=100의 기준 값이 100.0인데, 50에서 99까지여야"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_with_a_sentence(draw, found):
    """Protects against an empty picture, infinity on an axis and a number in another unit."""
    with pytest.raises(PublishError, match=found):
        draw()


# --- movers -----------------------------------------------------------------------------------------------------------


def test_movers_stand_where_their_shares_belong_each_kind_with_its_own_sign():
    """Protects the comparison of shares: one axis from the zero line on, falls and the rest told by shape."""
    chart = drawn(movers)
    zero, two = place_of(chart, "0")[0], place_of(chart, "2")[0]
    shares = [[(x - zero) / (two - zero) * 2 for x, _ in found(chart)[1:]] for found in (dots, falls, rings)]
    assert shares[0] == pytest.approx([3.833, 1.284, 0.283], abs=1e-3)
    assert shares[1] == pytest.approx([-0.716, -0.21], abs=1e-3) and shares[2] == pytest.approx([4.205], abs=1e-3)
    ((line, top, _, bottom),) = strokes(chart, "#3d3d3d", "0.8")
    assert line == pytest.approx(zero, abs=0.01) and bottom - top > 100
    assert not strokes(chart, "#3d3d3d", "1.2"), "the line at zero is no dotted one"


def test_movers_print_every_share_in_its_row_and_the_sum_below():
    """Protects the reader who adds up: every row with its number, falls with their mark, the sum without a sign."""
    chart = drawn(movers)
    assert row_of(chart, "8-4 고립은둔청년 발굴·지원 규모")[-1] == "1.3"
    assert row_of(chart, "10-2 서울시민의 자원봉사 참여율")[-1] == "△0.2"
    assert row_of(chart, "나머지 45개") == ["나머지 45개", "4.2"]
    assert row_of(chart, "종합지수 증감") == ["종합지수 증감", "8.7"]
    assert {"높임", "낮춤(△)", "나머지", "몫(p, △ 감소)", "△1"} <= set(words_of(chart))
    assert len(dots(chart) + falls(chart) + rings(chart)) == len(PARTS) + 3


def test_movers_have_no_key_for_a_sign_that_is_not_there_and_no_fall_that_prints_as_zero():
    """Protects the key, and against a triangle beside 0.0."""
    chart = movers(pd.Series({"가": 1.0, "나": -0.04}))
    assert not {"낮춤(△)", "나머지"} & set(words_of(chart)) and not falls(chart) and len(dots(chart)) == 1 + 2
    down = movers(pd.Series({"가": -1.0, "나머지": 0.5}))
    assert "높임" not in words_of(down) and "몫이 가장 큰 줄은 가 1.0p 낮춤, 가장 작은 줄은 가 1.0p 낮춤." in down.alt


# --- pairs ------------------------------------------------------------------------------------------------------------


def test_pairs_stand_where_their_numbers_belong_and_are_joined():
    """Protects the reading of the gap: ring, dot and the line between them on one axis, negative numbers too."""
    chart = drawn(pairs)
    zero, twenty = place_of(chart, "0")[0], place_of(chart, "20")[0]
    first, second = ([(x - zero) / (twenty - zero) * 20 for x, _ in found(chart)[1:]] for found in (rings, dots))
    assert first == pytest.approx([2, 2, 2], abs=0.01) and second == pytest.approx([59.2, -1.9], abs=0.01)
    joined = [(x0, x1) for x0, _, x1, _ in strokes(chart, "#767676", "1.4") if x0 != x1]
    ends = list(zip(rings(chart)[1:3], dots(chart)[1:], strict=True))
    assert joined == [pytest.approx((ring[0], dot[0]), abs=0.01) for ring, dot in ends]


def test_pairs_print_both_numbers_and_say_what_is_missing():
    """Protects the columns: first number first, a number not obtained as a mark and not as nothing."""
    chart = drawn(pairs)
    assert row_of(chart, "10-3 기부 경험률") == ["10-3 기부 경험률", "2.0", "…"]
    assert {"△1.9", "59.2"} <= set(words_of(chart))
    heads = [w for w in words_of(chart) if w in ("선언한 가중치", "상승분의 몫")]
    assert heads == ["선언한 가중치", "상승분의 몫"] * 2, "key and columns"


def test_pairs_mark_a_value_by_a_dotted_line_with_its_name():
    """Protects the base year: the line stands at 100 even where no number comes near it."""
    table = pd.DataFrame({"first": [179.8, 356.2], "second": [110.4, 109.4]}, ["종합", "생계·돌봄"])
    chart = pairs(table, line=100, base_label="2020년=100", unit="점")
    ((line, *_),) = strokes(chart, "#3d3d3d", "1.2")
    assert line == pytest.approx(place_of(chart, "100")[0], abs=0.01) == place_of(chart, "2020년=100")[0]
    high = pairs(table + 900, line=100, base_label="2020년=100", unit="점")
    assert_labels_apart(high)
    assert strokes(high, "#3d3d3d", "1.2")[0][0] == pytest.approx(place_of(high, "0")[0], abs=60)
    assert not strokes(drawn(pairs), "#3d3d3d", "1.2")


number = st.floats(-400, 4000, allow_nan=False) | st.sampled_from([0.0, 100.0, 99.96, 12345.6])
forty = st.text("가나다라마바사아자차 ·", min_size=1, max_size=40).filter(str.strip)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.lists(st.tuples(forty, number, number | st.just(NAN)), min_size=1, max_size=11, unique_by=lambda row: row[0]))
def test_whatever_the_numbers_labels_of_movers_and_pairs_stay_apart(rows):
    """Protects any year and study: names of forty letters, numbers of five digits, equal ones, negative ones."""
    table = pd.DataFrame(rows, columns=["name", "first", "second"]).set_index("name")
    assert_labels_apart(movers(table["first"]))
    assert_labels_apart(pairs(table, line=100, base_label="2022년=100"))


# --- small multiples --------------------------------------------------------------------------------------------------


def test_scores_of_all_panels_stand_on_one_scale_and_the_base_line_at_100():
    """Protects the comparison between indicators: the same height is the same score."""
    chart = multiples(SCORES[:1])
    ((_, low, *_), (_, high, *_)) = strokes(chart, "#e3e3e3", "0.6")
    places = [dots(chart)[1][1] + 3.6, *(y for _, y in rings(chart)[1:])]
    scores = [50 + (low - y) / (low - high) * 200 for y in places]
    assert scores == pytest.approx([150, 100, 125], abs=0.2)
    base = [y for x0, y, x1, _ in strokes(chart, "#3d3d3d", "1.2") if x1 - x0 > 20]
    assert base == [pytest.approx(low - (low - high) / 4, abs=0.01)]
    both = dots(multiples(pd.DataFrame({2023: [100.0, 100.0], 2024: [150.0, 150.0]}, ["가", "나"])))[1:]
    assert both[0][1] == both[1][1] and both[0][0] < both[1][0] - 100


def test_a_score_beyond_the_scale_stands_at_the_edge_with_its_number_and_an_arrow():
    """Protects the other panels from one score of 376, and this one from being read as 250."""
    chart = multiples(SCORES[1:2])
    (_, (x, y)), (*_, last) = dots(chart), rings(chart)
    edges = [y0 for _, y0, *_ in strokes(chart, "#e3e3e3", "0.6")]
    assert y + 3.6 == pytest.approx(min(edges), abs=0.01) == pytest.approx(last[1], abs=0.2)
    arrows = strokes(chart, "#3d3d3d", "1.4")
    assert len(arrows) == 3 * (1 + 2) and all(y1 < y0 for _, y0, _, y1 in arrows), "key, 2023 and 2024, all upwards"
    assert {"376.2", "눈금 밖"} <= set(words_of(chart)) and place_of(chart, "376.2")[0] > x + 9
    below = multiples(SCORES[3:4])
    assert {"40.0", "낮아짐", "눈금 밖"} <= set(words_of(below)) and len(falls(below)) == 2 and not dots(below)[1:]
    assert all(y1 > y0 for _, y0, _, y1 in strokes(below, "#3d3d3d", "1.4")[3:]), "downwards"
    assert "눈금 밖" not in words_of(multiples(SCORES[:1]))


def test_a_year_not_obtained_leaves_no_sign_and_an_indicator_without_this_year_says_so():
    """Protects against a gap read as zero or as last year's score."""
    assert len(rings(multiples(SCORES[2:3]))) == 1 + 1 and "미확보" in words_of(multiples(SCORES[2:3]))
    empty = multiples(pd.concat([SCORES[:1], SCORES[4:]]))
    assert len(rings(empty)) == 1 + 2 and len(dots(empty)) == 1 + 1 and words_of(empty).count("미확보") == 1
    gap = multiples(SCORES[2:3].assign(**{"2025": 90.0}))
    assert not falls(gap), "no last year, no fall"


def test_first_and_last_year_are_named_below_the_last_panel_of_each_column():
    """Protects the reading of a panel whose neighbours end a line further down."""
    chart = drawn(multiples)
    years = [t for t in texts(chart) if t["text"] in ("2022년", "2024년")][1:]  # the first is the key's
    assert [t["text"] for t in years] == ["2024년", "2022년"] * 3
    assert len({float(t["y"]) for t in years}) == 2, "the third column ends in the first line of panels"
    one = multiples(SCORES[[2024]][:2])
    assert words_of(one).count("2024년") == 1 + 2 and "이전 연도" not in words_of(one) and not rings(one)


@pytest.mark.parametrize(("panels", "words"), [(12, 6), (12, 14), (1, 2), (4, 6)])
def test_twelve_panels_are_less_than_330_points_high(panels, words):
    """Protects the page of an area: twelve indicators with names of up to forty letters and the table below."""
    names = [f"{n // 6 + 1}-{n % 6 + 1} " + "가족 돌봄 청년 "[: 3 * words] * (1 + words // 6) for n in range(panels)]
    table = pd.DataFrame({year: 100.0 + 30 * (year - 2020) for year in range(2020, 2025)}, names)
    chart = multiples(table.assign(**{"2024": 700.0}).drop(columns=2024))
    assert float(re.search(r'height="([\d.]+)pt"', chart.svg)[1]) < 330
    assert_labels_apart(chart)


score = st.floats(0, 600, allow_nan=False) | st.just(NAN) | st.sampled_from([50.0, 100.0, 250.0, 12345.6])


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.integers(1, 8).flatmap(lambda years: st.dictionaries(forty, st.lists(score, min_size=years, max_size=years), min_size=1, max_size=13)))  # fmt: skip
def test_whatever_the_scores_labels_stay_apart_and_every_score_has_its_sign(rows):
    """Protects any year and study: no score lost, names of forty letters in three lines."""
    table = pd.DataFrame.from_dict(rows, orient="index", columns=range(2025 - len([*rows.values()][0]), 2025))
    chart = multiples(table)
    assert_labels_apart(chart)
    now = table.iloc[:, -1].notna().sum()
    assert len(dots(chart)) + len(falls(chart)) - 1 - bool(falls(chart)) == now
    assert len(rings(chart)) - (table.shape[1] > 1) == table.notna().sum().sum() - now
    assert words_of(chart).count("미확보") == len(table) - now


def test_signs_differ_in_grey_by_shape_or_lightness():
    """Protects the grey print: a fall has its own shape, earlier years are hollow, this year is dark."""
    chart = drawn(multiples)
    assert len(falls(chart)) == 1 + 1 and contrast("#0a355e", HOLLOW[0]) > 3
    assert {"이전 연도", "2024년", "낮아짐", "2022년=100, 세로 50~250"} <= set(words_of(chart))
