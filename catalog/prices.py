"""Prices that change at a set moment, and what a price was.

A planned change needs no job: whoever reads a price first after the moment carries it out (`keep_prices_current`), and
placing an order always looks itself. So `Variant.price` is the price, everywhere, and lists sort by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Min, Q

from catalog.kept import Kept
from catalog.models import PriceChange, PriceRow, Variant

# What "lowest price of 30 days" looks back on: Directive 98/6/EC, Art. 6a(2).
LOOK_BACK: Final = timedelta(days=30)
_Status = PriceChange.Status


class UnableToPlanPrice(Exception):
    """Nothing was planned. `str(error)` tells the merchant why."""


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale that runs, as its product's page tells of it. Amounts in minor units."""

    price: int
    lowest_before: int
    ends_at: datetime


# -- Planning --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_price(*, variant_id: int, price: int, starts_at: datetime, ends_at: datetime | None, now: datetime) -> PriceChange:
    """Plan a price (minor units) from a moment on, for good or as a sale until another. Raise UnableToPlanPrice."""
    if price <= 0:
        raise UnableToPlanPrice("A price is more than nothing. Nothing was planned.")
    if ends_at is not None and ends_at <= max(starts_at, now):
        raise UnableToPlanPrice("It would be over before it begins. Nothing was planned. Please choose a later end.")
    # One planner at a time for each variant.
    variant = Variant.objects.select_for_update().filter(pk=variant_id).first()
    if variant is None:
        raise UnableToPlanPrice("There is no such variant any more. Nothing was planned.")
    starts_at = max(starts_at, now)
    others = PriceChange.objects.open().filter(variant_id=variant_id)
    if ends_at is None:
        clash = others.filter(ends_at__isnull=True, starts_at=starts_at)
    else:
        clash = others.filter(ends_at__isnull=False, starts_at__lt=ends_at, ends_at__gt=starts_at)
    if found := clash.order_by("starts_at").first():
        raise UnableToPlanPrice(
            f"{variant.sku} has another change at that time, from {found.starts_at:%d %b %Y %H:%M} UTC. Nothing was "
            "planned. Call that one off first, or choose other times."
        )
    change = PriceChange.objects.create(variant=variant, price=price, starts_at=starts_at, ends_at=ends_at)
    transaction.on_commit(_next_due.forget)
    return change


def call_off(*, change_id: int, now: datetime) -> bool:
    """Call a planned price off, or end a sale now; False when there was nothing left to call off."""
    apply_due_prices(now=now)
    with transaction.atomic():
        change = PriceChange.objects.select_for_update().filter(pk=change_id).first()
        if change is None or change.status not in (_Status.WAITING, _Status.RUNNING):
            return False
        if change.status == _Status.RUNNING:
            _end(change, at=now)
        else:
            PriceChange.objects.filter(pk=change.pk).update(status=_Status.CANCELLED)
    _next_due.forget()
    return True


def set_price(*, variant_id: int, price: int) -> None:
    """Set the usual price (minor units): that which a running sale returns to, or else the price itself."""
    on_sale = Variant.objects.filter(pk=variant_id, usual_price__isnull=False)
    if not on_sale.update(usual_price=price):
        Variant.objects.filter(pk=variant_id, usual_price__isnull=True).exclude(price=price).update(price=price)


# -- Carrying out ----------------------------------------------------------------------------------------------------------


def _read_next_due() -> datetime | None:
    """When the next planned change is due; from the primary."""
    found = PriceChange.objects.using(DEFAULT_DB_ALIAS).aggregate(
        start=Min("starts_at", filter=Q(status=_Status.WAITING)), end=Min("ends_at", filter=Q(status=_Status.RUNNING))
    )
    return min(filter(None, found.values()), default=None)


_next_due = Kept("next-price", _read_next_due)


def keep_prices_current(*, now: datetime) -> None:
    """Carry out what is due before a page shows prices; no query while nothing is.

    The next moment is kept for a minute: a change planned less than a minute ahead may show that much later in other
    processes without a shared cache. What is charged never depends on this: placing an order calls `apply_due_prices`.
    """
    due = _next_due.get()
    if due is not None and due <= now:
        apply_due_prices(now=now)


