"""Matters a person must look at: told once, with the next step in words, and closed by themselves when they are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.urls import reverse

from checkout.models import Alert, Order, Payment

# A mail server that is away is tried again after this.
MAIL_AGAIN = timedelta(minutes=10)
# What is older was not told when it was new: no mail server for two days, or no address then.
MAIL_NO_LONGER = timedelta(days=2)
MOST_AT_ONCE = 50


def raise_alert(payment: Payment, *, cause: str, message: str, now: datetime, about: object = None) -> None:
    """Tell the staff, once per cause and payment (or `about`, the id of something of the payment's)."""
    Alert.objects.get_or_create(
        cause=f"{cause}:{about or payment.pk}",
        defaults={
            "order": payment.order,
            "payment": payment,
            "message": f"Order {payment.order.number}: {message}",
            "raised_at": now,
        },
    )


def raise_alert_again(payment: Payment, *, cause: str, message: str, now: datetime, about: object = None) -> None:
    """As `raise_alert`, of what may come back: one that was closed is opened and mailed anew, with the words of today."""
    raise_alert(payment, cause=cause, message=message, now=now, about=about)
    Alert.objects.filter(cause=f"{cause}:{about or payment.pk}").exclude(raised_at=now).update(
        message=f"Order {payment.order.number}: {message}",
        raised_at=now,
        resolved_at=None,
        mailed_at=None,
        mail_claimed_at=None,
    )


def resolve_alerts(*causes: str, about: object, now: datetime) -> None:
    """Close what is over: the alerts that were raised with these causes about this."""
    names = [f"{cause}:{about}" for cause in causes]
    Alert.objects.filter(cause__in=names, resolved_at=None).update(resolved_at=now)


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
