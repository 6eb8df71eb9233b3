"""No phone number, e-mail address or author's name outside private/: what is committed stays readable for ever.

Looked at are the files that git tracks and those that a `git add` would take, so that a list of names is seen before
it is committed. Without git (a folder unpacked from an archive, a desktop that has none) every file counts that
.gitignore does not hide. Every e-mail address is told, automatic senders too: none has a place here. Excel and Word
files are opened. What cannot be read is passed over: PDF and pictures, the older binary formats (.xls, .doc, .hwp),
whatever is larger than a megabyte, and links.
"""

import os
import re
import subprocess
import tomllib
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from dongheng.errors import DonghengError

LIMIT = 1_000_000  # bytes of a file, or of a part of an Excel or Word file
# What is hidden in a copy that has lost its .gitignore: what runs and installations make, and the private folder.
HIDDEN = ("/private/", "/reports/", "/data/processed/", "/wheelhouse/", "/.dongheng/", "/.snakemake/", "/.venv/")

_AUTHORS = {"creator": "작성자", "lastModifiedBy": "마지막으로 고친 사람"}
_TOLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _pattern(name: str) -> re.Pattern:
    """A pattern of privacy.toml with its parts filled in."""
    text = _TOLD["patterns"][name]
    for part, meaning in reversed(_TOLD["parts"].items()):  # a part may hold one that stands before it
        text = text.replace(f"<{part}>", meaning)
    return re.compile(text)


PHONE, EMAIL, OFFICE = _pattern("phone"), _pattern("email"), _pattern("office")
_LOCAL, _URL, _WIDE, _LINK = map(_pattern, ("local", "url", "wide", "link"))
_BETWEEN_RUNS, _AUTHOR = _pattern("between_runs"), _pattern("author")


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
            told = list(_look(path, name))
        except OSError:
            continue  # unreadable for us as for git; whoever needs the file says so
        for kind in dict.fromkeys(kind for kind, _, _ in told):
            places = [(place, hit) for other, place, hit in told if other == kind]
            more = f" 등 {len(places)}곳이" if len(places) > 1 else "이(가)"
            keys = ("pipeline.personal", "pipeline.personal_tracked")
            if kind in _AUTHORS.values():
                keys = ("pipeline.author", "pipeline.author_tracked")
            where, facts = f"{_masked(name)} {places[0][0]}".rstrip(), {"hit": _short(places[0][1]), "more": more}
            found.append(DonghengError.of(keys[tracked], where, kind=kind, **facts))
    return found


def _look(path: Path, name: str) -> Iterator[tuple[str, str, str]]:
    """Kind, place and text of every finding."""
    yield from ((f"파일 이름에 {kind}", "", hit) for kind, _, hit in search(name))
    if OFFICE.search(name) and zipfile.is_zipfile(path):
        yield from _look_inside(path)
    elif path.stat().st_size <= LIMIT:
        yield from ((kind, f"{line}행", hit) for kind, line, hit in search(_text(path.read_bytes())))


def _look_inside(path: Path) -> Iterator[tuple[str, str, str]]:
    """The same for an Excel or Word file, whose places are its parts."""
    try:
        with zipfile.ZipFile(path) as archive:
            for part in archive.infolist():
                if part.file_size <= LIMIT and part.filename.endswith((".xml", ".rels")):
                    content, where = archive.read(part), f"안의 {part.filename}"
                    yield from ((kind, where, hit) for kind, _, hit in search(_words(content)))
                    if part.filename == "docProps/core.xml":
                        yield from ((_AUTHORS[tag], where, hit) for tag, hit in _AUTHOR.findall(_text(content)))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError):
        pass  # broken or locked: whoever reads the file says so


def _words(content: bytes) -> str:
    """A part's text as a reader sees it: runs of one paragraph joined, all else apart; links to addresses kept."""
    text = content.decode("utf-8", "replace")
    return "\n".join([re.sub(r"<[^>]*>", "\n", _BETWEEN_RUNS.sub("", text)), *_LINK.findall(text)])


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


def search(text: str) -> list[tuple[str, int, str]]:
    """Kind, line and text of every phone number, then of every e-mail address."""
    if not text.isascii() and _WIDE.search(text):
        text = _WIDE.sub(lambda sign: chr(ord(sign[0]) - 0xFEE0), text)
    found = []
    for hit in PHONE.finditer(text):
        if not _URL.search(text, max(0, hit.start() - 500), hit.start()):  # digits in it are ids
            found.append(("전화번호로 보이는", hit.start(), hit[0]))
    for hit in EMAIL.finditer(text):
        before = text[max(0, hit.start() - 500) : hit.start()]
        local, url = _LOCAL.search(before), _URL.search(before)
        in_host = url and not re.search("[/?#]", url[1])  # user@host of git
        if local and not in_host and (local[0] != "git" or text[hit.end() : hit.end() + 1] != ":"):
            found.append(("전자우편 주소로 보이는", hit.start(), local[0] + hit[0]))
    return [(kind, text.count("\n", 0, at) + 1, hit) for kind, at, hit in found]


def _short(text: str) -> str:
    """Enough to find it again, never the whole."""
    return text[: min(2, len(text) - 1)] + "…"


def _masked(name: str) -> str:
    for _, _, hit in search(name):
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
        paths = ((inside / name).as_posix() for name in files)
        yield from (path for path in paths if not _ignored(path, False, rules))


def _ignored(name: str, folder: bool, rules: list[str]) -> bool:
    last, rules = name.rpartition("/")[2], [rule for rule in rules if folder or not rule.endswith("/")]
    return any(fnmatch(name if "/" in rule.rstrip("/") else last, rule.strip("/")) for rule in rules)
