"""What is said behind the figures: every text is said, and said whole; what it says is so."""

from __future__ import annotations

import ast
import itertools
import json
import re

import pandas as pd
import pytest
from report_notebook import Notebook

from dongheng import rawdata
from dongheng.errors import PublishError
from dongheng.publish import Document, appendix_chapter
from dongheng.publish.document import Refs
from tests.conftest import ROOT
from tests.publish.catalogues import assert_every_text_is_said, assert_whole, listening
from tests.publish.studies import report, settings, study

NAN = float("nan")
NAMES = pd.Series({"1-1": "지원율", "a": "돌봄"})
SHA = {"config": "1" * 64, "src": "2" * 64, "lock": "3" * 64, "notebooks": {"notebooks/06.ipynb": "5" * 64}}
SHA["raw"] = {"data/raw/a.csv": "4" * 64, "data/raw/a.csv.provenance.yaml": "6" * 64}
RECORD = {"study": "town", "year": 2024, "seed": 0, "sha256": SHA}
RECORD["config"] = {"framework": "1판", "base_year": 2022, "reverse": "reciprocal"}
REVISED = pd.DataFrame(
    [{"indicator_id": "1-1", "year": 2023, "revised_in": 2024, "first": 1.5, "value": 2.0, "note": ""}]
)
RESTATED = pd.DataFrame([{"node_id": "a", "year": 2023, "first": 101.005, "now": 100.0, "effect": -1.005}])
FIELDS = dict.fromkeys(rawdata.PROVENANCE_KEYS, "")
SOURCES = pd.DataFrame(
    [
        FIELDS | {"file": "a.csv", "title": "지표체계", "producer": "서울특별시", "url": "https://a.kr"},
        FIELDS | {"file": "b.csv", "title": "값", "note": "줄마다 source_url 칸에 있음", "date_published": "2024-06"},
    ]
)
NUMBERS = sorted(map(int, appendix_chapter.SAID.texts["audit"]["answers"]))
TAGS = list(dict.fromkeys(itertools.chain(*appendix_chapter.SAID.texts["audit"]["answers"].values())))
AUDIT = pd.DataFrame({"number": range(1, 19)}).assign(
    finding="지적 " + pd.Series(range(1, 19)).astype(str), state=["완료"] * 13 + ["추진 중"] * 5
)


def headed(*tags: str) -> Document:
    """A document with a chapter per tag, in this order."""
    notebook = Notebook()
    for tag in tags:
        notebook.show("heading", f"절 {tag}", tag)
    return notebook.doc


def treated() -> pd.DataFrame:
    """One use of every rule."""
    rules = list(appendix_chapter.SAID.texts["treatments"]["row"][2])
    return pd.DataFrame(
        {"indicator_id": "1-1", "year": 2023, "rule": rules, "from_years": "2022, 2024", "value": 1.005}
    )


def say_everything(told) -> list:
    """All that notebook 06 asks of this catalogue."""
    say = told.say(appendix_chapter.SAID)
    plain = ("method.lead", "method.title", "definitions.lead", "terms.lead", "audit.heading", "anomalies.some")
    return [
        [say(key) for key in (*plain, "anomalies.none")],
        [say("changed.lead", key) for key in ("treatments", "revisions", "restatements")],
        appendix_chapter.method_cells(told),
        appendix_chapter.definition_cells(told),
        appendix_chapter.address_cells(told),
        appendix_chapter.approval_line(told.settings),
        appendix_chapter.english(told),
    ]


def test_every_text_is_said_whole():
    """A text that nothing says misleads whoever edits it; a misspelt key or a NaN would show only in that report."""
    ways, told = (1, -1, NAN), []
    with listening() as used:
        for computed, way, registered in itertools.product((True, False), ways, (True, False)):
            if computed and pd.isna(way):
                continue
            approval = {"document_number": "약자-1", "date": "2026-08-04"} if registered else {}
            town = settings(
                reverse="reciprocal" if way == 1 else "reflection", illustrative=registered, approval=approval
            )
            told += say_everything(report(town, computed=computed, way=way, registered=registered))
        turned = study()["indicators"].assign(direction=lambda t: -t["direction"])
        told += [
            appendix_chapter.definition_cells(report(tables={"indicators": turned})),
            appendix_chapter.mended_cells("treatments", treated(), NAMES),
            appendix_chapter.mended_cells("revisions", REVISED, NAMES),
            appendix_chapter.mended_cells("restatements", RESTATED, NAMES),
            appendix_chapter.record_cells(json.dumps(RECORD)),
            appendix_chapter.source_cells(SOURCES),
            appendix_chapter.term_cells(),
            appendix_chapter.audit_cells(AUDIT, headed(*TAGS)),
            appendix_chapter.audit_reading(AUDIT),
        ]
        # What is said of no fact at all is said by its address: names of tags are no texts.
        used |= set(TAGS)
    assert_every_text_is_said(appendix_chapter, used)
    assert_whole(told, least=500)


