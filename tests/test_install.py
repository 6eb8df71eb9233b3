"""Installing: the locks, the three ways that must not drift apart, and the environment that `make` builds."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import dongheng
from dongheng.cli import cli

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

spec = importlib.util.spec_from_file_location("install", ROOT / "install.py")  # no module of the package
install = importlib.util.module_from_spec(spec)
spec.loader.exec_module(install)

OURS = [f"{install.OLDEST[0]}.{minor}" for minor in range(install.OLDEST[1], install.NEWEST[1] + 1)]

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not on this machine")
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX processes and paths")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def locked(name: str) -> list[Requirement]:
    """The requirements of a lock, hashes left out."""
    lines = (line.removesuffix("\\").strip() for line in text(name).splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "--hash"))]


def versions(name: str) -> dict[str, str]:
    return {canonicalize_name(r.name): str(r.specifier).removeprefix("==") for r in locked(name)}


def code(name: str) -> list[str]:
    """Lines of the fenced blocks and the backticked spans of a page."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text(name), re.M | re.S)
    rest = re.sub(r"^```\w*\n.*?^```", "", text(name), flags=re.M | re.S)
    return [line for block in fenced for line in block.splitlines() if line] + re.findall(r"`([^`\n]+)`", rest)


def run(*command, cwd=ROOT, **more) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, encoding="utf-8", errors="replace", **more
    )


NO_NETWORK = "Failed to fetch|dns error|error sending request|timed out|NewConnectionError|Could not find a version"


def must(done: subprocess.CompletedProcess) -> subprocess.CompletedProcess:
    """A download that fails for want of a network is no fault of ours, except in CI, which has to have one."""
    if done.returncode:
        said = done.stdout + done.stderr
        if re.search(NO_NETWORK, said) and not os.environ.get("CI"):
            pytest.skip("packages could not be downloaded: " + said.strip().splitlines()[-1])
        pytest.fail(said)
    return done


def emptied_environ() -> dict[str, str]:
    """PATH and HOME, and whatever says where packages come from."""
    kept = re.compile(r"PATH|HOME|SYSTEMROOT|TEMP|.*PROXY|PIP_(INDEX_URL|CONFIG_FILE)|UV_.*INDEX.*|UV_CACHE_DIR", re.I)
    return {name: value for name, value in os.environ.items() if kept.fullmatch(name)}


# --- the locks


@pytest.mark.parametrize("lock", [install.BATCH, install.LAB])
def test_a_lock_names_every_package_once_with_hashes(lock):
    names = [canonicalize_name(r.name) for r in locked(lock)]
    assert sorted(names) == sorted(set(names))
    blocks = re.split(r"^(?=[a-z0-9])", text(lock), flags=re.M | re.I)[1:]
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_lab_lock_adds_and_changes_nothing():
    batch, lab = versions(install.BATCH), versions(install.LAB)
    assert {name: lab.get(name) for name in batch} == batch
    assert len(lab) > len(batch)


def test_locks_hold_what_pyproject_asks_for():
    project = PYPROJECT["project"]
    for lock, wanted in [
        (install.BATCH, project["dependencies"]),
        (install.LAB, project["dependencies"] + project["optional-dependencies"]["lab"]),
    ]:
        has = versions(lock)
        for requirement in map(Requirement, wanted):
            version = has.get(canonicalize_name(requirement.name))
            assert version and requirement.specifier.contains(version), f"{lock}: {requirement} against {version}"


def test_excerpt_is_uv_as_the_lock_has_it():
    lines = install.excerpt(install.BATCH, "uv").splitlines()
    assert lines[0] == f"uv=={versions(install.BATCH)['uv']} \\"
    assert len(lines) > 2 and all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in lines[1:])
    assert "\n".join(lines) in text(install.BATCH) and not lines[-1].endswith("\\")


# --- three ways, one installation


