"""Orders in the admin. Orders and money are read here; services change them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from checkout.admin.access import allowed, may_see_customers
from checkout.admin.deliveries import DeliveryProofInline, note_proof, proof_form
from checkout.admin.order_page import order_money
from checkout.admin.packing import PackingActions, show_slip
from checkout.admin.refunding import make_refund, refund_page
from checkout.carriers import carrier_names
from checkout.finding import NUMBER, condition_of, read_term
from checkout.forms import LiftForm, ShipForm
from checkout.models import (
    Alert,
    Document,
    Mail,
    Order,
    OrderAddress,
    OrderEvent,
    OrderLine,
    Payment,
    Return,
    Shipment,
)
from checkout.services.authorising import UnableToReauthorise, reauthorise
from checkout.services.cancel import UnableToCancelOrder, cancel_order
from checkout.services.disputes import UnableToLiftFreeze, lift_freeze
from checkout.services.refunds import find_refundable_payment
from checkout.services.shipping import UnableToShipOrder, ship_order
from checkout.signals import order_page_shown
from checkout.states import PaymentStatus
from checkout.views.documents import as_download
from store.audit import record
from store.money import format_money
from store.read_only import ReadOnly, ReadOnlyRows
from store.staff.again import ask_again
from store.staff.looking import Revealing, is_revealed
from store.staff_search import PrivateSearch, UnableToSearch


class OrderLineInline(ReadOnlyRows, admin.TabularInline[OrderLine, Order]):
    model = OrderLine
    fields = ("sku", "name", "options", "quantity", "price", "amount")
    readonly_fields = ("price", "amount")

    @admin.display(description="Unit price")
    def price(self, line: OrderLine) -> str:
        return format_money(line.unit_price, line.order.currency)

    @admin.display(description="Total")
    def amount(self, line: OrderLine) -> str:
        return format_money(line.total, line.order.currency)


PERSONAL_LINES = ("name", "line1", "line2", "postcode", "city")


class OrderAddressInline(ReadOnlyRows, admin.TabularInline[OrderAddress, Order]):
    verbose_name_plural = "Addresses"
    model = OrderAddress

    def has_view_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        """Who sees the order sees where it goes, roughly."""
        return request.user.has_perm("checkout.view_order")

    def get_fields(self, request: HttpRequest, obj: Order | None = None) -> Any:
        return ("kind", *(PERSONAL_LINES if is_revealed(request) else ()), "region", "country", "is_as_typed")


class PaymentInline(ReadOnlyRows, admin.TabularInline[Payment, Order]):
    model = Payment
    fields = ("status", "gateway", "reference", "sum", "captured", "refunded", "capture_before")
    readonly_fields = ("sum", "captured", "refunded")

    @admin.display(description="Amount")
    def sum(self, payment: Payment) -> str:
        return format_money(payment.amount, payment.currency)

    @admin.display(description="Captured")
    def captured(self, payment: Payment) -> str:
        return format_money(payment.captured_amount, payment.currency)

    @admin.display(description="Refunded")
    def refunded(self, payment: Payment) -> str:
        return format_money(payment.refunded_amount, payment.currency)


class OrderEventInline(ReadOnlyRows, admin.TabularInline[OrderEvent, Order]):
    model = OrderEvent
    ordering = ("at",)

    def get_fields(self, request: HttpRequest, obj: Order | None = None) -> Any:
        """A reviewer's own words may name the customer."""
        return ("at", "was", "now", "by", *(("why",) if is_revealed(request) else ()))


class ShipmentInline(ReadOnlyRows, admin.TabularInline[Shipment, Order]):
    model = Shipment
    fields = ("shipped_at", "carrier", "tracking_number", "contents", "by")
    readonly_fields = ("contents",)
    ordering = ("shipped_at",)
    verbose_name_plural = "Parcels"

    @admin.display(description="In it")
    def contents(self, shipment: Shipment) -> str:
        rows = shipment.lines.select_related("line").order_by("line_id")
        return ", ".join(f"{row.quantity} x {row.line.sku}" for row in rows)


