"""Anything, sent to every public address: no answer is a fault of ours, and no total is wrong.

The addresses come from the URL conf and the fields from the shop's own forms, so what is added is tried by itself. A short run
is in `tests/attacks/test_forms.py`, a long one in `long_forms.py`.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils import timezone
from hypothesis import note
from hypothesis import strategies as st

from catalog.models import OldAddress, StockWait, Variant, WishList
from catalog.waiting import ask_to_wait, wait_link
from catalog.wishes import share_token
from checkout.cookies import read_cart_id
from checkout.forms import CheckoutForm
from checkout.models import CartLine, Coupon, Order
from checkout.proofs import confirmation_proof, mailbox_proof
from checkout.services.address_book import keep_address
from checkout.services.confirming import ask_to_confirm
from checkout.services.documents import issue_documents
from checkout.services.orders import Address
from store.accounts.links import mailbox_token, reset_link, sign_up_link
from store.models import SignUp, User
from tests.checkout.shopper import DETAILS, ELSEWHERE, Shopper
from tests.factories.catalog import CategoryFactory, PictureFactory, VariantFactory
from tests.factories.checkout import DeliveryMethodFactory, TaxRateFactory, make_order

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

NASTY: Final = (
    "", " ", "\0", "a\0b", "..", "../../etc/passwd", "%2e%2e%2f", "//evil.example", "https://evil.example/", "\\\\evil.example",
    "é", "💥", "\u202e", "\ufeff", "ﬀ", "İ", "ẞ", "\ud800", "x" * 300, "y" * 5000, "-1", "0", "1", "2", "-0", "1.5", "1e9", "1e999",
    "9" * 18, "9" * 19, str(2**31), str(2**63 - 1), str(2**63), "9" * 400, "9" * 5000, "１２", "٣", "²", "NaN", "inf", "true",
    "on", "None", "null", "[]", "{}", "' OR 1=1 --", '"*:()^', "AND NOT NEAR", "<script>alert(1)</script>", "{{7*7}}", "{% x %}",
    "a\r\nSet-Cookie: x=1", "US", "DE", "XX", "CA", "00000000-0000-0000-0000-000000000000", "4242 4242 4242 4242", "2026-02-30",
    "dana@example.com", "@", "a@b", "+15035550142", "DE136695976", "ATU00000024", "5", "yes", "(((((", "\t", "\u2028", "à" * 254,
)  # fmt: skip
METHODS: Final = ("POST",) * 6 + ("GET",) * 5 + ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
KINDS: Final = ("urlencoded",) * 6 + ("multipart", "json", "nothing", "garbage")
# Where both may be sent; staff and machines are tried elsewhere (tests/attacks).
NOT_PUBLIC: Final = ("admin/",)
# Where a total is made: every third request goes there.
MONEY: Final = ("checkout/", "checkout/", "de/checkout/", "cart/add/", "cart/coupon/", "cart/lines/<int:line_id>/")
# Percent of the goods with the coupon; tax by country and region.
COUPON: Final = Decimal(10)
RATES: Final = {("US", "CA"): Decimal("0.0725"), ("DE", ""): Decimal("0.19")}

texts = st.one_of(st.sampled_from(NASTY), st.sampled_from(NASTY), st.text(max_size=30), st.integers().map(str))


def public_routes() -> list[str]:
    """Every route that is not the staff's, as in the URL conf: "orders/<str:token>/"; both languages of each."""

    def walk(resolver: URLResolver, before: str) -> Iterator[str]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLPattern):
                yield before + str(entry.pattern)
            elif isinstance(entry.pattern, LocalePrefixPattern):
                yield from walk(entry, before)
                yield from walk(entry, f"{before}de/")
            else:
                yield from walk(entry, before + str(entry.pattern))

    return sorted({route for route in walk(get_resolver(), "") if not route.startswith(NOT_PUBLIC)})


