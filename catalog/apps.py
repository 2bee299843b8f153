"""The catalogue app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CatalogConfig(AppConfig):
    """Categories, products, stock and search."""

    name = "catalog"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        from catalog import triggers  # noqa: PLC0415 - models are not ready when this module is read

        post_migrate.connect(triggers.install_after_migrate, sender=self, dispatch_uid="catalog.triggers")
