"""In a real Chromium: nothing jumps while a page loads, the keyboard alone buys in a narrow window, and every page in the dark."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route
from pytest_django.live_server_helper import LiveServer

from catalog.models import Picture, Product, Variant
from checkout.models import Order
from store.models import User
from tests.browsing import FAULTS_ALONE, NARROWEST, browser
from tests.checkout.shopper import DETAILS
from tests.factories.catalog import PictureFactory, VariantFactory
from tests.factories.checkout import DeliveryMethodFactory, make_order
from tests.sandbox.process import RunningSandbox
from tests.test_browser import shop

__all__ = ["browser", "shop"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

# Everything that moved without the visitor's doing (Layout Instability), and what it was.
WATCH = """
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        window.shifts.push([entry.value, ...entry.sources.map((source) => source.node?.outerHTML?.slice(0, 120) ?? "?")]);
    }).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def goods() -> list[Variant]:
    """Nine things with two pictures each, the first of them featured, some text on it."""
    DeliveryMethodFactory.create()
    found = [
        VariantFactory.create(
            price=900 + number, on_hand=20, product__name=f"Grand polisher {number}", product__is_featured=True
        )
        for number in range(14)
    ]
    for variant in found:
        for position in range(2):
            PictureFactory.create(product=variant.product, position=position, stem=f"catalog/{variant.pk}-{position}")
    VariantFactory.create(product=found[0].product, label="Large", options={"Size": "Large"}, on_hand=0)
    return found


@pytest.fixture(scope="module")
def photograph() -> bytes:
    """What each picture turns out to be: as large as the page was told."""
    file = io.BytesIO()
    Image.new("RGB", (1200, 1200), "#a33").save(file, "WEBP")
    return file.getvalue()


class SlowPictures:
    """Keeps every picture back until the page stands."""

    def __init__(self, page: Page, photograph: bytes) -> None:
        self.waiting: list[Route] = []
        self.photograph = photograph
        page.route("**/media/**", lambda route: self.waiting.append(route))  # noqa: PLW0108 - Playwright marks what it is given

    def come(self, page: Page) -> int:
        """Send what was asked for; give how many."""
        sent = 0
        while self.waiting:
            self.waiting.pop().fulfill(body=self.photograph, content_type="image/webp")
            sent += 1
            page.wait_for_timeout(1)
        return sent


