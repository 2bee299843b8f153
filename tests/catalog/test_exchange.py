"""The merchant's tables: out, in after a look, many prices at once, and what runs out."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.exchange import PlanChanged, carry_out_import, plan_import
from catalog.models import Category, PriceChange, Product, ProductText, StockMove, Variant
from store.models import User
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db
IMPORT = "/admin/catalog/product/import/"


@pytest.fixture
def collar() -> Variant:
    product = ProductFactory.create(name="Collar", slug="collar", tagline="=HYPERLINK(1)", description="One.\r\nTwo.")
    ProductText.objects.create(product=product, language="de", name="'@Halsband", description="Eins.\r\nZwei.")
    return VariantFactory.create(product=product, sku="COL-M", price=3200, on_hand=12)


def exported(client: Client) -> str:
    return b"".join(client.get("/admin/catalog/product/export/").streaming_content).decode()  # type: ignore[attr-defined]


def upload(client: Client, text: str) -> str:
    answer = client.post(IMPORT, {"table": SimpleUploadedFile("t.csv", text.encode())})
    assert answer.status_code == 200
    return answer.content.decode()


def confirm(client: Client, page: str) -> Any:
    fields = {name: unescape(re.search(rf'name="{name}" value="(.*?)">', page, re.DOTALL)[1]) for name in ("text", "digest")}  # type: ignore[index]
    fields["text"] = fields["text"].replace("\n", "\r\n")  # as browsers do
    return client.post(IMPORT, fields)


def test_what_is_taken_out_runs_no_formula_and_changes_nothing_when_brought_in(
    admin_client: Client, collar: Variant
) -> None:
    table = exported(admin_client)
    assert "'=HYPERLINK(1)" in table
    assert ",''@Halsband,,\"Eins.\nZwei.\"," in table  # one apostrophe is the merchant's own
    assert "COL-M,collar,Collar,dogs,Harbour & Heel" in table
    assert ",32.00,90,0,yes,12,0" in table
    assert "Nothing would change" in upload(admin_client, table)


def test_a_table_is_shown_as_a_diff_and_brought_in_only_then(admin_client: Client, collar: Variant) -> None:
    CategoryFactory.create(slug="cats", path="cats")
    table = (
        "sku,product,name,category,price,label,options,on_hand,description,tax_class\n"
        'COL-M,collar,Tartan collar,dogs,29.90,Medium,"Size: Medium",99,"One.\nTwo.",reduced\n'
        'WAND,wand,Feather wand,cats,8,,"Size: Long, Colour: Teal",5,\n'
    )
    page = upload(admin_client, table)
    assert "“half” is no tax class" in upload(admin_client, table.replace(",reduced", ",half"))
    for shown in ("reduced", "Tartan collar", "29.90", "Feather wand", "8.00", "Size: Long, Colour: Teal"):
        assert shown in page
    assert (Product.objects.count(), Variant.objects.get().price) == (1, 3200)

    assert confirm(admin_client, page).status_code == 302

    collar.refresh_from_db()
    assert (collar.price, collar.product.name, collar.on_hand) == (2990, "Tartan collar", 12)
    assert collar.product.tax_class == "reduced"
    assert Product.objects.get(pk=collar.product_id).description == "One.\r\nTwo."  # line ends alone are no change
    wand = Variant.objects.get(sku="WAND")
    assert (wand.price, wand.options, wand.on_hand) == (800, {"Size": "Long", "Colour": "Teal"}, 0)
    assert (wand.product.name, wand.product.category.path) == ("Feather wand", "cats")
    assert StockMove.objects.count() == 0
    assert "Nothing would change" in upload(admin_client, table)


def test_translations_come_in_with_the_table_and_go_with_empty_cells(admin_client: Client, collar: Variant) -> None:
    head = "sku,product,name,category,price,name:de,tagline:de,description:de\n"
    rows = "COL-M,collar,Collar,dogs,32,Karohalsband,,Rot.\nBOW,bow,Bow,dogs,9,Schleife,Passt.,\n"
    page = upload(admin_client, head + rows)
    assert "<td>name:de</td>" in page
    assert "Karohalsband" in page
    assert "Karohalsband" not in ProductText.objects.get().name
    assert confirm(admin_client, page).status_code == 302
    said = ProductText.objects.order_by("pk").values_list("product__slug", "language", "name", "tagline", "description")
    assert list(said) == [("collar", "de", "Karohalsband", "", "Rot."), ("bow", "de", "Schleife", "Passt.", "")]
    assert "Nothing would change" in upload(admin_client, head + rows)
    assert confirm(admin_client, upload(admin_client, "sku,name:de,description:de\nCOL-M,,\n")).status_code == 302
    assert [text.name for text in ProductText.objects.all()] == ["Schleife"]
    assert "A translation needs “name:de”" in upload(admin_client, "sku,name:de\nBOW,\n")
    assert "120" in upload(admin_client, f"sku,name:de\nBOW,{'x' * 121}\n")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("COL-M,collar,Collar,nowhere,32", "There is no category at “nowhere”"),
        ("COL-M,collar,Collar,dogs,3.205", "is no price in USD"),
        ("COL-M,collar,Collar,dogs,dear", "is no price"),
        ("COL-M,collar,Collar,dogs,-1", "is no price"),
        ("COL-M,wand,Collar,dogs,32", "The SKU belongs to"),
        ("NEW,,Collar,dogs,32", "needs the slug of its product"),
        ("NEW,wand,,,32", "A new product needs"),
        ("NEW,wand,Wand,dogs,", "A new variant needs"),
        ("NEW,Not a slug,Wand,dogs,3", "slug"),
        (f"NEW,wand,{'x' * 121},dogs,3", "120"),
        (",collar,Collar,dogs,32", "It has no SKU"),
        ("COL-M,collar,Collar,dogs,30\nCOL-M,collar,Collar,dogs,31", "in line 2 already"),
        ("COL-M,collar,Collar,dogs,30\nCOL-L,collar,Lead,dogs,31", "says something else"),
    ],
)
def test_one_bad_row_keeps_the_whole_table_out_and_is_named(
    admin_client: Client, collar: Variant, row: str, words: str
) -> None:
    page = upload(admin_client, f"sku,product,name,category,price\n{row}\n")
    assert words in unescape(page)
    assert "Bring all of it in" not in page
    text = f"sku,product,name,category,price\n{row}\n"
    with pytest.raises(PlanChanged):
        carry_out_import(text=text, digest=plan_import(text).digest, now=collar.product.created_at)
    assert (Product.objects.count(), Variant.objects.get().price, Category.objects.count()) == (1, 3200, 1)


@pytest.mark.parametrize("text", ["", "price\n3\n", "sku,password\nA,b\n", "sku\n4242424242424242\n", "sku\nA\0\n"])
def test_a_file_that_is_no_such_table_is_refused(admin_client: Client, text: str) -> None:
    assert "Nothing was changed" in upload(admin_client, text)


def test_a_catalogue_that_changed_meanwhile_is_shown_again(admin_client: Client, collar: Variant) -> None:
    page = upload(admin_client, "sku,price\nCOL-M,29.90\n")
    Variant.objects.update(price=3300)
    again = confirm(admin_client, page)
    assert "has changed meanwhile" in again.content.decode()
    assert Variant.objects.get().price == 3300


def test_many_prices_are_shown_before_they_change(admin_client: Client, collar: Variant) -> None:
    VariantFactory.create(product=collar.product, sku="COL-S", price=995)
    asked = {"action": "change_prices", "_selected_action": [str(collar.product_id)], "percent": "-10"}
    address = "/admin/catalog/product/"
    page = admin_client.post(address, asked).content.decode()
    for shown in ("$32.00", "$28.80", "$9.95", "$8.95"):  # 995 less 99.5, rounded half up
        assert shown in page
    assert set(Variant.objects.values_list("price", flat=True)) == {3200, 995}
    digest = re.search(r'name="digest" value="(.*?)"', page)[1]  # type: ignore[index]
    Variant.objects.filter(sku="COL-S").update(price=1000)
    assert "No price was changed" in admin_client.post(address, {**asked, "digest": digest}).content.decode()
    Variant.objects.filter(sku="COL-S").update(price=995)
    assert admin_client.post(address, {**asked, "digest": digest}).status_code == 302
    assert set(Variant.objects.values_list("price", flat=True)) == {2880, 895}
    page = admin_client.post(address, asked).content.decode()
    digest = re.search(r'name="digest" value="(.*?)"', page)[1]  # type: ignore[index]
    until = {"ends_at_0": "2099-01-01", "ends_at_1": "00:00:00", "digest": digest}
    assert admin_client.post(address, {**asked, **until}).status_code == 302
    assert set(PriceChange.objects.values_list("price", "status")) == {(2592, "waiting"), (805, "waiting")}


def test_what_runs_out_is_listed_scarcest_first(admin_client: Client, collar: Variant) -> None:
    VariantFactory.create(product=collar.product, sku="OUT", on_hand=3, held=3)
    VariantFactory.create(product=collar.product, sku="LOW", on_hand=5)
    page = admin_client.get("/admin/catalog/variant/?stock=low").content.decode()
    assert page.index("OUT") < page.index("LOW")
    assert "COL-M" not in page


@pytest.mark.parametrize(
    "address", [IMPORT, "/admin/catalog/product/export/", "/admin/catalog/variant/", "/admin/catalog/pricechange/add/"]
)
def test_each_page_needs_its_own_right(client: Client, django_user_model: type[User], address: str) -> None:
    clerk = django_user_model.objects.create(email="clerk@example.com", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_product"))
    client.force_login(clerk)
    assert client.get(address).status_code == 403
