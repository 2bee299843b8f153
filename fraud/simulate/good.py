"""Good orders, three of ten of which look odd in some way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from fraud.simulate.makings import FIRST, TOWNS, Draft
from fraud.simulate.world import World


def make_good(world: World, at: datetime) -> Draft:
    """An honest order; three of ten look odd in some way."""
    (kind,) = world.dice.choices(list(_KINDS), weights=[weight for weight, _ in _KINDS.values()])
    draft = world.draft(world.customer(), at, kind)
    draft.lines = world.basket()
    # Banks say no to honest cards as well: AVS misses one in forty, a first card is declined one time in twelve.
    draft.checks = world.checks(fail=0.025, cvc=0.004)
    draft.declines = world.dice.choices((0, 1, 2, 3), weights=(91, 7, 1.6, 0.4))[0]
    draft.risk = world.dice.choices(("normal", "elevated", "highest"), weights=(97, 2.9, 0.1))[0]
    draft.is_shifted = world.dice.random() < 0.15
    draft.is_express = world.dice.random() < 0.08
    _, make = _KINDS[kind]
    make(world, draft)
    return draft


def _ordinary(_world: World, draft: Draft) -> None:
    """As it was drafted."""


def _gift(world: World, draft: Draft) -> None:
    """To somebody else, mostly elsewhere; six of ten tick it, four of ten stay in the family."""
    there = world.address()
    family = world.dice.random() < 0.4
    surname = draft.who.name.split()[-1] if family else there.name.split()[-1]
    draft.ship_to = replace(there, name=f"{world.dice.choice(FIRST)} {surname}")
    draft.is_gift = world.dice.random() < 0.6
    draft.lines = world.basket(most=2)


def _traveller(world: World, draft: Draft) -> None:
    """Orders from abroad, for home or to where they stay."""
    draft.ip, draft.ip_country = f"hotel{world.dice.randrange(500)}", world.dice.choice(("GB", "FR", "MX", "CA", "DE"))
    if world.dice.random() < 0.3:
        draft.ship_to = replace(world.address(), name=draft.who.name)


def _office(world: World, draft: Draft) -> None:
    """Many of something useful, to where many others have things sent."""
    draft.ship_to = replace(world.dice.choice(world.offices), name=draft.who.name)
    draft.ip = f"office {draft.ship_to.line1}"
    if world.dice.random() < 0.5:  # on the company's card
        draft.who = replace(draft.who, home=draft.ship_to)
    draft.lines = [(world.dice.randrange(90), world.dice.randint(4, 14))]


def _mover(world: World, draft: Draft) -> None:
    """The bank still has the old address, or the parcel goes to the new one."""
    if world.dice.random() < 0.5:
        draft.checks |= {"postcode": "fail", "line1": "fail"}
        draft.payer["postcode"] = f"{world.dice.randint(10000, 99000)}" if world.dice.random() < 0.3 else ""
    else:
        draft.ship_to = replace(world.address(), name=draft.who.name)


def _elsewhere(world: World, draft: Draft) -> None:
    """To work, or to the neighbour: the same town."""
    town = next(town for town in TOWNS if town[0] == draft.who.home.city)
    draft.ship_to = replace(world.address(town), name=draft.who.name)


def _typist(world: World, draft: Draft) -> None:
    """Types as people do on a small screen."""
    slip = world.dice.choice(("street", "street", "phone", "mail"))
    if slip == "street":
        home = draft.who.home
        draft.ship_to = replace(home, line1=home.line1.replace("Street", "St.").upper())
    elif slip == "phone":
        draft.phone = draft.phone[:-1]
    else:
        draft.email = draft.email.rpartition("@")[0] + "@gmial.com"


def _treat(world: World, draft: Draft) -> None:
    """The one dear thing, for themselves."""
    draft.lines = [(world.dice.randrange(185, 200), 1)]


def _hurry(_world: World, draft: Draft) -> None:
    draft.is_express = True


# Kind -> how many of a hundred good orders, and what makes the order one.
_KINDS: dict[str, tuple[int, Callable[[World, Draft], None]]] = {
    "ordinary": (64, _ordinary),
    "gift": (9, _gift),
    "traveller": (4, _traveller),
    "office": (4, _office),
    "mover": (4, _mover),
    "elsewhere": (4, _elsewhere),
    "typist": (3, _typist),
    "treat": (5, _treat),
    "hurry": (3, _hurry),
}
