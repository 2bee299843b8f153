"""Where a call task stands. The claim is not a state but a lease on a waiting task: it lapses by itself."""

from __future__ import annotations

from django.db.models import TextChoices


class CallTaskStatus(TextChoices):
    """Waiting for a decision, or done; what was decided is the order's own state."""

    WAITING = "waiting", "Waiting"
    DONE = "done", "Done"


CALL_TASK_TRANSITIONS: dict[str, frozenset[str]] = {
    CallTaskStatus.WAITING: frozenset({CallTaskStatus.DONE}),
    CallTaskStatus.DONE: frozenset(),
}
