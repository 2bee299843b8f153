"""The merchant's own lists: who is let through, looked at twice or always rung about, and what the rules watch for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import cast

from django.conf import settings
from django.db import models
from django.db.models import Q

from checkout.models import Order
from fraud.addresses import building
from fraud.facts import PlaceFacts
from fraud.postcodes import read_pattern
from store.blind_index import BlindIndexField, blind_index, keyed_digest
from store.fields import EncryptedTextField


class ListDigestField(BlindIndexField):
    """A blind index whose kind of value is that of the row: an entry can be an e-mail address or a card."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        """Compute the digest of the entry's value as its kind is spelled."""
        entry = cast("ListEntry", model_instance)
        if add:
            entry.digest = self.make_digest(entry)
        digest: str | None = entry.digest
        return digest

    def make_digest(self, model_instance: models.Model) -> str | None:
        """As above; an entry whose value was erased keeps the digest it has."""
        entry = cast("ListEntry", model_instance)
        return str(digest_of(entry.kind, entry.value or "")) or None


class ListEntryQuerySet(models.QuerySet["ListEntry"]):
    """Entries, by whether they apply."""

    def running(self, now: datetime) -> ListEntryQuerySet:
        """Entries that have neither lapsed nor been taken off."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), removed_at=None)


class ListEntry(models.Model):
    """One entry. It says who put it there, why, because of which order and for how long; it is taken off, never changed."""

    class Kind(models.TextChoices):
        """What is listed."""

        EMAIL = "email", "E-mail address"
        PHONE = "phone", "Phone number"
        ADDRESS = "address", "Address"
        CARD = "card", "Card (the gateway's fingerprint)"
        IP = "ip", "IP address"
        SKU = "sku", "SKU"
        DOMAIN = "domain", "E-mail domain"
        FORWARDER = "forwarder", "Freight forwarder's building"
        COUNTRY = "country", "Country"
        POSTCODE = "postcode", "Postcode"

    class Effect(models.TextChoices):
        """What follows."""

        ALLOW = "allow", "Allow: speaks for the order"
        REVIEW = "review", "Review: worth a call"
        BLOCK = "block", "Block: always a call, whatever else is known"
        WATCH = "watch", "Watch: a rule counts it"

    # Of these a person is told; the others are things that a rule of their own watches for.
    PEOPLE = (Kind.EMAIL, Kind.PHONE, Kind.ADDRESS, Kind.CARD, Kind.IP)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    effect = models.CharField(max_length=10, choices=Effect.choices)
    # An address has its five parts on five lines: street, second line, city, postcode, country. A postcode has its country
    # on the second one; "331*" stands for all that begin so.
    value = EncryptedTextField(max_length=400, multiline=True, null=True)  # NULL once erased
    digest = ListDigestField(kind="email", source="value")
    reason = EncryptedTextField(max_length=500)
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ListEntryQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        permissions = [("change_lists", "Can put people and things on the fraud lists, and take them off")]
        verbose_name = "list entry"
        verbose_name_plural = "list entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["email", "phone", "address", "card", "ip"], effect__in=["allow", "review", "block"])
                | Q(kind__in=["sku", "domain", "forwarder", "country", "postcode"], effect="watch"),
                name="list_effect_goes_with_kind",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="list_entry_removed_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["kind", "effect", "digest"], condition=Q(removed_at=None), name="list_entry_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.effect} ({str(self.pk)[:8]})"


def digest_of(kind: str, value: str) -> str:
    """The digest by which a value of this kind is found; "" for one that means nothing.

    People's values share the digests of orders, so that an entry finds past orders too.
    """
    match kind:
        case ListEntry.Kind.EMAIL | ListEntry.Kind.PHONE | ListEntry.Kind.IP:
            return blind_index(kind, value)
        case ListEntry.Kind.ADDRESS:
            return blind_index("address", *address_parts(value))
        case ListEntry.Kind.FORWARDER:
            line1, line2, city, postcode, country = address_parts(value)
            value = building(PlaceFacts("", line1, line2, city, postcode, "", country))
        case ListEntry.Kind.DOMAIN:
            value = value.strip().rpartition("@")[2].strip(".").casefold()
        case ListEntry.Kind.POSTCODE:
            postcode, _, country = value.partition("\n")
            value = read_pattern(postcode, country)
        case ListEntry.Kind.COUNTRY | ListEntry.Kind.SKU:
            value = value.strip().upper()
        case _:
            value = value.strip()
    return keyed_digest(f"list {kind}", value) if value else ""


def address_parts(value: str) -> tuple[str, str, str, str, str]:
    """Street, second line, city, postcode and country of an address written on five lines; what is missing is ""."""
    line1, line2, city, postcode, country = (*value.split("\n"), "", "", "", "", "")[:5]
    return line1.strip(), line2.strip(), city.strip(), postcode.strip(), country.strip().upper()


def digests_of(kind: str, values: Iterable[str]) -> list[str]:
    """The digests of several values of one kind, without blanks."""
    return [digest for value in values if (digest := digest_of(kind, value))]
