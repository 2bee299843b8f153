"""Who is calling, as far as the network says."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from django.conf import settings
from django.http import HttpRequest

# Some proxies write the port, too, which is another one for every connection: "203.0.113.7:5512", "[2001:db8::7]:5512".
_WITH_PORT: Final = re.compile(r"\[?(?P<address>[0-9a-fA-F:.]+?)\]?:\d{1,5}")
# What one household or one server has of IPv6: whoever holds it changes addresses within it at will (RFC 6177, RFC 8981).
_OWN_IPV6: Final = 64  # bits


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
    return _without_port(chain[-hops]) if len(chain) >= hops else peer


def network_of(address: str) -> str:
    """What counts as one caller: an IPv4 address, or the /64 around one of IPv6; anything else as it is.

    An IPv4 address inside IPv6 comes out as IPv4.
    """
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), _OWN_IPV6), strict=False))
    return str(found)


def _without_port(text: str) -> str:
    is_ipv6 = text.count(":") > 1 and not text.startswith("[")
    match = None if is_ipv6 else _WITH_PORT.fullmatch(text)
    return match["address"] if match else text.strip("[]")
