"""PayPal: captures, voids, re-authorisations, refunds, and what time does to them."""

from typing import Any

import pytest

from tests.sandbox.paypal_client import Answer, Paypal, gbp
from tests.sandbox.process import RunningSandbox

DAYS = 24 * 3600


def books(sandbox: RunningSandbox) -> list[tuple[int, int, int, int]]:
    return [(row["authorised"], row["captured"], row["refunded"], row["voided"]) for row in sandbox.ledger()]


def capture(paypal: Paypal, authorization: str, value: str = "", **more: Any) -> Answer:
    amount = {"amount": gbp(value)} if value else {}
    return paypal.post(f"/v2/payments/authorizations/{authorization}/capture", {**amount, **more})


def void(paypal: Paypal, authorization: str) -> Answer:
    return paypal.post(f"/v2/payments/authorizations/{authorization}/void")


def reauthorize(paypal: Paypal, authorization: str, value: str = "") -> Answer:
    body = {"amount": gbp(value)} if value else {}
    return paypal.post(f"/v2/payments/authorizations/{authorization}/reauthorize", body)


def status(paypal: Paypal, authorization: str) -> str:
    return str(paypal.get(f"/v2/payments/authorizations/{authorization}")["status"])


def refund(paypal: Paypal, capture_id: str, value: str = "", currency: str = "GBP") -> Answer:
    body = {"amount": gbp(value, currency)} if value else {}
    return paypal.post(f"/v2/payments/captures/{capture_id}/refund", body)


