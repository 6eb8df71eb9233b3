"""No phone number, e-mail address or author's name outside private/: what is committed stays readable for ever.

Looked at are the files that git tracks and those that a `git add` would take, so that a list of names is seen before
it is committed. Without git (a folder unpacked from an archive, a desktop that has none) every file counts that
.gitignore does not hide. Every e-mail address is told, automatic senders too: none has a place here. Excel and Word
files are opened. What cannot be read is passed over: PDF and pictures, the older binary formats (.xls, .doc, .hwp),
whatever is larger than a megabyte, and links.
"""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from xml.etree import ElementTree

from dongheng.errors import DonghengError

LIMIT = 1_000_000  # bytes of a file, or of a part of an Excel or Word file
OFFICE = re.compile(r"\.(xls|xlt|doc|dot)[xm]$", re.I)

# What is hidden in a copy that has lost its .gitignore: what runs and installations make, and the private folder.
HIDDEN = ("/private/", "/reports/", "/data/processed/", "/wheelhouse/", "/.dongheng/", "/.snakemake/", "/.venv/")

# A number is told by its shape: prefix, three or four digits, four digits, with one kind of separator throughout (a
# bracket after the prefix apart). Blanks do where the prefix is a mobile's or the middle cannot be a year, as in a list
# of notebook and years. What stands before is looked at after the first sign, since that lets Python skip to a 0 or +;
# there a letter or another group of digits makes it a part of something else, but the n of JSON's line break does not.
_LAND = r"(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|80|50\d)"
_MOBILE = r"1[016-9]"
_DASH = r"[ ]?[-\u2010-\u2015\u2212][ ]?"
_ANY = rf"(?:[ .)]|{_DASH})?"
PHONE = re.compile(
    r"[0+](?:(?<![\da-zA-Z].)|(?<=\\[nrtfb].)|(?<=\\u[\da-fA-F]{4}.))(?<!\d[.-].)"
    r"(?:"
    rf"(?:{_LAND}|{_MOBILE})(?:{_DASH}\d{{3,4}}{_DASH}|\.\d{{3,4}}\.|\)[ ]?\d{{3,4}}(?:[ .]|{_DASH}))\d{{4}}"
    rf"|(?:{_MOBILE}|{_LAND}(?![ ](?:19|20)\d\d[ ]))[ ]\d{{3,4}}(?:[ ]|{_DASH})\d{{4}}"
    r"|10\d{8}"
    rf"|(?:(?<=\+)|0)82{_ANY}\(?0?\)?(?:{_MOBILE}|{_LAND}){_ANY}\d{{3,4}}{_ANY}\d{{4}}"
    r")(?![\da-zA-Z]|\.\d|-[\da-f]{4})",
    re.ASCII,
)
EMAIL = re.compile(r"@(?:[a-z0-9-]+\.)+[a-z]{2,}(?![\w@]|[.-]\w)", re.I | re.ASCII)
_LOCAL = re.compile(r"(?:^|(?<=\\[nrt])|(?<=\\u[\da-f]{4})|(?<![\w.%+\\-]))\w[\w.%+-]*\Z", re.I | re.ASCII)
_URL = re.compile(r"://([^\s\"'<>,;|)]*)\Z")  # the part of an address of the web before a hit
_BETWEEN_RUNS = re.compile(
    r"</(?:\w+:)?t>(?:(?!</(?:\w+:)?(?:p|si|is)>|<(?:\w+:)?(?:tab|br)/>).)*?<(?:\w+:)?t(?: [^>]*)?>", re.S
)
_FULL = re.compile("[\uff01-\uff5e]")  # digits and signs as wide as a Korean letter


def problems(root: Path) -> list[DonghengError]:
    """What has to leave the files of this folder, one problem for each file and kind.

    Parameters
    ----------
    root : Path
        The study's folder.
    """
    found = []
    for name, tracked in sorted(_files(root).items()):
        path = root / name
        try:
            if path.is_symlink() or not path.is_file():
                continue
            told = dict(_look(path, name))
        except OSError:
            continue  # unreadable for us as for git; whoever needs the file says so
        shown = _masked(name)
        for kind, (where, hits) in told.items():
            more = f" 등 {len(hits)}곳이" if len(hits) > 1 else "이(가)"
            facts = {"kind": kind, "hit": _short(hits[0]), "more": more}
            if kind in _AUTHORS.values():
                key = "pipeline.author_tracked" if tracked else "pipeline.author"
            else:
                key = "pipeline.personal_tracked" if tracked else "pipeline.personal"
            found.append(DonghengError.of(key, f"{shown} {where}".rstrip(), **facts))
    return found


_AUTHORS = {"creator": "작성자", "lastModifiedBy": "마지막으로 고친 사람"}


