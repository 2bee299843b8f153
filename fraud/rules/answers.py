"""The three answers a rule can give. What is missing is no mismatch: "not checked" is no data, never a hit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fraud.facts import OrderFacts


@dataclass(frozen=True, slots=True)
class Hit:
    """The rule applies. The reason says so in words, with the values used; the grade picks the points."""

    reason: str
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Clear:
    """The rule looked and found nothing."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoData:
    """The rule had nothing to look at."""

    reason: str


type Answer = Hit | Clear | NoData
type Limits = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rule:
    """One question to the facts, and what its answer is worth until a policy says otherwise."""

    code: str  # stable: policies and findings refer to it
    title: str
    ask: Callable[..., Answer]  # (facts), or (facts, limits) if there are limits
    points: Mapping[str, int]  # grade -> points; the grade of an ungraded rule is ""; below zero is trust
    always_calls: frozenset[str] = field(default=frozenset())  # grades that no trust can outweigh
    limits: Limits = field(default_factory=dict)  # the numbers in the rule that a policy may set
    can_be_off: bool = True

    def key(self, grade: str) -> str:
        """The name under which a policy keeps the points of one grade."""
        return f"{self.code}.{grade}" if grade else self.code

    def limit_key(self, name: str) -> str:
        """The name under which a policy keeps one limit."""
        return f"{self.code}:{name}"

    def answer(self, facts: OrderFacts, chosen: Limits | None = None) -> Answer:
        """Ask, with the limits that a policy chose (by `limit_key`) in place of the rule's own."""
        if not self.limits:
            return self.ask(facts)
        if not chosen:
            return self.ask(facts, self.limits)
        own = {name: chosen.get(self.limit_key(name), default) for name, default in self.limits.items()}
        return self.ask(facts, own)
