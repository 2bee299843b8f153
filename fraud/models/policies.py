"""A policy never changes: a new version takes its place, and every assessment names the one it used."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from fraud.policy import PolicyValues


class NeverChanges(TypeError):
    """The row is a record of what was; write a new one instead."""


class Policy(models.Model):
    """One version: points per rule and grade, the threshold, and what calls by itself."""

    version = models.PositiveIntegerField(unique=True)
    threshold = models.PositiveIntegerField(help_text="From so many points on, the customer is rung.")
    points = models.JSONField(help_text="Rule and grade -> points; below zero is trust.")
    always_call = models.JSONField(default=list, help_text="Rules and grades that call whatever else is known.")
    note = models.CharField(max_length=200, blank=True, help_text="What changed, and why.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "policies"
        constraints = [models.CheckConstraint(condition=Q(threshold__gte=1), name="policy_threshold_positive")]

    def __str__(self) -> str:
        return f"Policy version {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new version. Raises NeverChanges for one that exists."""
        if not self._state.adding:
            raise NeverChanges("A policy never changes: write a new version.")
        super().save(*args, **{**kwargs, "force_insert": True})

    @property
    def values(self) -> PolicyValues:
        """The version as plain values, for the judge."""
        return PolicyValues(self.version, self.threshold, dict(self.points), frozenset(self.always_call))
