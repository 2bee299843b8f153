"""An account is made by whoever has the mailbox and knows the password, and nobody learns who has one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import argon2.low_level
import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from store.accounts.links import reset_link, sign_up_link
from store.accounts.sign_up import SIGN_UP_ACCOUNT
from store.logs import mask
from store.models import SignUp, User
from store.throttle import SIGN_UP_ADDRESS
from tests.accounts.conftest import ADA, NORA, NORAS_PASSWORD, html_of, is_logged_in, link_in, log_in, sign_up

pytestmark = pytest.mark.django_db
Newest = Callable[[], EmailMultiAlternatives]


def confirm(client: Client, password: str = NORAS_PASSWORD) -> int:
    return client.post("/account/sign-up/confirm/", {"password": password}).status_code


def test_the_link_and_the_password_make_an_account_and_log_in(client: Client, newest_mail: Newest) -> None:
    assert sign_up(client) == 302
    message = newest_mail()
    assert (message.to, message.subject) == ([NORA], "Confirm your account at Ringback")
    opened = client.get(link_in(message))
    assert opened.headers["Location"] == "/account/sign-up/confirm/"
    assert NORA in client.get("/account/sign-up/confirm/").content.decode()
    assert not User.objects.exists()

    before = client.session.session_key
    assert confirm(client) == 302

    user = User.objects.get()
    assert (user.email, user.name, user.is_active, user.is_staff) == (NORA, "Nora Helmer", True, False)
    assert user.check_password(NORAS_PASSWORD)
    assert not SignUp.objects.exists()
    assert client.session.session_key != before
    assert is_logged_in(client)


def test_until_then_log_in_says_what_it_says_to_strangers(client: Client) -> None:
    sign_up(client)
    waiting = client.post("/account/log-in/", {"username": NORA, "password": NORAS_PASSWORD})
    unknown = Client().post("/account/log-in/", {"username": "nobody@example.net", "password": NORAS_PASSWORD})
    assert waiting.status_code == unknown.status_code == 422
    words = "This e-mail address and this password don&#x27;t belong together"
    assert words in waiting.content.decode()
    assert words in unknown.content.decode()


@pytest.mark.parametrize("email", ["root@localhost", "root@[10.0.0.1]", "nora@example.com\r\nBcc: x@y.example"])
def test_the_shop_s_mail_server_writes_to_no_machine_beside_it(client: Client, email: str) -> None:
    answer = client.post("/account/sign-up/", {"email": email, "password": NORAS_PASSWORD})
    assert (answer.status_code, SignUp.objects.count()) == (422, 0)


def test_a_link_works_once(client: Client, newest_mail: Newest) -> None:
    sign_up(client)
    link = link_in(newest_mail())
    client.get(link)
    confirm(client)
    again = Client().get(link)
    assert again.status_code == 410
    assert "This link no longer works" in again.content.decode()
    assert User.objects.count() == 1


def test_opening_the_link_alone_makes_nothing(client: Client, newest_mail: Newest) -> None:
    sign_up(client)
    link = link_in(newest_mail())
    for _ in range(3):  # mail scanners do
        assert Client().get(link).status_code == 302
    assert not User.objects.exists()
    client.get(link)
    assert confirm(client) == 302


def test_who_has_the_mailbox_but_not_the_password_gets_no_account(client: Client, newest_mail: Newest) -> None:
    sign_up(client, password="the password of a stranger")
    client.get(link_in(newest_mail()))
    answer = client.post("/account/sign-up/confirm/", {"password": NORAS_PASSWORD})
    assert answer.status_code == 422
    assert "That isn&#x27;t the password you chose" in answer.content.decode()
    assert not User.objects.exists()


def test_a_strangers_request_does_not_spoil_the_owners(client: Client, newest_mail: Newest) -> None:
    sign_up(client)
    link = link_in(newest_mail())
    sign_up(Client(), password="the password of a stranger")
    client.get(link)
    assert confirm(client) == 302
    assert User.objects.get().check_password(NORAS_PASSWORD)
    assert not SignUp.objects.exists()


def test_a_link_of_another_request_is_worth_nothing_once_there_is_an_account(client: Client, newest_mail: Newest) -> None:
    sign_up(client)
    other = Client()
    other.get(link_in(newest_mail()))
    User.objects.create_user(NORA, "made meanwhile in the admin")
    assert confirm(other) == 410
    assert User.objects.get().check_password("made meanwhile in the admin")


@pytest.mark.parametrize(("minutes", "status"), [(59, 302), (61, 410)])
def test_a_link_works_for_an_hour(client: Client, newest_mail: Newest, minutes: int, status: int) -> None:
    sign_up(client)
    link = link_in(newest_mail())
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        assert client.get(link).status_code == status


def test_a_page_left_open_for_more_than_an_hour_makes_nothing(client: Client, newest_mail: Newest) -> None:
    sign_up(client)
    client.get(link_in(newest_mail()))
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert confirm(client) == 410
    assert not User.objects.exists()


def test_what_nobody_confirmed_is_forgotten_after_an_hour(client: Client, run_tasks: Callable[[], int]) -> None:
    sign_up(client)
    run_tasks()
    assert SignUp.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        run_tasks()
    assert not SignUp.objects.exists()


def test_a_made_up_link_is_refused(client: Client, newest_mail: Newest) -> None:
    sign_up(client)
    name, signature = sign_up_link(SignUp.objects.get())
    for path in (f"{name}/{signature[:-1]}", f"{name}/x", f"x/{signature}", f"é/{signature}", "a/b"):
        assert client.get(f"/account/sign-up/{path}/").status_code == 410
    assert "account.sign_up" not in client.session


def test_confirming_without_a_link_leads_to_the_beginning(client: Client) -> None:
    assert client.get("/account/sign-up/confirm/").status_code == 410
    assert confirm(client) == 410


class TestWithAnAccount:
    """Somebody signs up with an e-mail address that has an account."""

    def test_the_answer_is_the_same_and_the_mail_tells(self, client: Client, ada: User, newest_mail: Newest) -> None:
        known = client.post(
            "/account/sign-up/", {"email": " ada.BYRON@example.com", "name": "A", "password": NORAS_PASSWORD}
        )
        message = newest_mail()
        unknown = Client().post("/account/sign-up/", {"email": NORA, "name": "A", "password": NORAS_PASSWORD})
        assert known.status_code == unknown.status_code == 302
        assert known.headers["Location"] == unknown.headers["Location"] == "/account/sign-up/sent/"
        assert message.subject == "You have an account at Ringback already"
        assert message.to == ["ada.BYRON@example.com"]
        ada.refresh_from_db()
        assert not ada.check_password(NORAS_PASSWORD)
        assert User.objects.count() == 1

    def test_the_work_is_the_same(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        hashed: list[int] = []
        hash_secret = argon2.low_level.hash_secret

        def count(*args: object, **kwargs: object) -> bytes:
            hashed.append(1)
            return hash_secret(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

        monkeypatch.setattr(argon2.low_level, "hash_secret", count)
        shapes = []
        for email in (ADA, NORA):
            hashed.clear()
            with CaptureQueriesContext(connection) as queries:
                assert sign_up(Client(), email=email) == 302
            shapes.append((len(hashed), [query["sql"].split("(")[0].split("WHERE")[0] for query in queries]))
        # The first request of all makes the counter of its address, so compare from the third query on.
        assert shapes[0][0] == shapes[1][0] == 1
        assert sum("store_user" in sql for _, queries in shapes for sql in queries) == 0

    def test_the_limits_are_the_same(self, ada: User) -> None:
        answers = {}
        with time_machine.travel(timezone.now(), tick=False):
            for email in (ADA, NORA):
                answers[email] = [sign_up(Client(), email=email) for _ in range(SIGN_UP_ACCOUNT.free + 2)]
        assert answers[ADA] == answers[NORA] == [302, 302, 302, 429, 429]


def test_one_address_cannot_fill_the_shop_with_accounts(client: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        statuses = [sign_up(client, email=f"bot{n}@example.net") for n in range(SIGN_UP_ADDRESS.free + 3)]
    assert statuses == [302] * SIGN_UP_ADDRESS.free + [429] * 3
    assert SignUp.objects.count() == SIGN_UP_ADDRESS.free


def test_nothing_personal_is_in_the_task_or_the_session(client: Client, newest_mail: Newest) -> None:
    sign_up(client)
    task = DBTaskResult.objects.order_by("enqueued_at").first()
    assert task is not None
    assert task.args_kwargs == {"args": ["sign_up", str(SignUp.objects.get().pk), 1, "en"], "kwargs": {}}
    client.get(link_in(newest_mail()))
    assert "nora" not in str(Session.objects.get().get_decoded()).casefold()


def test_links_are_masked_in_logs(ada: User) -> None:
    sign_up(Client())
    for name, proof in (sign_up_link(SignUp.objects.get()), reset_link(ada)):
        assert mask(f"Gone: /account/reset/{name}/{proof}/") == f"Gone: /account/reset/{name}/[token]/"


def test_the_mail_does_not_say_what_a_stranger_typed(client: Client, newest_mail: Newest) -> None:
    sign_up(client, name="You won at evil.example")
    message = newest_mail()
    assert "evil" not in f"{message.subject} {message.body} {html_of(message)}"


def test_links_lead_to_the_shop_whatever_host_was_asked(newest_mail: Newest) -> None:
    sign_up(Client(headers={"host": "localhost", "x-forwarded-host": "evil.example"}))
    assert link_in(newest_mail()).startswith("/account/sign-up/")  # of http://testserver, which is SHOP_ORIGIN


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("John55", "It is too short: 6 characters, where at least 10 are needed."),
        ("password1234", "It is on the lists of common passwords"),
        ("qwertyuiop123", "Three or four words"),
        ("Ringback2026", "Three or four words"),
        ("nora@example.net", "Three or four words"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason_and_the_mend(client: Client, password: str, reason: str) -> None:
    answer = client.post("/account/sign-up/", {"email": NORA, "name": "Nora", "password": password})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This password won&#x27;t do." in page
    assert reason in page
    assert page.count("Three or four words that don&#x27;t belong together") == 2, "in the summary and at the field"
    assert 'type="password" name="password" autocomplete="new-password" required' in page, "it isn't sent back"
    assert not SignUp.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize(
    "password",
    [
        "correct walrus battery staple",
        "  leading and trailing spaces  ",
        "größenwahn führt über die brücke",
        "馬の耳に念仏を唱える人がいる",
        "🦊🐻 sing under the 🌉 bridge",
        "a very long phrase that nobody would ever guess " * 3,
    ],
)
def test_a_good_password_is_taken_whole(client: Client, newest_mail: Newest, password: str) -> None:
    sign_up(client, password=password)
    client.get(link_in(newest_mail()))
    assert confirm(client, password) == 302
    client.post("/account/log-out/")
    assert log_in(client, NORA, password[:-1]) == 422
    assert log_in(client, NORA, password) == 302


def test_a_card_number_in_the_name_is_refused_kindly(client: Client) -> None:
    answer = client.post("/account/sign-up/", {"email": NORA, "name": "4111 1111 1111 1111", "password": NORAS_PASSWORD})
    assert answer.status_code == 422
    assert "That looks like a card number" in answer.content.decode()
    assert not SignUp.objects.exists()


def test_guesses_behind_a_link_are_slowed(client: Client, newest_mail: Newest) -> None:
    sign_up(client)
    client.get(link_in(newest_mail()))
    with time_machine.travel(timezone.now(), tick=False):
        assert [confirm(client, "not the password") for _ in range(6)] == [422] * 5 + [429]
        assert confirm(client) == 429
    assert not User.objects.exists()
