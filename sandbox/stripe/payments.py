"""Paying, capturing and cancelling: what happens to a payment intent and its charges."""

from dataclasses import dataclass

from django.db import transaction

from sandbox.ground.values import Json
from sandbox.stripe import store
from sandbox.stripe.cards import CardFacts
from sandbox.stripe.errors import bad_parameter, refused
from sandbox.stripe.events import BY_ITSELF, Cause, emit
from sandbox.stripe.ids import random_letters
from sandbox.stripe.models import Challenge, Resource
from sandbox.stripe.refunds import release
from sandbox.stripe.sessions import success_url
from sandbox.stripe.shapes.payment import (
    new_charge,
    new_intent,
    new_payment_method,
    new_transaction,
    outcome,
    three_d_secure,
)
from sandbox.stripe.shapes.session import customer_details
from sandbox.stripe.trouble import open_dispute, warn_early

AUTHORISATION_SECONDS = 7 * 24 * 3600
RISK = {"normal": 12, "elevated": 70, "highest": 92}
CANCEL_REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
MAY_BE_CANCELLED = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action", "processing")


class SessionClosedError(Exception):
    """The session has expired, or this 3-D Secure step is not the latest one any more."""


@dataclass(frozen=True)
class Outcome:
    """What a try to pay came to: `paid`, `declined` or `challenge` (then `token` names the 3-D Secure step)."""

    status: str
    session: str
    message: str = ""
    code: str = ""
    decline_code: str = ""
    token: str = ""
    success_url: str = ""
    payment_intent: str = ""
    charge: str = ""


@transaction.atomic
def pay(*, session_ref: str, card: CardFacts, billing: Json, now: int) -> Outcome:
    """Try to pay a session with a card. A session that is already paid stays as it is and counts as paid.

    Raises SessionClosedError when the session has expired.
    """
    session = store.find("checkout.session", session_ref)
    if session.body["status"] == "complete":
        return _paid(session)
    if session.body["status"] != "open":
        raise SessionClosedError
    intent = _intent_of(session, now=now)
    Challenge.objects.filter(session=session.ref).delete()
    if card.does.challenge:
        token = random_letters(40)
        Challenge.objects.create(token=token, session=session.ref, card=card.as_json(), billing=billing)
        intent.body |= {"status": "requires_action", "next_action": {"type": "use_stripe_sdk", "use_stripe_sdk": {}}}
        store.save(intent)
        emit("payment_intent.requires_action", intent.body, cause=BY_ITSELF, now=now)
        return Outcome(status="challenge", session=session.ref, token=token, payment_intent=intent.ref)
    return _charge(session, intent, card=card, billing=billing, secured=None, now=now)


@transaction.atomic
def finish_challenge(*, token: str, complete: bool, now: int) -> Outcome:
    """End a 3-D Secure step; raise SessionClosedError when it is not waiting any more."""
    challenge = Challenge.objects.filter(token=token).first()
    if challenge is None:
        raise SessionClosedError
    session = store.find("checkout.session", challenge.session)
    if session.body["status"] != "open":
        raise SessionClosedError
    card = CardFacts.from_json(challenge.card)
    billing = challenge.billing
    challenge.delete()
    intent = _intent_of(session, now=now)
    if complete:
        return _charge(session, intent, card=card, billing=billing, secured=three_d_secure("authenticated"), now=now)
    message = "We are unable to authenticate your payment method. Please choose a different payment method and try again."
    method = new_payment_method(card=card, billing=billing, checks=_checks(card, billing), now=now)
    store.put(method)
    error = {"code": "payment_intent_authentication_failure", "message": message, "type": "card_error"}
    _fail(intent, error=error, method=method, charge=None, now=now)
    return Outcome(status="declined", session=session.ref, message=message, code=error["code"], payment_intent=intent.ref)


def capture_intent(*, ref: str, amount: int | None, cause: Cause, now: int) -> Resource:
    """Take authorised money, all of it or less (the rest is let go); raise ApiError when that cannot be."""
    intent = store.find("payment_intent", ref, param="intent")
    body = intent.body
    if body["status"] != "requires_capture":
        reason = (
            "it has already been captured."
            if body["status"] == "succeeded"
            else f"it has a status of {body['status']}. Only a PaymentIntent with one of the following statuses may be "
            "captured: requires_capture."
        )
        raise refused(
            f"This PaymentIntent could not be captured because {reason}",
            code="payment_intent_unexpected_state",
            payment_intent=body,
        )
    amount = body["amount_capturable"] if amount is None else amount
    if amount < 1:
        raise bad_parameter("This value must be greater than or equal to 1.", param="amount_to_capture")
    if amount > body["amount_capturable"]:
        raise refused(
            "The payment could not be captured because the requested capture amount is greater than the authorized amount.",
            param="amount_to_capture",
            code="amount_too_large",
            payment_intent=body,
        )
    charge = store.find("charge", body["latest_charge"])
    _take(charge, amount=amount, now=now)
    emit("charge.captured", charge.body, cause=cause, now=now)
    body |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
    intent.due_at = None
    store.save(intent)
    emit("payment_intent.succeeded", body, cause=cause, now=now)
    _mark_paid(intent)
    _what_comes_later(charge, cause=cause, now=now)
    return intent


