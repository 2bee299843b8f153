from django.apps import AppConfig


class StripeConfig(AppConfig):
    name = "sandbox.stripe"
    label = "stripe_sandbox"

    def ready(self) -> None:
        """Tell the queue how this company signs, and the worker what happens to it when time passes."""
        from sandbox.ground.deliveries import SIGNERS  # noqa: PLC0415  # only once the apps are loaded
        from sandbox.ground.worker import WHEN_TIME_PASSES  # noqa: PLC0415  # only once the apps are loaded
        from sandbox.stripe.events import sign  # noqa: PLC0415  # only once the apps are loaded
        from sandbox.stripe.passing_time import let_time_pass  # noqa: PLC0415  # only once the apps are loaded

        SIGNERS["stripe"] = sign
        WHEN_TIME_PASSES.append(let_time_pass)
