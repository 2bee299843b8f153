"""What is new, for feed readers."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalog.models import Product
from catalog.prices import keep_prices_current
from store.money import format_money

# As many as a reader shows at once.
NEWEST = 30


class NewProducts(Feed[Product, None]):
    """The newest products, in one query."""

    link = "/catalog/"
    title = f"New at {settings.SHOP_NAME}"
    description = "What has come onto the shelves last."

    def items(self) -> list[Product]:
        """The newest first."""
        return list(Product.objects.listed().order_by("-created_at", "-pk")[:NEWEST])

    def item_title(self, item: Product) -> str:
        """Its name, and from what it costs."""
        price = "" if item.price_from is None else f", from {format_money(item.price_from, settings.SHOP_CURRENCY)}"
        return f"{item.name}{price}"

    def item_description(self, item: Product) -> str:
        """Its one line."""
        return item.tagline

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
