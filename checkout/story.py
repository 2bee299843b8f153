"""What the shopper is told at every state of an order: the truth, kindly, and never a word of suspicion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from checkout.models import Order
from checkout.states import OrderStatus, PaymentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the timeline."""

    name: str
    note: str = ""
    at: datetime | None = None
    is_done: bool = False
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A heading, a few sentences and the timeline."""

    title: str
    text: str
    can_pay: bool = False
    steps: tuple[Step, ...] = ()


def tell_story(order: Order, *, now: datetime) -> Story:
    """Say how the order stands."""
    match order.status:
        case OrderStatus.AWAITING_PAYMENT:
            return _awaiting(order, now=now)
        case OrderStatus.ON_HOLD:
            title = "Thank you. We are confirming your order"
            text = (
                "Your card is authorised and has not been charged. We may ring you on the number ending "
                f"{order.phone[-2:]} to confirm the order before it ships; our call comes from {settings.SHOP_PHONE}. "
                "Mostly this takes no time at all."
            )
        case OrderStatus.RELEASED:
            title, text = "Your order is confirmed", "Your payment went through and we are packing your parcel."
        case OrderStatus.SHIPPED:
            title = "Your parcel is on its way"
            text = (
                f"{order.carrier} has it. The tracking number is {order.tracking_number}."
                if order.carrier
                else "It left us."
            )
        case OrderStatus.EXPIRED:
            title = "This order was not paid in time"
            text = "You were not charged, and we have put the goods back on the shelf. You are welcome to order them again."
        case _:
            title, text = _cancelled(order)
    return Story(title=title, text=text, steps=_steps(order))


def _awaiting(order: Order, *, now: datetime) -> Story:
    if order.expires_at <= now:
        return Story(
            title="The time to pay is over",
            text="You were not charged. You are welcome to order again.",
            steps=_steps(order),
        )
    return Story(
        title="Your order waits for its payment",
        text="We have put the goods aside for you. You have not been charged. If you have just paid, the payment company "
        "has not told us yet: look at this page again in a minute.",
        can_pay=True,
        steps=_steps(order),
    )


def _cancelled(order: Order) -> tuple[str, str]:
    is_refunded = any(
        payment.status in (PaymentStatus.REFUNDED, PaymentStatus.REFUNDING) for payment in order.payments.all()
    )
    text = (
        "We have sent your money back; your bank may take a few days to show it."
        if is_refunded
        else "Your card was not charged. Your bank may show the amount as reserved for a few days; it goes away by itself."
    )
    return "This order is cancelled", f"{text} If this surprises you, please call us on {settings.SHOP_PHONE}."


def _steps(order: Order) -> tuple[Step, ...]:
    rank = {OrderStatus.AWAITING_PAYMENT: 0, OrderStatus.ON_HOLD: 1, OrderStatus.RELEASED: 2, OrderStatus.SHIPPED: 3}
    if order.status not in rank:
        return (
            Step(name="Ordered", at=order.placed_at, is_done=True),
            Step(name=order.get_status_display(), at=order.status_at, is_current=True),
        )
    here = rank[OrderStatus(order.status)]
    names = ("Ordered", "Confirming", "Confirmed", "Shipped")
    return tuple(
        Step(
            name=name,
            at=order.placed_at if i == 0 else order.status_at if i == here else None,
            is_done=i < here or (i == 0 and here > 0) or here == 3,  # shipped: all done
            is_current=i == here and here < 3,
        )
        for i, name in enumerate(names)
    )
