"""Events: a snapshot of an object at the moment something happened to it, signed and queued for delivery."""

import copy
import hashlib
import hmac
import json
from dataclasses import dataclass

from django.conf import settings

from sandbox.ground import switches
from sandbox.ground.deliveries import queue_delivery
from sandbox.ground.models import Delivery
from sandbox.ground.values import Json
from sandbox.stripe import store
from sandbox.stripe.ids import new_id

API_VERSION = "2026-10-28.endive"


@dataclass(frozen=True)
class Cause:
    """The API request that made something happen; both empty when the shopper or time did."""

    request_id: str | None = None
    idempotency_key: str | None = None


BY_ITSELF = Cause()


def emit(event_type: str, body: Json, *, cause: Cause, now: int, previous: Json | None = None) -> None:
    """Store an event about `body` as it is now, and queue its delivery. Call it inside the transaction of the change."""
    if switches.current().webhook_ungenerated:
        return
    data: Json = {"object": copy.deepcopy(body)}
    if previous is not None:
        data["previous_attributes"] = previous
    event: Json = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": now,
        "data": data,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": cause.request_id, "idempotency_key": cause.idempotency_key},
        "type": event_type,
    }
    store.put(event)
    queue_delivery(
        company="stripe", event_id=event["id"], event_type=event_type, payload=json.dumps(event, indent=2, sort_keys=True)
    )


def sign(payload: str, at: int) -> dict[str, str]:
    """The Stripe-Signature header for a payload sent at this moment (seconds since 1970)."""
    digest = hmac.digest(settings.STRIPE_WEBHOOK_SECRET.encode(), f"{at}.{payload}".encode(), hashlib.sha256).hex()
    return {"Stripe-Signature": f"t={at},v1={digest}", "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)"}


def undelivered() -> list[str]:
    """The ids of events that no delivery has succeeded for."""
    delivered = set(Delivery.objects.filter(state=Delivery.State.DELIVERED).values_list("event_id", flat=True))
    everything = Delivery.objects.filter(company="stripe").values_list("event_id", flat=True)
    return [event for event in dict.fromkeys(everything) if event not in delivered]


def with_pending(event: Json) -> Json:
    """An event as the API shows it: with the number of deliveries still to come."""
    pending = Delivery.objects.filter(event_id=event["id"]).exclude(state=Delivery.State.DELIVERED)
    delivered = Delivery.objects.filter(event_id=event["id"], state=Delivery.State.DELIVERED)
    return {**event, "pending_webhooks": 0 if delivered.exists() else pending.values("event_id").distinct().count()}
