"""What Typst does not tag: cells that head a row."""

import io
import re
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from dongheng.errors import PublishError

NAMELESS = re.compile("^(Section)?[ ,]+")  # how Typst begins what a link says of itself where its target has no number


def elements(node: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    """Structure elements below a node of the tag tree, in reading order."""
    kids = node.get(Name.K, Array())
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and Name.S in kid:
            yield kid
            yield from elements(kid)


def attributes(element: pikepdf.Dictionary) -> pikepdf.Dictionary | None:
    """What an element says of itself as a part of a table, None if it says nothing."""
    found = element.get(Name.A, Array())
    found = found if isinstance(found, Array) else [found]
    return next((a for a in found if isinstance(a, Dictionary) and a.get(Name.O) == "/Table"), None)


def tag_row_headers(pdf: bytes, heads: list[int]) -> bytes:
    """Turn leading cells of table rows into row headers.

    Parameters
    ----------
    pdf : bytes
        A tagged PDF.
    heads : list of int
        For each table in reading order, the number of leading columns that head a row.

    Returns
    -------
    bytes
        The PDF with ``TH`` of scope ``Row`` in these columns; every cell beside them names them among its headers. What
        a link says of itself begins with a word.
    """
    with pikepdf.open(io.BytesIO(pdf)) as doc:
        root = doc.Root.StructTreeRoot
        tables = [e for e in elements(root) if e.S == "/Table"]
        if len(tables) != len(heads):
            raise PublishError.of("publish.tables_lost", "보고서", heads=len(heads), tables=len(tables))
        if Name.IDTree not in root:
            root.IDTree = pikepdf.NameTree.new(doc).obj
        ids = pikepdf.NameTree(root.IDTree)
        for number, (table, columns) in enumerate(zip(tables, heads, strict=True), 1):
            for section in (e for e in elements(table) if e.S == "/TBody"):
                _tag_section(section, columns, f"row{number}", ids)
        for link in (note for page in doc.pages for note in page.get(Name.Annots, Array()) if Name.Contents in note):
            link.Contents = String(NAMELESS.sub("", str(link.Contents)))
        out = io.BytesIO()
        packed = pikepdf.ObjectStreamMode.generate  # the tag tree is many small objects: less than half the bytes
        doc.save(out, deterministic_id=True, fix_metadata_version=False, object_stream_mode=packed)
    return out.getvalue()


def _tag_section(section: pikepdf.Dictionary, columns: int, prefix: str, ids: pikepdf.NameTree) -> None:
    covered: dict[int, tuple[int, bytes | None]] = {}  # column: (rows that a cell above still covers, its id)
    for r, row in enumerate(e for e in elements(section) if e.S == "/TR"):
        left = {c: (n - 1, i) for c, (n, i) in covered.items() if n > 1}
        row_ids = [i for _, i in left.values() if i]
        column, data = 0, []
        for cell in (e for e in elements(row) if e.S in ("/TD", "/TH")):
            while column in left:
                column += 1
            if attributes(cell) is None:
                cell.A = Array([Dictionary(O=Name.Table)])
            about = attributes(cell)
            span, deep, own = int(about.get("/ColSpan", 1)), int(about.get("/RowSpan", 1)), None
            if column < columns:
                own = f"{prefix}x{r}y{column}".encode()
                cell.S, cell.ID, about.Scope = Name.TH, String(own), Name.Row
                ids[own.decode()] = cell
                row_ids.append(own)
            else:
                data.append(about)
            left |= dict.fromkeys(range(column, column + span), (deep, own))
            column += span
        for about in data:
            about.Headers = Array([*about.get("/Headers", Array()), *map(String, row_ids)])
        covered = left
