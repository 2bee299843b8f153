"""Closed means closed, to whoever asks and whoever works."""

from __future__ import annotations

import os
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from store.jobs.models import Schedule
from store.jobs.worker import Clock
from store.maintenance import close_shop, is_closed, open_shop


@pytest.fixture(autouse=True)
def _own_flag(settings: Settings, tmp_path: Path) -> None:
    settings.MAINTENANCE_FILE = tmp_path / "ledger" / "closed"


@pytest.mark.parametrize(
    "address", ["/", "/admin/", "/webhooks/stripe/", "/readyz", "/static/css/base.css", "/no/such/page"]
)
def test_a_closed_shop_asks_everybody_to_come_again(client: Client, address: str) -> None:
    """Without a database: the test has none."""
    close_shop(why="test")
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "120"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "sha256-" in answer.headers["Content-Security-Policy"]
        assert "<h1>The shop is closed for a short while</h1>" in answer.content.decode()
    assert client.get("/livez").content == b"ok\n"


@pytest.mark.django_db(transaction=True)  # a clock leaves its connection
def test_nothing_runs_by_the_clock_while_it_is_closed() -> None:
    clock = Clock("test")
    call_command("maintenance", "on", stdout=StringIO())
    clock.tick()
    assert not Schedule.objects.exists()

    call_command("maintenance", "off", stdout=StringIO())
    clock.tick()
    assert Schedule.objects.exists()


def test_who_began_before_new_keys_stays_closed(settings: Settings) -> None:
    close_shop(why="test")
    open_shop(has_new_keys=True)
    assert is_closed()
    # As for a process that begins later.
    older = time.time() - 86_400
    os.utime(settings.MAINTENANCE_FILE.with_name("closed-for-older"), (older, older))
    assert not is_closed()
