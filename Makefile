# `make` or `make help` lists the commands. Everything they need is made by the first of them (tools/bootstrap.py).

PYTHON ?= python3
PY := .venv/bin/python
S ?=
FILE ?=

# STACK=docker: containers are one system for all tests, so these run one by one; the rooms that know it by address.
ONE_SYSTEM = -n 0 $(or $(ARGS),tests/contract tests/security tests/e2e/web)

# Our own code is compiled once and not at each start, whatever the machine's habit is.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install up down status logs reset backup restore rolling-restart demo import service auto-close test long chaos compose-test lint types web-check web-dev shots openapi locks bench

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install:
	@$(PYTHON) -SEs tools/bootstrap.py

up: install ## start everything (PORT=3080, BIND=127.0.0.1,::1), return when it answers
	@$(PY) -m devstack up

down: install ## stop everything; the data stays
	@$(PY) -m devstack down

status: install ## each component: state, process, port, memory
	@$(PY) -m devstack status

logs: install ## what the components write (S=tickets: one of them)
	@$(PY) -m devstack logs $(S)

reset: install ## stop everything and delete all data but the backups (asks first; YES=1 does not)
	@YES="$(YES)" $(PY) -m devstack reset

backup: install ## write the whole database into a file (FILE=..., else .data/backups)
	@$(PY) -m devstack backup $(if $(FILE),--file "$(FILE)")

restore: install ## put a backup in place of all data: FILE=... (asks first; YES=1 does not)
	@YES="$(YES)" $(PY) -m devstack restore $(if $(FILE),--file "$(FILE)")

rolling-restart: install ## restart the services one after the other, with no request failing
	@$(PY) -m devstack rolling-restart

demo: install ## fill it with lifelike users, categories and about 300 tickets
	@$(PY) -m devstack demo

import: install ## replay an incident log: FILE=../shared/data/servicenow_incident_events.csv
	@$(PY) -m devstack import --file "$(FILE)"

service: install ## a service's own command line: S=tickets ARGS="dead-letters list"
	@$(PY) -m devstack service $(S) $(ARGS)

auto-close: install ## close now what has been resolved for long enough
	@$(PY) -m devstack auto-close

test: install ## lint, types, import boundaries and the tests on real servers (STACK=docker: those that can, in containers)
	@$(MAKE) --no-print-directory -j 2 -O lint types web-check
	@echo "── tests"
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not long" $(if $(filter docker,$(STACK)),$(ONE_SYSTEM),$(ARGS))

long: install ## what `make test` leaves out for its length: backups, rolling restart, more chaos, more variants in the browser (6 minutes)
	@$(PY) -m pytest -n 2 --dist loadfile -m long $(or $(ARGS),tests/e2e tests/chaos)

chaos: install ## kill, pause and wipe parts of a stack under load, and check that nothing was lost
	@$(PY) -m pytest tests/chaos $(ARGS)

compose-test: install ## build the images and run the system in containers: scaled, replaced, upgraded, restored (needs Docker)
	@$(PY) -m pytest tests/compose $(ARGS)

lint: install ## ruff and the import boundaries
	@echo "── ruff"
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@echo "── import boundaries"
	@$(PY) .venv/bin/lint-imports

types: install ## mypy, strict
	@echo "── mypy"
	@MYPYPATH=tools:tests $(PY) -m mypy libs services deploy devstack tools tests

web-check: install ## the browser client: eslint, TypeScript against the API, unit tests, size
	@echo "── web"
	@$(PY) -m devstack web-check

web-dev: install ## the browser client with hot reload on :5173, before a running `make up`
	@$(PY) -m devstack web-dev

shots: install ## screenshots of the main pages (S=login: one of them), light and dark, desktop and phone, into .data/shots
	@PYTHONPATH=tests $(PY) tools/shots.py $(S)

openapi: install ## write the OpenAPI documents and the events' JSON Schemas
	@$(PY) tools/openapi.py
	@$(PY) tools/event_schemas.py

locks: install ## write what each image installs, from requirements.lock
	@$(PY) tools/locks.py

bench: install ## measure a stack of its own: operations beside the database alone, and the audit's lag
	@PYTHONPATH=tests $(PY) -m bench $(ARGS)
