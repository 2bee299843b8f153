"""Rotation: everything moves to the new key, nothing is lost, and a key in use can't be retired."""

from __future__ import annotations

from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from store import rotation
from store.keycheck import remember_keys
from store.keyring import kid_of
from store.models import KeyCheck, User
from store.rotation import UnableToRetireKey, retire, rotate, rows_per_kid, rows_to_rotate
from tests.store.backups.manifests import make_manifest
from tests.store.conftest import NEW_KEY, OLD_KEY, overwrite, stored


@pytest.fixture
def people(db: None) -> list[User]:
    """Twenty-five accounts, written with the old key."""
    return User.objects.bulk_create([User(email=f"person{n}@example.com", name=f"Person {n}") for n in range(25)])


@pytest.fixture
def new_key_first(people: list[User], settings: Settings) -> None:
    settings.FIELD_KEYS = f"{NEW_KEY},{OLD_KEY}"


def command(*args: str, **options: Any) -> str:
    out = StringIO()
    call_command("rotate_keys", *args, stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.mark.usefixtures("new_key_first")
class TestRotating:
    def test_every_value_moves_to_the_writing_key_and_stays_readable(self) -> None:
        assert rows_to_rotate() == 25
        seen: list[int] = []
        progress = rotate(batch=10, on_progress=seen.append)
        assert (progress.rotated, progress.met_again, progress.unreadable) == (25, 0, [])
        assert seen == [10, 10, 5]
        assert rows_per_kid()["store_user.email"] == Counter({"test2": 25})
        assert {user.email for user in User.objects.all()} == {f"person{n}@example.com" for n in range(25)}
        assert {user.name for user in User.objects.all()} == {f"Person {n}" for n in range(25)}

    def test_a_second_run_changes_nothing(self, people: list[User]) -> None:
        rotate()
        before = [stored(user) for user in people]
        assert rotate().rotated == 0
        assert [stored(user) for user in people] == before

    def test_an_edit_in_between_is_not_lost(self, people: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
        """The edit happens between reading and writing: the point where it could be lost."""
        swap = rotation._swap
        edits = iter([people[3], people[7]])

        def edit_first(table: rotation.Table, changed: Any) -> int:
            user = next(edits, None)
            if user is not None and table.name == "store_user":
                user.name = "Edited meanwhile"
                user.save()
            return swap(table, changed)

        monkeypatch.setattr(rotation, "_swap", edit_first)
        progress = rotate(batch=30)
        assert progress.met_again == 1
        assert rows_to_rotate() == 0
        assert User.objects.get(pk=people[3].pk).name == "Edited meanwhile"
        assert User.objects.get(pk=people[3].pk).email == "person3@example.com"

    def test_an_edit_with_the_old_key_is_met_again(
        self, people: list[User], monkeypatch: pytest.MonkeyPatch, settings: Settings
    ) -> None:
        swap = rotation._swap
        waiting = [people[3]]

        def edit_first(table: rotation.Table, changed: Any) -> int:
            if waiting and table.name == "store_user":
                user = waiting.pop()
                user.name = "By a process not restarted"
                settings.FIELD_KEYS = f"{OLD_KEY},{NEW_KEY}"
                user.save()
                settings.FIELD_KEYS = f"{NEW_KEY},{OLD_KEY}"
            return swap(table, changed)

        monkeypatch.setattr(rotation, "_swap", edit_first)
        progress = rotate()
        assert (progress.met_again, rows_to_rotate()) == (1, 0)
        assert User.objects.get(pk=people[3].pk).name == "By a process not restarted"
        assert kid_of(stored(people[3], "name")) == "test2"

    def test_it_goes_on_after_being_killed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Killed(BaseException):
            pass

        batches = 0

        def die_at_the_third(rows: int) -> None:
            nonlocal batches
            batches += 1
            if batches == 2:
                raise Killed

        with pytest.raises(Killed):
            rotate(batch=5, on_progress=die_at_the_third)
        assert rows_to_rotate() == 15
        assert {user.email for user in User.objects.all()} == {f"person{n}@example.com" for n in range(25)}
        assert rotate(batch=5).rotated == 15
        assert rows_to_rotate() == 0

    def test_nulls_and_half_rotated_rows_are_fine(self, people: list[User]) -> None:
        user = User.objects.get(pk=people[1].pk)
        user.name = "New already"
        user.save(update_fields=["name"])
        assert (kid_of(stored(user, "name")), kid_of(stored(user))) == ("test2", "test1")
        rotate()
        assert User.objects.get(pk=user.pk).name == "New already"
        assert User.objects.get(pk=user.pk).email == "person1@example.com"

    def test_what_cannot_be_opened_is_left_alone_and_named(self, people: list[User]) -> None:
        overwrite(people[2], "plaintext@example.com")
        broken = stored(people[4])[:-8]
        overwrite(people[4], broken)
        with pytest.raises(CommandError, match="2 rows can't be opened and were left as they are"):
            command()
        assert (stored(people[2]), stored(people[4])) == ("plaintext@example.com", broken)
        assert rows_per_kid()["store_user.email"] == Counter({"test2": 23, "test1": 1, "?": 1})

    def test_garbage_with_commas_cannot_shift_its_neighbours(self, people: list[User]) -> None:
        middle = sorted(people, key=lambda user: user.pk)[12]
        overwrite(middle, "v1.test2." + "a,b" * 40, "name")
        progress = rotate()
        assert (progress.rotated, progress.unreadable_rows) == (24, [f"store_user {middle.pk}"])
        others = User.objects.exclude(pk=middle.pk)
        assert {user.email.replace("person", "Person ").partition("@")[0] for user in others} == {
            user.name for user in others
        }

    def test_the_command_prints_the_proof(self) -> None:
        out = command()
        assert "25 rows re-encrypted with key 'test2'" in out
        assert "  store_user.email: test2 25\n" in out

    def test_a_dry_run_changes_nothing(self, people: list[User]) -> None:
        before = [stored(user) for user in people]
        assert "25 rows would be re-encrypted with key 'test2'." in command("--dry-run")
        assert [stored(user) for user in people] == before


class TestRetiring:
    def test_a_key_in_use_is_not_retired(self, people: list[User], settings: Settings) -> None:
        settings.FIELD_KEYS = f"{NEW_KEY},{OLD_KEY}"
        remember_keys()
        with pytest.raises(UnableToRetireKey) as caught:
            retire("test1")
        assert ("store_user.email", 25) in caught.value.places
        assert "store_user.email: 25" in str(caught.value)
        assert KeyCheck.objects.filter(name="field:test1").exists()

    def test_the_writing_key_is_not_retired(self, db: None) -> None:
        with pytest.raises(UnableToRetireKey, match="FIELD_KEYS has it first"):
            retire("test1")

    def test_a_key_that_a_backup_needs_is_not_retired(self, people: list[User], settings: Settings, tmp_path: Path) -> None:
        settings.BACKUP_DIR = tmp_path
        settings.FIELD_KEYS = f"{NEW_KEY},{OLD_KEY}"
        rotate()
        make_manifest(tmp_path / "20261122T120000Z", kids=["test2"])
        make_manifest(tmp_path / "20261122T114500Z", kids=["test1"])
        (tmp_path / "20261122T113000Z").mkdir()  # its manifest is lost: nobody knows what it needs
        with pytest.raises(UnableToRetireKey) as caught:
            retire("test1")
        assert caught.value.places == [("backup 20261122T114500Z", 1), ("backup 20261122T113000Z (unreadable)", 1)]

    def test_an_unused_key_is_retired_and_then_not_asked_for(
        self, people: list[User], settings: Settings, tmp_path: Path
    ) -> None:
        settings.BACKUP_DIR = tmp_path
        remember_keys()
        settings.FIELD_KEYS = f"{NEW_KEY},{OLD_KEY}"
        command()
        assert "Nothing needs key 'test1' any more" in command(retire="test1")
        settings.FIELD_KEYS = NEW_KEY
        remember_keys()
        assert {user.email for user in User.objects.all()} == {f"person{n}@example.com" for n in range(25)}