# --- definitions, what was mended, method ---------------------------------------------------------------------------


def test_a_register_brings_its_definitions_and_without_one_nothing_is_guessed():
    """Who is counted, when, by whom, from where it started: from the register; else area and state stand there alone."""
    cells = appendix_chapter.definition_cells(report())
    assert cells.iloc[0].tolist() == [
        "1-1 지원율(명)",
        "노인",
        "높을수록, 지원 노력",
        "행정 자료, 12월 말",
        "보통",
        "150.0",
    ]
    assert cells.iloc[1].tolist() == ["1-2 만족도(명)", "-", "높을수록, 결과", "조사, 12월 말", "막 시작함", "-"]
    assert cells.iloc[3, 2] == "낮을수록, 결과" and cells.iloc[2, 3] == "미확보" and cells.iloc[15, 2] == "높을수록"
    plain = appendix_chapter.definition_cells(report(computed=False, registered=False))
    assert list(plain) == ["지표", "영역", "좋은 쪽과 재는 것", "2024년"]
    assert plain["2024년"].value_counts().to_dict() == {"미확보": 10, "점수까지": 5, "값이나 증감만": 1}
    assert len(cells) == len(plain) == 16


def test_what_was_mended_is_told_with_its_years_and_its_effect():
    """Both years that a value came from have their 년; a fall stands as △ in its cell; no note is a dash."""
    cells = appendix_chapter.mended_cells("treatments", treated(), NAMES)
    assert cells.iloc[0, [0, 1, 3, 4]].tolist() == ["1-1 지원율", "2023년", "2022년, 2024년", "1.01"]
    assert appendix_chapter.mended_cells("revisions", REVISED, NAMES).iloc[0].tolist()[2:] == [
        "1.5",
        "2",
        "2024년",
        "-",
    ]
    moved = appendix_chapter.mended_cells("restatements", RESTATED, NAMES)
    assert moved.iloc[0].tolist() == ["돌봄", "2023년", "101.01", "100.00", "△1.01"]


def test_the_method_shows_how_well_equal_weights_fit_what_was_published():
    """By hand: eight at 108.5, four at 92.5, three at 100.7, one at 100 are 102.51; of 2023 an area is not known."""
    told = report(computed=False)
    cells = appendix_chapter.method_cells(told)
    assert cells.columns[2] == "서울시의 방법"
    text = cells.set_index("단계").at["지표 가중치", "이 보고서에서 한 일"]
    assert text.endswith("이 가정으로 영역지수를 모으면 2023년 미확보(공표 101.2), 2024년 102.51(공표 102.5)")
    made_up = appendix_chapter.method_cells(report(settings(illustrative=True)))
    assert made_up.shape[1] == 3 and "서울시의 방법" not in made_up


@pytest.mark.parametrize("reverse", ["reciprocal", "reflection"])
def test_the_method_tells_the_formula_that_was_used(reverse):
    """What was done with lower-is-better indicators and what else could be done are never the same formula."""
    cells = appendix_chapter.method_cells(report(settings(reverse=reverse))).set_index("단계")
    done, other = cells.loc["낮을수록 좋은 지표", ["이 보고서에서 한 일", "다른 선택"]]
    assert done.startswith("200" if reverse == "reflection" else "100") and other != done


def test_the_record_names_what_decided_the_numbers():
    """Sixteen digits of each sha256; provenance records are in the attached file, not in the table."""
    cells = appendix_chapter.record_cells(json.dumps(RECORD))
    told = dict(cells.to_numpy())
    assert told["data/raw/a.csv"] == "4" * 16 and told["notebooks/06.ipynb"] == "5" * 16
    assert not cells.iloc[:, 0].str.contains("provenance").any() and told["지표체계의 판"] == "1판"


# --- sources --------------------------------------------------------------------------------------------------------


def test_a_source_without_an_address_says_why():
    """By line, not obtained, or where it can be read; an unknown day is 미확보 and no empty cell."""
    cells = appendix_chapter.source_cells(SOURCES)
    assert cells.to_numpy().tolist() == [
        ["지표체계", "서울특별시", "미확보", "https://a.kr"],
        ["값", "미확보", "2024-06", "줄마다 다름(아래 표)"],
    ]


def test_what_was_read_at_an_address_stands_in_one_row():
    """Every address once, readable, with the indices (once a year) and indicators read there; a line without one has no row."""
    tables = study()
    same = "https://a.kr/%EC%84%9C%EC%9A%B8"
    indices = tables["indices"].query("node_id in ('all', 'a')").assign(source_url=["", same, "https://b.kr"] * 2)
    values = tables["indicators"].query("indicator_id in ('1-1', '1-2') and year > 2022")
    values = values.assign(source_url=[same, same, "", "https://b.kr"])
    cells = appendix_chapter.address_cells(report(tables={"indices": indices, "indicators": values}))
    assert cells.to_numpy().tolist() == [
        ["https://a.kr/서울", "2023년 지수, 1-1(2023년), 1-1(2024년)"],
        ["https://b.kr", "2024년 지수, 1-2(2024년)"],
    ]


