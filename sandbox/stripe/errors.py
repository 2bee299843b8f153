"""Errors as the API answers them: one exception, and a function for each kind of refusal."""

from typing import Any

from sandbox.ground.values import Json


class ApiError(Exception):
    """The API refuses. `began` is False when the call was turned away before any work: such answers are not replayed."""

    def __init__(self, *, status: int, body: Json, began: bool) -> None:
        super().__init__(body["message"])
        self.status = status
        self.body = body
        self.began = began


def _error(status: int, kind: str, message: str, *, began: bool = True, **more: Any) -> ApiError:
    body: Json = {name: value for name, value in more.items() if value is not None}
    if "code" in body:
        body["doc_url"] = f"https://docs.stripe.com/error-codes#{body['code'].replace('_', '-')}"
    return ApiError(status=status, body={"type": kind, "message": message, **body}, began=began)


def bad_parameter(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    """A parameter is missing, unknown or wrong: found before any work began."""
    return _error(400, "invalid_request_error", message, param=param, code=code, began=False)


def refused(message: str, *, param: str | None = None, code: str | None = None, **more: Any) -> ApiError:
    """The request was understood and cannot be done in the present state."""
    return _error(400, "invalid_request_error", message, param=param, code=code, **more)


def missing(kind: str, ref: str, *, param: str) -> ApiError:
    """There is no such object."""
    return _error(404, "invalid_request_error", f"No such {kind}: '{ref}'", param=param, code="resource_missing")


def unknown_address(method: str, path: str) -> ApiError:
    """There is nothing at this address."""
    return _error(
        404,
        "invalid_request_error",
        f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at "
        "https://support.stripe.com/.",
        began=False,
    )


def no_key() -> ApiError:
    """No API key came with the request."""
    return _error(
        401,
        "invalid_request_error",
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer "
        "auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        began=False,
    )


def wrong_key(key: str) -> ApiError:
    """The API key is not ours. Shows only how it begins and ends."""
    shown = f"{key[:8]}{'*' * max(0, len(key) - 12)}{key[-4:]}" if len(key) > 12 else "*" * len(key)
    return _error(401, "invalid_request_error", f"Invalid API Key provided: {shown}", began=False)


def key_in_use(key: str) -> ApiError:
    """The same Idempotency-Key is at work in another request."""
    return _error(
        409,
        "idempotency_error",
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted "
        f"twice, and the other request is still going through): {key}. Please try again later.",
        code="idempotency_key_in_use",
        began=False,
    )


def key_reused(key: str) -> ApiError:
    """The same Idempotency-Key came with other parameters."""
    return _error(
        400,
        "idempotency_error",
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a "
        f"key other than '{key}' if you meant to execute a different request.",
        began=False,
    )


def injected(status: int) -> ApiError:
    """The answer of a fault that somebody switched on."""
    if status == 429:
        return _error(
            429,
            "invalid_request_error",
            "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
            code="rate_limit",
            began=False,
        )
    if status == 409:
        return key_in_use("injected")
    return _error(
        500,
        "api_error",
        "An unknown error occurred. If this problem persists, please contact support at https://support.stripe.com/.",
    )
