"""The switch: from a shop that was broken into to an open one."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from checkout.recovery.asking import wanted_secrets
from checkout.recovery.choosing import candidates
from checkout.recovery.run import begin_or_go_on, run_recovery
from checkout.recovery.steps import STEPS, Run
from store.backups.runs import last_run
from store.management.progress import stages
from store.models import BackupRun
from store.recovery.accounts import owner_links
from store.recovery.secrets import SecretFiles
from store.recovery.state import Recovery, UnableToRecover, only_recovery
from store.staff.invitations import PRINTED_FOR


class Command(BaseCommand):
    help = (
        "After a break-in: closes the shop, keeps evidence, restores a backup from before, ends every session, password of "
        "staff and key, gives every payment made since its order, checks, and opens. Killed or stopped by a fault, run it "
        "again: it goes on. Change the keys at the payment companies first; this asks for the new ones. docs/ops-recover.md "
        "tells the order of things."
    )
    requires_system_checks: tuple[str, ...] = ()  # they may want the very database that was spoilt

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the moment, the files, and how sure."""
        parser.add_argument("--before", metavar="TIME", default="", help="of the break-in, as 2026-11-22T03:00Z")
        parser.add_argument("--backup", metavar="FOLDER", default="", help="this backup, wherever it is")
        parser.add_argument("--secrets", metavar="FOLDER", default="", help="the folder of secrets, mounted for writing")
        parser.add_argument(
            "--secret",
            metavar="NAME=FILE",
            action="append",
            default=[],
            help="a file with a new secret, as STRIPE_API_KEY=new-key.txt; what isn't named is asked for",
        )
        parser.add_argument(
            "--logs", metavar="PATH", action="append", default=[], help="a log, or a folder, for the evidence"
        )
        parser.add_argument("--most-erased", metavar="N", type=int, default=25, help="people to erase again without asking")
        parser.add_argument("--confirm", metavar="NAME", default="", help="the shop's name; else it is asked for")
        parser.add_argument("--again", action="store_true", help="another break-in: the last recovery is finished")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Recover, tell the minutes, and print the owners' links."""
        try:
            if options["dry_run"]:
                self._foretell(options)
                return
            with only_recovery():
                self._recover(options)
        except UnableToRecover as error:
            raise CommandError(str(error)) from None

    def _recover(self, options: dict[str, Any]) -> None:
        new = {name: Path(path) for name, _, path in (given.partition("=") for given in options["secret"])}
        before = _moment(options["before"])
        self._confirm(options["confirm"])
        recovery = begin_or_go_on(before=before, again=options["again"], now=timezone.now())
        with stages() as on_progress:
            run = Run(
                recovery=recovery,
                files=SecretFiles(Path(options["secrets"]) if options["secrets"] else None),
                ask=lambda name, where: self._ask(name, where, new),
                logs=[Path(path) for path in options["logs"]],
                backup=Path(options["backup"]) if options["backup"] else None,
                most_erased=options["most_erased"],
                on_progress=on_progress,
            )
            seconds = run_recovery(run, say=self.stdout.write)
        self._print_end(recovery, seconds)

    def _confirm(self, given: str) -> None:
        if given != settings.SHOP_NAME:
            question = f'This closes the shop and replaces its database. Type its name, "{settings.SHOP_NAME}": '
            if not sys.stdin.isatty() or input(question).strip() != settings.SHOP_NAME:
                raise UnableToRecover(f'Nothing was done. To recover, add --confirm "{settings.SHOP_NAME}".')

    def _ask(self, name: str, where: str, given: dict[str, Path]) -> str:
        if name in given:
            try:
                return given[name].read_text().strip()
            except OSError as error:
                raise UnableToRecover(f"{given[name]} can't be read: {error.strerror}. {name} was not changed.") from None
        if not sys.stdin.isatty():
            raise UnableToRecover(
                f"A new {name} is needed and nobody can be asked. The shop stays closed. Change it first ({where}); then "
                f"run this again at a terminal, or with --secret {name}=FILE."
            )
        self.stdout.write(f"{where}.")
        return getpass(f"New {name} (it is not shown): ")

    def _foretell(self, options: dict[str, Any]) -> None:
        self.stdout.write("Nothing is done now. `recover` would:")
        for number, step in enumerate(STEPS, start=1):
            self.stdout.write(f"  {number:>2}. {step.what}")
        backup = candidates(before=_moment(options["before"]), path=Path(options["backup"]) if options["backup"] else None)[
            0
        ]
        age = timezone.now() - backup.manifest.at
        self.stdout.write(
            f"It would go back to {backup.name} ({age.total_seconds() / 60:,.0f} minutes old, "
            f"{backup.manifest.total_rows:,} rows), or, should that be damaged, to the one before."
        )
        self.stdout.write(f"It would ask for: {', '.join(wanted_secrets()) or 'no secret: no payment company is on'}.")
        try:
            drill = last_run(BackupRun.Kind.DRILL, is_good=True)
        except DatabaseError:
            drill = None
        if drill is None:
            self.stdout.write("No drill is known to have gone well, so nobody knows how long it takes.")
        else:
            self.stdout.write(
                f"The last drill, {drill.at:%Y-%m-%d}, had {drill.backup} back in {drill.seconds / 60:.1f} minutes."
            )

    def _print_end(self, recovery: Recovery, seconds: float) -> None:
        self.stdout.write(f"\nRecovered in {seconds / 60:.1f} minutes.")
        for number, what in enumerate(recovery.told, start=1):
            self.stdout.write(f"  {number}. {what}")
        links = owner_links(now=timezone.now())
        minutes = int(PRINTED_FOR.total_seconds() // 60)
        self.stdout.write(
            "\nStart web server, worker and scheduler anew, so that they read the new secrets: until then they stay closed. "
            f"Then\neach owner opens their link, within {minutes} minutes; `create_owner EMAIL` prints another. They invite "
            "the others of the staff anew."
        )
        for owner, link in links:
            self.stdout.write(f"  {owner.email}: {link}")
        if not links:
            self.stdout.write("  There is no owner who needs one: `create_owner EMAIL --another` makes one.")


def _moment(text: str) -> Any:
    if not text:
        return None
    try:
        moment = parse_datetime(text.replace(" ", "T", 1))
    except ValueError:
        moment = None
    if moment is None:
        raise UnableToRecover(f"{text!r} is no time like 2026-11-22T03:00Z. Nothing was done.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
