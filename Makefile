# A thin face of scripts/dev.py, which does the work (on Windows: py scripts/dev.py run).
# Further arguments: make run ARGS="--port 8600", make test ARGS="-k plan". Another Python: make run PYTHON=python3.12

.DEFAULT_GOAL := help
.PHONY: help run test demo env lint types layers lock clean

# The first that really starts, is recent enough and can make an environment.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p" && break; \
	done)

help:
	@echo "make run     start the app (faire marcher l'application)"
	@echo "make test    run every test (lancer tous les essais)"
	@echo "make demo    the whole story in the terminal, the pack in out/ (toute l’histoire dans le terminal)"
	@echo "Also / aussi : env lint types layers lock clean"

# Without such a Python, the python3 that is there says what is missing.
run test demo env lint types layers lock clean:
	@python="$(PYTHON)"; python="$${python:-python3}"; \
	"$$python" -c pass >/dev/null 2>&1 && exec "$$python" scripts/dev.py $@ $(ARGS); \
	echo "Il faut Python 3.11 ou plus récent. Python 3.11 or newer is needed: https://www.python.org/downloads/" >&2; \
	exit 1
