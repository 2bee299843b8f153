"""The nightly walk. The end of the log is noted in a file beside the erasure ledger, which is apart from the database.

So a log that was put back as a whole is found, too; a restore from a backup does the same, and is told once.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import structlog

from store.audit.verify import Verdict, verify_audit
from store.erasure import ledger_path
from store.jobs.schedules import record_run
from store.signals import audit_troubled

log = structlog.get_logger(__name__)


def note_path() -> Path:
    """Return the file with the end of the log as it was last night."""
    return ledger_path().with_name("audit-log.end")


def read_note() -> tuple[int, str] | None:
    """Return the end that was noted, if one was."""
    path = note_path()
    number, _, seal = path.read_text().strip().partition(":") if path.exists() else ("", "", "")
    return (int(number), seal) if number.isdigit() and seal else None


def verify_and_note(*, now: datetime) -> Verdict:
    """Walk the log, note its end, keep what was found as the schedule's report, and tell if it is broken."""
    verdict = verify_audit(expect=read_note())
    if verdict.n:
        note_path().parent.mkdir(parents=True, exist_ok=True)
        note_path().write_text(f"{verdict.n}:{verdict.last}\n")
    # In the log, too, which goes to where the database isn't.
    log.info("audit_log_walked", entries=verdict.n, end=verdict.last[:16], faults=len(verdict.faults))
    report = " ".join(verdict.faults) or f"{verdict.n} entries, whole."
    record_run("audit log", report=report, now=now, is_good=not verdict.faults)
    if verdict.faults:
        audit_troubled.send(sender=None, faults=verdict.faults, now=now)
    return verdict
