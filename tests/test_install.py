"""Installing: the locks, the three ways that must not drift apart, and the environment that `make` builds."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import dongheng
from dongheng import bootstrap
from dongheng.cli import cli

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OURS = [f"{bootstrap.OLDEST[0]}.{minor}" for minor in range(bootstrap.OLDEST[1], bootstrap.NEWEST[1] + 1)]

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


def must(done: subprocess.CompletedProcess, log: Path | None = None) -> subprocess.CompletedProcess:
    """A download that fails for want of a network is no fault of ours, except in CI, which has to have one."""
    if done.returncode:
        said = done.stdout + done.stderr + (log.read_text(encoding="utf-8") if log and log.exists() else "")
        network = next(pattern for pattern, todo in bootstrap.CAUSES if "인터넷" in todo)
        if re.search(network, said) and not os.environ.get("CI"):
            pytest.skip("packages could not be downloaded: " + said.strip().splitlines()[-1])
        pytest.fail(said)
    return done


def emptied_environ() -> dict[str, str]:
    """PATH and HOME, and whatever says where packages come from."""
    kept = re.compile(r"PATH|HOME|SYSTEMROOT|TEMP|.*PROXY|PIP_(INDEX_URL|CONFIG_FILE)|UV_.*INDEX.*|UV_CACHE_DIR", re.I)
    return {name: value for name, value in os.environ.items() if kept.fullmatch(name)}


# --- the locks


@pytest.mark.parametrize("lock", [bootstrap.BATCH, bootstrap.LAB])
def test_a_lock_names_every_package_once_with_hashes(lock):
    names = [canonicalize_name(r.name) for r in locked(lock)]
    assert sorted(names) == sorted(set(names))
    blocks = re.split(r"^(?=[a-z0-9])", text(lock), flags=re.M | re.I)[1:]
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_lab_lock_adds_and_changes_nothing():
    batch, lab = versions(bootstrap.BATCH), versions(bootstrap.LAB)
    assert {name: lab.get(name) for name in batch} == batch
    assert len(lab) > len(batch)


def test_locks_hold_what_pyproject_asks_for():
    project = PYPROJECT["project"]
    for lock, wanted in [
        (bootstrap.BATCH, project["dependencies"]),
        (bootstrap.LAB, project["dependencies"] + project["optional-dependencies"]["lab"]),
    ]:
        has = versions(lock)
        for requirement in map(Requirement, wanted):
            version = has.get(canonicalize_name(requirement.name))
            assert version and requirement.specifier.contains(version), f"{lock}: {requirement} against {version}"


def test_excerpt_is_uv_as_the_lock_has_it():
    lines = bootstrap.excerpt(bootstrap.BATCH, "uv").splitlines()
    assert lines[0] == f"uv=={versions(bootstrap.BATCH)['uv']} \\"
    assert len(lines) > 2 and all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in lines[1:])
    assert "\n".join(lines) in text(bootstrap.BATCH) and not lines[-1].endswith("\\")


# --- three ways, one installation


def test_three_ways_take_the_same_two_steps():
    environment = yaml.safe_load(text("environment.yml"))
    pip = [d["pip"] for d in environment["dependencies"] if isinstance(d, dict)]
    assert pip == [[f"-r {bootstrap.BATCH}"]]
    assert "channels" not in environment

    conda = ["conda env create -f environment.yml", "conda activate dongheng", "python -m pip install --no-deps -e ."]
    assert re.findall(r"^#   (\S.*)$", text("environment.yml"), re.M) == conda
    uv = [f"uv {' '.join(bootstrap.INSTALL_LOCK)} {bootstrap.BATCH}", f"uv {' '.join(bootstrap.INSTALL_SELF)}"]
    korean = code("README.ko.md")
    assert [line for line in korean if line in conda] == conda
    assert [line for line in korean if line.startswith("uv pip")] == uv
    # what pip gets from conda is what uv gets, but for byte code, which pip compiles unasked
    assert [word for word in bootstrap.INSTALL_SELF if word != "--compile-bytecode"] == conda[2].split()[2:]


def test_one_range_of_pythons_everywhere():
    first, last = OURS[0], OURS[-1]
    wanted = f">={first},<3.{bootstrap.NEWEST[1] + 1}"
    assert PYPROJECT["project"]["requires-python"] == wanted
    assert f"python {wanted}" in yaml.safe_load(text("environment.yml"))["dependencies"]
    assert f"{first} to {last}" in text("README.md")
    assert f"{first}에서 {last}까지" in text("README.ko.md")
    assert f"uv venv --python {last}" in code("README.ko.md")
    assert f"python3 {' '.join(f'python{v}' for v in reversed(OURS))} python" in text("Makefile")
    assert PYPROJECT["tool"]["ruff"]["target-version"] == "py" + first.replace(".", "")
    assert bootstrap.RESOLVE[bootstrap.RESOLVE.index("--python-version") + 1] == first


def test_both_steps_of_environment_yml_run_in_a_bare_venv(tmp_path):
    """conda's own part left out: the pip section as conda hands it to pip, then the step that the comment names."""
    environment = yaml.safe_load(text("environment.yml"))
    (asked,) = [d["pip"] for d in environment["dependencies"] if isinstance(d, dict)]
    (tmp_path / "requirements.txt").write_text("\n".join(asked) + "\n", encoding="utf-8")
    shutil.copy(ROOT / bootstrap.BATCH, tmp_path)  # conda writes the pip section beside environment.yml
    second = re.search(r"^#   python (-m pip .*)$", text("environment.yml"), re.M).group(1).split()

    # uv, where it is, saves a minute; the second step is pip's own
    uv = shutil.which("uv", path=os.path.dirname(sys.executable))
    environ = bootstrap.clean_environ()
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
    targets = re.search(r"^for target in (.+); do$", text(".ci/run"), re.M).group(1).split()
    assert first_block == [f"make {target}" for target in targets] == ["make report", "make test"]
    assert os.name == "nt" or os.access(ROOT / ".ci/run", os.X_OK)


