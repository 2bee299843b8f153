"""One POST to an address that somebody typed. It must not become a way into our own network (SSRF).

Only https; the name is looked up once and the connection goes to an address that was looked at, so a name that answers
differently the second time (DNS rebinding) gains nothing. Redirects are not followed, proxies of the environment are not
used, the answer's body is not kept, and all of it together has so many seconds.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import certifi
from django.conf import settings

# Seconds for the connection and for each wait, and for all of it together.
WAIT: Final = 5.0
TOTAL: Final = 15.0
# Bytes of an answer's body that are read, and thrown away.
MOST: Final = 4096
# Addresses of these carry an IPv4 address that a router may unpack: NAT64, 6to4, Teredo.
CARRIERS: Final = tuple(ipaddress.ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))


class UnableToDial(Exception):
    """Nothing was sent. `str(error)` says why, for whoever typed the address."""


def check_url(url: str) -> tuple[str, int, bool]:
    """Host, port and whether it is https. Raises UnableToDial for what is never dialled."""
    parts = urlsplit(url)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise UnableToDial("The port is not a number.") from error
    is_secure = parts.scheme == "https"
    if not is_secure and not (parts.scheme == "http" and settings.OUTGOING_ALLOW_LOOPBACK and host in {"127.0.0.1", "::1"}):
        raise UnableToDial("The address must begin with https://.")
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise UnableToDial("The address must name a host, and neither a user nor a fragment.")
    if any(ord(sign) <= 0x20 or ord(sign) == 0x7F for sign in url) or not url.isascii():
        raise UnableToDial("The address must be plain ASCII, without spaces.")
    return host, port or (443 if is_secure else 80), is_secure


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet's: no loopback, private, link-local, multicast, reserved one."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if any(address in carrier for carrier in CARRIERS) or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def post(url: str, *, headers: Mapping[str, str], body: bytes) -> int:
    """Send `body` and give the status of the answer. Raises UnableToDial, OSError and http.client.HTTPException."""
    host, port, is_secure = check_url(url)
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    line = [_dial(host, port)]
    # Whoever answers a byte every few seconds would keep a worker for ever.
    alarm = threading.Timer(TOTAL, _hang_up, [line])
    alarm.daemon = True
    alarm.start()
    connection = http.client.HTTPConnection(host, port, timeout=WAIT)
    try:
        if is_secure:
            trust = ssl.create_default_context(cafile=certifi.where())
            secured = trust.wrap_socket(line[0], server_hostname=host, do_handshake_on_connect=False)
            line.append(secured)
            secured.do_handshake()
        connection.sock = line[-1]
        connection.request("POST", target, body=body, headers=dict(headers))
        answer = connection.getresponse()
        answer.read(MOST)
        return answer.status
    finally:
        alarm.cancel()
        connection.close()
        line[-1].close()


def _dial(host: str, port: int) -> socket.socket:
    """Connect to the first public address of `host`; refuse a name of which any address is not public."""
    found = [entry[4] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    addresses = [str(entry[0]) for entry in found]
    if not addresses or not all(_may_dial(address) for address in addresses):
        raise UnableToDial("The name leads to an address that is not on the public internet.")
    error: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=WAIT)
        except OSError as failed:
            error = failed
    raise error or UnableToDial("The name leads nowhere.")


def _may_dial(address: str) -> bool:
    if settings.OUTGOING_ALLOW_LOOPBACK and ipaddress.ip_address(address.partition("%")[0]).is_loopback:
        return True
    return is_public(address)


def _hang_up(line: list[socket.socket]) -> None:
    try:
        line[-1].shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is over already
