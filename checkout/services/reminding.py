"""One mail about an order that waits for its payment, while it can still be paid: news of the order, no advertising."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef

from checkout.limits import HOLD_GRACE
from checkout.models import Mail, Order, Payment
from checkout.services.mails import queue_mail
from checkout.states import OrderStatus, PaymentStatus

# With less time than this left, a mail would come too late.
_LEAST_LEFT: Final = timedelta(minutes=5)
# An address is written to once in so long, however many orders name it: anybody can type anybody's.
_ONCE_IN: Final = timedelta(days=1)
_BATCH: Final = 500


def remind_of_payments(*, now: datetime) -> int:
    """Write a mail for each order unpaid since PAYMENT_REMINDER_MINUTES, once; return how many. 0 minutes: none at all.

    Left alone are orders whose payment a person looks at, and those that had the mail with the link to go on and pay.
    """
    if not settings.PAYMENT_REMINDER_MINUTES:
        return 0
    written = Mail.objects.filter(order=OuterRef("pk"), kind__in=(Mail.Kind.WAITING, Mail.Kind.PROVE))
    lately = Mail.objects.filter(
        kind=Mail.Kind.WAITING, order__email_index=OuterRef("email_index"), written_at__gt=now - _ONCE_IN
    )
    odd = Payment.objects.filter(order=OuterRef("pk"), status=PaymentStatus.MISMATCHED)
    waiting = Order.objects.filter(
        ~Exists(written),
        ~Exists(lately),
        ~Exists(odd),
        status=OrderStatus.AWAITING_PAYMENT,
        placed_at__lte=now - timedelta(minutes=settings.PAYMENT_REMINDER_MINUTES),
        expires_at__gt=now + HOLD_GRACE + _LEAST_LEFT,
    )
    found = waiting.order_by("placed_at").values_list("email_index", "pk")[:_BATCH]
    newest = {digest: pk for digest, pk in found if digest}  # of several orders of one person, the last
    return sum(queue_mail(order_id=pk, kind=Mail.Kind.WAITING, now=now) for pk in newest.values())
