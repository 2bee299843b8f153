"""A replica that is different on purpose, so that each page shows who answered."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Category, Product, Variant
from catalog.selectors import forget_category_tree
from store.jobs.recovery import beat
from store.models import User
from store.replica import REPLICA, forget_standing
from tests.factories.catalog import VariantFactory
from tests.processes import run_manage

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
HERE, THERE = "Collar of the primary", "Collar of the replica"
PAGES = ["/", "/catalog/", "/catalog/?q=collar", "/catalog/?q=HH-1", "/catalog/dogs/", "/products/collar/"]


@pytest.fixture
def variant() -> Variant:
    return VariantFactory.create(
        sku="HH-1", on_hand=3, product__name=HERE, product__slug="collar", product__is_featured=True
    )


@pytest.fixture
def replica(variant: Variant, settings: Settings) -> Iterator[Client]:
    """A shop with a replica: a copy of its database, in which the collar has another name. Gives a visitor."""
    beat("worker-1", now=timezone.now())
    here = connection.settings_dict
    copy = f"{here['NAME']}_replica"
    with connection.cursor() as cursor:  # a template may have no visitors, but the one who copies it may be there
        cursor.execute(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {copy} TEMPLATE {here['NAME']}")
    connections[REPLICA] = connection.copy(REPLICA)
    connections[REPLICA].settings_dict["NAME"] = copy
    with connections[REPLICA].cursor() as cursor:
        cursor.execute("UPDATE catalog_product SET name = %s", [THERE])
        cursor.execute("SET default_transaction_read_only = on")
    settings.DATABASE_REPLICA_URL = "postgres://replica"
    settings.DATABASE_ROUTERS = ["store.replica.ReplicaRouter"]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "store.replica.FreshMiddleware"]
    forget_standing()
    forget_category_tree()
    yield Client()
    connections[REPLICA].close()
    del connections[REPLICA]
    forget_standing()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {copy} WITH (FORCE)")


def shown(visitor: Client, page: str = "/products/collar/") -> str:
    """Which of the two a page shows."""
    text = visitor.get(page).content.decode()
    [name] = {name for name in (HERE, THERE) if name in text}
    return name


def test_the_shop_window_is_read_from_the_replica_and_nothing_else_is(replica: Client, variant: Variant) -> None:
    assert {page: shown(replica, page) for page in PAGES} == dict.fromkeys(PAGES, THERE)
    assert b"/products/collar/" in replica.get("/sitemap.xml").content

    # What decides: the replica says that none is left, and one goes into the cart; the cart shows the primary's name.
    with connections[REPLICA].cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")
        cursor.execute("UPDATE catalog_variant SET on_hand = 0, held = 0")
        cursor.execute("SET default_transaction_read_only = on")
    assert replica.post("/cart/add/", {"variant": variant.pk, "quantity": 1}).status_code == 302
    assert shown(replica, "/cart/") == HERE
    assert Product.objects.get().name == HERE  # a job, a command
    moved = Product.objects.using(REPLICA).get()
    moved.save(update_fields=["tagline"])  # a row that came from there is written here
    assert moved._state.db == "default"


def test_a_replica_is_asked_as_its_address_says_and_never_to_write() -> None:
    words = "import json; from django.conf import settings as s; print(json.dumps([s.DATABASES['replica']['OPTIONS'], s.MIDDLEWARE]))"
    here = {**os.environ, "DATABASE_URL": "postgres://shop:x@127.0.0.1:9/shop"}
    there = "postgres://reader:y@127.0.0.1:9/shop?sslmode=verify-full"
    done = run_manage({**here, "DATABASE_REPLICA_URL": there}, "shell", "-v0", "-c", words)
    options, middleware = json.loads(done.stdout)
    assert (options["sslmode"], options["connect_timeout"]) == ("verify-full", 2)
    assert "default_transaction_read_only=on" in options["options"]
    assert "store.replica.FreshMiddleware" in middleware
    refused = run_manage({**here, "DATABASE_REPLICA_URL": "sqlite:///x"}, "check")
    assert refused.returncode == 1
    assert "nothing else has replicas here" in refused.stderr


def test_who_has_changed_something_and_staff_read_the_primary(replica: Client, variant: Variant, settings: Settings) -> None:
    answer = replica.post("/cart/add/", {"variant": variant.pk, "quantity": 1})
    mark = answer.cookies[settings.FRESH_COOKIE_NAME]
    assert (mark.value, mark["max-age"], mark["httponly"]) == ("1", settings.REPLICA_LAG, True)
    assert shown(replica) == HERE
    del replica.cookies[settings.FRESH_COOKIE_NAME]  # as it is after so many seconds
    assert shown(replica) == THERE

    staff = Client()
    staff.force_login(User.objects.create_user("max@shop.example", "a long phrase 7", is_staff=True))
    assert shown(staff) == HERE
    customer = Client()
    customer.force_login(User.objects.create_user("vera@example.com", "a long phrase 7"))
    assert shown(customer) == THERE


def test_a_product_the_replica_does_not_know_yet_is_found_and_a_new_shelf_is_there_at_once(replica: Client) -> None:
    newest = VariantFactory.create(sku="HH-2", product__name="Newest", product__slug="newest")
    Category.objects.filter(pk=newest.product.category_id).update(name="Hounds")
    forget_category_tree()
    assert b"Newest" in replica.get("/products/newest/").content
    assert b"Hounds" in replica.get("/catalog/").content
    assert replica.get("/products/nowhere/").status_code == 404


def test_a_replica_that_is_behind_or_gone_is_not_asked(replica: Client, settings: Settings) -> None:
    with connections[REPLICA].cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")
        long_ago = timezone.now() - timedelta(seconds=settings.REPLICA_LAG + 60)
        cursor.execute("UPDATE store_worker SET beat_at = %s", [long_ago])
        forget_standing()
        assert shown(replica) == HERE
        cursor.execute("UPDATE store_worker SET beat_at = %s", [timezone.now()])
        assert shown(replica) == HERE  # it isn't asked again at once
    forget_standing()
    assert shown(replica) == THERE

    # It goes away between two queries of a page: the page is made from the primary.
    connections[REPLICA].settings_dict["PORT"] = "9"
    connections[REPLICA].close()
    assert {page: shown(replica, page) for page in PAGES} == dict.fromkeys(PAGES, HERE)
