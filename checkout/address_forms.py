"""Forms that ask for addresses, each as its country writes them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from checkout.addressing import address_shape, check_address, country_choices, normalise_region
from checkout.services.orders import Address
from store.card_guard import GuardedForm

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


class AskedField(forms.CharField):
    """Not required by the form itself: whether it is depends on the country, or on the tick above. Not marked optional."""

    is_asked = True


class LongSelect(forms.Select):
    """A select of hundreds of choices in one list. Django includes two templates for each: a fifth of the page's time."""

    template_name = "components/long_select.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the template needs, the options as they stand in the page."""
        options = _options(tuple((str(code), str(label)) for code, label in self.choices))
        if value is not None:
            start = format_html('<option value="{}"', value)
            options = mark_safe(options.replace(f"{start}>", f"{start} selected>", 1))  # noqa: S308 - each part is escaped
        return {**forms.Widget.get_context(self, name, value, attrs), "options": options}


@lru_cache(maxsize=16)
def _options(choices: tuple[tuple[str, str], ...]) -> SafeString:
    """The choices as they stand in a page, none selected: the same for everybody who speaks one language."""
    return format_html_join("", '<option value="{}">{}</option>', choices)


class CountryField(forms.ChoiceField):
    """A country, the shop's own unless chosen."""

    is_asked = True


def text_field(
    label: StrOrPromise, autocomplete: str, *, max_length: int, kind: type[forms.CharField] = forms.CharField
) -> forms.CharField:
    """A line of text that must be there, or, as an AskedField, that some countries ask for."""
    return kind(
        label=label,
        max_length=max_length,
        required=kind is forms.CharField,
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
    )


def optional_field(label: StrOrPromise, autocomplete: str, *, max_length: int) -> forms.CharField:
    """A line of text that may be left out."""
    return forms.CharField(
        label=label, max_length=max_length, required=False, widget=forms.TextInput(attrs={"autocomplete": autocomplete})
    )


def country_field(autocomplete: str) -> forms.ChoiceField:
    """All countries, the shop's own first chosen."""
    return CountryField(
        label=_("Country"),
        choices=country_choices,
        initial=lambda: settings.SHOP_COUNTRY,
        required=False,
        widget=LongSelect(attrs={"autocomplete": autocomplete}),
    )


def as_typed_field() -> forms.BooleanField:
    """What is offered when an address was complained of."""
    return forms.BooleanField(
        label=_("Use this address as I typed it"),
        required=False,
        help_text=_("If you are sure. We may ring you about it before we send anything."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressGroup:
    """The fields of one address, in the order of its country; `as_typed` where the address was complained of."""

    country: forms.BoundField
    wide: list[forms.BoundField]
    rest: list[forms.BoundField]
    as_typed: forms.BoundField | None
    regions: tuple[str, ...]
    regions_id: str


class AddressesForm(GuardedForm):
    """Addresses by `prefixes`: their fields are called "bill_name", "bill_line1" and so on."""

    prefixes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._complained: set[str] = set()
        for prefix in self.prefixes:
            self._shape(prefix)

    def _said_country(self, prefix: str) -> str:
        said = str(self[f"{prefix}_country"].value() or "")
        return said if said in dict(country_choices()) else settings.SHOP_COUNTRY

    def _shape(self, prefix: str) -> None:
        """Call the parts of an address what they are called in its country."""
        shape = address_shape(self._said_country(prefix))
        for part in ("city", "region", "postcode"):
            field = self.fields[f"{prefix}_{part}"]
            field.label = shape.labels[part]
            vars(field)["is_asked"] = part in shape.required
        if shape.regions:
            self.fields[f"{prefix}_region"].widget.attrs["list"] = f"{prefix}-regions"
        if shape.example:
            self.fields[f"{prefix}_postcode"].help_text = _("As in {example}.").format(example=shape.example)

    def _group(self, prefix: str) -> AddressGroup:
        shape = address_shape(self._said_country(prefix))
        is_offered = (bool(self.errors) and prefix in self._complained) or bool(self[f"{prefix}_as_typed"].value())
        return AddressGroup(
            country=self[f"{prefix}_country"],
            wide=[self[f"{prefix}_{part}"] for part in ("name", "line1", "line2")],
            rest=[self[f"{prefix}_{part}"] for part in shape.parts],
            as_typed=self[f"{prefix}_as_typed"] if is_offered else None,
            regions=shape.regions,
            regions_id=f"{prefix}-regions",
        )

    def _clean_address(self, prefix: str, data: dict[str, Any]) -> None:
        country = data.get(f"{prefix}_country") or settings.SHOP_COUNTRY
        data[f"{prefix}_country"] = country
        for part in {"city", "region", "postcode"} - set(address_shape(country).parts):
            data[f"{prefix}_{part}"] = ""  # of the country that was chosen before
        region = data[f"{prefix}_region"] = normalise_region(country=country, region=data.get(f"{prefix}_region", ""))
        parts = {name: data.get(f"{prefix}_{name}", "") for name in ("city", "postcode", "line1")}
        complaints = check_address(country=country, region=region, **parts)
        if complaints.keys() - {"line1"}:
            self._complained.add(prefix)
        for part, complaint in complaints.items():
            # A street must be there; the rest is the shopper's word against Google's.
            is_waived = part != "line1" and data.get(f"{prefix}_as_typed")
            if f"{prefix}_{part}" not in self.errors and not is_waived:
                self.add_error(f"{prefix}_{part}", complaint)

    def _address(self, prefix: str) -> Address:
        data = self.cleaned_data
        return Address(
            name=data[f"{prefix}_name"],
            line1=data[f"{prefix}_line1"],
            line2=data[f"{prefix}_line2"],
            city=data[f"{prefix}_city"],
            region=data[f"{prefix}_region"],
            postcode=data[f"{prefix}_postcode"],
            country=data[f"{prefix}_country"],
            is_as_typed=prefix in self._complained,
        )


class KeptAddressForm(AddressesForm):
    """One address of the account's book."""

    prefixes = ("home",)
    label = forms.CharField(
        label=_("What you call it"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("As in: at home, at work, my parents."),
    )
    home_name = text_field(_("Full name"), "name", max_length=120)
    home_line1 = text_field(_("Street and number"), "street-address", max_length=120)
    home_line2 = optional_field(_("Flat, suite, building"), "address-line2", max_length=120)
    home_city = text_field(_("City"), "address-level2", max_length=80, kind=AskedField)
    home_region = text_field(_("State or region"), "address-level1", max_length=40, kind=AskedField)
    home_postcode = text_field(_("Postcode or ZIP"), "postal-code", max_length=20, kind=AskedField)
    home_country = country_field("country")
    home_as_typed = as_typed_field()
    is_bill_to = forms.BooleanField(label=_("Begin with it as the billing address"), required=False)
    is_ship_to = forms.BooleanField(label=_("Begin with it as the delivery address"), required=False)

    @property
    def home(self) -> AddressGroup:
        """The address."""
        return self._group("home")

    def clean(self) -> dict[str, Any]:
        """Check it by the rules of its country."""
        super().clean()
        self._clean_address("home", self.cleaned_data)
        return self.cleaned_data

    def address(self) -> Address:
        """Once valid."""
        return self._address("home")
