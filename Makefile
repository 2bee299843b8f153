# Every command starts from nothing: `make demo` on a machine that has only Python >= 3.12 and make.
.DELETE_ON_ERROR:
.PHONY: help demo test test-sqlite test-postgres test-long check lint types sandbox-types migrations bench torture lock

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

test: test-sqlite test-postgres ## Pass what every change is tried with, on SQLite and on PostgreSQL

# Both databases try what hangs on one: constraints, placing, search, erasure, backups.
# One tries what can't come out otherwise on the other: on PostgreSQL, where real shops run, all that payments come to; on SQLite
# pages, mails, log-ins, the desk's pages, and whatever never touches the shop's database. Apart from both, on PostgreSQL, what
# takes its time: browsers, attacks, races, processes that are killed. Plain `pytest` leaves nothing out.
of = $(patsubst %,tests/%.py,$(1))
LONG := tests/attacks $(call of,test_browser test_browser_shop test_canary test_histories accounts/test_browser \
  catalog_demo/test_pictures sandbox/test_browser jobs/test_processes jobs/test_two_of_each \
  $(addprefix catalog/test_,replica scale seed) $(addprefix store/test_,canary rotation_live) store/staff/test_browser \
  $(addprefix store/backups/test_,bucket kill recover) \
  $(addprefix fraud/test_,desk_browser staff_pages_browser published_failures races) \
  $(addprefix checkout/test_,after_browser races races_carts))
LONG_ON_POSTGRESQL := $(call of,$(addprefix store/backups/test_,drill restore))
POSTGRES_ALONE := $(call of,test_main_path $(addprefix fraud/test_,assess backtest decisions reassess unreached) \
  $(addprefix checkout/test_,coupons deadlines disputes documents fulfilment limits lockouts paypal paypal_disputes rebuild \
  reconcile refunds release_and_cancel returns reviews settle sweep webhooks))
SQLITE_ALONE := tests/sandbox $(call of,test_languages test_pages accounts/test_account accounts/test_log_in \
  accounts/test_passwords accounts/test_sign_up store/backups/test_damage store/test_maintenance store/test_throttle \
  store/test_users $(addprefix store/staff/test_,again factors gate passkeys) store/watch/test_reports \
  $(addprefix fraud/test_,asked_by_mail case_files desk desk_rights desk_rules evidence_pack figures lists \
  outgoing policies postcodes queue roles scorecard) \
  $(addprefix catalog/test_,admin exchange found matrix object_storage pages robots waiting weight wishes) \
  $(addprefix checkout/test_,address_forms by_customer delivery finding german mails order_page paying refund_page taxes terms \
  withdrawing))
without = $(addprefix --ignore ,$(1))

test-sqlite: $(VENV)/dev
	$(BIN)/pytest $(call without,$(LONG) $(POSTGRES_ALONE))

test-postgres: $(VENV)/dev
	$(call on_postgres,$(call without,$(LONG) $(LONG_ON_POSTGRESQL) $(SQLITE_ALONE)) --of-the-database)

test-long: $(VENV)/dev ## Pass what takes its time: browsers, attacks, races, killed processes (PostgreSQL)
	$(call on_postgres,$(LONG) $(LONG_ON_POSTGRESQL))

define on_postgres
@command -v pg_virtualenv >/dev/null || { echo "The tests want PostgreSQL as well: install postgresql and postgresql-common."; exit 1; }
pg_virtualenv $(QUICK) -o max_connections=200 -o statement_timeout=60s sh -c 'DATABASE_URL="postgres://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/postgres" "$$@"' sh $(BIN)/pytest $(1)
endef

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
