"""Log-in and log-out: a new session id, nowhere but home, and no way to learn who has an account."""

from __future__ import annotations

from datetime import timedelta

import argon2
import argon2.low_level
import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from catalog.models import Variant
from store.models import User
from store.throttle import LOGIN_HERE
from tests.accounts.conftest import ADA, ADAS_PASSWORD, is_logged_in, log_in
from tests.factories.catalog import VariantFactory

pytestmark = pytest.mark.django_db


def test_it_logs_in_however_the_address_is_spelled_under_a_new_session_id(client: Client, ada: User) -> None:
    session = client.session
    session["visited"] = "before"
    session.save()
    before = session.session_key

    answer = client.post("/account/log-in/", {"username": "  ADA.byron@example.COM ", "password": ADAS_PASSWORD})

    assert answer.headers["Location"] == "/account/"
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert is_logged_in(client)


def test_a_wrong_password_and_an_unknown_address_hear_the_same(ada: User) -> None:
    pages = []
    for email in (ADA, "nobody@example.com"):
        answer = Client().post("/account/log-in/", {"username": email, "password": "not the password"})
        assert answer.status_code == 422
        pages.append(answer.content.decode().replace(email, "").split("<main")[1].split("csrfmiddlewaretoken")[0])
        text = answer.content.decode()
        pages[-1] += text.split('class="error-summary"')[1].split("</div>")[0]
    assert pages[0] == pages[1]


def test_a_wrong_password_and_an_unknown_address_cost_one_hash(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    work: list[str] = []
    hash_secret, verify_secret = argon2.low_level.hash_secret, argon2.low_level.verify_secret

    def hashing(*args: object, **kwargs: object) -> bytes:
        work.append("argon2")
        return hash_secret(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    def verifying(*args: object, **kwargs: object) -> object:
        work.append("argon2")
        return verify_secret(*args, **kwargs)  # type: ignore[arg-type]  # same

    monkeypatch.setattr(argon2.low_level, "hash_secret", hashing)
    monkeypatch.setattr(argon2.low_level, "verify_secret", verifying)
    monkeypatch.setattr("argon2._password_hasher.verify_secret", verifying)
    counts = []
    for email in (ADA, "nobody@example.com"):
        work.clear()
        log_in(Client(), email, "not the password")
        counts.append(len(work))
    assert counts == [1, 1]


def test_an_account_that_was_closed_hears_the_same(ada: User) -> None:
    User.objects.update(is_active=False)
    answer = Client().post("/account/log-in/", {"username": ADA, "password": ADAS_PASSWORD})
    assert answer.status_code == 422
    assert "belong together" in answer.content.decode()


@pytest.mark.parametrize("email", [ADA, "nobody@example.com"])
def test_guesses_are_slowed_alike(ada: User, email: str) -> None:
    client = Client()
    with time_machine.travel(timezone.now(), tick=False):
        statuses = [log_in(client, email, f"guess number {n}") for n in range(LOGIN_HERE.free + 2)]
        page = client.post("/account/log-in/", {"username": email, "password": ADAS_PASSWORD})
    assert statuses == [422] * LOGIN_HERE.free + [429, 429]
    assert page.status_code == 429
    assert "Too many tries. Please wait 1 second, or set a new password by e-mail." in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_owner_is_not_slowed_where_they_were_before(adas_browser: Client) -> None:
    adas_browser.post("/account/log-out/")
    with time_machine.travel(timezone.now(), tick=False):
        for n in range(40):
            log_in(Client(REMOTE_ADDR=f"203.0.113.{n}"), ADA, "not the password")
        assert log_in(Client(REMOTE_ADDR="203.0.113.99"), ADA, ADAS_PASSWORD) == 429
        assert log_in(adas_browser, ADA, ADAS_PASSWORD) == 302


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "evil.example",
        "/\t/evil.example",
        " //evil.example",
        "http://testserver/cart/",
    ],
)
def test_it_leads_to_no_other_site(ada: User, wanted: str) -> None:
    client = Client()
    page = client.get("/account/log-in/", {"next": wanted}).content.decode()
    assert "evil" not in page
    answer = client.post("/account/log-in/", {"username": ADA, "password": ADAS_PASSWORD, "next": wanted})
    assert answer.headers["Location"] == "/account/"
    assert client.get("/account/log-in/", {"next": wanted}).headers["Location"] == "/account/"


