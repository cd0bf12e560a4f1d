# promocal: `make demo` shows it, `make test` proves it. Both build their own environment first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: setup demo test test-slow test-spark check bench docs lock clean

# The locks are complete sets of versions and hashes, so nothing has to be resolved (--no-deps).
$(VENV)/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("promocal needs Python 3.11 or newer; try make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --no-deps --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	$(PIP) check
	$(BIN)/python -m compileall -q campaign_calendars promocal tasks warehouse flows  # for where Python must not
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(PIP) install --quiet --no-deps --require-hashes -r requirements-dev.lock
	$(PIP) check
	@touch $@

$(VENV)/.spark: requirements-spark.lock $(VENV)/.dev
	$(PIP) install --quiet --no-deps --no-build-isolation --require-hashes -r requirements-spark.lock
	@touch $@

setup: $(VENV)/.dev  ## everything a developer needs, in .venv

demo: $(VENV)/.runtime  ## a generated store runs the whole 38 calendar; ends with a report
	$(BIN)/promocal demo

test: check  ## lint, types, import contracts and the default test suite
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow and not spark"

test-slow: $(VENV)/.dev  ## the longer trials, and property tests with all their examples
	PROMOCAL_TRIALS=long $(BIN)/python -m pytest -m "slow or drawn"

test-spark: $(VENV)/.spark  ## the same models on Spark, row by row (needs Java 17 or newer)
	$(BIN)/python -m pytest -m spark

check: $(VENV)/.dev  ## ruff, mypy, import-linter and the layout of the shipped calendars
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/promocal fmt --check campaign_calendars/library/*.yaml campaign_calendars/library/stores/*.yaml
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev  ## every benchmark at its short size: one JSON line per row, beside its plain alternative
	@$(BIN)/python -m benchmarks

docs: $(VENV)/.dev  ## the documentation as a site in build/site that opens from disk
	$(BIN)/python docs/as_site.py build/site

lock:  ## write the locks anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet pyproject.toml --extra build -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet pyproject.toml --extra build --extra test -c requirements.lock -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet pyproject.toml --extra build --extra test --extra spark -c requirements-dev.lock -o requirements-spark.lock

clean:
	rm -rf $(VENV) build *.egg-info
