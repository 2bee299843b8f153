"""Adding a row to the audit log, and the seals that tie it to all rows before it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone

from store.audit.models import HEAD_ID, AuditHead, AuditRow
from store.client import client_ip
from store.logs import request_id

# Beside a request: something it did is in the log.
RECORDED: Final = "store.audit.recorded"


def record(
    *,
    actor: models.Model | AnonymousUser | None,
    action: str,
    object: models.Model | None = None,  # noqa: A002 - the word for it
    fields: Iterable[str] = (),
    why: str = "",
    request: HttpRequest | None = None,
    now: datetime | None = None,
) -> AuditRow:
    """Write down that `actor` did `action` to `object`, and return the row.

    `fields` are names of fields, never their values; `why` is the actor's own reason and is kept encrypted, as is the
    address that `request` came from. The row is part of the caller's transaction: it stays if what it tells stays. Call it
    after all other locks are taken.
    """
    if request is not None:
        request.META[RECORDED] = True
    with transaction.atomic():
        head = _lock_head()
        key = base64.b64decode(head.chain_key)
        row = AuditRow(
            n=head.n + 1,
            at=now or timezone.now(),
            actor_id=actor.pk if actor is not None else None,
            action=action,
            object_type=object._meta.label if object is not None else "",  # noqa: SLF001 - Django's public secret
            object_id=str(object.pk) if object is not None else "",
            field_names=" ".join(fields)[:400],
            address=client_ip(request)[:45] if request is not None else "",
            why=why[:500],
            request_id=request_id.get() or "",
        )
        row.digest = digest_of(row, key=key)
        row.seal = seal_of(row, key=key, before=head.last)
        row.save(force_insert=True)
        AuditHead.objects.filter(pk=HEAD_ID).update(n=row.n, last=row.seal, seal=head_seal(row.n, row.seal, key=key))
    return row


def _lock_head() -> AuditHead:
    """Return the end of the chain under its lock; make it first, once, where there is none."""
    heads = AuditHead.objects.select_for_update().filter(pk=HEAD_ID)
    if (head := heads.first()) is not None:
        return head
    fresh = AuditHead(pk=HEAD_ID, chain_key=base64.b64encode(secrets.token_bytes(32)).decode("ascii"))
    AuditHead.objects.bulk_create([fresh], ignore_conflicts=True)
    return heads.get()


def digest_of(row: AuditRow, *, key: bytes) -> str:
    """Return the keyed digest of what is encrypted in a row."""
    return _mac(key, "personal", [str(row.pk), row.address, row.why])


def seal_of(row: AuditRow, *, key: bytes, before: str) -> str:
    """Return the seal of a row that follows the row with the seal `before`."""
    return _mac(
        key,
        "row",
        [
            before,
            row.n,
            str(row.pk),
            row.at.astimezone(UTC).isoformat(timespec="microseconds"),
            str(row.actor_id or ""),
            row.action,
            row.object_type,
            row.object_id,
            row.field_names,
            row.request_id,
            row.digest,
        ],
    )


def head_seal(n: int, last: str, *, key: bytes) -> str:
    """Return the seal of the end of the chain."""
    return _mac(key, "head", [n, last])


def _mac(key: bytes, purpose: str, parts: list[str | int]) -> str:
    return hmac.new(key, json.dumps([purpose, *parts]).encode(), hashlib.sha256).hexdigest()
