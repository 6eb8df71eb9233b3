"""Make the virtual environment of this checkout, before anything is installed.

    python3 src/dongheng/bootstrap.py [--lab] [--venv .venv]

`make` runs this file by its name. It uses the standard library only and a syntax that Python 3.6 reads, so that
an old Python is refused with a sentence and not with a traceback. Three files inside the environment are its
memory: a mark, written last, that says what was installed; a lock that keeps two runs apart; the log of the last
installation. An environment whose mark fits is left alone, one without a whole mark is emptied and built again.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec

OLDEST, NEWEST = (3, 11), (3, 13)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
BATCH, LAB = "requirements.lock", "requirements-lab.lock"

# The two steps of every way to install, here, in environment.yml and in README.ko.md. They are two because pip
# and uv refuse hashes together with `-e .`; byte code is compiled because every notebook starts a kernel that imports it all.
INSTALL_LOCK = ("pip", "install", "--compile-bytecode", "--require-hashes", "-r")
INSTALL_SELF = ("pip", "install", "--compile-bytecode", "--no-deps", "-e", ".")

# One resolution for all our Pythons: without "fewest" numpy and scipy come in another version for each of them.
RESOLVE = ("pip", "compile", "--universal", "--fork-strategy", "fewest", "--generate-hashes", "--no-annotate",
           "--python-version", "%d.%d" % OLDEST, "--custom-compile-command", "make lock", "-q")  # fmt: skip

MARK, GUARD, LOG = "dongheng-install.json", "dongheng-install.lock", "dongheng-install.log"

# What the end of a log says, and what to do about it.
CAUSES = (
    ("[Hh]ash mismatch|DO NOT MATCH THE HASHES", "받은 파일이 잠금 파일과 다르다는 것을 관리자에게 알리십시오"),
    ("No space left", "디스크를 비운 뒤 다시 실행하십시오"),
    (
        "Failed to fetch|dns error|error sending request|timed out|UnknownIssuer|CERTIFICATE_VERIFY|"
        "NewConnectionError|Could not find a version",
        "인터넷 연결과 기관의 프록시·인증서 설정을 확인한 뒤 다시 실행하십시오",
    ),
    ("", "원인을 고친 뒤 다시 실행하십시오"),
)


class Stop(Exception):
    """One Korean sentence that says where, what was found, what was expected, what to do now."""

    def __init__(self, where, found, expected, todo):
        Exception.__init__(self, "%s: %s, %s, %s." % (where, found, expected, todo))


def check_python(version, executable):
    """Refuse a Python that the locks were not made for."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return
    raise Stop(
        "파이썬",
        "지금 것은 %s(%s)인데" % (".".join(str(n) for n in version[:3]), executable),
        "%d.%d에서 %d.%d까지만 쓸 수 있으므로" % (OLDEST + NEWEST),
        "그 가운데 하나를 설치한 뒤 'make report PYTHON=python%d.%d'처럼 이름을 적어 다시 실행하십시오" % NEWEST,
    )


