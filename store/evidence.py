"""What of PCI DSS 4.0.1 SAQ A the shop enforces, what it can show, and what stays with the merchant.

SAQ A is the merchant's document: nothing here fills it in. Each line says what this software does about the requirement, and
no more than it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class By(StrEnum):
    """Who sees to a requirement."""

    ENFORCED = "enforced"  # the software lets nothing else happen
    EVIDENCE = "evidence"  # the software does it and can show it; the merchant confirms
    MERCHANT = "merchant"  # outside the software


@dataclass(frozen=True)
class Requirement:
    """One line of SAQ A."""

    number: str
    text: str
    by: By
    how: str


SAQ_A: Final[tuple[Requirement, ...]] = (
    Requirement(
        "2.2.2",
        "vendor default accounts are changed or removed",
        By.ENFORCED,
        "no account ships with the shop; it starts with no key, password or secret of its own",
    ),
    Requirement(
        "3.1.1", "policies for stored account data are known", By.MERCHANT, "write the policy; this report can be part of it"
    ),
    Requirement(
        "3.2.1",
        "account data storage is kept to a minimum",
        By.ENFORCED,
        "cards are typed on the gateway's page only; a guard refuses card numbers in all text; `scan_cards` looks",
    ),
    Requirement(
        "6.3.1",
        "vulnerabilities are identified and ranked",
        By.EVIDENCE,
        "every dependency is pinned with its hash in requirements/",
    ),
    Requirement(
        "6.3.3", "critical patches are installed within a month", By.MERCHANT, "update the pinned versions and deploy"
    ),
    Requirement("8.2.1", "every user has a unique id", By.ENFORCED, "one account per e-mail address, by a unique index"),
    Requirement(
        "8.2.2",
        "shared accounts are not used",
        By.MERCHANT,
        "give each person an account of their own; nobody can choose or see the password of somebody else",
    ),
    Requirement(
        "8.2.5",
        "access of leavers is revoked at once",
        By.ENFORCED,
        "“Has left” ends sessions, links, second factor, password and rights in one transaction; see the audit log",
    ),
    Requirement(
        "8.3.1",
        "users authenticate with at least one factor",
        By.ENFORCED,
        "password, hashed with Argon2id (19 MiB, 2 passes); for staff a second factor besides, on every staff page",
    ),
    Requirement(
        "8.3.5",
        "first passwords are unique and changed on first use",
        By.ENFORCED,
        "there are none: a one-time link lets each person choose their own; reset links work once",
    ),
    Requirement(
        "8.3.6",
        "passwords have 12 characters, letters and digits",
        By.EVIDENCE,
        "checked whenever staff set a password; staff with a weaker one are named above",
    ),
    Requirement(
        "8.3.7",
        "the last four passwords are not used again",
        By.ENFORCED,
        "the last four passwords of staff are kept as hashes and refused",
    ),
    Requirement(
        "8.3.9",
        "passwords change every 90 days, or access is judged dynamically",
        By.ENFORCED,
        "applies while a password is the only factor, and for staff it never is",
    ),
    Requirement(
        "9.4.1", "media with cardholder data are secured", By.EVIDENCE, "nothing the shop prints holds a card number"
    ),
    Requirement(
        "9.4.1.1",
        "offline backups with cardholder data are secured",
        By.EVIDENCE,
        "backups hold no card number; see the last scan above",
    ),
    Requirement("9.4.2", "media are classified", By.MERCHANT, "there are none from this shop"),
    Requirement("9.4.3", "media sent out are secured", By.MERCHANT, "there are none from this shop"),
    Requirement("9.4.4", "moving media is approved", By.MERCHANT, "there are none from this shop"),
    Requirement(
        "9.4.6",
        "hard copies are destroyed when no longer needed",
        By.MERCHANT,
        "never write a card number on paper during a call",
    ),
    Requirement(
        "11.3.2",
        "external scans by an ASV every three months",
        By.MERCHANT,
        "order them; strict headers and no version banners help to pass",
    ),
    Requirement(
        "11.3.2.1",
        "external scans after significant changes",
        By.MERCHANT,
        "order one after each release that changes the checkout",
    ),
    Requirement(
        "12.8.1",
        "a list of third-party providers is kept",
        By.EVIDENCE,
        "the gateways in use are listed above",
    ),
    Requirement("12.8.2", "agreements with providers are kept", By.MERCHANT, "keep the gateway's and the host's agreements"),
    Requirement("12.8.3", "providers are engaged with due diligence", By.MERCHANT, "write down why you chose them"),
    Requirement(
        "12.8.4", "providers' compliance is watched yearly", By.MERCHANT, "fetch their attestation of compliance each year"
    ),
    Requirement(
        "12.8.5",
        "it is known who does what",
        By.EVIDENCE,
        "this report says what the shop does; the gateway's matrix says the rest",
    ),
    Requirement(
        "12.10.1",
        "there is an incident response plan",
        By.MERCHANT,
        "write it; keys, restore and erasure replay are commands of the shop",
    ),
)
