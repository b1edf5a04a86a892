# Everything a newcomer needs: `make demo` shows the tool at work, `make test` shows that it works.
# Both set up .venv first; nothing outside this folder is changed.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
AIRFLOW_ENVIRONMENTS ?= .venv-airflow

# The demo's input: the sample by default, the user's own with DOCKER_CONFIG_FILE=~/.docker/config.json REGISTRY=ghcr.io
DOCKER_CONFIG_FILE ?=
REGISTRY ?=

.PHONY: demo test lint test-lowest test-airflow airflow test-cluster completions bench clean

$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "astrokpo needs Python 3.11 or newer: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "setting up $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

demo: $(VENV)/.ready
	@PATH="$(abspath $(BIN)):$$PATH" sh tests/demo/demo.sh "$(DOCKER_CONFIG_FILE)" "$(REGISTRY)"

test: $(VENV)/.ready lint
	$(BIN)/python -m pytest

lint: $(VENV)/.ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# The lowest versions that pyproject.toml allows; `make test` has the newest.
test-lowest: $(VENV)/.ready
	$(UV) venv --quiet --clear --python $(BIN)/python .venv-lowest
	$(UV) pip install --quiet --python .venv-lowest --resolution lowest-direct --editable . --group test
	.venv-lowest/bin/python -m pytest -q --ignore tests/airflow

# Airflow 2.4.3 to 3.3.2, each in an environment of its own.
airflow: $(VENV)/.ready
	$(BIN)/python tests/airflow/environments.py $(AIRFLOW_ENVIRONMENTS)

test-airflow: airflow
	ASTROKPO_AIRFLOW_ENVIRONMENTS=$(AIRFLOW_ENVIRONMENTS) $(BIN)/python -m pytest tests/airflow

# Against a real cluster, named by ASTROKPO_TEST_KUBECONFIG; makes and removes namespaces of its own.
test-cluster: $(VENV)/.ready
	@test -n "$$ASTROKPO_TEST_KUBECONFIG" || \
	  { echo "name a cluster for tests: ASTROKPO_TEST_KUBECONFIG=/path/to/kubeconfig make test-cluster" >&2; exit 2; }
	$(BIN)/python -m pytest tests/cluster

completions: $(VENV)/.ready
	$(BIN)/python -m tests.completions --write

bench: $(VENV)/.ready
	$(BIN)/python -m tests.bench

clean:
	rm -rf .venv .venv-lowest $(AIRFLOW_ENVIRONMENTS) .demo .bench .mypy_cache .pytest_cache .ruff_cache .hypothesis
