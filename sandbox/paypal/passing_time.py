"""What happens by itself: orders go, approvals are reversed, authorisations lapse."""

from django.db import transaction

from sandbox.ground import switches
from sandbox.paypal import orders, payments
from sandbox.paypal.models import Resource


def let_time_pass() -> None:
    """Do everything that has fallen due by the company's clock. Called before every answer and by the worker."""
    now = switches.now()
    if not Resource.objects.filter(due_at__lte=now).exists():
        return
    with transaction.atomic():
        for resource in Resource.objects.filter(due_at__lte=now).order_by("due_at", "position"):
            if resource.kind == "order":
                orders.close(resource, now=now)
            else:
                payments.let_go(resource, now=now, expired=True)
