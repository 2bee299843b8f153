"""Events: a snapshot of an object at the moment something happened to it, signed and queued for delivery."""

import copy
import json

from sandbox.ground import switches
from sandbox.ground.deliveries import queue_delivery
from sandbox.ground.values import Json
from sandbox.paypal import store
from sandbox.paypal.ids import moment, new_event_id
from sandbox.paypal.shapes import link

# Event -> resource_type and what it says in words.
KINDS = {
    "CHECKOUT.ORDER.APPROVED": ("checkout-order", "An order has been approved by buyer"),
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED": ("checkout-order", "A payment has been reversed after approval."),
    "PAYMENT.AUTHORIZATION.CREATED": ("authorization", "A payment authorization was created"),
    "PAYMENT.AUTHORIZATION.VOIDED": ("authorization", "A payment authorization was voided"),
    "PAYMENT.CAPTURE.COMPLETED": ("capture", "Payment completed"),
    "PAYMENT.CAPTURE.DENIED": ("capture", "Payment denied"),
    "PAYMENT.CAPTURE.PENDING": ("capture", "Payment pending"),
    "PAYMENT.CAPTURE.REFUNDED": ("refund", "A payment was refunded"),
    "PAYMENT.CAPTURE.REVERSED": ("refund", "A payment was reversed"),
    "CUSTOMER.DISPUTE.CREATED": ("dispute", "A new dispute opened"),
    "CUSTOMER.DISPUTE.UPDATED": ("dispute", "A dispute was updated"),
    "CUSTOMER.DISPUTE.RESOLVED": ("dispute", "A dispute was resolved"),
}


def emit(event_type: str, resource: Json, *, now: int) -> None:
    """Store an event about `resource` as it is now, and queue its delivery. Call it inside the transaction of the change."""
    if switches.current().webhook_ungenerated:
        return
    resource_type, summary = KINDS[event_type]
    ref = new_event_id()
    path = f"/v1/notifications/webhooks-events/{ref}"
    event: Json = {
        "id": ref,
        "event_version": "1.0",
        "create_time": moment(now),
        "resource_type": resource_type,
        "resource_version": "2.0",
        "event_type": event_type,
        "summary": summary,
        "resource": copy.deepcopy(resource),
        "links": [link(path, "self"), link(f"{path}/resend", "resend", "POST")],
    }
    store.put("event", event, now=now)
    queue_delivery(company="paypal", event_id=ref, event_type=event_type, payload=json.dumps(event, separators=(",", ":")))
