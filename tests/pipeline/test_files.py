"""Files are whole or absent, and a report never outlives what it was made from."""

from __future__ import annotations

import pytest

from dongheng.pipeline import files


def notebooks(root, *names):
    folder = files.reports(root, "seoul", 2024) / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("{}", encoding="utf-8")
    return lambda: sorted(p.name for p in folder.iterdir())


ALL = (
    ".v1_published_results.partial.ipynb",
    "02_index_computation.ipynb",
    "06_council_report.failed.ipynb",
    "06_council_report.ipynb",
    "v1_published_results.ipynb",
)


@pytest.mark.parametrize(
    ("about_to_run", "left"),
    [
        ("", ALL),
        ("02_index_computation", (ALL[0], ALL[4])),
        ("05_record", (ALL[0], ALL[1], ALL[4])),
        ("06_council_report", (ALL[0], ALL[1], ALL[4])),
        ("v1_published_results", ALL[:4]),
    ],
)
def test_what_follows_a_notebook_goes_and_nothing_else(tmp_path, about_to_run, left):
    """A copy of what comes later is no longer true; a validation hangs on no other; a step's partial file is its own."""
    look = notebooks(tmp_path, *ALL)
    for name in files.REPORT:
        (files.reports(tmp_path, "seoul", 2024) / name).write_text("x", encoding="utf-8")
    files.retract(tmp_path, "seoul", 2024, about_to_run)
    assert look() == sorted(left)
    assert not any((files.reports(tmp_path, "seoul", 2024) / name).exists() for name in files.REPORT)


def test_robustness_and_comparison_leave_each_other_alone(tmp_path):
    """They run side by side: the one that starts later does not take away what the other has just finished."""
    both = ("03_robustness.ipynb", "04_benchmark_comparison.ipynb")
    look = notebooks(tmp_path, *both, "06_council_report.ipynb")
    files.retract(tmp_path, "seoul", 2024, "03_robustness")
    assert look() == ["04_benchmark_comparison.ipynb"]
    notebooks(tmp_path, *both)
    files.retract(tmp_path, "seoul", 2024, "02_index_computation")
    assert look() == []


def test_a_failed_write_leaves_what_was_there(tmp_path, monkeypatch):
    """The disk is full in mid-write: the final path still holds the whole old file."""
    path = tmp_path / "table.csv"
    files.write(path, b"old")
    monkeypatch.setattr(files, "settle", lambda *_: (_ for _ in ()).throw(OSError("no space")))
    with pytest.raises(OSError, match="no space"):
        files.write(path, b"new")
    assert path.read_bytes() == b"old"


def test_sweep_removes_partial_files_only(tmp_path):
    """What a killed run left half-written goes; a table and a person's hidden file stay."""
    folder = files.processed(tmp_path, "seoul", 2024)
    folder.mkdir(parents=True)
    for name in ("a.csv", ".mine", ".a.partial.csv"):
        (folder / name).write_text("x", encoding="utf-8")
    files.sweep(tmp_path, "seoul", 2024)
    assert sorted(p.name for p in folder.iterdir()) == [".mine", "a.csv"]
