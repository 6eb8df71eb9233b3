"""Charts: same bytes, readable labels, no meaning by colour alone, alternative texts that say something."""

from __future__ import annotations

import functools
import hashlib
import importlib
import os
import re
import subprocess
import sys
import warnings
from itertools import combinations

import matplotlib
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from dongheng import charts, fonts
from dongheng.charts import figures, look, sheet
from dongheng.errors import PublishError
from dongheng.publish import wording
from tests.conftest import ROOT

NAN = float("nan")
AREAS = pd.Series(
    ["생계·돌봄", "주거", "의료·건강", "교육·문화", "안전", "사회통합"],
    index=["livelihood_care", "housing", "health", "education_culture", "safety", "social_integration"],
)
IN_2023 = pd.Series([100.8, 125.1, 120.1, 98.4, 124.9, 97.9], index=AREAS.index)
IN_2024 = pd.Series([127.8, 120.3, 156.5, 111.3, 148.9, 95.6], index=AREAS.index)
SAFETY = pd.Series(
    {
        "8-4 고립은둔청년 발굴·지원 규모": 15.0,
        "9-2 장애인 대중교통 이용 규모": 4.766,
        "8-3 고독사 예방 모니터링 규모": 1.515,
        "나머지 지표 6개": 24.9 - 15.0 - 4.766 - 1.515,
    }
)
HOUSING = pd.Series({"3-3 주거 취약가구의 주거환경 개선 규모": -4.62, "나머지 지표 5개": -0.18})
COUNTS = pd.DataFrame(
    {"indicators": [12, 6, 10, 8, 9, 5], "obtained": [4, 3, 2, 1, 3, 0], "scored": [1, 3, 2, 1, 2, 0]},
    index=AREAS.to_list(),
)


def dumbbell(before=IN_2023, after=IN_2024, labels=AREAS, **words):
    words = {
        "title": "여섯 영역 가운데 네 영역의 지수 상승",
        "subtitle": "영역별 지수, 2023년과 2024년, 2022년=100",
        "subject": "6개 영역 지수",
        "table_number": 3,
    } | words
    return charts.dumbbell(
        before, after, labels, before_label="2023년", after_label="2024년", base_label="2022년=100", **words
    )


def index_dots(series=None, **words):
    words = {
        "title": "종합지수 130.6",
        "subtitle": "종합지수, 2022~2024년, 2022년=100",
        "subject": "종합지수",
        "table_number": 2,
    } | words
    series = pd.Series({2022: 100.0, 2023: 111.0, 2024: 130.6}) if series is None else series
    return charts.index_dots(series, base_label="2022년=100", **words)


def waterfall(parts=SAFETY, total=24.9, **words):
    words = {
        "title": "안전 영역의 상승은 지표 하나에서 나옴",
        "subtitle": "안전 영역 지수의 증감에서 지표마다 차지하는 몫(p), 2022년에서 2023년까지",
        "subject": "안전 영역 지수의 증감",
        "total_label": "안전 영역 증감",
        "period": "2022년에서 2023년까지",
        "table_number": 5,
    } | words
    return charts.waterfall(parts, total, **words)


def coverage_strip(counts=COUNTS, **words):
    words = {
        "title": "지표 50개 가운데 13개의 값을 확보",
        "subtitle": "지표 50개의 값 확보 현황, 2024년, 네모 하나가 지표 하나",
        "subject": "지표 값 확보 현황",
        "period": "2024년",
        "table_number": 1,
    } | words
    return charts.coverage_strip(counts, **words)


EVERY = {"dumbbell": dumbbell, "index_dots": index_dots, "waterfall": waterfall, "coverage_strip": coverage_strip}
every = pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)


@functools.cache
def drawn(draw):
    """The chart of the data above, drawn once for all tests that only look at it."""
    return draw()


# What stands in the picture, read back from the SVG itself: neither matplotlib nor charts is asked.
def texts(chart):
    pattern = r'<text style="(?P<style>[^"]*)" x="(?P<x>[^"]*)" y="(?P<y>[^"]*)"[^>]*>(?P<text>[^<]*)</text>'
    return [m.groupdict() for m in re.finditer(pattern, chart.svg)]


def words_of(chart):
    return [t["text"] for t in texts(chart)]


