"""What the gateway holds for an order. The gateway's own ids and checks; never a card number, four digits at most."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from checkout.models.orders import Order
from checkout.states import LIVE_PAYMENTS, PaymentStatus
from store.fields import EncryptedTextField
from store.money import Money


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Payments, by what a page or a sweep needs of them."""

    def open(self, now: datetime, *, settled_before: timedelta) -> PaymentQuerySet:
        """Payments about which the gateway may know more than we do.

        Everything under way; authorisations, and what a person is to end at the gateway, not asked about for
        `settled_before`.
        """
        under_way = Q(
            status__in=[PaymentStatus.STARTED, PaymentStatus.CAPTURING, PaymentStatus.VOIDING, PaymentStatus.REFUNDING]
        )
        renewing = Q(status=PaymentStatus.AUTHORIZED, reauthorise_key__gt="", former_reference="")
        waiting = Q(status__in=[PaymentStatus.AUTHORIZED, PaymentStatus.MISMATCHED], settled_at__lte=now - settled_before)
        return self.filter(under_way | renewing | waiting)


class Payment(models.Model):
    """One hosted page and what came of it."""

    class Check(models.TextChoices):
        """One vocabulary for what any gateway says of a check. Unavailable is not a failure."""

        PASS = "pass", "Passed"
        FAIL = "fail", "Failed"
        UNAVAILABLE = "unavailable", "Not available"
        UNCHECKED = "unchecked", "Not checked"

    class Risk(models.TextChoices):
        """The gateway's own opinion."""

        NORMAL = "normal", "Normal"
        ELEVATED = "elevated", "Elevated"
        HIGHEST = "highest", "Highest"
        UNKNOWN = "unknown", "Unknown"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    gateway = models.CharField(max_length=20)
    status = models.CharField(max_length=20, choices=PaymentStatus.choices, default=PaymentStatus.STARTED)
    status_at = models.DateTimeField()
    settled_at = models.DateTimeField(help_text="When the gateway was last asked.")
    reconciled_at = models.DateTimeField(null=True, help_text="When it was last found in the gateway's books.")
    created_at = models.DateTimeField()

    amount = models.PositiveBigIntegerField(help_text="Minor units.")
    currency = models.CharField(max_length=3)
    captured_amount = models.PositiveBigIntegerField(default=0, help_text="Minor units.")
    refunded_amount = models.PositiveBigIntegerField(default=0, help_text="Minor units: all refunds that are done.")
    refunding_amount = models.PositiveBigIntegerField(default=0, help_text="Minor units: all refunds under way.")

    # Stored before the call they belong to, so that a call repeated after a crash has the same effect as one.
    start_key = models.CharField(max_length=80, unique=True)
    authorise_key = models.CharField(max_length=80, blank=True)
    reauthorise_key = models.CharField(max_length=80, blank=True)
    capture_key = models.CharField(max_length=80, blank=True)
    void_key = models.CharField(max_length=80, blank=True)

    session_id = models.CharField(max_length=120, null=True, unique=True)
    session_url = models.TextField(blank=True)
    session_expires_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=120, null=True, unique=True, help_text="The gateway's id of the payment.")
    # PayPal gives an authorisation that is renewed another id; there is one such attempt.
    former_reference = models.CharField(max_length=120, blank=True, help_text="The id before it was authorised anew.")
    authorized_at = models.DateTimeField(null=True)
    capture_before = models.DateTimeField(null=True, help_text="The gateway promises the money until then.")
    lapses_at = models.DateTimeField(null=True, help_text="The very end of the authorisation, where that is later.")

    cvc_check = models.CharField(max_length=12, choices=Check.choices, default=Check.UNCHECKED)
    postcode_check = models.CharField(max_length=12, choices=Check.choices, default=Check.UNCHECKED)
    line1_check = models.CharField(max_length=12, choices=Check.choices, default=Check.UNCHECKED)
    risk_level = models.CharField(max_length=12, choices=Risk.choices, default=Risk.UNKNOWN)
    risk_score = models.PositiveSmallIntegerField(null=True)
    is_liability_shifted = models.BooleanField(
        default=False, help_text="3-D Secure: a stolen card would be the bank's loss."
    )
    declines = models.PositiveSmallIntegerField(default=0, help_text="Failed attempts on the hosted page.")
    declined_at = models.DateTimeField(null=True, help_text="The last of them.")
    card_brand = models.CharField(max_length=20, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    card_country = models.CharField(max_length=2, blank=True)
    card_fingerprint = models.CharField(max_length=64, blank=True)

    payer_status = models.CharField(max_length=20, blank=True, help_text="The payer's account at the gateway.")
    seller_protection = models.CharField(max_length=20, blank=True)

    # What the payer typed on the gateway's page; fraud compares it with what was typed here.
    payer_name = EncryptedTextField(null=True)
    payer_email = EncryptedTextField(null=True)
    payer_phone = EncryptedTextField(null=True)
    payer_line1 = EncryptedTextField(null=True)
    payer_city = EncryptedTextField(null=True)
    payer_postcode = EncryptedTextField(null=True)
    payer_country = models.CharField(max_length=2, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "settled_at"], name="payment_status_settled"),
            models.Index(fields=["card_fingerprint", "-created_at"], name="payment_card_newest"),
            models.Index(fields=["created_at"], name="payment_created"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(status__in=[str(s) for s in LIVE_PAYMENTS]), name="one_live_payment_per_order"
            ),
            models.CheckConstraint(condition=Q(captured_amount__lte=F("amount")), name="captured_within_authorised"),
            models.CheckConstraint(
                condition=Q(captured_amount__gte=F("refunded_amount") + F("refunding_amount")),
                name="refunded_within_captured",
            ),
        ]

    def __str__(self) -> str:
        return f"Payment {str(self.pk)[:8]} ({self.get_status_display()})"

    @property
    def money(self) -> Money:
        """What was asked for."""
        return Money(self.amount, self.currency)

    @property
    def kept(self) -> int:
        """Minor units captured and neither given back nor on their way back."""
        return self.captured_amount - self.refunded_amount - self.refunding_amount

    def taken_by_disputes(self) -> int:
        """Minor units that the bank has taken back, for now or for good. Asks the database."""
        return sum(dispute.amount for dispute in self.disputes.all() if dispute.takes_money and dispute.status != "won")

    @property
    def is_started(self) -> bool:
        return self.status == PaymentStatus.STARTED

    @property
    def is_authorized(self) -> bool:
        return self.status == PaymentStatus.AUTHORIZED

    @property
    def was_declined(self) -> bool:
        """Whether the gateway ended it because the payer's bank or account said no."""
        return self.status == PaymentStatus.EXPIRED and self.declines > 0

    @property
    def is_captured(self) -> bool:
        return self.status == PaymentStatus.CAPTURED


class PaymentEvent(models.Model):
    """One fact in a payment's life. Rows are only ever added."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events")
    was = models.CharField(max_length=20, blank=True)
    now = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=200)  # the shop's own words, never a person's
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.was or 'new'} -> {self.now}"
