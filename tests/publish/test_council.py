"""What the report says in words agrees with its tables, and every sentence of the catalogue is said as Koreans write it."""

from __future__ import annotations

import itertools
import json
import unicodedata

import numpy as np
import pandas as pd
import pytest

from dongheng.config import Settings
from dongheng.errors import PublishError
from dongheng.publish import council
from dongheng.publish.chapter import Report, about
from dongheng.publish.wording import Phrases, particle
from tests.conftest import ROOT
from tests.publish.catalogues import assert_every_text_is_said, assert_whole, listening

NAN = float("nan")


# --- the words of single facts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "lower", "upper", "words"),
    [
        (15.0, None, None, "15.0p 높임"),
        (-4.62, None, None, "4.6p 낮춤"),
        (0.04, None, None, "0.0p"),
        (15.7, 14.4, 17.0, "15.7p 높임(출처가 범위로만 알린 값에서 계산: 14.4~17.0p)"),
        (-0.2, -0.5, -0.1, "0.2p 낮춤(출처가 범위로만 알린 값에서 계산: 0.1~0.5p)"),
        (0.3, -0.5, 0.8, "0.3p 높임(출처가 범위로만 알린 값에서 계산: 0.5p 낮춤에서 0.8p 높임까지)"),
        (NAN, None, None, "미확보"),
    ],
)
def test_a_share_in_words_keeps_its_signs(points, lower, upper, words):
    """A range that crosses zero once printed both ends as rises, beside a value outside of it."""
    assert council._share(pd.Series({"contribution": points, "lower": lower, "upper": upper}, dtype=float)) == words


PUBLISHED = [
    ({"basis": "level", "value": 2694.0, "unit": "호"}, "2,694호"),
    ({"basis": "level", "value": 20.65, "unit": "%", "status": "provisional"}, "20.65%(잠정)"),
    ({"basis": "level", "value": 122.0, "unit": "명", "status": "inferred_year"}, "122명(연도 추정)"),
    ({"basis": "level", "value": 122.0, "unit": "명", "definition": 2}, "122명(새 정의)"),
    ({"basis": "level", "value": 0.00001, "unit": "%"}, "0.00001%"),
    ({"basis": "ratio", "value": 1.3, "versus_year": 2022.0}, "1.3배(2022년 대비)"),
    ({"basis": "ratio_at_least", "value": 2.0, "versus_year": 2022.0}, "2배 넘음(2022년 대비)"),
    (
        {"basis": "change_percent", "value": 60.0, "unit": "%", "versus_year": 2023.0, "lower": 55, "upper": 65},
        "60% 증가(2023년 대비, 범위 55~65%)",
    ),
    ({"basis": "change_points", "value": -1.54, "unit": "%p", "versus_year": 2022.0}, "1.54%p 감소(2022년 대비)"),
]
EMPTY = {"indicator_id": "1-1", "year": 2024, "unit": "배", "status": "published"} | dict.fromkeys(
    ("versus_year", "lower", "upper"), NAN
)


@pytest.mark.parametrize(("told", "words"), PUBLISHED)
def test_a_published_value_in_words(told, words):
    """Unit, year compared with, range, and whether it is provisional or its year inferred: nothing is dropped."""
    values = pd.DataFrame([EMPTY | {"definition": 1} | told])
    assert council.as_published(values).to_dict() == {("1-1", 2024): words}


# --- particles and forms --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "topic", "way"),
    [
        ("점수", "는", "로"),
        ("지수의 몫", "은", "으로"),
        ("서울", "은", "로"),
        ("값", "은", "으로"),
        ("0", "은", "으로"),
        ("2021", "은", "로"),
        ("2022", "는", "로"),
        ("3", "은", "으로"),
        ("2024", "는", "로"),
        ("5", "는", "로"),
        ("6", "은", "으로"),
        ("7", "은", "로"),
        ("1,238", "은", "로"),
        ("9", "는", "로"),
        ("100", "은", "으로"),
        ("96.3", "은", "으로"),
        ("12%", "는", "로"),
        ("1.54%p", "는", "로"),
        ("8.7p", "는", "로"),
        ("OECD", "는", "로"),
        ("CVR", "은", "로"),
        ("AHP", "는", "로"),
        ("SPSS", "는", "로"),
        ("EU SDG N", "은", "으로"),
        ("Excel", "은", "로"),
        ("Python", "은", "으로"),
        ("server", "는", "로"),
        ("r", "은", "로"),
        ("ranking", "은", "으로"),
        ("study.json", "은", "으로"),
        ("주거(2024년)", "는", "로"),
        ("96.3(2022년=100)", "은", "으로"),
        ("건강 (예시값)", "은", "으로"),
        ("(예시)", "는", "로"),
        ("'돌봄'", "은", "으로"),
        ("「약자동행지수」", "는", "로"),
        ("8. 4.", "는", "로"),
    ],
)
def test_a_particle_fits_the_word_as_it_is_read(word, topic, way):
    """Digits by their Sino-Korean reading, capitals by their names, units and last brackets as Koreans read them."""
    assert (particle(word, "은/는"), particle(word, "으로/로")) == (topic, way)


