"""What the report says in words agrees with what its tables say in numbers."""

from __future__ import annotations

import types

import pandas as pd
import pytest

from dongheng.publish import council


@pytest.mark.parametrize(
    ("points", "lower", "upper", "words"),
    [
        (15.0, None, None, "15.0p 높임"),
        (-4.62, None, None, "4.6p 낮춤"),
        (0.04, None, None, "0.0p"),
        (15.7, 14.4, 17.0, "15.7p 높임(출처가 범위로만 알린 값에서 계산: 14.4~17.0p)"),
        (-0.2, -0.5, -0.1, "0.2p 낮춤(출처가 범위로만 알린 값에서 계산: 0.1~0.5p)"),
        (0.3, -0.5, 0.8, "0.3p 높임(출처가 범위로만 알린 값에서 계산: 0.5p 낮춤에서 0.8p 높임까지)"),
        (float("nan"), None, None, "미확보"),
    ],
)
def test_a_share_in_words_keeps_its_signs(points, lower, upper, words):
    """A range that crosses zero once printed both ends as rises, beside a value outside of it."""
    assert council._share(pd.Series({"contribution": points, "lower": lower, "upper": upper}, dtype=float)) == words


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"basis": "level", "value": 2694.0, "unit": "호"}, "2,694호"),
        ({"basis": "level", "value": 20.65, "unit": "%", "status": "provisional"}, "20.65%(잠정)"),
        ({"basis": "level", "value": 122.0, "unit": "명", "status": "inferred_year"}, "122명(연도 추정)"),
        ({"basis": "level", "value": 0.00001, "unit": "%"}, "0.00001%"),
        ({"basis": "ratio", "value": 1.3, "versus_year": 2022.0}, "1.3배(2022년 대비)"),
        ({"basis": "ratio_at_least", "value": 2.0, "versus_year": 2022.0}, "2배 넘음(2022년 대비)"),
        (
            {"basis": "change_percent", "value": 60.0, "unit": "%", "versus_year": 2023.0, "lower": 55, "upper": 65},
            "60% 증가(2023년 대비, 범위 55~65%)",
        ),
        ({"basis": "change_points", "value": -1.54, "unit": "%p", "versus_year": 2022.0}, "1.54%p 감소(2022년 대비)"),
    ],
)
def test_a_published_value_in_words(told, words):
    """Unit, year compared with, range, and whether it is provisional or its year inferred: nothing is dropped."""
    empty = {
        "unit": "배",
        "versus_year": float("nan"),
        "lower": float("nan"),
        "upper": float("nan"),
        "status": "published",
    }
    assert council._in_words(types.SimpleNamespace(**(empty | told))) == words
