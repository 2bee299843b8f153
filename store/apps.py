"""The store app."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The ground everyone stands on."""

    name = "store"
    label = "store"

    def ready(self) -> None:
        """Put the card-number guard on every admin form."""
        from django.contrib.admin.options import BaseModelAdmin  # noqa: PLC0415 - models must be loaded first

        from store.card_guard import GuardedModelForm  # noqa: PLC0415 - same

        BaseModelAdmin.form = GuardedModelForm
