"""Everything the company remembers. Of a card: brand, last four digits and a fingerprint, never the number or CVC."""

from django.db import models

from sandbox.ground.values import Json


class Resource(models.Model):
    """One API object: `body` is exactly the JSON that the API answers."""

    # Ascending in order of creation, which is what lists are sorted and paged by.
    position = models.BigAutoField(primary_key=True)
    ref = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=40)
    created = models.BigIntegerField()
    payment_intent = models.CharField(max_length=80, blank=True, default="", db_index=True)
    charge = models.CharField(max_length=80, blank=True, default="", db_index=True)
    # When something happens to it by itself (a session expires, an authorisation lapses); null: never.
    due_at = models.BigIntegerField(null=True, db_index=True)
    body = models.JSONField()
    # What the company knows and does not tell: how a test card will behave later.
    hidden = models.JSONField(default=dict)

    class Meta:
        app_label = "stripe_sandbox"
        indexes = [models.Index(fields=["kind", "position"])]

    def __str__(self) -> str:
        return self.ref

    @property
    def answer(self) -> Json:
        """What the API answers for this object."""
        body: Json = self.body
        return body


class StoredAnswer(models.Model):
    """The first answer to an Idempotency-Key; `status` is null while that first request is still at work."""

    key = models.CharField(max_length=255, unique=True)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveIntegerField(null=True)
    body = models.TextField(default="")
    request_id = models.CharField(max_length=40)
    created = models.BigIntegerField()

    class Meta:
        app_label = "stripe_sandbox"

    def __str__(self) -> str:
        return self.key


class Challenge(models.Model):
    """A 3-D Secure step waiting for the shopper. The address of that page carries this token and nothing else."""

    token = models.CharField(max_length=64, unique=True)
    session = models.CharField(max_length=80)
    card = models.JSONField()
    billing = models.JSONField()

    class Meta:
        app_label = "stripe_sandbox"

    def __str__(self) -> str:
        return f"challenge for {self.session}"