def test_three_ways_take_the_same_two_steps():
    environment = yaml.safe_load(text("environment.yml"))
    pip = [d["pip"] for d in environment["dependencies"] if isinstance(d, dict)]
    assert pip == [[f"-r {install.BATCH}"]]
    assert "channels" not in environment

    conda = ["conda env create -f environment.yml", "conda activate dongheng", "python -m pip install --no-deps -e ."]
    assert re.findall(r"^#   (\S.*)$", text("environment.yml"), re.M) == conda
    uv = [f"uv {' '.join(install.INSTALL_LOCK)} {install.BATCH}", f"uv {' '.join(install.INSTALL_SELF)}"]
    korean = code("README.ko.md")
    assert [line for line in korean if line in conda] == conda
    assert [line for line in korean if line.startswith("uv pip")] == uv
    # what pip gets from conda is what uv gets, but for byte code, which pip compiles unasked
    assert [word for word in install.INSTALL_SELF if word != "--compile-bytecode"] == conda[2].split()[2:]


def test_one_range_of_pythons_everywhere():
    first, last = OURS[0], OURS[-1]
    wanted = f">={first},<3.{install.NEWEST[1] + 1}"
    assert PYPROJECT["project"]["requires-python"] == wanted
    assert f"python {wanted}" in yaml.safe_load(text("environment.yml"))["dependencies"]
    assert f"{first} to {last}" in text("README.md")
    assert f"{first}에서 {last}까지" in text("README.ko.md")
    assert f"uv venv --python {last}" in code("README.ko.md")
    assert f"python3 {' '.join(f'python{v}' for v in reversed(OURS))} python" in text("Makefile")
    assert PYPROJECT["tool"]["ruff"]["target-version"] == "py" + first.replace(".", "")
    assert install.RESOLVE[install.RESOLVE.index("--python-version") + 1] == first


