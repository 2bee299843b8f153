"""Errors as the API answers them: one exception, a function for each kind of refusal, and PayPal's texts for its issues."""

from typing import Any

from sandbox.ground.values import Json

_DOCS = "https://developer.paypal.com/api"


class ApiError(Exception):
    """The API refuses; `body` lacks only the debug_id."""

    def __init__(self, *, status: int, body: Json) -> None:
        details = body.get("details") or [{}]
        super().__init__(details[0].get("issue") or body.get("name") or body.get("error"))
        self.status = status
        self.body = body


# Issue -> PayPal's description.
ISSUES = {
    "ACTION_DOES_NOT_MATCH_INTENT": "Order was created with another intent: authorize or capture it accordingly.",
    "AMOUNT_MISMATCH": "Should equal item_total + tax_total + shipping + handling + insurance - shipping_discount - "
    "discount.",
    "AUTHORIZATION_ALREADY_CAPTURED": "Authorization has previously been captured.",
    "AUTHORIZATION_AMOUNT_EXCEEDED": "Authorization amount specified exceeded allowable limit. Specify a different amount "
    "and try the request again. Alternately, contact Customer Support to increase your limits.",
    "AUTHORIZATION_EXPIRED": "An expired authorization cannot be captured.",
    "AUTHORIZATION_VOIDED": "A voided authorization cannot be captured or reauthorized.",
    "AUTH_CAPTURE_CURRENCY_MISMATCH": "Currency of capture must be the same as currency of authorization.",
    "AUTH_CURRENCY_MISMATCH": "The currency specified during reauthorization should be the same as the currency specified "
    "in the original authorization.",
    "CANNOT_BE_NEGATIVE": "Must be greater than or equal to zero.",
    "CANNOT_BE_VOIDED": "A reauthorization cannot be voided. Please void the original parent authorization.",
    "CANNOT_BE_ZERO_OR_NEGATIVE": "Must be greater than zero. If the currency supports decimals, only two decimal place "
    "precision is supported.",
    "CAPTURE_FULLY_REFUNDED": "The capture has already been fully refunded",
    "CURRENCY_MISMATCH": "The currency code of every amount must be that of the purchase unit.",
    "DECIMALS_NOT_SUPPORTED": "Currency does not support decimals. Please refer to "
    "https://developer.paypal.com/docs/api/reference/currency-codes/ for more information.",
    "DECIMAL_PRECISION": "If the currency supports decimals, only two decimal place precision is supported.",
    "DUPLICATE_INVOICE_ID": "Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting "
    "requires that Invoice Id be unique for each transaction.",
    "DUPLICATE_REQUEST_ID": "The value of PayPal-Request-Id header has already been used. Please specify a different value "
    "and try again.",
    "INSTRUMENT_DECLINED": "The instrument presented was either declined by the processor or bank, or it can't be used for "
    "this payment.",
    "INVALID_CURRENCY_CODE": "Currency code is invalid or is not currently supported. Please refer "
    "https://developer.paypal.com/docs/api/reference/currency-codes/ for list of supported currency codes.",
    "INVALID_PARAMETER_SYNTAX": "The value of a field does not conform to the expected format.",
    "INVALID_PARAMETER_VALUE": "The value of a field is invalid.",
    "INVALID_RESOURCE_ID": "Specified resource ID does not exist. Please check the resource ID and try again.",
    "INVALID_STRING_MAX_LENGTH": "The value of a field is too long.",
    "ITEM_TOTAL_MISMATCH": "Should equal sum of (unit_amount * quantity) across all items for a given purchase_unit",
    "ITEM_TOTAL_REQUIRED": "If item details are specified (items.unit_amount and items.quantity) corresponding "
    "amount.breakdown.item_total is required.",
    "MALFORMED_REQUEST_JSON": "The request JSON is not well formed.",
    "MAX_CAPTURE_AMOUNT_EXCEEDED": "Capture amount exceeds allowable limit. The default overage limit is 115%, which allows "
    "the sum of all captures to be up to 115% of the order amount.",
    "MISSING_REQUIRED_PARAMETER": "A required field / parameter is missing.",
    "MISSING_SHIPPING_ADDRESS": "The shipping address is required when `shipping_preference=SET_PROVIDED_ADDRESS`.",
    "ORDER_ALREADY_AUTHORIZED": "Order already authorized. If 'intent=AUTHORIZE' only one authorization per order is "
    "allowed.",
    "ORDER_ALREADY_CAPTURED": "Order already captured. If 'intent=CAPTURE' only one capture per order is allowed.",
    "ORDER_NOT_APPROVED": "Payer has not yet approved the Order for payment. Please redirect the payer to the "
    "'rel':'approve' url returned as part of the HATEOAS links within the Create Order call.",
    "PARTIAL_REFUND_NOT_ALLOWED": "You cannot do a refund less than the original capture amount.",
    "PAYER_CANNOT_PAY": "Payer cannot pay for this transaction. Please contact the payer to find other ways to pay for this "
    "transaction.",
    "PENDING_CAPTURE": "Cannot initiate a refund as the capture is pending. Capture is typically pending when the payer has "
    "funded the transaction using e-check/bank funded.",
    "PERMISSION_DENIED": "You do not have permission to access or perform operations on this resource.",
    "PREVIOUSLY_CAPTURED": "Authorization has been previously captured and hence cannot be voided.",
    "PREVIOUSLY_VOIDED": "Authorization has been previously voided and hence cannot be voided again.",
    "PREVIOUS_REQUEST_IN_PROGRESS": "A previous request on this resource is currently in progress. Please wait for sometime "
    "and try again. It is best to space out the initial and the subsequent request(s) to avoid receiving this error.",
    "REAUTHORIZATION_NOT_SUPPORTED": "A reauthorize cannot be attempted on an authorization_id that is the result of a "
    "prior reauthorization.",
    "REAUTHORIZATION_TOO_SOON": "A reauthorization is only allowed once from Day 4 to Day 29 since the date of the original "
    "authorization.",
    "REFUND_AMOUNT_EXCEEDED": "The refund amount must be less than or equal to the capture amount that has not yet been "
    "refunded.",
    "REFUND_CAPTURE_CURRENCY_MISMATCH": "Refund must be in the same currency as the capture",
    "REFUND_NOT_ALLOWED": "Capture cannot be refunded.",
    "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK": "Refunds are not allowed on this capture due to a chargeback on the card or "
    "bank. Please contact the payee to resolve the chargeback.",
    "REFUND_TIME_LIMIT_EXCEEDED": "You are over the time limit to perform a refund on this capture",
    "TAX_TOTAL_MISMATCH": "Should equal sum of (tax * quantity) across all items for a given purchase_unit",
    "TAX_TOTAL_REQUIRED": "If item tax details are specified, corresponding amount.breakdown.tax_total is required.",
    "TRANSACTION_DISPUTED": "Partial refunds cannot be offered at this time because there is an open case on this "
    "transaction. Visit the PayPal Resolution Center to review this case.",
    "TRANSACTION_REFUSED": "PayPal's internal controls prevent authorization from being captured.",
}
_NOT_WELL_FORMED = "Request is not well-formed, syntactically incorrect, or violates schema."
_NOT_PERFORMED = "The requested action could not be performed, semantically incorrect, or failed business validation."


