"""What the report says in words agrees with its tables, and every sentence of the catalogue is said as Koreans write it."""

from __future__ import annotations

import re
import tomllib
import unicodedata

import numpy as np
import pandas as pd
import pytest

from dongheng import charts
from dongheng.errors import PublishError
from dongheng.publish import council, effort_chapter
from dongheng.publish.wording import Phrases, particle
from tests.conftest import ROOT
from tests.publish.catalogues import assert_every_text_is_said, assert_whole, leaves, listening, printed
from tests.publish.studies import INDICATORS, report, settings, study

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

KINDS = [
    {},
    {"way": -1, "years": 5, "ranges": False},
    {"way": 0, "years": 2},
    {"computed": False},
    {"computed": False, "way": -1, "years": 5, "ranges": False},
    {"computed": False, "way": 0, "gap": False},
    {"computed": False, "way": NAN},
]


def say_everything(told) -> list:
    """All that notebook 06 asks of this catalogue."""
    say = told.say(council.SAID)
    texts = ("guide.lead", "guide.rows", "guide.words", "composite.lead", "source.values", "source.indices")
    return [
        council.cover(told),
        list(council.headings(told).values()),
        [say(key) for key in (*texts, "source.shares")],
        council.guide_cells(told),
        council.messages(told),
        council.summary_cells(told),
        council.dumbbell_of(told),
        council.plain_words(told),
        council.year_cells(told),
        council.index_notes(told),
        council.published_cells(told),
        council.composite_of(told),
        council.moved_lead(told),
        council.contribution_cells(told),
        council.contribution_cells(told, told.settings.base_year),
        council.contribution_notes(told),
        council.waterfalls_of(told),
        council.movers_lead(told),
        *([council.area_share_cells(told), council.movers_of(told)] if told.computed else []),
    ]


@pytest.fixture(scope="module")
def said() -> tuple[list, set[str]]:
    """Everything these pages can say, of studies of every kind, and the templates that it was said from."""
    told = []
    with listening() as used:
        for i, kind in enumerate(KINDS):
            approval = {"document_number": "약자-1", "date": "2026-08-04"} if i % 3 else {}
            town = settings(kind.get("years", 3), illustrative=i % 2 == 0, approval=approval)
            told += say_everything(report(town, **kind))
        rests = study(computed=False)["contributions"].query("item == 'rest'")
        told += [council.messages(report(tables={"contributions": rests}, computed=False))]
        told += [council._share({"contribution": 0.3, "lower": -0.5, "upper": 0.8})]
        # The forms of a difference are whole sets, whether or not a chapter needs each of them today.
        for form, ways in council.SAID.texts["differences"].items():
            told += [council.SAID(f"differences.{form}", way, size=1.0) for way in ways]
    return told, used


def test_every_text_is_said_and_every_key_has_its_text(said):
    """A text that nothing says misleads whoever edits it; a misspelt key, kind or fact would show only in that report."""
    assert_every_text_is_said(council, said[1], shared=True)


def test_nothing_that_is_said_is_empty_or_hedged(said):
    """Every cell and sentence is a text; no NaN, no brace and no 이(가) comes through, and no minus stands in a sentence."""
    assert_whole(said[0], least=500)
    assert [
        text for part in said[0] for text in printed(part) if re.search(r"(?<!\w)-\d", text) and text.endswith(".")
    ] == []


def test_every_chapter_has_its_test():
    """Each catalogue beside a chapter's module is checked by a test of that name, as the ones here."""
    chapters = {path.stem for path in (ROOT / "src/dongheng/publish").glob("*.toml")} - {"words"}
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests/publish").glob("test_*.py")}
    assert chapters >= {"council", "panel_chapter"} and chapters - tested == set()


def catalogues() -> dict[str, list[str]]:
    """All texts of every catalogue, by its name."""
    files = sorted((ROOT / "src/dongheng/publish").glob("*.toml"))
    return {path.stem: leaves(tomllib.loads(path.read_text(encoding="utf-8"))) for path in files}


