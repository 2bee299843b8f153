"""Writing an order that the backup doesn't have: as the database of before has it, or from what the gateway knows.

It is written unpaid, with its payment behind it, and `settle` does the rest as for any other: it asks the gateway, compares,
and puts it on hold. It comes back stopped: nothing of it is captured, released or shipped before a person has looked.
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Model, Q

from catalog.models import Phrase, TaxClass, Variant
from catalog.stock import StockAlreadyMoved, count_stock, hold_stock
from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayState, LineToPay, PostalAddress, RecalledOrder
from checkout.limits import HOLD
from checkout.models import (
    DeliveryMethod,
    Mail,
    Order,
    OrderAddress,
    OrderEvent,
    OrderLine,
    Payment,
    PaymentEvent,
    ShopTerms,
)
from checkout.pricing import Taxed
from checkout.recovery.bought import Bought, Doubts, make_unknown, tax_anew
from checkout.recovery.lost import LostOrder
from checkout.recovery.unknown import unknown_goods
from checkout.services.orders import hash_token, hold_cause, new_number
from checkout.states import OrderStatus, PaymentStatus
from checkout.taxes import find_tax
from store.blind_index import BlindIndexField
from store.models import User

# Nobody has paid yet, and somebody still may.
OPEN: Final = (GatewayState.OPEN, GatewayState.APPROVED)
_NUMBER: Final = re.compile(r"R-\d{4}-?\d{4}")
_TAX: Final = "Tax"  # as `lines_to_pay` calls that line where the rate has no name
_WHOLE: Final = re.compile(r"(\d{1,4}) x (.+)", re.DOTALL)
# Why a payment is there, as its first event says: by it those are known that a killed run left half done.
REBUILT_PAYMENT: Final = "Rebuilt after a break-in."
_NAME_AT_GATEWAY: Final = 127  # PayPal cuts names there


class DoesNotFit(Exception):
    """What the database of before holds is not what the gateway was told. Says in what."""


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
    tax = find_tax(country=ship_to.country, region=ship_to.region, postcode=ship_to.postcode)
    with transaction.atomic():
        bought, delivery, delivery_total, tax_total = _read_lines(recalled, tax_name=tax.name, doubts=doubts, now=now)
        token = secrets.token_urlsafe(24)
        items = sum(line.total for line in bought)
        discount = sum(line.discount for line in bought)
        # A tax that the gateway's page listed was added; where it listed none, the prices hold it.
        listed = None if tax.is_included else tax_total
        bought, rate, tax_total = tax_anew(bought, tax, delivery=delivery_total, listed=listed)
        total = items - discount + delivery_total + (0 if tax.is_included else tax_total)
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
            discount_total=discount,
            tax_total=tax_total,
            total=total,
            tax_rate=rate,
            tax_name=tax.name,
            prices_include_tax=tax.is_included,
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
    sums = sum(line.unit_price * line.quantity for line in lost.lines), sum(line.discount for line in lost.lines)
    if sums != (order.items_total, order.discount_total) or not lost.lines:
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


def _values_of(row: Model) -> dict[str, Any]:
    """All columns of a row of the former database; blind indexes are made anew."""
    columns = row._meta.concrete_fields  # noqa: SLF001 - Django's public secret
    return {column.attname: getattr(row, column.attname) for column in columns if not isinstance(column, BlindIndexField)}


def _copy(lost: LostOrder, *, is_open: bool, doubts: Doubts, now: datetime) -> Order:
    there = lost.order
    token = there.token or secrets.token_urlsafe(24)
    terms = ShopTerms.objects.filter(pk=there.terms_id).first() if there.terms_id else None
    values = _values_of(there)
    del values["customer_id"]
    values |= {
        "token": token,
        "token_hash": hash_token(token),
        "cart_id": None,
        "customer": User.objects.filter(pk=there.customer_id).first() if there.customer_id else None,
        "terms_id": terms.pk if terms else None,
        "terms_accepted_at": there.terms_accepted_at if terms else None,
        "status": OrderStatus.AWAITING_PAYMENT if is_open else OrderStatus.EXPIRED,
        "status_at": now,
        "expires_at": now + HOLD if is_open else now,
        "frozen_at": now,
        # What was decided and done is not believed: a person decides anew.
        **dict.fromkeys(("decided_by_id", "decision", "cancel_asked_at")),
        **dict.fromkeys(("cancel_reason", "carrier", "tracking_number"), ""),
    }
    order = Order(**values)
    order.save(force_insert=True)
    _write_lines(order, _same_lines(lost, doubts=doubts, now=now), is_open=is_open, doubts=doubts, now=now)
    for address in lost.addresses:
        OrderAddress.objects.create(**_values_of(address) | {"order_id": order.pk, "placed_at": order.placed_at})
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
    variants = Variant.objects.select_related("product").filter(sku__in=[line.sku for line in lost.lines])
    sold = {variant.sku: variant for variant in variants}
    bought: list[Bought] = []
    strange: list[Bought] = []
    for line in lost.lines:
        variant = sold.get(line.sku)
        taxed = None
        if line.tax_rate is not None:
            taxed = Taxed(rate=line.tax_rate, delivery=line.delivery_share, tax=line.tax)
        if variant is None or not variant.is_active:
            name = f"{line.sku} {line.name}"
            strange.append(Bought(line.variant, name, "", line.quantity, line.unit_price, line.discount, taxed))
            continue
        if variant.price != line.unit_price:
            doubts.add(f"{line.sku} cost another price in the backup.")
        bought.append(Bought(variant, line.name, line.options, line.quantity, line.unit_price, line.discount, taxed))
    return bought + make_unknown(strange, doubts=doubts, now=now)


def _read_lines(
    recalled: RecalledOrder, *, tax_name: str, doubts: Doubts, now: datetime
) -> tuple[list[Bought], DeliveryMethod | None, int, int]:
    """The goods, the way of delivery, its price and the tax, from the lines as the gateway's page showed them."""
    lines = list(recalled.lines)
    total = recalled.payment.amount.minor
    if sum(line.unit_amount * line.quantity for line in lines) != total:
        doubts.add("Its lines don't add up to what was paid.")
        lines = [LineToPay(name=f"Order {recalled.number}", unit_amount=total, quantity=1)]
    tax_total = lines.pop().unit_amount if len(lines) > 1 and lines[-1].name in {_TAX, tax_name} else 0
    # The page may have shown it in another language than the first.
    called = Q(name=lines[-1].name) | Q(name__in=Phrase.objects.filter(said=lines[-1].name).values("phrase"))
    delivery = DeliveryMethod.objects.filter(called).first() if len(lines) > 1 else None
    delivery_total = lines.pop().unit_amount if delivery else 0
    delivery = delivery or DeliveryMethod.objects.filter(price=0).order_by("pk").first()
    bought: dict[int, Bought] = {}
    strange: list[Bought] = []
    for line in lines:
        one = _find(line)
        if one is None or one.variant.pk in bought:
            strange.append(Bought(unknown_goods(now=now), line.name, "", line.quantity, line.unit_amount))
            continue
        if one.variant.price != one.unit_price:
            doubts.add(f"{one.variant.sku} costs another price in the backup.")
        bought[one.variant.pk] = one
    return [*bought.values(), *make_unknown(strange, doubts=doubts, now=now)], delivery, delivery_total, tax_total


