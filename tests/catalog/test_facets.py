"""Facets: what they count, what they keep, and the one address of a narrowed list."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import facets
from catalog.listing import Listing, read_listing, read_wish
from catalog.models import Attribute, AttributeChoice, Product, ProductAttribute
from tests.catalog.pages import Page
from tests.factories.catalog import ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> dict[str, Product]:
    """Four beds: two of wool, one of felt and leather, one that nobody has described."""
    material = Attribute.objects.create(code="material", name="Material", kind="choice")
    made_of = {
        slug: AttributeChoice.objects.create(attribute=material, slug=slug, name=slug.title())
        for slug in ("wool", "felt", "leather")
    }
    washable = Attribute.objects.create(code="washable", name="Washable", kind="flag", position=1)
    weight = Attribute.objects.create(code="weight", name="Weight", kind="number", unit="kg", position=2)
    beds = {}
    for name, brand, price, on_hand, materials, is_washable, kilograms in (
        ("Cave", "Muddle", 1000, 3, ["wool"], True, "1.5"),
        ("Ring", "Pellow", 2000, 0, ["wool"], False, "2.5"),
        ("Sofa", "Pellow", 3000, 5, ["felt", "leather"], True, "9"),
        ("Cot", "", 4000, 5, [], None, None),
    ):
        product = ProductFactory.create(name=name, brand=brand, description="A bed.")
        VariantFactory.create(product=product, price=price, on_hand=on_hand)
        for slug in materials:
            ProductAttribute.objects.create(product=product, attribute=material, choice=made_of[slug])
        if is_washable is not None:
            ProductAttribute.objects.create(product=product, attribute=washable, flag=is_washable)
        if kilograms:
            ProductAttribute.objects.create(product=product, attribute=weight, number=Decimal(kilograms))
        beds[name] = product
    return beds


def listing(query: str) -> Listing:
    return read_listing(read_wish(QueryDict(query)))


def names(found: Listing) -> set[str]:
    return {product.name for product in found.products}


def counts(found: Listing) -> dict[str, dict[str, int | None]]:
    return {facet.name: {value.value: value.count for value in facet.values} for facet in found.facets if not facet.is_range}


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("material=wool", {"Cave", "Ring"}),
        ("material=wool&material=felt", {"Cave", "Ring", "Sofa"}),
        ("material=wool&washable=yes", {"Cave"}),
        ("washable=no", {"Ring"}),
        ("brand=Pellow", {"Ring", "Sofa"}),
        ("brand=Pellow&stock=1", {"Sofa"}),
        ("price_min=20&price_max=30", {"Ring", "Sofa"}),
        ("price_max=30&price_min=20.00", {"Ring", "Sofa"}),
        ("weight_min=2&weight_max=2.5", {"Ring"}),
        ("weight_min=2", {"Ring", "Sofa"}),
        ("material=wool&price_min=500", set()),
        ("q=bed&material=wool&stock=1", {"Cave"}),
        ("utm_source=mail&material=granite&weight_min=heavy&price_min=-1", {"Cave", "Ring", "Sofa", "Cot"}),
    ],
)
def test_filters_keep_what_fits_any_value_of_each_facet(shelf: dict[str, Product], query: str, left: set[str]) -> None:
    found = listing(query)
    assert names(found) == left
    assert found.count == len(left)


def test_a_facet_counts_as_if_its_own_ticks_were_not_there(shelf: dict[str, Product]) -> None:
    assert counts(listing("")) == {
        "stock": {"1": 3},
        "material": {"wool": 2, "felt": 1, "leather": 1},
        "washable": {"yes": 2},
        "brand": {"Muddle": 1, "Pellow": 2},
    }
    assert counts(listing("material=wool&brand=Pellow")) == {
        "stock": {"1": 0},
        "material": {"wool": 1, "felt": 1, "leather": 1},  # within Pellow
        "brand": {"Muddle": 1, "Pellow": 1},  # within wool
    }
    in_search = counts(listing("q=bed&washable=yes&stock=1"))
    assert in_search["washable"] == {"yes": 2}
    assert in_search["material"] == {"wool": 1, "felt": 1, "leather": 1}


def test_too_many_products_to_count_are_filtered_all_the_same(
    shelf: dict[str, Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "COUNT_UP_TO", 3)
    found = listing("material=wool")
    assert (names(found), found.count) == ({"Cave", "Ring"}, 2)
    assert counts(found)["material"] == {"wool": None, "felt": None, "leather": None}


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("washable=yes&material=wool", "material=wool&washable=yes"),
        ("material=wool&material=felt", "material=felt&material=wool"),
        ("material=wool&price_min=&price_max=", "material=wool"),
        ("price_max=&brand=", ""),
        ("material=wool&material=granite", "material=wool"),
        ("price_min=30.00&price_max=20", "price_max=30&price_min=20"),
        ("q=bed&sort=price&material=wool&brand=Pellow", "brand=Pellow&material=wool&q=bed&sort=price"),
    ],
)
def test_a_list_has_one_address(client: Client, shelf: dict[str, Product], given: str, canonical: str) -> None:
    response = client.get(f"/catalog/?{given}")
    assert response.status_code == 302
    assert response["Location"] == ("/catalog/?" + canonical if canonical else "/catalog/")
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", "http://testserver/catalog/"),
        ("utm_source=mail", "http://testserver/catalog/"),
        ("material=wool", "http://testserver/catalog/?material=wool"),
        ("brand=Pellow", "http://testserver/catalog/?brand=Pellow"),
        ("brand=Pellow&material=wool", None),
        ("material=felt&material=wool", None),
        ("price_min=20", None),
        ("stock=1", None),
        ("sort=price", None),
        ("material=wool&q=bed", None),
    ],
)
def test_search_engines_keep_shelves_and_single_values_only(
    client: Client, shelf: dict[str, Product], query: str, canonical: str | None
) -> None:
    page = Page(client.get(f"/catalog/?{query}"))
    assert [link["href"] for link in page.all("link", rel="canonical")] == ([canonical] if canonical else [])
    assert len(page.all("meta", name="robots", content="noindex")) == (0 if canonical else 1)


def test_the_form_shows_what_is_set_and_chips_take_it_away(client: Client, shelf: dict[str, Product]) -> None:
    page = Page(client.get("/catalog/?material=wool&price_min=5&q=bed"))
    assert "checked" in page.one("input", name="material", value="wool")
    assert page.one("input", name="price_min")["value"] == "5"
    assert "?price_min=5&q=bed" in page.links()
    assert "?material=wool&q=bed" in page.links()
    assert "?q=bed" in page.links()
    nothing = Page(client.get("/catalog/?material=leather&washable=no"))
    assert "Nothing here is all of that at once" in nothing.text


def test_pages_of_a_narrowed_list_keep_its_filters(shelf: dict[str, Product], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.listing.PAGE_SIZE", 1)
    first = listing("material=wool&sort=price")
    second = listing(first.next_query)
    assert [product.name for product in (*first.products, *second.products)] == ["Cave", "Ring"]
    assert second.next_query == ""


# -- Options of variants ---------------------------------------------------------------------------------------------------


@pytest.fixture
def collars() -> dict[str, Product]:
    """Three collars; only Tartan has a small one in teal, and that is sold out."""
    made = {}
    for name, variants in (
        ("Tartan", [("Small", "Teal", 0), ("Large", "Teal", 3), ("Small", "Tan", 3)]),
        ("Rope", [("Small", "Tan", 5), ("Large", "Teal", 0)]),
        ("Bell", [("Small", "Tan", 0)]),
    ):
        made[name] = ProductFactory.create(name=name, brand="")
        for size, colour, on_hand in variants:
            options = {"Size": size, "Colour": colour}
            VariantFactory.create(product=made[name], options=options, on_hand=on_hand)
    return made


@pytest.mark.parametrize(
    ("query", "left", "size", "colour", "stock"),
    [
        ("", {"Tartan", "Rope", "Bell"}, {"small": 3, "large": 2}, {"teal": 2, "tan": 3}, 2),
        ("size=small", {"Tartan", "Rope", "Bell"}, {"small": 3, "large": 2}, {"teal": 1, "tan": 3}, 2),
        # One variant is both: Rope has a small one and a teal one, and no small teal one.
        ("colour=teal&size=small", {"Tartan"}, {"small": 1, "large": 2}, {"teal": 1, "tan": 3}, 0),
        ("colour=tan&colour=teal&size=large", {"Tartan", "Rope"}, {"small": 3, "large": 2}, {"teal": 2, "tan": 0}, 1),
        ("stock=1", {"Tartan", "Rope"}, {"small": 2, "large": 1}, {"teal": 1, "tan": 2}, 2),
        ("size=small&stock=1", {"Tartan", "Rope"}, {"small": 2, "large": 1}, {}, 2),  # all in tan
        ("colour=teal&size=small&stock=1", set(), {"small": 0, "large": 1}, {"teal": 0, "tan": 2}, 0),
        ("colour=teal&q=leather", {"Tartan", "Rope"}, {"small": 1, "large": 2}, {"teal": 2, "tan": 3}, 1),
    ],
)
def test_one_variant_has_all_options_that_were_chosen(
    collars: dict[str, Product], query: str, left: set[str], size: dict[str, int], colour: dict[str, int], stock: int
) -> None:
    found = listing(query)
    assert (names(found), found.count) == (left, len(left))
    told = {facet: {value: n for value, n in values.items() if n} for facet, values in counts(found).items()}
    assert told.get("size", {}) == {value: n for value, n in size.items() if n}
    assert told.get("colour", {}) == {value: n for value, n in colour.items() if n}
    assert told["stock"] == ({"1": stock} if stock else {})


def test_options_follow_the_variants(collars: dict[str, Product], client: Client) -> None:
    first, *others = collars["Tartan"].variants.order_by("pk")
    first.options = {"size": "small ", "Price": "x", "sort": "x", "Engraving": "x" * 41}  # as somebody else spells it
    first.save()
    assert listing("colour=teal&size=large").count == 2
    assert listing("size=small").count == 3
    assert not Attribute.objects.filter(code__in=["price", "sort", "engraving"]).exists()
    for variant in others:
        variant.is_active = False
        variant.save()
    assert names(listing("colour=teal")) == {"Rope"}
    collars["Rope"].variants.all().delete()
    assert counts(listing(""))["stock"] == {"1": 0}
    assert set(ProductAttribute.objects.values_list("product__name", "choice__slug")) == {
        ("Tartan", "small"), ("Bell", "small"), ("Bell", "tan")
    }  # fmt: skip
    assert client.get("/catalog/?size=small&colour=tan")["Location"] == "/catalog/?colour=tan&size=small"


def test_a_list_too_long_to_count_is_narrowed_by_options(
    collars: dict[str, Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "COUNT_UP_TO", 1)
    found = listing("colour=teal&size=small")
    assert (names(found), found.count) == ({"Tartan"}, 1)
    assert counts(found)["size"] == {"small": None, "large": None}
    assert listing("colour=teal&size=small&stock=1").count == 0


def test_filters_cost_no_further_queries(client: Client, shelf: dict[str, Product]) -> None:
    def queries(address: str) -> int:
        client.get(address)  # what is kept for a minute
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    VariantFactory.create(product=shelf["Cave"], options={"Size": "Large"})
    narrowed = "/catalog/?material=wool&price_min=5&size=medium&stock=1&washable=yes"
    assert queries("/catalog/") == queries(narrowed) <= 8
    assert queries("/catalog/?q=bed") == queries("/catalog/?material=wool&q=bed") <= 6
