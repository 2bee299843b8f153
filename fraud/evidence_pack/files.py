"""The evidence pack as a PDF, for a person at a bank."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from anyascii import anyascii
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from store.money import format_money
from store.paper.pages import Paper


def as_pdf(pack: dict[str, Any]) -> bytes:
    """Write the pack as a PDF. A name in any script is shown; one that isn't Latin also as it is spoken, roughly."""
    order = pack["order"]
    title = f"Evidence for order {order['number']}"
    foot = f"{pack['shop']['name']} \N{MIDDLE DOT} evidence for order {order['number']}"
    pdf = Paper(title=title, foot=foot)
    pdf.cover(json.dumps(pack, cls=DjangoJSONEncoder, ensure_ascii=False))
    pdf.add_page()
    pdf.title_line(title, f"{pack['shop']['name']}, {_shown(pack['made_at'])}")
    for dispute in pack["disputes"]:
        pdf.part("Dispute", [
            ("Reference", f"{dispute['gateway']} {dispute['reference']}"), ("Reason", dispute["reason"]),
            ("Amount", _money(dispute["amount"], order)), ("Opened", _shown(dispute["noted_at"])),
            ("Answer before", _shown(dispute["evidence_due"])),
        ])  # fmt: skip
    pdf.part("Order", [
        ("Placed", _shown(order["placed_at"])), ("Goods", _money(order["items_total"], order)),
        ("Coupon", _money(-order["discount_total"], order)),
        ("Delivery", _money(order["delivery_total"], order)), ("Tax", _money(order["tax_total"], order)),
        ("Total", _money(order["total"], order)), ("Present", "yes" if order["is_gift"] else "no"),
    ])  # fmt: skip
    head = ("SKU", "What", "Quantity", "Total")
    pdf.grid(head, [
        (line["sku"], f"{line['name']} {line['options']}".strip(), str(line["quantity"]), _money(line["total"], order))
        for line in order["lines"]
    ], widths=(3, 6, 2, 2))  # fmt: skip
    _people(pdf, pack)
    for payment in pack["payments"]:
        _payment(pdf, payment, order)
    _parcel(pdf, pack)
    _calls(pdf, pack)
    _earlier(pdf, pack)
    if pack["terms"]["text"]:
        pdf.heading("The terms as the customer accepted them")
        pdf.sentence(pack["terms"]["text"], size=8)
    return bytes(pdf.output())


def _people(pdf: Paper, pack: dict[str, Any]) -> None:
    customer = pack["customer"]
    pdf.part("Customer", [
        ("Name", _spoken(customer["name"])), ("E-mail", customer["email"]), ("Telephone", customer["phone"]),
        ("Ordered from IP address", customer["ip_address"]), ("Browser", customer["user_agent"]),
        ("Account since", _shown(customer["account_since"]) or "no account"),
    ])  # fmt: skip
    for title, key in (("Bill-to", "bill_to"), ("Ship-to", "ship_to")):
        at = pack[key]
        town = " ".join(filter(None, (at["city"], at["region"], at["postcode"], at["country"])))
        street = ", ".join(filter(None, (at["line1"], at["line2"])))
        pdf.part(title, [("Name", _spoken(at["name"])), ("Street", _spoken(street)), ("Town", _spoken(town))])


def _payment(pdf: Paper, payment: dict[str, Any], order: dict[str, Any]) -> None:
    card, checks, payer = payment["card"], payment["checks"], payment["payer"]
    names = (payer["name"], payer["email"], payer["line1"], payer["city"], payer["postcode"], payer["country"])
    shifted = payment["three_d_secure"]["liability_shifted"]
    pdf.part("Payment", [
        ("Reference", f"{payment['gateway']} {payment['reference'] or ''}"),
        ("Card", " ".join(filter(None, (card["brand"], card["last4"] and f"ending in {card['last4']}", card["country"])))),
        ("Authorised", _shown(payment["authorized_at"])), ("Captured", _money(payment["captured_amount"], order)),
        ("Refunded", _money(payment["refunded_amount"], order)),
        ("Street (AVS)", checks["avs_street"]), ("Postcode (AVS)", checks["avs_postcode"]), ("CVC", checks["cvc"]),
        ("3-D Secure", "authenticated, liability at the card's bank" if shifted else "no liability shift"),
        ("Typed on the payment page", _spoken(", ".join(filter(None, names)))),
    ])  # fmt: skip