@pytest.mark.parametrize("name", catalogues())
def test_no_catalogue_grades_a_move_or_puts_the_sign_into_a_sentence(name):
    """Vague sizes, 신뢰구간 and 오차범위 are not said of an index; a fall is a verb in a sentence and △ only in a cell."""
    texts = catalogues()[name]
    assert [text for text in texts if re.search("대폭|소폭|크게|신뢰구간|오차범위|±", text)] == []
    if name != "workbook":  # its page on signs explains the sign itself
        assert [text for text in texts if "△" in text and text.endswith(".")] == []


@pytest.mark.parametrize("name", ["council", "areas_chapter", "effort_chapter"])
def test_no_catalogue_calls_more_support_a_success(name):
    """A count of people reached says nothing of how they fare."""
    assert [text for text in catalogues()[name] if re.search("개선|성과|효과|덕분", text)] == []


# --- what the first pages say is so ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "composite", "moved", "movers"),
    [
        (1, "2024년 102.5, 전년보다 1.3p 높음", "돌봄 영역의 2.1p 높임", "오른 지표 8개, 내린 지표 7개"),
        (-1, "2024년 97.5, 전년보다 1.3p 낮음", "돌봄 영역의 2.1p 낮춤", "오른 지표 7개, 내린 지표 8개"),
        (0, "2024년 100.0, 전년보다 높지도 낮지도 않음", "돌봄 영역의 0.0p", "오른 지표 0개, 내린 지표 0개"),
    ],
)
def test_headings_follow_the_figures(way, composite, moved, movers):
    """By hand: the scores move by 51 up and 31 down, by a sixteenth each; area 돌봄 by 34 of the 20."""
    told = council.headings(report(way=way))
    assert told["composite"] == f"종합지수: {composite}"
    assert told["moved"] == f"무엇이 움직였나: 가장 큰 몫은 {moved}"
    assert told["movers"] == movers


def test_headings_of_a_published_report_count_what_is_known():
    """Four shares are known of areas that split, one of them up and three down; one area up, one down, one unknown, one where it was."""
    told = council.headings(report(computed=False))
    assert told["moved"].endswith("몫을 아는 지표는 4개") and told["movers"].endswith("가운데 1개와 3개")
    assert told["areas"] == "영역별: 전년보다 높은 영역 1개, 낮은 영역 1개"
    assert told["effort"] == "노력인가 결과인가: 지표 16개 가운데 10개가 지원 노력"
    unknown = council.headings(report(computed=False, way=NAN))
    assert unknown["composite"] == "종합지수: 2024년 100.0, 전년보다 얼마나 다른지 미확보"


@pytest.mark.parametrize(("way", "percent", "mostly"), [(1, "92.2", True), (-1, "48.4", False)])
def test_the_effort_share_is_one_number_wherever_it_stands(way, percent, mostly):
    """By hand: of 51 points up 47 are effort, of the 31 of a fall turned round 15; heading, summary and section agree."""
    told = report(way=way)
    places = council.headings(told)["effort"], council.messages(told)[2], effort_chapter.lead(told)[2]
    assert [f"{percent}%" in text for text in places] == [True] * 3
    assert ["형편이 나아졌는지는" in text for text in places[1:]] == [mostly] * 2
    assert "지표 16개 가운데 10개가 지원 노력을" in places[1] and "10개는 도운 사람" in effort_chapter.lead(told)[0]


def test_a_year_in_which_nothing_rose_has_no_share_of_a_rise():
    """A dash before a per cent sign once stood for what cannot be divided."""
    told = report(way=0)
    assert council.headings(told)["effort"] == "노력인가 결과인가: 오른 지표 없음"
    assert council.messages(told)[2].startswith("전년보다 오른 지표가 없습니다.")
    assert effort_chapter.lead(told)[2] == "전년보다 오른 지표는 없습니다."


def test_the_largest_share_is_told_with_the_index_without_it():
    """By hand: without 1-1 fifteen scores stand 40 and 20 lower in all: 100 and, the year before, 100."""
    told = council.messages(report())[1]
    assert "돌봄 영역의 2.1p 높임이며, 지표로는 1-1 지원율의 1.3p 높임" in told
    assert told.endswith("이 지표를 빼고 계산하면 종합지수는 100.0, 전년보다 높지도 낮지도 않습니다.")


