"""What a person breaks by hand: one whole Korean sentence, exit code 1, and nothing under reports/ or data/processed/ touched."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.conftest import dongheng, environment, snapshot, write_row

VALUES = "data/raw/seoul/2024/values.csv"
NOTEBOOK = "notebooks/02_index_computation.ipynb"


def missing_file(project: Path) -> str:
    (project / VALUES).unlink()
    return (
        f"{VALUES}: 파일이 없는데, 이 연도의 보고서에 필요한 파일이므로, "
        "파일을 넣거나, 얻은 것이 없으면 머리줄만 있는 파일을 넣어 주십시오."
    )


def duplicate_indicator(project: Path) -> str:
    path = project / VALUES
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[2]]) + "\n", encoding="utf-8")
    return (
        f"{VALUES} {len(lines) + 1}행 indicator_id 칸: '3-3 level'이(가) 3행에 이어 다시 나오는데, "
        "indicator_id, basis 칸이 같은 줄은 하나여야 하므로, 두 줄 가운데 하나를 지워 주십시오."
    )


def duplicate_id_in_the_framework(project: Path) -> str:
    path = project / "data/raw/framework/2023-11.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[-1]]) + "\n", encoding="utf-8")
    return (
        f"data/raw/framework/2023-11.csv {len(lines) + 1}행 id 칸: '10-5'이(가) {len(lines)}행에 이어 다시 나오는데, "
        "id는 한 번만 나와야 하므로, 두 줄 가운데 하나를 지우거나 id를 고쳐 주십시오."
    )


def unit_in_a_number(project: Path) -> str:
    write_row(project / VALUES, "level,2157,", 'level,"2,157호",')
    return (
        f"{VALUES} 3행 value 칸: '2,157호'이(가) 있는데, 쉼표와 단위가 없는 숫자여야 하므로, "
        "2157처럼 숫자만 적고, 단위 '호'은(는) unit 칸에 적어 주십시오."
    )


def zero_base(project: Path) -> str:
    write_row(project / "data/raw/seoul/2022/values.csv", "level,1937,", "level,0,")
    return (
        "data/raw/seoul/2022/values.csv 2행 value 칸: 지표 3-3의 기준연도 값이 0인데, 점수는 기준연도 값으로 나눈 것이므로, "
        "값을 확인하고, 정말 0이면 비워 두고 note에 적어 주십시오."
    )


def wrong_year(project: Path) -> str:
    write_row(project / VALUES, "3-3,2024,", "3-3,2023,")
    return f"{VALUES} 3행 year 칸: '2023'이(가) 있는데, 폴더의 연도인 2024년이어야 하므로, 연도를 고치거나 그 연도의 폴더로 옮겨 주십시오."


def cp949_file(project: Path) -> str:
    path = project / VALUES
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp949"))
    return (
        f"{VALUES}: CP949(Excel의 'CSV (쉼표로 분리)')로 저장되어 있는데, 원자료는 UTF-8이어야 하므로, "
        "Excel에서 'CSV UTF-8(쉼표로 분리)'로 다시 저장해 주십시오."
    )


def year_without_data(project: Path) -> str:
    path = project / "data/raw/seoul/2024/published_indices.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    return (
        "data/raw/seoul/2024/published_indices.csv: 2024년의 채택된 지수가 한 줄도 없는데, "
        "지표 값이 모두 있거나 공표 지수가 있어야 그해를 보고할 수 있으므로, 2024년 지수를 적거나 config.yaml의 years에서 2024년을 빼 주십시오."
    )


def lost_parameters_tag(project: Path) -> str:
    change_notebook(project, lambda cell: cell.metadata.pop("tags"))
    return (
        f"{NOTEBOOK}: parameters 꼬리표가 붙은 칸이 없는데, 꼭 하나 있어야 준 값이 기본값을 이기므로, "
        "매개변수 칸에 꼬리표 parameters를 하나만 붙이거나 저장소의 노트북으로 되돌려 주십시오."
    )


def parameters_computed(project: Path) -> str:
    def derive(cell):
        cell.source += '\nfolder: str = f"reports/{year}"'

    change_notebook(project, derive)
    return (
        f"{NOTEBOOK} parameters 칸 3행: '이름: 형 = 값'이 아닌 줄이 있는데, 주어진 값이 들어오기 전에 계산된 것은 기본값에 머물므로, "
        "계산은 다음 칸으로 옮기고 year: int = 2024처럼 적어 주십시오."
    )


def misspelt_setting(project: Path) -> str:
    write_row(project / "config.yaml", "reverse: reciprocal", "reverse: reciprokal")
    return (
        "config.yaml studies.seoul.reverse: 'reciprokal'인데, reciprocal, reflection 가운데 하나여야 하므로, "
        "그 가운데 하나로 고쳐 주십시오."
    )


CATALOGUE = [
    missing_file,
    duplicate_indicator,
    duplicate_id_in_the_framework,
    unit_in_a_number,
    zero_base,
    wrong_year,
    cp949_file,
    year_without_data,
    lost_parameters_tag,
    parameters_computed,
    misspelt_setting,
]


def change_notebook(project: Path, change) -> None:
    path = project / NOTEBOOK
    nb = nbformat.read(path, as_version=4)
    change(next(c for c in nb.cells if "parameters" in c.metadata.get("tags", [])))
    nbformat.write(nb, path)


@pytest.mark.parametrize("break_it", CATALOGUE, ids=lambda f: f.__name__)
def test_one_sentence_exit_code_1_and_nothing_touched(rebuilt, break_it):
    """A researcher who broke one thing is told which, where and what now; what stood before stands untouched."""
    sentence = break_it(rebuilt)
    before = snapshot(rebuilt)
    result = dongheng(rebuilt, "run", "2024")
    lines = (result.stdout + result.stderr).splitlines()
    assert sentence in lines, result.stdout + result.stderr
    assert lines.count(sentence) == 1
    assert "Traceback" not in result.stdout + result.stderr
    assert result.returncode == 1
    assert snapshot(rebuilt) == before


def test_year_that_config_does_not_have(rebuilt):
    """Asking for a year that was never set up says which years there are."""
    before = snapshot(rebuilt)
    result = dongheng(rebuilt, "run", "2031")
    assert result.stderr.strip() == (
        "config.yaml studies.seoul.years: 2031년이 없는데, 보고서를 만들 연도는 여기 적혀 있어야 하므로, "
        "있는 연도(2023, 2024) 가운데 고르거나 2031년을 적어 주십시오."
    )
    assert result.returncode == 1
    assert snapshot(rebuilt) == before


def test_a_bad_year_does_not_stop_the_others(rebuilt):
    """2024 is broken, 2023 is out of date: 2023 is made anew, 2024 keeps what it had, the exit code tells."""
    unit_in_a_number(rebuilt)
    (rebuilt / "reports/seoul/2023/council_report.pdf").unlink()
    before = snapshot(rebuilt, "reports/seoul/2024", "data/processed/seoul/2024")
    result = dongheng(rebuilt, "run")
    assert result.returncode == 1
    assert (rebuilt / "reports/seoul/2023/council_report.pdf").is_file()
    assert "seoul 2023  만듦" in result.stdout and "seoul 2024  실패" in result.stdout
    assert snapshot(rebuilt, "reports/seoul/2024", "data/processed/seoul/2024") == before


def test_check_tells_all_problems_at_once(rebuilt):
    """`dongheng check` is asked once, not once per problem."""
    sentences = [break_it(rebuilt) for break_it in (unit_in_a_number, zero_base, lost_parameters_tag)]
    result = dongheng(rebuilt, "check")
    assert result.returncode == 1
    assert set(sentences) <= set(result.stdout.splitlines())


def test_check_is_content_with_the_repository(project):
    """What is committed has no problem, not even an odd source."""
    result = dongheng(project, "check")
    assert (result.returncode, result.stdout.strip()) == (0, "문제가 없습니다."), result.stdout + result.stderr


def papermill(project: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "papermill", NOTEBOOK, str(project / "out.ipynb"), "--cwd", str(project), *arguments],
        cwd=project,
        env=environment(project),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def test_misspelt_parameter_in_plain_papermill(rebuilt):
    """Papermill alone writes last year's report with exit code 0; the opening cell does not let it."""
    before = snapshot(rebuilt)
    result = papermill(rebuilt, "-p", "yaer", "2023")
    assert (
        "매개변수 'yaer': 이 노트북에 없는 이름인데, 쓸 수 있는 이름은 study, year이므로, 'year'의 오기가 아닌지 확인해 주십시오."
        in result.stderr
    )
    assert result.returncode == 1
    assert snapshot(rebuilt) == before


