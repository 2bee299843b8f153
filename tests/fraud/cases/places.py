"""What the rules about lists, addresses, the network and what the payer typed say, in exactly these words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fraud.rules import Answer, Clear, Hit, NoData
from tests.fraud.facts import BRUSH, MIAMI, listed, pay, place

PLACES: list[tuple[str, dict[str, Any], Answer]] = [
    # -- lists
    ("list.blocked", {}, Clear("Nothing of this order is on the block list.")),
    (
        "list.blocked",
        {"listed": (listed("email", "block", "ruth@example.com", "Three stolen cards."),)},
        Hit("The e-mail address ruth@example.com: Three stolen cards."),
    ),
    ("list.review", {"listed": (listed("ip", "review", "203.0.113.7"),)}, Hit("The IP address 203.0.113.7: Because.")),
    ("list.review", {"listed": (listed("ip", "block"),)}, Clear("Nothing of this order is on the review list.")),
    ("list.allowed", {"listed": (listed("phone", "allow", "+1 617"),)}, Hit("The phone number +1 617: Because.")),
    ("list.allowed", {}, Clear("Nothing of this order is on the allow list.")),
    (
        "items.watched",
        {"listed": (listed("sku", "watch", "POL-9", "Sells on."),)},
        Hit("POL-9 is on your watch list: Sells on."),
    ),
    ("items.watched", {}, Clear("Nothing in the order is on your watch list.")),
    (
        "address.unsafe_country",
        {"listed": (listed("country", "watch", "XY"),)},
        Hit("XY is on your list of countries: Because."),
    ),
    ("address.unsafe_country", {}, Clear("No country of this order is on your list.")),
    (
        "address.watched_postcode",
        {"listed": (listed("postcode", "watch", "331* US", "Drops."),), "ship_to": MIAMI},
        Hit("Ship-to, 33139 Miami, FL, US, is on your list of postcodes. 331* US: Drops.", "ship_to"),
    ),
    (
        "address.watched_postcode",
        {"listed": (listed("postcode", "watch", "02115-1234 US", "Drops."),), "ship_to": MIAMI},
        Hit("Bill-to, 02115 Boston, MA, US, is on your list of postcodes. 02115-1234 US: Drops.", "bill_to"),
    ),
    (
        "address.watched_postcode",
        {"listed": (listed("postcode", "watch", "331* FR"),), "ship_to": MIAMI},
        Clear("No postcode of this order is on your list."),
    ),
    ("address.watched_postcode", {"ship_to": None, "bill_to": None}, NoData("The order lacks bill-to or ship-to.")),
    # -- ship-to
    (
        "address.ships_far",
        {"ship_to": MIAMI, "ship_km": 2021},
        Hit("Ship-to is some 2,021 km from bill-to: 33139 Miami, FL, US from 02115 Boston, MA, US.", "very_far"),
    ),
    (
        "address.ships_far",
        {"ship_to": MIAMI, "ship_km": 300},
        Hit("Ship-to is some 300 km from bill-to: 33139 Miami, FL, US from 02115 Boston, MA, US.", "far"),
    ),
    (
        "address.ships_far",
        {"ship_km": 0},
        Clear("Ship-to is some 0 km from bill-to: 02115 Boston, MA, US from 02115 Boston, MA, US."),
    ),
    (
        "address.ships_far",
        {"ship_to": MIAMI},
        NoData("How far apart the postcodes lie is not known (see the setting POSTCODES_PATH)."),
    ),
    (
        "address.po_box",
        {"ship_to": place(line1="P.O. Box 77", line2="")},
        Hit("Ship-to is a post-office box: “P.O. Box 77”."),
    ),
    ("address.po_box", {"ship_to": place(line1="7 Boxwood Poplar Road")}, Clear("Ship-to is no post-office box.")),
    (
        "address.as_typed",
        {"ship_to": place(MIAMI, postcode="ABC", is_as_typed=True)},
        Hit("Ship-to fails the checks of its country and was used as typed: ABC Miami, FL, US."),
    ),
    ("address.as_typed", {}, Clear("Both addresses pass the checks of their countries.")),
    (
        "address.forwarder",
        {"ship_to": place(MIAMI, line1="4283 Express Ln", line2="Ste 7", city="Sarasota", postcode="34249")},
        Hit("Ship-to is the freight forwarder MyUS: “4283 Express Ln Ste 7”.", "listed"),
    ),
    (
        "address.forwarder",
        {"ship_to": place(MIAMI, name="Ruth Gale c/o Planet Express")},
        Hit("Ship-to is the freight forwarder Planet Express: “77 Ocean Drive”.", "listed"),
    ),
    (
        "address.forwarder",
        {"listed": (listed("forwarder", "watch", "…", "Asked on the phone."),)},
        Hit("Ship-to is on your list of freight forwarders: Asked on the phone.", "listed"),
    ),
    (
        "address.forwarder",
        {"ship_to": place(line2="Suite 104-233")},
        Hit("A suite number of 6 digits, as freight forwarders give: “12 Elm Street Suite 104-233”.", "suite"),
    ),
    (
        "address.forwarder",
        {"ship_to": place(line1="12345 Elm Street")},
        Clear("Ship-to is no freight forwarder that we know of."),
    ),
    # -- what was ordered
    (
        "items.many_pieces",
        {"lines": (replace(BRUSH, quantity=8), replace(BRUSH, quantity=7))},
        Hit("15 pieces in one order.", "many"),
    ),
    ("items.many_pieces", {"lines": (replace(BRUSH, quantity=40),)}, Hit("40 pieces in one order.", "very_many")),
    ("items.many_pieces", {}, Clear("1 piece.")),
    # -- network
    ("network.ip_far", {"ip_km": 800}, Hit("The IP address is used some 800 km from the nearer of bill-to and ship-to.")),
    ("network.ip_far", {"ip_km": 12}, Clear("The IP address is used some 12 km from the nearer of bill-to and ship-to.")),
    (
        "network.ip_far",
        {},
        NoData(
            "How far the IP address is from bill-to is not known (see the settings GEOIP_PATH, a file with cities, and "
            "POSTCODES_PATH)."
        ),
    ),
    ("network.ip_far", {"has_ip": False}, NoData("The IP address is not known.")),
    ("network.ip_country_differs", {}, Clear("The IP address is of the billing country, US.")),
    (
        "network.ip_country_differs",
        {"ip_country": "NG"},
        Hit("The IP address is of NG, neither the billing country, US, nor ship-to's.", "elsewhere"),
    ),
    (
        "network.ip_country_differs",
        {"ip_country": "FR", "ship_to": place(country="FR")},
        Hit("The IP address is of FR, where the parcel goes; the billing country is US.", "ship_to"),
    ),
    (
        "network.ip_country_differs",
        {"ip_country": ""},
        NoData("No country is known for the IP address (see the setting GEOIP_PATH)."),
    ),
    ("network.ip_country_differs", {"has_ip": False}, NoData("The IP address is not known.")),
    (
        "network.hosting",
        {"hosting_network": "198.51.100.0/24"},
        Hit("The IP address is of 198.51.100.0/24, which servers use: a proxy or VPN."),
    ),
    ("network.hosting", {"hosting_network": ""}, Clear("The IP address is of no network listed for servers.")),
    ("network.hosting", {}, NoData("No networks of servers are listed (see the setting HOSTING_PATH).")),
    ("network.hosting", {"has_ip": False}, NoData("The IP address is not known.")),
    # -- an address changed
    ("address.changed", {}, NoData("The order is assessed for the first time.")),
    (
        "address.changed",
        {"ship_to_before": place(line1="12 elm st.", line2="#4")},
        Clear("Ship-to is as it was when the order was paid."),
    ),
    *(
        (
            "address.changed",
            {"ship_to_before": before},
            Hit(
                f"Ship-to was changed after the order was paid: from “{street}” in {before.town} "
                "to “12 Elm Street Apt 4” in Boston, MA, US.",
                grade,
            ),
        )
        for before, street, grade in (
            (place(line2="Apt 7"), "12 Elm Street Apt 7", "household"),
            (place(line1="9 Oak Road", line2=""), "9 Oak Road", "same_city"),
            (place(line1="9 Oak Road", line2="", city="Salem", postcode="01970"), "9 Oak Road", "other_city"),
            (MIAMI, "77 Ocean Drive", "other_region"),
            (place(MIAMI, country="CA"), "77 Ocean Drive", "other_country"),
        )
    ),
    # -- what the payer typed
    (
        "payer.email_differs",
        {"payment": pay(payer_email="ivo@example.com")},
        Hit("The payer's e-mail address is ivo@example.com, the order's is ruth.gale@example.com."),
    ),
    (
        "payer.email_differs",
        {"payment": pay(payer_email="Ruth.Gale@example.com")},
        Clear("The payer typed the same e-mail address."),
    ),
    ("payer.email_differs", {"payment": pay(payer_email="")}, NoData("The payer's e-mail address is not known.")),
    (
        "payer.phone_differs",
        {"payment": pay(payer_phone="617 555 9999")},
        Hit("The payer's phone number is +1 617-555-9999, the order's is +1 617-555-2368."),
    ),
    ("payer.phone_differs", {"payment": pay(payer_phone="(617) 555-2368")}, Clear("The payer typed the same phone number.")),
    ("payer.phone_differs", {}, NoData("The payer's phone number is not known.")),
]
