"""The control API: JSON in, JSON out, no key (it listens on a loopback address in development and tests only).

An answer is 200 with the result, or 400 `{"error": "…"}` saying what was wrong.

    GET  /control/api/switches   all switches and the faults still to come
    POST /control/api/switches   {"webhook": {"mode": "automatic" | "manual", "delay_seconds": 0, "drop": false,
                                  "duplicate": false, "reorder": false, "ungenerated": false},
                                  "webhook_urls": {"stripe": "http://…", "paypal": "http://…"},
                                  "webhook_url": "http://…" (Stripe's alone),
                                  "paypal": {"late_captures": "refuse"} (all are in paypal/switches.py),
                                  "fault": {"call": "capture", "mode": "fail", "status": 500, "times": 1, "seconds": 0},
                                  "clear_faults": true}
                                 every part optional; calls and modes are listed in ground/faults.py.
                                 manual: events wait for /deliver. drop: events exist and are never sent.
                                 ungenerated: no event is even made. duplicate: each is sent twice.
                                 reorder: younger events overtake older ones.
    POST /control/api/reset      {"webhook_urls": {…}}   empties everything, all switches back to their defaults
    POST /control/api/clock      {"offset_seconds": 3600}      moves the company's clock; what fell due happens at once
    GET  /control/api/ledger     every charge of both companies: authorised, captured, refunded, voided, in minor units
                                 (the truth, for tests). At PayPal `session` is the order, `charge` the first
                                 authorisation, `payment_intent` the latest, `client_reference_id` the custom_id
    POST /control/api/pay        {"session": "cs_…", "card": "4242…", "exp": "12/34", "name": "…", "email": "…",
                                  "phone": "…", "country": "GB", "line1": "…", "line2": "…", "city": "…", "postcode": "…",
                                  "state": "…", "three_d_secure": "complete" | "fail" | "leave"}
                                 what the hosted page does, without a browser; only session is required
    POST /control/api/deliver    sends everything pending now, in this request: {"delivered", "failed", "remaining"}
    POST /control/api/take       hands everything pending over instead of sending it: payload and signed headers
    GET  /control/api/events     every event with its deliveries and their attempts, oldest first
    POST /control/api/resend     {"event": "evt_…"}
    POST /control/api/dispute    {"payment_intent": "pi_…", "amount": 100, "reason": "fraudulent"}
    POST /control/api/dispute/answer  {"dispute": "du_…"}   the merchant sent the evidence; the bank looks at it
    POST /control/api/dispute/close  {"dispute": "du_…", "status": "won" | "lost"}
    POST /control/api/warning    {"payment_intent": "pi_…", "fraud_type": "made_with_stolen_card"}   (early fraud warning)
    POST /control/api/review     {"payment_intent": "pi_…", "reason": "rule" | "manual"}
    POST /control/api/review/close   {"review": "prv_…", "reason": "approved" | "refunded" | "refunded_as_fraud" | …}

PayPal's (`control/paypal.py`; amounts in minor units):

    POST /control/api/paypal/approve  {"order": "5O1…", "buyer": "good" | "unverified" | "declined", "given_name": "…",
                                  "surname": "…", "email": "…", "phone": "…", "line1": "…", "city": "…", "state": "…",
                                  "postcode": "…", "country": "GB"}   what the approval page does; only order is required:
                                 {"status", "order", "return_url", "payer_id"}
    POST /control/api/paypal/cancel   {"order": "5O1…"}   the buyer goes back without approving: {"cancel_url"}
    POST /control/api/paypal/capture  {"authorization": "…", "amount": 100}   as in PayPal's own dashboard
    POST /control/api/paypal/void     {"authorization": "…"}                  the same
    POST /control/api/paypal/refund   {"capture": "…", "amount": 100}         the same
    POST /control/api/paypal/settle   {"capture": "…", "status": "COMPLETED" | "DECLINED"}   ends a pending capture
    POST /control/api/paypal/dispute  {"capture": "…", "amount": 100, "reason": "UNAUTHORISED", "stage": "INQUIRY" |
                                  "CHARGEBACK"}   reasons are listed in paypal/disputes.py
    POST /control/api/paypal/dispute/close  {"dispute": "PP-R-…", "favour": "buyer" | "seller"}
    GET  /control/api/paypal/ca       {"ca_pem": "…", "cert_url": "…"}   the root that webhooks are to be verified against
"""

