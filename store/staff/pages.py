"""What the pages of staff share: the admin's frame, and where somebody was going."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from store.models import User
from store.staff import session
from store.staff.factors import is_factor_needed, staff_user


def own_staff_path(request: HttpRequest) -> str:
    """Return where the member of staff was going, if that is a staff page, or else the first one."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = wanted.startswith("/admin/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else "/admin/"


def show(request: HttpRequest, template: str, form: Any, *, status: int = 200, **context: Any) -> HttpResponse:
    """Show a page in the admin's frame; before the second factor, with nothing of the shop's in it."""
    frame = admin.site.each_context(request)
    if is_factor_needed() and not session.has_passed(request):
        frame |= {"has_permission": False, "available_apps": [], "is_nav_sidebar_enabled": False}
    if form is not None and form.errors:
        status = 422
    return render(request, template, {**frame, "form": form, **context}, status=status)


def demand_staff(request: HttpRequest) -> User:
    """Return the member of staff who is asking. Raises `PermissionDenied` for anybody else."""
    user = staff_user(request)
    if user is None:
        raise PermissionDenied
    return user
