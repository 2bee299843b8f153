"""Stripe Checkout by redirect, with manual capture, on the official package.

Sources: docs.stripe.com/payments/checkout, /payments/place-a-hold-on-a-payment-method, /webhooks/signature.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import stripe
from stripe.checkout import Session

from checkout.gateways import stripe_trouble as trouble
from checkout.gateways.base import (
    BadSignature,
    CardChecks,
    GatewayError,
    GatewayEvent,
    GatewayPayment,
    GatewayRefund,
    GatewayState,
    GatewayTrouble,
    HostedPage,
    LineToPay,
    Movement,
    MovementKind,
    OrderToPay,
    Payer,
    ReturnUrls,
)
from checkout.gateways.reading import UNREADABLE, reading, text
from store.money import Money

# The shapes below were written against this version; it is sent with every call, whatever the account's default.
API_VERSION = "2026-10-28.endive"

# Seconds; twice this (there is one retry) stays well below the 30 after which gunicorn gives a request up.
TIMEOUT = 10

# Seconds; a signature of the future is as wrong as one of the past. The package checks only the past.
TOLERANCE = 300

# Stripe's limit. A longer order is shown as one line.
MAX_LINES = 100

# Stripe's limit for one page of a list.
PAGE = 100

_CHECKS = {"pass": "pass", "fail": "fail", "unavailable": "unavailable", "unchecked": "unchecked", None: "unchecked"}
_RISKS = {"normal": "normal", "elevated": "elevated", "highest": "highest"}


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
        ours = {"payment": order.payment_id, "order": order.number}
        session = _call(
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
                    },
                    "success_url": urls.success,
                    "cancel_url": urls.cancel,
                },
                options={"idempotency_key": idempotency_key},
            )
        )
        with reading("Stripe"):
            return HostedPage(session_id=session.id, url=text(session.url), expires_at=_moment(session.expires_at))

    def fetch(self, *, session_id: str | None = None, reference: str | None = None) -> GatewayPayment:
        """Retrieve the Session with its PaymentIntent and latest Charge, or the PaymentIntent alone."""
        if session_id:
            expand = ["payment_intent.latest_charge.refunds"]
            session = _call(lambda: self._client.v1.checkout.sessions.retrieve(session_id, params={"expand": expand}))
            with reading("Stripe"):
                return self._read_session(session)
        if not reference:
            raise ValueError("Name a session or a payment.")
        intent = _call(
            lambda: self._client.v1.payment_intents.retrieve(reference, params={"expand": ["latest_charge.refunds"]})
        )
        with reading("Stripe"):
            return self._read_intent(intent, session_id=None)

    def takes(self, total: Money) -> bool:
        """Stripe takes any currency a shop may have."""
        return bool(total.currency)

    def authorise(self, session_id: str, *, idempotency_key: str) -> None:  # noqa: ARG002  # the protocol's
        """Refuse: the page authorises by itself."""
        raise GatewayError(f"Stripe authorises {session_id} on its page, not by a call.", is_final=True)

    def reauthorise(self, reference: str, amount: Money, *, idempotency_key: str) -> str:  # noqa: ARG002  # the protocol's
        """Refuse: an authorisation of Stripe's ends when it ends."""
        raise GatewayError(f"Stripe can't authorise {reference} anew.", is_final=True)

    def capture(self, reference: str, amount: Money, *, idempotency_key: str) -> None:
        """Capture `amount` of the PaymentIntent; what is left of the authorisation is released."""
        _call(
            lambda: self._client.v1.payment_intents.capture(
                reference, params={"amount_to_capture": amount.minor}, options={"idempotency_key": idempotency_key}
            )
        )

    def void(self, reference: str, *, idempotency_key: str) -> None:
        """Cancel the PaymentIntent: nothing was charged, nothing will be."""
        _call(
            lambda: self._client.v1.payment_intents.cancel(
                reference,
                params={"cancellation_reason": "requested_by_customer"},
                options={"idempotency_key": idempotency_key},
            )
        )

    def refund(self, reference: str, amount: Money, *, idempotency_key: str, refund_id: str = "") -> GatewayRefund:
        """Refund `amount` of what was captured."""
        refund = _call(
            lambda: self._client.v1.refunds.create(
                params={
                    "payment_intent": reference,
                    "amount": amount.minor,
                    "metadata": {"refund": refund_id} if refund_id else {},
                },
                options={"idempotency_key": idempotency_key},
            )
        )
        return trouble.read_refund(refund)

    def list_trouble(self, *, reference: str | None = None, since: datetime | None = None) -> GatewayTrouble:
        """List disputes, early fraud warnings and reviews."""
        return _call(lambda: trouble.list_trouble(self._client, reference=reference, since=since))

    def expire(self, session_id: str) -> None:
        """Expire the Checkout Session."""
        _call(lambda: self._client.v1.checkout.sessions.expire(session_id))

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
            session_id, reference, is_trouble = _subject(content["data"]["object"])
        except UNREADABLE:  # signed, and about something of which the shop knows nothing
            session_id, reference, is_trouble = None, None, False
        return GatewayEvent(
            event_id=event_id,
            kind=event_type,
            session_id=session_id,
            reference=reference,
            is_trouble=is_trouble,
            is_live=content.get("livemode"),
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
        created: Any = {"gte": int(since.timestamp()), "lte": int(until.timestamp())}
        intents = self._client.v1.payment_intents
        for intent in _each(
            lambda: intents.list(params={"created": created, "limit": PAGE, "expand": ["data.latest_charge"]})
        ):
            yield from _move_of_intent(intent)
        refunds = self._client.v1.refunds
        for refund in _each(lambda: refunds.list(params={"created": created, "limit": PAGE, "expand": ["data.charge"]})):
            yield from _move_of_refund(refund)
        disputes = self._client.v1.disputes
        for dispute in _each(lambda: disputes.list(params={"created": created, "limit": PAGE, "expand": ["data.charge"]})):
            yield _move_of_dispute(dispute)

    def _read_session(self, session: Session) -> GatewayPayment:
        intent = session.payment_intent
        if isinstance(intent, stripe.PaymentIntent):
            return self._read_intent(intent, session_id=session.id, session=session)
        return GatewayPayment(
            state=GatewayState.EXPIRED if session.status == "expired" else GatewayState.OPEN,
            payment_id=session.client_reference_id or "",
            session_id=session.id,
            reference=None,
            amount=_money(session.amount_total or 0, session.currency or ""),
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
            charges = _call(lambda: self._client.v1.charges.list(params={"payment_intent": intent.id, "limit": 100}))
            declined = [attempt for attempt in reversed(charges.data) if attempt.status == "failed"]
        return GatewayPayment(
            state=state,
            payment_id=_ours(intent.metadata),
            session_id=session_id,
            reference=intent.id,
            amount=_money(intent.amount, intent.currency),
            captured=captured,
            refunded=refunded,
            refunds=refunds,
            is_live=intent.livemode,
            capture_before=_capture_before(charge),
            checks=_checks(charge, declined=declined),
            payer=_payer(charge, session),
        )

    def _refunds(self, intent: stripe.PaymentIntent, charge: stripe.Charge) -> tuple[GatewayRefund, ...]:
        """Every refund, oldest first; a charge carries the youngest ten."""
        found = charge.refunds
        if found is None or found.has_more:
            found = _call(lambda: self._client.v1.refunds.list(params={"payment_intent": intent.id, "limit": 100}))
        return trouble.read_refunds(found.data, let_go=charge.amount - charge.amount_captured)


def _call[T](do: Callable[[], T]) -> T:
    """Call the package, telling a refusal from a call of which nobody knows the outcome."""
    try:
        with reading("Stripe"):  # the package stumbles over JSON that is none of Stripe's
            return do()
    except stripe.CardError as error:
        raise GatewayError(f"The card was refused ({error.code or 'no reason given'}).", is_final=True) from error
    except stripe.IdempotencyError as error:
        raise GatewayError("This call was made before with other values.", is_final=True) from error
    except stripe.InvalidRequestError as error:
        raise GatewayError(f"Stripe refused the call ({error.code or error.http_status}).", is_final=True) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise GatewayError("Stripe does not accept our key. Check STRIPE_API_KEY.", is_final=False) from error
    except stripe.StripeError as error:  # no connection, 5xx, 429, garbage, 409 (two calls with one key at once)
        # Stripe keeps the answer to a key once the work has begun, a 500 included, and replays it.
        is_key_spent = (error.http_status or 0) >= 500
        raise GatewayError(
            f"Stripe did not answer properly ({type(error).__name__}).", is_final=False, is_key_spent=is_key_spent
        ) from error


def _each[T: stripe.StripeObject](ask: Callable[[], stripe.ListObject[T]]) -> Iterator[T]:
    """Go through a list, asking for the next page when one is used up."""
    items = _call(ask).auto_paging_iter()
    while (item := _call(lambda: next(items, None))) is not None:
        yield item


def _move_of_intent(intent: stripe.PaymentIntent) -> Iterator[Movement]:
    charge = intent.latest_charge if isinstance(intent.latest_charge, stripe.Charge) else None
    match intent.status:
        case "requires_capture":
            kind, minor = MovementKind.AUTHORIZED, intent.amount
        case "succeeded":
            kind, minor = MovementKind.CAPTURED, intent.amount_received
        case "canceled" if charge and charge.status == "succeeded":
            kind, minor = MovementKind.VOIDED, intent.amount
        case _:
            return  # never authorised: no money
    yield Movement(
        kind=kind,
        id=intent.id,
        reference=intent.id,
        payment_id=_ours(intent.metadata),
        amount=_money(minor, intent.currency),
        refunded=_refunded(charge),
        at=_moment(intent.created),
        is_live=intent.livemode,
    )


def _move_of_refund(refund: stripe.Refund) -> Iterator[Movement]:
    charge = refund.charge if isinstance(refund.charge, stripe.Charge) else None
    if refund.status in ("failed", "canceled") or not _refunded(charge):
        return  # the money is with the shop; or it was only let go, never taken, which Stripe lists as a refund, too
    yield Movement(
        kind=MovementKind.REFUNDED,
        id=refund.id,
        reference=_id(refund.payment_intent),
        payment_id=_ours(charge.metadata if charge else None),
        amount=_money(refund.amount, refund.currency),
        refunded=_refunded(charge),
        at=_moment(refund.created),
        is_live=charge.livemode if charge else False,
    )


def _move_of_dispute(dispute: stripe.Dispute) -> Movement:
    charge = dispute.charge if isinstance(dispute.charge, stripe.Charge) else None
    return Movement(
        kind=MovementKind.DISPUTED,
        id=dispute.id,
        reference=_id(dispute.payment_intent),
        payment_id=_ours(charge.metadata if charge else None),
        amount=_money(dispute.amount, dispute.currency),
        at=_moment(dispute.created),
        is_live=dispute.livemode,
    )


def _ours(metadata: Any) -> str:
    """The payment of ours that an object belongs to, or nothing."""
    return str(metadata["payment"]) if metadata and "payment" in metadata else ""


def _refunded(charge: stripe.Charge | None) -> int:
    """Minor units that went back. Stripe counts what a void or a partial capture lets go, too; it was never taken."""
    return max(charge.amount_refunded - (charge.amount - charge.amount_captured), 0) if charge else 0


def _subject(subject: dict[str, Any]) -> tuple[str | None, str | None, bool]:
    """Which session or payment an event is about, and whether it is trouble."""
    match kind := subject.get("object"):
        case "checkout.session":
            return text(subject["id"]), None, False
        case "payment_intent":
            return None, text(subject["id"]), False
        case _:  # charges, refunds, disputes, warnings, reviews: all name the payment they belong to
            return None, _id(subject.get("payment_intent")), kind in trouble.KINDS


def _lines(order: OrderToPay) -> tuple[LineToPay, ...]:
    if len(order.lines) <= MAX_LINES:
        return order.lines
    return (LineToPay(name=f"Order {order.number}", unit_amount=order.total.minor, quantity=1),)


def _check_not_from_the_future(signature: str) -> None:
    """Raise ValueError for a timestamp (`t=` of a header that is verified already) ahead of our clock."""
    signed_at = next(int(part[2:]) for part in signature.split(",") if part.startswith("t="))
    if signed_at > time.time() + TOLERANCE:
        raise ValueError("The timestamp lies in the future.")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


def _money(minor: int, currency: str) -> Money:
    return Money(minor, currency.upper())


def _id(value: object) -> str | None:
    """An id, whether the object was expanded or not."""
    if isinstance(value, str):
        return value
    return str(value["id"]) if isinstance(value, Mapping) and "id" in value else None


def _card(charge: stripe.Charge | None) -> stripe.Charge.PaymentMethodDetails.Card | None:
    details = charge.payment_method_details if charge else None
    return getattr(details, "card", None) if details else None


def _capture_before(charge: stripe.Charge | None) -> datetime | None:
    card = _card(charge)
    seconds = getattr(card, "capture_before", None) if card else None
    return _moment(seconds) if seconds else None


def _checks(charge: stripe.Charge | None, *, declined: list[stripe.Charge]) -> CardChecks:
    card = _card(charge)
    cards = (_card(attempt) for attempt in declined)
    declined_cards = tuple(found.fingerprint for found in cards if found and found.fingerprint)
    if charge is None or card is None:
        return CardChecks(declines=len(declined), declined_cards=declined_cards)
    checks, secure = card.checks, card.three_d_secure
    outcome = charge.outcome
    return CardChecks(
        cvc=_CHECKS.get(checks.cvc_check if checks else None, "unavailable"),
        postcode=_CHECKS.get(checks.address_postal_code_check if checks else None, "unavailable"),
        line1=_CHECKS.get(checks.address_line1_check if checks else None, "unavailable"),
        risk_level=_RISKS.get((outcome.risk_level or "") if outcome else "", "unknown"),
        risk_score=getattr(outcome, "risk_score", None) if outcome else None,
        # Stripe: liability usually shifts when the cardholder was authenticated (docs: 3-D Secure, "liability shift").
        is_liability_shifted=bool(secure and secure.result == "authenticated"),
        declines=len(declined),
        declined_cards=declined_cards,
        brand=card.brand or "",
        last4=card.last4 or "",
        country=card.country or "",
        fingerprint=card.fingerprint or "",
    )


def _payer(charge: stripe.Charge | None, session: Session | None) -> Payer:
    details = charge.billing_details if charge else None
    customer = session.customer_details if session else None
    if details is None:
        return Payer()
    address = details.address
    return Payer(
        name=details.name,
        email=details.email,
        phone=details.phone or (customer.phone if customer else None),
        line1=address.line1 if address else None,
        city=address.city if address else None,
        postcode=address.postal_code if address else None,
        country=address.country if address else None,
    )
