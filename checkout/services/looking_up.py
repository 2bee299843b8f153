"""A guest's way back to an order: whoever knows its number and e-mail address has its link sent to that address.

The page shows nothing of any order and does the same work for a hit and a miss: one query, one job. Only the mailbox learns
more. Sources: shopware issue 439 and pwa-kit pull request 3951, where such pages told strangers too much.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from checkout import limits
from checkout.finding import NUMBER, read_term
from checkout.models import Mail, Order
from checkout.services.mails import queue_mail
from store.blind_index import blind_index
from store.throttle import take_uses


class NoOrderNumber(Exception):
    """What was typed can't be the number of any order. Nothing was looked up."""


def ask_for_order_link(*, number: str, email: str, address: str, now: datetime) -> None:
    """Have the link of an order mailed to its own address if number and e-mail fit; say nothing either way.

    `address` is the IP address, counted and not kept. Raises NoOrderNumber, or TooOften.
    """
    from checkout.tasks import send_order_link  # noqa: PLC0415  # the task calls this module

    what, read = read_term(number)
    if what != NUMBER:
        raise NoOrderNumber
    take_uses(limits.uses_of_look_up(address=address, email=email), now=now)
    found = Order.objects.filter(number=read, email_index=blind_index("email", email)).values_list("pk", flat=True).first()
    send_order_link.enqueue(str(found or uuid.uuid4()), str(uuid.uuid4()))  # of no order: the job finds nothing to do


def send_order_link(*, order_id: uuid.UUID, cause: str, now: datetime) -> bool:
    """Write the mail with the link, if there is such an order; say whether. Once for each `cause`."""
    if not Order.objects.filter(pk=order_id).exists():
        return False
    return queue_mail(order_id=order_id, kind=Mail.Kind.LINK, cause=cause, now=now)
