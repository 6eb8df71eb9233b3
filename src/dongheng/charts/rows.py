"""Charts with a row per name on one axis: the course of an index and what moved it, weights, ranks, other rules."""

import math
from functools import partial
from itertools import chain

import pandas as pd

from dongheng.charts import figures
from dongheng.charts.figures import LOWERED, RAISED, REST_NAME, apart, falls, from_to, named, one_decimal
from dongheng.charts.look import BASE, DOWN, PAST, RANGE, REST, ROW, UP
from dongheng.charts.sheet import HUNDRED, LARGEST, Chart, Sheet, styled


@styled()
def index_dots(series: pd.Series, ranges=None, *, beside: pd.Series | None = None, beside_label="", **words) -> Chart:
    """One index over the years, up to ten: a dot per year, no line; the last year filled, earlier ones hollow.

    Parameters
    ----------
    series : Series
        Values by year, printed below the year; NaN = not obtained.
    ranges : DataFrame, optional
        Columns lo, hi by year, for some or all years: a bar behind the dot, its numbers below the value. A value may lie
        outside a range that belongs to another rule.
    beside : Series, optional
        The same index from elsewhere by year, as in published values: hollow squares, numbers below the value.
    beside_label : str
        As in ``공표값``; needed where there are any.
    **words
        See `Sheet`; with base_label, and where there are ranges range_label.

    Returns
    -------
    Chart

    Raises
    ------
    PublishError
        A range or a value beside it without name or for a year not in `series`, half a range.
    """
    sheet = Sheet(**words)
    years, values = [f"{year}년" for year in series.index], sheet.numbers(series)
    points = None if beside is None else pd.DataFrame({"lo": beside, "hi": beside})
    points = sheet.spans(points, series.index, beside_label)
    spans = sheet.spans(ranges, series.index, sheet.range_label)
    columns = {"지수": [one_decimal(value).replace("…", figures.MISSING) for value in values]}
    columns |= {sheet.range_label: [*map(from_to, spans)]} if any(spans) else {}
    columns |= {beside_label: [from_to(point[:1]) for point in points]} if any(points) else {}
    signs = {years[-1]: (sheet.dot, [*[math.nan] * len(years[1:]), values[-1]])}
    signs["이전 연도"] = sheet.ring, [*values[:-1], math.nan]
    signs[beside_label] = sheet.stroke(BASE, 2, 0, 9), [point[0] if point else math.nan for point in points]
    sheet.dots(years, columns, signs, spans, line=HUNDRED)

    known = [n for n, value in enumerate(values) if not math.isnan(value)]
    facts = [f"{years[n]} {one_decimal(values[n])}, 기준보다 {apart(values[n] - HUNDRED)}" for n in known[:-4:-1]]
    last = [f"{name} {texts[n]}" for n in known[-1:] for name, texts in [*columns.items()][1:] if texts[n] != "-"]
    if last:
        facts[0] += f"({', '.join(last)})"
    period = f"{years[0]}부터 {years[-1]}까지" if years[1:] else years[0]
    return sheet.chart("연도별 점그림", [period, f"단위 지수({sheet.base_label})"], facts)


@styled()
def dumbbell(before: pd.Series, after: pd.Series, labels: pd.Series, *, before_label, after_label, **words) -> Chart:
    """Two years of one index for several areas, sorted by the later value.

    Parameters
    ----------
    before, after : Series
        Values by id; NaN or no entry = not obtained.
    labels : Series
        Name by id, in the order of the framework: which rows there are, and how ties stand.
    before_label, after_label : str
        The two years, as in ``2023년``.
    **words
        See `Sheet`; with base_label.

    Returns
    -------
    Chart
    """
    sheet = Sheet(**words)
    years = {before_label: before, after_label: after}
    table = pd.DataFrame({year: sheet.numbers(values.reindex(labels.index)) for year, values in years.items()})
    table = table.set_axis(labels.map(str)).sort_values(after_label, ascending=False, kind="stable")  # gaps last
    change = table[after_label] - table[before_label]
    fallen = change.map(falls)
    signs = {before_label: (sheet.ring, [*table[before_label]])}
    signs[after_label] = sheet.dot, [*table[after_label].mask(fallen)]
    signs[f"{after_label}(낮아짐)"] = partial(sheet.dot, falls=True), [*table[after_label].where(fallen)]
    columns = {year: [*table[year].map(one_decimal).replace("…", figures.MISSING)] for year in years}
    columns["증감(p, △ 감소)"] = [*map(one_decimal, change)]
    sheet.dots(table.index, columns, signs, line=HUNDRED, joined=True)

    facts, absent = [], f", 미확보로 비교하지 못한 항목 {change.isna().sum()}개" if change.isna().any() else ""
    if change.notna().any():
        most = change.abs().argmax()
        told = ", ".join(f"{year} {columns[year][most]}" for year in years)
        facts.append(f"증감이 가장 큰 항목은 {table.index[most]}({told})")
        higher = sum(falls(-moved) for moved in change)
        facts.append(f"{before_label}보다 높은 항목 {higher}개, 낮은 항목 {fallen.sum()}개{absent}")
    facts.append(f"확보한 값은 {one_decimal(table.min(axis=None))}에서 {one_decimal(table.max(axis=None))} 사이")
    return sheet.chart("두 해 비교 점그림", ["과 ".join(years), f"단위 지수({sheet.base_label})"], facts)


