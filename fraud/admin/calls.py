"""The call desk: the queue, one case, and an address for each button. Every address checks its own right."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from checkout.services.confirming import UnableToAsk, ask_to_confirm
from fraud import services
from fraud.admin import case_files, decide
from fraud.admin.case import show_case, to_case, to_queue
from fraud.admin.people import demand, staff_user
from fraud.admin.rights import REVEAL, WORK, demand_look, may_look
from fraud.admin.ring import ring
from fraud.forms import (
    RecordCallForm,
)
from fraud.models import Call, CallTask
from fraud.script import BY_CODE
from fraud.selectors import queue_page
from store.audit import record as write_audit
from store.read_only import ReadOnly
from store.staff.again import ask_again
from store.staff.looking import LOOK_REASONS, RevealForm

# What the page of a case shows of the customer.
SHOWN = ("email", "phone", "name", "line1", "line2", "city", "postcode", "payer", "findings", "notes")


@admin.register(CallTask)
class CallTaskAdmin(ReadOnly, admin.ModelAdmin[CallTask]):
    """The queue as the reviewer's home, each case as a page of its own."""

    class Media:
        css = {"all": ["fraud/desk.css", "fraud/case.css"]}

    # -- Rights --------------------------------------------------------------------------------------------------------

    def has_view_permission(self, request: HttpRequest, obj: CallTask | None = None) -> bool:
        return may_look(staff_user(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or may_look(staff_user(request))

    # -- Pages ---------------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """The list, the page of a case, and one address for each button."""

        def post(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(require_POST(view))

        correct = partial(decide.correct, self)
        buttons: dict[str, Callable[..., HttpResponse]] = {
            "claim": self.claim,
            "let_go": self.let_go,
            "begin": self.begin,
            "ask": self.ask,
            "record": self.record,
            "release": partial(decide.release, self),
            "object": partial(decide.object_to, self),
            "cancel": partial(decide.cancel, self),
            "escalate": partial(decide.escalate, self),
            "readdress": partial(decide.readdress, self),
            "reveal": self.reveal,
        }
        return [
            path("next/", post(self.take_next), name="fraud_calltask_next"),
            *(
                path(f"<uuid:task_id>/{name.replace('_', '-')}/", post(view), name=f"fraud_calltask_{name}")
                for name, view in buttons.items()
            ),
            path("<uuid:task_id>/ring/", self.admin_site.admin_view(partial(ring, self)), name="fraud_calltask_ring"),
            path("<uuid:task_id>/attach/", post(case_files.attach), name="fraud_calltask_attach"),
            path("<uuid:task_id>/files/<uuid:file_id>/", post(case_files.take), name="fraud_calltask_file"),
            path("<uuid:task_id>/files/<uuid:file_id>/remove/", post(case_files.remove), name="fraud_calltask_file_remove"),
            path("<uuid:task_id>/correct/<uuid:decision_id>/", post(correct), name="fraud_calltask_correct"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the queue."""
        user = demand_look(request)
        show, after = request.GET.get("show", ""), request.GET.get("after", "")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Call queue",
            "media": self.media,
            "page": queue_page(user=user, show=show, after=after, now=timezone.now()),
            "may_work": user.has_perm(WORK),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/fraud/calltask/queue.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the page of one case."""
        demand_look(request)
        try:
            task_id = uuid.UUID(object_id)
        except ValueError as error:
            raise Http404 from error
        return show_case(self, request, task_id)

    # -- Who has it ----------------------------------------------------------------------------------------------------

    def take_next(self, request: HttpRequest) -> HttpResponse:
        """Claim the most urgent case that nobody has."""
        user = demand(request, WORK)
        with transaction.atomic():
            task = services.claim_next_call_task(by=user, now=timezone.now())
            if task is not None:
                _note_opening(request, task)
        if task is None:
            messages.info(request, "No call is waiting for you: every one is done, for later or with another reviewer.")
            return to_queue()
        return to_case(task.pk)

    def claim(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Claim this case."""
        user = demand(request, WORK)
        try:
            with transaction.atomic():
                was_mine = CallTask.objects.filter(pk=task_id, claimed_by=user, claimed_until__gt=timezone.now()).exists()
                task = services.claim_call_task(task_id=task_id, by=user, now=timezone.now())
                if not was_mine:
                    _note_opening(request, task)
        except services.UnableToClaimCallTask as error:
            messages.error(request, str(error))
        return to_case(task_id)

    def let_go(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Give this case back."""
        user = demand(request, WORK)
        try:
            services.let_go(task_id=task_id, by=user)
        except services.UnableToClaimCallTask as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "The call is back in the queue.")
        return to_queue()

    def reveal(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Show what is personal about a case that somebody has not claimed, once, and write down that it was shown."""
        user = demand_look(request)
        demand(request, REVEAL)
        if asked := ask_again(request):
            return asked
        form = RevealForm(request.POST)
        if not form.is_valid():
            messages.error(request, "Choose why you want to see it. Nothing was shown.")
            return to_case(task_id)
        task = get_object_or_404(CallTask.objects.select_related("order"), pk=task_id)
        why = LOOK_REASONS[form.cleaned_data["look_reason"]]
        write_audit(actor=user, action="case.reveal", object=task.order, fields=SHOWN, why=why, request=request)
        return show_case(self, request, task_id, is_revealed=True)

    # -- The call ------------------------------------------------------------------------------------------------------

    def begin(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Note that the call begins now."""
        user = demand(request, WORK)
        try:
            services.begin_call(task_id=task_id, by=user, now=timezone.now())
        except services.UnableToRecordCall as error:
            messages.error(request, str(error))
        return to_case(task_id, "#record")

    def ask(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Have the customer asked by mail whether the order is theirs."""
        user = demand(request, WORK)
        now = timezone.now()
        task = get_object_or_404(CallTask, pk=task_id)
        if not task.is_held_by(user, now):
            messages.error(request, "Claim this case first. No mail was sent.")
            return to_case(task_id)
        try:
            asked = ask_to_confirm(order_id=task.order_id, by=user, now=now)
        except UnableToAsk as error:
            messages.error(request, str(error))
        else:
            until = timezone.localtime(asked.expires_at)
            messages.success(request, f"A mail is on its way. Its link can be answered once, until {until:%A, %H:%M}.")
        return to_case(task_id, "#log")

    def record(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Write down one call."""
        user = demand(request, WORK)
        form = RecordCallForm(request.POST, auto_id="id_record_%s", questions=tuple(BY_CODE))
        if not form.is_valid():
            return show_case(self, request, task_id, record=form)
        given = form.cleaned_data
        try:
            call = services.record_call(
                task_id=task_id,
                by=user,
                number=given["dialled_phone"],
                source=Call.Source(given["source"]) if given["source"] else None,
                outcome=Call.Outcome(given["outcome"]),
                answer=Call.Answer(given["answer"]) if given["answer"] else None,
                answers=form.answers,
                callback_at=given["callback_at"],
                corrects=given["corrects"],
                note=given["note"],
                now=timezone.now(),
            )
        except services.UnableToRecordCall as error:
            form.add_error(None, str(error))
            return show_case(self, request, task_id, record=form)
        except CallTask.DoesNotExist as error:
            raise Http404 from error
        messages.success(request, "The call is written down.")
        if call.is_unanswered:
            messages.info(request, _what_next(task_id))
        return to_case(task_id, "#decide")


def _note_opening(request: HttpRequest, task: CallTask) -> None:
    """Who claims a case sees whose it is: write that down."""
    write_audit(
        actor=staff_user(request),
        action="case.open",
        object=task.order,
        fields=SHOWN,
        why="Claimed the case",
        request=request,
    )


def _what_next(task_id: uuid.UUID) -> str:
    task = CallTask.objects.get(pk=task_id)
    if task.give_up_at is not None:
        until = timezone.localtime(task.give_up_at)
        return f"That was the last try. The customer may ring back until {until:%A %H:%M}; the desk's rules say the rest."
    if task.callback_at is not None:
        at = timezone.localtime(task.callback_at)
        return f"The customer gets a mail. The case comes up again on {at:%A at %H:%M}, at another hour of their day."
    return "The customer gets a mail."
