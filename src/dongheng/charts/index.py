"""Charts of the index: two years of its areas, its course, what a change is made of, what is known at all, other rules."""

import math
from functools import partial
from itertools import chain

import pandas as pd

from dongheng.charts.look import BASE, DOWN, FALL, GAP, HALF, HOLLOW, LINE, PAST, RANGE, REST, RISE, ROW, UP, WIDTH
from dongheng.charts.sheet import MISSING, Chart, Sheet, from_to, one_decimal, round_ticks, scale, styled, width_of

HUNDRED = 100.0  # every index in its base year
REST_NAME = "나머지"


def _falls(change: float) -> bool:
    return one_decimal(change).startswith("△")  # what prints as 0.0 is no fall


def _apart(change: float, up: str = "높음", down: str = "낮음") -> str:
    printed = f"{one_decimal(change, minus='')}p"
    return f"{printed} 차이" if printed == "0.0p" else f"{printed} {down if change < 0 else up}"


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
    years = (before_label, after_label)
    old, new = (pd.Series(sheet.numbers(s.reindex(labels.index)), labels.index) for s in (before, after))
    order = new.sort_values(ascending=False, kind="stable").index  # gaps last
    names, pairs = labels[order].map(str).to_list(), list(zip(old[order], new[order], strict=True))
    change = [later - earlier for earlier, later in pairs]
    shown = {before_label: old[order].map(one_decimal), after_label: new[order].map(one_decimal)}
    printed = list(zip(*(texts.replace("…", f"{year} {MISSING}") for year, texts in shown.items()), strict=True))

    fallen = [(f"{after_label}(낮아짐)", partial(sheet.dot, falls=True))] * any(map(_falls, change))
    sheet.legend((before_label, sheet.ring), (after_label, sheet.dot), *fallen)
    left, right = sheet.split(names, {"증감(p, △ 감소)": [*map(one_decimal, change)]}, bold=True)
    side = width_of(*chain(*printed), bold=True) + 9
    place = scale([HUNDRED, *chain(*pairs)], left + side, right - side)
    base = place(HUNDRED)
    sheet.over(base, sheet.y + LINE / 2, sheet.base_label, right)
    sheet.heads()
    top = sheet.y
    for n, y in enumerate(sheet.rows(names)):
        sheet.cells(n, y)
        if not (known := [v for v in pairs[n] if not math.isnan(v)]):
            sheet.text(base, y, MISSING, "center", halo=True)
            continue
        low, high = place(min(known)), place(max(known))
        first, last = (1, 0) if change[n] < 0 else (0, 1)
        for x, which, anchor in ((low - 9, first, "right"), (high + 9, last, "left")):
            this_year = which == 1 and not math.isnan(pairs[n][1])
            sheet.text(x, y, printed[n][which], anchor, bold=this_year, halo=True)
        sheet.rule(low, y, high, y, FALL if _falls(change[n]) else RISE, 1.4, zorder=2.6)
        for value, sign in zip(pairs[n], (sheet.ring, partial(sheet.dot, falls=_falls(change[n]))), strict=True):
            if not math.isnan(value):
                sign(place(value), y)
    sheet.base_line(base, top, base, sheet.y)

    both, facts = [n for n, moved in enumerate(change) if not math.isnan(moved)], []
    if both:
        most = max(both, key=lambda n: abs(change[n]))
        told = ", ".join(f"{year} {text}" for year, text in zip(years, printed[most], strict=True))
        higher, lower = (sum(_falls(sign * change[n]) for n in both) for sign in (-1, 1))
        absent = f", 미확보로 비교하지 못한 항목 {len(names) - len(both)}개" if len(both) < len(names) else ""
        facts.append(f"증감이 가장 큰 항목은 {names[most]}({told})")
        facts.append(f"{before_label}보다 높은 항목 {higher}개, 낮은 항목 {lower}개{absent}")
    if known := [v for v in chain(*pairs) if not math.isnan(v)]:
        facts.append(f"확보한 값은 {one_decimal(min(known))}에서 {one_decimal(max(known))} 사이")
    return sheet.chart(
        "두 해 비교 점그림", [f"{before_label}과 {after_label}", f"단위 지수({sheet.base_label})"], facts
    )


