"""What the worker does about the audit log, every night."""

from __future__ import annotations

from django.tasks import task
from django.utils import timezone


@task(queue_name="slow")
def verify() -> None:
    """Walk the chain, compare its end with last night's note, and tell what is wrong."""
    from store.audit.nightly import verify_and_note  # noqa: PLC0415 - models must be loaded first

    verify_and_note(now=timezone.now())