def test_a_capture_takes_everything_unless_told_otherwise(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order, authorization = paypal.authorized()

    taken = capture(paypal, authorization)

    assert (taken.status, taken["status"], taken["amount"]) == (201, "COMPLETED", gbp("30.00"))
    assert taken["custom_id"] == "payment-7"
    assert taken["seller_receivable_breakdown"]["net_amount"] == gbp("29.13")
    assert taken["supplementary_data"]["related_ids"] == {"order_id": order, "authorization_id": authorization}
    assert status(paypal, authorization) == "CAPTURED"
    assert capture(paypal, authorization).issue == "AUTHORIZATION_ALREADY_CAPTURED"
    assert void(paypal, authorization).issue == "PREVIOUSLY_CAPTURED"
    assert books(sandbox) == [(3000, 3000, 0, 0)]
    assert sandbox.events()[-1]["type"] == "PAYMENT.CAPTURE.COMPLETED"
    assert paypal.get(f"/v2/payments/captures/{taken['id']}").body == taken.body


def test_partial_captures_go_on_until_the_final_one(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, authorization = paypal.authorized()
    capture(paypal, authorization, "10.00")
    assert (status(paypal, authorization), books(sandbox)) == ("PARTIALLY_CAPTURED", [(3000, 1000, 0, 0)])

    capture(paypal, authorization, "5.00", final_capture=True)

    assert (status(paypal, authorization), books(sandbox)) == ("CAPTURED", [(3000, 1500, 0, 1500)])
    assert capture(paypal, authorization, "1.00").issue == "AUTHORIZATION_ALREADY_CAPTURED"


@pytest.mark.parametrize(
    ("currency", "held", "most", "beyond"),
    [("GBP", "30.00", "34.50", "34.51"), ("USD", "1000.00", "1075.00", "1075.01"), ("JPY", "30", "34", "35")],
)
def test_a_capture_may_exceed_the_authorisation_a_little(
    paypal: Paypal, currency: str, held: str, most: str, beyond: str
) -> None:
    _, authorization = paypal.authorized(unit={"amount": gbp(held, currency), "items": None})
    address = f"/v2/payments/authorizations/{authorization}/capture"

    assert paypal.post(address, {"amount": gbp(beyond, currency)}).issue == "MAX_CAPTURE_AMOUNT_EXCEEDED"
    assert paypal.post(address, {"amount": gbp(most, currency)})["status"] == "COMPLETED"


def test_a_void_lets_go_of_what_is_not_captured(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, authorization = paypal.authorized()
    capture(paypal, authorization, "10.00")

    silent = paypal.post(f"/v2/payments/authorizations/{authorization}/void", full=False)

    assert (silent.status, silent["text"]) == (204, "")
    assert void(paypal, authorization).issue == "PREVIOUSLY_VOIDED"
    assert capture(paypal, authorization, "1.00").issue == "AUTHORIZATION_VOIDED"
    assert reauthorize(paypal, authorization).issue == "AUTHORIZATION_VOIDED"
    assert books(sandbox) == [(3000, 1000, 0, 2000)]
    assert sandbox.events()[-1]["type"] == "PAYMENT.AUTHORIZATION.VOIDED"


def test_another_currency_or_no_money_is_refused(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, authorization = paypal.authorized()
    address = f"/v2/payments/authorizations/{authorization}/capture"

    assert paypal.post(address, {"amount": gbp("1.00", "EUR")}).issue == "AUTH_CAPTURE_CURRENCY_MISMATCH"
    assert paypal.post(address, {"amount": gbp("0.00")}).issue == "CANNOT_BE_ZERO_OR_NEGATIVE"
    assert paypal.post(address, {"amount": gbp("1.001")}).issue == "DECIMAL_PRECISION"
    assert books(sandbox) == [(3000, 0, 0, 0)]


def test_an_authorisation_lapses_after_29_days(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, authorization = paypal.authorized()
    sandbox.travel(29 * DAYS - 60)
    assert sandbox.ledger()[0]["voided"] == 0
    sandbox.travel(29 * DAYS + 60)
    paypal.token = ""

    assert status(paypal, authorization) == "VOIDED"

    assert capture(paypal, authorization).issue == "AUTHORIZATION_EXPIRED"
    assert reauthorize(paypal, authorization).issue == "AUTHORIZATION_EXPIRED"
    assert books(sandbox) == [(3000, 0, 0, 3000)]
    assert sandbox.events()[-1]["type"] == "PAYMENT.AUTHORIZATION.VOIDED"


def test_reauthorising_from_the_fourth_day_gives_a_new_id(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order, first = paypal.authorized()
    sandbox.travel(3 * DAYS - 60)
    paypal.token = ""
    assert reauthorize(paypal, first).issue == "REAUTHORIZATION_TOO_SOON"
    sandbox.travel(3 * DAYS + 60)

    second = reauthorize(paypal, first)["id"]

    ids = paypal.get(f"/v2/checkout/orders/{order}")["purchase_units"][0]["payments"]["authorizations"]
    assert [item["id"] for item in ids] == [first, second]
    assert ids[0]["expiration_time"] == ids[1]["expiration_time"]
    assert reauthorize(paypal, first).issue == "REAUTHORIZATION_TOO_SOON"
    assert reauthorize(paypal, second).issue == "REAUTHORIZATION_NOT_SUPPORTED"
    assert void(paypal, second).issue == "CANNOT_BE_VOIDED"
    assert capture(paypal, first).issue == "TRANSACTION_REFUSED"
    assert books(sandbox) == [(3000, 0, 0, 0)]
    assert capture(paypal, second)["status"] == "COMPLETED"
    assert (status(paypal, first), status(paypal, second)) == ("CAPTURED", "CAPTURED")
    assert books(sandbox) == [(3000, 3000, 0, 0)]


def test_voiding_the_original_voids_what_it_was_reauthorised_as(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, first = paypal.authorized()
    sandbox.travel(4 * DAYS)
    paypal.token = ""
    assert reauthorize(paypal, first, "34.51").issue == "AUTHORIZATION_AMOUNT_EXCEEDED"
    second = reauthorize(paypal, first, "34.50")["id"]

    void(paypal, first)

    assert (status(paypal, first), status(paypal, second)) == ("VOIDED", "VOIDED")
    assert books(sandbox) == [(3450, 0, 0, 3450)]


def test_a_late_capture_may_be_refused_until_it_is_reauthorised(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, first = paypal.authorized()
    sandbox.set_paypal(late_captures="refuse")
    sandbox.travel(3 * DAYS + 60)
    paypal.token = ""
    assert capture(paypal, first).issue == "PAYER_CANNOT_PAY"
    assert books(sandbox) == [(3000, 0, 0, 0)]

    second = reauthorize(paypal, first)["id"]

    assert capture(paypal, second)["status"] == "COMPLETED"


def test_a_refused_reauthorisation_leaves_the_first(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, first = paypal.authorized()
    sandbox.set_paypal(reauthorizations="refuse")
    sandbox.travel(3 * DAYS + 60)
    paypal.token = ""

    assert reauthorize(paypal, first).issue == "PAYER_CANNOT_PAY"

    assert capture(paypal, first)["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("end", "event", "after"),
    [
        ("COMPLETED", "PAYMENT.CAPTURE.COMPLETED", (3000, 3000, 0, 0)),
        ("DECLINED", "PAYMENT.CAPTURE.DENIED", (3000, 0, 0, 0)),
    ],
)
def test_a_pending_capture_comes_to_its_end(
    paypal: Paypal, sandbox: RunningSandbox, end: str, event: str, after: tuple[int, int, int, int]
) -> None:
    _, authorization = paypal.authorized()
    sandbox.set_paypal(captures="pending")
    taken = capture(paypal, authorization)
    assert (taken["status"], taken["status_details"]) == ("PENDING", {"reason": "PENDING_REVIEW"})
    assert books(sandbox) == [(3000, 0, 0, 0)]
    assert refund(paypal, taken["id"]).issue == "PENDING_CAPTURE"

    sandbox.paypal_dashboard("settle", capture=taken["id"], status=end)

    assert paypal.get(f"/v2/payments/captures/{taken['id']}")["status"] == end
    assert [entry["type"] for entry in sandbox.events()][-2:] == ["PAYMENT.CAPTURE.PENDING", event]
    assert books(sandbox) == [after]


def test_a_declined_capture_takes_nothing(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, authorization = paypal.authorized()
    sandbox.set_paypal(captures="declined")

    assert capture(paypal, authorization)["status"] == "DECLINED"

    assert (status(paypal, authorization), books(sandbox)) == ("CREATED", [(3000, 0, 0, 0)])
    assert void(paypal, authorization)["status"] == "VOIDED"


def test_refunds_end_when_everything_is_given_back(paypal: Paypal, sandbox: RunningSandbox) -> None:
    taken = paypal.captured()
    part = refund(paypal, taken, "10.00")
    assert (part.status, part["status"]) == (201, "COMPLETED")
    assert part["seller_payable_breakdown"]["total_refunded_amount"] == gbp("10.00")
    assert paypal.get(f"/v2/payments/captures/{taken}")["status"] == "PARTIALLY_REFUNDED"
    assert refund(paypal, taken, "20.01").issue == "REFUND_AMOUNT_EXCEEDED"
    assert refund(paypal, taken, "1.00", "EUR").issue == "REFUND_CAPTURE_CURRENCY_MISMATCH"

    rest = refund(paypal, taken)

    assert rest["amount"] == gbp("20.00")
    assert paypal.get(f"/v2/payments/refunds/{rest['id']}").body == rest.body
    assert paypal.get(f"/v2/payments/captures/{taken}")["status"] == "REFUNDED"
    assert refund(paypal, taken).issue == "CAPTURE_FULLY_REFUNDED"
    assert books(sandbox) == [(3000, 3000, 3000, 0)]
    assert [event["type"] for event in sandbox.events()][-2:] == ["PAYMENT.CAPTURE.REFUNDED"] * 2


def test_after_180_days_nothing_is_refunded(paypal: Paypal, sandbox: RunningSandbox) -> None:
    taken = paypal.captured()
    sandbox.travel(181 * DAYS)
    paypal.token = ""

    assert refund(paypal, taken).issue == "REFUND_TIME_LIMIT_EXCEEDED"


def test_a_person_can_capture_void_and_refund_in_the_dashboard(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, kept = paypal.authorized()
    _, dropped = paypal.authorized()

    taken = sandbox.paypal_dashboard("capture", authorization=kept, amount=2000)
    sandbox.paypal_dashboard("refund", capture=taken["id"], amount=500)
    sandbox.paypal_dashboard("void", authorization=dropped)

    assert books(sandbox) == [(3000, 2000, 500, 0), (3000, 0, 0, 3000)]


def test_the_ledger_has_the_shape_of_stripes(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order, authorization = paypal.authorized(
        unit={"amount": gbp("2500", "JPY"), "items": None, "custom_id": "payment-9", "invoice_id": "R-9"}
    )

    assert sandbox.ledger() == [
        {
            "company": "paypal",
            "charge": authorization,
            "payment_intent": authorization,
            "session": order,
            "client_reference_id": "payment-9",
            "metadata": {"custom_id": "payment-9", "invoice_id": "R-9"},
            "currency": "jpy",
            "authorised": 2500,
            "captured": 0,
            "refunded": 0,
            "voided": 0,
            "disputed": False,
        }
    ]
