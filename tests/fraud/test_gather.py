"""The facts of an order, read in a fixed number of queries."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from catalog.models import Variant
from checkout.models import Order, OrderAddress, OrderLine, Payment
from checkout.states import OrderStatus, PaymentStatus
from fraud.facts import MOST_EARLIER, SHARED, PaymentFacts, PlaceFacts, ShopFacts
from fraud.freezing import freeze, thaw
from fraud.gather import gather_facts
from fraud.models import ListEntry
from fraud.usual import forget_usual, read_usual, usual_here
from store.models import User
from store.money import Money
from tests.factories.catalog import ProductFactory, VariantFactory
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
    assert facts.customer_since is None
    assert facts.bill_to == PlaceFacts("Dana Reyes", "1420 SE Ankeny Street", "Apt 3", "Portland", "97214", "OR", "US")
    assert facts.ship_to is not None
    assert facts.ship_to.city == "Salem"
    assert facts.payment == PaymentFacts(
        "pass", "pass", "pass", "normal", False, 0, "US", True, "", "", "", "", "", NOON + timedelta(days=7)
    )
    (line,) = facts.lines
    assert (line.quantity, line.unit_price, line.share_dearer) == (2, Money(89900, "USD"), 0)
    assert line.share_cheaper == pytest.approx(10 / 11)


def test_a_customer_is_known_since_the_account_was_opened(rosa: User) -> None:
    facts = gather_facts(make_order(placed_at=NOON, customer=rosa).pk, now=NOON)
    assert (facts.is_guest, facts.customer_since) == (False, rosa.date_joined)
    assert thaw(freeze(facts)) == facts


def test_delivery_method_gone_from_the_table_is_not_known() -> None:
    assert gather_facts(make_order(placed_at=NOON).pk, now=NOON).is_express is None


def test_an_empty_catalogue_gives_nothing_to_compare_with() -> None:
    order = make_order(placed_at=NOON)
    Variant.objects.update(is_active=False)
    assert [(line.share_cheaper, line.share_dearer) for line in gather_facts(order.pk, now=NOON).lines] == [(None, None)]


def test_declines_on_an_earlier_payment_page_are_counted_in() -> None:
    order = make_order(placed_at=NOON, payment={"declines": 4})  # checkout adds earlier pages to the one that is paid
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
    assert read_usual(currency="USD").shop == ShopFacts(orders=20, median=1000 + 595, p95=1900 + 595)
    assert read_usual(currency="JPY").shop == ShopFacts(orders=0, median=0, p95=0)


def test_prices_are_compared_with_what_is_on_sale(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for price in (100, 200, 300, 400):
        VariantFactory.create(price=price)
    VariantFactory.create(price=1, is_active=False)
    VariantFactory.create(price=1, product=ProductFactory.create(is_active=False))
    VariantFactory.create(price=300)
    with django_assert_num_queries(2):
        prices = read_usual(currency="USD").prices
    shares = {price: prices.shares(price) for price in (50, 100, 250, 300, 400, 401)}
    assert shares == {50: (0, 1), 100: (0, 0.8), 250: (0.4, 0.6), 300: (0.4, 0.2), 400: (0.8, 0), 401: (1, 0)}


def test_what_is_usual_is_read_once_in_a_while(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        usual = usual_here(currency="USD")
    make_order(placed_at=NOON, **PAID)  # type: ignore[arg-type]  # the factory's own names
    with django_assert_num_queries(0):
        assert usual_here(currency="USD") is usual
    forget_usual()
    assert usual_here(currency="USD").shop.orders == 1


def _before(brush: Variant, *, hours: float, **values: Any) -> str:
    """An order that shares nothing with Dana's but what `values` say."""
    other = {
        "ship_to": {"line1": "1 Other Road"},
        "bill_to": {"line1": "2 Other Road", **values.pop("bill_to", {})},
        "email": "x@example.com",
        "phone": "+15035550199",
        "ip_address": "198.51.100.9",
    }
    payment = {"card_fingerprint": "fp_other", **values.pop("payment", {})}
    values = {**other, "payment_status": PaymentStatus.CAPTURED, **values}
    return make_order(variant=brush, placed_at=NOON - timedelta(hours=hours), payment=payment, **values).number


