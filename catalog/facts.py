"""What the catalogue tells of itself to those who watch (receiver of `store.signals.facts_wanted`)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q, Sum

from catalog.models import Variant
from catalog.models.variant import SCARCE_UNITS
from store.watch.facts import Fact


def tell_of_stock(**_: Any) -> list[Fact]:
    """Tell how much is promised, and whether ever more than there is; one query."""
    found = Variant.objects.aggregate(
        units=Sum("held"),
        oversold=Count("pk", filter=Q(held__gt=F("on_hand")) | Q(on_hand__lt=0) | Q(held__lt=0)),
        low=Count("pk", filter=Q(is_active=True, on_hand__lte=F("held") + SCARCE_UNITS)),
    )
    return [
        Fact(name="held_units", about="Units held for orders", value=found["units"] or 0, group="Stock"),
        Fact(
            name="oversold",
            about="Variants of which more is promised than there is",
            value=found["oversold"],
            group="Stock",
            trouble="A constraint of the database is gone: restore the schema, then count the stock."
            if found["oversold"]
            else "",
        ),
        Fact(
            name="low_stock",
            about=f"Variants on sale with {SCARCE_UNITS} units or fewer to promise",
            value=found["low"],
            group="Stock",
        ),
    ]
