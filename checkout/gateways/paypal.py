"""PayPal by redirect: Orders v2 with intent AUTHORIZE, then Payments v2.

An order at PayPal is our `session_id`, its authorisation our `reference`. Two things differ from Stripe, and the protocol
has a word for each. The payer's approval is not an authorisation: `authorise` asks for it. And PayPal has no call that
closes an order: `expire` only makes sure that nobody has approved it, and an approval that comes later is never authorised.

Sources: developer.paypal.com/docs/api/orders/v2, /docs/api/payments/v2, /docs/checkout/advanced/authorization-honor.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

from checkout.gateways import paypal_books as books
from checkout.gateways.base import (
    BadSignature,
    GatewayError,
    GatewayEvent,
    GatewayPayment,
    GatewayRefund,
    GatewayState,
    GatewayTrouble,
    HostedPage,
    LineToPay,
    Movement,
    OrderToPay,
    PostalAddress,
    RecalledOrder,
    ReturnUrls,
)
from checkout.gateways.paypal_client import PayPalClient, PayPalRefused
from checkout.gateways.paypal_reading import (
    TAKEN,
    UNNAMED,
    Json,
    can_write,
    captures_of,
    find_authorization,
    order_id_of,
    read_event,
    read_money,
    read_order,
    read_refund,
    refunds_of,
    renewal_of,
    write_money,
)
from checkout.gateways.paypal_recall import read_recalled
from checkout.gateways.paypal_signature import Certificates, check_signature
from checkout.gateways.reading import UNREADABLE, text
from checkout.gateways.reading import reading as reading_from
from store.money import Money

LIVE_API = "https://api-m.paypal.com"

# What its page speaks, by the shop's language: BCP 47 (Orders v2, `experience_context.locale`).
LOCALES: Final = {"en": "en-US", "de": "de-DE"}

# A longer order is shown as one line, as at Stripe: PayPal names no limit, and its page is no place to scroll.
MAX_LINES = 100
MAX_NAME = 127  # characters


def reading() -> AbstractContextManager[None]:
    """See `checkout.gateways.reading`."""
    return reading_from("PayPal")


class PayPalGateway:
    """See `checkout.gateways.base.Gateway`."""

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        webhook_id: str,
        api_base: str,
        page_origin: str,
        cert_origin: str,
        merchant_id: str = "",
        brand: str = "",
        ca_file: str = "",
    ) -> None:
        """`webhook_id` may be several, with commas; `ca_file` is for a stand-in only: else the public CAs are trusted."""
        self._webhook_ids = tuple(part.strip() for part in webhook_id.split(",") if part.strip())
        if not self._webhook_ids:
            raise ValueError("PAYPAL_WEBHOOK_ID is empty: webhooks of anybody's would be taken for the shop's own.")
        self._client = PayPalClient(api_base=api_base, client_id=client_id, client_secret=client_secret)
        self._is_live = api_base.rstrip("/") == LIVE_API
        self._page_origin = page_origin
        self._merchant_id = merchant_id
        self._brand = brand[:MAX_NAME]
        self._certificates = Certificates(origin=cert_origin, ca_file=ca_file)

    @property
    def is_live(self) -> bool:
        """Whether real money moves."""
        return self._is_live

    def takes(self, total: Money) -> bool:
        """Whether PayPal takes this amount of this currency."""
        return total.minor > 0 and can_write(total)

    def start(self, order: OrderToPay, *, urls: ReturnUrls, idempotency_key: str) -> HostedPage:
        """Create an order. Its page stays open for hours; that of `order.expires_at` is ours to keep."""
        if sum(line.unit_amount * line.quantity for line in order.lines) != order.total.minor:
            raise ValueError(f"The lines of order {order.number} do not add up to its total.")
        if order.expires_at <= datetime.now(UTC):
            raise GatewayError("The time to pay on this page is over.", is_final=True)
        try:
            created = self._client.post(
                "/v2/checkout/orders", self._to_create(order, urls, order.ship_to), idempotency_key=idempotency_key
            )
        except PayPalRefused as refusal:
            if order.ship_to is None or "shipping" not in refusal.field:
                raise
            # PayPal does not know this address. It is ours to ship to, so its page shows none, and protects the sale less.
            plain = self._to_create(order, urls, None)
            created = self._client.post("/v2/checkout/orders", plain, idempotency_key=f"{idempotency_key}:plain")
        with reading():
            (unit,) = created["purchase_units"]
            if (unit["custom_id"], unit["invoice_id"]) != (order.payment_id, _invoice_id(order)):
                raise GatewayError("This call was made before with other values.", is_final=True)
            if read_money(unit["amount"]) != order.total:
                raise GatewayError("This call was made before with another amount.", is_final=True)
            links = {link["rel"]: text(link["href"]) for link in created["links"]}
            url = links.get("payer-action") or links["approve"]
            page = urlsplit(url)
            if f"{page.scheme}://{page.netloc}" != self._page_origin:
                raise ValueError("a page elsewhere")
            return HostedPage(session_id=text(created["id"]), url=url, expires_at=order.expires_at)

    def fetch(self, *, session_id: str | None = None, reference: str | None = None) -> GatewayPayment:
        """Show the order, by its own id or by that of an authorisation or a capture of it."""
        if session_id:
            return self._read(self._order(session_id), reference)
        if not reference:
            raise ValueError("Name a session or a payment.")
        try:
            part = self._client.get(_path("/v2/payments/authorizations/{}", reference))
        except PayPalRefused as refusal:
            if refusal.status != 404:
                raise
            part = self._client.get(_path("/v2/payments/captures/{}", reference))
            reference = None
        with reading():
            order_id = order_id_of(part)
        if order_id is None:
            raise GatewayError("It belongs to no order of PayPal's.", is_final=True)
        return self._read(self._order(order_id), reference)

    def recall(self, *, session_id: str | None = None, reference: str | None = None) -> RecalledOrder:
        """Show the order with its items and its address."""
        payment = self.fetch(session_id=session_id, reference=reference)
        return read_recalled(self._order(payment.session_id or ""), payment)

    def authorise(self, session_id: str, *, idempotency_key: str) -> None:
        """Authorise what the payer approved; that it was done before is as good."""
        try:
            done = self._client.post(
                _path("/v2/checkout/orders/{}/authorize", session_id), {}, idempotency_key=idempotency_key
            )
        except PayPalRefused as refusal:
            if refusal.issue == "ORDER_ALREADY_AUTHORIZED":
                return
            raise
        with reading():
            authorization = find_authorization(done, None)
            is_denied = authorization is not None and authorization["status"] == "DENIED"
        if is_denied:
            raise GatewayError("PayPal declined the payment.", is_final=True, is_declined=True)

    def reauthorise(self, reference: str, amount: Money, *, idempotency_key: str) -> str:
        """Authorise anew for three more days; PayPal allows it once, from the fourth day on."""
        path = _path("/v2/payments/authorizations/{}/reauthorize", reference)
        done = self._client.post(path, {"amount": write_money(amount)}, idempotency_key=idempotency_key)
        with reading():
            if done["status"] not in {"CREATED", "PENDING"}:
                raise GatewayError("PayPal declined the payment.", is_final=True, is_declined=True)
            return text(done["id"])

    def capture(self, reference: str, amount: Money, *, idempotency_key: str) -> None:
        """Capture `amount` as the final capture. PayPal would allow 115 % of what was authorised; the shop does not."""
        authorization = self._client.get(_path("/v2/payments/authorizations/{}", reference))
        with reading():
            if amount.minor > read_money(authorization["amount"]).minor:
                raise GatewayError("That is more than was authorised.", is_final=True)
        body = {"amount": write_money(amount), "final_capture": True}
        path = _path("/v2/payments/authorizations/{}/capture", reference)
        try:
            with reading():
                status = self._client.post(path, body, idempotency_key=idempotency_key)["status"]
        except PayPalRefused as refusal:
            if refusal.issue != "AUTHORIZATION_ALREADY_CAPTURED" or not self._is_capture_pending(authorization):
                raise
            status = "PENDING"
        match status:
            case "COMPLETED" | "PARTIALLY_REFUNDED" | "REFUNDED":
                return
            case "DECLINED" | "FAILED":
                raise GatewayError("PayPal declined the capture.", is_final=True, is_declined=True)
            case _:
                raise GatewayError("PayPal has not finished the capture yet.", is_final=False)

    def void(self, reference: str, *, idempotency_key: str) -> None:
        """Void the authorisation: nothing was charged, nothing will be."""
        self._client.post(_path("/v2/payments/authorizations/{}/void", reference), {}, idempotency_key=idempotency_key)

    def refund(self, reference: str, amount: Money, *, idempotency_key: str, refund_id: str = "") -> GatewayRefund:
        """Refund `amount` of the capture, once however old the key is: each refund carries our name of it as `custom_id`."""
        authorization = self._client.get(_path("/v2/payments/authorizations/{}", reference))
        name = refund_id or f"{UNNAMED}{idempotency_key}"
        with reading():
            order = self._order(order_id_of(authorization) or "")
            for made in refunds_of(order):
                if made.get("custom_id") == name and not (refund := read_refund(made)).has_failed:
                    return refund
            captures = [text(capture["id"]) for capture in captures_of(order) if capture["status"] in TAKEN]
        if not captures:
            raise GatewayError("There is nothing captured that could be refunded.", is_final=True)
        made = self._client.post(
            _path("/v2/payments/captures/{}/refund", captures[-1]),
            {"amount": write_money(amount), "custom_id": name},
            idempotency_key=idempotency_key,
        )
        with reading():
            refund = read_refund(made)
        if refund.has_failed:
            raise GatewayError("PayPal did not make the refund.", is_final=True)
        return refund

    def expire(self, session_id: str) -> None:
        """Make sure that nobody has approved the order. PayPal can't close it: the caller never authorises it hereafter."""
        try:
            found = self.fetch(session_id=session_id)
        except GatewayError as error:
            if error.is_forgotten:
                return
            raise
        if found.state != GatewayState.OPEN or found.reference:
            raise GatewayError("The payer has approved it, or it is over.", is_final=True)

    def list_trouble(self, *, reference: str | None = None, since: datetime | None = None) -> GatewayTrouble:
        """List disputes; PayPal warns of nothing before."""
        if reference is None and since is None:
            raise ValueError("Name a payment or a moment.")
        captures = None
        if reference is not None:
            authorization = self._client.get(_path("/v2/payments/authorizations/{}", reference))
            with reading():
                order = self._order(order_id_of(authorization) or "")
                captures = [text(capture["id"]) for capture in captures_of(order)]
        return books.list_trouble(self._client, captures=captures, since=since)

    def movements(self, since: datetime, until: datetime) -> Iterator[Movement]:
        """Go through the transaction search and the disputes."""
        return books.movements(self._client, since, until, is_live=self._is_live)

    def parse_event(self, headers: Mapping[str, str], body: bytes) -> GatewayEvent:
        """Verify the signature on the raw body, then name the object."""
        check_signature(headers, body, webhook_ids=self._webhook_ids, certificates=self._certificates)
        try:
            return read_event(json.loads(body))
        except UNREADABLE as error:
            raise BadSignature("it is no event") from error

    def _order(self, order_id: str) -> Json:
        try:
            order: Json = self._client.get(_path("/v2/checkout/orders/{}", order_id))
        except PayPalRefused as refusal:
            if refusal.status != 404:
                raise
            # PayPal keeps an order that nobody approved for some hours, and one with a payment for good.
            raise GatewayError("PayPal knows no such order.", is_final=True, is_forgotten=True) from refusal
        return order

    def _read(self, order: Json, reference: str | None) -> GatewayPayment:
        with reading():
            if order["intent"] != "AUTHORIZE" or len(order["purchase_units"]) != 1:
                raise GatewayError("It is an order that the shop did not create.", is_final=True)
            authorization = find_authorization(order, reference)
            if reference and (authorization is None or authorization["id"] != reference):
                authorization = self._client.get(_path("/v2/payments/authorizations/{}", reference))
            found = read_order(order, authorization=authorization, is_live=self._is_live, merchant_id=self._merchant_id)
            return replace(found, renewed_as=renewal_of(order, authorization)) if reference else found

    def _is_capture_pending(self, authorization: Json) -> bool:
        with reading():
            order = self._order(order_id_of(authorization) or "")
            return any(capture["status"] == "PENDING" for capture in captures_of(order))

    def _to_create(self, order: OrderToPay, urls: ReturnUrls, ship_to: PostalAddress | None) -> Json:
        currency = order.total.currency
        unit: Json = {
            "custom_id": order.payment_id,
            "invoice_id": _invoice_id(order),
            "description": f"Order {order.number}",
            "amount": {**write_money(order.total), "breakdown": {"item_total": write_money(order.total)}},
            "items": [
                {
                    "name": line.name[:MAX_NAME],
                    "quantity": str(line.quantity),
                    "unit_amount": write_money(Money(line.unit_amount, currency)),
                }
                for line in _lines(order)
            ],
        }
        if ship_to:
            unit["shipping"] = _shipping(ship_to)
        context = {
            "return_url": urls.success,
            "cancel_url": urls.cancel,
            "user_action": "PAY_NOW",
            **({"locale": LOCALES[order.language]} if order.language in LOCALES else {}),
            "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",  # no cheque that clears next week
            # The address is the one we ship to: the payer can't change it, and PayPal protects the sale.
            "shipping_preference": "SET_PROVIDED_ADDRESS" if ship_to else "NO_SHIPPING",
            **({"brand_name": self._brand} if self._brand else {}),
        }
        paypal: dict[str, Any] = {"email_address": order.email, "experience_context": context}
        return {"intent": "AUTHORIZE", "purchase_units": [unit], "payment_source": {"paypal": paypal}}


def _invoice_id(order: OrderToPay) -> str:
    """The order's number, and which try it is: an account may be set to refuse an invoice it has seen."""
    return f"{order.number}-{order.payment_id[:8]}"


def _lines(order: OrderToPay) -> tuple[LineToPay, ...]:
    currency = order.total.currency
    if len(order.lines) <= MAX_LINES and all(can_write(Money(line.unit_amount, currency)) for line in order.lines):
        return order.lines
    return (LineToPay(name=f"Order {order.number}", unit_amount=order.total.minor, quantity=1),)


def _shipping(to: PostalAddress) -> Json:
    address = {
        "address_line_1": to.line1,
        "address_line_2": to.line2,
        "admin_area_2": to.city,
        "admin_area_1": to.region,
        "postal_code": to.postcode,
        "country_code": to.country,
    }
    filled = {name: value for name, value in address.items() if value}
    return {"type": "SHIPPING", "name": {"full_name": to.name}, "address": filled}


def _path(template: str, name: str) -> str:
    """An address with an id in it, whatever characters that has."""
    return template.format(quote(name, safe="") or "-")
