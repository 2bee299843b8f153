"""The mail server of the histories: it remembers what was sent, and can be down."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest import mock

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from checkout.models import Mail

sent: list[str] = []
# So many mails will be refused.
trouble = 0


class PostOffice(BaseEmailBackend):
    """Keeps the subject of every mail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Accept the mails or, while there is trouble, refuse them."""
        global trouble  # noqa: PLW0603  # one mail server
        if trouble:
            trouble -= 1
            raise smtplib.SMTPServerDisconnected("out of order")
        sent.extend(str(message.subject) for message in email_messages)
        return len(email_messages)


@contextmanager
def quick_mails() -> Iterator[None]:
    """Send mails without their text: its templates take a third of the time and decide nothing. The subject is the cause."""

    def build(mail: Mail) -> EmailMultiAlternatives:
        return EmailMultiAlternatives(subject=f"{mail.kind} {mail.order.number} {mail.cause}", to=[mail.order.email])

    with mock.patch("checkout.services.mails.build_mail", build):
        yield
