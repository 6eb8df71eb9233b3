"""data/raw in: the evidence is complete and untouched, and whatever is typed wrongly is told in a sentence."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dongheng import config, normalise, rawdata
from dongheng.errors import DataError, DonghengError, ProblemList
from tests.conftest import ROOT

V22, V23, V24 = (f"data/raw/seoul/{year}/values.csv" for year in (2022, 2023, 2024))
COUNTS = "data/raw/seoul/2024/improved_counts.csv"
PUBLISHED = "data/raw/seoul/2024/published_indices.csv"
FRAMEWORK = "data/raw/framework/2023-11.csv"
RAW = sorted(p.relative_to(ROOT) for p in (ROOT / "data/raw").rglob("*") if p.is_file())


@pytest.fixture
def project(tmp_path) -> Path:
    """Raw data and settings only, in a folder that may be broken."""
    shutil.copytree(ROOT / "data/raw", tmp_path / "data/raw")
    shutil.copy(ROOT / "config.yaml", tmp_path)
    return tmp_path


def load(root: Path, year: int = 2024) -> rawdata.Raw:
    return rawdata.load(root, config.load(root).settings("seoul", year))


def change(root: Path, name: str, *replacements: tuple[str, str]) -> None:
    text = (root / name).read_bytes().decode()
    for old, new in replacements:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        text = text.replace(old, new)
    (root / name).write_bytes(text.encode())


def sentences(root: Path, year: int = 2024) -> list[str]:
    with pytest.raises(DonghengError) as told:
        load(root, year)
    assert isinstance(told.value, ProblemList)
    return str(told.value).splitlines()


# --- the evidence -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [p for p in RAW if p.suffix == ".csv"], ids=str)
def test_every_raw_file_has_its_record_and_its_bytes(name):
    """A provenance record with exactly the agreed keys beside each file, and the sha256 that it tells."""
    told = rawdata.provenance(ROOT, name)
    assert (
        tuple(told)
        == rawdata.PROVENANCE_KEYS
        == (
            "producer",
            "title",
            "url",
            "date_published",
            "date_accessed",
            "licence",
            "note",
            "sha256",
        )
    )
    assert told["producer"] and told["title"]
    assert told["sha256"] == rawdata.sha256(ROOT / name)


def test_nothing_else_lies_in_the_raw_data():
    """Tables and their records, nothing without the other, nothing of another kind."""
    tables = {p.as_posix() for p in RAW if p.suffix == ".csv"}
    assert {p.as_posix() for p in RAW} - tables == {f"{name}.provenance.yaml" for name in tables}


def test_both_reports_of_seoul_can_be_read_without_an_anomaly():
    """The shipped data is in order."""
    for year in (2023, 2024):
        raw, settings = load(ROOT, year), config.load(ROOT).settings("seoul", year)
        assert raw.anomalies == [] and len(raw.framework.leaves) == 50
        tables = rawdata.files_of(settings) + rawdata.optional_files(ROOT, settings)
        assert raw.files == [f for t in tables for f in (t, rawdata.record_of(t))]


def test_nothing_beyond_what_was_published():
    """13 of the 50 indicators were found in public; the ids of each year, and not one more."""
    expected = {
        2022: "3-3 3-4 8-3 9-2",
        2023: "2-4 3-3 3-4 4-3 4-5 5-2 5-3 8-3 8-4 9-2 9-3 10-2 10-3",
        2024: "2-4 3-3 4-3 5-2 5-3 8-4 10-2 10-3",
    }
    values = load(ROOT).values
    assert values["indicator_id"].nunique() == 13
    for year, ids in expected.items():
        assert set(values.loc[values["year"] == year, "indicator_id"]) == set(ids.split())
    assert values["value"].notna().all() and values["source_url"].str.match("https?://").all()


def test_every_number_is_finite():
    """A number is a finite number or it is not given."""
    raw = load(ROOT)
    for frame in (raw.values, raw.published, raw.improved):
        numbers = frame.select_dtypes("number")
        assert np.isfinite(numbers.to_numpy()[numbers.notna().to_numpy()]).all()
    assert raw.published["value"].notna().all() and raw.improved["improved"].notna().all()


def test_a_printed_change_agrees_with_the_levels_beside_it():
    """2,694/1,937 is the +39.1 % and 2,615/1,830 the +42.9 % that the same article prints."""
    values = load(ROOT).values.set_index(["indicator_id", "year", "basis"])["value"]
    for indicator in ("3-3", "9-2"):
        levels = values[indicator, 2023, "level"] / values[indicator, 2022, "level"]
        assert round(100 * (levels - 1), 1) == values[indicator, 2023, "change_percent"]


def test_the_code_knows_no_indicator():
    """Names and ids stand in the framework table only: a renamed or replaced indicator is a change of data."""
    table = pd.read_csv(ROOT / FRAMEWORK, dtype=str, keep_default_na=False)
    leaves = table[table["id"].str.contains("-")]
    assert len(leaves) == 50
    for path in sorted((ROOT / "src").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found = [name for name in [*leaves["name_ko"], *leaves["name_en"]] if name in text]
        assert not found, f"{path.name} names {found}"
        assert not re.search(r"""["'](10|[1-9])-[1-9]["']""", text), f"{path.name} names an indicator's id"


# --- one mistake, one sentence ------------------------------------------------------------------------------------------

NUMBER = "이(가) 있는데, 쉼표와 단위가 없는 숫자여야 하므로, "
BLANK = "숫자만 적고, 얻지 못한 값이면 비워 주십시오."


@pytest.mark.parametrize(
    "typed, advice",
    [
        ("1,937호", "1937처럼 숫자만 적고, 단위 '호'은(는) unit 칸에 적어 주십시오."),
        ("1,937", "1937처럼 숫자만 적어 주십시오."),
        ("39.1%", "39.1처럼 숫자만 적고, 단위 '%'은(는) unit 칸에 적어 주십시오."),
        ("１９３７", "1937처럼 숫자만 적어 주십시오."),
        ("nan", BLANK),
        ("inf", BLANK),
        ("-", BLANK),
        ("미확보", BLANK),
        ("약 1937", BLANK),
        ("5~10", BLANK),
        ("−5", BLANK),
        ("(1,937)", BLANK),
        ("1,93", BLANK),
        ("1e3", BLANK),
        ("1_937", BLANK),
        ("9" * 400, BLANK),
    ],
)
def test_a_number_is_digits_only_and_the_advice_is_never_a_guess(project, typed, advice):
    """A figure in doubt (a range, a minus of another kind) is not turned into advice to type another figure."""
    change(project, V22, ("3-3,2022,level,1937,", f'3-3,2022,level,"{typed}",'))
    assert sentences(project) == [f"{V22} 2행 value 칸: '{typed}'{NUMBER}{advice}"]


@pytest.mark.parametrize("typed, value", [(" 1937 ", 1937), ("1937.0", 1937), ("+7", 7), (".5", 0.5), ("5.", 5)])
def test_plain_numbers_are_numbers(project, typed, value):
    """Blanks around a figure and a decimal point at either end are no mistakes."""
    change(project, V22, ("3-4,2022,level,3001,", f"3-4,2022,level,{typed},"))
    values = load(project).values.set_index(["indicator_id", "year", "basis"])["value"]
    assert values["3-4", 2022, "level"] == value


@pytest.mark.parametrize("typed", ["", " ", "\u00a0", '" "'])
def test_a_blank_is_a_value_that_was_not_obtained(project, typed):
    """Blank, a blank space and Excel's hard space are all gaps, never zeros; the indicator then has no score."""
    change(project, V22, ("3-4,2022,level,3001,", f"3-4,2022,level,{typed},"))
    raw = load(project)
    assert np.isnan(raw.values.set_index(["indicator_id", "year", "basis"]).loc[("3-4", 2022, "level"), "value"])
    scores = normalise.known_scores(raw.values, raw.framework.directions, 2022, [2022, 2023])
    assert scores.set_index(["indicator_id", "year"]).loc[("3-4", 2023), "source"] == ""


COLUMNS = "indicator_id, year, basis, value, lower, upper, unit, versus_year, status, source_url, note"
INVISIBLE = "하나가 있는데, 제어 문자, 사용자 정의 문자, 폭이 없는 문자는 인쇄할 수 없으므로, 그 글자를 지워 주십시오."
QUOTE = (
    "따옴표가 닫히지 않았거나 닫힌 뒤에 글이 있는데, CSV의 따옴표는 짝이 맞아야 하므로, 그 줄의 따옴표를 고쳐 주십시오."
)
TYPED = {
    "line too long": (
        V24,
        ("431,,,명", "431,,,,명"),
        "2행: 칸이 12개인데, 머리줄처럼 11개여야 하므로, 쉼표가 든 글은 큰따옴표로 묶고, 빠진 칸은 쉼표로 채워 주십시오.",
    ),
    "quote left open": (V22, ("3-4,", '"3-4,'), f"3행: {QUOTE}"),
    "text after a quote": (V22, ("3-4,", '"3"-4,'), f"3행: {QUOTE}"),
    "wrong year": (
        V24,
        ("3-3,2024,", "3-3,2023,"),
        "3행 year 칸: '2023'이(가) 있는데, 폴더의 연도인 2024년이어야 하므로, 연도를 고치거나 그 연도의 폴더로 옮겨 주십시오.",
    ),
    "zero base": (
        V22,
        ("1937", "0"),
        "2행 value 칸: 지표 3-3의 기준연도 값이 0인데, 점수는 기준연도 값으로 나눈 것이므로, 값을 확인하고, 정말 0이면 비워 두고 note에 적어 주십시오.",
    ),
    "change in the base year": (
        V22,
        ("3-3,2022,level", "3-3,2022,change_percent"),
        "2행 basis 칸: change_percent인데, 2022년은 기준연도여서 견줄 앞 해가 없으므로, level로 고치거나 줄을 지워 주십시오.",
    ),
    "rate over 100": (
        V24,
        ("20.65", "120.65"),
        "4행 value 칸: 120.65%인데, 이 지표는 0%에서 100% 사이여야 하므로, 값과 단위를 확인해 주십시오.",
    ),
    "change below -100 %": (
        V23,
        ("change_percent,135,", "change_percent,-135,"),
        "12행 value 칸: change_percent -135인데, 0보다 작은 값이 되는 변화는 있을 수 없으므로, 값과 basis를 확인해 주십시오.",
    ),
    "no year to compare with": (
        V24,
        ("%,2023,", "%,,"),
        "7행 versus_year 칸: 비어 있는데, change_percent은(는) 2022년부터 2023년 사이의 해와 견준 것이어야 하므로, 견준 연도를 적어 주십시오.",
    ),
    "compared with itself": (
        V24,
        ("%,2023,", "%,2024,"),
        "7행 versus_year 칸: 2024인데, change_percent은(는) 2022년부터 2023년 사이의 해와 견준 것이어야 하므로, 견준 연도를 적어 주십시오.",
    ),
    "level compared": (
        V24,
        ("431,,,명,,", "431,,,명,2023,"),
        "2행 versus_year 칸: 2023이(가) 있는데, level은 견주는 해가 없으므로, 비워 주십시오.",
    ),
    "unknown indicator": (
        V24,
        ("4-3,", "4-33,"),
        "4행 indicator_id 칸: '4-33'이(가) 있는데, 지표체계 표에 있는 지표여야 하므로, 지표 번호의 철자를 확인해 주십시오.",
    ),
    "task for an indicator": (
        V24,
        ("4-3,", "4,"),
        "4행 indicator_id 칸: '4'이(가) 있는데, 지표체계 표에 있는 지표여야 하므로, 지표 번호의 철자를 확인해 주십시오.",
    ),
    "unknown basis": (
        V24,
        ("2-4,2024,level", "2-4,2024,levels"),
        "2행 basis 칸: 'levels'이(가) 있는데, level, ratio, change_percent, change_points, ratio_at_least 가운데 하나여야 하므로, 그 가운데 하나로 고쳐 주십시오.",
    ),
    "no unit": (
        V24,
        ("431,,,명", "431,,,"),
        "2행 unit 칸: 비어 있는데, 비어 있으면 안 되므로, 값을 적거나 줄을 지워 주십시오.",
    ),
    "range upside down": (
        V24,
        ("60,55,65", "60,62,65"),
        "7행 lower 칸: lower 62이(가) value 60보다 큰데, lower, value, upper의 차례로 커져야 하므로, 세 칸을 확인해 주십시오.",
    ),
    "control character": (V24, ("다른 방송", "다른\x07 방송"), f"3행 note 칸: 보이지 않는 글자 U+0007 {INVISIBLE}"),
    "zero-width space": (V24, ("2157", "2157\u200b"), f"3행 value 칸: 보이지 않는 글자 U+200B {INVISIBLE}"),
    "private use": (V24, ("다른 방송", "\ue000 방송"), f"3행 note 칸: 보이지 않는 글자 U+E000 {INVISIBLE}"),
    "control character in the header": (
        V24,
        ("basis", "ba\x07sis"),
        f"1행 basis 칸: 보이지 않는 글자 U+0007 {INVISIBLE}",
    ),
    "column twice": (
        V24,
        ("basis", "value"),
        "1행: 칸 이름 'value'이(가) 두 번 있는데, 이름은 한 번만 나와야 하므로, 하나를 지워 주십시오.",
    ),
    "more improved than there are": (
        COUNTS,
        ("safety,6,9", "safety,16,9"),
        "2행 improved 칸: 16개인데, 전체 9개를 넘을 수 없으므로, 두 칸을 확인해 주십시오.",
    ),
    "another number of indicators": (
        COUNTS,
        ("safety,6,9", "safety,6,8"),
        "2행 of 칸: 8개인데, 지표체계에서 'safety' 아래의 지표는 9개이므로, 지표체계의 판과 값을 확인해 주십시오.",
    ),
    "count against another year": (
        COUNTS,
        ("safety,6,9,2023", "safety,6,9,2022"),
        "2행 versus_year 칸: 2022인데, 보고서는 전년(2023년)보다 나아진 지표 수로 적으므로, 전년과 견준 수로 고치거나 줄을 지워 주십시오.",
    ),
    "count of hundreds of digits": (
        COUNTS,
        ("safety,6,9", f"safety,6,{'9' * 400}"),
        f"2행 of 칸: '{'9' * 20}…'이(가) 있는데, 아홉 자리를 넘을 수 없으므로, 자릿수를 확인해 주십시오.",
    ),
    "year of hundreds of digits": (
        COUNTS,
        ("safety,6,9,2023", f"safety,6,9,{'2' * 400}"),
        f"2행 versus_year 칸: '{'2' * 400}'이(가) 있는데, 2024처럼 네 자리 연도여야 하므로, 연도를 고쳐 주십시오.",
    ),
    "half a count": (
        COUNTS,
        ("safety,6,9", "safety,6.5,9"),
        "2행 improved 칸: '6.5'이(가) 있는데, 0 이상의 정수여야 하므로, 정수로 고쳐 주십시오.",
    ),
    "unknown node": (
        PUBLISHED,
        ("safety", "saftey"),
        "7행 node_id 칸: 'saftey'이(가) 있는데, 지표체계 표에 있는 종합이나 영역의 id여야 하므로, composite, livelihood_care, housing, health, education_culture, safety, social_integration 가운데 하나로 고쳐 주십시오.",
    ),
    "index twice": (
        PUBLISHED,
        ("2024,safety,", "2024,housing,"),
        "7행 node_id 칸: 'housing'이(가) 4행에 이어 다시 나오는데, node_id 칸이 같은 줄은 하나여야 하므로, 쓰지 않을 줄의 adopted를 no로 바꿔 주십시오.",
    ),
    "indicator twice": (
        V24,
        ("4-3,2024", "3-3,2024"),
        "4행 indicator_id 칸: '3-3 level'이(가) 3행에 이어 다시 나오는데, indicator_id, basis 칸이 같은 줄은 하나여야 하므로, 두 줄 가운데 하나를 지워 주십시오.",
    ),
    "framework id twice": (
        FRAMEWORK,
        ("\n1-2,1,", "\n1-1,1,"),
        "20행 id 칸: '1-1'이(가) 19행에 이어 다시 나오는데, id는 한 번만 나와야 하므로, 두 줄 가운데 하나를 지우거나 id를 고쳐 주십시오.",
    ),
    "weight with a unit, told without the column that this file does not have": (
        FRAMEWORK,
        ("Homeless people,1,-1", "Homeless people,1%,-1"),
        "29행 weight 칸: '1%'이(가) 있는데, 쉼표와 단위가 없는 숫자여야 하므로, 1처럼 숫자만 적어 주십시오.",
    ),
    "framework orphan": (
        FRAMEWORK,
        ("\n1-2,1,", "\n1-2,77,"),
        "20행 parent 칸: '1-2'의 윗마디가 '77'인데, 윗마디는 id 칸에 있는 것이어야 하므로, parent의 철자를 고치거나 그 id의 줄을 넣어 주십시오.",
    ),
}


@pytest.mark.parametrize("name, replacement, sentence", TYPED.values(), ids=TYPED)
def test_a_mistake_in_a_cell_is_told_with_file_line_and_column(project, name, replacement, sentence):
    """One mistake, one sentence, nothing else, and never a message of pandas or pandera."""
    change(project, name, replacement)
    told = sentences(project)
    assert told[0] == f"{name} {sentence}" and len(told) == 1


def test_a_changed_unit_is_told(project):
    """Dwellings in one year and buildings in the next make no ratio."""
    change(project, V24, ("2157,,,호", "2157,,,채"))
    assert sentences(project) == [
        f"{V24} unit 칸: 지표 3-3의 단위가 '채'인데, 2022년의 단위 '호'과(와) 같아야 하므로, 같은 단위의 값으로 고쳐 주십시오."
    ]


def test_a_misspelt_column_is_missing_and_unknown(project):
    """Both halves of the same slip are told, with the columns that belong there."""
    change(project, V24, ("basis", "bases"))
    assert sentences(project) == [
        f"{V24} 1행: 'basis' 칸이 없는데, 칸은 {COLUMNS}이므로, basis 칸을 넣어 주십시오.",
        f"{V24} 1행: 모르는 칸 'bases'이(가) 있는데, 칸은 {COLUMNS}이므로, 철자를 고치거나 지워 주십시오.",
    ]


def test_an_open_quote_is_told_where_it_opens(project):
    """The quote swallows the rest of the file; its last line is not where the mistake is."""
    change(project, V23, ("\n3-3,2023,level", '\n"3-3,2023,level'))
    assert sentences(project) == [f"{V23} 3행: {QUOTE}"]


def test_a_line_is_counted_as_editors_do(project):
    """After a note of two lines and an empty line the line numbers are still the file's."""
    text = (project / V24).read_bytes().decode().splitlines(keepends=True)
    text[1] = text[1].rstrip("\n") + '"두 줄로\n적은 말"\n\n'
    (project / V24).write_bytes("".join(text).replace("2157", "이천").encode())
    assert [s.split(":")[0] for s in sentences(project)] == [f"{V24} 5행 value 칸"]


FILES = {
    "missing": (
        lambda path: path.unlink(),
        "파일이 없는데, 이 연도의 보고서에 필요한 파일이므로, 파일을 넣거나, 얻은 것이 없으면 머리줄만 있는 파일을 넣어 주십시오.",
    ),
    "empty": (
        lambda path: path.write_bytes(b"\n ,,\n"),
        "비어 있는데, 첫 줄에 칸 이름이 있어야 하므로, 저장소의 파일을 보고 머리줄을 되살려 주십시오.",
    ),
    "CP949": (
        lambda path: path.write_bytes(path.read_bytes().decode().encode("cp949")),
        "CP949(Excel의 'CSV (쉼표로 분리)')로 저장되어 있는데, 원자료는 UTF-8이어야 하므로, Excel에서 'CSV UTF-8(쉼표로 분리)'로 다시 저장해 주십시오.",
    ),
    "UTF-16": (
        lambda path: path.write_bytes(path.read_bytes().decode().encode("utf-16")),
        "유니코드 텍스트(UTF-16)로 저장되어 있는데, 원자료는 UTF-8 CSV여야 하므로, Excel에서 'CSV UTF-8(쉼표로 분리)'로 저장해 넣어 주십시오.",
    ),
    "a workbook named .csv": (
        lambda path: path.write_bytes(b"PK\x03\x04rest"),
        "엑셀 통합 문서(xlsx)인데, 원자료는 UTF-8 CSV여야 하므로, Excel에서 'CSV UTF-8(쉼표로 분리)'로 저장해 넣어 주십시오.",
    ),
    "a web page named .csv": (
        lambda path: path.write_bytes(b"<html></html>"),
        "웹 문서인데, 원자료는 UTF-8 CSV여야 하므로, Excel에서 'CSV UTF-8(쉼표로 분리)'로 저장해 넣어 주십시오.",
    ),
    "UTF-16 of the other end": (
        lambda path: path.write_bytes(b"\xfe\xff" + path.read_bytes().decode().encode("utf-16-be")),
        "유니코드 텍스트(UTF-16)로 저장되어 있는데, 원자료는 UTF-8 CSV여야 하므로, Excel에서 'CSV UTF-8(쉼표로 분리)'로 저장해 넣어 주십시오.",
    ),
    "tabs": (
        lambda path: path.write_bytes(path.read_bytes().replace(b",", b"\t")),
        "쉼표가 아니라 탭으로 나뉘어 있는데, 칸은 쉼표로 나뉘어야 하므로, 'CSV UTF-8(쉼표로 분리)'로 다시 저장해 주십시오.",
    ),
    "semicolons": (
        lambda path: path.write_bytes(path.read_bytes().replace(b",", b";")),
        "쉼표가 아니라 쌍반점(;)으로 나뉘어 있는데, 칸은 쉼표로 나뉘어야 하므로, 'CSV UTF-8(쉼표로 분리)'로 다시 저장해 주십시오.",
    ),
    "folder": (
        lambda path: (path.unlink(), path.mkdir()),
        "열 수 없는데, 다른 프로그램이 쓰고 있지 않은 파일이어야 하므로, 그 파일을 연 프로그램을 닫고 다시 실행해 주십시오.",
    ),
}


@pytest.mark.parametrize("name", [V24, FRAMEWORK])
@pytest.mark.parametrize("spoil, sentence", FILES.values(), ids=FILES)
def test_a_file_that_cannot_be_read_is_told(project, name, spoil, sentence):
    """Missing, empty, of another encoding or locked: one sentence with the file's name, for every kind of table."""
    spoil(project / name)
    assert sentences(project) == [f"{name}: {sentence}"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda b: b"\xef\xbb\xbf" + b,
        lambda b: b.replace(b"\n", b"\r\n"),
        lambda b: b.replace(b"\n", b"\r"),
        lambda b: b.rstrip(),
    ],
)
def test_excels_bom_and_line_ends_are_fine(project, spoil):
    """BOM, CRLF and a missing last line feed give the same table; the changed bytes are told as an anomaly."""
    (project / V24).write_bytes(spoil((project / V24).read_bytes()))
    raw = load(project)
    pd.testing.assert_frame_equal(raw.values, load(ROOT).values)
    assert [type(a) for a in raw.anomalies] == [rawdata.SourceAnomaly] and raw.anomalies[0].where == V24


