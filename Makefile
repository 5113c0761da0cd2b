# make demo    set up, run the main job on a drawn catalogue, serve the studio on 127.0.0.1:8765
# make test    set up, run the tests on all cores, those of what was changed since main first
# make quick   only the tests that the change reaches through imports, and the contract tests
# make check   the whole gate: format, lint, types, import contracts, tests, docs
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SERVE ?= 1
PHOTOS ?= rendered:600
DIR ?= demo-catalogue
DATA ?= ../shared/data
PARALLEL ?= --numprocesses logical --dist loadfile --no-loadscope-reorder

.PHONY: setup browser demo serve check format lint types contracts test quick docs bench clean

setup: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Lookscape needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

$(VENV)/.developer: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group dev
	touch $@

browser:
	./install-debian.sh

demo: setup
	$(BIN)/lookscape demo $(DIR) --photos $(PHOTOS) $(if $(filter 0,$(SERVE)),--no-serve)

serve: setup
	$(BIN)/lookscape serve -C $(DIR)

check:
	$(MAKE) --no-print-directory $(VENV)/.developer
	$(MAKE) --no-print-directory --jobs 2 format lint types contracts docs
	$(MAKE) --no-print-directory test

format: $(VENV)/.developer
	$(BIN)/ruff format --check .

lint: $(VENV)/.developer
	$(BIN)/ruff check .

types: $(VENV)/.developer
	$(BIN)/mypy

contracts: $(VENV)/.developer
	$(BIN)/lint-imports

docs: $(VENV)/.developer
	$(BIN)/python docs/generate.py --check
	$(BIN)/python docs/rooms.py --check

test: $(VENV)/.developer browser
	$(BIN)/python -m pytest $(PARALLEL) --changed-first

quick: $(VENV)/.developer browser
	$(BIN)/python -m pytest $(PARALLEL) --changed-only

bench: $(VENV)/.developer
	$(BIN)/python -m benchmarks --data $(DATA)

clean:
	rm -rf $(VENV) demo-catalogue .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
