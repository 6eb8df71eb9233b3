"""What every chart stands on: a sheet measured in points, numbers as they are printed, and the words beside the picture."""

import contextlib
import io
import math
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache, partial
from itertools import chain, combinations
from pathlib import Path
from typing import NamedTuple, NoReturn

import pandas as pd
from matplotlib import font_manager, style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Rectangle

from dongheng import fonts
from dongheng.charts.figures import tick_texts
from dongheng.charts.look import BASE, BASE_LINE, FALL, GAP, GUIDE, LINE, PAST, RANGE, RISE, ROW, SIZE, SMALL, WIDTH
from dongheng.errors import PublishError

BOLD = 600  # what NanumGothic Bold says of itself; at 700 Typst would take ExtraBold
HUNDRED = 100.0  # every index in its base year
LARGEST = 1e5  # either way: what a printed number and its tick have room for
Sign = Callable[[float, float], None]  # draws itself around a point


class Chart(NamedTuple):
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
        See `Sheet`.

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


@cache
def _register_fonts() -> None:
    for path in fonts.files():
        font_manager.fontManager.addfont(str(path))


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """One style for every chart, whatever a notebook or a matplotlibrc has set; a glyph the font lacks is an error."""
    _register_fonts()
    with style.context(["default", Path(__file__).with_name("report.mplstyle")]), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        yield


@lru_cache(maxsize=4096)
def _measure(text: str, size: float, bold: bool) -> int:
    """Width in whole points, rounded up: layouts then do not hang on the last bit of a font library."""
    renderer = FigureCanvasAgg(Figure(figsize=(1, 1), dpi=288)).get_renderer()
    properties = font_manager.FontProperties(family=fonts.FAMILY, size=size, weight=BOLD if bold else "normal")
    return math.ceil(renderer.get_text_width_height_descent(text, properties, False)[0] / 4)


def width_of(*texts: str, size: float = SIZE, bold: bool = False) -> int:
    return max((_measure(fonts.printable(t), size, bold) for t in texts), default=0)


def wrap(text: str, width: float, size: float = SIZE, most: int = 99) -> list[str]:
    """Lines no wider than `width`: broken at spaces, inside a word only where it alone is too wide or lines exceed `most`."""
    words = re.findall(r"\S+ ?", " ".join(text.split()))
    for limit in (width, 0):  # what is wider is broken
        lines = [""]
        for piece in chain(*([word] if width_of(word.strip(), size=size) <= limit else word for word in words)):
            if lines[-1] and width_of((lines[-1] + piece).strip(), size=size) > width:
                lines.append("")
            lines[-1] += piece
        if len(lines) <= most:
            break
    return [line.strip() for line in lines]


def scale(values: Sequence[float], start: float, end: float) -> Callable[[float], float]:
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
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for axes in figure.axes for t in axes.texts]
    width, height = figure.bbox.size
    clashes = [f"{t} | edge" for t, b in boxes if b.x0 < 0 or b.y0 < 0 or b.x1 > width or b.y1 > height]
    return clashes + [f"{one} | {other}" for (one, a), (other, b) in combinations(boxes, 2) if a.overlaps(b)]


