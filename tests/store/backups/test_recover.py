"""After a break-in: from a shop with a thief in it to one whose doors were all changed, killed at every step on the way."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout.gateways import forget_gateways, get_gateway
from checkout.gateways.base import LineToPay, OrderToPay, PostalAddress, ReturnUrls
from checkout.models import Alert, Document, Order, OrderAddress, Payment
from checkout.recovery.asking import note_former_secrets, renew_gateway_secrets
from checkout.recovery.payments import without_order
from checkout.services.release import UnableToReleaseOrder, release_order
from checkout.services.settle import settle
from store import faults
from store.accounts.links import ResetTokens
from store.backups.keys import backup_keys
from store.backups.make import run_backup
from store.backups.streams import Part, open_stream
from store.erasure import erase_customer
from store.keyring import Keyring, UnableToDecrypt
from store.maintenance import is_closed
from store.models import Authenticator, User
from store.money import Money
from store.recovery.secrets import SecretFiles
from store.recovery.state import Recovery, UnableToRecover
from store.staff.invitations import BadInvitation, find_invited, invitation_link
from tests.checkout.scenes import on_hold
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import DANA, DeliveryMethodFactory
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
STOLEN = {"STRIPE_API_KEY": "sk_test_stolen", "STRIPE_WEBHOOK_SECRET": "whsec_stolen"}
URLS = ReturnUrls(success="http://testserver/orders/x/returned/", cancel="http://testserver/orders/x/")


@pytest.fixture(autouse=True)
def _own_places(settings: Settings, tmp_path: Path) -> None:
    settings.MAINTENANCE_FILE = tmp_path / "ledger" / "closed"
    settings.EVIDENCE_DIR = tmp_path / "evidence"


@dataclass
class Shop:
    """A shop that was broken into: what it had at the last backup, and what happened since."""

    secrets: Path
    new_secrets: list[str]
    field_keys: str
    brush: Variant
    owner: User
    stolen_session: str
    stolen_link: str
    stolen_reset: str
    authorised: Order  # before the backup, and captured after it
    placed: Order  # after the backup
    captured: Order  # placed and captured after the backup
    altered: Order  # placed after the backup; the thief wrote another address into it
    payment_without_order: uuid.UUID


def write_secrets(folder: Path, settings: Settings, **more: str) -> Path:
    folder.mkdir()
    for name, value in {"SECRET_KEY": settings.SECRET_KEY, "FIELD_KEYS": settings.FIELD_KEYS, **more}.items():
        (folder / name.lower()).write_text(f"{value}\n")
    return folder


def paid_nowhere_else(brush: Variant, sandbox: RunningSandbox) -> uuid.UUID:
    """An order of which only the gateway knows: the thief deleted it."""
    to_pay = OrderToPay(
        payment_id=str(uuid.uuid4()),
        number="R-1234-5678",
        lines=(
            LineToPay(name=f"3 x Walnut brush ({brush.label})", unit_amount=3700, quantity=1),  # with a coupon
            LineToPay(name="Mystery box", unit_amount=700, quantity=1),
            LineToPay(name="Standard delivery", unit_amount=595, quantity=1),
        ),
        total=Money(4995, "USD"),
        email="ghost@example.com",
        expires_at=datetime.now(UTC) + timedelta(minutes=40),
        ship_to=PostalAddress(**{**DANA, "name": "Gus Host"}),
    )
    page = get_gateway("stripe").start(to_pay, urls=URLS, idempotency_key=f"start:{to_pay.payment_id}")
    sandbox.pay(page.session_id, country="US", postcode="97214")
    return uuid.UUID(to_pay.payment_id)


@pytest.fixture
def shop(live: str, sandbox: RunningSandbox, settings: Settings, tmp_path: Path) -> Iterator[Shop]:
    for name in ("SECRET_KEY", "FIELD_KEYS"):
        setattr(settings, name, getattr(settings, name))  # put back at the end, whatever recover makes of it
    settings.SECRET_KEY_FALLBACKS = []
    del settings.PAYMENT_GATEWAYS["paypal"]
    DeliveryMethodFactory.create()
    brush = VariantFactory.create(sku="BRUSH", price=1250, on_hand=10, product__name="Walnut brush")
    earlier = timezone.now() - timedelta(days=3)
    owner = User.objects.create_superuser("olive@shop.example", "a long phrase for olive 7", date_joined=earlier)
    Authenticator.objects.create(user=owner, secret="JBSWY3DPEHPK3PXP", confirmed_at=earlier, made_at=earlier)
    invited = User.objects.create_user("ivo@shop.example", None, is_staff=True, date_joined=earlier)
    User.objects.create_user("gone@example.com", "correct horse battery staple", date_joined=earlier, name="Gone Girl")
    session = SessionStore()
    session["_auth_user_id"] = str(owner.pk)
    session.save()
    authorised, _ = on_hold(brush, sandbox)
    run_backup(timezone.now())

    mallory = User.objects.create_superuser("mallory@evil.example", "a long phrase for mallory 7")
    thief = SessionStore()
    thief["_auth_user_id"] = str(mallory.pk)
    thief.save()
    erase_customer(email="gone@example.com", now=timezone.now())
    placed, _ = on_hold(brush, sandbox)
    captured, _ = on_hold(brush, sandbox)
    for order in (captured, authorised):  # and so are their invoices numbered
        release_order(order_id=order.pk, by=None, why="Assessed as clear.", now=timezone.now())
    altered, _ = on_hold(brush, sandbox)
    address = OrderAddress.objects.get(order=altered, kind="ship_to")
    address.line1 = "1 Thief Road"
    address.save()
    yield Shop(
        secrets=write_secrets(tmp_path / "secrets", settings, **STOLEN),
        new_secrets=[
            f"--secret=STRIPE_API_KEY={_file(tmp_path / 'new_key', sandbox.api_key)}",
            f"--secret=STRIPE_WEBHOOK_SECRET={_file(tmp_path / 'new_hook', 'whsec_new')}",
        ],
        field_keys=settings.FIELD_KEYS,
        brush=brush,
        owner=owner,
        stolen_session=str(session.session_key),
        stolen_link=invitation_link(invited, lifetime=timedelta(days=30), now=timezone.now()).rstrip("/").rpartition("/")[2],
        stolen_reset=ResetTokens().make_token(owner),
        authorised=authorised,
        placed=placed,
        captured=captured,
        altered=altered,
        payment_without_order=paid_nowhere_else(brush, sandbox),
    )
    forget_gateways()


def _file(path: Path, text: str) -> Path:
    path.write_text(f"{text}\n")
    return path


class Killed(BaseException):
    """As kill -9, as far as one process can play it."""


def recover_killed_everywhere(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[str, list[str]]:
    """Run until it ends, killed once at every fault point; give what it said, and where it was killed."""
    visited: list[str] = []

    def die(name: str) -> None:
        if name.startswith("recover.") and name not in visited:
            visited.append(name)
            raise Killed

    monkeypatch.setattr(faults, "_watcher", die)
    out = StringIO()
    while True:
        try:
            call_command("recover", *arguments, stdout=out)
        except Killed:
            out.truncate(0)
            continue
        monkeypatch.setattr(faults, "_watcher", None)
        return out.getvalue(), visited


def stored_email(order: Order) -> str:
    with connection.cursor() as cursor:
        pk = order.pk if connection.vendor == "postgresql" else order.pk.hex
        cursor.execute("SELECT email FROM checkout_order WHERE id = %s", [pk])
        return str(cursor.fetchone()[0])


def test_a_shop_that_was_broken_into_opens_with_every_lock_changed_and_every_payment_in_its_books(
    shop: Shop, sandbox: RunningSandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.PAYMENT_GATEWAYS["stripe"] |= {"api_key": STOLEN["STRIPE_API_KEY"], "webhook_secret": "whsec_stolen"}
    log = _file(tmp_path / "web.log", "GET /admin/ 200")
    arguments = ["--confirm=Ringback", f"--secrets={shop.secrets}", *shop.new_secrets, f"--logs={log}"]
    before = timezone.now() - timedelta(seconds=1)

    said, killed_at = recover_killed_everywhere(monkeypatch, *arguments)

    steps = [
        "close",
        "evidence",
        "secrets",
        "choose",
        "restore",
        "accounts",
        "payments",
        "erasures",
        "keys",
        "check",
        "open",
    ]
    assert killed_at == [f"recover.{step}.{when}" for step in steps for when in ("before", "after")]
    assert "Recovered in 0." in said
    # Nobody is in who was: not the thief's account, not a session of before or after, no link, no password, no app.
    assert set(User.objects.filter(is_staff=True).values_list("email_index", flat=True)) == {
        User.objects.for_email(email).get().email_index for email in ("olive@shop.example", "ivo@shop.example")
    }
    assert not Session.objects.exists()
    assert not Authenticator.objects.exists()
    owner = User.objects.get(pk=shop.owner.pk)
    assert not owner.has_usable_password()
    assert not ResetTokens().check_token(owner, shop.stolen_reset)
    with pytest.raises(BadInvitation):
        find_invited(token=shop.stolen_link, now=timezone.now())
    link = said.split("olive@shop.example: ")[1].split()[0]
    assert find_invited(token=link.rstrip("/").rpartition("/")[2], now=timezone.now()) == owner
    # Every secret is another one, in the files that the shop reads.
    now_in_files = {path.name: path.read_text() for path in shop.secrets.iterdir()}
    assert sorted(now_in_files) == ["field_keys", "secret_key", "stripe_api_key", "stripe_webhook_secret"]
    assert now_in_files["secret_key"] == settings.SECRET_KEY
    assert now_in_files["stripe_api_key"] == sandbox.api_key
    assert now_in_files["stripe_webhook_secret"] == "whsec_new"
    # One field key, which is new: the former one opens nothing.
    (kid,) = Keyring(now_in_files["field_keys"]).keys
    stored = stored_email(shop.placed)
    assert kid not in Keyring(shop.field_keys).keys
    assert stored.startswith(f"v1.{kid}.")
    assert Order.objects.get(pk=shop.placed.pk).email == "dana@example.com"
    with pytest.raises(UnableToDecrypt):
        Keyring(shop.field_keys).cipher("checkout_order", "email").open(shop.placed.pk, stored)
    # Who was erased stays so.
    assert not User.objects.for_email("gone@example.com").exists()
    # Every payment has its order.
    assert without_order(since=before - timedelta(hours=1), until=timezone.now()) == []
    assert len(sandbox.ledger()) == Payment.objects.count() == 5
    found = {
        payment.order.number: (payment.order.status, payment.status, payment.order.is_frozen)
        for payment in Payment.objects.select_related("order")
    }
    ghost = Payment.objects.select_related("order").get(pk=shop.payment_without_order).order
    assert found == {
        shop.authorised.number: ("on_hold", "captured", False),
        shop.placed.number: ("on_hold", "authorized", True),
        shop.captured.number: ("on_hold", "captured", True),
        shop.altered.number: ("on_hold", "authorized", True),
        "R-1234-5678": ("on_hold", "authorized", True),
    }
    # Invoices that customers have keep their numbers.
    assert [document.order.number for document in Document.objects.order_by("serial").select_related("order")] == [
        shop.captured.number,
        shop.authorised.number,
    ]
    # One of which the database of before told lies, and one of which it knew nothing: from the gateway.
    altered = Order.objects.get(number=shop.altered.number)
    assert altered.ship_to.line1 == DANA["line1"]
    assert [(line.sku, line.quantity, line.unit_price) for line in altered.lines.all()] == [("BRUSH", 2, 1250)]
    assert (ghost.email, ghost.ship_to.name, ghost.total, ghost.delivery_total) == (
        "ghost@example.com",
        "Gus Host",
        4995,
        595,
    )
    assert [(line.sku, line.quantity, line.total, line.discount) for line in ghost.lines.order_by("pk")] == [
        ("BRUSH", 3, 3750, 50),
        ("UNKNOWN-GOODS", 1, 700, 0),
    ]
    brush = Variant.objects.get(pk=shop.brush.pk)
    assert (brush.on_hand, brush.held) == (11, 11)  # four orders of two, one of three: one more than there were
    # A person is told of each, and nothing of them goes on by itself.
    told = {alert.cause.partition(":")[0]: alert.message for alert in Alert.objects.filter(order=shop.captured)}
    assert "Before, it was said to be: released." in told["rebuilt"]
    assert "the database of before said: released" in Alert.objects.get(cause=f"rebuilt-state:{shop.authorised.pk}").message
    assert Alert.objects.filter(cause__startswith="rebuilt:").count() == 4
    with pytest.raises(UnableToReleaseOrder, match="rebuilt after a break-in"):
        release_order(order_id=shop.placed.pk, by=None, why="Assessed as clear.", now=timezone.now())
    assert settle(payment_id=Payment.objects.get(order=shop.placed).pk, now=timezone.now()).status == "authorized"
    # Evidence, sealed; and how far it is, without a secret.
    (place,) = [path for path in settings.EVIDENCE_DIR.iterdir() if path.is_dir()]
    facts = json.loads((place / "evidence.json").read_text())
    assert set(facts["parts"]) == {"database", "erasures", "keys", "log-1"}
    content = bytearray()
    open_stream(place / "log-1.age", Part(**facts["parts"]["log-1"]), keys=backup_keys(), give=content.extend)
    assert content == b"GET /admin/ 200\n"
    assert facts["audit"]["faults"] == []
    state = settings.EVIDENCE_DIR / "recovery.json"
    assert state.stat().st_mode & 0o777 == 0o600
    secrets = [*now_in_files.values(), *STOLEN.values(), shop.field_keys]
    assert not any(secret.strip() in state.read_text() for secret in secrets)
    # Open, to processes that know the new keys; and done once.
    assert not settings.MAINTENANCE_FILE.exists()
    assert is_closed()
    with pytest.raises(CommandError, match="was finished at .* Nothing was done."):
        call_command("recover", *arguments, stdout=StringIO())


def test_a_dry_run_tells_and_does_nothing(live: str, settings: Settings, sandbox: RunningSandbox) -> None:
    out = StringIO()
    call_command("recover", "--dry-run", "--before=2026-11-22T12:00Z", stdout=out)
    assert "It would go back to 20261122T120000Z" in out.getvalue()
    assert "STRIPE_API_KEY, STRIPE_WEBHOOK_SECRET, PAYPAL_CLIENT_SECRET" in out.getvalue()
    assert "No drill is known to have gone well" in out.getvalue()
    assert not settings.MAINTENANCE_FILE.exists()
    assert not settings.EVIDENCE_DIR.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], 'Nothing was done. To recover, add --confirm "Ringback"'),
        (["--confirm=Ringback"], "SECRET_KEY is not in a file"),
        (["--confirm=Ringback", "--before=yesterday"], "'yesterday' is no time"),
        (["--dry-run", "--before=2020-01-01T00:00Z"], "There is no backup from 2020-01-01T00:00"),
    ],
)
def test_what_could_not_be_done_to_the_end_is_not_begun(
    arguments: list[str], words: str, live: str, settings: Settings
) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("recover", *arguments, stdout=StringIO())
    assert not settings.MAINTENANCE_FILE.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"STRIPE_API_KEY": ""}, "No STRIPE_API_KEY was given"),
        ({"STRIPE_API_KEY": "sk_test_stolen"}, "the one from before the break-in"),
        ({"STRIPE_API_KEY": "sk_test_new", "STRIPE_WEBHOOK_SECRET": "whsec_new,whsec_stolen"}, "the one from before"),
        ({"STRIPE_API_KEY": "sk_test_wrong", "STRIPE_WEBHOOK_SECRET": "whsec_new"}, "does not accept our key"),
    ],
)
def test_a_secret_that_others_know_or_that_opens_nothing_is_not_taken(
    given: dict[str, str], words: str, sandbox: RunningSandbox, settings: Settings, tmp_path: Path
) -> None:
    stripe = settings.PAYMENT_GATEWAYS["stripe"] | {"api_key": "sk_test_stolen", "webhook_secret": "whsec_stolen"}
    settings.PAYMENT_GATEWAYS = {"stripe": stripe}
    files = SecretFiles(write_secrets(tmp_path / "secrets", settings, **STOLEN))
    recovery = Recovery(started_at=timezone.now(), before=None)
    note_former_secrets(recovery)
    ask: Callable[[str, str], str] = lambda name, _where: given[name]  # noqa: E731 - the shortest way to say it

    with pytest.raises(UnableToRecover, match=words):
        renew_gateway_secrets(recovery, files, ask=ask, save=lambda: None, now=timezone.now())

    assert recovery.renewed == [name for name in given if name == "STRIPE_API_KEY" and given[name] == "sk_test_new"]
