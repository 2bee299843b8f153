"""Compare the gateway's books with ours."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from tqdm import tqdm

from checkout.services.reconcile import LOOK_BACK, reconcile_payments


class Command(BaseCommand):
    help = (
        "Compare every authorisation, capture, void, refund and dispute at the gateway with our ledger, both ways. Settles "
        "what can be settled; the rest is under Differences in the admin. Runs every night by itself; safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", help="from this day or moment on, as 2026-11-01 or 2026-11-01T12:00+00:00")
        parser.add_argument("--until", help="up to this day or moment (default: now)")
        parser.add_argument("--days", type=int, default=LOOK_BACK.days, help="so many days back (default: %(default)s)")

    def handle(self, *args: Any, since: str | None, until: str | None, days: int, **options: Any) -> None:
        now = timezone.now()
        end = _moment(until) if until else now
        begin = _moment(since) if since else end - timedelta(days=days)
        if begin >= end:
            raise CommandError("--since must be before --until. Nothing was compared.")
        with tqdm(unit=" lines", disable=None) as bar:
            result = reconcile_payments(since=begin, until=end, now=now, on_progress=bar.update)
        self.stdout.write(str(result))
        if result.unread:
            raise CommandError(
                "Not everything was compared. What was read is settled; run it again when the gateway answers."
            )


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text) or datetime.combine(parse_date(text) or _no_date(text), datetime.min.time())
    except ValueError:
        moment = _no_date(text)
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _no_date(text: str) -> datetime:
    raise CommandError(f"{text} is no date. Write it as 2026-11-01. Nothing was compared.")
