"""The tree: whose weight is whose, however the table was typed, and one sentence for every way to break it."""

from __future__ import annotations

import io
import pickle
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dongheng.errors import DonghengError, FrameworkError, ProblemList
from dongheng.framework import Framework
from tests.conftest import ROOT

NAN = float("nan")
SHIPPED = ROOT / "data/raw/framework/2023-11.csv"
IDS = ["all", "A", "B", "a1", "a2", "b1"]
TREE = {
    "id": IDS,
    "parent": ["", "all", "all", "A", "A", "B"],
    "direction": [NAN, NAN, NAN, 1, -1, 1],
    "weight": [NAN, 3, 1, 2, 2, 7],
}


def shipped() -> pd.DataFrame:
    return pd.read_csv(SHIPPED, dtype=str, keep_default_na=False)


def tree(**changed) -> pd.DataFrame:
    return pd.DataFrame({**TREE, **changed})


@st.composite
def trees(draw, smallest=2, largest=15) -> pd.DataFrame:
    """A framework table of any depth, its rows in any order, weights on any scale; node 0 is the root."""
    n = draw(st.integers(smallest, largest))
    parents = [""] + [f"n{draw(st.integers(0, i - 1))}" for i in range(1, n)]
    weights = draw(st.lists(st.floats(1e-3, 1e3), min_size=n, max_size=n))
    directions = draw(st.lists(st.sampled_from([1, -1]), min_size=n, max_size=n))
    table = pd.DataFrame(
        {"id": [f"n{i}" for i in range(n)], "parent": parents, "direction": directions, "weight": weights}
    )
    return table.iloc[draw(st.permutations(range(n)))]


# --- the framework that ships ---------------------------------------------------------------------------------------


def test_the_six_areas_hold_their_published_numbers_of_indicators():
    """12/6/10/8/9/5 of 50, in 10 tasks: council briefing of 2023-11-02 (321st regular session)."""
    framework = Framework.from_table(shipped())
    assert [len(framework.leaves_below(area)) for area in framework.at_level(1)] == [12, 6, 10, 8, 9, 5]
    assert (len(framework.at_level(1)), len(framework.at_level(2)), len(framework.leaves)) == (6, 10, 50)
    assert {framework.level(leaf) for leaf in framework.leaves} == {3}


def test_effort_and_outcome_are_counted_as_the_study_says():
    """33 effort (18 reached, 8 supply, 7 coverage), 17 outcome (1 use, 2 results, 5 perception, 9 state)."""
    framework = Framework.from_table(shipped())
    table = framework.table.loc[framework.leaves]
    assert table["effort_or_outcome"].value_counts().to_dict() == {"effort": 33, "outcome": 17}
    counted = table.groupby("effort_or_outcome")["measures"].value_counts()
    assert counted["effort"].to_dict() == {"reach": 18, "supply": 8, "coverage": 7}
    assert counted["outcome"].to_dict() == {"use": 1, "result": 2, "perception": 5, "state": 9}


def test_every_indicator_weighs_one_fiftieth():
    """ "Equal" means that all 50 weigh the same, not that the six areas do."""
    framework = Framework.from_table(shipped())
    weights = framework.global_weights()
    assert weights[framework.leaves].to_numpy() == pytest.approx(1 / 50, abs=1e-15)
    assert weights[framework.at_level(1)].to_numpy() == pytest.approx(np.array([12, 6, 10, 8, 9, 5]) / 50, abs=1e-15)


def test_each_task_belongs_to_the_area_of_its_number():
    """An indicator's id begins with its task's id, and its ancestor of level 2 is that task."""
    framework = Framework.from_table(shipped())
    assert all(framework.ancestor(leaf, 2) == leaf.split("-")[0] for leaf in framework.leaves)


# --- the contract, with a table as an outsider writes it --------------------------------------------------------------


