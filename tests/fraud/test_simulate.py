"""The made-up orders: the same seed gives the same, history is shared, and nobody sees what is yet to come."""

from __future__ import annotations

from itertools import islice

from fraud.simulate import START, WARM_UP, Simulated, simulate
from fraud.zones import local_time


def _some(seed: int, count: int = 700) -> list[Simulated]:
    return list(simulate(seed=seed, orders=count))


def test_the_same_seed_gives_the_same_orders() -> None:
    assert list(islice(simulate(seed=5, orders=200), 40)) == list(islice(simulate(seed=5, orders=200), 40))


def test_orders_come_in_time_and_see_only_what_was_before() -> None:
    orders = _some(7)
    moments = [one.facts.placed_at for one in orders]
    assert moments[0] >= START + WARM_UP
    days = [moment.date() for moment in moments]
    assert days == sorted(days)
    for one in orders:
        assert all(other.placed_at <= one.facts.placed_at and other.same for other in one.facts.earlier)
        assert one.facts.bill_to is not None
        assert local_time(one.facts.bill_to, one.facts.placed_at) is not None


def test_there_are_good_and_bad_ones_of_many_kinds() -> None:
    orders = [*_some(7), *_some(8)]
    bad = [one for one in orders if one.is_bad]
    assert 0.01 < len(bad) / len(orders) < 0.05
    assert {one.kind for one in orders} >= {"ordinary", "gift", "office", "mover", "traveller", "reship", "ring"}
    assert any(other.cancel_reason == "denied" for one in orders for other in one.facts.earlier)
    assert any(other.status == "shipped" for one in orders for other in one.facts.earlier)
