"""The example city 가상시: five years of fictional figures drawn from a recipe, with the shapes that hurt an index.

Nothing here says anything about a real city. The recipe (data/raw/example/recipe.csv) is written by hand, one row per
indicator; the rest of data/raw/example is made from it, and a test makes it again and compares.

``python tools/example_city.py`` writes the files anew; without a change in the recipe it changes none.
"""

from __future__ import annotations

import hashlib
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from dongheng import aggregate, normalise, rawdata
from dongheng.framework import Framework

STUDY, EDITION, BASE, YEARS, SEED = "example", "example-1", 2020, range(2020, 2025), 2020
RAW = Path("data/raw")
RECIPE = RAW / STUDY / "recipe.csv"
DISTRICTS = [f"가상 {n}구" for n in range(1, 6)]
SHAPES = {
    "steady": "해마다 조금씩 움직임",
    "start_up": "막 시작한 사업이라 기준연도의 수가 아주 작아 점수가 폭발함",
    "biennial": "두 해에 한 번 조사해 기준연도와 그다음다음 해에 값이 없음",
    "depressed": "기준연도에 감염병으로 눌려 있다가 되돌아옴",
    "renamed": "2023년에 이름만 바뀜",
    "redefined": "2023년에 정의가 바뀌어 두 정의의 값이 함께 있음",
    "missing": "2022년 값이 없음",
    "doubles": "낮을수록 좋은 지표인데 기준연도의 두 배를 넘음",
    "ceiling": "100%에 가까워 더 오를 곳이 거의 없음",
    "provisional": "2023년 잠정치가 2024년에 낮게 확정됨",
    "falls": "오르다가 2024년에 기준연도보다 낮아짐",
}
_FACTORS = {
    "start_up": (1, 5.2, 11.4, 15.8, 17.1),
    "depressed": (1, 1.16, 1.38, 1.44, 1.46),
    "doubles": (1, 1.22, 1.5, 1.83, 2.12),
    "provisional": (1, 1.31, 1.72, 2.2, 2.6),
    "falls": (1, 1.09, 1.2, 1.16, 0.82),
}
GROUPS = {  # whom a service is for: name, unit, size in 2020, growth a year
    "elderly": ("가상시 65세 이상", "명", 312_000, 0.041),
    "disabled": ("가상시 등록 장애인", "명", 96_400, 0.038),
    "low_income": ("가상시 기준 중위소득 50% 이하 가구", "가구", 148_000, 0.012),
    "single": ("가상시 1인가구", "가구", 268_000, 0.033),
    "youth": ("가상시 아동·청소년", "명", 205_000, -0.021),
}
COSTS = {"2-2": (9_800, 0.05), "3-4": (3_400, 0.13), "4-5": (2_100, 0.12)}  # million won in 2020, growth a year
PRICES = ("100.0", "102.5", "107.7", "111.6", "114.2")
_PERIODS = {"survey": "해마다 9월 조사", "flow": "1~12월", "stock": "12월 말"}
_CHANGED = 2023  # the year of the new name, the new definition and the value that is revised
_NEW_SCALE, _TOO_HIGH = 1.37, 1.08
_NOTES = {
    "renamed": "2022년까지의 이름은 든든소득 지원가구의 일에 대한 만족도",
    "redefined": "2023년부터 대안교육기관의 청소년까지 셈",
}