from dataclasses import asdict

from django.conf import settings
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from sandbox.control import selectors
from sandbox.control.answers import UnableToObeyError, answering
from sandbox.ground import deliveries, faults, switches
from sandbox.ground.models import Delivery, Fault, Switches, as_dict
from sandbox.ground.values import Json
from sandbox.ground.worker import let_time_pass, no_delivery_in_flight
from sandbox.paypal import models as paypal
from sandbox.paypal import switches as paypal_switches
from sandbox.stripe import store, trouble
from sandbox.stripe.cards import recognise
from sandbox.stripe.events import BY_ITSELF
from sandbox.stripe.forms import billing_details
from sandbox.stripe.models import Challenge, Resource, StoredAnswer
from sandbox.stripe.payments import Outcome, finish_challenge, pay

_PAYPAL = (paypal.Resource, paypal.StoredRequest, paypal.AccessToken, paypal.Behaviour)

# How long a reset waits for deliveries under way, so that no old event arrives after it.
QUIET_SECONDS = 5


@answering("GET")
def show_switches(_given: Json) -> Json:
    """All switches and the faults still to come."""
    return selectors.switches_now()


@answering("POST")
def set_switches(given: Json) -> Json:
    """Change some switches."""
    unknown = set(given) - {"webhook", "webhook_url", "webhook_urls", "paypal", "fault", "clear_faults"}
    if unknown:
        raise UnableToObeyError(f"no such switch: {', '.join(sorted(unknown))}")
    if given.get("clear_faults"):
        Fault.objects.all().delete()
    if "webhook" in given:
        switches.change_webhook(given["webhook"])
    switches.change_urls(_urls(given))
    if "paypal" in given:
        paypal_switches.change(given["paypal"])
    if "fault" in given:
        fault = given["fault"]
        known = {"call", "mode", "status", "times", "seconds"}
        if not isinstance(fault, dict) or set(fault) - known:
            raise UnableToObeyError(f"a fault has {', '.join(sorted(known))}")
        faults.add_fault(**fault)
    return selectors.switches_now()


@answering("POST")
def reset(given: Json) -> Json:
    """Empty everything."""
    with no_delivery_in_flight(QUIET_SECONDS), transaction.atomic():
        for model in (Delivery, Fault, Switches, Challenge, StoredAnswer, Resource, *_PAYPAL):
            model.objects.all().delete()
        switches.change_urls(_urls(given))
    return selectors.switches_now()


@answering("POST")
def set_clock(given: Json) -> Json:
    """Travel in time."""
    offset = given["offset_seconds"]
    if not isinstance(offset, int | float):
        raise UnableToObeyError("offset_seconds is a number")
    switches.set_clock(offset)
    let_time_pass()
    return as_dict(switches.current())


@answering("GET")
def ledger(_given: Json) -> Json:
    """Every charge and what became of its money."""
    let_time_pass()
    return {"charges": selectors.ledger()}


@answering("POST")
@sensitive_variables()
def pay_session(given: Json) -> Json:
    """Pay as the hosted page would."""
    let_time_pass()
    session = store.find("checkout.session", given["session"])
    month, _, year = str(given.get("exp", "12/34")).partition("/")
    card = recognise(
        str(given.get("card", "4242424242424242")),
        exp_month=int(month),
        exp_year=int(year) % 100 + 2000,
        secret=settings.STRIPE_API_KEY,
    )
    phone = given.get("phone", "+442071234567") if session.body["phone_number_collection"]["enabled"] else None
    billing = billing_details(
        email=session.body["customer_email"] or given.get("email", "ada@example.com"),
        name=given.get("name", "Ada Lovelace"),
        phone=phone,
        address={
            "city": given.get("city", "London"),
            "country": given.get("country", "GB"),
            "line1": given.get("line1", "12 St James's Square"),
            "line2": given.get("line2"),
            "postal_code": given.get("postcode", "SW1Y 4JH"),
            "state": given.get("state"),
        },
    )
    outcome = pay(session_ref=session.ref, card=card, billing=billing, now=switches.now())
    answer = given.get("three_d_secure", "complete")
    if outcome.status == "challenge" and answer != "leave":
        outcome = finish_challenge(token=outcome.token, complete=answer == "complete", now=switches.now())
    return _told(outcome)


