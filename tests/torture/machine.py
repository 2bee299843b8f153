"""The same world as a Hypothesis state machine: each verb is a rule, what must always be true is its invariant."""

from __future__ import annotations

from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.torture.oracle import check_end, check_quickly
from tests.torture.steps import BUSY, CALLS, CARDS, FAULTS, JUMPS, Step, print_history
from tests.torture.world import World

WHICH = st.integers(0, 2)
ORDERS = st.fixed_dictionaries({"order": WHICH})
COMPANY = st.sampled_from(("stripe", "paypal"))
EVENTS = st.fixed_dictionaries({"event": st.integers(0, 11), "count": st.sampled_from((1, 3, 20))})
GIVEN: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "order": st.fixed_dictionaries(
        {"cart": st.integers(0, 1), "thing": WHICH, "quantity": st.integers(1, 2), "elsewhere": st.booleans(), "by": COMPANY}
    ),
    "go_to_pay": st.fixed_dictionaries({"order": WHICH, "by": COMPANY}),
    "come_back": ORDERS,
    "release": ORDERS,
    "cancel": ORDERS,
    "give_up": ORDERS,
    "ship": ORDERS,
    "refund": st.fixed_dictionaries(
        {"order": WHICH, "what": st.sampled_from(("unit", "all", "delivery", "amount")), "is_restocked": st.booleans()}
    ),
    "thought_closed": ORDERS,
    "settle": st.fixed_dictionaries({"payment": WHICH}),
    "reauthorise": st.fixed_dictionaries({"payment": WHICH}),
    "mend": st.just({}),
    "look_for_trouble": st.just({}),
    "lift_freeze": ORDERS,
    "hear": EVENTS,
    "lose": EVENTS,
    "work": st.fixed_dictionaries({"task": WHICH, "count": st.sampled_from((20, 1, 2))}),
    "wait": st.fixed_dictionaries({"seconds": st.sampled_from(JUMPS)}),
    "sweep": st.just({}),
    "reconcile": st.just({}),
    "call": st.fixed_dictionaries({"says": st.sampled_from(("confirms", "denies", "nothing"))}),
    "by_hand": st.fixed_dictionaries(
        {"payment": WHICH, "what": st.sampled_from(("capture", "void", "refund")), "part": st.sampled_from((1.0, 0.5))}
    ),
    "dispute": st.fixed_dictionaries({"payment": WHICH, "what": st.sampled_from(("open", "won", "lost", "warning"))}),
    "spoil": st.builds(
        lambda call, fault, times: {"call": call, "mode": fault[0], "status": fault[1], "times": times},
        st.sampled_from(CALLS),
        st.sampled_from(FAULTS),
        st.sampled_from((2, 1, 4)),
    ),
    "mail_trouble": st.fixed_dictionaries({"times": st.sampled_from((1, 3))}),
    "count": st.fixed_dictionaries({"thing": WHICH, "change": st.sampled_from((3, -2))}),
}


def steps_of(verb: str, *, is_nested: bool = False) -> st.SearchStrategy[Step]:
    """Any step with this verb."""
    plain = GIVEN[verb].map(lambda given: Step(verb, given))
    if is_nested or verb not in BUSY:
        return plain
    nested = st.sampled_from(sorted(GIVEN)).flatmap(lambda other: steps_of(other, is_nested=True))
    killed = st.builds(lambda given, kill: Step(verb, given, kill=kill), GIVEN[verb], st.integers(0, 30))
    overtaken = st.builds(
        lambda given, at, other: Step(verb, given, meanwhile=(at, other)), GIVEN[verb], st.integers(0, 7), nested
    )
    return st.one_of(plain, plain, killed, overtaken)


class ShopMachine(RuleBasedStateMachine):
    """Does what its rules draw to the one world it was given; `world` is set before it runs."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.history: list[Step] = []
        self.world.begin()

    @rule(step=st.one_of(steps_of("order"), steps_of("go_to_pay")))
    def order(self, step: Step) -> None:
        """Somebody orders."""
        self._do(step)

    @rule(payment=WHICH, card=st.sampled_from(("good", "good", *CARDS)), secure=st.sampled_from(("complete", "fail")))
    def pay(self, payment: int, card: str, secure: str) -> None:
        """Somebody types a card."""
        self._do(Step("pay", {"payment": payment, "card": card, "secure": secure}))

    @rule(step=st.one_of(steps_of("come_back"), steps_of("hear"), steps_of("lose"), steps_of("settle")))
    def learn(self, step: Step) -> None:
        """News of the payment, or none."""
        self._do(step)

    @rule(step=st.one_of(steps_of("work"), steps_of("sweep"), steps_of("reconcile")))
    def work(self, step: Step) -> None:
        """The shop works by itself."""
        self._do(step)

    @rule(
        step=st.sampled_from(
            (
                "release",
                "cancel",
                "give_up",
                "ship",
                "refund",
                "call",
                "reauthorise",
                "mend",
                "look_for_trouble",
                "lift_freeze",
            )
        ).flatmap(steps_of)
    )
    def decide(self, step: Step) -> None:
        """Somebody decides."""
        self._do(step)

    @rule(step=steps_of("wait"))
    def wait(self, step: Step) -> None:
        """Time passes."""
        self._do(step)

    @rule(step=st.sampled_from(("by_hand", "dispute", "thought_closed", "spoil", "mail_trouble", "count")).flatmap(steps_of))
    def trouble(self, step: Step) -> None:
        """Something goes wrong, or behind the shop's back."""
        self._do(step)

    @invariant()
    def holds(self) -> None:
        """What is true at every moment."""
        if self.history:
            check_quickly()

    def teardown(self) -> None:
        """Once everything has come to rest, every row agrees with the company's books."""
        if self.history:
            note(f"REPLAY={print_history(tuple(self.history))}")
            check_end(self.world)

    def _do(self, step: Step) -> None:
        self.history.append(step)
        note(f"{step.as_list()} -> {self.world.do(step)}")
