"""The forms behind the tables of rates: amounts as people write them, and lists of places with commas between them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from checkout.models import DeliveryMethod, DeliveryRate, DeliveryZone
from store.card_guard import GuardedModelForm
from store.money_fields import MoneyField


class PlacesField(forms.CharField):
    """A list as people write one: "DE, AT" is ["DE", "AT"]. What the model says of each place is asked of the model."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 2, "cols": 60}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a list with commas; leave what was typed as it is."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Give the list, each place once."""
        text = super().to_python(value) or ""
        return list(dict.fromkeys(filter(None, (part.strip() for part in text.replace("\n", ",").split(",")))))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare places, not spellings."""
        typed: list[str] = self.to_python(data)
        return typed != list(initial or [])


def amount_field(label: str, *, is_needed: bool = False, help_text: str = "") -> MoneyField:
    """An amount of the shop's currency that may be nothing."""
    widget = forms.NumberInput(attrs={"class": "vIntegerField"})
    words = f"{settings.SHOP_CURRENCY}. {help_text}".strip()
    return MoneyField(label=label, required=is_needed, min_value=0, help_text=words, widget=widget)


class MethodForm(GuardedModelForm):
    """A way of delivery."""

    price = amount_field("Price", is_needed=True, help_text="What it costs where no rate says otherwise.")
    countries = PlacesField(help_text="Codes with commas, as in US, CA. Empty means everywhere.")

    class Meta:
        model = DeliveryMethod
        fields = "__all__"  # all of this table is the merchant's


class RateForm(GuardedModelForm):
    """What it costs in one zone."""

    min_total = amount_field("Goods from", help_text="Before any coupon.")
    price = amount_field("Price", is_needed=True)
    free_from = amount_field("Free from", help_text="Goods for so much or more go free, before any coupon.")

    class Meta:
        model = DeliveryRate
        fields = ("zone", "min_weight", "max_weight", "min_total", "price", "free_from", "min_days", "max_days")

    def clean_min_total(self) -> int:
        """Nothing said is nothing."""
        return self.cleaned_data["min_total"] or 0


class ZoneForm(GuardedModelForm):
    """A part of the world."""

    countries = PlacesField(help_text="Codes with commas, as in DE, AT.")
    regions = PlacesField(help_text="As in US-AK, US-HI.")
    postcodes = PlacesField(help_text="How postcodes begin, without spaces: GB-BT, DE-27498.")

    class Meta:
        model = DeliveryZone
        fields = ("name", "is_served", "countries", "regions", "postcodes")
