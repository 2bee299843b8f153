"""The addresses below /v1/payment_intents, /v1/charges and /v1/refunds."""

from sandbox.ground.values import Json
from sandbox.stripe import store
from sandbox.stripe.api import Call, Endpoint
from sandbox.stripe.endpoints.common import listing, retrieving
from sandbox.stripe.params import METADATA, merge_metadata, one_of, text, whole
from sandbox.stripe.payments import CANCEL_REASONS, cancel_intent, capture_intent
from sandbox.stripe.refunds import REFUND_REASONS, create_refund


def _update(kind: str, param: str) -> Endpoint:
    def run(call: Call, *, ref: str) -> Json:
        resource = store.find(kind, ref, param=param)
        resource.body["metadata"] = merge_metadata(resource.body["metadata"], call.params.get("metadata"))
        if call.params.get("description") is not None:
            resource.body["description"] = call.params["description"]
        store.save(resource)
        return resource.answer

    return Endpoint("update", run, {"metadata": METADATA, "description": text})


def _capture(call: Call, *, ref: str) -> Json:
    amount = call.params.get("amount_to_capture")
    return capture_intent(ref=ref, amount=amount, cause=call.cause, now=call.now).answer


def _cancel(call: Call, *, ref: str) -> Json:
    reason = call.params.get("cancellation_reason")
    return cancel_intent(ref=ref, reason=reason, cause=call.cause, now=call.now).answer


def _refund(call: Call) -> Json:
    return create_refund(params=call.params, cause=call.cause, now=call.now).answer


retrieve_intent = retrieving("payment_intent", "intent")
update_intent = _update("payment_intent", "intent")
list_intents = listing("payment_intent")
capture = Endpoint("capture", _capture, {"amount_to_capture": whole})
cancel = Endpoint("cancel", _cancel, {"cancellation_reason": one_of(*CANCEL_REASONS)})

retrieve_charge = retrieving("charge", "id")
update_charge = _update("charge", "charge")
list_charges = listing("charge", "payment_intent")

refund = Endpoint(
    "refund",
    _refund,
    {"payment_intent": text, "charge": text, "amount": whole, "reason": one_of(*REFUND_REASONS), "metadata": METADATA},
)
retrieve_refund = retrieving("refund", "id")
update_refund = _update("refund", "refund")
list_refunds = listing("refund", "payment_intent", "charge")

retrieve_method = retrieving("payment_method", "payment_method")
retrieve_transaction = retrieving("balance_transaction", "id")
list_transactions = Endpoint(
    "list",
    lambda call: store.listing(
        "balance_transaction",
        call.params,
        path=call.path,
        where={f"body__{name}": call.params[name] for name in ("source", "type") if call.params.get(name)},
    ),
    {**store.LISTING, "source": text, "type": text},
)