class Sheet:
    """One axes over the whole figure, x to the right and y down, both in points: dots and text boxes share a unit.

    `y` is the lower edge of what has been drawn so far.

    Parameters
    ----------
    title, subtitle : str
        See `Chart`.
    subject : str
        What the alternative text calls the data, as in ``6개 영역 지수``.
    period : str
        As in ``2024년`` or ``2022년에서 2023년까지``.
    base_label : str
        Name of the dotted line at 100, as in ``2022년=100``.
    range_label : str
        Name of the ranges or intervals, as in ``전문가 구간 95%``; needed where there are any.
    table_number : int, optional
        Table that holds the values.
    illustrative : str
        How many of the data are made up, as in ``지표 50개 중 예시값 50개``: stands in the subtitle and the alternative text.
    """

    def __init__(
        self, title, subtitle, subject, *, period="", base_label="", range_label="", table_number=None, illustrative=""
    ):
        self.title, self.subtitle = title, subtitle + (f" ({illustrative})" if illustrative else "")
        self.subject, self.period, self.base_label, self.range_label = subject, period, base_label, range_label
        self.alt_text = partial(alt_text, table_number=table_number, illustrative=illustrative)
        self.figure = Figure(dpi=144)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        lines = wrap(self.subtitle, WIDTH, SMALL)
        self.lines(0, 1 + LINE / 2, lines, size=SMALL, color=BASE)
        self.y = 1 + LINE * len(lines) + GAP / 2

    def refuse(self, key: str, **facts) -> NoReturn:
        raise PublishError.of(key, f"도표 '{self.title}'", **facts)

    def numbers(self, series: pd.Series, low=-math.inf, high=math.inf, gaps: bool = True) -> list[float]:
        """The numbers of a column, none off its scale: a per cent where a share belongs is caught here."""
        numbers = [float(v) for v in series]
        if not numbers or any(map(math.isinf, numbers)):
            self.refuse("publish.chart_infinite" if numbers else "publish.chart_empty")
        for row, value in zip(series.index, numbers, strict=True):
            if not (low <= value <= high or (gaps and math.isnan(value))):
                self.refuse("publish.chart_off_scale", name=row, column=series.name, value=value, low=low, high=high)
        return numbers

    def spans(self, ranges: pd.DataFrame | None, index: pd.Index, label: str) -> list[tuple]:
        """Columns lo, hi as pairs in the order of `index`, () where there is no range; half or nameless ones are refused."""
        pairs = pd.DataFrame({"lo": [], "hi": []}) if ranges is None else ranges[["lo", "hi"]].astype(float)
        if len(strange := pairs.index.difference(index)):
            self.refuse("publish.chart_ranges", rows=", ".join(map(str, strange)))
        pairs = pairs.reindex(index)
        for name, lo, hi in pairs.itertuples():
            if not ((-math.inf < lo <= hi < math.inf and label) or (math.isnan(lo) and math.isnan(hi))):
                self.refuse("publish.chart_interval", name=name, lo=lo, hi=hi, label=label)
        return [(lo, hi) if lo <= hi else () for lo, hi in pairs.to_numpy().tolist()]

    def text(self, x, y, text, anchor="left", *, size=SIZE, bold=False, color="black") -> None:
        """One line, its letters centred on `y`."""
        look = {"size": size, "weight": BOLD if bold else "normal", "color": color, "zorder": 2.5}
        self.axes.text(x, y + 0.36 * size, fonts.printable(text), ha=anchor, va="baseline", **look)

    def note(self, x, text, anchor="left", size=SIZE) -> None:
        """Small print in the line that begins at `y`."""
        self.text(x, self.y + LINE / 2, text, anchor, size=size, color=BASE)

    def over(self, x, y, text, right: float = WIDTH) -> None:
        """What a line at `x` is called: centred above it, as far as that leaves the text on the sheet."""
        half = width_of(text) / 2
        self.text(min(max(x, half), right - half), y, text, "center", color=BASE)

    def lines(self, x, y, lines: Sequence[str], pitch: float = LINE, **look) -> None:
        for n, line in enumerate(lines):
            self.text(x, y + pitch * n, line, **look)

    def rule(self, x0, y0, x1, y1, color=BASE, width=1.0, pattern="-", zorder=1) -> None:
        look = {"color": color, "linewidth": width, "linestyle": pattern, "zorder": zorder, "solid_capstyle": "butt"}
        self.axes.add_artist(Line2D([x0, x1], [y0, y1], **look))

    def stroke(self, color, width, across: float = 7, down: float = 0) -> Sign:
        """A short line as a sign of the key."""
        return lambda x, y: self.rule(x - across, y - down, x + across, y + down, color, width)

    def ring(self, x, y, radius=5.0) -> None:
        self.axes.add_artist(Circle((x, y), radius, facecolor="white", edgecolor=PAST, linewidth=1.6, zorder=3))

    def dot(self, x, y, falls=False) -> None:
        """This year: a disc, or where the value fell a triangle pointing down."""
        shape = Polygon([(x - 4.6, y - 3.4), (x + 4.6, y - 3.4), (x, y + 4.6)]) if falls else Circle((x, y), 3.6)
        shape.set(facecolor=FALL if falls else RISE, edgecolor="none", zorder=4)
        self.axes.add_artist(shape)

    def triangle(self, x, y) -> None:
        """What does not pass."""
        corners = [(x - 4.6, y + 3.6), (x + 4.6, y + 3.6), (x, y - 4.6)]
        self.axes.add_artist(Polygon(corners, facecolor="white", edgecolor=FALL, linewidth=1.6, zorder=4))

    def beyond(self, x, y, up=True) -> None:
        """An arrow: the value lies further on than the scale."""
        for across, down in ((-3, -1), (3, -1), (0, 5)):
            self.rule(x + across, y + (down if up else -down), x, y + (-5 if up else 5), BASE, 1.4, zorder=5)

    def bar(self, x0, x1, y, look) -> None:
        face, hatch, ink, edge = look
        box = partial(Rectangle, (min(x0, x1), y - 5.5), abs(x1 - x0), 11, zorder=3)
        if hatch:  # apart from the outline: a hatch takes its colour from the edge
            self.axes.add_artist(box(facecolor=face, edgecolor=ink, hatch=hatch, linewidth=0))
        self.axes.add_artist(box(facecolor="none" if hatch else face, edgecolor=edge, linewidth=1))

    def legend(self, *items: tuple[str, Sign]) -> None:
        """The key, above the data: what each sign says, and how to draw that sign around a point."""
        x = 0.0
        for text, sign in items:
            need = 20 + width_of(text)
            if x and x + need > WIDTH:
                x, self.y = 0.0, self.y + LINE
            sign(x + 7, self.y + LINE / 2)
            self.text(x + 20, self.y + LINE / 2, text)
            x += need + 2 * GAP
        self.y += (LINE + GAP / 2) if items else 0

    def ticks(self, ticks: dict[str, float], top: float) -> None:
        """Guides from `top` to the lower edge, each with its number below where there is room for it."""
        free = -math.inf
        for text, x in ticks.items():
            self.rule(x, top, x, self.y, *GUIDE)
            if x - width_of(text, size=SMALL) / 2 > free:
                self.note(x, text, "center", SMALL)
                free = x + width_of(text, size=SMALL) / 2 + 2
        self.y += LINE

    def swatch(self, look) -> Sign:
        return lambda x, y: self.bar(x - 5.5, x + 5.5, y, look)

    def split(self, names: Sequence[str], columns: dict[str, list[str]], share=0.36) -> tuple[float, float]:
        """Room for names on the left and columns of texts on the right; returns both ends of what is left."""
        self.room, self.columns, right = min(share * WIDTH, width_of(*names)), [], WIDTH
        for head, texts in reversed(columns.items()):
            self.columns.insert(0, (right, head, texts))
            right -= width_of(head, *texts) + GAP
        return self.room + GAP, right

    def rows(self, names: Sequence[str], least: float = ROW, total: bool = False) -> list[float]:
        """Names down the left side, a hairline above each, and the columns of `split`; returns the middle of each row.

        With `total` the line above the last row is a dark one.
        """
        middles = []
        for x, head, _ in self.columns:
            self.note(x, head, "right")
        self.y += (LINE + 1) * bool(self.columns)
        for n, lines in enumerate(wrap(name, self.room) for name in names):
            height = max(least, LINE * len(lines) + GAP)
            self.rule(0, self.y, WIDTH, self.y, *(() if total and n == len(names) - 1 else GUIDE))
            middles.append(self.y + height / 2)
            self.lines(0, self.y + (height - LINE * (len(lines) - 1)) / 2, lines)
            for x, _, texts in self.columns:
                self.text(x, middles[-1], texts[n], "right")
            self.y += height
        return middles

    def plot(self, names, columns, key, ends, ticks=None, *, share=0.36, least=ROW, line=None, total=False) -> tuple:
        """A row per name on one axis that reaches all `ends`; returns the axis and the middle of each row.

        The key stands above, the ticks below; `line` is a value marked through all rows, dotted but for 0.
        """
        marked, ends = [] if line is None else [line], [end for end in ends if not math.isnan(end)]
        if not ends:
            self.refuse("publish.chart_empty")
        self.legend(*key)
        ticks = ticks or tick_texts(min(ends + marked), max(ends + marked))
        left, right = self.split(names, columns, share)
        place, top = scale([*ticks.values(), *ends], left + 6, right - width_of([*ticks][-1]) / 2), self.y + LINE + 1
        for x in map(place, marked):
            self.over(x, self.y + LINE / 2, self.base_label, right)
        middles = self.rows(names, least, total)
        for x in map(place, marked):
            self.rule(x, top, x, self.y, *(BASE_LINE if line else (BASE, 0.8)))
        self.ticks({text: place(value) for text, value in ticks.items()}, top)
        return place, middles

    def dots(self, names, columns, signs, spans=(), ticks=None, *, joined=False, **look) -> None:
        """The rows of `plot`, a range as a bar and each sign at its values: (sign, values) by what the key calls them.

        `joined` draws a thin line from sign to sign.
        """
        spans = spans or [()] * len(names)
        key = [(name, sign) for name, (sign, values) in signs.items() if not all(map(math.isnan, values))]
        key += [(self.range_label, self.stroke(RANGE, 12))] * any(spans)
        ends = chain(*spans, *(values for _, values in signs.values()))
        place, middles = self.plot(names, columns, key, ends, ticks, **look)
        for n, y in enumerate(middles):
            if spans[n]:
                self.rule(place(spans[n][0]), y, place(spans[n][1]), y, RANGE, 14, zorder=0.5)
            drawn = [(sign, place(values[n])) for sign, values in signs.values() if not math.isnan(values[n])]
            if joined and drawn:
                self.rule(drawn[0][1], y, drawn[-1][1], y, PAST, 1.4, zorder=2.6)
            for sign, x in drawn:
                sign(x, y)

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
        with style.context({"svg.hashsalt": f"dongheng {self.title} {self.subtitle}"}):
            self.figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        svg = re.sub(r' id="[A-Za-z0-9]+_\d+"', "", out.getvalue()[out.getvalue().index("<svg") :])
        return Chart(svg, self.title, self.subtitle, self.alt_text(kind, [self.subject, *what], facts))
