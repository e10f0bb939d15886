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
LOCKS   := requirements/bootstrap.txt requirements/run.txt requirements/dev.txt

export UV_PYTHON_DOWNLOADS := never

##@ Every day

.PHONY: help
help: ## Print what one can do here
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n\033[1m%s\033[0m\n", substr($$0, 5)} \
	     /^[a-z][a-z-]*:.*## / {printf "  \033[36mmake %-10s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST); echo

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

##@ Documents

.PHONY: docs
docs: setup ## Write docs/reference from the code (CHECK=1 only compares; BREAKING=<type> breaks a promise on purpose)
	@$(BIN)/python -m docs $(if $(CHECK),--check) $(BREAKING:%=--breaking %)
