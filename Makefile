# Rackhouse: build, run, test. Everything made stays in the checkout: .venv .cache var node_modules.
# Settings on the command line: PYTHON=/path/to/python3.12, PORT=8001, TESTS="tests/power -k amps",
# WORKERS=1, UPGRADE=1 (make lock). Written for GNU make 3.81 and any POSIX shell.

PORT ?= 8000
TESTS ?=
WORKERS ?= auto
PY := .venv/bin/python
# The bytecode of helper scripts does not matter, but a compiler flag of the machine must not leak in.
unexport PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check bench assets lock wheel clean environment test-environment port

help: ## Show what make can do here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: port environment assets ## Set up what is missing, then run the demo site at http://127.0.0.1:8000 (PORT=n)
	@RACKHOUSE_BIND="127.0.0.1:$(PORT)" exec .venv/bin/rackhouse demo

test: test-environment ## Run every test and print the branch coverage (TESTS="..." for some)
	@exec $(PY) -m pytest -n $(WORKERS) --maxprocesses 4 --dist loadfile --cov --cov-report=term:skip-covered $(TESTS)

check: test-environment ## Lint, formatting, types, import directions, sizes, fresh locks
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m mypy
	@$(PY) -m tools.lock --check
	@$(PY) -m pytest -q -n 0 tests/architecture

bench: test-environment ## Run the benchmarks; prints tables and ratios, judges nothing (BENCH="polling store")
	@exec $(PY) -m benchmarks $(BENCH)

assets: environment ## Fetch JavaScript and CSS by package-lock.json into static/vendor
	@$(PY) -m tools.assets

lock: environment ## Resolve pyproject.toml into requirements/*.txt again (UPGRADE=1 for newest versions)
	@$(PY) -m tools.environment lock
	@$(PY) -m tools.lock $(if $(UPGRADE),--upgrade)

wheel: test-environment ## Build dist/rackhouse-*.whl with templates, static and migrations inside
	@$(PY) -m hatchling build -t wheel

clean: ## Remove all that was built; var/ with your data stays
	@rm -rf .venv .cache build dist node_modules static/vendor .coverage .coverage.* .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

port:
	@python=$$(tools/find-python) && "$$python" -m tools.port "$(PORT)"

environment:
	@python=$$(tools/find-python) && "$$python" -m tools.environment run

test-environment:
	@python=$$(tools/find-python) && "$$python" -m tools.environment test
	@$(PY) -m tools.assets --test