@pytest.mark.long
def test_both_steps_of_environment_yml_run_in_a_bare_venv(tmp_path):
    """conda's own part left out: the pip section as conda hands it to pip, then the step that the comment names."""
    environment = yaml.safe_load(text("environment.yml"))
    (asked,) = [d["pip"] for d in environment["dependencies"] if isinstance(d, dict)]
    (tmp_path / "requirements.txt").write_text("\n".join(asked) + "\n", encoding="utf-8")
    shutil.copy(ROOT / install.BATCH, tmp_path)  # conda writes the pip section beside environment.yml
    second = re.search(r"^#   python (-m pip .*)$", text("environment.yml"), re.M).group(1).split()

    # uv, where it is, saves a minute; the second step is pip's own
    uv = shutil.which("uv", path=os.path.dirname(sys.executable))
    environ = install.clean_environ(offline=False)
    programs = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    bare = [uv, "venv", "--seed", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    must(run(*bare, tmp_path / "venv", env=environ))
    pip = [programs / "python", "-m", "pip", "install"]
    installer = [uv, "pip", "install", "--python", programs / "python"] if uv else pip
    must(run(*installer, "-r", tmp_path / "requirements.txt", env=environ))
    must(run(programs / "python", *second, env=environ))

    has = run(programs / "python", "-c", "import dongheng; print(dongheng.__version__)", cwd=tmp_path)
    assert (has.returncode, has.stdout.strip()) == (0, dongheng.__version__)
    helped = run(programs / "dongheng", "--help", cwd=tmp_path, env=emptied_environ())
    assert helped.returncode == 0 and "run" in helped.stdout


# --- what the pages name is there


@pytest.mark.parametrize("page", ["README.md", "README.ko.md", "CHANGELOG.md", "Makefile", ".ci/run"])
def test_commands_named_exist(page):
    lines = [re.sub(r".*\.venv/bin/|^\t@?(exec )?", "", line) for line in text(page).splitlines()]
    named = code(page) if page.endswith(".md") else lines
    targets = re.findall(r"^([a-z][a-z -]*):(?!=)", text("Makefile"), re.M)
    targets = {name for names in targets for name in names.split()}
    assert {m[1] for line in named if (m := re.match(r"make ([a-z-]+)", line))} <= targets
    assert {m[1] for line in named if (m := re.match(r"dongheng ([a-z-]+)", line))} <= set(cli.commands)


def test_readme_promises_what_ci_runs():
    first_block = re.search(r"^```\n(.*?)^```", text("README.md"), re.M | re.S).group(1).split("\n")[:-1]
    timed = re.findall(r"^timed make --no-print-directory (.+)$", text(".ci/run"), re.M)
    assert timed == ["report", "test", 'test ARGS="-m long"'] and first_block == ["make report", "make test"]
    assert '`make test ARGS="-m long"`' in text("README.md") and '`make test ARGS="-m long"`' in text("README.ko.md")
    assert os.name == "nt" or os.access(ROOT / ".ci/run", os.X_OK)


def test_files_named_in_the_readmes_exist():
    made = (
        "reports/",
        "data/processed/",
        "private/",
        "forms-2025",
        "data/raw/seoul/2025/",
        "data/raw/seoul/delphi/",
        ".venv",
        "requirements.txt",
    )
    for page in ("README.md", "README.ko.md", "DATA_LICENCE.md"):
        for name in code(page):
            if re.fullmatch(r"[\w./-]+/|[\w./-]+\.(md|lock|yaml|yml|cff|ipynb|toml)|[A-Z]\w+file", name):
                assert name.startswith(made) or (ROOT / name).exists() or list(ROOT.glob(f"src/dongheng/{name}")), name
    notebooks = set(re.findall(r"\d\d_[a-z_]+", text("README.md")))
    assert notebooks == {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_one_version_and_one_licence():
    project, citation = PYPROJECT["project"], yaml.safe_load(text("CITATION.cff"))
    assert project["version"] == dongheng.__version__ == str(citation["version"])
    assert re.search(rf"^## {re.escape(dongheng.__version__)}\b", text("CHANGELOG.md"), re.M)
    assert "## Restatements" in text("CHANGELOG.md")
    assert project["license"] == citation["license"] == text("LICENSE").split()[0] == "MIT"
    assert project["authors"] == citation["authors"] == [{"name": "dongheng contributors"}]
    assert "dongheng contributors" in text("LICENSE")


def test_git_leaves_raw_data_alone():
    answer = run("git", "check-attr", "text", "--", "data/raw/seoul/2024/values.csv", "notebooks/a.ipynb")
    if answer.returncode:
        pytest.skip("not a git checkout")
    assert answer.stdout.splitlines() == [
        "data/raw/seoul/2024/values.csv: text: unset",
        "notebooks/a.ipynb: text: set",
    ]


def test_hooks_are_local_and_keep_what_papermill_needs(tmp_path):
    config = yaml.safe_load(text(".pre-commit-config.yaml"))
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    (hook,) = [h for h in config["repos"][0]["hooks"] if h["id"] == "nbstripout"]
    flags = re.search(r'exec nbstripout --verify (.*) "\$@"', hook["entry"]).group(1).split()
    book = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    cell = nbformat.v4.new_code_cell("year: int = 2024", id="parameters", metadata={"tags": ["parameters"]})
    cell.outputs = [nbformat.v4.new_output("stream", text="2024")]
    cell.execution_count = 1
    book.cells = [cell]
    nbformat.write(book, tmp_path / "a.ipynb")
    program = shutil.which("nbstripout", path=os.path.dirname(sys.executable))
    assert run(program, "--verify", *flags, tmp_path / "a.ipynb").returncode == 1, "outputs were let through"
    assert run(program, *flags, tmp_path / "a.ipynb").returncode == 0
    kept = nbformat.read(tmp_path / "a.ipynb", as_version=4)
    assert kept.metadata.kernelspec.name == "python3"
    assert (kept.cells[0].id, kept.cells[0].metadata.tags, kept.cells[0].outputs) == ("parameters", ["parameters"], [])


# --- install.py: another Python


REFUSAL = (
    "파이썬: 지금 것은 {version}({path})인데, 3.11에서 3.13까지만 쓸 수 있으므로, 그 가운데 하나를 설치한 뒤 "
    "'make report PYTHON=python3.13'(윈도우에서는 'py -3.13 install.py')처럼 이름을 적어 다시 실행하십시오."
)


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13), (3, 14, 0), (4, 0, 0)])
def test_another_python_is_refused_in_one_sentence(version):
    with pytest.raises(SystemExit) as refused:
        install.check_python(version, "/usr/bin/python3")
    assert str(refused.value) == REFUSAL.format(version=".".join(map(str, version)), path="/usr/bin/python3")


