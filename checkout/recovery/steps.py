"""The steps of `recover`, in their order. Each may be killed at any point and is then done again from its beginning."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from checkout.recovery.asking import Ask, note_former_secrets, renew_gateway_secrets
from checkout.recovery.choosing import choose_backup
from checkout.recovery.payments import MARGIN, rebuild_orders, without_order
from store.audit import record
from store.audit.verify import verify_audit
from store.backups.databases import connect, default_settings, standing_in
from store.backups.drill import UnableToDrill, check_data
from store.backups.engines import Settings, UnableToUseDatabase, engine_of
from store.backups.make import UnableToBackUp, run_backup
from store.backups.restore import UnableToRestore, find_backup, known_erasures, restore_backup
from store.backups.shelf import AnotherRunIsOn
from store.backups.streams import OnProgress
from store.erasure import Entry, ledger_entries, replay_erasures
from store.maintenance import close_shop, open_shop
from store.models import BackupRun
from store.recovery.accounts import lock_out_everybody
from store.recovery.evidence import place_of, take_evidence
from store.recovery.keys import kids_of, replace_field_keys
from store.recovery.secrets import SECRET_KEY, SecretFiles, check_files, renew_secret_key
from store.recovery.state import Recovery, UnableToRecover, save


@dataclass(frozen=True)
class Run:
    """What a step needs."""

    recovery: Recovery
    files: SecretFiles
    ask: Ask
    logs: Sequence[Path] = ()
    backup: Path | None = None
    most_erased: int = 25
    on_progress: OnProgress = field(default=lambda *_: None)

    def save(self) -> None:
        """Write down how far it is."""
        save(self.recovery)


def close(run: Run) -> str:
    """Close the shop to everybody, and end what others have open of its database."""
    close_shop(why=f"recover, since {run.recovery.started_at.isoformat(timespec='seconds')}")
    ended = 0
    target = default_settings()
    with suppress(UnableToUseDatabase):  # it may be gone altogether
        ended = engine_of(target).end_others(target)
    return f"Every page and webhook is answered with 503; {ended} connections to the database were ended."


def take_up_evidence(run: Run) -> str:
    """Keep what was found, before anything of it is changed."""
    troubles = take_evidence(run.recovery, logs=run.logs, now=timezone.now(), on_progress=run.on_progress)
    for trouble in troubles:
        run.recovery.tell(trouble)
    return f"{place_of(run.recovery)}, sealed with BACKUP_KEY. {' '.join(troubles)}".strip()


def renew_secrets(run: Run) -> str:
    """Change SECRET_KEY, and ask for the gateways' secrets."""
    recovery, files = run.recovery, run.files
    if not recovery.former_kids:
        check_files(files)
        note_former_secrets(recovery)
        recovery.former_kids = kids_of(settings.FIELD_KEYS)
        run.save()
    if SECRET_KEY not in recovery.renewed:
        renew_secret_key(files)
        recovery.renewed.append(SECRET_KEY)
        run.save()
    names = renew_gateway_secrets(recovery, files, ask=run.ask, save=run.save, now=timezone.now())
    return f"{', '.join([SECRET_KEY, *names])} are new, and the gateways take theirs."


def choose(run: Run) -> str:
    """Find the newest backup from before that is whole and fits."""
    backup, passed_over = choose_backup(before=run.recovery.before, path=run.backup, on_progress=run.on_progress)
    run.recovery.backup, run.recovery.backup_at = str(backup.folder), backup.manifest.at
    for why in passed_over:
        run.recovery.tell(why)
    return f"{backup.name}, of {backup.manifest.at.isoformat(timespec='seconds')}: {backup.manifest.total_rows:,} rows."


def restore(run: Run) -> str:
    """Put the backup in the place of the database, and keep that one beside."""
    recovery = run.recovery
    if _is_restored(recovery):
        return "It was put in place by the run before."
    target = default_settings()
    try:
        backup = find_backup(path=Path(recovery.backup))
        erasures = _believed(known_erasures(backup), run)
        engine_of(target).end_others(target)
        restored = restore_backup(
            backup,
            now=recovery.started_at,
            confirm=settings.SHOP_NAME,
            erasures=erasures,
            prepare=lambda: _mark(recovery),
            on_progress=run.on_progress,
        )
    except (UnableToRestore, UnableToUseDatabase) as error:
        raise UnableToRecover(f"{error} The shop stays closed. Mend that, then run this again.") from None
    if restored.kept_as:
        recovery.tell(
            f"The database of before is kept: {restored.kept_as}. Delete it when the evidence is in safe hands: its values "
            "open with the former FIELD_KEYS."
        )
    return f"{restored.media_written} pictures written anew; {restored.readied.erased_again} rows of people erased since."


def lock_out(run: Run) -> str:  # noqa: ARG001 - all steps are called alike
    """End every session and link, and what staff prove themselves with."""
    locked = lock_out_everybody(now=timezone.now())
    return f"Every session, link and sign-up ended; {locked.staff} of the staff choose a new password and second factor."


def fetch_payments(run: Run) -> str:
    """Give every payment made since the backup its order."""
    rebuilt = rebuild_orders(since=_since(run), now=timezone.now(), database=former_database(run.recovery))
    for trouble in rebuilt.troubles:
        run.recovery.tell(trouble)
    if numbers := [*rebuilt.put_back, *rebuilt.built_anew]:
        run.recovery.tell(f"Rebuilt and stopped, for a person to look at: {', '.join(numbers[:20])} (see Alerts).")
    return str(rebuilt)


