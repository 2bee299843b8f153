"""“Tell me when it is back”: confirmed from the mailbox, told once, forgotten."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from catalog.models import StockWait, Variant
from catalog.waiting import BY_EMAIL, send_confirmation, tell_who_waits
from tests.catalog.pages import Page
from tests.factories.catalog import ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def bow() -> Variant:
    return VariantFactory.create(product=ProductFactory.create(name="Bow tie"), sku="BOW", label="Small", on_hand=0)


def ask(client: Client, variant: Variant, email: str = "dana@example.com") -> str:
    answer = client.post("/back-in-stock/", {"variant": variant.pk, "email": email}, follow=True)
    return Page(answer).text


def link_in(message: object) -> str:
    found = re.search(r"/back-in-stock/[0-9a-f-]+/[^/\s]+/", str(getattr(message, "body", "")))
    assert found
    return found[0]


def test_nothing_is_sent_but_the_question_until_the_mailbox_says_yes(client: Client, bow: Variant) -> None:
    assert "Please look into your mailbox" in ask(client, bow)
    wait = StockWait.objects.get()
    assert send_confirmation(pk=wait.pk)
    [question] = mail.outbox
    assert question.to == ["dana@example.com"]
    link = link_in(question)
    assert client.get(link).status_code == 200  # a mail scanner opens it, too: that says nothing
    Variant.objects.update(on_hand=5)
    assert tell_who_waits(now=timezone.now()) == (0, 0)
    assert client.post(link).status_code == 302
    assert "We will tell you" in Page(client.get(link)).text
    assert tell_who_waits(now=timezone.now()) == (1, 0)
    assert tell_who_waits(now=timezone.now()) == (0, 0)
    assert [message.subject for message in mail.outbox] == ["Shall we tell you? Bow tie", "Bow tie is back"]
    assert "/products/bow-tie/?sku=BOW" in mail.outbox[1].body
    assert StockWait.objects.count() == 0
    assert client.get(link).status_code == 404


def test_who_asks_twice_waits_once_and_gets_the_same_answer(client: Client, bow: Variant) -> None:
    assert ask(client, bow) == ask(client, bow, "Dana@Example.com")
    StockWait.objects.update(confirmed_at=timezone.now())
    assert "Please look into your mailbox" in ask(client, bow)
    assert StockWait.objects.count() == 1


def test_a_mailbox_is_not_pestered(client: Client, bow: Variant) -> None:
    for _ in range(BY_EMAIL.most):
        ask(client, bow)
    assert "asked very often" in ask(client, bow)
    assert "asked very often" not in ask(client, bow, "max@example.com")


def test_what_can_be_had_or_is_gone_is_not_waited_for(client: Client, bow: Variant) -> None:
    assert "no e-mail address" in ask(client, bow, "dana")
    Variant.objects.update(on_hand=1)
    assert "on the shelf again" in ask(client, bow)
    Variant.objects.update(is_active=False)
    client.post("/back-in-stock/", {"variant": bow.pk, "email": "dana@example.com"})
    client.post("/back-in-stock/", {"variant": "x", "email": "dana@example.com"})
    assert StockWait.objects.count() == 0


def test_an_address_is_forgotten_on_request_and_after_its_time(client: Client, bow: Variant) -> None:
    now = timezone.now()
    ask(client, bow)
    send_confirmation(pk=StockWait.objects.get().pk)
    link = link_in(mail.outbox[0])
    forged = link.replace("/back-in-stock/", "/back-in-stock/0").replace("/0", "/", 1)[:-2] + "x/"
    assert client.post(forged, {"forget": "1"}).status_code == 404
    assert StockWait.objects.count() == 1
    assert "Forgotten" in Page(client.post(link, {"forget": "1"})).text
    assert StockWait.objects.count() == 0
    ask(client, bow)
    assert tell_who_waits(now=now + timedelta(hours=25)) == (0, 1)


def test_a_mail_server_that_is_away_is_tried_again_later(
    client: Client, bow: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    ask(client, bow)
    StockWait.objects.update(confirmed_at=now)
    Variant.objects.update(on_hand=5)

    def refuse(*_: object, **__: object) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as away:
        away.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        assert tell_who_waits(now=now) == (0, 0)
    assert tell_who_waits(now=now + timedelta(minutes=4)) == (0, 0)
    assert tell_who_waits(now=now + timedelta(minutes=5)) == (1, 0)


def test_the_page_asks_only_for_what_is_sold_out(client: Client, bow: Variant) -> None:
    VariantFactory.create(product=bow.product, sku="BOW-L", label="Large", on_hand=3)
    page = Page(client.get("/products/bow-tie/"))
    assert page.one("input", name="email")["autocomplete"] == "email"
    assert [option["value"] for option in page.all("option")] == [str(bow.pk)]
    Variant.objects.update(on_hand=3)
    assert Page(client.get("/products/bow-tie/")).all("input", name="email") == []
