"""Every payment since the backup gets its order again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.db.models import Exists, OuterRef

from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayError, GatewayState, Movement, MovementKind, RecalledOrder
from checkout.models import Alert, Order, Payment
from checkout.recovery.bought import Doubts
from checkout.recovery.invoices import put_back_invoices
from checkout.recovery.lost import LostOrder, LostPayment, read_invoices, read_orders, read_payments, read_statuses
from checkout.recovery.rebuild import OPEN, REBUILT_PAYMENT, DoesNotFit, build_anew, make_room, put_back
from checkout.services.alerts import REBUILT, tell
from checkout.services.differences import as_uuid
from checkout.services.reconcile import reconcile_payments
from checkout.services.settle import settle
from checkout.states import OrderStatus, PaymentStatus
from store.backups.engines import Settings
from store.erasure import erase_rows_of
from store.recovery.state import UnableToRecover

log = structlog.get_logger(__name__)

# Clocks differ; what is known is passed over.
MARGIN: Final = timedelta(hours=1)
_MONEY: Final = (MovementKind.AUTHORIZED, MovementKind.CAPTURED)
# What may have moved at the gateway since the backup.
_UNDER_WAY: Final = (
    PaymentStatus.STARTED,
    PaymentStatus.AUTHORIZED,
    PaymentStatus.CAPTURING,
    PaymentStatus.VOIDING,
    PaymentStatus.REFUNDING,
)


@dataclass
class Rebuilt:
    """What came of it: numbers of orders, and what could not be done."""

    put_back: list[str] = field(default_factory=list)  # as the database of before had them
    built_anew: list[str] = field(default_factory=list)  # from what the gateway knows
    moved: int = 0  # payments of the backup that the gateway knew more about
    troubles: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{len(self.put_back)} orders put back, {len(self.built_anew)} built from what the gateway knows, "
            f"{self.moved} payments of the backup brought up to date."
        )


@dataclass(frozen=True)
class _Wanted:
    """A payment that this database doesn't know, and where to ask."""

    id: uuid.UUID
    gateway: str
    session_id: str | None
    reference: str | None
    is_in_books: bool


def rebuild_orders(
    *, since: datetime, now: datetime, database: Settings | None, on_progress: Callable[[int], object] = lambda _: None
) -> Rebuilt:
    """Give every payment begun since then its order, from `database`, the one of before, or else from the gateway.

    Safe to repeat: what is there is passed over. Uses the network. Raises `UnableToRecover` if a gateway doesn't answer.
    """
    result = Rebuilt()
    lost_payments = _ask(result, lambda found: read_payments(found, since=since), database) or []
    wanted = _unknown_here(money_at_gateways(since=since, until=now), lost_payments)
    owners = {lost.id: lost.order_id for lost in lost_payments}
    ids = {owners[one.id] for one in wanted if one.id in owners}
    lost = (_ask(result, lambda found: read_orders(found, ids), database) or {}) if ids else {}
    written = []
    for one in wanted:
        if (found := _write_down(one, lost.get(owners[one.id]) if one.id in owners else None, result, now=now)) is not None:
            written.append(found)
        on_progress(1)
    # Before anything is settled, which may issue an invoice.
    invoices = _ask(result, lambda found: read_invoices(found, since=since), database) or []
    if left_out := put_back_invoices(invoices, is_captured=_is_captured):
        result.troubles.append(
            f"Invoices {', '.join(left_out[:10])} could not be put back: their numbers will be given anew. See who has them."
        )
    _settle_known(result, now=now)
    for found in written:
        _finish(found, now=now)
    _tell_of_other_states(_ask(result, lambda found: read_statuses(found, since=since), database) or {}, now=now)
    reconcile_payments(since=since, until=now, now=now)
    return result


def money_at_gateways(*, since: datetime, until: datetime) -> dict[uuid.UUID, tuple[str, Movement]]:
    """Return our id -> (gateway, line of its books) of each payment that is authorised or captured there.

    Raises `UnableToRecover` if a gateway doesn't answer.
    """
    found = {}
    for name in settings.PAYMENT_GATEWAYS:
        try:
            for line in get_gateway(name).movements(since, until):
                pk = as_uuid(line.payment_id)
                if line.kind in _MONEY and pk is not None:
                    found[pk] = (name, line)
        except GatewayError as error:
            raise UnableToRecover(_silence(name, error)) from None
    return found


