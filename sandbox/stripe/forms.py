"""The form of the hosted payment page: checks what the shopper typed, in words for the shopper."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings

from sandbox.ground.hosted import countries
from sandbox.ground.values import Json
from sandbox.stripe.cards import CardFacts, UnknownCardError, recognise

# Countries whose addresses have no postcode.
NO_POSTCODE = {"AE", "AG", "AO", "AW", "BF", "BI", "BJ", "BO", "BS", "BW", "BZ", "CD", "CF", "CG", "CI", "CM", "DJ", "DM",
               "ER", "FJ", "GD", "GH", "GM", "GQ", "GY", "HK", "IE", "JM", "KI", "KM", "KN", "KP", "LC", "ML", "MO", "MR",
               "MW", "NR", "PA", "QA", "RW", "SB", "SC", "SL", "SO", "SR", "ST", "SY", "TD", "TF", "TG", "TL", "TO", "TT",
               "TV", "UG", "VU", "YE", "ZW"}  # fmt: skip


class Unkept(forms.TextInput):
    """An input that is never filled again with what was typed: card number and security code."""

    def get_context(self, name: str, _value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


def _text(token: str, **more: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": token, **more})


def _secret(token: str, **more: Any) -> Unkept:
    return Unkept(attrs={"autocomplete": token, "inputmode": "numeric", "spellcheck": "false", **more})


class PayForm(forms.Form):
    """Card and billing details; `card_facts` after a successful check holds all that is kept of the card."""

    email = forms.EmailField(label="Email", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = forms.CharField(
        label="Phone number",
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel", "inputmode": "tel"}),
    )
    number = forms.CharField(
        label="Card number",
        max_length=40,
        widget=_secret("cc-number", placeholder="1234 1234 1234 1234", list="test-cards"),
    )
    expiry = forms.CharField(
        label="Expiry date",
        max_length=9,
        widget=_text("cc-exp", inputmode="numeric", placeholder="MM / YY"),
    )
    cvc = forms.CharField(label="Security code", max_length=4, widget=_secret("cc-csc", placeholder="CVC"))
    name = forms.CharField(label="Name on card", max_length=100, widget=_text("cc-name"))
    country = forms.ChoiceField(
        label="Country", choices=countries, widget=forms.Select(attrs={"autocomplete": "billing country"})
    )
    street = forms.CharField(
        label="Billing address",
        max_length=400,
        widget=forms.Textarea(attrs={"autocomplete": "billing street-address", "rows": 2}),
    )
    city = forms.CharField(label="Town or city", max_length=100, widget=_text("billing address-level2"))
    state = forms.CharField(
        label="State or region (optional)", max_length=100, required=False, widget=_text("billing address-level1")
    )
    postcode = forms.CharField(label="Postcode", max_length=20, required=False, widget=_text("billing postal-code"))

    card_facts: CardFacts

    def __init__(self, data: Mapping[str, Any] | None = None, *, session: Json, now: int) -> None:
        super().__init__(data, label_suffix="")
        self.now = datetime.fromtimestamp(now, UTC)
        self.fixed_email = session["customer_email"]
        if self.fixed_email:
            self.fields["email"].disabled = True
            self.initial["email"] = self.fixed_email
        if not session["phone_number_collection"]["enabled"]:
            del self.fields["phone"]
        if session["billing_address_collection"] != "required":
            for name in ("street", "city", "state"):
                del self.fields[name]
        for name, field in self.fields.items():
            field.error_messages["required"] = f"Enter the {_SAID[name]}."

    def clean_expiry(self) -> tuple[int, int]:
        """Month and full year, not in the past."""
        match = re.fullmatch(r"(\d{1,2})\s*[/\-. ]?\s*(\d{2}|\d{4})", self.cleaned_data["expiry"].strip())
        if match is None or not 1 <= int(match[1]) <= 12:
            raise forms.ValidationError("Enter the expiry date as month and year, for example 12 / 34.")
        month, year = int(match[1]), int(match[2]) % 100 + 2000
        if (year, month) < (self.now.year, self.now.month):
            raise forms.ValidationError("Your card's expiry date is in the past.")
        return month, year

    def clean_cvc(self) -> bool:
        """Three or four digits; the code itself goes no further than this."""
        code = self.cleaned_data["cvc"].strip()
        if not re.fullmatch(r"[0-9]{3,4}", code):
            raise forms.ValidationError("Your card's security code is incomplete.")
        return True

    def clean(self) -> Json:
        """Look at the number, keep what may be kept, and forget it."""
        cleaned = super().clean() or {}
        number = cleaned.pop("number", "")
        month, year = cleaned.get("expiry") or (12, 2099)
        if number:
            try:
                facts = recognise(number, exp_month=month, exp_year=year, secret=settings.STRIPE_API_KEY)
            except UnknownCardError as problem:
                self.add_error("number", str(problem))
            else:
                self.card_facts = facts
        if "postcode" in self.fields and not cleaned.get("postcode") and cleaned.get("country") not in {None, *NO_POSTCODE}:
            self.add_error("postcode", "Enter the postcode.")
        return cleaned

    def billing(self) -> Json:
        """The billing details as the API shows them."""
        given = self.cleaned_data
        lines = [line.strip() for line in given.get("street", "").splitlines() if line.strip()]
        return billing_details(
            email=given["email"],
            name=given["name"],
            phone=given.get("phone") or None,
            address={
                "city": given.get("city") or None,
                "country": given["country"],
                "line1": lines[0] if lines else None,
                "line2": ", ".join(lines[1:]) or None,
                "postal_code": given.get("postcode") or None,
                "state": given.get("state") or None,
            },
        )


def billing_details(*, email: str, name: str, phone: str | None, address: Json) -> Json:
    """Billing details in the API's shape."""
    return {"address": address, "email": email, "name": name, "phone": phone, "tax_id": None}


_SAID: dict[str, str] = {
    "email": "email address", "phone": "phone number", "number": "card number", "expiry": "expiry date",
    "cvc": "security code", "name": "name on the card", "country": "country", "street": "billing address",
    "city": "town or city", "postcode": "postcode", "state": "state or region",
}  # fmt: skip
