# Needs Python 3.11 or later with venv, and make. Everything else goes into .venv from the locked lists.

PORT ?= 8080
SECONDS ?= 120
EFFORT ?= 5
CALLS ?= 1000000
FOLDER ?= var/bench
HOSTILE := tests/fuzz/test_openapi.py tests/properties/test_hostile_calls.py tests/fhir/access/test_any_answer.py
PYTHON ?= $(shell for candidate in python3.13 python3.12 python3.11 python3 python; do \
	if $$candidate -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	echo $$candidate; break; fi; done)
RUN := .venv/bin/python
INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes
LOCK := .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet

.DEFAULT_GOAL := help
.PHONY: help serve test browser check format bench bench-console bench-spool bench-synth soak evaluate ablate prevalence figures negation content fuzz fuzz-briefly lock clean

help:  ## What can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

serve: .venv/serve.stamp  ## Start the service on 127.0.0.1:8080 (make serve PORT=9000 for another port)
	@$(RUN) -m cds_service serve --port $(PORT)

test: .venv/develop.stamp  ## Run every test
	-@$(RUN) -m tests.browser.get
	@$(RUN) -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

browser: .venv/develop.stamp  ## Get a Chromium, and a Firefox, for the browser tests where there is none
	@$(RUN) -m tests.browser.get

check: .venv/develop.stamp  ## Formatting, lint, types, import contracts, content
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@$(RUN) -m mypy
	@.venv/bin/lint-imports --no-logo
	@$(RUN) -m cds_service check
	@$(MAKE) --no-print-directory fuzz-briefly

fuzz-briefly: .venv/develop.stamp
	@$(RUN) -m tests.fuzz --inputs 1500

fuzz: .venv/develop.stamp  ## Fuzz the reader and the whole service (make fuzz SECONDS=600 EFFORT=20 for longer)
	@$(RUN) -m tests.fuzz --seconds $(SECONDS)
	@FUZZ_EFFORT=$(EFFORT) $(RUN) -m pytest -q -n auto $(HOSTILE)

format: .venv/develop.stamp  ## Format the code and apply safe lint fixes
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: .venv/develop.stamp  ## Measure reading, answering and keeping the record
	@$(RUN) -m tests.bench

bench-console: .venv/develop.stamp  ## Measure the console over a million calls (make bench-console FOLDER=... CALLS=...)
	@$(RUN) -m tests.bench.console --calls $(CALLS) --folder $(FOLDER)

bench-spool: .venv/develop.stamp  ## Measure keeping records while the database is away
	@$(RUN) -m tests.bench.spooling

bench-synth: .venv/develop.stamp  ## Measure making 10,000 synthetic patients of each mix
	@$(RUN) -m tests.bench.synthesizing

soak: .venv/develop.stamp  ## Stop databases and kill workers while clients call (make soak SECONDS=3600)
	@$(RUN) -m tests.durability --seconds $(SECONDS)

evaluate: .venv/develop.stamp  ## How often the right etiology comes first, on published cases
	@$(RUN) -m tests.evaluation

ablate: .venv/develop.stamp  ## What each group of facts is worth on the published cases
	@$(RUN) -m tests.evaluation.ablation

prevalence: .venv/develop.stamp  ## What the rules say on a list with real prevalence
	@$(RUN) -m tests.evaluation.prevalence

figures: .venv/develop.stamp  ## Count anew what the page /sandbox/figures shows, after a change of rules or stories
	@$(RUN) -m cds_service measure --out fixtures/patients/figures.json

negation: .venv/develop.stamp  ## How often denials are read right (make negation FILE=negex.tsv)
	@$(RUN) -m tests.bench.negation $(FILE) $(if $(YARDSTICK),--yardstick $(YARDSTICK))

content: .venv/develop.stamp  ## Compute the unit factors of rules/vocabulary/labs.yaml again
	@$(RUN) -m cds_service units

lock: .venv/develop.stamp  ## Resolve both locked lists again
	@$(LOCK) --extra postgresql --output-file requirements.lock
	@$(LOCK) --all-extras --group dev --constraints requirements.lock --output-file requirements-dev.lock

clean:  ## Remove the environment and all caches; the records under ./var stay
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or later with venv on PATH. Install one, or say make PYTHON=/path/to/python3." >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv

.venv/serve.stamp: requirements.lock | .venv/bin/python
	@echo "Installing what the service needs"
	@$(INSTALL) -r requirements.lock
	@touch $@

.venv/develop.stamp: requirements-dev.lock | .venv/bin/python
	@echo "Installing what tests and checks need"
	@$(INSTALL) -r requirements-dev.lock
	@touch $@
