"""Every rule, in the order in which a reviewer reads them, with what it is worth by default.

A policy calls at 50 points (fraud/policy.py). So: what calls by itself is worth 50; two things that call together are worth
50 between them; what is weak never decides anything alone. A rule is a pure function `OrderFacts -> Hit | Clear | NoData`;
adding one is writing it and listing it here.
"""

from __future__ import annotations

from fraud.facts import SHARED
from fraud.rules import address, email, gateway, items, links, lists, network, order, phone, velocity
from fraud.rules.answers import Answer, Clear, Hit, Limits, NoData, Rule

__all__ = ["BY_CODE", "RULES", "Answer", "Clear", "Hit", "Limits", "NoData", "Rule"]

# How many orders with the same thing are too many, including the one that is judged, in 15 minutes, 6 and 24 hours, 14 days.
_TOO_FAST = {
    "email": (3, 4, 5, 10),
    "phone": (3, 4, 5, 10),
    "address": (3, 5, 6, 15),
    "bill_to": (3, 5, 6, 15),
    "account": (3, 4, 5, 10),
    "card": (3, 4, 5, 10),
    "ip": (4, 6, 10, 40),
}
_FAST = {"15m": 25, "6h": 20, "24h": 15, "14d": 10}

_VELOCITY = tuple(
    Rule(
        f"velocity.{what}",
        f"Many orders with this {SHARED[what]}",
        velocity.counts(what),
        _FAST,
        limits=dict(zip(_FAST, limits, strict=True)),
        has_windows=True,
    )
    for what, limits in _TOO_FAST.items()
)

