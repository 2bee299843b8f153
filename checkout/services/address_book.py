"""The address book of an account: what is in it, what goes in and out."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from checkout.models import KeptAddress
from checkout.services.orders import Address
from store.models import User

# More than a family needs; a book without an end is a place to store things.
MOST: Final = 20


class UnableToKeepAddress(Exception):
    """Nothing was kept. `str(error)` tells the customer why."""


def kept_addresses(customer: User) -> list[KeptAddress]:
    """All of them, those that the checkout begins with first; one query."""
    return list(KeptAddress.objects.filter(customer=customer).order_by("-is_bill_to", "-is_ship_to", "-made_at", "pk"))


def keep_address(
    *,
    customer: User,
    address: Address,
    now: datetime,
    label: str = "",
    is_bill_to: bool = False,
    is_ship_to: bool = False,
    address_id: uuid.UUID | None = None,
) -> KeptAddress:
    """Write an address into the book, or change the one with `address_id`; one that is there already is not written twice.

    Raises UnableToKeepAddress when the book is full, or the address to change is gone.
    """
    values = {name: value or None if name in _MAY_BE_NULL else value for name, value in asdict(address).items()}
    with transaction.atomic():
        User.objects.select_for_update().get(pk=customer.pk)
        there = kept_addresses(customer)
        row = next((one for one in there if one.pk == address_id), None)
        if address_id and row is None:
            raise UnableToKeepAddress(_("This address is not in your account any more. Nothing was kept."))
        if row is None:
            twin = next((one for one in there if all(getattr(one, name) == value for name, value in values.items())), None)
            row = twin or KeptAddress(customer=customer, made_at=now)
            if twin is None and len(there) >= MOST:
                raise UnableToKeepAddress(
                    _("Your account keeps {most} addresses at most. Delete one first; this one was not kept.").format(
                        most=MOST
                    )
                )
        others = KeptAddress.objects.filter(customer=customer).exclude(pk=row.pk)
        if is_bill_to:
            others.update(is_bill_to=False)
        if is_ship_to:
            others.update(is_ship_to=False)
        for name, value in values.items():
            setattr(row, name, value)
        if address_id:
            row.label, row.is_bill_to, row.is_ship_to = label or None, is_bill_to, is_ship_to
        else:  # new, or a twin that keeps what was said of it before
            row.label = label or row.label
            row.is_bill_to, row.is_ship_to = row.is_bill_to or is_bill_to, row.is_ship_to or is_ship_to
        row.save()
    return row


_MAY_BE_NULL: Final = frozenset({"line2", "city", "postcode"})


def delete_address(*, customer: User, address_id: uuid.UUID) -> bool:
    """Take an address out of the book; False if it isn't there, or not theirs."""
    return KeptAddress.objects.filter(customer=customer, pk=address_id).delete()[0] > 0


def keep_from_checkout(*, customer: User, addresses: Sequence[Address], now: datetime) -> str:
    """Keep what was ticked at the checkout; say what could not be kept, else nothing."""
    try:
        for address in addresses:
            keep_address(customer=customer, address=address, now=now)
    except UnableToKeepAddress as error:
        return str(error)
    return ""


def form_values(address: KeptAddress, *, prefix: str) -> dict[str, object]:
    """What a form with this prefix begins with."""
    names = ("name", "line1", "line2", "city", "region", "postcode", "country")
    values: dict[str, object] = {f"{prefix}_{name}": getattr(address, name) or "" for name in names}
    return values | {f"{prefix}_as_typed": "on" if address.is_as_typed else ""}