def font_size(text):
    return float(re.search(r"([\d.]+)px", text["style"])[1])


FACES = {}


def advance(text, size, bold):
    name = "NanumGothicBold.ttf" if bold else "NanumGothic.ttf"
    if name not in FACES:
        face = TTFont(fonts.folder() / name)
        FACES[name] = face.getBestCmap(), face["hmtx"].metrics, face["head"].unitsPerEm
    glyphs, metrics, em = FACES[name]
    return sum(metrics[glyphs[ord(c)]][0] for c in text) / em * size


def boxes(chart):
    for t in texts(chart):
        size, bold = font_size(t), "600" in t["style"]
        width, x, y = advance(t["text"], size, bold), float(t["x"]), float(t["y"])
        anchor = re.search(r"text-anchor: (\w+)", t["style"])[1]
        left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
        yield t["text"], left, y - 0.85 * size, left + width, y + 0.2 * size


def assert_labels_apart(chart):
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', chart.svg).groups())
    found = list(boxes(chart))
    for text, x0, y0, x1, y1 in found:
        assert x0 >= -0.5 and x1 <= width + 0.5 and y0 >= -0.5 and y1 <= height + 0.5, f"{text} leaves the chart"
    for (one, a0, b0, a1, b1), (other, c0, d0, c1, d1) in combinations(found, 2):
        assert a1 <= c0 or c1 <= a0 or b1 <= d0 or d1 <= b0, f"{one} lies on {other}"


def dots(chart):
    """Centres of the filled discs of this year, in the order drawn, the key's first."""
    found = re.findall(r'<path d="M (\S+) (\S+) \nC[^"]*"[^>]*style="fill: #0a355e"', chart.svg)
    return [(float(x), float(y)) for x, y in found]


# --- the same bytes -------------------------------------------------------------------------------------------------


@every
def test_two_calls_give_the_same_bytes(draw):
    assert draw().svg == drawn(draw).svg


SCRIPT = """
import hashlib, importlib, matplotlib, sys
sys.path.insert(0, sys.argv[1])
every = importlib.import_module(sys.argv[2]).EVERY.values()
print(matplotlib.rcParams["font.size"], *[hashlib.sha256(draw().svg.encode()).hexdigest() for draw in every])
"""


def assert_same_bytes_elsewhere(module: str, tmp_path) -> None:
    """Another process, hash seed, time zone and matplotlibrc draw every chart of a test module alike."""
    rc = tmp_path / "matplotlibrc"
    rc.write_text("font.size: 20\nsvg.fonttype: path\nsavefig.facecolor: red\nsavefig.dpi: 30\nlines.linewidth: 9\n")
    foreign = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Seoul", "MATPLOTLIBRC": str(rc)}
    run = [sys.executable, "-c", SCRIPT, str(ROOT), module]
    out = subprocess.run(run, env=foreign, capture_output=True, text=True, check=True).stdout.split()
    assert out[0] == "20.0", "the foreign style was not in force: this test proves nothing"
    here = importlib.import_module(module).EVERY.values()
    assert out[1:] == [hashlib.sha256(draw().svg.encode()).hexdigest() for draw in here]


def test_neither_hash_seed_nor_clock_zone_nor_matplotlibrc_reaches_the_bytes(tmp_path):
    """Protects the recorded hashes of the report: every machine draws the same chart."""
    assert_same_bytes_elsewhere("tests.test_charts", tmp_path)


@every
def test_the_style_of_the_notebook_is_left_as_it_was_and_does_not_leak_in(draw):
    plain = drawn(draw).svg
    with matplotlib.rc_context(
        {"font.size": 31, "svg.fonttype": "path", "hatch.linewidth": 7, "savefig.facecolor": "red"}
    ):
        before = dict(matplotlib.rcParams)
        assert draw().svg == plain
        assert dict(matplotlib.rcParams) == before


@every
def test_nothing_that_names_clock_or_maker(draw):
    assert not re.search(r"<dc:date>|20\d\d-\d\d-\d\dT|[Mm]atplotlib", drawn(draw).svg)


