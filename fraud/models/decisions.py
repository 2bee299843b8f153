"""What reviewers decided, and why, by a short list of reasons. Rows are only added; the order's state tells the outcome."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from checkout.models import Order
from fraud.models.calls import CallTask
from store.fields import EncryptedTextField
from store.models import User
from store.records import Record, RecordQuerySet


class ReleaseReason(models.TextChoices):
    """Why an order may go."""

    VERIFIED = "verified", "Verified by phone"
    KNOWN = "known", "Known customer"
    GIFT = "gift", "The gift is explained"
    LIABILITY = "liability", "The bank bears the loss (3-D Secure)"
    OTHER = "other", "Another reason, written in the note"


class EscalationReason(models.TextChoices):
    """Why somebody else should decide."""

    UNSURE = "unsure", "Not sure"
    AMOUNT = "amount", "Above what I may release"
    LANGUAGE = "language", "We share no language"
    PRESSURE = "pressure", "The customer presses or threatens"
    RING = "ring", "Looks like several orders of one thief"


# One column holds all of them; the kind of decision says which list it is from.
REASONS: list[tuple[str, str]] = [
    *ReleaseReason.choices,
    *Order.CancelReason.choices,
    *EscalationReason.choices,
    ("disagrees", "The second person does not agree"),
    ("refused", "It could not be carried out"),
    ("unreached", "Nobody was reached in all tries"),
    ("mistake", "The entry was a mistake"),
]


class DecisionQuerySet(RecordQuerySet["Decision"]):
    """What was decided."""


class Decision(Record):
    """One decision about a case: who, when, what, why. `by` is empty when the shop's own rules decided."""

    class Kind(models.TextChoices):
        """What was decided."""

        RELEASE = "release", "Release"
        CANCEL = "cancel", "Cancel"
        PROPOSE = "propose", "Release, if a second person agrees"
        OBJECT = "object", "Do not release: the second person does not agree"
        ESCALATE = "escalate", "Let somebody else decide"
        FAILED = "failed", "Could not be carried out"
        CORRECT = "correct", "Correction"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(CallTask, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    reason = models.CharField(max_length=20, choices=REASONS)
    note = EncryptedTextField(max_length=2000, multiline=True, null=True)  # NULL once erased
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # A release that a second person agreed to names the proposal; a correction the entry that was wrong.
    about = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["task", "at"], name="decision_task_at"),
            models.Index(fields=["at"], name="decision_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="correct") | Q(about__isnull=False), name="correction_names_what_it_corrects"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({str(self.task_id)[:8]})"

    @property
    def second(self) -> User | None:
        """Who proposed what this one agreed to; None when one person decided."""
        return self.about.by if self.about is not None and self.kind == self.Kind.RELEASE else None
