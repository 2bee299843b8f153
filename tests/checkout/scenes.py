"""Short ways to a scene, and short ways to say what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.models import Variant
from checkout.gateways import get_gateway
from checkout.models import Alert, Mail, Order, Payment
from checkout.services.moves import move_payment
from checkout.services.orders import expire_order
from checkout.services.payments import start_payment
from checkout.services.settle import settle
from checkout.states import PaymentStatus
from store.models import User
from store.money import Money
from tests.checkout.shopper import Shopper
from tests.factories.checkout import make_order
from tests.sandbox.process import RunningSandbox

REVIEWER = "rosa@shop.example"


def make_reviewer() -> User:
    return User.objects.create_superuser(email=REVIEWER, password="a long phrase for rosa 7")


def ordered(variant: Variant, quantity: int = 2) -> tuple[Order, Payment]:
    """An order whose payment page is open, written down without a visit to the shop."""
    with transaction.atomic():
        order = make_order(variant=variant, quantity=quantity, status="awaiting_payment", payment_status=None)
    start_payment(order_id=order.pk, gateway_name="stripe", now=timezone.now())
    return order, order.payments.get()


def on_hold(variant: Variant, sandbox: RunningSandbox, **card: str) -> tuple[Order, Payment]:
    """An order for two that is authorised and on hold."""
    order, payment = ordered(variant)
    assert Shopper().pay(order, sandbox, **card)["status"] == "paid"
    settle(payment_id=payment.pk, now=timezone.now())
    order, payment = fresh(order, payment)
    assert (order.status, payment.status) == ("on_hold", "authorized")
    return order, payment


def fresh(order: Order, payment: Payment) -> tuple[Order, Payment]:
    """Both as the database has them now."""
    return Order.objects.get(pk=order.pk), Payment.objects.select_related("order").get(pk=payment.pk)


def states(order: Order, payment: Payment) -> tuple[str, str]:
    order, payment = fresh(order, payment)
    return order.status, payment.status


def stock(variant: Variant) -> tuple[int, int]:
    """On hand, held."""
    found = Variant.objects.get(pk=variant.pk)
    return found.on_hand, found.held


def books(sandbox: RunningSandbox) -> list[tuple[int, int, int, int]]:
    """The payment company's truth: authorised, captured, refunded, voided for each charge."""
    return [(row["authorised"], row["captured"], row["refunded"], row["voided"]) for row in sandbox.ledger()]


def mails(order: Order) -> list[str]:
    """The kinds of mail written, in order."""
    return list(Mail.objects.filter(order=order).order_by("pk").values_list("kind", flat=True))


def alerts() -> list[str]:
    """The causes of all alerts, without the ids."""
    return [cause.split(":")[0] for cause in Alert.objects.order_by("pk").values_list("cause", flat=True)]


def trail(order: Order) -> list[tuple[str, str, str | None, str]]:
    """Every event of the order: was, now, who, why."""
    return [
        (e.was, e.now, e.by.email if e.by else None, e.why) for e in order.events.order_by("at", "pk").select_related("by")
    ]


def snapshot(order: Order, payment: Payment, variant: Variant, sandbox: RunningSandbox) -> Any:
    """All that must be the same after something was refused."""
    order, payment = fresh(order, payment)
    events = order.events.count(), payment.events.count()
    paid = payment.status, payment.captured_amount, payment.refunded_amount
    decided = order.decided_by_id, order.decision, order.cancel_reason
    return order.status, paid, events, decided, stock(variant), mails(order), books(sandbox)


def capture_by_hand(payment: Payment, minor: int) -> None:
    """As in the gateway's dashboard."""
    get_gateway("stripe").capture(str(payment.reference), Money(minor, "USD"), idempotency_key=f"hand:capture:{payment.pk}")


def refund_by_hand(payment: Payment, minor: int) -> None:
    key = f"hand:refund:{payment.pk}:{minor}"
    get_gateway("stripe").refund(str(payment.reference), Money(minor, "USD"), idempotency_key=key)


def void_by_hand(payment: Payment) -> None:
    get_gateway("stripe").void(str(payment.reference), idempotency_key=f"hand:void:{payment.pk}")


def think_it_is_over(order: Order, payment: Payment) -> None:
    """The shop takes the page for closed and lets the order expire, while the page is open still."""
    move_payment(payment, to=PaymentStatus.EXPIRED, why="Thought closed.", now=timezone.now())
    expire_order(order=order, why="Thought closed.", now=timezone.now())


def look(payment: Payment, now: datetime | None = None) -> None:
    """Settle, as webhook, return page and sweep do."""
    settle(payment_id=payment.pk, now=now or timezone.now())
