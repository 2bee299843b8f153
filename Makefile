# Every command starts from nothing: `make demo` on a machine that has only Python >= 3.12 and make.
.DELETE_ON_ERROR:
.PHONY: help demo test test-sqlite test-postgres check bench torture lock

VENV := .venv
BIN := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE := 1

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: $(VENV)/base ## Set up and run everything: shop, payment company, worker, sample data
	@$(BIN)/python -m config.demo

test: test-sqlite test-postgres ## Pass all tests, on SQLite and on PostgreSQL

# The attacks are left to PostgreSQL, where real shops run; only what boots the production settings is tried here.
test-sqlite: $(VENV)/dev
	$(BIN)/pytest --ignore-glob '*/tests/attacks/test_[!h]*'

# Without what has its own process and database: the browser's walk, the payment company, the drawings. Tests that never touch
# the shop's database are left out by tests/conftest.py.
test-postgres: $(VENV)/dev
	@command -v pg_virtualenv >/dev/null || { echo "The tests want PostgreSQL as well: install postgresql and postgresql-common."; exit 1; }
	pg_virtualenv -o fsync=off -o max_connections=200 -o statement_timeout=60s sh -c 'DATABASE_URL="postgres://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/postgres" $(BIN)/pytest -m "not browser" --ignore tests/sandbox --ignore tests/catalog_demo --ignore tests/attacks/test_headers.py'

check: export ENV_FILE := tests/test.env
check: export DATABASE_URL := sqlite://:memory:
check: $(VENV)/dev ## Lint, types, architecture, migrations
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/mypy
	DEMO=1 $(BIN)/mypy --config-file sandbox/mypy.ini
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check

bench: $(VENV)/dev ## Measure, side by side with the bare limit
	@pg_virtualenv -o fsync=off sh -c 'DATABASE_URL="postgres://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/postgres" $(BIN)/python -m tests.bench'

torture: $(VENV)/dev ## Kill it at every fault point, then run random histories: COUNT=20000, SEED=7, SEED=7:123, REPLAY='[…]'
	@command -v pg_virtualenv >/dev/null || { echo "This wants PostgreSQL: install postgresql and postgresql-common."; exit 1; }
	@COUNT='$(COUNT)' SEED='$(SEED)' REPLAY='$(REPLAY)' pg_virtualenv -o fsync=off -o full_page_writes=off -o jit=off -o autovacuum_naptime=10s sh -c 'DATABASE_URL="postgres://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/postgres" $(BIN)/python -m tests.torture && { [ -n "$$SEED$$REPLAY" ] || $(BIN)/pytest -n0 tests/torture/long_races.py tests/torture/long_orderings.py; }'

lock: ## Lock the dependencies anew, with hashes (needs uv)
	uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url pyproject.toml -o requirements/base.txt
	uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --group dev pyproject.toml -c requirements/base.txt -o requirements/dev.txt

# The newest Python there is; 3.12 is the oldest that will do.
$(VENV)/made:
	@for python in python3.13 python3.14 python3.12 python3; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then found=$$python; break; fi; done; \
	if [ -z "$$found" ]; then echo "Ringback needs Python 3.12 or newer, and there is none on this machine's PATH. Nothing was installed."; exit 1; fi; \
	echo "Creating the environment with $$($$found --version)"; "$$found" -m venv --clear $(VENV)
	@touch $@

$(VENV)/base: $(VENV)/made requirements/base.txt
	@echo "Installing the shop's libraries"; $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/base.txt
	@touch $@

$(VENV)/dev: $(VENV)/made requirements/dev.txt
	@echo "Installing the libraries for tests and checks"; $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@touch $@ $(VENV)/base
