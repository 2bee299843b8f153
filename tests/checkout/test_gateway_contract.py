"""What every gateway promises (`checkout.gateways.base.Gateway`), held against a running payment company.

To add a gateway, write a `Bench` for it (`benches.py`): no test below knows which company it talks to.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from checkout.gateways import get_gateway
from checkout.gateways.base import (
    BadSignature,
    GatewayError,
    GatewayState,
    HostedPage,
    LineToPay,
    OrderToPay,
    PostalAddress,
    ReturnUrls,
)
from checkout.gateways.paypal import PayPalGateway
from checkout.gateways.stripe import StripeGateway
from store.money import Money
from tests.checkout.benches import BENCHES, OTHER_SECRET, Babbler, Bench
from tests.conftest import paypal_settings
from tests.sandbox.process import RunningSandbox

URLS = ReturnUrls(success="http://testserver/orders/x/returned/", cancel="http://testserver/orders/x/")


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> Bench:
    return BENCHES[request.param](sandbox, get_gateway(request.param))


def an_order(**changes: Any) -> OrderToPay:
    """Two polishers and their delivery: 30.95."""
    order = OrderToPay(
        payment_id=str(uuid.uuid4()),
        number="R-1234-5678",
        lines=(
            LineToPay(name="Dog Polisher (Small)", unit_amount=1250, quantity=2),
            LineToPay(name="Delivery", unit_amount=595, quantity=1),
        ),
        total=Money(3095, "USD"),
        email="dana@example.com",
        expires_at=datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=31),
    )
    return replace(order, **changes)


def start(bench: Bench, order: OrderToPay | None = None, *, key: str | None = None) -> HostedPage:
    return bench.gateway.start(order or an_order(), urls=URLS, idempotency_key=key or f"start:{uuid.uuid4()}")


def authorise(bench: Bench) -> tuple[HostedPage, str]:
    """A page that was paid on, and the gateway's reference of the payment."""
    page = start(bench)
    bench.pay(page)
    reference = bench.gateway.fetch(session_id=page.session_id).reference
    assert reference
    return page, reference


def state_of(bench: Bench, page: HostedPage) -> GatewayState:
    return bench.gateway.fetch(session_id=page.session_id).state


class TestStart:
    def test_opens_a_page_on_which_nothing_is_paid_yet(self, bench: Bench) -> None:
        order = an_order()
        page = start(bench, order)

        found = bench.gateway.fetch(session_id=page.session_id)

        assert page.url.startswith("http")
        assert page.expires_at == order.expires_at
        assert (found.state, found.payment_id) == (GatewayState.OPEN, order.payment_id)
        assert (found.session_id, found.reference) == (page.session_id, None)
        assert (found.amount, found.captured, found.refunded, found.is_live) == (Money(3095, "USD"), 0, 0, False)
        assert bench.gateway.is_live is False

    def test_a_shop_that_lost_the_order_learns_it_from_the_gateway(self, bench: Bench) -> None:
        ship_to = PostalAddress(
            name="Dana Reyes",
            line1="1420 SE Ankeny Street",
            line2="Apt 3",
            city="Portland",
            region="OR",
            postcode="97214",
            country="US",
        )
        order = an_order(ship_to=ship_to)
        page = start(bench, order)
        bench.pay(page)
        found = bench.gateway.fetch(session_id=page.session_id)

        recalled = bench.gateway.recall(reference=found.reference)

        assert recalled == bench.gateway.recall(session_id=page.session_id)
        assert (recalled.payment.payment_id, recalled.payment.amount) == (order.payment_id, order.total)
        assert (recalled.payment.session_id, recalled.payment.reference) == (page.session_id, found.reference)
        assert (recalled.number, recalled.lines, recalled.ship_to) == (order.number, order.lines, ship_to)
        assert "@" in recalled.email
        assert recalled.bill_to is not None

    def test_gives_the_same_page_for_the_same_key_and_another_for_another(self, bench: Bench) -> None:
        order = an_order()
        first = start(bench, order, key="start:1")
        assert start(bench, order, key="start:1") == first
        assert start(bench, order, key="start:2").session_id != first.session_id

    def test_refuses_a_key_that_came_with_other_values(self, bench: Bench) -> None:
        order = an_order()
        start(bench, order, key="start:1")
        with pytest.raises(GatewayError) as refusal:
            start(bench, replace(order, number="R-8765-4321"), key="start:1")
        assert refusal.value.is_final

    def test_refuses_lines_that_do_not_add_up_without_asking_anybody(self, bench: Bench) -> None:
        with pytest.raises(ValueError, match="do not add up"):
            start(bench, an_order(total=Money(3094, "USD")))

    def test_refuses_a_page_that_would_close_too_soon_for_good(self, bench: Bench) -> None:
        with pytest.raises(GatewayError) as refusal:
            start(bench, an_order(expires_at=datetime.now(UTC) + bench.shortest_page - timedelta(minutes=1)))
        assert refusal.value.is_final

    @pytest.mark.parametrize(
        ("minor", "currency"), [(1500, "JPY"), (12340, "KWD"), (12345, "KWD"), (500, "ISK"), (99, "EUR")]
    )
    def test_asks_for_the_exact_amount_in_any_currency(self, bench: Bench, minor: int, currency: str) -> None:
        line = LineToPay(name="Brush", unit_amount=minor, quantity=1)
        order = an_order(lines=(line,), total=Money(minor, currency))
        if bench.gateway.takes(order.total):
            assert bench.gateway.fetch(session_id=start(bench, order).session_id).amount == order.total
            return
        with pytest.raises(GatewayError) as refusal:
            start(bench, order)
        assert refusal.value.is_final

    def test_takes_an_order_of_very_many_lines(self, bench: Bench) -> None:
        lines = tuple(LineToPay(name=f"Thing {n}", unit_amount=100 + n, quantity=1) for n in range(130))
        total = sum(line.unit_amount for line in lines)
        page = start(bench, an_order(lines=lines, total=Money(total, "USD")))
        assert bench.gateway.fetch(session_id=page.session_id).amount == Money(21385, "USD")

    def test_an_answer_lost_on_the_way_is_had_again_with_the_same_key(self, bench: Bench) -> None:
        order = an_order()
        bench.spoil("start", "timeout_after")  # the call is repeated by itself, and must not open two pages
        page = start(bench, order, key="start:1")
        assert start(bench, order, key="start:1") == page


