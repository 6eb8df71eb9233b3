"""Numbers as they are printed: half up, thousands with commas, falls in tables with a triangle."""

from __future__ import annotations

import numbers
from decimal import ROUND_HALF_UP, Context, Decimal

import pandas as pd

from dongheng.errors import PublishError

EXACT = Context(prec=400)  # room for any double written out


def _rounded(x, decimals: int) -> Decimal | None:
    """`x` half up as its shortest decimal form says, so that 2.675 is the tie that it looks like; None if there is no value."""
    if x is None or x is pd.NA or x is pd.NaT:
        return None
    if isinstance(x, numbers.Integral) and not isinstance(x, bool):
        exact = Decimal(int(x))
    elif isinstance(x, Decimal):
        exact = x
    elif isinstance(x, numbers.Real) and not isinstance(x, bool):
        exact = Decimal(repr(float(x)))
    else:
        raise PublishError.of("publish.no_number", f"값 {x!r}")
    if exact.is_nan():
        return None
    if not exact.is_finite():
        raise PublishError.of("publish.infinite", f"값 {x!r}")
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=EXACT)
    return rounded if rounded else abs(rounded)  # -0.0 is 0.0


def number(x, decimals: int = 1, *, missing: str = "미확보") -> str:
    """Number for print, as in ``1,234.5``; a minus is a hyphen, which the report's font has.

    Parameters
    ----------
    x : float, int, Decimal or None
        The unrounded value.
    decimals : int
        Decimals to print.
    missing : str
        What stands for a value that is not there.

    Examples
    --------
    >>> number(2.675, 2), number(-0.04), number(float("nan"))
    ('2.68', '0.0', '미확보')
    """
    rounded = _rounded(x, decimals)
    return missing if rounded is None else f"{rounded:,f}"


def plain(x: float) -> str:
    """Number for print with all the decimals that it was given with.

    Examples
    --------
    >>> plain(20.65), plain(2694.0)
    ('20.65', '2,694')
    """
    return number(x, max(0, -Decimal(repr(float(x))).normalize().as_tuple().exponent))


def change(x, decimals: int = 1, *, missing: str = "미확보") -> str:
    """Change for a table cell, with △ before a fall; sentences say 하락 instead.

    Examples
    --------
    >>> change(-4.75), change(-0.04)
    ('△4.8', '0.0')
    """
    return number(x, decimals, missing=missing).replace("-", "△") if _rounded(x, decimals) is not None else missing


def points(x, *, missing: str = "미확보") -> str:
    """Difference of two index values, as in ``4.8p``.

    Examples
    --------
    >>> points(4.75)
    '4.8p'
    """
    return missing if _rounded(x, 1) is None else f"{number(x, 1)}p"
