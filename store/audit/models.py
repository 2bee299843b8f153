"""The rows of the audit log, and where its chain ends."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, Self
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models

from store.fields import EncryptedTextField

# There is one chain, so there is one head.
HEAD_ID = UUID("5ea1ed00-0000-4000-8000-000000000001")


class OnlyAdded(TypeError):
    """A row of the audit log was to be changed or deleted. Nothing was done."""

    def __init__(self) -> None:
        super().__init__("The audit log is only added to: its rows are neither changed nor deleted.")


class AuditRows(models.QuerySet["AuditRow"]):
    """Rows that can be read."""

    def update(self, **_values: Any) -> NoReturn:
        """Raise `OnlyAdded`."""
        raise OnlyAdded

    def delete(self) -> NoReturn:
        """Raise `OnlyAdded`."""
        raise OnlyAdded

    def about(self, thing: models.Model) -> Self:
        """Return what was done to one object, the latest first."""
        return self.filter(object_type=thing._meta.label, object_id=str(thing.pk)).order_by("-n")  # noqa: SLF001 - Django's public secret


class AuditRow(models.Model):
    """One thing that somebody did."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    n = models.PositiveBigIntegerField(unique=True)  # 1, 2, 3 … without a gap
    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="who"
    )  # None: the machine, or whoever has its shell
    action = models.CharField(max_length=60)  # "order.reveal"
    object_type = models.CharField(max_length=60, blank=True)  # "checkout.Order"
    object_id = models.CharField(max_length=64, blank=True)
    field_names = models.CharField("fields", max_length=400, blank=True)  # names, separated by spaces
    address = EncryptedTextField("from", max_length=45, blank=True, default="")
    why = EncryptedTextField(max_length=500, blank=True, default="", multiline=True)
    request_id = models.CharField(max_length=64, blank=True)  # the same as in the log lines
    digest = models.CharField(max_length=64)  # of what is encrypted: it is encrypted anew when keys are rotated
    seal = models.CharField(max_length=64)

    objects: ClassVar[models.Manager[AuditRow]] = AuditRows.as_manager()

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        indexes: ClassVar = [models.Index(fields=["object_type", "object_id", "n"], name="audit_by_object")]
        permissions: ClassVar = [("export_audit", "Can take the audit log away as a file")]

    def __str__(self) -> str:
        """Name the entry."""
        return f"Entry {self.n}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row. Raises `OnlyAdded` for one that is there already."""
        if not self._state.adding:
            raise OnlyAdded
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Raise `OnlyAdded`."""
        raise OnlyAdded


class AuditHead(models.Model):
    """Where the chain ends, and the key it is sealed with: drawn once, encrypted like personal data, rotated with it."""

    id = models.UUIDField(primary_key=True, default=HEAD_ID, editable=False)
    chain_key = EncryptedTextField()  # 32 random bytes, base64
    n = models.PositiveBigIntegerField(default=0)
    last = models.CharField(max_length=64, blank=True)  # the seal of row n
    seal = models.CharField(max_length=64, blank=True)  # of n and `last`: cutting rows off the end takes the key, too

    def __str__(self) -> str:
        """Name the end."""
        return f"Audit log up to {self.n}"
