"""The panel's raw data in, and weights down the tree out."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dongheng import config, panel, proof, weighting
from dongheng.errors import DataError, ProblemList
from dongheng.framework import Framework
from dongheng.weighting import down_the_tree
from tests.conftest import ROOT

FOLDER = Path("data/raw/example/delphi")
panel_weights = partial(weighting.panel_weights, method="mean", areas="in_force")
TREE = Framework.from_table(
    pd.DataFrame(
        {
            "id": ["all", "A", "B", "a", "b", "a1", "a2", "b1", "b2"],
            "parent": ["", "all", "all", "A", "B", "a", "a", "b", "b"],
            "direction": [""] * 5 + [1] * 4,
            "weight": ["", 2, 2, 2, 2, 1, 1, 1, 1],
        }
    )
)


@pytest.fixture
def study(tmp_path) -> Path:
    """The example's survey and the settings, in a folder that may be broken."""
    shutil.copytree(ROOT / FOLDER, tmp_path / FOLDER)
    shutil.copy(ROOT / "config.yaml", tmp_path)
    return tmp_path


def load(root: Path, name: str = "example") -> panel.Panel:
    return panel.load(root, config.load(root).settings(name, 2024))


def test_a_panel_is_read_and_its_absence_is_no_error(study):
    """Gaps and 모름 are no answers; a study without a survey has an empty panel, which is what seoul has."""
    told = load(study)
    ratings = told.ratings(2, "importance")
    assert ratings.shape == (28, 55) and ratings.isna().to_numpy().any() and ratings.max().max() == 5
    assert told.ratings(2, "points").sum(axis=1).eq(100).all()
    none = load(ROOT, "seoul")
    assert none.experts.empty and none.items.empty and none.rounds == {}


def test_the_panel_belongs_to_the_record():
    """What decides the weights is in study.json with its provenance, and only in the study it belongs to."""
    told = config.load(ROOT)
    ours = [p.as_posix() for p in proof.raw_files(ROOT, told.settings("example", 2024))]
    assert {f"{FOLDER.as_posix()}/round2.csv", f"{FOLDER.as_posix()}/round2.csv.provenance.yaml"} <= set(ours)
    assert not any("delphi" in p.as_posix() for p in proof.raw_files(ROOT, told.settings("seoul", 2024)))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "E01,1,validity,5,answered",
            "E01,1,validity,6,answered",
            "2행: 답 '6'이(가) 있는데, 1에서 5 사이의 정수여야 하므로, 응답지를 확인해 고치거나 state를 blank로 두고 비워 주십시오.",
        ),
        (
            "E01,1,validity,5,answered",
            "E01,1,validity,3.5,answered",
            "2행: 답 '3.5'이(가) 있는데, 1에서 5 사이의 정수여야 하므로, 응답지를 확인해 고치거나 state를 blank로 두고 비워 주십시오.",
        ),
        (
            "E01,1,validity,5,answered",
            "E99,1,validity,5,answered",
            "2행: 전문가 'E99'이(가) 있는데, panel.csv에 있는 사람이어야 하므로, 번호를 고치거나 panel.csv에 넣어 주십시오.",
        ),
        (
            "E01,1,validity,5,answered",
            "E01,99-1,validity,5,answered",
            "2행: 문항 '99-1'이(가) 있는데, items.csv에 있는 문항이어야 하므로, 번호를 고치거나 items.csv에 넣어 주십시오.",
        ),
        (
            "E01,1,validity,5,answered",
            "E01,1,validity,,answered",
            "2행: state가 'answered'이고 answer가 ''인데, answered에는 답이 있고 unknown과 blank에는 없어야 하므로, 두 칸을 맞춰 주십시오.",
        ),
        (
            "E01,1,validity,5,answered",
            "E01,1,urgency,5,answered",
            "2행: question이 'urgency'인데, validity, importance, points 가운데 하나여야 하므로, 그 가운데 하나로 고쳐 주십시오.",
        ),
    ],
)
def test_an_answer_that_cannot_be_is_told(study, old, new, sentence):
    """One sentence with file and line; nothing is corrected in silence."""
    path = study / FOLDER / "round1.csv"
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[1]
    assert first.startswith("E01,1,validity,")
    path.write_text(text.replace(first, new if old else first, 1), encoding="utf-8")
    with pytest.raises(ProblemList) as told:
        load(study)
    assert str(told.value) == f"{FOLDER.as_posix()}/round1.csv {sentence}"


