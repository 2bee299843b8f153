"""The desk's rules in the admin: a new version is in force at once, the old ones stay, and it is written down who changed them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from fraud.models import DeskRules
from store.audit.models import AuditRow
from store.models import User

pytestmark = pytest.mark.django_db
PAGE, NEW = "/admin/fraud/deskrules/", "/admin/fraud/deskrules/new/"
GIVEN = {
    "tries": "3",
    "days": "1",
    "grace_hours": "6",
    "when_unreached": "escalate",
    "release_limit": "500",
    "second_above": "2500.50",
    "note": "Holidays.",
}


@pytest.fixture
def merchant(mona: User) -> Client:
    mona.user_permissions.add(Permission.objects.get(codename="change_policy"))
    client = Client()
    client.force_login(mona)
    return client


def test_a_new_version_is_in_force_and_the_old_one_stays(merchant: Client, mona: User) -> None:
    assert "The shop's own; nobody has changed them." in merchant.get(PAGE).content.decode()
    assert merchant.post(NEW, GIVEN).status_code == 302
    assert merchant.post(NEW, {**GIVEN, "tries": "5", "second_above": ""}).status_code == 302
    new, old = DeskRules.objects.newest_first()
    assert (old.tries, old.days, old.grace_hours, old.when_unreached) == (3, 1, 6, "escalate")
    assert (old.release_limit, old.second_above, old.currency, old.created_by) == (50_000, 250_050, "USD", mona)
    assert (new.tries, new.second_above) == (5, None)
    page = merchant.get(PAGE).content.decode()
    assert 'name="tries" value="5"' in page
    assert "Two people above $2,500.50." in page
    assert [(row.actor, row.object_id) for row in AuditRow.objects.filter(action="desk_rules.change").order_by("n")] == [
        (mona, str(old.pk)),
        (mona, str(new.pk)),
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [("tries", "0"), ("days", ""), ("second_above", "-1"), ("when_unreached", "capture"), ("note", "4242 4242 4242 4242")],
)
def test_what_makes_no_sense_is_sent_back_and_nothing_changes(merchant: Client, name: str, value: str) -> None:
    assert merchant.post(NEW, {**GIVEN, name: value}).status_code == 422
    assert not DeskRules.objects.exists()


def test_rules_are_for_who_has_the_right(mona: User, rosa: User) -> None:
    client = Client()
    client.force_login(rosa)
    assert (client.get(PAGE).status_code, client.post(NEW, GIVEN).status_code) == (403, 403)
    assert not DeskRules.objects.exists()
