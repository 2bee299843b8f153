"""Where carriers tell how far a parcel is. `settings.CARRIERS` adds others, or changes these."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from django.conf import settings

# {number} stands for the tracking number.
KNOWN: Final = {
    "USPS": "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}",
    "UPS": "https://www.ups.com/track?tracknum={number}",
    "FedEx": "https://www.fedex.com/fedextrack/?trknbr={number}",
    "DHL": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}",
    "DPD": "https://www.dpd.com/tracking?parcelNumber={number}",
    "GLS": "https://gls-group.com/track/{number}",
    "Royal Mail": "https://www.royalmail.com/track-your-item#/tracking-results/{number}",
}


def carrier_names() -> list[str]:
    """The carriers whose parcels can be followed."""
    return sorted({**KNOWN, **settings.CARRIERS})


def tracking_url(carrier: str, number: str) -> str:
    """The page of a parcel; empty without a number, for an unknown carrier, or if its address is not by https."""
    names: dict[str, str] = {name.casefold(): url for name, url in {**KNOWN, **settings.CARRIERS}.items()}
    template = names.get(carrier.strip().casefold(), "")
    if not number.strip() or not template.startswith("https://"):
        return ""
    return template.replace("{number}", quote("".join(number.split()), safe=""))
