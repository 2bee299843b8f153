"""One case: everything that its page prints, in a fixed number of queries."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from checkout.models import Confirmation, Order, OrderAddress, OrderLine, Payment
from checkout.services.deadlines import deadline_of
from checkout.states import PaymentStatus
from fraud.addresses import compare_places
from fraud.facts import EarlierOrder
from fraud.gather import place_facts
from fraud.linked import earlier_orders
from fraud.models import Call, CallTask, CaseFile, Decision, DeskRules, Finding
from fraud.numbers import KnownNumber, known_numbers, lookup_links
from fraud.rules.links import GOOD
from fraud.selectors.asking import Script, Subject, make_script
from fraud.selectors.clocks import Clock, clock
from fraud.selectors.telling import (
    LIKENESS,
    AddressRow,
    Bar,
    Check,
    History,
    Line,
    LinkedOrder,
    tell_addresses,
    tell_checks,
    tell_history,
    tell_line,
    tell_linked,
    tell_waterfall,
)
from fraud.selectors.worse import Worse, tell_worse
from fraud.services.desk_rules import current_desk_rules
from store.models import User

# Somebody decided; checkout's sweep sees it through.
UNDER_WAY = (PaymentStatus.CAPTURING, PaymentStatus.VOIDING, PaymentStatus.REFUNDING)
# Most of what a reviewer compares is in the newest few; the page says how many more there are.
SHOWN_EARLIER = 10
# What a past order was about is asked by its goods; the newest few lines are enough.
SHOWN_PAST_GOODS = 4


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the log: a call, a decision, or a question by mail and its answer."""

    at: datetime
    call: Call | None = None
    decision: Decision | None = None
    is_corrected: bool = False
    confirmation: Confirmation | None = None

    @property
    def took(self) -> str:
        """How long the call was; "" when its beginning was not noted."""
        seconds = self.call.seconds if self.call else None
        return "" if seconds is None else f"{seconds // 60} min {seconds % 60} s"

    @property
    def ticks(self) -> list[tuple[str, bool]]:
        """The questions that were asked, and whether the answer was right."""
        answers = self.call.answers if self.call else {}
        return [(code.replace("_", " "), tick == "pass") for code, tick in answers.items()]


@dataclass(frozen=True)
class CasePage:
    """Everything that the page of a case prints."""

    task: CallTask
    order: Order
    now: datetime
    due: Clock
    lapses: Clock | None
    lapses_at: datetime | None
    lines: list[Line]
    payment: Payment | None
    addresses: list[AddressRow]
    likeness: str
    ship_to: dict[str, str]  # as it is written on the parcel; for whoever may correct it
    worse: list[Worse]
    waterfall: list[Bar]
    errors: list[Finding]
    observed: list[Finding]
    clear: list[Finding]
    no_data: list[Finding]
    checks: list[Check]
    earlier: list[LinkedOrder]
    earlier_more: int
    history: History
    calls: list[Call]
    decisions: list[Decision]
    confirmations: list[Confirmation]  # the newest first
    files: list[CaseFile]
    numbers: list[KnownNumber]
    lookups: list[tuple[str, str]]  # label, address
    script: Script
    rules: DeskRules
    is_open: bool  # personal data are shown
    is_held: bool  # by whoever looks at the page
    is_claimed: bool
    is_own_proposal: bool

    @property
    def log(self) -> list[LogEntry]:
        """Calls and decisions together, the newest first."""
        wrong = {call.corrects_id for call in self.calls} | {one.about_id for one in self.decisions if one.kind == "correct"}
        entries = [LogEntry(call.at, call, is_corrected=call.pk in wrong) for call in self.calls]
        entries += [LogEntry(one.at, decision=one, is_corrected=one.pk in wrong) for one in self.decisions]
        entries += [LogEntry(one.answered_at or one.asked_at, confirmation=one) for one in self.confirmations]
        return sorted(entries, key=lambda entry: entry.at, reverse=True)

    @property
    def has_own_number(self) -> bool:
        """Whether a past good order vouches for one of the numbers."""
        return any(number.is_own for number in self.numbers)

    @property
    def is_being_decided(self) -> bool:
        """Whether a decision is made and the gateway has not confirmed it yet."""
        return self.payment is not None and self.order.is_on_hold and self.payment.status in UNDER_WAY

    @property
    def standing(self) -> list[Call]:
        """Calls that no later entry corrects."""
        wrong = {call.corrects_id for call in self.calls}
        return [call for call in self.calls if call.pk not in wrong]

    @property
    def is_confirmed(self) -> bool:
        """Whether the customer has confirmed the order on the phone, and not denied it since."""
        return next((call.confirms for call in self.standing if call.settles), False)

    @property
    def is_denied(self) -> bool:
        """Whether the customer knew nothing of the order when last reached."""
        return next((not call.confirms for call in self.standing if call.settles), False)

    @property
    def is_denied_by_mail(self) -> bool:
        """Whether somebody who reads the order's mail knows nothing of it."""
        return any(one.denies for one in self.confirmations)

    @property
    def may_be_asked(self) -> bool:
        """Whether a mail could still ask; what else is in the way is said when it is tried."""
        return self.order.is_on_hold and not any(one.answer or one.expires_at > self.now for one in self.confirmations)

    @property
    def last_call(self) -> Call | None:
        """The newest call that stands."""
        return self.standing[0] if self.standing else None

    @property
    def needs_second(self) -> bool:
        """Whether two people must agree to a release."""
        return self.rules.needs_second(self.order.money)


