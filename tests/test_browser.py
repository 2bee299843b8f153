"""In a real Chromium: the main path by hand, under the real content security policy, with webhooks on their way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.core import mail
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from catalog.models import Variant
from checkout.models import Order
from checkout.states import OrderStatus
from config.demo_shoppers import SHOPPERS, send_shoppers
from fraud.models import CallTask
from store.models import User
from tests.browsing import browser, faults_of
from tests.checkout.shopper import DETAILS, ELSEWHERE
from tests.factories.catalog import PictureFactory, VariantFactory
from tests.factories.checkout import DeliveryMethodFactory
from tests.sandbox.process import RunningSandbox

PAYPAL = "PayPal"  # in the place of a card
PASSWORD = "a long phrase for rosa 7"

__all__ = ["browser"]  # a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


@dataclass
class Tab:
    """One page of a browser, with all it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # A 4xx answer is logged as an error as well; pages of that kind are asked for on purpose.
        self.page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text)
                if message.type == "error" and "the server responded with a status" not in message.text
                else None
            ),
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def fill(self, values: dict[str, str]) -> None:
        for name, value in values.items():
            box = self.page.locator(f'[name="{name}"]').first
            if value == "on":
                box.check()
            elif box.evaluate("element => element.tagName") == "SELECT":
                box.select_option(value)
            elif box.get_attribute("type") == "radio":
                self.page.locator(f'[name="{name}"][value="{value}"]').check()
            else:
                box.fill(value)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()


@pytest.fixture
def shop(live_server: LiveServer, sandbox: RunningSandbox, settings: Settings) -> RunningSandbox:
    """The shop on its own origin, the payment company on another, webhooks sent by themselves."""
    settings.SHOP_ORIGIN = live_server.url
    settings.SECURE_CSP = {**settings.SECURE_CSP, "form-action": ["'self'", sandbox.url]}
    sandbox.reset(webhook_url=f"{live_server.url}/webhooks/stripe/", mode="automatic")
    return sandbox


@pytest.fixture
def polisher() -> Variant:
    DeliveryMethodFactory.create()
    for price in (900, 1100, 1250, 1400, 1800, 2200, 2600, 3400, 4900):
        VariantFactory.create(price=price, on_hand=20)
    return VariantFactory.create(
        price=89900, on_hand=15, label="Ruby", product__name="Grand Polisher", product__slug="grand-polisher"
    )


@pytest.fixture
def reviewer() -> User:
    return User.objects.create_superuser(email="rosa@shop.example", password=PASSWORD)


