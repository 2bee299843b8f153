"""The button "Order again" on the page of an order that was not paid in time."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from checkout.cookies import write_cart_id
from checkout.services.ordering_again import Again, order_again
from checkout.story import can_order_again
from checkout.views.cart import own_cart
from checkout.views.finding import find_order
from checkout.views.pause import show_too_often
from store.models import User
from store.throttle import TooOften


@require_POST
@never_cache
def again(request: HttpRequest, token: str) -> HttpResponse:
    """Put what the order had in the visitor's cart, and say what is no longer to be had."""
    found = find_order(token)
    if not can_order_again(found):
        messages.error(request, _("Only what was not paid in time is put in the cart again. Your cart is unchanged."))
        return redirect("checkout:order", token=token)
    now = timezone.now()
    user = request.user if isinstance(request.user, User) else None
    try:
        cart_id = own_cart(request, user=user, now=now)
    except TooOften as error:
        return show_too_often(request, error, undone=_("Nothing was put in a cart, and nothing was ordered."))
    _tell(request, order_again(order=found, cart_id=cart_id, now=now))
    response = redirect("checkout:cart")
    write_cart_id(response, cart_id, owner=user)
    return response


def _tell(request: HttpRequest, outcome: Again) -> None:
    if outcome.is_any_there:
        messages.success(request, _("What you had ordered is in your cart, at the prices of today. Please look it over."))
    for name, units in outcome.fewer:
        messages.warning(request, _("Of {name} we have only {units} left.").format(name=name, units=units))
    if outcome.gone:
        words = _("No longer to be had, and not in your cart: {names}.")
        messages.warning(request, words.format(names=", ".join(outcome.gone)))