def cancel_intent(*, ref: str, reason: str | None, cause: Cause, now: int) -> Resource:
    """Let an authorisation go (or give up an unpaid intent); raise ApiError when it is too late."""
    intent = store.find("payment_intent", ref, param="intent")
    status = intent.body["status"]
    if status not in MAY_BE_CANCELLED:
        raise refused(
            f"You cannot cancel this PaymentIntent because it has a status of {status}. Only a PaymentIntent with one of "
            f"the following statuses may be canceled: {', '.join(MAY_BE_CANCELLED)}.",
            code="payment_intent_unexpected_state",
            payment_intent=intent.body,
        )
    if status != "requires_capture":
        raise refused(
            "You cannot cancel this PaymentIntent because it was created by Checkout and its Checkout Session is still "
            "open. Expire the Checkout Session instead.",
            code="payment_intent_unexpected_state",
            payment_intent=intent.body,
        )
    void(intent, reason=reason, cause=cause, now=now)
    return intent


def void(intent: Resource, *, reason: str | None, cause: Cause, now: int) -> None:
    """Let go of an authorised, uncaptured amount."""
    charge = store.find("charge", intent.body["latest_charge"])
    why = "expired_uncaptured_charge" if reason == "automatic" else None
    release(charge, amount=charge.body["amount"], reason=why, now=now)
    charge.body["refunded"] = True
    store.save(charge)
    emit("charge.refunded", charge.body, cause=cause, now=now)
    intent.body |= {
        "status": "canceled",
        "amount_capturable": 0,
        "canceled_at": now,
        "cancellation_reason": reason,
    }
    intent.due_at = None
    store.save(intent)
    emit("payment_intent.canceled", intent.body, cause=cause, now=now)


def _intent_of(session: Resource, *, now: int) -> Resource:
    """The session's payment intent, made when it is first needed."""
    if session.body["payment_intent"]:
        return store.find("payment_intent", session.body["payment_intent"])
    intent = store.put(new_intent(session=session.body, intent_data=session.hidden["payment_intent_data"], now=now))
    emit("payment_intent.created", intent.body, cause=BY_ITSELF, now=now)
    session.body["payment_intent"] = intent.ref
    store.save(session)
    return intent


def _checks(card: CardFacts, billing: Json) -> Json:
    address = billing["address"] or {}
    return {
        "address_line1_check": card.does.line1 if address.get("line1") else None,
        "address_postal_code_check": card.does.postcode if address.get("postal_code") else None,
        "cvc_check": card.does.cvc,
    }


def _charge(
    session: Resource, intent: Resource, *, card: CardFacts, billing: Json, secured: Json | None, now: int
) -> Outcome:
    """Ask the bank."""
    does = card.does
    manual = intent.body["capture_method"] == "manual"
    method = new_payment_method(card=card, billing=billing, checks=_checks(card, billing), now=now)
    store.put(method)
    body = new_charge(
        intent=intent.body,
        method=method,
        network_id="".join(str(ord(letter) % 10) for letter in random_letters(15)),
        capture_before=now + AUTHORISATION_SECONDS if manual and not does.code else None,
        three_d_secure=secured,
        now=now,
    )
    risk = (does.risk, RISK[does.risk])
    if does.code:
        return _decline(session, intent, body, card=card, method=method, risk=risk, now=now)
    reason = None if does.risk == "normal" else f"{does.risk}_risk_level"
    body["outcome"] = outcome(
        kind="authorized", network_status="approved_by_network", reason=reason, risk=risk, message="Payment complete."
    )
    charge = store.put(body, hidden={"later": does.later})
    if not manual:
        _take(charge, amount=body["amount"], now=now)
    emit("charge.succeeded", charge.body, cause=BY_ITSELF, now=now)
    intent.body |= {
        "status": "requires_capture" if manual else "succeeded",
        "amount_capturable": body["amount"] if manual else 0,
        "amount_received": 0 if manual else body["amount"],
        "latest_charge": charge.ref,
        "payment_method": method["id"],
        "next_action": None,
        "last_payment_error": None,
    }
    intent.due_at = now + AUTHORISATION_SECONDS if manual else None
    store.save(intent)
    moved = "payment_intent.amount_capturable_updated" if manual else "payment_intent.succeeded"
    emit(moved, intent.body, cause=BY_ITSELF, now=now)
    session.body |= {
        "status": "complete",
        "url": None,
        "payment_status": "unpaid" if manual else "paid",
        "customer_details": customer_details(
            email=billing["email"], name=billing["name"], phone=billing["phone"], address=billing["address"]
        ),
        "collected_information": {"business_name": None, "individual_name": None, "shipping_details": None},
    }
    session.due_at = None
    store.save(session)
    emit("checkout.session.completed", session.body, cause=BY_ITSELF, now=now)
    if not manual:
        _what_comes_later(charge, cause=BY_ITSELF, now=now)
    return _paid(session)


