"""Invoices and credit notes: written in the transaction in which the money moves, under the next number of their series.

The number is drawn last of all, from a counter's row that stays locked until the end of the transaction: nobody gets the
next one before this one is certain, and whatever is undone takes its number back. So there are no gaps and no doubles; the
price is that captures and refunds pass this row one after the other, for the milliseconds that are left of a transaction.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from checkout.models import Document, DocumentKind, DocumentSeries, Order, Payment, Refund
from checkout.services.document_data import DocumentData, buyer_of, describe_credit, describe_invoice
from checkout.states import PaymentStatus
from store.language import speaking

PREFIXES: Final = {DocumentKind.INVOICE: "INV", DocumentKind.CREDIT_NOTE: "CN", DocumentKind.REVERSAL: "REV"}


def issue_documents(payment: Payment, *, now: datetime) -> list[Document]:
    """Write what is missing for a payment as it stands; give what was written. Harmless when repeated.

    Inside the transaction that moves the money, as its last step (`closing.book_refunds`). There is an invoice for the
    payment that pays for an order, once all of it is captured; for each of its refunds that is done a credit note; and a
    reversal of that when the refund comes back. A payment that came too late and goes back at once has none of them: nothing
    was sold.
    """
    if not _missing(payment):
        return []
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A document belongs inside the transaction that gives cause for it")
    # Locked, and looked at again: the webhook and the sweep may both have found it missing.
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    missing = _missing(payment)
    if not missing:
        return []
    order = Order.objects.for_order_page().get(pk=payment.order_id)
    return [_write(kind, payment=payment, order=order, refund=refund, turn=turn, now=now) for kind, refund, turn in missing]


def read_data(document: Document) -> DocumentData:
    """All that is printed but the buyer."""
    data: DocumentData = json.loads(document.data)
    return data


def _missing(payment: Payment) -> list[tuple[DocumentKind, Refund | None, int]]:
    """What should be there and is not, in the order in which it is to be numbered. Two queries."""
    written = list(Document.objects.filter(payment_id=payment.pk).values_list("kind", "refund_id"))
    missing: list[tuple[DocumentKind, Refund | None, int]] = []
    if not written:
        is_sold = payment.status == PaymentStatus.CAPTURED and payment.captured_amount == payment.amount
        if not is_sold:
            return []
        missing.append((DocumentKind.INVOICE, None, 0))
    for refund in Refund.objects.filter(payment_id=payment.pk).order_by("requested_at", "pk"):
        kinds = [kind for kind, refund_id in written if refund_id == refund.pk]
        is_credited = kinds.count(DocumentKind.CREDIT_NOTE) > kinds.count(DocumentKind.REVERSAL)
        if refund.is_done and not is_credited:
            missing.append((DocumentKind.CREDIT_NOTE, refund, len(kinds)))
        elif refund.has_failed and is_credited:
            missing.append((DocumentKind.REVERSAL, refund, len(kinds)))
    return missing


def _write(
    kind: DocumentKind, *, payment: Payment, order: Order, refund: Refund | None, turn: int, now: datetime
) -> Document:
    with speaking(order.language):  # whoever gives cause for it
        data = _describe(kind, payment=payment, order=order, refund=refund)
        buyer = buyer_of(order)
    year = timezone.localtime(now).year
    serial = _draw(kind, year)
    return Document.objects.create(
        kind=kind,
        year=year,
        serial=serial,
        number=f"{PREFIXES[kind]}-{year}-{serial:06d}",
        issued_at=now,
        order=order,
        payment=payment,
        refund=refund,
        turn=turn,
        currency=data["currency"],
        net=data["net"],
        tax=data["tax"],
        total=data["total"],
        buyer=buyer,
        data=json.dumps(data, ensure_ascii=False),
    )


def _describe(kind: DocumentKind, *, payment: Payment, order: Order, refund: Refund | None) -> DocumentData:
    if refund is None:
        return describe_invoice(payment, order)
    if kind == DocumentKind.REVERSAL:
        credit = Document.objects.filter(refund=refund, kind=DocumentKind.CREDIT_NOTE).latest("turn")
        data = read_data(credit)
        data["refers_to"], data["refers_to_date"] = credit.number, timezone.localtime(credit.issued_at).date().isoformat()
        return data
    invoice = Document.objects.get(payment=payment, kind=DocumentKind.INVOICE)
    return describe_credit(refund, order, invoice=invoice, invoiced=read_data(invoice))


def _draw(kind: DocumentKind, year: int) -> int:
    """The next number of a series; its row is ours until the transaction ends."""
    series = DocumentSeries.objects.filter(kind=kind, year=year)
    if not series.update(last=F("last") + 1):
        DocumentSeries.objects.bulk_create([DocumentSeries(kind=kind, year=year)], ignore_conflicts=True)
        series.update(last=F("last") + 1)
    return series.values_list("last", flat=True).get()
