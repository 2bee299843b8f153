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

# What opens something is no information about a person.
_SECRETS = {"password", "token", "secret", "idempotency_key", "has_staff_password"}


def export_customer(*, email: str, now: datetime) -> dict[str, Any]:
    """Return everything about the person with this e-mail address: each row's personal values, and what it says besides.

    Raises `ValueError` for a blank address. A person unknown to the shop gets an export without records.
    """
    digest = blind_index("email", email)
    if not digest:
        raise ValueError("No e-mail address was given.")
    return {
        "format": "ringback-export-1",
        "shop": settings.SHOP_NAME,
        "made_at": now,
        "records": {
            model._meta.label: [_record(row, entry) for row in rows.order_by("pk")]
            for model, entry, rows in rows_about(digest)
            if rows.exists()
        },
    }


def as_json(export: dict[str, Any]) -> str:
    """Return an export as text to save."""
    return json.dumps(export, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)


def _record(row: models.Model, entry: Personal) -> dict[str, Any]:
    personal = {
        name: {"kind": kind, "value": getattr(row, name)}
        for name, kind in entry.fields.items()
        if kind is not Kind.DIGEST and name not in _SECRETS
    }
    besides = {
        field.attname: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if field.name not in entry.fields
        and field.name not in _SECRETS
        and not isinstance(field, BlindIndexField | models.FileField | models.BinaryField)
        and not field.primary_key
    }
    return {"id": row.pk, "personal": personal, "besides": besides}
