"""The country of an IP address, from a file in MaxMind's format that the merchant supplies (setting GEOIP_PATH).

Any such file with countries in it will do: MaxMind's own, DB-IP's, IPinfo's. Nobody is asked over the network.
Without a file, or for an address that it does not know, there is no country; a rule then has no data.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

import maxminddb
from django.conf import settings

logger = logging.getLogger(__name__)


def country_of(ip_address: str) -> str:
    """The ISO 3166 alpha-2 code of the country in which the address is used; "" when that is not known."""
    reader = _open(settings.GEOIP_PATH) if settings.GEOIP_PATH and ip_address else None
    if reader is None:
        return ""
    try:
        found: Any = reader.get(ip_address)
    except (ValueError, maxminddb.InvalidDatabaseError):  # no address, or not one of the file's
        return ""
    if not isinstance(found, dict):
        return ""
    for name in ("country", "registered_country"):
        entry = found.get(name)
        code = entry.get("iso_code") if isinstance(entry, dict) else entry or found.get("country_code")
        if isinstance(code, str) and len(code) == 2:
            return code.upper()
    return ""


@lru_cache(maxsize=1)
def _open(path: str) -> maxminddb.Reader | None:
    """The file, mapped into memory once per process; restart to read a newer one."""
    try:
        return maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        # The shop goes on without: an order must not wait for a country.
        logger.error("GEOIP_PATH can't be read: %s. IP countries are not known.", type(error).__name__)  # noqa: TRY400
        return None
