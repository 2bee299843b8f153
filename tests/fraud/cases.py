"""What the rules about the network, lists, links and speed say, in exactly these words (tests/fraud/test_rules.py asks them)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fraud.facts import EarlierOrder
from fraud.rules import Answer, Clear, Hit, NoData
from tests.fraud.facts import BRUSH, MIAMI, earlier, listed, make_facts, pay, place

MINUTE = 1 / 1440
EMAIL = frozenset({"email"})


def soon(count: int, what: str, *, minutes: float = 2, **more: Any) -> tuple[EarlierOrder, ...]:
    """So many orders that share one thing, the newest `minutes` ago and each as much before the one after it."""
    return tuple(
        earlier(days=minutes * MINUTE * (n + 1), same=frozenset({what}), number=f"R-{n}", **more) for n in range(count)
    )


def with_cards(*cards: int, what: str = "address", days: float = 1) -> tuple[EarlierOrder, ...]:
    """One order for each card."""
    return tuple(earlier(days=days, same=frozenset({what}), number=f"R-{n}", cards=(card,)) for n, card in enumerate(cards))


def others(count: int, what: str) -> tuple[EarlierOrder, ...]:
    """Orders of so many other surnames that share one thing."""
    return tuple(earlier(days=9, same=frozenset({what}), number=f"R-{n}", surname=n + 1) for n in range(count))


NIGHT = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)  # 03:30 in Boston

MORE: list[tuple[str, dict[str, Any], Answer]] = [
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
    # -- ship-to
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
    # -- the order among the customer's own
    (
        "order.large_for_customer",
        {
            "earlier": tuple(earlier(days=days, same=EMAIL) for days in (9, 19)),
            "total": replace(make_facts().total, minor=15001),
        },
        Hit("$150.01; the largest of 2 orders with this e-mail address was $50.00."),
    ),
    (
        "order.large_for_customer",
        {
            "earlier": tuple(earlier(days=days, same=EMAIL) for days in (9, 19)),
            "total": replace(make_facts().total, minor=15000),
        },
        Clear("$150.00; the largest of 2 orders with this e-mail address was $50.00."),
    ),
    ("order.large_for_customer", {}, NoData("0 orders with this e-mail address in USD; 2 are needed.")),
    ("order.odd_hour", {"placed_at": NIGHT}, Hit("Ordered at 03:30, by the clock in Boston, MA, US.")),
    (  # the night of bill-to counts, not that of the parcel: in London it is 08:30
        "order.odd_hour",
        {"placed_at": NIGHT, "bill_to": place(city="London", region="", country="GB")},
        Clear("Ordered at 08:30, by the clock in London, GB."),
    ),
    (
        "order.odd_hour",
        {"bill_to": place(region="", country="US")},
        NoData("The time in Boston, US is not known."),
    ),
    (
        "order.good_orders",
        {"earlier": (earlier(days=90, same=EMAIL), earlier(days=70, same=EMAIL, is_disputed=True))},
        Clear("An order with this e-mail address was stopped or disputed, so the others earn no trust."),
    ),
    (
        "order.stopped_before",
        {"earlier": (earlier(days=9, same=frozenset({"ip"}), status="cancelled", reason="denied"),)},
        Hit("Stopped before: R-000007 (the cardholder denies the order) shares the IP address.", "ip"),
    ),
    (
        "order.disputed_before",
        {"earlier": (earlier(days=9, same=frozenset({"card", "ip"}), is_disputed=True),)},
        Hit("Disputed before: R-000007 (disputed by the cardholder) shares the card and the IP address."),
    ),
    (
        "order.disputed_before",
        {"earlier": (earlier(days=9, same=frozenset({"ip"}), is_disputed=True),)},
        Hit("Disputed before: R-000007 (disputed by the cardholder) shares the IP address.", "ip"),
    ),
    (
        "order.disputed_before",
        {"earlier": (earlier(days=9, same=EMAIL),)},
        Clear("No disputed order shares anything with this one."),
    ),
    # -- phone and e-mail
    ("phone.other_region", {}, Clear("+1 617-555-2368 is a number of Massachusetts, like bill-to.")),
    (
        "phone.other_region",
        {"phone": "+1 212 555 2368"},
        Hit("+1 212-555-2368 is a number of New York, NY, bill-to is in MA."),
    ),
    (
        "phone.other_region",
        {"phone": "+1 416 555 0123"},
        NoData("Only numbers of the US and Canada can be compared with a billing region of the same country."),
    ),
    (
        "email.disposable",
        {"email": "ruth@sub.mailinator.com"},
        Hit("mailinator.com gives out mailboxes that are thrown away after use."),
    ),
    (
        "email.disposable",
        {"listed": (listed("domain", "watch", "spam.example", "Bounced."),)},
        Hit("spam.example is on your list of throw-away domains: Bounced."),
    ),
    (  # a slip that the list of throw-away domains has as well
        "email.disposable",
        {"email": "ruth@gmial.com"},
        Clear("gmial.com is a slip of the finger rather than a throw-away domain."),
    ),
    ("email.disposable", {}, Clear("example.com is not known for throw-away mailboxes.")),
    ("email.disposable", {"email": ""}, NoData("No e-mail address was given.")),
    ("email.look_alike", {"email": "ruth@gmial.com"}, Hit("gmial.com looks like gmail.com, but is not.")),
    ("email.look_alike", {"email": "ruth@gmail.com"}, Clear("gmail.com imitates no well-known domain.")),
    ("email.look_alike", {"email": "ruth@ymail.com"}, Clear("ymail.com imitates no well-known domain.")),  # it exists
    ("email.free", {"email": "ruth@GMail.com"}, Hit("gmail.com gives mailboxes to anybody, free.")),
    ("email.free", {}, Clear("example.com is no free mail service.")),
    ("email.digits", {"email": "rg48213@example.com"}, Hit("5 of the 7 characters before the @ are digits.")),
    ("email.digits", {"email": "ruth1979@example.com"}, Clear("Few or no digits before the @.")),
    (
        "email.name_differs",
        {"email": "ivo.kern@example.com", "ship_to": MIAMI},
        Hit("“ivo.kern” holds nothing of the names Ruth Gale and Victor Stone."),
    ),
    ("email.name_differs", {"email": "rgale79@example.com"}, Clear("The e-mail address goes with the name.")),
    ("email.name_differs", {"email": "rg@example.com"}, Clear("The e-mail address goes with the name.")),
    ("email.name_differs", {"email": "12@example.com"}, NoData("The e-mail address holds no name.")),
    # -- network
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
    # -- how fast
    ("velocity.email", {}, Clear("1 order with this e-mail address within 14 days, including this one.")),
    (
        "velocity.email",
        {"earlier": soon(2, "email")},
        Hit("3 orders with this e-mail address within 15 minutes, including this one; before it: R-0, R-1.", "15m"),
    ),
    (  # 15 minutes before is not within 15 minutes
        "velocity.email",
        {"earlier": soon(2, "email", minutes=7.5)},
        Clear("3 orders with this e-mail address within 14 days, including this one."),
    ),
    (  # a cart that was changed is the same purchase
        "velocity.email",
        {"earlier": soon(9, "email", status="cancelled", reason="superseded")},
        Clear("1 order with this e-mail address within 14 days, including this one."),
    ),
    ("velocity.email", {"email": " "}, NoData("No e-mail address was given.")),
    ("velocity.phone", {"phone": ""}, NoData("No phone number was given.")),
    ("velocity.bill_to", {"bill_to": None}, NoData("The order lacks bill-to.")),
    ("velocity.account", {}, NoData("Ordered as a guest.")),
    ("velocity.address", {"ship_to": None}, NoData("The order lacks ship-to.")),
    ("velocity.card", {"payment": pay(has_fingerprint=False)}, NoData("The gateway gave no fingerprint of the card.")),
    ("velocity.ip", {"has_ip": False}, NoData("The IP address is not known.")),
    (
        "velocity.ip",
        {"earlier": soon(50, "ip", minutes=0.1)},
        Hit(
            "At least 51 orders with this IP address within 15 minutes, including this one; before it: R-0, R-1, R-2 and 47 more.",
            "15m",
        ),
    ),
    # -- who else
    (
        "links.many_cards_to_address",
        {"earlier": with_cards(1, 2)},
        Hit("3 cards to this ship-to within 14 days, including this order's.", "few"),
    ),
    (
        "links.many_cards_to_address",
        {"earlier": with_cards(1, 2, 3, 4)},
        Hit("5 cards to this ship-to within 14 days, including this order's.", "many"),
    ),
    (
        "links.many_cards_to_address",
        {"earlier": with_cards(1, 0)},
        Clear("2 cards to this ship-to within 14 days, including this order's."),
    ),
    (
        "links.many_cards_to_address",
        {"earlier": with_cards(1, 2, days=15)},
        Clear("1 card to this ship-to within 14 days, including this order's."),
    ),
    ("links.many_cards_to_address", {"payment": None}, NoData("The gateway gave no fingerprint of the card.")),
    *(
        (
            code,
            {"earlier": (*more, *(earlier(days=61, same=frozenset({"address"}), number=f"A-{n}") for n in range(3)))},
            answer,
        )
        for code, more, answer in (
            ("links.good_address", (), Hit("3 orders to this ship-to went well more than 60 days ago.")),
            (
                "links.good_address",
                (earlier(days=2, same=frozenset({"address"}), reason="denied", status="cancelled"),),
                Clear("An order to this ship-to was stopped or disputed, so the others earn no trust."),
            ),
            (
                "links.many_cards_to_address",
                with_cards(1, 2, 3, 4),
                Clear("5 cards to this ship-to within 14 days, where many orders went well before."),
            ),
            (
                "links.address_of_others",
                others(4, "address"),
                Clear("4 other surnames with this ship-to, where many orders went well before."),
            ),
        )
    ),
    ("links.good_address", {}, Clear("0 orders to this ship-to went well more than 60 days ago.")),
    ("links.good_address", {"ship_to": None}, NoData("The order lacks ship-to.")),
    (
        "links.many_cards_of_customer",
        {"earlier": (*with_cards(1, what="email"), *with_cards(2, what="phone"))},
        Hit("3 cards with this e-mail address or phone number within 14 days, including this one.", "few"),
    ),
    (
        "links.many_cards_of_customer",
        {"earlier": with_cards(1, 2, 3, 4, what="email")},
        Hit("5 cards with this e-mail address or phone number within 14 days, including this one.", "many"),
    ),
    (
        "links.many_cards_of_customer",
        {},
        Clear("1 card with this e-mail address or phone number within 14 days, including this one."),
    ),
    (
        "links.card_to_many_addresses",
        {"earlier": tuple(earlier(days=2, same=frozenset({"card"}), number=f"R-{n}", address=n) for n in range(3))},
        Hit("3 ship-tos with this card within 14 days, including this one.", "few"),
    ),
    (
        "links.card_to_many_addresses",
        {"earlier": tuple(earlier(days=2, same=frozenset({"card"}), number=f"R-{n}", address=n) for n in range(5))},
        Hit("5 ship-tos with this card within 14 days, including this one.", "many"),
    ),
    ("links.card_to_many_addresses", {}, Clear("1 ship-to with this card within 14 days, including this one.")),
    (
        "links.card_of_others",
        {"earlier": others(1, "card")},
        Hit("This card was used with 1 other surname within 90 days.", "name"),
    ),
    (
        "links.card_of_others",
        {
            "earlier": tuple(
                earlier(days=2, same=frozenset({"card"}), number=f"R-{n}", email=n + 1, surname=0) for n in range(2)
            )
        },
        Hit("This card was used with 2 other e-mail addresses within 90 days.", "email"),
    ),
    ("links.card_of_others", {}, Clear("This card was used with no other name or e-mail address.")),
    (
        "links.phone_of_others",
        {"earlier": others(1, "phone")},
        Hit("1 other surname with this phone number within 90 days.", "few"),
    ),
    (
        "links.phone_of_others",
        {"earlier": others(2, "phone")},
        Hit("2 other surnames with this phone number within 90 days.", "many"),
    ),
    (
        "links.phone_of_others",
        {"earlier": others(2, "email")},
        Clear("No other surname with this phone number within 90 days."),
    ),
    (
        "links.email_of_others",
        {"earlier": others(1, "email")},
        Hit("1 other surname with this e-mail address within 90 days.", "few"),
    ),
    (
        "links.email_of_others",
        {"earlier": others(3, "email")},
        Hit("3 other surnames with this e-mail address within 90 days.", "many"),
    ),
    (
        "links.address_of_others",
        {"earlier": others(1, "address")},
        Clear("1 other surname with this ship-to within 90 days."),
    ),
    (
        "links.address_of_others",
        {"earlier": others(2, "address")},
        Hit("2 other surnames with this ship-to within 90 days.", "few"),
    ),
    (
        "links.address_of_others",
        {"earlier": others(4, "address")},
        Hit("4 other surnames with this ship-to within 90 days.", "many"),
    ),
    (
        "links.declines_around",
        {"earlier": soon(1, "ip", declines=3)},
        Hit("3 declined attempts within 24 hours on orders that share something with this one.", "few"),
    ),
    (
        "links.declines_around",
        {"earlier": soon(2, "ip", declines=3)},
        Hit("6 declined attempts within 24 hours on orders that share something with this one.", "many"),
    ),
    (
        "links.declines_around",
        {},
        Clear("0 declined attempts within 24 hours on orders that share something with this one."),
    ),
    (
        "links.card_testing",
        {"earlier": soon(1, "ip", declines=3), "payment": pay(declines=2)},
        Hit(
            "Within an hour, on this order and those that share something with it: 1 card, 5 declined attempts, 0 unpaid orders."
        ),
    ),
    (
        "links.card_testing",
        {"earlier": soon(4, "ip", status="expired")},
        Clear(
            "Within an hour, on this order and those that share something with it: 1 card, 0 declined attempts, 4 unpaid orders."
        ),
    ),
    # -- what the gateway tells later, and PayPal
    ("gateway.trouble", {}, Clear("Neither the card's bank nor the gateway says anything against this payment.")),
    (
        "gateway.trouble",
        {"payment": pay(trouble=frozenset({"review", "disputed"}))},
        Hit("The cardholder disputes this payment.", "disputed"),
    ),
    (
        "gateway.trouble",
        {"payment": pay(trouble=frozenset({"warning"}))},
        Hit("The card's bank suspects fraud (an early warning).", "warning"),
    ),
    (
        "gateway.trouble",
        {"payment": pay(trouble=frozenset({"review"}))},
        Hit("The gateway's own rules want a person to look at this payment.", "review"),
    ),
    (
        "gateway.payer_unverified",
        {"payment": pay(payer_status="verified")},
        Clear("The payer's PayPal account is verified."),
    ),
    (
        "gateway.payer_unverified",
        {"payment": pay(payer_status="unverified")},
        Hit("The payer's PayPal account is unverified."),
    ),
    ("gateway.payer_unverified", {}, NoData("Not paid with a PayPal account.")),
    (
        "gateway.unprotected",
        {"payment": pay(seller_protection="eligible")},
        Clear("PayPal's seller protection covers the order."),
    ),
    (
        "gateway.unprotected",
        {"payment": pay(seller_protection="not_eligible")},
        Hit("PayPal's seller protection: not eligible."),
    ),
    ("gateway.unprotected", {}, NoData("Not paid with a PayPal account.")),
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

# Every window of every key, at its own limit and one below it.
for what, name, limits in (
    ("email", "e-mail address", (3, 4, 5, 10)),
    ("phone", "phone number", (3, 4, 5, 10)),
    ("address", "ship-to", (3, 5, 6, 15)),
    ("bill_to", "bill-to", (3, 5, 6, 15)),
    ("account", "customer account", (3, 4, 5, 10)),
    ("card", "card", (3, 4, 5, 10)),
    ("ip", "IP address", (4, 6, 10, 40)),
):
    for limit, (grade, minutes, words) in zip(
        limits,
        (("15m", 0, "15 minutes"), ("6h", 20, "6 hours"), ("24h", 400, "24 hours"), ("14d", 1500, "14 days")),
        strict=True,
    ):
        # All at one moment, longer ago than the window before and within this one.
        MORE.append(
            (
                f"velocity.{what}",
                {
                    "is_guest": what != "account",
                    "earlier": tuple(
                        earlier(days=(minutes + 1) * MINUTE, same=frozenset({what}), number=f"R-{n}")
                        for n in range(limit - 1)
                    ),
                },
                Hit(
                    f"{limit} orders with this {name} within {words}, including this one; before it: "
                    + ", ".join(f"R-{n}" for n in range(limit - 1)[:3])
                    + (f" and {limit - 4} more." if limit > 4 else "."),
                    grade,
                ),
            )
        )