def test_files_named_in_the_readmes_exist():
    made = ("reports/", "data/processed/", ".venv", "requirements.txt")
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


# --- bootstrap: another Python


REFUSAL = (
    "파이썬: 지금 것은 {version}({path})인데, 3.11에서 3.13까지만 쓸 수 있으므로, "
    "그 가운데 하나를 설치한 뒤 'make report PYTHON=python3.13'처럼 이름을 적어 다시 실행하십시오."
)


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13), (3, 14, 0), (4, 0, 0)])
def test_another_python_is_refused_in_one_sentence(version):
    with pytest.raises(bootstrap.Stop) as refused:
        bootstrap.check_python(version, "/usr/bin/python3")
    assert str(refused.value) == REFUSAL.format(version=".".join(map(str, version)), path="/usr/bin/python3")


@pytest.mark.parametrize("version", [tuple(map(int, v.split("."))) + (0,) for v in OURS])
def test_our_pythons_are_taken(version):
    assert bootstrap.check_python(version, "/usr/bin/python3") is None


def test_an_old_python_can_read_bootstrap():
    ast.parse(text("src/dongheng/bootstrap.py"), feature_version=(3, 6))


@pytest.mark.parametrize("name", ["python3.6", "python3.7", "python3.8", "python3.9", "python3.10", "python3.14"])
def test_another_python_really_refuses(name, tmp_path):
    found = shutil.which(name)
    asked = found and run(found, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3], sys.executable)")
    if not asked or asked.returncode:
        pytest.skip(f"{name} is not on this machine")
    version, path = asked.stdout.strip().split(" ", 1)
    environ = dict(emptied_environ(), PYTHONIOENCODING="utf-8")
    refused = run(found, ROOT / "src/dongheng/bootstrap.py", "--venv", tmp_path / "venv", env=environ)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.strip() == REFUSAL.format(version=version, path=path)
    assert not (tmp_path / "venv").exists()


def test_a_cp949_console_breaks_nothing(tmp_path):
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "학교.txt").touch()
    environ = dict(os.environ, PYTHONIOENCODING="cp949")
    program = [sys.executable, ROOT / "src/dongheng/bootstrap.py", "--venv", tmp_path / "venv"]
    done = subprocess.run(program, env=environ, capture_output=True)
    assert done.returncode == 1
    assert "가상환경이 아닌 파일이 들어 있는데" in done.stderr.decode("cp949")
    assert (tmp_path / "venv" / "학교.txt").exists()


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
    assert listed == ["report", "test", "lab", "check", "bench", "lock", "wheelhouse", "help"]


