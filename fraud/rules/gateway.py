"""What the gateway checked, and what the payer typed on its page. Not available and not checked are no data."""

from __future__ import annotations

from checkout.models import Payment
from fraud.addresses import same_person, same_postcode
from fraud.facts import OrderFacts, PaymentFacts
from fraud.phones import read_phone
from fraud.rules.answers import Answer, Clear, Hit, Limits, NoData
from store.postal import fold

NO_PAYMENT = NoData("There is no authorised payment.")


def _check(what: str, said: str) -> Answer:
    match said:
        case Payment.Check.PASS:
            return Clear(f"The bank confirmed the {what}.")
        case Payment.Check.FAIL:
            return Hit(f"The bank says the {what} is wrong.")
        case Payment.Check.UNAVAILABLE:
            return NoData(f"The bank could not check the {what}.")
        case _:
            return NoData(f"The {what} was not checked.")


def cvc_failed(facts: OrderFacts) -> Answer:
    """The three digits on the card are wrong."""
    return _check("card's security code", facts.payment.cvc_check) if facts.payment else NO_PAYMENT


def postcode_failed(facts: OrderFacts) -> Answer:
    """The card belongs to another postcode."""
    return _check("billing postcode", facts.payment.postcode_check) if facts.payment else NO_PAYMENT


def line1_failed(facts: OrderFacts) -> Answer:
    """The card belongs to another street."""
    return _check("billing street", facts.payment.line1_check) if facts.payment else NO_PAYMENT


def risk(facts: OrderFacts) -> Answer:
    """The gateway's own opinion: one signal among others, not the verdict."""
    if facts.payment is None:
        return NO_PAYMENT
    match facts.payment.risk_level:
        case Payment.Risk.HIGHEST:
            return Hit("The gateway rates the payment as highest risk.", "highest")
        case Payment.Risk.ELEVATED:
            return Hit("The gateway rates the payment as elevated risk.", "elevated")
        case Payment.Risk.NORMAL:
            return Clear("The gateway rates the payment as normal.")
        case _:
            return NoData("The gateway gives no rating.")


def trouble(facts: OrderFacts) -> Answer:
    """The payer's bank, or the gateway's own rules, say something against this very payment."""
    if facts.payment is None:
        return NO_PAYMENT
    for grade, reason in (
        ("disputed", "The cardholder disputes this payment."),
        ("warning", "The card's bank suspects fraud (an early warning)."),
        ("review", "The gateway's own rules want a person to look at this payment."),
    ):
        if grade in facts.payment.trouble:
            return Hit(reason, grade)
    return Clear("Neither the card's bank nor the gateway says anything against this payment.")


def declines(facts: OrderFacts, limits: Limits) -> Answer:
    """Several cards or guesses before one went through."""
    if facts.payment is None:
        return NO_PAYMENT
    count = facts.payment.declines
    for grade in ("many", "some"):
        if count >= limits[grade]:
            return Hit(f"{count} declined {'attempt' if count == 1 else 'attempts'} before this one.", grade)
    return Clear(
        "No declined attempt."
        if count == 0
        else f"{count} declined {'attempt' if count == 1 else 'attempts'}, which is common."
    )


def liability_shifted(facts: OrderFacts) -> Answer:
    """3-D Secure: the bank knows its customer and bears the loss. Trust."""
    if facts.payment is None:
        return NO_PAYMENT
    if facts.payment.is_liability_shifted:
        return Hit("3-D Secure passed: the bank knows the payer and would bear the loss.")
    return Clear("No 3-D Secure with liability shift.")


def payer_unverified(facts: OrderFacts) -> Answer:
    """PayPal does not know the payer's bank or card well. Weak: so it is with many new accounts."""
    if facts.payment is None:
        return NO_PAYMENT
    match facts.payment.payer_status:
        case "verified":
            return Clear("The payer's PayPal account is verified.")
        case "":
            return NoData("Not paid with a PayPal account.")
        case other:
            return Hit(f"The payer's PayPal account is {other}.")


