"""The roles a shop begins with: each may do its work, no right is a dead one, and none makes more of itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from fraud.models import CallTask
from fraud.services import claim_call_task
from store.audit import record
from store.models import User
from store.staff.leaving import let_go
from tests.attacks.conftest import client_of
from tests.fraud.conftest import make_staff

pytestmark = pytest.mark.django_db
PAGES = {
    "Reviewers": {"fraud/calltask"},
    "Senior reviewers": {"fraud/calltask", "fraud/figures", "fraud/listentry", "checkout/order", "checkout/alert"},
    "Orders": {"checkout/order", "checkout/return", "checkout/payment", "checkout/alert"},
    "Integrations": {"fraud/webhookendpoint", "fraud/outgoingmessage", "fraud/figures"},
    "Catalogue": {
        "catalog/product",
        "catalog/category",
        "catalog/stockmove",
        "catalog/variant",
        "catalog/attribute",
        "catalog/pricechange",
        "catalog/pricerow",
        "catalog/missedsearch",
        "checkout/review",
    },
}


@pytest.mark.parametrize("role", PAGES)
def test_a_role_opens_its_own_pages_and_no_accounts(role: str) -> None:
    user = make_staff(f"Pat {role}")
    user.groups.set([Group.objects.get(name=role)])
    client = client_of(user)
    for page in {page for pages in PAGES.values() for page in pages}:
        expected = 200 if page in PAGES[role] else 403
        assert client.get(f"/admin/{page}/").status_code == expected, page
    for page in ("store/user", "store/auditrow", "auth/group"):
        assert client.get(f"/admin/{page}/").status_code == 403, page


def test_every_right_of_a_role_is_one_that_a_model_has() -> None:
    known = {
        (model._meta.app_label, code)
        for model in apps.get_models()
        for code in [
            *(f"{verb}_{model._meta.model_name}" for verb in model._meta.default_permissions),
            *(code for code, _ in model._meta.permissions),
        ]
    }
    given = Permission.objects.filter(group__name__in=PAGES).values_list("content_type__app_label", "codename")
    assert set(given) - known == set()
    assert {code for app, code in given if app in ("store", "auth")} == set()
    assert not Permission.objects.filter(name__contains="%").exists()


def test_whoever_leaves_gives_their_calls_back(make_task: Callable[..., CallTask], rosa: User, now: datetime) -> None:
    task, other = make_task(), User.objects.create_superuser("olive@shop.example", "a long phrase for olive 7")
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    let_go(user=rosa, by=other, why="Contract ended", request=None, now=now)
    task.refresh_from_db()
    assert (task.claimed_by, task.claimed_until) == (None, None)


def test_a_case_shows_what_was_done_to_it_and_to_its_order(make_task: Callable[..., CallTask]) -> None:
    task, owner = make_task(), User.objects.create_superuser("olive@shop.example", "a long phrase for olive 7")
    record(actor=owner, action="case.reveal", object=task.order, fields=["phone"], why="They rang")
    record(actor=owner, action="case.looked", object=task)
    page = client_of(owner).get(f"/admin/fraud/calltask/{task.pk}/change/").content.decode()
    assert page.index("case.looked") < page.index("case.reveal") < page.index("They rang")
