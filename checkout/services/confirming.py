"""Asking by mail whether an order is theirs: a signed link that lapses, and that is answered once.

Whoever reads the mail answers, and mail is easier to reach for a thief than a telephone: so an answer releases nothing and
cancels nothing. It is a fact for whoever decides; `order_answered` tells of it.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from checkout.models import Confirmation, Mail, Order
from checkout.proofs import is_confirmation_proof
from checkout.services.mails import queue_mail
from checkout.signals import announce, order_answered
from store.models import User

# Long enough for who reads mail in the evening, short enough that the answer still matters.
VALID_FOR: Final = timedelta(hours=48)
# Who did not answer these does not read the mailbox; more would look like a nuisance.
MOST_ASKED: Final = 3


class UnableToAsk(Exception):
    """No mail was written. `str(error)` tells staff why."""


class UnableToAnswer(Exception):
    """Nothing was written down. `str(error)` tells the customer why."""


def ask_to_confirm(*, order_id: uuid.UUID, by: User, now: datetime) -> Confirmation:
    """Have a link mailed by which the customer says whether the order is theirs. Raises UnableToAsk.

    One link at a time, MOST_ASKED in all, and only while the order is on hold.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if not order.is_on_hold:
            raise UnableToAsk("This order is decided already. No mail was sent.")
        if not order.email:
            raise UnableToAsk("This order's e-mail address was erased. No mail was sent.")
        before = list(order.confirmations.order_by("-asked_at"))
        if any(one.answer for one in before):
            raise UnableToAsk("The customer has answered by mail already. No further mail was sent.")
        if before and before[0].expires_at > now:
            raise UnableToAsk("A link was mailed already and can still be answered. No further mail was sent.")
        if len(before) >= MOST_ASKED:
            raise UnableToAsk(f"{MOST_ASKED} links were mailed and none was answered. No further mail was sent: ring them.")
        asked = Confirmation.objects.create(order=order, asked_by=by, asked_at=now, expires_at=now + VALID_FOR)
        queue_mail(order_id=order.pk, kind=Mail.Kind.CONFIRM, cause=str(asked.pk), now=now)
    return asked


def find_confirmation(*, order: Order, proof: str) -> Confirmation | None:
    """The link of this order that `proof` was signed for; None for one that nobody signed."""
    asked = order.confirmations.order_by("-asked_at")[:MOST_ASKED]
    return next((one for one in asked if is_confirmation_proof(proof, confirmation=one)), None)


def answer_confirmation(*, confirmation_id: uuid.UUID, confirms: bool, ip_address: str, now: datetime) -> Confirmation:
    """Write down what was answered, once. Raises UnableToAnswer when that is done, too late or of no use."""
    answer = Confirmation.Answer.CONFIRMS if confirms else Confirmation.Answer.DENIES
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).get(confirmations=confirmation_id)
        # Who knows nothing of an order may say so until it has left; there is nothing to confirm any more by then.
        if not order.is_on_hold and not (order.is_released and not confirms):
            raise UnableToAnswer(_("This order is decided already, so nothing was changed."))
        asked = Confirmation.objects.select_for_update().get(pk=confirmation_id)  # after the lock: of two, one is too late
        if asked.answer:
            raise UnableToAnswer(_("This link was used already. Nothing was changed."))
        if asked.expires_at <= now:
            raise UnableToAnswer(_("This link is too old. Nothing was changed."))
        asked.answer, asked.answered_at, asked.ip_address = answer, now, ip_address or None
        asked.save(update_fields=["answer", "answered_at", "ip_address"])
        announce(order_answered, order_id=order.pk, now=now)
    return asked
