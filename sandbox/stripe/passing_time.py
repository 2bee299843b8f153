"""What happens by itself: sessions expire, authorisations lapse, slow refunds come to their end."""

from django.db import transaction

from sandbox.ground import switches
from sandbox.stripe import payments, refunds, sessions
from sandbox.stripe.events import BY_ITSELF
from sandbox.stripe.models import Resource


def let_time_pass() -> None:
    """Do everything that has fallen due by the company's clock. Called before every answer and by the worker."""
    now = switches.now()
    if not Resource.objects.filter(due_at__lte=now).exists():
        return
    with transaction.atomic():
        for resource in Resource.objects.filter(due_at__lte=now).order_by("due_at", "position"):
            if resource.kind == "checkout.session":
                sessions.close(resource, cause=BY_ITSELF, now=now)
            elif resource.kind == "payment_intent":
                payments.void(resource, reason="automatic", cause=BY_ITSELF, now=now)
            else:
                refunds.settle(resource, now=now)
