"""Rotation as it happens: a process that is killed half way, and people who edit the same rows meanwhile."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.conf import settings as shop_settings
from django.db import connection
from pytest_django import Settings

from store.models import User
from store.rotation import rotate, rows_per_kid, rows_to_rotate
from tests.store.conftest import NEW_KEY, OLD_KEY, stored

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 1500
BOTH_KEYS = f"{NEW_KEY},{OLD_KEY}"


def make_people(count: int) -> dict[UUID, tuple[str, str]]:
    """Accounts written with the old key: id -> e-mail and name."""
    users = User.objects.bulk_create([User(email=f"person{n}@example.com", name=f"Person {n}") for n in range(count)])
    return {user.pk: (user.email, user.name) for user in users}


def people_now() -> dict[UUID, tuple[str, str]]:
    return {user.pk: (user.email, user.name) for user in User.objects.all()}


def database_url() -> str:
    """The address of the database this test uses."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    return f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


def start_rotation(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "rotate_keys", *options],
        env={**os.environ, "DATABASE_URL": database_url(), "FIELD_KEYS": BOTH_KEYS, "PYTHONWARNINGS": "ignore"},
        cwd=shop_settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_rotation_killed_half_way_is_finished_by_the_next(settings: Settings) -> None:
    people = make_people(ROWS)
    settings.FIELD_KEYS = BOTH_KEYS

    first = start_rotation("--batch", "5")
    while rows_to_rotate() > ROWS * 0.9:
        assert first.poll() is None, first.communicate()
        time.sleep(0.005)
    first.send_signal(signal.SIGKILL)
    assert first.wait(timeout=30) == -signal.SIGKILL
    first.communicate()
    left = rows_to_rotate()
    assert 0 < left < ROWS
    assert people_now() == people  # half with the one key, half with the other: all readable

    second = start_rotation()
    out, err = second.communicate(timeout=120)
    assert second.returncode == 0, err
    assert f"{left} rows re-encrypted with key 'test2'" in out
    assert rows_to_rotate() == 0
    assert rows_per_kid()["store_user.email"] == rows_per_kid()["store_user.name"] == Counter({"test2": ROWS})
    assert people_now() == people

    sample = [User(pk=pk) for pk in list(people)[:50]]
    before = [stored(user) for user in sample]
    third = start_rotation()
    out, err = third.communicate(timeout=120)
    assert third.returncode == 0, err
    assert re.search(r"^0 rows re-encrypted", out, re.MULTILINE)
    assert [stored(user) for user in sample] == before


@contextmanager
def editors(people: dict[UUID, tuple[str, str]]) -> Iterator[dict[UUID, tuple[str, str]]]:
    """Let three threads edit names and e-mails, each in rows of its own; give what they wrote last, complete at the end."""
    written = dict(people)
    ends = threading.Event()
    errors: list[BaseException] = []

    def edit(mine: list[UUID], seed: int) -> None:
        dice, count = random.Random(seed), 0
        try:
            while not ends.is_set():
                count += 1
                user = User.objects.get(pk=dice.choice(mine))
                user.name = f"Edit {count} of thread {seed}"
                if count % 3:
                    user.save(update_fields=["name"])
                else:
                    user.email = f"edit{count}.{seed}@example.com"
                    user.save()
                written[user.pk] = (user.email, user.name)
        except BaseException as error:  # noqa: BLE001 - told to the test below
            errors.append(error)
        finally:
            connection.close()

    ids = list(people)
    threads = [threading.Thread(target=edit, args=(ids[n::3], n)) for n in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield written
    finally:
        ends.set()
        for thread in threads:
            thread.join(timeout=60)
    assert errors == []


def test_edits_during_a_rotation_are_not_lost(settings: Settings) -> None:
    people = make_people(60)
    met_again = 0
    with editors(people) as written:
        # To and fro, until edits have fallen between a rotation's reading and its writing often enough.
        for turn in range(60):
            settings.FIELD_KEYS = BOTH_KEYS if turn % 2 == 0 else f"{OLD_KEY},{NEW_KEY}"
            progress = rotate(batch=30)
            assert progress.unreadable == []
            met_again += progress.met_again
            if met_again >= 5:
                break
    assert met_again >= 5
    assert people_now() == written
    assert written != people
    settings.FIELD_KEYS = BOTH_KEYS
    rotate()
    assert rows_to_rotate() == 0
    assert people_now() == written
