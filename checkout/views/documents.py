"""Invoices and credit notes to take away: by the token of the order's page."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from checkout.models import Document
from checkout.services.orders import hash_token


@require_safe
@never_cache
def document(_request: HttpRequest, token: str, document_id: uuid.UUID) -> HttpResponse:
    """Hand out a document of the order whose page has this token."""
    found = Document.objects.filter(pk=document_id, order__token_hash=hash_token(token)).first()
    if found is None:
        raise Http404
    return as_download(found)


def as_download(found: Document) -> HttpResponse:
    """The PDF as a file to save; its name is its number."""
    from checkout.services.document_pdf import as_pdf  # noqa: PLC0415  # fpdf2 takes 20 MB, which only who makes one pays

    return HttpResponse(
        as_pdf(found),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{found.number}.pdf"'},
    )
