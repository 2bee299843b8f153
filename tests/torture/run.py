"""Run histories: one, many, or ever fewer steps of one that failed."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import replace

from tests.torture.oracle import check_end, check_quickly
from tests.torture.steps import History
from tests.torture.world import Broken, World

# So many shorter histories are tried to find the shortest that still fails.
SHRINKING_TRIES = 400


def run_history(world: World, history: History) -> None:
    """Do every step, looking after each; then let it come to rest and look at everything. Raises whatever is wrong."""
    world.begin()
    for step in history:
        world.do(step)
        check_quickly()
    check_end(world)


def failure_of(world: World, history: History) -> str:
    """What is wrong after this history; empty when nothing is."""
    try:
        run_history(world, history)
    except Broken as broken:
        return f"Broken: {broken}"
    except Exception as error:  # noqa: BLE001  # whatever the shop did not anticipate
        return f"{type(error).__name__}: {error}\n{''.join(traceback.format_tb(error.__traceback__)[-8:])}"
    return ""


def shrink(world: World, history: History) -> History:
    """The shortest history found that still fails."""
    tries = SHRINKING_TRIES
    is_shorter = True
    while is_shorter and tries:
        is_shorter = False
        for shorter in _shorter(history):
            tries -= 1
            if failure_of(world, shorter):
                history, is_shorter = shorter, True
                break
            if not tries:
                break
    return history


def _shorter(history: History) -> Iterator[History]:
    """The same without some steps, large pieces first; then without a death or a meanwhile."""
    size = len(history) // 2
    while size:
        for at in range(0, len(history), size):
            yield history[:at] + history[at + size :]
        size //= 2
    for at, step in enumerate(history):
        if step.kill is not None or step.meanwhile:
            yield (*history[:at], replace(step, kill=None, meanwhile=None), *history[at + 1 :])
