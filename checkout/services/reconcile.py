"""Reconciliation: the gateway's books against our ledger, both ways. What settling can't mend becomes a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched

import structlog
from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayError, Movement, MovementKind
from checkout.models import Alert, Difference, Order, Payment
from checkout.services.differences import (
    Discrepancy,
    as_uuid,
    belongs,
    has_heard,
    is_renewed,
    judge,
    judge_order,
    known_disputes,
    note,
)
from checkout.services.disputes import look_at_trouble
from checkout.services.lockouts import note_lockout
from checkout.services.mending import look_again, look_for, recheck
from checkout.states import OrderStatus, PaymentStatus
from store.jobs.schedules import record_run

log = structlog.get_logger(__name__)

# Longer than any authorisation lives: whatever may still be captured or lapse is looked at each night.
LOOK_BACK = timedelta(days=31)
# Rows and lines at a time.
BATCH = 200


class BooksNotRead(Exception):
    """A gateway's books could not be read to the end; what was read is compared."""


@dataclass(slots=True)
class ReconcileResult:
    """What a run looked at and what came of it."""

    movements: int = 0
    mended: int = 0  # by settling, no row was needed
    found: int = 0  # new rows, and closed ones that are back
    healed: int = 0  # rows closed by themselves
    troubles: int = 0  # objects that could not be looked at
    unread: list[str] = field(default_factory=list)  # gateways whose books could not be read to the end
    still_open: int = 0

    def __str__(self) -> str:
        unread = "".join(f" The books of {name} could not be read to the end." for name in self.unread)
        return (
            f"Compared {self.movements} lines of the gateway's books; mended {self.mended}, found {self.found} new "
            f"differences, {self.healed} healed, {self.still_open} open; {self.troubles} could not be looked at.{unread}"
        )


def reconcile_payments(
    *, since: datetime, until: datetime, now: datetime, on_progress: Callable[[int], object] = lambda _: None
) -> ReconcileResult:
    """Compare all that moved at the gateways from `since` to `until` with our ledger. Uses the network. Safe to repeat."""
    result = ReconcileResult()
    for name in settings.PAYMENT_GATEWAYS:
        try:
            for lines in batched(get_gateway(name).movements(since, until), BATCH):
                _compare(lines, gateway=name, result=result, now=now)
                on_progress(len(lines))
        except GatewayError as error:
            log.warning("books_not_read", gateway=name, error=str(error))
            result.unread.append(name)
            note_lockout(error, gateway=name, now=now)
            continue
        _look_for_unlisted(gateway=name, since=since, until=until, result=result, now=now)
    _compare_with_orders(result, now=now)
    _recheck_open(result, now=now)
    result.still_open = Difference.objects.open().count()
    if result.found:
        Alert.objects.get_or_create(
            cause=f"differences:{now:%Y-%m-%d}",
            defaults={
                "message": "The gateway's books and ours do not agree. Nothing was changed. Look under Differences: "
                "each says what to do.",
                "raised_at": now,
            },
        )
    record_run("reconcile", report=str(result), now=now, is_good=not result.unread)
    return result


def _compare(lines: Iterable[Movement], *, gateway: str, result: ReconcileResult, now: datetime) -> None:
    """Compare one batch, with as many queries as a batch of one."""
    lines = tuple(lines)
    payments = _payments_of(lines, gateway=gateway)
    disputes = known_disputes(gateway, [line.id for line in lines if line.kind == MovementKind.DISPUTED])
    seen, settled = [], set()
    for line in lines:
        result.movements += 1
        owner = payments.get(line.reference) or payments.get(as_uuid(line.payment_id))
        if owner is not None and is_renewed(line, owner):
            continue  # the books don't list the one in its place yet; voiding this one would void that
        if owner is not None and not belongs(line, owner):
            owner = None
        if owner is not None:
            seen.append(owner.pk)
        wrong = judge(line, owner, gateway=gateway, is_known_dispute=line.id in disputes)
        if wrong is None and (owner is None or has_heard(line, owner)):
            continue
        try:
            if owner is not None and line.kind == MovementKind.DISPUTED:
                wrong = _write_down_dispute(line, owner, wrong, now=now)
            elif owner is not None:
                if owner.pk in settled:
                    continue  # all there is to say about it was said at an earlier line
                wrong = look_again(line, owner, gateway=gateway, now=now)
                settled.add(owner.pk)
            _keep(wrong, result, now=now)
        except GatewayError as error:
            _note_trouble(result, line.id, error)
    Payment.objects.filter(pk__in=seen).update(reconciled_at=now)


