"""The command line: `dongheng run | check | new-year | delphi`, in Korean, every error one sentence."""

import difflib
import functools
import re
import sys
from pathlib import Path

import click

from dongheng import __version__
from dongheng.errors import DonghengError, file_trouble

_path = functools.partial(click.Path, path_type=Path)


KOREAN = {"Options": "선택지", "Commands": "명령", "Show this message and exit.": "이 도움말을 보이고 끝냅니다."}


class _Help(click.HelpFormatter):
    """Click's help in Korean."""

    def write_usage(self, prog, args="", prefix=None):
        super().write_usage(prog, args, "쓰는 법: ")

    def section(self, name):
        return super().section(KOREAN.get(name, name))

    def write_dl(self, rows, *layout):
        super().write_dl([(term, KOREAN.get(told, told)) for term, told in rows], *layout)


click.Context.formatter_class = _Help


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", message="dongheng %(version)s", help="판을 보이고 끝냅니다.")
def cli():
    """약자동행지수 연구를 처음부터 끝까지 다시 돌립니다."""


@cli.command()
@click.argument("years", nargs=-1, type=int, metavar="[연도]...")
@click.option("--study", metavar="이름", help="만들 연구. 없으면 config.yaml의 모든 연구입니다.")
@click.option(
    "--cores", type=click.IntRange(1), metavar="수", help="한꺼번에 돌릴 단계의 수. 없으면 모든 코어를 씁니다."
)
@click.option("--profile", metavar="이름", help="Snakemake 프로필(클러스터).")
@click.option("--executor", metavar="이름", help="Snakemake 실행기(클러스터).")
def run(years, study, cores, profile, executor):
    """바뀐 것만 다시 계산해 보고서를 만듭니다(make report와 같음).

    연도를 주지 않으면 config.yaml의 모든 연도를 만듭니다. 한 연도가 실패해도 나머지는 계속합니다.
    """
    from dongheng.pipeline.run import run as start

    given = {"--profile": profile, "--executor": executor}
    extra = tuple(part for option in given.items() if option[1] for part in option)
    sys.exit(start(_root(), study, years, cores, extra, say=_say))


@cli.command()
def check():
    """보고서를 만들기 전에 설정, 노트북, 원자료를 살펴 모든 문제를 한꺼번에 보입니다."""
    from dongheng.pipeline.check import problems

    found = problems(_root())
    for problem in found:
        _say(str(problem))
    _say(f"문제 {len(found)}건" if found else "문제가 없습니다.")
    sys.exit(1 if found else 0)


@cli.command("new-year")
@click.argument("year", type=int, metavar="연도")
@click.argument("folder", type=_path(file_okay=False), metavar="폴더")
@click.option("--study", metavar="이름", help="넣을 연구. 없으면 config.yaml의 첫 연구입니다.")
def new_year(year, folder, study):
    """새해를 넣습니다: 한 번은 채울 엑셀 서식 둘을 폴더에 만들고, 채운 뒤 다시 실행하면 점검해 옮깁니다.

    폴더에 values.csv나 published_indices.csv가 있으면(UTF-8, CP949) 서식 대신 그것을 읽습니다.
    """
    from dongheng.office.new_year import new_year as take

    take(*_of_study(study), year, folder, say=_say)


@cli.group("benchmarks")
def other_systems():
    """다른 지표체계의 값: 새로 내려받은 것을 새 판으로 넣습니다."""


@other_systems.command("refresh")
@click.option(
    "--from", "folder", type=_path(exists=True), required=True, metavar="폴더", help="내려받은 CSV와 TSV의 폴더"
)
@click.option("--edition", default="", metavar="날짜", help="새 판의 이름. 없으면 오늘입니다.")
def refresh(folder, edition):
    """내려받은 파일을 살펴 옛 판 옆에 새 판과 바뀐 값의 목록을 만듭니다. 아무것도 내려받지 않습니다."""
    from dongheng.office import benchmarks

    benchmarks.refresh(_root(), folder, edition, say=_say)


@cli.group()
def delphi():
    """전문가 조사: 서식을 만들고, 회신을 모으고, 다음 차수의 서식을 만듭니다."""


