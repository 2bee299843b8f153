"""What the database that was broken into says of orders that the backup doesn't have.

It is asked and never believed: whoever broke in could write there. Amount, currency and owner of each payment are compared
with the gateway's (`checkout.recovery.rebuild`), and a person looks at every order that comes back.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from django.db import connection
from django.db.models import Model

from checkout.models import Document, DocumentKind, Mail, Order, OrderAddress, OrderLine, Payment
from store.backups.databases import connect, standing_in
from store.backups.engines import Settings
from store.erasure import was_erased
from store.keyring import UnableToDecrypt
from store.registry import personal_fields

log = structlog.get_logger(__name__)

# More than a shop sells between two backups; whoever broke in may have written millions.
MOST: Final = 20_000


@dataclass(frozen=True)
class LostPayment:
    """Where the gateway can be asked about a payment."""

    id: uuid.UUID
    order_id: uuid.UUID
    gateway: str
    session_id: str | None
    reference: str | None


@dataclass(frozen=True)
class LostOrder:
    """An order as it stood there, all of it read and decrypted."""

    order: Order
    lines: list[OrderLine]  # each with its variant
    addresses: list[OrderAddress]
    payments: list[Payment]
    mails: list[Mail]
    was_erased: bool


@contextmanager
def looking_into(database: Settings) -> Iterator[None]:
    """Let this thread's queries go to that database, where it can change nothing."""
    with standing_in(connect(database)):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET default_transaction_read_only = on; SET statement_timeout = '60s'")
            else:
                cursor.execute("PRAGMA query_only = on")
        yield


def read_payments(database: Settings, *, since: datetime) -> list[LostPayment]:
    """Return the payments begun since then, the youngest first, and no more than MOST. Raises what the database raises."""
    with looking_into(database):
        rows = Payment.objects.filter(created_at__gte=since).order_by("-created_at")
        return [LostPayment(*row) for row in rows.values_list("pk", "order_id", "gateway", "session_id", "reference")[:MOST]]


def read_orders(database: Settings, order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, LostOrder]:
    """Return those of the orders that can be read whole. Raises what the database raises."""
    found = {}
    with looking_into(database):
        for order_id in order_ids:
            try:
                if (lost := _read_order(order_id)) is not None:
                    found[order_id] = lost
            except UnableToDecrypt as error:
                log.warning("lost_order_unreadable", order=str(order_id), why=error.why)
    return found


def read_statuses(database: Settings, *, since: datetime) -> dict[uuid.UUID, tuple[str, str]]:
    """Return id -> (state, tracking number) of the orders that moved since then."""
    with looking_into(database):
        moved = Order.objects.filter(status_at__gte=since).order_by("-status_at")
        return {pk: (status, number) for pk, status, number in moved.values_list("pk", "status", "tracking_number")[:MOST]}


def read_invoices(database: Settings, *, since: datetime) -> list[Document]:
    """Return the invoices issued since then that can be read, in the order of their numbers."""
    with looking_into(database):
        found = []
        invoices = Document.objects.filter(kind=DocumentKind.INVOICE, issued_at__gte=since).order_by("year", "serial")
        for document in invoices[:MOST]:
            try:
                document.buyer  # noqa: B018 - opens it, while this database is at hand
            except UnableToDecrypt:
                break  # numbers go on without gaps, or not at all
            found.append(document)
    return found


def _read_order(order_id: uuid.UUID) -> LostOrder | None:
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        return None
    lost = LostOrder(
        order=order,
        lines=list(OrderLine.objects.filter(order=order).select_related("variant").order_by("pk")),
        addresses=list(OrderAddress.objects.filter(order=order)),
        payments=list(Payment.objects.filter(order=order)),
        mails=list(Mail.objects.filter(order=order, sent_at__isnull=False)),
        was_erased=was_erased(order),
    )
    rows: list[Model] = [order, *lost.addresses, *lost.payments]
    for row in rows:
        for name in personal_fields(type(row)):
            getattr(row, name)  # opens what is sealed, while this database is at hand
    return lost
