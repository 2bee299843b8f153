"""Finding orders by what a customer says on the phone: all of it exact, through blind indexes."""

from __future__ import annotations

import re

from django.db.models import Q

from checkout.models import OrderAddress
from store.blind_index import blind_index

NUMBER = "order number"
_NUMBER_AS_TYPED = re.compile(r"R?[ -]?(\d{4})[ -]?(\d{4})", re.IGNORECASE)
# Fewer digits than this are no telephone number anywhere.
_SHORTEST_PHONE = 6


def read_term(term: str) -> tuple[str, str]:
    """Say what `term` is taken for (order number, e-mail, phone or last name), and the number or the digest it is found by.

    A term with nothing in it has no digest.
    """
    term = term.strip()
    if match := _NUMBER_AS_TYPED.fullmatch(term):
        return NUMBER, f"R-{match[1]}-{match[2]}"
    if "@" in term:
        return "e-mail", blind_index("email", term)
    if sum(character.isdigit() for character in term) >= _SHORTEST_PHONE:
        return "phone", blind_index("phone", term)
    return "last name", blind_index("last_name", term)


def condition_of(what: str, value: str) -> Q:
    """The condition that finds the orders of what `read_term` read."""
    match what:
        case "order number":
            return Q(number=value)
        case "e-mail":
            return _indexed("email_index", value)
        case "phone":
            return _indexed("phone_index", value)
        case _:
            named = OrderAddress.objects.filter(_indexed("last_name_index", value))
            return Q(pk__in=named.values("order_id"))


def _indexed(column: str, digest: str) -> Q:
    # A term with nothing in it has no digest, and rows without one must not be found by it.
    return Q(**{column: digest}) if digest else Q(pk__in=[])
