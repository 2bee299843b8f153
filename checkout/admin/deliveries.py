"""Proof of delivery on an order's page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from checkout.admin.access import allowed
from checkout.forms import DeliveryProofForm
from checkout.models import DeliveryProof, Order
from checkout.services.deliveries import UnableToNoteDelivery, note_delivery
from store.audit import record
from store.read_only import ReadOnlyRows
from store.staff.looking import is_revealed


class DeliveryProofInline(ReadOnlyRows, admin.TabularInline[DeliveryProof, Order]):
    """What was written down; who signed stays closed like all that says who the customer is."""

    model = DeliveryProof
    ordering = ("noted_at",)

    def has_view_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        """Who sees the order sees that it came."""
        return request.user.has_perm("checkout.view_order")

    def get_fields(self, request: HttpRequest, obj: Order | None = None) -> Any:
        own = ("delivered_at", "noted_at", "noted_by")
        return (*own, "signed_by", "words") if is_revealed(request) else own


def proof_form(request: HttpRequest, order: Order) -> DeliveryProofForm | None:
    """The form, where proof can be added to the order by whoever asks."""
    may = order.is_shipped and request.user.has_perm("checkout.ship_order")
    return DeliveryProofForm(auto_id="id_proof_%s") if may else None


def note_proof(request: HttpRequest, order_id: Any) -> HttpResponse:
    """Write down what the carrier says of the delivery."""
    user = allowed(request, "checkout.ship_order")
    order = get_object_or_404(Order, pk=order_id)
    form = DeliveryProofForm(request.POST)
    if not form.is_valid():
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        messages.error(request, f"{words} Nothing was written down.")
        return redirect("admin:checkout_order_change", order_id)
    try:
        note_delivery(order_id=order.pk, by=user, now=timezone.now(), **form.cleaned_data)
    except UnableToNoteDelivery as error:
        messages.error(request, str(error))
    else:
        fields = [name for name, value in form.cleaned_data.items() if value]
        record(actor=user, action="order.delivered", object=order, fields=fields, request=request)
        messages.success(request, "The proof of delivery is written down and goes into the evidence pack.")
    return redirect("admin:checkout_order_change", order_id)
