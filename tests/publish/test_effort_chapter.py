"""What is said of effort and outcome: every text is said, and said whole; what it says is so."""

from __future__ import annotations

import pandas as pd

from dongheng import charts
from dongheng.config import Settings
from dongheng.publish import effort_chapter as chapter
from dongheng.publish.chapter import Report
from tests.publish import studies
from tests.publish.catalogues import assert_every_text_is_said, assert_whole, listening
from tests.publish.test_robustness_chapter import INDICES

NAN = float("nan")
SETTINGS = Settings("town", 2024, "가상시", "1판", 2022, "reciprocal", 0)
KINDS = pd.DataFrame(
    [("effort", "all", 2024, 3, 120.0), ("outcome", "all", 2024, 1, 95.0), ("effort", "a", 2024, 2, 130.0)],
    columns=["kind", "node_id", "year", "n_indicators", "index"],
)
INDICATORS = pd.DataFrame(
    {"indicator_id": ["1-1", "1-2", "1-3"], "effort_or_outcome": ["effort", "outcome", "effort"], "year": 2024}
)
PAIR = pd.DataFrame({"item": ["1-1", "1-2", "1-3"], "contribution": [6.0, 2.0, -1.0], "node_id": "all"})
PAIR = PAIR.assign(from_year=2023, to_year=2024)
GROUPS = pd.DataFrame(
    {
        "indicator_id": ["1-1", "1-3"],
        "target_group": "노인",
        "year": 2024,
        "value": [110.0, 50.5],
        "size": 1000.0,
        "per_100": [11.0, 5.05],
        "value_growth": [2.0, -3.0],
        "size_growth": 4.0,
        "shrunk": [1, 0],
    }
)
COSTS = pd.DataFrame({"indicator_id": "1-1", "year": [2022, 2023, 2024], "constant_per_unit": [1000.0, 1100.4, 999.5]})
NAMES = pd.Series({"1-1": "가", "1-2": "나", "1-3": "다"})


def report(**tables: pd.DataFrame) -> Report:
    """The report of the tables above, or of others instead."""
    known = {"indices": INDICES, "indicators": INDICATORS, "contributions": PAIR, "kind_indices": KINDS}
    return Report(SETTINGS, (known | {"target_groups": GROUPS, "unit_costs": COSTS} | tables).__getitem__)


def say_everything() -> list:
    """What is said where efforts carry most of the rise and where they do not, and where nothing is known."""
    less = report(contributions=PAIR.assign(contribution=[1.0, 6.0, -1.0]))
    fallen = report(contributions=PAIR.assign(contribution=[-1.0, -6.0, 0.0]))
    none = report(contributions=PAIR[:0], kind_indices=KINDS[:0], target_groups=GROUPS[:0], unit_costs=COSTS[:0])
    return [
        chapter.kind_cells(report()),
        *(chapter.lead(told) for told in (report(), less, fallen, none)),
        chapter.waterfall_of(report()),
        chapter.pairs_of(studies.report()),
        list(chapter.SAID.all("names").values()),
        chapter.group_cells(GROUPS, NAMES, SETTINGS),
        chapter.unit_cost_cells(COSTS, NAMES, SETTINGS),
    ]


def test_every_text_is_said_whole():
    """A text that nothing says misleads whoever edits it; a misspelt key or a NaN would show only in that report."""
    with listening() as used:
        told = say_everything()
    assert_every_text_is_said(chapter, used)
    assert_whole(told, least=40)


def test_the_rise_is_split_by_hand():
    """6 and 2 rose: 75 % of the rise is effort; net of the fall efforts moved the composite by 5, outcomes by 2, of 7."""
    counted, whole, share = chapter.lead(report())
    assert "2개는 도운 사람이나" in counted and "1개는 만족도나" in counted
    assert whole.endswith("7.0p 높아졌고, 그 가운데 지원 노력 지표의 몫은 5.0p 높임, 결과 지표의 몫은 2.0p 높임입니다.")
    assert "75.0%는 지원 규모가 늘어난 데서 왔으며" in share
    chart = charts.waterfall(**chapter.waterfall_of(report()))
    assert "5.0p" in chart.svg and "2.0p" in chart.svg and "7.0p" in chart.svg


def test_supply_that_lags_behind_need_is_told():
    """A volume up by 2 % for a group up by 4 % is less for each; one that fell is told by its fall, not as 실질 감소."""
    cells = chapter.group_cells(GROUPS, NAMES, SETTINGS)
    assert cells.iloc[0].tolist() == ["1-1 가", "노인", "110", "1,000", "11.00", "2.0", "4.0", "실질 감소"]
    assert cells.iloc[1].tolist()[-3:] == ["△3.0", "4.0", "-"]
    assert chapter.unit_cost_cells(COSTS, NAMES, SETTINGS).iloc[0].tolist() == ["1-1 가", "1,000", "1,100", "1,000"]


def test_a_fall_is_told_by_a_verb():
    """Both kinds fell: no minus and no share of a rise that there was not."""
    fallen = report(contributions=PAIR.assign(contribution=[-1.0, -6.0, 0.0]))
    _, whole, share = chapter.lead(fallen)
    assert whole == (
        "종합지수는 전년보다 7.0p 낮아졌고, 그 가운데 지원 노력 지표의 몫은 1.0p 낮춤, 결과 지표의 몫은 6.0p 낮춤입니다."
    )
    assert share == "전년보다 오른 지표는 없습니다."
    assert "1.0p 낮춤, 결과 지표의 몫은 6.0p 낮춤" in chapter.waterfall_of(fallen)["title"]


def test_the_two_indices_of_an_area_stand_on_one_line():
    """By hand: of 돌봄 six efforts rise by 64 in two years and two outcomes by 4; an area with one kind alone has no line."""
    told = chapter.pairs_of(studies.report())
    table = told["table"]
    assert list(table.index) == ["돌봄", "주거", "안전"]  # of 건강 neither kind is known
    assert table.loc["돌봄"].tolist() == [100 + 64 / 6, 102.0]
    assert table.loc["안전"].tolist() == [106.0, 90.0]
    assert told["title"] == "안전 영역에서 두 종류의 지수가 가장 벌어짐: 지원 노력 106.0, 결과 90.0"
    chart = charts.pairs(**told)
    assert "110.7" in chart.svg and "안전" in chart.alt


def test_what_raised_the_index_is_counted_once():
    """The numbers of the summary and of the section are made here, of the indicators that rose alone."""
    told = chapter.rises(report())
    assert (told["effort"], told["outcome"], told["percent"]) == (6.0, 2.0, "75.0")
    assert (told["all"], told["all_effort"], told["all_outcome"]) == (3, 2, 1)
