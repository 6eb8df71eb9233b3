"""Numbers in print."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dongheng import fonts
from dongheng.errors import PublishError
from dongheng.publish.wording import change, number, points

floats = st.floats(allow_nan=False, allow_infinity=False)
decimals = st.integers(0, 6)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (number(0.25, 1), "0.3"),
        (number(2.675, 2), "2.68"),
        (number(-0.25, 1), "-0.3"),
        (number(-0.04, 1), "0.0"),
        (number(-0.0), "0.0"),
        (number(1234567, 0), "1,234,567"),
        (number(np.float64(1234.55), 1), "1,234.6"),
        (number(np.int64(12), 0), "12"),
        (number(Decimal("0.05"), 1), "0.1"),
        (number(float("nan")), "미확보"),
        (number(None), "미확보"),
        (number(pd.NA, missing="…"), "…"),
        (change(-4.75), "△4.8"),
        (change(-0.04), "0.0"),
        (change(4.75), "4.8"),
        (change(float("nan"), missing="-"), "-"),
        (points(17.65), "17.7p"),
        (points(None), "미확보"),
    ],
)
def test_as_a_korean_report_prints_them(printed, expected):
    """Protects 사사오입 from binary fractions and from Python's half-to-even, and readers from -0.0."""
    assert printed == expected


@pytest.mark.parametrize("wrong", ["1.5", True, float("inf"), 1j])
def test_what_is_no_number_is_refused(wrong):
    """Protects tables from text that looks like a result."""
    with pytest.raises(PublishError):
        number(wrong)


@settings(deadline=None)  # the first call reads the fonts
@given(floats, decimals)
def test_print_is_within_half_a_unit_and_reads_back(x, d):
    """Protects every printed value: nearest of its decimals, no exponent, only characters that the font has."""
    said = number(x, d)
    back = Decimal(said.replace(",", ""))
    assert abs(back - Decimal(repr(x))) <= Decimal(5).scaleb(-d - 1)
    assert "e" not in said.lower() and "\u2212" not in said and not fonts.missing(said)
    assert len(said.partition(".")[2]) == d
    assert not (said.startswith("-") and back == 0)


@given(floats, decimals)
def test_rises_and_falls_mirror_each_other(x, d):
    """Protects symmetry: the same step up and down prints the same figure, with the sign in front only."""
    assert number(abs(x), d) == number(-abs(x), d).removeprefix("-")
    assert change(x, d).removeprefix("△") == number(abs(x), d)
    assert change(x, d).startswith("△") == number(x, d).startswith("-")
