"""The call queue, the call page and the log of calls. Every button calls the same functions as tasks do."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from checkout.models import Order
from checkout.services.cancel import UnableToCancelOrder
from checkout.services.release import UnableToReleaseOrder
from fraud import services
from fraud.admin.people import demand, staff_user
from fraud.forms import CancelForm, RecordCallForm, ReleaseForm, suggest_reason
from fraud.models import Call, CallTask, Finding
from fraud.models.calls import CallTaskQuerySet
from fraud.phones import local_times, read_phone
from fraud.selectors import call_page, clock, queue_summary
from fraud.states import CallTaskStatus
from store.read_only import ReadOnly

WORK, RELEASE, CANCEL = "fraud.work_call_queue", "fraud.release_call", "fraud.cancel_call"
# A row of the queue names so many reasons; the call page has them all.
SHOWN_REASONS = 3


# What the queue can show -> what the link says; waiting calls are the queue itself.
WHICH_CALLS = (("", "Waiting"), ("free", "With nobody"), ("mine", "Mine"), ("done", "Done"))


class WhichCalls(admin.SimpleListFilter):
    """Waiting, unless asked otherwise."""

    title = "calls"
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(value, label) for value, label in WHICH_CALLS if value]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CallTask]) -> QuerySet[CallTask]:
        now = timezone.now()
        waiting = queryset.filter(status=CallTaskStatus.WAITING)
        match self.value():
            case "free":
                return cast("CallTaskQuerySet", queryset).free(now)
            case "mine":
                return waiting.filter(claimed_by=staff_user(request), claimed_until__gt=now)
            case "done":
                return queryset.filter(status=CallTaskStatus.DONE)
            case _:
                return waiting


@admin.register(CallTask)
class CallTaskAdmin(ReadOnly, admin.ModelAdmin[CallTask]):
    """The queue as a list, each call as a page of its own."""

    list_display = ("number", "time_left", "amount", "reasons", "points", "phone", "holder")
    list_display_links = ("number",)
    list_filter = (WhichCalls,)
    list_per_page = 50
    actions = None
    show_full_result_count = False

    class Media:
        css = {"all": ["fraud/call.css"]}

    # -- The list ------------------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[CallTask]:
        return CallTask.objects.for_queue()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """By deadline, then who has waited longest."""
        return ("due_at", "created_at")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the queue with its three numbers."""
        demand(request, WORK)
        shown = request.GET.get(WhichCalls.parameter_name, "")
        context = {
            "title": "Call queue",
            "summary": queue_summary(now=timezone.now()),
            "which_calls": [
                {
                    "label": label,
                    "href": f"?{WhichCalls.parameter_name}={value}" if value else "?",
                    "is_shown": value == shown,
                }
                for value, label in WHICH_CALLS
            ],
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    @admin.display(description="order", ordering="order__number")
    def number(self, task: CallTask) -> str:
        """The order's number."""
        return task.order.number

    @admin.display(description="time left", ordering="due_at")
    def time_left(self, task: CallTask) -> SafeString:
        """How long until the deadline; when it ended for a call that is done."""
        if not task.is_waiting:
            return format_html("{}", task.order.get_status_display())
        due = clock(task.due_at, now=timezone.now())
        return format_html('<span class="time{}">{}</span>', " is-short" if due.is_short else "", due.left)

    @admin.display(description="amount", ordering="order__total")
    def amount(self, task: CallTask) -> str:
        """What the order costs."""
        return str(task.order.money)

    @admin.display(description="why")
    def reasons(self, task: CallTask) -> SafeString:
        """The titles of the hits that weigh most."""
        if task.cause != CallTask.Cause.ASSESSED:
            return format_html("{}", task.get_cause_display())
        found: list[Finding] = task.assessment.reasons  # type: ignore[attr-defined]  # prefetched by for_queue()
        shown = [one for one in found if not one.is_trust][:SHOWN_REASONS]
        return format_html(
            '<ul class="reasons">{}</ul>',
            format_html_join("", "<li>{} <b>{}</b></li>", ((one.title, one.signed_points) for one in shown)),
        )

    @admin.display(description="ring")
    def phone(self, task: CallTask) -> SafeString:
        """The number as a link that dials, where it is and what the clock says there."""
        number = read_phone(task.order.phone or "", country=settings.SHOP_COUNTRY)
        clocks = local_times(number, now=timezone.now())
        where = " · ".join(part for part in (number.place, number.region) if part) or "no region known"
        at = format_html_join(
            " / ",
            '<span class="{}">{}</span>',
            (("is-decent" if one.is_decent else "is-late", one.at.strftime("%H:%M")) for one in clocks),
        )
        dial = format_html('<a href="{}">{}</a>', number.href, number.shown) if number.href else number.typed
        return format_html('{}<br><span class="quiet">{} {}</span>', dial, where, at)

    @admin.display(description="with")
    def holder(self, task: CallTask) -> str:
        """Who has the call; a button to take one that nobody has."""
        if not task.is_waiting:
            return "nobody"
        if not task.is_claimed(timezone.now()) or task.claimed_by is None:
            # The list stands in a form of its own, whose token this button sends along.
            return format_html(
                '<button class="button claim" type="submit" formaction="{}">Claim'
                '<span class="visually-hidden"> {}</span></button>',
                reverse("admin:fraud_calltask_claim", args=[task.pk]),
                task.order.number,
            )
        return task.claimed_by.get_full_name()

    # -- Rights --------------------------------------------------------------------------------------------------------

    def has_view_permission(self, request: HttpRequest, obj: CallTask | None = None) -> bool:
        return staff_user(request).has_perm(WORK)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or staff_user(request).has_perm(WORK)

    # -- One call ------------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """The list, the page of a call, and one address for each button."""

        def post(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(require_POST(view))

        return [
            path("next/", post(self.take_next), name="fraud_calltask_next"),
            path("<uuid:task_id>/claim/", post(self.claim), name="fraud_calltask_claim"),
            path("<uuid:task_id>/let-go/", post(self.let_go), name="fraud_calltask_let_go"),
            path("<uuid:task_id>/record/", post(self.record), name="fraud_calltask_record"),
            path("<uuid:task_id>/release/", post(self.release), name="fraud_calltask_release"),
            path("<uuid:task_id>/cancel/", post(self.cancel), name="fraud_calltask_cancel"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the page of one call."""
        demand(request, WORK)
        try:
            task_id = uuid.UUID(object_id)
        except ValueError as error:
            raise Http404 from error
        return self._page(request, task_id)

    def take_next(self, request: HttpRequest) -> HttpResponse:
        """Claim the most urgent call that nobody has."""
        user = demand(request, WORK)
        task = services.claim_next_call_task(by=user, now=timezone.now())
        if task is None:
            messages.info(request, "No call is waiting for you: every one is done or with another reviewer.")
            return _to_queue()
        return _to_call(task.pk)

    def claim(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Claim this call."""
        user = demand(request, WORK)
        try:
            services.claim_call_task(task_id=task_id, by=user, now=timezone.now())
        except services.UnableToClaimCallTask as error:
            messages.error(request, str(error))
        return _to_call(task_id)

    def let_go(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Give this call back."""
        user = demand(request, WORK)
        try:
            services.let_go(task_id=task_id, by=user)
        except services.UnableToClaimCallTask as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "The call is back in the queue.")
        return _to_queue()

    def record(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Write down one call."""
        user = demand(request, WORK)
        form = RecordCallForm(request.POST, auto_id="id_record_%s")
        if not form.is_valid():
            return self._page(request, task_id, record=form)
        given = form.cleaned_data
        try:
            services.record_call(
                task_id=task_id,
                by=user,
                number=given["dialled_phone"],
                outcome=Call.Outcome(given["outcome"]),
                answer=Call.Answer(given["answer"]) if given["answer"] else None,
                note=given["note"],
                now=timezone.now(),
            )
        except services.UnableToRecordCall as error:
            form.add_error(None, str(error))
            return self._page(request, task_id, record=form)
        except CallTask.DoesNotExist as error:
            raise Http404 from error
        messages.success(request, "The call is written down.")
        return _to_call(task_id)

    def release(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Capture the money and release the order."""
        user = demand(request, WORK, RELEASE)
        form = ReleaseForm(request.POST, auto_id="id_release_%s")
        if not form.is_valid():
            return self._page(request, task_id, release=form)
        try:
            order = services.release_after_call(task_id=task_id, by=user, why=form.cleaned_data["why"], now=timezone.now())
        except services.UnableToDecide as error:
            form.add_error(None, str(error))
            return self._page(request, task_id, release=form)  # with the words that were typed
        except UnableToReleaseOrder as error:
            messages.error(request, str(error))
            return _to_call(task_id)
        messages.success(
            request, f"Order {order.number} is released: {order.money} was charged and a mail is on its way to the customer."
        )
        return _to_queue()

    def cancel(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Give the money back and cancel the order."""
        user = demand(request, WORK, CANCEL)
        form = CancelForm(request.POST, auto_id="id_cancel_%s")
        if not form.is_valid():
            return self._page(request, task_id, cancel=form)
        given = form.cleaned_data
        try:
            order = services.cancel_after_call(
                task_id=task_id, by=user, reason=Order.CancelReason(given["reason"]), why=given["why"], now=timezone.now()
            )
        except services.UnableToDecide as error:
            form.add_error(None, str(error))
            return self._page(request, task_id, cancel=form)
        except UnableToCancelOrder as error:
            messages.error(request, str(error))
            return _to_call(task_id)
        messages.success(
            request,
            f"Order {order.number} is cancelled: no money is kept, the goods are on sale again and a mail is on its way.",
        )
        return _to_queue()

    def _page(
        self,
        request: HttpRequest,
        task_id: uuid.UUID,
        *,
        record: RecordCallForm | None = None,
        release: ReleaseForm | None = None,
        cancel: CancelForm | None = None,
    ) -> HttpResponse:
        """The page of one call; with a form that was not accepted, that form and status 422."""
        user = staff_user(request)
        try:
            page = call_page(task_id=task_id, user=user, now=timezone.now())
        except CallTask.DoesNotExist as error:
            raise Http404 from error
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Order {page.order.number}",
            "media": self.media,
            "page": page,
            "record_form": record
            or RecordCallForm(
                auto_id="id_record_%s", initial={"dialled_phone": page.phone.e164 or page.phone.typed, "answer": ""}
            ),
            "release_form": release or ReleaseForm(auto_id="id_release_%s"),
            "cancel_form": cancel or CancelForm(auto_id="id_cancel_%s", initial={"reason": suggest_reason(page.last_call)}),
            "may_release": user.has_perm(RELEASE),
            "may_cancel": user.has_perm(CANCEL),
        }
        status = 422 if record or release or cancel else 200
        return TemplateResponse(request, "admin/fraud/calltask/call.html", context, status=status)


@admin.register(Call)
class CallAdmin(ReadOnly, admin.ModelAdmin[Call]):
    """The log of all calls."""

    list_display = ("order_number", "at", "outcome", "answer", "by")
    list_filter = ("outcome", "answer")
    list_select_related = ("task__order", "by")
    ordering = ("-at",)
    show_full_result_count = False
    actions = None

    @admin.display(description="order")
    def order_number(self, call: Call) -> str:
        """The order it was about."""
        return call.task.order.number


def _to_queue() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:fraud_calltask_changelist"))


def _to_call(task_id: uuid.UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:fraud_calltask_change", args=[task_id]))
