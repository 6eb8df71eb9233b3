"""What is said of the panel and its weights: every text is said, and said whole; what it says is so."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from dongheng import charts, delphi
from dongheng.config import DELPHI, Settings
from dongheng.publish import panel_chapter
from tests.publish.catalogues import assert_every_text_is_said, assert_whole, listening

NAN = float("nan")
SETTINGS = Settings("town", 2024, "가상시", "1판", 2022, "reciprocal", 0)


def statistics(answers: dict[str, list], question: str = "importance") -> pd.DataFrame:
    """What notebook 01 saves of a round: items 1, 1-1, ... with their answers."""
    table = pd.DataFrame(answers, index=[f"E{n}" for n in range(len(next(iter(answers.values()))))], dtype=float)
    counts = {f"n{k}": (table == k).sum() for k in range(1, 6)}
    told = delphi.summarise_items(table, 4).assign(**counts).rename_axis("item_id").reset_index()
    told = told.astype({"cvr_passes": int, "quartile_rule_decides": int})
    return told.assign(question=question, name="이름 " + told["item_id"], round=2)


def measured(**values: float) -> pd.DataFrame:
    """Measures as notebook 01 saves them."""
    told = {
        "icc_single": 0.3,
        "icc_mean": 0.9,
        "shrinkage": 0.88,
        "kendall_w": 0.4,
        "alpha": 0.3,
        "leave_one_out": 0.01,
    }
    told |= {"critical_count": 19.0, "area_points": 28.0} | values
    return pd.DataFrame({"measure": list(told), "value": list(told.values()), "n_experts": 28, "n_items": 45})


NODES = {"a": ("돌봄", 1), "b": ("주거", 1), "1": ("이름 1", 2), "2": ("이름 2", 2), "1-1": ("가", 3), "2-1": ("나", 3)}
WEIGHTS = pd.DataFrame(
    {
        "node_id": list(NODES),
        "name": [name for name, _ in NODES.values()],
        "level": [level for _, level in NODES.values()],
        "in_force": [0.6, 0.4] * 3,
        "expert": [0.55, 0.45] * 3,
        "lower": 0.3,
        "upper": 0.7,
        "filled": 0,
    }
)
AGREEING = {"1": [4] * 20 + [5] * 8, "2": [1] * 14 + [5] * 14, "1-1": [4] * 28}
CHANGES = pd.DataFrame(
    {"item_id": ["1", "2"], "name": ["가", "나"], "n": 26, "share_changed": [0.1, 0.4], "p_value": [0.5, 0.01]}
).assign(mean_change=-0.25, weighted_kappa=0.5)


def say_everything() -> list:
    """What is said of experts and weights: with a panel and without, one round and two, all rated and not."""
    experts = pd.DataFrame({"group": ["학계", "현장"]}, index=["E01", "E02"])
    answers = pd.DataFrame({"expert": ["E01", "E02"], "state": ["answered", "unknown"]})
    rules = [SETTINGS, Settings(*list(vars(SETTINGS).values())[:7], delphi=DELPHI | {"definition": "excel"})]
    now = pd.concat([statistics(AGREEING), statistics(AGREEING, "validity")])
    tasks = now[(now["question"] == "importance") & now["item_id"].isin(["1", "2"])]
    compared = {"validity": SimpleNamespace(dropped=["E02"])}
    register = pd.DataFrame({"rounds": ["1;2", "1;2", ""]}, index=["1", "1-1", "2-1"])
    by_weights = pd.DataFrame({"node_id": "a", "year": 2024, "weights": ["in_force", "expert"], "index": [101.0, 99.0]})
    draws = pd.DataFrame(np.random.default_rng(0).random((50, 3)), columns=["가", "나", "다"])
    areas, said = WEIGHTS[WEIGHTS["level"] == 1], panel_chapter.SAID
    return [
        *(panel_chapter.rules_reading(rule, last, trial) for rule in rules for last, trial in ((2, False), (0, True))),
        *(said("rules.method", method) for method in ("median", "trimmed", "geometric")),
        panel_chapter.panel_cells(experts, {1: answers}),
        *(panel_chapter.register_reading(items) for items in (register, register[:2], register[:0])),
        panel_chapter.statistics_cells(now),
        said("statistics.facts"),
        *(said("statistics.note", definition, essential_from=4) for definition in ("spss", "excel")),
        *(panel_chapter.gate_reading(now, rule, reason) for rule in rules for reason in ("", "까닭입니다.")),
        panel_chapter.gate_reading(now[now["item_id"] == "1"], SETTINGS, ""),
        panel_chapter.strip_of(tasks, WEIGHTS, SETTINGS),
        panel_chapter.plane_of(now, measured(), WEIGHTS, SETTINGS),
        panel_chapter.change_cells(CHANGES),
        *(panel_chapter.dropped_reading(*told) for told in ((compared, 2), ({}, 1), ({}, 0))),
        panel_chapter.dropped_reading({"validity": SimpleNamespace(dropped=[])}, 2),
        panel_chapter.measure_cells(measured()),
        *(panel_chapter.agreement_reading(measured(icc_mean=mean)) for mean in (0.9, 0.5)),
        panel_chapter.agreement_reading(measured(icc_mean=NAN, shrinkage=NAN)),
        [said(f"chapter.{heading}") for heading in ("agreement", "answers", "gate")],
        [said("chapter.heading", kind, experts=28, last=2) for kind in ("asked", "none")],
        panel_chapter.two_answers(tasks, CHANGES, 2),
        panel_chapter.two_answers(tasks[:1], CHANGES[:0], 1),
        said("chapter.no_answers"),
        panel_chapter.weight_cells(areas),
        panel_chapter.weight_cells(areas.assign(expert=NAN, lower=NAN, upper=NAN)),
        *(panel_chapter.weights_reading(["1-1"], 2, "", rule) for rule in ("points", "in_force", "equal")),
        *(panel_chapter.weights_reading([], 2, "", rule) for rule in ("tasks", "children")),
        panel_chapter.weights_reading([], 0, "까닭입니다.", "in_force"),
        panel_chapter.group_cells(
            draws[:3], pd.Series({"가": 9, "나": 8, "다": 7}), pd.Series({"돌봄": 1, "주거": 2, "안전": 2})
        ),
        said("groups.reading"),
        panel_chapter.rank_cells(draws),
        said("practised.reading"),
        said("severity.reading", largest=0.1, low=0.4, high=0.2),
        panel_chapter.weight_dots_of(WEIGHTS, SETTINGS),
        panel_chapter.by_weights_cells(by_weights, pd.Series({"a": "돌봄"}), SETTINGS),
    ]


def test_every_text_is_said_whole():
    """A text that nothing says misleads whoever edits it; a misspelt key or a NaN would show only in that report."""
    with listening() as used:
        told = say_everything()
    assert_every_text_is_said(panel_chapter, used)
    assert_whole(told, least=150)


def test_a_group_that_could_be_worked_out_takes_the_next_smallest_with_it():
    """Whole less all groups but one is that one: with one left out, two are; with two left out, none can be."""
    sizes = pd.Series({"학계": 12, "현장": 9, "당사자": 5, "공무원": 4})
    shares = pd.DataFrame({name: [0.4, 0.6] for name in sizes.index})
    whole = pd.Series({"돌봄": 0.455, "주거": 0.545})
    one_out = panel_chapter.group_cells(shares.drop(columns="공무원"), sizes, whole)
    assert list(one_out) == ["구분", "전체(30명)", "학계(12명)", "현장(9명)"]
    assert one_out.iloc[0].tolist() == ["돌봄", "45.5", "40.0", "40.0"]
    two_out = panel_chapter.group_cells(shares[["학계", "현장"]], sizes, whole)
    assert list(two_out) == list(one_out)
    assert list(panel_chapter.group_cells(shares, sizes, whole))[2:] == [f"{g}({n}명)" for g, n in sizes.items()]
    assert list(panel_chapter.group_cells(shares[["학계"]], sizes[["학계", "공무원"]], whole)) == ["구분", "전체(16명)"]


def test_ranks_are_told_from_the_heaviest_down():
    """By hand: of four draws b is first in three; it outweighs a in three, and a outweighs c in all."""
    draws = pd.DataFrame({"a": [3.0, 2, 2, 2], "b": [2.0, 3, 3, 3], "c": [1.0, 1, 1, 1]})
    cells = panel_chapter.rank_cells(draws)
    assert cells.to_numpy().tolist() == [
        ["b", "75", "25", "0", "75"],
        ["a", "25", "75", "0", "100"],
        ["c", "0", "0", "100", "-"],
    ]


def test_consensus_and_stability_get_an_answer_each():
    """A split panel is told as no consensus whatever the rounds did; one round has no word on stability."""
    now = statistics(AGREEING)
    tasks = now[now["item_id"].isin(["1", "2"])]
    consensus, stability = panel_chapter.two_answers(tasks, CHANGES, 2)
    assert "과제 2개 가운데 1개의 중요도가 기준" in consensus and consensus.endswith("채우지 못한 과제: 이름 2.")
    assert "10%에서 40%이고, 과제 2개 가운데 평균이 우연으로 보기 어렵게 달라진 것은 1개" in stability
    assert panel_chapter.two_answers(tasks, CHANGES[:0], 1)[1] == "안정: 라운드가 하나뿐이므로 말할 수 없습니다."


@pytest.mark.parametrize(
    ("mean", "told"), [(0.75, "기댈 수 있습니다"), (0.7499, "기대기 어렵습니다"), (NAN, "잴 수 없습니다")]
)
def test_a_mean_is_called_dependable_from_a_named_limit(mean, told):
    """The sentence follows the figure: .75 is the limit, below it the mean is not praised."""
    first = panel_chapter.agreement_reading(measured(icc_mean=mean))[0]
    assert told in first


def test_the_plane_draws_what_was_rated_and_names_what_was_not():
    """Gate at 19 of 28; tasks and failing items carry labels; an item without answers is named below, not drawn at 0."""
    now = pd.concat([statistics(AGREEING), statistics(AGREEING, "validity")])
    told = panel_chapter.plane_of(now, measured(), WEIGHTS, SETTINGS)
    points = told["points"]
    assert told["gate"] == 19 / 28 and told["gate_label"] == "통과 기준(28명 중 19명)"
    assert points["label"].to_dict() == {"1": "1", "2": "2", "1-1": "", "2-1": ""}
    assert points["passes"].tolist() == [True, False, True, False] and points["validity"].isna().tolist() == [
        False
    ] * 3 + [True]
    assert told["title"] == "평가된 문항 3개 가운데 2개가 타당도의 문을 넘음"
    assert "평가가 없어 그리지 않은 문항 1개" in charts.importance_plane(**told).alt
