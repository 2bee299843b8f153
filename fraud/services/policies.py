"""Changing the policy: a draft from the active version, edited until it is right, then activated for good."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from fraud.models import Policy
from fraud.policy import Mode, PolicyValues, own_mode
from fraud.policy_changes import changes_between
from fraud.policy_text import MOST_POINTS, read_policy
from fraud.rules import RULES, Rule
from fraud.rules.velocity import FEWEST, LONGEST, MOST, MOST_WINDOWS, in_order
from fraud.services.assess import current_policy
from store.card_guard import MESSAGE, has_card_number
from store.models import User


class UnableToChangePolicy(Exception):
    """The policy is as it was. `str(error)` says why and what to do."""


def start_draft(*, by: User, now: datetime) -> Policy:
    """Copy the active version as a draft with the next number."""
    active = current_policy(now=now)
    for _ in range(3):  # two drafts started at one moment want the same number
        version = (Policy.objects.aggregate(newest=Max("version"))["newest"] or 0) + 1
        draft = Policy(
            version=version,
            threshold=active.threshold,
            points=active.points,
            always_call=active.always_call,
            modes=active.modes,
            limits=active.limits,
            created_by=by,
            created_at=now,
        )
        try:
            with transaction.atomic():
                draft.save(force_insert=True)
        except IntegrityError:
            continue
        return draft
    raise UnableToChangePolicy("Others are starting drafts at this moment. Nothing was written; try again.")


def draft_from_text(*, text: str, by: User, now: datetime) -> Policy:
    """Make a draft of a text on top of the active version (fraud/policy_text.py); all of it or nothing.

    Raises UnableToReadPolicy for a text that is no policy, UnableToChangePolicy for values that make no sense.
    """
    values, note = read_policy(text, upon=current_policy(now=now).values)
    with transaction.atomic():
        draft = start_draft(by=by, now=now)
        return save_draft(policy_id=draft.pk, values=values, note=note)


def save_draft(*, policy_id: int, values: PolicyValues, note: str, rules: Iterable[Rule] = RULES) -> Policy:
    """Write the values of a draft. Raises UnableToChangePolicy for what is no draft, or for values that make no sense."""
    rules = tuple(rules)
    _refuse_nonsense(values, note, rules)
    with transaction.atomic():
        draft = _lock_draft(policy_id)
        draft.threshold = values.threshold
        draft.points = dict(values.points)
        draft.always_call = sorted(values.always_call)
        usual = {rule.code: own_mode(rule) for rule in rules}
        draft.modes = {code: str(mode) for code, mode in values.modes.items() if mode != usual[code]}
        draft.limits = dict(values.limits)
        draft.note = note.strip()
        draft.save(update_fields=["threshold", "points", "always_call", "modes", "limits", "note"])
    return draft


def activate_policy(*, policy_id: int, instead_of: int, by: User, now: datetime) -> Policy:
    """Let a draft judge from now on, and retire the version `instead_of`; assessments made keep theirs.

    Raises UnableToChangePolicy when it is no draft, says nothing of why, changes nothing, or when another version than
    `instead_of` is active by now: whoever activates must have seen what really changes.
    """
    with transaction.atomic():
        draft = _lock_draft(policy_id)
        active = Policy.objects.select_for_update().filter(is_active=True).first()
        if active is None or active.version != instead_of:
            raise UnableToChangePolicy(
                "Somebody activated another version meanwhile. Nothing was changed; look again at what this one changes."
            )
        if not draft.note.strip():
            raise UnableToChangePolicy("Write what changed and why, then activate it. Nothing was changed.")
        if not changes_between(active.values, draft.values):
            raise UnableToChangePolicy("This draft says the same as the active version. Nothing was changed.")
        if Policy.objects.filter(pk=active.pk, is_active=True).update(is_active=False) != 1:
            raise UnableToChangePolicy("Somebody was quicker. Nothing was changed; look again.")
        Policy.objects.filter(pk=draft.pk).update(is_active=True, activated_at=now, activated_by=by)
    return Policy.objects.get(pk=draft.pk)


def discard_draft(*, policy_id: int) -> None:
    """Throw a draft away. Raises UnableToChangePolicy for what is none."""
    with transaction.atomic():
        _lock_draft(policy_id).delete()


def _lock_draft(policy_id: int) -> Policy:
    draft = Policy.objects.select_for_update().filter(pk=policy_id).first()
    if draft is None:
        raise UnableToChangePolicy("There is no such draft. Nothing was changed.")
    if not draft.is_draft:
        raise UnableToChangePolicy(f"Version {draft.version} was activated and never changes. Start a new draft.")
    return draft


def _refuse_nonsense(values: PolicyValues, note: str, rules: tuple[Rule, ...]) -> None:
    if has_card_number(note):
        raise UnableToChangePolicy(f"{MESSAGE} Nothing was saved.")
    if values.threshold < 1:
        raise UnableToChangePolicy("The threshold must be 1 or more. Nothing was saved.")
    _refuse_windows(values, rules)
    keys = {rule.key(grade) for rule in rules for grade in rule.grades(values.limits)}
    limits = {rule.limit_key(name) for rule in rules for name in rule.own(values.limits)}
    codes = {rule.code for rule in rules}
    unknown = (set(values.points) | set(values.always_call)) - keys | set(values.limits) - limits | set(values.modes) - codes
    if unknown:
        raise UnableToChangePolicy(f"There is no rule for: {', '.join(sorted(unknown))}. Nothing was saved.")
    if any(abs(points) > MOST_POINTS for points in values.points.values()):
        raise UnableToChangePolicy(f"Points go from -{MOST_POINTS} to {MOST_POINTS}. Nothing was saved.")
    if any(limit < 0 for limit in values.limits.values()):
        raise UnableToChangePolicy("Limits are 0 or more. Nothing was saved.")
    fixed = {rule.code for rule in rules if not rule.can_be_off}
    if any(values.modes.get(code, Mode.ON) != Mode.ON for code in fixed):
        raise UnableToChangePolicy("The block list can't be turned off. Nothing was saved.")


def _refuse_windows(values: PolicyValues, rules: tuple[Rule, ...]) -> None:
    """Raise UnableToChangePolicy for windows that can't be counted in."""
    for rule in rules:
        own = rule.own(values.limits) if rule.has_windows else {}
        windows = in_order(own)
        if len(windows) != len(own):
            raise UnableToChangePolicy(
                f"{rule.title}: a window is so many minutes, hours or days, {LONGEST.days} days at most. Nothing was saved."
            )
        if len({window.span for _, window in windows}) != len(windows) or len(windows) > MOST_WINDOWS:
            raise UnableToChangePolicy(
                f"{rule.title}: {MOST_WINDOWS} windows at most, and each length once. Nothing was saved."
            )
        if any(not FEWEST <= limit <= MOST for limit in own.values()):
            raise UnableToChangePolicy(f"{rule.title}: orders are counted from {FEWEST} to {MOST}. Nothing was saved.")
