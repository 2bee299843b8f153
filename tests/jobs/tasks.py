"""Jobs that only tests have: one that a worker dies of, one that always fails, one that does its work."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from django.tasks import task


@task()
def write_line(path: str) -> None:
    """Do something that can be counted."""
    with Path(path).open("a") as file:
        file.write("done\n")


@task()
def hang_once(path: str) -> None:
    """Hang at the first try, so that the worker can be killed in the middle; end at once at the second."""
    mark = Path(path)
    if not mark.exists():
        mark.touch()
        time.sleep(60)


@task()
def poison(words: str) -> None:
    """Fail, whatever happens."""
    raise ValueError(words)


@task(queue_name="slow")
def slow_poison() -> None:
    """Fail in the other queue."""
    raise ValueError


@task(queue_name="slow")
def die_once(path: str) -> None:
    """Write down in whose process this runs; die of it at the first try, as one does who takes too much memory."""
    with Path(path).open("a") as file:
        file.write(f"{os.getpid()} ")
    if len(Path(path).read_text().split()) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
