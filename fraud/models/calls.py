"""The call queue: what is to be rung, who has it, and what was said."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q

from checkout.models import Order
from fraud.models.assessments import Assessment, Finding
from fraud.models.policies import NeverChanges
from fraud.states import CallTaskStatus
from store.fields import EncryptedTextField
from store.models import User


class CallTaskQuerySet(models.QuerySet["CallTask"]):
    """Call tasks, by what a page or a claim needs of them."""

    def waiting(self) -> CallTaskQuerySet:
        """Tasks that nobody has finished."""
        return self.filter(status=CallTaskStatus.WAITING)

    def free(self, now: datetime) -> CallTaskQuerySet:
        """Waiting tasks that nobody has, or whose lease has lapsed."""
        return self.waiting().filter(Q(claimed_by=None) | Q(claimed_until__lte=now))

    def most_urgent_first(self) -> CallTaskQuerySet:
        """By deadline, then the order that has waited longest."""
        return self.order_by("due_at", "created_at", "pk")

    def for_queue(self) -> CallTaskQuerySet:
        """All that the queue shows of each task, in two queries."""
        reasons = Finding.objects.filter(answer__in=[Finding.Answer.HIT, Finding.Answer.ERROR]).defer("reason")
        return self.select_related("order", "claimed_by", "assessment").prefetch_related(
            Prefetch("assessment__findings", reasons.order_by("-points", "position"), to_attr="reasons")
        )


class CallTask(models.Model):
    """One customer to ring before the authorisation lapses."""

    class Cause(models.TextChoices):
        """Why a person has to look."""

        ASSESSED = "assessed", "Looks like a stolen card"
        REASSESSED = "reassessed", "New facts came to light"
        NOT_CAPTURED = "not_captured", "Looks good, but the gateway refused to take the money"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="call_tasks")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="call_tasks")
    cause = models.CharField(max_length=20, choices=Cause.choices, default=Cause.ASSESSED)
    status = models.CharField(max_length=20, choices=CallTaskStatus.choices, default=CallTaskStatus.WAITING)
    points = models.IntegerField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Decide by then.")
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = CallTaskQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        permissions = [
            ("work_call_queue", "Can see the call queue and record calls"),
            ("release_call", "Can release orders after a call"),
            ("cancel_call", "Can cancel orders after a call"),
        ]
        verbose_name = "call"
        verbose_name_plural = "calls to make"
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(status=CallTaskStatus.WAITING), name="one_open_call_task_per_order"
            ),
            models.CheckConstraint(
                condition=Q(claimed_by=None, claimed_until=None) | Q(claimed_by__isnull=False, claimed_until__isnull=False),
                name="claim_has_holder_and_end",
            ),
            models.CheckConstraint(
                condition=Q(status=CallTaskStatus.WAITING, closed_at=None)
                | (~Q(status=CallTaskStatus.WAITING) & Q(closed_at__isnull=False)),
                name="call_task_closed_at_its_end",
            ),
        ]
        indexes = [
            models.Index(
                F("due_at"), F("created_at"), condition=Q(status=CallTaskStatus.WAITING), name="call_task_most_urgent"
            )
        ]

    def __str__(self) -> str:
        return f"Call {str(self.pk)[:8]}"

    @property
    def is_waiting(self) -> bool:
        return self.status == CallTaskStatus.WAITING

    def is_claimed(self, now: datetime) -> bool:
        """Whether somebody's lease is running."""
        return self.claimed_until is not None and self.claimed_until > now

    def is_held_by(self, user: User, now: datetime) -> bool:
        """Whether `user` may decide now."""
        return self.is_waiting and self.is_claimed(now) and self.claimed_by_id == user.pk


class CallQuerySet(models.QuerySet["Call"]):
    """The log of calls; rows are only ever added."""

    def update(self, **kwargs: Any) -> int:
        """Blank a personal column on erasure; nothing else may change."""
        if not kwargs or set(kwargs) - {"number", "note"} or any(value is not None for value in kwargs.values()):
            raise NeverChanges("A recorded call never changes: record another one.")
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise NeverChanges("A recorded call is never deleted.")


class Call(models.Model):
    """One call, as it was. Nothing of it is ever changed."""

    class Outcome(models.TextChoices):
        """Who or what answered."""

        REACHED = "reached", "Reached the customer"
        NO_ANSWER = "no_answer", "No answer"
        VOICEMAIL = "voicemail", "Voicemail"
        WRONG_PERSON = "wrong_person", "Wrong person"
        BAD_NUMBER = "bad_number", "Bad number"

    class Answer(models.TextChoices):
        """What the customer said of the order."""

        CONFIRMS = "confirms", "Confirms the order"
        DENIES = "denies", "Knows nothing of it"
        UNCLEAR = "unclear", "Unclear"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(CallTask, on_delete=models.PROTECT, related_name="calls")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    number = EncryptedTextField("number dialled", max_length=40, null=True)  # NULL once erased
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    answer = models.CharField(max_length=20, choices=Answer.choices, blank=True)
    note = EncryptedTextField(max_length=2000, multiline=True, null=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = "recorded call"
        indexes = [models.Index(fields=["task", "at"], name="call_task_at")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(outcome="reached") & ~Q(answer="")) | (~Q(outcome="reached") & Q(answer="")),
                name="call_answer_only_when_reached",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({str(self.task_id)[:8]})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the call down. Raises NeverChanges for one that was."""
        if not self._state.adding:
            raise NeverChanges("A recorded call never changes: record another one.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise NeverChanges("A recorded call is never deleted.")

    @property
    def settles(self) -> bool:
        """Whether it says for sure that the customer wants the order, or does not."""
        return self.answer in (self.Answer.CONFIRMS, self.Answer.DENIES)

    @property
    def confirms(self) -> bool:
        return self.answer == self.Answer.CONFIRMS
