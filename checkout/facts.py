"""What checkout tells of itself to those who watch (receiver of `store.signals.facts_wanted`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, Min, Q, Sum

from checkout.models import Alert, Difference, GatewayEventRecord, Mail, Order, Payment
from checkout.states import OrderStatus, PaymentStatus
from store.watch.facts import Fact, span

_OPEN: Final = (OrderStatus.AWAITING_PAYMENT, OrderStatus.ON_HOLD, OrderStatus.RELEASED)
_OVER: Final = (OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED, OrderStatus.EXPIRED)
# The sweep sees to what a crash left behind within a minute or two.
_GRACE: Final = timedelta(minutes=10)
_MAILS_WAIT: Final = 900  # seconds


def tell_of_orders(*, now: datetime, **_: Any) -> list[Fact]:
    """Tell of orders, money, mails and matters, in seven queries."""
    return [*_orders(now), *_money(now), *_outbox(now), *_matters()]


def _orders(now: datetime) -> Iterator[Fact]:
    counted: dict[str, int] = dict(
        Order.objects.filter(status__in=_OPEN).values_list("status").annotate(Count("pk")).order_by()
    )
    for status in _OPEN:
        yield Fact(
            name="orders_open",
            about=f"Orders: {status.label.lower()}",
            value=counted.get(status, 0),
            group="Orders",
            labels={"state": status},
        )
    lately = (
        Order.objects.filter(placed_at__gt=now - timedelta(days=1)).values_list("status").annotate(Count("pk")).order_by()
    )
    placed: dict[str, int] = dict(lately)
    for status in OrderStatus:
        yield Fact(
            name="orders_placed_last_day",
            about=f"Placed in the last 24 hours, now {status.label.lower()}",
            value=placed.get(status, 0),
            group="Orders",
            labels={"state": status},
        )


def _money(now: datetime) -> Iterator[Fact]:
    with_us = Payment.objects.filter(
        Q(status=PaymentStatus.CAPTURED, captured_amount__gt=F("refunded_amount") + F("refunding_amount"))
        | Q(status=PaymentStatus.AUTHORIZED),
        order__status__in=_OVER,
        status_at__lt=now - _GRACE,
        order__status_at__lt=now - _GRACE,
    ).count()
    unknown = Difference.objects.open().filter(kind=Difference.Kind.UNKNOWN_PAYMENT).count()
    yield Fact(
        name="paid_without_order",
        about="Payments that no order stands for",
        value=with_us + unknown,
        group="Money",
        trouble="See Differences and Payments in the admin: give the money back." if with_us + unknown else "",
    )
    authorised = (
        Payment.objects.filter(status=PaymentStatus.AUTHORIZED)
        .values_list("currency")
        .annotate(Count("pk"), Sum("amount"))
        .order_by()
    )
    for currency, count, amount in authorised:
        yield Fact(
            name="authorised_payments",
            about=f"Payments authorised and not yet taken, in {currency}",
            value=count,
            group="Money",
            labels={"currency": currency},
        )
        yield Fact(
            name="authorised_minor_units",
            about=f"What they come to, in minor units of {currency}",
            value=amount,
            group="Money",
            labels={"currency": currency},
        )


def _outbox(now: datetime) -> Iterator[Fact]:
    mails = Mail.objects.filter(sent_at=None).aggregate(count=Count("pk"), oldest=Min("written_at"))
    age = (now - mails["oldest"]).total_seconds() if mails["oldest"] else 0.0
    yield Fact(name="mails_waiting", about="Mails that wait to be sent", value=mails["count"], group="Mails")
    yield Fact(
        name="mail_oldest_seconds",
        about="How long the oldest of them has waited",
        value=age,
        group="Mails",
        trouble=f"A mail has waited for {span(age)}. See whether the mail server answers (EMAIL_URL)."
        if age > _MAILS_WAIT
        else "",
    )
    events = GatewayEventRecord.objects.filter(status=GatewayEventRecord.Status.NEW).count()
    yield Fact(name="gateway_events_waiting", about="Webhooks to be followed up", value=events, group="Mails")


def _matters() -> Iterator[Fact]:
    for name, about, count, page in (
        ("alerts_open", "Alerts that nobody has closed", Alert.objects.open().count(), "Alerts"),
        (
            "differences_open",
            "Differences between the gateways' books and ours",
            Difference.objects.open().count(),
            "Differences",
        ),
    ):
        yield Fact(
            name=name, about=about, value=count, group="For a person", trouble=f"See {page} in the admin." if count else ""
        )
