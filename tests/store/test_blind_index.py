"""Blind indexes: what counts as the same value, and that a blank one links nothing."""

from __future__ import annotations

import unicodedata

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from store.blind_index import KINDS, blind_index
from store.fields import Sealed
from store.models import User
from tests.store.conftest import OTHER_INDEX_KEY


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("email", "ada@example.com", " ADA@Example.COM\n"),
        ("email", "ada@example.com", "ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ"),
        ("email", "jos\u00e9@example.com", "jose\u0301@example.com"),
        ("email", "ada@example.com", "ada@exam\u200bple.com"),
        ("email", "strasse@example.com", "STRAßE@example.com"),
        ("phone", "+14155550142", "+1 (415) 555-0142"),
        ("phone", "+14155550142", "001 415 555 0142"),
        ("phone", "+12124567890", "(212) 456-7890"),
        ("phone", "+442079460958", "+44 (0)20 7946 0958"),
        ("phone", "+14155550142", "＋１４１５５５５０１４２"),
        ("last_name", "Müller-Lüdenscheidt", "mu\u0308ller ludenscheidt"),
        ("last_name", "O'Brien", "o’brien"),
        ("address", "12, Rue de l'Église", "12 RUE DE L EGLISE"),
        ("ip", "::ffff:192.0.2.1", "192.0.2.1"),
        ("ip", "2001:DB8::1", "2001:0db8:0:0:0:0:0:1"),
    ],
)
def test_two_spellings_give_one_digest(kind: str, one: str, other: str) -> None:
    assert blind_index(kind, one) == blind_index(kind, other) != ""


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("email", "ada.byron@example.com", "adabyron@example.com"),
        ("email", "jose@example.com", "josé@example.com"),
        ("email", "ada+shop@example.com", "ada@example.com"),
        ("phone", "+14155550142", "+14155550143"),
        ("phone", "+14155550142", "+494155550142"),
        ("last_name", "Smith", "Smyth"),
        ("address", "1 Main St", "11 Main St"),
    ],
)
def test_two_values_give_two_digests(kind: str, one: str, other: str) -> None:
    assert blind_index(kind, one) != blind_index(kind, other)


def test_kinds_do_not_share_digests() -> None:
    assert len({blind_index(kind, "192.0.2.1") for kind in KINDS if kind != "name_postcode"}) == len(KINDS) - 1


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u3000", "\u200b"])
def test_a_blank_value_has_no_digest(kind: str, blank: str) -> None:
    assert blind_index(kind, blank) == ""


def test_a_name_without_a_postcode_links_nobody() -> None:
    assert blind_index("name_postcode", "Ada Byron", "") == ""
    assert blind_index("name_postcode", "", "94103") == ""
    assert len(blind_index("name_postcode", "Ada Byron", "94103")) == 64


def test_parts_cannot_slide_into_each_other() -> None:
    assert blind_index("name_postcode", "a b", "c") != blind_index("name_postcode", "a", "b c")


@given(st.text(min_size=1), st.sampled_from(["email", "last_name"]))
def test_normalising_twice_changes_nothing(value: str, kind: str) -> None:
    assert KINDS[kind](*KINDS[kind](value)) == KINDS[kind](value)


@given(st.text(min_size=1), st.sampled_from(["email", "last_name", "address"]))
def test_composition_never_matters(value: str, kind: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", value), unicodedata.normalize("NFD", value)
    assert blind_index(kind, composed) == blind_index(kind, decomposed)


@given(st.text(), st.sampled_from(sorted(KINDS)))
def test_any_text_has_a_digest_or_is_blank(value: str, kind: str) -> None:
    assert len(blind_index(kind, value)) in (0, 64)


def test_another_key_gives_another_digest(settings: Settings) -> None:
    before = blind_index("email", "ada@example.com")
    settings.INDEX_KEY = OTHER_INDEX_KEY
    assert blind_index("email", "ada@example.com") != before


def test_an_email_is_unique_however_it_is_spelled(buyer: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("  ADA.BYRON@example.com ", "x")
    assert User.objects.count() == 1


def test_a_user_is_found_however_the_email_is_spelled(buyer: User) -> None:
    assert User.objects.get_by_natural_key(" ada.byron@EXAMPLE.com") == buyer
    assert not User.objects.for_email("adabyron@example.com").exists()
    assert not User.objects.for_email("  ").exists()


def test_saving_a_new_value_moves_the_digest(buyer: User) -> None:
    buyer.email = "countess@example.com"
    buyer.save(update_fields=["email", "email_index"])
    assert User.objects.get_by_natural_key("countess@example.com") == buyer
    assert not User.objects.for_email("ada.byron@example.com").exists()


def test_an_untouched_source_is_not_opened(buyer: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    loaded = User.objects.get(pk=buyer.pk)
    loaded.is_staff = True
    with django_assert_num_queries(2):  # one asks whether the row was erased
        loaded.save()
    assert type(loaded.__dict__["email"]) is Sealed
    assert User.objects.get_by_natural_key("ada.byron@example.com").is_staff


def test_a_save_that_would_leave_the_digest_behind_is_refused(buyer: User) -> None:
    buyer.email = "countess@example.com"
    with pytest.raises(ValueError, match="name 'email_index' too"):
        buyer.save(update_fields=["email"])
    assert User.objects.get().email == "Ada.Byron@Example.com"


def test_deferred_loading_cannot_leave_the_digest_behind(buyer: User) -> None:
    loaded = User.objects.only("email").get()
    loaded.email = "countess@example.com"
    with pytest.raises(ValueError, match="name 'email_index' too"):
        loaded.save()
    without_source = User.objects.defer("email").get()
    without_source.save()
    assert User.objects.get_by_natural_key("ada.byron@example.com") == buyer


def test_a_digest_cannot_be_asked_for_by_plaintext(buyer: User) -> None:
    with pytest.raises(ValueError, match=r'Use blind_index\("email", value\)'):
        User.objects.filter(email_index="ada.byron@example.com").exists()
    with pytest.raises(ValueError, match="holds digests"), transaction.atomic():
        User.objects.update(email_index="ada.byron@example.com")
    assert User.objects.filter(email_index=blind_index("email", "ada.byron@example.com")).count() == 1


def test_erased_emails_do_not_collide(buyer: User, stranger: User) -> None:
    for user in (buyer, stranger):
        user.email = ""
        user.save()
    assert User.objects.filter(email_index=None).count() == 2
