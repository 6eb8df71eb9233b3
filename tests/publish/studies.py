"""A made-up town with a report of every kind: the tables that its notebooks would have saved, small enough to add up by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dongheng.aggregate import REST
from dongheng.config import Settings
from dongheng.publish.chapter import Report

NAN = float("nan")
AREAS = {"a": "돌봄", "b": "주거", "c": "안전", "d": "건강"}
# area, name, direction, what it measures, how far its score moves in a year
INDICATORS = {
    "1-1": ("a", "지원율", 1, "effort", 20),
    "1-2": ("a", "만족도", 1, "outcome", -2),
    "1-3": ("a", "공급량", 1, "effort", 10),
    "1-4": ("a", "사고율", -1, "outcome", 4),
    "1-5": ("a", "돌봄 인원", 1, "effort", 6),
    "1-6": ("a", "상담", 1, "effort", -6),
    "1-7": ("a", "방문", 1, "effort", 3),
    "1-8": ("a", "급식", 1, "effort", -1),
    "2-1": ("b", "임대 공급", 1, "effort", -8),
    "2-2": ("b", "퇴거율", -1, "outcome", -4),
    "2-3": ("b", "집수리", 1, "effort", 2),
    "2-4": ("b", "면적", 1, "outcome", -5),
    "3-1": ("c", "가로등", 1, "effort", 1),
    "3-2": ("c", "화재", -1, "outcome", -5),
    "3-3": ("c", "훈련", 1, "effort", 5),
    "4-1": ("d", "검진", 1, "", 0),
}
KNOWN = (
    "1-1",
    "1-2",
    "2-1",
    "2-2",
    "4-1",
)  # where not all is known: these, and of 1-4 a lower bound; of area c nothing


def settings(years: int = 3, **changes) -> Settings:
    """The town's settings: a report of 2024 on so many years."""
    told = {
        "study": "town",
        "year": 2024,
        "title": "가상시 약자동행지수",
        "framework": "1판",
        "base_year": 2025 - years,
    }
    return Settings(**told | {"reverse": "reciprocal", "seed": 0} | changes)


def study(
    computed: bool = True,
    way: float = 1,
    years: int = 3,
    ranges: bool = True,
    registered: bool = True,
    gap: bool = True,
) -> dict[str, pd.DataFrame]:
    """The tables of the town.

    Parameters
    ----------
    computed : bool
        All scores are known and the indices computed; else :data:`KNOWN`, and indices published to one decimal.
    way : float
        What the yearly moves are multiplied by: 1 rises, -1 falls, 0 stands still; NaN: last year was not obtained.
    years : int
        How many, up to 2024.
    ranges : bool
        Ranges of surveys and experts (computed), or ranges that a source gave (published).
    registered : bool
        The register tells who is counted, when, by whom.
    gap : bool
        Published: last year's index of area c was not obtained.
    """
    span = list(range(2025 - years, 2025))
    rows = [
        {"indicator_id": leaf, "area_id": area, "name": name, "direction": sign, "effort_or_outcome": kind, "year": year,
         "score": 100 + step * (0 if np.isnan(way) else way) * (year - span[0])}
        for leaf, (area, name, sign, kind, step) in INDICATORS.items() for year in span
    ]  # fmt: skip
    told = pd.DataFrame(rows)
    told["area"] = told["area_id"].map(AREAS)
    true = told.pivot(index="indicator_id", columns="year", values="score").reindex(list(INDICATORS))
    lower_is_better = told["direction"] == -1
    told["value"] = np.where(lower_is_better, 5000 / told["score"], told["score"] / 2).round(2)
    told.loc[(told["indicator_id"] == "3-3") & (told["year"] == 2024), "value"] = 7.0  # of a new definition
    told = told.assign(
        unit="명", score_lower=NAN, score_upper=NAN, state="scored", status="published", note="", ceiling=NAN
    )
    told["printed"] = told["value"].map("{:.2f}명".format)
    told["source"] = np.where(told["year"] == span[0], "base", "level")
    told["source_url"] = "https://a.kr/" + told["year"].astype(str)
    empty = ["base_quality", "source_type", "flow_or_stock", "reference_period", "direction_basis"]
    told = told.assign(**dict.fromkeys(empty, ""))
    if registered:
        told["reference_period"] = "12월 말"
        for column, kinds in {
            "base_quality": ["normal", "start_up", "depressed", "survey_noise", "no_observation", ""],
            "source_type": ["administrative", "survey", ""],
        }.items():
            told[column] = told["indicator_id"].map({leaf: kinds[i % len(kinds)] for i, leaf in enumerate(INDICATORS)})
        told.loc[told["indicator_id"] == "1-1", "ceiling"] = 150.0
    if not computed:
        _forget(told, span, ranges)
    indices = _indices(true, computed, ["c"] * gap + ["all"] * bool(np.isnan(way)))
    return {
        "indicators": told,
        "indices": indices,
        "contributions": _contributions(told, indices, span, computed),
        "bounds": _bounds(span) if not computed else _bounds(span)[:0],
        "verdicts": _verdicts(indices, computed and ranges),
        "ranges": _ranges(indices)[: None if computed and ranges else 0],
        "kind_indices": _kind_indices(told)[: None if computed else 0],
        "leave_one_out": _left_out(told, true),
        "target_groups": pd.DataFrame({"indicator_id": ["1-1"], "target_group": ["노인"], "year": 2024})[
            : int(registered)
        ],
        "unit_costs": pd.DataFrame({"indicator_id": []}),
    }


