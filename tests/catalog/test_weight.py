"""What a first visit to home, a list and a product costs: bytes, other people's servers, cookies."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.contrib.staticfiles import finders
from django.test import Client

from catalog.models import Picture, Product
from catalog.selectors import forget_category_tree
from tests.bench.catalogue import fill
from tests.catalog.pages import Page

pytestmark = pytest.mark.django_db
# Bytes that HTML, CSS and JavaScript of a page may weigh together on the wire.
MOST = 60_000
FETCHED = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}
IN_CSS = re.compile(r"""(?:url\(|@import)\s*["']?([^"')\s]+)""")


@pytest.fixture
def shown(db: None) -> Product:
    """Eighty of the demo's goods with their facets, four pictures each; one of them."""
    fill(80)
    forget_category_tree()
    Picture.objects.bulk_create(
        Picture(
            product=product, position=position, stem=f"catalog/{product.slug}-{position}", widths=[320, 640, 1200],
            width=1200, height=1200, alt=f"{product.name}, seen from another side; it stands on a table of oak.",
        )
        for product in Product.objects.all()
        for position in range(4)
    )  # fmt: skip
    Product.objects.filter(pk__lte=Product.objects.order_by("pk")[12].pk).update(is_featured=True)
    return Product.objects.order_by("pk")[0]


def fetched_by(page: Page) -> set[str]:
    """The addresses a browser asks for by itself."""
    found = {attrs["href"] or "" for attrs in page.all("link") if FETCHED & set((attrs.get("rel") or "").split())}
    for _, attrs in page.tags:
        found |= {part.split()[0] for part in (attrs.get("srcset") or "").split(",") if part.strip()}
        found |= {attrs[name] or "" for name in ("src", "poster", "data") if name in attrs}
    return found


def test_a_first_page_is_light_and_asks_nobody_else_and_sets_no_cookie(shown: Product) -> None:
    for address in ("/", "/catalog/", "/catalog/dogs/", "/catalog/?q=collar", shown.get_absolute_url()):
        weights = weigh(address)
        assert len(weights) > 5  # the page, its stylesheets and its script
        assert sum(weights.values()) <= MOST, weights


def weigh(address: str) -> dict[str, int]:
    """What each part of a page weighs, in bytes on the wire, for a browser that has never been here."""
    client = Client()
    answer = client.get(address)
    assert answer.status_code == 200
    assert dict(client.cookies) == {}

    weights = {address: len(gzip.compress(answer.content, 5))}  # as the proxy does
    for part in sorted(fetched_by(Page(answer))):
        assert re.match(r"/(?!/)", part), f"{part} is on another server"
        if not part.endswith((".css", ".js")):
            continue
        path = finders.find(part.removeprefix("/static/"))
        assert isinstance(path, str), f"there is no {part}"
        text = Path(path).read_bytes()
        weights[part] = len(gzip.compress(text, 9))  # as collectstatic writes it
        leads = IN_CSS.findall(text.decode()) if part.endswith(".css") else []
        assert [lead for lead in leads if lead.startswith(("http", "//")) or lead.endswith(".css")] == []
    return weights


def test_a_form_without_a_token_is_taken_from_our_own_pages_alone(shown: Product) -> None:
    client = Client(enforce_csrf_checks=True)
    sent = {"variant": shown.variants.all()[0].pk, "quantity": 1}

    def post(**headers: str) -> int:
        return client.post("/cart/add/", sent, headers=headers).status_code

    assert post() == 403
    assert post(sec_fetch_site="cross-site") == 403
    assert post(sec_fetch_site="same-site", origin="http://testserver") == 403  # a neighbour under the same domain
    assert post(origin="http://evil.example") == 403
    assert post(origin="null") == 403
    assert client.cookies.get("cart") is None
    assert post(origin="http://testserver") == 302
    assert post(sec_fetch_site="same-origin", origin="http://testserver") == 302
    # Where more is at stake than a cart, a token it is.
    assert client.post("/checkout/", {"step": "review"}, headers={"sec-fetch-site": "same-origin"}).status_code == 403


def test_a_guests_session_goes_with_its_last_message(shown: Product) -> None:
    client = Client()
    client.post("/cart/add/", {"variant": shown.variants.all()[0].pk, "quantity": 1})
    assert "session" in client.cookies
    assert "is in your cart" in client.get("/cart/").content.decode()
    assert (client.cookies["session"].value, Session.objects.count()) == ("", 0)
