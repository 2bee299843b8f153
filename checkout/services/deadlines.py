"""Deadlines: authorisations lapse, so whoever decides is told in time; what nobody decided is cancelled, never charged.

At half of the time, at four fifths, a day and four hours before the end the staff are warned. A safe while before the end
the payment is voided, the order cancelled, its goods freed and the customer told. All of it is the sweep's work; each step
happens once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from checkout.models import Alert, Order, Payment
from checkout.services.alerts import raise_alert, resolve_alerts
from checkout.services.cancel import UnableToCancelOrder, cancel_undecided
from checkout.services.settle import SHORTEST_AUTHORISATION
from checkout.states import OrderStatus, PaymentStatus

log = structlog.get_logger(__name__)

# The sweep may be late, the gateway's clock may be ahead, and a void takes its time.
MARGIN = timedelta(hours=2)
LAST_DAY = timedelta(hours=24)
LAST_HOURS = timedelta(hours=4)
RENEWED_FOR = timedelta(days=3)
BATCH = 200

# Alerts, most urgent first. "honour": the gateway does not promise the money any more, but may give it still.
STAGES = ("deadline-honour", "deadline-last-hours", "deadline-last-day", "deadline-80", "deadline-50")


@dataclass(frozen=True, slots=True)
class Deadline:
    """The time that is left for one payment."""

    begins_at: datetime
    promised_until: datetime  # the gateway promises the money until then
    ends_at: datetime  # the shop gives it back then

    @property
    def is_renewable(self) -> bool:
        """Whether the authorisation outlives the promise, as PayPal's does."""
        return self.ends_at > self.promised_until

    def stage(self, now: datetime) -> str:
        """The most urgent warning that is due; empty before the first."""
        whole = self.promised_until - self.begins_at
        due = {
            "deadline-honour": self.is_renewable and now >= self.promised_until,
            "deadline-last-hours": now >= self.promised_until - LAST_HOURS,
            "deadline-last-day": now >= self.promised_until - LAST_DAY,
            "deadline-80": now >= self.begins_at + whole * 0.8,
            "deadline-50": now >= self.begins_at + whole * 0.5,
        }
        return next((name for name in STAGES if due[name]), "")


def deadline_of(payment: Payment) -> Deadline | None:
    """When an authorised payment must be decided on; None for one that is not authorised."""
    if payment.status != PaymentStatus.AUTHORIZED or payment.authorized_at is None:
        return None
    promised_until = payment.capture_before or payment.authorized_at + SHORTEST_AUTHORISATION
    if payment.former_reference:  # renewed, which can be done once: PayPal promises the money for three days more
        return Deadline(promised_until - RENEWED_FOR, promised_until, promised_until - MARGIN)
    ends_at = max(payment.lapses_at or promised_until, promised_until) - MARGIN
    begins_at = (
        max(payment.authorized_at, promised_until - timedelta(days=3)) if payment.former_reference else payment.authorized_at
    )
    return Deadline(begins_at=begins_at, promised_until=promised_until, ends_at=ends_at)


def watch_deadlines(*, now: datetime) -> int:
    """Warn of deadlines that come near and cancel what has reached its own; say how many orders were cancelled.

    Uses the network.
    """
    cancelled = 0
    told = set(Alert.objects.filter(cause__startswith="deadline-", resolved_at=None).values_list("cause", flat=True))
    for payment in _undecided():
        try:
            cancelled += _watch(payment, told=told, now=now)
        except Exception as error:
            # One that can't be dealt with must not let the time of the others run out.
            log.exception("deadline_not_watched", payment=str(payment.pk), error=type(error).__name__)
            message = (
                f"its deadline could not be watched ({type(error).__name__}). Nobody is warned of it, and the shop does not "
                "cancel it in time. Release or cancel the order yourself, and report the error to whoever runs the shop."
            )
            raise_alert(payment, cause="deadline-error", message=message, now=now)
    return cancelled


def _undecided() -> Iterator[Payment]:
    waiting = Payment.objects.filter(status=PaymentStatus.AUTHORIZED, order__status=OrderStatus.ON_HOLD)
    yield from waiting.select_related("order").order_by("capture_before")


def _watch(payment: Payment, *, told: set[str], now: datetime) -> bool:
    """Warn of one deadline or keep it; say whether the order was cancelled."""
    deadline = deadline_of(payment)
    if deadline is None:
        return False
    if now >= deadline.ends_at:
        return _give_up(payment, now=now)
    if (stage := deadline.stage(now)) and f"{stage}:{_about(payment)}" not in told:
        _warn(payment, deadline, stage, now=now)
    return False


def _about(payment: Payment) -> str:
    """A renewed authorisation is warned of anew."""
    return f"{payment.pk}:2" if payment.former_reference else str(payment.pk)


def _warn(payment: Payment, deadline: Deadline, stage: str, *, now: datetime) -> None:
    left = deadline.promised_until - now
    hours = max(int(left.total_seconds() // 3600), 0)
    until, ends = (f"{moment:%d %B, %H:%M} UTC" for moment in (deadline.promised_until, deadline.ends_at))
    if stage == "deadline-honour":
        message = (
            f"the gateway promises the {payment.money} no longer. Have it authorised anew on the order's page, which can be "
            f"tried once, or cancel the order. Otherwise the shop cancels it on {ends}. Nothing is charged by itself."
        )
    elif deadline.is_renewable:
        message = (
            f"the gateway promises the {payment.money} for {hours} more hours, until {until}. Ring the customer, then "
            "release or cancel the order. Nothing is charged by itself."
        )
    else:
        message = (
            f"the authorisation of {payment.money} lapses in {hours} hours, on {until}. Ring the customer, then release or "
            f"cancel the order. Otherwise the shop cancels it on {ends} and charges nothing."
        )
    about = _about(payment)
    raise_alert(payment, cause=stage, about=about, message=message, now=now)
    resolve_alerts(*(other for other in STAGES if other != stage), about=about, now=now)


def _give_up(payment: Payment, *, now: datetime) -> bool:
    """Void and cancel: whoever releases at this very moment was quicker, or is told that it is too late."""
    # Calls for the payments before it may have taken minutes: it may be released, or authorised anew, by now.
    payment = Payment.objects.select_related("order").get(pk=payment.pk)
    deadline = deadline_of(payment)
    if deadline is None or now < deadline.ends_at:
        return False
    try:
        cancel_undecided(
            payment=payment,
            reason=Order.CancelReason.DEADLINE,
            why="Nobody decided before the authorisation lapsed.",
            now=now,
        )
    except UnableToCancelOrder:
        log.info("deadline_not_kept", payment=str(payment.pk))  # the next sweep finishes it, or it was released
        return False
    return True
