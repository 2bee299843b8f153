"""What banks and gateways say against a payment, as rows that follow what the gateway says."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from checkout.models.payments import Payment
from checkout.states import DisputeStatus
from store.money import Money, format_money


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """Disputes, by what they do to the money."""

    def taken(self) -> DisputeQuerySet:
        """Those whose money the bank has, for now or for good."""
        return self.filter(takes_money=True).exclude(status=DisputeStatus.WON)


class Dispute(models.Model):
    """The payer asks the bank, or the gateway, for the money back."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=120, help_text="The gateway's id of the dispute.")
    amount = models.PositiveBigIntegerField(help_text="Minor units.")
    reason = models.CharField(max_length=60, blank=True, help_text="In the gateway's word.")
    status = models.CharField(max_length=16, choices=DisputeStatus.choices)
    status_at = models.DateTimeField()
    takes_money = models.BooleanField(help_text="No: an inquiry, for which nothing is withdrawn yet.")
    evidence_due = models.DateTimeField(null=True)
    noted_at = models.DateTimeField()
    looked_at = models.DateTimeField(help_text="When the gateway was last asked.")

    objects = DisputeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "reference"], name="dispute_once")]
        indexes = [
            models.Index(fields=["looked_at"], condition=~Q(status__in=["won", "lost"]), name="dispute_open"),
        ]

    def __str__(self) -> str:
        return f"Dispute {self.reference} ({self.get_status_display()})"

    @property
    def money(self) -> Money:
        """What it is about; needs `payment`."""
        return Money(self.amount, self.payment.currency)

    @property
    def shown(self) -> str:
        """What it is about, for people; needs `payment`."""
        return format_money(self.amount, self.payment.currency)

    @property
    def is_open(self) -> bool:
        return self.status in (DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW)

    @property
    def needs_response(self) -> bool:
        return self.status == DisputeStatus.NEEDS_RESPONSE

    @property
    def is_lost(self) -> bool:
        return self.status == DisputeStatus.LOST


class GatewayNotice(models.Model):
    """An early fraud warning of the card's bank, or a review that the gateway's own rules ask for."""

    class Kind(models.TextChoices):
        """What kind of notice."""

        EARLY_WARNING = "early_warning", "Early fraud warning"
        REVIEW = "review", "The gateway's review"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="notices")
    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=120, help_text="The gateway's id of the notice.")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    reason = models.CharField(max_length=60, blank=True, help_text="In the gateway's word.")
    is_open = models.BooleanField(help_text="A warning: a refund may still avert the dispute. A review: nobody has decided.")
    noted_at = models.DateTimeField()
    looked_at = models.DateTimeField(help_text="When the gateway was last asked.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "reference"], name="gateway_notice_once")]
        indexes = [models.Index(fields=["looked_at"], condition=Q(is_open=True), name="gateway_notice_open")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"
