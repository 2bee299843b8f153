"""Invoices and credit notes: what was written once, under a number without gaps, and never changes."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from checkout.models.orders import Order
from checkout.models.payments import Payment
from checkout.models.refunds import Refund
from store.fields import EncryptedTextField
from store.money import format_money


class DocumentKind(models.TextChoices):
    """Each has numbers of its own, which begin with 1 every year."""

    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")
    REVERSAL = "reversal", _("Reversal of a credit note")  # the customer's bank sent the refund back


class DocumentSeries(models.Model):
    """The counter of one kind in one year. Its row is locked from the drawing of a number to the end of the transaction."""

    kind = models.CharField(max_length=12, choices=DocumentKind.choices)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "document series"
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="document_series_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}: {self.last}"


class Document(models.Model):
    """One invoice, credit note or reversal. Rows are only ever added; all that is printed is in the row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=DocumentKind.choices)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=20, unique=True)
    issued_at = models.DateTimeField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="documents")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="documents")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="documents")
    turn = models.PositiveSmallIntegerField(default=0, help_text="The how manieth of its refund.")

    currency = models.CharField(max_length=3)
    net = models.PositiveBigIntegerField(help_text="Minor units.")
    tax = models.PositiveBigIntegerField(help_text="Minor units.")
    total = models.PositiveBigIntegerField(help_text="Minor units.")
    # Apart, as erasing a person takes the name from the document and leaves the books (docs/decisions.md).
    buyer = EncryptedTextField(null=True, help_text="Name and address as printed, a line each.")
    data = models.TextField(help_text="All else that is printed, as JSON (`checkout.services.document_data`).")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "serial"], name="document_number_once"),
            models.UniqueConstraint(fields=["payment"], condition=Q(kind="invoice"), name="document_one_invoice"),
            models.UniqueConstraint(fields=["refund", "turn"], name="document_once_per_turn"),
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="document_total_adds_up"),
            models.CheckConstraint(
                condition=Q(kind="invoice", refund=None) | (~Q(kind="invoice") & Q(refund__isnull=False)),
                name="document_of_a_refund_unless_invoice",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def shown(self) -> str:
        """What it comes to, for people."""
        return format_money(self.total, self.currency)

    @property
    def is_invoice(self) -> bool:
        return self.kind == DocumentKind.INVOICE
