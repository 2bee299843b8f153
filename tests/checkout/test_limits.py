"""Limits as a shopper meets them: kind, clear, and nothing done by halves. The figures are in docs/limits.md."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import checks
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout import limits
from checkout.limits import CAPS, Visitor, find_rate
from checkout.models import Alert, Cart, CartLine, Guard, Order, Payment
from checkout.proofs import mailbox_proof
from checkout.services.admission import Terms, admit_order
from checkout.services.guard import find_guard, watch
from checkout.services.purge import purge_carts
from checkout.services.settle import settle
from store.models import Tries, User
from store.throttle import TooOften, take_uses
from tests.checkout.scenes import mails, states, stock
from tests.checkout.shopper import Shopper
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import CartFactory, CartLineFactory, make_order, make_payment
from tests.sandbox.process import RunningSandbox

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db
DECLINED = "4000000000000002"
RunTasks = Callable[[], int]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def guard() -> Guard:
    now = timezone.now()
    return Guard.objects.create(began_at=now, ends_at=now + limits.GUARD_LASTS)


@pytest.fixture
def regular(brush: Variant) -> Client:
    """A browser in which somebody is logged in who had a parcel from us."""
    user = User.objects.create_user("rae@example.com", "x")
    make_order(variant=brush, status="shipped", payment_status="captured", customer=user)
    client = Client()
    client.force_login(user)
    return client


def words(answer: Answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def hidden(answer: Answer) -> dict[str, str]:
    form = answer.content.decode().partition("pause-form")[2].partition("</form>")[0]
    return {n: unescape(v) for n, v in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)}


def decline(shopper: Shopper, order: Order, sandbox: RunningSandbox, times: int = 1) -> None:
    """Cards are declined on the page, and a webhook tells of each."""
    for _ in range(times):
        assert shopper.pay(order, sandbox, DECLINED)["status"] == "declined"
        settle(payment_id=order.payments.get(status="started").pk, now=timezone.now())


class TestTable:
    def test_the_document_has_every_row_as_the_code_has_it(self) -> None:
        document = Path("docs/limits.md").read_text()
        rows = dict(re.findall(r"^\| `(\w+)` \| ([\d,]+) in ", document, re.MULTILINE))
        assert {name: int(most.replace(",", "")) for name, most in rows.items()} == {
            name: cap.rate.most for name, cap in CAPS.items()
        }

    def test_a_merchant_changes_a_row_and_a_slip_is_told(self, settings: Settings) -> None:
        settings.LIMITS = {"orders_by_address": "100"}
        assert (find_rate("orders_by_address").most, find_rate("orders_by_email").most) == (100, 10)
        assert not [found for found in checks.run_checks() if found.id == "checkout.E009"]
        settings.LIMITS = {"orders_by_adress": "100", "orders_by_email": "0", "orders_by_cart": "many"}
        assert len([found for found in checks.run_checks() if found.id == "checkout.E009"]) == 3


class TestCarts:
    def test_too_many_carts_of_one_network_are_refused_and_nothing_is_stored(
        self, brush: Variant, settings: Settings, clock: time_machine.Traveller
    ) -> None:
        settings.LIMITS = {"carts_by_address": "2"}
        for _ in range(2):
            assert Shopper().add(brush).status_code == 302
        for spoofed in ("198.51.100.1", "198.51.100.2, 127.0.0.1"):  # no proxy of ours: nobody believes it
            refused = Shopper(Client(headers={"X-Forwarded-For": spoofed})).add(brush)
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1800")
        assert "Nothing was put in a cart" in words(refused)
        assert "In 30 minutes." in words(refused)
        assert (Cart.objects.count(), CartLine.objects.count()) == (2, 2)
        assert Shopper(Client(REMOTE_ADDR="203.0.113.9")).add(brush).status_code == 302
        clock.shift(1800)
        assert Shopper().add(brush).status_code == 302

    def test_a_cart_that_is_there_is_never_refused(self, brush: Variant, settings: Settings) -> None:
        settings.LIMITS = {"carts_by_address": "1"}
        shopper = Shopper()
        assert [shopper.add(brush).status_code for _ in range(3)] == [302] * 3

    def test_ten_thousand_carts_of_a_bot_leave_as_many_as_there_is_room_for(
        self, brush: Variant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "MAX_FRESH_CARTS", 1000)
        now = timezone.now()
        old = now - timedelta(days=1)
        Cart.objects.bulk_create(Cart(created_at=old, updated_at=old) for _ in range(10_000))
        CartLine.objects.bulk_create(
            CartLine(cart_id=pk, variant=brush, quantity=1) for pk in Cart.objects.values_list("pk", flat=True)
        )
        used = CartFactory.create(created_at=old - timedelta(days=9), updated_at=old)
        waiting = make_order(variant=brush, status="awaiting_payment", cart=CartFactory.create(created_at=old))
        new = CartFactory.create(created_at=now)
        for _ in range(6):
            purge_carts(now=now, batch=2000)
        left = set(Cart.objects.values_list("pk", flat=True))
        assert len(left) == 1001  # with the one that is not fresh
        assert {used.pk, waiting.cart_id, new.pk} <= left
        assert CartLine.objects.count() == 1000 - 2
        assert purge_carts(now=now) == 0

    def test_a_cart_nobody_touched_for_a_month_goes(self, brush: Variant) -> None:
        now = timezone.now()
        gone = CartLineFactory.create(cart__created_at=now - timedelta(days=60), cart__updated_at=now - timedelta(days=31))
        stays = CartLineFactory.create(cart__created_at=now - timedelta(days=60), cart__updated_at=now - timedelta(days=29))
        purge_carts(now=now)
        assert not Cart.objects.filter(pk=gone.cart_id).exists()
        assert Cart.objects.filter(pk=stays.cart_id).exists()


class TestOrders:
    def test_one_order_too_many_is_refused_and_the_cart_is_kept(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, settings: Settings, clock: time_machine.Traveller
    ) -> None:
        settings.LIMITS = {"orders_by_email": "1"}
        order = shopper.order(brush)
        other = Shopper(Client(REMOTE_ADDR="203.0.113.9"))
        other.add(brush)
        page = other.review(email="DANA@example.com")

        refused = other.place(page)

        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
        assert "Several orders were placed in a short time without being paid." in words(refused)
        assert "Nothing was ordered, nothing was charged, and your cart is kept." in words(refused)
        assert Order.objects.get() == order
        assert stock(brush) == (10, 1)
        assert "Walnut brush" in words(other.client.get("/cart/"))
        assert states(order, order.payments.get()) == ("awaiting_payment", "started")

        shopper.pay(order, sandbox)
        settle(payment_id=order.payments.get().pk, now=timezone.now())
        assert other.place(page).status_code == 303  # who paid is not slowed

    def test_nobody_keeps_all_of_a_thing_from_others_again_and_again(
        self, brush: Variant, sandbox: RunningSandbox, clock: time_machine.Traveller
    ) -> None:
        """Ten of ten, given up and ordered again: four times at once, then every two hours; others aren't held to account."""
        hoarder = Shopper()
        for _ in range(4):
            hoarder.order(brush, 10)
            Order.objects.filter(status="awaiting_payment").update(cart=None)
            CartLine.objects.all().delete()
            Order.objects.update(status="expired")
            Variant.objects.filter(pk=brush.pk).update(held=0)
        hoarder.add(brush, 10)
        refused = hoarder.place(hoarder.review())
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7200")
        assert "The same goods were put aside for you several times" in words(refused)
        assert stock(brush) == (10, 0)
        other = Shopper(Client(REMOTE_ADDR="203.0.113.9"))
        assert other.order(brush, 10, email="other@example.com")

    def test_a_larger_order_is_told_what_to_do(self, shopper: Shopper, brush: Variant, settings: Settings) -> None:
        settings.MAX_ORDER_TOTAL = 3000
        shopper.add(brush, 2)
        answer = shopper.place(shopper.review(), expected_total="3095")
        page = words(shopper.client.get(answer.headers["Location"]))
        assert "Online we take orders up to $30.00. Nothing was ordered and your cart is kept." in page
        assert settings.SHOP_PHONE in page
        assert not Order.objects.exists()

    def test_queries_are_as_many_for_twenty_lines_as_for_two(self, rates: None) -> None:
        counts = []
        for number in (2, 20):
            visitor = Visitor(address="203.0.113.9", email=f"{number}@example.com", cart_id=uuid.uuid4())
            lines = [CartLine(variant=VariantFactory.create(), quantity=1) for _ in range(number)]
            with CaptureQueriesContext(connection) as queries:
                admit_order(visitor=visitor, terms=Terms(), lines=lines, now=timezone.now())
            counts.append(len(queries))
        assert counts == [6, 6]

    def test_a_page_is_opened_so_often_and_no_more(self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
        order = shopper.order(brush)
        for _ in range(limits.MAX_PAGES - 1):
            make_payment(order, status="expired", authorized_at=None)
        order.payments.update(status="expired")
        answer = shopper.client.post(f"/orders/{order.token}/pay/", follow=True)
        assert "was opened too often. You were not charged. Please order again." in words(answer)
        assert order.payments.count() == limits.MAX_PAGES


class TestDeclines:
    def test_a_page_with_too_many_declined_cards_is_closed(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks
    ) -> None:
        order = shopper.order(brush)
        payment = order.payments.get()
        decline(shopper, order, sandbox, limits.MAX_DECLINES - 1)
        run_tasks()
        assert states(order, payment) == ("awaiting_payment", "started")
        decline(shopper, order, sandbox)
        settle(payment_id=payment.pk, now=timezone.now())  # the same news again counts nothing
        run_tasks()
        assert states(order, payment) == ("expired", "expired")
        assert stock(brush) == (10, 0)
        assert Payment.objects.get().declines == limits.MAX_DECLINES
        assert [session.status for session in sandbox.client().v1.checkout.sessions.list().data] == ["expired"]
        page = words(shopper.client.get(f"/orders/{order.token}/"))
        assert "Several cards were declined, so we closed the payment page. You were not charged" in page
        assert "Walnut brush" in words(shopper.client.get("/cart/"))

    def test_a_good_card_after_a_slip_is_taken(self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
        order = shopper.order(brush)
        decline(shopper, order, sandbox, 2)
        shopper.pay(order, sandbox)
        settle(payment_id=order.payments.get().pk, now=timezone.now())
        assert states(order, order.payments.get()) == ("on_hold", "authorized")

    def test_whose_cards_were_declined_waits_and_a_network_is_not_shut_out(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, settings: Settings, run_tasks: RunTasks
    ) -> None:
        settings.LIMITS = {"declines_by_email": "2", "declines_by_cart": "9", "declines_by_address": "2"}
        order = shopper.order(brush)
        decline(shopper, order, sandbox, 2)
        run_tasks()
        assert Order.objects.get().is_expired
        refused = shopper.place(shopper.review())
        assert refused.status_code == 429
        assert "Several cards were declined in a short time." in words(refused)
        other = Shopper()
        other.add(brush)
        other.place(other.review(email="other@example.com"))
        assert mails(Order.objects.get(status="awaiting_payment")) == ["prove"]  # by way of the mailbox

    def test_a_card_that_others_tried_closes_the_page_at_once(
        self, brush: Variant, sandbox: RunningSandbox, settings: Settings, run_tasks: RunTasks
    ) -> None:
        settings.LIMITS = {"declines_by_card": "1"}
        for number, left in enumerate(["expired", "expired"]):
            shopper = Shopper(Client(REMOTE_ADDR=f"203.0.113.{number}"))
            order = shopper.order(brush, email=f"{number}@example.com")
            decline(shopper, order, sandbox)
            run_tasks()
            assert Order.objects.get(pk=order.pk).status == left


class TestGuard:
    def test_a_new_visitor_waits_a_moment_and_nothing_is_ordered_before(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, clock: time_machine.Traveller, guard: Guard
    ) -> None:
        shopper.add(brush)
        moment = shopper.place(shopper.review())
        assert "One more moment" in words(moment)
        clock.shift(limits.MOMENT - 3)
        again = shopper.client.post("/checkout/", hidden(moment))
        assert "Another 3 seconds, please." in words(again)
        assert not Order.objects.exists()
        clock.shift(3)
        gone_on = shopper.client.post("/checkout/", hidden(again))
        assert gone_on.status_code == 303
        order = Order.objects.get()
        assert gone_on.headers["Location"] == order.payments.get().session_url
        assert order.email == "dana@example.com"
        assert order.expires_at - order.placed_at == limits.HOLD_ON_GUARD

    @pytest.mark.parametrize("made_up", ["", "x", "WyJ4IiwwXQ:x"])
    def test_a_moment_is_not_made_up_nor_shared(
        self, shopper: Shopper, brush: Variant, clock: time_machine.Traveller, guard: Guard, made_up: str
    ) -> None:
        Guard.objects.update(ends_at=timezone.now() + timedelta(hours=2))
        shopper.add(brush)
        first, second = (shopper.place(shopper.review()) for _ in range(2))
        clock.shift(limits.MOMENT)
        for token in (made_up, hidden(first)["moment"]):
            answer = shopper.client.post("/checkout/", {**hidden(second), "moment": token})
            assert "Please wait 20 seconds" in words(answer)
        clock.shift(limits.MOMENT_VALID.total_seconds())
        assert "Please wait 20 seconds" in words(shopper.client.post("/checkout/", hidden(first)))
        assert not Order.objects.exists()

    def test_one_network_goes_to_pay_once_a_minute(
        self, brush: Variant, sandbox: RunningSandbox, clock: time_machine.Traveller, guard: Guard
    ) -> None:
        pages = []
        for number in range(2):
            shopper = Shopper()
            shopper.add(brush)
            pages.append((shopper, hidden(shopper.place(shopper.review(email=f"{number}@example.com")))))
        clock.shift(limits.MOMENT)
        answers = [shopper.client.post("/checkout/", page) for shopper, page in pages]
        assert [answer.status_code for answer in answers] == [303, 429]
        assert answers[1].headers["Retry-After"] == "60"
        assert Order.objects.count() == 1

    @pytest.mark.parametrize("asks_mailbox", [False, True])
    def test_a_customer_who_had_a_parcel_notices_nothing(
        self, regular: Client, brush: Variant, sandbox: RunningSandbox, guard: Guard, asks_mailbox: bool
    ) -> None:
        Guard.objects.update(asks_mailbox=asks_mailbox)
        order = Shopper(regular).order(brush)
        assert order.payments.get().session_url
        assert order.expires_at - order.placed_at == limits.HOLD

    def test_the_mailbox_is_asked_for_and_only_its_link_leads_on(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, guard: Guard
    ) -> None:
        Guard.objects.update(asks_mailbox=True)
        shopper.add(brush)
        answer = shopper.place(shopper.review())
        order = Order.objects.get()
        own, foreign = f"/orders/{order.token}/", mailbox_proof(make_order(variant=brush))
        assert answer.headers["Location"] == own
        assert mails(order) == ["prove"]
        page = words(shopper.client.get(own))
        assert "One more step: look into your mailbox" in page
        assert "put aside for you for 14 more minutes" in page or "for 15 more minutes" in page
        assert "Pay $" not in page
        for proof in ("", "x", foreign):
            assert shopper.client.post(f"{own}pay/", {"proof": proof}).headers["Location"] == own
            assert shopper.client.get(f"{own}from-mail/{proof or 'x'}/").status_code == 404
        assert order.payments.count() == 0
        assert mails(order) == ["prove"]

        link = f"{own}from-mail/{mailbox_proof(order)}/"
        assert "Pay $18.45" in words(Client().get(link))  # another browser will do
        started = Client(REMOTE_ADDR="203.0.113.9").post(f"{own}pay/", {"proof": mailbox_proof(order)})
        assert started.headers["Location"] == order.payments.get().session_url

    def test_it_ends_by_itself(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, clock: time_machine.Traveller, guard: Guard
    ) -> None:
        Guard.objects.update(asks_mailbox=True)
        shopper.add(brush)
        shopper.place(shopper.review())
        order = Order.objects.get()
        Order.objects.update(expires_at=timezone.now() + timedelta(hours=1))
        clock.shift(limits.GUARD_LASTS.total_seconds())
        assert "Pay $18.45" in words(shopper.client.get(f"/orders/{order.token}/"))
        assert shopper.client.post(f"/orders/{order.token}/pay/").status_code == 303


class TestWatching:
    NOW = timezone.now()

    def pages(self, variant: Variant, number: int, *, minutes: float, declines: int = 0, is_paid: bool = False) -> None:
        """So many payment pages, opened so many minutes ago."""
        at = self.NOW - timedelta(minutes=minutes)
        first = make_order(variant=variant, status="expired", placed_at=at)
        [row] = first.payments.all()
        Payment.objects.filter(pk=row.pk).delete()
        Order.objects.bulk_create(
            [
                Order(**{**_values(first), "number": f"N{uuid.uuid4().hex[:10]}", "token_hash": uuid.uuid4().hex, "attempt": uuid.uuid4()})
                for _ in range(number)
            ]
        )  # fmt: skip
        for order in Order.objects.filter(placed_at=at).exclude(pk=first.pk).exclude(payments__isnull=False):
            make_payment(
                order,
                status="authorized" if is_paid else "expired",
                authorized_at=at if is_paid else None,
                declines=declines,
                declined_at=at if declines else None,
            )

    def test_declined_cards_far_above_the_usual_begin_it_and_more_ask_for_the_mailbox(self, brush: Variant) -> None:
        self.pages(brush, 7, minutes=5, declines=1)
        assert watch(now=self.NOW) is None
        self.pages(brush, 1, minutes=4, declines=1)
        guard = watch(now=self.NOW)
        assert guard is not None
        assert (guard.began_at, guard.ends_at) == (self.NOW, self.NOW + timedelta(minutes=30))
        assert not guard.asks_mailbox
        assert "8 of 8 cards were declined in the last 15 minutes" in Alert.objects.get().message
        later = self.NOW + timedelta(minutes=2)
        assert watch(now=later) == guard
        assert Guard.objects.get().ends_at == later + timedelta(minutes=30)
        self.pages(brush, 8, minutes=3, declines=1)
        watch(now=later)
        assert Guard.objects.get().asks_mailbox
        assert Alert.objects.count() == 2
        over = later + timedelta(minutes=30)
        assert find_guard(now=over - timedelta(seconds=1)) == guard
        assert find_guard(now=over) is None
        assert watch(now=over) is None

    def test_one_unlucky_customer_is_no_attack(self, brush: Variant) -> None:
        self.pages(brush, 3, minutes=5, declines=5)
        assert watch(now=self.NOW) is None

    def test_a_sale_is_no_attack(self, brush: Variant) -> None:
        """Many more orders than ever, of which as many are paid and declined as always."""
        self.pages(brush, 60, minutes=12, is_paid=True)
        self.pages(brush, 12, minutes=11, declines=1)
        self.pages(brush, 25, minutes=1)
        assert watch(now=self.NOW) is None

    def test_a_shop_with_many_declines_is_used_to_them(self, brush: Variant) -> None:
        self.pages(brush, 14, minutes=60 * 24, is_paid=True)
        self.pages(brush, 6, minutes=60 * 25, declines=1)
        self.pages(brush, 30, minutes=5, is_paid=True)
        self.pages(brush, 16, minutes=5, declines=1)
        assert watch(now=self.NOW) is None

    def test_pages_left_unpaid_begin_it(self, brush: Variant) -> None:
        self.pages(brush, 32, minutes=20)
        guard = watch(now=self.NOW)
        assert guard is not None
        assert not guard.asks_mailbox
        assert "32 of 32 payment pages were left unpaid" in Alert.objects.get().message

    def test_it_lasts_longer_each_time_within_a_day_and_asks_for_the_mailbox_at_once(self, brush: Variant) -> None:
        for hours in (20, 10):
            began = self.NOW - timedelta(hours=hours)
            Guard.objects.create(began_at=began, ends_at=began + timedelta(hours=1))
        self.pages(brush, 8, minutes=5, declines=1)
        guard = watch(now=self.NOW)
        assert guard is not None
        assert guard.ends_at - guard.began_at == timedelta(hours=2)
        assert guard.asks_mailbox


def _values(order: Order) -> dict[str, object]:
    names = [field.attname for field in order._meta.concrete_fields if field.name != "id"]
    return {name: getattr(order, name) for name in names}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def together(self, number: int, step: Callable[[int], object]) -> list[object]:
        barrier, ends = threading.Barrier(number), []

        def run(place: int) -> None:
            try:
                connection.ensure_connection()
                barrier.wait(20)
                ends.append(step(place))
            except TooOften as error:
                ends.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return ends

    def test_orders_at_the_same_moment_do_not_slip_past_a_limit_together(self, rates: None, settings: Settings) -> None:
        settings.LIMITS = {"orders_by_email": "3", "orders_by_shop": "1000"}
        variants = [VariantFactory.create(on_hand=100) for _ in range(6)]
        now = timezone.now()

        def order(place: int) -> None:
            visitor = Visitor(address=f"203.0.113.{place}", email="dana@example.com", cart_id=uuid.uuid4())
            lines = [CartLine(variant=variant, quantity=1) for variant in (variants if place % 2 else variants[::-1])]
            admit_order(visitor=visitor, terms=Terms(), lines=lines, now=now)

        ends = self.together(16, order)
        assert ends.count(None) == 3
        assert sum(isinstance(end, TooOften) for end in ends) == 13
        shop = limits.uses_of_order(Visitor(address="", email=""), shares={})
        [row] = Tries.objects.filter(key__in=[use.key for use in shop])
        assert row.free_at - now == timedelta(seconds=3 * 3600 / 1000)  # the refused are counted nowhere

    def test_many_who_notice_an_attack_begin_one_guard(self, brush: Variant) -> None:
        TestWatching().pages(brush, 9, minutes=5, declines=1)
        self.together(8, lambda _: watch(now=TestWatching.NOW))
        assert Guard.objects.count() == Alert.objects.count() == 1


def test_counters_do_not_name_anybody(brush: Variant) -> None:
    visitor = Visitor(address="203.0.113.9", email="dana@example.com", cart_id=uuid.uuid4())
    now: datetime = timezone.now()
    take_uses(limits.uses_of_order(visitor, shares={brush.pk: 1}), now=now)
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in Tries.objects.values_list("key", flat=True))
    assert "dana" not in repr(visitor)
