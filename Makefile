# The only entrance: `make` prints what one can do.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS   += --no-builtin-rules

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
MEMBERS := libs/common services/actions services/partners services/reporting services/catalogue deploy
STAMP   := $(VENV)/.set-up
# Two at a time beside each other; each says all it has to say when it is over, where make can keep them apart.
BESIDE  := $(MAKE) --no-print-directory --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
LOCKS   := requirements/bootstrap.txt requirements/run.txt requirements/dev.txt

export UV_PYTHON_DOWNLOADS := never

##@ Every day

.PHONY: help
help: ## Print what one can do here
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n\033[1m%s\033[0m\n", substr($$0, 5)} \
	     /^[a-z][a-z-]*:.*## / {printf "  \033[36mmake %-8s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST); echo

.PHONY: setup
setup: $(STAMP) ## Install everything into .venv, exactly as locked (does nothing when up to date)

$(STAMP): $(LOCKS) $(MEMBERS:%=%/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Python 3.11 or newer is needed: make setup PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || { echo "→ making $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "→ installing the installer"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@echo "→ installing what is locked, by hash"
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@echo "→ installing the members, editable"
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation $(MEMBERS:%=-e %)
	@touch $@

.PHONY: run
run: setup ## Start everything, play one real dossier, and stay up until Ctrl-C
	@$(BIN)/python -m stack run

.PHONY: stop
stop: setup ## Stop what runs here, whoever started it
	@$(BIN)/python -m stack stop

.PHONY: demo
demo: setup ## Play a dossier and fail if anything differs (DOSSIER=file plays another one)
	@$(BIN)/python -m stack with -- $(BIN)/python -m demo $(DOSSIER)

.PHONY: logs
logs: setup ## Follow what all processes say, each line under its process's name
	@$(BIN)/python -m stack logs

.PHONY: doctor
doctor: setup ## Say what this machine lacks, with the line that installs it
	@$(BIN)/python -m stack doctor

.PHONY: clean
clean: setup ## Stop, and forget all data of the local stack
	@$(BIN)/python -m stack clean

##@ Tests

.PHONY: check
check: setup ## Format, lint, types, imports, and the tests that need no parts; about a minute
	@$(BESIDE) law units lint

.PHONY: lint
lint: setup ## A third of check: what is read and not run
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

.PHONY: law
law: setup ## Another: the tests of the longest law, that of projects and screenings
	@$(BIN)/pytest -q $(wildcard tests/unit/actions)

.PHONY: units
units: setup ## The rest: all other tests that need no parts
	@$(BIN)/pytest -q $(wildcard tests/unit tests/contract tests/architecture) --ignore tests/unit/actions

.PHONY: parts
parts: setup ## What check leaves out: the services, the whole system, and what happens when parts break
	@$(BIN)/pytest -q $(wildcard tests/integration tests/e2e tests/faults)

.PHONY: test
test: setup ## Everything: what needs real parts, and beside its first minutes what check does
	@$(BESIDE) parts law units lint

.PHONY: faults
faults: setup ## What breaks, in the long form: F1 to F15, P1 to P22, every process at every step (a night); FORM=short takes minutes
	@FORM=$(or $(FORM),long) $(BIN)/pytest -q -m "$(if $(filter short,$(FORM)),experiment,experiment or on_demand)" \
	    $(wildcard tests/unit tests/integration tests/e2e tests/faults)

.PHONY: bench
bench: setup ## Measure everything, or ONLY=<names>, or PEERS=1 beside Debezium; every figure is one JSON line on standard output
	@$(BIN)/python -m bench $(ONLY) $(if $(PEERS),peers)

##@ House

.PHONY: format
format: setup ## Lay the code out, and mend what can be mended without thinking
	@$(BIN)/ruff format --quiet
	@$(BIN)/ruff check --fix

.PHONY: lock
lock: setup ## Choose versions anew from requirements/*.in (UPGRADE=1 takes the newest); names no registry
	@for set in bootstrap run dev build; do \
	    $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	        $(if $(UPGRADE),--upgrade) --output-file requirements/$$set.txt requirements/$$set.in; \
	done

##@ Documents

.PHONY: docs
docs: setup ## Write docs/reference from the code (CHECK=1 only compares; BREAKING=<type> breaks a promise on purpose)
	@$(BIN)/python -m docs $(if $(CHECK),--check) $(BREAKING:%=--breaking %)
