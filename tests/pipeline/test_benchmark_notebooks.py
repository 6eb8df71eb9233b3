"""The notebooks that recompute other systems' own figures run from end to end, and find what the tests of the room find."""

from __future__ import annotations

import nbformat
import pytest

from dongheng.pipeline import notebook

PARAMETERS = {"study": "seoul", "year": 2024}


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        (
            "v2_oecd_bli",
            {"draws": 10000, "seed": 1},
            "41개국 가운데 32위이고, 가중치를 바꾸면 순위의 95%가 19위와 35위 사이입니다",
        ),
        ("v3_eu_scoreboard", {}, "범주를 매긴 457칸 가운데 457칸이 같습니다"),
    ],
)
def test_a_validation_of_benchmarks_runs(project, tmp_path, monkeypatch, name, more, said):
    """Each asks one question of published figures; its answer is in the executed copy."""
    monkeypatch.chdir(project)
    copy = tmp_path / f"{name}.ipynb"
    notebook.run(
        project, (project / f"notebooks/validation/{name}.ipynb").relative_to(project), PARAMETERS | more, copy
    )
    cells = nbformat.read(copy, as_version=4).cells
    shown = "".join(o.get("data", {}).get("text/html", "") for c in cells for o in c.get("outputs", []))
    assert said in shown
