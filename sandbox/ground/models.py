"""Switches, faults and the webhook queue. One database row per fact, so that a restart loses nothing."""

from typing import Any

from django.db import models


class Switches(models.Model):
    """The one row (pk 1) of settings that people and tests change while the process runs."""

    clock_offset = models.FloatField(default=0)
    # Company -> where its webhooks go; a company that is not in it uses the setting.
    webhook_urls = models.JSONField(default=dict)
    # "automatic": the worker delivers; "manual": events wait until somebody asks for delivery.
    webhook_mode = models.CharField(max_length=10, default="automatic")
    webhook_delay_seconds = models.FloatField(default=0)
    webhook_drop = models.BooleanField(default=False)
    webhook_duplicate = models.BooleanField(default=False)
    webhook_reorder = models.BooleanField(default=False)
    # The event is never even made: Stripe documents that this happens.
    webhook_ungenerated = models.BooleanField(default=False)

    class Meta:
        app_label = "ground"

    def __str__(self) -> str:
        return f"switches ({self.webhook_mode})"


class Fault(models.Model):
    """An answer that will go wrong: the next `left` calls of this kind."""

    call = models.CharField(max_length=40, db_index=True)
    mode = models.CharField(max_length=20)
    status = models.PositiveIntegerField(default=500)
    seconds = models.FloatField(default=0)
    left = models.PositiveIntegerField(default=1)

    class Meta:
        app_label = "ground"

    def __str__(self) -> str:
        return f"{self.call}: {self.mode} x{self.left}"


class Delivery(models.Model):
    """One event on its way to one address. Kept after delivery, as the log of what was sent."""

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        DROPPED = "dropped"
        GAVE_UP = "gave_up"

    company = models.CharField(max_length=20)
    event_id = models.CharField(max_length=80, db_index=True)
    event_type = models.CharField(max_length=80)
    payload = models.TextField()
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    # Real seconds since 1970, not the company's clock: retries must not wait for a test to travel.
    due_at = models.FloatField()
    made_at = models.FloatField()
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "ground"
        indexes = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return f"{self.event_type} {self.event_id} ({self.state})"


class DeliveryAttempt(models.Model):
    """One try: what the other side answered."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    at = models.FloatField()
    status = models.PositiveIntegerField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "ground"

    def __str__(self) -> str:
        return f"attempt {self.status or self.problem}"


def as_dict(switches: Switches) -> dict[str, Any]:
    """The switches as the control API shows them."""
    return {
        "clock_offset": switches.clock_offset,
        "webhook": {
            "mode": switches.webhook_mode,
            "delay_seconds": switches.webhook_delay_seconds,
            "drop": switches.webhook_drop,
            "duplicate": switches.webhook_duplicate,
            "reorder": switches.webhook_reorder,
            "ungenerated": switches.webhook_ungenerated,
        },
    }
