"""The catalogue in German: what is translated is shown and found, what isn't is shown in English, at the same price."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.listing import read_listing, read_wish
from catalog.models import CategoryText, Phrase, Product, ProductText
from catalog.saying import forget_phrases
from catalog.search import find_matches
from catalog.selectors import forget_category_tree
from store.language import speaking
from tests.factories.catalog import ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> Product:
    """A rope lead that is translated, beside a ball that isn't."""
    lead = ProductFactory.create(name="Rope Lead", slug="rope-lead", tagline="Spliced by hand.", description="It floats.")
    VariantFactory.create(product=lead, label="Large / Teal", options={"Size": "Large", "Colour": "Teal"})
    VariantFactory.create(product=ProductFactory.create(name="Comet Ball", slug="ball", category=lead.category))
    ProductText.objects.create(product=lead, language="de", name="Tauleine", tagline="Übers Wasser von Hand gespleißt.")
    CategoryText.objects.create(category=lead.category, language="de", name="Hunde")
    Phrase.objects.create(language="de", phrase="Large", said="Groß")
    forget_phrases()
    forget_category_tree()
    return lead


def test_german_pages_show_what_is_translated_and_english_for_the_rest(client: Client, lead: Product) -> None:
    page = client.get("/de/products/rope-lead/").text
    assert "<h1>Tauleine</h1>" in page
    assert "<p>It floats.</p>" in page
    assert ">Hunde</a>" in page
    assert "Comet Ball" in page
    assert "Tauleine" not in client.get("/products/rope-lead/").text


def test_a_variant_s_label_is_said_part_by_part(lead: Product) -> None:
    with speaking("de"):
        assert lead.variants.get().shown_label == "Groß / Teal"
    assert lead.variants.get().shown_label == "Large / Teal"


@pytest.mark.parametrize("typed", ["leine", "TAULEINE", "übers leine", "rope"])
def test_german_words_are_found_within_words_and_english_ones_still(lead: Product, typed: str) -> None:
    with speaking("de"):
        found = find_matches(typed, among=Product.objects.listed())
        assert found is not None
        assert [pk for _, pk in found.ranked(limit=9).pairs] == [lead.pk]


def test_german_words_are_not_looked_for_in_english(lead: Product) -> None:
    assert find_matches("tauleine", among=Product.objects.listed()) is None


def _german(name: str, tagline: str = "", description: str = "", *, brand: str = "") -> Product:
    product = ProductFactory.create(brand=brand, name=f"Thing {name}", slug=f"x-{len(name)}-{name[:3].lower()}")
    VariantFactory.create(product=product)
    ProductText.objects.create(product=product, language="de", name=name, tagline=tagline, description=description)
    return product


@pytest.mark.parametrize(
    ("typed", "found", "meant"),
    [
        # In the name before the one-liner before the description; within words, too; any number and case.
        ("Leine", ["Leine Anker", "Tauleine", "Halsband Hafen", "Futternapf"], ""),
        ("leinen", ["Leine Anker", "Tauleine", "Halsband Hafen", "Futternapf"], ""),
        ("näpfe", ["Napf Größe S", "Futternapf"], ""),
        ("halsband für die leine", ["Halsband Hafen"], ""),
        ("tau", ["Tauleine"], ""),
        # Nearly right, of the words that are on the goods.
        ("halzband", ["Halsband Hafen"], "halsband"),
        ("taulaine", ["Tauleine"], "tauleine"),
        ("Futternapff", ["Futternapf"], "futternapf"),
        ("muddel leine", ["Leine Anker"], "muddle leine"),
        # Nothing is all of it: what has any of it.
        ("napf unterseeboot", ["Napf Größe S", "Futternapf"], ""),
        ("unterseeboot", [], ""),
        ("thing", ["Leine Anker", "Tauleine", "Halsband Hafen", "Futternapf", "Napf Größe S"], ""),  # in English
    ],
)
def test_german_is_searched_by_rank_within_words_and_with_slips(typed: str, found: list[str], meant: str) -> None:
    _german("Halsband Hafen", "Passt zu jeder Leine.")
    _german("Futternapf", "Schwer.", "Steht still, auch ohne Leine.")
    _german("Tauleine", "Von Hand gespleißt.")
    _german("Leine Anker", "Rund.", brand="Muddle")
    _german("Napf Größe S")
    with speaking("de"):
        answer = read_listing(read_wish({"q": typed}))
        said = [product.shown_name for product in answer.products]
    assert answer.corrected == meant
    assert (sorted(said) if typed == "thing" else said) == (sorted(found) if typed == "thing" else found)


def test_german_search_follows_its_texts_and_keeps_its_budget(client: Client, lead: Product) -> None:
    client.get("/de/catalog/?q=leine")
    for typed in ("leine", "tauleihne", "tauleine+unterseeboot"):
        with CaptureQueriesContext(connection) as asked:
            assert "Tauleine" in client.get(f"/de/catalog/?q={typed}").text
        assert len(asked) <= 6
    assert [hit["name"] for hit in client.get("/de/suggest/?q=taulein").json()["suggestions"]] == ["Tauleine"]
    assert [hit["name"] for hit in client.get("/de/suggest/?q=taulaine").json()["suggestions"]] == ["Tauleine"]
    ProductText.objects.update(name="Samtband", tagline="")
    assert "Samtband" not in client.get("/de/catalog/?q=tauleine").text
    assert "Samtband" in client.get("/de/catalog/?q=samtbänder").text
    ProductText.objects.all().delete()
    with speaking("de"):
        assert find_matches("samtband", among=Product.objects.listed()) is None


@pytest.mark.parametrize("path", ["/catalog/", "/products/rope-lead/"])
def test_a_german_page_asks_no_more_than_an_english_one(client: Client, lead: Product, path: str) -> None:
    client.get(f"/de{path}")  # what is kept for a minute
    with CaptureQueriesContext(connection) as english:
        client.get(path)
    with CaptureQueriesContext(connection) as german:
        client.get(f"/de{path}")
    assert len(german) == len(english)
