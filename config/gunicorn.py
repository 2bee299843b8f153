"""How gunicorn serves the shop in the image: `gunicorn --config python:config.gunicorn config.wsgi`.

The shop is loaded and its settings are checked once, before the first fork: an unsafe setting stops the start, and what is
loaded is shared by all workers.
"""

from __future__ import annotations

import gc
import os
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

bind = "0.0.0.0:8000"  # of the container; the proxy is the only one who can reach it
workers = int(os.environ.get("WEB_CONCURRENCY") or "2")
preload_app = True
worker_tmp_dir = "/dev/shm"  # noqa: S108  # the heartbeat in memory: a worker must not stall on a slow disk
control_socket_disable = True
timeout = 30  # seconds; longer than any call to a gateway
graceful_timeout = 25  # seconds; what is being answered is finished
# A leak of any library ends with its worker; the jitter, so that not all begin anew at once.
max_requests = 5000
max_requests_jitter = 500
# One odd client must not hog a worker.
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
# Its own lines like all others: JSON, masked.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"masked": {"()": "store.logs.make_formatter", "as_json": True}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "masked"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},  # store.watch.requests writes them
    },
}

# Counters of the last run: its workers are gone.
if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    shutil.rmtree(folder, ignore_errors=True)
    Path(folder).mkdir(parents=True)


def when_ready(server: Any) -> None:  # noqa: ARG001  # gunicorn calls it so
    """Before the first fork: no worker may share another's connection, and none needs to copy what never changes."""
    from django.db import connections  # noqa: PLC0415  # not loaded when this file is read

    # What pages load when they first need it. Loaded here it is there once, for all of them.
    for name in ("zxcvbn", "stripe"):
        import_module(name)
    connections.close_all()
    gc.collect()
    gc.freeze()


def pre_fork(server: Any, worker: Any) -> None:
    """Give the new worker the lowest number that no living one has: its counters lie in a file of that number."""
    taken = {getattr(other, "place", None) for other in server.WORKERS.values()}
    place: Any = next(number for number in range(len(taken) + 1) if number not in taken)
    worker.place = place


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001  # gunicorn calls it so
    """In the worker: count under its number."""
    from store.watch.requests import count_as  # noqa: PLC0415  # not loaded when this file is read

    count_as(worker.place)
