"""What goes on a list, kind by kind. Every text passes the card-number guard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from disposable_email_domains import blocklist
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address

from checkout.models import Order
from fraud.listing import value_of_order
from fraud.models.lists import ListEntry, digest_of
from fraud.rules.email import DISPOSABLE_AS_OF
from store.card_guard import GuardedForm

Kind, Effect = ListEntry.Kind, ListEntry.Effect

_EFFECTS = {
    Effect.ALLOW: "Allow: speaks for the order, as trust points",
    Effect.REVIEW: "Review: worth a call by itself",
    Effect.BLOCK: "Block: always a call, whatever speaks for the order",
}
_DAYS = {"": "Until it is taken off", "30": "30 days", "90": "90 days", "365": "A year"}


class ListEntryForm(GuardedForm):
    """One entry: what follows, because of which order, why, and for how long. Subclasses ask for the value."""

    kind: ListEntry.Kind
    labels: tuple[str, ...] = ()  # the names of the fields that make up the value

    effect = forms.ChoiceField(
        label="What follows",
        choices=list(_EFFECTS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what follows."},
    )
    order_number = forms.CharField(
        label="Because of order",
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Its number, as in R-1234-5678. Leave the fields above empty to take what the order carries.",
    )
    reason = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Shown to whoever rings about an order that this entry meets. Never a card number.",
        error_messages={"required": "Say why: whoever meets this entry in a year must understand it."},
    )
    days = forms.ChoiceField(label="For how long", choices=list(_DAYS.items()), required=False)

    def clean_order_number(self) -> Order | None:
        """The order itself."""
        number = self.cleaned_data["order_number"].strip().upper()
        if not number:
            return None
        order = Order.objects.filter(number=number).first()
        if order is None:
            raise ValidationError("There is no order with this number.", code="unknown")
        return order

    def clean(self) -> dict[str, Any] | None:
        """Put the value together, or take it from the order."""
        cleaned = super().clean()
        typed = [str(self.cleaned_data.get(name) or "").strip() for name in self.labels]
        order = self.cleaned_data.get("order_number")
        value = "\n".join(typed) if any(typed) else ""
        if not value and order is not None:
            value = value_of_order(order, self.kind)
        self.cleaned_data["value"] = value
        if not self.errors and not digest_of(self.kind, value):
            missing = "The order carries none." if order else "Type it, or name the order that carries it."
            self.add_error(self.labels[0], missing)
        return cleaned

    def ends(self, now: datetime) -> datetime | None:
        """When the entry lapses."""
        days = self.cleaned_data.get("days")
        return now + timedelta(days=int(days)) if days else None


def _text(label: str, *, length: int = 200, kind: str = "text", **attrs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": kind, "autocomplete": "off", **attrs})
    return forms.CharField(label=label, max_length=length, required=False, widget=widget)


class EmailEntryForm(ListEntryForm):
    kind, labels = Kind.EMAIL, ("email",)
    email = forms.EmailField(label="E-mail address", required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    field_order = ("email",)


class PhoneEntryForm(ListEntryForm):
    kind, labels = Kind.PHONE, ("phone",)
    phone = _text("Phone number", length=40, kind="tel")
    field_order = ("phone",)


class AddressEntryForm(ListEntryForm):
    kind, labels = Kind.ADDRESS, ("line1", "line2", "city", "postcode", "country")
    line1 = _text("Street and number", length=120)
    line2 = _text("Flat, company", length=120)
    city = _text("City", length=80)
    postcode = _text("Postcode", length=20)
    country = _text("Country, two letters", length=2)
    field_order = ("line1", "line2", "city", "postcode", "country")


class CardEntryForm(ListEntryForm):
    kind, labels = Kind.CARD, ("card_fingerprint",)
    card_fingerprint = _text("The gateway's fingerprint of the card", length=64)
    field_order = ("card_fingerprint",)


class IpEntryForm(ListEntryForm):
    kind, labels = Kind.IP, ("ip",)
    ip = forms.CharField(
        label="IP address",
        max_length=45,
        required=False,
        validators=[validate_ipv46_address],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("ip",)


class _WatchForm(ListEntryForm):
    """A thing that a rule watches for: there is only one thing that can follow."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["effect"]

    def clean(self) -> dict[str, Any] | None:
        """Things are watched."""
        cleaned = super().clean()
        self.cleaned_data["effect"] = Effect.WATCH
        return cleaned


class SkuEntryForm(_WatchForm):
    kind, labels = Kind.SKU, ("sku",)
    sku = _text("SKU", length=40)
    field_order = ("sku",)


class DomainEntryForm(_WatchForm):
    kind, labels = Kind.DOMAIN, ("domain",)
    domain = _text("Domain, as in mailbox.example", length=253)
    domain.help_text = f"{len(blocklist):,} throw-away domains are known without you, as of {DISPOSABLE_AS_OF:%-d %B %Y}."
    field_order = ("domain",)


class ForwarderEntryForm(_WatchForm):
    kind, labels = Kind.FORWARDER, AddressEntryForm.labels
    line1 = _text("Street and number, without the suite", length=120)
    line2 = _text("Company", length=120)
    city = _text("City", length=80)
    postcode = _text("Postcode", length=20)
    country = _text("Country, two letters", length=2)
    field_order = AddressEntryForm.labels


class CountryEntryForm(_WatchForm):
    kind, labels = Kind.COUNTRY, ("country",)
    country = _text("Country, two letters", length=2)
    field_order = ("country",)


class PostcodeEntryForm(_WatchForm):
    kind, labels = Kind.POSTCODE, ("postcode", "country")
    postcode = _text("Postcode, or how it begins, as in 331*", length=20)
    country = _text("Country, two letters", length=2)
    field_order = ("postcode", "country")


FORMS: dict[str, type[ListEntryForm]] = {
    form.kind.value: form
    for form in (
        EmailEntryForm,
        PhoneEntryForm,
        AddressEntryForm,
        CardEntryForm,
        IpEntryForm,
        SkuEntryForm,
        DomainEntryForm,
        ForwarderEntryForm,
        CountryEntryForm,
        PostcodeEntryForm,
    )
}
