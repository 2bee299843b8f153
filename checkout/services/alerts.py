"""Matters a person must look at: told once, with the next step in words, and closed by themselves when they are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.urls import reverse

from checkout.models import Alert, Order, Payment

# A mail server that is away is tried again after this.
MAIL_AGAIN = timedelta(minutes=10)
# What is older was not told when it was new: no mail server for two days, or no address then.
MAIL_NO_LONGER = timedelta(days=2)
MOST_AT_ONCE = 50
# What a person has closed and is so all the same is told again after this.
STILL_SO = timedelta(days=1)
# Begins the cause of the alert about an order that was rebuilt after a break-in (`checkout.recovery`).
REBUILT = "rebuilt:"
# Stands in the cause of a matter that is over, before its number.
ENDED = "#"


def tell(
    *,
    cause: str,
    message: str,
    now: datetime,
    order: Order | None = None,
    payment: Payment | None = None,
    again: bool = False,
) -> None:
    """Tell the staff of a matter, once for as long as it lasts.

    One that was over and comes again is a new matter (see `resolve_alerts`). One that a person has closed and that still is
    so is told again after STILL_SO, or at once with `again`, which also renews the words of one that is open.
    """
    values = {"order": order, "payment": payment, "message": message, "raised_at": now}
    row, is_new = Alert.objects.get_or_create(cause=cause, defaults=values)
    if is_new:
        return
    same = Alert.objects.filter(pk=row.pk)
    due = same.exclude(raised_at=now) if again else same.filter(resolved_at__lte=now - STILL_SO)
    due.update(message=message, raised_at=now, resolved_at=None, mailed_at=None, mail_claimed_at=None)


def raise_alert(payment: Payment, *, cause: str, message: str, now: datetime, about: object = None) -> None:
    """Tell the staff, once per cause and payment (or `about`, the id of something of the payment's)."""
    _tell_of(payment, cause=cause, message=message, now=now, about=about)


def raise_alert_again(payment: Payment, *, cause: str, message: str, now: datetime, about: object = None) -> None:
    """As `raise_alert`, of what has changed: it is opened and mailed anew, with the words of today."""
    _tell_of(payment, cause=cause, message=message, now=now, about=about, again=True)


def _tell_of(
    payment: Payment, *, cause: str, message: str, now: datetime, about: object = None, again: bool = False
) -> None:
    tell(
        cause=f"{cause}:{about or payment.pk}",
        message=f"Order {payment.order.number}: {message}",
        now=now,
        order=payment.order,
        payment=payment,
        again=again,
    )


def resolve_alerts(*causes: str, about: object, now: datetime) -> None:
    """Close what is over: the alerts that were raised with these causes about this."""
    names = [f"{cause}:{about}" for cause in causes]
    _end(Alert.objects.filter(cause__in=names), now=now)


def resolve_all(*, prefix: str, now: datetime) -> int:
    """Close what is over: every alert whose cause begins so. Says how many were open."""
    return _end(Alert.objects.filter(cause__startswith=prefix), now=now)


def _end(alerts: QuerySet[Alert], *, now: datetime) -> int:
    """Close them, and free their causes: should the same come again, it is another matter and is told."""
    ended = 0
    for alert in alerts.exclude(cause__contains=ENDED):
        ended += alert.resolved_at is None
        cause = f"{alert.cause}{ENDED}{alert.pk}"
        Alert.objects.filter(pk=alert.pk, cause=alert.cause).update(cause=cause, resolved_at=alert.resolved_at or now)
    return ended


def close_deadlines(order: Order, *, now: datetime) -> None:
    """The order is decided: nobody needs to hurry any more."""
    Alert.objects.open().filter(order=order, cause__startswith="deadline-").update(resolved_at=now)


def mail_alerts(*, now: datetime) -> int:
    """Send the staff one mail about all that is new, if the shop has an address for that; say how many matters it names.

    Each matter is claimed first, so that two workers tell of it once; the claim of one that dies lapses. Raises what the
    mail server raises; then it is tried again.
    """
    if not settings.STAFF_EMAIL:
        return 0
    fresh = Alert.objects.open().filter(mailed_at=None, raised_at__gt=now - MAIL_NO_LONGER)
    free = fresh.filter(Q(mail_claimed_at=None) | Q(mail_claimed_at__lte=now - MAIL_AGAIN))
    ids = list(free.order_by("raised_at").values_list("pk", flat=True)[:MOST_AT_ONCE])
    claimed = [pk for pk in ids if free.filter(pk=pk).update(mail_claimed_at=now)]
    if not claimed:
        return 0
    alerts = list(Alert.objects.filter(pk__in=claimed).order_by("raised_at"))
    lines = [f"- {alert.message}\n  {settings.SHOP_ORIGIN}{link_of(alert)}" for alert in alerts]
    count = "1 matter needs a person" if len(alerts) == 1 else f"{len(alerts)} matters need a person"
    EmailMessage(
        subject=f"{settings.SHOP_NAME}: {count}",
        body="\n\n".join([*lines, f"All of them: {settings.SHOP_ORIGIN}{reverse('admin:checkout_alert_changelist')}"]),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[settings.STAFF_EMAIL],
    ).send()
    Alert.objects.filter(pk__in=claimed).update(mailed_at=now)
    return len(alerts)


def link_of(alert: Alert) -> str:
    """Where the next step is taken."""
    if alert.order_id:
        return reverse("admin:checkout_order_change", args=[alert.order_id])
    if alert.cause.startswith("differences:"):
        return reverse("admin:checkout_difference_changelist")
    return reverse("admin:checkout_alert_changelist")
