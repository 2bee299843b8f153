"""Every rule, in the order in which a reviewer reads them, with what it is worth by default.

A policy calls at 50 points (fraud/policy.py). So: what calls by itself is worth 50; two things that call together are worth
50 between them; what is weak never decides anything alone. A rule is a pure function `OrderFacts -> Hit | Clear | NoData`;
adding one is writing it and listing it here.
"""

from __future__ import annotations

from fraud.rules import address, gateway, items, order, phone
from fraud.rules.answers import Answer, Clear, Hit, NoData, Rule

__all__ = ["RULES", "Answer", "Clear", "Hit", "NoData", "Rule"]

RULES: tuple[Rule, ...] = (
    Rule(
        "address.ship_to_differs",
        "Ship-to differs from bill-to",
        address.ship_to_differs,
        {"household": 5, "same_city": 20, "other_city": 35, "other_region": 40, "other_country": 50},
    ),
    Rule("address.gift", "A gift", address.gift, {"": -10}),
    Rule("address.same_surname", "Same surname at both addresses", address.same_surname, {"": -15}),
    Rule(
        "items.many_of_expensive",
        "Many of an expensive item",
        items.many_of_expensive,
        {"few": 20, "many": 50, "bulk": 100},
        always_calls=frozenset({"bulk"}),
    ),
    Rule("items.many_of_one", "Many of one item", items.many_of_one, {"several": 10, "dozen": 20}),
    Rule("order.large_for_shop", "Large for this shop", order.large_for_shop, {"large": 30, "very_large": 50}),
    Rule("order.first_as_guest", "First order, as a guest", order.first_as_guest, {"": 5}),
    Rule("order.express_on_first", "Express delivery on a first order", order.express_on_first, {"": 10}),
    Rule("order.good_orders", "Earlier orders went well", order.good_orders, {"known_address": -30, "new_address": -10}),
    Rule("order.stopped_before", "Linked to a stopped order", order.stopped_before, {"": 80}, always_calls=frozenset({""})),
    Rule("phone.not_valid", "Phone number not valid", phone.not_valid, {"": 50}),
    Rule("phone.other_country", "Phone of another country than the card's address", phone.other_country, {"": 20}),
    Rule(
        "phone.unusual_kind",
        "Unusual kind of phone number",
        phone.unusual_kind,
        {"premium": 50, "toll_free": 30, "internet": 15},
    ),
    Rule("gateway.cvc_failed", "Security code wrong", gateway.cvc_failed, {"": 50}),
    Rule("gateway.postcode_failed", "Billing postcode wrong", gateway.postcode_failed, {"": 30}),
    Rule("gateway.line1_failed", "Billing street wrong", gateway.line1_failed, {"": 20}),
    Rule(
        "gateway.risk",
        "The gateway's own rating",
        gateway.risk,
        {"elevated": 30, "highest": 100},
        always_calls=frozenset({"highest"}),
    ),
    Rule("gateway.declines", "Several declined attempts", gateway.declines, {"some": 15, "many": 35}),
    Rule("gateway.card_country_differs", "Card of another country than bill-to", gateway.card_country_differs, {"": 20}),
    Rule("payer.country_differs", "Payer in another country than bill-to", gateway.payer_country_differs, {"": 30}),
    Rule("payer.postcode_differs", "Payer's postcode is not bill-to's", gateway.payer_postcode_differs, {"": 20}),
    Rule("payer.name_differs", "Payer's name is not bill-to's", gateway.payer_name_differs, {"": 20}),
    Rule("gateway.liability_shifted", "3-D Secure: the bank bears the loss", gateway.liability_shifted, {"": -40}),
)
