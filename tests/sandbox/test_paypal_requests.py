"""PayPal-Request-Id and injected faults: one piece of work, whatever goes wrong and is sent again."""

import http.client
import threading
from collections.abc import Callable

import pytest

from tests.sandbox.paypal_client import Answer, Paypal, order_request
from tests.sandbox.process import RunningSandbox

HOURS = 3600
DAYS = 24 * HOURS


def books(sandbox: RunningSandbox) -> list[tuple[int, int]]:
    return [(row["captured"], row["voided"]) for row in sandbox.ledger()]


def capture(paypal: Paypal, authorization: str, request_id: str) -> Answer:
    return paypal.post(f"/v2/payments/authorizations/{authorization}/capture", {}, request_id=request_id)


def test_the_same_id_does_the_work_once_and_shows_its_present_state(paypal: Paypal, sandbox: RunningSandbox) -> None:
    first = paypal.post("/v2/checkout/orders", order_request(), request_id="open-7")
    sandbox.approve(first["id"])

    again = paypal.post("/v2/checkout/orders", order_request(), request_id="open-7")

    assert (first.status, again.status) == (201, 200)
    assert (again["id"], again["status"]) == (first["id"], "APPROVED")
    assert paypal.post("/v2/checkout/orders", order_request(), request_id="open-8")["id"] != first["id"]
    assert paypal.post("/v2/checkout/orders", order_request())["id"] != first["id"]


def test_the_same_id_with_another_request_is_refused(paypal: Paypal) -> None:
    paypal.post("/v2/checkout/orders", order_request(), request_id="open-7")

    other = paypal.post("/v2/checkout/orders", order_request(unit={"custom_id": "payment-8"}), request_id="open-7")

    assert other.refusal == (422, "UNPROCESSABLE_ENTITY", "DUPLICATE_REQUEST_ID")


def test_ids_are_forgotten_after_six_hours_for_orders_and_45_days_for_payments(
    paypal: Paypal, sandbox: RunningSandbox
) -> None:
    order = paypal.post("/v2/checkout/orders", order_request(), request_id="open-7")["id"]
    _, authorization = paypal.authorized()
    taken = capture(paypal, authorization, "take-7")["id"]
    sandbox.travel(6 * HOURS + 5)
    assert paypal.post("/v2/checkout/orders", order_request(), request_id="open-7")["id"] != order
    sandbox.travel(44 * DAYS)
    paypal.token = ""
    assert capture(paypal, authorization, "take-7")["id"] == taken

    sandbox.travel(46 * DAYS)
    paypal.token = ""

    assert capture(paypal, authorization, "take-7").issue == "AUTHORIZATION_ALREADY_CAPTURED"


def test_a_void_sent_again_is_silent_again(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, authorization = paypal.authorized()
    address = f"/v2/payments/authorizations/{authorization}/void"

    assert [paypal.post(address, request_id="void-7", full=False).status for _ in range(2)] == [204, 204]

    assert books(sandbox) == [(0, 3000)]


def test_a_refused_call_may_be_sent_again_under_its_id(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order = paypal.open()["id"]
    address = f"/v2/checkout/orders/{order}/authorize"
    assert paypal.post(address, {}, request_id="hold-7").issue == "ORDER_NOT_APPROVED"
    sandbox.approve(order)

    assert paypal.post(address, {}, request_id="hold-7")["status"] == "COMPLETED"


def test_of_two_at_once_one_works_and_the_other_may_fail(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, authorization = paypal.authorized()
    sandbox.fail("paypal.capture", "slow", seconds=0.5)
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(capture(paypal, authorization, "take-7"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    refused, taken = sorted(answers, key=lambda answer: answer.status, reverse=True)
    assert refused.refusal == (409, "RESOURCE_CONFLICT", "PREVIOUS_REQUEST_IN_PROGRESS")
    assert taken.status == 201
    assert books(sandbox) == [(3000, 0)]


@pytest.mark.parametrize("mode", ["timeout_after", "fail_after", "garbage"])
def test_work_whose_answer_was_lost_is_not_done_twice(paypal: Paypal, sandbox: RunningSandbox, mode: str) -> None:
    _, authorization = paypal.authorized()
    sandbox.fail("paypal.capture", mode)
    try:
        lost = capture(paypal, authorization, "take-7")
        assert (lost.status, lost.body.get("name")) == {
            "fail_after": (500, "INTERNAL_SERVER_ERROR"),
            "garbage": (200, None),
        }[mode]
    except (OSError, http.client.HTTPException):
        assert mode == "timeout_after"
    assert books(sandbox) == [(3000, 0)]

    again = capture(paypal, authorization, "take-7")

    assert (again.status, again["status"]) == (200, "COMPLETED")
    assert books(sandbox) == [(3000, 0)]


@pytest.mark.parametrize(("status", "name"), [(429, "RATE_LIMIT_REACHED"), (500, "INTERNAL_SERVER_ERROR")])
def test_a_call_that_failed_did_nothing_and_may_be_sent_again(
    paypal: Paypal, sandbox: RunningSandbox, status: int, name: str
) -> None:
    _, authorization = paypal.authorized()
    sandbox.fail("paypal.capture", status=status)

    failed = capture(paypal, authorization, "take-7")

    assert (failed.status, failed["name"]) == (status, name)
    assert books(sandbox) == [(0, 0)]
    assert capture(paypal, authorization, "take-7").status == 201


def test_hanging_up_before_the_work_does_nothing(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, authorization = paypal.authorized()
    sandbox.fail("paypal.capture", "timeout_before")

    with pytest.raises((OSError, http.client.HTTPException)):
        capture(paypal, authorization, "take-7")

    assert books(sandbox) == [(0, 0)]


def test_every_kind_of_call_can_fail_and_nothing_else_does(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, authorization = paypal.authorized()
    taken, order = paypal.captured(), paypal.open()["id"]
    given = paypal.post(f"/v2/payments/captures/{taken}/refund", {})["id"]
    hold = f"/v2/payments/authorizations/{authorization}"
    calls: dict[str, Callable[[], Answer]] = {
        "token": paypal.log_in,
        "create_order": paypal.open,
        "get_order": lambda: paypal.get(f"/v2/checkout/orders/{order}"),
        "authorize_order": lambda: paypal.post(f"/v2/checkout/orders/{order}/authorize"),
        "capture_order": lambda: paypal.post(f"/v2/checkout/orders/{order}/capture"),
        "get_authorization": lambda: paypal.get(hold),
        "capture": lambda: paypal.post(f"{hold}/capture", {"amount": {"currency_code": "EUR", "value": "1.00"}}),
        "void": lambda: paypal.post("/v2/payments/authorizations/nothing/void"),
        "reauthorize": lambda: paypal.post(f"{hold}/reauthorize"),
        "get_capture": lambda: paypal.get(f"/v2/payments/captures/{taken}"),
        "refund": lambda: paypal.post(f"/v2/payments/captures/{taken}/refund"),
        "get_refund": lambda: paypal.get(f"/v2/payments/refunds/{given}"),
        "list": lambda: paypal.get("/v1/customer/disputes"),
    }

    for name, neighbour in zip(calls, [*list(calls)[1:], "token"], strict=True):
        sandbox.fail(f"paypal.{name}", status=429)
        assert (name, calls[neighbour]().status == 429, calls[name]().status) == (name, False, 429)
