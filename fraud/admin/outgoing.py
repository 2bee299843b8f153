"""Webhooks in the admin: whom the shop tells, their secrets, and what was told."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from checkout.services.jobs import try_again
from fraud.admin.people import demand, staff_user
from fraud.models import OutgoingMessage, WebhookEndpoint
from fraud.outgoing.signing import new_secret
from fraud.outgoing.write import write_test
from store.audit import record
from store.card_guard import GuardedModelForm
from store.read_only import ReadOnly
from store.staff.again import ask_again

CHANGE = "fraud.change_webhookendpoint"


class EndpointForm(GuardedModelForm):
    """Where to, for whom, what."""

    class Meta:
        model = WebhookEndpoint
        fields = ("url", "note", "kinds", "is_active")
        help_texts = {"kinds": "Kinds it wants, separated by spaces, as in order.flagged order.cancelled; empty for all."}


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(admin.ModelAdmin[WebhookEndpoint]):
    """Endpoints. One that is not wanted any more is made inactive: its messages are a record."""

    form = EndpointForm
    list_display = ("__str__", "note", "kinds", "is_active", "is_rotating", "created_at")
    list_filter = ("is_active",)
    ordering = ("-created_at",)
    change_form_template = "admin/fraud/outgoing/endpoint.html"

    class Media:
        css = {"all": ["fraud/desk.css"]}

    @admin.display(description="two secrets", boolean=True)
    def is_rotating(self, endpoint: WebhookEndpoint) -> bool:
        """Whether the secret before this one still signs, too."""
        return endpoint.rotated_at is not None

    def has_delete_permission(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        """One address for each button."""
        return [
            path(
                f"<uuid:pk>/{name}/",
                self.admin_site.admin_view(never_cache(require_POST(getattr(self, name)))),
                name=f"fraud_webhookendpoint_{name}",
            )
            for name in ("reveal", "rotate", "retire", "test")
        ] + super().get_urls()

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:
        """Keep who added it."""
        if not change:
            obj.created_by = staff_user(request)
        super().save_model(request, obj, form, change)
        record(actor=staff_user(request), action="webhook.save", object=obj, fields=form.changed_data, request=request)

    def reveal(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show the secret, to be copied into the receiver's settings; that somebody saw it is written down."""
        user, endpoint = demand(request, CHANGE), _endpoint(pk)
        if asked := ask_again(request):
            return asked
        record(actor=user, action="webhook.reveal", object=endpoint, fields=["secret"], request=request)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": f"Secret of {endpoint}",
            "endpoint": endpoint,
        }
        response = TemplateResponse(request, "admin/fraud/outgoing/secret.html", context)
        response["Cache-Control"] = "no-store, private"
        return response

    def rotate(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Draw a new secret; the one before signs as well until it is retired."""
        user, endpoint = demand(request, CHANGE), _endpoint(pk)
        if endpoint.rotated_at is not None:
            messages.error(request, "There are two secrets already: retire the old one first. Nothing was changed.")
            return _back(endpoint)
        if asked := ask_again(request):
            return asked
        endpoint.former_secret, endpoint.secret, endpoint.rotated_at = endpoint.secret, new_secret(), timezone.now()
        endpoint.save(update_fields=["former_secret", "secret", "rotated_at"])
        record(actor=user, action="webhook.rotate", object=endpoint, fields=["secret"], request=request)
        messages.success(
            request, "There is a new secret, and both sign now. Give the receiver the new one, then retire the old."
        )
        return _back(endpoint)

    def retire(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Sign with the newest secret only."""
        user, endpoint = demand(request, CHANGE), _endpoint(pk)
        endpoint.former_secret = endpoint.rotated_at = None
        endpoint.save(update_fields=["former_secret", "rotated_at"])
        record(actor=user, action="webhook.retire", object=endpoint, fields=["former_secret"], request=request)
        messages.success(request, "Only the newest secret signs now.")
        return _back(endpoint)

    def test(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Have a message sent that tells of nothing."""
        demand(request, CHANGE)
        endpoint = _endpoint(pk)
        write_test(endpoint, now=timezone.now())
        messages.success(request, "A test message is on its way: see Outgoing messages.")
        return _back(endpoint)


@admin.register(OutgoingMessage)
class OutgoingMessageAdmin(ReadOnly, admin.ModelAdmin[OutgoingMessage]):
    """What was told, what waits, what was given up."""

    list_display = (
        "kind",
        "message_id",
        "endpoint",
        "written_at",
        "sent_at",
        "status_code",
        "tries",
        "next_try_at",
        "error",
    )
    list_filter = (("sent_at", admin.EmptyFieldListFilter), "kind", "endpoint")
    list_select_related = ("endpoint",)
    ordering = ("-pk",)
    show_full_result_count = False
    actions = ("try_again",)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Who only looks on starts nothing."""
        return request.user.has_perm("store.retry_job") or request.user.has_perm(CHANGE)

    @admin.action(description="Send again now", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[OutgoingMessage]) -> None:
        """Begin anew with the chosen messages, those that were taken included; receivers know each by its id."""
        now = timezone.now()
        queryset.update(sent_at=None)
        done = try_again(queryset, now=now)
        record(actor=staff_user(request), action="webhook.replay", fields=[str(done)], request=request)
        messages.success(request, f"{done} will be sent within a minute or so, under the ids they had.")


def _endpoint(pk: uuid.UUID) -> WebhookEndpoint:
    found = WebhookEndpoint.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _back(endpoint: WebhookEndpoint) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:fraud_webhookendpoint_change", args=[endpoint.pk]))
