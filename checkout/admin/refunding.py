"""The refund page: choose, look at the sum, confirm. Only the last step moves money."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from checkout.admin.access import allowed
from checkout.admin.refund_form import ConfirmForm, RefundForm, large_refunds_ask_again
from checkout.models import Order, OrderLine, Payment, Refund
from checkout.services.refund_taxes import tax_note_of, tax_sums_of
from checkout.services.refunds import (
    WITH_GOODS,
    RefundQuote,
    UnableToRefund,
    find_refundable_payment,
    quote_refund,
    request_refund,
    why_not_refundable,
)
from store.money import format_money
from store.sent import sent


@never_cache
@require_http_methods(["GET", "POST"])
def refund_page(request: HttpRequest, order_id: Any) -> HttpResponse:
    """Choose what to refund of an order, and see what it comes to."""
    allowed(request, "checkout.refund_order")
    order = get_object_or_404(Order, pk=order_id)
    payment = _refundable(order)
    if payment is None:
        return _show(request, order, None, trouble=why_not_refundable(order.pk))
    form = _form(request, order, payment)
    if request.method == "GET" or "change" in request.POST:
        return _show(request, order, payment, form=form)
    quote, trouble = _quote(form, payment)
    return _show(request, order, payment, form=form, quote=quote, trouble=trouble, status=200 if quote else 422)


@never_cache
@require_POST
@large_refunds_ask_again
def make_refund(request: HttpRequest, order_id: Any) -> HttpResponse:
    """Refund what was confirmed; the same page sent twice is one refund."""
    user = allowed(request, "checkout.refund_order")
    order = get_object_or_404(Order, pk=order_id)
    confirm = ConfirmForm(request.POST)
    payment = _refundable(order)
    if confirm.is_valid() and (twin := Refund.objects.filter(token=confirm.token_id).first()):
        return _say_done(request, twin)
    if payment is None:
        return _show(request, order, None, trouble=why_not_refundable(order.pk), status=409)
    form = _form(request, order, payment)
    if not form.is_valid() or not confirm.is_valid():
        return _show(request, order, payment, form=form, status=422)
    try:
        refund = request_refund(
            order_id=order.pk,
            lines=form.chosen(),
            delivery=form.cleaned_data["delivery"],
            other=form.cleaned_data["other"],
            expected_total=confirm.cleaned_data["expected_total"],
            reason=Refund.Reason(form.cleaned_data["reason"]),
            note=form.cleaned_data["note"],
            by=user,
            token=confirm.token_id,
            now=timezone.now(),
        )
    except UnableToRefund as error:
        if error.is_final:
            return _show(request, order, _refundable(order), form=form, trouble=str(error), status=409)
        messages.warning(request, str(error))
        return redirect("admin:checkout_order_change", order.pk)
    return _say_done(request, refund)


def _refundable(order: Order) -> Payment | None:
    payment = find_refundable_payment(order.pk)
    return payment if payment and payment.kept else None


def _form(request: HttpRequest, order: Order, payment: Payment) -> RefundForm:
    lines = list(OrderLine.objects.filter(order=order).order_by("pk"))
    has_goods = order.status in WITH_GOODS
    return RefundForm(sent(request), payment=payment, lines=lines, has_goods=has_goods)


def _quote(form: RefundForm, payment: Payment) -> tuple[RefundQuote | None, str]:
    """What the form comes to, or why it can't be."""
    if not form.is_valid():
        return None, ""
    amounts = {name: form.cleaned_data[name] for name in ("delivery", "other")}
    try:
        return quote_refund(payment=payment, lines=form.chosen(), **amounts), ""
    except UnableToRefund as error:
        return None, str(error)


def _say_done(request: HttpRequest, refund: Refund) -> HttpResponse:
    """Say what happened and what did not."""
    payment = Payment.objects.get(pk=refund.payment_id)
    refund.payment = payment
    if refund.is_done:
        restocked = sum(line.quantity for line in refund.lines.all() if line.is_restocked)
        units = f" {restocked} unit{'s' if restocked > 1 else ''} went back on sale." if restocked else ""
        messages.success(
            request, f"Refunded {refund.shown} to {describe_account(payment)}.{units} The customer gets a mail."
        )
    elif refund.has_failed:
        messages.error(request, f"{refund.problem} {refund.shown} was not refunded, and no goods were moved.".strip())
    else:
        messages.warning(request, f"The refund of {refund.shown} is under way. It was not made twice.")
    return redirect("admin:checkout_order_change", payment.order_id)


def describe_account(payment: Payment) -> str:
    """Where the money goes."""
    if payment.card_last4:
        return f"the {payment.card_brand or 'card'} card ending {payment.card_last4}"
    return "the account it came from"


def _show(
    request: HttpRequest,
    order: Order,
    payment: Payment | None,
    *,
    form: RefundForm | None = None,
    quote: RefundQuote | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    shown = _amounts(quote, payment) if quote and payment else {}
    context = {
        **admin.site.each_context(request),
        "title": f"Refund order {order.number}",
        "order": order,
        "payment": payment,
        "account": describe_account(payment) if payment else "",
        "left": format_money(payment.kept, payment.currency) if payment else "",
        "cancels": bool(quote and payment and quote.total == payment.kept and order.is_released),
        "form": form,
        "quote": quote,
        "shown": shown,
        **(_taxes(quote, order) if quote else {}),
        "chosen": _chosen(form) if quote and form else [],
        "token": uuid.uuid4(),
        "trouble": trouble,
        "refunds": _earlier(order),
        "opts": Order._meta,  # noqa: SLF001  # the admin's own way
    }
    return render(request, "admin/checkout/refund.html", context, status=status)


def _amounts(quote: RefundQuote, payment: Payment) -> dict[str, str]:
    amounts = {
        "goods": quote.goods,
        "delivery": quote.delivery,
        "tax": quote.tax,
        "other": quote.other,
        "total": quote.total,
    }
    shown = {name: format_money(amount, payment.currency) for name, amount in amounts.items() if amount}
    shown["left"] = format_money(payment.kept - quote.total, payment.currency)
    return shown


def _taxes(quote: RefundQuote, order: Order) -> dict[str, object]:
    base = quote.goods + quote.delivery
    sums = tax_sums_of(order, tax=quote.tax, other=quote.other, taxes=quote.taxes, goods_and_delivery=base)
    return {"taxes": sums, "tax_note": tax_note_of(order, quote.taxes)}


def _chosen(form: RefundForm) -> list[dict[str, object]]:
    by_id = {line.pk: line for line in form.lines}
    return [
        {
            "line": by_id[wanted.line_id],
            "quantity": wanted.quantity,
            "is_restocked": wanted.is_restocked,
            "amount": format_money(by_id[wanted.line_id].unit_price * wanted.quantity, form.payment.currency),
        }
        for wanted in form.chosen()
    ]


def _earlier(order: Order) -> QuerySet[Refund]:
    return Refund.objects.filter(payment__order=order).select_related("payment").order_by("requested_at", "pk")
