"""What the council report says: tables of ready-made texts and sentences, written from the year's tables."""

from __future__ import annotations

import json
from decimal import Decimal

import pandas as pd

from dongheng.aggregate import REST
from dongheng.config import Settings
from dongheng.publish.wording import change, number

MISSING = "미확보"
STATES = {"scored": "점수까지", "value_only": "값이나 증감만", "missing": MISSING}
KINDS = {"effort": "지원 노력", "outcome": "결과"}
DIRECTIONS = {1: "높을수록 좋음", -1: "낮을수록 좋음"}


# --- the cover and the first pages ----------------------------------------------------------------------------------


def cover(settings: Settings, indicators: pd.DataFrame) -> dict:
    """Arguments of ``Document.cover``: 초안 until an approval with a document number is recorded."""
    now = indicators[indicators["year"] == settings.year]
    approval = settings.approval
    return {
        "title": f"{settings.year}년 {settings.title}",
        "subtitle": "공표된 값으로 다시 읽은 보고서",
        "lines": [line for line in (settings.publisher, f"자료 연도: {settings.base_year}~{settings.year}년") if line],
        "draft": not approval,
        "approval": f"승인: 문서번호 {approval['document_number']}, {_date(approval['date'])}" if approval else "",
        "running": f"{settings.year}년 {settings.title}",
        "publication_number": settings.publication_number,
        "notice": (
            f"우리가 얻은 공표값만 담았습니다. 지표 {len(now)}개 가운데 {settings.year}년 점수까지 계산되는 지표는 "
            f"{(now['state'] == 'scored').sum()}개, 값이나 증감만 얻은 지표는 {(now['state'] == 'value_only').sum()}개이며, "
            f"나머지 {(now['state'] == 'missing').sum()}개는 미확보입니다."
        ),
    }


def reading_guide(settings: Settings) -> list:
    """일러두기: how to read the figures, as items of ``Document.say``."""
    base = settings.base_year
    return [
        (
            "지수",
            [
                f"{base}년을 100으로 한 수입니다. 100보다 크면 {base}년보다 나은 쪽, 작으면 못한 쪽입니다.",
                "지수의 차이는 p(점)로 적습니다. 백분율의 차이는 %p, 증감률은 %입니다.",
                "표의 △는 감소를 뜻합니다. 문장에서는 낮다, 줄었다고 씁니다.",
            ],
        ),
        (
            "빈 칸을 대신하는 말",
            [
                "미확보: 우리가 얻지 못한 값입니다. 서울시가 공표하지 않았다는 뜻이 아닙니다.",
                "-: 그 칸에 해당하는 것이 없습니다.",
                "0.0: 반올림하면 0이 되는 값입니다.",
            ],
        ),
        (
            "나머지와 몫",
            [
                "몫은 한 지표가 영역지수의 변화에서 차지하는 점수입니다. 모든 지표의 가중치가 같다고 보고 계산했으며, 서울시의 가중치는 미확보입니다.",
                "나머지는 공표된 변화에서 아는 지표의 몫을 뺀 것입니다. 미확보 지표 전체의 몫과 반올림 오차가 함께 들어 있습니다.",
            ],
        ),
        (
            "반올림",
            [
                "계산은 반올림하지 않은 값으로 하고 인쇄할 때만 사사오입합니다. 그래서 더한 값이 합계와 마지막 자리에서 다를 수 있습니다.",
                "공표 지수의 증감은 이미 반올림된 공표값끼리의 차이입니다.",
            ],
        ),
        (
            "판정을 하지 않는 까닭",
            [
                "상승이나 하락이라고 판정하려면 조사 지표의 표본오차와 잠정치의 수정 폭을 알아야 하는데 둘 다 미확보입니다. "
                "이 보고서는 공표된 두 값과 그 차이만 적습니다.",
            ],
        ),
        "원자료의 이름과 지문(sha256), 설정은 부록에 있고, 같은 기록이 이 PDF에 study.json으로 첨부되어 있습니다.",
    ]


