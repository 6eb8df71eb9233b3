"""The rules for many units against published numbers, and every rule against numbers that nobody would publish."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dongheng import aggregate, normalise, uncertainty
from dongheng.errors import DataError, DonghengError
from dongheng.framework import Framework
from dongheng.normalise import (
    cap,
    ceilings,
    distance_to_target,
    min_max,
    percentile_rank,
    rank_scores,
    ratio_to_base,
    ratio_within_units,
    transform,
    z_score,
)

NAN = float("nan")
UP, DOWN = pd.Series({"a": 1}), pd.Series({"a": -1})


def column(*values, index=None) -> pd.DataFrame:
    return pd.DataFrame({"a": values}, index=index)


# --- published numbers ------------------------------------------------------------------------------------------------

# OECD/JRC (2008), Handbook on Constructing Composite Indicators, table 15: mean years of schooling of 23 countries, rank,
# z-score, re-scaled value, ratio to the mean, to the best and to the worst country. All 23 rows, as printed.
SCHOOLING = """
    Finland     10.0 15  0.26 0.59 1.04 0.83 1.41
    USA         12.0 23  1.52 1.00 1.25 1.00 1.69
    Sweden      11.4 19  1.14 0.88 1.19 0.95 1.61
    Japan        9.5 12 -0.06 0.49 0.99 0.79 1.34
    Korea       10.8 17  0.76 0.76 1.13 0.90 1.52
    Netherlands  9.4  9 -0.12 0.47 0.98 0.78 1.32
    UK           9.4  9 -0.12 0.47 0.98 0.78 1.32
    Canada      11.6 20  1.27 0.92 1.21 0.97 1.63
    Australia   10.9 18  0.83 0.78 1.14 0.91 1.54
    Singapore    7.1  1 -1.58 0.00 0.74 0.59 1.00
    Germany     10.2 16  0.38 0.63 1.06 0.85 1.44
    Norway      11.9 22  1.46 0.98 1.24 0.99 1.68
    Ireland      9.4  9 -0.12 0.47 0.98 0.78 1.32
    Belgium      9.3  8 -0.19 0.45 0.97 0.78 1.31
    NewZealand  11.7 21  1.33 0.94 1.22 0.98 1.65
    Austria      8.4  6 -0.76 0.27 0.88 0.70 1.18
    France       7.9  5 -1.08 0.16 0.82 0.66 1.11
    Israel       9.6 14  0.00 0.51 1.00 0.80 1.35
    Spain        7.3  4 -1.46 0.04 0.76 0.61 1.03
    Italy        7.2  3 -1.52 0.02 0.75 0.60 1.01
    Czechia      9.5 12 -0.06 0.49 0.99 0.79 1.34
    Hungary      9.1  7 -0.31 0.41 0.95 0.76 1.28
    Slovenia     7.1  1 -1.58 0.00 0.74 0.59 1.00
