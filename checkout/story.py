"""What the shopper is told at every state of an order: the truth, kindly, and never a word of suspicion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.models import Order
from checkout.states import OrderStatus, PaymentStatus
from checkout.wording import words_for


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
    can_order_again: bool = False
    steps: tuple[Step, ...] = ()


def tell_story(order: Order, *, now: datetime, asks_mailbox: bool = False, is_part_sent: bool = False) -> Story:
    """Say how the order stands; `asks_mailbox`: it is paid by the link in a mail; `is_part_sent`: a parcel has left."""
    match order.status:
        case OrderStatus.AWAITING_PAYMENT | OrderStatus.EXPIRED if _is_set_aside(order):
            title = _("We are looking at your payment")
            text = _(
                "Something about the payment does not fit this order, so one of us is looking at it. Please do "
                "not pay again. If you are in doubt, call us on {phone}."
            ).format(phone=_our_phone())
        case OrderStatus.AWAITING_PAYMENT:
            return _awaiting(order, now=now, asks_mailbox=asks_mailbox)
        case OrderStatus.ON_HOLD:
            title = _("Thank you. We are confirming your order")
            text = _so_far(order) + _(
                "We may ring you on the number ending {ending} to confirm the order before it ships; our call "
                "comes from {phone}. Mostly this takes no time at all."
            ).format(ending=phone_ending(order), phone=_our_phone())
        case OrderStatus.RELEASED if is_part_sent:
            title = _("A part of your order is on its way")
            text = _("We send the rest as soon as it is packed.")
        case OrderStatus.RELEASED:
            title = _("Your order is confirmed")
            text = _("Your payment went through and we are packing your parcel.")
        case OrderStatus.SHIPPED:
            title = _("Your parcel is on its way")
            text = (
                _("{carrier} has it. The tracking number is {number}.").format(
                    carrier=order.carrier, number=order.tracking_number
                )
                if order.carrier and order.tracking_number
                else _("{carrier} has it.").format(carrier=order.carrier)
                if order.carrier
                else _("It left us.")
            )
        case OrderStatus.EXPIRED if _was_declined(order):
            title = _("The payment page was closed")
            text = _(
                "Several cards were declined, so we closed the payment page. You were not charged, nothing was "
                "ordered, and the goods are back on the shelf. Your bank can tell you why a card was declined. "
                "You are welcome to order again in an hour, or to ring us on {phone}."
            ).format(phone=_our_phone())
        case OrderStatus.EXPIRED:
            title = _("This order was not paid in time")
            money = _given_back(order) or _("You were not charged.")
            text = f"{money} " + _("We have put the goods back on the shelf, and you are welcome to order them again.")
        case _:
            title, text = _cancelled(order)
    return Story(title=title, text=text, can_order_again=can_order_again(order), steps=_steps(order))


def can_order_again(order: Order) -> bool:
    """Whether its page offers to put the same things in the cart: it was not paid in time, and nobody looks into it."""
    return order.is_expired and not _is_set_aside(order)


def _our_phone() -> str:
    """The shop's number, which no line may end within."""
    return str(settings.SHOP_PHONE).replace(" ", "\N{NO-BREAK SPACE}")


def phone_ending(order: Order) -> str:
    """The last two digits of the number as it was typed: "503 555 01 42 (home)" ends in 42."""
    return "".join(character for character in order.phone or "" if character.isdigit())[-2:]


def _is_set_aside(order: Order) -> bool:
    """Whether something was paid that is not what we asked for; whether it was charged, only a person can tell."""
    return any(payment.status == PaymentStatus.MISMATCHED for payment in order.payments.all())


def _was_declined(order: Order) -> bool:
    """Whether cards were declined on its page, and none was taken."""
    payments = order.payments.all()
    return any(payment.declines > 1 for payment in payments) and not any(payment.authorized_at for payment in payments)


def _so_far(order: Order) -> str:
    """What happened to the payment, while an order is on hold."""
    if any(payment.captured_amount for payment in order.payments.all()):  # by hand, at the gateway
        return ""
    return _("Your {payment} is authorised and has not been charged.").format(payment=words_for(order).payment) + " "


