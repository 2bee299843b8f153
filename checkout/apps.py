from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    """Cart, orders, payments."""

    name = "checkout"
