"""PayPal's approval page over plain HTTP, and PayPal's part of the control page."""

import re

import pytest

from tests.sandbox.paypal_client import Paypal
from tests.sandbox.process import RunningSandbox
from tests.sandbox.test_hosted_page import Visitor

HOURS = 3600
TYPED = {
    "buyer": "unverified",
    "email": "Bo@example.org",
    "given_name": "Bo",
    "surname": "Peep",
    "phone": "+44 20 7946 0018",
}


def url_of(sandbox: RunningSandbox, order: str) -> str:
    return f"{sandbox.url}/checkoutnow?token={order}"


def test_the_page_shows_the_order_and_locks_itself(paypal: Paypal, sandbox: RunningSandbox) -> None:
    page = Visitor().get(url_of(sandbox, paypal.open()["id"]))

    assert page.status == 200
    for shown in ("Mug", "2 × £12.50", "Delivery", "£5.00", "Pay £30.00", "http://shop.test/cart/?token="):
        assert shown in page.html
    policy = page.headers["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://shop.test" in policy


@pytest.mark.parametrize(
    ("preference", "tokens"),
    [
        ("NO_SHIPPING", ["email", "given-name", "family-name", "tel", "country"]),
        (
            "GET_FROM_FILE",
            [
                *("email", "given-name", "family-name", "tel", "shipping address-line1", "shipping postal-code"),
                *("shipping address-level2", "shipping address-level1", "shipping country"),
            ],
        ),
    ],
)
def test_every_field_of_the_buyer_says_what_it_is(
    paypal: Paypal, sandbox: RunningSandbox, preference: str, tokens: list[str]
) -> None:
    page = Visitor().get(url_of(sandbox, paypal.open(context={"shipping_preference": preference})["id"]))

    assert re.findall(r'autocomplete="([^"]+)"', page.html) == tokens


def test_approving_leads_back_to_the_shop_with_what_was_typed(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order = paypal.open()["id"]

    page = Visitor().post(url_of(sandbox, order), {**TYPED, "country": "GB"})

    payer = paypal.get(f"/v2/checkout/orders/{order}")["payer"]
    assert page.status == 303
    assert page.headers["Location"] == f"http://shop.test/thanks/?payment=7&token={order}&PayerID={payer['payer_id']}"
    assert payer["name"] == {"given_name": "Bo", "surname": "Peep"}
    assert payer["email_address"] == "Bo@example.org"
    assert payer["phone"] == {"phone_number": {"national_number": "442079460018"}}
    source = paypal.get(f"/v2/checkout/orders/{order}")["payment_source"]["paypal"]
    assert source["account_status"] == "UNVERIFIED"


def test_what_is_missing_is_asked_for_and_nothing_is_approved(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order = paypal.open()["id"]

    page = Visitor().post(url_of(sandbox, order), {**TYPED, "email": "", "country": ""})

    assert (page.status, page.problems[1:]) == (422, ["Enter the email address.", "Enter the country."])
    assert paypal.get(f"/v2/checkout/orders/{order}")["status"] == "PAYER_ACTION_REQUIRED"


def test_a_form_sent_from_elsewhere_does_nothing(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order = paypal.open()["id"]

    assert Visitor().post_again(url_of(sandbox, order), {**TYPED, "country": "GB"}).status == 403

    assert paypal.get(f"/v2/checkout/orders/{order}")["status"] == "PAYER_ACTION_REQUIRED"


def test_a_page_that_is_over_says_so(paypal: Paypal, sandbox: RunningSandbox) -> None:
    paid, _ = paypal.authorized()
    assert "already paid" in Visitor().get(url_of(sandbox, paid)).html
    assert Visitor().get(url_of(sandbox, "5O190127TN364715T")).status == 404
    late = paypal.open()["id"]
    sandbox.travel(4 * HOURS)

    page = Visitor().get(url_of(sandbox, late))

    assert page.status == 410
    assert "Nothing was charged" in page.html


def test_going_back_changes_nothing(paypal: Paypal, sandbox: RunningSandbox) -> None:
    order = paypal.open()["id"]

    assert sandbox.cancel_approval(order) == f"http://shop.test/cart/?token={order}"

    assert paypal.get(f"/v2/checkout/orders/{order}")["status"] == "PAYER_ACTION_REQUIRED"


def test_the_buttons_of_the_control_page_do_what_they_say(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, kept = paypal.authorized()
    _, dropped = paypal.authorized()
    visitor = Visitor()
    address = f"{sandbox.url}/control/"
    page = visitor.get(address)
    token = page.html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    for shown in ("£30.00", "COMPLETED", "reference payment-7", "PAYMENT.AUTHORIZATION.CREATED", kept, dropped):
        assert shown in page.html

    def press(name: str, **fields: str) -> str:
        return visitor.post_again(f"{address}do/{name}", {"csrfmiddlewaretoken": token, **fields}).headers["Location"]

    press("paypal", what="void", ref=dropped)
    assert "problem=PREVIOUSLY_VOIDED" in press("paypal", what="void", ref=dropped)
    press("paypal-switches", captures="pending", late_captures="refuse")
    press("paypal", what="capture", ref=kept)
    order = paypal.get(f"/v2/payments/authorizations/{kept}")["supplementary_data"]["related_ids"]["order_id"]
    taken = paypal.get(f"/v2/checkout/orders/{order}")["purchase_units"][0]["payments"]["captures"][0]["id"]
    press("paypal", what="COMPLETED", ref=taken)
    press("paypal", what="dispute", ref=taken)
    press("paypal", what="seller", ref=paypal.get("/v1/customer/disputes")["items"][0]["dispute_id"])
    press("paypal", what="refund", ref=taken)
    press("switches", mode="manual", paypal_webhook_url="http://127.0.0.1:9/there")

    assert [event["type"] for event in sandbox.events()][4:] == [
        "PAYMENT.AUTHORIZATION.VOIDED",
        "PAYMENT.CAPTURE.PENDING",
        "PAYMENT.CAPTURE.COMPLETED",
        "CUSTOMER.DISPUTE.CREATED",
        "CUSTOMER.DISPUTE.RESOLVED",
        "PAYMENT.CAPTURE.REFUNDED",
    ]
    state = sandbox.control("switches")
    assert (state["paypal"]["captures"], state["paypal"]["late_captures"]) == ("pending", "refuse")
    assert state["webhook_urls"]["paypal"] == "http://127.0.0.1:9/there"
