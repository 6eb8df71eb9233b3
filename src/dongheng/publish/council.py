"""What the council report says: tables of ready-made texts and sentences, written from the year's tables."""

from __future__ import annotations

import json

import pandas as pd

from dongheng.aggregate import REST
from dongheng.config import Settings
from dongheng.publish.wording import change, number, plain

MISSING = "미확보"
STATES = {"scored": "점수까지", "value_only": "값이나 증감만", "missing": MISSING}
KINDS = {"effort": "지원 노력", "outcome": "결과"}
DIRECTIONS = {1: "높을수록 좋음", -1: "낮을수록 좋음"}
SOURCES = {
    "values": "서울특별시 공표 자료와 언론 보도(줄마다 다른 출처는 원자료 values.csv의 source_url 칸)",
    "indices": "서울특별시 공표 자료(줄마다 다른 출처는 원자료 published_indices.csv의 source_url 칸)",
    "shares": "서울특별시 공표 자료에서 계산",
}
RULES = {
    "linked": "바뀐 정의의 값을 두 정의가 함께 있는 해의 비율로 이음",
    "first_after": "기준연도에 값이 없어 그 뒤 첫 값을 기준으로 씀",
    "last_before": "기준연도에 값이 없어 그 앞 마지막 값을 기준으로 씀",
    "interpolated": "기준연도에 값이 없어 앞뒤 값의 사잇값을 기준으로 씀",
    "carry_forward": "값이 없어 앞 해의 값을 씀",
    "interpolate": "값이 없어 앞뒤 해의 사잇값을 씀",
}


# --- the cover and the first pages ----------------------------------------------------------------------------------


def cover(settings: Settings, indicators: pd.DataFrame, indices: pd.DataFrame) -> dict:
    """Arguments of ``Document.cover``: 초안 until an approval with a document number is recorded."""
    now = indicators[indicators["year"] == settings.year]
    approval = settings.approval
    scored, some, missing = ((now["state"] == state).sum() for state in STATES)
    if settings.illustrative:
        notice = (
            f"이 보고서의 수는 모두 {settings.mark}입니다(지표 {len(now)}개 가운데 {settings.mark} {len(now)}개). 가상시의 수로, "
            "계산 절차를 보이려고 만든 값이며 실제 도시의 실적이 아닙니다."
        )
    elif _computed(indices):
        notice = f"지표 {len(now)}개의 점수를 모두 알아 지수를 계산했습니다. 그해 값이 없는 지표의 점수는 미리 정한 규칙으로 채웠습니다."
    else:
        notice = (
            f"우리가 얻은 공표값만 담았습니다. 지표 {len(now)}개 가운데 {settings.year}년 점수까지 계산되는 지표는 "
            f"{scored}개, 값이나 증감만 얻은 지표는 {some}개이며, 나머지 {missing}개는 미확보입니다."
        )
    return {
        "title": f"{settings.year}년 {settings.title}",
        "subtitle": f"지표 {len(now)}개로 계산한 보고서" if _computed(indices) else "공표된 값으로 다시 읽은 보고서",
        "lines": [line for line in (settings.publisher, f"자료 연도: {settings.base_year}~{settings.year}년") if line],
        "draft": not approval,
        "approval": f"승인: 문서번호 {approval['document_number']}, {_date(approval['date'])}" if approval else "",
        "running": f"{settings.year}년 {settings.title}",
        "publication_number": settings.publication_number,
        "notice": notice,
    }


