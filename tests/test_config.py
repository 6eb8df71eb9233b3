"""config.yaml: nothing unknown, missing or of another kind gets through, and each mistake is one sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dongheng import config
from dongheng.errors import ConfigError, DonghengError, ProblemList
from tests.conftest import ROOT

# The real study only: the keys of a second one would stand twice.
TEXT = (ROOT / "config.yaml").read_text(encoding="utf-8").partition("\n  # 지어낸 도시")[0]
APPROVAL = '{document_number: "약자동행추진단-1234", date: "2026-08-04"}'


def study(folder: Path, *changes: tuple[str, str], content: bytes | None = None) -> Path:
    """A folder with a config.yaml in which some texts were replaced."""
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    (folder / "data").mkdir()
    (folder / "config.yaml").write_bytes(text.encode() if content is None else content)
    return folder


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(TEXT.splitlines(), 1) if line.startswith(text))


KEYS = "title, publisher, framework, base_year, years, reverse, illustrative, publication_numbers, approvals"
YAML = "YAML로 읽을 수 없는데, 들여쓰기와 따옴표가 맞아야 하므로, 그 줄과 바로 윗줄을 확인해 주십시오."
SEOUL = "config.yaml studies.seoul"
BROKEN = {
    "unknown key": (
        [('publisher: ""', 'publsher: ""')],
        f"{SEOUL}: 모르는 칸 'publsher'이(가) 있는데, 쓸 수 있는 칸은 {KEYS}이므로, 철자를 고치거나 지워 주십시오.",
    ),
    "missing key": (
        [("    base_year: 2022", "    # base_year: 2022")],
        f"{SEOUL}: 'base_year' 칸이 없는데, 꼭 있어야 하는 칸이므로, base_year을(를) 적어 주십시오.",
    ),
    "word for a year": (
        [("base_year: 2022", "base_year: twenty")],
        f"{SEOUL}.base_year: 'twenty'인데, 정수여야 하므로, 따옴표와 단위 없이 2022처럼 숫자만 적어 주십시오.",
    ),
    "decimal for a year": (
        [("base_year: 2022", "base_year: 2022.0")],
        f"{SEOUL}.base_year: '2022.0'인데, 정수여야 하므로, 따옴표와 단위 없이 2022처럼 숫자만 적어 주십시오.",
    ),
    "truth for a seed": (
        [("seed: 2022", "seed: true")],
        "config.yaml seed: 'True'인데, 정수여야 하므로, 따옴표와 단위 없이 2022처럼 숫자만 적어 주십시오.",
    ),
    "base year with its unit": (
        [("base_year: 2022", "base_year: 2022년")],
        f"{SEOUL}.base_year: '2022년'인데, 정수여야 하므로, 따옴표와 단위 없이 2022처럼 숫자만 적어 주십시오.",
    ),
    "year of five digits": (
        [("years: [2023, 2024]", "years: [2023, 20224]")],
        f"{SEOUL}.years.1: '20224'인데, 2999 이하여야 하므로, 수와 자릿수를 확인해 주십시오.",
    ),
    "hundreds of digits": (
        [("seed: 2022", f"seed: {'9' * 400}")],
        f"config.yaml seed: '{'9' * 60}…'인데, 4294967295 이하여야 하므로, 수와 자릿수를 확인해 주십시오.",
    ),
    "yes in Korean": (
        [("reverse: reciprocal", "illustrative: 예\n    reverse: reciprocal")],
        f"{SEOUL}.illustrative: '예'인데, true나 false여야 하므로, 따옴표 없이 true나 false를 적어 주십시오.",
    ),
    "negative seed": (
        [("seed: 2022", "seed: -1")],
        "config.yaml seed: '-1'인데, 0 이상이어야 하므로, 수를 고쳐 주십시오.",
    ),
    "one year instead of a list": (
        [("years: [2023, 2024]", "years: 2024")],
        f"{SEOUL}.years: '2024'인데, [2023, 2024] 같은 목록이어야 하므로, 대괄호로 묶어 주십시오.",
    ),
    "no years": (
        [("years: [2023, 2024]", "years: []")],
        f"{SEOUL}.years: '[]'인데, 하나는 있어야 하므로, 적어도 하나를 적어 주십시오.",
    ),
    "a year twice": (
        [("years: [2023, 2024]", "years: [2023, 2023]")],
        f"{SEOUL}.years: '[2023, 2023]'인데, 같은 것이 두 번 있으면 안 되므로, 하나만 남겨 주십시오.",
    ),
    "base year reported": (
        [("years: [2023, 2024]", "years: [2022, 2023]")],
        f"{SEOUL}.years: 2022년이 있는데, 기준연도 2022년보다 뒤여야 하므로, 연도를 빼거나 base_year를 고쳐 주십시오.",
    ),
    "empty title": (
        [("title: 서울시 약자동행지수", 'title: ""')],
        f"{SEOUL}.title: ''인데, 비어 있으면 안 되므로, 글을 적어 주십시오.",
    ),
    "number for a text": (
        [("publication_numbers: {}", "publication_numbers: {2024: 51}")],
        f"{SEOUL}.publication_numbers.2024: '51'인데, 따옴표로 묶은 글이어야 하므로, 따옴표로 묶어 적어 주십시오.",
    ),
    "blank where a set belongs": (
        [("approvals: {}", "approvals:")],
        f"{SEOUL}.approvals: 빈 값인데, 칸들의 묶음이어야 하므로, 저장소의 config.yaml을 보고 칸을 되살리거나, 적을 것이 없으면 {{}}로 두십시오.",
    ),
    "unknown reverse": (
        [("reverse: reciprocal", "reverse: mirror")],
        f"{SEOUL}.reverse: 'mirror'인데, reciprocal, reflection 가운데 하나여야 하므로, 그 가운데 하나로 고쳐 주십시오.",
    ),
    "approval of an unlisted year": (
        [("approvals: {}", f"approvals: {{2025: {APPROVAL}}}")],
        f"{SEOUL}.approvals: 2025년이 있는데, years에 있는 연도(2023, 2024)여야 하므로, 연도를 고치거나 years에 넣어 주십시오.",
    ),
    "year in quotes": (
        [("approvals: {}", f'approvals: {{"2024": {APPROVAL}}}')],
        f"{SEOUL}.approvals: 연도 '2024'이(가) 글자로 적혀 있는데, 연도는 따옴표 없는 수여야 하므로, 따옴표를 지워 주십시오.",
    ),
    "day that does not exist": (
        [("approvals: {}", "approvals: {2024: {document_number: a-1, date: 2026-02-30}}")],
        f"{SEOUL}.approvals.2024.date: '2026-02-30'인데, 2026-08-04처럼 있는 날짜여야 하므로, 문서의 날짜를 확인해 주십시오.",
    ),
    "study that cannot be a folder": (
        [("  seoul:", "  Seoul City:")],
        "config.yaml studies: 'Seoul City'인데, 영어 소문자로 시작하고 소문자, 숫자, 밑줄만 써야 하므로, seoul처럼 고쳐 주십시오.",
    ),
    "key twice": (
        [("    title: 서울시", "    title: 서울\n    title: 서울시")],
        f"config.yaml {line_of('    title') + 1}행: 'title' 칸이 다시 나오는데, 한 묶음에 같은 칸은 하나여야 하므로, 두 줄 가운데 하나를 지워 주십시오.",
    ),
    "bad YAML": (
        [("title: 서울시 약자동행지수", 'title: "서울시 약자동행지수')],
        f"config.yaml {line_of('    title')}행: {YAML}",
    ),
    "tab": ([("  seoul:", "\tseoul:")], f"config.yaml {line_of('  seoul')}행: {YAML}"),
    "key that is a list": ([("seed: 2022", "? [a]\n: 2022")], f"config.yaml {line_of('seed')}행: {YAML}"),
    "tag that does not fit": ([("seed: 2022", "seed: !!int zero")], f"config.yaml: {YAML}"),
}


@pytest.mark.parametrize("changes, sentence", BROKEN.values(), ids=BROKEN)
def test_a_mistake_is_told_in_one_sentence(tmp_path, changes, sentence):
    """Whoever edits the study's switchboard learns which key, what stands there and what belongs there."""
    with pytest.raises(DonghengError) as told:
        config.load(study(tmp_path, *changes))
    assert str(told.value) == sentence


