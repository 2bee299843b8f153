"""The cells of the catalogue's table: what its columns are called, how each is written, and how it is read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError

from catalog.models import Category, Product, ProductText, TaxClass, Variant
from store.money import decimals
from store.money_fields import to_major, to_minor

# What a product says in each of the shop's other languages: "name:de".
TEXTS: Final = tuple(f"{name}:{code}" for code, _ in settings.LANGUAGES[1:] for name in ("name", "tagline", "description"))
OF_PRODUCT: Final = ("name", "category", "brand", "tagline", "description", *TEXTS, "tax_class")
OF_VARIANT: Final = ("label", "options", "price", "weight_g", "position", "active")
# The last two are shown and never brought in.
HEAD: Final = ("sku", "product", *OF_PRODUCT, *OF_VARIANT, "on_hand", "held")


def show_cell(variant: Variant, product: Product, name: str) -> str:
    """Write one cell as the export has it."""
    if name in TEXTS:
        column, _, code = name.partition(":")
        text = next((text for text in product.texts.all() if text.language == code), None)
        return _plain_text(getattr(text, column)) if text else ""
    if name in _WRITERS:
        return _WRITERS[name](variant, product)
    return _plain_text(getattr(product if name in OF_PRODUCT else variant, name))


def _plain_text(value: object) -> str:
    return str(value).replace("\r\n", "\n").strip()


def _usual_price(variant: Variant) -> str:
    usual = variant.price if variant.usual_price is None else variant.usual_price
    return f"{to_major(usual):.{decimals(settings.SHOP_CURRENCY)}f}"


def _write_options(options: Mapping[str, str]) -> str:
    return ", ".join(f"{option}: {value}" for option, value in options.items())


_WRITERS: Final[dict[str, Callable[[Variant, Product], str]]] = {
    "product": lambda _, product: product.slug,
    "category": lambda _, product: product.category.path,
    "tax_class": lambda _, product: product.tax_class or TaxClass.STANDARD.value,
    "options": lambda variant, _: _write_options(variant.options),
    "price": lambda variant, _: _usual_price(variant),
    "active": lambda variant, _: "yes" if variant.is_active else "no",
}


def read_product_value(name: str, text: str, categories: dict[str, Category]) -> Any:
    """Give what a cell says of the product. Raise ValidationError."""
    if name == "tax_class":
        if text not in TaxClass.values:
            raise ValidationError(f"“{text}” is no tax class. There are {', '.join(TaxClass.values)}.")
        return text
    if name != "category":
        return text
    if text not in categories:
        raise ValidationError(f"There is no category at “{text}”.")
    return categories[text]


def read_variant_value(name: str, text: str) -> tuple[Any, str]:
    """Give the value, and how the export would write it. Raise ValidationError."""
    if name == "price":
        places = decimals(settings.SHOP_CURRENCY)
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise ValidationError(f"“{text}” is no price. Write it like 12.50, with a full stop.") from None
        if not amount.is_finite() or not 0 < amount < Decimal(10) ** 12 or amount != round(amount, places):
            raise ValidationError(f"“{text}” is no price in {settings.SHOP_CURRENCY}.")
        return to_minor(amount), f"{amount:.{places}f}"
    if name in {"weight_g", "position"}:
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise ValidationError(f"“{text}” in “{name}” is no whole number.")
        return int(text), str(int(text))
    if name == "active":
        if text.lower() not in {"yes", "no"}:
            raise ValidationError(f"“active” is yes or no, not “{text}”.")
        return text.lower() == "yes", text.lower()
    if name == "options":
        pairs = [[part.strip() for part in item.partition(":")[::2]] for item in text.split(",") if item.strip()]
        if not all(option and value for option, value in pairs):
            raise ValidationError(f"“{text}” should be like “Size: Large, Colour: Navy”.")
        options = dict(pairs)
        return options, _write_options(options)
    return text, text


def check_cells(row: Product | Variant, values: Mapping[str, Any]) -> None:
    """Check lengths and the like as a form would; of translations, that each has a name. Raise ValidationError."""
    for name, value in values.items():
        if name not in TEXTS:
            row._meta.get_field(name).clean(getattr(value, "pk", value), row)  # type: ignore[union-attr]  # noqa: SLF001 - columns
    if not isinstance(row, Product):
        return
    for code, changed in _by_language(values).items():
        there = next((text for text in row.texts.all() if text.language == code), None) if row.pk else None
        text = there or ProductText(language=code)
        would_be = {name: changed.get(name, getattr(text, name)) for name in ("name", "tagline", "description")}
        if any(would_be.values()):
            if not would_be["name"]:
                raise ValidationError(f"A translation needs “name:{code}”. To take it away, leave all its cells empty.")
            for name, value in changed.items():
                ProductText._meta.get_field(name).clean(value, text)  # type: ignore[union-attr]  # noqa: SLF001 - columns


def write_texts(product: Product, values: Mapping[str, Any]) -> None:
    """Write what checked cells say in other languages; a translation with nothing left in it goes."""
    for code, changed in _by_language(values).items():
        ProductText.objects.update_or_create(product=product, language=code, defaults=changed)
        ProductText.objects.filter(product=product, language=code, name="").delete()


def _by_language(values: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Language -> column -> text, of the cells that are translations."""
    found: dict[str, dict[str, str]] = {}
    for name in values.keys() & set(TEXTS):
        column, _, code = name.partition(":")
        found.setdefault(code, {})[column] = values[name]
    return found