@pytest.mark.parametrize("version", [tuple(map(int, v.split("."))) + (0,) for v in OURS])
def test_our_pythons_are_taken(version):
    assert install.check_python(version, "/usr/bin/python3") is None


def test_an_old_python_can_read_install_py():
    ast.parse(text("install.py"), feature_version=(3, 6))


@pytest.mark.parametrize("name", ["python3.6", "python3.7", "python3.8", "python3.9", "python3.10", "python3.14"])
def test_another_python_really_refuses(name, tmp_path):
    found = shutil.which(name)
    asked = found and run(found, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3], sys.executable)")
    if not asked or asked.returncode:
        pytest.skip(f"{name} is not on this machine")
    version, path = asked.stdout.strip().split(" ", 1)
    environ = dict(emptied_environ(), PYTHONIOENCODING="utf-8")
    shutil.copy(ROOT / "install.py", tmp_path)
    refused = run(found, tmp_path / "install.py", env=environ)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.strip() == REFUSAL.format(version=version, path=path)
    assert {path.name for path in tmp_path.iterdir()} <= {"install.py", "__pycache__"}


def test_a_cp949_console_breaks_nothing(tmp_path):
    """Letters that CP949 lacks are shown escaped, the rest as they are: here those of a folder's name."""
    for name in (install.BATCH, "pyproject.toml", "install.py"):
        shutil.copy(ROOT / name, tmp_path)
    environ = dict(os.environ, PYTHONIOENCODING="cp949")
    program = [sys.executable, tmp_path / "install.py", "--wheelhouse", tmp_path / "한글 ü"]
    done = subprocess.run(program, env=environ, capture_output=True)
    assert done.returncode == 1
    said = done.stderr.decode("cp949")
    assert "한글 \\xfc: 끝까지 모은 것이 아니거나" in said
    assert not (tmp_path / ".venv").exists()


