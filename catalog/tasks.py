"""What the worker does for the catalogue. Tasks carry ids and names of files; each may run twice."""

from __future__ import annotations

import uuid

from django.tasks import task
from django.utils import timezone


@task(queue_name="slow")
def make_renditions(stem: str, width: int) -> None:
    """Make a new picture's other sizes and formats."""
    from catalog.pictures import finish_picture  # noqa: PLC0415 - it enqueues this task

    finish_picture(stem=stem, width=width)


@task()
def send_wait_mail(wait_id: str) -> None:
    """Ask a mailbox whether it wants to be told."""
    from catalog.waiting import send_confirmation  # noqa: PLC0415 - it enqueues this task

    send_confirmation(pk=uuid.UUID(wait_id))


@task()
def tell_who_waits() -> None:
    """Mail those whose goods are back."""
    from catalog.waiting import tell_who_waits as tell  # noqa: PLC0415 - same
    from store.jobs.schedules import record_run  # noqa: PLC0415 - the registry of models must be ready

    now = timezone.now()
    told, old = tell(now=now)
    record_run("back in stock", report=f"Told {told} that goods are back; forgot {old} that waited too long.", now=now)