@styled()
def index_dots(series: pd.Series, **words: object) -> Chart:
    """One index over the years, up to ten: a dot per year, no line; the last year filled, earlier ones hollow.

    Parameters
    ----------
    series : Series
        Values by year; NaN = not obtained.
    **words
        See `Sheet`; with base_label.

    Returns
    -------
    Chart
    """
    sheet = Sheet(**words)
    years, values = [f"{year}년" for year in series.index], sheet.numbers(series)
    plot = WIDTH - width_of(sheet.base_label) - GAP
    slot, room = plot / len(years), LINE + GAP
    bottom = sheet.y + room + 90
    place = scale([HUNDRED, *values], bottom, sheet.y + room)
    base = place(HUNDRED)
    sheet.y = bottom + (room if any(v < HUNDRED for v in values) else GAP) + GAP
    sheet.base_line(0, base, plot, base)
    sheet.text(WIDTH, base, sheet.base_label, "right", color=BASE)
    for n, value in enumerate(values):
        x, y = slot * (n + 0.5), place(value)
        sheet.text(x, sheet.y + LINE / 2, years[n], "center")
        if math.isnan(value):
            sheet.text(x, base, MISSING, "center", halo=True)
            continue
        away = (GAP + LINE / 2) * (-1 if value >= HUNDRED else 1)
        sheet.text(x, y + away, one_decimal(value), "center", bold=True, halo=True)
        (sheet.dot if n == len(years) - 1 else sheet.ring)(x, y)
    sheet.y += LINE

    known = [(year, value) for year, value in zip(years, values, strict=True) if not math.isnan(value)]
    facts = [f"{year} {one_decimal(value)}, 기준보다 {_apart(value - HUNDRED)}" for year, value in known[:-4:-1]]
    period = f"{years[0]}부터 {years[-1]}까지" if years[1:] else years[0]
    return sheet.chart("연도별 점그림", [period, f"단위 지수({sheet.base_label})"], facts)


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
    values = sheet.numbers(parts)
    if not abs(math.fsum(values) - total) <= 1e-9:
        sheet.refuse("publish.chart_sum", parts=math.fsum(values), total=float(total))
    names, values = [*map(str, parts.index), total_label], [*values, float(total)]
    starts = [*(math.fsum(values[:n]) for n in range(len(parts))), 0.0]
    rest = [name.startswith(REST_NAME) for name in names[:-1]] + [False]
    spans = [*sheet.spans(ranges, parts.index), None]
    tails = [f" ({from_to(*span)})" if span else "" for span in spans]
    printed = [f"{one_decimal(v)}p{tail}" for v, tail in zip(values, tails, strict=True)]
    down = [_falls(v) for v in values]
    looks = [REST if r else DOWN if d else UP for r, d in zip(rest, down, strict=True)]

    key = {"높임": UP, "낮춤(△)": DOWN, REST_NAME: REST}
    bars = [(text, sheet.swatch(look)) for text, look in key.items() if look in looks]
    sheet.legend(*bars, *[(sheet.range_label, sheet.stroke(RANGE, 3))] * any(spans))
    left, right = sheet.split(names, {}, share=0.4)
    sides = [[p for p, d in zip(printed, down, strict=True) if d is side] for side in (True, False)]
    before, after = (width_of(*side, bold=True) + GAP for side in sides)
    reaches = [[s, s + v, *(s + end for end in span or ())] for s, v, span in zip(starts, values, spans, strict=True)]
    place = scale([end for reach in reaches for end in reach], left + before, right - after)
    top = sheet.y
    middles = sheet.rows(names[:-1], ROW + 6 * any(spans))
    sheet.rule(0, sheet.y, WIDTH, sheet.y, BASE, 0.8)
    middles += sheet.rows(names[-1:])
    for n, (reach, y) in enumerate(zip(reaches, middles, strict=True)):
        ends = [place(end) for end in reach]
        sheet.bar(ends[0], ends[1], y, looks[n])
        sheet.rule(ends[1], y, ends[1], middles[min(n + 1, len(parts))], PAST, 0.8)
        if spans[n]:
            sheet.rule(ends[2], y - 9, ends[3], y - 9, RANGE, 3, zorder=4)
        x, anchor = (min(ends) - 5, "right") if down[n] else (max(ends) + 5, "left")
        sheet.text(x, y, printed[n], anchor, bold=n == len(parts), halo=True)
    sheet.rule(place(0), top, place(0), sheet.y, BASE, 1.0, zorder=4)
    sheet.note(place(0), "0", "center")
    sheet.y += LINE

    moved = [f"{name} {_apart(value, '높임', '낮춤')}" for name, value in zip(names, values, strict=True)]
    most = max(range(len(parts)), key=lambda n: (not rest[n], abs(values[n])))
    facts = [f"{moved[-1]}, {'나머지를 빼고 ' if any(rest) else ''}가장 큰 몫은 {moved[most]}"]
    facts += [moved[n] for n in range(len(parts)) if rest[n] and n != most]
    facts += [f"몫 {len(parts)}개의 합 {one_decimal(total, '-')}p"]
    return sheet.chart("폭포형 막대그림", [sheet.period, "단위 p"], facts)