def test_earlier_orders_are_linked_by_each_thing_they_share() -> None:
    brush = VariantFactory.create(on_hand=100)
    dana = User.objects.create_user("dana@example.com", "long-enough-7")
    own = {"variant": brush, "customer": dana}
    everything = make_order(placed_at=NOON - timedelta(hours=1), email="DANA@example.com ", **own).number  # type: ignore[arg-type]  # the factory's own names
    expected = [(everything, frozenset(SHARED))]
    for hours, what, values in (
        (2, "phone", {"phone": "+1 (503) 555-0142"}),
        (3, "address", {"ship_to": {"line1": "1420 se Ankeny street"}, "bill_to": {"name": "Somebody"}}),
        (4, "ip", {"ip_address": "203.0.113.7"}),
        (5, "card", {"payment": {"card_fingerprint": "fp_dana"}}),
        (6, "email", {"email": "dana@example.com"}),
        (7, "bill_to", {"bill_to": {"line1": "1420 SE Ankeny St."}}),
        (8, "account", {"customer": dana}),
    ):
        expected.append((_before(brush, hours=hours, **values), frozenset({what})))
    _before(brush, hours=9)  # shares nothing
    order = make_order(placed_at=NOON, **own)  # type: ignore[arg-type]  # likewise
    make_order(variant=brush, placed_at=NOON + timedelta(hours=1))  # placed later
    earlier = gather_facts(order.pk, now=NOON + timedelta(hours=2)).earlier
    assert [(one.number, one.same) for one in earlier] == expected
    assert [NOON - one.placed_at for one in earlier] == [timedelta(hours=n) for n in range(1, 9)]


def test_an_address_links_orders_however_its_street_and_flat_are_written() -> None:
    brush = VariantFactory.create(on_hand=100)
    written = ("1420 S.E. Ankeny Street #3", "1420 SE Ankeny St Apt 4", "1420 southeast ankeny st., unit 3")
    numbers = [
        _before(brush, hours=hours, ship_to={"line1": line1, "line2": ""}) for hours, line1 in enumerate(written, start=1)
    ]
    order = make_order(variant=brush, placed_at=NOON, ship_to={"line1": "1420 SE Ankeny St Apt 3", "line2": ""})
    earlier = gather_facts(order.pk, now=NOON).earlier
    by_address = frozenset({"address"})
    assert [(one.number, one.same) for one in earlier] == [(numbers[0], by_address), (numbers[2], by_address)]


def test_strangers_are_numbered_and_no_digest_is_among_the_facts() -> None:
    brush = VariantFactory.create(on_hand=100)
    phone = "+15035550142"
    _before(brush, hours=1, phone=phone, bill_to={"name": "Ivo Kern"}, payment={"declines": 2})
    again = _before(
        brush, hours=2, phone=phone, bill_to={"name": "Uma Kern"}, email="y@example.com", payment={"declines": 1}
    )
    third = make_payment(Order.objects.get(number=again), status=PaymentStatus.EXPIRED, card_fingerprint="fp_third")
    Payment.objects.filter(pk=third.pk).update(authorized_at=None, declines=5)
    _before(brush, hours=3, phone=phone, bill_to={"name": "Dana Reyes"}, payment_status=None, status=OrderStatus.EXPIRED)
    facts = gather_facts(make_order(variant=brush, placed_at=NOON).pk, now=NOON)
    assert [(one.email, one.surname, one.address, one.cards, one.declines) for one in facts.earlier] == [
        (1, 1, 1, (1,), 2),
        (2, 1, 1, (1, 2), 5),
        (1, 0, 1, (), 0),
    ]
    assert not re.search("[0-9a-f]{64}", freeze(facts))


