"""Every limit of the shop, in one table. `docs/limits.md` gives the reasons; a test keeps the two alike.

Two kinds. What one order may be is fixed, as the database and the pages know it, too. How often something may be done is a
`Rate` (`store.throttle`): so many at once, and then one every so often. `settings.LIMITS` changes how many.

Whoever pays isn't slowed: an order that is paid gives back what it used. Counted are carts, unpaid orders, payment pages and
declined cards, by e-mail address, network, cart, card, product and over the whole shop.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from store.throttle import Rate, Use

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

# -- What one order may be -------------------------------------------------------------------------------------------------
# More than this of one thing is a wholesale matter; it also bounds every sum.
MAX_QUANTITY: Final = 99
# Enough for any household; a bot that fills carts is stopped here.
MAX_LINES: Final = 60

# -- How long goods are kept for somebody who has not paid ------------------------------------------------------------------
# Stripe keeps a hosted page open for 30 minutes at the least; a minute more lets ours be accepted whatever the clocks say.
TIME_TO_PAY: Final = timedelta(minutes=31)
# Stock stays held a little longer than the page is open, so that the page always closes first.
HOLD_GRACE: Final = timedelta(minutes=4)
HOLD: Final = TIME_TO_PAY + HOLD_GRACE
# While the shop is on guard, for somebody it doesn't know. The page is closed by us then, before the gateway would.
HOLD_ON_GUARD: Final = timedelta(minutes=15)
# However often somebody comes back to pay: long enough for one page more after the first.
LONGEST_HOLD: Final = timedelta(minutes=75)
# Pages opened for one order, those that the gateway refused to open included.
MAX_PAGES: Final = 4
# Cards declined on one page, after which it is closed: people mistype, and banks want a second try.
MAX_DECLINES: Final = 5
MAX_DECLINES_ON_GUARD: Final = 2

# -- When the shop is on guard (checkout.services.guard) --------------------------------------------------------------------
# What is compared with the usual.
WATCHED: Final = timedelta(minutes=15)
# Fewer declined cards than this, or on fewer pages, are bad luck, whatever the share.
FEWEST_DECLINES: Final = 8
FEWEST_PAGES: Final = 4
# So many more, and the mailbox is asked for, too.
MANY_DECLINES: Final = 16
# Fewer pages left unpaid than this are no attack on the stock.
FEWEST_UNPAID: Final = 30
# The usual is what the days before showed, within these bounds: a new shop has no usual, and an attack must not become it.
USUAL_DAYS: Final = 14
USUAL_DECLINED: Final = (0.10, 0.30)  # share of cards
USUAL_UNPAID: Final = (0.30, 0.70)  # share of pages
# How far above it, in standard deviations of a count.
FAR: Final = 4
# After the last sign; twice as long each time it happens again within a day.
GUARD_LASTS: Final = timedelta(minutes=30)
GUARD_LASTS_AT_MOST: Final = timedelta(hours=6)
# Seconds that an unknown visitor waits before paying. Limits by key are so many times tighter.
MOMENT: Final = 20
MOMENT_VALID: Final = timedelta(minutes=30)
TIGHTER: Final = 3

# -- Storage ---------------------------------------------------------------------------------------------------------------
# Carts nobody touched for so long are thrown away; the cookie that leads to them is gone by then.
CARTS_KEPT: Final = timedelta(days=30)
# Beyond so many carts that were never touched after their first minute, the oldest go before their time.
MAX_FRESH_CARTS: Final = 20_000
FRESH_CART_KEPT: Final = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Cap:
    """One row of the table: the rate, and what a shopper is told who meets it. Never a word of suspicion."""

    rate: Rate
    says: tuple[StrOrPromise, ...]


_MANY_ORDERS = _("Several orders were placed in a short time without being paid.")
_MANY_PAGES = _("The payment page was opened several times in a short time without being used.")
_DECLINED = _("Several cards were declined in a short time.")
_COUPONS = _("Several coupons that we do not know were tried in a short time.")
_HELD = _("The same goods were put aside for you several times without being paid.")
_OTHERS = _("That may have been somebody else on your network.")
_WITHDRAWN = _("Several withdrawals were declared in a short time.")
_LOOKED_UP = _("Links to orders were asked for several times in a short time.")
_BUSY = _("Very many people are ordering this moment.")

HOUR: Final = 3600
DAY: Final = 24 * HOUR

CAPS: Final[dict[str, Cap]] = {
    cap.rate.name: cap
    for cap in (
        Cap(
            rate=Rate(name="carts_by_address", most=60, window=HOUR),
            says=(_("Many carts were opened in a short time."), _OTHERS),
        ),
        Cap(rate=Rate(name="coupons_by_cart", most=8, window=HOUR), says=(_COUPONS,)),
        Cap(rate=Rate(name="coupons_by_address", most=30, window=HOUR), says=(_COUPONS, _OTHERS)),
        Cap(rate=Rate(name="orders_by_email", most=10, window=HOUR), says=(_MANY_ORDERS,)),
        Cap(rate=Rate(name="orders_by_cart", most=10, window=HOUR), says=(_MANY_ORDERS,)),
        Cap(rate=Rate(name="orders_by_address", most=40, window=HOUR), says=(_MANY_ORDERS, _OTHERS)),
        Cap(rate=Rate(name="orders_by_customer", most=30, window=HOUR), says=(_MANY_ORDERS,)),
        Cap(rate=Rate(name="orders_of_product", most=400, window=HOUR), says=(_BUSY,)),
        Cap(rate=Rate(name="orders_by_shop", most=3000, window=HOUR), says=(_BUSY,)),
        Cap(rate=Rate(name="payments_by_email", most=10, window=HOUR), says=(_MANY_PAGES,)),
        Cap(rate=Rate(name="payments_by_cart", most=10, window=HOUR), says=(_MANY_PAGES,)),
        Cap(rate=Rate(name="payments_by_address", most=40, window=HOUR), says=(_MANY_PAGES, _OTHERS)),
        Cap(rate=Rate(name="payments_by_customer", most=30, window=HOUR), says=(_MANY_PAGES,)),
        Cap(rate=Rate(name="payments_by_shop", most=3000, window=HOUR), says=(_BUSY,)),
        Cap(rate=Rate(name="payments_on_guard", most=1, window=60), says=(_("Somebody went to pay a moment ago."), _OTHERS)),
        Cap(rate=Rate(name="proofs_by_address", most=6, window=HOUR), says=(_MANY_ORDERS, _OTHERS)),
        Cap(rate=Rate(name="proofs_by_shop", most=600, window=HOUR), says=(_BUSY,)),
        Cap(rate=Rate(name="declines_by_email", most=8, window=HOUR), says=(_DECLINED,)),
        Cap(rate=Rate(name="declines_by_cart", most=8, window=HOUR), says=(_DECLINED,)),
        Cap(rate=Rate(name="declines_by_card", most=6, window=HOUR), says=(_DECLINED,)),
        Cap(rate=Rate(name="declines_by_address", most=12, window=HOUR), says=(_DECLINED,)),
        Cap(rate=Rate(name="shelves_by_email", most=4, window=8 * HOUR), says=(_HELD,)),
        Cap(rate=Rate(name="shelves_by_address", most=8, window=8 * HOUR), says=(_HELD, _OTHERS)),
        Cap(rate=Rate(name="look_ups_by_address", most=20, window=HOUR), says=(_LOOKED_UP, _OTHERS)),
        Cap(rate=Rate(name="look_ups_by_email", most=4, window=HOUR), says=(_LOOKED_UP,)),
        Cap(rate=Rate(name="withdrawals_by_address", most=20, window=HOUR), says=(_WITHDRAWN, _OTHERS)),
        Cap(rate=Rate(name="withdrawals_by_email", most=6, window=HOUR), says=(_WITHDRAWN,)),
    )
}


def find_rate(name: str) -> Rate:
    """Return a rate as this shop has it. Raises `KeyError` for one that isn't in the table."""
    rate = CAPS[name].rate
    wanted = settings.LIMITS.get(name)
    return replace(rate, most=int(wanted)) if wanted else rate


