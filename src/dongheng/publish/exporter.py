"""nbconvert exporter: an executed notebook to a tagged PDF through pandoc and Typst, without LaTeX, browser or clock.

What counts in a notebook:

- Markdown cells are Markdown: ``#`` is a chapter, ``##`` and ``###`` lie below it; no level is skipped. Numbers such as
  ``1-1.`` are written in the heading, so that notebook and report show the same.
- Outputs are never read as Markdown. HTML passes through pandoc's HTML reader, plain text is set as it is, a picture
  needs an alternative text. Whatever else an output holds is refused by cell rather than left out.
- Code is not shown. A cell tagged ``pagebreak`` begins a page, a cell tagged ``remove_cell`` stays out of the report.
- The cover and attachments come from `dongheng.publish.Document`. A notebook without a cover takes its first heading
  as title and is a draft.
"""

from __future__ import annotations

import base64
import copy
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import Float, default

from dongheng import fonts
from dongheng.errors import PublishError
from dongheng.publish.document import ATTACHMENT, COVER, DRAFT, alt_problem, refuse_unprintable
from dongheng.publish.tagging import tag_row_headers

HERE = Path(__file__).parent
IMAGES = ("image/svg+xml", "image/png", "image/jpeg")
SHOWN = (*IMAGES, "text/html", "text/plain")
UNPRINTABLE_HTML = {*"script iframe object embed img svg canvas video audio form input button select textarea".split()}
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def choose(data: dict) -> str | None:
    """The one mimetype of an output bundle that is printed, None if none of them can be."""
    return next((m for m in SHOWN if m in data and not ("text/markdown" in data or "text/latex" in data)), None)


def _name(number: int, cell: dict) -> str:
    """How a message names a cell: its place and the line that a reader recognises it by."""
    first = next((line.strip() for line in cell["source"].splitlines() if line.strip()), "빈 셀")
    return f"{number}번째 셀('{first[:40]}')"


def _text(value) -> str:
    return "".join(value) if isinstance(value, list) else value


class _Elements(HTMLParser):
    def __init__(self, html: str):
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)


class DonghengPDF(TemplateExporter):
    """Executed notebook to PDF/A-3a and PDF/UA-1, as ``jupyter nbconvert --to dongheng_pdf``."""

    export_from_notebook = "PDF (보고서)"
    file_extension = ".pdf"
    output_mimetype = "application/pdf"
    text_size = Float(10.5, help="Size of the body text in points; 16 for a large-print edition").tag(config=True)

    @default("template_name")
    def _template_name(self):
        return "dongheng_pdf"

    @default("template_extension")
    def _template_extension(self):
        return ".md.j2"

    @default("extra_template_basedirs")
    def _template_folders(self):
        return [str(HERE / "templates")]

    def default_filters(self):
        """nbconvert's filters and the fence around every piece."""
        yield from super().default_filters()
        yield "fenced", _fenced
        yield "filter_data_type", lambda data: [m for m in [choose(data)] if m]

    def from_notebook_node(self, nb, resources=None, **kw):
        """Return the PDF and nbconvert's resources; see `dongheng.publish.export_pdf`."""
        nb = copy.deepcopy(nb)
        nb.cells = [c for c in nb.cells if "remove_cell" not in c.metadata.get("tags", [])]
        job = _Job([_name(i, c) for i, c in enumerate(nb.cells, 1)])
        for number, cell in enumerate(nb.cells, 1):
            job.take_cell(number, cell)
        fenced, resources = super().from_notebook_node(nb, resources, **kw)
        body, report = _typeset(fenced, self.text_size)
        folder = Path((resources.get("metadata") or {}).get("path") or ".")
        job.check(report, nb.cells, folder)
        pdf = job.compile(body, report, self.text_size)
        resources["outputs"] = {}
        return tag_row_headers(pdf, [t["row_head"] for t in report["tables"]]), resources


