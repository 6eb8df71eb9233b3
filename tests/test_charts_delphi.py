"""Charts of the Delphi chapter: signs where their numbers belong, labels apart, one expert's answer never shown."""

from __future__ import annotations

import functools
import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dongheng import charts, delphi, fonts, weighting
from dongheng.errors import PublishError
from dongheng.publish import wording
from tests.test_charts import assert_labels_apart, assert_same_bytes_elsewhere, boxes, dots, font_size, texts, words_of

NAN = float("nan")
NAMES = [
    "1 취약계층의 자립지원으로 생계 사다리 복원",
    "2 돌봄취약계층에 대한 안전망 확대로 회복력 제고",
    "3 주거취약계층과 미래세대를 위한 주거 사다리 복원",
    "4 소외계층 건강격차 완화",
    "5 정신건강 취약계층 건강 회복 촉진",
    "6 교육소외계층에 대한 동등한 교육기회 확대",
    "7 문화지원 확대로 문화여가 접근성 강화",
    "8 안전취약계층 지원 및 선제 대응을 통한 촘촘한 사회안전망 구축",
    "9 교통약자의 이동 편의성 증진",
    "10 시민 동행을 통한 사회결속 강화",
]
TASKS = [name.split()[0] for name in NAMES]
ITEMS = TASKS + [f"{task}-{n}" for task in TASKS for n in range(1, 6)]
STATISTICS = ["q1", "median", "q3", "convergence", "consensus"]
COUNTS = ["n1", "n2", "n3", "n4", "n5"]


def ratings(items, seed):
    """Thirty experts on a scale of 1 to 5: severe and lenient ones, items of unequal level."""
    random = np.random.default_rng(seed)
    level = random.uniform(3.4, 4.8, len(items)) + random.normal(0, 0.3, (30, 1))
    answers = np.clip(np.round(level + random.normal(0, 0.6, level.shape)), 1, 5)
    return pd.DataFrame(answers, index=[f"E{n:02d}" for n in range(1, 31)], columns=items)


def plane_points():
    """What the notebook hands over: five items nobody rated, labels for tasks and for what fails."""
    valid, important = ratings(ITEMS, 1), ratings(ITEMS, 2)
    valid[ITEMS[-5:]] = important[ITEMS[-5:]] = NAN
    found = delphi.summarise_items(valid, essential_from=4)
    points = pd.DataFrame({"validity": found["share_essential"], "importance": important.mean()})
    points["passes"] = found["cvr_passes"]
    points["label"] = [i if i in TASKS or not passes else "" for i, passes in points["passes"].items()]
    return points


def strip_table(answers=None, definition="spss"):
    answers = ratings(NAMES, 3) if answers is None else answers
    table = delphi.quartiles(answers, definition).assign(
        convergence=delphi.convergence(answers, definition), consensus=delphi.consensus(answers, definition)
    )
    return table.assign(**{f"n{k}": (answers == k).sum() for k in range(1, 6)})


def weight_table():
    found = weighting.weight_intervals(ratings(NAMES, 3), "rescaled", lower=1)
    return found.rename(columns={"lower": "lo", "upper": "hi"}).assign(equal=1 / len(found))


POINTS, STRIP, WEIGHTS = plane_points(), strip_table(), weight_table()


PLANE = {
    "gate": 20 / 30,
    "gate_label": "통과 기준(30명 중 20명)",
    "period": "2024년",
    "title": "문항 55개 가운데 41개 통과",
    "subtitle": "문항별 타당도와 중요도, 2차 조사, 2024년, 번호는 과제와 통과하지 못한 문항",
    "subject": "문항 60개의 타당도와 중요도",
    "table_number": 3,
}
BARS = {
    "period": "2024년",
    "title": "과제의 중요도에 답이 모임",
    "subtitle": "과제 10개의 중요도에 답한 전문가 수, 2차 조사, 2024년, 5점이 가장 중요",
    "subject": "과제 10개의 중요도",
    "table_number": 4,
}
DOTS = {
    "period": "2024년",
    "range_label": "전문가 구간 95%",
    "equal_label": "같은 가중치",
    "title": "과제 다섯의 가중치가 같은 가중치와 다름",
    "subtitle": "과제의 가중치와 전문가 구간 95%, 2024년, 단위 %",
    "subject": "과제 10개의 가중치",
    "table_number": 5,
}