def messages(indices: pd.DataFrame, contributions: pd.DataFrame, indicators: pd.DataFrame, settings: Settings) -> list:
    """The findings of the one-page summary, as items of ``Document.say``.

    Differences are those of the published figures. No verdict (상승, 하락, 뚜렷한 변화 없음) is given: it may rest on
    survey and revision error alone, and neither was obtained.
    """
    year, before, base = settings.year, settings.year - 1, settings.base_year
    composite = _row(indices, "level", 0, year)
    areas = indices[(indices["level"] == 1) & (indices["year"] == year)]
    gaps = int(areas["change"].isna().sum())
    items: list = [
        (
            f"{year}년 종합지수는 {number(composite['published'])}({base}년=100)이며, "
            f"전년 공표값보다 {_apart(composite['change'])}",
            [
                f"{len(areas)}개 영역 가운데 전년보다 높은 영역은 {(areas['change'] > 0).sum()}개, 낮은 영역은 "
                f"{(areas['change'] < 0).sum()}개입니다" + (f"({gaps}개는 미확보)." if gaps else "."),
                f"{base}년(100)보다 높은 영역은 {(areas['published'] > 100).sum()}개, 낮은 영역은 "
                f"{(areas['published'] < 100).sum()}개입니다.",
            ],
        ),
        (
            f"{year}년 영역지수는 다음과 같습니다.",
            [f"{r['name']}: {number(r['published'])}, 전년보다 {_apart(r['change'])}" for _, r in areas.iterrows()],
        ),
    ]
    known = contributions[
        (contributions["to_year"] == year)
        & (contributions["from_year"] == before)
        & (contributions["item"] != REST)
        & contributions["node_id"].isin(areas.loc[areas["change"].notna(), "node_id"])
    ]
    names = areas.set_index("node_id")["name"]
    parts = []
    for _, row in known.sort_values("contribution", key=abs, ascending=False).head(3).iterrows():
        whole = _row(indices, "node_id", row["node_id"], year)["change"]
        parts.append(
            f"{names[row['node_id']]} 영역은 {_moved(whole)}, 그 가운데 지표 {row['item']} {row['name']}의 몫은 {_share(row)}."
        )
    kinds = indicators[indicators["year"] == year].set_index("indicator_id")["effort_or_outcome"]
    if parts:
        effort = int((kinds[known["item"]] == "effort").sum())
        parts.append(f"점수를 아는 지표 {len(known)}개 가운데 {effort}개가 지원 노력 지표입니다.")
        items.append(
            (
                f"무엇이 움직였는지는 지표 {len(known)}개에서만 알 수 있습니다(모든 지표의 가중치가 같다고 볼 때). "
                "다른 지표의 몫이 더 클 수도 있습니다.",
                parts,
            )
        )
    else:
        items.append("무엇이 움직였는지 알 수 있는 지표가 없습니다.")
    counts = kinds.value_counts()
    items.append(
        f"지표 {counts.sum()}개 가운데 {counts.get('effort', 0)}개는 지원 노력(사람 수, 공급량, 지원율)을, "
        f"{counts.get('outcome', 0)}개는 결과를 잽니다. 지수가 높아진 것은 지원이 늘었다는 뜻일 수 있고, "
        "대상자의 형편이 나아졌는지는 따로 보아야 합니다."
    )
    return items


