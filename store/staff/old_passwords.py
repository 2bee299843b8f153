"""The last four passwords of staff, as hashes, so that none of them comes back (PCI DSS 8.3.7)."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.hashers import check_password
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from store.models import OldPassword, User
from store.passwords import normalise_password

KEPT: Final = 4


@sensitive_variables("password")
def is_old(user: User, password: str) -> bool:
    """Say whether this is one of the last four passwords, the one in use among them."""
    hashes = {
        *OldPassword.objects.filter(user=user).order_by("-pk").values_list("password", flat=True)[:KEPT],
        user.password,
    }
    return any(check_password(normalise_password(password), stored) for stored in hashes if stored)


def remember_password(user: User) -> None:
    """Keep the hash that was just set, and forget those that are too old to matter."""
    if not user.has_usable_password() or OldPassword.objects.filter(user=user, password=user.password).exists():
        return
    OldPassword.objects.create(user=user, password=user.password, set_at=timezone.now())
    kept = OldPassword.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)[:KEPT]
    OldPassword.objects.filter(user=user).exclude(pk__in=list(kept)).delete()