class Forms(HTMLParser):
    """The forms of a page: where each leads, and its fields as they stand."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((values.get("action", ""), {}))
        elif self.found and "name" in values and tag in {"input", "select", "textarea", "button"}:
            self.found[-1][1].setdefault(values["name"], values.get("value", ""))


@dataclass
class World:
    """A shop with something of everything, and people in it."""

    prices: dict[int, int] = field(default_factory=dict)
    delivery: dict[str, int] = field(default_factory=dict)
    good: dict[str, list[str]] = field(default_factory=dict)  # values that lead somewhere, by the name in the route
    forms: list[dict[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    shopper: Shopper = field(default_factory=Shopper)
    customer: User = field(default_factory=User)
    seen_orders: set[uuid.UUID] = field(default_factory=set)
    last: str = ""  # what was sent, for people
    tried: int = 0
    placed: int = 0
    totals: int = 0  # that were summed up again

    known: Client = field(default_factory=Client)

    def refill(self) -> None:
        """Put two things in the shopper's cart, if it is empty."""
        request = RequestFactory().get("/")
        request.COOKIES = {name: morsel.value for name, morsel in self.shopper.client.cookies.items()}
        cart_id = read_cart_id(request)
        if cart_id is None or not CartLine.objects.filter(cart_id=cart_id).exists():
            for pk, quantity in zip(list(self.prices)[:2], (3, 1), strict=True):
                self.shopper.client.post("/cart/add/", {"variant": pk, "quantity": quantity})


def open_world() -> World:
    """Fill the shop."""
    world = World()
    world.delivery = {"standard": 595, "express": 1495}
    for code, price in world.delivery.items():
        DeliveryMethodFactory.create(code=code, name=code.title(), price=price)
    for (country, region), rate in RATES.items():
        TaxRateFactory.create(country=country, region=region, rate=str(rate))
    Coupon.objects.create(code="TENTH", kind="percent", percent=COUPON, max_uses_per_customer=None)
    shelf = CategoryFactory.create(slug="dogs", path="dogs")
    variants = [
        VariantFactory.create(price=price, on_hand=100_000, product__category=shelf, product__name=f"Thing {price}")
        for price in (1250, 333, 89_999)
    ]
    gone = VariantFactory.create(price=777, on_hand=0, product=variants[0].product, options={"Size": "Large"}, label="Large")
    PictureFactory.create(product=variants[0].product)
    world.prices = {variant.pk: variant.price for variant in (*variants, gone)}
    world.customer = User.objects.create_user(email="dana@example.com", password="a long phrase for dana 7")
    orders = [
        make_order(variant=variants[1], email="dana@example.com"),
        make_order(variant=variants[1], status="awaiting_payment", payment_status="started"),
        make_order(variant=variants[1], status="released", payment_status="captured"),
        make_order(variant=variants[1], status="cancelled", payment_status="voided"),
        make_order(variant=variants[1], status="shipped", payment_status="captured", customer=world.customer),
    ]
    world.seen_orders = set(Order.objects.values_list("pk", flat=True))
    world.known.force_login(world.customer)  # before the link that resets the password: it would be worthless after
    world.refill()
    world.good = _good_values(world, orders=orders, gone=gone) | {"slug": ["thing", *(one.product.slug for one in variants)]}
    OldAddress.objects.create(path="products/thing", product=gone.product)
    _learn_forms(world, public_routes())
    return world


def _good_values(world: World, *, orders: list[Order], gone: Variant) -> dict[str, list[str]]:
    """What leads somewhere, by the name in the route, or by the word before it and the name."""
    now = timezone.now()
    ask_to_wait(variant_id=gone.pk, email="dana@example.com", address="203.0.113.9", now=now)
    wait = wait_link(StockWait.objects.get())
    reset = reset_link(world.customer)
    sign_up = sign_up_link(SignUp.objects.create(email="new@example.com", password="!", made_at=now))
    asked = ask_to_confirm(order_id=orders[0].pk, by=world.customer, now=now)
    issue_documents(orders[-1].payments.get(), now=now)
    home = Address(name="Dana", line1="1420 SE Ankeny Street", city="Portland", region="OR", postcode="97214", country="US")
    kept = keep_address(customer=world.customer, address=home, now=now)
    world.forms.append({"id": str(kept.pk)})
    return {
        "token": [order.token for order in orders],
        "past-orders/token": [mailbox_token(world.customer, now=now)],
        "shared/token": [share_token(WishList.objects.create(updated_at=now))],
        "reset/name": [reset[0]],
        "reset/token": [reset[1]],
        "sign-up/name": [sign_up[0]],
        "sign-up/signature": [sign_up[1]],
        "back-in-stock/pk": [wait[0]],
        "back-in-stock/proof": [wait[1]],
        "from-mail/proof": [mailbox_proof(order) for order in orders],
        "confirm/proof": [confirmation_proof(asked)],
        "documents/document_id": [str(orders[-1].documents.get().pk)],
        "lines/line_id": [str(pk) for pk in CartLine.objects.values_list("pk", flat=True)],
        "opinion/line_id": [str(order.lines.get().pk) for order in orders],
        "category_path": ["dogs"],
        "gateway": ["stripe", "paypal"],
        "path": ["catalog/collar-320.webp", "catalog/"],
    }