def test_an_offices_file_may_be_cp949(project):
    """What comes back from a bureau is read when asked for; data/raw itself stays UTF-8."""
    (project / V24).write_bytes((project / V24).read_bytes().decode().encode("cp949"))
    table = rawdata.read_table(project, Path(V24), ("utf-8-sig", "cp949"))
    pd.testing.assert_frame_equal(table, rawdata.read_table(ROOT, Path(V24)))


@pytest.mark.parametrize("name", [V22, V24, COUNTS])
def test_a_header_alone_is_a_year_without_values(project, name):
    """Nothing obtained is an answer: the year can still be read, with gaps."""
    (project / name).write_bytes((project / name).read_bytes().splitlines(keepends=True)[0])
    raw = load(project)
    scores = normalise.known_scores(raw.values, raw.framework.directions, 2022, [2022, 2023, 2024])
    areas = pd.Series({leaf: raw.framework.ancestor(leaf, 1) for leaf in raw.framework.leaves})
    assert len(normalise.indicator_table(raw.values, scores, raw.framework.table, areas)) == 150


def test_all_value_files_may_be_headers_alone(project):
    """The first day of a new study: every score but the base year's is missing, and nothing fails."""
    for name in (V22, V23, V24):
        (project / name).write_bytes((project / name).read_bytes().splitlines(keepends=True)[0])
    raw = load(project)
    scores = normalise.known_scores(raw.values, raw.framework.directions, 2022, [2022, 2023, 2024])
    areas = pd.Series({leaf: raw.framework.ancestor(leaf, 1) for leaf in raw.framework.leaves})
    table = normalise.indicator_table(raw.values, scores, raw.framework.table, areas)
    assert set(table["state"]) == {"missing"} and table["value"].isna().all()


