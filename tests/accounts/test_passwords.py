"""A new password: one use of a link, for half an hour, and every old session is over."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from store.accounts.links import BadLink, find_reset, reset_link
from store.accounts.passwords import UnableToSetPassword, set_password
from store.models import User
from store.throttle import RESET_ACCOUNT, RESET_ADDRESS
from tests.accounts.conftest import ADA, ADAS_PASSWORD, html_of, is_logged_in, link_in, log_in

pytestmark = pytest.mark.django_db
Newest = Callable[[], EmailMultiAlternatives]
NEW = "violet anvils hum before dawn"


class DownBackend(EmailBackend):
    """A mail server that answers with the address it was given."""

    def send_messages(self, messages: object) -> int:
        raise smtplib.SMTPRecipientsRefused({ADA: (550, b"no such user " + ADA.encode())})


def ask(client: Client, email: str = ADA) -> int:
    return client.post("/account/reset/", {"email": email}).status_code


def choose(client: Client, password: str = NEW, again: str | None = None) -> int:
    return client.post(
        "/account/reset/new/", {"new_password": password, "new_password_again": password if again is None else again}
    ).status_code


class TestReset:
    def test_the_link_sets_a_password_and_logs_in(self, client: Client, ada: User, newest_mail: Newest) -> None:
        assert ask(client, " ada.byron@EXAMPLE.com ") == 302
        message = newest_mail()
        assert (message.to, message.subject) == ([ADA], "Set a new password at Ringback")
        opened = client.get(link_in(message))
        assert opened.headers["Location"] == "/account/reset/new/"
        assert client.get("/account/reset/new/").status_code == 200
        before = client.session.session_key

        assert choose(client) == 302

        ada.refresh_from_db()
        assert ada.check_password(NEW)
        assert client.session.session_key != before
        assert is_logged_in(client)
        told = newest_mail()
        assert (told.to, told.subject) == ([ADA], "Your password at Ringback was changed")

    def test_every_other_session_is_over(self, client: Client, adas_browser: Client, newest_mail: Newest) -> None:
        ask(client)
        client.get(link_in(newest_mail()))
        assert is_logged_in(adas_browser)
        choose(client)
        assert not is_logged_in(adas_browser)

    def test_it_works_once(self, client: Client, ada: User, newest_mail: Newest) -> None:
        ask(client)
        link = link_in(newest_mail())
        client.get(link)
        other = Client()
        other.get(link)
        choose(client)
        assert Client().get(link).status_code == 410
        assert choose(other, "the phrase of a second reader") == 410
        ada.refresh_from_db()
        assert ada.check_password(NEW)

    def test_of_two_at_the_same_moment_one_counts(self, ada: User) -> None:
        name, token = reset_link(ada)
        first, second = find_reset(name=name, token=token), find_reset(name=name, token=token)
        set_password(user=first, password=NEW)
        with pytest.raises(UnableToSetPassword):
            set_password(user=second, password="the phrase of a second reader")
        ada.refresh_from_db()
        assert ada.check_password(NEW)

    @pytest.mark.parametrize(("minutes", "status"), [(29, 302), (31, 410)])
    def test_it_works_for_half_an_hour(
        self, client: Client, ada: User, newest_mail: Newest, minutes: int, status: int
    ) -> None:
        ask(client)
        link = link_in(newest_mail())
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            assert client.get(link).status_code == status

    @pytest.mark.parametrize("change", ["email", "password", "log-in", "closed"])
    def test_a_change_of_the_account_ends_it(self, client: Client, ada: User, newest_mail: Newest, change: str) -> None:
        ask(client)
        link = link_in(newest_mail())
        client.get(link)
        match change:
            case "email":
                ada.email = "countess@example.com"
                ada.save()
            case "password":
                ada.set_password("an other phrase altogether")
                ada.save()
            case "log-in":
                log_in(Client(), ADA, ADAS_PASSWORD)
            case _:
                User.objects.update(is_active=False)
        assert Client().get(link).status_code == 410
        assert choose(client) == 410
        ada.refresh_from_db()
        assert not ada.check_password(NEW)

    def test_the_token_is_in_no_address_that_follows(self, client: Client, ada: User, newest_mail: Newest) -> None:
        ask(client)
        link = link_in(newest_mail())
        token = link.split("/")[-2]
        opened = client.get(link)
        page = client.get(opened.headers["Location"])
        assert token not in opened.headers["Location"]
        assert token not in page.content.decode()
        assert opened.headers["Referrer-Policy"] == page.headers["Referrer-Policy"] == "same-origin"
        assert "no-store" in opened.headers["Cache-Control"]

    def test_another_accounts_token_is_refused(self, client: Client, ada: User, grace: User) -> None:
        (adas_name, _), (_, graces_token) = reset_link(ada), reset_link(grace)
        assert client.get(f"/account/reset/{adas_name}/{graces_token}/").status_code == 410
        for name in ("x", "é", "AAAA", adas_name[:-1]):
            with pytest.raises(BadLink):
                find_reset(name=name, token=graces_token)

    def test_the_host_of_the_request_does_not_matter(self, ada: User, newest_mail: Newest) -> None:
        ask(Client(headers={"host": "localhost", "x-forwarded-host": "evil.example"}))
        message = newest_mail()
        assert "http://testserver/account/reset/" in str(message.body)
        assert "localhost" not in f"{message.body}{html_of(message)}"
        assert "evil" not in f"{message.body}{html_of(message)}"

    def test_weak_and_unequal_passwords_change_nothing(self, client: Client, ada: User, newest_mail: Newest) -> None:
        ask(client)
        client.get(link_in(newest_mail()))
        weak = client.post("/account/reset/new/", {"new_password": "John55", "new_password_again": "John55"})
        assert weak.status_code == 422
        assert "It is too short: 6 characters" in weak.content.decode()
        assert choose(client, NEW, "violet anvils hum before dusk") == 422
        assert choose(client, "Ada.Byron@Example.com") == 422
        ada.refresh_from_db()
        assert ada.check_password(ADAS_PASSWORD)
        assert choose(client) == 302

    def test_a_link_lets_the_victim_of_guessers_in(self, client: Client, ada: User, newest_mail: Newest) -> None:
        ask(client)
        link = link_in(newest_mail())
        with time_machine.travel(timezone.now(), tick=False):
            for n in range(40):
                log_in(Client(REMOTE_ADDR=f"203.0.113.{n}"), ADA, "not the password")
            assert log_in(client, ADA, ADAS_PASSWORD) == 429
            client.get(link)
            assert choose(client) == 302
            assert is_logged_in(client)
            client.post("/account/log-out/")
            assert log_in(client, ADA, NEW) == 302  # the place is known now

    def test_staff_need_a_staff_password(self, client: Client, max_of_staff: User, newest_mail: Newest) -> None:
        ask(client, "max@ringback.example")
        client.get(link_in(newest_mail()))
        assert choose(client, "violet anvils hum at dawn") == 422
        assert choose(client, "violet anvils hum at 7 dawn") == 302
        max_of_staff.refresh_from_db()
        assert max_of_staff.has_staff_password


class TestNobodyLearnsWhoHasAnAccount:
    def test_the_answer_is_the_same(self, ada: User, run_tasks: Callable[[], int]) -> None:
        answers = [Client().post("/account/reset/", {"email": email}) for email in (ADA, "nobody@example.com")]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert {answer.headers["Location"] for answer in answers} == {"/account/reset/sent/"}
        assert run_tasks() == 2
        assert [message.to for message in mail.outbox] == [[ADA]]

    def test_the_work_is_the_same(self, ada: User) -> None:
        ask(Client(), "somebody@example.com")  # makes the counter of the address
        shapes = []
        for email in (ADA, "nobody@example.com"):
            with CaptureQueriesContext(connection) as queries:
                ask(Client(), email)
            shapes.append([" ".join(query["sql"].split()[:3]) for query in queries])
        assert shapes[0] == shapes[1]
        kinds = [(row.task_path, row.args_kwargs["args"][0]) for row in DBTaskResult.objects.all()]
        assert set(kinds) == {("store.accounts.tasks.send_account_mail", "reset")}

    def test_the_limits_are_the_same(self, ada: User) -> None:
        with time_machine.travel(timezone.now(), tick=False):
            statuses = [[ask(Client(), email) for _ in range(RESET_ACCOUNT.free + 1)] for email in (ADA, "no@example.com")]
        assert statuses == [[302, 302, 302, 429]] * 2

    def test_one_address_is_slowed_over_many_accounts(self, ada: User) -> None:
        with time_machine.travel(timezone.now(), tick=False):
            statuses = [ask(Client(), f"nobody{n}@example.com") for n in range(RESET_ADDRESS.free + 2)]
        assert statuses == [302] * RESET_ADDRESS.free + [429, 429]

    @pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!"}], ids=["closed", "without a password"])
    def test_an_account_that_cannot_log_in_gets_no_mail(
        self, change: dict[str, object], ada: User, run_tasks: Callable[[], int]
    ) -> None:
        User.objects.update(**change)
        assert ask(Client()) == 302
        run_tasks()
        assert mail.outbox == []


class TestMails:
    def test_a_mail_server_that_is_down_gets_it_later(
        self, ada: User, settings: Settings, run_tasks: Callable[[], int], caplog: pytest.LogCaptureFixture
    ) -> None:
        working = settings.MAILERS
        settings.MAILERS = {"default": {"BACKEND": f"{__name__}.DownBackend"}}
        ask(Client())
        run_tasks()
        assert mail.outbox == []
        assert "ada" not in caplog.text.casefold()
        assert "SMTPRecipientsRefused" in caplog.text
        settings.MAILERS = working
        with time_machine.travel(timezone.now() + timedelta(seconds=61)):
            run_tasks()
        assert [message.to for message in mail.outbox] == [[ADA]]

    def test_tries_end(self, ada: User, settings: Settings, run_tasks: Callable[[], int]) -> None:
        settings.MAILERS = {"default": {"BACKEND": f"{__name__}.DownBackend"}}
        ask(Client())
        for minutes in range(0, 100, 10):
            with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
                run_tasks()
        assert DBTaskResult.objects.count() == 5

    def test_tasks_hold_ids_only(self, ada: User) -> None:
        ask(Client())
        assert DBTaskResult.objects.get().args_kwargs == {"args": ["reset", str(ada.pk), 1, "en"], "kwargs": {}}

    def test_a_mail_is_text_and_html(self, ada: User, newest_mail: Newest) -> None:
        ask(Client())
        message = newest_mail()
        assert len(message.alternatives) == 1
        assert "&" not in str(message.body)
        assert "Somebody, we hope you, asked to set a new password" in str(message.body)
        assert "Somebody, we hope you, asked to set a new password" in html_of(message)


class TestChange:
    def change(self, client: Client, old: str, new: str, again: str | None = None) -> int:
        return client.post(
            "/account/password/",
            {"current_password": old, "new_password": new, "new_password_again": new if again is None else again},
        ).status_code

    def test_this_session_goes_on_under_a_new_id_and_others_end(
        self, adas_browser: Client, ada: User, newest_mail: Newest
    ) -> None:
        other = Client()
        log_in(other, ADA, ADAS_PASSWORD)
        before = adas_browser.session.session_key

        assert self.change(adas_browser, ADAS_PASSWORD, NEW) == 302

        assert is_logged_in(adas_browser)
        assert adas_browser.session.session_key != before
        assert not is_logged_in(other)
        ada.refresh_from_db()
        assert ada.check_password(NEW)
        assert newest_mail().subject == "Your password at Ringback was changed"

    @pytest.mark.parametrize(
        ("old", "new", "again", "words"),
        [
            ("not my password", NEW, NEW, "That isn&#x27;t your password. Nothing was changed."),
            (ADAS_PASSWORD, "John55", "John55", "It is too short: 6 characters"),
            (ADAS_PASSWORD, NEW, NEW + "!", "These two passwords aren&#x27;t the same."),
        ],
    )
    def test_it_is_refused_with_a_reason(
        self, adas_browser: Client, ada: User, old: str, new: str, again: str, words: str
    ) -> None:
        answer = adas_browser.post(
            "/account/password/", {"current_password": old, "new_password": new, "new_password_again": again}
        )
        assert answer.status_code == 422
        assert words in answer.content.decode()
        ada.refresh_from_db()
        assert ada.check_password(ADAS_PASSWORD)
        assert not DBTaskResult.objects.exists()

    def test_an_open_session_is_no_way_to_guess_the_password(self, adas_browser: Client, ada: User) -> None:
        with time_machine.travel(timezone.now(), tick=False):
            for n in range(5):
                self.change(adas_browser, f"guess number {n}", NEW)
            answer = adas_browser.post(
                "/account/password/", {"current_password": ADAS_PASSWORD, "new_password": NEW, "new_password_again": NEW}
            )
        assert "Too many tries. Please wait 1 second." in answer.content.decode()
        ada.refresh_from_db()
        assert ada.check_password(ADAS_PASSWORD)
