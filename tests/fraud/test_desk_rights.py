"""Who may do what at the desk: the wrong right gets 403 on the address itself, and personal data go with the case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from checkout.models import Order
from checkout.states import PaymentStatus
from fraud.models import Call, DeskRules, Policy
from store.audit.models import AuditRow
from store.models import User
from tests.fraud.desk import QUEUE, MakeTask, button, desk, page_of, text, untouched

pytestmark = pytest.mark.django_db

# -- Rights ----------------------------------------------------------------------------------------------------------------

ACTIONS = {
    "claim": {},
    "let_go": {},
    "record": {"outcome": "no_answer", "answer": "", "note": ""},
    "release": {"why": "Known customer."},
    "cancel": {"reason": "denied", "why": ""},
}


@pytest.mark.parametrize("action", ACTIONS)
def test_anonymous_and_staff_without_the_right_can_do_nothing(action: str, make_task: MakeTask, mona: User) -> None:
    task = make_task()
    answer = Client().post(button(action, task), ACTIONS[action])
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/admin/login/")
    assert desk(mona).post(button(action, task), ACTIONS[action]).status_code == 403
    customer = User.objects.create_user("dana@example.com", "a long phrase 7")
    assert desk(customer).post(button(action, task), ACTIONS[action]).status_code == 302
    assert untouched(task)


def test_pages_are_for_reviewers_only(make_task: MakeTask, mona: User, rosa: User) -> None:
    task = make_task()
    for address in (QUEUE, page_of(task)):
        assert Client().get(address).status_code == 302
        assert desk(mona).get(address).status_code == 403
        assert desk(rosa).get(address).status_code == 200
    assert desk(mona).post(reverse("admin:fraud_calltask_next")).status_code == 403
    assert untouched(task)


@pytest.mark.parametrize("action", ["release", "cancel"])
def test_who_only_rings_cannot_decide(action: str, make_task: MakeTask, lee: User, now: datetime) -> None:
    task = make_task()
    client = desk(lee)
    client.post(button("claim", task))
    html = client.get(page_of(task)).content.decode()
    assert "somebody else decides" in html
    assert "Cancel the order" not in html
    assert client.post(button(action, task), ACTIONS[action]).status_code == 403
    assert task.order.payments.get().status == PaymentStatus.AUTHORIZED
    assert Order.objects.get(pk=task.order_id).is_on_hold


@pytest.mark.parametrize("action", ACTIONS)
def test_buttons_answer_to_post_alone_and_need_the_csrf_token(action: str, make_task: MakeTask, rosa: User) -> None:
    task = make_task()
    assert desk(rosa).get(button(action, task)).status_code == 405
    client = Client(enforce_csrf_checks=True)
    client.force_login(rosa)
    assert client.post(button(action, task), ACTIONS[action]).status_code == 403
    assert untouched(task)


def test_records_can_be_read_but_not_changed(make_task: MakeTask, now: datetime) -> None:
    task = make_task()
    chief = User.objects.create_superuser("chief@shop.example", "a long phrase 7")
    call = Call.objects.create(task=task, by=chief, at=now, outcome="no_answer", number="+15035550142", note="")
    client = desk(chief)
    finding = task.assessment.findings.get(code="address.ship_to_differs")
    for model, row in (
        ("assessment", task.assessment),
        ("finding", finding),
        ("policy", Policy.objects.get()),
        ("call", call),
    ):
        assert client.get(f"/admin/fraud/{model}/").status_code == 200
        assert client.get(f"/admin/fraud/{model}/{row.pk}/change/").status_code == 200
        assert client.get(f"/admin/fraud/{model}/add/").status_code == 403
        assert client.post(f"/admin/fraud/{model}/{row.pk}/change/", {"points": 0}).status_code == 403
        assert client.post(f"/admin/fraud/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    page = f"/admin/fraud/finding/{finding.pk}/change/"
    assert "Miami" not in client.get(page).content.decode()
    client.post(f"/admin/fraud/finding/{finding.pk}/reveal/", {"look_reason": "check"})
    assert "sent to another region: Miami" in client.get(page).content.decode()


@pytest.mark.parametrize(
    "address",
    ["/admin/fraud/calltask/not-a-uuid/change/", "/admin/fraud/calltask/11111111-1111-4111-8111-111111111111/change/"],
)
def test_a_call_that_is_not_there_is_404(address: str, rosa: User) -> None:
    assert desk(rosa).get(address).status_code == 404


# -- What is personal ------------------------------------------------------------------------------------------------------

PERSONAL = ("Dana Reyes", "Victor Stone", "1420 SE Ankeny", "77 Ocean Drive", "97214", "5550142", "dana@example.com")


def test_who_has_not_claimed_a_case_sees_its_points_but_nobody(make_task: MakeTask, rosa: User, sam: User) -> None:
    task = make_task()
    desk(sam).post(button("claim", task))
    html = desk(rosa).get(page_of(task)).content.decode()
    assert "+100 100 in all Many of an expensive item" in text(html)
    assert "Street differs ••• •••" in text(html)
    assert 'name="outcome"' not in html  # forms come with the claim
    assert [one for one in PERSONAL if one in html] == []


def test_a_look_at_a_case_of_another_is_written_down_and_lasts_one_page(
    make_task: MakeTask, rosa: User, sam: User, cora: User
) -> None:
    task = make_task()
    desk(sam).post(button("claim", task))
    client = desk(cora)
    shown = client.post(button("reveal", task), {"look_reason": "rang_us"}).content.decode()
    assert [one for one in PERSONAL if one not in shown] == []
    assert [one for one in PERSONAL if one in client.get(page_of(task)).content.decode()] == []
    rows = AuditRow.objects.about(task.order)
    assert [(row.actor, row.action, row.why) for row in rows] == [
        (cora, "case.reveal", "The customer rang us"),
        (sam, "case.open", "Claimed the case"),
    ]
    assert "phone" in rows[0].field_names.split()
    assert client.post(button("reveal", task), {"look_reason": "curious"}).status_code == 302
    assert AuditRow.objects.about(task.order).count() == 2


def test_who_else_has_the_case_open_is_told(make_task: MakeTask, rosa: User, sam: User) -> None:
    task = make_task()
    desk(sam).get(page_of(task))
    assert "Also viewing: Sam Okoro." in text(desk(rosa).get(page_of(task)).content.decode())
    assert "Also viewing: Rosa Lind." in text(desk(sam).get(page_of(task)).content.decode())


def test_small_orders_may_be_released_by_more_people(make_task: MakeTask, mona: User, lee: User, now: datetime) -> None:
    task = make_task()
    lee.user_permissions.add(Permission.objects.get(codename="release_small_call"))
    client = desk(lee)
    client.post(button("claim", task))
    assert client.post(button("release", task), {"why": "Known."}).status_code == 403
    assert AuditRow.objects.about(task).first().action == "access.refused"  # type: ignore[union-attr]  # there is one
    DeskRules(created_at=now, currency="USD", release_limit=task.order.total).save()
    answer = client.post(button("release", task), {"why": ""})
    assert answer.status_code == 422  # may, and is asked why
    assert "Release and charge" in answer.content.decode()


def test_a_parcel_sent_elsewhere_is_looked_at_again(
    make_task: MakeTask,
    rosa: User,
    lee: User,
    run_tasks: Callable[[], int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    task, client = make_task(), desk(rosa)
    place = {"name": "Victor Stone", "line1": "901 Brickell Ave", "line2": "", "city": "Miami", "postcode": "33131"}
    sent = {**place, "why": "He moved, he says."}
    assert desk(lee).post(button("readdress", task), sent).status_code == 403
    refused = client.post(button("readdress", task), sent)
    assert (refused.status_code, "claim it and decide" in refused.content.decode()) == (422, True)
    client.post(button("claim", task))
    assert 'value="77 Ocean Drive"' in client.get(page_of(task)).content.decode()
    for wrong, told in (({"postcode": "97214"}, "Nothing was changed."), ({"why": ""}, "Say who asked for it")):
        refused = client.post(button("readdress", task), {**sent, **wrong})
        assert (refused.status_code, told in refused.content.decode()) == (422, True), refused.content.decode()
    before = task.assessment.points
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(button("readdress", task), sent).status_code == 302
    run_tasks()
    assert task.order.addresses.get(kind="ship_to").line1 == "901 Brickell Ave"
    task.refresh_from_db()
    assert (task.assessment.pass_number, task.assessment.points) == (2, before + 25)
    assert "Ship-to was changed after the order was paid" in text(client.get(page_of(task)).content.decode())
    looked = AuditRow.objects.get(action="order.readdressed")
    assert (looked.actor, looked.why) == (rosa, "")  # no words of or about a customer, which no erasure would find
    assert task.order.events.latest("at").why == "Ship-to was changed: He moved, he says."
