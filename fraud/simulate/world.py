"""A shop, its customers and its thieves, and what one order finds of the earlier ones."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from datetime import datetime, timedelta

from fraud.facts import MOST_EARLIER, EarlierOrder, LineFacts, OrderFacts, PaymentFacts, PlaceFacts, ShopFacts
from fraud.simulate.makings import FIRST, LAST, MAILS, PRICES, STREETS, TOWNS, Draft, Past, Person
from store.money import Money


class World:
    """A shop, its customers and its thieves."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - sample data, the same each time
        self.people: list[Person] = []
        self.offices = [self.address() for _ in range(8)]
        self.past: dict[tuple[str, str], list[Past]] = defaultdict(list)
        self.totals: list[int] = []
        self.count = 0
        self.ring_phone, self.ring_left = self.number(), 0
        self.drops = [self.address() for _ in range(6)]

    # -- People and places ---------------------------------------------------------------------------------------------

    def address(self, town: tuple[str, str, str, str] | None = None) -> PlaceFacts:
        city, region, start, _ = town or self.dice.choice(TOWNS)
        street = f"{self.dice.randint(1, 9000)} {self.dice.choice(STREETS)} Street"
        return PlaceFacts(self.name(), street, "", city, f"{start}{self.dice.randrange(100):02d}", region, "US")

    def name(self) -> str:
        return f"{self.dice.choice(FIRST)} {self.dice.choice(LAST)}"

    def number(self, area: str = "") -> str:
        area = area or self.dice.choice(TOWNS)[3]
        return f"+1{area}{self.dice.randint(2, 9)}{self.dice.randrange(100):02d}{self.dice.randrange(10**4):04d}"

    def person(self) -> Person:
        town = self.dice.choice(TOWNS)
        home = self.address(town)
        first, last = home.name.lower().split()
        number = self.dice.choice(("", "", str(self.dice.randint(1, 99)), str(self.dice.randint(1960, 2004))))
        # A tenth go by a nickname that tells nothing.
        local = (
            f"puppy.lover{number}"
            if self.dice.random() < 0.1
            else self.dice.choice((f"{first}.{last}", f"{first[0]}{last}")) + number
        )
        return Person(
            name=home.name,
            home=home,
            # One in eight has kept the number of another state.
            phone=self.number(town[3] if self.dice.random() < 0.88 else ""),
            email=f"{local}.{len(self.people)}@{self.dice.choice(MAILS)}",
            card=f"card{self.dice.getrandbits(48):x}",
            ip=f"ip{self.dice.getrandbits(40):x}" if self.dice.random() < 0.93 else f"mobile{self.dice.randrange(20)}",
            has_account=self.dice.random() < 0.45,
        )

    def customer(self) -> Person:
        """A regular one as often as not."""
        if self.people and self.dice.random() < 0.45:
            return self.dice.choice(self.people)
        person = self.person()
        self.people.append(person)
        return person

    # -- From draft to facts -------------------------------------------------------------------------------------------

    def draft(self, who: Person, at: datetime, kind: str) -> Draft:
        return Draft(who, at, kind, phone=who.phone, email=who.email, ip=who.ip, card=who.card, has_account=who.has_account)

    def basket(self, *, most: int = 4) -> list[tuple[int, int]]:
        """Mostly small things, one or two of each."""
        return [
            (min(199, int(self.dice.expovariate(1 / 60))), self.dice.choice((1, 1, 1, 2)))
            for _ in range(self.dice.randint(1, most))
        ]

    def checks(self, *, fail: float, cvc: float) -> dict[str, str]:
        """The bank's answers: one in twelve banks abroad or small gives none."""
        if self.dice.random() < 0.08:
            return {"postcode": "unavailable", "line1": "unavailable", "cvc": "pass"}
        return {
            "postcode": "fail" if self.dice.random() < fail else "pass",
            "line1": "fail" if self.dice.random() < fail * 1.4 else "pass",
            "cvc": "fail" if self.dice.random() < cvc else "pass",
        }

    def finish(self, draft: Draft) -> tuple[OrderFacts, Past]:
        """The facts of an order, and how later ones see it."""
        self.count += 1
        ship_to = draft.ship_to or draft.who.home
        total = 595 + sum(PRICES[place] * quantity for place, quantity in draft.lines)
        keys = {
            "email": draft.email,
            "phone": draft.phone,
            "address": f"{ship_to.line1} {ship_to.line2} {ship_to.postcode}".lower(),
            "bill_to": f"{draft.who.home.line1} {draft.who.home.line2} {draft.who.home.postcode}".lower(),
            "account": draft.email if draft.has_account else "",
            "card": draft.card,
            "ip": draft.ip,
        }
        surname = draft.who.name.split()[-1]
        past = Past(
            f"R-{self.count:06d}",
            draft.at,
            total,
            keys,
            surname,
            draft.declines,
            draft.is_bad,
            False,
            self.dice.random() < 0.6,
        )
        newest = sorted(self.totals[-500:])
        shop = (
            ShopFacts(len(newest), newest[(len(newest) - 1) // 2], newest[-(-95 * len(newest) // 100) - 1])
            if newest
            else ShopFacts(0, 0, 0)
        )
        payment = PaymentFacts(
            cvc_check=draft.checks.get("cvc", "pass"),
            postcode_check=draft.checks.get("postcode", "pass"),
            line1_check=draft.checks.get("line1", "pass"),
            risk_level=draft.risk,
            is_liability_shifted=draft.is_shifted,
            declines=draft.declines,
            card_country=draft.card_country,
            has_fingerprint=True,
            payer_name=draft.who.name,
            payer_email="",
            payer_phone="",
            payer_postcode=draft.payer.get("postcode") or draft.who.home.postcode,
            payer_country="US",
            capture_before=draft.at + timedelta(days=7),
        )
        facts = OrderFacts(
            order_id=uuid.UUID(int=self.count),
            number=past.number,
            placed_at=draft.at,
            total=Money(total, "USD"),
            is_gift=draft.is_gift,
            is_guest=not draft.has_account,
            is_express=draft.is_express,
            email=draft.email,
            phone=draft.phone,
            has_ip=True,
            ip_country=draft.ip_country,
            bill_to=draft.who.home,
            ship_to=ship_to,
            lines=tuple(
                LineFacts(
                    f"SKU-{place}", f"Thing {place}", quantity, Money(PRICES[place], "USD"), place / 200, (199 - place) / 200
                )
                for place, quantity in draft.lines
            ),
            payment=payment,
            shop=shop,
            earlier=self.earlier(past),
        )
        return facts, past

    def earlier(self, this: Past) -> tuple[EarlierOrder, ...]:
        """What the shop would find: for each thing shared the newest few."""
        found: dict[str, Past] = {}
        same: dict[str, set[str]] = defaultdict(set)
        for what, key in this.keys.items():
            for other in self.past[what, key][-MOST_EARLIER:]:
                if other.at <= this.at and key:
                    found[other.number] = other
                    same[other.number].add(what)
        seen = {what: {this.keys[what]: 0} for what in ("email", "address", "card")} | {"surname": {this.surname: 0}}

        def number(what: str, value: str) -> int:
            return seen[what].setdefault(value, len(seen[what]))

        orders = []
        for other in sorted(found.values(), key=lambda each: each.at, reverse=True):
            status, reason, is_disputed = other.seen_at(this.at)
            orders.append(
                EarlierOrder(
                    other.number,
                    other.at,
                    status,
                    reason,
                    Money(other.total, "USD"),
                    same=frozenset(same[other.number]),
                    email=number("email", other.keys["email"]),
                    surname=number("surname", other.surname),
                    address=number("address", other.keys["address"]),
                    cards=() if other.is_unpaid else (number("card", other.keys["card"]),),
                    declines=other.declines,
                    is_disputed=is_disputed,
                )
            )
        return tuple(orders)

    def remember(self, past: Past) -> None:
        """Let later orders find this one."""
        for what, key in past.keys.items():
            self.past[what, key].append(past)
        if not past.is_unpaid:
            self.totals.append(past.total)
