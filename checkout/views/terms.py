"""The page of the shop's terms."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from checkout.models import ShopTerms
from store.language import current_language


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Show the version that is in force."""
    version = ShopTerms.objects.in_force(timezone.now())
    text, language = version.said_in(current_language()) if version else ("", current_language())
    context = {
        "terms": version,
        "blocks": ShopTerms.blocks_of(text),
        "language": language,
        "is_translated": language == current_language(),
    }
    return render(request, "checkout/terms.html", context)
