"""The stand-in's pages in a real browser: usable without scripts, on a phone, and free of accessibility faults."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browsing import chromium, faults_of
from tests.sandbox.conftest import OpenSession
from tests.sandbox.paypal_client import Paypal
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 900}, java_script_enabled=True)
    yield context.new_page()
    context.close()


def assert_sound(page: Page) -> None:
    """No accessibility fault on a telephone or a desk, nothing cut off at the side."""
    assert faults_of(page) == []


def fill(page: Page, number: str) -> None:
    page.get_by_label("Phone number").fill("+44 20 7123 4567")
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry date").fill("12/34")
    page.get_by_label("Security code").fill("123")
    page.get_by_label("Name on card").fill("Ada Lovelace")
    page.get_by_label("Country").select_option("GB")
    page.get_by_label("Billing address", exact=True).fill("12 St James's Square")
    page.get_by_label("Town or city").fill("London")
    page.get_by_label("Postcode").fill("SW1Y 4JH")
    page.get_by_role("button", name="Pay").click()


def test_a_shopper_slips_is_declined_is_challenged_and_pays(
    page: Page, sandbox: RunningSandbox, open_session: OpenSession
) -> None:
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    # The way back goes through the browser's form-action check: the shop's origin is another one.
    session = open_session(success_url=f"{sandbox.url.replace('127.0.0.1', 'localhost')}/livez?s={{CHECKOUT_SESSION_ID}}")
    page.goto(str(session.url))
    assert_sound(page)

    page.get_by_role("button", name="Pay").click()
    assert page.get_by_role("alert").inner_text() == "Please check the marked fields and enter your card again."
    assert_sound(page)

    fill(page, "4000 0000 0000 0002")
    assert page.get_by_role("alert").inner_text() == "Your card was declined."
    assert page.get_by_label("Card number").input_value() == ""
    assert_sound(page)

    fill(page, "4000 0027 6000 3184")
    assert page.get_by_role("heading", level=1).inner_text() == "Confirm it is you"
    assert_sound(page)

    page.get_by_role("button", name="Complete authentication").click()
    assert page.url.endswith(f"/livez?s={session.id}")
    assert refused == []
    assert [charge["authorised"] for charge in sandbox.ledger()] == [11400]

    page.goto(str(session.url or f"{sandbox.url}/c/pay/{session.id}"))
    assert page.get_by_role("heading", level=1).inner_text() == "This order is already paid"
    assert_sound(page)


def test_a_buyer_slips_is_declined_and_approves_at_paypal(page: Page, sandbox: RunningSandbox, paypal: Paypal) -> None:
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    shop = f"{sandbox.url.replace('127.0.0.1', 'localhost')}/livez"
    order = paypal.open(context={"return_url": shop, "shipping_preference": "GET_FROM_FILE"})["id"]
    url = f"{sandbox.url}/checkoutnow?token={order}"
    page.goto(url)

    page.get_by_label("Email").fill("")
    page.get_by_role("button", name="Pay £30.00").click()
    assert page.get_by_role("alert").inner_text() == "Please check the marked fields. Nothing was approved yet."
    assert_sound(page)

    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("The bank behind the account declines").check()
    page.get_by_role("button", name="Pay £30.00").click()
    assert page.url.startswith(f"{shop}?token={order}&PayerID=")
    assert paypal.post(f"/v2/checkout/orders/{order}/authorize", {}).issue == "INSTRUMENT_DECLINED"
    page.goto(url)
    assert page.get_by_role("alert").inner_text().startswith("Your bank declined this payment and nothing was charged.")

    page.get_by_label("Verified account", exact=False).first.check()
    page.get_by_role("button", name="Pay £30.00").click()
    assert paypal.post(f"/v2/checkout/orders/{order}/authorize", {})["status"] == "COMPLETED"
    assert refused == []
    page.goto(url)
    assert page.get_by_role("heading", level=1).inner_text() == "This order is already paid"


def test_the_control_page_is_sound(page: Page, sandbox: RunningSandbox, open_session: OpenSession, paypal: Paypal) -> None:
    sandbox.dispute_paypal(paypal.captured())
    paypal.authorized()
    intent = sandbox.pay(open_session().id)["payment_intent"]
    sandbox.open_review(intent)
    sandbox.fail("capture")

    page.goto(f"{sandbox.url}/control/")

    assert_sound(page)
    page.get_by_role("button", name="Deliver pending events now").click()
    assert page.get_by_text("ConnectionRefusedError").first.is_visible()