def test_it_leads_back_to_where_the_visitor_was_going(ada: User) -> None:
    client = Client()
    sent = client.get("/account/data/")
    assert sent.headers["Location"] == "/account/log-in/?next=%2Faccount%2Fdata%2F"
    page = client.get(sent.headers["Location"]).content.decode()
    assert '<input type="hidden" name="next" value="/account/data/">' in page
    answer = client.post("/account/log-in/", {"username": ADA, "password": ADAS_PASSWORD, "next": "/account/data/"})
    assert answer.headers["Location"] == "/account/data/"


@pytest.mark.parametrize("address", ["/account/", "/account/data/", "/account/password/"])
def test_strangers_are_sent_to_the_shops_own_log_in(client: Client, address: str) -> None:
    for answer in (client.get(address), client.post(address, {"step": "erase"})):
        assert answer.status_code in (302, 405)
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/account/log-in/?next=")


def test_log_out_ends_the_session_on_the_server(adas_browser: Client) -> None:
    stolen = Client()
    stolen.cookies["session"] = adas_browser.cookies["session"].value
    assert is_logged_in(stolen)

    assert adas_browser.post("/account/log-out/").headers["Location"] == "/account/log-in/"

    assert not is_logged_in(adas_browser)
    assert not is_logged_in(stolen)


def test_log_out_is_not_a_link(adas_browser: Client) -> None:
    assert adas_browser.get("/account/log-out/").status_code == 405
    assert is_logged_in(adas_browser)


@pytest.mark.parametrize(
    "address",
    [
        "/account/log-in/",
        "/account/log-out/",
        "/account/sign-up/",
        "/account/reset/",
        "/account/password/",
        "/account/data/",
    ],
)
def test_forms_from_other_sites_are_refused(ada: User, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.post(address, {"username": ADA, "email": ADA, "password": ADAS_PASSWORD}).status_code == 403
    assert is_logged_in(client)


def test_the_cart_goes_with_its_owner_and_leaves_the_browser_at_log_out(client: Client, ada: User) -> None:
    collar: Variant = VariantFactory.create(product__name="Harbour collar")
    client.post("/cart/add/", {"variant": collar.pk, "quantity": 3})

    log_in(client, ADA, ADAS_PASSWORD)
    assert "Harbour collar" in client.get("/cart/").content.decode()
    client.post("/account/log-out/")

    assert client.cookies["cart"].value == ""
    assert "Harbour collar" not in client.get("/cart/").content.decode()
    log_in(client, ADA, ADAS_PASSWORD)
    assert "Harbour collar" in client.get("/cart/").content.decode()


def test_staff_log_in_without_gaining_rights(max_of_staff: User) -> None:
    client = Client()
    assert log_in(client, "max@ringback.example", "harbour7lantern9walnut") == 302
    assert is_logged_in(client)
    assert client.get("/admin/checkout/order/").status_code == 403


def test_a_customer_does_not_get_into_the_admin(adas_browser: Client) -> None:
    assert adas_browser.get("/admin/").headers["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(
    "address",
    [
        "/account/",
        "/account/data/",
        "/account/password/",
        "/account/data/erased/",
        "/account/reset/",
        "/account/reset/sent/",
        "/account/reset/new/",
        "/account/sign-up/sent/",
        "/account/sign-up/confirm/",
    ],
)
def test_no_page_is_cached_or_indexed_and_each_keeps_the_policy(adas_browser: Client, address: str) -> None:
    answer = adas_browser.get(address)
    page = answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert '<meta name="robots" content="noindex">' in page
    assert page.count("<script") == page.count('<script src="/static/')  # none inline
    assert " style=" not in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("address", ["/account/log-in/", "/account/sign-up/"])
def test_nobody_logs_in_twice(adas_browser: Client, address: str) -> None:
    assert "no-store" in Client().get(address).headers["Cache-Control"]
    assert adas_browser.get(address).headers["Location"] == "/account/"


def test_a_session_ends_with_the_day(adas_browser: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=9)):
        assert not is_logged_in(adas_browser)


def test_header_and_footer_lead_to_the_account(client: Client) -> None:
    page = client.get("/cart/").content.decode()
    assert page.count('href="/account/"') == 2


def test_the_log_in_form_tells_browsers_what_its_fields_are(client: Client) -> None:
    page = client.get("/account/log-in/").content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    page = client.get("/account/sign-up/").content.decode()
    assert [token in page for token in ('autocomplete="email"', 'autocomplete="name"', 'autocomplete="new-password"')] == [
        True
    ] * 3