class TestFetch:
    def test_tells_of_an_authorisation_all_that_fraud_wants_to_know(self, bench: Bench) -> None:
        order = an_order()
        page = start(bench, order)
        bench.decline(page)
        assert state_of(bench, page) in {GatewayState.OPEN, GatewayState.APPROVED}
        bench.pay(page)

        found = bench.gateway.fetch(session_id=page.session_id)

        assert (found.state, found.payment_id) == (GatewayState.AUTHORIZED, order.payment_id)
        assert (found.amount, found.captured, found.refunded) == (Money(3095, "USD"), 0, 0)
        assert found.capture_before is not None
        assert bench.honours - timedelta(hours=1) < found.capture_before - datetime.now(UTC) <= bench.honours
        assert {name: getattr(found.checks, name) for name in bench.checks} == bench.checks
        assert asdict(found.payer) == {**dict.fromkeys(asdict(found.payer)), **bench.payer}
        assert bench.gateway.fetch(reference=found.reference).state == GatewayState.AUTHORIZED
        assert "Dana" not in repr(found)  # a log line must not tell

    def test_refuses_what_does_not_exist_for_good(self, bench: Bench) -> None:
        for name, value in bench.unknown.items():
            with pytest.raises(GatewayError) as refusal:
                bench.gateway.fetch(**{name: value})
            assert refusal.value.is_final

    def test_needs_to_know_what_to_fetch(self, bench: Bench) -> None:
        with pytest.raises(ValueError, match="session or a payment"):
            bench.gateway.fetch()


class TestCapture:
    def test_takes_the_money_once_for_one_key(self, bench: Bench) -> None:
        page, reference = authorise(bench)
        for _ in range(2):
            bench.gateway.capture(reference, Money(3095, "USD"), idempotency_key="capture:1")

        found = bench.gateway.fetch(session_id=page.session_id)
        assert (found.state, found.captured, found.refunded) == (GatewayState.CAPTURED, 3095, 0)
        assert bench.books() == [(3095, 3095, 0, 0)]

    def test_refuses_to_take_it_again_under_another_key(self, bench: Bench) -> None:
        _, reference = authorise(bench)
        bench.gateway.capture(reference, Money(3095, "USD"), idempotency_key="capture:1")
        with pytest.raises(GatewayError) as refusal:
            bench.gateway.capture(reference, Money(3095, "USD"), idempotency_key="capture:2")
        assert refusal.value.is_final
        assert bench.books() == [(3095, 3095, 0, 0)]

    def test_refuses_to_take_more_than_was_authorised(self, bench: Bench) -> None:
        page, reference = authorise(bench)
        with pytest.raises(GatewayError) as refusal:
            bench.gateway.capture(reference, Money(3096, "USD"), idempotency_key="capture:1")
        assert refusal.value.is_final
        assert state_of(bench, page) == GatewayState.AUTHORIZED
        assert bench.books() == [(3095, 0, 0, 0)]

    def test_of_a_part_by_hand_is_not_read_as_a_refund(self, bench: Bench) -> None:
        page, _ = authorise(bench)
        bench.capture_by_hand(bench.gateway.fetch(session_id=page.session_id), 1000)
        found = bench.gateway.fetch(session_id=page.session_id)
        assert (found.state, found.captured, found.refunded) == (GatewayState.CAPTURED, 1000, 0)


