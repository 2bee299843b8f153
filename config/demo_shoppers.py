"""The demo's first customers: they buy over HTTP like anybody else, so that the call queue has something to show.

They use nothing but the shop's pages and the payment company's control address.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Sequence
from html import unescape
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urlsplit

HOME = {
    "bill_name": "Dana Reyes",
    "bill_line1": "1420 SE Ankeny Street",
    "bill_city": "Portland",
    "bill_region": "OR",
    "bill_postcode": "97214",
    "bill_country": "US",
    "delivery": "standard",
}
GRAND = "dog-polisher-no-3-the-grand-salon"
# Slug, quantity, card, what they type.
type Shopper = tuple[str, int, str, dict[str, str]]
# Two are honest, the others look like trouble each in its own way.
SHOPPERS: tuple[Shopper, ...] = (
    ("hearthstone-ceramic-bowl", 1, "4242424242424242", {**HOME, "email": "dana@example.com", "phone": "503 555 0142"}),
    (
        GRAND,
        12,
        "4242424242424242",
        {
            **HOME,
            "bill_name": "Harold Finch",
            "email": "h.finch.1948@example.net",
            "phone": "503 555 0177",
            "ship_elsewhere": "on",
            "ship_name": "Maximilian Voss",
            "ship_line1": "8250 NW 27th Street, Suite 33012",
            "ship_city": "Miami",
            "ship_region": "FL",
            "ship_postcode": "33122",
            "ship_country": "US",
            "delivery": "express",
        },
    ),
    (
        "lookout-cat-tree",
        1,
        "4000000000004954",
        {
            **HOME,
            "bill_name": "Inez Baptiste",
            "bill_line1": "77 Willow Street",
            "bill_city": "Boston",
            "bill_region": "MA",
            "bill_postcode": "02116",
            "email": "inez@example.org",
            "phone": "000 0000",
        },
    ),
    (
        GRAND,
        1,
        "4000000000000101",
        {
            **HOME,
            "bill_name": "Theo Lindqvist",
            "bill_line1": "9 Harbour Lane",
            "bill_city": "Seattle",
            "bill_region": "WA",
            "bill_postcode": "98103",
            "email": "theo@example.com",
            "phone": "206 555 0119",
            "ship_elsewhere": "on",
            "ship_name": "Astrid Lindqvist",
            "ship_line1": "31 Maple Road",
            "ship_city": "Madison",
            "ship_region": "WI",
            "ship_postcode": "53703",
            "ship_country": "US",
            "is_gift": "on",
        },
    ),
    (
        "sunday-best-bow-tie",
        2,
        "4242424242424242",
        {**HOME, "bill_name": "Mira Okafor", "email": "mira@example.com", "phone": "512 555 0163"},
    ),
)


def send_shoppers(*, shop: str, sandbox: str, shoppers: Sequence[Shopper] = SHOPPERS) -> int:
    """Let everybody buy; give how many orders were paid. Raises OSError when a page does not answer."""
    return sum(_buy(shop, sandbox, shopper) for shopper in shoppers)


def _buy(shop: str, sandbox: str, shopper: Shopper) -> bool:
    slug, quantity, card, details = shopper
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), _StayHere())
    page = _open(browser, f"{shop}/products/{slug}/")
    variant = re.search(r'name="variant"[^>]*value="(\d+)"', page) or re.search(r'value="(\d+)"[^>]*name="variant"', page)
    if variant is None:
        return False
    _open(browser, f"{shop}/cart/add/", {**_hidden(page), "variant": variant[1], "quantity": str(quantity)})
    page = _open(browser, f"{shop}/checkout/")
    page = _open(browser, f"{shop}/checkout/", {**_hidden(page), **details, "step": "review"})
    if 'value="place"' not in page:
        return False
    address = _open(browser, f"{shop}/checkout/", {**_hidden(page), "step": "place"})
    session = re.search(r"/c/pay/(cs_test_\w+)", address)
    if session is None:
        return False
    typed = {
        "session": session[1],
        "card": card,
        "name": details["bill_name"],
        "line1": details["bill_line1"],
        "city": details["bill_city"],
        "postcode": details["bill_postcode"],
        "country": details["bill_country"],
    }
    request = urllib.request.Request(  # noqa: S310  # our own address
        f"{sandbox}/control/api/pay", json.dumps(typed).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return bool(json.load(answer)["status"] == "paid")


def _open(browser: urllib.request.OpenerDirector, url: str, form: dict[str, str] | None = None) -> str:
    """The page's text; for a redirect to another origin, the address it leads to."""
    # As browsers do: forms without a token are believed by where they come from (store/csrf.py).
    from_here = {"Referer": url, "Origin": "://".join(urlsplit(url)[:2])}
    request = urllib.request.Request(url, urlencode(form).encode() if form else None, from_here)  # noqa: S310
    try:
        with browser.open(request, timeout=30) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        if location := error.headers.get("Location"):
            return str(location)
        return error.read().decode()


def _hidden(page: str) -> dict[str, str]:
    """The hidden inputs of the page's forms; a later one of the same name wins."""
    return {
        name: unescape(value) for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    }


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follow redirects within the shop; stop at the payment company's door."""

    def redirect_request(  # noqa: PLR0917  # urllib's own signature
        self, req: urllib.request.Request, fp: object, code: int, msg: str, headers: object, newurl: str
    ) -> urllib.request.Request | None:
        if "/c/pay/" in newurl:
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]  # passed on as it came
