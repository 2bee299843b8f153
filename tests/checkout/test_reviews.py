"""Reviews: by who was sent the thing, once, read before they are shown, and without a name once it is erased."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout.admin.reviews import BUTTONS
from checkout.models import Order, Review
from store.erasure import erase_customer
from store.export import export_customer
from store.models import User
from tests.factories.checkout import make_order

pytestmark = pytest.mark.django_db
WORDS = {"stars": "4", "title": "Soft bristles", "text": "The hound sighs when it comes out.", "name": "Dana from Portland"}


@pytest.fixture
def sent(brush: Variant) -> Order:
    return make_order(variant=brush, status="shipped", payment_status="captured")


def address(order: Order) -> str:
    return f"/orders/{order.token}/opinion/{order.lines.get().pk}/"


def read(url: str) -> str:
    return unescape(Client().get(url).content.decode())


def moderator(*rights: str) -> Client:
    user = User.objects.create_user("mo@shop.example", "a long phrase for them 7", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_review", *rights]))
    client = Client()
    client.force_login(user)
    return client


def press(client: Client, review: Review, name: str, **values: str) -> str:
    answer = client.post(reverse(f"admin:checkout_review_{name}", args=[review.pk]), values, follow=True)
    return unescape(answer.content.decode())


def publish(brush: Variant, number: int, **values: Any) -> list[Review]:
    now = timezone.now()
    return [
        Review.objects.create(
            order=make_order(variant=brush, status="shipped", payment_status=None, email=f"b{n}@example.com"),
            product=brush.product, status="published", status_at=now, written_at=now,
            **{"stars": 3, "title": f"Opinion {n}", "text": "Good for a hound.", "name": "Ada", **values},
        )
        for n in range(number)
    ]  # fmt: skip


def test_a_review_is_shown_when_it_was_read_with_the_shop_s_answer(sent: Order, brush: Variant) -> None:
    product = brush.product.get_absolute_url()
    assert "Tell others" in read(f"/orders/{sent.token}/")
    for _ in range(2):  # a double click
        Client().post(address(sent), WORDS)
    review = Review.objects.get()
    assert (review.status, review.stars, review.name) == ("waiting", 4, "Dana from Portland")
    assert "Soft bristles" not in read(product)

    desk = moderator("moderate_review")
    assert "hound sighs" in desk.get(reverse("admin:checkout_review_change", args=[review.pk])).content.decode()
    press(desk, review, "publish")
    press(desk, review, "reply", reply="So does ours.")
    page = read(product)
    for words in ("Soft bristles", "Dana from Portland, verified buyer", "4.0", "1 review", "So does ours."):
        assert words in page
    assert '"ratingValue":"4.0","reviewCount":1' in page
    assert sent.number not in page

    assert "was not rejected" in press(desk, review, "reject", why="")
    press(desk, review, "reject", why="It names somebody.")
    assert "Soft bristles" not in read(product)
    assert "It names somebody." in read(address(sent))
    assert [event.now for event in review.events.order_by("at")] == ["waiting", "published", "published", "rejected"]


@pytest.mark.parametrize("status", ["awaiting_payment", "on_hold", "released", "cancelled"])
def test_nobody_reviews_what_was_not_sent(brush: Variant, status: str) -> None:
    order = make_order(variant=brush, status=status, payment_status=None)
    assert Client().post(address(order), WORDS).headers["Location"] == f"/orders/{order.token}/"
    assert not Review.objects.exists()


def test_nobody_reviews_by_a_wrong_token_or_another_order_s_line(sent: Order, brush: Variant) -> None:
    other = make_order(variant=brush, status="shipped", payment_status=None)
    for url in (address(sent).replace(sent.token, "x" * 32), address(sent).replace(sent.token, other.token)):
        assert Client().post(url, WORDS).status_code == 404
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"stars": ""}, "Please choose one to five stars"),
        ({"stars": "6"}, "Please choose 1 to 5 stars"),
        ({"title": ""}, "In a few words: This field is required"),
        ({"text": "x" * 3001}, "at most 3000 characters"),
        ({"name": "4242 4242 4242 4242"}, "That looks like a card number"),
    ],
)
def test_a_wrong_review_says_what_is_wrong_and_is_not_kept(sent: Order, wrong: dict[str, str], words: str) -> None:
    answer = Client().post(address(sent), {**WORDS, **wrong})
    assert answer.status_code in (400, 422)
    assert words in unescape(answer.content.decode())
    assert not Review.objects.exists()


def test_a_page_of_reviews_costs_one_query_however_many_there_are(brush: Variant) -> None:
    url = brush.product.get_absolute_url()

    def queries(page: str = "") -> int:
        with CaptureQueriesContext(connection) as caught:
            assert Client().get(url + page).status_code == 200
        return len(caught)

    Client().get(url)
    without = queries()
    publish(brush, 2)
    assert queries() == without
    publish(brush, 11, stars=5, name=None)
    assert queries() == queries("?reviews=3") == without
    page = read(url + "?reviews=2")
    assert "Page 2 of 3" in page
    assert "4.7" in page  # (2 x 3 + 11 x 5) / 13
    assert page.count("A verified buyer") == 5
    for odd in ("0", "-1", "x", "99999", "²"):
        assert Client().get(url, {"reviews": odd}).status_code == 200
    assert "What buyers say" not in read(url + "?reviews=4")


def test_no_button_works_without_the_right(brush: Variant) -> None:
    [review] = publish(brush, 1)
    desk = moderator("handle_return")
    for name in BUTTONS:
        url = reverse(f"admin:checkout_review_{name}", args=[review.pk])
        assert desk.post(url, {"why": "So.", "reply": "No."}).status_code == 403
        assert Client().post(url, {"why": "So."}).status_code == 302
    review.refresh_from_db()
    assert (review.status, review.reply, review.events.count()) == ("published", None, 0)


def test_an_erasure_takes_name_and_words_and_leaves_the_stars(
    sent: Order, brush: Variant, settings: Settings, tmp_path: Any
) -> None:
    settings.ERASURE_LEDGER = tmp_path / "erasures.jsonl"
    Client().post(address(sent), WORDS)
    press(moderator("moderate_review"), Review.objects.get(), "publish")
    records = export_customer(email=sent.email, now=timezone.now())["records"]
    assert records["checkout.Review"][0]["personal"]["title"]["value"] == "Soft bristles"
    erase_customer(email=sent.email, now=timezone.now())
    page = read(brush.product.get_absolute_url())
    assert "4 of 5 stars" in page
    assert "A verified buyer" in page
    for gone in ("Soft bristles", "hound sighs", "Dana"):
        assert gone not in page
