"""Each system by its own rule, against what the system itself published; and min and max that never shift unnoticed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dongheng import rawdata
from dongheng.benchmarks import (
    BANDS,
    better_life_scores,
    extremes,
    rank_range,
    scoreboard_categories,
    target_record,
    total_scores,
)
from dongheng.errors import DataError
from tests.conftest import ROOT

NAN = float("nan")
FOLDER = Path("data/raw/benchmarks")
FILES = sorted(path.relative_to(ROOT) for path in (ROOT / FOLDER).glob("*.csv"))


def raw(name: str) -> pd.DataFrame:
    return rawdata.read_table(ROOT, FOLDER / f"{name}.csv")


def wide(name: str, value: str = "value", column: str = "indicator_id") -> pd.DataFrame:
    table = raw(name)
    return table.assign(**{value: pd.to_numeric(table[value])}).pivot(index="geo", columns=column, values=value)


@pytest.fixture(scope="module")
def legacy() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Values, indicators and OECD's own topic scores of the 41-country edition."""
    published = wide("oecd_bli_legacy_topic_scores", "score", "topic")
    return wide("oecd_bli_legacy_values"), raw("oecd_bli_legacy_indicators"), published


@pytest.fixture(scope="module")
def scoreboard() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series, pd.DataFrame]:
    """Levels, changes, directions and the Commission's categories of the Joint Employment Report 2025."""
    directions = raw("eu_scoreboard_indicators").set_index("id")["direction"]
    told = raw("eu_scoreboard_2025").pivot(index="geo", columns="indicator_id", values="category")
    return wide("eu_scoreboard_2025", "level"), wide("eu_scoreboard_2025", "change"), directions, told.replace("", NAN)


# --- v2: OECD Better Life Index ---------------------------------------------------------------------------------------

# Largest gap between our topic scores and OECD's own over the 16 countries that have all 24 indicators.
GAPS = {
    "Income": 0,
    "Health": 0.1,
    "Safety": 0.1,
    "Environment": 0.1,
    "Housing": 0.13,
    "Life satisfaction": 0.2,
    "Community": 0.3,
    "Education": 0.4,
    "Jobs": 0.5,
    "Civic engagement": 0.8,
    "Work-life balance": 1.1,
}


def test_topic_scores_are_oecds_within_the_known_gaps(legacy):
    """The rule is OECD's: topic by topic no further from its published scores than values of another vintage explain."""
    values, indicators, published = legacy
    complete = values.index[values.notna().all(axis=1)]
    ours = better_life_scores(values, indicators, decimals=1).loc[complete]
    gaps = (ours - published.loc[complete]).abs().max()
    assert len(complete) == 16 and set(gaps.index) == set(GAPS)
    for topic, gap in GAPS.items():
        # The gaps are known to one decimal, housing's (a third of 0.4) to two.
        assert gaps[topic] == pytest.approx(gap, abs=0.005 if topic in ("Housing", "Income") else 0.05 + 1e-9), topic


def test_unrounded_scores_of_indicators_lie_a_little_further_off(legacy):
    """Why `decimals` exists: income fits to the last digit only where indicators are rounded before the mean."""
    values, indicators, published = legacy
    complete = values.index[values.notna().all(axis=1)]
    gap = (better_life_scores(values, indicators) - published).loc[complete, "Income"].abs().max()
    assert gap == pytest.approx(0.038, abs=0.0005)


def test_korea_is_32nd_of_41_and_anywhere_from_19th_to_35th(legacy):
    """OECD's scores, equal weights and 10,000 random ones: the rank is never to be read without its range."""
    korea = rank_range(legacy[2], draws=10_000, seed=1).loc["KOR"]
    assert korea[["rank", "lower", "upper", "of"]].tolist() == [32, 19, 35, 41]


