# What a person does with a checkout; `make help` lists it. CI calls the same targets.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
VAR := $(or $(ZHIYAN_VAR),var)
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip -qq --no-input
SOURCES := config kb snippets sandbox
# A control group of the site's own, which the sandbox may divide among runs: systemd gives one.
UNIFIED := /sys/fs/cgroup/cgroup.controllers
DELEGATED = scope="systemd-run --quiet --scope -p Delegate=yes"; \
  [ "$$(id -u)" = 0 ] || scope="$$scope --user"; \
  [ -e $(UNIFIED) ] && $$scope true >/dev/null 2>&1 || scope=
# Two at a time, a file's tests together: they share a broker, a sandbox and a browser.
PYTEST ?= -n 2 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help up down status logs test check format clean

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST)

up: $(VENV)/site ## build what is missing, start the site, print its address
	@$(DELEGATED); $$scope $(MANAGE) up

down: $(VENV)/site ## stop the site
	@$(MANAGE) down

status: $(VENV)/site ## show what runs and whether it is well
	@$(MANAGE) status

logs: ## follow the logs of all programs
	@tail -n 20 -F $(VAR)/log/*.log

test: $(VENV)/dev ## run every test, with the real sandbox, broker and browser
	@$(BIN)/python -m sandbox build
	@$(MANAGE) compile_catalogues
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@$(BIN)/python -m pytest -q $(PYTEST)

check: $(VENV)/dev ## lint, types, import contracts, migrations in step with the models
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(SOURCES)
	@$(BIN)/lint-imports
	@$(MANAGE) makemigrations --check --dry-run

format: $(VENV)/dev ## sort imports and lay the sources out
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

clean: ## stop the site; delete the environment, the runtimes and ALL data under var/
	@if [ -e $(VENV)/site ]; then $(MANAGE) down; fi
	@rm -rf $(VENV) $(VAR) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# The stamps `site` and `dev` say which requirements are installed.

$(VENV)/site: requirements.txt | $(BIN)/python
	@echo "  installing the site's packages"
	@$(PIP) install -r requirements.txt
	@touch $@

$(VENV)/dev: requirements.txt requirements-dev.txt requirements-semantic.txt | $(BIN)/python
	@echo "  installing the site's packages and those for tests and checks"
	@$(PIP) install -r requirements-dev.txt
	@$(PIP) install -r requirements-semantic.txt
	@touch $(VENV)/site $@

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed and there is none; install it, then run make again" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
	  echo "Python 3.11 is needed: $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "  making $(VENV) with $$($(PYTHON) -V)"
	@$(PYTHON) -m venv $(VENV) >$(VENV).log 2>&1 || { \
	  echo "$(PYTHON) cannot make virtual environments; on Debian: apt-get install python3.11-venv. It said:" >&2; \
	  cat $(VENV).log >&2; rm -rf $(VENV) $(VENV).log; exit 1; }
	@rm -f $(VENV).log
