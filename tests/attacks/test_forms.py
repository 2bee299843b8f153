"""Anything, sent to every public address: `tests/torture/forms.py` has it, `make torture` sends ten thousand."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from checkout.limits import CAPS
from tests.sandbox.process import RunningSandbox
from tests.torture.forms import World, open_world, public_routes, send_something

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(sandbox: RunningSandbox, settings: Settings) -> World:
    settings.SHOP_COUNTRY, settings.SHOP_VAT_NUMBER = "AT", "ATU00000024"  # so that businesses are asked for theirs
    settings.LIMITS = dict.fromkeys(CAPS, "1000000")  # they are tried elsewhere
    return open_world()


def test_the_routes_are_those_of_the_shop() -> None:
    routes = public_routes()
    assert {"cart/add/", "de/cart/add/", "checkout/", "orders/<str:token>/pay/", "webhooks/<slug:gateway>/"} <= set(routes)
    assert not [route for route in routes if "admin" in route]


@settings(max_examples=25, derandomize=True, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))  # fmt: skip
@given(data=st.data())
def test_whatever_is_sent_is_no_fault_of_ours_and_no_total_is_wrong(world: World, data: st.DataObject) -> None:
    send_something(world, data, public_routes())
