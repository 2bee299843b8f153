"""What was done to one object, on its own page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.db import models
from django.urls import reverse

from store.audit.models import AuditRow

register = template.Library()
SHOWN = 15


@register.inclusion_tag("store/audit/_of.html", takes_context=True)
def audit_of(
    context: template.Context, thing: models.Model, *, also: models.Model | None = None, is_person: bool = False
) -> dict[str, Any]:
    """The last entries about an object and one it belongs to, for those who may read the log.

    Of a person, also the way to what they did themselves.
    """
    if not context["request"].user.has_perm("store.view_auditrow"):
        return {}
    found = AuditRow.objects.about(thing)
    if also is not None:
        found |= AuditRow.objects.about(also)
    rows = list(found.select_related("actor")[:SHOWN])
    label = thing._meta.label  # noqa: SLF001 - Django's public secret
    log = reverse("admin:store_auditrow_changelist")
    links = [("All about it", f"{log}?{urlencode({'object_type': label, 'object_id': str(thing.pk)})}")]
    if is_person:
        links.append(("All they did", f"{log}?{urlencode({'actor__id__exact': str(thing.pk)})}"))
    return {"rows": rows, "links": links, "is_shown": True}
