"""A policy never changes: a new version takes its place, and every assessment names the one it used."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from fraud.policy import PolicyValues
from store.records import NeverChanges


class PolicyQuerySet(models.QuerySet["Policy"]):
    """The versions; of one that was ever active, nothing but whether it still is may change."""

    def active(self) -> PolicyQuerySet:
        """The one version that judges now."""
        return self.filter(is_active=True)

    def update(self, **kwargs: Any) -> int:
        """Activate and retire; anything else is a new version's business."""
        if set(kwargs) - {"is_active", "activated_at", "activated_by"}:
            raise NeverChanges("A policy never changes: write a new version.")
        return super().update(**kwargs)


class Policy(models.Model):
    """One version: which rules are asked, points per rule and grade, the threshold, and what calls by itself.

    A draft may be changed and thrown away. From its activation on it never changes; one version is active.
    """

    version = models.PositiveIntegerField(unique=True)
    threshold = models.PositiveIntegerField(help_text="From so many points on, the customer is rung.")
    points = models.JSONField(help_text="Rule and grade -> points; below zero is trust.")
    always_call = models.JSONField(default=list, help_text="Rules and grades that call whatever else is known.")
    modes = models.JSONField(
        default=dict, help_text="Rule -> on, observe or off; a rule that is not named is as its author meant."
    )
    limits = models.JSONField(default=dict, help_text="Rule and limit -> number.")
    note = models.CharField(max_length=200, blank=True, help_text="What changed, and why.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    is_active = models.BooleanField(default=False)
    activated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "policies"
        default_permissions = ("view", "change")
        permissions = [("view_scorecard", "Can see how each rule has done")]
        constraints = [
            models.CheckConstraint(condition=Q(threshold__gte=1), name="policy_threshold_positive"),
            models.UniqueConstraint(fields=["is_active"], condition=Q(is_active=True), name="one_active_policy"),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(activated_at__isnull=False), name="active_policy_was_activated"
            ),
        ]

    def __str__(self) -> str:
        return f"Policy version {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new version or a draft. Raises NeverChanges for one that was ever active."""
        if not self._state.adding and self._was_activated():
            raise NeverChanges("A policy never changes: write a new version.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Throw a draft away. Raises NeverChanges for a version that was ever active."""
        if self._was_activated():
            raise NeverChanges("A policy that was used is kept: past assessments name it.")
        return super().delete(*args, **kwargs)

    def _was_activated(self) -> bool:
        return type(self).objects.filter(pk=self.pk, activated_at__isnull=False).exists()

    @property
    def is_draft(self) -> bool:
        """Whether it was never active."""
        return self.activated_at is None

    @property
    def values(self) -> PolicyValues:
        """The version as plain values, for the judge."""
        return PolicyValues(
            self.version,
            self.threshold,
            dict(self.points),
            frozenset(self.always_call),
            modes=dict(self.modes),
            limits=dict(self.limits),
        )
