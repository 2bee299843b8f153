"""The account's page: the customer's own orders, their data, and the way out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Variant
from checkout.models import Order
from store.erasure import ledger_path
from store.models import Erasure, User
from tests.accounts.conftest import ADA, ADAS_PASSWORD, is_logged_in, log_in
from tests.checkout.shopper import Shopper
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import DeliveryMethodFactory, make_order
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def collar() -> Variant:
    return VariantFactory.create(product__name="Harbour collar", on_hand=500)


def order_of(user: User | None, variant: Variant, *, status: str = "cancelled", age: int = 0, email: str = ADA) -> Order:
    with transaction.atomic():
        return make_order(
            variant=variant,
            email=email,
            customer=user,
            status=status,
            payment_status="voided",
            placed_at=NOW - timedelta(hours=age),
        )


def numbers_on(client: Client, address: str = "/account/") -> list[str]:
    return re.findall(r"Order (R-\d+)", client.get(address).content.decode())


class TestOrders:
    def test_they_are_listed_newest_first_and_lead_to_their_pages(
        self, adas_browser: Client, ada: User, collar: Variant
    ) -> None:
        orders = [order_of(ada, collar, age=age) for age in (2, 1, 3)]
        page = adas_browser.get("/account/").content.decode()
        assert numbers_on(adas_browser) == [orders[1].number, orders[0].number, orders[2].number]
        for order in orders:
            assert f'href="/orders/{order.token}/"' in page
        assert page.count("1 × Harbour collar") == 3

    def test_nobody_elses_are_listed(self, adas_browser: Client, ada: User, grace: User, collar: Variant) -> None:
        mine = order_of(ada, collar)
        order_of(grace, collar)
        assert numbers_on(adas_browser) == [mine.number]

    def test_a_guests_order_is_not_claimed_by_its_address(self, adas_browser: Client, ada: User, collar: Variant) -> None:
        order_of(None, collar, email=ADA)
        assert numbers_on(adas_browser) == []
        assert "No order yet." in adas_browser.get("/account/").content.decode()

    def test_past_orders_are_claimed_with_the_link_from_the_mailbox_only(
        self,
        adas_browser: Client,
        ada: User,
        grace: User,
        collar: Variant,
        newest_mail: Callable[[], EmailMultiAlternatives],
    ) -> None:
        past = order_of(None, collar, email=ADA.lower())
        order_of(None, collar, email="grace@example.org")
        hers = order_of(grace, collar, email=ADA)  # typed by somebody else, who was logged in
        adas_browser.post("/account/past-orders/")
        message = newest_mail()
        assert message.to == [ada.email]
        link = re.search(r"/account/past-orders/[^/]+/", str(message.body))
        assert link
        strangers = Client()
        strangers.force_login(grace)
        strangers.post(link[0])
        adas_browser.get(link[0])  # as a mail scanner does
        assert Order.objects.filter(customer=ada).count() == 0
        with time_machine.travel(timezone.now() + timedelta(minutes=31)):
            adas_browser.post(link[0])
        assert Order.objects.filter(customer=ada).count() == 0
        adas_browser.post(link[0])
        assert numbers_on(adas_browser) == [past.number]
        assert Order.objects.get(pk=hers.pk).customer == grace

    def test_an_order_on_hold_is_told_without_suspicion(self, adas_browser: Client, ada: User, collar: Variant) -> None:
        order_of(ada, collar, status="on_hold")
        page = adas_browser.get("/account/").content.decode()
        assert "We are confirming it" in page
        assert "hold" not in page.casefold().split("<main")[1].split("</main")[0]

    def test_pages_follow_each_other_without_gap_or_repetition(
        self, adas_browser: Client, ada: User, collar: Variant
    ) -> None:
        # Several of the same moment: the id decides.
        placed = [order_of(ada, collar, age=n // 4) for n in range(45)]
        seen, address, pages = [], "/account/", 0
        while address:
            page = adas_browser.get(address).content.decode()
            seen += re.findall(r"Order (R-\d+)", page)
            more = re.search(r'href="(\?before=[^"]+)"', page)
            address = f"/account/{more[1]}" if more else ""
            pages += 1
        wanted = sorted(placed, key=lambda order: (order.placed_at, order.pk), reverse=True)
        assert seen == [order.number for order in wanted]
        assert pages == 3

    @pytest.mark.parametrize("before", ["x", "é", "AAAAAAAAAAAAAAAAAAAAAA", "'", "x" * 500])
    def test_a_made_up_page_is_the_first_one(self, adas_browser: Client, ada: User, collar: Variant, before: str) -> None:
        mine = order_of(ada, collar)
        answer = adas_browser.get("/account/", {"before": before})
        assert answer.status_code == 200
        assert f"Order {mine.number}" in answer.content.decode()

    def test_it_asks_the_database_as_often_for_two_orders_as_for_twenty(
        self, adas_browser: Client, ada: User, collar: Variant
    ) -> None:
        counts = []
        adas_browser.get("/cart/")  # the shelves are kept for a while by each process
        for so_many in (2, 20):
            while Order.objects.count() < so_many:
                order_of(ada, collar, age=Order.objects.count())
            with CaptureQueriesContext(connection) as queries:
                assert len(numbers_on(adas_browser)) == so_many
            counts.append(len(queries))
        assert counts[0] == counts[1]
        assert counts[0] == 6, "session, user, orders, lines, returns, invoices"

    def test_an_order_whose_data_were_erased_is_listed_without_its_page(
        self, adas_browser: Client, ada: User, collar: Variant
    ) -> None:
        order = order_of(ada, collar)
        order.token = ""
        order.save()
        assert numbers_on(adas_browser) == [order.number]


class TestCheckout:
    def test_it_is_filled_in_and_the_order_is_the_customers(
        self, adas_browser: Client, ada: User, collar: Variant, sandbox: RunningSandbox
    ) -> None:
        DeliveryMethodFactory.create()
        shopper = Shopper(client=adas_browser)
        shopper.add(collar)
        page = adas_browser.get("/checkout/").content.decode()
        assert f'value="{ADA}"' in page
        assert 'value="Ada Byron"' in page
        order = shopper.order(collar, email="else@example.com")
        assert order.customer == ada
        assert order.number in adas_browser.get("/account/").content.decode()

    def test_nobody_needs_an_account(self, client: Client, collar: Variant, sandbox: RunningSandbox) -> None:
        DeliveryMethodFactory.create()
        order = Shopper(client=client).order(collar)
        assert order.customer is None


class TestData:
    def send(self, client: Client, step: str, **values: str) -> tuple[int, str]:
        answer = client.post("/account/data/", {"step": step, **{f"{step}-{name}": text for name, text in values.items()}})
        return answer.status_code, answer.content.decode()

    def test_it_is_handed_out_after_the_password(
        self, adas_browser: Client, ada: User, grace: User, collar: Variant
    ) -> None:
        mine, guests = order_of(ada, collar), order_of(None, collar, email=ADA)
        order_of(grace, collar, email="grace@example.org")
        answer = adas_browser.post("/account/data/", {"step": "download", "download-current_password": ADAS_PASSWORD})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
        assert "no-store" in answer.headers["Cache-Control"]
        records = json.loads(answer.content)["records"]
        assert {row["besides"]["number"] for row in records["checkout.Order"]} == {mine.number, guests.number}
        assert records["store.User"][0]["personal"]["email"]["value"] == ADA
        assert "grace" not in answer.content.decode().casefold()

    @pytest.mark.parametrize("step", ["download", "erase"])
    def test_a_wrong_password_gets_nothing(self, adas_browser: Client, ada: User, step: str) -> None:
        status, page = self.send(adas_browser, step, current_password="not my password", words="erase my data")
        assert status == 422
        assert "That isn&#x27;t your password. Nothing was changed." in page
        assert '"records"' not in page
        ada.refresh_from_db()
        assert (ada.is_active, ada.email) == (True, ADA)
        assert not ledger_path().exists()

    @pytest.mark.parametrize("words", ["", "yes", "erase", "erase my dat"])
    def test_without_the_words_nothing_is_erased(self, adas_browser: Client, ada: User, words: str) -> None:
        status, _ = self.send(adas_browser, "erase", current_password=ADAS_PASSWORD, words=words)
        assert status == 422
        ada.refresh_from_db()
        assert ada.email == ADA

    def test_password_and_words_erase_all_and_log_out(
        self, adas_browser: Client, ada: User, grace: User, collar: Variant
    ) -> None:
        mine, hers = order_of(ada, collar), order_of(grace, collar, email="grace@example.org")
        other = Client()
        log_in(other, ADA, ADAS_PASSWORD)
        answer = adas_browser.post(
            "/account/data/",
            {"step": "erase", "erase-words": " Erase my  data ", "erase-current_password": ADAS_PASSWORD},
        )
        assert answer.headers["Location"] == "/account/data/erased/"
        assert "Your data are erased" in adas_browser.get("/account/data/erased/").content.decode()
        ada.refresh_from_db()
        assert (ada.is_active, ada.email, ada.name, ada.has_usable_password()) == (False, "", "", False)
        for browser in (adas_browser, other):
            assert not is_logged_in(browser)
        assert log_in(Client(), ADA, ADAS_PASSWORD) == 422
        after = Order.objects.get(pk=mine.pk)
        assert (after.email, after.phone, after.number, after.total) == ("", "", mine.number, mine.total)
        assert Order.objects.get(pk=hers.pk).email == "grace@example.org"
        assert Erasure.objects.count() == 1
        assert ledger_path().read_text().count("\n") == 1

    @pytest.mark.parametrize("status", ["awaiting_payment", "on_hold", "released"])
    def test_an_open_order_keeps_the_data(self, adas_browser: Client, ada: User, collar: Variant, status: str) -> None:
        order = order_of(ada, collar, status=status)
        page = adas_browser.get("/account/data/").content.decode()
        assert f"Order {order.number} is not over yet" in page
        assert "Erase my data for good" not in page
        answered, page = self.send(adas_browser, "erase", current_password=ADAS_PASSWORD, words="erase my data")
        assert answered == 409
        assert f"Order {order.number} is not over yet" in page
        ada.refresh_from_db()
        assert ada.email == ADA
        assert Order.objects.get().email == ADA
        assert is_logged_in(adas_browser)

    def test_staff_keep_their_account(self, max_of_staff: User) -> None:
        client = Client()
        log_in(client, "max@ringback.example", "harbour7lantern9walnut")
        status, page = self.send(client, "erase", current_password="harbour7lantern9walnut", words="erase my data")
        assert status == 409
        assert "This is a staff account: take its staff right first." in page
        max_of_staff.refresh_from_db()
        assert max_of_staff.is_active

    def test_the_page_says_what_goes_and_what_stays(self, adas_browser: Client) -> None:
        page = adas_browser.get("/account/data/").content.decode()
        assert "What goes, at once and for good" in page
        assert "What stays, because the books must be kept" in page
        assert page.count('autocomplete="current-password"') == 2
