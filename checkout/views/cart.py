"""The cart's page and its three forms."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalog.prices import keep_prices_current
from catalog.selectors import spoken_with_lines
from checkout.cookies import has_mark, read_cart_id, write_cart_id
from checkout.forms import AddForm, CouponForm, QuantityForm
from checkout.models import Cart, CartLine, SavedLine
from checkout.pricing import discount_of
from checkout.services.admission import admit_cart
from checkout.services.carts import UnableToChangeCart, add_to_cart, change_quantity, open_cart, remove_from_cart
from checkout.services.carts_of_accounts import forget_saved, put_back, take_cart_along
from checkout.services.coupons import UnableToUseCoupon, put_coupon, take_coupon_out, usable_coupon
from checkout.views.pause import show_too_often
from store.client import client_ip
from store.csrf import no_token_from_here
from store.models import User
from store.throttle import TooOften


@require_safe
@never_cache
def cart(request: HttpRequest) -> HttpResponse:
    """Show the cart."""
    cart_id = read_cart_id(request)
    keep_prices_current(now=timezone.now())
    lines = list(CartLine.objects.for_cart_page(cart_id)) if cart_id else []
    found, complaint = usable_coupon(lines, now=timezone.now())
    items = sum(line.total for line in lines)
    discount = discount_of(found, items)
    context = {
        "lines": lines,
        "items_total": items,
        "coupon": lines[0].cart.coupon if lines else None,
        "coupon_complaint": complaint,
        "discount": discount,
        "so_far": items - discount,
        "saved": SavedLine.objects.for_cart_page(cart_id) if cart_id and has_mark(request) else [],
        "is_orderable": bool(lines) and all(line.is_available for line in lines),
    }
    return render(request, "checkout/cart.html", context)


def own_cart(request: HttpRequest, *, user: User | None, now: datetime) -> uuid.UUID:
    """The visitor's cart, opened now if there is none; the caller writes the cookie. Raises TooOften."""
    cart_id = read_cart_id(request)
    if user and not has_mark(request):  # logged in with no cart at all, or with one from before carts had owners
        cart_id = take_cart_along(user=user, cart_id=cart_id, now=now).cart_id
    if cart_id is None or not Cart.objects.filter(pk=cart_id).exists():
        admit_cart(address=client_ip(request), now=now)
        cart_id = open_cart(now=now, customer=user).pk
    return cart_id


@require_POST
@no_token_from_here
def add(request: HttpRequest) -> HttpResponse:
    """Put so many of a variant in the cart; make the cart if there is none."""
    form = AddForm(request.POST)
    now = timezone.now()
    if not form.is_valid():
        return _refuse(request, form.complaint)
    user = request.user if isinstance(request.user, User) else None
    try:
        cart_id = own_cart(request, user=user, now=now)
    except TooOften as error:
        return show_too_often(request, error, undone=_("Nothing was put in a cart, and nothing was ordered."))
    try:
        line = add_to_cart(
            cart_id=cart_id, variant_id=form.cleaned_data["variant"], quantity=form.cleaned_data["quantity"], now=now
        )
    except UnableToChangeCart as error:
        response = _refuse(request, str(error))
    else:
        prefetch_related_objects([line], *spoken_with_lines("variant__product"))
        messages.success(request, _("{product} is in your cart.").format(product=line.variant.product.shown_name))
        response = redirect("checkout:cart")
    write_cart_id(response, cart_id, owner=user)
    return response


@require_POST
def change(request: HttpRequest, line_id: int) -> HttpResponse:
    """Change a line's quantity, or take it out with the button "remove"."""
    cart_id = read_cart_id(request)
    if cart_id is None:
        return _refuse(request, _("Your cart is empty. Nothing was changed."))
    now = timezone.now()
    try:
        if "remove" in request.POST:
            remove_from_cart(cart_id=cart_id, line_id=line_id, now=now)
        else:
            form = QuantityForm(request.POST)
            if not form.is_valid():
                return _refuse(request, form.complaint)
            change_quantity(cart_id=cart_id, line_id=line_id, quantity=form.cleaned_data["quantity"], now=now)
    except UnableToChangeCart as error:
        return _refuse(request, str(error))
    return redirect("checkout:cart")


@require_POST
def saved(request: HttpRequest, saved_id: int) -> HttpResponse:
    """Put what was saved earlier into the cart, or throw it away with the button "remove"."""
    cart_id = read_cart_id(request)
    if cart_id is None:
        return _refuse(request, _("Your cart is empty. Nothing was changed."))
    try:
        if "remove" in request.POST:
            forget_saved(cart_id=cart_id, saved_id=saved_id)
        else:
            put_back(cart_id=cart_id, saved_id=saved_id, now=timezone.now())
    except UnableToChangeCart as error:
        return _refuse(request, str(error))
    return redirect("checkout:cart")


@require_POST
def coupon(request: HttpRequest) -> HttpResponse:
    """Put a coupon in the cart, or take it out with the button "remove"."""
    cart_id = read_cart_id(request)
    if cart_id is None:
        return _refuse(request, _("Your cart is empty. No coupon was taken."))
    if "remove" in request.POST:
        take_coupon_out(cart_id=cart_id)
        messages.success(request, _("The coupon is out of your cart. You can use it another time."))
        return redirect("checkout:cart")
    form = CouponForm(request.POST)
    if not form.is_valid():
        return _refuse(request, str(next(iter(form.errors.values()))[0]))
    try:
        found = put_coupon(cart_id=cart_id, code=form.cleaned_data["code"], address=client_ip(request), now=timezone.now())
    except TooOften as error:
        return show_too_often(request, error, undone=_("Nothing was taken off, and your cart is kept."))
    except UnableToUseCoupon as error:
        return _refuse(request, str(error))
    messages.success(request, _("Coupon {code}: {worth}.").format(code=found.code, worth=found.worth))
    return redirect("checkout:cart")


def _refuse(request: HttpRequest, complaint: str) -> HttpResponse:
    """Show the cart, unchanged, with the reason on top."""
    messages.error(request, complaint)
    response = cart(_as_get(request))
    response.status_code = 422
    return response


def _as_get(request: HttpRequest) -> HttpRequest:
    request.method = "GET"
    return request
