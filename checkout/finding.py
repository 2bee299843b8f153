"""Finding orders by what a customer says on the phone: all of it exact, through blind indexes."""

from __future__ import annotations

import re

from django.db.models import Q

from checkout.models import OrderAddress
from store.blind_index import blind_index

_NUMBER = re.compile(r"R?-?(\d{4})[ -]?(\d{4})", re.IGNORECASE)
# Fewer digits than this are no telephone number anywhere.
_SHORTEST_PHONE = 6


def find_by(term: str) -> tuple[str, Q]:
    """Say what `term` is taken for (order number, e-mail, phone or last name), and the condition that finds its orders."""
    term = term.strip()
    if match := _NUMBER.fullmatch(term):
        return "order number", Q(number=f"R-{match[1]}-{match[2]}")
    if "@" in term:
        return "e-mail", _indexed("email_index", blind_index("email", term))
    if sum(character.isdigit() for character in term) >= _SHORTEST_PHONE:
        return "phone", _indexed("phone_index", blind_index("phone", term))
    named = OrderAddress.objects.filter(_indexed("last_name_index", blind_index("last_name", term)))
    return "last name", Q(pk__in=named.values("order_id"))


def _indexed(column: str, digest: str) -> Q:
    # A term with nothing in it has no digest, and rows without one must not be found by it.
    return Q(**{column: digest}) if digest else Q(pk__in=[])
