"""The framework as one table: which indicator stands under which task and area, which way is better, how much it weighs.

The tree may have any depth. Nothing else in the package knows an indicator's name.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dongheng.errors import FrameworkError, ProblemList

HIGHER_IS_BETTER, LOWER_IS_BETTER = 1, -1
COLUMNS = ["id", "parent", "direction", "weight"]
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
        problems = []
        for name in COLUMNS:
            if (times := list(table.columns).count(name)) != 1:
                key = "framework.column_twice" if times else "framework.column_missing"
                problems.append(FrameworkError.of(key, f"{TABLE} {name} 칸", name=name))
        if not problems and table.empty:
            problems.append(FrameworkError.of("framework.no_rows", TABLE))
        _stop_for(problems)
        frame = table.set_axis(table.index if table.index.name == "line" else range(1, len(table) + 1))
        ids, blank = frame["id"].tolist(), frame[COLUMNS].map(_blank).astype(bool)
        told = frame[COLUMNS].astype(object).mask(blank, None).rename(columns={"id": "node"})
        told["first"] = frame["id"].map(dict(zip(ids[::-1], frame.index[::-1], strict=True)))
        again = ~blank["id"] & frame["id"].duplicated()
        _stop_for(_wrong(told, "id", {"framework.id_blank": blank["id"], "framework.id_twice": again}))

        # the tree
        known = {_text(i): i for i in ids} | {i: i for i in ids} | {None: None}
        parents = [known.get(p, known.get(_text(p), p)) for p in told["parent"]]
        above, top = pd.Series(parents, frame.index, dtype=object), blank["parent"]
        up = pd.Index(ids, dtype=object).get_indexer(pd.Index(parents, dtype=object))
        (level, loop), root = _climbed(up), ids[top.argmax()]
        told["parent"], told["root"] = above.map(_text), root
        problems = [] if top.any() else [FrameworkError.of("framework.no_root", f"{TABLE} parent 칸")]
        wrong = {"framework.second_root": top & (top.cumsum() > 1), "framework.parent_unknown": ~top & (up < 0)}
        _stop_for(problems + _wrong(told, "parent", wrong | {"framework.loop": loop}))
        up_of, levels = (dict(zip(ids, found, strict=True)) for found in (parents, level.tolist()))
        children = {i: [] for i in ids}
        for node, parent in zip(ids, parents, strict=True):
            if parent is not None:
                children[parent].append(node)

        # the numbers
        numbers = told[["weight", "direction"]].apply(pd.to_numeric, errors="coerce").astype(float)
        weight, direction = numbers["weight"], numbers["direction"]
        told["number"], empty = weight, blank["weight"].groupby(above, sort=False).transform("mean")  # NaN for the root
        largest = weight.abs().fillna(np.inf).groupby(above, sort=False).transform("max")
        gap, zero = blank["weight"] & (empty < 1), largest == 0
        wrong = {
            "framework.weight_no_number": ~blank["weight"] & ~np.isfinite(weight),
            "framework.weight_negative": weight < 0,
            "framework.weight_blank": gap & ~above.where(gap).duplicated(),  # one among siblings
            "framework.weights_zero": zero & ~above.where(zero).duplicated(),
        }
        no_way = ~direction.isin([HIGHER_IS_BETTER, LOWER_IS_BETTER]) & np.array([not children[i] for i in ids])
        no_number, none = no_way & ~blank["direction"], no_way & blank["direction"]
        lost = {"framework.direction_wrong": no_number, "framework.direction_blank": none}
        _stop_for(_wrong(told, "weight", wrong) + _wrong(told, "direction", lost))
        frame = frame.assign(weight=weight.mask(empty == 1, 1.0), direction=direction).set_index("id", drop=False)
        return cls(frame, root, up_of, children, levels)

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
        fine, where = self._level[here] >= level, f"지표체계 id '{node}'"
        FrameworkError.unless(fine, "framework.too_high", where, level=self._level[here], wanted=level)
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


def _stop_for(problems: list[FrameworkError]) -> None:
    if problems:
        raise problems[0] if len(problems) == 1 else FrameworkProblems(problems)


def _wrong(told: pd.DataFrame, column: str, rows: dict[str, Sequence]) -> list[FrameworkError]:
    """A problem of a column for every row at fault, by the sentence that tells of it; `told` holds the facts."""
    cells = [(key, line, facts) for key, wrong in rows.items() for line, facts in told[wrong].iterrows()]
    return [FrameworkError.of(key, f"{TABLE} {line}행 {column} 칸", **facts) for key, line, facts in cells]


def _blank(value: object) -> bool:
    return not value.strip() if isinstance(value, str) else pd.api.types.is_scalar(value) and pd.isna(value)


def _text(node: Hashable) -> str:
    return str(int(node)) if isinstance(node, float) and node.is_integer() else str(node)


def _climbed(up: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Steps from each position up to the end (-1), and which lie on a loop; each pass goes twice as far as the one before."""
    up = np.append(up, -1)  # -1 is the last position too, from where nothing leads on
    steps = (up >= 0).astype(int)
    for _ in range(len(up).bit_length()):
        steps, up = steps + steps[up], up[up]
    return steps[:-1], np.isin(np.arange(len(up) - 1), up)