"""


def test_the_handbooks_table_of_normalisations():
    """doi:10.1787/9789264043466-en, table 15, all 23 countries within the two decimals that it prints."""
    rows = [line.split() for line in SCHOOLING.split("\n") if line.strip()]
    table = pd.DataFrame(rows).set_index(0).astype(float)
    values = table[[1]].set_axis(["a"], axis=1)
    found = {
        2: rank_scores(values, UP),
        3: z_score(values, UP),
        4: min_max(values, UP),
        5: ratio_to_base(values, values.mean(), UP) / 100,
        6: ratio_to_base(values, values.max(), UP) / 100,
        7: ratio_to_base(values, values.min(), UP) / 100,
    }
    for printed, scores in found.items():
        assert scores["a"].to_numpy() == pytest.approx(table[printed].to_numpy(), abs=0.005 + 1e-9), printed
    assert (found[2]["a"] == table[2]).all()


# UNDP, Human Development Report 2021/22, statistical annex, table 1 (year 2021): HDI, life expectancy, expected and mean
# years of schooling, income per head. The inputs have the report's own further digits (its file of time series).
HDI = {
    "Switzerland": (0.962, 83.9872, 16.5002994, 13.8596601, 66933.0045),
    "Norway": (0.961, 83.2339, 18.1851997, 13.0036297, 64660.1062),
    "Australia": (0.951, 84.5265, 21.0545902, 12.72682, 49238.4333),
    "Liechtenstein": (0.935, 83.2575, 15.18157, 12.53854, 146829.701),
    "Korea": (0.925, 83.6978, 16.52174, 12.5129303, 44500.9319),
    "Qatar": (0.855, 79.2716, 12.6372204, 9.99601145, 87134.1347),
    "Costa Rica": (0.809, 77.0232, 16.5457707, 8.80405998, 19974.2736),
    "Niger": (0.400, 61.5763, 6.95711199, 2.1167173, 1239.86694),
    "Chad": (0.394, 52.5254, 8.03591433, 2.57377421, 1364.16942),
    "South Sudan": (0.385, 54.9752, 5.54251, 5.72614002, 767.787),
}
HDI_TREE = Framework.from_table(
    pd.DataFrame(
        {
            "id": ["hdi", "health", "education", "le", "eys", "mys", "income"],
            "parent": ["", "hdi", "hdi", "health", "education", "education", "hdi"],
            "direction": [1] * 7,
            "weight": [""] * 7,
        }
    )
)


def test_the_human_development_index_to_its_third_decimal():
    """Technical note 1: goalposts, income in logs, caps at the upper ends, mean of two for education, geometric above.

    Ten countries from the first to the last, five of them with schooling or income over the upper goalpost.
    """
    table = pd.DataFrame(HDI, index=["hdi", "le", "eys", "mys", "income"]).T
    values = transform(table.drop(columns="hdi"), {"income": "log"})
    ends = {"le": (20, 85), "eys": (0, 18), "mys": (0, 15), "income": (np.log(100), np.log(75_000))}
    goalposts = pd.DataFrame(ends, index=["lower", "upper"]).T
    scores, cut = cap(min_max(values, HDI_TREE.directions, goalposts=goalposts), upper=1.0)
    assert set(zip(cut["unit"], cut["indicator_id"], strict=True)) == {
        ("Norway", "eys"),
        ("Australia", "eys"),
        ("Liechtenstein", "income"),
        ("Qatar", "income"),
    }
    found = aggregate.aggregate(scores, HDI_TREE, {0: "geometric", 1: "arithmetic"})["hdi"]
    assert found.round(3).to_dict() == table["hdi"].to_dict()


# --- by hand and by property --------------------------------------------------------------------------------------------


def test_transformations_by_hand():
    """Each rule on one value; what is not named stays, a gap stays a gap."""
    values = pd.DataFrame({rule: [8.0, NAN] for rule in normalise.TRANSFORMS})
    expected = {"none": 8, "log": np.log(8), "sqrt": 8**0.5, "cbrt": 2, "square": 64, "cube": 512, "reciprocal": 0.125}
    bent = transform(values, {rule: rule for rule in expected})
    assert bent.loc[0].to_dict() == pytest.approx(expected, rel=1e-15) and bent.loc[1].isna().all()
    pd.testing.assert_frame_equal(transform(values, {}), values)


def test_a_cap_cuts_and_tells_of_every_cut():
    """Beyond the bounds only; the table of cuts keeps the order of rows and the score as it was."""
    scores = pd.DataFrame({"a": [50.0, 200.5, NAN], "b": [250.0, 100.0, -1.0]}, index=[2022, 2023, 2024])
    capped, cut = cap(scores, 0, 200)
    pd.testing.assert_frame_equal(capped, pd.DataFrame({"a": [50.0, 200, NAN], "b": [200.0, 100, 0]}, scores.index))
    assert cut.values.tolist() == [[2022, "b", 250, 200], [2023, "a", 200.5, 200], [2024, "b", -1, 0]]
    assert cap(scores)[1].empty


def test_a_ceiling_is_the_score_of_the_best_value():
    """A rate at 80 % can reach 125; a count of deaths has none as reciprocal and 200 as reflection; no limit, no ceiling."""
    base, best = pd.Series({"r": 80.0, "d": 40.0, "v": 9.0}), pd.Series({"r": 100.0, "d": 0.0, "v": NAN})
    directions = pd.Series({"r": 1, "d": -1, "v": 1})
    assert ceilings(base, best, directions).tolist() == pytest.approx([125, NAN, NAN], nan_ok=True)
    assert ceilings(base, best, directions, "reflection").tolist() == pytest.approx([125, 200, NAN], nan_ok=True)


def test_distance_to_target_by_hand():
    """From the worst unit (0) to the target (1), whichever way the indicator points."""
    values = column(2.0, 6.0, 12.0)
    assert distance_to_target(values, pd.Series({"a": 10}), UP)["a"].tolist() == [0, 0.5, 1.25]
    assert distance_to_target(values, pd.Series({"a": 4}), DOWN)["a"].tolist() == [1.25, 0.75, 0]


def test_ties_and_gaps_of_ranks():
    """Ties share the lowest rank; a gap has none and counts for nobody."""
    values = column(3.0, 3.0, NAN, 1.0, 7.0)
    assert rank_scores(values, UP)["a"].tolist() == pytest.approx([2, 2, NAN, 1, 4], nan_ok=True)
    assert percentile_rank(values, DOWN)["a"].tolist() == pytest.approx([1 / 3, 1 / 3, NAN, 1, 0], nan_ok=True)


def test_districts_and_halves_stand_against_themselves():
    """Each district, and each half, against its own base year; the order of the rows is as given."""
    index = pd.MultiIndex.from_tuples(
        [
            ("나", 2023, "H1"),
            ("가", 2022, "H1"),
            ("가", 2023, "H1"),
            ("나", 2022, "H1"),
            ("가", 2022, "H2"),
            ("가", 2023, "H2"),
        ],
        names=["district", "year", "half"],
    )
    values = column(30, 10, 15, 20, 4, 3, index=index)
    scores = ratio_within_units(values, UP, 2022, flows=pd.Series({"a": True}))
    assert scores["a"].tolist() == [150, 100, 150, 100, 100, 75] and scores.index.equals(index)
    years = column(50.0, 75.0, 75.0, index=pd.Index([2022, 2023, 2023], name="year"))
    assert ratio_within_units(years, UP, 2022)["a"].tolist() == [100, 150, 150]
    assert ratio_within_units(values[:0], UP, 2022, flows=pd.Series({"a": True})).empty


def test_a_unit_without_a_name_is_a_unit():
    """A blank district must not vanish into a table of gaps."""
    index = pd.MultiIndex.from_tuples([(2022, NAN), (2023, NAN)], names=["year", "district"])
    assert ratio_within_units(column(4, 5, index=index), UP, 2022)["a"].tolist() == [100, 125]


NUMBERS = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))


@st.composite
def cross_sections(draw):
    """Units x indicators without a constant one, and directions."""
    units, n = draw(st.integers(2, 6)), draw(st.integers(1, 3))
    cells = draw(st.lists(NUMBERS, min_size=units * n, max_size=units * n, unique=True))
    ids = [f"i{k}" for k in range(n)]
    directions = pd.Series(draw(st.lists(st.sampled_from([1, -1]), min_size=n, max_size=n)), index=ids)
    return pd.DataFrame(np.reshape(cells, (units, n)), columns=ids), directions


@settings(deadline=None, max_examples=5)
@given(cross_sections(), st.randoms(), st.floats(1e-3, 1e3), st.sampled_from([0.0, 250.0]))
def test_cross_section_rules(table, random, scale, shift):
    """Turning a direction mirrors; the order of rows and columns moves no bit; another unit of measure changes nothing."""
    values, d = table
    assert (min_max(values, d) + min_max(values, -d)).to_numpy() == pytest.approx(1, abs=1e-12)
    assert (z_score(values, d, 100, 10) + z_score(values, -d, 100, 10)).to_numpy() == pytest.approx(200, abs=1e-9)
    rows, ids = list(values.index), list(values.columns)
    random.shuffle(rows)
    random.shuffle(ids)
    for rule, same_bits in ((min_max, True), (z_score, False), (rank_scores, True), (percentile_rank, True)):
        one = rule(values, d)
        other = rule(values.loc[rows, ids], d[ids[::-1]]).loc[one.index, one.columns]
        pd.testing.assert_frame_equal(other, one, check_exact=same_bits, rtol=1e-9, atol=1e-12)
        if rule in (min_max, z_score):
            moved = rule(values * scale + shift, d)
            assert moved.to_numpy() == pytest.approx(one.to_numpy(), abs=1e-6)
    ends = min_max(values, d, 20, 50)
    assert (ends.min() == 20).all() and ends.max().to_numpy() == pytest.approx(50, rel=1e-15)


@settings(deadline=None, max_examples=10)
@given(cross_sections(), st.floats(1e-3, 1e3), st.sampled_from(normalise.REVERSALS))
def test_a_unit_of_measure_changes_no_ratio_score(table, scale, reverse):
    """Persons or thousands of persons: the ratio to the base is the same."""
    values, d = table
    values = values.abs() + 1
    base = values.max()
    one, other = (ratio_to_base(values * k, base * k, d, reverse).to_numpy() for k in (1, scale))
    assert other == pytest.approx(one, rel=1e-12, abs=1e-9)


# --- bad input --------------------------------------------------------------------------------------------------------

HALVES = pd.MultiIndex.from_tuples([(2022, "H1"), (2023, "H1")], names=["year", "half"])
MIXED = pd.MultiIndex.from_tuples([(2022, "year"), (2023, "H1")], names=["year", "half"])
GOALPOSTS = pd.DataFrame({"lower": {"a": 5.0}, "upper": {"a": 5.0}})
FLOW = pd.Series({"a": True})
WIDTH = "두 값의 차이로 나누므로 차이가 0보다 큰 유한한 수여야 하므로, 값을 확인하거나 이 지표를 빼 주십시오."
REFUSED = {
    "constant under min-max": (
        lambda: min_max(column(3.0, 3.0), UP),
        f"지표 a: 가장 작은 값이 3이고 가장 큰 값이 3인데, {WIDTH}",
    ),
    "constant under z, though its sum rounds": (
        lambda: z_score(column(0.1, 0.1, 0.1), UP),
        f"지표 a: 가장 작은 값이 0.1이고 가장 큰 값이 0.1인데, {WIDTH}",
    ),
    "one value under z": (
        lambda: z_score(column(4.0, NAN), UP),
        f"지표 a: 가장 작은 값이 4이고 가장 큰 값이 4인데, {WIDTH}",
    ),
    "goalposts without width": (
        lambda: min_max(column(1.0, 3.0), UP, goalposts=GOALPOSTS),
        f"지표 a: 가장 작은 값이 5이고 가장 큰 값이 5인데, {WIDTH}",
    ),
    "wider than a number": (
        lambda: min_max(column(-1e308, 1e308), UP),
        f"지표 a: 가장 작은 값이 -1e+308이고 가장 큰 값이 1e+308인데, {WIDTH}",
    ),
    "scale the wrong way round": (
        lambda: min_max(column(1.0, 3.0), UP, 1, 0),
        "점수의 양 끝: 아래 끝이 1이고 위 끝이 0인데, 아래 끝이 위 끝보다 작아야 하므로, 두 수를 고쳐 주십시오.",
    ),
    "caps the wrong way round": (
        lambda: cap(column(1.0), 200, 0),
        "점수의 양 끝: 아래 끝이 200이고 위 끝이 0인데, 아래 끝이 위 끝보다 작아야 하므로, 두 수를 고쳐 주십시오.",
    ),
    "no goalposts for it": (
        lambda: min_max(column(1.0), UP, goalposts=GOALPOSTS.set_axis(["b"])),
        "지표 a: lower이 없는데, 모든 지표에 lower이 있어야 하므로, lower을 넣어 주십시오.",
    ),
    "single value under percentile": (
        lambda: percentile_rank(column(4.0, NAN), UP),
        "지표 a: 값이 하나뿐인데, 다른 단위와 견주어 순위를 매기므로, 값을 더 넣거나 이 지표를 빼 주십시오.",
    ),
    "target behind the worst": (
        lambda: distance_to_target(column(2.0, 6.0), pd.Series({"a": 1.0}), UP),
        "지표 a: 목표가 1이고 가장 나쁜 값이 2인데, 목표가 가장 나쁜 값보다 나아야 하므로, 목표와 방향을 확인해 주십시오.",
    ),
    "unknown transformation": (
        lambda: transform(column(1.0), {"a": "exp"}),
        "지표 a: 변환이 'exp'인데, none, log, sqrt, cbrt, square, cube, reciprocal 가운데 하나여야 하므로, "
        "변환의 이름을 고쳐 주십시오.",
    ),
    "transformation of a stranger": (
        lambda: transform(column(1.0), {"b": "log"}),
        "지표 b: 값의 표에 없는데, 있는 지표만 변환할 수 있으므로, 번호를 고치거나 값을 넣어 주십시오.",
    ),
    "log of zero": (
        lambda: transform(column(1.0, 0.0, index=["KOR", "TCD"]), {"a": "log"}),
        "지표 a, TCD: 값이 0이고 변환이 log인데, 이 변환의 결과가 유한한 수가 아니므로, 값을 확인하거나 다른 변환을 쓰십시오.",
    ),
    "square too large for a number": (
        lambda: transform(column(1e200), {"a": "square"}),
        "지표 a, 0: 값이 1e+200이고 변환이 square인데, 이 변환의 결과가 유한한 수가 아니므로, 값을 확인하거나 다른 변환을 쓰십시오.",
    ),
    "ratio too large for a number": (
        lambda: ratio_to_base(column(1e300, index=[2024]), pd.Series({"a": 1e-9}), UP),
        "지표 a, 2024의 점수: 값이 무한대인데, 유한한 수여야 하므로, 값과 나눈 수를 확인해 주십시오.",
    ),
    "infinite value": (
        lambda: rank_scores(column(np.inf, index=["KOR"]), UP),
        "지표 a, KOR: 값이 무한대인데, 유한한 수여야 하므로, 값과 나눈 수를 확인해 주십시오.",
    ),
    "infinite base": (
        lambda: ratio_to_base(column(1.0), pd.Series({"a": np.inf}), UP),
        "지표 a의 기준값: 값이 무한대인데, 유한한 수여야 하므로, 값과 나눈 수를 확인해 주십시오.",
    ),
    "no year": (
        lambda: ratio_within_units(column(1.0), UP, 2022),
        "값의 표: 줄의 이름이 None인데, 단위마다 기준연도와 견주므로 year가 있어야 하므로, 줄에 연도를 넣어 주십시오.",
    ),
    "H1 against a year": (
        lambda: ratio_within_units(column(1.0, 2.0, index=MIXED), UP, 2022, flows=FLOW),
        "지표 a: 반기가 'year'인데, 반기는 같은 반기끼리만 견줄 수 있으므로, H1이나 H2로 적고 한 해 전체의 값은 따로 계산하십시오.",
    ),
    "a stock by halves": (
        lambda: ratio_within_units(column(1.0, 2.0, index=HALVES), UP, 2022, flows=~FLOW),
        "지표 a: 기간 동안 센 수(flow)가 아닌데, 한때의 수나 조사 값은 반기로 나눌 수 없으므로, 반기 표에서 빼 주십시오.",
    ),
    "nobody knows whether a flow": (
        lambda: ratio_within_units(column(1.0, 2.0, index=HALVES), UP, 2022),
        "지표 a: 기간 동안 센 수(flow)가 아닌데, 한때의 수나 조사 값은 반기로 나눌 수 없으므로, 반기 표에서 빼 주십시오.",
    ),
    "no base year": (
        lambda: ratio_within_units(column(1.0, 2.0, index=HALVES), UP, 2021, flows=FLOW),
        "H1: 2021년 줄이 0개인데, 단위마다 기준연도 줄이 하나 있어야 하므로, 그 줄을 하나로 해 주십시오.",
    ),
}


@pytest.mark.parametrize("call, sentence", REFUSED.values(), ids=REFUSED)
def test_what_has_no_score_is_refused_by_name(call, sentence):
    """Whole sentences that name the indicator; nothing divides by zero, overflows or guesses in silence."""
    with pytest.raises(DataError) as told:
        call()
    assert str(told.value) == sentence


# --- numbers that nobody would publish --------------------------------------------------------------------------------

WILD = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, 0.1, 100.0, 1e-308, 1e308, -1e308, 1e150, 1e-150, -1e-150, 200.0]),
    st.floats(-1e308, 1e308, allow_subnormal=False),
    st.floats(0.5, 300),
)
TREE = Framework.from_table(
    pd.DataFrame(
        {
            "id": ["all", "A", "B", "a1", "a2", "b1"],
            "parent": ["", "all", "all", "A", "A", "B"],
            "direction": [1, 1, 1, 1, -1, 1],
            "weight": ["", 2, 1, 1, 3, 1],
        }
    )
)
LEAVES, D = TREE.leaves, TREE.directions
WEIGHTS = pd.DataFrame([[1, 2, 3], [1e-9, 1e9, 1]], columns=LEAVES)


@st.composite
def wild_tables(draw):
    """Four rows of three indicators: tiny, huge, of any sign, with gaps, in any dtype, by year and district or by year."""
    cells = draw(st.lists(WILD, min_size=12, max_size=12))
    table = pd.DataFrame(np.reshape(cells, (4, 3)), columns=LEAVES, index=pd.Index(range(2020, 2024), name="year"))
    kind = draw(st.sampled_from(["float", "positive", "positive", "object", "Int64", "int"]))
    if kind == "positive":
        table = table.abs()
    elif kind in ("int", "Int64"):
        table = table.clip(-1e15, 1e15).round().astype("int64").astype("int64" if kind == "int" else "Int64")
    gap = draw(st.sampled_from([None, (1, 0), (3, 2), (0, 1)])) if kind != "int" else None
    if kind == "object":
        table = table.astype(object)
    if gap:
        table.iloc[gap] = pd.NA if kind in ("object", "Int64") else NAN
    if draw(st.booleans()):
        years = [("가", 2020), ("가", 2021), ("나", 2020), ("나", 2021)]
        table.index = pd.MultiIndex.from_tuples(years, names=["district", "year"])
    return table


def base_of(t: pd.DataFrame) -> pd.Series:
    return t.iloc[0]


GATES = {
    "ratio": lambda t: ratio_to_base(t, base_of(t), D),
    "reflection": lambda t: ratio_to_base(t, base_of(t), D, "reflection"),
    "within": lambda t: ratio_within_units(t, D, 2020),
    "ceilings": lambda t: ceilings(base_of(t), t.iloc[1], D).to_frame(),
    "min_max": lambda t: min_max(t, D, 1, 100),
    "goalposts": lambda t: min_max(t, D, goalposts=pd.DataFrame({"lower": t.iloc[0], "upper": t.iloc[1]})),
    "z_score": lambda t: z_score(t, D, 100, 10),
    "percentile": lambda t: percentile_rank(t, D),
    "target": lambda t: distance_to_target(t, t.iloc[1], D),
    "cap": lambda t: cap(t, 1, 200)[0],
    **{rule: lambda t, rule=rule: transform(t, dict.fromkeys(LEAVES, rule)) for rule in normalise.TRANSFORMS},
    **{how: lambda t, how=how: aggregate.aggregate(t, TREE, how, LEAVES, 0) for how in aggregate.METHODS},
    "no gaps": lambda t: aggregate.aggregate(t, TREE),
    **{f"parts, {how}": lambda t, how=how: aggregate.contributions(t[:2], t[:2][::-1].set_axis(t[:2].index), TREE, how)
       for how in aggregate.METHODS},
    "link": lambda t: aggregate.chain_link(t.reset_index(drop=True)[:3], t.reset_index(drop=True)[1:], 2),
    "neutral": lambda t: aggregate.enter_neutrally(t.reset_index(drop=True), TREE, {"a1": 1}),
    "without one": lambda t: uncertainty.leave_one_out(t, TREE, {0: "geometric"}),
    "weights": lambda t: uncertainty.simulate(t, TREE, weights=WEIGHTS, reweight=LEAVES, seed=0),
    "errors": lambda t: uncertainty.simulate(
        t, TREE, errors=pd.DataFrame(0.49, t.index, LEAVES), directions=D, base=t.index[0], draws=9, seed=0, how="harmonic"
    ),
}  # fmt: skip


@pytest.mark.parametrize("gate", GATES)
@settings(deadline=None, max_examples=5)
@given(table=wild_tables())
def test_no_infinite_number_leaves_a_room(gate, table):
    """A sentence of ours, or a table without an infinite number and without NaN where nothing was missing."""
    try:
        found = GATES[gate](table)
    except DonghengError:
        return
    found = found.where(found.notna(), NAN).astype(float)
    assert not np.isinf(found.to_numpy()).any()
    if not table.isna().to_numpy().any() and gate != "ceilings":
        assert found.notna().to_numpy().all()
