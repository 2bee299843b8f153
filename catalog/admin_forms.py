"""The forms behind the catalogue's admin pages."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from catalog.categories import check_place
from catalog.encoding import Encoded, UnreadablePicture
from catalog.models import Category, Picture, Product, Variant
from catalog.pictures import UnableToStorePicture, take_picture
from catalog.prices import set_price
from store.card_guard import GuardedModelForm
from store.money_fields import MoneyField


def _read_pairs(text: str, *, separator: str) -> list[list[str]]:
    """Read "label: value" items. Raise ValidationError for one without a colon."""
    pairs = []
    for item in filter(None, (part.strip() for part in text.split(separator))):
        label, colon, value = (part.strip() for part in item.partition(":"))
        if not (label and colon and value):
            raise ValidationError(f"“{item}” should be a label, a colon and a value.")
        pairs.append([label, value])
    return pairs


# What staff type in; the counts are not among them.
VARIANT_FIELDS = ("sku", "label", "price", "weight_g", "is_active", "position")


class UploadForm(GuardedModelForm):
    """Takes a picture file, and checks and stores it while the form is checked."""

    upload = forms.FileField(
        label="Picture file", required=False, help_text="JPEG, PNG, WebP or AVIF; 1200 pixels wide or more."
    )
    encoded: Encoded | None = None

    def clean_upload(self) -> UploadedFile[bytes] | None:
        """Store the picture, or say what is wrong with the file."""
        upload: UploadedFile[bytes] | None = self.cleaned_data["upload"]
        if upload:
            try:
                self.encoded = take_picture(upload)
            except (UnreadablePicture, UnableToStorePicture) as error:
                raise ValidationError(str(error)) from error
        return upload

    def _post_clean(self) -> None:
        if self.encoded:
            self.instance.stem = self.encoded.stem
            self.instance.widths = list(self.encoded.widths)
            self.instance.width, self.instance.height = self.encoded.width, self.encoded.height
        super()._post_clean()  # type: ignore[misc]  # the stubs leave this hook out


class CategoryForm(UploadForm):
    """A category, with its picture."""

    class Meta:
        model = Category
        fields = ("parent", "name", "slug", "blurb", "position")

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors and {"parent", "slug"} <= set(self.fields):
            try:
                check_place(category=self.instance)
            except ValidationError as error:
                self.add_error(None, error)


class ProductForm(GuardedModelForm):
    """A product; its facts are lines of "label: value"."""

    facts_text = forms.CharField(
        label="Particulars",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One “label: value” to a line.",
    )
    option_types_text = forms.CharField(
        label="Options",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "Size: Small, Medium, Large\nColour: Teal, Coral"}),
        help_text="One “option: value, value” to a line, in the order shoppers see them. The last goes across the table.",
    )

    class Meta:
        model = Product
        fields = (
            "name", "slug", "category", "brand", "tagline", "tax_class", "description", "is_active", "is_featured",
            "related",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["facts_text"].initial = "\n".join(f"{label}: {value}" for label, value in self.instance.facts)
        self.fields["option_types_text"].initial = _write_option_types(self.instance.option_types)

    def clean_option_types_text(self) -> str:
        """Put the lines into the product's option types. Raise ValidationError for one named twice."""
        text: str = self.cleaned_data["option_types_text"]
        pairs = _read_pairs(text, separator="\n")
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValidationError("Each option is named once, with all its values behind the colon.")
        found = [[name, list(dict.fromkeys(filter(None, map(str.strip, values.split(",")))))] for name, values in pairs]
        self.instance.option_types = found or None
        return text

    def clean_facts_text(self) -> str:
        """Put the lines into the product's facts."""
        text: str = self.cleaned_data["facts_text"]
        self.instance.facts = _read_pairs(text, separator="\n")
        return text


def _write_option_types(option_types: list[list[Any]] | None) -> str:
    return "\n".join(f"{name}: {', '.join(values)}" for name, values in option_types or ())


class VariantForm(GuardedModelForm):
    """A variant; `count` is how many units came in or went missing."""

    options_text = forms.CharField(
        label="options",
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "Size: Large, Colour: Navy", "size": 16}),
    )
    count = forms.IntegerField(
        label="count ±",
        required=False,
        widget=forms.NumberInput(attrs={"class": "vIntegerField"}),
        min_value=-1_000_000,
        max_value=1_000_000,
    )
    token = forms.UUIDField(widget=forms.HiddenInput)
    price = MoneyField(widget=forms.NumberInput(attrs={"class": "vIntegerField"}))

    class Meta:
        model = Variant
        fields = VARIANT_FIELDS
        # Narrow enough for the stock columns to fit beside them.
        widgets = {
            "sku": forms.TextInput(attrs={"size": 13}),
            "label": forms.TextInput(attrs={"size": 10}),
            "weight_g": forms.NumberInput(attrs={"class": "vIntegerField"}),
            "position": forms.NumberInput(attrs={"class": "vIntegerField"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].initial = uuid.uuid4
        if self.instance.usual_price is not None:
            self.initial["price"] = self.instance.usual_price
            self.fields["price"].help_text = "A sale is running: this is the price it returns to."
        self.fields["options_text"].initial = ", ".join(f"{name}: {value}" for name, value in self.instance.options.items())

    def clean_options_text(self) -> str:
        """Put the pairs into the variant's options."""
        text: str = self.cleaned_data["options_text"]
        self.instance.options = dict(_read_pairs(text, separator=","))
        return text

    def clean_count(self) -> int | None:
        """Refuse a count that would leave fewer units than are held."""
        change: int | None = self.cleaned_data["count"]
        if change and self.instance.on_hand + change < self.instance.held:
            raise ValidationError(f"{self.instance.held} units are held for orders: at least as many must remain.")
        return change

    def save(self, commit: bool = True) -> Any:
        """Save what the form shows and nothing else: the counts may have moved since it was loaded."""
        if not commit or self.instance.pk is None:
            return super().save(commit)
        self.instance.save(update_fields=[*(name for name in VARIANT_FIELDS if name != "price"), "options"])
        set_price(variant_id=self.instance.pk, price=self.cleaned_data["price"])
        return self.instance

    def has_changed(self) -> bool:
        """A fresh token alone changes nothing."""
        return set(self.changed_data) != {"token"} and super().has_changed()


class PictureForm(UploadForm):
    """A picture of a gallery; `place` says where it hangs, from 1."""

    place = forms.IntegerField(required=False, min_value=1, max_value=99, help_text="1 is the one that cards show.")

    class Meta:
        model = Picture
        fields = ("alt",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].required = self.instance.pk is None
        if self.instance.pk is not None:
            self.fields["place"].initial = self.instance.position + 1

    def save(self, commit: bool = True) -> Any:
        """Hang a new picture last; the admin then puts all in order."""
        if self.instance.pk is None:
            self.instance.position = self.instance.product.pictures.count() + _order_in_form(self.prefix)
        return super().save(commit)


def _order_in_form(prefix: str | None) -> int:
    """Several new pictures in one form need several places: their form's number keeps them apart."""
    number = (prefix or "").rpartition("-")[2]
    return 100 + int(number) if number.isdigit() else 100