def say(line):
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def digest(name):
    with open(os.path.join(ROOT, name), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class Environment:
    """The folder of one virtual environment of this checkout."""

    def __init__(self, folder):
        self.folder = os.path.join(ROOT, folder)
        self.python = self.program("python")
        self.log = self.path(LOG)
        self.guard = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, name):
        windows = os.name == "nt"
        return os.path.join(self.folder, "Scripts" if windows else "bin", name + (".exe" if windows else ""))

    def read_mark(self):
        """What the last whole installation rested on; empty if there was none."""
        try:
            with open(self.path(MARK), "rb") as file:
                return json.loads(file.read().decode("ascii"))
        except (OSError, ValueError):
            return {}

    def write_mark(self, content):
        with open(self.path(MARK) + ".new", "w") as file:
            json.dump(content, file, indent=1)
        os.replace(self.path(MARK) + ".new", self.path(MARK))

    def facts(self, lab):
        """What a whole installation made now would rest on."""
        facts = {
            "checkout": ROOT,
            "python": "%d.%d" % sys.version_info[:2],
            "interpreter": os.path.realpath(self.python),
            "pyproject.toml": digest("pyproject.toml"),
            BATCH: digest(BATCH),
        }
        return dict(facts, **{LAB: digest(LAB)}) if lab else facts

    def missing(self, lab, same_python):
        """Steps to take: "venv" (from the start), "lock", "self"; none when all is there.

        An environment of another Python of ours is kept, since a shell in which another Python comes first must
        not tear it away from under a running JupyterLab; `same_python` asks for the one that runs this file.
        """
        whole = ["venv", "lock", "self"]
        mark, now = self.read_mark(), self.facts(lab)
        fixed = ["checkout", "interpreter", BATCH] + (["python"] if same_python else [])
        if not os.path.exists(self.python) or any(mark.get(key) != now[key] for key in fixed):
            return whole
        if lab and LAB in mark and mark[LAB] != now[LAB]:
            return whole
        steps = ["lock"] if lab and LAB not in mark else []
        return steps + (["self"] if mark["pyproject.toml"] != now["pyproject.toml"] else [])

    def open_guard(self):
        """Wait until no other installation into this folder is under way, its left-over children included.

        The children inherit the guard (`pass_fds`): after a `kill -9` of this process a uv that still writes
        keeps the next run waiting until it is done.
        """
        if os.path.isdir(self.folder) and os.listdir(self.folder):
            if not any(os.path.exists(self.path(name)) for name in ("pyvenv.cfg", MARK, GUARD)):
                raise Stop(
                    self.folder,
                    "가상환경이 아닌 파일이 들어 있는데",
                    "비어 있거나 가상환경이어야 하므로",
                    "폴더를 옮기거나 '--venv'로 다른 이름을 적으십시오",
                )
        if not os.path.isdir(self.folder):
            os.makedirs(self.folder)
        self.guard = open(self.path(GUARD), "a+b")
        told = False
        while not self.take_guard():
            if not told:
                say("다른 설치가 진행 중입니다. 끝나기를 기다립니다.")
                told = True
            time.sleep(0.2)

    def take_guard(self):
        try:
            if os.name == "nt":
                import msvcrt

                self.guard.seek(0)
                msvcrt.locking(self.guard.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(self.guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def run(self, step, command):
        """One command, its output in the log; ends with us however we end, except by `kill -9`."""
        with open(self.log, "ab") as log:
            log.write(("\n$ " + " ".join(command) + "\n").encode("utf-8", "replace"))
            log.flush()
            start = os.path.getsize(self.log)
            guard = {} if os.name == "nt" else {"pass_fds": (self.guard.fileno(),)}
            child = subprocess.Popen(
                command, cwd=ROOT, env=clean_environ(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, **guard
            )
            try:
                code = child.wait()
            finally:
                if child.poll() is None:
                    child.terminate()
                    child.wait()
        if code:
            with open(self.log, "rb") as log:
                log.seek(start)
                text = log.read().decode("utf-8", "replace")
            advice = next(todo for pattern, todo in CAUSES if re.search(pattern, text))
            raise Stop(
                "설치 " + step,
                "명령이 오류(번호 %d)로 끝났는데" % code,
                "이 단계를 마쳐야 다음으로 갈 수 있으므로",
                "기록 파일 %s의 끝을 읽고 %s" % (self.log, advice),
            )

    def empty(self):
        """Remove what the folder holds, the mark last, so that a run killed here is seen for what it is."""
        self.write_mark({})
        for name in os.listdir(self.folder):
            if name in (MARK, GUARD, LOG):
                continue
            path = self.path(name)
            try:
                if os.path.isdir(path) and not os.path.islink(path):
                    shutil.rmtree(path)
                else:
                    os.remove(path)
            except OSError as error:
                raise Stop(
                    path,
                    "지울 수 없는데(%s)" % error.strerror,
                    "다시 설치하려면 비워야 하므로",
                    "이 가상환경을 쓰는 프로그램(주피터 등)을 닫고 다시 실행하십시오",
                ) from None

    def make_venv(self):
        for module in ("venv", "ensurepip"):
            if find_spec(module) is None:
                raise Stop(
                    "파이썬 " + sys.executable,
                    "가상환경을 만드는 %s 모듈이 없는데" % module,
                    "이것이 있어야 설치할 수 있으므로",
                    "데비안과 우분투에서는 'apt-get install python%d.%d-venv'를 관리자 권한으로 실행한 뒤 다시 실행하십시오"
                    % sys.version_info[:2],
                )
        if os.listdir(self.folder) != [GUARD]:
            say("%s: 지금의 폴더와 파이썬, 잠금 파일로 끝까지 설치된 것이 아니어서 비우고 다시 만듭니다." % self.folder)
        self.empty()
        open(self.log, "wb").close()
        # With the environment activated, sys.executable is the very file that was just removed.
        base = getattr(sys, "_base_executable", None) or sys.executable
        say("1/3 가상환경을 만듭니다 (%s, 파이썬 %d.%d.%d)." % ((self.folder,) + sys.version_info[:3]))
        self.run("1/3(가상환경)", [base, "-I", "-m", "venv", self.folder])
        # pip fetches one package, uv, in the locked version; uv fetches the rest in a quarter of the time.
        with open(self.path("dongheng-install-uv.txt"), "w") as file:
            file.write(excerpt(BATCH, "uv"))
        pip = [self.python, "-I", "-m", "pip", "install", "--no-deps", "--require-hashes", "-r", file.name]
        self.run("1/3(설치 도구)", pip)

    def uv(self, step, command):
        self.run(step, [self.program("uv")] + list(command))

    def install(self, lab, same_python):
        if not self.missing(lab, same_python):
            return
        self.open_guard()
        steps = self.missing(lab, same_python)  # another run may have done it while this one waited
        if not steps:
            return
        begin = time.time()
        if "venv" in steps:
            self.make_venv()
            mark = self.facts(lab)
        else:
            before = self.read_mark()
            mark = dict(before, **self.facts(lab))
            mark["python"] = before["python"]
            self.write_mark({})
        into = ("--python", self.python)
        if "lock" in steps:
            lock = LAB if lab else BATCH
            say("2/3 라이브러리를 설치합니다 (%s). 처음이면 1분쯤 걸립니다." % lock)
            self.uv("2/3(라이브러리)", INSTALL_LOCK + (lock,) + into)
        if "self" in steps:
            say("3/3 dongheng을 연결합니다.")
            self.uv("3/3(dongheng)", INSTALL_SELF + into)
        self.write_mark(mark)
        say("설치를 마쳤습니다 (%d초)." % round(time.time() - begin))

    def resolve(self, options):
        """Write both locks anew from pyproject.toml: both or none, so that they never disagree."""
        self.open_guard()
        new = {name: self.path(name) for name in (BATCH, LAB)}
        for name in new:
            shutil.copyfile(os.path.join(ROOT, name), new[name])  # versions that still fit stay as they are
        options = tuple(options) + ("pyproject.toml", "-o")
        say("1/2 버전을 정합니다 (%s)." % BATCH)
        self.uv("1/2(%s)" % BATCH, RESOLVE + options + (new[BATCH],))
        say("2/2 버전을 정합니다 (%s)." % LAB)
        self.uv("2/2(%s)" % LAB, RESOLVE + ("--extra", "lab", "-c", new[BATCH]) + options + (new[LAB],))
        for name in new:
            shutil.move(new[name], os.path.join(ROOT, name))
        say("두 잠금 파일을 썼습니다. 'git diff --stat'으로 바뀐 것을 보고 'make test'를 실행하십시오.")


def excerpt(lock, package):
    """The lines of one package with its hashes, as they stand in the lock."""
    with open(os.path.join(ROOT, lock)) as file:
        found = re.search(r"^%s==(?:.*\\\n)*.*\n?" % re.escape(package), file.read(), re.M)
    if not found:
        raise Stop(
            lock, "%s가 없는데" % package, "설치 도구도 잠금 파일의 버전으로 받으므로", "git에 있는 파일로 되돌리십시오"
        )
    return found.group(0)


def clean_environ():
    """The caller's environment without what would turn an installation elsewhere."""
    environ = dict(os.environ, PIP_USER="0", PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    for name in "PYTHONHOME PYTHONPATH VIRTUAL_ENV CONDA_PREFIX UV_SYSTEM_PYTHON UV_TARGET UV_PREFIX".split():
        environ.pop(name, None)
    # uv's own list of certificates lacks those that an institute adds to its machines for its proxy.
    environ.setdefault("UV_SYSTEM_CERTS", "true")
    environ.setdefault("UV_PYTHON_DOWNLOADS", "never")
    return environ


def main(arguments=None):
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Python 3.7 and later; a CP949 console shows what it can
            stream.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(description="이 폴더의 가상환경을 만듭니다.", add_help=False)
    parser.add_argument("-h", "--help", action="help", help="이 설명을 보이고 끝냅니다")
    parser.add_argument("--lab", action="store_true", help="JupyterLab과 시험 도구도 설치합니다")
    parser.add_argument("--venv", default=".venv", metavar="폴더", help="가상환경의 폴더 (기본값 .venv)")
    parser.add_argument("--same-python", action="store_true", help="다른 파이썬의 가상환경이 있으면 다시 만듭니다")
    parser.add_argument("--lock", action="store_true", help="잠금 파일 둘을 새로 씁니다. 남은 옵션은 uv에 넘깁니다")
    parser.add_argument("--suits", action="store_true", help="이 파이썬을 쓸 수 있는지만 종료 코드로 답합니다")
    options, rest = parser.parse_known_args(arguments)
    if rest and not options.lock:
        parser.error("모르는 옵션: " + " ".join(rest))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        check_python(sys.version_info, sys.executable)
        if options.suits:
            return 0
        environment = Environment(options.venv)
        environment.install(options.lab, options.same_python)
        if options.lock:
            environment.resolve(rest)
    except Stop as sentence:
        if not options.suits:
            say(str(sentence))
        return 1
    except OSError as error:
        say(
            "%s: 읽거나 쓸 수 없는데(%s), 설치에 필요하므로, 폴더의 권한과 디스크를 확인한 뒤 다시 실행하십시오."
            % (error.filename or ROOT, error.strerror or error)
        )
        return 1
    except KeyboardInterrupt:
        say("설치를 멈추었습니다. 다시 실행하면 처음부터 설치합니다.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