def _learn_forms(world: World, routes: list[str]) -> None:
    """Read the forms of every page that these people can open."""
    pages: list[bytes] = [world.shopper.review().content, world.shopper.review(email="").content]
    for route in routes:
        if route.startswith("de/"):
            continue
        client = world.known if route.startswith("account/") else world.shopper.client
        for address in {_fill(route, world, pick) for pick in (0, 1, 4)}:
            answer = client.get(address)
            if not answer.streaming:
                pages.append(answer.content)
    seen = set[str]()
    for page in pages:
        for _, fields in Forms(page.decode(errors="replace")).found:
            mark = json.dumps(sorted(fields))
            if fields and mark not in seen:
                seen.add(mark)
                world.forms.append(fields)
    world.forms += [
        {**DETAILS, "bill_country": "DE", "bill_postcode": "10115", "vat_number": "DE136695976", "step": "review"},
        {"answer": "yes"},
    ]
    world.forms += [{**DETAILS, "step": "review"}, {**DETAILS, **ELSEWHERE, "step": "review"}]
    learnt = {name for form in world.forms for name in form}
    world.names = sorted(
        learnt | {"after", "page", "format", "home_region", "home_as_typed"} | set(CheckoutForm.base_fields)
    )


def _fill(route: str, world: World, pick: int) -> str:
    def value(match: re.Match[str]) -> str:
        words = re.findall(r"(?:^|/)([a-z-]+)(?=/)", route[: match.start()])
        good = world.good.get(f"{words[-1]}/{match[2]}") or world.good.get(match[2]) or ["1"]
        return quote(good[pick % len(good)])

    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", value, route)


def send_something(world: World, data: st.DataObject, routes: list[str]) -> None:
    """Send one request to one address, and look at what comes back. Raise AssertionError, or what the shop raises."""
    draw = data.draw
    is_about_money = draw(st.sampled_from((True, False, False)))
    route = draw(st.sampled_from(MONEY if is_about_money else routes))
    address = _fill(route, world, draw(st.integers(0, 4)))
    if "<" in route and draw(st.booleans()):
        spoilt = draw(texts)
        address = "/" + re.sub(r"<[^>]+>", lambda _: quote(spoilt.encode("utf-8", "surrogatepass"), safe="/.:\\"), route)
    pairs = draw(st.lists(st.tuples(st.sampled_from(world.names), texts), max_size=3)) if draw(st.booleans()) else []
    if pairs:
        address += "?" + urlencode(pairs, errors="surrogatepass")
    method = draw(st.sampled_from(METHODS))
    who = draw(st.sampled_from(("stranger", "shopper", "shopper", "customer", "forger")))
    kind = draw(st.sampled_from(KINDS))
    form = draw(st.sampled_from(world.forms))
    client = _client(world, who, draw)
    if is_about_money and who == "shopper":
        form = draw(
            st.sampled_from(({}, {}, form, {**DETAILS, "step": "review"}, {**DETAILS, **ELSEWHERE, "step": "review"}))
        )
        method, kind = draw(st.sampled_from((("POST", "urlencoded"), ("POST", "urlencoded"), (method, kind))))
        if "checkout/" in route:
            form = form or _review_form(world)
        else:
            form = {"variant": str(draw(st.sampled_from(list(world.prices)))), "quantity": "2", "code": "TENTH"}
    fields: dict[str, list[str]] = {name: [value] for name, value in form.items()}
    for name in draw(st.lists(st.sampled_from(world.names), max_size=draw(st.sampled_from((0, 1, 3))))):
        change = draw(st.one_of(st.none(), texts, st.lists(texts, max_size=3)))
        fields[name] = [] if change is None else [change] if isinstance(change, str) else change
    headers = {"sec-fetch-site": "same-origin", "accept-language": draw(st.sampled_from(("de", "en", "\x7f", "de;q=NaN")))}
    world.last = f"{who}: {method} {address} as {kind}: {fields}"
    note(world.last)
    body, content_type = _body(kind, fields)
    world.tried += 1
    answer = client.generic(method, address, body, content_type=content_type, headers=headers)
    _look_at(answer)
    _sum_up(world, answer, method, address)