@styled()
def pairs(table: pd.DataFrame, *, first_label: str, second_label: str, unit: str, line=None, **words) -> Chart:
    """Two numbers of each row on one line: a ring and a dot, joined.

    Parameters
    ----------
    table : DataFrame
        Rows by name, in the order to be drawn; columns first and second, both in `unit`; NaN = not obtained.
    first_label, second_label, unit : str
        As in ``선언한 가중치``, ``상승분의 몫`` and ``%``.
    line : float, optional
        A value marked by a dotted line, as in 100; its name is base_label.
    **words
        See `Sheet`; with period, and where there is a line base_label.

    Returns
    -------
    Chart

    Raises
    ------
    PublishError
        A number that is infinite or beyond 100,000 either way, no number at all.
    """
    sheet = Sheet(**words)
    first, second = (sheet.numbers(table[column], -LARGEST, LARGEST) for column in ("first", "second"))
    signs = {first_label: (sheet.ring, first), second_label: (sheet.dot, second)}
    columns = {label: [*map(one_decimal, values)] for label, (_, values) in signs.items()}
    sheet.dots([*map(str, table.index)], columns, signs, line=line, joined=True)

    gaps = (table["second"] - table["first"]).set_axis(range(len(table))).dropna()
    facts = [f"줄 {len(table)}개, {second_label} 쪽이 큰 줄 {sum(gaps > 0)}개"]
    if len(gaps):
        widest = gaps.abs().idxmax()
        both = ", ".join(f"{label} {one_decimal(values[widest], '-')}" for label, (_, values) in signs.items())
        facts.insert(0, f"두 수가 가장 먼 줄은 {table.index[widest]}({both})")
    return sheet.chart("두 수 비교 점그림", [sheet.period, f"단위 {unit}"], facts)


def _summed(sheet: Sheet, parts: pd.Series, total: float, total_label: str) -> tuple[list, ...]:
    """Parts and their sum: names, values, kinds, what the alternative text says; refused where they are 1e-9 apart."""
    values, names = sheet.numbers(parts, -LARGEST, LARGEST), [*map(str, parts.index), total_label]
    if not abs(math.fsum(values) - total) <= 1e-9:
        sheet.refuse("publish.chart_sum", parts=math.fsum(values), total=float(total))
    values.append(float(total))
    told = [f"{name} {apart(value, '높임', '낮춤')}" for name, value in zip(names, values, strict=True)]
    return names, values, [*map(figures.part_kind, names, values)], told


@styled()
def movers(parts: pd.Series, total: float, *, total_label: str, **words: object) -> Chart:
    """Which indicators moved an index most: a sign per row on an axis around 0, the sum as a last row of its own.

    Parameters
    ----------
    parts : Series
        Contribution in points by name, in the order to be drawn; the rest is one row called ``나머지…``.
    total : float
        The sum of `parts`, to 1e-9: what is left out of the picture stands in the rest.
    total_label : str
        As in ``종합지수 증감``.
    **words
        See `Sheet`; with period.

    Returns
    -------
    Chart

    Raises
    ------
    PublishError
        The parts do not add up to the total, or one of them is NaN.
    """
    sheet = Sheet(**words)
    names, values, kinds, told = _summed(sheet, parts, total, total_label)
    of_kind = pd.Series(values, [*kinds[:-1], "sum"])  # which has no sign
    signs = {RAISED: sheet.dot, LOWERED: partial(sheet.dot, falls=True), REST_NAME: sheet.ring}
    signs = {kind: (sign, [*of_kind.where(of_kind.index == kind)]) for kind, sign in signs.items()}
    sheet.dots(names, {"몫(p, △ 감소)": [*map(one_decimal, values)]}, signs, share=0.46, line=0, total=True)

    rest = [n for n in range(len(parts)) if kinds[n] == REST_NAME]
    known = sorted({*range(len(parts))} - {*rest} or rest, key=values.__getitem__)
    facts = [f"몫이 가장 큰 줄은 {told[known[-1]]}, 가장 작은 줄은 {told[known[0]]}"]
    facts.append(", ".join([f"줄 {len(parts)}개", *(told[n] for n in rest), told[-1]]))
    return sheet.chart("증감 점그림", [sheet.period, "단위 p"], facts)


