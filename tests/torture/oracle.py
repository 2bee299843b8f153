"""What must be true: at every step, and once everything has come to rest.

The payment company's ledger is the truth about money; the shop's rows have to agree with it. Each check is a sentence; what
does not hold is told as `Broken`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from catalog.models import StockMove, Variant
from checkout.invariants import check_money
from checkout.models import (
    Alert,
    Document,
    GatewayEventRecord,
    Mail,
    Order,
    OrderEvent,
    Payment,
    PaymentEvent,
    Refund,
    RefundLine,
)
from checkout.services.closing import HOLDING
from checkout.services.sweep import LOOK_AGAIN, SweepResult, sweep_payments
from checkout.states import ORDER_TRANSITIONS, PAYMENT_TRANSITIONS, OrderStatus, PaymentStatus, RefundStatus
from fraud.models import CallTask
from tests.torture import post
from tests.torture.shelves import THINGS
from tests.torture.steps import DAY, HOUR, MINUTE
from tests.torture.world import Broken, World

IN_BETWEEN: Final = (PaymentStatus.CAPTURING, PaymentStatus.VOIDING, PaymentStatus.REFUNDING)


def check_step(world: World) -> None:
    """What is true at every moment, also while things are going wrong."""
    _raise(list(_always(world, world.company.ledger())))


# What is true at every moment in the shop's own rows, in one query: it is asked after every step of a long run.
_QUICK: Final = """
    SELECT 'an order is released or shipped and nothing was captured', count(*) FROM checkout_order o
        WHERE o.status IN ('released', 'shipped') AND NOT EXISTS (
            SELECT 1 FROM checkout_payment p WHERE p.order_id = o.id AND p.captured_amount > 0)
    UNION ALL SELECT 'an order is over and the shop means to keep money for it', count(*) FROM checkout_order o
        JOIN checkout_payment p ON p.order_id = o.id
        WHERE o.status IN ('cancelled', 'expired') AND p.status IN ('authorized', 'capturing', 'captured')
    UNION ALL SELECT 'an order is paid for twice', count(*) FROM (
        SELECT 1 FROM checkout_payment WHERE captured_amount > refunded_amount GROUP BY order_id HAVING count(*) > 1) AS twice
    UNION ALL SELECT 'the shelf and what is held for orders do not add up', count(*) FROM catalog_variant v WHERE v.held <> (
        SELECT coalesce(sum(l.quantity - l.shipped_quantity - (
            SELECT coalesce(sum(rl.quantity), 0) FROM checkout_refundline rl JOIN checkout_refund r ON r.id = rl.refund_id
            WHERE rl.line_id = l.id AND r.done_at IS NOT NULL AND NOT rl.was_sent)), 0)
        FROM checkout_orderline l JOIN checkout_order o ON o.id = l.order_id
        WHERE l.variant_id = v.id AND o.status IN ('awaiting_payment', 'on_hold', 'released'))
    UNION ALL SELECT 'the shelf and its ledger do not add up', count(*) FROM catalog_variant v WHERE v.held <> (
        SELECT coalesce(sum(m.held_delta), 0) FROM catalog_stockmove m WHERE m.variant_id = v.id)
"""


def check_quickly() -> None:
    """The part of `check_step` that one query can tell."""
    with connection.cursor() as cursor:
        cursor.execute(_QUICK)
        _raise([f"{words} ({count})" for words, count in cursor.fetchall() if count])


def check_end(world: World) -> None:
    """Let everything come to rest, and look at every row.

    Nothing goes wrong any more and no webhook comes any more; the sweep and the worker do what they do each minute. Rounds
    in which there would be nothing to do are left out.
    """
    world.company.control("switches", {"clear_faults": True, "webhook": {"drop": True}})
    post.trouble = 0
    # Past what is left to whoever began it; the second round finishes what the first one began.
    if _sweep(world, 2 * MINUTE):
        _sweep(world, 2 * MINUTE)
    ledger = world.company.ledger()
    _raise([*_always(world, ledger), *_settled(ledger, is_tampered=world.is_tampered)])
    _let_all_end(world)
    if world.is_tampered:  # what was done behind the shop's back and no webhook told comes out at night
        world.do_reconcile()
        _sweep(world, MINUTE)
        _let_all_end(world)
    ledger = world.company.ledger()
    _raise([*_always(world, ledger), *_settled(ledger, is_tampered=False), *_over(ledger)])


def _let_all_end(world: World) -> None:
    """Past a dead worker's claim on a mail and its latest retry, past the longest hold, past every authorisation."""
    for pause in (4 * HOUR, 8 * DAY, 30 * DAY, 2 * MINUTE):
        if _is_open():
            _sweep(world, pause)


