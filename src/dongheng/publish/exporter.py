"""nbconvert exporter: an executed notebook to a tagged PDF through pandoc and Typst, without LaTeX, browser or clock.

`dongheng.publish.page` makes one HTML page of the same pieces after the same checks.

What counts in a notebook:

- Headings come from ``Document.heading``, which numbers them, or from Markdown cells: ``#`` is a chapter, ``##`` and
  ``###`` lie below it; no level is skipped.
- Links within the report come from `Document` and lead to a heading, table or figure that is there.
- Outputs are never read as Markdown. HTML passes through pandoc's HTML reader, plain text is set as it is, a picture
  needs an alternative text. Whatever else an output holds is refused by cell rather than left out.
- Code is shown if ``exclude_input`` is False. A cell tagged ``pagebreak`` begins a page, a cell tagged ``remove_cell`` stays out of the report.
- The cover and attachments come from `dongheng.publish.Document`. A notebook without a cover takes its first heading
  as title and is a draft.
"""

import base64
import copy
import json
import os
import re
from pathlib import Path

from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import Bool, Float, List, Unicode

from dongheng import fonts
from dongheng.errors import PublishError
from dongheng.publish.document import ATTACHMENT, COVER, DRAFT, refuse_alt, refuse_unprintable
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


class ReportExporter(TemplateExporter):
    """What the reports have in common: the pieces of an executed notebook, checked and fenced."""

    exclude_input = Bool(True, help="False shows the code of the cells").tag(config=True)
    template_name = Unicode("dongheng_pdf").tag(config=True, affects_template=True)
    template_extension = Unicode(".md.j2").tag(config=True, affects_environment=True)
    extra_template_basedirs = List([str(HERE / "templates")]).tag(config=True, affects_environment=True)

    def default_filters(self):
        """nbconvert's filters and the fence around every piece."""
        yield from super().default_filters()
        yield "fenced", fenced
        yield "filter_data_type", lambda data: [m for m in [choose(data)] if m]

    def from_notebook_node(self, nb, resources=None, **kw):
        """Return the report as bytes and nbconvert's resources; see `dongheng.publish.export_pdf`."""
        nb = copy.deepcopy(nb)
        kept = {_name(i, c): c for i, c in enumerate(nb.cells, 1) if "remove_cell" not in c.metadata.get("tags", [])}
        nb.cells = list(kept.values())
        job = Job(kept)
        job.pieces, resources = super().from_notebook_node(nb, resources, **kw)
        job.folder = Path((resources.get("metadata") or {}).get("path") or ".")
        resources["outputs"] = {}
        return self.made(job), resources


class DonghengPDF(ReportExporter):
    """Executed notebook to PDF/A-3a and PDF/UA-1, as ``jupyter nbconvert --to dongheng_pdf``."""

    export_from_notebook = "PDF (보고서)"
    file_extension = ".pdf"
    output_mimetype = "application/pdf"
    text_size = Float(12.0, help="Size of the body text in points; 16 for a large-print edition").tag(config=True)

    def made(self, job: "Job") -> bytes:
        """The PDF."""
        line = (1687 if self.text_size > 13 else 1116) / self.text_size  # report.typ turns the sheet of large print
        body, report = job.read("typst-smart", f"--metadata=page:{line:.0f}")
        pdf = job.compile(body, report, self.text_size)
        return tag_row_headers(pdf, [t["row_head"] for t in report["tables"]])


def fenced(text: str, kind: str) -> str:
    text = re.sub("\r\n?", "\n", text)  # pandoc drops a lone one and joins the words around it
    fence = "`" * (1 + max([2, *map(len, re.findall("`+", text))]))
    return f"\n\n{fence}{{={kind}}}\n{text}\n{fence}\n\n"


