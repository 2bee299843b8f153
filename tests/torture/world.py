"""A shop, its payment company and everybody around it, in one process: what a step does.

All that a step needs to know it reads from the shop's database and the company's books, so that a step can as well be done in
a child process that is then killed. Anticipated refusals (`UnableToX`, GatewayError) are part of life; any other exception
ends the history as a failure, as do errors that somebody caught and only logged.
"""

from __future__ import annotations

import logging
import smtplib
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from unittest import mock

import stripe
import time_machine
from django.db import connection
from django.db.models import QuerySet
from django.test import override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from catalog.stock import UnableToMoveStock
from checkout.gateways import get_gateway
from checkout.gateways.base import BadSignature, GatewayError
from checkout.models import Cart, CartLine, Coupon, DeliveryMethod, Difference, Order
from checkout.pricing import find_tax_rate, quote_cart
from checkout.services.authorising import UnableToReauthorise, reauthorise
from checkout.services.cancel import UnableToCancelOrder, cancel_order
from checkout.services.carts import UnableToChangeCart, add_to_cart
from checkout.services.coupons import usable_coupon
from checkout.services.disputes import UnableToLiftFreeze, lift_freeze, look_for_trouble
from checkout.services.mails import UnableToSendMail
from checkout.services.mending import UnableToMend, void_orphan
from checkout.services.moves import move_payment
from checkout.services.orders import Address, Contact, UnableToPlaceOrder, place_order
from checkout.services.payments import UnableToStartPayment, close_unpaid_order, start_payment, withdraw_unpaid_orders
from checkout.services.reconcile import LOOK_BACK, reconcile_payments
from checkout.services.refunds import UnableToRefund
from checkout.services.release import UnableToReleaseOrder, release_order
from checkout.services.returns import UnableToReturn
from checkout.services.settle import settle
from checkout.services.shipping import UnableToShipOrder
from checkout.services.sweep import sweep_payments
from checkout.services.webhooks import UnableToFollowUp, receive_event
from checkout.states import PaymentStatus
from fraud.models import Call, CallTask
from fraud.services import (
    UnableToClaimCallTask,
    UnableToDecide,
    UnableToRecordCall,
    cancel_after_call,
    claim_call_task,
    record_call,
    release_after_call,
)
from store.faults import fault_point
from store.models import User
from store.money import Money
from tests.conftest import paypal_settings
from tests.sandbox.process import RunningSandbox, SandboxRefusedError, SignedEvent
from tests.torture import post
from tests.torture.goods import Goods, pick
from tests.torture.shelves import CARTS, forget_all, set_up_shelves
from tests.torture.steps import BUYERS, CARDS, TROUBLE_LATER, History, Step
from tests.torture.watch import Killed, Watch, watching

REFUSALS: Final = (
    UnableToStartPayment,
    UnableToPlaceOrder,
    UnableToChangeCart,
    UnableToReleaseOrder,
    UnableToCancelOrder,
    UnableToShipOrder,
    UnableToRefund,
    UnableToReturn,
    UnableToReauthorise,
    UnableToMend,
    UnableToLiftFreeze,
    UnableToMoveStock,
    UnableToClaimCallTask,
    UnableToDecide,
    UnableToRecordCall,
    SandboxRefusedError,
    GatewayError,
)
# What a task may end with: the sweep does its work again.
TASK_ENDS: Final = (GatewayError, UnableToSendMail, UnableToFollowUp)
# What may stand in a log line as the class of an error that was caught.
ANTICIPATED: Final = frozenset(kind.__name__ for kind in (*REFUSALS, *TASK_ENDS, smtplib.SMTPServerDisconnected))
HOME = Address(
    name="Dana Reyes",
    line1="1420 SE Ankeny Street",
    line2="Apt 3",
    city="Portland",
    region="OR",
    postcode="97214",
    country="US",
)
AWAY = Address(
    name="Maximilian Voss", line1="8250 NW 27th Street", city="Miami", region="FL", postcode="33122", country="US"
)
HOSTED = {"name": HOME.name, "line1": HOME.line1, "city": HOME.city, "postcode": HOME.postcode, "country": "US"}


class Broken(Exception):
    """The shop did something that must never happen."""


