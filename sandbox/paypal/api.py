"""How one API request is answered: token, JSON, PayPal-Request-Id, injected faults, then the work."""

import base64
import binascii
import contextlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from sandbox.ground import switches
from sandbox.ground.faults import GARBAGE, HungUpError, cut, go_wrong_before, take_fault
from sandbox.ground.values import Json
from sandbox.paypal import errors, idempotency
from sandbox.paypal.errors import ApiError
from sandbox.paypal.ids import moment, new_debug_id
from sandbox.paypal.models import AccessToken, Resource
from sandbox.paypal.passing_time import let_time_pass
from sandbox.paypal.schema import Schema, check
from sandbox.paypal.shapes import answer
from sandbox.paypal.switches import behaviour

type View = Callable[..., HttpResponse]

TOKEN_SECONDS = 32400
SCOPES = ("payments/payment/authcapture", "payments/refund", "reporting/search/read", "disputes/read-seller")
LONGEST_REQUEST_ID = 108


@dataclass(frozen=True)
class Call:
    """One request, read: what an endpoint works with."""

    body: Json
    raw: str
    query: dict[str, str]
    path: str
    now: int


@dataclass(frozen=True)
class Done:
    """What came of a call: an object to show, or a body as it is, or neither."""

    status: int = 200
    resource: Resource | None = None
    body: Json | None = None


@dataclass(frozen=True)
class Endpoint:
    """One thing the API can do: its kind (for faults), what it accepts, how long its ids are kept, and what does it."""

    kind: str
    run: Callable[..., Done]
    accepts: Schema = field(default_factory=dict)
    kept_seconds: int = 0
    # A void says nothing unless it is asked for a representation.
    is_silent: bool = False


def route(**methods: Endpoint) -> View:
    """A Django view for one API address: `route(get=…, post=…)`."""

    @csrf_exempt
    def view(request: HttpRequest, **names: str) -> HttpResponse:
        debug_id = new_debug_id()
        try:
            return _answer(request, methods, names, debug_id)
        except ApiError as error:
            return _refuse(error, debug_id)
        except HungUpError:
            cut(request)
            return HttpResponse(status=504)

    return view


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """Client id and secret in, a bearer token out (OAuth 2.0 client credentials)."""
    debug_id = new_debug_id()
    try:
        return _respond(200, _token_text(request), debug_id)
    except ApiError as error:
        return _refuse(error, debug_id)
    except HungUpError:
        cut(request)
        return HttpResponse(status=504)


def _token_text(request: HttpRequest) -> str:
    fault = take_fault("paypal.token")
    if fault:
        go_wrong_before(fault)
        if fault.mode in {"fail", "fail_after"}:
            raise errors.injected(fault.status)
    body = json.dumps(_new_token(request))
    if fault and fault.mode == "timeout_after":
        raise HungUpError
    return GARBAGE if fault and fault.mode == "garbage" else body


def _new_token(request: HttpRequest) -> Json:
    if request.method != "POST":
        raise errors.wrong_method()
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    given = b""
    with contextlib.suppress(binascii.Error):
        given = base64.b64decode(credentials, validate=True) if scheme.lower() == "basic" else b""
    wanted = f"{settings.PAYPAL_CLIENT_ID}:{settings.PAYPAL_CLIENT_SECRET}".encode()
    if not hmac.compare_digest(given, wanted):
        raise errors.wrong_client()
    grant = parse_qs(request.body.decode(errors="replace")).get("grant_type", [""])[0]
    if grant != "client_credentials":
        raise errors.wrong_grant(grant)
    now = switches.now()
    AccessToken.objects.filter(expires_at__lte=now).delete()
    fresh = AccessToken.objects.create(token=f"A21AA{secrets.token_urlsafe(66)}", expires_at=now + TOKEN_SECONDS)
    return {
        "scope": " ".join(f"https://uri.paypal.com/services/{scope}" for scope in SCOPES),
        "access_token": fresh.token,
        "token_type": "Bearer",
        "app_id": "APP-80W284485P519543T",
        "expires_in": TOKEN_SECONDS,
        "nonce": f"{moment(now)}{secrets.token_urlsafe(16)}",
    }


