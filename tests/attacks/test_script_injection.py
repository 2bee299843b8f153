"""A shopper who types markup: it comes out as text, wherever it comes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from catalog.models import Variant
from checkout.models import Order
from fraud.models import CallTask
from store.models import User
from tests.attacks.conftest import client_of
from tests.checkout.shopper import DETAILS, ELSEWHERE, Shopper
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
TEMPLATE = "{{7*7}}"
MARKUP = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', TEMPLATE, "</title><svg onload=alert(1)>")
# Each field with a payload of its own, so that a leak names its field.
TYPED = {
    "bill_name": "Dana <b>Reyes</b>",
    "bill_line1": '1420 "><img src=x onerror=alert(1)>',
    "bill_line2": "<script>alert(2)</script>",
    "bill_city": "Portland<svg onload=alert(3)>",
    "ship_name": "Max</title><script>alert(4)</script>",
    "ship_line1": "8250 {{7*7}} <i>Street</i>",
    "ship_line2": "' onmouseover='alert(5)",
    "ship_city": "Miami<iframe src=//evil.example>",
}
TAGS = (
    "<b>Reyes",
    "<img src=x",
    "<script>alert",
    "<svg onload",
    "<i>Street",
    "' onmouseover='",
    "<iframe src=//",
    "8250 49 ",
)


@pytest.fixture
def order(polisher: Variant, sandbox: RunningSandbox, run_tasks: Callable[[], int]) -> Order:
    """An order on the call desk, full of markup from browser to card."""
    product = polisher.product
    product.name = "Grand <u>Polisher</u>"
    product.save()
    shopper = Shopper()
    shopper.client.defaults["HTTP_USER_AGENT"] = "<script>alert(9)</script>"
    order = shopper.order(polisher, 12, **{**ELSEWHERE, **TYPED})
    paid = shopper.pay(
        order, sandbox, name="Dana <b>Reyes</b>", line1="<script>alert(6)</script>", city="<svg onload=alert(7)>"
    )
    assert paid["status"] == "paid"
    shopper.come_back(order)
    run_tasks()
    return Order.objects.get()


def assert_plain(html: str) -> None:
    for tag in (*TAGS, "<u>Polisher"):
        assert tag not in html


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_comes_out_as_text_on_every_page(order: Order, olive: User) -> None:
    staff, task = client_of(olive), CallTask.objects.get()
    staff.post(reverse("admin:fraud_calltask_claim", args=[task.pk]))
    refused = {"outcome": "reached", "answer": "", "note": "<script>alert(8)</script>", "dialled_phone": '"><script>alert'}
    record = reverse("admin:fraud_calltask_record", args=[task.pk])

    def opened(page: str, pk: object) -> Any:
        staff.post(reverse(f"admin:{page}_reveal", args=[pk]), {"look_reason": "check"})
        return staff.get(reverse(f"admin:{page}_change", args=[pk]))

    pages = [
        client_of().get(f"/orders/{order.token}/"),
        staff.get("/admin/fraud/calltask/"),
        staff.post(record, refused),
        staff.post(
            record, {**refused, "answer": "unclear", "note": "<script>alert(8)</script>", "dialled_phone": "<b>Reyes"}
        ),
        staff.get(reverse("admin:fraud_calltask_change", args=[task.pk])),
        opened("checkout_order", order.pk),
        opened("checkout_payment", order.payments.get().pk),
        *(opened("fraud_finding", finding.pk) for finding in task.assessment.findings.all()),
        opened("fraud_assessment", task.assessment_id),
        staff.get("/admin/"),
        staff.get("/admin/catalog/product/"),
        client_of().get("/catalog/"),
    ]
    assert "&lt;script&gt;alert(8)" in pages[4].content.decode()
    assert "&lt;script&gt;alert(2)" in pages[5].content.decode()
    for page in pages:
        assert page.status_code in (200, 302, 422)
        assert_plain(page.content.decode())


@pytest.mark.django_db(transaction=True)
def test_mails_carry_text_and_one_line_of_subject(order: Order) -> None:
    assert len(mail.outbox) == 2
    for message in mail.outbox:
        assert isinstance(message, EmailMultiAlternatives)
        html = str(message.alternatives[0][0])
        assert_plain(html)
        assert "Grand &lt;u&gt;Polisher" in html
        assert "Grand <u>Polisher</u>" in message.body  # text needs no escaping, and gets none
        assert "\n" not in message.subject
        assert message.to == ["dana@example.com"]


@pytest.mark.parametrize(
    "email",
    [
        "a@b.example\nBcc: x@y.example",
        "a@b.example, c@d.example",
        "<a@b.example>",
        '"a b"@c.example',
        "a@b.example;c@d.example",
    ],
)
def test_a_mail_goes_to_one_address(email: str, polisher: Variant) -> None:
    shopper = Shopper()
    shopper.add(polisher)
    answer = shopper.review(email=email)
    text = answer.content.decode()
    if answer.status_code == 200:  # quoted local parts are addresses
        assert email.count("@") == 1
    else:
        assert answer.status_code == 422
        assert "Enter a valid email address" in text


def test_forms_and_search_give_back_text(polisher: Variant) -> None:
    shopper, markup = Shopper(), "".join(MARKUP)
    shopper.add(polisher)
    pages = [
        shopper.client.get("/catalog/", {"q": markup}),
        shopper.client.get("/catalog/", {"q": "polisher", "sort": markup, "after": markup}),
        shopper.client.post("/cart/add/", {"variant": markup, "quantity": markup}),
        *(
            shopper.client.post("/checkout/", {**DETAILS, **ELSEWHERE, name: markup, "step": step})
            for name in (*DETAILS, *ELSEWHERE)
            for step in ("review", "edit")
        ),
        shopper.client.get("/admin/login/", {"next": markup}),
        shopper.client.post("/admin/login/", {"username": markup, "password": markup}),
        shopper.client.get(f"/{markup}/"),
    ]
    for page in pages:
        assert page.status_code < 500
        for tag in set(MARKUP) - {TEMPLATE}:
            assert tag not in page.content.decode()
    assert TEMPLATE in pages[0].content.decode()  # text, and no template of ours


@pytest.mark.django_db(transaction=True)
def test_no_page_has_an_inline_handler(order: Order, olive: User) -> None:
    staff, task = client_of(olive), CallTask.objects.get()
    for address in (
        "/",
        "/catalog/",
        "/cart/",
        f"/orders/{order.token}/",
        "/admin/fraud/calltask/",
        f"/admin/fraud/calltask/{task.pk}/change/",
        f"/admin/checkout/order/{order.pk}/change/",
    ):
        html = staff.get(address).content.decode()
        tags = re.findall(r"<[a-z][^>]*>", html)
        assert not [tag for tag in tags if re.search(r"""\s(on\w+|style)\s*=""", re.sub(r'"[^"]*"', '""', tag))], address
        assert "javascript:" not in html
