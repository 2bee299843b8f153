"""Placing an order: prices frozen, stock held, in one transaction, before anybody is asked for money."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.prices import apply_due_prices
from catalog.selectors import spoken_with_lines
from catalog.stock import SoldOut, hold_stock, release_stock
from checkout.addressing import country_name, write_town
from checkout.delivery import Destination, Offer, find_offer
from checkout.limits import HOLD, MAX_QUANTITY
from checkout.models import Cart, CartLine, Coupon, DeliveryMethod, Order, OrderAddress, OrderEvent, OrderLine, ShopTerms
from checkout.pricing import PricedLine, Quote, mark_of, quote_cart
from checkout.services.coupons import UnableToUseCoupon, redeem_coupon, take_coupon_out, usable_coupon
from checkout.services.moves import move_order
from checkout.states import OrderStatus
from checkout.taxes import Tax, find_tax
from store.card_numbers import mask_card_numbers
from store.language import current_language
from store.models import User
from store.money import format_money


class UnableToPlaceOrder(Exception):
    """Nothing was ordered and nothing is held. `str(error)` tells the shopper why."""


class TotalChanged(UnableToPlaceOrder):
    """The price is not the one the shopper saw."""

    def __init__(self, quote: Quote) -> None:
        super().__init__(
            _("The total has changed since you opened this page. Nothing was ordered. Please look at it again.")
        )
        self.quote = quote


class GoodsChanged(TotalChanged):
    """The total is the one the shopper saw, and the goods are others."""

    def __init__(self, quote: Quote) -> None:
        UnableToPlaceOrder.__init__(
            self, _("Your cart has changed since you opened this page. Nothing was ordered. Please look at it again.")
        )
        self.quote = quote


class TermsChanged(UnableToPlaceOrder):
    """Other terms are in force than those on the shopper's page."""

    def __init__(self) -> None:
        super().__init__(
            _("Our terms have changed since you opened this page. Nothing was ordered. Please read them and order again.")
        )


class CouponRefused(TotalChanged):
    """The coupon can't be had after all. `quote` is the price without it."""

    def __init__(self, why: str, quote: Quote) -> None:
        UnableToPlaceOrder.__init__(self, f"{why} " + _("Nothing was ordered. This is the price without it."))
        self.quote = quote


class CartMoved(UnableToPlaceOrder):
    """Another window changed the cart, or ordered it, at this very moment."""

    def __init__(self) -> None:
        super().__init__(
            _("Your cart was changed or ordered in another window just now. Nothing was ordered here. Please look it over.")
        )


class ItemsSoldOut(UnableToPlaceOrder):
    """Some of it is gone."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            _("Sorry, there is not enough left of: {names}. Nothing was ordered. Please change your cart.").format(
                names=", ".join(names)
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach the customer. The phone number matters: it may be rung."""

    email: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address as the shopper typed it."""

    name: str = field(repr=False)
    line1: str = field(repr=False)
    line2: str = field(repr=False, default="")
    city: str = field(repr=False)
    region: str = ""
    postcode: str = field(repr=False)
    country: str
    is_as_typed: bool = False  # it fails the checks of its country, and the shopper stands by it

    @property
    def lines(self) -> list[str]:
        """As it is written on a parcel, without the name."""
        town = write_town(country=self.country, city=self.city, region=self.region, postcode=self.postcode)
        return [part for part in (self.line1, self.line2, *town, country_name(self.country)) if part]


def hash_token(token: str) -> str:
    """What is stored of an order's token for looking it up."""
    return hashlib.sha256(token.encode()).hexdigest()


def hold_cause(order: Order) -> str:
    """The name under which this order's goods are held in the stock ledger."""
    return f"order:{order.pk}:hold"


def find_placed(*, attempt: uuid.UUID) -> Order | None:
    """The order that this checkout page already placed, if it did."""
    return Order.objects.filter(attempt=attempt).first()


def _lines_of(cart_id: uuid.UUID) -> QuerySet[CartLine]:
    """The cart's lines, with the names of the goods as the shopper reads them: the order keeps those."""
    lines = CartLine.objects.filter(cart_id=cart_id).select_related("variant__product", "cart__coupon")
    return lines.prefetch_related(*spoken_with_lines("variant__product")).order_by("pk")


