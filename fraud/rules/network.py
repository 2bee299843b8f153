"""Where the order was typed, as far as an IP address tells."""

from __future__ import annotations

from fraud.facts import OrderFacts
from fraud.rules.answers import Answer, Clear, Hit, Limits, NoData


def ip_country_differs(facts: OrderFacts) -> Answer:
    """The IP address is of another country than bill-to. Weak: people travel and order for at home."""
    if not facts.has_ip:
        return NoData("The IP address is not known.")
    if not facts.ip_country:
        return NoData("No country is known for the IP address (see the setting GEOIP_PATH).")
    if facts.bill_to is None or not facts.bill_to.country:
        return NoData("The billing country is not known.")
    here, bill = facts.ip_country, facts.bill_to.country.upper()
    if here == bill:
        return Clear(f"The IP address is of the billing country, {bill}.")
    if facts.ship_to is not None and here == facts.ship_to.country.upper():
        return Hit(f"The IP address is of {here}, where the parcel goes; the billing country is {bill}.", "ship_to")
    return Hit(f"The IP address is of {here}, neither the billing country, {bill}, nor ship-to's.", "elsewhere")


def ip_far(facts: OrderFacts, limits: Limits) -> Answer:
    """The IP address is used far from both addresses. Weak: people travel, and mobile networks surface anywhere."""
    if not facts.has_ip:
        return NoData("The IP address is not known.")
    if facts.ip_km is None:
        return NoData(
            "How far the IP address is from bill-to is not known (see the settings GEOIP_PATH, a file with cities, and "
            "POSTCODES_PATH)."
        )
    said = f"The IP address is used some {facts.ip_km:,} km from the nearer of bill-to and ship-to."
    return Hit(said) if facts.ip_km >= limits["km"] else Clear(said)


def hosting(facts: OrderFacts) -> Answer:
    """The IP address is a server's: a proxy, a VPN. Weak: careful people use them, and whole offices."""
    if not facts.has_ip:
        return NoData("The IP address is not known.")
    if facts.hosting_network is None:
        return NoData("No networks of servers are listed (see the setting HOSTING_PATH).")
    if facts.hosting_network:
        return Hit(f"The IP address is of {facts.hosting_network}, which servers use: a proxy or VPN.")
    return Clear("The IP address is of no network listed for servers.")
