"""The command line speaks Korean, also when it is misused."""

from __future__ import annotations

import pytest

from dongheng import cli


def call(monkeypatch, capsys, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["dongheng", *arguments])
    try:
        cli.main()
        code = 0
    except SystemExit as end:
        code = end.code or 0
    return (code, *capsys.readouterr())


@pytest.mark.parametrize(
    "command", [(), ("run",), ("check",), ("new-year",), ("delphi",), ("step",), ("step", "notebook")]
)
def test_help_everywhere(monkeypatch, capsys, command):
    """--help works on every command and holds no English sentence."""
    code, out, _ = call(monkeypatch, capsys, *command, "--help")
    assert code == 0
    assert out.startswith("쓰는 법: dongheng") and "Show this message" not in out and "Usage" not in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("rnu",), "dongheng: 'rnu'이라는 명령은 없으므로(혹시 run?), `dongheng --help`로 쓰는 법을 확인해 주십시오."),
        (
            ("run", "이천"),
            "dongheng run: [연도]... 자리에 '이천'을(를) 쓸 수 없으므로, `dongheng run --help`로 쓰는 법을 확인해 주십시오.",
        ),
        (
            ("run", "--cores", "0"),
            "dongheng run: 수 자리에 '0'을(를) 쓸 수 없으므로, `dongheng run --help`로 쓰는 법을 확인해 주십시오.",
        ),
        (
            ("run", "--yaer"),
            "dongheng run: '--yaer'이라는 선택지는 없으므로, `dongheng run --help`로 쓰는 법을 확인해 주십시오.",
        ),
    ],
)
def test_misuse_is_one_sentence_and_exit_code_2(monkeypatch, capsys, arguments, sentence):
    """A typing error on the command line is told apart (2) from a study that cannot be made (1)."""
    code, _, err = call(monkeypatch, capsys, *arguments)
    assert (code, err.strip()) == (2, sentence)


def test_outside_a_study(monkeypatch, capsys, tmp_path):
    """Called in the wrong folder it says so."""
    monkeypatch.chdir(tmp_path)
    code, _, err = call(monkeypatch, capsys, "run")
    assert code == 1
    assert err.strip() == (
        f"{tmp_path}: 여기에도 그 위 폴더에도 config.yaml이 없는데, dongheng은 연구 폴더 안에서 돌아가므로, "
        "config.yaml이 있는 폴더로 옮겨 다시 실행하십시오."
    )


def test_a_cp949_console_never_breaks_a_message(tmp_path):
    """A Korean Windows console knows no 〔 and no emoji; the message comes out all the same."""
    import os
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "dongheng", "run", "--study", "없는😀연구"],
        cwd=cli.__file__.rsplit("src", 1)[0],
        env=os.environ | {"PYTHONIOENCODING": "cp949", "PYTHONUTF8": "0"},
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "연구가 없는데".encode("cp949") in done.stderr and b"\\U0001f600" in done.stderr


def test_every_picture_of_the_readmes_is_there_and_described():
    """`make pictures` draws them from the reports; an alternative text says what a blind reader would miss."""
    import re

    from tests.conftest import ROOT

    for readme in ("README.md", "README.ko.md"):
        found = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", (ROOT / readme).read_text(encoding="utf-8"))
        assert found, readme
        for alt, path in found:
            assert len(alt) >= 60 and (ROOT / path).read_bytes().startswith(b"\x89PNG"), path
            assert (ROOT / path).stat().st_size < 200_000
            assert f'"{path.removeprefix("docs/pictures/")}"' in (ROOT / "tools/pictures.py").read_text(
                encoding="utf-8"
            )
