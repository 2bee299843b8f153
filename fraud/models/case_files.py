"""What was sent to the desk about a case: a bill, a picture of the parcel, a letter. Encrypted like everything personal."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from fraud.models.calls import CallTask
from store.fields import EncryptedTextField
from store.records import Record, RecordQuerySet


class CaseFileQuerySet(RecordQuerySet["CaseFile"]):
    """Files of cases."""

    def listed(self) -> CaseFileQuerySet:
        """Without what is in them, which is megabytes."""
        return self.select_related("added_by").defer("body").order_by("added_at")


class CaseFile(Record):
    """One file. It is never changed; taking it away, as an erasure does, leaves who added it, when, and its digest."""

    class Kind(models.TextChoices):
        """What it is, by its content."""

        PICTURE = "image/jpeg", "Picture"
        PDF = "application/pdf", "PDF"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(CallTask, on_delete=models.PROTECT, related_name="files")
    name = EncryptedTextField(max_length=120, null=True)  # NULL once taken away
    kind = models.CharField(max_length=20, choices=Kind.choices)
    size = models.PositiveIntegerField(help_text="Bytes, as kept.")
    sha256 = models.CharField(max_length=64, help_text="Of what is kept: proves in a dispute that it is the same file.")
    body = EncryptedTextField(max_length=1_500_000, null=True)  # base64
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = CaseFileQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = "file of a case"
        indexes = [models.Index(fields=["task", "added_at"], name="case_file_task")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({str(self.pk)[:8]})"
