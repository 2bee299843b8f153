"""What PayPal shows without a token: the certificate that webhooks are signed with."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from sandbox.paypal.signing import certificates


@require_GET
def certificate(_request: HttpRequest, name: str) -> HttpResponse:
    """The signing certificate with its issuer, as PEM."""
    keys = certificates()
    if name != keys.name:
        raise Http404
    return HttpResponse(keys.chain_pem, content_type="application/x-pem-file")
