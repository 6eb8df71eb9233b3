"""What is said of how sure the index is: every text is said, and said whole; what it says is so."""

from __future__ import annotations

import pandas as pd
import pytest

from dongheng import charts
from dongheng.config import Settings
from dongheng.errors import PublishError
from dongheng.publish import robustness_chapter as chapter
from dongheng.publish.chapter import Report
from tests.publish.catalogues import assert_every_text_is_said, assert_whole, listening

NAN = float("nan")
SETTINGS = Settings("town", 2024, "가상시", "1판", 2022, "reciprocal", 0, illustrative=True)
NAMES = pd.Series({"all": "종합", "a": "돌봄", "b": "주거"})
INDICES = pd.DataFrame(
    [
        ("all", "종합", 0, year, index, change)
        for year, index, change in ((2022, 100.0, NAN), (2023, 104.0, 4.0), (2024, 110.0, 6.0))
    ]
    + [
        ("a", "돌봄", 1, year, index, change)
        for year, index, change in ((2022, 100.0, NAN), (2023, 105.0, 5.0), (2024, 121.0, 16.0))
    ]
    + [
        ("b", "주거", 1, year, index, change)
        for year, index, change in ((2022, 100.0, NAN), (2023, 103.0, 3.0), (2024, 99.0, -4.0))
    ],
    columns=["node_id", "name", "level", "year", "index", "change"],
).assign(basis="computed", n_indicators=4)
RANGES = pd.DataFrame(
    [
        ("expert", "all", 2024, 108.0, 105.0, 111.0),
        ("survey", "all", 2024, 110.0, 109.0, 111.04),
        ("survey", "b", 2024, 99.0, 98.99, 99.01),
    ],
    columns=["range", "node_id", "year", "index", "lower", "upper"],
)


def verdicts(composite: str, area: str) -> pd.DataFrame:
    """Two nodes with the given verdicts; "" has no interval."""
    rows = []
    for (node, name), verdict in zip((("all", "종합"), ("b", "주거")), (composite, area), strict=True):
        known = bool(verdict)
        rows.append((2023, 2024, node, name, 104.0, 110.0, 6.0, 5.0 if known else NAN, 7.0 if known else NAN, verdict))
    columns = ["from_year", "to_year", "node_id", "name", "before", "after", "change", "lower", "upper", "verdict"]
    table = pd.DataFrame(rows, columns=columns)
    lacking = table["verdict"].eq("")
    return table.assign(
        lacking=lacking.map({True: "1-1, 1-2", False: ""}), n_lacking=2 * lacking.astype(int), missing_error=""
    )


def rules(refused: bool = True) -> pd.DataFrame:
    """Every combination of the rules that the notebook tries, each worth what it adds to 100."""
    worth = {"as_ruled": 0, "mean_base": -1, "capped": -2, "in_force": 0, "task_counts": 3, "equal_areas": 4}
    worth |= {"expert": 5, "arithmetic": 0, "geometric": -7}
    rows = [
        (scores, weights, mean, "all", 2024, 110.0 + worth[scores] + worth[weights] + worth[mean], "")
        for scores in ("as_ruled", "mean_base", "capped")
        for weights in ("in_force", "task_counts", "equal_areas", "expert")
        for mean in ("arithmetic", "geometric")
    ]
    rows += [("other_reverse", "in_force", "arithmetic", "", NAN, NAN, "지표 3-6, 2024: 값이 큰데, …")] * refused
    return pd.DataFrame(rows, columns=["scores", "weights", "mean", "node_id", "year", "index", "refused"])


WITHOUT = pd.DataFrame(
    {"item": ["1-1", "1-2"], "name": ["가", "나"], "year": 2024, "index": [105.0, 111.0], "effect": [-5.0, 1.0]}
)
SHARES = pd.DataFrame(
    {
        "from_year": 2022,
        "to_year": 2024,
        "item": ["1-2", "1-1", "rest", "1-3"],
        "name": ["나", "가", "나머지", "다"],
        "weight": [0.1, 0.1, 0.7, 0.1],
        "contribution": [2.0, 6.0, 4.0, -2.0],
        "share": [0.2, 0.6, 0.4, -0.2],
        "dominant": [0, 1, 0, 0],
    }
)
WHAT_IF = pd.DataFrame(
    {
        "node_id": "b",
        "item": ["1-1", "1-2", "1-3"],
        "name": ["가", "나", "다"],
        "index": 99.0,
        "score": [90.0, 95.0, 120.0],
        "needed": [94.0, 130.0, NAN],
        "value": [9.0, NAN, 3.0],
        "needed_value": [9.4, NAN, NAN],
        "reachable": [1, 0, 0],
    }
)


