"""People who sign in: log-in by e-mail, the admin, the commands."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core import checks
from django.core.management import CommandError, call_command
from django.test import Client

from store.admin import UserAdmin
from store.models import StaffSearch, User
from store.throttle import STAFF_SEARCH
from tests.searching import search


def test_a_user_is_named_without_naming_the_person(buyer: User) -> None:
    assert str(buyer) == f"User {str(buyer.pk)[:8]}"
    assert "Ada" not in repr(buyer)


def test_a_user_needs_an_email(db: None) -> None:
    with pytest.raises(ValueError, match="needs an e-mail address"):
        User.objects.create_user("  ")


def test_createsuperuser_makes_nobody(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "harbour7lantern9walnut")
    with pytest.raises(CommandError, match="Use `create_owner EMAIL`"):
        call_command("createsuperuser", stdout=StringIO())
    assert not User.objects.exists()


def test_the_project_passes_its_own_checks(db: None) -> None:
    assert [message for message in checks.run_checks() if message.id and message.id.startswith("store.")] == []


class TestAdmin:
    def test_log_in_by_email_however_it_is_spelled(self, client: Client, manager: User) -> None:
        response = client.post("/admin/login/", {"username": " BOSS@ringback.example", "password": "harbour7lantern9walnut"})
        assert response.status_code == 302
        assert client.get("/admin/").status_code == 200

    def test_nothing_personal_is_in_the_session(self, client: Client, manager: User) -> None:
        client.force_login(manager)
        assert "boss" not in str(Session.objects.get().get_decoded())

    def test_the_list_shows_and_finds_people(self, client: Client, manager: User, buyer: User, stranger: User) -> None:
        client.force_login(manager)
        assert client.get("/admin/store/user/").content.count(b"grace@example.org") == 1
        found = search(client, "store/user", " ada.byron@EXAMPLE.com ").content
        assert b"Ada Byron" in found
        assert b"grace@example.org" not in found
        assert b"0 results" in search(client, "store/user", "ada").content

    def test_searches_are_written_down_and_slowed(
        self, client: Client, manager: User, buyer: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        client.force_login(manager)
        caplog.set_level(logging.INFO)
        with time_machine.travel(datetime(2026, 11, 22, 12, 0, tzinfo=UTC), tick=False):
            pages = [search(client, "store/user", "ada.byron@example.com").content for _ in range(STAFF_SEARCH.free + 1)]
        assert all(b"Ada Byron" in page for page in pages[:-1])
        assert b"Ada Byron" not in pages[-1]
        assert b"Please wait 1 second and search again." in pages[-1]
        assert StaffSearch.objects.filter(what="account by e-mail").count() == STAFF_SEARCH.free + 1
        assert "ada.byron" not in caplog.text

    def test_the_list_cannot_be_sorted_or_filtered_by_what_is_sealed(
        self, client: Client, manager: User, buyer: User
    ) -> None:
        client.force_login(manager)
        assert UserAdmin.shown_email.__name__ not in UserAdmin.ordering
        assert client.get("/admin/store/user/", {"o": "2.3"}).status_code == 200
        assert client.get("/admin/store/user/", {"email": "x"}).status_code in (302, 400)
        assert client.get("/admin/store/user/", {"email_index": "x"}).status_code in (302, 400)

    def test_a_change_is_logged_without_naming_the_person(self, client: Client, manager: User, buyer: User) -> None:
        client.force_login(manager)
        response = client.post(
            f"/admin/store/user/{buyer.pk}/change/", {"email": "countess@example.com", "name": "Ada L", "is_active": "on"}
        )
        assert response.status_code == 302
        assert User.objects.get_by_natural_key("countess@example.com") == buyer
        entry = LogEntry.objects.get()
        assert (entry.object_repr, "countess" in entry.change_message) == (str(buyer), False)

    def test_a_second_account_for_one_email_is_refused(
        self, client: Client, manager: User, buyer: User, stranger: User
    ) -> None:
        client.force_login(manager)
        response = client.post(
            f"/admin/store/user/{stranger.pk}/change/", {"email": "ADA.byron@example.com", "name": "", "is_active": "on"}
        )
        assert b"There is an account with this e-mail address already." in response.content
        stranger.refresh_from_db()
        assert stranger.email == "grace@example.org"

    def test_a_password_is_changed(self, client: Client, manager: User, buyer: User) -> None:
        client.force_login(manager)
        path = f"/admin/store/user/{buyer.pk}/password/"
        assert client.get(path).status_code == 200
        assert (
            b"too short"
            in client.post(path, {"usable_password": "true", "password1": "John55", "password2": "John55"}).content
        )
        new = "purple hinges sing at noon"
        assert client.post(path, {"usable_password": "true", "password1": new, "password2": new}).status_code == 302
        buyer.refresh_from_db()
        assert buyer.check_password(new)
