"""The stand-in's JSON, field by field, against the typed classes of the installed `stripe` package.

Every field the class promises must be there with a fitting value, and there may be no field it does not know. Where
the class lists words, the word must be one of them. So a new version of the package shows where we have drifted.
"""

import json
import types
import typing
from decimal import Decimal
from typing import Any, Literal, Union, cast, get_args, get_origin

import pytest
import stripe
from stripe._api_version import _ApiVersion
from stripe._object_classes import get_object_class
from stripe._stripe_object import StripeObject, UntypedStripeObject

from tests.sandbox.conftest import OpenSession
from tests.sandbox.process import RunningSandbox

type Json = dict[str, Any]


def fields_of(cls: type) -> dict[str, Any]:
    """The API fields that a class of the package declares."""
    return {
        name: annotation
        for base in reversed(cls.__mro__)
        if base.__module__.startswith("stripe.") and base is not StripeObject
        for name, annotation in vars(base).get("__annotations__", {}).items()
        if not name.startswith("_") and name != "OBJECT_NAME"
    }


def problems_of_object(value: Json, cls: type, path: str) -> list[str]:
    """What is missing, unknown or unfitting in one object."""
    found = [f"{path}.{name}: unknown" for name in value if name not in fields_of(cls)]
    for name, annotation in fields_of(cls).items():
        if name in value:
            found += problems_of(value[name], annotation, f"{path}.{name}")
        elif type(None) not in get_args(annotation):
            found.append(f"{path}.{name}: missing")
    return found