def test_charts_that_share_a_page_share_no_id():
    ids = [i for draw in EVERY.values() for i in re.findall(r' id="([^"]*)"', drawn(draw).svg)]
    assert ids and len(ids) == len(set(ids))
    svg = waterfall(HOUSING, -4.8).svg
    assert set(re.findall(r"url\(#([^)]*)\)", svg)) <= set(re.findall(r' id="([^"]*)"', svg)), "a reference hangs loose"


# --- text that can be read ------------------------------------------------------------------------------------------


@every
def test_text_is_text_in_the_font_of_the_report_and_never_below_10_points(draw):
    chart = drawn(draw)
    assert chart.svg.startswith("<svg") and 'width="482pt"' in chart.svg
    assert words_of(chart)[0] == chart.subtitle
    for t in texts(chart):
        assert "NanumGothic" in t["style"] and font_size(t) >= 10
        assert not fonts.missing(t["text"]) and "−" not in t["text"]
        assert "bold" not in t["style"] and "700" not in t["style"], "at 700 Typst takes ExtraBold"


@pytest.mark.parametrize("draw", [dumbbell, coverage_strip])
def test_a_character_without_a_glyph_is_written_out_and_a_dollar_is_no_formula(draw):
    name = "돌봄 😀 $x_1$ −"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = (
            {"labels": AREAS.replace("안전", name)} if draw is dumbbell else {"counts": COUNTS.rename({"안전": name})}
        )
        chart = draw(**table)
    assert " ".join(words_of(chart)).count("돌봄 〔U+1F600〕 $x_1$ 〔U+2212〕") == 1


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("text", ["지표 50개의 값 확보 현황, 2024년, 네모 하나가 지표 하나", "156.5", "△4.8"])
def test_widths_are_those_of_print_not_of_a_screen(text, bold):
    # Typst and browsers set text unhinted; hinted widths were 1 % off, 3 points in a long line.
    with sheet.styled():
        assert 0 <= sheet.width_of(text, bold=bold) - advance(text, look.SIZE, bold) <= 1


def test_the_box_check_sees_what_it_must():
    figure = Figure(figsize=(3, 1))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.text(0.3, 0.5, "one")
    assert charts.label_clashes(figure) == []
    axes.text(0.32, 0.5, "two")
    axes.text(0.98, 0.1, "three")
    assert charts.label_clashes(figure) == ["three | edge", "one | two"]


def test_a_chart_with_labels_on_each_other_is_refused_not_printed():
    words = {"title": "종합지수 100.0", "subtitle": "종합지수, 2024년", "subject": "종합지수"}
    with pytest.raises(PublishError, match="겹치거나 도표를 벗어나는데"):
        charts.index_dots(pd.Series({2024: 100.0}), base_label="2022년=100 " * 9, **words)


LONG = "아주 긴 이름이라서 한 줄에 다 들어가지 않는 영역과띄어쓰기가없어서끊을데가마땅하지않은영역의이름"
NASTY = {
    "all equal": ([100.0] * 6, [100.0] * 6),
    "a tenth apart": ([100.0, 100.1, 100.2, 111.3, 111.4, 99.9], [100.1, 100.0, 100.3, 111.4, 111.3, 100.0]),
    "beside the base line": ([97.9, 98.0, 99.9, 100.1, 104.0, 95.6], [95.6, 102.4, 100.0, 100.0, 95.6, 104.4]),
    "one far out": ([100.0, 100.0, 100.0, 100.0, 100.0, 100.0], [99.0, 101.0, 376.2, 100.0, 20.0, 12345.6]),
    "one far out and a long name": (
        [100.0, 101.0, 102.0, 103.0, 104.0, 99.0],
        [99.0, 101.0, 376.2, 100.0, 20.0, 12345.6],
    ),
    "gaps": ([NAN, 125.1, NAN, 98.4, NAN, 97.9], [127.8, NAN, NAN, 111.3, NAN, 95.6]),
    "gaps and a long name": ([NAN, 125.1, NAN, 98.4, NAN, 97.9], [127.8, NAN, NAN, 111.3, 20.0, 95.6]),
    "base at the left end": ([100.0, 130.0, 140.0, 150.0, 160.0, 170.0], [100.0, 131.0, 141.0, 151.0, 161.0, 171.0]),
    "base at the right end": ([100.0, 70.0, 60.0, 50.0, 40.0, 30.0], [100.0, 71.0, 61.0, 51.0, 41.0, 31.0]),
}


