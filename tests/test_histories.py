"""Short random histories of the whole shop; `make torture` runs long ones. See tests/torture/."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sandbox.process import RunningSandbox
from tests.torture.machine import ShopMachine
from tests.torture.world import open_world


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_money_goods_and_mails_agree_in_the_end(sandbox_process: RunningSandbox) -> None:
    sandbox_process.reset()
    with open_world(sandbox_process) as world:
        ShopMachine.world = world
        run_state_machine_as_test(
            ShopMachine,
            settings=settings(
                max_examples=10,
                stateful_step_count=10,
                derandomize=True,  # the same ones each time: a red test is one's own doing
                database=None,
                deadline=None,
                phases=(Phase.generate,),  # `make torture` makes a failure small
                suppress_health_check=list(HealthCheck),
            ),
        )
