"""The page of the shop's terms."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from checkout.models import ShopTerms


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Show the version that is in force."""
    return render(request, "checkout/terms.html", {"terms": ShopTerms.objects.in_force(timezone.now())})