CONTENT = {
    "empty file": (
        b"",
        "config.yaml: 빈 값인데, 칸들의 묶음이어야 하므로, 저장소의 config.yaml을 보고 칸을 되살리거나, 적을 것이 없으면 {}로 두십시오.",
    ),
    "a list": (
        b"- a\n",
        "config.yaml: '['a']'인데, 칸들의 묶음이어야 하므로, 저장소의 config.yaml을 보고 칸을 되살리거나, 적을 것이 없으면 {}로 두십시오.",
    ),
    "CP949": (
        TEXT.encode("cp949"),
        "config.yaml: UTF-8이 아닌데, UTF-8만 읽으므로, UTF-8로 다시 저장해 주십시오.",
    ),
    "control character": (TEXT.replace("seed", "se\x07ed", 1).encode(), f"config.yaml: {YAML}"),
}


@pytest.mark.parametrize("content, sentence", CONTENT.values(), ids=CONTENT)
def test_a_file_that_is_no_configuration(tmp_path, content, sentence):
    """Another encoding or another file altogether is told, not thrown."""
    with pytest.raises(DonghengError) as told:
        config.load(study(tmp_path, content=content))
    assert str(told.value) == sentence


def test_a_folder_of_its_name(tmp_path):
    """What cannot be opened is told, as where another program holds the file."""
    (tmp_path / "config.yaml").mkdir()
    with pytest.raises(ConfigError) as told:
        config.load(tmp_path)
    assert str(told.value).startswith("config.yaml: 열 수 없는데, 다른 프로그램이 쓰고 있지 않은 파일이어야 하므로, ")


