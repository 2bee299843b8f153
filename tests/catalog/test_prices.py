"""Prices that change at a set moment, their history, and the lowest of thirty days beside a sale."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import PriceChange, PriceRow, Product, Variant
from catalog.prices import (
    UnableToPlanPrice,
    apply_due_prices,
    call_off,
    keep_prices_current,
    lowest_price,
    plan_price,
    running_sales,
    set_price,
)
from tests.catalog.pages import Page
from tests.factories.catalog import ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def collar(now: datetime) -> Variant:
    """A collar that has cost $32 for a year."""
    variant = VariantFactory.create(product=ProductFactory.create(name="Collar"), sku="COLLAR", price=3200)
    PriceRow.objects.update(from_at=now - 365 * DAY)
    return variant


def prices(variant: Variant) -> tuple[int, int | None]:
    return Variant.objects.values_list("price", "usual_price").get(pk=variant.pk)


def plan(variant: Variant, price: int, *, start: datetime, end: datetime | None, now: datetime) -> PriceChange:
    return plan_price(variant_id=variant.pk, price=price, starts_at=start, ends_at=end, now=now)


def test_every_price_is_written_down_whoever_changes_it(collar: Variant) -> None:
    Variant.objects.filter(pk=collar.pk).update(price=3000)
    Variant.objects.filter(pk=collar.pk).update(price=3000, weight_g=5)
    Variant.objects.filter(pk=collar.pk).update(price=3100)
    assert list(PriceRow.objects.order_by("pk").values_list("price", flat=True)) == [3200, 3000, 3100]


def test_a_sale_begins_and_ends_at_its_moments_without_any_job(collar: Variant, now: datetime) -> None:
    plan(collar, 2500, start=now + DAY, end=now + 3 * DAY, now=now)
    assert apply_due_prices(now=now + DAY - timedelta(seconds=1)) == 0
    assert prices(collar) == (3200, None)
    assert apply_due_prices(now=now + DAY) == 1
    assert prices(collar) == (2500, 3200)
    assert Product.objects.get().price_from == 2500
    assert apply_due_prices(now=now + 3 * DAY) == 1
    assert prices(collar) == (3200, None)
    assert apply_due_prices(now=now + 3 * DAY) == 0
    rows = list(PriceRow.objects.order_by("pk").values_list("price", "from_at"))
    assert rows == [(3200, now - 365 * DAY), (2500, now + DAY), (3200, now + 3 * DAY)]


def test_a_sale_nobody_saw_is_in_the_history_all_the_same(collar: Variant, now: datetime) -> None:
    plan(collar, 2500, start=now + DAY, end=now + 3 * DAY, now=now)
    plan(collar, 2000, start=now + 3 * DAY, end=now + 4 * DAY, now=now)
    plan(collar, 3500, start=now + 3 * DAY, end=None, now=now)
    assert apply_due_prices(now=now + 9 * DAY) == 5
    assert prices(collar) == (3500, None)
    assert lowest_price(variant_id=collar.pk, before=now + 9 * DAY) == 2000
    assert lowest_price(variant_id=collar.pk, before=now + 2 * DAY) == 2500
    assert set(PriceChange.objects.values_list("status", flat=True)) == {"over"}


@pytest.mark.parametrize(
    ("earlier", "ago", "lowest"),
    [
        ([3200], [365], 3200),
        ([2800, 3200], [365, 40], 3200),  # cheaper, but more than thirty days before
        ([2800, 3200], [365, 29], 2800),  # in force until within the thirty days
        ([3200, 2600, 3200], [365, 20, 10], 2600),
    ],
)
def test_a_sale_is_compared_with_the_lowest_price_of_the_thirty_days_before(
    collar: Variant, now: datetime, earlier: list[int], ago: list[int], lowest: int
) -> None:
    PriceRow.objects.all().delete()
    for price, days in zip(earlier, ago, strict=True):
        PriceRow.objects.create(variant=collar, price=price, from_at=now - days * DAY)
    plan(collar, 2700, start=now, end=now + DAY, now=now)
    apply_due_prices(now=now)
    assert PriceChange.objects.get().lowest_before == lowest
    collar.refresh_from_db()
    sales = running_sales([collar])
    assert (collar.pk in sales) == (lowest > 2700)  # what was cheaper a week ago is no sale


@pytest.mark.parametrize(
    ("start", "end", "price", "words"),
    [(2, 1, 2500, "over before it begins"), (-3, -1, 2500, "over before it begins"), (0, 5, 0, "more than nothing")],
)
def test_an_impossible_plan_is_refused(collar: Variant, now: datetime, start: int, end: int, price: int, words: str) -> None:
    with pytest.raises(UnableToPlanPrice, match=words):
        plan(collar, price, start=now + start * DAY, end=now + end * DAY, now=now)
    assert PriceChange.objects.count() == 0


def test_two_sales_at_once_are_refused_by_us_and_by_the_database(collar: Variant, now: datetime) -> None:
    first = plan(collar, 2500, start=now, end=now + 2 * DAY, now=now)
    with pytest.raises(UnableToPlanPrice, match="another change at that time"):
        plan(collar, 2000, start=now + DAY, end=now + 5 * DAY, now=now)
    apply_due_prices(now=now)
    second = PriceChange(variant=collar, price=1, starts_at=now, ends_at=now + DAY, status="running")
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()
    assert PriceChange.objects.get() == first


def test_a_sale_that_is_called_off_gives_the_usual_price_back_once(collar: Variant, now: datetime) -> None:
    change = plan(collar, 2500, start=now, end=now + 2 * DAY, now=now)
    apply_due_prices(now=now)
    set_price(variant_id=collar.pk, price=3300)
    assert prices(collar) == (2500, 3300)
    assert call_off(change_id=change.pk, now=now + DAY)
    assert prices(collar) == (3300, None)
    assert not call_off(change_id=change.pk, now=now + DAY)
    waiting = plan(collar, 2500, start=now + 2 * DAY, end=None, now=now)
    assert call_off(change_id=waiting.pk, now=now + DAY)
    assert apply_due_prices(now=now + 9 * DAY) == 0
    assert prices(collar) == (3300, None)


def test_pages_show_the_price_of_the_moment_and_what_it_was(client: Client, collar: Variant, now: datetime) -> None:
    PriceChange.objects.create(variant=collar, price=2500, starts_at=now - DAY, ends_at=now + DAY)
    page = Page(client.get("/products/collar/"))
    assert "$25.00" in page.text
    assert "Lowest price of the 30 days before: $32.00" in page.text
    assert '"price":"25.00","priceCurrency":"USD"' in page.text
    assert f'"priceValidUntil":"{now + DAY:%Y-%m-%d}"' in page.text
    assert "$25.00" in Page(client.get("/catalog/")).text
    PriceChange.objects.update(ends_at=now)
    keep_prices_current(now=now)
    apply_due_prices(now=timezone.now())
    page = Page(client.get("/products/collar/"))
    assert "$32.00" in page.text
    assert "Lowest price" not in page.text


def test_no_plan_costs_no_query_and_no_sale_none_either(client: Client, collar: Variant, now: datetime) -> None:
    keep_prices_current(now=now)
    with CaptureQueriesContext(connection) as caught:
        keep_prices_current(now=now)
        assert running_sales([collar]) == {}
    assert len(caught) == 0


def test_staff_plan_a_price_in_major_units_and_call_it_off(admin_client: Client, collar: Variant, now: datetime) -> None:
    data = {"sku": "collar", "price": "19.90", "starts_at_0": f"{now + 2 * DAY:%Y-%m-%d}", "starts_at_1": "00:00:00"}
    for wrong, words in (
        ({"price": "19.905"}, "no more than 2 decimal places"),
        ({"sku": "NONE"}, "There is no variant with this SKU"),
        ({"ends_at_0": "2020-01-01", "ends_at_1": "00:00:00"}, "over before it begins"),
    ):
        response = admin_client.post("/admin/catalog/pricechange/add/", {**data, **wrong})
        assert words in response.content.decode()
    assert PriceChange.objects.count() == 0
    assert admin_client.post("/admin/catalog/pricechange/add/", data).status_code == 302
    change = PriceChange.objects.get()
    assert (change.price, change.status) == (1990, "waiting")
    action = {"action": "call_off", "_selected_action": [str(change.pk)]}
    assert admin_client.post("/admin/catalog/pricechange/", action).status_code == 302
    change.refresh_from_db()
    assert change.status == "cancelled"
    assert prices(collar) == (3200, None)


def test_the_products_page_in_the_admin_takes_major_units_and_keeps_a_sale(
    admin_client: Client, collar: Variant, now: datetime
) -> None:
    plan(collar, 2500, start=now, end=now + DAY, now=now)
    apply_due_prices(now=now)
    address = f"/admin/catalog/product/{collar.product_id}/change/"
    shown = Page(admin_client.get(address))
    assert shown.one("input", name="variants-0-price")["value"] == "32.00"
    data = {
        "name": "Collar", "slug": "collar", "category": collar.product.category_id, "is_active": "on",
        "variants-TOTAL_FORMS": 1, "variants-INITIAL_FORMS": 1, "variants-0-id": collar.pk, "variants-0-sku": "COLLAR",
        "variants-0-price": "33.50", "variants-0-weight_g": 90, "variants-0-position": 0, "variants-0-is_active": "on",
        "variants-0-token": uuid.uuid4(), "pictures-TOTAL_FORMS": 0, "pictures-INITIAL_FORMS": 0,
        "answers-TOTAL_FORMS": 0, "answers-INITIAL_FORMS": 0, "texts-TOTAL_FORMS": 0, "texts-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert admin_client.post(address, data).status_code == 302
    assert prices(collar) == (2500, 3350)