def place_order(
    *,
    cart_id: uuid.UUID,
    contact: Contact,
    bill_to: Address,
    ship_to: Address,
    delivery: DeliveryMethod,
    is_gift: bool,
    expected_total: int,
    attempt: uuid.UUID,
    customer: User | None,
    ip_address: str,
    user_agent: str,
    now: datetime,
    hold: timedelta = HOLD,
    vat_number: str = "",
    gift_message: str = "",
    order_note: str = "",
    terms_id: int | None = None,
    expected_goods: str = "",
) -> Order:
    """Freeze the cart as an order and hold its goods for `hold`; the same `attempt` twice gives the same order.

    Raises TotalChanged when `expected_total` (minor units, what the shopper saw) is not the price, or CouponRefused, which
    also takes the coupon out of the cart; ItemsSoldOut, TermsChanged, CartMoved or UnableToPlaceOrder; then nothing has
    changed. `expected_goods` is the mark (`mark_of`) of the goods on the shopper's page: with others it raises GoodsChanged.
    `terms_id` is the version of the shop's terms that the shopper's page named; None accepts none.
    """
    if placed := find_placed(attempt=attempt):
        return placed
    apply_due_prices(now=now)
    lines = list(_lines_of(cart_id))
    coupon, _ = usable_coupon(lines, now=now)
    tax = find_tax(
        country=ship_to.country,
        region=ship_to.region,
        postcode=ship_to.postcode,
        vat_number=vat_number,
        day=_day_of(now),
    )
    to = Destination(country=ship_to.country, region=ship_to.region, postcode=ship_to.postcode)
    offer = find_offer(lines, delivery, to=to, now=now)
    quote = quote_offer(lines, offer or delivery, tax=tax, coupon=coupon)
    _check(lines, quote, offer=offer, expected_total=expected_total)
    if expected_goods and expected_goods != mark_of(lines):
        raise GoodsChanged(quote)
    terms = _find_accepted(terms_id, now=now)
    token = secrets.token_urlsafe(24)
    order = Order(
        number=new_number(),
        token=token,
        token_hash=hash_token(token),
        attempt=attempt,
        cart_id=cart_id,
        customer=customer,
        status_at=now,
        placed_at=now,
        expires_at=now + hold,
        email=contact.email,
        phone=contact.phone,
        language=current_language(),
        ip_address=ip_address,
        user_agent=mask_card_numbers(user_agent[:300]),  # no form saw it
        currency=settings.SHOP_CURRENCY,
        items_total=quote.items,
        delivery_total=quote.delivery,
        tax_total=quote.tax,
        discount_total=quote.discount,
        total=quote.total,
        tax_rate=quote.tax_rate,
        rounding=Order.Rounding.HALF_UP_ONCE if quote.tax_rate is not None else Order.Rounding.HALF_UP_PER_RATE,
        coupon_code=quote.coupon_code,
        tax_name=quote.tax_name,
        prices_include_tax=quote.includes_tax,
        is_reverse_charge=quote.is_reverse_charge,
        vat_number=vat_number or None,
        delivery_code=delivery.code,
        delivery_name=delivery.name,
        arrives_from=offer.arrives_from if offer else None,
        arrives_until=offer.arrives_until if offer else None,
        is_gift=is_gift,
        gift_message=gift_message or None,
        order_note=order_note or None,
        terms=terms,
        terms_accepted_at=now if terms else None,
    )
    try:
        with transaction.atomic():
            _write(order, lines=quote.lines, coupon=coupon, bill_to=bill_to, ship_to=ship_to, now=now)
            _check_still_there(cart_id, lines, order=order)
    except UnableToUseCoupon as error:
        take_coupon_out(cart_id=cart_id)
        raise CouponRefused(str(error), quote_offer(lines, offer or delivery, tax=tax, coupon=None)) from error
    except SoldOut as error:
        raise ItemsSoldOut(
            [line.variant.product.shown_name for line in lines if line.variant_id in error.variant_ids]
        ) from error
    except IntegrityError:
        # The same page was sent twice at once, and the other request was quicker.
        if placed := find_placed(attempt=attempt):
            return placed
        raise
    return order


def expire_order(*, order: Order, why: str, now: datetime) -> None:
    """Give up waiting for the payment and free the goods. The hosted page must be closed already."""
    with transaction.atomic():
        move_order(order, to=OrderStatus.EXPIRED, by=None, why=why, now=now)
        release_stock(quantities=quantities_of(order), cause=f"order:{order.pk}:expire", now=now)


def quantities_of(order: Order) -> dict[int, int]:
    """Variant id -> units."""
    return {line.variant_id: line.quantity for line in order.lines.all()}


def quantities_left(order: Order) -> dict[int, int]:
    """Variant id -> units held for an order not yet shipped: neither refunded nor sent before, read anew."""
    lines = OrderLine.objects.filter(order_id=order.pk)
    return {line.variant_id: line.quantity_to_ship for line in lines if line.quantity_to_ship}


def _find_accepted(terms_id: int | None, *, now: datetime) -> ShopTerms | None:
    if terms_id is None:
        return None
    terms = ShopTerms.objects.in_force(now)
    if terms is None or terms.pk != terms_id:
        raise TermsChanged
    return terms


def _day_of(now: datetime) -> date:
    return now.astimezone(ZoneInfo(settings.SHOP_TIME_ZONE)).date()