def plane(points=POINTS, **words):
    return charts.importance_plane(points, **PLANE | words)


def strip(table=STRIP, **words):
    return charts.consensus_strip(table, **BARS | words)


def weights(table=WEIGHTS, **words):
    return charts.weight_dots(table, **DOTS | words)


EVERY = {"importance_plane": plane, "consensus_strip": strip, "weight_dots": weights}
SMALL = {plane: POINTS[:12], strip: STRIP[:2], weights: WEIGHTS[:2]}  # where any table will do
every = pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)


@functools.cache
def drawn(draw):
    return draw()


def strokes(chart, colour, width):
    """Ends of the straight lines of one look, as (x0, y0, x1, y1), in the order drawn."""
    look = rf'" clip-path="[^"]*" style="fill: none; (?:stroke-\w+: [^;]*; )*stroke: {colour}; stroke-width: {width}"'
    found = re.findall(r'<path d="M (\S+) (\S+) \nL (\S+) (\S+) \n' + look, chart.svg)
    return [tuple(map(float, ends)) for ends in found]


def triangles(chart):
    """Middles of the hollow triangles, the key's first."""
    found = re.findall(r'd="M (\S+) (\S+) \nL \S+ \S+ \nL (\S+) [^"]*"[^>]*stroke: #d36a00', chart.svg)
    return [(float(x), float(y) - 3.6) for _, y, x in found]


def rings(chart):
    found = re.findall(r'<path d="M (\S+) \S+ \nC[^"]*"[^>]*style="fill: #ffffff; stroke: #767676', chart.svg)
    return [float(x) for x in found]


def assert_labels_keep_off(chart, labels):
    """Labels keep off each other and off signs, and each stands beside one."""
    assert_labels_apart(chart)
    signs = [(x, y + 3.6) for x, y in dots(chart)[1:]] + triangles(chart)[1:]
    for text, x0, y0, x1, y1 in boxes(chart):
        if text in labels:
            under = [(x, y) for x, y in signs if x0 - 3.6 < x < x1 + 3.6 and y0 - 3.6 < y < y1 + 3.6]
            assert not under, f"a sign lies under {text}"
            near = [(x, y) for x, y in signs if x0 - 9 < x < x1 + 9 and y0 - 9 < y < y1 + 9]
            assert near, f"{text} stands beside no sign"


def place_of(chart, text):
    (found,) = [t for t in texts(chart) if t["text"] == text]
    return float(found["x"]), float(found["y"])


# --- the same bytes, the same letters, the same alternative texts as the other charts ---------------------------------


def test_neither_hash_seed_nor_matplotlibrc_reaches_the_bytes(tmp_path):
    """Protects the recorded hashes of the report: every machine draws the same chart."""
    assert_same_bytes_elsewhere("tests.test_charts_delphi", tmp_path)


@every
def test_labels_are_apart_large_enough_and_printable(draw):
    """Protects readers of small print and the PDF, which stops at a character that the font lacks."""
    chart = drawn(draw)
    assert_labels_apart(chart)
    for t in texts(chart):
        assert font_size(t) >= 9 and not fonts.missing(t["text"]) and "nan" not in t["text"]


@every
@pytest.mark.parametrize(("table_number", "illustrative"), [(None, ""), (12, "전문가 30명의 답 모두 예시값")])
def test_alternative_text_says_kind_year_unit_number_and_where_the_values_stand(draw, table_number, illustrative):
    """Protects those who hear the chart."""
    chart = draw(SMALL[draw], table_number=table_number, illustrative=illustrative)
    assert 60 <= len(chart.alt) <= 250 and "2024년" in chart.alt
    assert re.search(r"단위 (%와 점|명과 점|%)\.", chart.alt) and re.search(r"\d+\.\d", chart.alt)
    assert ("값은 <표 12>." in chart.alt) is (table_number is not None)
    assert chart.alt.endswith("예시값 포함.") is bool(illustrative)
    assert chart.subtitle.endswith(f"({illustrative})" if illustrative else "")
    assert "nan" not in chart.alt and "  " not in chart.alt


