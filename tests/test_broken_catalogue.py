"""A catalogue of broken input: what an office gets wrong, one file per fault, and what `dongheng check` says to each.

The files lie under tests/broken/, in a folder per place and named after the fault; catalogue.yaml says where each goes
in a copy of the project and which sentences must follow. A file ending in ``.edit.yaml`` is not the fault itself but
how to make it: what no file can hold (a file that is gone), what must not lie in a repository (personal data, outputs
of a notebook), and settings, which are broken in one line of the real config.yaml.

``python -m tests.test_broken_catalogue`` prints how many faults of each kind there are.
"""

from __future__ import annotations

import functools
import pickle
import re
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import pytest
import yaml

from dongheng import config, fonts, normalise, proof, rawdata
from dongheng.pipeline import check, notebook
from tests.conftest import ROOT

HERE = Path(__file__).parent / "broken"
KINDS = yaml.safe_load((HERE / "catalogue.yaml").read_text(encoding="utf-8"))
CATALOGUE = {f"{kind}/{name}": entry for kind, files in KINDS.items() for name, entry in files.items()}
FAULTS = {name: entry for name, entry in CATALOGUE.items() if entry["sentences"]}
EDIT = ".edit.yaml"
STUDY = "seoul"


def copy_inputs(target: Path) -> Path:
    """What `check` reads of the study seoul: no code, no other city."""
    text = (ROOT / config.FILE).read_text(encoding="utf-8")
    studies = next(told for key, told in yaml.compose(text).value if key.value == "studies")
    for key, told in reversed(studies.value):
        if key.value != STUDY:
            start, end = (text.rfind("\n", 0, mark.index) + 1 for mark in (key.start_mark, told.end_mark))
            text = text[:start] + text[end:]
    (target / config.FILE).write_text(text, encoding="utf-8", newline="")
    for name in ("Snakefile", proof.LOCK):
        shutil.copy(ROOT / name, target)
    for name in (f"data/raw/{STUDY}", "notebooks"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns(".*"))
    edition = config.load(target).content["studies"][STUDY]["framework"]
    (target / "data/raw/framework").mkdir()
    for path in (ROOT / "data/raw/framework").glob(f"{edition}.*"):
        shutil.copy(path, target / "data/raw/framework")
    return target


def put(root: Path, name: str) -> None:
    """Break a copy of the project in one place.

    The provenance record is brought up to date, as somebody careful would, so that the fault alone is told; an entry
    with ``record: untouched`` leaves it behind.
    """
    entry = CATALOGUE[name]
    target = root / "".join(entry["goes_to"])
    target.parent.mkdir(parents=True, exist_ok=True)
    if name.endswith(EDIT):
        for how, what in yaml.safe_load((HERE / name).read_text(encoding="utf-8")).items():
            edit(target, how, what)
    else:
        target.write_bytes((HERE / name).read_bytes())
    if target.suffix == ".csv" and target.is_file() and entry.get("record") != "untouched":
        record = rawdata.record_of(target)
        like = record if record.is_file() else next((root / "data/raw/framework").glob("*" + rawdata.PROVENANCE))
        text = re.sub('sha256: ".*"', f'sha256: "{rawdata.sha256(target)}"', like.read_text(encoding="utf-8"))
        record.write_text(text, encoding="utf-8")


def edit(target: Path, how: str, what) -> None:
    """Make a fault; a text may come as a list of parts, so that no phone number stands in this repository."""
    match how:
        case "replace":
            text = target.read_text(encoding="utf-8")
            for old, new in what.items():
                assert old in text, f"{old!r} is not in {target.name}"
                text = text.replace(old, "".join(new), 1)
            target.write_text(text, encoding="utf-8", newline="")
        case "write":
            target.write_text("".join(what), encoding="utf-8", newline="")
        case "zip":
            with zipfile.ZipFile(target, "w") as archive:
                for part, content in what.items():
                    archive.writestr(part, content)
        case "remove":
            target.unlink()
        case "make_a_folder":
            target.unlink()
            target.mkdir()
        case _:
            raise AssertionError(how)