def open_tab(browser: Browser, *, scripted: bool = True) -> Tab:
    """A fresh browser: no cookies, nothing cached."""
    context = browser.new_context(java_script_enabled=scripted, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    return Tab(context.new_page())


# Down at the button the page has moved, and the sum beside the form has not gone with it.
SUM_IN_VIEW = """() => {
  const { top } = document.querySelector("#sum-title").getBoundingClientRect();
  return [scrollY > 300, top > 0 && top < 300];
}"""


def buy(tab: Tab, origin: str, quantity: int, card: str = "4242 4242 4242 4242") -> str:
    """Walk from the product's page to the order's page; give the order's address."""
    page = tab.page
    page.goto(f"{origin}/products/grand-polisher/")
    if page.locator('[name="variant"][type="radio"]').count():
        page.locator('[name="variant"]').first.check()
    page.locator('main [name="quantity"]').fill(str(quantity))
    tab.press("Put in the cart")
    page.get_by_role("link", name="Go to checkout").click()
    tab.fill({**DETAILS, **ELSEWHERE})
    if page.evaluate("innerWidth") == 1280:
        page.get_by_role("button", name="Review your order").scroll_into_view_if_needed()
        assert page.evaluate(SUM_IN_VIEW) == [True, True]
    tab.press("Review your order")
    if card == PAYPAL:
        choose(tab, "gateway", "paypal")
        tab.press("Place order and pay")
        return pay_with_paypal(tab, "declined")
    tab.press("Place order and pay")
    page.wait_for_url("**/c/pay/**")
    boxes = {
        "cc-number": card,
        "cc-exp": "12 / 34",
        "cc-csc": "123",
        "cc-name": "Dana Reyes",
        "billing street-address": "1420 SE Ankeny Street",
        "billing address-level2": "Portland",
        "billing postal-code": "97214",
        "tel": "+15035550142",
    }
    for token, value in boxes.items():
        page.locator(f'[autocomplete="{token}"]').fill(value)
    page.locator('[autocomplete="billing country"]').select_option("US")
    tab.press("Pay")
    page.wait_for_url("**/orders/**")
    return page.url


def pay_with_paypal(tab: Tab, buyer: str) -> str:
    """Agree on PayPal's page; give the order's address."""
    tab.page.wait_for_url("**/checkoutnow?**")
    choose(tab, "buyer", buyer)
    tab.press("Pay")
    tab.page.wait_for_url("**/orders/**")
    return tab.page.url


def log_in(tab: Tab, origin: str) -> None:
    tab.page.goto(f"{origin}/admin/")
    tab.page.locator('[name="username"]').fill("rosa@shop.example")
    tab.page.locator('[name="password"]').fill(PASSWORD)
    tab.page.locator('[type="submit"]').click()


def test_a_flagged_order_is_rung_and_released_without_javascript(
    browser: Browser,
    live_server: LiveServer,
    shop: RunningSandbox,
    polisher: Variant,
    reviewer: User,
    run_tasks: Callable[[], int],
) -> None:
    run_the_desk(browser, live_server, shop, polisher, run_tasks, scripted=False, decision="release")
    order = Order.objects.get()
    assert order.status == OrderStatus.RELEASED
    assert [row["captured"] for row in shop.ledger()] == [order.total]
    assert mail.outbox[-1].subject == f"Your order {order.number} is confirmed"


def test_a_flagged_order_is_rung_and_cancelled_with_javascript(
    browser: Browser,
    live_server: LiveServer,
    shop: RunningSandbox,
    polisher: Variant,
    reviewer: User,
    run_tasks: Callable[[], int],
) -> None:
    run_the_desk(browser, live_server, shop, polisher, run_tasks, scripted=True, decision="cancel")
    order = Order.objects.get()
    polisher.refresh_from_db()
    assert (order.status, order.cancel_reason) == (OrderStatus.CANCELLED, "denied")
    assert [(row["captured"], row["voided"]) for row in shop.ledger()] == [(0, order.total)]
    assert polisher.held == 0
    assert mail.outbox[-1].subject == f"Your order {order.number} is cancelled"


def run_the_desk(
    browser: Browser,
    live_server: LiveServer,
    shop: RunningSandbox,
    polisher: Variant,
    run_tasks: Callable[[], int],
    *,
    scripted: bool,
    decision: str,
) -> None:
    """Buy twelve polishers to another name, find them in the queue, ring, decide."""
    origin = live_server.url
    shopper, desk = open_tab(browser, scripted=scripted), open_tab(browser, scripted=scripted)
    order_url = buy(shopper, origin, 12)
    assert "We are confirming your order" in shopper.page.locator("h1").inner_text()
    run_tasks()
    assert CallTask.objects.count() == 1

    log_in(desk, origin)
    desk.page.goto(f"{origin}/admin/fraud/calltask/")
    order = Order.objects.get()
    desk.page.get_by_role("link", name=order.number).first.click()
    desk.press("Claim")
    desk.page.locator('[name="outcome"][value="reached"], [name="outcome"]').first.wait_for()
    choose(desk, "outcome", "reached")
    choose(desk, "answer", "confirms" if decision == "release" else "denies")
    desk.page.locator('[name="note"]').first.fill("Spoke to the customer.")
    desk.press("Write down")
    if decision == "release":
        desk.press("Release")
    else:
        choose(desk, "reason", "denied")
        desk.press("Cancel the order")
    desk.page.wait_for_load_state()
    run_tasks()

    heading = "Your order is confirmed" if decision == "release" else "This order is cancelled"
    if scripted:  # the page shows it by itself, at once when the shopper comes back to it
        shopper.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        shopper.page.get_by_role("heading", level=1, name=heading).wait_for()
        assert shopper.page.locator("body > [role=status]").inner_text() == heading
    shopper.page.goto(order_url)
    assert shopper.page.locator("h1").inner_text() == heading
    assert shopper.complaints == []
    assert desk.complaints == []
    for tab in (shopper, desk):
        tab.page.context.close()


def test_an_order_is_paid_with_paypal_on_a_telephone_at_the_second_try(
    browser: Browser, live_server: LiveServer, shop: RunningSandbox, polisher: Variant, run_tasks: Callable[[], int]
) -> None:
    tab = open_tab(browser, scripted=False)
    tab.page.set_viewport_size({"width": 390, "height": 844})
    buy(tab, live_server.url, 1, PAYPAL)
    assert tab.page.locator("h1").inner_text() == "Your payment was declined"
    assert tab.page.locator('[name="gateway"]:checked').get_attribute("value") == "paypal"
    tab.press("Pay")
    pay_with_paypal(tab, "good")
    assert tab.page.locator("h1").inner_text() == "Thank you. We are confirming your order"
    assert "Your PayPal payment is authorised" in tab.page.locator("main").inner_text()

    run_tasks()
    order = Order.objects.get()
    assert [(row["authorised"], row["captured"]) for row in shop.ledger()] == [(order.total, 0)]
    assert [(p.status, p.declines) for p in order.payments.order_by("created_at")] == [("expired", 1), ("authorized", 1)]
    assert tab.complaints == []
    tab.page.context.close()


def test_the_customers_of_the_demo_can_buy(live_server: LiveServer, shop: RunningSandbox, polisher: Variant) -> None:
    _slug, _quantity, card, details = SHOPPERS[3]
    assert send_shoppers(shop=live_server.url, sandbox=shop.url, shoppers=[("grand-polisher", 2, card, details)]) == 1
    assert Order.objects.get().lines.get().quantity == 2


def choose(tab: Tab, name: str, value: str) -> None:
    radio = tab.page.locator(f'[name="{name}"][value="{value}"]')
    if radio.count():
        radio.first.check()
    else:
        tab.page.locator(f'select[name="{name}"]').first.select_option(value)


def test_axe_finds_nothing_from_home_to_the_order_page_and_nothing_is_wider_than_a_telephone(
    browser: Browser, live_server: LiveServer, shop: RunningSandbox, polisher: Variant
) -> None:
    PictureFactory.create(product=polisher.product)
    Variant.objects.filter(pk=polisher.pk).update(on_hand=99)
    tab = open_tab(browser)
    page, origin = tab.page, live_server.url
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = faults_of(page, name)

    for name, address in {
        "home": "/",
        "listing": "/catalog/",
        "search": "/catalog/?q=polisher",
        "product": "/products/grand-polisher/",
        "empty cart": "/cart/",
        "missing": "/nowhere/",
    }.items():
        page.goto(origin + address)
        look(name)
    page.goto(f"{origin}/products/grand-polisher/")
    tab.press("Put in the cart")
    look("cart")
    page.get_by_role("link", name="Go to checkout").click()
    look("checkout")
    tab.press("Review your order")
    look("checkout with errors")
    tab.fill(DETAILS)
    tab.press("Review your order")
    look("review")
    page.context.close()
    tab = open_tab(browser)
    page = tab.page
    buy(tab, origin, 1)
    look("order")

    assert {name: faults for name, faults in found.items() if faults} == {}
    assert set(found) == {
        "home", "listing", "search", "product", "empty cart", "missing", "cart", "checkout", "checkout with errors", "review", "order",
    }  # fmt: skip
    page.context.close()
