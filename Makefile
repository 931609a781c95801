# One command each; every target sets up what it needs.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DEMO   ?= demo-heartbeat

.PHONY: setup demo test check bench bench-chaos load images-offline
setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "AutoIOT needs Python 3.11 or newer: make PYTHON=/path/to/python3.12 ..."; exit 1; }
	@echo "Setting up $(VENV): a minute or two, once."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@# Else setuptools warns, over eight lines, of what an editable installation is for.
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e . --group dev
	@touch $@

# The main job on synthetic records, with recorded answers of a model: no key, no Docker, no download.
demo: setup
	@bash examples/heartbeat/demo.sh $(BIN) $(DEMO)

# Style, types and the direction of imports.
check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports --no-logo

test: check
	$(BIN)/python -m pytest

# What a run costs (model calls, tokens, checkpoint bytes, seconds), how well passages are found, how a server bears up.
# Numbers to read, no test.
bench: setup
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python benchmarks/tuning.py
	@$(BIN)/python benchmarks/retrieval.py
	@$(BIN)/python benchmarks/chain.py
	@$(BIN)/python benchmarks/load.py

# 200 jobs on Postgres while workers are killed, and Postgres and Docker Engine restarted. Ends with 1 where one is lost.
bench-chaos: setup
	@$(BIN)/python benchmarks/chaos.py

# The server alone, over SQLite and Postgres: answers, streams, starts, jobs a second. Some ten minutes.
load: setup
	@$(BIN)/python benchmarks/load.py

# As root on Debian, where no image can be pulled: stand-ins for the public ones, and how to build and start with them.
images-offline: setup
	@bash .ci/real-parts
	@bash tests/compose/images/make
