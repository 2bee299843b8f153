"""From an authorised order to a release or a call: once, whatever fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from catalog.models import Variant
from checkout.models import Mail, Order, Payment
from checkout.signals import order_cancelled, order_released, payments_swept
from checkout.states import OrderStatus, PaymentStatus
from fraud.facts import OrderFacts
from fraud.freezing import thaw
from fraud.gather import gather_facts
from fraud.models import Assessment, CallTask, Finding, Policy
from fraud.rules import BY_CODE, RULES, Answer, Rule
from fraud.services import UnableToAssessOrder, assess_order, current_policy
from fraud.services.keep import slot_of
from store.records import NeverChanges
from tests.checkout.shopper import Shopper
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import DeliveryMethodFactory, make_order, make_payment
from tests.fraud.conftest import MIAMI
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db


def test_suspicious_order_becomes_a_call_with_every_answer_kept(polisher: Variant, now: datetime) -> None:
    order = make_order(variant=polisher, quantity=12, ship_to=MIAMI, placed_at=now)
    assessment = assess_order(order_id=order.pk, now=now)
    assert assessment.verdict == "call"
    assert [finding.code for finding in assessment.all_findings()] == [rule.code for rule in RULES]
    finding = assessment.findings.get(code="items.many_of_expensive")
    assert (finding.answer, finding.grade, finding.points, finding.is_decisive) == ("hit", "bulk", 100, True)
    assert finding.reason == "12 × Grand Polisher at $899.00; nothing in the catalogue costs more."
    assert assessment.points == sum(finding.points for finding in assessment.findings.all())
    task = CallTask.objects.get()
    assert (task.order, task.assessment, task.points, task.status) == (order, assessment, assessment.points, "waiting")
    assert task.due_at == slot_of(now + timedelta(hours=4))
    assert [(mail.kind, mail.order_id) for mail in Mail.objects.all()] == [("confirming", order.pk)]
    order.refresh_from_db()
    assert order.status == OrderStatus.ON_HOLD
    assert order.payments.get().status == PaymentStatus.AUTHORIZED


def test_reasons_are_encrypted_at_rest(polisher: Variant, now: datetime) -> None:
    assess_order(order_id=make_order(variant=polisher, quantity=12, ship_to=MIAMI, placed_at=now).pk, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM fraud_finding")
        stored = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT unremarkable FROM fraud_assessment")
        stored += [row[0] for row in cursor.fetchall()]
    assert len(stored) >= 5
    assert all(value.startswith("v1.test1.") for value in stored)


def test_deadline_leaves_a_day_before_the_authorisation_lapses(polisher: Variant, now: datetime) -> None:
    lapses_at = now + timedelta(hours=26)
    order = make_order(variant=polisher, quantity=12, placed_at=now, payment={"capture_before": lapses_at})
    assess_order(order_id=order.pk, now=now)
    assert CallTask.objects.get().due_at == slot_of(now + timedelta(hours=2))


def test_assessing_twice_is_the_same_as_once(polisher: Variant, now: datetime) -> None:
    order = make_order(variant=polisher, quantity=12, placed_at=now)
    first = assess_order(order_id=order.pk, now=now)
    second = assess_order(order_id=order.pk, now=now + timedelta(hours=1))
    assert second == first
    assert (Assessment.objects.count(), CallTask.objects.count()) == (1, 1)
    assert len(first.all_findings()) == len(RULES)
    assert Finding.objects.exclude(answer="hit").count() == 0  # what did not hit has no row
    assert Mail.objects.count() == 1


def test_another_pass_is_another_assessment(now: datetime, polisher: Variant) -> None:
    order = make_order(variant=polisher, quantity=12, placed_at=now)
    first = assess_order(order_id=order.pk, now=now)
    CallTask.objects.update(status="done", closed_at=now)
    second = assess_order(order_id=order.pk, now=now, pass_number=2)
    assert (first.pass_number, second.pass_number, Assessment.objects.count()) == (1, 2, 2)


@pytest.mark.parametrize("status", [OrderStatus.CANCELLED, OrderStatus.AWAITING_PAYMENT, OrderStatus.RELEASED])
def test_an_order_that_is_not_on_hold_is_not_assessed(status: str, now: datetime) -> None:
    order = make_order(status=status, placed_at=now)
    with pytest.raises(UnableToAssessOrder):
        assess_order(order_id=order.pk, now=now)
    assert (Assessment.objects.count(), CallTask.objects.count()) == (0, 0)


def test_a_broken_rule_rings_and_keeps_no_customer_data(now: datetime) -> None:
    def explode(facts: OrderFacts) -> Answer:
        raise ValueError(f"{facts.bill_to} can't be read")

    order = make_order(placed_at=now)
    assessment = assess_order(order_id=order.pk, now=now, rules=[*RULES, Rule("broken", "Broken", explode, {"": 1})])
    assert assessment.verdict == "call"
    finding = assessment.findings.get(answer="error")
    assert (finding.code, finding.is_decisive) == ("broken", True)
    assert finding.reason == "This rule could not answer (ValueError); the order is rung about to be safe."
    assert CallTask.objects.count() == 1


def test_policy_versions_never_change(now: datetime) -> None:
    policy = current_policy(now=now)
    policy.threshold = 1
    with pytest.raises(NeverChanges):
        policy.save()
    assert Policy.objects.get().threshold == 50
    assert current_policy(now=now) == policy


def test_the_active_policy_judges_and_older_assessments_keep_theirs(now: datetime) -> None:
    order = make_order(placed_at=now, ship_to=MIAMI, is_gift=True, payment={"is_liability_shifted": True})
    old = current_policy(now=now)
    strict_points = {**old.points, "address.gift": 500}
    Policy.objects.active().update(is_active=False)
    Policy.objects.create(version=2, threshold=1, points=strict_points, created_at=now, is_active=True, activated_at=now)
    Policy.objects.create(version=3, threshold=1, points={}, created_at=now)  # a draft
    assessment = assess_order(order_id=order.pk, now=now)
    assert (assessment.policy.version, assessment.verdict) == (2, "call")
    assert assessment.findings.get(code="address.gift").points == 500
    assert old.values.points_of(BY_CODE["address.gift"], "") == -10


def test_an_assessment_keeps_the_facts_it_used_encrypted(polisher: Variant, now: datetime) -> None:
    order = make_order(variant=polisher, quantity=12, ship_to=MIAMI, placed_at=now)
    facts = gather_facts(order.pk, now=now)
    assessment = assess_order(order_id=order.pk, now=now)
    assert thaw(assessment.facts or "") == facts
    with connection.cursor() as cursor:
        cursor.execute("SELECT facts FROM fraud_assessment")
        assert cursor.fetchone()[0].startswith("v1.test1.")


def test_rules_that_are_off_are_not_asked_and_those_observed_do_not_count(polisher: Variant, now: datetime) -> None:
    order = make_order(variant=polisher, quantity=12, placed_at=now)
    policy = current_policy(now=now)
    modes = {"items.many_of_expensive": "observe", "items.many_of_one": "off", "list.blocked": "off"}
    Policy.objects.filter(pk=policy.pk).update(is_active=False)
    Policy.objects.create(
        version=2,
        threshold=50,
        points=policy.points,
        always_call=policy.always_call,
        modes=modes,
        created_at=now,
        is_active=True,
        activated_at=now,
    )
    assessment = assess_order(order_id=order.pk, now=now)
    findings = {finding.code: finding for finding in assessment.all_findings()}
    seen = findings["items.many_of_expensive"]
    assert (seen.answer, seen.points, seen.is_observed, seen.is_decisive) == ("hit", 100, True, False)
    assert "items.many_of_one" not in findings
    assert "list.blocked" in findings  # nobody can turn it off
    assert assessment.points == sum(one.points for one in findings.values() if not one.is_observed) == 4


def test_queries_of_an_assessment_are_few_and_fixed(polisher: Variant, now: datetime) -> None:
    order = make_order(variant=polisher, quantity=12, placed_at=now)
    current_policy(now=now)
    with CaptureQueriesContext(connection) as queries:
        assess_order(order_id=order.pk, now=now)
    reads = [query["sql"] for query in queries if query["sql"].lstrip("(").startswith(("SELECT", "WITH"))]
    after = ("fraud_calltask", "checkout_mail", "fraud_webhookendpoint")  # the case, and who is told of it
    deciding = [sql for sql in reads if not any(table in sql for table in after)]
    # The lock, the order with all that is of its own, the policy, lines, links, lists; and two that are kept for minutes.
    assert len(deciding) == 8, "\n".join(deciding)
    assert sum(query["sql"].startswith("INSERT") for query in queries) <= 5


@pytest.mark.parametrize("signal", [order_released, order_cancelled])
def test_a_decided_order_ends_its_call(signal: object, make_task: Callable[..., CallTask], now: datetime) -> None:
    task, other = make_task(), make_task()
    signal.send(sender=None, order_id=task.order_id, now=now)  # type: ignore[attr-defined]  # both are signals
    task.refresh_from_db()
    other.refresh_from_db()
    assert (task.status, task.closed_at) == ("done", now)
    assert other.status == "waiting"


def test_sweep_ends_calls_of_orders_decided_unheard(make_task: Callable[..., CallTask], now: datetime) -> None:
    task, other = make_task(), make_task()
    Order.objects.filter(pk=task.order_id).update(status=OrderStatus.CANCELLED)
    payments_swept.send(sender=None, now=now)
    assert set(CallTask.objects.filter(status="done")) == {task}
    assert set(CallTask.objects.waiting()) == {other}


def test_sweep_assesses_what_was_left_on_hold(polisher: Variant, now: datetime) -> None:
    lost = make_order(variant=polisher, quantity=12, placed_at=now - timedelta(minutes=5))
    fresh = make_order(variant=polisher, quantity=12, placed_at=now - timedelta(seconds=30))  # in the worker's hands
    deciding = make_order(
        variant=polisher, quantity=12, placed_at=now - timedelta(minutes=5), payment_status=PaymentStatus.CAPTURING
    )
    payments_swept.send(sender=None, now=now)
    assert set(Assessment.objects.values_list("order_id", flat=True)) == {lost.pk}
    assert fresh.assessments.count() == deciding.assessments.count() == 0
    payments_swept.send(sender=None, now=now)
    assert Assessment.objects.count() == 1


# -- With a running payment company ----------------------------------------------------------------------------------------


@pytest.fixture
def honest_order(sandbox: RunningSandbox, polisher: Variant) -> Order:
    """One brush, paid, on hold, not yet assessed."""
    shopper = Shopper()
    order = shopper.order(VariantFactory.create(price=1250), 1)
    assert shopper.pay(order, sandbox)["status"] == "paid"
    shopper.come_back(order)
    order.refresh_from_db()
    assert order.status == OrderStatus.ON_HOLD
    return order


@pytest.mark.django_db(transaction=True)
def test_clear_order_is_captured_and_released(
    honest_order: Order, sandbox: RunningSandbox, run_tasks: Callable[[], int]
) -> None:
    run_tasks()
    honest_order.refresh_from_db()
    assert (honest_order.status, honest_order.decision, honest_order.decided_by) == (
        OrderStatus.RELEASED,
        "Assessed as clear.",
        None,
    )
    assert [row["captured"] for row in sandbox.ledger()] == [honest_order.total]
    assert CallTask.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_clear_order_whose_capture_is_refused_becomes_a_call(
    honest_order: Order, sandbox: RunningSandbox, now: datetime
) -> None:
    Payment.objects.update(amount=F("amount") + 100)  # more than was authorised: the gateway will not have it
    assessment = assess_order(order_id=honest_order.pk, now=now)
    honest_order.refresh_from_db()
    task = CallTask.objects.get()
    assert (assessment.verdict, task.cause, task.order_id) == ("release", "not_captured", honest_order.pk)
    assert honest_order.status == OrderStatus.ON_HOLD
    assert honest_order.payments.get().status == PaymentStatus.AUTHORIZED
    assert [row["captured"] for row in sandbox.ledger()] == [0]


@pytest.mark.django_db(transaction=True)
def test_clear_order_waits_while_the_gateway_is_down_and_is_not_rung_about(
    honest_order: Order, sandbox: RunningSandbox, now: datetime
) -> None:
    sandbox.fail("capture", status=500, times=10)
    assess_order(order_id=honest_order.pk, now=now)
    honest_order.refresh_from_db()
    assert honest_order.status == OrderStatus.ON_HOLD
    assert honest_order.payments.get().status == PaymentStatus.CAPTURING
    assert CallTask.objects.count() == 0
    payments_swept.send(sender=None, now=now + timedelta(hours=1))  # checkout's own sweep goes on with it, not fraud
    assert CallTask.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_sweep_releases_a_clear_order_whose_worker_died_before_releasing(
    honest_order: Order, sandbox: RunningSandbox, now: datetime
) -> None:
    Assessment.objects.create(
        order=honest_order, policy=current_policy(now=now), verdict="release", points=5, assessed_at=now
    )
    payments_swept.send(sender=None, now=now + timedelta(hours=1))
    honest_order.refresh_from_db()
    assert honest_order.status == OrderStatus.RELEASED
    assert [row["captured"] for row in sandbox.ledger()] == [honest_order.total]


def test_a_refusal_seen_only_by_the_sweep_becomes_a_call(now: datetime) -> None:
    DeliveryMethodFactory.create()
    order = make_order(placed_at=now, payment_status=None)
    make_payment(order)
    Assessment.objects.create(order=order, policy=current_policy(now=now), verdict="release", points=5, assessed_at=now)
    order.decision = "Assessed as clear."
    order.save(update_fields=["decision"])
    payments_swept.send(sender=None, now=now + timedelta(hours=1))
    assert CallTask.objects.get().cause == "not_captured"
