"""What stands on an invoice or a credit note: taken from the rows once, when it is written, and kept as it was.

Amounts are minor units of the order's currency. Nothing here names the buyer: that is a column of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NotRequired, TypedDict

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout.models import Document, DocumentKind, Order, OrderAddress, Payment, Refund
from checkout.services.refund_taxes import tax_parts_of
from checkout.sums import RatePart, say_tax
from store.language import current_language

# Where the tax on sales is a value added tax: the European Union (with XI, Northern Ireland), and whom people expect to.
VAT_COUNTRIES: Final = frozenset(
    {
        *("AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IT"),
        *("LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "XI"),
    }
)


REVERSE_CHARGE: Final = gettext_lazy(
    "Reverse charge: the recipient accounts for the VAT (Directive 2006/112/EC, art. 138 and 196)."
)


class Row(TypedDict):
    """So many units of one thing."""

    name: str
    sku: str
    quantity: int
    unit_price: int
    total: int


class Tax(TypedDict):
    """What of the net amount is taxed at one rate, and the tax on it."""

    name: str
    percent: str
    base: int
    tax: int


class DocumentData(TypedDict):
    """All that is printed but the buyer, in the words of its language."""

    language: NotRequired[str]  # documents from before there were several have none: they are in English

    seller: list[str]
    seller_tax_id: str
    seller_note: str
    order: str
    ordered_on: str
    paid_on: str
    paid_by: str
    ships_to: str
    rows: list[Row]
    sums: list[tuple[str, int]]
    taxes: list[Tax]
    net: int
    tax: int
    total: int
    currency: str
    refers_to: str
    refers_to_date: str


def describe_invoice(payment: Payment, order: Order) -> DocumentData:
    """Describe the whole order as it was placed; needs the order's lines and addresses."""
    rows: list[Row] = [
        {
            "name": f"{line.name}, {line.options}" if line.options else line.name,
            "sku": line.sku,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "total": line.total,
        }
        for line in order.lines.all()
    ]
    net = order.total - order.tax_total
    data = _begin(payment, order)
    data["rows"] = rows
    data["sums"] = [(part.label, part.amount.minor) for part in order.parts.before_tax]
    data["taxes"] = _taxes(order, order.taxes)
    data["net"], data["tax"], data["total"] = net, order.tax_total, order.total
    return data


def describe_credit(refund: Refund, order: Order, *, invoice: Document, invoiced: DocumentData) -> DocumentData:
    """Describe what a refund takes back of the invoice; needs the order's addresses and the refund's lines.

    A refund of the whole sum repeats the invoice's lines. An amount that is for no line in particular includes its tax, at
    the order's rate, of several in proportion (Directive 2006/112/EC, art. 90: the taxable amount is reduced).
    """
    data = _begin(refund.payment, order)
    data["refers_to"], data["refers_to_date"] = invoice.number, _day(invoice.issued_at)
    if refund.other == refund.amount == invoiced["total"]:
        data["rows"], data["sums"], data["taxes"] = invoiced["rows"], invoiced["sums"], invoiced["taxes"]
        data["net"], data["tax"], data["total"] = invoiced["net"], invoiced["tax"], invoiced["total"]
        return data
    data["rows"] = [
        {
            "name": f"{row.line.name}, {row.line.options}" if row.line.options else row.line.name,
            "sku": row.line.sku,
            "quantity": row.quantity,
            "unit_price": row.line.unit_price,
            "total": row.amount,
        }
        for row in refund.lines.all()
    ]
    taxes = tax_parts_of(refund, order)
    tax = sum(part.tax for part in taxes)
    net = refund.amount - tax
    other_net = refund.other if order.prices_include_tax else net - refund.goods - refund.delivery
    parts = [(_("Goods"), refund.goods), (order.shown_delivery, refund.delivery), (_("Amount given back"), other_net)]
    data["sums"] = [(name, amount) for name, amount in parts if amount]
    data["net"], data["tax"], data["total"] = net, tax, refund.amount
    data["taxes"] = _taxes(order, taxes)
    return data


def buyer_of(order: Order) -> str:
    """Name and address of bill-to, and a business's VAT number, a line each; needs the order's addresses."""
    address = next((one for one in order.addresses.all() if one.kind == OrderAddress.Kind.BILL_TO), None)
    number = _("VAT number {number}").format(number=order.vat_number) if order.vat_number else ""
    return "\n".join(part for part in (address.name, *address.lines, number) if part) if address else ""


def title_of(kind: str) -> str:
    """What is printed at the top."""
    return str(DocumentKind(kind).label)


def _begin(payment: Payment, order: Order) -> DocumentData:
    ship_to = next((one for one in order.addresses.all() if one.kind == OrderAddress.Kind.SHIP_TO), None)
    card = (
        _("{brand} ending in {digits}").format(brand=payment.card_brand.title(), digits=payment.card_last4)
        if payment.card_last4
        else ""
    )
    data: Any = {
        "language": current_language(),
        "seller": [settings.SELLER_NAME or settings.SHOP_NAME, *settings.SELLER_ADDRESS],
        "seller_tax_id": settings.SELLER_TAX_ID,
        "seller_note": " ".join(
            part for part in (settings.SELLER_NOTE, str(REVERSE_CHARGE) if order.is_reverse_charge else "") if part
        ),
        "order": order.number,
        "ordered_on": _day(order.placed_at),
        "paid_on": _day(payment.status_at),
        "paid_by": card or payment.gateway.title(),
        "ships_to": ship_to.country if ship_to else "",
        "refers_to": "",
        "refers_to_date": "",
        "currency": order.currency,
    }
    described: DocumentData = data
    return described


def _taxes(order: Order, parts: Sequence[RatePart]) -> list[Tax]:
    ship_to = next((one for one in order.addresses.all() if one.kind == OrderAddress.Kind.SHIP_TO), None)
    name = say_tax(order.tax_name or ("VAT" if ship_to and ship_to.country in VAT_COUNTRIES else "Sales tax"))
    if order.prices_include_tax:
        name = _("Included: {tax}").format(tax=name)
    if not any(part.rate or part.tax for part in parts):
        return []
    return [
        {
            "name": name,
            "percent": f"{(part.rate * 100).normalize():f}",
            "base": part.base - part.tax if order.prices_include_tax else part.base,
            "tax": part.tax,
        }
        for part in parts
    ]


def _day(at: datetime) -> str:
    return timezone.localtime(at).date().isoformat()
