"""Forgetting what was sent long ago: the decisions stay in their own log, receivers have what they took."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from fraud.models.outgoing import OutgoingMessage

BATCH: Final = 1000


def prune_messages(*, now: datetime) -> int:
    """Delete messages that were taken `OUTGOING_KEEP_DAYS` days ago or earlier; say how many.

    One that was not taken stays, however old: somebody decides about it. Done in batches, so that no lock lasts.
    """
    old = OutgoingMessage.objects.filter(sent_at__lte=now - timedelta(days=settings.OUTGOING_KEEP_DAYS))
    deleted = 0
    while found := list(old.order_by("sent_at").values_list("pk", flat=True)[:BATCH]):
        # Asked again: one that is being sent anew has no time of sending.
        count = old.filter(pk__in=found).delete()[0]
        if not count:
            break
        deleted += count
    return deleted
