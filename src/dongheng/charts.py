"""Charts as SVG: the same bytes everywhere, readable in grey, no label on another, each with an alternative text."""

from __future__ import annotations

import contextlib
import io
import math
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache, partial
from itertools import combinations
from typing import NoReturn, NotRequired, TypedDict, Unpack

import pandas as pd
from matplotlib import font_manager, style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Rectangle

from dongheng import fonts
from dongheng.errors import PublishError

RISE = "#0A355E"  # this year, and what adds: 12:1 on white
FALL = "#D36A00"  # 3.6:1 on white; never by colour alone, always with a shape or a hatch and △
PAST = "#767676"  # earlier years, as hollow rings
RANGE = "#6A8DB5"  # intervals
BASE = "#3D3D3D"  # base line, zero line, small print
PALE, HAIRLINE = "#D9D9D9", "#E3E3E3"  # the rest, inside a dark edge; guides that carry no meaning

# How a bar or a square is filled: face, hatch, colour of the hatch, edge.
UP = (RISE, None, RISE, RISE)
DOWN = (FALL, "////", "white", FALL)
REST = (PALE, "||||", BASE, BASE)
HALF = ("white", "////", RISE, RISE)
HOLLOW = ("white", None, PAST, PAST)

WIDTH = 453.0  # points: 160 mm, the text width of an A4 page, so that the sizes below are the sizes in print
SIZE, SMALL = 10.0, 9.5
LINE, ROW, GAP = 14.0, 22.0, 8.0
BOLD = 600  # what NanumGothic Bold says of itself; at 700 Typst would take ExtraBold
STYLE = {
    "font.family": [fonts.FAMILY],
    "axes.unicode_minus": False,
    "text.parse_math": False,
    "text.hinting": "no_hinting",
    "svg.fonttype": "none",
    "svg.hashsalt": "dongheng",
    "hatch.linewidth": 1.2,
}
MISSING = "미확보"


@dataclass(frozen=True)
class Chart:
    """A chart and its texts.

    Attributes
    ----------
    svg : str
        The picture, from ``<svg`` on; its text is text, set in NanumGothic.
    title : str
        The finding, one sentence; it stands in the caption, not in the picture.
    subtitle : str
        What is plotted, unit, years; drawn at the top left of the picture.
    alt : str
        Alternative text, 60 to 250 characters.
    """

    svg: str
    title: str
    subtitle: str
    alt: str


class Words(TypedDict):
    """What every chart is told in words.

    Attributes
    ----------
    title, subtitle : str
        See `Chart`.
    subject : str
        What the alternative text calls the data, as in ``6개 영역 지수``.
    table_number : int or None, optional
        Table that holds the values.
    illustrative : str, optional
        How many of the data are made up, as in ``지표 50개 중 예시값 50개``: stands in the subtitle and the alternative text.
    """

    title: str
    subtitle: str
    subject: str
    table_number: NotRequired[int | None]
    illustrative: NotRequired[str]


@cache
def _register_fonts() -> None:
    for path in fonts.files():
        font_manager.fontManager.addfont(str(path))


@contextlib.contextmanager
def _styled() -> Iterator[None]:
    """One style for every chart, whatever a notebook or a matplotlibrc has set; a glyph the font lacks is an error."""
    _register_fonts()
    with style.context(["default", STYLE]), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        yield


def _one_decimal(value: float, minus: str = "△") -> str:
    """One decimal, half up as the shortest decimal form says: the rule of the tables, so that chart and table agree."""
    if math.isnan(value):
        return "…"
    rounded = Decimal(repr(float(value))).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return (minus if rounded < 0 else "") + f"{abs(rounded):,}"


def _falls(change: float) -> bool:
    return _one_decimal(change).startswith("△")  # what prints as 0.0 is no fall


def _apart(change: float, up: str = "높음", down: str = "낮음") -> str:
    printed = f"{_one_decimal(change, minus='')}p"
    return f"{printed} 차이" if printed == "0.0p" else f"{printed} {down if change < 0 else up}"


def _span(low: float, high: float) -> str:
    return f"{_one_decimal(low)}~{_one_decimal(high)}"


