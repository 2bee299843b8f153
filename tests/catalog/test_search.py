"""Search: the same answers from FTS5 and from PostgreSQL, whatever is typed."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.listing import Listing, read_listing, read_wish
from catalog.models import Product, ProductText
from catalog.search import MAX_WORDS, Closeness, words_of
from store.language import speaking
from tests.catalog.pages import Page
from tests.factories.catalog import ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


def shelve(name: str, **more: str) -> Product:
    words = {"brand": "", "tagline": "", "description": "", **more}
    product = ProductFactory.create(name=name, **words)
    VariantFactory.create(product=product)
    return product


def search(text: str, **params: str) -> Listing:
    return read_listing(read_wish({"q": text, **params}))


def names(found: Listing) -> list[str]:
    return [product.name for product in found.products]


def test_a_name_weighs_more_than_a_brand_a_tagline_and_a_description() -> None:
    shelve("Soap", description="Good before the polisher and after it, when the bath is done and the towels are wet.")
    shelve("Cloth", tagline="For the polisher of your choice.")
    shelve("Dog Polisher")
    shelve("Feather Wand", description="For cats.")
    assert names(search("polisher")) == ["Dog Polisher", "Cloth", "Soap"]


@pytest.mark.parametrize(
    "typed",
    ["collars", "COLLAR", " collar ", "tartan collars", "collar for the tartan", "“Collar”", "collar\x00tartan"],
)
def test_case_number_and_small_words_do_not_matter(typed: str) -> None:
    shelve("Tartan Collar")
    assert names(search(typed)) == ["Tartan Collar"]


def test_all_words_come_before_beginnings_before_any_word() -> None:
    shelve("Tartan Collar")
    shelve("Tartan Coat")
    exact = search("tartan collar")
    assert (names(exact), exact.closeness) == (["Tartan Collar"], Closeness.ALL_WORDS)
    beginning = search("tart coll")
    assert (names(beginning), beginning.closeness) == (["Tartan Collar"], Closeness.BEGINNINGS)
    loose = search("tartan submarine")
    assert (sorted(names(loose)), loose.closeness) == (["Tartan Coat", "Tartan Collar"], Closeness.ANY_WORD)
    assert loose.is_loose


def test_a_sku_finds_its_product() -> None:
    product = shelve("Tartan Collar")
    shelve("Tartan Coat")
    sku = product.variants.get().sku
    found = search(sku.lower())
    assert (names(found), found.closeness) == (["Tartan Collar"], Closeness.SKU)


@pytest.mark.parametrize("language", ["en", "de"])
def test_of_more_than_are_ranked_the_newest_are(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    products = [shelve(f"Tartan Collar {number}", brand="Pellow") for number in range(4)]
    for product in products:
        ProductText.objects.create(product=product, language="de", name=f"Tartanband {product.pk}")
    Product.objects.filter(pk=products[3].pk).update(is_active=False)
    monkeypatch.setattr("catalog.search_index.RANKED_UP_TO", 2)
    with speaking(language):
        found = [search("tartan"), search("tartan", brand="Pellow")]
    assert [[product.pk for product in one.products] for one in found] == [[products[1].pk, products[2].pk]] * 2


def test_search_stays_on_the_shelf_and_takes_other_sorts() -> None:
    dear, cheap = shelve("Tartan Coat"), shelve("Tartan Collar")
    dear.variants.update(price=9900)
    cheap.variants.update(price=100)
    assert names(search("tartan", sort="price")) == ["Tartan Collar", "Tartan Coat"]
    assert names(search("tartan", sort="-price")) == ["Tartan Coat", "Tartan Collar"]


def test_the_index_follows_changes_and_deletions() -> None:
    product = shelve("Tartan Collar")
    Product.objects.filter(pk=product.pk).update(name="Velvet Ribbon")
    assert names(search("tartan")) == []
    assert names(search("velvet")) == ["Velvet Ribbon"]
    product.variants.all().delete()
    product.delete()
    assert names(search("velvet")) == []


def test_products_no_shopper_may_see_are_not_found() -> None:
    shelve("Tartan Collar")
    Product.objects.update(is_active=False)
    assert search("tartan").count == 0


ODD = [
    '"',
    "'",
    "* OR *",
    "NEAR(a b)",
    "a:b",
    "name:tartan",
    "tartan & | ! ( )",
    "<->",
    "\\",
    "%_%",
    "-tartan",
    "x'; DROP TABLE catalog_product; --",
    "🐕",
    "犬",
    "\x00",
    "\ud7ff",
    "a" * 10_000,
    "a " * 5_000,
    "the",
]


@pytest.mark.parametrize("typed", ODD, ids=range(len(ODD)))
def test_odd_text_gives_a_page_and_never_an_error(client: Client, typed: str) -> None:
    shelve("Tartan Collar")
    response = client.get("/catalog/", {"q": typed})
    assert response.status_code == 200
    assert Product.objects.count() == 1


def test_a_very_long_wish_is_cut_and_said_so(client: Client) -> None:
    page = Page(client.get("/catalog/", {"q": "collar " * 2000}))
    assert "we used the first 200 characters" in page.text


def test_a_search_that_finds_nothing_shows_a_way_on(client: Client) -> None:
    shelve("Tartan Collar")
    page = Page(client.get("/catalog/?q=submarine+periscope"))
    assert "Nothing for “submarine periscope”" in page.text
    assert "some of them" not in page.text
    assert "/catalog/dogs/" in page.links()
    assert page.one("input", type="search")["value"] == "submarine periscope"
    assert page.one("meta", name="robots")["content"] == "noindex"


def test_only_the_first_words_are_looked_for() -> None:
    assert words_of("one two three four five six seven eight nine ten") == [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
    ]
    assert MAX_WORDS == 8
    assert words_of("the") == ["the"]  # a wish of nothing but small words is still a wish
