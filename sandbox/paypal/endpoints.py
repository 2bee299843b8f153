"""The published addresses: each names what it accepts and calls one function of the domain."""

from django.conf import settings

from sandbox.ground import deliveries
from sandbox.ground.switches import webhook_urls
from sandbox.paypal import disputes, lists, orders, payments, refunds, schema, signing, store
from sandbox.paypal.api import Call, Done, Endpoint
from sandbox.paypal.errors import not_found
from sandbox.paypal.events import KINDS
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


def _search(call: Call) -> Done:
    return Done(body=lists.search_transactions(query=call.query, path=call.path, now=call.now))


def _list_disputes(call: Call) -> Done:
    return Done(body=lists.list_disputes(query=call.query, path=call.path))


def _get_dispute(_call: Call, *, ref: str) -> Done:
    return Done(body=disputes.shown(store.find("dispute", ref)))


def _list_events(call: Call) -> Done:
    return Done(body=lists.list_events(query=call.query, path=call.path))


def _get_event(_call: Call, *, ref: str) -> Done:
    return Done(body=store.find("event", ref).body)


def _resend_event(_call: Call, *, ref: str) -> Done:
    if deliveries.resend(ref) is None:
        raise not_found()
    return Done(202, body=store.find("event", ref).body)


def _list_webhooks(_call: Call) -> Done:
    hook = {
        "id": settings.PAYPAL_WEBHOOK_ID,
        "url": webhook_urls()["paypal"],
        "event_types": [{"name": name, "description": says} for name, (_, says) in KINDS.items()],
    }
    return Done(body={"webhooks": [hook]})


def _verify(call: Call) -> Done:
    return Done(body={"verification_status": "SUCCESS" if signing.is_sent_by_us(call.body, raw=call.raw) else "FAILURE"})


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

search = Endpoint("paypal.list", _search)
list_disputes = Endpoint("paypal.list", _list_disputes)
get_dispute = Endpoint("paypal.list", _get_dispute)
list_events = Endpoint("paypal.list", _list_events)
get_event = Endpoint("paypal.list", _get_event)
resend_event = Endpoint("paypal.list", _resend_event, {"webhook_ids": schema.ANYTHING})
list_webhooks = Endpoint("paypal.list", _list_webhooks)
verify = Endpoint("paypal.verify", _verify, schema.VERIFY)
