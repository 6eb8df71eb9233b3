"""`dongheng check`: every problem at once, before anybody waits for a run."""

import contextlib
from pathlib import Path

from dongheng import config, fonts, rawdata
from dongheng.errors import DataError, DonghengError, ProblemList
from dongheng.pipeline import privacy
from dongheng.pipeline.run import problems_before, shared_problems


def problems(root: Path) -> list[DonghengError]:
    """Everything that must not be committed, keeps a report from being made, is odd about a source, or has no glyph.

    Returns
    -------
    list of DonghengError
        Each once, personal data first, the structural ones of all years before the anomalies.
    """
    found = privacy.problems(root) + shared_problems(root)
    try:
        told = config.load(root)
    except ProblemList as several:
        found = several.problems + found
        told = config.sound_part(root)
    except DonghengError as one:
        return [one, *found, *_unprintable(root)]
    odd: list[DonghengError] = []
    for settings in [told.settings(study, year) for study in told.studies for year in told.years(study)]:
        structural, anomalies = problems_before(root, settings)
        found += structural
        odd += anomalies
    odd += _forgotten_years(told) + _unprintable(root)
    return list({str(p): p for p in found + odd}.values())


def _forgotten_years(told: config.Config) -> list[DonghengError]:
    """Year folders with data that no report will ever read."""
    found: list[DonghengError] = []
    for study in told.studies:
        read = told.settings(study, told.years(study)[-1]).years
        there = sorted(int(p.name) for p in (told.root / "data/raw" / study).glob("[0-9][0-9][0-9][0-9]"))
        unread = [year for year in there if year not in read]
        found += [DataError.of("pipeline.forgotten_year", f"data/raw/{study}/{year}", year=year) for year in unread]
    return found


def _unprintable(root: Path) -> list[DonghengError]:
    """Characters of raw tables that the report's font lacks; they are printed as ``〔U+1F600〕``."""
    found = []
    for path in sorted((root / "data/raw").rglob("*.csv")):
        name, cells = path.relative_to(root), {}
        with contextlib.suppress(DonghengError):  # told above, by the year that needs the file
            cells = rawdata.read_table(root, name).stack()
        for (line, column), cell in cells.items():
            for character in fonts.missing(cell):
                facts = {"character": character, "code": ord(character), "printed": fonts.printable(character)}
                found.append(DataError.of("pipeline.no_glyph", f"{name.as_posix()} {line}행 {column} 칸", **facts))
    return found
