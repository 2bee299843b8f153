"""Ask the gateway about every open payment and finish what was left half done."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from checkout.services.sweep import sweep_payments


class Command(BaseCommand):
    help = "Ask the gateway about every open payment and finish what a crash or a lost webhook left behind. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(sweep_payments(now=timezone.now())))
