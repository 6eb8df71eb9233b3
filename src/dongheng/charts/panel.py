"""Charts of the expert panel: validity and importance, and how the answers spread."""

from itertools import product

import numpy as np
import pandas as pd
from matplotlib.patches import Circle
from matplotlib.transforms import Bbox

from dongheng.charts.figures import named, one_decimal, round_ticks, tick_texts
from dongheng.charts.look import BASE, BASE_LINE, GAP, GUIDE, LINE, PAST, RANGE, SMALL, WIDTH
from dongheng.charts.sheet import Chart, Sheet, scale, styled, width_of, wrap

FEWEST = 5  # answers below which a distribution could be read as somebody's answer


def _free_places(signs: list[tuple], labels: list[str], frame: Bbox, taken: Bbox) -> dict[int, tuple]:
    """Middle of each label by position in `signs`: beside its sign, above, below or aslant, the first place that is free.

    Free of signs, of earlier labels, of `taken` and inside `frame`; a label that finds none is left out.
    """
    places, blocked = {}, [taken, *(Bbox.from_bounds(x - 5, y - 5, 10, 10) for x, y in signs)]
    around = sorted(product((1, -1, 0, 0.5, -0.5), repeat=2), key=lambda d: abs(d[0] * d[1]))  # aslant last
    for n, across, down in ((n, *d) for n in range(len(signs)) for d in around if 1 in map(abs, d)):
        half = width_of(labels[n], size=SMALL) / 2 + 0.5
        x, y = signs[n][0] + across * (6 + half), signs[n][1] + down * 12
        box = Bbox([[x - half, y - 6], [x + half, y + 6]])
        inside = frame.contains(*box.min) and frame.contains(*box.max)
        if labels[n] and n not in places and inside and not box.count_overlaps(blocked):
            places[n] = x, y
            blocked.append(box)
    return places


@styled()
def importance_plane(points: pd.DataFrame, *, gate: float, gate_label: str, **words: object) -> Chart:
    """How valid and how important a panel holds each item to be: a sign per item, the gate as a dotted line.

    Parameters
    ----------
    points : DataFrame
        Items by id; columns validity (share of the answers that are 4 or 5, 0 to 1), importance (mean, 1 to 5), passes
        (whether enough experts answered 4 or 5) and label ("" = none). NaN validity or importance = not rated: named
        below the plot.
    gate : float
        The share that a whole panel needs, 0 to 1, as in ``20 / 30``. An item that fewer experts rated may need more
        and fail to the right of the line: its sign follows `passes`.
    gate_label : str
        As in ``통과 기준(30명 중 20명)``.
    **words
        See `Sheet`; with period.

    Returns
    -------
    Chart
        Labels move aside for signs and for each other, those of failing items first. Items with the very same place and
        labels that found none are listed below the plot.

    Raises
    ------
    PublishError
        A number off its scale, a verdict that is neither true nor false, no item that was rated.
    """
    sheet = Sheet(**words)
    sheet.numbers(pd.Series({gate_label: gate}, name="gate"), 0, 1, gaps=False)
    sheet.numbers(points["validity"], 0, 1), sheet.numbers(points["importance"], 1, 5)
    for name, verdict in points.loc[~points["passes"].isin([True, False]), "passes"].items():
        sheet.refuse("publish.chart_verdict", name=name, verdict=verdict)
    rated = points[["validity", "importance"]].notna().all(axis=1)
    seen = points[rated].sort_values("passes", kind="stable")
    shares, means = sheet.numbers(seen["validity"] * 100), sheet.numbers(seen["importance"])
    names, labels = ([str(text) for text in column] for column in (seen.index, seen["label"].fillna("")))
    failing = len(seen) - int(seen["passes"].sum())

    sheet.legend(("통과", sheet.dot), *[("통과하지 못함", sheet.triangle)] * bool(failing))
    across, up = tick_texts(min(100 * gate, *shares), 100, "%"), round_ticks(min(means), max(means))
    sheet.note(0, "중요도(평균, 점)")
    left, top = width_of(*map(one_decimal, up), size=SMALL) + GAP, sheet.y + 2 * LINE + 1
    sheet.y = bottom = top + 280
    place_x, place_y = scale([*across.values()], left + 14, WIDTH - 26), scale(up, bottom - 10, top + 10)
    for tick, y in zip(up, map(place_y, up), strict=True):
        sheet.rule(left, y, WIDTH, y, *GUIDE)
        sheet.text(left - GAP / 2, y, one_decimal(tick), "right", size=SMALL, color=BASE)
    sheet.ticks({text: place_x(tick) for text, tick in across.items()}, top)
    sheet.note(WIDTH, "타당도(4점 이상으로 답한 전문가의 비율)", "right")
    sheet.y += LINE + 1
    x = place_x(100 * gate)
    sheet.over(x, top - LINE / 2, gate_label)
    sheet.rule(x, top, x, bottom, *BASE_LINE)

    signs = [(place_x(share), place_y(mean)) for share, mean in zip(shares, means, strict=True)]
    for n in sorted(range(len(signs)), key=lambda n: bool(labels[n])):  # those with a label on top
        sheet.axes.add_artist(Circle(signs[n], 4.4, facecolor="white", zorder=4))  # keeps neighbours apart
        (sheet.triangle if n < failing else sheet.dot)(*signs[n])
    frame, gate_line = Bbox([[left, top], [WIDTH, bottom]]), Bbox([[x - 1, top], [x + 1, bottom]])
    places = _free_places(signs, labels, frame, gate_line)
    for n, middle in places.items():
        sheet.text(*middle, labels[n], "center", size=SMALL)
    gone = {"평가가 없어 그리지 않은 문항": [str(name) for name in points.index[~rated]]}
    gone["다른 문항과 자리가 같은 문항"] = [name for n, name in enumerate(names) if signs.count(signs[n]) > 1]
    unplaced = [label for n, label in enumerate(labels) if label and n not in places]
    gone["자리가 없어 이름표를 달지 못한 문항"] = unplaced
    gone = {f"{what} {len(which)}개": which for what, which in gone.items() if which}
    told = ", ".join(f"{what}({named(which, 20)})" for what, which in gone.items())
    for line in filter(None, wrap(told, WIDTH, SMALL)):
        sheet.note(0, line, size=SMALL)
        sheet.y += LINE

    which = f"({named(names[:failing], 5)})" if failing else ""
    told = [f"통과한 문항 {len(seen) - failing}개", f"통과하지 못한 문항 {failing}개{which}", *gone]
    most = named([name for name, mean in zip(names, means, strict=True) if mean == max(means)], 3)
    facts = [", ".join(told), f"중요도가 가장 높은 문항은 {most}({one_decimal(max(means))}점)"]
    return sheet.chart("타당도와 중요도의 점그림", [sheet.period, gate_label, "단위 %와 점"], facts)