@styled()
def waterfall(parts: pd.Series, total: float, *, total_label, ranges: pd.DataFrame | None = None, **words) -> Chart:
    """What a change is made of: a bar for each part from 0 on, the total below.

    Parameters
    ----------
    parts : Series
        Contribution in points by name, in the order to be drawn; the rest is called ``나머지…``.
    total : float
        The sum of `parts`, to 1e-9: this chart is for parts that add up.
    total_label : str
        As in ``안전 영역 증감``.
    ranges : DataFrame, optional
        Columns lo, hi by name, for some or all parts: drawn as a thin bar, printed beside the value.
    **words
        See `Sheet`; with period, and where there are ranges range_label.

    Returns
    -------
    Chart

    Raises
    ------
    PublishError
        The parts do not add up to the total, or one of them is NaN.
    """
    sheet = Sheet(**words)
    names, values, kinds, told = _summed(sheet, parts, total, total_label)
    spans = [*sheet.spans(ranges, parts.index, sheet.range_label), ()]
    starts = [*(math.fsum(values[:n]) for n in range(len(parts))), 0.0]
    reaches = [[s, s + v, *(s + end for end in span)] for s, v, span in zip(starts, values, spans, strict=True)]
    looks = {RAISED: UP, LOWERED: DOWN, REST_NAME: REST}
    key = [(kind, sheet.swatch(look)) for kind, look in looks.items() if kind in kinds]
    key += [(sheet.range_label, sheet.stroke(RANGE, 3))] * any(spans)
    printed = [f"{one_decimal(v)}p" + f" ({from_to(span)})" * bool(span) for v, span in zip(values, spans, strict=True)]
    look = {"share": 0.4, "least": ROW + 6 * any(spans), "line": 0, "total": True}
    place, middles = sheet.plot(names, {"몫": printed}, key, chain(*reaches), **look)
    for n, (reach, y) in enumerate(zip(reaches, middles, strict=True)):
        start, end, *span = map(place, reach)
        sheet.bar(start, end, y, looks[kinds[n]])
        sheet.rule(end, y, end, middles[min(n + 1, len(parts))], PAST, 0.8)
        if span:
            sheet.rule(span[0], y - 9, span[1], y - 9, RANGE, 3, zorder=4)

    rest = [n for n in range(len(parts)) if kinds[n] == REST_NAME]
    most = max(range(len(parts)), key=lambda n: (n not in rest, abs(values[n])))
    facts = [f"{told[-1]}, {'나머지를 빼고 ' if rest else ''}가장 큰 몫은 {told[most]}"]
    facts += [*(told[n] for n in rest if n != most), f"몫 {len(parts)}개의 합 {one_decimal(total, '-')}p"]
    return sheet.chart("폭포형 막대그림", [sheet.period, "단위 p"], facts)


@styled()
def rule_dots(table: pd.DataFrame, *, now_label: str, **words: object) -> Chart:
    """One index under several rules: a row per rule, a dot where it gives one value, a bar where it gives a range.

    Parameters
    ----------
    table : DataFrame
        Rows by name, in the order to be drawn, the first the rule in force; columns index (NaN = a range only), lo, hi
        (NaN = no range), index points.
    now_label : str
        What the dotted line through the first row says, as in ``지금의 규칙 130.6``.
    **words
        See `Sheet`; with period and range_label.

    Returns
    -------
    Chart

    Raises
    ------
    PublishError
        A first row without value, a row without value and range, a range without its two ends.
    """
    sheet = Sheet(**words)
    values, spans = sheet.numbers(table["index"]), sheet.spans(table, table.index, sheet.range_label)
    names = [*map(str, table.index)]
    for name, value, span in zip(names, values, spans, strict=True):
        if math.isnan(value) and (not span or name == names[0]):
            sheet.refuse("publish.chart_rule", name=name)
    columns = {"지수": [one_decimal(v).replace("…", "-") for v in values], "범위": [*map(from_to, spans)]}
    sheet.dots(names, columns, {"지수": (sheet.dot, values)}, spans, share=0.42, line=values[0])
    ends = [v for v in chain(values, *spans) if not math.isnan(v)]
    facts = [f"{now_label}, 가장 작은 값 {one_decimal(min(ends))}, 가장 큰 값 {one_decimal(max(ends))}"]
    return sheet.chart("규칙마다의 점그림", [sheet.period, "단위 점"], [*facts, f"규칙과 범위 {len(names)}줄"])