def test_leaves_children_levels_and_weights():
    """The five names that outside checks call give what the design page says."""
    framework = Framework.from_table(tree())
    assert framework.leaves == ["a1", "a2", "b1"]
    assert framework.children("all") == ["A", "B"] and framework.children("A") == ["a1", "a2"]
    assert framework.children("a1") == []
    assert [framework.level(i) for i in IDS] == [0, 1, 1, 2, 2, 2]
    assert framework.local_weights().to_dict() == dict(zip(IDS, [1, 0.75, 0.25, 0.5, 0.5, 1], strict=True))
    assert framework.global_weights().to_dict() == dict(zip(IDS, [1, 0.75, 0.25, 0.375, 0.375, 0.25], strict=True))
    assert framework.directions.to_dict() == {"a1": 1, "a2": -1, "b1": 1}
    assert framework.inner == ["A", "B", "all"] and framework.root == "all"


@pytest.mark.parametrize("blank", ["", "  ", None, NAN, pd.NA, np.nan], ids=repr)
@pytest.mark.parametrize("column", ["parent", "direction", "weight"])
def test_blank_is_blank_however_it_was_written(column, blank):
    """Excel, a CSV reader and a hand-written table each leave another kind of nothing in a cell."""
    cells = [blank if c == "" or c != c else c for c in tree()[column].tolist()]
    framework = Framework.from_table(tree(**{column: pd.Series(cells, dtype=object)}))
    assert framework.global_weights()["a1"] == 0.375


@pytest.mark.parametrize("kind", ["string", "Int64", "Float64", "convert_dtypes", "csv", "csv as text"])
def test_the_readers_kinds_of_columns_give_the_same_tree(kind):
    """Nullable columns, text from a file and plain floats are one table."""
    table = tree()
    if kind == "string":
        table[["direction", "weight"]] = tree()[["direction", "weight"]].astype("Int64").astype("string")
    elif kind in ("Int64", "Float64"):
        table[["direction", "weight"]] = tree()[["direction", "weight"]].astype(kind)
    elif kind == "convert_dtypes":
        table = tree().replace("", None).convert_dtypes()
    else:
        table = pd.read_csv(io.StringIO(tree().to_csv(index=False)), dtype=str if kind == "csv as text" else None)
    framework = Framework.from_table(table)
    expected = Framework.from_table(tree())
    assert framework.global_weights().to_dict() == expected.global_weights().to_dict()
    assert framework.directions.to_dict() == expected.directions.to_dict()


def test_ids_may_be_integers_beside_parents_that_became_floats():
    """A column of integers with one blank cell is read as floats; 1.0 is still node 1."""
    framework = Framework.from_table(tree(id=[0, 1, 2, 11, 12, 21], parent=[NAN, 0, 0, 1, 1, 2]))
    assert framework.leaves == [11, 12, 21] and framework.level(21) == 2
    ancestor = framework.ancestor(11, 1)
    assert ancestor == 1 and isinstance(ancestor, int)
    assert framework.global_weights().to_dict() == {0: 1, 1: 0.75, 2: 0.25, 11: 0.375, 12: 0.375, 21: 0.25}


def test_ids_that_are_text_beside_parents_that_became_floats():
    """Ids 1, 1-1, 1-2 are text, but their parents are all 1 and blank, which a CSV reader turns into 1.0."""
    table = pd.read_csv(io.StringIO("id,parent,direction,weight\n1,,,\n1-1,1,1,\n1-2,1,-1,\n"))
    assert table["parent"].dtype == float
    assert Framework.from_table(table).children("1") == ["1-1", "1-2"]


def test_a_root_alone_is_a_leaf():
    """The smallest tree: one indicator, no means to take."""
    framework = Framework.from_table(pd.DataFrame({"id": ["x"], "parent": [""], "direction": [1], "weight": [""]}))
    assert framework.leaves == ["x"] and framework.inner == [] and framework.global_weights().to_dict() == {"x": 1.0}


