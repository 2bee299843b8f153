"""Many at once: threads that begin at the same moment, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def together(*steps: Callable[[], Any]) -> list[Any]:
    """Run all steps at the same moment, each in its own thread and connection; give what each returned or raised."""
    barrier = threading.Barrier(len(steps))
    ends: list[Any] = [None] * len(steps)

    def run(place: int, step: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(20)
            ends[place] = step()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            ends[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return ends


def is_waited_for() -> bool:
    """Whether another connection waits for the end of this one's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")
        return bool(cursor.fetchone()[0])
