"""The catalogue in the admin: what staff save, and what they cannot break."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pytest_django import Settings

from catalog.models import Attribute, AttributeChoice, Category, Picture, Product, ProductAttribute, StockMove, Variant
from store.money_fields import to_major
from tests.catalog.pages import Page
from tests.factories.catalog import CategoryFactory, PictureFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def photo(width: int = 1300, height: int = 1000, kind: str = "JPEG") -> SimpleUploadedFile:
    image = Image.new("RGB", (width, height), (200, 120, 60))
    exif = Image.Exif()
    exif[0x010F] = "A camera maker"
    buffer = io.BytesIO()
    image.save(buffer, kind, exif=exif)
    return SimpleUploadedFile("photo.jpg", buffer.getvalue())


def form_of(product: Product | None, variants: list[Variant], pictures: list[Picture], **more: Any) -> dict[str, Any]:
    """What the browser would send from the product's page."""
    data: dict[str, Any] = {
        "name": product.name if product else "Velvet Ribbon",
        "slug": product.slug if product else "velvet-ribbon",
        "category": product.category_id if product else CategoryFactory.create().pk,
        "brand": "Harbour & Heel",
        "is_active": "on",
        "facts_text": "Material: Velvet\nCare: Sponge, and say sorry",
        "variants-TOTAL_FORMS": len(variants) or 1,
        "variants-INITIAL_FORMS": len(variants),
        "pictures-TOTAL_FORMS": len(pictures) or 1,
        "pictures-INITIAL_FORMS": len(pictures),
        "pictures-0-alt": "",
        "texts-TOTAL_FORMS": 0,
        "texts-INITIAL_FORMS": 0,
        "answers-TOTAL_FORMS": 0,
        "answers-INITIAL_FORMS": 0,
    }
    for number, variant in enumerate(variants):
        data |= {
            f"variants-{number}-id": variant.pk,
            f"variants-{number}-sku": variant.sku,
            f"variants-{number}-label": variant.label,
            f"variants-{number}-price": to_major(variant.price),
            f"variants-{number}-weight_g": variant.weight_g,
            f"variants-{number}-position": variant.position,
            f"variants-{number}-is_active": "on",
            f"variants-{number}-token": uuid.uuid4(),
            f"variants-{number}-options_text": "Size: Medium",
        }
    for number, picture in enumerate(pictures):
        data |= {
            f"pictures-{number}-id": picture.pk,
            f"pictures-{number}-alt": picture.alt,
            f"pictures-{number}-place": number + 1,
        }
    if not variants:
        data |= {"variants-0-token": uuid.uuid4()}
    return data | more


def test_a_new_product_is_saved_with_a_variant_its_stock_and_a_picture(
    admin_client: Client, media: Path, run_tasks: Callable[[], int]
) -> None:
    data = form_of(
        None,
        [],
        [],
        **{
            "variants-0-sku": "VR-1",
            "variants-0-price": "12.50",
            "variants-0-weight_g": "20",
            "variants-0-position": "0",
            "variants-0-is_active": "on",
            "variants-0-options_text": "Size: Small, Colour: Plum",
            "variants-0-count": "7",
            "pictures-0-alt": "A plum velvet ribbon.",
            "pictures-0-upload": photo(),
        },
    )
    assert admin_client.post("/admin/catalog/product/add/", data).status_code == 302
    product = Product.objects.get()
    assert product.facts == [["Material", "Velvet"], ["Care", "Sponge, and say sorry"]]
    assert product.price_from == 1250
    variant = product.variants.get()
    assert variant.options == {"Size": "Small", "Colour": "Plum"}
    assert (variant.on_hand, variant.held) == (7, 0)
    assert list(StockMove.objects.values_list("kind", "on_hand_delta", "held_delta")) == [("count", 7, 0)]
    picture = product.pictures.get()
    assert (picture.position, picture.width, picture.height) == (0, 1200, 923)
    # Shown at once in one size; the worker makes the others.
    assert [file.name for file in media.rglob("*") if file.is_file()] == [f"{picture.stem.partition('/')[2]}-1200.webp"]
    assert (picture.avif, picture.webp, picture.src == picture.largest == picture.thumbnail) == ("", "", True)
    assert picture.src in admin_client.get(product.get_absolute_url()).content.decode()
    assert run_tasks() == 1
    picture = product.pictures.get()
    assert picture.widths == [320, 640, 1200]
    files = sorted(file.name for file in media.rglob("*") if file.is_file())
    assert len(files) == 6
    for file in media.rglob("*.webp"):
        with Image.open(file) as image:
            assert not image.getexif()


