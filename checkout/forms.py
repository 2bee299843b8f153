"""The checkout's forms: every field is named here, none is taken from the request by any other way."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from checkout.address_forms import (
    AddressesForm,
    AddressGroup,
    AskedField,
    as_typed_field,
    country_field,
    optional_field,
    text_field,
)
from checkout.addressing import (
    address_shape,
    country_name,
    normalise_phone,
    normalise_region,
)
from checkout.delivery import Destination, Offer, find_offers
from checkout.limits import MAX_QUANTITY
from checkout.models import CartLine, DeliveryMethod, OrderLine
from checkout.services.orders import Address, Contact
from checkout.taxes import WrongVatNumber, check_vat_number
from checkout.words import WordsForm
from store.card_guard import GuardedForm


class QuantityForm(forms.Form):
    """How many of what. Django's IntegerField takes full-width digits for digits, which is kind and harmless."""

    quantity = forms.IntegerField(
        min_value=1,
        max_value=MAX_QUANTITY,
        error_messages={
            "invalid": _("The quantity must be a whole number. Your cart is unchanged."),
            "required": _("Please say how many. Your cart is unchanged."),
            "min_value": _("The quantity must be 1 or more. Your cart is unchanged."),
            "max_value": _("We sell at most {most} of one item at a time. Your cart is unchanged."),
        },
    )

    @property
    def complaint(self) -> str:
        """The first thing that is wrong, in words."""
        return str(next(iter(self.errors.values()))[0]).format(most=MAX_QUANTITY)


class AddForm(QuantityForm):
    """Put a variant in the cart."""

    variant = forms.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        error_messages=dict.fromkeys(
            ("invalid", "required", "min_value", "max_value"),
            _("Please choose which one you would like. Your cart is unchanged."),
        ),
    )


