from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    """Cart, orders, payments."""

    name = "checkout"

    def ready(self) -> None:
        """Check the settings, and listen to the floors below.

        Nobody is erased while an order of theirs is open; a product's page shows what buyers say; a restored shop's money
        must add up; staff hear of jobs given up and of backups in trouble;
        a cart goes with its owner.
        """
        from django.contrib.auth.signals import user_logged_in, user_logged_out  # noqa: PLC0415 - same

        from catalog.signals import product_reviews_wanted  # noqa: PLC0415 - same
        from checkout import checks  # noqa: F401, PLC0415 - importing registers them
        from checkout.cart_owners import leave, take_along  # noqa: PLC0415 - same
        from checkout.erasing import object_to_erasure  # noqa: PLC0415 - models must be loaded first
        from checkout.facts import tell_of_orders  # noqa: PLC0415 - same
        from checkout.invariants import check_money  # noqa: PLC0415 - same
        from checkout.receivers import tell_of_audit_log, tell_of_backups, tell_of_parked_job  # noqa: PLC0415 - same
        from checkout.showing_reviews import show_reviews  # noqa: PLC0415 - same
        from store.signals import (  # noqa: PLC0415 - same
            audit_troubled,
            backups_troubled,
            data_checked,
            erasure_requested,
            facts_wanted,
            job_parked,
        )

        user_logged_in.connect(take_along, dispatch_uid="checkout.take_along")
        user_logged_out.connect(leave, dispatch_uid="checkout.leave")
        erasure_requested.connect(object_to_erasure, dispatch_uid="checkout.object_to_erasure")
        product_reviews_wanted.connect(show_reviews, dispatch_uid="checkout.show_reviews")
        facts_wanted.connect(tell_of_orders, dispatch_uid="checkout.tell_of_orders")
        data_checked.connect(check_money, dispatch_uid="checkout.check_money")
        backups_troubled.connect(tell_of_backups, dispatch_uid="checkout.tell_of_backups")
        audit_troubled.connect(tell_of_audit_log, dispatch_uid="checkout.tell_of_audit_log")
        job_parked.connect(tell_of_parked_job, dispatch_uid="checkout.tell_of_parked_job")
