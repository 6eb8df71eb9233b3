"""data/raw/<study>/delphi in: the panel, the item register and each round's answers, checked like the other raw data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dongheng import rawdata
from dongheng.config import Settings
from dongheng.errors import DataError, DonghengError, ProblemList

QUESTIONS = {"validity": (1, 5), "importance": (1, 5), "points": (0, 100)}  # the answers that each may take
STATES = ("answered", "unknown", "blank")
COLUMNS = {
    "panel": ["expert", "group", "area"],
    "items": ["item_id", "wording", "edition", "rounds"],
    "round": ["expert", "item_id", "question", "answer", "state"],
}


@dataclass(frozen=True)
class Panel:
    """A Delphi panel as far as it was obtained.

    Attributes
    ----------
    experts : DataFrame
        By expert code: group, area. No rows = no panel stands behind the weights.
    items : DataFrame
        The item register by item id: wording, edition, rounds (in which it was rated, as ``1;2``; empty = never).
    rounds : dict of DataFrame
        Answers by round, one row per expert, item and question: answer (NaN = none), state.
    """

    experts: pd.DataFrame
    items: pd.DataFrame
    rounds: dict[int, pd.DataFrame]

    def ratings(self, number: int, question: str) -> pd.DataFrame:
        """Experts x items of one round and question; NaN = no answer, 모름 among them. Experts without any are left out."""
        told = self.rounds[number]
        told = told[told["question"] == question]
        table = told.pivot(index="expert", columns="item_id", values="answer").reindex(columns=told["item_id"].unique())
        return table.dropna(how="all")


def files_of(root: Path, settings: Settings) -> list[Path]:
    """The panel's raw tables, relative to the root; none where no survey was obtained."""
    folder = Path("data/raw") / settings.study / "delphi"
    return sorted(path.relative_to(root) for path in (root / folder).glob("*.csv"))


def load(root: Path, settings: Settings) -> Panel:
    """Read and check the panel of a study; empty tables where there is none.

    Raises
    ------
    ProblemList
        Every problem: a table or column that is missing, a code or item that is unknown, an answer twice, off its scale, or
        one that does not fit its state.
    """
    tables, problems = {}, []
    paths = files_of(root, settings)
    for path in paths:
        try:
            tables[path.stem] = rawdata.read_table(root, path)
            wanted = COLUMNS[path.stem.rstrip("0123456789")]
            if list(tables[path.stem].columns) != wanted:
                raise DataError.of("panel.columns", f"{path.as_posix()} 1행", wanted=", ".join(wanted))
        except KeyError:
            problems.append(DataError.of("panel.unknown_file", path.as_posix()))
        except DonghengError as error:
            problems += error.problems if isinstance(error, ProblemList) else [error]
    for name in ("panel", "items") if paths and not problems else ():
        if name not in tables:
            problems.append(DataError.of("panel.no_file", (paths[0].parent / f"{name}.csv").as_posix()))
    if problems:
        raise ProblemList(problems)
    if not paths:
        empty = {name: pd.DataFrame(columns=columns, dtype=str) for name, columns in COLUMNS.items()}
        return Panel(empty["panel"].set_index("expert"), empty["items"].set_index("item_id"), {})
    experts, items = tables["panel"].set_index("expert"), tables["items"].set_index("item_id")
    rounds = {}
    for path in paths:
        if path.stem.startswith("round"):
            known = set(items.index) | set(tables[path.stem].query("question == 'points'")["item_id"])
            problems += _problems(path.as_posix(), tables[path.stem], set(experts.index), known)
            number = int(path.stem.removeprefix("round"))
            rounds[number] = tables[path.stem].assign(answer=lambda t: pd.to_numeric(t["answer"], errors="coerce"))
    if problems:
        raise ProblemList(problems)
    return Panel(experts, items, rounds)


def _problems(name: str, table: pd.DataFrame, experts: set, items: set) -> list[DonghengError]:
    found: list[DonghengError] = []
    answers = pd.to_numeric(table["answer"], errors="coerce")
    again = table.duplicated(["expert", "item_id", "question"])
    for row in table.assign(number=answers, again=again).itertuples():
        where = f"{name} {row.Index}행"
        low, high = QUESTIONS.get(row.question, (None, None))
        if row.expert not in experts:
            found.append(DataError.of("panel.unknown_expert", where, told=row.expert))
        if row.item_id not in items:
            found.append(DataError.of("panel.unknown_item", where, told=row.item_id))
        if row.again:
            found.append(DataError.of("panel.twice", where, expert=row.expert, item=row.item_id))
        if low is None:
            found.append(DataError.of("panel.unknown_question", where, told=row.question, known=", ".join(QUESTIONS)))
        elif row.state not in STATES or (row.state == "answered") != bool(row.answer):
            found.append(DataError.of("panel.state", where, state=row.state, answer=row.answer))
        elif row.state == "answered" and not low <= row.number <= high:
            found.append(DataError.of("panel.off_scale", where, told=row.answer, low=low, high=high))
    return found
