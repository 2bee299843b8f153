from django.apps import AppConfig


class FraudConfig(AppConfig):
    """Rules, policy, the call queue."""

    name = "fraud"
