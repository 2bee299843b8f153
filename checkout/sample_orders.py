"""Past orders for the demo and for measurements: believable, written in bulk. They touch neither stock nor gateway."""

from __future__ import annotations

import random
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import batched

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from catalog.models import Variant
from checkout.models import DeliveryMethod, Order, OrderAddress, OrderEvent, OrderLine, Payment
from checkout.pricing import find_tax_rate
from checkout.services.orders import hash_token
from checkout.states import OrderStatus, PaymentStatus
from store.money import round_share

FIRST = (
    "Ada", "Ben", "Cora", "Dev", "Elif", "Finn", "Grace", "Hugo", "Iris", "Jun", "Kofi", "Lena", "Marta", "Nils",
    "Olga", "Pablo", "Quinn", "Rosa", "Sami", "Tess", "Uma", "Vera", "Will", "Yara", "Zoe",
)  # fmt: skip
LAST = (
    "Abbott", "Baptiste", "Chen", "Dahl", "Eriksen", "Farrow", "Gupta", "Hale", "Ivanova", "Jensen", "Klein",
    "Lopez", "Moreau", "Novak", "Okafor", "Petit", "Quist", "Reyes",
)  # fmt: skip
STREETS = (
    "Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Grove", "Hazel", "Ivy", "Juniper", "Laurel", "Maple", "Oak",
    "Pine", "Rowan", "Spruce", "Willow",
)  # fmt: skip
# City, state, postcode, area code.
TOWNS = (
    ("Portland", "OR", "97214", "503"), ("Austin", "TX", "78704", "512"), ("Madison", "WI", "53703", "608"),
    ("Oakland", "CA", "94610", "510"), ("Boston", "MA", "02116", "617"), ("Denver", "CO", "80205", "303"),
    ("Seattle", "WA", "98103", "206"), ("Chicago", "IL", "60614", "312"), ("Raleigh", "NC", "27605", "919"),
)  # fmt: skip
# Rows written at once; keeps memory flat at any number of orders.
BATCH = 500
SPREAD = timedelta(days=120)


def seed_past_orders(*, orders: int, now: datetime, tick: Callable[[int], object] = lambda _: None) -> int:
    """Write `orders` past orders, spread over the last 120 days; give how many were written.

    `tick` is called with the number written at each step.
    """
    variants = list(Variant.objects.for_sale().select_related("product").order_by("pk")[:400])
    methods = list(DeliveryMethod.objects.filter(is_active=True))
    if orders <= 0 or not variants or not methods:
        return 0
    rates = {region: find_tax_rate(country="US", region=region) for _, region, _, _ in TOWNS}
    dice = random.Random(orders)  # noqa: S311  # sample data, the same each time
    for numbers in batched(range(orders), BATCH, strict=False):
        write_past_orders([PastOrder(dice, variants, methods, rates, now - SPREAD * dice.random()) for _ in numbers])
        tick(len(numbers))
    return orders


