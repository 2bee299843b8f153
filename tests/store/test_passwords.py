"""Passwords: good ones are taken whole, bad ones are refused with a reason and a hint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from pytest_django import Settings

from store.common_passwords import is_common
from store.models import User
from store.passwords import HINT, Argon2Hasher, PasswordRules, meets_staff_rules

SHOPPER = User(email="ada.byron@example.com", name="Ada Byron")
STAFF = User(email="boss@ringback.example", name="Max Boss", is_staff=True)


def reason(password: str, user: User | None = SHOPPER) -> str:
    with pytest.raises(ValidationError) as caught:
        validate_password(password, user)
    (message,) = caught.value.messages
    assert message.startswith("This password won't do. ")
    assert message.endswith(str(HINT))
    assert password not in message
    return message.removeprefix("This password won't do. ").removesuffix(str(HINT)).strip()


def test_john55_is_refused_with_the_reason_and_a_hint() -> None:
    assert reason("John55") == "It is too short: 6 characters, where at least 10 are needed."
    assert reason("John55", STAFF) == "It is too short: 6 characters, where at least 12 are needed."


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Passw0rd1234",
        "P@ssw0rd2024!",
        "qwertyuiop123",
        "1234567890",
        "aaaaaaaaaaaaaaaa",
        "Summer2026!!",
        "iloveyou1234567",
        "qazwsxedcrfv",
        "liverpool2023",
        "abcdefghij",
        "PASSWORDPASSWORD",
    ],
)
def test_common_passwords_are_refused(password: str) -> None:
    assert reason(password)


@pytest.mark.parametrize(
    "password",
    [
        "Ringback2026",
        "ringback!!!",
        "RINGBACK-1234",
        "ada.byron@example.com",
        "Ada.Byron1",
        "adabyron2024",
        "Byron-Byron-Byron",
    ],
)
def test_what_a_guesser_knows_is_refused(password: str) -> None:
    assert reason(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "Tide pools hum at dusk",
        "tørfisk på fløyen nå",
        "紫陽花の下で雨宿りする猫",
        "a lighthouse keeper paints forty-one doors blue every winter, then sails away" * 3,
        "vK9#zQ2!pL",
        "  spaces at both ends stay  ",
        "🐙🦑 umbrella in orbit 🛰",
    ],
)
def test_good_passwords_are_accepted_whole(db: None, password: str) -> None:
    validate_password(password, SHOPPER)
    user = User.objects.create_user("new@example.com", password)
    assert user.check_password(password)
    assert not user.check_password(password[:-1])
    assert not user.check_password(password + "x")


def test_a_long_password_counts_to_its_last_character() -> None:
    beginning = "seventy-two bytes are where bcrypt would stop reading a long pass phrase; " * 2
    one, other = Argon2Hasher().encode(beginning + "a", "saltsalt"), Argon2Hasher().encode(beginning + "b", "saltsalt")
    assert one != other


def test_a_book_is_not_hashed() -> None:
    assert reason("correct horse battery staple " * 36).startswith("It is too long")


def test_no_rule_about_characters_for_shoppers_and_one_for_staff() -> None:
    validate_password("correct horse battery staple", SHOPPER)
    assert reason("correct horse battery staple", STAFF) == "Staff passwords need a letter and a digit."
    assert reason("vK9#zQ2!pL", STAFF) == "It is too short: 10 characters, where at least 12 are needed."
    validate_password("7 correct horse battery staples", STAFF)
    assert meets_staff_rules("7 correct horses")
    assert not meets_staff_rules("123456789012")


def test_the_help_text_says_the_rules() -> None:
    assert "At least 10 characters (12 with a letter and a digit for staff)" in PasswordRules().get_help_text()


def test_the_list_knows_case_stand_ins_and_edges() -> None:
    for password in ("password123", "PassWord123", "p@ssw0rd123", "!!password123??", "ｐａｓｓｗｏｒｄ１２３"):
        assert is_common(password), password
    assert not is_common("correct horse battery staple")
    assert not is_common("")


def test_hashes_are_argon2id_of_the_stated_size() -> None:
    encoded = make_password("correct horse battery staple", hasher=Argon2Hasher())
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert identify_hasher(encoded).algorithm == "argon2"


def test_the_admin_makes_nobody_staff_on_a_weak_password(client: Client, manager: User, buyer: User) -> None:
    assert (manager.has_staff_password, buyer.has_staff_password) == (True, False)
    client.force_login(manager)
    form = {"email": "ada@example.com", "name": "Ada", "is_active": "on", "is_staff": "on"}
    response = client.post(f"/admin/store/user/{buyer.pk}/change/", form)
    assert b"doesn&#x27;t meet the rules for staff" in response.content
    buyer.refresh_from_db()
    assert not buyer.is_staff
    buyer.set_password("7 correct horse battery staples")
    buyer.save()
    assert client.post(f"/admin/store/user/{buyer.pk}/change/", form).status_code == 302
    buyer.refresh_from_db()
    assert buyer.is_staff


def test_the_admin_judges_a_new_account_by_what_it_will_be(client: Client, manager: User) -> None:
    client.force_login(manager)
    form = {
        "email": "new@example.com",
        "name": "",
        "usable_password": "true",
        "password1": "correct horse battery staple",
        "password2": "correct horse battery staple",
    }
    for password in ("correct horse battery staple", "correct horse battery staple 7"):
        response = client.post(
            "/admin/store/user/add/", {**form, "password1": password, "password2": password, "is_staff": "on"}
        )
        assert b"Staff choose their own password." in response.content
    assert not User.objects.for_email("new@example.com").exists()
    assert client.post("/admin/store/user/add/", form).status_code == 302
    assert User.objects.get_by_natural_key("new@example.com").check_password("correct horse battery staple")


# The same phrase as other keyboards make it: composed and decomposed, with a no-break space, in full width.
PHRASE = "Café über Straße"
SPELLINGS = ["Café über Straße", "Cafe\u0301 u\u0308ber Straße", "Café\u00a0über Straße", "Ｃafé　über Straße"]


@pytest.mark.django_db
class TestSpellings:
    @pytest.mark.parametrize("spelling", SPELLINGS)
    @pytest.mark.parametrize("typed", SPELLINGS)
    def test_one_phrase_is_one_password(self, spelling: str, typed: str, settings: Settings) -> None:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        user = User(email="ada@example.com")
        user.set_password(spelling)
        assert user.check_password(typed)
        assert not user.check_password(typed.replace("é", "e").replace("\u0301", ""))
        assert not user.check_password(typed + " ")

    def test_a_password_from_before_still_opens_and_is_changed_by_nobody(self, buyer: User) -> None:
        before = make_password(SPELLINGS[1])
        User.objects.filter(pk=buyer.pk).update(password=before)
        buyer.refresh_from_db()
        assert buyer.check_password(SPELLINGS[1])
        assert not buyer.check_password("Cafe\u0301 u\u0308ber Strasse")
        buyer.refresh_from_db()
        assert buyer.password == before

    def test_nothing_is_cut_and_case_counts(self, settings: Settings) -> None:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        user = User(email="ada@example.com")
        user.set_password("ü" * 500 + "a")
        assert user.check_password("u\u0308" * 500 + "a")
        assert not user.check_password("ü" * 500 + "b")
        assert not user.check_password("Ü" * 500 + "a")

    def test_what_is_judged_is_what_is_hashed(self) -> None:
        with pytest.raises(ValidationError, match="too short"):
            PasswordRules().validate("e\u0301" * 9)  # nine characters, however they were typed
        with pytest.raises(ValidationError, match="too new for us"):
            PasswordRules().validate("walnut harbour lantern \U0001fbff\u0378")

    @pytest.mark.parametrize("typed", [PHRASE, SPELLINGS[1]])
    def test_an_unknown_address_costs_as_much_work_as_a_known_one(
        self, buyer: User, typed: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hashed: list[str] = []
        encode, verify = Argon2Hasher.encode, Argon2Hasher.verify

        def counted(name: str, do: Callable[..., Any]) -> Callable[..., Any]:
            def count(*args: Any, **kwargs: Any) -> Any:
                hashed.append(name)
                return do(*args, **kwargs)

            return count

        monkeypatch.setattr(Argon2Hasher, "encode", counted("encode", encode))
        monkeypatch.setattr(Argon2Hasher, "verify", counted("verify", verify))
        work = []
        for email in ("ada.byron@example.com", "nobody@example.com"):
            hashed.clear()
            assert authenticate(RequestFactory().post("/"), username=email, password=typed) is None
            work.append(len(hashed))
        assert work == [1, 1] if typed == PHRASE else [2, 2]