class TestVoid:
    def test_gives_the_authorisation_back_once(self, bench: Bench) -> None:
        page, reference = authorise(bench)
        for _ in range(2):
            bench.gateway.void(reference, idempotency_key="void:1")
        found = bench.gateway.fetch(session_id=page.session_id)
        assert (found.state, found.captured, found.refunded) == (GatewayState.VOIDED, 0, 0)
        assert bench.books() == [(3095, 0, 0, 3095)]
        with pytest.raises(GatewayError) as refusal:
            bench.gateway.capture(reference, Money(3095, "USD"), idempotency_key="capture:1")
        assert refusal.value.is_final

    def test_refuses_what_is_captured(self, bench: Bench) -> None:
        page, reference = authorise(bench)
        bench.gateway.capture(reference, Money(3095, "USD"), idempotency_key="capture:1")
        with pytest.raises(GatewayError) as refusal:
            bench.gateway.void(reference, idempotency_key="void:1")
        assert refusal.value.is_final
        assert state_of(bench, page) == GatewayState.CAPTURED


class TestRefund:
    def test_gives_back_in_parts_and_never_more_than_was_captured(self, bench: Bench) -> None:
        page, reference = authorise(bench)
        with pytest.raises(GatewayError) as too_early:
            bench.gateway.refund(reference, Money(3095, "USD"), idempotency_key="refund:0")
        assert too_early.value.is_final
        bench.gateway.capture(reference, Money(3095, "USD"), idempotency_key="capture:1")

        for _ in range(2):
            first = bench.gateway.refund(reference, Money(1000, "USD"), idempotency_key="refund:1", refund_id="ours")
        found = bench.gateway.fetch(session_id=page.session_id)
        assert (found.state, found.captured, found.refunded) == (GatewayState.CAPTURED, 3095, 1000)
        assert found.refunds == (first,)
        assert (first.amount, first.has_failed, first.refund_id) == (Money(1000, "USD"), False, "ours")

        with pytest.raises(GatewayError) as too_much:
            bench.gateway.refund(reference, Money(2096, "USD"), idempotency_key="refund:2")
        assert too_much.value.is_final
        assert bench.books() == [(3095, 3095, 1000, 0)]

        bench.gateway.refund(reference, Money(2095, "USD"), idempotency_key="refund:3")
        found = bench.gateway.fetch(session_id=page.session_id)
        assert (found.state, found.captured, found.refunded) == (GatewayState.REFUNDED, 3095, 3095)
        assert bench.books() == [(3095, 3095, 3095, 0)]


class TestExpire:
    def test_lets_no_money_move_on_the_page_any_more(self, bench: Bench) -> None:
        page = start(bench)
        bench.gateway.expire(page.session_id)
        bench.come_too_late(page)
        assert state_of(bench, page) == (GatewayState.EXPIRED if bench.closes_pages else GatewayState.APPROVED)
        with pytest.raises(GatewayError) as refusal:
            bench.gateway.expire(page.session_id)
        assert refusal.value.is_final
        assert bench.books() == []

    def test_works_where_nobody_paid_or_an_attempt_was_declined(self, bench: Bench) -> None:
        page = start(bench)
        if bench.closes_pages:  # elsewhere what was declined is approved all the same
            bench.decline(page)
        bench.gateway.expire(page.session_id)
        assert state_of(bench, page) == (GatewayState.EXPIRED if bench.closes_pages else GatewayState.OPEN)

    def test_refuses_a_page_that_was_paid_on(self, bench: Bench) -> None:
        page, _ = authorise(bench)
        with pytest.raises(GatewayError) as refusal:
            bench.gateway.expire(page.session_id)
        assert refusal.value.is_final
        assert state_of(bench, page) == GatewayState.AUTHORIZED


