"""The framework as one table: which indicator stands under which task and area, which way is better, how much it weighs.

The tree may have any depth. Nothing else in the package knows an indicator's name.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dongheng.errors import FrameworkError, ProblemList

HIGHER_IS_BETTER, LOWER_IS_BETTER = 1, -1
TABLE = "지표체계 표"  # how messages name the table; whoever read it from a file puts the file's name there


@dataclass(frozen=True, eq=False)
class Framework:
    """A checked tree of nodes: the root (composite), inner nodes (areas, tasks) and leaves (indicators).

    Build it with :meth:`from_table`. All Series returned are indexed by node id in the table's order.

    Attributes
    ----------
    table : DataFrame
        The table as given, indexed by id; direction and weight as numbers, blank sets of weights as 1.
    root : hashable
        Id of the one node without a parent.
    """

    table: pd.DataFrame
    root: Hashable
    _parent: dict
    _children: dict
    _level: dict

    @classmethod
    def from_table(cls, table: pd.DataFrame) -> Framework:
        """Read and check a framework table.

        Parameters
        ----------
        table : DataFrame
            One row per node. Columns ``id``; ``parent`` (blank = root); ``direction`` (+1 higher is better,
            -1 lower is better; needed on leaves, ignored elsewhere); ``weight`` (local, any scale, so counts,
            per cent and shares all do; blank for a whole set of siblings = equal among them). Further columns
            are kept. Blank means NaN, None, NA or an empty text. Ids that a reader of files turned into numbers
            in one column only (``1.0`` beside ``1`` or ``"1"``) are taken for the same.

        Returns
        -------
        Framework

        Raises
        ------
        FrameworkError
            For one problem; its message names the row (1 = first row below the header, or the index where the
            index is named ``line``).
        ProblemList
            For several problems at once. It is a :class:`FrameworkError` too.
        """
        problems = _Problems(table)
        problems.columns("id", "parent", "direction", "weight")
        frame = table.reset_index(drop=True)
        ids = frame["id"].tolist()
        _check_ids(ids, problems)
        problems.stop_if_any()
        same, text = {i: i for i in ids}, {_text(i): i for i in ids}
        parents = [None if _blank(p) else same.get(p, text.get(_text(p), p)) for p in frame["parent"]]
        root = _check_tree(ids, parents, problems)
        problems.stop_if_any()
        children = {i: [] for i in ids}
        for node, parent in zip(ids, parents, strict=True):
            if parent is not None:
                children[parent].append(node)
        level = {root: 0}
        queue = [root]
        while queue:
            node = queue.pop()
            for child in children[node]:
                level[child] = level[node] + 1
                queue.append(child)
        frame["weight"] = _check_weights(frame, parents, problems)
        frame["direction"] = _check_directions(frame, children, problems)
        problems.stop_if_any()
        return cls(frame.set_index("id", drop=False), root, dict(zip(ids, parents, strict=True)), children, level)

    @property
    def ids(self) -> list:
        """Every node id in table order."""
        return list(self._children)

    @property
    def leaves(self) -> list:
        """Ids of the nodes without children (the indicators), in table order."""
        return [i for i, below in self._children.items() if not below]

    @property
    def inner(self) -> list:
        """Ids of the nodes with children, deepest level first, so that each can be computed from those before it."""
        return sorted((i for i, below in self._children.items() if below), key=lambda i: -self._level[i])

    @property
    def directions(self) -> pd.Series:
        """+1 or -1 for each leaf."""
        return self.table.loc[self.leaves, "direction"].astype(int)

    def children(self, node: Hashable) -> list:
        """Ids right below `node`, in table order; empty for a leaf. ``FrameworkError`` for an unknown id."""
        return list(self._children[self._known(node)])

    def level(self, node: Hashable) -> int:
        """Distance from the root: 0 = composite. ``FrameworkError`` for an unknown id."""
        return self._level[self._known(node)]

    def at_level(self, level: int) -> list:
        """Ids of one level in table order; empty where the tree is not that deep."""
        return [i for i in self.ids if self._level[i] == level]

    def leaves_below(self, node: Hashable) -> list:
        """Ids of the leaves under `node` (itself if it is a leaf), in table order."""
        found, queue = set(), [self._known(node)]
        while queue:
            here = queue.pop()
            below = self._children[here]
            queue.extend(below)
            if not below:
                found.add(here)
        return [i for i in self.leaves if i in found]

    def ancestor(self, node: Hashable, level: int) -> Hashable:
        """The node at `level` on the way from `node` up to the root. ``FrameworkError`` where `node` stands higher."""
        here = self._known(node)
        if self._level[here] < level:
            raise FrameworkError(
                f"지표체계 id '{node}'",
                f"단계가 {self._level[here]}인데",
                f"{level}단계의 윗마디를 찾으려면 그보다 아래에 있어야 하므로",
                "아래 단계의 id를 주십시오",
            )
        while self._level[here] > level:
            here = self._parent[here]
        return here

    def local_weights(self) -> pd.Series:
        """Weight of each node among its siblings: 1 in sum under each parent, the root 1."""
        told, weights = dict(zip(self.ids, self.table["weight"], strict=True)), dict.fromkeys(self.ids, 1.0)
        for below in filter(None, self._children.values()):
            given = np.array([told[child] for child in below])
            given = np.ldexp(given, -np.frexp(given.max())[1])  # exact, and no scale is too large to be summed
            weights.update(zip(below, given / given.sum(), strict=True))
        return self._series(weights)

    def global_weights(self) -> pd.Series:
        """Weight of each node in the composite: the product of local weights on the way down. Root = 1."""
        weights = self.local_weights().to_dict()
        for node in reversed(self.inner):
            for child in self._children[node]:
                weights[child] *= weights[node]
        return self._series(weights)

    def _series(self, weights: dict) -> pd.Series:
        return pd.Series(list(weights.values()), index=pd.Index(self.ids, name="id"), name="weight")

    def _known(self, node: Hashable) -> Hashable:
        if node not in self._children:
            raise FrameworkError(
                f"지표체계 id '{node}'",
                "지표체계 표에 없는데",
                "표의 id 칸에 있는 것만 쓸 수 있으므로",
                "id의 철자를 확인해 주십시오",
            )
        return node


class FrameworkProblems(ProblemList, FrameworkError):
    """Several problems of one framework table."""


class _Problems:
    """Collects the problems of a table so that all are told at once."""

    def __init__(self, table: pd.DataFrame):
        self.table, self.found = table, []

    def add(self, row: int | None, column: str, found: str, expected: str, todo: str) -> None:
        where = TABLE + (f" {self.line(row)}행" if row is not None else "") + (f" {column} 칸" if column else "")
        self.found.append(FrameworkError(where, found, expected, todo))

    def line(self, row: int) -> int:
        """How a message counts a row: by the file's line where the index says it, else from 1 below the header."""
        return int(self.table.index[row]) if self.table.index.name == "line" else row + 1

    def columns(self, *names: str) -> None:
        for name in names:
            times = list(self.table.columns).count(name)
            if times > 1:
                self.add(
                    None, name, "이 칸이 두 번 있는데", "칸의 이름은 한 번만 나와야 하므로", "하나를 지워 주십시오"
                )
            elif not times:
                self.add(
                    None,
                    name,
                    "이 칸이 없는데",
                    "id, parent, direction, weight 칸이 모두 있어야 하므로",
                    f"{name} 칸을 넣어 주십시오",
                )
        if not self.found and self.table.empty:
            self.add(None, "", "줄이 하나도 없는데", "뿌리와 지표가 있어야 하므로", "지표체계 표를 채워 주십시오")
        self.stop_if_any()

    def stop_if_any(self) -> None:
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            raise FrameworkProblems(self.found)