def test_alternative_texts_say_what_the_data_say():
    """Protects against a text that fits every chart; each figure is worked out here from the data."""
    failing = [i for i, passes in POINTS["passes"].items() if not passes and POINTS["validity"].notna()[i]]
    assert failing and POINTS["importance"].idxmax() not in failing
    assert f"통과한 문항 {int(POINTS['passes'].sum())}개, 통과하지 못한 문항 {len(failing)}개" in drawn(plane).alt
    assert "평가가 없어 그리지 않은 문항 5개" in drawn(plane).alt
    assert f"중요도가 가장 높은 문항은 {POINTS['importance'].idxmax()}(" in drawn(plane).alt
    low, high = STRIP["median"].min(), STRIP["median"].max()
    assert f"중앙값은 {low:.1f}점에서 {high:.1f}점 사이" in drawn(strip).alt
    assert f"합의도가 가장 낮은 항목은 {STRIP['consensus'].idxmin()}(" in drawn(strip).alt
    five = WEIGHTS[:5]
    out = ((five["lo"] > 0.1) | (five["hi"] < 0.1)).sum()
    assert out == 4 and "밖인 항목 4개, 안인 항목 1개" in weights(five).alt
    assert f"{WEIGHTS['weight'].idxmax()}({100 * WEIGHTS['weight'].max():.1f}%)" in drawn(weights).alt