def test_an_answer_twice_and_a_lost_file_are_told(study):
    """A line copied twice counts once too often; answers without their panel are nobody's."""
    path = study / FOLDER / "round1.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), encoding="utf-8")
    with pytest.raises(ProblemList, match="전문가 E01의 문항 1 답이 다시 나오는데"):
        load(study)
    (study / FOLDER / "panel.csv").unlink()
    with pytest.raises(ProblemList, match="panel.csv: 파일이 없는데"):
        load(study)


# --- down the tree ----------------------------------------------------------------------------------------------------


def test_local_shares_multiply_down_the_tree():
    """Areas 60:40, one task each, items 3:1 and 1:1: .45, .15, .20, .20, whatever scale each set of siblings has."""
    row = pd.DataFrame([{"A": 60, "B": 40, "a": 4.2, "b": 3.1, "a1": 3, "a2": 1, "b1": 5, "b2": 5}], dtype=float)
    found = down_the_tree(row, TREE).iloc[0]
    assert found.to_dict() == pytest.approx(
        {"A": 0.6, "B": 0.4, "a": 0.6, "b": 0.4, "a1": 0.45, "a2": 0.15, "b1": 0.2, "b2": 0.2}
    )


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(0.01, 100), min_size=8, max_size=8), st.floats(0.01, 100))
def test_leaves_sum_to_one_and_scales_do_not_matter(weights, factor):
    """A set of siblings in points or per cent gives the same; the leaves share out the whole."""
    row = pd.DataFrame([dict(zip("A B a b a1 a2 b1 b2".split(), weights, strict=True))])
    found = down_the_tree(row, TREE)
    assert found[["a1", "a2", "b1", "b2"]].to_numpy().sum() == pytest.approx(1, abs=1e-12)
    pd.testing.assert_frame_equal(down_the_tree(row.assign(A=row["A"] * factor, B=row["B"] * factor), TREE), found)


@pytest.mark.parametrize("wrong", [np.nan, -1.0, np.inf])
def test_a_weight_that_is_none_is_refused_by_its_id(wrong):
    """A gap or a negative weight would pass on to every leaf below."""
    row = pd.DataFrame([dict.fromkeys("A B a b a1 a2 b1 b2".split(), 1.0) | {"a2": wrong}])
    with pytest.raises(DataError, match="^지표체계 id 'a2': "):
        down_the_tree(row, TREE)
    with pytest.raises(DataError, match="^지표체계 id 'all': 아래 마디의 가중치가 모두 0인데"):
        down_the_tree(row.assign(a2=1.0, A=0.0, B=0.0), TREE)


