from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    """Cart, orders, payments."""

    name = "checkout"

    def ready(self) -> None:
        """Check the settings, and listen to the store: to erasures, for open orders; to jobs that were given up."""
        from checkout import checks  # noqa: F401, PLC0415 - importing registers them
        from checkout.erasing import object_to_erasure  # noqa: PLC0415 - models must be loaded first
        from checkout.receivers import tell_of_parked_job  # noqa: PLC0415 - same
        from store.signals import erasure_requested, job_parked  # noqa: PLC0415 - same

        erasure_requested.connect(object_to_erasure, dispatch_uid="checkout.object_to_erasure")
        job_parked.connect(tell_of_parked_job, dispatch_uid="checkout.tell_of_parked_job")
