"""What was thought of an order, and why: every rule's answer, kept with the policy version that weighed it."""

from __future__ import annotations

import json
import uuid

from django.db import models

from checkout.models import Order
from fraud.models.policies import Policy
from fraud.policy import Verdict
from fraud.rules import RULES
from store.fields import EncryptedTextField

TITLES = {rule.code: rule.title for rule in RULES}


class Assessment(models.Model):
    """One look at one order. New facts mean a new pass, never a changed row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="assessments")
    pass_number = models.PositiveSmallIntegerField(default=1)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="assessments")
    verdict = models.CharField(max_length=10, choices=[(v.value, v.value.capitalize()) for v in Verdict])
    points = models.IntegerField()
    assessed_at = models.DateTimeField()
    # Everything the rules looked at, as JSON (fraud/freezing.py): so any policy can be asked again what it would have said.
    facts = EncryptedTextField(null=True)  # NULL once erased
    # What the rules said that found nothing or had no data, as JSON: position, code, answer, reason. Fifty rows an order
    # would be most of the database; only what hit, or could not answer, has a row (`findings`).
    unremarkable = EncryptedTextField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "pass_number"], name="assessment_once_per_pass")]
        # The orders of the last so many days are judged anew, or counted rule by rule.
        indexes = [models.Index(fields=["-assessed_at", "-id"], name="assessment_newest")]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} at {self.points} points"

    @property
    def is_clear(self) -> bool:
        """Whether the order may go without a call."""
        return self.verdict == Verdict.RELEASE

    def all_findings(self) -> list[Finding]:
        """Every rule's answer, in the order of the rules; those without a row of their own are not saved. One query."""
        kept = [
            Finding(assessment=self, position=position, code=code, answer=answer, reason=reason)
            for position, code, answer, reason in json.loads(self.unremarkable or "[]")
        ]
        return sorted([*self.findings.all(), *kept], key=lambda finding: finding.position)


class Finding(models.Model):
    """One rule's answer: a row for each hit and each error, a value for the others (`Assessment.all_findings`)."""

    class Answer(models.TextChoices):
        """The three answers, and a rule that could not give one."""

        HIT = "hit", "Hit"
        CLEAR = "clear", "Clear"
        NO_DATA = "no_data", "No data"
        ERROR = "error", "Error"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="findings")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60)
    grade = models.CharField(max_length=40, blank=True)
    answer = models.CharField(max_length=10, choices=Answer.choices)
    points = models.IntegerField(default=0)
    is_decisive = models.BooleanField(default=False, help_text="Calls by itself, whatever the sum.")
    is_observed = models.BooleanField(default=False, help_text="Only looked on: the points were not counted.")
    reason = EncryptedTextField(null=True)  # in words, with the customer's own values; NULL once erased

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "code"], name="finding_once_per_rule")]

    def __str__(self) -> str:
        return f"{self.code}: {self.get_answer_display()}"

    @property
    def title(self) -> str:
        """The rule's question; its code when the rule is gone."""
        return TITLES.get(self.code, self.code)

    @property
    def signed_points(self) -> str:
        """The points with their sign, as people write it: +40, \N{MINUS SIGN}10."""
        return f"{self.points:+d}".replace("-", "\N{MINUS SIGN}")

    @property
    def is_hit(self) -> bool:
        return self.answer == self.Answer.HIT

    @property
    def is_clear(self) -> bool:
        return self.answer == self.Answer.CLEAR

    @property
    def is_error(self) -> bool:
        return self.answer == self.Answer.ERROR

    @property
    def is_trust(self) -> bool:
        return self.points < 0
