"""`make bench`: it runs, and what it times gives the same result twice. How fast is printed and never asserted."""

from __future__ import annotations

import re
import sys

import pytest

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import bench


def test_a_calculation_is_timed_and_its_result_named(capsys):
    """Protects the line that people compare: seconds, target, memory, size and hash of the result."""
    for _ in range(2):
        bench.main(["델파이"])
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("델파이")]
    assert len(lines) == 2
    pattern = r"델파이 .*: [\d.]+초 \(목표 0\.04초\), 메모리 [\d.]+ MB, 결과 [\d.]+ MB, sha256 ([0-9a-f]{64})"
    one, other = (re.fullmatch(pattern, line)[1] for line in lines)
    assert one == other


@pytest.mark.parametrize("entry", bench.CALCULATIONS[:-1], ids=[name for name, *_ in bench.CALCULATIONS[:-1]])
def test_every_calculation_gives_a_whole_table(entry):
    """Protects the bench from timing an early error or an empty table."""
    result = entry[2]()
    assert len(result) and result.notna().all(axis=None)


def test_without_executed_notebooks_the_report_is_not_timed(monkeypatch, tmp_path):
    """Protects who calls it on a fresh checkout: a sentence says what to run first."""
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match="먼저 make report를 실행하십시오"):
        bench.report()