def _parcel(pdf: Paper, pack: dict[str, Any]) -> None:
    parcel, terms = pack["fulfilment"], pack["terms"]
    proof = parcel["delivery_proof"] or {}
    pdf.part("Delivery", [
        ("Method", parcel["method"]), ("Shipped", _shown(parcel["shipped_at"]) or "not shipped"),
        ("Carrier", parcel["carrier"]), ("Tracking number", parcel["tracking_number"]),
        ("Delivered", _shown(proof.get("delivered_at"))), ("Signed by", _spoken(proof.get("signed_by"))),
        ("The carrier says", _spoken(proof.get("carrier_says"))),
    ])  # fmt: skip
    pdf.part("Terms", [
        ("Accepted", _shown(terms["accepted_at"])), ("Total confirmed", _shown(terms["shown_total_confirmed_at"])),
        ("Version in force since", _shown(terms["valid_from"])),
        ("Returns", f"within {terms['return_days']} days of shipping"),
    ])  # fmt: skip
    if pack["messages"]:
        pdf.heading("Messages sent to the customer")
        pdf.grid(("Sent", "About"), [(_shown(mail["sent_at"]), mail["subject"]) for mail in pack["messages"]], widths=(2, 5))


def _calls(pdf: Paper, pack: dict[str, Any]) -> None:
    for call in pack["calls"]:
        asked = "; ".join(f"{question} {result}" for question, result in call["questions"].items())
        seconds = call["seconds"]
        pdf.part("Call to verify the order", [
            ("At", _shown(call["started_at"] or call["at"])), ("Lasted", f"{seconds} seconds" if seconds else ""),
            ("Number", call["number"]), ("Number from", call["number_from"]),
            ("Outcome", call["outcome"].replace("_", " ")), ("The customer", call["answer"]),
            ("Asked", asked), ("Note", _spoken(call["note"] or "")),
        ])  # fmt: skip
    for one in pack["confirmed_by_mail"]:
        pdf.part("Confirmed by the link that was mailed to the customer", [
            ("Asked", _shown(one["asked_at"])), ("Confirmed", _shown(one["answered_at"])),
            ("From IP address", one["ip_address"]),
        ])  # fmt: skip
    if pack["release"]:
        pdf.part("Released", [("At", _shown(pack["release"]["at"])), ("Since", pack["release"]["reason"])])


def _earlier(pdf: Paper, pack: dict[str, Any]) -> None:
    if not pack["earlier_orders"]:
        return
    pdf.heading("Earlier orders that were not disputed")
    rule = pack["compelling_evidence_3"]
    if rule["is_met"]:
        pdf.sentence(
            f"Visa Compelling Evidence 3.0: {len(rule['orders'])} earlier payments with the same card, 120 to 365 days "
            "before the dispute, share the IP address and one thing more. They are marked with *."
        )
    pdf.grid(("Order", "Placed", "Days before", "Total", "The same"), [
        (each["number"] + (" *" if each["counts"] else ""), _day(each["placed_at"]), str(each["days_before_dispute"]),
         _money(each["total"], each), ", ".join([*(["card"] if each["same_card"] else []), *each["same"]]).replace("_", " "))
        for each in pack["earlier_orders"]
    ], widths=(3, 4, 2, 2, 5))  # fmt: skip


def _shown(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%d %B %Y, %H:%M %Z}" if at else ""


def _day(at: datetime) -> str:
    return f"{timezone.localtime(at):%d %B %Y}"


def _money(amount: int, of: dict[str, Any]) -> str:
    return format_money(amount, of["currency"])


def _spoken(text: str | None) -> str:
    """A text, and in brackets how it sounds when it isn't in Latin letters."""
    if not text:
        return ""
    return text if all(ord(sign) < 0x250 for sign in text) else f"{text} ({anyascii(text)})"