@lru_cache(maxsize=4096)
def _measure(text: str, size: float, bold: bool) -> int:
    """Width in whole points, rounded up: layouts then do not hang on the last bit of a font library."""
    renderer = FigureCanvasAgg(Figure(figsize=(1, 1), dpi=288)).get_renderer()
    properties = FontProperties(family=fonts.FAMILY, size=size, weight=BOLD if bold else "normal")
    return math.ceil(renderer.get_text_width_height_descent(text, properties, False)[0] / 4)


def _width(*texts: str, size: float = SIZE, bold: bool = False) -> int:
    return max((_measure(fonts.printable(t), size, bold) for t in texts), default=0)


def _wrap(text: str, width: float, size: float = SIZE) -> list[str]:
    """Lines no wider than `width`: broken at spaces, and inside a word only where that word alone is too wide."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if _width(joined, size=size) <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for character in word:
            if lines[-1] and _width(lines[-1] + character, size=size) > width:
                lines.append("")
            lines[-1] += character
    return lines


def _scale(values: Sequence[float], start: float, end: float) -> Callable[[float], float]:
    known = [v for v in values if not math.isnan(v)]
    low, spread = min(known), max(known) - min(known)
    return lambda value: start + ((value - low) / spread if spread else 0.5) * (end - start)


def label_clashes(figure: Figure) -> list[str]:
    """Labels that lie on another label or leave the figure, measured with the Agg renderer.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        All texts of its axes are looked at.

    Returns
    -------
    list of str
        ``a | b`` for two labels on each other, ``a | edge`` for one that leaves the figure; empty when all is well.
    """
    renderer = FigureCanvasAgg(figure).get_renderer()
    texts = [text for axes in figure.axes for text in axes.texts]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
    width, height = figure.bbox.size
    clashes = [f"{t} | edge" for t, b in boxes if b.x0 < 0 or b.y0 < 0 or b.x1 > width or b.y1 > height]
    return clashes + [f"{one} | {other}" for (one, a), (other, b) in combinations(boxes, 2) if a.overlaps(b)]


def alt_text(kind: str, what: Sequence[str], facts: Sequence[str], table_number: int | None, illustrative: str) -> str:
    """Alternative text of a chart: kind; what, when, unit; one or two key figures; where the values stand.

    Parameters
    ----------
    kind : str
        Kind of chart, in Korean.
    what : sequence of str
        Subject, period, unit. The subject is left out where the text would grow too long.
    facts : sequence of str
        Clauses with figures from the data, the most telling first, a short one last.
    table_number, illustrative
        See `Words`.

    Returns
    -------
    str
        60 to 250 characters. Clauses are dropped whole, words are never cut; a third fact comes in only where two
        leave the text too short.

    Raises
    ------
    PublishError
        No choice of clauses gives a text of that length with a year and a fact in it.
    """
    end = f" 값은 <표 {table_number}>." if table_number is not None else ""
    end += " 예시값 포함." if illustrative else ""
    for clauses in (what, what[1:]):
        text, kept = f"{kind}. {', '.join(clauses)}.", 0
        for fact in facts:
            length = len(text + end)
            if (kept < 2 or length < 60) and length + len(fact) + 2 <= 250:
                text, kept = f"{text} {fact}.", kept + 1
        if kept and 60 <= len(text + end) <= 250 and re.search(r"\d{4}년", text):
            return text + end
    found, expected = f"{len(text + end)}자이거나 연도나 수치가 없는데", "둘 다 든 60자에서 250자까지의 글이어야 하므로"
    raise PublishError(f"도표의 대체 글 '{text + end}'", found, expected, "도표에 넘긴 주제, 기간, 값을 살펴보십시오")


class _Sheet:
    """One axes over the whole figure, x to the right and y down, both in points: dots and text boxes share a unit.

    `y` is the lower edge of what has been drawn so far.
    """

    def __init__(self, title: str, subtitle: str, subject: str, table_number: int | None = None, illustrative=""):
        subtitle += f" ({illustrative})" if illustrative else ""
        self.title, self.subtitle, self.subject = title, subtitle, subject
        self.alt_text = partial(alt_text, table_number=table_number, illustrative=illustrative)
        self.figure = Figure(dpi=144)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        lines = _wrap(subtitle, WIDTH, SMALL)
        self.lines(0, 1 + LINE / 2, lines, size=SMALL, color=BASE)
        self.y = 1 + LINE * len(lines) + GAP / 2

    def refuse(self, found: str, expected: str, todo: str) -> NoReturn:
        raise PublishError(f"도표 '{self.title}'", found, expected, todo)

    def numbers(self, series: pd.Series) -> list[float]:
        numbers = [float(v) for v in series]
        if not numbers or any(map(math.isinf, numbers)):
            found = "무한대인 값이 있는데" if numbers else "값이 한 줄도 없는데"
            self.refuse(found, "그릴 수 없으므로", "도표에 넘긴 값을 살펴보십시오")
        return numbers

    def spans(self, ranges: pd.DataFrame | None, index: pd.Index, label: str) -> list[tuple[float, float] | None]:
        """Columns lo, hi as pairs in the order of `index`, None where there is no range."""
        if ranges is None:
            return [None] * len(index)
        if not label or not ranges.index.isin(index).all():
            found, expected = (
                "구간의 이름이 없거나 도표에 없는 줄의 구간이 있는데",
                "구간마다 이름과 줄이 있어야 하므로",
            )
            self.refuse(found, expected, "range_label과 ranges의 행 이름을 살펴보십시오")
        pairs = ranges.reindex(index)[["lo", "hi"]].astype(float).to_numpy().tolist()
        return [None if math.isnan(lo + hi) else (lo, hi) for lo, hi in pairs]

    def text(self, x, y, text, anchor="left", *, size=SIZE, bold=False, color="black", halo=False) -> None:
        """One line, its letters centred on `y`; a halo keeps the base line out of it."""
        box = {"facecolor": "white", "edgecolor": "none", "pad": 2} if halo else None
        look = {"size": size, "weight": BOLD if bold else "normal", "color": color, "bbox": box, "zorder": 2.5}
        self.axes.text(x, y + 0.36 * size, fonts.printable(text), ha=anchor, va="baseline", **look)

    def lines(self, x, y, lines: Sequence[str], **look) -> None:
        for n, line in enumerate(lines):
            self.text(x, y + LINE * n, line, **look)

    def rule(self, x0, y0, x1, y1, color=BASE, width=1.0, pattern="-", zorder=1) -> None:
        look = {"color": color, "linewidth": width, "linestyle": pattern, "zorder": zorder, "solid_capstyle": "butt"}
        self.axes.add_artist(Line2D([x0, x1], [y0, y1], **look))

    def base_line(self, x0, y0, x1, y1) -> None:
        self.rule(x0, y0, x1, y1, BASE, 1.2, (0, (1.2, 2)), zorder=2)

    def ring(self, x, y) -> None:
        self.axes.add_artist(Circle((x, y), 5, facecolor="white", edgecolor=PAST, linewidth=1.6, zorder=3))

    def dot(self, x, y, falls=False) -> None:
        """This year: a disc, or where the value fell a triangle pointing down."""
        shape = Polygon([(x - 4.6, y - 3.4), (x + 4.6, y - 3.4), (x, y + 4.6)]) if falls else Circle((x, y), 3.6)
        shape.set(facecolor=FALL if falls else RISE, edgecolor="none", zorder=4)
        self.axes.add_artist(shape)

    def bar(self, x0, x1, y, look) -> None:
        face, hatch, ink, edge = look
        box = partial(Rectangle, (min(x0, x1), y - 5.5), abs(x1 - x0), 11, zorder=3)
        if hatch:  # apart from the outline: a hatch takes its colour from the edge
            self.axes.add_artist(box(facecolor=face, edgecolor=ink, hatch=hatch, linewidth=0))
        self.axes.add_artist(box(facecolor="none" if hatch else face, edgecolor=edge, linewidth=1))

    def legend(self, *items: tuple[str, Callable[[float, float], None]]) -> None:
        """The key, above the data: what each sign says, and how to draw that sign around a point."""
        x = 0.0
        for text, sign in items:
            need = 20 + _width(text)
            if x and x + need > WIDTH:
                x, self.y = 0.0, self.y + LINE
            sign(x + 7, self.y + LINE / 2)
            self.text(x + 20, self.y + LINE / 2, text)
            x += need + 2 * GAP
        self.y += (LINE + GAP / 2) if items else 0

    def swatch(self, look) -> Callable[[float, float], None]:
        return lambda x, y: self.bar(x - 5.5, x + 5.5, y, look)

    def rows(self, names: Sequence[str], width: float, least: float = ROW) -> list[float]:
        """Names down the left side, wrapped at `width`, a hairline above each; returns the middle of each row."""
        middles = []
        for lines in (_wrap(name, width) for name in names):
            height = max(least, LINE * len(lines) + GAP)
            self.rule(0, self.y, WIDTH, self.y, HAIRLINE, 0.6, zorder=0)
            middles.append(self.y + height / 2)
            self.lines(0, self.y + (height - LINE * (len(lines) - 1)) / 2, lines)
            self.y += height
        return middles

    def chart(self, kind: str, what: Sequence[str], facts: Sequence[str]) -> Chart:
        """The figure as text with its alternative text, or an error where a label would be unreadable.

        Ids that nothing refers to are dropped, the others salted with the titles: charts that stand in one page
        then share no id, which Korean accessibility rules forbid.
        """
        self.axes.set(xlim=(0, WIDTH), ylim=(self.y + 2, 0))
        self.figure.set_size_inches(WIDTH / 72, (self.y + 2) / 72)
        if clashes := label_clashes(self.figure):
            found = f"글자가 겹치거나 도표를 벗어나는데({', '.join(clashes)})"
            self.refuse(found, "글자마다 따로 읽혀야 하므로", "이름과 값을 살펴보십시오")
        out = io.StringIO()
        with style.context({"svg.hashsalt": f"{STYLE['svg.hashsalt']} {self.title} {self.subtitle}"}):
            self.figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        svg = re.sub(r' id="[A-Za-z0-9]+_\d+"', "", out.getvalue()[out.getvalue().index("<svg") :])
        return Chart(svg, self.title, self.subtitle, self.alt_text(kind, [self.subject, *what], facts))


@_styled()
def dumbbell(
    before: pd.Series,
    after: pd.Series,
    labels: pd.Series,
    *,
    before_label: str,
    after_label: str,
    base: float = 100.0,
    base_label: str,
    **words: Unpack[Words],
) -> Chart:
    """Two years of one index for several areas, sorted by the later value.

    Parameters
    ----------
    before, after : Series
        Values by id; NaN or no entry = not obtained.
    labels : Series
        Name by id, in the order of the framework: which rows there are, and how ties stand.
    before_label, after_label : str
        The two years, as in ``2023년``.
    base, base_label : float, str
        The dotted line and its name, as in ``2022년=100``.
    **words
        See `Words`.

    Returns
    -------
    Chart
    """
    sheet = _Sheet(**words)
    ids = labels.index
    old, new = (dict(zip(ids, sheet.numbers(s.reindex(ids)), strict=True)) for s in (before, after))
    order = sorted(ids, key=lambda i: math.inf if math.isnan(new[i]) else -new[i])
    change = {i: new[i] - old[i] for i in order}
    names = [str(labels[i]) for i in order]

    def printed(i, year):
        value = old[i] if year == before_label else new[i]
        return f"{year} {MISSING}" if math.isnan(value) else _one_decimal(value)

    def look(i, year):
        return {"bold": year == after_label and not math.isnan(new[i]), "halo": True}

    fallen = [(f"{after_label}(낮아짐)", partial(sheet.dot, falls=True))] if any(map(_falls, change.values())) else []
    sheet.legend((before_label, sheet.ring), (after_label, sheet.dot), *fallen)
    head = "증감(p, △ 감소)"
    left = min(0.36 * WIDTH, _width(*names)) + GAP
    right = WIDTH - _width(head, *map(_one_decimal, change.values()), bold=True) - GAP
    side = _width(*(printed(i, year) for i in order for year in (before_label, after_label)), bold=True) + 9
    place = _scale([base, *old.values(), *new.values()], left + side, right - side)
    half = _width(base_label) / 2
    sheet.text(min(max(place(base), half), right - half), sheet.y + LINE / 2, base_label, "center", color=BASE)
    sheet.text(WIDTH, sheet.y + LINE / 2, head, "right", color=BASE)
    top = sheet.y = sheet.y + LINE + 1
    for i, y in zip(order, sheet.rows(names, left - GAP), strict=True):
        sheet.text(WIDTH, y, _one_decimal(change[i]), "right", bold=True)
        if not (known := [v for v in (old[i], new[i]) if not math.isnan(v)]):
            sheet.text(place(base), y, MISSING, "center", halo=True)
            continue
        low, high = place(min(known)), place(max(known))
        first, last = (after_label, before_label) if new[i] < old[i] else (before_label, after_label)
        sheet.text(low - 9, y, printed(i, first), "right", **look(i, first))
        sheet.text(high + 9, y, printed(i, last), "left", **look(i, last))
        sheet.rule(low, y, high, y, FALL if _falls(change[i]) else RISE, 1.4, zorder=2.6)
        if not math.isnan(old[i]):
            sheet.ring(place(old[i]), y)
        if not math.isnan(new[i]):
            sheet.dot(place(new[i]), y, _falls(change[i]))
    sheet.base_line(place(base), top, place(base), sheet.y)

    both, facts = [i for i in order if not math.isnan(change[i])], []
    if both:
        most = max(both, key=lambda i: abs(change[i]))
        years = ", ".join(f"{year} {printed(most, year)}" for year in (before_label, after_label))
        higher, lower = (sum(_falls(sign * change[i]) for i in both) for sign in (-1, 1))
        absent = f", 미확보로 비교하지 못한 항목 {len(order) - len(both)}개" if len(both) < len(order) else ""
        facts.append(f"증감이 가장 큰 항목은 {labels[most]}({years})")
        facts.append(f"{before_label}보다 높은 항목 {higher}개, 낮은 항목 {lower}개{absent}")
    if known := [v for v in (*old.values(), *new.values()) if not math.isnan(v)]:
        facts.append(f"확보한 값은 {_one_decimal(min(known))}에서 {_one_decimal(max(known))} 사이")
    return sheet.chart("두 해 비교 점그림", [f"{before_label}과 {after_label}", f"단위 지수({base_label})"], facts)


@_styled()
def index_dots(
    series: pd.Series,
    *,
    base: float = 100.0,
    base_label: str,
    ranges: pd.DataFrame | None = None,
    range_label: str = "",
    **words: Unpack[Words],
) -> Chart:
    """One index over the years, up to ten: a dot per year, no line; the last year filled, earlier ones hollow.

    Parameters
    ----------
    series : Series
        Values by year; NaN = not obtained.
    ranges : DataFrame, optional
        Columns lo, hi by year, for some or all years: drawn as a bar, printed with the value.
    range_label : str
        Name of the ranges, as in ``전문가 구간 95%``.
    base, base_label
        See `dumbbell`.
    **words
        See `Words`.

    Returns
    -------
    Chart
    """
    sheet = _Sheet(**words)
    years, values = [f"{year}년" for year in series.index], sheet.numbers(series)
    spans = sheet.spans(ranges, series.index, range_label)
    printed = [[_span(*span)] if span else [] for span in spans]
    sheet.legend(*[(range_label, lambda x, y: sheet.rule(x, y - 6, x, y + 6, RANGE, 14))] * any(printed))
    plot = WIDTH - _width(base_label) - GAP
    slot = plot / len(years)
    if _width(*(text for texts in printed for text in texts)) + GAP > slot:
        printed = [" ".join(texts).replace("~", "~ ").split() for texts in printed]
    room = LINE * (1 + max(map(len, printed))) + GAP
    top, bottom = sheet.y + room, sheet.y + room + 90
    place = _scale([base, *values, *(end for span in spans for end in span or ())], bottom, top)
    sheet.y = bottom + (room if any(v < base for v in values) else GAP) + GAP
    sheet.base_line(0, place(base), plot, place(base))
    sheet.text(WIDTH, place(base), base_label, "right", color=BASE)
    for n, (value, span) in enumerate(zip(values, spans, strict=True)):
        x = slot * (n + 0.5)
        sheet.text(x, sheet.y + LINE / 2, years[n], "center")
        if math.isnan(value):
            sheet.text(x, place(base), MISSING, "center", halo=True)
            continue
        lines, (lo, hi) = [_one_decimal(value), *printed[n]], span or (value, value)
        over = place(max(hi, value)) - GAP - LINE * (len(lines) - 0.5)
        first = over if value >= base else place(min(lo, value)) + GAP + LINE / 2
        for k, line in enumerate(lines):
            sheet.text(x, first + LINE * k, line, "center", bold=k == 0, halo=True)
        sheet.rule(x, place(lo), x, place(hi), RANGE, 14, zorder=2.6)
        (sheet.dot if n == len(years) - 1 else sheet.ring)(x, place(value))
    sheet.y += LINE

    known = [(year, value) for year, value in zip(years, values, strict=True) if not math.isnan(value)]
    facts = [f"{year} {_one_decimal(value)}, 기준보다 {_apart(value - base)}" for year, value in known[:-4:-1]]
    period = f"{years[0]}부터 {years[-1]}까지" if years[1:] else years[0]
    return sheet.chart("연도별 점그림", [period, f"단위 지수({base_label})"], facts)


@_styled()
def waterfall(
    parts: pd.Series,
    total: float,
    *,
    total_label: str,
    period: str,
    rest_label: str = "나머지",
    ranges: pd.DataFrame | None = None,
    range_label: str = "",
    **words: Unpack[Words],
) -> Chart:
    """What a change is made of: a bar for each part from 0 on, the total below.

    Parameters
    ----------
    parts : Series
        Contribution in points by name, in the order to be drawn.
    total : float
        The sum of `parts`, to 1e-9: this chart is for parts that add up.
    total_label, period : str
        As in ``안전 영역 증감`` and ``2022년에서 2023년까지``.
    rest_label : str
        What the name of the rest begins with.
    ranges : DataFrame, optional
        Columns lo, hi by name, for some or all parts: drawn as a thin bar, printed beside the value.
    range_label : str
        Name of the ranges, as in ``전문가 구간 95%``.
    **words
        See `Words`.

    Returns
    -------
    Chart

    Raises
    ------
    PublishError
        The parts do not add up to the total, or one of them is NaN.
    """
    sheet = _Sheet(**words)
    values = sheet.numbers(parts)
    if not abs(math.fsum(values) - total) <= 1e-9:
        found = f"몫의 합은 {math.fsum(values)!r}, 전체는 {float(total)!r}인데"
        sheet.refuse(found, "몫을 더하면 전체가 되어야 하므로", "나머지까지 모든 몫을 넘기십시오")
    names, values = [*map(str, parts.index), total_label], [*values, float(total)]
    starts = [*(math.fsum(values[:n]) for n in range(len(parts))), 0.0]
    rest = [name.startswith(rest_label) for name in names[:-1]] + [False]
    spans = [*sheet.spans(ranges, parts.index, range_label), None]
    tails = [f" ({_span(*span)})" if span else "" for span in spans]
    printed = [f"{_one_decimal(v)}p{tail}" for v, tail in zip(values, tails, strict=True)]
    down = [_falls(v) for v in values]
    looks = [REST if r else DOWN if d else UP for r, d in zip(rest, down, strict=True)]

    key = {"높임": UP, "낮춤(△)": DOWN, rest_label: REST}
    bars = [(text, sheet.swatch(look)) for text, look in key.items() if look in looks]
    sheet.legend(*bars, *[(range_label, lambda x, y: sheet.rule(x - 7, y, x + 7, y, RANGE, 3))] * any(spans))
    left = min(0.4 * WIDTH, _width(*names)) + GAP
    sides = [[p for p, d in zip(printed, down, strict=True) if d is side] for side in (True, False)]
    before, after = (_width(*side, bold=True) + GAP for side in sides)
    reaches = [[s, s + v, *(s + end for end in span or ())] for s, v, span in zip(starts, values, spans, strict=True)]
    place = _scale([end for reach in reaches for end in reach], left + before, WIDTH - after)
    top = sheet.y
    middles = sheet.rows(names[:-1], left - GAP, ROW + 6 * any(spans))
    sheet.rule(0, sheet.y, WIDTH, sheet.y, BASE, 0.8)
    middles += sheet.rows(names[-1:], left - GAP)
    for n, (reach, y) in enumerate(zip(reaches, middles, strict=True)):
        ends = [place(end) for end in reach]
        sheet.bar(ends[0], ends[1], y, looks[n])
        sheet.rule(ends[1], y, ends[1], middles[min(n + 1, len(parts))], PAST, 0.8)
        if spans[n]:
            sheet.rule(ends[2], y - 9, ends[3], y - 9, RANGE, 3, zorder=4)
        x, anchor = (min(ends) - 5, "right") if down[n] else (max(ends) + 5, "left")
        sheet.text(x, y, printed[n], anchor, bold=n == len(parts), halo=True)
    sheet.rule(place(0), top, place(0), sheet.y, BASE, 1.0, zorder=4)
    sheet.text(place(0), sheet.y + LINE / 2, "0", "center", color=BASE)
    sheet.y += LINE

    moved = [f"{name} {_apart(value, '높임', '낮춤')}" for name, value in zip(names, values, strict=True)]
    most = max(range(len(parts)), key=lambda n: (not rest[n], abs(values[n])))
    facts = [f"{moved[-1]}, {'나머지를 빼고 ' if any(rest) else ''}가장 큰 몫은 {moved[most]}"]
    facts += [moved[n] for n in range(len(parts)) if rest[n] and n != most]
    facts += [f"몫 {len(parts)}개의 합 {_one_decimal(total, '-')}p"]
    return sheet.chart("폭포형 막대그림", [period, "단위 p"], facts)


@_styled()
def coverage_strip(counts: pd.DataFrame, *, period: str, **words: Unpack[Words]) -> Chart:
    """How many indicators have a value and a score: a row of squares per area, one square per indicator.

    Parameters
    ----------
    counts : DataFrame
        Areas by name in the order of the framework; columns indicators, obtained (has a value) and scored (has a
        score as well).
    period : str
        As in ``2024년``.
    **words
        See `Words`.

    Returns
    -------
    Chart

    Raises
    ------
    PublishError
        More scores than values, or more values than indicators.
    """
    sheet = _Sheet(**words)
    sheet.numbers(counts["indicators"])
    for name, row in counts.iterrows():
        if not 0 <= row["scored"] <= row["obtained"] <= row["indicators"]:
            found = f"{name}의 지표가 {row['indicators']}개, 값이 {row['obtained']}개, 점수가 {row['scored']}개인데"
            sheet.refuse(found, "점수는 값보다, 값은 지표보다 많을 수 없으므로", "세는 과정을 살펴보십시오")
    names = [str(name) for name in counts.index]
    table = counts[["indicators", "obtained", "scored"]].astype(int).to_numpy().tolist()
    key = (("점수까지 계산", UP), ("값만 확보", HALF), (MISSING, HOLLOW))
    sheet.legend(*((text, sheet.swatch(look)) for text, look in key))
    told = [[f"{n}개 중 {obtained}개" for n, obtained, _ in table], [f"{scored}개" for *_, scored in table]]
    heads = ["값을 확보한 지표", "점수 계산"]
    left = min(0.36 * WIDTH, _width(*names)) + GAP
    columns = [WIDTH - _width(heads[1], *told[1]) - 2 * GAP, WIDTH]
    per_line = int((columns[0] - _width(heads[0], *told[0]) - GAP - left) // 15)
    for x, head in zip(columns, heads, strict=True):
        sheet.text(x, sheet.y + LINE / 2, head, "right", color=BASE)
    sheet.y += LINE + 1
    for i, y in enumerate(sheet.rows(names, left - GAP, ROW + 15 * max((n - 1) // per_line for n, *_ in table))):
        n, obtained, scored = table[i]
        for k in range(n):
            x, down = left + 15 * (k % per_line), 15 * (k // per_line - (n - 1) // per_line / 2)
            sheet.bar(x, x + 11, y + down, UP if k < scored else HALF if k < obtained else HOLLOW)
        for x, column in zip(columns, told, strict=True):
            sheet.text(x, y, column[i], "right")

    n, obtained, scored = (sum(column) for column in zip(*table, strict=True))
    most = max(range(len(table)), key=lambda i: table[i][1])
    facts = [f"{n}개 가운데 값을 확보한 지표 {obtained}개, 점수까지 계산한 지표 {scored}개, 미확보 {n - obtained}개"]
    facts.append(f"값이 가장 많은 영역은 {names[most]}({told[0][most]})")
    return sheet.chart("칸그림", [period, "단위 개"], facts)
