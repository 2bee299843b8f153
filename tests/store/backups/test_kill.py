"""kill -9 in mid-backup and mid-restore leaves the live shop whole: real processes, real signals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from store.backups.shelf import Backup
from tests.store.backups.conftest import NOW
from tests.store.backups.killing import AND_A_LITTLE_LATER, WHILE_BACKING_UP, WHILE_RESTORING

THEN, BOTH = "ada.byron@example.com", "ada.byron@example.com, now@example.org"


@pytest.mark.django_db
def test_a_killed_process_leaves_the_shop_and_its_backups_whole(live: str, backup: Backup, settings: Settings) -> None:
    connection.close()
    Path(settings.MEDIA_ROOT).mkdir()
    environment = {
        **os.environ,
        "DATABASE_URL": live,
        "BACKUP_DIR": str(settings.BACKUP_DIR),
        "ERASURE_LEDGER": str(settings.ERASURE_LEDGER),
        "VAR_DIR": str(Path(settings.MEDIA_ROOT).parent),
    }
    run = subprocess.run(
        [sys.executable, "-m", "tests.store.backups.killing", backup.name],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        timeout=120,
    )
    seen = [(what, ended, state, names) for what, ended, state, names in json.loads(run.stdout)]
    before, after = [backup.name], [backup.name, "20261122T130000Z"]
    assert backup.manifest.at == NOW

    expected = [("now", "User", BOTH, before)]
    expected += [(f"backup {stage}", "killed", BOTH, before) for stage in WHILE_BACKING_UP]
    expected += [("backup", after[1], BOTH, after)]
    expected += [(f"restore {stage}", "killed", BOTH, after) for stage in WHILE_RESTORING]
    assert seen[: len(expected)] == expected
    # In the last step one moment decides: the shop is wholly the one of now or wholly the one of then.
    late = seen[len(expected) : -1]
    assert len(late) == len(AND_A_LITTLE_LATER)
    assert {state for _, _, state, _ in late} <= {BOTH, THEN}
    assert seen[-1] == ("restore", backup.name, THEN, after)
    assert list(settings.BACKUP_DIR.glob(".unfinished*")) == []
