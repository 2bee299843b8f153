"""What a policy that is being edited would have said of the last orders: cheap enough to be asked at every keystroke.

The newest SAMPLE assessed orders are judged by the facts of their first assessment, as a back-test does it for months of
them (fraud/backtest.py). Of each order a process keeps how its rules answered, for as long as the order is among the newest:
grades only, nothing of what they were found in. So a rule is asked again when its limits change, and at no other time.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from fraud.backtest import BATCH
from fraud.freezing import thaw
from fraud.models import Assessment
from fraud.policy import Broken, Mode, PolicyValues, ask
from fraud.rules import RULES, Hit, Rule

SAMPLE = 500
# Thresholds beside the chosen one for which the calls are told as well.
AROUND = (-10, -5, 5, 10)

# A grade of a hit; None for no hit. A rule that broke has neither.
_BROKEN: Final = object()
type _Question = tuple[str, tuple[tuple[str, int], ...]]
type _Asked = list[tuple[Rule, _Question]]
_answers: Final[dict[uuid.UUID, dict[_Question, object]]] = {}
_unreadable: Final[set[uuid.UUID]] = set()
_lock: Final = Lock()  # of both: threads of a process share them
# Somebody tries many limits: then an order's answers are forgotten and asked anew.
_MOST_KEPT = 3 * len(RULES)


@dataclass(slots=True)
class Recent:
    """What a policy would have done with the last orders, beside the one that judges now."""

    orders: int = 0
    unreadable: int = 0  # their facts were erased, or are of another version of the shop
    newest: datetime | None = None
    oldest: datetime | None = None
    calls: int = 0
    calls_now: int = 0
    changed: int = 0
    rules: Counter[str] = field(default_factory=Counter)  # Rule.code -> orders it hit, counted or not
    grades: Counter[str] = field(default_factory=Counter)  # Rule.key(grade) -> orders
    around: dict[int, int] = field(default_factory=dict)  # threshold -> calls

    def per_day(self, calls: int) -> float:
        """So many calls in words of a day; a sample of less than one counts as one."""
        if self.newest is None or self.oldest is None:
            return 0
        return calls / max((self.newest - self.oldest) / timedelta(days=1), 1)


def count_recent(*, tried: PolicyValues, active: PolicyValues, rules: tuple[Rule, ...] = RULES) -> Recent:
    """Judge the newest SAMPLE orders by both policies. One query, and one for each BATCH of orders that are new here."""
    newest = Assessment.objects.filter(pass_number=1).order_by("-assessed_at", "-pk")[:SAMPLE]
    times = dict(newest.values_list("pk", "assessed_at"))
    with _lock:
        return _count(times, tried, active, rules)


def _count(
    times: Mapping[uuid.UUID, datetime], tried: PolicyValues, active: PolicyValues, rules: tuple[Rule, ...]
) -> Recent:
    tries, actives = _asked(tried, rules), _asked(active, rules)
    _ask_all(list(times), {question for _, question in (*tries, *actives)}, rules)
    readable = [pk for pk in times if pk in _answers]
    found = Recent(orders=len(readable), unreadable=len(times) - len(readable))
    if times:
        found.newest, found.oldest = max(times.values()), min(times.values())
    thresholds = sorted({tried.threshold, *(tried.threshold + by for by in AROUND if tried.threshold + by > 0)})
    around = Counter[int]()
    for pk in readable:
        answers = _answers[pk]
        points, is_decided = _weigh(answers, tries, tried)
        around.update(threshold for threshold in thresholds if is_decided or points >= threshold)
        calls = is_decided or points >= tried.threshold
        points, is_decided = _weigh(answers, actives, active)
        calls_now = is_decided or points >= active.threshold
        found.calls += calls
        found.calls_now += calls_now
        found.changed += calls != calls_now
        for rule, question in tries:
            grade = answers[question]
            if isinstance(grade, str):
                found.rules[rule.code] += 1
                found.grades[rule.key(grade)] += 1
    found.around = {threshold: around[threshold] for threshold in thresholds}
    return found


def _asked(policy: PolicyValues, rules: tuple[Rule, ...]) -> _Asked:
    """What a policy asks, rule by rule; also what it has turned off, as somebody may want to know what that hides."""
    return [(rule, (rule.code, tuple(rule.own(policy.limits).items()) if rule.limits else ())) for rule in rules]


def _weigh(answers: Mapping[_Question, object], asked: _Asked, policy: PolicyValues) -> tuple[int, bool]:
    """The points, and whether something calls by itself, as `fraud.policy.judge` has it."""
    points, is_decided = 0, False
    for rule, question in asked:
        grade = answers[question]
        if grade is None or policy.mode_of(rule) != Mode.ON:
            continue
        if isinstance(grade, str):
            points += policy.points_of(rule, grade)
            is_decided = is_decided or policy.decides(rule, grade)
        else:
            is_decided = True
    return points, is_decided


def _ask_all(orders: list[uuid.UUID], questions: set[_Question], rules: tuple[Rule, ...]) -> None:
    """See that every question is answered for every order."""
    known = set(orders)
    for pk in [pk for pk in _answers if pk not in known]:
        del _answers[pk]
    _unreadable.intersection_update(known)
    missing = [pk for pk in orders if pk not in _unreadable and not questions <= _answers.get(pk, {}).keys()]
    by_code = {rule.code: rule for rule in rules}
    for start in range(0, len(missing), BATCH):
        for assessment in Assessment.objects.filter(pk__in=missing[start : start + BATCH]).only("facts"):
            try:
                facts = thaw(assessment.facts or "")
            except ValueError:
                _unreadable.add(assessment.pk)
                _answers.pop(assessment.pk, None)
                continue
            answers = _answers.setdefault(assessment.pk, {})
            if len(answers) > _MOST_KEPT:
                answers.clear()
            for question in questions - answers.keys():
                code, limits = question
                outcome = ask(by_code[code], facts, dict(limits))
                answers[question] = (
                    outcome.grade if isinstance(outcome, Hit) else _BROKEN if isinstance(outcome, Broken) else None
                )


def recent_in_words(recent: Recent) -> tuple[str, str]:
    """The count as people say it; and the calls at thresholds beside the chosen one."""
    if not recent.orders:
        return "No order was assessed yet, so there is nothing to count.", ""
    said = (
        f"Would have rung {_calls(recent, recent.calls)} of the last {recent.orders:,} orders. "
        f"The version that judges now: {_calls(recent, recent.calls_now)}. "
        f"{recent.changed:,} {'order changes' if recent.changed == 1 else 'orders change'}."
    )
    beside = [f"from {threshold}: {calls:,}" for threshold, calls in recent.around.items()]
    return said, f"Calls by threshold: {', '.join(beside)}."


def _calls(recent: Recent, calls: int) -> str:
    return f"{calls:,} ({calls / recent.orders:.1%}, {recent.per_day(calls):.1f} a day)"
