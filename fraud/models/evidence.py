"""Orders as the evidence about them is taken away: no table of its own."""

from __future__ import annotations

from checkout.models import Order

TAKE = "fraud.take_evidence"


class EvidencePack(Order):
    """The pages of evidence, and the right to take it away."""

    class Meta:
        proxy = True
        default_permissions = ()
        permissions = [("take_evidence", "Can take the evidence about an order away as a file")]
        verbose_name = "evidence pack"
        verbose_name_plural = "evidence packs"
