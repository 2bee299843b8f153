"""The published addresses: each names what it accepts and calls one function of the domain."""

from sandbox.paypal import orders, payments, refunds, schema, store
from sandbox.paypal.api import Call, Done, Endpoint
from sandbox.paypal.idempotency import ORDERS_KEPT_SECONDS, PAYMENTS_KEPT_SECONDS


def _create_order(call: Call) -> Done:
    return Done(201, orders.create_order(given=call.body, now=call.now))


def _get_order(_call: Call, *, ref: str) -> Done:
    return Done(resource=orders.find_order(ref))


def _authorize_order(call: Call, *, ref: str) -> Done:
    return Done(201, orders.authorize_order(ref=ref, now=call.now))


def _capture_order(call: Call, *, ref: str) -> Done:
    return Done(201, orders.capture_order(ref=ref, now=call.now))


def _capture(call: Call, *, ref: str) -> Done:
    return Done(201, payments.capture_authorization(ref=ref, given=call.body, now=call.now))


def _void(call: Call, *, ref: str) -> Done:
    return Done(200, payments.void_authorization(ref=ref, now=call.now))


def _reauthorize(call: Call, *, ref: str) -> Done:
    return Done(201, payments.reauthorize(ref=ref, given=call.body, now=call.now))


def _refund(call: Call, *, ref: str) -> Done:
    return Done(201, refunds.refund_capture(ref=ref, given=call.body, now=call.now))


def _showing(kind: str) -> Endpoint:
    def run(_call: Call, *, ref: str) -> Done:
        return Done(resource=store.find(kind, ref))

    return Endpoint(f"paypal.get_{kind}", run)


create_order = Endpoint("paypal.create_order", _create_order, schema.CREATE_ORDER, ORDERS_KEPT_SECONDS)
get_order = Endpoint("paypal.get_order", _get_order)
authorize_order = Endpoint("paypal.authorize_order", _authorize_order, schema.AUTHORIZE_ORDER, ORDERS_KEPT_SECONDS)
capture_order = Endpoint("paypal.capture_order", _capture_order, schema.AUTHORIZE_ORDER, ORDERS_KEPT_SECONDS)
get_authorization = _showing("authorization")
capture = Endpoint("paypal.capture", _capture, schema.CAPTURE, PAYMENTS_KEPT_SECONDS)
void = Endpoint("paypal.void", _void, {}, PAYMENTS_KEPT_SECONDS, is_silent=True)
reauthorize = Endpoint("paypal.reauthorize", _reauthorize, schema.REAUTHORIZE, PAYMENTS_KEPT_SECONDS)
get_capture = _showing("capture")
refund = Endpoint("paypal.refund", _refund, schema.REFUND, PAYMENTS_KEPT_SECONDS)
get_refund = _showing("refund")
