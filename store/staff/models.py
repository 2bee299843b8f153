"""What staff prove themselves with. Nothing here opens anything by being read: secrets are encrypted, codes are hashed."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from store.fields import EncryptedTextField


class Authenticator(models.Model):
    """An authenticator app on somebody's telephone. Until its first code was right it is only being set up."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="authenticators")
    secret = EncryptedTextField()  # base32, as apps take it
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.PositiveBigIntegerField(default=0)  # the half minute of the last code that was accepted

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(confirmed_at__isnull=False), name="authenticator_one_in_use"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(confirmed_at__isnull=True), name="authenticator_one_being_set_up"
            ),
        ]

    def __str__(self) -> str:
        """Name the app."""
        return f"Authenticator {str(self.pk)[:8]}"


class RecoveryCode(models.Model):
    """One code of a list that its owner keeps on paper. 79 random bits: a plain digest can't be guessed backwards."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        """Name the code."""
        return f"Recovery code {self.pk}"


class Passkey(models.Model):
    """A device or security key that signs for somebody. Its public key proves what it signed, and opens nothing."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passkeys")
    credential = models.CharField(max_length=1400, unique=True)  # its id; at most 1023 bytes, as base64
    public_key = models.TextField()
    sign_count = models.PositiveBigIntegerField()
    name = EncryptedTextField(max_length=60)  # in its owner's words
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Name the passkey without its owner's words."""
        return f"Passkey {str(self.pk)[:8]}"


class OldPassword(models.Model):
    """A password that somebody of the staff has or had, as its Argon2 hash; the last four are kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name the row."""
        return f"Old password {self.pk}"
