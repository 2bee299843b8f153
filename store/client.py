"""Who is calling, as far as the network says."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The caller's IP address.

    `X-Forwarded-For` is believed for as many hops as `settings.TRUSTED_PROXIES` says we run, counted from our end: what
    stands further left was written by the caller.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    hops: int = settings.TRUSTED_PROXIES
    if hops == 0:
        return peer
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return chain[-hops] if len(chain) >= hops else peer