def test_a_key_that_thousands_share_is_read_from_its_newest_end_only() -> None:
    brush = VariantFactory.create(on_hand=1000)
    template = make_order(variant=brush, placed_at=NOON - timedelta(days=90), **PAID)  # type: ignore[arg-type]  # the factory's own names
    old = template.number
    orders = [
        Order(
            **{
                **{field.attname: getattr(template, field.attname) for field in Order._meta.concrete_fields},
                "id": uuid.uuid4(),
                "number": f"R-{n:04d}",
                "attempt": uuid.uuid4(),
                "token_hash": f"{n}",
                "placed_at": NOON - timedelta(minutes=n + 1),
            }
        )
        for n in range(MOST_EARLIER + 5)
    ]
    Order.objects.bulk_create(orders)
    facts = gather_facts(make_order(variant=brush, placed_at=NOON).pk, now=NOON)
    numbers = [one.number for one in facts.earlier]
    # The newest by e-mail, phone and IP address are the same; the proven old one is read besides.
    assert numbers == [*(f"R-{n:04d}" for n in range(MOST_EARLIER)), old]


def test_facts_survive_being_kept() -> None:
    brush = VariantFactory.create(on_hand=100)
    _before(brush, hours=1, phone="+15035550142")
    facts = gather_facts(make_order(variant=brush, placed_at=NOON).pk, now=NOON)
    assert facts.earlier
    assert thaw(freeze(facts)) == facts
    older = json.loads(freeze(facts))
    del older["listed"]
    assert thaw(json.dumps({**older, "gone": 1})) == facts
    with pytest.raises(ValueError, match="another version"):
        thaw(json.dumps({"order_id": older["order_id"]}))


def test_lists_are_matched_by_what_the_order_carries(rosa: User) -> None:
    brush = VariantFactory.create(on_hand=100, sku="POL-9")
    order = make_order(variant=brush, placed_at=NOON, email="Dana@Sub.Spam.example", ship_to={"country": "CA"})

    def add(kind: str, effect: str, value: str, **more: Any) -> None:
        ListEntry.objects.create(kind=kind, effect=effect, value=value, reason=kind, added_by=rosa, added_at=NOON, **more)

    add("email", "block", "dana@sub.spam.example")
    add("phone", "review", "(503) 555-0142")
    add("address", "allow", "1420 se ankeny street\nAPT 3\nPortland\n97214\nus")
    add("card", "block", "fp_dana")
    add("ip", "review", "::ffff:203.0.113.7")
    add("sku", "watch", "pol-9 ")
    add("domain", "watch", "spam.example")
    add("forwarder", "watch", "1420 SE Ankeny St\n\nPortland\n97214\nCA")
    add("country", "watch", "ca")
    expected = {entry.kind for entry in ListEntry.objects.all()}
    add("email", "review", "dana@sub.spam.example", expires_at=NOON)  # over
    add("email", "allow", "dana@sub.spam.example", removed_by=rosa, removed_at=NOON)  # taken off
    add("email", "allow", "other@example.com")
    facts = gather_facts(order.pk, now=NOON)
    assert {(one.kind, one.reason) for one in facts.listed} == {(kind, kind) for kind in expected}
    assert len(facts.listed) == len(expected) == 9


def test_gathering_takes_six_queries_however_much_there_is() -> None:
    brush = VariantFactory.create(on_hand=1000)
    lonely = make_order(variant=brush, placed_at=NOON, email="new@example.com", phone="+15035550199")
    with CaptureQueriesContext(connection) as few:
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
    # Two of the six say what is usual in this shop, and are kept for a while.
    assert (len(few), len(many)) == (6, 4)


def test_an_order_without_addresses_can_be_gathered() -> None:
    order = make_order(placed_at=NOON)
    OrderAddress.objects.filter(order=order).delete()
    facts = gather_facts(order.pk, now=NOON)
    assert (facts.bill_to, facts.ship_to, facts.is_express) == (None, None, None)
