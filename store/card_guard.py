"""The card-number guard: no card number gets in, whatever the field.

Cards are typed on the gateway's page only. People type them elsewhere all the same: into a note, a search box, a name. Every
text that comes in passes `find_card_numbers`: forms refuse it with a kind word, log lines and kept payloads mask it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from store.card_numbers import (
    LONGEST_PHONE,
    MASK,
    find_card_numbers,
    has_card_number,
    is_card_number,
    mask_card_numbers,
    plain_text,
)

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm

__all__ = [
    "MASK",
    "MESSAGE",
    "CardNumberGuard",
    "Guard",
    "GuardedForm",
    "GuardedModelForm",
    "find_card_numbers",
    "has_card_number",
    "is_card_number",
    "mask_card_numbers",
]

MESSAGE: Final = gettext_lazy("That looks like a card number. Please remove it: we never keep card numbers.")


class CardNumberGuard:
    """A validator for text and for the names of uploaded files."""

    code = "card_number"

    def __call__(self, value: Any) -> None:
        """Raise `ValidationError` when the text, or the file's name, holds a card number."""
        text = value if isinstance(value, str) else getattr(value, "name", None)
        if isinstance(text, str) and has_card_number(text):
            raise ValidationError(MESSAGE, code=self.code)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CardNumberGuard)

    def __hash__(self) -> int:
        return hash(CardNumberGuard)


class PhoneGuard(CardNumberGuard):
    """For telephone fields: digits that could be a telephone number are let through; the field's own check follows."""

    def __call__(self, value: Any) -> None:
        """Raise `ValidationError` when the text holds a card number that is too long for a telephone number."""
        spans = find_card_numbers(value) if isinstance(value, str) else []
        if any(_count_digits(value[a:b]) > LONGEST_PHONE for a, b in spans):
            raise ValidationError(MESSAGE, code=self.code)


def _count_digits(text: str) -> int:
    return sum(character.isdigit() for character in plain_text(text))


# Fields whose honest values look like card numbers, by name. They have checks of their own and are shown as what they are.
UNGUARDED: Final = frozenset({"order_number", "tracking_number", "tracking", "sku", "ean", "gtin", "upc", "barcode"})
PHONES: Final = frozenset({"phone", "tel", "telephone", "mobile"})


class Guard(forms.BaseForm):
    """Puts the guard on every text and file input of a form, also on those added after `__init__`."""

    unguarded: ClassVar[frozenset[str]] = UNGUARDED

    def full_clean(self) -> None:
        """Guard, then clean as always."""
        for name, field in self.fields.items():
            if name in self.unguarded or isinstance(field.widget, forms.PasswordInput):
                continue
            if isinstance(field, forms.CharField | forms.FileField | forms.JSONField):
                # The last word of a name counts: "billing-phone", "ship_phone".
                is_phone = re.split(r"[-_]", name)[-1] in PHONES
                guard = PhoneGuard() if is_phone else CardNumberGuard()
                if guard not in field.validators:
                    field.validators.append(guard)
        super().full_clean()


class GuardedForm(Guard, forms.Form):
    """A form that refuses card numbers. Name exceptions in `unguarded`."""


class GuardedModelForm(Guard, _ModelForm):
    """A model form that refuses card numbers. The admin uses it everywhere (`StoreConfig.ready`)."""
