"""Goods leave when they are released and paid for, whole or in parts, by no other way; the books follow each unit."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout.carriers import tracking_url
from checkout.invariants import check_money
from checkout.models import Order, OrderAddress, Payment, Refund, Shipment
from checkout.services.cancel import UnableToCancelOrder, cancel_order
from checkout.services.packing import part_for_packing, pick
from checkout.services.packing_pdf import packing_slips_pdf
from checkout.services.refund_books import book_failed
from checkout.services.refunds import LineToRefund, UnableToRefund, finish_refund, request_refund
from checkout.services.release import release_order
from checkout.services.shipping import UnableToShipOrder, ship_order
from store.audit.models import AuditRow
from store.models import User
from tests.checkout.scenes import look, mails, on_hold, ordered, refund_by_hand, snapshot, states, stock
from tests.checkout.shopper import Shopper
from tests.checkout.together import together
from tests.factories.checkout import make_order
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db


def released(brush: Variant, quantity: int = 3) -> Order:
    with transaction.atomic():
        return make_order(variant=brush, quantity=quantity, status="released", payment_status="captured", is_gift=True)


def really_released(brush: Variant, sandbox: RunningSandbox) -> tuple[Order, Payment]:
    """Two units that the payment company knows of."""
    order, payment = on_hold(brush, sandbox)
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    return Order.objects.get(pk=order.pk), Payment.objects.get(pk=payment.pk)


def ship(order: Order, units: int | None = None, number: str = "PP 1") -> Order:
    line = order.lines.get()
    chosen = None if units is None else {line.pk: units}
    return ship_order(order_id=order.pk, by=None, carrier="UPS", tracking_number=number, now=timezone.now(), units=chosen)


def refund(order: Order, units: int, total: int, *, is_restocked: bool = True) -> Refund:
    return request_refund(
        order_id=order.pk,
        lines=[LineToRefund(line_id=order.lines.get().pk, quantity=units, is_restocked=is_restocked)],
        delivery=0,
        other=0,
        expected_total=total,
        reason=Refund.Reason.SOLD_OUT,
        note="",
        by=None,
        token=uuid.uuid4(),
        now=timezone.now(),
    )


def staff(*rights: str) -> Client:
    user = User.objects.create_user(f"{len(rights)}@shop.example", "a long phrase for them 7", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_order", *rights]))
    client = Client()
    client.force_login(user)
    return client


def test_an_order_leaves_in_parts_and_is_shipped_with_the_last(brush: Variant, client: Client) -> None:
    order = released(brush)
    assert ship(order, 1).status == "released"
    assert (stock(brush), mails(order)) == ((9, 2), ["part_shipped"])
    page = client.get(f"/orders/{order.token}/").content.decode()
    assert "A part of your order is on its way" in page
    assert 'href="https://www.ups.com/track?tracknum=PP1"' in page
    assert ship(order, 2, "PP 2").status == "shipped"
    assert (stock(brush), mails(order)) == ((7, 0), ["part_shipped", "shipped"])
    assert [row.quantity for shipment in Shipment.objects.order_by("shipped_at") for row in shipment.lines.all()] == [1, 2]
    page = client.get(f"/orders/{order.token}/").content.decode()
    assert page.count("See where it is") == 2
    assert check_money() == []
    with pytest.raises(UnableToShipOrder):
        ship(order)


@pytest.mark.parametrize("units", [0, 3, -1])
def test_more_than_is_left_stays_here(brush: Variant, units: int) -> None:
    order = released(brush)
    ship(order, 1)
    with pytest.raises(UnableToShipOrder):
        ship(order, units)
    with pytest.raises(UnableToShipOrder):
        ship_order(
            order_id=order.pk,
            by=None,
            carrier="",
            tracking_number="",
            now=timezone.now(),
            units={released(brush).lines.get().pk: 1},
        )
    assert Shipment.objects.count() == 1


def test_what_has_left_in_part_is_not_cancelled(brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = really_released(brush, sandbox)
    ship(order, 1)
    before = snapshot(order, payment, brush, sandbox)
    with pytest.raises(UnableToCancelOrder, match="A part of this order has left"):
        cancel_order(order_id=order.pk, by=None, reason=Order.CancelReason.CUSTOMER, why="", now=timezone.now())
    assert snapshot(order, payment, brush, sandbox) == before


@pytest.mark.parametrize("is_restocked", [True, False])
def test_refunding_the_rest_ends_it_as_shipped(brush: Variant, sandbox: RunningSandbox, is_restocked: bool) -> None:
    order, payment = really_released(brush, sandbox)
    ship(order, 1)
    with pytest.raises(UnableToRefund, match="Fewer units"):
        refund(order, 2, 2500)
    refund(order, 1, 1250, is_restocked=is_restocked)
    assert states(order, payment) == ("shipped", "captured")
    assert stock(brush) == (9 if is_restocked else 8, 0)
    assert mails(order)[-2:] == ["shipped", "refunded"]
    refund(order, 1, 1250)  # what was sent comes back, as after any shipping
    assert stock(brush) == (10 if is_restocked else 9, 0)
    assert check_money() == []


@pytest.mark.parametrize("first", ["made", "refused"])
def test_a_refund_under_way_keeps_the_rest_of_a_part_sent_order_open(
    brush: Variant, sandbox: RunningSandbox, first: str
) -> None:
    order, payment = ordered(brush, 3)
    Shopper().pay(order, sandbox)
    look(payment)
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    ship(order, 1)
    sandbox.fail("refund", "fail", status=429)
    with pytest.raises(UnableToRefund, match="did not answer"):
        refund(order, 1, 1250)
    refund(order, 1, 1250)
    assert (states(order, payment), stock(brush)) == (("released", "captured"), (9, 1))
    waiting = Refund.objects.get(status="requested")
    if first == "made":
        finish_refund(refund_id=waiting.pk, now=timezone.now())
    else:
        with transaction.atomic():
            book_failed(waiting, problem="Refused.", now=timezone.now())
        assert (states(order, payment), stock(brush)) == (("released", "captured"), (9, 1))
        ship(order)
    assert states(order, payment) == ("shipped", "captured")
    assert stock(brush) == (8 if first == "refused" else 9, 0)
    assert check_money() == []


def test_all_the_money_back_frees_what_has_not_left(brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = really_released(brush, sandbox)
    ship(order, 1)
    refund_by_hand(payment, 3095)
    look(payment)
    assert states(order, payment) == ("cancelled", "refunded")
    assert stock(brush) == (9, 0)
    assert check_money() == []


NOT_FREE = [
    ("awaiting_payment", "started", {}),
    ("on_hold", "authorized", {}),
    ("on_hold", "captured", {}),
    ("released", "authorized", {}),
    ("released", "capturing", {}),
    ("released", "refunding", {}),
    ("released", "captured", {"refunding_amount": 100}),
    ("released", "captured", {"frozen": True}),
    ("cancelled", "captured", {}),
    ("expired", "expired", {}),
]


@pytest.mark.parametrize(("status", "paid", "more"), NOT_FREE)
def test_no_path_out_of_the_house_lets_it_go(brush: Variant, status: str, paid: str, more: dict[str, object]) -> None:
    order = released(brush)
    now = timezone.now()
    Payment.objects.update(status=paid, refunding_amount=more.get("refunding_amount", 0))
    Order.objects.update(status=status, frozen_at=now if more.get("frozen") else None)
    before = (stock(brush), Shipment.objects.count(), status, mails(order))
    for units in (None, 1):
        with pytest.raises(UnableToShipOrder):
            ship(order, units)
    packer = staff("ship_order", "view_orderaddress")
    address = reverse("admin:checkout_order_ship", args=[order.pk])
    packer.post(address, {"carrier": "UPS"})
    packer.post(address, {"carrier": "UPS", f"units_{order.lines.get().pk}": "1"})
    for action in ("pick_list", "packing_slips", "labels"):
        answer = packer.post(
            reverse("admin:checkout_order_changelist"), {"action": action, "_selected_action": [str(order.pk)]}, follow=True
        )
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "None of the chosen orders may leave" in answer.content.decode()
    answer = packer.get(reverse("admin:checkout_order_slip", args=[order.pk]), follow=True)
    assert answer.headers["Content-Type"].startswith("text/html")
    order.refresh_from_db()
    assert (stock(brush), Shipment.objects.count(), order.status, mails(order)) == before


def test_papers_are_made_of_what_may_leave_and_name_the_others(brush: Variant, settings: Settings) -> None:
    first, second, held = released(brush), released(brush, 2), make_order(variant=brush)
    address = OrderAddress.objects.get(order=first, kind="ship_to")
    address.name = "=cmd|calc"
    address.save()
    ship(first, 1)
    packer = staff("ship_order", "view_orderaddress")
    chosen = [str(order.pk) for order in (first, second, held)]

    def make(action: str) -> bytes:
        answer = packer.post(reverse("admin:checkout_order_changelist"), {"action": action, "_selected_action": chosen})
        return b"".join(answer) if answer.streaming else answer.content

    rows = list(csv.DictReader(io.StringIO(make("labels").decode())))
    assert [(row["order"], row["units"], row["gift"]) for row in rows] == [
        (first.number, "2", "yes"),
        (second.number, "2", "yes"),
    ]
    assert rows[0]["name"] == "'=cmd|calc"
    for action in ("pick_list", "packing_slips"):
        assert make(action).startswith(b"%PDF-")
    taken = AuditRow.objects.filter(object_type="checkout.Order").values_list("action", "object_id")
    papers = ("order.label", "order.pick", "order.slip")
    assert sorted(taken) == sorted((paper, str(order.pk)) for paper in papers for order in (first, second))
    told = " ".join(AuditRow.objects.values_list("field_names", flat=True))
    assert "postcode" in told
    assert "calc" not in told  # names of fields, never what stands in them
    page = packer.get(reverse("admin:checkout_order_changelist")).content.decode()
    assert f"nothing left to send: {held.number}." in page


def test_a_slip_shows_no_price(brush: Variant) -> None:
    order = released(brush)
    ready, others = part_for_packing(Order.objects.all())
    assert (ready, others) == ([order], [])
    assert [(row.sku, row.units, row.orders) for row in pick(ready)] == [("BRUSH", 3, (f"{order.number} (3)",))]
    before = packing_slips_pdf(ready, shop="Ringback", return_address="")
    for line in ready[0].lines.all():
        line.unit_price, line.total = 7777, 23331  # another price makes the same slip
    ready[0].total = 9
    assert len(packing_slips_pdf(ready, shop="Ringback", return_address="")) == len(before)
    ready[0].order_note = "For those who pack, not for the parcel."
    assert len(packing_slips_pdf(ready, shop="Ringback", return_address="")) == len(before)
    ready[0].gift_message = "Happy birthday!"
    assert len(packing_slips_pdf(ready, shop="Ringback", return_address="")) > len(before)


@pytest.mark.parametrize("right", ["ship_order", "view_orderaddress", "view_payment"])
def test_packing_needs_both_rights(brush: Variant, right: str) -> None:
    order = released(brush)
    client = staff(right)
    assert client.get(reverse("admin:checkout_order_slip", args=[order.pk])).status_code == 403
    page = client.get(reverse("admin:checkout_order_changelist")).content.decode()
    assert "pick_list" not in page


def test_staff_choose_what_goes_into_the_parcel(brush: Variant) -> None:
    order = released(brush)
    line = order.lines.get()
    packer = staff("ship_order", "view_orderaddress")
    page = packer.get(reverse("admin:checkout_order_change", args=[order.pk])).content.decode()
    assert f'name="units_{line.pk}" value="3"' in page
    packer.post(reverse("admin:checkout_order_ship", args=[order.pk]), {"carrier": "DHL", f"units_{line.pk}": "1"})
    assert Order.objects.get(pk=order.pk).lines.get().shipped_quantity == 1
    packer.post(reverse("admin:checkout_order_ship", args=[order.pk]), {"carrier": "DHL", "tracking_number": "X1"})
    assert Order.objects.get(pk=order.pk).status == "shipped"


def test_a_tracking_link_is_the_carriers_own_and_quoted(settings: Settings) -> None:
    settings.CARRIERS = {"Post": "https://post.example/?n={number}", "Bad": "javascript:{number}"}
    assert tracking_url("ups ", "1Z 99&x=1") == "https://www.ups.com/track?tracknum=1Z99%26x%3D1"
    assert tracking_url("Post", "1") == "https://post.example/?n=1"
    assert tracking_url("Bad", "1") == tracking_url("Nobody", "1") == tracking_url("UPS", " ") == ""


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_two_packers_send_the_last_units_once(brush: Variant) -> None:
    order = released(brush)
    steps: list[Callable[[], object]] = [partial(ship, order, 2), partial(ship, order, 2), partial(ship, order, 2)]
    ends = together(*steps)
    assert sorted(type(end).__name__ for end in ends) == ["Order", "UnableToShipOrder", "UnableToShipOrder"]
    assert stock(brush) == (8, 1)
    assert Order.objects.get().lines.get().shipped_quantity == 2
