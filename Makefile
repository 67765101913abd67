# Two commands matter: `make report` and `make test`. Both set up .venv by themselves.
PYTHON ?= python3
STUDY  ?= data/safe-to-share
BIN    := .venv/bin

.PHONY: report test lint docs lab notebooks benchmark lock clean

report: .venv/installed
	$(BIN)/python -m analysis report $(STUDY)

# Continuous integration, which sets CI, runs the slow tests too; so does `make test PYTEST_MARKS=`.
PYTEST_MARKS ?= $(if $(CI),,-m "not slow")

# Two workers, a file to one of them: a notebook’s cells belong together. In the order of
# tests/conftest.py, which has the longest files first.
test: .venv/installed lint
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST_MARKS)

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/basedpyright --level error

# The pages of docs/ with the notebooks as they are stored, to be opened from disk.
docs: .venv/installed
	$(BIN)/python -m sphinx -W -q docs docs/_build/html
	@echo "Built docs/_build/html/index.html"

lab: .venv/installed
	$(BIN)/jupyter lab notebooks

# Run every notebook again, that of docs/ too, and draw the README’s picture, so that what the tests
# compare is fresh.
notebooks: .venv/installed
	$(BIN)/python -m analysis notebooks $(STUDY) --out notebooks
	$(BIN)/python docs/draw_again.py

benchmark: .venv/installed
	$(BIN)/python -m benchmarks

# Needs uv; writes one version of each package for every supported Python and system.
lock:
	uv pip compile --universal --generate-hashes --fork-strategy fewest --python-version 3.11 \
	  --extra dev --no-header pyproject.toml -o requirements.lock

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

clean:
	rm -rf .venv output docs/_build docs/generated
