"""Writing an order that the backup doesn't have: as the database of before has it, or from what the gateway knows.

It is written unpaid, with its payment behind it, and `settle` does the rest as for any other: it asks the gateway, compares,
and puts it on hold. It comes back stopped: nothing of it is captured, released or shipped before a person has looked.
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from catalog.models import Variant
from catalog.stock import count_stock, hold_stock
from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayState, LineToPay, PostalAddress, RecalledOrder
from checkout.limits import HOLD
from checkout.models import DeliveryMethod, Mail, Order, OrderAddress, OrderEvent, OrderLine, Payment, PaymentEvent
from checkout.pricing import find_tax_rate
from checkout.recovery.lost import LostOrder
from checkout.recovery.unknown import unknown_goods
from checkout.services.orders import hash_token, hold_cause, new_number
from checkout.states import OrderStatus, PaymentStatus
from store.models import User

# Nobody has paid yet, and somebody still may.
OPEN: Final = (GatewayState.OPEN, GatewayState.APPROVED)
_NUMBER: Final = re.compile(r"R-\d{4}-?\d{4}")
_TAX: Final = "Tax"  # as `start_payment` calls that line
# Why a payment is there, as its first event says: by it those are known that a killed run left half done.
REBUILT_PAYMENT: Final = "Rebuilt after a break-in."
_NAME_AT_GATEWAY: Final = 127  # PayPal cuts names there


class DoesNotFit(Exception):
    """What the database of before holds is not what the gateway was told. Says in what."""


@dataclass
class Doubts:
    """What a person should look at, in the shop's own words."""

    words: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        """Note it, once."""
        if sentence not in self.words:
            self.words.append(sentence)


@dataclass(frozen=True)
class Bought:
    """One line: so many of a variant at a price."""

    variant: Variant
    name: str
    options: str
    quantity: int
    unit_price: int  # minor units


def put_back(lost: LostOrder, payment: Payment, recalled: RecalledOrder, *, doubts: Doubts, now: datetime) -> Order:
    """Write the order as the database of before has it, if that is what the gateway was told. Raises `DoesNotFit`."""
    _compare(lost, payment, recalled)
    if recalled.email and lost.order.email and recalled.email.casefold() != lost.order.email.casefold():
        doubts.add("The gateway has another e-mail address.")
    if recalled.ship_to is None and not lost.was_erased:
        doubts.add("Only the database that was broken into knows the delivery address.")
    try:
        with transaction.atomic():
            order = Order.objects.filter(pk=lost.order.pk).first()
            if order is None:
                order = _copy(lost, is_open=recalled.payment.state in OPEN, doubts=doubts, now=now)
            if not Payment.objects.filter(pk=payment.pk).exists():
                _write_payment(order, payment.pk, payment.gateway, recalled, now=now)
    except IntegrityError:
        raise DoesNotFit("its number, token or attempt belongs to another order") from None
    return order


def build_anew(payment_id: uuid.UUID, gateway: str, recalled: RecalledOrder, *, doubts: Doubts, now: datetime) -> Order:
    """Write an order from what the gateway knows: amounts, lines by name, the payer, and where it was to go."""
    if (half_done := Payment.objects.select_related("order").filter(pk=payment_id).first()) is not None:
        return half_done.order
    doubts.add("Its lines were found by their names, and it knows no network address.")
    bill_to = recalled.bill_to or _nowhere(recalled)
    if recalled.ship_to is None:
        doubts.add("The gateway doesn't know the delivery address: it is the card's. Ask the customer.")
    ship_to = recalled.ship_to or bill_to
    with transaction.atomic():
        bought, delivery, delivery_total, tax_total = _read_lines(recalled, doubts=doubts, now=now)
        token = secrets.token_urlsafe(24)
        items = sum(line.unit_price * line.quantity for line in bought)
        is_free = bool(_NUMBER.fullmatch(recalled.number)) and not Order.objects.filter(number=recalled.number).exists()
        order = Order(
            number=recalled.number if is_free else new_number(),
            token=token,
            token_hash=hash_token(token),
            attempt=uuid.uuid4(),
            status=OrderStatus.EXPIRED,
            status_at=now,
            placed_at=recalled.began_at,
            expires_at=now,
            frozen_at=now,
            email=recalled.email,
            phone=recalled.payment.payer.phone or "",
            currency=recalled.payment.amount.currency,
            items_total=items,
            delivery_total=delivery_total,
            tax_total=tax_total,
            total=items + delivery_total + tax_total,
            tax_rate=find_tax_rate(country=ship_to.country, region=ship_to.region) if tax_total else 0,
            delivery_code=delivery.code if delivery else "unknown",
            delivery_name=delivery.name if delivery else "Unknown",
        )
        order.save(force_insert=True)
        _write_lines(order, bought, is_open=False, doubts=doubts, now=now)
        for kind, at in ((OrderAddress.Kind.BILL_TO, bill_to), (OrderAddress.Kind.SHIP_TO, ship_to)):
            OrderAddress.objects.create(
                order=order,
                kind=kind,
                placed_at=order.placed_at,
                name=at.name,
                line1=at.line1,
                line2=at.line2,
                city=at.city,
                region=at.region[:40],
                postcode=at.postcode,
                country=at.country,
            )
        _note(order, "Rebuilt after a break-in from what the gateway knows.", now=now)
        _write_payment(order, payment_id, gateway, recalled, now=now)
    return order


