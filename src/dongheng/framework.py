"""The framework as one table: which indicator stands under which task and area, which way is better, how much it weighs.

The tree may have any depth. Nothing else in the package knows an indicator's name.
"""

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
    def from_table(cls, table: pd.DataFrame) -> "Framework":
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
        for name in ("id", "parent", "direction", "weight"):
            times = list(table.columns).count(name)
            if times != 1:
                problems.add(None, name, "framework.column_twice" if times else "framework.column_missing", name=name)
        if not problems.found and table.empty:
            problems.add(None, "", "framework.no_rows")
        problems.stop_if_any()
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
        level, queue = {root: 0}, [root]
        for node in queue:
            level |= dict.fromkeys(children[node], level[node] + 1)
            queue += children[node]
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
        return sorted(self.nodes, key=lambda i: -self._level[i])

    @property
    def nodes(self) -> list:
        """Nodes above the leaves, in the table's order."""
        return [i for i, below in self._children.items() if below]

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
        queue = [self._known(node)]
        for here in queue:
            queue += self._children[here]
        below = set(queue)
        return [i for i in self.leaves if i in below]

    def ancestor(self, node: Hashable, level: int) -> Hashable:
        """The node at `level` on the way from `node` up to the root. ``FrameworkError`` where `node` stands higher."""
        here = self._known(node)
        if self._level[here] < level:
            where = f"지표체계 id '{node}'"
            raise FrameworkError.of("framework.too_high", where, level=self._level[here], wanted=level)
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
        FrameworkError.unless(node in self._children, "framework.unknown_id", f"지표체계 id '{node}'")
        return node


class FrameworkProblems(ProblemList, FrameworkError):
    """Several problems of one framework table."""


class _Problems:
    """Collects the problems of a table so that all are told at once."""

    def __init__(self, table: pd.DataFrame):
        self.table, self.found = table, []

    def add(self, row: int | None, column: str, key: str, **facts) -> None:
        where = TABLE + (f" {self.line(row)}행" if row is not None else "") + (f" {column} 칸" if column else "")
        self.found.append(FrameworkError.of(key, where, **facts))

    def line(self, row: int) -> int:
        """How a message counts a row: by the file's line where the index says it, else from 1 below the header."""
        return int(self.table.index[row]) if self.table.index.name == "line" else row + 1

    def stop_if_any(self) -> None:
        if self.found:
            raise self.found[0] if len(self.found) == 1 else FrameworkProblems(self.found)


def _blank(value: object) -> bool:
    return not value.strip() if isinstance(value, str) else pd.api.types.is_scalar(value) and pd.isna(value)


def _text(node: Hashable) -> str:
    return str(int(node)) if isinstance(node, float) and node.is_integer() else str(node)


def _check_ids(ids: Sequence, problems: _Problems) -> None:
    first: dict = {}
    for row, node in enumerate(ids):
        if _blank(node):
            problems.add(row, "id", "framework.id_blank")
        elif node in first:
            problems.add(row, "id", "framework.id_twice", node=node, first=problems.line(first[node]))
        else:
            first[node] = row


def _check_tree(ids: Sequence, parents: Sequence, problems: _Problems) -> Hashable | None:
    roots = [i for i, p in zip(ids, parents, strict=True) if p is None]
    if not roots:
        problems.add(None, "parent", "framework.no_root")
    up, clear = dict(zip(ids, parents, strict=True)), set()  # clear: known to lead to an end, so walked only once
    for row, (node, parent) in enumerate(zip(ids, parents, strict=True)):
        if parent is None:
            if node != roots[0]:
                problems.add(row, "parent", "framework.second_root", node=node, root=roots[0])
        elif parent not in up:
            problems.add(row, "parent", "framework.parent_unknown", node=node, parent=_text(parent))
        else:
            seen, here = {node}, parent
            while here is not None and here not in seen and here not in clear:
                seen.add(here)
                here = up.get(here)
            if here == node:
                problems.add(row, "parent", "framework.loop", node=node)
            elif here not in seen:
                clear |= seen
    return roots[0] if roots else None


def _check_weights(frame: pd.DataFrame, parents: Sequence, problems: _Problems) -> pd.Series:
    given = frame["weight"].map(lambda w: np.nan if _blank(w) else w)
    numbers = pd.to_numeric(given, errors="coerce").astype(float)
    for row in np.flatnonzero(given.notna() & (numbers.isna() | ~np.isfinite(numbers))):
        problems.add(row, "weight", "framework.weight_no_number", weight=given[row])
    for row in np.flatnonzero(numbers < 0):
        problems.add(row, "weight", "framework.weight_negative", weight=numbers[row])
    siblings = frame.groupby(pd.Series(parents, dtype=object), sort=False).indices
    numbers, empty = numbers.to_numpy(copy=True), given.isna().to_numpy()
    for parent, rows in siblings.items():
        blank = empty[rows]
        if blank.all():
            numbers[rows] = 1.0
        elif blank.any():
            problems.add(rows[blank.argmax()], "weight", "framework.weight_blank", parent=parent)
        elif (numbers[rows] == 0).all():
            problems.add(rows[0], "weight", "framework.weights_zero", parent=parent)
    return pd.Series(numbers, index=frame.index)


def _check_directions(frame: pd.DataFrame, children: dict, problems: _Problems) -> pd.Series:
    numbers = pd.to_numeric(frame["direction"].map(lambda d: np.nan if _blank(d) else d), errors="coerce").astype(float)
    for row, node in enumerate(frame["id"]):
        if not children[node] and numbers[row] not in (HIGHER_IS_BETTER, LOWER_IS_BETTER):
            told = frame["direction"][row]
            key = "framework.direction_blank" if _blank(told) else "framework.direction_wrong"
            problems.add(row, "direction", key, node=node, told=told)
    return numbers
