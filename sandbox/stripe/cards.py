"""The published test cards and what each of them does.

A card number lives in memory only while `recognise` looks at it: what goes on from here is a `CardFacts`, which holds
brand, last four digits and a fingerprint.
"""

import hashlib
import hmac
import re
from dataclasses import asdict, dataclass
from typing import Self

from sandbox.ground.values import Json

DECLINED = "Your card was declined."


class UnknownCardError(Exception):
    """Not a card number, or not one of the test cards. The text is for the shopper and never repeats the number."""


@dataclass(frozen=True)
class Behaviour:
    """What a card does. `decline` and `code` are the API's words for why it was refused."""

    says: str
    code: str = ""
    decline: str = ""
    message: str = DECLINED
    cvc: str = "pass"
    postcode: str = "pass"
    line1: str = "pass"
    risk: str = "normal"
    blocked: bool = False
    challenge: bool = False
    # What happens once the money has been taken: "dispute", "warning"; or how refunds go: "pending", "fails".
    later: str = ""


BEHAVIOURS: dict[str, Behaviour] = {
    "good": Behaviour("Pays"),
    "generic_decline": Behaviour("Declined", "card_declined", "generic_decline"),
    "insufficient_funds": Behaviour(
        "Declined: insufficient funds", "card_declined", "insufficient_funds", "Your card has insufficient funds."
    ),
    "lost_card": Behaviour("Declined: lost card", "card_declined", "lost_card"),
    "stolen_card": Behaviour("Declined: stolen card", "card_declined", "stolen_card"),
    "expired_card": Behaviour("Declined: expired card", "expired_card", "expired_card", "Your card has expired."),
    "incorrect_cvc": Behaviour(
        "Declined: wrong security code",
        "incorrect_cvc",
        "incorrect_cvc",
        "Your card's security code is incorrect.",
        cvc="fail",
    ),
    "processing_error": Behaviour(
        "Declined: processing error",
        "processing_error",
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "cvc_fails": Behaviour("Pays, security code check fails", cvc="fail"),
    "postcode_fails": Behaviour("Pays, postcode check fails", postcode="fail"),
    "line1_fails": Behaviour("Pays, street check fails", line1="fail"),
    "address_fails": Behaviour("Pays, street and postcode checks fail", postcode="fail", line1="fail"),
    "address_unavailable": Behaviour(
        "Pays, street and postcode checks unavailable", postcode="unavailable", line1="unavailable"
    ),
    "elevated": Behaviour("Pays, risk elevated", risk="elevated"),
    "highest": Behaviour("Pays, risk highest", risk="highest"),
    "blocked": Behaviour("Always blocked as too risky", "card_declined", "fraudulent", risk="highest", blocked=True),
    "challenge": Behaviour("Asks for 3-D Secure", challenge=True),
    "dispute": Behaviour("Pays, then is disputed as fraud once captured", later="dispute"),
    "warning": Behaviour("Pays, then an early fraud warning comes once captured", later="warning"),
    "refund_pending": Behaviour("Pays; a refund is pending for a minute", later="refund_pending"),
    "refund_fails": Behaviour("Pays; a refund fails after a minute", later="refund_fails"),
}


@dataclass(frozen=True)
class TestCard:
    """A published test number."""

    number: str
    brand: str
    behaviour: str = "good"
    country: str = "US"
    funding: str = "credit"

    @property
    def group(self) -> str:
        """The heading it stands under in the list on the page."""
        does = BEHAVIOURS[self.behaviour]
        if does.code:
            return "Refused"
        if does.challenge:
            return "3-D Secure"
        if does.later:
            return "Trouble afterwards"
        if self.behaviour != "good":
            return "Paid, but suspicious"
        plain = self.country == "US" and self.funding == "credit"
        return "Paid" if plain else "Paid: other issuers and kinds"

    @property
    def spaced(self) -> str:
        """The number as printed on a card."""
        if self.brand == "amex":
            return f"{self.number[:4]} {self.number[4:10]} {self.number[10:]}"
        return " ".join(self.number[at : at + 4] for at in range(0, len(self.number), 4))

    @property
    def says(self) -> str:
        """What it does, for the list on the page."""
        more = [] if self.country == "US" else [f"issued in {self.country}"]
        if self.funding != "credit":
            more.append(self.funding)
        return ", ".join([BEHAVIOURS[self.behaviour].says, *more])


TEST_CARDS = (
    TestCard("4242424242424242", "visa"),
    TestCard("5555555555554444", "mastercard"),
    TestCard("378282246310005", "amex"),
    TestCard("4000000000000002", "visa", "generic_decline"),
    TestCard("4000000000009995", "visa", "insufficient_funds"),
    TestCard("4000000000009987", "visa", "lost_card"),
    TestCard("4000000000009979", "visa", "stolen_card"),
    TestCard("4000000000000069", "visa", "expired_card"),
    TestCard("4000000000000127", "visa", "incorrect_cvc"),
    TestCard("4000000000000119", "visa", "processing_error"),
    TestCard("4000000000000101", "visa", "cvc_fails"),
    TestCard("4000000000000036", "visa", "postcode_fails"),
    TestCard("4000000000000028", "visa", "line1_fails"),
    TestCard("4000000000000010", "visa", "address_fails"),
    TestCard("4000000000000044", "visa", "address_unavailable"),
    TestCard("4000000000009235", "visa", "elevated"),
    TestCard("4000000000004954", "visa", "highest"),
    TestCard("4100000000000019", "visa", "blocked"),
    TestCard("4000002500003155", "visa", "challenge"),
    TestCard("4000002760003184", "visa", "challenge"),
    TestCard("4000000000003220", "visa", "challenge"),
    TestCard("4000000000000259", "visa", "dispute"),
    TestCard("4000000000005423", "visa", "warning"),
    TestCard("4000000000007726", "visa", "refund_pending"),
    TestCard("4000000000005126", "visa", "refund_fails"),
    TestCard("4000056655665556", "visa", funding="debit"),
    TestCard("5105105105105100", "mastercard", funding="prepaid"),
    TestCard("6011111111111117", "discover"),
    TestCard("4000008260000000", "visa", country="GB"),
    TestCard("4000002760000016", "visa", country="DE"),
    TestCard("4000002500000003", "visa", country="FR"),
    TestCard("4000005280000002", "visa", country="NL"),
    TestCard("4000001240000000", "visa", country="CA"),
    TestCard("4000000360000006", "visa", country="AU"),
    TestCard("4000003920000003", "visa", country="JP"),
    TestCard("4000000760000002", "visa", country="BR"),
    TestCard("4000003560000008", "visa", country="IN"),
)
GROUPS = ("Paid", "Refused", "Paid, but suspicious", "3-D Secure", "Trouble afterwards", "Paid: other issuers and kinds")
_BY_NUMBER = {card.number: card for card in TEST_CARDS}


@dataclass(frozen=True)
class CardFacts:
    """What is kept of a card."""

    brand: str
    last4: str
    fingerprint: str
    country: str
    funding: str
    exp_month: int
    exp_year: int
    behaviour: str

    @property
    def does(self) -> Behaviour:
        """What this card does."""
        return BEHAVIOURS[self.behaviour]

    def as_json(self) -> Json:
        """For storage beside a waiting 3-D Secure step."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Json) -> Self:
        """The reverse of `as_json`."""
        return cls(**stored)


def digits_of(typed: str) -> str:
    """The digits of a number as people type it, with spaces or dashes."""
    return re.sub(r"[\s\-]", "", typed)


def passes_luhn(digits: str) -> bool:
    """Whether the check digit is right."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def recognise(typed: str, *, exp_month: int, exp_year: int, secret: str) -> CardFacts:
    """The facts about a test card; raise UnknownCardError, in words for the shopper, for anything else."""
    digits = digits_of(typed)
    if not (digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 19):
        raise UnknownCardError("Your card number is incomplete.")
    if not passes_luhn(digits):
        raise UnknownCardError("Your card number is invalid.")
    card = _BY_NUMBER.get(digits)
    if card is None:
        raise UnknownCardError(
            "This is a test payment page: real cards are not accepted here. Use one of the test cards listed below."
        )
    digest = hmac.digest(secret.encode(), digits.encode(), hashlib.sha256)
    return CardFacts(
        brand=card.brand,
        last4=digits[-4:],
        fingerprint=digest.hex()[:16],
        country=card.country,
        funding=card.funding,
        exp_month=exp_month,
        exp_year=exp_year,
        behaviour=card.behaviour,
    )
