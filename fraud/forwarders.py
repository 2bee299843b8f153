"""Freight forwarders: houses that take parcels in for people abroad and send them on.

Most of what they forward is honest, so the rule that uses this list weighs little. It is short on purpose and dated: only
names and houses that are public and well known, as of 2026-11. The merchant adds others in the admin (Lists).
"""

from __future__ import annotations

# As they stand in the name or on an address line; compared folded and as whole words.
FORWARDER_NAMES = (
    "MyUS",
    "Shipito",
    "Stackry",
    "Planet Express",
    "Reship",
    "Borderlinx",
    "Viabox",
    "comGateway",
    "Qwintry",
    "Forward2Me",
    "Parcl",
    "Shop and Ship",
    "USGoBuy",
    "OPAS",
    "Nybox",
)
# fraud.addresses.building() of the warehouse -> its name.
FORWARDER_BUILDINGS = {
    "4283 expressln 34249 US": "MyUS",
    "4283 expressln 34238 US": "MyUS",
    "444 alaskaave 90503 US": "Shipito",
}
