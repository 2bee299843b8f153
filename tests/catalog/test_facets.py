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


def test_filters_cost_no_further_queries(client: Client, shelf: dict[str, Product]) -> None:
    def queries(address: str) -> int:
        client.get(address)  # what is kept for a minute
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    assert queries("/catalog/") == queries("/catalog/?material=wool&price_min=5&stock=1&washable=yes") <= 8
    assert queries("/catalog/?q=bed") == queries("/catalog/?material=wool&q=bed") <= 6