def problems_of(value: Any, annotation: Any, path: str) -> list[str]:  # noqa: C901, PLR0911  # one line for each kind of type
    """What does not fit between a JSON value and what the package says it is."""
    if isinstance(annotation, str | typing.ForwardRef):
        return problems_of_named(value, path)
    origin = get_origin(annotation)
    if origin in {Union, types.UnionType}:
        return problems_of_union(value, get_args(annotation), path)
    if origin is Literal:
        return [] if value in get_args(annotation) else [f"{path}: {value!r} is none of the known words"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{path}: not a list"]
        return [problem for item in value for problem in problems_of(item, get_args(annotation)[0], f"{path}[]")]
    if origin is UntypedStripeObject:
        return [] if isinstance(value, dict) else [f"{path}: not a hash"]
    if origin is stripe.ListObject:
        return problems_of_list(value, path)
    if annotation is Any:
        return []
    if isinstance(annotation, type) and issubclass(annotation, StripeObject):
        return problems_of_object(value, annotation, path) if isinstance(value, dict) else [f"{path}: not an object"]
    fitting: dict[Any, type | tuple[type, ...]] = {Decimal: str, float: (int, float)}
    if type(value) is bool and annotation is not bool:
        return [f"{path}: a boolean"]
    return [] if isinstance(value, fitting.get(annotation, annotation)) else [f"{path}: {value!r} is no {annotation}"]


def problems_of_union(value: Any, options: tuple[Any, ...], path: str) -> list[str]:
    """The problems with the option that fits best; none when one fits."""
    if value is None:
        return [] if type(None) in options else [f"{path}: null"]
    words = [option for option in options if get_origin(option) is Literal]
    if words and isinstance(value, str):  # `Union[Literal[...], str]`: keep to the words that are documented
        return problems_of(value, words[0], path)
    tried = [problems_of(value, option, path) for option in options if option is not type(None)]
    return min(tried, key=len)


def problems_of_named(value: Any, path: str) -> list[str]:
    """An object named by a forward reference: its own "object" field says what it has to be."""
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is no object"]
    return problems_of_object(value, get_object_class("V1", value["object"]), path)


def problems_of_list(value: Any, path: str) -> list[str]:
    if not isinstance(value, dict) or set(value) != {"object", "data", "has_more", "url"} or value["object"] != "list":
        return [f"{path}: not a list object"]
    return [problem for item in value["data"] for problem in problems_of_named(item, f"{path}.data[]")]


def json_of(answer: stripe.StripeObject) -> Json:
    """The JSON as it came over the wire, untouched by the package."""
    response = answer.last_response
    assert response is not None
    return cast("Json", response.data)


def drift(answer: stripe.StripeObject) -> list[str]:
    body = json_of(answer)
    return problems_of_list(body, "list") if body["object"] == "list" else problems_of_named(body, body["object"])


def test_the_api_version_is_the_one_the_package_is_pinned_to(sandbox: RunningSandbox, authorised: Json) -> None:
    sandbox.resend(sandbox.events()[0]["id"])

    assert {json.loads(event.payload)["api_version"] for event in sandbox.take_events()} == {_ApiVersion.CURRENT}


def test_the_comparison_itself_finds_missing_unknown_and_unfitting_fields(
    client: stripe.StripeClient, open_session: OpenSession
) -> None:
    body = json_of(open_session())
    body.pop("expires_at")
    body |= {"surprise": 1, "livemode": "no", "status": "weird", "custom_fields": {}}
    body["automatic_tax"].pop("enabled")

    assert sorted(problems_of_named(body, "session")) == [
        "session.automatic_tax.enabled: missing",
        "session.custom_fields: not a list",
        "session.expires_at: missing",
        "session.livemode: 'no' is no <class 'bool'>",
        "session.status: 'weird' is none of the known words",
        "session.surprise: unknown",
    ]


def test_an_open_session_fits(open_session: OpenSession) -> None:
    assert drift(open_session()) == []
    assert drift(open_session(shipping_options=[shipping_option()], customer_email="", locale="de")) == []


def test_an_expired_session_fits(client: stripe.StripeClient, open_session: OpenSession) -> None:
    assert drift(client.v1.checkout.sessions.expire(open_session().id)) == []


@pytest.mark.parametrize("card", ["4242424242424242", "378282246310005", "4000002760003184", "4000000000000044"])
def test_a_paid_session_fits_down_to_the_payment_method(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession, card: str
) -> None:
    session = open_session()
    sandbox.pay(session.id, card)

    paid = client.v1.checkout.sessions.retrieve(
        session.id,
        {"expand": ["line_items", "payment_intent.latest_charge.refunds", "payment_intent.payment_method"]},
    )

    assert paid.payment_intent.status == "requires_capture"  # type: ignore[union-attr]  # expanded above
    assert drift(paid) == []


@pytest.mark.parametrize("card", ["4000000000000002", "4100000000000019"])
def test_a_declined_payment_fits(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession, card: str
) -> None:
    outcome = sandbox.pay(open_session().id, card)

    intent = client.v1.payment_intents.retrieve(outcome["payment_intent"], {"expand": ["latest_charge"]})

    assert intent.status == "requires_payment_method"
    assert drift(intent) == []


def test_a_waiting_and_a_failed_challenge_fit(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    session = open_session().id
    waiting = sandbox.pay(session, "4000002760003184", three_d_secure="leave")
    assert drift(client.v1.payment_intents.retrieve(waiting["payment_intent"])) == []

    sandbox.pay(session, "4000002760003184", three_d_secure="fail")
    assert drift(client.v1.payment_intents.retrieve(waiting["payment_intent"])) == []


def test_captured_refunded_and_cancelled_payments_fit(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    first, second = sandbox.pay(open_session().id), sandbox.pay(open_session().id)
    deep = ["latest_charge.refunds", "latest_charge.balance_transaction"]

    captured = client.v1.payment_intents.capture(
        first["payment_intent"], {"amount_to_capture": 10000, "expand": ["latest_charge.balance_transaction"]}
    )
    refund = client.v1.refunds.create(
        {"payment_intent": first["payment_intent"], "amount": 400, "expand": ["balance_transaction", "charge"]}
    )
    cancelled = client.v1.payment_intents.cancel(second["payment_intent"], {"cancellation_reason": "fraudulent"})

    assert drift(captured) == []
    assert drift(refund) == []
    assert drift(cancelled) == []
    assert drift(client.v1.payment_intents.retrieve(first["payment_intent"], {"expand": deep})) == []
    assert drift(client.v1.payment_intents.retrieve(second["payment_intent"], {"expand": deep[:1]})) == []
    assert drift(client.v1.charges.retrieve(first["charge"], {"expand": ["payment_intent"]})) == []


def test_refunds_that_are_pending_or_fail_fit(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    for card in ("4000000000007726", "4000000000005126"):
        outcome = sandbox.pay(open_session().id, card)
        client.v1.payment_intents.capture(outcome["payment_intent"])
        refund = client.v1.refunds.create({"payment_intent": outcome["payment_intent"]})
        assert drift(refund) == []
        sandbox.travel(120)
        assert drift(client.v1.refunds.retrieve(refund.id)) == []
        sandbox.travel(0)


def test_disputes_warnings_and_reviews_fit(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    intent = sandbox.pay(open_session().id)["payment_intent"]
    client.v1.payment_intents.capture(intent)
    warning = sandbox.warn_early(intent)["id"]
    review = sandbox.open_review(intent)["id"]
    dispute = sandbox.dispute(intent)["id"]

    assert drift(client.v1.radar.early_fraud_warnings.retrieve(warning, {"expand": ["charge", "payment_intent"]})) == []
    assert drift(client.v1.reviews.retrieve(review)) == []
    assert drift(client.v1.disputes.retrieve(dispute, {"expand": ["charge"]})) == []
    sandbox.close_review(review)
    sandbox.close_dispute(dispute, "won")
    assert drift(client.v1.reviews.retrieve(review)) == []
    assert drift(client.v1.disputes.retrieve(dispute)) == []


def test_every_event_fits_and_so_does_the_object_in_it(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    session = open_session().id
    sandbox.pay(session, "4000000000000002")
    intent = sandbox.pay(session)["payment_intent"]
    client.v1.payment_intents.capture(intent)
    client.v1.refunds.create({"payment_intent": intent, "amount": 100})
    sandbox.dispute(intent)
    client.v1.checkout.sessions.expire(open_session().id)

    events = client.v1.events.list({"limit": 100})

    assert drift(events) == []
    for event in json_of(events)["data"]:
        assert problems_of_named(event["data"]["object"], event["type"]) == []
        assert drift(client.v1.events.retrieve(event["id"])) == []


def test_every_list_fits(sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession) -> None:
    intent = sandbox.pay(open_session().id)["payment_intent"]
    client.v1.payment_intents.capture(intent)
    client.v1.refunds.create({"payment_intent": intent, "amount": 100})
    sandbox.warn_early(intent)
    sandbox.open_review(intent)
    sandbox.dispute(intent)

    for service in (
        client.v1.checkout.sessions,
        client.v1.payment_intents,
        client.v1.charges,
        client.v1.refunds,
        client.v1.disputes,
        client.v1.reviews,
        client.v1.radar.early_fraud_warnings,
        client.v1.balance_transactions,
    ):
        page = service.list()
        assert len(page.data) > 0
        assert drift(page) == []


def shipping_option() -> Json:
    return {
        "shipping_rate_data": {
            "display_name": "Courier",
            "type": "fixed_amount",
            "fixed_amount": {"amount": 495, "currency": "gbp"},
        }
    }
