"""`dongheng check`: every problem at once, before anybody waits for a run."""

from __future__ import annotations

from pathlib import Path

from dongheng import config, fonts, rawdata
from dongheng.errors import DataError, DonghengError, ProblemList
from dongheng.pipeline.run import problems_before, shared_problems


def problems(root: Path) -> list[DonghengError]:
    """Everything that keeps a report from being made, is odd about a source, or would be printed as a code.

    Returns
    -------
    list of DonghengError
        Each once, the structural ones of all years before the anomalies.
    """
    found = shared_problems(root)
    try:
        told = config.load(root)
    except ProblemList as several:
        return several.problems + found
    except DonghengError as one:
        return [one, *found]
    odd: list[DonghengError] = []
    for study in told.studies:
        for year in told.years(study):
            structural, anomalies = problems_before(root, told.settings(study, year))
            found += structural
            odd += anomalies
    odd += _unprintable(root)
    return list({str(p): p for p in found + odd}.values())


def _unprintable(root: Path) -> list[DonghengError]:
    """Characters of raw tables that the report's font lacks; they are printed as ``〔U+1F600〕``."""
    found = []
    for path in sorted((root / "data/raw").rglob("*.csv")):
        name = path.relative_to(root)
        try:
            table = rawdata.read_table(root, name)
        except DonghengError:
            continue  # told above, by the year that needs the file
        for line, row in table.iterrows():
            for column, cell in row.items():
                for character in fonts.missing(cell):
                    found.append(
                        DataError(
                            f"{name.as_posix()} {line}행 {column} 칸",
                            f"글꼴에 없는 글자 {character}(U+{ord(character):04X})가 있는데",
                            f"보고서에는 {fonts.printable(character)}로 찍히므로",
                            "다른 글자로 바꿔 주십시오",
                        )
                    )
    return found