@pytest.mark.parametrize("case", NASTY)
def test_no_label_lies_on_another_or_leaves_the_dumbbell(case):
    before, after = (pd.Series(v, index=AREAS.index) for v in NASTY[case])
    chart = dumbbell(before, after, AREAS.replace("안전", LONG) if "long name" in case else AREAS)
    assert_labels_apart(chart)
    for (x, y), box in ((dot, box) for dot in dots(chart)[1:] for box in boxes(chart)):
        assert not (box[1] < x < box[3] and box[2] < y + 3.6 < box[4]), f"a dot lies under {box[0]}"


value = st.floats(50, 250, allow_nan=False)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.lists(st.tuples(value, value | st.just(NAN)), min_size=1, max_size=10))
def test_any_values_between_50_and_250_keep_their_labels_apart(pairs):
    labels = pd.Series([f"영역 {n}" for n in range(len(pairs))])
    before, after = (pd.Series([pair[k] for pair in pairs], dtype=float) for k in (0, 1))
    assert_labels_apart(dumbbell(before, after, labels))


@pytest.mark.parametrize("years", [1, 5, 10])
def test_index_dots_keep_their_labels_apart_as_the_years_go_by(years):
    series = pd.Series({2022 + n: 100 + (-1) ** n * 9.4 * n for n in range(years)})
    assert_labels_apart(index_dots(series))


@pytest.mark.parametrize("parts", [HOUSING, SAFETY - 9, HOUSING * 0, pd.Series({LONG: 0.04, "나머지": -300.0})])
def test_waterfall_labels_stay_apart(parts):
    ranges = pd.DataFrame({"lo": [-2.0], "hi": [17.0]}, index=parts.index[:1])
    for drawn in ({}, {"ranges": ranges, "range_label": "기준값이 반올림된 데 따른 범위"}):
        assert_labels_apart(waterfall(parts, float(parts.sum()), **drawn))


def test_coverage_squares_of_a_large_area_go_on_to_a_second_line():
    chart = coverage_strip(
        pd.DataFrame({"indicators": [40, 3], "obtained": [20, 3], "scored": [9, 0]}, ["돌봄", "주거"])
    )
    assert_labels_apart(chart)
    squares = re.findall(r'<path d="M (\S+) (\S+) \nL (\S+) ', chart.svg)
    assert max(float(x1) for x0, _, x1 in squares if float(x1) - float(x0) == 11) < 330, "squares run under the counts"


# --- nothing by colour alone ----------------------------------------------------------------------------------------


def luminance(colour):
    channels = [int(colour.replace("white", "#FFFFFF")[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [look.RISE, look.FALL, look.PAST, look.RANGE, look.BASE])
def test_every_sign_stands_out_from_white_paper_by_3_to_1(colour):
    assert contrast(colour, "#FFFFFF") >= 3


def test_small_print_stands_out_by_7_to_1():
    assert contrast(look.BASE, "#FFFFFF") >= 7


def test_rises_and_falls_differ_in_grey_and_what_does_not_differs_in_shape():
    assert contrast(look.RISE, look.FALL) >= 3
    assert contrast(look.RISE, look.PALE) >= 3
    looks = [look.UP, look.DOWN, look.REST, look.HALF, look.HOLLOW]
    for one, other in combinations(looks, 2):
        assert one[1] != other[1] or contrast(one[0], other[0]) >= 3, "neither hatch nor lightness tells them apart"


def test_a_fall_has_its_own_shape_the_word_and_the_mark():
    chart = drawn(dumbbell)
    shapes = re.findall(r'<path d="([^"]*)"[^>]*style="fill: #d36a00"', chart.svg)
    assert len(shapes) == 3 and not any("C" in d for d in shapes), "two triangles and the key's, no disc"
    assert {"2024년(낮아짐)", "△4.8", "△2.3"} <= set(words_of(chart))
    assert "낮아짐)" not in " ".join(words_of(dumbbell(IN_2023, IN_2023 + 1))[:4]), (
        "no key for a sign that is not there"
    )


def test_a_negative_part_is_hatched_marked_and_named():
    chart = waterfall(HOUSING, -4.8)
    assert {"△4.6p", "△0.2p", "△4.8p", "낮춤(△)", "나머지"} <= set(words_of(chart))
    assert "높임" not in words_of(chart)
    assert len(re.findall(r"fill: url\(#", chart.svg)) == 2 + 3, "two keys and three bars, all hatched"


# --- the right numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        (100.25, "100.3"),
        (-0.25, "△0.3"),
        (2.675, "2.7"),
        (99.95, "100.0"),
        (100.05, "100.1"),
        (-0.04, "0.0"),
        (12345.64, "12,345.6"),
        (NAN, "…"),
    ],
)
def test_numbers_are_rounded_half_up(number, printed):
    assert figures.one_decimal(number) == printed


