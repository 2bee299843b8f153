"""Networks that servers rather than people use: hosting companies, VPNs, proxies. From a file that the merchant supplies.

Setting HOSTING_PATH: a text file with a network on each line ("198.51.100.0/24", "2001:db8::/32"), blank lines and what
follows a # left out, as such lists are published by hosting companies and others. Nobody is asked over the network.
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address, ip_network
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

type _Networks = dict[int, tuple[list[int], list[IPv4Network | IPv6Network]]]  # by version: first addresses, networks


def hosting_network_of(address: str) -> str | None:
    """The listed network that an IP address is of; "" for one of none, None when nothing is listed or it is no address."""
    known = _read(settings.HOSTING_PATH) if settings.HOSTING_PATH and address else None
    if known is None:
        return None
    try:
        ip = ip_address(address.strip())
    except ValueError:
        return None
    starts, networks = known[ip.version]
    at = bisect_right(starts, int(ip)) - 1
    return str(networks[at]) if at >= 0 and ip in networks[at] else ""


@lru_cache(maxsize=1)
def _read(path: str) -> _Networks | None:
    """The file, in memory once per process, in the order of its networks; restart to read a newer one."""
    four: list[IPv4Network] = []
    six: list[IPv6Network] = []
    try:
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            if text := line.partition("#")[0].strip():
                network = ip_network(text, strict=False)
                if isinstance(network, IPv4Network):
                    four.append(network)
                else:
                    six.append(network)
    except (OSError, ValueError) as error:
        # The shop goes on without: an order must not wait for a list. Half a list would look like a whole one.
        logger.error("HOSTING_PATH can't be read: %s. Hosting networks are not known.", type(error).__name__)  # noqa: TRY400
        return None
    found: _Networks = {4: ([], [*collapse_addresses(four)]), 6: ([], [*collapse_addresses(six)])}
    for starts, networks in found.values():
        starts += [int(network.network_address) for network in networks]
    return found
