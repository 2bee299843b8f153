"""What any version of the policy says of any order, without a trace: why it was called, or why it was not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from checkout.models import Order
from fraud.facts import OrderFacts
from fraud.freezing import thaw
from fraud.gather import gather_facts
from fraud.models import Assessment
from fraud.policy import Broken, Judged, Judgement, PolicyValues, judge
from fraud.rules import RULES, Clear, Hit, NoData, Rule


class UnableToAnswer(Exception):
    """The facts of the order are not there. `str(error)` says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One hit and the sum after it."""

    judged: Judged
    sum: int


@dataclass(frozen=True, slots=True)
class Answers:
    """Every rule's answer for one order under one version."""

    judgement: Judgement
    policy: PolicyValues
    facts_of: datetime | None  # when the facts were kept; None: they were read now
    off: tuple[Rule, ...]  # not asked

    def _of(self, *kinds: type) -> list[Judged]:
        return [one for one in self.judgement.judged if isinstance(one.outcome, kinds)]

    @property
    def steps(self) -> list[Step]:
        """The hits that count, heaviest first and trust last, with the sum after each."""
        hits = [one for one in self._of(Hit) if not one.is_observed]
        steps, total = [], 0
        for one in sorted(hits, key=lambda one: -one.points):
            total += one.points
            steps.append(Step(one, total))
        return steps

    @property
    def observed(self) -> list[Judged]:
        """The hits that would have counted."""
        return [one for one in self._of(Hit) if one.is_observed]

    @property
    def broken(self) -> list[Judged]:
        """The rules that could not answer."""
        return self._of(Broken)

    @property
    def clear(self) -> list[Judged]:
        """The rules that found nothing."""
        return self._of(Clear)

    @property
    def no_data(self) -> list[Judged]:
        """The rules that had nothing to look at."""
        return self._of(NoData)


def answers(*, order: Order, policy: PolicyValues, now: datetime, kept: bool = False) -> Answers:
    """Ask every rule about `order` under `policy`; nothing is stored and nothing happens to the order.

    The facts are read as they are now, or with `kept` taken as the last assessment found them. Raises UnableToAnswer.
    """
    facts, facts_of = _facts(order, now=now, kept=kept)
    return Answers(
        judgement=judge(facts, policy),
        policy=policy,
        facts_of=facts_of,
        off=tuple(rule for rule in RULES if policy.mode_of(rule) == "off"),
    )


def _facts(order: Order, *, now: datetime, kept: bool) -> tuple[OrderFacts, datetime | None]:
    if not kept:
        return gather_facts(order.pk, now=now), None
    assessment = Assessment.objects.filter(order=order).order_by("-pass_number").first()
    if assessment is None:
        raise UnableToAnswer(
            f"Order {order.number} was never assessed, so no facts of it were kept. Read them as they are now."
        )
    if not assessment.facts:
        raise UnableToAnswer("The facts of that assessment were erased, or it is older than the keeping of facts.")
    try:
        return thaw(assessment.facts), assessment.assessed_at
    except ValueError as error:
        raise UnableToAnswer(str(error)) from error
