"""The whole policy as one form: for each rule whether it is asked, its points, what calls by itself, its limits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from fraud.policy import Mode, PolicyValues, own_mode
from fraud.policy_changes import grade_label, limit_label, signed
from fraud.policy_text import LONGEST_NOTE, MOST_LIMIT, MOST_POINTS, MOST_THRESHOLD
from fraud.recent import Recent
from fraud.rules import BY_CODE, RULES, Rule
from fraud.rules.velocity import FEWEST, LONGEST, MOST, MOST_WINDOWS, UNITS, in_order, read_window
from store.card_guard import GuardedForm

_MODES = {Mode.ON: "On", Mode.OBSERVE: "Observe: written down, not counted", Mode.OFF: "Off"}
_UNITS = [(letter, f"{unit}s") for letter, (unit, _) in UNITS.items()]
# Empty rows to write further windows in; who needs more saves and gets more.
SPARE_ROWS = 2
MOST_LENGTH = LONGEST // timedelta(minutes=1)
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
    key: str  # under which its hits are counted; "" where the rule's own count says it all
    hits: str = ""


@dataclass(frozen=True, slots=True)
class WindowFields:
    """One span of time in which a rule counts, and what too many are worth."""

    label: str
    length: BoundField
    unit: BoundField
    orders: BoundField
    points: BoundField
    always: BoundField
    is_first_spare: bool  # the rows from here on were empty when the page was made
    key: str = ""
    hits: str = ""

    @property
    def is_unfolded(self) -> bool:
        """Whether what is folded away must be seen: the form came back, perhaps because of it."""
        return self.length.form.is_bound

    @property
    def unit_name(self) -> str:
        """The unit in words."""
        name = dict(_UNITS).get(self.unit.value(), "")
        return name[:-1] if str(self.length.value()) == "1" else name

    @property
    def is_used(self) -> bool:
        """Whether the version counts in it; the rest are empty rows of the form."""
        return bool(self.length.value())


@dataclass(frozen=True, slots=True)
class RuleFields:
    """One rule's part of the form."""

    rule: Rule
    about: str
    hits: str  # of the last orders; "" before they are counted
    mode: BoundField | None
    grades: list[GradeFields]
    limits: list[BoundField]
    windows: list[WindowFields]
    has_spare: bool
    has_errors: bool
    is_changed: bool  # it is not as in the version that judges now

    @property
    def mode_said(self) -> str:
        """Observe or off, for the line that is seen while the rule is folded; "" for one that is on."""
        said = str(self.mode.value()) if self.mode else Mode.ON
        return {Mode.OBSERVE: "observed", Mode.OFF: "off"}.get(Mode(said), "") if said in list(Mode) else ""

    @property
    def is_unfolded(self) -> bool:
        """Whether the fields must be seen at once."""
        return self.has_errors

    @property
    def in_short(self) -> list[tuple[str, str, bool]]:
        """What is set: of each grade that is worth something its name, its points, and whether it calls by itself."""
        said = [(grade.label, grade.points, bool(grade.always and grade.always.value())) for grade in self.grades]
        said += [
            (f"{row.orders.value()} in {row.length.value()} {row.unit_name}", row.points, bool(row.always.value()))
            for row in self.windows
            if row.is_used
        ]
        return [
            (label if len(said) > 1 else "", signed(points.value()), always)
            for label, points, always in said
            if str(points.value()) != "0" or always
        ]

    @property
    def limits_in_short(self) -> str:
        """The limits, each with its name."""
        return ", ".join(f"{limit.label} {limit.value()}" for limit in self.limits)


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The rules about one kind of thing."""

    name: str  # in addresses
    title: str
    rules: list[RuleFields]

    @property
    def in_short(self) -> str:
        """How many, and of how many one should know."""
        count = len(self.rules)
        said = [f"{count} rule{'' if count == 1 else 's'}"]
        modes = [each.mode_said for each in self.rules]
        said += [f"{number} {mode}" for mode in ("observed", "off") if (number := modes.count(mode))]
        if changed := sum(each.is_changed for each in self.rules):
            said.append(f"{changed} changed")
        return ", ".join(said)


class PolicyForm(GuardedForm):
    """A draft of the policy."""

    threshold = forms.IntegerField(
        label="Ring from so many points on",
        min_value=1,
        max_value=MOST_THRESHOLD,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    note = forms.CharField(
        label="What changes, and why",
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Needed before it is activated. Whoever meets this version in a year must understand it.",
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        policy: PolicyValues,
        note: str = "",
        changed: Collection[str] = (),
    ) -> None:
        super().__init__(data, initial={"threshold": policy.threshold, "note": note})
        self.changed = changed  # titles of rules that are not as in the version that judges now
        self.hits: dict[str, str] = {}  # by the names of `hits_in_words`, once they are counted
        for rule in RULES:
            self._add(rule, policy)
            if rule.has_windows:
                self._add_windows(rule, policy)

    def _add(self, rule: Rule, policy: PolicyValues) -> None:
        if rule.can_be_off:
            self.fields[f"mode.{rule.code}"] = forms.ChoiceField(
                label=f"{rule.title}: asked", choices=list(_MODES.items()), initial=policy.mode_of(rule)
            )
        if rule.has_windows:
            return
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
                label=limit_label(name), initial=policy.limits.get(key, default), min_value=0, max_value=MOST_LIMIT
            )

    def _add_windows(self, rule: Rule, policy: PolicyValues) -> None:
        own = rule.own(policy.limits)
        rows: list[tuple[str, int] | None] = [(grade, own[grade]) for grade, _ in in_order(own)]
        rows += [None] * SPARE_ROWS
        for number, row in enumerate(rows[:MOST_WINDOWS]):
            start = f"window.{rule.code}.{number}"
            grade, orders = row or ("", None)
            said = f"{rule.title}, row {number + 1}"
            self.fields[f"{start}.length"] = forms.IntegerField(
                label=f"{said}: within",
                required=False,
                min_value=1,
                max_value=MOST_LENGTH,
                initial=int(grade[:-1] or 0) or None,
            )
            self.fields[f"{start}.unit"] = forms.ChoiceField(
                label=f"{said}: unit", required=False, choices=_UNITS, initial=grade[-1:] or "h"
            )
            self.fields[f"{start}.orders"] = forms.IntegerField(
                label=f"{said}: orders", required=False, min_value=FEWEST, max_value=MOST, initial=orders
            )
            self.fields[f"{start}.points"] = forms.IntegerField(
                label=f"{said}: points",
                required=False,
                min_value=-MOST_POINTS,
                max_value=MOST_POINTS,
                initial=policy.points_of(rule, grade) if row else None,
            )
            self.fields[f"{start}.always"] = forms.BooleanField(
                label="calls by itself", required=False, initial=bool(row) and policy.decides(rule, grade)
            )

    def clean(self) -> dict[str, Any]:
        """Refuse half a row, the same span twice, and a rule without any."""
        given = super().clean() or self.cleaned_data
        for rule in RULES:
            if not rule.has_windows:
                continue
            spans = []
            for start in self._rows(rule):
                if not given.get(f"{start}.length"):
                    if given.get(f"{start}.orders") is not None and f"{start}.length" not in self.errors:
                        self.add_error(f"{start}.length", "Say within how long, or empty the row.")
                    continue
                for name in ("orders", "points"):
                    if given.get(f"{start}.{name}") is None and f"{start}.{name}" not in self.errors:
                        self.add_error(f"{start}.{name}", "This row lacks a number. To remove it, empty all of it.")
                window = read_window(f"{given[f'{start}.length']}{given.get(f'{start}.unit')}")
                if window is None or window.span in spans:
                    wrong = "Another row has the same length." if window else f"{LONGEST.days} days at most."
                    self.add_error(f"{start}.length", wrong)
                else:
                    spans.append(window.span)
            if not spans and not any(name.startswith(f"window.{rule.code}.") for name in self.errors):
                self.add_error(f"mode.{rule.code}", "Leave one row at least, or turn the rule off.")
        return given

    def _rows(self, rule: Rule) -> list[str]:
        """How the names of each row's fields begin."""
        return [
            name.removesuffix(".length")
            for name in self.fields
            if name.startswith(f"window.{rule.code}.") and name.endswith(".length")
        ]

    def _windows(self, rule: Rule) -> Iterator[tuple[str, str]]:
        """The rows that are filled in: how their fields begin, and the grade they make."""
        for start in self._rows(rule):
            if length := self.cleaned_data.get(f"{start}.length"):
                yield start, f"{length}{self.cleaned_data[f'{start}.unit']}"

    def groups(self) -> Iterator[RuleGroup]:
        """The rules under their headings, for the page."""
        for group, rules in groupby(RULES, key=lambda rule: rule.code.split(".", 1)[0]):
            yield RuleGroup(group, _GROUPS.get(group, group.capitalize()), [self._of(rule) for rule in rules])

    def hits_in_words(self, recent: Recent) -> dict[str, str]:
        """How many of the last orders each rule and each grade hit, by the names that the page gives their places.

        Only for a form that is valid: the windows are those that were typed.
        """
        said = {rule.code: f"{recent.rules[rule.code]:,} of {recent.orders:,}" for rule in RULES}
        for rule in RULES:
            if rule.has_windows:
                said |= {start: f"{recent.grades[rule.key(grade)]:,} hit" for start, grade in self._windows(rule)}
            else:
                said |= {f"grade.{rule.key(grade)}": f"{recent.grades[rule.key(grade)]:,} hit" for grade in rule.points}
        return said

    def _of(self, rule: Rule) -> RuleFields:
        lines = (rule.ask.__doc__ or "").strip().splitlines()
        rows = self._rows(rule)
        spare = next((start for start in rows if not self.fields[f"{start}.length"].initial), None)
        own = tuple(f"{kind}.{rule.code}{end}" for kind in ("points", "always", "limit", "window") for end in (".", ":"))
        names = {f"mode.{rule.code}", f"points.{rule.code}"}
        return RuleFields(
            rule=rule,
            hits=self.hits.get(rule.code, ""),
            has_errors=any(name in names or name.startswith(own) for name in self.errors) if self.is_bound else False,
            is_changed=rule.title in self.changed,
            about=lines[0] if lines else "",
            mode=self[f"mode.{rule.code}"] if rule.can_be_off else None,
            grades=[
                GradeFields(
                    grade_label(grade),
                    self[f"points.{rule.key(grade)}"],
                    self[f"always.{rule.key(grade)}"] if rule.can_be_off else None,
                    key=(key := f"grade.{rule.key(grade)}" if len(rule.points) > 1 else ""),
                    hits=self.hits.get(key, ""),
                )
                for grade in (() if rule.has_windows else rule.points)
            ],
            limits=[] if rule.has_windows else [self[f"limit.{rule.limit_key(name)}"] for name in rule.limits],
            windows=[
                WindowFields(
                    label=f"Row {number}",
                    length=self[f"{start}.length"],
                    unit=self[f"{start}.unit"],
                    orders=self[f"{start}.orders"],
                    points=self[f"{start}.points"],
                    always=self[f"{start}.always"],
                    is_first_spare=start == spare,
                    key=start,
                    hits=self.hits.get(start, ""),
                )
                for number, start in enumerate(rows, 1)
            ],
            has_spare=spare is not None,
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

        points, limits = dict(starting("points.")), dict(starting("limit."))
        always = {key for key, is_set in starting("always.") if is_set}
        always |= {rule.key(grade) for rule in RULES if not rule.can_be_off for grade in rule.always_calls}
        for rule in RULES:
            for start, grade in self._windows(rule):
                points[rule.key(grade)] = given[f"{start}.points"]
                limits[rule.limit_key(grade)] = given[f"{start}.orders"]
                if given[f"{start}.always"]:
                    always.add(rule.key(grade))
        return PolicyValues(
            version=version,
            threshold=given["threshold"],
            points=points,
            always_call=frozenset(always),
            modes={code: mode for code, mode in starting("mode.") if mode != own_mode(BY_CODE[code])},
            limits=limits,
        )