def test_a_year_without_indices_is_told(project):
    """A report needs the published index of its year; a column full of "no" is none."""
    text = (project / PUBLISHED).read_text(encoding="utf-8")
    (project / PUBLISHED).write_text(text.replace(",yes,", ",no,"), encoding="utf-8", newline="")
    told = sentences(project)
    assert len(told) == 1 and told[0].startswith(f"{PUBLISHED}: 2024년의 채택된 지수가 한 줄도 없는데, ")


def test_mistakes_of_several_files_are_told_at_once(project):
    """One run shows everything that keeps the report from being made, in the order of the files and lines."""
    change(project, V22, ("1937", "천"))
    change(project, V23, ("39.1", "abc"), ("change_percent,135,", "change_percent,x,"), ("10-2,2023", "10-2,2022"))
    change(project, FRAMEWORK, ("\n1-2,1,", "\n1-2,77,"))
    (project / COUNTS).unlink()
    assert [s.split(":")[0] for s in sentences(project)] == [
        COUNTS,
        f"{FRAMEWORK} 20행 parent 칸",
        f"{V22} 2행 value 칸",
        f"{V23} 4행 value 칸",
        f"{V23} 12행 value 칸",
        f"{V23} 16행 year 칸",
    ]


def test_a_mistake_in_2024_does_not_keep_2023_from_being_made(project):
    """A year's report rests on its own and earlier files only."""
    change(project, V24, ("2157", "이천"))
    assert load(project, 2023).anomalies == []
    assert len(sentences(project, 2024)) == 1


