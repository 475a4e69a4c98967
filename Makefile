# Two commands on a machine that has only Python 3.11+ and make:
#   make demo    set up and run the shipped study          make test    set up and pass every check
# Also: verify (slow sweeps), bench (timings), lock (renew the lock files), clean.

SHELL   := /bin/bash
.SHELLFLAGS := -euo pipefail -c
VENV    ?= .venv
PYTHON  ?=
OUT     ?= runs/demo
WORKERS ?=
# Processes that test side by side; the tests of a file stay together.
TESTERS ?= 2
BIN     := $(VENV)/bin
STAMPED := $(VENV)/.stamp

.DEFAULT_GOAL := help
.PHONY: help demo test lint types layers pytest verify bench lock clean setup setup-dev
.DELETE_ON_ERROR:

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(STAMPED)-run ## set up, then run the shipped study and say where the report lies
	@$(BIN)/seedsoil run --out $(OUT) $(if $(WORKERS),--workers $(WORKERS))

test: lint types layers pytest ## set up, then lint, types, layers and tests

lint: $(STAMPED)-dev ## ruff: style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(STAMPED)-dev ## mypy: strict types
	@$(BIN)/mypy

layers: $(STAMPED)-dev ## import-linter: rooms import only from floors below
	@$(BIN)/lint-imports

pytest: $(STAMPED)-dev ## the tests that take seconds
	@$(BIN)/python -m pytest -n $(TESTERS) --dist loadfile -m "not slow and not gpu" --durations=10

verify: $(STAMPED)-dev ## the slow sweeps as well
	@$(BIN)/python -m pytest -n $(TESTERS) --dist loadfile -m "not gpu" --durations=30

bench: $(STAMPED)-dev ## time kernels, a virtual patient and a cold start
	@for script in benchmarks/*.py; do echo; echo "== $$script"; $(BIN)/python $$script; done

setup: $(STAMPED)-run ## only create the environment
setup-dev: $(STAMPED)-dev ## only create the environment for tests

# The stamps make a second call fast; a changed lock or pyproject.toml renews them.
$(STAMPED)-run: requirements.lock requirements-uv.lock pyproject.toml tools/environment.sh
	@PYTHON="$(PYTHON)" ./tools/environment.sh $(VENV) requirements.lock
	@touch $@

$(STAMPED)-dev: requirements-dev.lock requirements-uv.lock pyproject.toml tools/environment.sh
	@PYTHON="$(PYTHON)" ./tools/environment.sh $(VENV) requirements-dev.lock
	@touch $@ $(STAMPED)-run

lock: $(STAMPED)-dev ## renew the lock files from pyproject.toml (needs uv)
	@./tools/environment.sh --lock $(VENV)

clean: ## remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
