"""Whatever is sent to a public address, the answer is never a fault of ours, and nothing is given away."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from catalog.models import Variant
from checkout.models import Cart, CartLine, Order
from fraud.models import CallTask
from tests.attacks.conftest import client_of
from tests.checkout.shopper import DETAILS, ELSEWHERE, Shopper
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import DeliveryMethodFactory, make_order

pytestmark = pytest.mark.django_db
# Examples share one database: each may leave something behind, and none may mind what is there.
bounded = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
FAMILIES = (
    "/{}",
    "/media/catalog/{}",
    "/media/{}",
    "/demo/mails/{}/",
    "/orders/{}/",
    "/orders/{}/returned/",
    "/products/{}/",
    "/catalog/{}/",
    "/catalog/?q={}",
    "/catalog/?sort={}",
    "/catalog/?after={}",
    "/cart/lines/{}/",
    "/webhooks/{}/",
    "/static/{}",
    "/admin/login/?next={}",
)
NASTY = (
    "\0", "..", "../../secret.log", "..\\..\\secret.log", "%2e%2e%2fsecret", "//evil.example", "\\evil.example", "é", "💥",
    "\u202e", "\ud800", "x" * 300, "y" * 5000, "-1", "9" * 40, "１２", "NaN", "1e9", "' OR 1=1 --", '"*:()^', "AND NOT NEAR",
    "<script>alert(1)</script>", "{{7*7}}", "a\r\nSet-Cookie: x=1", "",
)  # fmt: skip
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))
# A client can't send half a character in a form; BODIES has one in bytes.
typed = texts.map(lambda text: text.replace("\ud800", ""))


def escape(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="/.:\\")


@pytest.fixture
def goods(db: None) -> Variant:
    DeliveryMethodFactory.create()
    return VariantFactory.create(price=1250, on_hand=50, product__name="Walnut brush", product__slug="walnut-brush")


# -- Addresses -------------------------------------------------------------------------------------------------------------


@bounded
@given(family=st.sampled_from(FAMILIES), text=texts, method=st.sampled_from(["get", "post", "head", "put", "delete"]))
def test_no_address_makes_a_fault(family: str, text: str, method: str, goods: Variant) -> None:
    answer = getattr(client_of(), method)(family.format(escape(text)))
    assert answer.status_code < 500
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "evil.example" not in answer.headers.get("Location", "")


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """Media and mails, with a file beside each that is nobody's business."""
    settings.MEDIA_ROOT, settings.MAIL_DIR = tmp_path / "media", tmp_path / "mails"
    for path in (tmp_path / "secret.log", tmp_path / "media/secret.log", tmp_path / "media/private/secret.log"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Subject: hush\n\nhush")
    (tmp_path / "media/catalog").mkdir()
    (tmp_path / "media/catalog/a.webp").write_bytes(b"a picture")
    (tmp_path / "mails").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    "address",
    [
        "/media/catalog/../secret.log",
        "/media/catalog/..%2Fsecret.log",
        "/media/catalog/%2e%2e/private/secret.log",
        "/media/catalog/a/../../secret.log",
        "/media/catalog/../../secret.log",
        "/media/catalog/..\\secret.log",
        "/media/private/secret.log",
        "/media/secret.log",
        "/media/catalog",
        "/media/catalog/",
        "/media/catalog/%00",
        "/media/catalog/" + "x" * 300,
        "/demo/mails/..%2Fsecret/",
        "/demo/mails/../secret/",
        "/demo/mails/%00/",
        "/demo/mails/" + "x" * 300 + "/",
    ],
)
def test_no_address_leads_out_of_its_folder(address: str, folder: Path) -> None:
    answer = client_of().get(address)
    assert answer.status_code in (400, 404)
    assert b"hush" not in answer.content


def test_a_picture_is_served(folder: Path) -> None:
    answer = client_of().get("/media/catalog/a.webp")
    assert b"".join(answer.streaming_content) == b"a picture"  # type: ignore[attr-defined]  # a FileResponse
    answer.close()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")


