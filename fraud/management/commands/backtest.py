"""Try a draft of the policy on past orders."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from fraud.backtest import MINUTES, Changed, Tally, past_assessments, run_backtest
from fraud.models import Policy
from fraud.rules import BY_CODE
from fraud.services.assess import current_policy

HEADS = ("order", "assessed", "total", "currency", "ended", "before", "points before", "after", "points after", "gift")


class Command(BaseCommand):
    help = (
        "Judge past orders anew by a draft of the policy and by the active version, with the facts of then, and say what "
        "would have been different. Changes nothing; safe to repeat. The admin does the same under Policies."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """A version here is one of the policy, not of Django."""
        return super().create_parser(prog_name, subcommand, **kwargs, conflict_handler="resolve")

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--draft", action="store_true", help="try the newest draft (the default)")
        which.add_argument("--version", type=int, dest="tried", help="try this version")
        parser.add_argument("--against", type=int, help="compare with this version (default: the active one)")
        parser.add_argument("--days", type=int, default=90, help="the orders of so many days (default: %(default)s)")
        parser.add_argument("--csv", type=Path, help="write every order that changes to this file")

    def handle(self, *args: Any, tried: int | None, against: int | None, days: int, **options: Any) -> None:
        now = timezone.now()
        if days < 1:
            raise CommandError("--days must be 1 or more. Nothing was judged.")
        policy = _version(tried) if tried else Policy.objects.filter(activated_at=None).order_by("-version").first()
        if policy is None:
            raise CommandError("There is no draft. Start one in the admin under Policies, or name a --version.")
        base = _version(against) if against else current_policy(now=now)
        since = now - timedelta(days=days)
        with ExitStack() as stack:
            total = past_assessments(since=since, until=now).count()
            bar = stack.enter_context(tqdm(total=total, unit=" orders", disable=None))
            write = stack.enter_context(options["csv"].open("w", newline="")) if options["csv"] else None
            rows = csv.writer(write) if write else None
            if rows:
                rows.writerow(HEADS)
            tally = run_backtest(
                base=base.values,
                tried=policy.values,
                since=since,
                until=now,
                on_progress=bar.update,
                on_change=lambda changed: rows and rows.writerow(_row(changed)),
            )
        self._tell(tally, base, policy, days)

    def _tell(self, tally: Tally, base: Policy, policy: Policy, days: int) -> None:
        if not tally.orders:
            self.stdout.write(f"No order of the last {days} days has facts to judge by ({tally.unreadable} without).")
            return
        bad, good = tally.endings["bad"], tally.endings["good"]
        self.stdout.write(
            f"{tally.orders:,} orders in {days} days: {bad:,} ended badly, {good:,} well, "
            f"{tally.endings['open']:,} neither; {tally.unreadable:,} more could not be read."
        )
        for name, one in (("before", base), ("after", policy)):
            side = tally.sides[name]
            calls = side["called"]
            self.stdout.write(
                f"  version {one.version:<4} calls {calls:>7,} ({calls / tally.orders:.1%}), {calls / days:.1f} a day, "
                f"{calls * MINUTES / days:.0f} minutes a day; bad caught {side['bad']:,}, missed {bad - side['bad']:,}; "
                f"good called {side['good']:,}, gifts among them {side['gifts']:,} of {tally.gifts:,}"
            )
        moved = tally.moved
        called, released = (sum(n for key, n in moved.items() if key.startswith(word)) for word in ("call ", "release "))
        self.stdout.write(f"  {called + released:,} orders change: {called:,} called anew, {released:,} no longer.")
        for code, hits in sorted(tally.rules.items(), key=lambda pair: -pair[1]["after"]):
            if hits["before"] != hits["after"]:
                title = BY_CODE[code].title if code in BY_CODE else code
                self.stdout.write(f"  {title}: {hits['before']:,} hits, then {hits['after']:,}")


def _version(number: int) -> Policy:
    policy = Policy.objects.filter(version=number).first()
    if policy is None:
        raise CommandError(f"There is no version {number} of the policy. Nothing was judged.")
    return policy


def _row(changed: Changed) -> tuple[object, ...]:
    return (
        changed.number,
        changed.assessed_at.isoformat(timespec="seconds"),
        changed.total.minor,
        changed.total.currency,
        changed.ending,
        changed.before.verdict,
        changed.before.points,
        changed.after.verdict,
        changed.after.points,
        "yes" if changed.is_gift else "no",
    )
