"""The demo shelves: filled once, filled further, and never changed by filling them again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models import Sum
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from catalog.demo import products as demo
from catalog.encoding import WIDTHS
from catalog.models import Category, Picture, Product, StockMove, Variant
from catalog.seed import seed_catalogue
from catalog.seed_drawing import edition
from checkout.models import Coupon, DeliveryRate, DeliveryZone, Document, Order, Return, Review

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def drawn_before(settings: Settings, tmp_path: Path) -> Path:
    """Every picture is in the media folder already (as a stub): drawing them all takes a minute."""
    settings.MEDIA_ROOT = tmp_path
    shots = [(shot.picture, shot.view) for product in demo.PRODUCTS for shot in product.shots]
    for picture, view in {*shots, *((category.picture, 0) for category in demo.CATEGORIES)}:
        for width in WIDTHS:
            for extension in ("avif", "webp"):
                default_storage.save(f"catalog/{picture.slug}-{view}-{edition()}-{width}.{extension}", ContentFile(b"drawn"))
    return tmp_path


def everything() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Category, Product, Variant, Picture, StockMove)]


def test_seeding_twice_changes_nothing(drawn_before: Path) -> None:
    seed_catalogue(products=100, now=NOW, progress=False)
    before, files = everything(), sorted(drawn_before.rglob("*"))
    seed_catalogue(products=100, now=NOW + timedelta(days=1), progress=False)
    assert everything() == before
    assert sorted(drawn_before.rglob("*")) == files


def test_seeding_further_adds_and_keeps_what_was_there() -> None:
    seed_catalogue(products=10, now=NOW, progress=False)
    first = list(Product.objects.order_by("pk").values())
    seed_catalogue(products=90, now=NOW, progress=False)
    assert Product.objects.count() == 90
    assert list(Product.objects.order_by("pk").values())[:10] == first
    assert Product.objects.filter(price_from=None).count() == 0
    assert Picture.objects.filter(position=0).count() == 90


def test_the_ledger_accounts_for_every_unit() -> None:
    seed_catalogue(products=90, now=NOW, progress=False)
    on_hand = dict(Variant.objects.exclude(on_hand=0).values_list("pk", "on_hand"))
    moved = dict(StockMove.objects.values_list("variant").annotate(units=Sum("on_hand_delta")))
    assert moved == on_hand


def test_only_a_missing_picture_is_drawn(drawn_before: Path) -> None:
    [lost] = drawn_before.glob("catalog/ball-coral-1-0-*-640.webp")
    lost.unlink()
    seed_catalogue(products=90, now=NOW, progress=False)
    with Image.open(lost) as image:
        assert (image.format, image.size) == ("WEBP", (640, 640))
    # A picture is made whole or not at all: the lost one's other files as well, and no other picture's.
    anew = {file.name.rsplit("-", 1)[0] for file in drawn_before.rglob("*.*") if file.read_bytes() != b"drawn"}
    assert anew == {lost.name.rsplit("-", 1)[0]}


def test_the_demo_has_something_of_everything_and_grows_no_second_time() -> None:
    for _ in range(2):
        call_command("seed_demo", "--orders", "30")
    assert [Coupon.objects.count(), DeliveryZone.objects.count(), DeliveryRate.objects.count()] == [3, 5, 8]
    mine = Order.objects.filter(customer__isnull=False).order_by("placed_at")
    assert [order.status for order in mine] == ["shipped", "released", "released"]
    assert [order.shipments.count() for order in mine] == [1, 1, 0]
    assert sorted(Return.objects.values_list("status", flat=True)) == ["received", "requested"]
    numbers = Document.objects.filter(kind="invoice").order_by("year", "serial").values_list("serial", flat=True)
    assert len(numbers) == 24
    assert set(Review.objects.values_list("status", flat=True)) == {"published", "waiting"}
    assert Variant.objects.filter(price_changes__status="running").exists()
