"""In a real Chromium, at a telephone's and a desk's width: every page of an account, and axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from store.models import User
from tests.accounts.conftest import NORA, NORAS_PASSWORD, link_in
from tests.browsing import browser, faults_of
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import make_order

__all__ = ["browser"]  # a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


class Visit:
    """One walk through the pages, looking at each."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: dict[str, list[str]] = {}
        page.on(
            "console",
            lambda message: (
                self.faults.setdefault("console", []).append(message.text)
                if message.type == "error" and "the server responded with a status" not in message.text
                else None
            ),
        )

    def look(self, name: str) -> None:
        """Note what is wrong with the page as it is now."""
        if found := faults_of(self.page, name):
            self.faults[name] = found

    def fill(self, **values: str) -> None:
        """Type into the fields of these names."""
        for name, value in values.items():
            self.page.locator(f'main [name="{name}"]').fill(value)

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).first.click()


def test_a_customer_signs_up_looks_at_orders_and_leaves(
    browser: Browser,
    live_server: LiveServer,
    settings: Settings,
    newest_mail: Callable[[], EmailMultiAlternatives],
) -> None:
    settings.SHOP_ORIGIN = "http://testserver"
    context = browser.new_context(viewport={"width": 390, "height": 900})
    context.set_default_timeout(10_000)
    visit, origin = Visit(context.new_page()), live_server.url
    page = visit.page

    page.goto(origin + "/cart/")
    page.get_by_role("link", name="Account", exact=True).click()
    visit.look("log in")
    visit.fill(username=NORA, password="a password that isn't")
    visit.press("Log in")
    visit.look("log in refused")
    page.get_by_role("link", name="Make an account").click()
    visit.look("sign up")
    visit.fill(email=NORA, name="Nora Helmer", password="John55")
    visit.press("Make an account")
    visit.look("sign up refused")
    visit.fill(password=NORAS_PASSWORD)
    visit.press("Make an account")
    assert page.locator("h1").inner_text() == "Look into your mailbox"
    visit.look("sign up sent")
    page.goto(origin + link_in(newest_mail()))
    visit.look("confirm")
    visit.fill(password=NORAS_PASSWORD)
    visit.press("Finish")
    assert page.locator("h1").inner_text() == "Your account"
    visit.look("account without orders")

    nora = User.objects.get()
    collar = VariantFactory.create(on_hand=100)
    with transaction.atomic():
        for status in ("on_hold", "released", "shipped", "cancelled", *["expired"] * 17):
            make_order(variant=collar, customer=nora, email=NORA, status=status, payment_status=None)
    page.goto(origin + "/account/")
    visit.look("account")
    page.get_by_role("link", name="Older orders").click()
    visit.look("account older")

    page.goto(origin + "/account/password/")
    visit.press("Change it")
    visit.look("password refused")
    page.goto(origin + "/account/data/")
    visit.look("data not yet")
    with page.expect_download() as download:
        visit.fill(**{"download-current_password": NORAS_PASSWORD})
        visit.press("Download my data")
    assert download.value.suggested_filename == "my-data.json"

    nora.orders.exclude(status="expired").update(status="expired")
    page.goto(origin + "/account/data/")
    visit.press("Erase my data for good")
    visit.look("data refused")

    page.goto(origin + "/account/")
    visit.press("Log out")
    page.get_by_role("link", name="I don't know my password").click()
    visit.look("reset")
    visit.fill(email=NORA)
    visit.press("Send me a link")
    visit.look("reset sent")
    link = link_in(newest_mail())
    page.goto(origin + link)
    visit.look("reset new")
    visit.fill(new_password="violet anvils hum before dawn", new_password_again="violet anvils hum before dawn")
    visit.press("Set this password")
    assert page.locator("h1").inner_text() == "Your account"
    page.goto(origin + link)
    visit.look("bad link")

    page.goto(origin + "/account/data/")
    visit.fill(**{"erase-words": "erase my data", "erase-current_password": "violet anvils hum before dawn"})
    visit.press("Erase my data for good")
    assert page.locator("h1").inner_text() == "Your data are erased"
    visit.look("erased")
    page.go_back()
    assert "nora" not in page.content()

    assert visit.faults == {}
    nora.refresh_from_db()
    assert (nora.is_active, nora.email) == (False, "")
    context.close()
