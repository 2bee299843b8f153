"""What the worker does. Tasks carry ids; each may run twice, or never and be picked up by the sweep: all end the same."""

from __future__ import annotations

from django.tasks import task
from django.utils import timezone


@task()
def send_mail(mail_id: int) -> None:
    """Send one mail of the outbox."""
    from checkout.services.mails import send_queued_mail  # noqa: PLC0415

    send_queued_mail(mail_id=mail_id, now=timezone.now())


@task()
def follow_up_event(record_id: int) -> None:
    """Look again at the object that a webhook named."""
    from checkout.services.webhooks import follow_up  # noqa: PLC0415

    follow_up(record_id=record_id, now=timezone.now())


@task()
def sweep() -> None:
    """Ask the gateway about everything open."""
    from checkout.services.sweep import sweep_payments  # noqa: PLC0415

    sweep_payments(now=timezone.now())