RULES: tuple[Rule, ...] = (
    # -- The merchant's own lists
    Rule("list.blocked", "On the block list", lists.blocked, {"": 100}, frozenset({""}), can_be_off=False),
    Rule("list.review", "On the review list", lists.review, {"": 50}),
    Rule("list.allowed", "On the allow list", lists.allowed, {"": -60}),
    # -- Bill-to and ship-to
    Rule(
        "address.ship_to_differs",
        "Ship-to differs from bill-to",
        address.ship_to_differs,
        {"household": 5, "same_city": 30, "other_city": 35, "other_region": 38, "other_country": 50},
    ),
    Rule("address.gift", "A gift", address.gift, {"": -10}),
    Rule("address.same_surname", "Same surname at both addresses", address.same_surname, {"": -12}),
    Rule(
        "address.changed",
        "Ship-to was changed after paying",
        address.changed,
        {"household": 5, "same_city": 25, "other_city": 50, "other_region": 50, "other_country": 60},
    ),
    Rule("address.po_box", "Ship-to is a post-office box", address.po_box, {"": 5}),
    Rule("address.as_typed", "An address that fails its country's checks", address.as_typed, {"": 8}),
    Rule(
        "address.forwarder",
        "Ship-to is a freight forwarder",
        address.forwarder,
        {"listed": 15, "suite": 10},
        limits={"digits": 5},
    ),
    Rule("address.unsafe_country", "A country on your list", address.unsafe_country, {"": 50}),
    Rule("address.watched_postcode", "A postcode on your list", address.watched_postcode, {"ship_to": 20, "bill_to": 10}),
    Rule(
        "address.ships_far",
        "Ship-to is far from bill-to",
        address.ships_far,
        {"far": 5, "very_far": 10},
        limits={"far": 300, "very_far": 1500},
        is_observed_at_first=True,
    ),
    # -- What was ordered
    Rule(
        "items.many_of_expensive",
        "Many of an expensive item",
        items.many_of_expensive,
        {"one": 11, "few": 20, "many": 50, "bulk": 100},
        always_calls=frozenset({"bulk"}),
        limits={"few": 3, "many": 5, "bulk": 10},
    ),
    Rule(
        "items.many_of_one",
        "Many of one item",
        items.many_of_one,
        {"several": 10, "dozen": 20},
        limits={"several": 6, "dozen": 12},
    ),
    Rule(
        "items.many_pieces",
        "Many pieces in all",
        items.many_pieces,
        {"many": 10, "very_many": 20},
        limits={"many": 15, "very_many": 40},
    ),
    Rule("items.watched", "On your watch list", items.watched, {"": 20}),
    # -- The order among others
    Rule("order.large_for_shop", "Large for this shop", order.large_for_shop, {"large": 20, "very_large": 50}),
    Rule(
        "order.large_for_customer",
        "Large for this customer",
        order.large_for_customer,
        {"": 15},
        limits={"percent": 300},
    ),
    Rule(
        "order.first_as_guest",
        "A new customer",
        order.first_as_guest,
        {"": 4, "new_account": 3, "young": 1},
        limits={"new_days": 30},
    ),
    Rule("order.express_on_first", "Express delivery on a first order", order.express_on_first, {"": 7}),
    Rule("order.odd_hour", "Ordered at night", order.odd_hour, {"": 5}, limits={"from": 1, "until": 5}),
    Rule(
        "order.good_orders",
        "Earlier orders went well",
        order.good_orders,
        {"known_address": -30, "new_address": -10},
        limits={"orders": 1, "days": 60},
    ),
    Rule(
        "order.stopped_before",
        "Linked to a stopped order",
        links.stopped_before,
        {"": 80, "ip": 15},
        always_calls=frozenset({""}),
    ),
    Rule(
        "order.disputed_before",
        "Linked to a disputed order",
        links.disputed_before,
        {"": 80, "ip": 15},
        always_calls=frozenset({""}),
    ),
    # -- Phone and e-mail
    Rule("phone.not_valid", "Phone number not valid", phone.not_valid, {"": 50}, always_calls=frozenset({""})),
    Rule("phone.other_country", "Phone of another country than the card's address", phone.other_country, {"": 20}),
    Rule("phone.other_region", "Phone of another state than the card's address", phone.other_region, {"": 4}),
    Rule(
        "phone.unusual_kind",
        "Unusual kind of phone number",
        phone.unusual_kind,
        {"premium": 50, "toll_free": 30, "internet": 15},
    ),
    Rule("email.disposable", "Throw-away e-mail address", email.disposable, {"": 40}),
    Rule("email.look_alike", "E-mail domain looks like another", email.look_alike, {"": 15}),
    Rule("email.free", "Free e-mail address", email.free, {"": 0}),
    Rule("email.digits", "Many digits in the e-mail address", email.digits, {"": 2}),
    Rule("email.name_differs", "E-mail address of another name", email.name_differs, {"": 2}),
    Rule(
        "network.ip_country_differs",
        "IP address of another country than bill-to",
        network.ip_country_differs,
        {"ship_to": 5, "elsewhere": 7},
    ),
    Rule(
        "network.ip_far",
        "IP address far from both addresses",
        network.ip_far,
        {"": 7},
        limits={"km": 800},
        is_observed_at_first=True,
    ),
    Rule("network.hosting", "IP address of a server, proxy or VPN", network.hosting, {"": 8}),
    # -- How fast, and who else
    *_VELOCITY,
    Rule(
        "links.many_cards_to_address",
        "Many cards to one ship-to",
        links.many_cards_to_address,
        {"few": 20, "many": 40},
        limits={"few": 3, "many": 5},
    ),
    Rule(
        "links.many_cards_of_customer",
        "Many cards of one customer",
        links.many_cards_of_customer,
        {"few": 20, "many": 40},
        limits={"few": 3, "many": 5},
    ),
    Rule(
        "links.card_to_many_addresses",
        "One card to many ship-tos",
        links.card_to_many_addresses,
        {"few": 15, "many": 30},
        limits={"few": 3, "many": 5},
    ),
    Rule(
        "links.good_address",
        "Orders to this ship-to went well",
        links.good_address,
        {"": -15},
        limits={"orders": 3, "days": 60},
    ),
    Rule("links.card_of_others", "Card used by others", links.card_of_others, {"name": 25, "email": 15}),
    Rule(
        "links.phone_of_others",
        "Phone number used by others",
        links.reused_by_others("phone"),
        {"few": 15, "many": 40},
        limits={"few": 1, "many": 2},
    ),
    Rule(
        "links.email_of_others",
        "E-mail address used by others",
        links.reused_by_others("email"),
        {"few": 10, "many": 25},
        limits={"few": 1, "many": 3},
    ),
    Rule(
        "links.address_of_others",
        "Ship-to used by others",
        links.reused_by_others("address"),
        {"few": 5, "many": 15},
        limits={"few": 2, "many": 4},
    ),
    Rule(
        "links.declines_around",
        "Declined attempts nearby",
        links.declines_around,
        {"few": 15, "many": 40},
        limits={"few": 3, "many": 6},
    ),
    Rule(
        "links.card_testing",
        "Cards are being tried out",
        links.card_testing,
        {"": 50},
        limits={"cards": 3, "declines": 5, "unpaid": 5},
    ),
    # -- What the gateway says
    Rule("gateway.cvc_failed", "Security code wrong", gateway.cvc_failed, {"": 50}),
    Rule("gateway.postcode_failed", "Billing postcode wrong", gateway.postcode_failed, {"": 26}),
    Rule("gateway.line1_failed", "Billing street wrong", gateway.line1_failed, {"": 20}),
    Rule(
        "gateway.risk",
        "The gateway's own rating",
        gateway.risk,
        {"elevated": 19, "highest": 100},
        always_calls=frozenset({"highest"}),
    ),
    Rule(
        "gateway.trouble",
        "Disputed, warned of or under review",
        gateway.trouble,
        {"disputed": 100, "warning": 100, "review": 50},
        always_calls=frozenset({"disputed", "warning", "review"}),
    ),
    Rule(
        "gateway.declines",
        "Several declined attempts",
        gateway.declines,
        {"some": 15, "many": 35},
        limits={"some": 2, "many": 4},
    ),
    Rule("gateway.card_country_differs", "Card of another country than bill-to", gateway.card_country_differs, {"": 20}),
    Rule("gateway.payer_unverified", "PayPal account not verified", gateway.payer_unverified, {"": 10}),
    Rule("gateway.unprotected", "No seller protection", gateway.unprotected, {"": 15}),
    Rule("gateway.liability_shifted", "3-D Secure: the bank bears the loss", gateway.liability_shifted, {"": -40}),
    Rule("payer.country_differs", "Payer in another country than bill-to", gateway.payer_country_differs, {"": 30}),
    Rule("payer.postcode_differs", "Payer's postcode is not bill-to's", gateway.payer_postcode_differs, {"": 10}),
    Rule("payer.name_differs", "Payer's name is not bill-to's", gateway.payer_name_differs, {"": 20}),
    Rule("payer.email_differs", "Payer's e-mail address is not the order's", gateway.payer_email_differs, {"": 10}),
    Rule("payer.phone_differs", "Payer's phone number is not the order's", gateway.payer_phone_differs, {"": 10}),
)

BY_CODE = {rule.code: rule for rule in RULES}