@needs_make
@posix
def test_make_without_a_python_says_so(tmp_path):
    for name in ("sh", "sed", "make"):
        (tmp_path / name).symlink_to(shutil.which(name))
    (tmp_path / "Makefile").write_text(text("Makefile"), encoding="utf-8")
    done = run("make", "install", cwd=tmp_path, env={"PATH": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == (
        "파이썬: 'python3'라는 명령을 실행할 수 없는데, 파이썬이 있어야 설치할 수 있으므로, "
        "파이썬을 설치하거나 'make report PYTHON=경로'로 있는 곳을 적어 다시 실행하십시오."
    )


@needs_make
def test_make_help_lists_every_target():
    listed = re.findall(r"^  make (\w+): \S", must(run("make", "help")).stdout, re.M)
    assert listed == ["report", "test", "lab", "check", "bench", "lock", "pictures", "wheelhouse", "help"]


# --- install.py: what it takes up again


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout whose environment looks whole, made without installing anything.

    Its value is what would be run: words, environment, and whether a run killed there would be taken for whole.
    """
    monkeypatch.chdir(tmp_path)
    for name in (install.BATCH, install.LAB):
        Path(name).write_text("uv==1\n", encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    python = Path(install.VENV_PYTHON)
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    install.write_mark(install.MARK, install.facts(lab=False))
    commands = []

    def stand_in(command, env, **_):
        if "venv" in command and not python.exists():
            python.symlink_to(sys.executable)
        commands.append((list(command), env, Path(install.MARK).exists()))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(install.subprocess, "run", stand_in)
    return commands


def steps(commands) -> list[str]:
    def step(program, *words):
        by_uv = "self" if "-e" in words else "lock"
        return by_uv if program == install.UV else "venv" if "venv" in words else "uv"

    return [step(*words) for words, _, _ in commands]


MORE = ["lock", "self"]
WHOLE = ["venv", "uv", *MORE]


@posix
@pytest.mark.parametrize(
    ("change", "lab", "same_python", "expected"),
    [
        ("nothing", False, False, []),
        ("nothing", False, True, []),
        ("nothing", True, False, MORE),
        ("has lab", True, False, []),
        ("has lab", False, False, []),
        (install.BATCH, False, False, WHOLE),
        (install.LAB, False, False, []),
        (install.LAB, True, False, WHOLE),
        ("pyproject.toml", False, False, MORE),
        ("pyproject.toml", True, False, MORE),
        ("killed", False, False, WHOLE),
        ("mark cut off", False, False, WHOLE),
        ("python gone", False, False, WHOLE),
        ("moved", False, False, WHOLE),
        ("python of the mark", False, False, []),
        ("python of the mark", False, True, WHOLE),
    ],
)
def test_only_what_is_missing_is_installed(checkout, change, lab, same_python, expected):
    if change in ("has lab", install.LAB) or (change == "pyproject.toml" and lab):
        install.write_mark(install.MARK, install.facts(lab=True))
    mark = install.read_mark(install.MARK)
    if change in (install.BATCH, install.LAB, "pyproject.toml"):
        with open(change, "a", encoding="utf-8") as file:
            file.write("# other\n")
    elif change == "killed":
        os.remove(install.MARK)
    elif change == "mark cut off":
        Path(install.MARK).write_text('{"checkout": ', encoding="utf-8")
    elif change == "python gone":
        os.remove(install.VENV_PYTHON)
    elif change == "moved":
        install.write_mark(install.MARK, dict(mark, checkout="/elsewhere"))
    elif change == "python of the mark":
        install.write_mark(install.MARK, dict(mark, python="3.10"))
    environment = install.Environment()
    environment.install(lab, same_python)
    assert steps(checkout) == expected
    assert not any(marked for _, _, marked in checkout)
    environment.install(lab, same_python)
    assert steps(checkout) == expected, "a second run has nothing to do"


@posix
def test_a_kept_environment_remembers_its_python_and_its_lab(checkout):
    install.write_mark(install.MARK, dict(install.facts(lab=True), python="3.12"))
    with open("pyproject.toml", "a", encoding="utf-8") as file:
        file.write("# other\n")
    install.Environment().install(False, False)
    mark = install.read_mark(install.MARK)
    assert steps(checkout) == MORE and mark["python"] == "3.12" and install.LAB in mark


@posix
@pytest.mark.parametrize("failing", range(4))
def test_an_installation_that_fails_anywhere_is_begun_again(checkout, monkeypatch, failing):
    os.remove(install.MARK)
    works, codes = install.subprocess.run, iter([0] * failing + [1] + [0] * 4)
    monkeypatch.setattr(
        install.subprocess, "run", lambda *a, **k: works(*a, **k) and subprocess.CompletedProcess(a, next(codes))
    )
    with pytest.raises(SystemExit):
        install.Environment().install(False, False)
    assert steps(checkout) == WHOLE[: failing + 1] and not Path(install.MARK).exists()
    del checkout[:]
    install.Environment().install(False, False)
    assert steps(checkout) == WHOLE and install.read_mark(install.MARK) == install.facts(False)


def test_a_failed_step_says_which_and_what_to_do(tmp_path, monkeypatch, capfd):
    """What the command said stands above the sentence."""
    monkeypatch.chdir(tmp_path)
    environment = install.Environment()
    command = [sys.executable, "-c", "print('dns error'); raise SystemExit(3)"]
    for environment.wheelhouse, what in (
        (None, "인터넷 연결(기관의 프록시와 인증서)을"),
        ("w", "wheelhouse 폴더가 온전한지"),
    ):
        with pytest.raises(SystemExit) as stopped:
            environment.run("2/3 라이브러리 설치", *command)
        assert str(stopped.value) == (
            "2/3 라이브러리 설치: 명령이 오류(번호 3)로 끝났는데, 이 단계를 마쳐야 다음으로 갈 수 있으므로, 주피터를 닫고 "
            f"디스크의 빈 자리와 {what} 확인한 뒤 다시 실행하되, 그래도 같으면 바로 위의 오류를 관리자에게 보내십시오."
        )
        assert capfd.readouterr().out == "dns error\n"


@posix
def test_what_a_killed_run_left_behind_keeps_the_next_one_waiting(tmp_path, monkeypatch, capsys):
    """`kill -9` spares the uv that it started; until that is done, nobody else may write into the folder."""
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import install; e = install.Environment();"
        "e.run('1', 'sh', '-c', 'echo held; exec sleep 1.5')"
    )
    first = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE)
    assert first.stdout.readline() == b"held\n"
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()
    monkeypatch.chdir(tmp_path)
    start = time.monotonic()
    install.hold_guard()
    assert 0.3 < time.monotonic() - start < 5
    assert capsys.readouterr().err == "다른 설치가 진행 중입니다. 끝나기를 기다립니다.\n"


@pytest.mark.long
@needs_make
@posix
def test_make_installs_into_a_path_with_spaces_and_korean_letters(tmp_path):
    """The real install.py, uv, build backend and make in an emptied environment; the locks cut to three packages.

    The whole lock is installed by the test above and by whoever runs these tests.
    """
    root = tmp_path / "한글 폴더" / "동행 1"
    shutil.copytree(ROOT / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "install.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, root)
    small = install.excerpt(ROOT / install.BATCH, "click") + install.excerpt(ROOT / install.BATCH, "uv")
    (root / install.BATCH).write_text(small, encoding="utf-8")
    (root / install.LAB).write_text(small + install.excerpt(ROOT / install.LAB, "iniconfig"), encoding="utf-8")

    def make(target):
        command = ("make", "--no-print-directory", target, f"PYTHON={sys.executable}")
        done = must(run(*command, cwd=root, env=emptied_environ()))
        return [line.split(" ")[0] for line in done.stderr.splitlines()]

    assert make("install") == ["1/3", "1/3", "2/3", "3/3", "설치를"]
    assert make("install") == []
    program = root / ".venv/bin/dongheng"
    assert run(program, "--version", cwd=tmp_path, env=emptied_environ()).stdout == f"dongheng {dongheng.__version__}\n"
    compiled = list(root.glob(".venv/lib/python3*/site-packages/click/__pycache__/*.pyc"))
    assert compiled, "byte code was not compiled"

    assert make("install-lab") == ["2/3", "3/3", "설치를"]
    assert list(root.glob(".venv/lib/python3*/site-packages/iniconfig"))
    assert make("install") == make("install-lab") == []
    with open(root / "pyproject.toml", "a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert make("install") == ["2/3", "3/3", "설치를"]
    assert install.LAB in json.loads((root / install.MARK).read_text(encoding="ascii"))
    assert make("install-lab") == []


# --- install.py: without network (the whole thing, made and installed with the network taken away, is tried by hand)


@pytest.fixture
def wheelhouse(checkout, tmp_path):
    """A whole wheelhouse for the checkout, made without a download."""
    folder = tmp_path / "바퀴 집"
    folder.mkdir()
    install.write_mark(str(folder / install.KIND), install.contents(False, install.PYTHON))
    return folder


AGAIN = (
    "운영체제와 파이썬과 잠금 파일이 같아야 설치할 수 있으므로, 인터넷이 있는 같은 종류의 컴퓨터에서 이 저장소로 'make wheelhouse'"
    "(JupyterLab과 시험까지 쓰려면 'make wheelhouse ARGS=\"--lab\"')를 실행해 폴더를 통째로 가져오십시오."
)


@posix
@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("not finished", "python 없음, 여기는 {python}; machine 없음, "),
        (install.BATCH, "requirements.lock {lock:.20}, 여기는 "),
        ("backend", "build ['hatchling==1.27.0', 여기는 ['hatchling==91.27.0"),
        ("lab", "requirements-lab.lock 없음, 여기는 {lock:.20}"),
        ("python", "python 3.99, 여기는 {python}"),
    ],
)
def test_another_wheelhouse_is_refused_before_anything_is_removed(checkout, wheelhouse, change, found):
    lock = install.digest(install.BATCH)
    if change == "not finished":
        os.remove(wheelhouse / install.KIND)
    elif change == install.BATCH:
        Path(install.BATCH).write_text("other", encoding="utf-8")
    elif change == "backend":
        Path("pyproject.toml").write_text(
            text("pyproject.toml").replace("hatchling==", "hatchling==9"), encoding="utf-8"
        )
    elif change == "python":
        install.write_mark(str(wheelhouse / install.KIND), install.contents(False, "3.99"))
    mark = install.read_mark(install.MARK)
    install.write_mark(install.MARK, dict(mark, interpreter="/another"))
    with pytest.raises(SystemExit) as refused:
        install.Environment(str(wheelhouse)).install(change == "lab", False)
    where, rest = f"{wheelhouse}: 끝까지 모은 것이 아니거나 여기와 다른 것인데(", f"), {AGAIN}"
    said = str(refused.value)
    assert said.startswith(where + found.format(python=install.PYTHON, lock=lock)) and said.endswith(rest)
    assert checkout == [] and install.read_mark(install.MARK) == dict(mark, interpreter="/another")


@posix
@pytest.mark.parametrize("lab", [False, True])
def test_an_installation_without_network_asks_no_index(checkout, wheelhouse, monkeypatch, lab):
    """Every command, as it is handed to pip and uv; what this machine has set up for them is left out."""
    for name in ("PIP_INDEX_URL", "PIP_FIND_LINKS", "UV_DEFAULT_INDEX", "UV_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.setenv(name, "elsewhere")
    install.write_mark(str(wheelhouse / install.KIND), install.contents(lab, install.PYTHON))
    os.remove(install.MARK)
    install.Environment(str(wheelhouse)).install(lab, False)
    offline = ["--no-index", "--find-links", str(wheelhouse)]
    assert steps(checkout) == WHOLE
    assert all(words[-3:] == offline for words, _, _ in checkout[1:])
    assert ["--require-hashes" in words for words, _, _ in checkout[1:]] == [True, True, False]
    assert (install.LAB if lab else install.BATCH) in checkout[2][0]
    for _, environ, _ in checkout:
        assert "elsewhere" not in environ.values()
        assert (environ["PIP_CONFIG_FILE"], environ["UV_NO_CONFIG"], environ["UV_OFFLINE"]) == (os.devnull, "1", "1")
    assert install.read_mark(install.MARK) == install.facts(lab)


def test_an_installation_with_network_keeps_the_index_and_trusts_the_machine(monkeypatch):
    """An institute's mirror and certificates are used; what would turn the installation elsewhere is not."""
    monkeypatch.delenv("UV_SYSTEM_CERTS", raising=False)
    for name in ("PIP_INDEX_URL", "UV_TARGET", "PYTHONPATH", "PIP_USER"):
        monkeypatch.setenv(name, "elsewhere")
    environ = install.clean_environ(offline=False)
    assert {name for name, value in environ.items() if value == "elsewhere"} == {"PIP_INDEX_URL"}
    assert (environ["UV_SYSTEM_CERTS"], environ["PIP_USER"]) == ("true", "0")


@posix
def test_a_wheelhouse_takes_the_pinned_backend_and_tries_the_building(checkout, wheelhouse):
    (wheelhouse / "b-1.tar.gz").touch()
    environment = install.Environment()
    environment.gather(str(wheelhouse), True)
    asked = PYPROJECT["build-system"]["requires"]
    libraries, tools, tried = (words for words, _, _ in checkout)
    assert libraries[-3:] == ["--require-hashes", "-r", install.LAB]
    assert tools[-len(asked) :] == asked and "==" in asked[0]
    assert str(wheelhouse / "b-1.tar.gz") in tried and tried[-3:] == ["--no-index", "--find-links", str(wheelhouse)]
    has = json.loads((wheelhouse / install.KIND).read_text(encoding="ascii"))
    assert has == install.contents(True, install.PYTHON)


@posix
def test_an_interrupted_wheelhouse_is_not_whole(checkout, wheelhouse, monkeypatch):
    def fails(command, **_):
        assert not (wheelhouse / install.KIND).exists()
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(install.subprocess, "run", fails)
    with pytest.raises(SystemExit):
        install.Environment().gather(str(wheelhouse), False)
    assert not (wheelhouse / install.KIND).exists()


def test_locks_are_written_both_or_none(checkout, monkeypatch):
    monkeypatch.setattr(install, "say", lambda line: None)
    done = iter([0, 1, 0, 0])

    def resolves(command, **_):
        Path(command[-1]).write_text("new", encoding="utf-8")
        return subprocess.CompletedProcess(command, next(done))

    monkeypatch.setattr(install.subprocess, "run", resolves)
    environment = install.Environment()
    with pytest.raises(SystemExit):
        environment.resolve(["--upgrade"])
    assert [Path(name).read_text(encoding="utf-8") for name in (install.BATCH, install.LAB)] == ["uv==1\n"] * 2
    environment.resolve([])
    assert [Path(name).read_text(encoding="utf-8") for name in (install.BATCH, install.LAB)] == ["new"] * 2


@needs_make
@posix
def test_make_hands_the_wheelhouse_on(tmp_path):
    """Through a stand-in for Python that prints what it is given."""
    (tmp_path / "Makefile").write_text(text("Makefile"), encoding="utf-8")
    stand_in = tmp_path / "python"
    stand_in.write_text('#!/bin/sh\nfor word; do printf "[%s]" "$word"; done; echo\n', encoding="utf-8")
    stand_in.chmod(0o755)
    for target, option in (("install", ""), ("install-lab", "[--lab]")):
        done = must(
            run("make", "--no-print-directory", target, f"PYTHON={stand_in}", "WHEELHOUSE=바퀴 집/1", cwd=tmp_path)
        )
        words = f"[install.py]{option}[--same-python][--wheelhouse][바퀴 집/1]"
        assert done.stdout.splitlines()[-1] == words


def test_the_korean_page_tells_of_the_wheelhouse():
    page = text("README.ko.md").split("### 인터넷이 없는 곳에서\n", 1)[1].split("\n#", 1)[0]
    told = " ".join(re.findall("`([^`]+)`", page))
    for word in ("make wheelhouse", 'ARGS="--lab"', "make report WHEELHOUSE=wheelhouse"):
        assert word in told
    helped = must(run(sys.executable, ROOT / "install.py", "--help")).stdout
    options = re.findall(r"(--[a-z-]*wheelhouse) ", told)
    assert sorted(options) == ["--make-wheelhouse", "--wheelhouse"] and all(f"{name} " in helped for name in options)