class CouponForm(GuardedForm):
    """A coupon's code."""

    code = forms.CharField(
        label=_("Coupon"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Please type the coupon's code. Nothing was taken off.")},
    )


def _keep() -> forms.BooleanField:
    return forms.BooleanField(label=_("Keep this address in my account"), required=False)


class CheckoutForm(AddressesForm, WordsForm):
    """Contact, bill-to, ship-to, delivery: all that an order needs besides the cart.

    With `keeps` it asks whether to keep the addresses in the account; never without.
    """

    prefixes = ("bill", "ship")

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("For news of your order."),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        help_text=_("We may ring you to confirm the order."),
    )
    bill_name = text_field(_("Full name"), "billing name", max_length=120)
    bill_line1 = text_field(_("Street and number"), "billing street-address", max_length=120)
    bill_line2 = optional_field(_("Flat, suite, building"), "billing address-line2", max_length=120)
    bill_city = text_field(_("City"), "billing address-level2", max_length=80, kind=AskedField)
    bill_region = text_field(_("State or region"), "billing address-level1", max_length=40, kind=AskedField)
    bill_postcode = text_field(_("Postcode or ZIP"), "billing postal-code", max_length=20, kind=AskedField)
    bill_country = country_field("billing country")
    bill_as_typed = as_typed_field()
    bill_keep = _keep()
    ship_elsewhere = forms.BooleanField(
        label=_("Deliver to a different address"),
        required=False,
        help_text=_("Otherwise the parcel goes to the billing address."),
    )
    ship_name = text_field(_("Full name"), "shipping name", max_length=120, kind=AskedField)
    ship_line1 = text_field(_("Street and number"), "shipping street-address", max_length=120, kind=AskedField)
    ship_line2 = optional_field(_("Flat, suite, building"), "shipping address-line2", max_length=120)
    ship_city = text_field(_("City"), "shipping address-level2", max_length=80, kind=AskedField)
    ship_region = text_field(_("State or region"), "shipping address-level1", max_length=40, kind=AskedField)
    ship_postcode = text_field(_("Postcode or ZIP"), "shipping postal-code", max_length=20, kind=AskedField)
    ship_country = country_field("shipping country")
    ship_as_typed = as_typed_field()
    ship_keep = _keep()
    vat_number = forms.CharField(
        label=_("VAT number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("For businesses in another country of the EU: you then account for the VAT yourselves."),
    )
    is_gift = forms.BooleanField(
        label=_("This is a gift"), required=False, help_text=_("We leave the prices out of the parcel.")
    )
    delivery = forms.ModelChoiceField(
        label=_("Delivery"),
        queryset=DeliveryMethod.objects.none(),
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": _("Please choose one of the ways of delivery."),
            "required": _("Please choose a delivery."),
        },
    )

    def __init__(self, *args: Any, lines: Sequence[CartLine], now: datetime, keeps: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines, self._now = lines, now
        if not keeps:
            del self.fields["bill_keep"], self.fields["ship_keep"]
        if not settings.SHOP_VAT_NUMBER:  # the shop could not sell that way
            del self.fields["vat_number"]
        field = self.fields["delivery"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # tells mypy what the class says above
        field.queryset = DeliveryMethod.objects.filter(is_active=True).order_by("position", "pk")

    @property
    def bill(self) -> AddressGroup:
        """The card's address."""
        return self._group("bill")

    @property
    def ship(self) -> AddressGroup:
        """The parcel's address."""
        return self._group("ship")

    @cached_property
    def destination(self) -> Destination:
        """Where the parcel is to go, as far as it was said."""
        prefix = "ship" if self["ship_elsewhere"].value() else "bill"
        country = self._said_country(prefix)
        parts = address_shape(country).parts
        said = {
            part: str(self[f"{prefix}_{part}"].value() or "").strip() if part in parts else ""
            for part in ("region", "postcode")
        }
        region = normalise_region(country=country, region=said["region"])
        return Destination(country=country, region=region, postcode=said["postcode"])

    @cached_property
    def offers(self) -> list[Offer]:
        """The ways of delivery there."""
        return find_offers(self._lines, to=self.destination, now=self._now)

    @property
    def offer(self) -> Offer:
        """Once valid: the one that was chosen."""
        return next(offer for offer in self.offers if offer.method == self.cleaned_data["delivery"])

    @property
    def offer_choices(self) -> list[tuple[Offer, bool]]:
        """Each of them, and whether it is chosen: the one that was, else the first."""
        codes = [offer.method.code for offer in self.offers]
        said = self["delivery"].value()
        chosen = said if said in codes else next(iter(codes), None)
        return [(offer, offer.method.code == chosen) for offer in self.offers]

    def clean_phone(self) -> str:
        """At least five digits: fewer is a slip of the finger. Whether it can be rung is looked at later."""
        phone: str = self.cleaned_data["phone"]
        if sum(character.isdigit() for character in phone) < 5:
            raise forms.ValidationError(_("Please give a phone number, with its area code."))
        return phone

    def clean(self) -> dict[str, Any]:
        """Check each address by the rules of its country."""
        data = super().clean()
        self._clean_address("bill", data)
        if data.get("ship_elsewhere"):
            for field in ("ship_name", "ship_line1"):
                if not data.get(field) and field not in self.errors:
                    self.add_error(field, _("Please fill this in, or untick the different address."))
            self._clean_address("ship", data)
        self._clean_vat_number(data)
        self._clean_delivery(data)
        return data

    def _clean_delivery(self, data: dict[str, Any]) -> None:
        if not self.offers:
            where = country_name(self.destination.country)
            self.errors.pop("delivery", None)
            self.add_error(
                "delivery",
                _(
                    "Sorry, we do not deliver this to that address in {country}. Nothing was ordered. Please give "
                    "another address for the delivery, or ring us on {phone}: perhaps we find a way."
                ).format(country=where, phone=settings.SHOP_PHONE),
            )
        elif (chosen := data.get("delivery")) and chosen not in [offer.method for offer in self.offers]:
            self.add_error("delivery", _("This one does not reach the address. Please choose another."))

    def _clean_vat_number(self, data: dict[str, Any]) -> None:
        prefix = "ship" if data.get("ship_elsewhere") else "bill"
        country = data.get(f"{prefix}_country")  # none that is no country: its field says so
        if country and (number := data.get("vat_number")):
            try:
                data["vat_number"] = check_vat_number(number, country=country)
            except WrongVatNumber:
                self.add_error(
                    "vat_number",
                    _(
                        "That is no VAT number of the EU: it begins with the country, as in DE136695976. Leave it empty "
                        "and you pay the VAT with your order, as everybody does."
                    ),
                )

    @property
    def business_fields(self) -> list[forms.BoundField]:
        """What only businesses fill in, if the shop asks for it."""
        return [self[name] for name in ("vat_number",) if name in self.fields]

    def business_number(self) -> str:
        """Once valid: the customer's VAT number, or nothing."""
        return str(self.cleaned_data.get("vat_number", ""))

    def contact(self) -> Contact:
        """Once valid: how to reach the customer."""
        data = self.cleaned_data
        return Contact(email=data["email"], phone=normalise_phone(data["phone"], country=data["bill_country"]))

    def bill_to(self) -> Address:
        """Once valid: the card's address."""
        return self._address("bill")

    def ship_to(self) -> Address:
        """Once valid: where the parcel goes."""
        return self._address("ship" if self.cleaned_data.get("ship_elsewhere") else "bill")

    def to_keep(self) -> list[Address]:
        """Once valid: the addresses that the customer ticked."""
        data = self.cleaned_data
        return [
            self._address(prefix)
            for prefix in ("bill", "ship")
            if data.get(f"{prefix}_keep") and (prefix == "bill" or data.get("ship_elsewhere"))
        ]


class PlaceForm(GuardedForm):
    """What the review page adds: what the shopper saw and which page it was."""

    expected_total = forms.IntegerField(min_value=0, max_value=2**53)
    attempt = forms.UUIDField()
    gateway = forms.CharField(max_length=20, required=False)
    goods = forms.CharField(max_length=16, required=False)
    # The version of the shop's terms that the page named. A page from before the first version names none.
    terms = forms.IntegerField(min_value=1, max_value=2**53, required=False)

    @property
    def attempt_id(self) -> uuid.UUID:
        """Once valid."""
        value: uuid.UUID = self.cleaned_data["attempt"]
        return value


class LiftForm(GuardedForm):
    """Why a stopped order may ship all the same."""

    why = forms.CharField(max_length=300)


class ShipForm(GuardedForm):
    """Which carrier has the parcel."""

    carrier = forms.CharField(max_length=60, widget=forms.TextInput(attrs={"list": "carriers"}))
    tracking_number = forms.CharField(max_length=60, required=False)

    def __init__(self, *args: Any, lines: Sequence[OrderLine] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.quantity_to_ship]
        for line in self.lines:
            self.fields[f"units_{line.pk}"] = forms.IntegerField(
                label=f"Units of {line.sku}",
                min_value=0,
                max_value=line.quantity_to_ship,
                initial=line.quantity_to_ship,
                required=False,
                help_text=f"{line.name}; {line.quantity_to_ship} left to send.",
            )

    def units(self) -> dict[int, int] | None:
        """Once valid: what goes into the parcel; None when nothing was said of any line, which means all."""
        given = {line.pk: self.cleaned_data.get(f"units_{line.pk}") for line in self.lines}
        said = {pk: units for pk, units in given.items() if units is not None}
        return said or None


class DeliveryProofForm(GuardedForm):
    """What the carrier says of a delivery."""

    delivered_at = forms.DateTimeField(
        label="Delivered at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "Write the time as 2026-03-03 14:30."},
    )
    signed_by = forms.CharField(
        label="Signed by", max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    words = forms.CharField(
        label="The carrier's words",
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 60}),
        help_text="As on the carrier's page: left at the front door, photo taken.",
    )


class CloseForm(GuardedForm):
    """Why a difference is closed though both sides do not agree."""

    note = forms.CharField(
        label="Note",
        max_length=500,
        help_text="What you found and did. It stays closed unless the figures change.",
        widget=forms.TextInput(attrs={"size": 60}),
    )