# Asked several times in every history, so in one query as well.
_OPEN: Final = """
    SELECT EXISTS (SELECT 1 FROM checkout_payment WHERE status IN ('started', 'authorized', 'capturing', 'voiding', 'refunding'))
        OR EXISTS (SELECT 1 FROM checkout_order WHERE status = 'awaiting_payment')
        OR EXISTS (SELECT 1 FROM checkout_mail WHERE sent_at IS NULL)
        OR EXISTS (SELECT 1 FROM checkout_gatewayeventrecord WHERE status = 'new')
        OR EXISTS (SELECT 1 FROM checkout_refund WHERE status = 'requested')
        OR EXISTS (SELECT 1 FROM django_tasks_database_dbtaskresult WHERE status = 'READY')
"""


def _is_open() -> bool:
    """Whether anything may still happen by itself."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        return bool(cursor.fetchone()[0])


def _sweep(world: World, pause: int) -> bool:
    """Sweep and work off all tasks, some time later; False when there was nothing to do."""
    world.travel_to(world.ahead + pause)
    result = sweep_payments(now=timezone.now())
    said = world.do_work(task=0, count=1000)
    if result.troubles:
        raise Broken(f"the sweep met trouble although nothing goes wrong any more: {result}; {world.ear.heard}")
    if world.ear.heard:
        raise Broken(f"an error nobody anticipated was caught and logged: {'; '.join(world.ear.heard)}")
    return result != SweepResult() or said != "worked 0"


def _raise(broken: list[str]) -> None:
    if broken:
        raise Broken("; ".join(broken))


def _always(world: World, ledger: list[dict[str, Any]]) -> Iterator[str]:
    """Both sides' books, at any moment."""
    payments = {str(payment.pk): payment for payment in Payment.objects.all()}
    orders = {order.pk: order for order in Order.objects.prefetch_related("lines")}
    kept: Counter[Any] = Counter()
    charged: Counter[str] = Counter()
    for row in ledger:
        payment = payments.get(row["client_reference_id"])
        if payment is None:
            yield f"{row['charge']}: the company has money for a payment the shop does not know"
            continue
        charged[str(payment.pk)] += 1
        order = orders[payment.order_id]
        if row["captured"] + row["voided"] > row["authorised"] or row["refunded"] > row["captured"]:
            yield f"order {order.number}: the company took or gave back more than it had: {row}"
        if row["authorised"] != payment.amount or payment.amount != order.total:
            yield f"order {order.number}: {row['authorised']} authorised, {order.total} ordered"
        if row["captured"] > row["refunded"]:
            kept[order.pk] += 1
        if payment.captured_amount > row["captured"]:
            yield f"order {order.number}: the shop thinks {payment.captured_amount} captured, it is {row['captured']}"
    yield from (f"order {orders[pk].number} is paid for {count} times" for pk, count in kept.items() if count > 1)
    yield from (f"payment {pk} was charged {count} times" for pk, count in charged.items() if count > 1)
    for order in orders.values():
        own = [payment for payment in payments.values() if payment.order_id == order.pk]
        if order.status in (OrderStatus.RELEASED, OrderStatus.SHIPPED) and not any(p.captured_amount for p in own):
            yield f"order {order.number} is {order.status} and nothing was captured"
        if order.status in (OrderStatus.CANCELLED, OrderStatus.EXPIRED) and any(
            p.status in (PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURING, PaymentStatus.CAPTURED) for p in own
        ):
            yield f"order {order.number} is {order.status} and the shop means to keep money for it"
    yield from _trails(list(orders.values()), list(payments.values()))
    yield from _shelves(list(orders.values()))
    yield from _papers(list(payments.values()))
    yield from _mails(world)


def _trails(orders: list[Order], payments: list[Payment]) -> Iterator[str]:
    """Every state has come about by allowed steps, each with its row."""
    for what, rows, table, subject in (
        ("order", OrderEvent.objects.values_list("order_id", "was", "now"), ORDER_TRANSITIONS, orders),
        ("payment", PaymentEvent.objects.values_list("payment_id", "was", "now"), PAYMENT_TRANSITIONS, payments),
    ):
        trails: dict[Any, list[tuple[str, str]]] = defaultdict(list)
        for pk, was, now in rows:
            trails[pk].append((was, now))
        for each in subject:
            trail = trails[each.pk]
            # Rows have no order of their own to trust (two in one moment), so the steps are counted: in and out of states.
            balance = Counter(now for _, now in trail)
            balance.subtract(was for was, _ in trail if was)
            if +balance != Counter({str(each.status): 1}):
                yield f"{what} {each.pk} is {each.status}, its events say otherwise: {trail}"
            if wrong := [(was, now) for was, now in trail if was not in {"", now} and now not in table[was]]:
                yield f"{what} {each.pk} went a way that is not allowed: {wrong}"


