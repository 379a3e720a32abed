# `make` lists what can be done. Everything is made in this folder: .venv/, node_modules/ and dordt/static/.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
unexport PYTHONDONTWRITEBYTECODE  # the many processes of a test run read what the first of them compiled

FRONT_END := dordt/static/manifest.json
FRONT_END_SOURCES := package.json $(shell find templates dordt -path dordt/static -prune -o -type f \
	-name '*.html' -print -o -name '*.py' -print -o -path 'dordt/frontend/*' -type f -print)

.PHONY: help setup run test check format bench bounces spam seed migration requirements
.PHONY: check-types check-style check-imports check-frontend check-templates check-sizes compiled-tests

help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.packages $(FRONT_END) ## Prepare .venv and the front end; starts nothing (PYTHON=… picks the Python)

run: setup ## Start the site, the mail worker and the mailbox on 127.0.0.1 (PORT=8000)
	@exec python -m dordt.development.run

test: setup ## Run all checks and all tests
	@$(TWO_AT_ONCE) $(CHECKS) compiled-tests $(VENV)/.browser
	pytest -n 4 --dist loadgroup

check: setup ## Look for mistakes without running anything: style, types, import directions, sizes
	@$(TWO_AT_ONCE) $(CHECKS)

# Each prints what it found when it has ended.
TWO_AT_ONCE := $(MAKE) --no-print-directory --jobs=2 --output-sync=target
CHECKS := check-types check-style check-imports check-frontend check-templates check-sizes

check-types:
	mypy

check-style:
	ruff check
	ruff format --check

check-imports:
	lint-imports

check-frontend:
	npm run --silent check

check-templates:
	djlint --quiet --lint templates
	djlint --quiet --check templates

check-sizes:
	@python -m tools.largest

compiled-tests: # once, and not by each process of the run
	@pytest --collect-only --quiet >/dev/null || pytest --collect-only --quiet

format: setup ## Write Python, style sheets, scripts and templates in the form that `make check` asks
	ruff check --fix --quiet
	ruff format --quiet
	npm run --silent format
	-djlint --quiet --reformat templates

bench: setup ## Measure mail (beside smtp-source and Flask-Mail) and pages, kill workers 200 times; QUICK=1 is short
	python -m tools.bench
	python -m tools.crash --kills $(if $(QUICK),20,200)

bounces: setup ## Let a real Postfix bounce a newsletter and look whether every bounce is understood (as root)
	python -m tools.bench.bounces

spam: setup ## Let SpamAssassin check every mail that we send: each gets less than 1 point (apt install spamassassin)
	python -m tools.spam

seed: setup ## Fill an empty database with demo content
	DORDT_ENV=$${DORDT_ENV:-development} flask --app wsgi db upgrade
	DORDT_ENV=$${DORDT_ENV:-development} flask --app wsgi seed

migration: setup ## Write a migration from the models: make migration m="subscriber paused until"
	@test -n "$(m)" || { echo 'Say what changes: make migration m="subscriber paused until"'; exit 1; }
	DORDT_ENV=$${DORDT_ENV:-development} flask --app wsgi db upgrade
	DORDT_ENV=$${DORDT_ENV:-development} flask --app wsgi db migrate -m "$(m)"

requirements: $(VENV)/.packages ## Pin the newest packages that requirements.in, tests/ and tools/setup/node/ allow
	tools/setup/setup.sh pin

# The steps of the set-up, each redone only when what it was made from has changed.

$(BIN)/python: | tools/setup/setup.sh
	PYTHON="$(PYTHON)" tools/setup/setup.sh python

$(VENV)/.packages: $(BIN)/python requirements.txt tests/requirements.txt
	python -m pip install --quiet --no-compile --disable-pip-version-check --use-pep517 --require-hashes -r requirements.txt -r tests/requirements.txt
	@touch $@

node_modules/.installed: package-lock.json .npmrc | $(VENV)/.packages
	tools/setup/setup.sh node
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(FRONT_END): node_modules/.installed $(FRONT_END_SOURCES)
	npm run --silent build
	@touch $@

$(VENV)/.browser: | $(VENV)/.packages
	tools/setup/setup.sh browser
	@touch $@