@given(st.floats(-1e6, 1e6) | st.decimals(-300, 300, places=2).map(float))
def test_chart_and_table_print_a_number_alike(number):
    assert figures.one_decimal(number) == wording.change(number)


def rows_of(chart):
    """The texts of each line, from left to right."""
    rows = {}
    for t in texts(chart):
        rows.setdefault(t["y"], []).append((float(t["x"]), t["text"]))
    return [[text for _, text in sorted(row)] for row in rows.values()]


def test_dumbbell_prints_both_years_and_the_change_of_every_area_sorted_by_this_year():
    printed = [row for row in rows_of(drawn(dumbbell)) if row[0] in set(AREAS)]
    assert printed[1] == ["안전", "124.9", "148.9", "24.0"]
    assert printed[3] == ["주거", "125.1", "120.3", "△4.8"]
    assert [row[0] for row in printed] == ["의료·건강", "안전", "생계·돌봄", "주거", "교육·문화", "사회통합"]
    assert ["2022년=100", "2023년", "2024년", "증감(p, △ 감소)"] in rows_of(drawn(dumbbell))


def test_ties_and_gaps_stand_in_the_order_of_the_framework():
    after = pd.Series([NAN, 110.0, 110.0, NAN, 120.0, 110.0], index=AREAS.index)
    names = [w for w in words_of(dumbbell(IN_2023, after)) if w in set(AREAS)]
    assert names == ["안전", "주거", "의료·건강", "사회통합", "생계·돌봄", "교육·문화"]


def test_a_value_not_obtained_keeps_its_row_and_says_so():
    before, after = IN_2023.drop("safety"), IN_2024.drop("housing")
    before["health"] = after["health"] = NAN
    chart = dumbbell(before, after)
    rows = {row[0]: row[1:] for row in rows_of(chart)}
    assert rows["안전"] == ["미확보", "148.9", "…"] and rows["주거"] == ["125.1", "미확보", "…"]
    assert rows["의료·건강"] == ["미확보", "미확보", "…"]
    assert not {"nan", "NaN"} & set(words_of(chart)) and "미확보로 비교하지 못한 항목 3개" in chart.alt
    assert "미확보" in words_of(index_dots(pd.Series({2022: 100.0, 2023: NAN, 2024: 130.6})))


def test_dots_stand_where_their_values_belong():
    places = dots(drawn(dumbbell))[1:]  # sorted by value: 156.5, 148.9, 127.8, 111.3
    (a, _), (b, _), (c, _), (d, _) = places
    assert (a - b) / (c - d) == pytest.approx((156.5 - 148.9) / (127.8 - 111.3), rel=1e-3)


def test_waterfall_bars_join_up_from_zero_to_the_total():
    chart = drawn(waterfall)
    edges = [
        (float(a), float(b))
        for a, b in re.findall(r'<path d="M (\S+) \S+ \nL (\S+) [^"]*"[^>]*stroke: #0a355e', chart.svg)
    ]
    first, second, third, total = edges[-4:]
    assert first[1] == second[0] and second[1] == third[0] and total[0] == first[0]
    assert (first[1] - first[0]) / (total[1] - total[0]) == pytest.approx(15.0 / 24.9, rel=1e-4)


@pytest.mark.parametrize("total", [24.8, 24.9 + 2e-9, NAN])
def test_parts_that_do_not_add_up_are_refused(total):
    with pytest.raises(PublishError, match="몫을 더하면 전체가 되어야"):
        waterfall(SAFETY, total)


def test_a_part_without_a_value_is_refused_and_float_noise_is_not():
    with pytest.raises(PublishError, match="몫을 더하면"):
        waterfall(SAFETY.where(SAFETY < 10), 24.9)
    assert "24.9p" in words_of(waterfall(SAFETY, 24.9 + 5e-10))


