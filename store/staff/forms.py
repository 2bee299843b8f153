"""The forms of the second factor."""

from __future__ import annotations

from django import forms

from store.card_guard import GuardedForm


def _code(label: str, help_text: str, *, is_number: bool) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
    if is_number:
        attrs["inputmode"] = "numeric"
    return forms.CharField(label=label, max_length=40, help_text=help_text, widget=forms.TextInput(attrs=attrs))


class FactorForm(GuardedForm):
    """A code of the app, or one of the recovery list."""

    code = _code("Code", "The six digits your authenticator app shows, or one of your recovery codes.", is_number=False)


class SetUpForm(GuardedForm):
    """The first code of a new app."""

    code = _code("Code", "The six digits that the app shows now.", is_number=True)
