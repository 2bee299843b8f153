"""Ciphers: what goes in comes out, and nothing else does."""

from __future__ import annotations

import base64
import pickle
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from store.keyring import Keyring, UnableToDecrypt, fingerprint, kid_of, read_key
from tests.store.conftest import NEW_KEY, OLD_KEY, OTHER_SHOPS_KEY

RING = Keyring(OLD_KEY)
CIPHER = RING.cipher("store_user", "email")
RECORD = UUID("0b0e8a3e-6f5e-4d0a-9a3e-2f4d6c8b0a11")
SECRET = "ada@example.com"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.text())
def test_a_value_comes_back_as_it_went_in(value: str) -> None:
    assert CIPHER.open(RECORD, CIPHER.seal(RECORD, value)) == value


@pytest.mark.parametrize("value", ["", "\0", "a\0\0", "\x80", "ÿ\x80\0", "x" * 46, "x" * 47, "x" * 48, "😀" * 5000])
def test_padding_is_taken_off_exactly(value: str) -> None:
    assert CIPHER.open(RECORD, CIPHER.seal(RECORD, value)) == value


def test_half_a_character_is_refused_without_being_shown() -> None:
    with pytest.raises(ValueError, match="lone surrogate") as caught:
        CIPHER.seal(RECORD, "secret\ud800")
    assert "secret" not in repr(caught.value)
    assert caught.value.__suppress_context__


def test_values_of_up_to_47_bytes_have_one_length() -> None:
    assert {len(CIPHER.seal(RECORD, "x" * n)) for n in range(48)} == {len("v1.test1.") + 184}


def test_the_token_is_a_fernet_token_that_hides_when_it_was_made() -> None:
    version, kid, token = CIPHER.seal(RECORD, SECRET).split(".")
    assert (version, kid) == ("v1", "test1")
    assert base64.urlsafe_b64decode(token)[:9] == b"\x80" + bytes(8)


def test_the_same_value_is_never_stored_alike() -> None:
    assert len({CIPHER.seal(RECORD, SECRET) for _ in range(50)}) == 50


def refusal(
    record: UUID, stored: str, cipher_of: tuple[str, str] = ("store_user", "email"), ring: Keyring = RING
) -> UnableToDecrypt:
    with pytest.raises(UnableToDecrypt) as caught:
        ring.cipher(*cipher_of).open(record, stored)
    assert SECRET not in str(caught.value)
    assert len(stored) < 24 or stored[9:24] not in str(caught.value)
    return caught.value


def test_a_token_moved_to_another_row_is_refused() -> None:
    error = refusal(uuid4(), CIPHER.seal(RECORD, SECRET))
    assert str(error) == "Unable to decrypt store_user.email (key 'test1'): it belongs to another row."


def test_a_token_moved_to_another_column_is_refused() -> None:
    error = refusal(RECORD, CIPHER.seal(RECORD, SECRET), ("store_user", "name"))
    assert str(error) == "Unable to decrypt store_user.name (key 'test1'): it belongs to another column."


def test_another_shops_key_of_the_same_name_is_refused() -> None:
    error = refusal(RECORD, CIPHER.seal(RECORD, SECRET), ring=Keyring(OTHER_SHOPS_KEY))
    assert error.why == "the stored value was altered, or was written with another key"


def test_an_unknown_key_is_named() -> None:
    error = refusal(RECORD, CIPHER.seal(RECORD, SECRET), ring=Keyring(NEW_KEY))
    assert str(error) == "Unable to decrypt store_user.email (key 'test1'): FIELD_KEYS has no key of that name."


@pytest.mark.parametrize("stored", ["", SECRET, f"v1.{SECRET}", f"v1.test1.{SECRET}", "v1.John.Smith", "v1..", "v1.test1."])
def test_plaintext_in_the_column_is_refused_and_not_repeated(stored: str) -> None:
    with pytest.raises(UnableToDecrypt, match="^Unable to decrypt store_user.email: the stored value is not ciphertext.$"):
        CIPHER.open(RECORD, stored)


def test_another_version_is_refused() -> None:
    assert refusal(RECORD, CIPHER.seal(RECORD, SECRET).replace("v1.", "v2.", 1)).why == "the stored value is not ciphertext"


def test_every_changed_character_is_noticed() -> None:
    stored = CIPHER.seal(RECORD, SECRET)
    start = len("v1.test1.")
    for position in range(start, len(stored)):
        for other in (
            ALPHABET[(ALPHABET.find(stored[position]) + 1) % 64],
            ALPHABET[(ALPHABET.find(stored[position]) ^ 1) % 64],
            "=",
            "!",
            "\n",
        ):
            if other != stored[position]:
                refusal(RECORD, stored[:position] + other + stored[position + 1 :])


def test_every_truncation_and_every_addition_is_noticed() -> None:
    stored = CIPHER.seal(RECORD, SECRET)
    for length in range(len(stored)):
        refusal(RECORD, stored[:length])
    for extra in ("A", "=", "AAAA", " ", "\n", "!"):
        refusal(RECORD, stored + extra)
        refusal(RECORD, stored[:60] + extra + stored[60:])


@given(st.binary(max_size=300))
def test_random_bytes_under_the_right_name_are_refused(data: bytes) -> None:
    with pytest.raises(UnableToDecrypt):
        CIPHER.open(RECORD, "v1.test1." + base64.urlsafe_b64encode(data).decode())


def test_the_first_key_writes_and_all_read() -> None:
    both = Keyring(f"{NEW_KEY},{OLD_KEY}")
    cipher = both.cipher("store_user", "email")
    assert kid_of(cipher.seal(RECORD, SECRET)) == "test2"
    assert cipher.open(RECORD, CIPHER.seal(RECORD, SECRET)) == SECRET


def test_ciphers_are_built_once() -> None:
    assert RING.cipher("store_user", "email") is CIPHER


def test_the_error_survives_pickling() -> None:
    error = UnableToDecrypt(table="t", column="c", kid="k", why="it was altered")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own bytes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "entry 1: expected `kid:key`"),
        ("justakey", "entry 1: expected `kid:key`"),
        (f"{OLD_KEY},", "entry 2: expected `kid:key`"),
        ("a.b:xx", "entry 1: expected `kid:key`"),
        ("k:not base64!", "key 'k' is not urlsafe base64"),
        ("k:" + base64.urlsafe_b64encode(b"sixteen bytes...").decode(), "holds 16 bytes, not 32"),
        ("k:" + base64.urlsafe_b64encode(bytes(32)).decode(), "doesn't look random"),
        (f"{OLD_KEY},{OLD_KEY}", "names the key 'test1' twice"),
        (f"{OLD_KEY},{OLD_KEY.replace('test1', 'test3')}", "the same key under two names"),
    ],
)
def test_a_bad_keyring_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=message.replace("(", r"\(")) as caught:
        Keyring(text)
    assert OLD_KEY.split(":")[1] not in str(caught.value)


def test_a_fingerprint_names_a_key_without_holding_it() -> None:
    key = read_key(OLD_KEY.split(":")[1], name="FIELD_KEYS")
    assert fingerprint(key) == RING.fingerprints()["test1"]
    assert len(fingerprint(key)) == 16
    assert fingerprint(key) not in key.hex()
    assert fingerprint(Fernet.generate_key()[:32]) != fingerprint(key)
