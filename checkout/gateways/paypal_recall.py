"""What PayPal still knows of an order that the shop has lost. Nothing here calls anybody.

Source: developer.paypal.com/docs/api/orders/v2/#orders_get.
"""

from __future__ import annotations

from typing import Any

from checkout.gateways.base import GatewayPayment, LineToPay, PostalAddress, RecalledOrder
from checkout.gateways.paypal_reading import Json, moment, read_money
from checkout.gateways.reading import reading, text


def read_recalled(order: Json, payment: GatewayPayment) -> RecalledOrder:
    """The order's items and both addresses. Raises GatewayError."""
    with reading("PayPal"):
        (unit,) = order["purchase_units"]
        source: Any = (order.get("payment_source") or {}).get("paypal") or {}
        payer: Any = order.get("payer") or {}
        shipping: Any = unit.get("shipping") or {}
        return RecalledOrder(
            payment=payment,
            # `invoice_id` is the order's number, and which try it was.
            number=text(unit.get("invoice_id") or "").rpartition("-")[0],
            lines=tuple(_line(item) for item in unit.get("items") or []),
            email=text(source.get("email_address") or payer.get("email_address") or ""),
            bill_to=_address(payment.payer.name or "", source.get("address") or payer.get("address") or {}),
            ship_to=_address((shipping.get("name") or {}).get("full_name") or "", shipping.get("address") or {}),
            began_at=moment(order["create_time"]),
        )


def _line(item: Json) -> LineToPay:
    return LineToPay(
        name=text(item["name"]), unit_amount=read_money(item["unit_amount"]).minor, quantity=int(item["quantity"])
    )


def _address(name: str, address: Json) -> PostalAddress | None:
    if not address.get("country_code"):
        return None
    return PostalAddress(
        name=text(name),
        line1=text(address.get("address_line_1") or ""),
        line2=text(address.get("address_line_2") or ""),
        city=text(address.get("admin_area_2") or ""),
        region=text(address.get("admin_area_1") or ""),
        postcode=text(address.get("postal_code") or ""),
        country=text(address["country_code"])[:2],
    )
