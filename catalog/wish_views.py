"""The wish list's pages, and the button that forgets what was looked at."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalog.prices import keep_prices_current
from catalog.seen import begin_seen, forget_seen
from catalog.wishes import (
    UnableToWish,
    add_wish,
    drop_wish,
    find_list,
    find_shared,
    open_list,
    share_token,
    wished_products,
    write_list_id,
)
from store.auth import in_words
from store.csrf import no_token_from_here
from store.throttle import TooOften


@require_safe
@never_cache
def wish_list(request: HttpRequest) -> HttpResponse:
    """The shopper's own list."""
    keep_prices_current(now=timezone.now())
    found = find_list(request)
    page = {"products": wished_products(found) if found else [], "is_own": True}
    if found:
        page["shared_url"] = request.build_absolute_uri(reverse("catalog:wish-list-shared", args=[share_token(found)]))
    return render(request, "catalog/wish_list.html", page)


@require_safe
@never_cache
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """A list as others see it: what is on it, and nothing of whose it is."""
    keep_prices_current(now=timezone.now())
    found = find_shared(token)
    if found is None:
        raise Http404
    return render(request, "catalog/wish_list.html", {"products": wished_products(found), "is_own": False})


@require_POST
@no_token_from_here
def change(request: HttpRequest) -> HttpResponse:
    """Put a product on the list, or take it off with the button "drop"."""
    now = timezone.now()
    text = request.POST.get("product", "")
    product_id = int(text) if text.isascii() and text.isdigit() and len(text) < len(str(2**63)) else 0
    if "drop" in request.POST:
        if found := find_list(request):
            drop_wish(wish_list=found, product_id=product_id)
        return redirect("catalog:wish-list")
    try:
        found = open_list(request, now=now)
        product = add_wish(wish_list=found, product_id=product_id, now=now)
    except UnableToWish as error:
        messages.error(request, str(error))
        return redirect("catalog:wish-list")
    except TooOften as error:
        messages.error(
            request,
            _("Many wish lists were begun just now. Nothing was added. Please try again in {time}.").format(
                time=in_words(error.wait)
            ),
        )
        return redirect("catalog:wish-list")
    messages.success(request, _("{product} is on your wish list.").format(product=product.shown_name))
    response = redirect(product.get_absolute_url())
    if found.customer_id is None:
        write_list_id(response, found.pk)
    return response


@require_POST
@no_token_from_here
def remember(request: HttpRequest) -> HttpResponse:
    """Remember from now on what this browser looks at, and lead back."""
    response = _lead_back(request)
    begin_seen(response)
    return response


@require_POST
@no_token_from_here
def forget(request: HttpRequest) -> HttpResponse:
    """Forget what this browser has looked at, and lead back."""
    response = _lead_back(request)
    forget_seen(response)
    return response


def _lead_back(request: HttpRequest) -> HttpResponse:
    where = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(where, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(where if is_ours else "catalog:home")