@pytest.mark.parametrize("kind", rawdata.COLUMNS)
def test_the_schema_names_only_rules_and_columns_that_there_are(kind):
    """A slip in the file of rules shows here, not on the day that an office fills the column in."""
    columns = rawdata._RULES[kind]
    assert set(rawdata._SCHEMA["tables"][kind].get("once", ())) <= {c for c, rule in columns.items() if rule}
    blank = pd.DataFrame([dict.fromkeys(columns, "")])
    rawdata._schema_problems(Path("2024/table.csv"), blank, kind, None)  # asks every rule by its name
    assert all(isinstance(rule, str | list | None) for rule in rawdata._RULES[kind].values())
    assert all(isinstance(value, str) for rule in rawdata._RULES[kind].values() for value in rule or ())


# --- anomalies: told, but no reason to stop -----------------------------------------------------------------------------


def test_a_changed_file_is_an_anomaly_with_its_new_hash(project):
    """The run goes on, the report answers for it, and the sentence holds what to paste."""
    change(project, V22, ("1937", "1938"))
    told = [a for a in load(project).anomalies if a.where == V22]
    old = rawdata.provenance(project, Path(V22))["sha256"]
    assert str(told[0]) == (
        f"{V22}: 파일의 sha256이 출처 기록의 '{old[:12]}…'와 다른데, 원자료는 기록된 그대로여야 하므로, "
        f"되돌리거나, 고친 까닭을 note에 적고 sha256을 {rawdata.sha256(project / V22)}로 바꿔 주십시오."
    )


