"""Goods that come back: what a shopper asks to return, what we answered, what arrived."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from checkout.models.orders import Order, OrderLine
from checkout.states import ReturnStatus
from store.fields import EncryptedTextField


class Return(models.Model):
    """One parcel that is to come back, of one order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns")
    status = models.CharField(max_length=12, choices=ReturnStatus.choices, default=ReturnStatus.REQUESTED)
    status_at = models.DateTimeField()
    requested_at = models.DateTimeField()
    # The form's own; sending it twice finds the return instead of asking for another.
    attempt = models.UUIDField(unique=True, editable=False)
    words = EncryptedTextField(null=True, help_text="The shopper's own words.")
    answer = EncryptedTextField(null=True, help_text="Our words to the shopper.")
    condition = EncryptedTextField(null=True, help_text="How it arrived, for colleagues.")
    # The token of the refund that this return may have: pressing twice is one refund. Another one after a refusal.
    refund_token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        permissions = [("handle_return", "Can approve, refuse, receive and close returns")]
        indexes = [models.Index(fields=["-requested_at"], name="return_newest")]
        constraints = [
            # One question at a time: a second one would be about the same goods, or wants to be in the same parcel.
            models.UniqueConstraint(fields=["order"], condition=Q(status="requested"), name="return_one_question"),
        ]

    def __str__(self) -> str:
        return f"Return {str(self.pk)[:8]} ({self.get_status_display()})"

    @property
    def is_requested(self) -> bool:
        return self.status == ReturnStatus.REQUESTED

    @property
    def is_approved(self) -> bool:
        return self.status == ReturnStatus.APPROVED

    @property
    def is_refused(self) -> bool:
        return self.status == ReturnStatus.REFUSED

    @property
    def is_received(self) -> bool:
        return self.status == ReturnStatus.RECEIVED

    @property
    def is_refunded(self) -> bool:
        return self.status == ReturnStatus.REFUNDED


class ReturnLine(models.Model):
    """So many units of one order line, and why."""

    class Reason(models.TextChoices):
        """Why it comes back; one word per thing, for figures."""

        FAULTY = "faulty", _("It is damaged or does not work")
        WRONG = "wrong", _("It is not what I ordered")
        NOT_AS_SHOWN = "not_as_shown", _("It is not as it was shown")
        SIZE = "size", _("It does not fit")
        UNWANTED = "unwanted", _("I have changed my mind")
        OTHER = "other", _("Something else")

    of = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="return_lines")
    quantity = models.PositiveIntegerField()
    reason = models.CharField(max_length=12, choices=Reason.choices)
    arrived = models.PositiveIntegerField(default=0, help_text="Units that came back.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of", "line"], name="return_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="return_line_quantity_positive"),
            models.CheckConstraint(condition=Q(arrived__lte=F("quantity")), name="return_line_arrived_within_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"


class ReturnEvent(models.Model):
    """One fact in a return's life. Rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    of = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="events")
    was = models.CharField(max_length=12, blank=True)
    now = models.CharField(max_length=12)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    why = EncryptedTextField()  # what staff write may name the customer
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["of", "at"], name="return_event_of_at")]

    def __str__(self) -> str:
        return f"{self.was or 'new'} -> {self.now}"
