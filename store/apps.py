"""The store app."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The ground everyone stands on."""

    name = "store"
    label = "store"