def dated(record: Path, told: str) -> None:
    text = record.read_text(encoding="utf-8")
    record.write_text(text.replace('date_published: ""', f"date_published: {told}"), encoding="utf-8")


RECORDS = {
    "missing": (lambda path: path.unlink(), "출처 기록이 없는데"),
    "no YAML": (lambda path: path.write_text('note: "', encoding="utf-8"), "YAML로 읽을 수 없는데"),
    "CP949": (lambda path: path.write_bytes("note: 가".encode("cp949")), "YAML로 읽을 수 없는데"),
    "empty": (lambda path: path.write_bytes(b""), "칸이 맞지 않는데"),
    "unknown key": (lambda path: path.write_bytes(path.read_bytes() + b"extra: 1\n"), "칸이 맞지 않는데(extra)"),
    "key twice": (lambda path: path.write_bytes(b'url: ""\n' + path.read_bytes()), "'url' 칸이 다시 나오는데"),
    "no such day": (lambda path: dated(path, "2024-02-30"), "'2024-02-30'인데"),
    "a day in words": (lambda path: dated(path, "지난 금요일"), "'지난 금요일'인데"),
    "tag that does not fit": (lambda path: dated(path, "!!int 언젠가"), "YAML로 읽을 수 없는데"),
    "folder": (lambda path: (path.unlink(), path.mkdir()), "열 수 없는데"),
}


