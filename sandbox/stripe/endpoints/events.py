"""The addresses below /v1/events, /v1/disputes, /v1/reviews and /v1/radar/early_fraud_warnings."""

from sandbox.ground.values import Json
from sandbox.stripe import store
from sandbox.stripe.api import Call, Endpoint
from sandbox.stripe.endpoints.common import listing, retrieving
from sandbox.stripe.events import undelivered, with_pending
from sandbox.stripe.params import METADATA, merge_metadata, text, yes_no
from sandbox.stripe.trouble import close_dispute, close_review


def _retrieve_event(_call: Call, *, ref: str) -> Json:
    return with_pending(store.find("event", ref).body)


def _list_events(call: Call) -> Json:
    where: Json = {}
    if types := call.params.get("types"):
        where["body__type__in"] = types
    if kind := call.params.get("type"):
        prefix = kind.removesuffix("*")
        where["body__type" if prefix == kind else "body__type__startswith"] = prefix
    page_of = {name: value for name, value in call.params.items() if name != "delivery_success"}
    success = call.params.get("delivery_success")
    if success is False:
        where["ref__in"] = undelivered()
    elif success is True:
        missing = set(undelivered())
        where["ref__in"] = [event for event in store.refs("event") if event not in missing]
    page = store.listing("event", page_of, path=call.path, where=where)
    page["data"] = [with_pending(event) for event in page["data"]]
    return page


def _close_dispute(call: Call, *, ref: str) -> Json:
    return close_dispute(ref=ref, status="lost", cause=call.cause, now=call.now).answer


def _update_dispute(call: Call, *, ref: str) -> Json:
    dispute = store.find("dispute", ref, param="dispute")
    dispute.body["metadata"] = merge_metadata(dispute.body["metadata"], call.params.get("metadata"))
    store.save(dispute)
    return dispute.answer


def _approve_review(call: Call, *, ref: str) -> Json:
    return close_review(ref=ref, reason="approved", cause=call.cause, now=call.now).answer


retrieve_event = Endpoint("retrieve", _retrieve_event)
list_events = Endpoint("list", _list_events, {**store.LISTING, "type": text, "types": [text], "delivery_success": yes_no})
retrieve_dispute = retrieving("dispute", "dispute")
list_disputes = listing("dispute", "charge", "payment_intent")
update_dispute = Endpoint("update", _update_dispute, {"metadata": METADATA})
accept_dispute = Endpoint("update", _close_dispute)
retrieve_warning = retrieving("radar.early_fraud_warning", "early_fraud_warning")
list_warnings = listing("radar.early_fraud_warning", "charge", "payment_intent")
retrieve_review = retrieving("review", "review")
list_reviews = listing("review")
approve_review = Endpoint("update", _approve_review)
