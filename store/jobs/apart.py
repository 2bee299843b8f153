"""Slow jobs, each in a process of its own: what it took of memory goes with it, and what kills it kills nothing else.

A backup or a drill needs libraries and room that nothing else does, and Python gives little of either back. The process
begins from nothing, which takes a second or two: a fork would be quicker, but the worker has threads, and a process forked
before them, to fork from, costs 45 MB for as long as the worker lives.

    python -m store.jobs.apart WORKER_ID JOB_ID      does what that worker has claimed, and ends with whoever holds its stdin
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import Any

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)


def do_apart(worker_id: str, job_id: str) -> int:
    """Have a job done and wait for it; return its process' exit code, 0 if it noted on its row how it went."""
    command = [sys.executable, "-m", "store.jobs.apart", worker_id, job_id]
    # A session of its own: a Ctrl-C in a terminal is for the worker. The pipe closes with the worker, however that ends.
    ways: dict[str, Any] = {"cwd": settings.BASE_DIR, "stdin": subprocess.PIPE, "start_new_session": True}
    try:
        with subprocess.Popen(command, **ways) as process:  # noqa: S603 - our own program and two ids
            return process.wait()
    except OSError as error:  # no room for one more
        log.warning("no_process_for_job", error=error.strerror)
        time.sleep(1)
        return 1


def _end_with_worker() -> None:
    """End this process when the worker is gone: its job is given to others then, and nobody should do it twice at once."""
    os.read(0, 1)
    os._exit(1)


def main(worker_id: str, job_id: str) -> None:
    """Do the job, and note on its row how it went."""
    threading.Thread(target=_end_with_worker, daemon=True).start()
    import django  # noqa: PLC0415 - the thread first

    django.setup()
    from django_tasks_db.models import DBTaskResult  # noqa: PLC0415 - models want that

    from store.jobs.worker import loop  # noqa: PLC0415 - same

    loop(worker_id, queues=[], without=[], interval=0).run_task(DBTaskResult.objects.get(pk=job_id))


if __name__ == "__main__":
    main(*sys.argv[1:])
