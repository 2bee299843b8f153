"""Invoices that were issued since the backup keep their numbers: customers have them, and no two may have the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction

from checkout.models import Document, DocumentKind, DocumentSeries, Payment
from checkout.services.documents import PREFIXES


def put_back_invoices(lost: Sequence[Document], *, is_captured: Callable[[Payment], bool]) -> list[str]:
    """Write the invoices as the database of before has them, as long as their numbers go on without a gap.

    Only of payments that are here, of that amount, and captured. Returns the numbers that were not written: they will be
    given to other orders. Safe to repeat.
    """
    left_out: list[str] = []
    broken: set[int] = set()
    for document in lost:
        series, _ = DocumentSeries.objects.get_or_create(kind=document.kind, year=document.year)
        if document.serial <= series.last:
            continue  # the backup has it
        payment = Payment.objects.filter(pk=document.payment_id).select_related("order").first()
        is_sound = (
            document.year not in broken
            and document.serial == series.last + 1
            and payment is not None
            and (payment.amount, payment.currency) == (document.total, document.currency)
            and is_captured(payment)
        )
        if payment is None or not is_sound:
            broken.add(document.year)
            left_out.append(document.number)
            continue
        with transaction.atomic():
            DocumentSeries.objects.filter(pk=series.pk, last=series.last).update(last=document.serial)
            Document.objects.create(
                id=document.pk,
                kind=document.kind,
                year=document.year,
                serial=document.serial,
                number=f"{PREFIXES[DocumentKind(document.kind)]}-{document.year}-{document.serial:06d}",
                issued_at=document.issued_at,
                order=payment.order,
                payment=payment,
                currency=document.currency,
                net=document.net,
                tax=document.tax,
                total=document.total,
                buyer=document.buyer,
                data=document.data,
            )
    return left_out
