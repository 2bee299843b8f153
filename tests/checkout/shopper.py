"""A shopper with a browser that has no JavaScript: Django's test client, driven through the shop's own forms."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any

from django.test import Client

from catalog.models import Variant
from checkout.models import Order, Payment
from tests.sandbox.process import RunningSandbox

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

DETAILS = {
    "email": "dana@example.com",
    "phone": "(503) 555-0142",
    "bill_name": "Dana Reyes",
    "bill_line1": "1420 SE Ankeny Street",
    "bill_line2": "Apt 3",
    "bill_city": "Portland",
    "bill_region": "OR",
    "bill_postcode": "97214",
    "bill_country": "US",
    "delivery": "standard",
}
# The words of the order "that calls for a call": another name, another state.
ELSEWHERE = {
    "ship_elsewhere": "on",
    "ship_name": "Maximilian Voss",
    "ship_line1": "8250 NW 27th Street, Suite 33012",
    "ship_city": "Miami",
    "ship_region": "FL",
    "ship_postcode": "33122",
    "ship_country": "US",
}


@dataclass
class Shopper:
    """Puts things in the cart, checks out, pays."""

    client: Client = field(default_factory=Client)

    def add(self, variant: Variant, quantity: Any = 1) -> Answer:
        """Send the product page's form."""
        return self.client.post("/cart/add/", {"variant": variant.pk, "quantity": quantity})

    def review(self, **details: str) -> Answer:
        """Send the details, get the review page."""
        return self.client.post("/checkout/", {**DETAILS, **details, "step": "review"})

    def place(self, review: Answer, **changes: str) -> Answer:
        """Send the review page's form."""
        return self.client.post("/checkout/", {**last_form(review), **changes, "step": "place"})

    def order(self, variant: Variant, quantity: int = 1, **details: str) -> Order:
        """Do all that up to the redirect to the payment page; give the order."""
        before = set(Order.objects.values_list("pk", flat=True))
        self.add(variant, quantity)
        answer = self.place(self.review(**details))
        assert answer.status_code == 303, answer.content.decode()[:2000]
        return Order.objects.exclude(pk__in=before).get()

    def pay(self, order: Order, sandbox: RunningSandbox, card: str = "4242424242424242", **details: str) -> dict[str, Any]:
        """Type a card on the gateway's page; the browser is closed before it comes back."""
        payment = order.payments.get(status="started")
        typed = {
            "name": "Dana Reyes",
            "line1": "1420 SE Ankeny Street",
            "city": "Portland",
            "postcode": "97214",
            "country": "US",
        }
        return sandbox.pay(str(payment.session_id), card, **{**typed, **details})

    def pay_on(self, payment: Payment, sandbox: RunningSandbox) -> dict[str, Any]:
        """Type a good card on the page of this payment, whatever the shop thinks of it."""
        return sandbox.pay(str(payment.session_id), country="US", postcode="97214")

    def order_refused(self, variant: Variant) -> Order:
        """Order one while the payment page can't be opened: the shopper is shown the order instead."""
        before = set(Order.objects.values_list("pk", flat=True))
        self.add(variant)
        answer = self.place(self.review())
        order = Order.objects.exclude(pk__in=before).get()
        assert answer.headers["Location"] == f"/orders/{order.token}/"
        return order

    def come_back(self, order: Order) -> Answer:
        """Follow the redirect from the gateway's page."""
        return self.client.get(f"/orders/{order.token}/returned/", follow=True)


def last_form(review: Answer) -> dict[str, str]:
    """The form with the button "Place order" on it."""
    html = review.content.decode()
    form = next(part for part in html.split("<form")[1:] if 'value="place"' in part)
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in pairs}
