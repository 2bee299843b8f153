"""Outside the demo: the second factor is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django import Settings

from store.models import User
from store.staff.models import Authenticator
from store.staff.totp import code_at, new_secret

PASSWORD = "a long phrase for olive 7"


@pytest.fixture(autouse=True)
def _outside_the_demo(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture
def olive(db: None) -> User:
    """An owner."""
    return User.objects.create_superuser("olive@shop.example", PASSWORD, name="Olive Stern")


@pytest.fixture
def oscar(db: None) -> User:
    """Another owner."""
    return User.objects.create_superuser("oscar@shop.example", "a long phrase for oscar 7", name="Oscar Reed")


@pytest.fixture
def mona(db: None) -> User:
    """Staff without any right."""
    return User.objects.create_user("mona@shop.example", "a long phrase for mona 7", name="Mona Fields", is_staff=True)


def give_app(user: User) -> Authenticator:
    """Put an authenticator app into use."""
    return Authenticator.objects.create(user=user, secret=new_secret(), made_at=timezone.now(), confirmed_at=timezone.now())


def client_of(user: User) -> Client:
    """A browser that has shown the password, and nothing else."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def code_of(user: User, moment: datetime | None = None) -> str:
    """What the telephone shows."""
    app = Authenticator.objects.get(user=user, confirmed_at__isnull=False)
    return code_at(app.secret, moment or timezone.now())


def get_past(client: Client, user: User) -> Client:
    """Show the second factor, too."""
    answer = client.post("/admin/second-factor/", {"code": code_of(user)})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    return client


def every_address() -> Iterator[tuple[str, URLPattern]]:
    """Every address that there is, with something in the place of each variable part."""

    def walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in resolver.url_patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, route)
            else:
                address = re.sub(r"<(?:\w+:)?\w+>", "1", re.sub(r"\(\?P<\w+>[^)]*\)", "1", route))
                yield "/" + address.replace("^", "").replace("$", ""), pattern

    yield from walk(get_resolver(), "")
