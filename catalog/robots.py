"""What crawlers are told: which pages there are, and which are nobody's business."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import escape
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalog import selectors
from catalog.models import Product
from store.language import in_language
from store.replica import from_replica

# The sitemap protocol's own limit for one file.
MAX_ADDRESSES = 50_000
# A page is as many addresses as there are languages.
LANGUAGES = [code for code, _ in settings.LANGUAGES]
# As many parts as one index may name.
MAX_PARTS = 50_000
# Pages that belong to one shopper or to staff, and lists that only repeat other lists.
_PRIVATE = (
    "/account/",
    "/admin/",
    "/cart/",
    "/checkout/",
    "/orders/",
    "/suggest/",
    "/wish-list/",
    "/back-in-stock/",
    "/catalog/*?*q=",
    "/catalog/*?*sort=",
    "/catalog/*?*after=",
)
PRIVATE = [in_language(path, code) for path in _PRIVATE for code in (LANGUAGES if path != "/admin/" else LANGUAGES[:1])]


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
    """List the home page, the categories and the products: two queries. More than fit one file are listed in parts."""
    origin = request.build_absolute_uri("/").rstrip("/")
    tree = selectors.category_tree()
    fixed = ["/", "/catalog/", *(tree.by_path[path].url for path in sorted(tree.by_path))]
    newest = Product.objects.listed().order_by("-created_at", "-pk").only("slug")
    part = request.GET.get("part", "")
    at_once = MAX_ADDRESSES // len(LANGUAGES)  # pages
    if not part:
        first = list(newest[: max(0, at_once - len(fixed)) + 1])
        if len(fixed) + len(first) <= at_once:
            return _write_pages(origin, [*fixed, *(product.get_absolute_url() for product in first)])
        parts = -(-(len(fixed) + newest.count()) // at_once)
        places = "".join(
            f"<sitemap><loc>{escape(origin)}/sitemap.xml?part={one}</loc></sitemap>\n" for one in range(1, parts + 1)
        )
        return _write("sitemapindex", places)
    if not (part.isascii() and part.isdigit() and len(part) <= len(str(MAX_PARTS)) and 0 < int(part) <= MAX_PARTS):
        raise Http404
    # In an order in which nothing moves while the parts are read.
    start = (int(part) - 1) * at_once - len(fixed)
    rows = Product.objects.listed().order_by("pk").only("slug")[max(0, start) : start + at_once]
    addresses = [*(fixed if start < 0 else ()), *(product.get_absolute_url() for product in rows)]
    if not addresses:
        raise Http404
    return _write_pages(origin, addresses)


def _write_pages(origin: str, paths: list[str]) -> HttpResponse:
    """Each page once for each language, and each time with where it is in all of them."""
    lines = []
    for path in paths:
        places = [(code, escape(origin + in_language(path, code))) for code in LANGUAGES]
        others = "".join(f'<xhtml:link rel="alternate" hreflang="{code}" href="{place}"/>' for code, place in places)
        lines += [f"<url><loc>{place}</loc>{others}</url>\n" for _, place in places]
    return _write("urlset", "".join(lines))


def _write(root: str, lines: str) -> HttpResponse:
    return HttpResponse(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{lines}</{root}>\n',
        content_type="application/xml; charset=utf-8",
    )
