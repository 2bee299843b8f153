"""A believable customer and what she buys. Defaults: Dana Reyes of Portland, one thing, to her own door."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import factory
from django.utils import timezone

from catalog.models import Variant
from catalog.stock import hold_stock
from checkout.models import Cart, CartLine, DeliveryMethod, Order, OrderAddress, OrderLine, Payment, TaxRate
from checkout.services.orders import hash_token, hold_cause
from checkout.states import OrderStatus, PaymentStatus
from tests.factories.catalog import VariantFactory


class CartFactory(factory.django.DjangoModelFactory[Cart]):
    class Meta:
        model = Cart

    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.SelfAttribute("created_at")


class CartLineFactory(factory.django.DjangoModelFactory[CartLine]):
    class Meta:
        model = CartLine

    cart = factory.SubFactory(CartFactory)
    variant = factory.SubFactory(VariantFactory)
    quantity = 1


class DeliveryMethodFactory(factory.django.DjangoModelFactory[DeliveryMethod]):
    class Meta:
        model = DeliveryMethod
        django_get_or_create = ("code",)

    code = "standard"
    name = "Standard delivery"
    promise = "3 to 5 working days"
    price = 595


class TaxRateFactory(factory.django.DjangoModelFactory[TaxRate]):
    class Meta:
        model = TaxRate

    country = "US"
    region = "CA"
    rate = "0.0725"


DANA = {
    "name": "Dana Reyes",
    "line1": "1420 SE Ankeny Street",
    "line2": "Apt 3",
    "city": "Portland",
    "region": "OR",
    "postcode": "97214",
    "country": "US",
}


def make_order(
    *,
    variant: Variant | None = None,
    quantity: int = 1,
    status: str = OrderStatus.ON_HOLD,
    payment_status: str | None = PaymentStatus.AUTHORIZED,
    bill_to: dict[str, str] | None = None,
    ship_to: dict[str, str] | None = None,
    placed_at: datetime | None = None,
    email: str = "dana@example.com",
    phone: str = "+15035550142",
    is_gift: bool = False,
    is_express: bool = False,
    payment: dict[str, object] | None = None,
    **values: object,
) -> Order:
    """Write an order as it stands after the shopper has paid: on hold, authorised, its goods held."""
    now = placed_at or timezone.now()
    variant = VariantFactory.create() if variant is None else variant
    token = uuid.uuid4().hex
    items = variant.price * quantity
    order = Order(
        number=f"R-{uuid.uuid4().int % 10**8:08d}",
        token=token,
        token_hash=hash_token(token),
        attempt=uuid.uuid4(),
        status=status,
        status_at=now,
        placed_at=now,
        expires_at=now + timedelta(minutes=35),
        email=email,
        phone=phone,
        ip_address="203.0.113.7",
        user_agent="Test",
        currency="USD",
        items_total=items,
        delivery_total=595,
        tax_total=0,
        total=items + 595,
        tax_rate="0",
        delivery_code="express" if is_express else "standard",
        delivery_name="Express delivery" if is_express else "Standard delivery",
        is_gift=is_gift,
    )
    for name, value in values.items():
        setattr(order, name, value)
    order.save(force_insert=True)
    OrderLine.objects.create(
        order=order,
        variant=variant,
        sku=variant.sku,
        name=variant.product.name,
        options=variant.label,
        quantity=quantity,
        unit_price=variant.price,
        total=items,
    )
    bill = {**DANA, **(bill_to or {})}
    ship = {**bill, **(ship_to or {})}
    for kind, address in ((OrderAddress.Kind.BILL_TO, bill), (OrderAddress.Kind.SHIP_TO, ship)):
        OrderAddress.objects.create(order=order, kind=kind, placed_at=order.placed_at, **address)
    if status in (OrderStatus.AWAITING_PAYMENT, OrderStatus.ON_HOLD, OrderStatus.RELEASED):
        hold_stock(quantities={variant.pk: quantity}, cause=hold_cause(order), now=now)
    if payment_status:
        make_payment(order, status=payment_status, **(payment or {}))
    return order


def make_payment(order: Order, *, status: str = PaymentStatus.AUTHORIZED, **values: object) -> Payment:
    """Write the order's payment, with every check passed."""
    key = uuid.uuid4()
    is_captured = status in (PaymentStatus.CAPTURED, PaymentStatus.REFUNDED)
    payment = Payment(
        id=key,
        order=order,
        gateway="stripe",
        status=status,
        status_at=order.placed_at,
        settled_at=order.placed_at,
        created_at=order.placed_at,
        amount=order.total,
        currency=order.currency,
        captured_amount=order.total if is_captured else 0,
        refunded_amount=order.total if status == PaymentStatus.REFUNDED else 0,
        start_key=f"start:{key}",
        session_id=f"cs_test_{key.hex}",
        reference=f"pi_{key.hex}",
        authorized_at=order.placed_at,
        capture_before=order.placed_at + timedelta(days=7),
        cvc_check="pass",
        postcode_check="pass",
        line1_check="pass",
        risk_level="normal",
        risk_score=12,
        card_brand="visa",
        card_last4="4242",
        card_country="US",
        card_fingerprint="fp_dana",
    )
    for name, value in values.items():
        setattr(payment, name, value)
    payment.save(force_insert=True)
    return payment