def _client(world: World, who: str, draw: Any) -> Client:
    if who == "shopper":
        world.refill()
        return world.shopper.client
    if who == "customer":
        if not (session := world.known.cookies.get("session")) or not session.value:
            world.known.force_login(world.customer)
        return world.known
    client = Client()
    if who == "forger":
        for name in ("cart", "session", "csrf", "wishes", "seen", "fresh", "messages"):
            client.cookies[name] = draw(texts).encode("ascii", "replace").decode()
    return client


def _review_form(world: World) -> dict[str, str]:
    for action, fields in Forms(world.shopper.review().content.decode()).found:
        if fields.get("step") == "place" and "expected_total" in fields:
            del action
            return fields
    return {**DETAILS, "step": "place"}


def _body(kind: str, fields: dict[str, list[str]]) -> tuple[bytes, str]:
    pairs = [(name, value) for name, values in fields.items() for value in values]
    if kind == "json":
        return json.dumps(fields).encode("utf-8", "surrogatepass"), "application/json"
    if kind == "garbage":
        return b"\xff\xfe\0--x\r\n%%%=&&&", "multipart/form-data; boundary=x"
    if kind == "nothing":
        return b"", ""
    if kind == "multipart":
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="{name}"{"; filename=a" if len(value) > 200 else ""}\r\n\r\n{value}\r\n'
            for name, value in pairs
        ]
        return "".join([*parts, "--x--\r\n"]).encode("utf-8", "surrogatepass"), "multipart/form-data; boundary=x"
    return urlencode(pairs, errors="surrogatepass").encode(), "application/x-www-form-urlencoded"


def _look_at(answer: Answer) -> None:
    assert answer.status_code < 500, answer.status_code
    assert "evil.example" not in answer.headers.get("Location", "").removeprefix("/").partition("?")[0]
    if not answer.streaming:
        assert b"<script>alert(1)" not in answer.content


# -- Totals, summed up by other means ------------------------------------------------------------------------------------------


def _half_up(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _rate(country: str, region: str, vat_number: str) -> Decimal:
    if country == "DE" and vat_number.upper().replace(" ", "") in {"DE136695976", "136695976"}:
        return Decimal(0)  # a business there accounts for it: the shop is in Austria
    return RATES.get((country, region)) or RATES.get((country, "")) or Decimal(0)


def _total(items: int, *, has_coupon: bool, delivery: int, rate: Decimal) -> int:
    before = items - (_half_up(items * COUPON / 100) if has_coupon else 0) + delivery
    return before + _half_up(before * rate)


def _sum_up(world: World, answer: Answer, method: str, address: str) -> None:
    for order in Order.objects.exclude(pk__in=world.seen_orders):
        world.seen_orders.add(order.pk)
        world.placed += 1
        items = sum(world.prices[line.variant_id] * line.quantity for line in order.lines.all())
        to = order.ship_to
        rate = _rate(to.country, to.region, order.vat_number or "")
        delivery = world.delivery[order.delivery_code]
        has_coupon = hasattr(order, "redemption")
        assert order.total == _total(items, has_coupon=has_coupon, delivery=delivery, rate=rate), order.number
        payments = order.payments.values_list("amount", "currency")
        assert set(payments) <= {(order.total, order.currency)}
        world.totals += 1
    if method != "POST" or answer.status_code != 200 or "checkout/" not in address:
        return
    for _, fields in Forms(answer.content.decode()).found:
        if "expected_total" in fields:
            context = answer.context
            lines = CartLine.objects.filter(pk__in=[line.pk for line in context["lines"]]).select_related("cart__coupon")
            items = sum(world.prices[line.variant_id] * line.quantity for line in lines)
            place = "ship" if fields.get("ship_elsewhere") else "bill"
            country, region = fields.get(f"{place}_country", ""), fields.get(f"{place}_region", "")
            rate = _rate(country, region, fields.get("vat_number", ""))
            has_coupon = any(line.cart.coupon_id for line in lines)
            delivery = world.delivery[fields["delivery"]]
            assert int(fields["expected_total"]) == _total(items, has_coupon=has_coupon, delivery=delivery, rate=rate)
            world.totals += 1