@pytest.mark.parametrize(
    ("change", "sound"),
    [
        (("seed: 2022", "seed: x"), ["seoul"]),
        (("base_year: 2022", "base_year: 2024"), []),
        (("years: [2023, 2024]", "years: [2023, 20224]"), []),
        (("  seoul:", "  서울:"), []),
        (("studies:", "studies: [a]\nother:"), []),
    ],
)
def test_only_a_study_without_fault_is_looked_at(tmp_path, change, sound):
    """The data of a study whose years or base year make no sense are not read: what they would tell is noise."""
    root = study(tmp_path, change)
    with pytest.raises(ProblemList):
        config.load(root)
    assert config.sound_part(root).studies == sound


def test_no_file(tmp_path):
    """A lost config.yaml is told as such."""
    with pytest.raises(ConfigError) as told:
        config.load(tmp_path)
    assert str(told.value) == "config.yaml: 파일이 없는데, 연구의 설정이 있어야 하므로, 저장소에서 되돌려 주십시오."


def test_several_mistakes_are_told_at_once(tmp_path):
    """One look, all mistakes, each once."""
    changes = [("reverse: reciprocal", "reverse: x"), ("title:", "titel:"), ("seed: 2022", "seed: '0'")]
    with pytest.raises(ProblemList) as told:
        config.load(study(tmp_path, *changes))
    lines = str(told.value).splitlines()
    assert len(lines) == len(set(lines)) == 4
    for part in ("seed: '0'인데", "'titel'", "'title' 칸이 없는데", "reverse: 'x'인데"):
        assert sum(part in line for line in lines) == 1


def test_the_shipped_file_says_what_the_study_is():
    """Base year 2022, reports of 2023 and 2024, reciprocal, the edition of November 2023."""
    told = config.load(ROOT)
    settings = told.settings("seoul", 2024)
    assert told.years("seoul") == [2023, 2024]
    assert (settings.base_year, settings.reverse, settings.framework) == (2022, "reciprocal", "2023-11")
    assert settings.years == [2022, 2023, 2024]


