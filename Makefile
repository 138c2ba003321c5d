# Two commands need nothing prepared but Python 3.11 or newer:
#   make demo                 a night on sample data against both sandbox CRMs (CLAIMS=folder for real files)
#   make simulate N=100       so many worlds with faults of their own, every single fault, planted bugs; one line
#   make test                 lint, types, import rules, every test on SQLite and PostgreSQL, pages in Chromium
#   make package              only what is shipped into Salesforce: its files, names, component and zip
#   make app                  only what is uploaded to HubSpot: its files, names, card and bundle
.PHONY: demo test simulate package app env services lock schemas clean
CLAIMS ?=
N ?= 100
BIN := .venv/bin
export PATH := $(CURDIR)/.node/bin:$(PATH)
PACKAGE := adapters/salesforce/package
APP := adapters/hubspot/app

demo: .venv/ready
	$(BIN)/callplan demo $(if $(CLAIMS),--claims $(CLAIMS))

test: .venv/ready services
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	tools/with-postgres $(BIN)/python -m pytest --numprocesses auto --dist loadfile
	$(BIN)/python tools/simulate 30 --every 5

env: .venv/ready

.venv/ready: requirements.lock pyproject.toml
	tools/make-env

simulate: .venv/ready
	$(BIN)/python tools/simulate $(N)

package: .venv/ready
	tools/install-npm $(PACKAGE)
	$(BIN)/python -m pytest tests/salesforce_package

app: .venv/ready
	tools/install-npm $(APP)
	$(BIN)/python -m pytest tests/hubspot_app

services:
	tools/install-services
	tools/install-npm $(PACKAGE)
	tools/install-npm $(APP)
	tools/install-npm tests/npm

lock:
	uv lock --upgrade && uv export --quiet --no-header --no-emit-project --extra postgres --all-groups -o requirements.lock

schemas: .venv/ready
	$(BIN)/callplan schema docs/reference

clean:
	rm -rf .venv dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
