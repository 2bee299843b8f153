"""Who has not shown for ten minutes who they are is asked again before what can't be undone, and loses nothing by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from fraud.models import Policy
from fraud.services.policies import start_draft
from store.audit.models import AuditRow
from store.models import Tries, User
from tests.factories.checkout import make_order
from tests.store.staff.conftest import PASSWORD, client_of, code_of, get_past, give_app

pytestmark = pytest.mark.django_db
EXPORT = "/admin/store/auditrow/export/"


@pytest.fixture
def owner(olive: User) -> Client:
    give_app(olive)
    return get_past(client_of(olive), olive)


@pytest.fixture
def later(owner: Client) -> Iterator[None]:
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        yield


def asks(answer: object) -> bool:
    return "Is it still you?" in getattr(answer, "content", b"").decode()


def test_nobody_is_asked_within_ten_minutes_of_logging_in(owner: Client) -> None:
    assert owner.post(EXPORT, {"why": "For the auditor"})["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.usefixtures("later")
def test_what_was_sent_goes_on_with_the_password(owner: Client) -> None:
    page = owner.post(EXPORT, {"why": "For the auditor", "first": "2020-01-01"})
    assert asks(page)
    assert not AuditRow.objects.filter(action="audit.exported").exists()
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    kept.pop("csrfmiddlewaretoken")
    assert kept == {"why": "For the auditor", "first": "2020-01-01"}

    wrong = owner.post(EXPORT, {**kept, "shown_again": "John55"})
    assert (wrong.status_code, asks(wrong)) == (422, True)
    assert "Nothing was done" in wrong.content.decode()

    done = owner.post(EXPORT, {**kept, "shown_again": PASSWORD})
    assert done["Content-Type"] == "text/csv; charset=utf-8"
    assert AuditRow.objects.get(action="staff.shown_again").field_names == "password"
    assert not asks(owner.post(EXPORT, {"why": "Once more"}))


@pytest.mark.usefixtures("later")
def test_a_page_is_shown_after_a_code_of_the_app_which_counts_once(owner: Client, olive: User) -> None:
    assert asks(owner.get(EXPORT))
    code = code_of(olive)
    answer = owner.post(EXPORT, {"was_looking": "1", "shown_again": code})
    assert (answer.status_code, answer["Location"]) == (302, EXPORT)
    assert not asks(owner.get(EXPORT))
    assert AuditRow.objects.get(action="staff.shown_again").field_names == "app"


@pytest.mark.usefixtures("later")
def test_each_of_what_cannot_be_undone_asks(owner: Client, olive: User, mona: User) -> None:
    buyer = User.objects.create_user("buyer@example.com")
    draft = start_draft(by=olive, now=timezone.now())
    pages = [
        f"/admin/fraud/policy/{draft.pk}/activate/",
        f"/admin/store/user/{mona.pk}/leave/",
        f"/admin/store/user/{mona.pk}/change/",
        "/admin/store/user/add/",
        f"/admin/store/user/{buyer.pk}/password/",
        f"/admin/store/user/{buyer.pk}/delete/",
        "/admin/auth/group/add/",
        "/admin/second-factor/codes/",
    ]
    for page in pages:
        assert asks(owner.post(page, {"why": "x", "is_superuser": "on", "instead_of": "1"})), page
    mona.refresh_from_db()
    assert (mona.is_active, mona.is_superuser) == (True, False)
    assert Policy.objects.get(pk=draft.pk).is_draft


def test_the_old_password_is_asked_for_and_guesses_of_it_are_slowed(owner: Client, olive: User) -> None:
    """It is what opens the page that asks again."""
    assert owner.get(f"/admin/store/user/{olive.pk}/password/")["Location"] == "/admin/password_change/"
    new = {"new_password": "walk the owl at 7", "new_password_again": "walk the owl at 7"}
    said = [owner.post("/admin/password_change/", {**new, "current_password": f"guess {n}"}).text for n in range(6)]
    assert ["That isn" in text for text in said] == [True] * 5 + [False]
    assert "Too many tries" in said[-1]
    Tries.objects.all().delete()
    answer = owner.post("/admin/password_change/", {**new, "current_password": PASSWORD})
    assert (answer["Location"], owner.get("/admin/").status_code) == ("/admin/second-factor/mine/", 200)
    assert AuditRow.objects.get(action="staff.password_changed").actor == olive


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize(("amount", "is_asked"), [("20000", False), ("20001", True)])
def test_a_refund_asks_above_the_setting(owner: Client, amount: str, is_asked: bool) -> None:
    order = make_order()
    answer = owner.post(
        f"/admin/checkout/order/{order.pk}/refund/now/",
        {"expected_total": amount, "token": "6d3f2b0e-6a53-4b0c-8f7e-0a3c2f1d9b11"},
    )
    assert answer.status_code in (200, 409)
    assert asks(answer) is is_asked


@pytest.mark.usefixtures("later")
def test_no_file_about_customers_or_reviewers_is_handed_out_before_it(owner: Client) -> None:
    order = make_order()
    sent = {"why": "For the bank", "days": "30", "action": "labels", "_selected_action": [str(order.pk)]}
    for address in (
        f"/admin/fraud/evidencepack/{order.pk}/json/take/",
        "/admin/fraud/figures/decisions/csv/",
        "/admin/checkout/order/",
    ):
        assert asks(owner.post(address, sent)), address
    assert not AuditRow.objects.filter(action__in=["evidence.json", "decisions.csv", "order.label"]).exists()