def _payments_of(lines: Iterable[Movement], *, gateway: str) -> dict[object, Payment]:
    """The payments that the lines are about, by our id and by the gateway's."""
    references = [line.reference for line in lines if line.reference]
    ids = [pk for line in lines if (pk := as_uuid(line.payment_id))]
    found = Payment.objects.filter(Q(reference__in=references) | Q(pk__in=ids), gateway=gateway).select_related("order")
    payments: dict[object, Payment] = {}
    for payment in found:
        payments[payment.pk] = payment
        if payment.reference:
            payments[payment.reference] = payment
    return payments


def _write_down_dispute(line: Movement, owner: Payment, wrong: Discrepancy | None, *, now: datetime) -> Discrepancy | None:
    """Ask for the dispute itself, which no webhook told of; what is left to complain of, if it can't be found there."""
    look_at_trouble(payment_id=owner.pk, now=now)
    return None if known_disputes(owner.gateway, [line.id]) else wrong


def _look_for_unlisted(*, gateway: str, since: datetime, until: datetime, result: ReconcileResult, now: datetime) -> None:
    """Ask about every payment taken here that the books did not list."""
    unlisted = Payment.objects.filter(
        Q(reconciled_at=None) | Q(reconciled_at__lt=now),
        gateway=gateway,
        captured_amount__gt=0,
        reference__isnull=False,
        authorized_at__range=(since, until),
    ).select_related("order")
    for payment in _by_key(unlisted):
        try:
            if (wrong := look_for(payment, gateway=gateway, now=now)) is not None:
                _keep(wrong, result, now=now)
            Payment.objects.filter(pk=payment.pk).update(reconciled_at=now)
        except GatewayError as error:
            _note_trouble(result, payment.pk, error)


def _compare_with_orders(result: ReconcileResult, *, now: datetime) -> None:
    """Find money kept for orders that are over, and orders that were released without any."""
    kept = Payment.objects.filter(
        order=OuterRef("pk"), status=PaymentStatus.CAPTURED, captured_amount__gt=F("refunded_amount")
    )
    taken = Payment.objects.filter(order=OuterRef("pk"), captured_amount__gt=0)
    over = (OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED, OrderStatus.EXPIRED)
    sent = (OrderStatus.RELEASED, OrderStatus.SHIPPED)
    suspects = Order.objects.filter(
        Q(Exists(kept), status__in=over) | Q(~Exists(taken), status__in=sent, total__gt=0)
    ).prefetch_related("payments__disputes")
    for order in _by_key(suspects):
        for wrong in judge_order(order):
            _keep(wrong, result, now=now)


def _recheck_open(result: ReconcileResult, *, now: datetime) -> None:
    """Close what has healed: everything open that this run has not just seen."""
    rows = Difference.objects.open().filter(seen_at__lt=now).exclude(gateway__in=result.unread)
    for row in _by_key(rows.select_related("payment__order")):
        try:
            result.healed += recheck(row, now=now)
        except (GatewayError, LookupError) as error:
            _note_trouble(result, row.pk, error)


def _keep(wrong: Discrepancy | None, result: ReconcileResult, *, now: datetime) -> None:
    if wrong is None:
        result.mended += 1
    else:
        result.found += note(wrong, now=now)


def _note_trouble(result: ReconcileResult, what: object, error: Exception) -> None:
    result.troubles += 1
    log.warning("not_reconciled", id=str(what), error=type(error).__name__)


def _by_key[M: Payment | Order | Difference](rows: QuerySet[M]) -> Iterator[M]:
    """Go through the rows page by page, so that memory stays flat and no cursor stays open over the network."""
    last = None
    while page := list((rows if last is None else rows.filter(pk__gt=last)).order_by("pk")[:BATCH]):
        yield from page
        last = page[-1].pk