class PastOrder:
    """One order with everything that belongs to it, not yet written.

    Without a `status` the dice say how it ended; without `chosen` (variant -> units) what was bought.
    """

    def __init__(
        self,
        dice: random.Random,
        variants: list[Variant],
        methods: list[DeliveryMethod],
        rates: dict[str, Decimal],
        placed_at: datetime,
        *,
        status: OrderStatus | None = None,
        chosen: Mapping[Variant, int] | None = None,
    ) -> None:
        city, region, postcode, area = dice.choice(TOWNS)
        name = f"{dice.choice(FIRST)} {dice.choice(LAST)}"
        method = dice.choices(methods, weights=[8, *[1] * (len(methods) - 1)])[0]
        quantities = chosen or _basket(dice, variants)
        items = sum(variant.price * quantity for variant, quantity in quantities.items())
        rate = rates[region]
        tax = round_share(items + method.price, rate)
        ended = dice.choices((OrderStatus.SHIPPED, OrderStatus.CANCELLED, OrderStatus.EXPIRED), weights=(90, 3, 7))[0]
        status = status or ended
        token = secrets.token_urlsafe(24)
        self.order = Order(
            number=f"R-{dice.randrange(10**4):04d}-{dice.randrange(10**4):04d}",
            token=token,
            token_hash=hash_token(token),
            attempt=uuid.uuid4(),
            status=status,
            status_at=min(placed_at + timedelta(hours=dice.randint(1, 30)), timezone.now()),
            placed_at=placed_at,
            expires_at=placed_at + timedelta(minutes=35),
            cancel_reason=Order.CancelReason.DENIED if status == OrderStatus.CANCELLED else "",
            email=f"{name.lower().replace(' ', '.')}{dice.randrange(100)}@example.com",
            phone=f"+1{area}555{dice.randrange(100, 200):04d}",
            ip_address=f"198.51.100.{dice.randrange(256)}",
            user_agent="",
            currency=settings.SHOP_CURRENCY,
            items_total=items,
            delivery_total=method.price,
            tax_total=tax,
            total=items + method.price + tax,
            tax_rate=rate,
            delivery_code=method.code,
            delivery_name=method.name,
            is_gift=dice.random() < 0.08,
        )
        self.lines = [
            OrderLine(
                order=self.order,
                variant=variant,
                sku=variant.sku,
                name=variant.product.name,
                options=variant.label,
                quantity=quantity,
                unit_price=variant.price,
                total=variant.price * quantity,
            )
            for variant, quantity in quantities.items()
        ]
        street = f"{dice.randint(1, 9000)} {dice.choice(STREETS)} Street"
        self.addresses = [
            OrderAddress(
                order=self.order,
                kind=kind,
                placed_at=placed_at,
                name=name,
                line1=street,
                line2="",
                city=city,
                region=region,
                postcode=postcode,
                country="US",
            )
            for kind in OrderAddress.Kind
        ]
        self.events = list(self._events())
        self.payment = None if status == OrderStatus.EXPIRED else self._payment(dice)

    def _events(self) -> Iterator[OrderEvent]:
        order = self.order
        yield OrderEvent(order=order, now=OrderStatus.AWAITING_PAYMENT, why="Placed by the customer.", at=order.placed_at)
        yield OrderEvent(
            order=order,
            was=OrderStatus.AWAITING_PAYMENT,
            now=order.status,
            why="A past order of the demo.",
            at=order.status_at,
        )

    def _payment(self, dice: random.Random) -> Payment:
        order = self.order
        is_captured = order.status in (OrderStatus.SHIPPED, OrderStatus.RELEASED)
        key = uuid.uuid4()
        return Payment(
            id=key,
            order=order,
            gateway="stripe",
            status=PaymentStatus.CAPTURED if is_captured else PaymentStatus.VOIDED,
            status_at=order.status_at,
            settled_at=order.status_at,
            created_at=order.placed_at,
            authorized_at=order.placed_at,
            amount=order.total,
            currency=order.currency,
            captured_amount=order.total if is_captured else 0,
            start_key=f"start:{key}",
            # No ids of the gateway's: it never saw these, and the nightly comparison must not look for them there.
            cvc_check=Payment.Check.PASS,
            postcode_check=Payment.Check.PASS,
            line1_check=Payment.Check.PASS,
            risk_level=Payment.Risk.NORMAL,
            risk_score=dice.randrange(5, 40),
            card_brand=dice.choice(("visa", "mastercard", "amex")),
            card_last4=f"{dice.randrange(10**4):04d}",
            card_country="US",
            card_fingerprint=f"past_{key.hex[:16]}",
        )


def _basket(dice: random.Random, variants: list[Variant]) -> dict[Variant, int]:
    # Cheap things sell more often than dear ones.
    chosen = {dice.choices(variants, weights=[1 / v.price for v in variants])[0] for _ in range(dice.randint(1, 3))}
    return {variant: dice.choice((1, 1, 1, 2, 3)) for variant in chosen}


@transaction.atomic
def write_past_orders(orders: list[PastOrder]) -> None:
    """Write orders with all that belongs to them, each under a number of its own."""
    taken = set(Order.objects.filter(number__in=[past.order.number for past in orders]).values_list("number", flat=True))
    for past in orders:
        while past.order.number in taken:
            past.order.number = f"R-{secrets.randbelow(10**4):04d}-{secrets.randbelow(10**4):04d}"
        taken.add(past.order.number)
    Order.objects.bulk_create(past.order for past in orders)
    OrderLine.objects.bulk_create(line for past in orders for line in past.lines)
    OrderAddress.objects.bulk_create(address for past in orders for address in past.addresses)
    OrderEvent.objects.bulk_create(event for past in orders for event in past.events)
    Payment.objects.bulk_create(past.payment for past in orders if past.payment)