def test_a_particle_fits_every_syllable():
    """All 11,172 syllables against their decomposition: a third jamo is a final consonant, and 으로 also spares ㄹ."""
    for syllable in map(chr, range(ord("가"), ord("힣") + 1)):
        final = unicodedata.normalize("NFD", syllable)[2:]
        assert particle(syllable, "이/가") == ("이" if final else "가")
        assert particle(syllable, "으로/로") == ("로" if final in ("", "\N{HANGUL JONGSEONG RIEUL}") else "으로")


@pytest.mark.parametrize(
    ("template", "fact", "text"),
    [
        ("{x:.1}", 0.25, "0.3"),
        ("{x:.0}", 1234.5, "1,235"),
        ("{x:.2}", NAN, "미확보"),
        ("{x:△.1}", -4.75, "△4.8"),
        ("{x:p}", 8.66, "8.7p"),
        ("{x:plain}", 20.65, "20.65"),
        ("{x:date}", "2026-08-04", "2026. 8. 4."),
        ("{x}년", np.int64(2024), "2024년"),
        ("{x:은/는}", "주거", "주거는"),
        ("{x:.1 으로/로}", 96.3, "96.3으로"),
        ("{x:△.1 이/가}", -2, "△2.0이"),
        ("{x:높임 으로/로}", 15.0, "15.0p 높임으로"),
        ("{x:높임 으로/로}", 0.04, "0.0p로"),
        ("{x:높임 이/가}", -0.05, "0.1p 낮춤이"),
        ("{x:높임}", NAN, "미확보"),
        ("{x}", "중괄호 {y}", "중괄호 {y}"),
    ],
)
def test_a_form_prints_what_it_says(template, fact, text):
    """Half up, missing as a word, a particle after the printed number; what a fact holds is never read as a template."""
    words = council.SAID.texts["differences"]
    assert Phrases({"a": {"b": template}, "differences": words})("a.b", x=fact) == text


@pytest.mark.parametrize(
    ("template", "fact", "error"),
    [
        ("{y}", 1, "중괄호 자리를 채울 수 없는데('y'), 이 글에는 x만"),
        ("{x}", 0.1, "중괄호 자리를 채울 수 없는데(0.1, ''), 이 글에는 x만"),
        ("{x}", NAN, "중괄호 자리를 채울 수 없는데(nan, ''), 이 글에는 x만"),
        ("{x:높음}", 1, "중괄호 자리를 채울 수 없는데(1, '높음'), 이 글에는 x만"),
        ("{x", 1, "중괄호 자리를 채울 수 없는데(expected '}' before end of string), 이 글에는 x만"),
        ("{x:date}", 2024, "중괄호 자리를 채울 수 없는데('int' object has no attribute 'split'), 이 글에는 x만"),
    ],
)
def test_a_slip_of_the_editor_is_told_in_a_sentence(template, fact, error):
    """Who edits the catalogue learns which text cannot be filled in, and which names it may use; NaN never prints."""
    with pytest.raises(PublishError) as caught:
        Phrases({"a": {"b": [template]}})("a.b", x=fact)
    assert str(caught.value) == f"글 목록의 'a.b': {error} 정해진 꼴로 쓸 수 있으므로, 중괄호 안을 고쳐 주십시오."


def test_a_text_follows_the_kind_of_report():
    """The weightiest kind wins, a part of a list that fits none is left out, and a text that fits none is an error."""
    texts = Phrases({"a": {"b": {"u": "U", "v": "V{n}"}, "c": [{"u": "x"}, ["y", {"w": ["z"]}]]}}, facts={"n": 1})
    assert texts("a.b", "v", "u") == texts.given("v")("a.b") == "V1"
    assert texts.given("v")("a.b", "u") == "U"
    assert texts("a.c") == [["y"]] and texts.given("w")("a.c", "u") == ["x", ["y", ["z"]]]
    with pytest.raises(KeyError, match="a.b"):
        texts("a.b", "w")


