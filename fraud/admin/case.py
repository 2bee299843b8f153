"""The page of a case: what is read, and the forms that go with it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from checkout.models import Order
from fraud import services
from fraud.admin.case_files import AttachForm
from fraud.admin.people import staff_user
from fraud.admin.rights import CANCEL, RELEASE, REVEAL, WORK, may_release
from fraud.forms import (
    ASKED,
    CancelForm,
    EscalateForm,
    ReaddressForm,
    RecordCallForm,
    ReleaseForm,
    WhyForm,
    suggest_reason,
)
from fraud.models import Call, CallTask, DeskRules
from fraud.selectors import case_page
from fraud.selectors.asking import Asked
from fraud.selectors.case import CasePage
from store.models import User
from store.staff.looking import RevealForm


def show_case(
    model_admin: admin.ModelAdmin[CallTask],
    request: HttpRequest,
    task_id: uuid.UUID,
    *,
    is_revealed: bool = False,
    record: RecordCallForm | None = None,
    release: ReleaseForm | None = None,
    cancel: CancelForm | None = None,
    again: BaseForm | None = None,
) -> HttpResponse:
    """Answer with the page of one case; with a form that was not accepted, that form and status 422."""
    user, now = staff_user(request), timezone.now()
    language = request.GET.get("lang", "")
    try:
        page = case_page(task_id=task_id, user=user, is_revealed=is_revealed, language=language, now=now)
    except CallTask.DoesNotExist as error:
        raise Http404 from error
    wrong = _entry_to_correct(request, page.standing)
    record = record or _record_form(page.script.questions, wrong)
    escalate = again if isinstance(again, EscalateForm) else EscalateForm(auto_id="id_escalate_%s")
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": f"Order {page.order.number}",
        "media": model_admin.media,
        "page": page,
        "others": services.look_in(task_id=task_id, by=user, now=now),
        "record_form": record,
        "asked": [
            (one, record[f"asked_{one.code}"]) for one in page.script.questions if f"asked_{one.code}" in record.fields
        ],
        "corrected": wrong,
        "release_form": release or ReleaseForm(auto_id="id_release_%s"),
        "cancel_form": cancel or CancelForm(auto_id="id_cancel_%s", initial={"reason": suggest_reason(page.last_call)}),
        "escalate_form": escalate,
        "readdress_form": _readdress_form(page, again),
        "object_form": again if isinstance(again, WhyForm) else WhyForm(auto_id="id_object_%s"),
        "attach_form": AttachForm(auto_id="id_attach_%s"),
        "reveal_form": RevealForm(auto_id="id_reveal_%s"),
        **_rights(user, page.order, page.rules),
    }
    status = 422 if release or cancel or again or record.is_bound else 200
    return TemplateResponse(request, "admin/fraud/calltask/case.html", context, status=status)


def _rights(user: User, order: Order, rules: DeskRules) -> dict[str, bool]:
    return {
        "may_work": user.has_perm(WORK),
        "may_release": may_release(user, order.money, rules),
        "may_object": user.has_perm(RELEASE),
        "may_cancel": user.has_perm(CANCEL),
        "may_reveal": user.has_perm(REVEAL),
    }


def _record_form(questions: list[Asked], wrong: Call | None) -> RecordCallForm:
    """An empty form for the next call, or one filled with an entry that is to be corrected."""
    initial: dict[str, Any] = {"answer": ""}
    if wrong is not None:
        initial = {
            "dialled_phone": wrong.number or "",
            "source": wrong.source,
            "outcome": wrong.outcome,
            "answer": wrong.answer,
            "note": wrong.note or "",
            "corrects": wrong.pk,
            **{ASKED + code: tick for code, tick in wrong.answers.items()},
        }
    return RecordCallForm(auto_id="id_record_%s", initial=initial, questions=tuple(question.code for question in questions))


def _readdress_form(page: CasePage, again: BaseForm | None) -> ReaddressForm:
    """The form that was sent back, or one that holds the address as it is; empty for whoever may not see it."""
    if isinstance(again, ReaddressForm):
        return again
    return ReaddressForm(auto_id="id_readdress_%s", initial=page.ship_to if page.is_held else None)


def _entry_to_correct(request: HttpRequest, standing: list[Call]) -> Call | None:
    """The entry that the address names, if it stands."""
    wanted = request.GET.get("correct", "")
    return next((call for call in standing if str(call.pk) == wanted), None)


def to_queue() -> HttpResponseRedirect:
    """Back to the queue."""
    return HttpResponseRedirect(reverse("admin:fraud_calltask_changelist"))


def to_case(task_id: uuid.UUID, part: str = "") -> HttpResponseRedirect:
    """Back to the page of a case, to a part of it."""
    return HttpResponseRedirect(reverse("admin:fraud_calltask_change", args=[task_id]) + part)
