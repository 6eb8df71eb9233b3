"""The command line: `dongheng run | check | new-year | delphi`, in Korean, every error one sentence."""

import difflib
import functools
import pkgutil
import re
import sys
import tomllib
from pathlib import Path

import click

from dongheng import __version__
from dongheng.errors import DonghengError, file_trouble

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


def run(root, profile, executor, **given) -> int:
    """Hand the names of a cluster on as Snakemake's own options."""
    from dongheng.pipeline.run import run as start

    options = {"--profile": profile, "--executor": executor}
    return start(root, extra=tuple(part for option in options.items() if option[1] for part in option), **given)


def check(root) -> int:
    """Say every problem, and how many there are."""
    from dongheng.pipeline.check import problems

    found = problems(root)
    print(*found, f"문제 {len(found)}건" if found else "문제가 없습니다.", sep="\n")
    return min(len(found), 1)


def collect(root, **given) -> int:
    """An exit code for the answers that were left out."""
    from dongheng.office import delphi

    return min(delphi.collect(root, **given), 1)


def step(root, name, notebook, study, year) -> None:
    """A step by its name; only that of a notebook has one more name."""
    from dongheng.pipeline import steps

    getattr(steps, name)(root, *notebook, study, year)


def _first_study() -> str:
    from dongheng import config

    return config.load(config.find_root()).studies[0]


KINDS = {
    "whole": {"type": int},
    "from_one": {"type": click.IntRange(1)},
    "from_two": {"type": click.IntRange(2)},
    "folder": {"type": click.Path(file_okay=False, path_type=Path)},
    "there": {"type": click.Path(exists=True, path_type=Path)},
    "step": {"type": click.Choice(["notebook", "record", "publish"])},
    "first_study": {"default": _first_study},
}


def _parameter(names: list[str], kind: str = "", **told) -> click.Parameter:
    make = click.Option if names[0].startswith("-") else click.Argument
    return make(names, **KINDS.get(kind, {}), **told)


def _command(name: str, help: str, parameters=(), calls: str = "", commands=None, hidden=False) -> click.Command:
    """A command of cli.toml, or a group with those below it."""
    facts = {"name": name, "help": help.strip(), "hidden": hidden}
    if commands:
        return click.Group(commands=[_command(below, **told) for below, told in commands.items()], **facts)
    given = [_parameter(**told) for told in parameters]
    return click.Command(callback=functools.partial(_call, calls), params=given, **facts)


def _call(calls: str, **given) -> None:
    from dongheng import config  # not above: --help and --version do without the study's packages

    if code := pkgutil.resolve_name(calls)(config.find_root(), **given):
        sys.exit(code)


cli = _command(
    "dongheng",
    "약자동행지수 연구를 처음부터 끝까지 다시 돌립니다.",
    commands=tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")),
)
cli.context_settings |= {"help_option_names": ["-h", "--help"], "max_content_width": 100}
click.version_option(__version__, "--version", message="dongheng %(version)s", help="판을 보이고 끝냅니다.")(cli)


def main() -> None:
    """Entry point: one sentence per error on stderr, exit code 1 for ours, 2 for a misuse, 130 for Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # a CP949 console never breaks a message, and whoever reads a pipe has each line at once
            stream.reconfigure(errors="backslashreplace", line_buffering=True)
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
