"""What a history is made of: steps, each a verb with small numbers, that mean something in whatever state the shop is in.

A number picks one of what there is ("the second payment", counted round), so that any list of steps can be run, cut short,
or have one taken out: that is how a failure is made small.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

type Buyer = Literal["good", "unverified", "declined"]

CARDS: Final = {
    "good": "4242424242424242",
    "declined": "4000000000000002",
    "blocked": "4100000000000019",
    "risky": "4000000000004954",
    "cvc": "4000000000000101",
    "3ds": "4000002500003155",
    "dispute": "4000000000000259",
    "warning": "4000000000005423",
    "refund_pending": "4000000000007726",
    "refund_fails": "4000000000005126",
}
# At PayPal some of these are buyers; the others pay as any good one.
BUYERS: Final[dict[str, Buyer]] = {"declined": "declined", "risky": "unverified"}
TROUBLE_LATER: Final = ("dispute", "warning", "refund_pending", "refund_fails")
CALLS: Final = (
    "create_session",
    "expire",
    "capture",
    "cancel",
    "refund",
    "retrieve",
    "list",
    "paypal.token",
    "paypal.create_order",
    "paypal.get_order",
    "paypal.authorize_order",
    "paypal.get_authorization",
    "paypal.capture",
    "paypal.void",
    "paypal.reauthorize",
    "paypal.refund",
)
# Mode and status.
FAULTS: Final = (
    ("fail", 500),
    ("fail", 429),
    ("fail", 409),
    ("fail_after", 500),
    ("timeout_before", 500),
    ("timeout_after", 500),
    ("garbage", 500),
)
MINUTE, HOUR, DAY = 60, 3600, 86400
JUMPS: Final = (
    20,
    MINUTE,
    5 * MINUTE,
    20 * MINUTE,
    32 * MINUTE,
    36 * MINUTE,
    HOUR + MINUTE,
    3 * HOUR,
    DAY,
    3 * DAY,
    7 * DAY + HOUR,
    29 * DAY,
    30 * DAY,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    `kill`: the process dies at this fault point of it, counted from 0. `meanwhile`: at this fault point, counted from 0
    among those outside of transactions, another process does that step.
    """

    verb: str
    given: dict[str, Any]
    kill: int | None = None
    meanwhile: tuple[int, Step] | None = None

    def as_list(self) -> list[Any]:
        """For printing; `from_list` reads it."""
        strike: dict[str, Any] = {}
        if self.kill is not None:
            strike["kill"] = self.kill
        if self.meanwhile is not None:
            strike["meanwhile"] = [self.meanwhile[0], self.meanwhile[1].as_list()]
        return [self.verb, self.given, *([strike] if strike else [])]

    @classmethod
    def from_list(cls, told: Sequence[Any]) -> Step:
        """The reverse of `as_list`."""
        strike = told[2] if len(told) > 2 else {}
        meanwhile = strike.get("meanwhile")
        return cls(
            told[0],
            dict(told[1]),
            kill=strike.get("kill"),
            meanwhile=(meanwhile[0], cls.from_list(meanwhile[1])) if meanwhile else None,
        )


type History = tuple[Step, ...]


def print_history(history: History) -> str:
    """One line that `read_history` reads."""
    return json.dumps([step.as_list() for step in history], separators=(",", ":"))


def read_history(text: str) -> History:
    """The reverse of `print_history`."""
    return tuple(Step.from_list(told) for told in json.loads(text))


def step(verb: str, **given: Any) -> Step:
    """A step, as it reads well in a scenario."""
    return Step(verb, given)


# How often each verb is drawn, in relation to the others.
WEIGHTS: Final = {
    "order": 6,
    "go_to_pay": 4,
    "pay": 12,
    "come_back": 8,
    "hear": 12,
    "lose": 2,
    "work": 14,
    "sweep": 9,
    "reconcile": 2,
    "reauthorise": 1,
    "mend": 1,
    "look_for_trouble": 1,
    "lift_freeze": 1,
    "wait": 14,
    "release": 4,
    "cancel": 6,
    "give_up": 2,
    "call": 4,
    "ship": 7,
    "return": 3,
    "refund": 6,
    "by_hand": 3,
    "dispute": 2,
    "thought_closed": 2,
    "settle": 2,
    "spoil": 9,
    "mail_trouble": 1,
    "count": 1,
}
_VERBS, _ODDS = tuple(WEIGHTS), tuple(WEIGHTS.values())
# Which of several: mostly the only one there is.
_WHICH: Final = (0, 0, 0, 1, 2)
# Strange cards are rarer than good ones.
_COMPANIES: Final = ("stripe", "stripe", "paypal")
_CARDS: Final = ("good",) * 10 + tuple(CARDS)