def _blank(value: object) -> bool:
    return not value.strip() if isinstance(value, str) else pd.api.types.is_scalar(value) and pd.isna(value)


def _text(node: Hashable) -> str:
    return str(int(node)) if isinstance(node, float) and node.is_integer() else str(node)


def _check_ids(ids: Sequence, problems: _Problems) -> None:
    first: dict = {}
    for row, node in enumerate(ids):
        if _blank(node):
            problems.add(row, "id", "비어 있는데", "모든 줄에 id가 있어야 하므로", "id를 적거나 줄을 지워 주십시오")
        elif node in first:
            problems.add(
                row,
                "id",
                f"'{node}'이(가) {problems.line(first[node])}행에 이어 다시 나오는데",
                "id는 한 번만 나와야 하므로",
                "두 줄 가운데 하나를 지우거나 id를 고쳐 주십시오",
            )
        else:
            first[node] = row


def _check_tree(ids: Sequence, parents: Sequence, problems: _Problems) -> Hashable | None:
    roots = [i for i, p in zip(ids, parents, strict=True) if p is None]
    if not roots:
        problems.add(
            None,
            "parent",
            "비어 있는 줄이 없는데",
            "뿌리(종합) 한 줄은 parent가 비어 있어야 하므로",
            "뿌리 줄의 parent를 비워 주십시오",
        )
    up, clear = dict(zip(ids, parents, strict=True)), set()  # clear: known to lead to an end, so walked only once
    for row, (node, parent) in enumerate(zip(ids, parents, strict=True)):
        if parent is None:
            if node != roots[0]:
                problems.add(
                    row,
                    "parent",
                    f"'{node}'의 칸이 비어 있는데",
                    f"뿌리는 '{roots[0]}' 하나여야 하므로",
                    "윗마디의 id를 적어 주십시오",
                )
        elif parent not in up:
            problems.add(
                row,
                "parent",
                f"'{node}'의 윗마디가 '{_text(parent)}'인데",
                "윗마디는 id 칸에 있는 것이어야 하므로",
                "parent의 철자를 고치거나 그 id의 줄을 넣어 주십시오",
            )
        else:
            seen, here = {node}, parent
            while here is not None and here not in seen and here not in clear:
                seen.add(here)
                here = up.get(here)
            if here == node:
                problems.add(
                    row,
                    "parent",
                    f"'{node}'에서 위로 올라가면 자기 자신으로 돌아오는데",
                    "지표체계는 고리가 없는 나무여야 하므로",
                    "parent를 고쳐 주십시오",
                )
            elif here not in seen:
                clear |= seen
    return roots[0] if roots else None


