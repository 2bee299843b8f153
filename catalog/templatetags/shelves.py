"""`{% load shelves %}{% top_shelves as shelves %}`: the shelves the header links to."""

from django import template

from catalog import selectors

register = template.Library()


@register.simple_tag
def top_shelves() -> list[selectors.Shelf]:
    """Give the top categories, in the shop's order."""
    return selectors.category_tree().roots
