from django.apps import AppConfig


class GroundConfig(AppConfig):
    name = "sandbox.ground"
    label = "ground"
