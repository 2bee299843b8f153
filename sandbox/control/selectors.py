"""What the control page and API read."""

from collections import defaultdict
from datetime import UTC, datetime

from sandbox.ground import switches
from sandbox.ground.models import Delivery, DeliveryAttempt, Fault, as_dict
from sandbox.ground.values import Json
from sandbox.paypal import switches as paypal_switches
from sandbox.paypal.amounts import for_people
from sandbox.paypal.ledger import ledger as paypal_ledger
from sandbox.paypal.models import Resource as PaypalResource
from sandbox.paypal.shapes import approval_path
from sandbox.paypal.store import belonging
from sandbox.stripe.amounts import money
from sandbox.stripe.models import Resource


def switches_now() -> Json:
    """All switches and the faults still to come."""
    pending = Fault.objects.order_by("pk").values("call", "mode", "status", "seconds", "left")
    return {
        **as_dict(switches.current()),
        "webhook_urls": switches.webhook_urls(),
        "paypal": paypal_switches.shown(),
        "faults": list(pending),
    }


def ledger() -> list[Json]:
    """Every charge of Stripe's, oldest first, then every order of PayPal's; amounts in minor units."""
    return [*_stripe_ledger(), *paypal_ledger()]


def _stripe_ledger() -> list[Json]:
    """Every charge that a bank said yes to, oldest first.

    `voided` is what was authorised and let go without being taken; `refunded` is what was taken and given back.
    """
    given_back: dict[str, int] = defaultdict(int)
    let_go: dict[str, int] = defaultdict(int)
    for refund in Resource.objects.filter(kind="refund"):
        if refund.hidden.get("reversal"):
            let_go[refund.charge] += refund.body["amount"]
        elif refund.body["status"] != "failed":
            given_back[refund.charge] += refund.body["amount"]
    session_of = dict(
        Resource.objects.filter(kind="checkout.session").exclude(payment_intent="").values_list("payment_intent", "ref")
    )
    return [
        {
            "company": "stripe",
            "charge": charge.ref,
            "payment_intent": charge.payment_intent,
            "session": session_of.get(charge.payment_intent, ""),
            "client_reference_id": _reference(session_of.get(charge.payment_intent, "")),
            "metadata": charge.body["metadata"],
            "currency": charge.body["currency"],
            "authorised": charge.body["amount"],
            "captured": charge.body["amount_captured"],
            "refunded": given_back[charge.ref],
            "voided": let_go[charge.ref],
            "disputed": charge.body["disputed"],
        }
        for charge in Resource.objects.filter(kind="charge", body__status="succeeded").order_by("position")
    ]


def _reference(session: str) -> str | None:
    found = Resource.objects.filter(ref=session).first()
    return found.body["client_reference_id"] if found else None


def recent_payments(limit: int) -> list[Json]:
    """The youngest sessions, each with its payment intent and charge, for the page."""
    rows = []
    for session in Resource.objects.filter(kind="checkout.session").order_by("-position")[:limit]:
        intent = Resource.objects.filter(ref=session.body["payment_intent"] or "").first()
        charge = Resource.objects.filter(ref=intent.body["latest_charge"] or "").first() if intent else None
        rows.append(
            {
                "session": session.answer,
                "amount": money(session.body["amount_total"], session.body["currency"]),
                "opened": datetime.fromtimestamp(session.created, UTC),
                "intent": intent.answer if intent else None,
                "charge": charge.answer if charge else None,
                "disputes": [found.answer for found in Resource.objects.filter(kind="dispute", charge=charge.ref)]
                if charge
                else [],
            }
        )
    return rows


def recent_paypal_orders(limit: int) -> list[Json]:
    """PayPal's youngest orders, each with its authorisations, captures and disputes, for the page."""
    rows = []
    for order in PaypalResource.objects.filter(kind="order").order_by("-position")[:limit]:
        captures = [
            {
                **item.body,
                "for_people": for_people(item.body["amount"]),
                "disputes": [found.body for found in belonging("dispute", parent=item.ref)],
            }
            for item in belonging("capture", order=order.ref)
        ]
        unit = order.body["purchase_units"][0]
        rows.append(
            {
                "order": order.body,
                "is_gone": bool(order.hidden.get("gone")),
                "reference": unit.get("custom_id", ""),
                "amount": for_people(unit["amount"]),
                "opened": datetime.fromtimestamp(order.created, UTC),
                "page": approval_path(order.ref) if order.body["status"] != "COMPLETED" else "",
                "authorizations": [item.body for item in belonging("authorization", order=order.ref)],
                "captures": captures,
            }
        )
    return rows


def event_log(limit: int | None = None) -> list[Json]:
    """Every event with its deliveries and what came of them, oldest first (the youngest `limit` of them)."""
    events = sorted([*_stripe_events(limit), *_paypal_events(limit)], key=lambda event: event["created"])
    events = events if limit is None else events[-limit:]
    deliveries: dict[str, list[Json]] = defaultdict(list)
    tries: dict[int, list[Json]] = defaultdict(list)
    refs = [event["id"] for event in events]
    for attempt in DeliveryAttempt.objects.filter(delivery__event_id__in=refs).order_by("pk"):
        tries[attempt.delivery_id].append({"at": attempt.at, "status": attempt.status, "problem": attempt.problem})
    for delivery in Delivery.objects.filter(event_id__in=refs).order_by("pk"):
        deliveries[delivery.event_id].append(
            {"state": delivery.state, "due_at": delivery.due_at, "attempts": tries[delivery.pk]}
        )
    return [
        {
            **event,
            "at": datetime.fromtimestamp(event["created"], UTC).isoformat(sep=" ", timespec="seconds"),
            "deliveries": deliveries[event["id"]],
        }
        for event in events
    ]


def _stripe_events(limit: int | None) -> list[Json]:
    found = Resource.objects.filter(kind="event").order_by("-position")[:limit]
    return [
        {
            "company": "stripe",
            "id": event.ref,
            "type": event.body["type"],
            "created": event.created,
            "object": event.body["data"]["object"]["id"],
        }
        for event in reversed(found)
    ]


def _paypal_events(limit: int | None) -> list[Json]:
    found = PaypalResource.objects.filter(kind="event").order_by("-position")[:limit]
    return [
        {
            "company": "paypal",
            "id": event.ref,
            "type": event.body["event_type"],
            "created": event.created,
            "object": next(
                event.body["resource"][name] for name in ("id", "dispute_id", "order_id") if name in event.body["resource"]
            ),
        }
        for event in reversed(found)
    ]