@pytest.mark.parametrize("spoil, found", RECORDS.values(), ids=RECORDS)
def test_a_broken_provenance_record_is_an_anomaly(project, spoil, found):
    """A lost or unreadable record stops no run, but the report says so."""
    record = rawdata.record_of(Path(V24))
    spoil(project / record)
    told = load(project).anomalies
    assert len(told) == 1 and told[0].where.startswith(record.as_posix()) and told[0].found.startswith(found)


@pytest.mark.parametrize("told", ["2024-02-29", '"2025-11"', "2025", '""', ""])
def test_a_record_may_tell_a_day_a_month_a_year_or_nothing(project, told):
    """What a source says of its date is enough; a day without quotes is read as the text that it is."""
    record = project / rawdata.record_of(Path(V24))
    dated(record, told)
    assert rawdata.provenance(project, Path(V24))["date_published"] == told.strip('"') and load(project).anomalies == []


@pytest.mark.parametrize(
    "printed, odd",
    [("39.1", False), ("39.08", False), ("39", False), ("39.2", True), ("39.09", True), ("40", True), ("-39.1", True)],
)
def test_a_printed_change_is_compared_to_its_last_digit(project, printed, odd):
    """2,694/1,937 is +39.08 %: printed as 39.1 or 39 it agrees, as 39.2 or 40 it does not."""
    change(project, V23, ("3-3,2023,change_percent,39.1,", f"3-3,2023,change_percent,{printed},"))
    told = [str(a) for a in load(project).anomalies if "증감률" in a.found]
    assert told == (
        [
            f"{V23} 지표 3-3: 공표된 증감률은 {float(printed):g}%인데, 두 해의 값에서 계산하면 39.08%이므로, "
            "어느 쪽이 맞는지 출처를 확인해 주십시오(계산에는 값을 씁니다)."
        ]
        if odd
        else []
    )


def test_a_change_printed_as_a_range_agrees_within_it(project):
    """ "About 60 %, 55 to 65" beside two levels that give 57 % is no contradiction."""
    line = "3-3,2023,change_percent,39.1,,,%"
    change(project, V23, (line, line.replace("39.1,,", "42,38,46")))
    assert [a for a in load(project).anomalies if "증감률" in a.found] == []


def test_a_missing_record_is_an_error_where_it_is_asked_for(project):
    """provenance() itself says what is missing."""
    with pytest.raises(DataError) as told:
        rawdata.provenance(project, Path("data/raw/seoul/2022/other.csv"))
    assert str(told.value) == (
        "data/raw/seoul/2022/other.csv.provenance.yaml: 출처 기록이 없는데, 원자료마다 출처 기록이 하나씩 있어야 하므로, "
        "옆 파일의 기록을 본떠 만들어 주십시오."
    )


# --- the second study, the register and the revisions -------------------------------------------------------------------

E24 = "data/raw/example/2024/values.csv"
REGISTER, REVISIONS = "data/raw/example/indicators.csv", "data/raw/example/2024/revisions.csv"


def example_sentences(root: Path) -> list[str]:
    with pytest.raises(ProblemList) as told:
        rawdata.load(root, config.load(root).settings("example", 2024))
    return str(told.value).splitlines()


def test_a_made_up_value_cannot_enter_a_real_study_nor_a_real_one_the_example(project):
    """No invented figure ever stands under Seoul's name: the row itself says what it is, and the study refuses it."""
    change(project, V24, ("431,,,명,,published", "431,,,명,,illustrative"))
    assert sentences(project) == [
        f"{V24} 2행 status 칸: 'illustrative'인데, 예시값은 config.yaml에 illustrative: true인 연구에만 있을 수 있으므로, "
        "지어낸 값이면 지우고, 얻은 값이면 출처와 status를 고쳐 주십시오."
    ]
    change(project, E24, ("4855,,,명,,illustrative_provisional", "4855,,,명,,provisional"))
    (sentence,) = example_sentences(project)
    assert sentence.endswith(
        "status 칸: 'provisional'인데, 예시 연구의 값은 모두 예시값이어야 하므로, status를 illustrative로 고치고, 실제 값이면 지워 주십시오."
    )


