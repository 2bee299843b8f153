"""The lists: what an entry would have met is shown before it is added; who added it and why stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.utils import timezone

from checkout.models import Order
from checkout.states import OrderStatus, PaymentStatus
from fraud.listing import preview_entry
from fraud.models import ListEntry
from fraud.services.lists import UnableToList, add_list_entry, remove_list_entry
from store.blind_index import blind_index
from store.erasure import erase_customer
from store.models import User
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import make_order
from tests.fraud.conftest import make_staff

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
ADD = "/admin/fraud/listentry/add/"
KIND, EFFECT = ListEntry.Kind, ListEntry.Effect


@pytest.fixture
def ella(db: None) -> User:
    """May change the lists, and nothing else."""
    return make_staff("Ella Moss", "change_lists")


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def add(user: User, **changes: Any) -> ListEntry:
    values: dict[str, Any] = {
        "kind": KIND.EMAIL,
        "effect": EFFECT.BLOCK,
        "value": "Thief@Example.com",
        "reason": "Three stolen cards.",
        "order": None,
        "expires_at": None,
        "now": NOON,
        **changes,
    }
    return add_list_entry(by=user, **values)


def test_entry_is_found_by_digest_and_its_value_is_encrypted(ella: User) -> None:
    entry = add(ella)
    entry.refresh_from_db()
    assert entry.digest == blind_index("email", "thief@example.com")
    assert (entry.value, entry.reason, entry.added_by) == ("Thief@Example.com", "Three stolen cards.", ella)
    with connection.cursor() as cursor:
        cursor.execute("SELECT value, reason FROM fraud_listentry")
        assert all(stored.startswith("v1.test1.") for stored in cursor.fetchone())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reason": " "}, "Say why"),
        ({"reason": "Card 4242 4242 4242 4242"}, "That looks like a card number"),
        ({"value": "4242424242424242", "kind": KIND.CARD}, "That looks like a card number"),
        ({"effect": EFFECT.WATCH}, "does not go together"),
        ({"kind": KIND.SKU, "value": "POL-9"}, "does not go together"),
        ({"expires_at": NOON}, "over before it began"),
        ({"value": " "}, "could be found again"),
        ({"kind": KIND.IP, "value": "nowhere"}, "could be found again"),
    ],
)
def test_what_does_not_add_up_is_refused(ella: User, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(UnableToList, match=told):
        add(ella, **changes)
    assert ListEntry.objects.count() == 0


def test_an_entry_is_there_once_until_it_lapses_or_is_taken_off(ella: User, rosa: User) -> None:
    first = add(ella, expires_at=NOON + timedelta(days=1))
    with pytest.raises(UnableToList, match="on that list already"):
        add(ella, value="THIEF@example.com")
    second = add(ella, now=NOON + timedelta(days=2))  # the first one's time is over
    remove_list_entry(entry_id=second.pk, by=rosa, now=NOON + timedelta(days=3))
    with pytest.raises(UnableToList, match="off the list already"):
        remove_list_entry(entry_id=second.pk, by=ella, now=NOON + timedelta(days=4))
    second.refresh_from_db()
    assert (second.removed_by, second.removed_at) == (rosa, NOON + timedelta(days=3))
    third = add(ella, now=NOON + timedelta(days=4))
    assert set(ListEntry.objects.running(NOON + timedelta(days=5))) == {third}
    assert ListEntry.objects.filter(pk=first.pk).exists()  # it stays, as a record


def test_preview_says_what_became_of_the_orders_an_entry_would_have_met() -> None:
    brush = VariantFactory.create(on_hand=50, sku="POL-9")
    sent: dict[str, Any] = {"status": OrderStatus.SHIPPED, "payment_status": PaymentStatus.CAPTURED}
    good = make_order(variant=brush, placed_at=NOON, **sent)
    stopped = make_order(
        placed_at=NOON + timedelta(hours=1), status=OrderStatus.CANCELLED, payment_status=None, cancel_reason="denied"
    )
    make_order(
        placed_at=NOON, email="x@spam.example", phone="+15035550199", ip_address="198.51.100.9", ship_to={"country": "CA"}
    )
    address = "1420 SE ANKENY STREET\nApt 3\nPortland\n97214\nUS"
    for kind, value, numbers in (
        (KIND.EMAIL, "DANA@example.com", [stopped, good]),
        (KIND.PHONE, "503 555 0142", [stopped, good]),
        (KIND.IP, "203.0.113.7", [stopped, good]),
        (KIND.ADDRESS, address, [stopped, good]),
        (KIND.FORWARDER, address.replace("STREET", "St."), [stopped, good]),
        (KIND.CARD, "fp_dana", [good]),
        (KIND.SKU, "pol-9", [good]),
        (KIND.POSTCODE, "972*\nus", [stopped, good]),
        (KIND.EMAIL, "", []),
    ):
        preview = preview_entry(kind=kind, value=value)
        shown = [order.number for order in preview.orders if order.email != "x@spam.example"]
        assert shown == [order.number for order in numbers], kind
    preview = preview_entry(kind=KIND.EMAIL, value="dana@example.com")
    assert (preview.count, preview.sent, preview.stopped, preview.is_sample) == (2, 1, 1, False)
    for kind, value in ((KIND.DOMAIN, "spam.example"), (KIND.COUNTRY, "ca")):
        preview = preview_entry(kind=kind, value=value)
        assert (preview.count, preview.is_sample) == (1, True), kind


def test_nothing_is_added_before_it_was_looked_at(ella: User) -> None:
    order = make_order(placed_at=timezone.now())
    client = browser(ella)
    typed = {"email": "dana@example.com", "effect": "block", "reason": "Three stolen cards.", "days": "30"}
    blind = client.post(f"{ADD}?kind=email", {**typed, "step": "add", "looked": "x"})
    assert blind.status_code == 200
    assert ListEntry.objects.count() == 0
    assert "1 past order would match" in blind.content.decode()
    assert order.number in blind.content.decode()
    looked = blind.context["looked"]
    # Another value than the one that was looked at is looked at first.
    other = client.post(f"{ADD}?kind=email", {**typed, "email": "rosa@example.com", "step": "add", "looked": looked})
    assert "No past order would match" in other.content.decode()
    assert ListEntry.objects.count() == 0
    done = client.post(f"{ADD}?kind=email", {**typed, "step": "add", "looked": looked}, follow=True)
    entry = ListEntry.objects.get()
    assert (entry.kind, entry.effect, entry.value, entry.added_by) == ("email", "block", "dana@example.com", ella)
    assert entry.expires_at == entry.added_at + timedelta(days=30)
    assert "It is on the list" in done.content.decode()


def test_the_value_can_be_taken_from_an_order(ella: User) -> None:
    order = make_order(placed_at=timezone.now())
    client = browser(ella)
    for kind, effect in (
        ("phone", "review"),
        ("address", "block"),
        ("card", "block"),
        ("domain", ""),
        ("postcode", ""),
        ("ip", "allow"),
    ):
        typed = {"order_number": order.number.lower(), "effect": effect, "reason": "Denied on the phone."}
        page = client.post(f"{ADD}?kind={kind}", {**typed, "step": "look"})
        assert page.status_code == 200, page.content.decode()
        client.post(f"{ADD}?kind={kind}", {**typed, "step": "add", "looked": page.context["looked"]})
    found = {entry.kind: (entry.value or "", entry.order_id) for entry in ListEntry.objects.all()}
    assert found == {
        "phone": ("+15035550142", order.pk),
        "address": ("1420 SE Ankeny Street\nApt 3\nPortland\n97214\nUS", order.pk),
        "card": ("fp_dana", order.pk),
        "domain": ("example.com", order.pk),
        "postcode": ("97214\nUS", order.pk),
        "ip": ("203.0.113.7", order.pk),
    }


def test_bad_input_is_told_and_nothing_is_saved(ella: User) -> None:
    client = browser(ella)
    for kind, typed, told in (
        ("email", {"effect": "block", "reason": "x"}, "Type it, or name the order that carries it."),
        ("email", {"email": "a@b.example", "reason": "x"}, "Choose what follows."),
        ("email", {"email": "a@b.example", "effect": "block"}, "Say why"),
        ("sku", {"sku": "A", "reason": "x", "order_number": "R-0000-0000"}, "There is no order with this number."),
        ("card", {"card_fingerprint": "4242 4242 4242 4242", "effect": "block", "reason": "x"}, "looks like a card number"),
    ):
        page = client.post(f"{ADD}?kind={kind}", {**typed, "step": "look"})
        assert page.status_code == 422
        assert told in page.content.decode()
    assert ListEntry.objects.count() == 0


def test_only_the_right_to_change_lists_changes_them(ella: User, rosa: User, mona: User) -> None:
    vera = make_staff("Vera Holt")
    vera.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    entry = add(ella)
    remove = f"/admin/fraud/listentry/{entry.pk}/remove/"
    for user in (rosa, mona, vera):
        client = browser(user)
        assert client.get(f"{ADD}?kind=email").status_code == 403
        assert client.post(f"{ADD}?kind=email", {"email": "a@b.example"}).status_code == 403
        assert client.post(remove).status_code == 403
    assert browser(vera).get("/admin/fraud/listentry/").status_code == 200
    assert browser(mona).get("/admin/fraud/listentry/").status_code == 403
    entry.refresh_from_db()
    assert (ListEntry.objects.count(), entry.removed_at) == (1, None)
    assert browser(ella).post(remove).status_code == 302
    entry.refresh_from_db()
    assert entry.removed_by == ella


def test_the_list_shows_what_counts_now(ella: User) -> None:
    now = timezone.now()
    add(ella, value="now@example.com", now=now)
    add(ella, value="over@example.com", now=now - timedelta(days=2), expires_at=now - timedelta(days=1))
    client = browser(ella)
    shown = client.get("/admin/fraud/listentry/").content.decode()
    assert "now@example.com" in shown
    assert "over@example.com" not in shown
    assert "over@example.com" in client.get("/admin/fraud/listentry/?show=over").content.decode()


def test_an_erasure_blanks_the_value_and_leaves_the_thief_listed(ella: User) -> None:
    make_order(status=OrderStatus.EXPIRED, payment_status=None, email="thief@example.com", placed_at=NOON)
    entry = add(ella)
    erase_customer(email="thief@example.com", now=timezone.now())
    entry.refresh_from_db()
    assert (entry.value, entry.reason or "") == (None, "")
    assert entry.digest == blind_index("email", "thief@example.com")
    assert Order.objects.get().email_index is None
    assert "(erased)" in browser(ella).get("/admin/fraud/listentry/").content.decode()
