"""So many at once, then one every so often: exact, in a fixed number of queries, and not to be slipped past together."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from store.client import client_ip, network_of
from store.models import Tries
from store.throttle import (
    Rate,
    TooOften,
    Use,
    find_wait,
    forget_old_tries,
    give_back_uses,
    note_uses,
    take_uses,
)

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SIX = Rate(name="six an hour", most=6)  # one every ten minutes
ONE = Rate(name="one a minute", most=1, window=60)


def use(who: str = "someone", rate: Rate = SIX, cost: float = 1) -> Use:
    return Use(rate=rate, parts=(who,), cost=cost)


def take(*uses: Use, after: float = 0) -> int:
    """0, or the seconds to wait."""
    try:
        take_uses(uses or (use(),), now=START + timedelta(seconds=after))
    except TooOften as error:
        return error.wait
    return 0


@pytest.mark.django_db
class TestRate:
    def test_a_burst_is_free_and_then_one_comes_every_ten_minutes(self) -> None:
        assert [take() for _ in range(8)] == [0, 0, 0, 0, 0, 0, 600, 600]
        assert [take(after=599), take(after=600), take(after=600)] == [1, 0, 600]
        assert sum(take(after=second) == 0 for second in range(600, 4201, 10)) == 6

    def test_all_are_counted_or_none(self) -> None:
        assert take(use("a"), use("b"), use("now", ONE)) == 0
        assert take(use("a"), use("b"), use("now", ONE)) == 60
        assert [take(use("a")) for _ in range(6)] == [0, 0, 0, 0, 0, 600]
        assert not Tries.objects.filter(key=use("never").key).exists()

    def test_a_refusal_leaves_no_row(self) -> None:
        take(use("now", ONE))
        assert take(use("now", ONE), use("new one")) == 60
        assert Tries.objects.count() == 1

    def test_what_costs_more_takes_more_and_never_more_than_all(self) -> None:
        assert take(use(cost=4.5)) == 0
        assert take(use(cost=3)) == 900
        assert take(use("other", cost=400)) == 0
        assert take(use("other")) == 600

    def test_what_is_given_back_is_there_again(self) -> None:
        for _ in range(6):
            take()
        give_back_uses([use(), use("unknown")], now=START)
        assert [take(), take()] == [0, 600]
        give_back_uses([use(cost=400)], now=START)
        assert [take() for _ in range(7)] == [0, 0, 0, 0, 0, 0, 600]

    def test_what_has_happened_is_counted_past_the_limit_and_not_for_ever(self) -> None:
        for _ in range(500):
            note_uses([use()], now=START)
        assert find_wait([use(), use("other")], now=START) == 4200
        assert find_wait([use("other")], now=START) == 0

    def test_a_tightened_rate_counts_on_from_where_it_was(self) -> None:
        for _ in range(4):
            take()
        tight = SIX.tightened(3)
        assert (tight.most, SIX.tightened(10).most) == (2, 1)
        assert take(use(rate=tight)) == 600
        assert take(use(rate=tight), after=600) == 0

    def test_queries_are_as_many_for_twenty_keys_as_for_two(self) -> None:
        counts = []
        for number in (2, 20):
            with CaptureQueriesContext(connection) as queries:
                take(*(use(f"{number} {n}") for n in range(number)))
            counts.append(len(queries))
        assert counts == [5, 5]  # savepoint, insert, lock, write, release

    def test_old_counters_are_swept_out_and_current_ones_stay(self) -> None:
        take(use("old"))
        take(use("current"), after=3600)
        assert forget_old_tries(now=START + timedelta(seconds=4200)) == 0
        assert forget_old_tries(now=START + timedelta(seconds=4201)) == 1
        assert list(Tries.objects.values_list("key", flat=True)) == [use("current").key]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_at_the_same_moment_get_what_there_is_and_no_more() -> None:
    """Each takes two keys, named in either order: none is stuck waiting for another."""
    taken: list[int] = []
    barrier = threading.Barrier(20)

    def run(number: int) -> None:
        pair = (use("a"), use("b"))
        barrier.wait(20)
        taken.append(take(*(pair if number % 2 else reversed(pair))))
        connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(taken) == [0] * 6 + [600] * 14
    assert find_wait([use("b")], now=START) == 600


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("unknown", "unknown"),
    ],
)
def test_whoever_changes_addresses_within_a_household_is_one_caller(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.django_db
def test_a_household_of_addresses_shares_one_counter() -> None:
    assert [take(use(f"2001:db8::{n:x}", ONE)) for n in range(3)] == [0, 60, 60]
    assert take(use("2001:db8:0:1::1", ONE)) == 0


@pytest.mark.parametrize(
    ("hops", "written", "address"),
    [
        (0, "198.51.100.1", "192.0.2.9"),  # no proxy: the header is the caller's own invention
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1,203.0.113.7:5512", "203.0.113.7"),
        (1, "[2001:db8::7]:5512", "2001:db8::7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (2, "198.51.100.1, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "192.0.2.9"),  # shorter than our chain: it did not come by our proxies
        (1, "", "192.0.2.9"),
    ],
)
def test_nobody_names_their_own_address(hops: int, written: str, address: str, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = hops
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.9", headers={"X-Forwarded-For": written})
    assert client_ip(request) == address
