"""Files that are whole or absent, and reports that never outlive their data."""

import os
from pathlib import Path

PARTIAL = ".partial"
# The notebooks of a report, as the Snakefile runs them; those of validation hang on nothing but the raw data.
NUMBERED = "00_example_city 01_delphi_weighting 02_index_computation 03_robustness 04_benchmark_comparison"
ORDER = (*NUMBERED.split(), "06_council_report", "v1_published_results", "v2_oecd_bli", "v3_eu_scoreboard")
EXAMPLE_ONLY = ("00_example_city",)
SIDE_BY_SIDE = {"03_robustness", "04_benchmark_comparison"}  # neither rests on the other, and either may end first
REAL_ONLY = ("v2_oecd_bli", "v3_eu_scoreboard")  # they check real countries' figures, which no made-up report repeats
PDF, PAGE, WORKBOOK, CERTIFICATE = "council_report.pdf", "index.html", "results.xlsx", "certificate.json"


def marked(name: str, mark: str) -> str:
    """A file name that carries the mark of made-up figures: ``results_예시값.xlsx``; as it is without a mark."""
    stem, _, suffix = name.rpartition(".")
    return f"{stem}_{mark}.{suffix}" if mark else name


# What stands for a finished report. What leaves the folder of an illustrative one has a copy whose name says so.
REPORT = (PDF, PAGE, WORKBOOK, CERTIFICATE, *(marked(name, "예시값") for name in (PDF, PAGE, WORKBOOK)))


def notebooks_of(illustrative: bool) -> list[str]:
    """The notebooks of a report; the example city's own shows how its figures were made."""
    return [name for name in ORDER if name not in (REAL_ONLY if illustrative else EXAMPLE_ONLY)]


def processed(root: Path, study: str, year: int) -> Path:
    """Folder of a year's tables."""
    return root / "data" / "processed" / study / str(year)


def reports(root: Path, study: str, year: int) -> Path:
    """Folder of a year's report."""
    return root / "reports" / study / str(year)


def notebook(name: str) -> Path:
    """A notebook's path relative to the root: the validation ones (v1, v2, …) lie in a folder of their own."""
    return Path("notebooks") / ("validation" if name.startswith("v") else "") / f"{name}.ipynb"


def executed(root: Path, study: str, year: int, notebook: str) -> Path:
    """Where the executed copy of a notebook lies."""
    return reports(root, study, year) / "notebooks" / f"{notebook}.ipynb"


def partial_of(path: Path) -> Path:
    """The temporary name beside a final path; it keeps the suffix, since papermill and Excel look at it."""
    return path.with_name(f".{path.stem}{PARTIAL}{path.suffix}")


def settle(partial: Path, final: Path) -> None:
    """Give a complete temporary file its final name, with the bytes on the disk before the name is."""
    with open(partial, "rb+") as file:
        os.fsync(file.fileno())
    os.replace(partial, final)
    if os.name == "posix":
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write(path: Path, content: bytes) -> None:
    """Write a file so that its final path holds all of it or what was there before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_of(path)
    partial.write_bytes(content)
    settle(partial, path)


def sweep(root: Path, study: str, year: int) -> None:
    """Remove temporary files that a killed run left in a year's folders."""
    for folder in (processed(root, study, year), reports(root, study, year)):
        for partial in folder.rglob(f".*{PARTIAL}*") if folder.is_dir() else ():
            partial.unlink(missing_ok=True)


def retract(root: Path, study: str, year: int, notebook: str = "") -> None:
    """Remove a year's report, since what it was made from is about to change.

    Parameters
    ----------
    notebook : str
        The notebook or step about to run: the executed copies of it and of those after it go too (they are
        numbered in the order of the flow; nothing follows a validation notebook or the example city's, and 03 and 04
        go side by side). Those before it stay, and so does the log. Empty: only the report goes.
    """
    folder = reports(root, study, year)
    for name in REPORT:
        (folder / name).unlink(missing_ok=True)
    for copy in (folder / "notebooks").glob("[!.]*.ipynb"):  # a step beside this one may be writing its partial copy
        name = copy.name.split(".")[0]
        follows = notebook[:1].isdigit() and name[0].isdigit() and name > notebook and notebook not in EXAMPLE_ONLY
        if name == notebook or follows and not {name, notebook} <= SIDE_BY_SIDE:
            copy.unlink(missing_ok=True)
