"""Doing the steps that are not done yet, one after the other, with the time each took."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from checkout.recovery.asking import take_up_gateway_secrets
from checkout.recovery.steps import STEPS, Run
from store.backups.keys import backup_keys
from store.faults import fault_point
from store.recovery.secrets import FIELD_KEYS, SECRET_KEY, SecretFiles, take_up
from store.recovery.state import Recovery, UnableToRecover, load, put_away, save


def begin_or_go_on(*, before: datetime | None, again: bool, now: datetime) -> Recovery:
    """Return the recovery that is under way, or a new one. Raises `UnableToRecover` if the last one is finished."""
    recovery = load()
    if recovery is not None and recovery.finished_at is not None and STEPS[-1].name in recovery.done:
        if not again:
            raise UnableToRecover(
                f"The recovery begun at {recovery.started_at:%Y-%m-%d %H:%M} UTC was finished at "
                f"{recovery.finished_at:%Y-%m-%d %H:%M} UTC. Nothing was done. After another break-in, say --again."
            )
        put_away(recovery)
        recovery = None
    if recovery is None:
        recovery = Recovery(started_at=now.replace(microsecond=0), before=before)
        save(recovery)
    elif before is not None and before != recovery.before:
        if "restore" in recovery.done:
            raise UnableToRecover(
                "Another moment was named than the run before had, and its backup is restored already. Nothing was done. "
                "Run this again without --before."
            )
        recovery.before, recovery.backup = before, ""
        recovery.done.pop("choose", None)
        save(recovery)
    return recovery


def run_recovery(run: Run, *, say: Callable[[str], object]) -> float:
    """Do what is left to do, telling of each step; return the seconds of all, those of runs before included.

    Raises `UnableToRecover`: the shop stays closed, and running it again goes on with the step that failed.
    """
    recovery = run.recovery
    _check_at_hand(run.files)
    _take_up(recovery, run.files)
    for number, step in enumerate(STEPS, start=1):
        head = f"{number:>2}/{len(STEPS)} {step.what}"
        if step.name in recovery.done:
            say(f"{head}: done before, in {_minutes(recovery.done[step.name])}")
            continue
        fault_point(f"recover.{step.name}.before")
        started = time.perf_counter()
        try:
            said = step.do(run)
        except (DatabaseError, ImproperlyConfigured, OSError) as error:
            raise UnableToRecover(
                f"Could not {step.what}: {str(error).strip()} The shop stays closed. Mend that, then run this again."
            ) from error
        fault_point(f"recover.{step.name}.after")
        recovery.done[step.name] = round(time.perf_counter() - started, 3)
        save(recovery)
        say(f"{head}: {_minutes(recovery.done[step.name])}. {said}")
    return sum(recovery.done.values())


def _check_at_hand(files: SecretFiles) -> None:
    """Raise `UnableToRecover` before anything is done, if it could not be done to the end."""
    try:
        backup_keys()
    except ImproperlyConfigured as error:
        raise UnableToRecover(f"{error} Nothing was done.") from None
    for name in (SECRET_KEY, FIELD_KEYS):
        files.path(name)


def _take_up(recovery: Recovery, files: SecretFiles) -> None:
    """Go on with the keys that a run before has made: the files may be newer than what this process was started with."""
    if SECRET_KEY in recovery.renewed:
        take_up(files)
        take_up_gateway_secrets(recovery, files)


def _minutes(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.1f} min"