def report(**tables: pd.DataFrame) -> Report:
    """The report of the tables above, or of others instead."""
    known = {"indices": INDICES, "ranges": RANGES, "what_if": WHAT_IF, "leave_one_out": WITHOUT}
    return Report(SETTINGS, (known | tables).__getitem__)


def say_everything() -> list:
    """What is said with every range and with none, of every verdict, of every rule."""
    apart = chapter.one_rule_apart(rules(), "all", SETTINGS)
    other = apart.assign(name=[chapter.SAID("rules.other_reverse"), *apart["name"][1:]])
    told = [("rise", "fall"), ("fall", "rise"), ("no_clear_change", "no_clear_change"), ("", "")]
    pairs = [report(verdicts=verdicts(*pair)) for pair in told]
    high = INDICES.assign(index=INDICES["index"] + 50)
    nothing = report(ranges=RANGES[:0], indices=INDICES.assign(basis="published"), leave_one_out=WITHOUT[:0])
    return [
        list(chapter.headings(apart, report()).values()),
        list(chapter.headings(chapter.one_rule_apart(rules()[:0], "all", SETTINGS), nothing).values()),
        [chapter.SAID("shares.lead"), chapter.SAID("what_if.lead")],
        chapter.share_pairs_of(SHARES, report()),
        chapter.ranges_cells(RANGES, NAMES, SETTINGS),
        chapter.ranges_cells(RANGES[RANGES["range"] == "survey"], NAMES, SETTINGS),
        *(chapter.verdict_cells(pair) for pair in pairs),
        chapter.verdict_cells(report(verdicts=verdicts("", "").assign(change=NAN))),
        *(chapter.verdict_reading(pair) for pair in pairs),
        [chapter.missing_errors(["1-1"], {"1-1": why}) for why in ("unknown", "survey", "provisional")],
        chapter.rule_cells(other, SETTINGS),
        chapter.refused_reading(rules(), SETTINGS),
        chapter.rule_dots_of(apart, report()),
        chapter.without_cells(WITHOUT, SETTINGS),
        chapter.share_cells(SHARES, SETTINGS),
        chapter.what_if_cells(WHAT_IF, NAMES, pd.Series({"1-1": "%"})),
        [chapter.what_if_reason(report(what_if=WHAT_IF[:0], indices=indices)) for indices in (INDICES, high)],
        chapter.summary_reading(chapter.one_rule_apart(rules()[:0], "all", SETTINGS), report()),
        chapter.summary_reading(apart, report()),
        chapter.summary_reading(apart, report(ranges=RANGES[:0])),
    ]


def test_every_text_is_said_whole():
    """A text that nothing says misleads whoever edits it; a misspelt key or a NaN would show only in that report."""
    with listening() as used:
        told = say_everything()
    assert_every_text_is_said(chapter, used)
    assert_whole(told, least=120)


def test_the_two_ranges_stand_apart_and_a_narrow_one_says_so():
    """By hand: 0.02 wide prints 0.1 미만; a node without the experts' range has dashes, not the surveys' numbers."""
    cells = chapter.ranges_cells(RANGES, NAMES, SETTINGS)
    assert cells.to_numpy().tolist() == [
        ["종합", "110.0", "109.0~111.0", "108.0", "105.0~111.0"],
        ["주거", "99.0", "0.1 미만", "미확보", "-"],
    ]


def test_no_verdict_without_every_error():
    """Both values and the difference stand, the interval and the verdict do not, and the number of gaps does."""
    cells = chapter.verdict_cells(report(verdicts=verdicts("", "rise")))
    assert cells.iloc[0].tolist() == ["종합", "104.0", "110.0", "6.0", "미확보", "판정 안 함", "2"]
    assert cells.iloc[1].tolist() == ["주거", "104.0", "110.0", "6.0", "5.0~7.0", "상승", "0"]
    first = chapter.verdict_reading(report(verdicts=verdicts("", "rise")))[0]
    assert first.endswith("지표 2개의 오차를 얻지 못했기 때문입니다.")


def test_the_missing_errors_are_named_and_counted():
    """Of three indicators two lack a standard error, one is not known to come from a survey, one lacks nothing."""
    lacking = {"a": "survey", "b": "unknown", "c": "survey", "x": "provisional"}
    told = chapter.missing_errors(["a", "b", "c", "d"], lacking)
    assert told == "조사의 표본오차(2개), 조사에서 나온 값인지의 여부(1개)"