def test_a_range_is_printed_with_its_name_and_never_dropped_in_silence():
    ranges = pd.DataFrame({"lo": [14.4], "hi": [17.0]}, index=SAFETY.index[:1])
    assert {"15.0p (14.4~17.0)", "범위"} <= set(words_of(waterfall(ranges=ranges, range_label="범위")))
    with pytest.raises(PublishError, match="지원 규모의 구간이 14.4에서 17.0까지, 구간의 이름이 ''인데"):
        waterfall(ranges=ranges)
    with pytest.raises(PublishError, match="8-4 줄이 도표에 없는데"):
        waterfall(ranges=ranges.rename({SAFETY.index[0]: "8-4"}), range_label="범위")


def test_coverage_has_one_square_per_indicator_in_the_order_of_the_framework():
    chart = drawn(coverage_strip)
    assert len(re.findall(r"fill: #0a355e; stroke: #0a355e; stroke-linejoin", chart.svg)) == COUNTS["scored"].sum() + 1
    assert len(re.findall(r"fill: url\(#", chart.svg)) == (COUNTS["obtained"] - COUNTS["scored"]).sum() + 1
    assert len(re.findall(r"stroke: #767676", chart.svg)) == (COUNTS["indicators"] - COUNTS["obtained"]).sum() + 1
    assert [w for w in words_of(chart) if w in COUNTS.index] == COUNTS.index.to_list()
    assert [w for w in words_of(chart) if "개 중" in w][4] == "9개 중 3개"


def test_counts_that_cannot_be_are_refused():
    with pytest.raises(PublishError, match="안전의 지표가 9개, 값이 3개, 점수가 4개"):
        coverage_strip(COUNTS.assign(scored=[1, 3, 2, 1, 4, 0]))


@pytest.mark.parametrize("draw", [dumbbell, waterfall])
def test_infinite_values_are_refused_with_a_sentence(draw):
    data = {"after": IN_2024.replace(156.5, float("inf"))} if draw is dumbbell else {"parts": SAFETY * float("inf")}
    with pytest.raises(PublishError, match="무한대"):
        draw(**data)


def test_an_empty_table_is_refused_with_a_sentence():
    for draw, data in ((dumbbell, {"labels": AREAS[:0]}), (index_dots, {"series": pd.Series(dtype=float)})):
        with pytest.raises(PublishError, match="한 줄도 없는데"):
            draw(**data)


# --- the course of an index with its ranges ---------------------------------------------------------------------------


COURSE = pd.Series({2022: 100.0, 2023: 113.8, 2024: 156.2})
RANGES = pd.DataFrame({"lo": [112.8, 165.7], "hi": [115.0, 181.6]}, [2023, 2024])
RANGED = {"range_label": "전문가 구간 95%"}
PUBLISHED = pd.Series({2023: 114.0, 2024: 150.0})


def lines_of(chart, look):
    """Ends of the straight lines of one colour and width, without the key's, as (x0, y0, x1, y1)."""
    pattern = rf'<path d="M (\S+) (\S+) \nL (\S+) (\S+) \n"[^>]*stroke: {look}[;"]'
    return [tuple(map(float, ends)) for ends in re.findall(pattern, chart.svg)]


def read_off(chart, *xs):
    """What stands at a place of the axis, by two of its ticks."""
    ticks = {float(t["text"]): float(t["x"]) for t in texts(chart) if re.fullmatch(r"\d+", t["text"])}
    (one, at), (other, there) = [*ticks.items()][:2]
    return [one + (x - at) / (there - at) * (other - one) for x in xs]


def test_ranges_stand_on_the_scale_of_their_values():
    """Protects the reading of the bars: they end where their numbers belong, in the row of their year."""
    chart = index_dots(COURSE, ranges=RANGES, **RANGED)
    bars = lines_of(chart, "#6a8db5; stroke-width: 14")
    assert [read_off(chart, x0, x1) for x0, _, x1, _ in bars] == [
        pytest.approx(list(row), abs=0.05) for row in RANGES.to_numpy()
    ]
    now = dots(chart)[-1]
    assert read_off(chart, now[0]) == pytest.approx([156.2], abs=0.05) and bars[1][1] == pytest.approx(now[1] + 3.6)
    assert ["2024년", "156.2", "165.7~181.6"] in rows_of(chart) and ["2022년", "100.0", "-"] in rows_of(chart)
    assert "2024년 156.2, 기준보다 56.2p 높음(전문가 구간 95% 165.7~181.6)" in chart.alt


