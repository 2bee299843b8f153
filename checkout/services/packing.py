"""What the people who pack need: pick list, packing slips, addresses. Of orders that may leave, and no others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from checkout.models import Order, OrderLine
from store.csv_files import Cell

CSV_HEAD = (
    "order", "delivery", "gift", "name", "line1", "line2", "city", "region", "postcode", "country", "phone", "units",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picked:
    """So many units of one thing, for these orders."""

    sku: str
    name: str
    units: int
    orders: tuple[str, ...]


def part_for_packing(chosen: QuerySet[Order]) -> tuple[list[Order], list[str]]:
    """Of the chosen orders, those that may leave now, oldest first, and the numbers of the others."""
    ready = list(
        Order.objects.ready_to_ship().for_order_page().filter(pk__in=chosen.values("pk")).order_by("placed_at", "pk")
    )
    ready = [order for order in ready if any(line.quantity_to_ship for line in order.lines.all())]
    others = chosen.exclude(pk__in=[order.pk for order in ready]).order_by("number").values_list("number", flat=True)
    return ready, list(others)


def pick(orders: Sequence[Order]) -> list[Picked]:
    """What to fetch from the shelves for all of them together, by SKU."""
    found: dict[str, list[tuple[OrderLine, Order]]] = {}
    for order in orders:
        for line in order.lines.all():
            if line.quantity_to_ship:
                found.setdefault(line.sku, []).append((line, order))
    return [
        Picked(
            sku=sku,
            name=name_of(rows[0][0]),
            units=sum(line.quantity_to_ship for line, _ in rows),
            orders=tuple(f"{order.number} ({line.quantity_to_ship})" for line, order in rows),
        )
        for sku, rows in sorted(found.items())
    ]


def label_rows(orders: Sequence[Order]) -> Iterator[Sequence[Cell]]:
    """A row for each order, for a carrier's program; see CSV_HEAD."""
    for order in orders:
        to = order.ship_to
        yield (
            order.number,
            order.delivery_name,
            "yes" if order.is_gift else "no",
            to.name,
            to.line1,
            to.line2,
            to.city,
            to.region,
            to.postcode,
            to.country,
            order.phone,
            sum(line.quantity_to_ship for line in order.lines.all()),
        )


def name_of(line: OrderLine) -> str:
    """What it is, with its options."""
    return f"{line.name}, {line.options}" if line.options else line.name