class Job:
    """One report on its way: its cells by name, their pictures as files, cover and attachments, the fenced pieces."""

    pieces, folder = "", Path(".")

    def __init__(self, cells: dict):
        self.cells, self.files, self.cover, self.attachments = list(cells.items()), {}, {}, []
        for where, cell in cells.items():
            self.take_cell(where, cell)

    def take_cell(self, where: str, cell) -> None:
        """Refuse what cannot be printed; take pictures, cover and attachments out of the cell's outputs."""
        if cell.cell_type == "markdown":
            refuse_unprintable(cell.source, where)
        PublishError.unless(cell.cell_type != "raw" or not cell.source.strip(), "publish.raw_cell", where)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.get("outputs", []) if self.take_output(where, output)]

    def take_output(self, where: str, output) -> bool:
        """True if the output is to be printed."""
        failed = {"name": output.get("ename"), "text": output.get("evalue")}
        PublishError.unless(output.output_type != "error", "publish.cell_failed", where, **failed)
        if output.output_type == "stream":
            said = _text(output.text)
            last = said.strip().rpartition("\n")[2][:120]
            PublishError.unless(output.name != "stderr", "publish.warning", where, said=last)
            refuse_unprintable(said, where)
            return bool(said.strip())
        data = output.data
        if COVER in data:
            PublishError.unless(not self.cover, "publish.second_cover", where)
            self.cover = dict(data[COVER])
            refuse_unprintable(json.dumps(self.cover, ensure_ascii=False), where)
            return False
        if ATTACHMENT in data:
            attached = dict(data[ATTACHMENT], file=f"attachment-{len(self.attachments) + 1}")
            self.files[attached["file"]] = attached.pop("text").encode()
            self.attachments.append(attached)
            return False
        mime = choose(data)
        PublishError.unless(mime, "publish.output_type", where, types=", ".join(sorted(data)))
        text = _text(data[mime])
        refuse_unprintable(text, where)
        if mime in IMAGES:
            self.take_picture(where, output, mime, text)
        elif mime == "text/html" and (lost := UNPRINTABLE_HTML & set(re.findall(r"<([a-z]+)", text.lower()))):
            raise PublishError.of("publish.lost_html", where, elements=", ".join(f"<{tag}>" for tag in sorted(lost)))
        return bool(text.strip())

    def take_picture(self, where: str, output, mime: str, content: str) -> None:
        about = output.metadata.get(mime) or {}
        alt, caption = about.get("alt", ""), about.get("caption", "")
        refuse_alt(where, alt, caption)
        name = f"picture-{len(self.files) + 1}.{mime.split('/')[1].split('+')[0]}"
        self.files[name] = _picture(content, mime)
        figure = {"file": name, "alt": alt, "caption": caption, "number": about.get("number")}
        output.metadata["figure"] = json.dumps(figure, ensure_ascii=False)

    def read(self, to: str, *options: str) -> tuple[str, dict]:
        """The fenced pieces as pandoc writes them in the format `to`, and what filter.lua saw on the way, checked."""
        import pypandoc

        # pypandoc takes the newest pandoc that it finds on a machine; a report rests on the one in the lock.
        own = Path(pypandoc.__file__).parent / "files" / ("pandoc.exe" if os.name == "nt" else "pandoc")
        if own.exists():
            os.environ.setdefault("PYPANDOC_PANDOC", str(own))
        options = ["--wrap=none", f"--lua-filter={HERE / 'filter.lua'}", *options]
        try:
            written = pypandoc.convert_text(self.pieces, to, format="markdown", extra_args=options)
        except RuntimeError as error:
            raise PublishError.of("publish.pandoc", "보고서", error=error) from error
        body, _, report = written.rpartition("\n//dongheng ")
        report = json.loads(report)
        self.check(report)
        return body, report

    def check(self, report: dict) -> None:
        """What filter.lua stumbled over; pictures of Markdown cells there and described; a title."""
        for p in report["problems"]:
            raise PublishError(self.cells[p["cell"] - 1][0], f"{p['what']}이(가) 있는데", p["expected"], p["todo"])
        for image in report["images"]:
            where, cell = self.cells[image["cell"] - 1]
            refuse_alt(where, image["alt"], image["caption"], image["src"])
            self.files[image["file"]] = self.markdown_picture(where, cell, image["src"])
        PublishError.unless(self.front(report["title"])["title"].strip(), "publish.no_title", "보고서")

    def front(self, title: str = "") -> dict:
        """What the cover says; without a cover, of a draft with this title."""
        bare = dict.fromkeys(("subtitle", "approval", "notice", "publication_number"), "")
        cover = self.cover or bare | {"title": title, "lines": [], "draft": True}
        marks = [cover["notice"], DRAFT if cover["draft"] else cover["approval"]]
        return cover | {"marks": [mark for mark in marks if mark]}

    def markdown_picture(self, where: str, cell, src: str) -> bytes:
        """Bytes of a picture that a Markdown cell names: attached to the cell, or a file below the notebook's folder."""
        attached = {f"attachment:{name}": bundle for name, bundle in (cell.get("attachments") or {}).items()}
        if mime := choose(attached.get(src, {})):
            return _picture(_text(attached[src][mime]), mime)
        path = (self.folder / src).resolve()
        if path.is_relative_to(self.folder.resolve()) and path.is_file():
            return path.read_bytes()
        raise PublishError.of("publish.no_picture", where, src=src)

    def compile(self, body: str, report: dict, size: float) -> bytes:
        """The PDF as Typst writes it."""
        import typst

        refuse_unprintable(body, "보고서 본문")
        data = self.front(report["title"]) | report["captions"] | {"size": size, "attachments": self.attachments}
        # Every text in Typst source is a string (filter.lua); formulas keep their symbols, which have their own font.
        body = STRING.sub(lambda m: fonts.printable(m[0]), body)
        main = f'#import "report.typ": *\n#show: report.with(json("data.json"))\n{body}'
        files = {"main.typ": main.encode(), "report.typ": (HERE / "report.typ").read_bytes()}
        files["data.json"] = fonts.printable(json.dumps(data, ensure_ascii=False)).encode()
        try:
            own = {"ignore_system_fonts": True, "font_paths": [str(fonts.folder())]}
            return typst.compile(files | self.files, **own, pdf_standards=["a-3a", "ua-1"])
        except typst.TypstError as error:
            raise PublishError.of("publish.typst", "보고서", error=error) from error


def _picture(content: str, mime: str) -> bytes:
    return fonts.printable(content).encode() if mime == "image/svg+xml" else base64.b64decode(content)