class ReturnInline(ReadOnlyRows, admin.TabularInline[Return, Order]):
    model = Return
    fields = ("link", "requested_at", "status_at")
    readonly_fields = ("link",)
    ordering = ("requested_at",)

    @admin.display(description="Return")
    def link(self, found: Return) -> str:
        """To the page where it is worked on."""
        url = reverse("admin:checkout_return_change", args=[found.pk])
        return format_html('<a href="{}">{}</a>', url, found.get_status_display())


class DocumentInline(ReadOnlyRows, admin.TabularInline[Document, Order]):
    model = Document
    fields = ("link", "kind", "issued_at", "sum", "tax_part")
    readonly_fields = ("link", "sum", "tax_part")
    ordering = ("issued_at", "kind", "serial")
    verbose_name_plural = "Invoices and credit notes"

    @admin.display(description="Number")
    def link(self, document: Document) -> str:
        """To the PDF."""
        url = reverse("admin:checkout_order_document", args=[document.order_id, document.pk])
        return format_html('<a href="{}">{}</a>', url, document.number)

    @admin.display(description="Total")
    def sum(self, document: Document) -> str:
        return document.shown

    @admin.display(description="Tax")
    def tax_part(self, document: Document) -> str:
        return format_money(document.tax, document.currency)


class MailInline(ReadOnlyRows, admin.TabularInline[Mail, Order]):
    model = Mail
    fields = ("kind", "written_at", "sent_at", "tries", "error")