def test_the_mean_of_what_is_left_is_no_stand_in_for_a_gap(legacy):
    """Japan has no figure for long hours; the mean of the rest would give it 0 where OECD gives 3.4. It gets none."""
    values, indicators, published = legacy
    ours = better_life_scores(values, indicators)
    rest = values.columns[(indicators.set_index("id")["topic"][values.columns] == "Work-life balance").to_numpy()]
    left = values.loc["JPN", rest].dropna()
    assert list(left.index) == ["WL_TNOW"] and left["WL_TNOW"] == values["WL_TNOW"].min()
    assert np.isnan(ours.at["JPN", "Work-life balance"]) and published.at["JPN", "Work-life balance"] > 3
    assert ours.loc["ZAF"].isna().sum() == 8 - 1  # 15 of 24 indicators: four topics are left


def test_the_renewed_edition_is_scored_whole():
    """38 countries, 24 indicators, no gap left by OECD: every topic of every country has a score."""
    scores = better_life_scores(wide("oecd_bli_2025_values"), raw("oecd_bli_2025_indicators"))
    assert scores.shape == (38, 11) and scores.notna().all(axis=None)
    assert scores.min(axis=None) >= 0 and scores.max(axis=None) <= 10


TWO = pd.DataFrame(
    [("a", "Housing", "positive", "%"), ("b", "Housing", "negative", "years")],
    columns=["id", "topic", "direction", "unit"],
)


def table(**columns) -> pd.DataFrame:
    return pd.DataFrame(columns, index=["AAA", "BBB", "CCC"])


def test_a_topic_by_hand():
    """20 between 10 and 60 scores 2; turned round, 1 between 0 and 4 scores 7.5; the mean is 4.75."""
    scores = better_life_scores(table(a=[10, 20, 60], b=[4, 1, 0]), TWO)
    assert scores["Housing"].tolist() == [0, 4.75, 10]


def test_a_column_named_dimension_does_too():
    """The renewed edition calls its topics dimensions."""
    scores = better_life_scores(table(a=[10, 20, 60], b=[4, 1, 0]), TWO.rename(columns={"topic": "dimension"}))
    assert scores.columns.tolist() == ["Housing"]


def test_extremes_say_on_whom_an_edition_rests():
    """Another edition is fine, but it tells who sets its minimum and maximum, ties included."""
    told = extremes(table(a=[10.0, 60.0, 60.0], b=[NAN, 1.0, 0.0]))
    assert told.loc["a"].tolist() == [3, 10, 60, "AAA", "BBB, CCC"]
    assert told.loc["b"].tolist() == [2, 0, 1, "CCC", "BBB"]


