"""Orders with a stolen card, used in one of five ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from fraud.simulate.makings import MAILS, Draft
from fraud.simulate.world import World


def make_bad(world: World, at: datetime) -> Draft:
    """A stolen card, used in one of five ways."""
    (kind,) = world.dice.choices(list(_KINDS), weights=[weight for weight, _ in _KINDS.values()])
    victim = world.person()
    draft = world.draft(victim, at, kind)
    draft.is_bad = True
    thief = world.person()
    first, last = victim.name.lower().split()
    # A mailbox of the day: the victim's name with digits, or anything; one in seven throws it away.
    local = world.dice.choice(
        (f"{first}{last}{world.dice.randint(1000, 99999)}", f"user{world.dice.randint(10**5, 10**6)}", f"{first}.{last}")
    )
    draft.email = f"{local}@{'mailinator.com' if world.dice.random() < 0.14 else world.dice.choice(MAILS[:3])}"
    draft.ip, draft.has_account = thief.ip, world.dice.random() < 0.2
    draft.ip_country = world.dice.choices(("US", "NG", "RO", "VN"), weights=(62, 13, 13, 12))[0]
    # "A fake phone number": none at all, one of anywhere, a toll-free one, or at times the victim's own.
    draft.phone = world.dice.choices(
        (f"+1{world.dice.randint(0, 1)}00{world.dice.randrange(10**7):07d}", world.number(), "+18005550199", victim.phone),
        weights=(30, 50, 8, 12),
    )[0]
    draft.checks = world.checks(fail=0.22, cvc=0.08)
    draft.declines = world.dice.choices((0, 1, 2, 3, 5), weights=(50, 20, 14, 10, 6))[0]
    draft.risk = world.dice.choices(("normal", "elevated", "highest"), weights=(62, 30, 8))[0]
    draft.is_shifted = world.dice.random() < 0.03
    draft.is_express = world.dice.random() < 0.4
    _, make = _KINDS[kind]
    make(world, draft)
    return draft


def _reship(world: World, draft: Draft) -> None:
    """Billed to the victim, sent to a mule or a forwarder; a few things that sell well."""
    draft.ship_to = world.address()
    if world.dice.random() < 0.2:
        draft.ship_to = replace(draft.ship_to, line2=f"Suite {world.dice.randint(10000, 999999)}")
    if world.dice.random() < 0.25:
        draft.ship_to = replace(draft.ship_to, name=draft.who.name)
    draft.is_gift = world.dice.random() < 0.15
    draft.lines = [
        (world.dice.randrange(150, 200), world.dice.choice((1, 1, 2, 3))) for _ in range(world.dice.randint(1, 2))
    ]


def _bulk(world: World, draft: Draft) -> None:
    """Twelve of the most expensive Dog Polishers."""
    draft.ship_to = world.address() if world.dice.random() < 0.8 else None
    draft.lines = [(world.dice.randrange(190, 200), world.dice.randint(4, 15))]


def _tester(world: World, draft: Draft) -> None:
    """Card after card until one works; what is bought does not matter."""
    draft.lines = [(world.dice.randrange(40), 1)]
    draft.declines = world.dice.choice((0, 1, 3, 4))
    for _ in range(world.dice.randint(2, 7)):
        tried = replace(draft, at=draft.at - timedelta(minutes=world.dice.uniform(2, 50)), declines=world.dice.randint(1, 3))
        _, past = world.finish(tried)
        past.is_unpaid = True
        world.remember(past)


def _ring(world: World, draft: Draft) -> None:
    """Several hands, one phone, a few drops; a new number when it is burnt."""
    if world.ring_left <= 0:
        world.ring_phone, world.ring_left = world.number(), world.dice.randint(3, 8)
    world.ring_left -= 1
    draft.phone = world.ring_phone
    draft.ship_to = replace(world.dice.choice(world.drops), name=world.name())
    draft.lines = [(world.dice.randrange(110, 195), world.dice.randint(1, 3))]


def _takeover(world: World, draft: Draft) -> None:
    """A good customer's account and history, another card, another parcel shop."""
    if not world.people:
        return
    owner = world.dice.choice(world.people)
    draft.who, draft.email, draft.has_account, draft.phone = owner, owner.email, True, owner.phone
    draft.ship_to = replace(world.address(), name=world.dice.choice((owner.name, world.name())))
    draft.lines = [(world.dice.randrange(165, 200), world.dice.randint(1, 3))]


# Kind -> how many of a hundred bad orders, and what makes the order one.
_KINDS: dict[str, tuple[int, Callable[[World, Draft], None]]] = {
    "reship": (40, _reship),
    "bulk": (18, _bulk),
    "tester": (12, _tester),
    "ring": (18, _ring),
    "takeover": (12, _takeover),
}