def faults_in(limits: Mapping[str, str]) -> Iterator[str]:
    """Say what is wrong with `settings.LIMITS`, a sentence for each."""
    for name, value in limits.items():
        if name not in CAPS:
            yield f"There is no limit named '{name}'."
        elif not (value.isascii() and value.isdigit() and int(value) > 0):
            yield f"{name} is '{value}', which is no whole number above 0."


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who wants to order or to pay, as far as limits go. What is blank isn't counted."""

    address: str = field(repr=False)
    email: str = field(repr=False)
    cart_id: uuid.UUID | None = None
    customer_id: uuid.UUID | None = None
    # Logged in, and had a parcel from us before.
    is_known: bool = False

    @property
    def _keys(self) -> dict[str, str]:
        keys = {"email": self.email, "cart": str(self.cart_id or ""), "address": self.address}
        return {name: key for name, key in keys.items() if key}

    def uses(self, kind: str, *, is_tight: bool = False) -> list[Use]:
        """Return what one of `kind` (orders, payments, declines) uses; `is_tight` as on guard.

        Somebody known is counted by their account alone: what strangers do on the same network is not held against them.
        """
        if self.is_known and kind != "declines":
            return [_use(f"{kind}_by_customer", str(self.customer_id))]
        by = TIGHTER if is_tight else 1
        return [_use(f"{kind}_by_{name}", key, by=by) for name, key in self._keys.items()]

    def shelf_uses(self, *, shares: Mapping[int, float]) -> list[Use]:
        """Return what holding these shares of shelves (variant id -> share of all there is of it) uses."""
        names = {"email": self.email} if self.is_known else {"email": self.email, "address": self.address}
        return [
            _use(f"shelves_by_{name}", key, str(variant_id), cost=share)
            for name, key in names.items()
            if key
            for variant_id, share in shares.items()
        ]


