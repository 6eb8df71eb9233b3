"""The catalogue of sentences: complete, without leftovers, each in the form that a reader can act on."""

from __future__ import annotations

import pickle
import re
import string
import tomllib

import pytest

from dongheng.errors import DataError
from tests.conftest import ROOT

SOURCE = ROOT / "src/dongheng"
ENTRIES = {
    f"{path.stem}.{fault}": parts
    for path in sorted((SOURCE / "sentences").glob("*.toml"))
    for fault, parts in tomllib.loads(path.read_text(encoding="utf-8")).items()
}
CODE = {p: p.read_text(encoding="utf-8") for p in (*SOURCE.rglob("*.py"), *SOURCE.glob("*.schema.yaml"))}
ROOMS = "|".join(sorted({key.split(".")[0] for key in ENTRIES}))
USED = {key for text in CODE.values() for key in re.findall(rf'"((?:{ROOMS})\.[a-z][a-z0-9_]*)"', text)}


def test_every_sentence_is_used_and_every_key_has_its_sentence():
    """A misspelt key would only show on the day of the fault; a sentence that nobody says misleads whoever edits it."""
    # Names of files look like keys.
    files = {f"{room}.{kind}" for room in ROOMS.split("|") for kind in ("py", "csv", "yaml")}
    assert sorted(USED - files - set(ENTRIES)) == []
    assert sorted(set(ENTRIES) - USED) == []


@pytest.mark.parametrize("key", sorted(ENTRIES))
def test_a_sentence_says_what_was_found_what_is_expected_and_what_to_do(key):
    """Found …데, expected …므로, todo …십시오; every brace names a fact, none a place in a list."""
    found, expected, todo = ENTRIES[key]
    assert re.search(r"데(\([^()]*\))?$|\}$", found) and found[-1:] not in ". ", found
    assert re.search(r"므로(\([^()]*\))?$|\}$", expected), expected
    assert re.search(r"시오(\([^()]*\))?$|\}$", todo), todo
    for part in (found, expected, todo):
        names = [name for _, name, _, _ in string.Formatter().parse(part) if name is not None]
        assert all(re.match(r"[a-z_]", name) for name in names), part


def test_an_error_from_the_catalogue_is_the_sentence():
    """`of` fills the facts in, and the error survives a process border, as errors of kernels and workers must."""
    key = sorted(ENTRIES)[0]
    facts = {
        name.split(".")[0].split("[")[0]: 1
        for part in ENTRIES[key]
        for _, name, _, _ in string.Formatter().parse(part)
        if name
    }
    error = DataError.of(key, "여기", **facts)
    assert str(error) == "여기: {}, {}, {}.".format(*(part.format(**facts) for part in ENTRIES[key]))
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
