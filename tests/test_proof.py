"""The two records: the same inputs give the same study.json anywhere, and no input can change unseen."""

from __future__ import annotations

import datetime
import hashlib
import json
import platform
import shutil
import sys

import pytest

from dongheng import config, proof, rawdata
from tests.conftest import ROOT, copy_project


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """One copy of what a record rests on, never changed."""
    return copy_project(tmp_path_factory.mktemp("틀") / "원본 폴더")


@pytest.fixture
def project(template, tmp_path):
    return shutil.copytree(template, tmp_path / "약자 동행 지수 (사본)")


def record(root, year: int = 2024) -> str:
    return proof.study_record(root, config.load(root).settings("seoul", year))


def test_two_folders_one_record(template, project):
    """Spaces and Korean letters in the path, and other times of the files, are not in the record."""
    assert str(template) != str(project)
    assert record(template) == record(project)


def test_nothing_of_clock_machine_python_or_commit(project):
    """Only what decides the numbers: key by key, and no trace of where and when it was made."""
    text = record(project)
    told = json.loads(text)
    assert set(told) == {"format", "study", "year", "parameters", "seed", "config", "sha256"}
    assert set(told["sha256"]) == {"config", "raw", "benchmarks", "notebooks", "src", "lock"}
    assert told["parameters"] == {"study": "seoul", "year": 2024} and told["seed"] == 2022
    traces = [
        str(project),
        platform.node(),
        sys.executable,
        platform.python_version(),
        datetime.date.today().isoformat(),
    ]
    assert not [trace for trace in traces if len(trace) > 4 and trace in text]
    assert "commit" not in text and "\\u" not in text and text.endswith("}\n")


def test_the_hashes_are_those_of_the_bytes(project):
    """Anybody can recompute each one with sha256sum."""
    told = json.loads(record(project))["sha256"]
    for name, sha in (told["raw"] | told["notebooks"]).items():
        assert hashlib.sha256((project / name).read_bytes()).hexdigest() == sha
    assert hashlib.sha256((project / "requirements.lock").read_bytes()).hexdigest() == told["lock"]
    raw = {f"data/raw/seoul/{y}/{n}.csv" for y in (2022, 2023, 2024) for n in ("values", "published_indices")}
    raw |= {f"data/raw/seoul/{y}/improved_counts.csv" for y in (2023, 2024)} | {"data/raw/framework/2023-11.csv"}
    raw |= {"data/raw/seoul/audit_findings.csv"}
    assert set(told["raw"]) == raw | {f"{name}.provenance.yaml" for name in raw}


@pytest.mark.parametrize(
    "name",
    [
        "data/raw/seoul/2022/values.csv",
        "data/raw/seoul/2024/improved_counts.csv.provenance.yaml",
        "data/raw/framework/2023-11.csv",
        "notebooks/02_index_computation.ipynb",
        "requirements.lock",
        "src/dongheng/aggregate.py",
        "src/dongheng/publish/report.typ",
    ],
)
def test_one_byte_changes_the_record(project, name):
    """Raw data, provenance, notebook, lock or code: no input changes unseen."""
    before = record(project)
    content = bytearray((project / name).read_bytes())
    content[-2] ^= 1
    (project / name).write_bytes(bytes(content))
    assert record(project) != before


def test_a_setting_changes_the_record_a_comment_does_not(project):
    """The record holds what config.yaml means, not how it is laid out."""
    before, path = record(project), project / "config.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "# 덧붙인 말\n", encoding="utf-8")
    assert record(project) == before
    path.write_text(text.replace("reverse: reciprocal", "reverse: reflection"), encoding="utf-8")
    assert record(project) != before


def test_what_comes_for_2024_leaves_2023_as_it_was(project):
    """A value, an approval or a lost file of a later year is not in an earlier year's record."""
    before = record(project, 2023)
    with open(project / "data/raw/seoul/2024/values.csv", "ab") as file:
        file.write(b"\n")
    (project / "data/raw/seoul/2024/improved_counts.csv").unlink()
    path = project / "config.yaml"
    approval = 'approvals: {2024: {document_number: "a-1", date: "2026-08-04"}}'
    path.write_text(path.read_text(encoding="utf-8").replace("approvals: {}", approval), encoding="utf-8")
    assert record(project, 2023) == before


def test_by_products_are_no_code(project):
    """Python's byte code, also under the temporary name it is first written to, and hidden files leave no trace."""
    before = record(project)
    package = project / "src/dongheng"
    for name in ("__pycache__/x.cpython-311.pyc", "__pycache__/x.cpython-311.pyc.140234", ".DS_Store", ".x.swp"):
        for folder in (package, package / "publish"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(b"x")
    assert record(project) == before
    (package / "new_room.py").write_bytes(b"")
    assert record(project) != before


def test_every_room_belongs_to_a_group():
    """A room outside all groups could change without anything being computed again."""
    grouped = {f for group in proof.ROOMS if group != "all" for f in proof.code_files(ROOT, group)}
    rest = {f.name for f in set(proof.code_files(ROOT, "all")) - grouped if f.suffix == ".py"}
    assert rest <= {"__init__.py", "__main__.py", "cli.py"}


def test_files_are_hashed_by_name_and_content_in_any_order(tmp_path):
    """Two files that swap their contents are two other files; the order in which they are listed is nothing."""
    for name, content in (("a", b"1"), ("b", b"2"), ("sub/c", b"3")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    paths = [p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file()]
    one = proof.sha256_of_files(tmp_path, paths)
    assert proof.sha256_of_files(tmp_path, paths[::-1]) == one
    (tmp_path / "a").write_bytes(b"2")
    (tmp_path / "b").write_bytes(b"1")
    assert proof.sha256_of_files(tmp_path, paths) != one


def test_the_certificate_is_the_record_plus_the_run(project):
    """Python, platform, commit and every output's sha256 stand here and only here."""
    (project / "reports").mkdir()
    (project / "reports/a.pdf").write_bytes(b"%PDF")
    outputs = [p.relative_to(project) for p in (project / "reports").iterdir()]
    text = record(project)
    told = json.loads(proof.certificate(project, text, outputs, [{"name": "x", "seconds": 1}]))
    assert told["study"] == json.loads(text) and told["run"]["python"] == platform.python_version()
    assert told["run"]["commit"] == ""  # the copy is no git checkout
    assert told["outputs"] == {"reports/a.pdf": rawdata.sha256(project / "reports/a.pdf")}