# --- the catalogue --------------------------------------------------------------------------------------------------


def study(basis: str, change: float, ranges: bool) -> dict[str, pd.DataFrame]:
    """Tables of a town with areas that rise, fall, stay and are unknown; the composite moves by `change`."""
    node = ["all", "a", "b", "c", "d"]
    nodes = {"node_id": node, "name": ["종합", "돌봄", "주거", "안전", "건강"], "level": [0, 1, 1, 1, 1]}
    nodes |= {"n_indicators": [5, 2, 1, 1, 1], "change": [change, 2.0, -1.0, NAN if basis == "published" else 1.0, 0.0]}
    indices = pd.DataFrame(nodes).merge(pd.Series([2022, 2023, 2024], name="year"), how="cross")
    index = 100 + indices["change"].fillna(0) * (indices["year"] - 2022)
    told = {"published": index, "computed": index if basis == "computed" else NAN, "change_from_base": index - 100}
    indices = indices.assign(index=index, basis=basis, improved=3.0, note="반올림한 값임", **told)
    ids = pd.DataFrame(
        {"indicator_id": ["1-1", "1-2", "2-1", "3-1", "4-1"], "area": nodes["name"][1:2] + nodes["name"][1:]}
    )
    ids = ids.assign(
        name=["지원율", "만족도", "공급량", "사고", "걷기"], direction=[1, -1, 1, -1, 1], unit="명", status="published",
        effort_or_outcome=["effort", "outcome", "effort", "outcome", ""], printed=["1명", "2명", "3명", "", "5명"],
        source=["ratio", "level", "chained", "change_percent", "level"], note="약 그 값임", value=[1.5, 2, 3, 4, 5],
        state=["scored", "value_only", "scored", "missing", "scored"], score=[120.0, NAN, 90, 80, 100],
        score_lower=[110, 105, NAN, NAN, NAN], score_upper=[130, NAN, NAN, NAN, NAN], ceiling=[125, NAN, NAN, NAN, NAN],
    )  # fmt: skip
    if basis == "computed":
        ids["score"] = [120.0, 105, 90, 80, 100]
    indicators = ids.merge(pd.Series([2022, 2023, 2024], name="year"), how="cross")
    indicators.loc[indicators["year"] == 2023, "printed"] = ""
    parts = [("a", "1-1", 3.0), ("a", "1-2", -1.0), ("b", "2-1", -1.0), ("c", "3-1", 0.5), ("d", "4-1", 0.01)]
    if basis == "published":
        parts = [*parts[:3], *(("a", "rest", 0.0), ("b", "rest", 0.0), ("c", "rest", NAN))]
    else:
        parts += [("all", item, share / 2) for _, item, share in parts if ranges or share > 0]
    shares = pd.DataFrame(parts, columns=["node_id", "item", "contribution"]).assign(weight=0.25, change=1.0)
    shares["name"] = shares["item"].map(ids.set_index("indicator_id")["name"]).fillna("나머지")
    shares[["lower", "upper"]] = [(2.5, 3.5) if ranges and item == "1-1" else (NAN, NAN) for item in shares["item"]]
    bounds = pd.DataFrame({"node_id": ["a"], "item": ["1-2"], "name": ["만족도"], "at_least": [1.0]})
    span = {"from_year": 2023, "to_year": 2024}
    return {
        "indices": indices, "indicators": indicators,
        "contributions": shares.assign(**span), "bounds": bounds.assign(**span),
        "leave_one_out": indicators.assign(item=indicators["indicator_id"], index=101.5),
    }  # fmt: skip


def say_everything(settings: Settings, tables: dict[str, pd.DataFrame]) -> list:
    """All that notebook 06 asks of the report's texts."""
    report, contributions = Report(settings, tables.__getitem__), tables["contributions"]
    say, counts = report.say(council.SAID), council.coverage(report)
    told = [
        council.cover(report),
        say("guide.items"),
        say("areas.lead"),
        council.messages(report),
        council.index_cells(report),
        council.index_notes(report),
        council.published_cells(report),
        council.dumbbell_of(report),
        council.composite_of(report),
        council.contribution_cells(report),
        council.moved_lead(report),
        council.contribution_notes(report),
        council.waterfalls_of(report),
        council.coverage_cells(counts),
        council.coverage_lead(report),
        council.strip_of(counts, settings),
        about(council.SAID, settings)("source.values"),
        *(say(key) for key in ("source.indices", "source.shares", "all.names", "method.title")),
        council.value_cells(report),
        council.obtained_cells(report),
        council.all_cells(report),
        council.value_notes(tables["indicators"]),
        council.method_cells(report),
        council.approval_line(settings),
    ]
    rests = contributions[contributions["item"] == "rest"]
    only_rests = Report(settings, (tables | {"contributions": rests}).__getitem__)
    return [*told, council.messages(only_rests)] if len(rests) else told