def report(told: Settings | None = None, tables: dict | None = None, **kind) -> Report:
    """The town's report; `kind` as in :func:`study`, `tables` in place of some of its tables."""
    known = study(**kind) | (tables or {})
    return Report(told or settings(kind.get("years", 3)), known.__getitem__)


def _forget(told: pd.DataFrame, span: list[int], ranges: bool) -> None:
    """Leave what was published: scores of a few indicators, of 1-4 a bound, of area c nothing."""
    bound = told["indicator_id"] == "1-4"
    told.loc[bound & (told["year"] == 2024), ["score_lower", "note", "printed"]] = [104.0, "하한만 알려짐", "2배 넘음"]
    told.loc[~told["indicator_id"].isin(KNOWN), ["score", "value"]] = NAN
    told.loc[~told["indicator_id"].isin(KNOWN) & ~(bound & (told["year"] == 2024)), "printed"] = ""
    told.loc[~told["indicator_id"].isin(KNOWN), ["state", "source_url"]] = ["missing", ""]
    told.loc[bound & (told["year"] == 2024), "state"] = "value_only"
    for leaf, source in (("1-1", "ratio"), ("1-2", "change_percent"), ("2-1", "chained")):
        told.loc[(told["indicator_id"] == leaf) & (told["year"] == 2024), "source"] = source
    told.loc[told["source"] == "change_percent", ["value", "printed"]] = [NAN, "2% 감소(2023년 대비)"]
    told.loc[(told["indicator_id"] == "1-2") & (told["year"] == span[0]), "status"] = "provisional"
    told.loc[told["status"] == "provisional", "note"] = "잠정치임"
    if ranges:
        now = (told["indicator_id"] == "1-1") & (told["year"] == 2024)
        told.loc[now, "score_lower"], told.loc[now, "score_upper"] = told["score"] - 4, told["score"] + 4


def _indices(true, computed, gaps) -> pd.DataFrame:
    of = pd.Series({leaf: area for leaf, (area, *_) in INDICATORS.items()})
    means = pd.concat([true.mean().to_frame("all").T, true.groupby(of).mean()])
    names, counts = {"all": "종합"} | AREAS, {"all": len(of)} | of.value_counts().to_dict()
    indices = means.rename_axis("node_id").reset_index().melt("node_id", var_name="year", value_name="computed")
    indices["year"] = indices["year"].astype(int)
    indices = indices.sort_values("node_id", key=lambda ids: ids.map(list(names).index), kind="stable")
    indices["published"] = indices["computed"].round(1)
    indices["name"], indices["n_indicators"] = (indices["node_id"].map(table) for table in (names, counts))
    indices["level"] = (indices["node_id"] != "all").astype(int)
    last = indices["year"] == 2023
    if not computed:
        indices["computed"] = NAN
        indices.loc[last & indices["node_id"].isin(gaps), "published"] = NAN
    indices["index"] = indices["computed" if computed else "published"]
    indices["basis"] = "computed" if computed else "published"
    indices["change"] = indices.groupby("node_id")["index"].diff()
    indices["change_from_base"] = indices["index"] - 100
    indices["improved"] = indices["node_id"].map({"a": 5.0, "b": 1.0, "c": 2.0, "d": 0.0}).fillna(8.0)
    indices["source_url"] = "https://a.kr/" + indices["year"].astype(str)
    indices["note"] = np.where(last & (indices["node_id"] == "b"), "반올림한 값임", "")
    return indices.reset_index(drop=True)


