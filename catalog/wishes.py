"""Wish lists: for guests as well, shown to others by a link, and one list after log-in."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Product, Wish, WishList
from catalog.selectors import with_cards
from store.client import client_ip
from store.models import User
from store.throttle import Rate, Use, take_uses

MAX_WISHES: Final = 100
# New lists from one network; like carts.
BY_ADDRESS: Final = Rate(name="wish lists by address", most=30, window=3600)
# A guest's list that nobody has touched for so long is thrown away, as the cookie is.
KEPT: Final = timedelta(days=180)
_SALT: Final = "catalog.wishes"
_shared: Final = Signer(salt="catalog.wishes.shared")


class UnableToWish(Exception):
    """The list is as it was. `str(error)` tells the shopper why."""


# -- Whose list ------------------------------------------------------------------------------------------------------------


def read_list_id(request: HttpRequest) -> uuid.UUID | None:
    """The list that the browser's cookie names, or None."""
    value = request.get_signed_cookie(settings.WISH_COOKIE_NAME, default="", salt=_SALT, max_age=int(KEPT.total_seconds()))
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def write_list_id(response: HttpResponse, list_id: uuid.UUID) -> None:
    """Let the browser remember its list: set only when somebody puts something on it."""
    response.set_signed_cookie(
        settings.WISH_COOKIE_NAME,
        str(list_id),
        salt=_SALT,
        max_age=int(KEPT.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def find_list(request: HttpRequest) -> WishList | None:
    """The shopper's list: the account's if somebody is logged in, else the browser's; None if there is none yet."""
    if isinstance(request.user, User):
        return WishList.objects.filter(customer=request.user).first()
    list_id = read_list_id(request)
    return WishList.objects.filter(pk=list_id, customer=None).first() if list_id else None


def open_list(request: HttpRequest, *, now: datetime) -> WishList:
    """The shopper's list, made if there is none. Raise `store.throttle.TooOften` when too many are made."""
    found = find_list(request)
    if found is not None:
        return found
    if isinstance(request.user, User):
        return WishList.objects.get_or_create(customer=request.user, defaults={"updated_at": now})[0]
    take_uses([Use(rate=BY_ADDRESS, parts=(client_ip(request),))], now=now)
    return WishList.objects.create(updated_at=now)


def share_token(wish_list: WishList) -> str:
    """What the address of the list holds for others: they may look."""
    return f"{wish_list.pk}:{_shared.signature(str(wish_list.pk))}"


def find_shared(token: str) -> WishList | None:
    """The list that a shared address shows; None where it is not one of ours."""
    try:
        return WishList.objects.filter(pk=uuid.UUID(_shared.unsign(token))).first()
    except (BadSignature, ValueError):
        return None


# -- What is on it ---------------------------------------------------------------------------------------------------------


def wished_products(wish_list: WishList) -> list[Product]:
    """The products on the list that can be seen, as cards, newest wish first."""
    wishes = list(wish_list.wishes.order_by("-added_at", "-pk").values_list("product_id", flat=True))
    products = with_cards(Product.objects.listed()).in_bulk(wishes)
    return [products[pk] for pk in wishes if pk in products]


def add_wish(*, wish_list: WishList, product_id: int, now: datetime) -> Product:
    """Put a product on the list; twice is once. Raise UnableToWish."""
    product = Product.objects.listed().spoken().filter(pk=product_id).first()
    if product is None:
        raise UnableToWish(_("That item is not in the shop any more. Your wish list is unchanged."))
    wishes = Wish.objects.filter(wish_list=wish_list)
    if not wishes.filter(product=product).exists() and wishes.count() >= MAX_WISHES:
        raise UnableToWish(
            _("A wish list holds {number} things. Nothing was added: please take something off first.").format(
                number=MAX_WISHES
            )
        )
    with transaction.atomic():
        Wish.objects.get_or_create(wish_list=wish_list, product=product, defaults={"added_at": now})
        WishList.objects.filter(pk=wish_list.pk).update(updated_at=now)
    return product


def drop_wish(*, wish_list: WishList, product_id: int) -> None:
    """Take a product off the list."""
    Wish.objects.filter(wish_list=wish_list, product_id=product_id).delete()


def merge_wishes(*, guest: WishList, customer: User, now: datetime) -> None:
    """Move what a guest wished to the account's list, as far as there is room; the guest's list is gone then."""
    with transaction.atomic():
        own, _ = WishList.objects.get_or_create(customer=customer, defaults={"updated_at": now})
        there = set(Wish.objects.filter(wish_list=own).values_list("product_id", flat=True))
        moved = Wish.objects.filter(wish_list=guest).exclude(product_id__in=there).order_by("-added_at")
        ids = list(moved.values_list("pk", flat=True)[: max(0, MAX_WISHES - len(there))])
        Wish.objects.filter(pk__in=ids).update(wish_list=own)
        WishList.objects.filter(pk=guest.pk, customer=None).delete()


def keep_wishes_after_log_in(*, request: HttpRequest | None, user: User, **_: Any) -> None:
    """Merge the browser's list into the account's (receiver of `user_logged_in`)."""
    list_id = read_list_id(request) if request is not None else None
    guest = WishList.objects.filter(pk=list_id, customer=None).first() if list_id else None
    if guest is not None:
        try:
            merge_wishes(guest=guest, customer=user, now=timezone.now())
        except IntegrityError:  # two log-ins at once: the other one merges it
            return


def prune_wish_lists(*, now: datetime) -> int:
    """Throw away guests' lists that nobody has touched for long; say how many rows went."""
    return WishList.objects.filter(customer=None, updated_at__lt=now - KEPT).delete()[0]
