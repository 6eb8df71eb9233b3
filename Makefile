# Every target calls `dongheng` or Python and nothing else, so whatever make does can be done without it (README.ko.md).
# ARGS goes through to the command: make report ARGS="2024", make test ARGS="-k delphi".
# PYTHON names the Python to install with: make report PYTHON=python3.13. Without it the first suitable one is taken.
# WHEELHOUSE names a folder to install from without network: make report WHEELHOUSE=wheelhouse.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: report test lab check bench lock pictures wheelhouse help install install-lab

# A PYTHONPATH meant for other work would put other versions before the locked ones.
unexport PYTHONHOME PYTHONPATH
# Under LC_ALL=C Python 3.11 cannot read its own list of packages when the folder's name has Korean letters.
export LC_ALL := $(if $(filter C POSIX,$(LC_ALL)),C.UTF-8,$(LC_ALL))

report: install  ## 연구를 다시 실행하고 보고서를 만듭니다 (바뀐 것만). 예: make report ARGS="2024"
	@DONGHENG_PARENT_PID=$$PPID exec .venv/bin/dongheng run $(ARGS)

test: install-lab  ## 모든 시험을 실행합니다. 예: make test ARGS="-k install"
	@exec .venv/bin/python -m pytest $(ARGS)

lab: install-lab  ## JupyterLab을 엽니다
	@exec .venv/bin/python -m jupyterlab $(ARGS)

check: install  ## 원자료와 노트북을 점검하고 모든 문제를 한꺼번에 보입니다
	@exec .venv/bin/dongheng check $(ARGS)

bench: install  ## 걸리는 시간과 메모리를 잽니다. 예: make bench ARGS="델파이"
	@exec .venv/bin/python tools/bench.py $(ARGS)

lock: install  ## pyproject.toml에서 두 잠금 파일을 새로 씁니다. 예: make lock ARGS="--upgrade"
	@exec .venv/bin/python install.py --lock $(ARGS)

pictures: install-lab  ## README의 그림을 보고서에서 새로 뜹니다 (먼저 make report)
	@exec .venv/bin/python tools/pictures.py

wheelhouse: install  ## 인터넷이 없는 곳에서 설치할 파일을 wheelhouse에 모읍니다. 예: make wheelhouse ARGS="--lab"
	@exec .venv/bin/python install.py --make-wheelhouse wheelhouse $(ARGS)

help:  ## 이 목록을 보입니다
	@sed -n 's/^\([a-z]*\):.*  ## /  make \1: /p' Makefile

OPTIONS = $(if $(filter install-lab,$@),--lab) $(if $(PYTHON),--same-python) $(if $(WHEELHOUSE),--wheelhouse "$(WHEELHOUSE)")

# If no Python suits, python3 runs all the same: its sentence says what was found and what is needed.
install install-lab:
	@test -n "$(PYTHON)" || for p in python3 python3.13 python3.12 python3.11 python .venv/bin/python; do \
		"$$p" install.py --suits >/dev/null 2>&1 && exec "$$p" install.py $(OPTIONS); \
	done; \
	p="$(or $(PYTHON),python3)"; \
	"$$p" -c '' >/dev/null 2>&1 || { \
		echo "파이썬: '$$p'라는 명령을 실행할 수 없는데, 파이썬이 있어야 설치할 수 있으므로, 파이썬을 설치하거나 'make report PYTHON=경로'로 있는 곳을 적어 다시 실행하십시오." >&2; \
		exit 1; \
	}; \
	exec "$$p" install.py $(OPTIONS)
