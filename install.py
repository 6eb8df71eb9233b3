"""Make the virtual environment of this folder, .venv, before anything is installed.

    python install.py [--lab] [--wheelhouse wheelhouse]
    python install.py --make-wheelhouse wheelhouse [--lab]
    python install.py --lock [--upgrade]

`make` runs this file. It uses the standard library only and a syntax that Python 3.6 reads, so that an old Python is
refused with a sentence and not with a traceback. A mark in .venv, removed first and written last, says what the
installation rested on: an environment whose mark fits is left alone, one without a mark is emptied and built again.

A wheelhouse is a folder that installs without network, on this kind of machine and this Python; its own mark says
which. What stands in the lock lies in it as the lock's hashes know it and is installed with those hashes, as from an
index. A package that ships no wheel therefore stays a source archive, since a wheel built here would have a hash that
no lock knows; it is built when it is installed, and the making tries that.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from importlib.util import find_spec

OLDEST, NEWEST = (3, 11), (3, 13)
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
BATCH, LAB = "requirements.lock", "requirements-lab.lock"

# The two steps of every way to install, here, in environment.yml and in README.ko.md. They are two because pip and uv
# refuse hashes together with `-e .`; byte code is compiled because every notebook starts a kernel that imports it all.
INSTALL_LOCK = ("pip", "install", "--compile-bytecode", "--require-hashes", "-r")
INSTALL_SELF = ("pip", "install", "--compile-bytecode", "--no-deps", "-e", ".")

# One resolution for all our Pythons: without "fewest" numpy and scipy come in another version for each of them.
RESOLVE = ("pip", "compile", "--universal", "--fork-strategy", "fewest", "--generate-hashes", "--no-annotate",
           "--python-version", f"{OLDEST[0]}.{OLDEST[1]}", "--custom-compile-command", "make lock")  # fmt: skip

# What builds the source archives of the lock, and what hatchling asks for when it is told `-e`. No lock names these;
# should a new package ask for more, the try at the end of a making says what.
BUILD = ("setuptools", "editables~=0.3")

# All paths are those of the folder this file lies in; `main` goes there.
PROGRAMS, EXE = (os.path.join(".venv", "Scripts"), ".exe") if os.name == "nt" else (os.path.join(".venv", "bin"), "")
VENV_PYTHON, UV = (os.path.join(PROGRAMS, name + EXE) for name in ("python", "uv"))
MARK, KIND = os.path.join(".venv", "dongheng-install.json"), "dongheng-wheelhouse.json"
GUARD = os.path.join(".dongheng", "install.lock")  # not in .venv, which is emptied

# What would turn an installation elsewhere, and what would bring an index into one without network.
ELSEWHERE = "PYTHON(HOME|PATH)$|VIRTUAL_ENV|CONDA_PREFIX|UV_(SYSTEM_PYTHON|TARGET|PREFIX)|PIP_(TARGET|PREFIX|USER)"
INDEXES = "(PIP|UV)_.*(INDEX|FIND_LINKS|CONSTRAINT|OVERRIDE)"


def check_python(version, executable):
    """Refuse a Python that the locks were not made for."""
    if not OLDEST <= tuple(version[:2]) <= NEWEST:
        found, oldest, newest = (".".join(map(str, v)) for v in (version[:3], OLDEST, NEWEST))
        sys.exit(
            f"파이썬: 지금 것은 {found}({executable})인데, {oldest}에서 {newest}까지만 쓸 수 있으므로, 그 가운데 하나를 "
            f"설치한 뒤 'make report PYTHON=python{newest}'(윈도우에서는 'py -{newest} install.py')처럼 이름을 적어 다시 실행하십시오."
        )


def say(line):
    print(line, file=sys.stderr, flush=True)


def digest(name):
    with open(name, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read_mark(path):
    """What a mark says; nothing if there is none, or a broken one."""
    try:
        with open(path, encoding="ascii") as file:
            return dict(json.load(file))
    except (FileNotFoundError, ValueError, TypeError):
        return {}


def write_mark(path, content):
    with open(path + ".new", "w", encoding="ascii") as file:
        json.dump(content, file, indent=1)
    os.replace(path + ".new", path)


def remove_mark(path):
    if os.path.exists(path):
        os.remove(path)


def locks(lab):
    return {name: digest(name) for name in ((BATCH, LAB) if lab else (BATCH,))}


def facts(lab):
    """What a whole installation made now would rest on."""
    interpreter = os.path.exists(VENV_PYTHON) and os.path.realpath(VENV_PYTHON)
    here = {"checkout": os.getcwd(), "python": PYTHON, "interpreter": interpreter}
    return dict(here, **{"pyproject.toml": digest("pyproject.toml")}, **locks(lab))


def contents(lab, python):
    """What a wheelhouse has to be made for."""
    return dict({"python": python, "machine": sysconfig.get_platform(), "build": build_requirements()}, **locks(lab))


def check_wheelhouse(folder, lab, python):
    """Refuse a folder that is not whole or was made for something else, before anything is removed for it."""
    has, wanted = read_mark(os.path.join(folder, KIND)), contents(lab, python)
    other = [f"{k} {has.get(k, '없음')!s:.20}, 여기는 {wanted[k]!s:.20}" for k in wanted if has.get(k) != wanted[k]]
    if other:
        sys.exit(
            f"{folder}: 끝까지 모은 것이 아니거나 여기와 다른 것인데({'; '.join(other)}), 운영체제와 파이썬과 잠금 파일이 "
            "같아야 설치할 수 있으므로, 인터넷이 있는 같은 종류의 컴퓨터에서 이 저장소로 'make wheelhouse'(JupyterLab과 시험까지 "
            "쓰려면 'make wheelhouse ARGS=\"--lab\"')를 실행해 폴더를 통째로 가져오십시오."
        )


def build_requirements():
    import tomllib  # not in the Pythons that are refused

    with open("pyproject.toml", "rb") as file:
        return tomllib.load(file)["build-system"]["requires"]


def excerpt(lock, package):
    """The lines of one package with its hashes, as they stand in the lock."""
    with open(lock, encoding="utf-8") as file:
        found = re.search(rf"^{re.escape(package)}==(?:.*\\\n)*.*\n?", file.read(), re.M)
    if not found:
        sys.exit(f"{lock}: {package}가 없는데, 이것도 잠금 파일의 버전으로 받으므로, git에 있는 파일로 되돌리십시오.")
    return found.group(0)


def clean_environ(offline):
    """The caller's environment without what would turn an installation elsewhere, or to any index at all."""
    unwanted = ELSEWHERE + "|" + INDEXES if offline else ELSEWHERE
    environ = {name: value for name, value in os.environ.items() if not re.match(unwanted, name)}
    environ.update(PIP_USER="0", PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    # uv's own list of certificates lacks those that an institute adds to its machines for its proxy.
    environ.setdefault("UV_SYSTEM_CERTS", "true")
    environ.setdefault("UV_PYTHON_DOWNLOADS", "never")
    if offline:
        environ.update(PIP_CONFIG_FILE=os.devnull, UV_NO_CONFIG="1", UV_OFFLINE="1")
    return environ


def hold_guard():
    """Wait until no other installation here is under way; the file that is returned keeps others waiting."""
    os.makedirs(os.path.dirname(GUARD), exist_ok=True)
    guard, told = open(GUARD, "ab"), False
    while True:
        try:
            if os.name == "nt":
                import msvcrt

                guard.seek(0)
                msvcrt.locking(guard.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return guard
        except (BlockingIOError, PermissionError):
            if not told:
                say("다른 설치가 진행 중입니다. 끝나기를 기다립니다.")
            told = True
            time.sleep(0.2)


class Environment:
    """.venv, with nobody else installing into it; packages come from the wheelhouse if there is one."""

    def __init__(self, wheelhouse=None):
        self.wheelhouse = wheelhouse
        self.guard = hold_guard()

    def run(self, step, *command):
        """One command, quiet but for its errors.

        Ctrl-C ends it with us. A `kill` of this process alone spares it, so it inherits the guard (`pass_fds`): a uv
        that still writes keeps the next run waiting until it is done.
        """
        say(step)
        guard = (self.guard.fileno(),) if os.name != "nt" else ()
        done = subprocess.run(
            command, env=clean_environ(bool(self.wheelhouse)), stdin=subprocess.DEVNULL, pass_fds=guard
        )
        if done.returncode:
            source = "wheelhouse 폴더가 온전한지" if self.wheelhouse else "인터넷 연결(기관의 프록시와 인증서)을"
            sys.exit(
                f"{step}: 명령이 오류(번호 {done.returncode})로 끝났는데, 이 단계를 마쳐야 다음으로 갈 수 있으므로, 주피터를 닫고 "
                f"디스크의 빈 자리와 {source} 확인한 뒤 다시 실행하되, 그래도 같으면 바로 위의 오류를 관리자에게 보내십시오."
            )

    def pip(self, step, *arguments):
        self.run(step, VENV_PYTHON, "-I", "-m", "pip", "-qq", *arguments)

    def uv(self, step, *arguments):
        self.run(step, UV, "-q", *arguments)

    def source(self):
        return ("--no-index", "--find-links", self.wheelhouse) if self.wheelhouse else ()

    def install(self, lab, same_python):
        """Do nothing if all is there; add what is missing; build anew what rests on something else.

        An environment of another Python of ours is kept, since a shell in which another Python comes first must
        not tear it away from under a running JupyterLab; `same_python` asks for the one that runs this file.
        """
        mark, now = read_mark(MARK), facts(lab)
        if not same_python:
            now["python"] = mark.get("python", PYTHON)
        changed = {key for key in now if mark.get(key) != now[key]}
        if not changed:
            return
        kept = changed <= {"pyproject.toml"} | ({LAB} - set(mark))
        python = now["python"] if kept else PYTHON
        if self.wheelhouse:
            check_wheelhouse(self.wheelhouse, lab, python)
        begin, lock = time.time(), LAB if lab else BATCH
        remove_mark(MARK)
        if not kept:
            mark = {}
            self.make_venv()
        into = ("--python", VENV_PYTHON) + self.source()
        self.uv(f"2/3 라이브러리 설치 ({lock}, 처음이면 1분쯤)", *INSTALL_LOCK, lock, *into)
        self.uv("3/3 dongheng 연결", *INSTALL_SELF, *into)
        write_mark(MARK, dict(mark, **dict(facts(lab), python=python)))
        say(f"설치를 마쳤습니다 ({time.time() - begin:.0f}초).")

    def make_venv(self):
        if not (find_spec("venv") and find_spec("ensurepip")):
            sys.exit(
                f"파이썬 {sys.executable}: 가상환경을 만드는 모듈(venv, ensurepip)이 없는데, 이것이 있어야 설치할 수 있으므로, "
                f"데비안과 우분투에서는 'apt-get install python{PYTHON}-venv'를 관리자 권한으로 실행한 뒤 다시 실행하십시오."
            )
        # With the environment activated, sys.executable is a file that is about to be removed.
        base = getattr(sys, "_base_executable", None) or sys.executable
        self.run(f"1/3 가상환경 새로 만들기 (.venv, 파이썬 {PYTHON})", base, "-I", "-m", "venv", "--clear", ".venv")
        # pip fetches one package, uv, in the locked version; uv fetches the rest in a quarter of the time.
        with open(os.path.join(".venv", "uv.txt"), "w", encoding="utf-8") as file:
            file.write(excerpt(BATCH, "uv"))
        self.pip("1/3 설치 도구 uv", "install", "--no-deps", "--require-hashes", "-r", file.name, *self.source())

    def gather(self, folder, lab):
        """Fill a wheelhouse: what the lock names, what builds it and us, and a try of the building."""
        mark, lock = os.path.join(folder, KIND), LAB if lab else BATCH
        os.makedirs(folder, exist_ok=True)
        remove_mark(mark)
        hashed = ("--no-deps", "--require-hashes", "-r", lock)
        self.pip(f"1/3 라이브러리 받기 ({lock}, 몇 분 걸릴 수 있습니다)", "download", "-d", folder, *hashed)
        tools = ("--only-binary", ":all:", *BUILD, *build_requirements())
        self.pip("2/3 빌드 도구 받기", "download", "-d", folder, *tools)
        archives = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith((".tar.gz", ".zip"))]
        self.wheelhouse = folder
        with tempfile.TemporaryDirectory() as target:
            tried = ("--no-cache", "--target", target, "--python", VENV_PYTHON, *self.source())
            self.uv("3/3 모은 것만으로 빌드해 보기", *INSTALL_SELF, *archives, *tried)
        write_mark(mark, contents(lab, read_mark(MARK)["python"]))
        say(f"{folder}: 모았습니다. 저장소와 함께 통째로 옮긴 뒤 'make report WHEELHOUSE=wheelhouse'를 실행하십시오.")

    def resolve(self, options):
        """Write both locks anew from pyproject.toml: both or none, so that they never disagree."""
        with tempfile.TemporaryDirectory() as folder:
            batch, lab = (shutil.copy(name, folder) for name in (BATCH, LAB))  # versions that still fit stay
            options = (*options, "pyproject.toml", "-o")
            self.uv(f"1/2 버전 정하기 ({BATCH})", *RESOLVE, *options, batch)
            self.uv(f"2/2 버전 정하기 ({LAB})", *RESOLVE, "--extra", "lab", "-c", batch, *options, lab)
            for path in (batch, lab):
                shutil.move(path, os.path.basename(path))
        say("두 잠금 파일을 썼습니다. 'git diff --stat'으로 바뀐 것을 보고 'make test'를 실행하십시오.")


def main():
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Python 3.7 and later; a CP949 console shows what it can
            stream.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(description="이 폴더의 가상환경 .venv를 만듭니다.")
    parser.add_argument("--lab", action="store_true", help="JupyterLab과 시험 도구도 설치합니다")
    parser.add_argument("--same-python", action="store_true", help="다른 파이썬의 가상환경이 있으면 다시 만듭니다")
    folder = {"metavar": "폴더", "type": os.path.abspath}
    parser.add_argument("--wheelhouse", help="인터넷 없이 이 폴더의 파일로 설치합니다", **folder)
    parser.add_argument("--make-wheelhouse", help="인터넷 없이 설치할 파일을 이 폴더에 모읍니다", **folder)
    parser.add_argument("--lock", action="store_true", help="잠금 파일 둘을 새로 씁니다. 남은 옵션은 uv에 넘깁니다")
    parser.add_argument("--suits", action="store_true", help="이 파이썬을 쓸 수 있는지만 종료 코드로 답합니다")
    options, rest = parser.parse_known_args()
    if rest and not options.lock:
        parser.error("모르는 옵션: " + " ".join(rest))
    check_python(sys.version_info, sys.executable)
    if options.suits:
        return
    os.chdir(os.path.dirname(os.path.realpath(__file__)))
    try:
        environment = Environment(options.wheelhouse)
        environment.install(options.lab and not options.make_wheelhouse, options.same_python)
        if options.make_wheelhouse:
            environment.gather(options.make_wheelhouse, options.lab)
        if options.lock:
            environment.resolve(rest)
    except OSError as error:
        sys.exit(
            f"{error.filename or os.getcwd()}: 읽거나 쓸 수 없는데({error.strerror or error}), 설치에 필요하므로, "
            "폴더의 권한과 디스크를 확인한 뒤 다시 실행하십시오."
        )
    except KeyboardInterrupt:
        say("설치를 멈추었습니다. 다시 실행하면 처음부터 설치합니다.")
        sys.exit(130)


if __name__ == "__main__":
    main()
