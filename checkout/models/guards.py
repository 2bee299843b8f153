"""When the shop was on guard: the memory of attacks, and the switch that ends by itself."""

from __future__ import annotations

from datetime import datetime

from django.db import models


class GuardQuerySet(models.QuerySet["Guard"]):
    """Times on guard, by what is asked of them."""

    def on(self, now: datetime) -> GuardQuerySet:
        """The one that is going on, if any."""
        return self.filter(ends_at__gt=now).order_by("-began_at")


class Guard(models.Model):
    """A time in which far more cards were declined, or far more pages left unpaid, than is usual."""

    began_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True, help_text="Later with every new sign; then it is over by itself.")
    asks_mailbox = models.BooleanField(
        default=False, help_text="Visitors the shop doesn't know must open a link from their mailbox before they pay."
    )

    objects = GuardQuerySet.as_manager()

    class Meta:
        verbose_name = "time on guard"
        verbose_name_plural = "times on guard"
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("began_at")), name="guard_ends_after_it_began")
        ]

    def __str__(self) -> str:
        return f"On guard since {self.began_at:%Y-%m-%d %H:%M}"
