"""The example city: made again from its recipe, shaped as it says, and never taken for a real one."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from dongheng import aggregate, config, normalise, rawdata
from dongheng.errors import DataError
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import example_city as example

RAW = ROOT / "data/raw"
SEOUL_DISTRICTS = (
    "강남구 강동구 강북구 강서구 관악구 광진구 구로구 금천구 노원구 도봉구 동대문구 동작구 마포구 서대문구 서초구 성동구 "
    "성북구 송파구 양천구 영등포구 용산구 은평구 종로구 중랑구"
).split()


@pytest.fixture(scope="module")
def city():
    """Settings, raw data, the completed levels with the list of what was done, and the scores of 2024's report."""
    settings = config.load(ROOT).settings("example", 2024)
    raw = rawdata.load(ROOT, settings)
    levels, treatments = normalise.complete_levels(raw.values, raw.register, settings.base_year, settings.years)
    scores = normalise.known_scores(levels, raw.framework.directions, settings.base_year, settings.years)
    return settings, raw, treatments, scores.pivot(index="indicator_id", columns="year", values="score"), scores


def test_the_city_is_what_its_recipe_makes(tmp_path):
    """Every file, provenance records included, byte for byte; a changed, a missing and a stray file are noticed."""
    assert example.differing(ROOT) == []
    shutil.copytree(RAW / "example", tmp_path / "data/raw/example")
    shutil.copytree(RAW / "framework", tmp_path / "data/raw/framework")
    values = tmp_path / "data/raw/example/2023/values.csv"
    values.write_bytes(values.read_bytes().replace(b"4238", b"4239"))
    (tmp_path / "data/raw/example/2022/values.csv").unlink()
    (tmp_path / "data/raw/example/2022/more.csv").write_text("a")
    assert example.differing(tmp_path) == [
        "data/raw/example/2022/more.csv",
        "data/raw/example/2022/values.csv",
        "data/raw/example/2023/values.csv",
    ]


def test_another_seed_is_another_city(city):
    """The noise comes from the seed, and 0 is one; the first year does not hang on it."""
    _, raw, *_ = city
    zero = example.city(raw.framework, rawdata.read_table(ROOT, example.RECIPE), 0)
    ours = {year: rawdata.read_table(ROOT, Path(f"data/raw/example/{year}/values.csv")) for year in (2020, 2021)}
    assert zero["2020/values.csv"]["value"].tolist() == ours[2020]["value"].tolist()
    assert zero["2021/values.csv"]["value"].tolist() != ours[2021]["value"].tolist()


def test_same_tree_own_names(city):
    """Its own edition of the framework: Seoul's ids, parents, directions and weights, without Seoul's name."""
    _, raw, *_ = city
    seoul = rawdata.load(ROOT, config.load(ROOT).settings("seoul", 2024)).framework.table
    ours = raw.framework.table
    kept = ["id", "parent", "direction", "weight", "kind", "measures", "effort_or_outcome", "bounded"]
    assert ours[kept].astype(str).equals(seoul[kept].astype(str))
    assert ours.at["10-2", "name_ko"] == "가상시민의 자원봉사 참여율"
    for path in [*(RAW / "example").rglob("*"), *(RAW / "framework").glob("example-*")]:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        assert not re.search("서울|Seoul|안심소득|디딤돌|" + "|".join(SEOUL_DISTRICTS), text), path.name


def test_every_row_says_that_it_is_made_up(city):
    """Status, source and provenance of every value; bureaus and districts are fictional."""
    _, raw, *_ = city
    assert raw.values["status"].str.startswith("illustrative").all() and len(raw.values) > 240
    assert (
        raw.values["source_url"].str.contains("예시값").all()
        and raw.published["source_url"].str.contains("예시값").all()
    )
    assert raw.register["bureau"].str.fullmatch("가상 [A-G]실").all() and len(raw.register) == 50
    for path in (RAW / "example").rglob("*.csv"):
        assert "예시값" in rawdata.provenance(ROOT, path.relative_to(ROOT))["note"]
    districts = rawdata.read_table(ROOT, Path("data/raw/example/2024/districts.csv"))
    assert set(districts["district"]) == {f"가상 {n}구" for n in range(1, 6)}
    whole = raw.values[raw.values["year"] == 2024].set_index("indicator_id")["value"]
    sums = districts["value"].astype(int).groupby(districts["indicator_id"]).sum()
    assert (sums == whole[sums.index]).all()