class TestTrouble:
    # call, mode, status, how often (a gateway may repeat a call once by itself), whether it was done, whether the key is spent
    CASES = [
        ("fail", 500, 1, False, True),
        ("fail_after", 500, 1, True, True),
        ("fail", 429, 1, False, False),
        ("fail", 409, 2, False, False),
        ("timeout_before", 500, 2, False, False),
    ]

    @pytest.mark.parametrize(("mode", "status", "times", "is_done", "is_spent"), CASES)
    def test_is_never_final_and_never_does_the_work_twice(  # as many as the table has
        self, bench: Bench, mode: str, status: int, times: int, is_done: bool, is_spent: bool
    ) -> None:
        is_spent = is_spent and bench.keeps_failures
        page, reference = authorise(bench)
        bench.spoil("capture", mode, status, times)

        with pytest.raises(GatewayError) as trouble:
            bench.gateway.capture(reference, Money(3095, "USD"), idempotency_key="capture:1")
        bench.mend()
        assert (trouble.value.is_final, trouble.value.is_key_spent) == (False, is_spent)
        assert state_of(bench, page) == (GatewayState.CAPTURED if is_done else GatewayState.AUTHORIZED)

        if is_spent:  # the same key gets the same answer for ever
            with pytest.raises(GatewayError) as again:
                bench.gateway.capture(reference, Money(3095, "USD"), idempotency_key="capture:1")
            assert again.value.is_key_spent
        if not is_done:
            key = "capture:2" if is_spent else "capture:1"
            bench.gateway.capture(reference, Money(3095, "USD"), idempotency_key=key)
        assert bench.books() == [(3095, 3095, 0, 0)]

    @pytest.mark.parametrize("call", ["void", "refund", "start", "fetch"])
    def test_of_a_500_is_told_alike_by_every_call(self, bench: Bench, call: str) -> None:
        page, reference = authorise(bench)
        if call == "refund":
            bench.gateway.capture(reference, Money(3095, "USD"), idempotency_key="capture:1")
        calls: dict[str, Callable[[], object]] = {
            "void": lambda: bench.gateway.void(reference, idempotency_key="void:1"),
            "refund": lambda: bench.gateway.refund(reference, Money(3095, "USD"), idempotency_key="refund:1"),
            "start": lambda: start(bench),
            "fetch": lambda: bench.gateway.fetch(session_id=page.session_id),
        }
        before = bench.books()
        bench.spoil(call, "fail", 500, times=2)
        with pytest.raises(GatewayError) as trouble:
            calls[call]()
        assert not trouble.value.is_final
        assert bench.books() == before

    def test_of_a_lost_answer_is_mended_without_a_second_capture(self, bench: Bench) -> None:
        _, reference = authorise(bench)
        bench.spoil("capture", "timeout_after")
        bench.gateway.capture(reference, Money(3095, "USD"), idempotency_key="capture:1")
        assert bench.books() == [(3095, 3095, 0, 0)]

    def test_of_nobody_there_or_a_wrong_key_is_not_final(self, bench: Bench) -> None:
        page = start(bench)
        for gateway in (bench.at("http://127.0.0.1:9"), bench.locked_out()):
            with pytest.raises(GatewayError) as trouble:
                gateway.fetch(session_id=page.session_id)
            assert not trouble.value.is_final