# --- the audit ------------------------------------------------------------------------------------------------------


def test_an_answer_leads_to_its_section_and_its_number_moves_with_it():
    """The name of a section follows the order of the chapters; its tag, and so the link, stays."""
    first = appendix_chapter.audit_cells(AUDIT, headed(*TAGS))["이 보고서에서 답하는 곳"]
    moved = appendix_chapter.audit_cells(AUDIT, headed("new", *TAGS))["이 보고서에서 답하는 곳"]
    for number in NUMBERS:
        before, after = first[number - 1], moved[number - 1]
        assert isinstance(before, Refs) and isinstance(after, Refs)
        assert [tag for tag, _ in before.links] == [tag for tag, _ in after.links]
        assert before == ", ".join(f"{TAGS.index(tag) + 1}장" for tag, _ in before.links)
        assert after == ", ".join(f"{TAGS.index(tag) + 2}장" for tag, _ in after.links)


def test_a_finding_that_the_report_does_not_answer_says_so():
    """No finding is passed over: those without an answer are told as such, and the counts are those of the table."""
    cells = appendix_chapter.audit_cells(AUDIT, headed(*TAGS))
    silent = cells["이 보고서에서 답하는 곳"] == "이 보고서가 다루지 않음"
    assert silent.sum() == 18 - len(NUMBERS) > 0 and len(cells) == 18
    assert cells.iloc[0].tolist() == ["1. 지적 1", "완료", "이 보고서가 다루지 않음"]
    first, second = appendix_chapter.audit_reading(AUDIT)
    assert "18건 가운데" in first and "마친 것은 13건" in first and f"담은 것은 {len(NUMBERS)}건" in second


def test_an_answer_in_no_section_is_refused():
    """A section that was taken out and is still named as an answer stops the report with a sentence, not a dead link."""
    with pytest.raises(PublishError) as told:
        appendix_chapter.audit_cells(AUDIT, headed(*TAGS[1:]))
    assert f"'{TAGS[0]}'" in str(told.value) and str(told.value).endswith("십시오.")


def test_every_answer_is_headed_in_the_report_before_the_audit():
    """The tags of the catalogue are those of notebook 06: else its run would end at the audit."""
    notebook = json.loads((ROOT / "notebooks/06_council_report.ipynb").read_text(encoding="utf-8"))
    source = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    heads = sorted((call for call in calls if ast.unparse(call.func) == "doc.heading"), key=lambda call: call.lineno)
    tags = [call.args[1].value for call in heads if isinstance(call.args[1], ast.Constant)]
    assert set(TAGS) <= set(tags[: tags.index("audit")])


def test_every_answer_is_to_a_finding_there_is():
    """An answer to a number that no finding has would be counted nowhere and read by nobody."""
    audit = pd.read_csv(ROOT / "data/raw/seoul/audit_findings.csv")
    assert set(NUMBERS) <= set(audit["number"]) and audit["number"].is_unique


# --- the abstract in English ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [{}, {"way": -1}, {"computed": False}, {"computed": False, "way": NAN}], ids=str)
@pytest.mark.parametrize("illustrative", [False, True])
def test_the_abstract_is_english_and_of_its_length(kind, illustrative):
    """120 to 260 words without Hangul but the index's own name, and never as if the town were Seoul."""
    told = appendix_chapter.english(report(settings(illustrative=illustrative), **kind))
    text = " ".join(told)
    assert 120 <= len(text.split()) <= 260 and re.findall("[가-힣]+", text) in ([], ["약자동행지수"])
    assert ("fictional" in text) == illustrative and ("Seoul" in text) != illustrative


def test_the_abstract_says_the_numbers_of_the_korean_text():
    """Index, change, counts: of a rise, a fall, and of a change that is not known."""
    told = " ".join(appendix_chapter.english(report()))
    assert "16 indicators in 4 areas" in told and "2 of 4 areas stand above" in told
    assert "stands at 102.5 in 2024, 1.3 points above the year before" in told
    assert "stands at 97.5 in 2024, 1.3 points below" in " ".join(appendix_chapter.english(report(way=-1)))
    assert "Values of 6 of the 16 indicators" in " ".join(appendix_chapter.english(report(computed=False)))
    unknown = " ".join(appendix_chapter.english(report(computed=False, way=NAN)))
    assert "was not obtained" in unknown and "points above" not in unknown and "points below" not in unknown