def quote_offer(lines: Iterable[CartLine], offer: Offer | DeliveryMethod, *, tax: Tax, coupon: Coupon | None) -> Quote:
    """Price a cart sent by an offer, or by a way of delivery at its own price."""
    if isinstance(offer, DeliveryMethod):
        return quote_cart(lines=lines, delivery=offer, tax=tax, coupon=coupon)
    return quote_cart(lines=lines, delivery=offer.method, tax=tax, coupon=coupon, delivery_price=offer.price)


def _check(lines: list[CartLine], quote: Quote, *, offer: Offer | None, expected_total: int) -> None:
    """Raise UnableToPlaceOrder for anything that can't be ordered as it stands."""
    if not lines:
        raise UnableToPlaceOrder(_("Your cart is empty. Nothing was ordered."))
    if gone := [
        line.variant.product.shown_name for line in lines if not (line.variant.is_active and line.variant.product.is_active)
    ]:
        raise ItemsSoldOut(gone)
    if any(not 1 <= line.quantity <= MAX_QUANTITY for line in lines):
        raise UnableToPlaceOrder(
            _("We sell at most {most} of one item at a time. Nothing was ordered.").format(most=MAX_QUANTITY)
        )
    if offer is None:
        raise UnableToPlaceOrder(
            _("That way of delivery does not reach the address. Nothing was ordered. Please choose another.")
        )
    if quote.total != expected_total:
        raise TotalChanged(quote)
    if quote.total > settings.MAX_ORDER_TOTAL:
        most = format_money(settings.MAX_ORDER_TOTAL, settings.SHOP_CURRENCY)
        raise UnableToPlaceOrder(
            _(
                "Online we take orders up to {most}. Nothing was ordered and your cart is kept. Please ring us on"
                " {phone} and we see to it together, or order a part of it now."
            ).format(most=most, phone=settings.SHOP_PHONE)
        )
    if not quote.total:
        raise UnableToPlaceOrder(
            _(
                "With that coupon nothing is left to pay, and we can take orders only that cost something. "
                "Nothing was ordered. Add something to your cart, or take the coupon out and keep it for another "
                "time."
            )
        )


def _write(
    order: Order,
    *,
    lines: Sequence[PricedLine],
    coupon: Coupon | None,
    bill_to: Address,
    ship_to: Address,
    now: datetime,
) -> None:
    order.save(force_insert=True)
    if coupon is not None:
        redeem_coupon(coupon, order=order, email=order.email, now=now)
    hold_stock(
        quantities={priced.line.variant_id: priced.line.quantity for priced in lines}, cause=hold_cause(order), now=now
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            variant=priced.line.variant,
            sku=priced.line.variant.sku,
            name=priced.line.variant.product.shown_name,
            options=priced.line.variant.shown_label,
            quantity=priced.line.quantity,
            unit_price=priced.unit_price,
            total=priced.total,
            discount=priced.discount,
            tax_class=priced.line.tax_class,
            tax_rate=priced.taxed.rate,
            delivery_share=priced.taxed.delivery,
            tax=priced.taxed.tax,
        )
        for priced in lines
    )
    for kind, address in ((OrderAddress.Kind.BILL_TO, bill_to), (OrderAddress.Kind.SHIP_TO, ship_to)):
        OrderAddress.objects.create(
            order=order,
            kind=kind,
            placed_at=order.placed_at,
            name=address.name,
            line1=address.line1,
            line2=address.line2,
            city=address.city,
            region=address.region,
            postcode=address.postcode,
            country=address.country,
            is_as_typed=address.is_as_typed,
        )
    OrderEvent.objects.create(order=order, now=order.status, why="Placed by the customer.", at=now)


def _check_still_there(cart_id: uuid.UUID, lines: Sequence[CartLine], *, order: Order) -> None:
    """Make sure that the cart is as it was priced, and that no other order of it waits for its money: nobody pays twice.

    Two windows that order at once both find no earlier order to close. Under the cart's lock the second one finds the first.
    It is the last lock to be taken, as it is of whoever takes bought things out of the cart. Raises CartMoved.
    """
    Cart.objects.select_for_update(no_key=True).filter(pk=cart_id).first()
    others = Order.objects.filter(cart_id=cart_id, status=OrderStatus.AWAITING_PAYMENT).exclude(pk=order.pk)
    now_there = set(CartLine.objects.filter(cart_id=cart_id).values_list("variant_id", "quantity"))
    if others.exists() or now_there != {(line.variant_id, line.quantity) for line in lines}:
        raise CartMoved


def new_number() -> str:
    """A number that is easy on the phone and tells nobody how much the shop sells."""
    while True:
        digits = f"{secrets.randbelow(10**8):08d}"
        number = f"R-{digits[:4]}-{digits[4:]}"
        if not Order.objects.filter(number=number).exists():
            return number
