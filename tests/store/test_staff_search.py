"""What staff look for is posted, kept as a digest for a while, and never stands in an address."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from store.models import StaffLookup, StaffSearch, User
from store.staff_search import KEPT
from store.throttle import forget_old_tries
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import make_order
from tests.searching import search

pytestmark = pytest.mark.django_db
LIST = "/admin/checkout/order/"


@pytest.fixture
def desk(manager: User) -> Client:
    client = Client()
    client.force_login(manager)
    return client


def test_the_address_after_a_search_names_nobody(desk: Client) -> None:
    make_order(number="R-1234-5678")
    for term in ("dana@example.com", "(503) 555-0142", "Reyes"):
        answer = desk.post(f"{LIST}search/", {"q": term, "status__exact": "on_hold", "p": "3"})
        address = answer.headers["Location"]
        assert address.startswith(f"{LIST}?status__exact=on_hold&q=found-")
        assert "dana" not in address.casefold()
        page = desk.get(address).content.decode()
        assert "R-1234-5678" in page
        assert "1 result " in page
        assert term not in page
    assert {len(row.digests) for row in StaffLookup.objects.all()} == {64}
    assert StaffSearch.objects.count() == 3  # leafing through it is no search


def test_a_result_has_pages(desk: Client) -> None:
    variant = VariantFactory.create(on_hand=100)
    for _ in range(52):
        make_order(variant=variant)
    address = desk.post(f"{LIST}search/", {"q": "dana@example.com"}).headers["Location"]
    assert "52 results" in desk.get(address).content.decode()
    assert desk.get(f"{address}&p=2").content.decode().count("/change/") == 2
    assert StaffSearch.objects.count() == 1


def test_an_order_number_may_stand_in_the_address(desk: Client) -> None:
    make_order(number="R-1234-5678")
    assert desk.post(f"{LIST}search/", {"q": "1234 5678"}).headers["Location"] == f"{LIST}?q=1234+5678"
    assert "R-1234-5678" in desk.get(LIST, {"q": "1234 5678"}).content.decode()
    assert not StaffSearch.objects.exists()


@pytest.mark.parametrize("page", ["checkout/order", "store/user"])
@pytest.mark.parametrize("term", ["dana@example.com", "+1 503 555 0142", "Reyes"])
def test_what_names_a_person_in_an_address_is_refused_kindly(desk: Client, page: str, term: str) -> None:
    make_order(number="R-1234-5678")
    refused = desk.get(f"/admin/{page}/", {"q": term})
    assert refused.status_code == 302
    assert term.split("@", maxsplit=1)[0] not in refused.headers["Location"]
    shown = desk.get(refused.headers["Location"]).content.decode()
    assert "Nothing was searched: what names a person must not stand in the address" in shown
    assert "R-1234-5678" not in shown
    assert not StaffSearch.objects.exists()


def test_a_result_is_for_who_searched_and_for_a_while(desk: Client) -> None:
    make_order(number="R-1234-5678")
    other = Client()
    other.force_login(User.objects.create_superuser("olive@shop.example", "a long phrase for olive 7"))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        address = desk.post(f"{LIST}search/", {"q": "dana@example.com"}).headers["Location"]
        assert "R-1234-5678" not in other.get(address).content.decode()
        clock.shift(KEPT.total_seconds())
        assert "R-1234-5678" in desk.get(address).content.decode()
        clock.shift(1)
        over = desk.get(address).content.decode()
        assert "This search is over. Please search again." in over
        assert "R-1234-5678" not in over
        search(desk, "checkout/order", "Reyes")
        assert StaffLookup.objects.count() == 1  # the old one is gone
        forget_old_tries(now=timezone.now() + timedelta(hours=2))
        assert not StaffLookup.objects.exists()


def test_a_made_up_handle_finds_nothing(desk: Client) -> None:
    make_order(number="R-1234-5678")
    page = desk.get(LIST, {"q": "found-" + "a" * 32}).content.decode()
    assert "R-1234-5678" not in page
    assert "This search is over" in page


def test_a_card_number_is_not_searched(desk: Client) -> None:
    page = search(desk, "checkout/order", "4242 4242 4242 4242").content.decode()
    assert "That looks like a card number. Nothing was searched or kept." in page
    assert "4242" not in page
    assert not StaffLookup.objects.exists()


def test_searching_needs_the_right_to_see_the_list_and_a_post(desk: Client) -> None:
    mona = User.objects.create_user("mona@shop.example", "x", is_staff=True)
    client = Client()
    client.force_login(mona)
    for page in ("checkout/order", "store/user"):
        assert client.post(f"/admin/{page}/search/", {"q": "dana@example.com"}).status_code == 403
        assert desk.get(f"/admin/{page}/search/").status_code == 405
    mona.user_permissions.add(Permission.objects.get(codename="view_order"))
    told = search(client, "checkout/order", "dana@example.com").content.decode()
    assert "You may look for order numbers only." in told
    assert not StaffLookup.objects.exists()