def test_the_table_that_was_given_is_left_alone():
    """Reading a framework changes neither the caller's table nor its index."""
    table = tree().set_index(pd.Index(list("zyxwvu")))
    before = table.copy(deep=True)
    Framework.from_table(table).global_weights()
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("call", ["children", "level", "leaves_below"])
def test_an_unknown_id_is_told_by_name(call):
    """A misspelt id is a sentence, not a KeyError."""
    with pytest.raises(FrameworkError) as told:
        getattr(Framework.from_table(tree()), call)("a9")
    assert str(told.value) == (
        "지표체계 id 'a9': 지표체계 표에 없는데, 표의 id 칸에 있는 것만 쓸 수 있으므로, id의 철자를 확인해 주십시오."
    )


def test_no_ancestor_further_down():
    """The area of the composite does not exist."""
    with pytest.raises(FrameworkError, match="지표체계 id 'all'"):
        Framework.from_table(tree()).ancestor("all", 1)


# --- what breaks a tree -------------------------------------------------------------------------------------------------

CYCLE = (
    "'{}'에서 위로 올라가면 자기 자신으로 돌아오는데, 지표체계는 고리가 없는 나무여야 하므로, parent를 고쳐 주십시오."
)
BROKEN = {
    "duplicate id": (
        tree(id=["all", "A", "B", "a1", "a1", "b1"]),
        "지표체계 표 5행 id 칸: 'a1'이(가) 4행에 이어 다시 나오는데, id는 한 번만 나와야 하므로, 두 줄 가운데 하나를 지우거나 id를 고쳐 주십시오.",
    ),
    "blank id": (
        tree(id=["all", "A", "B", "a1", " ", "b1"]),
        "지표체계 표 5행 id 칸: 비어 있는데, 모든 줄에 id가 있어야 하므로, id를 적거나 줄을 지워 주십시오.",
    ),
    "orphan": (
        tree(parent=["", "all", "all", "A", "C", "B"]),
        "지표체계 표 5행 parent 칸: 'a2'의 윗마디가 'C'인데, 윗마디는 id 칸에 있는 것이어야 하므로, parent의 철자를 고치거나 그 id의 줄을 넣어 주십시오.",
    ),
    "orphan of a number": (
        tree(id=[0, 1, 2, 11, 12, 21], parent=[NAN, 0, 0, 1, 9, 2]),
        "지표체계 표 5행 parent 칸: '12'의 윗마디가 '9'인데, 윗마디는 id 칸에 있는 것이어야 하므로, parent의 철자를 고치거나 그 id의 줄을 넣어 주십시오.",
    ),
    "own parent": (tree(parent=["", "all", "B", "A", "A", "B"]), f"지표체계 표 3행 parent 칸: {CYCLE.format('B')}"),
    "cycle": (
        tree(parent=["", "B", "A", "A", "A", "B"]),
        f"지표체계 표 2행 parent 칸: {CYCLE.format('A')}\n지표체계 표 3행 parent 칸: {CYCLE.format('B')}",
    ),
    "two roots": (
        tree(parent=["", "all", "", "A", "A", "B"]),
        "지표체계 표 3행 parent 칸: 'B'의 칸이 비어 있는데, 뿌리는 'all' 하나여야 하므로, 윗마디의 id를 적어 주십시오.",
    ),
    "no root": (
        tree(parent=["x", "all", "all", "A", "A", "B"]),
        "지표체계 표 parent 칸: 비어 있는 줄이 없는데, 뿌리(종합) 한 줄은 parent가 비어 있어야 하므로, 뿌리 줄의 parent를 비워 주십시오.\n"
        "지표체계 표 1행 parent 칸: 'all'의 윗마디가 'x'인데, 윗마디는 id 칸에 있는 것이어야 하므로, parent의 철자를 고치거나 그 id의 줄을 넣어 주십시오.",
    ),
    "negative weight": (
        tree(weight=["", 3, -1, 2, 2, 7]),
        "지표체계 표 3행 weight 칸: -1이(가) 있는데, 가중치는 0 이상이어야 하므로, 0 이상의 수로 고쳐 주십시오.",
    ),
    "all weights zero": (
        tree(weight=["", 3, 1, 0, 0, 7]),
        "지표체계 표 4행 weight 칸: 'A' 아래의 가중치가 모두 0인데, 하나는 0보다 커야 하므로, 가중치를 고쳐 주십시오.",
    ),
    "text for a weight": (
        tree(weight=["", 3, "많이", 2, 2, 7]),
        "지표체계 표 3행 weight 칸: '많이'이(가) 있는데, 가중치는 숫자여야 하므로, 숫자로 고쳐 주십시오.",
    ),
    "infinite weight": (
        tree(weight=["", 3, "inf", 2, 2, 7]),
        "지표체계 표 3행 weight 칸: 'inf'이(가) 있는데, 가중치는 숫자여야 하므로, 숫자로 고쳐 주십시오.",
    ),
    "one weight blank": (
        tree(weight=["", 3, 1, 2, "", 7]),
        "지표체계 표 5행 weight 칸: 비어 있는데, 'A' 아래의 다른 줄에는 가중치가 있으므로, 이 줄도 채우거나 모두 비워 주십시오(모두 비면 같은 가중치).",
    ),
    "leaf without direction": (
        tree(direction=["", "", "", 1, "", 1]),
        "지표체계 표 5행 direction 칸: 지표 'a2'의 칸이 비어 있는데, 높을수록 좋으면 1, 낮을수록 좋으면 -1이어야 하므로, 1이나 -1을 적어 주십시오.",
    ),
    "another direction": (
        tree(direction=["", "", "", 1, "down", 1]),
        "지표체계 표 5행 direction 칸: 지표 'a2'의 값이 'down'인데, 높을수록 좋으면 1, 낮을수록 좋으면 -1이어야 하므로, 1이나 -1을 적어 주십시오.",
    ),
    "missing column": (
        tree().drop(columns="weight"),
        "지표체계 표 weight 칸: 이 칸이 없는데, id, parent, direction, weight 칸이 모두 있어야 하므로, weight 칸을 넣어 주십시오.",
    ),
    "column twice": (
        pd.concat([tree(), tree()[["weight"]]], axis=1),
        "지표체계 표 weight 칸: 이 칸이 두 번 있는데, 칸의 이름은 한 번만 나와야 하므로, 하나를 지워 주십시오.",
    ),
    "empty table": (
        tree().head(0),
        "지표체계 표: 줄이 하나도 없는데, 뿌리와 지표가 있어야 하므로, 지표체계 표를 채워 주십시오.",
    ),
}


