"""The rules of the call desk, and who is looking at which case."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from fraud.models.calls import CallTask
from store.money import Money
from store.records import Record, RecordQuerySet


class DeskRulesQuerySet(RecordQuerySet["DeskRules"]):
    """The versions of the desk's rules; the newest is in force."""

    def newest_first(self) -> DeskRulesQuerySet:
        return self.order_by("-created_at", "-pk")


class DeskRules(Record):
    """How often and how long an unreached customer is tried, and who may decide up to which amount.

    Rows are only added, so that it can be told which rules were in force when. Amounts are minor units of `currency`; an
    order in another currency counts as being above all of them.
    """

    class WhenUnreached(models.TextChoices):
        """What follows the last try. Never a capture."""

        CANCEL = "cancel", "Cancel the order; nothing is charged"
        ESCALATE = "escalate", "Let somebody with the right to release decide"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    tries = models.PositiveSmallIntegerField(
        default=4, help_text="How often an unreached customer is rung, at different hours of their day."
    )
    days = models.PositiveSmallIntegerField(default=2, help_text="Over how many days the tries are spread.")
    grace_hours = models.PositiveSmallIntegerField(
        default=12, help_text="Hours the customer has to ring back after the last try."
    )
    when_unreached = models.CharField(
        "after that", max_length=20, choices=WhenUnreached.choices, default=WhenUnreached.CANCEL
    )
    release_limit = models.PositiveBigIntegerField(
        "small orders, up to", default=0, help_text="What those may release who have the right for small orders only."
    )
    second_above = models.PositiveBigIntegerField(
        "two people above", null=True, blank=True, help_text="Above it a second person must agree to a release."
    )
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=300, blank=True, help_text="Why they were changed.")

    objects = DeskRulesQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = "version of the desk's rules"
        verbose_name_plural = "desk rules"
        constraints = [
            models.CheckConstraint(condition=Q(tries__gte=1) & Q(days__gte=1), name="desk_rules_try_at_least_once")
        ]

    def __str__(self) -> str:
        return f"Desk rules of {self.created_at:%d %B %Y}"

    def is_small(self, money: Money) -> bool:
        """Whether those with the right for small orders may release it."""
        return money.currency == self.currency and money.minor <= self.release_limit

    def needs_second(self, money: Money) -> bool:
        """Whether a second person must agree to its release."""
        return self.second_above is not None and (money.currency != self.currency or money.minor > self.second_above)


class Looking(models.Model):
    """Somebody has opened the page of a case. Kept for a day, so that two do not work on one case unawares."""

    task = models.ForeignKey(CallTask, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["task", "by"], name="looking_once_per_person")]

    def __str__(self) -> str:
        return f"Looking at {str(self.task_id)[:8]}"