def test_values_from_elsewhere_have_their_own_sign_and_name_and_no_line():
    """Protects published and computed values from being read as one course."""
    chart = index_dots(COURSE, beside=PUBLISHED, beside_label="공표값")
    _, *found = lines_of(chart, "#3d3d3d; stroke-width: 2")
    assert read_off(chart, *(x0 for x0, *_ in found)) == pytest.approx([114.0, 150.0], abs=0.05)
    assert all(x0 == x1 and y1 - y0 > 2 * 5 + 4 for x0, y0, x1, y1 in found), "seen above and below a ring"
    assert {"공표값", "이전 연도"} <= set(words_of(chart)) and ["2023년", "113.8", "114.0"] in rows_of(chart)
    assert "(공표값 150.0)" in chart.alt and "2023년" not in chart.alt.split("공표값")[0].split("단위")[1]
    assert not lines_of(chart, "#767676; stroke-width: 1.4"), "nothing joins one year to another"


def test_years_stand_in_their_order_the_last_one_filled():
    """Protects the course from being sorted by value, and this year from being one among others."""
    chart = index_dots(pd.Series({2022: 130.0, 2023: 90.0, 2024: 100.0}))
    key, *years = [row[0] for row in rows_of(chart) if re.fullmatch(r"20\d\d년", row[0])]
    assert years == ["2022년", "2023년", "2024년"] and key == years[-1]
    assert len(dots(chart)) == 1 + 1 and read_off(chart, dots(chart)[1][0]) == pytest.approx([100.0], abs=0.05)
    assert not {"-", "공표값"} & set(words_of(chart)), "no column for what is not there"


@pytest.mark.parametrize(
    ("drawn", "found"),
    [
        ({"ranges": RANGES}, "2023의 구간이 112.8에서 115.0까지, 구간의 이름이 ''인데"),
        ({"ranges": RANGES.assign(lo=NAN), **RANGED}, "2023의 구간이 nan에서 115.0까지"),
        ({"ranges": RANGES.assign(hi=0.0), **RANGED}, "2023의 구간이 112.8에서 0.0까지"),
        ({"ranges": RANGES.set_axis([2023, 2025]), **RANGED}, "2025 줄이 도표에 없는데"),
        ({"ranges": RANGES.replace(181.6, float("inf")), **RANGED}, "2024의 구간이 165.7에서 inf까지"),
        ({"beside": PUBLISHED}, "2023의 구간이 114.0에서 114.0까지, 구간의 이름이 ''인데"),
        ({"beside": PUBLISHED.set_axis([2023, 2021]), "beside_label": "공표값"}, "2021 줄이 도표에 없는데"),
    ],
)
def test_a_range_that_cannot_be_is_refused_by_its_year(drawn, found):
    """Protects against a nameless or half range, columns in the wrong order and a value of a year that is not shown."""
    with pytest.raises(PublishError, match=found):
        index_dots(COURSE, **drawn)


course = st.tuples(
    st.floats(40, 200) | st.just(NAN), st.floats(0, 90), st.floats(0, 60), st.floats(40, 200) | st.just(NAN)
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.lists(course, min_size=1, max_size=10))
def test_whatever_the_ranges_numbers_keep_off_each_other_and_off_the_bars(rows):
    """Protects ten years of values inside or far outside their ranges, beside published ones."""
    table = pd.DataFrame(rows, range(2022, 2022 + len(rows)), ["value", "lo", "hi", "beside"])
    if table["value"].isna().all():
        return
    ranges = pd.DataFrame({"lo": 60 + table["lo"], "hi": 60 + table["lo"] + table["hi"]})
    chart = index_dots(table["value"], ranges=ranges, beside=table["beside"], beside_label="공표값", **RANGED)
    assert_labels_apart(chart)
    bars = lines_of(chart, "#6a8db5; stroke-width: 14")
    assert len(bars) == len(rows)
    for text, x0, y0, x1, y1 in boxes(chart):
        for left, y, right, _ in bars:
            assert x1 < left or right < x0 or y1 < y - 7 or y + 7 < y0, f"{text} lies on a bar"


