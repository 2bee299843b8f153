"""The form of the approval page: which test buyer pays, and what their account says."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from sandbox.ground.hosted import countries
from sandbox.ground.values import Json
from sandbox.paypal.buyers import BUYERS, Buyer, buyer_called


def _text(token: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": token})


class ApproveForm(forms.Form):
    """The buyer's account; an address is asked for only when the shop wants the one on file."""

    buyer = forms.ChoiceField(
        label="Test buyer",
        choices=[(buyer.key, buyer.says) for buyer in BUYERS.values()],
        widget=forms.RadioSelect,
        initial="good",
    )
    email = forms.EmailField(label="Email", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    given_name = forms.CharField(label="First name", max_length=140, widget=_text("given-name"))
    surname = forms.CharField(label="Last name", max_length=140, widget=_text("family-name"))
    phone = forms.CharField(
        label="Phone number (optional)",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel", "inputmode": "tel"}),
    )
    line1 = forms.CharField(label="Street address", max_length=300, widget=_text("shipping address-line1"))
    postcode = forms.CharField(
        label="Postcode (optional)", max_length=60, required=False, widget=_text("shipping postal-code")
    )
    city = forms.CharField(label="Town or city", max_length=120, widget=_text("shipping address-level2"))
    state = forms.CharField(
        label="State or region (optional)", max_length=300, required=False, widget=_text("shipping address-level1")
    )
    country = forms.ChoiceField(label="Country", choices=countries)

    def __init__(self, data: Mapping[str, Any] | None = None, *, order: Json, source: Json, asks_address: bool) -> None:
        super().__init__(data, label_suffix="")
        self.initial.update(_known(order, source))
        self.fields["country"].widget.attrs["autocomplete"] = "shipping country" if asks_address else "country"
        if not asks_address:
            for name in ("line1", "postcode", "city", "state"):
                del self.fields[name]
        for name, field in self.fields.items():
            field.error_messages["required"] = f"Enter the {_SAID[name]}."

    def clean_phone(self) -> str:
        """Digits alone, as the API shows them."""
        digits = re.sub(r"[^0-9]", "", self.cleaned_data["phone"])
        if len(digits) > 14:
            raise forms.ValidationError("Enter a phone number of at most 14 digits.")
        return digits

    def account(self) -> Buyer:
        """The test buyer with the details that were typed."""
        details = {name: value for name, value in self.cleaned_data.items() if name != "buyer"}
        return buyer_called(self.cleaned_data["buyer"], **details)


def _known(order: Json, source: Json) -> Json:
    """What the shop has told about the buyer, else the first test buyer's details."""
    good = BUYERS["good"]
    details = ("email", "given_name", "surname", "phone", "line1", "postcode", "city", "state", "country")
    known: Json = {name: getattr(good, name) for name in details}
    name, phone = source.get("name") or {}, (source.get("phone") or {}).get("phone_number") or {}
    address = (order["purchase_units"][0].get("shipping") or {}).get("address") or source.get("address") or {}
    told = {
        "email": source.get("email_address"),
        "given_name": name.get("given_name"),
        "surname": name.get("surname"),
        "phone": phone.get("national_number"),
        "country": address.get("country_code"),
    }
    return known | {name: value for name, value in told.items() if value}


_SAID = {
    "buyer": "test buyer", "email": "email address", "given_name": "first name", "surname": "last name",
    "phone": "phone number", "line1": "street address", "postcode": "postcode", "city": "town or city",
    "state": "state or region", "country": "country",
}  # fmt: skip