def test_areas_add_up_to_the_composite():
    """Shares of areas, the sum row and the composite's change are one number; the weights are whole."""
    told = report()
    parts = council.area_shares(told)
    assert parts.sum() == pytest.approx(1.25, abs=1e-9) and list(parts.index) == ["돌봄", "주거", "안전", "건강"]
    assert council.area_share_cells(told).to_numpy().tolist() == [
        ["돌봄", "4.3", "50.00", "2.1"],
        ["주거", "△3.8", "25.00", "△0.9"],
        ["안전", "0.3", "18.75", "0.1"],
        ["건강", "0.0", "6.25", "0.0"],
        ["합계(종합지수의 변화)", "1.3", "100.00", "1.3"],
    ]
    assert "종합지수는 전년보다 1.3p 높아졌고" in council.moved_lead(told)[0]


# --- what moved -----------------------------------------------------------------------------------------------------


def test_movers_are_five_and_five_by_their_share():
    """In the order of their shares, with both values and the unit; what fell is said to lower the composite."""
    (up, ups), (down, downs) = council.movers_lead(report())
    assert (up, down) == ("나아진 쪽으로 움직인 지표는 8개입니다.", "못해진 쪽으로 움직인 지표는 7개입니다.")
    assert [text.split()[0] for text in ups] == ["1-1", "1-3", "1-5", "3-3", "1-4"]
    assert [text.split()[0] for text in downs[:2]] == ["2-1", "1-6"] and len(downs) == 5
    assert ups[0] == "1-1 지원율: 60명에서 70명, 몫은 1.3p 높임"
    assert downs[0] == "2-1 임대 공급: 46명에서 42명, 몫은 0.5p 낮춤"


def test_a_fall_of_what_is_better_low_counts_as_better():
    """Fewer accidents stand among those that moved for the better, told by their values and why that is so."""
    (_, ups), (_, downs) = council.movers_lead(report())
    assert ups[4] == "1-4 사고율(낮을수록 좋음): 48.08명에서 46.3명, 몫은 0.3p 높임"
    assert "3-2 화재(낮을수록 좋음): 52.63명에서 55.56명, 몫은 0.3p 낮춤" in downs


def test_a_new_definition_is_told_by_its_score():
    """52.5 of the old definition and 7 of the new are not compared: the linked scores rose, and they are told."""
    (_, ups), _ = council.movers_lead(report())
    assert ups[3] == "3-3 훈련: 점수 105.0에서 110.0, 몫은 0.3p 높임"


def test_movers_of_a_published_report_say_how_few_they_are():
    """Without all shares nobody can say which five are largest: all that are known stand there, and how many they are."""
    (_, ups), (_, downs), only = council.movers_lead(report(computed=False))
    assert (len(ups), len(downs)) == (1, 3) and ups == ["1-1 지원율: 60명에서 70명"]
    assert downs[0] == "1-2 만족도: 점수 98.0에서 96.0"  # of this year only a change was published
    assert "지표 5개만" in only
    (_, turned), _, _ = council.movers_lead(report(computed=False, way=-1))
    assert len(turned) == 3


def test_the_chart_of_movers_adds_up():
    """Five up from the largest, five down to the largest, and the other six as one row: together the composite's change."""
    told = council.movers_of(report())
    parts = told["parts"]
    assert list(parts.index[:5]) == [f"{leaf} {INDICATORS[leaf][1]}" for leaf in ("1-1", "1-3", "1-5", "3-3", "1-4")]
    assert (parts[:5] > 0).all() and (parts[5:10] < 0).all() and parts.index[9] == "2-1 임대 공급"
    assert parts.index[10] == "나머지 6개" and parts.iloc[10] == pytest.approx(3 / 16, abs=1e-9) and len(parts) == 11
    assert parts.sum() == pytest.approx(told["total"], abs=1e-9) == pytest.approx(1.25, abs=1e-9)
    assert told["title"].startswith("종합지수를 높인 지표 8개, 낮춘 지표 7개")
    assert "나머지 6개" in charts.movers(**told).svg


