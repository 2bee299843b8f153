"""What crawlers read."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


def test_the_sitemap_lists_what_shoppers_may_see_in_two_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    CategoryFactory.create(parent=CategoryFactory.create(), slug="collars")
    for slug in ("ball", "duck"):
        VariantFactory.create(product=ProductFactory.create(slug=slug))
    VariantFactory.create(product=ProductFactory.create(slug="withdrawn", is_active=False))
    with django_assert_num_queries(2):
        response = client.get("/sitemap.xml")
    found = re.findall(r"<loc>(.*?)</loc>", response.content.decode())
    paths = ["/", "/catalog/", "/catalog/dogs/", "/catalog/dogs/collars/", "/products/duck/", "/products/ball/"]
    assert found == [f"http://testserver{prefix}{path}" for path in paths for prefix in ("", "/de")]
    assert '<xhtml:link rel="alternate" hreflang="de" href="http://testserver/de/products/duck/"/>' in response.text


def test_robots_are_kept_from_private_pages_and_shown_the_sitemap(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Sitemap: http://testserver/sitemap.xml" in lines
    assert {
        "Disallow: /cart/",
        "Disallow: /de/cart/",
        "Disallow: /checkout/",
        "Disallow: /orders/",
        "Disallow: /account/",
        "Disallow: /admin/",
    } <= set(lines)
