"""Die at every fault point of every scenario, for good, as by kill -9; then a sweep by a living process must put all right.

Each death happens in a child process that is forked once Django is set up and ends by `os._exit(137)`: nothing is cleaned up,
nothing is rolled back but by the database. The parent lets everything come to rest and asks the oracle. In the end every
place in the services that commits or calls a gateway must have been died at.
"""

from __future__ import annotations

import ast
import os
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

from checkout.gateways.base import Gateway
from store.faults import KILLED
from tests.torture.oracle import check_end
from tests.torture.scenarios import SCENARIOS
from tests.torture.world import Broken, World

# The same point, reached by the same verb, is died at so many times among all scenarios.
TIMES_EACH: Final = 3
# The child ends with this when it did not reach the point, or with 1 when it stumbled.
_UNHARMED: Final = 0
_CALLS: Final = frozenset(name for name in vars(Gateway) if not name.startswith("_")) - {"is_live", "parse_event", "takes"}
# Commits and calls that no scenario reaches, and why none can.
EXEMPT: Final[dict[str, str]] = {
    f"lockouts.end_lockouts.{when}_list_trouble": "it only asks, and the next sweep asks again"
    for when in ("before", "after")
}


@dataclass(frozen=True, slots=True)
class Death:
    """One death: in which scenario, at which of its fault points (counted from 0), and that point's name."""

    scenario: str
    at: int
    name: str


def list_deaths(world: World) -> list[Death]:
    """Live through every scenario once, and write down every fault point on the way."""
    deaths, seen = [], Counter[tuple[str, str]]()
    for scenario, history in SCENARIOS.items():
        world.begin()
        at = 0
        for step in history:
            world.do(step)
            for name in world.watch.names:
                seen[step.verb, name] += 1
                if seen[step.verb, name] <= TIMES_EACH:
                    deaths.append(Death(scenario, at, name))
                at += 1
        check_end(world)
    return deaths


def die(world: World, death: Death) -> str:
    """Tell the scenario in a child process that dies at this point; say what is wrong afterwards, or nothing."""
    world.begin()
    connection.close()  # a connection must not be shared with a child
    child = os.fork()
    if child == 0:
        os._exit(_live_until(world, death))
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != KILLED:
        return f"it did not die there, but ended with {os.waitstatus_to_exitcode(status)}"
    world.follow_clock()
    world.is_tampered = True  # what the child knew is lost
    try:
        check_end(world)
    except Broken as broken:
        return f"Broken: {broken}"
    except Exception as error:  # noqa: BLE001  # whatever the shop did not anticipate
        return f"{type(error).__name__}: {error}\n{''.join(traceback.format_tb(error.__traceback__)[-8:])}"
    return ""


def _live_until(world: World, death: Death) -> int:
    try:
        with world.watch.die_at(death.at):
            for step in SCENARIOS[death.scenario]:
                world.do(step)
    except BaseException:  # noqa: BLE001  # it is told and the process ends
        traceback.print_exc()
        return 1
    return _UNHARMED


def list_places() -> set[str]:
    """The fault points that there must be, read from the source of the services: around each commit and each call."""
    places: set[str] = set()
    for app in ("checkout", "fraud"):
        for path in sorted(Path(settings.BASE_DIR / app / "services").glob("*.py")):
            for function in ast.walk(ast.parse(path.read_text())):
                if isinstance(function, ast.FunctionDef):
                    places |= {
                        f"{path.stem}.{function.name}.{when}_{what}" for what in _places_in(function) for when in _WHEN
                    }
    return places - set(EXEMPT)


_WHEN: Final = ("before", "after")


def _places_in(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in _CALLS and _is_gateway(node.func.value):
            yield node.func.attr


def _is_gateway(node: ast.expr) -> bool:
    """`gateway.…` or `get_gateway(…).…`."""
    return (isinstance(node, ast.Name) and node.id == "gateway") or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_gateway"
    )
