"""Fault points: named after the service at work, silent unless watched, refused by production."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from pytest_django import Settings

from checkout.services.carts import add_to_cart, open_cart
from store import faults
from tests.factories.catalog import VariantFactory


@pytest.fixture
def visited() -> Iterator[list[str]]:
    names: list[str] = []
    faults.watch_services(names.append)
    yield names
    faults.look_away()


@pytest.mark.django_db(transaction=True)
def test_a_write_and_a_commit_of_a_service_lie_between_two_fault_points(visited: list[str]) -> None:
    variant = VariantFactory.create()
    assert visited == []  # not a service

    cart = open_cart(now=timezone.now())
    add_to_cart(cart_id=cart.pk, variant_id=variant.pk, quantity=1, now=timezone.now())

    assert visited == [
        "carts.open_cart.before_write",
        "carts.open_cart.after_write",
        "carts.add_to_cart.before_commit",
        "carts.add_to_cart.after_commit",
    ]


def test_production_refuses_to_start_with_a_fault_point(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO = False
    monkeypatch.setenv("FAULT_POINT", "release.release_order.after_commit:1")
    with pytest.raises(ImproperlyConfigured, match="unset it"):
        faults.watch_as_told()
    assert faults._watcher is None


def test_without_a_fault_point_nothing_is_watched() -> None:
    gateway = object()
    faults.watch_as_told()
    assert faults.watch_gateway(gateway) is gateway
