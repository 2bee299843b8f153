"""A purchase in German, from the cart to the invoice; and an English order that a German worker leaves English."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from catalog.models import Phrase, Variant
from checkout.models import Document, Mail, Order
from checkout.services.document_pdf import as_pdf
from checkout.services.documents import read_data
from checkout.services.mails import build_mail, queue_mail
from checkout.services.payments import lines_to_pay
from store.language import speaking
from store.translations import read
from tests.checkout.shopper import DETAILS, Shopper, last_form
from tests.factories.checkout import make_order
from tests.sandbox.process import RunningSandbox


def english_in(text: str) -> set[str]:
    """Sentences of the shop that German has other words for, and that are in `text` all the same."""
    shown = " ".join(re.sub(r"<[^>]*>", " ", unescape(text)).split())
    pairs = [(message.id, message.string) for name in ("checkout", "shop") for message in read(name, "de")]
    return {
        text
        for text, german in pairs
        if isinstance(text, str)
        and text != german
        and len(text.split()) > 2
        and not re.search(r"[%{<]", text)
        and text in shown
    }


@pytest.mark.django_db(transaction=True)
def test_a_german_purchase_is_german_to_its_last_paper(
    brush: Variant, sandbox: RunningSandbox, run_tasks: Callable[[], int]
) -> None:
    Phrase.objects.create(language="de", phrase="Standard delivery", said="Standardversand")
    shopper = Shopper(client=Client())
    shopper.client.post("/de/cart/add/", {"variant": brush.pk, "quantity": 2})
    cart = shopper.client.get("/de/cart/")
    details = shopper.client.get("/de/checkout/")
    wrong = shopper.client.post("/de/checkout/", {**DETAILS, "bill_postcode": "1", "phone": "1", "step": "review"})
    review = shopper.client.post("/de/checkout/", {**DETAILS, "step": "review"})
    pages = [cart, details, wrong, review]
    assert "Zahlungspflichtig bestellen" in review.text
    for page, form, step in ((wrong, "details", "country"), (review, "typed", "review")):  # English keeps what was typed
        assert (
            f'<button class="link-button" form="{form}" formaction="/checkout/" formnovalidate name="step" value="{step}"'
            in page.text
        )
        assert f'id="{form}" method="post"' in page.text

    # The gateway's page speaks it, and leads back to it.
    placed = shopper.client.post("/de/checkout/", {**last_form(review), "step": "place"})
    assert placed.status_code == 303
    order = Order.objects.get()
    assert order.language == "de"
    session = sandbox.client().v1.checkout.sessions.retrieve(str(order.payments.get().session_id))
    assert (session.locale, str(session.success_url).split("/")[3]) == ("de", "de")

    shopper.pay(order, sandbox)
    answer = shopper.client.get(f"/de/orders/{order.token}/returned/")
    assert answer.headers["Location"] == f"/de/orders/{order.token}/"
    pages.append(shopper.client.get(f"/de/orders/{order.token}/"))
    run_tasks()  # assessed, released, captured; the worker speaks English
    pages.append(shopper.client.get(f"/de/orders/{order.token}/"))
    assert "Ihre Bestellung ist bestätigt" in pages[-1].text
    assert [("Standardversand" in page.text, "Standard delivery" in page.text) for page in pages[1:]] == [(True, False)] * 5
    for page in pages:
        assert not english_in(page.text), page.request["PATH_INFO"]

    subjects = [message.subject for message in mail.outbox]
    assert subjects == [f"Ihre Bestellung {order.number} ist eingegangen", f"Ihre Bestellung {order.number} ist bestätigt"]
    for message in mail.outbox:
        assert isinstance(message, EmailMultiAlternatives)
        html = str(message.alternatives[0][0])
        assert f"/de/orders/{order.token}/" in message.body
        assert '<html lang="de">' in html
        assert not english_in(f"{message.subject} {message.body} {html}")

    invoice = Document.objects.get()
    data = read_data(invoice)
    assert (data["language"], data["sums"][0][0], data["paid_by"]) == ("de", "Waren", "Visa, Endziffern 4242")
    assert data["sums"][1][0] == "Standardversand"
    pdf = as_pdf(invoice)
    assert f"Rechnung {invoice.number}".encode() in pdf
    assert b"/Lang (de)" in pdf
    with speaking("de"):
        assert as_pdf(invoice) == pdf  # whoever reads it


@pytest.mark.django_db
def test_an_english_order_stays_english_whatever_the_worker_speaks() -> None:
    order = make_order()
    with speaking("de"):
        assert [line.name for line in lines_to_pay(Order(tax_total=100, tax_name="VAT"), [])] == ["Umsatzsteuer"]
        queue_mail(order_id=order.pk, kind=Mail.Kind.RECEIVED, now=timezone.now())
        message = build_mail(Mail.objects.get())
    assert message.subject == f"We have your order {order.number}"
    assert f"/orders/{order.token}/" in message.body
    assert "/de/" not in message.body


@pytest.mark.django_db
@pytest.mark.parametrize("kind", Mail.Kind.values)
def test_every_kind_of_mail_is_german(kind: str) -> None:
    order = make_order(language="de", status="shipped", carrier="Post", tracking_number="42")
    message = build_mail(Mail(order=order, kind=kind, written_at=timezone.now(), next_try_at=timezone.now()))
    html = str(message.alternatives[0][0])
    assert not english_in(f"{message.subject} {message.body} {html}")