@pytest.mark.parametrize("table, sentence", BROKEN.values(), ids=BROKEN)
def test_a_broken_tree_is_told_in_one_sentence_that_names_the_row(table, sentence):
    """Whoever typed the table learns which row, what stands there, what belongs there and what to do."""
    with pytest.raises(FrameworkError) as told:
        Framework.from_table(table)
    assert str(told.value) == sentence


def test_several_problems_are_told_at_once():
    """Nobody has to run the study five times to find five mistakes."""
    with pytest.raises(FrameworkError) as told:
        Framework.from_table(tree(weight=["", 3, -1, 2, "x", 7], direction=["", "", "", 1, 0, ""]))
    assert isinstance(told.value, ProblemList)
    assert [p.where for p in told.value.problems] == [
        "지표체계 표 5행 weight 칸",
        "지표체계 표 3행 weight 칸",
        "지표체계 표 5행 direction 칸",
        "지표체계 표 6행 direction 칸",
    ]


def test_problems_survive_the_way_between_processes():
    """Notebooks and workers hand errors on pickled; the sentence must arrive."""
    with pytest.raises(DonghengError) as told:
        Framework.from_table(tree(direction=["", "", "", 1, 0, ""]))
    again = pickle.loads(pickle.dumps(told.value))
    assert type(again) is type(told.value) and str(again) == str(told.value)