def detail(issue: str, *, field: str = "", value: Any = None, description: str = "", location: str = "body") -> Json:
    """One entry of an error's `details`."""
    found: Json = {"field": field, "location": location} if field else {}
    if value is not None:
        found["value"] = str(value)
    return {**found, "issue": issue, "description": description or ISSUES[issue]}


def _error(status: int, name: str, message: str, details: list[Json], links: list[Json] | None = None) -> ApiError:
    information = [
        {"href": f"{_DOCS}/#error-{entry['issue']}", "rel": "information_link", "method": "GET"} for entry in details[:1]
    ]
    return ApiError(
        status=status,
        body={"name": name, "message": message, "details": details, "links": [*information, *(links or [])]},
    )


def bad_request(details: list[Json]) -> ApiError:
    """400: found before any work began."""
    return _error(400, "INVALID_REQUEST", _NOT_WELL_FORMED, details)


def unprocessable(issue: str, *, field: str = "", value: Any = None, links: list[Json] | None = None) -> ApiError:
    """422: the request was understood and cannot be done."""
    return _error(422, "UNPROCESSABLE_ENTITY", _NOT_PERFORMED, [detail(issue, field=field, value=value)], links)


def not_found() -> ApiError:
    """404: there is no such object, or not any more."""
    return _error(404, "RESOURCE_NOT_FOUND", "The specified resource does not exist.", [detail("INVALID_RESOURCE_ID")])


def unknown_address() -> ApiError:
    """404: there is nothing at this address."""
    return _error(404, "RESOURCE_NOT_FOUND", "The specified resource does not exist.", [])


def wrong_method() -> ApiError:
    """405: not this way."""
    return _error(405, "METHOD_NOT_SUPPORTED", "The server does not implement the requested HTTP method.", [])


def wrong_type() -> ApiError:
    """415: not JSON."""
    message = "The server does not support the request payload's media type."
    return _error(415, "UNSUPPORTED_MEDIA_TYPE", message, [])


def forbidden() -> ApiError:
    """403: the account may not do this."""
    message = "Authorization failed due to insufficient permissions."
    return _error(403, "NOT_AUTHORIZED", message, [detail("PERMISSION_DENIED")])


def in_progress() -> ApiError:
    """409: the same PayPal-Request-Id is at work in another request."""
    message = "The server has detected a conflict while processing this request."
    return _error(409, "RESOURCE_CONFLICT", message, [detail("PREVIOUS_REQUEST_IN_PROGRESS")])


def no_token() -> ApiError:
    """401: no bearer token came with the request."""
    message = "Authentication failed due to missing Authorization header, or invalid authentication credentials."
    return _error(401, "AUTHENTICATION_FAILURE", message, [])


def wrong_token() -> ApiError:
    """401: unknown or expired. The gate in front of the APIs answers in the words of OAuth."""
    return ApiError(status=401, body={"error": "invalid_token", "error_description": "Access Token not found in cache"})


def wrong_client() -> ApiError:
    """401: client id and secret are not ours."""
    return ApiError(status=401, body={"error": "invalid_client", "error_description": "Client Authentication failed"})


def wrong_grant(given: str) -> ApiError:
    """400: not the client credentials grant."""
    if given:
        body = {"error": "unsupported_grant_type", "error_description": "Grant Type is not supported"}
    else:
        body = {"error": "invalid_request", "error_description": "Missing grant_type parameter"}
    return ApiError(status=400, body=body)


def injected(status: int) -> ApiError:
    """The answer of a fault that somebody switched on."""
    if status == 429:
        return _error(429, "RATE_LIMIT_REACHED", "Too many requests. Blocked due to rate limiting.", [])
    if status == 409:
        return in_progress()
    return _error(500, "INTERNAL_SERVER_ERROR", "An internal server error has occurred.", [])