def _shelves(orders: list[Order]) -> Iterator[str]:
    """The counts are what the ledger adds up to, and what is held is held for somebody."""
    held: Counter[int] = Counter()
    for order in orders:
        if order.status in HOLDING:
            held.update({line.variant_id: line.quantity - line.shipped_quantity for line in order.lines.all()})
            left = RefundLine.objects.filter(line__order=order, refund__done_at__isnull=False, was_sent=False)
            for line in left.select_related("line"):
                held[line.line.variant_id] -= line.quantity
    moved_on_hand: Counter[int] = Counter()
    moved_held: Counter[int] = Counter()
    for pk, on_hand_delta, held_delta in StockMove.objects.values_list("variant_id", "on_hand_delta", "held_delta"):
        moved_on_hand[pk] += on_hand_delta
        moved_held[pk] += held_delta
    for variant in Variant.objects.filter(sku__in=THINGS):
        if variant.on_hand != THINGS[variant.sku][1] + moved_on_hand[variant.pk] or variant.held != moved_held[variant.pk]:
            yield f"{variant.sku}: {variant.on_hand} on hand, {variant.held} held; the ledger says otherwise"
        if variant.held != held[variant.pk]:
            yield f"{variant.sku}: {variant.held} held, for orders {held[variant.pk]}"


def _papers(payments: list[Payment]) -> Iterator[str]:
    """Invoices and credit notes say what the books say, under numbers without gaps."""
    yield from check_money()
    papers: dict[Any, list[Document]] = defaultdict(list)
    for paper in Document.objects.all():
        papers[paper.payment_id].append(paper)
    for payment in payments:
        own = papers[payment.pk]
        invoiced = sum(paper.total for paper in own if paper.kind == "invoice")
        credited = sum(paper.total if paper.kind == "credit_note" else -paper.total for paper in own if paper.refund_id)
        if payment.status == PaymentStatus.CAPTURED and payment.captured_amount == payment.amount != invoiced:
            yield f"payment {payment.pk} is captured, and {invoiced} of {payment.amount} is on an invoice"
        if invoiced and credited != payment.refunded_amount:
            yield f"payment {payment.pk}: {payment.refunded_amount} went back, {credited} is on credit notes"


def _mails(world: World) -> Iterator[str]:
    """Each mail goes out once; twice only where the worker died between the mail server's yes and its own note of it."""
    deaths = sum("killed at mails." in said for said in world.said)
    twice = sum(count - 1 for count in Counter(post.sent).values())
    if twice > deaths:
        yield f"mails went out twice: {[subject for subject, count in Counter(post.sent).items() if count > 1]}"


def _settled(ledger: list[dict[str, Any]], *, is_tampered: bool) -> Iterator[str]:
    """Minutes after the last trouble: nothing hangs between two states, and the shop knows what the company knows."""
    rows = {row["client_reference_id"]: row for row in ledger}
    for payment in Payment.objects.select_related("order"):
        name = f"order {payment.order.number} ({payment.order.status}), payment {payment.status}"
        if payment.status in IN_BETWEEN and not _waits_for_a_person(payment):
            yield f"{name}: still in between"
        if row := rows.get(str(payment.pk)):
            yield from (f"{name}: {words}; {row}" for words in _disagreements(payment, row, is_tampered=is_tampered))
        elif payment.captured_amount or payment.authorized_at:
            yield f"{name}: the company knows of no charge"
    yield from _left_lying()
    for order in Order.objects.filter(status=OrderStatus.ON_HOLD):
        waits = CallTask.objects.waiting().filter(order=order).exists()
        if not waits and not any(_waits_for_a_person(payment) for payment in order.payments.all()):
            yield f"order {order.number} is on hold and nobody looks at it"
    for task in CallTask.objects.waiting().exclude(order__status=OrderStatus.ON_HOLD).select_related("order"):
        yield f"order {task.order.number} is {task.order.status} and somebody would still ring"


