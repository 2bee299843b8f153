"""The country of an IP address, and its place, from a file in MaxMind's format that the merchant supplies (GEOIP_PATH).

Any such file with countries in it will do: MaxMind's own, DB-IP's, IPinfo's; one with cities tells the place as well. Nobody
is asked over the network. Without a file, or for an address that it does not know, there is neither; rules have no data.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import maxminddb
from django.conf import settings

from fraud.postcodes import Point

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IpPlace:
    """What the file says of an address."""

    country: str = ""  # ISO 3166 alpha-2; "" when it is not known
    point: Point | None = None
    within_km: int = 0  # the address is used within so many kilometres of the point


def place_of_ip(ip_address: str) -> IpPlace:
    """The country in which the address is used, and where; empty when that is not known."""
    reader = _open(settings.GEOIP_PATH) if settings.GEOIP_PATH and ip_address else None
    if reader is None:
        return IpPlace()
    try:
        found: Any = reader.get(ip_address)
    except (ValueError, maxminddb.InvalidDatabaseError):  # no address, or not one of the file's
        return IpPlace()
    return IpPlace(_country(found), *_point(found)) if isinstance(found, dict) else IpPlace()


def _country(found: dict[str, Any]) -> str:
    for name in ("country", "registered_country"):
        entry = found.get(name)
        code = entry.get("iso_code") if isinstance(entry, dict) else entry or found.get("country_code")
        if isinstance(code, str) and len(code) == 2:
            return code.upper()
    return ""


def _point(found: dict[str, Any]) -> tuple[Point | None, int]:
    """The place and how exact it is; a place that only stands for its country is hundreds of kilometres wide."""
    location = found.get("location")
    entry = location if isinstance(location, dict) else found
    try:
        point = float(entry["latitude"]), float(entry["longitude"])
    except (KeyError, TypeError, ValueError):
        return None, 0
    radius = entry.get("accuracy_radius")
    return point, radius if isinstance(radius, int) else 0


@lru_cache(maxsize=1)
def _open(path: str) -> maxminddb.Reader | None:
    """The file, mapped into memory once per process; restart to read a newer one."""
    try:
        return maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        # The shop goes on without: an order must not wait for a country.
        logger.error("GEOIP_PATH can't be read: %s. IP countries are not known.", type(error).__name__)  # noqa: TRY400
        return None
