"""The ground everyone stands on: the people who sign in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.password_validation import validate_password
from django.core.validators import EmailValidator
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from store.audit.models import AuditHead, AuditRow
from store.blind_index import BlindIndexField, blind_index
from store.fields import EncryptedTextField
from store.jobs.models import Job, Schedule, Worker
from store.keyring import index_keys
from store.passwords import meets_staff_rules, normalise_password
from store.staff.models import Authenticator, OldPassword, Passkey, RecoveryCode

__all__ = [
    "AuditHead",
    "AuditRow",
    "Authenticator",
    "ErasedRow",
    "Erasure",
    "Job",
    "KeyCheck",
    "KnownPlace",
    "OldPassword",
    "Passkey",
    "RecoveryCode",
    "Schedule",
    "SignUp",
    "StaffSearch",
    "Tries",
    "User",
    "UserManager",
    "Worker",
]


class UserManager(BaseUserManager["User"]):
    """Makes users and finds them by e-mail."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a customer; without a password they can't log in. Raises `ValueError` without an e-mail."""
        if not email.strip():
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip(), **fields)
        if len(index_keys()) > 1 and self.for_email(email).exists():
            # The database can't tell: while the index key is being changed, one address has two digests.
            raise IntegrityError("There is an account with this e-mail address already.")
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a member of staff who may do everything. Raises `ValidationError` on a password too weak for that.

        For the demo and the tests: elsewhere an owner chooses the password by a link (`create_owner`).
        """
        rights = {"is_staff": True, "is_superuser": True, **fields}
        if password is not None:
            validate_password(password, self.model(email=email.strip(), **rights))
        return self.create_user(email, password, **rights)

    def get_by_natural_key(self, email: str | None) -> User:
        """Find the user of an e-mail address, however it is spelled. Raises `User.DoesNotExist`."""
        return self.for_email(email or "").get()

    def for_email(self, email: str) -> models.QuerySet[User]:
        """Return the user of an e-mail address as a queryset of one or none."""
        digest = blind_index("email", email)
        return self.filter(email_index=digest) if digest else self.none()


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who can sign in: a customer with an account, or staff."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = EncryptedTextField("e-mail", max_length=254, validators=[EmailValidator()])
    email_index = BlindIndexField(
        kind="email",
        source="email",
        unique=True,
        error_messages={"unique": "There is an account with this e-mail address already."},
    )
    name = EncryptedTextField(max_length=150, blank=True, default="")
    is_staff = models.BooleanField("staff", default=False, help_text="May use the staff pages.")
    has_staff_password = models.BooleanField(default=False, editable=False)
    is_active = models.BooleanField("active", default=True, help_text="Take this away instead of deleting an account.")
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    # Which they last used the shop in: of mails that somebody else is the reason for.
    language = models.CharField(max_length=8, default="en", db_default="en", editable=False)
    # Part of what sessions and reset links are tied to: a new one ends them all.
    session_salt = models.CharField(max_length=32, blank=True, default="", editable=False)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "user"

    def __str__(self) -> str:
        """Name the user without naming the person."""
        return f"User {str(self.pk)[:8]}"

    def clean(self) -> None:
        """Normalise the e-mail; `AbstractBaseUser` would do it by the model's default manager."""
        super().clean()
        self.email = self.email.strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; whoever has a new password for an old account, be it by the admin, hears of it by mail."""
        is_changed = getattr(self, "_password", None) is not None and not self._state.adding and self.has_usable_password()
        if not is_changed:
            super().save(*args, **kwargs)
            return
        from store.accounts.mails import AccountMail, queue_account_mail  # noqa: PLC0415 - it knows this model

        with transaction.atomic():
            super().save(*args, **kwargs)
            queue_account_mail(AccountMail.PASSWORD_CHANGED, self.pk, language=self.language)

    def get_full_name(self) -> str:
        """Return the name, or what stands for it."""
        return self.name or str(self)

    def get_short_name(self) -> str:
        """Return the name, or what stands for it."""
        return self.get_full_name()

    def get_session_auth_hash(self) -> str:
        """Return what a session must hold to go on: it ends with the password and with `session_salt`."""
        return self._sessions_tied_to(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield the same under former secret keys."""
        for fallback in super().get_session_auth_fallback_hash():
            yield self._sessions_tied_to(fallback)

    def _sessions_tied_to(self, digest: str) -> str:
        # Sessions from before the first change go on as they are.
        return hashlib.sha256(f"{digest}{self.session_salt}".encode()).hexdigest() if self.session_salt else digest

    def end_sessions(self) -> None:
        """End every session and reset link of the account, by a new `session_salt`."""
        self.session_salt = secrets.token_hex(16)
        self.save(update_fields=["session_salt"])

    end_sessions.alters_data = True  # type: ignore[attr-defined]  # Django's mark for templates

    def set_password(self, raw_password: str | None) -> None:
        """Set the password and note whether it is good enough for staff: nobody can tell from the hash later."""
        super().set_password(None if raw_password is None else normalise_password(raw_password))
        self.has_staff_password = raw_password is not None and meets_staff_rules(raw_password)

    def check_password(self, raw_password: str | None) -> bool:
        """Say whether this is the password, however its characters were put together.

        A password that was set before passwords were normalised is known by the very characters that were typed then.
        """
        normal = normalise_password(raw_password or "")
        return super().check_password(normal) or (normal != (raw_password or "") and super().check_password(raw_password))