def reading_guide(settings: Settings, indices: pd.DataFrame) -> list:
    """일러두기: how to read the figures, as items of ``Document.say``."""
    base, computed = settings.base_year, _computed(indices)
    made_up = (
        settings.mark,
        [
            "가상시의 수로, 계산 절차를 보이려고 만든 값이며 서울시의 실적이 아닙니다. 표의 자료 칸에는 예시라고 적고, 그 값에 기댄 문장은 (예시)로 끝냅니다.",
            "서울시에 관한 것(서울시의 방법, 공표 지수의 검증, 다른 지표체계와의 비교, 예산, 행정사무감사)은 이 보고서에서 뺐습니다.",
        ],
    )
    rest = "나머지는 공표된 변화에서 아는 지표의 몫을 뺀 것입니다. 미확보 지표 전체의 몫과 반올림 오차가 함께 들어 있습니다."
    return [
        *([made_up] if settings.illustrative else []),
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
                "미확보: 우리가 얻지 못한 값입니다."
                + ("" if settings.illustrative else " 서울시가 공표하지 않았다는 뜻이 아닙니다."),
                "-: 그 칸에 해당하는 것이 없습니다.",
                "0.0: 반올림하면 0이 되는 값입니다.",
            ],
        ),
        (
            "몫" if computed else "나머지와 몫",
            [
                "몫은 한 지표가 지수의 변화에서 차지하는 점수입니다. 모든 지표의 가중치가 같다고 보고 계산했습니다."
                + ("" if settings.illustrative else " 서울시의 가중치는 미확보입니다."),
                "모든 지표의 몫을 더하면 지수의 변화가 됩니다." if computed else rest,
            ],
        ),
        (
            "반올림",
            [
                "계산은 반올림하지 않은 값으로 하고 인쇄할 때만 사사오입합니다. 그래서 더한 값이 합계와 마지막 자리에서 다를 수 있습니다.",
                *([] if computed else ["공표 지수의 증감은 이미 반올림된 공표값끼리의 차이입니다."]),
            ],
        ),
        (
            "판정을 하지 않는 까닭",
            [
                "상승이나 하락이라고 판정하려면 조사 지표의 표본오차와 잠정치의 수정 폭을 알아야 하는데 둘 다 미확보입니다. "
                f"이 보고서는 {'계산한' if computed else '공표된'} 두 값과 그 차이만 적습니다.",
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
    last = "전년" if _computed(indices) else "전년 공표값"
    composite = _row(indices, "level", 0, year)
    areas = indices[(indices["level"] == 1) & (indices["year"] == year)]
    gaps = int(areas["change"].isna().sum())
    items: list = [
        (
            f"{year}년 종합지수는 {number(composite['index'])}({base}년=100)이며, {last}보다 {_apart(composite['change'])}",
            [
                f"{len(areas)}개 영역 가운데 전년보다 높은 영역은 {(areas['change'] > 0).sum()}개, 낮은 영역은 "
                f"{(areas['change'] < 0).sum()}개입니다" + (f"({gaps}개는 미확보)." if gaps else "."),
                f"{base}년(100)보다 높은 영역은 {(areas['index'] > 100).sum()}개, 낮은 영역은 "
                f"{(areas['index'] < 100).sum()}개입니다.",
            ],
        ),
    ]
    if _computed(indices):
        return items + _whole_messages(indices, contributions, indicators, settings)
    items.append(
        (
            f"{year}년 영역지수는 다음과 같습니다.",
            [f"{r['name']}: {number(r['index'])}, 전년보다 {_apart(r['change'])}" for _, r in areas.iterrows()],
        )
    )
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


def _whole_messages(
    indices: pd.DataFrame, contributions: pd.DataFrame, indicators: pd.DataFrame, settings: Settings
) -> list:
    """What can be said once every indicator is known: who moved the composite, one indicator, effort against outcome."""
    now = _row(indices, "level", 0, settings.year)
    pair = _pair(contributions, settings.year - 1, settings.year)
    pair = pair[pair["node_id"] == now["node_id"]]
    area = indicators.drop_duplicates("indicator_id").set_index("indicator_id")
    by_area = pair.groupby(pair["item"].map(area["area"]), sort=False)["contribution"].sum()
    top = pair.loc[pair["contribution"].abs().idxmax()]
    scores = indicators.set_index(["indicator_id", "year"])["score"]
    without = [
        (_row(indices, "level", 0, year)["index"] - top["weight"] * scores[top["item"], year]) / (1 - top["weight"])
        for year in (settings.year - 1, settings.year)
    ]
    rises = pair[pair["contribution"] > 0]
    effort = rises["item"].map(area["effort_or_outcome"]) == "effort"
    share = rises.loc[effort, "contribution"].sum()
    counts = area["effort_or_outcome"].value_counts()
    return [
        (
            "종합지수의 변화를 영역의 몫으로 나누면 다음과 같습니다(모든 지표의 가중치가 같다고 볼 때).",
            [f"{name}: {_pushed(points)}" for name, points in by_area.items()],
        ),
        f"지표 {top['item']} {top['name']}의 몫이 {_pushed(top['contribution'])}으로 가장 크며, 이 지표를 빼고 계산하면 "
        f"종합지수는 {number(without[1])}, 전년보다 {_apart(without[1] - without[0])}",
        f"오른 지표 {len(rises)}개의 몫 {number(rises['contribution'].sum())}p 가운데 지원 노력 지표 {effort.sum()}개의 몫은 {number(share)}p"
        f"({number(100 * share / rises['contribution'].sum(), missing='-')}%), 결과 지표의 몫은 {number(rises['contribution'].sum() - share)}p입니다. "
        f"지표 {len(area)}개 가운데 지원 노력(사람 수, 공급량, 지원율)을 재는 것이 {counts.get('effort', 0)}개이며, 지원이 늘었다고 대상자의 형편이 나아졌다고 할 수는 없습니다.",
    ]


def index_cells(indices: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The composite and the areas: indices by year, change, improved counts, as texts."""
    rows = []
    for node, group in indices[indices["level"] <= 1].groupby("node_id", sort=False):
        by_year = group.set_index("year")
        now = by_year.loc[settings.year]
        row = {"구분": now["name"], "지표 수(개)": number(now["n_indicators"], 0)}
        row |= {f"{year}년": number(by_year.at[year, "index"]) for year in settings.years}
        row["전년 대비 (△ 감소)"] = change(now["change"])
        if settings.base_year < settings.year - 1 and len(settings.years) <= 3:  # of more years, each is in its column
            row[f"{settings.base_year}년 대비 (△ 감소)"] = change(now["change_from_base"])
        whole = node == indices["node_id"].iloc[0] and not _computed(indices)
        row["나아진 지표 (공표, 개)"] = "-" if whole else number(now["improved"], 0)
        rows.append(row)
    return pd.DataFrame(rows)


def index_notes(indices: pd.DataFrame, settings: Settings) -> list[str]:
    """Cautions that belong right below the table of indices."""
    now = indices[
        indices["year"].isin(settings.years) & indices["note"].ne("") & indices["year"].ne(settings.base_year)
    ]
    basis = "계산한 값" if _computed(indices) else "공표값"
    notes = [f"증감은 {basis} 기준이며 단위는 p({settings.base_year}년을 100으로 한 점)입니다. 백분율이 아닙니다."]
    notes += [
        f"{row['year']}년 {row['name']}: {row['note']}."
        for _, row in now.iterrows()
        if "채택하지" in row["note"] or "반올림" in row["note"]
    ]
    return notes


def published_cells(indices: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """This year's computed indices beside the published ones, as texts; no rows where nothing was computed."""
    now = indices[(indices["year"] == settings.year) & (indices["level"] <= 1) & indices["computed"].notna()]
    apart = now["computed"] - now["published"]
    return pd.DataFrame(
        {
            "구분": now["name"].to_list(),
            "계산값": [number(v, 2) for v in now["computed"]],
            "공표값": [number(v) for v in now["published"]],
            "차이 (△ 계산값이 낮음)": [change(v, 2) for v in apart],
        }
    )


def areas_lead(indices: pd.DataFrame, settings: Settings) -> str:
    """One paragraph before the chart of the areas."""
    now = indices[(indices["year"] == settings.year) & (indices["level"] == 1)]
    over = int((now["index"] > 100).sum())
    how = "영역지수는 공표값이며, 모든 지표의 값이 있어야 다시 계산해 볼 수 있으므로 여기서는 다시 계산하지 않았습니다."
    if _computed(indices):
        how = "영역지수는 지표의 점수를 같은 가중치로 평균한 값이며, 공표값은 옆에 적습니다."
    return f"{len(now)}개 영역 가운데 {over}개 영역이 {settings.base_year}년(100)보다 높습니다. {how}"


def dumbbell_of(indices: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.dumbbell``: the areas, last year and this year."""
    areas = indices[indices["level"] == 1]
    values = areas.pivot(index="node_id", columns="year", values="index")
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
        "subtitle": f"영역지수({settings.base_year}년=100), {before}년과 {settings.year}년 {_value(indices)}",
        "subject": f"{len(now)}개 영역 지수",
        **_mark(indices, settings),
    }


def composite_of(indices: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.index_dots``: the composite over the years."""
    rows = indices[indices["level"] == 0]
    now = _row(indices, "level", 0, settings.year)
    return {
        "series": rows.set_index("year")["index"],
        "base_label": f"{settings.base_year}년=100",
        "title": f"{settings.year}년 종합지수 {number(now['index'])}, 전년 {_value(indices)}보다 {_apart(now['change'], sentence=False)}",
        "subtitle": f"종합지수({settings.base_year}년=100), {settings.base_year}년부터 {settings.year}년까지 {_value(indices)}",
        "subject": "종합지수",
        **_mark(indices, settings),
    }


# --- what moved -----------------------------------------------------------------------------------------------------


def contribution_cells(
    contributions: pd.DataFrame, indices: pd.DataFrame, from_year: int, to_year: int
) -> pd.DataFrame:
    """Every area's published change as the known indicators plus one line 나머지, with the sum below, as texts.

    The column of ranges is there only where a source gave one.
    """
    areas = indices[indices["level"] == 1]
    names = areas.drop_duplicates("node_id").set_index("node_id")["name"]
    pair = _pair(contributions, from_year, to_year)
    pair = pair[pair["node_id"].isin(names.index)]
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
                "영역과 항목": f"{area}: 합계({'지수의' if _computed(indices) else '공표된'} 변화)",
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
    if _computed(indices):
        return _whole_lead(contributions, indices, settings)
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


def _whole_lead(contributions: pd.DataFrame, indices: pd.DataFrame, settings: Settings) -> list:
    """The five indicators that raised the composite most, and those that lowered it most."""
    composite = _row(indices, "level", 0, settings.year)
    pair = _pair(contributions, settings.year - 1, settings.year)
    pair = pair[pair["node_id"] == composite["node_id"]].sort_values("contribution", ascending=False, kind="stable")
    rises, falls = pair[pair["contribution"] > 0], pair[pair["contribution"] < 0][::-1]
    return [
        (
            f"종합지수를 높인 지표 {len(rises)}개 가운데 몫이 가장 큰 지표는 다음과 같습니다.",
            [f"{r['item']} {r['name']}: {_share(r)}" for _, r in rises.head(5).iterrows()],
        ),
        (
            f"종합지수를 낮춘 지표 {len(falls)}개 가운데 몫이 가장 큰 지표는 다음과 같습니다.",
            [f"{r['item']} {r['name']}: {_share(r)}" for _, r in falls.head(5).iterrows()],
        )
        if len(falls)
        else "종합지수를 낮춘 지표는 없습니다.",
    ]


def contribution_notes(indicators: pd.DataFrame, indices: pd.DataFrame, settings: Settings) -> list[str]:
    """Cautions that belong right below the table of contributions."""
    if _computed(indices):
        return ["몫 = 점수의 변화 × 가중치. 모든 지표의 가중치가 같다고 보았습니다."]
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
    found = _composite_waterfall(contributions, indices, settings) if _computed(indices) else []
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
                "title": f"{area['name']} 영역은 {_moved(area['total'])}, {_told(known, indices)}",
                "subtitle": f"{area['name']} 영역지수의 변화와 지표의 몫(p), {from_year}년에서 {to_year}년까지",
                "subject": f"{area['name']} 영역지수의 변화",
                **_mark(indices, settings),
            }
        )
    return found


def _told(known: pd.DataFrame, indices: pd.DataFrame) -> str:
    """What a title says of an area's known indicators."""
    if _computed(indices):
        most = known.loc[known["contribution"].abs().idxmax()]
        return f"가장 큰 몫은 {most['item']}의 {_pushed(most['contribution'])}"
    return f"점수를 아는 지표 {len(known)}개의 몫은 {_pushed(known['contribution'].sum())}"


def _composite_waterfall(contributions: pd.DataFrame, indices: pd.DataFrame, settings: Settings) -> list[dict]:
    """Arguments of ``charts.waterfall`` for the composite's change by area."""
    now = indices[(indices["level"] == 1) & (indices["year"] == settings.year)]
    composite = _row(indices, "level", 0, settings.year)
    pair = _pair(contributions, settings.year - 1, settings.year)
    area_of = pair[pair["node_id"].isin(now["node_id"])].set_index("item")["node_id"]
    whole = pair[pair["node_id"] == composite["node_id"]]
    parts = whole["contribution"].groupby(whole["item"].map(area_of).to_numpy()).sum().reindex(now["node_id"])
    period = f"{settings.year - 1}년에서 {settings.year}년까지"
    return [
        {
            "parts": parts.set_axis(now["name"]),
            "total": float(composite["change"]),
            "total_label": "종합지수의 변화",
            "period": period,
            "title": f"종합지수는 {_moved(composite['change'])}, 가장 큰 몫은 {now.set_index('node_id')['name'][parts.abs().idxmax()]} 영역의 {_pushed(parts[parts.abs().idxmax()])}",
            "subtitle": f"종합지수의 변화와 영역의 몫(p), {period}",
            "subject": "종합지수의 변화",
            **_mark(indices, settings),
        }
    ]


def _areas_with_known(contributions: pd.DataFrame, indices: pd.DataFrame, settings: Settings) -> list[dict]:
    from_year, to_year = settings.year - 1, settings.year
    now = indices[indices["year"] == to_year].set_index("node_id")
    areas, found = set(now.index[now["level"] == 1]), []
    for node, part in _pair(contributions, from_year, to_year).groupby("node_id", sort=False):
        if node in areas and len(part) > 1 and part["contribution"].notna().all():
            total = float(now.at[node, "change"])
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
        **(
            {"illustrative": f"지표 {whole['indicators']}개 중 {settings.mark} {whole['indicators']}개"}
            if settings.mark
            else {}
        ),
    }


def source(settings: Settings, what: str) -> str:
    """What stands after 자료: below a table of `what` (values, indices, shares); made-up figures have no other source."""
    return f"가상시의 수({settings.mark})" if settings.illustrative else SOURCES[what]


def names_note(settings: Settings) -> str:
    """Where the indicators' names and groups come from."""
    said = f"지표 이름과 묶음은 지표체계 {settings.framework}판의 것입니다. 방향과 재는 것은 지표 이름에서 읽은 것"
    return f"{said}입니다." if settings.illustrative else f"{said}으로 서울시의 공식 분류가 아닙니다."


def method_title(settings: Settings) -> str:
    """Title of the table of :func:`method_cells`."""
    known = "" if settings.illustrative else ", 서울시의 방법은 얼마나 알려졌나"
    return f"산정 방법: 무엇을 어떻게 골랐{'나' if settings.illustrative else '고'}{known}"


def index_widths(settings: Settings) -> list[float]:
    """Widths of the columns of :func:`index_cells`."""
    years = len(settings.years)
    if years > 3:
        return [14, 8, *[13] * years, 13, 12]
    return [14, 12, *[11] * years, *[15] * (1 + (settings.year - 1 > settings.base_year)), 15]


def obtained_widths(settings: Settings) -> list[float]:
    """Widths of the columns of :func:`obtained_cells`."""
    years = len(settings.years)
    return [26, 11, *[48 / years] * years, 15]


def value_cells(indicators: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Every indicator with its unit, its level in each year and this year's score, as texts: for a study without gaps."""
    rows = []
    for indicator, rows_of in indicators.groupby("indicator_id", sort=False):
        by_year = rows_of.set_index("year")
        decimals = max(len(plain(v).partition(".")[2]) for v in by_year["value"].dropna())
        row = {"지표(단위)": f"{indicator} {by_year['name'].iloc[0]}({next(u for u in by_year['unit'] if u)})"}
        row |= {f"{year}년": number(by_year.at[year, "value"], decimals) for year in settings.years}
        rows.append(row | {f"{settings.year}년 점수": number(by_year.at[settings.year, "score"])})
    return pd.DataFrame(rows)


def value_widths(settings: Settings) -> list[float]:
    """Widths of the columns of :func:`value_cells`."""
    return [32, *[12] * len(settings.years), 10]


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
            f"{base}년 대신 여러 해의 평균을 기준으로 둘 수 있음",
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
    cells = pd.DataFrame(rows, columns=["단계", "이 보고서에서 한 일", "서울시의 방법", "다른 선택"])
    if _computed(indices):
        done = {
            "얻지 못한 값": "지표마다 미리 정한 규칙으로 채우고 쓴 곳을 모두 적음(2-3)",
            "지표 가중치": "모두 같다고 봄",
            "종합과 영역 지수": "모든 지표의 점수에서 계산하고 공표값을 옆에 적음",
            "몫": "가중치 × 점수의 변화. 더하면 지수의 변화",
        }
        cells["이 보고서에서 한 일"] = cells["단계"].map(done).fillna(cells["이 보고서에서 한 일"])
        cells = cells[cells["단계"] != "수준이 없는 값"].replace({"공표값을 그대로 실음": done["종합과 영역 지수"]})
        other = {"얻지 못한 값": "같은 과제의 평균", "종합과 영역 지수": "공표값을 그대로 실음"}
        cells["다른 선택"] = cells["단계"].map(other).fillna(cells["다른 선택"])
    return cells.drop(columns="서울시의 방법") if settings.illustrative else cells


def method_widths(settings: Settings) -> list[float]:
    """Widths of the columns of :func:`method_cells`."""
    return [14, 44, 42] if settings.illustrative else [14, 34, 30, 22]


def treatment_cells(treatments: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Every use of a rule for a gap or a new definition, as texts; `names` by indicator id."""
    return pd.DataFrame(
        {
            "지표": [f"{i} {names[i]}" for i in treatments["indicator_id"]],
            "연도": [f"{year}년" for year in treatments["year"]],
            "한 일": [RULES[rule] for rule in treatments["rule"]],
            "얻은 해": [", ".join(f"{year}년" for year in years.split(", ")) for years in treatments["from_years"]],
            "쓴 값": [number(value, 2) for value in treatments["value"]],
        }
    ).astype(str)


def revision_cells(revisions: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Values that were replaced after they had been published, as texts."""
    return pd.DataFrame(
        {
            "지표": [f"{i} {names[i]}" for i in revisions["indicator_id"]],
            "연도": [f"{year}년" for year in revisions["year"]],
            "처음 값": [plain(value) for value in revisions["first"]],
            "고친 값": [plain(value) for value in revisions["value"]],
            "고친 해": [f"{year}년" for year in revisions["revised_in"]],
            "까닭": [note or "-" for note in revisions["note"]],
        }
    ).astype(str)


def restatement_cells(restatements: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Indices that the replaced values moved, as texts."""
    return pd.DataFrame(
        {
            "지수": [names[node] for node in restatements["node_id"]],
            "연도": [f"{year}년" for year in restatements["year"]],
            "처음 값으로": [number(value, 2) for value in restatements["first"]],
            "고친 값으로": [number(value, 2) for value in restatements["now"]],
            "영향 (△ 감소)": [change(value, 2) for value in restatements["effect"]],
        }
    ).astype(str)


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
    weighty = told["status"].str.contains("inferred_year|provisional") | told["note"].str.contains(
        "하한|반올림|약 |수도 있음"
    )
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


def _computed(indices: pd.DataFrame) -> bool:
    """Whether the indices were computed from all indicators; else they are the published ones."""
    return indices["basis"].eq("computed").all()


def _value(indices: pd.DataFrame) -> str:
    return "계산값" if _computed(indices) else "공표값"


def _mark(indices: pd.DataFrame, settings: Settings) -> dict:
    """The chart's argument that says how many of its data are made up; nothing where none are."""
    n = number(indices["n_indicators"].max(), 0)
    return {"illustrative": f"지표 {n}개 중 {settings.mark} {n}개"} if settings.illustrative else {}


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
    value, size = plain(row.value), plain(abs(row.value))
    against = [] if pd.isna(row.versus_year) else [f"{row.versus_year:.0f}년 대비"]
    if pd.notna(row.lower):
        against.append(f"범위 {row.lower:g}~{row.upper:g}{row.unit}")
    against += {"inferred_year": ["연도 추정"]}.get(row.status, ["잠정"] if "provisional" in row.status else [])
    against += ["새 정의"] if getattr(row, "definition", 1) > 1 else []
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
