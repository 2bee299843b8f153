"""Words nearly right, suggestions while typing, and what was looked for in vain."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.listing import Listing, read_listing, read_wish
from catalog.missed import normalise_term, note_missed, prune_missed
from catalog.models import Attribute, MissedSearch, Product, Word
from catalog.search import Closeness
from catalog.suggesting import suggest
from tests.catalog.pages import Page
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory


def shelve(name: str, **more: str) -> Product:
    words = {"brand": "", "tagline": "", "description": "", **more}
    product = ProductFactory.create(name=name, **words)
    VariantFactory.create(product=product)
    return product


def search(text: str, **params: str) -> Listing:
    return read_listing(read_wish({"q": text, **params}))


def names(found: Listing) -> set[str]:
    return {product.name for product in found.products}


@pytest.mark.django_db
def test_the_vocabulary_follows_the_goods() -> None:
    product = shelve("Traveller's Bow-Tie (No. 3)", brand="Muddle & Co", tagline='For "best"\nonly, says\\she')
    assert {"traveller", "bow", "tie", "muddle", "for", "best", "only"} <= set(Word.objects.values_list("word", flat=True))
    assert not Word.objects.filter(word__contains="3").exists()
    Product.objects.filter(pk=product.pk).update(name="Velvet Ribbon")
    assert Word.objects.filter(word__in=["velvet", "ribbon"]).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "meant", "found"),
    [
        ("colar", "collar", {"Tartan Collar"}),
        ("tartn collar", "tartan collar", {"Tartan Collar"}),
        ("bwol", "bowl", {"Stoneware Bowl"}),
        ("stonware bow", "stoneware bow", {"Stoneware Bowl"}),  # a beginning is no slip
        ("rainccoat", "raincoat", {"Drizzle Raincoat"}),
        ("eaincoat", "raincoat", {"Drizzle Raincoat"}),
        ("drizle rain", "drizzle rain", {"Drizzle Raincoat"}),
    ],
)
def test_a_word_nearly_right_finds_what_was_meant_and_says_so(typed: str, meant: str, found: set[str]) -> None:
    for name in ("Tartan Collar", "Stoneware Bowl", "Drizzle Raincoat"):
        shelve(name)
    answer = search(typed)
    assert names(answer) == found
    assert answer.corrected == meant
    assert answer.closeness is Closeness.BEGINNINGS
    assert names(search(answer.corrected)) == found
    assert search(answer.corrected).corrected == ""


@pytest.mark.django_db
def test_corrected_words_that_do_not_meet_give_way_to_any_of_the_typed() -> None:
    shelve("Tartan Collar")
    shelve("Stoneware Bowl")
    answer = search("tartan bwol")
    assert (names(answer), answer.closeness, answer.corrected) == ({"Tartan Collar"}, Closeness.ANY_WORD, "")


@pytest.mark.django_db
def test_what_is_far_from_every_word_finds_nothing() -> None:
    shelve("Tartan Collar")
    answer = search("submarine")
    assert (answer.count, answer.corrected) == (0, "")


@pytest.mark.django_db
def test_the_page_offers_the_corrected_words(client: Client) -> None:
    shelve("Tartan Collar")
    page = Page(client.get("/catalog/?q=colar&sort=price"))
    assert "Nothing goes by “colar”. Did you mean collar" in page.text
    assert "?q=collar&sort=price" in page.links()
    assert MissedSearch.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["collar", "coll", "colar", "tartan bwol", "submarine", "B-12"])
def test_no_search_takes_more_than_six_queries(client: Client, typed: str) -> None:
    Attribute.objects.create(code="material", name="Material", kind="choice")
    shelve("Tartan Collar")
    shelve("Stoneware Bowl")
    client.get("/catalog/")  # what is kept for a minute
    with CaptureQueriesContext(connection) as caught:
        assert client.get("/catalog/", {"q": typed}).status_code == 200
    assert len(caught) <= 6


@pytest.mark.django_db
def test_suggestions_name_shelves_and_products_that_begin_so(client: Client) -> None:
    CategoryFactory.create(slug="collars", path="collars", name="Collars and leads")
    shelve("Tartan Collar")
    shelve("Collar")
    shelve("Coat", description="Goes with any collar.")
    assert [(found.kind, found.name) for found in suggest("col")] == [
        ("shelf", "Collars and leads"),
        ("product", "Collar"),
        ("product", "Tartan Collar"),
    ]
    assert [found.name for found in suggest("tartan co")] == ["Tartan Collar"]
    answer = client.get("/suggest/?q=tart")
    assert answer.json() == {
        "suggestions": [{"name": "Tartan Collar", "url": "/products/tartan-collar/", "kind": "product"}]
    }
    assert client.get("/suggest/?q=tart").headers["Cache-Control"] == "private, max-age=60"


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "c", "the", '"', "a* OR", "\x00\x00", "x" * 5000, "🐕🐕", "name:co"])
def test_odd_beginnings_suggest_nothing_and_break_nothing(client: Client, typed: str) -> None:
    shelve("Tartan Collar")
    assert client.get("/suggest/", {"q": typed}).json() == {"suggestions": []}


@pytest.mark.parametrize(
    "text",
    [
        "dana@example.com",
        "dana @ example",
        "+1 415 555 0142",
        "R-1234-5678",
        "4242 4242 4242 4242",
        "https://example.com/",
        "dana smith of 12 mill lane in portland",
        "x" * 61,
        "12345",
        "",
    ],
)
def test_what_may_say_something_of_a_person_is_not_kept(text: str) -> None:
    assert normalise_term(text) == ""


@pytest.mark.django_db
def test_wishes_without_an_answer_are_counted_and_forgotten_in_time(
    client: Client, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for typed in ("Submarine", "submarine ", "dana@example.com"):
        client.get("/catalog/", {"q": typed})
    assert list(MissedSearch.objects.values_list("term", "times")) == [("submarine", 2)]
    assert "submarine" in admin_client.get("/admin/catalog/missedsearch/").content.decode()
    monkeypatch.setattr("catalog.missed.MAX_TERMS", 1)
    note_missed(text="periscope", now=timezone.now())
    note_missed(text="submarine", now=timezone.now())
    assert list(MissedSearch.objects.values_list("term", "times")) == [("submarine", 3)]
    assert prune_missed(now=timezone.now() + timedelta(days=89)) == 0
    assert prune_missed(now=timezone.now() + timedelta(days=91)) == 1
