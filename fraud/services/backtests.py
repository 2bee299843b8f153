"""Trying a policy on past orders in the background: start, run, stop. Nothing that is judged here changes any order."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from fraud.backtest import past_assessments, run_backtest
from fraud.models import Backtest, Policy
from fraud.models.backtests import SILENT, policy_as_json, policy_from_json
from fraud.services.assess import current_policy
from store.models import User

logger = logging.getLogger(__name__)

# Two years: more would say little of the thieves of today.
MOST_DAYS = 730
_UNDER_WAY = (Backtest.Status.WAITING, Backtest.Status.RUNNING)


class UnableToStartBacktest(Exception):
    """Nothing was started. `str(error)` says why and what to do."""


class _Stopped(Exception):
    """Somebody ended the run."""


def start_backtest(*, version: int, days: int, by: User | None, now: datetime) -> Backtest:
    """Have the worker try a version of the policy on the orders of so many days, set against the active one.

    One run at a time: each takes a processor for minutes. Raises UnableToStartBacktest.
    """
    from fraud.tasks import backtest  # noqa: PLC0415 - the task calls this module

    if not 1 <= days <= MOST_DAYS:
        raise UnableToStartBacktest(f"Days go from 1 to {MOST_DAYS}. Nothing was started.")
    base = current_policy(now=now)
    with transaction.atomic():
        # Whoever starts waits here for whoever is starting, so that two runs can't begin at one moment.
        Policy.objects.select_for_update().get(pk=base.pk)
        policy = Policy.objects.filter(version=version).first()
        if policy is None:
            raise UnableToStartBacktest(f"There is no version {version} any more. Nothing was started.")
        if Backtest.objects.filter(status__in=_UNDER_WAY, moved_at__gt=now - SILENT).exists():
            raise UnableToStartBacktest("Another version is being tried. Nothing was started; wait for it, or stop it.")
        row = Backtest.objects.create(
            version=policy.version,
            against=base.version,
            tried=policy_as_json(policy.values),
            base=policy_as_json(base.values),
            days=days,
            since=now - timedelta(days=days),
            until=now,
            created_by=by,
            created_at=now,
            moved_at=now,
        )
        backtest.enqueue(str(row.pk))
    return row


def stop_backtest(*, backtest_id: uuid.UUID, now: datetime) -> bool:
    """End a run that waits or goes on; False when there is none. It ends within a batch, and keeps no figures."""
    rows = Backtest.objects.filter(pk=backtest_id, status__in=_UNDER_WAY)
    return bool(rows.update(status=Backtest.Status.STOPPED, finished_at=now))


def carry_out_backtest(*, backtest_id: uuid.UUID, now: datetime) -> None:
    """Run it and keep what was counted. A run that a crash cut short begins anew; one that was ended does nothing."""
    row = Backtest.objects.filter(pk=backtest_id, status__in=_UNDER_WAY).first()
    if row is None:
        return
    total = past_assessments(since=row.since, until=row.until).count()
    mine = Backtest.objects.filter(pk=row.pk, status__in=_UNDER_WAY)
    if not mine.update(status=Backtest.Status.RUNNING, total=total, done=0, moved_at=now):
        return
    done = 0

    def progress(orders: int) -> None:
        nonlocal done
        done = min(done + orders, total)
        if not mine.update(done=done, moved_at=timezone.now()):  # the clock: minutes go by within this call
            raise _Stopped

    try:
        tally = run_backtest(
            base=policy_from_json(row.base),
            tried=policy_from_json(row.tried),
            since=row.since,
            until=row.until,
            on_progress=progress,
        )
    except _Stopped:
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, the page must tell of it
        # No traceback in the log: its values may show the customer's data.
        logger.error("Backtest %s failed: %s", row.pk, type(error).__name__)  # noqa: TRY400
        mine.update(status=Backtest.Status.FAILED, error=type(error).__name__, finished_at=timezone.now())
        return
    mine.update(status=Backtest.Status.DONE, done=total, result=tally.as_json(), finished_at=timezone.now())
