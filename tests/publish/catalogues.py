"""What every catalogue of the report is checked for: each of its texts is said by some report, and said whole."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from dongheng.publish import chapter
from dongheng.publish.wording import Phrases


@contextmanager
def listening() -> Iterator[set[str]]:
    """The templates that are said within."""
    used: set[str] = set()
    with pytest.MonkeyPatch.context() as patch:
        fill = Phrases.vformat
        patch.setattr(Phrases, "vformat", lambda self, text, *rest: used.add(text) or fill(self, text, *rest))
        yield used


def assert_every_text_is_said(module, used: set[str], *, shared: bool = False) -> None:
    """Every text beside `module` is among those used, with `shared` the words of all chapters too; each key has a text."""
    files = [Path(module.__file__)] + [Path(chapter.__file__).with_name("words")] * shared
    texts = [tomllib.loads(file.with_suffix(".toml").read_text(encoding="utf-8")) for file in files]
    unsaid = sorted({leaf for told in texts for leaf in leaves(told)} - used)
    assert not unsaid, unsaid
    keys = [key.split(".") for key in re.findall(r'"([a-z_]+\.[a-z_]+)"', inspect.getsource(module))]
    absent = [key for key in keys if key[1] not in module.SAID.texts.get(key[0], {})]
    assert keys and not absent, absent


def assert_whole(told: list, least: int) -> None:
    """Every cell and sentence is a text, without NaN, brace or 이(가), and there are some (`least`)."""
    texts = [text for part in told for text in printed(part)]
    assert len(texts) > least, len(texts)
    empty = [text for text in texts if not isinstance(text, str) or not text]
    assert not empty, empty
    hedged = [text for text in texts if re.search(r"\bnan\b|None|[은이을과]\([는가를와]\)|[{}]", text)]
    assert not hedged, hedged


def leaves(entry):
    """All texts below an entry of the catalogue."""
    if isinstance(entry, str):
        return [entry]
    return [leaf for part in (entry.values() if isinstance(entry, dict) else entry) for leaf in leaves(part)]


def printed(part) -> list:
    """All that is printed of a table, of the arguments of a cover or chart, of a list of items, of a text."""
    if isinstance(part, pd.DataFrame):
        return [*part.columns, *part.to_numpy().ravel()]
    if isinstance(part, dict):
        return [text for text in part.values() if isinstance(text, str) and text]
    return [part] if not isinstance(part, list | tuple) else [text for below in part for text in printed(below)]