def test_a_range_stands_beside_a_share_only_where_a_source_gave_one():
    """The column of ranges is there or not; the rest closes each area's sum; areas without a known share are left out."""
    cells = council.contribution_cells(report(computed=False))
    assert cells.iloc[:4, [0, 1, 2, 4]].to_numpy().tolist() == [
        ["돌봄: 1-1 지원율", "20.0", "12.50", "2.0~3.0"],
        ["돌봄: 1-2 만족도", "△2.0", "12.50", "-"],
        ["돌봄: 나머지", "-", "75.00", "-"],
        ["돌봄: 합계(공표된 변화)", "-", "100.00", "-"],
    ]
    assert cells["몫 (△ 감소)"].iloc[[0, 1, 3]].tolist() == ["2.5", "△0.3", "4.3"]
    assert not cells["영역과 항목"].str.startswith("안전").any()
    assert council.contribution_cells(report(computed=False, ranges=False)).shape[1] == 4


def test_every_waterfall_can_be_drawn():
    """The parts of each chart add up to its total, else the chart refuses them; one per area with a known share."""
    for kind, titles in (({}, ["종합지수"]), ({"computed": False}, ["돌봄", "주거"])):
        found = council.waterfalls_of(report(**kind))
        assert [title for title, part in zip(titles, found, strict=True) if not part["title"].startswith(title)] == []
        for part in found:
            assert charts.waterfall(**part).svg


# --- the summary, its guide, plain words ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "ranges", "from_base"),
    [
        ({}, True, True),
        ({"ranges": False}, False, True),
        ({"years": 2}, True, False),
        ({"computed": False}, False, True),
        ({"computed": False, "years": 2}, False, False),
    ],
)
def test_the_summary_has_the_columns_of_its_report_and_the_guide_explains_each(kind, ranges, from_base):
    """No column of ranges where there are none, none of the base year where it is last year; one explanation per column."""
    told = report(**kind)
    cells, guide = council.summary_cells(told), council.guide_cells(told)
    assert ("조사 구간 95%" in cells) == ranges and (cells.columns.str.contains("대비").sum() == 2) == from_base
    assert guide["칸"].tolist() == cells.columns.tolist() and guide["적힌 것"].tolist() == cells.iloc[1].tolist()
    explained = dict(guide[["칸", "읽는 법"]].to_numpy())
    assert "지난해의 지수" in explained["2023년"] and "올해의 지수" in explained["2024년"]
    assert "지난해 지수를 뺀" in explained["전년 대비 (△ 감소)"] and "공표된 지표" in explained["나아진 지표(개)"]
    assert not ranges or "95번" in explained["조사 구간 95%"]


def test_the_summary_by_hand():
    """Last year's index, this year's, its range, both differences; a published composite has no count of its own."""
    cells = council.summary_cells(report()).to_numpy().tolist()
    assert cells[0] == ["종합", "16", "101.3", "102.5", "102.0~103.0", "1.3", "2.5", "8"]
    assert cells[2] == ["주거", "4", "96.3", "92.5", "92.0~93.0", "△3.8", "△7.5", "1"]
    assert cells[4][4] == "미확보"  # of 건강 an error is not known
    published = council.summary_cells(report(computed=False)).set_index("구분")
    assert published.loc["안전", ["2023년", "전년 대비 (△ 감소)"]].tolist() == ["미확보", "미확보"]
    assert published.loc["종합", "나아진 지표(개)"] == "-"


def test_last_year_stands_where_this_year_is_missing():
    """An area that was published last year and not this year keeps last year's index beside 미확보."""
    tables = study(computed=False)
    gone = (tables["indices"]["node_id"] == "a") & (tables["indices"]["year"] == 2024)
    tables["indices"].loc[gone, ["index", "published", "change", "change_from_base"]] = np.nan
    last = tables["indices"].query("node_id == 'a' and year == 2023")["index"].iloc[0]
    row = council.summary_cells(report(computed=False, tables=tables)).set_index("구분").iloc[1]
    assert row["2023년"] == f"{last:.1f}" and row["2024년"] == row["전년 대비 (△ 감소)"] == "미확보"


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_plain_words_are_plain(kind):
    """Short sentences, one fact each: none longer than 60 characters, no %p, no △, no bracket."""
    items = council.plain_words(report(**kind))
    sentences = [text + "." for part in printed(items) for text in part.rstrip(".").split(". ")]
    assert len(sentences) > 10 and [text for text in sentences if len(text) > 60 or re.search(r"%p|[△(]", text)] == []


