"""What leaves the study for readers: tables, charts and lists in a notebook, and the notebook as accessible PDF or page."""

from dongheng.publish.document import Document, alt_problem

__all__ = ["Document", "alt_problem", "export_html", "export_pdf"]


def export_pdf(notebook_path, **options) -> bytes:
    """Turn an executed notebook into the bytes of a PDF/A-3a and PDF/UA-1 report.

    Parameters
    ----------
    notebook_path : str or pathlib.Path
        An executed notebook. Nothing but its cells, their outputs and the pictures beside it is read.
    **options
        Traits of `dongheng.publish.exporter.DonghengPDF`, such as ``text_size=16`` for large print.

    Returns
    -------
    bytes
        The PDF: the same bytes for the same notebook on any day, in any folder.

    Raises
    ------
    PublishError
        If the notebook holds something that a reader of the PDF would miss or could not read.
    """
    from dongheng.publish.exporter import DonghengPDF  # nbconvert is heavy; a notebook that only shows does without

    return DonghengPDF(**options).from_filename(str(notebook_path))[0]


def export_html(notebook_path, **options) -> bytes:
    """Turn an executed notebook into one HTML page, after the same checks; see :func:`export_pdf`."""
    from dongheng.publish.page import DonghengHTML

    return DonghengHTML(**options).from_filename(str(notebook_path))[0]
