"""`{% load front %}`: orders, money, stock and warnings on the admin's front page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from checkout.front import money_figures, order_figures, stock_figures
from store.watch.facts import gather_facts
from store.watch.views import RIGHT

register = template.Library()


@register.simple_tag(takes_context=True)
def shop_front(context: template.Context) -> dict[str, Any]:
    """Headlines, charts and warnings, each for those who may see what is behind it."""
    now = timezone.now()
    can = context["request"].user.has_perm
    parts = []
    if can("checkout.view_order"):
        parts.append(order_figures(now=now))
    if can("checkout.view_payment"):
        parts.append(money_figures(now=now))
    if can("catalog.view_variant"):
        parts.append(stock_figures())
    troubled = [fact for fact in gather_facts(now=now) if fact.trouble] if can(RIGHT) else []
    return {
        "tiles": [tile for tiles, _ in parts for tile in tiles],
        "charts": [chart for _, charts in parts for chart in charts],
        "troubled": troubled,
        "may_see_status": can(RIGHT),
    }