# -- Forms -----------------------------------------------------------------------------------------------------------------

FIELDS = [*DETAILS, *ELSEWHERE, "is_gift", "step", "expected_total", "attempt", "variant", "quantity"]


@bounded
@given(
    changes=st.dictionaries(st.sampled_from(FIELDS), st.one_of(typed, st.lists(typed, max_size=3)), max_size=4),
    step=st.sampled_from(["", "review", "place", "edit", "other"]),
    address=st.sampled_from(["/checkout/", "/checkout/", "/cart/add/", "/cart/lines/{line}/"]),
)
def test_no_form_makes_a_fault_or_an_order(
    changes: dict[str, str | list[str]], step: str, address: str, goods: Variant
) -> None:
    shopper = Shopper(client_of())
    shopper.add(goods)
    line = CartLine.objects.order_by("-pk").first()
    assert line is not None
    sent = {**DETAILS, **ELSEWHERE, "step": step, "attempt": "b6b2f4b0-6f53-4a3f-8a9d-3f0a5d8a5b11", **changes}
    held = Variant.objects.get(pk=goods.pk).held
    answer = shopper.client.post(address.format(line=line.pk), sent)
    assert answer.status_code < 500
    assert b"<script>alert" not in answer.content
    assert not Order.objects.exists()  # nobody guesses a total
    assert Variant.objects.get(pk=goods.pk).held == held == 0


BODIES = [
    ("multipart/form-data; boundary=x", b"--x\r\ngarbage"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=" + "b" * 500, b"--"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="quantity"; filename="a"\r\n\r\n1\r\n--x--'),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="step"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--'),
    ("application/json", b'{"variant": 1, "quantity": 1}'),
    ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
    ("application/x-www-form-urlencoded; charset=nowhere", b"a=b"),
    ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % i for i in range(10_000))),
    ("application/x-www-form-urlencoded", b"a=" + b"x" * 3_000_000),
    ("application/x-www-form-urlencoded", b"step=%00&quantity=%00&variant=%00&username=%00&password=%00"),
    ("application/x-www-form-urlencoded", b"step=review&email=%ff%fe&delivery=%00"),
    ("text/plain", b"\xff\xfe\x00"),
    ("", b"a"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(BODIES)))
def test_no_body_makes_a_fault(number: int, task: CallTask, rita: object) -> None:
    kind, body = BODIES[number]
    shopper, reviewer = client_of(), client_of(rita)  # type: ignore[arg-type]  # a User
    shopper.post("/cart/add/", {"variant": Variant.objects.order_by("price")[0].pk, "quantity": 1})
    token = task.order.token
    addresses = (
        "/cart/add/",
        "/cart/lines/1/",
        "/checkout/",
        f"/orders/{token}/",
        f"/orders/{token}/pay/",
        "/webhooks/stripe/",
        "/admin/login/",
    )
    for client, address in (
        *((shopper, address) for address in addresses),
        (reviewer, f"/admin/fraud/calltask/{task.pk}/record/"),
        (reviewer, f"/admin/fraud/calltask/{task.pk}/release/"),
    ):
        answer = client.generic("POST", address, body, content_type=kind)
        assert answer.status_code < 500, address
        assert "Content-Security-Policy" in answer.headers, address
    assert Order.objects.get().is_on_hold