GOOD = {"values": table(a=[10.0, 20.0, 60.0], b=[4.0, 1.0, 0.0]), "indicators": TWO}
REFUSED = {
    "renamed code": (
        {"values": GOOD["values"].rename(columns={"b": "B"})},
        "지표 B: 값 표에는 있고 지표 표에는 없는데, 두 곳에 모두 있어야 하므로, 부호가 바뀌었는지, 빠진 것인지 확인해 주십시오.",
    ),
    "lost indicator": (
        {"values": GOOD["values"][["a"]]},
        "지표 b: 지표 표에는 있고 값 표에는 없는데, 두 곳에 모두 있어야 하므로, 부호가 바뀌었는지, 빠진 것인지 확인해 주십시오.",
    ),
    "lost country": (
        {"countries": ["AAA", "BBB", "CCC", "DDD"]},
        "나라 DDD: 이 판의 나라 목록에는 있고 값 표에는 없는데, 두 곳에 모두 있어야 하므로, 부호가 바뀌었는지, 빠진 것인지 확인해 주십시오.",
    ),
    "country of another edition": (
        {"countries": ["AAA", "BBB"]},
        "나라 CCC: 값 표에는 있고 이 판의 나라 목록에는 없는데, 두 곳에 모두 있어야 하므로, 부호가 바뀌었는지, 빠진 것인지 확인해 주십시오.",
    ),
    "percentages given as shares": (
        {"values": GOOD["values"].assign(a=[0.1, 0.2, 0.6])},
        "지표 a: 비율(0~1)로 보이는 값이 3개(AAA 0.1, BBB 0.2, CCC 0.6)인데, 단위가 %여야 하므로, 100을 곱해 주십시오.",
    ),
    "one percentage given as a share": (
        {"values": GOOD["values"].assign(a=[10, 0.2, 60])},
        "지표 a: 비율(0~1)로 보이는 값이 1개(BBB 0.2)인데, 단위가 %여야 하므로, 100을 곱해 주십시오.",
    ),
    "no value at all": (
        {"values": GOOD["values"].assign(b=NAN)},
        "지표 b: 값이 하나도 없는데, 나라마다 달라야 자리를 정할 수 있으므로, 부호와 값을 확인하고, 맞으면 이 지표를 빼 주십시오.",
    ),
    "the same everywhere": (
        {"values": GOOD["values"].assign(b=[3, NAN, 3])},
        "지표 b: 값이 모두 3인데, 나라마다 달라야 자리를 정할 수 있으므로, 부호와 값을 확인하고, 맞으면 이 지표를 빼 주십시오.",
    ),
    "unknown direction": (
        {"indicators": TWO.assign(direction=["positive", "up"])},
        "지표 b: 방향이 up인데, positive(1)나 negative(-1)여야 하므로, 방향을 고쳐 주십시오.",
    ),
    "no direction": (
        {"indicators": TWO.assign(direction=["positive", NAN])},
        "지표 b: 방향이 없는데, positive(1)나 negative(-1)여야 하므로, 방향을 고쳐 주십시오.",
    ),
    "text in a number": (
        {"values": GOOD["values"].astype(object).assign(a=[10, "20 %", 60])},
        "값 표의 BBB 줄 a 칸: '20 %'인데, 유한한 수이거나 빈칸이어야 하므로, 값을 고쳐 주십시오.",
    ),
    "infinity": (
        {"values": GOOD["values"].assign(b=[4, np.inf, 0])},
        "값 표의 BBB 줄 b 칸: 'inf'인데, 유한한 수이거나 빈칸이어야 하므로, 값을 고쳐 주십시오.",
    ),
    "country twice": (
        {"values": GOOD["values"].set_axis(["AAA", "BBB", "AAA"])},
        "값 표의 줄 'AAA': 두 번 있는데, 한 번만 나와야 하므로, 하나를 지워 주십시오.",
    ),
    "indicator twice": (
        {"indicators": pd.concat([TWO, TWO[1:]])},
        "지표 표의 id 'b': 두 번 있는데, 한 번만 나와야 하므로, 하나를 지워 주십시오.",
    ),
}


@pytest.mark.parametrize("changed, sentence", REFUSED.values(), ids=REFUSED)
def test_what_would_shift_min_and_max_is_refused_by_name(changed, sentence):
    """A renamed code, a lost country, a share among percentages: an error that names it, never other scores for all."""
    with pytest.raises(DataError) as told:
        better_life_scores(**(GOOD | changed))
    assert str(told.value) == sentence


def test_true_percentages_below_one_are_no_shares(legacy):
    """Long-term unemployment of 0.1 % and 0 % stand in the real editions; so does a rate of homicides below 1."""
    values = legacy[0]
    assert (values[["JE_LTUR", "WL_EWLH", "HO_BASE"]].min() < 1).all()
    better_life_scores(values, legacy[1])
    with pytest.raises(DataError, match="^지표 JE_EMPL: 비율"):
        better_life_scores(values.assign(JE_EMPL=values["JE_EMPL"] / 100), legacy[1])
    one = values.copy()
    one.loc["KOR", "CG_VOTO"] /= 100
    with pytest.raises(DataError, match="^지표 CG_VOTO: .*KOR 0.77"):
        better_life_scores(one, legacy[1])


def test_a_gap_moves_no_other_score_unless_it_was_the_extreme():
    """A country that misses an indicator is a marked gap; the rest stand as they were."""
    values = table(a=[10.0, 20.0, 60.0], b=[4.0, 1.0, 0.0])
    full, gap = better_life_scores(values, TWO), better_life_scores(values.replace({"a": {20.0: NAN}}), TWO)
    assert gap["Housing"].isna().tolist() == [False, True, False]
    assert gap["Housing"][["AAA", "CCC"]].tolist() == full["Housing"][["AAA", "CCC"]].tolist()


