"""One process's share of a long run: its own database, its own payment company. Started by `python -m tests.torture`.

Says what it does in lines of JSON on standard output.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from typing import TYPE_CHECKING, Any

import tests.environment  # isort: skip  # noqa: F401  # the settings, before Django reads them

import django

if TYPE_CHECKING:  # Django is not set up yet
    from tests.torture.world import World

# Seconds between two words to the parent.
TELL_EVERY = 1.0


def tell(**words: Any) -> None:
    """Say it to the parent."""
    print(json.dumps(words), flush=True)  # noqa: T201  # it is how we speak


def main() -> None:
    """Run this share; stop at the first thing that is broken, and say so."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", required=True, help="'kill': die at every fault point instead.")
    parser.add_argument("--first", type=int, required=True)
    parser.add_argument("--step", type=int, required=True)
    parser.add_argument("--count", type=int, required=True, help="Of all shares together.")
    parser.add_argument("--replay", default="")
    given = parser.parse_args()
    django.setup()
    from tests.torture.company import open_company  # Django is set up only now
    from tests.torture.world import open_world  # same

    gc.freeze()
    # Nothing here makes cycles to speak of, and looking for them takes a tenth of the time.
    gc.set_threshold(50_000, 50, 50)
    is_kill = given.seed == "kill"
    with open_company(is_lazy=not is_kill) as company, open_world(company) as world:
        if (_die if is_kill else _live)(world, given):
            tell(is_over=True)


def _live(world: World, given: argparse.Namespace) -> bool:
    """Run random histories; True when none was broken."""
    from tests.torture.run import failure_of, shrink  # as above
    from tests.torture.steps import draw_history, print_history, read_history  # same

    progress = Progress()
    for at in range(given.first, given.count, given.step):
        history = read_history(given.replay) if given.replay else draw_history(f"{given.seed}:{at}")
        if failure := failure_of(world, history):
            tell(failed=f"{given.seed}:{at}", failure=failure, steps=world.told(history))
            shortest = shrink(world, history)
            failure = failure_of(world, shortest)
            tell(failed=f"{given.seed}:{at}", failure=failure, steps=world.told(shortest), replay=print_history(shortest))
            return False
        progress.one_more()
    tell(done=progress.done)
    return True


def _die(world: World, given: argparse.Namespace) -> bool:
    """Die at every fault point of every scenario; True when all was put right each time."""
    from tests.torture.kill import die, list_deaths, list_places  # as above
    from tests.torture.scenarios import SCENARIOS  # same

    deaths = list_deaths(world)
    tell(total=len(deaths), places=len({death.name for death in deaths}))
    if not given.first and (missing := sorted(list_places() - {death.name for death in deaths})):
        tell(failed="kill -9", failure=f"no scenario comes by {', '.join(missing)}", steps=[], replay="")
        return False
    progress = Progress()
    for death in deaths[given.first :: given.step]:
        if failure := die(world, death):
            steps = [[step.as_list(), ""] for step in SCENARIOS[death.scenario]]
            tell(failed=f"kill -9 at {death.name} of '{death.scenario}'", failure=failure, steps=steps, replay="")
            return False
        progress.one_more()
    tell(done=progress.done)
    return True


class Progress:
    """Counts, and tells the parent now and then."""

    def __init__(self) -> None:
        self.done, self._told_at = 0, time.monotonic()

    def one_more(self) -> None:
        """One more is done."""
        self.done += 1
        if time.monotonic() - self._told_at > TELL_EVERY:
            tell(done=self.done)
            self._told_at = time.monotonic()


if __name__ == "__main__":
    main()
