from django.apps import AppConfig


class PaypalConfig(AppConfig):
    name = "sandbox.paypal"
    label = "paypal_sandbox"

    def ready(self) -> None:
        """Tell the queue how this company signs, and the worker what happens to it when time passes."""
        from sandbox.ground.deliveries import SIGNERS  # noqa: PLC0415  # only once the apps are loaded
        from sandbox.ground.worker import WHEN_TIME_PASSES  # noqa: PLC0415  # only once the apps are loaded
        from sandbox.paypal.passing_time import let_time_pass  # noqa: PLC0415  # only once the apps are loaded
        from sandbox.paypal.signing import sign  # noqa: PLC0415  # only once the apps are loaded

        SIGNERS["paypal"] = sign
        WHEN_TIME_PASSES.append(let_time_pass)
