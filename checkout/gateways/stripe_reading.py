"""What Stripe's objects say, in the shop's one vocabulary, and what its errors mean.

Sources: docs.stripe.com/api/errors, /api/charges/object, /api/payment_intents/object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import stripe
from stripe.checkout import Session

from checkout.gateways import stripe_trouble as trouble
from checkout.gateways.base import CardChecks, GatewayError, Payer
from checkout.gateways.reading import reading, text
from store.money import Money, decimals

# What Stripe counts in whole units and in thousandths; all else in hundredths, whatever ISO 4217 or CLDR say: of 500 ISK or
# RSD it would take 5.00. Of thousandths it wants the last digit to be 0 (docs.stripe.com/currencies, "Special cases").
_WHOLE = frozenset(["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"])
_THOUSANDTHS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
_CHECKS = {"pass": "pass", "fail": "fail", "unavailable": "unavailable", "unchecked": "unchecked", None: "unchecked"}
_RISKS = {"normal": "normal", "elevated": "elevated", "highest": "highest"}


def call[T](do: Callable[[], T]) -> T:
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
    except stripe.AuthenticationError as error:
        message = "Stripe does not accept our key. Check STRIPE_API_KEY."
        raise GatewayError(message, is_final=False, is_locked_out=True) from error
    except stripe.PermissionError as error:
        message = "Stripe does not give our key the right to this call. Check the rights of STRIPE_API_KEY."
        raise GatewayError(message, is_final=False, is_forbidden=True) from error
    except stripe.StripeError as error:  # no connection, 5xx, 429, garbage, 409 (two calls with one key at once)
        # Stripe keeps the answer to a key once the work has begun, a 500 included, and replays it.
        is_key_spent = (error.http_status or 0) >= 500
        raise GatewayError(
            f"Stripe did not answer properly ({type(error).__name__}).", is_final=False, is_key_spent=is_key_spent
        ) from error


def subject_of(subject: dict[str, Any]) -> tuple[str | None, str | None, bool]:
    """Which session or payment an event is about, and whether it is trouble."""
    match kind := subject.get("object"):
        case "checkout.session":
            return text(subject["id"]), None, False
        case "payment_intent":
            return None, text(subject["id"]), False
        case _:  # charges, refunds, disputes, warnings, reviews: all name the payment they belong to
            return None, id_of(subject.get("payment_intent")), kind in trouble.KINDS


def moment(seconds: int) -> datetime:
    """A moment of Stripe's."""
    return datetime.fromtimestamp(seconds, tz=UTC)


def money(minor: int, currency: str) -> Money:
    """An amount of Stripe's, which counts in minor units as well."""
    return Money(minor, currency.upper())


def can_write(amount: Money) -> bool:
    """Whether Stripe takes this amount, and counts it in the same minor units as the shop."""
    places = 0 if amount.currency in _WHOLE else 3 if amount.currency in _THOUSANDTHS else 2
    return bool(amount.currency) and decimals(amount.currency) == places and (places < 3 or amount.minor % 10 == 0)


def id_of(value: object) -> str | None:
    """An id, whether the object was expanded or not."""
    if isinstance(value, str):
        return value
    return str(value["id"]) if isinstance(value, Mapping) and "id" in value else None


def _card(charge: stripe.Charge | None) -> stripe.Charge.PaymentMethodDetails.Card | None:
    details = charge.payment_method_details if charge else None
    return getattr(details, "card", None) if details else None


def capture_before(charge: stripe.Charge | None) -> datetime | None:
    """Until when the charge can be captured."""
    card = _card(charge)
    seconds = getattr(card, "capture_before", None) if card else None
    return moment(seconds) if seconds else None


def read_checks(charge: stripe.Charge | None, *, declined: list[stripe.Charge]) -> CardChecks:
    """What the bank and Stripe found."""
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


def read_payer(charge: stripe.Charge | None, session: Session | None) -> Payer:
    """What was typed on the page."""
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


def ours(metadata: Any) -> str:
    """The payment of ours that an object belongs to, or nothing."""
    return str(metadata["payment"]) if metadata and "payment" in metadata else ""
