"""Prints what the shop can show about its own safety."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import django
from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from store.backups.bucket import UnableToReachBucket
from store.backups.health import backup_problems
from store.backups.runs import last_run
from store.backups.shelf import newest
from store.evidence import SAQ_A, By
from store.keycheck import FIELD_PREFIX, INDEX, OTHER_INDEX, compare, given_fingerprints
from store.models import BackupRun, Erasure, KeyCheck, User
from store.registry import encrypted_fields, readable_personal_columns, unregistered_columns
from store.reindexing import sample_stale
from store.rotation import rows_per_kid
from store.scan import last_scan
from store.staff.factors import has_factor, is_factor_needed

_OLD_SCAN: Final = 30  # days
Line = tuple[str, bool | None]  # what, and whether it is good; None: it is only said


class Command(BaseCommand):
    help = (
        "Prints, dated, what of PCI DSS SAQ A the shop enforces, evidences or leaves to the merchant, its keys by "
        "fingerprint and age, the last card scan and the state of personal data. Exit code 1 if something is wrong."
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form."""
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report."""
        now = timezone.now()
        sections = {
            "Settings": list(self._settings()),
            "Keys": list(self._keys()),
            "Personal data": list(self._personal_data()),
            "People": list(self._people()),
            "Card numbers": list(self._cards()),
            "Backups": list(self._backups()),
        }
        bad = sum(good is False for lines in sections.values() for _, good in lines)
        if options["json"]:
            report = {
                "at": now.isoformat(),
                "sections": {
                    name: [{"what": what, "good": good} for what, good in lines] for name, lines in sections.items()
                },
                "saq_a": [{"number": r.number, "text": r.text, "by": r.by, "how": r.how} for r in SAQ_A],
                "problems": bad,
            }
            self.stdout.write(json.dumps(report, indent=2))
        else:
            self._print(now.isoformat(timespec="seconds"), sections)
            self.stdout.write(f"\n{bad} problem{'s' if bad > 1 else ''}: see BAD above." if bad else "\nNo problems.")
        if bad:
            sys.exit(1)

    def _print(self, at: str, sections: dict[str, list[Line]]) -> None:
        self.stdout.write(f"{settings.SHOP_NAME}, {at}, Django {django.get_version()}")
        for name, lines in sections.items():
            self.stdout.write(f"\n{name}")
            for what, good in lines:
                mark = {True: "ok  ", False: "BAD ", None: "    "}[good]
                self.stdout.write(f"  {mark}{what}")
        counts = Counter(requirement.by for requirement in SAQ_A)
        self.stdout.write(
            f"\nPCI DSS 4.0.1 SAQ A, {len(SAQ_A)} requirements: the shop enforces {counts[By.ENFORCED]}, has evidence for "
            f"{counts[By.EVIDENCE]}, and leaves {counts[By.MERCHANT]} to the merchant"
        )
        for requirement in SAQ_A:
            self.stdout.write(f"  {requirement.number:9}{requirement.by:9} {requirement.text}: {requirement.how}")

    def _settings(self) -> Iterator[Line]:
        yield "DEBUG is off", not settings.DEBUG
        yield "every page is sent by HTTPS only", bool(settings.SECURE_SSL_REDIRECT and settings.SESSION_COOKIE_SECURE)
        problems = [message for message in checks.run_checks(include_deployment_checks=True) if not message.is_silenced()]
        yield f"system checks: {len(problems)} remarks", not problems
        for message in problems:
            yield f"  {message.id}: {message.msg}", None
        for name in getattr(settings, "PAYMENT_GATEWAYS", {}):
            yield f"payment gateway: {name}", None

    def _keys(self) -> Iterator[Line]:
        try:
            given = given_fingerprints()
            known = {check.name: check for check in KeyCheck.objects.all()}
        except (ImproperlyConfigured, DatabaseError) as error:
            yield str(error), False
            return
        for problem in compare({name: check.fingerprint for name, check in known.items()}, given):
            yield problem, False
        writer = next(iter(given))
        for name, fingerprint in given.items():
            check = known.get(name)
            age = f"in use for {(timezone.now() - check.since).days} days" if check else "new to this database"
            if name.startswith(OTHER_INDEX):
                yield f"index key, too: fingerprint {fingerprint}: it is being changed (`rotate_keys --index`)", None
                continue
            role = "index key" if name == INDEX else f"field key {name.removeprefix(FIELD_PREFIX)!r}"
            yield f"{role}: fingerprint {fingerprint}, {age}{', writes' if name == writer else ''}", None
        for place, counts in rows_per_kid().items():
            stale = sum(count for kid, count in counts.items() if f"{FIELD_PREFIX}{kid}" != writer)
            if counts["?"]:
                yield f"{place}: {counts['?']} values are not ciphertext", False
            if stale - counts["?"]:
                yield f"{place}: {stale - counts['?']} values carry an older key (`rotate_keys`)", None
        for place, count in sample_stale().stale.items():
            yield f"{place}: {count} of the first rows have an index made the old way (`rotate_keys --index`)", None

    def _personal_data(self) -> Iterator[Line]:
        readable, missing = readable_personal_columns(), unregistered_columns()
        yield f"unencrypted personal columns: {len(readable)} {' '.join(readable)}".rstrip(), not readable
        yield f"text columns that nobody judged: {len(missing)} {' '.join(missing)}".rstrip(), not missing
        yield f"encrypted columns: {sum(1 for _ in encrypted_fields())} in {len(apps.get_models())} tables", None
        yield f"people erased: {Erasure.objects.count()}", None

    def _people(self) -> Iterator[Line]:
        staff = User.objects.filter(is_staff=True, is_active=True)
        weak = [str(user) for user in staff.filter(has_staff_password=False)]
        if not staff.exists():
            yield "staff: nobody can use the staff pages yet (`create_owner`)", None
            return
        yield f"staff: {staff.count()}, of whom {staff.filter(is_superuser=True).count()} may do everything", None
        without = [str(user) for user in staff if not has_factor(user)]
        needed = is_factor_needed()
        yield (
            f"staff who have no second factor yet, and so get nowhere: {len(without)} {' '.join(without)}".rstrip()
            if needed
            else "staff log in without a second factor: this is the demo",
            None,
        )
        yield (
            f"staff whose password is shorter or plainer than PCI DSS asks: {len(weak)} {' '.join(weak)}".rstrip(),
            not weak,
        )

    def _backups(self) -> Iterator[Line]:
        now = timezone.now()
        for problem in backup_problems(now):
            yield problem, False
        try:
            latest = newest()
        except UnableToReachBucket:  # which was told
            latest = None
        if latest:
            minutes = int((now - latest.manifest.at).total_seconds() // 60)
            yield f"newest backup: {latest.name}, {minutes} minutes old, {latest.manifest.total_rows} rows", None
        if drill := last_run(BackupRun.Kind.DRILL):
            how = f"back in {drill.seconds:.0f} s" if drill.is_good else "failed"
            yield f"last restore drill {drill.at.isoformat(timespec='minutes')}, of {drill.backup}: {how}", drill.is_good

    def _cards(self) -> Iterator[Line]:
        scan = last_scan()
        if scan is None:
            yield "never scanned: run `scan_cards`", False
            return
        age = (timezone.now() - scan.at).days
        at = scan.at.isoformat(timespec="seconds")
        yield f"last scan {at}: {scan.hits} found in {scan.steps} rows and files", scan.hits == 0
        if age > _OLD_SCAN:
            yield f"the last scan is {age} days old: run `scan_cards`, best every night", None
