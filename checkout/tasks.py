"""What the worker does. Tasks carry ids; each may run twice, or never and be picked up by the sweep: all end the same."""

from __future__ import annotations

import uuid
from contextlib import suppress

from django.tasks import task
from django.utils import timezone


@task()
def send_mail(mail_id: int) -> None:
    """Send one mail of the outbox."""
    from checkout.services.mails import UnableToSendMail, send_queued_mail  # noqa: PLC0415

    with suppress(UnableToSendMail):  # its row says so, and when it is tried again
        send_queued_mail(mail_id=mail_id, now=timezone.now())


@task()
def follow_up_event(record_id: int) -> None:
    """Look again at the object that a webhook named."""
    from checkout.services.webhooks import UnableToFollowUp, follow_up  # noqa: PLC0415

    with suppress(UnableToFollowUp):  # as above
        follow_up(record_id=record_id, now=timezone.now())


@task()
def follow_up_withdrawal(withdrawal_id: str) -> None:
    """Do what follows from a withdrawal."""
    from checkout.services.withdrawing import follow_up_withdrawal as follow_up  # noqa: PLC0415

    follow_up(withdrawal_id=uuid.UUID(withdrawal_id), now=timezone.now())


@task()
def send_order_link(order_id: str, cause: str) -> None:
    """Mail the link of an order to its own address, if there is such an order."""
    from checkout.services.looking_up import send_order_link as send  # noqa: PLC0415

    send(order_id=uuid.UUID(order_id), cause=cause, now=timezone.now())


@task()
def close_declined(order_id: str) -> None:
    """Close the payment page on which too many cards were declined, and free the goods."""
    from checkout.services.payments import close_declined_order  # noqa: PLC0415

    close_declined_order(order_id=uuid.UUID(order_id), now=timezone.now())


@task()
def sweep() -> None:
    """Ask the gateway about everything open."""
    from checkout.services.sweep import sweep_payments  # noqa: PLC0415

    sweep_payments(now=timezone.now())


@task(queue_name="slow")
def reconcile() -> None:
    """Compare the gateway's books with ours. Fails, and so is tried again, when they could not be read."""
    from checkout.services.reconcile import LOOK_BACK, BooksNotRead, reconcile_payments  # noqa: PLC0415

    now = timezone.now()
    if reconcile_payments(since=now - LOOK_BACK, until=now, now=now).unread:
        raise BooksNotRead


@task()
def look_for_trouble() -> None:
    """Find disputes, warnings and reviews that no webhook told of."""
    from checkout.services.disputes import look_for_trouble as look  # noqa: PLC0415
    from store.jobs.schedules import record_run  # noqa: PLC0415

    now = timezone.now()
    troubles = look(now=now)
    report = f"Looked for disputes, warnings and reviews; {troubles} gateways or payments could not be asked."
    record_run("trouble", report=report, now=now, is_good=not troubles)


@task()
def prune() -> None:
    """Delete what nobody needs any more: jobs that are done, old events of the gateways."""
    from catalog.missed import prune_missed  # noqa: PLC0415
    from catalog.wishes import prune_wish_lists  # noqa: PLC0415
    from checkout.services.purge import purge_withdrawals  # noqa: PLC0415
    from checkout.services.webhooks import prune_events  # noqa: PLC0415
    from store.jobs.recovery import prune_jobs  # noqa: PLC0415
    from store.jobs.schedules import record_run  # noqa: PLC0415

    now = timezone.now()
    jobs, events = prune_jobs(now=now), prune_events(now=now)
    prune_missed(now=now)
    prune_wish_lists(now=now)
    purge_withdrawals(now=now)
    record_run("prune", report=f"Deleted {jobs} finished jobs and {events} old gateway events.", now=now)
