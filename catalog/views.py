"""The shop window: home, shelves, search, product."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front of the shop."""
    return render(request, "catalog/home.html")


@require_safe
def catalog(request: HttpRequest) -> HttpResponse:
    """Every product, or those that match a search."""
    raise Http404


@require_safe
def category(request: HttpRequest, category_path: str) -> HttpResponse:
    """The products of a category and of those below it."""
    raise Http404


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One product."""
    raise Http404
