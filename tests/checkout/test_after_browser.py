"""In a real Chromium: the pages that come after the parcel, in every state; axe finds nothing on any of them."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from checkout.models import Return, ReturnLine, Review
from tests.browsing import browser, faults_of
from tests.factories.catalog import PictureFactory, VariantFactory
from tests.factories.checkout import make_order

__all__ = ["browser"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


def test_returns_and_reviews_are_asked_for_and_axe_finds_nothing(browser: Browser, live_server: LiveServer) -> None:
    now = timezone.now()
    brush = VariantFactory.create(sku="BRUSH", price=1250, on_hand=40, product__name="Walnut brush")
    PictureFactory.create(product=brush.product)
    order = make_order(variant=brush, quantity=3, status="shipped", payment_status="captured", carrier="Post")
    found = Return.objects.create(
        order=order, status="received", status_at=now, requested_at=now, attempt=uuid.uuid4(), answer="Send it to us."
    )
    ReturnLine.objects.create(of=found, line=order.lines.get(), quantity=1, arrived=1, reason="size")
    for number in range(6):
        other = make_order(variant=brush, status="shipped", payment_status=None, email=f"b{number}@example.com")
        Review.objects.create(
            order=other, product=brush.product, status="published", status_at=now,
            written_at=now - timedelta(days=number), stars=5 - number % 3, title="A quieter coat",
            text="The hound leans into it.\n\nBristles stay in.", name="Ada" if number else None,
            reply="Thank you, Ada. Give the hound our best." if number == 1 else None,
        )  # fmt: skip
    page = browser.new_page()
    origin = live_server.url
    faults: dict[str, list[str]] = {}

    def look(name: str, path: str = "") -> None:
        if path:
            page.goto(origin + path)
        faults[name] = faults_of(page, name)

    page.goto(f"{origin}/orders/{order.token}/return/")
    page.get_by_role("button", name="Ask to return it").click()
    look("return with errors")
    page.get_by_label("How many of Walnut brush").select_option("2")
    page.get_by_label("Why Walnut brush").select_option("faulty")
    page.get_by_role("button", name="Ask to return it").click()
    look("order after shipping")
    opinion = f"/orders/{order.token}/opinion/{order.lines.get().pk}/"
    page.goto(origin + opinion)
    page.get_by_role("button", name="Send it").click()
    look("opinion with errors")
    page.get_by_label("4, good").check()
    page.get_by_label("In a few words").fill("Soft bristles")
    page.get_by_label("What others should know").fill("The hound sighs when it comes out.")
    page.get_by_role("button", name="Send it").click()
    look("product with reviews", brush.product.get_absolute_url())

    asked = Return.objects.get(status="requested")
    assert (asked.lines.get().quantity, Review.objects.get(order=order).stars) == (2, 4)
    assert {name: rows for name, rows in faults.items() if rows} == {}
    page.context.close()
