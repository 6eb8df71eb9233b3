"""The guard of private/: what it tells, what it leaves alone. Numbers and addresses are put together here at run time."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from dongheng.pipeline import privacy
from tests.conftest import ROOT, dongheng

MIDDLE, LAST = "12" + "34", "56" + "78"
MOBILE = "-".join(["010", MIDDLE, LAST])
ADDRESS = "hong" + "@" + "example.go.kr"
NAME = "홍" + "길동"
EXPECTED = "개인정보는 git에 오르지 않는 private/에만 두어야 하므로"
COMMITTED = "private/로 옮기고 저장소 기록에서도 지워 주십시오"
NEW = "private/로 옮겨 주십시오"

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")


def told(root: Path) -> list[str]:
    return [str(problem) for problem in privacy.problems(root)]


def kinds(text: str) -> set[str]:
    return {kind for kind, _, _ in privacy.search(text)}


def git(root: Path, *arguments: str) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *arguments], cwd=root, env=environ, check=True, capture_output=True)


def office(path: Path, **parts: str) -> None:
    """An Excel or Word file of the parts named, as far as the guard looks: ``xl__sheet1`` is xl/sheet1.xml."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)


def core(creator: str, modified: str) -> str:
    return (
        '<cp:coreProperties xmlns:cp="urn:cp" xmlns:dc="urn:dc">'
        f"<dc:creator>{creator}</dc:creator><cp:lastModifiedBy>{modified}</cp:lastModifiedBy></cp:coreProperties>"
    )


# --- what is told


@pytest.mark.parametrize(
    "parts",
    [
        ("010", "-", MIDDLE, "-", LAST),
        ("010", ".", MIDDLE, ".", LAST),
        ("010", " ", MIDDLE, " ", LAST),
        ("010", " ", MIDDLE, "-", LAST),
        ("010", " - ", MIDDLE, " - ", LAST),
        ("010", "\u2013", MIDDLE, "\u2013", LAST),
        ("010", ")", MIDDLE, "-", LAST),
        ("010", MIDDLE, LAST),
        ("011", "-", "123", "-", LAST),
        ("02", "-", "123", "-", LAST),
        ("02", "-", "2020", "-", LAST),
        ("02", " ", "123", " ", LAST),
        ("(02) ", "123", "-", LAST),
        ("02)", MIDDLE, "-", LAST),
        ("031", ".", "123", ".", LAST),
        ("064", "-", "123", "-", LAST),
        ("070", "-", MIDDLE, "-", LAST),
        ("0502", "-", "123", "-", LAST),
        ("+82 ", "10 ", MIDDLE, " ", LAST),
        ("+82", "-10-", MIDDLE, "-", LAST),
        ("+82 (0)", "10-", MIDDLE, "-", LAST),
        ("+82", "10", MIDDLE, LAST),
        ("+82 ", "2-", "123", "-", LAST),
        ("0082-", "10-", MIDDLE, "-", LAST),
        ("\uff10\uff11\uff10\uff0d", MIDDLE, "\uff0d", LAST),
    ],
    ids="".join,
)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "전화{}번",
        "T.{}",
        "tel:{}.",
        "1,{},35",
        "김 {} 이",
        "|{}|",
        '"{}"',
        r"담당\n{}\n",
        r"\uc804{}",
        "명단_{}_1",
    ],
)
def test_a_phone_number_is_told(parts, around):
    assert kinds(around.format("".join(parts))) == {"전화번호로 보이는"}


@pytest.mark.parametrize(
    "address",
    [ADDRESS, "a.b+c_d%e" + "@" + "x-y.example.com", "noreply" + "@" + "example.com", "H1" + "@" + "EXAMPLE.ORG"],
)
@pytest.mark.parametrize(
    "around",
    ["{}", "메일{}로", "<{}>", "mailto:{}", "1,{},2", "{}(담당)", r"\n{}\n", r"\uc804{}", "https://a.kr/?m={}"],
)
def test_an_address_is_told(address, around):
    assert kinds(around.format(address)) == {"전자우편 주소로 보이는"}