# --- bootstrap: what it takes up again


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout whose environment looks whole, made without installing anything."""
    for name in (bootstrap.BATCH, bootstrap.LAB, "pyproject.toml"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    environment = bootstrap.Environment(".venv")
    Path(environment.python).parent.mkdir(parents=True)
    Path(environment.python).symlink_to(sys.executable)
    environment.write_mark(environment.facts(lab=False))
    return environment


WHOLE = ["venv", "lock", "self"]


@posix
@pytest.mark.parametrize(
    ("change", "lab", "same_python", "steps"),
    [
        ("nothing", False, False, []),
        ("nothing", False, True, []),
        ("nothing", True, False, ["lock"]),
        ("has lab", True, False, []),
        ("has lab", False, False, []),
        (bootstrap.BATCH, False, False, WHOLE),
        (bootstrap.LAB, False, False, []),
        (bootstrap.LAB, True, False, WHOLE),
        ("pyproject.toml", False, False, ["self"]),
        ("pyproject.toml", True, False, ["self"]),
        ("killed", False, False, WHOLE),
        ("mark cut off", False, False, WHOLE),
        ("python gone", False, False, WHOLE),
        ("moved", False, False, WHOLE),
        ("python of the mark", False, False, []),
        ("python of the mark", False, True, WHOLE),
    ],
)
def test_only_what_is_missing_is_installed(checkout, monkeypatch, change, lab, same_python, steps):
    if change in ("has lab", bootstrap.LAB) or (change == "pyproject.toml" and lab):
        checkout.write_mark(checkout.facts(lab=True))
    mark = checkout.read_mark()
    if change in (bootstrap.BATCH, bootstrap.LAB, "pyproject.toml"):
        (Path(bootstrap.ROOT) / change).write_text("other", encoding="utf-8")
    elif change == "killed":
        checkout.write_mark({})
    elif change == "mark cut off":
        Path(checkout.path(bootstrap.MARK)).write_text('{"checkout": ', encoding="utf-8")
    elif change == "python gone":
        os.remove(checkout.python)
    elif change == "moved":
        checkout.write_mark(dict(mark, checkout="/elsewhere"))
    elif change == "python of the mark":
        checkout.write_mark(dict(mark, python="3.10"))
    assert checkout.missing(lab, same_python) == steps


def test_emptying_keeps_the_mark_until_last(checkout):
    checkout.open_guard()
    checkout.empty()
    assert sorted(os.listdir(checkout.folder)) == [bootstrap.MARK, bootstrap.GUARD]
    assert checkout.read_mark() == {}
    checkout.open_guard()  # a folder left like this is taken up, not refused


@pytest.mark.parametrize(
    ("said", "todo"),
    [
        ("error: Failed to fetch: dns error", "인터넷 연결과 기관의 프록시·인증서 설정을 확인한 뒤 다시 실행하십시오"),
        ("No space left on device", "디스크를 비운 뒤 다시 실행하십시오"),
        ("Hash mismatch for `click`", "받은 파일이 잠금 파일과 다르다는 것을 관리자에게 알리십시오"),
        ("Failed to build connection-pool", "원인을 고친 뒤 다시 실행하십시오"),
    ],
    ids=["network", "disk", "hash", "other"],
)
def test_a_failed_step_says_which_and_what_to_do(checkout, said, todo):
    checkout.open_guard()
    with pytest.raises(bootstrap.Stop) as stopped:
        checkout.run("2/3(라이브러리)", [sys.executable, "-c", f"print({said!r}); raise SystemExit(3)"])
    assert str(stopped.value) == (
        "설치 2/3(라이브러리): 명령이 오류(번호 3)로 끝났는데, 이 단계를 마쳐야 다음으로 갈 수 있으므로, "
        f"기록 파일 {checkout.log}의 끝을 읽고 {todo}."
    )
    assert said in Path(checkout.log).read_text(encoding="utf-8")


@posix
def test_what_a_killed_run_left_behind_keeps_the_next_one_waiting(tmp_path):
    """`kill -9` spares the uv that it started; until that is done, nobody else may write into the folder."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import bootstrap; e = bootstrap.Environment(sys.argv[2]);"
        "e.open_guard(); print('held', flush=True); e.run('1', ['sleep', '1.5'])"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", script, str(ROOT / "src/dongheng"), str(tmp_path / "venv")], stdout=subprocess.PIPE
    )
    assert first.stdout.readline() == b"held\n"
    log = tmp_path / "venv" / bootstrap.LOG
    while not (log.exists() and log.stat().st_size):
        time.sleep(0.01)
    time.sleep(0.3)
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()
    second = bootstrap.Environment(str(tmp_path / "venv"))
    start = time.monotonic()
    second.open_guard()
    assert 0.3 < time.monotonic() - start < 5


