"""The call script of one case: which questions, in which language, and what the answers should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from babel.languages import get_official_languages
from django.conf import settings
from django.utils import translation

from checkout.models import Order, Payment
from fraud.facts import EarlierOrder, PlaceFacts
from fraud.numbers import KnownNumber
from fraud.script import CLOSING_BAD, CLOSING_GOOD, NEVER, OPENING, VOICEMAIL, questions_for
from fraud.selectors.telling import Line
from store.language import known_language

# The languages that the script is translated into (fraud/locale), as their speakers call them.
LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français"}
# Days within which another order is one that the customer remembers.
LATELY = 7


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it is spoken, and what is known about the answer."""

    code: str
    text: str
    in_english: str  # "" when it is spoken in English
    listen_for: str
    expected: str  # "" when nothing is known, or not to be shown


@dataclass(frozen=True, slots=True)
class Script:
    """What to say and what not to."""

    language: str
    languages: list[tuple[str, str]]
    opening: str
    voicemail: str
    closing_good: str
    closing_bad: str
    never: tuple[str, ...]
    questions: list[Asked]


def language_of(country: str) -> str:
    """The language in which to ring somebody of a country (ISO 3166 alpha-2): an official one that we have, else English."""
    spoken = get_official_languages(country.upper(), de_facto=True) if country else ()
    return next((one for one in (code.partition("_")[0] for code in spoken) if one in LANGUAGES), "en")


@dataclass(frozen=True, slots=True)
class Subject:
    """What of a case questions are about."""

    order: Order
    bill: PlaceFacts | None
    ship: PlaceFacts | None
    lines: list[Line]
    payment: Payment | None
    earlier: tuple[EarlierOrder, ...]
    past_goods: list[str]  # names of things bought before
    numbers: list[KnownNumber]


def make_script(subject: Subject, *, hits: set[str], language: str, is_open: bool) -> Script:
    """Make the script of a case. What the answers should be is in it only where the case is open."""
    bill = subject.bill
    if language not in LANGUAGES:
        # English is where everybody begins; another language was chosen.
        chosen = known_language(subject.order.language)
        language = chosen if chosen != settings.LANGUAGE_CODE else language_of(bill.country if bill else "")
    has = {"past"} if subject.past_goods else set()
    has |= {"gift"} if subject.order.is_gift else set()
    has |= {"differs"} if any(code.startswith("address.") for code in hits) else set()
    asked = questions_for(hits=hits, has=has)
    expected = _expected(subject) if is_open else {}
    with translation.override("en"):
        english = [str(question.text) for question in asked]
    who = {
        "shop": settings.SHOP_NAME,
        "name": (bill.name if bill else "") if is_open else "•••",
        "phone": settings.SHOP_PHONE,
    }
    with translation.override(language):
        return Script(
            language=language,
            languages=list(LANGUAGES.items()),
            opening=str(OPENING) % who,
            voicemail=str(VOICEMAIL) % who,
            closing_good=str(CLOSING_GOOD),
            closing_bad=str(CLOSING_BAD),
            never=NEVER,
            questions=[
                Asked(
                    code=question.code,
                    text=str(question.text),
                    in_english="" if language == "en" else plain,
                    listen_for=question.listen_for,
                    expected=expected.get(question.code, ""),
                )
                for question, plain in zip(asked, english, strict=True)
            ],
        )


def _expected(about: Subject) -> Mapping[str, str]:
    """What the answers should be, as far as the order says."""
    order, bill, ship, payment = about.order, about.bill, about.ship, about.payment
    goods = ", ".join(f"{line.quantity} \N{MULTIPLICATION SIGN} {line.name}" for line in about.lines)
    home = _join(bill.line1, bill.line2, bill.city, bill.postcode) if bill else ""
    there = _join(ship.name, ship.line1, ship.city, ship.country) if ship else ""
    lately = [one.number for one in about.earlier if "email" in one.same and (order.placed_at - one.placed_at).days < LATELY]
    first = about.numbers[0].reading if about.numbers else None
    return {
        "items": goods,
        "purpose": goods,
        "billing_address": home,
        "near_home": home,
        "recipient": there,
        "gift": _join(there, f"message: {order.gift_message}" if order.gift_message else ""),
        "forwarder": there,
        "hurry": order.delivery_name,
        "past_order": _join(*about.past_goods),
        "email": order.email or "",
        "phone_home": _join(first.shown, first.place, first.region) if first else "",
        "card_country": payment.card_country or payment.payer_country if payment else "",
        "whose_card": _join((payment.payer_name or "") if payment else "", bill.name if bill else ""),
        "declined": f"{payment.declines} declined" if payment else "",
        "other_orders": _join(*lately) or "None with this e-mail address",
    }


def _join(*parts: str) -> str:
    return ", ".join(dict.fromkeys(part for part in parts if part))
