"""Matters a person must look at: told once, with the next step in words, and closed by themselves when they are over."""

from __future__ import annotations

from datetime import datetime

from checkout.models import Alert, Payment


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


def resolve_alerts(*causes: str, about: object, now: datetime) -> None:
    """Close what is over: the alerts that were raised with these causes about this."""
    names = [f"{cause}:{about}" for cause in causes]
    Alert.objects.filter(cause__in=names, resolved_at=None).update(resolved_at=now)
