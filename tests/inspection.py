"""What a finished PDF holds, read from its tag tree, against what the notebook held."""

from __future__ import annotations

import io
from collections import Counter
from html.parser import HTMLParser

import pikepdf
from nbconvert.filters import markdown2html
from pikepdf import Dictionary, Name

from dongheng.publish.document import COVER
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
