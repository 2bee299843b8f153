"""Simulated orders, good and bad, as facts for the rules: to try a policy before real thieves do.

None of it is measured. Each share below is a guess after what is known of fraud (see the reasons beside it); the data show
whether the rules fit together, not how many thieves a shop will have. Good orders are made to look bad as good ones do
(gifts, travellers, offices, people who moved, typing slips), bad ones to look good where thieves know how. The same seed
gives the same orders.

History is shared as in life: an order sees the earlier ones with the same e-mail, phone, ship-to, card or IP address, as the
shop would know them at that moment. Six of ten thefts are unmasked within a day and cancelled; the others are disputed after
a month. That does not depend on the policy that is tried, so that every policy is asked about the very same facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from fraud.simulate.bad import make_bad
from fraud.simulate.good import make_good
from fraud.simulate.makings import BAD_SHARE, DAYS, START, WARM_UP, Simulated
from fraud.simulate.world import World

__all__ = ["START", "WARM_UP", "Simulated", "simulate"]


def simulate(*, seed: int, orders: int) -> Iterator[Simulated]:
    """Make up `orders` orders in the order of time; those after the first three months are given.

    A thief may leave tries behind that were never paid.
    """
    world = World(seed)
    moments = sorted(world.dice.random() for _ in range(orders))
    for moment in moments:
        at = START + timedelta(days=DAYS * moment)
        # Few people shop at night; thieves elsewhere do not care.
        is_bad = world.dice.random() < BAD_SHARE
        hour = (
            world.dice.choice(range(24)) if is_bad else world.dice.choice((*range(12, 24), *range(14, 24), 0, 1, 2, 3, 4, 6))
        )
        at = at.replace(hour=hour)
        draft = make_bad(world, at) if is_bad else make_good(world, at)
        facts, past = world.finish(draft)
        world.remember(past)
        if at >= START + WARM_UP:
            yield Simulated(facts, draft.kind, draft.is_bad)
