"""Idempotency keys: the first answer to a key is kept, errors of the work itself and 500s included, and replayed."""

import hashlib
import json

from django.db import IntegrityError

from sandbox.ground.values import Json
from sandbox.stripe.errors import bad_parameter, key_in_use, key_reused
from sandbox.stripe.models import StoredAnswer

MAX_KEY = 255


def fingerprint_of(*, path: str, params: Json) -> str:
    """What has to be equal for two requests to be the same."""
    return hashlib.sha256(f"{path}\n{json.dumps(params, sort_keys=True)}".encode()).hexdigest()


def begin(*, key: str, fingerprint: str, request_id: str, now: int) -> StoredAnswer | None:
    """Claim a key for this request; the stored answer when it has been answered before.

    Raises ApiError when the key is at work in another request (409) or came with other parameters before (400).
    """
    if len(key) > MAX_KEY:
        raise bad_parameter(f"Idempotency keys must be at most {MAX_KEY} characters.")
    try:
        StoredAnswer.objects.create(key=key, fingerprint=fingerprint, request_id=request_id, created=now)
    except IntegrityError:
        earlier = StoredAnswer.objects.get(key=key)
    else:
        return None
    if earlier.fingerprint != fingerprint:
        raise key_reused(key)
    if earlier.status is None:
        raise key_in_use(key)
    return earlier


def keep(*, key: str, status: int, body: str) -> None:
    """Store the answer that every later request with this key will get."""
    StoredAnswer.objects.filter(key=key).update(status=status, body=body)


def let_go(key: str) -> None:
    """Forget a key whose request was turned away before any work: it may be used again."""
    StoredAnswer.objects.filter(key=key, status=None).delete()


def forget_unfinished() -> None:
    """After a restart nothing is at work any more: free the keys of requests that never came to an answer."""
    StoredAnswer.objects.filter(status=None).delete()
