"""The shop window: home, shelves, search, product."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog import listing, selectors
from catalog.matrix import build_matrix, read_option_types
from catalog.missed import note_missed
from catalog.models import Product
from catalog.prices import keep_prices_current, running_sales
from catalog.reviews import read_reviews
from catalog.saying import say
from catalog.seen import is_asked_for, note_seen, read_seen
from catalog.structured import as_script, describe_product, describe_trail
from store.replica import from_replica

# The paw of the home page has five toes and pads; below it stand two rows of four.
PAW = 5
FRONT = 8
NEIGHBOURS = 4


@require_safe
@from_replica
def home(request: HttpRequest) -> HttpResponse:
    """The front of the shop."""
    keep_prices_current(now=timezone.now())
    featured = selectors.featured_products(limit=PAW + FRONT)
    in_paw = [product for product in featured if product.first_picture][:PAW]
    if len(in_paw) < PAW or len(featured) < PAW + NEIGHBOURS:  # too little to fill both
        in_paw = []
    page = {
        "paw": selectors.scenes(products=in_paw),
        "featured": [product for product in featured if product not in in_paw][:FRONT],
        "shelves": selectors.category_tree().roots,
    }
    return render(request, "catalog/home.html", page)


@require_safe
@from_replica
def catalog(request: HttpRequest) -> HttpResponse:
    """Every product, or those that match a search."""
    keep_prices_current(now=timezone.now())
    wish = listing.read_wish(request.GET)
    if not wish.is_tidy:
        return _to_canonical(request, wish)
    found = listing.read_listing(wish)
    _note_if_missed(found)
    page = {"listing": found, "search_text": found.wish.text, "shelves_below": selectors.category_tree().roots}
    return render(request, "catalog/listing.html", page)


@require_safe
@from_replica
def category(request: HttpRequest, category_path: str) -> HttpResponse:
    """The products of a category and of those below it."""
    tree = selectors.category_tree()
    shelf = tree.by_path.get(category_path)
    if shelf is None:
        return _to_new_address(request, f"catalog/{category_path}")
    keep_prices_current(now=timezone.now())
    wish = listing.read_wish(request.GET)
    if not wish.is_tidy:
        return _to_canonical(request, wish)
    found = listing.read_listing(wish, shelf=shelf)
    _note_if_missed(found)
    trail = tree.trail(shelf.pk)
    origin = f"{request.scheme}://{request.get_host()}"
    page = {
        "structured": as_script([describe_trail(trail[:-1], origin=origin, name=shelf.name, url=shelf.url)]),
        "listing": found,
        "shelf": shelf,
        "trail": trail[:-1],
        "current_top": trail[0].pk,
        "shelves_below": shelf.children,
    }
    return render(request, "catalog/listing.html", page)


def _to_new_address(request: HttpRequest, path: str) -> HttpResponse:
    """Lead on for good from where something used to be. Raise Http404 where nothing was."""
    where = selectors.moved_to(path) if "\0" not in path else None
    if where is None:
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{where}?{query}" if query else where, permanent=True)


def _note_if_missed(found: listing.Listing) -> None:
    """Count a search that found nothing, for the merchant; not one that filters emptied, or that ran past its end."""
    if found.wish.text and not (found.count or found.wish.filters or found.wish.after):
        note_missed(text=found.wish.text, now=timezone.now())


def _to_canonical(request: HttpRequest, wish: listing.Wish) -> HttpResponse:
    """Lead to the one address of this list: a form sends its empty fields, too, and in its own order."""
    query = wish.query()
    return redirect(f"{request.path}?{query}" if query else request.path)


@require_safe
@from_replica
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One product: its pictures, its variants, and a form that puts one in the cart."""
    keep_prices_current(now=timezone.now())
    found = selectors.product_page(slug=slug)
    if found is None:
        return _to_new_address(request, f"products/{slug}")
    response = show_product(request, found)
    note_seen(request, response, product_id=found.pk)
    return response


def show_product(request: HttpRequest, found: Product, *, is_preview: bool = False) -> HttpResponse:
    """The page of a product that has a price; as a preview, it says that shoppers don't see it like that yet."""
    trail = selectors.category_tree().trail(found.category_id)
    variants = found.page_variants
    sales = running_sales(variants)
    for variant in variants:
        variant.sale = sales.get(variant.pk)
    on_shelf = [variant for variant in variants if not variant.is_sold_out]
    reviews = read_reviews(found.pk, request.GET)
    origin = f"{request.scheme}://{request.get_host()}"
    option_types = read_option_types(variants, wanted=found.option_types or ())
    # Chosen for the shopper only where there is nothing to choose, or by the address.
    asked = [variant for variant in on_shelf if variant.sku == request.GET.get("sku")]
    chosen = asked or (on_shelf if len(on_shelf) == 1 else [])
    page = {
        "product": found,
        "trail": trail,
        "current_top": trail[0].pk if trail else None,
        "chosen_pk": chosen[0].pk if chosen else None,
        "facts": [(say(str(label)), say(str(value))) for label, value in found.facts],
        "choice_name": _(" and ").join(say(name) for name, _values in option_types) or _("Which one"),
        "matrix": build_matrix(variants, option_types=option_types),
        "has_price_range": len({variant.price for variant in variants}) > 1,
        "is_sold_out": not on_shelf,
        "sold_out": [variant for variant in variants if variant.is_sold_out],
        # One note for all where all are reduced alike.
        "sale": next(iter(sales.values())) if len(set(sales.values())) == 1 and len(sales) == len(variants) else None,
        "currency": settings.SHOP_CURRENCY,
        "reviews": reviews,
        "structured": as_script(
            [
                describe_product(found, origin=origin, reviews=reviews),
                describe_trail(trail, origin=origin, name=found.shown_name, url=found.get_absolute_url()),
            ]
        ),
        "origin": origin,
        "company": selectors.company(product=found, seen=read_seen(request), limit=NEIGHBOURS),
        "is_remembering": is_asked_for(request),
        "is_preview": is_preview,
    }
    return render(request, "catalog/product.html", page)
