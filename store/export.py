"""All that the shop knows about a person, for them to take away."""

# ruff: noqa: SLF001 - _meta is Django's public secret
from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from store.blind_index import BlindIndexField, blind_index
from store.people import rows_about
from store.registry import Kind, Personal

LEFT_OUT = (
    "Our own notes are not in this file: what we check an order for, and what was written down when we rang. Ask us for "
    "them on {phone}; we answer as the law says."
)
# What opens something is no information about a person.
_SECRETS = {"password", "session_salt", "token", "secret", "idempotency_key", "has_staff_password"}


def export_customer(*, email: str, now: datetime, is_self_service: bool = False) -> dict[str, Any]:
    """Return everything about the person with this e-mail address: each row's personal values, and what it says besides.

    With `is_self_service`, what people may download by themselves (`Personal.self_service`), and that there is more. Raises
    `ValueError` for a blank address. A person unknown to the shop gets an export without records.
    """
    digest = blind_index("email", email)
    if not digest:
        raise ValueError("No e-mail address was given.")
    return {
        "format": "ringback-export-1",
        "shop": settings.SHOP_NAME,
        "made_at": now,
        **({"left_out": LEFT_OUT.format(phone=settings.SHOP_PHONE)} if is_self_service else {}),
        "records": {
            model._meta.label: [_record(row, entry, is_self_service=is_self_service) for row in rows.order_by("pk")]
            for model, entry, rows in rows_about(digest)
            if (entry.self_service or not is_self_service) and rows.exists()
        },
    }


def as_json(export: dict[str, Any]) -> str:
    """Return an export as text to save."""
    return json.dumps(export, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)


def _record(row: models.Model, entry: Personal, *, is_self_service: bool) -> dict[str, Any]:
    shown = entry.self_service.split()
    personal = {
        name: {"kind": kind, "value": getattr(row, name)}
        for name, kind in entry.fields.items()
        if kind is not Kind.DIGEST and name not in _SECRETS and (name in shown or not is_self_service)
    }
    besides = {
        field.attname: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if (field.attname in shown or not is_self_service)
        and field.name not in entry.fields
        and field.name not in _SECRETS
        and not isinstance(field, BlindIndexField | models.FileField | models.BinaryField)
        and not field.primary_key
    }
    return {"id": row.pk, "personal": personal, "besides": besides}
