"""What to ask on the phone. Innocuous questions that the cardholder answers without thinking and a thief must guess.

Each question is one entry of QUESTIONS: add one, run `manage.py makemessages -l de -l es -l fr` and `compilemessages` in
`fraud/`, and it is asked in the customer's language. What is spoken is translated; what only the reviewer reads is not.

No question asks for digits of a card, a security code, a password or a date of birth: PCI DSS 3.3 forbids to keep the first
two, and who asks for the others sounds like a thief.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Question:
    """One question, what brings it up, and what to listen for."""

    code: str
    text: Promise | str  # spoken
    listen_for: str  # for the reviewer
    rules: tuple[str, ...] = ()  # asked when one of these rules hit; "links." stands for all that begin so
    is_always: bool = False
    needs: str = ""  # asked when the case knows this besides: "past", "gift", "differs"


OPENING = _(
    "Hello, this is %(shop)s. May I speak with %(name)s? I am ringing about an order, to make sure that it is really yours. "
    "I will not ask for your card number."
)
CLOSING_GOOD = _("Thank you, that is all I need. Your order goes out, and you get a mail.")
CLOSING_BAD = _(
    "Thank you for telling me. We cancel the order, and you are not charged. Please ring the number on the back of your "
    "card and tell your bank."
)
VOICEMAIL = _(
    "Hello, this is %(shop)s with a message for %(name)s. Please ring us back on %(phone)s. You need nothing but the order "
    "number from our mail."
)

# What must never be said, whoever answers.
NEVER = (
    "Do not read an answer out, not even to help: let them tell you.",
    "Never ask for a card number, the security code, a password or a date of birth.",
    "Do not say why the order was looked at, nor that it looks like fraud.",
    "To anybody but the customer: say only that the shop rang, and ask when to ring again.",
)

QUESTIONS: tuple[Question, ...] = (
    Question(
        "items",
        _("Can you tell me one of the things that you ordered?"),
        "One of the lines below, in their own words. The kind of thing is enough; the price alone is not.",
        is_always=True,
    ),
    Question(
        "billing_address",
        _("At which address does your bank write to you about this card?"),
        "Street and town of bill-to, from memory and without a pause. Who reads it out slowly may be reading a list.",
        rules=(
            "address.",
            "gateway.postcode_failed",
            "gateway.line1_failed",
            "payer.postcode_differs",
            "links.",
            "order.first",
        ),
        is_always=True,
    ),
    Question(
        "near_home",
        _("What is near your home: a school, a station, a shop on the corner?"),
        "Something that a map shows near bill-to. Look while they talk; a thief has the address, but never stood there.",
        rules=(
            "address.ship_to_differs",
            "order.first_as_guest",
            "gateway.",
            "items.many_of_expensive",
        ),
    ),
    Question(
        "recipient",
        _("Who is the parcel for, and how do you know them?"),
        "A name and a tie that fit ship-to. “A friend I have not met” or “he asked me to order” is how parcel mules talk.",
        needs="differs",
    ),
    Question(
        "gift",
        _("What is the occasion for the gift?"),
        "An occasion, and a person to whom these things go.",
        needs="gift",
    ),
    Question(
        "forwarder",
        _("Where does the parcel go from that address?"),
        "They know that it is a forwarding company or a box, and name the country it goes on to.",
        rules=("address.forwarder", "address.po_box", "address.unsafe_country"),
    ),
    Question(
        "purpose",
        _("That is a good number of them: what will you use them for?"),
        "A use that fits: a kennel, a team, a wedding. “To sell them” may be honest; ask where.",
        rules=("items.many", "items.watched", "order.large"),
    ),
    Question(
        "hurry",
        _("Is there a day by which you need it?"),
        "A reason for the fast delivery. No reason, but pressure to send it today, is a bad sign.",
        rules=("order.express_on_first",),
    ),
    Question(
        "past_order",
        _("You have been with us before: what did you buy from us the last time?"),
        "Something of the past orders below. Whoever took over an account does not know.",
        needs="past",
    ),
    Question(
        "email",
        _("Which e-mail address did you give us, and how is it spelled?"),
        "The address on the order, spelled without looking. A name in it that is not theirs should have a story.",
        rules=("email.", "links.email_of_others", "payer.email_differs"),
    ),
    Question(
        "phone_home",
        _("Since when do you have this telephone number?"),
        "A plain answer that fits number and address, such as having moved. “It is new” on a first order is not good.",
        rules=("phone.", "links.phone_of_others", "payer.phone_differs"),
    ),
    Question(
        "card_country",
        _("In which country is the bank that gave you the card?"),
        "The country of the card below. They need not name the bank.",
        rules=("gateway.card_country_differs", "payer.country_differs"),
    ),
    Question(
        "whose_card",
        _("Is the card in your own name?"),
        "Yes, and bill-to is theirs; or whose it is, and that this person knows of the order.",
        rules=("payer.name_differs", "links.card_of_others", "gateway.payer_unverified"),
    ),
    Question(
        "where_now",
        _("Where were you when you ordered: at home, or on the way?"),
        "A place that fits the country of the IP address, or a company network or VPN that they can name.",
        rules=("network.", "order.odd_hour"),
    ),
    Question(
        "declined",
        _("Did the payment go through at once?"),
        "They know of the tries that failed, and of the other card if there was one.",
        rules=("gateway.declines", "links.declines_around", "links.many_cards", "links.card_testing"),
    ),
    Question(
        "other_orders",
        _("Did you place any other order with us this week?"),
        "The other orders of these days, or plainly none where there are none.",
        rules=("velocity.", "order.stopped_before", "order.disputed_before", "address.changed"),
    ),
)

BY_CODE = {question.code: question for question in QUESTIONS}
# More than these nobody asks on a call of three minutes.
MOST_ASKED = 7


def questions_for(*, hits: set[str], has: set[str]) -> list[Question]:
    """The questions for a case, what is always asked first, then by how many of its findings they clear up.

    `hits` are codes of rules that hit, `has` what the case knows besides: "past", "gift", "differs".
    """
    ranked = []
    for position, question in enumerate(QUESTIONS):
        matches = sum(code.startswith(question.rules) for code in hits) if question.rules else 0
        if question.needs in has:
            matches += 2  # what is sure of this very case tells more than a general doubt
        if question.is_always or matches:
            ranked.append((not question.is_always, -matches, position, question))
    return [question for *_order, question in sorted(ranked, key=lambda one: one[:3])][:MOST_ASKED]