@styled()
def weight_dots(weights: pd.DataFrame, *, equal_label: str, **words: object) -> Chart:
    """A panel's weights beside equal ones: a dot with its interval and a ring per row, on an axis from 0.

    Parameters
    ----------
    weights : DataFrame
        Areas or tasks by name, in the order to be drawn; columns equal, weight, lo, hi (shares, 0 to 1; NaN lo and hi =
        no interval). Optional column percent: what a table prints where its weights were made to add up to 100.0, so
        that chart and table say the same.
    equal_label : str
        As in ``같은 가중치``.
    **words
        See `Sheet`; with period, and where there are intervals range_label.

    Returns
    -------
    Chart

    Raises
    ------
    PublishError
        A share off 0 to 1, a weight that is not there, half an interval or one that ends before it begins.
    """
    sheet = Sheet(**words)
    for column in ("equal", "weight", "lo", "hi"):
        sheet.numbers(weights[column], 0, 1, gaps=column in ("lo", "hi"))
    names, table = [*map(str, weights.index)], 100 * weights
    equal, weight = ([*table[column]] for column in ("equal", "weight"))
    spans = sheet.spans(table, weights.index, sheet.range_label)
    printed = [*map(one_decimal, weights.get("percent", weight))]
    columns = {"가중치(%)": printed} | ({"구간(%)": [from_to(span, "없음") for span in spans]} if any(spans) else {})
    ticks = figures.tick_texts(0, max(*equal, *weight, *chain(*spans)), "%")
    signs = {equal_label: (sheet.ring, equal), "전문가 가중치": (sheet.dot, weight)}
    sheet.dots(names, columns, signs, spans, ticks, line=0)

    least, most = (printed[weight.index(pick(weight))] for pick in (min, max))
    which = named([name for name, text in zip(names, printed, strict=True) if text == most], 2)
    facts = [f"가중치가 가장 큰 항목은 {which}({most}%)", f"가중치는 {least}%에서 {most}% 사이"]
    if inside := [span[0] <= share <= span[1] for share, span in zip(equal, spans, strict=True) if span]:
        counted = f"밖인 항목 {inside.count(False)}개, 안인 항목 {inside.count(True)}개"
        facts.insert(1, f"{equal_label} 값이 {sheet.range_label} {counted}")
    return sheet.chart("가중치 점그림", [sheet.period, "단위 %"], facts)


@styled()
def rank_dots(table: pd.DataFrame, **words: object) -> Chart:
    """Where one country ranks: a dot per row with the range of its rank where there is one, the best on the left.

    Parameters
    ----------
    table : DataFrame
        Rows by name, in the order to be drawn; columns rank, of (countries ranked), lo, hi (NaN = no range).
    **words
        See `Sheet`; with period and range_label, as in ``2025년 판`` and ``가중치를 바꿀 때의 95%``.

    Returns
    -------
    Chart

    Raises
    ------
    PublishError
        A rank below 1 or above the number of countries, a range without its two ends.
    """
    sheet = Sheet(**words)
    names, most = [*map(str, table.index)], int(table["of"].max())
    ranks, of = (sheet.numbers(table[column], 1, most, gaps=False) for column in ("rank", "of"))
    spans = sheet.spans(table, table.index, sheet.range_label)
    printed = [f"{rank:.0f}위/{n:.0f}" for rank, n in zip(ranks, of, strict=True)]
    ranges = [f"{span[0]:.0f}~{span[1]:.0f}위" if span else "-" for span in spans]
    columns, ticks = {"순위": printed, "범위": ranges}, {f"{tick}위": tick for tick in [1, *range(10, most + 1, 10)]}
    sheet.dots(names, columns, {"순위": (sheet.dot, ranks)}, spans, ticks, share=0.4)

    told = [f"{name} {rank}" for name, rank in zip(names, printed, strict=True)]
    facts = [f"{rank}(범위 {span})" if span != "-" else rank for rank, span in zip(told, ranges, strict=True)]
    best = named([name for name, rank in zip(names, ranks, strict=True) if rank == min(ranks)], 2)
    facts.insert(1, f"가장 앞선 줄은 {best}({min(ranks):.0f}위)")
    return sheet.chart("순위 점그림", [sheet.period, "단위 위"], facts)
