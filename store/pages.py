"""Pages that belong to no app: pictures in development, a failed CSRF check."""

from __future__ import annotations

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views.decorators.http import require_safe
from django.views.static import serve

# The folder with the pictures of the catalogue.
PUBLIC_MEDIA = "catalog/"


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponse | FileResponse:
    """Serve a picture of the catalogue. File names carry a content hash, so browsers may keep them.

    One container is enough for a small shop; a busy one lets its proxy or object storage answer /media/.
    """
    if not path.startswith(PUBLIC_MEDIA):  # nothing else in the media folder is public
        raise Http404
    try:
        # The folder is the root, so that ".." can't lead out of it.
        response = serve(request, path.removeprefix(PUBLIC_MEDIA), document_root=f"{settings.MEDIA_ROOT}/{PUBLIC_MEDIA}")
    except OSError as error:  # a name longer than any file's
        raise Http404 from error
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """Where browsers look for an icon by themselves: on the admin's pages."""
    return redirect(static("favicon.svg"))


def server_error(_request: HttpRequest) -> HttpResponse:
    """Say that something broke, or that the database is away for a moment: that isn't the same, and ends by itself."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = "30"
        return response
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django calls it so
    """Say in plain words that the form was not taken, and what to do."""
    return render(request, "403_csrf.html", status=403)
