"""Mails and gateway events in the admin: what waits, what was given up, and a button to have it tried again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from checkout.models import GatewayEventRecord, Mail
from checkout.services.jobs import MAX_TRIES, try_again
from store.read_only import ReadOnly


class GivenUp(admin.SimpleListFilter):
    """Tried until a person had to be told."""

    title = "given up"
    parameter_name = "given_up"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """Offer the one thing to ask for."""
        return [("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what is neither done nor tried any more."""
        if self.value() != "yes":
            return queryset
        return _not_done(queryset).filter(tries__gte=MAX_TRIES)


class RetriedAdmin(ReadOnly):
    """Put before ModelAdmin: rows that can be tried again by who has the right."""

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Who only looks on starts nothing."""
        return request.user.has_perm("store.retry_job")

    @admin.action(description="Try again now", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Begin anew with the chosen rows that are not done."""
        done = try_again(_not_done(queryset), now=timezone.now())
        messages.success(request, f"{done} will be tried again within a minute. What was done before is left alone.")


@admin.register(Mail)
class MailAdmin(RetriedAdmin, admin.ModelAdmin[Mail]):
    """The mails of orders. Address and text are made when a mail is sent, and kept nowhere."""

    list_display = ("kind", "order_link", "written_at", "sent_at", "tries", "next_try_at", "error")
    list_filter = (GivenUp, ("sent_at", admin.EmptyFieldListFilter), "kind")
    list_select_related = ("order",)
    search_fields = ("order__number",)
    search_help_text = "An order number."
    ordering = ("-written_at",)
    show_full_result_count = False
    actions = ("try_again",)

    @admin.display(description="Order")
    def order_link(self, mail: Mail) -> str:
        url = reverse("admin:checkout_order_change", args=[mail.order_id])
        return format_html('<a href="{}">{}</a>', url, mail.order.number)


@admin.register(GatewayEventRecord)
class GatewayEventAdmin(RetriedAdmin, admin.ModelAdmin[GatewayEventRecord]):
    """What the gateways told the shop. Only ids are kept."""

    list_display = ("kind", "event_id", "gateway", "status", "received_at", "tries", "next_try_at", "error")
    list_filter = (GivenUp, "status", "gateway")
    search_fields = ("event_id", "reference", "session_id")
    search_help_text = "An id of the gateway's."
    ordering = ("-received_at",)
    show_full_result_count = False
    actions = ("try_again",)


def _not_done(rows: QuerySet[Any]) -> QuerySet[Any]:
    if rows.model is Mail:
        return rows.filter(sent_at=None)
    return rows.filter(status=GatewayEventRecord.Status.NEW)