def test_rules_are_changed_one_at_a_time_and_then_all_together():
    """By hand: the rules in force give 110, each single change adds its worth, all 24 run from 101 to 115."""
    apart = chapter.one_rule_apart(rules(), "all", SETTINGS)
    assert apart["index"].tolist()[:-1] == [110, 109, 108, 113, 114, 115, 103]
    assert apart.iloc[-1].tolist()[0] == "위 규칙들의 모든 조합(24가지)"
    assert apart.iloc[-1][["lo", "hi"]].tolist() == [110 - 2 - 7, 110 + 5]
    cells = chapter.rule_cells(apart, SETTINGS)
    assert cells.iloc[-1].tolist() == ["위 규칙들의 모든 조합(24가지)", "101.0~115.0", "-"]
    assert cells.iloc[2].tolist() == ["점수에 상한 200을 둠", "108.0", "△2.0"]


def test_the_chart_draws_each_rule_and_both_ranges():
    """Seven rules, all combinations, two ranges; the alternative text carries the ends; a row without anything fails."""
    told = chapter.rule_dots_of(chapter.one_rule_apart(rules(), "all", SETTINGS), report())
    chart = charts.rule_dots(**told, table_number=3)
    assert len(told["table"]) == 10 and chart.svg.count("<text") > 20
    assert "지금의 규칙 110.0, 가장 작은 값 101.0, 가장 큰 값 115.0" in chart.alt and "예시값" in chart.alt
    told["table"] = told["table"].assign(lo=NAN, hi=NAN)
    with pytest.raises(PublishError, match="모든 조합"):
        charts.rule_dots(**told)


def test_headings_say_the_ends_of_what_was_found():
    """The composite's survey range and not an area's or the experts'; all rules together; the largest effect by its size."""
    told = chapter.headings(chapter.one_rule_apart(rules(), "all", SETTINGS), report())
    assert told == {
        "sure": "얼마나 확실한가: 조사 구간 95%는 109.0~111.0",
        "rules": "다른 규칙으로 계산하면 101.0~115.0",
        "share": "실제 몫: 지표 하나를 빼면 종합지수가 최대 5.0p 움직임",
    }
    nothing = report(ranges=RANGES[:0], indices=INDICES.assign(basis="published"), leave_one_out=WITHOUT[:0])
    told = chapter.headings(chapter.one_rule_apart(rules()[:0], "all", SETTINGS), nothing)
    assert list(told.values()) == [
        "얼마나 확실한가: 판정에 필요한 오차는 미확보",
        "다른 규칙으로는 계산하지 못함",
        "실제 몫: 점수를 아는 지표만",
    ]


def test_shares_are_told_by_how_far_they_lie_from_their_weight():
    """By hand: 60 of 10, -20 of 10, then 20 of 10; the rest is nobody's weight; table and chart have one order."""
    cells = chapter.share_cells(SHARES, SETTINGS)
    assert cells.iloc[:, 0].tolist() == ["1-1 가", "1-3 다", "1-2 나"]
    assert cells.iloc[1].tolist() == ["1-3 다", "10.0", "△2.0", "△20.0", "-"] and cells.iloc[0, 4] == "20%를 넘음"
    told = chapter.share_pairs_of(SHARES, report(), most=2)
    assert list(told["table"].index) == ["1-1 가", "1-3 다"] and told["table"].loc["1-3 다"].tolist() == [10, -20]
    assert told["title"] == "가중치와 실제 몫이 가장 벌어진 지표는 1-1 가: 가중치 10.0%, 실제 몫 60.0%"
    assert "60.0" in charts.pairs(**told).svg


def test_a_verdict_of_a_fall_is_told_by_its_size():
    """A fall of six once read '-6.0p 하락'; both ends of its range say which way they lie."""
    down = verdicts("fall", "fall").assign(change=-6.0, lower=-7.0, upper=-5.0)
    first = chapter.verdict_reading(report(verdicts=down))[0]
    assert first == (
        "종합지수는 전년보다 6.0p 하락했고, 조사의 표본오차와 잠정치 수정을 넣어도 7.0p 낮은 쪽에서 5.0p 낮은 쪽 사이입니다."
    )
    flat = verdicts("no_clear_change", "rise").assign(change=-0.2, lower=-1.0, upper=0.6)
    first = chapter.verdict_reading(report(verdicts=flat))[0]
    assert first.endswith("(증감 0.2p 낮은 쪽, 조사 구간 95% 1.0p 낮은 쪽에서 0.6p 높은 쪽 사이).")
