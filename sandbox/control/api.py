"""The control API: JSON in, JSON out, no key (it listens on a loopback address in development and tests only).

An answer is 200 with the result, or 400 `{"error": "…"}` saying what was wrong.

    GET  /control/api/switches   all switches and the faults still to come
    POST /control/api/switches   {"webhook": {"mode": "automatic" | "manual", "delay_seconds": 0, "drop": false,
                                  "duplicate": false, "reorder": false, "ungenerated": false},
                                  "webhook_url": "http://…",
                                  "fault": {"call": "capture", "mode": "fail", "status": 500, "times": 1, "seconds": 0},
                                  "clear_faults": true}
                                 every part optional; calls and modes are listed in ground/faults.py.
                                 manual: events wait for /deliver. drop: events exist and are never sent.
                                 ungenerated: no event is even made. duplicate: each is sent twice.
                                 reorder: younger events overtake older ones.
    POST /control/api/reset      {"webhook_url": "http://…"}   empties everything, all switches back to their defaults
    POST /control/api/clock      {"offset_seconds": 3600}      moves the company's clock; what fell due happens at once
    GET  /control/api/ledger     every charge: authorised, captured, refunded, voided (the truth, for tests)
    POST /control/api/pay        {"session": "cs_…", "card": "4242…", "exp": "12/34", "name": "…", "email": "…",
                                  "phone": "…", "country": "GB", "line1": "…", "line2": "…", "city": "…", "postcode": "…",
                                  "state": "…", "three_d_secure": "complete" | "fail" | "leave"}
                                 what the hosted page does, without a browser; only session is required
    POST /control/api/deliver    sends everything pending now, in this request: {"delivered", "failed", "remaining"}
    POST /control/api/take       hands everything pending over instead of sending it: payload and signed headers
    GET  /control/api/events     every event with its deliveries and their attempts, oldest first
    POST /control/api/resend     {"event": "evt_…"}
    POST /control/api/dispute    {"payment_intent": "pi_…", "amount": 100, "reason": "fraudulent"}
    POST /control/api/dispute/close  {"dispute": "du_…", "status": "won" | "lost"}
    POST /control/api/warning    {"payment_intent": "pi_…", "fraud_type": "made_with_stolen_card"}   (early fraud warning)
    POST /control/api/review     {"payment_intent": "pi_…", "reason": "rule" | "manual"}
    POST /control/api/review/close   {"review": "prv_…", "reason": "approved" | "refunded" | "refunded_as_fraud" | …}
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables

from sandbox.control import selectors
from sandbox.ground import deliveries, faults, switches
from sandbox.ground.faults import UnknownFaultError
from sandbox.ground.models import Delivery, Fault, Switches, as_dict
from sandbox.ground.switches import UnknownSwitchError
from sandbox.ground.values import Json
from sandbox.ground.worker import no_delivery_in_flight
from sandbox.stripe import store, trouble
from sandbox.stripe.cards import UnknownCardError, recognise
from sandbox.stripe.errors import ApiError
from sandbox.stripe.events import BY_ITSELF
from sandbox.stripe.forms import billing_details
from sandbox.stripe.models import Challenge, Resource, StoredAnswer
from sandbox.stripe.passing_time import let_time_pass
from sandbox.stripe.payments import Outcome, SessionClosedError, finish_challenge, pay

type Answer = Callable[..., JsonResponse]

# How long a reset waits for deliveries under way, so that no old event arrives after it.
QUIET_SECONDS = 5


class UnableToObeyError(Exception):
    """The request to the control API makes no sense; the text says why."""


def answering(method: str) -> Callable[[Callable[[Json], Any]], Answer]:
    """Make a JSON view of a function from the request's JSON to the answer's."""

    def decorate(run: Callable[[Json], Any]) -> Answer:
        @csrf_exempt
        def view(request: HttpRequest) -> JsonResponse:
            if request.method != method:
                return JsonResponse({"error": f"use {method}"}, status=405)
            try:
                given = json.loads(request.body or b"{}")
                return JsonResponse(run(given) if isinstance(given, dict) else {"error": "send a JSON object"})
            except (UnableToObeyError, UnknownSwitchError, UnknownFaultError, UnknownCardError, ApiError) as error:
                return JsonResponse({"error": str(error)}, status=400)
            except KeyError as error:
                return JsonResponse({"error": f"{error.args[0]} is missing"}, status=400)
            except SessionClosedError:
                return JsonResponse({"error": "this session is not open"}, status=400)
            except json.JSONDecodeError:
                return JsonResponse({"error": "send JSON"}, status=400)

        return view

    return decorate


@answering("GET")
def show_switches(_given: Json) -> Json:
    """All switches and the faults still to come."""
    return selectors.switches_now()


@answering("POST")
def set_switches(given: Json) -> Json:
    """Change some switches."""
    unknown = set(given) - {"webhook", "webhook_url", "fault", "clear_faults"}
    if unknown:
        raise UnableToObeyError(f"no such switch: {', '.join(sorted(unknown))}")
    if given.get("clear_faults"):
        Fault.objects.all().delete()
    if "webhook" in given:
        switches.change_webhook(given["webhook"])
    if "webhook_url" in given:
        switches.change_url(given["webhook_url"])
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
        for model in (Delivery, Fault, Switches, Challenge, StoredAnswer, Resource):
            model.objects.all().delete()
        switches.change_url(given.get("webhook_url") or settings.SANDBOX_WEBHOOK_URL)
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
