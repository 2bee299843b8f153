"""Calls to PayPal's REST API: the token, timeouts, and what an error means. Knows no order.

Sources: developer.paypal.com/api/rest/authentication, /api/rest/responses, /api/rest/reference/idempotency,
/api/rest/reference/orders/v2/errors. `docs/decisions.md` tells why it is not the official package.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from typing import Any

import requests
import structlog
from requests.auth import AuthBase, HTTPBasicAuth

from checkout.gateways.base import GatewayError

log = structlog.get_logger(__name__)

# Seconds to connect and between two bytes of the answer; twice this (there is one retry) stays below the 30 after which
# gunicorn gives a request up.
TIMEOUT = (3.05, 10)

# Seconds; a token is renewed this long before PayPal lets it end, so that it can't end on the way.
TOKEN_MARGIN = 120

# PayPal names what was wrong in capitals; anything else in that place might quote what a customer typed.
_ISSUE = re.compile(r"[A-Z][A-Z0-9_]{2,60}")

# The payer's account or bank said no; another one may do.
DECLINES = frozenset(
    {
        "CARD_CLOSED",
        "CARD_EXPIRED",
        "INSTRUMENT_DECLINED",
        "PAYER_ACCOUNT_LOCKED_OR_CLOSED",
        "PAYER_ACCOUNT_RESTRICTED",
        "PAYER_CANNOT_PAY",
        "TRANSACTION_REFUSED",
    }
)

# Refused only because the same call is being worked on at this moment.
_IN_PROGRESS = frozenset({"PREVIOUS_REQUEST_IN_PROGRESS"})

# At DEBUG it tells every address it calls.
logging.getLogger("urllib3").setLevel(logging.WARNING)


class PayPalRefused(GatewayError):
    """PayPal said no for good. `issue` is its word for why, `field` what it was about."""

    def __init__(self, *, status: int, issue: str, field: str = "") -> None:
        super().__init__(
            "PayPal declined the payment." if issue in DECLINES else f"PayPal refused the call ({issue or status}).",
            is_final=True,
            is_declined=issue in DECLINES,
        )
        self.status = status
        self.issue = issue
        self.field = field


class _Bearer(AuthBase):
    """The token, given as `auth` so that no .netrc of the machine takes its place."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class PayPalClient:
    """One account at one address of PayPal's."""

    def __init__(self, *, api_base: str, client_id: str, client_secret: str) -> None:
        self._base = api_base.rstrip("/")
        self._basic = HTTPBasicAuth(client_id, client_secret)
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/json"
        self._lock = threading.Lock()
        self._token = ""
        self._token_until = 0.0  # time.monotonic()

    def get(self, path: str) -> Any:
        """Read an object. Raises PayPalRefused, or GatewayError when nobody knows."""
        return self._call("GET", path, body=None, headers={})

    def post(self, path: str, body: dict[str, Any], *, idempotency_key: str) -> Any:
        """Do something once for this key, and give the whole object as it is then. Raises as `get`."""
        headers = {"PayPal-Request-Id": idempotency_key, "Prefer": "return=representation"}
        return self._call("POST", path, body=body, headers=headers)

    def _call(self, method: str, path: str, *, body: dict[str, Any] | None, headers: dict[str, str]) -> Any:
        answer = self._send(method, path, body=body, headers=headers, auth=_Bearer(self._get_token()))
        if answer.status_code == requests.codes.unauthorized:  # ended before its time
            self._forget_token()
            answer = self._send(method, path, body=body, headers=headers, auth=_Bearer(self._get_token()))
        return _read(answer)

    def _send(
        self,
        method: str,
        path: str,
        *,
        auth: AuthBase,
        body: dict[str, Any] | None = None,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        for is_last in (False, True):
            try:
                return self._session.request(
                    method,
                    self._base + path,
                    json=body,
                    data=form,
                    headers=headers,
                    auth=auth,
                    timeout=TIMEOUT,
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                # Once more, with the same key: the answer may have been lost on the way.
                if is_last:
                    raise GatewayError(f"PayPal did not answer ({type(error).__name__}).", is_final=False) from error
        raise AssertionError  # the loop has ended by then

    def _get_token(self) -> str:
        with self._lock:
            if time.monotonic() < self._token_until:
                return self._token
            form = {"grant_type": "client_credentials"}
            answer = self._send("POST", "/v1/oauth2/token", auth=self._basic, form=form)
            try:
                given = _read(answer)
                token: str = given["access_token"]
                seconds = float(given["expires_in"])
                token.encode("ascii")  # it goes into a header
            except PayPalRefused as error:
                raise _locked_out() from error
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise GatewayError("PayPal's answer to our client id can't be read.", is_final=False) from error
            self._token, self._token_until = token, time.monotonic() + seconds - TOKEN_MARGIN
            return token

    def _forget_token(self) -> None:
        with self._lock:
            self._token_until = 0.0


def _read(answer: requests.Response) -> Any:
    """The object in an answer; raise what an error means."""
    status = answer.status_code
    if status == requests.codes.no_content:
        return {}
    try:
        given = answer.json()
    except requests.JSONDecodeError as error:
        raise GatewayError(f"PayPal did not answer properly (status {status}).", is_final=False) from error
    if status in (200, 201, 202):
        return given
    issue, field = _issue(given)
    log.warning("paypal_refused", status=status, issue=issue, debug_id=answer.headers.get("PayPal-Debug-Id", "")[:40])
    if status == requests.codes.unauthorized:
        raise _locked_out()
    if status == requests.codes.forbidden:
        raise GatewayError(
            f"PayPal does not give our app the right to this call ({issue or status}). Check the app's features and the "
            "account's rights at PayPal.",
            is_final=False,
            is_forbidden=True,
        )
    if status in (400, 404, 422) and issue not in _IN_PROGRESS:
        raise PayPalRefused(status=status, issue=issue, field=field)
    # 409, 429, 5xx, and whatever else nobody has thought of
    raise GatewayError(f"PayPal did not answer properly (status {status}).", is_final=False)


def _issue(given: Any) -> tuple[str, str]:
    """PayPal's word for what was wrong, and the field it was about."""
    if not isinstance(given, dict):
        return "", ""
    details = given.get("details")
    first = details[0] if isinstance(details, list) and details and isinstance(details[0], dict) else {}
    words = (first.get("issue"), given.get("name"), given.get("error"))
    issue = next((word for word in words if isinstance(word, str) and _ISSUE.fullmatch(word)), "")
    return issue, str(first.get("field") or "")


def _locked_out() -> GatewayError:
    return GatewayError(
        "PayPal does not accept our client id. Check PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET.",
        is_final=False,
        is_locked_out=True,
    )