def uses_of_order(visitor: Visitor, *, shares: Mapping[int, float], is_tight: bool = False) -> list[Use]:
    """Return what placing an order uses; `shares` as in `Visitor.shelf_uses`."""
    uses = [*visitor.uses("orders", is_tight=is_tight), *visitor.shelf_uses(shares=shares)]
    if not visitor.is_known:
        uses += [_use("orders_of_product", str(variant_id)) for variant_id in shares]
        uses.append(_use("orders_by_shop"))
    return uses


def uses_of_start(visitor: Visitor, *, is_tight: bool = False) -> list[Use]:
    """Return what opening a payment page uses."""
    uses = visitor.uses("payments", is_tight=is_tight)
    if not visitor.is_known:
        uses.append(_use("payments_by_shop"))
        if is_tight:
            uses += [_use("payments_on_guard", key) for key in (visitor.email, visitor.address) if key]
    return uses


def uses_of_proof(visitor: Visitor) -> list[Use]:
    """Return what a mail that asks for the mailbox uses: nobody is to send strangers mails through us."""
    return [*([_use("proofs_by_address", visitor.address)] if visitor.address else []), _use("proofs_by_shop")]


def uses_of_cart(address: str) -> list[Use]:
    """Return what opening a cart uses."""
    return [_use("carts_by_address", address)]


def uses_of_withdrawal(*, address: str, email: str) -> list[Use]:
    """Return what declaring a withdrawal uses: nobody is to guess numbers, or to send strangers mails through us."""
    return [_use("withdrawals_by_address", address), _use("withdrawals_by_email", email)]


def uses_of_look_up(*, address: str, email: str) -> list[Use]:
    """Return what asking for the link of an order uses: the same whether there is such an order or not."""
    return [_use("look_ups_by_address", address), _use("look_ups_by_email", email)]


def uses_of_coupon(*, cart_id: uuid.UUID, address: str) -> list[Use]:
    """Return what trying a coupon uses; one that is right gives it back."""
    return [_use("coupons_by_cart", str(cart_id)), *([_use("coupons_by_address", address)] if address else [])]


def uses_of_card(fingerprint: str) -> list[Use]:
    """Return what a declined card uses, besides what its payer does."""
    return [_use("declines_by_card", fingerprint)]


def _use(name: str, *parts: str, by: int = 1, cost: float = 1) -> Use:
    rate = find_rate(name)
    return Use(rate=rate.tightened(by) if by > 1 else rate, parts=parts, cost=cost)
