# Two commands need nothing prepared but Python 3.11 or newer:
#   make demo                 a night on sample data against both sandbox CRMs (CLAIMS=folder for real files)
#   make simulate N=100       so many worlds with faults of their own, every single fault, planted bugs; one line
#   make test                 lint, types, import rules, every test on SQLite and PostgreSQL, pages in Chromium
#   make package              only what is shipped into Salesforce: its files, names, component and zip
#   make spark                the same tiers from Spark, in an environment of its own (it wants Java 17; a minute or two)
#   make orchestrators        the examples for Airflow, Dagster and dbt, run by each in an environment of its own (minutes)
#   make roads                the routing engines themselves: OSRM in process, Valhalla; it wants Python 3.12 or newer
#   make app                  only what is uploaded to HubSpot: its files, names, card and bundle
#   make docs                 the documents as a site, in site/
.PHONY: demo docs test checks tests simulate spark orchestrators roads package app env services lock schemas clean
CLAIMS ?=
N ?= 100
BIN := .venv/bin
ORCHESTRATORS := airflow dagster dbt
export PATH := $(CURDIR)/.node/bin:$(PATH)
export PYTHONDONTWRITEBYTECODE :=# else each of the tests' processes compiles the product again
PACKAGE := adapters/salesforce/package
APP := adapters/hubspot/app

demo: .venv/ready
	$(BIN)/callplan demo $(if $(CLAIMS),--claims $(CLAIMS))

test: .venv/ready services
	$(MAKE) --no-print-directory --jobs 2 checks tests
	$(BIN)/python tools/simulate 10 --every 48

checks:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --severity-level medium --recursive adapters callplan connector jobs

# One process more than there are cores: some tests wait for a CRM's pace, or for one that is down.
tests:
	tools/with-postgres $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder \
		--numprocesses $$(($$(getconf _NPROCESSORS_ONLN) + 1))

env: .venv/ready

.venv/ready: requirements.lock pyproject.toml
	tools/make-env

simulate: .venv/ready
	$(BIN)/python tools/simulate $(N)

spark: .venv-spark/ready
	.venv-spark/bin/python -m pytest tests/spark

.venv-spark/ready: requirements.lock pyproject.toml
	rm -rf .venv-spark && python3 -m venv .venv-spark
	grep -oE '^[A-Za-z0-9_.-]+==[^\\]+' requirements.lock > .venv-spark/pins.txt
	.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint .venv-spark/pins.txt --editable '.[spark]' pytest hypothesis
	touch .venv-spark/ready

orchestrators: .venv/ready $(ORCHESTRATORS:%=.venv-%/ready)
	for name in $(ORCHESTRATORS); do CALLPLAN_PYTHON=$(CURDIR)/.venv/bin/python .venv-$$name/bin/python -m pytest \
		--confcutdir tests/orchestrators tests/orchestrators/test_$$name.py || exit 1; done

$(ORCHESTRATORS:%=.venv-%/ready): .venv-%/ready: tests/orchestrators/pins/%.txt
	rm -rf .venv-$* && python3 -m venv .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

roads: .venv-roads/ready
	tools/install-osrm
	.venv-roads/bin/python -m pytest tests/roads

.venv-roads/ready: requirements.lock pyproject.toml
	tools/make-roads-env

package: .venv/ready
	tools/install-npm $(PACKAGE)
	$(BIN)/python -m pytest tests/salesforce_package

app: .venv/ready
	tools/install-npm $(APP)
	$(BIN)/python -m pytest tests/hubspot_app

services:
	tools/install-services
	tools/install-osrm
	tools/install-npm $(PACKAGE)
	tools/install-npm $(APP)
	tools/install-npm tests/npm

lock:
	uv lock --upgrade && uv export --quiet --no-header --no-emit-project --extra postgres --all-groups -o requirements.lock

schemas: .venv/ready
	$(BIN)/callplan schema docs/reference

docs: .venv/ready
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

clean:
	rm -rf site .venv .venv-spark .venv-roads $(ORCHESTRATORS:%=.venv-%) .osrm dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
