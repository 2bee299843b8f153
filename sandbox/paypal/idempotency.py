"""PayPal-Request-Id: a call that did something is not done again under the same id; the answer is its present state.

PayPal keeps the ids of orders for 6 hours and those of payments for 45 days. It says that of two calls at once the second
may fail, and that calls which failed may be sent again under their id: so refusals are not kept.

Source: developer.paypal.com/api/rest/reference/idempotency, and the PayPal-Request-Id parameter of each API.
"""

import hashlib
import json

from django.db import IntegrityError, transaction

from sandbox.ground.values import Json
from sandbox.paypal.errors import in_progress, unprocessable
from sandbox.paypal.models import Resource, StoredRequest

ORDERS_KEPT_SECONDS = 6 * 3600
PAYMENTS_KEPT_SECONDS = 45 * 24 * 3600


def fingerprint_of(*, path: str, body: Json) -> str:
    """What has to be equal for two requests to be the same."""
    return hashlib.sha256(f"{path}\n{json.dumps(body, sort_keys=True)}".encode()).hexdigest()


def begin(*, call: str, key: str, fingerprint: str, kept_seconds: int, now: int) -> tuple[int, Resource] | None:
    """Claim an id for this call; status and object of the first call when there was one.

    Raises ApiError when the id is at work in another request (409) or came with another request before (422).
    """
    StoredRequest.objects.filter(forgotten_at__lte=now).delete()
    try:
        with transaction.atomic():
            StoredRequest.objects.create(call=call, key=key, fingerprint=fingerprint, forgotten_at=now + kept_seconds)
    except IntegrityError:
        earlier = StoredRequest.objects.get(call=call, key=key)
    else:
        return None
    if earlier.fingerprint != fingerprint:
        raise unprocessable("DUPLICATE_REQUEST_ID")
    if earlier.status is None:
        raise in_progress()
    return earlier.status, Resource.objects.get(ref=earlier.resource)


def keep(*, call: str, key: str, status: int, resource: Resource) -> None:
    """Remember what a call did."""
    StoredRequest.objects.filter(call=call, key=key).update(status=status, resource=resource.ref)


def let_go(*, call: str, key: str) -> None:
    """Forget an id whose call did nothing: it may be used again."""
    StoredRequest.objects.filter(call=call, key=key, status=None).delete()


def forget_unfinished() -> None:
    """After a restart nothing is at work any more: free the ids of requests that never came to an answer."""
    StoredRequest.objects.filter(status=None).delete()
