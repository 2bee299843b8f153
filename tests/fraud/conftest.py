"""The cast: Rosa and Sam may do everything at the call desk, Lee only rings, Cora looks on, Mona is staff elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils import timezone

from catalog.models import Variant
from fraud.models import CallTask
from fraud.services import assess_order
from store.models import User
from tests.checkout.shopper import ELSEWHERE, Shopper
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import DeliveryMethodFactory, make_order
from tests.sandbox.process import RunningSandbox

MIAMI = {
    "name": "Victor Stone",
    "line1": "77 Ocean Drive",
    "line2": "",
    "city": "Miami",
    "region": "FL",
    "postcode": "33139",
    "country": "US",
}


def make_staff(name: str, *rights: str) -> User:
    """A member of staff with these rights over calls."""
    user = User.objects.create_user(f"{name.lower()}@shop.example", "a long phrase 7", name=name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights, content_type__app_label="fraud"))
    assert user.user_permissions.count() == len(rights)
    return user


@pytest.fixture
def rosa(db: None) -> User:
    return make_staff("Rosa Lind", "work_call_queue", "release_call", "cancel_call")


@pytest.fixture
def sam(db: None) -> User:
    return make_staff("Sam Okoro", "work_call_queue", "release_call", "cancel_call")


@pytest.fixture
def lee(db: None) -> User:
    return make_staff("Lee Park", "work_call_queue")


@pytest.fixture
def cora(db: None) -> User:
    return make_staff("Cora Hill", "view_call_queue", "reveal_customer")


@pytest.fixture
def mona(db: None) -> User:
    return make_staff("Mona Fields")


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def polisher(db: None) -> Variant:
    """By far the dearest of eleven things."""
    for price in (900, 1100, 1250, 1400, 1800, 2200, 2600, 3400, 4900, 5200):
        VariantFactory.create(price=price, on_hand=50)
    DeliveryMethodFactory.create()
    return VariantFactory.create(price=89900, on_hand=500, product__name="Grand Polisher")


@pytest.fixture
def make_task(polisher: Variant, now: datetime) -> Callable[..., CallTask]:
    """Put one more order into the call queue: twelve polishers to a stranger in Miami."""

    def make(*, hours_ago: float = 0.5, **values: object) -> CallTask:
        placed_at = now - timedelta(hours=hours_ago)
        with transaction.atomic():  # stock moves want one
            order = make_order(variant=polisher, quantity=12, ship_to=MIAMI, placed_at=placed_at, **values)  # type: ignore[arg-type]  # the factory's own names
        assess_order(order_id=order.pk, now=now)
        return CallTask.objects.select_related("order").get(order=order)

    return make


@pytest.fixture
def paid_task(polisher: Variant, sandbox: RunningSandbox, run_tasks: Callable[[], int]) -> CallTask:
    """A call about an order that is really authorised at the payment company."""
    shopper = Shopper()
    order = shopper.order(polisher, 12, **ELSEWHERE)
    assert shopper.pay(order, sandbox)["status"] == "paid"
    shopper.come_back(order)
    run_tasks()
    return CallTask.objects.select_related("order").get()
