"""Returns: asked for within the days, answered, received, refunded once; each mail once; nobody without the right."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout.admin.returns import BUTTONS
from checkout.invariants import check_money
from checkout.models import Mail, Order, OrderLine, Refund, Return
from checkout.services.mails import build_mail
from checkout.services.release import release_order
from checkout.services.returns import find_returnable
from checkout.services.shipping import ship_order
from checkout.services.sweep import sweep_payments
from store.erasure import erase_customer
from store.export import export_customer
from store.models import User
from tests.checkout.scenes import books, mails, on_hold, stock
from tests.factories.checkout import make_order
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
DAYS_AGO = timedelta(days=2)


@pytest.fixture
def sent(brush: Variant) -> Order:
    """Two brushes, sent two days ago; nothing at the gateway."""
    return make_order(
        variant=brush, quantity=2, status="shipped", payment_status="captured", placed_at=timezone.now() - DAYS_AGO
    )


@pytest.fixture
def sold(brush: Variant, sandbox: RunningSandbox) -> Order:
    """Two brushes at 12.50 and 5.95 for delivery: 30.95, paid and sent."""
    order, _ = on_hold(brush, sandbox)
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    return ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="1", now=timezone.now())


def asked(order: Order, units: Any = 1, **values: Any) -> dict[str, Any]:
    line = order.lines.get().pk
    form = {f"quantity_{line}": units, f"reason_{line}": "faulty", "note": "It sheds.", "attempt": str(uuid.uuid4())}
    return {**form, **values}


def ask(order: Order, units: int = 1) -> Return:
    assert Client().post(f"/orders/{order.token}/return/", asked(order, units)).status_code == 302
    return Return.objects.get(order=order, status="requested")


def staff(*rights: str) -> Client:
    user = User.objects.create_user(f"{uuid.uuid4().hex}@shop.example", "a long phrase for them 7", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_return", *rights]))
    client = Client()
    client.force_login(user)
    return client


def press(client: Client, found: Return, name: str, **values: Any) -> str:
    """Press a button of the return's page; give what it says."""
    answer = client.post(reverse(f"admin:checkout_return_{name}", args=[found.pk]), values, follow=True)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def hidden(page: str) -> dict[str, str]:
    """The form with the button that refunds."""
    form = next(part.split("</form")[0] for part in page.split("<form")[1:] if "expected_total" in part)
    tags = re.findall(r"<input[^>]+>", form)
    pairs = [(re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: value[1] for name, value in pairs if name and value}


def test_a_return_goes_from_the_order_page_to_the_refund_with_each_mail_once(
    sold: Order, brush: Variant, sandbox: RunningSandbox
) -> None:
    form, shopper = asked(sold, 2), Client()
    for _ in range(2):  # a double click
        answer = shopper.post(f"/orders/{sold.token}/return/", form)
        assert answer.headers["Location"] == f"/orders/{sold.token}/"
    found = Return.objects.get()
    desk = staff("handle_return", "refund_order")
    assert "It sheds." in desk.get(reverse("admin:checkout_return_change", args=[found.pk])).content.decode()
    for _ in range(2):
        press(desk, found, "approve", answer="Send it to 12 Exchange Street.")
    assert "Send it to 12 Exchange Street." in shopper.get(f"/orders/{sold.token}/").content.decode()
    row = found.lines.get()
    press(desk, found, "receive", **{f"arrived_{row.pk}": 1, "condition": "One brush, bristles bent."})
    page = press(desk, found, "quote", **{f"units_{row.pk}": 1, f"restock_{row.pk}": "on", "delivery": "on"})
    assert "Refund $18.45 now" in page
    assert books(sandbox) == [(3095, 3095, 0, 0)]
    for _ in range(2):
        assert "Refunded $18.45" in press(desk, found, "refund", **hidden(page))

    found.refresh_from_db()
    assert (found.status, found.condition) == ("refunded", "One brush, bristles bent.")
    assert [event.now for event in found.events.order_by("at")] == ["requested", "approved", "received", "refunded"]
    assert Refund.objects.get().lines.get().quantity == 1
    assert OrderLine.objects.get().refunded_quantity == 1
    assert books(sandbox) == [(3095, 3095, 1845, 0)]
    assert stock(brush) == (9, 0)
    assert mails(sold)[3:] == ["return_requested", "return_approved", "refunded"]
    assert "12 Exchange Street" in str(build_mail(Mail.objects.get(kind="return_approved")).body)
    assert "Money sent back" in shopper.get(f"/orders/{sold.token}/").content.decode()
    ask(sold, 1)  # the brush that is left; two would be more than there are
    assert stock(brush) == (9, 0)


def test_a_refund_that_the_sweep_finishes_ends_the_return(sold: Order, brush: Variant, sandbox: RunningSandbox) -> None:
    found = ask(sold)
    desk = staff("handle_return", "refund_order")
    row = found.lines.get()
    press(desk, found, "approve", answer="Send it.")
    press(desk, found, "receive", **{f"arrived_{row.pk}": 1})
    page = press(desk, found, "quote", **{f"units_{row.pk}": 1})
    sandbox.fail("refund", "fail", status=429)
    assert "nobody knows yet whether the $12.50 went" in press(desk, found, "refund", **hidden(page))
    assert "under way or done. It was not closed" in press(desk, found, "close", **{"close-why": "Tired."})
    sweep_payments(now=timezone.now() + timedelta(minutes=5))
    found.refresh_from_db()
    assert found.status == "refunded"
    assert books(sandbox) == [(3095, 3095, 1250, 0)]
    assert stock(brush) == (8, 0)  # not put back on sale


def test_a_refusal_says_why_and_frees_the_units(sent: Order) -> None:
    found = ask(sent, 2)
    desk = staff("handle_return")
    assert "It was not refused" in press(desk, found, "refuse", answer="")
    press(desk, found, "refuse", answer="It was used for months.")
    assert "was used for months" in Client().get(f"/orders/{sent.token}/").content.decode()
    assert "was used for months" in str(build_mail(Mail.objects.get(kind="return_refused")).body)
    assert "meanwhile. Nothing was changed" in press(desk, found, "approve", answer="Yes.")
    assert Return.objects.get().status == "refused"
    ask(sent, 2)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"units": 0}, "Please say how many"),
        ({"units": 3}, "At most 2 can be returned"),
        ({"units": "x"}, "At most 2 can be returned"),
        ({"reason": ""}, "Please choose a reason"),
        ({"note": "It was paid with 4242 4242 4242 4242"}, "That looks like a card number"),
        ({"note": "x" * 1001}, "at most 1000 characters"),
    ],
)
def test_a_wrong_form_says_what_is_wrong_and_asks_for_nothing(sent: Order, values: dict[str, Any], words: str) -> None:
    form = asked(sent, values.pop("units", 1), note=values.pop("note", ""))
    if "reason" in values:
        form[f"reason_{sent.lines.get().pk}"] = values["reason"]
    answer = Client().post(f"/orders/{sent.token}/return/", form)
    assert answer.status_code in (400, 422)
    assert words in unescape(answer.content.decode())
    assert not Return.objects.exists()
    assert mails(sent) == []


