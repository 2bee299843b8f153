"""What is new, for feed readers."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalog.models import Product
from catalog.prices import keep_prices_current
from store.money import format_money

# As many as a reader shows at once.
NEWEST = 30


class NewProducts(Feed[Product, None]):
    """The newest products, in one query."""

    def link(self) -> str:
        """The list it is an extract of, in the language of the feed's address."""
        return reverse("catalog:catalog")

    def title(self) -> str:
        """What it is, and whose."""
        return _("New at {shop}").format(shop=settings.SHOP_NAME)

    def description(self) -> str:
        """What is in it."""
        return _("What has come onto the shelves last.")

    def items(self) -> list[Product]:
        """The newest first."""
        return list(Product.objects.listed().spoken(also=["tagline"]).order_by("-created_at", "-pk")[:NEWEST])

    def item_title(self, item: Product) -> str:
        """Its name, and from what it costs."""
        if item.price_from is None:
            return item.shown_name
        price = format_money(item.price_from, settings.SHOP_CURRENCY)
        return _("{product}, from {price}").format(product=item.shown_name, price=price)

    def item_description(self, item: Product) -> str:
        """Its one line."""
        return item.shown_tagline

    def item_pubdate(self, item: Product) -> datetime:
        """When it came."""
        return item.created_at


_feed = NewProducts()


@require_safe
@cache_control(public=True, max_age=900)
def new_products(request: HttpRequest) -> HttpResponse:
    """Answer with the feed."""
    keep_prices_current(now=timezone.now())
    return _feed(request)
