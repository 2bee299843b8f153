"""Walking the audit log's chain from its first row to its end."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field

from django.db import transaction

from store.audit.chain import digest_of, head_seal, seal_of
from store.audit.models import HEAD_ID, AuditHead, AuditRow
from store.keyring import UnableToDecrypt


@dataclass
class Verdict:
    """What a walk found: a sentence for each fault, and the end, to be compared with an older note of it."""

    n: int = 0
    last: str = ""
    faults: list[str] = field(default_factory=list)


def verify_audit(*, expect: tuple[int, str] | None = None) -> Verdict:
    """Walk the whole chain and say what is wrong with it.

    `expect` is the end as it was noted down somewhere else earlier, (n, beginning of its seal): with it, a log that was put
    back to an older state as a whole is found out, too.
    """
    verdict = Verdict()
    head = _head()
    if head is None:
        if count := AuditRow.objects.count():
            verdict.faults.append(f"The end of the log is missing, and with it the key: {count} entries prove nothing.")
    else:
        # Without the lock: rows up to that end don't change, and nobody who works need wait for a long walk.
        _walk(head, verdict, expect)
        _look_behind_the_end(verdict)
    if expect is not None and expect[0] > verdict.n:
        verdict.faults.append(f"The log ends at entry {verdict.n}; it once had {expect[0]}.")
    return verdict


def _head() -> AuditHead | None:
    with transaction.atomic():
        return AuditHead.objects.select_for_update().filter(pk=HEAD_ID).first()


def _look_behind_the_end(verdict: Verdict) -> None:
    """Find rows that were put in behind the end. Under the lock, as others may be writing."""
    with transaction.atomic():
        head = AuditHead.objects.select_for_update().get(pk=HEAD_ID)
        if count := AuditRow.objects.filter(n__gt=head.n).count():
            verdict.faults.append(f"{count} entries stand behind the end of the log, entry {head.n}.")


def _walk(head: AuditHead, verdict: Verdict, expect: tuple[int, str] | None) -> None:
    key = base64.b64decode(head.chain_key)
    before = ""
    for row in AuditRow.objects.filter(n__lte=head.n).order_by("n").iterator(chunk_size=2000):
        if row.n != verdict.n + 1:
            missing = str(verdict.n + 1) if row.n == verdict.n + 2 else f"{verdict.n + 1} to {row.n - 1}"
            verdict.faults.append(f"Before entry {row.n}: {missing} removed.")
        # Where rows are missing, a row is judged by what it says itself; the gap is told already.
        elif not hmac.compare_digest(seal_of(row, key=key, before=before), row.seal):
            verdict.faults.append(f"Entry {row.n} was altered, or isn't where it was.")
        try:
            if not hmac.compare_digest(digest_of(row, key=key), row.digest):
                verdict.faults.append(f"Entry {row.n}: the address or the reason was altered.")
        except UnableToDecrypt as error:
            verdict.faults.append(f"Entry {row.n}: {error}")
        if expect is not None and row.n == expect[0] and not row.seal.startswith(expect[1]):
            verdict.faults.append(f"Entry {row.n} is not the one that was noted down.")
        before, verdict.n, verdict.last = row.seal, row.n, row.seal
    if not hmac.compare_digest(head_seal(head.n, head.last, key=key), head.seal) and (head.n or head.seal):
        verdict.faults.append("The end of the log was altered.")
    if (head.n, head.last) != (verdict.n, verdict.last):
        verdict.faults.append(f"The log ends at entry {verdict.n}, and should end at entry {head.n} with another seal.")