def test_every_file_and_kind_in_one_sentence(tmp_path):
    (tmp_path / "표.csv").write_text(f"이름,전화,주소\n{NAME},{MOBILE},{ADDRESS}\n둘,{MOBILE},\n", encoding="cp949")
    (tmp_path / "utf16.txt").write_text(f"\n\n{MOBILE}", encoding="utf-16")
    office(tmp_path / "a.docx", docProps__core=core(NAME, ""))
    office(
        tmp_path / "b.xlsx",
        docProps__core=core(" ", "김"),
        xl__sharedStrings=f"<sst><si><r><t>{MOBILE[:4]}</t></r><r><t>{MOBILE[4:]}</t></r></si></sst>",
    )
    assert told(tmp_path) == [
        f"a.docx 안의 docProps/core.xml: 작성자 '홍길…'이(가) 있는데, {EXPECTED}, 파일 속성에서 지우거나 {COMMITTED}.",
        f"b.xlsx 안의 docProps/core.xml: 마지막으로 고친 사람 '…'이(가) 있는데, {EXPECTED}, 파일 속성에서 지우거나 {COMMITTED}.",
        f"b.xlsx 안의 xl/sharedStrings.xml: 전화번호로 보이는 '01…'이(가) 있는데, {EXPECTED}, {COMMITTED}.",
        f"utf16.txt 3행: 전화번호로 보이는 '01…'이(가) 있는데, {EXPECTED}, {COMMITTED}.",
        f"표.csv 2행: 전화번호로 보이는 '01…' 등 2곳이 있는데, {EXPECTED}, {COMMITTED}.",
        f"표.csv 2행: 전자우편 주소로 보이는 'ho…'이(가) 있는데, {EXPECTED}, {COMMITTED}.",
    ]


def test_a_file_name_is_told_and_not_repeated(tmp_path):
    (tmp_path / f"명단_{MOBILE}.txt").touch()
    assert told(tmp_path) == [
        f"명단_01….txt: 파일 이름에 전화번호로 보이는 '01…'이(가) 있는데, {EXPECTED}, {COMMITTED}."
    ]


def test_workbooks_as_openpyxl_writes_them(tmp_path):
    book = Workbook()
    book.active.append(["번호", MOBILE])
    book.active["A2"].hyperlink = "mailto:" + ADDRESS
    book.properties.creator, book.properties.lastModifiedBy = None, NAME
    book.save(tmp_path / "a.xlsx")
    found = told(tmp_path)
    assert len(found) == 3 and all(sentence.startswith("a.xlsx 안의 ") for sentence in found)
    for kind in ("전화번호로 보이는 '01…'", "전자우편 주소로 보이는 'ho…'", "마지막으로 고친 사람 '홍길…'"):
        assert sum(kind in sentence for sentence in found) == 1, found


# --- what is left alone


@pytest.mark.parametrize(
    "text",
    [
        "https://example.kr/view?idxno=" + "202508041418232450296",
        "https://example.kr/view/" + MOBILE,
        "https://example.kr/view?id=" + MOBILE.replace("-", ""),
        "https://user" + "@" + "example.com/a.git",
        "git+ssh://git" + "@" + "example.com/a/b.git",
        "git" + "@" + "example.com:a/b.git",
        "jupyterlab @ https://example.com/a.whl",
        "python@3 python@3.11 actions/checkout@v4 npm@types/node",
        "@pytest.mark.parametrize\n@functools.cache\n",
        "x\n@pytest.mark",
        "scores@weights.T",
        "https://orcid.org/0000-0002-1825-0097 0000-0002-1825-0097",
        "978-89-02-123-4567-8",
        "7f0c0502-1234-1234-1234-0123456789ab",
        "0502-1234-1234-1234-0123456789ab",
        "2024-02-123 2024-02-12 02-12 8-4 10-5 02/123/4567",
        "make report 02 2023 2024",
        "192.031.123.4567 1.02.123.4567",
        "0.0101234567 1.01012345678 010123456789 2010" + MIDDLE + LAST,
        "1,010,123,456 1 010 123 456 10 1234 5678 0.010 1234.5678",
        "1588-1234 120",
    ],
)
def test_a_near_miss_is_left_alone(text):
    assert kinds(text) == set()


HEX = st.text("0123456789abcdef", min_size=32, max_size=128)


@given(
    st.one_of(
        HEX.map("--hash=sha256:{}".format),
        st.uuids().map(str),
        st.integers(0, 10**15).map("{:,}".format),
        st.integers(0, 10**15).map("{:_}".format),
        st.floats(allow_nan=False, allow_infinity=False).map("{:.12g}".format),
        st.floats(allow_nan=False, allow_infinity=False).map(repr),
        st.dates().map(str),
        st.datetimes().map(str),
        st.text("0123456789/?=&-._@abc", max_size=60).map("https://example.kr{}".format).filter(lambda u: "@" not in u),
    )
)
def test_digests_figures_dates_and_addresses_of_the_web_never_match(text):
    assert kinds(text) == set()