@st.composite
def editions(draw):
    """Values of 2 to 6 countries and 1 to 4 indicators (no column flat), and their indicators."""
    n, m = draw(st.integers(2, 6)), draw(st.integers(1, 4))
    column = st.lists(st.integers(-1000, 1000), min_size=n, max_size=n, unique=True)
    values = pd.DataFrame({f"i{k}": draw(column) for k in range(m)}, index=[f"C{k}" for k in range(n)], dtype=float)
    kinds = draw(st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from(["positive", "negative"])), min_size=m))
    indicators = pd.DataFrame(kinds[:m], columns=["topic", "direction"]).assign(id=values.columns)
    return values, indicators


@settings(deadline=None, max_examples=20)
@given(editions(), st.randoms(), st.floats(0.1, 100), st.floats(-100, 100))
def test_scores_are_bounded_and_forget_unit_and_order(given_, random, a, b):
    """0 to 10; another unit (any a x + b) and another order of rows and columns give the same scores."""
    values, indicators = given_
    scores = better_life_scores(values, indicators)
    assert scores.min(axis=None) >= 0 and scores.max(axis=None) <= 10
    rows, ids = random.sample(list(values.index), len(values)), random.sample(list(values), values.shape[1])
    other = better_life_scores(a * values.loc[rows, ids] + b, indicators)
    pd.testing.assert_frame_equal(other.loc[scores.index], scores, atol=1e-7)


@settings(deadline=None, max_examples=20)
@given(editions())
def test_turning_every_direction_mirrors_the_scores(given_):
    """What was best is worst: scores of both readings add up to 10."""
    values, indicators = given_
    turned = indicators.assign(direction=indicators["direction"].map({"positive": "negative", "negative": "positive"}))
    both = better_life_scores(values, indicators) + better_life_scores(values, turned)
    assert both.to_numpy() == pytest.approx(10)


# --- weights and ranks ------------------------------------------------------------------------------------------------

TOPICS = table(Housing=[2.0, 8.0, 5.0], Jobs=[4.0, 4.0, 10.0], Health=[9.0, 0.0, NAN])


def test_totals_by_hand():
    """Weight over the sum of weights; a topic that is not named keeps 5, one of weight 0 is left out with its gap."""
    assert total_scores(TOPICS)[:2].tolist() == [5, 4] and np.isnan(total_scores(TOPICS)["CCC"])
    assert total_scores(TOPICS, {"Health": 0}).tolist() == [3, 6, 7.5]
    weights = pd.Series({"Health": 0, "Housing": 10})
    assert total_scores(TOPICS, weights).to_numpy() == pytest.approx([8 / 3, 20 / 3, 20 / 3])


@pytest.mark.parametrize(
    "weights, sentence",
    [
        (
            {"Jbos": 1},
            "주제 'Jbos': Housing, Jobs, Health 가운데 없는데, 있는 주제에만 가중치를 줄 수 있으므로, 이름을 고쳐 주십시오.",
        ),
        (
            {"Jobs": 11},
            "주제 'Jobs': 가중치가 11인데, 0에서 10까지이고 하나는 0보다 커야 하므로, 가중치를 고쳐 주십시오.",
        ),
        (
            {"Jobs": NAN},
            "주제 'Jobs': 가중치가 nan인데, 0에서 10까지이고 하나는 0보다 커야 하므로, 가중치를 고쳐 주십시오.",
        ),
        (
            {"Jobs": 0, "Housing": 0, "Health": 0},
            "주제 가중치: 모두 0인데, 0에서 10까지이고 하나는 0보다 커야 하므로, 가중치를 고쳐 주십시오.",
        ),
    ],
)
def test_weights_that_mean_nothing_are_refused(weights, sentence):
    """A misspelt topic must not leave the reader with the weights that were there before."""
    with pytest.raises(DataError) as told:
        total_scores(TOPICS, weights)
    assert str(told.value) == sentence


def test_a_country_with_a_gap_is_not_ranked():
    """No rank for it, and the others' say among how many they are."""
    ranks = rank_range(TOPICS, draws=100)
    assert ranks.loc["CCC"].isna().all() and ranks["of"].tolist()[:2] == [2, 2]
    assert ranks["rank"].tolist()[:2] == [1, 2] and ranks.index.equals(TOPICS.index)