@pytest.fixture(scope="module")
def said() -> tuple[list, set[str]]:
    """Everything the report can say, of studies of every kind, and the templates that it was said from."""
    told = []
    with listening() as used:
        for i, (basis, change) in enumerate(itertools.product(("computed", "published"), (3.0, -2.0, 0.01, NAN))):
            settings = Settings(
                "town", 2024, "가상시 약자동행지수", "1판", 2022, ("reciprocal", "reflection")[i // 2 % 2], 0,
                illustrative=i % 2 == 0, approval={"document_number": "약자-1", "date": "2026-08-04"} if i % 3 else {},
            )  # fmt: skip
            told += say_everything(settings, study(basis, change, ranges=i % 2 == 0))
        names = pd.Series({"1-1": "지원율", "a": "돌봄"})
        rules = list(council.SAID.texts["treatments"]["row"][2])
        used_rules = pd.DataFrame({"indicator_id": "1-1", "year": 2023, "rule": rules, "from_years": "2022, 2024"})
        mended = pd.DataFrame([{"indicator_id": "1-1", "year": 2023, "revised_in": 2024, "first": 1.5, "value": 2.0}])
        moved = pd.DataFrame([{"node_id": "a", "year": 2023, "first": 101.005, "now": 100.0, "effect": -1.005}])
        sums = {
            "config": "1" * 64,
            "src": "2" * 64,
            "lock": "3" * 64,
            "notebooks": {},
            "raw": {"data/raw/a.csv": "4" * 64},
        }
        record = {"study": "town", "year": 2024, "seed": 0, "sha256": sums}
        record["config"] = {"framework": "1판", "base_year": 2022, "reverse": "reciprocal"}
        told += [
            council.mended_cells("treatments", used_rules.assign(value=1.005), names),
            council.mended_cells("revisions", mended.assign(note=""), names),
            council.mended_cells("restatements", moved, names),
            list(council.SAID.all("anomalies").values()),
            council.record_cells(json.dumps(record)),
            [council._share({"contribution": 0.3, "lower": -0.5, "upper": 0.8})],
            council.as_published(pd.DataFrame([EMPTY | {"definition": 1} | row for row, _ in PUBLISHED])).tolist(),
        ]
    return told, used


def test_every_text_is_said_and_every_key_has_its_text(said):
    """A text that nothing says misleads whoever edits it; a misspelt key, kind or fact would show only in that report."""
    assert_every_text_is_said(council, said[1], shared=True)


def test_nothing_that_is_said_is_empty_or_hedged(said):
    """Every cell and sentence is a text; no NaN, no brace and no 이(가) comes through."""
    assert_whole(said[0], least=500)


def test_every_chapter_has_its_test():
    """Each catalogue beside a chapter's module is checked by a test of that name, as the ones here."""
    chapters = {path.stem for path in (ROOT / "src/dongheng/publish").glob("*.toml")} - {"words"}
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests/publish").glob("test_*.py")}
    assert chapters >= {"council", "panel_chapter"} and chapters - tested == set()


def test_a_row_of_years_stands_beside_its_own_name():
    """The columns of the years are put in by name: tables whose years come in another order say the same."""
    tables, settings = study("computed", 3.0, False), Settings("town", 2024, "가상시", "1판", 2022, "reciprocal", 0)
    mixed = tables["indices"].sort_values("year", kind="stable", ascending=False)
    mixed = pd.concat([mixed[mixed["year"] != 2022], mixed[mixed["year"] == 2022][::-1]])
    report = Report(settings, (tables | {"indices": mixed}).__getitem__)
    cells = council.index_cells(report).set_index("구분")
    assert cells.loc["주거"].tolist() == ["1", "100.0", "99.0", "98.0", "△1.0", "△2.0", "3"]
    assert cells.loc["돌봄", ["2022년", "2023년", "2024년"]].tolist() == ["100.0", "102.0", "104.0"]
