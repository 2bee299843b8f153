"""`{% load desk_front %}`: the call desk on the admin's front page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from checkout.front import Tile
from fraud.front import call_figures

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_front(context: template.Context) -> dict[str, Any]:
    """The headline and the chart, for those who may see the queue; empty for others."""
    if not context["request"].user.has_perm("fraud.view_call_queue"):
        return {"tiles": [], "charts": []}
    waiting, note, charts = call_figures(now=timezone.now())
    return {"tiles": [Tile("Calls to make", str(waiting), note, "admin:fraud_calltask_changelist")], "charts": charts}
