"""Notebooks for the tests: built cell by cell, outputs captured as a kernel would store them, no kernel started."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import nbformat.v4 as v4
import pandas as pd
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from dongheng.publish import Document
from dongheng.publish.exporter import DonghengPDF
from dongheng.publish.page import DonghengHTML

ALT = (
    "점 도표. 영역별 지수, 2023년과 2024년, 2022년=100. 안전 183.6으로 가장 크고 주거는 120.3으로 4.8p 하락. "
    "값은 <표 1>."
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200pt" height="60pt" viewBox="0 0 200 60">'
    '<circle cx="20" cy="20" r="5"/><text x="40" y="24" font-family="NanumGothic" font-size="10">축 이름표</text></svg>'
)
CHART = SimpleNamespace(svg=SVG, alt=ALT, title="안전 영역이 가장 크게 올랐습니다", subtitle="영역 지수")


@dataclass
class Notebook:
    """A notebook as papermill leaves it, grown by calls."""

    doc: Document = field(default_factory=Document)
    cells: list = field(default_factory=list)

    def markdown(self, text: str, *tags: str) -> Notebook:
        self.cells.append(v4.new_markdown_cell(text, metadata={"tags": list(tags)}))
        return self

    def show(self, method: str, *args, **kwargs) -> Notebook:
        """A code cell that called one method of Document."""
        InteractiveShell.instance()
        with capture_output() as captured:
            getattr(self.doc, method)(*args, **kwargs)
        return self.outputs(
            *(
                v4.new_output("display_data", data=dict(o.data), metadata=dict(o.metadata or {}))
                for o in captured.outputs
            )
        )

    def outputs(self, *outputs, source: str = "doc.show()") -> Notebook:
        self.cells.append(v4.new_code_cell(source, outputs=list(outputs), execution_count=len(self.cells)))
        return self

    def node(self):
        return v4.new_notebook(cells=self.cells)

    def pdf(self, **options) -> bytes:
        return DonghengPDF(**options).from_notebook_node(self.node())[0]

    def page(self, **options) -> bytes:
        return DonghengHTML(**options).from_notebook_node(self.node())[0]


def bare(frame: pd.DataFrame):
    """The output of a cell that ends in a DataFrame."""
    return v4.new_output("execute_result", data={"text/html": frame.to_html(), "text/plain": str(frame)})