def city(framework: Framework, recipe: pd.DataFrame, seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Every table of the example city but the recipe itself.

    Parameters
    ----------
    framework : Framework
        The city's own edition.
    recipe : DataFrame
        Text, one row per indicator: indicator_id, unit, decimals, start (value of 2020), growth (a year), noise
        (standard deviation of the logarithm), shape (one of SHAPES), bureau, source_type, base_quality, by_district,
        relative_error (of a survey's value), flow_or_stock, target_group (one of GROUPS).
    seed : int
        0 is a seed.

    Returns
    -------
    dict
        Table by its path below data/raw/example, all cells text, ready for CSV. The indices are those that the city
        would have published each year from the values known then: equal weights, rounded half up to one decimal.
    """
    draws = np.random.default_rng(seed).standard_normal((len(recipe), len(YEARS)))
    rows, revised, register = [], [], []
    for told, noise in zip(recipe.to_dict("records"), draws, strict=True):
        levels = _levels(told, noise)
        rows += _value_rows(told, levels)
        register.append(_register_row(told, framework.directions[told["indicator_id"]]))
        if told["shape"] == "provisional":
            revised.append((told["indicator_id"], str(_CHANGED), levels[_CHANGED], "illustrative"))
    values = pd.DataFrame(rows, dtype=str)
    columns = ["indicator_id", "year", "value", "status"]
    revisions = pd.DataFrame(revised, columns=columns).assign(
        source_url="가상 B실 확정 자료(예시값)", note="잠정치를 확정치로 고침"
    )
    tables = {"indicators.csv": pd.DataFrame(register), f"{_CHANGED + 1}/revisions.csv": revisions}
    tables |= {"denominators.csv": _denominators(), "project_costs.csv": _costs()}
    for year in YEARS:
        tables[f"{year}/values.csv"] = values[values["year"] == str(year)]
        published, improved = _published(values, revisions, tables["indicators.csv"], framework, year)
        tables[f"{year}/published_indices.csv"] = published
        if year > BASE:
            tables[f"{year}/improved_counts.csv"] = improved
    tables[f"{YEARS[-1]}/districts.csv"] = _districts(values, recipe, np.random.default_rng([seed, 1]))
    return tables


def _levels(told: dict, noise: np.ndarray) -> dict[int, str]:
    """Value by year as it is printed; a share or a score never exceeds 100."""
    start, growth, spread = (float(told[c]) for c in ("start", "growth", "noise"))
    factors = _FACTORS.get(told["shape"], (1.0,) * len(YEARS))
    found = {}
    for t, year in enumerate(YEARS):
        level = start * (1 + growth) ** t * np.exp(spread * noise[t] * (t > 0)) * factors[t]
        if told["shape"] == "ceiling":
            level = 100 - (100 - start) * 0.55**t
        found[year] = _print(min(level, 100.0) if told["unit"] in ("%", "점") else level, int(told["decimals"]))
    return found


def _print(value: float, decimals: int) -> str:
    return str(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def _value_rows(told: dict, levels: dict[int, str]) -> list[dict]:
    shape, decimals, rows = told["shape"], int(told["decimals"]), []
    for year, value in levels.items():
        if (shape == "biennial" and year % 2 == 0) or (shape == "missing" and year == 2022):
            continue
        row = {"indicator_id": told["indicator_id"], "year": str(year), "basis": "level", "value": value, "lower": ""}
        row |= {"upper": "", "unit": told["unit"], "versus_year": "", "status": "illustrative"}
        error = told["relative_error"]
        row |= {"source_url": f"{told['bureau']} 제출 자료(예시값)", "note": ""}
        row |= {"standard_error": _print(float(value) * float(error), 2) if error else "", "definition": ""}
        if shape == "provisional" and year >= _CHANGED:
            row["status"], row["note"] = "illustrative_provisional", "잠정치"
            row["value"] = _print(float(value) * _TOO_HIGH, decimals) if year == _CHANGED else value
        if shape in _NOTES and year >= _CHANGED:
            row["note"] = _NOTES[shape]
        if shape == "redefined" and year >= _CHANGED:
            if year == _CHANGED:
                rows.append(row | {"note": ""})
            row = row | {"value": _print(float(value) * _NEW_SCALE, decimals), "definition": "2"}
        rows.append(row)
    return rows


def _register_row(told: dict, direction: int) -> dict:
    shape = told["shape"]
    row = {c: told[c] for c in ("indicator_id", "bureau", "source_type")}
    row["base_rule"] = "first_after" if shape == "biennial" else "observed"
    row["missing_rule"] = "carry_forward" if shape in ("biennial", "missing") else "error"
    row["base_quality"] = told["base_quality"]
    row["redefined_in"] = str(_CHANGED) if shape == "redefined" else ""
    renamed = shape == "renamed"
    row["former_name"] = "든든소득 지원가구의 일에 대한 만족도" if renamed else ""
    row |= {"renamed_in": str(_CHANGED) if renamed else "", "note": SHAPES[shape], "entry": ""}
    row["best_value"] = ("100" if direction == 1 else "0") if told["unit"] in ("%", "점") else ""
    row |= {"direction_basis": "stated", "flow_or_stock": told["flow_or_stock"]}
    return row | {"reference_period": _PERIODS[told["flow_or_stock"]], "target_group": told["target_group"]}


def _denominators() -> pd.DataFrame:
    """How many each service is for, by year."""
    told = {"status": "illustrative", "source_url": "가상시 주민등록 통계(예시값)", "note": ""}
    return pd.DataFrame(
        [
            {"target_group": group, "name": name, "year": f"{year}", "size": f"{size * (1 + growth) ** t:.0f}"}
            | {"unit": unit, **told}
            for group, (name, unit, size, growth) in GROUPS.items()
            for t, year in enumerate(YEARS)
        ]
    )


def _costs() -> pd.DataFrame:
    """What three services cost in won of the year, with the price index."""
    told = {"status": "illustrative", "source_url": "가상시 결산서(예시값)", "note": ""}
    return pd.DataFrame(
        [
            {"indicator_id": indicator, "year": f"{year}", "million_won": f"{won * (1 + growth) ** t:.0f}"}
            | {"price_index": PRICES[t], **told}
            for indicator, (won, growth) in COSTS.items()
            for t, year in enumerate(YEARS)
        ]
    )


def _published(
    values: pd.DataFrame, revisions: pd.DataFrame, register: pd.DataFrame, framework: Framework, year: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the city would have published in one year: its indices and how many indicators improved."""
    known = values.assign(**{c: pd.to_numeric(values[c]) for c in ("year", "value", "lower", "upper", "versus_year")})
    known["definition"] = pd.to_numeric(values["definition"].replace("", "1"))
    known = known[known["year"] <= year]
    for row in revisions.itertuples() if year > _CHANGED else ():
        at = (known["indicator_id"] == row.indicator_id) & (known["year"] == int(row.year))
        known.loc[at, "value"] = float(row.value)
    years = list(range(BASE, year + 1))
    rules = register.set_index("indicator_id").assign(redefined_in=lambda t: pd.to_numeric(t["redefined_in"]))
    levels, _ = normalise.complete_levels(known, rules, BASE, years)
    scores = normalise.known_scores(levels, framework.directions, BASE, years)
    indices = aggregate.computed_indices(scores, framework).xs(year, level="year")
    shown = framework.at_level(0) + framework.at_level(1)
    told = {"source_url": "가상시 발표(예시값)", "note": ""}
    published = pd.DataFrame(
        [{"year": f"{year}", "node_id": n, "value": _print(indices[n], 1), "adopted": "yes", **told} for n in shown]
    )
    wide = scores.pivot(index="indicator_id", columns="year", values="score")
    better = wide[year] > wide.get(year - 1, np.inf)
    rows = []
    for node in shown:
        below = framework.leaves_below(node)
        counted = {"improved": str(int(better[below].sum())), "of": str(len(below)), "versus_year": str(year - 1)}
        rows.append({"year": f"{year}", "node_id": node, **counted, **told})
    return published, pd.DataFrame(rows)


def _districts(values: pd.DataFrame, recipe: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """A few counts of the last year by district; they add up to the city's."""
    rows = []
    for indicator in recipe.loc[recipe["by_district"] == "yes", "indicator_id"]:
        now = values[(values["indicator_id"] == indicator) & (values["year"] == str(YEARS[-1]))].iloc[0]
        whole = int(now["value"])
        parts = np.floor(whole * generator.dirichlet([8.0] * len(DISTRICTS))).astype(int)
        parts[0] += whole - parts.sum()
        rows += [
            {"indicator_id": indicator, "year": now["year"], "district": d, "value": str(n), "unit": now["unit"]}
            for d, n in zip(DISTRICTS, parts, strict=True)
        ]
    return pd.DataFrame(rows)


PANEL = {"학계": 12, "현장": 9, "당사자": 5, "공무원": 4}  # 30 experts; one group is too small to be shown apart
_STRAIGHT, _DROPPED = 16, (22, 28)  # who answers 4 throughout; who does not answer the second round


def panel(framework: Framework, seed: int = SEED) -> dict[str, pd.DataFrame]:
    """A Delphi panel of 30 in two rounds, with what real panels have.

    Severe and lenient experts, an impression that colours both questions (halo), gaps, 모름, one who ticks 4 throughout,
    two who drop out, a second round that moves towards the group, and the items of the last task never rated.

    Parameters
    ----------
    framework : Framework
    seed : int
        0 is a seed.

    Returns
    -------
    dict
        Table by its path below data/raw/example/delphi, all cells text: panel, items, round1, round2 (which also
        divides 100 points among the areas).
    """
    draw = np.random.default_rng([seed, 2])
    experts = [f"E{n:02d}" for n in range(1, sum(PANEL.values()) + 1)]
    areas, tasks = framework.at_level(1), framework.at_level(2)
    never = framework.children(tasks[-1])
    items = [*tasks, *(leaf for leaf in framework.leaves if leaf not in never)]
    level = draw.normal(4.15, 0.38, len(items))
    lenient = draw.normal(0, 0.35, len(experts))
    halo = draw.normal(0, 0.45, (len(experts), len(items)))
    answers, rounds = {}, {1: [], 2: []}
    for question, lift in (("validity", 0.1), ("importance", 0.0)):
        noise = draw.normal(0, 0.5, halo.shape)
        first = np.clip(np.rint(level + lift + lenient[:, None] + halo + noise), 1, 5)
        first[_STRAIGHT] = 4
        answers[1, question] = first
        towards = draw.random(halo.shape) < 0.45
        second = np.where(towards, first + np.sign(np.median(first, axis=0) - first), first)
        second[_STRAIGHT] = 4
        answers[2, question] = second
    for (number, question), table in answers.items():
        state = draw.choice(["answered", "unknown", "blank"], table.shape, p=[0.975, 0.012, 0.013])
        state[_STRAIGHT] = "answered"
        for e, expert in enumerate(experts):
            if number == 2 and e in _DROPPED:
                continue
            for i, item in enumerate(items):
                said = f"{table[e, i]:.0f}" if state[e, i] == "answered" else ""
                rounds[number].append((expert, item, question, said, state[e, i]))
    for e, expert in enumerate(experts):
        if e not in _DROPPED:
            shares = draw.dirichlet(np.array([14, 9, 11, 8, 9, 6]))
            points = 5 * np.floor(20 * shares)
            points[np.argmax(shares)] += 100 - points.sum()
            rounds[2] += [(expert, a, "points", f"{p:.0f}", "answered") for a, p in zip(areas, points, strict=True)]
    groups = np.repeat(list(PANEL), list(PANEL.values()))
    names = framework.table["name_ko"]
    listed = [*tasks, *framework.leaves]
    columns = ["expert", "item_id", "question", "answer", "state"]
    return {
        "panel.csv": pd.DataFrame(
            {"expert": experts, "group": groups, "area": [areas[n] for n in draw.integers(0, len(areas), len(experts))]}
        ),
        "items.csv": pd.DataFrame(
            {
                "item_id": listed,
                "wording": [names[i] for i in listed],
                "edition": EDITION,
                "rounds": ["" if i in never else "1;2" for i in listed],
            }
        ),
        **{f"round{n}.csv": pd.DataFrame(rows, columns=columns) for n, rows in rounds.items()},
    }


def files(framework: Framework, recipe: pd.DataFrame, written: dict[str, bytes]) -> dict[str, bytes]:
    """Bytes of every file of the example city by its path below data/raw, a provenance record beside each table.

    Parameters
    ----------
    framework, recipe
        See :func:`city`.
    written : dict
        Bytes of what was written by hand (the framework's edition and the recipe), by path: they get records too.
    """
    found = dict(written)
    surveyed = {f"delphi/{name}": table for name, table in panel(framework).items()}
    for name, table in (city(framework, recipe) | surveyed).items():
        found[f"{STUDY}/{name}"] = table.to_csv(index=False, lineterminator="\n").encode()
    return found | {f"{name}.provenance.yaml": _record(name, content) for name, content in found.items()}


def remake(root: Path) -> dict[Path, bytes]:
    """Bytes of every file of the example city by its path below the root, made anew from recipe and framework."""
    names = (f"framework/{EDITION}.csv", f"{STUDY}/recipe.csv")
    written = {name: (root / RAW / name).read_bytes() for name in names}
    framework = Framework.from_table(rawdata.read_table(root, RAW / names[0]))
    return {
        RAW / name: content for name, content in files(framework, rawdata.read_table(root, RECIPE), written).items()
    }


def differing(root: Path) -> list[str]:
    """Files of the example city that are not what its recipe makes; empty if all are."""
    made = remake(root)
    there = {p.relative_to(root) for p in (root / RAW / STUDY).rglob("*") if p.is_file()}
    changed = [p for p, content in made.items() if not (root / p).is_file() or (root / p).read_bytes() != content]
    return sorted(p.as_posix() for p in {*changed, *(there - set(made))})


def _record(name: str, content: bytes) -> bytes:
    stem = Path(name).stem
    title = {"recipe": "가상시 수치의 조리법", EDITION: "가상시 지표체계"}.get(stem, f"가상시 {stem}")
    made = "손으로 지어낸 것" if stem in ("recipe", EDITION) else f"recipe.csv에서 씨앗 {SEED}으로 만든 것"
    note = f"예시값: 계산 절차를 보이려고 만든 가상의 도시이며 실제 도시의 실적이 아님. {made}"
    lines = {
        "producer": "가상시(지어낸 도시)",
        "title": title,
        "url": "",
        "date_published": "",
        "date_accessed": "",
        "licence": "CC BY 4.0",
        "note": note,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return "".join(f'{key}: "{value}"\n' for key, value in lines.items()).encode()


if __name__ == "__main__":
    ROOT = Path(__file__).resolve().parents[1]
    changed = differing(ROOT)
    for path, content in remake(ROOT).items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_bytes(content)
    print("\n".join(changed) or "조리법과 다른 파일이 없습니다.")
