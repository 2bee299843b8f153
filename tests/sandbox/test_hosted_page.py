"""The hosted payment page over plain HTTP: what a browser without scripts sends and gets."""

import http.cookiejar
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

import pytest
import stripe

from tests.sandbox.conftest import Json, OpenSession
from tests.sandbox.process import RunningSandbox

TYPED = {
    "phone": "+44 20 7123 4567",
    "number": "4242 4242 4242 4242",
    "expiry": "12 / 34",
    "cvc": "123",
    "name": "Ada Lovelace",
    "country": "GB",
    "street": "12 St James's Square\nFlat 2",
    "city": "London",
    "postcode": "SW1Y 4JH",
}


@dataclass
class Page:
    status: int
    html: str
    headers: dict[str, str]

    @property
    def problems(self) -> list[str]:
        """What the page complains about, as plain text."""
        found = re.findall(r'role="alert">([^<]+)<|<li>([A-Z][^<]+)</li>', self.html)
        return [(a or b).replace("&#x27;", "'") for a, b in found]


class Visitor:
    """A browser without scripts: cookies, forms, and no redirect followed."""

    def __init__(self) -> None:
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies), StayHere()
        )

    def get(self, url: str) -> Page:
        return self._send(urllib.request.Request(url))  # noqa: S310  # the sandbox's own address

    def post(self, url: str, fields: dict[str, str]) -> Page:
        """Send the form at this address, with its CSRF token."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(url).html)
        assert token is not None
        return self.post_again(url, {**fields, "csrfmiddlewaretoken": token[1]})

    def post_again(self, url: str, fields: dict[str, str]) -> Page:
        body = urllib.parse.urlencode(fields).encode()
        return self._send(urllib.request.Request(url, data=body, method="POST"))  # noqa: S310  # the same

    def _send(self, request: urllib.request.Request) -> Page:
        try:
            response = self.opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return Page(response.status, response.read().decode(), dict(response.headers))


class StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def url_of(session: stripe.checkout.Session) -> str:
    assert session.url is not None
    return session.url


def test_the_page_shows_the_order_and_locks_itself(visitor: Visitor, open_session: OpenSession) -> None:
    page = visitor.get(url_of(open_session()))

    assert page.status == 200
    for shown in ("Ringback", "Mug", "2 × £12.50", "£25.00", "£89.00", "Pay £114.00", "ada@example.com"):
        assert shown in page.html
    assert 'href="http://shop.test/cart/"' in page.html
    assert page.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'self' http://shop.test; frame-ancestors 'none'"
    )
    assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert "<script" not in page.html
    assert " style=" not in page.html


@pytest.mark.parametrize(
    "token",
    ["email", "tel", "cc-number", "cc-exp", "cc-csc", "cc-name", "billing country", "billing street-address",
     "billing postal-code", "billing address-level1", "billing address-level2"],
)  # fmt: skip
def test_every_field_carries_its_autocomplete_token(visitor: Visitor, open_session: OpenSession, token: str) -> None:
    assert f'autocomplete="{token}"' in visitor.get(url_of(open_session())).html


def test_the_page_asks_only_for_what_the_shop_wants(visitor: Visitor, open_session: OpenSession) -> None:
    session = open_session(billing_address_collection="auto", phone_number_collection={"enabled": "false"})

    page = visitor.get(url_of(session))

    assert 'autocomplete="tel"' not in page.html
    assert "street-address" not in page.html
    assert 'autocomplete="billing postal-code"' in page.html


def test_paying_goes_back_to_the_shop(
    visitor: Visitor, sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    session = open_session()

    page = visitor.post(url_of(session), TYPED)

    assert (page.status, page.headers["Location"]) == (303, f"http://shop.test/thanks/?session={session.id}")
    (charge,) = sandbox.ledger()
    assert (charge["authorised"], charge["captured"]) == (11400, 0)
    paid = client.v1.checkout.sessions.retrieve(session.id)
    assert paid.customer_details is not None
    assert paid.customer_details.phone == "+44 20 7123 4567"
    assert paid.customer_details.address is not None
    assert (paid.customer_details.address.line1, paid.customer_details.address.line2) == ("12 St James's Square", "Flat 2")


def test_sending_the_form_twice_is_one_payment(visitor: Visitor, sandbox: RunningSandbox, open_session: OpenSession) -> None:
    session = open_session()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', visitor.get(url_of(session)).html)
    assert token is not None
    pages: list[Page] = []

    def send() -> None:
        pages.append(visitor.post_again(url_of(session), {**TYPED, "csrfmiddlewaretoken": token[1]}))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    back = (303, f"http://shop.test/thanks/?session={session.id}")
    assert [(page.status, page.headers.get("Location")) for page in pages] == [back] * 4
    assert len(sandbox.ledger()) == 1
    assert [event["type"] for event in sandbox.events()].count("checkout.session.completed") == 1


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"number": ""}, "Enter the card number."),
        ({"number": "4242 4242 4242 4241"}, "Your card number is invalid."),
        ({"number": "4242"}, "Your card number is incomplete."),
        (
            {"number": "4111 1111 1111 1111"},
            "This is a test payment page: real cards are not accepted here. Use one of the test cards listed below.",
        ),
        ({"expiry": "13/34"}, "Enter the expiry date as month and year, for example 12 / 34."),
        ({"expiry": "01/20"}, "Your card's expiry date is in the past."),
        ({"cvc": "12"}, "Your card's security code is incomplete."),
        ({"name": " "}, "Enter the name on the card."),
        ({"country": ""}, "Enter the country."),
        ({"postcode": ""}, "Enter the postcode."),
        ({"phone": ""}, "Enter the phone number."),
    ],
)
def test_a_slip_is_explained_and_nothing_is_tried(
    visitor: Visitor, sandbox: RunningSandbox, open_session: OpenSession, typed: dict[str, str], problem: str
) -> None:
    page = visitor.post(url_of(open_session()), {**TYPED, **typed})

    assert page.status == 422
    assert page.problems == ["Please check the marked fields and enter your card again.", problem]
    assert sandbox.events() == []


def test_a_country_without_postcodes_needs_none(visitor: Visitor, open_session: OpenSession) -> None:
    assert visitor.post(url_of(open_session()), {**TYPED, "country": "AE", "postcode": ""}).status == 303


def test_a_declined_card_is_explained_and_the_number_not_shown_again(
    visitor: Visitor, sandbox: RunningSandbox, open_session: OpenSession
) -> None:
    session = open_session()

    page = visitor.post(url_of(session), {**TYPED, "number": "4000-0000-0000-9995", "cvc": "987"})

    assert (page.status, page.problems) == (402, ["Your card has insufficient funds."])
    assert 'value="12 / 34"' in page.html
    assert 'value="Ada Lovelace"' in page.html
    assert "4000-0000-0000-9995" not in page.html
    assert 'value="987"' not in page.html
    assert sandbox.ledger() == []
    assert visitor.post(url_of(session), TYPED).status == 303


@pytest.mark.parametrize(("answer", "paid"), [("complete", 1), ("fail", 0)])
def test_the_3_d_secure_step_carries_nothing_but_a_token(
    visitor: Visitor, sandbox: RunningSandbox, open_session: OpenSession, answer: str, paid: int
) -> None:
    session = open_session()

    asked = visitor.post(url_of(session), {**TYPED, "number": "4000002760003184"})

    assert asked.status == 303
    assert re.fullmatch(r"/c/3ds/[A-Za-z0-9]{40}", asked.headers["Location"])
    step = visitor.get(sandbox.url + asked.headers["Location"])
    assert "ending in 3184" in step.html
    assert "4000002760003184" not in step.html
    assert list(re.findall(r'<input[^>]+name="(\w+)"', step.html)) == ["csrfmiddlewaretoken"]
    done = visitor.post(sandbox.url + asked.headers["Location"], {"result": answer})
    assert done.status == 303
    assert len(sandbox.ledger()) == paid
    if paid:
        assert done.headers["Location"] == f"http://shop.test/thanks/?session={session.id}"
    else:
        back = visitor.get(sandbox.url + done.headers["Location"])
        assert back.problems == [
            "We are unable to authenticate your payment method. Please choose a different payment method and try again."
        ]
    assert visitor.get(sandbox.url + asked.headers["Location"]).status == 410


def test_a_paid_session_says_so(visitor: Visitor, sandbox: RunningSandbox, open_session: OpenSession) -> None:
    session = open_session()
    sandbox.pay(session.id)

    page = visitor.get(url_of(session))

    assert page.status == 200
    assert "This order is already paid" in page.html
    assert f'href="http://shop.test/thanks/?session={session.id}"' in page.html


def test_an_expired_session_says_so_and_takes_no_card(
    visitor: Visitor, client: stripe.StripeClient, sandbox: RunningSandbox, open_session: OpenSession
) -> None:
    session = open_session()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', visitor.get(url_of(session)).html)
    assert token is not None
    client.v1.checkout.sessions.expire(session.id)

    page = visitor.post_again(url_of(session), {**TYPED, "csrfmiddlewaretoken": token[1]})

    assert page.status == 410
    assert "This payment page has expired" in page.html
    assert sandbox.ledger() == []


def test_a_form_from_elsewhere_is_refused(visitor: Visitor, sandbox: RunningSandbox, open_session: OpenSession) -> None:
    page = visitor.post_again(url_of(open_session()), TYPED)

    assert page.status == 403
    assert sandbox.events() == []


def test_an_unknown_session_is_not_found(visitor: Visitor, sandbox: RunningSandbox) -> None:
    assert visitor.get(f"{sandbox.url}/c/pay/cs_test_nothing").status == 404


def test_neither_number_nor_code_is_kept_anywhere(
    visitor: Visitor, sandbox: RunningSandbox, open_session: OpenSession, authorised: Json
) -> None:
    secret = {"number": "4000 0027 6000 3184", "cvc": "7391"}
    visitor.post(url_of(open_session()), {**TYPED, **secret})
    visitor.post(url_of(open_session()), {**TYPED, **secret, "expiry": "99/99"})
    visitor.post(url_of(open_session()), {**TYPED, "number": "4000-0000-0000-0002", "cvc": "7391"})
    visitor.post(url_of(open_session()), {**TYPED, "number": "4111111111111111", "cvc": "7391"})
    sandbox.pay(open_session().id, "4000000000009987")
    # Everything at rest: the database with its write-ahead log, the server's log, and what the API tells.
    files = [path for path in sandbox.database.parent.iterdir() if path.is_file()]
    kept = b"".join(path.read_bytes() for path in files)

    assert {"sandbox.sqlite3", "sandbox.sqlite3-wal", "sandbox.log"} <= {path.name for path in files}
    assert b'"last4": "3184"' in kept
    for number in ("4242424242424242", "4000002760003184", "4000000000000002", "4111111111111111", "4000000000009987"):
        for separator in ("", " ", "-", "+"):
            written = separator.join(number[at : at + 4] for at in range(0, 16, 4))
            assert written.encode() not in kept
    assert b"7391" not in kept
    assert {cookie.name for cookie in visitor.cookies} == {"sandbox_csrftoken"}
