"""A customer walks through the whole shop, and then everything that outlives the requests is searched for her.

She signs up, logs in, buys what calls for a call, is rung, gets her parcel, returns a part of it, writes a review, has another
order cancelled, takes her data away, is looked up by staff, and is in the request while a page crashes. Exempt are only the
mails to herself.
"""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from catalog.models import Variant
from checkout.gateways import forget_gateways
from checkout.gateways.stripe import StripeGateway
from checkout.models import KeptAddress, Order
from checkout.proofs import confirmation_proof
from checkout.services.shipping import ship_order
from checkout.states import OrderStatus
from fraud.models import Call, CallTask
from store.backups.keys import backup_keys
from store.backups.make import run_backup
from store.backups.streams import open_stream
from store.logs import make_formatter
from store.models import User
from tests.canary import CANARY, find_leaks
from tests.checkout.shopper import Shopper
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import DeliveryMethodFactory
from tests.sandbox.process import RunningSandbox
from tests.searching import search

pytestmark = pytest.mark.django_db(transaction=True)

DETAILS = {
    "email": CANARY["email"],
    "phone": "(503) 555-9267",
    "bill_name": CANARY["name"],
    "bill_line1": CANARY["line1"],
    "bill_line2": CANARY["line2"],
    "bill_city": CANARY["city"],
    "bill_region": "OR",
    "bill_postcode": CANARY["postcode"],
    "is_gift": "on",
    "gift_message": f"{CANARY['note']}, {CANARY['name']}",
    "order_note": CANARY["note"],
}
# To her aunt in another state: the rules call for a call.
TO_HER_AUNT = {
    "ship_elsewhere": "on",
    "ship_name": f"Aunt {CANARY['name']}",
    "ship_line1": CANARY["line1"],
    "ship_city": CANARY["city"],
    "ship_region": "FL",
    "ship_postcode": "33122",
    "ship_country": "US",
}
TYPED_AT_THE_GATEWAY = {
    "name": CANARY["name"],
    "line1": CANARY["line1"],
    "city": CANARY["city"],
    "postcode": CANARY["postcode"],
}


class CrashingGateway(StripeGateway):
    """Fails as no gateway should: with an error that nobody expects."""

    def start(self, *args: Any, **kwargs: Any) -> Any:
        """Crash, with all of her in the variables around."""
        raise RuntimeError("the wire came loose")


@pytest.fixture
def polisher() -> Variant:
    DeliveryMethodFactory.create()
    for price in (900, 1100, 1250, 1400, 1800, 2200, 2600, 3400, 4900):
        VariantFactory.create(price=price, on_hand=20)
    return VariantFactory.create(price=89900, on_hand=40, product__name="Grand Polisher")


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """All that the shop logs with LOG_LEVEL=DEBUG, as production writes it.

    The settings keep Django's own loggers at INFO whatever LOG_LEVEL is: at DEBUG they print SQL and the variables of pages.
    """
    assert logging.getLogger("django.template").getEffectiveLevel() == logging.INFO
    path = tmp_path / "kept" / "shop.log"
    path.parent.mkdir()
    handler = logging.FileHandler(path)
    handler.setFormatter(make_formatter(as_json=True))
    talkative = [logging.getLogger(name) for name in ("", "django.request", "django.security", "django.tasks")]
    levels = [logger.level for logger in talkative]
    for logger in talkative:
        logger.setLevel(logging.DEBUG)
    talkative[0].addHandler(handler)
    yield path
    talkative[0].removeHandler(handler)
    handler.close()
    for logger, level in zip(talkative, levels, strict=True):
        logger.setLevel(level)


def keep_what_is_kept(folder: Path) -> None:
    """Put into `folder` all that outlives the requests: database, backup, sessions, cache, jobs."""
    if connection.vendor == "sqlite":
        for suffix in ("", "-wal"):
            (folder / f"database{suffix}").write_bytes(Path(f"{connection.settings_dict['NAME']}{suffix}").read_bytes())
    # The backup as it lies there, and the dump inside it, which whoever has its key sees: pg_dump's, or an SQLite file.
    backup = run_backup(timezone.now()).backup
    with (folder / "dump").open("wb") as dump:
        open_stream(backup.folder / "database.age", backup.manifest.parts["database"], keys=backup_keys(), give=dump.write)
    assert backup.manifest.rows["checkout_order"] > 1
    assert b"v1.test1.gAAAAAAAAAAA" in (folder / "dump").read_bytes()
    # Signed and packed in the database: here as the shop reads it.
    sessions = [session.get_decoded() for session in Session.objects.all()]
    assert sessions
    (folder / "sessions").write_text(json.dumps(sessions, default=str))
    (folder / "cache").write_bytes(
        pickle.dumps(getattr(cache, "_cache", {})) + b"".join(getattr(cache, "_cache", {}).values())
    )
    jobs = list(DBTaskResult.objects.values("task_path", "args_kwargs", "return_value", "traceback", "exception_class_path"))
    assert len(jobs) > 5
    (folder / "jobs").write_text(json.dumps(jobs, default=str))


