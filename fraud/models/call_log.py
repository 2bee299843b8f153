"""The log of calls: what was dialled, who answered, what was said. Rows are only ever added."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fraud.models.calls import CallTask
from store.fields import EncryptedTextField
from store.records import Record, RecordQuerySet


class CallQuerySet(RecordQuerySet["Call"]):
    """The log of calls."""

    def standing(self) -> CallQuerySet:
        """Calls that no later entry corrects."""
        return self.filter(corrected_by=None)


class Call(Record):
    """One call, as it was. Nothing of it is ever changed; an entry that was wrong is corrected by another one."""

    class Outcome(models.TextChoices):
        """Who or what answered."""

        REACHED = "reached", "Reached the customer"
        NO_ANSWER = "no_answer", "No answer"
        VOICEMAIL = "voicemail", "Voicemail"
        WRONG_PERSON = "wrong_person", "Wrong person"
        BAD_NUMBER = "bad_number", "Bad number"
        REFUSED = "refused", "Would not talk"

    class Answer(models.TextChoices):
        """What the customer said of the order."""

        CONFIRMS = "confirms", "Confirms the order"
        DENIES = "denies", "Knows nothing of it"
        UNCLEAR = "unclear", "Unclear"

    class Source(models.TextChoices):
        """Where the number comes from. One that a thief typed is answered by the thief."""

        ORDER = "order", "The order"
        PAYER = "payer", "The payment page"
        ACCOUNT = "account", "Another order of the account"
        PAST = "past", "A past good order"
        LOOK_UP = "look_up", "Looked up by us"
        INBOUND = "inbound", "The customer rang us"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(CallTask, on_delete=models.PROTECT, related_name="calls")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(help_text="When it was written down.")
    started_at = models.DateTimeField(null=True, help_text="When the reviewer began to ring; empty if that was not noted.")
    ended_at = models.DateTimeField(null=True, help_text="When it was over.")
    number = EncryptedTextField("number dialled", max_length=40, null=True)  # NULL once erased
    source = models.CharField("number from", max_length=20, choices=Source.choices, default=Source.ORDER)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    answer = models.CharField(max_length=20, choices=Answer.choices, blank=True)
    # Code of a question (fraud/script.py) -> "pass" or "fail"; what was not asked is not in it. Never what was said.
    answers = models.JSONField(default=dict, blank=True)
    callback_at = models.DateTimeField(null=True, help_text="When to ring again, as agreed.")
    note = EncryptedTextField(max_length=2000, multiline=True, null=True)
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")

    objects = CallQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = "recorded call"
        indexes = [models.Index(fields=["task", "at"], name="call_task_at"), models.Index(fields=["at"], name="call_at")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(outcome="reached") & ~Q(answer="")) | (~Q(outcome="reached") & Q(answer="")),
                name="call_answer_only_when_reached",
            ),
            models.CheckConstraint(
                condition=Q(started_at=None) | Q(ended_at__gte=F("started_at")), name="call_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({str(self.task_id)[:8]})"

    @property
    def settles(self) -> bool:
        """Whether it says for sure that the customer wants the order, or does not."""
        return self.answer in (self.Answer.CONFIRMS, self.Answer.DENIES)

    @property
    def confirms(self) -> bool:
        return self.answer == self.Answer.CONFIRMS

    @property
    def is_unanswered(self) -> bool:
        """Whether nobody picked up, so that another try may reach the customer."""
        return self.outcome in UNANSWERED

    @property
    def seconds(self) -> int | None:
        """How long it took; None when its beginning was not noted."""
        if self.started_at is None or self.ended_at is None:
            return None
        return int((self.ended_at - self.started_at).total_seconds())


# Nobody picked up; the other outcomes tell something about the number or the customer.
UNANSWERED = (Call.Outcome.NO_ANSWER, Call.Outcome.VOICEMAIL)