# --- alternative texts ----------------------------------------------------------------------------------------------


@every
@pytest.mark.parametrize(("table_number", "illustrative"), [(None, ""), (12, "지표 50개 중 예시값 50개")])
def test_alternative_text_says_kind_year_unit_number_and_where_the_values_stand(draw, table_number, illustrative):
    chart = draw(table_number=table_number, illustrative=illustrative)
    assert 60 <= len(chart.alt) <= 250
    assert re.search(r"20\d\d년", chart.alt) and re.search(r"단위 (지수\(2022년=100\)|p|개)", chart.alt)
    assert chart.alt.split(".")[0] in {"두 해 비교 점그림", "연도별 점그림", "폭포형 막대그림", "칸그림"}
    assert chart.alt not in (chart.title, chart.subtitle)
    assert ("값은 <표 12>." in chart.alt) is (table_number is not None)
    assert chart.alt.endswith("예시값 포함.") is bool(illustrative)
    assert chart.subtitle.endswith(f"({illustrative})" if illustrative else "")
    assert "  " not in chart.alt and "nan" not in chart.alt and "△" not in chart.alt


@pytest.mark.parametrize(
    ("draw", "number"),
    [(dumbbell, "156.5"), (index_dots, "130.6"), (waterfall, "15.0p 높임"), (coverage_strip, "13개")],
)
def test_alternative_text_holds_a_number_of_the_data(draw, number):
    assert number in drawn(draw).alt


def test_alternative_texts_differ_between_charts():
    alts = [drawn(draw).alt for draw in EVERY.values()] + [waterfall(HOUSING, -4.8).alt, dumbbell(IN_2024, IN_2023).alt]
    assert len(set(alts)) == len(alts)
    assert "4.8p 낮춤" in alts[4]


def test_a_long_alternative_text_loses_clauses_and_no_word_is_cut():
    what = ["주제" * 60, "2024년", "단위 p"]
    facts = ["첫째 사실 " + "가" * 100, "둘째 사실은 짧고 값은 1.5p", "셋째 사실도 짧고 값은 2.5p"]
    text = charts.alt_text("점그림", what, facts, table_number=4, illustrative="예시값")
    expected = f"점그림. {', '.join(what)}. {facts[1]}. {facts[2]}. 값은 <표 4>. 예시값 포함."
    assert text == expected and len(text) <= 250
    text = charts.alt_text("점그림", ["주제" * 130, *what[1:]], facts, table_number=4, illustrative="")
    assert text == f"점그림. 2024년, 단위 p. {facts[0]}. {facts[1]}. 값은 <표 4>."


def test_a_third_fact_comes_in_only_where_two_leave_the_text_too_short():
    facts = ["값 1.0p가 첫째로 옴", "값 2.0p가 둘째로 옴", "값 3.0p가 셋째로 옴", "값 4.0p가 넷째로 옴"]
    text = charts.alt_text("점그림", ["주제", "2024년", "단위 p"], facts, table_number=None, illustrative="")
    assert facts[2] in text and len(text) >= 60 and len(text) - len(facts[-1]) < 60
    full = charts.alt_text("점그림", ["긴 주제" * 9, "2024년", "단위 p"], facts, table_number=7, illustrative="")
    assert facts[1] in full and facts[2] not in full


@pytest.mark.parametrize(
    ("what", "facts"),
    [
        (["주제" * 30, "지난해", "단위 p"], ["값 1.0p"]),
        (["주제" * 30, "2024년", "단위 p"], []),
        (["a", "2024년", "p"], ["1"]),
    ],
    ids=["no year", "no fact", "too short"],
)
def test_an_alternative_text_that_says_too_little_is_refused(what, facts):
    with pytest.raises(PublishError, match="대체 글"):
        charts.alt_text("점그림", what, facts, table_number=None, illustrative="")


def test_a_chart_without_any_value_has_nothing_to_say_and_is_refused():
    nothing = IN_2023 * NAN
    with pytest.raises(PublishError, match="값이 한 줄도 없는데"):
        dumbbell(nothing, nothing)
