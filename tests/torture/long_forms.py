"""Ten thousand random requests to all public addresses (FORMS=…; SEED=… for the same ones again).

DATABASE_URL=postgres://… pytest -n0 -s tests/torture/long_forms.py
"""

from __future__ import annotations

import os
import sys
import traceback

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException

from tests.attacks.test_forms import world
from tests.torture.forms import World, public_routes, send_something

__all__ = ["world"]  # a fixture

pytestmark = pytest.mark.django_db

COUNT = int(os.environ.get("FORMS") or 10_000)
SEED = int((os.environ.get("SEED") or "0").partition(":")[0] or 0)


def test_ten_thousand_random_inputs(world: World) -> None:
    routes = public_routes()
    faults: dict[str, str] = {}  # what broke, and one request that did it

    @seed(SEED)
    @settings(max_examples=COUNT, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        try:
            with transaction.atomic():  # so that the next one finds a database that works
                send_something(world, data, routes)
        except HypothesisException:
            raise
        except Exception as error:  # noqa: BLE001 - all of them are told at the end, each once
            where = traceback.extract_tb(error.__traceback__)[-1]
            faults.setdefault(f"{type(error).__name__} at {where.filename}:{where.lineno}: {str(error)[:200]}", world.last)

    run()
    for fault, sent in faults.items():
        sys.stdout.write(f"\n{fault}\n    {sent[:600]}\n")
    sys.stdout.write(
        f"\n{world.tried} requests to {len(routes)} addresses; {world.placed} orders placed; {world.totals} totals summed up\n"
    )
    assert faults == {}
    assert world.tried >= COUNT * 0.9
    assert world.placed > 0
    assert world.totals > world.placed
