"""The policy changes by versions: drafted, compared, activated once and for good; and any version can be asked about any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Variant
from fraud.answers import UnableToAnswer, answers
from fraud.backtest import run_backtest
from fraud.models import Assessment, CallTask, Finding, Policy
from fraud.policy import default_policy
from fraud.policy_changes import Change, changes_between
from fraud.policy_forms import PolicyForm
from fraud.policy_text import UnableToReadPolicy, read_policy, write_policy
from fraud.recent import count_recent
from fraud.rules import RULES, Hit
from fraud.services import assess_order, current_policy
from fraud.services.policies import UnableToChangePolicy, activate_policy, discard_draft, save_draft, start_draft
from store.audit.models import AuditRow
from store.models import User
from store.records import NeverChanges
from tests.factories.checkout import make_order
from tests.fraud.conftest import MIAMI, make_staff

pytestmark = pytest.mark.django_db
POLICIES = "/admin/fraud/policy/"


@pytest.fixture
def pat(db: None) -> User:
    """May change the policy, and nothing else."""
    return make_staff("Pat Quill", "change_policy")


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def as_posted(policy: Policy, **changes: str) -> dict[str, str]:
    """What the browser sends of the form as it stands."""
    form = PolicyForm(policy=policy.values, note=policy.note)
    sent = {}
    for name, field in form.fields.items():
        initial = form.get_initial_for_field(field, name)
        if initial is not False and initial is not None:
            sent[name] = "on" if initial is True else str(initial)
    return {name: value for name, value in {**sent, **changes}.items() if value != "-"}


def drafted(by: User, now: datetime, note: str = "More careful.", **changes: Any) -> Policy:
    draft = start_draft(by=by, now=now)
    return save_draft(policy_id=draft.pk, values=replace(draft.values, **changes), note=note)


def test_a_draft_judges_nothing_until_it_is_activated(pat: User, now: datetime) -> None:
    order = make_order(placed_at=now)
    draft = drafted(pat, now, threshold=1)
    assert (draft.version, draft.is_draft, draft.created_by) == (2, True, pat)
    assert current_policy(now=now).version == 1
    activate_policy(policy_id=draft.pk, instead_of=1, by=pat, now=now)
    assert current_policy(now=now).version == 2
    assert Policy.objects.get(version=1).is_active is False
    assessment = assess_order(order_id=order.pk, now=now)
    assert (assessment.policy.version, assessment.verdict) == (2, "call")


def test_a_version_that_was_active_never_changes(pat: User, now: datetime) -> None:
    policy = current_policy(now=now)
    with pytest.raises(UnableToChangePolicy, match="was activated and never changes"):
        save_draft(policy_id=policy.pk, values=replace(policy.values, threshold=9), note="x")
    with pytest.raises(UnableToChangePolicy, match="was activated and never changes"):
        discard_draft(policy_id=policy.pk)
    with pytest.raises(NeverChanges):
        Policy.objects.update(threshold=9)
    with pytest.raises(NeverChanges):
        policy.delete()
    assert Policy.objects.get().threshold == 50


def test_the_database_knows_only_one_active_version(pat: User, now: datetime) -> None:
    draft = drafted(pat, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Policy.objects.filter(pk=draft.pk).update(is_active=True, activated_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Policy.objects.filter(is_active=True).update(activated_at=None)


@pytest.mark.parametrize(
    ("changes", "note", "instead_of", "told"),
    [
        ({"threshold": 60}, " ", 1, "Write what changed and why"),
        ({}, "Nothing new.", 1, "says the same as the active version"),
        ({"threshold": 60}, "x", 7, "Somebody activated another version meanwhile"),
    ],
)
def test_activating_needs_a_reason_a_change_and_a_look(
    pat: User, now: datetime, changes: dict[str, Any], note: str, instead_of: int, told: str
) -> None:
    draft = drafted(pat, now, note, **changes)
    with pytest.raises(UnableToChangePolicy, match=told):
        activate_policy(policy_id=draft.pk, instead_of=instead_of, by=pat, now=now)
    assert Policy.objects.get(is_active=True).version == 1


@pytest.mark.parametrize(
    ("changes", "note", "told"),
    [
        ({"threshold": 0}, "x", "1 or more"),
        ({"points": {"no.such": 1}}, "x", "no rule for: no.such"),
        ({"always_call": frozenset({"no.such"})}, "x", "no rule for: no.such"),
        ({"limits": {"items.many_of_one:huge": 1}}, "x", "no rule for"),
        ({"modes": {"no.such": "off"}}, "x", "no rule for"),
        ({"points": {"address.gift": 501}}, "x", "Points go from"),
        ({"limits": {"items.many_of_one:dozen": -1}}, "x", "0 or more"),
        ({"limits": {"velocity.email:2w": 3}}, "x", "so many minutes, hours or days"),
        ({"limits": {"velocity.email:366d": 3}}, "x", "365 days at most"),
        ({"limits": {"velocity.email:24h": 3, "velocity.email:1d": 4}}, "x", "each length once"),
        ({"limits": {"velocity.email:24h": 52}}, "x", "counted from 2 to 51"),
        ({"limits": {"velocity.email:24h": 3}, "points": {"velocity.email.6h": 9}}, "x", "no rule for: velocity.email.6h"),
        ({"modes": {"list.blocked": "off"}}, "x", "can't be turned off"),
        ({}, "4242 4242 4242 4242", "looks like a card number"),
    ],
)
def test_a_draft_that_makes_no_sense_is_not_saved(
    pat: User, now: datetime, changes: dict[str, Any], note: str, told: str
) -> None:
    draft = start_draft(by=pat, now=now)
    with pytest.raises(UnableToChangePolicy, match=told):
        save_draft(policy_id=draft.pk, values=replace(draft.values, **changes), note=note)
    draft.refresh_from_db()
    assert (draft.values, draft.note) == (replace(current_policy(now=now).values, version=2), "")


def test_changes_are_told_in_words() -> None:
    old = default_policy()
    new = replace(
        old,
        threshold=60,
        points={**old.points, "address.ship_to_differs.other_city": -5},
        always_call=old.always_call | {"gateway.cvc_failed"},
        modes={"email.free": "off", "list.blocked": "off"},
        limits={**old.limits, "velocity.email:15m": 2, "items.many_of_one:dozen": 10},
    )
    assert changes_between(old, new) == (
        Change("", "Points from which the customer is rung", "50", "60"),
        Change("Ship-to differs from bill-to", "Other city: points", "+35", "\N{MINUS SIGN}5"),
        Change("Many of one item", "“Dozen” from", "12", "10"),
        Change("Free e-mail address", "Asked", "on", "off"),
        Change("Many orders with this e-mail address", "Orders within 15 minutes", "3", "2"),
        Change("Security code wrong", "A hit: calls by itself", "no", "yes"),
    )
    assert changes_between(old, old) == ()


def test_windows_are_added_changed_and_removed_and_judge_by_what_they_say(pat: User, now: datetime) -> None:
    client = browser(pat)
    draft = start_draft(by=pat, now=now)
    row = "window.velocity.account"
    wrong = as_posted(
        draft, **{f"{row}.4.orders": "2", f"{row}.1.length": "15", f"{row}.1.unit": "m", f"{row}.0.points": ""}
    )
    told = client.post(f"{POLICIES}{draft.pk}/change/", wrong).content.decode()
    assert "row 5: within: Say within how long, or empty the row." in told
    assert "row 2: within: Another row has the same length." in told
    assert "row 1: points: This row lacks a number. To remove it, empty all of it." in told
    none = as_posted(draft, **{f"{row}.{at}.{name}": "-" for at in range(4) for name in ("length", "orders", "points")})
    assert (
        "Leave one row at least, or turn the rule off."
        in client.post(f"{POLICIES}{draft.pk}/change/", none).content.decode()
    )
    sent = as_posted(
        draft,
        **{f"{row}.4.length": "90", f"{row}.4.unit": "m", f"{row}.4.orders": "2", f"{row}.4.points": "7"},
        **{f"{row}.4.always": "on", f"{row}.2.length": "-", f"{row}.2.orders": "-", f"{row}.2.points": "-"},
    )
    assert client.post(f"{POLICIES}{draft.pk}/change/", sent).status_code == 302
    draft.refresh_from_db()
    own = {key: limit for key, limit in draft.limits.items() if key.startswith("velocity.account")}
    assert own == {f"velocity.account:{grade}": limit for grade, limit in (("15m", 3), ("90m", 2), ("6h", 4), ("14d", 10))}
    assert changes_between(current_policy(now=now).values, draft.values) == tuple(
        Change("Many orders with this customer account", what, before, after)
        for what, before, after in (
            ("Within 90 minutes: points", "not counted", "+7"),
            ("Within 90 minutes: calls by itself", "not counted", "yes"),
            ("Within 24 hours: points", "+15", "not counted"),
            ("Within 24 hours: calls by itself", "no", "not counted"),
            ("Orders within 90 minutes", "not counted", "2"),
            ("Orders within 24 hours", "5", "not counted"),
        )
    )
    first = make_order(placed_at=now - timedelta(minutes=80), customer=pat)
    order = make_order(placed_at=now, customer=pat)
    said = answers(order=order, policy=draft.values, now=now)
    (hit,) = (one for one in said.judgement.judged if one.rule.code == "velocity.account")
    assert hit.outcome == Hit(
        f"2 orders with this customer account within 90 minutes, including this one; before it: {first.number}.", "90m"
    )
    assert (hit.points, hit.is_decisive, said.judgement.verdict) == (7, True, "call")


def test_the_page_drafts_saves_and_activates(pat: User, now: datetime) -> None:
    client = browser(pat)
    assert client.get(POLICIES).status_code == 200
    page = client.post(f"{POLICIES}draft/")
    draft = Policy.objects.get(version=2)
    assert page.headers["Location"] == f"{POLICIES}{draft.pk}/change/"
    sent = as_posted(
        draft,
        threshold="60",
        note="Fewer calls.",
        **{"mode.email.free": "observe", "points.address.gift": "-25", "limit.items.many_of_one:dozen": "14"},
        **{"always.phone.not_valid": "-"},
    )
    assert client.post(f"{POLICIES}{draft.pk}/change/", sent).status_code == 302
    draft.refresh_from_db()
    assert (draft.threshold, draft.note, draft.modes) == (60, "Fewer calls.", {"email.free": "observe"})
    assert (draft.points["address.gift"], draft.limits["items.many_of_one:dozen"]) == (-25, 14)
    assert "phone.not_valid" not in draft.always_call
    assert "list.blocked" in draft.always_call
    shown = client.get(f"{POLICIES}{draft.pk}/change/").content.decode()
    assert "Phone number not valid" in shown
    assert "Activate version 2" in shown
    client.post(f"{POLICIES}{draft.pk}/activate/", {"instead_of": "1"})
    active = Policy.objects.get(is_active=True)
    assert (active.version, active.activated_by) == (2, pat)
    kept = client.get(f"{POLICIES}{Policy.objects.get(version=1).pk}/change/?with=2").content.decode()
    assert "What is different from version 2, which judges now" in kept
    assert "Save the draft" not in kept


def test_a_version_goes_out_as_text_and_comes_back_as_the_same(pat: User, now: datetime) -> None:
    old = current_policy(now=now).values
    values = replace(
        old,
        threshold=60,
        points={**old.points, "address.gift": -25, "velocity.email.90m": 7},
        always_call=(old.always_call | {"velocity.email.90m"}) - {"phone.not_valid"},
        modes={"email.free": "off"},
        limits={**old.limits, "items.many_of_one:dozen": 14, "velocity.email:90m": 2},
    )
    text = write_policy(values, "Fewer calls # for presents.")
    read, note = read_policy(text, upon=old)
    assert (changes_between(values, read), read.threshold, note) == ((), 60, "Fewer calls # for presents.")
    assert {code: str(mode) for code, mode in read.modes.items()} == values.modes
    # A few lines are enough; the windows that a rule names are all it has.
    short = "# less\r\n\r\n[velocity.email]\r\nlimit 90m = 2\r\npoints 90m = \N{MINUS SIGN}7, calls  # soon\r\n"
    page = browser(pat).post(f"{POLICIES}paste/", {"text": short})
    draft = Policy.objects.get(version=2)
    assert page.headers["Location"] == f"{POLICIES}{draft.pk}/change/"
    assert [key for key in draft.limits if key.startswith("velocity.email:")] == ["velocity.email:90m"]
    assert (draft.points["velocity.email.90m"], "velocity.email.90m" in draft.always_call) == (-7, True)
    assert {change.rule for change in changes_between(old, draft.values)} == {"Many orders with this e-mail address"}
    assert AuditRow.objects.get(action="policy.pasted").actor == pat
    kept = browser(pat).get(f"{POLICIES}{draft.pk}/text/")
    assert kept.headers["Content-Disposition"] == 'attachment; filename="policy-2.txt"'
    assert "points 90m = -7, calls  # within 90 minutes\nlimit 90m = 2\n" in kept.content.decode()


def test_a_text_with_mistakes_names_their_lines_and_makes_no_draft(pat: User, now: datetime) -> None:
    old = current_policy(now=now).values
    wrong = """threshold = many
