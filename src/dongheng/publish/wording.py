"""How things are said: numbers as they are printed, particles that fit their word, and a TOML file of Korean sentences."""

import numbers
import re
import string
from decimal import ROUND_HALF_UP, Context, Decimal

import pandas as pd

from dongheng.errors import PublishError

EXACT = Context(prec=400)  # room for any double written out
LIQUID = re.compile(r"([178LRl]|(?<![A-Za-z])r)$")  # 일 칠 팔 엘 알; in a word as in server r is not read
CLOSED = re.compile(r"([036MNmn]|ng)$")  # 영 삼 육 엠 엔; 이 사 오 구, other letters, %, %p and p end in a vowel


def _rounded(x, decimals: int) -> Decimal | None:
    """`x` half up as its shortest decimal form says, so that 2.675 is the tie that it looks like; None if there is no value."""
    if x is None or x is pd.NA or x is pd.NaT:
        return None
    if isinstance(x, bool) or not isinstance(x, numbers.Real | Decimal):
        raise PublishError.of("publish.no_number", f"값 {x!r}")
    exact = x if isinstance(x, Decimal) else Decimal(int(x) if isinstance(x, numbers.Integral) else repr(float(x)))
    if exact.is_nan():
        return None
    PublishError.unless(exact.is_finite(), "publish.infinite", f"값 {x!r}")
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=EXACT)
    return rounded if rounded else abs(rounded)  # -0.0 is 0.0


def number(x, decimals: int = 1, *, missing: str = "미확보") -> str:
    """Number for print, as in ``1,234.5``; a minus is a hyphen, which the report's font has.

    Parameters
    ----------
    x : float, int, Decimal or None
        The unrounded value.
    decimals : int
        Decimals to print.
    missing : str
        What stands for a value that is not there.

    Examples
    --------
    >>> number(2.675, 2), number(-0.04), number(float("nan"))
    ('2.68', '0.0', '미확보')
    """
    rounded = _rounded(x, decimals)
    return missing if rounded is None else f"{rounded:,f}"


def plain(x: float) -> str:
    """Number for print with all the decimals that it was given with.

    Examples
    --------
    >>> plain(20.65), plain(2694.0)
    ('20.65', '2,694')
    """
    return number(x, max(0, -Decimal(repr(float(x))).normalize().as_tuple().exponent))


def change(x, decimals: int = 1, *, missing: str = "미확보") -> str:
    """Change for a table cell, with △ before a fall; sentences say 하락 instead.

    Examples
    --------
    >>> change(-4.75), change(-0.04)
    ('△4.8', '0.0')
    """
    return missing if _rounded(x, decimals) is None else number(x, decimals).replace("-", "△")


def points(x, *, missing: str = "미확보") -> str:
    """Difference of two index values, as in ``4.8p``.

    Examples
    --------
    >>> points(4.75)
    '4.8p'
    """
    return missing if _rounded(x, 1) is None else f"{number(x, 1)}p"


def particle(word: str, pair: str) -> str:
    """The one of two forms of a particle that stands after a word as it is read aloud.

    Parameters
    ----------
    word : str
        What stands before: Hangul, digits, Latin letters, a unit. A last bracket and quotation marks are not read.
    pair : str
        The form after a final consonant and the one after a vowel: ``은/는``, ``이/가``, ``으로/로``, ``이며/며``.
        Those that begin with 으 count ㄹ among the vowels.

    Examples
    --------
    >>> [particle(w, "으로/로") for w in ("계산값", "서울", "2024", "2021", "8.7p", "12%", "점수(예시)")]
    ['으로', '로', '로', '로', '로', '로', '로']

    Notes
    -----
    Capitals are read by their names (CVR 시브이알), and of a word in small letters the last letter is taken as it
    usually sounds; no rule knows that csv ends in 브이 and map in a consonant, so that such words want care.
    """
    closed, open_ = pair.split("/")
    read = re.sub(r"(?<=\S)\s*(\([^()]*\)|\[[^\[\]]*\])$", "", word.strip()).rstrip(" '\"’”」』》〉)].,!?…")
    if "가" <= read[-1:] <= "힣":
        final = (ord(read[-1]) - ord("가")) % 28  # the place among the finals of a syllable: 0 none, 8 ㄹ
    else:
        final = 8 if LIQUID.search(read) else int(bool(CLOSED.search(read)))
    return open_ if final == 0 or (final == 8 and closed[0] == "으") else closed


FORMS = {"p": points, "plain": plain, "date": lambda iso: "{}. {}. {}.".format(*map(int, iso.split("-")))}


class Phrases(string.Formatter):
    """The texts of one catalogue, for the kinds of report that apply.

    Parameters
    ----------
    texts : dict
        What the TOML file holds: templates, lists of them, and tables ``{kind = text}`` that stand for the text of
        the first kind that applies, and for nothing if none does.
    kinds : tuple of str
        Which kinds apply, the weightiest first.
    facts : dict
        What every template may name in braces.
    """

    def __init__(self, texts: dict, kinds: tuple[str, ...] = (), facts: dict | None = None):
        self.texts, self.kinds, self.facts = texts, kinds, facts or {}

    def given(self, *kinds: str, **facts) -> "Phrases":
        """The same texts where these kinds and facts apply too."""
        return Phrases(self.texts, (*self.kinds, *kinds), self.facts | facts)

    def __call__(self, key: str, /, *kinds: str, **facts):
        """The text `key` (``table.name``), or the list of texts, with its facts filled in.

        Raises
        ------
        PublishError
            A brace names a fact that the report does not give this text, or asks for a form that the fact cannot have.
        KeyError
            No such text, or none for the kinds that apply.
        """
        (table, name), known = key.split("."), self.facts | facts
        entry = self.texts[table][name]
        try:
            said = self._fill(entry, (*kinds, *self.kinds), known)
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            known = ", ".join(known)
            raise PublishError.of("publish.catalogue", f"글 목록의 '{key}'", error=error, known=known) from error
        if said is None:
            raise KeyError(f"{key}: {kinds + self.kinds}")
        return said

    def all(self, key: str) -> dict[str, str]:
        """Every text of the table `key`, by name."""
        return {name: self(f"{key}.{name}") for name in self.texts[key]}

    def _fill(self, entry, kinds: tuple[str, ...], facts: dict):
        if isinstance(entry, str):
            return self.vformat(entry, (), facts)
        if isinstance(entry, list):
            return [said for part in entry if (said := self._fill(part, kinds, facts)) is not None]
        return next((self._fill(entry[kind], kinds, facts) for kind in kinds if kind in entry), None)

    def format_field(self, value, spec: str) -> str:
        """`value` in one of the forms of the catalogue, with the particle asked for; a bare number must be whole."""
        form, _, pair = spec.rpartition(" ") if "/" in spec else (spec, "", "")
        if decimals := re.fullmatch(r"(△?)\.(\d)", form):
            said = (change if decimals[1] else number)(value, int(decimals[2]))
        elif form in FORMS:
            said = FORMS[form](value)
        elif form in self.texts.get("differences", ()):
            size = points(abs(value))
            way = {"0.0p": "same", "미확보": "unknown"}.get(size, "up" if value > 0 else "down")
            said = self(f"differences.{form}", way, size=abs(value))
        elif not form and (isinstance(value, str) or hasattr(value, "__index__")):
            said = str(value)
        else:
            raise ValueError(f"{value!r}, '{form}'")
        return said + particle(said, pair) if pair else said