def test_equal_totals_share_the_better_rank():
    """Twins are both first and the next is third, on equal weights and on every random weighting.

    0.1 + 0.2 is not 0.3 to a computer: a tie is told by nine decimals and not by the last digit.
    """
    twins = pd.DataFrame({"x": [0.1 + 0.2, 0.3, 0.1], "y": [0.7, 0.7, 0.3]})
    ranks = rank_range(twins, draws=500)
    for column in ("rank", "lower", "median", "upper"):
        assert ranks[column].tolist() == [1, 1, 3]


def test_two_topics_pulling_apart_give_the_whole_range():
    """Who is best in one topic and worst in the other ends first or last half of the time each."""
    ranks = rank_range(pd.DataFrame({"x": [0.0, 10.0], "y": [10.0, 0.0]}), draws=2000, seed=0)
    assert ranks[["lower", "upper"]].to_numpy().tolist() == [[1, 2], [1, 2]] and ranks["rank"].tolist() == [1, 1]


def test_a_bound_is_a_rank_that_occurred():
    """Of two ranks, 1 and 2, the median is the first: half of the weightings give it, and 1.5 is no rank."""
    apart = pd.DataFrame({"x": [0.0, 10.0], "y": [10.0, 0.0]})
    pairs = [rank_range(apart, draws=2, seed=seed).loc[0, ["lower", "median", "upper"]].tolist() for seed in range(20)]
    assert sorted({tuple(pair) for pair in pairs}) == [(1, 1, 1), (1, 1, 2), (2, 2, 2)]


def test_weights_are_spread_evenly_over_all_ways_to_divide_them():
    """Flat Dirichlet of three topics: one topic weighs over a half in a quarter of the draws."""
    # The first country wins exactly where x weighs over a half: (1 - 1/2)^2.
    apart = pd.DataFrame({"x": [10.0, 0.0], "y": [0.0, 10.0], "z": [0.0, 10.0]})
    wins = [rank_range(apart, draws=1, seed=seed).at[0, "median"] == 1 for seed in range(200)]
    assert abs(np.mean(wins) - 0.25) < 4 * np.sqrt(0.25 * 0.75 / 200)