def _look(path: Path, name: str) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """Kinds of finding, each with the first place and all hits."""
    for kind, hits in _search(name).items():
        yield f"파일 이름에 {kind}", ("", [hit for _, hit in hits])
    if OFFICE.search(name) and zipfile.is_zipfile(path):
        yield from _look_inside(path)
    elif path.stat().st_size <= LIMIT:
        for kind, hits in _search(_text(path.read_bytes())).items():
            yield kind, (f"{hits[0][0]}행", [hit for _, hit in hits])


def _look_inside(path: Path) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """The same for an Excel or Word file, whose places are its parts."""
    found: dict[str, tuple[str, list[str]]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for part in archive.infolist():
                if part.file_size > LIMIT or not part.filename.endswith((".xml", ".rels")):
                    continue
                content = archive.read(part)
                hits = {kind: [hit for _, hit in told] for kind, told in _search(_words(content)).items()}
                if part.filename == "docProps/core.xml":
                    hits |= _authors(content)
                for kind, told in hits.items():
                    found.setdefault(kind, (f"안의 {part.filename}", []))[1].extend(told)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError):
        pass  # broken or locked: whoever reads the file says so
    yield from found.items()


def _authors(content: bytes) -> dict[str, list[str]]:
    """Names in the properties of an Excel or Word file."""
    try:
        elements = list(ElementTree.fromstring(content))
    except ElementTree.ParseError:
        return {}
    told = {e.tag.rpartition("}")[2]: (e.text or "").strip() for e in elements}
    return {_AUTHORS[tag]: [text] for tag, text in told.items() if tag in _AUTHORS and text}


def _words(content: bytes) -> str:
    """A part's text as a reader sees it: runs of one paragraph joined, all else apart; links to addresses kept."""
    text = content.decode("utf-8", "replace")
    links = re.findall(r'Target="mailto:([^"]*)"', text)
    return "\n".join([re.sub(r"<[^>]*>", "\n", _BETWEEN_RUNS.sub("", text)), *links])


def _text(content: bytes) -> str:
    """A text file's content, whatever wrote it; nothing for a binary file."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content[:8192]:
        return ""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp949", "replace")


def _search(text: str) -> dict[str, list[tuple[int, str]]]:
    """Kinds of finding with line and hit."""
    if not text.isascii() and _FULL.search(text):
        text = _FULL.sub(lambda sign: chr(ord(sign[0]) - 0xFEE0), text)
    found: dict[str, list[tuple[int, str]]] = {}
    for hit in PHONE.finditer(text):
        if not _URL.search(text, max(0, hit.start() - 500), hit.start()):  # digits in it are ids
            found.setdefault("전화번호로 보이는", []).append((hit.start(), hit[0]))
    for hit in EMAIL.finditer(text):
        before = text[max(0, hit.start() - 500) : hit.start()]
        local, url = _LOCAL.search(before), _URL.search(before)
        in_host = url and not re.search("[/?#]", url[1])  # user@host of git
        if local and not in_host and (local[0] != "git" or text[hit.end() : hit.end() + 1] != ":"):
            found.setdefault("전자우편 주소로 보이는", []).append((hit.start(), local[0] + hit[0]))
    return {kind: [(text.count("\n", 0, at) + 1, hit) for at, hit in hits] for kind, hits in found.items()}


def _short(text: str) -> str:
    """Enough to find it again, never the whole."""
    return text[: min(2, len(text) - 1)] + "…"


def _masked(name: str) -> str:
    for hits in _search(name).values():
        for _, hit in hits:
            name = name.replace(hit, _short(hit))
    return name


def _files(root: Path) -> dict[str, bool]:
    """Files to look at, relative to the folder, with whether git tracks them."""
    if (root / ".git").exists():
        command = ["git", "ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard"]
        try:
            listed = subprocess.run(command, cwd=root, capture_output=True, check=True, timeout=30).stdout
        except (OSError, subprocess.SubprocessError):
            pass  # no git on this machine, or one that does not trust the folder
        else:
            lines = [os.fsdecode(line) for line in listed.split(b"\0") if line]
            return {line[2:]: not line.startswith("?") for line in lines}
    return dict.fromkeys(_not_ignored(root), True)


def _not_ignored(root: Path) -> Iterator[str]:
    """What .gitignore does not hide, as far as it is written with names, ``*`` and a slash at either end."""
    try:
        lines = (root / ".gitignore").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = list(HIDDEN)
    rules = [line.strip() for line in [*lines, ".git/"] if line.strip() and not line.startswith(("#", "!"))]
    for folder, folders, files in os.walk(root):
        inside = Path(folder).relative_to(root)
        folders[:] = [name for name in folders if not _ignored((inside / name).as_posix(), True, rules)]
        for name in files:
            if not _ignored((inside / name).as_posix(), False, rules):
                yield (inside / name).as_posix()


def _ignored(name: str, folder: bool, rules: list[str]) -> bool:
    last = name.rpartition("/")[2]
    return any(
        (folder or not rule.endswith("/")) and fnmatch(name if "/" in rule.rstrip("/") else last, rule.strip("/"))
        for rule in rules
    )