_study = click.option("--study", metavar="이름", help="없으면 config.yaml의 첫 연구입니다.")
_round = functools.partial(click.option, "--round", "number", required=True, metavar="차수", help="몇 차 조사")
_into = click.option("--folder", type=_path(file_okay=False), metavar="폴더", help="없으면 private/delphi 아래입니다.")


@delphi.command("forms")
@_round(type=click.IntRange(1))
@_study
@_into
def delphi_forms(number, study, folder):
    """private/experts.csv의 전문가마다 엑셀 서식을 하나씩 만듭니다."""
    _delphi("forms", study, number, folder)


@delphi.command("collect")
@click.argument("source", type=_path(exists=True), metavar="폴더")
@_round(type=click.IntRange(1))
@_study
def delphi_collect(source, number, study):
    """돌려받은 서식의 폴더나 설문 파일 하나를 읽어 data/raw에 옮깁니다. 뺀 답이 있으면 1로 끝납니다."""
    sys.exit(1 if _delphi("collect", study, number, source) else 0)


@delphi.command("feedback")
@_round(type=click.IntRange(2))
@_study
@_into
def delphi_feedback(number, study, folder):
    """지난 차수의 자기 답과 전체의 중앙값, 사분위수, 분포를 곁들인 다음 서식을 만듭니다."""
    _delphi("feedback", study, number, folder)


def _delphi(command, study, number, path):
    from dongheng.office import delphi as office

    return getattr(office, command)(*_of_study(study), number, path, say=_say)


@cli.command(hidden=True)
@click.argument("name", type=click.Choice(["notebook", "record", "publish"]))
@click.argument("notebook", nargs=-1)
@click.argument("study")
@click.argument("year", type=int)
def step(name, notebook, study, year):
    """실행 중에 Snakemake가 부르는 단계입니다: 노트북 하나, study.json과 코드북, PDF와 증명서."""
    from dongheng.pipeline import steps

    getattr(steps, name)(_root(), *notebook, study, year)


def _of_study(study: str | None) -> tuple[Path, str]:
    """The root, and the study asked for or the first of config.yaml."""
    from dongheng import config

    root = config.find_root()
    return root, study or config.load(root).studies[0]


def _root() -> Path:
    from dongheng import config  # not above: --help and --version do without the study's packages

    return config.find_root()


def _say(line: str = "") -> None:
    click.echo(line)
    sys.stdout.flush()


def main() -> None:
    """Entry point: one sentence per error on stderr, exit code 1 for ours, 2 for a misuse, 130 for Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a CP949 console never breaks a message
    try:
        cli.main(prog_name="dongheng", standalone_mode=False)
    except (DonghengError, OSError) as error:
        click.echo(str(file_trouble(error) if isinstance(error, OSError) else error), err=True)
        sys.exit(1)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.message)
        sys.exit(2)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "dongheng"
        click.echo(f"{command}: {_misuse(error)}, `{command} --help`로 쓰는 법을 확인해 주십시오.", err=True)
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)


def _misuse(error: click.UsageError) -> str:
    """Click's complaint as a Korean clause."""
    named = error.param.make_metavar(error.ctx) if getattr(error, "param", None) and error.ctx else "값"
    quoted = re.search(r"'([^']*)'|^(-?\d+)", error.message)
    told = (quoted.group(1) or quoted.group(2)) if quoted else ""
    match error:
        case click.NoSuchOption():
            near = f"(혹시 {', '.join(error.possibilities)}?)" if error.possibilities else ""
            return f"'{error.option_name}'이라는 선택지는 없으므로{near}"
        case click.MissingParameter():
            return f"{named} 자리가 비었으므로"
        case click.BadParameter():
            return f"{named} 자리에 '{told}'을(를) 쓸 수 없으므로"
    if error.format_message().startswith("No such command"):
        near = difflib.get_close_matches(told, cli.commands, n=1)
        return f"'{told}'이라는 명령은 없으므로" + (f"(혹시 {near[0]}?)" if near else "")
    return f"명령을 알아볼 수 없으므로({error.format_message()})"
