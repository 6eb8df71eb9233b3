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
from itertools import chain, combinations, product
from typing import NoReturn, NotRequired, TypedDict, Unpack

import numpy as np
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
FEWEST = 5  # answers below which a distribution could be read as somebody's answer


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


def _one_decimal(value: float, minus: str = "△", unit: str = "0.1") -> str:
    """One decimal (or what `unit` says), half up as the shortest decimal form says, as in the tables."""
    if math.isnan(value):
        return "…"
    rounded = Decimal(repr(float(value))).quantize(Decimal(unit), ROUND_HALF_UP)
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


def _ticks(low: float, high: float) -> list[float]:
    """A few round numbers, the first at or below `low`, the last at or above `high`; for numbers from 0 to 100."""
    step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20) if high - low <= 5 * s)
    return [round(n * step, 1) for n in range(math.floor(low / step), math.ceil(high / step) + 1)]


def _named(names: Sequence[str], most: int) -> str:
    return ", ".join(names[:most]) + (f" 외 {len(names) - most}개" if len(names) > most else "")


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
    raise PublishError.of("publish.chart_alt", f"도표의 대체 글 '{text + end}'", length=len(text + end))


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

    def refuse(self, key: str, **facts) -> NoReturn:
        raise PublishError.of(key, f"도표 '{self.title}'", **facts)

    def numbers(self, series: pd.Series) -> list[float]:
        numbers = [float(v) for v in series]
        if not numbers or any(map(math.isinf, numbers)):
            self.refuse("publish.chart_infinite" if numbers else "publish.chart_empty")
        return numbers

    def column(self, table: pd.DataFrame, name: str, low: float, high: float, gaps: bool = False) -> list[float]:
        """The numbers of a column, none off its scale: a per cent where a share belongs is caught here."""
        for row, value in zip(table.index, numbers := self.numbers(table[name]), strict=True):
            if not (low <= value <= high or (gaps and math.isnan(value))):
                self.refuse("publish.chart_off_scale", name=row, column=name, value=value, low=low, high=high)
        return numbers

    def spans(self, ranges: pd.DataFrame | None, index: pd.Index, label: str) -> list[tuple[float, float] | None]:
        """Columns lo, hi as pairs in the order of `index`, None where there is no range."""
        if ranges is None:
            return [None] * len(index)
        if not label or not ranges.index.isin(index).all():
            self.refuse("publish.chart_ranges")
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

    def triangle(self, x, y) -> None:
        """What does not pass."""
        corners = [(x - 4.6, y + 3.6), (x + 4.6, y + 3.6), (x, y - 4.6)]
        self.axes.add_artist(Polygon(corners, facecolor="white", edgecolor=FALL, linewidth=1.6, zorder=4))

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

    def ticks(self, ticks: dict[str, float], top: float) -> None:
        """Guides from `top` to the lower edge, each with its number below."""
        for text, x in ticks.items():
            self.rule(x, top, x, self.y, HAIRLINE, 0.6, zorder=0)
            self.text(x, self.y + LINE / 2, text, "center", size=SMALL, color=BASE)
        self.y += LINE

    def swatch(self, look) -> Callable[[float, float], None]:
        return lambda x, y: self.bar(x - 5.5, x + 5.5, y, look)

    def heads(self, columns: Sequence[float], heads: Sequence[str], anchor="right") -> None:
        for x, head in zip(columns, heads, strict=True):
            self.text(x, self.y + LINE / 2, head, anchor, color=BASE)
        self.y += LINE + 1

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
            self.refuse("publish.chart_clashes", clashes=", ".join(clashes))
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
        sheet.refuse("publish.chart_sum", parts=math.fsum(values), total=float(total))
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
            sheet.refuse("publish.chart_counts", name=name, **row[["indicators", "obtained", "scored"]])
    names = [str(name) for name in counts.index]
    table = counts[["indicators", "obtained", "scored"]].astype(int).to_numpy().tolist()
    key = (("점수까지 계산", UP), ("값만 확보", HALF), (MISSING, HOLLOW))
    sheet.legend(*((text, sheet.swatch(look)) for text, look in key))
    told = [[f"{n}개 중 {obtained}개" for n, obtained, _ in table], [f"{scored}개" for *_, scored in table]]
    heads = ["값을 확보한 지표", "점수 계산"]
    left = min(0.36 * WIDTH, _width(*names)) + GAP
    columns = [WIDTH - _width(heads[1], *told[1]) - 2 * GAP, WIDTH]
    per_line = int((columns[0] - _width(heads[0], *told[0]) - GAP - left) // 15)
    sheet.heads(columns, heads)
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


def _free_places(signs: Sequence[tuple], labels: dict[int, str], frame: tuple, taken: Sequence[tuple]) -> dict:
    """Middle of each label and the line from its sign to it, by position in `signs`; beside the sign there is no line.

    Labels are placed in the order of `labels`, each at the nearest place inside `frame` where neither it nor its line
    touches a sign, an earlier label, its line or a box of `taken`; a label that finds none is left out.
    """
    (x0, y0, x1, y1), far, places = frame, 1e4, {}
    walls = [(-far, -far, x0, far), (x1, -far, far, far), (-far, -far, far, y0), (-far, y1, far, far)]
    blocked = np.array([*walls, *taken, *((x - 5, y - 5, x + 5, y + 5) for x, y in signs)])
    around = [d for d in product((1, -1, 0, 0.5, -0.5), repeat=2) if 1 in map(abs, d)]
    around.sort(key=lambda d: abs(d[0] * d[1]))  # beside, above and below before aslant
    for n, text in labels.items():
        (x, y), half = signs[n], _width(text, size=SMALL) / 2 + 0.5
        for away, (across, down) in product((6, 10, 15, 20, 26, 32, 40, 50, 60), around):
            line = [(x + across * r, y + down * r) for r in range(7, away, 2)]
            middle = x + across * (away + half), y + down * (away + 6)
            reaches = [(*middle, half, 6), *((*point, 1, 1) for point in line)]
            boxes = np.array([(a - c, b - d, a + c, b + d) for a, b, c, d in reaches])
            touching = (boxes[:, None, :2] < blocked[:, 2:]) & (blocked[:, :2] < boxes[:, None, 2:])
            if not touching.all(axis=2).any():
                places[n], blocked = (middle, line), np.vstack([blocked, boxes])
                break
    return places


@_styled()
def importance_plane(
    points: pd.DataFrame, *, gate: float, gate_label: str, period: str, **words: Unpack[Words]
) -> Chart:
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
    gate_label, period : str
        As in ``통과 기준(30명 중 20명)`` and ``2024년``.
    **words
        See `Words`.

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
    sheet = _Sheet(**words)
    sheet.column(pd.DataFrame({"gate": {gate_label: gate}}), "gate", 0, 1)
    sheet.column(points, "validity", 0, 1, gaps=True)
    sheet.column(points, "importance", 1, 5, gaps=True)
    for name, verdict in points.loc[~points["passes"].isin([True, False]), "passes"].items():
        sheet.refuse("publish.chart_verdict", name=name, verdict=verdict)
    rated = points[["validity", "importance"]].notna().all(axis=1)
    seen = points[rated].sort_values("passes", kind="stable")
    shares, means = sheet.numbers(seen["validity"] * 100), sheet.numbers(seen["importance"])
    names, labels = ([str(text) for text in column] for column in (seen.index, seen["label"].fillna("")))
    failing = len(seen) - int(seen["passes"].sum())

    sheet.legend(("통과", sheet.dot), *[("통과하지 못함", sheet.triangle)] * bool(failing))
    across, up = _ticks(min(100 * gate, *shares), 100), _ticks(min(means), max(means))
    sheet.heads([0], ["중요도(평균, 점)"], "left")
    left, top = _width(*map(_one_decimal, up), size=SMALL) + GAP, sheet.y + LINE
    sheet.y = bottom = top + 280
    place_x, place_y = _scale(across, left + 14, WIDTH - 26), _scale(up, bottom - 10, top + 10)
    for tick, y in zip(up, map(place_y, up), strict=True):
        sheet.rule(left, y, WIDTH, y, HAIRLINE, 0.6, zorder=0)
        sheet.text(left - GAP / 2, y, _one_decimal(tick), "right", size=SMALL, color=BASE)
    sheet.ticks({f"{tick:g}%": place_x(tick) for tick in across}, top)
    sheet.heads([WIDTH], ["타당도(4점 이상으로 답한 전문가의 비율)"])
    x, half = place_x(100 * gate), _width(gate_label) / 2
    sheet.text(min(max(x, half), WIDTH - half), top - LINE / 2, gate_label, "center", color=BASE)
    sheet.base_line(x, top, x, bottom)

    signs = [(place_x(share), place_y(mean)) for share, mean in zip(shares, means, strict=True)]
    for n in sorted(range(len(signs)), key=lambda n: bool(labels[n])):  # those with a label on top
        sheet.axes.add_artist(Circle(signs[n], 4.4, facecolor="white", zorder=4))  # keeps neighbours apart
        (sheet.triangle if n < failing else sheet.dot)(*signs[n])
    wanted = {n: label for n, label in enumerate(labels) if label}
    places = _free_places(signs, wanted, (left, top, WIDTH, bottom), [(x - 1, top, x + 1, bottom)])
    for n, (middle, line) in places.items():
        if line:
            sheet.rule(*line[0], *line[-1], PAST, 0.8)
        sheet.text(*middle, labels[n], "center", size=SMALL)
    gone = {"평가가 없어 그리지 않은 문항": [str(name) for name in points.index[~rated]]}
    gone["다른 문항과 자리가 같은 문항"] = [name for n, name in enumerate(names) if signs.count(signs[n]) > 1]
    gone["자리가 없어 이름표를 달지 못한 문항"] = [label for n, label in wanted.items() if n not in places]
    gone = {f"{what} {len(which)}개": which for what, which in gone.items() if which}
    told = ", ".join(f"{what}({_named(which, 20)})" for what, which in gone.items())
    for line in filter(None, _wrap(told, WIDTH, SMALL)):
        sheet.text(0, sheet.y + LINE / 2, line, size=SMALL, color=BASE)
        sheet.y += LINE

    which = f"({_named(names[:failing], 5)})" if failing else ""
    told = [f"통과한 문항 {len(seen) - failing}개", f"통과하지 못한 문항 {failing}개{which}", *gone]
    most = _named([name for name, mean in zip(names, means, strict=True) if mean == max(means)], 3)
    facts = [", ".join(told), f"중요도가 가장 높은 문항은 {most}({_one_decimal(max(means))}점)"]
    return sheet.chart("타당도와 중요도의 점그림", [period, gate_label, "단위 %와 점"], facts)


@_styled()
def consensus_strip(table: pd.DataFrame, *, period: str, **words: Unpack[Words]) -> Chart:
    """How a panel's answers on a scale of 1 to 5 spread: a row per task, a bar per point, the middle half below.

    Parameters
    ----------
    table : DataFrame
        Tasks by name, in the order to be drawn; columns n1 to n5 (how many experts chose the point), q1, median, q3
        (points), convergence and consensus (NaN = not defined). Fewer than `FEWEST` answers: the row says so and shows
        none of them.
    period : str
        As in ``2024년``.
    **words
        See `Words`.

    Returns
    -------
    Chart
        Every bar stands on zero, and all rows share one measure of length.

    Raises
    ------
    PublishError
        A negative count; quartiles that do not rise, leave the scale or belong to another convergence.
    """
    sheet = _Sheet(**words)
    counts = list(zip(*(sheet.column(table, f"n{k}", 0, 10_000) for k in range(1, 6)), strict=True))
    names, shown = [str(name) for name in table.index], [sum(row) >= FEWEST for row in counts]
    stats = table[["q1", "median", "q3", "convergence", "consensus"]].astype(float)
    seen, most = stats[shown], max(map(max, counts))
    sheet.numbers(seen["consensus"])
    for name, *row in seen.itertuples():
        q1, median, q3, *derived = row
        rising, expected = 1 <= q1 <= median <= q3 <= 5, [(q3 - q1) / 2, 1 - (q3 - q1) / median]
        if not (rising and np.allclose(derived, expected, rtol=0, atol=1e-9)):
            sheet.refuse("publish.chart_quartiles", name=name, numbers=", ".join(map(str, row)))
    half = ("답의 가운데 절반", lambda x, y: sheet.rule(x - 7, y, x + 7, y, RANGE, 6))
    sheet.legend(("답한 사람 수", lambda x, y: sheet.rule(x, y + 5, x, y - 5, PAST, 12)), half, ("중앙값", sheet.dot))
    left, heads = min(0.36 * WIDTH, _width(*names)) + GAP, ["수렴도", "합의도"]
    columns = [WIDTH - _width(heads[1]) - 2 * GAP, WIDTH]
    slot = (columns[0] - _width(heads[0]) - GAP - left) / 5
    for k in range(1, 6):
        sheet.text(left + slot * (k - 0.5), sheet.y + LINE / 2, f"{k}점", "center", color=BASE)
    sheet.heads(columns, heads)
    for i, y in enumerate(sheet.rows(names, left - GAP, 48)):
        if not shown[i]:
            sheet.text(left, y, f"답 {sum(counts[i]):g}개, {FEWEST}개보다 적어 싣지 않음", color=BASE)
            continue
        sheet.rule(left, y + 10, left + 5 * slot, y + 10, BASE, 0.6)
        for k, n in enumerate(counts[i]):
            x, end = left + slot * (k + 0.5), y + 10 - 18 * n / most
            sheet.rule(x, y + 10, x, end, PAST, 16, zorder=2)
            sheet.text(x, end - 7, f"{n:g}", "center", size=SMALL)
        q1, median, q3 = (left + slot * (point - 0.5) for point in stats.iloc[i, :3])
        sheet.rule(q1, y + 17, q3, y + 17, RANGE, 6, zorder=2)
        sheet.dot(median, y + 17)
        for x, value in zip(columns, stats.iloc[i, 3:], strict=True):
            sheet.text(x, y, _one_decimal(value, "-", "0.01"), "right")

    least = seen["consensus"].min()
    which = _named([str(name) for name in seen.index[seen["consensus"] == least]], 2)
    facts = [f"합의도가 가장 낮은 항목은 {which}({_one_decimal(least, '-', '0.01')})"]
    low, high = (_one_decimal(end) for end in (seen["median"].min(), seen["median"].max()))
    facts += [f"중앙값은 {low}점에서 {high}점 사이"]
    facts += [f"답이 {FEWEST}개보다 적어 싣지 않은 항목 {shown.count(False)}개"] * (not all(shown))
    return sheet.chart("응답 분포 막대그림", [period, "단위 명과 점"], facts)


@_styled()
def weight_dots(
    weights: pd.DataFrame, *, period: str, range_label: str, equal_label: str, **words: Unpack[Words]
) -> Chart:
    """A panel's weights beside equal ones: a dot with its interval and a ring per row, on an axis from 0.

    Parameters
    ----------
    weights : DataFrame
        Areas or tasks by name, in the order to be drawn; columns equal, weight, lo, hi (shares, 0 to 1; NaN lo and hi =
        no interval). Optional column percent: what a table prints where its weights were made to add up to 100.0, so
        that chart and table say the same.
    period, range_label, equal_label : str
        As in ``2024년``, ``전문가 구간 95%`` and ``같은 가중치``.
    **words
        See `Words`.

    Returns
    -------
    Chart

    Raises
    ------
    PublishError
        A share off 0 to 1, a weight that is not there, half an interval or one that ends before it begins.
    """
    sheet = _Sheet(**words)
    equal, weight = ([100 * v for v in sheet.column(weights, name, 0, 1)] for name in ("equal", "weight"))
    low, high = ([100 * v for v in sheet.column(weights, name, 0, 1, gaps=True)] for name in ("lo", "hi"))
    names, spans = [str(name) for name in weights.index], []
    for name, lo, hi in zip(names, low, high, strict=True):
        if not ((lo <= hi and range_label) or (math.isnan(lo) and math.isnan(hi))):
            sheet.refuse("publish.chart_interval", name=name, lo=lo, hi=hi, label=range_label)
        spans.append((lo, hi) if lo <= hi else ())
    printed = [_one_decimal(v) for v in weights.get("percent", weight)]
    ranges, some = [_span(*span) if span else "없음" for span in spans], any(spans)
    bar = (range_label, lambda x, y: sheet.rule(x - 7, y, x + 7, y, RANGE, 12))
    sheet.legend((equal_label, sheet.ring), ("전문가 가중치", sheet.dot), *[bar] * some)
    heads = ["가중치(%)", "구간(%)"][: 1 + some]
    columns = [WIDTH - (_width(heads[-1], *ranges) + GAP) * some, WIDTH][: 1 + some]
    left, ticks = min(0.36 * WIDTH, _width(*names)) + GAP, _ticks(0, max(*equal, *weight, *chain(*spans)))
    right = columns[0] - _width(heads[0], *printed, bold=True) - GAP - _width(f"{ticks[-1]:g}%") / 2
    place = _scale(ticks, left + 6, right)
    sheet.heads(columns, heads)
    top = sheet.y
    for i, y in enumerate(sheet.rows(names, left - GAP)):
        if spans[i]:
            sheet.rule(place(low[i]), y, place(high[i]), y, RANGE, 14, zorder=2)
        sheet.ring(place(equal[i]), y)
        sheet.dot(place(weight[i]), y)
        for x, text in zip(columns, (printed[i], ranges[i]), strict=False):
            sheet.text(x, y, text, "right", bold=text is printed[i])
    sheet.rule(place(0), top, place(0), sheet.y, BASE, 0.8)
    sheet.ticks({f"{tick:g}%": place(tick) for tick in ticks}, top)

    least, most = (printed[weight.index(pick(weight))] for pick in (min, max))
    which = _named([name for name, text in zip(names, printed, strict=True) if text == most], 2)
    facts = [f"가중치가 가장 큰 항목은 {which}({most}%)", f"가중치는 {least}%에서 {most}% 사이"]
    if inside := [span[0] <= share <= span[1] for share, span in zip(equal, spans, strict=True) if span]:
        counted = f"밖인 항목 {inside.count(False)}개, 안인 항목 {inside.count(True)}개"
        facts.insert(1, f"{equal_label} 값이 {range_label} {counted}")
    return sheet.chart("가중치 점그림", [period, "단위 %"], facts)