def test_an_empty_form_is_complained_of_and_taken_for_no_look(db: None) -> None:
    for address in ("/account/log-in/", "/account/sign-up/", "/account/reset/", "/find-order/", "/de/withdraw/"):
        answer = client_of().generic("POST", address, b"", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 422, address
        assert 'aria-invalid="true"' in answer.content.decode(), address


def test_a_file_in_place_of_a_word_is_refused(goods: Variant) -> None:
    client = client_of()
    upload = SimpleUploadedFile("quantity.txt", b"1")
    assert client.post("/cart/add/", {"variant": goods.pk, "quantity": upload}).status_code == 422
    assert not Cart.objects.exists()


# -- Other people's things -------------------------------------------------------------------------------------------------


def test_nobody_changes_another_cart(goods: Variant) -> None:
    victim, thief = Shopper(), Shopper()
    victim.add(goods, 2)
    thief.add(goods, 1)
    line = CartLine.objects.get(quantity=2)
    for fields in ({"quantity": "9"}, {"remove": "1"}):
        assert thief.client.post(f"/cart/lines/{line.pk}/", fields).status_code == 422
    assert sorted(CartLine.objects.values_list("quantity", flat=True)) == [1, 2]


def test_a_cart_cookie_is_not_made_up(goods: Variant) -> None:
    Shopper().add(goods, 2)
    cart = Cart.objects.get()
    stranger = client_of()
    for made_up in (str(cart.pk), f"{cart.pk}:x:y", "\0", "x" * 4000):
        stranger.cookies["cart"] = made_up
        assert "Walnut brush" not in stranger.get("/cart/").content.decode()


@pytest.mark.parametrize("name", ["session", "cart", "csrf"])
def test_a_cookie_with_nul_in_it_is_none(name: str, goods: Variant) -> None:
    answer = client_of().get("/cart/", headers={"cookie": name + '="' + r"\000" * 32 + '"'})
    assert answer.status_code == 200


def test_an_order_is_open_to_its_own_token_alone(goods: Variant) -> None:
    one, other = make_order(variant=goods, email="one@example.com"), make_order(variant=goods)
    client = client_of()
    for wrong in (
        one.number,
        str(one.pk),
        one.token_hash,
        one.token[:-1],
        one.token + "0",
        one.token.upper(),
        str(one.attempt),
        f"{one.token}%00",
        f"{other.token[:8]}{one.token[8:]}",
    ):
        for page in ("", "returned/"):
            assert client.get(f"/orders/{wrong}/{page}").status_code == 404, wrong
        assert client.post(f"/orders/{wrong}/pay/").status_code == 404, wrong


def test_prices_in_a_form_change_nothing(goods: Variant) -> None:
    shopper = Shopper()
    shopper.client.post("/cart/add/", {"variant": goods.pk, "quantity": 1, "price": 1, "unit_price": 1, "total": 1})
    review = shopper.review(total="1", delivery_price="0", tax_rate="0", items_total="1", currency="JPY", status="released")
    assert "$18.45" in review.content.decode()  # 12.50 and 5.95
    answer = shopper.place(review, expected_total="1", price="1")
    assert answer.status_code == 409
    assert not Order.objects.exists()


def test_pages_that_change_something_answer_to_post_alone(task: CallTask, olive: object) -> None:
    """Every address of the shop is fetched: afterwards nothing is different."""
    client = client_of(olive)  # type: ignore[arg-type]  # a User
    before = Order.objects.values_list("status", "status_at", "expires_at").get()
    for address in (f"/orders/{task.order.token}/pay/", "/cart/add/", "/cart/lines/1/", "/webhooks/stripe/"):
        assert client.get(address).status_code == 405
    for name in ("claim", "let-go", "record", "release", "cancel"):
        assert client.get(f"/admin/fraud/calltask/{task.pk}/{name}/").status_code == 405
    for name in ("ship", "cancel"):
        assert client.get(f"/admin/checkout/order/{task.order_id}/{name}/").status_code == 405
    assert client.get("/admin/logout/").status_code == 405
    assert Order.objects.values_list("status", "status_at", "expires_at").get() == before
    assert CallTask.objects.get().claimed_by is None


def test_logging_in_leads_nowhere_else(olive: object) -> None:
    for elsewhere in (
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "\thttps://evil.example",
    ):
        client = client_of()
        answer = client.post(
            "/admin/login/", {"username": "olive@shop.example", "password": "a long phrase for olive 7", "next": elsewhere}
        )
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/"), elsewhere
        assert "evil" not in answer.headers["Location"]
