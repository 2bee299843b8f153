"""What the top of an order's page shows: its money, what is said against it, what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from checkout.models import Alert, Dispute, GatewayNotice, Order, Payment, Refund
from checkout.services.deadlines import Deadline, deadline_of
from store.money import format_money


@dataclass(frozen=True, slots=True, kw_only=True)
class Countdown:
    """How long a payment can still be decided on."""

    left: str
    ends_at: datetime
    is_short: bool
    can_renew: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoney:
    """The figures of all payments of an order together, and the rows behind them."""

    figures: tuple[tuple[str, str], ...]
    payment: Payment | None
    countdown: Countdown | None
    refunds: list[Refund]
    disputes: list[Dispute]
    notices: list[GatewayNotice]
    alerts: list[Alert]


def order_money(order: Order, *, now: datetime) -> OrderMoney:
    """Read it in five queries, however many payments there are."""
    payments = list(order.payments.order_by("created_at").prefetch_related("disputes"))
    refunds = list(Refund.objects.filter(payment__order=order).select_related("payment").order_by("requested_at", "pk"))
    disputes = list(Dispute.objects.filter(payment__order=order).select_related("payment").order_by("pk"))
    notices = list(GatewayNotice.objects.filter(payment__order=order).order_by("pk"))
    alerts = list(Alert.objects.open().filter(order=order).order_by("raised_at"))
    current = next((payment for payment in payments if payment.status in ("authorized", "capturing", "captured")), None)
    deadline = deadline_of(current) if current and order.is_on_hold else None
    return OrderMoney(
        figures=_figures(order, payments),
        payment=current or (payments[-1] if payments else None),
        countdown=_countdown(current, deadline, now=now) if current and deadline else None,
        refunds=refunds,
        disputes=disputes,
        notices=notices,
        alerts=alerts,
    )


def _figures(order: Order, payments: list[Payment]) -> tuple[tuple[str, str], ...]:
    captured = sum(payment.captured_amount for payment in payments)
    refunded = sum(payment.refunded_amount for payment in payments)
    refunding = sum(payment.refunding_amount for payment in payments)
    disputed = sum(payment.taken_by_disputes() for payment in payments)
    authorised = sum(payment.amount for payment in payments if payment.is_authorized)
    amounts = {
        "Order": order.total,
        "Authorised, not charged": authorised,
        "Captured": captured,
        "Refunded": refunded,
        "Refund under way": refunding,
        "Taken by disputes": disputed,
    }
    shown = [(name, format_money(amount, order.currency)) for name, amount in amounts.items() if amount or name == "Order"]
    shown.append(("Left with the shop", format_money(captured - refunded - refunding - disputed, order.currency)))
    return tuple(shown)


def _countdown(payment: Payment, deadline: Deadline, *, now: datetime) -> Countdown:
    left = deadline.ends_at - now
    hours = max(int(left.total_seconds() // 3600), 0)
    return Countdown(
        left=_words(hours),
        ends_at=deadline.ends_at,
        is_short=bool(deadline.stage(now)),
        can_renew=deadline.is_renewable and now >= deadline.promised_until and not payment.former_reference,
    )


def _words(hours: int) -> str:
    parts = [(hours // 24, "day"), (hours % 24, "hour")]
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count) or "less than an hour"
