# What to do with Phoenix Sync; `make` alone lists it. Needs python3.11 with its venv module, and Go
# where the Pulumi command line is not installed.

PYTHON ?= python3.11
BIN := .venv/bin
QUICK_TESTS := tests/unit tests/cases tests/program tests/cli
LONGEST := tests/system/test_routes.py
SLOW_TESTS := $(LONGEST) $(filter-out $(LONGEST),$(wildcard tests/system/test_*.py)) tests/contract
PYTEST := $(BIN)/python -m pytest
# Labs wait a lot, so more of them than there are cores. A file of tests shares a lab and stays in one process; the
# longest files come first, the quick ones fill the gaps.
SIDE_BY_SIDE := -n 3 --dist loadfile --no-loadscope-reorder

# Stacks of the sites that `make bench` measures; ten on each VM.
SIZES ?= 10 100

# A folder that holds no tests yet is left out; pytest would end with an error because it found none.
with_tests = $(strip $(foreach folder,$(1),$(if $(shell find $(folder) -name 'test_*.py' 2>/dev/null | head -n 1),$(folder))))

# Where Python may not write what it compiled, each of hundreds of processes would compile all of it anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: bench help setup demo lab test faults check lint quick-tests schema machine contract-compose contract-portainer contract-proxmoxve lock clean
MAKEFLAGS += --no-print-directory

help:
	@echo 'make setup   prepare everything: .venv, Python packages, the Pulumi command line'
	@echo 'make demo    set up, then bring the example site up in a lab on this machine, and take it down'
	@echo 'make lab     set up, then start the lab and leave it running'
	@echo 'make check   lint, types, layers, quick tests (under a minute)'
	@echo 'make test    set up, then everything that check does, and the tests with the real Pulumi engine'
	@echo 'make faults  the longest tests with the real Pulumi engine; something shorter in `make test` tries each kind as well'
	@echo 'make schema  write the JSON Schemas in config/schema and docs/json anew from the models'
	@echo 'make machine 300 random sequences of everything that happens to a site; `make test` tries the first 30'
	@echo 'make contract-compose     compose reads the texts of tests/cases/compose/verdicts again, and has to say what is recorded'
	@echo 'make contract-portainer   the tests of Portainer, on a real one if PHOENIX_PORTAINER_URL and _PASSWORD name it'
	@echo 'make contract-proxmoxve   the tests of the Proxmox plugin, of a real one if PHOENIX_PROXMOXVE_PLUGIN names its file'
	@echo 'make bench   measure: runs beside the floor, large sites, how fast routes arrive, and that updates disturb nobody;'
	@echo '             SIZES="10 100 300 1000" for more than the first two (an hour)'
	@echo 'make lock    write requirements.lock anew from pyproject.toml'
	@echo 'make clean   remove .venv and caches from this folder; the built Pulumi command line stays'

setup:
	@command -v $(PYTHON) >/dev/null 2>&1 && $(PYTHON) -c '' 2>/dev/null || { \
		echo 'set-up: missing: $(PYTHON); install Python 3.11 (Debian: apt-get install python3.11 python3.11-venv)' >&2; \
		exit 1; \
	}
	@$(PYTHON) -m tools.set_up

demo: setup
	@$(BIN)/phoenix demo

lab: setup
	@$(BIN)/phoenix lab up

test: setup
	@$(MAKE) lint
	@$(PYTEST) $(SIDE_BY_SIDE) -m 'not faults' $(call with_tests,$(SLOW_TESTS) $(QUICK_TESTS))

faults: setup
	@$(PYTEST) $(SIDE_BY_SIDE) -m faults tests/system

check: lint quick-tests

lint:
	@test -x $(BIN)/ruff || { echo 'check: .venv is not set up; run `make setup`' >&2; exit 1; }
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy -p phoenix_providers -p tools
	@$(BIN)/mypy __main__.py
	@$(BIN)/lint-imports

quick-tests:
	@$(PYTEST) -n 2 $(call with_tests,$(QUICK_TESTS)) -m 'not engine'

schema: setup
	@$(BIN)/phoenix schema
	@$(BIN)/python -m tools.json_documents

machine:
	@PHOENIX_MACHINE_SEQUENCES=$${PHOENIX_MACHINE_SEQUENCES:-300} $(PYTEST) -n 2 tests/contract/portainer/machine -q

contract-compose:
	@PHOENIX_COMPOSE_CONTRACT=1 $(PYTEST) tests/contract/compose

contract-portainer:
	@$(PYTEST) tests/contract/portainer

contract-proxmoxve:
	@$(PYTEST) tests/contract/proxmoxve

# Runs first and alone: the others would take cores from it.
bench: setup
	@$(BIN)/python -m tools.bench $(SIZES)
	@$(PYTEST) tests/bench/bench_render.py tests/bench/bench_traefik.py tests/system/bench_routes.py -q

lock: setup
	@$(PYTHON) -m tools.lock

clean:
	@rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
