"""Charts in cells: which indicators are known, what other systems measure too, scores over the years side by side."""

import math
from functools import partial

import pandas as pd

from dongheng.charts.figures import MISSING, falls, named, one_decimal
from dongheng.charts.look import BASE, BASE_LINE, GAP, GUIDE, HALF, HOLLOW, LINE, ROW, SMALL, UP, WIDTH
from dongheng.charts.sheet import HUNDRED, Chart, Sheet, scale, styled, width_of, wrap


def _counted(sheet: Sheet, table: pd.DataFrame, *meanings: str) -> list[tuple[int, int, int]]:
    """Each row's three counts, none more than the one before it, with what the signs of the last two and the rest say."""
    sheet.numbers(table.iloc[:, 0])
    for name, *row in table.itertuples():
        if not 0 <= row[2] <= row[1] <= row[0]:
            sheet.refuse("publish.chart_counts", name=name, indicators=row[0], obtained=row[1], scored=row[2])
    sheet.legend(*((text, sheet.swatch(look)) for text, look in zip(meanings, (UP, HALF, HOLLOW), strict=True)))
    return table.astype(int).to_numpy().tolist()


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
    columns = counts[["indicators", "obtained", "scored"]]
    names, table = [*map(str, counts.index)], _counted(sheet, columns, "점수까지 계산", "값만 확보", MISSING)
    known = [f"{n}개 중 {obtained}개" for n, obtained, _ in table]
    left, right = sheet.split(names, {"값을 확보한 지표": known, "점수 계산": [f"{scored}개" for *_, scored in table]})
    per_line = int((right - left) // 15)
    middles = sheet.rows(names, ROW + 15 * max((n - 1) // per_line for n, *_ in table))
    for (n, obtained, scored), y in zip(table, middles, strict=True):
        for k in range(n):
            x, down = left + 15 * (k % per_line), 15 * (k // per_line - (n - 1) // per_line / 2)
            sheet.bar(x, x + 11, y + down, UP if k < scored else HALF if k < obtained else HOLLOW)

    n, obtained, scored = map(sum, zip(*table, strict=True))
    most = max(range(len(table)), key=lambda i: table[i][1])
    facts = [f"{n}개 가운데 값을 확보한 지표 {obtained}개, 점수까지 계산한 지표 {scored}개, 미확보 {n - obtained}개"]
    facts.append(f"값이 가장 많은 영역은 {names[most]}({known[most]})")
    return sheet.chart("칸그림", [sheet.period, "단위 개"], facts)


@styled()
def coverage_matrix(counts: pd.DataFrame, **words: object) -> Chart:
    """Which of the items in a row have a match in a column: a bar in each cell, with how many of how many.

    Parameters
    ----------
    counts : DataFrame
        Index of row and column names, in the order to be drawn; columns items, close (a match that measures the same or
        the outcome) and loose (a loose match only). A pair that is not there, or has no items, is a dash.
    **words
        See `Sheet`; with period, as in ``2023년 11월 지표체계``.

    Returns
    -------
    Chart

    Raises
    ------
    PublishError
        More matches than items, or no row at all.
    """
    sheet = Sheet(**words)
    table = counts.assign(reached=counts["close"] + counts["loose"])[["items", "reached", "close"]]
    table = table.set_axis(counts.index.map(" ".join))
    cells = _counted(sheet, table, "같은 것 또는 이루려는 결과", "느슨하게 닿음", "닿지 않음")
    cells = dict(zip(counts.index, cells, strict=True))
    rows, heads = (list(counts.index.unique(level)) for level in (0, 1))
    left, right = sheet.split(rows, {}, share=0.3)
    wide = (right - left) / len(heads)
    lines = [wrap(head, wide - GAP / 2, SMALL) for head in heads]
    for j, head in enumerate(lines):
        sheet.lines(left + wide * (j + 0.5), sheet.y + LINE / 2, head, anchor="center", size=SMALL, color=BASE)
    sheet.y += LINE * max(map(len, lines)) + 1
    for name, y in zip(rows, sheet.rows(rows, 33), strict=True):
        for j, head in enumerate(heads):
            start, (items, reached, close) = left + wide * j + GAP / 2, cells.get((name, head), (0, 0, 0))
            for n, look in ((items, HOLLOW), (reached, HALF), (close, UP)):  # the later on top
                if n:
                    sheet.bar(start, start + (wide - GAP) * n / items, y - 7, look)
            told, down = (f"{reached}/{items}", 9) if items else ("-", 0)
            sheet.text(left + wide * (j + 0.5), y + down, told, "center", size=SMALL)

    first = (counts["close"] + counts["loose"])[rows[0]].reindex(heads)
    most, least = (named([*first.index[first == n]], 2) for n in (first.max(), first.min()))
    facts = [f"{rows[0]} 줄에서 닿는 지표가 가장 많은 체계는 {most}, 가장 적은 체계는 {least}"]
    facts.append(f"줄 {len(rows)}개, 체계 {len(heads)}개")
    return sheet.chart("막대를 넣은 행렬그림", [sheet.period, "단위 개"], facts)


@styled()
def small_multiples(table: pd.DataFrame, *, low: float, high: float, **words: object) -> Chart:
    """The scores of an area's indicators over the years: a small panel each, three in a line, all on one scale.

    Parameters
    ----------
    table : DataFrame
        Scores; indicators by name in the order to be drawn, years as columns, the report year last; NaN = not obtained.
    low, high : float
        Ends of the scale, around 100. A score beyond them stands at the edge with an arrow, this year's with its number.
    **words
        See `Sheet`; with base_label.

    Returns
    -------
    Chart
        Twelve panels are less than 330 points high.

    Raises
    ------
    PublishError
        An infinite score, a scale without 100, no indicator or no year.
    """
    sheet = Sheet(**words)
    sheet.numbers(pd.Series({sheet.base_label: HUNDRED}, name="기준"), low, high)
    sheet.numbers(table.melt()["value"])
    scores = table.astype(float).rename(columns="{}년".format)
    years, drawn, now, past = [*scores], scores.clip(low, high), scores.iloc[:, -1], scores.iloc[:, -2:].iloc[:, 0]
    beyond, fallen, wide = scores.notna() & scores.ne(drawn), [*map(falls, now - past)], (WIDTH - 4 * GAP) / 3
    key = [("이전 연도", sheet.ring)] * bool(years[1:]) + [(years[-1], sheet.dot)]
    key += [("낮아짐", partial(sheet.dot, falls=True))] * any(fallen)
    key += [(f"{sheet.base_label}, 세로 {low:g}~{high:g}", lambda x, y: sheet.rule(x - 7, y, x + 7, y, *BASE_LINE))]
    sheet.legend(*key, *[("눈금 밖", sheet.beyond)] * bool(beyond.any(axis=None)))

    names = [wrap(str(name), wide, SMALL, 3) for name in scores.index]
    printed = now.map(one_decimal).replace("…", MISSING)
    heads = [12 * max(map(len, names[n : n + 3])) + 7 for n in range(0, len(names), 3)]
    height = min(max((325 - sheet.y - LINE - sum(heads)) / len(heads) - 8, 12), 48)
    last = wide - width_of(*printed, bold=True) - 20  # where this year stands in a panel
    for n, lines in enumerate(names):
        left, head = n % 3 * (wide + 2 * GAP), heads[n // 3]
        if not left:
            top, sheet.y = sheet.y + head, sheet.y + head + height + 8
            place = scale([low, high], top + height, top)
        sheet.lines(left, top - head + 6, lines, 12, size=SMALL)
        for tick, look in ((low, GUIDE), (high, GUIDE), (HUNDRED, BASE_LINE)):
            sheet.rule(left, place(tick), left + last + 6, place(tick), *look)
        for k, (value, out) in enumerate(zip(drawn.iloc[n], beyond.iloc[n], strict=True), start=1 - len(years)):
            x, y = left + last + (last - 6) * k / max(len(years) - 1, 1), place(value)
            if not math.isnan(value):
                sheet.ring(x, y, 3.8) if k else sheet.dot(x, y, fallen[n])
            if out:
                sheet.beyond(x + 9, y, value == high)
        seen = not math.isnan(value)
        sheet.text(x + (18 if out else 9), y if seen else place(HUNDRED), printed.iloc[n], bold=seen)
        if n + 3 >= len(names):  # the last panel of its column
            for at, year in [(left + last, years[-1]), (left + 18, years[0])][: len(years)]:
                sheet.text(at, sheet.y + LINE / 2, year, "center", size=SMALL, color=BASE)
    sheet.y += LINE

    known, out = now.dropna(), int(beyond.any(axis=1).sum())
    facts = [f"지표 {len(now)}개, {years[-1]} 미확보 {len(now) - len(known)}개, 눈금 밖이라 끝에 그린 지표 {out}개"]
    if len(known):
        most, least = (f"{known.index[n]}({one_decimal(known.iloc[n])})" for n in (known.argmax(), known.argmin()))
        facts.insert(0, f"{years[-1]} 점수가 가장 높은 지표는 {most}, 가장 낮은 지표는 {least}")
    period = f"{years[0]}부터 {years[-1]}까지" if years[1:] else years[0]
    return sheet.chart("작은 점그림 모음", [period, f"단위 점({sheet.base_label})"], facts)
