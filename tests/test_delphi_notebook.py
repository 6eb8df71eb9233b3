"""Notebook 01 on panels as they come: tried with other rules, asked once, of one person, without the 100-point sheet."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from dongheng.config import load
from dongheng.errors import ParameterError
from dongheng.pipeline import book as opened
from dongheng.publish import document
from tests.conftest import ROOT

NOTEBOOK = nbformat.read(ROOT / "notebooks/01_delphi_weighting.ipynb", as_version=4)
OPEN = {"edition": "", "round_number": 0, "definition": "", "method": "", "areas": "", "seed": -1}
SAVED = Path("data/processed/example/2024")


@pytest.fixture
def study(tmp_path, monkeypatch) -> Path:
    """The example city and its survey, in a folder that may be changed; notebooks run in it."""
    for folder in ("framework", "example"):
        shutil.copytree(ROOT / "data/raw" / folder, tmp_path / "data/raw" / folder)
    config = (ROOT / "config.yaml").read_text(encoding="utf-8")
    (tmp_path / "config.yaml").write_text(config.replace("draws: 2000", "draws: 100"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(monkeypatch, upto: str = "", **parameters) -> tuple[dict, str]:
    """The notebook's cells one after the other in this process: what they leave, and the texts they show."""
    shown: list[str] = []
    monkeypatch.setattr(document, "display", lambda data, **_: shown.append(data.get("text/html", "")))
    monkeypatch.setattr(opened, "_at_first_call", set())
    names: dict = {}
    for cell in (cell for cell in NOTEBOOK.cells if cell.cell_type == "code"):
        exec(compile(cell.source, cell.id, "exec", dont_inherit=True), names)
        if cell.id == "parameters":
            names |= {"study": "example", "year": 2024, **parameters}
        if cell.id == upto:
            break
    return names, html.unescape(re.sub(r"<[^>]+>", " ", " ".join(shown)))


def round_of(study: Path, number: int, keep) -> None:
    """Keep only those answers of a round for which `keep` says so; none = the round's file goes."""
    path = study / f"data/raw/example/delphi/round{number}.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    kept = table[keep(table)]
    kept.to_csv(path, index=False, lineterminator="\n") if len(kept) else path.unlink()


def test_other_rules_are_tried_without_saving_anything(study, monkeypatch):
    """What is shown follows the choice (the other quartiles, the first round), and data/processed stays as it was."""
    names, said = run(monkeypatch, upto="items-reading", definition="excel", round_number=1, seed=0)
    assert "1라운드의 답으로 계산합니다" in said and "표를 저장하지 않습니다" in said and "씨앗 0의" in said
    assert "엑셀의 정의, (n-1)p+1번째 답" in said
    of_last = names["now"].query("question == 'validity'").set_index("item_id")
    answers = names["panel"].ratings(1, "validity")
    assert of_last["q1"].to_dict() == answers.quantile(0.25).to_dict()  # pandas' own is Excel's
    assert not (study / SAVED).exists()


def test_what_config_yaml_says_is_saved(study, monkeypatch):
    """Nothing chosen: no trial, and the tables of the codebook are there."""
    names, said = run(monkeypatch)
    assert not names["book"].trial and "저장하지 않습니다" not in said
    saved = {path.stem for path in (study / SAVED).glob("*.csv")}
    assert saved == {"weights", "item_statistics", "round_changes", "panel_measures"}
    assert "가중치의 88%는 전문가, 12%는 균등" in said and "공무원(" not in said


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"definition": "spsss"}, "매개변수 'definition': 'spsss'인데, 고를 수 있는 것은 spss, excel이므로"),
        ({"method": "ahp"}, "매개변수 'method': 'ahp'인데, 고를 수 있는 것은 mean, median, trimmed, geometric이므로"),
        ({"areas": "all"}, "매개변수 'areas': 'all'인데, 고를 수 있는 것은 in_force, equal, tasks, children이므로"),
        ({"edition": "2019"}, "매개변수 'edition': '2019'인데, 고를 수 있는 것은 2023-11, example-1이므로"),
        ({"round_number": 3}, "매개변수 'round_number': 3인데, 고를 수 있는 것은 1, 2이므로"),
        ({"round_number": -1}, "매개변수 'round_number': -1인데, 고를 수 있는 것은 1, 2이므로"),
        ({"seed": -2}, "매개변수 'seed': -2인데, 고를 수 있는 것은 0 이상의 정수이므로"),
    ],
)
def test_a_choice_that_there_is_not_is_told(study, choice, told):
    """Each with what can be chosen; a rule is never taken for the nearest one."""
    book = opened.Book(load(study).settings("example", 2024), study)
    with pytest.raises(ParameterError) as caught:
        book.trying(**OPEN | choice)
    assert str(caught.value) == f"{told}, 그 가운데 고르거나 기본값으로 두어 config.yaml을 따르십시오."


def test_seed_0_is_a_seed_and_nothing_chosen_is_no_trial(study):
    """-1 stands for config.yaml's seed, since 0 must stay one."""
    book = opened.Book(load(study).settings("example", 2024), study)
    assert book.trying(**OPEN) == book
    assert book.trying(**OPEN | {"seed": 0}).settings.seed == 0 and book.trying(**OPEN | {"seed": 0}).trial


def test_one_round_says_nothing_about_stability(study, monkeypatch):
    """Consensus is told, stability is told to be unknown."""
    round_of(study, 2, lambda t: t["expert"] == "")
    names, said = run(monkeypatch, upto="two-answers")
    assert "안정: 라운드가 하나뿐이므로 말할 수 없습니다" in said and "합의(한 라운드 안에서 답이 모였나)" in said
    assert names["changes"].empty and len(names["statistics"])


def test_one_expert_is_no_panel(study, monkeypatch):
    """A round that one person answered has no statistics and gives no weights; the reason is said."""
    for number in (1, 2):
        round_of(study, number, lambda t, wanted="E01" if number == 1 else "": t["expert"] == wanted)
    names, said = run(monkeypatch)
    assert "두 사람 이상이 답한 라운드가 없습니다" in said
    assert names["statistics"].empty and names["weights"]["expert"].isna().all()


def test_areas_without_the_100_point_sheet_follow_a_named_rule(study, monkeypatch):
    """The rule in force is named beside the weights; nobody's points are made up."""
    round_of(study, 2, lambda t: t["question"] != "points")
    names, said = run(monkeypatch, upto="weights-look")
    assert "100점 나누기를 묻지 않아 영역의 가중치는 지금의 것을 그대로 둡니다" in said
    areas = names["weights"].query("level == 1")
    assert areas["expert"].tolist() == pytest.approx(areas["in_force"].tolist(), abs=1e-12)
    assert "area_points" not in set(names["measures"]["measure"])