def _left_lying() -> Iterator[str]:
    """What should have been picked up."""
    for refund in Refund.objects.filter(status=RefundStatus.REQUESTED).select_related("payment__order"):
        if not _waits_for_a_person(refund.payment):
            yield f"order {refund.payment.order.number}: a refund hangs"
    for record in GatewayEventRecord.objects.filter(status__in=["new", "unmatched"]):
        if record.status == "unmatched" or record.next_try_at < timezone.now() - timedelta(minutes=3):
            yield f"event {record.kind} is {record.status}"


def _disagreements(payment: Payment, row: dict[str, Any], *, is_tampered: bool) -> Iterator[str]:
    """Where the shop's row does not say what the company's does."""
    told = (payment.captured_amount, payment.refunded_amount)
    booked = sum(refund.amount for refund in payment.refunds.all() if refund.is_done)
    if booked != payment.refunded_amount:
        yield f"{booked} of refunds in rows, {payment.refunded_amount} in the payment"
    was_let_go = row["voided"] == row["authorised"]
    if payment.status in (PaymentStatus.STARTED, PaymentStatus.MISMATCHED) and not is_tampered:
        yield "authorised, and neither forged nor unheard of"
    elif told != (row["captured"], row["refunded"]) and not is_tampered:
        yield "captured or refunded other amounts"
    # An authorisation that ends unheard is noticed within the hour.
    is_old_news = payment.settled_at < timezone.now() - LOOK_AGAIN - timedelta(minutes=3)
    if was_let_go and (payment.status == PaymentStatus.CAPTURED or (payment.is_authorized and is_old_news)):
        yield "the company has let the money go"
    if payment.status == PaymentStatus.VOIDED and not was_let_go:
        yield "not voided at the company"


def _waits_for_a_person(payment: Payment) -> bool:
    """The company refuses for good, and the staff were told."""
    return _was_told(payment, "give-back-refused")


def _was_told(payment: Payment, cause: str) -> bool:
    return Alert.objects.filter(payment=payment, cause__startswith=f"{cause}:").exists()


def _over(ledger: list[dict[str, Any]]) -> Iterator[str]:
    """A week later: every order has come to its end, and so has the money."""
    rows = {row["client_reference_id"]: row for row in ledger}
    for order in Order.objects.prefetch_related("payments__refunds"):
        payments = list(order.payments.all())
        own = [rows[str(payment.pk)] for payment in payments if str(payment.pk) in rows]
        kept = sum(row["captured"] - row["refunded"] for row in own)
        name = f"order {order.number} ({order.status}; {', '.join(payment.status for payment in payments)})"
        if order.status == OrderStatus.AWAITING_PAYMENT:
            yield f"{name} still waits for its payment"
        if any(payment.status in (PaymentStatus.STARTED, PaymentStatus.AUTHORIZED) for payment in payments):
            yield f"{name} has a payment that never came to an end"
        if order.status == OrderStatus.ON_HOLD and not kept:
            yield f"{name}: on hold, and no money is"
        due = order.total if order.status in (OrderStatus.RELEASED, OrderStatus.SHIPPED) else 0
        due -= sum(refund.amount for payment in payments for refund in payment.refunds.all() if refund.is_done) if due else 0
        if kept != due and order.status != OrderStatus.ON_HOLD and not Alert.objects.filter(order=order).exists():
            yield f"{name}: {kept} was kept instead of {due}, and nobody was told"
        yield from _mails_of(order, name)
    for record in GatewayEventRecord.objects.filter(status="new"):
        yield f"event {record.kind} was never followed up"
    for mail in Mail.objects.filter(sent_at=None).select_related("order"):
        yield f"order {mail.order.number}: the mail {mail.kind} never went out"
    if waiting := DBTaskResult.objects.ready().count():
        yield f"{waiting} tasks wait"


def _mails_of(order: Order, name: str) -> Iterator[str]:
    """The customer was told what happened, and nothing else."""
    was = set(OrderEvent.objects.filter(order=order).values_list("now", flat=True))
    kinds = set(Mail.objects.filter(order=order).values_list("kind", flat=True))
    due = {
        OrderStatus.ON_HOLD: Mail.Kind.RECEIVED,
        OrderStatus.RELEASED: Mail.Kind.RELEASED,
        OrderStatus.SHIPPED: Mail.Kind.SHIPPED,
        OrderStatus.CANCELLED: Mail.Kind.CANCELLED,
    }
    for state, kind in due.items():
        if (state in was) != (kind in kinds):
            yield f"{name}: was {sorted(was)}, mails {sorted(kinds)}"