def _contributions(told, indices, span, computed) -> pd.DataFrame:
    """Score changes times weights; where not all are known, one row for the rest of what the area moved."""
    wide = told.pivot(index="indicator_id", columns="year", values="score")
    low, high = (
        told.pivot(index="indicator_id", columns="year", values=f"score_{end}")[2024] for end in ("lower", "upper")
    )
    index = indices.set_index(["node_id", "year"])["index"]
    rows = []
    for then in dict.fromkeys((2023, span[0])):
        for node in ["all", *AREAS] if computed else AREAS:
            below = [leaf for leaf, (area, *_) in INDICATORS.items() if node in ("all", area)]
            weight, left = 1 / len(below), index[node, 2024] - index[node, then]
            known = [leaf for leaf in below if pd.notna(wide.at[leaf, 2024] - wide.at[leaf, then])]
            for leaf in known:
                ends = [weight * (end[leaf] - wide.at[leaf, then]) for end in (low, high)]
                change = wide.at[leaf, 2024] - wide.at[leaf, then]
                name = INDICATORS[leaf][1]
                ends = ends if pd.notna(ends[1]) else [NAN, NAN]
                rows.append((then, 2024, node, leaf, name, weight, change, weight * change, *ends))
                left -= weight * change
            if len(known) < len(below):
                rows.append((then, 2024, node, REST, "나머지", 1 - weight * len(known), NAN, left, NAN, NAN))
    columns = "from_year to_year node_id item name weight change contribution lower upper".split()
    return pd.DataFrame(rows, columns=columns)


def _bounds(span) -> pd.DataFrame:
    told = {"node_id": "a", "item": "1-4", "name": "사고율", "weight": 0.125, "at_least": 0.5, "to_year": 2024}
    return pd.DataFrame([told | {"from_year": year} for year in dict.fromkeys((2023, span[0]))])


def _verdicts(indices, told: bool) -> pd.DataFrame:
    now = indices[indices["year"] == 2024].assign(from_year=2023, to_year=2024, after=lambda t: t["index"])
    now["before"] = now["index"] - now["change"]
    low, high = now["change"] - 0.5, now["change"] + 0.5
    kinds = np.select([low > 0, high < 0], ["rise", "fall"], "no_clear_change")
    told = told & now["node_id"].ne("d")  # of d an error was not obtained
    now["lower"], now["upper"] = low.where(told), high.where(told)
    return now.assign(verdict=np.where(told, kinds, ""), n_lacking=np.where(told, 0, 1), missing_error="", lacking="")


def _ranges(indices) -> pd.DataFrame:
    told = pd.concat([indices.assign(range=kind) for kind in ("expert", "survey")], ignore_index=True)
    width = np.where(told["year"] == told["year"].min(), 0, 0.5)
    told = told.assign(lower=told["index"] - width, upper=told["index"] + width)
    return told.loc[told["node_id"] != "d", ["range", "node_id", "year", "index", "lower", "upper"]]


def _kind_indices(told) -> pd.DataFrame:
    told = pd.concat([told.assign(node_id="all"), told.assign(node_id=told["area_id"])])
    told = told[told["effort_or_outcome"] != ""].rename(columns={"effort_or_outcome": "kind"})
    means = told.groupby(["kind", "node_id", "year"])["score"].agg(["mean", "size"]).reset_index()
    return means.rename(columns={"mean": "index", "size": "n_indicators"})


def _left_out(told, true) -> pd.DataFrame:
    rows = []
    for leaf in told.loc[told["score"].notna(), "indicator_id"].unique():
        without, whole = true.drop(index=leaf).mean(), true.mean()
        rows += [(leaf, INDICATORS[leaf][1], year, without[year], without[year] - whole[year]) for year in true]
    return pd.DataFrame(rows, columns=["item", "name", "year", "index", "effect"])
