"""The files of a case: taken in, handed out, taken away. Every address checks its right; every look is written down."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from fraud.admin.people import demand
from fraud.admin.rights import RELEASE, REVEAL, WORK, demand_look
from fraud.models import CallTask, CaseFile
from fraud.services.case_files import MOST_KEPT, MOST_SENT, UnableToTakeFile, add_case_file, body_of, remove_case_file
from store.audit import record as write_audit
from store.card_guard import GuardedForm
from store.staff.again import ask_again


class AttachForm(GuardedForm):
    """One file."""

    file = forms.FileField(
        label="Add a file",
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif,application/pdf"}),
        help_text=f"A picture of {MOST_SENT // 1024**2} MB or a PDF of {MOST_KEPT // 1024**2} MB at most. "
        "Never a picture of a card.",
        error_messages={"required": "Choose a file. Nothing was kept."},
    )


def attach(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Keep a file with the case that one has; with one that is done, whoever may release."""
    user, now = demand(request, WORK), timezone.now()
    task = get_object_or_404(CallTask.objects.select_related("order"), pk=task_id)
    if not task.is_held_by(user, now) and (task.is_waiting or not user.has_perm(RELEASE)):
        messages.error(request, "Claim this case first. Nothing was kept.")
        return _back(task_id)
    form = AttachForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return _back(task_id)
    sent = form.cleaned_data["file"]
    try:
        body = sent.read(MOST_SENT + 1)  # enough to know that it is too much
        file = add_case_file(task_id=task_id, by=user, name=sent.name, body=body, now=now)
    except UnableToTakeFile as error:
        messages.error(request, str(error))
    else:
        write_audit(actor=user, action="case.file_added", object=task.order, fields=["file"], why=str(file), request=request)
        messages.success(request, "The file is kept with the case, encrypted.")
    return _back(task_id)


def take(request: HttpRequest, task_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """Hand out a file as a download, to whoever has the case or may see personal data of others'."""
    user = demand_look(request)
    file = get_object_or_404(CaseFile.objects.select_related("task__order"), pk=file_id, task_id=task_id)
    if not file.task.is_held_by(user, timezone.now()):
        demand(request, REVEAL)
        if asked := ask_again(request):
            return asked
    body = body_of(file)
    if body is None:
        raise Http404
    write_audit(actor=user, action="case.file", object=file.task.order, fields=["file"], why=str(file), request=request)
    response = HttpResponse(body, content_type=file.kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name or "file") or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"  # whatever a viewer in the browser makes of it
    response["Cache-Control"] = "no-store, private"
    return response


def remove(request: HttpRequest, task_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """Take away what is in a file: by whoever added it, or may release."""
    user = demand(request, WORK)
    file = get_object_or_404(CaseFile.objects.listed().select_related("task__order"), pk=file_id, task_id=task_id)
    if file.added_by_id != user.pk:
        demand(request, RELEASE)
    if remove_case_file(file_id=file_id):
        write_audit(
            actor=user, action="case.file_removed", object=file.task.order, fields=["file"], why=str(file), request=request
        )
        messages.success(request, "The file is gone for good. That it was there stays written down.")
    return _back(task_id)


def _back(task_id: uuid.UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:fraud_calltask_change", args=[task_id]) + "#files")
