"""The background thread: delivers webhooks and lets time pass. Started by `sandbox.wsgi`, one per process."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import DatabaseError, connection

from sandbox.ground import deliveries, switches
from sandbox.ground.models import Delivery

logger = logging.getLogger(__name__)

# How long nothing may happen before the worker looks by itself (retries fall due, sessions expire).
PAUSE_SECONDS = 0.5
AT_ONCE = 4

# What each company does when time passes: expire sessions, lapse authorisations. Filled by each AppConfig.
WHEN_TIME_PASSES: list[Callable[[], None]] = []

_in_flight = threading.Semaphore(AT_ONCE)


def let_time_pass() -> None:
    """Do what has fallen due at every company, now and in this thread."""
    for step in WHEN_TIME_PASSES:
        step()


def start_worker() -> None:
    """Start the one background thread of this process."""
    threading.Thread(target=_run, name="sandbox-worker", daemon=True).start()


@contextmanager
def no_delivery_in_flight(seconds: float) -> Iterator[None]:
    """Hold deliveries back, having waited at most this long for those under way: no old event overtakes a reset."""
    until = time.monotonic() + seconds
    held = 0
    while held < AT_ONCE and _in_flight.acquire(timeout=max(0.0, until - time.monotonic())):
        held += 1
    try:
        yield
    finally:
        for _ in range(held):
            _in_flight.release()


def _run() -> None:
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sandbox-delivery") as pool:
        while True:
            deliveries.something_is_due.wait(PAUSE_SECONDS)
            deliveries.something_is_due.clear()
            try:
                let_time_pass()
                _hand_out(pool)
            except DatabaseError:
                logger.exception("the worker could not use its database; trying again")
                connection.close()
                time.sleep(PAUSE_SECONDS)


def _hand_out(pool: ThreadPoolExecutor) -> None:
    set_to = switches.current()
    if set_to.webhook_mode != "automatic":
        return
    now = time.time()
    due = Delivery.objects.filter(state=Delivery.State.PENDING, due_at__lte=now).order_by("due_at", "pk")[:100]
    for delivery in deliveries.in_order(due, reorder=set_to.webhook_reorder):
        _in_flight.acquire()
        if deliveries.claim(delivery, now=time.time()):
            pool.submit(_send, delivery)
        else:
            _in_flight.release()


def _send(delivery: Delivery) -> None:
    try:
        deliveries.send(delivery)
    except Exception:
        logger.exception("delivery %s failed", delivery.pk)
    finally:
        _in_flight.release()