@pytest.mark.parametrize(
    ("draw", "found"),
    [
        (lambda: plane(POINTS[:0]), "값이 한 줄도 없는데"),
        (lambda: plane(POINTS.assign(importance=NAN)), "값이 한 줄도 없는데"),
        (lambda: strip(STRIP[:0]), "값이 한 줄도 없는데"),
        (lambda: weights(WEIGHTS[:0]), "값이 한 줄도 없는데"),
        (lambda: plane(POINTS.assign(importance=float("inf"))), "무한대인 값이 있는데"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_sentence(draw, found):
    """Protects against an empty picture and against infinity on an axis."""
    with pytest.raises(PublishError, match=found):
        draw()


def test_numbers_in_another_unit_are_refused_with_a_whole_sentence():
    """Protects against per cents passed as shares, and means of another scale."""
    with pytest.raises(PublishError) as told:
        weights(WEIGHTS * 100)
    value = 100 * WEIGHTS["weight"].iloc[0]
    assert str(told.value).startswith(
        f"도표 '과제 다섯의 가중치가 같은 가중치와 다름': {NAMES[0]}의 equal 값이 10.0인데, "
    )
    assert str(told.value).endswith("0에서 1까지여야 하므로, 도표에 넘긴 값과 단위를 살펴보십시오.") and value > 1
    for wrong, name in ((POINTS.assign(validity=66.7), "validity"), (POINTS.assign(importance=0.5), "importance")):
        with pytest.raises(PublishError, match=f"1의 {name} 값이"):
            plane(wrong)
    for gate in (66.7, NAN):
        with pytest.raises(PublishError, match=rf"통과 기준\(30명 중 20명\)의 gate 값이 {gate}인데"):
            plane(gate=gate)


# --- validity and importance ----------------------------------------------------------------------------------------


def test_a_sign_for_every_rated_item_dots_pass_and_triangles_fail():
    """Protects the verdict in grey: it is told by shape, and no item is lost."""
    chart, rated = drawn(plane), POINTS[POINTS["validity"].notna()]
    assert len(dots(chart)) == 1 + rated["passes"].sum() and len(triangles(chart)) == 1 + (~rated["passes"]).sum()
    assert {"통과", "통과하지 못함"} <= set(words_of(chart))
    assert not {"통과하지 못함"} & set(words_of(plane(rated[rated["passes"]]))), "a key for a sign that is not there"


def test_signs_and_gate_stand_where_their_numbers_belong():
    """Protects the reading off the axes: ticks, gate and signs share one scale, importance grows upwards."""
    points = pd.DataFrame(
        {"validity": [0.5, 1.0, 0.6], "importance": [3.0, 4.0, 3.5], "passes": [False, True, False], "label": ""},
        index=["가", "나", "다"],
    )
    chart = plane(points)
    x50, x100, (y3, y4) = (
        place_of(chart, "50%")[0],
        place_of(chart, "100%")[0],
        [place_of(chart, tick)[1] for tick in ("3.0", "4.0")],
    )
    _, (xa, ya), (xc, yc) = triangles(chart)
    _, (xb, yb) = dots(chart)
    assert xa == pytest.approx(x50, abs=0.01) and xc == pytest.approx(x50 + 0.2 * (x100 - x50), abs=0.01)
    assert xb == pytest.approx(x100, abs=0.01)
    assert (ya - yc) / (y3 - y4) == pytest.approx(0.5, abs=0.01) and yb < yc < ya
    ((gate, top, _, bottom),) = strokes(chart, "#3d3d3d", "1.2")
    assert gate == pytest.approx(x50 + (20 / 30 - 0.5) / 0.5 * (x100 - x50), abs=0.01) and bottom - top > 200
    assert place_of(chart, "통과 기준(30명 중 20명)")[0] == pytest.approx(gate, abs=0.01)


def test_the_verdict_follows_the_count_of_those_who_answered_not_the_line():
    """Protects an item that 27 rated: 18 of them are 66.7 %, right on the line of 30, and 19 were needed."""
    answers = pd.DataFrame({"a": [5.0] * 18 + [2.0] * 9 + [NAN] * 3, "b": [5.0] * 20 + [2.0] * 10})
    found = delphi.summarise_items(answers, essential_from=4)
    points = pd.DataFrame(
        {"validity": found["share_essential"], "importance": [4.0, 4.2], "passes": found["cvr_passes"]}
    )
    chart = plane(points.assign(label=""))
    assert len(triangles(chart)) == 1 + 1 and len(dots(chart)) == 1 + 1
    assert triangles(chart)[1][0] == pytest.approx(strokes(chart, "#3d3d3d", "1.2")[0][0], abs=0.01)


def test_items_without_ratings_are_named_below_and_kept_out_of_the_plot():
    """Protects items never rated from being read as rated low, or from vanishing."""
    assert f"평가가 없어 그리지 않은 문항 5개({', '.join(ITEMS[-5:])})" in " ".join(words_of(drawn(plane)))
    half = POINTS[:5].copy()
    half.loc["2", "importance"] = NAN
    assert "평가가 없어 그리지 않은 문항 1개(2)" in words_of(plane(half))


def test_items_in_one_place_are_listed():
    """Protects the reader who counts signs: two items with the same figures look like one."""
    points = pd.DataFrame({"validity": 0.9, "importance": [4.0, 3.0, 4.0], "passes": True, "label": ""}, list("가나다"))
    assert "다른 문항과 자리가 같은 문항 2개(가, 다)" in words_of(plane(points))
    assert "자리가 같은" not in " ".join(words_of(plane(points[:2])))


def test_every_label_is_drawn_once_or_listed_as_left_out():
    """Protects against a label that is dropped in silence: forty items on top of each other."""
    ids = [f"{n}-{n}" for n in range(10, 50)]
    crowd = pd.DataFrame({"validity": 0.8, "importance": 4.0, "passes": True, "label": ids}, index=ids)
    crowd["validity"] += np.arange(40) % 5 / 300
    chart = plane(crowd)
    assert_labels_apart(chart)
    told = " ".join(words_of(chart))
    count, left_out = re.search(r"이름표를 달지 못한 문항 (\d+)개\(([^)]*)\)", told).groups()
    placed = [w for w in words_of(chart) if w in ids]
    assert 0 < int(count) < 40 and len(placed) + int(count) == 40 and Counter(placed).most_common(1)[0][1] == 1
    assert set(left_out.split(" 외 ")[0].split(", ")) <= set(ids) - set(placed)
    assert f"이름표를 달지 못한 문항 {count}개" in chart.alt


def test_labels_of_failing_items_are_placed_first():
    """Protects the names that a reader looks for: what fails is labelled before what passes."""
    crowd = pd.DataFrame({"validity": 0.7, "importance": 4.0, "passes": True, "label": "통과한 문항의 아주 긴 이름표"},
                         index=range(30))  # fmt: skip
    crowd.loc[29, ["passes", "label"]] = [False, "8-4"]
    assert "8-4" in words_of(plane(crowd))


share = st.integers(0, 30).map(lambda n: n / 30)
item = st.tuples(share, st.floats(1, 5), st.booleans(), st.sampled_from(["", "10", "8-4", "과제 이름이 조금 긴 경우"]))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.lists(item, min_size=1, max_size=25), share)
def test_no_label_lies_on_another_or_on_a_sign_whatever_the_panel_answers(items, gate):
    """Protects the plane of any panel: labels keep off signs, edges and each other."""
    points = pd.DataFrame(items, columns=["validity", "importance", "passes", "label"])
    assert_labels_keep_off(plane(points, gate=gate), set(points["label"]))


def test_labels_of_a_crowd_move_aside_for_the_signs_of_others():
    """Protects the naming: a label on another item's sign, or far from its own, would name that one."""
    random, ids = np.random.default_rng(4), [f"{n}-{n}" for n in range(1, 41)]
    crowd = pd.DataFrame({"validity": random.normal(0.8, 0.03, 40), "importance": random.normal(4, 0.1, 40)}, ids)
    crowd.loc["1-1", ["validity", "importance"]] = [0.1, 2.0]
    chart = plane(crowd.assign(passes=random.random(40) < 0.7, label=ids))
    signs = [(x, y + 3.6) for x, y in dots(chart)] + triangles(chart)
    placed = [(x1, (y0 + y1) / 2) for text, _, y0, x1, y1 in boxes(chart) if text in ids]
    moved = [place for place in placed if not any(0 < x - place[0] < 9 and abs(y - place[1]) < 3 for x, y in signs)]
    assert len(placed) > 5 and moved, "no label had to move: this test proves nothing"
    assert_labels_keep_off(chart, set(ids))


@pytest.mark.parametrize("verdict", [NAN, None, "True", 2])
def test_a_verdict_that_is_none_is_refused(verdict):
    """Protects against NaN, which counts as true in Python and would let an item pass."""
    wrong = POINTS.astype({"passes": object})
    wrong.loc["2", "passes"] = verdict
    with pytest.raises(PublishError, match=rf"2의 passes가 {verdict!r}인데, 통과 여부는 True나 False여야 하므로"):
        plane(wrong)


# --- answers by point of the scale ----------------------------------------------------------------------------------


def test_bars_stand_on_zero_and_are_as_long_as_their_counts():
    """Protects the shape of every distribution, and the printed counts."""
    bars = strokes(drawn(strip), "#767676", "16")
    long, counts = [y0 - y1 for _, y0, _, y1 in bars], STRIP[COUNTS].to_numpy().ravel()
    assert len(bars) == 50 and long == pytest.approx(counts * max(long) / counts.max(), abs=1e-3)
    shown = Counter(w for w in words_of(drawn(strip)) if w.isdigit())
    assert shown == Counter(map(str, counts))


def test_middle_half_and_median_stand_on_the_scale_of_the_bars():
    """Protects the quartile bar against half a point of drift."""
    table = STRIP[:1].assign(q1=2.25, median=3.5, q3=4.0, convergence=0.875, consensus=1 - 1.75 / 3.5)
    chart = strip(table)
    points = [x for x, *_ in strokes(chart, "#767676", "16")]
    (_, (q1, _, q3, _)) = strokes(chart, "#6a8db5", "6")
    step = points[1] - points[0]
    assert (q1 - points[0]) / step == pytest.approx(1.25) and (q3 - points[0]) / step == pytest.approx(3.0)
    assert dots(chart)[1][0] == pytest.approx(points[0] + 2.5 * step)
    assert {"0.88", "0.50"} <= set(words_of(chart)), "half up, two decimals"


def test_tasks_keep_their_order_and_carry_both_numbers():
    """Protects against a ranking of tasks, and numbers in the wrong row."""
    chart = drawn(strip)
    pattern = [w for w in words_of(chart) if re.fullmatch(r"\d\.\d\d", w)]
    assert pattern == [wording.number(v, 2) for row in STRIP[["convergence", "consensus"]].to_numpy() for v in row]
    assert [w.split()[0] for w in words_of(chart) if re.match(r"\d+ [가-힣]", w)] == TASKS


@pytest.mark.parametrize("answers", [0, 1, 4])
def test_fewer_than_five_answers_are_counted_and_not_shown(answers):
    """Protects the expert who answered alone: neither bar nor quartile nor number tells what was answered."""
    table = STRIP[:3].copy()
    table.loc[NAMES[1], COUNTS] = [0, 0, 0, 0, answers]
    table.loc[NAMES[1], STATISTICS] = [5, 5, 5, 0, 1] if answers else NAN
    chart = strip(table)
    assert f"답 {answers}개, 5개보다 적어 싣지 않음" in words_of(chart)
    assert len(strokes(chart, "#767676", "16")) == 10 and len(strokes(chart, "#6a8db5", "6")) == 1 + 2
    assert len(dots(chart)) == 1 + 2 and len([w for w in words_of(chart) if re.fullmatch(r"\d\.\d\d", w)]) == 4
    assert NAMES[1] not in chart.alt
    with pytest.raises(PublishError, match="값이 한 줄도 없는데"):
        strip(table[1:2])


def test_statistics_of_both_quartile_definitions_are_taken_and_a_mixture_is_refused():
    """Protects the row from contradicting itself: the bar of one definition, the number of the other."""
    answers = ratings(NAMES, 5)
    spss, excel = strip_table(answers), strip_table(answers, "excel")
    name = (spss["convergence"] != excel["convergence"]).idxmax()
    assert strip(spss.loc[[name]]).svg != strip(excel.loc[[name]]).svg
    with pytest.raises(PublishError) as told:
        strip(spss.assign(convergence=excel["convergence"]))
    row = [*spss.loc[name, ["q1", "median", "q3"]], excel.loc[name, "convergence"], spss.loc[name, "consensus"]]
    assert str(told.value) == (
        f"도표 '과제의 중요도에 답이 모임': {name}의 q1, median, q3, convergence, consensus가 {', '.join(map(str, row))}인데, "
        "사분위수는 1에서 5까지 차례로 커지고 나머지 둘은 거기에서 나와야 하므로, 한 정의로 계산한 열을 넘기십시오."
    )


@pytest.mark.parametrize(
    "wrong", [{"q1": 6.0}, {"q1": 0.0}, {"median": NAN}, {"consensus": NAN}, {"q3": 1.0}], ids=lambda wrong: [*wrong][0]
)
def test_quartiles_off_the_scale_or_out_of_order_are_refused(wrong):
    """Protects against a 0-based scale, a gap where there are answers, and columns in the wrong order."""
    with pytest.raises(PublishError, match=f"{NAMES[0]}의 q1, median"):
        strip(STRIP.assign(**wrong))


def test_a_negative_consensus_is_printed_as_it_is():
    """Protects the case 1 - (q3 - q1) / median < 0, which the formula allows."""
    table = STRIP[:2].copy()
    table.loc[NAMES[0], STATISTICS] = [1.0, 2.0, 5.0, 2.0, -1.0]
    chart = strip(table)
    assert "-1.00" in words_of(chart) and "(-1.00)" in chart.alt


def test_negative_counts_are_refused():
    """Protects against a column of differences."""
    with pytest.raises(PublishError, match=f"{NAMES[0]}의 n2 값이 -1.0인데"):
        strip(STRIP.assign(n2=-1))


# --- weights --------------------------------------------------------------------------------------------------------


def test_rings_dots_and_intervals_stand_where_their_shares_belong_on_an_axis_from_zero():
    """Protects the comparison with equal weights: a truncated axis would make a small gap look large."""
    table = pd.DataFrame(
        {"equal": [0.5, 0.5], "weight": [0.4, 0.6], "lo": [0.3, NAN], "hi": [0.5, NAN]}, index=["주거", "안전"]
    )
    chart = weights(table)
    zero, forty = place_of(chart, "0%")[0], place_of(chart, "40%")[0]
    per_cent = (forty - zero) / 40
    (_, (lo, _, hi, _)) = [*strokes(chart, "#6a8db5", "12"), *strokes(chart, "#6a8db5", "14")]
    assert (lo - zero) / per_cent == pytest.approx(30) and (hi - zero) / per_cent == pytest.approx(50)
    found = [(x - zero) / per_cent for x, _ in dots(chart)[1:]]
    assert found == pytest.approx([40, 60])
    assert [(x - zero) / per_cent for x in rings(chart)[1:]] == pytest.approx([50, 50])
    assert {"40.0", "30.0~50.0", "60.0", "없음", "0%"} <= set(words_of(chart))


def test_weights_without_a_panel_have_no_interval_and_no_key_for_one():
    """Protects a rule in force from an interval that nobody computed."""
    table = WEIGHTS.assign(lo=NAN, hi=NAN)
    for chart in (weights(table, range_label=""), weights(table[:2])):
        assert not {"구간(%)", "전문가 구간 95%"} & set(words_of(chart)) and "~" not in " ".join(words_of(chart))
        assert not strokes(chart, "#6a8db5", "14") and "구간" not in chart.alt
        assert len(dots(chart)) == len(rings(chart)) > 2


def test_per_cents_of_the_table_are_printed_where_they_are_given():
    """Protects chart and table from two figures for one weight, where the table's column adds up to 100.0."""
    table = pd.DataFrame({"equal": 1 / 3, "weight": 1 / 3, "lo": NAN, "hi": NAN}, index=["주거", "안전", "의료"])
    assert Counter(words_of(weights(table)))["33.3"] == 3
    chart = weights(table.assign(percent=weighting.largest_remainder(table["weight"])))
    assert [w for w in words_of(chart) if re.fullmatch(r"\d+\.\d", w)] == ["33.4", "33.3", "33.3"]


def test_equal_weights_name_no_winner():
    """Protects the tie: the alternative text names all, not the first."""
    table = WEIGHTS[:3].assign(weight=0.1)
    assert f"가중치가 가장 큰 항목은 {NAMES[0]}, {NAMES[1]} 외 1개(10.0%)" in weights(table).alt


@pytest.mark.parametrize(
    ("wrong", "range_label", "found"),
    [
        ({"lo": NAN}, "구간", "구간이 nan에서 "),
        ({"lo": 0.9, "hi": 0.1}, "구간", "구간이 90.0에서 10.0까지"),
        ({}, "", "구간의 이름이 ''인데"),
        ({"weight": NAN}, "구간", "weight 값이 nan인데"),
    ],
)
def test_half_an_interval_or_a_nameless_one_is_refused(wrong, range_label, found):
    """Protects against an interval dropped in silence and a weight that is not there."""
    with pytest.raises(PublishError, match=found):
        weights(WEIGHTS.assign(**wrong), range_label=range_label)


def test_long_names_and_narrow_weights_keep_apart():
    """Protects the rows of any edition: long names, a share of everything, a share of nothing."""
    name = "아주 긴 이름이라서 한 줄에 다 들어가지 않는 과제와띄어쓰기가없어서끊을데가마땅하지않은과제의이름"
    table = pd.DataFrame({"equal": [0.5, 0.5], "weight": [1.0, 0.0], "lo": [1.0, 0.0], "hi": [1.0, 0.0]}, [name, "나"])
    assert_labels_apart(weights(table))
    assert_labels_apart(strip(STRIP[:2].set_axis([name, "나"])))
