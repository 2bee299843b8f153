"""Papers for the people who pack, made from chosen orders: those that may leave, and a word about the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from checkout.admin.access import allowed
from checkout.models import Order
from checkout.services.packing import CSV_HEAD, label_rows, part_for_packing
from store.audit import record
from store.csv_files import csv_response
from store.staff.again import ask_again
from store.staff.factors import staff_user

# More pages than this are no batch that one person packs; it also bounds the work of one request.
MOST = 200
# What a slip says of a customer.
SLIP_FIELDS = ("name", "line1", "line2", "city", "region", "postcode", "country")


class PackingActions:
    """Put before ModelAdmin: three batch actions for who may ship and may see addresses."""

    def has_pack_permission(self, request: HttpRequest) -> bool:
        """Pick lists need no address, but go with the slips."""
        return request.user.has_perm("checkout.ship_order") and request.user.has_perm("checkout.view_orderaddress")

    @admin.action(description="Pick list (PDF)", permissions=["pack"])
    def pick_list(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponseBase | None:
        """What to fetch from the shelves."""
        return _answer(request, queryset, _pick_list, action="order.pick", fields=["sku", "units"])

    @admin.action(description="Packing slips (PDF)", permissions=["pack"])
    def packing_slips(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponseBase | None:
        """A page for each parcel."""
        return _answer(request, queryset, _slips, action="order.slip", fields=SLIP_FIELDS)

    @admin.action(description="Addresses for labels (CSV)", permissions=["pack"])
    def labels(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponseBase | None:
        """For a carrier's program. A file of many addresses is as much as a thief wants, so it asks again who it is."""
        return ask_again(request) or _answer(request, queryset, _labels, action="order.label", fields=CSV_HEAD)


def show_slip(request: HttpRequest, order: Order) -> HttpResponseBase | None:
    """The packing slip of one order, or None, and a word about why not."""
    allowed(request, "checkout.ship_order")
    allowed(request, "checkout.view_orderaddress")
    return _answer(request, Order.objects.filter(pk=order.pk), _slips, action="order.slip", fields=SLIP_FIELDS)


def _labels(orders: list[Order]) -> HttpResponseBase:
    return csv_response(name="labels", head=CSV_HEAD, rows=label_rows(orders))


def _pick_list(orders: list[Order]) -> HttpResponse:
    from checkout.services.packing_pdf import pick_list_pdf  # noqa: PLC0415  # fpdf2 takes 19 MB, which only its user pays

    return _pdf("pick-list", pick_list_pdf(orders, shop=settings.SHOP_NAME))


def _slips(orders: list[Order]) -> HttpResponse:
    from checkout.services.packing_pdf import packing_slips_pdf  # noqa: PLC0415  # as above

    slips = packing_slips_pdf(orders, shop=settings.SHOP_NAME, return_address=settings.RETURN_ADDRESS)
    return _pdf("packing-slips", slips)


def _answer(
    request: HttpRequest,
    chosen: QuerySet[Order],
    make: Callable[[list[Order]], HttpResponseBase],
    *,
    action: str,
    fields: Sequence[str],
) -> HttpResponseBase | None:
    """What `make` makes of the orders that may leave, with a row in the audit log for each of them."""
    if chosen.count() > MOST:
        messages.error(request, f"That is more than {MOST} orders. Nothing was made; choose fewer.")
        return None
    ready, others = part_for_packing(chosen)
    if others:
        messages.warning(
            request,
            f"Left out, as they are not released, not paid for, stopped, or have nothing left to send: {', '.join(others)}.",
        )
    if not ready:
        messages.error(request, "None of the chosen orders may leave the house now. Nothing was made.")
        return None
    paper = make(ready)
    with transaction.atomic():
        for order in ready:
            record(actor=staff_user(request), action=action, object=order, fields=fields, request=request)
    return paper


def _pdf(name: str, content: bytes) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"', "Cache-Control": "no-store, private"},
    )
