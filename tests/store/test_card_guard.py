"""No card number gets in, and honest numbers do."""

from __future__ import annotations

import importlib
import pkgutil
import uuid
from collections.abc import Iterator

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st

from store.card_guard import (
    MASK,
    MESSAGE,
    CardNumberGuard,
    Guard,
    GuardedForm,
    find_card_numbers,
    is_card_number,
    mask_card_numbers,
)
from store.models import User

# Numbers that payment companies publish for tests.
CARDS = [
    "4242424242424242",
    "4000056655665556",
    "4222222222222",
    "4000000000000000006",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "3056930009020004",
    "36227206271667",
    "3566002020360505",
    "6200000000000005",
    "6759649826438453",
    "6304000000000000",
    "2200000000000053",
]
SCRIPTS = [0x30, 0xFF10, 0x0660, 0x06F0, 0x0966, 0x0E50, 0x1D7CE, 0x1D7F6]  # zeroes of eight scripts


def in_groups(digits: str, apart: str, size: int = 4) -> str:
    return apart.join(digits[i : i + size] for i in range(0, len(digits), size))


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize(
    "apart", ["", " ", "-", ".", "\n", " - ", "\r\n   ", "\u00a0", "\u2009", "\u200b", "\u2013", "\u2212", "_", "/", "．"]
)
def test_a_card_number_is_found_however_it_is_grouped(card: str, apart: str) -> None:
    for size in (1, 2, 4, 6):
        text = in_groups(card, apart, size)
        assert find_card_numbers(text) == [(0, len(text))]
        assert mask_card_numbers(f"card {text} thanks") == f"card {MASK} thanks"


@pytest.mark.parametrize("zero", SCRIPTS)
def test_digits_of_any_script_are_digits(zero: int) -> None:
    card = "".join(chr(zero + int(digit)) for digit in CARDS[0])
    assert mask_card_numbers(f"é {card} é") == f"é {MASK} é"


def test_superscript_and_circled_digits_are_digits() -> None:
    assert find_card_numbers("⁴²⁴²⁴²⁴²⁴²⁴²⁴²⁴²") == [(0, 16)]
    assert find_card_numbers("④②④②④②④②④②④②④②④②") == [(0, 16)]


@pytest.mark.parametrize(
    "text",
    [
        "pan=4242424242424242;exp=1226",
        "x4242424242424242y",
        "12 4242424242424242 12/26 123",
        ";4242424242424242=26121010000",
        '{"number":"4242424242424242"}',
        "<b>4242</b> 4242424242424242",
        "4242%204242%204242%204242",
        "q=4242+4242+4242+4242",
        "+4242424242424242",
        "4242424242424242.jpg",
    ],
)
def test_a_card_number_is_found_among_other_things(text: str) -> None:
    assert MASK in mask_card_numbers(text)
    assert "4242424242424242" not in mask_card_numbers(text)


def test_two_card_numbers_are_both_masked() -> None:
    assert mask_card_numbers(f"{CARDS[0]} and {CARDS[4]}") == f"{MASK} and {MASK}"
    assert mask_card_numbers(f"{CARDS[0]}\n{CARDS[4]}") == f"{MASK}\n{MASK}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4242 4242 4242 4241",  # the check digit is wrong
        "7000000000000005",  # nobody issues these
        "0000000000000000",
        "+1 415 555 0142",
        "+49 1512 3456789",
        "+86 138 0013 8000",
        "(212) 456-7890",
        "2026-11-22 10:45:59.123456",
        "20261122104559",
        "RB-2026-000123",
        "1Z999AA10123456784",
        "9400 1111 0255 5555 5555 55",
        "45.99 12.50 13.99 14.25",
        "$45.99, $12.50, $13.99, $14.25",
        "192.0.2.1 198.51.100.7",
        "550e8400-e29b-41d4-a716-446655440000",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "12 Main Street, Springfield, IL 62701-1234",
    ],
)
def test_honest_numbers_pass(text: str) -> None:
    assert find_card_numbers(text) == []
    assert mask_card_numbers(text) == text


@given(st.uuids(), st.uuids())
def test_ids_pass(one: uuid.UUID, other: uuid.UUID) -> None:
    assert find_card_numbers(f"{one} {other}") == []


def with_check_digit(body: str) -> str:
    return next(body + digit for digit in "0123456789" if is_card_number(body + digit))


ISSUED = st.sampled_from(["4", "51", "55", "2221", "2720", "601", "644", "65", "62", "3528", "3589", "60", "58", "2200"])


@given(
    ISSUED.flatmap(
        lambda start: st.text("0123456789", min_size=15 - len(start), max_size=15 - len(start)).map(
            lambda rest: with_check_digit(start + rest)
        )
    ),
    st.lists(st.sampled_from(["", " ", "-", ".", "\n", "\u00a0", "\u2011", "\u200b"]), min_size=15, max_size=15),
    st.sampled_from(SCRIPTS),
    st.text(st.characters(categories=["L", "P", "S", "Zs"], exclude_characters="-–—.·/\\|_~*•+"), max_size=20),
)
def test_every_card_number_in_every_dress_is_found(card: str, apart: list[str], zero: int, around: str) -> None:
    dressed = "".join(chr(zero + int(digit)) + gap for digit, gap in zip(card, [*apart, ""], strict=True))
    text = f"{around},{dressed},{around}"
    spans = find_card_numbers(text)
    assert len(spans) == 1
    start, end = spans[0]
    assert start <= len(around) + 1 < len(around) + 1 + len(dressed) <= end


