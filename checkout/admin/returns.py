"""Returns in the admin: what is asked, our answer, what arrived, and the refund, each step a POST of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from checkout.admin.access import allowed, may_see_customers
from checkout.admin.refund_form import ConfirmForm, large_refunds_ask_again
from checkout.admin.refunding import describe_account
from checkout.models import Order, Return, ReturnEvent, ReturnLine
from checkout.return_forms import AnswerForm, ReceiveForm, RefundReturnForm, WhyForm
from checkout.services.refund_taxes import tax_sums_of
from checkout.services.refunds import UnableToRefund, find_refundable_payment
from checkout.services.returns import (
    UnableToReturn,
    answer_return,
    close_return,
    quote_return,
    receive_return,
    refund_of,
    refund_return,
)
from store.money import format_money
from store.read_only import ReadOnly, ReadOnlyRows

HANDLE, REFUND = "checkout.handle_return", "checkout.refund_order"
BUTTONS = ("approve", "refuse", "receive", "close", "quote", "refund")


class ReturnLineInline(ReadOnlyRows, admin.TabularInline[ReturnLine, Return]):
    model = ReturnLine
    fields = ("line", "name", "quantity", "reason", "arrived")
    readonly_fields = ("name",)

    @admin.display(description="Goods")
    def name(self, row: ReturnLine) -> str:
        """As the order has it."""
        return f"{row.line.name}, {row.line.options}" if row.line.options else row.line.name

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the lines, in one query."""
        return super().get_queryset(request).select_related("line")


class ReturnEventInline(ReadOnlyRows, admin.TabularInline[ReturnEvent, Return]):
    model = ReturnEvent
    fields = ("at", "was", "now", "by", "why")
    ordering = ("at",)


