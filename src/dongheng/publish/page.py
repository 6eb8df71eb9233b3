"""nbconvert exporter: an executed notebook to one HTML page that needs nothing else: no script, no other file, no network."""

import base64
import io
import json
import re

from dongheng import fonts
from dongheng.publish.exporter import HERE, Job, ReportExporter, fenced

PICTURE = re.compile(
    r'(<img src="data:image/[a-z+]+;base64,)@([^"]+)'
)  # filter.lua writes it; no text of a notebook can


class DonghengHTML(ReportExporter):
    """Executed notebook to a page for every browser and screen reader, as ``jupyter nbconvert --to dongheng_html``."""

    export_from_notebook = "HTML (보고서)"
    file_extension = ".html"
    output_mimetype = "text/html"

    def made(self, job: Job) -> bytes:
        """The page: bytes, so that they are the same on every system."""
        files = [about | {"content": _base64(job.files[about["file"]])} for about in job.attachments]
        drawn = {name: content.decode() for name, content in job.files.items() if name.endswith(".svg")}
        front = job.front() | {"files": files, "svg": drawn}
        job.pieces = fenced(json.dumps(front, ensure_ascii=False), "front") + job.pieces
        look = [f"--template={HERE / 'page.html'}", "--toc", "--toc-depth=3", "--mathml", "--eol=lf"]
        page, _ = job.read("html5", *look)
        page = PICTURE.sub(lambda found: found[1] + _base64(job.files[found[2]]), page)
        return page.replace("/* fonts */", _faces(page), 1).encode()


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _faces(text: str) -> str:
    """Both weights of the font that the charts are measured in, with no other characters than those of the text.

    Not compressed: what a compressor writes differs from one system to the next.
    """
    from fontTools import subset

    how, faces = subset.Options(hinting=False, layout_features=[]), []
    how.drop_tables += [f"TSI{n}" for n in range(6)]  # those of the font's makers
    for weight, name in ((400, "NanumGothic.ttf"), (700, "NanumGothicBold.ttf")):
        font, cut, out = subset.load_font(fonts.folder() / name, how), subset.Subsetter(how), io.BytesIO()
        cut.populate(text=text)
        cut.subset(font)
        font.save(out)
        src = f"url(data:font/ttf;base64,{_base64(out.getvalue())})"
        faces.append(f"@font-face {{ font-family: NanumGothic; font-weight: {weight}; src: {src}; }}")
    return "\n".join(faces)
