"""Can the oracle fail? A shop broken on purpose has to be found out by random histories, and soon.

DATABASE_URL=postgres://… pytest -n0 -s tests/torture/long_oracle.py
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from typing import Any, Final
from unittest import mock

import pytest
from django.db import transaction

from catalog.stock import release_stock
from checkout.gateways.paypal import PayPalGateway
from checkout.gateways.stripe import StripeGateway
from checkout.models import Order, Payment
from checkout.services import closing, release, sweep
from tests.torture.company import open_company
from tests.torture.run import failure_of
from tests.torture.steps import draw_history
from tests.torture.world import World, open_world

# Histories within which each has to be found.
BOUND: Final = 150


def nothing(*_: object, **__: object) -> None:
    """Forget to do it."""


def restock_twice(*, quantities: Any, cause: str, now: datetime) -> None:
    """Put the goods back on sale once more, under another cause."""
    release_stock(quantities=quantities, cause=cause, now=now)
    release_stock(quantities=quantities, cause=f"{cause}:again", now=now)


def release_unpaid(payment: Payment, *, now: datetime) -> Order:
    """Release without asking for the money."""
    with transaction.atomic():
        closing.release(payment.order, now=now)
    return payment.order


def only_said(real: Callable[..., Any]) -> Callable[..., Any]:
    """A call that is never made."""
    del real
    return nothing


def in_gateways(name: str, change: Callable[[Callable[..., Any]], Callable[..., Any]]) -> list[Any]:
    """The same change to one call of both gateways."""
    return [mock.patch.object(kind, name, change(getattr(kind, name))) for kind in (StripeGateway, PayPalGateway)]


# Not here, because the shop itself makes up for them: half a capture (it is told and released by nobody), a refund that is
# asked for again under another key (the gateway is looked at first), a second payment (states do not allow it).
BREAKAGES: Final[dict[str, Callable[[], list[Any]]]] = {
    "goods of a cancelled order stay held": lambda: [mock.patch.object(closing, "release_stock", nothing)],
    "goods of a cancelled order come back twice": lambda: [mock.patch.object(closing, "release_stock", restock_twice)],
    "nobody is told how an order ended": lambda: [mock.patch.object(closing, "queue_mail", nothing)],
    "an order is released before it is paid": lambda: [mock.patch.object(release, "finish_release", release_unpaid)],
    "the sweep looks at no payment": lambda: [mock.patch.object(sweep, "_sweep_payment", nothing)],
    "voids are never made": lambda: in_gateways("void", only_said),
}


@pytest.mark.django_db(transaction=True)
def test_the_oracle_finds_every_breakage_out() -> None:
    with open_company() as company, open_world(company) as world:
        found = {what: find_out(world, what) for what, patches in BREAKAGES.items()}
    assert [what for what, told in found.items() if not told] == [], f"{BOUND} histories passed all the same"


def find_out(world: World, what: str) -> str:
    """What is told of the first history that fails with this breakage; nothing when none does."""
    with ExitStack() as stack:
        for patch in BREAKAGES[what]():
            stack.enter_context(patch)
        for at in range(BOUND):
            if told := failure_of(world, draw_history(f"oracle:{at}")):
                print(f"\n{what}: history {at}: {told.splitlines()[0][:160]}")  # noqa: T201  # a figure for whoever asked
                return told
    return ""
