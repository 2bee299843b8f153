"""Withdrawals from a contract, as a consumer may declare them without a reason (Directive 2011/83/EU, art. 9 and 11a)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from checkout.models.orders import Order
from checkout.models.outbox import Retried
from checkout.models.returns import Return
from store.blind_index import BlindIndexField
from store.fields import EncryptedTextField


class Withdrawal(Retried):
    """What somebody declared on the withdrawal page, and when. Kept for a miss as for a hit: so both look the same."""

    class Outcome(models.TextChoices):
        """What came of it."""

        NEW = "new", "To be looked at"
        UNMATCHED = "unmatched", "No such order"
        CANCEL = "cancel", "Not sent yet: cancelled"
        RETURN = "return", "Sent: the goods come back"
        PART = "part", "Sent in part: the rest refunded, the part comes back"
        LATE = "late", "After the period"
        OVER = "over", "Nothing left to withdraw from"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The form's own; sending it twice is one declaration.
    attempt = models.UUIDField(unique=True, editable=False)
    number = EncryptedTextField(max_length=40, help_text="The order's number as typed.")
    email = EncryptedTextField(max_length=254)
    email_index = BlindIndexField(kind="email", source="email")
    declared_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.NEW)
    done_at = models.DateTimeField(null=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="withdrawals")
    found_return = models.ForeignKey(Return, null=True, on_delete=models.PROTECT, related_name="withdrawals")

    class Meta:
        indexes = [
            models.Index(fields=["-declared_at"], name="withdrawal_newest"),
            models.Index(fields=["next_try_at"], condition=Q(done_at=None), name="withdrawal_waiting"),
        ]

    def __str__(self) -> str:
        return f"Withdrawal {str(self.pk)[:8]} ({self.get_outcome_display()})"

    @property
    def is_cancelled(self) -> bool:
        return self.outcome == self.Outcome.CANCEL

    @property
    def comes_back(self) -> bool:
        return self.outcome in (self.Outcome.RETURN, self.Outcome.PART)

    @property
    def is_part(self) -> bool:
        return self.outcome == self.Outcome.PART

    @property
    def is_late(self) -> bool:
        return self.outcome == self.Outcome.LATE
