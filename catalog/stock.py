"""Moving stock. Nothing else changes `Variant.on_hand` or `Variant.held`.

Each function takes units per variant id and a `cause` such as "order:81:hold". It must run inside the
caller's transaction, so that an order and its stock stand or fall together. It does all of it or nothing,
even if the caller catches the error: the work sits in a savepoint. A cause counts once per variant.

A move is one conditional UPDATE per variant in key order: that holds on PostgreSQL without explicit locks
or deadlocks, and on SQLite, where there are none to take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, router, transaction
from django.db.models import F, Q
from django.db.transaction import TransactionManagementError

from catalog.models import StockMove, Variant


class UnableToMoveStock(Exception):
    """Some variants do not have the units this move needs. Nothing was changed."""

    def __init__(self, variant_ids: frozenset[int]) -> None:
        super().__init__(f"Not enough stock of variants {sorted(variant_ids)}")
        self.variant_ids = variant_ids


class SoldOut(UnableToMoveStock):
    """Fewer units are free than asked for, or the variant is no longer sold. Nothing was changed."""


class StockAlreadyMoved(Exception):
    """The cause has moved this stock before. Nothing was changed."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"Stock has already been moved for {cause}")
        self.cause = cause


@dataclass(frozen=True)
class _Move:
    """How a kind of move changes the counts (per unit), and what must be there for it."""

    kind: StockMove.Kind
    on_hand: int
    held: int


_HOLD = _Move(StockMove.Kind.HOLD, on_hand=0, held=1)
_RELEASE = _Move(StockMove.Kind.RELEASE, on_hand=0, held=-1)
_TAKE = _Move(StockMove.Kind.TAKE, on_hand=-1, held=-1)
_RETURN = _Move(StockMove.Kind.RETURN, on_hand=1, held=0)


def hold_stock(*, quantities: Mapping[int, int], cause: str, now: datetime) -> None:
    """Promise `quantities` (variant id -> units) to an order.

    Raise SoldOut, naming every variant that falls short, or StockAlreadyMoved.
    """
    _move_stock(_HOLD, quantities=quantities, cause=cause, now=now)


def release_stock(*, quantities: Mapping[int, int], cause: str, now: datetime) -> None:
    """Give held units back to the shelf. Raise UnableToMoveStock or StockAlreadyMoved."""
    _move_stock(_RELEASE, quantities=quantities, cause=cause, now=now)


def take_stock(*, quantities: Mapping[int, int], cause: str, now: datetime) -> None:
    """Let held units leave the shop for good. Raise UnableToMoveStock or StockAlreadyMoved."""
    _move_stock(_TAKE, quantities=quantities, cause=cause, now=now)


def return_stock(*, quantities: Mapping[int, int], cause: str, now: datetime) -> None:
    """Put units that came back on the shelf. Raise UnableToMoveStock (unknown variant) or StockAlreadyMoved."""
    _move_stock(_RETURN, quantities=quantities, cause=cause, now=now)


def count_stock(*, variant_id: int, change: int, cause: str, now: datetime) -> None:
    """Correct `on_hand` by `change` units after a delivery or a count (either sign, not zero).

    Raise UnableToMoveStock if fewer units than are held would remain, or StockAlreadyMoved.
    """
    if change == 0:
        raise ValueError("A count that changes nothing is not a move")
    sign = 1 if change > 0 else -1
    move = _Move(StockMove.Kind.COUNT, on_hand=sign, held=0)
    _move_stock(move, quantities={variant_id: abs(change)}, cause=cause, now=now)


def _move_stock(move: _Move, *, quantities: Mapping[int, int], cause: str, now: datetime) -> None:
    using = router.db_for_write(Variant)
    if not transaction.get_connection(using).in_atomic_block:
        raise TransactionManagementError("Stock moves belong inside the transaction of what causes them")
    if not cause:
        raise ValueError("A stock move needs a cause")
    if any(units <= 0 for units in quantities.values()):
        raise ValueError("A stock move needs at least one unit of each variant")
    demand = sorted(quantities.items())
    with transaction.atomic(using=using):
        # The ledger first: a repeated cause stops here, before any count is touched.
        _write_ledger(move, demand=demand, cause=cause, now=now)
        short = frozenset(pk for pk, units in demand if not _change_counts(move, pk=pk, units=units))
        if short:
            raise SoldOut(short) if move is _HOLD else UnableToMoveStock(short)


def _write_ledger(move: _Move, *, demand: list[tuple[int, int]], cause: str, now: datetime) -> None:
    try:
        with transaction.atomic(using=router.db_for_write(StockMove)):
            StockMove.objects.bulk_create(
                StockMove(
                    variant_id=pk,
                    kind=move.kind,
                    on_hand_delta=move.on_hand * units,
                    held_delta=move.held * units,
                    cause=cause,
                    at=now,
                )
                for pk, units in demand
            )
    except IntegrityError as error:
        raise StockAlreadyMoved(cause) from error


def _change_counts(move: _Move, *, pk: int, units: int) -> bool:
    """Apply the move to one variant if it has the units; say whether it had."""
    changes = {}
    if move.on_hand:
        changes["on_hand"] = F("on_hand") + move.on_hand * units
    if move.held:
        changes["held"] = F("held") + move.held * units
    return Variant.objects.filter(_has_units(move, units), pk=pk).update(**changes) == 1


def _has_units(move: _Move, units: int) -> Q:
    if move is _HOLD:
        return Q(is_active=True, held__lte=F("on_hand") - units)
    if move.held < 0:
        return Q(held__gte=units)
    if move.on_hand < 0:
        return Q(on_hand__gte=F("held") + units)
    return Q()
