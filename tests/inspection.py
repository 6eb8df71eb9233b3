"""What a finished PDF holds, read from its tag tree, against what the notebook held."""

from __future__ import annotations

import io
import itertools
import re
from collections import Counter, defaultdict
from html.parser import HTMLParser

import mistune
import pikepdf
from nbconvert.filters import markdown2html
from pikepdf import Array, Dictionary, Name, String

from dongheng import fonts
from dongheng.publish.document import ATTACHMENT, COVER, DRAFT, MARKERS
from dongheng.publish.exporter import IMAGES, _text, choose
from dongheng.publish.tagging import attributes, elements


class _Elements(HTMLParser):
    """Names of all elements of an HTML text."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)


def _counts(names: Counter) -> dict[str, int]:
    return {
        "tables": names["table"],
        "rows": names["tr"],
        "cells": names["td"] + names["th"],
        "figures": names["figure"] + names["img"],
        "headings": sum(names[f"h{n}"] for n in range(1, 7)),
        "lists": names["l"] + names["ul"] + names["ol"],
        "items": names["li"],
    }


def structure_counts(pdf: bytes) -> dict[str, int]:
    """Tables, rows, cells, figures, headings, lists, items, formulas, captions and row headers in the tag tree.

    Headings include those of the contents pages.
    """
    names, row_headers = Counter(), 0
    with pikepdf.open(io.BytesIO(pdf)) as doc:
        for e in elements(doc.Root.StructTreeRoot):
            names[str(e.S)[1:].lower()] += 1
            table = attributes(e) if e.S == "/TH" else None
            row_headers += table is not None and table.get("/Scope") == "/Row"
    return _counts(names) | {"formulas": names["formula"], "captions": names["caption"], "row_headers": row_headers}


def notebook_counts(nb) -> dict[str, int]:
    """Tables, rows, cells, figures, headings, lists and items that an executed notebook shows.

    Counted by another way than the exporter's: nbconvert's own Markdown reader and Python's HTML parser.
    """
    names: Counter = Counter()
    for cell in nb.cells:
        if "remove_cell" in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            names.update(_Elements(markdown2html(cell.source)).found)
        for data in (o.data for o in cell.get("outputs", []) if "data" in o and COVER not in o.data):
            mime = choose(data)
            if mime == "text/html":
                names.update(_Elements(_text(data[mime])).found)
            names["figure"] += mime in IMAGES
    return _counts(names)


class _Faults(HTMLParser):
    """What in a page would stop or mislead a reader, and what a browser would run or fetch."""

    ALONE = {*"area base br col embed hr img input link meta source track wbr".split()}
    ACTING = {*"script iframe object embed form link base foreignobject animate set audio video".split()}

    def __init__(self, page: str):
        super().__init__()
        self.open, self.ids, self.targets, self.levels, self.found = [], [], set(), [], []
        self.feed(page)
        self.close()
        self.found += [f"open: {tag}" for tag in self.open]
        self.found += [f"id twice: {i}" for i, times in Counter(self.ids).items() if times > 1]
        self.found += [f"no such id: {i}" for i in sorted(self.targets - set(self.ids))]
        skipped = any(below > above + 1 for above, below in itertools.pairwise(self.levels))
        if self.levels[:1] != [1] or self.levels.count(1) > 1 or skipped:
            self.found.append(f"levels: {self.levels}")

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        self.open += [] if tag in self.ALONE else [tag]
        self.ids += [about["id"]] if "id" in about else []
        self.levels += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        named = about.get("aria-label") if tag == "svg" else about.get("alt")
        wrong = {
            "attribute twice": len(about) < len(attrs),
            "acts": tag in self.ACTING or any(name.startswith("on") for name in about),
            "no language": tag == "html" and about.get("lang") != "ko",
            "no alternative": tag in ("svg", "img") and not (named or "").strip(),
            "not an image": tag == "svg" and about.get("role") != "img",
            "no scope": tag == "th" and about.get("scope") not in ("row", "col"),
            "region without name": about.get("role") == "region" and not about.get("aria-label"),
        }
        for name, value in about.items():
            if name in ("href", "xlink:href", "src", "srcset", "data", "action", "poster"):
                own = ("#", "data:image/") + (("https://", "http://", "mailto:") if tag == "a" else ())
                own += ("data:",) if "download" in about else ()
                wrong[f"leads out: {value[:40]}"] = not value.startswith(own)
                self.targets |= {value[1:]} if value.startswith("#") else set()
            self.targets |= set(re.findall(r"url\(#(.*?)\)", value or ""))
        self.found += [f"{what}: {tag}" for what, so in wrong.items() if so]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open = self.open if tag in self.ALONE else self.open[:-1]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.found.append(f"ends elsewhere: {tag}")


def page_faults(page: bytes) -> list[str]:
    """What is wrong with an HTML page for those who hear it, go through it by keyboard or trust it; empty if nothing."""
    return _Faults(page.decode()).found


def figure_alts(pdf: bytes) -> list[str]:
    """Alternative texts of the figures, in reading order; empty for one that has none."""
    with pikepdf.open(io.BytesIO(pdf)) as doc:
        return [str(e.get(Name.Alt, "")) for e in elements(doc.Root.StructTreeRoot) if e.S == "/Figure"]


def fonts_embedded(pdf: bytes) -> dict[str, bool]:
    """For every font of the PDF, whether its outlines are in the file."""
    found = {}
    with pikepdf.open(io.BytesIO(pdf)) as doc:
        for font in doc.objects:
            if isinstance(font, Dictionary) and font.get(Name.Type) == "/Font":
                for part in font.get("/DescendantFonts", [font]):
                    about = part.get("/FontDescriptor", {})
                    inside = any(k in about for k in ("/FontFile", "/FontFile2", "/FontFile3"))
                    found[str(part.BaseFont)[1:]] = inside
    return found


def attachments(pdf: bytes) -> dict[str, dict]:
    """Files attached to the PDF: name to content, mime and description."""
    with pikepdf.open(io.BytesIO(pdf)) as doc:
        return {
            f.filename: {
                "content": f.get_file().read_bytes(),
                "mime": f.get_file().mime_type,
                "description": f.description,
            }
            for f in doc.attachments.values()
        }


def standards(pdf: bytes) -> dict[str, str]:
    """What the PDF says of itself: title, language, PDF/A part and level, PDF/UA part."""
    with pikepdf.open(io.BytesIO(pdf)) as doc, doc.open_metadata() as xmp:
        return {
            "title": xmp.get("dc:title", ""),
            "language": str(doc.Root.get(Name.Lang, "")),
            "pdfa": xmp.get("pdfaid:part", "") + xmp.get("pdfaid:conformance", "").lower(),
            "pdfua": xmp.get("pdfuaid:part", ""),
        }


def page_texts(pdf: bytes) -> list[str]:
    """Text of each page as a reader program extracts it (needs the lab install, which holds ``pypdfium2``)."""
    import pypdfium2

    doc = pypdfium2.PdfDocument(pdf)
    try:
        return [doc[i].get_textpage().get_text_bounded() for i in range(len(doc))]
    finally:
        doc.close()


# What a reader program says: (role, text) in reading order, once from the tag tree and once from the notebook. White
# space counts as one space, and a character that the font lacks is named, as in 〔U+1F600〕; all else stays as it is.
HEADINGS = [f"h{n}" for n in range(1, 7)]
TAGGED = {"/Title": "title", "/P": "paragraph", "/Lbl": "mark", "/LBody": "item", "/Caption": "caption", "/Note": "note",
          "/TH": "head", "/TD": "cell", "/Code": "code"} | {f"/{h.upper()}": h for h in HEADINGS}  # fmt: skip
WRITTEN = {"p": "paragraph", "div": "paragraph", "li": "item", "caption": "caption", "aside": "note", "th": "head",
           "td": "cell", "pre": "code", "mark": "mark", "math": "formula"} | {h: h for h in HEADINGS}  # fmt: skip
HOLDERS = ("item", "caption", "note", "head", "cell", "code")  # what a paragraph can be a part of
MARKDOWN = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "footnotes", "math", "url"])
Spoken = list[tuple[str, str]]


class _Voice:
    """Texts as they come, each under the role of the element that holds it."""

    def __init__(self):
        self.pieces = [["", "", False]]  # role, text, whether it is told though empty
        self.roles = [""]

    def begin(self, role: str) -> None:
        held = self.roles[-1] if role == "paragraph" and self.roles[-1] in HOLDERS else role
        self.roles.append(held)
        if held == role or self.pieces[-1][1].strip():
            self.pieces.append([held, "", role in ("head", "cell")])

    def end(self) -> None:
        self.roles.pop()
        self.pieces.append([self.roles[-1], "", False])  # what follows belongs to the element around

    def add(self, text: str) -> None:
        self.pieces[-1][1] += text

    def say(self, role: str, text: str) -> None:
        self.begin(role), self.add(text), self.end()

    def say_lines(self, code: str) -> None:
        """Each line of a program or of what it printed by itself, as Typst tags them."""
        for line in code.split("\n"):
            self.say("code", line)

    def spoken(self) -> Spoken:
        said = [(role, re.sub("[ \t\r\n]+", " ", text).strip(" "), empty) for role, text, empty in self.pieces]
        return [(role, text) for role, text, empty in said if text or empty]


def _unicode(font: Dictionary) -> dict[bytes, str]:
    """Text of each two-byte code of a font; Typst lists every code by itself."""
    pairs = re.findall(r"^<(\w{4})> <(\w+)>$", font.ToUnicode.read_bytes().decode("ascii"), re.MULTILINE)
    return {bytes.fromhex(code): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}


def marked_texts(doc: pikepdf.Pdf) -> dict[tuple[int, int], str]:
    """Text by number of page and MCID as the file spells it, where text extractors drop spaces and guess others.

    Form XObjects are not entered: whoever compares misses the text that stands in one.
    """
    texts: dict = defaultdict(str)
    for number, page in enumerate(doc.pages):
        tables = {name: _unicode(font) for name, font in page.Resources.get("/Font", {}).items()}
        table, marks = {}, []
        for operands, operator in pikepdf.parse_content_stream(page, "BMC BDC EMC Tf Tj TJ"):
            said = ""
            if (name := str(operator)) in ("BMC", "BDC"):
                marks.append(operands[-1] if isinstance(operands[-1], Dictionary) else {})
                said = str(marks[-1].get("/ActualText", ""))
            elif name == "EMC":
                marks.pop()
            elif name == "Tf":
                table = tables[str(operands[0])]
            elif not any("/ActualText" in mark for mark in marks):
                strings = operands[0] if name == "TJ" else operands
                codes = b"".join(bytes(s) for s in strings if isinstance(s, String))
                said = "".join(table[codes[i : i + 2]] for i in range(0, len(codes), 2))
            if mcid := [mark.MCID for mark in marks if "/MCID" in mark][-1:]:
                texts[number, int(mcid[0])] += said
    return texts


def read_aloud(pdf: bytes) -> Spoken:
    """The report as its tag tree tells it, without the contents pages.

    A figure or formula is its alternative text. The page that a link to a section names, as in ``1-3절(12쪽)``, is left out.
    """
    voice = _Voice()
    with pikepdf.open(io.BytesIO(pdf)) as doc:
        pages = {page.objgen: number for number, page in enumerate(doc.pages)}
        texts = marked_texts(doc)

        def tell(element, page) -> None:
            kids = element.get("/K", Array())
            for kid in kids if isinstance(kids, Array) else [kids]:
                if isinstance(kid, int):
                    voice.add(texts[pages[page.objgen], kid])
                elif "/MCID" in kid:
                    voice.add(texts[pages[kid.get("/Pg", page).objgen], int(kid.MCID)])
                elif "/S" in kid:
                    enter(kid, kid.get("/Pg", page))

        def enter(element, page) -> None:
            kind = str(element.S)
            inside = bool(voice.roles[-1])
            if kind == "/TOC":
                while voice.pieces.pop()[0] != "h1":  # the heading of this list of contents
                    pass
                voice.pieces.append(["", "", False])
            elif kind == "/Figure" or (kind == "/Formula" and not inside):
                voice.say(kind[1:].lower(), str(element.get("/Alt", "")))
            elif kind == "/Formula":
                voice.add(str(element.get("/Alt", "")))
            elif kind == "/Link":
                before = len(voice.pieces[-1][1])
                tell(element, page)
                told = voice.pieces[-1][1]
                voice.pieces[-1][1] = told[:before] + re.sub(r"\(\d+쪽\)$", "", told[before:])
            elif kind in TAGGED and not (kind == "/Code" and inside):
                voice.begin(TAGGED[kind]), tell(element, page), voice.end()
            else:
                tell(element, page)

        tell(doc.Root.StructTreeRoot, None)
    return voice.spoken()


class _Page(HTMLParser):
    """An HTML text told to a voice: marks before the items of lists, alternative texts for pictures."""

    def __init__(self, voice: _Voice, html: str):
        super().__init__()
        self.voice, self.marks = voice, []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        if tag == "ul":
            stated = re.search("list-style-type:'(.) '", about.get("style") or "")
            self.marks.append(itertools.repeat(stated[1] if stated else MARKERS[len(self.marks)]))
        elif tag == "ol":
            self.marks.append(f"{n}." for n in itertools.count(1))
        elif tag == "li":
            self.voice.say("mark", next(self.marks[-1]))
        elif tag == "img":
            self.voice.say("figure", about["alt"])
        if tag in WRITTEN:
            self.voice.begin(WRITTEN[tag])

    def handle_endtag(self, tag):
        if tag in ("ul", "ol"):
            self.marks.pop()
        if tag in WRITTEN:
            self.voice.end()

    def handle_data(self, data):
        self.voice.say_lines(data) if self.voice.roles[-1] == "code" else self.voice.add(data)


def _html(markdown: str) -> str:
    """A Markdown cell with its footnotes where they are called for and its formulas as the texts that stand for them."""
    html, _, notes = MARKDOWN(markdown).partition('<section class="footnotes">')
    for number, note in re.findall(r'<li id="fn-(\d+)"><p>(.*?)<a href', notes, re.DOTALL):
        mark = f"<mark>{number}</mark>"
        html = html.replace(f'<a href="#fn-{number}">{number}</a>', f"{mark}<aside>{mark}{note}</aside>")
    html = re.sub(r'<span class="math">\\\((.*?)\\\)</span>', r"수식: \1", html, flags=re.DOTALL)
    return re.sub(r'<div class="math">\$\$(.*?)\$\$</div>', r"<math>수식: \1</math>", html, flags=re.DOTALL)


def as_written(nb, code: bool = False) -> Spoken:
    """What an executed notebook says, read without pandoc or Typst, in the order in which the report is to be heard.

    The cover comes first. The caption of a figure comes before it, as Typst tags it. With `code` the source of a cell
    comes before its outputs.
    """
    voice, cover = _Voice(), None
    for cell in nb.cells:
        if "remove_cell" in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            _Page(voice, _html(cell.source))
        elif code:
            voice.say_lines(cell.source)
        for output in cell.get("outputs", []):
            data = output.get("data", {"text/plain": output.get("text")})
            mime = choose(data)
            if COVER in data:
                cover = data[COVER]
            elif mime in IMAGES:
                voice.say("caption", output.metadata[mime].get("caption", ""))
                voice.say("figure", output.metadata[mime]["alt"])
            elif mime == "text/html":
                _Page(voice, _text(data[mime]))
            elif mime and ATTACHMENT not in data:
                voice.say_lines(_text(data[mime]))
    said, front = voice.spoken(), _Voice()
    title = next((text for role, text in said if role == "h1"), "")
    cover = cover or {"title": title, "draft": True}
    front.say("paragraph", cover.get("publication_number", ""))
    front.say("title", cover["title"])
    for text in (cover.get("subtitle", ""), cover.get("notice", ""), DRAFT if cover["draft"] else cover["approval"]):
        front.say("paragraph", text)
    for text in cover.get("lines", []):
        front.say("paragraph", text)
    return [(role, fonts.printable(text)) for role, text in front.spoken() + said]


def page_aloud(page: bytes) -> Spoken:
    """The HTML page below its cover as its elements tell it, put as in :func:`as_written`.

    Its headings lie one level lower, its captions below their figures, and it shows characters that the PDF can only name.
    """
    main = page.decode().partition("<main")[2].partition("</main>")[0]
    main = re.sub(r'<svg role="img" aria-label="([^"]*)".*?</svg>', r'<img alt="\1">', main, flags=re.DOTALL)
    under = r"(<figure[^>]*>)(.*?)<figcaption>(.*?)</figcaption>"
    main = re.sub(under, r"<caption>\3</caption>\1\2", main, flags=re.DOTALL)
    voice = _Voice()
    _Page(voice, "<main" + main)
    said = [(role, fonts.printable(text)) for role, text in voice.spoken()]
    return [(f"h{int(role[1]) - 1}" if role in HEADINGS else role, text) for role, text in said]
