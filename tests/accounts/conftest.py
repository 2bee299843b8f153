"""The cast: Ada has an account, Grace has another, Nora has none yet, Max works here."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import Settings

from store.models import User

ADA, ADAS_PASSWORD = "Ada.Byron@Example.com", "correct horse battery staple"
NORA, NORAS_PASSWORD = "nora@example.net", "purple hinges sing at noon"


@pytest.fixture(autouse=True)
def _own_ledger(settings: Settings, tmp_path: Path) -> None:
    settings.ERASURE_LEDGER = tmp_path / "erasures.jsonl"


@pytest.fixture
def ada(db: None) -> User:
    """A customer with an account."""
    return User.objects.create_user(ADA, ADAS_PASSWORD, name="Ada Byron")


@pytest.fixture
def grace(db: None) -> User:
    """Another one."""
    return User.objects.create_user("grace@example.org", "seven seas of rye and sand", name="Grace Hopper")


@pytest.fixture
def max_of_staff(db: None) -> User:
    """A member of staff without any right but to be one."""
    return User.objects.create_user("max@ringback.example", "harbour7lantern9walnut", is_staff=True)


@pytest.fixture
def adas_browser(ada: User) -> Client:
    """A browser in which Ada is logged in."""
    client = Client()
    client.post("/account/log-in/", {"username": ADA, "password": ADAS_PASSWORD})
    assert "_auth_user_id" in client.session
    return client


@pytest.fixture
def newest_mail(run_tasks: Callable[[], int]) -> Callable[[], EmailMultiAlternatives]:
    """Let the worker work, then give the mail it sent last."""

    def look() -> EmailMultiAlternatives:
        run_tasks()
        message = mail.outbox[-1]
        assert isinstance(message, EmailMultiAlternatives)
        return message

    return look


def html_of(message: EmailMultiAlternatives) -> str:
    """The other half of a mail."""
    content, kind = message.alternatives[0]
    assert kind == "text/html"
    return str(content)


def link_in(message: EmailMultiAlternatives) -> str:
    """The path of the link that a mail is about; text and HTML have the same."""
    found = re.search(r"http://testserver(/account/(?:reset|sign-up)/[^/\s]+/[^/\s]+/)", str(message.body))
    assert found, message.body
    assert found[1] in html_of(message)
    return found[1]


def sign_up(client: Client, email: str = NORA, password: str = NORAS_PASSWORD, name: str = "Nora Helmer") -> int:
    """Send the form; give the status."""
    return client.post("/account/sign-up/", {"email": email, "name": name, "password": password}).status_code


def log_in(client: Client, email: str, password: str, **more: str) -> int:
    """Send the form; give the status: 302 is a success."""
    return client.post("/account/log-in/", {"username": email, "password": password, **more}).status_code


def is_logged_in(client: Client) -> bool:
    """Whether the account's page opens."""
    return client.get("/account/").status_code == 200
