"""What all tests share: a running payment company, the shop set to use it, and a way to let the worker's tasks run."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator

import pytest
import stripe
from django.db.backends.postgresql.operations import DatabaseOperations
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings

from checkout.gateways import forget_gateways
from fraud.usual import forget_usual
from store.models import User
from store.passwords import Argon2Hasher
from tests.sandbox.process import RunningSandbox, start_sandbox

# A busy machine is no fault of the shop.
hypothesis_settings.register_profile("ringback", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("ringback")

# Any of these among a test's fixtures means that it uses the shop's database.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server", "admin_user", "admin_client"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a second run leave out what the first has shown."""
    parser.addoption("--of-the-database", action="store_true", help="leave out what never touches the shop's database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say plainly which tests SQLite can't run, and leave out what was not asked for."""
    from django.conf import settings

    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        for item in items:
            if "postgres" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: real threads and row locks"))
    if config.getoption("--of-the-database"):
        untouched = [item for item in items if not _uses_database(item)]
        config.hook.pytest_deselected(items=untouched)
        items[:] = [item for item in items if item not in set(untouched)]


def pytest_collection_finish() -> None:
    """Look for garbage less often, and never among what was imported."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & DATABASE_FIXTURES) or item.get_closest_marker("django_db") is not None


def paypal_settings(sandbox: RunningSandbox) -> dict[str, str]:
    """What PAYMENT_GATEWAYS says of PayPal for the shop to use the sandbox."""
    return {
        "BACKEND": "checkout.gateways.paypal.PayPalGateway",
        "client_id": sandbox.paypal_client_id,
        "client_secret": sandbox.paypal_client_secret,
        "webhook_id": sandbox.paypal_webhook_id,
        "api_base": sandbox.url,
        "page_origin": sandbox.url,
        "cert_origin": sandbox.url,
        "ca_file": str(sandbox.database.with_name("sandbox-paypal-certs") / "ca.pem"),
    }


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """One payment company for each test process."""
    running = start_sandbox(tmp_path_factory.mktemp("sandbox"), webhook_url="http://127.0.0.1:9/webhooks/stripe/")
    yield running
    running.stop()


@pytest.fixture
def sandbox(sandbox_process: RunningSandbox, settings: Settings) -> Iterator[RunningSandbox]:
    """The payment company, empty, with the shop set to use it. Webhooks wait until a test takes or delivers them."""
    sandbox_process.reset()
    settings.PAYMENT_GATEWAYS = {
        "stripe": {
            "BACKEND": "checkout.gateways.stripe.StripeGateway",
            "api_key": sandbox_process.api_key,
            "webhook_secret": sandbox_process.webhook_secret,
            "api_base": sandbox_process.url,
        },
        "paypal": paypal_settings(sandbox_process),
    }
    forget_gateways()
    yield sandbox_process
    forget_gateways()


@pytest.fixture
def run_tasks() -> Callable[[], int]:
    """Do what the worker would do now; tasks that tasks enqueue included. A failing task fails the test."""

    def run() -> int:
        done = 0
        while (row := DBTaskResult.objects.ready().order_by("enqueued_at").first()) is not None:
            row.claim("test")
            result = row.task_result
            row.set_successful(row.task.call(*result.args, **result.kwargs))
            done += 1
        return done

    return run


@pytest.fixture
def admin_user(db: None) -> User:
    """Whom pytest-django's `admin_client` logs in, with a password that staff may have."""
    return User.objects.create_superuser(email="olive@shop.example", password="a long phrase for olive 7")


class CheapArgon2(Argon2Hasher):
    """The shop's hasher with the least work it takes: Argon2 is slow on purpose."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.conftest.CheapArgon2"]


@pytest.fixture(autouse=True, scope="session")
def _quick_flush() -> Iterator[None]:
    """After a test with real transactions empty the tables by DELETE: TRUNCATE makes some thousand files anew each time."""

    def sql_flush(operations: DatabaseOperations, style: object, tables: Iterable[str], **options: bool) -> list[str]:
        names = [operations.quote_name(table) for table in tables]
        # As a replica the server fires no triggers: what is append-only can be emptied, in any order.
        return ["SET LOCAL session_replication_role = replica", *map("DELETE FROM {}".format, names)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


@pytest.fixture(autouse=True, scope="session")
def _impatient_gateway() -> None:
    """Stripe's package waits half a second before it asks again."""
    stripe.HTTPClient.INITIAL_DELAY = 0.01


@pytest.fixture(autouse=True)
def _nothing_is_usual_yet() -> None:
    """A process keeps for minutes what is usual in the shop; each test has a shop of its own."""
    forget_usual()


@pytest.fixture(autouse=True)
def _mail_to_memory(settings: Settings) -> None:
    """Mails end in `mailoutbox`."""
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
