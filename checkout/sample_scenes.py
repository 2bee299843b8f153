"""What a merchant wants to see on the first evening: coupons, zones, invoices, parcels in parts, a return, reviews.

The demo alone calls this, after `seed_past_orders`. Everything goes through the functions that the shop's own pages call,
but for the rows of three paid orders, which a gateway would have had to write. Running it again adds nothing.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from catalog.missed import note_missed
from catalog.models import MissedSearch, PriceChange, Variant
from catalog.prices import keep_prices_current, plan_price
from catalog.stock import hold_stock
from checkout.models import (
    Coupon,
    DeliveryMethod,
    DeliveryRate,
    DeliveryZone,
    Document,
    Order,
    OrderLine,
    Payment,
    Return,
    ReturnLine,
    Review,
)
from checkout.pricing import find_tax_rate
from checkout.sample_orders import TOWNS, PastOrder, write_past_orders
from checkout.services.deliveries import note_delivery
from checkout.services.documents import issue_documents
from checkout.services.orders import hold_cause
from checkout.services.returns import LineToReturn, answer_return, receive_return, request_return
from checkout.services.reviews import publish_review, reply_to_review, write_review
from checkout.services.shipping import ship_order
from checkout.states import OrderStatus, PaymentStatus
from store.models import User

COUPONS: tuple[dict[str, object], ...] = (
    {"code": "WELCOME10", "kind": Coupon.Kind.PERCENT, "percent": Decimal(10), "note": "For the first order."},
    {"code": "POLISH20", "kind": Coupon.Kind.AMOUNT, "amount": 2000, "minimum": 10_000, "note": "20 off 100 and more."},
    {"code": "POSTFREE", "kind": Coupon.Kind.DELIVERY, "minimum": 3000, "max_uses": 500, "note": "The newsletter's."},
)
EU = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)
# Name, what is in it, whether anything goes there, the rates of standard and express: price, free from, days.
_Rate = tuple[int, int | None, int, int]
ZONES: tuple[tuple[str, dict[str, list[str]], bool, _Rate | None, _Rate | None], ...] = (
    ("United States", {"countries": ["US"]}, True, (595, 15_000, 3, 5), (1495, None, 1, 1)),
    ("Alaska and Hawaii", {"regions": ["US-AK", "US-HI"]}, True, (1295, None, 6, 9), None),
    ("Canada and United Kingdom", {"countries": ["CA", "GB"]}, True, (1895, None, 5, 8), (3900, None, 2, 3)),
    ("European Union", {"countries": list(EU)}, True, (1495, 20_000, 4, 7), (3500, None, 2, 3)),
    ("Islands of no ferry", {"postcodes": ["GB-HS", "GB-ZE"]}, False, None, None),
)
# Slug of the product, stars, title, text, name, the shop's answer.
REVIEWS = (
    (
        "hearthstone-ceramic-bowl",
        5,
        "It stays where it is",
        "No more chasing the bowl across the kitchen, and the glaze is lovelier than in the picture.",
        "Marta in Portland",
        "Thank you, Marta. It was fired twice for that.",
    ),
    (
        "hearthstone-ceramic-bowl",
        4,
        "A little heavy",
        "Good bowl. I would not want to drop it on my foot.",
        "",
        "",
    ),
    (
        "sunday-best-bow-tie",
        5,
        "Stops the traffic",
        "Our postman asked where we got it. The clip holds even at a run.",
        "Ben and Biscuit",
        "",
    ),
    (
        "glenmuddle-tartan-collar",
        4,
        "Runs small",
        "Lovely cloth and a solid buckle. Take the next size up for a labrador.",
        "Cora",
        "That helps, thank you: the size table now says so.",
    ),
    (
        "mortimer-the-mouse",
        5,
        "Has outlived three others",
        "Thrown, drowned and buried, and still squeaking. Our cat carries it to bed.",
        "",
        "",
    ),
    (
        "biscuit-ring-bed",
        5,
        "Finally off the sofa",
        "He turns around twice, sighs and sleeps. The cover washes well.",
        "Nils",
        "",
    ),
)
WAITING = (4, "Good in the garden", "Bought for the cat, used by the dog. Both approve, neither shares.", "Zoe")
# The slug on sale, and the share of its price.
ON_SALE, SALE_SHARE = "drizzle-day-raincoat", Decimal("0.8")
MISSED = (("ferret harness", 4), ("parrot swing", 7), ("goldfish castle", 2))
INVOICES = 24


def seed_scenes(*, owner: User, customer: User, now: datetime) -> None:
    """Write what is not there yet; `customer` gets three orders, `owner` signs what staff would do."""
    _seed_coupons()
    _seed_zones()
    _seed_sale(now=now)
    if not MissedSearch.objects.exists():
        for term, times in MISSED:
            for _ in range(times):
                note_missed(text=term, now=now)
    if not Order.objects.filter(customer=customer).exists():
        with transaction.atomic():
            _seed_orders(owner=owner, customer=customer, now=now)
    if not Document.objects.exists():
        _seed_invoices(now=now)
    if not Review.objects.exists():
        with transaction.atomic():
            _seed_reviews(owner=owner, now=now)


def _seed_coupons() -> None:
    for coupon in COUPONS:
        Coupon.objects.get_or_create(code=coupon["code"], defaults=coupon)


@transaction.atomic
def _seed_zones() -> None:
    if DeliveryZone.objects.exists():
        return
    ways = {way.code: way for way in DeliveryMethod.objects.filter(code__in=("standard", "express"))}
    for name, where, is_served, standard, express in ZONES:
        zone = DeliveryZone.objects.create(name=name, is_served=is_served, **where)
        for code, rate in (("standard", standard), ("express", express)):
            if rate is not None and code in ways:
                price, free_from, least, most = rate
                DeliveryRate.objects.create(
                    method=ways[code], zone=zone, price=price, free_from=free_from, min_days=least, max_days=most
                )
    if "standard" in ways:  # the rest of the world
        DeliveryRate.objects.create(method=ways["standard"], price=2900, min_days=8, max_days=15)


def _seed_sale(*, now: datetime) -> None:
    variants = list(Variant.objects.for_sale().filter(product__slug=ON_SALE).order_by("pk"))
    if not variants or PriceChange.objects.exists():
        return
    for variant in variants:
        price = int(variant.price * SALE_SHARE) // 100 * 100
        plan_price(variant_id=variant.pk, price=price, starts_at=now, ends_at=now + timedelta(days=21), now=now)
    keep_prices_current(now=now)


def _seed_orders(*, owner: User, customer: User, now: datetime) -> None:
    """One order sent in part, one ready to pack, one that came and of which something came back."""
    dice = random.Random(7)  # noqa: S311  # sample data, the same each time
    goods = _variants("glenmuddle-tartan-collar", "hearthstone-ceramic-bowl", "admiral-squeak", "biscuit-ring-bed")
    if len(goods) < 3:
        return
    part, ready, came = (
        _paid_order(dice, chosen, customer=customer, placed_at=now - timedelta(days=days))
        for chosen, days in (
            ({goods[0]: 2, goods[1]: 1, goods[2]: 3}, 2),
            ({goods[-1]: 1, goods[1]: 2}, 1),
            ({goods[0]: 1, goods[2]: 2}, 9),
        )
    )
    first, *_ = OrderLine.objects.filter(order=part).order_by("pk")
    _ship(part, owner, "UPS", "1Z999AA10123456784", at=now - timedelta(days=1), units={first.pk: 1})
    Order.objects.filter(pk=ready.pk).update(is_gift=True)
    _ship(came, owner, "FedEx", "770000000017", at=now - timedelta(days=8))
    note_delivery(
        order_id=came.pk,
        delivered_at=now - timedelta(days=5),
        signed_by=customer.name or "",
        words="Left with a neighbour",
        by=owner,
        now=now,
    )
    back = _ask_back(came, units=1, reason=ReturnLine.Reason.SIZE, now=now - timedelta(days=4))
    answer_return(
        return_id=back.pk,
        is_approved=True,
        answer="12 Mill Lane, Portland, OR 97214. Your number on the parcel, please.",
        by=owner,
        now=now - timedelta(days=3),
    )
    arrived = {row.pk: row.quantity for row in back.lines.all()}
    receive_return(return_id=back.pk, arrived=arrived, condition="As new, with its label.", by=owner, now=now)
    _ask_back(came, units=1, reason=ReturnLine.Reason.UNWANTED, now=now)


def _variants(*slugs: str) -> list[Variant]:
    rows = Variant.objects.for_sale().select_related("product").filter(product__slug__in=slugs, on_hand__gte=12)
    found: dict[str, Variant] = {}
    for variant in rows.order_by("pk"):
        found.setdefault(variant.product.slug, variant)
    return [found[slug] for slug in slugs if slug in found]


def _paid_order(dice: random.Random, chosen: dict[Variant, int], *, customer: User, placed_at: datetime) -> Order:
    methods = list(DeliveryMethod.objects.filter(code="standard"))
    rates = {region: find_tax_rate(country="US", region=region) for _, region, _, _ in TOWNS}
    past = PastOrder(dice, [], methods, rates, placed_at, status=OrderStatus.RELEASED, chosen=chosen)
    past.order.customer, past.order.email = customer, customer.email
    for address in past.addresses:
        address.name = customer.name
    write_past_orders([past])
    quantities = {variant.pk: units for variant, units in chosen.items()}
    hold_stock(quantities=quantities, cause=hold_cause(past.order), now=placed_at)
    return past.order


def _ship(
    order: Order, by: User, carrier: str, tracking_number: str, *, at: datetime, units: dict[int, int] | None = None
) -> None:
    ship_order(order_id=order.pk, by=by, carrier=carrier, tracking_number=tracking_number, now=at, units=units)


def _ask_back(order: Order, *, units: int, reason: ReturnLine.Reason, now: datetime) -> Return:
    line = OrderLine.objects.filter(order=order, quantity__gte=units).order_by("-quantity", "pk")[0]
    wanted = [LineToReturn(line_id=line.pk, quantity=units, reason=reason)]
    return request_return(order_id=order.pk, lines=wanted, note="", attempt=uuid.uuid4(), now=now)


def _seed_invoices(*, now: datetime) -> None:
    """Of the latest orders, in the order in which they were placed: the numbers have no gaps."""
    sold = Payment.objects.filter(status=PaymentStatus.CAPTURED).order_by("-created_at")[:INVOICES]
    for payment in sorted(sold, key=lambda payment: payment.created_at):
        with transaction.atomic():
            issue_documents(payment, now=min(now, payment.created_at + timedelta(hours=2)))


def _seed_reviews(*, owner: User, now: datetime) -> None:
    used: set[uuid.UUID] = set()
    for place, (slug, stars, title, text, name, reply) in enumerate(REVIEWS):
        line = _sold_line(Q(variant__product__slug=slug), without=used)
        if line is None:
            continue
        used.add(line.order_id)
        at = now - timedelta(days=3 * place + 1)
        review = write_review(
            order_id=line.order_id, line_id=line.pk, stars=stars, title=title, text=text, name=name, now=at
        )
        publish_review(review_id=review.pk, by=owner, now=at + timedelta(hours=5))
        if reply:
            reply_to_review(review_id=review.pk, reply=reply, by=owner, now=at + timedelta(hours=6))
    if line := _sold_line(Q(), without=used):
        stars, title, text, name = WAITING
        write_review(order_id=line.order_id, line_id=line.pk, stars=stars, title=title, text=text, name=name, now=now)


def _sold_line(which: Q, *, without: Iterable[uuid.UUID]) -> OrderLine | None:
    rows = OrderLine.objects.filter(which, order__status=OrderStatus.SHIPPED, order__customer=None)
    return rows.exclude(order__in=list(without)).order_by("-order__placed_at", "pk").first()
