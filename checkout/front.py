"""What the merchant sees first: today's orders, the money, the stock; read once, ready to print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate

from catalog.models import Variant
from catalog.models.variant import SCARCE_UNITS
from checkout.models import Order, Payment
from checkout.states import OrderStatus, PaymentStatus
from store.charts import Chart, Kind, Series
from store.money import Money, decimals, format_money

DAYS: Final = 14
# How many variants the chart of low stock names.
_NAMED: Final = 8


@dataclass(frozen=True, slots=True)
class Tile:
    """One headline figure."""

    label: str
    figure: str
    note: str
    address: str = ""


def today_began(now: datetime) -> datetime:
    """The last midnight of the shop's own day."""
    local = now.astimezone(ZoneInfo(settings.SHOP_TIME_ZONE))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def order_figures(*, now: datetime) -> tuple[list[Tile], list[Chart]]:
    """Today's orders and the last fortnight's, by what became of them; two queries."""
    began = today_began(now)
    since = began - timedelta(days=DAYS - 1)
    rows = (
        _of_the_shop(Order.objects.filter(placed_at__gte=since), "placed_at")
        .values_list("day", "status")
        .annotate(Count("pk"))
    )
    by_day: dict[str, Counter[date]] = {}
    for day, status, count in rows.order_by():
        by_day.setdefault(_FATES[status], Counter())[day] += count
    today = Order.objects.filter(placed_at__gte=began, currency=settings.SHOP_CURRENCY).aggregate(
        count=Count("pk"), total=Sum("total", filter=~Q(status__in=[OrderStatus.CANCELLED, OrderStatus.EXPIRED]))
    )
    held = sum(counts[began.date()] for fate, counts in by_day.items() if fate == "On hold")
    tile = Tile(
        "Orders today",
        str(today["count"]),
        f"{_money(today['total'] or 0)} without what was cancelled; {held} on hold",
        "admin:checkout_order_changelist",
    )
    chart = Chart(
        title="Orders by day",
        about="By the day they were placed, and what has become of them.",
        labels=[_written(day) for day in _days(since)],
        series=[
            Series(fate, [by_day.get(fate, Counter())[day] for day in _days(since)])
            for fate in dict.fromkeys(_FATES.values())
        ],
        kind=Kind.STACKED,
    )
    return [tile], [chart]


_FATES: Final[Mapping[str, str]] = {
    OrderStatus.RELEASED: "Released or shipped",
    OrderStatus.SHIPPED: "Released or shipped",
    OrderStatus.ON_HOLD: "On hold",
    OrderStatus.AWAITING_PAYMENT: "Awaiting payment",
    OrderStatus.CANCELLED: "Cancelled",
    OrderStatus.EXPIRED: "Never paid",
}


def money_figures(*, now: datetime) -> tuple[list[Tile], list[Chart]]:
    """What is authorised, what was captured, and both by the day of the authorisation; three queries."""
    began = today_began(now)
    since = began - timedelta(days=DAYS - 1)
    ours = Payment.objects.filter(currency=settings.SHOP_CURRENCY)
    waiting = ours.filter(status=PaymentStatus.AUTHORIZED).aggregate(count=Count("pk"), sum=Sum("amount"))
    taken = ours.filter(status=PaymentStatus.CAPTURED, status_at__gte=began).aggregate(
        count=Count("pk"), sum=Sum("captured_amount")
    )
    rows = (
        _of_the_shop(ours.filter(authorized_at__gte=since), "authorized_at")
        .values_list("day")
        .annotate(
            kept=Sum(F("captured_amount") - F("refunded_amount"), default=0),
            open=Sum("amount", filter=Q(status=PaymentStatus.AUTHORIZED), default=0),
        )
        .order_by()
    )
    by_day: dict[date, tuple[int, int]] = {day: (kept, open_) for day, kept, open_ in rows}
    days = _days(since)
    tiles = [
        Tile(
            "Authorised, not taken",
            _money(waiting["sum"] or 0),
            f"{waiting['count']} payment{_s(waiting['count'])}: nobody is charged until release",
            "admin:checkout_payment_changelist",
        ),
        Tile("Captured today", _money(taken["sum"] or 0), f"{taken['count']} payment{_s(taken['count'])}"),
    ]
    chart = Chart(
        title="Money by day",
        about="By the day of the authorisation: what the shop keeps of it, and what is still open.",
        labels=[_written(day) for day in days],
        series=[
            Series("Captured and kept", [by_day.get(day, (0, 0))[0] for day in days]),
            Series("Authorised", [by_day.get(day, (0, 0))[1] for day in days]),
        ],
        kind=Kind.STACKED,
        write=_short_money,
    )
    return tiles, [chart]


def stock_figures() -> tuple[list[Tile], list[Chart]]:
    """What runs out: how many variants, and the scarcest by name; two queries."""
    free = F("on_hand") - F("held")
    low = Variant.objects.filter(is_active=True, product__is_active=True).annotate(free=free).filter(free__lte=SCARCE_UNITS)
    found = low.aggregate(count=Count("pk"), out=Count("pk", filter=Q(free__lte=0)))
    scarcest = list(low.filter(free__gt=0).select_related("product").order_by("free", "sku")[:_NAMED])
    tile = Tile(
        "Low stock",
        str(found["count"]),
        f"variant{_s(found['count'])} with {SCARCE_UNITS} or fewer to promise; {found['out']} sold out",
        "admin:catalog_product_changelist",
    )
    chart = Chart(
        title="Scarcest goods",
        about="Units that nobody has been promised yet; what is sold out isn't drawn.",
        labels=[f"{variant.product.name} ({variant.sku})" for variant in scarcest],
        series=[Series("Units left", [variant.available for variant in scarcest])],
        kind=Kind.ROWS,
        of="Variant",
    )
    return [tile], [chart] if scarcest else []


def _of_the_shop(rows: Any, moment: str) -> Any:
    return rows.annotate(day=TruncDate(moment, tzinfo=ZoneInfo(settings.SHOP_TIME_ZONE)))


def _days(since: datetime) -> list[date]:
    return [since.date() + timedelta(days=number) for number in range(DAYS)]


def _written(day: date) -> str:
    return f"{day.day} {day:%b}"


def _money(minor: int) -> str:
    return str(Money(minor, settings.SHOP_CURRENCY))


def _short_money(minor: float) -> str:
    """Whole units: cents would crowd the axis."""
    unit = 10 ** decimals(settings.SHOP_CURRENCY)
    whole = format_money(round(minor / unit) * unit, settings.SHOP_CURRENCY)
    return whole.removesuffix(".00")


def _s(count: int) -> str:
    return "" if count == 1 else "s"
