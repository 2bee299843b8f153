"""Simulated orders, good and bad, as facts for the rules: to try a policy before real thieves do.

None of it is measured. Each share below is a guess after what is known of fraud (see the reasons beside it); the data show
whether the rules fit together, not how many thieves a shop will have. Good orders are made to look bad as good ones do
(gifts, travellers, offices, people who moved, typing slips), bad ones to look good where thieves know how. The same seed
gives the same orders.

History is shared as in life: an order sees the earlier ones with the same e-mail, phone, ship-to, card or IP address, as the
shop would know them at that moment. Six of ten thefts are unmasked within a day and cancelled; the others are disputed after
a month. That does not depend on the policy that is tried, so that every policy is asked about the very same facts.
"""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from checkout.models import Order
from checkout.states import OrderStatus
from fraud.facts import MOST_EARLIER, EarlierOrder, LineFacts, OrderFacts, PaymentFacts, PlaceFacts, ShopFacts
from store.money import Money

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 240
# Orders of the first days only make history: without any, every customer is new.
WARM_UP = timedelta(days=90)
BAD_SHARE = 0.025  # about what surveys say of small shops (2 to 3 %)

# Town, state, first digits of the postcode, area code.
TOWNS = (
    ("Portland", "OR", "972", "503"), ("Austin", "TX", "787", "512"), ("Madison", "WI", "537", "608"),
    ("Oakland", "CA", "946", "510"), ("Boston", "MA", "021", "617"), ("Denver", "CO", "802", "303"),
    ("Seattle", "WA", "981", "206"), ("Chicago", "IL", "606", "312"), ("Raleigh", "NC", "276", "919"),
    ("Miami", "FL", "331", "305"), ("Newark", "NJ", "071", "973"), ("Phoenix", "AZ", "850", "602"),
)  # fmt: skip
FIRST = (
    "Ada",
    "Ben",
    "Cora",
    "Dev",
    "Elif",
    "Finn",
    "Grace",
    "Hugo",
    "Iris",
    "Jun",
    "Kofi",
    "Lena",
    "Marta",
    "Nils",
    "Olga",
)
LAST = tuple(
    f"{start}{end}" for start in ("Ab", "Car", "Dal", "Ever", "Hart", "Mor", "Nor", "Pel", "Quin", "Sal", "Tor", "Wind")
    for end in ("bott", "den", "field", "ford", "gate", "ham", "ley", "man", "ridge", "ston", "well", "wood")
)  # fmt: skip
STREETS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Grove", "Hazel", "Ivy", "Juniper", "Laurel", "Maple", "Oak")
MAILS = ("gmail.com", "yahoo.com", "outlook.com", "icloud.com", "comcast.net", "example.com")
# A catalogue of 200 prices in minor units, most of them small, and where each stands in it.
PRICES = sorted(int(900 * 1.025**n) for n in range(200))


@dataclass(frozen=True, slots=True)
class Simulated:
    """One order, and what it is in truth."""

    facts: OrderFacts
    kind: str
    is_bad: bool

    @property
    def is_good_gift(self) -> bool:
        """Whether a good order goes to somebody else as a present, ticked as such or not."""
        return self.kind == "gift"


@dataclass(slots=True)
class _Person:
    """Somebody who buys with a card of theirs."""

    name: str
    home: PlaceFacts
    phone: str
    email: str
    card: str
    ip: str
    has_account: bool


@dataclass(slots=True)
class _Draft:
    """An order while it is made up: a person's ordinary purchase until a kind changes it."""

    who: _Person
    at: datetime
    kind: str
    is_bad: bool = False
    ship_to: PlaceFacts | None = None
    phone: str = ""
    email: str = ""
    ip: str = ""
    card: str = ""
    ip_country: str = "US"
    is_gift: bool = False
    is_express: bool = False
    has_account: bool = False
    lines: list[tuple[int, int]] = field(default_factory=list)  # place in PRICES, quantity
    checks: dict[str, str] = field(default_factory=dict)
    risk: str = "normal"
    is_shifted: bool = False
    declines: int = 0
    card_country: str = "US"
    payer: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Past:
    """An order as later ones see it."""

    number: str
    at: datetime
    total: int
    keys: dict[str, str]
    surname: str
    declines: int
    is_bad: bool
    is_unpaid: bool
    is_unmasked: bool  # by a call, within a day

    def seen_at(self, now: datetime) -> tuple[str, str, bool]:
        """Status, cancel reason and whether it is disputed, as the shop knows it then."""
        if self.is_unpaid:
            return OrderStatus.EXPIRED, "", False
        if self.is_bad and self.is_unmasked and now >= self.at + timedelta(hours=20):
            return OrderStatus.CANCELLED, Order.CancelReason.DENIED, False
        is_disputed = self.is_bad and not self.is_unmasked and now >= self.at + timedelta(days=30)
        return OrderStatus.SHIPPED if now >= self.at + timedelta(days=1) else OrderStatus.ON_HOLD, "", is_disputed


