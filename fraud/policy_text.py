"""A version of the policy as text: to keep beside other settings, to compare with any tool, to bring to another shop.

    threshold = 50

    [items.many_of_one]        # the code of a rule
    asked = on                 # on, observe or off
    points several = +10       # a grade of the rule; "points = +4" where it has none
    points dozen = +20, calls  # and it calls by itself
    limit dozen = 12

What the text leaves out stays as it is in the policy that it is read on top of. One thing is whole: as soon as a velocity
rule names a window, the windows it names are all it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from fraud.policy import Mode, PolicyValues, own_mode
from fraud.policy_changes import grade_label, limit_label
from fraud.rules import RULES, Rule
from fraud.rules.velocity import FEWEST, LONGEST, MOST, in_order, read_window

# More would say the same: whatever is worth this much decides alone.
MOST_POINTS = 500
MOST_LIMIT = 10_000
MOST_THRESHOLD = 1000
LONGEST_NOTE = 200
# Who pasted something else altogether needs no thousand lines to see it.
_MOST_ERRORS = 12
_HEAD = re.compile(r"\[\s*([^\]\s]+)\s*\]")
_LINE = re.compile(r"(\w+)(?:\s+(\w+))?\s*=\s*(.*)")
_NUMBER = re.compile(r"[+-]?[0-9]{1,6}")


class UnableToReadPolicy(Exception):
    """The text is no policy. `errors` says of each line what is wrong."""

    def __init__(self, errors: Iterable[str]) -> None:
        self.errors = tuple(errors)
        super().__init__(" ".join(self.errors))


# -- Writing ---------------------------------------------------------------------------------------------------------------


def write_policy(policy: PolicyValues, note: str, rules: Iterable[Rule] = RULES) -> str:
    """All that this version says, with a comment on every rule. `read_policy` makes the same version of it."""
    lines = [
        f"# Fraud policy, version {policy.version}",
        "# What stands behind a # is for people. What is left out stays as it is in the version that judges.",
        "",
        f"threshold = {policy.threshold}  # points from which the customer is rung",
        f"note = {note}",
    ]
    for group, of_group in groupby(rules, key=lambda rule: rule.code.split(".", 1)[0]):
        lines += ["", f"# -- {group} ".ljust(60, "-")]
        for rule in of_group:
            lines += ["", *_of(rule, policy)]
    return "\n".join(lines) + "\n"


def _of(rule: Rule, policy: PolicyValues) -> Iterator[str]:
    about = (rule.ask.__doc__ or "").strip().split("\n", 1)[0]
    yield f"# {rule.title}: {about}"
    yield f"[{rule.code}]"
    yield f"asked = {policy.mode_of(rule)}" + ("" if rule.can_be_off else "  # nobody can turn it off")
    own = policy.limits_of(rule)
    names = [grade for grade, _ in in_order(own)] if rule.has_windows else list(rule.points)
    for grade in names:
        calls = ", calls" if policy.decides(rule, grade) else ""
        said = f"  # {grade_label(grade).lower()}" if rule.has_windows else ""
        yield f"points{' ' if grade else ''}{grade} = {policy.points_of(rule, grade):+d}{calls}{said}"
    for name in names if rule.has_windows else own:
        said = "" if rule.has_windows else f"  # {limit_label(name).lower()}"
        yield f"limit {name} = {own[name]}{said}"


# -- Reading ---------------------------------------------------------------------------------------------------------------


def read_policy(text: str, *, upon: PolicyValues, rules: Iterable[Rule] = RULES) -> tuple[PolicyValues, str]:
    """The values that a text makes of the policy `upon`, and its note. Raises UnableToReadPolicy, naming wrong lines."""
    reader = _Reader(upon, rules)
    for number, line in enumerate(text.splitlines(), 1):
        reader.read(number, line.strip())
    reader.end_rule()
    if not reader.said and not reader.errors:
        reader.errors.append("The text says nothing of a policy.")
    if reader.errors:
        more = len(reader.errors) - _MOST_ERRORS
        raise UnableToReadPolicy(reader.errors[:_MOST_ERRORS] + ([f"And {more} more."] if more > 0 else []))
    values = replace(
        upon,
        threshold=reader.threshold,
        points=reader.points,
        always_call=frozenset(reader.always_call),
        modes=reader.modes,
        limits=reader.limits,
    )
    return values, reader.note


class _Wrong(Exception):
    """What is wrong about the line at hand."""


class _Reader:
    """What the lines so far come to."""

    def __init__(self, upon: PolicyValues, rules: Iterable[Rule]) -> None:
        self.rules = {rule.code: rule for rule in rules}
        self.threshold, self.note = upon.threshold, ""
        self.points, self.limits, self.modes = dict(upon.points), dict(upon.limits), dict(upon.modes)
        self.always_call = set(upon.always_call)
        self.errors: list[str] = []
        self.said: dict[str, int] = {}  # what was said already -> in which line
        self.rule: Rule | None = None
        self.is_lost = False  # under a heading that names no rule: its lines are not each a mistake
        self.windows: dict[str, dict[str, tuple[int, bool]]] = {}  # "points" and "limit" -> of each window named

    def read(self, number: int, line: str) -> None:
        """Take in one line; note what is wrong about it."""
        if not line or line.startswith("#"):
            return
        try:
            if line.startswith("["):
                self._begin_rule(number, line.split("#", 1)[0].strip())
            elif not self.is_lost:
                self._take(number, line)
        except _Wrong as wrong:
            where = f"Line {number}, [{self.rule.code}]" if self.rule else f"Line {number}"
            self.errors.append(f"{where}: {wrong}")

    def end_rule(self) -> None:
        """Put the windows of a velocity rule in place of those it had."""
        rule, named = self.rule, self.windows
        self.rule, self.windows = None, {}
        if rule is None or not named:
            return
        points, limits = named.get("points", {}), named.get("limit", {})
        for grade in sorted(points.keys() ^ limits.keys()):
            lacks = "limit" if grade in points else "points"
            self.errors.append(f"[{rule.code}]: the window {grade} lacks its line “{lacks} {grade} = …”.")
        for grade in rule.own(self.limits):
            self.points.pop(rule.key(grade), None)
            self.limits.pop(rule.limit_key(grade), None)
            self.always_call.discard(rule.key(grade))
        for grade, (worth, calls) in points.items():
            self._set_points(rule, grade, worth, calls=calls)
        self.limits |= {rule.limit_key(grade): limit for grade, (limit, _) in limits.items()}

    def _begin_rule(self, number: int, line: str) -> None:
        self.end_rule()
        self.is_lost = True
        head = _HEAD.fullmatch(line)
        if head is None:
            raise _Wrong("A rule begins with its code in brackets, such as [address.gift].")
        if head[1] not in self.rules:
            raise _Wrong(f"There is no rule “{head[1][:60]}”.")
        self._once(number, f"[{head[1]}]")
        self.rule, self.is_lost = self.rules[head[1]], False

    def _take(self, number: int, line: str) -> None:
        found = _LINE.fullmatch(line)
        if found is None:
            raise _Wrong("This is neither a comment nor “name = value”.")
        what, name, value = found[1], found[2] or "", found[3]
        if what != "note":  # words may hold a #
            value = value.split("#", 1)[0].strip()
        rule = self.rule
        self._once(number, f"{rule.code if rule else ''} {what} {name}")
        if rule is None and not name and what == "threshold":
            self.threshold = _number(value, 1, MOST_THRESHOLD)
        elif rule is None and not name and what == "note":
            if len(value) > LONGEST_NOTE:
                raise _Wrong(f"A note has {LONGEST_NOTE} characters at most.")
            self.note = value
        elif rule and not name and what == "asked":
            self._take_mode(rule, value)
        elif rule and what == "points":
            worth, _, calls = (part.strip() for part in value.partition(","))
            if calls not in {"", "calls"}:
                raise _Wrong("Behind the points only “, calls” may stand.")
            self._take_points(rule, name, _number(worth, -MOST_POINTS, MOST_POINTS), calls=bool(calls))
        elif rule and what == "limit":
            self._take_limit(rule, name, value)
        else:
            known = "asked, points or limit" if rule else "threshold or note, or a rule in brackets"
            raise _Wrong(f"“{what[:40]}{' ' if name else ''}{name[:40]}” is not known here: write {known}.")

    def _take_mode(self, rule: Rule, value: str) -> None:
        if value not in set(Mode):
            raise _Wrong("A rule is asked “on”, “observe” or “off”.")
        if not rule.can_be_off and value != Mode.ON:
            raise _Wrong("Nobody can turn this rule off.")
        self.modes.pop(rule.code, None)
        if value != own_mode(rule):
            self.modes[rule.code] = value

    def _take_points(self, rule: Rule, grade: str, worth: int, *, calls: bool) -> None:
        if rule.has_windows:
            self._take_window("points", grade, worth, calls=calls)
            return
        if grade not in rule.points:
            known = ", ".join(f"“points {each}”".replace(" ”", "”") for each in rule.points)
            raise _Wrong(f"This rule has no such grade: write {known}.")
        if not rule.can_be_off and grade in rule.always_calls and not calls:
            raise _Wrong("This always calls by itself: write “, calls” behind the points.")
        self._set_points(rule, grade, worth, calls=calls)

    def _take_limit(self, rule: Rule, name: str, value: str) -> None:
        if rule.has_windows:
            self._take_window("limit", name, _number(value, FEWEST, MOST))
        elif name in rule.limits:
            self.limits[rule.limit_key(name)] = _number(value, 0, MOST_LIMIT)
        elif rule.limits:
            raise _Wrong(f"This rule has no such limit: write {', '.join(f'“limit {each}”' for each in rule.limits)}.")
        else:
            raise _Wrong("This rule has no limits.")

    def _take_window(self, what: str, grade: str, number: int, *, calls: bool = False) -> None:
        if read_window(grade) is None:
            raise _Wrong(f"A window is so many minutes, hours or days, such as 90m, 6h or 14d, {LONGEST.days} days at most.")
        self.windows.setdefault(what, {})[grade] = (number, calls)

    def _set_points(self, rule: Rule, grade: str, worth: int, *, calls: bool) -> None:
        self.points[rule.key(grade)] = worth
        (self.always_call.add if calls else self.always_call.discard)(rule.key(grade))

    def _once(self, number: int, what: str) -> None:
        if what in self.said:
            raise _Wrong(f"Line {self.said[what]} says this already.")
        self.said[what] = number


def _number(value: str, least: int, most: int) -> int:
    """A whole number between two others. Raises _Wrong."""
    plain = value.replace("\N{MINUS SIGN}", "-")
    if not _NUMBER.fullmatch(plain) or not least <= int(plain) <= most:
        raise _Wrong(f"Write a whole number from {least} to {most}.")
    return int(plain)