@given(st.sampled_from(["", "-", ".", " "]), st.integers(0, 10**8 - 1))
def test_no_mobile_number_escapes(separator, number):
    digits = f"{number:08}"
    assert kinds(separator.join(["010", digits[:4], digits[4:]])) == {"전화번호로 보이는"}


def test_an_empty_author_and_what_is_no_text_are_left_alone(tmp_path):
    office(tmp_path / "a.xlsx", docProps__core=core("", " "), docProps__app="<A><B>0</B><C>10</C><D>12345678</D></A>")
    office(tmp_path / "b.docx", docProps__core="<no xml")
    (tmp_path / "c.xlsx").write_bytes(b"PK\3\4 broken")
    (tmp_path / "d.png").write_bytes(b"\x89PNG\0" + MOBILE.encode())
    (tmp_path / "e.csv").write_text(MOBILE + " " * privacy.LIMIT)
    (tmp_path / "f").symlink_to(tmp_path / "elsewhere")
    assert told(tmp_path) == []


# --- which files


@needs_git
def test_git_says_which_files(tmp_path):
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("/private/\n", encoding="utf-8")
    (tmp_path / "private").mkdir()
    for name in ("private/명단.csv", "기록.csv", "새로.csv", "지움.csv"):
        (tmp_path / name).write_text(MOBILE, encoding="utf-8")
    git(tmp_path, "add", "기록.csv", "지움.csv")
    (tmp_path / "지움.csv").unlink()
    said = "1행: 전화번호로 보이는 '01…'이(가) 있는데"
    assert told(tmp_path) == [f"기록.csv {said}, {EXPECTED}, {COMMITTED}.", f"새로.csv {said}, {EXPECTED}, {NEW}."]


@pytest.mark.parametrize("git_is", ["not asked", "not there", "refusing"])
def test_without_git_gitignore_says_which_files(tmp_path, monkeypatch, git_is):
    shutil.copy(ROOT / ".gitignore", tmp_path)
    names = ("private/a.csv", "reports/a.csv", "data/processed/a.csv", "data/raw/a.csv", "docs/private/a.csv", "b.pyc")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(MOBILE, encoding="utf-8")
    if git_is != "not asked":
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git" / "config").write_text(MOBILE, encoding="utf-8")
    if git_is == "not there":
        monkeypatch.setenv("PATH", "")
    assert [sentence.split(" ")[0] for sentence in told(tmp_path)] == ["data/raw/a.csv", "docs/private/a.csv"]
    (tmp_path / ".gitignore").unlink()
    assert [s.split(" ")[0] for s in told(tmp_path)] == ["b.pyc", "data/raw/a.csv", "docs/private/a.csv"]


@needs_git
def test_gitignore_is_read_as_git_reads_it(tmp_path):
    """Every rule of ours, at the top and further down, as a file and as a folder."""
    rules = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert set(privacy.HIDDEN) <= set(rules)
    git(tmp_path, "init", "-q")
    shutil.copy(ROOT / ".gitignore", tmp_path)
    for number, rule in enumerate(rules):
        name = rule.strip("/").replace("*", "x")
        for place in (f"folder/{name}/file", f"{number}/{name}", f"{number}/folder/{name}/file", f"{name}x/file"):
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place).touch()
        if rule.endswith("/"):
            (tmp_path / name).mkdir(parents=True, exist_ok=True)
            (tmp_path / name / "file").touch()
    with_git = set(privacy._files(tmp_path))
    assert with_git == set(privacy._not_ignored(tmp_path)) and len(with_git) > len(rules)


# --- the command


def test_this_repository_is_clean_and_quickly_looked_at():
    start = time.process_time()
    assert told(ROOT) == []
    assert time.process_time() - start < 0.3


def test_check_fails_with_it(project):
    (project / "docs").mkdir()
    (project / "docs/연락처.md").write_text(f"# 연락처\n\n{MOBILE}\n", encoding="utf-8")
    done = dongheng(project, "check")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"docs/연락처.md 3행: 전화번호로 보이는 '01…'이(가) 있는데, {EXPECTED}, {COMMITTED}.",
        "문제 1건",
    ]


def test_check_fails_with_it_although_the_config_is_broken(project):
    (project / "config.yaml").write_text(f"studies: {{}}  # {ADDRESS}\n", encoding="utf-8")
    done = dongheng(project, "check")
    assert done.returncode == 1
    assert f"config.yaml 1행: 전자우편 주소로 보이는 'ho…'이(가) 있는데, {EXPECTED}, {COMMITTED}." in done.stdout
    assert "studies" in done.stdout and ADDRESS not in done.stdout
