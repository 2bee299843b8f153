"""Nobody gets to a staff page on a password alone, and no session lasts for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin import site
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from store.audit.models import AuditRow
from store.models import User
from store.staff.middleware import OPEN
from tests.store.staff.conftest import PASSWORD, client_of, every_address, get_past, give_app

pytestmark = pytest.mark.django_db


def test_every_view_of_the_admin_is_behind_the_gate() -> None:
    admin_views = {address for address, pattern in every_address() if "admin" in getattr(pattern.callback, "__module__", "")}
    assert len(admin_views) > 100
    assert [address for address in admin_views if not address.startswith("/admin/")] == []


def test_a_password_alone_opens_no_address_of_the_admin(olive: User) -> None:
    give_app(olive)
    addresses = {address for address, _ in every_address() if address.startswith("/admin/")} - OPEN
    assert len(addresses) > 3 * len(site._registry)
    client = client_of(olive)
    for address in sorted(addresses):
        for answer in (client.get(address), client.post(address, {"code": "1"})):
            assert answer.status_code == 302, address
            assert str(answer["Location"]).startswith("/admin/second-factor/?next="), address
    assert client.get("/admin/login/")["Location"] == "/admin/"


def test_the_first_log_in_sets_a_second_factor_up(mona: User) -> None:
    client = Client()
    answer = client.post(
        "/admin/login/?next=/admin/", {"username": "mona@shop.example", "password": "a long phrase for mona 7"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == "/admin/second-factor/set-up/"
    page = answer.content.decode()
    assert "data:image/svg+xml" in page
    assert "Jobs" not in page
    assert client.get("/admin/second-factor/")["Location"] == "/admin/second-factor/set-up/"

    # The secret is on the page, for who can't use the picture.
    secret = mona.authenticators.get().secret
    assert " ".join(secret[n : n + 4] for n in range(0, 32, 4)) in page
    done = client.post("/admin/second-factor/set-up/", {"code": "000000"})
    assert done.status_code == 422
    assert client.get("/admin/").status_code == 302


def test_after_the_second_factor_all_is_open_and_written_down(olive: User) -> None:
    give_app(olive)
    client = Client()
    client.post("/admin/login/", {"username": "olive@shop.example", "password": PASSWORD})
    before = client.session.session_key
    get_past(client, olive)
    assert client.session.session_key != before
    assert client.get("/admin/store/user/").status_code == 200
    row = AuditRow.objects.about(olive).first()
    assert row is not None
    assert (row.action, row.actor, row.field_names, row.address) == ("staff.logged_in", olive, "app", "127.0.0.1")


def test_each_log_in_needs_it_again(olive: User) -> None:
    give_app(olive)
    client = get_past(client_of(olive), olive)
    client.force_login(olive)
    assert client.get("/admin/").status_code == 302


def test_a_customer_with_the_same_address_in_mind_is_sent_away(db: None) -> None:
    carl = User.objects.create_user("carl@example.com", "a long phrase for carl 7")
    assert client_of(carl).get("/admin/second-factor/").status_code == 403
    assert client_of(carl).get("/admin/second-factor/set-up/").status_code == 403


def test_the_gate_leads_to_pages_of_the_shop_only(olive: User) -> None:
    give_app(olive)
    for wanted in ("https://evil.example/admin/", "//evil.example", "/admin@evil.example", "/account/"):
        answer = client_of(olive).get("/admin/second-factor/", {"next": wanted})
        assert 'name="next" value="/admin/"' in answer.content.decode(), wanted


def test_the_demo_needs_none_and_says_so(olive: User, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = False
    client = client_of(olive)
    assert "This is the demo" in Client().get("/admin/login/").content.decode()
    assert client.get("/admin/").status_code == 200
    assert "This is the demo" in client.get("/admin/second-factor/mine/").content.decode()


@pytest.mark.parametrize(
    ("steps", "is_over"),
    [
        ([29], False),
        ([31], True),
        ([25] * 19, False),  # a working day: 7 h 55 min
        ([25] * 20, True),
    ],
)
def test_a_session_ends_after_half_an_hour_alone_and_after_eight_hours(
    olive: User, settings: Settings, steps: list[int], is_over: bool
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = client_of(olive)
        client.get("/admin/second-factor/mine/")
        answers = []
        for minutes in steps:
            clock.shift(timedelta(minutes=minutes))
            answers.append(client.get("/admin/second-factor/mine/"))
    assert [answer.status_code for answer in answers[:-1]] == [200] * (len(steps) - 1)
    assert (answers[-1].status_code == 302) is is_over
    if is_over:
        assert "sessionid" not in client.cookies
        assert client.get(answers[-1]["Location"]).content.decode().count("Please log in again") == 1
        assert client.get("/admin/second-factor/mine/").status_code == 403
