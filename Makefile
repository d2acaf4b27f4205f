# `make brief` sets up and writes the flagship brief; `make test` sets up and passes the tests.
# Each target sets up what it needs in .venv, with uv where it is at hand and otherwise with a uv of its own.

PYTHON ?= python3
VENV   ?= .venv
CASE   ?= atlantic
OUT    ?= briefs/$(CASE)
BIN    := $(VENV)/bin

.PHONY: brief test bench lint docs examples lock facts snapshots shapes clean

brief: $(VENV)/core
	$(BIN)/detente brief $(CASE) -o $(OUT)

# Files of tests are shared out among the cores; a file stays on one, with what its tests share.
test: $(VENV)/dev
	$(BIN)/python -m pytest -n auto --dist loadfile

bench: $(VENV)/dev
	$(BIN)/python -m pytest benchmarks --benchmark-only --benchmark-columns=min,median,rounds -q

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/dev
	$(BIN)/python -m sphinx -W -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

# For those who change dependencies or the shipped tables.
lock: $(VENV)/uv
	$(UV) pip compile -q -U --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url pyproject.toml -o locks/core.txt
	$(UV) pip compile -q -U --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url -c locks/core.txt --group dev --group docs pyproject.toml -o locks/dev.txt

facts: $(VENV)/dev
	$(BIN)/python -m detente.evidence.compiling "$${DETENTE_MIRROR:?name the folder with the providers' files}"

snapshots: $(VENV)/dev
	$(BIN)/python -m detente.measurement.snapshot "$${DETENTE_MIRROR:?name the folder with the providers' files}"
	$(BIN)/python -m detente.simulation.backtest.snapshot "$$DETENTE_MIRROR"

shapes: $(VENV)/dev
	@: "$${FROM:?name the folder with Natural Earth as TopoJSON (npm package world-atlas), as in FROM=package}"
	$(BIN)/python -m detente.briefing.compiling.shapes "$$FROM/countries-50m.json" "$$FROM/countries-10m.json"

# Everything that the documentation shows is run, page by page; it takes minutes.
examples: $(VENV)/dev
	$(BIN)/python -m pytest tests/examples.py -n auto

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache docs/_build

# Setting up -------------------------------------------------------------------------------------------

UV = $(shell command -v uv 2>/dev/null || echo $(BIN)/uv)
INSTALL = VIRTUAL_ENV=$(abspath $(VENV)) $(UV) pip

$(VENV)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "detente needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11"; exit 2; }
	@if command -v uv >/dev/null 2>&1; then uv venv -q --allow-existing --python "$(PYTHON)" $(VENV); \
	else $(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 2; }; \
	  $(BIN)/python -m pip install -q --disable-pip-version-check uv; fi
	@touch $@

$(VENV)/core: $(VENV)/uv locks/core.txt pyproject.toml
	@echo "setting up: detente and what it needs"
	@$(INSTALL) install -q --compile-bytecode --require-hashes -r locks/core.txt
	@$(INSTALL) install -q --no-deps -e .
	@touch $@

$(VENV)/dev: $(VENV)/core locks/dev.txt
	@echo "setting up: tests, linters and documentation"
	@$(INSTALL) install -q --compile-bytecode --require-hashes -r locks/dev.txt
	@touch $@
