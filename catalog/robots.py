"""What crawlers are told: which pages there are, and which are nobody's business."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalog import selectors
from catalog.models import Product
from store.replica import from_replica

# The sitemap protocol's own limit for one file.
MAX_ADDRESSES = 50_000
# Pages that belong to one shopper or to staff, and lists that only repeat other lists.
PRIVATE = (
    "/account/",
    "/admin/",
    "/cart/",
    "/checkout/",
    "/orders/",
    "/suggest/",
    "/catalog/*?*q=",
    "/catalog/*?*sort=",
    "/catalog/*?*after=",
)


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Name the sitemap and the pages to leave alone."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in PRIVATE),
        f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
@from_replica
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the home page, the categories and the newest products, in two queries."""
    origin = request.build_absolute_uri("/").rstrip("/")
    tree = selectors.category_tree()
    shelves = [tree.by_path[path].url for path in sorted(tree.by_path)]
    newest = Product.objects.listed().order_by("-created_at", "-pk").only("slug")
    products = [product.get_absolute_url() for product in newest[: MAX_ADDRESSES - len(shelves) - 2]]
    addresses = "".join(
        f"<url><loc>{escape(origin + path)}</loc></url>\n" for path in ("/", "/catalog/", *shelves, *products)
    )
    return HttpResponse(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{addresses}</urlset>\n',
        content_type="application/xml; charset=utf-8",
    )
