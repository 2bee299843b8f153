"""What was ordered: whoever orders 12 of the most expensive Dog Polishers gets a call."""
# ruff: noqa: RUF001 - the multiplication sign is meant

from __future__ import annotations

from fraud.facts import LineFacts, OrderFacts
from fraud.rules.answers import Answer, Clear, Hit, Limits, NoData

# Dear: at least this share of the catalogue costs less. Among the dearest: each piece counts twice.
DEAR, DEAREST = 0.75, 0.95
# In a small catalogue even the dearest item has few cheaper ones beside it; it is dear if half of them are cheaper.
DEAR_IN_SMALL = 0.5


def _weight(line: LineFacts) -> int:
    """What one piece of a line counts: 2 among the dearest, 1 if dear, otherwise nothing."""
    if line.share_cheaper is None or line.share_dearer is None:
        return 0
    if line.share_cheaper >= DEAREST:
        return 2
    if line.share_cheaper >= DEAR or (line.share_cheaper >= DEAR_IN_SMALL and line.share_dearer == 0):
        return 1
    return 0


def _is_dearest(line: LineFacts) -> bool:
    """Whether next to nothing in the catalogue costs more."""
    return _weight(line) == 2 or (_weight(line) == 1 and line.share_dearer == 0)


def _describe(line: LineFacts) -> str:
    priced = f"{line.quantity} × {line.name} at {line.unit_price}"
    if line.share_dearer == 0:
        return f"{priced}; nothing in the catalogue costs more"
    # Rounded down: "100 % costs less" would contradict that something costs more.
    return f"{priced}; {int((line.share_cheaper or 0) * 100)} % of the catalogue costs less"


def many_of_expensive(facts: OrderFacts, limits: Limits) -> Answer:
    """Many pieces of what is dear in this very catalogue, over all lines: a thief may take four each of three models."""
    known = [line for line in facts.lines if line.share_cheaper is not None]
    if not known:
        return NoData("There is no catalogue to compare the prices with.")
    dear = [line for line in known if _weight(line)]
    if not dear:
        return Clear("Nothing in the order is expensive for this catalogue.")
    score = sum(line.quantity * _weight(line) for line in dear)
    described = ". ".join(_describe(line) for line in dear)
    for grade in ("bulk", "many", "few"):
        if score >= limits[grade]:
            return Hit(f"{described}.", grade)
    if any(_is_dearest(line) for line in dear):
        return Hit(f"{described}.", "one")
    return Clear(f"Expensive, but not many: {described}.")


def many_of_one(facts: OrderFacts, limits: Limits) -> Answer:
    """Many of one thing: goods to sell on rather than to use."""
    if not facts.lines:
        return NoData("The order has no lines.")
    most = max(facts.lines, key=lambda line: line.quantity)
    reason = f"{most.quantity} × {most.name}"
    for grade in ("dozen", "several"):
        if most.quantity >= limits[grade]:
            return Hit(f"{reason} in one order.", grade)
    return Clear(f"At most {reason}.")


def many_pieces(facts: OrderFacts, limits: Limits) -> Answer:
    """A full van: so many pieces in all, whatever they are."""
    if not facts.lines:
        return NoData("The order has no lines.")
    pieces = sum(line.quantity for line in facts.lines)
    for grade in ("very_many", "many"):
        if pieces >= limits[grade]:
            return Hit(f"{pieces} pieces in one order.", grade)
    return Clear("1 piece." if pieces == 1 else f"{pieces} pieces.")


def watched(facts: OrderFacts) -> Answer:
    """Something that thieves like: the merchant's own watch list of SKUs."""
    if not facts.lines:
        return NoData("The order has no lines.")
    if listed := [entry for entry in facts.listed if entry.kind == "sku"]:
        return Hit(" ".join(f"{entry.shown} is on your watch list: {entry.reason}" for entry in listed))
    return Clear("Nothing in the order is on your watch list.")
