"""The page of a ring: the other open cases of one hand, and one button for those that are ticked."""

from __future__ import annotations

import uuid

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from checkout.models import Order
from fraud.admin.people import demand, staff_user
from fraud.admin.rights import CANCEL, WORK, demand_look
from fraud.forms import CancelForm
from fraud.models import CallTask
from fraud.services.ring import cancel_ring, ring_of
from store.sent import sent
from store.staff.again import ask_again


def ring(model_admin: admin.ModelAdmin[CallTask], request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Show the cases that share something with this one; cancel the ticked ones, and say what became of each."""
    demand_look(request)
    now = timezone.now()
    task = get_object_or_404(CallTask.objects.select_related("order"), pk=task_id)
    form = CancelForm(sent(request))
    if request.method == "POST":
        user = demand(request, WORK, CANCEL)
        if asked := ask_again(request):
            return asked
        chosen = {uuid.UUID(each) for each in request.POST.getlist("case") if _is_id(each)}
        if not chosen:
            messages.error(request, "Tick the cases to cancel. Nothing was done.")
        elif form.is_valid():
            given = form.cleaned_data
            results = cancel_ring(
                task_id=task_id,
                chosen=chosen,
                by=user,
                reason=Order.CancelReason(given["reason"]),
                why=given["why"],
                now=now,
            )
            for one in results:
                if one.problem:
                    messages.error(request, f"{one.number}: {one.problem}")
                else:
                    messages.success(request, f"{one.number} is cancelled; its card was not charged.")
            return HttpResponseRedirect(request.path)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": f"Open cases like {task.order.number}",
        "task": task,
        "members": ring_of(task, now=now),
        "form": form,
        "may_cancel": staff_user(request).has_perms((WORK, CANCEL)),
        "now": now,
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admin/fraud/calltask/ring.html", context, status=status)


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