speed = 3
[no.such]
points = 4
[address.gift]
points = 501
points = 4
points huge = 4
limit far = 9
asked = perhaps
[list.blocked]
asked = off
points = 100
[velocity.email]
limit 2w = 3
limit 24h = 52
points 6h = 4
Hello"""
    with pytest.raises(UnableToReadPolicy) as told:
        read_policy(wrong, upon=old)
    window = "A window is so many minutes, hours or days, such as 90m, 6h or 14d, 365 days at most."
    assert told.value.errors == (
        "Line 1: Write a whole number from 1 to 1000.",
        "Line 2: “speed” is not known here: write threshold or note, or a rule in brackets.",
        "Line 3: There is no rule “no.such”.",
        "Line 6, [address.gift]: Write a whole number from -500 to 500.",
        "Line 7, [address.gift]: Line 6 says this already.",
        "Line 8, [address.gift]: This rule has no such grade: write “points”.",
        "Line 9, [address.gift]: This rule has no limits.",
        "Line 10, [address.gift]: A rule is asked “on”, “observe” or “off”.",
        "Line 12, [list.blocked]: Nobody can turn this rule off.",
        "Line 13, [list.blocked]: This always calls by itself: write “, calls” behind the points.",
        f"Line 15, [velocity.email]: {window}",
        "Line 16, [velocity.email]: Write a whole number from 2 to 51.",
        "And 2 more.",
    )
    client = browser(pat)
    for text, words in (
        (wrong, "Line 3: There is no rule “no.such”."),
        ("[velocity.email]\npoints 6h = 4", "[velocity.email]: the window 6h lacks its line “limit 6h = …”."),
        ("[velocity.email]\n" + "".join(f"points {at} = 4\nlimit {at} = 3\n" for at in ("24h", "1d")), "each length once"),
        ("# nothing", "The text says nothing of a policy."),
        ("note = 4242 4242 4242 4242", "looks like a card number"),
    ):
        page = client.post(f"{POLICIES}paste/", {"text": text})
        assert (page.status_code, words in page.content.decode()) == (422, True), text
    assert Policy.objects.count() == 1
    assert not AuditRow.objects.filter(action="policy.pasted").exists()


def test_a_draft_is_counted_on_the_last_orders_while_it_is_typed(polisher: Variant, pat: User, now: datetime) -> None:
    for hours, many in ((50, 1), (26, 1), (2, 12)):
        with transaction.atomic():  # stock moves want one
            order = make_order(variant=polisher, quantity=many, ship_to=MIAMI, placed_at=now - timedelta(hours=hours))
        assess_order(order_id=order.pk, now=now - timedelta(hours=hours))
    client, draft = browser(pat), start_draft(by=pat, now=now)
    typed = as_posted(
        draft, threshold="100", **{"limit.items.many_of_one:dozen": "13", "window.velocity.email.3.orders": "2"}
    )
    with CaptureQueriesContext(connection) as first:
        said = client.post(f"{POLICIES}{draft.pk}/count/", typed).json()
    assert said["said"] == (
        "Would have rung 1 (33.3%, 0.5 a day) of the last 3 orders. "
        "The version that judges now: 3 (100.0%, 1.5 a day). 2 orders change."
    )
    assert said["around"] == "Calls by threshold: from 90: 1, from 95: 1, from 100: 1, from 105: 1, from 110: 1."
    hits = {name: said["hits"][name] for name in ("items.many_of_one", "grade.items.many_of_one.several", "velocity.email")}
    assert hits == {
        "items.many_of_one": "1 of 3",
        "grade.items.many_of_one.several": "1 hit",
        "velocity.email": "2 of 3",
    }
    # What is known of an order is not asked twice, and it is what a back-test says.
    with CaptureQueriesContext(connection) as second:
        client.post(f"{POLICIES}{draft.pk}/count/", typed)
    read = [[query["sql"] for query in each if '"facts"' in query["sql"]] for each in (first, second)]
    assert [len(each) for each in read] == [1, 0]
    values = replace(draft.values, threshold=100)
    tally = run_backtest(base=draft.values, tried=values, since=now - timedelta(days=9), until=now)
    recent = count_recent(tried=values, active=draft.values)
    assert {code: hits["after"] for code, hits in tally.rules.items()} == recent.rules
    assert (recent.calls, recent.calls_now) == tuple(tally.sides[side]["called"] for side in ("after", "before"))
    # Without JavaScript a button asks; nothing is saved by it, and a mistake is named.
    page = client.post(f"{POLICIES}{draft.pk}/change/", {**typed, "step": "count"})
    assert (page.status_code, page.context["counted"]) == (200, said["said"])
    wrong = client.post(f"{POLICIES}{draft.pk}/count/", {**typed, "threshold": "many"})
    assert (wrong.status_code, wrong.json()["said"]) == (
        422,
        "Not counted. Ring from so many points on: Enter a whole number.",
    )
    draft.refresh_from_db()
    assert draft.threshold == 50


def test_a_form_with_a_mistake_saves_nothing_and_says_where(pat: User, now: datetime) -> None:
    client = browser(pat)
    draft = start_draft(by=pat, now=now)
    page = client.post(f"{POLICIES}{draft.pk}/change/", as_posted(draft, threshold="0", **{"points.address.gift": "many"}))
    assert page.status_code == 422
    told = page.content.decode()
    assert "A gift, a hit: points: Enter a whole number." in told
    assert "Ring from so many points on: Ensure this value is greater than or equal to 1." in told
    draft.refresh_from_db()
    assert draft.threshold == 50
    client.post(f"{POLICIES}{draft.pk}/discard/")
    assert Policy.objects.count() == 1


def test_only_the_right_to_change_the_policy_changes_it(pat: User, rosa: User, mona: User, now: datetime) -> None:
    vera = make_staff("Vera Holt")
    vera.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    draft = drafted(pat, now, threshold=60)
    page = f"{POLICIES}{draft.pk}/change/"
    for user in (rosa, mona, vera):
        client = browser(user)
        for address in (
            f"{POLICIES}draft/",
            f"{POLICIES}paste/",
            f"{POLICIES}{draft.pk}/activate/",
            f"{POLICIES}{draft.pk}/discard/",
            f"{POLICIES}{draft.pk}/count/",
            page,
        ):
            assert client.post(address, {**as_posted(draft), "instead_of": "1"}).status_code == 403, address
    assert [browser(user).get(page).status_code for user in (rosa, mona, vera, pat)] == [403, 403, 200, 200]
    assert [browser(user).get(f"{POLICIES}paste/").status_code for user in (rosa, mona, vera, pat)] == [403, 403, 403, 200]
    assert [browser(user).get(f"{POLICIES}{draft.pk}/text/").status_code for user in (rosa, vera)] == [403, 200]
    assert [browser(user).get(f"{POLICIES}test/").status_code for user in (rosa, mona, pat, vera)] == [403, 403, 403, 200]
    draft.refresh_from_db()
    assert (Policy.objects.count(), draft.is_draft, draft.threshold) == (2, True, 60)


def test_any_version_answers_for_any_order_without_a_trace(polisher: Variant, pat: User, now: datetime) -> None:
    order = make_order(variant=polisher, quantity=12, ship_to=MIAMI, placed_at=now)
    assess_order(order_id=order.pk, now=now)
    draft = drafted(
        pat, now, threshold=500, always_call=frozenset(), modes={"email.free": "off", "items.many_of_expensive": "observe"}
    )
    before = [model.objects.count() for model in (Assessment, Finding, CallTask, Policy)]
    old = answers(order=order, policy=current_policy(now=now).values, now=now)
    new = answers(order=order, policy=draft.values, now=now, kept=True)
    assert [old.judgement.verdict, new.judgement.verdict] == ["call", "release"]
    assert (old.facts_of, new.facts_of) == (None, now)
    assert old.steps[-1].sum == old.judgement.points
    assert [one.rule.code for one in new.observed] == ["items.many_of_expensive"]
    assert [rule.code for rule in new.off] == ["email.free"]
    assert len(new.judgement.judged) == len(RULES) - 1
    assert [model.objects.count() for model in (Assessment, Finding, CallTask, Policy)] == before
    with pytest.raises(UnableToAnswer, match="never assessed"):
        answers(order=make_order(placed_at=now), policy=draft.values, now=now, kept=True)


def test_the_test_page_says_why_and_why_not(polisher: Variant, now: datetime) -> None:
    order = make_order(variant=polisher, quantity=12, ship_to=MIAMI, placed_at=now)
    one = {"order_number": order.number, "version": "1", "facts": "now"}
    assert browser(make_staff("Ned Shaw", "view_finding")).get(f"{POLICIES}test/", one).status_code == 403
    vera = make_staff("Vera Holt", "view_finding", "reveal_customer")
    client = browser(vera)
    assert client.get(f"{POLICIES}test/").status_code == 200
    page = client.get(f"{POLICIES}test/", {"order_number": order.number.lower(), "version": "1", "facts": "now"})
    told = page.content.decode()
    assert page.status_code == 200
    assert "Version 1 would have the customer of" in told
    assert "12 × Grand Polisher at $899.00; nothing in the catalogue costs more." in told
    assert "Ship-to is no post-office box." in told
    assert Assessment.objects.count() == 0
    looked = AuditRow.objects.get(action="order.test")
    assert (looked.actor, looked.why) == (vera, "Tested by version 1")
    for bad, words in (
        ({"order_number": "R-0000-0000", "version": "1"}, "There is no order with this number."),
        ({"order_number": order.number, "version": "1", "facts": "kept"}, "was never assessed"),
        ({"order_number": order.number, "version": "99"}, "Select a valid choice"),
    ):
        page = client.get(f"{POLICIES}test/", bad)
        assert page.status_code == 422
        assert words in page.content.decode()
