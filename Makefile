# make setup | test | test-all | demo | lint | docs | bench | ledger | clean
# Every path is relative and every recipe runs `python -m`, so the folder may have any name, spaces included.

PYTHON ?= python3.11
WORKERS ?= 2
DEMO ?= runs/erf-net
DEMO_OPTIONS ?=
PYTEST_OPTIONS ?=
BENCH_OPTIONS ?=
LEDGER_OPTIONS ?=

# A notice about a later version of the documentation tool, of no use to the reader of a build.
export NO_MKDOCS_2_WARNING := 1

VENV_PYTHON := .venv/bin/python
STAMP := .venv/installed

.PHONY: help setup test test-all demo lint docs bench ledger clean

help:
	@sed -n '1s/^# //p' Makefile

setup: $(STAMP)

# uv is fast; pip alone does the same where uv cannot be had or fails.
# Bytecode is compiled here, once: where PYTHONDONTWRITEBYTECODE is set, every process would compile JAX and all else anew.
$(STAMP): pyproject.toml constraints/py311.txt
	test -x $(VENV_PYTHON) || $(PYTHON) -m venv .venv
	$(VENV_PYTHON) -m uv --version >/dev/null 2>&1 || $(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check uv || true
	$(VENV_PYTHON) -m uv pip install --python $(VENV_PYTHON) -c constraints/py311.txt -e '.[dev]' || \
	  $(VENV_PYTHON) -m pip install --disable-pip-version-check -c constraints/py311.txt -e '.[dev]'
	$(VENV_PYTHON) -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true
	touch $(STAMP)

# A file stays with one worker, which compiles its programs and builds its fixtures once.
# Without what is long by nature; the table at the end holds the areas against their budgets of processor time.
test: setup
	@$(VENV_PYTHON) -m compileall -q src tests || true
	$(VENV_PYTHON) -m pytest -n $(WORKERS) --dist loadfile -m "not slow" $(PYTEST_OPTIONS)

# With everything, and with programs optimised as a user has them.
test-all: setup
	@$(VENV_PYTHON) -m compileall -q src tests || true
	XLA_FLAGS=--xla_cpu_multi_thread_eigen=false $(VENV_PYTHON) -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_OPTIONS)

demo: setup
	$(VENV_PYTHON) -m certifield run erf-net "$(DEMO)" $(DEMO_OPTIONS)

lint: setup
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	$(VENV_PYTHON) -m basedpyright

docs: setup
	$(VENV_PYTHON) -m mkdocs build --strict --quiet
	@echo "site/index.html"

bench: setup
	$(VENV_PYTHON) benchmarks/run_all.py $(BENCH_OPTIONS)

# Runs all shipped studies (in runs/ledger; what is there is continued) and writes down what their claims come to.
ledger: setup
	$(VENV_PYTHON) provenance/ledger.py $(LEDGER_OPTIONS)

clean:
	rm -rf site .cache .pytest_cache .ruff_cache .import_linter_cache