@styled()
def coverage_strip(counts: pd.DataFrame, **words: object) -> Chart:
    """How many indicators have a value and a score: a row of squares per area, one square per indicator.

    Parameters
    ----------
    counts : DataFrame
        Areas by name in the order of the framework; columns indicators, obtained (has a value) and scored (has a
        score as well).
    **words
        See `Sheet`; with period.

    Returns
    -------
    Chart

    Raises
    ------
    PublishError
        More scores than values, or more values than indicators.
    """
    sheet = Sheet(**words)
    sheet.numbers(counts["indicators"])
    for name, row in counts.iterrows():
        if not 0 <= row["scored"] <= row["obtained"] <= row["indicators"]:
            sheet.refuse("publish.chart_counts", name=name, **row[["indicators", "obtained", "scored"]])
    names = [str(name) for name in counts.index]
    table = counts[["indicators", "obtained", "scored"]].astype(int).to_numpy().tolist()
    key = (("점수까지 계산", UP), ("값만 확보", HALF), (MISSING, HOLLOW))
    sheet.legend(*((text, sheet.swatch(look)) for text, look in key))
    columns = {"값을 확보한 지표": [f"{n}개 중 {obtained}개" for n, obtained, _ in table]}
    columns["점수 계산"] = [f"{scored}개" for *_, scored in table]
    left, right = sheet.split(names, columns)
    per_line = int((right - left) // 15)
    sheet.heads()
    for i, y in enumerate(sheet.rows(names, ROW + 15 * max((n - 1) // per_line for n, *_ in table))):
        n, obtained, scored = table[i]
        for k in range(n):
            x, down = left + 15 * (k % per_line), 15 * (k // per_line - (n - 1) // per_line / 2)
            sheet.bar(x, x + 11, y + down, UP if k < scored else HALF if k < obtained else HOLLOW)
        sheet.cells(i, y)

    n, obtained, scored = (sum(column) for column in zip(*table, strict=True))
    most = max(range(len(table)), key=lambda i: table[i][1])
    facts = [f"{n}개 가운데 값을 확보한 지표 {obtained}개, 점수까지 계산한 지표 {scored}개, 미확보 {n - obtained}개"]
    facts.append(f"값이 가장 많은 영역은 {names[most]}({table[most][0]}개 중 {table[most][1]}개)")
    return sheet.chart("칸그림", [sheet.period, "단위 개"], facts)


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
    values, spans = sheet.numbers(table["index"]), sheet.spans(table, table.index)
    names, now = [str(name) for name in table.index], values[0]
    for name, value, span in zip(names, values, spans, strict=True):
        if math.isnan(value) and (span is None or name == names[0]):
            sheet.refuse("publish.chart_rule", name=name)
    sheet.legend(("지수", sheet.dot), (sheet.range_label, sheet.stroke(RANGE, 12)))
    printed = [one_decimal(value) if value == value else "-" for value in values]
    ranges = [from_to(*span) if span else "-" for span in spans]
    ends = [v for v in chain(values, *filter(None, spans)) if v == v]
    low, high = min(ends), max(ends)
    columns, ticks = {"지수": printed, "범위": ranges}, {f"{tick:g}": tick for tick in round_ticks(low, high)}
    sheet.dot_rows(names, columns, spans, [(sheet.dot, values)], ticks, share=0.42)(sheet.base_line, now)
    facts = [f"{now_label}, 가장 작은 값 {one_decimal(low)}, 가장 큰 값 {one_decimal(high)}"]
    facts.append(f"규칙과 범위 {len(names)}줄")
    return sheet.chart("규칙마다의 점그림", [sheet.period, "단위 점"], facts)
