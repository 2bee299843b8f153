"""Evidence for disputed orders: what there is, what is missing, the pack as PDF or JSON. Each download is written down."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from checkout.models import Dispute, Order
from checkout.states import DisputeStatus
from fraud.admin.people import demand, staff_user
from fraud.evidence_pack import as_json, as_pdf, build_pack, missing_of
from fraud.models.evidence import TAKE, EvidencePack
from store.audit import record
from store.card_guard import GuardedForm
from store.read_only import ReadOnly
from store.staff.again import ask_again

KINDS = {"pdf": (as_pdf, "application/pdf"), "json": (as_json, "application/json")}
SHOWN = 200


class TakeForm(GuardedForm):
    """What for, and what goes with it."""

    why = forms.CharField(
        label="What for",
        max_length=200,
        initial="Answer to the dispute",
        help_text="For the audit log. No names of customers.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    with_notes = forms.BooleanField(label="With what reviewers wrote about their calls", required=False)


@admin.register(EvidencePack)
class EvidencePackAdmin(ReadOnly, admin.ModelAdmin[EvidencePack]):
    """A list of disputed orders, and a page for any order."""

    class Media:
        css = {"all": ["fraud/desk.css", "fraud/evidence.css"]}

    def has_view_permission(self, request: HttpRequest, obj: EvidencePack | None = None) -> bool:
        return staff_user(request).has_perm(TAKE)

    def get_urls(self) -> list[URLPattern]:
        """The file has an address of its own; it takes a form, so that no link or picture elsewhere can fetch it."""
        view = self.admin_site.admin_view(require_POST(never_cache(self.take)))
        return [path("<uuid:order_id>/<slug:kind>/take/", view, name="fraud_evidencepack_take"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """List the disputes: those that wait for an answer first, by when it is due."""
        demand(request, TAKE)
        waits = Q(status=DisputeStatus.NEEDS_RESPONSE)
        rows = Dispute.objects.select_related("payment__order")
        open_ones = list(rows.filter(waits).order_by("evidence_due", "noted_at")[:SHOWN])
        others = list(rows.exclude(waits).order_by("-noted_at")[:SHOWN])
        groups = [("Wait for an answer", open_ones), ("Answered or decided", others)]
        context = self._context(request, title="Evidence for disputes", groups=groups)
        return TemplateResponse(request, "admin/fraud/evidence/list.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say what the pack of an order holds and what it lacks. Shows nothing personal."""
        demand(request, TAKE)
        order = _order(object_id)
        return self._page(request, order, TakeForm())

    def take(self, request: HttpRequest, order_id: uuid.UUID, kind: str) -> HttpResponse:
        """Give the pack as a file. Nothing of it is kept here; who took it, when and what for is written down."""
        user = demand(request, TAKE)
        if kind not in KINDS:
            raise Http404
        order, form = _order(order_id), TakeForm(request.POST)
        if not form.is_valid():
            return self._page(request, order, form, status=422)
        if asked := ask_again(request):
            return asked
        with_notes, write_kind = form.cleaned_data["with_notes"], KINDS[kind]
        pack = build_pack(order_id=order.pk, with_notes=with_notes, now=timezone.now())
        body = write_kind[0](pack)
        parts = [name for name, value in pack.items() if isinstance(value, dict | list) and value]
        names = [*parts, *(["call_notes"] if with_notes else [])]
        record(
            actor=user,
            action=f"evidence.{kind}",
            object=order,
            fields=names,
            why=form.cleaned_data["why"],
            request=request,
        )
        response = HttpResponse(body, content_type=write_kind[1])
        response["Content-Disposition"] = f'attachment; filename="evidence-{order.number}.{kind}"'
        response["Cache-Control"] = "no-store, private"
        return response

    def _page(self, request: HttpRequest, order: Order, form: TakeForm, *, status: int = 200) -> HttpResponse:
        pack = build_pack(order_id=order.pk, with_notes=False, now=timezone.now())
        context = self._context(
            request,
            title=f"Evidence for {order.number}",
            order=order,
            pack=pack,
            missing=missing_of(pack),
            form=form,
            order_url=reverse("admin:checkout_order_change", args=[order.pk]),
            may_see_order=staff_user(request).has_perm("checkout.view_order"),
        )
        return TemplateResponse(request, "admin/fraud/evidence/order.html", context, status=status)

    def _context(self, request: HttpRequest, **values: Any) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, **values}


def _order(object_id: object) -> Order:
    try:
        return Order.objects.get(pk=uuid.UUID(str(object_id)))
    except (ValueError, Order.DoesNotExist) as error:
        raise Http404 from error
