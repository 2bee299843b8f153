"""What simulated orders are made of: towns, names and prices, people, and an order while it is made up and later on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from checkout.models import Order
from checkout.states import OrderStatus
from fraud.facts import OrderFacts, PlaceFacts

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
class Person:
    """Somebody who buys with a card of theirs."""

    name: str
    home: PlaceFacts
    phone: str
    email: str
    card: str
    ip: str
    has_account: bool


@dataclass(slots=True)
class Draft:
    """An order while it is made up: a person's ordinary purchase until a kind changes it."""

    who: Person
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
class Past:
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
