# Everything a newcomer types. Needs Python 3.11 or newer and make, and Node 20 for JupyterLab; installs the rest into .venv.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/.stamps
# The newest release that the suites passed with. Plain pip finds a CPU build where one is configured (uv does not look there).
TORCH  ?= torch==2.13.0
# Jupyter refuses root, who in a container is everybody, until told; "make lab LAB_OPTIONS=--port=9000" says more.
LAB_OPTIONS ?=
ROOT   := $(if $(filter 0,$(shell id -u)),--allow-root)

JLPM   := PATH="$(CURDIR)/$(BIN):$$PATH" jlpm
EXTENSION := $(VENV)/share/jupyter/labextensions/jupyter-mlops
SOURCES := $(shell find src style schema -type f) package.json tsconfig.json yarn.lock tools/bundle_widgets.mjs
# The browser suite takes the machine's own Chromium.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

# A tree without .pyc files imports two to three times slower, in every run that is started.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo lab test check jest pytest ui-tests screenshots fix types bench dev labextension wheel chromium clean
# Its suites would measure each other.
.NOTPARALLEL:

demo: $(STAMPS)/demo  ## train real models through %%train in a real kernel, and print what was tracked
	$(BIN)/python examples/demo.py

lab: $(STAMPS)/labextension  ## open JupyterLab on the quickstart notebook
	$(BIN)/jupyter lab $(ROOT) --notebook-dir=examples --LabApp.default_url=/lab/tree/quickstart.ipynb $(LAB_OPTIONS)

test: check jest pytest ui-tests  ## every suite

check: $(STAMPS)/dev $(STAMPS)/node $(STAMPS)/ui-tests  ## what a machine can say about style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(JLPM) format:check
	$(JLPM) prettier --check "ui-tests/**/*.{ts,json}"
	$(JLPM) tsc -p tsconfig.test.json
	cd ui-tests && $(JLPM) check
	$(BIN)/python -m pytest -q tests/house

jest: $(STAMPS)/node  ## the front end's units
	$(JLPM) test

pytest: $(STAMPS)/dev $(STAMPS)/labextension  ## the Python suites, file by file on two processes: most stories wait for others
	$(BIN)/python -m pytest -n 2 --dist loadfile

ui-tests: $(STAMPS)/dev $(STAMPS)/labextension $(STAMPS)/ui-tests chromium  ## user stories in a real browser; STORY=keyboard narrows it
	cd ui-tests && $(JLPM) test $(STORY)

screenshots: $(STAMPS)/dev $(STAMPS)/labextension $(STAMPS)/ui-tests chromium  ## take docs/pictures anew, from a real session
	cd ui-tests && $(JLPM) screenshots
	$(BIN)/python tools/shrink_pictures.py

fix: $(STAMPS)/dev $(STAMPS)/node  ## format, and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(JLPM) format
	$(JLPM) prettier --write "ui-tests/**/*.{ts,json}"

types: $(STAMPS)/dev  ## write what follows from the wire types and the routes: src/api/types.ts, openapi.yaml
	$(BIN)/python tools/wire_types.py
	$(BIN)/python tools/openapi.py

bench: $(STAMPS)/dev  ## one JSON line a figure; NAME=submit and QUICK=1 narrow it
	$(BIN)/python -m benchmarks $(NAME) $(if $(QUICK),--quick)

dev: $(STAMPS)/dev $(STAMPS)/labextension  ## the environment for working on the project

labextension: $(STAMPS)/labextension  ## the front end, built and linked into the environment

wheel: $(STAMPS)/dev $(STAMPS)/node  ## dist/*.whl, with the front end built for production
	$(JLPM) clean
	$(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python
	rm -f $(STAMPS)/labextension

chromium:
	@test -n "$(CHROMIUM)" || command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  echo "The browser suite needs Chromium: trying to install Debian's." && \
	  apt-get update -qq && apt-get install -y -qq chromium; } || { \
	  echo "No Chromium. Install it as root (apt-get install chromium), or pass CHROMIUM=/path/to/chrome." >&2; exit 1; }

clean:  ## forget the environment and what was built
	rm -rf $(VENV) node_modules ui-tests/node_modules lib jupyter_mlops/labextension tsconfig.tsbuildinfo

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv

# The front end is built by the target below, not while Python is installed: what needs no browser needs no Node.
INSTALL = rm -rf $(EXTENSION) && mkdir -p jupyter_mlops/labextension $(STAMPS) && \
  SKIP_JUPYTER_BUILDER=1 $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -e

$(STAMPS)/demo: pyproject.toml package.json | $(BIN)/uv
	$(INSTALL) ".[demo]"
	touch $@

$(STAMPS)/dev: pyproject.toml package.json | $(BIN)/uv
	$(BIN)/python -m pip install --quiet $(TORCH)
	$(INSTALL) ".[dev,tensorflow]"
	touch $@ $(STAMPS)/demo

$(STAMPS)/node: package.json yarn.lock | $(STAMPS)/demo
	$(JLPM) install --immutable
	touch $@

$(STAMPS)/ui-tests: ui-tests/package.json ui-tests/yarn.lock | $(STAMPS)/demo
	cd ui-tests && $(JLPM) install --immutable
	touch $@

# The environment shows what stands in jupyter_mlops/labextension, so that a rebuild is seen after a reload of the page.
$(STAMPS)/labextension: $(SOURCES) $(STAMPS)/demo $(STAMPS)/node
	$(JLPM) build
	rm -rf $(EXTENSION) && mkdir -p $(dir $(EXTENSION)) && ln -s $(CURDIR)/jupyter_mlops/labextension $(EXTENSION)
	touch $@
