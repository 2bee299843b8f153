"""The way back in for an owner whose telephone and recovery codes are gone, and whom no other owner can help."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from store.models import User
from store.staff.factors import take_factor_away


class Command(BaseCommand):
    help = (
        "Takes the second factor of a staff account away and ends its sessions; the next log-in sets up a new one. Written "
        "to the audit log. Be sure who is asking: ring them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose, and why."""
        parser.add_argument("email")
        parser.add_argument("--why", required=True, help="for the audit log, as in 'telephone stolen, I rang her'")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it away."""
        user = User.objects.for_email(options["email"]).filter(is_staff=True, is_active=True).first()
        if user is None:
            raise CommandError("There is no staff account with this address. Nothing was changed.")
        take_factor_away(user=user, by=None, why=options["why"], request=None, now=timezone.now())
        self.stdout.write(f"{user}: the second factor is taken away. The next log-in sets up a new one.")
