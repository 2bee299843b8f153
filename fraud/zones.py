"""What the clock says where a bill goes. A rough answer is enough: the middle of the night is hours wide."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.core import get_global

from fraud.addresses import region_code
from fraud.facts import PlaceFacts

# Where a country has several clocks: region -> the clock of most of its people.
_BY_REGION = {
    "US": {
        "America/New_York": "ct de dc fl ga in ky me md ma mi nh nj ny nc oh pa ri sc vt va wv",
        "America/Chicago": "al ar il ia ks la mn ms mo ne nd ok sd tn tx wi",
        "America/Denver": "co id mt nm ut wy",
        "America/Phoenix": "az",
        "America/Los_Angeles": "ca nv or wa",
        "America/Anchorage": "ak",
        "Pacific/Honolulu": "hi",
    },
    "CA": {
        "America/Toronto": "on qc",
        "America/Halifax": "ns nb pe",
        "America/St_Johns": "nl",
        "America/Winnipeg": "mb",
        "America/Regina": "sk",
        "America/Edmonton": "ab nt",
        "America/Vancouver": "bc yt",
    },
    "AU": {
        "Australia/Sydney": "nsw vic act tas",
        "Australia/Brisbane": "qld",
        "Australia/Adelaide": "sa nt",
        "Australia/Perth": "wa",
    },
}
_ZONES = {
    country: {code: zone for zone, codes in zones.items() for code in codes.split()} for country, zones in _BY_REGION.items()
}
# One clock for nearly all, whatever islands there are.
_MAINLAND = {
    "ES": "Europe/Madrid",
    "PT": "Europe/Lisbon",
    "NZ": "Pacific/Auckland",
    "CL": "America/Santiago",
    "EC": "America/Guayaquil",
    "MX": "America/Mexico_City",
    "BR": "America/Sao_Paulo",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
}


def local_time(place: PlaceFacts, at: datetime) -> datetime | None:
    """The time there; None where the country has several clocks and the region says nothing."""
    country = place.country.upper()
    zone = _ZONES.get(country, {}).get(region_code(place.region, country=country)) or _MAINLAND.get(country)
    if zone is None and country not in _ZONES:
        zones = get_global("territory_zones").get(country, [])
        zone = zones[0] if len(zones) == 1 else None
    return at.astimezone(ZoneInfo(zone)) if zone else None
