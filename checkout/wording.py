"""What the ways to pay are called, on pages and in mails. By name, so that a gateway switched off keeps its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from checkout.gateways import usable_gateways
from checkout.models import Order, Payment
from store.money import Money

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words for one gateway."""

    company: str
    choice: StrOrPromise  # beside the radio button
    note: StrOrPromise
    payment: StrOrPromise  # "your … is authorised"
    account: StrOrPromise  # "your … was not charged"


WORDINGS = {
    "stripe": Wording(
        company="Stripe",
        choice=_("Card"),
        note=_("You type it on Stripe's page, never here."),
        payment=pgettext_lazy("your \u2026 is authorised", "card"),
        account=pgettext_lazy("your \u2026 was not charged", "card"),
    ),
    "paypal": Wording(
        company="PayPal",
        choice="PayPal",
        note=_("You log in at PayPal and agree there."),
        payment=pgettext_lazy("your \u2026 is authorised", "PayPal payment"),
        account=pgettext_lazy("your \u2026 was not charged", "PayPal account"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WayToPay:
    """One radio button."""

    name: str
    wording: Wording
    is_chosen: bool


def ways_to_pay(total: Money, *, chosen: str = "") -> list[WayToPay]:
    """The gateways that take `total`, one of them chosen: `chosen`, or else the first."""
    names = usable_gateways(total)
    chosen = chosen if chosen in names else next(iter(names), "")
    return [WayToPay(name=name, wording=wording_of(name), is_chosen=name == chosen) for name in names]


def wording_of(gateway_name: str) -> Wording:
    """The words for a gateway; one that nobody has given words is called a card."""
    return WORDINGS.get(gateway_name, WORDINGS["stripe"])


def words_for(order: Order) -> Wording:
    """The words for how this order is, or was, paid for: the payment that was authorised last, else the newest."""
    return wording_of(gateway_of(order))


def gateway_of(order: Order) -> str:
    """The name of the gateway by which this order is, or was last tried to be, paid for; empty before the first try."""

    def rank(payment: Payment) -> tuple[bool, object]:
        return payment.authorized_at is not None, payment.authorized_at or payment.created_at

    last = max(order.payments.all(), key=rank, default=None)
    return last.gateway if last else ""