@answering("POST")
def deliver(_given: Json) -> Json:
    """Send everything pending, now."""
    let_time_pass()
    return asdict(deliveries.deliver_all())


@answering("POST")
def take(_given: Json) -> Json:
    """Hand everything pending over."""
    let_time_pass()
    return {"events": [asdict(event) for event in deliveries.take_all()]}


@answering("GET")
def events(_given: Json) -> Json:
    """The event log."""
    let_time_pass()
    return {"events": selectors.event_log()}


@answering("POST")
def resend(given: Json) -> Json:
    """Queue one event again."""
    if deliveries.resend(given["event"]) is None:
        raise UnableToObeyError("no such event")
    return {"event": given["event"]}


@answering("POST")
@transaction.atomic
def make_dispute(given: Json) -> Json:
    """A cardholder disputes a payment."""
    return trouble.open_dispute(
        charge=_charge_of(given),
        amount=given.get("amount"),
        reason=given.get("reason", "fraudulent"),
        cause=BY_ITSELF,
        now=switches.now(),
    ).answer


@answering("POST")
@transaction.atomic
def answer_dispute(given: Json) -> Json:
    """The merchant answers in the dashboard."""
    return trouble.answer_dispute(ref=given["dispute"], cause=BY_ITSELF, now=switches.now()).answer


@answering("POST")
@transaction.atomic
def end_dispute(given: Json) -> Json:
    """The bank decides."""
    if given["status"] not in trouble.DISPUTE_ENDS:
        raise UnableToObeyError("status is won or lost")
    return trouble.close_dispute(ref=given["dispute"], status=given["status"], cause=BY_ITSELF, now=switches.now()).answer


@answering("POST")
@transaction.atomic
def make_warning(given: Json) -> Json:
    """The bank warns early."""
    fraud_type = given.get("fraud_type", "made_with_stolen_card")
    return trouble.warn_early(charge=_charge_of(given), fraud_type=fraud_type, cause=BY_ITSELF, now=switches.now()).answer


@answering("POST")
@transaction.atomic
def make_review(given: Json) -> Json:
    """The company's own rules ask for a review."""
    reason = given.get("reason", "rule")
    return trouble.open_review(charge=_charge_of(given), reason=reason, cause=BY_ITSELF, now=switches.now()).answer


@answering("POST")
@transaction.atomic
def end_review(given: Json) -> Json:
    """Somebody decides on a review in the company's own dashboard."""
    reason = given.get("reason", "approved")
    if reason not in trouble.REVIEW_ENDS:
        raise UnableToObeyError(f"reason is one of {', '.join(trouble.REVIEW_ENDS)}")
    return trouble.close_review(ref=given["review"], reason=reason, cause=BY_ITSELF, now=switches.now()).answer


def _urls(given: Json) -> dict[str, str]:
    """The webhook addresses that a request names."""
    stripe = {"stripe": given["webhook_url"]} if given.get("webhook_url") else {}
    return {**stripe, **given.get("webhook_urls", {})}


def _charge_of(given: Json) -> Resource:
    intent = store.find("payment_intent", given["payment_intent"])
    if intent.body["latest_charge"] is None:
        raise UnableToObeyError("this payment has no charge")
    return store.find("charge", intent.body["latest_charge"])


def _told(outcome: Outcome) -> Json:
    told = asdict(outcome)
    if outcome.token:
        told["challenge_url"] = f"{settings.SANDBOX_ORIGIN}/c/3ds/{outcome.token}"
    del told["token"]
    return told