class KeyCheck(models.Model):
    """The fingerprint of a key that values in this database were written with (`store.keycheck`)."""

    name = models.CharField(max_length=32, primary_key=True)  # "field:<kid>" or "index"
    fingerprint = models.CharField(max_length=16)
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        """Name the key, not the key itself."""
        return f"{self.name} {self.fingerprint}"


class Erasure(models.Model):
    """One person's data were erased (`store.erasure`). The same line stands in a file that no restore overwrites."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    digest = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        """Name the entry."""
        return f"Erasure {str(self.pk)[:8]}"


class ErasedRow(models.Model):
    """A row whose personal columns were erased: nothing fills them again."""

    table = models.CharField(max_length=64)
    row = models.UUIDField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["table", "row"], name="erased_row_once")]

    def __str__(self) -> str:
        """Name the row."""
        return f"{self.table} {str(self.row)[:8]}"


class BackupRun(models.Model):
    """A backup, drill or restore that ended, well or badly (`store.backups`). The message is the shop's own words."""

    class Kind(models.TextChoices):
        """What was done."""

        BACKUP = "backup", "Backup"
        DRILL = "drill", "Restore drill"
        RESTORE = "restore", "Restore"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField(db_index=True)
    seconds = models.FloatField()
    is_good = models.BooleanField()
    backup = models.CharField(max_length=40, blank=True)
    message = models.TextField()

    def __str__(self) -> str:
        """Say what it was and how it ended."""
        return f"{self.get_kind_display()} {'done' if self.is_good else 'failed'}"


class CardScan(models.Model):
    """A look for card numbers that ended (`store.scan`)."""

    at = models.DateTimeField()
    hits = models.PositiveIntegerField()
    steps = models.PositiveBigIntegerField()  # rows and files

    def __str__(self) -> str:
        """Say what it found."""
        return f"{self.hits} found"


class StaffSearch(models.Model):
    """Somebody of the staff looked for a person: who, by what kind of thing, when; never the value. Rows are only added."""

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)
    is_allowed = models.BooleanField()

    class Meta:
        verbose_name_plural = "staff searches"

    def __str__(self) -> str:
        """Say what was looked for."""
        return self.what


class StaffLookup(models.Model):
    """What somebody of the staff is looking at the results of, for a quarter of an hour: a digest, never the value."""

    key = models.CharField(max_length=64, primary_key=True)  # SHA-256 of the handle in the address
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=40)
    digests = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Say what is looked for."""
        return self.what


class Tries(models.Model):
    """How often something was tried lately, and when the next try is welcome (`store.throttle`)."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    free_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        """Name the counter."""
        return f"Tries {self.key[:8]}"


class KnownPlace(models.Model):
    """An account and an address from which it was logged into, as a digest."""

    key = models.CharField(max_length=64, primary_key=True)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Name the place."""
        return f"Place {self.key[:8]}"


class SignUp(models.Model):
    """Somebody asked for an account and hasn't shown yet that the e-mail address is theirs (`store.accounts.sign_up`).

    A row per request, each with its own link and password: a stranger's request can't spoil the owner's. The row is deleted
    when an account comes of it, and after an hour at the latest.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = EncryptedTextField("e-mail", max_length=254)
    email_index = BlindIndexField(kind="email", source="email")
    name = EncryptedTextField(max_length=150, blank=True, default="")
    password = models.CharField(max_length=128)  # hashed, as an account's
    made_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Name the request without naming the person."""
        return f"Sign-up {str(self.pk)[:8]}"
