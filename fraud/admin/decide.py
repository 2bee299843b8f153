"""The buttons that end a case, or hand it on: release, agree or not, cancel, escalate, another address, a correction."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone

from checkout.models import Order
from checkout.services.cancel import UnableToCancelOrder
from checkout.services.readdressing import NewPlace, UnableToReaddress
from checkout.services.release import UnableToReleaseOrder
from fraud import services
from fraud.admin.case import show_case, to_case, to_queue
from fraud.admin.people import demand, staff_user
from fraud.admin.rights import CANCEL, RELEASE, WORK, may_release
from fraud.forms import CancelForm, EscalateForm, ReaddressForm, ReleaseForm, WhyForm
from fraud.models import CallTask, Decision, EscalationReason, ReleaseReason
from store.audit import record as write_audit

type Desk = admin.ModelAdmin[CallTask]


def release(model_admin: Desk, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Capture the money and release the order; or propose it, where two people must agree."""
    user = demand(request, WORK)
    now = timezone.now()
    task = get_object_or_404(CallTask.objects.select_related("order"), pk=task_id)
    if not may_release(user, task.order.money, services.current_desk_rules(now=now)):
        raise PermissionDenied
    form = ReleaseForm(request.POST, auto_id="id_release_%s")
    if not form.is_valid():
        return show_case(model_admin, request, task_id, release=form)
    given = form.cleaned_data
    reason = ReleaseReason(given["release_reason"]) if given["release_reason"] else None
    try:
        order = services.release_after_call(task_id=task_id, by=user, reason=reason, why=given["why"], now=now)
    except services.SecondPersonNeeded:
        return _propose(model_admin, request, task, form, reason)
    except services.UnableToDecide as error:
        form.add_error(None, str(error))
        return show_case(model_admin, request, task_id, release=form)  # with the words that were typed
    except UnableToReleaseOrder as error:
        messages.error(request, str(error))
        return to_case(task_id)
    messages.success(
        request, f"Order {order.number} is released: {order.money} was charged and a mail is on its way to the customer."
    )
    return to_queue()


def _propose(
    model_admin: Desk, request: HttpRequest, task: CallTask, form: ReleaseForm, reason: ReleaseReason | None
) -> HttpResponse:
    try:
        services.propose_release(
            task_id=task.pk, by=staff_user(request), reason=reason, why=form.cleaned_data["why"], now=timezone.now()
        )
    except services.UnableToDecide as error:
        form.add_error(None, str(error))
        return show_case(model_admin, request, task.pk, release=form)
    messages.success(
        request, f"You proposed to release order {task.order.number}. Nothing is charged until a second person agrees."
    )
    return to_queue()


def object_to(model_admin: Desk, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Do not agree to a proposed release."""
    user = demand(request, WORK, RELEASE)
    form = WhyForm(request.POST, auto_id="id_object_%s")
    return _act(
        model_admin,
        request,
        task_id,
        form,
        lambda: services.object_to_release(task_id=task_id, by=user, why=form.cleaned_data["why"], now=timezone.now()),
        done="Written down: the release is not agreed to. The case is yours to decide.",
        back=to_case(task_id),
    )


def escalate(model_admin: Desk, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Leave the case to somebody with more rights."""
    user = demand(request, WORK)
    form = EscalateForm(request.POST, auto_id="id_escalate_%s")
    return _act(
        model_admin,
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
        back=to_queue(),
    )


def readdress(model_admin: Desk, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
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
            services.readdress_case(task_id=task_id, place=NewPlace(**given), as_typed=as_typed, by=user, why=why, now=now)
        except (services.UnableToDecide, UnableToReaddress) as error:
            form.add_error(None, str(error))
        else:
            # Why is in the order's own log, which an erasure empties; this one keeps all for ever.
            write_audit(actor=user, action="order.readdressed", object=task.order, fields=["ship_to"], request=request)
            messages.success(request, "The parcel goes to the new address. The order is looked at again with it.")
            return to_case(task_id, "#why")
    return show_case(model_admin, request, task_id, again=form)


def correct(model_admin: Desk, request: HttpRequest, task_id: uuid.UUID, decision_id: uuid.UUID) -> HttpResponse:
    """Write beside an entry what is wrong about it."""
    user = demand(request, WORK)
    get_object_or_404(Decision, pk=decision_id, task_id=task_id)
    form = WhyForm(request.POST, auto_id="id_correct_%s")
    return _act(
        model_admin,
        request,
        task_id,
        form,
        lambda: services.correct_decision(
            decision_id=decision_id, by=user, why=form.cleaned_data["why"], now=timezone.now()
        ),
        done="The correction is written down. It changes neither the order nor the money.",
        back=to_case(task_id, "#log"),
    )


def _act(
    model_admin: Desk,
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
    return show_case(model_admin, request, task_id, again=form)


def cancel(model_admin: Desk, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Give the money back and cancel the order."""
    user = demand(request, WORK, CANCEL)
    form = CancelForm(request.POST, auto_id="id_cancel_%s")
    if not form.is_valid():
        return show_case(model_admin, request, task_id, cancel=form)
    given = form.cleaned_data
    try:
        order = services.cancel_after_call(
            task_id=task_id, by=user, reason=Order.CancelReason(given["reason"]), why=given["why"], now=timezone.now()
        )
    except services.UnableToDecide as error:
        form.add_error(None, str(error))
        return show_case(model_admin, request, task_id, cancel=form)
    except UnableToCancelOrder as error:
        messages.error(request, str(error))
        return to_case(task_id)
    messages.success(
        request,
        f"Order {order.number} is cancelled: no money is kept, the goods are on sale again and a mail is on its way.",
    )
    return to_queue()
