"""Make the virtual environment of this checkout, before anything is installed.

    python3 src/dongheng/bootstrap.py [--lab] [--venv .venv] [--wheelhouse wheelhouse]
    python3 src/dongheng/bootstrap.py --make-wheelhouse wheelhouse [--lab]

`make` runs this file by its name. It uses the standard library only and a syntax that Python 3.6 reads, so that
an old Python is refused with a sentence and not with a traceback. Three files inside the environment are its
memory: a mark, written last, that says what was installed; a lock that keeps two runs apart; the log of the last
installation. An environment whose mark fits is left alone, one without a whole mark is emptied and built again.

A wheelhouse is a folder that installs without network, on this kind of machine and this Python. What stands in the
lock lies in it as the lock's hashes know it and is installed with those hashes, as from an index. A package that
ships no wheel therefore stays a source archive, since a wheel built here would have a hash that no lock knows; it is
built when it is installed, and the making tries that. Its build backend and ours stand in no lock. For them, and for
a file that broke on the way, SHA256SUMS, written last, is compared before anything is installed, and a file that it
does not name is refused. SHA256SUMS tells of accidents; against a forger stand the hashes of the lock.
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
import sysconfig
import tarfile
import tempfile
import time
import zipfile
from importlib.util import find_spec

OLDEST, NEWEST = (3, 11), (3, 13)
PYTHON = "%d.%d" % sys.version_info[:2]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
BATCH, LAB = "requirements.lock", "requirements-lab.lock"

# The two steps of every way to install, here, in environment.yml and in README.ko.md. They are two because pip
# and uv refuse hashes together with `-e .`; byte code is compiled because every notebook starts a kernel that imports it all.
INSTALL_LOCK = ("pip", "install", "--compile-bytecode", "--require-hashes", "-r")
INSTALL_SELF = ("pip", "install", "--compile-bytecode", "--no-deps", "-e", ".")

# What hatchling asks for, beyond itself, when it is told `-e`; it says so only when it runs.
EDITABLE = "editables~=0.3"

# One resolution for all our Pythons: without "fewest" numpy and scipy come in another version for each of them.
RESOLVE = ("pip", "compile", "--universal", "--fork-strategy", "fewest", "--generate-hashes", "--no-annotate",
           "--python-version", "%d.%d" % OLDEST, "--custom-compile-command", "make lock", "-q")  # fmt: skip

KIND, SUMS = "dongheng-wheelhouse.json", "SHA256SUMS"  # in a wheelhouse: what it is for; what it holds, written last

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
# The same without network: nothing is wrong with the network then.
CAUSES_WHEELHOUSE = (
    (
        "Could not find a version|No solution found|no wheels with a matching",
        "이 컴퓨터와 같은 운영체제와 파이썬에서 'make wheelhouse'로 만든 폴더를 가져와 다시 실행하십시오",
    ),
) + CAUSES


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
        content = hashlib.sha256()
        for block in iter(lambda: file.read(1 << 20), b""):
            content.update(block)
    return content.hexdigest()


class Environment:
    """The folder of one virtual environment of this checkout."""

    def __init__(self, folder):
        self.folder = os.path.join(ROOT, folder)
        self.python = self.program("python")
        self.log = self.path(LOG)
        self.guard = None
        self.wheelhouse = None

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
            "python": PYTHON,
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
            environ = clean_environ(without_index=self.wheelhouse is not None)
            child = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **guard
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
            causes = CAUSES_WHEELHOUSE if self.wheelhouse else CAUSES
            advice = next(todo for pattern, todo in causes if re.search(pattern, text))
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
        pip = self.pip("install", "--no-deps", "--require-hashes", "-r", file.name)
        self.run("1/3(설치 도구)", pip + list(self.source()))

    def pip(self, *arguments):
        return [self.python, "-I", "-m", "pip"] + list(arguments)

    def source(self):
        """Where packages come from, for pip and for uv: the wheelhouse and nothing else, or what is set up."""
        return ("--no-index", "--find-links", self.wheelhouse.folder) if self.wheelhouse else ()

    def uv(self, step, command):
        self.run(step, [self.program("uv")] + list(command))

    def install(self, lab, same_python, wheelhouse=None):
        steps = self.missing(lab, same_python)
        if not steps:
            return
        if wheelhouse:
            wheelhouse.check(lab, PYTHON if "venv" in steps else self.read_mark()["python"])
            self.wheelhouse = wheelhouse
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
        into = ("--python", self.python) + self.source()
        if "lock" in steps:
            lock = LAB if lab else BATCH
            say("2/3 라이브러리를 설치합니다 (%s). 처음이면 1분쯤 걸립니다." % lock)
            self.uv("2/3(라이브러리)", INSTALL_LOCK + (lock,) + into)
        if "self" in steps:
            say("3/3 dongheng을 연결합니다.")
            self.uv("3/3(dongheng)", INSTALL_SELF + into)
        self.write_mark(mark)
        say("설치를 마쳤습니다 (%d초)." % round(time.time() - begin))

    def gather(self, wheelhouse, lab):
        """Fill a wheelhouse: what the lock names, what builds it and us, and a try of the building."""
        lock = LAB if lab else BATCH
        self.open_guard()
        begin = time.time()
        wheelhouse.begin(lab, self.read_mark()["python"])
        download = self.pip("download", "-d", wheelhouse.folder)
        say("1/3 라이브러리를 받습니다 (%s). 몇 분 걸릴 수 있습니다." % lock)
        self.run("1/3(라이브러리)", download + ["--no-deps", "--require-hashes", "-r", lock])
        archives = [wheelhouse.path(name) for name in wheelhouse.archives()]
        say("2/3 빌드 도구를 받습니다.")
        needed = [EDITABLE] + build_requirements(os.path.join(ROOT, "pyproject.toml"))
        for archive in archives:
            needed += [one for one in build_requirements(archive) if one not in needed]
        self.run("2/3(빌드 도구)", download + ["--only-binary", ":all:"] + needed)
        say("3/3 모은 것만으로 빌드되는지 봅니다 (%s)." % ", ".join(["dongheng"] + wheelhouse.archives()))
        self.wheelhouse = wheelhouse
        with tempfile.TemporaryDirectory() as folder:
            tried = ("--no-cache", "--target", folder, "--python", self.python) + self.source()
            self.uv("3/3(빌드)", INSTALL_SELF + tuple(archives) + tried)
        megabytes = wheelhouse.finish() / 1e6
        say("%s: 파일 %d개(%d MB)를 모았습니다 (%d초). 이 폴더를 저장소와 함께 옮긴 뒤 "
            "'make report WHEELHOUSE=wheelhouse'를 실행하십시오."
            % (wheelhouse.folder, len(os.listdir(wheelhouse.folder)), round(megabytes), round(time.time() - begin)))  # fmt: skip

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


class Wheelhouse:
    """A folder of packages that installs on this kind of machine without network."""

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def facts(self, lab, python):
        """What it is made for."""
        lock = LAB if lab else BATCH
        return {
            "python": python,
            "machine": sysconfig.get_platform(),
            "backend": build_requirements(os.path.join(ROOT, "pyproject.toml")),
            "lock": lock,
            "sha256": digest(lock),
        }

    def archives(self):
        """Packages that ship no wheel."""
        return sorted(name for name in os.listdir(self.folder) if name.endswith((".tar.gz", ".zip")))

    def begin(self, lab, python):
        """An empty folder that says what it will be for; without SHA256SUMS nobody installs from it."""
        if os.path.isdir(self.folder) and os.listdir(self.folder):
            if not os.path.exists(self.path(KIND)):
                raise Stop(
                    self.folder,
                    "다른 파일이 들어 있는데",
                    "비어 있거나 앞서 이렇게 만든 폴더여야 하므로",
                    "폴더를 옮기거나 다른 이름을 적으십시오",
                )
            for name in [SUMS] + sorted(set(os.listdir(self.folder)) - {SUMS, KIND}):
                if os.path.exists(self.path(name)):
                    os.remove(self.path(name))
        if not os.path.isdir(self.folder):
            os.makedirs(self.folder)
        with open(self.path(KIND), "w") as file:
            json.dump(self.facts(lab, python), file, indent=1)

    def finish(self):
        """Write SHA256SUMS, in the form that `sha256sum -c` reads; the size of the whole in bytes."""
        names = sorted(os.listdir(self.folder))
        lines = ["%s  %s\n" % (digest(self.path(name)), name) for name in names]
        with open(self.path(SUMS) + ".new", "w", newline="\n") as file:
            file.writelines(lines)
        os.replace(self.path(SUMS) + ".new", self.path(SUMS))
        return sum(os.path.getsize(self.path(name)) for name in names)

    def check(self, lab, python):
        """Refuse a folder that is not whole or was made for something else."""
        again = "인터넷이 있는 곳에서 'make wheelhouse'로 다시 만들어 통째로 가져오십시오"
        try:
            with open(self.path(SUMS)) as file:
                listed = dict(reversed(line.split("  ", 1)) for line in file.read().splitlines())
            with open(self.path(KIND)) as file:
                has = json.load(file)
        except (OSError, ValueError):
            raise Stop(
                self.folder,
                "%s나 %s를 읽을 수 없는데" % (SUMS, KIND),
                "끝까지 만들어진 폴더에는 둘 다 있으므로",
                again,
            ) from None
        there = set(os.listdir(self.folder)) - {SUMS}
        for name in sorted(there | set(listed)):
            if name not in there:
                found, todo = "파일이 없는데", again
            elif name not in listed:
                found, todo = "%s에 없는 파일인데" % SUMS, "그 파일을 지우거나 옮긴 뒤 다시 실행하십시오"
            elif digest(self.path(name)) != listed[name]:
                found, todo = "내용이 %s와 다른데" % SUMS, again
            else:
                continue
            raise Stop(self.path(name), found, "만들어진 그대로여야 설치할 수 있으므로", todo)
        if lab and has["lock"] != LAB:
            raise Stop(
                self.folder,
                "JupyterLab과 시험 도구가 들어 있지 않은데",
                "이 명령에는 그것도 필요하므로",
                again.replace("'make wheelhouse'", "'make wheelhouse ARGS=\"--lab\"'"),
            )
        now = self.facts(has["lock"] == LAB, python)
        if (has["python"], has["machine"]) != (now["python"], now["machine"]):
            raise Stop(
                self.folder,
                "파이썬 %s(%s)에 맞추어 만든 것인데" % (has["python"], has["machine"]),
                "여기는 파이썬 %s(%s)이므로" % (now["python"], now["machine"]),
                "'PYTHON=python%s'처럼 그 파이썬을 적거나, 여기와 같은 환경에서 다시 만들어 통째로 가져오십시오"
                % has["python"],
            )
        for key, name in (("backend", "pyproject.toml"), ("sha256", has["lock"])):
            if has[key] != now[key]:
                raise Stop(self.folder, "다른 %s에서 만든 것인데" % name, "이 저장소의 것과 같아야 하므로", again)


def build_requirements(path):
    """What a project's or a source archive's pyproject.toml asks for to be built."""
    import tomllib

    if path.endswith(".toml"):
        with open(path, "rb") as file:
            content = file.read()
    elif path.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            content = b"".join(archive.read(n) for n in archive.namelist() if own_pyproject(n))
    else:
        with tarfile.open(path) as archive:
            content = b"".join(archive.extractfile(n).read() for n in archive.getnames() if own_pyproject(n))
    told = tomllib.loads(content.decode("utf-8")).get("build-system", {})
    return list(told.get("requires", ["setuptools"]))


def own_pyproject(name):
    return re.match(r"[^/]+/pyproject\.toml$", name)


def excerpt(lock, package):
    """The lines of one package with its hashes, as they stand in the lock."""
    with open(os.path.join(ROOT, lock)) as file:
        found = re.search(r"^%s==(?:.*\\\n)*.*\n?" % re.escape(package), file.read(), re.M)
    if not found:
        raise Stop(
            lock, "%s가 없는데" % package, "설치 도구도 잠금 파일의 버전으로 받으므로", "git에 있는 파일로 되돌리십시오"
        )
    return found.group(0)


def clean_environ(without_index=False):
    """The caller's environment without what would turn an installation elsewhere, or to any index at all."""
    environ = dict(os.environ, PIP_USER="0", PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    for name in "PYTHONHOME PYTHONPATH VIRTUAL_ENV CONDA_PREFIX UV_SYSTEM_PYTHON UV_TARGET UV_PREFIX".split():
        environ.pop(name, None)
    # uv's own list of certificates lacks those that an institute adds to its machines for its proxy.
    environ.setdefault("UV_SYSTEM_CERTS", "true")
    environ.setdefault("UV_PYTHON_DOWNLOADS", "never")
    if without_index:
        for name in list(environ):
            if re.match("(PIP|UV)_.*(INDEX|FIND_LINKS|CONSTRAINT|OVERRIDE)", name):
                del environ[name]
        environ.update(PIP_CONFIG_FILE=os.devnull, UV_NO_CONFIG="1", UV_OFFLINE="1")
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
    parser.add_argument("--wheelhouse", metavar="폴더", help="인터넷 없이 이 폴더의 파일로 설치합니다")
    parser.add_argument("--make-wheelhouse", metavar="폴더", help="인터넷 없이 설치할 파일을 이 폴더에 모읍니다")
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
        source = Wheelhouse(options.wheelhouse) if options.wheelhouse else None
        environment.install(options.lab and not options.make_wheelhouse, options.same_python, source)
        if options.make_wheelhouse:
            environment.gather(Wheelhouse(options.make_wheelhouse), options.lab)
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
