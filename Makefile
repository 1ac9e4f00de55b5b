# One command an intent. `make run` and `make test` need nothing but Python 3.11 and a package index.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PORT ?= 8000
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
ENV := .venv
BIN := $(ENV)/bin
RUN_STAMP := $(ENV)/.requirements
DEV_STAMP := $(ENV)/.requirements-dev

.PHONY: help run new test check fix sizes pictures landscape landscape-install landscape-check drill bench-route bench-profile bench-history bench-verify docs clean bench-impact

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

$(RUN_STAMP): requirements.txt constraints.txt
	@test -n "$(PYTHON)" || { echo "Interlock needs Python 3.11 or newer; none was found."; exit 1; }
	@$(PYTHON) deploy/make/environment.py $(ENV) requirements.txt $@

$(DEV_STAMP): requirements.txt requirements-dev.txt requirements-telemetry.txt requirements-kafka.txt constraints.txt
	@test -n "$(PYTHON)" || { echo "Interlock needs Python 3.11 or newer; none was found."; exit 1; }
	@$(PYTHON) deploy/make/environment.py $(ENV) requirements-dev.txt $@
	@cp $@ $(RUN_STAMP)

run: $(RUN_STAMP)  ## the hub with its demonstration at http://127.0.0.1:8000 (PORT=… for another)
	@PORT=$(PORT) exec $(BIN)/python deploy/make/run.py

new: $(RUN_STAMP)  ## an empty hub for an interface of your own, beside the demonstration (PORT=… for another)
	@PORT=$(PORT) exec $(BIN)/python deploy/make/run.py new

test: $(DEV_STAMP)  ## all tests, on SQLite and, where it is found, on PostgreSQL
	@$(BIN)/python -m tests

check: $(DEV_STAMP)  ## style, types, floors, migrations, known vulnerabilities
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy governance dictionary connectors hub
	$(BIN)/python -m tests.checks
	@$(BIN)/python deploy/make/audit.py

fix: $(DEV_STAMP)  ## format, and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

sizes: $(DEV_STAMP)  ## how long files and functions are
	@$(BIN)/python deploy/make/sizes.py

pictures: $(DEV_STAMP)  ## take the pictures of the documentation again
	@HUB_TEST_PICTURES=yes $(BIN)/python -m pytest $(wildcard tests/functional/documentation/t*.py) -q -n 0

docs: $(DEV_STAMP)  ## write the reference pages that are made from code
	@$(BIN)/python manage.py reference

landscape: $(RUN_STAMP)  ## Tryton, Roundup and a hub that connects them, until Ctrl-C
	@PORT=$(PORT) $(BIN)/python deploy/landscape/run.py

landscape-install: $(RUN_STAMP)  ## Tryton and Roundup, once, so that the tests find them
	@$(BIN)/python deploy/landscape/install.py

landscape-check: $(RUN_STAMP)  ## the main job on real systems, from a fresh start
	@$(BIN)/python deploy/landscape/check.py

drill: $(RUN_STAMP)  ## back up a busy hub, lose it, restore it, prove that nothing is missing
	@$(BIN)/python deploy/backup/drill.py

bench-route: $(DEV_STAMP)  ## the route beside a Celery task a message; exits 0 only where its floors hold
	@$(BIN)/python -m bench.route

bench-profile: $(DEV_STAMP)  ## where the route's time goes
	@$(BIN)/python -m bench.profile_route

bench-verify: $(DEV_STAMP)  ## how fast the ledger is sealed and verified, beside plain SHA-256 (LINES=… for more)
	@$(BIN)/python -m bench.verify $(LINES)

bench-history: $(DEV_STAMP)  ## what governed history costs beside plain simple-history, on both databases
	@$(BIN)/python -m bench.history

bench-impact: $(DEV_STAMP)  ## what a change reaches, at 20,000 nodes and 60,000 edges, as a JSON line
	@$(BIN)/python -m bench.impact

clean:  ## everything that was made here: environment, databases, landscape
	@if [ -x $(BIN)/python ] && [ -d .landscape ]; then $(BIN)/python deploy/landscape/stop.py >/dev/null 2>&1 || true; fi
	rm -rf $(ENV) .run .landscape .test-output .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
