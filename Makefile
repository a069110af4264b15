# Every target uses .venv/ at the root; `make run` and `make test` do their own set-up.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
  $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
WORKERS ?= 2
LOCK_OPTIONS := --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.11 --upgrade -q

.PHONY: help setup setup-dev run test test-full check format bench lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/created:
	@test -n "$(PYTHON)" || { echo "yinqi needs Python 3.11 or newer with venv / 需要 Python 3.11 或更新版本"; exit 1; }
	@echo "Creating .venv with $(PYTHON) …"
	@$(PYTHON) -m venv .venv && touch $@

.venv/run-ready: .venv/created requirements/run.txt requirements/run.in setup.cfg
	@echo "Installing what the service needs …"
	@$(PIP) install -q --require-hashes -r requirements/run.txt
	@$(PIP) install -q --no-build-isolation --no-deps -e .
	@$(BIN)/python -m kernel.web.build
	@touch $@

.venv/dev-ready: .venv/run-ready requirements/dev.txt
	@echo "Installing what the tests and checks need …"
	@$(PIP) install -q --require-hashes -r requirements/dev.txt
	@touch $@

setup: .venv/run-ready ## create .venv from the lock
setup-dev: .venv/dev-ready ## the same, with test and check tools

run: .venv/run-ready ## start the demonstration city: web and scheduler, ended by Ctrl-C
	@exec $(BIN)/yinqi demo run

test: .venv/dev-ready ## run every test, in ten minutes: on SQLite, and on a real PostgreSQL what differs there
	@$(BIN)/pytest -n $(WORKERS) --dist loadscope $(ARGS)

test-full: .venv/dev-ready ## run everything on both databases with all seeds, histories and screens; takes hours
	@YINQI_FULL=1 $(BIN)/pytest -n $(WORKERS) --dist loadscope $(ARGS)

check: .venv/dev-ready ## ruff, mypy, import-linter, deptry, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/yinqi db check

format: .venv/dev-ready ## let ruff format and mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/dev-ready ## measure every figure with its peers; writes benchmarks/README.md's tables
	$(BIN)/python -m benchmarks $(ARGS)

lock: .venv/dev-ready ## resolve both locks anew from requirements/*.in
	$(BIN)/uv pip compile $(LOCK_OPTIONS) -o requirements/run.txt requirements/run.in
	$(BIN)/uv pip compile $(LOCK_OPTIONS) -c requirements/run.txt -o requirements/dev.txt requirements/dev.in

clean: ## remove the environment and built files, keep var/
	rm -rf .venv kernel/web/static/built *.egg-info
