"""Who begins here chooses a password nobody else knows; who leaves takes nothing along."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from store.accounts.links import BadLink, find_reset, reset_link
from store.accounts.passwords import set_password
from store.audit.models import AuditRow
from store.audit.verify import verify_audit
from store.models import OldPassword, User
from store.passwords import PasswordRules
from store.staff.factors import has_factor
from store.staff.leaving import UnableToLetGo, let_go
from store.staff.models import RecoveryCode
from store.staff.recovery import make_codes
from tests.store.staff.conftest import client_of, get_past, give_app

pytestmark = pytest.mark.django_db
NEW = "seventeen plovers waltz on 7 piers"


def printed_link(*args: str) -> str:
    out = StringIO()
    call_command("create_owner", "boss@shop.example", *args, stdout=out)
    link = re.search(r"http://testserver(/admin/welcome/\S+)", out.getvalue())
    assert link is not None
    return link[1]


def choose(client: Client, password: str = NEW) -> int:
    fields = {"new_password": password, "new_password_again": password}
    return client.post("/admin/welcome/", fields).status_code


def test_the_first_owner_comes_in_by_a_link_that_works_once() -> None:
    link = printed_link()
    boss = User.objects.for_email("boss@shop.example").get()
    assert (boss.is_superuser, boss.has_usable_password()) == (True, False)
    client, late = Client(), Client()
    assert client.get(link)["Location"] == "/admin/welcome/"
    assert late.get(link)["Location"] == "/admin/welcome/"
    assert choose(client, "John55") == 422
    assert choose(client) == 302
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/admin/second-factor/set-up/"
    assert choose(late, "another plovers waltz on 8 piers") == 410
    assert Client().get(link).status_code == 410
    boss.refresh_from_db()
    assert boss.check_password(NEW)
    assert [row.action for row in AuditRow.objects.order_by("n")] == ["staff.owner_link_made", "staff.password_chosen"]


def test_a_link_ends_after_a_quarter_of_an_hour_and_by_a_newer_one() -> None:
    link = printed_link()
    newer = printed_link()
    assert Client().get(link).status_code == 410
    with time_machine.travel(timezone.now() + timedelta(minutes=14)):
        assert Client().get(newer).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert Client().get(newer).status_code == 410
    assert Client().get(newer[:-3] + "xx/").status_code == 410


def test_a_second_owner_is_made_in_the_admin_not_at_the_shell(olive: User) -> None:
    carl = User.objects.create_user("carl@example.com", NEW)
    for email, why in (
        ("boss@shop.example", "has an owner already"),
        (olive.email, "This owner has a password"),
        (carl.email, "no owner's"),
        ("boss", "no e-mail address"),
    ):
        with pytest.raises(CommandError, match=why):
            call_command("create_owner", email)
    assert User.objects.filter(is_superuser=True).count() == 1
    assert printed_link("--another")


def test_an_owner_invites_somebody_who_chooses_their_own_password(
    olive: User, settings: Settings, mailoutbox: list[EmailMessage], run_tasks: object
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    owner = client_of(olive)
    added = owner.post(
        "/admin/store/user/add/",
        {"email": "nell@shop.example", "name": "Nell", "is_staff": "on", "usable_password": "false"},
    )
    assert added.status_code == 302
    nell = User.objects.for_email("nell@shop.example").get()
    page = f"/admin/store/user/{nell.pk}/"
    assert "Send a link to choose a password" in owner.get(f"{page}change/").content.decode()
    assert owner.post(f"{page}invite/", {"why": "New reviewer"}).status_code == 302
    assert callable(run_tasks)
    run_tasks()
    (mail,) = mailoutbox
    assert mail.to == ["nell@shop.example"]
    link = re.search(r"http://testserver(/admin/welcome/\S+)", str(mail.body))
    assert link is not None
    client = Client()
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        client.get(link[1])
        assert choose(client) == 302
    nell.refresh_from_db()
    assert nell.check_password(NEW)
    assert owner.get(f"{page}password/")["Location"] == f"{page}change/"  # nobody else sets it


def test_whoever_leaves_takes_nothing_along(olive: User, mona: User) -> None:
    give_app(mona)
    make_codes(user=mona, now=timezone.now())
    mona.groups.add(Group.objects.get(name="Reviewers"))
    mona.user_permissions.set(Permission.objects.filter(codename="view_user"))
    session = get_past(client_of(mona), mona)
    name, token = reset_link(mona)

    let_go(user=User.objects.get(pk=mona.pk), by=olive, why="Contract ended", request=None, now=timezone.now())

    mona.refresh_from_db()
    assert (mona.is_active, mona.is_staff, mona.has_usable_password()) == (False, False, False)
    assert (mona.groups.count(), mona.user_permissions.count(), has_factor(mona)) == (0, 0, False)
    assert not RecoveryCode.objects.filter(user=mona).exists()
    assert session.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    with pytest.raises(BadLink):
        find_reset(name=name, token=token)
    # Not even once they are back, with the password and the link they had.
    User.objects.filter(pk=mona.pk).update(is_active=True, is_staff=True)
    assert session.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    with pytest.raises(BadLink):
        find_reset(name=name, token=token)
    row = AuditRow.objects.about(mona).first()
    assert row is not None
    assert (row.action, row.actor, row.why) == ("staff.left", olive, "Contract ended")
    assert verify_audit().faults == []


def test_the_last_owner_stays_and_nobody_lets_themselves_go(olive: User, mona: User) -> None:
    for by, why in ((olive, "Another owner must"), (mona, "Only an owner"), (None, "the only owner")):
        with pytest.raises(UnableToLetGo, match=why):
            let_go(user=olive, by=by, why="", request=None, now=timezone.now())
    olive.refresh_from_db()
    assert (olive.is_active, olive.is_superuser, AuditRow.objects.count()) == (True, True, 0)


def test_the_buttons_are_for_owners_and_about_others(olive: User, oscar: User, mona: User, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = False
    give_app(mona)
    mona.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    for name in ("invite", "lost-factor", "leave"):
        assert client_of(mona).post(f"/admin/store/user/{oscar.pk}/{name}/", {"why": "x"}).status_code == 403
        assert client_of(olive).post(f"/admin/store/user/{olive.pk}/{name}/", {"why": "x"}).status_code == 302
    assert User.objects.filter(is_active=True, is_superuser=True).count() == 2
    owner = client_of(olive)
    asked = owner.post(f"/admin/store/user/{mona.pk}/leave/", {"why": ""})
    assert asked.status_code == 422
    assert owner.post(f"/admin/store/user/{mona.pk}/lost-factor/", {"why": "Lost"})["Location"].endswith("/change/")
    assert not has_factor(mona)
    assert owner.post(f"/admin/store/user/{mona.pk}/leave/", {"why": "Gone"}).status_code == 302
    mona.refresh_from_db()
    assert mona.is_active is False


def test_a_tick_taken_away_ends_nobodys_log_in(olive: User, mona: User, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = False
    answer = client_of(olive).post(
        f"/admin/store/user/{mona.pk}/change/", {"email": mona.email, "name": "Mona", "is_staff": "on"}
    )
    assert "use the button" in answer.content.decode()
    mona.refresh_from_db()
    assert mona.is_active is True


def test_the_last_four_passwords_do_not_come_back(mona: User) -> None:
    words = [f"plovers waltz on {n} piers" for n in "3456789"]
    for password in words:
        set_password(user=User.objects.get(pk=mona.pk), password=password)
    mona.refresh_from_db()
    rules = PasswordRules()
    for password in words[-4:]:
        with pytest.raises(ValidationError, match="one of your last four"):
            rules.validate(password, mona)
    rules.validate(words[-5], mona)
    assert OldPassword.objects.filter(user=mona).count() == 4
    customer = User.objects.create_user("carl@example.com", words[0])
    rules.validate(words[0], customer)
    assert not OldPassword.objects.filter(user=customer).exists()