def erase_again(run: Run) -> str:
    """Erase whom was erased since the backup, in what was rebuilt as well."""
    since = _since(run)
    erased = replay_erasures([entry for entry in ledger_entries() if entry.at >= since], known_too=True)
    return f"{erased.total} rows looked at and blank."


def rotate_keys(run: Run) -> str:
    """Encrypt every value with a new key, and forget the others."""
    done = 0

    def note(rows: int) -> None:
        nonlocal done
        done += rows
        run.on_progress("rows re-encrypted", done, None)

    rows = replace_field_keys(run.recovery, run.files, on_progress=note)
    run.recovery.tell(
        f"Copy FIELD_KEYS now ({run.files.path('FIELD_KEYS')}) to where neither this server nor its backups are. Backups "
        "from before still need the former keys: they are in the evidence (keys.age), and in your copy."
    )
    return f"{rows} rows re-encrypted; {run.recovery.new_kid} is the only key now."


def check(run: Run) -> str:
    """Look at all of it: data, money, audit log; then make the first backup of the shop as it is."""
    faults = verify_audit().faults
    try:
        values, checks = check_data(on_progress=run.on_progress)
        if missing := without_order(since=_since(run), until=timezone.now()):
            faults.append(f"Without an order: {', '.join(missing[:10])}.")
        if faults:
            raise UnableToRecover(
                f"{' '.join(faults)} The shop stays closed. Mend what is named and run this again, or open it all the same "
                "with `manage.py maintenance off`."
            )
        made = run_backup(timezone.now(), on_progress=run.on_progress)
        for problem in _doctor():
            run.recovery.tell(f"doctor says BAD: {problem}")
    except (UnableToDrill, UnableToBackUp, AnotherRunIsOn) as error:
        raise UnableToRecover(f"{error} The shop stays closed. Mend that, then run this again.") from None
    return (
        f"{values} values opened, {checks} checks of money; audit log whole; each payment has an order; {made.backup.name}."
    )


def open_up(run: Run) -> str:
    """Write down what was done, and open."""
    if run.recovery.finished_at is None:
        record(actor=None, action="shop.recovered", now=timezone.now())
        run.recovery.finished_at = timezone.now()
        run.save()
    open_shop(has_new_keys=True)
    return "The shop is open to processes that begin from now on."


@dataclass(frozen=True)
class Step:
    """One of them: its name in the state, what is said of it, and what it does. That returns what came of it, in words."""

    name: str
    what: str
    do: Callable[[Run], str]


STEPS: Final = (
    Step("close", "close the shop", close),
    Step("evidence", "keep the evidence", take_up_evidence),
    Step("secrets", "change the secrets", renew_secrets),
    Step("choose", "choose a backup", choose),
    Step("restore", "restore it", restore),
    Step("accounts", "lock everybody out", lock_out),
    Step("payments", "fetch payments, rebuild orders", fetch_payments),
    Step("erasures", "erase again who was erased", erase_again),
    Step("keys", "change the field key", rotate_keys),
    Step("check", "check everything", check),
    Step("open", "open the shop", open_up),
)


def former_database(recovery: Recovery) -> Settings | None:
    """Return the database that was broken into, where the restore has kept it."""
    target = default_settings()
    return engine_of(target).kept(target, stamp=recovery.stamp)


def _doctor() -> list[str]:
    """Return what `doctor` finds bad, people left out: that staff have no password now is meant."""
    out = StringIO()
    with suppress(SystemExit):
        call_command("doctor", json=True, stdout=out)
    sections = json.loads(out.getvalue())["sections"]
    return [line["what"] for name, lines in sections.items() if name != "People" for line in lines if line["good"] is False]


def _since(run: Run) -> datetime:
    return (run.recovery.backup_at or run.recovery.started_at) - MARGIN


def _mark(recovery: Recovery) -> None:
    """Leave in the new database what only this recovery knows: a run that was killed is told by it that all was done."""
    BackupRun.objects.create(
        kind=BackupRun.Kind.RESTORE, at=timezone.now(), seconds=0, is_good=True, message=f"recovery {recovery.id}"
    )


def _is_restored(recovery: Recovery) -> bool:
    try:
        with standing_in(connect(default_settings())):
            return BackupRun.objects.filter(message=f"recovery {recovery.id}").exists()
    except Exception:  # noqa: BLE001 - whatever is wrong with the database, it is not the restored one
        return False
    finally:
        connection.close()


def _believed(entries: list[Entry], run: Run) -> list[Entry]:
    """Refuse a flood of erasures: whoever broke in may have written them, to have the backup's customers erased by us."""
    since = _since(run)
    people = len({entry.digest for entry in entries if entry.at >= since})
    if people > run.most_erased:
        raise UnableToRecover(
            f"{people} people were erased since the backup, says the ledger or the database that was broken into: so many "
            "may be the work of whoever broke in. Nobody was erased again, and nothing was restored. Look at "
            f"{settings.ERASURE_LEDGER}; if it is right, run this again with --most-erased {people}."
        )
    return entries
