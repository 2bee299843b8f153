"""Changing the index key: everybody is found all the while, nothing is lost, and the old key goes when nothing needs it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from pytest_django import Settings

from checkout.finding import condition_of, read_term
from checkout.models import Order
from fraud.models import ListEntry
from store import reindexing
from store.backups.shelf import look_up_all
from store.blind_index import KINDS, blind_index
from store.erasure import database_entries, erase_customer, ledger_entries, replay_erasures
from store.keycheck import INDEX, WrongKeys, given_fingerprints, refuse_wrong_keys, remember_keys
from store.models import KeyCheck, User
from store.reindexing import UnableToRetireIndexKey, find_stale, reindex, retire_index_keys, sample_stale
from tests.factories.checkout import make_order
from tests.store.backups.manifests import make_manifest
from tests.store.conftest import OTHER_INDEX_KEY as NEW

EMAIL = "ada.byron@example.com"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    settings.ERASURE_LEDGER, settings.BACKUP_DIR = tmp_path / "erasures.jsonl", tmp_path / "backups"


@pytest.fixture
def old(settings: Settings) -> str:
    """The key that the database was written with."""
    return str(settings.INDEX_KEY)


@pytest.fixture
def order(db: None) -> Order:
    with transaction.atomic():
        return make_order(email=EMAIL, status="cancelled", payment_status="voided", placed_at=NOW - timedelta(days=9))


@pytest.fixture
def entry(manager: User) -> ListEntry:
    return ListEntry.objects.create(
        kind="email", effect="block", value="thief@example.net", reason="Denied", added_by=manager, added_at=NOW
    )


@pytest.fixture
def both(buyer: User, stranger: User, order: Order, entry: ListEntry, old: str, settings: Settings) -> None:
    """Written with the old key; from now on the new one writes and both are read."""
    settings.INDEX_KEY = f"{NEW},{old}"


def orders(term: str) -> int:
    return Order.objects.filter(condition_of(*read_term(term))).count()


def command(*args: str, **options: Any) -> str:
    out = StringIO()
    call_command("rotate_keys", *args, stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.mark.usefixtures("both")
class TestMeanwhile:
    def test_everybody_is_found_by_either_key(self, buyer: User, order: Order) -> None:
        assert User.objects.for_email("ADA.byron@example.com").get() == buyer
        with transaction.atomic():
            newer = make_order(email=EMAIL, status="cancelled", payment_status="voided")
        assert newer.email_index != order.email_index
        for term, found in ((EMAIL, 2), ("(503) 555-0142", 2), ("Reyes", 2), ("nobody@example.com", 0)):
            assert orders(term) == found, term
        digests = [blind_index("email", email) for email in ("thief@example.net", "other@example.net")]
        assert ListEntry.objects.filter(digest__in=digests).count() == 1
        assert Order.objects.exclude(email_index=blind_index("email", EMAIL)).count() == 0

    def test_one_address_still_has_one_account(self) -> None:
        with pytest.raises(IntegrityError):
            User.objects.create_user("Ada.BYRON@example.com", "another pass phrase altogether")
        assert User.objects.count() == 3

    def test_an_erasure_finds_both_and_is_done_again_on_an_older_backup(
        self, buyer: User, order: Order, settings: Settings, old: str
    ) -> None:
        with transaction.atomic():
            make_order(email=EMAIL, status="cancelled", payment_status="voided", placed_at=NOW)
        with transaction.atomic():
            assert erase_customer(email=EMAIL, now=NOW).rows["checkout.Order"] == 2
            assert database_entries() == ledger_entries()
            assert len(ledger_entries()) == 2
            transaction.set_rollback(True)  # the database is what it was
        User.objects.update(date_joined=NOW - timedelta(days=9))
        settings.INDEX_KEY = old  # a backup from before the change, under the key it needs
        assert replay_erasures().rows["checkout.Order"] == 2  # by the digest that each of them has
        assert orders(EMAIL) == 0


@pytest.mark.usefixtures("both")
class TestReindexing:
    def test_every_digest_moves_and_all_are_found_by_the_new_key_alone(
        self, buyer: User, order: Order, settings: Settings
    ) -> None:
        assert find_stale().stale["checkout_order.email_index"] == 1
        result = reindex(batch=2)
        assert (result.done, result.met_again, result.unreadable) == (3 + 1 + 2 + 1, 0, [])
        assert find_stale().stale.total() == 0
        settings.INDEX_KEY = NEW
        assert User.objects.for_email(EMAIL).get() == buyer
        assert [orders(term) for term in (EMAIL, "(503) 555-0142", "Reyes")] == [1, 1, 1]
        assert ListEntry.objects.filter(digest=blind_index("email", "thief@example.net")).exists()

    def test_a_second_run_changes_nothing(self) -> None:
        reindex()
        assert reindex().done == 0

    def test_an_edit_in_between_is_not_lost(self, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """The edit happens between reading and writing: the point where it could be lost."""
        swap = reindexing._swap

        def edit_first(model: type[Model], *args: Any) -> int:
            user = User.objects.get(pk=buyer.pk)
            if model is User and user.email == "Ada.Byron@Example.com":
                user.email = "ada.lovelace@example.com"
                user.save()
            return swap(model, *args)

        monkeypatch.setattr(reindexing, "_swap", edit_first)
        result = reindex()
        assert result.met_again == 1
        assert User.objects.for_email("ada.lovelace@example.com").get() == buyer
        assert not User.objects.for_email(EMAIL).exists()
        assert find_stale().stale.total() == 0

    def test_killed_half_way_it_is_run_again(self) -> None:
        class Killed(Exception):
            pass

        def kill(_: int) -> None:
            raise Killed

        with pytest.raises(Killed):
            reindex(batch=1, on_progress=kill)
        assert find_stale().stale.total() > 0
        reindex()
        assert find_stale().stale.total() == 0

    def test_a_row_that_cannot_be_opened_is_named_and_stops_no_other(self, buyer: User) -> None:
        with connection.cursor() as cursor:
            key = buyer.pk.hex if connection.vendor == "sqlite" else buyer.pk
            cursor.execute("UPDATE store_user SET email = 'v1.test1.broken' WHERE id = %s", [key])
        assert reindex().unreadable == [f"store_user {buyer.pk}"]
        assert find_stale().stale.total() == 0
        with pytest.raises(CommandError, match="1 rows were left as they are"):
            command("--index")

    def test_the_command_does_it_and_proves_it(self) -> None:
        assert "store_user.email_index: 3 digests of another key" in command("--index", dry_run=True)
        done = command("--index")
        assert "7 rows have digests of the first index key now" in done
        assert "Every digest that can be made is of the first index key." in done


@pytest.mark.usefixtures("both")
class TestKeyCheck:
    def test_the_new_key_alone_is_refused_until_the_old_one_is_retired(self, settings: Settings, old: str) -> None:
        settings.INDEX_KEY = NEW
        with pytest.raises(WrongKeys, match="INDEX_KEY: fingerprint [0-9a-f]{16} expected, [0-9a-f]{16} given"):
            refuse_wrong_keys(connection)
        settings.INDEX_KEY = f"{old},{NEW}"
        refuse_wrong_keys(connection)
        settings.INDEX_KEY = f"{NEW},{old}"
        refuse_wrong_keys(connection)
        command("--index")
        assert KeyCheck.objects.filter(name__startswith=INDEX).count() == 2
        settings.INDEX_KEY = old  # would write digests that nobody finds
        with pytest.raises(WrongKeys):
            refuse_wrong_keys(connection)
        settings.INDEX_KEY = f"{NEW},{old}"
        assert "Leave only the first one in INDEX_KEY" in command("--retire-index")
        settings.INDEX_KEY = NEW
        refuse_wrong_keys(connection)
        remember_keys()
        assert KeyCheck.objects.get(name__startswith=INDEX).fingerprint == given_fingerprints()[INDEX]

    def test_it_is_not_retired_while_a_row_or_a_backup_needs_it(self, settings: Settings, old: str, tmp_path: Path) -> None:
        settings.INDEX_KEY = old
        keys = {INDEX: given_fingerprints()[INDEX]}
        settings.INDEX_KEY = f"{NEW},{old}"
        remember_keys()
        make_manifest(tmp_path / "backups" / "20261122T000000Z-full", keys=keys)
        assert len(look_up_all()[0]) == 1
        with pytest.raises(UnableToRetireIndexKey) as caught:
            retire_index_keys()
        assert ("store_user.email_index", 3) in caught.value.places
        assert ("backup 20261122T000000Z-full", 1) in caught.value.places
        reindex()
        with pytest.raises(CommandError, match="backup 20261122T000000Z-full: 1"):
            command("--retire-index")
        assert KeyCheck.objects.filter(name__startswith=INDEX).count() == 2

    def test_what_is_listed_of_erased_people_keeps_it_until_that_is_given_up(self, entry: ListEntry) -> None:
        erase_customer(email="thief@example.net", now=NOW)
        assert ListEntry.objects.filter(digest=blind_index("email", "thief@example.net")).exists()  # kept on purpose
        assert "fraud_listentry.digest: 1 of people who were erased; kept as they are" in command("--index")
        with pytest.raises(UnableToRetireIndexKey, match=r"fraud_listentry.digest of people who were erased: 1"):
            retire_index_keys()
        command("--retire-index", forget_erased=True)


class TestAnotherSpelling:
    """A release that reads addresses in another way, under the same key."""

    def test_rows_indexed_the_old_way_are_found_again_after_reindexing(
        self, order: Order, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        typed = ("77 S.E. Oak Street #3", "", "Portland", "97214", "US")
        place = order.addresses.get(kind="ship_to")
        place.line1, place.line2, place.city, place.postcode, place.country = typed
        with monkeypatch.context() as before:  # as releases before store.postal did it
            before.setitem(KINDS, "address", lambda *values: [value.casefold() for value in values])
            place.save()
        looked_for = blind_index("address", "77 SE Oak St", "Apt 3", *typed[2:])
        found = order.addresses.filter(address_index=looked_for)
        assert not found.exists()
        assert sample_stale().stale == {"checkout_orderaddress.address_index": 1}
        assert "checkout_orderaddress.address_index: 1 digests of another key, or made the old way" in command(
            "--index", dry_run=True
        )
        command("--index")
        assert found.get() == place
        assert not sample_stale().stale
