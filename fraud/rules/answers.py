"""The three answers a rule can give. What is missing is no mismatch: "not checked" is no data, never a hit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
    # Its grades are spans of time (fraud/rules/velocity.py), and a policy may name others than the author's.
    has_windows: bool = False
    # Written down and not counted until a policy turns it on: what depends on a file that was never tried on this shop.
    is_observed_at_first: bool = False

    def key(self, grade: str) -> str:
        """The name under which a policy keeps the points of one grade."""
        return f"{self.code}.{grade}" if grade else self.code

    def limit_key(self, name: str) -> str:
        """The name under which a policy keeps one limit."""
        return f"{self.code}:{name}"

    def answer(self, facts: OrderFacts, chosen: Limits | None = None) -> Answer:
        """Ask, with the limits that a policy chose (by `limit_key`) in place of the rule's own."""
        return self.ask(facts, self.own(chosen)) if self.limits else self.ask(facts)

    def own(self, chosen: Limits | None) -> Limits:
        """The rule's limits under those of a policy; one that names no window is older than the rule and leaves its own."""
        if not chosen or not self.limits:
            return self.limits
        if self.has_windows:
            start = self.limit_key("")
            named = {key.removeprefix(start): limit for key, limit in chosen.items() if key.startswith(start)}
            return named or self.limits
        return {name: chosen.get(self.limit_key(name), default) for name, default in self.limits.items()}

    def grades(self, chosen: Limits | None) -> Iterable[str]:
        """The grades that a hit can have under a policy's limits."""
        return self.own(chosen) if self.has_windows else self.points