def _answer(request: HttpRequest, methods: dict[str, Endpoint], names: dict[str, str], debug_id: str) -> HttpResponse:
    now = switches.now()
    _check_token(request, now=now)
    endpoint = methods.get((request.method or "").lower())
    if endpoint is None:
        raise errors.wrong_method() if methods else errors.unknown_address()
    if behaviour().permissions == "deny":
        raise errors.forbidden()
    let_time_pass()
    raw = request.body.decode(errors="replace") if request.method == "POST" else ""
    body = _body(request, raw)
    check(body, endpoint.accepts)
    call = Call(body=body, raw=raw, query=request.GET.dict(), path=request.path, now=now)
    full = request.method == "GET" or "return=representation" in request.headers.get("Prefer", "")
    key = request.headers.get("PayPal-Request-Id", "") if endpoint.kept_seconds else ""
    if len(key) > LONGEST_REQUEST_ID:
        raise errors.bad_request([errors.detail("INVALID_STRING_MAX_LENGTH", field="PayPal-Request-Id", location="header")])
    done = _once(endpoint, names, call, key=key) if key else _work(endpoint, names, call, key="")
    if done.body is None and done.resource is None:
        return HttpResponse(status=204, headers={"Paypal-Debug-Id": debug_id})
    if endpoint.is_silent and not full:
        return HttpResponse(status=204, headers={"Paypal-Debug-Id": debug_id})
    shown = done.body if done.resource is None else answer(done.resource, full=full)
    return _respond(done.status, GARBAGE if shown == {"garbage": True} else json.dumps(shown), debug_id)


def _once(endpoint: Endpoint, names: dict[str, str], call: Call, *, key: str) -> Done:
    fingerprint = idempotency.fingerprint_of(path=call.path, body=call.body)
    earlier = idempotency.begin(
        call=endpoint.kind, key=key, fingerprint=fingerprint, kept_seconds=endpoint.kept_seconds, now=call.now
    )
    if earlier is not None:
        # "A successful response to an idempotent request returns the HTTP 200 OK status code", with the latest state.
        return Done(status=200, resource=earlier[1])
    try:
        return _work(endpoint, names, call, key=key)
    except BaseException:
        idempotency.let_go(call=endpoint.kind, key=key)
        raise


def _work(endpoint: Endpoint, names: dict[str, str], call: Call, *, key: str) -> Done:
    """Do the work in one transaction with its stored id, going wrong as the injected fault says."""
    fault = take_fault(endpoint.kind)
    if fault:
        go_wrong_before(fault)
        if fault.mode == "fail":
            raise errors.injected(fault.status)
    with transaction.atomic():
        done = endpoint.run(call, **names)
        if key and done.resource is not None:
            idempotency.keep(call=endpoint.kind, key=key, status=done.status, resource=done.resource)
    if fault and fault.mode == "fail_after":
        raise errors.injected(500)
    if fault and fault.mode == "timeout_after":
        time.sleep(fault.seconds)
        raise HungUpError
    return Done(body={"garbage": True}) if fault and fault.mode == "garbage" else done


def _check_token(request: HttpRequest, *, now: int) -> None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given:
        raise errors.no_token()
    if not AccessToken.objects.filter(token=given.strip(), expires_at__gt=now).exists():
        raise errors.wrong_token()


def _body(request: HttpRequest, raw: str) -> Json:
    if not raw.strip():
        # An empty body is as good as {}: where fields are required, the schema says so.
        return {}
    if request.content_type != "application/json":
        raise errors.wrong_type()
    try:
        body = json.loads(raw)
    except json.JSONDecodeError:
        raise errors.bad_request([errors.detail("MALFORMED_REQUEST_JSON", field="/")]) from None
    return body if isinstance(body, dict) else {"/": body}


def _refuse(error: ApiError, debug_id: str) -> HttpResponse:
    body = error.body if "error" in error.body else {**error.body, "debug_id": debug_id}
    return _respond(error.status, json.dumps(body), debug_id)


def _respond(status: int, body: str, debug_id: str) -> HttpResponse:
    headers = {"Paypal-Debug-Id": debug_id, "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate"}
    kind = "text/html" if body == GARBAGE else "application/json"
    return HttpResponse(body, status=status, content_type=kind, headers=headers)
