"""What an order line stands for when nobody can tell any more which goods it was: a product that is never on sale."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from catalog.categories import place_category
from catalog.models import Category, Product, Variant

SKU: Final = "UNKNOWN-GOODS"


def unknown_goods(*, now: datetime) -> Variant:
    """Return the variant, made at the first need. Inside a transaction."""
    if found := Variant.objects.filter(sku=SKU).first():
        return found
    category = Category.objects.order_by("pk").first() or place_category(category=Category(slug="other", name="Other"))
    product = Product.objects.create(
        category=category,
        slug=SKU.lower(),
        name="Unknown goods",
        description="Stands in orders that were rebuilt after a break-in, for what could not be told any more.",
        is_active=False,
        created_at=now,
    )
    return Variant.objects.create(product=product, sku=SKU, price=1, on_hand=0)
