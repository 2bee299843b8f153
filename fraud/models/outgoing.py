"""Whom the shop tells of decisions, and what is to be told."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from checkout.models import Order
from checkout.models.outbox import Retried
from fraud.outgoing.dialling import UnableToDial, check_url
from fraud.outgoing.signing import new_secret
from store.fields import EncryptedTextField


def may_be_dialled(url: str) -> None:
    """Raise ValidationError for an address that is never dialled. Where its name leads is looked at when it is."""
    try:
        check_url(url)
    except UnableToDial as error:
        raise ValidationError(str(error)) from error


def _random_id() -> str:
    return f"msg_{uuid.uuid4().hex}"


class WebhookEndpoint(models.Model):
    """An address of the merchant's that hears of decisions. While its secret is being replaced it has two."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    url = models.CharField("address", max_length=500, validators=[may_be_dialled], help_text="https://…")
    note = models.CharField(max_length=100, blank=True, help_text="Whose it is.")
    kinds = models.CharField(
        "only", max_length=200, blank=True, help_text="Kinds it wants, separated by spaces; empty for all."
    )
    is_active = models.BooleanField("active", default=True)
    secret = EncryptedTextField(default=new_secret, editable=False)
    former_secret = EncryptedTextField(null=True, editable=False)
    rotated_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        default_permissions = ("view", "add", "change")
        verbose_name = "webhook endpoint"

    def __str__(self) -> str:
        return f"Endpoint {str(self.pk)[:8]}"

    def clean(self) -> None:
        """Refuse kinds that there are not."""
        unknown = set(self.kinds.split()) - set(OutgoingMessage.Kind.values)
        if unknown:
            raise ValidationError({"kinds": f"There is no {', '.join(sorted(unknown))}."})

    def wants(self, kind: str) -> bool:
        """Whether it hears of this kind."""
        return not self.kinds or kind in self.kinds.split()

    @property
    def secrets_in_use(self) -> list[str]:
        """The secret, and the one before it as long as it holds."""
        return [self.secret, *([self.former_secret] if self.former_secret else [])]


class OutgoingMessage(Retried):
    """One decision to be told to one endpoint: ids and codes, nothing of the customer's."""

    class Kind(models.TextChoices):
        """What is told."""

        FLAGGED = "order.flagged", "Order flagged"
        RELEASED = "order.released", "Order released"
        CANCELLED = "order.cancelled", "Order cancelled"
        DISPUTED = "order.disputed", "Order disputed"
        DISPUTE_DECIDED = "order.dispute_decided", "Dispute decided"
        TEST = "test", "Test"

    message_id = models.CharField(max_length=40, unique=True, default=_random_id, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="messages")
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, choices=Kind.choices)
    data = models.JSONField()
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    status_code = models.PositiveSmallIntegerField(null=True, help_text="The receiver's last answer.")

    class Meta:
        default_permissions = ("view",)
        verbose_name = "outgoing message"
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(sent_at=None), name="outgoing_waiting"),
            models.Index(fields=["sent_at"], condition=Q(sent_at__isnull=False), name="outgoing_taken"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"