def _find(line: LineToPay) -> Bought | None:
    """What the page would call so. Names are "Product (label)", cut where the gateway cuts them; those with a discount are
    listed as a whole, "3 x Product (label)".
    """  # noqa: D205 - one sentence
    if variant := _called(line.name, line.unit_amount):
        return Bought(variant, variant.product.name, variant.label, line.quantity, line.unit_amount)
    if line.quantity == 1 and (whole := _WHOLE.fullmatch(line.name)) and (variant := _called(whole[2])):
        quantity = int(whole[1])
        if (discount := variant.price * quantity - line.unit_amount) >= 0:
            return Bought(variant, variant.product.name, variant.label, quantity, variant.price, discount)
    return None


def _called(name: str, price: int | None = None) -> Variant | None:
    """The one variant of this name, and, should there be several, of this price."""
    begins = name.partition(" (")[0]
    likely = Variant.objects.active().filter(product__name__startswith=begins).select_related("product")[:200]
    same = [variant for variant in likely if name in {full := _name_of(variant), full[:_NAME_AT_GATEWAY]}]
    if len(same) > 1:
        same = [variant for variant in same if variant.price == price]
    return same[0] if len(same) == 1 else None


def _name_of(variant: Variant) -> str:
    return f"{variant.product.name} ({variant.label})" if variant.label else variant.product.name


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
            total=line.total,
            discount=line.discount,
            tax_class=line.variant.product.tax_class or TaxClass.STANDARD,
            tax_rate=line.taxed.rate if line.taxed else None,
            delivery_share=line.taxed.delivery if line.taxed else 0,
            tax=line.taxed.tax if line.taxed else 0,
        )
        for line in bought
    )
    if is_open:
        make_room(order, doubts=doubts, now=now)
        hold_stock(quantities={line.variant.pk: line.quantity for line in bought}, cause=hold_cause(order), now=now)


def make_room(order: Order, *, doubts: Doubts, now: datetime) -> None:
    """See to it that its goods can be held: the books of the backup are older than the shelf.

    Money that was taken is not given back for want of a unit there. To be called right before they are held.
    """
    for line in OrderLine.objects.filter(order=order).select_related("variant"):
        variant = line.variant
        if (short := line.quantity - variant.available) > 0:
            doubts.add(f"The stock of {variant.sku} was raised by {short} to hold it: count it.")
            with suppress(StockAlreadyMoved), transaction.atomic():  # by a run that was killed
                count_stock(variant_id=variant.pk, change=short, cause=f"order:{order.pk}:rebuilt", now=now)


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
