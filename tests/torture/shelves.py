"""The shop that every history begins with: few things, two carts, nothing ordered."""

from __future__ import annotations

import uuid
from typing import Final

from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from catalog.models import StockMove, Variant
from checkout.models import Cart, Coupon, DeliveryMethod, TaxRate
from fraud.models import Policy
from fraud.services import current_policy
from store.models import User
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import DeliveryMethodFactory

CARTS: Final = (uuid.UUID(int=1), uuid.UUID(int=2))
# SKU -> price in minor units and units on the shelf: something cheap, something dear, and the last one of its kind.
THINGS: Final = {"T0-PLENTY": (1250, 20), "T1-DEAR": (89900, 20), "T2-LAST": (2600, 1)}
# From so many points on the customer is rung: below those of another delivery address, above those of a new customer.
THRESHOLD: Final = 30
_STAYS: Final = (DeliveryMethod, TaxRate, Policy)


def set_up_shelves() -> User:
    """Make what no history changes, once for a database; give the reviewer."""
    DeliveryMethodFactory.create()
    for sku, (price, on_hand) in THINGS.items():
        if not Variant.objects.filter(sku=sku).exists():
            VariantFactory.create(sku=sku, price=price, on_hand=on_hand, product__name=sku, product__slug=sku.lower())
    for at, price in enumerate((900, 1100, 1400, 1800, 2200, 3400, 4900)):  # beside which the dear one is dear
        if not Variant.objects.filter(sku=f"OTHER-{at}").exists():
            VariantFactory.create(sku=f"OTHER-{at}", price=price, product__name=f"Other {at}", product__slug=f"other-{at}")
    _ring_for_strangers()
    reviewer = User.objects.filter(is_superuser=True).first()
    return reviewer or User.objects.create_superuser(email="rosa@shop.example", password="a long phrase for rosa 7")


def _ring_for_strangers() -> None:
    """A policy by which whoever has the parcel sent elsewhere is rung, whatever becomes of the rules' own points."""
    now = timezone.now()
    policy = current_policy(now=now)
    if policy.threshold != THRESHOLD:
        Policy.objects.active().update(is_active=False)
        Policy.objects.create(
            version=policy.version + 1000,
            threshold=THRESHOLD,
            points=policy.points,
            always_call=policy.always_call,
            limits=policy.limits,
            created_at=now,
            is_active=True,
            activated_at=now,
        )


def forget_all() -> None:
    """Forget every order and all that hangs on it, and put the shelves in order. Quicker by far than TRUNCATE."""
    tables = [model._meta.db_table for model in _forgotten()]
    deletes = [f'DELETE FROM "{table}"' for table in tables]  # noqa: S608  # our own names
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # one round trip; the order of the tables does not matter
            cursor.execute(
                f"SET session_replication_role = replica; {'; '.join(deletes)}; SET session_replication_role = origin"
            )
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")
            with transaction.atomic():
                for delete in deletes:
                    cursor.execute(delete)
            cursor.execute("PRAGMA foreign_keys = ON")
    for sku, (price, on_hand) in THINGS.items():
        Variant.objects.filter(sku=sku).update(on_hand=on_hand, held=0, price=price, is_active=True)
    now = timezone.now()
    Coupon.objects.create(code="TENOFF", kind=Coupon.Kind.PERCENT, percent=10, max_uses=2, max_uses_per_customer=1)
    Cart.objects.bulk_create(Cart(id=cart_id, created_at=now, updated_at=now) for cart_id in CARTS)


def _forgotten() -> list[type[models.Model]]:
    ours: list[type[models.Model]] = [StockMove, DBTaskResult]
    for app in ("checkout", "fraud"):
        ours += apps.get_app_config(app).get_models()
    return [model for model in ours if model not in _STAYS]