def unprotected(facts: OrderFacts) -> Answer:
    """PayPal would not bear the loss of a stolen account."""
    if facts.payment is None:
        return NO_PAYMENT
    match facts.payment.seller_protection:
        case "eligible":
            return Clear("PayPal's seller protection covers the order.")
        case "":
            return NoData("Not paid with a PayPal account.")
        case other:
            return Hit(f"PayPal's seller protection: {other.replace('_', ' ')}.")


def _payer(facts: OrderFacts) -> PaymentFacts | None:
    return facts.payment if facts.payment and facts.bill_to else None


def card_country_differs(facts: OrderFacts) -> Answer:
    """The card was issued in another country than bill-to."""
    payment = _payer(facts)
    if payment is None or facts.bill_to is None or not payment.card_country or not facts.bill_to.country:
        return NoData("The country of the card or of bill-to is not known.")
    card, ours = payment.card_country.upper(), facts.bill_to.country.upper()
    if card == ours:
        return Clear(f"Card and bill-to are of {ours}.")
    return Hit(f"The card is of {card}, bill-to of {ours}.")


def payer_country_differs(facts: OrderFacts) -> Answer:
    """Another billing country was typed on the gateway's page than here."""
    payment = _payer(facts)
    if payment is None or facts.bill_to is None or not payment.payer_country or not facts.bill_to.country:
        return NoData("The payer's country is not known.")
    theirs, ours = payment.payer_country.upper(), facts.bill_to.country.upper()
    if theirs == ours:
        return Clear(f"The payer and bill-to are of {ours}.")
    return Hit(f"The payer's address is in {theirs}, bill-to in {ours}.")


def payer_postcode_differs(facts: OrderFacts) -> Answer:
    """Another billing postcode was typed on the gateway's page than here."""
    payment = _payer(facts)
    if payment is None or facts.bill_to is None or not payment.payer_postcode or not facts.bill_to.postcode:
        return NoData("The payer's postcode is not known.")
    theirs, ours = payment.payer_postcode, facts.bill_to.postcode
    if same_postcode(theirs, ours, country=facts.bill_to.country.upper()):
        return Clear(f"The payer and bill-to have postcode {ours}.")
    return Hit(f"The payer's postcode is {theirs}, bill-to has {ours}.")


def payer_name_differs(facts: OrderFacts) -> Answer:
    """Another name was typed on the gateway's page than on bill-to."""
    payment = _payer(facts)
    if payment is None or facts.bill_to is None or not payment.payer_name.strip() or not facts.bill_to.name.strip():
        return NoData("The payer's name is not known.")
    if same_person(payment.payer_name, facts.bill_to.name) or fold(payment.payer_name) == fold(facts.bill_to.name):
        return Clear(f"{payment.payer_name} pays, as bill-to says.")
    return Hit(f"{payment.payer_name} pays, bill-to is {facts.bill_to.name}.")


def payer_email_differs(facts: OrderFacts) -> Answer:
    """Another e-mail address was typed on the gateway's page than here."""
    payment = facts.payment
    if payment is None or not payment.payer_email.strip() or not facts.email.strip():
        return NoData("The payer's e-mail address is not known.")
    theirs, ours = payment.payer_email.strip(), facts.email.strip()
    if theirs.casefold() == ours.casefold():
        return Clear("The payer typed the same e-mail address.")
    return Hit(f"The payer's e-mail address is {theirs}, the order's is {ours}.")


def payer_phone_differs(facts: OrderFacts) -> Answer:
    """Another phone number was typed on the gateway's page than here. The payer's may be the cardholder's own."""
    payment = facts.payment
    if payment is None or not payment.payer_phone.strip() or not facts.phone.strip():
        return NoData("The payer's phone number is not known.")
    country = facts.bill_to.country if facts.bill_to else ""
    abroad = (payment.payer_country, payment.card_country)
    theirs = read_phone(payment.payer_phone, country=country, or_else=abroad)
    ours = read_phone(facts.phone, country=country, or_else=abroad)
    if (theirs.e164 or theirs.typed.strip()) == (ours.e164 or ours.typed.strip()):
        return Clear("The payer typed the same phone number.")
    return Hit(f"The payer's phone number is {theirs.shown}, the order's is {ours.shown}.")
