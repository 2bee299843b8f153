"""`{% load cells %}`: on a telephone a row of a table is a card, and each of its cells says which column it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
NOTHING = ("-</td>", "</td>", "&nbsp;</td>")


@register.filter
def labelled(cells: Iterable[SafeString], headers: Iterable[dict[str, Any]]) -> Iterator[SafeString]:
    """Give the admin's cells of one row with `data-label`, but for empty ones, which a card leaves out (store/phone.css)."""
    for cell, header in zip_longest(cells, headers):
        if cell is None:
            return
        text = (header or {}).get("text", "")
        if not text or isinstance(text, SafeString) or cell.partition(">")[2] in NOTHING:
            yield cell
        else:
            label = str(text)[:1].upper() + str(text)[1:]
            yield format_html('{} data-label="{}"{}', SafeString(cell[:3]), label, SafeString(cell[3:]))
