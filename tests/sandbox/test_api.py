"""The API's manners: keys, versions, lists, expansion, errors."""

import json

import pytest
import stripe

from tests.sandbox.conftest import Json, OpenSession
from tests.sandbox.process import RunningSandbox, request


def call(
    sandbox: RunningSandbox, path: str, headers: dict[str, str], *, method: str = "GET", body: str = ""
) -> tuple[int, Json]:
    status, answer = request(method, f"{sandbox.url}{path}", headers=headers, body=body or None)
    return status, json.loads(answer)


def test_a_request_without_a_key_is_refused(sandbox: RunningSandbox) -> None:
    status, answer = call(sandbox, "/v1/charges", {"Accept": "*/*"})

    assert (status, answer["error"]["type"]) == (401, "invalid_request_error")
    assert answer["error"]["message"].startswith("You did not provide an API key.")


def test_a_wrong_key_is_refused_and_not_repeated(sandbox: RunningSandbox) -> None:
    wrong = stripe.StripeClient("sk_test_somebody_elses_key", base_addresses={"api": sandbox.url})

    with pytest.raises(stripe.AuthenticationError) as refusal:
        wrong.v1.charges.list()

    assert refusal.value.user_message == "Invalid API Key provided: sk_test_**************_key"


def test_basic_authorisation_works_like_bearer(sandbox: RunningSandbox) -> None:
    # base64 of "sk_test_ringback:"
    status, answer = call(sandbox, "/v1/charges", {"Authorization": "Basic c2tfdGVzdF9yaW5nYmFjazo="})

    assert (status, answer["object"]) == (200, "list")


def test_another_api_version_is_refused(sandbox: RunningSandbox) -> None:
    headers = {"Authorization": f"Bearer {sandbox.api_key}", "Stripe-Version": "2020-08-27"}

    status, answer = call(sandbox, "/v1/charges", headers)

    assert status == 400
    assert "2026-10-28.endive only" in answer["error"]["message"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/customers"), ("DELETE", "/v1/charges"), ("POST", "/v1/charges")])
def test_an_unknown_address_is_missing(sandbox: RunningSandbox, method: str, path: str) -> None:
    status, answer = call(sandbox, path, {"Authorization": f"Bearer {sandbox.api_key}"}, method=method)

    assert status == 404
    assert answer["error"]["message"].startswith(f"Unrecognized request URL ({method}: {path}).")


def test_a_body_that_is_not_a_form_is_refused(sandbox: RunningSandbox) -> None:
    headers = {"Authorization": f"Bearer {sandbox.api_key}", "Content-Type": "application/json"}

    status, answer = call(sandbox, "/v1/refunds", headers, method="POST", body='{"amount": 1}')

    assert status == 400
    assert "application/x-www-form-urlencoded" in answer["error"]["message"]


def test_every_answer_has_a_request_id_of_its_own(client: stripe.StripeClient) -> None:
    ids = set()
    for _ in range(2):
        response = client.v1.charges.list().last_response
        assert response is not None
        assert response.request_id is not None
        assert response.request_id.startswith("req_")
        ids.add(response.request_id)

    assert len(ids) == 2


def test_lists_come_in_pages_youngest_first(client: stripe.StripeClient, open_session: OpenSession) -> None:
    oldest, middle, youngest = (open_session().id for _ in range(3))

    first = client.v1.checkout.sessions.list({"limit": 2})
    second = client.v1.checkout.sessions.list({"limit": 2, "starting_after": middle})
    back = client.v1.checkout.sessions.list({"limit": 1, "ending_before": oldest})
    everything = [session.id for session in client.v1.checkout.sessions.list({"limit": 1}).auto_paging_iter()]

    assert ([session.id for session in first.data], first.has_more) == ([youngest, middle], True)
    assert ([session.id for session in second.data], second.has_more) == ([oldest], False)
    assert ([session.id for session in back.data], back.has_more) == ([middle], True)
    assert everything == [youngest, middle, oldest]


def test_lists_can_be_cut_by_time(sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession) -> None:
    old = open_session()
    sandbox.travel(1000)
    young = open_session(expires_at=old.created + 1000 + 7200)

    after = client.v1.checkout.sessions.list({"created": {"gte": old.created + 500}})
    before = client.v1.checkout.sessions.list({"created": {"lt": old.created + 500}})

    assert [session.id for session in after.data] == [young.id]
    assert [session.id for session in before.data] == [old.id]


@pytest.mark.parametrize("limit", [0, 101])
def test_a_limit_out_of_range_is_refused(client: stripe.StripeClient, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.charges.list({"limit": limit})

    assert refusal.value.param == "limit"


def test_sessions_can_be_listed_by_state_and_email(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    paid, other = open_session(), open_session(customer_email="grace@example.com")
    sandbox.pay(paid.id)

    assert [found.id for found in client.v1.checkout.sessions.list({"status": "open"}).data] == [other.id]
    by_email = client.v1.checkout.sessions.list({"customer_details": {"email": "grace@example.com"}})
    assert [found.id for found in by_email.data] == [other.id]


def test_events_can_be_listed_by_kind(client: stripe.StripeClient, authorised: Json) -> None:
    one = client.v1.events.list({"type": "charge.succeeded"}).data
    family = client.v1.events.list({"type": "payment_intent.*"}).data

    assert [event.type for event in one] == ["charge.succeeded"]
    assert [event.type for event in family] == ["payment_intent.amount_capturable_updated", "payment_intent.created"]


def test_expansion_goes_through_lists_and_levels(client: stripe.StripeClient, authorised: Json) -> None:
    page = client.v1.checkout.sessions.list({"expand": ["data.payment_intent.latest_charge"]})

    intent = page.data[0].payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert intent.latest_charge.id == authorised["charge"]


@pytest.mark.parametrize("path", ["metadata.order", "status", "nothing", "a.b.c.d.e"])
def test_what_cannot_be_expanded_is_refused(client: stripe.StripeClient, authorised: Json, path: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"expand"):
        client.v1.payment_intents.retrieve(authorised["payment_intent"], {"expand": [path]})


def test_what_is_not_there_expands_to_nothing(client: stripe.StripeClient, open_session: OpenSession) -> None:
    session = client.v1.checkout.sessions.retrieve(open_session().id, {"expand": ["payment_intent.latest_charge"]})

    assert session.payment_intent is None
