"""What probes ask: whether the process lives, whether it can work, and the figures for Prometheus."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from store.watch.facts import Fact, recent_facts
from store.watch.ground import NO_ROOM
from store.watch.metrics import CONTENT_TYPE, print_metrics

# Without these no page can be right; whoever balances the load should ask another. The rest is told and served all the same.
_NEEDED: Final = {"migrations_pending", "keys_wrong"}
_TOLD: Final = {
    "migrations_pending": "migrations",
    "keys_wrong": "keys",
    "job_oldest_seconds": "queue",
    "disk_free_bytes": "disk",
}


@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """The process can do its work: 503 without database, schema, keys, or SQLite's room. What else is told, with 200."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "not ready", "database": "no answer"}, status=503)
    told, is_ready = {"database": "ok"}, True
    for fact in recent_facts(now=timezone.now()):
        is_ready = is_ready and not _stops(fact)
        name = "sweep" if fact.labels.get("schedule") == "sweep" else _TOLD.get(fact.name)
        if fact.name == "untold":
            told[f"untold {fact.labels['by']}"] = fact.trouble
        elif name and (fact.trouble or name not in told):
            told[name] = fact.trouble or "ok"
    status = "ready" if all(value == "ok" for value in told.values()) else "ready, with trouble" if is_ready else "not ready"
    return JsonResponse({"status": status, **told}, status=200 if is_ready else 503)


def _stops(fact: Fact) -> bool:
    # A full disk of pictures or backups stops neither pages nor orders; where the database is a file beside them it does.
    if fact.name == "disk_free_bytes":
        return connection.vendor == "sqlite" and fact.value is not None and fact.value < NO_ROOM
    return fact.name in _NEEDED and bool(fact.trouble)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures for Prometheus; to anybody else it looks as if there were none."""
    if not _may_read(request):
        return HttpResponse("Not found\n", status=404, content_type="text/plain")
    return HttpResponse(print_metrics(now=timezone.now()), content_type=CONTENT_TYPE)


_BEARER: Final = re.compile(r"Bearer ([\x21-\x7e]{1,200})", re.IGNORECASE)


def _may_read(request: HttpRequest) -> bool:
    """Whoever shows `METRICS_TOKEN`, or asks from `METRICS_NETWORKS` by no proxy: that is inside, its visitors aren't."""
    shown = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if shown and settings.METRICS_TOKEN and constant_time_compare(shown[1], settings.METRICS_TOKEN):
        return True
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        peer = ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return False
    return any(peer in ipaddress.ip_network(network) for network in settings.METRICS_NETWORKS)
