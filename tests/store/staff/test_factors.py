"""A code opens the door once, guessing is slow, and a lost telephone is no end."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from store.accounts.mails import HAPPENED, AccountMail, build_account_mail
from store.audit.models import AuditRow
from store.auth import TooManyTries
from store.models import User
from store.staff.factors import (
    Method,
    UnableToTakeFactorAway,
    WrongCode,
    begin_set_up,
    check_factor,
    finish_set_up,
    has_factor,
    take_factor_away,
)
from store.staff.models import Authenticator, RecoveryCode
from store.staff.recovery import make_codes
from store.staff.totp import code_at
from tests.store.staff.conftest import client_of, code_of, get_past, give_app

pytestmark = pytest.mark.django_db
REQUEST = RequestFactory(REMOTE_ADDR="203.0.113.7").post("/admin/second-factor/")
NOW = timezone.now()


def check(user: User, code: str, seconds: int = 0) -> Method:
    return check_factor(user=user, code=code, request=REQUEST, now=NOW + timedelta(seconds=seconds))


def mailed() -> list[tuple[str, User]]:
    """What waits to be mailed, and to whom."""
    waiting = [row.args_kwargs["args"] for row in DBTaskResult.objects.filter(task_path__endswith=".send_account_mail")]
    return [(kind, User.objects.get(pk=about)) for kind, about, *_ in waiting]


@pytest.fixture
def app(olive: User) -> Authenticator:
    return give_app(olive)


def test_a_code_is_taken_as_the_standard_has_it(olive: User, app: Authenticator) -> None:
    # RFC 6238, appendix B: the secret "12345678901234567890" at 59 seconds shows 94287082.
    Authenticator.objects.all().delete()
    standard = Authenticator.objects.create(user=olive, secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", made_at=NOW)
    assert code_at(standard.secret, NOW - timedelta(seconds=NOW.timestamp() - 59)) == "287082"


def test_a_code_is_accepted_once_and_none_before_it(olive: User, app: Authenticator) -> None:
    earlier = code_of(olive, NOW - timedelta(seconds=30))
    assert check(olive, code_of(olive, NOW)) == Method.APP
    for used in (code_of(olive, NOW), earlier):
        with pytest.raises(WrongCode):
            check(olive, used)
    assert check(olive, code_of(olive, NOW + timedelta(seconds=30)), seconds=30) == Method.APP


@pytest.mark.parametrize(("off", "is_taken"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_telephone_may_be_half_a_minute_off(olive: User, app: Authenticator, off: int, is_taken: bool) -> None:
    code = code_of(olive, NOW + timedelta(seconds=off))
    if is_taken:
        assert check(olive, f" {code[:3]} {code[3:]}") == Method.APP
    else:
        with pytest.raises(WrongCode):
            check(olive, code)


@pytest.mark.parametrize("wrong", ["", "12345", "1234567", "１２３４５６", "ab-cd", "abcd-abcd-abcd-abcd", "é" * 6])
def test_what_is_no_code_is_refused_and_written_down(olive: User, app: Authenticator, wrong: str) -> None:
    with pytest.raises(WrongCode):
        check(olive, wrong)
    row = AuditRow.objects.about(olive).get()
    assert (row.action, row.address, row.why) == ("staff.code_refused", "203.0.113.7", "")


def test_guessing_is_slowed_and_the_right_code_waits_with_it(olive: User, app: Authenticator) -> None:
    for _ in range(5):
        with pytest.raises(WrongCode):
            check(olive, "000000")
    with pytest.raises(TooManyTries):
        check(olive, code_of(olive, NOW))
    assert check(olive, code_of(olive, NOW + timedelta(seconds=31)), seconds=31) == Method.APP


def test_a_recovery_code_opens_once_however_it_is_typed(olive: User, app: Authenticator) -> None:
    first, second, *rest = make_codes(user=olive, now=NOW)
    assert len({first, second, *rest}) == 10
    assert check(olive, first.upper().replace("-", " ")) == Method.RECOVERY_CODE
    with pytest.raises(WrongCode):
        check(olive, first)
    make_codes(user=olive, now=NOW)
    with pytest.raises(WrongCode):
        check(olive, second)
    assert not RecoveryCode.objects.filter(digest__contains=second.replace("-", "")[:8]).exists()


def test_nobody_elses_code_opens(olive: User, oscar: User, app: Authenticator) -> None:
    give_app(oscar)
    codes = make_codes(user=oscar, now=NOW)
    for code in (codes[0], code_of(oscar, NOW)):
        with pytest.raises(WrongCode):
            check(olive, code)


def test_a_new_app_ends_the_old_one_its_codes_and_all_other_sessions(olive: User, app: Authenticator) -> None:
    elsewhere, here = get_past(client_of(olive), olive), client_of(olive)
    old_codes = make_codes(user=olive, now=NOW)
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        get_past(here, olive)
        assert here.get("/admin/second-factor/set-up/").status_code == 200
        new = Authenticator.objects.get(user=olive, confirmed_at__isnull=True)
        assert new.secret != app.secret
        done = here.post("/admin/second-factor/set-up/", {"code": code_at(new.secret, timezone.now())})
    assert done.content.decode().count("<li><code>") == 10
    assert here.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert [row.pk for row in Authenticator.objects.filter(user=olive)] == [new.pk]
    with pytest.raises(WrongCode):
        check(olive, old_codes[0])
    assert AuditRow.objects.filter(action="staff.app_set_up").count() == 1
    assert mailed() == [("app_set_up", olive)]


def test_a_new_app_needs_a_fresh_proof(olive: User, app: Authenticator) -> None:
    client = client_of(olive)
    assert client.get("/admin/second-factor/set-up/")["Location"] == "/admin/second-factor/"
    assert client.post("/admin/second-factor/set-up/", {"code": "1"})["Location"] == "/admin/second-factor/"
    get_past(client, olive)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        for answer in (client.get("/admin/second-factor/set-up/"), client.post("/admin/second-factor/codes/")):
            assert "Is it still you?" in answer.content.decode()
    assert Authenticator.objects.filter(user=olive).count() == 1


def test_an_app_being_set_up_opens_nothing(olive: User) -> None:
    waiting = begin_set_up(user=olive, now=NOW)
    with pytest.raises(WrongCode):
        check(olive, code_at(waiting.secret, NOW))
    assert not has_factor(olive)


def test_a_secret_that_was_left_lying_is_replaced(olive: User) -> None:
    first = begin_set_up(user=olive, now=NOW)
    assert begin_set_up(user=olive, now=NOW + timedelta(minutes=59)).pk == first.pk
    assert begin_set_up(user=olive, now=NOW + timedelta(minutes=61)).secret != first.secret


def test_another_owner_takes_a_lost_factor_away(olive: User, oscar: User, mona: User, app: Authenticator) -> None:
    session = get_past(client_of(olive), olive)
    for nobody in (mona, olive):
        with pytest.raises(UnableToTakeFactorAway):
            take_factor_away(user=olive, by=nobody, why="", request=REQUEST, now=NOW)
    assert session.get("/admin/").status_code == 200

    take_factor_away(user=olive, by=oscar, why="Telephone in the lake", request=REQUEST, now=NOW)

    assert not has_factor(olive)
    assert session.get("/admin/").status_code == 302
    row = AuditRow.objects.about(olive).first()
    assert row is not None
    assert (row.action, row.actor, row.why) == ("staff.factor_taken_away", oscar, "Telephone in the lake")
    assert mailed() == [("factor_taken_away", olive)]  # and nothing for those who were refused
    again = Client()
    again.force_login(User.objects.get(pk=olive.pk))
    assert again.get("/admin/second-factor/")["Location"] == "/admin/second-factor/set-up/"


def test_setting_up_makes_ten_codes_that_work(mona: User) -> None:
    waiting = begin_set_up(user=mona, now=NOW)
    codes = finish_set_up(user=mona, code=code_at(waiting.secret, NOW), request=REQUEST, now=NOW)
    assert check(mona, codes[9]) == Method.RECOVERY_CODE
    with pytest.raises(WrongCode):  # the code that set it up is used up
        check(mona, code_at(waiting.secret, NOW))


@pytest.mark.parametrize("kind", sorted(HAPPENED))
def test_who_logs_in_hears_what_happened_to_their_second_factor(olive: User, kind: AccountMail) -> None:
    message = build_account_mail(kind=kind, about=olive.pk, now=NOW)
    assert message is not None
    assert (message.to, message.subject) == ([olive.email], "How you log in to the staff pages of Ringback was changed")
    html, as_type = message.alternatives[0]
    assert as_type == "text/html"
    for text in (message.body, str(html)):
        assert HAPPENED[kind] in text
        assert "/admin/second-factor/mine/" in text
        assert "Ring another owner" in text


def test_a_password_changed_in_the_admin_is_told_by_mail_and_a_first_one_is_not(olive: User) -> None:
    assert mailed() == []
    client = get_past(client_of(olive), olive) if give_app(olive) else Client()
    vera = User.objects.create_user("vera@example.com", "a long phrase for vera 7")
    asked = {"username": vera.email, "password": "a long phrase for vera 7"}
    assert Client().post("/de/account/log-in/", asked).status_code == 302
    words = "violet anvils hum before dawn"
    answer = client.post(
        f"/admin/store/user/{vera.pk}/password/", {"usable_password": "true", "password1": words, "password2": words}
    )
    assert answer.status_code == 302
    assert User.objects.get(pk=vera.pk).check_password(words)
    assert mailed() == [("password_changed", vera)]
    assert DBTaskResult.objects.get(task_path__endswith=".send_account_mail").args_kwargs["args"][3] == "de"  # hers