def test_a_line_index_counts_as_the_file_does():
    """A table read from a file names the file's lines, header included."""
    table = tree(weight=["", 3, -1, 2, 2, 7]).set_index(pd.Index([2, 3, 5, 6, 7, 8], name="line"))
    with pytest.raises(FrameworkError, match="^지표체계 표 5행 weight 칸"):
        Framework.from_table(table)


def test_a_deep_chain_takes_no_recursion_and_no_square():
    """20,000 nodes in one line: neither a RecursionError nor minutes."""
    n = 20000
    table = pd.DataFrame(
        {"id": range(n), "parent": [None, *range(n - 1)], "direction": [1] * n, "weight": [1] * n}, dtype=object
    )[::-1]
    start = time.process_time()
    framework = Framework.from_table(table)
    assert framework.level(n - 1) == n - 1 and framework.global_weights()[n - 1] == 1
    assert time.process_time() - start < 8


# --- invariants -----------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=20)
@given(trees())
def test_weights_are_shares_at_every_level(table):
    """Siblings share 1, leaves share 1, a node weighs what its children weigh together."""
    framework = Framework.from_table(table)
    local, total = framework.local_weights(), framework.global_weights()
    assert list(total.index) == table["id"].tolist() and total[framework.root] == 1
    assert total[framework.leaves].sum() == pytest.approx(1, abs=1e-12)
    for node in framework.inner:
        below = framework.children(node)
        assert local[below].sum() == pytest.approx(1, abs=1e-12)
        assert total[below].sum() == pytest.approx(total[node], abs=1e-12)
        assert total[below].to_numpy() == pytest.approx((total[node] * local[below]).to_numpy(), abs=1e-15)


@settings(deadline=None, max_examples=20)
@given(trees(), st.sampled_from([1e-300, 1e-6, 0.01, 100, 1e6, 1e304]))
def test_the_scale_of_weights_does_not_matter(table, scale):
    """Counts, per cent and shares are the same weights, also where their plain sum would be infinite."""
    scaled = table.assign(weight=table["weight"] * scale)
    one, other = (Framework.from_table(t).global_weights() for t in (table, scaled))
    assert other.to_numpy() == pytest.approx(one.to_numpy(), rel=1e-9, abs=0)


def test_weights_too_large_to_be_summed_are_still_weights():
    """1e308 twice is infinite as a plain sum, which would leave every weight 0 in silence."""
    local = Framework.from_table(tree(weight=["", 1e308, 1e308, 3e307, 9e307, 5e-324])).local_weights()
    assert local.tolist() == pytest.approx([1, 0.5, 0.5, 0.25, 0.75, 1])


@settings(deadline=None, max_examples=20)
@given(trees(), st.randoms())
def test_the_order_of_rows_does_not_matter(table, random):
    """Sorting the table in Excel changes no weight."""
    rows = list(range(len(table)))
    random.shuffle(rows)
    one, other = Framework.from_table(table), Framework.from_table(table.iloc[rows])
    assert set(one.leaves) == set(other.leaves)
    assert other.global_weights()[one.ids].to_numpy() == pytest.approx(one.global_weights().to_numpy(), rel=1e-12)


@settings(deadline=None, max_examples=20)
@given(trees(), st.data())
def test_any_parent_below_its_own_child_is_refused(table, data):
    """No cycle gets through, wherever it stands."""
    framework = Framework.from_table(table)
    inner = [i for i in framework.inner if i != framework.root]
    if inner:
        node = data.draw(st.sampled_from(inner))
        table = table.set_index("id", drop=False)
        table.loc[node, "parent"] = data.draw(st.sampled_from(framework.leaves_below(node)))
        with pytest.raises(FrameworkError, match=f"'{node}'에서 위로 올라가면 자기 자신으로 돌아오는데"):
            Framework.from_table(table)
