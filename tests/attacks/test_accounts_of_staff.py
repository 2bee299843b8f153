"""Nobody makes more of themselves than they are: the right to change accounts is not the right to everything."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from store.models import User
from tests.attacks.conftest import client_of, make_staff

pytestmark = pytest.mark.django_db
WORD = "a long phrase for nobody 7"


@pytest.fixture
def hank(db: None) -> User:
    """Staff who look after accounts."""
    user = make_staff("Hank Moss")
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_user", "add_user", "change_user", "delete_user"])
    )
    return user


def change(by: User, whom: User, **fields: object) -> None:
    whom_now = User.objects.get(pk=whom.pk)
    sent = {
        "email": whom_now.email.replace(" ", "."),
        "name": whom_now.name,
        "is_active": "on",
        "is_staff": "on" if whom_now.is_staff else "",
    }
    answer = client_of(by).post(reverse("admin:store_user_change", args=[whom.pk]), {**sent, **fields})
    assert answer.status_code in (302, 403), answer.context["adminform"].form.errors


def rights(user: User) -> tuple[bool, bool, set[str], int]:
    fresh = User.objects.get(pk=user.pk)
    return (
        fresh.is_staff,
        fresh.is_superuser,
        set(fresh.groups.values_list("name", flat=True)),
        len(fresh.get_all_permissions()),
    )


def test_an_account_keeper_cannot_make_himself_the_owner(hank: User) -> None:
    hank.groups.add(Group.objects.create(name="Keepers"))
    hank.user_permissions.add(*Permission.objects.filter(codename__in=["view_group", "add_group", "change_group"]))
    before = rights(hank)
    everything = [permission.pk for permission in Permission.objects.all()]
    group = reverse("admin:auth_group_change", args=[Group.objects.get(name="Keepers").pk])
    assert client_of(hank).post(group, {"name": "Keepers", "permissions": everything}).status_code == 403
    change(hank, hank, is_superuser="on", groups=[Group.objects.get(name="Reviewers").pk], user_permissions=everything)
    assert rights(hank) == before


def test_an_account_keeper_cannot_give_others_what_he_has_not(hank: User, mona: User) -> None:
    before = rights(mona)
    change(hank, mona, is_superuser="on", groups=[Group.objects.get(name="Reviewers").pk])
    assert rights(mona) == before


def test_an_account_keeper_cannot_take_over_the_owner(hank: User, olive: User) -> None:
    before = olive.password
    keeper = client_of(hank)
    for address in (
        reverse("admin:auth_user_password_change", args=[olive.pk]),
        reverse("admin:store_user_delete", args=[olive.pk]),
    ):
        assert keeper.post(address, {"password1": WORD, "password2": WORD, "post": "yes"}).status_code == 403
    change(hank, olive, email="hank@shop.example", is_active="")
    fresh = User.objects.get(pk=olive.pk)
    assert (fresh.password, fresh.email, fresh.is_active) == (before, "olive@shop.example", True)


def test_an_account_keeper_cannot_take_over_a_reviewer(hank: User, rosa: User) -> None:
    before = rosa.password
    address = reverse("admin:auth_user_password_change", args=[rosa.pk])
    assert client_of(hank).post(address, {"password1": WORD, "password2": WORD}).status_code == 403
    assert User.objects.get(pk=rosa.pk).password == before


def test_an_account_keeper_does_not_delete_owners_in_bulk(hank: User, olive: User) -> None:
    fields = {"action": "delete_selected", "_selected_action": str(olive.pk), "post": "yes"}
    client_of(hank).post(reverse("admin:store_user_changelist"), fields)
    assert User.objects.filter(pk=olive.pk).exists()


def test_an_account_keeper_still_does_his_work(hank: User, carl: User) -> None:
    change(hank, carl, name="Carl Summer")
    assert User.objects.get(pk=carl.pk).name == "Carl Summer"
    new = {"email": "new@example.com", "name": "New", "usable_password": "true", "password1": WORD, "password2": WORD}
    answer = client_of(hank).post(reverse("admin:store_user_add"), {**new, "is_staff": "on", "is_superuser": "on"})
    assert answer.status_code == 302
    assert rights(User.objects.for_email("new@example.com").get()) == (False, False, set(), 0)
    assert client_of(hank).get(reverse("admin:auth_user_password_change", args=[carl.pk])).status_code == 200


def test_the_owner_gives_rights(olive: User, mona: User) -> None:
    change(olive, mona, groups=[Group.objects.get(name="Reviewers").pk])
    assert rights(mona)[2] == {"Reviewers"}
