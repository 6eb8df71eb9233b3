"""From raw data to report: notebooks opened and run strictly, in an order that Snakemake keeps."""

from dongheng.pipeline.book import Book, open_notebook

__all__ = ["Book", "open_notebook"]