def walk_through_the_shop(
    polisher: Variant, sandbox: RunningSandbox, run_tasks: Callable[[], int], settings: Settings
) -> None:
    shopper = Shopper(
        Client(raise_request_exception=False, REMOTE_ADDR=CANARY["ip"], headers={"user-agent": CANARY["user_agent"]})
    )
    browser = shopper.client

    # She signs up, mistypes her password once, logs in.
    User.objects.create_user(CANARY["email"], CANARY["password"], name=CANARY["name"])
    who = {"email": CANARY["email"], "name": CANARY["name"], "password": CANARY["password"]}
    assert browser.post("/account/sign-up/", who).status_code == 302
    assert browser.post("/account/reset/", {"email": CANARY["email"]}).status_code == 302
    assert browser.post("/account/log-in/", {"username": CANARY["email"], "password": CANARY["note"]}).status_code == 422
    assert browser.post("/account/log-in/", {"username": CANARY["email"], "password": CANARY["password"]}).status_code == 302
    run_tasks()

    # She buys, pays, is rung by staff, and gets her parcel.
    bought = shopper.order(polisher, 12, **DETAILS, **TO_HER_AUNT)
    assert shopper.pay(bought, sandbox, **TYPED_AT_THE_GATEWAY)["status"] == "paid"
    for event in sandbox.take_events():
        browser.post("/webhooks/stripe/", event.payload, content_type="application/json", headers=event.headers)
    shopper.come_back(bought)
    run_tasks()
    desk = Client()
    desk.force_login(User.objects.create_superuser("rosa@shop.example", "a long phrase for rosa 7"))
    call = call_about(bought, desk, answer="confirms")
    desk.post(reverse("admin:fraud_calltask_release", args=[call.pk]))
    run_tasks()
    bought.refresh_from_db()
    assert bought.status == OrderStatus.RELEASED
    ship_order(order_id=bought.pk, by=None, carrier="Parcel Post", tracking_number="PP123", now=timezone.now())

    give_back_and_tell(bought, browser, desk)
    run_tasks()

    # Another order is cancelled by staff, and a third is only begun.
    other = shopper.order(polisher, 12, **DETAILS, **TO_HER_AUNT)
    shopper.pay(other, sandbox, **TYPED_AT_THE_GATEWAY)
    shopper.come_back(other)
    run_tasks()
    call = call_about(other, desk, answer="denies")
    write_to_the_desk(other, call, browser, desk)
    run_tasks()
    desk.post(
        reverse("admin:fraud_calltask_cancel", args=[call.pk]),
        {"reason": "denied", "why": f"{CANARY['name']}: {CANARY['note']}"},
    )
    run_tasks()
    other.refresh_from_db()
    assert other.status == OrderStatus.CANCELLED

    # She looks at her account and takes her data away.
    assert bought.number in browser.get("/account/").content.decode()
    handed_out = browser.post("/account/data/", {"step": "download", "download-current_password": CANARY["password"]})
    handed_out_text = b"".join(handed_out).decode()
    assert CANARY["name"] in handed_out_text
    assert "fraud." not in handed_out_text  # nor what we found, nor what was written down when we rang

    # Staff look for her.
    for page, words in (("checkout/order", ("email", "phone", "name")), ("store/user", ("email",))):
        for word in words:
            found = search(desk, page, CANARY[word].split()[-1])
            assert "1 result" in found.content.decode() or "2 results" in found.content.decode(), (page, word)
    desk.post(f"/admin/checkout/order/{bought.pk}/reveal/", {"look_reason": "check"})
    assert CANARY["name"] in desk.get(f"/admin/checkout/order/{bought.pk}/change/").content.decode()

    # Pages fail while she is in the request.
    shopper.add(polisher)
    assert browser.get(f"/no-such-page/{CANARY['name']}/", headers={"referer": CANARY["email"]}).status_code == 404
    assert (
        browser.post("/checkout/", {**DETAILS, "step": "review", "bill_postcode": "?", "phone": CANARY["note"]}).status_code
        == 422
    )
    forged = Client(enforce_csrf_checks=True).post("/checkout/", {**DETAILS, "step": "review"})
    assert forged.status_code == 403
    settings.ADMINS = ["ops@shop.example"]
    settings.PAYMENT_GATEWAYS = {
        "stripe": {**settings.PAYMENT_GATEWAYS["stripe"], "BACKEND": "tests.test_canary.CrashingGateway"}
    }
    forget_gateways()
    crashed = shopper.place(shopper.review(**DETAILS))
    assert crashed.status_code == 500
    assert CANARY["name"] not in crashed.content.decode()
    run_tasks()


