"""The addresses of an account: kept when asked for, chosen at the checkout without JavaScript, gone with the account."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Variant
from checkout.models import KeptAddress, Order
from checkout.services import address_book
from store.erasure import erase_customer
from store.export import as_json, export_customer
from store.models import User
from tests.checkout.shopper import DETAILS, ELSEWHERE, Shopper

pytestmark = pytest.mark.django_db
EDIT = "/account/addresses/edit/"
HOME = {
    "label": "At home",
    "home_name": "Dana Reyes",
    "home_line1": "1420 SE Ankeny Street",
    "home_line2": "",
    "home_city": "Portland",
    "home_region": "OR",
    "home_postcode": "97214",
    "home_country": "US",
}


@pytest.fixture
def dana() -> User:
    return User.objects.create_user(email="dana@example.com", name="Dana Reyes")


@pytest.fixture
def hers(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


def test_an_address_is_added_changed_and_deleted_by_its_owner_alone(
    hers: Client, dana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = hers.post(EDIT, {**HOME, "home_postcode": "x", "is_bill_to": "on"})
    assert wrong.status_code == 422
    assert "Use this address as I typed it" in wrong.content.decode()
    assert not KeptAddress.objects.exists()
    hers.post(EDIT, {**HOME, "is_bill_to": "on"})
    hers.post(EDIT, {**HOME, "label": ""})  # the same once more
    row = KeptAddress.objects.get()
    assert (row.label, row.is_bill_to, row.is_ship_to, row.is_as_typed) == ("At home", True, False, False)
    hers.post(EDIT, {**HOME, "home_postcode": "x", "home_as_typed": "on", "is_bill_to": "on", "label": "Odd"})
    assert list(KeptAddress.objects.filter(is_bill_to=True).values_list("is_as_typed")) == [(True,)]
    hers.post(EDIT, {**HOME, "address": row.pk, "home_line1": "1 Elm Street", "label": ""})
    row.refresh_from_db()
    assert (row.line1, row.label) == ("1 Elm Street", None)
    page = hers.get("/account/addresses/").content.decode()
    assert "1 Elm Street" in page
    assert "Odd" in page

    stranger = Client()
    stranger.force_login(User.objects.create_user(email="rosa@example.com", name="Rosa"))
    assert "Elm" not in stranger.get(EDIT, {"address": str(row.pk)}, follow=True).content.decode()
    stranger.post(EDIT, {**HOME, "address": row.pk, "home_line1": "2 Elm Street"})
    stranger.post("/account/addresses/delete/", {"address": row.pk})
    row.refresh_from_db()
    assert row.line1 == "1 Elm Street"
    assert Client().get("/account/addresses/").status_code == 302

    monkeypatch.setattr(address_book, "MOST", 2)
    full = hers.post(EDIT, {**HOME, "home_line1": "3 Elm Street"}, follow=True).content.decode()
    assert "this one was not kept" in full
    hers.post("/account/addresses/delete/", {"address": row.pk})
    assert KeptAddress.objects.get().label == "Odd"


def test_the_checkout_begins_with_one_fills_in_another_and_keeps_what_is_ticked(
    shopper: Shopper, dana: User, brush: Variant
) -> None:
    shopper.add(brush)
    assert "_keep" not in shopper.client.get("/checkout/").content.decode()  # a guest has nowhere to keep it
    shopper.client.force_login(dana)
    shopper.add(brush)
    shopper.place(shopper.review())
    assert not KeptAddress.objects.exists()  # nobody asked for it
    shopper.place(shopper.review(**ELSEWHERE, bill_keep="on", ship_keep="on"))
    order = Order.objects.latest("placed_at")
    home, office = KeptAddress.objects.filter(country="US").order_by("region")[::-1]
    assert (home.line1, office.name, order.ship_to.name) == (DETAILS["bill_line1"], "Maximilian Voss", "Maximilian Voss")
    KeptAddress.objects.filter(pk=home.pk).update(is_bill_to=True)

    page = shopper.client.get("/checkout/").content.decode()
    assert 'value="1420 SE Ankeny Street"' in page
    assert 'value="Maximilian Voss"' not in page
    filled = shopper.client.post("/checkout/", {**DETAILS, "ship_kept": str(office.pk), "step": "fill-ship"})
    assert 'value="Maximilian Voss"' in filled.content.decode()


def test_it_is_in_the_export_and_goes_with_the_account(hers: Client, dana: User) -> None:
    hers.post(EDIT, HOME)
    assert "1420 SE Ankeny Street" in as_json(export_customer(email=dana.email, now=timezone.now(), is_self_service=True))
    erase_customer(email=dana.email, now=timezone.now())
    assert not KeptAddress.objects.exists()
