"""The scene of the attacks: an order on the call desk, one of each kind of person, and a client that shows a 500."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from checkout.models import Alert
from fraud.models import Call, CallTask
from fraud.services import claim_call_task, record_call
from fraud.services.backtests import start_backtest
from store.models import User
from tests.fraud.conftest import make_staff, make_task, now, paid_task, polisher, rosa, sam

__all__ = ["make_staff", "make_task", "now", "paid_task", "polisher", "rosa", "sam"]


def client_of(user: User | None = None) -> Client:
    """A browser in which somebody is signed in; a fault of ours comes out as the 500 that a shopper would see."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def task(make_task: Callable[..., CallTask], now: datetime) -> CallTask:
    """One call that a reviewer has had and written down, and one matter to look at: no table of the admin is empty."""
    task = make_task()
    caller = make_staff("Cleo Ames", "work_call_queue")
    claim_call_task(task_id=task.pk, by=caller, now=now)
    record_call(
        task_id=task.pk,
        by=caller,
        number="",
        outcome=Call.Outcome.VOICEMAIL,
        answer=None,
        note="Left word.",
        now=now,
    )
    CallTask.objects.filter(pk=task.pk).update(claimed_by=None, claimed_until=None)
    start_backtest(version=1, days=7, by=caller, now=now)
    Alert.objects.create(cause="attack", order=task.order, message="Look at this.", raised_at=timezone.now())
    return CallTask.objects.select_related("order").get(pk=task.pk)


@pytest.fixture
def olive(db: None) -> User:
    """The owner."""
    return User.objects.create_superuser("olive@shop.example", "a long phrase for olive 7", name="Olive Stern")


@pytest.fixture
def rita(db: None) -> User:
    """A reviewer by her group alone."""
    user = make_staff("Rita Vale")
    user.groups.add(Group.objects.get(name="Reviewers"))
    return user


@pytest.fixture
def vera(db: None) -> User:
    """Staff who may look at everything and do nothing."""
    user = make_staff("Vera Holt")
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return user


@pytest.fixture
def mona(db: None) -> User:
    """Staff without any right."""
    return make_staff("Mona Fields")


@pytest.fixture
def carl(db: None) -> User:
    """A customer with an account."""
    return User.objects.create_user("carl@example.com", "a long phrase for carl 7", name="Carl Winter")
