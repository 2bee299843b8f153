"""What the rules about the customer's own orders, phone, e-mail and the gateway's later news say, in exactly these words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fraud.rules import Answer, Clear, Hit, NoData
from tests.fraud.facts import MIAMI, earlier, listed, make_facts, pay, place

EMAIL = frozenset({"email"})
NIGHT = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)  # 03:30 in Boston

CUSTOMERS: list[tuple[str, dict[str, Any], Answer]] = [
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
        Hit("mailinator.com gives out mailboxes that are thrown away after use (list of 9 November 2026)."),
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
]
