"""The first owner of the shop, by a one-time link."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from store.staff.invitations import PRINTED_FOR, UnableToMakeOwner, make_owner


class Command(BaseCommand):
    help = (
        "Makes the account of an owner, who may do everything, and prints a link that works once within 15 minutes. Whoever "
        "opens it chooses a password and sets up a second factor; nobody else knows either. Run it again for a new link."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address."""
        parser.add_argument("email", help="the owner's own e-mail address, which is their log-in")
        parser.add_argument("--name", default="", help="as colleagues know them; the audit log shows it")
        parser.add_argument("--another", action="store_true", help="although there is an owner: none can log in any more")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and print the link."""
        try:
            validate_email(options["email"])
            _, link = make_owner(
                email=options["email"], name=options["name"], is_another=options["another"], now=timezone.now()
            )
        except ValidationError:
            raise CommandError("That is no e-mail address. No account was made.") from None
        except UnableToMakeOwner as error:
            raise CommandError(f"{error} No account was made or changed.") from None
        minutes = int(PRINTED_FOR.total_seconds() // 60)
        self.stdout.write(f"Open this within {minutes} minutes, in the browser of whom it is for. It works once:\n{link}")