def test_plain_words_tell_the_same_index_and_no_area_twice():
    """101.3 was and 102.5 is; of a single known area there is no most and least."""
    assert "2024년의 지수는 102.5입니다. 지난해는 101.3이었습니다." in council.plain_words(report())[0][1]
    indices = study()["indices"]
    one = indices.assign(change=indices["change"].where(indices["node_id"].isin(["all", "a"])))
    told = [text for text in printed(council.plain_words(report(tables={"indices": one}))) if "돌봄" in text]
    assert told == []


def test_the_cover_is_a_draft_until_a_document_number_is_there():
    """초안 goes only with an approval on record; the counts on the cover are those of the report year."""
    told = council.cover(report(computed=False))
    assert told["draft"] and not told["approval"]
    assert "점수까지 계산되는 지표는 5개, 값이나 증감만 얻은 지표는 1개이며, 나머지 10개는" in told["notice"]
    approved = council.cover(report(settings(approval={"document_number": "약자-1", "date": "2026-08-04"})))
    assert not approved["draft"] and approved["approval"] == "승인: 문서번호 약자-1, 2026. 8. 4."


# --- the index over the years ---------------------------------------------------------------------------------------


def test_a_row_of_years_stands_beside_its_own_name():
    """The columns of the years are put in by name: tables whose years come in another order say the same."""
    mixed = study()["indices"].sort_values("year", kind="stable", ascending=False)
    mixed = pd.concat([mixed[mixed["year"] != 2022], mixed[mixed["year"] == 2022][::-1]])
    cells = council.year_cells(report(tables={"indices": mixed})).set_index("구분")
    assert cells.loc["주거"].tolist() == ["4", "100.0", "96.3", "92.5"]
    assert cells.loc["돌봄", ["2022년", "2023년", "2024년"]].tolist() == ["100.0", "104.3", "108.5"]


def test_computed_and_published_stand_beside_each_other_and_never_in_one_line():
    """A computed report draws the published values beside, a published one has nothing beside and no ranges."""
    told = council.composite_of(report())
    assert told["beside"].tolist() == [100.0, 101.2, 102.5] and told["series"].tolist() == [100.0, 101.25, 102.5]
    assert told["ranges"].index.tolist() == [2023, 2024]  # of the base year the range has no width
    assert "102.0" in (chart := charts.index_dots(**told)).svg and "공표값" in chart.svg
    told = council.composite_of(report(computed=False))
    assert told["beside"] is None and told["ranges"] is None
    cells = council.published_cells(report()).set_index("구분")
    assert cells.loc["종합"].tolist() == ["102.50", "102.5", "0.00"]
    assert council.published_cells(report(computed=False)).empty


def test_the_areas_chart_is_drawn_for_every_kind_of_report():
    """Two dots per area, one where last year was not obtained; its title counts as the sentences do."""
    for kind in ({}, {"computed": False}):
        told = council.dumbbell_of(report(**kind))
        assert charts.dumbbell(**told).svg and told["labels"].tolist() == ["돌봄", "주거", "안전", "건강"]
    assert told["title"] == "4개 영역 가운데 전년보다 높은 영역 1개, 낮은 영역 1개"


def test_cautions_of_sources_stand_below_their_table():
    """A rounded index of last year, and how the scores of a published report were come by."""
    assert council.index_notes(report()) == ["2023년 주거: 반올림한 값임."]
    assert council.contribution_notes(report(computed=False))[2:] == [
        "1-1: 기준연도 대비 배수로만 공표된 값에서 계산했습니다.",
        "1-2: 기준연도 대비 증감률로만 공표된 값에서 계산했습니다.",
        "2-1: 전년 대비 증감률로만 공표된 값에서 전년 점수에 이어 계산했습니다.",
    ]
    assert len(council.contribution_notes(report())) == 1
