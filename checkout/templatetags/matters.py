"""How many matters wait for a person, for the admin's header."""

from __future__ import annotations

from typing import Any

from django import template

from checkout.models import Alert

register = template.Library()


@register.simple_tag(takes_context=True)
def open_matters(context: dict[str, Any]) -> int:
    """How many nobody has closed; 0 for those who may not see them."""
    request = context.get("request")
    if request is None or not request.user.has_perm("checkout.view_alert"):
        return 0
    return Alert.objects.open().count()
