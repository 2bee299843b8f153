"""`{% load watch %}`: sentences of the shop's own, with what is typed set apart."""

from __future__ import annotations

import re
from typing import Final

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_TYPED: Final = re.compile(r"`([^`]+)`")


@register.filter
def with_code(sentence: str) -> SafeString:
    """Show what stands between backticks as something to type; all else is escaped."""
    return mark_safe(_TYPED.sub(r"<code>\1</code>", escape(sentence)))  # noqa: S308 - escaped before
