"""What the rules about how fast orders come, and what they share, say, in exactly these words."""

from __future__ import annotations

from typing import Any

from fraud.facts import EarlierOrder
from fraud.rules import Answer, Clear, Hit, NoData
from tests.fraud.facts import earlier, pay

MINUTE = 1 / 1440


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


SPEED: list[tuple[str, dict[str, Any], Answer]] = [
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
        SPEED.append(
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