def index_cells(indices: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The composite and the areas: indices by year, change, improved counts, as texts."""
    rows = []
    for node, group in indices.groupby("node_id", sort=False):
        by_year = group.set_index("year")
        now = by_year.loc[settings.year]
        row = {"구분": now["name"], "지표 수(개)": number(now["n_indicators"], 0)}
        row |= {f"{year}년": number(by_year.at[year, "published"]) for year in settings.years}
        row["전년 대비 (△ 감소)"] = change(now["change"])
        if settings.year - 1 > settings.base_year:
            row[f"{settings.base_year}년 대비 (△ 감소)"] = change(now["change_from_base"])
        count = number(now["improved"], 0)
        row["나아진 지표 (공표, 개)"] = "-" if node == indices["node_id"].iloc[0] else count
        rows.append(row)
    return pd.DataFrame(rows)


def index_notes(indices: pd.DataFrame, settings: Settings) -> list[str]:
    """Cautions that belong right below the table of indices."""
    now = indices[
        indices["year"].isin(settings.years) & indices["note"].ne("") & indices["year"].ne(settings.base_year)
    ]
    notes = ["증감은 공표값 기준이며 단위는 p(2022년을 100으로 한 점)입니다. 백분율이 아닙니다."]
    notes += [
        f"{row['year']}년 {row['name']}: {row['note']}."
        for _, row in now.iterrows()
        if "채택하지" in row["note"] or "반올림" in row["note"]
    ]
    return notes


def areas_lead(indices: pd.DataFrame, settings: Settings) -> str:
    """One paragraph before the chart of the areas."""
    now = indices[(indices["year"] == settings.year) & (indices["level"] == 1)]
    over = int((now["published"] > 100).sum())
    return (
        f"{len(now)}개 영역 가운데 {over}개 영역이 {settings.base_year}년(100)보다 높습니다. 영역지수는 공표값이며, "
        "모든 지표의 값이 있어야 다시 계산해 볼 수 있으므로 여기서는 다시 계산하지 않았습니다."
    )


def dumbbell_of(indices: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.dumbbell``: the areas, last year and this year."""
    areas = indices[indices["level"] == 1]
    values = areas.pivot(index="node_id", columns="year", values="published")
    now = areas[areas["year"] == settings.year]
    before = settings.year - 1
    return {
        "before": values[before],
        "after": values[settings.year],
        "labels": areas.drop_duplicates("node_id").set_index("node_id")["name"],
        "before_label": f"{before}년",
        "after_label": f"{settings.year}년",
        "base_label": f"{settings.base_year}년=100",
        "title": f"{len(now)}개 영역 가운데 전년보다 높은 영역 {(now['change'] > 0).sum()}개, 낮은 영역 {(now['change'] < 0).sum()}개",
        "subtitle": f"영역지수({settings.base_year}년=100), {before}년과 {settings.year}년 공표값",
        "subject": f"{len(now)}개 영역 지수",
    }


def composite_of(indices: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.index_dots``: the composite over the years."""
    rows = indices[indices["level"] == 0]
    now = _row(indices, "level", 0, settings.year)
    return {
        "series": rows.set_index("year")["published"],
        "base_label": f"{settings.base_year}년=100",
        "title": f"{settings.year}년 종합지수 {number(now['published'])}, 전년 공표값보다 {_apart(now['change'], sentence=False)}",
        "subtitle": f"종합지수({settings.base_year}년=100), {settings.base_year}년부터 {settings.year}년까지 공표값",
        "subject": "종합지수",
    }


# --- what moved -----------------------------------------------------------------------------------------------------


def contribution_cells(
    contributions: pd.DataFrame, indices: pd.DataFrame, from_year: int, to_year: int
) -> pd.DataFrame:
    """Every area's published change as the known indicators plus one line 나머지, with the sum below, as texts.

    The column of ranges is there only where a source gave one.
    """
    names = indices.drop_duplicates("node_id").set_index("node_id")["name"]
    pair = _pair(contributions, from_year, to_year)
    rows = []
    for node, part in pair.groupby("node_id", sort=False):
        area = names[node]
        for _, row in part.iterrows():
            rest = row["item"] == REST
            rows.append(
                {
                    "영역과 항목": f"{area}: 나머지" if rest else f"{area}: {row['item']} {row['name']}",
                    "점수의 변화 (△ 감소)": "-" if rest else change(row["change"]),
                    "가중치": number(100 * row["weight"], 2),
                    "몫 (△ 감소)": change(row["contribution"]),
                    "몫의 범위": "-" if pd.isna(row["lower"]) else f"{change(row['lower'])}~{change(row['upper'])}",
                }
            )
        rows.append(
            {
                "영역과 항목": f"{area}: 합계(공표된 변화)",
                "점수의 변화 (△ 감소)": "-",
                "가중치": number(100 * part["weight"].sum(), 2),
                "몫 (△ 감소)": change(part["contribution"].sum()),
                "몫의 범위": "-",
            }
        )
    cells = pd.DataFrame(rows)
    return cells if pair["lower"].notna().any() else cells.drop(columns="몫의 범위")


def contribution_widths(cells: pd.DataFrame) -> list[float]:
    """Widths of the columns of :func:`contribution_cells`, with or without the column of ranges."""
    return [48, 15, 11, 13, 13][: cells.shape[1]]


def moved_lead(contributions: pd.DataFrame, bounds: pd.DataFrame, indices: pd.DataFrame, settings: Settings) -> list:
    """What is known of each area's change, as items of ``Document.say``, and how much is not."""
    items: list = []
    at_least = bounds[(bounds["from_year"] == settings.year - 1) & (bounds["to_year"] == settings.year)]
    for area in _areas_with_known(contributions, indices, settings):
        part = area["part"]
        told = [f"{row['item']} {row['name']}: {_share(row)}" for _, row in part[part["item"] != REST].iterrows()]
        rest = part[part["item"] == REST].iloc[0]
        told.append(f"나머지 지표 전체: {_share(rest)}")
        told += [
            f"{row.item} {row.name}: 하한만 알려진 지표이며, {number(row.at_least)}p 넘게 높인 몫이 나머지에 들어 있음"
            for row in at_least[at_least["node_id"] == area["node"]].itertuples(index=False)
        ]
        items.append((f"{area['name']} 영역은 {_moved(area['total'])}, 그 몫은 다음과 같습니다.", told))
    unknown = indices[(indices["level"] == 1) & (indices["year"] == settings.year)]
    silent = unknown[
        ~unknown["node_id"].isin([a["node"] for a in _areas_with_known(contributions, indices, settings)])
    ]["name"]
    if len(silent):
        items.append(f"{', '.join(silent)} 영역은 점수를 알 수 있는 지표가 없거나 지수가 미확보여서 나누지 못했습니다.")
    return items


def contribution_notes(indicators: pd.DataFrame, settings: Settings) -> list[str]:
    """Cautions that belong right below the table of contributions."""
    notes = [
        "몫 = 점수의 변화 × 가중치. 모든 지표의 가중치가 같다고 보았으며 서울시의 가중치는 미확보입니다.",
        "공표된 변화는 이미 반올림된 공표값끼리의 차이이므로, 0.1p까지의 반올림 오차가 나머지에 들어 있습니다.",
    ]
    now = indicators[(indicators["year"] == settings.year) & indicators["score"].notna()]
    ways = {
        "ratio": "기준연도 대비 배수로만 공표된 값에서",
        "change_percent": "기준연도 대비 증감률로만 공표된 값에서",
        "chained": "전년 대비 증감률로만 공표된 값에서 전년 점수에 이어",
    }
    for way, words in ways.items():
        ids = now[now["source"] == way]["indicator_id"].tolist()
        if ids:
            notes.append(f"{', '.join(ids)}: {words} 계산했습니다.")
    return notes


def waterfalls_of(contributions: pd.DataFrame, indices: pd.DataFrame, settings: Settings) -> list[dict]:
    """Arguments of ``charts.waterfall``, one for each area with a known indicator, largest change first."""
    from_year, to_year = settings.year - 1, settings.year
    found = []
    for area in _areas_with_known(contributions, indices, settings):
        part = area["part"]
        labels = [row["name"] if row["item"] == REST else f"{row['item']} {row['name']}" for _, row in part.iterrows()]
        known = part[part["item"] != REST]
        ranges = pd.DataFrame(part[["lower", "upper"]].to_numpy(), index=labels, columns=["lo", "hi"]).dropna()
        found.append(
            {
                "parts": pd.Series(part["contribution"].to_numpy(), index=labels),
                "total": area["total"],
                "total_label": f"{area['name']} 영역의 변화",
                "period": f"{from_year}년에서 {to_year}년까지",
                "ranges": ranges if len(ranges) else None,
                "range_label": "출처가 알린 범위" if len(ranges) else "",
                "title": f"{area['name']} 영역은 {_moved(area['total'])}, 점수를 아는 지표 {len(known)}개의 몫은 {_pushed(known['contribution'].sum())}",
                "subtitle": f"{area['name']} 영역지수의 변화와 지표의 몫(p), {from_year}년에서 {to_year}년까지",
                "subject": f"{area['name']} 영역지수의 변화",
            }
        )
    return found


def _areas_with_known(contributions: pd.DataFrame, indices: pd.DataFrame, settings: Settings) -> list[dict]:
    from_year, to_year = settings.year - 1, settings.year
    now = indices[indices["year"] == to_year].set_index("node_id")
    found = []
    for node, part in _pair(contributions, from_year, to_year).groupby("node_id", sort=False):
        if len(part) > 1 and part["contribution"].notna().all():
            total = float(now.at[node, "published"] - _row(indices, "node_id", node, from_year)["published"])
            found.append({"node": node, "name": now.at[node, "name"], "part": part, "total": total})
    return sorted(found, key=lambda a: -abs(a["total"]))


# --- the indicators -------------------------------------------------------------------------------------------------


def as_published(values: pd.DataFrame) -> pd.Series:
    """What was published of each indicator and year, in words: ``2,694호; 39.1% 증가(2022년 대비)``."""
    told = values.dropna(subset="value")
    order = {"level": 0}
    texts: dict = {}
    for row in sorted(told.itertuples(), key=lambda r: order.get(r.basis, 1)):
        texts.setdefault((row.indicator_id, row.year), []).append(_in_words(row))
    return pd.Series({key: "; ".join(parts) for key, parts in texts.items()}, dtype=str)


def coverage(indicators: pd.DataFrame, year: int) -> pd.DataFrame:
    """Counts by area: scored, value_only, missing, total; index = area name in the framework's order."""
    now = indicators[indicators["year"] == year]
    counts = now.groupby("area", sort=False)["state"].value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=list(STATES), fill_value=0)
    return counts.loc[now["area"].drop_duplicates()].rename_axis(columns=None)


def coverage_cells(counts: pd.DataFrame) -> pd.DataFrame:
    """:func:`coverage` as texts with a sum row."""
    whole = pd.concat([counts, counts.sum().to_frame("합계").T])
    cells = pd.DataFrame({"영역": whole.index, "지표(개)": [number(n, 0) for n in whole.sum(axis=1)]})
    for state, label in (("scored", "점수까지(개)"), ("value_only", "값이나 증감만(개)"), ("missing", "미확보(개)")):
        cells[label] = [number(n, 0) for n in whole[state]]
    return cells


def coverage_lead(indicators: pd.DataFrame, settings: Settings) -> str:
    """One paragraph that says how much of the year is known."""
    now = indicators[indicators["year"] == settings.year]["state"].value_counts()
    some = indicators[indicators["printed"].ne("")]["indicator_id"].nunique()
    return (
        f"{settings.base_year}년부터 {settings.year}년까지 지표 {now.sum()}개 가운데 값이나 증감을 하나라도 얻은 것은 {some}개입니다. "
        f"{settings.year}년에는 {now.get('scored', 0)}개의 점수를 계산할 수 있고, {now.get('value_only', 0)}개는 값이나 증감은 있으나 "
        f"기준연도와 견줄 수 없으며, {now.get('missing', 0)}개는 미확보입니다."
    )


def strip_of(counts: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.coverage_strip`` from :func:`coverage`."""
    table = pd.DataFrame(
        {
            "indicators": counts.sum(axis=1),
            "obtained": counts["scored"] + counts["value_only"],
            "scored": counts["scored"],
        }
    )
    whole = table.sum()
    return {
        "counts": table,
        "period": f"{settings.year}년",
        "title": f"지표 {whole['indicators']}개 가운데 {settings.year}년 값이나 증감을 확보한 것은 {whole['obtained']}개",
        "subtitle": f"영역별 지표 확보 현황({settings.year}년), 네모 하나가 지표 하나",
        "subject": "영역별 지표 확보 현황",
    }


def index_widths(settings: Settings) -> list[float]:
    """Widths of the columns of :func:`index_cells`."""
    years = len(settings.years)
    return [14, 12, *[11] * years, *[15] * (1 + (settings.year - 1 > settings.base_year)), 15]


def obtained_widths(settings: Settings) -> list[float]:
    """Widths of the columns of :func:`obtained_cells`."""
    years = len(settings.years)
    return [26, 11, *[48 / years] * years, 15]


def method_cells(settings: Settings, indices: pd.DataFrame) -> pd.DataFrame:
    """The method in one page: step, what was done, what is known of the city's own rule, what else could be done."""
    reverse = {
        "reciprocal": ("100 × 기준연도 값 ÷ 그해 값", "200 - 100 × 그해 값 ÷ 기준연도 값"),
        "reflection": ("200 - 100 × 그해 값 ÷ 기준연도 값", "100 × 기준연도 값 ÷ 그해 값"),
    }[settings.reverse]
    base = settings.base_year
    rows = [
        ("지표체계", f"지표체계 {settings.framework}판을 그대로 씀", "공개됨", "판이 바뀌면 이어 붙이는 규칙이 필요함"),
        (
            "기준",
            f"{base}년 값을 100으로 둠",
            f"{base}년=100은 공개됨",
            "감염병 시기인 2022년 대신 여러 해의 평균을 기준으로 둘 수 있음",
        ),
        (
            "점수",
            f"100 × 그해 값 ÷ {base}년 값",
            "공표된 증감률과 맞음. 규칙의 원문은 미확보",
            "최소-최대, 표준점수는 한 도시의 몇 해에는 쓸 수 없음",
        ),
        ("낮을수록 좋은 지표", reverse[0], "미확보", reverse[1]),
        (
            "수준이 없는 값",
            "증감률이나 배수가 공표되었으면 그것으로 점수를 계산",
            "해당 없음",
            "계산하지 않고 미확보로 둠",
        ),
        (
            "얻지 못한 값",
            "미확보로 두고 채우지 않음. 영역의 나머지로 묶음",
            "결측 규칙은 미확보",
            "전년 값으로 이월, 같은 과제의 평균",
        ),
        (
            "지표 가중치",
            f"모두 같다고 봄. {_assumption_against_published(indices, settings)}",
            "미확보",
            "전문가 조사의 중요도, 영역마다 같게",
        ),
        ("모으는 방법", "산술평균(몫이 그대로 더해짐)", "미확보", "기하평균"),
        ("종합과 영역 지수", "공표값을 그대로 실음", "공개됨", "모든 지표의 값이 있으면 다시 계산"),
        (
            "몫",
            "영역 안 가중치 × 점수의 변화, 나머지는 공표된 변화에서 뺀 것",
            "미확보",
            "하나씩 빼고 계산하기(모든 지표의 값이 필요함)",
        ),
        ("불확실성", "판정하지 않음", "표본오차와 수정 폭은 미확보", "조사 구간, 전문가 구간, 다른 규칙의 표"),
    ]
    return pd.DataFrame(rows, columns=["단계", "이 보고서에서 한 일", "서울시의 방법", "다른 선택"])


def _assumption_against_published(indices: pd.DataFrame, settings: Settings) -> str:
    """What equal weights make of the published areas, beside the published composite: an assumption shows its fit."""
    told = []
    for year in settings.years[1:]:
        now = indices[indices["year"] == year]
        areas = now[now["level"] == 1]
        mean = (areas["published"] * areas["n_indicators"]).sum(skipna=False) / areas["n_indicators"].sum()
        told.append(f"{year}년 {number(mean, 2)}(공표 {number(now.loc[now['level'] == 0, 'published'].iloc[0])})")
    return f"이 가정으로 영역지수를 모으면 {', '.join(told)}"


def approval_line(settings: Settings) -> str:
    """The last line of the study record: approved with which document number, or still a draft."""
    if not settings.approval:
        return "승인 기록: 없음. 문서번호가 있는 승인이 기록될 때까지 초안입니다."
    return f"승인 기록: 문서번호 {settings.approval['document_number']}, {_date(settings.approval['date'])}."


def anomaly_cells(anomalies: pd.DataFrame) -> pd.DataFrame:
    """What was odd about the sources, as texts."""
    return anomalies.rename(columns={"where": "어디", "message": "무엇이 어떻게 다른가"})


def obtained_cells(indicators: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The indicators of which anything was obtained: what was published by year, this year's score, as texts."""
    found = indicators[indicators["printed"].ne("")]["indicator_id"].drop_duplicates()
    rows = []
    for indicator in indicators["indicator_id"].drop_duplicates():
        if indicator not in set(found):
            continue
        by_year = indicators[indicators["indicator_id"] == indicator].set_index("year")
        now = by_year.loc[settings.year]
        row = {"지표": f"{indicator} {now['name']}", "방향": DIRECTIONS[now["direction"]]}
        row |= {f"{year}년": by_year.at[year, "printed"] or MISSING for year in settings.years}
        score = MISSING if pd.isna(now["score"]) else number(now["score"])
        if pd.isna(now["score"]) and pd.notna(now["score_lower"]):
            score = f"{number(now['score_lower'])} 초과(하한만 알려짐)"
        elif pd.notna(now["score_lower"]):
            score += f" ({number(now['score_lower'])}~ {number(now['score_upper'])})"
        row[f"{settings.year}년 점수"] = score
        rows.append(row)
    return pd.DataFrame(rows)


def all_cells(indicators: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Every indicator with its area, direction, kind and what was obtained in the report year."""
    now = indicators[indicators["year"] == settings.year]
    return pd.DataFrame(
        {
            "지표": [f"{r.indicator_id} {r.name}" for r in now.itertuples(index=False)],
            "영역": now["area"].to_numpy(),
            "방향": [DIRECTIONS[d] for d in now["direction"]],
            "재는 것": [KINDS.get(k, MISSING) for k in now["effort_or_outcome"]],
            f"{settings.year}년": [STATES[s] for s in now["state"]],
        }
    )


def value_notes(indicators: pd.DataFrame) -> list[str]:
    """Cautions of the sources on single values: an inferred year, a bound, a rounded multiple, a contradiction."""
    told = indicators[indicators["note"].ne("") & indicators["printed"].ne("")]
    weighty = told["status"].eq("inferred_year") | told["note"].str.contains("하한|반올림|약 |수도 있음")
    return [f"{r.indicator_id}({r.year}년): {r.note}." for r in told[weighty].itertuples()]


# --- the study record -----------------------------------------------------------------------------------------------


def record_cells(record: str) -> pd.DataFrame:
    """study.json as a table: what decided the numbers and the first 16 digits of each sha256."""
    told = json.loads(record)
    rows = [("연구", told["study"]), ("연도", str(told["year"])), ("난수 씨앗", str(told["seed"]))]
    settings = told["config"]
    rows += [
        ("지표체계의 판", settings["framework"]),
        ("기준연도", str(settings["base_year"])),
        ("낮을수록 좋은 지표의 점수", settings["reverse"]),
    ]
    sums = told["sha256"]
    rows += [
        ("설정", sums["config"][:16]),
        ("코드(src/dongheng)", sums["src"][:16]),
        ("패키지 목록(requirements.lock)", sums["lock"][:16]),
    ]
    rows += [(path, digest[:16]) for path, digest in sums["notebooks"].items()]
    # The records of provenance are in the attached file; the table names what holds figures.
    rows += [(path, digest[:16]) for path, digest in sums["raw"].items() if path.endswith(".csv")]
    return pd.DataFrame(rows, columns=["무엇", "값 또는 sha256의 앞 16자리"])


# --- small parts ----------------------------------------------------------------------------------------------------


def _date(iso: str) -> str:
    """2026-08-04 as Korean papers write it: 2026. 8. 4."""
    year, month, day = map(int, iso.split("-"))
    return f"{year}. {month}. {day}."


def _row(indices: pd.DataFrame, column: str, value, year: int) -> pd.Series:
    return indices[(indices[column] == value) & (indices["year"] == year)].iloc[0]


def _pair(contributions: pd.DataFrame, from_year: int, to_year: int) -> pd.DataFrame:
    return contributions[(contributions["from_year"] == from_year) & (contributions["to_year"] == to_year)]


def _apart(difference: float, sentence: bool = True) -> str:
    """How far this year's published figure is from last year's: a verb, never a sign."""
    if pd.isna(difference):
        return "얼마나 다른지 미확보" + ("입니다." if sentence else "")
    if number(abs(difference)) == "0.0":
        return "차이 없음" if not sentence else "차이가 없습니다."
    high = difference > 0
    verb = ("높습니다." if high else "낮습니다.") if sentence else ("높음" if high else "낮음")
    return f"{number(abs(difference))}p {verb}"


def _moved(difference: float) -> str:
    if pd.isna(difference):
        return "얼마나 변했는지 미확보이며"
    if number(abs(difference)) == "0.0":
        return "전년과 차이가 없고"
    return f"전년보다 {number(abs(difference))}p {'높아졌고' if difference > 0 else '낮아졌고'}"


def _share(row: pd.Series) -> str:
    """A contribution in words, with the range that its source gave; both ends say which way they go."""
    if pd.isna(row["contribution"]):
        return MISSING
    text = _pushed(row["contribution"])
    if pd.isna(row["lower"]):
        return text
    low, high = sorted((row["lower"], row["upper"]), key=abs)
    ends = f"{number(abs(low))}~{number(abs(high))}p"
    if low * high < 0:
        ends = f"{_pushed(row['lower'])}에서 {_pushed(row['upper'])}까지"
    return f"{text}(출처가 범위로만 알린 값에서 계산: {ends})"


def _pushed(points: float) -> str:
    size = number(abs(points))
    return f"{size}p" if size == "0.0" else f"{size}p {'높임' if points > 0 else '낮춤'}"


def _in_words(row) -> str:
    decimals = max(0, -Decimal(repr(float(row.value))).normalize().as_tuple().exponent)
    value, size = number(row.value, decimals), number(abs(row.value), decimals)
    against = [] if pd.isna(row.versus_year) else [f"{row.versus_year:.0f}년 대비"]
    if pd.notna(row.lower):
        against.append(f"범위 {row.lower:g}~{row.upper:g}{row.unit}")
    against += {"inferred_year": ["연도 추정"], "provisional": ["잠정"]}.get(row.status, [])
    said = f"({', '.join(against)})" if against else ""
    match row.basis:
        case "level":
            return f"{value}{row.unit}{said}"
        case "ratio":
            return f"{value}배{said}"
        case "ratio_at_least":
            return f"{value}배 넘음{said}"
        case _:
            return f"{size}{row.unit} {'증가' if row.value >= 0 else '감소'}{said}"