@pytest.mark.parametrize(
    ("age", "status", "words"),
    [(29, "shipped", ""), (31, "shipped", "for 30 days after we sent them"), (1, "released", "once they were sent")],
)
def test_only_what_was_sent_within_the_days_can_be_returned(
    brush: Variant, settings: Settings, age: int, status: str, words: str
) -> None:
    settings.RETURN_DAYS = 30
    placed = timezone.now() - timedelta(days=age)
    order = make_order(variant=brush, status=status, payment_status="captured", placed_at=placed)
    answer = Client().post(f"/orders/{order.token}/return/", asked(order))
    assert words in answer.content.decode()
    assert Return.objects.count() == (0 if words else 1)
    assert ("call us on" in answer.content.decode()) == (age == 31)


def test_units_on_their_way_back_or_refunded_cannot_be_asked_for_again(sent: Order) -> None:
    found = ask(sent, 1)
    press(staff("handle_return"), found, "approve", answer="Send it.")
    assert Client().post(f"/orders/{sent.token}/return/", asked(sent, 2)).status_code == 422
    OrderLine.objects.update(refunded_quantity=1)
    page = Client().post(f"/orders/{sent.token}/return/", asked(sent, 1))
    assert "Everything of this order is on its way back" in page.content.decode()
    assert Return.objects.count() == 1