def without_order(*, since: datetime, until: datetime) -> list[str]:
    """Name the payments that are authorised or captured at a gateway and have no order here: there should be none."""
    found = money_at_gateways(since=since, until=until)
    known = _known(found)
    return [f"{name} {line.reference or line.id}" for pk, (name, line) in found.items() if pk not in known]


def _silence(name: str, error: GatewayError) -> str:
    return f"{name}: {error} Not all orders were rebuilt, and the shop stays closed. Run this again when it answers."


def _known(ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    return set(Payment.objects.filter(pk__in=list(ids)).values_list("pk", flat=True))


def _half_done() -> set[uuid.UUID]:
    """What a run that was killed has written and not finished: telling a person is the last that is done for each."""
    rebuilt = Payment.objects.filter(events__why=REBUILT_PAYMENT)
    told = Alert.objects.filter(order=OuterRef("order"), cause__startswith=REBUILT)
    return set(rebuilt.exclude(Exists(told)).values_list("pk", flat=True))


def _settle_known(result: Rebuilt, *, now: datetime) -> None:
    """Bring the payments of the backup up to what the gateway knows of them."""
    for payment in Payment.objects.filter(status__in=_UNDER_WAY, gateway__in=settings.PAYMENT_GATEWAYS).order_by("pk"):
        try:
            result.moved += settle(payment_id=payment.pk, now=now).status != payment.status
        except GatewayError as error:
            if not error.is_final:
                raise UnableToRecover(_silence(payment.gateway, error)) from None
            log.warning("not_settled", payment=str(payment.pk), error=type(error).__name__)


def _ask[T](result: Rebuilt, question: Callable[[Settings], T], database: Settings | None) -> T | None:
    """Ask the database of before. It may be spoilt in any way: then the gateway has to do."""
    if database is None:
        return None
    try:
        return question(database)
    except (DatabaseError, ImproperlyConfigured, ValueError, TypeError, LookupError) as error:
        log.warning("database_of_before_unreadable", error=type(error).__name__)
        trouble = f"The database of before could not be asked ({type(error).__name__})."
        if trouble not in result.troubles:
            result.troubles.append(trouble)
        return None


def _unknown_here(books: dict[uuid.UUID, tuple[str, Movement]], lost: list[LostPayment]) -> list[_Wanted]:
    """What the books list, and, as those of PayPal are hours late, what the database of before says of them."""
    known = _known(set(books) | {one.id for one in lost}) - _half_done()
    wanted = {
        pk: _Wanted(pk, name, None, line.reference, is_in_books=True)
        for pk, (name, line) in books.items()
        if pk not in known
    }
    for one in lost:
        is_new = one.id not in known and one.id not in wanted
        if is_new and one.gateway in settings.PAYMENT_GATEWAYS and (one.session_id or one.reference):
            wanted[one.id] = _Wanted(one.id, one.gateway, one.session_id, one.reference, is_in_books=False)
    return list(wanted.values())


@dataclass(frozen=True)
class _Written:
    """An order that was written and is still to be settled and told."""

    wanted: _Wanted
    lost: LostOrder | None
    order: Order
    source: str
    doubts: Doubts


def _write_down(one: _Wanted, lost: LostOrder | None, result: Rebuilt, *, now: datetime) -> _Written | None:
    try:
        recalled = get_gateway(one.gateway).recall(session_id=one.session_id, reference=one.reference)
    except GatewayError as error:
        if not error.is_final:
            raise UnableToRecover(_silence(one.gateway, error)) from None
        if one.is_in_books:
            result.troubles.append(f"{one.gateway} lists {one.reference} and says no more of it: look it up there.")
        return None  # only the database of before knows it: never paid, or made up
    if recalled.payment.payment_id != str(one.id):
        return None  # made up: that page is another payment's, which is looked at by itself
    state = recalled.payment.state
    if state in (GatewayState.EXPIRED, GatewayState.VOIDED) or (state in OPEN and lost is None):
        return None  # no money
    doubts = Doubts()
    order, source = _write(one, lost, recalled, doubts=doubts, now=now)
    if order is None:
        return None
    (result.put_back if source == _BEFORE else result.built_anew).append(order.number)
    return _Written(one, lost, order, source, doubts)


def _finish(found: _Written, *, now: datetime) -> None:
    """Settle what was written down, and tell a person of it: that is the last, and says that it was finished."""
    order, lost, doubts = found.order, found.lost, found.doubts
    order.refresh_from_db(fields=["status"])
    if order.is_expired:
        make_room(order, doubts=doubts, now=now)
    payment = _settle(found.wanted, now=now)
    order.refresh_from_db(fields=["status"])
    if lost is not None and order.pk == lost.order.pk:
        if lost.order.status not in (order.status, OrderStatus.AWAITING_PAYMENT):
            shipped = f" (parcel {lost.order.tracking_number})" if lost.order.tracking_number else ""
            doubts.add(
                f"Before, it was said to be: {lost.order.get_status_display().lower()}{shipped}. Find out whether so."
            )
        if lost.was_erased:
            erase_rows_of(order.pk)
            doubts.add("The customer was erased since: name and address are gone for good.")
    message = (
        f"Order {order.number}: rebuilt after a break-in {found.source}. It is stopped: nothing of it is charged or shipped "
        f"by itself. {' '.join(doubts.words)} Compare it with the gateway, and ring the customer; then lift the stop on the "
        "order's page, or cancel it."
    )
    tell(cause=f"{REBUILT}{order.pk}", message=message, now=now, order=order, payment=payment)


def _is_captured(payment: Payment) -> bool:
    """Whether the gateway has, or had, its money. Raises `UnableToRecover` if it doesn't answer."""
    try:
        found = get_gateway(payment.gateway).fetch(session_id=payment.session_id, reference=payment.reference)
    except GatewayError as error:
        if not error.is_final:
            raise UnableToRecover(_silence(payment.gateway, error)) from None
        return False
    return found.payment_id == str(payment.pk) and found.captured == payment.amount


_BEFORE: Final = "as the database of before has it"
_GATEWAY: Final = "from what the gateway knows"


def _write(
    one: _Wanted, lost: LostOrder | None, recalled: RecalledOrder, *, doubts: Doubts, now: datetime
) -> tuple[Order | None, str]:
    if lost is not None:
        payment = next(payment for payment in lost.payments if payment.pk == one.id)
        try:
            return put_back(lost, payment, recalled, doubts=doubts, now=now), _BEFORE
        except DoesNotFit as error:
            doubts.add(f"What the database of before says of it is not what the gateway was told: {error}.")
        if recalled.payment.state in OPEN:
            return None, ""  # nobody has paid: the page may close
    return build_anew(one.id, one.gateway, recalled, doubts=doubts, now=now), _GATEWAY


def _settle(one: _Wanted, *, now: datetime) -> Payment:
    try:
        return settle(payment_id=one.id, now=now)
    except GatewayError as error:
        raise UnableToRecover(_silence(one.gateway, error)) from None


def _tell_of_other_states(statuses: dict[uuid.UUID, tuple[str, str]], *, now: datetime) -> None:
    """Tell of orders of the backup that had gone on since: a parcel must not leave twice."""
    for order in Order.objects.filter(pk__in=list(statuses)).prefetch_related("alerts"):
        status, tracking = statuses[order.pk]
        if status == order.status or any(alert.cause == f"{REBUILT}{order.pk}" for alert in order.alerts.all()):
            continue
        before = OrderStatus(status).label.lower() if status in OrderStatus.values else "something unknown"
        parcel = f", with the parcel {tracking}" if tracking else ""
        tell(
            cause=f"rebuilt-state:{order.pk}",
            message=f"Order {order.number}: after a break-in it is as in the backup ({order.get_status_display().lower()}); "
            f"the database of before said: {before}{parcel}. Find out which is true before anything is shipped or refunded.",
            now=now,
            order=order,
        )
