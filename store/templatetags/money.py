"""`{% load money %}`: amounts in minor units as people read them."""

from django import template
from django.conf import settings

from store.money import format_money

register = template.Library()


@register.filter
def money(amount: int, currency: str | None = None) -> str:
    """1234 becomes $12.34; `currency` is the shop's own unless named."""
    return format_money(amount, currency or settings.SHOP_CURRENCY)
