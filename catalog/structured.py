"""What machines read of a page: schema.org as JSON-LD. Prices and stock are those the page shows, from the same rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.reviews import Reviews
from catalog.selectors import Shelf
from store.money import decimals
from store.money_fields import to_major

# What could end the script element, or begin a tag in it.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def as_script(data: Mapping[str, Any] | list[Mapping[str, Any]]) -> SafeString:
    """Write data for a `<script type="application/ld+json">`: browsers don't run it, and no text in it can end it."""
    return mark_safe(json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES))  # noqa: S308 - escaped


def describe_trail(trail: Iterable[Shelf], *, origin: str, name: str, url: str) -> dict[str, Any]:
    """The shelves above a page, and the page itself (schema.org BreadcrumbList)."""
    steps = [(_("Everything"), reverse("catalog:catalog")), *((shelf.name, shelf.url) for shelf in trail), (name, url)]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": step, "item": origin + path}
            for place, (step, path) in enumerate(steps, start=1)
        ],
    }


def describe_product(product: Product, *, origin: str, reviews: Reviews | None) -> dict[str, Any]:
    """A product with one offer for each variant on sale (schema.org Product); needs `selectors.product_page`."""
    url = origin + product.get_absolute_url()
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.shown_name,
        "description": product.shown_tagline or product.shown_description[:300],
        "url": url,
        "image": [_absolute(picture.largest, origin) for picture in product.page_pictures],
        "offers": [
            {
                "@type": "Offer",
                "sku": variant.sku,
                "name": variant.shown_label or product.shown_name,
                "url": f"{url}?sku={variant.sku}" if len(product.page_variants) > 1 else url,
                "price": f"{to_major(variant.price):.{decimals(settings.SHOP_CURRENCY)}f}",
                "priceCurrency": settings.SHOP_CURRENCY,
                "availability": f"https://schema.org/{'OutOfStock' if variant.is_sold_out else 'InStock'}",
                **({"priceValidUntil": f"{variant.sale.ends_at:%Y-%m-%d}"} if variant.sale else {}),
            }
            for variant in product.page_variants
        ],
    }
    if product.brand:
        found["brand"] = {"@type": "Brand", "name": product.brand}
    if reviews:
        found["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": reviews.shown_average,
            "reviewCount": reviews.count,
        }
    return found


def _absolute(address: str, origin: str) -> str:
    return address if "://" in address else origin + address