def write_to_the_desk(order: Order, call: CallTask, browser: Client, desk: Client) -> None:
    """She sends a letter, answers by mail, has the parcel sent elsewhere, keeps the address, and asks for the order's link."""
    letter = SimpleUploadedFile(f"{CANARY['name']}.pdf", f"%PDF-1.7 {CANARY['note']} %%EOF".encode())
    desk.post(reverse("admin:fraud_calltask_attach", args=[call.pk]), {"file": letter})
    desk.post(reverse("admin:fraud_calltask_ask", args=[call.pk]))
    proof = confirmation_proof(order.confirmations.get())
    assert browser.post(f"/orders/{order.token}/confirm/{proof}/", {"answer": "no"}).status_code == 200
    place = {"name": CANARY["name"], "line1": f"2 {CANARY['line1']}", "city": CANARY["city"], "postcode": "33122"}
    moved = desk.post(
        reverse("admin:fraud_calltask_readdress", args=[call.pk]), {**place, "as_typed": "on", "why": CANARY["note"]}
    )
    assert (moved.status_code, call.files.count()) == (302, 1)

    home = {f"home_{name}": DETAILS[f"bill_{name}"] for name in ("name", "line1", "line2", "city", "region", "postcode")}
    kept = browser.post("/account/addresses/edit/", {**home, "home_country": "US", "label": CANARY["note"]})
    assert (kept.status_code, KeptAddress.objects.get().label) == (302, CANARY["note"])
    assert browser.post("/find-order/", {"number": order.number, "email": CANARY["email"]}).status_code == 302
    assert browser.post("/account/past-orders/").status_code == 302


def give_back_and_tell(bought: Order, browser: Client, desk: Client) -> None:
    """She returns one of them, and says what she thinks; staff answer both by name."""
    line = bought.lines.get().pk
    told = f"{CANARY['name']}: {CANARY['note']}"
    page = f"/orders/{bought.token}/"
    form = {f"quantity_{line}": 1, f"reason_{line}": "faulty", "note": told, "attempt": str(uuid4())}
    assert browser.post(f"{page}return/", form).status_code == 302
    found = bought.returns.get()
    for name, values in (
        ("approve", {"answer": told}),
        ("receive", {f"arrived_{found.lines.get().pk}": 1, "condition": told}),
        ("close", {"close-why": told}),
    ):
        desk.post(reverse(f"admin:checkout_return_{name}", args=[found.pk]), values)
    found.refresh_from_db()
    assert (found.status, found.words, found.answer, found.condition) == ("closed", told, told, told)

    opinion = {"stars": 5, "title": CANARY["note"], "text": told, "name": CANARY["name"]}
    assert browser.post(f"{page}opinion/{line}/", opinion).status_code == 302
    review = bought.reviews.get()
    for name, values in (("reject", {"why": told}), ("publish", {}), ("reply", {"reply": told})):
        desk.post(reverse(f"admin:checkout_review_{name}", args=[review.pk]), values)
    assert told in browser.get(review.product.get_absolute_url()).content.decode()
    assert told in browser.get(page).content.decode()


def call_about(order: Order, desk: Client, *, answer: str) -> CallTask:
    """Claim the call, and write down what was said."""
    task = CallTask.objects.get(order=order)
    assert order.number in desk.get(reverse("admin:fraud_calltask_changelist")).content.decode()
    desk.post(reverse("admin:fraud_calltask_claim", args=[task.pk]))
    desk.get(reverse("admin:fraud_calltask_change", args=[task.pk]))
    desk.post(
        reverse("admin:fraud_calltask_record", args=[task.pk]),
        {"outcome": "reached", "answer": answer, "note": f"{CANARY['name']} says {CANARY['note']}"},
    )
    assert Call.objects.get(task=task).note.endswith(CANARY["note"])
    return task


def test_nothing_of_a_customer_is_left_readable_by_the_whole_journey(
    polisher: Variant,
    sandbox: RunningSandbox,
    run_tasks: Callable[[], int],
    settings: Settings,
    tmp_path: Path,
    log_file: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "kept" / "media"
    settings.ERASURE_LEDGER = tmp_path / "kept" / "erasures.jsonl"
    settings.BACKUP_DIR = tmp_path / "kept" / "backups"

    walk_through_the_shop(polisher, sandbox, run_tasks, settings)

    # She is there, and the journey did leave traces.
    bought = Order.objects.filter(status=OrderStatus.SHIPPED).get()
    payment = bought.payments.get()
    assert (bought.email, bought.phone, bought.ip_address) == (CANARY["email"], CANARY["phone"], CANARY["ip"])
    assert bought.user_agent == CANARY["user_agent"]
    assert (payment.payer_name, payment.payer_line1) == (CANARY["name"], CANARY["line1"])
    assert {address for message in mail.outbox for address in message.to} == {CANARY["email"]}  # and no mail about the crash
    logged = log_file.read_text()
    assert "Not Found: /no-such-page/…" in logged
    assert "the wire came loose" in logged
    keep_what_is_kept(log_file.parent)
    assert bought.number.encode() in (log_file.parent / "dump").read_bytes()

    assert find_leaks(log_file.parent) == []
