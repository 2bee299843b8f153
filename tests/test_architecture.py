"""The house's rules, walked: foreign keys point down, nobody above is known below."""

from __future__ import annotations

from django.apps import apps

# From the ground up; an app may point at its own floor and those below.
FLOORS = ("store", "catalog", "checkout", "fraud")


def test_foreign_keys_point_down_the_house_only() -> None:
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in FLOORS
        for field in model._meta.get_fields()
        if (field.many_to_one or field.one_to_one or field.many_to_many)
        and field.concrete
        and field.related_model._meta.app_label in FLOORS
        and FLOORS.index(field.related_model._meta.app_label) > FLOORS.index(model._meta.app_label)
    ]
    assert upward == []


def test_the_walk_sees_every_floor() -> None:
    assert {model._meta.app_label for model in apps.get_models()} >= set(FLOORS)


def test_money_is_protected_from_deletion() -> None:
    """Nothing that an order, a payment or the stock ledger points at can be deleted from under it."""
    from django.db.models import CASCADE  # noqa: PLC0415

    keepers = {"Order", "OrderLine", "OrderAddress", "OrderEvent", "Payment", "PaymentEvent", "StockMove", "Call", "Finding"}
    loose = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__name__ in keepers
        for field in model._meta.get_fields()
        if field.many_to_one and field.concrete and field.remote_field.on_delete is CASCADE
    ]
    assert loose == []