def case_page(*, task_id: uuid.UUID, user: User, is_revealed: bool, language: str, now: datetime) -> CasePage:
    """Read everything about one case. Raises CallTask.DoesNotExist.

    Personal data are in it if `user` has claimed the case, or `is_revealed`: whoever calls writes that down.
    """
    related = ("order", "assessment__policy", "claimed_by", "proposal__by")
    task = CallTask.objects.select_related(*related).get(pk=task_id)
    order = task.order
    is_held = task.is_held_by(user, now)
    is_open = is_held or is_revealed
    by_kind = {address.kind: address for address in OrderAddress.objects.filter(order=order)}
    bill_to, ship_to = by_kind.get(OrderAddress.Kind.BILL_TO), by_kind.get(OrderAddress.Kind.SHIP_TO)
    bill, ship = place_facts(bill_to), place_facts(ship_to)
    findings = task.assessment.all_findings()
    payment = Payment.objects.filter(order=order, authorized_at__isnull=False).order_by("-created_at").first()
    card = payment.card_fingerprint if payment else ""
    earlier = earlier_orders(order=order, bill_to=bill_to, ship_to=ship_to, card=card, now=now)
    lines = [tell_line(line, order.currency) for line in OrderLine.objects.filter(order=order).order_by("pk")]
    numbers = known_numbers(order=order, bill_to=bill_to, ship_to=ship_to, payment=payment, now=now)
    own = [one.number for one in earlier if "email" in one.same]
    deadline = deadline_of(payment) if payment else None
    lapses_at = deadline.promised_until if deadline and order.is_on_hold else None
    return CasePage(
        task=task,
        order=order,
        now=now,
        due=clock(task.due_at, now=now),
        lapses=clock(lapses_at, now=now) if lapses_at else None,
        lapses_at=lapses_at,
        lines=lines,
        payment=payment,
        addresses=tell_addresses(bill, ship, is_open=is_open) if bill and ship else [],
        likeness=LIKENESS[compare_places(bill, ship)] if bill and ship else "Bill-to or ship-to is missing.",
        ship_to={name: getattr(ship, name) for name in ("name", "line1", "line2", "city", "postcode")}
        if ship and is_held
        else {},
        worse=tell_worse(task),
        waterfall=tell_waterfall(findings, threshold=task.assessment.policy.threshold),
        errors=[one for one in findings if one.is_error],
        observed=[one for one in findings if one.is_hit and one.is_observed],
        clear=[one for one in findings if one.is_clear],
        no_data=[one for one in findings if one.answer == Finding.Answer.NO_DATA],
        checks=tell_checks(payment, is_open=is_open),
        earlier=tell_linked(earlier[:SHOWN_EARLIER]),
        earlier_more=max(0, len(earlier) - SHOWN_EARLIER),
        history=tell_history(earlier, calls=Call.objects.filter(task__order__number__in=own).count()),
        calls=list(task.calls.select_related("by").order_by("-at")),
        decisions=list(task.decisions.select_related("by", "about__by").order_by("-at")),
        confirmations=list(order.confirmations.select_related("order", "asked_by").order_by("-asked_at")),
        files=list(CaseFile.objects.listed().filter(task=task)),
        numbers=numbers,
        lookups=lookup_links(bill) if is_open else [],
        script=make_script(
            Subject(order, bill, ship, lines, payment, earlier, _past_goods(earlier, now=now), numbers),
            hits={one.code for one in findings if one.is_hit and not one.is_trust},
            language=language,
            is_open=is_open,
        ),
        rules=current_desk_rules(now=now),
        is_open=is_open,
        is_held=is_held,
        is_claimed=task.is_waiting and task.is_claimed(now),
        is_own_proposal=task.proposal is not None and task.proposal.by_id == user.pk,
    )


def _past_goods(earlier: tuple[EarlierOrder, ...], *, now: datetime) -> list[str]:
    """What was bought before with this e-mail address and went well, by name; not what was ordered these days."""
    good = [
        one.number
        for one in earlier
        if "email" in one.same and one.status in GOOD and not one.is_disputed and one.placed_at < now - timedelta(days=2)
    ]
    names = OrderLine.objects.filter(order__number__in=good[:SHOWN_PAST_GOODS]).order_by("-order__placed_at", "pk")
    return list(dict.fromkeys(names.values_list("name", flat=True)))[:SHOWN_PAST_GOODS]