def test_a_picture_that_finds_no_room_is_told_and_a_part_of_one_is_mended(admin_client: Client, settings: Settings) -> None:
    product = ProductFactory.create()
    address = f"/admin/catalog/product/{product.pk}/change/"
    media, settings.MEDIA_ROOT = settings.MEDIA_ROOT, settings.MEDIA_ROOT / "no-folder"
    settings.MEDIA_ROOT.write_text("")

    def hang() -> str:
        own = {"variants-TOTAL_FORMS": 0, "pictures-0-alt": "A", "pictures-0-upload": photo(400, 300)}
        data = form_of(product, [], [], **own)
        return admin_client.post(address, data).content.decode()

    assert "The picture could not be stored (Not a directory), so nothing was saved." in hang()
    assert not product.pictures.exists()

    settings.MEDIA_ROOT = media
    assert "could not be stored" not in hang()
    file = media / f"{product.pictures.get().stem}-320.webp"
    whole = file.read_bytes()
    file.write_bytes(whole[:100])
    hang()
    assert file.read_bytes() == whole


def test_a_count_sent_twice_counts_once(admin_client: Client) -> None:
    variant = VariantFactory.create(on_hand=5)
    data = form_of(variant.product, [variant], [], **{"variants-0-count": "3"})
    address = f"/admin/catalog/product/{variant.product_id}/change/"
    assert admin_client.post(address, data).status_code == 302
    assert admin_client.post(address, data).status_code == 302
    variant.refresh_from_db()
    assert variant.on_hand == 8
    assert StockMove.objects.count() == 1


def test_a_count_below_what_is_held_is_refused(admin_client: Client) -> None:
    variant = VariantFactory.create(on_hand=5, held=3)
    data = form_of(variant.product, [variant], [], **{"variants-0-count": "-3"})
    response = admin_client.post(f"/admin/catalog/product/{variant.product_id}/change/", data)
    assert response.status_code == 200
    assert "3 units are held for orders" in response.content.decode()
    variant.refresh_from_db()
    assert (variant.on_hand, StockMove.objects.count()) == (5, 0)


def test_the_counts_themselves_are_not_in_the_form(admin_client: Client) -> None:
    variant = VariantFactory.create(on_hand=5)
    data = form_of(
        variant.product, [variant], [], **{"variants-0-on_hand": "99", "variants-0-held": "99", "variants-0-price": "9.00"}
    )
    assert admin_client.post(f"/admin/catalog/product/{variant.product_id}/change/", data).status_code == 302
    variant.refresh_from_db()
    assert (variant.on_hand, variant.held, variant.price) == (5, 0, 900)


def test_pictures_change_places(admin_client: Client) -> None:
    variant = VariantFactory.create()
    front = PictureFactory.create(product=variant.product, alt="Front")
    back = PictureFactory.create(product=variant.product, alt="Back", position=1)
    data = form_of(variant.product, [variant], [front, back], **{"pictures-0-place": "2", "pictures-1-place": "1"})
    assert admin_client.post(f"/admin/catalog/product/{variant.product_id}/change/", data).status_code == 302
    assert list(variant.product.pictures.order_by("position").values_list("alt", "position")) == [("Back", 0), ("Front", 1)]


