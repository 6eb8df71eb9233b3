"""Charts beside other systems: which domains reach each other, and where one country ranks."""

import pandas as pd

from dongheng.charts.look import BASE, GAP, HALF, HOLLOW, LINE, RANGE, SMALL, UP, WIDTH
from dongheng.charts.sheet import Chart, Sheet, named, styled, wrap


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
    sheet.numbers(counts["items"])
    for name, row in counts.iterrows():
        if not 0 <= row["close"] + row["loose"] <= row["items"]:
            numbers = {"indicators": row["items"], "obtained": row["close"] + row["loose"], "scored": row["close"]}
            sheet.refuse("publish.chart_counts", name=" ".join(name), **numbers)
    rows, heads = (list(counts.index.unique(level)) for level in (0, 1))
    looks = (("같은 것 또는 이루려는 결과", UP), ("느슨하게 닿음", HALF), ("닿지 않음", HOLLOW))
    sheet.legend(*((text, sheet.swatch(look)) for text, look in looks))
    left, _ = sheet.split(rows, {}, share=0.3)
    wide = (WIDTH - left) / len(heads)
    lines = [wrap(head, wide - GAP / 2, SMALL) for head in heads]
    for j, head in enumerate(lines):
        sheet.lines(left + wide * (j + 0.5), sheet.y + LINE / 2, head, anchor="center", size=SMALL, color=BASE)
    sheet.y += LINE * max(map(len, lines)) + 1
    for name, y in zip(rows, sheet.rows(rows, 28), strict=True):
        for j, head in enumerate(heads):
            start, length = left + wide * j + GAP / 2, wide - GAP
            cell = counts.loc[(name, head)] if (name, head) in counts.index else {"items": 0}
            if not cell["items"]:
                sheet.text(start + length / 2, y, "-", "center", size=SMALL, color=BASE)
                continue
            close, any_ = (length * n / cell["items"] for n in (cell["close"], cell["close"] + cell["loose"]))
            for begin, end, look in ((0, length, HOLLOW), (close, any_, HALF), (0, close, UP)):
                if end > begin:
                    sheet.bar(start + begin, start + end, y - 6, look)
            told = f"{cell['close'] + cell['loose']:.0f}/{cell['items']:.0f}"
            sheet.text(start + length / 2, y + 8, told, "center", size=SMALL)

    reached = (counts["close"] + counts["loose"]).unstack().reindex(index=rows, columns=heads)
    most, least = (named(list(s.index[s == pick]), 2) for s in [reached.iloc[0]] for pick in (s.max(), s.min()))
    facts = [f"{rows[0]} 줄에서 닿는 지표가 가장 많은 체계는 {most}, 가장 적은 체계는 {least}"]
    facts.append(f"줄 {len(rows)}개, 체계 {len(heads)}개")
    return sheet.chart("막대를 넣은 행렬그림", [sheet.period, "단위 개"], facts)


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
    most = int(table["of"].max())
    ranks, of = (sheet.numbers(table[name], 1, most, gaps=False) for name in ("rank", "of"))
    spans = sheet.spans(table, table.index)
    names = [str(name) for name in table.index]
    sheet.legend(("순위", sheet.dot), (sheet.range_label, sheet.stroke(RANGE, 12)))
    printed = [f"{rank:.0f}위/{n:.0f}" for rank, n in zip(ranks, of, strict=True)]
    ranges = [f"{span[0]:.0f}~{span[1]:.0f}위" if span else "-" for span in spans]
    columns, ticks = {"순위": printed, "범위": ranges}, {f"{tick}위": tick for tick in [1, *range(10, most + 1, 10)]}
    sheet.dot_rows(names, columns, spans, [(sheet.dot, ranks)], ticks, share=0.4, least=19)

    facts = [f"{names[i]} {printed[i]}" + f"(범위 {ranges[i]})" * bool(spans[i]) for i in range(len(names))]
    best = named([name for name, rank in zip(names, ranks, strict=True) if rank == min(ranks)], 2)
    facts.insert(1, f"가장 앞선 줄은 {best}({min(ranks):.0f}위)")
    return sheet.chart("순위 점그림", [sheet.period, "단위 위"], facts)
