"""The catalogue app."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete, post_migrate, post_save


class CatalogConfig(AppConfig):
    """Categories, products, stock and search."""

    name = "catalog"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        from catalog import triggers  # noqa: PLC0415 - models are not ready when this module is read
        from catalog.attributes import forget_attributes  # noqa: PLC0415 - same
        from catalog.facts import tell_of_stock  # noqa: PLC0415 - same
        from catalog.models import Attribute, AttributeChoice, Phrase, Variant  # noqa: PLC0415 - same
        from catalog.saying import forget_phrases  # noqa: PLC0415 - same
        from catalog.wishes import keep_wishes_after_log_in  # noqa: PLC0415 - same
        from store.signals import facts_wanted  # noqa: PLC0415 - same

        user_logged_in.connect(keep_wishes_after_log_in, dispatch_uid="catalog.keep_wishes_after_log_in")
        facts_wanted.connect(tell_of_stock, dispatch_uid="catalog.tell_of_stock")
        post_migrate.connect(triggers.install_after_migrate, sender=self, dispatch_uid="catalog.triggers")
        for model in (Attribute, AttributeChoice, Variant):  # of a variant its options
            for signal in (post_save, post_delete):
                signal.connect(forget_attributes, sender=model, dispatch_uid=f"catalog.forget_{model.__name__}")
        for signal in (post_save, post_delete):
            signal.connect(forget_phrases, sender=Phrase, dispatch_uid="catalog.forget_phrases")