@admin.register(Return)
class ReturnAdmin(ReadOnly, admin.ModelAdmin[Return]):
    """The returns. A list page opens no encrypted column; services change them, on request of who has the right."""

    list_display = ("requested_at", "status", "order_number", "status_at")
    list_filter = ("status",)
    list_select_related = ("order",)
    search_fields = ("order__number",)
    search_help_text = "An order number."
    ordering = ("-requested_at",)
    show_full_result_count = False
    inlines = (ReturnLineInline, ReturnEventInline)
    change_form_template = "admin/checkout/return.html"
    fieldsets = ((None, {"fields": ("order_link", "status", "requested_at", "status_at", "words", "answer", "condition")}),)
    readonly_fields = ("order_link",)
    personal = frozenset({"words", "answer", "condition"})

    def get_urls(self) -> list[URLPattern]:
        """One address for each step."""
        own = [
            path(
                f"<uuid:pk>/{name}/",
                self.admin_site.admin_view(require_POST(getattr(self, name))),
                name=f"checkout_return_{name}",
            )
            for name in BUTTONS
        ]
        return [*own, *super().get_urls()]

    @admin.display(description="Order", ordering="order__number")
    def order_number(self, found: Return) -> str:
        return found.order.number

    @admin.display(description="Order")
    def order_link(self, found: Return) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:checkout_order_change", args=[found.order_id]), found.order.number
        )

    def get_fieldsets(self, request: HttpRequest, obj: Return | None = None) -> Any:
        """Leave out what the customer wrote for those who neither work on returns nor see customers."""
        if may_see_customers(request) or request.user.has_perm(HANDLE):
            return self.fieldsets
        options = self.fieldsets[0][1]
        return ((None, {"fields": tuple(name for name in options["fields"] if name not in self.personal)}),)

    def get_inlines(self, request: HttpRequest, obj: Return | None) -> Any:
        """The events hold what staff wrote, also about the customer."""
        sees_all = may_see_customers(request) or request.user.has_perm(HANDLE)
        return self.inlines if sees_all else (ReturnLineInline,)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        """Offer what can be done with it as it stands."""
        found: Return | None = kwargs.get("obj")
        if found is not None:
            own: dict[str, Any] = getattr(request, "return_context", {})
            may_handle, may_refund = request.user.has_perm(HANDLE), request.user.has_perm(REFUND)
            lines = list(found.lines.select_related("line").order_by("pk"))
            if may_handle and found.is_requested:
                context["answer_form"] = AnswerForm()
            if may_handle and found.is_approved:
                context["receive_form"] = ReceiveForm(lines=lines)
            if may_handle and (found.is_approved or found.is_received):
                context["close_form"] = WhyForm(prefix="close")
            payment = find_refundable_payment(found.order_id) if may_refund and found.is_received else None
            if payment is not None:
                context["refund_form"] = RefundReturnForm(lines=lines)
                context["delivery"] = format_money(payment.order.delivery_total, payment.currency)
                context["account"] = describe_account(payment)
            context["refund"] = refund_of(found)
            context |= own
        return super().render_change_form(request, context, *args, **kwargs)

    def approve(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Let the parcel come."""
        return self._answer(request, pk, is_approved=True)

    def refuse(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Say no, and why."""
        return self._answer(request, pk, is_approved=False)

    def receive(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Write down what arrived."""
        user = allowed(request, HANDLE)
        found = get_object_or_404(Return, pk=pk)
        form = ReceiveForm(request.POST, lines=list(found.lines.select_related("line")))

        def do() -> None:
            receive_return(
                return_id=found.pk,
                arrived=form.arrived(),
                condition=form.cleaned_data["condition"],
                by=user,
                now=timezone.now(),
            )

        return _done(request, pk, form, do, "Marked as received. Look at it, then refund it.")

    def close(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """End it without a refund."""
        user = allowed(request, HANDLE)
        get_object_or_404(Return, pk=pk)
        form = WhyForm(request.POST, prefix="close")

        def do() -> None:
            close_return(return_id=pk, why=form.cleaned_data["why"], by=user, now=timezone.now())

        return _done(request, pk, form, do, "Closed. Nothing was refunded.")

    def quote(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Show what the refund comes to, before money moves."""
        allowed(request, REFUND)
        found = get_object_or_404(Return, pk=pk)
        form = RefundReturnForm(request.POST, lines=list(found.lines.select_related("line").order_by("pk")))
        if not form.is_valid():
            messages.error(request, f"Nothing was refunded. {_complaints(form)}")
            return redirect("admin:checkout_return_change", pk)
        try:
            quote = quote_return(found=found, lines=form.chosen(), with_delivery=form.cleaned_data["delivery"])
        except UnableToRefund as error:
            messages.error(request, str(error))
            return redirect("admin:checkout_return_change", pk)
        order = Order.objects.get(pk=found.order_id)
        currency = order.currency
        chosen = {wanted.line_id: wanted for wanted in form.chosen()}
        rows = [(row.row.line, chosen[row.row.line_id]) for row in form.rows() if row.row.line_id in chosen]
        base = quote.goods + quote.delivery
        taxes = tax_sums_of(order, tax=quote.tax, other=quote.other, taxes=quote.taxes, goods_and_delivery=base)
        sums = {"Delivery": quote.delivery, **{tax.label: tax.amount.minor for tax in taxes}}
        own = {
            "quote": quote,
            "quote_total": format_money(quote.total, currency),
            "quote_sums": [(name, format_money(amount, currency)) for name, amount in sums.items() if amount],
            "quote_rows": [
                (line, wanted, format_money(line.unit_price * wanted.quantity, currency)) for line, wanted in rows
            ],
            "quote_form": form,
        }
        request.return_context = own  # type: ignore[attr-defined]  # ours, for render_change_form
        request.method = "GET"  # the admin shows its page
        return self.change_view(request, str(pk))

    @large_refunds_ask_again
    def refund(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Refund what was shown; the same page sent twice is one refund."""
        user = allowed(request, REFUND)
        found = get_object_or_404(Return, pk=pk)
        form = RefundReturnForm(request.POST, lines=list(found.lines.select_related("line").order_by("pk")))
        confirm = ConfirmForm(request.POST)
        if not form.is_valid() or not confirm.is_valid():
            messages.error(request, f"Nothing was refunded. {_complaints(form)} {_complaints(confirm)}")
            return redirect("admin:checkout_return_change", pk)
        try:
            refund = refund_return(
                return_id=found.pk,
                lines=form.chosen(),
                with_delivery=form.cleaned_data["delivery"],
                expected_total=confirm.cleaned_data["expected_total"],
                token=confirm.token_id,
                by=user,
                now=timezone.now(),
            )
            messages.success(request, f"Refunded {refund.shown}. The customer gets a mail.")
        except UnableToRefund as error:
            (messages.error if error.is_final else messages.warning)(request, str(error))
        return redirect("admin:checkout_return_change", pk)

    def _answer(self, request: HttpRequest, pk: Any, *, is_approved: bool) -> HttpResponse:
        user = allowed(request, HANDLE)
        get_object_or_404(Return, pk=pk)
        form = AnswerForm(request.POST)

        def do() -> None:
            answer_return(
                return_id=pk,
                is_approved=is_approved,
                answer=form.cleaned_data["answer"],
                by=user,
                now=timezone.now(),
            )

        done = "Approved. The customer gets a mail." if is_approved else "Refused. The customer gets a mail that says why."
        return _done(request, pk, form, do, done)


def _done(request: HttpRequest, pk: Any, form: forms.Form, do: Callable[[], None], success: str) -> HttpResponse:
    """Do it if the form is right, and say what came of it."""
    if form.is_valid():
        try:
            do()
            messages.success(request, success)
        except UnableToReturn as error:
            messages.error(request, str(error))
    else:
        messages.error(request, f"Nothing was changed. {_complaints(form)}")
    return redirect("admin:checkout_return_change", pk)


def _complaints(form: forms.Form) -> str:
    named = ((form.fields[name].label if name in form.fields else "", errors) for name, errors in form.errors.items())
    return " ".join(f"{label}: {error}" if label else str(error) for label, errors in named for error in errors)
