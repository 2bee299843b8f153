"""The status page: the same facts as Prometheus has, in words, for staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import localize
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from store.models import User
from store.watch.facts import Fact, gather_facts, span

RIGHT = "store.view_schedule"


@dataclass(frozen=True, slots=True)
class Line:
    """One fact as it is read."""

    about: str
    value: str
    trouble: str


@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show how the shop is: what is in trouble first, then every fact."""
    if not isinstance(request.user, User) or not request.user.has_perm(RIGHT):
        raise PermissionDenied
    now = timezone.now()
    facts = gather_facts(now=now)
    context = {
        **admin.site.each_context(request),
        "title": "Status",
        "now": now,
        "troubled": [_line(fact) for fact in facts if fact.trouble],
        "groups": _groups(facts),
        "version": settings.CODE_VERSION,
    }
    return TemplateResponse(request, "admin/store/status.html", context)


# What nothing works without comes first; what is not named here, last.
_ORDER: Final = ("The shop", "Jobs", "By the clock", "Backups", "Calls", "Money", "Orders", "Mails", "Stock", "For a person")


def _groups(facts: Iterable[Fact]) -> dict[str, list[Line]]:
    groups: dict[str, list[Line]] = {}
    for fact in facts:
        groups.setdefault(fact.group, []).append(_line(fact))
    return {name: groups[name] for name in sorted(groups, key=lambda name: (*_ORDER, name).index(name))}


def _line(fact: Fact) -> Line:
    return Line(fact.about, _written(fact), fact.trouble)


def _written(fact: Fact) -> str:
    if fact.value is None:
        return "not yet" if fact.name.endswith(("age_seconds", "run_seconds")) else "none"
    if fact.name.endswith(("age_seconds", "run_seconds")):
        return f"{span(fact.value)} ago"
    if fact.name.endswith("_seconds"):
        return span(fact.value) if fact.value >= 0 else f"{span(-fact.value)} over"
    if fact.name.endswith("_bytes"):
        return f"{fact.value / 1024**3:,.1f} GB"
    return str(localize(int(fact.value), use_l10n=True)) if fact.value < 1000 else f"{int(fact.value):,}"
