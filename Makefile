# Every command starts from nothing: `make demo` on a machine that has only Python >= 3.12 and make.
.DELETE_ON_ERROR:
.PHONY: help demo test test-sqlite test-postgres check lint types sandbox-types migrations bench torture lock

# Where somebody's shell forbids it, each of the many processes of the tests would compile the shop anew: seconds each.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: $(VENV)/base ## Set up and run everything: shop, payment company, worker, sample data
	@$(BIN)/python -m config.demo

# A server that lives for one run need not outlast a power cut.
QUICK := -o fsync=off -o synchronous_commit=off -o full_page_writes=off -o wal_level=minimal -o max_wal_senders=0 \
  -o autovacuum=off -o jit=off -o shared_buffers=256MB

test: test-sqlite test-postgres ## Pass all tests, on SQLite and on PostgreSQL

# Both databases try what hangs on one: constraints, placing, search, erasure, backups.
# One tries what can't come out otherwise on the other: on PostgreSQL, where real shops run, the attacks, races and all that
# payments come to; on SQLite pages, mails, log-ins, the desk's pages, and what has a process and a database of its own (browser,
# payment company, seed). Tests that never touch the shop's database run on SQLite only (tests/conftest.py). Plain `pytest`
# leaves nothing out.
POSTGRES_ALONE := --ignore-glob 'tests/attacks/test_[!h]*' \
  $(patsubst %,--ignore tests/%.py,test_histories test_main_path catalog/test_scale store/test_rotation_live \
  $(addprefix store/backups/test_,bucket kill recover) \
  $(addprefix fraud/test_,assess backtest decisions published_failures reassess unreached) \
  $(addprefix checkout/test_,coupons deadlines disputes documents fulfilment limits lockouts paypal paypal_disputes rebuild reconcile \
  refunds release_and_cancel returns reviews settle sweep webhooks))
SQLITE_ALONE := -m 'not browser' --ignore tests/sandbox --ignore tests/catalog_demo --ignore tests/attacks/test_headers.py \
  $(patsubst %,--ignore tests/%.py,test_canary test_languages test_pages accounts/test_account accounts/test_log_in accounts/test_passwords \
  accounts/test_sign_up store/backups/test_damage store/test_canary store/test_maintenance store/test_throttle store/test_users \
  $(addprefix store/staff/test_,again factors gate passkeys) store/watch/test_reports \
  $(addprefix fraud/test_,asked_by_mail case_files desk desk_rights desk_rules evidence_pack figures lists \
  outgoing policies postcodes queue roles scorecard) \
  $(addprefix catalog/test_,admin exchange found matrix object_storage pages robots seed waiting weight wishes) \
  $(addprefix checkout/test_,address_forms by_customer delivery finding german mails order_page paying refund_page taxes terms \
  withdrawing))

test-sqlite: $(VENV)/dev
	$(BIN)/pytest $(POSTGRES_ALONE)

test-postgres: $(VENV)/dev
	@command -v pg_virtualenv >/dev/null || { echo "The tests want PostgreSQL as well: install postgresql and postgresql-common."; exit 1; }
	pg_virtualenv $(QUICK) -o max_connections=200 -o statement_timeout=60s sh -c 'DATABASE_URL="postgres://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/postgres" "$$@"' sh $(BIN)/pytest $(SQLITE_ALONE)

check: $(VENV)/dev ## Lint, types, architecture, migrations
	@$(MAKE) --no-print-directory --jobs 2 --output-sync types lint sandbox-types migrations

lint types sandbox-types migrations: export ENV_FILE := tests/test.env
lint types sandbox-types migrations: export DATABASE_URL := sqlite://:memory:
lint:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
types:
	$(BIN)/mypy
sandbox-types:
	DEMO=1 $(BIN)/mypy --config-file sandbox/mypy.ini --cache-dir .mypy_cache/sandbox
migrations:
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check

bench: $(VENV)/dev ## Measure, side by side with the bare limit
	@pg_virtualenv -o fsync=off sh -c 'DATABASE_URL="postgres://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/postgres" $(BIN)/python -m tests.bench'

torture: $(VENV)/dev ## Kill it at every fault point, then run random histories: COUNT=20000, SEED=7, SEED=7:123, REPLAY='[…]', FORMS=10000
	@command -v pg_virtualenv >/dev/null || { echo "This wants PostgreSQL: install postgresql and postgresql-common."; exit 1; }
	@COUNT='$(COUNT)' FORMS='$(FORMS)' SEED='$(SEED)' REPLAY='$(REPLAY)' pg_virtualenv -o fsync=off -o full_page_writes=off -o synchronous_commit=off -o update_process_title=off -o jit=off -o autovacuum_naptime=10s sh -c 'export DATABASE_URL="postgres://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/postgres"; $(BIN)/python -m tests.torture && { [ -n "$$SEED$$REPLAY" ] || $(BIN)/pytest -n0 -s tests/torture/long_races.py tests/torture/long_orderings.py tests/torture/long_oracle.py tests/torture/long_forms.py; }'

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
	@echo "Installing the shop's libraries"; $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --require-hashes -r requirements/base.txt
	@touch $@

$(VENV)/dev: $(VENV)/made requirements/dev.txt
	@echo "Installing the libraries for tests and checks"; $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --require-hashes -r requirements/dev.txt
	@touch $@ $(VENV)/base