@styled()
def consensus_strip(table: pd.DataFrame, **words: object) -> Chart:
    """How a panel's answers on a scale of 1 to 5 spread: a row per task, a bar per point, the middle half below.

    Parameters
    ----------
    table : DataFrame
        Tasks by name, in the order to be drawn; columns n1 to n5 (how many experts chose the point), q1, median, q3
        (points), convergence and consensus (NaN = not defined). Fewer than `FEWEST` answers: the row says so and shows
        none of them.
    **words
        See `Sheet`; with period.

    Returns
    -------
    Chart
        Every bar stands on zero, and all rows share one measure of length.

    Raises
    ------
    PublishError
        A negative count; quartiles that do not rise, leave the scale or belong to another convergence.
    """
    sheet = Sheet(**words)
    counts = list(zip(*(sheet.numbers(table[f"n{k}"], 0, 10_000, gaps=False) for k in range(1, 6)), strict=True))
    names, shown = [str(name) for name in table.index], [sum(row) >= FEWEST for row in counts]
    stats = table[["q1", "median", "q3", "convergence", "consensus"]].astype(float)
    stats.loc[[not enough for enough in shown]] = np.nan
    seen, most = stats[shown], max(map(max, counts))
    sheet.numbers(seen["consensus"])
    for name, *row in seen.itertuples():
        q1, median, q3, *derived = row
        rising, expected = 1 <= q1 <= median <= q3 <= 5, [(q3 - q1) / 2, 1 - (q3 - q1) / median]
        if not (rising and np.allclose(derived, expected, rtol=0, atol=1e-9)):
            sheet.refuse("publish.chart_quartiles", name=name, numbers=", ".join(map(str, row)))
    bars, half = sheet.stroke(PAST, 12, 0, -5), sheet.stroke(RANGE, 6)
    sheet.legend(("답한 사람 수", bars), ("답의 가운데 절반", half), ("중앙값", sheet.dot))
    columns = {"수렴도": stats["convergence"], "합의도": stats["consensus"]}
    columns = {head: [one_decimal(v, "-", "0.01") for v in values] for head, values in columns.items()}
    left, right = sheet.split(names, columns)
    place = scale([0.5, 5.5], left, right)
    for k in range(1, 6):
        sheet.note(place(k), f"{k}점", "center")
    for i, y in enumerate(sheet.rows(names, 48)):
        if not shown[i]:
            sheet.text(left, y, f"답 {sum(counts[i]):g}개, {FEWEST}개보다 적어 싣지 않음", color=BASE)
            continue
        sheet.rule(left, y + 10, right, y + 10, BASE, 0.6)
        for k, n in enumerate(counts[i], start=1):
            x, end = place(k), y + 10 - 18 * n / most
            sheet.rule(x, y + 10, x, end, PAST, 16, zorder=2)
            sheet.text(x, end - 7, f"{n:g}", "center", size=SMALL)
        q1, median, q3 = map(place, stats.iloc[i, :3])
        sheet.rule(q1, y + 17, q3, y + 17, RANGE, 6, zorder=2)
        sheet.dot(median, y + 17)

    least = seen["consensus"].min()
    which = named([str(name) for name in seen.index[seen["consensus"] == least]], 2)
    low, high = (one_decimal(end) for end in (seen["median"].min(), seen["median"].max()))
    facts = [f"합의도가 가장 낮은 항목은 {which}({one_decimal(least, '-', '0.01')})"]
    facts += [f"중앙값은 {low}점에서 {high}점 사이"]
    facts += [f"답이 {FEWEST}개보다 적어 싣지 않은 항목 {shown.count(False)}개"] * (not all(shown))
    return sheet.chart("응답 분포 막대그림", [sheet.period, "단위 명과 점"], facts)
