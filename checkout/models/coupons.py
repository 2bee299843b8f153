"""Coupons: a word that makes an order cheaper, and each order that it did so for."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from checkout.models.orders import Order
from checkout.sums import write_percent
from store.money import format_money


class Coupon(models.Model):
    """What a code takes off, and for whom. Amounts are minor units of `settings.SHOP_CURRENCY`."""

    class Kind(models.TextChoices):
        """What it takes off."""

        PERCENT = "percent", "A share of the goods"
        AMOUNT = "amount", "An amount of the goods"
        DELIVERY = "delivery", "The price of delivery"

    code = models.CharField(
        max_length=40,
        unique=True,
        validators=[MinLengthValidator(4), RegexValidator("^[A-Z0-9-]*$", "Capital letters, digits and hyphens alone.")],
        help_text="What shoppers type. Words are guessed: for anything dear take eight signs by chance, or limit its uses.",
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    percent = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="For a share: 15 is 15 % of the goods."
    )
    amount = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="For an amount: minor units, never more than the goods cost."
    )
    minimum = models.PositiveBigIntegerField(
        default=0, help_text="Goods for at least so much, in minor units, before the coupon."
    )
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    max_uses = models.PositiveIntegerField(
        null=True, blank=True, help_text="By all customers together. Empty: as often as they like."
    )
    max_uses_per_customer = models.PositiveIntegerField(
        null=True, blank=True, default=1, help_text="By one e-mail address. Empty: as often as they like."
    )
    uses = models.PositiveIntegerField(default=0, editable=False, help_text="By orders that were not given up or cancelled.")
    is_active = models.BooleanField(default=True)
    note = models.CharField(max_length=120, blank=True, help_text="For staff.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="percent", percent__gt=0, percent__lte=100, amount=None)
                | Q(kind="amount", amount__gt=0, percent=None)
                | Q(kind="delivery", amount=None, percent=None),
                name="coupon_takes_one_thing_off",
                violation_error_message="Give the percentage for a share, the amount for an amount, neither for delivery.",
            ),
            models.CheckConstraint(
                condition=Q(max_uses=None) | Q(uses__lte=F("max_uses")),
                name="coupon_used_within_limit",
                violation_error_message="It has been used more often than that already. Switch it off instead.",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="coupon_ends_after_it_begins",
                violation_error_message="It ends before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def worth(self) -> str:
        """What it takes off, for people."""
        if self.percent is not None:
            return _("{percent} % off").format(percent=write_percent(self.percent / 100))
        if self.amount is not None:
            return _("{amount} off").format(amount=format_money(self.amount, settings.SHOP_CURRENCY))
        return _("Free delivery")


class CouponRedemption(models.Model):
    """One order that a coupon made cheaper. It stops counting when the order is given up or cancelled."""

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="redemptions")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="redemption")
    redeemed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["coupon"], condition=Q(released_at=None), name="coupon_redemption_counting"),
        ]

    def __str__(self) -> str:
        return f"Coupon {self.coupon_id} for order {self.order_id}"
