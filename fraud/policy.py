"""From answers to a verdict: points per rule and grade, one threshold, and hits that no trust can outweigh.

If a rule breaks, the order is rung about: not knowing is no reason to ship.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fraud.facts import OrderFacts
from fraud.rules import RULES, Answer, Clear, Hit, Limits, NoData, Rule

logger = logging.getLogger(__name__)

DEFAULT_THRESHOLD = 50


class Verdict(StrEnum):
    """What is to happen with the order."""

    RELEASE = "release"
    CALL = "call"


class Mode(StrEnum):
    """What a policy does with a rule."""

    ON = "on"
    OBSERVE = "observe"  # asked and written down, but its points do not count
    OFF = "off"  # not asked


@dataclass(frozen=True, slots=True)
class Broken:
    """The rule raised. Only the class of the error is kept: its text might hold the customer's data."""

    error: str

    @property
    def reason(self) -> str:
        return f"This rule could not answer ({self.error}); the order is rung about to be safe."


type Outcome = Answer | Broken


def own_mode(rule: Rule) -> Mode:
    """What is done with a rule of which a policy says nothing."""
    return Mode.OBSERVE if rule.is_observed_at_first else Mode.ON


@dataclass(frozen=True, slots=True)
class PolicyValues:
    """One version of the policy, as values."""

    version: int
    threshold: int
    points: Mapping[str, int]  # Rule.key(grade) -> points
    always_call: frozenset[str]  # keys whose hit decides alone
    modes: Mapping[str, str] = field(default_factory=dict)  # Rule.code -> Mode; what is not named is as its author meant
    limits: Mapping[str, int] = field(default_factory=dict)  # Rule.limit_key(name) -> number
    _own: dict[str, Limits] = field(default_factory=dict, init=False, compare=False, repr=False)

    def mode_of(self, rule: Rule) -> Mode:
        """Whether the rule counts; one that must not be off is on, whatever was written."""
        said = self.modes.get(rule.code)
        return Mode(said) if said and rule.can_be_off else own_mode(rule)

    def limits_of(self, rule: Rule) -> Limits:
        """The rule's limits under this policy; looked up once."""
        if (own := self._own.get(rule.code)) is None:
            own = self._own[rule.code] = rule.own(self.limits)
        return own

    def points_of(self, rule: Rule, grade: str) -> int:
        """What a hit is worth; a rule newer than this policy counts as its author meant."""
        return self.points.get(rule.key(grade), rule.points.get(grade, 0))

    def decides(self, rule: Rule, grade: str) -> bool:
        """Whether a hit calls by itself; a rule newer than this policy does as its author meant."""
        key = rule.key(grade)
        is_known = key in self.points
        return key in self.always_call or (grade in rule.always_calls and (not is_known or not rule.can_be_off))


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule's answer and what it counted."""

    rule: Rule
    outcome: Outcome
    points: int
    is_decisive: bool  # calls by itself, whatever the sum
    is_observed: bool = False  # would have counted `points`, but the policy only looks on

    @property
    def counted(self) -> int:
        """What it added to the sum."""
        return 0 if self.is_observed else self.points


@dataclass(frozen=True, slots=True)
class Judgement:
    """All answers and the verdict."""

    verdict: Verdict
    points: int
    judged: tuple[Judged, ...]


def default_policy(rules: Iterable[Rule] = RULES) -> PolicyValues:
    """The first version: every rule at its author's points."""
    rules = tuple(rules)
    return PolicyValues(
        version=1,
        threshold=DEFAULT_THRESHOLD,
        points={rule.key(grade): points for rule in rules for grade, points in rule.points.items()},
        always_call=frozenset(rule.key(grade) for rule in rules for grade in rule.always_calls),
        limits={rule.limit_key(name): limit for rule in rules for name, limit in rule.limits.items()},
    )


def ask(rule: Rule, facts: OrderFacts, limits: Limits) -> Outcome:
    """Ask one rule under its own limits (`PolicyValues.limits_of`); an error is an answer too."""
    try:
        outcome = rule.ask(facts, limits) if rule.limits else rule.ask(facts)
        if not isinstance(outcome, (Hit, Clear, NoData)):
            raise TypeError  # noqa: TRY301 - one path for every way a rule can fail
    except Exception as error:  # noqa: BLE001 - whatever it is, the order must not slip through
        # No traceback: its lines and values may show the customer's data.
        logger.error("Rule %s failed on an order: %s", rule.code, type(error).__name__)  # noqa: TRY400
        return Broken(type(error).__name__)
    return outcome


def judge(
    facts: OrderFacts,
    policy: PolicyValues,
    rules: Iterable[Rule] = RULES,
    *,
    asked: dict[object, Outcome] | None = None,
) -> Judgement:
    """Ask every rule that is not off, add up, decide.

    Who judges the same facts by several policies gives each the same `asked`: what two policies ask alike is asked once.
    """
    judged = []
    asked = {} if asked is None else asked
    for rule in rules:
        mode = policy.mode_of(rule)
        if mode == Mode.OFF:
            continue
        limits = policy.limits_of(rule)
        question = (rule.code, *limits.items()) if limits else rule.code
        if (outcome := asked.get(question)) is None:
            outcome = asked[question] = ask(rule, facts, limits)
        points, is_decisive = 0, isinstance(outcome, Broken)
        if isinstance(outcome, Hit):
            points = policy.points_of(rule, outcome.grade)
            is_decisive = policy.decides(rule, outcome.grade)
        is_observed = mode == Mode.OBSERVE
        judged.append(Judged(rule, outcome, points, is_decisive and not is_observed, is_observed))
    total = sum(one.counted for one in judged)
    must_call = total >= policy.threshold or any(one.is_decisive for one in judged)
    return Judgement(Verdict.CALL if must_call else Verdict.RELEASE, total, tuple(judged))