def test_the_seed_decides_and_0_is_one(legacy):
    """The same seed gives the same table to the last digit; another gives another."""
    topics = legacy[2].iloc[:8]
    first, again, other = (rank_range(topics, draws=7, seed=seed) for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert not first.equals(other)


def test_nothing_to_rank_is_refused():
    """Neither zero weightings nor a table in which every country has a gap gives a rank."""
    for topics, draws, found in (
        (TOPICS, 0, "0번 뽑고 모든 주제가 있는 나라가 2개국"),
        (TOPICS[2:], 5, "5번 .* 0개국"),
    ):
        with pytest.raises(DataError, match=f"순위의 범위: 가중치를 {found}인데"):
            rank_range(topics, draws=draws)


# --- v3: EU Social Scoreboard -----------------------------------------------------------------------------------------


def test_every_category_of_the_commission_comes_out(scoreboard):
    """All 457 classified cells of the Joint Employment Report 2025, and a gap where the Commission has one."""
    levels, changes, directions, told = scoreboard
    ours = scoreboard_categories(levels, changes, directions)
    assert told.notna().sum().sum() == 457 == (ours == told).sum().sum()
    assert (ours.isna() == told.isna()).all(axis=None)


def test_the_deviation_is_the_populations(scoreboard):
    """With n - 1 instead of n exactly nine cells come out otherwise, so the default is no matter of taste."""
    levels, changes, directions, told = scoreboard
    ours = scoreboard_categories(levels, changes, directions, ddof=1)
    assert ((ours != told) & told.notna()).sum().sum() == 9


def test_all_seven_labels_are_spelt_as_in_the_data(scoreboard):
    """A label nobody publishes would never be found in a table of colours."""
    labels = {label for band in BANDS for label in band[1:]}
    assert labels == set(raw("eu_scoreboard_2025")["category"]) - {""} and len(labels) == 7


def states(x) -> pd.DataFrame:
    return pd.DataFrame({"i": x}, index=[f"S{k}" for k in range(len(x))], dtype=float)


@pytest.mark.parametrize(
    "level, category", [(1.2, "Best performer"), (0.7, "Better than average"), (0, "On average"), (-0.7, "To watch")]
)
def test_the_exception_for_a_state_that_did_not_get_worse(level, category):
    """Made up: everybody leaps, one state stands still or improves a little; it is not marked down for it."""
    w = np.sqrt(3.5 - level**2)  # mean 0 and population SD 1 over seven states: the level is its own score
    levels, rises, up = states([level, -level, w, -w, 0, 0, 0]), [10] * 6, pd.Series({"i": 1})
    for own, is_exception in ((0.5, True), (0, True), (-0.5, False)):
        changes = states([own, *rises])
        ours = scoreboard_categories(levels, changes, up).at["S0", "i"]
        down = scoreboard_categories(-levels, -changes, -up).at["S0", "i"]
        worse = {"Best performer": "Good but to monitor", "Better than average": "Good but to monitor"}
        assert ours == down == (category if is_exception else worse.get(category, "To watch"))


@pytest.mark.parametrize(
    "z, category", [(-1, "To watch"), (-0.5, "On average"), (0.5, "Better than average"), (1, "Best performer")]
)
def test_a_score_on_a_cut_belongs_to_the_better_side(z, category):
    """Nothing published lies on a cut, so this only has to stay as it is; a last digit must not decide it."""
    w = np.sqrt(2 - z * z)  # mean 0 and population SD 1 over four states, before the unit is changed
    levels = 7.3 + 0.1 * states([z, -z, w, -w])
    assert scoreboard_categories(levels, states([0, 0, 1, -1]), pd.Series({"i": 1})).at["S0", "i"] == category


def test_changes_are_scored_among_the_states_that_have_one(scoreboard):
    """Denmark's disability gap has a level and no change: 27 states score the level, 26 the change, Denmark stays open."""
    levels, changes, directions, _ = scoreboard
    one = ["disability_gap"]
    assert levels[one].notna().sum().item() == 27 and changes[one].notna().sum().item() == 26
    ours = scoreboard_categories(levels[one], changes[one], directions)
    assert ours["disability_gap"].isna()["DK"] and ours["disability_gap"].notna().sum() == 26


@settings(deadline=None, max_examples=10)
@given(st.floats(0.01, 100), st.floats(-100, 100), st.randoms())
def test_categories_forget_unit_and_order(scoreboard, a, b, random):
    """Another unit of the level moves no category; nor does the order in which the two tables list states."""
    levels, changes, directions, _ = scoreboard
    rows = random.sample(list(levels.index), len(levels))
    ours = scoreboard_categories(a * levels + b, changes.loc[rows, ::-1] * a, directions)
    pd.testing.assert_frame_equal(ours, scoreboard_categories(levels, changes, directions))


@pytest.mark.parametrize(
    "change, sentence",
    [
        (
            lambda levels, changes, d: (levels, changes.drop(index="AT"), d),
            "나라 AT: 수준 표에는 있고 변화 표에는 없는데, 두 곳에 모두 있어야 하므로, 부호가 바뀌었는지, 빠진 것인지 확인해 주십시오.",
        ),
        (
            lambda levels, changes, d: (levels, changes.rename(columns={"neet": "NEET"}), d),
            "지표 NEET: 변화 표에는 있고 수준 표에는 없는데, 두 곳에 모두 있어야 하므로, 부호가 바뀌었는지, 빠진 것인지 확인해 주십시오.",
        ),
        (
            lambda levels, changes, d: (levels, changes, d.drop("neet")),
            "지표 neet: 방향이 없는데, positive(1)나 negative(-1)여야 하므로, 방향을 고쳐 주십시오.",
        ),
        (
            lambda levels, changes, d: (levels, changes.assign(neet=0.0), d),
            "지표 neet: 변화가 모두 0인데, 나라마다 달라야 자리를 정할 수 있으므로, 부호와 값을 확인하고, 맞으면 이 지표를 빼 주십시오.",
        ),
        (
            lambda levels, changes, d: (levels.assign(neet=NAN), changes, d),
            "지표 neet: 수준이 하나도 없는데, 나라마다 달라야 자리를 정할 수 있으므로, 부호와 값을 확인하고, 맞으면 이 지표를 빼 주십시오.",
        ),
    ],
)
def test_a_scoreboard_that_cannot_be_scored_is_refused_by_name(scoreboard, change, sentence):
    """States that only one table has would shift the mean of the other without a word."""
    with pytest.raises(DataError) as told:
        scoreboard_categories(*change(*scoreboard[:3]))
    assert str(told.value) == sentence


# --- New York ---------------------------------------------------------------------------------------------------------

YEARS = pd.DataFrame(
    {"a": [1.0, 2.0, 3.0, 4.0], "b": [1.0, 2.0, 3.0, 4.0], "c": [5.0, 5.0, 5.0, 5.0], "d": [NAN, 2.0, NAN, 1.0]},
    index=[2019, 2020, 2021, 2022],
)
WAYS = pd.Series({"a": 1, "b": -1, "c": 1, "d": 1})


def test_a_target_record_by_hand():
    """a meets 4 exactly, b misses it the other way, c has none, d has no last year; only a rises, c stands still."""
    record = target_record(YEARS, pd.Series({"a": 4, "b": 3.5, "c": NAN, "d": 1}), WAYS)
    assert record[["measures", "with_target", "met", "compared", "improving"]].tolist() == [4, 3, 2, 3, 1]
    assert record["share_met"] == pytest.approx(2 / 3) and record["share_improving"] == pytest.approx(1 / 3)


def test_improvement_against_a_mean_needs_all_its_years():
    """Against 2019-2021: a 4 beside 2 rises, d misses a year; five years are not there at all."""
    none = pd.Series(dtype=float)
    assert target_record(YEARS, none, WAYS, versus=3)[["compared", "improving"]].tolist() == [3, 1]
    record = target_record(YEARS, none, WAYS, versus=5)
    assert record[["compared", "improving"]].tolist() == [0, 0] and np.isnan(record["share_improving"])


def test_without_targets_there_is_no_share_of_met_ones():
    """Seoul's 50 indicators have no targets: a share of nothing is NaN and not 0."""
    record = target_record(YEARS, pd.Series(dtype=float), WAYS)
    assert record["with_target"] == 0 and np.isnan(record["share_met"])
    empty = target_record(YEARS[:0], pd.Series({"a": 1.0}), WAYS)
    assert empty["measures"] == 4 and empty["with_target"] == 0 and np.isnan(empty["share_met"])


def test_the_matched_measures_of_new_york():
    """29 measures of fiscal 2022: 16 have a target and 7 met it; 15 were better than the year before (counted by hand)."""
    table_ = raw("nyc_measures").set_index("id")
    values = table_.filter(regex=r"^fy\d").apply(pd.to_numeric).T.set_axis(range(2016, 2023))
    record = target_record(values, pd.to_numeric(table_["target_fy2022"]), table_["direction"])
    assert record[["measures", "with_target", "met", "compared", "improving"]].tolist() == [29, 16, 7, 29, 15]


@pytest.mark.parametrize(
    "values, targets, sentence",
    [
        (
            YEARS,
            {"e": 1},
            "지표 e: 목표 표에는 있고 값 표에는 없는데, 두 곳에 모두 있어야 하므로, 부호가 바뀌었는지, 빠진 것인지 확인해 주십시오.",
        ),
        (
            YEARS.loc[[2019, 2020, 2022]],
            {"a": 1},
            "값 표: 줄이 2019, 2020, 2022의 차례인데, 연도가 하나씩 커져야 하므로, 줄을 차례로 놓고 빠진 해는 빈 줄로 넣어 주십시오.",
        ),
        (
            YEARS[::-1],
            {"a": 1},
            "값 표: 줄이 2022, 2021, 2020, 2019의 차례인데, 연도가 하나씩 커져야 하므로, 줄을 차례로 놓고 빠진 해는 빈 줄로 넣어 주십시오.",
        ),
    ],
)
def test_a_record_of_the_wrong_year_is_refused(values, targets, sentence):
    """'Last year' must be last year, and a target must belong to something."""
    with pytest.raises(DataError) as told:
        target_record(values, pd.Series(targets), WAYS)
    assert str(told.value) == sentence


# --- the tables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_table_is_small_plain_and_has_its_record(path):
    """UTF-8 without BOM, LF, under 150 KB, readable, and the bytes are those that the provenance record describes."""
    content = (ROOT / path).read_bytes()
    assert len(content) < 150_000 and b"\r" not in content and not content.startswith(b"\xef\xbb\xbf")
    assert len(rawdata.read_table(ROOT, path)) and rawdata.provenance_anomalies(ROOT, [path]) == []
    told = rawdata.provenance(ROOT, path)
    assert told["producer"] and told["title"]


def test_every_match_of_the_50_indicators_is_found():
    """A coverage matrix is made by these ids; one that nobody knows would look like a gap in Seoul's framework."""
    matches = raw("seoul50_to_benchmarks").set_index("seoul_id")
    leaves = rawdata.read_table(ROOT, Path("data/raw/framework/2023-11.csv")).query("direction != ''")["id"]
    assert list(matches.index) == list(leaves)
    assert matches["closeness"].value_counts().to_dict() == {"C": 20, "B": 18, "N": 9, "A": 3}
    assert matches.index[matches["closeness"] == "A"].tolist() == ["3-6", "4-6", "10-1"]
    known = {
        "oecd_bli_legacy": "oecd_bli_legacy_indicators",
        "oecd_wellbeing": "oecd_wellbeing_indicators",
        "eu_scoreboard": "eu_scoreboard_indicators",
        "eu_laeken": "eu_laeken_indicators",
        "gla": "gla_measures",
        "capability": "capability_indicators",
        "nyc": "nyc_measures",
    }
    for column, name in known.items():
        ids = {i for cell in matches[column] for i in cell.split(";") if i}
        assert ids and ids <= set(raw(name)["id"]), column
    assert (matches[list(known)] == "").all(axis=1)[matches["closeness"] == "N"].all()


def test_values_belong_to_known_indicators_and_countries():
    """One value per indicator, country and year; every id in its table of indicators, every code in that of countries."""
    countries = raw("countries")
    both = {*countries["geo"], *countries["eurostat"], "OECD", "EU27_2020"} - {""}
    for values, indicators in {
        "oecd_bli_legacy_values": "oecd_bli_legacy_indicators",
        "oecd_bli_2025_values": "oecd_bli_2025_indicators",
        "oecd_wellbeing_values": "oecd_wellbeing_indicators",
        "eu_scoreboard_2025": "eu_scoreboard_indicators",
    }.items():
        table_ = raw(values)
        assert set(table_["indicator_id"]) <= set(raw(indicators)["id"]) and set(table_["geo"]) <= both, values
        assert not table_.duplicated(["indicator_id", "geo"]).any(), values
    assert set(raw("eu_poverty_values")["geo"]) <= both
    assert set(raw("oecd_wellbeing_korea_groups")["indicator_id"]) <= set(raw("oecd_wellbeing_indicators")["id"])
    assert set(wide("oecd_bli_legacy_values").index) == set(countries.query("bli_legacy == 'yes'")["geo"])
    assert set(wide("oecd_bli_2025_values").index) == set(countries.query("bli_2025 == 'yes'")["geo"])


def test_imputed_values_are_marked():
    """77 of the 912 values of the 2025 edition are OECD's imputations: no year, and marked as such."""
    values = raw("oecd_bli_2025_values")
    imputed = values["value_basis"] == "imputed"
    assert (len(values), imputed.sum()) == (912, 77) and (values["year"].eq("") == imputed).all()
    assert values[~imputed]["year"].map(lambda year: bool(re.fullmatch("20[0-2][0-9]", year))).all()
