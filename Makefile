# make report   an environment from nothing, then the sites of the default cohorts side by side (COHORT=mine: one site)
# make test     an environment from nothing, then every check that CI runs
# make test-all the same, and what takes minutes: whether planted findings are found again on other seeds
# make lab      JupyterLab on the notebooks
# make refresh  execute the notebooks and store their outputs (read the diff before you commit it)
# make lock     resolve the dependencies again (maintainers)

PYTHON ?= python3
COHORT ?= af4q teaching
BIN = .venv/bin

.PHONY: report test test-all lab refresh lock setup clean

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv
	VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.lock
	VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --no-deps --editable .
	touch $@

report: setup
	$(BIN)/casestudy run $(COHORT) --out build$(if $(word 2,$(COHORT)),,/$(COHORT))

test: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest tests --doctest-modules casestudy -n 2 --dist loadfile
	$(BIN)/python -m pytest --nbval notebooks -n 2 --dist loadfile --nbval-current-env \
		--nbval-cell-timeout 120 --nbval-kernel-startup-timeout 120

test-all: test
	$(BIN)/python -m pytest tests -m slower -n 2 --dist loadfile

lab: setup
	$(BIN)/jupyter lab notebooks

refresh: setup
	$(BIN)/python -m casestudy.report.execute

lock:
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header \
		--group dev pyproject.toml -o requirements.lock

clean:
	rm -rf build .venv