def _fenced(text: str, kind: str) -> str:
    fence = "`" * (1 + max([2, *map(len, re.findall("`+", text))]))
    return f"\n\n{fence}{{={kind}}}\n{text}\n{fence}\n\n"


def _typeset(fenced: str, size: float) -> tuple[str, dict]:
    """Typst source of the fenced pieces, and what the filter saw on the way."""
    import pypandoc

    # pypandoc takes the newest pandoc that it finds on a machine; a report rests on the one in the lock.
    own = Path(pypandoc.__file__).parent / "files" / ("pandoc.exe" if os.name == "nt" else "pandoc")
    if own.exists():
        os.environ.setdefault("PYPANDOC_PANDOC", str(own))
    options = ["--wrap=none", f"--metadata=page:{1050 / size:.0f}", f"--lua-filter={HERE / 'filter.lua'}"]
    try:
        typ = pypandoc.convert_text(fenced, "typst-smart", format="markdown", extra_args=options)
    except RuntimeError as error:
        raise PublishError.of("publish.pandoc", "보고서", error=error) from error
    body, _, report = typ.rpartition("//dongheng ")
    return body, json.loads(report)


class _Job:
    """One report on its way: the files that Typst will see, cover and attachments, and the names of the cells."""

    def __init__(self, cells: list[str]):
        self.cells = cells
        self.files: dict[str, bytes] = {}
        self.cover: dict | None = None
        self.attachments: list[dict] = []

    def take_cell(self, number: int, cell) -> None:
        """Refuse what cannot be printed; take pictures, cover and attachments out of the cell's outputs."""
        where = self.cells[number - 1]
        if cell.cell_type == "markdown":
            refuse_unprintable(cell.source, where)
        elif cell.cell_type == "raw" and cell.source.strip():
            raise PublishError.of("publish.raw_cell", where)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.get("outputs", []) if self.take_output(where, output)]

    def take_output(self, where: str, output) -> bool:
        """True if the output is to be printed."""
        if output.output_type == "error":
            raise PublishError.of("publish.cell_failed", where, name=output.ename, text=output.evalue)
        if output.output_type == "stream":
            if output.name == "stderr":
                said = _text(output.text).strip().splitlines()
                raise PublishError.of("publish.warning", where, said=said[-1][:120] if said else "")
            refuse_unprintable(_text(output.text), where)
            return bool(_text(output.text).strip())
        data = output.data
        if COVER in data:
            if self.cover is not None:
                raise PublishError.of("publish.second_cover", where)
            self.cover = dict(data[COVER])
            refuse_unprintable(json.dumps(self.cover, ensure_ascii=False), where)
            return False
        if ATTACHMENT in data:
            self.attachments.append(dict(data[ATTACHMENT]))
            return False
        mime = choose(data)
        if mime is None:
            raise PublishError.of("publish.output_type", where, types=", ".join(sorted(data)))
        if mime in IMAGES:
            self.take_picture(where, output, mime)
            return True
        refuse_unprintable(_text(data[mime]), where)
        if mime == "text/html":
            if bad := sorted(UNPRINTABLE_HTML & set(_Elements(_text(data[mime])).found)):
                raise PublishError.of("publish.lost_html", where, elements=", ".join(f"<{b}>" for b in bad))
        return bool(_text(data[mime]).strip())

    def take_picture(self, where: str, output, mime: str) -> None:
        about = output.metadata.get(mime) or {}
        alt, caption = about.get("alt", ""), about.get("caption", "")
        _refuse_alt(where, alt, caption)
        content = _text(output.data[mime])
        name = f"picture-{len(self.files) + 1}.{mime.split('/')[1].split('+')[0]}"
        if mime == "image/svg+xml":
            refuse_unprintable(content, where)
        self.files[name] = _picture(content, mime)
        figure = {"file": name, "alt": alt, "caption": caption, "notes": about.get("notes", [])}
        output.metadata["figure"] = json.dumps(figure, ensure_ascii=False)

    def check(self, report: dict, cells, folder: Path) -> None:
        """Headings in order, formulas read, pictures of Markdown cells there and described."""
        for p in report["problems"]:
            raise PublishError(self.cells[p["cell"] - 1], f"{p['what']}이(가) 있는데", p["expected"], p["todo"])
        level = 0
        for h in report["headings"]:
            if h["level"] > level + 1:
                where = f"{self.cells[h['cell'] - 1]}의 제목 '{h['text']}'"
                key = "publish.heading_skips" if level else "publish.heading_first"
                raise PublishError.of(key, where, level=h["level"], before=level, marks=level + 1)
            level = h["level"]
        for image in report["images"]:
            where = self.cells[image["cell"] - 1]
            _refuse_alt(where, image["alt"], image["caption"], image["src"])
            self.files[image["file"]] = self.markdown_picture(where, cells[image["cell"] - 1], image["src"], folder)

    @staticmethod
    def markdown_picture(where: str, cell, src: str, folder: Path) -> bytes:
        """Bytes of a picture that a Markdown cell names: attached to the cell, or a file below the notebook's folder."""
        if src.startswith("attachment:"):
            bundle = (cell.get("attachments") or {}).get(src.removeprefix("attachment:"), {})
            mime = next((m for m in IMAGES if m in bundle), None)
            if mime:
                return _picture(_text(bundle[mime]), mime)
        else:
            path = (folder / src).resolve()
            if path.is_relative_to(folder.resolve()) and path.is_file():
                return path.read_bytes()
        raise PublishError.of("publish.no_picture", where, src=src)

    def compile(self, body: str, report: dict, size: float) -> bytes:
        """The PDF as Typst writes it."""
        import typst

        head = next((h["text"] for h in report["headings"] if h["level"] == 1), "")
        cover = {"lines": [], "draft": True} | dict.fromkeys(
            ["subtitle", "approval", "notice", "publication_number"], ""
        )
        cover |= self.cover or {"title": head}
        if not cover["title"].strip():
            raise PublishError.of("publish.no_title", "보고서")
        marks = [cover["notice"], DRAFT if cover["draft"] else cover["approval"]]
        data = cover | report["captions"] | {
            "running": cover.get("running") or cover["title"], "marks": [m for m in marks if m], "size": size, "attachments": self.attach_files()}  # fmt: skip
        files = {
            "main.typ": b'#import "report.typ": *\n#show: report.with(json("data.json"))\n'
            + _printable_strings(body).encode(),
            "report.typ": (HERE / "report.typ").read_bytes(),
            "data.json": fonts.printable(json.dumps(data, ensure_ascii=False)).encode(),
        }
        try:
            own = {"ignore_system_fonts": True, "font_paths": [str(fonts.folder())]}
            return typst.compile(files | self.files, **own, pdf_standards=["a-3a", "ua-1"])
        except typst.TypstError as error:
            raise PublishError.of("publish.typst", "보고서", error=error) from error

    def attach_files(self) -> list[dict]:
        said = []
        for n, a in enumerate(self.attachments, 1):
            self.files[f"attachment-{n}"] = a["text"].encode()
            facts = {key: a[key] for key in ("name", "mime", "description")}
            said.append(facts | {"file": f"attachment-{n}", "relationship": "data"})
        return said


def _picture(content: str, mime: str) -> bytes:
    return fonts.printable(content).encode() if mime == "image/svg+xml" else base64.b64decode(content)


def _refuse_alt(where: str, alt: str, caption: str, file_name: str = "") -> None:
    if found := alt_problem(alt, caption, file_name):
        raise PublishError.of("publish.picture_alt", where, found=found)


def _printable_strings(typ: str) -> str:
    """Every text in Typst source is a string (filter.lua); formulas keep their symbols, which have their own font."""
    refuse_unprintable(typ, "보고서 본문")
    return STRING.sub(lambda m: fonts.printable(m[0]), typ)
