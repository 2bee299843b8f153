"""The merchant's own lists: who is always rung about, who is looked at twice, who is known to be good."""

from __future__ import annotations

from fraud.facts import Listed, OrderFacts
from fraud.rules.answers import Answer, Clear, Hit

_WORDS = {"email": "e-mail address", "phone": "phone number", "address": "address", "card": "card", "ip": "IP address"}


def _on(facts: OrderFacts, effect: str) -> list[Listed]:
    return [entry for entry in facts.listed if entry.effect == effect]


def _tell(entries: list[Listed]) -> str:
    return " ".join(f"The {_WORDS.get(entry.kind, entry.kind)} {entry.shown}: {entry.reason}" for entry in entries)


def blocked(facts: OrderFacts) -> Answer:
    """On the block list. No trust outweighs it, and no policy turns it off."""
    found = _on(facts, "block")
    return Hit(_tell(found)) if found else Clear("Nothing of this order is on the block list.")


def review(facts: OrderFacts) -> Answer:
    """On the review list: worth a call unless much speaks for the order."""
    found = _on(facts, "review")
    return Hit(_tell(found)) if found else Clear("Nothing of this order is on the review list.")


def allowed(facts: OrderFacts) -> Answer:
    """On the allow list. Trust; counted once however many entries apply."""
    found = _on(facts, "allow")
    return Hit(_tell(found)) if found else Clear("Nothing of this order is on the allow list.")
