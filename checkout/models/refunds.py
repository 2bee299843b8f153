"""Money that goes back: one row for each refund, whoever made it, and what it was for."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from checkout.models.orders import OrderLine
from checkout.models.payments import Payment
from checkout.states import RefundStatus
from store.fields import EncryptedTextField
from store.money import Money, format_money


class Refund(models.Model):
    """Some or all of a captured payment given back. Written before the gateway is called, with the key of that call."""

    class Origin(models.TextChoices):
        """Who had the idea."""

        STAFF = "staff", "Made on the order's page"
        GIVE_BACK = "give_back", "The order was cancelled, or the payment came too late"
        OUTSIDE = "outside", "Made at the gateway"

    class Reason(models.TextChoices):
        """Why; one word per thing, for figures."""

        RETURNED = "returned", "The customer sent it back"
        NOT_ARRIVED = "not_arrived", "It did not arrive"
        FAULTY = "faulty", "It was damaged or wrong"
        SOLD_OUT = "sold_out", "We cannot deliver it"
        GOODWILL = "goodwill", "Goodwill"
        SUSPECT = "suspect", "The card's owner may not have ordered it"
        OTHER = "other", "Something else"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    status = models.CharField(max_length=12, choices=RefundStatus.choices, default=RefundStatus.REQUESTED)
    status_at = models.DateTimeField()
    requested_at = models.DateTimeField()
    # When the money first went: then goods move, once, even if the bank sends the money back later.
    done_at = models.DateTimeField(null=True)
    origin = models.CharField(max_length=12, choices=Origin.choices)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    note = EncryptedTextField(null=True)  # what staff write may name the customer
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # The form's own; sending it twice finds the refund instead of making another.
    token = models.UUIDField(null=True, unique=True, editable=False)
    key = models.CharField(max_length=80, unique=True)
    reference = models.CharField(max_length=120, null=True, unique=True, help_text="The gateway's id of the refund.")
    problem = models.CharField(max_length=200, blank=True, help_text="Why it failed, in the gateway's words.")

    amount = models.PositiveBigIntegerField(help_text="Minor units.")
    goods = models.PositiveBigIntegerField(
        default=0, help_text="Minor units, before tax unless prices include it: the sum of its lines."
    )
    delivery = models.PositiveBigIntegerField(default=0, help_text="Minor units, before tax.")
    tax = models.PositiveBigIntegerField(default=0, help_text="Minor units: the tax on goods and delivery.")
    other = models.PositiveBigIntegerField(default=0, help_text="Minor units: any other amount.")
    # Of an order with several rates: [rate, what is taxed at it, the tax], in minor units; else None.
    tax_parts = models.JSONField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["requested_at"], condition=Q(status="requested"), name="refund_waiting"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="refund_of_something"),
            models.CheckConstraint(
                condition=Q(amount=F("goods") + F("delivery") + F("tax") + F("other")), name="refund_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return f"Refund {str(self.pk)[:8]} ({self.get_status_display()})"

    @property
    def money(self) -> Money:
        """What goes back; needs `payment`."""
        return Money(self.amount, self.payment.currency)

    @property
    def shown(self) -> str:
        """What goes back, for people; needs `payment`."""
        return format_money(self.amount, self.payment.currency)

    @property
    def is_requested(self) -> bool:
        return self.status == RefundStatus.REQUESTED

    @property
    def is_done(self) -> bool:
        return self.status == RefundStatus.DONE

    @property
    def has_failed(self) -> bool:
        return self.status == RefundStatus.FAILED


class RefundLine(models.Model):
    """So many units of one order line, and whether they go back on the shelf."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refund_lines")
    quantity = models.PositiveIntegerField()
    amount = models.PositiveBigIntegerField(help_text="Minor units, before tax.")
    is_restocked = models.BooleanField(help_text="Sold again; otherwise these units are gone.")
    was_sent = models.BooleanField(
        default=False, db_default=False, help_text="It came back while other parts of the order were still to be sent."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="refund_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="refund_line_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"
