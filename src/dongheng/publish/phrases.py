"""A catalogue of Korean sentences: templates in a TOML file, numbers as they are printed, particles that fit their word."""

from __future__ import annotations

import re
import string

from dongheng.errors import PublishError
from dongheng.publish.wording import change, number, plain, points

LIQUID = re.compile(r"([178LRl]|(?<![A-Za-z])r)$")  # 일 칠 팔 엘 알; in a word as in server r is not read
CLOSED = re.compile(r"([036MNmn]|ng)$")  # 영 삼 육 엠 엔; 이 사 오 구, other letters, %, %p and p end in a vowel


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

    def given(self, *kinds: str, **facts) -> Phrases:
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
            raise PublishError(
                f"글 목록의 '{key}'",
                f"중괄호 자리를 채울 수 없는데({error})",
                f"이 글에는 {', '.join(known)}만 정해진 꼴로 쓸 수 있으므로",
                "중괄호 안을 고쳐 주십시오",
            ) from error
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
