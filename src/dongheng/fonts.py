"""Where the Korean font lies and which characters it has: the one lookup for charts and report."""

import functools
import importlib.util
from pathlib import Path

FAMILY = "NanumGothic"


@functools.cache
def folder() -> Path:
    """Folder of the NanumGothic files inside the ``koreanize-matplotlib`` wheel.

    The package is located, never imported: its ``__init__`` needs ``distutils`` and fails from Python 3.12 on.
    """
    spec = importlib.util.find_spec("koreanize_matplotlib")
    return Path(spec.submodule_search_locations[0]) / "fonts"


def files() -> list[Path]:
    """The TrueType files, in an order that does not depend on the file system."""
    return sorted(folder().glob("*.ttf"))


@functools.cache
def characters() -> frozenset[int]:
    """Code points that both weights used in print (regular and bold) can draw."""
    from fontTools.ttLib import TTFont

    tables = [set(TTFont(folder() / name).getBestCmap()) for name in ("NanumGothic.ttf", "NanumGothicBold.ttf")]
    return frozenset(set.intersection(*tables))


def missing(text: str) -> list[str]:
    """Characters of `text` that the font lacks, each once, in order of first appearance; line breaks and tabs do not count."""
    return [c for c in dict.fromkeys(text) if c not in "\n\r\t" and ord(c) not in characters()]


def printable(text: str) -> str:
    """`text` with every character that the font lacks written out, as in ``〔U+1F600〕``.

    Typst stops at a character without a glyph (PDF/A forbids it), so one emoji in one comment would
    cost the whole report; written out it is seen, and ``dongheng check`` lists it.
    """
    gaps = missing(text)
    return text.translate({ord(c): f"〔U+{ord(c):04X}〕" for c in gaps}) if gaps else text
