# One verb per wish. Needs make, Python 3.11 or newer with venv; Node comes from PyPI where the machine has none.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
NODE   := $(shell command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && echo yes)
NPM    := $(if $(NODE),npm,PATH="$(CURDIR)/$(BIN):$$PATH" npm)

.PHONY: demo test check bars bench coverage lock setup setup-dev clean format

demo: setup  ## bring up a region with everything in it; DATA=folder for a real city, SIZE=1…100, PORT=8000
	$(BIN)/python manage.py demo $(if $(DATA),--data "$(DATA)") $(if $(SIZE),--size $(SIZE)) $(if $(PORT),--port $(PORT))

# One process more than cores: a story waits now and again for a server, a child or the database.
PYTEST := $(BIN)/python -m pytest -q -n 3
test: setup-dev  ## every test on SQLite, those of the database again on PostgreSQL where TEST_DATABASE_URL names one
	TEST_DATABASE_URL= $(PYTEST) -m "not demo"
	@if [ -z "$$TEST_DATABASE_URL" ]; then \
	echo "TEST_DATABASE_URL is not set: the tests marked db ran on SQLite only, not on PostgreSQL"; else \
	$(PYTEST) -m "db and not demo"; fi
	$(BIN)/python -m pytest -q -m demo

# Tracing doubles the time, so it is not part of every run; of the exhaustive tests it would learn nothing more.
coverage: setup-dev  ## which lines the tests on SQLite run; fails below the share in pyproject.toml
	TEST_DATABASE_URL= $(PYTEST) -m "not (demo or exhaustive or hypothesis)" --cov --cov-report=
	$(BIN)/coverage report

check: setup-dev  ## style, types, architecture, translations, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy .
	MAAS_DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run
	MAAS_DEBUG=1 $(BIN)/python manage.py messages --check
	$(NPM) run --silent check

bars: setup-dev  ## what must hold whatever happens, checked for real; BARS="feeds …", results in var/bars.txt
	$(BIN)/python -m bars $(BARS)

bench: setup-dev  ## the figures: medians, ratios to a peer in the same run
	$(BIN)/python -m bench

format: setup-dev
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

lock: setup-dev  ## pin every requirement by hash
	for part in requirements requirements-dev requirements-node requirements-r5; do $(BIN)/uv pip compile --quiet --universal --no-strip-extras \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	  $$part.in -o $$part.lock; done

setup: $(VENV)/.product node_modules/.installed $(VENV)/.messages
setup-dev: $(VENV)/.dev setup

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.product: requirements.lock requirements-node.lock | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(if $(NODE),,$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-node.lock)
	touch $@

$(VENV)/.dev: requirements-dev.lock | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

node_modules/.installed: package-lock.json | $(VENV)/.product
	$(NPM) ci --silent --no-audit --no-fund
	touch $@

$(VENV)/.messages: $(wildcard locale/*/LC_MESSAGES/*.po) | $(VENV)/.product
	MAAS_DEBUG=1 $(BIN)/python manage.py messages --compile
	touch $@

clean:
	rm -rf $(VENV) node_modules var
