"""What is different between two versions of the policy, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fraud.policy import PolicyValues
from fraud.rules import RULES, Rule
from fraud.rules.velocity import in_order, read_window

_NONE = "not counted"
_WORDS = {
    "digits": "Digits of a suite number",
    "percent": "Per cent of the largest order before",
    "km": "Kilometres, from",
    "from": "From the hour",
    "until": "Until the hour",
    "orders": "Good orders needed",
    "new_days": "Days for which a customer is new",
    "days": "Days that an order must be old",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One number or switch that is not the same."""

    rule: str  # its title; "" for the policy as a whole
    what: str
    before: str
    after: str


def grade_label(grade: str) -> str:
    """A grade as people say it: "other_city" is "Other city", "15m" is "Within 15 minutes"."""
    if window := read_window(grade):
        return f"Within {window.words}"
    if grade == "ip":
        return "By the IP address alone"
    return grade.replace("_", " ").capitalize() or "A hit"


def limit_label(name: str) -> str:
    """A limit as people say it."""
    if window := read_window(name):
        return f"Orders within {window.words}"
    return _WORDS.get(name, f"“{grade_label(name)}” from")


def changes_between(old: PolicyValues, new: PolicyValues, rules: Iterable[Rule] = RULES) -> tuple[Change, ...]:
    """Everything in which two versions judge differently, in the order of the rules."""
    found = []
    if old.threshold != new.threshold:
        found.append(Change("", "Points from which the customer is rung", str(old.threshold), str(new.threshold)))
    for rule in rules:
        grades = _grades(rule, old, new)
        rows = zip(_rows(old, rule, grades), _rows(new, rule, grades), strict=True)
        found += [Change(rule.title, what, before, after) for (what, before), (_, after) in rows if before != after]
    return tuple(found)


def _grades(rule: Rule, old: PolicyValues, new: PolicyValues) -> list[str]:
    """The grades that the rule has under either version."""
    if not rule.has_windows:
        return list(rule.points)
    return [grade for grade, _ in in_order({**rule.own(old.limits), **rule.own(new.limits)})]


def _rows(policy: PolicyValues, rule: Rule, grades: Iterable[str]) -> Iterator[tuple[str, str]]:
    """All that a policy says of one rule."""
    yield "Asked", str(policy.mode_of(rule))
    own = rule.own(policy.limits)
    for grade in grades:
        label = grade_label(grade)
        if rule.has_windows and grade not in own:  # the other version counts in this window
            yield f"{label}: points", _NONE
            yield f"{label}: calls by itself", _NONE
            continue
        yield f"{label}: points", signed(policy.points_of(rule, grade))
        yield f"{label}: calls by itself", "yes" if policy.decides(rule, grade) else "no"
    for name in grades if rule.has_windows else rule.limits:
        yield limit_label(name), str(own.get(name, _NONE))


def signed(points: object) -> str:
    """Points with their sign, as people write it; what is no number as it was typed."""
    try:
        number = int(str(points))
    except ValueError:
        return str(points or "")
    return f"{number:+d}".replace("-", "\N{MINUS SIGN}") if number else "0"