def _which(name: str) -> Callable[[random.Random], dict[str, Any]]:
    return lambda rng: {name: rng.choice(_WHICH)}


def _events(rng: random.Random) -> dict[str, Any]:
    return {"event": rng.randrange(12), "count": rng.choice((1, 2, 3, 20))}


def _spoil(rng: random.Random) -> dict[str, Any]:
    mode, status = rng.choice(FAULTS)
    return {"call": rng.choice(CALLS), "mode": mode, "status": status, "times": rng.choice((1, 2, 2, 4))}


# The numbers of one step, by its verb; a verb that is not here needs none.
_GIVEN: Final[dict[str, Callable[[random.Random], dict[str, Any]]]] = {
    "order": lambda rng: {
        "cart": rng.choice((0, 0, 1)),
        "thing": rng.choice((0, 0, 1, 2)),
        "quantity": rng.choice((1, 2)),
        "elsewhere": rng.random() < 0.35,
        "by": rng.choice(_COMPANIES),
        "coupon": rng.random() < 0.4,
    },
    "pay": lambda rng: {
        "payment": rng.choice(_WHICH),
        "card": rng.choice(_CARDS),
        "secure": rng.choice(("complete", "complete", "fail")),
    },
    "go_to_pay": lambda rng: {"order": rng.choice(_WHICH), "by": rng.choice(_COMPANIES)},
    "come_back": _which("order"),
    "ship": lambda rng: {"order": rng.choice(_WHICH), "is_part": rng.random() < 0.4},
    "return": lambda rng: {"order": rng.choice(_WHICH), "is_restocked": rng.random() < 0.6},
    "release": _which("order"),
    "cancel": _which("order"),
    "give_up": _which("order"),
    "hear": _events,
    "lose": _events,
    "work": lambda rng: {"task": rng.choice((0, 0, 0, 1, 3)), "count": rng.choice((1, 2, 20, 20))},
    "wait": lambda rng: {"seconds": rng.choice(JUMPS)},
    "call": lambda rng: {"says": rng.choice(("confirms", "denies", "nothing"))},
    "refund": lambda rng: {
        "order": rng.choice(_WHICH),
        "what": rng.choice(("unit", "unit", "all", "delivery", "amount")),
        "is_restocked": rng.random() < 0.6,
    },
    "thought_closed": _which("order"),
    "settle": _which("payment"),
    "lift_freeze": _which("order"),
    "reauthorise": _which("payment"),
    "by_hand": lambda rng: {
        "payment": rng.choice(_WHICH),
        "what": rng.choice(("capture", "void", "refund")),
        "part": rng.choice((1.0, 1.0, 0.5, 0.1)),
    },
    "dispute": lambda rng: {
        "payment": rng.choice(_WHICH),
        "what": rng.choice(("open", "won", "lost", "warning", "review")),
    },
    "spoil": _spoil,
    "mail_trouble": lambda rng: {"times": rng.choice((1, 3))},
    "count": lambda rng: {"thing": rng.choice((0, 1, 2)), "change": rng.choice((-2, 3))},
}


def _draw(rng: random.Random, verb: str) -> Step:
    return Step(verb, _GIVEN[verb](rng) if verb in _GIVEN else {})


# In these steps the shop is at work, so that it may die in them or be overtaken.
BUSY: Final = frozenset(
    {
        "order",
        "go_to_pay",
        "come_back",
        "hear",
        "work",
        "sweep",
        "reconcile",
        "release",
        "cancel",
        "give_up",
        "call",
        "ship",
        "return",
        "refund",
        "settle",
    }
)


def draw_step(rng: random.Random, *, is_nested: bool = False) -> Step:
    """Any step, now and then with a death in it or with something that happens meanwhile."""
    verb = rng.choices(_VERBS, _ODDS)[0]
    drawn = _draw(rng, verb)
    if is_nested or verb not in BUSY:
        return drawn
    chance = rng.random()
    if chance < 0.12:
        return replace(drawn, kill=min(int(rng.expovariate(0.15)), 40))
    if chance < 0.24:
        return replace(drawn, meanwhile=(rng.randrange(8), draw_step(rng, is_nested=True)))
    return drawn


def draw_history(seed: str) -> History:
    """The history of this seed: always the same."""
    rng = random.Random(seed)
    steps = [_draw(rng, "order")]
    if rng.random() < 0.85:
        steps.append(_draw(rng, "pay"))
    steps += [draw_step(rng) for _ in range(rng.randint(2, 14))]
    return tuple(steps)
