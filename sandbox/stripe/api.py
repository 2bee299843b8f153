"""How one API request is answered: key, version, parameters, idempotency, injected faults, then the work."""

import base64
import binascii
import contextlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from sandbox.ground import switches
from sandbox.ground.faults import GARBAGE, HungUpError, cut, go_wrong_before, take_fault
from sandbox.ground.values import Json
from sandbox.stripe import errors, idempotency
from sandbox.stripe.errors import ApiError
from sandbox.stripe.events import API_VERSION, Cause
from sandbox.stripe.expand import expand
from sandbox.stripe.ids import new_request_id
from sandbox.stripe.params import Schema, check, parse_form, text
from sandbox.stripe.passing_time import let_time_pass

type View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Call:
    """One request, read: what an endpoint works with."""

    params: Json
    path: str
    cause: Cause
    now: int


@dataclass(frozen=True)
class Endpoint:
    """One thing the API can do: the kind of call (for faults), what it accepts, and the function that does it."""

    kind: str
    run: Callable[..., Json]
    accepts: Schema = field(default_factory=dict)


def route(*, get: Endpoint | None = None, post: Endpoint | None = None) -> View:
    """A Django view for one API address."""

    @csrf_exempt
    def view(request: HttpRequest, **names: str) -> HttpResponse:
        endpoint = {"GET": get, "POST": post}.get(request.method or "")
        request_id = new_request_id()
        try:
            return _answer(request, endpoint, names, request_id)
        except ApiError as error:
            return _respond(error.status, _error_text(error, request_id), request_id)
        except HungUpError:
            cut(request)
            return HttpResponse(status=504)

    return view


def _answer(request: HttpRequest, endpoint: Endpoint | None, names: dict[str, str], request_id: str) -> HttpResponse:
    _check_key(request)
    _check_version(request)
    if endpoint is None:
        raise errors.unknown_address(request.method or "", request.path)
    let_time_pass()
    raw = parse_form(request.META["QUERY_STRING"] if request.method == "GET" else _form_body(request))
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    call = Call(
        params=check(raw, {"expand": [text], **endpoint.accepts}),
        path=request.path,
        cause=Cause(request_id, key or None),
        now=switches.now(),
    )
    if key:
        return _answer_once(request, endpoint, names, call, key=key, raw=raw)
    status, body = _work(endpoint, names, call, request_id=request_id, key="")
    return _respond(status, body, request_id)


def _answer_once(request: HttpRequest, endpoint: Endpoint, names: dict[str, str], call: Call, *, key: str,
                 raw: Json) -> HttpResponse:  # fmt: skip
    request_id = call.cause.request_id or ""
    fingerprint = idempotency.fingerprint_of(path=request.path, params=raw)
    earlier = idempotency.begin(key=key, fingerprint=fingerprint, request_id=request_id, now=call.now)
    if earlier is not None:
        response = _respond(earlier.status or 500, earlier.body, request_id, key=key)
        response.headers["Idempotent-Replayed"] = "true"
        response.headers["Original-Request"] = earlier.request_id
        return response
    try:
        status, body = _work(endpoint, names, call, request_id=request_id, key=key)
    except BaseException:
        idempotency.let_go(key)
        raise
    return _respond(status, body, request_id, key=key)


def _work(endpoint: Endpoint, names: dict[str, str], call: Call, *, request_id: str, key: str) -> tuple[int, str]:
    """Do the work in one transaction with its stored answer, going wrong as the injected fault says."""
    fault = take_fault(endpoint.kind)
    if fault:
        go_wrong_before(fault)
    try:
        if fault and fault.mode == "fail":
            raise errors.injected(fault.status)
        with transaction.atomic():
            body = json.dumps(expand(endpoint.run(call, **names), call.params.get("expand")), indent=2)
            if key:
                idempotency.keep(key=key, status=200, body=body)
        status = 200
    except ApiError as error:
        if not error.began:
            raise
        status, body = error.status, _error_text(error, request_id)
        if key:
            idempotency.keep(key=key, status=status, body=body)
    if fault and fault.mode == "fail_after":
        status, body = 500, _error_text(errors.injected(500), request_id)
        if key:
            idempotency.keep(key=key, status=status, body=body)
    if fault and fault.mode == "timeout_after":
        time.sleep(fault.seconds)
        raise HungUpError
    return (200, GARBAGE) if fault and fault.mode == "garbage" else (status, body)


def _check_key(request: HttpRequest) -> None:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    key = credentials.strip() if scheme.lower() == "bearer" else ""
    if scheme.lower() == "basic":
        with contextlib.suppress(binascii.Error, UnicodeDecodeError):
            key = base64.b64decode(credentials).decode().partition(":")[0]
    if not key:
        raise errors.no_key()
    if not hmac.compare_digest(key.encode(), settings.STRIPE_API_KEY.encode()):
        raise errors.wrong_key(key)


def _check_version(request: HttpRequest) -> None:
    version = request.headers.get("Stripe-Version", API_VERSION)
    if version != API_VERSION:
        raise errors.bad_parameter(f"Invalid Stripe API version: {version}. This stand-in speaks {API_VERSION} only.")


def _form_body(request: HttpRequest) -> str:
    if request.body and request.content_type != "application/x-www-form-urlencoded":
        raise errors.bad_parameter(
            f"Invalid request (check that your POST content type is application/x-www-form-urlencoded, not "
            f"{request.content_type})."
        )
    try:
        return request.body.decode()
    except UnicodeDecodeError:
        raise errors.bad_parameter("Invalid UTF-8 in the request body.") from None


def _error_text(error: ApiError, request_id: str) -> str:
    link = f"{settings.SANDBOX_ORIGIN}/control/?request={request_id}"
    return json.dumps({"error": {**error.body, "request_log_url": link}}, indent=2)


def _respond(status: int, body: str, request_id: str, *, key: str = "") -> HttpResponse:
    headers: dict[str, Any] = {
        "Request-Id": request_id,
        "Stripe-Version": API_VERSION,
        "Cache-Control": "no-cache, no-store",
    }
    if key:
        headers["Idempotency-Key"] = key
    if status >= 500 and key:
        # Sent again with the same key it would only be replayed.
        headers["Stripe-Should-Retry"] = "false"
    return HttpResponse(body, status=status, content_type="application/json", headers=headers)
