"""What every chapter of the report shares: its catalogue, the facts of a report, and tables and charts said from both."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from dongheng.config import Settings
from dongheng.publish.wording import Phrases


def catalogue(module: str) -> Phrases:
    """The texts of the TOML file beside a chapter's module (its ``__file__``), with the words that all chapters share."""
    files = Path(__file__).with_name("words.toml"), Path(module).with_suffix(".toml")
    shared, own = (tomllib.loads(file.read_text(encoding="utf-8")) for file in files)
    return Phrases(shared | own)


WORDS = catalogue(str(Path(__file__).with_name("words")))


class Report:
    """What a report is written from: its settings and the tables of its year.

    Parameters
    ----------
    settings : Settings
        What config.yaml says for the study and year.
    read : callable
        Gives a table by its name in data/processed, as ``Book.read`` does. It is asked each time, so that a notebook
        which has just changed a table shows what it changed.
    """

    def __init__(self, settings: Settings, read: Callable[[str], pd.DataFrame]):
        self.settings, self.read = settings, read

    def now(self, table: str, *levels: int) -> pd.DataFrame:
        """This year's rows, of all levels of the framework or of some."""
        rows = self.read(table)
        rows = rows[rows["year"] == self.settings.year]
        return rows[rows["level"].isin(levels)] if levels else rows

    def pair(self, table: str, since: int | None = None) -> pd.DataFrame:
        """The rows that compare this year with the year before, or with the year `since`."""
        rows = self.read(table)
        return rows[(rows["from_year"] == (since or self.settings.year - 1)) & (rows["to_year"] == self.settings.year)]

    @property
    def computed(self) -> bool:
        """Whether the indices were computed from all indicators; else they are the published ones."""
        return bool(self.read("indices")["basis"].eq("computed").all())

    @property
    def shares(self) -> pd.DataFrame:
        """The indicators' shares of the composite's change since last year; no rows where they are not known."""
        pair = self.pair("contributions")
        return pair[pair["node_id"].isin(self.now("indices", 0)["node_id"])]

    @property
    def indicator(self) -> pd.DataFrame:
        """What does not change from year to year of each indicator, by its id."""
        return self.read("indicators").drop_duplicates("indicator_id").set_index("indicator_id")

    def say(self, said: Phrases) -> Phrases:
        """A chapter's texts with all facts of this report, those of its indices too."""
        composite, areas = self.now("indices", 0).iloc[0], self.now("indices", 1)
        basis = "computed" if self.computed else "published"
        say = about(said, self.settings).given(basis, index=composite["index"], change=composite["change"])
        say = say.given(up=(areas["change"] > 0).sum(), down=(areas["change"] < 0).sum(), areas=len(areas))
        say = say.given(over=(areas["index"] > 100).sum(), under=(areas["index"] < 100).sum())
        say = say.given(gaps=areas["change"].isna().sum(), basis=say("words.basis"))
        return say.given(n_indicators=self.read("indices")["n_indicators"].max())

    def with_years(self, cells: pd.DataFrame, at: int, table: pd.DataFrame, by: str) -> pd.DataFrame:
        """`cells`, made of this year's rows of `table`, with its texts for each year in columns from the place `at` on."""
        wide = table.pivot(index=by, columns="year", values="text")
        wide = wide.reindex(columns=self.settings.years).loc[table.loc[table["year"] == self.settings.year, by]]
        for place, year in enumerate(self.settings.years, at):
            cells.insert(place, WORDS("words.year", year=year), wide[year].to_numpy())
        return cells


def about(say: Phrases, settings: Settings) -> Phrases:
    """A chapter's texts with the facts that any sentence of this report may need."""
    say = say.given("illustrative" if settings.illustrative else "real", settings.reverse)
    say = say.given(year=settings.year, before=settings.year - 1, base=settings.base_year, mark=settings.mark)
    return say.given(title=settings.title, framework=settings.framework)


def cells_of(say: Phrases, key: str, table: pd.DataFrame, kinds: tuple[str, ...] = ()) -> pd.DataFrame:
    """The catalogue's table `key`: its row said of each row of `table`, whose columns `kinds` hold kinds."""
    columns, rows = say(f"{key}.columns"), table.to_dict("records")
    told = [say(f"{key}.row", *(str(row[kind]) for kind in kinds), "unknown", **row) for row in rows]
    return pd.DataFrame(told, columns=columns)


def chart_of(say: Phrases, key: str) -> dict:
    """The texts of a chart, the last of them how many of its data are made up."""
    return say.all(key) | {"illustrative": say("words.made_up")}