class TestParseEvent:
    def test_names_the_object_of_every_event_of_a_whole_life(self, bench: Bench) -> None:
        page, reference = authorise(bench)
        bench.gateway.capture(reference, Money(3095, "USD"), idempotency_key="capture:1")
        bench.gateway.refund(reference, Money(3095, "USD"), idempotency_key="refund:1")

        events = [bench.gateway.parse_event(headers, body) for headers, body in bench.events()]

        assert len({event.event_id for event in events}) == len(events) >= 4
        for event in events:
            assert event.session_id or event.reference
            found = bench.gateway.fetch(session_id=event.session_id, reference=event.reference)
            assert (found.session_id or page.session_id, found.reference) == (page.session_id, reference)
        assert any(event.session_id for event in events)

    def test_knows_an_event_that_is_about_no_payment(self, bench: Bench) -> None:
        for more in ({}, {"data": 7, "resource": 7}):
            body = json.dumps(bench.no_payment | more).encode()
            event = bench.gateway.parse_event(bench.sign(body), body)
            assert (event.event_id, event.session_id, event.reference) == (bench.no_payment["id"], None, None)

    @pytest.mark.parametrize("seconds", [-290, 290])
    def test_bears_clocks_that_differ_a_little(self, bench: Bench, seconds: int) -> None:
        start(bench)
        authorise(bench)
        _, body = bench.events()[0]
        assert bench.gateway.parse_event(bench.sign(body, at=time.time() + seconds), body).event_id

    @pytest.mark.parametrize("name", ["none", "altered", "other secret", "too old", "of the future", "odd letters", "garbage",
                                      "empty", "not UTF-8", "not JSON", "no event"])  # fmt: skip
    def test_refuses_what_the_company_did_not_send_so(self, bench: Bench, name: str) -> None:
        authorise(bench)
        headers, body = bench.events()[0]
        bad: dict[str, tuple[dict[str, str], bytes]] = {
            "none": ({}, body),
            "altered": (headers, body + b" "),
            "other secret": (bench.sign(body, secret=OTHER_SECRET), body),
            "too old": (bench.sign(body, at=time.time() - 302), body),
            "of the future": (bench.sign(body, at=time.time() + 310), body),
            "odd letters": ({name: f"{value[:-1]}é" for name, value in headers.items()}, body),
            "garbage": (dict.fromkeys(headers, "t=,v1="), body),
            "empty": (bench.sign(b""), b""),
            "not UTF-8": (bench.sign(b"\xff\xfe{}"), b"\xff\xfe{}"),
            "not JSON": (bench.sign(b"{"), b"{"),
            "no event": (bench.sign(b"[]"), b"[]"),
        }
        with pytest.raises(BadSignature):
            bench.gateway.parse_event(*bad[name])


