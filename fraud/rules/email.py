"""The e-mail address: a thief makes one for the day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from disposable_email_domains import blocklist

from fraud.addresses import edits
from fraud.facts import OrderFacts
from fraud.rules.answers import Answer, Clear, Hit, NoData
from store.postal import fold

# The day on which the installed release of disposable-email-domains was made: such a list is old within months.
DISPOSABLE_AS_OF: Final = date(2026, 11, 9)

NO_EMAIL = NoData("No e-mail address was given.")

# Anybody has one of these within a minute; so have most honest people.
FREE = frozenset(
    {
        "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk", "yahoo.fr", "ymail.com", "rocketmail.com", "hotmail.com",
        "hotmail.co.uk", "hotmail.fr", "outlook.com", "outlook.de", "live.com", "live.co.uk", "msn.com", "aol.com",
        "icloud.com", "me.com", "mac.com", "gmx.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de",
        "mail.com", "email.com", "mail.ru", "yandex.ru", "yandex.com", "inbox.ru", "list.ru", "bk.ru", "proton.me",
        "protonmail.com", "pm.me", "tutanota.com", "zoho.com", "fastmail.com", "hey.com", "qq.com", "163.com", "126.com",
        "naver.com", "orange.fr", "wanadoo.fr", "laposte.net", "free.fr", "libero.it", "virgilio.it", "btinternet.com",
    }
)  # fmt: skip
# Of these, a domain one slip away is no other company's.
_IMITATED = ("gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "protonmail.com")


def _parts(facts: OrderFacts) -> tuple[str, str]:
    """What stands before and after the last @, folded; ("", "") when it is no address."""
    local, at, domain = facts.email.strip().casefold().rpartition("@")
    return (local, domain.rstrip(".")) if at and local and domain else ("", "")


def domains_of(email: str) -> Iterator[str]:
    """The domain and those above it: an address at mail.example.org belongs to example.org as well."""
    parts = email.strip().casefold().rpartition("@")[2].rstrip(".").split(".")
    for start in range(len(parts) - 1):
        yield ".".join(parts[start:])


def disposable(facts: OrderFacts) -> Answer:
    """A mailbox that is thrown away after use: the list of disposable-email-domains, and the merchant's own."""
    _, domain = _parts(facts)
    if not domain:
        return NO_EMAIL
    if own := next((entry for entry in facts.listed if entry.kind == "domain"), None):
        return Hit(f"{own.shown} is on your list of throw-away domains: {own.reason}")
    if _imitates(domain):  # slips such as gmial.com are on that list as well; another rule tells of them, for less
        return Clear(f"{domain} is a slip of the finger rather than a throw-away domain.")
    if found := next((each for each in domains_of(facts.email) if each in blocklist), None):
        made = f"{DISPOSABLE_AS_OF:%-d %B %Y}"
        return Hit(f"{found} gives out mailboxes that are thrown away after use (list of {made}).")
    return Clear(f"{domain} is not known for throw-away mailboxes.")


def _imitates(domain: str) -> str:
    """The well-known domain that this one is a slip away from; "" for none."""
    if domain in FREE:
        return ""
    near = (each for each in _IMITATED if abs(len(domain) - len(each)) <= 1)  # otherwise more than a slip away
    return next((each for each in near if edits(domain, each) == 1), "")


def look_alike(facts: OrderFacts) -> Answer:
    """One slip away from a well-known domain: a mistyped address, which no mail reaches, or a disguise."""
    _, domain = _parts(facts)
    if not domain:
        return NO_EMAIL
    if other := _imitates(domain):
        return Hit(f"{domain} looks like {other}, but is not.")
    return Clear(f"{domain} imitates no well-known domain.")


def free(facts: OrderFacts) -> Answer:
    """A free mailbox. Very weak: so it is with most good customers."""
    _, domain = _parts(facts)
    if not domain:
        return NO_EMAIL
    return (
        Hit(f"{domain} gives mailboxes to anybody, free.") if domain in FREE else Clear(f"{domain} is no free mail service.")
    )


def digits(facts: OrderFacts) -> Answer:
    """More digits than a year of birth before the @: an address made by a machine, or in a hurry."""
    local, _ = _parts(facts)
    if not local:
        return NO_EMAIL
    count = sum(character.isdigit() for character in local)
    if count >= 5 and count * 5 >= len(local) * 2:
        return Hit(f"{count} of the {len(local)} characters before the @ are digits.")
    return Clear("Few or no digits before the @.")


def name_differs(facts: OrderFacts) -> Answer:
    """A name in the e-mail address that is neither bill-to's nor ship-to's. Weak: many choose a nickname."""
    local, _ = _parts(facts)
    if not local:
        return NO_EMAIL
    names = [place.name for place in (facts.bill_to, facts.ship_to) if place]
    words = {word for name in names for word in fold(name).split() if len(word) > 2}
    if not words:
        return NoData("No name to compare the e-mail address with.")
    letters = re.sub(r"[^a-z]", "", fold(local))
    initials = {"".join(word[0] for word in fold(name).split()) for name in names}
    # "r.gale", "galeruth", "rgale79", "ruthie": any whole word, or four letters of one, or the initials alone.
    if letters in initials or any(word in letters or word[:4] in letters for word in words):
        return Clear("The e-mail address goes with the name.")
    if len(letters) < 3:
        return NoData("The e-mail address holds no name.")
    return Hit(f"“{local}” holds nothing of the names {' and '.join(dict.fromkeys(names))}.")