def test_the_shapes_hurt_as_they_say(city):
    """Each shape is there and does what an index has to survive."""
    settings, raw, treatments, scores, long = city
    shape = rawdata.read_table(ROOT, example.RECIPE).set_index("indicator_id")["shape"]
    of = {name: shape.index[shape == name].tolist() for name in example.SHAPES}
    assert all(of.values())
    assert scores.loc[of["start_up"], 2024].min() > 1000, "a service that had just begun explodes"
    depressed = scores.loc[of["depressed"], 2022].median()
    assert depressed > scores.loc[of["steady"], 2022].median() + 20, "a depressed base lifts every later year"
    doubled = raw.framework.directions[of["doubles"]]
    assert (doubled == -1).all() and scores.loc[of["doubles"], 2024].max() < 50
    with pytest.raises(DataError, match="지표 3-6, 2024: .*두 배"):
        levels, _ = normalise.complete_levels(raw.values, raw.register, 2020, settings.years)
        normalise.known_scores(levels, raw.framework.directions, 2020, settings.years, "reflection")
    (ceiling,) = of["ceiling"]
    now = raw.values.set_index(["indicator_id", "year"])["value"]
    assert now[ceiling, 2024] > 99 and scores.at[ceiling, 2024] < 100 * 100 / now[ceiling, 2020] < 104
    assert scores.loc[of["falls"], 2024].max() < 100 < scores.loc[of["falls"], 2023].min()
    told = treatments.groupby("indicator_id")[["year", "rule"]].agg(list)
    assert told.loc[of["biennial"][0]].to_list() == [
        [2020, 2022, 2024],
        ["first_after", "carry_forward", "carry_forward"],
    ]
    assert told.loc[of["missing"][0]].to_list() == [[2022], ["carry_forward"]]
    assert told.loc[of["redefined"][0]].to_list() == [[2024], ["linked"]]
    assert set(told.index) == {*of["biennial"], *of["missing"], *of["redefined"]}, "and nothing else was touched"
    (renamed,) = of["renamed"]
    assert raw.register.at[renamed, "former_name"] != raw.framework.table.at[renamed, "name_ko"]
    assert not long["score"].isna().any() and scores.shape == (50, 5)


def test_a_revision_moves_its_year_and_is_listed(city):
    """The provisional value of 2023 stands in 2023's file and report; the report of 2024 has the final one and lists it."""
    settings, raw, _, scores, long = city
    (row,) = raw.revisions.itertuples(index=False)
    assert (row.indicator_id, row.year, row.revised_in, row.first, row.value) == ("8-4", 2023, 2024, 4238, 3924)
    assert of_8_4_in_2023(raw) == 3924
    earlier = rawdata.load(ROOT, config.Config(ROOT, config_of_2023()).settings("example", 2023))
    assert of_8_4_in_2023(earlier) == 4238
    assert earlier.revisions.empty
    first = normalise.complete_levels(raw.first_values, raw.register, 2020, settings.years)[0]
    before = normalise.known_scores(first, raw.framework.directions, 2020, settings.years)
    moved = aggregate.restatements(
        aggregate.computed_indices(before, raw.framework), aggregate.computed_indices(long, raw.framework)
    )
    assert set(zip(moved["node_id"], moved["year"], strict=True)) == {
        ("composite", 2023),
        ("safety", 2023),
        ("8", 2023),
    }
    effect = (3924 - 4238) / 1450 * 100
    assert moved.set_index("node_id").at["composite", "effect"] == pytest.approx(effect / 50, abs=1e-9)
    assert moved.set_index("node_id").at["safety", "effect"] == pytest.approx(effect / 9, abs=1e-9)


def of_8_4_in_2023(raw: rawdata.Raw) -> float:
    return raw.values.query("indicator_id == '8-4' and year == 2023")["value"].item()


def config_of_2023() -> dict:
    content = config.read(ROOT)
    content["studies"]["example"]["years"] = [2023, 2024]
    return content


def test_its_published_indices_are_those_of_equal_weights(city):
    """So v1b has an answer to find: what the city published is its scores' mean, each year from the values known then."""
    settings, raw, *_ = city
    levels, _ = normalise.complete_levels(raw.first_values, raw.register, 2020, settings.years)
    scores = normalise.known_scores(levels, raw.framework.directions, 2020, settings.years)
    computed = aggregate.computed_indices(scores, raw.framework)
    told = raw.published.set_index(["node_id", "year"])["value"]
    assert len(told) == 35
    assert (computed[told.index] - told).abs().max() <= 0.05 + 1e-9


def test_the_panel_has_what_real_panels_have():
    """30 experts in two rounds: gaps and 모름, one who ticks 4 throughout, two who drop out, a task never rated, points of 100."""
    folder = Path("data/raw/example/delphi")
    panel, items = (rawdata.read_table(ROOT, folder / f"{name}.csv") for name in ("panel", "items"))
    first, second = (rawdata.read_table(ROOT, folder / f"round{n}.csv") for n in (1, 2))
    assert panel["group"].value_counts().to_dict() == {"학계": 12, "현장": 9, "당사자": 5, "공무원": 4}
    assert items.set_index("item_id").query("rounds == ''").index.tolist() == ["10-1", "10-2", "10-3", "10-4", "10-5"]
    rated = set(first["item_id"])
    assert len(rated) == 55 and "10" in rated and not rated & {"10-1", "10-5"}
    assert set(first["expert"]) == set(panel["expert"]) and len(set(panel["expert"]) - set(second["expert"])) == 2
    assert {"answered", "unknown", "blank"} == set(first["state"])
    assert first.loc[first["state"] != "answered", "answer"].eq("").all()
    scores = first[first["state"] == "answered"].astype({"answer": int})
    assert scores["answer"].between(1, 5).all()
    spread = scores.groupby("expert")["answer"].agg(["nunique", "mean"])
    assert (spread["nunique"] == 1).sum() == 1, "the straight-liner"
    assert spread["mean"].max() - spread["mean"].min() > 0.8, "severe and lenient experts"
    wide = {q: s.pivot(index="expert", columns="item_id", values="answer") for q, s in scores.groupby("question")}
    own = [t.sub(t.mean(), axis=1).sub(t.mean(axis=1), axis=0).stack() for t in wide.values()]
    assert own[0].corr(own[1]) > 0.3, "halo: an impression colours both questions"
    points = second[second["question"] == "points"].astype({"answer": int}).groupby("expert")["answer"].sum()
    assert (points == 100).all() and len(points) == 28