def test_what_was_sent_in_part_comes_back_before_the_rest_has_left(brush: Variant, sandbox: RunningSandbox) -> None:
    order, _ = on_hold(brush, sandbox)
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    line = order.lines.get().pk
    assert "once they were sent" in Client().get(f"/orders/{order.token}/return/").content.decode()
    ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="1", now=timezone.now(), units={line: 1})
    before = stock(brush)
    assert Client().post(f"/orders/{order.token}/return/", asked(order, 2)).status_code == 422  # one has left
    found = ask(order, 1)
    client = staff("handle_return", "refund_order")
    press(client, found, "approve", answer="Send it.")
    press(client, found, "receive", **{f"arrived_{found.lines.get().pk}": "1"})
    row = found.lines.get().pk
    quoted = press(client, found, "quote", **{f"units_{row}": "1", f"restock_{row}": "on"})
    press(client, found, "refund", **hidden(quoted))
    found.refresh_from_db()
    assert found.is_refunded
    kept = order.lines.get()
    assert (kept.refunded_quantity, kept.returned_quantity, kept.shipped_quantity, kept.quantity_to_ship) == (1, 1, 1, 1)
    assert stock(brush) == (before[0] + 1, before[1])  # on the shelf again; the other is still held
    assert ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="2", now=timezone.now()).is_shipped
    assert [left for _, left in find_returnable(Order.objects.get(), now=timezone.now()).lines] == [1]
    assert check_money() == []


def test_no_button_moves_anything_without_its_right(sent: Order) -> None:
    found = ask(sent)
    values = {"answer": "Yes.", "close-why": "So.", "expected_total": "1250", "token": str(found.refund_token)}
    for name in BUTTONS:
        address = reverse(f"admin:checkout_return_{name}", args=[found.pk])
        wrong = staff("handle_return" if name in ("quote", "refund") else "refund_order")
        assert wrong.post(address, values).status_code == 403, name
        assert wrong.get(address).status_code == 405, name
        assert Client().post(address, values).status_code == 302, name
        assert (
            staff("handle_return", "refund_order").post(address.replace(str(found.pk), str(uuid.uuid4()))).status_code == 404
        )
    page = staff().get(reverse("admin:checkout_return_change", args=[found.pk])).content.decode()
    assert "It sheds." not in page  # who may look only reads no customer's words
    assert "Approve" not in page
    found.refresh_from_db()
    assert (found.status, found.events.count(), Refund.objects.count()) == ("requested", 1, 0)


def test_a_return_is_in_the_export_and_its_words_go_with_an_erasure(sent: Order, settings: Settings, tmp_path: Any) -> None:
    settings.ERASURE_LEDGER = tmp_path / "erasures.jsonl"
    press(staff("handle_return"), ask(sent), "approve", answer="Send it, Dana.")
    records = export_customer(email=sent.email, now=timezone.now())["records"]
    assert records["checkout.Return"][0]["personal"]["words"]["value"] == "It sheds."
    erase_customer(email=sent.email, now=timezone.now())
    found = Return.objects.get()
    assert (found.words, found.answer, found.status) == (None, None, "approved")
    assert {event.why for event in found.events.all()} == {""}
