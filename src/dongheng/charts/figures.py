"""Numbers and names as charts print them."""

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

MISSING = "미확보"
RAISED, LOWERED, REST_NAME = "높임", "낮춤(△)", "나머지"


def one_decimal(value: float, minus: str = "△", unit: str = "0.1") -> str:
    """One decimal (or what `unit` says), half up as the shortest decimal form says, as in the tables."""
    if math.isnan(value):
        return "…"
    rounded = Decimal(repr(float(value))).quantize(Decimal(unit), ROUND_HALF_UP)
    return (minus if rounded < 0 else "") + f"{abs(rounded):,}"


def falls(change: float) -> bool:
    return one_decimal(change).startswith("△")  # what prints as 0.0 is no fall


def apart(change: float, up: str = "높음", down: str = "낮음") -> str:
    printed = f"{one_decimal(change, minus='')}p"
    return f"{printed} 차이" if printed == "0.0p" else f"{printed} {down if change < 0 else up}"


def part_kind(name: str, value: float) -> str:
    return REST_NAME if name.startswith(REST_NAME) else LOWERED if falls(value) else RAISED


def from_to(span: Sequence[float], none: str = "-") -> str:
    return "~".join(map(one_decimal, span)) or none


def named(names: Sequence[str], most: int) -> str:
    return ", ".join(names[:most]) + (f" 외 {len(names) - most}개" if len(names) > most else "")


def round_ticks(low: float, high: float) -> list[float]:
    """A few round numbers, the first at or below `low`, the last at or above `high`; for numbers up to a million."""
    step = next(s * 10**e for e in range(-1, 6) for s in (1, 2, 5) if high - low <= 5 * s * 10**e)
    return [round(n * step, 1) for n in range(math.floor(low / step), math.ceil(high / step) + 1)]


def tick_texts(low: float, high: float, unit: str = "") -> dict[str, float]:
    return {f"{'△' * (tick < 0)}{abs(tick):,g}{unit}": tick for tick in round_ticks(low, high)}