def _awaiting(order: Order, *, now: datetime, asks_mailbox: bool) -> Story:
    if order.expires_at <= now:
        return Story(
            title=_("The time to pay is over"),
            text=_(
                "If you did not pay, you are not charged, and you are welcome to order again. If you have just "
                "paid, the payment company has not told us yet: look at this page again in a minute."
            ),
            steps=_steps(order),
        )
    if asks_mailbox:
        minutes = max(1, int((order.expires_at - now).total_seconds() // 60))
        return Story(
            title=_("One more step: look into your mailbox"),
            text=ngettext(
                "We have sent you a mail with a link. Open it to go on and pay. We ask everybody new for this at "
                "the moment, as stolen cards are being tried out in shops. You have not been charged, and the "
                "goods are put aside for you for {minutes} more minute. No mail? Look among the unwanted ones, or"
                " ring us on {phone}.",
                "We have sent you a mail with a link. Open it to go on and pay. We ask everybody new for this at "
                "the moment, as stolen cards are being tried out in shops. You have not been charged, and the "
                "goods are put aside for you for {minutes} more minutes. No mail? Look among the unwanted ones, "
                "or ring us on {phone}.",
                minutes,
            ).format(minutes=minutes, phone=_our_phone()),
            steps=_steps(order),
        )
    if _last_was_declined(order):
        return Story(
            title=_("Your payment was declined"),
            text=_(
                "{company} could not take it, so you have not been charged. We keep the goods aside for you: "
                "choose how you would like to pay."
            ).format(company=words_for(order).company),
            can_pay=True,
            steps=_steps(order),
        )
    return Story(
        title=_("Your order waits for its payment"),
        text=_(
            "We have put the goods aside for you. You have not been charged. If you have just paid, the "
            "payment company has not told us yet: look at this page again in a minute."
        ),
        can_pay=True,
        steps=_steps(order),
    )


def _last_was_declined(order: Order) -> bool:
    """Whether the last try to pay came to nothing, and another may be made."""
    last = max(order.payments.all(), key=lambda payment: payment.created_at, default=None)
    return last is not None and last.was_declined


def _cancelled(order: Order) -> tuple[str, str]:
    if text := _given_back(order):
        pass
    elif any(payment.authorized_at for payment in order.payments.all()):
        text = _(
            "Your {account} was not charged. Your bank may show the amount as reserved for a few days; it "
            "goes away by itself."
        ).format(account=words_for(order).account)
    else:
        text = _("You were not charged.")
    surprised = _("If this surprises you, please call us on {phone}.").format(phone=_our_phone())
    return _("This order is cancelled"), f"{text} {surprised}"


def _given_back(order: Order) -> str:
    """What became of money that was taken; empty when none was."""
    states = {payment.status for payment in order.payments.all()}
    if PaymentStatus.OWED in states:
        return _("Your bank returned our refund to us. The money is yours: we will be in touch to pay it another way.")
    if PaymentStatus.CHARGED_BACK in states:
        return _("Your bank has given you your money back.")
    if states & {PaymentStatus.REFUNDED, PaymentStatus.REFUNDING}:
        return _("We have sent your money back; your bank may take a few days to show it.")
    return ""


def _steps(order: Order) -> tuple[Step, ...]:
    rank = {OrderStatus.AWAITING_PAYMENT: 0, OrderStatus.ON_HOLD: 1, OrderStatus.RELEASED: 2, OrderStatus.SHIPPED: 3}
    if order.status not in rank:
        return (
            Step(name=_("Ordered"), at=order.placed_at, is_done=True),
            Step(name=_("Cancelled") if order.is_cancelled else _("Expired"), at=order.status_at, is_current=True),
        )
    here = rank[OrderStatus(order.status)]
    names = (_("Ordered"), _("Confirming"), _("Confirmed"), _("Shipped"))
    return tuple(
        Step(
            name=name,
            at=order.placed_at if i == 0 else order.status_at if i == here else None,
            is_done=i < here or (i == 0 and here > 0) or here == 3,  # shipped: all done
            is_current=i == here and here < 3,
        )
        for i, name in enumerate(names)
    )
