"""PayPal: the transaction search and the disputes that a nightly reconciliation reads."""

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from tests.sandbox.paypal_client import Answer, Paypal, gbp
from tests.sandbox.process import RunningSandbox, SandboxRefusedError


def search(paypal: Paypal, *, days: float = 1, **query: str) -> Answer:
    now = datetime.now(UTC)
    span = {"start_date": (now - timedelta(days=days)).isoformat(), "end_date": (now + timedelta(minutes=1)).isoformat()}
    return paypal.get(f"/v1/reporting/transactions?{urlencode({**span, **query})}")


def rows(answer: Answer) -> list[tuple[str, str, str]]:
    found = [entry["transaction_info"] for entry in answer["transaction_details"]]
    return [(row["transaction_event_code"], row["transaction_amount"]["value"], row["transaction_status"]) for row in found]


def test_every_movement_is_reported(paypal: Paypal) -> None:
    order, authorization = paypal.authorized(unit={"invoice_id": "R-7"})
    taken = paypal.post(f"/v2/payments/authorizations/{authorization}/capture", {})["id"]
    back = paypal.post(f"/v2/payments/captures/{taken}/refund", {"amount": gbp("10.00")})["id"]

    found = search(paypal)

    assert rows(found) == [("T1300", "30.00", "S"), ("T0006", "30.00", "S"), ("T1107", "-10.00", "S")]
    assert (found["total_items"], found["total_pages"], found["page"]) == (3, 1, 1)
    held, capture, refund = (entry["transaction_info"] for entry in found["transaction_details"])
    assert (held["paypal_reference_id"], held["paypal_reference_id_type"]) == (order, "ODR")
    assert (capture["transaction_id"], capture["paypal_reference_id"]) == (taken, authorization)
    assert (capture["fee_amount"], capture["invoice_id"], capture["custom_field"]) == (gbp("-0.87"), "R-7", "payment-7")
    assert (refund["transaction_id"], refund["paypal_reference_id"]) == (back, taken)


def test_the_search_pages(paypal: Paypal, sandbox: RunningSandbox) -> None:
    for _ in range(3):
        paypal.authorized()

    first = search(paypal, page_size="2")
    more = next(entry["href"] for entry in first["links"] if entry["rel"] == "next").removeprefix(sandbox.url)
    second = paypal.get(more)

    assert (len(rows(first)), len(rows(second))) == (2, 1)
    assert (second["page"], second["total_pages"], second["total_items"]) == (2, 2, 3)
    assert "next" not in {entry["rel"] for entry in second["links"]}


@pytest.mark.parametrize(
    ("query", "issue"),
    [
        ("", "MISSING_REQUIRED_PARAMETER"),
        ("start_date=2026-01-01T00:00:00Z&end_date=2026-02-02T00:00:00Z", "INVALID_PARAMETER_VALUE"),
        ("start_date=2026-01-02T00:00:00Z&end_date=2026-01-01T00:00:00Z", "INVALID_PARAMETER_VALUE"),
        ("start_date=yesterday&end_date=today", "INVALID_PARAMETER_VALUE"),
        ("start_date=2026-01-01T00:00:00-0700&end_date=2026-01-02T00:00:00Z&page_size=501", "INVALID_PARAMETER_VALUE"),
    ],
)
def test_a_search_that_is_none_is_refused(paypal: Paypal, query: str, issue: str) -> None:
    assert paypal.get(f"/v1/reporting/transactions?{query}").refusal == (400, "INVALID_REQUEST", issue)


def test_the_report_may_lag_behind(paypal: Paypal, sandbox: RunningSandbox) -> None:
    paypal.authorized()
    sandbox.set_paypal(report_delay_seconds=3 * 3600)

    assert rows(search(paypal)) == []


@pytest.mark.parametrize(
    ("favour", "outcome", "codes"),
    [
        ("buyer", "RESOLVED_BUYER_FAVOUR", ["T1300", "T0006", "T1201"]),
        ("seller", "RESOLVED_SELLER_FAVOUR", ["T1300", "T0006"]),
    ],
)
def test_a_dispute_is_decided(paypal: Paypal, sandbox: RunningSandbox, favour: str, outcome: str, codes: list[str]) -> None:
    taken = paypal.captured()
    opened = sandbox.dispute_paypal(taken, reason="MERCHANDISE_OR_SERVICE_NOT_RECEIVED")
    assert paypal.post(f"/v2/payments/captures/{taken}/refund", {"amount": gbp("1.00")}).issue == "TRANSACTION_DISPUTED"
    (listed,) = paypal.get(f"/v1/customer/disputes?disputed_transaction_id={taken}")["items"]
    assert (listed["status"], listed["dispute_amount"]) == ("WAITING_FOR_SELLER_RESPONSE", gbp("30.00"))
    assert listed["disputed_transactions"][0]["custom"] == "payment-7"

    sandbox.control("paypal/dispute/close", {"dispute": opened["dispute_id"], "favour": favour})

    shown = paypal.get(f"/v1/customer/disputes/{opened['dispute_id']}")
    assert (shown["status"], shown["dispute_outcome"]["outcome_code"]) == ("RESOLVED", outcome)
    assert [code for code, _, _ in rows(search(paypal))] == codes
    reversed_too = ["PAYMENT.CAPTURE.REVERSED"] if favour == "buyer" else []
    assert [event["type"] for event in sandbox.events()][3:] == [
        "CUSTOMER.DISPUTE.CREATED",
        *reversed_too,
        "CUSTOMER.DISPUTE.RESOLVED",
    ]
    assert [(row["captured"], row["refunded"], row["disputed"]) for row in sandbox.ledger()] == [(3000, 0, True)]


def test_a_chargeback_stops_refunds(paypal: Paypal, sandbox: RunningSandbox) -> None:
    taken = paypal.captured()
    sandbox.dispute_paypal(taken, stage="CHARGEBACK", amount=1000)

    assert paypal.post(f"/v2/payments/captures/{taken}/refund", {}).issue == "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK"

    with pytest.raises(SandboxRefusedError, match="TRANSACTION_DISPUTED"):
        sandbox.dispute_paypal(taken)


def test_disputes_page_and_are_found_by_time(paypal: Paypal, sandbox: RunningSandbox) -> None:
    disputes = [sandbox.dispute_paypal(paypal.captured())["dispute_id"] for _ in range(3)]

    first = paypal.get("/v1/customer/disputes?page_size=2")
    more = next(entry["href"] for entry in first["links"] if entry["rel"] == "next").removeprefix(sandbox.url)

    assert [item["dispute_id"] for item in [*first["items"], *paypal.get(more)["items"]]] == disputes[::-1]
    tomorrow = datetime.fromtimestamp(time.time() + 86400, UTC).isoformat()
    assert paypal.get(f"/v1/customer/disputes?{urlencode({'start_time': tomorrow})}")["items"] == []
