"""The store app."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The ground everyone stands on."""

    name = "store"
    label = "store"

    def ready(self) -> None:
        """Put the card-number guard on every admin form, and the slow log-in on the admin's own page."""
        from django.contrib import admin  # noqa: PLC0415 - models must be loaded first
        from django.contrib.admin.options import BaseModelAdmin  # noqa: PLC0415 - models must be loaded first

        from store.auth import StaffLogInForm  # noqa: PLC0415 - same
        from store.card_guard import GuardedModelForm  # noqa: PLC0415 - same

        BaseModelAdmin.form = GuardedModelForm
        admin.site.login_form = StaffLogInForm
