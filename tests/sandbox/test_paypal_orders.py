"""PayPal: tokens, and orders from their opening to the authorisation."""

from typing import Any

import pytest

from tests.sandbox.paypal_client import Json, Paypal, gbp, order_request
from tests.sandbox.process import RunningSandbox, SandboxRefusedError, request

ADDRESS = {"address_line_1": "1 High Street", "admin_area_2": "Leeds", "postal_code": "LS1 1AA", "country_code": "GB"}
HOURS = 3600


def events(sandbox: RunningSandbox) -> list[str]:
    return [event["type"] for event in sandbox.events()]


def test_a_token_is_given_for_the_right_secret_only(paypal: Paypal) -> None:
    given = paypal.log_in()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 32400)

    refused = paypal.log_in(secret="wrong")
    assert (refused.status, refused["error"]) == (401, "invalid_client")
    assert paypal.log_in(grant="grant_type=password")["error"] == "unsupported_grant_type"


def test_a_token_ends_after_nine_hours(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order = paypal.open()["id"]
    sandbox.travel(9 * HOURS + 1)

    refused = paypal.get(f"/v2/checkout/orders/{order}")

    assert (refused.status, refused["error"]) == (401, "invalid_token")


def test_a_call_without_a_token_is_refused(sandbox: RunningSandbox) -> None:
    status, text = request("POST", f"{sandbox.url}/v2/checkout/orders", body="{}")

    assert status == 401
    assert '"AUTHENTICATION_FAILURE"' in text


def test_an_account_without_permission_is_refused(paypal: Paypal, sandbox: RunningSandbox) -> None:
    sandbox.set_paypal(permissions="deny")

    assert paypal.open().refusal == (403, "NOT_AUTHORIZED", "PERMISSION_DENIED")


def test_an_open_order_leads_to_the_payers_page(paypal: Paypal, sandbox: RunningSandbox) -> None:
    opened = paypal.post("/v2/checkout/orders", order_request(), full=False)

    assert opened.status == 201
    assert set(opened.body) == {"id", "status", "payment_source", "links"}
    assert opened["status"] == "PAYER_ACTION_REQUIRED"
    links = {entry["rel"]: entry["href"] for entry in opened["links"]}
    assert links == {
        "self": f"{sandbox.url}/v2/checkout/orders/{opened['id']}",
        "payer-action": f"{sandbox.url}/checkoutnow?token={opened['id']}",
    }
    shown = paypal.get(f"/v2/checkout/orders/{opened['id']}")
    assert shown["purchase_units"][0]["reference_id"] == "default"
    assert shown["purchase_units"][0]["custom_id"] == "payment-7"


def test_an_order_without_a_payment_source_says_approve(paypal: Paypal) -> None:
    request_body = order_request()
    del request_body["payment_source"]

    opened = paypal.post("/v2/checkout/orders", request_body)

    assert opened["status"] == "CREATED"
    assert [entry["rel"] for entry in opened["links"]] == ["self", "approve", "update", "authorize"]


@pytest.mark.parametrize(
    ("unit", "issue"),
    [
        ({"items": [{"name": "Mug", "quantity": "3", "unit_amount": gbp("12.50")}]}, "ITEM_TOTAL_MISMATCH"),
        (
            {"amount": {**gbp("31.00"), "breakdown": {"item_total": gbp("25.00"), "shipping": gbp("5.00")}}},
            "AMOUNT_MISMATCH",
        ),
        (
            {"amount": {**gbp("25.00"), "breakdown": {"item_total": gbp("25.00"), "discount": gbp("1.00")}}},
            "AMOUNT_MISMATCH",
        ),
        ({"amount": gbp("25.00")}, "ITEM_TOTAL_REQUIRED"),
        ({"amount": gbp("25.001"), "items": None}, "DECIMAL_PRECISION"),
        ({"amount": gbp("2500.00", "JPY"), "items": None}, "DECIMALS_NOT_SUPPORTED"),
        ({"amount": gbp("2500.00", "HUF"), "items": None}, "DECIMALS_NOT_SUPPORTED"),
        ({"amount": gbp("25.000", "KWD"), "items": None}, "INVALID_CURRENCY_CODE"),
        ({"amount": gbp("0.00"), "items": None}, "CANNOT_BE_ZERO_OR_NEGATIVE"),
        ({"amount": {**gbp("30.00"), "breakdown": {"item_total": gbp("30.00", "USD")}}, "items": None}, "CURRENCY_MISMATCH"),
    ],
)
def test_amounts_that_are_unfit_or_do_not_add_up_are_refused(paypal: Paypal, unit: Json, issue: str) -> None:
    assert paypal.open(unit=unit).refusal == (422, "UNPROCESSABLE_ENTITY", issue)


@pytest.mark.parametrize(
    ("changes", "issue", "where"),
    [
        ({"intent": None}, "MISSING_REQUIRED_PARAMETER", "/intent"),
        ({"intent": "SELL"}, "INVALID_PARAMETER_VALUE", "/intent"),
        ({"unit": {"custom_id": "x" * 256}}, "INVALID_STRING_MAX_LENGTH", "/purchase_units/0/custom_id"),
        ({"unit": {"costum_id": "7"}}, "INVALID_PARAMETER_VALUE", "/purchase_units/0/costum_id"),
        (
            {"unit": {"items": [{"name": "Mug", "quantity": "0", "unit_amount": gbp("1.00")}]}},
            "INVALID_PARAMETER_SYNTAX",
            "/purchase_units/0/items/0/quantity",
        ),
    ],
)
def test_a_malformed_request_is_refused_naming_the_field(
    paypal: Paypal, changes: dict[str, Any], issue: str, where: str
) -> None:
    refused = paypal.open(**changes)

    assert refused.refusal == (400, "INVALID_REQUEST", issue)
    assert refused["details"][0]["field"] == where
    assert refused["debug_id"]


def test_what_is_no_json_is_refused(paypal: Paypal) -> None:
    assert paypal.post("/v2/checkout/orders", "{").issue == "MALFORMED_REQUEST_JSON"


def test_yen_have_no_decimals(paypal: Paypal) -> None:
    opened = paypal.open(unit={"amount": gbp("2500", "JPY"), "items": None})

    assert opened["purchase_units"][0]["amount"] == {"currency_code": "JPY", "value": "2500"}


def test_an_order_is_authorised_once_and_only_when_approved(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order = paypal.open()["id"]
    assert paypal.post(f"/v2/checkout/orders/{order}/authorize").issue == "ORDER_NOT_APPROVED"
    back = sandbox.approve(order)
    assert back["return_url"] == f"http://shop.test/thanks/?payment=7&token={order}&PayerID={back['payer_id']}"

    done = paypal.post(f"/v2/checkout/orders/{order}/authorize", {}, full=False)

    assert (done.status, done["status"]) == (201, "COMPLETED")
    (authorization,) = done["purchase_units"][0]["payments"]["authorizations"]
    assert (authorization["status"], authorization["amount"]) == ("CREATED", gbp("30.00"))
    assert authorization["custom_id"] == "payment-7"
    assert done["payer"]["email_address"] == "ada@example.com"
    assert done["payment_source"]["paypal"]["account_status"] == "VERIFIED"
    assert paypal.post(f"/v2/checkout/orders/{order}/authorize", {}).issue == "ORDER_ALREADY_AUTHORIZED"
    assert events(sandbox) == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.AUTHORIZATION.CREATED"]


def test_a_declined_instrument_leads_back_to_the_payer(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order = paypal.open()["id"]
    sandbox.approve(order, "declined")

    refused = paypal.post(f"/v2/checkout/orders/{order}/authorize", {})

    assert refused.refusal == (422, "UNPROCESSABLE_ENTITY", "INSTRUMENT_DECLINED")
    assert {entry["rel"]: entry["href"] for entry in refused["links"]}["payer-action"].endswith(
        f"/checkoutnow?token={order}"
    )
    assert sandbox.ledger() == []
    sandbox.approve(order, "good")
    assert paypal.post(f"/v2/checkout/orders/{order}/authorize", {})["status"] == "COMPLETED"


def test_an_unverified_buyer_is_not_protected(paypal: Paypal) -> None:
    order, authorization = paypal.authorized("unverified")

    assert paypal.get(f"/v2/checkout/orders/{order}")["payment_source"]["paypal"]["account_status"] == "UNVERIFIED"
    shown = paypal.get(f"/v2/payments/authorizations/{authorization}")
    assert shown["seller_protection"] == {"status": "NOT_ELIGIBLE"}
    assert shown["supplementary_data"]["related_ids"] == {"order_id": order}


@pytest.mark.parametrize(
    ("preference", "shown"),
    [
        ("NO_SHIPPING", None),
        ("SET_PROVIDED_ADDRESS", {"name": {"full_name": "Bo Peep"}, "address": ADDRESS}),
        (
            "GET_FROM_FILE",
            {
                "name": {"full_name": "Ada Lovelace"},
                "address": {
                    "address_line_1": "12 St James's Square",
                    "admin_area_2": "London",
                    "postal_code": "SW1Y 4JH",
                    "country_code": "GB",
                },
            },
        ),
    ],
)
def test_the_address_comes_from_where_the_shop_asked(paypal: Paypal, preference: str, shown: Json | None) -> None:
    given = {"shipping": {"name": {"full_name": "Bo Peep"}, "address": ADDRESS}} if preference[0] == "S" else {}

    order, _ = paypal.authorized(unit=given, context={"shipping_preference": preference})

    assert paypal.get(f"/v2/checkout/orders/{order}")["purchase_units"][0].get("shipping") == shown


def test_a_provided_address_must_be_provided(paypal: Paypal) -> None:
    refused = paypal.open(context={"shipping_preference": "SET_PROVIDED_ADDRESS"})

    assert refused.issue == "MISSING_SHIPPING_ADDRESS"


def test_an_unapproved_order_is_gone_after_three_hours(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order = paypal.open()["id"]
    sandbox.travel(3 * HOURS + 1)

    assert paypal.get(f"/v2/checkout/orders/{order}").refusal == (404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")

    with pytest.raises(SandboxRefusedError, match="not open"):
        sandbox.approve(order)
    assert events(sandbox) == []


def test_an_approval_nobody_uses_is_reversed_after_three_hours(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order = paypal.open(unit={"invoice_id": "R-7"})["id"]
    sandbox.travel(2 * HOURS)
    sandbox.approve(order)
    sandbox.take_events()
    sandbox.travel(4 * HOURS)
    assert paypal.get(f"/v2/checkout/orders/{order}")["status"] == "APPROVED"
    sandbox.travel(5 * HOURS + 5)

    (event,) = sandbox.take_events()

    assert event.event_type == "CHECKOUT.PAYMENT-APPROVAL.REVERSED"
    assert f'"order_id":"{order}"' in event.payload
    assert '"custom_id":"payment-7","invoice_id":"R-7"' in event.payload
    assert paypal.post(f"/v2/checkout/orders/{order}/authorize", {}).status == 404
    assert sandbox.ledger() == []


def test_an_authorised_order_stays(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order, _ = paypal.authorized()
    sandbox.travel(5 * HOURS)

    assert paypal.get(f"/v2/checkout/orders/{order}")["status"] == "COMPLETED"


def test_an_invoice_is_paid_once(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, first = paypal.authorized(unit={"invoice_id": "R-7"})
    order = paypal.open(unit={"invoice_id": "R-7"})["id"]
    sandbox.approve(order)
    assert paypal.post(f"/v2/checkout/orders/{order}/authorize", {}).issue == "DUPLICATE_INVOICE_ID"

    paypal.post(f"/v2/payments/authorizations/{first}/void")

    assert paypal.post(f"/v2/checkout/orders/{order}/authorize", {})["status"] == "COMPLETED"


def test_an_order_to_be_captured_is_captured_at_once(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order = paypal.open(intent="CAPTURE")["id"]
    sandbox.approve(order)
    assert paypal.post(f"/v2/checkout/orders/{order}/authorize", {}).issue == "ACTION_DOES_NOT_MATCH_INTENT"

    done = paypal.post(f"/v2/checkout/orders/{order}/capture", {})

    assert done["purchase_units"][0]["payments"]["captures"][0]["status"] == "COMPLETED"
    assert [(row["authorised"], row["captured"], row["voided"]) for row in sandbox.ledger()] == [(3000, 3000, 0)]


def test_the_wrong_way_and_the_wrong_address_are_refused(paypal: Paypal) -> None:
    assert (paypal.get("/v2/checkout/orders").status, paypal.get("/v2/nothing").status) == (405, 404)
    assert paypal.get("/v2/checkout/orders/5O190127TN364715T").issue == "INVALID_RESOURCE_ID"