def remembering(function, read=None):
    """The same function, asked again only where what it is given, or a file that it reads, differs: it saves two thirds."""
    known: dict = {}

    @functools.wraps(function)
    def answer(*given):
        told = given
        if read:
            files = [(path, given[0] / path) for path in read(*given)]
            told = (given[1:], [(path, at.read_bytes() if at.is_file() else at.exists()) for path, at in files])
        key = pickle.dumps(told)
        if key not in known:
            known[key] = function(*given)
        return known[key]

    return answer


def of_report(root: Path, settings: config.Settings | None = None) -> list[Path]:
    """Every raw file, for a report without those of later years."""
    found = sorted(path.relative_to(root) for path in (root / "data/raw").rglob("*"))
    return [p for p in found if not (settings and p.parent.name.isdigit() and int(p.parent.name) > settings.year)]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory) -> tuple[Path, list[str]]:
    """A copy that nobody breaks, and what `check` says to it: nothing, or that the packages are not the lock's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof, "not_as_locked", remembering(proof.not_as_locked, lambda root: [proof.LOCK]))
        patch.setattr(notebook, "lint", remembering(notebook.lint, lambda root, path: [path]))
        patch.setattr(check, "problems_before", remembering(check.problems_before, of_report))
        patch.setattr(check, "_unprintable", remembering(check._unprintable, of_report))
        patch.setattr(rawdata, "provenance", remembering(rawdata.provenance, lambda _, path: [rawdata.record_of(path)]))
        for room, name in ((rawdata, "_schema_problems"), (normalise, "known_scores"), (normalise, "complete_levels")):
            patch.setattr(room, name, remembering(getattr(room, name)))
        patch.setattr(fonts, "missing", functools.cache(fonts.missing))
        root = copy_inputs(tmp_path_factory.mktemp("healthy"))
        yield root, sentences(root)


@pytest.fixture
def project(healthy, tmp_path) -> Path:
    """A copy to break, gone after the test: a hundred of them are not left lying about."""
    yield shutil.copytree(healthy[0], tmp_path / "project")
    shutil.rmtree(tmp_path / "project")


def sentences(root: Path) -> list[str]:
    return [str(problem) for problem in check.problems(root)]


def pattern(sentence: str) -> str:
    """A sentence without its place, what it quotes and its digits: equal where two faults are of one kind."""
    told = re.sub(r"U\+[0-9A-F]+|'[^']*'|[0-9]+", "", sentence.split(": ", 1)[1])
    return re.sub(r"[^ ]+(, [^ ]+)* 가운데 하나여야", "가운데 하나여야", told)


def count() -> str:
    """How many faults of each kind the catalogue holds, as a table."""
    numbers = Counter(name.split("/")[0] for name in FAULTS)
    lines = [f"{kind:<12}{number:>4}" for kind, number in numbers.items()]
    return "\n".join([*lines, f"{'in all':<12}{len(FAULTS):>4}", f"{'no fault':<12}{len(CATALOGUE) - len(FAULTS):>4}"])


@pytest.mark.parametrize("name", CATALOGUE)
def test_check_tells_the_fault_and_nothing_else(project, healthy, name):
    """One fault: exactly the sentences that say where it is, what was expected and what to do, in their order."""
    put(project, name)
    assert [told for told in sentences(project) if told not in healthy[1]] == CATALOGUE[name]["sentences"]


def test_every_file_has_its_entry_and_every_entry_its_file():
    """No fault lies about untested, none is listed without being there."""
    files = {path.relative_to(HERE).as_posix() for path in HERE.glob("*/*")}
    assert files == set(CATALOGUE)


def test_at_least_forty_kinds_and_no_kind_twice():
    """Each fault brings a sentence that none above it brings, whatever file, cell or figure it is about."""
    seen: set[str] = set()
    for name, entry in FAULTS.items():
        told = {pattern(sentence) for sentence in entry["sentences"]}
        assert told - seen, f"{name} is of a kind that the catalogue has"
        seen |= told
    assert len(FAULTS) >= 40
    print(count())


if __name__ == "__main__":
    print(count())
