"""Stripe Checkout by redirect, with manual capture, on the official package.

Sources: docs.stripe.com/payments/checkout, /payments/place-a-hold-on-a-payment-method, /webhooks/signature.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, Literal

import stripe
from stripe.checkout import Session

from checkout.gateways import stripe_trouble as trouble
from checkout.gateways.base import (
    BadSignature,
    GatewayError,
    GatewayEvent,
    GatewayPayment,
    GatewayRefund,
    GatewayState,
    GatewayTrouble,
    HostedPage,
    LineToPay,
    Movement,
    OrderToPay,
    PostalAddress,
    RecalledOrder,
    ReturnUrls,
)
from checkout.gateways.reading import UNREADABLE, reading, text
from checkout.gateways.stripe_books import movements
from checkout.gateways.stripe_reading import (
    call,
    can_write,
    capture_before,
    moment,
    money,
    ours,
    read_checks,
    read_payer,
    subject_of,
)
from checkout.gateways.stripe_recall import find_session, read_recalled
from store.money import Money

# The shapes below were written against this version; it is sent with every call, whatever the account's default.
API_VERSION = "2026-10-28.endive"

# Seconds; twice this (there is one retry) stays well below the 30 after which gunicorn gives a request up.
TIMEOUT = 10

# Seconds; a signature of the future is as wrong as one of the past. The package checks only the past.
TOLERANCE = 300

# What its page speaks, by the shop's language (docs.stripe.com/api/checkout/sessions/create, `locale`).
LOCALES: Final[dict[str, Literal["en", "de"]]] = {"en": "en", "de": "de"}

# Stripe's limit. A longer order is shown as one line, as is one of amounts that Stripe can't write.
MAX_LINES = 100


# The package logs the text of every refusal, which may quote an e-mail address.
logging.getLogger("stripe").setLevel(logging.WARNING)


class StripeGateway:
    """See `checkout.gateways.base.Gateway`."""

    def __init__(self, *, api_key: str, webhook_secret: str, api_base: str) -> None:
        # Several, with commas: while one is being replaced, Stripe signs with either.
        self._webhook_secrets = [part.strip() for part in webhook_secret.split(",") if part.strip()]
        if not self._webhook_secrets:
            raise ValueError("STRIPE_WEBHOOK_SECRET is empty: anybody could forge a webhook.")
        self._is_live = "_live_" in api_key
        self._client = stripe.StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base},
            max_network_retries=1,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
        )

    @property
    def is_live(self) -> bool:
        """Whether real money moves."""
        return self._is_live

    def start(self, order: OrderToPay, *, urls: ReturnUrls, idempotency_key: str) -> HostedPage:
        """Open a Checkout Session. Billing address and phone are asked for there too: fraud compares them with ours."""
        if sum(line.unit_amount * line.quantity for line in order.lines) != order.total.minor:
            raise ValueError(f"The lines of order {order.number} do not add up to its total.")
        if not can_write(order.total):
            raise GatewayError(f"Stripe does not take {order.total.currency} in this amount.", is_final=True)
        ours = {"payment": order.payment_id, "order": order.number}
        session = call(
            lambda: self._client.v1.checkout.sessions.create(
                params={
                    "mode": "payment",
                    "client_reference_id": order.payment_id,
                    "customer_email": order.email,
                    "billing_address_collection": "required",
                    "phone_number_collection": {"enabled": True},
                    "expires_at": int(order.expires_at.timestamp()),
                    "line_items": [
                        {
                            "quantity": line.quantity,
                            "price_data": {
                                "currency": order.total.currency.lower(),
                                "unit_amount": line.unit_amount,
                                "product_data": {"name": line.name},
                            },
                        }
                        for line in _lines(order)
                    ],
                    "metadata": ours,
                    "payment_intent_data": {
                        "capture_method": "manual",
                        "metadata": ours,
                        "description": f"Order {order.number}",
                        # Stripe's own rules weigh it, and a shop that has lost the order learns it from there.
                        **({"shipping": _shipping(order.ship_to)} if order.ship_to else {}),
                    },
                    "success_url": urls.success,
                    "cancel_url": urls.cancel,
                    "locale": LOCALES.get(order.language, "auto"),
                },
                options={"idempotency_key": idempotency_key},
            )
        )
        with reading("Stripe"):
            return HostedPage(session_id=session.id, url=text(session.url), expires_at=moment(session.expires_at))

    def fetch(self, *, session_id: str | None = None, reference: str | None = None) -> GatewayPayment:
        """Retrieve the Session with its PaymentIntent and latest Charge, or the PaymentIntent alone."""
        if session_id:
            expand = ["payment_intent.latest_charge.refunds"]
            session = call(lambda: self._client.v1.checkout.sessions.retrieve(session_id, params={"expand": expand}))
            with reading("Stripe"):
                return self._read_session(session)
        if not reference:
            raise ValueError("Name a session or a payment.")
        intent = call(
            lambda: self._client.v1.payment_intents.retrieve(reference, params={"expand": ["latest_charge.refunds"]})
        )
        with reading("Stripe"):
            return self._read_intent(intent, session_id=None)

    def recall(self, *, session_id: str | None = None, reference: str | None = None) -> RecalledOrder:
        """Retrieve the Session with its lines, found by the PaymentIntent if need be."""
        session_id = session_id or find_session(self._client, reference or "")
        return read_recalled(self._client, session_id, self.fetch(session_id=session_id))

    def takes(self, total: Money) -> bool:
        """Whether Stripe takes this amount of this currency, counted as the shop counts it."""
        return can_write(total)

    def authorise(self, session_id: str, *, idempotency_key: str) -> None:  # noqa: ARG002  # the protocol's
        """Refuse: the page authorises by itself."""
        raise GatewayError(f"Stripe authorises {session_id} on its page, not by a call.", is_final=True)

    def reauthorise(self, reference: str, amount: Money, *, idempotency_key: str) -> str:  # noqa: ARG002  # the protocol's
        """Refuse: an authorisation of Stripe's ends when it ends."""
        raise GatewayError(f"Stripe can't authorise {reference} anew.", is_final=True)

    def capture(self, reference: str, amount: Money, *, idempotency_key: str) -> None:
        """Capture `amount` of the PaymentIntent; what is left of the authorisation is released."""
        call(
            lambda: self._client.v1.payment_intents.capture(
                reference, params={"amount_to_capture": amount.minor}, options={"idempotency_key": idempotency_key}
            )
        )

    def void(self, reference: str, *, idempotency_key: str) -> None:
        """Cancel the PaymentIntent: nothing was charged, nothing will be."""
        call(
            lambda: self._client.v1.payment_intents.cancel(
                reference,
                params={"cancellation_reason": "requested_by_customer"},
                options={"idempotency_key": idempotency_key},
            )
        )

    def refund(self, reference: str, amount: Money, *, idempotency_key: str, refund_id: str = "") -> GatewayRefund:
        """Refund `amount` of what was captured."""
        refund = call(
            lambda: self._client.v1.refunds.create(
                params={
                    "payment_intent": reference,
                    "amount": amount.minor,
                    "metadata": {"refund": refund_id} if refund_id else {},
                },
                options={"idempotency_key": idempotency_key},
            )
        )
        with reading("Stripe"):
            return trouble.read_refund(refund)

    def list_trouble(self, *, reference: str | None = None, since: datetime | None = None) -> GatewayTrouble:
        """List disputes, early fraud warnings and reviews."""
        if reference is None and since is None:
            raise ValueError("Name a payment or a moment.")
        return call(lambda: trouble.list_trouble(self._client, reference=reference, since=since))

    def expire(self, session_id: str) -> None:
        """Expire the Checkout Session."""
        call(lambda: self._client.v1.checkout.sessions.expire(session_id))

    def parse_event(self, headers: Mapping[str, str], body: bytes) -> GatewayEvent:
        """Verify the signature on the raw body, then name the object."""
        try:
            signature = headers.get("Stripe-Signature", "")
            content = self._verified(body, signature)
            _check_not_from_the_future(signature)
            event_id, event_type = text(content["id"]), text(content["type"])
        # TypeError: the package compares the signature as text, which can't hold other letters than ASCII.
        except (*UNREADABLE, stripe.SignatureVerificationError) as error:
            raise BadSignature from error
        try:
            session_id, reference, is_trouble = subject_of(content["data"]["object"])
        except UNREADABLE:  # signed, and about something of which the shop knows nothing
            session_id, reference, is_trouble = None, None, False
        return GatewayEvent(
            event_id=event_id,
            kind=event_type,
            session_id=session_id,
            reference=reference,
            is_trouble=is_trouble,
            is_live=livemode if isinstance(livemode := content.get("livemode"), bool) else None,
        )

    def _verified(self, body: bytes, signature: str) -> dict[str, Any]:
        """The event, if any of the secrets fits; raise what the package raises otherwise."""
        *others, last = self._webhook_secrets
        for secret in others:
            with suppress(stripe.SignatureVerificationError):
                return self._client.construct_event(body, signature, secret, tolerance=TOLERANCE).to_dict()
        return self._client.construct_event(body, signature, last, tolerance=TOLERANCE).to_dict()

    def movements(self, since: datetime, until: datetime) -> Iterator[Movement]:
        """List PaymentIntents, Refunds and Disputes by when they were created, a hundred at a time, youngest first."""
        return movements(self._client, since, until)

    def _read_session(self, session: Session) -> GatewayPayment:
        intent = session.payment_intent
        if isinstance(intent, stripe.PaymentIntent):
            return self._read_intent(intent, session_id=session.id, session=session)
        return GatewayPayment(
            state=GatewayState.EXPIRED if session.status == "expired" else GatewayState.OPEN,
            payment_id=session.client_reference_id or "",
            session_id=session.id,
            reference=None,
            amount=money(session.amount_total or 0, session.currency or ""),
            is_live=session.livemode,
        )

    def _read_intent(
        self, intent: stripe.PaymentIntent, *, session_id: str | None, session: Session | None = None
    ) -> GatewayPayment:
        charge = intent.latest_charge if isinstance(intent.latest_charge, stripe.Charge) else None
        captured = intent.amount_received
        refunds = self._refunds(intent, charge) if captured and charge else ()
        refunded = sum(refund.amount.minor for refund in refunds if not refund.has_failed)
        match intent.status:
            case "requires_capture":
                state = GatewayState.AUTHORIZED
            case "succeeded":
                state = GatewayState.REFUNDED if captured and refunded >= captured else GatewayState.CAPTURED
            case "canceled":
                # An intent cancelled because its page expired was never authorised.
                state = GatewayState.VOIDED if charge and charge.status == "succeeded" else GatewayState.EXPIRED
            case _:
                state = GatewayState.EXPIRED if session is not None and session.status == "expired" else GatewayState.OPEN
        declined: list[stripe.Charge] = []
        if state in (GatewayState.AUTHORIZED, GatewayState.CAPTURED) or (charge and charge.status == "failed"):
            charges = call(lambda: self._client.v1.charges.list(params={"payment_intent": intent.id, "limit": 100}))
            declined = [attempt for attempt in reversed(charges.data) if attempt.status == "failed"]
        return GatewayPayment(
            state=state,
            payment_id=ours(intent.metadata),
            session_id=session_id,
            reference=intent.id,
            amount=money(intent.amount, intent.currency),
            captured=captured,
            refunded=refunded,
            refunds=refunds,
            is_live=intent.livemode,
            capture_before=capture_before(charge),
            checks=read_checks(charge, declined=declined),
            payer=read_payer(charge, session),
        )

    def _refunds(self, intent: stripe.PaymentIntent, charge: stripe.Charge) -> tuple[GatewayRefund, ...]:
        """Every refund, oldest first; a charge carries the youngest ten."""
        found = charge.refunds
        if found is None or found.has_more:
            found = call(lambda: self._client.v1.refunds.list(params={"payment_intent": intent.id, "limit": 100}))
        return trouble.read_refunds(found.data, let_go=charge.amount - charge.amount_captured)


def _shipping(to: PostalAddress) -> Any:
    address = {
        "line1": to.line1,
        "line2": to.line2,
        "city": to.city,
        "state": to.region,
        "postal_code": to.postcode,
        "country": to.country,
    }
    return {"name": to.name, "address": {name: value for name, value in address.items() if value}}


def _lines(order: OrderToPay) -> tuple[LineToPay, ...]:
    can_list = all(can_write(Money(line.unit_amount, order.total.currency)) for line in order.lines)
    if can_list and len(order.lines) <= MAX_LINES:
        return order.lines
    return (LineToPay(name=f"Order {order.number}", unit_amount=order.total.minor, quantity=1),)


def _check_not_from_the_future(signature: str) -> None:
    """Raise ValueError for a timestamp (`t=` of a header that is verified already) ahead of our clock."""
    signed_at = next(int(part[2:]) for part in signature.split(",") if part.startswith("t="))
    if signed_at > time.time() + TOLERANCE:
        raise ValueError("The timestamp lies in the future.")
