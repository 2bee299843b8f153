"""The call desk: the queue, one case, and an address for each button. Every address checks its own right."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from checkout.models import Order
from checkout.services.cancel import UnableToCancelOrder
from checkout.services.confirming import UnableToAsk, ask_to_confirm
from checkout.services.readdressing import NewPlace, UnableToReaddress
from checkout.services.release import UnableToReleaseOrder
from fraud import services
from fraud.admin import case_files
from fraud.admin.case import show_case
from fraud.admin.people import demand, staff_user
from fraud.admin.rights import CANCEL, RELEASE, REVEAL, WORK, demand_look, may_look, may_release
from fraud.admin.ring import ring
from fraud.forms import (
    CancelForm,
    EscalateForm,
    ReaddressForm,
    RecordCallForm,
    ReleaseForm,
    WhyForm,
)
from fraud.models import Call, CallTask, Decision, EscalationReason, ReleaseReason
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

        buttons = {
            "claim": self.claim,
            "let_go": self.let_go,
            "begin": self.begin,
            "ask": self.ask,
            "record": self.record,
            "release": self.release,
            "object": self.object_to,
            "cancel": self.cancel,
            "escalate": self.escalate,
            "readdress": self.readdress,
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
            path("<uuid:task_id>/correct/<uuid:decision_id>/", post(self.correct), name="fraud_calltask_correct"),
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
            return _to_queue()
        return _to_case(task.pk)

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
        return _to_case(task_id)

    def let_go(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Give this case back."""
        user = demand(request, WORK)
        try:
            services.let_go(task_id=task_id, by=user)
        except services.UnableToClaimCallTask as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "The call is back in the queue.")
        return _to_queue()

    def reveal(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Show what is personal about a case that somebody has not claimed, once, and write down that it was shown."""
        user = demand_look(request)
        demand(request, REVEAL)
        if asked := ask_again(request):
            return asked
        form = RevealForm(request.POST)
        if not form.is_valid():
            messages.error(request, "Choose why you want to see it. Nothing was shown.")
            return _to_case(task_id)
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
        return _to_case(task_id, "#record")

    def ask(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Have the customer asked by mail whether the order is theirs."""
        user = demand(request, WORK)
        now = timezone.now()
        task = get_object_or_404(CallTask, pk=task_id)
        if not task.is_held_by(user, now):
            messages.error(request, "Claim this case first. No mail was sent.")
            return _to_case(task_id)
        try:
            asked = ask_to_confirm(order_id=task.order_id, by=user, now=now)
        except UnableToAsk as error:
            messages.error(request, str(error))
        else:
            until = timezone.localtime(asked.expires_at)
            messages.success(request, f"A mail is on its way. Its link can be answered once, until {until:%A, %H:%M}.")
        return _to_case(task_id, "#log")

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
        return _to_case(task_id, "#decide")

    # -- The decision --------------------------------------------------------------------------------------------------

    def release(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Capture the money and release the order; or propose it, where two people must agree."""
        user = demand(request, WORK)
        now = timezone.now()
        task = get_object_or_404(CallTask.objects.select_related("order"), pk=task_id)
        if not may_release(user, task.order.money, services.current_desk_rules(now=now)):
            raise PermissionDenied
        form = ReleaseForm(request.POST, auto_id="id_release_%s")
        if not form.is_valid():
            return show_case(self, request, task_id, release=form)
        given = form.cleaned_data
        reason = ReleaseReason(given["release_reason"]) if given["release_reason"] else None
        try:
            order = services.release_after_call(task_id=task_id, by=user, reason=reason, why=given["why"], now=now)
        except services.SecondPersonNeeded:
            return self._propose(request, task, form, reason)
        except services.UnableToDecide as error:
            form.add_error(None, str(error))
            return show_case(self, request, task_id, release=form)  # with the words that were typed
        except UnableToReleaseOrder as error:
            messages.error(request, str(error))
            return _to_case(task_id)
        messages.success(
            request, f"Order {order.number} is released: {order.money} was charged and a mail is on its way to the customer."
        )
        return _to_queue()

    def _propose(
        self, request: HttpRequest, task: CallTask, form: ReleaseForm, reason: ReleaseReason | None
    ) -> HttpResponse:
        try:
            services.propose_release(
                task_id=task.pk, by=staff_user(request), reason=reason, why=form.cleaned_data["why"], now=timezone.now()
            )
        except services.UnableToDecide as error:
            form.add_error(None, str(error))
            return show_case(self, request, task.pk, release=form)
        messages.success(
            request, f"You proposed to release order {task.order.number}. Nothing is charged until a second person agrees."
        )
        return _to_queue()

    def object_to(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Do not agree to a proposed release."""
        user = demand(request, WORK, RELEASE)
        form = WhyForm(request.POST, auto_id="id_object_%s")
        return self._act(
            request,
            task_id,
            form,
            lambda: services.object_to_release(task_id=task_id, by=user, why=form.cleaned_data["why"], now=timezone.now()),
            done="Written down: the release is not agreed to. The case is yours to decide.",
            back=_to_case(task_id),
        )

    def escalate(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Leave the case to somebody with more rights."""
        user = demand(request, WORK)
        form = EscalateForm(request.POST, auto_id="id_escalate_%s")
        return self._act(
            request,
            task_id,
            form,
            lambda: services.escalate_case(
                task_id=task_id,
                by=user,
                reason=EscalationReason(form.cleaned_data["escalation_reason"]),
                why=form.cleaned_data["why"],
                now=timezone.now(),
            ),
            done="The case is escalated: somebody who may release any order decides.",
            back=_to_queue(),
        )

    def readdress(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Send the parcel elsewhere, as the customer asked on the telephone; the order is looked at again."""
        user, now = demand(request, WORK), timezone.now()
        task = get_object_or_404(CallTask.objects.select_related("order"), pk=task_id)
        if not may_release(user, task.order.money, services.current_desk_rules(now=now)):
            raise PermissionDenied
        form = ReaddressForm(request.POST, auto_id="id_readdress_%s")
        if form.is_valid():
            given = dict(form.cleaned_data)
            as_typed, why = given.pop("as_typed"), given.pop("why")
            try:
                services.readdress_case(
                    task_id=task_id, place=NewPlace(**given), as_typed=as_typed, by=user, why=why, now=now
                )
            except (services.UnableToDecide, UnableToReaddress) as error:
                form.add_error(None, str(error))
            else:
                # Why is in the order's own log, which an erasure empties; this one keeps all for ever.
                write_audit(actor=user, action="order.readdressed", object=task.order, fields=["ship_to"], request=request)
                messages.success(request, "The parcel goes to the new address. The order is looked at again with it.")
                return _to_case(task_id, "#why")
        return show_case(self, request, task_id, again=form)

    def correct(self, request: HttpRequest, task_id: uuid.UUID, decision_id: uuid.UUID) -> HttpResponse:
        """Write beside an entry what is wrong about it."""
        user = demand(request, WORK)
        get_object_or_404(Decision, pk=decision_id, task_id=task_id)
        form = WhyForm(request.POST, auto_id="id_correct_%s")
        return self._act(
            request,
            task_id,
            form,
            lambda: services.correct_decision(
                decision_id=decision_id, by=user, why=form.cleaned_data["why"], now=timezone.now()
            ),
            done="The correction is written down. It changes neither the order nor the money.",
            back=_to_case(task_id, "#log"),
        )

    def _act(
        self,
        request: HttpRequest,
        task_id: uuid.UUID,
        form: BaseForm,
        act: Callable[[], object],
        *,
        done: str,
        back: HttpResponseRedirect,
    ) -> HttpResponse:
        """Do what a short form asks for; its words are shown again where it can't be done."""
        if form.is_valid():
            try:
                act()
            except services.UnableToDecide as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, done)
                return back
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
        return show_case(self, request, task_id, again=form)

    def cancel(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Give the money back and cancel the order."""
        user = demand(request, WORK, CANCEL)
        form = CancelForm(request.POST, auto_id="id_cancel_%s")
        if not form.is_valid():
            return show_case(self, request, task_id, cancel=form)
        given = form.cleaned_data
        try:
            order = services.cancel_after_call(
                task_id=task_id, by=user, reason=Order.CancelReason(given["reason"]), why=given["why"], now=timezone.now()
            )
        except services.UnableToDecide as error:
            form.add_error(None, str(error))
            return show_case(self, request, task_id, cancel=form)
        except UnableToCancelOrder as error:
            messages.error(request, str(error))
            return _to_case(task_id)
        messages.success(
            request,
            f"Order {order.number} is cancelled: no money is kept, the goods are on sale again and a mail is on its way.",
        )
        return _to_queue()


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


def _to_queue() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:fraud_calltask_changelist"))


def _to_case(task_id: uuid.UUID, part: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:fraud_calltask_change", args=[task_id]) + part)
