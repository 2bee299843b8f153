"""Guessers are slowed, owners get in, and nobody learns who has an account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate, authenticate
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from store.auth import in_words
from store.models import KnownPlace, Tries, User
from store.throttle import (
    LOGIN_HERE,
    Limit,
    forget_tries,
    give_back_try,
    record_login,
    take_login_try,
    take_try,
)

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
EMAIL = "ada.byron@example.com"
SMALL = Limit(name="small", free=3, longest_wait=60, window=600)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


class TestCounting:
    def test_the_first_tries_are_free_and_then_each_wait_doubles(self, db: None) -> None:
        now = START
        waits: list[int] = []
        for _ in range(11):
            assert take_try(SMALL, "someone", now=now) == 0
            waits.append(wait := take_try(SMALL, "someone", now=now) if len(waits) >= 2 else 0)
            now += timedelta(seconds=wait)
        assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]

    def test_a_try_too_soon_makes_no_wait_longer(self, db: None) -> None:
        for second in range(3):
            take_try(SMALL, "someone", now=START + timedelta(seconds=second))
        late = START + timedelta(seconds=2)
        assert [take_try(SMALL, "someone", now=late) for _ in range(20)] == [1] * 20
        assert take_try(SMALL, "someone", now=late + timedelta(seconds=1)) == 0

    def test_an_idle_hour_forgets(self, db: None) -> None:
        for minute in range(8):
            take_try(SMALL, "someone", now=START + timedelta(minutes=minute))
        later = START + timedelta(minutes=30)
        assert [take_try(SMALL, "someone", now=later) for _ in range(4)] == [0, 0, 0, 1]

    def test_keys_do_not_share_counts(self, db: None) -> None:
        for _ in range(4):
            take_try(SMALL, "one", now=START)
        assert take_try(SMALL, "one", now=START) > 0
        assert take_try(SMALL, "other", now=START) == 0
        assert take_try(Limit(name="else", free=3, longest_wait=60), "one", now=START) == 0

    def test_spelling_makes_no_new_key(self, db: None) -> None:
        for spelling in (EMAIL, EMAIL.upper(), f" {EMAIL} "):
            take_try(SMALL, spelling, now=START)
        assert take_try(SMALL, EMAIL, now=START) > 0
        for spelling in ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1"):
            take_try(SMALL, spelling, now=START)
        assert take_try(SMALL, "192.0.2.1", now=START) > 0

    def test_forgetting_and_giving_back(self, db: None) -> None:
        for _ in range(3):
            take_try(SMALL, "someone", now=START)
        give_back_try(SMALL, "someone", now=START)
        assert take_try(SMALL, "someone", now=START) == 0
        forget_tries(SMALL, "someone")
        assert not Tries.objects.exists()

    def test_the_table_names_nobody(self, db: None) -> None:
        take_login_try(email=EMAIL, address="192.0.2.1", now=START)
        record_login(email=EMAIL, address="192.0.2.1", now=START)
        keys = [*Tries.objects.values_list("key", flat=True), *KnownPlace.objects.values_list("key", flat=True)]
        assert keys
        assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)

    def test_old_rows_are_swept_out(self, db: None) -> None:
        take_try(SMALL, "someone", now=START)
        record_login(email=EMAIL, address="192.0.2.1", now=START)
        record_login(email="other@example.com", address="192.0.2.2", now=START + timedelta(days=91))
        assert not Tries.objects.exists()
        assert KnownPlace.objects.count() == 1


def log_in(email: str, password: str, address: str) -> User | None:
    request = RequestFactory().post("/admin/login/", REMOTE_ADDR=address)
    user = authenticate(request, username=email, password=password)
    assert user is None or isinstance(user, User)
    return user


class TestLoggingIn:
    def test_a_thousand_guesses_at_one_account_are_slowed_and_the_owner_gets_in(
        self, buyer: User, clock: time_machine.Traveller
    ) -> None:
        assert log_in(EMAIL, PASSWORD, "192.0.2.7") == buyer  # the owner, at home
        judged = 0
        for n in range(1000):  # a guess each second, each from another address
            clock.shift(1)
            if "store.login_wait" not in self.guess(f"guess {n}", f"198.51.{n // 250}.{n % 250}"):
                judged += 1
        assert judged <= 10 + 5 + 1000 // 30
        assert log_in(EMAIL, PASSWORD, "192.0.2.7") == buyer
        clock.shift(30)
        assert log_in(EMAIL, PASSWORD, "203.0.113.9") == buyer  # the owner, on a journey

    @staticmethod
    def guess(password: str, address: str) -> dict[str, object]:
        request = RequestFactory().post("/admin/login/", REMOTE_ADDR=address)
        assert authenticate(request, username=EMAIL, password=password) is None
        return request.META

    def test_one_guess_at_a_thousand_accounts_is_slowed(self, db: None, clock: time_machine.Traveller) -> None:
        judged = 0
        for n in range(200):
            clock.shift(1)
            request = RequestFactory().post("/", REMOTE_ADDR="198.51.100.1")
            authenticate(request, username=f"user{n}@example.com", password="x")
            judged += "store.login_wait" not in request.META
        assert judged <= 40

    def test_even_the_right_password_waits(self, buyer: User, clock: time_machine.Traveller) -> None:
        for _ in range(6):
            log_in(EMAIL, "wrong", "198.51.100.1")
        assert log_in(EMAIL, PASSWORD, "198.51.100.1") is None
        clock.shift(900)
        assert log_in(EMAIL, PASSWORD, "198.51.100.1") == buyer

    @pytest.mark.django_db(transaction=True)
    def test_the_asynchronous_way_in_is_slowed_too(self, clock: time_machine.Traveller) -> None:
        User.objects.create_user(EMAIL, PASSWORD)
        for _ in range(6):
            assert async_to_sync(aauthenticate)(RequestFactory().post("/"), username=EMAIL, password="wrong") is None
        assert async_to_sync(aauthenticate)(RequestFactory().post("/"), username=EMAIL, password=PASSWORD) is None

    def test_own_logins_do_not_wash_away_misses(self, buyer: User, stranger: User, clock: time_machine.Traveller) -> None:
        judged = 0
        for n in range(100):
            assert log_in("grace@example.org", "seven seas of rye and sand", "198.51.100.1") is not None or n > 30
            request = RequestFactory().post("/", REMOTE_ADDR="198.51.100.1")
            authenticate(request, username=f"victim{n}@example.com", password="x")
            judged += "store.login_wait" not in request.META
        assert judged <= 31

    def test_a_success_forgets_the_misses(self, buyer: User, clock: time_machine.Traveller) -> None:
        for _ in range(3):
            for _ in range(4):
                assert log_in(EMAIL, "wrong", "192.0.2.7") is None
            assert log_in(EMAIL, PASSWORD, "192.0.2.7") == buyer

    def test_known_and_unknown_emails_get_the_same_words_and_work(
        self, client: Client, buyer: User, stranger: User, clock: time_machine.Traveller
    ) -> None:
        def pages(email: str) -> list[str]:
            forms = []
            for _ in range(8):
                html = client.post(
                    "/admin/login/", {"username": email, "password": "wrong"}, REMOTE_ADDR=f"192.0.2.{len(email)}"
                ).content.decode()
                forms.append(re.sub(r"csrfmiddlewaretoken.*?>|nonce=\S+", "", html).replace(email, ""))
            return forms

        known, unknown = pages(EMAIL), pages("nobody@example.com")
        assert known == unknown
        assert "Too many tries. Please wait 1 second, or set a new password by e-mail." in known[-1]
        counts = []
        for email, address in (("grace@example.org", "203.0.113.5"), ("nobody@example.net", "203.0.113.6")):
            with CaptureQueriesContext(connection) as queries:
                log_in(email, "wrong", address)
            counts.append(len(queries))
        assert counts[0] == counts[1]


def test_waits_are_put_in_words() -> None:
    assert [in_words(n) for n in (1, 2, 59, 60, 61, 900)] == [
        "1 second",
        "2 seconds",
        "59 seconds",
        "1 minute",
        "2 minutes",
        "15 minutes",
    ]
    assert LOGIN_HERE.longest_wait == 900