def ratings(seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    draw = np.random.default_rng(seed)
    experts = [f"E{n}" for n in range(20)]
    importance = pd.DataFrame(draw.integers(2, 6, (20, 5)), index=experts, columns=["a", "b", "a1", "a2", "b1"])
    points = pd.DataFrame({"A": draw.integers(30, 71, 20)}, index=experts)
    return importance.astype(float), points.assign(B=100 - points["A"]).astype(float)


def test_a_panels_weights_are_means_down_the_tree():
    """By hand: area = mean points, item = mean rating among its siblings; b2, never rated, takes b1's mean and is listed."""
    importance, points = ratings()
    weights, filled, draws = panel_weights(importance, points, TREE, draws=200, seed=0)
    area, mean = points.mean() / 100, importance.mean()
    assert weights.at["a1", "expert"] == pytest.approx(area["A"] * mean["a1"] / (mean["a1"] + mean["a2"]), abs=1e-12)
    assert weights.at["b1", "expert"] == pytest.approx(area["B"] / 2, abs=1e-12) == weights.at["b2", "expert"]
    assert filled == ["b2"] and weights["filled"].sum() == 1
    assert weights.loc[["a1", "a2", "b1", "b2"], "in_force"].tolist() == [0.25] * 4
    assert len(draws) == 200 and draws["a1"].quantile(0.025) == weights.at["a1", "lower"]
    assert (weights["lower"] <= weights["expert"]).all() and (weights["expert"] <= weights["upper"]).all()
    again, *_ = panel_weights(importance, points, TREE, draws=200, seed=0)
    pd.testing.assert_frame_equal(weights, again)
    other, *_ = panel_weights(importance, points, TREE, draws=200, seed=1)
    assert not weights["lower"].equals(other["lower"]) and weights["expert"].equals(other["expert"])


def test_areas_that_were_not_asked_keep_their_weights():
    """Without the 100-point sheet the areas stand as in force, without an interval of their own."""
    importance, points = ratings()
    weights, *_ = panel_weights(importance, points.iloc[:, :0], TREE, draws=200, seed=0)
    assert weights.loc[["A", "B"], ["expert", "lower", "upper"]].to_numpy().ravel() == pytest.approx([0.5] * 6)


@pytest.mark.parametrize(("rule", "b"), [("tasks", 4.0), ("children", None)])
def test_a_named_rule_weighs_areas_that_were_not_asked(rule, b):
    """By hand: the mean ratings of their tasks or indicators summed up, a gap at its item's mean; b2 takes b1's."""
    importance, points = ratings()
    importance.loc["E0", "a1"], importance["b"] = np.nan, 4.0
    mean = importance.mean()
    below = {"A": mean["a"] if rule == "tasks" else mean["a1"] + mean["a2"], "B": b or 2 * mean["b1"]}
    weights, *_ = panel_weights(importance, points.iloc[:0], TREE, draws=200, seed=0, areas=rule)
    assert weights.at["A", "expert"] == pytest.approx(below["A"] / sum(below.values()), abs=1e-12)
    assert weights.at["A", "lower"] < weights.at["A", "upper"]


def test_areas_may_weigh_the_same_and_a_rule_that_there_is_not_is_refused():
    """Equal areas have no interval of their own; a sheet that is there but blank counts as not asked."""
    importance, points = ratings()
    told = {"draws": 200, "seed": 0}
    weights, *_ = panel_weights(importance, points.iloc[:0], TREE, **told, areas="equal")
    assert weights.loc[["A", "B"], ["expert", "lower", "upper"]].to_numpy().ravel() == pytest.approx([0.5] * 6)
    with pytest.raises(DataError, match="^영역 가중치의 규칙: 'tree'"):
        panel_weights(importance, points.iloc[:0], TREE, **told, areas="tree")


def test_an_item_that_one_expert_rated_counts_as_unrated_and_one_that_few_rated_has_its_interval():
    """One answer has no spread: the task's mean, flagged. Two of twenty are missing from one draw in eight: drawn again."""
    importance, points = ratings()
    importance["b2"] = [5.0] + [np.nan] * 19
    weights, filled, _ = panel_weights(importance, points, TREE, draws=200, seed=0)
    assert filled == ["b2"] and weights.at["b2", "expert"] == pytest.approx(weights.at["b1", "expert"])
    importance["b2"] = [2.0, 5.0] + [np.nan] * 18
    weights, filled, draws = panel_weights(importance, points, TREE, draws=200, seed=0)
    assert filled == [] and np.isfinite(draws.to_numpy()).all() and len(draws) == 200
    assert weights.at["b2", "lower"] < weights.at["b2", "expert"] < weights.at["b2", "upper"]


def test_an_area_with_one_indicator_gives_it_all_its_weight():
    """Area B has one task with one indicator: local weights 1, so its global weight is the area's, interval included."""
    lone = Framework.from_table(TREE.table[TREE.table["id"] != "b2"])
    importance, points = ratings()
    weights, *_ = panel_weights(importance.assign(b=3.0), points, lone, draws=200, seed=0)
    assert weights.loc[["b", "b1"], ["expert", "lower", "upper"]].to_numpy() == pytest.approx(
        np.tile(weights.loc["B", ["expert", "lower", "upper"]].to_numpy(float), (2, 1)), abs=1e-12
    )


def test_no_item_of_an_area_through_the_gate_stops_and_names_it():
    """Importance counts where validity passes; if all of an area's items fail there is nothing to divide by."""
    row = pd.DataFrame([dict.fromkeys("A B a b a1 a2 b1 b2".split(), 4.0)])
    gated = row.assign(a1=0.0)
    assert down_the_tree(gated, TREE).loc[0, ["a1", "a2"]].tolist() == [
        0.0,
        0.5,
    ]  # one of two fails: the other has it all
    with pytest.raises(DataError, match="^지표체계 id 'a': 아래 마디의 가중치가 모두 0인데"):
        down_the_tree(gated.assign(a2=0.0), TREE)
