"""The whole policy as one form: for each rule whether it is asked, its points, what calls by itself, its limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from fraud.policy import Mode, PolicyValues
from fraud.policy_changes import grade_label, limit_label
from fraud.rules import RULES, Rule
from fraud.services.policies import MOST_POINTS
from store.card_guard import GuardedForm

_MODES = {Mode.ON: "On", Mode.OBSERVE: "Observe: written down, not counted", Mode.OFF: "Off"}
_GROUPS = {
    "list": "The merchant's lists",
    "address": "Bill-to and ship-to",
    "items": "What was ordered",
    "order": "The order among others",
    "phone": "Phone",
    "email": "E-mail",
    "network": "Network",
    "velocity": "How fast orders come",
    "links": "What orders have in common",
    "gateway": "What the gateway says",
    "payer": "What the payer typed",
}


@dataclass(frozen=True, slots=True)
class GradeFields:
    """What one grade of a rule is worth."""

    label: str
    points: BoundField
    always: BoundField | None  # None where it is not the merchant's to say


@dataclass(frozen=True, slots=True)
class RuleFields:
    """One rule's part of the form."""

    rule: Rule
    about: str
    mode: BoundField | None
    grades: list[GradeFields]
    limits: list[BoundField]


class PolicyForm(GuardedForm):
    """A draft of the policy."""

    threshold = forms.IntegerField(
        label="Ring from so many points on",
        min_value=1,
        max_value=1000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    note = forms.CharField(
        label="What changes, and why",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Needed before it is activated. Whoever meets this version in a year must understand it.",
    )

    def __init__(self, data: QueryDict | None = None, *, policy: PolicyValues, note: str = "") -> None:
        super().__init__(data, initial={"threshold": policy.threshold, "note": note})
        for rule in RULES:
            self._add(rule, policy)

    def _add(self, rule: Rule, policy: PolicyValues) -> None:
        if rule.can_be_off:
            self.fields[f"mode.{rule.code}"] = forms.ChoiceField(
                label=f"{rule.title}: asked", choices=list(_MODES.items()), initial=policy.mode_of(rule)
            )
        for grade in rule.points:
            key = rule.key(grade)
            self.fields[f"points.{key}"] = forms.IntegerField(
                label=f"{rule.title}, {grade_label(grade).lower()}: points",
                initial=policy.points_of(rule, grade),
                min_value=-MOST_POINTS,
                max_value=MOST_POINTS,
            )
            if rule.can_be_off:
                self.fields[f"always.{key}"] = forms.BooleanField(
                    label="calls by itself", required=False, initial=policy.decides(rule, grade)
                )
        for name, default in rule.limits.items():
            key = rule.limit_key(name)
            self.fields[f"limit.{key}"] = forms.IntegerField(
                label=limit_label(name), initial=policy.limits.get(key, default), min_value=0, max_value=10_000
            )

    def groups(self) -> Iterator[tuple[str, list[RuleFields]]]:
        """The rules under their headings, for the page."""
        for group, rules in groupby(RULES, key=lambda rule: rule.code.split(".", 1)[0]):
            yield _GROUPS.get(group, group.capitalize()), [self._of(rule) for rule in rules]

    def _of(self, rule: Rule) -> RuleFields:
        lines = (rule.ask.__doc__ or "").strip().splitlines()
        return RuleFields(
            rule=rule,
            about=lines[0] if lines else "",
            mode=self[f"mode.{rule.code}"] if rule.can_be_off else None,
            grades=[
                GradeFields(
                    grade_label(grade),
                    self[f"points.{rule.key(grade)}"],
                    self[f"always.{rule.key(grade)}"] if rule.can_be_off else None,
                )
                for grade in rule.points
            ],
            limits=[self[f"limit.{rule.limit_key(name)}"] for name in rule.limits],
        )

    @property
    def errors_in_words(self) -> list[str]:
        """What is wrong, each with the field it is about: the page is long."""
        labels = {name: field.label for name, field in self.fields.items()}
        return [f"{labels.get(name, 'The draft')}: {error}" for name, errors in self.errors.items() for error in errors]

    def values(self, version: int) -> PolicyValues:
        """The form as a policy."""
        given = self.cleaned_data

        def starting(prefix: str) -> Iterator[tuple[str, Any]]:
            return ((name.removeprefix(prefix), value) for name, value in given.items() if name.startswith(prefix))

        return PolicyValues(
            version=version,
            threshold=given["threshold"],
            points=dict(starting("points.")),
            always_call=frozenset(key for key, is_set in starting("always.") if is_set)
            | {rule.key(grade) for rule in RULES if not rule.can_be_off for grade in rule.always_calls},
            modes={code: mode for code, mode in starting("mode.") if mode != Mode.ON},
            limits=dict(starting("limit.")),
        )
