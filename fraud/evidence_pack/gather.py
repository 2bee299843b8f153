"""The evidence about one order as plain values. Its shape is promised: docs/evidence-pack.md."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import Prefetch

from checkout.models import Confirmation, DeliveryProof, Dispute, Mail, Order, OrderAddress, OrderEvent, Payment, Refund
from checkout.states import OrderStatus
from fraud.evidence_pack.earlier import compelling, earlier_undisputed
from fraud.models import Call, CaseFile, Decision
from fraud.script import QUESTIONS

# Fields are added under the same number; the number grows when one changes its meaning or goes.
SCHEMA: Final = "ringback.evidence/1"
TEXTS: Final = {question.code: str(question.text) for question in QUESTIONS}


def build_pack(*, order_id: uuid.UUID, with_notes: bool, now: datetime) -> dict[str, Any]:
    """Gather everything, in a constant number of queries. Raises Order.DoesNotExist.

    `with_notes` takes in what reviewers wrote about their calls. Amounts are minor units; times are aware.
    """
    disputes = Prefetch("disputes", Dispute.objects.order_by("noted_at"))
    payments = Prefetch("payments", Payment.objects.order_by("created_at").prefetch_related(disputes))
    orders = Order.objects.select_related("customer", "terms").prefetch_related("lines", "addresses", payments)
    order = orders.get(pk=order_id)
    paid = list(order.payments.all())
    said = [dispute for payment in paid for dispute in payment.disputes.all()]
    earlier = earlier_undisputed(order, payments=paid, asked_at=min((each.noted_at for each in said), default=now))
    return {
        "schema": SCHEMA,
        "made_at": now,
        "shop": {"name": settings.SHOP_NAME, "origin": settings.SHOP_ORIGIN, "phone": settings.SHOP_PHONE},
        "disputes": [_dispute(each) for each in said],
        "order": _order(order),
        "customer": _customer(order),
        "bill_to": _address(order.bill_to),
        "ship_to": _address(order.ship_to),
        "payments": [_payment(payment) for payment in paid],
        "fulfilment": _fulfilment(order),
        "terms": {
            "accepted_at": order.terms_accepted_at,
            "valid_from": order.terms.valid_from if order.terms else None,
            "text": order.terms.said_in(order.language)[0] if order.terms else None,
            "return_days": settings.RETURN_DAYS,
            "shown_total_confirmed_at": order.placed_at,
        },
        "calls": _calls(order, with_notes=with_notes),
        "confirmed_by_mail": [
            {"asked_at": one.asked_at, "answered_at": one.answered_at, "ip_address": one.ip_address}
            for one in order.confirmations.filter(answer=Confirmation.Answer.CONFIRMS).order_by("answered_at")
        ],
        "files": [
            {"kind": file.kind, "size": file.size, "sha256": file.sha256, "added_at": file.added_at}
            for file in CaseFile.objects.filter(task__order=order).defer("name", "body").order_by("added_at")
        ],
        "release": _release(order),
        "messages": [
            {"kind": mail.kind, "subject": mail.get_kind_display(), "sent_at": mail.sent_at}
            for mail in Mail.objects.filter(order=order, sent_at__isnull=False).order_by("sent_at")
        ],
        "refunds": [
            {"status": refund.status, "amount": refund.amount, "requested_at": refund.requested_at}
            for refund in Refund.objects.filter(payment__order=order).order_by("requested_at")
        ],
        "earlier_orders": earlier,
        "compelling_evidence_3": compelling(earlier),
    }


def missing_of(pack: dict[str, Any]) -> list[str]:
    """What a bank asks for and the shop does not have, in words for whoever answers the dispute. Not part of the pack."""
    parcel, payments = pack["fulfilment"], pack["payments"]
    checks = [value for payment in payments for value in payment["checks"].values()]
    expected = {
        "The terms as accepted: the shop did not keep them yet. Add the page that the customer saw.": pack["terms"][
            "accepted_at"
        ],
        "A tracking number.": parcel["tracking_number"],
        "Proof of delivery: write it down on the order's page, as the carrier's site has it.": parcel["delivery_proof"],
        "The address from which the order came.": pack["customer"]["ip_address"],
        "Results of the address and CVC checks.": "pass" in checks or "fail" in checks,
        "3-D Secure with the liability at the card's bank.": any(
            payment["three_d_secure"]["liability_shifted"] for payment in payments
        ),
        "A call in which the customer confirmed the order.": any(call["answer"] == "confirms" for call in pack["calls"]),
        "Two earlier payments that meet Visa's Compelling Evidence 3.0.": pack["compelling_evidence_3"]["is_met"],
    }
    return [what for what, found in expected.items() if not found]


def _order(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "placed_at": order.placed_at,
        "status": order.status,
        "currency": order.currency,
        "items_total": order.items_total,
        "discount_total": order.discount_total,
        "delivery_total": order.delivery_total,
        "tax_total": order.tax_total,
        "total": order.total,
        "is_gift": order.is_gift,
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "options": line.options,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "total": line.total,
            }
            for line in order.lines.all()
        ],
    }


def _customer(order: Order) -> dict[str, Any]:
    account = order.customer
    return {
        "name": order.bill_to.name,
        "email": order.email,
        "phone": order.phone,
        "ip_address": order.ip_address,
        "user_agent": order.user_agent,
        "account_since": account.date_joined if account else None,
    }


def _address(address: OrderAddress) -> dict[str, Any]:
    names = ("name", "line1", "line2", "city", "region", "postcode", "country")
    return {name: getattr(address, name) for name in names}


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "gateway": payment.gateway,
        "reference": payment.reference,
        "status": payment.status,
        "amount": payment.amount,
        "captured_amount": payment.captured_amount,
        "refunded_amount": payment.refunded_amount,
        "currency": payment.currency,
        "authorized_at": payment.authorized_at,
        "card": {"brand": payment.card_brand, "last4": payment.card_last4, "country": payment.card_country},
        "checks": {
            "avs_street": payment.line1_check,
            "avs_postcode": payment.postcode_check,
            "cvc": payment.cvc_check,
        },
        "three_d_secure": {"liability_shifted": payment.is_liability_shifted},
        "payer": {
            "name": payment.payer_name,
            "email": payment.payer_email,
            "line1": payment.payer_line1,
            "city": payment.payer_city,
            "postcode": payment.payer_postcode,
            "country": payment.payer_country,
        },
    }


def _dispute(dispute: Dispute) -> dict[str, Any]:
    return {
        "gateway": dispute.gateway,
        "reference": dispute.reference,
        "reason": dispute.reason,
        "amount": dispute.amount,
        "status": dispute.status,
        "noted_at": dispute.noted_at,
        "evidence_due": dispute.evidence_due,
    }


def _fulfilment(order: Order) -> dict[str, Any]:
    proof = DeliveryProof.objects.filter(order=order).order_by("-noted_at").first()
    moved = OrderEvent.objects.filter(order=order, now=OrderStatus.SHIPPED).order_by("at").first()
    return {
        "method": order.delivery_name,
        "shipped_at": moved.at if moved else None,
        "carrier": order.carrier,
        "tracking_number": order.tracking_number,
        "delivery_proof": {
            "delivered_at": proof.delivered_at,
            "signed_by": proof.signed_by,
            "carrier_says": proof.words,
            "noted_at": proof.noted_at,
        }
        if proof
        else None,
    }


def _calls(order: Order, *, with_notes: bool) -> list[dict[str, Any]]:
    calls = Call.objects.standing().filter(task__order=order).order_by("at")
    return [
        {
            "at": call.at,
            "started_at": call.started_at,
            "seconds": call.seconds,
            "number": call.number,
            "number_from": call.source,
            "outcome": call.outcome,
            "answer": call.answer,
            "questions": {TEXTS.get(code, code): result for code, result in call.answers.items()},
            "note": call.note if with_notes else None,
        }
        for call in calls
    ]


def _release(order: Order) -> dict[str, Any] | None:
    """By which reason a person let the order go; None when nobody had to."""
    released = Decision.objects.filter(task__order=order, kind=Decision.Kind.RELEASE, followed_by=None).order_by("-at")
    decision = released.first()
    return {"at": decision.at, "reason": decision.reason} if decision else None