def _decline(session: Resource, intent: Resource, body: Json, *, card: CardFacts, method: Json, risk: tuple[str, int],
             now: int) -> Outcome:  # fmt: skip
    """The bank, or the company's own rule, said no: a failed charge stays, the shopper may try again."""
    does = card.does
    body |= {"status": "failed", "paid": False, "failure_code": does.code, "failure_message": does.message}
    body["payment_method_details"]["card"] |= {"amount_authorized": None, "network_transaction_id": None}
    if does.blocked:
        body["outcome"] = outcome(
            kind="blocked",
            network_status="not_sent_to_network",
            reason="highest_risk_level",
            risk=risk,
            message="Stripe blocked this payment as too risky.",
        )
    else:
        body["outcome"] = outcome(
            kind="issuer_declined",
            network_status="declined_by_network",
            reason=does.decline,
            risk=risk,
            message="The bank did not return any further details with this decline.",
        ) | {"network_decline_code": "01", "advice_code": "try_again_later"}
    charge = store.put(body)
    emit("charge.failed", charge.body, cause=BY_ITSELF, now=now)
    error = {
        "charge": charge.ref,
        "code": does.code,
        "decline_code": does.decline,
        "doc_url": f"https://docs.stripe.com/error-codes#{does.code.replace('_', '-')}",
        "message": does.message,
        "type": "card_error",
    }
    _fail(intent, error=error, method=method, charge=charge, now=now)
    return Outcome(
        status="declined",
        session=session.ref,
        message=does.message,
        code=does.code,
        decline_code=does.decline,
        payment_intent=intent.ref,
        charge=charge.ref,
    )


def _fail(intent: Resource, *, error: Json, method: Json, charge: Resource | None, now: int) -> None:
    intent.body |= {
        "status": "requires_payment_method",
        "last_payment_error": {**error, "payment_method": method},
        "payment_method": None,
        "next_action": None,
    }
    if charge is not None:
        intent.body["latest_charge"] = charge.ref
    store.save(intent)
    emit("payment_intent.payment_failed", intent.body, cause=BY_ITSELF, now=now)


def _take(charge: Resource, *, amount: int, now: int) -> None:
    """Move the money; what was authorised beyond it is let go."""
    fee = amount * 29 // 1000 + 30
    entry = new_transaction(source=charge.body, kind="charge", amount=amount, fee=fee, now=now)
    store.put(entry)
    charge.body |= {"captured": True, "amount_captured": amount, "balance_transaction": entry["id"]}
    if rest := charge.body["amount"] - amount:
        release(charge, amount=rest, reason=None, now=now)
    store.save(charge)


def _what_comes_later(charge: Resource, *, cause: Cause, now: int) -> None:
    """Test cards with a history: their trouble begins once the money has been taken."""
    if charge.hidden.get("later") == "dispute":
        open_dispute(charge=charge, amount=None, reason="fraudulent", cause=cause, now=now)
    if charge.hidden.get("later") == "warning":
        warn_early(charge=charge, fraud_type="made_with_stolen_card", cause=cause, now=now)


def _mark_paid(intent: Resource) -> None:
    """A captured payment makes its session count as paid."""
    session = Resource.objects.filter(kind="checkout.session", payment_intent=intent.ref).first()
    if session is not None:
        session.body["payment_status"] = "paid"
        store.save(session)


def _paid(session: Resource) -> Outcome:
    intent = store.find("payment_intent", session.body["payment_intent"])
    return Outcome(
        status="paid",
        session=session.ref,
        success_url=success_url(session),
        payment_intent=intent.ref,
        charge=intent.body["latest_charge"],
    )
