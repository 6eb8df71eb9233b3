"""From what an indicator counts to whom it is for and what it costs: need, supply, unit cost."""

import pandas as pd

WON = 1_000_000  # project costs are told in million won


def per_target_group(levels: pd.DataFrame, register: pd.DataFrame, denominators: pd.DataFrame) -> pd.DataFrame:
    """A volume beside the size of the group that it is for: supply that grows slower than need has shrunk.

    Parameters
    ----------
    levels : DataFrame
        Rows = indicator and year: indicator_id, year, basis, value, as :func:`dongheng.normalise.complete_levels` returns.
    register : DataFrame
        By indicator id: target_group ("" = none is known).
    denominators : DataFrame
        target_group, name, year, size, unit.

    Returns
    -------
    DataFrame
        indicator_id, target_group (its name), year, value, size, per_100 (value per 100 of the group), value_growth,
        size_growth (per cent against the year before; NaN in the first), shrunk (1 where the volume grew or stood still
        and its group grew faster: 실질 감소). Only years known both ways; no rows where no group is known.
    """
    told = levels.loc[levels["basis"] == "level", ["indicator_id", "year", "value"]].dropna()
    told = told.assign(group=told["indicator_id"].map(register["target_group"]).astype(object))
    table = told.merge(denominators, left_on=["group", "year"], right_on=["target_group", "year"])
    table = table.sort_values(["indicator_id", "year"], kind="stable").reset_index(drop=True)
    growth = table.groupby("indicator_id", sort=False)[["value", "size"]].pct_change() * 100
    table = table.assign(value_growth=growth["value"], size_growth=growth["size"], target_group=table["name"])
    table["per_100"] = 100 * table["value"] / table["size"]
    table["shrunk"] = (growth["value"].ge(0) & growth["value"].lt(growth["size"])).astype(int)
    return table["indicator_id target_group year value size per_100 value_growth size_growth shrunk".split()]


def unit_costs(levels: pd.DataFrame, costs: pd.DataFrame, base_year: int) -> pd.DataFrame:
    """What one unit of a volume cost, in won of the year and in won of the base year.

    Parameters
    ----------
    levels : DataFrame
        As for :func:`per_target_group`.
    costs : DataFrame
        indicator_id, year, million_won, price_index (any base).
    base_year : int
        Its prices are the constant ones.

    Returns
    -------
    DataFrame
        indicator_id, year, value, million_won, constant_won (million won of the base year), per_unit, constant_per_unit
        (won). Only years known both ways; a constant cost is NaN where the base year's price index is not given.
    """
    told = levels.loc[levels["basis"] == "level", ["indicator_id", "year", "value"]].dropna()
    table = told.merge(costs, on=["indicator_id", "year"]).sort_values(["indicator_id", "year"], kind="stable")
    base = table[table["year"] == base_year].set_index("indicator_id")["price_index"]
    constant = table["million_won"] * table["indicator_id"].map(base) / table["price_index"]
    table = table.assign(constant_won=constant, per_unit=WON * table["million_won"] / table["value"])
    table["constant_per_unit"] = WON * constant / table["value"]
    columns = "indicator_id year value million_won constant_won per_unit constant_per_unit".split()
    return table[columns].reset_index(drop=True)
