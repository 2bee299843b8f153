"""Kills real processes with SIGKILL in the middle of backups and restores, and says in which state they leave the shop.

    DATABASE_URL=… BACKUP_DIR=… python -m tests.store.backups.killing BACKUP

One process sets Django up and forks: each child does one thing with connections of its own, and dies at a stage or some
milliseconds after it began. Prints a list of [what, state of the shop, names of the backups, what is left lying about].
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import django

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WHILE_BACKING_UP = ("database", "media", "naming it")
WHILE_RESTORING = ("restoring the database", "putting it in place")
# How long the last step is let go on (seconds).
AND_A_LITTLE_LATER = (0.01,)


def in_child(work: Callable[[], object]) -> str:
    """Do something in a process of its own; give what it printed, or "killed"."""
    read, write = os.pipe()
    if not (child := os.fork()):
        os.write(write, json.dumps(work()).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return "killed"
    assert status == 0, status
    return str(json.loads(said))


def die_at(stage: str, after: float = 0.0) -> Callable[[str, int, int | None], None]:
    """Kill this process as soon as the stage begins, or a little later, whatever it does then."""

    def on_progress(reached: str, *_: object) -> None:
        if reached == stage:
            victim = os.getpid()
            if after and os.fork():
                return
            time.sleep(after)
            os.kill(victim, signal.SIGKILL)
            os._exit(0)

    return on_progress


def state() -> str:
    """Say whose shop it is, and whether its database is whole."""
    from django.db import connection

    from store.models import User

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchone() == ("ok",)
    connection.check_constraints()
    return ", ".join(user.email for user in User.objects.order_by("date_joined"))


def main(name: str) -> None:
    django.setup()
    from django.conf import settings

    from store.backups.make import run_backup
    from store.backups.restore import find_backup, restore_backup
    from store.backups.shelf import all_backups
    from store.models import User

    backup = find_backup(path=Path(settings.BACKUP_DIR) / name)

    def back_up(stage: str) -> str:
        return run_backup(NOW + timedelta(hours=1), on_progress=die_at(stage)).backup.name

    def restore(stage: str, after: float = 0.0) -> str:
        return restore_backup(backup, now=NOW, confirm="Ringback", on_progress=die_at(stage, after)).backup.name

    seen: list[tuple[str, str, str, list[str]]] = []

    def note(what: str, ended: str) -> None:
        seen.append((what, ended, in_child(state), [each.name for each in all_backups()]))

    note("now", in_child(lambda: str(User.objects.create_user("now@example.org", None))[:4]))
    for stage in WHILE_BACKING_UP:
        # A new picture each time, or there would be nothing to do for that stage.
        (Path(settings.MEDIA_ROOT) / f"{stage}.webp").write_text(stage)
        note(f"backup {stage}", in_child(partial(back_up, stage)))
    note("backup", in_child(partial(back_up, "never")))
    for stage in WHILE_RESTORING:
        note(f"restore {stage}", in_child(partial(restore, stage)))
    for after in AND_A_LITTLE_LATER:
        note(f"restore, {after} s into the last step", in_child(partial(restore, WHILE_RESTORING[-1], after)))
    note("restore", in_child(partial(restore, "never")))
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main(sys.argv[1])
