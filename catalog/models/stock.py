"""The stock ledger: every change of a variant's counts, and why."""

from django.db import models

from catalog.models.variant import Variant


class StockMove(models.Model):
    """One change of one variant's stock. Append-only; a cause counts once per variant."""

    class Kind(models.TextChoices):
        """What happened to the goods."""

        HOLD = "hold", "held for an order"
        RELEASE = "release", "hold given back"
        TAKE = "take", "left the shop"
        RETURN = "return", "came back"
        COUNT = "count", "counted or received"

    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="stock_moves")
    kind = models.CharField(max_length=8, choices=Kind)
    on_hand_delta = models.IntegerField(default=0)
    held_delta = models.IntegerField(default=0)
    cause = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            # Whatever is retried, restocking (and holding) happens once.
            models.UniqueConstraint(fields=["variant", "cause"], name="catalog_stockmove_once"),
            models.CheckConstraint(condition=~models.Q(cause=""), name="catalog_stockmove_has_cause"),
        ]
        indexes = [models.Index(fields=["cause"], name="catalog_stockmove_cause")]

    def __str__(self) -> str:
        return f"{self.kind} {self.on_hand_delta:+d}/{self.held_delta:+d}"