@pytest.fixture
def page_of(browser: Browser) -> Iterator[Any]:
    """A fresh browser of so many pixels across."""
    opened = []

    def open_page(width: int, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        context.set_default_timeout(15_000)
        opened.append(context)
        return context.new_page()

    yield open_page
    for context in opened:
        context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_when_the_pictures_come_late(
    page_of: Any, live_server: LiveServer, goods: list[Variant], photograph: bytes, width: int
) -> None:
    page, origin = page_of(width), live_server.url
    asked = set[str]()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.add_init_script(WATCH)
    pictures = SlowPictures(page, photograph)
    came: dict[str, int] = {}
    shifts: dict[str, Any] = {}

    def look(name: str) -> None:
        page.wait_for_timeout(100)  # the page stands, without a picture
        came[name] = pictures.come(page)
        for _ in range(3):  # what is further down is asked for on the way there
            page.evaluate("scrollBy(0, 1000)")
            page.wait_for_timeout(40)
            came[name] += pictures.come(page)
        page.wait_for_timeout(60)
        shifts[name] = page.evaluate("window.shifts")

    for name, path in {"home": "/", "list": "/catalog/", "product": goods[0].product.get_absolute_url()}.items():
        page.goto(origin + path, wait_until="domcontentloaded")
        look(name)
    assert page.context.cookies() == []  # for a mere visit
    page.get_by_role("button", name="Put in the cart").click(no_wait_after=True)
    page.wait_for_url("**/cart/", wait_until="domcontentloaded")
    look("cart")
    page.goto(f"{origin}/checkout/", wait_until="domcontentloaded")
    look("checkout")

    assert shifts == {name: [] for name in ("home", "list", "product", "cart", "checkout")}
    assert [name for name, number in came.items() if not number] == []  # there was something that could have pushed
    assert asked == {urlsplit(origin).netloc}


class Keyboard:
    """A shopper without a mouse in a window of 320 pixels. Fails where the focus can't be seen, or leaves the window."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go_to(self, wanted: Locator) -> None:
        """Press Tab until `wanted` has the focus."""
        wanted.first.wait_for()
        for _ in range(120):
            if wanted.first.evaluate("element => element === document.activeElement"):
                self._look()
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"The keyboard does not reach {wanted}")

    def _look(self) -> None:
        seen = self.page.evaluate(
            """() => {
              const element = document.activeElement;
              element.scrollIntoView({ block: "nearest", behavior: "instant" });
              const shown = (node) => {
                const style = getComputedStyle(node);
                return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
              };
              const box = (element.matches("[type=radio], [type=checkbox]") && element.closest("label") || element)
                .getBoundingClientRect();
              return {
                ring: shown(element) || [element.closest("label"), element.parentElement].some((node) => node && shown(node))
                  || getComputedStyle(element, "::after").outlineStyle !== "none",
                inside: box.width > 0 && box.height > 0 && box.left >= 0 && box.right <= innerWidth + 1,
                wide: document.documentElement.scrollWidth > innerWidth,
              };
            }"""
        )
        where = self.page.evaluate("document.activeElement.outerHTML.slice(0, 160)")
        assert seen == {"ring": True, "inside": True, "wide": False}, where

    def press(self, name: str, role: Any = "button") -> None:
        """Go to a button or link and press Enter."""
        self.go_to(self.page.get_by_role(role, name=name))
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def type(self, selector: str, text: str) -> None:
        """Go to a field and type, or choose in a list by its first letters."""
        self.go_to(self.page.locator(selector))
        if self.page.locator(selector).first.evaluate("element => element.tagName") != "SELECT":
            self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)


def test_the_keyboard_alone_buys_in_a_window_of_320_pixels(
    page_of: Any, live_server: LiveServer, shop: RunningSandbox, goods: list[Variant]
) -> None:
    page = page_of(NARROWEST)
    keys = Keyboard(page)
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    keys.type('[name="q"]', "polisher 3")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys.press("Grand polisher 3", role="link")
    keys.press("Put in the cart")
    keys.press("Go to checkout", role="link")
    keys.press("Review your order")  # with nothing typed
    assert page.evaluate("document.activeElement.className") == "error-summary"
    names = {"bill_region": "Oregon", "bill_country": "United States"}
    for name, value in DETAILS.items():
        field = page.locator(f'main [name="{name}"]').first
        if name == "delivery":
            keys.go_to(field)
            page.keyboard.press("Space")
        elif name == "bill_country":
            assert field.input_value() == value
        else:
            keys.type(f'main [name="{name}"]', names.get(name, value))
    keys.press("Review your order")
    keys.press("Place order and pay")
    page.wait_for_url("**/c/pay/**")
    for token, value in {
        "cc-number": "4242424242424242", "cc-exp": "1234", "cc-csc": "123", "cc-name": "Dana Reyes",
        "billing street-address": "1420 SE Ankeny Street", "billing address-level2": "Portland", "billing postal-code": "97214",
        "tel": "+15035550142", "billing country": "United States",
    }.items():  # fmt: skip
        keys.type(f'[autocomplete="{token}"]', value)
    keys.go_to(page.get_by_role("button", name="Pay"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/**")
    assert page.locator("h1").inner_text() == "Thank you. We are confirming your order"
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert Order.objects.get().lines.get().variant == goods[3]


def test_axe_finds_nothing_in_the_dark_in_any_state(page_of: Any, live_server: LiveServer, goods: list[Variant]) -> None:
    customer = User.objects.create_user(email="dana@example.com", password="a long phrase for dana 7")
    page: Page = page_of(390, color_scheme="dark", reduced_motion="reduce")
    variant = goods[1]
    with transaction.atomic():
        states = {
            "awaiting": make_order(variant=variant, status="awaiting_payment", payment_status="started"),
            "on hold": make_order(variant=variant),
            "released": make_order(variant=variant, status="released", payment_status="captured"),
            "shipped": make_order(variant=variant, status="shipped", payment_status="captured", carrier="Post"),
            "cancelled": make_order(variant=variant, status="cancelled", payment_status="voided"),
            "expired": make_order(variant=variant, status="expired", payment_status=None),
        }
    Product.objects.filter(pk=goods[2].product_id).update(is_featured=False)
    Variant.objects.filter(pk=goods[2].pk).update(on_hand=0)
    Picture.objects.filter(product=goods[2].product).delete()
    addresses = {
        "home": "/", "list": "/catalog/", "filtered": "/catalog/?price_max=20&stock=1", "nothing": "/catalog/?q=submarine",
        "empty by filter": "/catalog/?price_max=1", "product": goods[0].product.get_absolute_url(),
        "sold out": goods[2].product.get_absolute_url(), "empty cart": "/cart/", "empty wish list": "/wish-list/",
        "withdraw": "/withdraw/", "log in": "/account/log-in/", "sign up": "/account/sign-up/", "reset": "/account/reset/",
        "terms": "/terms/", "missing": "/nowhere/", "German": "/de/",
        **{f"order {name}": f"/orders/{order.token}/" for name, order in states.items()},
    }  # fmt: skip
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        violations = Axe().run(page, options=FAULTS_ALONE).response["violations"]
        found[name] = [f"{item['id']}: {node['html'][:140]}" for item in violations for node in item["nodes"]]
        if page.evaluate("document.getAnimations().some((one) => one.playState === 'running')"):
            found[name].append("something moves")

    for name, address in addresses.items():
        page.goto(live_server.url + address)
        look(name)
    page.goto(live_server.url + goods[0].product.get_absolute_url())
    page.get_by_role("button", name="Put in the cart").click()
    look("cart")
    page.goto(f"{live_server.url}/checkout/")
    look("checkout")
    page.get_by_role("button", name="Review your order").click()
    look("checkout with errors")
    page.goto(f"{live_server.url}/account/log-in/")
    page.locator('[name="username"]').fill(customer.email)
    page.locator('[name="password"]').fill("not it")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    look("log in with errors")

    assert {name: faults for name, faults in found.items() if faults} == {}