def apply_due_prices(*, now: datetime) -> int:
    """Carry out every change whose moment has come, in the order of the moments; say how many steps. One query if none."""
    due = PriceChange.objects.using(DEFAULT_DB_ALIAS).filter(
        Q(status=_Status.WAITING, starts_at__lte=now) | Q(status=_Status.RUNNING, ends_at__lte=now)
    )
    variant_ids = set(due.values_list("variant_id", flat=True))
    if not variant_ids:
        return 0
    with transaction.atomic():
        # In key order, as stock is moved, and first of all: whoever comes second finds the work done.
        list(Variant.objects.select_for_update().filter(pk__in=variant_ids).order_by("pk").values_list("pk"))
        steps: list[tuple[datetime, int, int, PriceChange]] = []
        for change in due.filter(variant_id__in=variant_ids):
            if change.status == _Status.WAITING:
                steps.append((change.starts_at, 1, change.pk, change))
            if change.ends_at is not None and change.ends_at <= now:
                steps.append((change.ends_at, 0, change.pk, change))
        for at, is_start, _, change in sorted(steps, key=lambda step: step[:3]):
            if is_start:
                _start(change, at=at)
            else:
                _end(change, at=at)
    _next_due.forget()
    return len(steps)


def _start(change: PriceChange, *, at: datetime) -> None:
    variant = Variant.objects.using(DEFAULT_DB_ALIAS).get(pk=change.variant_id)
    if change.ends_at is None:
        PriceChange.objects.filter(pk=change.pk, status=_Status.WAITING).update(status=_Status.OVER)
        if variant.usual_price is None:
            _write_price(variant, price=change.price, usual_price=None, at=at)
        else:
            _write_price(variant, price=variant.price, usual_price=change.price, at=at)
        return
    lowest = lowest_price(variant_id=variant.pk, before=at) or variant.price
    PriceChange.objects.filter(pk=change.pk, status=_Status.WAITING).update(status=_Status.RUNNING, lowest_before=lowest)
    _write_price(variant, price=change.price, usual_price=variant.price, at=at)


def _end(change: PriceChange, *, at: datetime) -> None:
    PriceChange.objects.filter(pk=change.pk).update(status=_Status.OVER)
    variant = Variant.objects.using(DEFAULT_DB_ALIAS).get(pk=change.variant_id)
    if variant.usual_price is not None:
        _write_price(variant, price=variant.usual_price, usual_price=None, at=at)


def _write_price(variant: Variant, *, price: int, usual_price: int | None, at: datetime) -> None:
    Variant.objects.filter(pk=variant.pk).update(price=price, usual_price=usual_price)
    if price != variant.price:
        # The trigger wrote down when it was done; what counts is when it was to be.
        row = (
            PriceRow.objects.using(DEFAULT_DB_ALIAS)
            .filter(variant_id=variant.pk)
            .order_by("-pk")
            .values_list("pk", flat=True)[:1]
        )
        PriceRow.objects.filter(pk=row.get()).update(from_at=at)


# -- What a price was ------------------------------------------------------------------------------------------------------


def lowest_price(*, variant_id: int, before: datetime) -> int | None:
    """The lowest price that a variant had in the thirty days before a moment; None when it had none yet."""
    rows = PriceRow.objects.using(DEFAULT_DB_ALIAS).filter(variant_id=variant_id, from_at__lt=before)
    since = before - LOOK_BACK
    already = rows.filter(from_at__lte=since).order_by("-from_at", "-pk").values_list("price", flat=True).first()
    within = rows.filter(from_at__gt=since).aggregate(lowest=Min("price"))["lowest"]
    return min((price for price in (already, within) if price is not None), default=None)


def running_sales(variants: Iterable[Variant]) -> dict[int, Sale]:
    """The sales to tell of, by variant id; one query if any of these variants is on sale, else none.

    A price that is not lower than the lowest of the thirty days before is no sale, and none is claimed.
    """
    ids = [variant.pk for variant in variants if variant.usual_price is not None]
    if not ids:
        return {}
    return {
        change.variant_id: Sale(change.price, change.lowest_before, change.ends_at)
        for change in PriceChange.objects.filter(variant__in=ids, status=_Status.RUNNING)
        if change.ends_at is not None and change.lowest_before is not None and change.price < change.lowest_before
    }
