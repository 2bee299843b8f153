"""Which object a page of the admin is about, by its address alone."""

from __future__ import annotations

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest


def view_of(request: HttpRequest) -> str:
    """Return the name of the view that answers, as in admin:fraud_calltask_release."""
    return request.resolver_match.view_name if request.resolver_match else ""


def row_of(request: HttpRequest) -> models.Model | None:
    """The row that an admin page is about: admin:fraud_calltask_release is about a fraud.CallTask.

    It need not exist, and it is not read: the key is all that is taken from the address, which may say anything besides.
    None for a page about no row, and for a key that can't be one.
    """
    match = request.resolver_match
    key = next((str(value) for value in (*match.kwargs.values(), *match.args)), "") if match else ""
    app, _, rest = view_of(request).removeprefix("admin:").partition("_")
    try:
        model = apps.get_model(app, rest.partition("_")[0])
        return model(pk=model._meta.pk.to_python(key)) if key else None  # noqa: SLF001 - Django's public secret
    except (LookupError, ValueError, ValidationError):
        return None