def _compare(lost: LostOrder, payment: Payment, recalled: RecalledOrder) -> None:
    """Raise `DoesNotFit` unless the gateway was told the same amount, currency, number and address, and it adds up."""
    order, amount = lost.order, recalled.payment.amount
    if (payment.amount, payment.currency) != (amount.minor, amount.currency):
        raise DoesNotFit("the amounts differ")
    if (order.total, order.currency) != (amount.minor, amount.currency):
        raise DoesNotFit("the order's total is not what was asked for")
    if recalled.number != order.number:
        raise DoesNotFit("the numbers differ")
    if recalled.payment.is_live != get_gateway(payment.gateway).is_live:
        raise DoesNotFit("test and live are mixed up")
    if sum(line.unit_price * line.quantity for line in lost.lines) != order.items_total or not lost.lines:
        raise DoesNotFit("its lines don't add up")
    if len(lost.addresses) != len(OrderAddress.Kind.values):
        raise DoesNotFit("an address is missing")
    if recalled.ship_to and not lost.was_erased:
        there = next(address for address in lost.addresses if address.kind == OrderAddress.Kind.SHIP_TO)
        ours = (there.name, there.line1, there.city, there.postcode, there.country)
        to = recalled.ship_to
        if _plain(ours) != _plain((to.name, to.line1, to.city, to.postcode, to.country)):
            raise DoesNotFit("the delivery addresses differ")


def _plain(parts: Iterable[str]) -> list[str]:
    return [" ".join(part.casefold().split()) for part in parts]


def _copy(lost: LostOrder, *, is_open: bool, doubts: Doubts, now: datetime) -> Order:
    there = lost.order
    token = there.token or secrets.token_urlsafe(24)
    order = Order(
        id=there.pk,
        number=there.number,
        token=token,
        token_hash=hash_token(token),
        attempt=there.attempt,
        customer=User.objects.filter(pk=there.customer_id).first() if there.customer_id else None,
        status=OrderStatus.AWAITING_PAYMENT if is_open else OrderStatus.EXPIRED,
        status_at=now,
        placed_at=there.placed_at,
        expires_at=now + HOLD if is_open else now,
        frozen_at=now,
        email=there.email,
        phone=there.phone,
        ip_address=there.ip_address,
        user_agent=there.user_agent,
        currency=there.currency,
        items_total=there.items_total,
        delivery_total=there.delivery_total,
        tax_total=there.tax_total,
        total=there.total,
        tax_rate=there.tax_rate,
        delivery_code=there.delivery_code,
        delivery_name=there.delivery_name,
        is_gift=there.is_gift,
    )
    order.save(force_insert=True)
    _write_lines(order, _same_lines(lost, doubts=doubts, now=now), is_open=is_open, doubts=doubts, now=now)
    for address in lost.addresses:
        OrderAddress.objects.create(
            id=address.pk,
            order=order,
            kind=address.kind,
            placed_at=order.placed_at,
            name=address.name,
            line1=address.line1,
            line2=address.line2,
            city=address.city,
            region=address.region,
            postcode=address.postcode,
            country=address.country,
        )
    # What was mailed is not mailed again.
    Mail.objects.bulk_create(
        Mail(
            order=order, kind=mail.kind, cause=mail.cause, written_at=mail.written_at, next_try_at=now, sent_at=mail.sent_at
        )
        for mail in lost.mails
    )
    _note(order, "Rebuilt after a break-in, as the database of before has it.", now=now)
    return order


def _same_lines(lost: LostOrder, *, doubts: Doubts, now: datetime) -> list[Bought]:
    """The lines as they were; goods that the catalogue of the backup doesn't sell are told."""
    sold = {variant.sku: variant for variant in Variant.objects.filter(sku__in=[line.sku for line in lost.lines])}
    bought, strange = [], []
    for line in lost.lines:
        variant = sold.get(line.sku)
        if variant is None or not variant.is_active:
            strange.append(LineToPay(name=f"{line.sku} {line.name}", unit_amount=line.unit_price, quantity=line.quantity))
            continue
        if variant.price != line.unit_price:
            doubts.add(f"{line.sku} cost another price in the backup.")
        bought.append(Bought(variant, line.name, line.options, line.quantity, line.unit_price))
    return bought + _unknown(strange, doubts=doubts, now=now)