@given(st.text())
def test_masking_leaves_nothing_to_find(text: str) -> None:
    masked = mask_card_numbers(text)
    assert find_card_numbers(masked) == []
    assert masked == text or MASK in masked


@given(st.integers(0, 10**11 - 1))
def test_short_numbers_pass(number: int) -> None:
    assert find_card_numbers(str(number)) == []


@pytest.mark.parametrize("text", ["1 " * 50_000, "4" * 100_000, "4 2 " * 25_000, "1" + "." * 99_999])
def test_long_text_is_read_in_time(text: str) -> None:
    import time

    started = time.perf_counter()
    find_card_numbers(text)
    assert time.perf_counter() - started < 5


class NoteForm(GuardedForm):
    note = forms.CharField(required=False)
    phone = forms.CharField(required=False)
    tracking_number = forms.CharField(required=False)
    photo = forms.FileField(required=False)
    secret = forms.CharField(required=False, widget=forms.PasswordInput)


class TestForms:
    def test_a_card_number_is_refused_kindly(self) -> None:
        form = NoteForm({"note": "my card is 4242 4242 4242 4242"})
        assert form.errors == {"note": [MESSAGE]}
        assert str(MESSAGE) == "That looks like a card number. Please remove it: we never keep card numbers."

    def test_fields_with_numbers_of_their_own_are_let_through(self) -> None:
        assert NoteForm({"note": "ring after 5", "phone": "+4915123456789", "tracking_number": CARDS[0]}).is_valid()

    def test_a_phone_field_takes_what_could_be_a_phone_and_no_more(self) -> None:
        assert NoteForm({"phone": "378282246310005"}).is_valid()  # the phone's own check judges it
        assert NoteForm({"phone": "4242 4242 4242 4242"}).errors == {"phone": [MESSAGE]}

    def test_the_name_of_a_file_is_guarded(self) -> None:
        photo = SimpleUploadedFile("4242 4242 4242 4242.jpg", b"x")
        assert NoteForm({}, MultiValueDict({"photo": [photo]})).errors == {"photo": [MESSAGE]}

    def test_a_field_added_late_is_guarded(self) -> None:
        form = NoteForm({"late": CARDS[0]})
        form.fields["late"] = forms.CharField()
        assert form.errors == {"late": [MESSAGE]}

    def test_the_guard_is_a_validator(self) -> None:
        with pytest.raises(ValidationError, match="That looks like a card number"):
            CardNumberGuard()(CARDS[0])
        CardNumberGuard()(None)
        assert CardNumberGuard() == CardNumberGuard()


OUR_APPS = ("store", "catalog", "checkout", "fraud")


def all_forms(base: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for form in base.__subclasses__():
        yield form
        yield from all_forms(form)


def takes_text(field: forms.Field) -> bool:
    return isinstance(field, forms.CharField | forms.FileField) and not isinstance(field, forms.UUIDField)


def test_every_form_of_the_shop_is_guarded() -> None:
    for app in OUR_APPS:
        package = importlib.import_module(app)
        for module in pkgutil.walk_packages(package.__path__, f"{app}."):
            if {"forms", "admin", "views"} & set(module.name.split(".")):
                importlib.import_module(module.name)
    unguarded = {
        f"{form.__module__}.{form.__qualname__}"
        for form in all_forms()
        if form.__module__.split(".")[0] in OUR_APPS
        and not issubclass(form, Guard)
        and any(takes_text(field) for field in getattr(form, "base_fields", {}).values())
    }
    assert unguarded == set()


def test_every_admin_form_is_guarded() -> None:
    from django.contrib.admin.options import BaseModelAdmin

    assert issubclass(vars(BaseModelAdmin)["form"], Guard)
    for model_admin in admin.site._registry.values():
        assert issubclass(model_admin.form, Guard), model_admin
        for inline in model_admin.inlines:
            assert issubclass(inline.form, Guard), inline


class TestPages:
    @pytest.mark.parametrize(
        "path",
        [
            "/admin/store/user/?q=4242+4242+4242+4242",
            "/catalog/?q=4242%204242%204242%204242",
            "/products/4242-4242-4242-4242/",
        ],
    )
    def test_an_address_with_a_card_number_is_refused(self, client: Client, db: None, path: str) -> None:
        response = client.get(path)
        assert response.status_code == 422
        assert b"we never keep card numbers" in response.content
        assert b"4242" not in response.content

    def test_an_admin_form_refuses_a_card_number(self, client: Client, manager: User, buyer: User) -> None:
        client.force_login(manager)
        response = client.post(
            f"/admin/store/user/{buyer.pk}/change/", {"email": "ada@example.com", "name": "Ada 4242 4242 4242 4242"}
        )
        assert response.status_code == 200
        assert str(MESSAGE) in response.content.decode()
        buyer.refresh_from_db()
        assert buyer.name == "Ada Byron"
