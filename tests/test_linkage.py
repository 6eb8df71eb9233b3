"""Need, supply and unit cost, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from dongheng.linkage import per_target_group, unit_costs

LEVELS = pd.DataFrame(
    [("a", year, "level", value) for year, value in ((2022, 100.0), (2023, 104.0), (2024, 104.0))]
    + [("b", 2023, "level", 10.0), ("b", 2024, "level", 5.0), ("a", 2024, "change_percent", 4.0)]
    + [("c", 2024, "level", 7.0), ("d", 2022, "level", float("nan"))],
    columns=["indicator_id", "year", "basis", "value"],
)
REGISTER = pd.DataFrame({"target_group": ["old", "young", "", "old"]}, index=list("abcd"))
SIZES = pd.DataFrame(
    {
        "target_group": ["old"] * 3 + ["young"] * 2,
        "name": ["노인"] * 3 + ["아동"] * 2,
        "year": [2022, 2023, 2024, 2023, 2024],
        "size": [1000.0, 1050.0, 1050.0, 200.0, 80.0],
        "unit": "명",
    }
)


def test_supply_is_set_against_need():
    """a: +4 % for a group of +5 % has shrunk, standing still beside a group that stands still has not; b fell: no flag."""
    told = per_target_group(LEVELS, REGISTER, SIZES).set_index(["indicator_id", "year"])
    assert told.index.tolist() == [("a", 2022), ("a", 2023), ("a", 2024), ("b", 2023), ("b", 2024)]
    assert told["per_100"].tolist() == pytest.approx([10, 100 * 104 / 1050, 100 * 104 / 1050, 5, 6.25])
    assert told["shrunk"].tolist() == [0, 1, 0, 0, 0]
    assert told["value_growth"].tolist()[1:3] == pytest.approx([4, 0]) and told["size_growth"].iloc[1] == pytest.approx(
        5
    )
    assert told["value_growth"].isna().tolist() == [True, False, False, True, False]


def test_unit_costs_in_won_of_the_base_year():
    """Prices up 10 %: 2.2 million for 104 is 2 million in the base year's won, 19,231 a head."""
    costs = pd.DataFrame(
        {"indicator_id": "a", "year": [2022, 2023], "million_won": [1.5, 2.2], "price_index": [50.0, 55.0]}
    )
    told = unit_costs(LEVELS, costs, 2022)
    assert told["constant_won"].tolist() == pytest.approx([1.5, 2.0])
    assert told["per_unit"].tolist() == pytest.approx([15_000, 2.2e6 / 104])
    assert told["constant_per_unit"].tolist() == pytest.approx([15_000, 2e6 / 104])
    assert unit_costs(LEVELS, costs[1:], 2022)["constant_won"].isna().all()  # no price of the base year


def test_without_denominators_or_costs_there_are_no_rows_but_all_columns():
    """Seoul's groups and costs are not obtained: empty tables, not errors."""
    assert per_target_group(LEVELS, REGISTER, SIZES[:0]).columns.tolist()[0] == "indicator_id"
    assert per_target_group(LEVELS, REGISTER[:0], SIZES).empty
    none = pd.DataFrame(columns=["indicator_id", "year", "million_won", "price_index"]).astype({"year": int})
    assert unit_costs(LEVELS, none, 2022).empty