def _read_lines(
    recalled: RecalledOrder, *, doubts: Doubts, now: datetime
) -> tuple[list[Bought], DeliveryMethod | None, int, int]:
    """The goods, the way of delivery, its price and the tax, from the lines as the gateway's page showed them."""
    lines = list(recalled.lines)
    total = recalled.payment.amount.minor
    if sum(line.unit_amount * line.quantity for line in lines) != total:
        doubts.add("Its lines don't add up to what was paid.")
        lines = [LineToPay(name=f"Order {recalled.number}", unit_amount=total, quantity=1)]
    tax_total = lines.pop().unit_amount if len(lines) > 1 and lines[-1].name == _TAX else 0
    delivery = DeliveryMethod.objects.filter(name=lines[-1].name).first() if len(lines) > 1 else None
    delivery_total = lines.pop().unit_amount if delivery else 0
    delivery = delivery or DeliveryMethod.objects.filter(price=0).order_by("pk").first()
    bought: dict[int, Bought] = {}
    strange = []
    for line in lines:
        variant, options = _find(line)
        if variant is None or variant.pk in bought:
            strange.append(line)
            continue
        if variant.price != line.unit_amount:
            doubts.add(f"{variant.sku} costs another price in the backup.")
        bought[variant.pk] = Bought(variant, variant.product.name, options, line.quantity, line.unit_amount)
    return [*bought.values(), *_unknown(strange, doubts=doubts, now=now)], delivery, delivery_total, tax_total


def _find(line: LineToPay) -> tuple[Variant | None, str]:
    """The one variant that the page would call so. Names are "Product (label)", cut where the gateway cuts them."""
    begins = line.name.partition(" (")[0]
    likely = Variant.objects.active().filter(product__name__startswith=begins).select_related("product")[:200]
    same = [variant for variant in likely if line.name in {name := _name_of(variant), name[:_NAME_AT_GATEWAY]}]
    if len(same) > 1:
        same = [variant for variant in same if variant.price == line.unit_amount]
    return (same[0], same[0].label) if len(same) == 1 else (None, "")


def _name_of(variant: Variant) -> str:
    return f"{variant.product.name} ({variant.label})" if variant.label else variant.product.name


def _unknown(strange: list[LineToPay], *, doubts: Doubts, now: datetime) -> list[Bought]:
    """All that can't be told any more, as one line of the right amount."""
    if not strange:
        return []
    doubts.add("Some of its goods could not be found in the catalogue: see its lines.")
    name = "; ".join(f"{line.quantity} x {line.name}" for line in strange)
    total = sum(line.unit_amount * line.quantity for line in strange)
    return [Bought(unknown_goods(now=now), name[:200], "", 1, total)]


def _write_lines(order: Order, bought: list[Bought], *, is_open: bool, doubts: Doubts, now: datetime) -> None:
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            variant=line.variant,
            sku=line.variant.sku,
            name=line.name,
            options=line.options,
            quantity=line.quantity,
            unit_price=line.unit_price,
            total=line.unit_price * line.quantity,
        )
        for line in bought
    )
    # Money that was taken is not given back for want of a unit in the books of then: they are older than the shelf.
    for line in bought:
        variant = Variant.objects.get(pk=line.variant.pk)
        if (short := line.quantity - variant.available) > 0:
            count_stock(variant_id=variant.pk, change=short, cause=f"order:{order.pk}:rebuilt", now=now)
            doubts.add(f"The stock of {variant.sku} was raised by {short} to hold it: count it.")
    if is_open:
        hold_stock(quantities={line.variant.pk: line.quantity for line in bought}, cause=hold_cause(order), now=now)


def _write_payment(order: Order, payment_id: uuid.UUID, gateway: str, recalled: RecalledOrder, *, now: datetime) -> None:
    """Write the payment as one whose page is open, or was thought to be over: `settle` moves it to where it is."""
    payment = Payment.objects.create(
        id=payment_id,
        order=order,
        gateway=gateway,
        status=PaymentStatus.STARTED if recalled.payment.state in OPEN else PaymentStatus.EXPIRED,
        status_at=now,
        settled_at=now,
        created_at=recalled.began_at,
        amount=recalled.payment.amount.minor,
        currency=recalled.payment.amount.currency,
        start_key=f"start:{payment_id}",
        session_id=recalled.payment.session_id,
    )
    PaymentEvent.objects.create(payment=payment, now=payment.status, why=REBUILT_PAYMENT, at=now)


def _note(order: Order, why: str, *, now: datetime) -> None:
    OrderEvent.objects.create(order=order, now=order.status, why=why, at=now)


def _nowhere(recalled: RecalledOrder) -> PostalAddress:
    payer = recalled.payment.payer
    return PostalAddress(
        name=payer.name or "",
        line1=payer.line1 or "",
        line2="",
        city=payer.city or "",
        region="",
        postcode=payer.postcode or "",
        country=(payer.country or settings.SHOP_COUNTRY)[:2],
    )
