"""All addresses: the company's API and hosted page, the control page and its API, the style sheets."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.static import serve

STATIC = Path(__file__).resolve().parent / "static"


def live(_request: HttpRequest) -> HttpResponse:
    """Answers when the process does."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("", RedirectView.as_view(url="/control/")),
    path("livez", live),
    path("static/<path:path>", serve, {"document_root": STATIC}),
    path("control/", include("sandbox.control.urls")),
    # Stripe answers whatever is left below /v1/.
    path("", include("sandbox.paypal.urls")),
    path("", include("sandbox.stripe.urls")),
]
