"""The house's rules, walked: foreign keys point down, and nothing that counts can be deleted from under an order."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.db.models import CASCADE, ForeignKey, ManyToManyField

import config.urls  # registers and unregisters
from config.menu import MENU

# From the ground up; an app may point at its own floor and those below.
FLOORS = ("store", "catalog", "checkout", "fraud")


def test_foreign_keys_point_down_the_house_only() -> None:
    links = [
        (model._meta.app_label, field.related_model._meta.app_label, str(field))
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey | ManyToManyField)
    ]
    ours = [link for link in links if link[0] in FLOORS and link[1] in FLOORS]

    assert {here for here, _, _ in ours} == set(FLOORS)
    assert [name for here, there, name in ours if FLOORS.index(there) > FLOORS.index(here)] == []


def test_money_is_protected_from_deletion() -> None:
    keepers = {
        "Order",
        "OrderLine",
        "OrderAddress",
        "OrderEvent",
        "Payment",
        "PaymentEvent",
        "StockMove",
        "CallTask",
        "Call",
    }
    keys = [
        field
        for model in apps.get_models()
        if model.__name__ in keepers
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey)
    ]

    assert {field.model.__name__ for field in keys} == keepers
    assert [str(field) for field in keys if field.remote_field.on_delete is CASCADE] == []


def test_every_table_of_the_admin_has_its_place_in_the_menu() -> None:
    assert config.urls.urlpatterns
    listed = [name for names in MENU.values() for name in names]
    assert sorted(listed) == sorted(model._meta.label for model in admin.site._registry)
