"""Everything the company remembers."""

from django.db import models


class Resource(models.Model):
    """One API object: `body` is what the API answers, less what `shapes` puts around it."""

    # Ascending in order of creation, which is what lists are sorted by.
    position = models.BigAutoField(primary_key=True)
    ref = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20)
    created = models.BigIntegerField()
    # The order that it belongs to, and what it was made from: a capture's authorisation, a refund's capture.
    order = models.CharField(max_length=80, blank=True, default="", db_index=True)
    parent = models.CharField(max_length=80, blank=True, default="", db_index=True)
    # When something happens to it by itself (an approval is reversed, an authorisation lapses); null: never.
    due_at = models.BigIntegerField(null=True, db_index=True)
    body = models.JSONField()
    # What the company knows and does not tell.
    hidden = models.JSONField(default=dict)

    class Meta:
        app_label = "paypal_sandbox"
        indexes = [models.Index(fields=["kind", "position"])]

    def __str__(self) -> str:
        return self.ref


class StoredRequest(models.Model):
    """A PayPal-Request-Id that did something; `status` is null while that first request is still at work."""

    call = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveIntegerField(null=True)
    resource = models.CharField(max_length=80, blank=True, default="")
    forgotten_at = models.BigIntegerField()

    class Meta:
        app_label = "paypal_sandbox"
        constraints = [models.UniqueConstraint(fields=["call", "key"], name="one_request_per_id")]

    def __str__(self) -> str:
        return f"{self.call} {self.key}"


class AccessToken(models.Model):
    """A bearer token."""

    token = models.CharField(max_length=120, unique=True)
    expires_at = models.BigIntegerField()

    class Meta:
        app_label = "paypal_sandbox"

    def __str__(self) -> str:
        return f"token {self.pk}"


class Behaviour(models.Model):
    """The one row (pk 1) of PayPal's own switches; `switches` explains them."""

    late_captures = models.CharField(max_length=10, default="allow")
    captures = models.CharField(max_length=10, default="complete")
    reauthorizations = models.CharField(max_length=10, default="allow")
    permissions = models.CharField(max_length=10, default="allow")
    report_delay_seconds = models.FloatField(default=0)

    class Meta:
        app_label = "paypal_sandbox"

    def __str__(self) -> str:
        return "PayPal's switches"
