# `make brief` sets up and writes the flagship brief; `make test` sets up and passes the tests.
# Each target sets up what it needs in .venv, with uv where it is at hand and otherwise with a uv of its own.

PYTHON  ?= python3
VENV    ?= .venv
CASE    ?= atlantic
OUT     ?= briefs/$(CASE)
TESTS   ?=
BENCH   ?= benchmarks
AUDIT   ?= build/audit
MINUTES ?= 10
BIN     := $(VENV)/bin

.PHONY: brief test test-random test-oldest test-newest coverage mutation fuzz soak bench audit lint docs examples lock facts \
  snapshots shapes clean

brief: $(VENV)/core
	$(BIN)/detente brief $(CASE) -o $(OUT)

# Files of tests are shared out among the cores; a file stays on one, with what its tests share.
test: $(VENV)/dev
	$(BIN)/python -m pytest -n auto --dist loadfile $(TESTS)

# Files in another order, and tests within each; TESTS=tests/cases picks some. A seed that is printed gives
# the same order again: make test-random SEED=7
test-random: $(VENV)/dev
	@seed=$(or $(SEED),$$($(BIN)/python -c 'import random; print(random.randrange(10**6))')); \
	echo "in random order; the same again: make test-random SEED=$$seed"; \
	$(BIN)/python -m pytest -n auto --dist loadfile --random-order-bucket=module --random-order-seed=$$seed $(TESTS)

# The same tests with the lowest versions that pyproject.toml allows, and with the newest of all that there are;
# each in an environment of its own, resolved anew. The locks stay as they are.
test-oldest: $(VENV)/uv
	$(call resolve,oldest,--resolution lowest-direct)
	$(VENV)/oldest/bin/python -m pytest -n auto --dist loadfile $(TESTS)

test-newest: $(VENV)/uv
	$(call resolve,newest,--resolution highest)
	$(VENV)/newest/bin/python -m pytest -n auto --dist loadfile $(TESTS)

# Licences and known vulnerabilities of the core lock, its bill of materials, and what an installation takes.
# Ends with 1, and with names, when something is wrong; AUDIT is where the bill and the figures go.
audit: $(VENV)/dev $(VENV)/audit/ready
	@VIRTUAL_ENV=$(abspath $(VENV)/audit/core) $(UV) pip install -q --no-deps --reinstall --compile-bytecode .
	@$(BIN)/python -m proof.audit $(VENV)/audit/core $(VENV)/audit/tools/bin $(AUDIT)

# Input that nobody would write on purpose, for so many minutes over all targets: make fuzz MINUTES=60
fuzz: $(VENV)/dev
	DETENTE_FUZZ_MINUTES=$(MINUTES) $(BIN)/python -m pytest tests/fuzzing -q -p no:xdist

# The real server under use for so many minutes, on this machine alone: make soak MINUTES=60
soak: $(VENV)/dev
	$(BIN)/python -m benchmarks.soaking --minutes $(MINUTES)

# One table of all benchmarks, printed and in benchmarks/results; BENCH=benchmarks/bench_ties.py picks some.
bench: $(VENV)/dev
	$(BIN)/python -m pytest $(BENCH) --benchmark-only --benchmark-quiet -q

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/dev
	$(BIN)/python -m sphinx -W -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

# How far the tests can be relied on: the lines that they run, and the faults that they notice.
coverage: $(VENV)/dev
	$(BIN)/python -m proof.covering

mutation: $(VENV)/dev
	$(BIN)/python -m proof.mutation $(ONLY)

# For those who change dependencies or the shipped tables.
lock: $(VENV)/uv
	$(UV) pip compile -q -U --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url pyproject.toml -o locks/core.txt
	$(UV) pip compile -q -U --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url -c locks/core.txt --group dev --group docs pyproject.toml -o locks/dev.txt
	$(UV) pip compile -q -U --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --group audit -o locks/audit.txt

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
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache build docs/_build benchmarks/results

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

# What an audit looks at holds nothing but the core lock; what looks lies beside it.
$(VENV)/audit/ready: $(VENV)/uv locks/core.txt locks/audit.txt
	@echo "setting up: what an installation of detente brings, and what audits it"
	@$(UV) venv -q --clear --python $(BIN)/python $(VENV)/audit/core
	@$(UV) venv -q --clear --python $(BIN)/python $(VENV)/audit/tools
	@VIRTUAL_ENV=$(abspath $(VENV)/audit/core) $(UV) pip install -q --compile-bytecode --require-hashes -r locks/core.txt
	@VIRTUAL_ENV=$(abspath $(VENV)/audit/tools) $(UV) pip install -q --require-hashes -r locks/audit.txt
	@touch $@

# An environment whose versions are chosen in one way, for detente and its extras; what only tests need is newest.
define resolve
	@$(UV) venv -q --allow-existing --python $(BIN)/python $(VENV)/$(1)
	@$(UV) pip compile -q -U $(2) --no-header --no-annotate --all-extras pyproject.toml -o $(VENV)/$(1)/core.txt
	@$(UV) pip compile -q -U --no-header --no-annotate -c $(VENV)/$(1)/core.txt --all-extras --group dev pyproject.toml \
	  -o $(VENV)/$(1)/all.txt
	@VIRTUAL_ENV=$(abspath $(VENV)/$(1)) $(UV) pip sync -q --compile-bytecode $(VENV)/$(1)/all.txt
	@VIRTUAL_ENV=$(abspath $(VENV)/$(1)) $(UV) pip install -q --no-deps -e .
endef