@needs_make
@posix
def test_make_installs_into_a_path_with_spaces_and_korean_letters(tmp_path):
    """The real bootstrap, uv, build backend and make in an emptied environment; the locks cut to three packages.

    The whole lock is installed by the test above and by whoever runs these tests.
    """
    root = tmp_path / "한글 폴더" / "동행 1"
    shutil.copytree(ROOT / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, root)
    small = bootstrap.excerpt(bootstrap.BATCH, "click") + bootstrap.excerpt(bootstrap.BATCH, "uv")
    (root / bootstrap.BATCH).write_text(small, encoding="utf-8")
    (root / bootstrap.LAB).write_text(small + bootstrap.excerpt(bootstrap.LAB, "iniconfig"), encoding="utf-8")
    log = root / ".venv" / bootstrap.LOG

    def make(target):
        done = must(
            run("make", "--no-print-directory", target, f"PYTHON={sys.executable}", cwd=root, env=emptied_environ()),
            log,
        )
        return [line.split(" ")[0] for line in done.stderr.splitlines()]

    assert make("install") == ["1/3", "2/3", "3/3", "설치를"]
    assert make("install") == []
    program = root / ".venv/bin/dongheng"
    assert run(program, "--version", cwd=tmp_path, env=emptied_environ()).stdout == f"dongheng {dongheng.__version__}\n"
    compiled = list(root.glob(".venv/lib/python3*/site-packages/click/__pycache__/*.pyc"))
    assert compiled, "byte code was not compiled"

    assert make("install-lab") == ["2/3", "설치를"]
    assert make("install") == make("install-lab") == []
    with open(root / "pyproject.toml", "a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert make("install") == ["3/3", "설치를"]
    assert bootstrap.LAB in json.loads((root / ".venv" / bootstrap.MARK).read_text(encoding="ascii"))
    assert make("install-lab") == []


# --- bootstrap: without network (the whole thing, made and installed with the network taken away, is tried by hand)

AGAIN = "인터넷이 있는 곳에서 'make wheelhouse'로 다시 만들어 통째로 가져오십시오"
BROKEN = "만들어진 그대로여야 설치할 수 있으므로"


@pytest.fixture
def wheelhouse(checkout, tmp_path):
    """A whole wheelhouse for the checkout, made without a download."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    made = bootstrap.Wheelhouse(str(tmp_path / "바퀴 집"))
    made.begin(False, bootstrap.PYTHON)
    Path(made.path("a-1-py3-none-any.whl")).write_bytes(b"wheel")
    Path(made.path("b-1.tar.gz")).write_bytes(b"archive")
    made.finish()
    return made


def refusal(wheelhouse, lab=False, python=bootstrap.PYTHON) -> str:
    with pytest.raises(bootstrap.Stop) as refused:
        wheelhouse.check(lab, python)
    return str(refused.value)


def test_a_whole_wheelhouse_is_taken(wheelhouse):
    assert wheelhouse.check(False, bootstrap.PYTHON) is None
    assert wheelhouse.archives() == ["b-1.tar.gz"]
    lines = Path(wheelhouse.path(bootstrap.SUMS)).read_bytes().decode().splitlines()
    assert lines[0] == hashlib.sha256(b"wheel").hexdigest() + "  a-1-py3-none-any.whl"  # as sha256sum -c reads it
    assert [line.split("  ")[1] for line in lines] == ["a-1-py3-none-any.whl", "b-1.tar.gz", bootstrap.KIND]


def test_a_wheelhouse_with_lab_serves_both(wheelhouse):
    wheelhouse.begin(True, bootstrap.PYTHON)
    wheelhouse.finish()
    assert wheelhouse.check(False, bootstrap.PYTHON) is wheelhouse.check(True, bootstrap.PYTHON) is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            "not finished",
            f"{{folder}}: SHA256SUMS나 dongheng-wheelhouse.json를 읽을 수 없는데, 끝까지 만들어진 폴더에는 둘 다 있으므로, {AGAIN}.",
        ),
        ("file lost", f"{{folder}}{os.sep}a-1-py3-none-any.whl: 파일이 없는데, {BROKEN}, {AGAIN}."),
        ("file broken", f"{{folder}}{os.sep}b-1.tar.gz: 내용이 SHA256SUMS와 다른데, {BROKEN}, {AGAIN}."),
        (
            "file added",
            f"{{folder}}{os.sep}Thumbs.db: SHA256SUMS에 없는 파일인데, {BROKEN}, 그 파일을 지우거나 옮긴 뒤 다시 실행하십시오.",
        ),
        (
            bootstrap.BATCH,
            f"{{folder}}: 다른 requirements.lock에서 만든 것인데, 이 저장소의 것과 같아야 하므로, {AGAIN}.",
        ),
        (
            "backend",
            f"{{folder}}: 다른 pyproject.toml에서 만든 것인데, 이 저장소의 것과 같아야 하므로, {AGAIN}.",
        ),
        (
            "lab",
            "{folder}: JupyterLab과 시험 도구가 들어 있지 않은데, 이 명령에는 그것도 필요하므로, "
            "인터넷이 있는 곳에서 'make wheelhouse ARGS=\"--lab\"'로 다시 만들어 통째로 가져오십시오.",
        ),
        (
            "python",
            "{folder}: 파이썬 {python}({machine})에 맞추어 만든 것인데, 여기는 파이썬 3.99({machine})이므로, "
            "'PYTHON=python{python}'처럼 그 파이썬을 적거나, 여기와 같은 환경에서 다시 만들어 통째로 가져오십시오.",
        ),
    ],
)
def test_another_wheelhouse_is_refused_in_one_sentence(wheelhouse, tmp_path, change, sentence):
    if change == "not finished":
        os.remove(wheelhouse.path(bootstrap.SUMS))
    elif change == "file lost":
        os.remove(wheelhouse.path("a-1-py3-none-any.whl"))
    elif change == "file broken":
        Path(wheelhouse.path("b-1.tar.gz")).write_bytes(b"Archive")
    elif change == "file added":
        Path(wheelhouse.path("Thumbs.db")).touch()
    elif change == bootstrap.BATCH:
        (tmp_path / change).write_text("other", encoding="utf-8")
    elif change == "backend":
        write = text("pyproject.toml").replace("hatchling==", "hatchling==9")
        (tmp_path / "pyproject.toml").write_text(write, encoding="utf-8")
    python = "3.99" if change == "python" else bootstrap.PYTHON
    names = {"folder": wheelhouse.folder, "python": bootstrap.PYTHON, "machine": bootstrap.sysconfig.get_platform()}
    assert refusal(wheelhouse, change == "lab", python) == sentence.format(**names)


def test_a_wheelhouse_is_made_anew_and_nothing_else_is_emptied(wheelhouse, tmp_path):
    wheelhouse.begin(False, bootstrap.PYTHON)
    assert os.listdir(wheelhouse.folder) == [bootstrap.KIND]  # without SHA256SUMS nobody installs from it
    other = tmp_path / "다른 것"
    other.mkdir()
    (other / "논문.hwp").touch()
    with pytest.raises(bootstrap.Stop) as refused:
        bootstrap.Wheelhouse(str(other)).begin(False, bootstrap.PYTHON)
    assert str(refused.value) == (
        f"{other}: 다른 파일이 들어 있는데, 비어 있거나 앞서 이렇게 만든 폴더여야 하므로, 폴더를 옮기거나 다른 이름을 적으십시오."
    )
    assert os.listdir(other) == ["논문.hwp"]


@pytest.mark.parametrize("lab", [False, True])
def test_an_installation_without_network_asks_no_index(checkout, wheelhouse, monkeypatch, lab):
    """Every command, as it is handed to pip and uv; what this machine has set up for them is left out."""
    for name in ("PIP_INDEX_URL", "PIP_FIND_LINKS", "UV_DEFAULT_INDEX", "UV_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.setenv(name, "elsewhere")
    if lab:
        wheelhouse.begin(True, bootstrap.PYTHON)
        wheelhouse.finish()
    checkout.write_mark({})
    monkeypatch.setattr(bootstrap, "excerpt", lambda lock, package: "")
    commands = []
    monkeypatch.setattr(
        bootstrap.subprocess, "Popen", lambda command, env, **_: commands.append((command, env)) or Done()
    )
    checkout.install(lab, False, wheelhouse)
    offline = ["--no-index", "--find-links", wheelhouse.folder]
    steps = [list(map(str, command)) for command, _ in commands]
    assert len(steps) == 4 and "venv" in steps[0]
    assert all(step[-3:] == offline for step in steps[1:])
    assert ["--require-hashes" in step for step in steps[1:]] == [True, True, False]
    assert (bootstrap.LAB if lab else bootstrap.BATCH) in steps[2]
    for _, environ in commands:
        assert "elsewhere" not in environ.values()
        assert (environ["PIP_CONFIG_FILE"], environ["UV_NO_CONFIG"], environ["UV_OFFLINE"]) == (os.devnull, "1", "1")
    assert checkout.read_mark() == checkout.facts(lab)


class Done:
    """A command that has ended well."""

    def wait(self):
        return 0

    poll = wait


def test_a_refused_wheelhouse_leaves_the_environment_alone(checkout, wheelhouse):
    os.remove(wheelhouse.path(bootstrap.SUMS))
    checkout.write_mark({})
    before = sorted(Path(checkout.folder).rglob("*"))
    with pytest.raises(bootstrap.Stop):
        checkout.install(False, False, wheelhouse)
    assert sorted(Path(checkout.folder).rglob("*")) == before


def test_a_package_missing_from_a_wheelhouse_is_not_blamed_on_the_network(checkout, wheelhouse):
    checkout.wheelhouse = wheelhouse
    checkout.open_guard()
    said = "ERROR: Could not find a version that satisfies the requirement click"
    with pytest.raises(bootstrap.Stop) as stopped:
        checkout.run("2/3(라이브러리)", [sys.executable, "-c", f"print({said!r}); raise SystemExit(1)"])
    assert str(stopped.value).endswith(
        "이 컴퓨터와 같은 운영체제와 파이썬에서 'make wheelhouse'로 만든 폴더를 가져와 다시 실행하십시오."
    )


@pytest.mark.parametrize(
    ("pyproject", "needed"),
    [
        (None, ["setuptools"]),
        ("[project]\nname = 'b'\n", ["setuptools"]),
        ("[build-system]\nrequires = ['flit_core<4', 'wheel']\n", ["flit_core<4", "wheel"]),
    ],
)
def test_what_an_archive_needs_to_be_built(tmp_path, pyproject, needed):
    with tarfile.open(tmp_path / "b-1.tar.gz", "w:gz") as archive, zipfile.ZipFile(tmp_path / "b-1.zip", "w") as zipped:
        inside = {"b-1/sub/pyproject.toml": "no toml", "b-1/pyproject.toml": pyproject}
        for name, content in inside.items():
            if content is not None:
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content.encode()))
                zipped.writestr(name, content)
    for suffix in ("tar.gz", "zip"):
        assert bootstrap.build_requirements(str(tmp_path / f"b-1.{suffix}")) == needed


def test_the_backend_in_a_wheelhouse_is_the_pinned_one():
    asked = PYPROJECT["build-system"]["requires"]
    assert bootstrap.build_requirements(str(ROOT / "pyproject.toml")) == asked and "==" in asked[0]


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
        words = f"[src/dongheng/bootstrap.py]{option}[--same-python][--wheelhouse][바퀴 집/1]"
        assert done.stdout.splitlines()[-1] == words


def test_the_korean_page_tells_of_the_wheelhouse():
    page = text("README.ko.md").split("### 인터넷이 없는 곳에서\n", 1)[1].split("\n#", 1)[0]
    told = " ".join(re.findall("`([^`]+)`", page))
    for word in ("make wheelhouse", 'ARGS="--lab"', "make report WHEELHOUSE=wheelhouse"):
        assert word in told
    helped = must(run(sys.executable, ROOT / "src/dongheng/bootstrap.py", "--help")).stdout
    options = re.findall(r"(--[a-z-]*wheelhouse) ", told)
    assert sorted(options) == ["--make-wheelhouse", "--wheelhouse"] and all(f"{name} " in helped for name in options)