def test_seoul_may_be_whole_without_published_indices(project):
    """When all fifty values of a year are typed in, the year can be reported before anybody has published its index."""
    path = project / "data/raw/example/2022/published_indices.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    (sentence,) = example_sentences(project)  # 2022 lacks two values, so the sentence of a year without indices comes
    assert sentence.startswith("data/raw/example/2022/published_indices.csv: 2022년의 채택된 지수가 한 줄도 없는데")
    path = project / "data/raw/example/2023/published_indices.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert len(example_sentences(project)) == 1  # 2023 has all fifty


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        (
            REVISIONS,
            "8-4,2023,3924",
            "8-4,2024,3924",
            f"{REVISIONS} 2행: 지표 8-4의 2024년 값을 고치라는 줄인데, 그 값은 2024년보다 앞선 해의 values.csv에 있어야 하므로, "
            "지표와 연도를 확인하거나 이 줄을 지워 주십시오.",
        ),
        (
            REVISIONS,
            "8-4,2023,3924",
            "7-2,2022,9.9",
            f"{REVISIONS} 2행: 지표 7-2의 2022년 값을 고치라는 줄인데, 그 값은 2024년보다 앞선 해의 values.csv에 있어야 하므로, "
            "지표와 연도를 확인하거나 이 줄을 지워 주십시오.",
        ),
        (
            REGISTER,
            "2-6,가상 C실,survey,first_after",
            "2-6,가상 C실,survey,nearest",
            f"{REGISTER} 13행 base_rule 칸: 'nearest'이(가) 있는데, observed, last_before, interpolated, first_after, 빈칸 "
            "가운데 하나여야 하므로, 그 가운데 하나로 고쳐 주십시오.",
        ),
    ],
)
def test_a_mistake_in_the_register_or_a_revision_is_told(project, name, old, new, sentence):
    """Both decide numbers, so both are checked as strictly as the values."""
    change(project, name, (old, new))
    assert example_sentences(project) == [sentence]


def test_two_definitions_may_stand_in_one_year_but_not_one_twice(project):
    """The year of a redefinition has both; the same definition again is a duplicate."""
    path = project / "data/raw/example/2023/values.csv"
    text = path.read_text(encoding="utf-8")
    line = next(row for row in text.splitlines() if row.startswith("6-4,") and row.endswith(",2"))
    path.write_text(text + line + "\n", encoding="utf-8")
    (sentence,) = example_sentences(project)
    assert re.search(
        r"'6-4 level 2'이\(가\) \d+행에 이어 다시 나오는데, indicator_id, basis, definition 칸이 같은 줄은 하나여야",
        sentence,
    )


def test_the_register_and_the_revisions_belong_to_the_record(project):
    """What decides a number is in study.json, its provenance too."""
    from dongheng import proof

    names = [p.as_posix() for p in proof.raw_files(project, config.load(project).settings("example", 2024))]
    assert {REGISTER, REVISIONS, f"{REGISTER}.provenance.yaml"} <= set(names)
    assert not any("seoul" in n for n in names)


# --- what a revision or a redefinition must not do ------------------------------------------------------------------------


REVISED = {
    "a made-up value": (
        "3-3,2023,2700,illustrative",
        "status 칸: 'illustrative'인데, 예시값은 config.yaml에 illustrative: true인 연구에만 있을 수 있으므로, "
        "지어낸 값이면 지우고, 얻은 값이면 출처와 status를 고쳐 주십시오.",
    ),
    "a negative count": (
        "3-3,2023,-2700,published",
        "value 칸: -2700인데, 사람 수, 건수, 비율은 0보다 작을 수 없으므로, 값을 확인해 주십시오.",
    ),
    "a share over 100 %": (
        "4-3,2023,120,published",
        "value 칸: 120%인데, 이 지표는 0%에서 100% 사이여야 하므로, 값과 단위를 확인해 주십시오.",
    ),
    "a base of 0": (
        "3-3,2022,0,published",
        "value 칸: 지표 3-3의 기준연도 값이 0인데, 점수는 기준연도 값으로 나눈 것이므로, 값을 확인하고, 정말 0이면 비워 두고 note에 적어 주십시오.",
    ),
}


@pytest.mark.parametrize(("row", "sentence"), REVISED.values(), ids=REVISED)
def test_a_revised_value_is_held_to_what_a_value_is_held_to(project, row, sentence):
    """A revision decides the number, so it passes the same checks, told with its own file and line."""
    path = project / "data/raw/seoul/2024/revisions.csv"
    path.write_text(f"indicator_id,year,value,status,source_url,note\n{row},https://seoul.go.kr,\n", encoding="utf-8")
    assert sentences(project) == [f"data/raw/seoul/2024/revisions.csv 2행 {sentence}"]


def test_a_real_value_cannot_enter_the_example_by_a_revision(project):
    """All that the fictional city shows is marked, revised values too."""
    change(project, REVISIONS, ("8-4,2023,3924,illustrative", "8-4,2023,3924,published"))
    (sentence,) = example_sentences(project)
    assert sentence.startswith(f"{REVISIONS} 2행 status 칸: 'published'인데, 예시 연구의 값은 모두 예시값이어야 하므로")


def test_a_revised_value_has_not_the_range_of_the_first(project):
    """A range belongs to the figure it was printed with; beside another one it would bound the wrong score."""
    change(project, V23, ("3-3,2023,level,2694,,", "3-3,2023,level,2694,2600,2800"))
    path = project / "data/raw/seoul/2024/revisions.csv"
    row = "3-3,2023,2900,published,https://seoul.go.kr,"
    path.write_text(f"indicator_id,year,value,status,source_url,note\n{row}\n", encoding="utf-8")
    values = load(project).values.query("indicator_id == '3-3' and year == 2023 and basis == 'level'")
    assert values["value"].item() == 2900 and values[["lower", "upper"]].isna().all(axis=None)


E23 = "data/raw/example/2023/values.csv"