class _Ear(logging.Handler):
    """Hears of errors that were caught and logged: those that nobody anticipated are failures all the same."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what is not anticipated."""
        told = record.msg if isinstance(record.msg, dict) else {"event": record.getMessage()}
        if (
            told["event"] == "books_not_read"
            or str(told.get("error", "")) in ANTICIPATED
            or any(name in str(told["event"]) for name in ANTICIPATED)
        ):
            return
        if record.levelno >= logging.ERROR or "error" in told:
            caught = record.exc_info[1] if record.exc_info else None
            self.heard.append(f"{record.name}: {told} {caught!r}" if caught else f"{record.name}: {told}")


@dataclass
class World(Goods):
    """One shop for many histories, one after another."""

    company: RunningSandbox
    clock: time_machine.Traveller
    reviewer: User
    watch: Watch
    began: datetime = field(default_factory=timezone.now)
    ahead: float = 0  # seconds by which both clocks are ahead of real time
    bag: list[SignedEvent] = field(default_factory=list)  # webhooks on their way
    signed_at: dict[str, float] = field(default_factory=dict)  # event id -> how far ahead the clock was then
    said: list[str] = field(default_factory=list)  # what came of each step
    is_tampered: bool = False  # money was moved at the company that the shop did not ask for

    ear: _Ear = field(default_factory=_Ear)

    def begin(self) -> None:
        """Forget everything: a new history starts."""
        forget_all()
        self.company.reset()  # its clock, too
        self.clock.shift(-self.ahead)
        self.ahead = 0
        self.began = timezone.now()
        self.bag, self.said, self.is_tampered = [], [], False
        self.ear.heard.clear()
        post.sent.clear()
        post.trouble = 0

    def travel_to(self, ahead: float) -> None:
        """Set both clocks."""
        self.clock.shift(ahead - self.ahead)
        self.ahead = ahead
        self.company.travel(ahead)

    def follow_clock(self) -> None:
        """Take the time from the company, as a child process may have moved it."""
        self.travel_to(float(self.company.control("switches")["clock_offset"]))

    def do(self, step: Step) -> str:
        """Do one step; say what came of it. Raises Broken, or whatever the shop did not anticipate."""
        meanwhile: list[str] = []

        def overtake() -> None:
            if step.meanwhile:
                meanwhile.append(f"{self.watch.struck}: {step.meanwhile[1].verb} {self._act(step.meanwhile[1])}")

        with self.watch.step(
            kill_at=step.kill,
            meanwhile_at=step.meanwhile[0] if step.meanwhile else 0,
            meanwhile=overtake if step.meanwhile else None,
        ):
            try:
                said = self._act(step)
            except Killed as death:
                connection.close()
                said = f"killed at {death}"
        said = " | ".join([said, *(f"meanwhile at {words}" for words in meanwhile)])
        self.said.append(said)
        if self.ear.heard:
            raise Broken("an error nobody anticipated was caught and logged: " + "; ".join(self.ear.heard))
        return said

    def told(self, history: History) -> list[list[Any]]:
        """The steps so far, each with what came of it, for printing."""
        said = [*self.said, *[""] * (len(history) - len(self.said))]
        return [[step.as_list(), words] for step, words in zip(history, said, strict=False)]

    def _act(self, step: Step) -> str:
        act: Callable[..., str] = getattr(self, f"do_{step.verb}")
        try:
            return act(**step.given)
        except REFUSALS as refusal:
            return f"{type(refusal).__name__}: {refusal}"

    # -- The shopper -------------------------------------------------------------------------------------------------------

    def do_order(
        self, *, cart: int, thing: int, quantity: int, elsewhere: bool, by: str = "stripe", coupon: bool = False
    ) -> str:
        """Put a thing in a cart, check out, be led to the payment page: as the page does, without its forms."""
        now, cart_id = timezone.now(), CARTS[cart]
        variant = self.things()[thing]
        # As the page does for a cart that was cleared away.
        Cart.objects.get_or_create(id=cart_id, defaults={"created_at": now, "updated_at": now})
        add_to_cart(cart_id=cart_id, variant_id=variant.pk, quantity=quantity, now=now)
        if paid := withdraw_unpaid_orders(cart_id=cart_id, now=now):
            return f"order {paid.number} is paid or being paid"
        delivery = DeliveryMethod.objects.get(code="standard")
        ship_to = AWAY if elsewhere else HOME
        if coupon:
            Cart.objects.filter(pk=cart_id).update(coupon=Coupon.objects.get())
        lines = list(_lines(cart_id))
        found, _ = usable_coupon(lines, now=now)
        quote = quote_cart(
            lines=lines,
            coupon=found,
            delivery=delivery,
            tax_rate=find_tax_rate(country=ship_to.country, region=ship_to.region),
        )
        order = place_order(
            cart_id=cart_id,
            contact=Contact(email=f"dana{cart}@example.com", phone="(503) 555-0142"),
            bill_to=HOME,
            ship_to=ship_to,
            delivery=delivery,
            is_gift=False,
            expected_total=quote.total,
            attempt=uuid.uuid4(),
            customer=None,
            ip_address="203.0.113.7",
            user_agent="Mozilla/5.0",
            now=now,
        )
        start_payment(order_id=order.pk, gateway_name=by, now=timezone.now())
        return "led to the page"

    def do_go_to_pay(self, *, order: int, by: str = "stripe") -> str:
        """Press "Pay" on the order's page."""
        found = pick(self.orders(), order)
        if found is None:
            return "no order"
        start_payment(order_id=found.pk, gateway_name=by, now=timezone.now())
        return "led to the page"

    def do_pay(self, *, payment: int, card: str, secure: str = "complete") -> str:
        """Type a card on the gateway's page, in a window that may have been open for long."""
        found = pick([each for each in self.payments() if each.session_id], payment)
        if found is None:
            return "no page"
        if found.gateway == "paypal":
            self.company.approve(str(found.session_id), BUYERS.get(card, "good"), email=f"payer-{card}@example.com")
            return "approved"
        self.is_tampered = self.is_tampered or card in TROUBLE_LATER
        told = self.company.pay(str(found.session_id), CARDS[card], three_d_secure=secure, **HOSTED)
        return str(told["status"])

    def do_pay_unseen(self) -> str:
        """The page opened although the shop never heard of it, and somebody has found its address."""
        known = {payment.session_id for payment in self.payments()}
        listed = self.company.client().v1.checkout.sessions.list().data
        unseen = next((session.id for session in listed if session.id not in known), None)
        if unseen is None:
            return "no page"
        self.is_tampered = True
        return str(self.company.pay(unseen, **HOSTED)["status"])

    def do_thought_closed(self, *, order: int) -> str:
        """The company says that the page is closed, and is mistaken: somebody still has it open, and will pay."""
        found = pick(self.orders(), order)
        payment = found.payments.filter(status=PaymentStatus.STARTED).first() if found else None
        if payment is None:
            return "no open page"
        move_payment(payment, to=PaymentStatus.EXPIRED, why="The payment page was closed unpaid.", now=timezone.now())
        return "thought closed"

    def do_settle(self, *, payment: int) -> str:
        """Somebody looks at a payment, as a webhook that comes makes the shop do."""
        found = pick(self.payments(), payment)
        if found is None:
            return "no payment"
        return settle(payment_id=found.pk, now=timezone.now()).status

    def do_come_back(self, *, order: int) -> str:
        """Follow the redirect from the gateway's page."""
        found = pick(self.orders(), order)
        if found is None:
            return "no order"
        for payment in found.payments.filter(status=PaymentStatus.STARTED):
            settle(payment_id=payment.pk, now=timezone.now())
        return "came back"

    def do_give_up(self, *, order: int) -> str:
        """Start again: the earlier order of the cart is closed."""
        found = pick(self.orders(), order)
        if found is None:
            return "no order"
        closed = close_unpaid_order(order=found, why="The customer started again.", now=timezone.now())
        return "closed" if closed else "not closed"

    # -- The company -------------------------------------------------------------------------------------------------------

    def do_hear(self, *, event: int, count: int) -> str:
        """The company posts some webhooks, from somewhere in the middle of the queue; a crash loses none of them."""
        self._fill_bag()
        done = 0
        while self.bag and done < count:
            at = event % len(self.bag)
            found = self._signed_now(self.bag[at])
            began = self.ahead
            try:
                receive_event(
                    gateway_name=found.company, headers=found.headers, body=found.payload.encode(), now=timezone.now()
                )
            except BadSignature:
                if self.ahead == began:
                    raise
                # It lay about for so long that its signature is too old. It was refused and comes again, signed anew.
                return f"heard {done}, one came too late"
            done += 1
            if event % 4 != 3:  # each fourth stays in the queue and comes again
                self.bag = [other for other in self.bag if other.event_id != found.event_id]
        return f"heard {done}"

    def do_lose(self, *, event: int, count: int) -> str:
        """Some webhooks never come."""
        self._fill_bag()
        lost = 0
        while self.bag and lost < count:
            del self.bag[event % len(self.bag)]
            lost += 1
        return f"lost {lost}"

    def do_by_hand(self, *, payment: int, what: str, part: float) -> str:
        """Somebody does it in the company's dashboard, whether the shop has heard of the payment or not."""
        charge = pick(self.company.ledger(), payment)
        if charge is None:
            return "no payment"
        self.is_tampered = True
        minor = max(int(charge["authorised"] * part), 1)
        some = Money(minor, str(charge["currency"]).upper())
        gateway, key, reference = get_gateway(charge["company"]), f"hand:{uuid.uuid4()}", str(charge["payment_intent"])
        if what == "capture":
            gateway.capture(reference, some, idempotency_key=key)
        elif what == "void":
            gateway.void(reference, idempotency_key=key)
        else:
            gateway.refund(reference, some, idempotency_key=key)
        return f"{what} of {minor}"

    def do_dispute(self, *, payment: int, what: str) -> str:
        """The cardholder or the bank speaks up."""
        charge = pick([row for row in self.company.ledger() if row["company"] == "stripe"], payment)
        if charge is None:
            return "no payment"
        self.is_tampered = True
        reference = str(charge["payment_intent"])
        if what == "warning":
            self.company.warn_early(reference)
        elif what == "review":
            self.company.open_review(reference)
        elif what == "open":
            self.company.dispute(reference)
        else:
            opened = [event["object"] for event in self.company.events() if event["type"] == "charge.dispute.created"]
            if not opened:
                return "no dispute"
            self.company.close_dispute(opened[0], "won" if what == "won" else "lost")
        return what

    def do_spoil(self, *, call: str, mode: str, status: int, times: int) -> str:
        """The company's next calls of a kind go wrong."""
        self.company.fail(call, mode, status=status, times=times)
        return "spoiled"

    # -- The shop ----------------------------------------------------------------------------------------------------------

    def do_work(self, *, task: int, count: int) -> str:
        """The worker does some tasks, not always the oldest first. One that dies never ends, as after a kill -9."""
        done = 0
        for _ in range(count):
            ready = list(DBTaskResult.objects.ready().order_by("enqueued_at", "id")[: task + 1])
            if not ready:
                break
            row = ready[-1]
            told = row.task_result
            # A worker marks it as running first, and nobody ever looks at it again should the worker die.
            row.delete()
            fault_point("worker.after_claim")
            with suppress(*TASK_ENDS):
                row.task.call(*told.args, **told.kwargs)
            done += 1
        return f"worked {done}"

    def do_sweep(self) -> str:
        """The sweep, as it runs each minute."""
        result = sweep_payments(now=timezone.now())
        return str(result)

    def do_reconcile(self) -> str:
        """The night: the company's books against ours."""
        now = timezone.now()
        return str(reconcile_payments(since=now - LOOK_BACK, until=now, now=now))

    def do_release(self, *, order: int) -> str:
        """Staff release an order."""
        found = pick(self.orders(), order)
        if found is None:
            return "no order"
        return release_order(order_id=found.pk, by=self.reviewer, why="By staff.", now=timezone.now()).status

    def do_cancel(self, *, order: int) -> str:
        """Staff cancel an order."""
        found = pick(self.orders(), order)
        if found is None:
            return "no order"
        reason = Order.CancelReason.CUSTOMER
        return cancel_order(
            order_id=found.pk, by=self.reviewer, reason=reason, why="", now=timezone.now(), from_hold=True
        ).status

    def do_reauthorise(self, *, payment: int) -> str:
        """Renew an authorisation that is about to lapse."""
        found = pick(self.payments(), payment)
        if found is None:
            return "no payment"
        return reauthorise(payment_id=found.pk, now=timezone.now()).status

    def do_mend(self) -> str:
        """Staff void what nothing in the shop needs."""
        row = next((row for row in Difference.objects.open().order_by("found_at") if row.can_be_voided), None)
        if row is None:
            return "nothing to mend"
        void_orphan(row, by=self.reviewer, now=timezone.now())
        return "voided"

    def do_look_for_trouble(self) -> str:
        """What runs now and then for disputes, warnings and reviews that no webhook told of."""
        return f"{look_for_trouble(now=timezone.now())} could not be asked"

    def do_lift_freeze(self, *, order: int) -> str:
        """Staff let an order ship that a dispute, a warning or a review has stopped."""
        found = pick(self.orders(), order)
        if found is None:
            return "no order"
        lift_freeze(order_id=found.pk, by=self.reviewer, why="The bank was mistaken.", now=timezone.now())
        return "may ship"

    def do_call(self, *, says: str) -> str:
        """A reviewer claims a call, rings, and decides."""
        now = timezone.now()
        task = CallTask.objects.waiting().order_by("due_at", "pk").first()
        if task is None:
            return "no call"
        claim_call_task(task_id=task.pk, by=self.reviewer, now=now)
        if says == "nothing":
            record_call(
                task_id=task.pk, by=self.reviewer, number="", outcome=Call.Outcome.NO_ANSWER, answer=None, note="", now=now
            )
            return "no answer"
        answer = Call.Answer.CONFIRMS if says == "confirms" else Call.Answer.DENIES
        record_call(
            task_id=task.pk, by=self.reviewer, number="", outcome=Call.Outcome.REACHED, answer=answer, note="", now=now
        )
        now = timezone.now()
        if answer == Call.Answer.CONFIRMS:
            return release_after_call(task_id=task.pk, by=self.reviewer, why="", now=now).status
        reason = Order.CancelReason.DENIED
        return cancel_after_call(task_id=task.pk, by=self.reviewer, reason=reason, why="", now=now).status

    def do_mail_trouble(self, *, times: int) -> str:
        """The mail server refuses the next mails."""
        post.trouble = times
        return "mail is down"

    # -- Everybody ---------------------------------------------------------------------------------------------------------

    def do_wait(self, *, seconds: int) -> str:
        """Time passes, for the shop and the company alike."""
        self.travel_to(self.ahead + seconds)
        return f"{seconds} s later"

    # -- What there is -----------------------------------------------------------------------------------------------------

    def _fill_bag(self) -> None:
        taken = {event.event_id: event for event in self.company.take_events()}
        self.signed_at.update(dict.fromkeys(taken, self.ahead))
        self.bag = [*(event for event in self.bag if event.event_id not in taken), *taken.values()]

    def _signed_now(self, event: SignedEvent) -> SignedEvent:
        """As the company posts it, which signs it anew at each try."""
        if self.signed_at[event.event_id] == self.ahead:
            return event
        self.company.resend(event.event_id)
        self._fill_bag()
        return next(again for again in self.bag if again.event_id == event.event_id)


