"""The test buyers of the approval page, and what PayPal tells the shop of a buyer."""

from dataclasses import dataclass, replace
from typing import Any

from sandbox.ground.values import Json
from sandbox.paypal.ids import account_id_of


class UnknownBuyerError(Exception):
    """There is no such test buyer."""


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """Somebody with a PayPal account."""

    key: str
    says: str
    given_name: str = "Ada"
    surname: str = "Lovelace"
    email: str = "ada@example.com"
    phone: str = "442071234567"
    line1: str = "12 St James's Square"
    city: str = "London"
    state: str = ""
    postcode: str = "SW1Y 4JH"
    country: str = "GB"
    is_verified: bool = True
    # The instrument behind the account says no when the shop asks to authorise.
    is_declined: bool = False
    # PayPal's seller protection covers what this buyer pays.
    is_protected: bool = True

    @property
    def account_id(self) -> str:
        """The account's id, the same every time."""
        return account_id_of(self.email.lower())

    def address(self) -> Json:
        """The address on file."""
        found = {
            "address_line_1": self.line1,
            "admin_area_2": self.city,
            "admin_area_1": self.state,
            "postal_code": self.postcode,
            "country_code": self.country,
        }
        return {name: value for name, value in found.items() if value}

    def payer(self) -> Json:
        """`payer` of an order."""
        body: Json = {
            "name": {"given_name": self.given_name, "surname": self.surname},
            "email_address": self.email,
            "payer_id": self.account_id,
            "address": {"country_code": self.country},
        }
        if self.phone:
            body["phone"] = {"phone_number": {"national_number": self.phone}}
        return body

    def source(self) -> Json:
        """`payment_source.paypal` of an order."""
        body: Json = {
            "email_address": self.email,
            "account_id": self.account_id,
            "account_status": "VERIFIED" if self.is_verified else "UNVERIFIED",
            "name": {"given_name": self.given_name, "surname": self.surname},
            "address": {"country_code": self.country},
        }
        if self.phone:
            body["phone_number"] = {"national_number": self.phone}
        return body


BUYERS = {
    buyer.key: buyer
    for buyer in (
        Buyer(key="good", says="Verified account, money is there"),
        Buyer(
            key="unverified",
            says="Unverified account, not covered by seller protection",
            given_name="Charles",
            surname="Babbage",
            email="charles@example.net",
            phone="442079460018",
            line1="1 Dorset Street",
            postcode="W1U 4EF",
            is_verified=False,
            is_protected=False,
        ),
        Buyer(
            key="declined",
            says="The bank behind the account declines",
            given_name="Luigi",
            surname="Menabrea",
            email="luigi@example.org",
            phone="390115612345",
            line1="Via Po 17",
            city="Torino",
            state="TO",
            postcode="10124",
            country="IT",
            is_declined=True,
        ),
    )
}


def buyer_called(key: str, **changes: Any) -> Buyer:
    """A test buyer, with some details changed; raise UnknownBuyerError when there is none of this key."""
    if key not in BUYERS:
        raise UnknownBuyerError(f"there is no buyer {key!r}; known: {', '.join(BUYERS)}")
    return replace(BUYERS[key], **changes)
