"""Fill an empty shop with sample goods, rates, past orders and, in the demo, people who can log in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from catalog.seed import seed_catalogue
from checkout.models import Order
from checkout.sample_orders import seed_past_orders
from checkout.sample_scenes import seed_scenes
from checkout.seed import seed_rates, seed_terms
from store.blind_index import blind_index
from store.models import User

# Printed by `make demo`. These people are made with DEMO=1 only.
OWNER, SHOPPER = "owner@ringback.example", "shopper@ringback.example"
DEMO_PASSWORD = "walk the dog at 7"  # noqa: S105  # the demo's, on loopback


class Command(BaseCommand):
    help = "Fill the shop with sample goods and orders. Runs again without harm: what is there stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--products", type=int, default=78, help="How many products in all (default: 78).")
        parser.add_argument("--orders", type=int, default=250, help="How many past orders in all (default: 250).")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["products"] < 0 or options["orders"] < 0:
            raise CommandError("--products and --orders take numbers of 0 or more. Nothing was written.")
        now = timezone.now()
        seed_rates()
        seed_terms(now=now)
        seed_catalogue(products=options["products"], now=now, progress=True)
        missing = options["orders"] - Order.objects.count()
        with tqdm(total=missing, desc="Past orders", unit="order", disable=missing <= 0) as bar:
            seed_past_orders(orders=missing, now=now, tick=bar.update)
        if settings.DEMO:
            seed_people()
            seed_scenes(owner=_find(OWNER), customer=_find(SHOPPER), now=now)


def _find(email: str) -> User:
    return User.objects.get(email_index=blind_index("email", email))


def seed_people() -> None:
    """Make the demo's owner, reviewer and customer, once."""
    if not User.objects.filter(email_index=blind_index("email", OWNER)).exists():
        User.objects.create_superuser(email=OWNER, password=DEMO_PASSWORD, name="Olive Owner")
    if not User.objects.filter(email_index=blind_index("email", SHOPPER)).exists():
        User.objects.create_user(email=SHOPPER, password=DEMO_PASSWORD, name="Sasha Shopper")
    if not User.objects.filter(email_index=blind_index("email", "reviewer@ringback.example")).exists():
        reviewer = User.objects.create_user(
            email="reviewer@ringback.example", password=DEMO_PASSWORD, name="Remy Reviewer", is_staff=True
        )
        reviewer.groups.set(Group.objects.filter(name="Reviewers"))