def _lines(cart_id: uuid.UUID) -> QuerySet[CartLine]:
    return CartLine.objects.filter(cart_id=cart_id).select_related("variant__product", "cart__coupon").order_by("pk")


@contextmanager
def open_world(company: RunningSandbox) -> Iterator[World]:
    """A world with the shop set to use this company. The shop's database must be there and migrated."""
    settings = {
        "PAYMENT_GATEWAYS": {
            "stripe": {
                "BACKEND": "checkout.gateways.stripe.StripeGateway",
                "api_key": company.api_key,
                "webhook_secret": company.webhook_secret,
                "api_base": company.url,
            },
            "paypal": paypal_settings(company),
        },
        "MAILERS": {"default": {"BACKEND": "tests.torture.post.PostOffice"}},
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    }
    with (
        override_settings(**settings),
        mock.patch.object(stripe.HTTPClient, "INITIAL_DELAY", 0.0),  # a retry is a retry without a pause, too
        time_machine.travel(datetime.now(UTC), tick=True) as clock,
        watching() as watch,
        post.quick_mails(),
    ):
        world = World(company=company, clock=clock, reviewer=set_up_shelves(), watch=watch)
        with _hearing(world.ear):
            yield world


@contextmanager
def _hearing(ear: _Ear) -> Iterator[None]:
    """Let the ear hear what would be logged, and nothing else: refusals by the hundred are what is wanted here."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    root.handlers = [ear]
    root.setLevel(logging.WARNING)
    try:
        yield
    finally:
        root.handlers = handlers
        root.setLevel(level)
