"""What came to light after an order was first judged, for the page of its case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from fraud.models import Assessment, CallTask, Finding


@dataclass(frozen=True, slots=True)
class Worse:
    """One later look that found more than the one before."""

    at: datetime
    points: int  # more than before
    grounds: list[str]  # the rules by title, the heaviest first


def tell_worse(task: CallTask) -> list[Worse]:
    """Tell what got worse, the newest first: two queries, and none for a case that was looked at once."""
    if task.assessment.pass_number == 1:
        return []
    looks = Assessment.objects.filter(order_id=task.order_id, pass_number__lte=task.assessment.pass_number)
    looks = looks.defer("facts", "unremarkable").prefetch_related("findings").order_by("pass_number")
    told = [
        Worse(after.assessed_at, after.points - before.points, _grounds(_counted(before), _counted(after)))
        for before, after in pairwise(looks)
    ]
    return told[::-1]


def _counted(look: Assessment) -> dict[str, Finding]:
    return {one.code: one for one in look.findings.all() if not one.is_observed}


def _grounds(before: dict[str, Finding], after: dict[str, Finding]) -> list[str]:
    """The rules that say worse now; one that spoke for the order and does no longer is one of them."""
    changes = []
    for code in {**before, **after}:
        was, now = before.get(code), after.get(code)
        more = (now.points if now else 0) - (was.points if was else 0)
        is_new_call = now is not None and (now.is_decisive or now.is_error) and was is None
        title = (now or was or Finding(code=code)).title
        if more > 0 or is_new_call:
            text = f"{title} (+{more})" if more else title
            changes.append((-more, text if now else f"no longer: {text}"))
    return [text for _, text in sorted(changes)]
