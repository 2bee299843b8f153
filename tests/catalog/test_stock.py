"""Moving stock: all or nothing, once per cause, and never below zero."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from catalog.models import StockMove, Variant
from catalog.stock import (
    SoldOut,
    StockAlreadyMoved,
    UnableToMoveStock,
    count_stock,
    hold_stock,
    release_stock,
    return_stock,
    take_stock,
)
from tests.factories.catalog import VariantFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def counts(variant: Variant) -> tuple[int, int]:
    variant.refresh_from_db()
    return variant.on_hand, variant.held


def moves() -> list[tuple[str, int, int, str]]:
    return list(StockMove.objects.order_by("pk").values_list("kind", "on_hand_delta", "held_delta", "cause"))


def test_hold_promises_units_and_writes_the_ledger() -> None:
    collar, lead = VariantFactory.create(on_hand=5), VariantFactory.create(on_hand=2)
    hold_stock(quantities={lead.pk: 2, collar.pk: 3}, cause="order:1:hold", now=NOW)
    assert counts(collar) == (5, 3)
    assert counts(lead) == (2, 2)
    assert moves() == [("hold", 0, 3, "order:1:hold"), ("hold", 0, 2, "order:1:hold")]


def test_hold_names_every_variant_that_falls_short_and_changes_nothing() -> None:
    plenty, short, withdrawn = (
        VariantFactory.create(on_hand=9),
        VariantFactory.create(on_hand=1),
        VariantFactory.create(is_active=False),
    )
    with pytest.raises(SoldOut) as refusal:
        hold_stock(quantities={plenty.pk: 1, short.pk: 2, withdrawn.pk: 1, 999_999: 1}, cause="order:1:hold", now=NOW)
    assert refusal.value.variant_ids == {short.pk, withdrawn.pk, 999_999}
    assert counts(plenty) == (9, 0)
    assert counts(short) == (1, 0)
    assert moves() == []


def test_hold_counts_what_others_hold() -> None:
    collar = VariantFactory.create(on_hand=3, held=2)
    with pytest.raises(SoldOut):
        hold_stock(quantities={collar.pk: 2}, cause="order:2:hold", now=NOW)
    hold_stock(quantities={collar.pk: 1}, cause="order:3:hold", now=NOW)
    assert counts(collar) == (3, 3)


MOVES: list[tuple[Callable[..., None], tuple[int, int]]] = [
    (hold_stock, (5, 3)),
    (release_stock, (5, 1)),
    (take_stock, (4, 1)),
    (return_stock, (6, 2)),
]


@pytest.mark.parametrize(("move", "after"), MOVES)
def test_each_move_changes_its_own_counts(move: Callable[..., None], after: tuple[int, int]) -> None:
    collar = VariantFactory.create(on_hand=5, held=2)
    move(quantities={collar.pk: 1}, cause="order:1:move", now=NOW)
    assert counts(collar) == after


@pytest.mark.parametrize(("move", "after"), MOVES)
def test_a_cause_counts_once(move: Callable[..., None], after: tuple[int, int]) -> None:
    collar, lead = VariantFactory.create(on_hand=5, held=2), VariantFactory.create(on_hand=5, held=2)
    move(quantities={collar.pk: 1}, cause="order:1:move", now=NOW)
    with pytest.raises(StockAlreadyMoved):
        move(quantities={lead.pk: 1, collar.pk: 1}, cause="order:1:move", now=NOW)
    assert counts(collar) == after
    assert counts(lead) == (5, 2)
    assert len(moves()) == 1


@pytest.mark.parametrize("move", [release_stock, take_stock])
def test_nothing_leaves_that_was_not_held(move: Callable[..., None]) -> None:
    collar = VariantFactory.create(on_hand=5, held=1)
    with pytest.raises(UnableToMoveStock) as refusal:
        move(quantities={collar.pk: 2}, cause="order:1:move", now=NOW)
    assert refusal.value.variant_ids == {collar.pk}
    assert counts(collar) == (5, 1)
    assert moves() == []


def test_a_count_corrects_both_ways_but_not_below_what_is_held() -> None:
    collar = VariantFactory.create(on_hand=5, held=2)
    count_stock(variant_id=collar.pk, change=4, cause="count:1", now=NOW)
    count_stock(variant_id=collar.pk, change=-7, cause="count:2", now=NOW)
    assert counts(collar) == (2, 2)
    with pytest.raises(UnableToMoveStock):
        count_stock(variant_id=collar.pk, change=-1, cause="count:3", now=NOW)
    assert counts(collar) == (2, 2)
    assert moves() == [("count", 4, 0, "count:1"), ("count", -7, 0, "count:2")]


@pytest.mark.parametrize("units", [0, -1])
def test_a_move_of_no_units_is_refused(units: int) -> None:
    collar = VariantFactory.create(on_hand=5)
    with pytest.raises(ValueError, match="at least one unit"):
        hold_stock(quantities={collar.pk: units}, cause="order:1:hold", now=NOW)
    assert counts(collar) == (5, 0)


def test_a_move_without_a_cause_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a cause"):
        hold_stock(quantities={VariantFactory.create().pk: 1}, cause="", now=NOW)
    assert moves() == []


@pytest.mark.django_db(transaction=True)
def test_a_move_outside_a_transaction_is_refused() -> None:
    collar = VariantFactory.create(on_hand=5)
    with pytest.raises(TransactionManagementError):
        hold_stock(quantities={collar.pk: 1}, cause="order:1:hold", now=NOW)
    assert counts(collar) == (5, 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twelve_shoppers_race_for_five_units_and_five_get_one() -> None:
    collar, lead = VariantFactory.create(on_hand=5), VariantFactory.create(on_hand=50)
    start = threading.Barrier(12)
    served: list[int] = []
    refused: list[int] = []

    def shop(number: int) -> None:
        try:
            start.wait(timeout=10)
            with transaction.atomic():
                # Half of them name the variants the other way round: key order keeps them from a deadlock.
                pair = [collar.pk, lead.pk] if number % 2 else [lead.pk, collar.pk]
                hold_stock(quantities=dict.fromkeys(pair, 1), cause=f"order:{number}:hold", now=NOW)
            served.append(number)
        except SoldOut:
            refused.append(number)
        finally:
            connection.close()

    shoppers = [threading.Thread(target=shop, args=(number,)) for number in range(12)]
    for shopper in shoppers:
        shopper.start()
    for shopper in shoppers:
        shopper.join(timeout=30)
    assert (len(served), len(refused)) == (5, 7)
    assert counts(collar) == (5, 5)
    assert counts(lead) == (50, 5)
    assert StockMove.objects.count() == 10


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_six_retries_of_one_return_put_the_goods_back_once() -> None:
    collar = VariantFactory.create(on_hand=5)
    start = threading.Barrier(6)
    refused: list[str] = []

    def retry() -> None:
        try:
            start.wait(timeout=10)
            with transaction.atomic():
                return_stock(quantities={collar.pk: 2}, cause="return:7", now=NOW)
        except StockAlreadyMoved as error:
            refused.append(error.cause)
        finally:
            connection.close()

    workers = [threading.Thread(target=retry) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    assert refused == ["return:7"] * 5
    assert counts(collar) == (7, 0)
