"""Tables between notebooks: what is written is what is read, to 12 significant digits, and nothing undeclared travels."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dongheng import codebook
from dongheng.codebook import NUMBER, TABLES, TEXT, WHOLE
from dongheng.errors import DataError

CELLS = {
    # What data/raw may hold: no control, private-use or lone surrogate characters, but quotes, commas and line breaks.
    TEXT: st.text(st.characters(exclude_categories=["Cc", "Co", "Cs", "Cn"], include_characters='\n",'), max_size=12),
    WHOLE: st.integers(-(2**53), 2**53),
    NUMBER: st.one_of(st.just(float("nan")), st.floats(allow_nan=False, allow_infinity=False)),
}
DTYPES = {TEXT: "str", WHOLE: "int64", NUMBER: "float64"}


@st.composite
def filled(draw):
    """A name and a table of any content that fits the codebook."""
    name = draw(st.sampled_from(sorted(TABLES)))
    rows = draw(st.integers(0, 4))
    columns = {
        column: pd.Series(draw(st.lists(CELLS[c.kind], min_size=rows, max_size=rows)), dtype=DTYPES[c.kind])
        for column, c in TABLES[name].columns.items()
    }
    return name, pd.DataFrame(columns)


def anomalies(**columns) -> pd.DataFrame:
    return pd.DataFrame({"where": ["a"], "message": ["b"]} | columns)


def contributions(**changed) -> pd.DataFrame:
    kinds = {TEXT: "1", WHOLE: 2024, NUMBER: 1.5}
    return pd.DataFrame([{c: kinds[k.kind] for c, k in TABLES["contributions"].columns.items()}]).assign(**changed)


@settings(deadline=None, max_examples=60)
@given(filled())
def test_what_is_written_is_what_is_read(table):
    """Text to the character, integers exactly, numbers to 12 significant digits, gaps as gaps; for every table."""
    name, frame = table
    again = codebook.from_csv(name, io.BytesIO(codebook.as_csv(name, frame)))
    assert list(again.columns) == list(frame.columns) and len(again) == len(frame)
    for column, entry in TABLES[name].columns.items():
        if entry.kind == NUMBER:
            assert again[column].dtype == float
            np.testing.assert_allclose(again[column], frame[column], rtol=6e-12, atol=0)
        else:
            assert again[column].tolist() == frame[column].tolist()


@settings(deadline=None, max_examples=25)
@given(filled())
def test_writing_again_changes_no_byte(table):
    """A table that went through a file once stays as it is."""
    name, frame = table
    once = codebook.as_csv(name, frame)
    assert codebook.as_csv(name, codebook.from_csv(name, io.BytesIO(once))) == once


def test_the_bytes_are_for_korean_excel():
    """BOM, UTF-8, line feeds, 12 digits, an empty cell for a gap."""
    content = codebook.as_csv("contributions", contributions(contribution=2 / 3, change=float("nan"), name="나머지"))
    assert content.startswith(b"\xef\xbb\xbf") and b"\r" not in content
    cells = dict(zip(*[line.split(",") for line in content.decode("utf-8-sig").splitlines()], strict=True))
    assert cells["contribution"] == "0.666666666667" and cells["change"] == "" and cells["name"] == "나머지"


@pytest.mark.parametrize("text", ["1", "01", "1-1", "", "NA", "nan", "None", "1e3", "3.0", "-", "TRUE"])
def test_text_stays_text(text):
    """Ids such as 1 and words such as NA are neither numbers nor gaps."""
    frame = anomalies(message=[text])
    assert codebook.from_csv("anomalies", io.BytesIO(codebook.as_csv("anomalies", frame)))["message"].tolist() == [text]


@pytest.mark.parametrize("frame", [anomalies(extra=1), anomalies()[["message", "where"]], anomalies()[["where"]]])
def test_a_column_that_is_not_in_the_codebook_is_refused_both_ways(frame):
    """Table and codebook cannot drift apart, and a file of other code is not read by guess."""
    sentence = (
        f"표 anomalies: 칸이 {', '.join(frame.columns)}인데, 코드북의 칸은 where, message이므로, "
        "노트북이나 dongheng.codebook을 고쳐 주십시오."
    )
    with pytest.raises(DataError) as written:
        codebook.as_csv("anomalies", frame)
    with pytest.raises(DataError) as read:
        codebook.from_csv("anomalies", io.BytesIO(frame.to_csv(index=False).encode("utf-8-sig")))
    assert str(written.value) == str(read.value) == sentence


def test_an_unknown_table_is_refused():
    """Only declared tables travel between notebooks."""
    for call in (lambda: codebook.as_csv("scores", anomalies()), lambda: codebook.from_csv("scores", io.BytesIO())):
        with pytest.raises(DataError) as told:
            call()
        assert str(told.value) == (
            "표 scores: 코드북에 없는데, 코드북에 있는 표만 주고받을 수 있으므로, dongheng.codebook에 적어 주십시오."
        )


@pytest.mark.parametrize(
    "changed, sentence",
    [
        (
            {"to_year": float("nan")},
            "표 contributions to_year 칸: 빈칸이나 정수가 아닌 것이 있는데, 빈칸 없는 정수의 칸이므로, ",
        ),
        (
            {"to_year": 2024.5},
            "표 contributions to_year 칸: 빈칸이나 정수가 아닌 것이 있는데, 빈칸 없는 정수의 칸이므로, ",
        ),
        ({"weight": "많음"}, "표 contributions weight 칸: 숫자가 아닌 것이 있는데, 수의 칸이므로, "),
        (
            {"weight": pd.Series([0.1 + 0.2], dtype=object)},
            "표 contributions weight 칸: 숫자가 아닌 것이 있는데, 수의 칸이므로, ",
        ),
    ],
)
def test_a_column_of_another_kind_is_refused(changed, sentence):
    """A year with a gap cannot be read back, and numbers kept as objects would be written with 17 digits."""
    with pytest.raises(DataError) as told:
        codebook.as_csv("contributions", contributions(**changed))
    assert str(told.value) == sentence + "노트북이나 dongheng.codebook을 고쳐 주십시오."


def test_a_table_without_rows_keeps_its_columns():
    """What cannot be filled has its columns and no rows, whatever pandas thinks of the empty columns' kinds."""
    empty = pd.DataFrame(columns=list(TABLES["contributions"].columns))
    again = codebook.from_csv("contributions", io.BytesIO(codebook.as_csv("contributions", empty)))
    assert len(again) == 0 and list(again.columns) == list(empty.columns)


def test_the_codebook_describes_every_column():
    """One row per table and column, each with a meaning in Korean; every table has its notebook."""
    table = codebook.describe()
    assert len(table) == sum(len(t.columns) for t in TABLES.values())
    assert table["meaning"].str.contains("[가-힣]").all() and set(table["kind"]) <= {TEXT, WHOLE, NUMBER}
    assert sorted(n for t in {t.notebook for t in TABLES.values()} for n in codebook.tables_of(t)) == sorted(TABLES)
