"""A try of a policy on past orders: what was asked, how far it is, what came out."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fraud.policy import PolicyValues

# A run tells after each batch that it is alive; one that is silent for so long was killed.
SILENT = timedelta(minutes=10)


class Backtest(models.Model):
    """One run. Both policies are kept as they were: a draft may be changed, or thrown away, while its figures stay."""

    class Status(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField("version tried", help_text="The draft or version that was tried.")
    against = models.PositiveIntegerField("set against", help_text="The version that it was compared with.")
    tried = models.JSONField(help_text="The policy that was tried, as it was.")
    base = models.JSONField(help_text="The policy that it was compared with.")
    days = models.PositiveSmallIntegerField(help_text="So many days back.")
    since = models.DateTimeField()
    until = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    total = models.PositiveIntegerField(default=0, help_text="Orders to be judged.")
    done = models.PositiveIntegerField(default=0, help_text="Orders judged.")
    result = models.JSONField(null=True, help_text="What was counted (fraud/backtest.py).")
    error = models.CharField(max_length=80, blank=True, help_text="The class of the error that ended it.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField(help_text="When it last told how far it is.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        permissions = [("run_backtest", "Can try a policy on past orders")]
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="backtest_done_within_total"),
            models.CheckConstraint(condition=Q(since__lt=F("until")), name="backtest_since_before_until"),
            models.CheckConstraint(condition=~Q(status="done") | Q(result__isnull=False), name="backtest_done_has_result"),
        ]

    def __str__(self) -> str:
        return f"Version {self.version} on {self.days} days"

    def is_under_way(self, now: datetime) -> bool:
        """Whether it waits or runs, and was heard of lately."""
        return self.status in {self.Status.WAITING, self.Status.RUNNING} and self.moved_at > now - SILENT

    @property
    def percent(self) -> int:
        """How much is done, 0 to 100."""
        return 100 * self.done // self.total if self.total else 0


def policy_as_json(policy: PolicyValues) -> dict[str, Any]:
    """A policy as plain values."""
    return {
        "version": policy.version,
        "threshold": policy.threshold,
        "points": dict(policy.points),
        "always_call": sorted(policy.always_call),
        "modes": {code: str(mode) for code, mode in policy.modes.items()},
        "limits": dict(policy.limits),
    }


def policy_from_json(values: dict[str, Any]) -> PolicyValues:
    """And back."""
    return PolicyValues(**(values | {"always_call": frozenset(values["always_call"])}))
