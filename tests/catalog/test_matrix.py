"""Options and variants: the table on the product's page."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.matrix import build_matrix, read_option_types
from catalog.models import Product, Variant
from tests.catalog.pages import Page
from tests.factories.catalog import ProductFactory, VariantFactory


def variant(pk: int, *, on_hand: int = 1, **options: str) -> Variant:
    return Variant(pk=pk, sku=f"V-{pk}", options=options, price=1000, on_hand=on_hand)


BOOTS = [
    variant(1, Size="Large", Colour="Teal", on_hand=0),
    variant(2, Size="Small", Colour="Teal"),
    variant(3, Size="Large", Colour="Coral", on_hand=0),
]


def test_options_come_in_the_merchants_order_and_without_what_is_not_on_sale() -> None:
    assert read_option_types(BOOTS) == [("Size", ["Large", "Small"]), ("Colour", ["Teal", "Coral"])]
    wanted = [["Shape", ["Bone"]], ["Size", ["Small", "Medium", "Large"]], ["Colour", ["Coral", "Teal"]]]
    assert read_option_types(BOOTS, wanted=wanted) == [("Size", ["Small", "Large"]), ("Colour", ["Coral", "Teal"])]


def test_the_table_marks_what_is_sold_out_by_option_and_what_is_not_made() -> None:
    matrix = build_matrix(BOOTS, option_types=[("Size", ["Small", "Large"]), ("Colour", ["Coral", "Teal"])])
    assert matrix is not None
    assert (matrix.down, matrix.across) == ("Size", "Colour")
    assert [(column.name, column.is_sold_out) for column in matrix.columns] == [("Coral", True), ("Teal", False)]
    assert [(row.value.name, row.value.is_sold_out) for row in matrix.rows] == [("Small", False), ("Large", True)]
    assert [[cell and cell.pk for _, cell in row.cells] for row in matrix.rows] == [[None, 2], [3, 1]]


def test_three_options_are_joined_down_the_side() -> None:
    made = [variant(1, Size="S", Cut="Wide", Colour="Teal"), variant(2, Size="S", Cut="Slim", Colour="Teal")]
    matrix = build_matrix(made, option_types=read_option_types(made))
    assert matrix is not None
    assert (matrix.down, [row.value.name for row in matrix.rows]) == ("Size / Cut", ["S / Wide", "S / Slim"])


@pytest.mark.parametrize(
    "variants",
    [
        [variant(1, Size="S"), variant(2, Size="L")],
        [variant(1, Size="S", Colour="Teal"), variant(2, Size="S", Colour="Teal")],
        [variant(1, Size="S", Colour="Teal"), variant(2, Size="L")],
    ],
)
def test_doubtful_data_gives_a_list_instead_of_a_table(variants: list[Variant]) -> None:
    assert build_matrix(variants, option_types=read_option_types(variants)) is None


@pytest.fixture
def boots() -> Product:
    product = ProductFactory.create(name="Boots", option_types=[["Size", ["Small", "Large"]], ["Colour", ["Coral", "Teal"]]])
    for sku, size, colour, price, on_hand in (
        ("B-1", "Small", "Teal", 3000, 2),
        ("B-2", "Large", "Teal", 3500, 9),
        ("B-3", "Large", "Coral", 3500, 0),
    ):
        VariantFactory.create(
            product=product, sku=sku, label=f"{size} / {colour}", options={"Size": size, "Colour": colour},
            price=price, on_hand=on_hand,
        )  # fmt: skip
    return product


@pytest.mark.django_db
def test_the_page_shows_a_table_of_radio_buttons_with_price_and_stock_of_each(client: Client, boots: Product) -> None:
    page = Page(client.get("/products/boots/"))
    assert "Coral sold out" in page.text
    assert "Small, Teal: $30.00 2 left" in page.text
    assert "Large, Coral: $35.00 Sold out" in page.text
    assert "Not made" in page.text
    ids = dict(boots.variants.values_list("sku", "pk"))
    by_value = {radio["value"]: radio for radio in page.all("input", name="variant")}
    assert by_value.keys() == {str(pk) for pk in ids.values()}
    assert "disabled" in by_value[str(ids["B-3"])]
    assert not [radio for radio in by_value.values() if "checked" in radio]
    chosen = Page(client.get("/products/boots/?sku=B-2"))
    assert "checked" in chosen.one("input", name="variant", value=str(ids["B-2"]))
    response = client.post("/cart/add/", {"variant": ids["B-2"], "quantity": "1"})
    assert (response.status_code, response["Location"]) == (302, "/cart/")