def _check_weights(frame: pd.DataFrame, parents: Sequence, problems: _Problems) -> pd.Series:
    given = frame["weight"].map(lambda w: np.nan if _blank(w) else w)
    numbers = pd.to_numeric(given, errors="coerce").astype(float)
    for row in np.flatnonzero(given.notna() & (numbers.isna() | ~np.isfinite(numbers))):
        problems.add(row, "weight", f"'{given[row]}'이(가) 있는데", "가중치는 숫자여야 하므로", "숫자로 고쳐 주십시오")
    for row in np.flatnonzero(numbers < 0):
        problems.add(
            row,
            "weight",
            f"{numbers[row]:g}이(가) 있는데",
            "가중치는 0 이상이어야 하므로",
            "0 이상의 수로 고쳐 주십시오",
        )
    siblings: dict = {}
    for row, parent in enumerate(parents):
        if parent is not None:
            siblings.setdefault(parent, []).append(row)
    numbers, empty = numbers.to_numpy(copy=True), given.isna().to_numpy()
    for parent, rows in siblings.items():
        blank = empty[rows]
        if blank.all():
            numbers[rows] = 1.0
        elif blank.any():
            problems.add(
                rows[int(np.argmax(blank))],
                "weight",
                "비어 있는데",
                f"'{parent}' 아래의 다른 줄에는 가중치가 있으므로",
                "이 줄도 채우거나 모두 비워 주십시오(모두 비면 같은 가중치)",
            )
        elif (numbers[rows] == 0).all():
            problems.add(
                rows[0],
                "weight",
                f"'{parent}' 아래의 가중치가 모두 0인데",
                "하나는 0보다 커야 하므로",
                "가중치를 고쳐 주십시오",
            )
    return pd.Series(numbers, index=frame.index)


def _check_directions(frame: pd.DataFrame, children: dict, problems: _Problems) -> pd.Series:
    numbers = pd.to_numeric(frame["direction"].map(lambda d: np.nan if _blank(d) else d), errors="coerce").astype(float)
    for row, node in enumerate(frame["id"]):
        if not children[node] and numbers[row] not in (HIGHER_IS_BETTER, LOWER_IS_BETTER):
            told = frame["direction"][row]
            problems.add(
                row,
                "direction",
                f"지표 '{node}'의 칸이 비어 있는데" if _blank(told) else f"지표 '{node}'의 값이 '{told}'인데",
                "높을수록 좋으면 1, 낮을수록 좋으면 -1이어야 하므로",
                "1이나 -1을 적어 주십시오",
            )
    return numbers
