"""What the worker does for accounts. Tasks carry ids; each may run twice."""

from __future__ import annotations

import uuid

from django.tasks import task
from django.utils import timezone


@task()
def send_account_mail(kind: str, about: str, tries: int = 1, language: str = "en") -> None:
    """Send one mail, in the language of the page that was the reason for it."""
    from store.accounts.mails import deliver_account_mail  # noqa: PLC0415 - it enqueues this task

    deliver_account_mail(kind=kind, about=uuid.UUID(about), tries=tries, language=language, now=timezone.now())


@task()
def forget_sign_ups() -> None:
    """Delete sign-ups that nobody confirmed in time."""
    from store.accounts.sign_up import forget_old_sign_ups  # noqa: PLC0415 - it enqueues this task

    forget_old_sign_ups(now=timezone.now())
