"""The call queue: what is to be rung, and who has it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q

from checkout.models import Order
from fraud.models.assessments import Assessment, Finding
from fraud.states import CallTaskStatus
from store.models import User


class CallTaskQuerySet(models.QuerySet["CallTask"]):
    """Call tasks, by what a page or a claim needs of them."""

    def waiting(self) -> CallTaskQuerySet:
        """Tasks that nobody has finished."""
        return self.filter(status=CallTaskStatus.WAITING)

    def free(self, now: datetime) -> CallTaskQuerySet:
        """Waiting tasks that nobody has, or whose lease has lapsed."""
        return self.waiting().filter(Q(claimed_by=None) | Q(claimed_until__lte=now))

    def due_now(self, now: datetime) -> CallTaskQuerySet:
        """Cases that do not wait for another hour of the customer's day, nor for the customer to ring back."""
        return self.filter(Q(callback_at=None) | Q(callback_at__lte=now), give_up_at=None)

    def for_reviewer(self, user: User) -> CallTaskQuerySet:
        """Cases for `user`: what is escalated or proposed is for those who may release any order, not for its proposer."""
        if not user.has_perm("fraud.release_call"):
            return self.filter(escalated_at=None, proposal=None)
        return self.exclude(proposal__by=user)

    def most_urgent_first(self) -> CallTaskQuerySet:
        """By deadline, then value at risk."""
        return self.order_by("due_at", "-value", "pk")

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
    value = models.PositiveBigIntegerField(default=0, help_text="What the order costs, in minor units: what is at risk.")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Ring by then, or, once rung, decide by then. Whole quarters of an hour.")
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    # The call that its holder is making at this moment.
    ringing_since = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Calls that nobody answered.")
    callback_at = models.DateTimeField(null=True, help_text="Not to be rung before then.")
    is_callback_agreed = models.BooleanField(default=False, help_text="With the customer, who waits for the call then.")
    give_up_at = models.DateTimeField(null=True, help_text="All tries were made: what the desk's rules say happens then.")
    escalated_at = models.DateTimeField(null=True, help_text="Somebody with the right to release should decide.")
    proposal = models.ForeignKey("fraud.Decision", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = CallTaskQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_call_queue", "Can see the call queue, without personal data"),
            ("work_call_queue", "Can see the call queue and record calls"),
            ("release_small_call", "Can release small orders after a call"),
            ("release_call", "Can release orders after a call"),
            ("cancel_call", "Can cancel orders after a call"),
            ("reveal_customer", "Can see personal data of cases that they have not claimed; each look is written down"),
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
                F("due_at"),
                F("value").desc(),
                F("id"),
                condition=Q(status=CallTaskStatus.WAITING),
                name="call_task_most_urgent",
            ),
            models.Index(
                F("callback_at"),
                condition=Q(status=CallTaskStatus.WAITING, callback_at__isnull=False),
                name="call_task_callback",
            ),
            models.Index(
                F("give_up_at"),
                condition=Q(status=CallTaskStatus.WAITING, give_up_at__isnull=False),
                name="call_task_give_up",
            ),
            models.Index(F("closed_at").desc(), condition=Q(status=CallTaskStatus.DONE), name="call_task_newest_done"),
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
