"""`{% load shelves %}`: the shelves the header links to, and prices as machines read them."""

from decimal import Decimal

from django import template
from django.conf import settings

from catalog import selectors
from store.money import decimals

register = template.Library()


@register.simple_tag
def top_shelves() -> list[selectors.Shelf]:
    """Give the top categories, in the shop's order."""
    return selectors.category_tree().roots


@register.filter
def plain_price(amount: int) -> str:
    """Write minor units of the shop's currency as a bare number: 1250 becomes 12.50."""
    return str(Decimal(amount).scaleb(-decimals(settings.SHOP_CURRENCY)))
