# The names of these commands are fixed; what they need is set up by bin/setup, once, from hashed lock files.
.DEFAULT_GOAL := help
.PHONY: help setup run test check bench lock format messages screenshots
PYTHON ?= python3
export PYTHON
BIN := .venv/bin

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## virtual environment with everything that running, tests and checks need
	@bin/setup dev

run: ## the whole of TreatyFlow on 127.0.0.1 (PORT=8000, TREATYFLOW_DATA=var), until Ctrl-C
	@bin/setup run
	@exec $(BIN)/python manage.py run

test: ## every test, on SQLite and, where one is found, on PostgreSQL
	@bin/setup dev
	@$(BIN)/python -m tests

check: ## format, lint, types, imports, templates, deployment, migrations
	@bin/setup dev
	@bin/check

bench: ## how fast it is, against its goals (benchmarks/results.json)
	@bin/setup dev
	@$(BIN)/python -m benchmarks

format: ## put the code into its form
	@bin/setup dev
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix-only .

messages: ## gather what people read into the catalogues (notifications/locale) and compile them
	@bin/setup dev
	@$(BIN)/python manage.py make_messages

screenshots: ## the pictures of the README, taken anew (needs a Chromium)
	@bin/setup dev
	@$(BIN)/python bin/screenshots

lock: ## renew the lock files from pyproject.toml
	@bin/setup dev
	@bin/lock
