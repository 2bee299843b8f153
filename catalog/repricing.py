"""Many prices at once: worked out, looked at, then set or planned."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import transaction

from catalog.models import Variant
from catalog.prices import plan_price, set_price
from store.money import format_money, round_share

MAX_VARIANTS: Final = 2_000


class PricesChanged(Exception):
    """Prices are not those that were looked at. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class NewPrice:
    """One variant's price, now and then, in minor units."""

    variant: Variant = field(repr=False)
    before: int
    after: int

    @property
    def shown(self) -> tuple[str, str]:
        """Both, as a shopper reads them."""
        return format_money(self.before, settings.SHOP_CURRENCY), format_money(self.after, settings.SHOP_CURRENCY)


@dataclass(frozen=True)
class Repricing:
    """What many prices would be."""

    rows: list[NewPrice]

    @property
    def digest(self) -> str:
        """Says whether two are the same."""
        told = repr([(row.variant.pk, row.before, row.after) for row in self.rows])
        return hashlib.sha256(told.encode()).hexdigest()


def work_out_prices(*, product_ids: Iterable[int], percent: Decimal) -> Repricing:
    """Work out the usual prices of all variants of these products, changed by so many per cent and rounded half up.

    No price falls below one minor unit. Variants whose price stays are left out.
    """
    rows = []
    wanted = Variant.objects.filter(product_id__in=list(product_ids)).select_related("product")
    for variant in wanted.order_by("product__name", "position", "pk")[:MAX_VARIANTS]:
        before = variant.price if variant.usual_price is None else variant.usual_price
        after = max(1, before + round_share(before, percent / 100))
        if after != before:
            rows.append(NewPrice(variant, before, after))
    return Repricing(rows)


def change_prices(
    *,
    product_ids: Iterable[int],
    percent: Decimal,
    starts_at: datetime | None,
    ends_at: datetime | None,
    digest: str,
    now: datetime,
) -> int:
    """Set the prices now, or plan them if there is a start or an end; say how many. All of it or nothing.

    Raise PricesChanged where they are not those that were looked at, or `catalog.prices.UnableToPlanPrice`.
    """
    with transaction.atomic():
        found = work_out_prices(product_ids=product_ids, percent=percent)
        if found.digest != digest:
            raise PricesChanged
        for row in found.rows:
            if starts_at is None and ends_at is None:
                set_price(variant_id=row.variant.pk, price=row.after)
            else:
                plan_price(variant_id=row.variant.pk, price=row.after, starts_at=starts_at or now, ends_at=ends_at, now=now)
    return len(found.rows)