@admin.register(Order)
class OrderAdmin(PackingActions, PrivateSearch, ReadOnly, Revealing[Order]):
    """The orders. A list page opens no encrypted column."""

    list_display = ("number", "state", "placed_at", "amount", "delivery_name", "gift")
    list_filter = ("status", "is_gift", "delivery_name")
    search_fields = ("number",)
    search_help_text = "A whole order number, e-mail address, phone number or last name."
    ordering = ("-placed_at", "-id")
    show_full_result_count = False
    list_per_page = 50
    actions = ("pick_list", "packing_slips", "labels")
    inlines = (
        OrderLineInline,
        OrderAddressInline,
        PaymentInline,
        DocumentInline,
        DeliveryProofInline,
        ShipmentInline,
        ReturnInline,
        OrderEventInline,
        MailInline,
    )
    fieldsets = (
        (None, {"fields": ("number", "status", "status_at", "placed_at", "cancel_reason")}),
        (
            "Customer",
            {
                "fields": (
                    "email",
                    "phone",
                    "customer",
                    "is_gift",
                    "gift_message",
                    "order_note",
                    "terms",
                    "terms_accepted_at",
                )
            },
        ),
        ("Money", {"fields": ("made_of", "amount", "tax_rate", "rounding", "vat_number")}),
        ("Parcel", {"fields": ("delivery_name", "carrier", "tracking_number")}),
    )
    personal = frozenset({"email", "phone", "vat_number", "gift_message", "order_note"})
    revealed = ("email", "phone", "vat_number", "gift_message", "order_note", *PERSONAL_LINES, "signed_by", "words", "why")
    readonly_fields = ("made_of", "amount")
    change_form_template = "admin/checkout/order.html"

    def get_urls(self) -> list[URLPattern]:
        """Shipping, cancelling and refunding."""
        own = [
            path("<uuid:order_id>/slip/", self.admin_site.admin_view(self.slip), name="checkout_order_slip"),
            path("<uuid:order_id>/ship/", self.admin_site.admin_view(require_POST(self.ship)), name="checkout_order_ship"),
            path(
                "<uuid:order_id>/cancel/",
                self.admin_site.admin_view(require_POST(self.cancel)),
                name="checkout_order_cancel",
            ),
            path("<uuid:order_id>/lift/", self.admin_site.admin_view(require_POST(self.lift)), name="checkout_order_lift"),
            path(
                "<uuid:order_id>/renew/", self.admin_site.admin_view(require_POST(self.renew)), name="checkout_order_renew"
            ),
            path(
                "<uuid:order_id>/alerts/<int:alert_id>/",
                self.admin_site.admin_view(require_POST(self.resolve)),
                name="checkout_order_resolve",
            ),
            path(
                "<uuid:order_id>/documents/<uuid:document_id>/",
                self.admin_site.admin_view(self.document),
                name="checkout_order_document",
            ),
            path(
                "<uuid:order_id>/delivered/",
                self.admin_site.admin_view(require_POST(note_proof)),
                name="checkout_order_delivered",
            ),
            path("<uuid:order_id>/refund/", self.admin_site.admin_view(refund_page), name="checkout_order_refund"),
            path("<uuid:order_id>/refund/now/", self.admin_site.admin_view(make_refund), name="checkout_order_refund_now"),
        ]
        return [*own, *super().get_urls()]

    def read_term(self, request: HttpRequest, term: str) -> tuple[str, str]:
        """An order number, or else what only those may look for who may see customers."""
        what, value = read_term(term)
        if what == NUMBER:
            return "", value
        if not may_see_customers(request):
            raise UnableToSearch("You may look for order numbers only.")
        return f"orders by {what}", value

    def find_by_digest(self, queryset: QuerySet[Order], what: str, digest: str) -> QuerySet[Order]:
        """Find by exactly one thing."""
        return queryset.filter(condition_of(what.removeprefix("orders by "), digest))

    def find_public(self, queryset: QuerySet[Order], term: str) -> QuerySet[Order]:
        """Find by the order number."""
        return queryset.filter(condition_of(*read_term(term)))

    @admin.display(description="Status", ordering="status")
    def state(self, order: Order) -> str:
        """With a colour, so that what waits is seen from afar."""
        return format_html('<span class="state-pill is-{}">{}</span>', order.status, order.get_status_display())

    @admin.display(description="Gift")
    def gift(self, order: Order) -> str:
        return "A gift" if order.is_gift else ""

    @admin.display(description="Total", ordering="total")
    def amount(self, order: Order) -> str:
        return format_money(order.total, order.currency)

    @admin.display(description="Made of")
    def made_of(self, order: Order) -> str:
        rows = format_html_join(mark_safe("<br>"), "{}: {}", ((part.label, part.amount) for part in order.parts.sums))
        return format_html("{}<br>{}", rows, order.parts.tax_note) if order.parts.tax_note else rows

    def get_fieldsets(self, request: HttpRequest, obj: Order | None = None) -> Any:
        """Leave out how to reach the customer unless it was asked for."""
        return self.fieldsets if is_revealed(request) else _without(self.personal, self.fieldsets)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        """Offer what can be done with the order as it stands."""
        order: Order | None = kwargs.get("obj")
        if order is not None:
            lines = list(order.lines.order_by("pk"))
            context["carriers"] = carrier_names()
            context["can_pack"] = self.has_pack_permission(request) and order.is_released
            context["ship_form"] = (
                ShipForm(lines=lines) if order.is_released and request.user.has_perm("checkout.ship_order") else None
            )
            context["proof_form"] = proof_form(request, order)
            can_cancel = order.is_released or order.is_awaiting_payment
            context["can_cancel"] = can_cancel and request.user.has_perm("checkout.cancel_order")
            payment = find_refundable_payment(order.pk) if request.user.has_perm("checkout.refund_order") else None
            context["can_refund"] = payment is not None and payment.kept > 0
            context["money"] = order_money(order, now=timezone.now())
            context["can_lift"] = request.user.has_perm("checkout.lift_freeze")
            context["can_renew"] = request.user.has_perm("checkout.renew_authorisation")
            answers = order_page_shown.send(sender=Order, order=order, user=request.user)
            context["links"] = [answer for _, answer in answers if answer]
            context["may_resolve"] = request.user.has_perm("checkout.change_alert")
        return super().render_change_form(request, context, *args, **kwargs)

    def ship(self, request: HttpRequest, order_id: Any) -> HttpResponse:
        """Hand the parcel over."""
        user = allowed(request, "checkout.ship_order")
        order = get_object_or_404(Order, pk=order_id)
        form = ShipForm(request.POST, lines=list(order.lines.order_by("pk")))
        if form.is_valid():
            carrier, number = form.cleaned_data["carrier"], form.cleaned_data["tracking_number"]
            try:
                shipped = ship_order(
                    order_id=order_id,
                    by=user,
                    carrier=carrier,
                    tracking_number=number,
                    now=timezone.now(),
                    units=form.units(),
                )
                part = "" if shipped.is_shipped else " A part is left to send."
                messages.success(request, f"Shipped. The customer gets a mail.{part}")
            except UnableToShipOrder as error:
                messages.error(request, str(error))
        else:
            messages.error(request, "The carrier, its number or the units can't be taken as they are. It was not shipped.")
        return redirect("admin:checkout_order_change", order_id)

    def slip(self, request: HttpRequest, order_id: Any) -> HttpResponseBase:
        """The packing slip of what is left to send."""
        order = get_object_or_404(Order, pk=order_id)
        return show_slip(request, order) or redirect("admin:checkout_order_change", order_id)

    def lift(self, request: HttpRequest, order_id: Any) -> HttpResponse:
        """Let an order ship that a dispute, a warning or a review has stopped."""
        user = allowed(request, "checkout.lift_freeze")
        get_object_or_404(Order, pk=order_id)
        form = LiftForm(request.POST)
        if form.is_valid():
            try:
                lift_freeze(order_id=order_id, by=user, why=form.cleaned_data["why"], now=timezone.now())
                messages.success(request, "The stop is lifted: the order can ship.")
            except UnableToLiftFreeze as error:
                messages.error(request, str(error))
        else:
            messages.error(request, "Say why the order may ship all the same, without a card number. It is still stopped.")
        return redirect("admin:checkout_order_change", order_id)

    def renew(self, request: HttpRequest, order_id: Any) -> HttpResponse:
        """Have a payment authorised anew whose gateway promises the money no longer; it can be tried once."""
        user = allowed(request, "checkout.renew_authorisation")
        order = get_object_or_404(Order, pk=order_id)
        payment = order.payments.filter(status=PaymentStatus.AUTHORIZED).first()
        if payment is None:
            messages.error(request, "No payment of this order is merely authorised. Nothing was changed.")
            return redirect("admin:checkout_order_change", order_id)
        try:
            reauthorise(payment_id=payment.pk, now=timezone.now(), by=user)
            messages.success(request, "Authorised anew. Ring the customer, then release or cancel the order.")
        except UnableToReauthorise as error:
            messages.error(request, str(error))
        return redirect("admin:checkout_order_change", order_id)

    def resolve(self, request: HttpRequest, order_id: Any, alert_id: int) -> HttpResponse:
        """Close one matter of this order."""
        allowed(request, "checkout.change_alert")
        if Alert.objects.open().filter(pk=alert_id, order_id=order_id).update(resolved_at=timezone.now()):
            messages.success(request, "Marked as done.")
        return redirect("admin:checkout_order_change", order_id)

    def document(self, request: HttpRequest, order_id: Any, document_id: Any) -> HttpResponse:
        """Hand out an invoice or a credit note; both name the customer."""
        allowed(request, "checkout.view_document")
        user = allowed(request, "checkout.view_orderaddress")
        found = get_object_or_404(Document.objects.select_related("order"), pk=document_id, order_id=order_id)
        if asked := ask_again(request):
            return asked
        record(actor=user, action="document.take", object=found.order, fields=["buyer"], why=found.number, request=request)
        return as_download(found)

    def cancel(self, request: HttpRequest, order_id: Any) -> HttpResponse:
        """Cancel an order that no reviewer has on the desk: not paid yet, or released and not shipped."""
        user = allowed(request, "checkout.cancel_order")
        get_object_or_404(Order, pk=order_id)
        try:
            cancel_order(
                order_id=order_id,
                by=user,
                reason=Order.CancelReason.CUSTOMER,
                why="Cancelled on the order's page.",
                now=timezone.now(),
            )
            messages.success(request, "Cancelled. What was charged is refunded, and the goods are on sale again.")
        except UnableToCancelOrder as error:
            messages.error(request, str(error))
        return redirect("admin:checkout_order_change", order_id)


def _without(names: frozenset[str], fieldsets: Any) -> list[tuple[str | None, dict[str, Any]]]:
    return [
        (title, {**options, "fields": tuple(name for name in options["fields"] if name not in names)})
        for title, options in fieldsets
    ]