def test_a_bom_comments_and_order_do_not_change_the_settings(tmp_path):
    """Notepad's BOM and a reworded comment leave the study's fingerprint alone."""
    other = study(tmp_path, content=b"\xef\xbb\xbf" + TEXT.replace("# 발행 기관.", "# 기관.").encode())
    one, two = (config.load(root).settings("seoul", 2024) for root in (ROOT, other))
    assert one.sha256() == two.sha256()


@pytest.mark.parametrize("key", ["study", "year", "title", "framework", "base_year", "reverse", "seed", "publisher"])
def test_every_setting_is_in_the_fingerprint(key):
    """No setting can change a report without changing its record."""
    one = config.load(ROOT).settings("seoul", 2024)
    value = getattr(one, key)
    assert replace(one, **{key: value + 1 if isinstance(value, int) else value + "."}).sha256() != one.sha256()


@pytest.mark.parametrize("date", ['"2026-08-04"', "2026-08-04"])
def test_an_approval_of_2024_leaves_2023_as_it_was(tmp_path, date):
    """Only the approved year's report changes; the date may stand without quotes."""
    approval = f"{{2024: {{document_number: 약자동행추진단-1234, date: {date}}}}}"
    told = config.load(study(tmp_path, ("approvals: {}", f"approvals: {approval}")))
    before = config.load(ROOT)
    assert told.settings("seoul", 2024).approval == {"document_number": "약자동행추진단-1234", "date": "2026-08-04"}
    assert told.settings("seoul", 2023) == before.settings("seoul", 2023)
    assert told.settings("seoul", 2024).sha256() != before.settings("seoul", 2024).sha256()


def test_zero_is_a_seed(tmp_path):
    """A seed of 0 is not a missing seed."""
    assert config.load(study(tmp_path, ("seed: 2022", "seed: 0"))).settings("seoul", 2024).seed == 0


def test_an_unknown_study_or_year_is_told_with_those_that_exist():
    """A typing error at the command line shows what there is to choose from."""
    told = config.load(ROOT)
    with pytest.raises(ConfigError) as study_:
        told.settings("suwon", 2024)
    assert str(study_.value) == (
        f"config.yaml studies: 'suwon' 연구가 없는데, 여기 적힌 연구만 만들 수 있으므로, "
        f"있는 연구({', '.join(told.studies)}) 가운데 고르거나 철자를 확인해 주십시오."
    )
    with pytest.raises(ConfigError) as year:
        told.settings("seoul", 2031)
    assert str(year.value) == (
        "config.yaml studies.seoul.years: 2031년이 없는데, 보고서를 만들 연도는 여기 적혀 있어야 하므로, "
        "있는 연도(2023, 2024) 가운데 고르거나 2031년을 적어 주십시오."
    )


def test_the_root_is_found_from_below(tmp_path):
    """A notebook in a folder of the study finds config.yaml above it; outside there is a sentence."""
    root = study(tmp_path)
    (root / "notebooks/validation").mkdir(parents=True)
    assert config.find_root(root / "notebooks/validation") == root.resolve()
    (root / "config.yaml").unlink()
    with pytest.raises(ConfigError, match=r"여기에도 그 위 폴더에도 config\.yaml이 없는데"):
        config.find_root(root / "notebooks")


def test_a_made_up_study_bears_no_real_name(tmp_path):
    """예시값 never stands under Seoul's name, not even in a title that somebody typed."""
    folder = study(tmp_path, ("reverse: reciprocal", "illustrative: true\n    reverse: reciprocal"))
    with pytest.raises(DonghengError) as told:
        config.load(folder)
    assert str(told.value) == (
        "config.yaml studies.seoul.title: '서울시 약자동행지수'인데, 예시값에는 실제 도시의 이름을 붙이지 않으므로, "
        "'서울'을 지우거나, 실제 값만 있는 연구이면 illustrative를 지워 주십시오."
    )


def test_the_mark_of_a_study():
    """One word, and only where the study says so."""
    told = config.load(ROOT)
    assert told.settings("example", 2024).mark == "예시값" and told.settings("seoul", 2024).mark == ""
