"""What makes a good password here, and how it is kept.

Shoppers: at least 10 characters and hard to guess (zxcvbn score of 3 of 4), with no rule about which characters. Staff: at
least 12, with a letter and a digit, as PCI DSS 8.3.6 asks. Any character counts, spaces too; nothing is cut off.

One phrase is one password, whatever keyboard it is typed on: "é" may come as one character or as two, a space as another
width. So it is normalised before it is hashed (NFKC, as NIST SP 800-63B 3.1.1.2 recommends).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from store.common_passwords import is_common
from store.language import current_language

if TYPE_CHECKING:
    from store.models import User

SHORTEST: Final = 10  # characters
SHORTEST_FOR_STAFF: Final = 12
# A limit all the same, so that nobody can make the server hash a book.
LONGEST: Final = 1024
FEWEST_POINTS: Final = 3
# zxcvbn takes quadratic time: a longer password is judged by its beginning.
_JUDGED: Final = 72
_SHORTEST_WORD: Final = 3
_FEWEST_OF_ITS_OWN: Final = 5
HINT: Final = gettext_lazy("Three or four words that don't belong together make a strong password that is easy to remember.")


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id at OWASP's second setting: 19 MiB, two passes, one lane. 50 log-ins at once then need 1 GB, not 5."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1


def normalise_password(password: str) -> str:
    """Return the one spelling of a password, which is what is judged and hashed. ASCII stays as it is."""
    return unicodedata.normalize("NFKC", password)


def meets_staff_rules(password: str) -> bool:
    """Say whether a password is long and mixed enough for staff."""
    password = normalise_password(password)
    return (
        len(password) >= SHORTEST_FOR_STAFF
        and any(character.isalpha() for character in password)
        and any(character.isdigit() for character in password)
    )


class PasswordRules:
    """The one password validator: says what is wrong and how to mend it."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise `ValidationError` with a reason and a hint, unless the password is good for this user."""
        password = normalise_password(password)
        is_staff = user is not None and user.is_staff
        shortest = SHORTEST_FOR_STAFF if is_staff else SHORTEST
        if len(password) < shortest:
            raise self._refusal(
                _("It is too short: {number} characters, where at least {least} are needed.").format(
                    number=len(password), least=shortest
                ),
                "short",
            )
        if len(password) > LONGEST:
            raise self._refusal(_("It is too long: {most} characters are the most.").format(most=LONGEST), "long")
        # A character that Unicode has not defined yet may have another spelling once it has (UAX 15, stabilised strings).
        if any(unicodedata.category(character) == "Cn" for character in password):
            raise self._refusal(_("One of its characters is too new for us. Please use another."), "unknown")
        if is_staff and not meets_staff_rules(password):
            raise self._refusal("Staff passwords need a letter and a digit.", "mixed")
        if is_common(password):
            raise self._refusal(_("It is on the lists of common passwords that guessers try first."), "common")
        self._refuse_guessable(password, user)
        self._refuse_old(password, user)

    def _refuse_guessable(self, password: str, user: User | None) -> None:
        from zxcvbn import zxcvbn  # noqa: PLC0415  # its word lists take 12 MB; who only works, and judges none, does without

        result: dict[str, Any] = zxcvbn(password[:_JUDGED], user_inputs=self._context(user), max_length=_JUDGED)
        if result["score"] < FEWEST_POINTS:
            # Its own words are English, and say more; in other languages the plain ones must do.
            said = result["feedback"]["warning"] if current_language() == "en" else ""
            why = said or _("It would be guessed too soon.")
            raise self._refusal(why, "weak")
        # zxcvbn knows these words but gives much for a tail: something else must be left without them.
        rest = plain = password.casefold()
        for word in sorted(self._context(user), key=len, reverse=True):
            if len(word) >= _SHORTEST_WORD:
                rest = rest.replace(word.casefold(), " ")
        if rest != plain and sum(character.isalnum() for character in rest) < _FEWEST_OF_ITS_OWN:
            raise self._refusal(_("It is made from your name, your e-mail address or the shop's name."), "context")

    def _refuse_old(self, password: str, user: User | None) -> None:
        if user is None or not user.is_staff or user._state.adding:  # noqa: SLF001 - Django's public secret
            return
        from store.staff.old_passwords import is_old  # noqa: PLC0415 - it knows the user, who knows these rules

        if is_old(user, password):
            raise self._refusal("It is one of your last four passwords.", "old")

    def password_changed(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 - Django calls it so
        """Remember what staff had, as Django tells after saving; `store.accounts.passwords` tells by itself."""
        from store.staff.old_passwords import remember_password  # noqa: PLC0415 - as above

        if user is not None and user.is_staff:
            remember_password(user)

    def get_help_text(self) -> str:
        """Return what the form says beforehand."""
        return f"At least {SHORTEST} characters ({SHORTEST_FOR_STAFF} with a letter and a digit for staff). {HINT}"

    @staticmethod
    def _refusal(why: str, code: str) -> ValidationError:
        return ValidationError(_("This password won't do. {why}").format(why=why) + f" {HINT}", code=f"password_{code}")

    @staticmethod
    def _context(user: User | None) -> list[str]:
        """Return the words a guesser would think of first."""
        texts = [settings.SHOP_NAME]
        if user is not None:
            texts += [user.email, user.name]
        words = [part for text in texts for part in re.split(r"[\W_]+", text) if part]
        return [text for text in (*texts, *words) if text]
