"""data/raw/<study>/delphi in: the panel, the item register and each round's answers, checked like the other raw data."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dongheng import rawdata
from dongheng.config import Settings
from dongheng.errors import DataError, DonghengError, each, raise_all, require

QUESTIONS = {"validity": (1, 5), "importance": (1, 5), "points": (0, 100)}  # the answers that each may take
STATES = ("answered", "unknown", "blank")
COLUMNS = {kind: rawdata.COLUMNS[kind] for kind in ("panel", "items", "round")}


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
            wanted = COLUMNS.get(path.stem.rstrip("0123456789"), [])
            require(wanted, "panel.unknown_file", path.as_posix())
            tables[path.stem] = rawdata.read_table(root, path)
            alike = list(tables[path.stem].columns) == wanted
            require(alike, "panel.columns", f"{path.as_posix()} 1행", wanted=", ".join(wanted))
        except DonghengError as error:
            problems += each(error)
    for name in ("panel", "items"):
        if paths and not problems and name not in tables:
            problems.append(DataError.of("panel.no_file", (paths[0].parent / f"{name}.csv").as_posix()))
        tables.setdefault(name, pd.DataFrame(columns=COLUMNS[name], dtype=str))
    experts, items, rounds = tables["panel"].set_index("expert"), tables["items"].set_index("item_id"), {}
    for path in paths if not problems else ():
        if path.stem.startswith("round"):
            table = tables[path.stem].assign(number=lambda t: pd.to_numeric(t["answer"], errors="coerce"))
            known = {*items.index, *table.loc[table["question"] == "points", "item_id"]}
            problems += _problems(path.as_posix(), table, set(experts.index), known)
            number = int(path.stem.removeprefix("round"))
            rounds[number] = table.assign(answer=table["number"])[COLUMNS["round"]]
    raise_all(problems)
    return Panel(experts, items, rounds)


def _problems(name: str, table: pd.DataFrame, experts: set, items: set) -> list[DonghengError]:
    """What is wrong with a round's lines, in their order."""
    low, high = (table["question"].map({q: ends[n] for q, ends in QUESTIONS.items()}) for n in (0, 1))
    told = table.assign(low=low, high=high, kind=table["question"].eq("points").map({True: "수", False: "정수"}))
    told["known_expert"], told["known_item"] = table["expert"].isin(experts), table["item_id"].isin(items)
    told["again"] = table.duplicated(["expert", "item_id", "question"])
    told["fits"] = table["state"].isin(STATES) & (table["state"].eq("answered") == table["answer"].ne(""))
    return rawdata.line_problems(name, told, rawdata.LINES["round"], known=", ".join(QUESTIONS))
