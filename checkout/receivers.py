"""What checkout does when the store speaks."""

from __future__ import annotations

from datetime import datetime

from checkout.models import Alert


def tell_of_parked_job(*, task: str, tries: int, now: datetime, **_: object) -> None:
    """Tell the staff that a job was given up: once a day for each kind of job."""
    alert = Alert(
        cause=f"job:{task}:{now:%Y-%m-%d}"[:120],
        message=f"The job {task} failed {tries} times and was given up. Its error is under Jobs; mend the cause, then have "
        "it tried again there.",
        raised_at=now,
    )
    Alert.objects.bulk_create([alert], ignore_conflicts=True)


def tell_of_backups(*, problems: list[str], now: datetime, **_: object) -> None:
    """Tell the staff what is wrong with the backups: once a day."""
    alert = Alert(cause=f"backups:{now:%Y-%m-%d}", message=" ".join(problems), raised_at=now)
    Alert.objects.bulk_create([alert], ignore_conflicts=True)


def tell_of_audit_log(*, faults: list[str], now: datetime, **_: object) -> None:
    """Tell the staff that the audit log can't be believed: once a day."""
    message = f"The audit log can't be believed: {' '.join(faults)[:300]} Run verify_audit, and keep this database as it is."
    alert = Alert(cause=f"audit:{now:%Y-%m-%d}", message=message, raised_at=now)
    Alert.objects.bulk_create([alert], ignore_conflicts=True)
