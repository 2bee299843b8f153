"""What machines find: feed, old addresses, structured data, and every product in the sitemap."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from catalog.categories import place_category
from catalog.models import OldAddress, Product, Variant
from tests.catalog.pages import Page
from tests.factories.catalog import CategoryFactory, PictureFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def bow() -> Product:
    product = ProductFactory.create(name="Bow </script><b>Tie", slug="bow-tie", tagline="Sunday best & more.")
    VariantFactory.create(product=product, sku="BOW-S", label="Small", price=1250, on_hand=3)
    VariantFactory.create(product=product, sku="BOW-L", label="Large", price=1500, on_hand=0, position=1)
    PictureFactory.create(product=product)
    return product


def structured(client: Client, address: str) -> dict[str, dict[str, Any]]:
    html = client.get(address).content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return {data["@type"]: data for text in found for data in json.loads(text)}


def test_structured_data_say_price_and_stock_of_each_variant_as_they_are(client: Client, bow: Product) -> None:
    found = structured(client, "/products/bow-tie/")
    product = found["Product"]
    assert (product["name"], product["brand"]["name"]) == ("Bow </script><b>Tie", "Harbour & Heel")
    offers = {offer["sku"]: offer for offer in product["offers"]}
    assert offers["BOW-S"]["price"] == "12.50"
    assert offers["BOW-S"]["priceCurrency"] == "USD"
    assert offers["BOW-S"]["availability"] == "https://schema.org/InStock"
    assert offers["BOW-L"]["availability"] == "https://schema.org/OutOfStock"
    Variant.objects.filter(sku="BOW-S").update(price=990, held=3)
    [changed] = [o for o in structured(client, "/products/bow-tie/")["Product"]["offers"] if o["sku"] == "BOW-S"]
    assert (changed["price"], changed["availability"]) == ("9.90", "https://schema.org/OutOfStock")
    trail = found["BreadcrumbList"]["itemListElement"]
    assert [(step["position"], step["name"]) for step in trail] == [
        (1, "Everything"),
        (2, "Dogs"),
        (3, "Bow </script><b>Tie"),
    ]
    assert trail[1]["item"] == "http://testserver/catalog/dogs/"


def test_what_is_shared_has_a_title_a_picture_and_a_price(client: Client, bow: Product) -> None:
    page = Page(client.get("/products/bow-tie/"))
    said = {meta["property"]: meta["content"] for meta in page.all("meta") if "property" in meta}
    assert said["og:title"] == "Bow </script><b>Tie"
    assert said["og:url"] == "http://testserver/products/bow-tie/"
    assert str(said["og:image"]).startswith("http://testserver/media/catalog/collar-1200")
    assert (said["product:price:amount"], said["product:price:currency"]) == ("12.50", "USD")


def test_an_old_address_leads_to_the_new_one_for_good(client: Client, bow: Product) -> None:
    for slug in ("ribbon", "velvet-ribbon"):
        Product.objects.filter(pk=bow.pk).update(slug=slug)
    for old in ("bow-tie", "ribbon"):
        response = client.get(f"/products/{old}/?sku=BOW-S")
        assert (response.status_code, response["Location"]) == (301, "/products/velvet-ribbon/?sku=BOW-S")
    Product.objects.filter(pk=bow.pk).update(is_active=False)
    assert client.get("/products/bow-tie/").status_code == 404


def test_another_product_may_take_an_old_address(client: Client, bow: Product) -> None:
    Product.objects.filter(pk=bow.pk).update(slug="ribbon")
    VariantFactory.create(product=ProductFactory.create(name="New bow", slug="bow-tie"))
    assert "New bow" in Page(client.get("/products/bow-tie/")).text
    Product.objects.filter(slug="bow-tie").update(slug="new-bow")
    assert client.get("/products/bow-tie/")["Location"] == "/products/new-bow/"
    assert OldAddress.objects.filter(path="products/bow-tie").count() == 1


def test_staff_add_redirects_where_no_page_is(admin_client: Client, bow: Product) -> None:
    add = "/admin/catalog/oldaddress/add/"
    asked = {"path": "https://shop.example/de/products/old-tie/?x=1", "product": bow.pk}
    for wrong in ({"path": "products/bow-tie"}, {"path": "checkout/"}, {"category": bow.category_id}, {"product": ""}):
        assert admin_client.post(add, {**asked, **wrong}).status_code == 200
    assert not OldAddress.objects.exists()
    assert admin_client.post(add, asked).status_code == 302
    assert admin_client.get("/products/old-tie/")["Location"] == "/products/bow-tie/"
    assert "products/old-tie" in admin_client.get("/admin/catalog/oldaddress/").text


def test_a_moved_category_leads_on_with_all_below_it(client: Client) -> None:
    dogs = CategoryFactory.create()
    CategoryFactory.create(parent=dogs, slug="collars")
    dogs.slug = "hounds"
    place_category(category=dogs)
    response = client.get("/catalog/dogs/collars/?sort=price")
    assert (response.status_code, response["Location"]) == (301, "/catalog/hounds/collars/?sort=price")
    assert client.get("/catalog/dogs/")["Location"] == "/catalog/hounds/"
    assert client.get("/catalog/cats/").status_code == 404


def test_the_feed_names_the_newest_products(client: Client, bow: Product) -> None:
    response = client.get("/new.rss")
    assert response.headers["Content-Type"].startswith("application/rss+xml")
    channel = ET.fromstring(response.content).find("channel")  # noqa: S314 - ours
    assert channel is not None
    [item] = channel.findall("item")
    assert item.findtext("link") == "http://testserver/products/bow-tie/"
    assert item.findtext("title") == "Bow </script><b>Tie, from $12.50"
    assert "/new.rss" in [link["href"] for link in Page(client.get("/")).all("link", rel="alternate")]


def test_a_sitemap_too_large_for_one_file_has_parts(client: Client, bow: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        VariantFactory.create(product=ProductFactory.create(name=f"Thing {number}"))
    monkeypatch.setattr("catalog.robots.MAX_ADDRESSES", 8)
    index = client.get("/sitemap.xml").content.decode()
    parts = re.findall(r"<loc>http://testserver(.*?)</loc>", index)
    assert "<sitemapindex" in index
    listed = [where for part in parts for where in re.findall(r"<loc>(.*?)</loc>", client.get(part).content.decode())]
    assert (
        len(listed) == len(set(listed)) == 2 * (3 + 5)
    )  # home, everything, one category, five products; each in two languages
    assert client.get("/sitemap.xml?part=99").status_code == 404
    assert client.get("/sitemap.xml?part=x").status_code == 404