class TestMovements:
    def test_tells_what_became_of_every_payment_page_by_page(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("checkout.gateways.stripe_books.PAGE", 2)
        monkeypatch.setattr("checkout.gateways.paypal_books.PAGE", 2)
        since = datetime.now(UTC) - timedelta(minutes=1)
        start(bench)
        bench.decline(start(bench))
        waiting, voided, captured, part, refunded = (authorise(bench)[1] for _ in range(5))
        bench.gateway.void(voided, idempotency_key="void:1")
        bench.gateway.capture(part, Money(1000, "USD"), idempotency_key="capture:0")
        for number, reference in enumerate((captured, refunded)):
            bench.gateway.capture(reference, Money(3095, "USD"), idempotency_key=f"capture:{number + 1}")
        for number, minor in enumerate((100, 2995)):
            bench.gateway.refund(refunded, Money(minor, "USD"), idempotency_key=f"refund:{number}")

        moves = list(bench.gateway.movements(since, datetime.now(UTC) + timedelta(minutes=1)))

        assert {(move.kind, move.reference, move.amount.minor, move.refunded) for move in moves} == {
            ("authorized", waiting, 3095, 0),
            ("voided", voided, 3095, 0),
            ("captured", captured, 3095, 0),
            ("captured", part, 1000, 0),
            ("captured", refunded, 3095, 3095),
            ("refunded", refunded, 100, 3095),
            ("refunded", refunded, 2995, 3095),
        }
        assert len({(move.kind, move.id) for move in moves}) == len(moves) == 7
        assert {move.amount.currency for move in moves} == {"USD"}
        assert all(uuid.UUID(move.payment_id) and not move.is_live and move.at >= since for move in moves)

    def test_keeps_to_the_time_it_is_asked_about(self, bench: Bench) -> None:
        authorise(bench)
        now = datetime.now(UTC)
        for since, until in ((now + timedelta(hours=1), now + timedelta(hours=2)), (now - timedelta(2), now - timedelta(1))):
            assert list(bench.gateway.movements(since, until)) == []

    def test_says_so_when_the_books_can_not_be_read(self, bench: Bench) -> None:
        now = datetime.now(UTC)
        with pytest.raises(GatewayError) as trouble:
            list(bench.at("http://127.0.0.1:9").movements(now - timedelta(1), now))
        assert not trouble.value.is_final


class TestListTrouble:
    def test_tells_of_a_dispute_and_of_how_it_ended(self, bench: Bench) -> None:
        page, reference = authorise(bench)
        bench.gateway.capture(reference, Money(3095, "USD"), idempotency_key="capture:1")
        assert bench.gateway.list_trouble(reference=reference).disputes == ()
        now = datetime.now(UTC)
        dispute_id = bench.dispute(bench.gateway.fetch(session_id=page.session_id))

        (dispute,) = bench.gateway.list_trouble(reference=reference).disputes
        assert (dispute.reference, dispute.payment_reference, dispute.amount) == (dispute_id, reference, Money(3095, "USD"))
        assert (dispute.status, dispute.takes_money) == ("needs_response", True)
        assert dispute.evidence_due
        assert dispute.evidence_due > now
        assert bench.gateway.list_trouble(since=now - timedelta(minutes=1)).disputes == (dispute,)
        (line,) = [m for m in bench.gateway.movements(now - timedelta(1), now + timedelta(1)) if m.kind == "disputed"]
        assert (line.id, line.reference, line.amount) == (dispute_id, reference, Money(3095, "USD"))
        assert line.payment_id == bench.gateway.fetch(reference=reference).payment_id

        bench.lose(dispute_id)
        (dispute,) = bench.gateway.list_trouble(reference=reference).disputes
        assert dispute.status == "lost"

    def test_needs_to_know_what_to_list(self, bench: Bench) -> None:
        with pytest.raises(ValueError, match="payment or a moment"):
            bench.gateway.list_trouble()


@pytest.fixture(scope="module")
def babbler() -> Iterator[Babbler]:
    """Somebody who answers every call with what `says` holds."""
    babbler = Babbler()
    with ThreadingHTTPServer(("127.0.0.1", 0), babbler.handler()) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        babbler.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield babbler
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("says", [None, [], {}, "yes", 7, {"id": 7, "object": {}, "status": ["CREATED"]}, "almost"])
def test_an_answer_that_is_json_and_nothing_else_is_an_error_of_the_gateway(
    says: Any, bench: Bench, babbler: Babbler
) -> None:
    gateway = bench.at(babbler.url)
    now = datetime.now(UTC)
    calls: dict[str, Callable[[], object]] = {
        "start": lambda: gateway.start(an_order(), urls=URLS, idempotency_key="start:1"),
        "fetch": lambda: gateway.fetch(session_id="X1"),
        "by reference": lambda: gateway.fetch(reference="X2"),
        "authorise": lambda: gateway.authorise("X1", idempotency_key="authorise:1"),
        "reauthorise": lambda: gateway.reauthorise("X2", Money(1, "USD"), idempotency_key="reauthorise:1"),
        "capture": lambda: gateway.capture("X2", Money(1, "USD"), idempotency_key="capture:1"),
        "refund": lambda: gateway.refund("X2", Money(1, "USD"), idempotency_key="refund:1"),
        "trouble": lambda: gateway.list_trouble(reference="X2"),
        "books": lambda: list(gateway.movements(now - timedelta(1), now)),
        "void": lambda: gateway.void("X2", idempotency_key="void:1"),
        "expire": lambda: gateway.expire("X1"),
    }
    for number in range(len(bench.almost) if says == "almost" else 1):
        babbler.says = bench.almost[number] if says == "almost" else says
        for name, call in calls.items():
            try:
                call()
            except GatewayError:
                continue
            # What moves money is looked up afterwards, whatever the answer was; what reads must not believe it.
            assert name not in {"start", "fetch", "by reference"}, f"{name} believed {babbler.says}"


def test_stripe_is_believed_under_each_of_several_secrets_while_one_is_replaced(sandbox: RunningSandbox) -> None:
    bench = BENCHES["stripe"](sandbox, get_gateway("stripe"))
    rolling = StripeGateway(api_key=sandbox.api_key, webhook_secret="whsec_new, whsec_old", api_base=sandbox.url)
    body = json.dumps(bench.no_payment).encode()
    for secret in ("whsec_new", "whsec_old"):
        assert rolling.parse_event(bench.sign(body, secret=secret), body).event_id == "evt_1"
    with pytest.raises(BadSignature):
        rolling.parse_event(bench.sign(body, secret="whsec_new, whsec_old"), body)


def test_a_gateway_without_a_webhook_secret_is_not_built(sandbox: RunningSandbox) -> None:
    with pytest.raises(ValueError, match="STRIPE_WEBHOOK_SECRET"):
        StripeGateway(api_key=sandbox.api_key, webhook_secret=" ,", api_base=sandbox.url)
    options = {**paypal_settings(sandbox), "webhook_id": " ,"}
    del options["BACKEND"]
    with pytest.raises(ValueError, match="PAYPAL_WEBHOOK_ID"):
        PayPalGateway(**options)
