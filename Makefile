# Everything a newcomer types. Needs Python 3.11 or newer, Node 20 and make; installs the rest into .venv.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/.stamps
# The newest release that the suites passed with. Plain pip finds a CPU build where one is configured (uv does not look there).
TORCH  ?= torch==2.13.0

# A tree without .pyc files imports two to three times slower, in every run that is started.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo lab test check fix types bench dev clean

demo: $(STAMPS)/demo  ## train real models through %%train in a real kernel, and print what was tracked
	$(BIN)/python examples/demo.py

lab: $(STAMPS)/demo  ## open JupyterLab on the quickstart notebook
	$(BIN)/jupyter lab examples/quickstart.ipynb

test: $(STAMPS)/dev check  ## every suite
	$(BIN)/python -m pytest

check: $(STAMPS)/dev  ## what a machine can say about style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/house

fix: $(STAMPS)/dev  ## format, and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(STAMPS)/dev  ## write what follows from the wire types and the routes: src/api/types.ts, openapi.yaml
	$(BIN)/python tools/wire_types.py
	$(BIN)/python tools/openapi.py

bench: $(STAMPS)/dev  ## one JSON line a figure; NAME=submit and QUICK=1 narrow it
	$(BIN)/python -m benchmarks $(NAME) $(if $(QUICK),--quick)

dev: $(STAMPS)/dev  ## the environment for working on the project

clean:  ## forget the environment
	rm -rf $(VENV)

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv

$(STAMPS)/demo: pyproject.toml package.json | $(BIN)/uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -e ".[lab,sklearn,demo]"
	mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: pyproject.toml package.json | $(BIN)/uv
	$(BIN)/python -m pip install --quiet $(TORCH)
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -e ".[dev,tensorflow]"
	mkdir -p $(STAMPS) && touch $@ $(STAMPS)/demo
