"""The catalogue in German: what is translated is shown and found, what isn't is shown in English, at the same price."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

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


@pytest.mark.parametrize("path", ["/catalog/", "/products/rope-lead/"])
def test_a_german_page_asks_no_more_than_an_english_one(client: Client, lead: Product, path: str) -> None:
    client.get(f"/de{path}")  # what is kept for a minute
    with CaptureQueriesContext(connection) as english:
        client.get(path)
    with CaptureQueriesContext(connection) as german:
        client.get(f"/de{path}")
    assert len(german) == len(english)