BAD_UPLOADS = {
    "text": (b"hello", "not a JPEG, PNG, WebP or AVIF"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a JPEG, PNG, WebP or AVIF"),
    "half a picture": (photo().read()[:2000], "not a JPEG, PNG, WebP or AVIF"),
}


@pytest.mark.parametrize(("content", "answer"), BAD_UPLOADS.values(), ids=BAD_UPLOADS.keys())
def test_what_is_no_picture_is_refused(admin_client: Client, media: Path, content: bytes, answer: str) -> None:
    variant = VariantFactory.create()
    upload = SimpleUploadedFile("picture.jpg", content)
    data = form_of(variant.product, [variant], [], **{"pictures-0-alt": "A picture.", "pictures-0-upload": upload})
    response = admin_client.post(f"/admin/catalog/product/{variant.product_id}/change/", data)
    assert response.status_code == 200
    assert answer in response.content.decode()
    assert Picture.objects.count() == 0
    assert list(media.rglob("*.webp")) == []


def test_moving_a_category_in_the_admin_moves_those_below_it(admin_client: Client) -> None:
    dogs, cats = CategoryFactory.create(), CategoryFactory.create(slug="cats")
    CategoryFactory.create(parent=dogs, slug="collars")
    data = {"parent": cats.pk, "name": "Dogs", "slug": "dogs", "blurb": "", "position": "0"}
    data |= {"texts-TOTAL_FORMS": "0", "texts-INITIAL_FORMS": "0"}
    assert admin_client.post(f"/admin/catalog/category/{dogs.pk}/change/", data).status_code == 302
    assert set(Category.objects.values_list("path", flat=True)) == {"cats", "cats/dogs", "cats/dogs/collars"}
    refused = admin_client.post(f"/admin/catalog/category/{cats.pk}/change/", data | {"parent": dogs.pk, "slug": "cats"})
    assert refused.status_code == 200
    assert "cannot stand inside itself" in refused.content.decode()


@pytest.mark.parametrize("address", ["product/", "product/?q=HH", "category/", "stockmove/"])
def test_lists_cost_as_many_queries_for_twenty_rows_as_for_two(admin_client: Client, address: str) -> None:
    def stock(rows: int) -> None:
        for _ in range(rows):
            product = ProductFactory.create(category=CategoryFactory.create(slug=f"shelf-{uuid.uuid4().hex}"))
            variant = VariantFactory.create(product=product)
            PictureFactory.create(product=product)
            StockMove.objects.create(variant=variant, kind="count", on_hand_delta=1, cause="first", at=product.created_at)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert admin_client.get(f"/admin/catalog/{address}").status_code == 200
        return len(caught)

    stock(2)
    queries()
    at_two = queries()
    stock(18)
    assert queries() == at_two


def test_the_ledger_is_only_read(admin_client: Client) -> None:
    move = StockMove.objects.create(
        variant=VariantFactory.create(), kind="count", on_hand_delta=1, cause="first", at=ProductFactory.create().created_at
    )
    assert admin_client.get("/admin/catalog/stockmove/add/").status_code == 403
    assert admin_client.post(f"/admin/catalog/stockmove/{move.pk}/delete/", {"post": "yes"}).status_code == 403
    page = Page(admin_client.get(f"/admin/catalog/stockmove/{move.pk}/change/"))
    assert not page.all("input", name="_save")
    assert StockMove.objects.count() == 1


def test_every_variant_row_gets_a_token_of_its_own(admin_client: Client) -> None:
    product = ProductFactory.create()
    VariantFactory.create(product=product)
    VariantFactory.create(product=product)
    html = admin_client.get(f"/admin/catalog/product/{product.pk}/change/").content.decode()
    tokens = re.findall(r'name="variants-\d-token" value="([0-9a-f-]{36})"', html)
    assert len(set(tokens)) == 2


def test_attributes_are_answered_in_kind_and_from_their_own_list(admin_client: Client) -> None:
    variant = VariantFactory.create()
    material = Attribute.objects.create(code="material", name="Material", kind="choice")
    colour = Attribute.objects.create(code="colour", name="Colour", kind="choice")
    wool = AttributeChoice.objects.create(attribute=material, slug="wool", name="Wool")
    address = f"/admin/catalog/product/{variant.product_id}/change/"
    answer = {"answers-TOTAL_FORMS": 1, "answers-0-attribute": material.pk, "answers-0-choice": wool.pk}
    options = {"option_types_text": "Size: Small, Medium\nColour: Teal"}
    for wrong, words in (
        ({"answers-0-attribute": colour.pk}, "is not on the list of"),
        ({"answers-0-choice": "", "answers-0-number": "3"}, "is answered with"),
        ({"option_types_text": "Size: S\nSize: M"}, "Each option is named once"),
    ):
        response = admin_client.post(address, form_of(variant.product, [variant], [], **{**answer, **wrong}))
        assert words in response.content.decode()
    by_hand = ProductAttribute.objects.exclude(attribute__kind="option")  # "Size" is answered by the variant
    assert by_hand.count() == 0
    assert admin_client.post(address, form_of(variant.product, [variant], [], **{**answer, **options})).status_code == 302
    assert by_hand.values_list("attribute__code", "choice__slug").get() == ("material", "wool")
    assert Product.objects.get().option_types == [["Size", ["Small", "Medium"]], ["Colour", ["Teal"]]]
    size = Attribute.objects.get(code="size")
    page = admin_client.get(f"/admin/catalog/attribute/{size.pk}/change/").text
    assert ('name="position"' in page, 'name="code"' in page, 'name="choices-0-slug"' in page) == (True, False, False)


def test_an_unpublished_product_is_previewed_by_staff_alone(admin_client: Client, django_user_model: Any) -> None:
    product = ProductFactory.create(is_active=False)
    VariantFactory.create(product=product, price=1250)
    address = f"/admin/catalog/product/{product.pk}/preview/"
    page = admin_client.get(address)
    assert "shoppers do not see this product yet" in page.content.decode()
    assert "$12.50" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert Client().get(f"/products/{product.slug}/").status_code == 404
    other = Client()
    other.force_login(django_user_model.objects.create_user("packer@shop.example", is_staff=True))
    assert other.get(address).status_code == 403
    bare = ProductFactory.create(is_active=False)
    said = admin_client.get(f"/admin/catalog/product/{bare.pk}/preview/", follow=True)
    assert "There is no price yet" in said.content.decode()
