"""Notebooks before they are run: whatever lies in the file, `lint` answers in sentences."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from dongheng.errors import ProblemList
from dongheng.pipeline import notebook

NAME = Path("notebooks/02_index_computation.ipynb")
PARAMETERS = 'study: str = "seoul"\nyear: int = 2024'
OPENING = "from dongheng.pipeline import open_notebook\n\nbook = open_notebook(globals())"


def written(root: Path, *cells: str, parameters: str = PARAMETERS) -> Path:
    """A folder with one notebook: parameters, the opening, and whatever follows."""
    code = [nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate([parameters, OPENING, *cells])]
    code[0].metadata["tags"] = ["parameters"]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return typed(root, nbformat.writes(nbformat.v4.new_notebook(cells=code, metadata=kernel)))


def typed(root: Path, text: str) -> Path:
    (root / NAME).parent.mkdir(exist_ok=True)
    (root / NAME).write_text(text, encoding="utf-8")
    return root


def told(root: Path) -> list[str]:
    return [str(problem) for problem in notebook.lint(root, NAME)]


@pytest.mark.parametrize(
    "source", ["%matplotlib inline", "if True:\n    %time 1 + 1", "book.raw?", "!ls", "%%time\nx = 1", "1 % 2"]
)
def test_what_jupyter_understands_is_no_syntax_error(tmp_path, source):
    """A magic, a shell line or a question mark is bad style at most, not a reason to fall over."""
    assert told(written(tmp_path, source)) == []


@pytest.mark.parametrize(
    ("source", "line"), [("x = (1", 1), ('x = 1\ny = "abc', 2), ("def f(:", 1), ("a\x00b", 1), ("for x in y:\n1", 2)]
)
def test_a_syntax_error_is_told_with_cell_and_line(tmp_path, source, line):
    """Beside it, the other cells are still looked at."""
    assert told(written(tmp_path, source, "class A: pass")) == [
        f"{NAME.as_posix()} 3번째 칸 {line}행: 파이썬으로 읽을 수 없는데, 문법에 맞아야 실행되므로, 따옴표, 괄호, 들여쓰기를 확인해 주십시오.",
        f"{NAME.as_posix()} 4번째 칸: 함수, 클래스, try가 있는데, 노트북은 부르고 보이고 말할 뿐이므로, src/dongheng의 알맞은 방으로 옮겨 주십시오.",
    ]


def test_a_syntax_error_in_the_parameters(tmp_path):
    """The cell that everything depends on is read by the same eyes."""
    (sentence,) = told(written(tmp_path, parameters='study: str = "seoul\nyear: int = 2024'))
    assert sentence.startswith(f"{NAME.as_posix()} parameters 칸 1행: 파이썬으로 읽을 수 없는데, ")


@pytest.mark.parametrize(
    "content",
    [[], 1, None, "x", {}, {"nbformat": 4}, {"nbformat": "4", "cells": []}, {"nbformat": 4, "nbformat_minor": 5}]
    + [{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}, {"nbformat": 99, "cells": []}],
    ids=str,
)
def test_json_of_another_shape_is_no_notebook(tmp_path, content):
    """A file of that ending may hold anything."""
    (sentence,) = told(typed(tmp_path, json.dumps(content)))
    assert sentence == (
        f"{NAME.as_posix()}: 노트북 형식이 아닌데, Jupyter 노트북이어야 하므로, 저장소에서 되돌려 주십시오."
    )


def test_a_number_below_zero_is_a_literal_and_a_calculation_is_none(tmp_path):
    """seed: int = -1 stands in notebook 01; -year would be worked out before the given year arrives."""
    below = f"{PARAMETERS}\nseed: int = -1"
    assert told(written(tmp_path, parameters=below)) == []
    (sentence,) = told(written(tmp_path, parameters=f"{PARAMETERS}\nseed: int = -year"))
    assert sentence.startswith(f"{NAME.as_posix()} parameters 칸 3행: '이름: 형 = 값'이 아닌 줄이 있는데, ")


def test_only_study_and_year_must_be_given_and_the_rest_keep_their_defaults(tmp_path):
    """The batch knows two parameters; a notebook may offer more to whoever runs it by hand, typed all the same."""
    nb = notebook.read(written(tmp_path, parameters=f'{PARAMETERS}\ndefinition: str = ""'), NAME)
    notebook.check_parameters(nb, "n", {"study": "seoul", "year": 2024})
    for given, sentence in (
        ({"study": "seoul"}, "매개변수 'year': 주어지지 않았는데, "),
        ({"study": "seoul", "year": 2024, "definition": 7}, "매개변수 'definition': 7인데, 글자여야 하므로, "),
        ({"study": "seoul", "year": 2024, "definitoin": "spss"}, "매개변수 'definitoin': 이 노트북에 없는 이름인데, "),
    ):
        with pytest.raises(ProblemList) as caught:
            notebook.check_parameters(nb, "n", given)
        assert str(caught.value).startswith(sentence)