def simulate(*, seed: int, orders: int) -> Iterator[Simulated]:
    """Make up `orders` orders in the order of time; those after the first three months are given."""
    yield from _World(seed).run(orders)


class _World:
    """A shop, its customers and its thieves."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - sample data, the same each time
        self.people: list[_Person] = []
        self.offices = [self.address() for _ in range(8)]
        self.past: dict[tuple[str, str], list[_Past]] = defaultdict(list)
        self.totals: list[int] = []
        self.count = 0
        self.ring_phone, self.ring_left = self.number(), 0
        self.drops = [self.address() for _ in range(6)]

    def run(self, orders: int) -> Iterator[Simulated]:
        """Every order in its turn; a thief may leave tries behind that were never paid."""
        moments = sorted(self.dice.random() for _ in range(orders))
        for moment in moments:
            at = START + timedelta(days=DAYS * moment)
            # Few people shop at night; thieves elsewhere do not care.
            is_bad = self.dice.random() < BAD_SHARE
            hour = (
                self.dice.choice(range(24))
                if is_bad
                else self.dice.choice((*range(12, 24), *range(14, 24), 0, 1, 2, 3, 4, 6))
            )
            at = at.replace(hour=hour)
            draft = self.bad(at) if is_bad else self.good(at)
            facts, past = self.finish(draft)
            self.remember(past)
            if at >= START + WARM_UP:
                yield Simulated(facts, draft.kind, draft.is_bad)

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

    def person(self) -> _Person:
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
        return _Person(
            name=home.name,
            home=home,
            # One in eight has kept the number of another state.
            phone=self.number(town[3] if self.dice.random() < 0.88 else ""),
            email=f"{local}.{len(self.people)}@{self.dice.choice(MAILS)}",
            card=f"card{self.dice.getrandbits(48):x}",
            ip=f"ip{self.dice.getrandbits(40):x}" if self.dice.random() < 0.93 else f"mobile{self.dice.randrange(20)}",
            has_account=self.dice.random() < 0.45,
        )

    def customer(self) -> _Person:
        """A regular one as often as not."""
        if self.people and self.dice.random() < 0.45:
            return self.dice.choice(self.people)
        person = self.person()
        self.people.append(person)
        return person

    # -- Good orders ---------------------------------------------------------------------------------------------------

    def good(self, at: datetime) -> _Draft:
        """An honest order; three of ten look odd in some way."""
        kinds = {
            "ordinary": 64, "gift": 9, "traveller": 4, "office": 4, "mover": 4, "elsewhere": 4, "typist": 3, "treat": 5,
            "hurry": 3,
        }  # fmt: skip
        (kind,) = self.dice.choices(list(kinds), weights=list(kinds.values()))
        draft = self.draft(self.customer(), at, kind)
        draft.lines = self.basket()
        # Banks say no to honest cards as well: AVS misses one in forty, a first card is declined one time in twelve.
        draft.checks = self.checks(fail=0.025, cvc=0.004)
        draft.declines = self.dice.choices((0, 1, 2, 3), weights=(91, 7, 1.6, 0.4))[0]
        draft.risk = self.dice.choices(("normal", "elevated", "highest"), weights=(97, 2.9, 0.1))[0]
        draft.is_shifted = self.dice.random() < 0.15
        draft.is_express = self.dice.random() < 0.08
        getattr(self, f"_{kind}")(draft)
        return draft

    def _ordinary(self, draft: _Draft) -> None:
        pass

    def _gift(self, draft: _Draft) -> None:
        """To somebody else, mostly elsewhere; six of ten tick it, four of ten stay in the family."""
        there = self.address()
        family = self.dice.random() < 0.4
        surname = draft.who.name.split()[-1] if family else there.name.split()[-1]
        draft.ship_to = replace(there, name=f"{self.dice.choice(FIRST)} {surname}")
        draft.is_gift = self.dice.random() < 0.6
        draft.lines = self.basket(most=2)

    def _traveller(self, draft: _Draft) -> None:
        """Orders from abroad, for home or to where they stay."""
        draft.ip, draft.ip_country = f"hotel{self.dice.randrange(500)}", self.dice.choice(("GB", "FR", "MX", "CA", "DE"))
        if self.dice.random() < 0.3:
            draft.ship_to = replace(self.address(), name=draft.who.name)

    def _office(self, draft: _Draft) -> None:
        """Many of something useful, to where many others have things sent."""
        draft.ship_to = replace(self.dice.choice(self.offices), name=draft.who.name)
        draft.ip = f"office {draft.ship_to.line1}"
        if self.dice.random() < 0.5:  # on the company's card
            draft.who = replace(draft.who, home=draft.ship_to)
        draft.lines = [(self.dice.randrange(90), self.dice.randint(4, 14))]

    def _mover(self, draft: _Draft) -> None:
        """The bank still has the old address, or the parcel goes to the new one."""
        if self.dice.random() < 0.5:
            draft.checks |= {"postcode": "fail", "line1": "fail"}
            draft.payer["postcode"] = f"{self.dice.randint(10000, 99000)}" if self.dice.random() < 0.3 else ""
        else:
            draft.ship_to = replace(self.address(), name=draft.who.name)

    def _elsewhere(self, draft: _Draft) -> None:
        """To work, or to the neighbour: the same town."""
        town = next(town for town in TOWNS if town[0] == draft.who.home.city)
        draft.ship_to = replace(self.address(town), name=draft.who.name)

    def _typist(self, draft: _Draft) -> None:
        """Types as people do on a small screen."""
        slip = self.dice.choice(("street", "street", "phone", "mail"))
        if slip == "street":
            home = draft.who.home
            draft.ship_to = replace(home, line1=home.line1.replace("Street", "St.").upper())
        elif slip == "phone":
            draft.phone = draft.phone[:-1]
        else:
            draft.email = draft.email.rpartition("@")[0] + "@gmial.com"

    def _treat(self, draft: _Draft) -> None:
        """The one dear thing, for themselves."""
        draft.lines = [(self.dice.randrange(185, 200), 1)]

    def _hurry(self, draft: _Draft) -> None:
        draft.is_express = True

    # -- Bad orders ----------------------------------------------------------------------------------------------------

    def bad(self, at: datetime) -> _Draft:
        """A stolen card, used in one of five ways."""
        kinds = {"reship": 40, "bulk": 18, "tester": 12, "ring": 18, "takeover": 12}
        (kind,) = self.dice.choices(list(kinds), weights=list(kinds.values()))
        victim = self.person()
        draft = self.draft(victim, at, kind)
        draft.is_bad = True
        thief = self.person()
        first, last = victim.name.lower().split()
        # A mailbox of the day: the victim's name with digits, or anything; one in seven throws it away.
        local = self.dice.choice(
            (f"{first}{last}{self.dice.randint(1000, 99999)}", f"user{self.dice.randint(10**5, 10**6)}", f"{first}.{last}")
        )
        draft.email = f"{local}@{'mailinator.com' if self.dice.random() < 0.14 else self.dice.choice(MAILS[:3])}"
        draft.ip, draft.has_account = thief.ip, self.dice.random() < 0.2
        draft.ip_country = self.dice.choices(("US", "NG", "RO", "VN"), weights=(62, 13, 13, 12))[0]
        # "A fake phone number": none at all, one of anywhere, a toll-free one, or at times the victim's own.
        draft.phone = self.dice.choices(
            (f"+1{self.dice.randint(0, 1)}00{self.dice.randrange(10**7):07d}", self.number(), "+18005550199", victim.phone),
            weights=(30, 50, 8, 12),
        )[0]
        draft.checks = self.checks(fail=0.22, cvc=0.08)
        draft.declines = self.dice.choices((0, 1, 2, 3, 5), weights=(50, 20, 14, 10, 6))[0]
        draft.risk = self.dice.choices(("normal", "elevated", "highest"), weights=(62, 30, 8))[0]
        draft.is_shifted = self.dice.random() < 0.03
        draft.is_express = self.dice.random() < 0.4
        getattr(self, f"_{kind}")(draft)
        return draft

    def _reship(self, draft: _Draft) -> None:
        """Billed to the victim, sent to a mule or a forwarder; a few things that sell well."""
        draft.ship_to = self.address()
        if self.dice.random() < 0.2:
            draft.ship_to = replace(draft.ship_to, line2=f"Suite {self.dice.randint(10000, 999999)}")
        if self.dice.random() < 0.25:
            draft.ship_to = replace(draft.ship_to, name=draft.who.name)
        draft.is_gift = self.dice.random() < 0.15
        draft.lines = [
            (self.dice.randrange(150, 200), self.dice.choice((1, 1, 2, 3))) for _ in range(self.dice.randint(1, 2))
        ]

    def _bulk(self, draft: _Draft) -> None:
        """Twelve of the most expensive Dog Polishers."""
        draft.ship_to = self.address() if self.dice.random() < 0.8 else None
        draft.lines = [(self.dice.randrange(190, 200), self.dice.randint(4, 15))]

    def _tester(self, draft: _Draft) -> None:
        """Card after card until one works; what is bought does not matter."""
        draft.lines = [(self.dice.randrange(40), 1)]
        draft.declines = self.dice.choice((0, 1, 3, 4))
        for _ in range(self.dice.randint(2, 7)):
            tried = replace(
                draft, at=draft.at - timedelta(minutes=self.dice.uniform(2, 50)), declines=self.dice.randint(1, 3)
            )
            _, past = self.finish(tried)
            past.is_unpaid = True
            self.remember(past)

    def _ring(self, draft: _Draft) -> None:
        """Several hands, one phone, a few drops; a new number when it is burnt."""
        if self.ring_left <= 0:
            self.ring_phone, self.ring_left = self.number(), self.dice.randint(3, 8)
        self.ring_left -= 1
        draft.phone = self.ring_phone
        draft.ship_to = replace(self.dice.choice(self.drops), name=self.name())
        draft.lines = [(self.dice.randrange(110, 195), self.dice.randint(1, 3))]

    def _takeover(self, draft: _Draft) -> None:
        """A good customer's account and history, another card, another parcel shop."""
        if not self.people:
            return
        owner = self.dice.choice(self.people)
        draft.who, draft.email, draft.has_account, draft.phone = owner, owner.email, True, owner.phone
        draft.ship_to = replace(self.address(), name=self.dice.choice((owner.name, self.name())))
        draft.lines = [(self.dice.randrange(165, 200), self.dice.randint(1, 3))]

    # -- From draft to facts -------------------------------------------------------------------------------------------

    def draft(self, who: _Person, at: datetime, kind: str) -> _Draft:
        return _Draft(who, at, kind, phone=who.phone, email=who.email, ip=who.ip, card=who.card, has_account=who.has_account)

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

    def finish(self, draft: _Draft) -> tuple[OrderFacts, _Past]:
        """The facts of an order, and how later ones see it."""
        self.count += 1
        ship_to = draft.ship_to or draft.who.home
        total = 595 + sum(PRICES[place] * quantity for place, quantity in draft.lines)
        keys = {
            "email": draft.email,
            "phone": draft.phone,
            "address": f"{ship_to.line1} {ship_to.line2} {ship_to.postcode}".lower(),
            "card": draft.card,
            "ip": draft.ip,
        }
        surname = draft.who.name.split()[-1]
        past = _Past(
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

    def earlier(self, this: _Past) -> tuple[EarlierOrder, ...]:
        """What the shop would find: for each thing shared the newest few."""
        found: dict[str, _Past] = {}
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

    def remember(self, past: _Past) -> None:
        """Let later orders find this one."""
        for what, key in past.keys.items():
            self.past[what, key].append(past)
        if not past.is_unpaid:
            self.totals.append(past.total)
