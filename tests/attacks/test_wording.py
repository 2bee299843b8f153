"""What the shopper reads at every state of an order: true, kind, and never a word of suspicion."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from catalog.models import Variant
from checkout.models import Mail, Order, Payment
from checkout.services.mails import build_mail
from checkout.states import OrderStatus, PaymentStatus
from tests.attacks.conftest import client_of
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import make_order

pytestmark = pytest.mark.django_db
# No stem of these is in any page or mail about an order.
NEVER = ("fraud", "suspic", "stolen", "thief", "thieves", "risk", "review", "flag", "assess", "verdict", "points")
# Every pair of states that can be.
STATES: list[tuple[str, str | None, dict[str, Any]]] = [
    (OrderStatus.AWAITING_PAYMENT, None, {}),
    (OrderStatus.AWAITING_PAYMENT, PaymentStatus.STARTED, {}),
    (OrderStatus.AWAITING_PAYMENT, PaymentStatus.MISMATCHED, {}),
    (OrderStatus.ON_HOLD, PaymentStatus.AUTHORIZED, {}),
    (OrderStatus.ON_HOLD, PaymentStatus.CAPTURING, {}),
    (OrderStatus.ON_HOLD, PaymentStatus.CAPTURED, {}),
    (OrderStatus.ON_HOLD, PaymentStatus.VOIDING, {}),
    (OrderStatus.RELEASED, PaymentStatus.CAPTURED, {}),
    (OrderStatus.RELEASED, PaymentStatus.REFUNDING, {}),
    (OrderStatus.SHIPPED, PaymentStatus.CAPTURED, {"carrier": "UPS", "tracking_number": "1Z999"}),
    (OrderStatus.SHIPPED, PaymentStatus.CAPTURED, {"carrier": "UPS"}),
    (OrderStatus.SHIPPED, PaymentStatus.CAPTURED, {}),
    (OrderStatus.CANCELLED, PaymentStatus.VOIDED, {"cancel_reason": "denied"}),
    (OrderStatus.CANCELLED, PaymentStatus.VOIDED, {"cancel_reason": "unverified"}),
    (OrderStatus.CANCELLED, PaymentStatus.REFUNDED, {"cancel_reason": "false_number"}),
    (OrderStatus.CANCELLED, None, {"cancel_reason": "customer"}),
    (OrderStatus.CANCELLED, PaymentStatus.EXPIRED, {"cancel_reason": "superseded"}),
    (OrderStatus.EXPIRED, PaymentStatus.EXPIRED, {}),
    (OrderStatus.EXPIRED, None, {}),
]


def written(variant: Variant, status: str, payment: str | None, values: dict[str, Any]) -> Order:
    with transaction.atomic():
        order = make_order(variant=variant, status=status, payment_status=payment, **values)
    if payment in (PaymentStatus.STARTED, PaymentStatus.EXPIRED):
        Payment.objects.filter(order=order).update(authorized_at=None)
    return order


def read(order: Order) -> str:
    """The page's own part, as a person reads it."""
    html = client_of().get(f"/orders/{order.token}/").content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


@pytest.fixture
def brush(db: None) -> Variant:
    return VariantFactory.create(price=1250, on_hand=50, product__name="Walnut brush")


@pytest.mark.parametrize(("status", "payment", "values"), STATES)
def test_no_page_or_mail_says_what_we_think(
    status: str, payment: str | None, values: dict[str, Any], brush: Variant
) -> None:
    order = written(brush, status, payment, values)
    texts = [read(order)]
    for kind in Mail.Kind:
        mail = build_mail(Mail(order=order, kind=kind))
        texts += [str(mail.subject), str(mail.body), str(mail.alternatives[0][0])]
    for text in texts:
        found = [word for word in NEVER if word in text.lower()]
        assert found == [], text
        assert "None" not in text
        assert "{" not in text


@pytest.mark.parametrize(
    ("status", "payment", "says", "does_not_say"),
    [
        (OrderStatus.ON_HOLD, PaymentStatus.AUTHORIZED, "has not been charged", "was charged"),
        (OrderStatus.ON_HOLD, PaymentStatus.CAPTURED, "We are confirming your order", "not been charged"),
        (OrderStatus.CANCELLED, None, "You were not charged", "reserved"),
        (OrderStatus.CANCELLED, PaymentStatus.EXPIRED, "You were not charged", "reserved"),
        (OrderStatus.CANCELLED, PaymentStatus.VOIDED, "may show the amount as reserved", "sent your money back"),
        (OrderStatus.CANCELLED, PaymentStatus.REFUNDED, "sent your money back", "not charged"),
        (OrderStatus.AWAITING_PAYMENT, PaymentStatus.MISMATCHED, "We are looking at your payment", "not been charged"),
        (OrderStatus.EXPIRED, PaymentStatus.MISMATCHED, "We are looking at your payment", "not charged"),
    ],
)
def test_what_is_said_of_the_money_is_true(
    status: str, payment: str | None, says: str, does_not_say: str, brush: Variant
) -> None:
    text = read(written(brush, status, payment, {}))
    assert says in text
    assert does_not_say not in text


def test_a_page_that_ran_out_does_not_swear_that_nobody_was_charged(brush: Variant) -> None:
    """Paid in the last second, the payment company may not have told us yet."""
    order = written(
        brush, OrderStatus.AWAITING_PAYMENT, PaymentStatus.STARTED, {"expires_at": timezone.now() - timedelta(seconds=1)}
    )
    text = read(order)
    assert "The time to pay is over" in text
    assert "You were not charged" not in text
    assert "Pay $" not in text


@pytest.mark.parametrize(
    ("phone", "ending"),
    [("+15035550142", "42"), ("503 555 01 42 (home)", "42"), ("555-0142 ext. 7", "27"), ("0 0 0 0 0", "00")],
)
def test_the_number_we_ring_is_named_by_its_last_two_digits(phone: str, ending: str, brush: Variant) -> None:
    order = written(brush, OrderStatus.ON_HOLD, PaymentStatus.AUTHORIZED, {"phone": phone})
    assert f"We may ring you on the number ending {ending} to confirm the order" in read(order)
    assert settings.SHOP_PHONE in read(order)


def test_the_page_shows_no_more_of_phone_and_e_mail_than_it_needs(brush: Variant) -> None:
    order = written(brush, OrderStatus.ON_HOLD, PaymentStatus.AUTHORIZED, {})
    html = client_of().get(f"/orders/{order.token}/").content.decode()
    for more in ("5550142", "dana@example.com", "203.0.113.7", str(order.pk), "4242", "pi_"):
        assert more not in html