def test_lost_tag_in_plain_papermill(rebuilt):
    """Without the tag papermill injects above the defaults, which win: 2024 would be computed in place of 2023."""
    before = snapshot(rebuilt)
    lost_parameters_tag(rebuilt)
    result = papermill(rebuilt, "-p", "year", "2023")
    assert (
        "이 노트북: parameters 꼬리표가 붙은 칸이 없는데, 꼭 하나 있어야 준 값이 기본값을 이기므로, "
        "매개변수 칸에 꼬리표 parameters를 하나만 붙이거나 저장소의 노트북으로 되돌려 주십시오." in result.stderr
    )
    assert result.returncode == 1
    assert snapshot(rebuilt) == before


def test_ill_typed_parameter_in_plain_papermill(rebuilt):
    """`-r year 2023` hands over text; it is refused, not compared with numbers in silence."""
    result = papermill(rebuilt, "-r", "year", "2023")
    assert "매개변수 'year': '2023'인데, 정수여야 하므로, 값의 따옴표와 철자를 확인해 주십시오." in result.stderr
    assert result.returncode == 1


def test_plain_papermill_with_good_parameters_runs(rebuilt):
    """The strictness does not stand in the way: the same notebook, the same table, by papermill alone."""
    before = (rebuilt / "data/processed/seoul/2023/contributions.csv").read_bytes()
    result = papermill(rebuilt, "-p", "year", "2023")
    assert result.returncode == 0, result.stderr
    assert json.loads((rebuilt / "out.ipynb").read_text(encoding="utf-8"))["cells"]
    assert (rebuilt / "data/processed/seoul/2023/contributions.csv").read_bytes() == before
    assert (rebuilt / "reports/seoul/2023/council_report.pdf").is_file(), "nothing changed, so the report stays"


@pytest.mark.parametrize("content", ["studies: 1\n", "- a\n", "seed: 0\n", "studies:\n  seoul: 3\n"])
def test_check_survives_a_config_of_another_shape(project, content):
    """Whatever stands in config.yaml, `check` answers in sentences."""
    (project / "config.yaml").write_text(content, encoding="utf-8")
    result = dongheng(project, "check")
    assert result.returncode == 1
    assert result.stdout.startswith("config.yaml") and "Traceback" not in result.stdout + result.stderr
