"""The facts of an order, read in a fixed number of queries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Variant
from checkout.models import OrderAddress, OrderLine
from checkout.states import OrderStatus, PaymentStatus
from fraud.facts import PaymentFacts, PlaceFacts, ShopFacts
from fraud.gather import gather_facts, shop_facts
from store.money import Money
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import DeliveryMethodFactory, make_order, make_payment

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
PAID = {"status": OrderStatus.SHIPPED, "payment_status": PaymentStatus.CAPTURED}


def test_facts_say_what_the_order_says(polisher: Variant) -> None:
    DeliveryMethodFactory.create(code="express", is_express=True)
    order = make_order(
        variant=polisher, quantity=2, placed_at=NOON, is_gift=True, is_express=True, ship_to={"city": "Salem"}
    )
    facts = gather_facts(order.pk, now=NOON)
    assert (facts.number, facts.total, facts.is_gift, facts.is_guest, facts.is_express) == (
        order.number,
        Money(180395, "USD"),
        True,
        True,
        True,
    )
    assert facts.bill_to == PlaceFacts("Dana Reyes", "1420 SE Ankeny Street", "Apt 3", "Portland", "97214", "OR", "US")
    assert facts.ship_to is not None
    assert facts.ship_to.city == "Salem"
    assert facts.payment == PaymentFacts(
        "pass", "pass", "pass", "normal", False, 0, "US", "", "", "", NOON + timedelta(days=7)
    )
    (line,) = facts.lines
    assert (line.quantity, line.unit_price, line.share_dearer) == (2, Money(89900, "USD"), 0)
    assert line.share_cheaper == pytest.approx(10 / 11)


def test_delivery_method_gone_from_the_table_is_not_known() -> None:
    assert gather_facts(make_order(placed_at=NOON).pk, now=NOON).is_express is None


def test_an_empty_catalogue_gives_nothing_to_compare_with() -> None:
    order = make_order(placed_at=NOON)
    Variant.objects.update(is_active=False)
    assert [(line.share_cheaper, line.share_dearer) for line in gather_facts(order.pk, now=NOON).lines] == [(None, None)]


def test_declines_on_an_earlier_payment_page_are_counted_in() -> None:
    order = make_order(placed_at=NOON, payment={"declines": 1})
    make_payment(order, status=PaymentStatus.EXPIRED, declines=3)
    payment = gather_facts(order.pk, now=NOON).payment
    assert payment is not None
    assert payment.declines == 4


def test_an_order_without_an_authorised_payment_has_no_payment() -> None:
    order = make_order(placed_at=NOON, payment_status=PaymentStatus.STARTED)
    assert gather_facts(order.pk, now=NOON).payment is None


def test_shop_figures_come_from_paid_orders_in_the_same_currency() -> None:
    brush = VariantFactory.create(price=100, on_hand=1000)
    for quantity in range(1, 21):  # 100 to 2000, and delivery
        make_order(variant=brush, quantity=quantity, placed_at=NOON, **PAID)  # type: ignore[arg-type]  # the factory's own names
    make_order(variant=brush, quantity=99, placed_at=NOON)  # on hold: not paid
    make_order(variant=brush, quantity=99, placed_at=NOON, currency="EUR", **PAID)  # type: ignore[arg-type]  # likewise
    assert shop_facts(currency="USD") == ShopFacts(orders=20, median=1000 + 595, p95=1900 + 595)
    assert shop_facts(currency="JPY") == ShopFacts(orders=0, median=0, p95=0)


def test_earlier_orders_are_linked_by_email_phone_and_ship_to() -> None:
    brush = VariantFactory.create(on_hand=100)

    def before(days: int, **values: object) -> str:
        return make_order(variant=brush, placed_at=NOON - timedelta(days=days), **values).number  # type: ignore[arg-type]  # likewise

    everything = before(1, email="DANA@example.com ")
    phone_only = before(2, email="other@example.com", ship_to={"line1": "1 Other Road"})
    address_only = before(3, email="third@example.com", phone="+15035550199", bill_to={"name": "Somebody"})
    before(4, email="third@example.com", phone="+15035550199", ship_to={"line1": "1 Other Road"})  # shares nothing
    order = make_order(variant=brush, placed_at=NOON)
    before(-1)  # placed later
    earlier = gather_facts(order.pk, now=NOON).earlier
    assert [(one.number, one.same) for one in earlier] == [
        (everything, frozenset({"email", "phone", "address"})),
        (phone_only, frozenset({"phone"})),
        (address_only, frozenset({"address"})),
    ]


def test_gathering_takes_six_queries_however_much_there_is() -> None:
    brush = VariantFactory.create(on_hand=1000)
    lonely = make_order(variant=brush, placed_at=NOON, email="new@example.com", phone="+15035550199")
    with CaptureQueriesContext(
        connection,
    ) as few:
        gather_facts(lonely.pk, now=NOON)
    for days in range(20):
        make_order(variant=brush, placed_at=NOON - timedelta(days=days))
    busy = make_order(variant=brush, placed_at=NOON)
    for _ in range(20):
        line = VariantFactory.create()
        OrderLine.objects.create(
            order=busy, variant=line, sku=line.sku, name="x", quantity=1, unit_price=line.price, total=line.price
        )
    with CaptureQueriesContext(connection) as many:
        gather_facts(busy.pk, now=NOON)
    assert (len(few), len(many)) == (6, 6)


def test_an_order_without_addresses_can_be_gathered() -> None:
    order = make_order(placed_at=NOON)
    OrderAddress.objects.filter(order=order).delete()
    facts = gather_facts(order.pk, now=NOON)
    assert (facts.bill_to, facts.ship_to, facts.is_express) == (None, None, None)