def lines_of(root: Path, name: str, start: str) -> list[str]:
    return [line for line in (root / name).read_text(encoding="utf-8").splitlines() if line.startswith(start)]


def test_both_definitions_without_a_word_in_the_register(project):
    """Two levels of one year that nothing links are refused, in every year that has the new one."""
    change(project, REGISTER, (lines_of(project, REGISTER, "6-4,")[0] + "\n", ""))
    told = example_sentences(project)
    assert [sentence.split(" definition ")[0].rsplit(" ", 1)[0] for sentence in told] == [E23, E24]
    assert all("새 정의(2)로 적혀 있는데, 새 정의는 indicators.csv의 redefined_in에" in sentence for sentence in told)


def test_the_new_definition_alone_in_the_year_of_the_change(project):
    """Without the old one's value beside it there is nothing to link by."""
    old = next(line for line in lines_of(project, E23, "6-4,2023,level") if not line.endswith(",2"))
    change(project, E23, (old + "\n", ""))
    (sentence,) = example_sentences(project)
    assert "definition 칸: 지표 6-4의 정의가 바뀐 2023년에 새 정의(2)의 값만 있는데" in sentence and E23 in sentence


def test_the_old_definition_after_the_change(project):
    """It would be left out of the linked series in silence."""
    (new,) = lines_of(project, E24, "6-4,2024,level")
    change(project, E24, (new, new[:-1] + "1"))
    (sentence,) = example_sentences(project)
    assert "definition 칸: 지표 6-4의 2024년 값이 옛 정의(1)로 적혀 있는데, 정의가 2023년에 바뀌어" in sentence


@pytest.mark.parametrize("typed", ["0", "3", "둘", "1.0", "9" * 400])
def test_a_definition_is_the_first_or_the_second(project, typed):
    """There is one year of redefinition, so there are two definitions."""
    (new,) = lines_of(project, E24, "6-4,2024,level")
    change(project, E24, (new, new[:-1] + typed))
    (sentence,) = example_sentences(project)
    assert f"definition 칸: '{typed}'이(가) 있는데, 1, 2, 빈칸 가운데 하나여야 하므로" in sentence


def test_a_blank_definition_is_the_first(project):
    """A blank and a 1 in two rows of one indicator are one line twice."""
    (row,) = lines_of(project, E24, "1-1,2024,level")
    path = project / E24
    path.write_text(path.read_text(encoding="utf-8") + row.rsplit(",", 1)[0] + ",1\n", encoding="utf-8")
    (sentence,) = example_sentences(project)
    assert "'1-1 level 1'이(가) 2행에 이어 다시 나오는데" in sentence


# --- the audit and the sources ------------------------------------------------------------------------------------------

AUDIT = "data/raw/seoul/audit_findings.csv"


def test_the_findings_of_the_audit_are_all_there():
    """18 findings of 2022, of which 14 were reported as done in November 2023: as the city told its council."""
    audit = load(ROOT).audit
    assert list(audit) == rawdata.COLUMNS["audit_findings"] and audit["number"].tolist() == list(range(1, 19))
    assert audit["state"].value_counts().to_dict() == {"완료": 14, "추진 중": 4}
    assert (audit["audited_in"] == 2022).all() and (audit["state_at"] == "2023-11-02").all()


def test_a_study_without_an_audit_has_a_table_without_rows(project):
    """The table is optional: its columns are there for whoever saves it, and nothing is read that is not there."""
    for name in (AUDIT, AUDIT + rawdata.PROVENANCE):
        (project / name).unlink()
    raw = load(project)
    assert raw.audit.empty and list(raw.audit) == rawdata.COLUMNS["audit_findings"]
    assert [path for path in raw.files if "audit" in path.name] == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "차등·선별 지원이 되도록 정교한 설계",
            "",
            "9행 finding 칸: 비어 있는데, 비어 있으면 안 되므로, 값을 적거나 줄을 지워 주십시오.",
        ),
        (
            "2022,8,건의",
            "2022,8.5,건의",
            "9행 number 칸: '8.5'이(가) 있는데, 0 이상의 정수여야 하므로, 정수로 고쳐 주십시오.",
        ),
        (
            "2022,8,건의",
            "2022,7,건의",
            "9행 audited_in 칸: '2022 7'이(가) 8행에 이어 다시 나오는데, audited_in, number 칸이 같은 줄은 하나여야 하므로, 두 줄 가운데 하나를 지워 주십시오.",
        ),
    ],
    ids=["no text", "half a number", "a number twice"],
)
def test_a_finding_has_a_text_and_a_number_of_its_own(project, old, new, sentence):
    """The report answers findings by their numbers: two of one number would get one answer."""
    change(project, AUDIT, (old, new))
    assert sentences(project) == [f"{AUDIT} {sentence}"]


def test_sources_are_told_of_every_file_whose_record_can_be_read(project):
    """A row per file with the fields of its record, unknown ones empty; a file without record is told elsewhere."""
    told = rawdata.sources(project, [Path(AUDIT), Path(V24)])
    assert list(told) == ["file", *rawdata.PROVENANCE_KEYS] and told["file"].tolist() == [AUDIT, V24]
    row = told.iloc[0]
    assert (
        row["producer"] == "서울특별시 약자와의동행추진단"
        and row["date_published"] == "2023-11-02"
        and row["url"] == ""
    )
    assert row["sha256"] == rawdata.sha256(ROOT / AUDIT)
    (project / (AUDIT + rawdata.PROVENANCE)).unlink()
    assert rawdata.sources(project, [Path(AUDIT), Path(V24)])["file"].tolist() == [V24]
    none = rawdata.sources(project, [Path(AUDIT)])
    assert none.empty and list(none) == list(told)
